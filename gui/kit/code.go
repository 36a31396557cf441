package kit

import (
	"math"
	"strings"
	"time"

	"slipway/engine/words"
	"slipway/gui/post"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// CodeLine shows one or more command lines as a terminal would, wrapped.
type CodeLine struct {
	widget.BaseWidget
	id     string
	text   string
	single bool
	room   float32 // at the right, for a button over it
}

// NewCodeLine makes a block of commands. A single one is shortened instead of wrapped.
func NewCodeLine(id, text string, single bool) *CodeLine {
	c := &CodeLine{id: id, text: text, single: single}
	c.ExtendBaseWidget(c)
	return c
}

// Set changes the text. Lines are separated by a line end.
func (c *CodeLine) Set(text string) {
	if c.text != text {
		c.text = text
		c.Refresh()
	}
}

// Words is the whole text.
func (c *CodeLine) Words() string { return c.text }

// Describe implements [Described].
func (c *CodeLine) Describe() Item {
	return Item{ID: c.id, Role: "code", Text: c.text, Enabled: true}
}

// CreateRenderer implements [fyne.Widget].
func (c *CodeLine) CreateRenderer() fyne.WidgetRenderer {
	r := &codeRenderer{c: c, ground: canvas.NewRectangle(nil)}
	r.Refresh()
	return r
}

type codeRenderer struct {
	c      *CodeLine
	ground *canvas.Rectangle
	lines  []*canvas.Text
	text   string
	width  float32
}

const codePad = 12

// codeIndent is before what goes on from the line above.
const codeIndent = "    "

// lineHeight is a whole number: at a fraction of a pixel the underscore is lost between two rows.
func (r *codeRenderer) lineHeight() float32 { return MonoLine() }

// MonoLine is the height of a line of code or output.
func MonoLine() float32 { return float32(math.Ceil(float64(Mono.Measure("M").Height))) + 2 }

func (r *codeRenderer) MinSize() fyne.Size {
	n := max(1, len(r.lines))
	return fyne.NewSize(60, float32(n)*r.lineHeight()+16)
}

func (r *codeRenderer) Layout(size fyne.Size) {
	r.ground.Resize(size)
	if r.width != size.Width || r.text != r.c.text {
		before := len(r.lines)
		r.set(size.Width)
		if before != len(r.lines) && before > 0 {
			r.c.Refresh()
		}
	}
	y := float32(8)
	if r.c.single {
		y = float32(math.Floor(float64(size.Height-r.lineHeight()) / 2))
	}
	for _, l := range r.lines {
		l.Resize(l.MinSize())
		l.Move(fyne.NewPos(codePad, y))
		y += r.lineHeight()
	}
}

// set breaks the text into lines of the width.
func (r *codeRenderer) set(width float32) {
	r.text, r.width = r.c.text, width
	room := max(80, width-2*codePad-r.c.room)
	var lines []string
	within := false // a quoted text of several lines
	for _, l := range splitLines(drawable(r.c.text)) {
		goesOn := within
		within = opensQuote(l, within)
		if l = Clean(l); l == "" && !goesOn {
			continue
		}
		switch {
		case r.c.single && len(lines) > 0: // the copy has it
			if !strings.HasSuffix(lines[0], "…") {
				lines[0] = Fit(lines[0]+" …", Mono, room)
			}
			continue
		case r.c.single:
			lines = append(lines, Fit("$ "+l, Mono, room))
			continue
		case !goesOn:
			l = "$ " + l
		}
		for i, part := range wrapCommand(l, goesOn, room-Mono.Measure(codeIndent+"\\").Width) {
			if i > 0 {
				lines[len(lines)-1] += "\\"
				part = codeIndent + part
			}
			lines = append(lines, Fit(part, Mono, room)) // an argument may be longer than any line
		}
	}
	r.lines = r.lines[:0]
	for _, l := range lines {
		t := canvas.NewText(l, style.Color(style.Text))
		t.TextSize, t.TextStyle = Mono.size(), Mono.fyne()
		r.lines = append(r.lines, t)
	}
}

// opensQuote tells whether a quote is open behind a line of a shell, given whether one was open before it. What Slipway
// shows has single quotes around every line break, see [model.Quote].
func opensQuote(line string, open bool) bool {
	double := false
	for i := 0; i < len(line); i++ {
		switch {
		case open:
			open = line[i] != '\''
		case line[i] == '\\':
			i++
		case line[i] == '"':
			double = !double
		case line[i] == '\'':
			open = !double
		}
	}
	return open
}

// wrapCommand breaks a command between its arguments, and keeps an option with its value. quoted tells that it
// begins within a quoted text.
func wrapCommand(line string, quoted bool, width float32) []string {
	var parts []string
	for _, w := range splitArguments(line, quoted) {
		if n := len(parts); n > 0 && !strings.HasPrefix(w, "-") && isOption(parts[n-1]) {
			parts[n-1] += w
			continue
		}
		parts = append(parts, w)
	}
	return wrapParts(parts, Mono, width)
}

// splitArguments cuts behind spaces that are not quoted.
func splitArguments(line string, quoted bool) []string {
	var parts []string
	from, quote := 0, rune(0)
	if quoted {
		quote = '\''
	}
	escaped := false
	for i, r := range line {
		switch {
		case escaped:
			escaped = false
		case quote != '\'' && r == '\\':
			escaped = true
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote = r
		case quote == 0 && r == ' ':
			parts = append(parts, line[from:i+1])
			from = i + 1
		}
	}
	return append(parts, line[from:])
}

// isOption tells whether a word is an option that a value may follow.
func isOption(word string) bool {
	return strings.HasPrefix(word, "-") && strings.Count(word, " ") == 1 && strings.TrimSpace(word) != "-d"
}

func splitLines(text string) []string {
	var lines []string
	from := 0
	for i, r := range text {
		if r == '\n' {
			lines = append(lines, text[from:i])
			from = i + 1
		}
	}
	return append(lines, text[from:])
}

func (r *codeRenderer) Refresh() {
	r.ground.FillColor, r.ground.CornerRadius = style.Color(style.Code), style.Radius
	r.set(r.c.Size().Width)
	r.Layout(r.c.Size())
	r.ground.Refresh()
	for _, l := range r.lines {
		l.Refresh()
	}
	canvas.Refresh(r.c)
}

func (r *codeRenderer) Objects() []fyne.CanvasObject {
	list := []fyne.CanvasObject{r.ground}
	for _, l := range r.lines {
		list = append(list, l)
	}
	return list
}
func (r *codeRenderer) Destroy() {}

// copiedFor is how long a copy button says that it copied.
const copiedFor = 1500 * time.Millisecond

// CopyButton copies what text returns, and says so for a moment by its icon.
func CopyButton(id string, label words.Text, text func() string) *Button {
	b := NewButton(id, label, "copy", Normal, nil).Small()
	if label.None() {
		b.kind = Quiet
	}
	b.hint = words.Say("common.copy").String()
	b.OnTap = func() {
		Copy(text())
		b.SetIcon("check")
		time.AfterFunc(copiedFor, func() { post.Do(func() { b.SetIcon("copy") }) })
	}
	return b
}

// CodeBlock is a command with a copy button over its right edge. Where it would be higher than atMost it is scrolled.
func CodeBlock(c *CodeLine, copyButton *Button, atMost func() float32) fyne.CanvasObject {
	c.room = 36
	return stackRight(container.New(lowLayout{atMost}, container.NewVScroll(c)), copyButton)
}

// lowLayout gives a scrolled thing the height of what is in it, up to a limit.
type lowLayout struct{ atMost func() float32 }

// MinSize implements [fyne.Layout].
func (l lowLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	inner := objects[0].(*container.Scroll).Content.MinSize()
	return fyne.NewSize(inner.Width, min(inner.Height, l.atMost()))
}

// Layout implements [fyne.Layout].
func (lowLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) { objects[0].Resize(size) }
