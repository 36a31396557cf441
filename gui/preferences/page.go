// Package preferences is the page of settings: what a person chooses about Slipway itself, where things are kept, and
// whom Slipway asks for something by itself. It is there without an engine, too.
package preferences

import (
	"strings"

	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/settings"
	"slipway/engine/words"
	"slipway/gui/commands"
	"slipway/gui/kit"
	"slipway/gui/page"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Page is the page of settings. Its methods belong to the UI thread.
type Page struct {
	page.Base
	commands *commands.Set
	// change changes what was chosen, and puts it into effect.
	change func(func(*settings.Preferences))
	frame  page.Frame

	content  fyne.CanvasObject
	filter   *kit.Field
	scroll   *container.Scroll
	list     *fyne.Container
	none     *kit.Text
	sections []*section
}

// section is a part of the page under one title.
type section struct {
	title words.Text
	card  fyne.CanvasObject
	box   *fyne.Container
	rows  []*row
}

// row is one setting, or something to know.
type row struct {
	Entry
	content fyne.CanvasObject
	about   *kit.Paragraph
	focus   fyne.Focusable
	reset   *kit.Button // nil where nothing can be given back
	// show brings the row up to date; nil where nothing changes. usual tells that it is as a new user has it.
	show  func(settings.Preferences)
	usual func(settings.Preferences) bool
}

// scrollRoom is kept free for the scroll bar.
const scrollRoom = 14

// About is what the window knows of the page before it is made.
func About() page.About {
	return page.About{Name: "settings", Title: words.Say("preferences.settings"), Icon: "settings", Anywhere: true}
}

// New makes the page. change changes what was chosen, and puts it into effect.
func New(c *commands.Set, recipes []notebook.Recipe, frame page.Frame, change func(func(*settings.Preferences))) *Page {
	p := &Page{Base: page.NewBase(About()), commands: c, change: change, frame: frame, list: kit.Down(12)}
	p.scroll = container.NewVScroll(kit.Pad(p.list, 0, scrollRoom, 16, 0))
	p.filter = kit.NewFilter("settings.filter", nil, p.find)
	others := p.filter.OnKey
	p.filter.OnKey = func(key fyne.KeyName) bool {
		if key == fyne.KeyDown || key == fyne.KeyReturn || key == fyne.KeyEnter {
			p.FocusList()
			return true
		}
		return others(key)
	}
	p.none = kit.NewText(words.Say("common.nothing-found"), kit.Second).ID("settings.none")
	p.make(recipes)
	more := kit.NewMenuButton("settings.more", words.Say("preferences.more"), "more", kit.Normal, func() []kit.MenuItem {
		return []kit.MenuItem{
			{ID: "settings.export", Label: words.Say("preferences.export"), Icon: "save", Run: p.export},
			{ID: "settings.import", Label: words.Say("preferences.import"), Icon: "upload", Run: p.importFile},
			{
				ID: "settings.defaults", Label: words.Say("preferences.restore-defaults"), Icon: "undo",
				Run: func() { p.replace(settings.Preferences{}, words.Say("preferences.defaults-restored")) },
			},
		}
	})
	head := kit.Across(12, kit.NewText(words.Say("preferences.settings"), kit.Title.Whole()), kit.Spring(),
		kit.Width(220, p.filter), more)
	body := kit.Down(12, kit.Pad(head, 0, scrollRoom, 0, 0), kit.Grow(p.scroll))
	p.content = kit.Pad(body, 20, style.PageMargin-scrollRoom, 0, style.PageMargin)
	p.find()
	p.Refresh()
	return p
}

// Content implements [page.Page].
func (p *Page) Content() fyne.CanvasObject { return p.content }

// Refresh implements [page.Page].
func (p *Page) Refresh() {
	chosen := p.commands.Chosen().Preferences
	for _, s := range p.sections {
		for _, r := range s.rows {
			if r.show == nil {
				continue
			}
			r.show(chosen)
			if r.reset != nil {
				kit.SetVisible(r.reset, !r.usual(chosen))
			}
		}
	}
}

// Shown implements [page.Page].
func (p *Page) Shown() {
	p.frame.Same("")
	p.Refresh()
}

// FocusFilter implements [page.Page].
func (p *Page) FocusFilter(c fyne.Canvas) { c.Focus(p.filter) }

// FocusList implements [page.Page]: the first control that was found gets the keys.
func (p *Page) FocusList() {
	c := kit.CanvasOf(p.filter)
	for _, s := range p.sections {
		for _, r := range s.rows {
			if c != nil && r.focus != nil && p.fits(r) {
				c.Focus(r.focus)
				return
			}
		}
	}
}

// Reveal implements [page.Page] with the ID of an [Entry].
func (p *Page) Reveal(id string) {
	p.filter.SetText("")
	for _, s := range p.sections {
		for _, r := range s.rows {
			if r.ID != id {
				continue
			}
			kit.ScrollTo(p.scroll, r.content)
			if c := kit.CanvasOf(p.filter); c != nil && r.focus != nil {
				c.Focus(r.focus)
			}
		}
	}
}

// find shows the rows that have what is typed.
func (p *Page) find() {
	p.list.RemoveAll()
	for _, s := range p.sections {
		s.box.RemoveAll()
		for _, r := range s.rows {
			if !p.fits(r) {
				continue
			}
			if len(s.box.Objects) > 0 {
				s.box.Add(kit.Rule(false))
			}
			s.box.Add(r.content)
		}
		if len(s.box.Objects) > 0 {
			p.list.Add(s.card)
		}
	}
	if len(p.list.Objects) == 0 {
		p.list.Add(p.none)
	}
	p.scroll.ScrollToTop()
	p.scroll.Refresh()
}

// fits tells whether each word that is typed stands in the row.
func (p *Page) fits(r *row) bool {
	text := strings.ToLower(r.Section.String() + "\n" + r.Title.String() + "\n" + r.About.String())
	for _, word := range strings.Fields(strings.ToLower(p.filter.Text)) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// replace puts other choices in the place of all, with a way back.
func (p *Page) replace(with settings.Preferences, say words.Text) {
	before := p.commands.Chosen().Preferences
	if before == with {
		p.commands.Notices.Show(kit.Notice{Title: words.Say("preferences.nothing-to-change"), Brief: true})
		return
	}
	p.change(func(v *settings.Preferences) { *v = with })
	var dismiss func()
	back := kit.NewButton("settings.back", words.Say("gui.undo"), "undo", kit.Normal, func() {
		dismiss()
		p.change(func(v *settings.Preferences) { *v = before })
	}).Small()
	dismiss = p.commands.Notices.Show(kit.Notice{Title: say, Buttons: []fyne.CanvasObject{back}})
}

// say tells of something that did not work.
func (p *Page) say(err error, what model.Fact) {
	p.commands.Tell(model.AsProblem(err, what))
}
