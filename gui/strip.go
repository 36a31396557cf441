package gui

import (
	"slices"
	"time"

	"slipway/engine/job"
	"slipway/engine/journal"
	"slipway/engine/model"
	"slipway/engine/session"
	"slipway/engine/words"
	"slipway/gui/commands"
	"slipway/gui/kit"
	"slipway/gui/present"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// strip is the bar at the bottom. At the left is the command that equals what is looked at, or would be done; beside it
// the one that was done last, which nothing but the next one replaces; at the right the jobs that run.
type strip struct {
	session *session.Session
	content fyne.CanvasObject
	now     *segment // what is looked at or pointed at
	did     *segment
	page    saying        // what the page says, shown while nothing is pointed at
	seen    journal.Entry // the last one that was shown

	title    *kit.Text
	bar      *kit.Bar
	text     *kit.Text
	cancel   *kit.Button
	jobsOpen *kit.Button
	job      *fyne.Container
	showing  string
}

// saying is a command with what it is to what is seen.
type saying struct {
	label  words.Text
	line   string
	copied string // as it must be typed to reach the engine
}

// What a command is to what is seen: looking at it is the same, or it would be done.
var (
	sameAs  = model.Say("gui.same-as")
	wouldDo = model.Say("gui.would-do")
)

// ended is what was made of a command.
var ended = map[journal.Outcome]model.Fact{
	journal.Pending: model.Say("gui.doing"), journal.OK: model.Say("gui.did"), journal.Failed: model.Say("gui.failed"),
	journal.Cancelled: model.Say("gui.was-cancelled"),
}

// segment is a labelled command with its copy.
type segment struct {
	label *kit.Text
	line  *kit.CodeLine
	box   *fyne.Container
	full  string // what is copied
}

func newSegment(id string, label model.Fact) *segment {
	g := &segment{
		label: kit.NewText(words.Of(label), kit.Second.Whole()).ID(id + ".label"),
		line:  kit.NewCodeLine(id+".command", "", true),
	}
	copyIt := kit.CopyButton(id+".copy", words.Text{}, func() string { return g.full })
	copyIt.Hint(words.Say("common.copy-this-command"))
	g.box = kit.Across(6, g.label, kit.Grow(kit.Height(28, g.line)), copyIt)
	g.box.Hide()
	return g
}

// show puts a command there; one that is empty takes no room.
func (g *segment) show(s saying) {
	g.label.Set(s.label)
	g.full = s.copied
	if g.line.Set(s.line); s.line == "" {
		g.box.Hide()
	} else {
		g.box.Show()
	}
}

// soon is how long a job has to run before the strip shows it, so that short ones do not flicker.
const soon = 300 * time.Millisecond

func newStrip(s *session.Session, c *commands.Set) *strip {
	st := &strip{session: s, now: newSegment("strip", sameAs), did: newSegment("strip.did", ended[journal.OK])}
	history := kit.NewButton("strip.history", words.Say("common.history"), "history", kit.Normal, c.History).Small().
		Hint(words.Say("gui.every-command-of-this-session"))
	st.jobsOpen = kit.NewButton("strip.jobs", words.Say("common.jobs"), "jobs", kit.Normal, c.Jobs).Small().
		Hint(words.Say("gui.what-runs-and-what-has"))
	st.title = kit.NewText(words.Text{}, kit.Second).ID("strip.job")
	st.bar = kit.NewBar()
	st.text = kit.NewText(words.Text{}, kit.Second).ID("strip.job.text")
	st.cancel = kit.NewButton("strip.cancel", words.Text{}, "close", kit.Quiet, func() { s.Jobs.Cancel(st.showing) }).
		Hint(words.Say("common.cancel"))
	st.job = kit.Across(10, kit.Width(150, st.title), kit.Width(90, st.bar), kit.Width(190, st.text), st.cancel)
	st.job.Hide()
	// The buttons stay where they are whether a job is shown or not, and however many: a click may be on its way to one.
	many := kit.NewButton("", words.Say("gui.jobs", words.Args{"Running": words.Count(9)}), "jobs", kit.Normal, nil).
		Small()
	lines := container.New(&shared{gap: 16}, st.did.box, st.now.box)
	row := kit.Across(8, kit.Grow(lines), st.job, history, kit.Width(max(88, many.MinSize().Width), st.jobsOpen))
	st.content = kit.NewBox(kit.Pad(row, 6, 14, 6, 14), style.Surface, "", 0)
	return st
}

// same shows the command that equals what is looked at, "" for none.
func (st *strip) same(line string) { st.say(st.saying(sameAs, line)) }

// would shows the command that the page would carry out, "" for none.
func (st *strip) would(line string) { st.say(st.saying(wouldDo, line)) }

// saying is a command as it is shown. Where to find an engine for practice is only copied: it says nothing to a person
// who learns.
func (st *strip) saying(label model.Fact, line string) saying {
	s := saying{words.Of(label), st.session.Shell(line), st.session.Shell(line)}
	if st.session.Practice() {
		s.line = line
	}
	return s
}

func (st *strip) say(s saying) {
	st.page = s
	st.now.show(s)
	st.fit()
}

// fit gives a running job the room of what is only looked at.
func (st *strip) fit() {
	if st.job.Visible() && st.did.box.Visible() {
		st.now.box.Hide()
	} else if st.now.line.Words() != "" {
		st.now.box.Show()
	}
	st.content.Refresh()
}

// aim shows the command of the control that is pointed at, or what the page says when it is pointed at no more.
func (st *strip) aim(line string) {
	if line == "" {
		st.now.show(st.page)
	} else {
		st.now.show(st.saying(wouldDo, line))
	}
	st.fit()
}

// journalChanged shows the command that was carried out last, in the words of the engine that it was done on, and how
// it ended.
func (st *strip) journalChanged() {
	if e, ok := st.session.Journal.Last(); ok && (e.ID != st.seen.ID || e.Outcome != st.seen.Outcome) {
		st.seen = e
		s := saying{words.Of(ended[e.Outcome]), e.Line(), e.Line()}
		if st.session.Practice() {
			s.line = e.Command.String()
		}
		st.did.show(s)
		st.fit()
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
	label := words.Say("common.jobs")
	if len(running) > 1 {
		label = words.Say("gui.jobs", words.Args{"Running": words.Count(len(running))})
	}
	st.jobsOpen.SetText(label)
	if len(running) == 0 {
		st.showing = ""
		st.job.Hide()
		st.fit()
		return young
	}
	v := running[0]
	text, part := present.Progress(v)
	st.showing = v.ID
	st.title.Set(words.Of(v.Title))
	st.text.Set(text)
	st.bar.Set(part)
	st.cancel.SetEnabled(v.CanCancel, words.Say("common.it-cannot-be-cancelled-any"))
	if !st.job.Visible() {
		st.job.Show()
		st.fit()
	}
	return young
}

// shared is a layout that gives what is shown in it the same width, side by side.
type shared struct{ gap float32 }

// MinSize implements [fyne.Layout].
func (s *shared) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(0, 28)
	for _, o := range objects {
		size = size.Max(fyne.NewSize(0, o.MinSize().Height))
	}
	return size
}

// Layout implements [fyne.Layout].
func (s *shared) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	var seen []fyne.CanvasObject
	for _, o := range objects {
		if o.Visible() {
			seen = append(seen, o)
		}
	}
	if len(seen) == 0 {
		return
	}
	width := (size.Width - s.gap*float32(len(seen)-1)) / float32(len(seen))
	for i, o := range seen {
		o.Move(fyne.NewPos(float32(i)*(width+s.gap), 0))
		o.Resize(fyne.NewSize(width, size.Height))
	}
}
