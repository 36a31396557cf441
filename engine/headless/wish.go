package headless

import (
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"slipway/assets"
	"slipway/engine/launcher"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/platform"
	"slipway/engine/settings"
	"slipway/engine/words"
)

// wish is what a command means here and now.
type wish struct {
	recipe notebook.Recipe
	// folder is absolute and without links, as file is, which is "" when the folder is wanted.
	folder, file string
	// port is the one that the folder's notebook had last; 0 for none.
	port uint16
	// image, memory and noGPU are how the folder's notebook was chosen to be, see [settings.Project].
	image  string
	memory int64
	noGPU  bool
}

// loadRecipes reads the recipes that come with Slipway, and a user's own.
func loadRecipes() ([]notebook.Recipe, []*model.Problem) {
	return notebook.Load(assets.Recipes, platform.RegularFiles(settings.RecipesPath()),
		words.Tag())
}

// Request is the command for a Slipway that has a window: folders are whole paths in it, and the recipe is chosen. What
// is wrong with the command is printed to errs, and code is the exit code then, else 0.
func (c Command) Request(errs io.Writer) (r platform.Request, code int) {
	file, _ := settings.Open(settings.DefaultPath()) // the window says what is wrong with it, and with a recipe
	if c.Last && len(file.Get().Projects) == 0 {
		return platform.Request{Do: platform.DoShow}, ExitOpen // a new user chooses in the window
	}
	recipes, _ := loadRecipes()
	w, err := c.wish(recipes, file.Get().Projects)
	if err != nil {
		return platform.Request{}, (&output{Terminal: Terminal{Err: errs}}).failed(c, err)
	}
	return platform.Request{Do: c.Do, Recipe: w.recipe.ID, Folder: w.folder, File: w.file}, ExitOpen
}

// wish finds out what the command means.
func (c Command) wish(recipes []notebook.Recipe, projects []settings.Project) (wish, error) {
	var w wish
	var err error
	id, folder := c.Recipe, c.Folder
	if c.first != "" {
		if id, folder, err = recipeOrFolder(c.first, recipes); err != nil {
			return w, err
		}
	}
	if c.Last {
		if len(projects) == 0 {
			return w, wrong(model.Say("headless.no-folder-yet"))
		}
		folder = projects[0].Folder
	}
	if c.Do == platform.DoOpen {
		if w.file, err = wholePath(c.File); err != nil {
			return w, noFile(c.File, err)
		}
		w.folder = filepath.Dir(w.file)
	} else if w.folder, err = wholePath(folder); err != nil {
		return w, notebook.CheckFolder(folder, err)
	}
	known := slices.IndexFunc(projects, func(p settings.Project) bool { return p.Folder == w.folder })
	if known >= 0 {
		w.port, w.memory, w.noGPU = projects[known].Port, projects[known].Memory, projects[known].NoGPU
	}
	switch i := indexOf(recipes, id); {
	case id != "" && i < 0:
		return w, wrong(model.Say("headless.there-is-no-recipe", model.Args{
			"Recipe":  model.Name(id),
			"Recipes": model.Name(names(recipes)),
		}))
	case i >= 0:
		w.recipe = recipes[i]
	case known >= 0 && indexOf(recipes, projects[known].Recipe) >= 0:
		w.recipe = recipes[indexOf(recipes, projects[known].Recipe)]
	case known >= 0 && projects[known].Recipe == notebook.AnyID && projects[known].Image != "":
		w.recipe = notebook.Any()
	default:
		w.recipe = recipes[0]
	}
	if known >= 0 && projects[known].Recipe == w.recipe.ID {
		w.image = projects[known].Image
	}
	return w, nil
}

// recipeOrFolder tells what a single word is. A recipe of that name comes first.
func recipeOrFolder(word string, recipes []notebook.Recipe) (id, folder string, err error) {
	if indexOf(recipes, word) >= 0 {
		return word, "", nil
	}
	if _, err := os.Stat(word); err != nil && !isPath(word) {
		return "", "", wrong(model.Say("headless.neither-recipe-nor-folder", model.Args{
			"Word":    model.Name(word),
			"Recipes": model.Name(names(recipes)),
		}))
	}
	return "", word, nil
}

// isPath tells whether a word can only be meant as a path.
func isPath(word string) bool {
	return strings.ContainsRune(word, filepath.Separator) || strings.HasPrefix(word, "~") ||
		strings.HasPrefix(word, "file://")
}

// wholePath is a path without links, as the engine names what is mounted. It may be given as a file: address, as in a
// desktop entry, whose commands hold nothing but ASCII; "" is the working directory.
func wholePath(path string) (string, error) {
	if u, err := url.Parse(path); err == nil && u.Scheme == "file" && (u.Host == "" || u.Host == "localhost") {
		path = u.Path
	}
	path, err := filepath.Abs(platform.ExpandHome(path))
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(path)
}

func noFile(name string, err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return &model.Problem{
			Kind: model.ProblemNotFound, Cause: err,
			What: model.Say("headless.there-is-no-notebook", words.Args{"Name": model.Name(name)}),
			Why:  model.Say("headless.it-may-have-been-moved"),
			Fix:  model.Say("headless.look-where-it-is-now"),
		}
	}
	return &model.Problem{
		Kind: model.ProblemPermission, Cause: err,
		What: model.Say("headless.cannot-be-opened", words.Args{"Name": model.Name(name)}),
		Why:  platform.Reason(err),
		Fix:  model.Say("headless.check-that-you-may-read"),
	}
}

func indexOf(recipes []notebook.Recipe, id string) int {
	return slices.IndexFunc(recipes, func(r notebook.Recipe) bool { return r.ID == id })
}

// names lists the recipes, to choose from.
func names(recipes []notebook.Recipe) string {
	ids := make([]string, len(recipes))
	for i, r := range recipes {
		ids[i] = r.ID
	}
	return strings.Join(ids, ", ")
}

// launch is the wish for slipway/engine/launcher.
func (w wish) launch() launcher.Launch {
	return launcher.Launch{
		Recipe: w.recipe, Folder: w.folder, File: w.file, Port: w.port, Image: w.image, Memory: w.memory,
		GPU: !w.noGPU,
	}
}
