package kit

import (
	"strings"

	"fyne.io/fyne/v2"
)

// ShowDetails shows raw text of a problem, to be read and copied.
func ShowDetails(c fyne.Canvas, title, explanation, raw string) {
	out := NewOutput("details.raw")
	for _, l := range strings.Split(raw, "\n") {
		out.Append([]OutputLine{{Text: l}})
	}
	var d *Dialog
	closeIt := NewButton("details.close", "Close", "", Primary, func() { d.Cancel() })
	copyIt := CopyButton("details.copy", "Copy", func() string { return strings.Join([]string{title, explanation, raw}, "\n\n") })
	d = NewDialog("details", title, explanation, 760, Height(260, out), Buttons([]fyne.CanvasObject{copyIt}, []fyne.CanvasObject{closeIt}))
	d.OnSubmit = d.Cancel
	d.Open(c, closeIt)
}
