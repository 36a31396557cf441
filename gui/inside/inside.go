// Package inside shows the details of what is selected under its list: of a container what it is, its output and the
// files that are only in it; of an image what it says about itself and its layers.
package inside

import (
	"cmp"
	"path"

	"slipway/engine/actions"
	"slipway/engine/model"
	"slipway/engine/session"
	"slipway/engine/words"
	"slipway/gui/commands"
	"slipway/gui/kit"
	"slipway/gui/post"
	"slipway/gui/present"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// mostButtons is how many actions stand in the header; the rest are in the menu.
const mostButtons = 3

// Panel is the details of the selected container.
type Panel struct {
	session  *session.Session
	commands *commands.Set
	work     *post.Work

	*frame
	dot *kit.Dot

	overview *overview
	logs     *logs
	terminal *terminals
	files    *files
	changes  *changes
	stats    *stats
	top      *processes

	// OnView is called when another view of the container was chosen.
	OnView func()

	shown model.Container
	views map[string]view // by the names of their tabs
}

// view is one of the panel's views: update brings it up to date with the container, and rest ends what it reads.
type view struct{ update, rest func() }

// New makes an empty panel.
func New(s *session.Session, c *commands.Set, w *post.Work) *Panel {
	p := &Panel{session: s, commands: c, work: w}
	p.dot = kit.NewDot(style.Idle)
	p.frame = newFrame("inside", p.dot)
	p.overview, p.logs, p.terminal, p.files, p.changes = newOverview(p), newLogs(p), newTerminals(p), p.newFiles(),
		newChanges(p)
	p.stats, p.top = newStats(p), newProcesses(p)
	p.views = map[string]view{
		"overview": {func() { p.overview.update(p.shown) }, p.overview.rest}, "logs": {p.logs.update, p.logs.rest},
		"terminal": {p.terminal.update, func() {}}, "files": {p.files.update, p.files.rest},
		"changes": {p.changes.update, p.changes.rest}, "stats": {p.stats.update, p.stats.rest},
		"processes": {p.top.update, p.top.rest},
	}
	p.tab("overview", "overview", words.Say("inside.overview"), kit.Pad(p.overview.scroll, 10, 4, 10, 16))
	p.tab("logs", "logs", words.Say("inside.logs"), p.logs.content)
	p.tab("terminal", "terminal", words.Say("inside.terminal"), p.terminal.content)
	p.tab("files", "files", words.Say("inside.files"), p.files.content)
	p.tab("changes", "changes", words.Say("inside.changes"), p.changes.content)
	p.tab("stats", "stats", words.Say("inside.stats"), p.stats.content)
	p.tab("processes", "processes", words.Say("inside.processes"), p.top.content)
	p.tabs.Choose("logs")
	p.tabs.OnChange = func(view string) {
		if view == "terminal" {
			p.terminal.wanted = p.shown.ID
		}
		p.fill()
		p.told()
		if view == "terminal" {
			p.terminal.takeKeys()
		}
	}
	return p
}

// newFiles is the view of the container's folders, which begins in the one that its program works in.
func (p *Panel) newFiles() *files {
	return newFiles(p.session, p.commands, p.work, "files", func() place {
		return place{
			container: p.shown, root: "/", start: path.Clean(cmp.Or(p.shown.WorkingDir, "/")),
			ready: p.shown.Inspected,
		}
	}, p.told)
}

// told says that something else is looked at, of which there is another command.
func (p *Panel) told() {
	if p.OnView != nil {
		p.OnView()
	}
}

// Drop copies files that were dropped on the window into the folder that is shown. It tells whether one is.
func (p *Panel) Drop(paths []string) bool {
	if !p.content.Visible() || p.tabs.Current() != "files" || !p.files.put.Enabled() {
		return false
	}
	p.files.upload(paths)
	return true
}

// Show brings a container into the panel, or hides it when ok is false.
func (p *Panel) Show(c model.Container, ok bool) {
	if !ok {
		p.shown = model.Container{}
		p.Pause()
		kit.Hide(p.content)
		return
	}
	p.shown = c
	now := present.Now()
	st := p.commands.StateOf(c, now)
	if p.commands.Away() {
		st.Color = style.Idle
	}
	p.dot.Set(st.Color)
	p.head.Say(words.Name(c.Name),
		words.Join(" · ", st.Word, words.Name(present.ShortImage(c.Image)), words.Name(c.ShortID())))
	p.logs.explain(c, st.Why)
	list := p.commands.Container(c)
	p.offer(c.ID, list, likely(list)...)
	p.content.Show()
	p.fill()
}

// fill shows the container in the view that is seen; the others rest.
func (p *Panel) fill() {
	seen := p.tabs.Current()
	for name, v := range p.views {
		if name != seen {
			v.rest()
		}
	}
	p.views[seen].update()
}

// Pause stops what the panel reads, while its page is hidden; Resume goes on.
func (p *Panel) Pause() {
	for _, v := range p.views {
		v.rest()
	}
}

// Resume reads on after Pause.
func (p *Panel) Resume() {
	if p.shown.ID != "" {
		p.fill()
	}
}

// Close frees what the panel holds.
func (p *Panel) Close() {
	p.logs.close()
	p.terminal.close()
}

// Look opens a part of the details and gives it the keys.
func (p *Panel) Look(part string) {
	p.tabs.Choose(part)
	if part == "logs" {
		p.commands.Window.Canvas().Focus(p.logs.view)
	}
}

// FocusFind puts the cursor where the output is searched, if a person looks at it. It tells whether it did.
func (p *Panel) FocusFind(c fyne.Canvas) bool {
	if !p.content.Visible() || p.tabs.Current() != "logs" || !p.logs.view.Focused() && !p.logs.find.focused(c) {
		return false
	}
	c.Focus(p.logs.find.field)
	return true
}

// likely are the commands that have a button: the first few, and the one that removes.
func likely(list []commands.Command) (ids []string) {
	for _, cmd := range list {
		if cmd.ID == "" || len(ids) == mostButtons {
			break
		}
		ids = append(ids, cmd.ID)
	}
	return append(ids, "remove")
}

// Command is the docker command that shows what the panel shows of a container.
func (p *Panel) Command(c model.Container) model.Command {
	switch p.tabs.Current() {
	case "overview":
		return model.Docker("inspect", c.Name)
	case "terminal":
		return p.terminal.command(c)
	case "files":
		name := p.files.table.Selected()
		switch {
		case name != "":
			return actions.FetchCommand(c, path.Join(p.files.dir, name), ".")
		case c.State == model.StateRunning:
			return model.Docker("exec", c.Name, "ls", "-la", p.files.dir)
		}
		return nil // docker itself cannot list the folders of a stopped one
	case "changes":
		return model.Docker("diff", c.Name)
	case "stats":
		return model.Docker("stats", c.Name)
	case "processes":
		return model.Docker("top", c.Name)
	}
	return actions.OutputCommand(c, tails[p.logs.tail], p.logs.stamps)
}
