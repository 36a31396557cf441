// Package inside shows the details of what is selected under its list: of a container what it is, its output and the
// files that are only in it; of an image what it says about itself and its layers.
package inside

import (
	"cmp"
	"fmt"
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
	"fyne.io/fyne/v2/container"
)

// mostButtons is how many actions stand in the header; the rest are in the menu.
const mostButtons = 3

// Panel is the details of the selected container.
type Panel struct {
	session  *session.Session
	commands *commands.Set
	work     *post.Work

	content *fyne.Container
	dot     *kit.Dot
	head    *kit.Header
	tabs    *kit.Tabs

	overview *overview
	logs     *logs
	terminal *terminals
	files    *files
	changes  *changes
	stats    *stats
	top      *processes

	// OnClose is called to give the room back to the list; OnView when another view of the container was chosen.
	OnClose, OnView func()

	shown   model.Container
	offered string // which buttons are shown
}

// New makes an empty panel.
func New(s *session.Session, c *commands.Set, w *post.Work) *Panel {
	p := &Panel{session: s, commands: c, work: w}
	p.dot = kit.NewDot(style.Idle)
	p.head = kit.NewHeader("inside", p.dot)
	head := kit.Pad(p.head.Content(), 10, 14, 6, 16)
	p.overview, p.logs, p.terminal, p.files, p.changes = newOverview(p), newLogs(p), newTerminals(p), p.newFiles(),
		newChanges(p)
	p.stats, p.top = newStats(p), newProcesses(p)
	p.tabs = kit.NewTabs()
	p.tabs.Add("inside.tab.overview", "overview", words.Say("inside.overview"), kit.Pad(p.overview.scroll, 10, 4, 10, 16))
	p.tabs.Add("inside.tab.logs", "logs", words.Say("inside.logs"), p.logs.content)
	p.tabs.Add("inside.tab.terminal", "terminal", words.Say("inside.terminal"), p.terminal.content)
	p.tabs.Add("inside.tab.files", "files", words.Say("inside.files"), p.files.content)
	p.tabs.Add("inside.tab.changes", "changes", words.Say("inside.changes"), p.changes.content)
	p.tabs.Add("inside.tab.stats", "stats", words.Say("inside.stats"), p.stats.content)
	p.tabs.Add("inside.tab.processes", "processes", words.Say("inside.processes"), p.top.content)
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
	top := kit.Down(0, head, kit.Rule(false), kit.Pad(p.tabs.Bar, 0, 14, 0, 16), kit.Rule(false))
	p.content = container.NewStack(kit.NewBox(kit.Down(0, top, kit.Grow(p.tabs.Content)), style.Surface, style.Line,
		style.CardRadius))
	p.content.Hide()
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

// Content is the panel as a thing to lay out.
func (p *Panel) Content() fyne.CanvasObject { return p.content }

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
	p.fillButtons(c)
	p.content.Show()
	p.fill()
}

// fill shows the container in the view that is seen; the others rest.
func (p *Panel) fill() {
	view := p.tabs.Current()
	if view != "logs" {
		p.logs.rest()
	}
	if view != "files" {
		p.files.rest()
	}
	if view != "overview" {
		p.overview.rest()
	}
	if view != "stats" {
		p.stats.rest()
	}
	if view != "processes" {
		p.top.rest()
	}
	if view != "changes" {
		p.changes.rest()
	}
	switch view {
	case "logs":
		p.logs.update()
	case "overview":
		p.overview.update(p.shown)
	case "terminal":
		p.terminal.update()
	case "files":
		p.files.update()
	case "changes":
		p.changes.update()
	case "stats":
		p.stats.update()
	case "processes":
		p.top.update()
	}
}

// Pause stops what the panel reads, while its page is hidden; Resume goes on.
func (p *Panel) Pause() {
	p.logs.rest()
	p.files.rest()
	p.changes.rest()
	p.stats.rest()
	p.top.rest()
	p.overview.rest()
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

// Terminals tells in how many terminals something runs in a container.
func (p *Panel) Terminals(id string) int { return p.terminal.open(id) }

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

// fillButtons puts the likeliest actions into the header. The first that opens or starts is the one most people came
// for.
func (p *Panel) fillButtons(c model.Container) {
	list := p.commands.Container(c)
	offered := c.ID
	for _, cmd := range list {
		offered += fmt.Sprint(" ", cmd.ID, cmd.Label, cmd.Docker(), cmd.Off)
	}
	if offered == p.offered { // a button that is exchanged while it is pressed is not pressed
		return
	}
	p.offered = offered
	var buttons []fyne.CanvasObject
	for _, cmd := range list {
		if cmd.ID == "" || len(buttons) == mostButtons {
			break
		}
		kind := kit.Normal
		if len(buttons) == 0 && (cmd.ID == "open" || cmd.ID == "start" || cmd.ID == "resume") {
			kind = kit.Primary
		}
		b := kit.NewButton("inside."+cmd.ID, short(cmd), cmd.Icon, kind, cmd.Run).Command(cmd.Docker()).Small()
		b.SetEnabled(!cmd.Off, cmd.WhyOff())
		buttons = append(buttons, b)
	}
	if cmd, ok := commands.Find(list, "remove"); ok {
		b := kit.NewButton("inside.remove", cmd.Label, "", kit.Danger, cmd.Run).Command(cmd.Docker()).Small()
		b.SetEnabled(!cmd.Off, cmd.WhyOff())
		buttons = append(buttons, b)
	}
	more := kit.NewButton("inside.more", words.Text{}, "more", kit.Normal, nil).Small().Hint(words.Say("common.more"))
	more.OnTap = func() { kit.ShowMenuBelow(more, commands.Menu(p.commands.Container(p.shown))) }
	closeIt := kit.NewButton("inside.close", words.Text{}, "close", kit.Quiet, func() { p.OnClose() }).
		Hint(words.Say("inside.close-the-details-esc"))
	p.head.SetButtons(buttons, more, closeIt)
}

// short is a command's label where there is little room.
func short(c commands.Command) words.Text {
	if !c.Short.None() {
		return c.Short
	}
	return c.Label
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
