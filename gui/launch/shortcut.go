package launch

import (
	"context"
	"os"
	"slices"

	"slipway/assets"
	"slipway/engine/model"
	"slipway/engine/platform"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/post"
)

// withShortcut adds to the menu of a notebook's container what makes a shortcut to it, before the removal at its end;
// not where the desktop knows no such shortcuts, or there is nothing that one could launch.
func (o one) withShortcut(items []kit.MenuItem) []kit.MenuItem {
	if !platform.HasDesktopEntries() || o.s.Recipe.ID == "" || o.s.Folder == "" {
		return items
	}
	shortcut := kit.MenuItem{
		ID: "menu.shortcut", Label: words.Say("launch.make-a-desktop-shortcut-for"), Icon: "launch",
		Run: func() { o.makeShortcut() },
	}
	return slices.Insert(items, max(0, len(items)-2), shortcut)
}

// makeShortcut puts a shortcut on the desktop that launches the notebook's folder.
func (o one) makeShortcut() {
	o.p.work.Go(func(context.Context) {
		program, err := os.Executable()
		var path string
		if err == nil {
			path, err = platform.AddProjectShortcut(program, o.s.Recipe.ID, o.s.Folder, assets.AppIcon,
				words.Say("launch.opens-the-notebook-of", words.Args{"Folder": words.Name(o.s.Folder)}).String())
		}
		post.Do(func() {
			if err != nil {
				o.p.commands.ShowProblem(model.AsProblem(err, model.Say("launch.the-shortcut-cannot-be-made")), nil)
				return
			}
			o.p.commands.Notices.Show(kit.Notice{
				Title: words.Say("launch.the-shortcut-is-on-your"),
				Text: words.Say("launch.opens-this-notebook-some-desktops",
					words.Args{"Path": words.Name(platform.ShortenHome(path))}),
				Brief: true,
			})
		})
	})
}
