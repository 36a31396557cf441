package logview

import (
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/kit/cells"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// sheet is what a view draws: rows of cells in a frame and the scroll bar, or what is said while there are no lines.
type sheet struct {
	frame cells.Frame
	grid  *cells.Grid
	bar   bar
	empty *kit.Paragraph
}

func newSheet() *sheet {
	return &sheet{
		frame: cells.NewFrame(), grid: cells.NewGrid(style.Code), bar: bar{thumb: canvas.NewRectangle(nil)},
		empty: kit.NewParagraph(words.Text{}, kit.Second),
	}
}

// place puts the parts where they belong in a view of a size. The rows have the room that is left.
func (s *sheet) place(size fyne.Size, focused bool) (room fyne.Size) {
	s.frame.Place(size, focused)
	room = fyne.NewSize(max(0, size.Width-2*cells.Pad-barWidth), max(0, size.Height-2*cells.Pad))
	s.grid.Place(fyne.NewPos(cells.Pad, cells.Pad), room)
	s.empty.Resize(fyne.NewSize(max(0, room.Width-2*6), s.empty.MinSize().Height))
	s.empty.Move(fyne.NewPos(cells.Pad+6, 12))
	return room
}

// show draws rows.
func (s *sheet) show(rows [][]cells.Run) {
	s.empty.Hide()
	s.grid.Set(rows)
}

// showEmpty says that there are no lines.
func (s *sheet) showEmpty() {
	s.grid.Set(nil)
	s.empty.Show()
	s.bar.hide()
}

// objects are what is drawn, from the bottom up.
func (s *sheet) objects() []fyne.CanvasObject {
	return s.frame.Around(append(s.grid.Objects(), s.bar.thumb, s.empty)...)
}
