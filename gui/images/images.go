// Package images is the page that lists images, a row a name as docker does.
package images

import (
	"slices"
	"strings"
	"time"

	"slipway/engine/actions"
	"slipway/engine/job"
	"slipway/engine/live"
	"slipway/engine/model"
	"slipway/engine/session"
	"slipway/engine/settings"
	"slipway/engine/words"
	"slipway/gui/commands"
	"slipway/gui/inside"
	"slipway/gui/kit"
	"slipway/gui/post"
	"slipway/gui/present"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// Page is the images page. Its methods belong to the UI thread.
type Page struct {
	session  *session.Session
	settings *settings.File
	commands *commands.Set
	inside   *inside.ImagePanel

	split   *fyne.Container
	pulls   *pulls
	several *commands.Several
	content fyne.CanvasObject
	filter  *kit.Field
	total   *kit.Text
	table   *kit.Table
	empty   fyne.CanvasObject
	nothing fyne.CanvasObject
	looking fyne.CanvasObject
	sort    string
	entries []entry
	at      map[string]int // where each entry is, by its ID
	rows    post.Derive[rows]
	want    string // the name of an image to be selected once it is listed

	// OnRows is called when the rows are as the engine's picture is.
	OnRows func()
	// OnCommand is told the command that runs the selected image.
	OnCommand func(line string)
}

// entry is an image under one of its names.
type entry struct {
	image model.Image
	tag   string // "" for a dangling image
	used  int
}

func (e entry) id() string { return e.image.ID + " " + e.tag }

// name is what a row says: the tag, or that there is none.
func (e entry) name() words.Text {
	if e.tag == "" {
		return words.Say("common.no-name")
	}
	if strings.Contains(e.tag, "@") {
		return words.Name(present.ShortImage(e.tag))
	}
	return words.Name(e.tag)
}

// New makes the page.
func New(s *session.Session, f *settings.File, c *commands.Set, w *post.Work) *Page {
	p := &Page{session: s, settings: f, commands: c, inside: inside.NewImage(s, c, w), sort: f.Get().Sort["images"]}
	p.total = kit.NewText(words.Text{}, kit.Second.Whole()).ID("images.total")
	pull := kit.NewButton("images.pull", words.Say("images.pull"), "pull", kit.Normal, c.Pull).
		Hint(words.Say("images.download-an-image-from-a")).
		Command("docker pull …")
	p.table = kit.NewTable("images.table", []kit.Column{
		{
			Key: "name", Title: words.Say("images.name-and-tag"), Min: 200, Weight: 1, Sortable: true,
			Hint: words.Say("images.the-tag-behind-the-colon"),
		},
		{Key: "id", Title: words.Name("ID"), Min: 110, Drop: 3},
		{
			Key: "used", Title: words.Say("common.used-by"), Min: 110, Sortable: true, Down: true, Drop: 1,
			Hint: words.Say("images.containers-that-were-made-from"),
		},
		{
			Key: "created", Title: words.Say("common.created"), Min: 140, Sortable: true, Down: true, Drop: 2,
			Hint: words.Say("images.when-the-image-was-built"),
		},
		{
			Key: "size", Title: words.Say("common.size"), Min: 80, Right: true, Sortable: true, Down: true,
			Hint: words.Say("images.what-it-takes-unpacked-images"),
		},
	})
	p.filter = kit.NewFilter("images.filter", p.table, p.filtered)
	p.table.OnSelect = p.selected
	p.table.OnChosen = p.chosen
	p.inside.OnClose = p.CloseDetails
	p.table.OnMenu = func(id string, at fyne.Position) {
		if list := p.chosenOf(p.table.Meant(id)); len(list) > 0 {
			kit.ShowMenu(fyne.CurrentApp().Driver().CanvasForObject(p.table), at, commands.Menu(c.Images(list)))
		}
	}
	p.table.OnOpen = func(id string) { p.do(id, "run") }
	p.table.OnDelete = func(string) { c.Do(c.Images(p.Chosen()), "remove") }
	p.table.OnSort = p.sortBy
	p.table.SetSorted(p.sort)
	p.empty = kit.EmptyState("image", words.Say("images.no-images-yet"),
		words.Say("images.an-image-is-what-containers"),
		kit.NewButton("images.empty.pull", words.Say("images.pull-an-image"), "pull", kit.Primary, c.Pull))
	p.nothing = kit.EmptyState("search", words.Say("common.nothing-found"), words.Say("images.no-image-fits-the-filter"),
		kit.NewButton("images.clear", words.Say("common.show-all"), "", kit.Normal, func() { p.filter.SetText("") }))
	p.looking = kit.EmptyState("image", words.Say("common.asking-the-engine"), words.Text{})
	p.rows = post.Derive[rows]{Work: w, Show: p.show}
	head := kit.Across(12, kit.NewText(words.Say("common.images"), kit.Title.Whole()), p.total, kit.Spring(),
		kit.Width(220, p.filter), pull)
	p.several = commands.NewSeveral("images", func() { p.table.Select("") }, nil)
	p.split = kit.Split(p.table, p.inside.Content(), p.several.Content)
	p.pulls = newPulls(func(id string) { s.Jobs.Cancel(id) })
	p.content = kit.Pad(kit.Down(12, head, p.pulls.box, kit.Grow(p.split)), 20, style.PageMargin, 16, style.PageMargin)
	return p
}

// JobsChanged shows how far the images are that are being pulled.
func (p *Page) JobsChanged(views []job.View) {
	if p.pulls.show(views) {
		p.content.Refresh()
	}
}

// Content is the page as a thing to lay out.
func (p *Page) Content() fyne.CanvasObject { return p.content }

// Shown tells the page that it is seen.
func (p *Page) Shown() {
	p.Refresh()
	p.chosen()
}

// Select selects the image with this ID, under its first name.
func (p *Page) Select(id string) {
	for _, e := range p.entries {
		if e.image.ID == id {
			p.table.Select(e.id())
			return
		}
	}
}

// Pulled selects an image that was pulled under this name, unless something else is selected.
func (p *Page) Pulled(ref string) {
	if ref != "" && p.table.Selected() == "" {
		p.want = ref
		p.selectWanted()
	}
}

// selectWanted selects the image that is waited for, if it is listed.
func (p *Page) selectWanted() {
	for _, e := range p.entries {
		if p.want != "" && e.tag == p.want {
			p.want = ""
			p.table.Select(e.id())
		}
	}
}

// Hidden tells the page that it is not seen any more.
func (p *Page) Hidden() {}

// CloseDetails gives the list all of the room, and the keys.
func (p *Page) CloseDetails() {
	p.table.Select("")
	p.table.FocusQuietly()
}

// Maximize gives the details all of the room, or the list its own back.
func (p *Page) Maximize() { kit.Maximize(p.split) }

// FocusList gives the list the keys.
func (p *Page) FocusList() { p.table.FocusQuietly() }

// FocusFilter puts the cursor into the filter.
func (p *Page) FocusFilter(c fyne.Canvas) { c.Focus(p.filter) }

// Chosen are the images that are selected, one or several, each under the name it is selected under.
func (p *Page) Chosen() []actions.ImageName { return p.chosenOf(p.table.Chosen()) }

func (p *Page) chosenOf(ids []string) []actions.ImageName {
	var list []actions.ImageName
	for _, id := range ids {
		if e, ok := p.find(id); ok {
			list = append(list, actions.ImageName{Image: e.image, Tag: e.tag})
		}
	}
	return list
}

// chosen shows what can be done with several images in the place of the details of one.
func (p *Page) chosen() {
	list := p.Chosen()
	if len(list) < 2 {
		p.several.Hide()
		p.selected(p.table.Selected())
		return
	}
	p.inside.Show(model.Image{}, "", false)
	p.several.Show(words.Say("count.image-names", words.Args{"N": words.Count(len(list))}), p.commands.Images(list))
	p.split.Refresh()
	if p.OnCommand != nil {
		p.OnCommand(actions.InspectImages(list).String())
	}
}

func (p *Page) find(id string) (entry, bool) {
	i, ok := p.at[id]
	if !ok {
		return entry{}, false
	}
	return p.entries[i], true
}

func (p *Page) sortBy(key string) {
	p.sort = key
	p.table.SetSorted(key)
	p.commands.RememberSort("images", key)
	p.Refresh()
}

func (p *Page) do(id, command string) {
	e, ok := p.find(id)
	if !ok {
		return
	}
	if cmd, ok := commands.Find(p.commands.Image(e.image, e.tag), command); ok && !cmd.Off {
		cmd.Run()
	}
}

func (p *Page) selected(id string) {
	e, ok := p.find(id)
	p.inside.Show(e.image, e.tag, ok)
	p.split.Refresh()
	if p.OnCommand == nil {
		return
	}
	line := model.Docker("image", "ls")
	if p.filter.Text != "" { // which docker has not in these words
		line = nil
	}
	if ok {
		line = actions.InspectImages([]actions.ImageName{{Image: e.image, Tag: e.tag}})
	}
	p.OnCommand(line.String())
}

// filtered shows what fits the filter.
func (p *Page) filtered() {
	if p.table.Selected() == "" {
		p.selected("")
	}
	p.Refresh()
}

// rows are what the page shows of a picture of the engine.
type rows struct {
	snap    *live.Snapshot
	entries []entry
	ids     []string
	at      map[string]int
}

// Refresh brings the page up to date with the engine's picture. Rows are filtered and ordered off the UI thread.
func (p *Page) Refresh() {
	snap, filter, order := p.session.Live.Snapshot(), p.filter.Text, p.sort
	p.rows.Do(func() rows {
		r := rows{snap: snap, entries: arrange(snap, filter, order)}
		r.ids, r.at = make([]string, len(r.entries)), make(map[string]int, len(r.entries))
		for i, e := range r.entries {
			r.ids[i] = e.id()
			r.at[r.ids[i]] = i
		}
		return r
	})
}

// show puts derived rows into the table.
func (p *Page) show(r rows) {
	p.entries, p.at = r.entries, r.at
	now := present.Now()
	p.total.Set(summary(r.snap.Images))
	p.table.SetEmpty(p.emptyState(r.snap))
	p.table.SetAll(len(r.snap.Images))
	p.table.SetSource(r.ids, rowButtons, func(i int) kit.TableRow { return p.row(r.entries[i], now) })
	p.selectWanted()
	if list := p.Chosen(); len(list) > 1 {
		p.inside.Show(model.Image{}, "", false)
		p.several.Show(words.Say("count.image-names", words.Args{"N": words.Count(len(list))}), p.commands.Images(list))
	} else if len(list) == 1 {
		p.inside.Show(list[0].Image, list[0].Tag, true)
	}
	p.split.Refresh()
	if p.OnRows != nil {
		p.OnRows()
	}
}

func summary(images []model.Image) words.Text {
	if len(images) == 0 {
		return words.Text{}
	}
	names := 0
	for _, i := range images {
		names += len(i.Names())
	}
	return words.Say("images.images-names", words.Args{"Images": words.Say("count.images",
		words.Args{"N": words.Count(len(images))}), "Names": words.Say("count.names", words.Args{"N": words.Count(names)})})
}

func (p *Page) emptyState(snap *live.Snapshot) fyne.CanvasObject {
	switch {
	case !snap.ImagesLoaded:
		return p.looking
	case len(snap.Images) == 0:
		return p.empty
	default:
		return p.nothing
	}
}

// arrange makes a row for each name, filtered and ordered; without an order the newest image is first.
func arrange(snap *live.Snapshot, filter, order string) []entry {
	used := map[string]int{}
	for _, c := range snap.Containers {
		used[c.ImageID]++
	}
	var out []entry
	for _, i := range snap.Images {
		tags := i.Names()
		if i.Dangling() {
			tags = []string{""}
		}
		for _, t := range tags {
			e := entry{image: i, tag: t, used: used[i.ID]}
			if present.Matches(filter, e.name(), words.Name(i.ShortID()), danglingWord(e)) {
				out = append(out, e)
			}
		}
	}
	key := strings.TrimPrefix(order, "-")
	compare := map[string]func(a, b entry) int{
		"name":    func(a, b entry) int { return a.name().Compare(b.name()) },
		"used":    func(a, b entry) int { return b.used - a.used },
		"created": func(a, b entry) int { return b.image.Created.Compare(a.image.Created) },
		"size": func(a, b entry) int {
			switch {
			case a.image.Size > b.image.Size:
				return -1
			case a.image.Size < b.image.Size:
				return 1
			}
			return 0
		},
	}[key]
	if compare == nil {
		return out
	}
	slices.SortStableFunc(out, func(a, b entry) int {
		if order != key {
			return compare(b, a)
		}
		return compare(a, b)
	})
	return out
}

func danglingWord(e entry) words.Text {
	if e.tag == "" {
		return words.Join(" ", words.Say("images.dangling"), words.Name("dangling")) // docker's word finds it, too
	}
	return words.Text{}
}

// rowButtons is how many buttons a row has at most: run, remove, more.
const rowButtons = 3

func (p *Page) row(e entry, now time.Time) kit.TableRow {
	name := kit.Cell{Text: e.name(), Style: kit.Strong, Hint: words.Name(strings.Join(e.image.Names(), ", "))}
	if e.tag == "" {
		name.Style = kit.Body.In(style.Muted)
		name.Badge = words.Say("images.dangling")
		name.Hint = words.Say("images.an-image-without-a-name")
	}
	if len(e.image.Tags) == 0 && e.tag != "" {
		name.Hint = words.Say("images.it-has-no-tag-only", words.Args{"Tag": words.Name(e.tag)})
	}
	used := kit.Cell{Style: kit.Body.In(style.Muted)}
	if e.used > 0 {
		used.Text = words.Say("count.containers", words.Args{"N": words.Count(e.used)})
	}
	var quick []kit.RowAction
	list := p.commands.Image(e.image, e.tag)
	for _, id := range []string{"run", "remove"} {
		if cmd, ok := commands.Find(list, id); ok {
			quick = append(quick, cmd.Action())
		}
	}
	quick = append(quick,
		kit.RowAction{ID: "more", Icon: "more", Hint: words.Say("common.more"), Run: func() { p.table.OpenMenu(e.id()) }})
	label := e.tag
	if label == "" {
		label = e.image.ShortID()
	}
	return kit.TableRow{ID: e.id(), Name: label, Cells: []kit.Cell{
		name,
		{Text: words.Name(e.image.ShortID()), Style: kit.Mono.In(style.Muted), Hint: words.Name(e.image.ID)},
		used,
		{Text: present.Ago(e.image.Created, now), Style: kit.Body.In(style.Muted), Hint: words.Exact(e.image.Created)},
		{Text: present.Size(e.image.Size)},
	}, Actions: quick, Dim: p.commands.Away()}
}
