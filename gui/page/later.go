package page

import (
	"slices"

	"slipway/engine/job"

	"fyne.io/fyne/v2"
)

// Later is a page that is made when it is first seen. Until then it knows what [About] says.
type Later struct {
	Page
	about About
	jobs  func() []job.View
	make  func() Page // nil once it is made
}

// NewLater makes it from what is known of the page. jobs are those that run and have ended of late, which the page is
// told when it is made.
func NewLater(about About, jobs func() []job.View, made func() Page) *Later {
	return &Later{Page: unseen{NewBase(about)}, about: about, jobs: jobs, make: made}
}

// Made is the page itself.
func (l *Later) Made() Page {
	if l.make == nil {
		return l.Page
	}
	l.Page, l.make = l.make(), nil
	views := l.jobs()
	l.Page.Jobs(views)
	for _, v := range slices.Backward(views) { // the newest is told last
		if v.State != job.Running {
			l.Page.Ended(v)
		}
	}
	return l.Page
}

// Content implements [Page].
func (l *Later) Content() fyne.CanvasObject { return l.Made().Content() }

// Menu implements [Page].
func (l *Later) Menu() []MenuItem {
	if l.about.Menu == nil {
		return nil
	}
	return l.about.Menu(l.Made)
}

// unseen is a page that was not made yet. The window asks for the content of what it shows before anything else.
type unseen struct{ Base }

// Content implements [Page].
func (unseen) Content() fyne.CanvasObject { return nil }

// Refresh implements [Page].
func (unseen) Refresh() {}

// Shown implements [Page].
func (unseen) Shown() {}

// FocusFilter implements [Page].
func (unseen) FocusFilter(fyne.Canvas) {}
