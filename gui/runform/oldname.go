package runform

import (
	"strings"

	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/paste"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// OldName says under an image's field that it is the frozen copy of one that is maintained elsewhere, or which image
// somebody meant who pasted a command or the address of a page, and offers that. It takes no room for any other image.
type OldName struct {
	// Content is what is laid out.
	Content *fyne.Container
	id      string
	use     func(image string)
	shown   string
	meant   string
}

// NewOldName makes one that shows nothing. use is called with the maintained image when that is chosen.
func NewOldName(id string, use func(image string)) *OldName {
	o := &OldName{Content: kit.Down(2), id: id, use: use}
	o.Content.Hide()
	return o
}

// Show brings it up to date with the image that is typed, and tells whether it takes another height now.
func (o *OldName) Show(image string) bool {
	current, why, _ := notebook.Maintained(image)
	o.meant = ""
	if _, err := ParseImage(image); (err != nil || paste.IsPage(image)) && strings.TrimSpace(image) != "" {
		if current = paste.MeantImage(image); current == "" {
			why = withoutImage(image)
		}
		if current != "" {
			o.meant = current
			if why = model.Say("runform.did-you-mean-enter-takes",
				words.Args{"Image": words.Name(current)}); paste.MeantMore(image) {
				why = why.And(model.Say("runform.only-the-image-is-taken"))
			}
		}
	}
	text := words.Of(why)
	if current+text.String() == o.shown {
		return false
	}
	o.shown = current + text.String()
	o.Content.RemoveAll()
	if kit.SetVisible(o.Content, o.shown != ""); !text.None() {
		o.Content.Add(kit.NewParagraph(text, kit.Second.In(style.Warn)).ID(o.id + ".old"))
	}
	if current == "" {
		return true
	}
	o.Content.Add(kit.Across(0, kit.NewButton(o.id+".current", words.Say("runform.use-image",
		words.Args{"Image": words.Name(current)}), "", kit.Link, func() { o.use(current) })))
	return true
}

// withoutImage says of a command in which no image can be found what it is.
func withoutImage(text string) model.Fact {
	switch {
	case paste.LacksImage(text):
		return model.Say("runform.no-image-can-be-found")
	case paste.IsCommand(text):
		return model.Say("runform.this-command-names-no-image")
	}
	return model.Fact{}
}

// Meant is the image that somebody meant who typed what is no name of one; "" for none.
func (o *OldName) Meant() string { return o.meant }

// Take takes that image, as Enter does. It tells whether there is one.
func (o *OldName) Take() bool {
	if o.meant == "" {
		return false
	}
	o.use(o.meant)
	return true
}
