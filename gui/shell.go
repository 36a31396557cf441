// Package gui is the window: navigation, pages, the bottom strip with the command and the jobs, menus and shortcuts.
package gui

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"slipway/assets"
	"slipway/engine/actions"
	"slipway/engine/job"
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
	"slipway/gui/present"
	"slipway/gui/style"
	"slipway/gui/volumes"
	"slipway/gui/welcome"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"github.com/adrg/xdg"
)

// Shell is the window and what is in it. Its methods belong to the UI thread unless they say otherwise.
type Shell struct {
	app      fyne.App
	window   fyne.Window
	session  *session.Session
	settings *settings.File
	actions  *actions.Actions
	commands *commands.Set
	work     *post.Work
	theme    *style.Theme
	version  string

	root       *kit.Root
	chip       *kit.Button
	nav        map[string]*kit.Button
	pages      []page.Page
	page       page.Page
	center     *fyne.Container
	welcome    *welcome.Page
	launch     *launch.Page
	banner     *fyne.Container
	bannerText *kit.Paragraph
	strip      *strip
	menu       *menus
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

// Names of preferences that Fyne keeps: how the window was.
const (
	prefWidth  = "window.width"
	prefHeight = "window.height"
	prefPage   = "page"
)

// New makes the window on a session that was not started yet, and starts it: it looks for an engine while the pages are
// made.
func New(app fyne.App, s *session.Session, f *settings.File, version string) *Shell {
	sh := &Shell{
		app: app, session: s, settings: f, version: version, work: post.NewWork(), theme: &style.Theme{},
		nav: map[string]*kit.Button{}, ended: map[string]bool{}, undo: map[string]func(){}, undoUntil: map[string]time.Time{},
		undoStopped: map[string]bool{}, state: s.State(),
	}
	if err := toolkitWords(); err != nil {
		fyne.LogError("Slipway's words for Fyne", err) // it says the system's, then
	}
	sh.theme.Force(f.Get().Theme)
	app.Settings().SetTheme(sh.theme)
	app.SetIcon(style.AppIcon())
	sh.window = app.NewWindow("Slipway")
	notices := kit.NewNotices()
	recipes, problems := loadRecipes()
	sh.commands = commands.New(commands.Options{
		Session: s, Settings: f, Work: sh.work, Window: sh.window, Notices: notices, Version: version, Recipes: recipes,
		Reveal: sh.reveal,
	})
	sh.actions = sh.commands.Actions()
	sh.work.OnProblem(sh.commands.Tell)
	for _, p := range problems {
		sh.commands.ShowProblem(p, nil)
	}
	s.Start()
	sh.build(notices, recipes)
	sh.subscribe()
	// what was told before somebody listened
	sh.stateLatest.Do(func() { sh.stateChanged(sh.session.State()) })
	sh.jobsLatest.Do(sh.jobsChanged)
	sh.lineLatest.Do(sh.strip.journalChanged)
	return sh
}

// reveal goes to a page and selects a thing there, see [page.Page].
func (sh *Shell) reveal(name, id string) {
	sh.goByKey(name)
	sh.page.Reveal(id)
}

// Window is the window.
func (sh *Shell) Window() fyne.Window { return sh.window }

// build makes everything in the window.
func (sh *Shell) build(notices *kit.Notices, recipes []notebook.Recipe) {
	sh.strip = newStrip(sh.session, sh.commands)
	sh.makePages(recipes)
	sh.chip = kit.NewButton("engine", words.Say("common.looking-for-docker"), "", kit.Pill, sh.commands.Engines).Opens()
	top := kit.NewBox(kit.Pad(sh.head(), 10, 16, 10, 16), style.Surface, "", 0)
	side := kit.Down(4)
	for _, p := range sh.pages {
		b := kit.NewButton("nav."+p.Name(), p.Title(), p.Icon(), kit.Nav, func() { sh.Go(p.Name()) })
		sh.nav[p.Name()] = b
		side.Add(b)
	}
	sidebar := kit.NewBox(kit.Width(style.SidebarSize, kit.Pad(side, 12, 10, 12, 10)), style.Surface, "", 0)
	sh.bannerText = kit.NewParagraph(words.Text{}, kit.Strong).ID("banner")
	bannerDot := kit.NewDot(style.Warn)
	sh.banner = container.NewStack(kit.NewBox(kit.Pad(kit.Across(10, bannerDot, kit.Grow(sh.bannerText),
		kit.NewButton("banner.engines", words.Say("gui.use-another-engine"), "", kit.Link, sh.commands.Engines)), 8, 20, 8,
		26),
		style.WarnSoft, "", 0))
	sh.banner.Hide()
	sh.center = container.NewStack()
	ground := kit.NewBox(kit.Down(0, sh.banner, kit.Grow(sh.center)), style.Background, "", 0)
	body := kit.Across(0, sidebar, kit.Rule(true), kit.Grow(ground))
	body.Layout = sideLayout{}
	main := kit.Down(0, top, kit.Rule(false), kit.Grow(body), kit.Rule(false), sh.strip.content)
	sh.root = kit.NewRoot(container.NewStack(main, notices.Layer()))
	sh.root.OnAim = sh.strip.aim
	sh.root.OnKey = sh.key
	sh.root.OnRune = func(r rune) {
		if r == '/' {
			sh.page.FocusFilter(sh.window.Canvas())
		}
	}
	sh.window.SetContent(sh.root)
	sh.window.SetPadded(false)
	sh.window.Canvas().SetOnTypedKey(func(ev *fyne.KeyEvent) { kit.PassKey(sh.window.Canvas(), ev) })
	sh.window.Canvas().SetOnTypedRune(func(r rune) { kit.PassRune(sh.window.Canvas(), r) })
	sh.window.SetOnDropped(func(_ fyne.Position, uris []fyne.URI) { sh.Drop(uris) })
	sh.window.SetCloseIntercept(sh.Quit)
	sh.menu = newMenus(sh)
	sh.window.SetMainMenu(sh.menu.main)
	prefs := sh.app.Preferences()
	sh.window.Resize(fyne.NewSize(float32(prefs.FloatWithFallback(prefWidth, 1280)),
		float32(prefs.FloatWithFallback(prefHeight, 800))))
	sh.Go(prefs.StringWithFallback(prefPage, "launch"))
	sh.stateChanged(sh.state)
}

// makePages makes what the center of the window can show, in the order of the navigation.
func (sh *Shell) makePages(recipes []notebook.Recipe) {
	s, f, c, w := sh.session, sh.settings, sh.commands, sh.work
	frame := page.Frame{Same: sh.same, Would: sh.would, Changed: sh.changed}
	sh.welcome = welcome.New(c, sh.strip.would)
	sh.launch = launch.New(s, f, c, w, frame, recipes)
	sh.pages = []page.Page{
		sh.launch,
		containers.New(s, f, c, w, frame),
		images.New(s, f, c, w, frame),
		volumes.New(s, f, c, w, frame),
		cleanup.New(s, c, w, frame),
	}
	sh.page = sh.launch
}

// head is the top of the window. That an engine is not real stands there always.
func (sh *Shell) head() fyne.CanvasObject {
	name := []fyne.CanvasObject{
		kit.NewIcon("anchor", style.Text).Sized(20),
		kit.NewText(words.Name("Slipway"), kit.Heading.Whole()),
	}
	if sh.session.Practice() {
		sh.window.SetTitle(words.Say("gui.slipway-practice").String())
		text := kit.NewText(words.Say("gui.nothing-here-is-real-try"), kit.Second).
			ID("practice")
		name = append(name, kit.Badge(words.Say("gui.practice"), style.Warn), text)
	}
	return kit.Across(10, append(name, kit.Spring(), sh.chip)...)
}

// loadRecipes are the kinds of notebooks that can be launched, and what is wrong with a user's own.
func loadRecipes() ([]notebook.Recipe, []*model.Problem) {
	return notebook.Load(assets.Recipes, platform.RegularFiles(filepath.Join(xdg.ConfigHome, "slipway", "recipes")),
		words.Tag())
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

// subscribe brings what happens elsewhere to the window.
func (sh *Shell) subscribe() {
	sh.unsubscribe = append(sh.unsubscribe,
		sh.session.Subscribe(func(st session.State) { sh.stateLatest.Do(func() { sh.stateChanged(sh.session.State()) }) }),
		sh.session.Live.Subscribe(func(*live.Snapshot) { sh.liveLatest.Do(sh.liveChanged) }))
	sh.session.Jobs.OnChange(func() { sh.jobsLatest.Do(sh.jobsChanged) })
	sh.session.Journal.OnChange(func() { sh.lineLatest.Do(sh.strip.journalChanged) })
	sh.app.Lifecycle().SetOnEnteredForeground(func() {
		sh.session.Wake()
		post.Do(func() {
			for _, p := range sh.pages {
				p.Woken()
			}
		})
	})
	sh.commands.Launcher().StopIdle(sh.launch.Recipes(),
		func() time.Duration { return time.Duration(sh.settings.Get().StopIdle) * time.Hour }, sh.sayIdle)
	sh.work.Go(sh.passTime)
	sh.work.Go(sh.obeySignals)
}

// sayIdle says that an idle notebook is being stopped, as a person wished.
func (sh *Shell) sayIdle(s notebook.Server, idle time.Duration) {
	post.Do(func() {
		sh.commands.Notices.Show(kit.Notice{
			Title: words.Say("gui.is-being-stopped", words.Args{"Name": words.Name(s.Container.Name)}),
			Text: words.Say("gui.nothing-happened-in-it-for",
				words.Args{"Span": present.Span(present.Now().Add(-idle), present.Now())}),
		})
	})
}

// passTime brings relative times on the screen up to date. It asks nobody.
func (sh *Shell) passTime(ctx context.Context) {
	t := time.NewTicker(30 * time.Second)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			sh.liveLatest.Do(sh.liveChanged)
		}
	}
}

// Go changes the page; one that there is not is the first.
func (sh *Shell) Go(name string) {
	next := sh.pages[0]
	for _, p := range sh.pages {
		if p.Name() == name {
			next = p
		}
	}
	if next != sh.page {
		sh.page.Hidden()
		// A list that is not seen must not take keys: Delete and Enter act on its row.
		if c := sh.window.Canvas(); c.Overlays().Top() == nil {
			c.Unfocus()
		}
	}
	sh.page = next
	for id, b := range sh.nav {
		b.SetOn(id == next.Name())
	}
	sh.showCenter()
	next.Shown()
	sh.changed()
}

// goByKey changes the page, and gives its list the keys.
func (sh *Shell) goByKey(name string) {
	sh.Go(name)
	sh.page.FocusList()
}

// showCenter shows the page, or the welcome page while there is no engine to show anything of.
func (sh *Shell) showCenter() {
	want := sh.page.Content()
	if sh.state.Phase == session.None || sh.state.Phase == session.Looking {
		want = sh.welcome.Content()
	}
	if len(sh.center.Objects) == 1 && sh.center.Objects[0] == want {
		return
	}
	sh.center.Objects = []fyne.CanvasObject{want}
	sh.center.Refresh()
}

// stateChanged shows how the connection is.
func (sh *Shell) stateChanged(st session.State) {
	sh.state = st
	label, color, hint := present.Engine(st)
	sh.chip.SetText(label)
	sh.chip.SetDot(color)
	sh.chip.SetHint(hint)
	sh.welcome.Show(st)
	sh.showCenter()
	sh.liveChanged()
}

// liveChanged shows the newest picture of the engine.
func (sh *Shell) liveChanged() {
	snap := sh.session.Live.Snapshot()
	sh.showBanner(snap)
	for _, p := range sh.pages {
		sh.nav[p.Name()].SetCount(countOf(p.Count(snap)))
	}
	sh.page.Refresh()
	sh.menu.update()
	sh.commands.LiveChanged()
	sh.doHanded()
}

// would shows the command that a page would carry out as it is.
func (sh *Shell) would(command string) {
	sh.strip.would(command)
	sh.changed()
}

// same shows the command that shows what is selected, or lists the same.
func (sh *Shell) same(command string) {
	if sh.session.State().Phase == session.None { // docker would say nothing of it either
		command = ""
	}
	sh.strip.same(command)
	sh.changed()
}

// changed brings the menu bar up to date with what is selected.
func (sh *Shell) changed() {
	if sh.menu != nil {
		sh.menu.update()
	}
}

// hangs is said of an engine that takes questions and does not answer.
var hangs = &model.Problem{
	Kind: model.ProblemTimeout,
	What: model.Say("gui.engine-does-not-answer"),
	Why:  model.Say("gui.engine-may-be-busy"),
	Fix:  model.Say("gui.engine-goes-on"),
}

// showBanner says over the page why the picture may be old or incomplete.
func (sh *Shell) showBanner(snap *live.Snapshot) {
	p := snap.Problem
	switch {
	case sh.state.Phase == session.Lost:
		p = sh.state.Problem
	case sh.state.Hangs:
		p = hangs
	}
	if p != nil {
		sh.bannerText.Set(words.Of(p.Sentence().And(p.Fix)))
	}
	if shown := sh.banner.Visible(); shown == (p != nil) {
		return
	}
	if p == nil {
		sh.banner.Hide()
	} else {
		sh.banner.Show()
	}
	sh.root.Refresh() // the page makes room
}

func countOf(n int, known bool) string {
	if !known {
		return ""
	}
	return strconv.Itoa(n)
}

// jobsChanged shows what runs, and says how jobs ended.
func (sh *Shell) jobsChanged() {
	views := sh.session.Jobs.List()
	if young := sh.strip.jobs(views); young {
		time.AfterFunc(soon, func() { sh.jobsLatest.Do(sh.jobsChanged) }) // it may not tell by itself that it still runs
	}
	sh.commands.JobsChanged()
	for _, p := range sh.pages {
		p.Jobs(views)
	}
	sh.showDoing(views)
	ended := map[string]bool{} // of those that are still on the list, so that it does not grow
	for _, v := range views {
		if v.State == job.Running {
			sh.offerUndo(v)
			continue
		}
		restarts := sh.undoStopped[v.ID]
		delete(sh.undoStopped, v.ID)
		sh.withdrawUndo(v.ID)
		ended[v.ID] = true
		if !sh.ended[v.ID] {
			sh.sayEnded(v, restarts)
		}
	}
	sh.ended = ended
}

// sayEnded says how a job ended, unless what began it does. restarts tells that containers are started again if it was
// undone.
func (sh *Shell) sayEnded(v job.View, restarts bool) {
	for _, p := range sh.pages {
		p.Ended(v)
	}
	switch v.State {
	case job.Failed:
		if !sh.commands.ShownInForm(v) && !sh.shownByAPage(v.ID) {
			sh.commands.ShowFailure(v)
		}
	case job.Cancelled:
		sh.sayCancelled(v, restarts)
	case job.Done:
		quiet := slices.ContainsFunc(sh.pages, func(p page.Page) bool { return p.ShowsEnd(v.ID) })
		if !v.Result.None() && !quiet { // else its card and its button say it, which a message would cover
			sh.sayDone(v)
		}
	}
}

// shownByAPage tells that a page itself shows that a job failed or was cancelled.
func (sh *Shell) shownByAPage(jobID string) bool {
	return slices.ContainsFunc(sh.pages, func(p page.Page) bool { return p.ShowsFailure(jobID) })
}

func (sh *Shell) sayCancelled(v job.View, restarts bool) {
	n := kit.Notice{
		Title: words.Say("gui.cancelled", words.Args{"Title": v.Title}), Text: words.Of(v.Remains),
		Brief: len(v.Remains.Each()) < 2,
	}
	switch {
	case v.Undone:
		n = kit.Notice{
			Title: words.Say("gui.undone", words.Args{"Title": v.Title}),
			Text:  words.Say("gui.nothing-was-deleted"), Brief: true,
		}
		if restarts {
			n.Text = words.Join(" ", n.Text, words.Say("gui.what-was-running-is-started"))
		}
	case sh.shownByAPage(v.ID):
		n = kit.Notice{
			Title: words.Say("common.cancelled"),
			Text:  words.Say("gui.everything-is-as-it-was"), Brief: true,
		}
	case v.Remains.None():
		return
	}
	sh.commands.Notices.Show(n)
}

func (sh *Shell) sayDone(v job.View) {
	dismiss := func() {}
	next := sh.commands.Next(v, func() { dismiss() })
	n := kit.Notice{Title: words.Of(v.Result), Text: words.Of(model.Fact{}.And(v.Notes...)), Buttons: next}
	n.Brief = len(next) < 2 || v.Deed.Pulled() != "" // its page has them, too
	dismiss = sh.commands.Notices.Show(n)
}

// showDoing has the page say what is being done to its rows, and no more when that has ended: an engine may tell
// nothing of either.
func (sh *Shell) showDoing(views []job.View) {
	runs := ""
	for _, v := range views {
		if v.State == job.Running {
			runs += fmt.Sprint(v.ID, v.Doing, " ")
		}
	}
	if runs != sh.runs {
		sh.runs = runs
		sh.page.Refresh()
	}
}

// offerUndo shows for as long as a removal can be undone how to do that.
func (sh *Shell) offerUndo(v job.View) {
	if v.HeldUntil.IsZero() || v.Cancelling {
		sh.withdrawUndo(v.ID)
		return
	}
	if sh.undo[v.ID] != nil && sh.undoUntil[v.ID].Equal(v.HeldUntil) {
		return
	}
	if sh.undo[v.ID] != nil { // the time began anew
		sh.undo[v.ID]()
	}
	sh.undoUntil[v.ID] = v.HeldUntil
	again := words.Text{}
	if slices.ContainsFunc(v.Held, func(id string) bool {
		c, ok := sh.session.Live.Snapshot().Container(id)
		return ok && !c.Running() && c.FinishedAt.After(v.Started) // one with --rm runs on until then
	}) {
		again = words.Say("gui.what-was-running-starts-again")
	}
	sh.undoStopped[v.ID] = !again.None()
	undo := kit.NewButton("notice.undo", words.Say("gui.undo"), "undo", kit.Normal,
		func() { sh.session.Jobs.Cancel(v.ID) }).Small()
	sh.undo[v.ID] = sh.commands.Notices.Show(kit.Notice{
		Icon: "undo", Title: present.Doing(v.Deed), Until: v.HeldUntil,
		Text: words.Say("gui.nothing-is-deleted-until-then").And(again), Buttons: []fyne.CanvasObject{undo},
	})
	sh.page.Refresh()
}

// withdrawUndo takes the offer away.
func (sh *Shell) withdrawUndo(id string) {
	if dismiss := sh.undo[id]; dismiss != nil {
		dismiss()
		delete(sh.undo, id)
		delete(sh.undoUntil, id)
		sh.page.Refresh()
	}
}

// Drop takes files and folders that were dropped on the window: the folder of a notebook, files into the folder that is
// looked at, or mounts of the run form.
func (sh *Shell) Drop(uris []fyne.URI) {
	paths := make([]string, 0, len(uris))
	for _, u := range uris {
		if u.Scheme() == "file" {
			paths = append(paths, u.Path())
		}
	}
	if sh.state.Phase != session.Connected || len(paths) == 0 {
		return
	}
	if sh.window.Canvas().Overlays().Top() == nil && sh.page.Drop(paths) {
		return
	}
	sh.commands.Drop(paths)
}

// key handles keys that no widget wanted.
func (sh *Shell) key(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyEscape:
		if !sh.commands.Notices.DismissNewest() {
			sh.page.CloseDetails()
		}
	case fyne.KeyF1:
		sh.shortcuts()
	case fyne.KeyF2:
		sh.carryOut("rename")
	case fyne.KeyF5:
		sh.session.Wake()
	case fyne.KeyF11:
		sh.page.Maximize()
	}
}

// ShowAndRun shows the window and serves it until the application quits.
func (sh *Shell) ShowAndRun() {
	sh.startTray()
	sh.window.ShowAndRun()
}

// Close ends everything that the window started and waits for it. Call it after the run loop returned.
func (sh *Shell) Close() {
	post.Close()
	for _, f := range sh.unsubscribe {
		f()
	}
	sh.session.Jobs.OnChange(nil)
	sh.session.Journal.OnChange(nil)
	sh.actions.Close()
	sh.work.Close()
	for _, p := range sh.pages {
		p.Close()
	}
}

// Tell shows a problem from the start of the program.
func (sh *Shell) Tell(p *model.Problem) { sh.commands.ShowProblem(p, nil) }
