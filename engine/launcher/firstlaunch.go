package launcher

import (
	"context"

	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/platform"

	"github.com/distribution/reference"
)

// FirstLaunch is the question before the first container of a recipe and an image is made, where a person should know
// more about it than its card says.
type FirstLaunch struct {
	Recipe notebook.Recipe
	// Image and Folder are what is launched.
	Image, Folder string
	// Open tells that the server asks nobody for a password: every user of this computer can open it, and pages in a
	// browser can send it requests.
	Open bool
	// Instead is the image that Slipway's own recipe would use, where one of the user's folder took its place; else "".
	Instead string
}

// Words are what a person should know, as a title and the reasons.
func (q FirstLaunch) Words() (what model.Fact, why []model.Fact) {
	folder := platform.ShortenHome(q.Folder)
	if q.Instead != "" {
		what = model.Say("actions.is-your-own-recipe", model.Args{"Name": model.Name(q.Recipe.Name)})
		why = append(why,
			model.Say("actions.the-file-yaml-in-your",
				model.Args{"ID": model.Name(q.Recipe.ID), "Image": model.Name(q.Image), "Instead": model.Name(q.Instead)}))
		if len(q.Recipe.Command) > 0 {
			why = append(why, model.Say("actions.it-runs", model.Args{"Command": model.Name(model.Words(q.Recipe.Command))}))
		}
		why = append(why,
			model.Say("actions.the-image-can-read-and", model.Args{"Folder": model.Name(folder)}))
	}
	if q.Open {
		what = what.Or(model.Say("actions.has-no-sign-in", model.Args{"Name": model.Name(q.Recipe.Name)}))
		why = append(why,
			model.Say("actions.while-it-runs-every-user", model.Args{"Folder": model.Name(folder)}))
	}
	return what, why
}

// allow asks where that is needed; its error says why not to go on.
func (a *Launcher) allow(ctx context.Context, p LaunchPlan) error {
	q := FirstLaunch{
		Recipe: p.Recipe, Image: p.Image, Folder: p.Folder,
		Open: p.Recipe.SignIn.Method == notebook.SignInNone, Instead: p.Recipe.Instead,
	}
	if !q.Open && q.Instead == "" || a.launchedBefore(p) {
		return nil
	}
	return a.asker.FirstLaunch(ctx, q)
}

// launchedBefore reports whether this user's Slipway has made a container of this recipe, as it is now, and image that
// is still there: the question was answered then.
func (a *Launcher) launchedBefore(p LaunchPlan) bool {
	for _, c := range a.do.Session().Live.Snapshot().Containers {
		if c.Made() && c.Mark(model.LabelRecipe) == p.Recipe.ID && c.Mark(model.LabelRecipeSum) == p.Recipe.Fingerprint() &&
			!c.StartedAt.IsZero() && sameRepository(c.Reference, p.Image) {
			return true
		}
	}
	return false
}

// sameRepository tells whether two references name the same image, in any version.
func sameRepository(a, b string) bool {
	x, errX := reference.ParseNormalizedNamed(a)
	y, errY := reference.ParseNormalizedNamed(b)
	return errX == nil && errY == nil && x.Name() == y.Name()
}
