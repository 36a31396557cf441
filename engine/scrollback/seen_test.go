package scrollback_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"slipway/engine/scrollback"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
)

// inTerminal is what a real terminal of one row shows of a line, which must fit into it.
func inTerminal(t *testing.T, line string, cols int) string {
	t.Helper()
	emu := vt.NewEmulator(cols, 1)
	answered := make(chan struct{})
	go func() { // it waits until what it answers is read
		defer close(answered)
		buf := make([]byte, 1024)
		for {
			if _, err := emu.Read(buf); err != nil {
				return
			}
		}
	}()
	if _, err := emu.Write([]byte(line)); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for x := 0; x < cols; {
		c := emu.CellAt(x, 0)
		if c == nil || c.Content == "" {
			b.WriteByte(' ')
			x++
			continue
		}
		b.WriteString(c.Content)
		x += max(1, c.Width)
	}
	_ = emu.InputPipe().(io.Closer).Close() // its own Close is not made for two goroutines
	<-answered
	return strings.TrimRight(b.String(), " ")
}

// TestSeen has what programs print to redraw a line, beside a real terminal.
func TestSeen(t *testing.T) {
	for _, c := range []struct{ name, line, want string }{
		{"plain", "abc", "abc"},
		{"nothing", "", ""},
		{"windows", "abc\r", "abc"},
		{"bar", "10%|#   |\r100%|####|", "100%|####|"},
		{"what is shorter leaves the rest", "Downloading 100%\rDone", "Doneloading 100%"},
		{"error is overwritten", "ERROR 1\rall fine", "all fine"},
		{"and erased", "ERROR 1 and more\r\x1b[Kall fine", "all fine"},
		{"conda", "Solving environment: - \b\b\\ \b\b| \b\bdone", "Solving environment: done"},
		{"bold of man", "N\bNA\bAM\bME\bE", "NAME"},
		{"underlined of man", "_\bf_\bi_\bl_\be", "file"},
		{"backspace at the beginning", "\b\b\bx", "x"},
		{"npm", "[1/4] Resolving...\x1b[2K\x1b[1GDone in 0.3s.", "Done in 0.3s."},
		{"pip", "\x1b[?25l     10%\x1b[2K\r     \x1b[90m━━\x1b[0m 100%\x1b[?25h", "     \x1b[90m━━\x1b[m 100%"},
		{"yarn", "[----] 0/9\x1b[1G\x1b[0K[####] 9/9", "[####] 9/9"},
		{"column", "abcdef\x1b[3Gxy", "abxyef"},
		{"column without a number", "abcdef\x1b[Gxy", "xycdef"},
		{"back", "abcdef\x1b[5Dx", "axcdef"},
		{"back too far", "abc\x1b[99Dx", "xbc"},
		{"on", "ab\x1b[3Ccd", "ab   cd"},
		{"on over what is there", "abcdef\r\x1b[2Cx", "abxdef"},
		{"on to the right edge", "ab\x1b[999C\x1b[3Dcd", "ab" + strings.Repeat(" ", 74) + "cd"},
		{"erased behind", "abcdef\x1b[3D\x1b[KZ", "abcZ"},
		{"erased before", "abcdef\x1b[3D\x1b[1KZ", "   Zef"},
		{"erased wholly", "abcdef\x1b[2KZ", "      Z"},
		{"screen erased", "abc\x1b[2J\x1b[Hxy", "xy"},
		{"screen erased behind", "abc\r\x1b[Jxy", "xy"},
		{"characters taken out", "abcdef\r\x1b[2Px", "xdef"},
		{"characters put in", "abc\r\x1b[2@x", "x abc"},
		{"characters blanked", "abcdef\r\x1b[2Xx", "x cdef"},
		{"repeated", "ab\x1b[3b|", "abbbb|"},
		{"place kept", "\x1b7abc\x1b8x", "xbc"},
		{"tab", "a\tb", "a       b"},
		{"tab over text", "abcdefghij\r\tX", "abcdefghXj"},
		{"tabs back", "abcdefghij\x1b[ZX", "abcdefghXj"},
		{"wide", "日本語\x1b[2D語", "日本語"},
		{"half of a wide one", "日本語\rx", "x 本語"},
		{"other half", "日本語\x1b[2Gx", " x本語"},
		{"wide over two", "abcd\x1b[2G日", "a日d"},
		{"wide over half", "日本語\x1b[2G日", " 日 語"},
		{"wide erased in two", "日本語\x1b[4G\x1b[K", "日"},
		{"sign over", "e\u0301a\rx", "xa"},
		{"sign alone", "\r\u0301a", "a"},
		{"title", "\x1b]0;title\x07x\x1b]2;y\x1b\\z", "xz"},
		{"link", "\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\ y", "link y"},
		{"cursor hidden", "\x1b[?25lx\x1b[?25h", "x"},
		{"unfinished", "x\x1b[3", "x"},
		{"unfinished title", "x\x1b]0;title", "x"},
		{"control string", "a\x1bPq#0\x1b\\b", "ab"},
		{"bell and others", "a\ab\x00c\x01", "abc"},
		{"another charset", "\x1b(Bx", "x"},
		{"questions", "a\x1b[6n\x1b[cb", "ab"},
	} {
		got := scrollback.Seen(c.line)
		if got != c.want {
			t.Errorf("%s: %q is seen as %q; want %q", c.name, c.line, got, c.want)
		}
		if real := inTerminal(t, c.line, 80); real != strings.TrimRight(ansi.Strip(c.want), " ") {
			t.Errorf("%s: a terminal shows %q of %q", c.name, real, c.line)
		}
		if again := scrollback.Seen(got); again != got {
			t.Errorf("%s: %q, seen once more, is %q", c.name, got, again)
		}
	}
}

// TestSeenRows has what moves to other rows of a terminal: each line is one row here, and what is above or
// below is not mixed into it.
func TestSeenRows(t *testing.T) {
	for line, want := range map[string]string{
		"\x1b[1A\x1b[2K50% of the second": "50% of the second", "first\x1b[A": "first", "90% first\x1b[1A\r5%": "5%",
		"layer 1: waiting\r\x1b[1B\x1b[2A\x1b[2K\rlayer 0: done\r\x1b[2B": "layer 0: done", "a\x1b[s\x1b[1;1H\x1b[u b": "a b",
		"top\x1b[5;10Hlow": "         low", "a\vb": " b", "gone\x1b[H\x1b[2Jnew": "new", "\x1b[3;1Hx\x1b[Ky": "xy",
		"a\x1b[sbc\x1b[ux": "axc", // which the emulator of the other tests has not
	} {
		if got := scrollback.Seen(line); got != want {
			t.Errorf("%q is seen as %q; want %q", line, got, want)
		}
	}
}

// TestSeenColors keeps colours, those of what is there still.
func TestSeenColors(t *testing.T) {
	for line, want := range map[string]string{
		"\x1b[31mred\x1b[m":               "\x1b[31mred\x1b[m", // as it is
		"\x1b[31mred\x1b[m\rb":            "b\x1b[31med\x1b[m",
		"x\r\x1b[1;38;5;200mbold\x1b[0m!": "\x1b[1;38;5;200mbold\x1b[m!",
		"\x1b[31ma\b\x1b[32mb":            "\x1b[32mb\x1b[m",
		"\x1b[31mgone\x1b[2K\x1b[m\rx":    "x",
		"\x1b[41m  \x1b[m\r":              "\x1b[41m  \x1b[m",
		"a  \rb":                          "b",
	} {
		if got := scrollback.Seen(line); got != want {
			t.Errorf("%q is seen as %q; want %q", line, got, want)
		}
	}
}

// TestSeenAtRandom redraws lines at random, beside a real terminal.
func TestSeenAtRandom(t *testing.T) {
	parts := []string{
		"a", "bc", "def", " ", "é", "e\u0301", "\r", "\b", "\b\b", "\t", "\x1b[K", "\x1b[1K", "\x1b[2K", "\x1b[G", "\x1b[5G",
		"\x1b[7G", "\x1b[2C", "\x1b[3D", "\x1b[P",
		"\x1b[2P", "\x1b[@", "\x1b[2@", "\x1b[2X", "\x1b[31m", "\x1b[m", "\x1b[?25l", "\x1b]0;t\a", "\x1b7", "\x1b8",
		"\x1b[I", "\x1b[Z",
	}
	wide := []string{"日", "本語"} // not with those that move a part of the line: of half a character the emulator makes more
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 1))
	for range 1500 {
		line := ""
		for range r.IntN(12) {
			line += parts[r.IntN(len(parts))]
		}
		if !strings.ContainsAny(line, "P@X") {
			at := strings.LastIndexAny(line, "abcdef\r\b ") + 1
			line = line[:at] + wide[r.IntN(2)] + line[at:]
		}
		got := strings.TrimRight(ansi.Strip(scrollback.Seen(line)), " ")
		if want := inTerminal(t, line, 120); got != want {
			t.Fatalf("seed %d: %q is seen as %q, in a terminal as %q", seed, line, got, want)
		}
	}
}

// TestSeenRedrawn redraws one line ninety thousand times, in memory of one line.
func TestSeenRedrawn(t *testing.T) {
	line := strings.Repeat("<s> [webpack] 1%"+strings.Repeat("\b", 16), 90_000) + "<s> [webpack] 100%"
	book := scrollback.New(1<<20, 0)
	defer book.Close()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for rest := line; rest != ""; {
		n := min(len(rest), 16<<10)
		book.Add(scrollback.Line{Text: rest[:n], Open: n < len(rest)})
		rest = rest[n:]
	}
	runtime.ReadMemStats(&after)
	lines, _ := book.Read(0, 10)
	if len(lines) != 1 || lines[0].Text != "<s> [webpack] 100%" {
		t.Errorf("%.200v", lines)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > 4<<20 {
		t.Errorf("%d MB", took>>20)
	}
}

// TestOpenLines has lines that come in parts, on both outputs: each is one line, which stays behind all others until it
// ends.
func TestOpenLines(t *testing.T) {
	b := scrollback.New(1<<20, 0)
	defer b.Close()
	is := func(what string, settled int, want ...string) {
		t.Helper()
		var got []string
		if err := b.Each(0, 100, func(_ int, l scrollback.Line) bool { got = append(got, l.Text); return true }); err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) || b.End() != len(want) || b.Settled() != settled {
			t.Errorf("%s: %q, %d of %d settled", what, got, b.Settled(), b.End())
		}
	}
	b.Add(scrollback.Line{Text: "begin"})
	b.Add(scrollback.Line{Text: "\r10%", Stderr: true, Open: true, Time: time.Unix(1, 0)})
	is("a bar", 1, "begin", "10%")
	b.Add(scrollback.Line{Text: "\r20%", Stderr: true, Open: true, Time: time.Unix(2, 0)})
	is("moves", 1, "begin", "20%")
	b.Add(scrollback.Line{Text: "epoch"})
	is("another line", 2, "begin", "epoch", "20%")
	b.Add(scrollback.Line{Text: "out", Open: true})
	b.Add(scrollback.Line{Text: "\r\x1b[3", Stderr: true, Open: true})
	b.Add(scrollback.Line{Text: "1m30\xe2\x96", Stderr: true, Open: true})
	is("both", 2, "begin", "epoch", "out", "\x1b[31m30\x1b[m%")
	b.Add(scrollback.Line{Text: "put"})
	b.Add(scrollback.Line{Text: "\x88\x1b[m", Stderr: true})
	is("ended", 4, "begin", "epoch", "output", "\x1b[31m30█\x1b[m")
	if lines, _ := b.Read(3, 1); !lines[0].Time.Equal(time.Unix(1, 0)) || !lines[0].Stderr {
		t.Errorf("%+v", lines)
	}
	other := scrollback.New(1<<20, 0)
	defer other.Close()
	b.Add(scrollback.Line{Text: "50", Open: true})
	other.Add(scrollback.Line{Text: "older"})
	other.GoOn(b)
	other.Add(scrollback.Line{Text: "%", Open: true})
	if lines, _ := other.Read(0, 9); len(lines) != 2 || lines[1].Text != "50%" {
		t.Errorf("goes on as %+v", lines)
	}
	other.EndOpen()
	other.Add(scrollback.Line{Text: "anew"})
	if lines, _ := other.Read(0, 9); len(lines) != 3 || lines[1].Text != "50%" || lines[2].Text != "anew" ||
		other.Settled() != 3 {
		t.Errorf("ended as %+v", lines)
	}
}

// TestOpenLongLine has a line without an end that only grows: it goes on in the next one before it takes too much
// memory.
func TestOpenLongLine(t *testing.T) {
	b := scrollback.New(8<<20, 0)
	defer b.Close()
	part := strings.Repeat("0123456789abcdef", 1<<10)
	for range 20 {
		b.Add(scrollback.Line{Text: part, Open: true})
	}
	lines, _ := b.Read(0, 100)
	text := ""
	for _, l := range lines {
		if text += l.Text; len(l.Text) > 64<<10 {
			t.Errorf("%d bytes", len(l.Text))
		}
	}
	if len(lines) != 5 || text != strings.Repeat(part, 20) {
		t.Errorf("%d lines, %d bytes", len(lines), len(text))
	}
}

func FuzzSeen(f *testing.F) {
	for _, s := range []string{
		"plain", "a\rb", "\x1b[2K\x1b[1Gx", "日本\b\x1b[Kx", "\x1b[99999999999999b",
		"\x1b[1;2;3;4:5m", "\x1bP", "\x1b]8;;x", "\x1b[", "\x1b[999999C\x1b[65535@x", "\xff\x9b31mx", "\x1b[5;5H\x1b[1J",
		"👩‍💻\b\b🇩🇪",
	} {
		f.Add(s, 3)
	}
	f.Fuzz(func(t *testing.T, line string, cut int) {
		seen := scrollback.Seen(line)
		if strings.ContainsAny(seen, "\r\b\t\a\n\x00\x7f") ||
			strings.Contains(strings.ReplaceAll(seen, "\x1b[", ""), "\x1b") {
			t.Fatalf("%q is seen as %q", line, seen)
		}
		if !utf8.ValidString(line) || strings.Contains(line, "\n") {
			return
		}
		b := scrollback.New(1<<20, 0)
		defer b.Close()
		cut = min(max(cut, 0), len(line))
		b.Add(scrollback.Line{Text: line[:cut], Open: true}, scrollback.Line{Text: line[cut:]})
		lines, _ := b.Read(0, 10)
		size := 0
		for _, l := range lines {
			size += len(l.Text)
		}
		if size > 100*len(line)+1000 {
			t.Fatalf("%d bytes of %d", size, len(line))
		}
	})
}

func BenchmarkSeen(b *testing.B) {
	for name, line := range map[string]string{
		"plain": "2026-01-02 03:04:05 INFO  a line of a log as most are, without anything in it but text",
		"color": "\x1b[32mINFO\x1b[0m:     127.0.0.1:54321 - \"\x1b[1mGET / HTTP/1.1\x1b[0m\" \x1b[32m200 OK\x1b[0m",
		"tabs":  "goroutine 1 [running]:\tmain.main()\t/src/main.go:12",
		"bar":   strings.Repeat("\r 50%|##########          | 4999/9999 [00:10<01:00, 9.9it/s]", 10),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(line)))
			for b.Loop() {
				scrollback.Seen(line)
			}
		})
	}
}

// TestSeenCostly has sequences that are short, and long to carry out, in a line that is as wide as may be.
func TestSeenCostly(t *testing.T) {
	for _, costly := range []string{
		"\x1b[1K", "\x1b[@", "\x1b[9999@", "\x1b[P", "\x1b[99999X", "\x1b[80b",
		"\x1b[2K\x1b[499Cx", "\x1b[1J", "\x1b[65535C",
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		scrollback.Seen(strings.Repeat("x\ty", 4000) + strings.Repeat(costly, 10_000))
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > 200<<20 {
			t.Errorf("%q: %d MB", costly, took>>20)
		}
	}
}
