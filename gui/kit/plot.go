package kit

import (
	"image"
	"image/color"
	"math"

	"slipway/engine/words"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Plot draws how numbers went over time, the newest at the right edge. The first line is filled, the second only drawn.
type Plot struct {
	widget.BaseWidget
	id     string
	title  *Text
	now    *Text
	scale  *Text
	raster *canvas.Raster
	ground *canvas.Rectangle
	lines  [2][]float64
	room   int     // how many points there is room for
	shown  int     // how many the width stands for: few at first
	top    float64 // what is drawn at the top
	limit  float64 // a line across, 0 for none
	pic    *image.RGBA
}

// leastShown is how many points the whole width stands for at least.
const leastShown = 60

// NewPlot makes an empty plot with room for so many points.
func NewPlot(id string, title words.Text, room int) *Plot {
	p := &Plot{id: id, room: room, shown: leastShown, top: 1}
	p.title = NewText(title, Second)
	p.now = NewText(words.Text{}, Strong.Right()).ID(id + ".now")
	p.scale = NewText(words.Text{}, TextStyle{Size: 11, Color: style.Muted})
	p.ground = canvas.NewRectangle(nil)
	p.raster = canvas.NewRaster(p.draw)
	p.ExtendBaseWidget(p)
	return p
}

// Set draws other points; [math.NaN] leaves a gap. top is what is at the upper edge, which scale says in words; limit
// is drawn across unless it is 0 or beyond.
func (p *Plot) Set(first, second []float64, top, limit float64, now words.Text, scale words.Text) {
	p.lines = [2][]float64{first, second}
	p.shown = min(p.room, max(leastShown, len(first)))
	p.top, p.limit = max(top, 1e-9), limit
	p.now.Set(now)
	p.scale.Set(scale)
	p.raster.Refresh()
}

// Words is what the plot says of now.
func (p *Plot) Words() string { return p.now.Words() }

// Parts implements [Composed].
func (p *Plot) Parts() []fyne.CanvasObject { return []fyne.CanvasObject{p.title, p.now, p.scale} }

func (p *Plot) draw(w, h int) image.Image {
	if p.pic == nil || p.pic.Rect.Dx() != w || p.pic.Rect.Dy() != h {
		p.pic = image.NewRGBA(image.Rect(0, 0, w, h))
	}
	clear(p.pic.Pix)
	if w < 2 || h < 2 {
		return p.pic
	}
	if p.limit > 0 && p.limit <= p.top {
		p.dashes(int(math.Round((1-p.limit/p.top)*float64(h-2))) + 1)
	}
	p.line(p.lines[1], style.Color(style.Warn), false)
	p.line(p.lines[0], style.Color(style.Accent), true)
	return p.pic
}

// dashes draws the limit.
func (p *Plot) dashes(y int) {
	ink := style.Color(style.Bad)
	for x := range p.pic.Rect.Dx() {
		if x%8 < 5 {
			p.blend(x, y, ink, 0.8)
		}
	}
}

// line draws points as a line, column by column.
func (p *Plot) line(points []float64, ink color.Color, fill bool) {
	w, h := p.pic.Rect.Dx(), p.pic.Rect.Dy()
	at := func(x int) float64 { // the height at a column, NaN where there is no point
		i := float64(len(points)-1) - float64(w-1-x)*float64(p.shown-1)/float64(w-1)
		if i < 0 || len(points) == 0 {
			return math.NaN()
		}
		a, b := points[int(i)], points[min(len(points)-1, int(i)+1)]
		v := a + (b-a)*(i-math.Floor(i))
		return 1 + (1-min(1, v/p.top))*float64(h-3)
	}
	thick := max(1.5, float64(h)/60)
	for x := range w {
		y := at(x)
		if math.IsNaN(y) {
			continue
		}
		low, high := y, y
		if next := at(min(w-1, x+1)); !math.IsNaN(next) {
			low, high = min(low, next), max(high, next)
		}
		for row := int(low - thick); row <= int(high+thick); row++ {
			cover := min(1, max(0, min(float64(row)+1, high+thick/2)-max(float64(row), low-thick/2)))
			p.blend(x, row, ink, cover)
		}
		for row := int(high+thick/2) + 1; fill && row < h; row++ {
			p.blend(x, row, ink, 0.16)
		}
	}
}

// blend draws a pixel over what is there.
func (p *Plot) blend(x, y int, ink color.Color, cover float64) {
	if y < 0 || y >= p.pic.Rect.Dy() || cover <= 0 {
		return
	}
	r, g, b, _ := ink.RGBA()
	o := p.pic.PixOffset(x, y)
	for i, v := range []uint32{r, g, b, 0xffff} {
		old := float64(p.pic.Pix[o+i])
		p.pic.Pix[o+i] = uint8(old*(1-cover) + float64(v>>8)*cover)
	}
}

// CreateRenderer implements [fyne.Widget].
func (p *Plot) CreateRenderer() fyne.WidgetRenderer {
	r := &plotRenderer{p}
	r.Refresh()
	return r
}

type plotRenderer struct{ p *Plot }

func (r *plotRenderer) MinSize() fyne.Size { return fyne.NewSize(160, 96) }

func (r *plotRenderer) Layout(size fyne.Size) {
	p := r.p
	head := p.title.MinSize().Height + 4
	p.title.Resize(fyne.NewSize(size.Width/2, head))
	p.now.Resize(fyne.NewSize(size.Width/2, head))
	p.now.Move(fyne.NewPos(size.Width/2, 0))
	box := fyne.NewSize(size.Width, max(0, size.Height-head))
	p.ground.Resize(box)
	p.ground.Move(fyne.NewPos(0, head))
	p.raster.Resize(fyne.NewSize(max(0, box.Width-2), max(0, box.Height-2)))
	p.raster.Move(fyne.NewPos(1, head+1))
	p.scale.Resize(fyne.NewSize(size.Width-12, p.scale.MinSize().Height))
	p.scale.Move(fyne.NewPos(6, head+3))
}

func (r *plotRenderer) Refresh() {
	r.p.ground.FillColor, r.p.ground.CornerRadius = style.Color(style.Code), 6
	r.Layout(r.p.Size())
	r.p.ground.Refresh()
	r.p.raster.Refresh()
}

func (r *plotRenderer) Objects() []fyne.CanvasObject {
	return append([]fyne.CanvasObject{r.p.ground, r.p.raster}, r.p.Parts()...)
}
func (r *plotRenderer) Destroy() {}
