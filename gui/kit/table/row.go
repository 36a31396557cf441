package table

import (
	"fmt"
	"strings"
	"time"

	"slipway/gui/kit"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// rowView draws one row of a table; it is given another row when its own scrolls out of sight.
type rowView struct {
	widget.BaseWidget
	t       *Table
	row     Row
	actions int
	keep    bool
	hovered bool
	cells   []*cellView
	buttons []*kit.RowButton
	column  int // under the pointer
}

func newRowView(t *Table) *rowView {
	v := &rowView{t: t, column: -1}
	for range t.columns {
		v.cells = append(v.cells, &cellView{
			row: v, text: canvas.NewText("", nil), dot: canvas.NewCircle(nil),
			badge: canvas.NewText("", nil), badgeGround: canvas.NewRectangle(nil),
		})
	}
	v.ExtendBaseWidget(v)
	return v
}

// show makes the view draw a row, with room for n actions.
func (v *rowView) show(row Row, n int) {
	v.row, v.actions = row, n
	for i, a := range row.Actions {
		if i == len(v.buttons) {
			v.buttons = append(v.buttons, kit.NewRowButton(kit.Quiet, v.hover))
		}
		tap := func() {
			v.t.FocusQuietly()
			v.t.Select(row.ID)
			if a.Run != nil {
				a.Run()
			}
		}
		v.buttons[i].Become(kit.RowFace{
			ID: "row:" + row.Name + "." + a.ID, Icon: a.Icon, Hint: a.Hint, Command: a.Command, Off: a.Off, OnTap: tap,
		})
	}
	for i, c := range v.cells {
		c.show(row.Name, row.Cells[i])
	}
	v.Refresh()
}

func (v *rowView) hover(on bool) {
	if v.hovered != on {
		v.hovered = on
		v.Refresh()
	}
}

// Describe implements [kit.Described].
func (v *rowView) Describe() kit.Item {
	text, drawn := "", ""
	for i, c := range v.row.Cells {
		if i > 0 {
			text += " | "
			drawn += " | "
		}
		text += c.wording()
		if i < len(v.cells) {
			drawn += v.cells[i].text.Text
		}
		for _, l := range c.Links {
			text += " " + l.Text
		}
	}
	return kit.Item{ID: "row:" + v.row.Name, Role: "row", Text: text, Drawn: drawn, Enabled: true}
}

// Parts implements [kit.Composed].
func (v *rowView) Parts() []fyne.CanvasObject {
	var list []fyne.CanvasObject
	for _, c := range v.cells {
		for _, l := range c.links {
			list = append(list, l)
		}
	}
	for _, b := range v.buttons {
		list = append(list, b)
	}
	return list
}

// Tapped implements [fyne.Tappable].
func (v *rowView) Tapped(*fyne.PointEvent) {
	id, keys := v.row.ID, heldKeys() // the view may have another row after any of what follows
	v.t.FocusQuietly()
	again := v.t.tapped == id && time.Since(v.t.tappedAt) < kit.DoubleClick && keys == 0
	v.t.tapped, v.t.tappedAt = id, time.Now()
	if v.t.point(id, keys); again && v.t.DoubleClick && v.t.OnOpen != nil {
		v.t.tapped = ""
		v.t.OnOpen(id)
	}
}

// TappedSecondary implements [fyne.SecondaryTappable]: it opens the menu and nothing else, or the row would move away
// from under it.
func (v *rowView) TappedSecondary(ev *fyne.PointEvent) {
	id := v.row.ID
	v.t.FocusQuietly()
	if v.t.OnMenu != nil {
		v.t.OnMenu(id, ev.AbsolutePosition)
	}
}

// MouseIn implements [desktop.Hoverable].
func (v *rowView) MouseIn(ev *desktop.MouseEvent) { v.hover(true); v.MouseMoved(ev) }

// MouseMoved implements [desktop.Hoverable]: the cell under the pointer explains itself.
func (v *rowView) MouseMoved(ev *desktop.MouseEvent) {
	x, w := v.t.columns.offsets(v.Size().Width, v.actions)
	at := -1
	for i := range v.cells {
		if ev.Position.X >= x[i] && ev.Position.X < x[i]+w[i] {
			at = i
		}
	}
	if at == v.column {
		return
	}
	v.column = at
	kit.HideHint()
	if at >= 0 {
		c := v.cells[at]
		hint := c.cell.Hint
		if hint.None() && c.text.Text != c.cell.wording() {
			hint = c.cell.Text
		}

		kit.ShowHint(c.text, hint.String())
	}
}

// MouseOut implements [desktop.Hoverable].
func (v *rowView) MouseOut() { v.column = -1; kit.HideHint(); v.hover(false) }

// CreateRenderer implements [fyne.Widget].
func (v *rowView) CreateRenderer() fyne.WidgetRenderer {
	r := &rowRenderer{
		v: v, ground: canvas.NewRectangle(nil), line: canvas.NewRectangle(nil),
		mark: canvas.NewRectangle(nil),
	}
	return r
}

type rowRenderer struct {
	v                  *rowView
	ground, line, mark *canvas.Rectangle
}

func (r *rowRenderer) MinSize() fyne.Size { return fyne.NewSize(0, style.RowHeight) }

func (r *rowRenderer) Layout(size fyne.Size) {
	v := r.v
	r.ground.Resize(size)
	r.mark.Resize(fyne.NewSize(3, size.Height))
	r.line.Resize(fyne.NewSize(size.Width, 1))
	r.line.Move(fyne.NewPos(0, size.Height-1))
	x, w := v.t.columns.offsets(size.Width, v.actions)
	for i, c := range v.cells {
		c.layout(x[i], w[i], size.Height, v.t.columns[i].Right)
	}
	at := size.Width - rowPad/2
	for i := len(v.row.Actions) - 1; i >= 0; i-- {
		m := v.buttons[i].MinSize()
		at -= actionSize
		v.buttons[i].Resize(m)
		v.buttons[i].Move(fyne.NewPos(at+(actionSize-m.Width)/2, (size.Height-m.Height)/2))
	}
}

func (r *rowRenderer) Refresh() {
	v := r.v
	selected := v.t.isChosen(v.row.ID)
	r.ground.FillColor = style.Color(style.Transparent)
	switch {
	case selected:
		r.ground.FillColor = style.Color(style.Soft)
	case v.hovered:
		r.ground.FillColor = style.Color(style.Hover)
	}
	r.mark.FillColor = style.Color(style.Transparent)
	if v.t.selected == v.row.ID && v.t.focused {
		r.mark.FillColor = style.Color(style.Accent)
	}
	r.line.FillColor = style.Color(style.Line)
	for _, c := range v.cells {
		c.paint()
	}
	for i, b := range v.buttons {
		if i < len(v.row.Actions) {
			b.Show()
			b.Refresh()
		} else {
			b.Hide()
		}
	}
	r.Layout(v.Size())
	canvas.Refresh(v)
}

func (r *rowRenderer) Objects() []fyne.CanvasObject {
	list := []fyne.CanvasObject{r.ground, r.line, r.mark}
	for _, c := range r.v.cells {
		list = append(list, c.dot, c.text, c.badgeGround, c.badge)
	}
	return append(list, r.v.Parts()...)
}
func (r *rowRenderer) Destroy() {}

// cellView draws one cell of a row.
type cellView struct {
	row  *rowView
	cell Cell

	text, badge *canvas.Text
	badgeGround *canvas.Rectangle
	dot         *canvas.Circle
	links       []*kit.RowButton
}

func (c *cellView) show(name string, cell Cell) {
	c.cell = cell
	for i, l := range cell.Links {
		if i == len(c.links) {
			c.links = append(c.links, kit.NewRowButton(kit.Link, c.row.hover))
		}
		c.links[i].Become(kit.RowFace{
			ID: "row:" + name + "." + l.ID, Text: l.Text, Icon: l.Icon, Hint: l.Hint, Off: l.Off, OnTap: l.Run,
		})
	}
}

var badgeStyle = kit.TextStyle{Size: 11.5, Color: style.Warn, Full: true}

func (c *cellView) paint() {
	s := c.cell.Style
	dot := c.cell.Dot
	if c.row.row.Dim {
		s, dot = s.In(style.Muted), style.Idle
	}
	s.Paint(c.text)
	if c.cell.Dot != "" {
		c.dot.FillColor = style.Color(dot)
		c.dot.Show()
	} else {
		c.dot.Hide()
	}
	c.badge.Text = c.cell.Badge.String()
	badgeStyle.Paint(c.badge)
	c.badgeGround.FillColor, c.badgeGround.CornerRadius = style.Color(style.Code), 6
	if c.cell.Badge.None() {
		c.badge.Hide()
		c.badgeGround.Hide()
	} else {
		c.badge.Show()
		c.badgeGround.Show()
	}
	for i, l := range c.links {
		if i < len(c.cell.Links) {
			l.Show()
			l.Refresh()
		} else {
			l.Hide()
		}
	}
}

// layout puts the cell's parts side by side from x; links that have no room are counted as "+2", with all of them in
// the hint. A warning comes first, because it must never be what is left out.
func (c *cellView) layout(x, width, height float32, right bool) {
	end := x + width
	if width == 0 {
		c.hide()
		return
	}
	if !c.cell.Badge.None() {
		c.badge.Text = c.cell.Badge.String()
		if !c.cell.Brief.None() && len(c.cell.Links) > 0 && badgeStyle.Measure(c.cell.Badge.String()).
			Width+20+c.links[0].MinSize().
			Width+c.behind(0) > width {
			c.badge.Text = c.cell.Brief.String()
		}
		bm := badgeStyle.Measure(c.badge.Text)
		c.badgeGround.Resize(fyne.NewSize(bm.Width+14, bm.Height+4))
		c.badgeGround.Move(fyne.NewPos(end-bm.Width-14, (height-bm.Height-4)/2))
		c.badge.Resize(bm)
		c.badge.Move(fyne.NewPos(end-bm.Width-7, (height-bm.Height)/2))
		end -= bm.Width + 20
	}
	if c.cell.Dot != "" {
		c.dot.Resize(fyne.NewSize(kit.DotSize, kit.DotSize))
		c.dot.Move(fyne.NewPos(x, (height-kit.DotSize)/2))
		x += kit.DotSize + 10
	}
	for i := range c.cell.Links {
		l := c.links[i]
		m := l.MinSize()
		if m.Width+c.behind(i) > end-x {
			for _, rest := range c.links[i:len(c.cell.Links)] {
				rest.Hide()
			}
			c.text.Text = fmt.Sprintf("+%d", len(c.cell.Links)-i+len(strings.Fields(c.cell.Text.String())))
			c.place(x, height)
			return
		}
		l.Resize(m)
		l.Move(fyne.NewPos(x-2, (height-m.Height)/2))
		x += m.Width + 4
	}
	c.text.Text = kit.Fit(c.cell.wording(), c.cell.Style, max(0, end-x))
	if more := len(strings.Fields(c.cell.Text.String())); len(c.cell.Links) > 0 && more > 0 &&
		c.text.Text != c.cell.wording() {
		c.text.Text = fmt.Sprintf("+%d", more)
	}
	if right {
		x = end - c.cell.Style.Measure(c.text.Text).Width
	}
	c.place(x, height)
}

// behind is the room that a link has to leave for what follows it.
func (c *cellView) behind(link int) float32 {
	if link < len(c.cell.Links)-1 || !c.cell.Text.None() {
		return moreWidth
	}
	return 0
}

// moreWidth is the room for "+2" behind links.
const moreWidth = 26

func (c *cellView) place(x, height float32) {
	m := c.cell.Style.Measure(c.text.Text)
	c.text.Resize(m)
	c.text.Move(fyne.NewPos(x, (height-m.Height)/2))
}

// hide takes away everything of a cell whose column has no room.
func (c *cellView) hide() {
	c.text.Text = ""
	c.dot.Hide()
	c.badge.Hide()
	c.badgeGround.Hide()
	for _, l := range c.links {
		l.Hide()
	}
}
