package inside

import (
	"strings"

	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/kit/logview"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// factWidth is the room for the words before each fact.
const factWidth = 130

// fact is a line of what is known of a thing: a caption, and its value in mono or as words. Copyable adds a button that
// copies it.
type fact struct {
	ID             string
	Caption        words.Text
	Value          words.Text
	Mono, Copyable bool
	// Content stands in the place of the value where words are not enough.
	Content fyne.CanvasObject
}

// facts lays out lines of what is known; those without a value are left out.
func facts(list []fact) *fyne.Container {
	box := kit.Down(7)
	for _, f := range list {
		if f.Value.None() && f.Content == nil {
			continue
		}
		value, st := f.Content, kit.Body
		if f.Mono {
			st = kit.Mono
		}
		if value == nil {
			value = longText(f.ID, f.Caption, f.Value, st)
		}
		row := []fyne.CanvasObject{kit.Width(factWidth, kit.NewText(f.Caption, kit.Second)), kit.Grow(value)}
		if f.Copyable {
			copyIt := kit.CopyButton(f.ID+".copy", words.Text{}, func() string { return f.Value.String() })
			row = append(row, onLine(copyIt, st))
		}
		box.Add(kit.AcrossTop(12, row...))
	}
	return box
}

// mostFactLines and mostFactText are how much of a value is laid out at once, in lines and bytes: a container may have
// twenty thousand variables, and wrapping them all would hold the window up.
const (
	mostFactLines = 40
	mostFactText  = 6000
)

// longText is a text that wraps. Of one that is very long it shows the beginning, and a button that shows all of it.
func longText(id string, caption words.Text, text words.Text, st kit.TextStyle) fyne.CanvasObject {
	whole := text.String()
	begin := whole
	if len(begin) > mostFactText {
		begin = strings.ToValidUTF8(begin[:mostFactText], "")
	}
	if lines := strings.SplitN(begin, "\n", mostFactLines+1); len(lines) > mostFactLines {
		begin = strings.Join(lines[:mostFactLines], "\n")
	}
	if len(begin) == len(whole) {
		return kit.NewParagraph(text, st).ID(id)
	}
	all := words.Say("kit.show-all-lines", words.Args{"Count": words.Count(strings.Count(whole, "\n") + 1)})
	if !strings.Contains(whole, "\n") {
		all = words.Say("kit.show-all-of-it")
	}
	var more *kit.Button
	more = kit.NewButton(id+".all", all, "", kit.Link, func() {
		logview.ShowDetails(kit.CanvasOf(more), caption, words.Text{}, text)
	})
	return kit.Down(4, kit.NewParagraph(words.Raw(begin+"…"), st).ID(id), kit.Across(0, more, kit.Spring()))
}

// onLine puts a button beside a line of text of that style, over whose middle it stands, without making the line
// higher.
func onLine(button fyne.CanvasObject, st kit.TextStyle) fyne.CanvasObject {
	return container.New(lineLayout{kit.NewText(words.Text{}, st).MinSize().Height}, button)
}

// lineLayout gives a button no more height than a line of text has, over whose middle it stands: it would push lines
// apart.
type lineLayout struct{ line float32 }

// MinSize implements fyne.Layout.
func (l lineLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(objects[0].MinSize().Width, l.line)
}

// Layout implements fyne.Layout.
func (l lineLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	height := objects[0].MinSize().Height
	objects[0].Resize(fyne.NewSize(size.Width, height))
	objects[0].Move(fyne.NewPos(0, (l.line-height)/2))
}
