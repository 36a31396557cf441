package launch

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"slipway/engine/actions"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/platform"
	"slipway/engine/settings"
	"slipway/engine/words"
	"slipway/gui/commands"
	"slipway/gui/kit"
	"slipway/gui/post"
	"slipway/gui/present"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// mostServers is how many notebooks are listed, until somebody wants to see them all.
const mostServers = 6

// sorted puts running servers first, then those that ran last.
func sorted(list []notebook.Server) []notebook.Server {
	all := slices.Clone(list)
	replaced := func(old notebook.Server) bool { // a newer container has its place
		return slices.ContainsFunc(all, func(s notebook.Server) bool {
			return notebook.TookPlace(s.Container, old.Container)
		})
	}
	list = slices.DeleteFunc(list, func(s notebook.Server) bool {
		return !s.Container.Running() && (s.Recipe.ID == "" || s.Container.StartedAt.IsZero() || replaced(s))
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
	return list
}

// serverList is a card for each notebook that there is. A card stays the same while its notebook does, so that a button
// is not exchanged while it is pressed.
type serverList struct {
	p     *Page
	box   *fyne.Container
	cards map[string]*serverCard
	order string
	list  []notebook.Server
	// all tells that more than [mostServers] are shown; rest shows them.
	all  bool
	rest *kit.Button
	// idle asks when idle notebooks are to be stopped.
	idle  *kit.Choice
	foot  *fyne.Container
	usage *commands.UsageWatch
}

type serverCard struct {
	made   string // what the buttons were made for
	object fyne.CanvasObject
	dot    *kit.Dot
	state  *kit.Text
	// memory is said behind the state, "" while it is not known; so is activity, which was asked for at askedAt.
	memory           words.Text
	activity         notebook.Activity
	askedAt, started time.Time
	place            words.Text
}

func newServerList(p *Page) *serverList {
	l := &serverList{p: p, box: kit.Down(8), cards: map[string]*serverCard{}}
	l.usage = p.commands.WatchUsage(func(id string, u model.Usage) {
		l.told(id, func(c *serverCard) { c.memory = memoryWords(u, l.limit(id)) })
	}, func(id string) {
		l.told(id, func(c *serverCard) { c.memory = words.Text{} })
	})
	l.idle = kit.NewChoice("launch.idle", idleOptions(), strconv.Itoa(p.settings.Get().StopIdle))
	l.idle.Button.Small().Hint(words.Say("launch.only-while-slipway-runs-one"))
	l.idle.OnChange = func(value string) {
		hours, _ := strconv.Atoi(value)
		p.commands.Remember(func(v *settings.Values) { v.StopIdle = hours })
	}
	l.foot = kit.Across(8, kit.NewText(words.Say("launch.stop-idle-notebooks-while-slipway"), kit.Second.Whole()),
		l.idle.Button,
		kit.Spring())
	l.rest = kit.NewButton("launch.rest", words.Text{}, "", kit.Link, func() {
		l.all = !l.all
		p.Refresh()
	})
	l.box.Hide()
	return l
}

// idleOptions are after how many hours idle notebooks are stopped.
func idleOptions() []kit.Option {
	list := make([]kit.Option, len(settings.Idles))
	for i, hours := range settings.Idles {
		list[i] = kit.Option{Value: strconv.Itoa(hours), Label: present.Idle(hours)}
	}
	return list
}

// show lists the notebooks; gone are those whose folder is not there any more.
func (l *serverList) show(list []notebook.Server, gone map[string]bool) {
	over := len(list) - mostServers
	if list = slices.Clip(list); over > 0 && !l.all {
		list = list[:mostServers]
	}
	l.list = list
	cards := map[string]*serverCard{}
	order, objects := "", []fyne.CanvasObject{}
	for _, s := range list {
		id := s.Container.ID
		made := fmt.Sprint(s.Container.Name, s.Container.State, s.URL(), s.Folder, l.p.commands.Away(), gone[id],
			s.Container.Memory, l.outdated(s.Container))
		c := l.cards[id]
		if c == nil || c.made != made {
			old := c
			c = l.card(s, gone[id])
			if c.made = made; old != nil && old.started.Equal(s.Container.StartedAt) {
				c.memory, c.activity, c.askedAt = old.memory, old.activity, old.askedAt
			}
		}
		st := present.StateOf(s.Container, present.Now())
		if l.p.commands.Away() {
			st.Color = style.Idle
		}
		c.dot.Set(st.Color)
		c.say(s)
		cards[id] = c
		order += id + made
		objects = append(objects, c.object)
	}
	l.cards = cards
	l.watch()
	if order += fmt.Sprint(over, l.all); order == l.order {
		return
	}
	l.order = order
	l.box.Objects = objects
	if over > 0 {
		l.rest.SetText(words.Say("launch.show-more-notebooks", words.Args{"N": words.Count(over)}))
		if l.all {
			l.rest.SetText(words.Say("launch.show-fewer"))
		}
		l.box.Objects = append(l.box.Objects, kit.Across(0, l.rest, kit.Spring()))
	}
	l.box.Objects = append(l.box.Objects, l.foot)
	if len(objects) == 0 {
		l.box.Hide()
	} else {
		l.box.Show()
	}
	l.box.Refresh()
}

// stateWords says in a few words how a notebook is.
func stateWords(s notebook.Server, now time.Time) words.Text {
	c := s.Container
	if c.State == model.StateRunning && now.Sub(c.StartedAt) < time.Minute {
		return words.Say("launch.just-started")
	}
	if c.State == model.StateRunning {
		return words.Say("launch.running-for", words.Args{"Span": present.Span(c.StartedAt, now)})
	}
	if c.Running() {
		return present.StateOf(c, now).Word
	}
	return present.StateOf(c, now).Word
}

// say words how the notebook is.
func (c *serverCard) say(s notebook.Server) {
	text := []words.Text{c.place, stateWords(s, present.Now())}
	if s.Container.State == model.StateRunning {
		for _, more := range []words.Text{activityWords(c.activity, c.askedAt, s.Container, present.Now()), c.memory} {
			if !more.None() {
				text = append(text, more)
			}
		}
	}
	c.state.Set(words.Join(" · ", text...))
}

func (l *serverList) card(s notebook.Server, gone bool) *serverCard {
	c := &serverCard{dot: kit.NewDot(style.Idle), started: s.Container.StartedAt}
	name := s.Container.Name
	id := "launch.server." + name
	c.state = kit.NewText(words.Text{}, kit.Second).ID(id + ".state")
	head := []fyne.CanvasObject{kit.NewText(words.Name(cut(title(s))), kit.Strong.Whole()).ID(id)}
	kind := words.Name(s.Recipe.Name)
	switch {
	case kind.None() && title(s) == name:
		kind = words.Say("launch.jupyter")
	case kind.None():
		kind = words.Say("launch.jupyter-in", words.Args{"Name": words.Name(name)})
	}
	if s.Container.Running() && s.Hubbed {
		head = append(head, kit.Badge(words.Say("launch.opened-through-its-hub"), style.Muted))
	}
	if s.Container.Running() && s.Open() {
		head = append(head, kit.Badge(words.Say("launch.no-sign-in"), style.Warn))
	}
	if s.Container.Running() && s.Wide() {
		head = append(head, kit.Badge(words.Say("launch.open-to-the-network"), style.Warn))
	}
	if l.outdated(s.Container) {
		head = append(head, kit.Badge(words.Say("launch.a-newer-image-is-here"), style.Muted))
	}
	c.place = words.Name(platform.ShortenHome(s.Folder))
	switch {
	case gone:
		c.place = words.Say("launch.is-not-there-any-more", words.Args{"Folder": c.place})
		c.state.SetStyle(kit.Second.In(style.Bad))
	case c.place.None():
		c.place = words.Say("launch.no-folder-of-this-computer")
	}
	left := kit.Down(0, kit.Across(8, append(head, kit.Grow(kit.NewText(kind, kit.Second)))...), c.state)
	row := append([]fyne.CanvasObject{c.dot, kit.Grow(left)}, l.buttons(s, id, gone)...)
	c.object = kit.NewBox(kit.Pad(kit.Across(10, row...), 10, 14, 10, 16), style.Surface, style.Line, 12)
	return c
}

// outdated tells that the image's name means another image on the engine by now, as after it was pulled again.
func (l *serverList) outdated(c model.Container) bool {
	now, ok := l.p.session.Live.Snapshot().FindImage(c.Reference)
	return ok && c.Made() && now.ID != c.ImageID
}

// longestTitle is how much of a notebook's name its card shows.
const longestTitle = 20

// cut shortens a long name in its middle, since two of them differ mostly at an end.
func cut(name string) string {
	r := []rune(name)
	if len(r) <= longestTitle {
		return name
	}
	return string(r[:longestTitle/2]) + "…" + string(r[len(r)-longestTitle/2:])
}

// title is what a person calls a notebook: its folder.
func title(s notebook.Server) string {
	if s.Folder != "" {
		return filepath.Base(s.Folder)
	}
	return s.Container.Name
}

func (l *serverList) buttons(s notebook.Server, id string, gone bool) []fyne.CanvasObject {
	var list []fyne.CanvasObject
	add := func(key string, label words.Text, icon string, run func()) *kit.Button {
		b := kit.NewButton(id+"."+key, label, icon, kit.Normal, run).Small()
		if key != "folder" && key != "more" && key != "password" && l.p.commands.Away() {
			b.SetEnabled(false, words.Say("common.the-engine-does-not-answer"))
		}
		list = append(list, b)
		return b
	}
	if gone && s.Recipe.ID != "" {
		add("moved", words.Say("launch.it-moved"), "folder", func() { l.p.one(s).moved() }).
			Hint(words.Say("launch.choose-where-the-folder-is"))
	}
	switch {
	case s.Container.State == model.StateRunning:
		if s.Reached() {
			add("open", words.Say("common.open"), "open", func() { l.p.commands.Launcher().OpenServer(s) })
		}
		if s.Folder != "" && !gone {
			add("folder", words.Say("launch.folder"), "folder", func() { l.p.commands.OpenFolder(s.Folder) })
		}
		if s.Reached() {
			add("link", words.Say("launch.copy-link"), "copy", func() { l.copyLink(s) }).Hint(linkHint(s))
		}
		if !s.Local() && s.SignIn.InURL() && s.Token != "" {
			add("token", words.Say("launch.copy-token"), "key", func() { kit.Copy(s.Token) }).
				Hint(words.Say("launch.the-way-to-that-computer"))
		}
		if s.SignIn.Method == notebook.SignInPasswordEnv {
			add("password", words.Say("launch.copy-password"), "key", func() { kit.Copy(s.Token) }).Hint(l.passwordHint(s))
		}
		add("stop", words.Say("launch.stop"), "stop", func() { l.p.commands.RemovalActions().Stop(s.Container) }).
			Command(actions.StopCommand(s.Container).String())
	case !s.Container.Running() && s.Recipe.ID != "" && s.Folder != "" && !gone:
		add("again", words.Say("launch.start-again-button"), "play", func() { l.p.one(s).again() }).
			Command(actions.StartCommand(s.Container).String())
	}
	more := add("more", words.Text{}, "more", nil).Hint(words.Say("common.more"))
	more.OnTap = func() {
		items := append(l.p.one(s).items(), commands.Menu(l.p.commands.Container(s.Container))...)
		kit.ShowMenuBelow(more, l.p.one(s).withShortcut(items))
	}
	return list
}

func (l *serverList) passwordHint(s notebook.Server) words.Text {
	if s.SignIn.User == "" {
		return words.Say("launch.it-asks-for-this-password")
	}
	return words.Say("launch.sign-in-as-with-this", words.Args{"User": words.Name(s.SignIn.User)})
}

func linkHint(s notebook.Server) words.Text {
	if !s.Local() {
		return words.Say("launch.its-address-without-the-token")
	}
	return words.Say("launch.its-address-with-the-token")
}

func (l *serverList) copyLink(s notebook.Server) {
	text := words.Say("launch.who-has-it-can-use")
	if !s.Local() {
		text = words.Say("launch.the-token-is-not-part")
	}

	l.p.commands.Launcher().ServerURL(s, func(address string) {
		post.Do(func() {
			kit.Copy(address)
			l.p.commands.Notices.Show(kit.Notice{Title: words.Say("launch.the-link-is-copied"), Text: text, Brief: true})
		})
	})
}
