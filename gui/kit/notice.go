package kit

import (
	"fmt"
	"time"

	"slipway/engine/words"
	"slipway/gui/post"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// EmptyState is what a page shows instead of an empty list: what would be here, and the first step.
func EmptyState(icon string, title words.Text, text words.Text, actions ...fyne.CanvasObject) fyne.CanvasObject {
	sentence := NewParagraph(text, TextStyle{Color: style.Muted, Align: fyne.TextAlignCenter})
	buttons := append([]fyne.CanvasObject{Spring()}, actions...)
	body := Down(10,
		container.NewCenter(NewIcon(icon, style.Idle).Sized(44)),
		container.NewCenter(NewText(title, Heading.Whole())),
		sentence,
		Across(10, append(buttons, Spring())...),
	)
	return container.NewCenter(Width(460, body))
}

// Notice is a message in a corner of the window that stays until it is closed, or for a while.
type Notice struct {
	Title words.Text
	Text  words.Text
	// Bad gives it the colour of a problem.
	Bad bool
	// Icon stands before the title instead of the mark of success.
	Icon string
	// Brief takes it away by itself after some seconds.
	Brief bool
	// Until counts the seconds down behind the title.
	Until   time.Time
	Buttons []fyne.CanvasObject
}

// heading is the title as it is to be read now.
func (n Notice) heading() words.Text {
	if n.Until.IsZero() {
		return n.Title
	}
	if openDialogs.Load() > 0 { // what is waited for cannot be reached, and the time begins anew afterwards
		return words.Say("kit.waits-until-this-is-closed", words.Args{"Title": n.Title})
	}
	return words.Say("kit.in-s", words.Args{
		"Title":   n.Title,
		"Seconds": words.Count(max(0, int(time.Until(n.Until).Round(time.Second)/time.Second))),
	})
}

// card draws a notice with a button that closes it. fold leaves only its title, with a button that unfolds it again;
// changed is called when it is unfolded.
func (n Notice) card(id string, title *Paragraph, closeIt, changed func()) (card fyne.CanvasObject, fold func()) {
	icon, ink := "check", style.OK
	switch {
	case n.Bad:
		icon, ink = "warning", style.Bad
	case n.Icon != "":
		icon, ink = n.Icon, style.Muted
	}
	more := NewButton(id+".more", words.Text{}, "down", Quiet, nil).Hint(words.Say("kit.show-what-happened-and-what"))
	more.Hide()
	head := Across(8, NewIcon(icon, ink), Grow(title), more)
	if n.Until.IsZero() { // else it goes by itself, and its button is the way back until then
		head.Add(NewButton(id+".close", words.Text{}, "close", Quiet, func() { HideHint(); closeIt() }).
			Hint(words.Say("common.close")))
	}
	body := []fyne.CanvasObject{head}
	if !n.Text.None() {
		body = append(body, Pad(NewParagraph(n.Text, Second).ID(id+".text"), 0, 8, 4, 26))
	}
	if len(n.Buttons) > 0 {
		body = append(body, Pad(Across(8, append(n.Buttons, Spring())...), 4, 0, 4, 26))
	}
	line := style.Line
	if n.Bad {
		line = style.Bad
	}
	show := func(folded bool) {
		SetVisible(more, folded)
		for _, part := range body[1:] {
			SetVisible(part, !folded)
		}
	}
	more.OnTap = func() { HideHint(); show(false); changed() }
	return NewBox(Pad(Down(0, body...), 6, 8, 10, 14), style.Surface, line, style.CardRadius), func() { show(true) }
}

// Notices is the place over the title of the window where notices are stacked, the newest at the bottom.
type Notices struct {
	list  *fyne.Container
	layer *fyne.Container
	next  int
	stays map[fyne.CanvasObject]bool // those that cannot be closed
	said  map[fyne.CanvasObject]string
	fold  time.Duration // after which problems are folded
}

// NewNotices makes an empty corner.
func NewNotices() *Notices {
	n := &Notices{
		list: Down(10), stays: map[fyne.CanvasObject]bool{}, said: map[fyne.CanvasObject]string{},
		fold: foldTime,
	}
	n.layer = container.New(&cornerLayout{}, n.list)
	return n
}

// DismissNewest takes the newest notice away that can be closed. It tells whether there was one.
func (n *Notices) DismissNewest() bool {
	for i := len(n.list.Objects) - 1; i >= 0; i-- {
		if card := n.list.Objects[i]; !n.stays[card] {
			n.take(card)
			return true
		}
	}
	return false
}

// take takes a notice away, and lets the others move.
func (n *Notices) take(card fyne.CanvasObject) {
	n.list.Remove(card)
	delete(n.stays, card)
	delete(n.said, card)
	n.layer.Refresh()
}

// mostNotices is how many are shown at once; older ones give way.
const mostNotices = 3

// Show adds a notice and returns the function that takes it away again. A problem that is shown already is shown once.
func (n *Notices) Show(notice Notice) (dismiss func()) {
	said := fmt.Sprint(notice.Bad, notice.Title, "\n", notice.Text)
	for card, other := range n.said {
		if notice.Bad && other == said {
			n.take(card)
		}
	}
	n.next++
	var card fyne.CanvasObject
	gone := false
	dismiss = func() { gone = true; n.take(card) }
	title := NewParagraph(notice.heading(), Strong).ID("notice.title")
	fit := func() {
		card.Resize(fyne.NewSize(noticeWidth, card.MinSize().Height)) // wrapped text tells its height only at its width
		n.layer.Refresh()
	}
	var fold func()
	card, fold = notice.card("notice", title, dismiss, func() { fit() })
	card.Resize(fyne.NewSize(noticeWidth, card.MinSize().Height)) // wrapped text tells its height only at its width
	n.list.Add(card)
	n.stays[card], n.said[card] = !notice.Until.IsZero(), said
	n.giveWay()
	n.layer.Refresh() // the list has another height
	if notice.Bad {
		time.AfterFunc(n.fold, func() {
			post.Do(func() {
				if !gone {
					fold()
					fit()
				}
			})
		})
	}
	if notice.Brief {
		stay := briefTime
		for _, o := range notice.Buttons {
			if b, ok := o.(*Button); ok { // what is offered is taken once
				stay = offerTime
				do := b.OnTap
				b.OnTap = func() { dismiss(); do() }
			}
		}
		time.AfterFunc(stay, func() { post.Do(dismiss) })
	}
	if !notice.Until.IsZero() {
		countDown(notice, title, &gone)
	}
	return dismiss
}

// giveWay takes the oldest away where there are too many, but neither what cannot be closed nor the newest.
func (n *Notices) giveWay() {
	for i := 0; i < len(n.list.Objects)-1 && len(n.list.Objects) > mostNotices; {
		if old := n.list.Objects[i]; n.stays[old] {
			i++
		} else {
			n.list.Remove(old)
			delete(n.stays, old)
			delete(n.said, old)
		}
	}
}

// countDown changes the title at each full second until the time is over or the notice is gone.
func countDown(n Notice, title *Paragraph, gone *bool) {
	left := time.Until(n.Until)
	if left <= 0 {
		return
	}
	next := (left - time.Second/2) % time.Second // when the rounded number changes
	if next <= 0 {
		next += time.Second
	}
	time.AfterFunc(next, func() {
		post.Do(func() {
			if !*gone {
				title.Set(n.heading())
				countDown(n, title, gone)
			}
		})
	})
}

// briefTime is how long a message that all went well stays, and offerTime one that offers what comes next.
const (
	briefTime = 6 * time.Second
	offerTime = 20 * time.Second
)

// foldTime is how long a problem covers what is below it. Then only its title does.
const foldTime = 30 * time.Second

const noticeWidth = 400

// Layer is the corner as something to lay over the content of the window.
func (n *Notices) Layer() fyne.CanvasObject { return n.layer }

// topGap is the room above the notices.
const topGap = 8

// cornerLayout puts a thing over the middle of the window's title and the page's, where nothing can be pressed: neither
// the newest line of an output nor the row that has just come.
type cornerLayout struct{}

// MinSize implements [fyne.Layout].
func (*cornerLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, 0) }

// Layout implements [fyne.Layout].
func (*cornerLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		w := min(float32(noticeWidth), size.Width-32)
		o.Resize(fyne.NewSize(w, o.MinSize().Height))
		h := o.MinSize().Height
		o.Resize(fyne.NewSize(w, h))
		o.Move(fyne.NewPos(max(16, (size.Width-w)/2), topGap))
	}
}

// Warning is a sentence that a person should read before going on, beside a sign. id may be "".
func Warning(id string, text words.Text) fyne.CanvasObject {
	return AcrossTop(6, NewIcon("warning", style.Warn).Sized(15),
		Grow(NewParagraph(text, Second.In(style.Warn)).ID(id)))
}
