package logview

import (
	"slipway/gui/kit/cells"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// bar is the scroll bar at the right edge of a view.
type bar struct {
	thumb *canvas.Rectangle
	held  bool    // by the pointer
	grip  float32 // where it is held
}

// Sizes of the scroll bar.
const (
	barWidth = 8
	minThumb = 24
)

// place shows that so many rows of n lines are seen in a view of a size, after a part of all lines.
func (b *bar) place(size fyne.Size, rows, n int, part float32) {
	room := size.Height - 2*cells.Pad
	b.thumb.Show()
	b.thumb.FillColor, b.thumb.CornerRadius = style.Color(style.Faint), barWidth/2-1
	h := max(minThumb, room*float32(rows)/float32(n+rows))
	b.thumb.Resize(fyne.NewSize(barWidth-2, h))
	b.thumb.Move(fyne.NewPos(size.Width-barWidth-1, cells.Pad+(room-h)*min(1, part)))
}

// hide takes the bar away, where all lines are seen.
func (b *bar) hide() { b.thumb.Hide() }

// take holds the bar at a height of the view: where the pointer is on it, or else in its middle.
func (b *bar) take(y float32) {
	b.held = true
	b.grip = b.thumb.Size().Height / 2
	if at := y - b.thumb.Position().Y; at >= 0 && at < b.thumb.Size().Height {
		b.grip = at
	}
}

// part is which part of all lines is above the view, when the bar is held at y in a view of a height. It is not ok
// where there is no room for that.
func (b *bar) part(y, height float32) (part float32, ok bool) {
	room := height - 2*cells.Pad - b.thumb.Size().Height
	if room <= 0 {
		return 0, false
	}
	return min(1, max(0, (y-b.grip-cells.Pad)/room)), true
}
