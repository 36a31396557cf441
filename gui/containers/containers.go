// Package containers is the page that lists containers, with the details of the selected one below.
package containers

import (
	"cmp"
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
	"fyne.io/fyne/v2/container"
)

// Page is the containers page. Its methods belong to the UI thread.
type Page struct {
	session  *session.Session
	settings *settings.File
	commands *commands.Set
	inside   *inside.Panel

	content    fyne.CanvasObject
	split      *fyne.Container
	several    *commands.Several
	together   *inside.Together
	details    *fyne.Container // of one, or of several
	all        *kit.Button
	running    *kit.Button
	filter     *kit.Field
	table      *kit.Table
	empty      fyne.CanvasObject
	nothing    fyne.CanvasObject
	looking    fyne.CanvasObject
	onlyRuns   bool
	sort       string
	containers []*model.Container // as the rows are; they belong to the picture
	at         map[string]int     // where each is, by ID
	rows       post.Derive[rows]
	usage      *commands.UsageWatch
	used       map[string]model.Usage // by ID, of the rows that are seen
	visible    []string
	repaint    post.Latest
	painting   bool // what containers use is about to be painted
	shown      bool
	// namedID and named are the selected container, and its name when it was looked at last.
	namedID, named string
	want           string // to be selected once it is listed
	project        string // whose containers are to be selected once they are listed
	commanded      string // the name that OnCommand was told with

	// OnUsage is told when the columns of what containers use were shown or hidden.
	OnUsage func(on bool)
	// OnRows is called when the rows are as the engine's picture is.
	OnRows func()
	// OnCommand is told the command that equals the selected row's output.
	OnCommand func(line string)
}

// New makes the page.
func New(s *session.Session, f *settings.File, c *commands.Set, w *post.Work) *Page {
	p := &Page{session: s, settings: f, commands: c, inside: inside.New(s, c, w), sort: f.Get().Sort["containers"]}
	p.all = kit.NewButton("containers.all", words.Say("common.all"), "", kit.Pill, func() { p.choose(false) })
	p.running = kit.NewButton("containers.running", words.Say("common.running"), "", kit.Pill, func() { p.choose(true) })
	p.all.SetOn(true)
	run := kit.NewButton("containers.run", words.Say("common.run"), "play", kit.Normal, func() { c.Run("") }).
		Hint(words.Say("containers.make-a-container-from-an"))
	p.table = kit.NewTable("containers.table", []kit.Column{
		{Key: "name", Title: words.Say("containers.name"), Min: 120, Weight: 1.1, Sortable: true},
		{
			Key: "image", Title: words.Say("common.image"), Min: 120, Weight: 1.6, Sortable: true, Drop: 4,
			Hint: words.Say("containers.the-image-that-the-container"),
		},
		{Key: "state", Title: words.Say("common.state"), Min: 190, Weight: 0.4, Sortable: true},
		{
			Key: "ports", Title: words.Say("common.ports"), Min: 150, Weight: 0.5, Drop: 3,
			Hint: words.Say("containers.ports-of-the-container-that"),
		},
		{
			Key: "cpu", Title: words.Name("CPU"), Min: 64, Right: true, Drop: 2, Off: true,
			Hint: words.Say("containers.percent-of-one-processor-as"),
		},
		{
			Key: "memory", Title: words.Say("common.memory"), Min: 84, Right: true, Drop: 1, Off: true,
			Hint: words.Say("containers.without-what-the-kernel-keeps"),
		},
		{Key: "created", Title: words.Say("common.created"), Min: 104, Sortable: true, Down: true, Drop: 5},
	})
	p.filter = kit.NewFilter("containers.filter", p.table, p.filtered)
	c.OpenTerminals = p.inside.Terminals
	p.table.OnSelect = p.selected
	p.table.OnChosen = p.chosen
	p.inside.OnClose = p.CloseDetails
	p.inside.OnView = func() { p.selected(p.table.Selected()) }
	p.table.OnMenu = func(id string, at fyne.Position) {
		if list := p.chosenOf(p.table.Meant(id)); len(list) > 0 {
			kit.ShowMenu(fyne.CurrentApp().Driver().CanvasForObject(p.table), at, commands.Menu(p.commands.Containers(list)))
		}
	}
	p.table.OnOpen = func(id string) { p.do(id, "open") }
	p.table.OnDelete = func(string) { p.commands.Do(p.commands.Containers(p.Chosen()), "remove") }
	p.table.OnSort = p.sortBy
	p.table.SetSorted(p.sort)
	p.empty = kit.EmptyState("container", words.Say("containers.no-containers-yet"),
		words.Say("containers.a-container-is-a-program"),
		kit.NewButton("containers.empty.run", words.Say("containers.run-an-image"), "play", kit.Primary, func() {
			c.Run("")
		}))
	p.nothing = kit.EmptyState("search", words.Say("common.nothing-found"),
		words.Say("containers.no-container-fits-the-filter"),
		kit.NewButton("containers.clear", words.Say("common.show-all"), "", kit.Normal, func() {
			p.filter.SetText("")
			p.choose(false)
		}))
	p.looking = kit.EmptyState("container", words.Say("common.asking-the-engine"), words.Text{})
	p.usage = c.WatchUsage(p.told, func(id string) {
		delete(p.used, id)
		p.repaint.Do(p.paintUsage)
	})
	p.table.OnVisible = func(ids []string) { p.visible = ids; p.watch() }
	p.table.OnHeaderMenu = p.columnMenu
	p.showUsage(f.Get().Usage)
	p.rows = post.Derive[rows]{Work: w, Show: p.show}
	head := kit.Across(12, kit.NewText(words.Say("common.containers"), kit.Title.Whole()), p.all, p.running, kit.Spring(),
		kit.Width(220, p.filter), run)
	p.together = inside.NewTogether(s, c, w)
	p.several = commands.NewSeveral("containers", func() { p.table.Select("") }, p.together.Content())
	p.details = container.NewStack(p.inside.Content(), p.several.Content)
	p.details.Hide()
	bar := kit.Space(0, 0)
	bar.Hide()
	p.split = kit.Split(p.table, p.details, bar)
	c.SelectProject = p.selectProject
	p.content = kit.Pad(kit.Down(12, head, kit.Grow(p.split)), 20, style.PageMargin, 16, style.PageMargin)
	return p
}

// Content is the page as a thing to lay out.
func (p *Page) Content() fyne.CanvasObject { return p.content }

// Shown and Hidden tell the page whether it is seen.
func (p *Page) Shown() {
	p.shown = true
	p.watch()
	p.Refresh()
	p.inside.Resume()
	p.chosen()
}

// Hidden stops what is read only for the eye.
func (p *Page) Hidden() {
	p.shown = false
	p.watch()
	p.inside.Pause()
	p.together.Pause()
}

// Look opens a part of the selected container's details ("logs", "terminal") and gives it the keys.
func (p *Page) Look(part string) {
	if _, ok := p.find(p.table.Selected()); ok {
		p.inside.Look(part)
	}
}

// CloseDetails gives the list all of the room, and the keys.
func (p *Page) CloseDetails() {
	p.table.Select("")
	p.table.FocusQuietly()
}

// Maximize gives the details all of the room, or the list its own back.
func (p *Page) Maximize() { kit.Maximize(p.split) }

// FocusList gives the list the keys.
func (p *Page) FocusList() { p.table.FocusQuietly() }

// FocusFilter puts the cursor into the filter, or where the output is searched for a person who reads it.
func (p *Page) FocusFilter(c fyne.Canvas) {
	if !p.inside.FocusFind(c) && !p.together.FocusFind(c) {
		c.Focus(p.filter)
	}
}

// Drop takes files that were dropped on the window, if a folder of a container is shown. It tells whether it did.
func (p *Page) Drop(paths []string) bool { return p.inside.Drop(paths) }

// Close frees what the page holds.
func (p *Page) Close() {
	p.inside.Close()
	p.together.Close()
}

// Select selects the container with this ID, even if a filter hides it.
func (p *Page) Select(id string) {
	if _, ok := p.find(id); ok {
		p.table.Select(id)
		return
	}
	p.want = id
	p.filter.SetText("")
	p.choose(false)
}

// Chosen are the containers that are selected, one or several.
func (p *Page) Chosen() []model.Container { return p.chosenOf(p.table.Chosen()) }

func (p *Page) chosenOf(ids []string) []model.Container {
	var list []model.Container
	for _, id := range ids {
		if c, ok := p.find(id); ok {
			list = append(list, c)
		}
	}
	return list
}

// chosen shows what can be done with several containers in the place of the details of one.
func (p *Page) chosen() {
	list := p.Chosen()
	if len(list) < 2 {
		p.selected(p.table.Selected())
		return
	}
	p.showSeveral(list)
	p.place()
	if p.OnCommand != nil {
		p.OnCommand(p.together.Commands(list))
	}
}

// showSeveral shows what can be done with several containers, and what they print.
func (p *Page) showSeveral(list []model.Container) {
	p.inside.Show(model.Container{}, false)
	p.several.Show(words.Say("count.containers", words.Args{"N": words.Count(len(list))}), p.commands.Containers(list))
	if p.shown { // nothing is read for a page that nobody sees
		p.together.Show(list)
	}
}

// hideSeveral ends that.
func (p *Page) hideSeveral() {
	p.several.Hide()
	p.together.Show(nil)
}

// place gives the details their room, if there are any.
func (p *Page) place() {
	kit.SetVisible(p.details, p.inside.Content().Visible() || p.several.Content.Visible())
	p.split.Refresh()
}

// selectProject selects all containers of a Compose project, even if a filter hides them.
func (p *Page) selectProject(project string) {
	p.project = project
	p.filter.SetText("")
	p.choose(false)
}

// ofProject are the IDs of the rows that belong to a Compose project.
func ofProject(list []*model.Container, project string) (ids []string) {
	for _, c := range list {
		if c.Labels[model.ComposeProject] == project {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

func (p *Page) find(id string) (model.Container, bool) {
	i, ok := p.at[id]
	if !ok {
		return model.Container{}, false
	}
	return *p.containers[i], true
}

// choose shows all containers or only running ones.
func (p *Page) choose(onlyRunning bool) {
	p.onlyRuns = onlyRunning
	p.all.SetOn(!onlyRunning)
	p.running.SetOn(onlyRunning)
	c, _ := p.find(p.table.Selected())
	p.tell(c)
	p.Refresh()
}

func (p *Page) sortBy(key string) {
	p.sort = key
	p.table.SetSorted(key)
	p.commands.RememberSort("containers", key)
	p.Refresh()
}

// do carries out the first of the commands that the container has now.
func (p *Page) do(id string, ids ...string) {
	c, ok := p.find(id)
	if !ok {
		return
	}
	list := p.commands.Container(c)
	for _, want := range ids {
		if cmd, ok := commands.Find(list, want); ok && !cmd.Off {
			cmd.Run()
			return
		}
	}
}

func (p *Page) selected(id string) {
	if id != "" {
		p.want = ""
	}
	c, ok := p.find(id)
	p.remember(c)
	p.hideSeveral()
	p.inside.Show(c, ok)
	p.place()
	p.tell(c)
}

// filtered shows what fits the filter.
func (p *Page) filtered() {
	c, _ := p.find(p.table.Selected())
	p.tell(c)
	p.Refresh()
}

// ListCommand is the command that lists what the page does.
func ListCommand(onlyRunning bool) model.Command {
	if onlyRunning {
		return model.Docker("ps")
	}
	return model.Docker("ps", "-a")
}

// tell tells the command that shows what is inside the selected container, or that lists them all.
func (p *Page) tell(c model.Container) {
	p.commanded = c.Name
	if p.OnCommand == nil {
		return
	}
	line := ListCommand(p.onlyRuns)
	if p.filter.Text != "" { // which docker has not in these words
		line = nil
	}
	if c.ID != "" {
		line = p.inside.Command(c)
	}
	p.OnCommand(line.String())
}

// rows are what the page shows of a picture of the engine.
type rows struct {
	all        bool // nothing is filtered out
	snap       *live.Snapshot
	containers []*model.Container
	ids        []string
	at         map[string]int
	running    int
}

// Refresh brings the page up to date with the engine's picture. Rows are filtered and ordered off the UI thread.
func (p *Page) Refresh() {
	snap, filter, onlyRuns, order := p.session.Live.Snapshot(), p.filter.Text, p.onlyRuns, p.sort
	p.rows.Do(func() rows { return derive(snap, filter, onlyRuns, order) })
}

func derive(snap *live.Snapshot, filter string, onlyRuns bool, order string) rows {
	r := rows{all: filter == "" && !onlyRuns, snap: snap, containers: arrange(snap.Containers, filter, onlyRuns, order)}
	for i := range snap.Containers {
		if snap.Containers[i].Running() {
			r.running++
		}
	}
	r.ids, r.at = make([]string, len(r.containers)), make(map[string]int, len(r.containers))
	for i := range r.containers {
		r.ids[i] = r.containers[i].ID
		r.at[r.ids[i]] = i
	}
	return r
}

// show puts derived rows into the table.
func (p *Page) show(r rows) {
	now := present.Now()
	p.all.SetText(words.Say("containers.all", words.Args{"Containers": words.Count(len(r.snap.Containers))}))
	p.running.SetText(words.Say("containers.running", words.Args{"Running": words.Count(r.running)}))
	p.containers, p.at = r.containers, r.at
	if id := p.table.Selected(); p.want == "" && id != "" {
		if _, listed := p.find(id); !listed {
			if _, there := r.snap.Container(id); there {
				p.want = id // only hidden by the filter
			}
		}
	}
	p.followSwap(r.snap)
	p.table.SetEmpty(p.emptyState(r.snap))
	p.table.SetAll(len(r.snap.Containers))
	p.table.SetSource(r.ids, rowButtons, func(i int) kit.TableRow { return p.row(*r.containers[i], now) })
	p.watch()
	if _, ok := p.find(p.want); ok {
		id := p.want
		p.want = ""
		p.table.Select(id)
	}
	if p.project != "" && r.all {
		ids := ofProject(r.containers, p.project)
		p.project = ""
		p.table.Choose(ids)
	}
	if list := p.Chosen(); len(list) > 1 {
		p.showSeveral(list)
	} else if len(list) == 1 {
		p.inside.Show(list[0], true)
		if p.commanded != list[0].Name { // it was renamed
			p.tell(list[0])
		}
	}
	p.place()
	if p.OnRows != nil {
		p.OnRows()
	}
}

// followSwap selects the container that has the selected one's name now: it took its place, or got it back.
func (p *Page) followSwap(snap *live.Snapshot) {
	c, ok := snap.Container(p.table.Selected())
	if ok && c.ID == p.namedID && c.Name != p.named {
		for i := range snap.Containers {
			o := &snap.Containers[i]
			if o.Name == p.named && (o.Replaces() == c.ID || c.Replaces() == o.ID) {
				p.want = o.ID
			}
		}
	}
	p.remember(c)
}

// remember keeps the name that the selected container has, unless it only has it while it takes another one's place.
func (p *Page) remember(c model.Container) {
	if _, todo := c.Swap(); !todo {
		p.namedID, p.named = c.ID, c.Name
	}
}

func (p *Page) emptyState(snap *live.Snapshot) fyne.CanvasObject {
	switch {
	case !snap.ContainersComplete:
		return p.looking
	case len(snap.Containers) == 0:
		return p.empty
	default:
		return p.nothing
	}
}

// portsOf are the ports that a filter may be about: with no digit in it, it is about none.
func portsOf(filter string, c *model.Container) string {
	if !strings.ContainsAny(filter, "0123456789") {
		return ""
	}
	var list []string
	for _, p := range present.Ports(*c) {
		list = append(list, p.Label)
	}
	return strings.Join(list, " ")
}

// arrange filters and orders containers. Without an order they are as the engine has them, newest first. A state is
// found by docker's word for it and by the one that is shown.
func arrange(list []model.Container, filter string, onlyRunning bool, order string) []*model.Container {
	now := time.Now()
	out := make([]*model.Container, 0, len(list))
	for i := range list {
		c := &list[i]
		if onlyRunning && !c.Running() || filter != "" && !present.Matches(filter, words.Name(c.Name), words.Name(c.Image),
			words.Name(c.ShortID()), words.Name(string(c.State)), present.StateOf(*c, now).Word,
			words.Name(c.Labels[model.ComposeProject]), words.Name(portsOf(filter, c))) {
			continue
		}
		out = append(out, c)
	}
	key := strings.TrimPrefix(order, "-")
	by := orders[key]
	if by == nil {
		return out
	}
	type placed struct {
		place
		c *model.Container
	}
	places := make([]placed, len(out))
	for i, c := range out {
		places[i] = placed{by(c), c}
	}
	slices.SortStableFunc(places, func(a, b placed) int {
		if order != key {
			a, b = b, a
		}
		return cmp.Or(strings.Compare(a.word, b.word), cmp.Compare(a.number, b.number))
	})
	for i := range places {
		out[i] = places[i].c
	}
	return out
}

// place is what a container is ordered by.
type place struct {
	word   string
	number int64
}

// orders are the columns that can be ordered by.
var orders = map[string]func(c *model.Container) place{
	"name":    func(c *model.Container) place { return place{word: strings.ToLower(c.Name)} },
	"image":   func(c *model.Container) place { return place{word: c.Image} },
	"state":   func(c *model.Container) place { return place{number: rank(*c)} },
	"created": func(c *model.Container) place { return place{number: -c.Created.UnixNano()} },
}

// rank orders states: what runs first, then what went wrong, then the rest.
func rank(c model.Container) int64 {
	switch {
	case c.State == model.StateRunning:
		return 0
	case c.Running():
		return 1
	case c.State == model.StateExited && model.ExplainExit(c).Bad:
		return 2
	default:
		return 3
	}
}

// mostPorts is how many ports a row names.
const mostPorts = 12

// rowButtons is how many buttons a row has at most: start or stop, remove, more.
const rowButtons = 3

func (p *Page) row(c model.Container, now time.Time) kit.TableRow {
	st, held := p.commands.StateOf(c, now), p.commands.Held(c.ID)
	ports := kit.Cell{}
	for i, port := range present.Ports(c) {
		if port.Wide {
			ports.Badge, ports.Brief = words.Say("common.open-to-network"), words.Say("containers.open")
		}
		if i >= mostPorts {
			continue // the details have them all
		}
		ports.Hint = ports.Hint.And(present.PortHint(port.Port))
		if port.Port.Protocol != "tcp" || port.Count > 1 {
			ports.Text = ports.Text.And(words.Name(port.Label))
			continue
		}
		ports.Links = append(ports.Links, kit.CellLink{
			ID: "port." + port.Label, Text: port.Label, Icon: "open", Hint: present.PortHint(port.Port), Off: p.commands.Away(),
			Run: func() { p.commands.Actions().OpenPort(c, port.Port) },
		})
	}
	var quick []kit.RowAction
	list := p.commands.Container(c)
	for _, id := range []string{"start", "resume", "stop"} {
		if cmd, ok := commands.Find(list, id); ok {
			quick = append(quick, cmd.Action())
			break
		}
	}
	if cmd, ok := commands.Find(list, "remove"); ok {
		quick = append(quick, cmd.Action())
	}
	quick = append(quick,
		kit.RowAction{ID: "more", Icon: "more", Hint: words.Say("common.more"), Run: func() { p.table.OpenMenu(c.ID) }})
	return kit.TableRow{ID: c.ID, Name: c.Name, Cells: []kit.Cell{
		{Text: words.Name(c.Name), Style: kit.Strong, Dot: st.Color},
		{Text: words.Name(present.LastPart(c.Image)), Style: kit.Body.In(style.Muted), Hint: words.Name(c.Image)},
		{Text: st.Word, Hint: stateHint(c, st), Badge: wideBadge(c)},
		ports,
		p.cpuCell(c),
		p.memoryCell(c),
		{Text: present.Ago(c.Created, now), Style: kit.Body.In(style.Muted), Hint: words.Exact(c.Created)},
	}, Actions: quick, Dim: held || p.commands.Away()}
}

// wideBadge marks what a container may do to the engine's machine.
func wideBadge(c model.Container) words.Text {
	switch {
	case c.Privileged:
		return words.Say("containers.privileged")
	case c.HostNetwork:
		return words.Say("containers.host-network")
	}
	return words.Text{}
}

// stateHint explains a state that needs it.
func stateHint(c model.Container, st present.State) words.Text {
	if c.State == model.StateRunning && st.Color == style.OK {
		return words.Exact(c.StartedAt)
	}
	return st.Why
}
