package kit

import (
	"strings"

	"slipway/engine/scrollback"

	"fyne.io/fyne/v2"
)

// detailsMemory is how much of a raw text is kept, in bytes.
const detailsMemory = 4 << 20

// ShowDetails shows raw text of a problem, to be read and copied.
func ShowDetails(c fyne.Canvas, title, explanation, raw string) {
	book := scrollback.New(detailsMemory, 0)
	for _, l := range strings.Split(raw, "\n") {
		book.Add(scrollback.Line{Text: l})
	}
	out := NewLogView("details.raw", book)
	out.Follow(false)
	var d *Dialog
	closeIt := NewButton("details.close", "Close", "", Primary, func() { d.Cancel() })
	copyIt := CopyButton("details.copy", "Copy", func() string {
		return strings.Join([]string{title, explanation, raw}, "\n\n")
	})
	d = NewDialog("details", title, explanation, 760, Height(260, out),
		Buttons([]fyne.CanvasObject{copyIt}, []fyne.CanvasObject{closeIt}))
	d.OnCancel = book.Close
	d.OnSubmit = d.Cancel
	d.Open(c, closeIt)
}
