package kit

import (
	"time"

	"slipway/engine/words"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// ButtonKind is how important a button is.
type ButtonKind int

// The kinds of buttons. A region has at most one Primary.
const (
	Normal ButtonKind = iota
	Primary
	// Danger is red text, never filled.
	Danger
	// Link is text in the accent colour without a border.
	Link
	// Quiet is a button without a border, for rows and bars.
	Quiet
	// Pill is a choice that is on or off.
	Pill
	// Nav is a line of the navigation.
	Nav
	// Tab is one of several views of the same thing; the one that is on is underlined.
	Tab
)

// face is how everything that is pressed looks and answers to the pointer. A [Button] is also reached by the keyboard.
type face struct {
	widget.BaseWidget
	self    fyne.CanvasObject // the widget that the face belongs to
	id      string
	text    string
	drawn   string // of text, as far as there is room
	icon    string
	kind    ButtonKind
	hint    string
	why     string // reason why it cannot be used now
	dot     fyne.ThemeColorName
	command string
	count   string
	on      bool
	small   bool
	leading bool
	opens   bool // an arrow at its right says that it opens a menu
	off     bool
	hovered bool
	focused bool

	// OnTap is called when the button is pressed.
	OnTap func()
	// onHover tells a row that the pointer is still in it.
	onHover func(bool)
}

// Button is a control that is pressed by the pointer or, with the focus on it, by Space and Enter.
type Button struct{ face }

// RowButton is a button in a row of a table. It takes no focus, because the row's menu has the same actions and a
// person who moves by Tab does not want to pass each of a hundred rows.
type RowButton struct{ face }

// RowFace is what a [RowButton] shows and does, as the fields of [Button] are.
type RowFace struct {
	ID, Text, Icon string
	Hint           words.Text
	Command        string
	Off            bool
	OnTap          func()
}

// NewRowButton makes a button that shows nothing yet; hover is told whether the pointer is on it, and so in its row.
func NewRowButton(kind ButtonKind, hover func(bool)) *RowButton {
	b := &RowButton{face{kind: kind, onHover: hover}}
	b.self = b
	b.ExtendBaseWidget(b)
	return b
}

// Become makes it another row's button, since rows that scroll out of sight are used again. The caller refreshes it.
func (b *RowButton) Become(f RowFace) {
	b.id, b.text, b.icon, b.hint, b.command = f.ID, f.Text, f.Icon, f.Hint.String(), f.Command
	b.off, b.OnTap = f.Off, f.OnTap
}

// NewButton makes a button. icon may be empty, and so may text when there is an icon and a hint.
func NewButton(id string, text words.Text, icon string, kind ButtonKind, tap func()) *Button {
	b := &Button{face{id: id, text: text.String(), icon: icon, kind: kind, OnTap: tap}}
	b.self = b
	b.ExtendBaseWidget(b)
	return b
}

// Hint explains the button when the pointer or the focus rests on it.
func (b *Button) Hint(text words.Text) *Button { b.hint = text.String(); return b }

// Command is the docker command that the button's action equals, shown in the window's strip.
func (b *Button) Command(line string) *Button { b.command = line; return b }

// Small makes the button lower, for bars and cards.
func (b *Button) Small() *Button { b.small = true; return b }

// NewMenuButton makes a button with an arrow at its right, which opens a menu under it.
func NewMenuButton(id string, text words.Text, icon string, kind ButtonKind, items func() []MenuItem) *Button {
	b := NewButton(id, text, icon, kind, nil).Opens()
	b.OnTap = func() { ShowMenuBelow(b, items()) }
	return b
}

// Opens draws an arrow at the right, for a button that opens a choice in its own way. The arrow is an icon, since no
// font that Slipway brings has such a sign.
func (b *Button) Opens() *Button { b.opens = true; return b }

// SetText changes the words.
func (b *Button) SetText(text words.Text) {
	if clean := Clean(text.String()); b.text != clean {
		b.text = clean
		b.Refresh()
	}
}

// Words is what the button says.
func (b *Button) Words() string { return b.text }

// SetIcon changes the picture.
func (b *Button) SetIcon(icon string) {
	if b.icon != icon {
		b.icon = icon
		b.Refresh()
	}
}

// SetCount changes the number at the right of a Nav button.
func (b *Button) SetCount(count string) {
	if b.count != count {
		b.count = count
		b.Refresh()
	}
}

// SetDot draws a mark of state before the words instead of an icon.
func (b *Button) SetDot(color fyne.ThemeColorName) {
	if b.dot != color {
		b.dot = color
		b.Refresh()
	}
}

// SetHint changes what explains the button.
func (b *Button) SetHint(text words.Text) { b.hint = text.String() }

// SetOn changes whether a Pill or Nav is chosen.
func (b *Button) SetOn(on bool) {
	if b.on != on {
		b.on = on
		b.Refresh()
	}
}

// SetEnabled lets the button be used, or not with a reason that its hint tells.
func (b *Button) SetEnabled(enabled bool, why words.Text) {
	if b.off == enabled || b.why != why.String() {
		b.off, b.why = !enabled, why.String()
		b.Refresh()
	}
}

// Enabled tells whether the button can be used.
func (b *Button) Enabled() bool { return !b.off }

// Describe implements [Described].
func (b *face) Describe() Item {
	role, text := "button", b.text
	switch b.kind {
	case Nav:
		role = "nav"
	case Link:
		role = "link"
	}
	if text == "" {
		text = b.hint
	}
	return Item{ID: b.id, Role: role, Text: text, Drawn: b.drawn, Enabled: !b.off}
}

// Tapped implements [fyne.Tappable]. ev is nil for a key.
func (b *face) Tapped(ev *fyne.PointEvent) {
	HideHint()
	if b.off || b.OnTap == nil {
		return
	}
	aim(b.self, "") // it is being done, and another button may take its place under the pointer
	if ev == nil {
		b.OnTap()
		return
	}
	if lastClose.again(ev.AbsolutePosition) {
		return
	}
	lastClose = closing{click: ev.AbsolutePosition} // what comes after another click is no second one
	defer func() { lastClose.click = fyne.Position{} }()
	b.OnTap()
}

// lastClose is how a dialog was closed last by a click: the second one of a double click there is not for what was
// behind it. It belongs to the UI thread.
var lastClose closing

type closing struct {
	click fyne.Position // that is being obeyed
	by    fyne.Position
	at    time.Time
}

// closed is called when a dialog closes.
func (c *closing) closed() {
	if !c.click.IsZero() {
		c.by, c.at = c.click, time.Now()
	}
}

// DoubleClick is within which time two clicks are one double click.
const DoubleClick = 400 * time.Millisecond

// again tells of a click whether it is such a second one.
func (c *closing) again(at fyne.Position) bool {
	near := func(a, b float32) bool { return a-b < 5 && b-a < 5 }
	return time.Since(c.at) < DoubleClick && near(at.X, c.by.X) && near(at.Y, c.by.Y)
}

// TypedKey implements [fyne.Focusable].
func (b *Button) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		b.Tapped(nil)
	default:
		PassKey(CanvasOf(b), ev)
	}
}

// TypedRune implements [fyne.Focusable].
func (b *Button) TypedRune(rune) {}

// FocusGained implements [fyne.Focusable].
func (b *Button) FocusGained() {
	b.focused = true
	b.pointed(true)
	b.Refresh()
	revealIn(b)
}

// FocusLost implements [fyne.Focusable].
func (b *Button) FocusLost() { b.focused = false; b.pointed(false); b.Refresh() }

// MouseIn implements [desktop.Hoverable].
func (b *face) MouseIn(*desktop.MouseEvent) {
	b.hovered = true
	b.pointed(true)
	b.Refresh()
	if b.onHover != nil {
		b.onHover(true)
	}
}

// MouseMoved implements [desktop.Hoverable].
func (b *face) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements [desktop.Hoverable].
func (b *face) MouseOut() {
	b.hovered = false
	b.pointed(false)
	b.Refresh()
	if b.onHover != nil {
		b.onHover(false)
	}
}

// pointed shows or takes away what is said about the button while it is pointed at.
func (b *face) pointed(on bool) {
	if !on {
		HideHint()
		aim(b.self, "")
		return
	}
	text := b.hint
	if b.off && b.why != "" {
		text = b.why
	}
	ShowHint(b.self, text)
	aim(b.self, b.command)
}

// Cursor implements [desktop.Cursorable].
func (b *face) Cursor() desktop.Cursor {
	if b.kind == Link && !b.off {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

// CreateRenderer implements [fyne.Widget].
func (b *face) CreateRenderer() fyne.WidgetRenderer {
	r := &buttonRenderer{
		b: b, ground: canvas.NewRectangle(nil), under: canvas.NewRectangle(nil),
		label: canvas.NewText("", nil), count: canvas.NewText("", nil), dot: canvas.NewCircle(nil),
		img: &canvas.Image{FillMode: canvas.ImageFillContain}, arrow: &canvas.Image{FillMode: canvas.ImageFillContain},
	}
	r.Refresh()
	return r
}

type buttonRenderer struct {
	b            *face
	ground       *canvas.Rectangle
	under        *canvas.Rectangle // marks the tab that is on
	label, count *canvas.Text
	dot          *canvas.Circle
	img, arrow   *canvas.Image
}

// metrics are the distances of a kind of button: height, room at the sides, size of text and icon.
func (b *face) metrics() (height, side, text, icon float32) {
	switch b.kind {
	case Nav:
		return 36, 12, style.TextSize, style.IconSize
	case Tab:
		return 34, 2, 13, 16
	case Pill:
		return 30, 12, 13, 16
	case Link:
		return 24, 2, style.SmallSize, 14
	case Quiet:
		if b.text == "" {
			return 30, 6, 13, style.IconSize
		}
		return 30, 8, 13, style.IconSize
	}
	if b.small {
		return 30, 11, 13, 16
	}
	if b.text == "" {
		return 36, 9, style.TextSize, style.IconSize
	}
	return 36, 14, style.TextSize, style.IconSize
}

func (b *face) textStyle() TextStyle {
	_, _, size, _ := b.metrics()
	return TextStyle{Size: size, Bold: b.kind == Primary || b.kind == Nav && b.on}
}

func (r *buttonRenderer) MinSize() fyne.Size {
	height, side, _, icon := r.b.metrics()
	w := 2 * side
	if r.b.dot != "" {
		icon = DotSize
	}
	if r.b.marked() {
		w += icon
	}
	if r.b.text != "" {
		w += r.b.textStyle().Measure(r.b.text).Width
		if r.b.marked() {
			w += r.gap()
		}
	}
	return fyne.NewSize(w+r.b.tail(), height)
}

// arrowSize is how wide and high the arrow of a button is that opens a menu, with its room before it.
const arrowSize, arrowGap = 12, 7

// tail is the room of the arrow.
func (b *face) tail() float32 {
	if !b.opens {
		return 0
	}
	return arrowSize + arrowGap
}

// marked tells whether something stands before the words.
func (b *face) marked() bool { return b.icon != "" || b.dot != "" }

func (r *buttonRenderer) gap() float32 {
	switch r.b.kind {
	case Link:
		return 4
	case Nav:
		return 11
	}
	return 8
}

func (r *buttonRenderer) Layout(size fyne.Size) {
	_, side, _, icon := r.b.metrics()
	r.ground.Resize(size)
	r.under.Resize(fyne.NewSize(size.Width, 2))
	r.under.Move(fyne.NewPos(0, size.Height-2))
	text := r.b.text
	room := size.Width - 2*side - r.b.tail()
	if r.b.count != "" {
		room -= Second.Measure(r.b.count).Width + 6
	}
	if r.b.dot != "" {
		icon = DotSize
	}
	if r.b.marked() {
		room -= icon + r.gap()
	}
	st := r.b.textStyle()
	text = Fit(text, st, max(0, room))
	r.b.drawn = text
	r.label.Text = text
	label := st.Measure(text)
	x := side
	if r.b.kind != Nav && r.b.kind != Link && !r.b.leading { // centred
		used := label.Width + r.b.tail()
		if r.b.marked() {
			used += icon
			if text != "" {
				used += r.gap()
			}
		}
		x = max(side/2, (size.Width-used)/2)
	}
	if r.b.marked() {
		for _, o := range []fyne.CanvasObject{r.img, r.dot} {
			o.Resize(fyne.NewSquareSize(icon))
			o.Move(fyne.NewPos(x, (size.Height-icon)/2))
		}
		x += icon + r.gap()
	}
	r.label.Resize(label)
	r.label.Move(fyne.NewPos(x, (size.Height-label.Height)/2))
	x += label.Width + arrowGap
	if r.b.leading {
		x = size.Width - side - arrowSize
	}
	r.arrow.Resize(fyne.NewSquareSize(arrowSize))
	r.arrow.Move(fyne.NewPos(x, (size.Height-arrowSize)/2))
	c := Second.Measure(r.b.count)
	r.count.Resize(c)
	r.count.Move(fyne.NewPos(size.Width-side-c.Width, (size.Height-c.Height)/2))
}

func (r *buttonRenderer) Refresh() {
	b := r.b
	fill, line, ink := b.colors()
	st := b.textStyle()
	r.label.TextSize, r.label.TextStyle, r.label.Color = st.size(), st.fyne(), style.Color(ink)
	r.count.Text, r.count.TextSize, r.count.Color = b.count, style.SmallSize, style.Color(style.Muted)
	r.ground.CornerRadius = style.Radius
	if b.kind == Pill {
		r.ground.CornerRadius = 15
	}
	r.ground.FillColor = style.Color(fill)
	r.ground.StrokeWidth = 0
	if line != "" {
		r.ground.StrokeColor, r.ground.StrokeWidth = style.Color(line), 1
	}
	if b.focused {
		r.ground.StrokeColor, r.ground.StrokeWidth = style.Color(style.Accent), 2
		if b.kind == Primary {
			r.ground.StrokeColor = style.Color(style.Text)
		}
	}
	if b.icon != "" {
		r.img.Show()
		setIcon(r.img, b.icon, ink)
	} else {
		r.img.Hide()
	}
	r.arrow.Hide()
	if b.opens {
		r.arrow.Show()
		setIcon(r.arrow, "down", ink)
	}
	r.under.Hide()
	if b.kind == Tab && b.on {
		r.under.FillColor = style.Color(style.Accent)
		r.under.Show()
	}
	r.dot.Hide()
	if b.dot != "" {
		r.img.Hide()
		r.dot.FillColor = style.Color(b.dot)
		r.dot.Show()
	}
	r.Layout(b.Size())
	r.ground.Refresh()
	r.label.Refresh()
	r.count.Refresh()
}

// colors are the ground, the border and the ink of the button as it is now.
func (b *face) colors() (fill, line, ink fyne.ThemeColorName) {
	fill, line, ink = b.kindColors()
	switch {
	case b.off && b.kind == Primary:
		fill, ink = style.Line, style.Faint
	case b.off:
		ink = style.Faint
	case b.hovered && b.kind == Primary:
		line = style.Text
	case b.hovered && b.kind == Link:
	case b.hovered && !b.on:
		fill = style.Hover
		if b.kind == Quiet || b.kind == Nav || b.kind == Tab {
			ink = style.Text
		}
	}
	return fill, line, ink
}

// kindColors are those of a button of its kind that can be pressed, without the pointer on it.
func (b *face) kindColors() (fill, line, ink fyne.ThemeColorName) {
	switch {
	case b.kind == Primary:
		return style.Accent, "", style.OnAccent
	case b.kind == Danger:
		return style.Raised, style.Line, style.Bad
	case b.kind == Link, b.kind == Tab && b.on:
		return style.Transparent, "", style.Accent
	case b.kind == Nav && b.on:
		return style.Soft, "", style.Accent
	case b.kind == Pill && b.on:
		return style.Soft, style.Accent, style.Accent
	case b.kind == Quiet, b.kind == Nav, b.kind == Tab:
		return style.Transparent, "", style.Muted
	}
	return style.Raised, style.Line, style.Text
}

func (r *buttonRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ground, r.under, r.img, r.dot, r.label, r.count, r.arrow}
}
func (r *buttonRenderer) Destroy() {}

// Leading puts the words at the left edge instead of the middle.
func (b *Button) Leading() *Button { b.leading = true; return b }
