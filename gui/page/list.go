package page

import (
	"slices"
	"time"

	"slipway/engine/live"
	"slipway/engine/session"
	"slipway/engine/settings"
	"slipway/engine/words"
	"slipway/gui/commands"
	"slipway/gui/kit"
	"slipway/gui/kit/table"
	"slipway/gui/post"
	"slipway/gui/present"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// List is a page with a list of things of one kind, and the details of what is selected below it.
type List[T any] struct {
	Base
	// Table is the list itself.
	Table *table.Table

	spec     Spec[T]
	session  *session.Session
	commands *commands.Set
	frame    Frame

	content   fyne.CanvasObject
	split     *fyne.Container
	details   *fyne.Container // of one or of several, where both have as much room; else nil
	several   *commands.Several
	filter    *kit.Field
	all, some *kit.Button // the buttons of [Narrow]
	none      fyne.CanvasObject
	nothing   fyne.CanvasObject
	looking   fyne.CanvasObject

	narrow bool
	sort   string
	rows   rows[T]
	derive post.Derive[rows[T]]
	want   func(T) bool // what is to be selected once it is listed
	shown  bool
	told   string // the command that was told last
}

// NewList makes the page.
func NewList[T any](spec Spec[T], s *session.Session, f *settings.File, c *commands.Set, w *post.Work,
	frame Frame,
) *List[T] {
	if spec.Details == nil {
		spec.Details = nowhere()
	}
	if spec.ShowDetails == nil {
		spec.ShowDetails = func(T, bool) {}
	}
	p := &List[T]{
		Base: NewBase(spec.Page),
		spec: spec, session: s, commands: c, frame: frame, sort: f.Get().Sort[spec.Page.Name],
	}
	p.derive = post.Derive[rows[T]]{Work: w, Show: p.show}
	p.makeTable()
	p.filter = kit.NewFilter(spec.Page.Name+".filter", p.Table, func() { p.Tell(); p.Refresh() })
	var first []fyne.CanvasObject
	if spec.First != nil {
		first = append(first, spec.First)
	}
	p.none = kit.EmptyState(spec.Page.Icon, spec.None, spec.About, first...)
	p.nothing = kit.EmptyState("search", words.Say("common.nothing-found"), spec.Nothing,
		kit.NewButton(spec.Page.Name+".clear", words.Say("common.show-all"), "", kit.Normal, p.ShowAll))
	p.looking = kit.EmptyState(spec.Page.Icon, words.Say("common.asking-the-engine"), words.Text{})
	p.several = commands.NewSeveral(spec.Page.Name, func() { p.Table.Select("") }, spec.Together)
	if spec.Together == nil {
		p.split = table.Split(p.Table, spec.Details, p.several.Content)
	} else {
		p.details = container.NewStack(spec.Details, p.several.Content)
		p.details.Hide()
		p.split = table.Split(p.Table, p.details, nowhere())
	}
	parts := []fyne.CanvasObject{p.head(), kit.Grow(p.split)}
	if spec.Above != nil {
		parts = slices.Insert(parts, 1, spec.Above)
	}
	p.content = kit.Pad(kit.Down(12, parts...), 20, style.PageMargin, 16, style.PageMargin)
	return p
}

func (p *List[T]) makeTable() {
	p.Table = table.New(p.spec.Page.Name+".table", p.spec.Columns)
	p.Table.OnSelect = func(id string) {
		if id != "" {
			p.want = nil
		}
		p.selected()
	}
	p.Table.OnChosen = func() {
		if len(p.Table.Chosen()) > 1 {
			p.want = nil
		}
		p.selected()
	}
	p.Table.OnMenu = func(id string, at fyne.Position) {
		if list := p.of(p.Table.Meant(id)); len(list) > 0 {
			kit.ShowMenu(fyne.CurrentApp().Driver().CanvasForObject(p.Table), at, commands.Menu(p.spec.Commands(list)))
		}
	}
	p.Table.OnOpen = p.open
	p.Table.OnDelete = func(string) { p.commands.Do(p.spec.Commands(p.Selected()), "remove") }
	p.Table.OnSort = p.sortBy
	p.Table.SetSorted(p.sort)
}

func (p *List[T]) head() fyne.CanvasObject {
	left := []fyne.CanvasObject{kit.NewText(p.spec.Page.Title, kit.Title.Whole())}
	if n := p.spec.Narrow; n != nil {
		p.all = kit.NewButton(p.spec.Page.Name+".all", words.Say("common.all"), "", kit.Pill, func() { p.choose(false) })
		p.some = kit.NewButton(p.spec.Page.Name+"."+n.Name, n.Label, "", kit.Pill, func() { p.choose(true) }).Hint(n.Hint)
		p.all.SetOn(true)
		left = append(left, p.all, p.some)
	}
	left = append(append(left, p.spec.Beside...), kit.Spring())
	right := append([]fyne.CanvasObject{kit.Spring(), kit.Width(200, p.filter)}, p.spec.Tools...)
	return kit.Fold(12, kit.Across(12, left...), kit.Across(12, right...))
}

// Content implements [Page].
func (p *List[T]) Content() fyne.CanvasObject { return p.content }

// Shown implements [Page].
func (p *List[T]) Shown() {
	p.shown = true
	p.Refresh()
	p.selected()
}

// Hidden implements [Page].
func (p *List[T]) Hidden() {
	p.shown = false
}

// IsShown tells whether the page is seen.
func (p *List[T]) IsShown() bool { return p.shown }

// FocusFilter implements [Page].
func (p *List[T]) FocusFilter(c fyne.Canvas) { c.Focus(p.filter) }

// FocusList implements [Page].
func (p *List[T]) FocusList() { p.Table.FocusQuietly() }

// Maximize implements [Page].
func (p *List[T]) Maximize() { table.Maximize(p.split) }

// CloseDetails implements [Page].
func (p *List[T]) CloseDetails() {
	p.Table.Select("")
	p.Table.FocusQuietly()
}

// Selection implements [Page].
func (p *List[T]) Selection() Selection {
	list := p.Selected()
	switch len(list) {
	case 0:
		return Selection{}
	case 1:
		return Selection{Title: p.spec.Label(list[0]), ID: p.spec.Key(list[0]), Commands: p.spec.Commands(list)}
	}
	return Selection{Title: p.spec.Count(len(list)), Commands: p.spec.Commands(list)}
}

// Reveal selects the thing with this key, even if a filter hides it.
func (p *List[T]) Reveal(id string) {
	p.RevealThe(func(t T) bool { return p.spec.Key(t) == id })
}

// RevealThe selects the first thing that is meant, even if a filter hides it, now or when it is listed.
func (p *List[T]) RevealThe(meant func(T) bool) {
	p.want = meant
	if !p.selectWanted() {
		p.ShowAll()
	}
}

// Follow selects the first thing that is meant once it is listed, whatever is selected.
func (p *List[T]) Follow(meant func(T) bool) { p.want = meant }

// Await selects the first thing that is meant once it is listed, unless something else is selected.
func (p *List[T]) Await(meant func(T) bool) {
	if p.Table.Selected() == "" {
		p.want = meant
		p.selectWanted()
	}
}

// selectWanted selects what is waited for, if it is listed, and tells whether it was.
func (p *List[T]) selectWanted() bool {
	if p.want == nil {
		return false
	}
	for i, t := range p.rows.list {
		if p.want(t) {
			p.want = nil
			p.Table.Select(p.rows.ids[i])
			return true
		}
	}
	return false
}

// ShowAll ends what hides rows.
func (p *List[T]) ShowAll() {
	p.filter.SetText("")
	p.choose(false)
}

// choose shows all things, or the narrow list.
func (p *List[T]) choose(narrow bool) {
	if p.spec.Narrow == nil {
		return
	}
	p.narrow = narrow
	p.all.SetOn(!narrow)
	p.some.SetOn(narrow)
	p.Tell()
	p.Refresh()
}

func (p *List[T]) sortBy(key string) {
	p.sort = key
	p.Table.SetSorted(key)
	p.commands.RememberSort(p.spec.Page.Name, key)
	p.Refresh()
}

// open carries out what Enter means, if it can be done with the row now.
func (p *List[T]) open(id string) {
	list := p.of([]string{id})
	if len(list) == 0 || p.spec.Open == "" {
		return
	}
	if cmd, ok := commands.Find(p.spec.Commands(list), p.spec.Open); ok && !cmd.Off {
		cmd.Run()
	}
}

// Find is the thing of a row.
func (p *List[T]) Find(id string) (t T, ok bool) {
	if i, listed := p.rows.at[id]; listed {
		return p.rows.list[i], true
	}
	return t, false
}

// Selected are the things that are selected, one or several.
func (p *List[T]) Selected() []T { return p.of(p.Table.Chosen()) }

func (p *List[T]) of(ids []string) []T {
	var list []T
	for _, id := range ids {
		if t, ok := p.Find(id); ok {
			list = append(list, t)
		}
	}
	return list
}

// Listed are the things that fit the filter, in their order.
func (p *List[T]) Listed() []T { return p.rows.list }

// Complete tells that nothing is filtered out of the rows.
func (p *List[T]) Complete() bool { return p.rows.query.Filter == "" && !p.rows.query.Narrow }

// Query is what is asked of the list now.
func (p *List[T]) Query() Query { return Query{Filter: p.filter.Text, Order: p.sort, Narrow: p.narrow} }

// Tell tells the command that shows what is selected, or that lists the same.
func (p *List[T]) Tell() {
	if !p.shown { // it is told when the page is seen
		return
	}
	p.told = p.line()
	p.frame.Same(p.told)
}

func (p *List[T]) line() string {
	q, list := p.Query(), p.Selected()
	if len(list) == 0 && q.Filter != "" {
		return "" // which docker has not in these words
	}
	return p.spec.Line(list, q)
}

// selected shows the details of what is selected.
func (p *List[T]) selected() {
	p.showSelected()
	p.Tell()
}

// showSelected shows the details of one thing, or what can be done with several in their place.
func (p *List[T]) showSelected() {
	if !p.shown { // nothing is read for a page that nobody sees
		return
	}
	list := p.Selected()
	if len(list) < 2 {
		p.several.Hide()
		p.together(nil)
		t, ok := p.Find(p.Table.Selected())
		p.spec.ShowDetails(t, ok)
	} else {
		var none T
		p.spec.ShowDetails(none, false)
		p.several.Show(p.spec.Count(len(list)), p.spec.Commands(list))
		p.together(list)
	}
	p.place()
}

func (p *List[T]) together(list []T) {
	if p.spec.ShowTogether != nil {
		p.spec.ShowTogether(list)
	}
}

// place gives the details their room, if there are any.
func (p *List[T]) place() {
	if p.details != nil {
		kit.SetVisible(p.details, p.spec.Details.Visible() || p.several.Content.Visible())
	}
	p.split.Refresh()
}

// Refresh implements [Page]: rows are filtered and ordered off the UI thread.
func (p *List[T]) Refresh() {
	snap, q := p.session.Live.Snapshot(), p.Query()
	gather := p.spec.Gather(snap)
	p.derive.Do(func() rows[T] { return p.spec.derive(snap, gather(), q) })
}

// show puts derived rows into the table.
func (p *List[T]) show(r rows[T]) {
	now := present.Now()
	p.rows = r
	if n := p.spec.Narrow; n != nil {
		total, _ := p.Count(r.snap)
		p.all.SetText(n.All(total))
		p.some.SetText(n.Some(r.fits))
	}
	p.keep()
	if p.spec.Before != nil {
		p.spec.Before(r.snap)
	}
	p.Table.SetEmpty(p.emptyState(r.snap))
	p.Table.SetAll(len(r.all))
	p.Table.SetSource(r.ids, len(p.spec.Buttons)+1, func(i int) table.Row { return p.row(r.list[i], r.ids[i], now) })
	p.selectWanted()
	if p.spec.After != nil {
		p.spec.After(r.snap)
	}
	if len(p.Selected()) > 0 {
		p.showSelected()
		if p.line() != p.told { // it was renamed
			p.Tell()
		}
	} else {
		p.place()
	}
	p.frame.Changed()
}

// keep selects again, once it is listed, what is selected and only hidden by the filter.
func (p *List[T]) keep() {
	id := p.Table.Selected()
	if _, there := p.rows.all[id]; !there || p.want != nil {
		return
	}
	if len(p.Selected()) == 0 { // nothing of what was chosen is listed
		p.want = func(t T) bool { return p.spec.Key(t) == id }
	}
}

func (p *List[T]) emptyState(snap *live.Snapshot) fyne.CanvasObject {
	switch total, known := p.Count(snap); {
	case !known:
		return p.looking
	case total == 0:
		return p.none
	}
	return p.nothing
}

// row is a row with its buttons.
func (p *List[T]) row(t T, id string, now time.Time) table.Row {
	r := p.spec.Row(t, now)
	list := p.spec.Commands([]T{t})
	for _, group := range p.spec.Buttons {
		for _, want := range group {
			if cmd, ok := commands.Find(list, want); ok {
				r.Actions = append(r.Actions, cmd.Action())
				break
			}
		}
	}
	r.Actions = append(r.Actions, table.Action{
		ID: "more", Icon: "more", Hint: words.Say("common.more"), Run: func() { p.Table.OpenMenu(id) },
	})
	r.ID, r.Dim = id, r.Dim || p.commands.Away()
	return r
}

// nowhere is a bar that is never seen.
func nowhere() fyne.CanvasObject {
	o := kit.Space(0, 0)
	o.Hide()
	return o
}
