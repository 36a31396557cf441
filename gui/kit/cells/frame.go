package cells

import (
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Pad is the room between the edge of a view of output and its cells.
const Pad = 8

// Frame is what is behind the cells of a view, and the edge around them, which shows where the keys go.
type Frame struct{ ground, edge *canvas.Rectangle }

// NewFrame makes the frame of a view.
func NewFrame() Frame { return Frame{canvas.NewRectangle(nil), canvas.NewRectangle(nil)} }

// Place makes the frame as large as its view.
func (f Frame) Place(size fyne.Size, focused bool) {
	f.ground.FillColor, f.ground.CornerRadius = style.Color(style.Code), style.Radius
	f.ground.Resize(size)
	f.edge.FillColor, f.edge.CornerRadius, f.edge.StrokeWidth = style.Color(style.Transparent), style.Radius, 0
	if focused {
		f.edge.StrokeColor, f.edge.StrokeWidth = style.Color(style.Accent), 1.5
	}
	f.edge.Resize(size)
}

// Around are things in the frame, from the bottom up, with what is behind and over them.
func (f Frame) Around(inner ...fyne.CanvasObject) []fyne.CanvasObject {
	return append(append([]fyne.CanvasObject{f.ground}, inner...), f.edge)
}

// Refresh draws the edge anew.
func (f Frame) Refresh() { f.edge.Refresh() }
