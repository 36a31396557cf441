package kit

import (
	"strings"

	"slipway/engine/words"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Paragraph is text that wraps at the width it gets, without room around it.
type Paragraph struct {
	widget.BaseWidget
	id    string
	text  string
	style TextStyle
}

// NewParagraph makes text that wraps. Line ends in it begin a new line.
func NewParagraph(text words.Text, s TextStyle) *Paragraph {
	p := &Paragraph{text: text.String(), style: s}
	p.ExtendBaseWidget(p)
	return p
}

// ID names the paragraph for automation.
func (p *Paragraph) ID(id string) *Paragraph { p.id = id; return p }

// Set changes the words.
func (p *Paragraph) Set(text words.Text) {
	if text.String() != p.text {
		p.text = text.String()
		p.Refresh()
	}
}

// SetStyle changes the look.
func (p *Paragraph) SetStyle(s TextStyle) {
	if s != p.style {
		p.style = s
		p.Refresh()
	}
}

// Words is the whole text.
func (p *Paragraph) Words() string { return p.text }

// wholeWidth is what its longest line takes where nothing wraps: beside room that is left it takes that.
func (p *Paragraph) wholeWidth() float32 {
	width := float32(0)
	for _, line := range strings.Split(p.text, "\n") {
		width = max(width, p.style.Measure(drawable(line)).Width+1)
	}
	return width
}

// Describe implements [Described].
func (p *Paragraph) Describe() Item {
	return Item{ID: p.id, Role: "text", Text: p.text, Enabled: true}
}

// CreateRenderer implements [fyne.Widget].
func (p *Paragraph) CreateRenderer() fyne.WidgetRenderer {
	r := &paragraphRenderer{p: p}
	r.Refresh()
	return r
}

type paragraphRenderer struct {
	p     *Paragraph
	lines []*canvas.Text
	text  string // what the lines were made of
	width float32
}

// firstWidth is what a paragraph wraps at before it was given a width.
const firstWidth = 400

func (r *paragraphRenderer) lineHeight() float32 { return r.p.style.Measure("M").Height }

func (r *paragraphRenderer) MinSize() fyne.Size {
	return fyne.NewSize(40, float32(max(1, len(r.lines)))*r.lineHeight())
}

func (r *paragraphRenderer) Layout(size fyne.Size) {
	if size.Width != r.width || r.text != r.p.text {
		before := len(r.lines)
		r.wrap(size.Width)
		if len(r.lines) != before {
			canvas.Refresh(r.p)
		}
	}
	for i, l := range r.lines {
		l.Resize(fyne.NewSize(size.Width, r.lineHeight()))
		l.Move(fyne.NewPos(0, float32(i)*r.lineHeight()))
	}
}

// wrap makes the lines for a width.
func (r *paragraphRenderer) wrap(width float32) {
	r.text, r.width = r.p.text, width
	if width < 40 {
		width = firstWidth
	}
	r.lines = r.lines[:0]
	for _, part := range strings.Split(drawable(r.p.text), "\n") {
		for _, line := range wrap(Clean(part), r.p.style, width) {
			t := canvas.NewText(Fit(strings.TrimRight(line, " "), r.p.style, width), style.Color(r.p.style.color()))
			t.TextSize, t.TextStyle, t.Alignment = r.p.style.size(), r.p.style.fyne(), r.p.style.Align
			r.lines = append(r.lines, t)
		}
	}
}

func (r *paragraphRenderer) Refresh() {
	r.wrap(r.p.Size().Width)
	r.Layout(r.p.Size())
	canvas.Refresh(r.p)
}

func (r *paragraphRenderer) Objects() []fyne.CanvasObject {
	list := make([]fyne.CanvasObject, len(r.lines))
	for i, l := range r.lines {
		list[i] = l
	}
	return list
}
func (r *paragraphRenderer) Destroy() {}
