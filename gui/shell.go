// Package gui is the window: navigation, pages, the bottom strip with the command and the jobs, menus and shortcuts.
package gui

import (
	"context"
	"sync"
	"time"

	"slipway/assets"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/platform"
	"slipway/engine/session"
	"slipway/engine/settings"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/post"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Shell is the window. What of it belongs to one engine is a [Desk], and one of them is shown. Its methods belong to
// the UI thread unless they say otherwise.
type Shell struct {
	app      fyne.App
	window   fyne.Window
	settings *settings.File
	work     *post.Work
	theme    *style.Theme
	ownScale bool // no scale was given from outside
	program  Program
	appear   func() // puts the window on the screen, once
	recipes  []notebook.Recipe

	root  *kit.Root
	place *fyne.Container // holds the desk that is shown
	menu  *menus          // of the desk that is shown
	desks []*Desk
	desk  *Desk // the one that is shown
}

// Names of preferences that Fyne keeps: how the window was.
const (
	prefWidth  = "window.width"
	prefHeight = "window.height"
	prefPage   = "page"
)

// New makes the window on a session that was not started yet, and starts it.
func New(app fyne.App, s *session.Session, f *settings.File, program Program) *Shell {
	return newShell(app, s, f, program, func(*Shell) {})
}

// Open is [New] for a window that is on the screen at once, with only its ground in it.
func Open(app fyne.App, s *session.Session, f *settings.File, program Program) *Shell {
	return newShell(app, s, f, program, func(sh *Shell) {
		read := make(chan struct{})
		go func() { // the system makes a window for as long as fonts are read; nobody else measures texts meanwhile
			defer close(read)
			kit.ReadFonts()
		}()
		sh.window.Show()
		<-read
	})
}

// newShell makes the window. appear is called once its session has begun, before anything is put into it.
func newShell(app fyne.App, s *session.Session, f *settings.File, program Program, appear func(*Shell)) *Shell {
	sh := &Shell{app: app, settings: f, program: program, work: post.NewWork(), theme: &style.Theme{}}
	sh.appear = sync.OnceFunc(func() { appear(sh) })
	if err := toolkitWords(); err != nil {
		fyne.LogError("Slipway's words for Fyne", err) // it says the system's, then
	}
	sh.look(f.Get().Preferences)
	app.SetIcon(style.AppIcon())
	sh.window = app.NewWindow("Slipway")
	recipes, problems := loadRecipes()
	sh.recipes = recipes
	sh.place = container.NewStack()
	sh.root = kit.NewRoot(sh.place)
	sh.build()
	sh.work.OnProblem(func(p *model.Problem) { post.Do(func() { sh.desk.commands.ShowProblem(p, nil) }) })
	first := newDesk(sh, s)
	first.page = first.pageOf(app.Preferences().StringWithFallback(prefPage, "launch"))
	sh.add(first)
	for _, p := range problems {
		first.commands.ShowProblem(p, nil)
	}
	sh.work.Go(sh.passTime)
	sh.work.Go(sh.obeySignals)
	return sh
}

// build makes what all desks share.
func (sh *Shell) build() {
	sh.root.OnAim = func(command string) { sh.desk.strip.aim(command) }
	sh.root.OnPaste = func(text string) bool { return sh.desk.commands.Paste(text) }
	sh.root.OnKey = func(ev *fyne.KeyEvent) { sh.desk.key(ev) }
	sh.root.OnRune = func(r rune) {
		if r == '/' {
			sh.desk.page.FocusFilter(sh.window.Canvas())
		}
	}
	sh.window.SetContent(sh.root)
	sh.window.SetPadded(false)
	sh.window.Canvas().AddShortcut(&fyne.ShortcutPaste{}, func(fyne.Shortcut) { sh.pasteCommand() })
	sh.window.Canvas().SetOnTypedKey(func(ev *fyne.KeyEvent) { kit.PassKey(sh.window.Canvas(), ev) })
	sh.window.Canvas().SetOnTypedRune(func(r rune) { kit.PassRune(sh.window.Canvas(), r) })
	sh.window.SetOnDropped(func(_ fyne.Position, uris []fyne.URI) { sh.Drop(uris) })
	sh.window.SetCloseIntercept(sh.Quit)
	prefs := sh.app.Preferences()
	sh.window.Resize(fyne.NewSize(float32(prefs.FloatWithFallback(prefWidth, 1280)),
		float32(prefs.FloatWithFallback(prefHeight, 800))))
	sh.app.Lifecycle().SetOnEnteredForeground(func() {
		post.Do(func() {
			for _, d := range sh.desks {
				d.woken()
			}
		})
	})
}

// pasteCommand shows what the docker commands in the clipboard do.
func (sh *Shell) pasteCommand() {
	if sh.window.Canvas().Overlays().Top() != nil {
		return // another question is open
	}
	if !sh.desk.commands.Paste(sh.app.Clipboard().Content()) {
		sh.desk.commands.Notices.Show(kit.Notice{
			Title: words.Say("gui.no-docker-command-in-the-clipboard"),
			Text:  words.Say("gui.copy-a-docker-command"), Brief: true,
		})
	}
}

// Add makes another desk on a session that was not started yet, starts it, and shows the desk. Whoever made the session
// closes it after the window.
func (sh *Shell) Add(s *session.Session) *Desk {
	d := newDesk(sh, s)
	sh.add(d)
	return d
}

func (sh *Shell) add(d *Desk) {
	sh.desks = append(sh.desks, d)
	sh.Show(d)
}

// Show puts a desk in front. What runs on the others goes on.
func (sh *Shell) Show(d *Desk) {
	if before := sh.desk; before != nil && before != d {
		before.page.Hidden()
		before.seen.Store(false)
		sh.unfocus()
	}
	sh.desk = d
	d.seen.Store(true)
	sh.place.Objects = []fyne.CanvasObject{d.content}
	sh.place.Refresh()
	sh.window.SetTitle(d.title().String())
	sh.menu = newMenus(sh)
	sh.window.SetMainMenu(sh.menu.main)
	d.Go(d.page.Name())
}

// toFront shows a desk, if it is not shown.
func (sh *Shell) toFront(d *Desk) {
	if sh.desk != nil && sh.desk != d {
		sh.Show(d)
	}
}

// unfocus takes the keys from what is not seen any more: Delete and Enter act on a list's row.
func (sh *Shell) unfocus() {
	if c := sh.window.Canvas(); c.Overlays().Top() == nil {
		c.Unfocus()
	}
}

// Desk is the one that is shown.
func (sh *Shell) Desk() *Desk { return sh.desk }

// Go changes the page of the desk that is shown; one that there is not is the first.
func (sh *Shell) Go(name string) { sh.desk.Go(name) }

// Window is the window.
func (sh *Shell) Window() fyne.Window { return sh.window }

// loadRecipes are the kinds of notebooks that can be launched, and what is wrong with a user's own.
func loadRecipes() ([]notebook.Recipe, []*model.Problem) {
	return notebook.Load(assets.Recipes, platform.RegularFiles(settings.RecipesPath()),
		words.Tag())
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
			post.Do(func() {
				for _, d := range sh.desks {
					d.liveLatest.Do(d.liveChanged)
				}
			})
		}
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
	if sh.desk.state.Phase != session.Connected || len(paths) == 0 {
		return
	}
	if sh.window.Canvas().Overlays().Top() == nil && sh.desk.page.Drop(paths) {
		return
	}
	sh.desk.commands.Drop(paths)
}

// Run serves the window until the application quits.
func (sh *Shell) Run() {
	sh.startTray()
	sh.app.Run()
}

// Close ends everything that the window started and waits for it. Call it after the run loop returned.
func (sh *Shell) Close() {
	post.Close()
	for _, d := range sh.desks {
		d.close()
	}
	sh.work.Close()
	for _, d := range sh.desks {
		for _, p := range d.pages {
			p.Close()
		}
	}
}

// Tell shows a problem from the start of the program.
func (sh *Shell) Tell(p *model.Problem) { sh.desk.commands.ShowProblem(p, nil) }
