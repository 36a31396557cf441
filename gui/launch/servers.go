package launch

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"slipway/engine/actions"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/platform"
	"slipway/gui/commands"
	"slipway/gui/kit"
	"slipway/gui/post"
	"slipway/gui/present"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// mostServers is how many notebooks are listed; the others are on the page of containers.
const mostServers = 6

// sorted puts running servers first, then those that ran last.
func sorted(list []notebook.Server) []notebook.Server {
	list = slices.DeleteFunc(list, func(s notebook.Server) bool {
		return !s.Container.Running() && (s.Recipe.ID == "" || s.Container.StartedAt.IsZero())
	})
	slices.SortStableFunc(list, func(a, b notebook.Server) int {
		if a.Container.Running() != b.Container.Running() {
			if a.Container.Running() {
				return -1
			}
			return 1
		}
		return cmp.Or(b.Container.StartedAt.Compare(a.Container.StartedAt), cmp.Compare(a.Container.Name, b.Container.Name))
	})
	return list[:min(len(list), mostServers)]
}

// serverList is a card for each notebook that there is. A card stays the same while its notebook does, so that a button
// is not exchanged while it is pressed.
type serverList struct {
	p     *Page
	box   *fyne.Container
	cards map[string]*serverCard
	order string
}

type serverCard struct {
	made   string // what the buttons were made for
	object fyne.CanvasObject
	dot    *kit.Dot
	state  *kit.Text
}

func newServerList(p *Page) *serverList {
	l := &serverList{p: p, box: kit.Down(8), cards: map[string]*serverCard{}}
	l.box.Hide()
	return l
}

func (l *serverList) show(list []notebook.Server) {
	cards := map[string]*serverCard{}
	order, objects := "", []fyne.CanvasObject{}
	for _, s := range list {
		id := s.Container.ID
		made := fmt.Sprint(s.Container.Name, s.Container.State, s.URL(), s.Folder, l.p.commands.Away())
		c := l.cards[id]
		if c == nil || c.made != made {
			c = l.card(s)
			c.made = made
		}
		st := present.StateOf(s.Container, time.Now())
		if l.p.commands.Away() {
			st.Color = style.Idle
		}
		c.dot.Set(st.Color)
		c.state.Set(words(s, time.Now()))
		cards[id] = c
		order += id + made
		objects = append(objects, c.object)
	}
	l.cards = cards
	if order == l.order {
		return
	}
	l.order = order
	l.box.Objects = objects
	if len(objects) == 0 {
		l.box.Hide()
	} else {
		l.box.Show()
	}
	l.box.Refresh()
}

// words says in a few words how a notebook is.
func words(s notebook.Server, now time.Time) string {
	c := s.Container
	if c.State == model.StateRunning && now.Sub(c.StartedAt) < time.Minute {
		return "just started"
	}
	if c.State == model.StateRunning {
		return "running for " + present.Span(c.StartedAt, now)
	}
	if c.Running() {
		return present.StateOf(c, now).Word
	}
	return "stopped " + present.Ago(c.FinishedAt, now)
}

func (l *serverList) card(s notebook.Server) *serverCard {
	c := &serverCard{dot: kit.NewDot(style.Idle)}
	name := s.Container.Name
	id := "launch.server." + name
	c.state = kit.NewText("", kit.Second).ID(id + ".state")
	head := []fyne.CanvasObject{kit.NewText(title(s), kit.Strong.Whole()).ID(id)}
	kind := s.Recipe.Name
	switch {
	case kind == "" && title(s) == name:
		kind = "Jupyter"
	case kind == "":
		kind = "Jupyter in " + name
	}
	head = append(head, kit.NewText(kind, kit.Second.Whole()))
	if s.Container.Running() && s.Open() {
		head = append(head, kit.Badge("no sign-in", style.Warn))
	}
	if s.Container.Running() && s.Wide() {
		head = append(head, kit.Badge("open to the network", style.Warn))
	}
	place := s.Folder
	if place == "" {
		place = "no folder of this computer"
	}
	left := kit.Down(0, kit.Across(8, head...), kit.NewText(short(place), kit.Second))
	row := append([]fyne.CanvasObject{c.dot, kit.Grow(left), kit.Width(150, c.state)}, l.buttons(s, id)...)
	c.object = kit.NewBox(kit.Pad(kit.Across(10, row...), 10, 14, 10, 16), style.Surface, style.Line, 12)
	return c
}

// title is what a person calls a notebook: its folder.
func title(s notebook.Server) string {
	if s.Folder != "" {
		return filepath.Base(s.Folder)
	}
	return s.Container.Name
}

func (l *serverList) buttons(s notebook.Server, id string) []fyne.CanvasObject {
	a := l.p.commands.Actions()
	var list []fyne.CanvasObject
	add := func(key, label, icon string, run func()) *kit.Button {
		b := kit.NewButton(id+"."+key, label, icon, kit.Normal, run).Small()
		if key != "folder" && key != "more" && l.p.commands.Away() {
			b.SetEnabled(false, "The engine does not answer.")
		}
		list = append(list, b)
		return b
	}
	switch {
	case s.Container.State == model.StateRunning:
		if s.Reached() {
			add("open", "Open", "open", func() { a.OpenServer(s) })
		}
		if s.Folder != "" {
			add("folder", "Folder", "folder", func() { l.openFolder(s.Folder) })
		}
		if s.Reached() {
			add("link", "Copy link", "copy", func() { l.copyLink(s) }).Hint("Its address with the token: who has it can use this notebook.")
		}
		if s.SignIn.Method == notebook.SignInPasswordEnv {
			add("password", "Copy password", "key", func() { fyne.CurrentApp().Clipboard().SetContent(s.Token) }).Hint(l.passwordHint(s))
		}
		add("stop", "Stop", "stop", func() { a.Stop(s.Container) }).Command(actions.StopCommand(s.Container).String())
	case !s.Container.Running() && s.Recipe.ID != "" && s.Folder != "":
		add("again", "Start again", "play", func() { l.p.begin(s.Recipe, s.Folder, s.Port.HostPort) }).Command(actions.StartCommand(s.Container).String())
	}
	more := add("more", "", "more", nil).Hint("More")
	more.OnTap = func() {
		kit.ShowMenuBelow(more, l.p.withShortcut(commands.Menu(l.p.commands.Container(s.Container)), s))
	}
	return list
}

func (l *serverList) passwordHint(s notebook.Server) string {
	if s.SignIn.User == "" {
		return "It asks for this password."
	}
	return "Sign in as " + s.SignIn.User + " with this password."
}

func (l *serverList) copyLink(s notebook.Server) {
	l.p.commands.Actions().ServerURL(s, func(address string) {
		post.Do(func() {
			fyne.CurrentApp().Clipboard().SetContent(address)
			l.p.commands.Notices.Show(kit.Notice{Title: "The link is copied", Text: "Who has it can use this notebook, as long as it runs, on this computer.", Brief: true})
		})
	})
}

func (l *serverList) openFolder(path string) {
	l.p.work.Go(func(ctx context.Context) {
		if err := platform.OpenFolder(ctx, path); err != nil && ctx.Err() == nil {
			l.p.commands.Tell(model.AsProblem(err, "Cannot open the folder"))
		}
	})
}
