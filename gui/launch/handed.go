package launch

import (
	"context"
	"path/filepath"

	"slipway/engine/actions"
	"slipway/engine/notebook"
	"slipway/engine/platform"
	"slipway/engine/settings"
	"slipway/gui/post"
)

// Recipes are the kinds of notebooks that the page offers.
func (p *Page) Recipes() []notebook.Recipe { return p.recipes }

// Handed does what another Slipway was asked, by a command or a shortcut: launch a folder, or open the notebook file
// in it where file is not "". The page shows how far it is.
func (p *Page) Handed(recipeID, folder, file string) {
	p.SetFolder(folder)
	p.recipe = p.recipeOf(recipeID)
	p.mark()
	p.status.Set("") // it was said of another folder
	if file == "" {
		p.start.SetText("Launch " + p.recipe.Name)
		p.begin(p.recipe, folder, p.portOf(folder))
		return
	}
	p.job = p.commands.Actions().Launch(actions.Launch{Recipe: p.recipe, Folder: folder, File: file, Port: p.portOf(folder), Open: p.openRemembered})
	p.start.SetText("Open " + filepath.Base(file))
	p.start.SetEnabled(false, "It is being opened.")
	p.JobsChanged()
}

// openRemembered opens a notebook in the browser, and remembers its folder when Slipway launched it.
func (p *Page) openRemembered(ctx context.Context, o actions.Opened) error {
	if s := o.Server; s.Recipe.ID != "" {
		post.Do(func() {
			p.commands.Remember(func(v *settings.Values) {
				v.Folder = s.Folder
				v.Remember(settings.Project{Folder: s.Folder, Recipe: s.Recipe.ID, Port: s.Port.HostPort})
			})
		})
	}
	return platform.OpenURL(ctx, o.URL)
}
