package kit

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Item is a thing on the screen as automation, tests and screen readers would name it. Positions are in window pixels
// of scale 1.
type Item struct {
	ID      string  `json:"id"`
	Role    string  `json:"role"`
	Text    string  `json:"text"`
	X       float32 `json:"x"`
	Y       float32 `json:"y"`
	W       float32 `json:"w"`
	H       float32 `json:"h"`
	Enabled bool    `json:"enabled"`
	Focused bool    `json:"focused"`

	// Drawn is what is drawn of it in one line, shortened where there is no room; "" where it wraps, or draws no text.
	Drawn string `json:"-"`
	// Covered tells that something opened over it.
	Covered bool `json:"-"`
	// Object is the thing itself, for tests in the same process.
	Object fyne.CanvasObject `json:"-"`
}

// Described is a widget that automation can name.
type Described interface {
	fyne.CanvasObject
	// Describe says what it is. An empty ID leaves it out; its place is filled in by [Items].
	Describe() Item
}

// Composed is a widget that has parts of its own to be looked at.
type Composed interface{ Parts() []fyne.CanvasObject }

// Items lists what is visible on a canvas, top to bottom. While a dialog or menu is open only what is in it is
// enabled. It must be called on the UI thread.
func Items(c fyne.Canvas) []Item {
	w := walker{focused: c.Focused()}
	overlays := c.Overlays().List()
	w.covered = len(overlays) > 0
	all := clip{size: c.Size()}
	if content := c.Content(); content != nil {
		// Below a menu bar the content does not begin at the top.
		origin := fyne.CurrentApp().Driver().AbsolutePositionForObject(content).Subtract(content.Position())
		w.visit(content, origin, all)
	}
	for i, o := range overlays {
		w.covered = i < len(overlays)-1
		w.visit(o, fyne.NewPos(0, 0), all)
	}
	return w.items
}

// clip is the part of the window that a scroller lets through.
type clip struct {
	pos  fyne.Position
	size fyne.Size
}

func (c clip) within(pos fyne.Position, size fyne.Size) clip {
	left, top := max(c.pos.X, pos.X), max(c.pos.Y, pos.Y)
	right, bottom := min(c.pos.X+c.size.Width, pos.X+size.Width), min(c.pos.Y+c.size.Height, pos.Y+size.Height)
	return clip{fyne.NewPos(left, top), fyne.NewSize(max(0, right-left), max(0, bottom-top))}
}

type walker struct {
	items   []Item
	covered bool
	focused fyne.Focusable
}

// visit adds o and what is in it; parent is the absolute position of what o is in.
func (w *walker) visit(o fyne.CanvasObject, parent fyne.Position, c clip) {
	if o == nil || !o.Visible() {
		return
	}
	pos := parent.Add(o.Position())
	if d, ok := o.(Described); ok {
		w.add(d, pos, c)
	}
	if x, ok := o.(*container.Scroll); ok {
		c = c.within(pos, x.Size())
	}
	for _, child := range partsOf(o) {
		w.visit(child, pos, c)
	}
}

// partsOf are the things that a thing is made of.
func partsOf(o fyne.CanvasObject) []fyne.CanvasObject {
	switch x := o.(type) {
	case *fyne.Container:
		return x.Objects
	case *container.Scroll:
		return []fyne.CanvasObject{x.Content}
	case Composed:
		return x.Parts()
	}
	return nil
}

// Hide hides a thing. What is in it and has the keys lets go of them: what a person types would go where nobody looks.
func Hide(o fyne.CanvasObject) {
	if c := CanvasOf(o); c != nil {
		if f, ok := c.Focused().(fyne.CanvasObject); ok && holds(o, f) {
			c.Unfocus()
		}
	}
	o.Hide()
}

// holdsSeen is holds of what is shown.
func holdsSeen(o, part fyne.CanvasObject) bool {
	if o == nil || !o.Visible() {
		return false
	}
	return o == part || slices.ContainsFunc(partsOf(o), func(p fyne.CanvasObject) bool { return holdsSeen(p, part) })
}

func holds(o, part fyne.CanvasObject) bool {
	return o == part || slices.ContainsFunc(partsOf(o), func(p fyne.CanvasObject) bool {
		return p != nil && holds(p, part)
	})
}

func (w *walker) add(d Described, pos fyne.Position, c clip) {
	it := d.Describe()
	if it.ID == "" {
		return
	}
	seen := c.within(pos, d.Size())
	if seen.size.Width < 2 || seen.size.Height < 2 {
		return
	}
	it.X, it.Y, it.W, it.H = seen.pos.X, seen.pos.Y, seen.size.Width, seen.size.Height
	it.Enabled, it.Covered = it.Enabled && !w.covered, w.covered
	it.Object = d
	if f, ok := d.(fyne.Focusable); ok && w.focused == f {
		it.Focused = true
	}
	w.items = append(w.items, it)
}
