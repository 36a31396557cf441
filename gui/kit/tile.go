package kit

import (
	"slipway/engine/words"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Tile is a card that can be chosen, with a title, a line about it and a short word in its corner.
type Tile struct {
	widget.BaseWidget
	id      string
	title   *Text
	badge   *Text
	about   *Paragraph
	hint    string
	on      bool
	hovered bool
	focused bool

	// OnTap is called when the tile is pressed.
	OnTap func()
}

// NewTile makes a tile that is not chosen.
func NewTile(id string, title, about words.Text, tap func()) *Tile {
	t := &Tile{
		id: id, title: NewText(title, Strong), badge: NewText(words.Text{}, Second), about: NewParagraph(about, Second),
		OnTap: tap,
	}
	t.ExtendBaseWidget(t)
	return t
}

// Hint explains the tile on hover and focus.
func (t *Tile) Hint(text words.Text) *Tile { t.hint = text.String(); return t }

// SetOn chooses the tile, or not.
func (t *Tile) SetOn(on bool) {
	if t.on != on {
		t.on = on
		t.Refresh()
	}
}

// SetBadge sets the word in the corner, in a colour of its own.
func (t *Tile) SetBadge(text words.Text, ink fyne.ThemeColorName) {
	if t.badge.Words() == text.String() {
		return
	}
	t.badge.SetStyle(Second.In(ink).Right())
	t.badge.Set(text)
	t.Refresh()
}

// Parts implements [Composed].
func (t *Tile) Parts() []fyne.CanvasObject { return []fyne.CanvasObject{t.title, t.badge, t.about} }

// Describe implements [Described].
func (t *Tile) Describe() Item {
	text := t.title.Words()
	if t.on {
		text = words.Say("kit.chosen", words.Args{"Text": words.Name(text)}).String()
	}
	return Item{ID: t.id, Role: "tile", Text: text + " · " + t.badge.Words(), Enabled: true}
}

// Tapped implements [fyne.Tappable].
func (t *Tile) Tapped(*fyne.PointEvent) {
	if c := CanvasOf(t); c != nil {
		c.Focus(t)
	}
	t.OnTap()
}

// TypedKey implements [fyne.Focusable].
func (t *Tile) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		t.OnTap()
	default:
		PassKey(CanvasOf(t), ev)
	}
}

// TypedRune implements [fyne.Focusable].
func (t *Tile) TypedRune(r rune) { PassRune(CanvasOf(t), r) }

// FocusGained implements [fyne.Focusable].
func (t *Tile) FocusGained() { t.focused = true; ShowHint(t, t.hint); t.Refresh() }

// FocusLost implements [fyne.Focusable].
func (t *Tile) FocusLost() { t.focused = false; HideHint(); t.Refresh() }

// MouseIn implements [desktop.Hoverable].
func (t *Tile) MouseIn(*desktop.MouseEvent) { t.hovered = true; ShowHint(t, t.hint); t.Refresh() }

// MouseMoved implements [desktop.Hoverable].
func (t *Tile) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements [desktop.Hoverable].
func (t *Tile) MouseOut() { t.hovered = false; HideHint(); t.Refresh() }

// Cursor implements [desktop.Cursorable].
func (t *Tile) Cursor() desktop.Cursor { return desktop.PointerCursor }

// The size of a tile: the least width, and the height, which leaves room for two lines about it.
const (
	TileWidth  = 250
	tileHeight = 84
	tilePad    = 14
)

// CreateRenderer implements [fyne.Widget].
func (t *Tile) CreateRenderer() fyne.WidgetRenderer {
	r := &tileRenderer{t: t, card: canvas.NewRectangle(nil)}
	r.Refresh()
	return r
}

type tileRenderer struct {
	t    *Tile
	card *canvas.Rectangle
}

func (r *tileRenderer) MinSize() fyne.Size { return fyne.NewSize(TileWidth, tileHeight) }

func (r *tileRenderer) Layout(size fyne.Size) {
	t, inner := r.t, size.Width-2*tilePad
	r.card.Resize(size)
	badge := float32(0)
	if t.badge.Words() != "" {
		badge = min(inner/2, Second.Measure(t.badge.Words()).Width+2)
	}
	line := t.title.MinSize().Height
	t.title.Resize(fyne.NewSize(inner-badge-8, line))
	t.title.Move(fyne.NewPos(tilePad, tilePad-2))
	t.badge.Resize(fyne.NewSize(badge, line))
	t.badge.Move(fyne.NewPos(tilePad+inner-badge, tilePad-2))
	t.about.Resize(fyne.NewSize(inner, size.Height-tilePad-line-6))
	t.about.Move(fyne.NewPos(tilePad, tilePad+line+2))
}

func (r *tileRenderer) Refresh() {
	t := r.t
	r.card.CornerRadius = 12
	r.card.FillColor, r.card.StrokeColor, r.card.StrokeWidth = style.Color(style.Surface), style.Color(style.Line), 1
	if t.on {
		r.card.FillColor = style.Color(style.Soft)
	}
	if t.on || t.focused {
		r.card.StrokeColor, r.card.StrokeWidth = style.Color(style.Accent), 2
	} else if t.hovered {
		r.card.StrokeColor = style.Color(style.Idle)
	}
	r.Layout(t.Size())
	r.card.Refresh()
	for _, o := range t.Parts() {
		o.Refresh()
	}
}

func (r *tileRenderer) Objects() []fyne.CanvasObject {
	return append([]fyne.CanvasObject{r.card}, r.t.Parts()...)
}
func (r *tileRenderer) Destroy() {}

// Tiles lays tiles out in as many columns as there is room for, at most three.
func Tiles(tiles ...fyne.CanvasObject) *fyne.Container {
	return container.New(&tilesLayout{}, tiles...)
}

type tilesLayout struct{ columns int }

const tileGap = 10

// MinSize implements [fyne.Layout].
func (l *tilesLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	columns := max(1, l.columns)
	rows := (len(objects) + columns - 1) / columns
	return fyne.NewSize(TileWidth, float32(rows)*(tileHeight+tileGap)-tileGap)
}

// Layout implements [fyne.Layout].
func (l *tilesLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	l.columns = max(1, min(3, int((size.Width+tileGap)/(TileWidth+tileGap))))
	w := (size.Width - tileGap*float32(l.columns-1)) / float32(l.columns)
	for i, o := range objects {
		o.Resize(fyne.NewSize(w, tileHeight))
		o.Move(fyne.NewPos(float32(i%l.columns)*(w+tileGap), float32(i/l.columns)*(tileHeight+tileGap)))
	}
}
