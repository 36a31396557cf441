// Package containers is the page that lists containers, with the details of the selected one below.
package containers

import (
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
	"slipway/gui/kit/table"
	"slipway/gui/page"
	"slipway/gui/post"
	"slipway/gui/present"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// Page is the containers page. Its methods belong to the UI thread.
type Page struct {
	*page.List[*model.Container] // they belong to the picture
	commands                     *commands.Set
	inside                       *inside.Panel
	together                     *inside.Together
	changed                      func()
	usage                        *commands.UsageWatch
	used                         map[string]model.Usage // by ID, of the rows that are seen; nil while that is not shown
	visible                      []string
	repaint                      post.Latest
	painting                     bool // what containers use is about to be painted
	// namedID and named are the selected container, and its name when it was looked at last.
	namedID, named string
	project        string // whose containers are to be selected once they are listed
}

// About is what the window knows of the page before it is made.
func About(f *settings.File) page.About {
	return page.About{
		Name: "containers", Title: words.Say("common.containers"), Icon: "container",
		Count: func(snap *live.Snapshot) (n int, known bool) { return len(snap.Containers), snap.ContainersComplete },
		Menu: func(made func() page.Page) []page.MenuItem {
			the := func() *Page { return made().(*Page) }
			return []page.MenuItem{
				{Label: words.Say("containers.logs-of-the-container"), Key: fyne.KeyL, Run: func() { the().look("logs") }},
				{
					Label: words.Say("containers.terminal-in-the-container"), Key: fyne.KeyT, Shift: true,
					Run: func() { the().look("terminal") },
				},
				{
					Label: words.Say("containers.cpu-and-memory-of-containers"), On: func() bool { return f.Get().Usage },
					Run: func() { the().ToggleUsage() },
				},
			}
		},
	}
}

// New makes the page.
func New(s *session.Session, f *settings.File, c *commands.Set, w *post.Work, frame page.Frame) *Page {
	p := &Page{commands: c, inside: inside.New(s, c, w), together: inside.NewTogether(s, c, w), changed: frame.Changed}
	p.List = page.NewList(page.Spec[*model.Container]{
		Page: About(f), Columns: columns(), Gather: gather, Key: func(c *model.Container) string { return c.ID },
		Matches: matches, Orders: orders, Narrow: runs(),
		Row: p.row, Buttons: [][]string{{"start", "resume", "stop"}, {"remove"}}, Open: "open",
		Label:    func(c *model.Container) words.Text { return words.Name(c.Name) },
		Count:    func(n int) words.Text { return words.Say("count.containers", words.Args{"N": words.Count(n)}) },
		Commands: func(list []*model.Container) []commands.Command { return c.Containers(values(list)) },
		Line:     p.line,
		Tools: []fyne.CanvasObject{kit.NewButton("containers.run", words.Say("common.run"), "play", kit.Normal, func() {
			c.Run("")
		}).Hint(words.Say("containers.make-a-container-from-an"))},
		None: words.Say("containers.no-containers-yet"), About: words.Say("containers.a-container-is-a-program"),
		First: kit.NewButton("containers.empty.run", words.Say("containers.run-an-image"), "play", kit.Primary, func() {
			c.Run("")
		}),
		Nothing: words.Say("containers.no-container-fits-the-filter"),
		Details: p.inside.Content(), ShowDetails: p.showDetails,
		Together: p.together.Content(), ShowTogether: func(list []*model.Container) { p.together.Show(values(list)) },
		Before: p.followSwap, After: p.after,
	}, s, f, c, w, frame)
	p.inside.OnClose, p.inside.OnView = p.CloseDetails, p.Tell
	p.usage = c.WatchUsage(p.told, func(id string) {
		delete(p.used, id)
		p.repaint.Do(p.paintUsage)
	})
	p.Table.OnVisible = func(ids []string) { p.visible = ids; p.watch() }
	p.Table.OnHeaderMenu = p.columnMenu
	p.showUsage(f.Get().Usage)
	return p
}

func columns() []table.Column {
	return []table.Column{
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
	}
}

// Shown implements [page.Page].
func (p *Page) Shown() {
	p.List.Shown()
	p.watch()
	p.inside.Resume()
}

// Hidden stops what is read only for the eye.
func (p *Page) Hidden() {
	p.List.Hidden()
	p.watch()
	p.inside.Pause()
	p.together.Pause()
}

// look opens a part of the selected container's details ("logs", "terminal") and gives it the keys.
func (p *Page) look(part string) {
	if _, ok := p.Find(p.Table.Selected()); ok {
		p.inside.Look(part)
	}
}

// FocusFilter puts the cursor into the filter, or where the output is searched for a person who reads it.
func (p *Page) FocusFilter(c fyne.Canvas) {
	if !p.inside.FocusFind(c) && !p.together.FocusFind(c) {
		p.List.FocusFilter(c)
	}
}

// Drop takes files that were dropped on the window, if a folder of a container is shown. It tells whether it did.
func (p *Page) Drop(paths []string) bool { return p.inside.Drop(paths) }

// Close frees what the page holds.
func (p *Page) Close() {
	p.inside.Close()
	p.together.Close()
}

// Reveal selects the container with this ID, or all of a Compose project, see [commands.OfProject].
func (p *Page) Reveal(id string) {
	if project, ok := commands.Project(id); ok {
		p.project = project
		p.ShowAll()
		return
	}
	p.List.Reveal(id)
}

func (p *Page) showDetails(c *model.Container, ok bool) {
	if !ok {
		c = &model.Container{}
	}
	p.remember(*c)
	p.inside.Show(*c, ok)
}

// line is the command that shows what is inside the selected containers, or that lists the same.
func (p *Page) line(list []*model.Container, q page.Query) string {
	switch {
	case len(list) > 1:
		return p.together.Commands(values(list))
	case len(list) == 1:
		return p.inside.Command(*list[0]).String()
	case q.Narrow:
		return model.Docker("ps").String()
	}
	return model.Docker("ps", "-a").String()
}

func values(list []*model.Container) []model.Container {
	out := make([]model.Container, len(list))
	for i, c := range list {
		out[i] = *c
	}
	return out
}

// after follows what the rows use, and selects a project that waits for its rows.
func (p *Page) after(*live.Snapshot) {
	p.watch()
	if p.project == "" || !p.Complete() {
		return
	}
	var ids []string
	for _, c := range p.Listed() {
		if c.Labels[model.ComposeProject] == p.project {
			ids = append(ids, c.ID)
		}
	}
	p.project = ""
	p.Table.Choose(ids)
}

// followSwap selects the container that has the selected one's name now: it took its place, or got it back.
func (p *Page) followSwap(snap *live.Snapshot) {
	c, ok := snap.Container(p.Table.Selected())
	if ok && c.ID == p.namedID && c.Name != p.named {
		for i := range snap.Containers {
			o := &snap.Containers[i]
			if o.Name == p.named && (o.Replaces() == c.ID || c.Replaces() == o.ID) {
				p.Follow(func(c *model.Container) bool { return c.ID == o.ID })
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

// gather are all containers as the engine has them, newest first.
func gather(snap *live.Snapshot) func() []*model.Container {
	return func() []*model.Container {
		list := make([]*model.Container, len(snap.Containers))
		for i := range list {
			list[i] = &snap.Containers[i]
		}
		return list
	}
}

// runs leaves only containers that run.
func runs() *page.Narrow[*model.Container] {
	return &page.Narrow[*model.Container]{
		Name: "running", Label: words.Say("common.running"), Fits: func(c *model.Container) bool { return c.Running() },
		All: func(n int) words.Text { return words.Say("containers.all", words.Args{"Containers": words.Count(n)}) },
		Some: func(n int) words.Text {
			return words.Say("containers.running", words.Args{"Running": words.Count(n)})
		},
	}
}

// matches tells whether a container is found. A state is found by docker's word for it and by the one that is shown.
func matches(c *model.Container, filter string) bool {
	return present.Matches(filter, words.Name(c.Name), words.Name(c.Image), words.Name(c.ShortID()),
		words.Name(string(c.State)), present.StateName(*c),
		words.Name(c.Labels[model.ComposeProject]), words.Name(portsOf(filter, c)))
}

// orders are the columns that can be ordered by.
var orders = map[string]func(c *model.Container) page.Place{
	"name":    func(c *model.Container) page.Place { return page.Place{Word: strings.ToLower(c.Name)} },
	"image":   func(c *model.Container) page.Place { return page.Place{Word: c.Image} },
	"state":   func(c *model.Container) page.Place { return page.Place{Rank: rank(c)} },
	"created": func(c *model.Container) page.Place { return page.Place{Number: -c.Created.UnixNano()} },
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

// rank orders states: what runs first, then what went wrong, then the rest.
func rank(c *model.Container) int64 {
	switch {
	case c.State == model.StateRunning:
		return 0
	case c.Running():
		return 1
	case c.State == model.StateExited && model.ExplainExit(*c).Bad:
		return 2
	default:
		return 3
	}
}

// mostPorts is how many ports a row names.
const mostPorts = 12

func (p *Page) row(of *model.Container, now time.Time) table.Row {
	c := *of
	st, held := p.commands.StateOf(c, now), p.commands.Held(c.ID)
	ports := table.Cell{}
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
		ports.Links = append(ports.Links, table.Link{
			ID: "port." + port.Label, Text: port.Label, Icon: "open", Hint: present.PortHint(port.Port), Off: p.commands.Away(),
			Run: func() { p.commands.Launcher().OpenPort(c, port.Port) },
		})
	}
	return table.Row{Name: c.Name, Cells: []table.Cell{
		{Text: words.Name(c.Name), Style: kit.Strong, Dot: st.Color},
		{Text: words.Name(present.LastPart(c.Image)), Style: kit.Body.In(style.Muted), Hint: words.Name(c.Image)},
		{Text: st.Word, Hint: stateHint(c, st), Badge: wideBadge(c)},
		ports,
		p.cpuCell(c),
		p.memoryCell(c),
		{Text: present.Ago(c.Created, now), Style: kit.Body.In(style.Muted), Hint: words.Exact(c.Created)},
	}, Dim: held}
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
