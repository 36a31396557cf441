package kit

import (
	"strings"

	"slipway/engine/model"

	"fyne.io/fyne/v2"
)

// Copy puts text of any number of lines on the clipboard. What would act on a terminal that it is pasted into, such as
// the end of a paste or text that reads from right to left, is escaped: see [model.VisibleText]. Nothing else in the
// window sets the clipboard, so that no text from outside gets there as it is.
func Copy(text string) { fyne.CurrentApp().Clipboard().SetContent(model.VisibleText(text)) }

// CopyName puts a name or a path on the clipboard. One that has something in it that cannot be seen is copied as a
// shell's word, which is exact: see [model.Quote].
func CopyName(name string) {
	if strings.IndexFunc(name, model.Unseen) >= 0 {
		name = model.Quote(name)
	}
	Copy(name)
}
