package commands

import (
	"fmt"
	"slices"

	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/kit/logview"
	"slipway/gui/present"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// mostLines is how many lines of detail a job shows.
const mostLines = 12

// jobsDialog is the list of jobs, and what brings it up to date while it is open.
type jobsDialog struct {
	*means
	refill func()
}

// Jobs shows what runs and what has ended.
func (s *jobsDialog) Jobs() {
	list := &jobList{set: s, box: kit.Down(10), cards: map[string]*jobCard{}}
	list.update()
	var d *kit.Dialog
	closeIt := kit.NewButton("jobs.close", words.Say("common.close"), "", kit.Primary, func() { d.Cancel() })
	d = kit.NewDialog("jobs", words.Say("common.jobs"), words.Text{}, 680, list.box,
		kit.Buttons(nil, []fyne.CanvasObject{closeIt})).Anchor()
	d.OnSubmit = d.Cancel
	d.Open(s.Window.Canvas(), closeIt)
	s.refill = func() {
		if d.IsOpen() && list.update() {
			d.Relayout()
		}
	}
}

// JobsChanged brings an open list of jobs up to date.
func (s *jobsDialog) JobsChanged() {
	if s.refill != nil {
		s.refill()
	}
}

// jobList holds a card for each job. A card stays the same while its job does, so that a button is not exchanged while
// it is pressed.
type jobList struct {
	set   *jobsDialog
	box   *fyne.Container
	cards map[string]*jobCard
}

// update shows the jobs as they are now and tells whether the list takes another height.
func (l *jobList) update() bool {
	views := l.set.Session.Jobs.List()
	before := l.box.MinSize().Height
	cards := map[string]*jobCard{}
	objects := make([]fyne.CanvasObject, 0, len(views))
	for _, v := range views {
		c := l.cards[v.ID]
		if c == nil || c.state != v.State {
			c = l.set.newJobCard(v)
		}
		c.update(v)
		cards[v.ID] = c
		objects = append(objects, c.card)
	}
	if len(views) == 0 {
		objects = append(objects, kit.EmptyState("jobs", words.Say("commands.nothing-is-running"),
			words.Say("commands.long-work-such-as-a")))
	}
	l.cards, l.box.Objects = cards, objects
	l.box.Refresh()
	return l.box.MinSize().Height != before
}

// jobCard draws a job with everything that is known of it.
type jobCard struct {
	state job.State
	card  fyne.CanvasObject
	text  *kit.Paragraph
	bar   *kit.Bar
	lines *fyne.Container
	rows  []*lineRow
	items *fyne.Container
	shown string // the items that are drawn
	// cancel is nil where the job could never be cancelled.
	cancel *kit.Button
}

// newJobCard makes a card for a job in its state; its amounts come with update.
func (s *jobsDialog) newJobCard(v job.View) *jobCard {
	c := &jobCard{
		state: v.State, text: kit.NewParagraph(words.Text{}, kit.Second).ID("job." + v.ID + ".text"), bar: kit.NewBar(),
		lines: kit.Down(6), items: kit.Down(4),
	}
	icon, ink := "jobs", style.Accent
	switch v.State {
	case job.Done:
		icon, ink = "check", style.OK
	case job.Failed:
		icon, ink = "warning", style.Bad
	case job.Cancelled:
		icon, ink = "close", style.Idle
	}
	head := []fyne.CanvasObject{
		kit.NewIcon(icon, ink),
		kit.Grow(kit.NewText(words.Of(v.Title), kit.Strong).ID("job." + v.ID + ".title")),
	}
	button := func(id string, label words.Text, icon string, tap func()) *kit.Button {
		b := kit.NewButton("job."+v.ID+"."+id, label, icon, kit.Normal, tap).Small()
		head = append(head, b)
		return b
	}
	if v.State == job.Running && v.CanCancel {
		c.cancel = button("cancel", words.Say("common.cancel"), "", func() { s.Session.Jobs.Cancel(v.ID) })
	}
	if v.Problem != nil && v.Problem.Raw() != "" {
		button("details", words.Say("common.details"), "", func() { s.ShowDetails(v.Problem) })
	}
	if v.CanRetry {
		button("retry", words.Say("common.try-again-button"), "refresh", func() { s.Session.Jobs.Retry(v.ID) })
	}
	rows := []fyne.CanvasObject{}
	if v.State == job.Running {
		rows = append(rows, c.bar)
	} else {
		head = append(head, kit.NewButton("job."+v.ID+".dismiss", words.Text{}, "close", kit.Quiet,
			func() { s.Session.Jobs.Dismiss(v.ID) }).Hint(words.Say("commands.take-it-off-the-list")))
	}
	rows = append([]fyne.CanvasObject{kit.Across(10, head...)}, append(rows, c.text, c.lines, c.items)...)
	c.card = kit.Card(kit.Down(6, rows...))
	return c
}

func (c *jobCard) update(v job.View) {
	text, part := present.Progress(v)
	switch v.State {
	case job.Done:
		text = words.Of(v.Said())
	case job.Failed:
		text = words.Problem(v.Problem)
	case job.Cancelled:
		text = words.Of(model.Say("commands.you-cancelled-it").And(v.Remains))
	}
	c.text.Set(text)
	c.bar.Set(part)
	if c.cancel != nil {
		c.cancel.SetEnabled(v.CanCancel, words.Say("common.it-cannot-be-cancelled-any"))
	}
	c.showItems(v.Items)
	shown := v.Lines[:min(len(v.Lines), mostLines)]
	if v.State != job.Running {
		shown = nil
	}
	for len(c.rows) < len(shown) {
		r := newLineRow()
		c.rows = append(c.rows, r)
		c.lines.Add(r.row)
	}
	for i, r := range c.rows {
		if i < len(shown) {
			r.update(shown[i])
		} else {
			r.row.Hide()
		}
	}
}

// showItems lists what became of each of several things, those that failed first.
func (c *jobCard) showItems(items []job.Item) {
	if key := fmt.Sprint(items); key != c.shown {
		c.shown = key
	} else {
		return
	}
	sorted := slices.Clone(items)
	slices.SortStableFunc(sorted, func(a, b job.Item) int { return itemRank(a) - itemRank(b) })
	c.items.RemoveAll()
	for _, i := range sorted[:min(len(sorted), mostLines)] {
		icon, ink := "right", style.Muted
		switch i.State {
		case job.Done:
			icon, ink = "check", style.OK
		case job.Failed:
			icon, ink = "warning", style.Bad
		case job.Cancelled:
			icon, ink = "close", style.Idle
		case job.Running:
			icon, ink = "play", style.Accent
		}
		c.items.Add(kit.AcrossTop(8, kit.NewIcon(icon, ink).Sized(15),
			kit.Width(170, kit.NewText(words.Name(i.Name), kit.Strong)),
			kit.Grow(kit.NewParagraph(words.Of(i.Text), kit.Second))))
	}
	if n := len(sorted) - mostLines; n > 0 {
		c.items.Add(kit.Across(0, kit.NewButton("job.items.all", words.Say("common.and-more",
			words.Args{"Count": words.Count(n)}), "", kit.Link, func() {
			showItemList(c.items, sorted)
		})))
	}
}

// showItemList opens the whole list.
func showItemList(o fyne.CanvasObject, items []job.Item) {
	lines := make([]words.Text, len(items))
	for i, item := range items {
		lines[i] = words.Say("commands.label-and-why", words.Args{"Label": words.Name(item.Name), "Why": item.Text})
	}
	logview.ShowDetails(fyne.CurrentApp().Driver().CanvasForObject(o), words.Say("commands.what-became-of-each"),
		words.Say("count.things", words.Args{"N": words.Count(len(items))}), words.Join("\n", lines...))
}

func itemRank(i job.Item) int {
	switch i.State {
	case job.Failed:
		return 0
	case job.Running:
		return 1
	case job.Cancelled:
		return 2
	}
	return 3
}

// lineRow draws one line of detail, such as a layer.
type lineRow struct {
	row              *fyne.Container
	id, text, amount *kit.Text
	bar              *kit.Bar
}

func newLineRow() *lineRow {
	r := &lineRow{
		id: kit.NewText(words.Text{}, kit.Mono), text: kit.NewText(words.Text{}, kit.Second),
		amount: kit.NewText(words.Text{}, kit.Second.Right()), bar: kit.NewBar(),
	}
	r.row = kit.Across(10, kit.Width(100, r.id), kit.Width(130, r.text), kit.Grow(r.bar), kit.Width(150, r.amount))
	return r
}

func (r *lineRow) update(l job.Line) {
	r.id.Set(words.Name(l.ID))
	r.text.Set(words.Name(l.Text))
	if l.Total > 0 {
		r.amount.Set(words.Say("commands.of", words.Args{"Done": words.Bytes(l.Done), "Total": words.Bytes(l.Total)}))
		r.bar.Set(float64(l.Done) / float64(l.Total))
	}
}
