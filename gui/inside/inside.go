// Package inside shows the details of what is selected under its list: of a container what it is, its output and the
// files that are only in it; of an image what it says about itself and its layers.
package inside

import (
	"context"
	"fmt"
	"strings"
	"time"

	"slipway/engine"
	"slipway/engine/actions"
	"slipway/engine/model"
	"slipway/engine/session"
	"slipway/gui/commands"
	"slipway/gui/kit"
	"slipway/gui/post"
	"slipway/gui/present"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// tail is how many lines of a container's output are shown at first.
const tail = 500

// mostButtons is how many actions stand in the header; the rest are in the menu.
const mostButtons = 3

// Panel is the details of the selected container.
type Panel struct {
	session  *session.Session
	commands *commands.Set
	work     *post.Work

	content *fyne.Container
	dot     *kit.Dot
	name    *kit.Text
	state   *kit.Text
	why     *kit.Text
	buttons *fyne.Container
	output  *kit.Output
	follow  *kit.Button
	tabs    *kit.Tabs

	overview *overview
	changes  *changes

	// OnClose is called to give the room back to the list; OnView when another view of the container was chosen.
	OnClose, OnView func()

	shown   model.Container
	offered string // which buttons are shown
	reading string // which output is read: container, connection and start
	turn    int    // grows with each reading, so that what an older one still brings is dropped
	stop    context.CancelFunc
}

// New makes an empty panel.
func New(s *session.Session, c *commands.Set, w *post.Work) *Panel {
	p := &Panel{session: s, commands: c, work: w, stop: func() {}}
	p.dot = kit.NewDot(style.Idle)
	p.name = kit.NewText("", kit.Strong.Whole()).ID("inside.name")
	p.state = kit.NewText("", kit.Second).ID("inside.state")
	p.why = kit.NewText("", kit.Second).ID("inside.why")
	p.buttons = kit.Across(8)
	p.output = kit.NewOutput("inside.output")
	p.follow = kit.NewToggle("inside.follow", "Follow", true, func(on bool) { p.output.Follow(on) }).Hint("Stay at the newest line. Scrolling up pauses it.")
	p.output.OnFollow = func(on bool) { p.follow.SetOn(on) }
	copyAll := kit.CopyButton("inside.copy", "Copy", func() string { return p.output.Words() })
	head := kit.Pad(kit.Across(10, p.dot, p.name, kit.Grow(p.state), p.buttons), 10, 14, 6, 16)
	p.overview, p.changes = newOverview(p), newChanges(p)
	p.tabs = kit.NewTabs()
	bar := kit.Pad(kit.Across(8, kit.Grow(p.why), p.follow, copyAll), 6, 14, 6, 16)
	p.tabs.Add("inside.tab.overview", "overview", "Overview", kit.Pad(p.overview.scroll, 10, 4, 10, 16))
	p.tabs.Add("inside.tab.logs", "logs", "Logs", kit.Down(0, bar, kit.Grow(p.output)))
	p.tabs.Add("inside.tab.changes", "changes", "Changes", p.changes.content)
	p.tabs.Choose("logs")
	p.tabs.OnChange = func(string) {
		p.fill()
		if p.OnView != nil {
			p.OnView()
		}
	}
	top := kit.Down(0, head, kit.Rule(false), kit.Pad(p.tabs.Bar, 0, 14, 0, 16), kit.Rule(false))
	p.content = container.NewStack(kit.NewBox(kit.Down(0, top, kit.Grow(p.tabs.Content)), style.Surface, style.Line, style.CardRadius))
	p.content.Hide()
	return p
}

// Content is the panel as a thing to lay out.
func (p *Panel) Content() fyne.CanvasObject { return p.content }

// Show brings a container into the panel, or hides it when ok is false.
func (p *Panel) Show(c model.Container, ok bool) {
	if !ok {
		p.shown = model.Container{}
		p.stopReading()
		p.changes.rest()
		p.content.Hide()
		return
	}
	if c.ID != p.shown.ID {
		p.output.Clear()
	}
	p.shown = c
	now := time.Now()
	st := present.StateOf(c, now)
	if p.commands.Away() {
		st.Color = style.Idle
	}
	p.dot.Set(st.Color)
	p.name.Set(c.Name)
	p.state.Set(st.Word + " · " + present.ShortImage(c.Image) + " · " + c.ShortID())
	p.why.Set(st.Why)
	p.fillButtons(c)
	p.content.Show()
	p.fill()
}

// fill shows the container in the view that is seen; the others rest.
func (p *Panel) fill() {
	view := p.tabs.Current()
	if view != "logs" {
		p.stopReading()
	}
	if view != "changes" {
		p.changes.rest()
	}
	switch view {
	case "logs":
		p.read()
	case "overview":
		p.overview.update(p.shown)
	case "changes":
		p.changes.update()
	}
}

// Pause stops what the panel reads, while its page is hidden; Resume goes on.
func (p *Panel) Pause() {
	p.stopReading()
	p.changes.rest()
}

// Resume reads on after Pause.
func (p *Panel) Resume() {
	if p.shown.ID == "" {
		return
	}
	if p.reading == "" {
		p.output.Clear()
	}
	p.fill()
}

// fillButtons puts the likeliest actions into the header. The first that opens or starts is the one most people came for.
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
	more := kit.NewButton("inside.more", "", "more", kit.Normal, nil).Small().Hint("More")
	more.OnTap = func() { kit.ShowMenuBelow(more, commands.Menu(p.commands.Container(p.shown))) }
	closeIt := kit.NewButton("inside.close", "", "close", kit.Quiet, func() { p.OnClose() }).Hint("Close the details (Esc)")
	p.buttons.Objects = append(buttons, more, closeIt)
	p.buttons.Refresh()
}

// short is a command's label where there is little room.
func short(c commands.Command) string {
	if c.ID == "open" {
		return "Open " + strings.TrimSuffix(strings.TrimPrefix(c.Label, "Open port "), " in the browser")
	}
	return c.Label
}

func (p *Panel) stopReading() {
	p.stop()
	p.stop = func() {}
	p.reading = ""
	p.turn++
}

// read follows the container's output. Each start of the container, and each new connection, begins anew.
func (p *Panel) read() {
	st := p.session.State()
	if st.Phase != session.Connected {
		p.reading = "" // begin anew once connected
		return
	}
	if p.shown.StartedAt.IsZero() {
		if !strings.HasPrefix(p.reading, p.shown.ID) { // another container's output
			p.stopReading()
			p.output.Clear()
			p.output.SetEmpty("It has not been started yet.")
		}
		return // never started, or not inspected yet: the next picture tells
	}
	key := fmt.Sprint(p.shown.ID, p.shown.StartedAt.UnixNano(), st.Generation)
	if key == p.reading {
		return
	}
	p.stopReading()
	p.turn++
	p.reading = key
	p.output.Clear()
	p.output.SetEmpty("It has printed nothing yet.")
	id, running, turn := p.shown.ID, p.shown.Running(), p.turn
	p.stop = p.work.Go(func(ctx context.Context) { p.follows(ctx, id, running, turn) })
}

// follows reads in the background and brings lines to the window in batches.
func (p *Panel) follows(ctx context.Context, id string, running bool, turn int) {
	e, err := p.session.Engine()
	if err != nil {
		return
	}
	b := &batch{show: func(lines []kit.OutputLine) {
		if p.turn == turn {
			p.output.Append(lines)
		}
	}}
	err = e.Logs(ctx, id, tail, running, func(l engine.LogLine) { b.add(kit.OutputLine{Text: l.Text}) })
	if err == nil && !running {
		post.Do(func() {
			if p.turn == turn {
				p.output.SetEmpty("It printed nothing.")
			}
		})
	}
	if err != nil && ctx.Err() == nil {
		b.add(kit.OutputLine{Text: "— " + model.AsProblem(err, "The output cannot be read").Error()})
	}
}

// Command is the docker command that shows what the panel shows of a container.
func (p *Panel) Command(c model.Container) model.Command {
	switch p.tabs.Current() {
	case "overview":
		return model.Docker("inspect", c.Name)
	case "changes":
		return model.Docker("diff", c.Name)
	}
	return actions.OutputCommand(c)
}
