package kit

import "fyne.io/fyne/v2"

// factWidth is the room for the words before each fact.
const factWidth = 130

// Fact is a line of what is known of a thing: a caption, and its value in mono or as words. Copyable adds a button that copies it.
type Fact struct {
	ID, Caption, Value string
	Mono, Copyable     bool
	// Content stands in the place of the value where words are not enough.
	Content fyne.CanvasObject
}

// Facts lays out lines of what is known; those without a value are left out.
func Facts(list []Fact) *fyne.Container {
	box := Down(7)
	for _, f := range list {
		if f.Value == "" && f.Content == nil {
			continue
		}
		value := f.Content
		if value == nil {
			st := Body
			if f.Mono {
				st = Mono
			}
			value = NewParagraph(f.Value, st).ID(f.ID)
		}
		row := []fyne.CanvasObject{Width(factWidth, NewText(f.Caption, Second)), Grow(value)}
		if f.Copyable {
			row = append(row, CopyButton(f.ID+".copy", "", func() string { return f.Value }))
		}
		box.Add(AcrossTop(12, row...))
	}
	return box
}
