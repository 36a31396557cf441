package table

import (
	"cmp"

	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Split puts the details of the selected row under its table, or beside it where there is much room, or a bar about
// several rows, which is as high as it needs to be. The edge between the two can be drawn, which is remembered. While
// both are hidden the table has all of the room.
func Split(table *Table, details, bar fyne.CanvasObject) *fyne.Container {
	l := &splitLayout{key: "split." + table.id}
	if app := fyne.CurrentApp(); app != nil {
		l.under, l.side = float32(app.Preferences().Float(l.key+".under")), float32(app.Preferences().Float(l.key+".side"))
	}
	l.grip = newGrip(l)
	l.box = container.New(l, table, details, bar, l.grip)
	return l.box
}

// wide is the width from which on the details are beside the table.
const wide float32 = 1300

// low is the height below which the details take the table's room, too, until they are closed.
const low float32 = 370

// leastDetails is how high the details are at least where they do not have all of the room.
const leastDetails float32 = 250

// splitLayout gives the table what it needs, up to half of the height, and the details the rest, unless a
// person drew the edge elsewhere.
type splitLayout struct {
	box  *fyne.Container
	grip *grip
	key  string
	// under and side are the table's shares, as a person wants them, above the details and beside them; 0 for what it
	// needs.
	under, side float32
	beside      bool
	// whole gives the details all of the room, until they are closed or it is taken back.
	whole bool
}

// Maximize gives the details of a [Split] all of the room, or gives the table's back. It does nothing while there are
// none.
func Maximize(split *fyne.Container) {
	l, ok := split.Layout.(*splitLayout)
	if !ok || !split.Objects[1].Visible() {
		return
	}
	kit.HideHint() // of what has no room now
	l.whole = !l.whole
	split.Refresh()
}

// MinSize implements [fyne.Layout].
func (*splitLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(400, 200) }

// gripSize is the room between the table and what is below or beside it.
const gripSize float32 = 10

// Layout implements [fyne.Layout].
func (l *splitLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	table, details, bar := objects[0].(*Table), objects[1], objects[2]
	l.grip.Hide()
	l.beside = size.Width >= wide
	whole := size
	if !details.Visible() {
		l.whole = false
	}
	alone := details.Visible() && !bar.Visible() && (l.whole || !l.beside && size.Height < low)
	if table.Hidden = alone; alone { // both would show next to nothing
		details.Resize(size)
		details.Move(fyne.NewPos(0, 0))
		if l.whole { // a second double click gives the room back
			l.put(fyne.NewPos(0, 0), fyne.NewSize(size.Width, gripSize))
			details.Resize(fyne.NewSize(size.Width, size.Height-gripSize))
			details.Move(fyne.NewPos(0, gripSize))
		}
		return
	}
	switch {
	case bar.Visible():
		room := bar.MinSize().Height
		height := max(120, min(table.Height()+8, size.Height-room-8))
		bar.Resize(fyne.NewSize(size.Width, room))
		bar.Move(fyne.NewPos(0, height+8))
		whole.Height = height
	case details.Visible() && l.beside:
		share := cmp.Or(l.side, 0.5)
		whole.Width = min(max(420, size.Width*share), size.Width-420)
		l.put(fyne.NewPos(whole.Width, 0), fyne.NewSize(gripSize, size.Height))
		details.Resize(fyne.NewSize(size.Width-whole.Width-gripSize, size.Height))
		details.Move(fyne.NewPos(whole.Width+gripSize, 0))
	case details.Visible():
		whole.Height = max(120, min(table.Height()+8, size.Height*0.5, size.Height-leastDetails))
		if l.under > 0 {
			whole.Height = min(max(headerHeight+2*style.RowHeight, size.Height*l.under), size.Height-160)
		}
		l.put(fyne.NewPos(0, whole.Height), fyne.NewSize(size.Width, gripSize))
		details.Resize(fyne.NewSize(size.Width, size.Height-whole.Height-gripSize))
		details.Move(fyne.NewPos(0, whole.Height+gripSize))
	}
	table.Move(fyne.NewPos(0, 0))
	if table.Size() != whole {
		table.Resize(whole)
		table.reveal(table.Selected()) // it may be below what has just taken its room
	}
}

func (l *splitLayout) put(at fyne.Position, size fyne.Size) {
	l.grip.Show()
	l.grip.Resize(size)
	l.grip.Move(at)
}

// draw moves the edge to a position of the box.
func (l *splitLayout) draw(at fyne.Position) {
	kit.HideHint()
	size := l.box.Size()
	if l.beside {
		l.side = min(0.9, max(0.1, at.X/size.Width))
	} else {
		l.under = min(0.9, max(0.1, at.Y/size.Height))
	}
	l.box.Refresh()
}

// remember keeps where the edge is for the next time.
func (l *splitLayout) remember() {
	prefs := fyne.CurrentApp().Preferences()
	prefs.SetFloat(l.key+".under", float64(l.under))
	prefs.SetFloat(l.key+".side", float64(l.side))
}

// grip is the edge that can be drawn.
type grip struct {
	widget.BaseWidget
	split   *splitLayout
	hovered bool
}

var (
	_ fyne.Draggable      = (*grip)(nil)
	_ desktop.Hoverable   = (*grip)(nil)
	_ desktop.Cursorable  = (*grip)(nil)
	_ fyne.DoubleTappable = (*grip)(nil)
)

func newGrip(l *splitLayout) *grip {
	g := &grip{split: l}
	g.ExtendBaseWidget(g)
	return g
}

// Dragged implements [fyne.Draggable].
func (g *grip) Dragged(ev *fyne.DragEvent) { g.split.draw(g.Position().Add(ev.Position)) }

// DragEnd implements [fyne.Draggable].
func (g *grip) DragEnd() { g.split.remember() }

// DoubleTapped implements [fyne.DoubleTappable]: it gives the details all of the room, or the table's back.
func (g *grip) DoubleTapped(*fyne.PointEvent) { Maximize(g.split.box) }

// MouseIn implements [desktop.Hoverable].
func (g *grip) MouseIn(*desktop.MouseEvent) {
	g.hovered = true
	g.Refresh()
	kit.ShowHint(g, words.Say("kit.drag-to-make-the-details").String())
}

// MouseMoved implements [desktop.Hoverable].
func (g *grip) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements [desktop.Hoverable].
func (g *grip) MouseOut() { g.hovered = false; g.Refresh(); kit.HideHint() }

// Cursor implements [desktop.Cursorable].
func (g *grip) Cursor() desktop.Cursor {
	if g.split.beside {
		return desktop.HResizeCursor
	}
	return desktop.VResizeCursor
}

// Describe implements [kit.Described].
func (g *grip) Describe() kit.Item { return kit.Item{ID: "split", Role: "grip", Enabled: true} }

// CreateRenderer implements [fyne.Widget].
func (g *grip) CreateRenderer() fyne.WidgetRenderer {
	r := &gripRenderer{g: g, line: canvas.NewRectangle(nil)}
	r.Refresh()
	return r
}

type gripRenderer struct {
	g    *grip
	line *canvas.Rectangle
}

func (r *gripRenderer) MinSize() fyne.Size { return fyne.NewSize(gripSize, gripSize) }

func (r *gripRenderer) Layout(size fyne.Size) {
	const long, thick = 48, 4
	s := fyne.NewSize(long, thick)
	if r.g.split.beside {
		s = fyne.NewSize(thick, long)
	}
	r.line.Resize(s)
	r.line.Move(fyne.NewPos((size.Width-s.Width)/2, (size.Height-s.Height)/2))
}

func (r *gripRenderer) Refresh() {
	r.line.CornerRadius = 2
	r.line.FillColor = style.Color(style.Line)
	if r.g.hovered {
		r.line.FillColor = style.Color(style.Accent)
	}
	r.Layout(r.g.Size())
	r.line.Refresh()
}

func (r *gripRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.line} }
func (r *gripRenderer) Destroy()                     {}
