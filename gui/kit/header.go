package kit

import (
	"slipway/engine/words"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Header is the first line of details: a mark, a name, what is said of it, and buttons. Where there is too little room
// for all of them the name and the last buttons stay, which lead to the others.
type Header struct {
	box    *fyne.Container
	layout *headerLayout
}

// NewHeader makes a header without buttons. Its texts are id.name and id.state.
func NewHeader(id string, mark fyne.CanvasObject) *Header {
	l := &headerLayout{
		mark: mark, name: NewText(words.Text{}, Strong).ID(id + ".name"),
		said: NewText(words.Text{}, Second).ID(id + ".state"),
	}
	return &Header{box: container.New(l, mark, l.name, l.said), layout: l}
}

// Content is the header as a thing to lay out.
func (h *Header) Content() fyne.CanvasObject { return h.box }

// Say sets the words.
func (h *Header) Say(name words.Text, said words.Text) {
	if l := h.layout; l.name.Words() != name.String() || l.said.Words() != said.String() {
		l.name.Set(name)
		l.said.Set(said)
		h.box.Refresh()
	}
}

// SetButtons exchanges the buttons. The first of list are the likeliest, and those in always are never left out.
func (h *Header) SetButtons(list []fyne.CanvasObject, always ...fyne.CanvasObject) {
	l := h.layout
	l.optional, l.always = list, always
	h.box.Objects = append(append([]fyne.CanvasObject{l.mark, l.name, l.said}, list...), always...)
	h.box.Refresh()
}

type headerLayout struct {
	mark             fyne.CanvasObject
	name, said       *Text
	optional, always []fyne.CanvasObject
}

// The room between the parts of a header and between its buttons, how much a name needs to be told from others, and
// below what the words behind it say nothing.
const (
	headerGap    float32 = 10
	headerButton float32 = 8
	leastName    float32 = 180
	leastSaid    float32 = 60
)

// MinSize implements [fyne.Layout].
func (l *headerLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var height float32
	for _, o := range objects {
		height = max(height, o.MinSize().Height)
	}
	return fyne.NewSize(l.mark.MinSize().Width+headerGap+l.name.MinSize().Width+width(l.always), height)
}

// width is what buttons take, with the room before each.
func width(list []fyne.CanvasObject) float32 {
	var sum float32
	for _, o := range list {
		sum += headerButton + o.MinSize().Width
	}
	return sum
}

// Layout implements [fyne.Layout].
func (l *headerLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	at := l.mark.MinSize().Width + headerGap
	center(l.mark, 0, l.mark.MinSize().Width, size.Height)
	shown := len(l.optional)
	for shown > 0 &&
		at+min(l.name.wholeWidth(), leastName)+headerGap+width(l.optional[:shown])+width(l.always) > size.Width {
		shown--
	}
	for i, o := range l.optional {
		SetVisible(o, i < shown)
	}
	buttons := append(append([]fyne.CanvasObject(nil), l.optional[:shown]...), l.always...)
	room := max(0, size.Width-at-headerGap-width(buttons))
	name := min(l.name.wholeWidth(), room)
	center(l.name, at, name, size.Height)
	said := room - name - headerGap
	SetVisible(l.said, said >= leastSaid)
	center(l.said, at+name+headerGap, max(0, said), size.Height)
	at = size.Width - width(buttons)
	for _, o := range buttons {
		at += headerButton
		center(o, at, o.MinSize().Width, size.Height)
		at += o.MinSize().Width
	}
}

// center puts a thing at its height into the middle.
func center(o fyne.CanvasObject, x, w, height float32) {
	h := o.MinSize().Height
	put(o, x, (height-h)/2, w, h)
}
