package gui

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"slipway/engine/launcher"
	"slipway/engine/live"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/platform"
	"slipway/engine/session"
	"slipway/engine/settings"
	"slipway/engine/words"
	"slipway/gui/post"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// mostInTray is how many notebooks, and how many folders, the tray's menu lists.
const mostInTray = 10

// trayTime is how long the session bus may take to say whether there is a tray. The window waits for it: Fyne shows
// nothing in a tray that it was not told of before its loop runs.
const trayTime = 300 * time.Millisecond

// startTray puts a menu into the desktop's tray, where there is one, and keeps it current. Call it before the run loop.
func (sh *Shell) startTray() {
	app, ok := sh.app.(desktop.App)
	if !ok {
		return
	}
	found := make(chan bool, 1)
	sh.work.Go(func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, trayTime)
		defer cancel()
		found <- platform.HasTray(ctx)
	})
	select {
	case has := <-found:
		if !has {
			return
		}
	case <-time.After(trayTime):
		return
	}
	app.SetSystemTrayMenu(sh.trayMenu(tray{}))
	d := sh.desk
	sh.work.Go(func(ctx context.Context) { sh.serveTray(ctx, app, d) })
}

// serveTray keeps the menu current until ctx ends: the notebooks of one engine.
func (sh *Shell) serveTray(ctx context.Context, app desktop.App, d *Desk) {
	s := d.session
	changed := make(chan struct{}, 1)
	defer s.Live.Subscribe(func(*live.Snapshot) {
		select {
		case changed <- struct{}{}:
		default: // it will look anyway
		}
	})()
	for shown := ""; ; {
		m := trayOf(s, s.Live.Snapshot(), d.recipes, sh.settings.Get().Projects)
		m.launcher = d.commands.Launcher()
		if key := fmt.Sprintf("%q", m.labels()); key != shown {
			shown = key
			post.Do(func() { app.SetSystemTrayMenu(sh.trayMenu(m)) })
		}
		select {
		case <-ctx.Done():
			return
		case <-changed:
		}
	}
}

// tray is what the menu in the tray offers.
type tray struct {
	launcher *launcher.Launcher // of the engine that they are on
	servers  []notebook.Server
	projects []settings.Project
}

// trayOf lists the notebooks that run and can be opened, and the folders that were launched and have none.
func trayOf(s *session.Session, snap *live.Snapshot, recipes []notebook.Recipe, projects []settings.Project) tray {
	var m tray
	runs := map[string]bool{}
	for _, s := range launcher.Servers(s, snap, recipes) {
		if s.Container.State == model.StateRunning && s.Reached() && len(m.servers) < mostInTray && !snap.Stale {
			m.servers = append(m.servers, s)
			runs[s.Folder] = true
		}
	}
	for _, p := range projects {
		if !runs[p.Folder] && len(m.projects) < mostInTray {
			m.projects = append(m.projects, p)
		}
	}
	return m
}

// labels are the lines that differ from one menu to the next, with what a click on them opens.
func (m tray) labels() []string {
	var list []string
	for _, s := range m.servers {
		list = append(list, trayName(s), s.Container.ID, s.URL())
	}
	for _, p := range m.projects {
		list = append(list, p.Folder, p.Recipe)
	}
	return list
}

// trayName is what a notebook is called in the tray: its folder, and its container where it works in none.
func trayName(s notebook.Server) string {
	if s.Folder == "" {
		return s.Container.Name
	}
	return model.Visible(filepath.Base(s.Folder))
}

// trayMenu makes the menu.
func (sh *Shell) trayMenu(m tray) *fyne.Menu {
	var items []*fyne.MenuItem
	for _, s := range m.servers {
		items = append(items, fyne.NewMenuItem(trayLabel(words.Say("gui.open",
			words.Args{"Name": words.Name(trayName(s))})).String(), func() { m.launcher.OpenServer(s) }))
	}
	if len(items) == 0 {
		none := fyne.NewMenuItem(words.Say("gui.no-notebook-is-running").String(), nil)
		none.Disabled = true
		items = append(items, none)
	}
	if len(m.projects) > 0 {
		recent := fyne.NewMenuItem(words.Say("gui.launch-recent").String(), nil)
		recent.ChildMenu = fyne.NewMenu("")
		for _, p := range m.projects {
			recent.ChildMenu.Items = append(recent.ChildMenu.Items,
				fyne.NewMenuItem(trayLabel(words.Name(model.Visible(p.Folder))).String(), func() {
					sh.launchRecent(p)
				}))
		}
		items = append(items, recent)
	}
	quit := fyne.NewMenuItem(words.Say("gui.quit").String(), func() {
		sh.front() // it may ask
		sh.Quit()
	})
	quit.IsQuit = true
	items = append(items, fyne.NewMenuItemSeparator(), fyne.NewMenuItem(words.Say("gui.open-window").String(), sh.front),
		quit)
	return fyne.NewMenu("Slipway", items...)
}

// launchRecent launches a folder again, in the window.
func (sh *Shell) launchRecent(p settings.Project) {
	r := platform.Request{Do: platform.DoLaunch, Recipe: p.Recipe, Folder: p.Folder}
	if !sh.desk.knows(r.Recipe) {
		r.Recipe = sh.desk.recipes[0].ID
	}
	if err := sh.take(r); err != nil {
		sh.desk.commands.ShowProblem(model.AsProblem(err, model.Say("gui.the-folder-cannot-be-launched")), nil)
	}
}

// trayLabel is text for the tray of this system: a free desktop takes a single _ for the mark of a key
// (the com.canonical.dbusmenu interface).
func trayLabel(text words.Text) words.Text {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return text
	}
	return words.Name(strings.ReplaceAll(text.String(), "_", "__"))
}
