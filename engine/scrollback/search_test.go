package scrollback_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"slipway/engine/scrollback"
)

func TestPattern(t *testing.T) {
	for _, c := range []struct {
		pattern    string
		expression bool
		line       string
		want       [][2]int
	}{
		{"error", false, "an Error, ERROR and error", [][2]int{{3, 8}, {10, 15}, {20, 25}}},
		{"error", false, "nothing", nil},
		{"a", false, "aaa", [][2]int{{0, 1}, {1, 2}, {2, 3}}},
		{"straße", false, "die STRASSE, die Straße", [][2]int{{17, 24}}},
		{"ü", false, "Ü und ü", [][2]int{{0, 2}, {7, 9}}},
		{"i", false, "İi", [][2]int{{0, 2}, {2, 3}}}, // its small letter is an i with a dot that stands by itself
		{".", false, "a.b", [][2]int{{1, 2}}},
		{`l\d+`, true, "L1 l22 l", [][2]int{{0, 2}, {3, 6}}},
		{"", false, "x", nil},
		{"x*", true, "axxb", [][2]int{{1, 3}}},
	} {
		p, err := scrollback.NewPattern(c.pattern, c.expression)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Find(c.line, 100); !slices.Equal(got, c.want) {
			t.Errorf("%q in %q: %v; want %v", c.pattern, c.line, got, c.want)
		}
		if p.Matches(c.line) != (len(c.want) > 0) && c.pattern != "" && c.pattern != "x*" {
			t.Errorf("%q in %q: %v", c.pattern, c.line, !p.Matches(c.line))
		}
	}
	for _, expression := range []bool{false, true} {
		if p, _ := scrollback.NewPattern("x", expression); len(p.Find("xxxx", 2)) != 2 {
			t.Error("more is found than is wanted")
		}
	}
	if p, _ := scrollback.NewPattern("red", false); !p.Matches("\x1b[31mr\x1b[0med") {
		t.Error("colours hide it")
	}
	if _, err := scrollback.NewPattern("(", true); err == nil {
		t.Error("no expression, and nobody says so")
	}
}

// TestSearch finds what a simple search finds.
func TestSearch(t *testing.T) {
	b := scrollback.New(1<<20, 1<<30)
	defer b.Close()
	for i := range 50_000 {
		b.Add(lineOf(i))
	}
	p, _ := scrollback.NewPattern("LINE 4999", false)
	var got []int
	if err := b.Search(t.Context(), p, 0, b.End(), func(n int) { got = append(got, n) }); err != nil {
		t.Fatal(err)
	}
	want := []int{4999}
	for i := 49990; i < 50000; i++ {
		want = append(want, i)
	}
	if !slices.Equal(got, want) {
		t.Error(got)
	}
}

func FuzzPattern(f *testing.F) {
	f.Add("ab", "xABab")
	f.Add("ß", "SSß")
	f.Add("İ", "iİ")
	f.Fuzz(func(t *testing.T, text, line string) {
		p, _ := scrollback.NewPattern(text, false)
		last := 0
		for _, m := range p.Find(line, 100) {
			if m[0] < last || m[1] <= m[0] || m[1] > len(line) {
				t.Fatalf("%q in %q: %v", text, line, p.Find(line, 100))
			}
			last = m[1]
		}
		if utf8.ValidString(text) && utf8.ValidString(line) && text != "" && strings.Contains(line, text) &&
			len(p.Find(line, 100)) == 0 {
			t.Fatalf("%q is in %q", text, line)
		}
	})
}
