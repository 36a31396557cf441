package kit

import (
	"strings"

	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"github.com/charmbracelet/x/ansi"
)

// OutputLine is one line that a program printed.
type OutputLine struct{ Text string }

// maxOutput is how many lines are kept; older ones are dropped.
const maxOutput = 10_000

// Output shows what a program prints: wrapped, only the visible lines drawn. It follows the end until it is scrolled
// up, and again when it is scrolled to the end. Nothing in the text can change anything outside.
type Output struct {
	widget.BaseWidget
	id     string
	lines  []OutputLine
	broken []OutputLine // lines wrapped at columns
	cols   int
	follow bool
	empty  *Text
	pane   *outputPane
	scroll *container.Scroll

	// OnFollow is called when following began or ended by scrolling.
	OnFollow func(bool)
}

// NewOutput makes an empty output that follows.
func NewOutput(id string) *Output {
	o := &Output{id: id, follow: true, cols: 80, empty: NewText("", Second)}
	o.pane = &outputPane{o: o}
	o.pane.ExtendBaseWidget(o.pane)
	o.scroll = container.NewVScroll(o.pane)
	o.scroll.OnScrolled = func(fyne.Position) {
		o.setFollow(o.atEnd())
		o.pane.Refresh()
	}
	o.ExtendBaseWidget(o)
	return o
}

// Append adds lines.
func (o *Output) Append(lines []OutputLine) {
	for _, l := range lines {
		l.Text = plain(l.Text)
		o.lines = append(o.lines, l)
		o.broken = append(o.broken, breakLine(l, o.cols)...)
	}
	if drop := len(o.lines) - maxOutput; drop > maxOutput/10 { // in steps, because it wraps all lines anew
		o.lines = append([]OutputLine(nil), o.lines[drop:]...)
		o.rewrap()
	}
	o.changed()
}

// SetEmpty is what is said while there are no lines.
func (o *Output) SetEmpty(text string) { o.empty.Set(text); o.changed() }

// Clear forgets all lines and follows again.
func (o *Output) Clear() {
	o.lines, o.broken = nil, nil
	o.setFollow(true)
	o.scroll.Offset = fyne.NewPos(0, 0)
	o.changed()
}

// Follow begins or ends following.
func (o *Output) Follow(on bool) {
	o.setFollow(on)
	o.changed()
}

// Words is all lines.
func (o *Output) Words() string {
	var b strings.Builder
	for _, l := range o.lines {
		b.WriteString(l.Text)
		b.WriteByte('\n')
	}
	return b.String()
}

func (o *Output) setFollow(on bool) {
	if o.follow != on {
		o.follow = on
		if o.OnFollow != nil {
			o.OnFollow(on)
		}
	}
}

func (o *Output) atEnd() bool {
	return o.scroll.Offset.Y+o.scroll.Size().Height >= o.pane.MinSize().Height-2
}

func (o *Output) changed() {
	if len(o.lines) == 0 {
		o.empty.Show()
	} else {
		o.empty.Hide()
	}
	o.scroll.Refresh()
	if o.follow {
		o.scroll.Offset.Y = max(0, o.pane.MinSize().Height-o.scroll.Size().Height)
		o.scroll.Refresh()
	}
	o.pane.Refresh()
}

// rewrap breaks all lines anew for the width.
func (o *Output) rewrap() {
	o.broken = o.broken[:0]
	for _, l := range o.lines {
		o.broken = append(o.broken, breakLine(l, o.cols)...)
	}
}

func (o *Output) describe() Item {
	last := ""
	if n := len(o.lines); n > 0 {
		last = o.lines[n-1].Text
	}
	return Item{ID: o.id, Role: "output", Text: last, Enabled: true}
}

// maxLine is where a line is cut, in bytes: nobody reads further, and many such lines would fill the memory.
const maxLine = 8 << 10

// plain takes out of a line what a terminal would act on. What a program overwrote with a carriage return is gone.
func plain(text string) string {
	if i := strings.LastIndexByte(strings.TrimRight(text, "\r"), '\r'); i >= 0 {
		text = text[i+1:]
	}
	if len(text) > maxLine {
		text = strings.ToValidUTF8(text[:maxLine], "") + "…"
	}
	text = ansi.Strip(text)
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return r
		case unprintable(r):
			return -1
		}
		return r
	}, text)
}

// breakLine wraps a line at a number of columns, counted as a terminal does.
func breakLine(l OutputLine, cols int) []OutputLine {
	text := strings.ReplaceAll(l.Text, "\t", "    ")
	if ansi.StringWidth(text) <= cols {
		return []OutputLine{{text}}
	}
	var list []OutputLine
	for _, part := range strings.Split(ansi.Hardwrap(text, cols, true), "\n") {
		list = append(list, OutputLine{part})
	}
	return list
}

// CreateRenderer implements [fyne.Widget].
func (o *Output) CreateRenderer() fyne.WidgetRenderer {
	r := &outputRenderer{o: o, ground: canvas.NewRectangle(nil)}
	r.Refresh()
	return r
}

type outputRenderer struct {
	o      *Output
	ground *canvas.Rectangle
}

const outputPad = 14

func (r *outputRenderer) MinSize() fyne.Size { return fyne.NewSize(200, 80) }

func (r *outputRenderer) Layout(size fyne.Size) {
	r.ground.Resize(size)
	r.o.scroll.Resize(fyne.NewSize(max(0, size.Width-outputPad), max(0, size.Height-16)))
	r.o.scroll.Move(fyne.NewPos(outputPad, 8))
	r.o.empty.Resize(fyne.NewSize(max(0, size.Width-2*outputPad), r.o.empty.MinSize().Height))
	r.o.empty.Move(fyne.NewPos(outputPad, 12))
	cols := max(20, int((size.Width-2*outputPad)/Mono.measure("M").Width))
	if cols != r.o.cols {
		r.o.cols = cols
		r.o.rewrap()
	}
	r.o.changed()
}

func (r *outputRenderer) Refresh() {
	r.ground.FillColor = style.Color(style.Code)
	r.ground.CornerRadius = style.Radius
	r.Layout(r.o.Size())
	canvas.Refresh(r.o)
}

func (r *outputRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ground, r.o.scroll, r.o.empty}
}
func (r *outputRenderer) Destroy() {}

// outputPane is the scrolled part, as high as all lines.
type outputPane struct {
	widget.BaseWidget
	o     *Output
	texts []*canvas.Text
}

// Cursor implements [desktop.Cursorable].
func (p *outputPane) Cursor() desktop.Cursor { return desktop.DefaultCursor }

// CreateRenderer implements [fyne.Widget].
func (p *outputPane) CreateRenderer() fyne.WidgetRenderer { return &outputPaneRenderer{p: p} }

type outputPaneRenderer struct{ p *outputPane }

func (r *outputPaneRenderer) MinSize() fyne.Size {
	return fyne.NewSize(0, float32(len(r.p.o.broken))*monoLine())
}

func (r *outputPaneRenderer) Layout(fyne.Size) { r.Refresh() }

func (r *outputPaneRenderer) Refresh() {
	o, h := r.p.o, monoLine()
	first := max(0, int(o.scroll.Offset.Y/h))
	last := min(len(o.broken), int((o.scroll.Offset.Y+o.scroll.Size().Height)/h)+1)
	n := max(0, last-first)
	for len(r.p.texts) < n {
		t := canvas.NewText("", nil)
		t.TextSize, t.TextStyle = Mono.size(), Mono.fyne()
		r.p.texts = append(r.p.texts, t)
	}
	for i, t := range r.p.texts {
		if i >= n {
			t.Hide()
			continue
		}
		l := o.broken[first+i]
		t.Text, t.Color = l.Text, style.Color(style.Text)
		t.Resize(t.MinSize())
		t.Move(fyne.NewPos(0, float32(first+i)*h))
		t.Show()
	}
	canvas.Refresh(r.p)
}

func (r *outputPaneRenderer) Objects() []fyne.CanvasObject {
	list := make([]fyne.CanvasObject, len(r.p.texts))
	for i, t := range r.p.texts {
		list[i] = t
	}
	return list
}
func (r *outputPaneRenderer) Destroy() {}
