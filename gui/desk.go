package gui

import (
	"cmp"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"slipway/engine/live"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/platform"
	"slipway/engine/session"
	"slipway/engine/settings"
	"slipway/engine/words"
	"slipway/gui/cleanup"
	"slipway/gui/commands"
	"slipway/gui/containers"
	"slipway/gui/images"
	"slipway/gui/kit"
	"slipway/gui/launch"
	"slipway/gui/page"
	"slipway/gui/post"
	"slipway/gui/preferences"
	"slipway/gui/present"
	"slipway/gui/style"
	"slipway/gui/volumes"
	"slipway/gui/welcome"
)

// Desk is the part of the window that belongs to one engine: its pages, what is done and was done there, and what is
// said and asked about it. Nothing in it knows of another engine.
type Desk struct {
	shell    *Shell
	session  *session.Session
	commands *commands.Set
	content  fyne.CanvasObject
	seen     atomic.Bool // it is the one that is shown

	chip       *kit.Button
	nav        map[string]*kit.Button
	pages      []page.Page
	page       page.Page
	center     *fyne.Container
	welcome    *welcome.Page
	recipes    []notebook.Recipe // that can be launched, and any image
	launch     *page.Later
	banner     *fyne.Container
	bannerText *kit.Paragraph
	strip      *strip
	ended      map[string]bool   // jobs whose end was shown
	undo       map[string]func() // takes away the offers to undo a job, by its ID
	undoUntil  map[string]time.Time
	// undoStopped are the jobs that hold back the removal of containers of which one was stopped for it.
	undoStopped map[string]bool
	runs        string // the jobs that run
	state       session.State
	handed      []platform.Request // what is to be done once there is an engine

	unsubscribe []func()
	stateLatest post.Latest
	liveLatest  post.Latest
	jobsLatest  post.Latest
	lineLatest  post.Latest
}

// newDesk makes a desk on a session, and starts that: it looks for an engine while the rest is made.
func newDesk(sh *Shell, s *session.Session) *Desk {
	d := &Desk{
		shell: sh, session: s, recipes: launch.Recipes(sh.recipes), nav: map[string]*kit.Button{},
		ended: map[string]bool{}, undo: map[string]func(){}, undoUntil: map[string]time.Time{},
		undoStopped: map[string]bool{},
	}
	d.commands = commands.New(commands.Options{
		Session: s, Settings: sh.settings, Work: sh.work, Window: sh.window, Notices: kit.NewNotices(),
		Version: sh.program.Version, Recipes: sh.recipes, Reveal: d.reveal, Front: func() { sh.toFront(d) },
		Covered: func() bool { return kit.DialogOpen() || !d.seen.Load() },
	})
	s.Journal.Keep(cmp.Or(sh.settings.Get().History, settings.UsualHistory))
	s.Start()
	sh.appear()
	d.build()
	d.subscribe()
	// what was told before somebody listened
	d.stateLatest.Do(func() { d.stateChanged(d.session.State()) })
	d.jobsLatest.Do(d.jobsChanged)
	d.lineLatest.Do(d.strip.journalChanged)
	return d
}

// reveal goes to a page and selects a thing there, see [page.Page].
func (d *Desk) reveal(name, id string) {
	d.goByKey(name)
	d.page.Reveal(id)
}

// build makes all of the window that belongs to the desk.
func (d *Desk) build() {
	d.strip = newStrip(d.session, d.commands)
	d.makePages()
	d.chip = kit.NewButton("engine", words.Say("common.looking-for-docker"), "", kit.Pill, d.commands.Engines).Opens()
	top := kit.NewBox(kit.Pad(d.head(), 10, 16, 10, 16), style.Surface, "", 0)
	side := kit.Down(4)
	for _, p := range d.pages {
		b := kit.NewButton("nav."+p.Name(), p.Title(), p.Icon(), kit.Nav, func() { d.Go(p.Name()) })
		d.nav[p.Name()] = b
		side.Add(b)
	}
	sidebar := kit.NewBox(kit.Width(style.SidebarSize, kit.Pad(side, 12, 10, 12, 10)), style.Surface, "", 0)
	d.bannerText = kit.NewParagraph(words.Text{}, kit.Strong).ID("banner")
	other := kit.NewButton("banner.engines", words.Say("gui.use-another-engine"), "", kit.Link, d.commands.Engines)
	line := kit.Across(10, kit.NewDot(style.Warn), kit.Grow(d.bannerText), other)
	d.banner = container.NewStack(kit.NewBox(kit.Pad(line, 8, 20, 8, 26), style.WarnSoft, "", 0))
	d.banner.Hide()
	d.center = container.NewStack()
	ground := kit.NewBox(kit.Down(0, d.banner, kit.Grow(d.center)), style.Background, "", 0)
	body := kit.Across(0, sidebar, kit.Rule(true), kit.Grow(ground))
	body.Layout = sideLayout{}
	main := kit.Down(0, top, kit.Rule(false), kit.Grow(body), kit.Rule(false), d.strip.content)
	d.content = container.NewStack(main, d.commands.Notices.Layer())
}

// makePages says what the center of the window can show, in the order of the navigation. Each page is made when it is
// first seen.
func (d *Desk) makePages() {
	s, f, c, w := d.session, d.shell.settings, d.commands, d.shell.work
	frame := page.Frame{Same: d.same, Would: d.would, Changed: d.changed}
	later := func(about page.About, made func() page.Page) *page.Later {
		return page.NewLater(about, s.Jobs.List, made)
	}
	d.welcome = welcome.New(c, d.strip.would)
	d.launch = later(launch.About(), func() page.Page { return launch.New(s, f, c, w, frame, d.recipes) })
	d.pages = []page.Page{
		d.launch,
		later(containers.About(f), func() page.Page { return containers.New(s, f, c, w, frame) }),
		later(images.About(), func() page.Page { return images.New(s, f, c, w, frame) }),
		later(volumes.About(), func() page.Page { return volumes.New(s, f, c, w, frame) }),
		later(cleanup.About(), func() page.Page { return cleanup.New(s, c, w, frame) }),
		later(preferences.About(), func() page.Page { return preferences.New(c, d.recipes, frame, d.shell.prefer) }),
	}
	d.page = d.launch
}

// head is the top of the window. That an engine is not real stands there always.
func (d *Desk) head() fyne.CanvasObject {
	name := []fyne.CanvasObject{
		kit.NewIcon("anchor", style.Text).Sized(20),
		kit.NewText(words.Name("Slipway"), kit.Heading.Whole()),
	}
	if d.session.Practice() {
		text := kit.NewText(words.Say("gui.nothing-here-is-real-try"), kit.Second).
			ID("practice")
		name = append(name, kit.Badge(words.Say("gui.practice"), style.Warn), text)
	}
	return kit.Across(10, append(name, kit.Spring(), d.chip)...)
}

// title is what the window is called while the desk is shown.
func (d *Desk) title() words.Text {
	if d.session.Practice() {
		return words.Say("gui.slipway-practice")
	}
	return words.Name("Slipway")
}

// subscribe brings what happens elsewhere to the window.
func (d *Desk) subscribe() {
	d.unsubscribe = append(d.unsubscribe,
		d.session.Subscribe(func(st session.State) { d.stateLatest.Do(func() { d.stateChanged(d.session.State()) }) }),
		d.session.Live.Subscribe(func(*live.Snapshot) { d.liveLatest.Do(d.liveChanged) }))
	d.session.Jobs.OnChange(func() { d.jobsLatest.Do(d.jobsChanged) })
	d.session.Journal.OnChange(func() { d.lineLatest.Do(d.strip.journalChanged) })
	d.commands.Launcher().StopIdle(d.recipes,
		func() time.Duration { return time.Duration(d.shell.settings.Get().StopIdle) * time.Hour }, d.sayIdle)
}

// woken is called when a person comes back to the window.
func (d *Desk) woken() {
	d.session.Wake()
	for _, p := range d.pages {
		p.Woken()
	}
}

// close ends everything that the desk does, but for the session.
func (d *Desk) close() {
	for _, f := range d.unsubscribe {
		f()
	}
	d.session.Jobs.OnChange(nil)
	d.session.Journal.OnChange(nil)
	d.commands.Actions().Close()
}

// key handles keys that no widget wanted.
func (d *Desk) key(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyEscape:
		if !d.commands.Notices.DismissNewest() {
			d.page.CloseDetails()
		}
	case fyne.KeyF1:
		d.shell.shortcuts()
	case fyne.KeyF2:
		d.carryOut("rename")
	case fyne.KeyF5:
		d.session.Wake()
	case fyne.KeyF11:
		d.page.Maximize()
	}
}

// sayIdle says that an idle notebook is being stopped, as a person wished.
func (d *Desk) sayIdle(s notebook.Server, idle time.Duration) {
	post.Do(func() {
		d.commands.Notices.Show(kit.Notice{
			Title: words.Say("gui.is-being-stopped", words.Args{"Name": words.Name(s.Container.Name)}),
			Text: words.Say("gui.nothing-happened-in-it-for",
				words.Args{"Span": present.Span(present.Now().Add(-idle), present.Now())}),
		})
	})
}

// pageOf is the page of this name; one that there is not is the first.
func (d *Desk) pageOf(name string) page.Page {
	for _, p := range d.pages {
		if p.Name() == name {
			return p
		}
	}
	return d.pages[0]
}

// Go changes the page; one that there is not is the first. On a desk that is not shown, it is seen later.
func (d *Desk) Go(name string) {
	next := d.pageOf(name)
	seen := d.shell.desk == d
	if next != d.page && seen {
		d.page.Hidden()
		d.shell.unfocus()
	}
	d.page = next
	for id, b := range d.nav {
		b.SetOn(id == next.Name())
	}
	d.showCenter()
	if seen {
		next.Shown()
	}
	d.changed()
}

// goByKey changes the page, and gives its list the keys.
func (d *Desk) goByKey(name string) {
	d.Go(name)
	if d.shell.desk == d {
		d.page.FocusList()
	}
}

// showCenter shows the page, or the welcome page while there is no engine to show anything of.
func (d *Desk) showCenter() {
	want := d.page.Content()
	if d.noEngine() && !d.page.Anywhere() {
		d.welcome.Show(d.state)
		want = d.welcome.Content()
	}
	if len(d.center.Objects) == 1 && d.center.Objects[0] == want {
		return
	}
	d.center.Objects = []fyne.CanvasObject{want}
	d.center.Refresh()
}

// noEngine tells that there is none whose pages could be shown. A desk that was just made has not been told anything.
func (d *Desk) noEngine() bool {
	return d.state.Phase == session.None || d.state.Phase == session.Looking
}

// stateChanged shows how the connection is.
func (d *Desk) stateChanged(st session.State) {
	d.state = st
	label, color, hint := present.Engine(st)
	d.chip.SetText(label)
	d.chip.SetDot(color)
	d.chip.SetHint(hint)
	d.showCenter()
	d.liveChanged()
}

// liveChanged shows the newest picture of the engine.
func (d *Desk) liveChanged() {
	snap := d.session.Live.Snapshot()
	d.showBanner(snap)
	for _, p := range d.pages {
		d.showCount(p, snap)
	}
	d.page.Refresh()
	d.changed()
	d.commands.LiveChanged()
	d.doHanded()
}

// showCount says beside the name of a page how many things it has.
func (d *Desk) showCount(p page.Page, snap *live.Snapshot) {
	d.nav[p.Name()].SetCount(countOf(p.Count(snap)))
}

// would shows the command that a page would carry out as it is.
func (d *Desk) would(command string) {
	d.strip.would(command)
	d.changed()
}

// same shows the command that shows what is selected, or lists the same.
func (d *Desk) same(command string) {
	if d.session.State().Phase == session.None { // docker would say nothing of it either
		command = ""
	}
	d.strip.same(command)
	d.changed()
}

// changed brings the count of the page and the menu bar up to date with what it shows and what is selected.
func (d *Desk) changed() {
	d.showCount(d.page, d.session.Live.Snapshot())
	if d.shell.desk == d && d.shell.menu != nil {
		d.shell.menu.update()
	}
}

// showBanner says over the page why the picture may be old or incomplete.
func (d *Desk) showBanner(snap *live.Snapshot) {
	p := snap.Problem
	switch {
	case d.state.Phase == session.Lost:
		p = d.state.Problem
	case d.state.Hangs:
		p = hangs
	}
	if p != nil {
		d.bannerText.Set(words.Of(p.Sentence().And(p.Fix)))
	}
	if shown := d.banner.Visible(); shown == (p != nil) {
		return
	}
	if p == nil {
		d.banner.Hide()
	} else {
		d.banner.Show()
	}
	d.shell.root.Refresh() // the page makes room
}

// hangs is said of an engine that takes questions and does not answer.
var hangs = &model.Problem{
	Kind: model.ProblemTimeout,
	What: model.Say("gui.engine-does-not-answer"),
	Why:  model.Say("gui.engine-may-be-busy"),
	Fix:  model.Say("gui.engine-goes-on"),
}

func countOf(n int, known bool) string {
	if !known {
		return ""
	}
	return strconv.Itoa(n)
}

// sideLayout puts the sidebar, a line and the page side by side at full height.
type sideLayout struct{}

// MinSize implements [fyne.Layout].
func (sideLayout) MinSize(objects []fyne.CanvasObject) fyne.Size { return fyne.NewSize(860, 420) }

// Layout implements [fyne.Layout].
func (sideLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	x := float32(0)
	for i, o := range objects {
		w := o.MinSize().Width
		if i == len(objects)-1 {
			w = size.Width - x
		}
		o.Resize(fyne.NewSize(w, size.Height))
		o.Move(fyne.NewPos(x, 0))
		x += w
	}
}

// doHanded begins what was handed over once all containers are known: a launch must find what there is already.
func (d *Desk) doHanded() {
	if d.state.Phase != session.Connected || !d.session.Live.Snapshot().ContainersComplete {
		return
	}
	list := d.handed
	d.handed = nil
	for _, r := range list {
		d.launch.Made().(*launch.Page).Handed(r.Recipe, r.Folder, r.File)
	}
}

// knows tells whether the window has a recipe of this ID.
func (d *Desk) knows(id string) bool {
	return slices.ContainsFunc(d.recipes, func(r notebook.Recipe) bool { return r.ID == id })
}

// carryOut does a command with what is selected now, if it can be done.
func (d *Desk) carryOut(id string) {
	if c, ok := commands.Find(d.page.Selection().Commands, id); ok && !c.Off {
		c.Run()
	}
}
