package kit

import (
	"slipway/engine/words"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// MenuItem is a line of a [Menu]. One without a label is a separator.
type MenuItem struct {
	ID    string
	Label words.Text
	Icon  string
	// Note stands at the right in the second rank, for example a shortcut.
	Note    words.Text
	Command string
	Danger  bool
	// Off tells that it cannot be chosen now, and Why the reason.
	Off bool
	Why words.Text
	Run func()
}

// Menu is a list of choices that opens over the window.
type Menu struct {
	widget.BaseWidget
	items  []*menuLine
	pos    fyne.Position
	canvas fyne.Canvas
	before fyne.Focusable
	at     int
}

// ShowMenu opens a menu with its corner at pos of the canvas, moved inside it where there is no room.
func ShowMenu(c fyne.Canvas, pos fyne.Position, items []MenuItem) {
	m := &Menu{canvas: c, pos: pos, at: -1, before: c.Focused()}
	said := map[string]bool{}
	for _, it := range items {
		if it.Off && !it.Why.None() && said[it.Why.String()] { // once is enough, and the menu has to fit
			it.Why, it.Note = words.Text{}, words.Text{}
		}
		said[it.Why.String()] = true
		l := &menuLine{menu: m, item: it}
		l.ExtendBaseWidget(l)
		m.items = append(m.items, l)
	}
	m.ExtendBaseWidget(m)
	HideHint()
	c.Overlays().Add(m)
	m.Resize(c.Size())
	c.Focus(m)
}

// ShowMenuBelow opens a menu under a thing.
func ShowMenuBelow(o fyne.CanvasObject, items []MenuItem) {
	c := CanvasOf(o)
	if c == nil {
		return
	}
	pos := fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
	ShowMenu(c, pos.AddXY(0, o.Size().Height+4), items)
}

func (m *Menu) close() {
	aim(m, "")
	m.canvas.Overlays().Remove(m)
	giveBack(m.canvas, m.before)
}

func (m *Menu) choose(l *menuLine) {
	if l.item.Off || l.item.Label.None() {
		return
	}
	m.close()
	if l.item.Run != nil {
		l.item.Run()
	}
}

// Tapped implements [fyne.Tappable]: a click beside the menu closes it.
func (m *Menu) Tapped(*fyne.PointEvent) { m.close() }

// TappedSecondary implements [fyne.SecondaryTappable].
func (m *Menu) TappedSecondary(*fyne.PointEvent) { m.close() }

// FocusGained implements [fyne.Focusable].
func (m *Menu) FocusGained() {}

// FocusLost implements [fyne.Focusable].
func (m *Menu) FocusLost() {}

// TypedRune implements [fyne.Focusable].
func (m *Menu) TypedRune(rune) {}

// TypedKey implements [fyne.Focusable].
func (m *Menu) TypedKey(ev *fyne.KeyEvent) { m.takeKey(ev) }

func (m *Menu) takeKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyEscape:
		m.close()
	case fyne.KeyDown:
		m.step(1)
	case fyne.KeyUp:
		m.step(-1)
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		if m.at >= 0 {
			m.choose(m.items[m.at])
		}
	}
}

// step moves to the next line that can be chosen.
func (m *Menu) step(by int) {
	for i, n := m.at, 0; n < len(m.items); n++ {
		i = (i + by + len(m.items)) % len(m.items)
		if i < 0 {
			i = len(m.items) - 1
		}
		if it := m.items[i].item; !it.Label.None() && !it.Off {
			m.mark(i)
			return
		}
	}
}

func (m *Menu) mark(i int) {
	m.at = i
	if i >= 0 {
		aim(m, m.items[i].item.Command)
	}
	for _, l := range m.items {
		l.Refresh()
	}
}

// Parts implements [Composed].
func (m *Menu) Parts() []fyne.CanvasObject {
	list := make([]fyne.CanvasObject, len(m.items))
	for i, l := range m.items {
		list[i] = l
	}
	return list
}

// CreateRenderer implements [fyne.Widget].
func (m *Menu) CreateRenderer() fyne.WidgetRenderer {
	r := &menuRenderer{m: m, shadow: canvas.NewRectangle(nil), card: canvas.NewRectangle(nil)}
	r.Refresh()
	return r
}

type menuRenderer struct {
	m            *Menu
	shadow, card *canvas.Rectangle
}

func (r *menuRenderer) MinSize() fyne.Size { return fyne.NewSize(0, 0) }

func (r *menuRenderer) Layout(size fyne.Size) {
	var w, h float32 = 180, 12
	for _, l := range r.m.items {
		s := l.MinSize()
		w = max(w, s.Width)
		h += s.Height
	}
	pos := fyne.NewPos(max(4, min(r.m.pos.X, size.Width-w-8)), max(4, min(r.m.pos.Y, size.Height-h-8)))
	r.card.Resize(fyne.NewSize(w, h))
	r.card.Move(pos)
	r.shadow.Resize(fyne.NewSize(w+2, h+4))
	r.shadow.Move(pos.AddXY(-1, 0))
	y := pos.Y + 6
	for _, l := range r.m.items {
		s := l.MinSize()
		l.Resize(fyne.NewSize(w, s.Height))
		l.Move(fyne.NewPos(pos.X, y))
		y += s.Height
	}
}

func (r *menuRenderer) Refresh() {
	r.shadow.FillColor, r.shadow.CornerRadius = style.Color("shadow"), 10
	r.card.FillColor, r.card.CornerRadius = style.Color(style.Surface), 10
	r.card.StrokeColor, r.card.StrokeWidth = style.Color(style.Line), 1
	r.Layout(r.m.Size())
}

func (r *menuRenderer) Objects() []fyne.CanvasObject {
	return append([]fyne.CanvasObject{r.shadow, r.card}, r.m.Parts()...)
}
func (r *menuRenderer) Destroy() {}

// menuLine is one line of a menu.
type menuLine struct {
	widget.BaseWidget
	menu *Menu
	item MenuItem
}

// Describe implements [Described].
func (l *menuLine) Describe() Item {
	return Item{ID: l.item.ID, Role: "menuitem", Text: l.item.Label.String(), Enabled: !l.item.Off}
}

func (l *menuLine) index() int {
	for i, o := range l.menu.items {
		if o == l {
			return i
		}
	}
	return -1
}

// Tapped implements [fyne.Tappable].
func (l *menuLine) Tapped(*fyne.PointEvent) { l.menu.choose(l) }

// MouseIn implements [desktop.Hoverable].
func (l *menuLine) MouseIn(*desktop.MouseEvent) {
	if !l.item.Off {
		l.menu.mark(l.index())
	}
}

// MouseMoved implements [desktop.Hoverable].
func (l *menuLine) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements [desktop.Hoverable].
func (l *menuLine) MouseOut() { l.menu.mark(-1) }

// CreateRenderer implements [fyne.Widget].
func (l *menuLine) CreateRenderer() fyne.WidgetRenderer {
	r := &menuLineRenderer{
		l: l, ground: canvas.NewRectangle(nil), label: canvas.NewText("", nil),
		note: canvas.NewText("", nil), icon: NewIcon(l.item.Icon, style.Muted).Sized(16),
	}
	r.Refresh()
	return r
}

type menuLineRenderer struct {
	l           *menuLine
	ground      *canvas.Rectangle
	label, note *canvas.Text
	below       []*canvas.Text // the lines of a reason that is longer than a note
	icon        *Icon
}

const (
	menuLineHeight float32 = 32
	menuInset      float32 = 38 // of the words, right of the icon
	// mostReason is how wide the reason why something cannot be chosen is at most beside it; a longer one is below it.
	mostReason float32 = 190
	// reasonWidth is how wide the lines of that are.
	reasonWidth float32 = 300
)

// reason is why it cannot be chosen, in lines, where that does not stand beside it.
func (r *menuLineRenderer) reason() []string {
	why := Clean(r.l.item.Why.String())
	if !r.l.item.Off || Second.Measure(why).Width <= mostReason {
		return nil
	}
	return wrap(why, Second, reasonWidth)
}

func (r *menuLineRenderer) noteText() string {
	switch {
	case len(r.reason()) > 0:
		return ""
	case r.l.item.Off && !r.l.item.Why.None():
		return Clean(r.l.item.Why.String())
	}
	return r.l.item.Note.String()
}

func (r *menuLineRenderer) MinSize() fyne.Size {
	if r.l.item.Label.None() {
		return fyne.NewSize(0, 9)
	}
	w, h := Body.Measure(Clean(r.l.item.Label.String())).Width+52, menuLineHeight
	if n := r.noteText(); n != "" {
		w += Second.Measure(n).Width + 28
	}
	if lines := r.reason(); len(lines) > 0 {
		for _, l := range lines {
			w = max(w, Second.Measure(l).Width+menuInset+14)
		}
		h += float32(len(lines))*Second.Measure("M").Height + 4
	}
	return fyne.NewSize(w, h)
}

func (r *menuLineRenderer) Layout(size fyne.Size) {
	if r.l.item.Label.None() {
		r.ground.Resize(fyne.NewSize(size.Width, 1))
		r.ground.Move(fyne.NewPos(0, 4))
		return
	}
	r.ground.Resize(fyne.NewSize(size.Width-12, size.Height))
	r.ground.Move(fyne.NewPos(6, 0))
	r.icon.Resize(fyne.NewSquareSize(16))
	r.icon.Move(fyne.NewPos(14, 8))
	m := Body.Measure(r.label.Text)
	r.label.Resize(m)
	r.label.Move(fyne.NewPos(menuInset, (menuLineHeight-m.Height)/2))
	n := Second.Measure(r.note.Text)
	r.note.Resize(n)
	r.note.Move(fyne.NewPos(size.Width-14-n.Width, (menuLineHeight-n.Height)/2))
	y := menuLineHeight - 3
	for _, t := range r.below {
		t.Resize(t.MinSize())
		t.Move(fyne.NewPos(menuInset, y))
		y += n.Height
	}
}

func (r *menuLineRenderer) Refresh() {
	it := r.l.item
	if it.Label.None() {
		r.ground.FillColor = style.Color(style.Line)
		return
	}
	ink, iconInk := style.Text, style.Muted
	switch {
	case it.Off:
		ink, iconInk = style.Faint, style.Faint
	case it.Danger:
		ink, iconInk = style.Bad, style.Bad
	}
	r.label.Text, r.label.TextSize, r.label.Color = Clean(it.Label.String()), style.TextSize, style.Color(ink)
	r.note.Text, r.note.TextSize, r.note.Color = r.noteText(), style.SmallSize, style.Color(style.Muted)
	r.below = nil
	for _, line := range r.reason() {
		t := canvas.NewText(line, style.Color(style.Muted))
		t.TextSize = style.SmallSize
		r.below = append(r.below, t)
	}
	r.icon.Set(it.Icon, iconInk)
	r.ground.CornerRadius = 6
	r.ground.FillColor = style.Color(style.Transparent)
	if at := r.l.menu.at; at >= 0 && r.l.menu.items[at] == r.l {
		r.ground.FillColor = style.Color(style.Hover)
	}
	r.Layout(r.l.Size())
	r.ground.Refresh()
	r.label.Refresh()
	r.note.Refresh()
}

func (r *menuLineRenderer) Objects() []fyne.CanvasObject {
	list := []fyne.CanvasObject{r.ground, r.icon, r.label, r.note}
	for _, t := range r.below {
		list = append(list, t)
	}
	return list
}
func (r *menuLineRenderer) Destroy() {}
