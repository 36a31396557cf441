package kit

import (
	"strings"

	"slipway/engine/words"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// factWidth is the room for the words before each fact.
const factWidth = 130

// Fact is a line of what is known of a thing: a caption, and its value in mono or as words. Copyable adds a button that
// copies it.
type Fact struct {
	ID             string
	Caption        words.Text
	Value          words.Text
	Mono, Copyable bool
	// Content stands in the place of the value where words are not enough.
	Content fyne.CanvasObject
}

// Facts lays out lines of what is known; those without a value are left out.
func Facts(list []Fact) *fyne.Container {
	box := Down(7)
	for _, f := range list {
		if f.Value.None() && f.Content == nil {
			continue
		}
		value, st := f.Content, Body
		if f.Mono {
			st = Mono
		}
		if value == nil {
			value = LongText(f.ID, f.Caption, f.Value, st)
		}
		row := []fyne.CanvasObject{Width(factWidth, NewText(f.Caption, Second)), Grow(value)}
		if f.Copyable {
			copyIt := CopyButton(f.ID+".copy", words.Text{}, func() string { return f.Value.String() })
			row = append(row, OnLine(copyIt, st))
		}
		box.Add(AcrossTop(12, row...))
	}
	return box
}

// mostLines and mostText are how much of a value is laid out at once, in lines and bytes: a container may have twenty
// thousand variables, and wrapping them all would hold the window up.
const (
	mostLines = 40
	mostText  = 6000
)

// LongText is a text that wraps. Of one that is very long it shows the beginning, and a button that shows all of it.
func LongText(id string, caption words.Text, text words.Text, st TextStyle) fyne.CanvasObject {
	whole := text.String()
	begin := whole
	if len(begin) > mostText {
		begin = strings.ToValidUTF8(begin[:mostText], "")
	}
	if lines := strings.SplitN(begin, "\n", mostLines+1); len(lines) > mostLines {
		begin = strings.Join(lines[:mostLines], "\n")
	}
	if len(begin) == len(whole) {
		return NewParagraph(text, st).ID(id)
	}
	all := words.Say("kit.show-all-lines", words.Args{"Count": words.Count(strings.Count(whole, "\n") + 1)})
	if !strings.Contains(whole, "\n") {
		all = words.Say("kit.show-all-of-it")
	}
	var more *Button
	more = NewButton(id+".all", all, "", Link, func() { ShowDetails(CanvasOf(more), caption, words.Text{}, text) })
	return Down(4, NewParagraph(words.Raw(begin+"…"), st).ID(id), Across(0, more, Spring()))
}

// OnLine puts a button beside a line of text of that style, over whose middle it stands, without making the line
// higher.
func OnLine(button fyne.CanvasObject, st TextStyle) fyne.CanvasObject {
	return container.New(lineLayout{NewText(words.Text{}, st).MinSize().Height}, button)
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
