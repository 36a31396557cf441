// Package welcome is the page that is shown while no engine answers: which case it is, and how to mend it.
package welcome

import (
	"slipway/engine/session"
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
	title    *kit.Text
	why      *kit.Paragraph
	fix      *kit.Paragraph
	command  *kit.CodeLine
	card     fyne.CanvasObject
	line     fyne.CanvasObject
	status   *kit.Text
	state    session.State
	said     string

	// OnCommand is told the command that mends it.
	OnCommand func(line string)
}

// New makes the page.
func New(c *commands.Set) *Page {
	p := &Page{commands: c}
	p.title = kit.NewText("", kit.Title.Whole()).ID("welcome.title")
	p.why = kit.NewParagraph("", kit.Body.In(style.Muted)).ID("welcome.why")
	p.fix = kit.NewParagraph("", kit.Second).ID("welcome.fix")
	p.command = kit.NewCodeLine("welcome.command", "", false)
	copyIt := kit.CopyButton("welcome.copy", "Copy", func() string { return p.command.Words() })
	p.line = kit.Across(10, kit.Grow(p.command), copyIt)
	p.card = kit.Card(kit.Down(8, kit.NewText("What to do", kit.Strong.Whole()), p.line, p.fix))
	p.status = kit.NewText("Looking again every second", kit.Second.Whole()).ID("welcome.status")
	look := kit.NewButton("welcome.look", "where did you look?", "", kit.Link, c.Engines)
	other := kit.NewButton("welcome.engines", "use another engine…", "", kit.Link, c.Engines)
	details := kit.NewButton("welcome.details", "details", "", kit.Link, func() {
		if p.state.Problem != nil {
			c.ShowDetails(p.state.Problem)
		}
	})
	body := kit.Down(10, p.title, p.why, p.card,
		kit.Across(8, kit.NewDot(style.Warn), p.status, look, other, details))
	p.content = container.New(&middleLayout{}, body)
	return p
}

// Content is the page as a thing to lay out.
func (p *Page) Content() fyne.CanvasObject { return p.content }

// Show brings the page up to date with the connection.
func (p *Page) Show(st session.State) {
	p.state = st
	if st.Problem == nil {
		p.title.Set("Looking for Docker…")
		p.why.Set("Slipway asks every place where an engine may be on this computer.")
		p.card.Hide()
		p.say("")
		return
	}
	p.title.Set(st.Problem.What)
	p.why.Set(st.Problem.Why)
	p.fix.Set(st.Problem.Fix)
	p.command.Set(st.Problem.Command.String())
	if st.Problem.Command == nil {
		p.line.Hide()
	} else {
		p.line.Show()
	}
	p.card.Show()
	p.content.Refresh()
	p.say(st.Problem.Command.String())
}

// say tells the command that mends it, once.
func (p *Page) say(command string) {
	if command != p.said && p.OnCommand != nil {
		p.said = command
		p.OnCommand(command)
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
