// Package volumes is the page that lists volumes, with the details of the selected one.
package volumes

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

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

// Page is the volumes page. Its methods belong to the UI thread.
type Page struct {
	session  *session.Session
	commands *commands.Set
	work     *post.Work
	inside   *inside.VolumePanel

	content    fyne.CanvasObject
	split      *fyne.Container
	several    *commands.Several
	all        *kit.Button
	unused     *kit.Button
	count      *kit.Button
	filter     *kit.Field
	table      *kit.Table
	empty      fyne.CanvasObject
	nothing    fyne.CanvasObject
	looking    fyne.CanvasObject
	onlyUnused bool
	sort       string
	entries    []entry
	at         map[string]int // where each is, by name
	rows       post.Derive[rows]
	sizes      map[string]int64 // as they were counted last, by name
	sizesOf    string           // the engine that they were counted on
	counting   bool
	want       string // the name of a volume that was made and is selected once it is listed

	// OnRows is called when the rows are as the engine's picture is.
	OnRows func()
	// OnCommand is told the command that shows the selected volume.
	OnCommand func(line string)
}

// entry is a volume and who has it.
type entry struct {
	volume model.Volume
	about  inside.VolumeFacts
}

// New makes the page.
func New(s *session.Session, f *settings.File, c *commands.Set, w *post.Work) *Page {
	p := &Page{session: s, commands: c, work: w, inside: inside.NewVolume(s, c, w), sort: f.Get().Sort["volumes"]}
	p.all = kit.NewButton("volumes.all", words.Say("common.all"), "", kit.Pill, func() { p.choose(false) })
	p.unused = kit.NewButton("volumes.unused", words.Say("volumes.not-used"), "", kit.Pill, func() { p.choose(true) }).
		Hint(words.Say("volumes.volumes-that-no-container-has"))
	p.all.SetOn(true)
	p.count = kit.NewButton("volumes.count", words.Say("volumes.count-sizes"), "refresh", kit.Normal, p.countSizes).
		Hint(words.Say("volumes.asks-the-engine-how-much")).
		Command("docker system df -v")
	restore := kit.NewButton("volumes.restore", words.Say("volumes.restore"), "upload", kit.Normal, c.RestoreVolume).
		Hint(words.Say("volumes.make-a-volume-from-a"))
	create := kit.NewButton("volumes.create", words.Say("volumes.create"), "add", kit.Normal, c.CreateVolume).
		Hint(words.Say("volumes.make-an-empty-volume")).
		Command("docker volume create …")
	p.table = kit.NewTable("volumes.table", []kit.Column{
		{Key: "name", Title: words.Say("volumes.name"), Min: 180, Weight: 1, Sortable: true},
		{
			Key: "used", Title: words.Say("common.used-by"), Min: 150, Weight: 0.8, Sortable: true, Down: true, Drop: 3,
			Hint: words.Say("volumes.containers-that-have-it-running"),
		},
		{
			Key: "driver", Title: words.Say("common.driver"), Min: 80, Drop: 1,
			Hint: words.Say("volumes.what-looks-after-it-local"),
		},
		{
			Key: "created", Title: words.Say("common.created"), Min: 124, Sortable: true, Down: true, Drop: 2,
			Hint: words.Say("volumes.as-the-engine-says-it"),
		},
		{
			Key: "size", Title: words.Say("common.size"), Min: 80, Right: true, Sortable: true, Down: true,
			Hint: words.Say("volumes.what-is-in-it-once"),
		},
	})
	p.filter = kit.NewFilter("volumes.filter", p.table, func() { p.tell(); p.Refresh() })
	p.table.OnSelect = p.selected
	p.table.OnChosen = p.chosen
	p.inside.OnClose = p.CloseDetails
	p.inside.OnView = func() { p.tell() }
	p.table.OnMenu = func(id string, at fyne.Position) {
		if list := p.chosenOf(p.table.Meant(id)); len(list) > 0 {
			kit.ShowMenu(fyne.CurrentApp().Driver().CanvasForObject(p.table), at, commands.Menu(c.Volumes(list)))
		}
	}
	p.table.OnDelete = func(string) { c.Do(c.Volumes(p.Chosen()), "remove") }
	p.table.OnSort = p.sortBy
	p.table.SetSorted(p.sort)
	p.empty = kit.EmptyState("volume", words.Say("volumes.no-volumes-yet"),
		words.Say("volumes.a-volume-is-a-folder"),
		kit.NewButton("volumes.empty.create", words.Say("volumes.create-a-volume"), "add", kit.Primary, c.CreateVolume))
	p.nothing = kit.EmptyState("search", words.Say("common.nothing-found"), words.Say("volumes.no-volume-fits-the-filter"),
		kit.NewButton("volumes.clear", words.Say("common.show-all"), "", kit.Normal, func() {
			p.filter.SetText("")
			p.choose(false)
		}))
	p.looking = kit.EmptyState("volume", words.Say("common.asking-the-engine"), words.Text{})
	p.rows = post.Derive[rows]{Work: w, Show: p.show}
	head := kit.Fold(12,
		kit.Across(12, kit.NewText(words.Say("common.volumes"), kit.Title.Whole()), p.all, p.unused, kit.Spring()),
		kit.Across(12, kit.Spring(), kit.Width(200, p.filter), p.count, restore, create))
	p.several = commands.NewSeveral("volumes", func() { p.table.Select("") }, nil)
	p.split = kit.Split(p.table, p.inside.Content(), p.several.Content)
	p.content = kit.Pad(kit.Down(12, head, kit.Grow(p.split)), 20, style.PageMargin, 16, style.PageMargin)
	return p
}

// Content is the page as a thing to lay out.
func (p *Page) Content() fyne.CanvasObject { return p.content }

// Shown tells the page that it is seen.
func (p *Page) Shown() {
	p.Refresh()
	p.inside.Resume()
	p.chosen()
}

// Hidden stops what is read only for the eye.
func (p *Page) Hidden() { p.inside.Pause() }

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

// Drop takes files that were dropped on the window, if a folder of a volume is shown. It tells whether it did.
func (p *Page) Drop(paths []string) bool { return p.inside.Drop(paths) }

// Close gives back what the page holds.
func (p *Page) Close() { p.inside.Close() }

// Select selects the volume of this name.
func (p *Page) Select(name string) {
	p.filter.SetText("")
	p.choose(false)
	p.table.Select(name)
}

// Made selects a volume that was made, unless something else is selected.
func (p *Page) Made(name string) {
	if name != "" && p.table.Selected() == "" {
		p.want = name
		p.selectWanted()
	}
}

// selectWanted selects the volume that is waited for, if it is listed.
func (p *Page) selectWanted() {
	if p.table.Selected() != "" {
		p.want = "" // somebody was faster
	}
	if _, ok := p.find(p.want); ok {
		name := p.want
		p.want = ""
		p.table.Select(name)
	}
}

// Chosen are the volumes that are selected, one or several.
func (p *Page) Chosen() []model.Volume { return p.chosenOf(p.table.Chosen()) }

func (p *Page) chosenOf(ids []string) []model.Volume {
	var list []model.Volume
	for _, id := range ids {
		if e, ok := p.find(id); ok {
			list = append(list, e.volume)
		}
	}
	return list
}

func (p *Page) find(id string) (entry, bool) {
	i, ok := p.at[id]
	if !ok {
		return entry{}, false
	}
	return p.entries[i], true
}

// choose shows all volumes or only those that no container has.
func (p *Page) choose(onlyUnused bool) {
	p.onlyUnused = onlyUnused
	p.all.SetOn(!onlyUnused)
	p.unused.SetOn(onlyUnused)
	p.tell()
	p.Refresh()
}

func (p *Page) sortBy(key string) {
	p.sort = key
	p.table.SetSorted(key)
	p.commands.RememberSort("volumes", key)
	p.Refresh()
}

func (p *Page) selected(id string) {
	e, ok := p.find(id)
	p.inside.Show(e.volume, e.about, ok)
	p.split.Refresh()
	p.tell()
}

// tell tells the command that shows what is selected.
func (p *Page) tell() {
	if p.OnCommand == nil {
		return
	}
	line := model.Docker("volume", "ls")
	switch {
	case p.filter.Text != "": // which docker has not in these words
		line = nil
	case p.onlyUnused:
		line = model.Docker("volume", "ls", "-f", "dangling=true")
	}
	if e, ok := p.find(p.table.Selected()); ok {
		line = p.inside.Command(e.volume)
	}
	p.OnCommand(line.String())
}

// chosen shows what can be done with several volumes in the place of the details of one.
func (p *Page) chosen() {
	list := p.Chosen()
	if len(list) < 2 {
		p.several.Hide()
		p.selected(p.table.Selected())
		return
	}
	p.showSeveral(list)
	if p.OnCommand != nil {
		texts := []string{"volume", "inspect"}
		for _, v := range list {
			texts = append(texts, v.Name)
		}
		p.OnCommand(model.Docker(texts...).String())
	}
}

func (p *Page) showSeveral(list []model.Volume) {
	p.inside.Show(model.Volume{}, inside.VolumeFacts{}, false)
	p.several.Show(words.Say("count.volumes", words.Args{"N": words.Count(len(list))}), p.commands.Volumes(list))
	p.split.Refresh()
}

// countSizes asks the engine how much is in each volume.
func (p *Page) countSizes() {
	if p.counting {
		return
	}
	p.counting = true
	p.count.SetText(words.Say("volumes.counting"))
	p.count.SetEnabled(false, words.Say("volumes.the-engine-looks-at-every"))
	p.work.Go(func(ctx context.Context) {
		e, err := p.session.Engine()
		var sizes map[string]int64
		of := ""
		if err == nil {
			of = e.Info().ID
			sizes, err = e.VolumeSizes(ctx)
		}
		if ctx.Err() != nil {
			return
		}
		post.Do(func() {
			p.counting = false
			p.count.SetText(words.Say("volumes.count-sizes"))
			p.count.SetEnabled(true, words.Text{})
			if wrong := model.AsProblem(err, model.Say("volumes.the-sizes-cannot-be-counted")); wrong != nil {
				p.commands.ShowProblem(wrong, nil)
				return
			}
			p.sizes, p.sizesOf = sizes, of
			p.Refresh()
		})
	})
}

// rows are what the page shows of a picture of the engine.
type rows struct {
	snap    *live.Snapshot
	entries []entry
	ids     []string
	at      map[string]int
	unused  int
}

// Refresh brings the page up to date with the engine's picture. Rows are filtered and ordered off the UI thread.
func (p *Page) Refresh() {
	if p.sizesOf != "" && p.session.State().Phase == session.Connected && p.session.State().Info.ID != p.sizesOf {
		p.sizes, p.sizesOf = nil, "" // another engine
	}
	snap, filter, onlyUnused, order, sizes := p.session.Live.Snapshot(), p.filter.Text, p.onlyUnused, p.sort, p.sizes
	p.rows.Do(func() rows { return derive(snap, sizes, filter, onlyUnused, order) })
}

func derive(snap *live.Snapshot, sizes map[string]int64, filter string, onlyUnused bool, order string) rows {
	users := map[string][]model.Container{}
	for i := range snap.Containers {
		seen := ""
		for _, m := range snap.Containers[i].Mounts {
			if m.Type == "volume" && m.Name != seen {
				seen = m.Name
				users[m.Name] = append(users[m.Name], snap.Containers[i])
			}
		}
	}
	r := rows{snap: snap, at: map[string]int{}}
	for _, v := range snap.Volumes {
		e := entry{v, inside.VolumeFacts{Users: users[v.Name], Last: snap.LastUsers[v.Name], Size: -1}}
		if size, ok := sizes[v.Name]; ok {
			e.about.Size = size
		}
		unused := len(e.about.Users) == 0
		if unused {
			r.unused++
		}
		if (unused || !onlyUnused) &&
			present.Matches(filter, words.Name(v.Name), words.Name(v.Driver), words.Name(namesOf(e.about))) {
			r.entries = append(r.entries, e)
		}
	}
	arrange(r.entries, order)
	r.ids = make([]string, len(r.entries))
	for i, e := range r.entries {
		r.ids[i] = e.volume.Name
		r.at[e.volume.Name] = i
	}
	return r
}

// arrange orders volumes. Without an order those that a person named come first, by name.
func arrange(list []entry, order string) {
	key := strings.TrimPrefix(order, "-")
	compare := map[string]func(a, b entry) int{
		"used":    func(a, b entry) int { return len(b.about.Users) - len(a.about.Users) },
		"created": func(a, b entry) int { return b.volume.Created.Compare(a.volume.Created) },
		"size":    func(a, b entry) int { return cmp.Compare(b.about.Size, a.about.Size) },
	}[key]
	if compare == nil {
		compare = func(a, b entry) int {
			if a.volume.Anonymous != b.volume.Anonymous {
				if a.volume.Anonymous {
					return 1
				}
				return -1
			}
			return strings.Compare(strings.ToLower(a.volume.Name), strings.ToLower(b.volume.Name))
		}
	}
	slices.SortStableFunc(list, func(a, b entry) int {
		if order != key {
			a, b = b, a
		}
		return compare(a, b)
	})
}

func namesOf(f inside.VolumeFacts) string {
	names := make([]string, len(f.Users))
	for i, c := range f.Users {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}

// show puts derived rows into the table.
func (p *Page) show(r rows) {
	now := present.Now()
	p.all.SetText(words.Say("volumes.all", words.Args{"Volumes": words.Count(len(r.snap.Volumes))}))
	p.unused.SetText(words.Say("volumes.not-used-count", words.Args{"Unused": words.Count(r.unused)}))
	p.entries, p.at = r.entries, r.at
	p.table.SetEmpty(p.emptyState(r.snap))
	p.table.SetAll(len(r.snap.Volumes))
	p.table.SetSource(r.ids, rowButtons, func(i int) kit.TableRow { return p.row(r.entries[i], now) })
	if list := p.Chosen(); len(list) > 1 {
		p.showSeveral(list)
	} else if e, ok := p.find(p.table.Selected()); ok {
		p.inside.Show(e.volume, e.about, true)
	}
	p.split.Refresh()
	p.selectWanted()
	if p.OnRows != nil {
		p.OnRows()
	}
}

func (p *Page) emptyState(snap *live.Snapshot) fyne.CanvasObject {
	switch {
	case !snap.VolumesLoaded:
		return p.looking
	case len(snap.Volumes) == 0:
		return p.empty
	default:
		return p.nothing
	}
}

// rowButtons is how many buttons a row has at most: back up, remove, more.
const rowButtons = 3

func (p *Page) row(e entry, now time.Time) kit.TableRow {
	v := e.volume
	held := p.commands.Held(v.Name)
	name := kit.Cell{Text: words.Name(commands.VolumeTitle(v)), Style: kit.Strong, Hint: words.Name(v.Name)}
	if v.Anonymous {
		name.Style, name.Badge = kit.Body.In(style.Muted), words.Say("volumes.anonymous")
		name.Hint = words.Say("volumes.the-engine-named-it-for", words.Args{"Name": words.Name(v.Name)})
	}
	used := kit.Cell{Text: words.Name(namesOf(e.about)), Style: kit.Body.In(style.Muted)}
	switch {
	case held:
		used.Text = words.Say("volumes.about-to-be-removed")
	case len(e.about.Users) == 0 && e.about.Last != "":
		used.Text, used.Hint = words.Say("common.left-by", words.Args{"Last": words.Name(e.about.Last)}),
			words.Say("volumes.that-container-is-gone-nothing")
	}
	size := kit.Cell{Style: kit.Body.In(style.Muted)}
	if e.about.Size >= 0 {
		size = kit.Cell{Text: present.Size(e.about.Size)}
	}
	var quick []kit.RowAction
	list := p.commands.Volume(v)
	for _, id := range []string{"backup", "remove"} {
		if cmd, ok := commands.Find(list, id); ok {
			quick = append(quick, cmd.Action())
		}
	}
	quick = append(quick,
		kit.RowAction{ID: "more", Icon: "more", Hint: words.Say("common.more"), Run: func() { p.table.OpenMenu(v.Name) }})
	return kit.TableRow{ID: v.Name, Name: v.Name, Cells: []kit.Cell{
		name, used,
		{Text: words.Name(v.Driver), Style: kit.Body.In(style.Muted)},
		{Text: present.Ago(v.Created, now), Style: kit.Body.In(style.Muted), Hint: words.Exact(v.Created)},
		size,
	}, Actions: quick, Dim: held || p.commands.Away()}
}
