package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Split puts the details of the selected row under its table, or a bar about several rows, which is as high as it needs
// to be. While both are hidden the table has all of the room.
func Split(table *Table, details, bar fyne.CanvasObject) *fyne.Container {
	return container.New(splitLayout{}, table, details, bar)
}

// splitLayout gives the table what it needs, up to half of the height, and the details the rest.
type splitLayout struct{}

// MinSize implements [fyne.Layout].
func (splitLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(400, 200) }

// Layout implements [fyne.Layout].
func (splitLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	const gap = 8
	table, details, bar := objects[0], objects[1], objects[2]
	height := size.Height
	switch {
	case bar.Visible():
		room := bar.MinSize().Height
		height = max(120, min(table.(*Table).Height()+gap, size.Height-room-gap))
		bar.Resize(fyne.NewSize(size.Width, room))
		bar.Move(fyne.NewPos(0, height+gap))
	case details.Visible():
		height = max(120, min(table.(*Table).Height()+gap, size.Height*0.5))
		details.Resize(fyne.NewSize(size.Width, size.Height-height-gap))
		details.Move(fyne.NewPos(0, height+gap))
	}
	table.Resize(fyne.NewSize(size.Width, height))
	table.Move(fyne.NewPos(0, 0))
}
