// Package questions is what Slipway asks the person in front of a window, and tells them: the questions of the actions
// on one engine, which name what would be lost, choosers of folders and files, problems, and what is remembered.
package questions

import (
	"strings"

	"slipway/engine/actions"
	"slipway/engine/launcher"
	"slipway/engine/model"
	"slipway/engine/session"
	"slipway/engine/settings"
	"slipway/gui/kit"
	"slipway/gui/post"

	"fyne.io/fyne/v2"
)

// Questions asks in one window about one engine. All of its methods belong to the UI thread, but those of
// [actions.Asker], [image.Asker], [removal.Asker], [volume.Asker], [swap.Asker] and [launcher.Asker].
type Questions struct {
	Session  *session.Session
	Settings *settings.File
	Work     *post.Work
	Window   fyne.Window
	Notices  *kit.Notices
	// Terminals are those that are open in the window.
	Terminals Terminals

	offers Offers
	reveal func(page, id string)
	front  func()
	saving changes
	waits  int    // how many answers of a slow engine are waited for
	unwait func() // takes away the notice that says so
}

// Options are what questions are made with.
type Options struct {
	Session  *session.Session
	Settings *settings.File
	Work     *post.Work
	Window   fyne.Window
	Notices  *kit.Notices
	// Reveal goes to a page, by its name, and selects a thing there. The page says how it is named.
	Reveal func(page, id string)
	// Front shows what a question is about before it is asked.
	Front func()
	// Offers are what can be done before a question is answered.
	Offers Offers
}

// Offers are what can be done before a question is answered. The actions ask the questions, so neither is made first.
type Offers struct {
	Actions  func() *actions.Actions
	Launcher func() *launcher.Launcher
	// BackUp asks where to, and backs volumes up.
	BackUp func([]model.Volume)
	// Changing is told the ID of a container about whose change is asked.
	Changing func(id string)
}

// New makes the questions of a window.
func New(o Options) *Questions {
	return &Questions{
		Session: o.Session, Settings: o.Settings, Work: o.Work, Window: o.Window, Notices: o.Notices,
		offers: o.Offers, reveal: o.Reveal, front: o.Front,
	}
}

// Reveal goes to a page, by its name, and selects a thing there. The page says how it is named.
func (s *Questions) Reveal(page, id string) { s.reveal(page, id) }

func (s *Questions) canvas() fyne.Canvas { return s.Window.Canvas() }

// Lines are commands as a shell takes them, one below the other.
func (s *Questions) Lines(list []model.Command) string {
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = c.String()
	}
	return s.Session.Shell(strings.Join(out, "\n"))
}
