package kit

import (
	"time"

	"slipway/gui/post"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Root is the content of a window. It carries the layer on which hints appear, and gets what no widget wants: keys,
// and the command of what the pointer or the focus is on.
type Root struct {
	widget.BaseWidget
	content fyne.CanvasObject
	layer   *fyne.Container

	// OnKey gets keys that the focused widget does not use.
	OnKey func(*fyne.KeyEvent)
	// OnRune gets characters that the focused widget does not use.
	OnRune func(rune)
	// OnPaste gets a text that was pasted where a command may be meant. It tells whether it is one.
	OnPaste func(text string) bool
	// OnAim gets the command of the control under the pointer or focus, "" when there is none any more.
	OnAim func(command string)
}

// NewRoot puts content into a root.
func NewRoot(content fyne.CanvasObject) *Root {
	openDialogs.Store(0) // a new window has none
	r := &Root{content: content, layer: container.NewWithoutLayout()}
	r.ExtendBaseWidget(r)
	return r
}

// Parts implements [Composed].
func (r *Root) Parts() []fyne.CanvasObject { return []fyne.CanvasObject{r.content} }

func (r *Root) hints() *fyne.Container { return r.layer }

// CreateRenderer implements [fyne.Widget].
func (r *Root) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack(r.content, r.layer))
}

// keyTaker is what is on top of a window and takes keys: a dialog or a menu.
type keyTaker interface{ takeKey(*fyne.KeyEvent) }

// hintHolder is what is on top of a window and has a layer for hints.
type hintHolder interface{ hints() *fyne.Container }

// CanvasOf is the canvas that a thing is on, nil for none.
func CanvasOf(o fyne.CanvasObject) fyne.Canvas { return fyne.CurrentApp().Driver().CanvasForObject(o) }

// PassKey hands a key that the focused widget does not use to what is on top of the canvas.
func PassKey(c fyne.Canvas, ev *fyne.KeyEvent) {
	if c == nil {
		return
	}
	if top := c.Overlays().Top(); top != nil {
		if k, ok := top.(keyTaker); ok {
			k.takeKey(ev)
		}
		return
	}
	if r, ok := c.Content().(*Root); ok && r.OnKey != nil {
		r.OnKey(ev)
	}
}

// PassRune hands a character that the focused widget does not use to the window, unless something is on top of it.
func PassRune(c fyne.Canvas, r rune) {
	if c == nil || c.Overlays().Top() != nil {
		return
	}
	if root, ok := c.Content().(*Root); ok && root.OnRune != nil {
		root.OnRune(r)
	}
}

// HeldKeys are the modifiers that are held now.
func HeldKeys() fyne.KeyModifier {
	if d, ok := fyne.CurrentApp().Driver().(desktop.Driver); ok {
		return d.CurrentKeyModifiers()
	}
	return 0
}

// aim tells the window whose command is meant now.
func aim(o fyne.CanvasObject, command string) {
	if c := CanvasOf(o); c != nil {
		if r, ok := c.Content().(*Root); ok && r.OnAim != nil {
			r.OnAim(command)
		}
	}
}

// hintDelay is how long the pointer or focus rests before the explanation appears.
const hintDelay = 600 * time.Millisecond

// hinting is the one explanation that is shown or about to be.
var hinting struct {
	turn  int
	layer *fyne.Container
	timer *time.Timer
}

// ShowHint shows text near a thing after a moment, unless [HideHint] comes first.
func ShowHint(o fyne.CanvasObject, text string) {
	HideHint()
	if text == "" {
		return
	}
	hinting.turn++
	turn := hinting.turn
	hinting.timer = time.AfterFunc(hintDelay, func() {
		post.Do(func() {
			if turn == hinting.turn {
				placeHint(o, text)
			}
		})
	})
}

// HideHint takes away the text of [ShowHint], or lets it never come.
func HideHint() {
	hinting.turn++
	if hinting.timer != nil {
		hinting.timer.Stop()
	}
	if hinting.layer != nil {
		hinting.layer.RemoveAll()
		hinting.layer = nil
	}
}

func placeHint(o fyne.CanvasObject, text string) {
	c := CanvasOf(o)
	if c == nil || !o.Visible() {
		return
	}
	holder, ok := c.Content().(hintHolder)
	if top := c.Overlays().Top(); top != nil {
		holder, ok = top.(hintHolder)
	}
	if !ok {
		return
	}
	layer := holder.hints()
	driver := fyne.CurrentApp().Driver()
	origin := driver.AbsolutePositionForObject(layer)
	pos := driver.AbsolutePositionForObject(o).Subtract(origin)
	box := hintBox(text)
	size := box.MinSize()
	area := layer.Size()
	x := min(max(4, pos.X+o.Size().Width/2-size.Width/2), max(4, area.Width-size.Width-4))
	y := pos.Y + o.Size().Height + 6
	if y+size.Height > area.Height-4 {
		y = max(4, pos.Y-size.Height-6)
	}
	box.Resize(size)
	box.Move(fyne.NewPos(x, y))
	layer.Add(box)
	hinting.layer = layer
}

// hintBox is drawn from plain shapes, so that the pointer sees through it.
func hintBox(text string) *fyne.Container {
	const width = 320
	ground := canvas.NewRectangle(style.Color(style.Text))
	ground.CornerRadius = 6
	lines := container.NewVBox()
	for _, line := range wrap(Clean(text), Second, width) {
		t := canvas.NewText(line, style.Color(style.Surface))
		t.TextSize = style.SmallSize
		lines.Add(t)
	}
	return container.NewStack(ground, Pad(lines, 6, 10, 6, 10))
}

// wrap breaks text between words so that no line is wider than width.
func wrap(text string, s TextStyle, width float32) []string {
	return wrapParts(splitWords(text), s, width)
}

// wrapParts joins parts to lines that are not wider than width, unless a part is wider by itself.
func wrapParts(parts []string, s TextStyle, width float32) []string {
	var lines []string
	line, start := "", 0
	for i, w := range parts {
		next := line + w
		if i > start && s.Measure(next).Width > width {
			lines = append(lines, line)
			next, start = w, i
		}
		line = next
	}
	return append(lines, line)
}

// splitWords cuts behind each space.
func splitWords(text string) []string {
	var list []string
	from := 0
	for i, r := range text {
		if r == ' ' {
			list = append(list, text[from:i+1])
			from = i + 1
		}
	}
	return append(list, text[from:])
}
