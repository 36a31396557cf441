// Package kit holds Slipway's own widgets. They know how to look and behave, and nothing of Docker: pages hand them
// plain values and functions. All of it belongs to the UI thread.
package kit

import (
	"strings"

	"slipway/engine/model"
	"slipway/engine/words"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// TextStyle is how a [Text] looks. The zero value is ordinary text.
type TextStyle struct {
	Size  float32
	Color fyne.ThemeColorName
	Bold  bool
	Mono  bool
	Align fyne.TextAlign
	// Full never shortens the text; otherwise it ends in … where there is no room.
	Full bool
}

// The styles of the design.
var (
	Body    = TextStyle{}
	Strong  = TextStyle{Bold: true}
	Title   = TextStyle{Size: style.TitleSize, Bold: true}
	Heading = TextStyle{Size: 16, Bold: true}
	Second  = TextStyle{Size: style.SmallSize, Color: style.Muted}
	Mono    = TextStyle{Size: style.MonoSize, Mono: true}
)

// In is the style in another colour.
func (s TextStyle) In(c fyne.ThemeColorName) TextStyle { s.Color = c; return s }

// Whole is the style of a text that is never shortened.
func (s TextStyle) Whole() TextStyle { s.Full = true; return s }

// Right is the style aligned to the right.
func (s TextStyle) Right() TextStyle { s.Align = fyne.TextAlignTrailing; return s }

func (s TextStyle) size() float32 {
	if s.Size == 0 {
		return style.TextSize
	}
	return s.Size
}

func (s TextStyle) color() fyne.ThemeColorName {
	if s.Color == "" {
		return style.Text
	}
	return s.Color
}

func (s TextStyle) fyne() fyne.TextStyle { return fyne.TextStyle{Bold: s.Bold, Monospace: s.Mono} }

// Paint gives a text on a canvas this look.
func (s TextStyle) Paint(t *canvas.Text) {
	t.TextSize, t.TextStyle, t.Color = s.size(), s.fyne(), style.Color(s.color())
}

// Measure is how much room words need in this style.
func (s TextStyle) Measure(text string) fyne.Size { return fyne.MeasureText(text, s.size(), s.fyne()) }

// Text is one line of text.
type Text struct {
	widget.BaseWidget
	id    string
	text  string
	style TextStyle
}

// Blank is text, or a blank where there is none: a line that holds one keeps its height.
func Blank(text words.Text) words.Text {
	if text.None() {
		return words.Raw(" ")
	}
	return text
}

// NewText makes a line of text.
func NewText(text words.Text, s TextStyle) *Text {
	t := &Text{text: Clean(text.String()), style: s}
	t.ExtendBaseWidget(t)
	return t
}

// ID names the text for automation.
func (t *Text) ID(id string) *Text { t.id = id; return t }

// Set changes the words.
func (t *Text) Set(text words.Text) {
	if clean := Clean(text.String()); clean != t.text {
		t.text = clean
		t.Refresh()
	}
}

// SetStyle changes the look.
func (t *Text) SetStyle(s TextStyle) {
	if s != t.style {
		t.style = s
		t.Refresh()
	}
}

// Words is the whole text, whatever of it is seen.
func (t *Text) Words() string { return t.text }

func (t *Text) wholeWidth() float32 { return t.style.Measure(t.text).Width }

// Describe implements [Described].
func (t *Text) Describe() Item {
	return Item{ID: t.id, Role: "text", Text: t.text, Drawn: Fit(t.text, t.style, t.Size().Width), Enabled: true}
}

// CreateRenderer implements [fyne.Widget].
func (t *Text) CreateRenderer() fyne.WidgetRenderer {
	r := &textRenderer{t: t, line: canvas.NewText("", nil)}
	r.Refresh()
	return r
}

type textRenderer struct {
	t    *Text
	line *canvas.Text
}

func (r *textRenderer) MinSize() fyne.Size {
	m := r.t.style.Measure(r.t.text)
	if !r.t.style.Full {
		m.Width = min(m.Width, 24)
	}
	return m
}

func (r *textRenderer) Layout(size fyne.Size) {
	r.line.Text = Fit(r.t.text, r.t.style, size.Width)
	r.line.Resize(size)
	r.line.Refresh()
}

func (r *textRenderer) Refresh() {
	r.t.style.Paint(r.line)
	r.line.Alignment = r.t.style.Align
	r.Layout(r.t.Size())
}

func (r *textRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.line} }
func (r *textRenderer) Destroy()                     {}

// ReadFonts has Fyne read its fonts: several files, of which it copies tables. It belongs to no thread, but nobody may
// measure texts meanwhile.
func ReadFonts() {
	for _, s := range []TextStyle{Body, Strong, Mono} {
		s.Measure("Slipway")
	}
}

// Fit shortens text with … so that it is not wider than width.
func Fit(text string, s TextStyle, width float32) string {
	if s.Full || text == "" || s.Measure(text).Width <= width+0.5 {
		return text
	}
	runes := []rune(text)
	low, high := 0, len(runes)
	for low < high {
		mid := (low + high + 1) / 2
		if s.Measure(string(runes[:mid])+"…").Width <= width {
			low = mid
		} else {
			high = mid - 1
		}
	}
	if low == 0 && width < s.Measure("…").Width {
		return ""
	}
	return strings.TrimRight(string(runes[:low]), " ") + "…"
}

// mostDrawn is how many characters of a text that wraps are drawn: a label may have megabytes.
const mostDrawn = 8000

// drawable is what of a text that wraps is drawn.
func drawable(text string) string {
	if len(text) <= mostDrawn {
		return text
	}
	return strings.ToValidUTF8(text[:mostDrawn], "") + "…"
}

// mostClean is how many characters of a line are drawn at most: a texture cannot be longer.
const mostClean = 1000

// Clean makes text from outside safe to draw in one line, and honest: line ends and tabs are blanks, and what cannot be
// seen, or turns the direction of what follows, is shown as an escape.
func Clean(text string) string {
	return cut(model.VisibleLine(drawable(text)))
}

// CleanName is [Clean] of a name in a list, in which two that differ must not look the same: line ends and tabs are
// escapes as well, and nothing else looks like one.
func CleanName(name string) string { return cut(model.Visible(drawable(name))) }

func cut(line string) string {
	if len(line) > mostClean {
		if runes := []rune(line); len(runes) > mostClean {
			return string(runes[:mostClean]) + "…"
		}
	}
	return line
}
