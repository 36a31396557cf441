package terminal

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"slipway/engine/model"
	"slipway/engine/words"
	"slipway/gui/kit/cells"
	"slipway/gui/kit/kittest"
	"slipway/gui/post"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/vt"
)

// noPanics fails the test when a panic is held up.
func noPanics(t *testing.T) {
	t.Helper()
	t.Cleanup(model.OnPanic(func(p *model.Problem) { t.Errorf("a panic was held up: %s", p.Raw()) }))
}

// pieces is a program that prints in pieces; before each the window has another size.
type pieces struct {
	v     *View
	data  []byte
	sizes []byte // three for each piece: its length, columns, rows
}

func (p *pieces) Read(buf []byte) (int, error) {
	n := len(p.data)
	if len(p.sizes) >= 3 {
		n = int(p.sizes[0])
		p.v.screen.resize(10+int(p.sizes[1])%190, 2+int(p.sizes[2])%60)
		p.sizes = p.sizes[3:]
	}
	n = copy(buf, p.data[:min(n, len(p.data))])
	p.data = p.data[n:]
	if n == 0 && len(p.data) == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (p *pieces) Write(b []byte) (int, error) { return len(b), nil }

// hostile are sequences that ended the program, or could: margins, tabs and kept cursors beyond the screen, and
// numbers that nobody can wait for.
var hostile = []struct {
	data  string
	sizes string
}{
	{"plain\r\n", ""},
	{"\x1b[?1049h\x1b[5;5Hx", "\x03\x20\x10\x05\x10\x04"},
	{"\x1b[2;5r\x1b[100S", ""},
	{"\x1b[9;199r\x1b[T", ""},
	{"\x1b[?6h\x1b[2;30r\x1bM", "\x0c\x10\x0a"},
	{"\x1b[?69h\x1b[3;400s\x1b[5@\x1b[5P\x1b[5L\x1b[5M", ""},
	{"\x1b[1;20r\x1b[99L\x1b[?69h\x1b[2;70s\x1b[T", "\x08\x40\x16\x04\x05\x03"},
	// a cursor that was saved on a larger screen
	{"\x1b[99;99H\x1b7\x1b8\x1bH\x1b[g", "\x0a\x80\x30\x03\x05\x03"},
	{"\x1b[99;99H\x1b[?1049hxx\x1b[?1049l\x1bH\x1b[T", "\x11\x80\x30\x04\x05\x03"}, // and one of the other screen
	{"\x1b[99;99H\x1b[?1048h\x1b[?1048l\x1bHx\x1b[1P", "\x11\x80\x30\x04\x05\x03"}, // and one of a mode
	{"\x1b[999999b\x1b[b\x1b[b", ""},
	{"x\x1b[99999999999999999999999999999999999999b", ""},
	{"\x1b[" + strings.Repeat("9;", 3000) + "r\x1b[" + strings.Repeat("7:", 90) + "m", ""},
	{"\x1b[-5;-1r\x1b[0;0r\x1b[;r\x1b[5;2r\x1b[T\x1b[S", ""},
	{"\x1bP+q\x1b\\\x1b]8;;x\x1b\\y\x1b_apc\x1b\\\x1b^pm\x1b\\\x1bXsos\x1b\\", ""},
	{"\x1b[6n\x1b[c\x05\x1b[?2048h", "\x03\x20\x10\x03\x25\x10\x03\x26\x11"},
	{"日本\x1b[10X\x1b[2D\x1b[4@日\x1b[1P\u0301\u0301", "\x04\x00\x02\x05\x01\x02\x03\x00\x02"},
	{"e\u0301\u0301👩\u200d👩\u200d👧🏴\U000e0067\U000e0062\U000e007f", ""},
	{"\x1b(0lqk\x1b)B\x1bn\x1bo\x1b|a\x1b}b\x1b~c\x1bNd\x1bOe", ""},
	{"\x1bP", ""},
	{"\x1b\x00P\x00\x7f", "\x01\x20\x10\x01\x20\x10\x01\x20\x10"},
	{"\x1b#8\x1b[3J\x1b[2J\x1b[1J\x1b[J\x1b[!p", ""},
}

// FuzzTerminal prints anything, with the window of another size between the pieces. Nothing may panic, and the
// terminal has to work afterwards.
func FuzzTerminal(f *testing.F) {
	for _, h := range hostile {
		f.Add([]byte(h.data), []byte(h.sizes))
	}
	kittest.App(f)
	q, restore := post.Capture()
	f.Cleanup(restore)
	f.Fuzz(func(t *testing.T, data, sizes []byte) {
		noPanics(t)
		defer q.Pump() // or else each terminal would be kept for its paintings
		v := New("term")
		p := &pieces{v: v, data: data, sizes: sizes}
		if err := v.Run(p); err != nil {
			t.Fatal(err)
		}
		v.paint()
		wantRows(t, v)
		wantWorks(t, v)
	})
}

// wantRows fails when what is drawn is not as wide as the screen, or not text.
func wantRows(t *testing.T, v *View) {
	t.Helper()
	emu, cols, rows := v.screen.emu, v.screen.cols, v.screen.rows
	if at := emu.CursorPosition(); at.X < 0 || at.Y < 0 || at.X >= cols || at.Y >= rows {
		t.Errorf("the cursor is at %v of %d by %d", at, cols, rows)
	}
	if emu.Width() != cols || emu.Height() != rows || len(v.sheet.grid.Drawn()) != rows {
		t.Errorf("the screen has %d by %d, the emulator %d by %d", cols, rows, emu.Width(), emu.Height())
	}
	for y, row := range v.sheet.grid.Drawn() {
		width := 0
		for _, r := range row {
			if r.Col != width {
				t.Errorf("row %d: a run begins at %d, not %d", y, r.Col, width)
			}
			width += r.Width
			for _, c := range r.Text {
				if model.Acts(c) {
					t.Errorf("row %d draws %q", y, r.Text)
				}
			}
		}
		if width != cols {
			t.Errorf("row %d is %d wide, not %d", y, width, cols)
		}
	}
}

// wantWorks fails when a program that resets the terminal cannot print in it.
func wantWorks(t *testing.T, v *View) {
	t.Helper()
	v.screen.write([]byte("\x1bcok"))
	v.paint()
	if got := v.Screen(); got != "ok" {
		t.Errorf("after a reset it shows %q", got)
	}
	wantRows(t, v)
}

// TestTerminalBeginsAgain has the emulator panic: that one terminal says so, and goes on.
func TestTerminalBeginsAgain(t *testing.T) {
	kittest.App(t)
	v, print, typed, q := runTerminal(t)
	held := make(chan *model.Problem, 9)
	t.Cleanup(model.OnPanic(func(p *model.Problem) { held <- p }))
	v.screen.mu.Lock()
	v.screen.emu.RegisterOscHandler(777, func([]byte) bool { panic("no such thing") })
	v.screen.mu.Unlock()
	print("before\x1b[?2004h\x1b]777;x\x07")
	shows := func(text string) {
		t.Helper()
		if !q.Until(10*time.Second, func() bool { return strings.Contains(v.Screen(), text) }) {
			t.Fatalf("it shows %q", v.Screen())
		}
	}
	shows("could not show")
	if p := <-held; !strings.Contains(words.Of(model.Verbatim(p.Raw())).String(), "no such thing") ||
		!strings.Contains(words.Of(model.Verbatim(p.Raw())).String(), "emulator_test.go") {
		t.Errorf("%s", p.Raw())
	}
	print("\x1b]777;x\x07and after\x1b[6n") // its answer comes, too
	shows("and after")
	if !q.Until(10*time.Second, func() bool { return strings.HasSuffix(typed(), "R") }) {
		t.Errorf("it answers %q", typed())
	}
	wantRows(t, v)
}

// TestTerminalBeginsAgainAtResize has the emulator panic when the window gets another size, and when it is read.
func TestTerminalBeginsAgainAtResize(t *testing.T) {
	kittest.App(t)
	v := New("term")
	held := 0
	defer model.OnPanic(func(*model.Problem) { held++ })()
	for _, breaks := range []func(){
		func() { v.screen.emu = broken(v); v.screen.resize(40, 10) },
		func() { v.screen.emu = broken(v); v.paint() },
		func() { v.screen.emu = broken(v); v.screen.write([]byte("\x1b[5;5Hx\x1b[T")) },
	} {
		before := held
		breaks()
		if held == before {
			t.Error("nothing had to be held up")
		}
		v.screen.resize(50, 12)
		v.paint()
		wantWorks(t, v)
	}
}

// broken is an emulator that panics when it is asked for its cells or written to: its screens have lines that are
// missing.
func broken(v *View) *vt.Emulator {
	emu := v.screen.newEmulator()
	screens := reflect.ValueOf(emu).Elem().FieldByName("scrs")
	buf := (*uv.RenderBuffer)(screens.Index(0).FieldByName("buf").UnsafePointer())
	buf.Buffer = nil
	return emu
}

// secondScrollback is how many lines the alternate screen keeps.
func secondScrollback(v *View) int {
	lines := reflect.ValueOf(v.screen.emu).Elem().FieldByName("scrs").Index(1).FieldByName("scrollback")
	return (*vt.Scrollback)(lines.UnsafePointer()).Len()
}

// TestTerminalEmptyStrings prints strings without anything in them: what comes after them is seen.
func TestTerminalEmptyStrings(t *testing.T) {
	kittest.App(t)
	for printed, want := range map[string]string{
		"\x1bP\x1b\\ok": "ok", "\x1bP\x01\x1b\\ok": "ok", "a\x1b\x1bP\x1b[1mb": "ab", "\x1bPtmux;\x1b\\ok": "ok",
		"\x1bP\x1bP\x1b\\ok": "ok", "\x1b(P\x1b[1mok": "ok",
	} {
		v := New("term")
		for _, b := range []byte(printed) {
			v.screen.write([]byte{b})
		}
		if got := v.Screen(); got != want {
			t.Errorf("%q shows %q", printed, got)
		}
	}
}

// TestTerminalMemory prints what an emulator could keep without end.
func TestTerminalMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("it prints megabytes")
	}
	kittest.App(t)
	noPanics(t)
	marks := "a" + strings.Repeat("\u0301", 2000)
	for name, c := range map[string]struct {
		printed func(i int) string
		times   int
		most    int64 // of what is kept, in bytes
	}{
		"links": {func(i int) string {
			return fmt.Sprintf("\x1b]8;id=%d;%s\x07x", i, strings.Repeat("u", 40<<10))
		}, 1000, 16e6},
		"titles":           {func(int) string { return "\x1b]2;" + strings.Repeat("t;", 20<<10) + "\x07" }, 200, 16e6},
		"modes":            {func(i int) string { return manyModes(i * 3000) }, 200, 16e6},
		"marks":            {func(int) string { return strings.Repeat(marks, 5) }, 1000, 16e6},
		"jamo":             {func(int) string { return strings.Repeat("\u1100", 10<<10) + "x" }, 200, 16e6},
		"unended strings":  {func(int) string { return "\x1b_" + strings.Repeat("z", 20<<10) }, 300, 16e6},
		"answers":          {func(int) string { return strings.Repeat("\x1b[0;0;0q\x1b[>q", 600) }, 100, 16e6},
		"screens":          {func(int) string { return strings.Repeat("\x1b[41m\x1b[99S", 300) }, 3, 200e6},
		"cleared":          {func(int) string { return strings.Repeat("x\x1b[2J", 600) }, 10, 200e6},
		"deleted lines":    {func(int) string { return strings.Repeat("\x1b[H\x1b[44mx\x1b[99M", 300) }, 3, 200e6},
		"alternate":        {func(int) string { return "\x1b[?1049h" + strings.Repeat("\x1b[41m\x1b[99S", 300) }, 3, 16e6},
		"alternate, marks": {func(int) string { return "\x1b[?1049h" + strings.Repeat(marks+"\r\n", 5) }, 200, 16e6},
	} {
		before := heap()
		v := New("term")
		v.screen.resize(200, 50)
		began := time.Now()
		for i := range c.times {
			v.screen.write([]byte(c.printed(i)))
		}
		took := time.Since(began)
		grown := heap() - before
		t.Logf("%-18s %6.1f MB, %s", name, float64(grown)/1e6, took.Round(time.Millisecond))
		if grown > c.most {
			t.Errorf("%s: %d MB are kept", name, grown/1e6)
		}
		if took > time.Minute {
			t.Errorf("%s: it takes %s", name, took)
		}
		runtime.KeepAlive(v)
	}
}

// manyModes turns on three thousand modes that there are not.
func manyModes(from int) string {
	var b strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&b, "\x1b[?%dh", 100_000+from+i)
	}
	return b.String()
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestTerminalKeepsMarks keeps what marks people write, however many characters have them.
func TestTerminalKeepsMarks(t *testing.T) {
	for _, text := range []string{
		"", "plain", strings.Repeat("日本", 100), strings.Repeat("e\u0301\u0323", 100),
		strings.Repeat("👩\u200d👩\u200d👧\u200d👦", 30), strings.Repeat("क्ष", 60),
	} {
		if got := shortClusters([]byte(text)); string(got) != text {
			t.Errorf("%q became %q", text, got)
		}
	}
	long := []byte("a" + strings.Repeat("\u0301", 500) + "日本" + strings.Repeat("\u0301", 500) + "b")
	if got := shortClusters(bytes.Clone(long)); len(got) > 3*mostCluster ||
		!bytes.HasPrefix(got, []byte("a\u0301\u0301")) || !bytes.HasSuffix(got, []byte("b")) ||
		!bytes.Contains(got, []byte("日本\u0301")) {
		t.Errorf("%q", got)
	}
}

// TestTerminalSecondScrollback holds that the alternate screen keeps no lines: how it is told depends on the emulator's
// version.
func TestTerminalSecondScrollback(t *testing.T) {
	kittest.App(t)
	v := New("term")
	v.screen.write([]byte("\x1b[?1049h" + strings.Repeat("line\r\n", 100)))
	if n := secondScrollback(v); n != 1 {
		t.Errorf("%d lines", n)
	}
}

// anything are the parts of what [TestTerminalAnything] prints, and numbers are those in them.
var (
	anything = []string{
		"a", "日", "e\u0301", "\u0301", "👩\u200d👩\u200d👧", "\t", "\r", "\n", "\b", "\x0e", "\x0f", "\x1b7", "\x1b8", "\x1bD",
		"\x1bE", "\x1bM", "\x1bH", "\x1bc", "\x1b(0",
		"\x1bN", "\x1bn", "\x1b}", "\x1b#8", "\x1b[!p", "\x1b]0;t\x07", "\x1b]10;?\x07", "\x1b]11;red\x1b\\",
		"\x1bP1$r\x1b\\", "\x1b[", "\x1b]", "\x1b_x", "\xc3", "\x9b",
	}
	numbers = []string{
		"", "0", "1", "2", "3", "5", "6", "7", "9", "20", "25", "47", "69", "80", "199", "1047", "1048",
		"1049", "2027", "2048", "2147483647", "99999999999999999999", "-1", "3:4",
	}
)

// TestTerminalAnything prints sequences at random, whatever they mean, in a window that changes its size, and works
// afterwards.
func TestTerminalAnything(t *testing.T) {
	kittest.App(t)
	noPanics(t)
	q, restore := post.Capture()
	defer restore()
	for seed := range uint64(rounds(600)) {
		r := rand.New(rand.NewPCG(seed, 1))
		one := func(list []string) string { return list[r.IntN(len(list))] }
		var data strings.Builder
		for range r.IntN(60) {
			if r.IntN(3) == 0 {
				data.WriteString(one(anything))
				continue
			}
			params := make([]string, r.IntN(4))
			for i := range params {
				params[i] = one(numbers)
			}
			data.WriteString("\x1b[" + one([]string{"", "", "", "?", ">"}) + strings.Join(params, ";") +
				one([]string{"", "", "", " ", "$"}) + string(rune('@'+r.IntN(63))))
		}
		sizes := make([]byte, 3*r.IntN(12))
		for i := range sizes {
			sizes[i] = byte(r.IntN(60))
		}
		v := New("term")
		if err := v.Run(&pieces{v: v, data: []byte(data.String()), sizes: sizes}); err != nil {
			t.Fatal(err)
		}
		v.paint()
		v.focused = r.IntN(2) == 0
		v.history.marked = cells.Selection{
			From: cells.Spot{Line: r.IntN(9), Col: r.IntN(90)}, To: cells.Spot{Line: r.IntN(90), Col: r.IntN(90)},
		}
		v.Selection()
		wantRows(t, v)
		wantWorks(t, v)
		q.Pump()
		if t.Failed() {
			t.Fatalf("seed %d: %q with sizes %q", seed, data.String(), sizes)
		}
	}
}

// rounds is how often something is done at random: SLIPWAY_ROUNDS, or else usual.
func rounds(usual int) int {
	if n, err := strconv.Atoi(os.Getenv("SLIPWAY_ROUNDS")); err == nil {
		return n
	}
	return usual
}
