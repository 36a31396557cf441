// Package table is a list of rows with columns, and how it shares its room with the details of the selected one.
package table

import (
	"slices"
	"time"

	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// Cell is what stands in one column of a row.
type Cell struct {
	Text  words.Text
	Style kit.TextStyle
	// Name tells that the text is a name or a path from outside: two that differ must not look the same.
	Name bool
	// Dot is the colour of a mark before the text; "" draws none.
	Dot fyne.ThemeColorName
	// Links stand after the text and can be pressed.
	Links []Link
	// Badge is a short word behind, in the colour of a warning.
	Badge words.Text
	// Brief is the badge where the whole would leave no room for the first link.
	Brief words.Text
	// Hint is said when the pointer rests on the cell; a shortened text is said by itself.
	Hint words.Text
}

// words is the text as it is drawn, however much of it fits.
func (c Cell) wording() string {
	if c.Name {
		return kit.CleanName(c.Text.String())
	}
	return kit.Clean(c.Text.String())
}

// Link is a word in a cell that does something.
type Link struct {
	ID, Text, Icon string
	Hint           words.Text
	Off            bool
	Run            func()
}

// Action is a small button at the end of a row.
type Action struct {
	ID, Icon string
	Hint     words.Text
	Command  string
	Off      bool
	Run      func()
}

// Row is one row of a [Table].
type Row struct {
	// ID is unique in the table and stays with the thing; Name is for automation.
	ID, Name string
	Cells    []Cell
	Actions  []Action
	// Dim tells that the row may be old.
	Dim bool
}

// Table is a list of rows with columns, of which only the visible ones are drawn. A row is selected by click or by the
// arrow keys.
type Table struct {
	widget.BaseWidget
	id       string
	columns  columns
	ids      []string
	at       map[string]int // where each ID is
	all      int            // how many rows there are without a filter
	rowAt    func(i int) Row
	actions  int
	selected string
	chosen   map[string]bool // empty unless there are several
	anchor   string          // where a range with Shift begins
	sorted   string
	header   *header
	pane     *rowPane
	scroll   *container.Scroll
	focused  bool
	once     bool // the focus alone selects nothing this time
	tapped   string
	tappedAt time.Time

	// Quiet tells that the focus alone selects no row.
	Quiet bool
	// DoubleClick lets a double click open a row, where that goes into it and changes nothing.
	DoubleClick bool
	empty       fyne.CanvasObject

	// OnSelect is called when another row, or none (""), was selected.
	OnSelect func(id string)
	// OnChosen is called when several rows were chosen, or other ones, or not several any more; see [Table.Chosen]. Where
	// it is nil only one row can be selected.
	OnChosen func()
	// OnVisible is called with the IDs of the rows that are seen, when those changed. It must not change the table.
	OnVisible func(ids []string)
	// OnHeaderMenu is called for a right click on the titles, with an absolute position.
	OnHeaderMenu func(at fyne.Position)
	// OnMenu is called to open a row's menu at an absolute position.
	OnMenu func(id string, at fyne.Position)
	// OnOpen is called for Enter, and with DoubleClick for a double click.
	OnOpen func(id string)
	// OnBack is called for the Backspace key.
	OnBack func()
	// OnDelete is called for the Delete key.
	OnDelete func(id string)
	// OnSort is called with a column's key, with a minus in front for the reverse order.
	OnSort func(key string)
}

// New makes an empty table.
func New(id string, columns []Column) *Table {
	t := &Table{id: id, columns: columns}
	t.header = &header{t: t}
	t.header.ExtendBaseWidget(t.header)
	t.pane = &rowPane{t: t}
	t.pane.ExtendBaseWidget(t.pane)
	t.scroll = container.NewVScroll(t.pane)
	t.scroll.OnScrolled = func(fyne.Position) { kit.HideHint(); t.pane.Refresh() }
	t.ExtendBaseWidget(t)
	return t
}

// SetRows replaces the rows.
func (t *Table) SetRows(rows []Row) {
	ids, actions := make([]string, len(rows)), 0
	for i, r := range rows {
		ids[i], actions = r.ID, max(actions, len(r.Actions))
	}
	t.SetSource(ids, actions, func(i int) Row { return rows[i] })
}

// SetSource replaces the rows by their IDs and a function that makes one when it is seen, so that a long list costs no
// more than what is on the screen. actions is how many buttons the widest row has, so that columns stay where they
// are. The selection stays with its row, and is given up when that is gone.
func (t *Table) SetSource(ids []string, actions int, row func(i int) Row) {
	same, was := len(ids) == len(t.ids), t.index(t.selected)
	seen := was >= 0 && t.inView(was)
	t.ids, t.rowAt, t.actions = ids, row, actions
	t.at = make(map[string]int, len(ids))
	for i, id := range ids {
		t.at[id] = i
	}
	if !same {
		t.scroll.Refresh() // the height of the pane changed
	}
	t.keepChosen()
	if t.selected != "" && t.index(t.selected) < 0 {
		t.selected = ""
		if t.OnSelect != nil {
			t.OnSelect("")
		}
	}
	if now := t.index(t.selected); !same && seen && now != was { // others came or went above it
		t.reveal(t.selected)
	}
	t.pane.Refresh()
	t.Refresh()
}

// SetSorted tells by which column the rows are ordered, for the mark in the header.
func (t *Table) SetSorted(key string) {
	t.sorted = key
	t.header.Refresh()
}

// ShowColumn shows or hides a column.
func (t *Table) ShowColumn(key string, on bool) {
	for i := range t.columns {
		if t.columns[i].Key == key {
			t.columns[i].Off = !on
		}
	}
	t.Repaint()
	t.header.Refresh()
}

// Repaint makes the visible rows anew, after what they say has changed.
func (t *Table) Repaint() { t.pane.Refresh() }

// SetEmpty is shown instead of rows while there are none.
func (t *Table) SetEmpty(o fyne.CanvasObject) {
	if t.empty != o {
		t.empty = o
		t.Refresh()
	}
}

// IDs are those of the rows, in their order. The list must not be changed.
func (t *Table) IDs() []string { return t.ids }

// Selected is the ID of the selected row, "" when there is none.
func (t *Table) Selected() string { return t.selected }

// Meant are the rows that a menu of one is about: all that are chosen where it is one of them, else it alone.
func (t *Table) Meant(id string) []string {
	if list := t.Chosen(); slices.Contains(list, id) {
		return list
	}
	return []string{id}
}

// Select selects a row without moving the focus, and brings it into view.
func (t *Table) Select(id string) {
	several := len(t.chosen) > 0
	if t.selected == id && !several {
		return
	}
	t.chosen, t.selected, t.anchor = nil, id, id
	t.reveal(id)
	t.pane.Refresh()
	if t.OnSelect != nil {
		t.OnSelect(id)
	}
	if several && t.OnChosen != nil {
		t.OnChosen()
	}
}

// inView tells whether something of a row is seen.
func (t *Table) inView(i int) bool {
	top := float32(i)*style.RowHeight - t.scroll.Offset.Y
	return top+style.RowHeight > 0 && top < t.scroll.Size().Height
}

// reveal brings a row into view.
func (t *Table) reveal(id string) {
	i := t.index(id)
	if i < 0 {
		return
	}
	top := float32(i) * style.RowHeight
	if top < t.scroll.Offset.Y {
		t.scroll.ScrollToOffset(fyne.NewPos(0, top))
	} else if bottom := top + style.RowHeight - t.scroll.Size().Height; bottom > t.scroll.Offset.Y {
		t.scroll.ScrollToOffset(fyne.NewPos(0, bottom))
	}
}

// SetAll tells how many rows there would be without a filter, for [Table.Height]: what is beside or below the table
// must not jump while a filter is typed.
func (t *Table) SetAll(n int) { t.all = n }

// Height is the height at which all rows are seen, also those that a filter hides.
func (t *Table) Height() float32 {
	return headerHeight + float32(max(t.all, len(t.ids)))*style.RowHeight
}

func (t *Table) index(id string) int {
	if i, ok := t.at[id]; ok {
		return i
	}
	return -1
}

// Describe implements [kit.Described].
func (t *Table) Describe() kit.Item {
	return kit.Item{ID: t.id, Role: "table", Text: "", Enabled: true}
}

// Parts implements [kit.Composed].
func (t *Table) Parts() []fyne.CanvasObject {
	if t.showsEmpty() {
		return []fyne.CanvasObject{t.empty}
	}
	return []fyne.CanvasObject{t.header, t.scroll}
}

func (t *Table) showsEmpty() bool { return len(t.ids) == 0 && t.empty != nil }

// FocusGained implements [fyne.Focusable].
func (t *Table) FocusGained() {
	t.focused = true
	if t.selected == "" && len(t.ids) > 0 && !t.Quiet && !t.once {
		t.Select(t.ids[0])
	}
	t.once = false
	t.pane.Refresh()
}

// FocusQuietly gives the table the keys without selecting a row. A click does that: selecting one would move
// the rows under the pointer.
func (t *Table) FocusQuietly() {
	if c := kit.CanvasOf(t); c != nil && !t.focused {
		t.once = true
		c.Focus(t)
		t.once = false
	}
}

// FocusLost implements [fyne.Focusable].
func (t *Table) FocusLost() { t.focused = false; t.pane.Refresh() }

// TypedRune implements [fyne.Focusable].
func (t *Table) TypedRune(r rune) { kit.PassRune(kit.CanvasOf(t), r) }

// TypedKey implements [fyne.Focusable].
func (t *Table) TypedKey(ev *fyne.KeyEvent) {
	if by := t.moves(ev.Name); by != 0 {
		t.move(by)
		return
	}
	switch ev.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		if t.selected != "" && t.OnOpen != nil {
			t.OnOpen(t.selected)
		}
	case fyne.KeyEscape:
		if c := kit.CanvasOf(t); t.selected == "" || c != nil && c.Overlays().Top() != nil { // a dialog's rows: it closes
			kit.PassKey(c, ev)
			return
		}
		t.Select("")
	case fyne.KeyDelete:
		if t.selected != "" && t.OnDelete != nil {
			t.OnDelete(t.selected)
		}
	case fyne.KeyBackspace:
		if t.OnBack != nil {
			t.OnBack()
		}
	case fyne.KeyF10: // with Shift, as on keyboards without a key for menus
		if heldKeys()&fyne.KeyModifierShift == 0 {
			kit.PassKey(kit.CanvasOf(t), ev)
			return
		}
		fallthrough
	case "Menu", fyne.KeySpace:
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(t.pane)
		t.openMenu(t.selected, at.X+40)
	default:
		kit.PassKey(kit.CanvasOf(t), ev)
	}
}

// moves is by how many rows a key moves the selection, 0 for one that does not.
func (t *Table) moves(key fyne.KeyName) int {
	page, all := max(1, int(t.scroll.Size().Height/style.RowHeight)-1), max(1, len(t.ids))
	return map[fyne.KeyName]int{
		fyne.KeyDown: 1, fyne.KeyUp: -1, fyne.KeyPageDown: page, fyne.KeyPageUp: -page,
		fyne.KeyEnd: all, fyne.KeyHome: -all,
	}[key]
}

// OpenMenu opens a row's menu at its end.
func (t *Table) OpenMenu(id string) {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(t.pane)
	t.openMenu(id, at.X+t.Size().Width-220)
}

// openMenu opens a row's menu under the row.
func (t *Table) openMenu(id string, x float32) {
	if i := t.index(id); i >= 0 && t.OnMenu != nil {
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(t.pane)
		t.OnMenu(id, fyne.NewPos(x, at.Y+float32(i+1)*style.RowHeight))
	}
}

func (t *Table) move(by int) {
	if len(t.ids) == 0 {
		return
	}
	i := min(len(t.ids)-1, max(0, t.index(t.selected)+by))
	t.point(t.ids[i], heldKeys()&fyne.KeyModifierShift)
}

// headerHeight is the height of the titles.
const headerHeight = 32

// CreateRenderer implements [fyne.Widget].
func (t *Table) CreateRenderer() fyne.WidgetRenderer { return &renderer{t: t} }

type renderer struct{ t *Table }

func (r *renderer) MinSize() fyne.Size { return fyne.NewSize(300, headerHeight+style.RowHeight) }

func (r *renderer) Layout(size fyne.Size) {
	r.t.header.Resize(fyne.NewSize(size.Width, headerHeight))
	r.t.scroll.Move(fyne.NewPos(0, headerHeight))
	room := fyne.NewSize(size.Width, max(0, size.Height-headerHeight))
	larger := room.Height > r.t.scroll.Size().Height
	if r.t.scroll.Resize(room); larger {
		r.t.pane.Refresh() // more rows are seen
	}
	if r.t.empty != nil {
		r.t.empty.Resize(size)
	}
}

func (r *renderer) Refresh() {
	r.Layout(r.t.Size())
	r.t.header.Refresh()
	if r.t.empty != nil {
		r.t.empty.Refresh()
	}
	canvas.Refresh(r.t)
}

func (r *renderer) Objects() []fyne.CanvasObject { return r.t.Parts() }
func (r *renderer) Destroy()                     {}

// rowPane is the scrolled part of a table: as high as all rows, with views only for the visible ones.
type rowPane struct {
	widget.BaseWidget
	t     *Table
	views []*rowView
	seen  []string // the rows that were told of last
}

// Parts implements [kit.Composed].
func (p *rowPane) Parts() []fyne.CanvasObject {
	list := make([]fyne.CanvasObject, 0, len(p.views))
	for _, v := range p.views {
		list = append(list, v)
	}
	return list
}

// CreateRenderer implements [fyne.Widget].
func (p *rowPane) CreateRenderer() fyne.WidgetRenderer { return &paneRenderer{p: p} }

type paneRenderer struct{ p *rowPane }

func (r *paneRenderer) MinSize() fyne.Size {
	return fyne.NewSize(0, float32(len(r.p.t.ids))*style.RowHeight)
}

func (r *paneRenderer) Layout(fyne.Size) { r.Refresh() }

// Refresh gives each visible row a view, and keeps a row with the view it had.
func (r *paneRenderer) Refresh() {
	t := r.p.t
	// The offset may be that of a longer list, until the scroll hears of the new height.
	first := min(len(t.ids), max(0, int(t.scroll.Offset.Y/style.RowHeight)))
	last := max(first, min(len(t.ids), int((t.scroll.Offset.Y+t.scroll.Size().Height)/style.RowHeight)+1))
	free := map[string]*rowView{}
	var spare []*rowView
	for _, v := range r.p.views {
		free[v.row.ID] = v
	}
	for i := first; i < last; i++ {
		if v := free[t.ids[i]]; v != nil {
			v.keep = true
		}
	}
	for _, v := range r.p.views {
		if !v.keep {
			spare = append(spare, v)
		}
	}
	var used []*rowView
	for i := first; i < last; i++ {
		v := free[t.ids[i]]
		if v == nil || !v.keep {
			if len(spare) > 0 {
				v, spare = spare[len(spare)-1], spare[:len(spare)-1]
			} else {
				v = newRowView(t)
			}
		}
		v.keep = false
		v.show(t.rowAt(i), t.actions)
		v.Resize(fyne.NewSize(r.p.Size().Width, style.RowHeight))
		v.Move(fyne.NewPos(0, float32(i)*style.RowHeight))
		used = append(used, v)
	}
	r.p.views = used
	r.p.tellVisible(t.ids[first:last])
	canvas.Refresh(r.p)
}

// tellVisible says which rows are seen, when those changed.
func (p *rowPane) tellVisible(ids []string) {
	if p.t.OnVisible == nil || slices.Equal(ids, p.seen) {
		return
	}
	p.seen = slices.Clone(ids)
	p.t.OnVisible(p.seen)
}

func (r *paneRenderer) Objects() []fyne.CanvasObject { return r.p.Parts() }
func (r *paneRenderer) Destroy()                     {}
