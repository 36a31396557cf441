package terminal

import (
	"slipway/gui/kit/cells"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// sheet is what a terminal draws: rows of cells in a frame, the cursor, and where one is that has scrolled back.
type sheet struct {
	frame  cells.Frame
	grid   *cells.Grid
	hollow *canvas.Rectangle // the cursor without the focus
	thumb  *canvas.Rectangle
}

func newSheet() *sheet {
	return &sheet{
		frame: cells.NewFrame(), grid: cells.NewGrid(style.Code), hollow: canvas.NewRectangle(nil),
		thumb: canvas.NewRectangle(nil),
	}
}

// objects are what is drawn, from the bottom up.
func (s *sheet) objects() []fyne.CanvasObject {
	return s.frame.Around(append(s.grid.Objects(), s.hollow, s.thumb)...)
}

// place puts the parts where they belong in a terminal of a size, and counts the cells that there is room for. It is
// not ok before the terminal was laid out.
func (s *sheet) place(size fyne.Size, focused bool) (cols, rows int, ok bool) {
	s.frame.Place(size, focused)
	cell := cells.Size()
	inner := fyne.NewSize(size.Width-2*cells.Pad, size.Height-2*cells.Pad)
	if inner.Width < 10*cell.Width || inner.Height < 2*cell.Height {
		return 0, 0, false
	}
	s.grid.Place(fyne.NewPos(cells.Pad, cells.Pad), inner)
	return int(inner.Width / cell.Width), int(inner.Height / cell.Height), true
}

// show draws what is seen in a terminal of a size: the cursor as a block with the focus, as its outline without.
func (s *sheet) show(p picture, size fyne.Size, focused bool) {
	s.hollow.Hide()
	if at := p.cursor; !p.hidden && at.Y < len(p.rows) {
		if focused {
			p.rows[at.Y] = withCursor(p.rows[at.Y], at.X)
		} else {
			s.outline(at.X, at.Y)
		}
	}
	s.markPlace(p.older, len(p.rows), p.back, size)
	s.grid.Set(p.rows)
}

// outline draws the cursor without the focus.
func (s *sheet) outline(x, y int) {
	cell := cells.Size()
	s.hollow.StrokeColor, s.hollow.StrokeWidth = style.Color(style.Muted), 1
	s.hollow.FillColor = style.Color(style.Transparent)
	s.hollow.Resize(cell)
	s.hollow.Move(fyne.NewPos(cells.Pad+float32(x)*cell.Width, cells.Pad+float32(y)*cell.Height))
	s.hollow.Show()
}

// markPlace shows at the right edge where among its n older lines and its rows one is that has scrolled back.
func (s *sheet) markPlace(n, rows, back int, size fyne.Size) {
	if back == 0 || n == 0 {
		s.thumb.Hide()
		return
	}
	room := size.Height - 2*cells.Pad
	high := max(24, room*float32(rows)/float32(n+rows))
	s.thumb.FillColor, s.thumb.CornerRadius = style.Color(style.Idle), 3
	s.thumb.Resize(fyne.NewSize(6, high))
	s.thumb.Move(fyne.NewPos(size.Width-8, cells.Pad+(room-high)*float32(n-back)/float32(n)))
	s.thumb.Show()
	s.thumb.Refresh()
}
