package launch

import (
	"context"
	"os"
	"slices"

	"slipway/assets"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/platform"
	"slipway/gui/kit"
	"slipway/gui/post"
)

// withShortcut adds to the menu of a notebook's container what makes a shortcut to it, before the removal at its end;
// not where the desktop knows no such shortcuts, or there is nothing that one could launch.
func (p *Page) withShortcut(items []kit.MenuItem, s notebook.Server) []kit.MenuItem {
	if !platform.HasDesktopEntries() || s.Recipe.ID == "" || s.Folder == "" {
		return items
	}
	shortcut := kit.MenuItem{
		ID: "menu.shortcut", Label: "Make a desktop shortcut for this project", Icon: "launch",
		Run: func() { p.makeShortcut(s) },
	}
	return slices.Insert(items, max(0, len(items)-2), shortcut)
}

// makeShortcut puts a shortcut on the desktop that launches the notebook's folder.
func (p *Page) makeShortcut(s notebook.Server) {
	p.work.Go(func(context.Context) {
		program, err := os.Executable()
		var path string
		if err == nil {
			path, err = platform.AddProjectShortcut(program, s.Recipe.ID, s.Folder, assets.AppIcon)
		}
		post.Do(func() {
			if err != nil {
				p.commands.ShowProblem(model.AsProblem(err, "The shortcut cannot be made"), nil)
				return
			}
			p.commands.Notices.Show(kit.Notice{
				Title: "The shortcut is on your desktop",
				Text:  platform.ShortenHome(path) + " opens this notebook. Some desktops ask once whether to trust it.",
				Brief: true,
			})
		})
	})
}
