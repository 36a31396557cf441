package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Split puts the details of the selected row under its table. While they are hidden the table has all of the room.
func Split(table *Table, details fyne.CanvasObject) *fyne.Container {
	return container.New(splitLayout{}, table, details)
}

// splitLayout gives the table what it needs, up to half of the height, and the details the rest.
type splitLayout struct{}

// MinSize implements [fyne.Layout].
func (splitLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(400, 200) }

// Layout implements [fyne.Layout].
func (splitLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	table, details := objects[0], objects[1]
	height := size.Height
	if details.Visible() {
		height = max(120, min(table.(*Table).Height()+8, size.Height*0.5))
		details.Resize(fyne.NewSize(size.Width, size.Height-height-8))
		details.Move(fyne.NewPos(0, height+8))
	}
	table.Resize(fyne.NewSize(size.Width, height))
	table.Move(fyne.NewPos(0, 0))
}
