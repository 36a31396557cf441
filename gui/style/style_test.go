package style

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// luminance and contrast are WCAG 2.1's definitions of relative luminance and contrast ratio.
func luminance(c color.NRGBA) float64 {
	part := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*part(c.R) + 0.7152*part(c.G) + 0.0722*part(c.B)
}

func contrast(a, b color.NRGBA) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func TestContrast(t *testing.T) {
	type pair struct {
		front, back fyne.ThemeColorName
		least       float64
	}
	var pairs []pair
	for _, back := range []fyne.ThemeColorName{Background, Surface, Raised, Code, Soft, WarnSoft} {
		for _, front := range []fyne.ThemeColorName{Text, Muted} {
			pairs = append(pairs, pair{front, back, 4.5})
		}
	}
	for _, back := range []fyne.ThemeColorName{Background, Surface, Raised} {
		for _, front := range []fyne.ThemeColorName{Accent, OK, Warn, Bad} {
			pairs = append(pairs, pair{front, back, 4.5})
		}
		pairs = append(pairs, pair{Idle, back, 3})
	}
	pairs = append(pairs, pair{OnAccent, Accent, 4.5}, pair{Accent, Soft, 4.5}, pair{Accent, WarnSoft, 4.5})
	for name, p := range map[string]palette{"light": light, "dark": dark} {
		for _, x := range pairs {
			if got := contrast(p[x.front], p[x.back]); got < x.least {
				t.Errorf("%s: %s on %s has %.2f : 1, less than %.1f", name, x.front, x.back, got, x.least)
			}
		}
	}
}

// TestHighContrast holds that words, and the lines around what can be pressed, stand out more when a person wants that.
func TestHighContrast(t *testing.T) {
	strong := &Theme{}
	strong.Contrast(true)
	for name, variant := range map[string]fyne.ThemeVariant{"light": theme.VariantLight, "dark": theme.VariantDark} {
		of := func(n fyne.ThemeColorName) color.NRGBA { return strong.Color(n, variant).(color.NRGBA) }
		for _, back := range []fyne.ThemeColorName{Background, Surface, Raised, Code, Soft} {
			for front, least := range map[fyne.ThemeColorName]float64{
				Text: 7, Muted: 7, Accent: 4.5, OK: 4.5, Warn: 4.5, Bad: 4.5, Faint: 4.5, Line: 3,
			} {
				if got := contrast(of(front), of(back)); got < least {
					t.Errorf("%s: %s on %s has %.2f : 1, less than %.1f", name, front, back, got, least)
				}
			}
		}
		if got := contrast(of(OnAccent), of(Accent)); got < 4.5 {
			t.Errorf("%s: on the accent %.2f : 1", name, got)
		}
	}
}

func TestBothPalettesAreComplete(t *testing.T) {
	for name := range light {
		if _, ok := dark[name]; !ok {
			t.Errorf("%s is missing in the dark palette", name)
		}
	}
	for from, to := range fynes {
		if _, ok := light[to]; !ok {
			t.Errorf("%s maps to %s, which is no colour", from, to)
		}
	}
}

func TestMonospaceHasRoomForTheUnderscore(t *testing.T) {
	font := monospace().Content()
	hhea := table(font, "hhea")
	if hhea < 0 {
		t.Fatal("the font has no table hhea")
	}
	plain := theme.DefaultTheme().Font(fyne.TextStyle{Monospace: true}).Content()
	if got, was := int16(font[hhea+6])<<8|int16(font[hhea+7]), int16(plain[hhea+6])<<8|int16(plain[hhea+7]); got >= was {
		t.Errorf("descender %d, was %d", got, was)
	}
}

func FuzzDeepen(f *testing.F) {
	f.Add([]byte("\x00\x01\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00hhea\x00\x00\x00\x00\xff\xff\xff\xff\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, font []byte) {
		if got := deepen(font, 0.06); len(got) != len(font) {
			t.Errorf("%d bytes became %d", len(font), len(got))
		}
	})
}

// TestMenuShortcutsAreLegible holds the colour that Fyne's menus make for shortcuts out of the text's.
func TestMenuShortcutsAreLegible(t *testing.T) {
	for name, variant := range map[string]fyne.ThemeVariant{"light": theme.VariantLight, "dark": theme.VariantDark} {
		th := &Theme{}
		r, g, b, a := th.Color(theme.ColorNameForeground, variant).RGBA()
		a = uint32(float32(a) * 0.95)
		made := color.NRGBA{R: uint8(r), G: uint8(g), B: uint8(b), A: uint8(a)}
		want := th.Color(Text, variant).(color.NRGBA)
		if made.R != want.R || made.G != want.G || made.B != want.B || made.A < 0xf0 {
			t.Errorf("%s: %v of %v", name, made, want)
		}
	}
}
