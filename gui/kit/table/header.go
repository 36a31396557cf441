package table

import (
	"slices"

	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// header is the row of titles.
type header struct {
	widget.BaseWidget
	t       *Table
	titles  []*headerCell
	focused bool
	at      int // the title that the keys are on
}

// The header takes the focus, so that a list can be ordered without a mouse.

// FocusGained implements [fyne.Focusable].
func (h *header) FocusGained() {
	h.focused = true
	h.step(0)
}

// FocusLost implements [fyne.Focusable].
func (h *header) FocusLost() { h.focused = false; kit.HideHint(); h.Refresh() }

// Disabled implements [fyne.Disableable]: a header that orders nothing is passed by when the focus moves.
func (h *header) Disabled() bool {
	return h.t.OnSort == nil || !slices.ContainsFunc(h.t.columns, func(c Column) bool { return c.Sortable })
}

// Enable implements [fyne.Disableable]; what it can do is in its columns.
func (h *header) Enable() {}

// Disable implements [fyne.Disableable].
func (h *header) Disable() {}

// TypedRune implements [fyne.Focusable].
func (h *header) TypedRune(r rune) { kit.PassRune(kit.CanvasOf(h), r) }

// TypedKey implements [fyne.Focusable]: the arrows go from title to title, Space and Enter order by it.
func (h *header) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyLeft:
		h.step(-1)
	case fyne.KeyRight:
		h.step(1)
	case fyne.KeyDown:
		if c := kit.CanvasOf(h); c != nil {
			c.Focus(h.t)
		}
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		if h.at < len(h.titles) {
			h.titles[h.at].Tapped(nil)
		}
	case "Menu":
		if h.t.OnHeaderMenu != nil {
			at := fyne.CurrentApp().Driver().AbsolutePositionForObject(h)
			h.t.OnHeaderMenu(fyne.NewPos(at.X+20, at.Y+headerHeight))
		}
	default:
		kit.PassKey(kit.CanvasOf(h), ev)
	}
}

// step goes to the next title that is seen and orders, in one direction; with 0 to the one that is nearest.
func (h *header) step(by int) {
	usable := func(i int) bool {
		return i >= 0 && i < len(h.titles) && h.titles[i].column.Sortable && h.titles[i].Size().Width > 0
	}
	i := h.at + by
	if by == 0 {
		by = 1
	}
	for ; i >= 0 && i < len(h.titles); i += by {
		if usable(i) {
			h.at = i
			kit.ShowHint(h.titles[i], h.titles[i].column.Hint.String())
			break
		}
	}
	h.Refresh()
}

// Parts implements [kit.Composed].
func (h *header) Parts() []fyne.CanvasObject {
	list := make([]fyne.CanvasObject, len(h.titles))
	for i, c := range h.titles {
		list[i] = c
	}
	return list
}

// CreateRenderer implements [fyne.Widget].
func (h *header) CreateRenderer() fyne.WidgetRenderer {
	h.titles = nil // Fyne drops the renderers of what was hidden for a while, and asks for a new one
	for i := range h.t.columns {
		c := &headerCell{t: h.t, column: &h.t.columns[i]}
		c.ExtendBaseWidget(c)
		h.titles = append(h.titles, c)
	}
	return &headerRenderer{h: h, line: canvas.NewRectangle(nil)}
}

type headerRenderer struct {
	h    *header
	line *canvas.Rectangle
}

func (r *headerRenderer) MinSize() fyne.Size { return fyne.NewSize(0, headerHeight) }

func (r *headerRenderer) Layout(size fyne.Size) {
	x, w := r.h.t.columns.offsets(size.Width, r.h.t.actions)
	for i, c := range r.h.titles {
		c.Resize(fyne.NewSize(w[i], headerHeight))
		c.Move(fyne.NewPos(x[i], 0))
	}
	r.line.FillColor = style.Color(style.Line)
	r.line.Resize(fyne.NewSize(size.Width, 1))
	r.line.Move(fyne.NewPos(0, headerHeight-1))
}

func (r *headerRenderer) Refresh() {
	r.Layout(r.h.Size())
	for _, c := range r.h.titles {
		c.Refresh()
	}
	r.line.Refresh()
}

func (r *headerRenderer) Objects() []fyne.CanvasObject { return append(r.h.Parts(), r.line) }
func (r *headerRenderer) Destroy()                     {}

// headerCell is a title that sorts.
type headerCell struct {
	widget.BaseWidget
	t       *Table
	column  *Column
	hovered bool
	drawn   string
}

// Describe implements [kit.Described].
func (c *headerCell) Describe() kit.Item {
	if !c.column.Sortable {
		return kit.Item{}
	}
	return kit.Item{
		ID: c.t.id + ".sort." + c.column.Key, Role: "header", Text: c.column.Title.String(), Drawn: c.drawn,
		Enabled: true,
	}
}

// TappedSecondary implements [fyne.SecondaryTappable].
func (c *headerCell) TappedSecondary(ev *fyne.PointEvent) {
	if c.t.OnHeaderMenu != nil {
		c.t.OnHeaderMenu(ev.AbsolutePosition)
	}
}

// Tapped implements [fyne.Tappable].
func (c *headerCell) Tapped(*fyne.PointEvent) {
	if !c.column.Sortable || c.t.OnSort == nil {
		return
	}
	key := c.column.Key
	if c.t.sorted == key {
		key = "-" + key
	}
	c.t.OnSort(key)
}

// MouseIn implements [desktop.Hoverable].
func (c *headerCell) MouseIn(*desktop.MouseEvent) {
	c.hovered = c.column.Sortable
	kit.ShowHint(c, c.column.Hint.String())
	c.Refresh()
}

// MouseMoved implements [desktop.Hoverable].
func (c *headerCell) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements [desktop.Hoverable].
func (c *headerCell) MouseOut() { c.hovered = false; kit.HideHint(); c.Refresh() }

// CreateRenderer implements [fyne.Widget].
func (c *headerCell) CreateRenderer() fyne.WidgetRenderer {
	r := &headerCellRenderer{
		c: c, label: canvas.NewText("", nil), arrow: &canvas.Image{FillMode: canvas.ImageFillContain},
		under: canvas.NewRectangle(nil),
	}
	r.Refresh()
	return r
}

type headerCellRenderer struct {
	c     *headerCell
	label *canvas.Text
	arrow *canvas.Image     // says which way the column orders the list, beside its title
	under *canvas.Rectangle // marks the title that the keys are on
}

// sortSize is how wide and high the arrow of a title is.
const sortSize = 14

// arrow is the icon that says which way this column orders the list, "" when it does not.
func (c *headerCell) arrow() string {
	up, down := "up", "down"
	if c.column.Down {
		up, down = down, up
	}
	switch c.t.sorted {
	case c.column.Key:
		return up
	case "-" + c.column.Key:
		return down
	}
	return ""
}

// pointed tells whether the keys are on this title.
func (c *headerCell) pointed() bool {
	h := c.t.header
	return h.focused && h.at < len(h.titles) && h.titles[h.at] == c
}

// ink is the colour of the title.
func (c *headerCell) ink() fyne.ThemeColorName {
	if c.hovered || c.pointed() {
		return style.Text
	}
	return style.Muted
}

func (r *headerCellRenderer) MinSize() fyne.Size { return fyne.NewSize(0, headerHeight) }

func (r *headerCellRenderer) Layout(size fyne.Size) {
	text, arrow := r.c.column.Title, r.c.arrow()
	room := size.Width
	if size.Width == 0 { // a column that gave way
		text, arrow = words.Text{}, ""
	}
	if arrow != "" {
		room -= sortSize
	}
	r.label.Text = kit.Fit(text.String(), kit.Second, max(0, room))
	r.c.drawn = r.label.Text
	m := kit.Second.Measure(r.label.Text)
	x := float32(0)
	if r.c.column.Right {
		x = room - m.Width
	}
	r.arrow.Hide()
	if arrow != "" {
		r.arrow.Show()
		r.arrow.Resource = style.Icon(arrow, r.c.ink())
		r.arrow.Resize(fyne.NewSquareSize(sortSize))
		r.arrow.Move(fyne.NewPos(x+m.Width, (size.Height-sortSize)/2))
	}
	r.label.Resize(m)
	r.label.Move(fyne.NewPos(x, (size.Height-m.Height)/2))
	r.under.Resize(fyne.NewSize(m.Width, 2))
	r.under.Move(fyne.NewPos(x, size.Height-2))
}

func (r *headerCellRenderer) Refresh() {
	r.label.TextSize, r.label.Color = style.SmallSize, style.Color(r.c.ink())
	r.under.FillColor = style.Color(style.Transparent)
	if r.c.pointed() {
		r.under.FillColor = style.Color(style.Accent)
	}
	r.under.Refresh()
	r.Layout(r.c.Size())
	r.label.Refresh()
	r.arrow.Refresh()
}

func (r *headerCellRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.label, r.arrow, r.under}
}
func (r *headerCellRenderer) Destroy() {}
