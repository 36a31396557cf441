package gui

import (
	"fmt"
	"slices"
	"time"

	"slipway/engine/job"
	"slipway/engine/session"
	"slipway/gui/commands"
	"slipway/gui/kit"
	"slipway/gui/present"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// strip is the bar at the bottom: at the left the command of what is meant, selected or just done; at the right the
// jobs that run.
type strip struct {
	session *session.Session
	content fyne.CanvasObject
	line    *kit.CodeLine
	chosen  string // the line of what was selected or done last, as it is typed
	seen    int    // the last journal entry that was shown

	title    *kit.Text
	bar      *kit.Bar
	text     *kit.Text
	cancel   *kit.Button
	jobsOpen *kit.Button
	job      *fyne.Container
	showing  string
}

// soon is how long a job has to run before the strip shows it, so that short ones do not flicker.
const soon = 300 * time.Millisecond

func newStrip(s *session.Session, c *commands.Set) *strip {
	st := &strip{session: s}
	st.line = kit.NewCodeLine("strip.command", "", true)
	copyIt := kit.CopyButton("strip.copy", "Copy", func() string { return st.line.Words() })
	copyIt.Hint("Copy this command")
	history := kit.NewButton("strip.history", "History", "history", kit.Normal, c.History).Small().Hint("Every command of this session")
	st.jobsOpen = kit.NewButton("strip.jobs", "Jobs", "jobs", kit.Normal, c.Jobs).Small().Hint("What runs, and what has ended")
	st.title = kit.NewText("", kit.Second).ID("strip.job")
	st.bar = kit.NewBar()
	st.text = kit.NewText("", kit.Second).ID("strip.job.text")
	st.cancel = kit.NewButton("strip.cancel", "", "close", kit.Quiet, func() { s.Jobs.Cancel(st.showing) }).Hint("Cancel")
	st.job = kit.Across(10, kit.Width(150, st.title), kit.Width(90, st.bar), kit.Width(190, st.text), st.cancel)
	st.job.Hide()
	// The buttons stay where they are whether a job is shown or not: a click may be on its way to one.
	row := kit.Across(8, kit.Grow(kit.Height(28, st.line)), st.job, copyIt, history, kit.Width(88, st.jobsOpen))
	st.content = kit.NewBox(kit.Pad(row, 6, 14, 6, 14), style.Surface, "", 0)
	return st
}

// choose shows the command of what was selected; without one, that of what was done last.
func (st *strip) choose(line string) {
	st.chosen = st.session.Shell(line)
	if e, ok := st.session.Journal.Last(); ok && line == "" {
		st.chosen = e.Line() // for the engine that it was done on
	}
	st.line.Set(st.chosen)
}

// aim shows the command of the control that is pointed at, or what was chosen before when it is pointed at no more.
func (st *strip) aim(line string) {
	if line == "" {
		st.line.Set(st.chosen)
		return
	}
	st.line.Set(st.session.Shell(line))
}

// journalChanged shows the command that was carried out last.
func (st *strip) journalChanged() {
	if e, ok := st.session.Journal.Last(); ok && e.ID != st.seen {
		st.seen = e.ID
		st.chosen = e.Line()
		st.line.Set(st.chosen)
	}
}

// jobs shows the running job that began first and how many more there are. It tells whether there are some that are too
// young to be shown.
func (st *strip) jobs(views []job.View) (young bool) {
	var running []job.View
	for _, v := range views {
		switch {
		case v.State != job.Running:
		case time.Since(v.Started) < soon:
			young = true
		default:
			running = append(running, v)
		}
	}
	slices.Reverse(running)
	label := "Jobs"
	if len(running) > 1 {
		label = fmt.Sprintf("Jobs %d", len(running))
	}
	st.jobsOpen.SetText(label)
	if len(running) == 0 {
		st.showing = ""
		st.job.Hide()
		st.content.Refresh()
		return young
	}
	v := running[0]
	text, part := present.Progress(v)
	st.showing = v.ID
	st.title.Set(v.Title)
	st.text.Set(text)
	st.bar.Set(part)
	st.cancel.SetEnabled(v.CanCancel, "It cannot be cancelled any more.")
	if !st.job.Visible() {
		st.job.Show()
		st.content.Refresh()
	}
	return young
}
