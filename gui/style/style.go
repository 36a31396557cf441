// Package style is how Slipway looks: the theme with its colours, sizes and icons, light and dark.
package style

import (
	"image/color"
	"sync/atomic"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// The names of Slipway's colours, to be looked up with [Color].
const (
	Background fyne.ThemeColorName = "slipway.background" // behind everything
	Surface    fyne.ThemeColorName = "slipway.surface"    // bars, cards, rows, fields
	Raised     fyne.ThemeColorName = "slipway.raised"     // buttons
	Line       fyne.ThemeColorName = "slipway.line"       // borders and separators
	Text       fyne.ThemeColorName = "slipway.text"
	Muted      fyne.ThemeColorName = "slipway.muted"
	Accent     fyne.ThemeColorName = "slipway.accent"
	OnAccent   fyne.ThemeColorName = "slipway.onAccent"
	Soft       fyne.ThemeColorName = "slipway.soft"     // selection
	WarnSoft   fyne.ThemeColorName = "slipway.warnsoft" // behind what warns in the whole window
	OK         fyne.ThemeColorName = "slipway.ok"
	Warn       fyne.ThemeColorName = "slipway.warn"
	Bad        fyne.ThemeColorName = "slipway.bad"
	Idle       fyne.ThemeColorName = "slipway.idle"
	Code       fyne.ThemeColorName = "slipway.code" // behind commands and output
	Scrim      fyne.ThemeColorName = "slipway.scrim"
	Hover      fyne.ThemeColorName = "slipway.hover"
	Faint      fyne.ThemeColorName = "slipway.faint" // words of what cannot be used now

	// Transparent is looked up like a colour of the theme, and is none of it.
	Transparent fyne.ThemeColorName = "scrollBarBackground"
)

// The sizes that differ from Fyne's, in Fyne's device-independent pixels.
const (
	TextSize    float32 = 14
	TitleSize   float32 = 22
	SmallSize   float32 = 12.5
	MonoSize    float32 = 13
	RowHeight   float32 = 40
	Radius      float32 = 8
	CardRadius  float32 = 12
	IconSize    float32 = 18
	PageMargin  float32 = 26
	SidebarSize float32 = 196
)

type palette map[fyne.ThemeColorName]color.NRGBA

func rgb(hex uint32) color.NRGBA {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xff}
}

// Light and dark hold the table of the design.
var (
	light = palette{
		Background: rgb(0xf6f8fa), Surface: rgb(0xffffff), Raised: rgb(0xffffff), Line: rgb(0xe2e8ef), Text: rgb(0x1b2733),
		Muted:  rgb(0x57677b),
		Accent: rgb(0x0b7a75), OnAccent: rgb(0xffffff), Soft: rgb(0xe2f3f1), WarnSoft: rgb(0xfcf2dc), OK: rgb(0x1f7a46),
		Warn: rgb(0x8a5a00), Bad: rgb(0xb83232), Idle: rgb(0x718095),
		Code: rgb(0xf0f3f7), Scrim: {0x16, 0x20, 0x2c, 0x66}, Hover: {0x1b, 0x27, 0x33, 0x0d}, Faint: rgb(0x8a97a6),
	}
	dark = palette{
		Background: rgb(0x0f151d), Surface: rgb(0x161e29), Raised: rgb(0x1b2533), Line: rgb(0x253142), Text: rgb(0xe5ecf4),
		Muted:  rgb(0x8fa0b4),
		Accent: rgb(0x2fb8ab), OnAccent: rgb(0x06211f), Soft: rgb(0x12312f), WarnSoft: rgb(0x352a14), OK: rgb(0x4cc081),
		Warn: rgb(0xe0a93b), Bad: rgb(0xef6b6b), Idle: rgb(0x6d7d91),
		Code: rgb(0x0b1017), Scrim: {0x00, 0x00, 0x00, 0x99}, Hover: {0xff, 0xff, 0xff, 0x0d}, Faint: rgb(0x66768a),
	}
)

// Color is a colour of Slipway or Fyne as the current theme has it.
func Color(name fyne.ThemeColorName) color.Color { return theme.Color(name) }

// Theme is Slipway's theme. It follows the system's choice of light or dark unless Force says otherwise.
type Theme struct {
	forced   atomic.Int32
	contrast atomic.Bool
}

var _ fyne.Theme = (*Theme)(nil)

// Force makes the theme "light" or "dark" whatever the system says; "" follows the system.
func (t *Theme) Force(variant string) {
	switch variant {
	case "light":
		t.forced.Store(1)
	case "dark":
		t.forced.Store(2)
	default:
		t.forced.Store(0)
	}
}

// Contrast makes lines, borders and faint words stand out more.
func (t *Theme) Contrast(on bool) { t.contrast.Store(on) }

// stronger are the colours that are others with more contrast, light and dark: words at 7:1 and lines at 3:1 to what
// they are on (WCAG 2.2, 1.4.6 and 1.4.11).
var stronger = map[fyne.ThemeVariant]palette{
	theme.VariantLight: {
		Line: rgb(0x76869a), Text: rgb(0x000000), Muted: rgb(0x3a4656), Faint: rgb(0x4d5a6b), Accent: rgb(0x005a55),
		OK: rgb(0x0f5a2f), Warn: rgb(0x6a4200), Bad: rgb(0x941f1f), Idle: rgb(0x4a5868),
	},
	theme.VariantDark: {
		Line: rgb(0x66788f), Text: rgb(0xffffff), Muted: rgb(0xc3d0de), Faint: rgb(0xa3b2c4), Accent: rgb(0x57d8cb),
		OK: rgb(0x7be0a6), Warn: rgb(0xf3c866), Bad: rgb(0xff9c9c), Idle: rgb(0xa3b2c4),
	},
}

// palette has the colours of light or dark.
func (t *Theme) palette(v fyne.ThemeVariant) func(fyne.ThemeColorName) (color.NRGBA, bool) {
	p := light
	if v == theme.VariantDark {
		p = dark
	}
	return func(name fyne.ThemeColorName) (color.NRGBA, bool) {
		if c, ok := stronger[v][name]; ok && t.contrast.Load() {
			return c, true
		}
		c, ok := p[name]
		return c, ok
	}
}

func (t *Theme) variant(system fyne.ThemeVariant) fyne.ThemeVariant {
	switch t.forced.Load() {
	case 1:
		return theme.VariantLight
	case 2:
		return theme.VariantDark
	default:
		return system
	}
}

// fynes gives Fyne's own names Slipway's colours, so that its widgets look like ours.
var fynes = map[fyne.ThemeColorName]fyne.ThemeColorName{
	theme.ColorNameBackground: Background, theme.ColorNameButton: Raised, theme.ColorNameDisabled: Muted,
	theme.ColorNameError:      Bad,
	theme.ColorNameForeground: Text, theme.ColorNameForegroundOnPrimary: OnAccent,
	theme.ColorNameHeaderBackground: Surface,
	theme.ColorNameHover:            Hover, theme.ColorNameHyperlink: Accent, theme.ColorNameInputBackground: Surface,
	theme.ColorNameInputBorder:    Line,
	theme.ColorNameMenuBackground: Surface, theme.ColorNameOverlayBackground: Surface, theme.ColorNamePlaceHolder: Muted,
	theme.ColorNamePrimary: Accent, theme.ColorNameSelection: Soft, theme.ColorNameSeparator: Line,
	theme.ColorNameSuccess: OK, theme.ColorNameWarning: Warn,
	theme.ColorNameDisabledButton: Raised,
}

// legible is a colour that Fyne's menus show shortcuts in. They make it out of the text's by taking the low bytes of
// its parts and of 95 % of its alpha (2.7.1, widget/menu_item.go, shortcutColor): from an alpha of 0xffff only 0x32 are
// left, which nobody can read, from this one all but nothing is lost.
type legible color.NRGBA

// RGBA implements [color.Color].
func (l legible) RGBA() (r, g, b, a uint32) {
	r, g, b, _ = color.NRGBA(l).RGBA()
	return r, g, b, 0xffc9
}

// Color implements [fyne.Theme].
func (t *Theme) Color(name fyne.ThemeColorName, system fyne.ThemeVariant) color.Color {
	v := t.variant(system)
	find := t.palette(v)
	of := func(name fyne.ThemeColorName, alpha uint8) color.Color {
		c, _ := find(name)
		c.A = alpha
		return c
	}
	switch name {
	case theme.ColorNameForeground:
		c, _ := find(Text)
		return legible(c)
	case theme.ColorNameFocus:
		return of(Accent, 0x60)
	case theme.ColorNamePressed:
		return of(Text, 0x1a)
	case theme.ColorNameShadow:
		if v == theme.VariantDark {
			return color.NRGBA{A: 0x55}
		}
		return color.NRGBA{A: 0x1c}
	case theme.ColorNameScrollBar:
		return of(Idle, 0x99)
	case theme.ColorNameScrollBarBackground:
		return color.Transparent
	}
	if own, ok := fynes[name]; ok {
		name = own
	}
	if c, ok := find(name); ok {
		return c
	}
	return theme.DefaultTheme().Color(name, v)
}

// Font implements [fyne.Theme] with Fyne's bundled Noto Sans and DejaVu Sans Mono.
func (t *Theme) Font(s fyne.TextStyle) fyne.Resource {
	if s.Monospace {
		return monospace()
	}
	return theme.DefaultTheme().Font(s)
}

// Icon implements [fyne.Theme]: the few that Fyne's own widgets draw are Slipway's where there is one.
func (t *Theme) Icon(name fyne.ThemeIconName) fyne.Resource {
	if own, ok := map[fyne.ThemeIconName]string{
		theme.IconNameVisibility: "eye", theme.IconNameVisibilityOff: "eyeoff", theme.IconNameArrowDropDown: "down",
		theme.IconNameSearch: "search",
		theme.IconNameCancel: "close", theme.IconNameFolder: "folder", theme.IconNameFolderOpen: "folder",
		theme.IconNameError: "warning",
	}[name]; ok {
		return Icon(own, Muted)
	}
	return theme.DefaultTheme().Icon(name)
}

// Size implements [fyne.Theme].
func (t *Theme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNameText:
		return TextSize
	case theme.SizeNameHeadingText:
		return TitleSize
	case theme.SizeNameSubHeadingText:
		return 16
	case theme.SizeNameCaptionText:
		return SmallSize
	case theme.SizeNameInputRadius, theme.SizeNameSelectionRadius:
		return Radius
	case theme.SizeNameInputBorder:
		return 1
	case theme.SizeNameInlineIcon:
		return IconSize
	case theme.SizeNameScrollBar:
		return 10
	case theme.SizeNameScrollBarSmall:
		return 4
	default:
		return theme.DefaultTheme().Size(name)
	}
}
