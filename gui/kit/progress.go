package kit

import (
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Bar shows how much of a work is done. It has no animation: what is unknown is shown as an empty bar, and said.
type Bar struct {
	widget.BaseWidget
	part float32
}

// NewBar makes an empty bar.
func NewBar() *Bar {
	b := &Bar{}
	b.ExtendBaseWidget(b)
	return b
}

// Set shows the part between 0 and 1.
func (b *Bar) Set(part float64) {
	p := min(1, max(0, float32(part)))
	if p != b.part {
		b.part = p
		b.Refresh()
	}
}

// CreateRenderer implements [fyne.Widget].
func (b *Bar) CreateRenderer() fyne.WidgetRenderer {
	r := &barRenderer{b: b, ground: canvas.NewRectangle(nil), done: canvas.NewRectangle(nil)}
	r.Refresh()
	return r
}

type barRenderer struct {
	b            *Bar
	ground, done *canvas.Rectangle
}

const barHeight = 6

func (r *barRenderer) MinSize() fyne.Size { return fyne.NewSize(60, barHeight) }

func (r *barRenderer) Layout(size fyne.Size) {
	y := (size.Height - barHeight) / 2
	r.ground.Resize(fyne.NewSize(size.Width, barHeight))
	r.ground.Move(fyne.NewPos(0, y))
	r.done.Resize(fyne.NewSize(size.Width*r.b.part, barHeight))
	r.done.Move(fyne.NewPos(0, y))
}

func (r *barRenderer) Refresh() {
	r.ground.FillColor, r.ground.CornerRadius = style.Color(style.Line), barHeight/2
	r.done.FillColor, r.done.CornerRadius = style.Color(style.Accent), barHeight/2
	r.Layout(r.b.Size())
	r.ground.Refresh()
	r.done.Refresh()
}

func (r *barRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.ground, r.done} }
func (r *barRenderer) Destroy()                     {}
