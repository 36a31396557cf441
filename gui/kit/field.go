package kit

import (
	"image/color"
	"slices"

	"slipway/engine/words"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Field is a line to type in. Escape and Enter go to the dialog it is in.
type Field struct {
	widget.Entry
	id    string
	hint  string
	width float32
	wrong bool
	lines bool
	says  string // what belongs in it, where there is room for it

	// OnKey is asked first about keys; it tells whether it used the key.
	OnKey func(fyne.KeyName) bool
	// OnPaste is asked first about what is pasted; it tells whether it used that.
	OnPaste func(text string) bool
	// OnBlur is called when the focus leaves.
	OnBlur func()
	// Within is what scrolls the page that the field is on; a dialog's own is found by itself.
	Within *container.Scroll
}

// NewField makes a field. placeholder says what belongs in it.
func NewField(id string, placeholder words.Text) *Field {
	f := &Field{id: id, says: placeholder.String()}
	f.PlaceHolder = placeholder.String()
	f.ExtendBaseWidget(f)
	return f
}

// SelectFrom selects what stands behind a column, so that typing replaces it.
func (f *Field) SelectFrom(column int) {
	f.CursorColumn = column
	shift := &fyne.KeyEvent{Name: desktop.KeyShiftLeft}
	f.KeyDown(shift)
	f.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
	f.KeyUp(shift)
}

// SetText changes the text. What was selected is not any more, or else the next letter would take its place.
func (f *Field) SetText(text string) {
	if f.SelectedText() != "" {
		f.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	}
	f.Entry.SetText(text)
}

// TakesCommands has what is pasted go to [Root.OnPaste] first.
func (f *Field) TakesCommands() *Field {
	f.OnPaste = func(text string) bool {
		c := CanvasOf(f)
		if c == nil {
			return false
		}
		root, ok := c.Content().(*Root)
		return ok && root.OnPaste != nil && root.OnPaste(text)
	}
	return f
}

// SetSecret hides what is typed, or shows it.
func (f *Field) SetSecret(hidden bool) {
	if f.Password != hidden {
		f.Password = hidden
		f.Refresh()
	}
}

// NewFilter makes a field that filters rows: Escape empties it, Down and Enter go to them.
func NewFilter(id string, rows fyne.Focusable, changed func()) *Field {
	f := NewField(id, words.Say("common.filter")).Wide(200).TakesCommands()
	f.OnChanged = func(string) { changed() }
	f.OnKey = func(key fyne.KeyName) bool {
		switch key {
		case fyne.KeyEscape:
			if f.Text == "" {
				return false
			}
			f.SetText("")
			return true
		case fyne.KeyDown, fyne.KeyReturn, fyne.KeyEnter:
			if c := CanvasOf(f); c != nil {
				c.Focus(rows)
			}
			return true
		}
		return false
	}
	return f
}

// Hint explains the field on focus and hover.
func (f *Field) Hint(text words.Text) *Field { f.hint = text.String(); return f }

// Wide gives the field a least width.
func (f *Field) Wide(width float32) *Field { f.width = width; return f }

// SetProblem marks the field as wrong, or right with "".
func (f *Field) SetProblem(text words.Text) {
	if f.wrong != (!text.None()) {
		f.wrong = !text.None()
		f.Refresh()
	}
}

// Describe implements [Described].
func (f *Field) Describe() Item {
	text := f.Text
	if f.Password && text != "" {
		text = "••••••"
	}
	return Item{ID: f.id, Role: "field", Text: text, Enabled: !f.Disabled()}
}

// MinSize implements [fyne.CanvasObject].
func (f *Field) MinSize() fyne.Size {
	m := f.Entry.MinSize()
	m.Width = max(m.Width, f.width)
	return m
}

// Resize implements [fyne.CanvasObject]. A placeholder that does not fit is shortened: an entry would show a scroll bar
// for it.
func (f *Field) Resize(size fyne.Size) {
	f.PlaceHolder = Fit(f.says, Body, size.Width-2*theme.InnerPadding())
	f.Entry.Resize(size)
}

// CreateRenderer implements [fyne.Widget]: over the entry lies what hands the wheel on to the page, because an entry
// would keep it.
func (f *Field) CreateRenderer() fyne.WidgetRenderer {
	w := &wheel{field: f}
	w.ExtendBaseWidget(w)
	r := &fieldRenderer{
		WidgetRenderer: f.Entry.CreateRenderer(), field: f, edge: canvas.NewRectangle(color.Transparent),
		wheel: w,
	}
	r.edge.CornerRadius, r.edge.StrokeWidth = style.Radius, 1.5
	r.mark()
	return r
}

// fieldRenderer draws an entry, with an edge around it when what it holds is wrong.
type fieldRenderer struct {
	fyne.WidgetRenderer
	field *Field
	edge  *canvas.Rectangle
	wheel *wheel
}

func (r *fieldRenderer) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	r.edge.Resize(size)
	r.wheel.Resize(size)
}

func (r *fieldRenderer) Refresh() {
	r.WidgetRenderer.Refresh()
	r.mark()
}

func (r *fieldRenderer) mark() {
	r.edge.StrokeColor, r.edge.Hidden = style.Color(style.Bad), !r.field.wrong
	r.edge.Refresh()
}

func (r *fieldRenderer) Objects() []fyne.CanvasObject {
	return append(slices.Clone(r.WidgetRenderer.Objects()), r.edge, r.wheel)
}

// wheel is an invisible cover that takes nothing but the mouse wheel.
type wheel struct {
	widget.BaseWidget
	field *Field
}

// Scrolled implements [fyne.Scrollable].
func (w *wheel) Scrolled(ev *fyne.ScrollEvent) {
	c := CanvasOf(w.field)
	if c == nil {
		return
	}
	if d, ok := c.Overlays().Top().(*Dialog); ok && d.scroll != nil {
		d.scroll.Scrolled(ev)
		return
	}
	if w.field.Within != nil {
		w.field.Within.Scrolled(ev)
	}
}

// CreateRenderer implements [fyne.Widget].
func (w *wheel) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewWithoutLayout())
}

// TypedKey implements [fyne.Focusable].
func (f *Field) TypedKey(ev *fyne.KeyEvent) {
	if f.OnKey != nil && f.OnKey(ev.Name) {
		return
	}
	switch ev.Name {
	case fyne.KeyEscape:
		PassKey(CanvasOf(f), ev)
	case fyne.KeyReturn, fyne.KeyEnter:
		if f.OnSubmitted != nil {
			f.OnSubmitted(f.Text)
			return
		}
		PassKey(CanvasOf(f), ev)
	default:
		f.Entry.TypedKey(ev)
	}
}

// KeepLines lets what is pasted keep its line ends, which a line to type in would make blanks.
func (f *Field) KeepLines() { f.lines = true }

// TypedShortcut implements [fyne.Shortcutable].
func (f *Field) TypedShortcut(s fyne.Shortcut) {
	p, paste := s.(*fyne.ShortcutPaste)
	switch {
	case paste && f.OnPaste != nil && f.OnPaste(p.Clipboard.Content()):
		return
	case !paste || !f.lines:
		f.Entry.TypedShortcut(s)
		return
	}
	f.MultiLine = true
	f.Entry.TypedShortcut(s)
	f.MultiLine = false
	f.CursorRow = 0 // the line that is seen
	f.Refresh()
}

// FocusGained implements [fyne.Focusable]: nobody types into what is out of sight.
func (f *Field) FocusGained() {
	f.Entry.FocusGained()
	revealIn(f)
}

// FocusLost implements [fyne.Focusable].
func (f *Field) FocusLost() {
	f.Entry.FocusLost()
	HideHint()
	if f.OnBlur != nil {
		f.OnBlur()
	}
}

// MouseIn implements [desktop.Hoverable].
func (f *Field) MouseIn(*desktop.MouseEvent) { ShowHint(f, f.hint) }

// MouseMoved implements [desktop.Hoverable].
func (f *Field) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements [desktop.Hoverable].
func (f *Field) MouseOut() { HideHint() }

// Choice is a button that opens a list of options and shows the one chosen.
type Choice struct {
	// Button is what is laid out.
	Button  *Button
	options []Option
	value   string

	// OnChange is called when another option was chosen.
	OnChange func(value string)
}

// Option is one of a [Choice].
type Option struct {
	Value string
	Label words.Text
}

// NewChoice makes a choice. The first option whose value is value is chosen.
func NewChoice(id string, options []Option, value string) *Choice {
	c := &Choice{options: options}
	c.Button = NewMenuButton(id, words.Text{}, "", Normal, c.items).Leading()
	c.SetValue(value)
	return c
}

// Value is what is chosen.
func (c *Choice) Value() string { return c.value }

// SetOptions changes the options and chooses one.
func (c *Choice) SetOptions(options []Option, value string) {
	c.options = options
	c.SetValue(value)
}

// SetValue chooses without calling OnChange.
func (c *Choice) SetValue(value string) {
	c.value = value
	for _, o := range c.options {
		if o.Value == value {
			c.Button.SetText(o.Label)
		}
	}
}

func (c *Choice) items() []MenuItem {
	items := make([]MenuItem, len(c.options))
	for i, o := range c.options {
		mark := ""
		if o.Value == c.value {
			mark = "check"
		}
		items[i] = MenuItem{ID: c.Button.id + "." + o.Value, Label: o.Label, Icon: mark, Run: func() {
			if o.Value == c.value {
				return
			}
			c.SetValue(o.Value)
			if c.OnChange != nil {
				c.OnChange(o.Value)
			}
		}}
	}
	return items
}

// Labelled puts a caption over a field.
func Labelled(caption words.Text, o fyne.CanvasObject) *fyne.Container {
	return Down(4, NewText(caption, Second), o)
}

// NewToggle makes a pill that is switched on and off.
func NewToggle(id string, text words.Text, on bool, change func(bool)) *Button {
	b := NewButton(id, text, "", Pill, nil)
	b.SetOn(on)
	b.OnTap = func() {
		b.SetOn(!b.on)
		change(b.on)
	}
	return b
}

// On tells whether a Pill or Nav is chosen.
func (b *Button) On() bool { return b.on }
