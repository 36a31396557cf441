package logview

import (
	"image/color"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/engine/scrollback"
	"slipway/gui/kit/cells"
	"slipway/gui/style"

	"fyne.io/fyne/v2/test"
	"github.com/lucasb-eyer/go-colorful"
)

// TestAlignNames makes names as wide as each other.
func TestAlignNames(t *testing.T) {
	for want, names := range map[string][]string{
		"":          {},
		"db  |web1": {"db", "web1"},
		"a__|b_c":   {"aß\x1b", "b\u202ec"},
		"shop-fronte…-cart-api-12|web                     ": {"shop-frontend-of-the-cart-api-12", "web"},
	} {
		if got := strings.Join(AlignNames(names), "|"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestNameColors holds that the names of as many programs as are shown can be read in both themes, and told apart.
func TestNameColors(t *testing.T) {
	theme := &style.Theme{}
	test.NewTempApp(t).Settings().SetTheme(theme)
	for _, variant := range []string{"light", "dark"} {
		theme.Force(variant)
		var all []colorful.Color
		for n := range 20 {
			c, _ := colorful.MakeColor(nameColor(n, cells.Dark()))
			if got := contrast(nameColor(n, cells.Dark()), style.Color(style.Code)); got < 4.5 {
				t.Errorf("%s %d: a contrast of %.2f", variant, n, got)
			}
			if slices.ContainsFunc(all, func(o colorful.Color) bool { return o.DistanceCIEDE2000(c) < 0.02 }) {
				t.Errorf("%s %d: %s is like one before", variant, n, c.Hex())
			}
			all = append(all, c)
		}
	}
}

// contrast is how much two colours differ, from 1 to 21 (WCAG 2, relative luminance).
func contrast(a, b color.Color) float64 {
	light := func(c color.Color) float64 {
		m, _ := colorful.MakeColor(c)
		r, g, b := m.LinearRgb()
		return 0.2126*r + 0.7152*g + 0.0722*b
	}
	x, y := light(a), light(b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

// TestHeads puts a name and a time before a line, and finds its address behind them.
func TestHeads(t *testing.T) {
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.Local)
	h := Heads{Stamps: true, Names: map[int]Name{2: {Text: "web…1 "}}}
	line := scrollback.Line{Source: 2, Time: at, Text: "see http://127.0.0.1:8/ now"}
	l := newLine(line, h, nil, false)
	const want = "web…1  | 2026-03-04 05:06:07.000 see http://127.0.0.1:8/ now"
	if got := l.wording(); got != want || l.width != len([]rune(want)) {
		t.Errorf("%q, %d", got, l.width)
	}
	if k := l.links[0]; string([]rune(want)[k.from:k.to]) != "http://127.0.0.1:8/" || k.source != 2 {
		t.Errorf("%+v", k)
	}
	for part, want := range map[[2]int]string{
		{0, 1 << 30}: want, {3, 7}: "…1  ", {6, 9}: " | ", {8, 13}: " 2026",
		{33, 36}: "see",
	} {
		if got := CutLine(line, h, part[0], part[1]); got != want {
			t.Errorf("%v: %q, want %q", part, got, want)
		}
	}
}
