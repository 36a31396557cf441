package cells

import (
	"runtime"
	"strings"
	"testing"
	"unicode"

	"slipway/gui/kit/kittest"

	"github.com/charmbracelet/x/ansi"
)

// TestLongLine takes long lines apart that are not plain, in memory that grows with them and not with their square.
func TestLongLine(t *testing.T) {
	kittest.App(t)
	const long = 64 << 10
	for name, line := range map[string]string{
		"letters": strings.Repeat("ü", long/2), "one letter": "ü" + strings.Repeat("x", long-2),
		"signs": "xe" + strings.Repeat("\u0301", long/2-1), "Hebrew": strings.Repeat("ש", long/2),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		pieces := Parse(line)
		runtime.ReadMemStats(&after)
		if got := Text(pieces); got != line {
			t.Errorf("%s: %d bytes of %d", name, len(got), len(line))
		}
		if took := after.TotalAlloc - before.TotalAlloc; took > 32<<20 {
			t.Errorf("%s: %d MB for %d bytes", name, took>>20, len(line))
		}
	}
}

// TestLooks holds what a line may do: colours and nothing else.
func TestLooks(t *testing.T) {
	kittest.App(t)
	for in, want := range map[string]string{
		"\x1b[31mred\x1b[0m": "red", "10%\r20%\r30%": "30%", "bell\a": "bell", "\x1b]0;title\x07x": "x",
		"\x1b]52;c;aGk=\x07x": "x", "a\tb": "a       b",
		"windows\r": "windows", "\u202Eevil": "evil", "\x1b[2J\x1b[Hx": "x", "日本": "日本", "\x00\x01x": "x", "\x1b[31": "",
		"e\u0301a": "e\u0301a",
	} {
		if got := Text(Parse(in)); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
	pieces := Parse("a\x1b[1;31mb\x1b[38;5;200mc\x1b[48;2;1;2;3md\x1b[me\x1b[93;4;7mf")
	want := []Look{
		{},
		{Ink: ansi.BasicColor(1), Bold: true},
		{Ink: ansi.IndexedColor(200), Bold: true},
		{Ink: ansi.IndexedColor(200), Ground: ansi.RGBColor{R: 1, G: 2, B: 3}, Bold: true},
		{},
		{Ink: ansi.BasicColor(11), Under: true, Reverse: true},
	}
	for i, p := range pieces {
		if p.Look != want[i] || p.Col != i {
			t.Errorf("%+v; want %+v", p, want[i])
		}
	}
	if len(pieces) != len(want) {
		t.Errorf("%+v", pieces)
	}
}

func FuzzLineIsSafe(f *testing.F) {
	for _, s := range []string{"plain", "a\x00b", "\u202Eabc", strings.Repeat("x", 5000), "\xff\xfe", "🙂\n"} {
		f.Add(s)
	}
	kittest.App(f)
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range Text(Parse(s)) {
			if r != '\t' && (unicode.IsControl(r) || r >= 0x202A && r <= 0x202E) {
				t.Errorf("%q still has %U", s, r)
			}
		}
	})
}
