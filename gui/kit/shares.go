package kit

import (
	"strings"

	"slipway/engine/words"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Share is one part of a whole.
type Share struct {
	Label words.Text
	// Part is how much it is, in whatever unit; Words says it.
	Part  float64
	Words words.Text
	Color fyne.ThemeColorName
}

// Shares shows how a whole is divided, as a bar. Words and numbers stand elsewhere beside it.
type Shares struct {
	widget.BaseWidget
	id     string
	parts  []Share
	ground *canvas.Rectangle
	pieces []*canvas.Rectangle
}

// sharesHeight is how high the bar is, and sharesGap the room between two parts of it.
const (
	sharesHeight float32 = 10
	sharesGap    float32 = 2
)

// NewShares makes an empty bar.
func NewShares(id string) *Shares {
	s := &Shares{id: id, ground: canvas.NewRectangle(nil)}
	s.ground.CornerRadius = sharesHeight / 2
	s.ExtendBaseWidget(s)
	return s
}

// Set shows other parts.
func (s *Shares) Set(parts []Share) {
	s.parts = parts
	for len(s.pieces) < len(parts) {
		r := canvas.NewRectangle(nil)
		r.CornerRadius = sharesHeight / 2
		s.pieces = append(s.pieces, r)
	}
	s.Refresh()
}

// Describe implements [Described].
func (s *Shares) Describe() Item {
	list := make([]string, len(s.parts))
	for i, p := range s.parts {
		list[i] = p.Label.String() + " " + p.Words.String()
	}
	return Item{ID: s.id, Role: "bar", Text: strings.Join(list, ", "), Enabled: true}
}

// CreateRenderer implements [fyne.Widget].
func (s *Shares) CreateRenderer() fyne.WidgetRenderer { return &sharesRenderer{s} }

type sharesRenderer struct{ s *Shares }

// MinSize implements [fyne.WidgetRenderer].
func (*sharesRenderer) MinSize() fyne.Size { return fyne.NewSize(100, sharesHeight) }

// Layout implements [fyne.WidgetRenderer].
func (r *sharesRenderer) Layout(size fyne.Size) {
	s := r.s
	s.ground.Resize(size)
	var all float64
	for _, p := range s.parts {
		all += p.Part
	}
	x := float32(0)
	for i, piece := range s.pieces {
		if i >= len(s.parts) || s.parts[i].Part <= 0 || all <= 0 {
			piece.Hide()
			continue
		}
		w := max(sharesHeight, float32(s.parts[i].Part/all)*size.Width)
		w = min(w, size.Width-x)
		piece.Show()
		piece.Move(fyne.NewPos(x, 0))
		piece.Resize(fyne.NewSize(max(0, w-sharesGap), size.Height))
		x += w
	}
}

// Refresh implements [fyne.WidgetRenderer].
func (r *sharesRenderer) Refresh() {
	r.s.ground.FillColor = style.Color(style.Line)
	for i, p := range r.s.parts {
		r.s.pieces[i].FillColor = style.Color(p.Color)
	}
	r.Layout(r.s.Size())
	for _, o := range r.Objects() {
		o.Refresh()
	}
}

// Objects implements [fyne.WidgetRenderer].
func (r *sharesRenderer) Objects() []fyne.CanvasObject {
	list := []fyne.CanvasObject{r.s.ground}
	for _, p := range r.s.pieces {
		list = append(list, p)
	}
	return list
}

// Destroy implements [fyne.WidgetRenderer].
func (*sharesRenderer) Destroy() {}
