package logview

import (
	"strings"

	"slipway/engine/scrollback"
	"slipway/engine/words"
	"slipway/gui/kit"

	"fyne.io/fyne/v2"
)

// detailsMemory is how much of a raw text is kept, in bytes.
const detailsMemory = 4 << 20

// ShowDetails shows raw text of a problem, to be read and copied.
func ShowDetails(c fyne.Canvas, title words.Text, explanation words.Text, raw words.Text) {
	ShowText(c, title, explanation, raw, words.Join("\n\n", title, explanation, raw))
}

// ShowText shows a text under a title and what explains it. copied is what the button copies.
func ShowText(c fyne.Canvas, title, explanation, text, copied words.Text) {
	book := BookOf(text)
	out := New("details.raw", book)
	out.Follow(false)
	var d *kit.Dialog
	closeIt := kit.NewButton("details.close", words.Say("common.close"), "", kit.Primary, func() { d.Cancel() })
	copyIt := kit.CopyButton("details.copy", words.Say("common.copy"), copied.String)
	d = kit.NewDialog("details", title, explanation, 760, kit.Height(260, out),
		kit.Buttons([]fyne.CanvasObject{copyIt}, []fyne.CanvasObject{closeIt}))
	d.OnCancel = book.Close
	d.OnSubmit = d.Cancel
	d.Open(c, closeIt)
}

// BookOf is the lines of a text.
func BookOf(text words.Text) *scrollback.Book {
	book := scrollback.New(detailsMemory, 0)
	for _, l := range strings.Split(text.String(), "\n") {
		book.Add(scrollback.Line{Text: l})
	}
	return book
}
