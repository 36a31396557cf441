package launch

import (
	"context"
	"path/filepath"
	"slices"

	"slipway/engine/launcher"
	"slipway/engine/notebook"
	"slipway/engine/settings"
	"slipway/engine/words"
	"slipway/gui/post"
)

// Recipes are the kinds of notebooks that a page with these recipes offers: also any image that a person names.
func Recipes(recipes []notebook.Recipe) []notebook.Recipe {
	return append(slices.Clone(recipes), notebook.Any())
}

// Handed does what another Slipway was asked, by a command or a shortcut: launch a folder, or open the notebook file
// in it where file is not "". The page shows how far it is.
func (p *Page) Handed(recipeID, folder, file string) {
	p.SetFolder(folder)
	if p.recipe.ID != recipeID {
		p.options.forget() // an image that was chosen was another kind's
	}
	p.recipe = p.recipeOf(recipeID)
	p.mark()
	p.status.Set(words.Text{}) // it was said of another folder
	if file == "" {
		p.start.SetText(words.Say("launch.launch", words.Args{"Name": named(p.recipe)}))
		p.begin(p.wish())
		return
	}
	l := p.wish()
	l.File, l.Open = file, p.openRemembered
	p.job, p.anewing = p.commands.Launcher().Launch(l), false
	p.start.SetText(words.Say("launch.open-file", words.Args{"File": words.Name(filepath.Base(file))}))
	p.start.SetEnabled(false, words.Say("launch.it-is-being-opened"))
	p.jobsChanged()
}

// Reveal chooses an image to be launched, and the kind of notebook that it is for.
func (p *Page) Reveal(image string) {
	id, _ := notebook.RecipeOf(image, p.recipes)
	if id == "" {
		id = notebook.AnyID
	}
	p.recipe = p.recipeOf(id)
	p.options.choose(image)
	p.mark()
	p.Refresh()
}

// openRemembered opens a notebook in the browser, and remembers its folder when Slipway launched it.
func (p *Page) openRemembered(ctx context.Context, o launcher.Opened) error {
	if s := o.Server; s.Recipe.ID != "" {
		post.Do(func() {
			p.commands.Remember(func(v *settings.Values) {
				v.Folder = s.Folder
				project := v.Project(s.Folder)
				if project.Recipe != s.Recipe.ID {
					project.Image = "" // it was another kind's
				}
				project.Folder, project.Recipe, project.Port = s.Folder, s.Recipe.ID, s.Port.HostPort
				v.Remember(project)
			})
		})
	}
	return p.commands.Actions().Browser().Open(ctx, o.URL)
}
