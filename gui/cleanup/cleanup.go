// Package cleanup is the page that tells what takes space on the engine's disk, and gives it back item by item.
package cleanup

import (
	"cmp"
	"context"
	"slices"
	"time"

	"slipway/engine/image"
	"slipway/engine/model"
	"slipway/engine/session"
	"slipway/engine/words"
	"slipway/gui/commands"
	"slipway/gui/kit"
	"slipway/gui/kit/table"
	"slipway/gui/page"
	"slipway/gui/post"
	"slipway/gui/present"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Page is the clean up page. Its methods belong to the UI thread.
type Page struct {
	page.Base
	frame    page.Frame
	session  *session.Session
	commands *commands.Set
	work     *post.Work

	content fyne.CanvasObject
	again   *kit.Button
	summary *kit.Paragraph
	shares  *kit.Shares
	pills   map[string]*kit.Button
	table   *table.Table
	filter  *kit.Field
	unused  *kit.Button
	remove  *kit.Button
	chosen  *kit.Text

	kind     string // what is listed
	disk     model.Disk
	counted  time.Time // when that was; zero for never
	engineID string
	counting bool
	wrong    *model.Problem
	stop     context.CancelFunc
	shown    bool
	items    map[string][]item // by kind
	rows     post.Derive[map[string][]item]
}

// kinds are what takes space, in the order in which they are shown.
var kinds = []kind{
	{"images", model.Say("common.images"), "image", model.Say("cleanup.images-are"), model.Say("cleanup.no-images")},
	{
		"containers", model.Say("common.containers"), "container", model.Say("cleanup.containers-are"),
		model.Say("cleanup.no-containers"),
	},
	{"volumes", model.Say("common.volumes"), "volume", model.Say("cleanup.volumes-are"), model.Say("cleanup.no-volumes")},
	{"cache", model.Say("cleanup.build-cache"), "engine", model.Say("cleanup.cache-is"), model.Say("cleanup.no-cache")},
}

// kind is one of the things that take space: what a button calls it, what a hint says it is, and what is said where
// there is none.
type kind struct {
	key   string
	label model.Fact
	icon  string
	what  model.Fact
	none  model.Fact
}

// colors are those of the kinds in the bar.
var colors = []fyne.ThemeColorName{style.Accent, style.Warn, style.OK, style.Idle}

// About is what the window knows of the page before it is made.
func About() page.About {
	return page.About{Name: "cleanup", Title: words.Say("common.clean-up"), Icon: "broom"}
}

// New makes the page.
func New(s *session.Session, c *commands.Set, w *post.Work, frame page.Frame) *Page {
	p := &Page{
		Base: page.NewBase(About()), frame: frame,
		session: s, commands: c, work: w, kind: "images", pills: map[string]*kit.Button{}, stop: func() {},
	}
	p.again = kit.NewButton("cleanup.again", words.Say("cleanup.recount"), "refresh", kit.Normal, p.count).
		Command("docker system df -v").
		Hint(words.Say("cleanup.asks-the-engine-anew-what"))
	p.summary = kit.NewParagraph(words.Text{}, kit.Second).ID("cleanup.summary")
	p.shares = kit.NewShares("cleanup.shares")
	bar := kit.Across(8)
	for i, k := range kinds {
		b := kit.NewButton("cleanup."+k.key, words.Of(k.label), k.icon, kit.Pill, func() { p.choose(k.key) })
		p.pills[k.key] = b
		b.SetDot(colors[i])
		bar.Add(b)
	}
	p.makeTable()
	p.chosen = kit.NewText(words.Text{}, kit.Second).ID("cleanup.chosen")
	p.unused = kit.NewButton("cleanup.unused", words.Say("cleanup.select-what-is-not-used"), "check", kit.Normal,
		p.selectUnused).Small().
		Hint(words.Say("cleanup.volumes-that-somebody-gave-a"))
	p.remove = kit.NewButton("cleanup.remove", words.Say("common.remove"), "", kit.Danger, p.removeChosen).Small()
	p.rows = post.Derive[map[string][]item]{Work: w, Show: func(items map[string][]item) { p.items = items; p.show() }}
	head := kit.Across(12, kit.NewText(words.Say("common.clean-up"), kit.Title.Whole()), kit.Grow(p.summary),
		kit.Width(160, p.filter),
		p.again)
	foot := kit.Across(10, kit.Grow(p.chosen), p.unused, p.remove)
	card := container.NewStack(kit.NewBox(kit.Pad(foot, 10, 14, 10, 16), style.Surface, style.Line, style.CardRadius))
	p.content = kit.Pad(kit.Down(12, head, p.shares, bar, kit.Grow(p.table), card), 20, style.PageMargin, 16,
		style.PageMargin)
	p.choose("images")
	return p
}

func (p *Page) makeTable() {
	p.table = table.New("cleanup.table", []table.Column{
		{Key: "name", Title: words.Say("cleanup.name"), Min: 200, Weight: 1.2},
		{Key: "note", Title: words.Say("cleanup.used"), Min: 180, Weight: 1, Drop: 2},
		{
			Key: "size", Title: words.Say("common.size"), Min: 84, Right: true, Drop: 1,
			Hint: words.Say("cleanup.what-it-takes-by-itself"),
		},
		{
			Key: "frees", Title: words.Say("cleanup.frees"), Min: 84, Right: true,
			Hint: words.Say("cleanup.what-becomes-free-when-it"),
		},
	})
	p.filter = kit.NewFilter("cleanup.filter", p.table, p.show)
	p.table.OnChosen = p.dress
	p.table.OnSelect = func(string) { p.dress() }
	p.table.OnDelete = func(string) { p.removeChosen() }
	p.table.OnMenu = func(id string, at fyne.Position) {
		if !slices.Contains(p.table.Chosen(), id) {
			p.table.Select(id)
		}
		kit.ShowMenu(fyne.CurrentApp().Driver().CanvasForObject(p.table), at, []kit.MenuItem{
			{
				ID: "menu.show", Label: words.Say("cleanup.show-it-on-its-page"), Icon: "open", Off: p.kind == "cache",
				Why: words.Say("cleanup.the-build-cache-has-no"), Run: p.reveal,
			},
			{
				ID: "menu.remove", Label: words.Name(p.remove.Words()), Icon: "remove", Note: words.Say("common.del"), Danger: true,
				Off: !p.remove.Enabled(),
				Run: p.removeChosen,
			},
		})
	}
	p.table.OnOpen = func(string) { p.reveal() }
}

// Content is the page as a thing to lay out.
func (p *Page) Content() fyne.CanvasObject { return p.content }

// Shown counts what takes space, when it was not counted yet, or something changed since.
func (p *Page) Shown() {
	p.shown = true
	p.Refresh()
	p.frame.Same(model.Docker("system", "df", "-v").String())
}

// Hidden ends counting that nobody waits for.
func (p *Page) Hidden() {
	p.shown = false
	p.stop()
}

// FocusList gives the list the keys.
func (p *Page) FocusList() { p.table.FocusQuietly() }

// FocusFilter puts the cursor into the filter.
func (p *Page) FocusFilter(c fyne.Canvas) { c.Focus(p.filter) }

// Refresh brings the page up to date with the engine's picture: what is gone from it is taken off the list.
func (p *Page) Refresh() {
	st := p.session.State()
	if st.Phase == session.Connected && st.Info.ID != p.engineID {
		p.disk, p.counted, p.engineID = model.Disk{}, time.Time{}, st.Info.ID
		p.stop()
	}
	if p.shown && p.counted.IsZero() && st.Phase == session.Connected && p.wrong == nil {
		p.count()
	}
	snap, disk := p.session.Live.Snapshot(), p.disk
	p.rows.Do(func() map[string][]item { return derive(disk, snap, present.Now()) })
}

// count asks the engine what takes space.
func (p *Page) count() {
	if p.counting {
		return
	}
	p.counting, p.wrong = true, nil
	p.again.SetEnabled(false, words.Say("cleanup.the-engine-is-counting"))
	p.show()
	p.stop = p.work.Go(func(ctx context.Context) {
		disk, info, err := p.commands.ImageActions().Disk(ctx)
		left := ctx.Err() != nil // nobody looks any more
		post.Do(func() {
			p.counting = false
			p.again.SetEnabled(true, words.Text{})
			if left {
				p.Refresh()
				return
			}
			if p.wrong = model.AsProblem(err, model.Say("cleanup.what-takes-space-cannot-be")); p.wrong == nil {
				p.disk, p.counted, p.engineID = disk, present.Now(), info.ID
			}
			p.Refresh()
		})
	})
}

// choose lists another kind.
func (p *Page) choose(kind string) {
	p.kind = kind
	for key, b := range p.pills {
		b.SetOn(key == kind)
	}
	p.table.Select("")
	p.show()
}

// seen are the items that are listed.
func (p *Page) seen() []item {
	var list []item
	for _, it := range p.items[p.kind] {
		if present.Matches(p.filter.Text, it.name, it.note) {
			list = append(list, it)
		}
	}
	return list
}

// show puts what is known on the screen.
func (p *Page) show() {
	var all, free int64
	parts := make([]kit.Share, len(kinds))
	for i, k := range kinds {
		size, frees := sums(p.items[k.key])
		if k.key == "images" && p.disk.Layers > 0 { // each by itself would count again what several have
			size = min(size, p.disk.Layers)
		}
		all, free = all+size, free+frees
		parts[i] = kit.Share{Label: words.Of(k.label), Part: float64(size), Color: colors[i], Words: present.Size(size)}
		label := words.Of(k.label)
		if !p.counted.IsZero() {
			label = words.Say("cleanup.kind-and-size", words.Args{"Kind": label, "Size": words.Bytes(size)})
		}
		p.pills[k.key].SetText(label)
		p.pills[k.key].SetHint(words.Say("cleanup.of-which-can-become-free",
			words.Args{"What": k.what, "Size": words.Bytes(size), "Frees": words.Bytes(frees)}))
	}
	p.shares.Set(parts)
	switch {
	case p.counting:
		p.summary.Set(words.Say("cleanup.counting-the-engine-looks-at"))
	case p.counted.IsZero():
		p.summary.Set(words.Text{})
	default:
		text := words.Say("cleanup.in-all-can-become-free", words.Args{"All": words.Bytes(all), "Free": words.Bytes(free)})
		if named := namedUnused(p.items["volumes"]); named > 0 {
			text = words.Say("cleanup.in-all-and-in-named-volumes",
				words.Args{"All": words.Bytes(all), "Free": words.Bytes(free), "Named": words.Bytes(named)})
		}
		p.summary.Set(words.Say("cleanup.counted", words.Args{"Summary": text, "Ago": present.Ago(p.counted, present.Now())}))
	}
	list := p.seen()
	rows := make([]table.Row, len(list))
	for i, it := range list {
		rows[i] = it.row(p.commands.Away())
	}
	p.table.SetEmpty(p.emptyState())
	p.table.SetRows(rows)
	p.dress()
}

// sums is what items take, and what can become free of it now.
func sums(list []item) (size, frees int64) {
	for _, it := range list {
		if it.cache == nil || !it.cache.Shared { // what is shared is counted with the images
			size += max(0, it.takes)
		}
		if it.easy() {
			frees += it.frees
		}
	}
	return size, frees
}

// namedUnused is how much is in volumes that nobody uses, but somebody gave a name.
func namedUnused(list []item) (size int64) {
	for _, it := range list {
		if it.unused && !it.easy() {
			size += max(0, it.frees)
		}
	}
	return size
}

func (p *Page) emptyState() fyne.CanvasObject {
	i := slices.IndexFunc(kinds, func(k kind) bool { return k.key == p.kind })
	switch {
	case p.wrong != nil:
		return kit.EmptyState("warning", words.Of(p.wrong.What), words.Details(p.wrong),
			kit.NewButton("cleanup.retry", words.Say("common.try-again-button"), "refresh", kit.Normal, p.count))
	case p.counted.IsZero():
		return kit.EmptyState("search", words.Say("cleanup.counting-what-takes-space"),
			words.Say("cleanup.the-engine-looks-at-every"))
	case len(p.items[p.kind]) > 0:
		return kit.EmptyState("search", words.Say("common.nothing-found"), words.Say("cleanup.nothing-here-fits-the-filter"))
	}
	return kit.EmptyState(kinds[i].icon, words.Say("cleanup.nothing-takes-space-here"),
		words.Of(kinds[i].none))
}

// picked are the items that are selected.
func (p *Page) picked() []item {
	var list []item
	chosen := map[string]bool{}
	for _, id := range p.table.Chosen() {
		chosen[id] = true
	}
	for _, it := range p.seen() {
		if chosen[it.id] {
			list = append(list, it)
		}
	}
	return list
}

// dress brings the bar at the foot up to date.
func (p *Page) dress() {
	list := p.picked()
	removable := slices.DeleteFunc(slices.Clone(list), func(it item) bool { return !it.why.None() })
	var frees int64
	for _, it := range removable {
		frees += it.frees
	}
	switch {
	case len(list) == 0:
		p.chosen.Set(words.Say("cleanup.select-what-to-remove-ctrl"))
	case len(removable) == 0 && len(list) == 1:
		p.chosen.Set(list[0].why)
	case len(removable) == 0:
		p.chosen.Set(words.Say("cleanup.none-of-the-selected-can"))
	case p.kind == "images" && len(removable) > 1:
		p.chosen.Set(words.Say("cleanup.at-least-becomes-free-more",
			words.Args{"Selection": selectedWords(len(list), len(removable)), "Frees": words.Bytes(frees)}))
	default:
		p.chosen.Set(words.Say("cleanup.becomes-free",
			words.Args{"Selection": selectedWords(len(list), len(removable)), "Frees": words.Bytes(frees)}))
	}
	label := words.Say("common.remove")
	if len(removable) > 1 {
		label = words.Say("cleanup.remove", words.Args{"Removable": words.Count(len(removable))})
	}
	p.remove.SetText(label)
	switch {
	case p.commands.Away():
		p.remove.SetEnabled(false, words.Say("common.the-engine-does-not-answer"))
	default:
		p.remove.SetEnabled(len(removable) > 0, words.Say("cleanup.select-something-that-can-be"))
	}
	p.unused.SetEnabled(slices.ContainsFunc(p.seen(), item.easy),
		words.Say("cleanup.there-is-nothing-that-nobody"))
}

// selectedWords say how many are selected, and how many of them can be removed.
func selectedWords(selected, removable int) words.Text {
	if selected == removable {
		return words.Say("cleanup.selected", words.Args{"Selected": words.Count(selected)})
	}
	return words.Say("cleanup.of-selected-can-be-removed",
		words.Args{"Removable": words.Count(removable), "Selected": words.Count(selected)})
}

// selectUnused selects everything that nothing uses.
func (p *Page) selectUnused() {
	var ids []string
	for _, it := range p.seen() {
		if it.easy() {
			ids = append(ids, it.id)
		}
	}
	p.table.Choose(ids)
}

// removeChosen removes what is selected, each kind with its own question.
func (p *Page) removeChosen() {
	if !p.remove.Enabled() {
		return
	}
	var names []image.Name
	var containers []model.Container
	var volumes []model.Volume
	var cache []model.CacheUse
	for _, it := range p.picked() {
		switch {
		case !it.why.None():
		case it.container != nil:
			containers = append(containers, *it.container)
		case it.volume != nil:
			volumes = append(volumes, *it.volume)
		case it.cache != nil:
			cache = append(cache, *it.cache)
		case it.image != nil:
			names = append(names, namesOf(*it.image)...)
		}
	}
	switch {
	case len(containers) == 1:
		p.commands.RemovalActions().Remove(containers[0])
	case len(containers) > 1:
		p.commands.RemovalActions().RemoveMany(containers)
	case len(volumes) > 0:
		p.commands.VolumeActions().Remove(volumes)
	case len(names) > 0:
		p.commands.ImageActions().RemoveMany(names)
	case len(cache) > 0:
		p.commands.RemoveCache(cache)
	}
}

// namesOf are all names of an image, so that it goes with the last of them.
func namesOf(i model.Image) []image.Name {
	if i.Dangling() {
		return []image.Name{{Image: i}}
	}
	var list []image.Name
	for _, t := range i.Names() {
		list = append(list, image.Name{Image: i, Tag: t})
	}
	return list
}

// reveal shows the selected item on its own page.
func (p *Page) reveal() {
	list := p.picked()
	if len(list) != 1 {
		return
	}
	switch it := list[0]; {
	case it.container != nil:
		p.commands.Reveal("containers", it.container.ID)
	case it.volume != nil:
		p.commands.Reveal("volumes", it.volume.Name)
	case it.image != nil:
		p.commands.Reveal("images", it.image.ID)
	}
}

// byFrees puts what frees most first, then what takes most.
func byFrees(a, b item) int {
	return cmp.Or(cmp.Compare(b.frees, a.frees), cmp.Compare(b.takes, a.takes),
		a.name.Compare(b.name))
}
