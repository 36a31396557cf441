package kit

import (
	"slices"
	"sync/atomic"

	"slipway/engine/words"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// Dialog is a question or form over the window. Escape cancels, Enter confirms.
type Dialog struct {
	widget.BaseWidget
	id       string
	title    *Text
	subtitle *Paragraph
	body     fyne.CanvasObject
	footer   fyne.CanvasObject
	width    float32
	canvas   fyne.Canvas
	layer    *fyne.Container
	scroll   *container.Scroll
	before   fyne.Focusable
	closed   bool
	anchored bool

	// OnCancel is called by Escape and when the dialog is closed any other way than by [Dialog.Close].
	OnCancel func()
	// OnSubmit is called by Enter, unless a button has the focus.
	OnSubmit func()
}

// NewDialog makes a dialog. body may be nil; footer holds the buttons. An empty subtitle takes no room.
func NewDialog(id string, title words.Text, subtitle words.Text, width float32, body,
	footer fyne.CanvasObject,
) *Dialog {
	d := &Dialog{
		id: id, title: NewText(title, Title).ID(id + ".title"),
		subtitle: NewParagraph(subtitle, Body.In(style.Muted)).ID(id + ".subtitle"),
		width:    width, body: body, footer: footer, layer: container.NewWithoutLayout(),
	}
	if subtitle.None() {
		d.subtitle.Hide()
	}
	d.ExtendBaseWidget(d)
	return d
}

// Anchor keeps the top of the dialog where it is when its height changes, for forms that say things while one types.
func (d *Dialog) Anchor() *Dialog { d.anchored = true; return d }

// SetSubtitle changes the line under the title.
func (d *Dialog) SetSubtitle(text words.Text) {
	d.subtitle.Set(text)
	if text.None() {
		d.subtitle.Hide()
	} else {
		d.subtitle.Show()
	}
	d.Relayout()
}

// Open shows the dialog over everything on the canvas and focuses first, which may be nil.
func (d *Dialog) Open(c fyne.Canvas, first fyne.Focusable) {
	HideHint() // of what is covered now
	d.canvas = c
	d.before = c.Focused()
	openDialogs.Add(1)
	c.Overlays().Add(d)
	d.Resize(c.Size())
	if first != nil {
		c.Focus(first)
	}
}

// openDialogs counts those that are open in the window.
var openDialogs atomic.Int32

// DialogOpen tells whether a dialog covers the window. It may be called from any goroutine.
func DialogOpen() bool { return openDialogs.Load() > 0 }

// Close closes the dialog without calling OnCancel, and gives the focus back.
func (d *Dialog) Close() {
	if d.closed || d.canvas == nil {
		return
	}
	d.closed = true
	lastClose.closed()
	openDialogs.Add(-1)
	HideHint()
	d.canvas.Overlays().Remove(d)
	giveBack(d.canvas, d.before)
}

// giveBack gives the keys to what had them before something came over it, if that is still on the screen.
func giveBack(c fyne.Canvas, before fyne.Focusable) {
	o, ok := before.(fyne.CanvasObject)
	if ok && (holdsSeen(c.Content(), o) || slices.ContainsFunc(c.Overlays().List(), func(over fyne.CanvasObject) bool {
		return holdsSeen(over, o)
	})) {
		c.Focus(before)
	}
}

// Cancel closes the dialog as Escape does.
func (d *Dialog) Cancel() {
	if d.closed {
		return
	}
	d.Close()
	if d.OnCancel != nil {
		d.OnCancel()
	}
}

// IsOpen tells whether the dialog is shown.
func (d *Dialog) IsOpen() bool { return !d.closed && d.canvas != nil }

// Relayout fits the dialog to content that changed its size. What a person types into stays in sight.
func (d *Dialog) Relayout() {
	var typed fyne.CanvasObject
	if d.canvas != nil {
		typed, _ = d.canvas.Focused().(fyne.CanvasObject)
	}
	seen := typed != nil && d.holds(typed) && d.sees(typed)
	d.Refresh()
	if seen {
		d.Reveal(typed)
	}
}

// sees tells whether a thing of the body is in sight.
func (d *Dialog) sees(o fyne.CanvasObject) bool {
	driver := fyne.CurrentApp().Driver()
	y := driver.AbsolutePositionForObject(o).Y - driver.AbsolutePositionForObject(d.scroll).Y
	return y >= 0 && y+o.Size().Height <= d.scroll.Size().Height
}

// Reveal scrolls so that a thing in the body is seen.
func (d *Dialog) Reveal(o fyne.CanvasObject) {
	if d.scroll == nil {
		return
	}
	if d.sees(o) {
		return
	}
	ScrollTo(d.scroll, o)
}

// ScrollTo scrolls as little as is needed to see a thing.
func ScrollTo(scroll *container.Scroll, o fyne.CanvasObject) {
	driver := fyne.CurrentApp().Driver()
	y := driver.AbsolutePositionForObject(o).Y - driver.AbsolutePositionForObject(scroll).Y
	switch {
	case y < 0:
		scroll.Offset.Y += y - 8
	case y+o.Size().Height > scroll.Size().Height:
		scroll.Offset.Y += y + o.Size().Height - scroll.Size().Height + 8
	}
	scroll.Refresh()
}

// holds tells whether a thing is in the scrolled part of the dialog.
func (d *Dialog) holds(o fyne.CanvasObject) bool {
	return d.scroll != nil && contains(d.scroll.Content, o)
}

// contains tells whether o is somewhere in tree.
func contains(tree, o fyne.CanvasObject) bool {
	if tree == o {
		return true
	}
	c, ok := tree.(*fyne.Container)
	if !ok {
		if w, isOurs := tree.(interface{ Parts() []fyne.CanvasObject }); isOurs {
			return slices.ContainsFunc(w.Parts(), func(p fyne.CanvasObject) bool { return contains(p, o) })
		}
		if g, isGrowing := tree.(growing); isGrowing {
			return contains(g.CanvasObject, o)
		}
		return false
	}
	return slices.ContainsFunc(c.Objects, func(p fyne.CanvasObject) bool { return contains(p, o) })
}

// revealIn brings what got the focus into the view of the dialog that it is in.
func revealIn(o fyne.CanvasObject) {
	c := CanvasOf(o)
	if c == nil {
		return
	}
	if d, ok := c.Overlays().Top().(*Dialog); ok && d.holds(o) {
		d.Reveal(o)
	}
}

// Describe implements [Described].
func (d *Dialog) Describe() Item {
	return Item{ID: d.id, Role: "dialog", Text: d.title.Words(), Enabled: true}
}

func (d *Dialog) hints() *fyne.Container { return d.layer }

// Tapped implements [fyne.Tappable]: a click beside the card does nothing.
func (d *Dialog) Tapped(*fyne.PointEvent) {}

func (d *Dialog) takeKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyEscape:
		d.Cancel()
	case fyne.KeyReturn, fyne.KeyEnter:
		if d.OnSubmit != nil {
			d.OnSubmit()
		}
	}
}

// Parts implements [Composed].
func (d *Dialog) Parts() []fyne.CanvasObject {
	list := []fyne.CanvasObject{d.title, d.subtitle}
	if d.scroll != nil {
		list = append(list, d.scroll)
	}
	if d.footer != nil {
		list = append(list, d.footer)
	}
	return list
}

// scrollRoom is kept free at the right of the body for the scroll bar; it reaches into the margin.
const scrollRoom = 12

// dialogMargin is the room inside the card's edge.
const dialogMargin = 24

// CreateRenderer implements [fyne.Widget].
func (d *Dialog) CreateRenderer() fyne.WidgetRenderer {
	r := &dialogRenderer{
		d: d, scrim: canvas.NewRectangle(nil), shadow: canvas.NewRectangle(nil),
		card: canvas.NewRectangle(nil),
	}
	if d.body != nil {
		d.scroll = container.NewVScroll(Pad(d.body, 0, scrollRoom, 0, 0))
		d.scroll.OnScrolled = func(fyne.Position) { HideHint() }
	}
	r.Refresh()
	return r
}

type dialogRenderer struct {
	d                   *Dialog
	scrim, shadow, card *canvas.Rectangle
}

func (r *dialogRenderer) MinSize() fyne.Size { return fyne.NewSize(0, 0) }

func (r *dialogRenderer) Layout(size fyne.Size) {
	d := r.d
	r.scrim.Resize(size)
	d.layer.Resize(size)
	width := min(d.width, size.Width-32)
	inner := width - 2*dialogMargin
	title := d.title.MinSize().Height
	head := title
	d.subtitle.Resize(fyne.NewSize(inner, d.subtitle.MinSize().Height))
	if d.subtitle.Visible() {
		head += d.subtitle.MinSize().Height + 4
	}
	foot := float32(0)
	if d.footer != nil {
		foot = d.footer.MinSize().Height + 16
	}
	body := float32(0)
	if d.scroll != nil {
		for range 2 { // wrapped text tells its height only at its width, and what it is in after that
			d.body.Resize(fyne.NewSize(inner, d.body.MinSize().Height))
		}
		body = min(d.body.MinSize().Height+12, max(60, size.Height-48-head-foot-2*dialogMargin))
	}
	height := head + body + foot + 2*dialogMargin
	x, y := (size.Width-width)/2, max(16, (size.Height-height)*0.4)
	if d.anchored {
		y = max(16, min(size.Height*0.05, y))
	}
	r.card.Resize(fyne.NewSize(width, height))
	r.card.Move(fyne.NewPos(x, y))
	r.shadow.Resize(fyne.NewSize(width+2, height+6))
	r.shadow.Move(fyne.NewPos(x-1, y))
	x += dialogMargin
	y += dialogMargin
	d.title.Resize(fyne.NewSize(inner, title))
	d.title.Move(fyne.NewPos(x, y))
	d.subtitle.Move(fyne.NewPos(x, y+title+4))
	y += head
	if d.scroll != nil {
		d.scroll.Resize(fyne.NewSize(inner+scrollRoom, body-12))
		d.scroll.Move(fyne.NewPos(x, y+12))
		y += body
	}
	if d.footer != nil {
		d.footer.Resize(fyne.NewSize(inner, foot-16))
		d.footer.Move(fyne.NewPos(x, y+16))
	}
}

func (r *dialogRenderer) Refresh() {
	r.scrim.FillColor = style.Color(style.Scrim)
	r.shadow.FillColor, r.shadow.CornerRadius = style.Color("shadow"), 14
	r.card.FillColor, r.card.CornerRadius = style.Color(style.Surface), 12
	r.card.StrokeColor, r.card.StrokeWidth = style.Color(style.Line), 1
	r.Layout(r.d.Size())
	for _, o := range r.Objects() {
		o.Refresh()
	}
}

func (r *dialogRenderer) Objects() []fyne.CanvasObject {
	list := []fyne.CanvasObject{r.scrim, r.shadow, r.card}
	list = append(list, r.d.Parts()...)
	return append(list, r.d.layer)
}
func (r *dialogRenderer) Destroy() {}

// Buttons is the row at the foot of a dialog: left ones at the left, right ones at the right.
func Buttons(left, right []fyne.CanvasObject) fyne.CanvasObject {
	list := append([]fyne.CanvasObject{}, left...)
	list = append(list, Spring())
	return Across(12, append(list, right...)...)
}

// Is tells whether this is the dialog with that ID.
func (d *Dialog) Is(id string) bool { return d.id == id }
