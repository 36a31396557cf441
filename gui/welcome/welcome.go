// Package welcome is the page that is shown while no engine answers: which case it is, and how to mend it.
package welcome

import (
	"os"
	"runtime"

	"slipway/engine/model"
	"slipway/engine/session"
	"slipway/engine/words"
	"slipway/gui/commands"
	"slipway/gui/kit"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Page is the welcome page. Its methods belong to the UI thread.
type Page struct {
	commands *commands.Set
	content  *fyne.Container
	title    *kit.Paragraph
	why      *kit.Paragraph
	fix      *kit.Paragraph
	command  *kit.CodeLine
	card     fyne.CanvasObject
	line     fyne.CanvasObject
	status   *kit.Text
	ignore   *kit.Button
	about    fyne.CanvasObject // what Docker is, for who has none
	state    session.State
	said     string

	would func(line string)
}

// New makes the page. would is told the command that mends what is wrong.
func New(c *commands.Set, would func(line string)) *Page {
	p := &Page{commands: c, would: would}
	p.title = kit.NewParagraph(words.Text{}, kit.Title).ID("welcome.title")
	p.why = kit.NewParagraph(words.Text{}, kit.Body.In(style.Muted)).ID("welcome.why")
	p.fix = kit.NewParagraph(words.Text{}, kit.Second).ID("welcome.fix")
	p.command = kit.NewCodeLine("welcome.command", "", false)
	copyIt := kit.CopyButton("welcome.copy", words.Say("common.copy"), func() string { return p.command.Words() })
	p.line = kit.Across(10, kit.Grow(p.command), copyIt)
	p.card = kit.Card(kit.Down(8, kit.NewText(words.Say("welcome.what-to-do"), kit.Strong.Whole()), p.line, p.fix))
	p.status = kit.NewText(words.Text{}, kit.Second.Whole()).ID("welcome.status")
	p.ignore = kit.NewButton("welcome.ignore", words.Text{}, "", kit.Normal,
		func() { c.Session.IgnoreEnvironment(); p.showSetting() }).Small()
	engines := kit.NewButton("welcome.engines", words.Say("welcome.where-slipway-looks"), "", kit.Link, c.Engines).
		Hint(words.Say("welcome.every-place-where-an-engine"))
	details := kit.NewButton("welcome.details", words.Say("common.details"), "", kit.Link, func() {
		if p.state.Problem != nil {
			c.ShowDetails(p.state.Problem)
		}
	})
	p.about = kit.Card(kit.Down(8, kit.NewText(words.Say("welcome.what-docker-is"), kit.Strong.Whole()),
		kit.NewParagraph(words.Say("welcome.what-docker-does"), kit.Body.In(style.Muted)).ID("welcome.about"), p.ways()))
	body := kit.Down(10, p.title, p.why, p.about, p.card,
		kit.Across(8, kit.NewDot(style.Warn), p.status, kit.Spring(), p.ignore, engines, details))
	p.content = container.New(&middleLayout{}, body)
	return p
}

// Content is the page as a thing to lay out.
func (p *Page) Content() fyne.CanvasObject { return p.content }

// Show brings the page up to date with the connection.
func (p *Page) Show(st session.State) {
	p.state = st
	if st.Problem == nil {
		p.title.Set(words.Say("welcome.looking-for-docker"))
		p.why.Set(words.Say("welcome.slipway-asks-every-place-where"))
		p.card.Hide()
		p.say("")
		return
	}
	p.title.Set(words.Of(st.Problem.What))
	p.why.Set(words.Of(st.Problem.Why))
	p.fix.Set(words.Of(st.Problem.Fix))
	p.command.Set(st.Problem.Command.String())
	show(p.line, st.Problem.Command != nil)
	show(p.about, st.Problem.Kind == model.ProblemNotInstalled)
	p.showSetting()
	p.status.Set(words.Say("welcome.looking-again-every-second"))
	if st.Problem.NextLogin {
		p.status.Set(words.Say("welcome.after-you-have-logged-in"))
	}
	p.card.Show()
	p.content.Refresh()
	p.say(st.Problem.Command.String())
}

// showSetting offers to do without a setting of the environment that leads to no engine.
func (p *Page) showSetting() {
	for _, name := range []string{"DOCKER_HOST", "DOCKER_CONTEXT"} {
		if os.Getenv(name) != "" && !p.commands.Session.IgnoresEnvironment() {
			p.ignore.SetText(words.Say("welcome.ignore-this-time", words.Args{"Name": words.Name(name)}))
			p.ignore.Hint(words.Say("welcome.slipway-looks-everywhere-until-it"))
			p.ignore.Show()
			return
		}
	}
	p.ignore.Hide()
}

func show(o fyne.CanvasObject, on bool) {
	if on {
		o.Show()
	} else {
		o.Hide()
	}
}

// way is a product that has an engine.
type way struct {
	id, name string
	about    words.Text
	page     string
}

// waysOf are those for a system, the usual one first.
func waysOf(goos string) []way {
	desktop := way{
		"desktop", "Docker Desktop", words.Say("welcome.with-a-window-of-its"),
		"https://docs.docker.com/desktop/",
	}
	podman := way{
		"podman", "Podman", words.Say("welcome.works-without-an-administrator-s"),
		"https://podman.io/docs/installation",
	}
	switch goos {
	case "darwin":
		return []way{
			desktop,
			{
				"orbstack", "OrbStack", words.Say("welcome.small-and-quick-free-for"),
				"https://docs.orbstack.dev/install",
			},
			{"colima", "Colima", words.Say("welcome.free-from-a-terminal"), "https://github.com/abiosoft/colima#installation"},
		}
	case "windows":
		return []way{desktop, {
			"rancher", "Rancher Desktop", words.Say("welcome.free-for-everybody"),
			"https://docs.rancherdesktop.io/getting-started/installation/",
		}, podman}
	}
	return []way{{
		"engine", "Docker Engine", words.Say("welcome.the-engine-alone-free-for"),
		"https://docs.docker.com/engine/install/",
	}, desktop, podman}
}

// ways are the products that there are for this system, each with its page.
func (p *Page) ways() fyne.CanvasObject {
	rows := kit.Down(2)
	for _, w := range waysOf(runtime.GOOS) {
		open := kit.NewButton("welcome.way."+w.id, words.Name(w.name), "globe", kit.Link, func() {
			p.commands.OpenWeb(w.page)
		}).
			Hint(words.Name(w.page))
		rows.Add(kit.Across(8, open, kit.NewText(w.about, kit.Second)))
	}
	return rows
}

// say tells the command that mends it, once.
func (p *Page) say(command string) {
	if command != p.said {
		p.said = command
		p.would(command)
	}
}

// middleLayout puts a column of a readable width into the upper middle.
type middleLayout struct{}

const readable = 660

// MinSize implements [fyne.Layout].
func (middleLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(400, 300) }

// Layout implements [fyne.Layout].
func (middleLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	w := min(readable, size.Width-32)
	for _, o := range objects {
		o.Resize(fyne.NewSize(w, o.MinSize().Height))
		h := o.MinSize().Height
		o.Resize(fyne.NewSize(w, h))
		o.Move(fyne.NewPos((size.Width-w)/2, max(16, (size.Height-h)*0.3)))
	}
}
