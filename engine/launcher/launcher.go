// Package launcher gives a person a notebook for a folder: it makes the container, waits until the server in it answers
// as itself, and opens it in the browser.
package launcher

import (
	"context"
	"slices"

	"slipway/engine/actions"
	"slipway/engine/image"
	"slipway/engine/notebook"
	"slipway/engine/swap"
)

// Asker asks the person in front of the application, see [actions.Asker].
type Asker interface {
	// FirstLaunch asks whether to launch something that a person should know more about before. Its error says why not:
	// [context.Canceled] where the person does not want to.
	FirstLaunch(ctx context.Context, q FirstLaunch) error
}

// Launcher is all that is done about notebooks on one session.
type Launcher struct {
	do     *actions.Actions
	images *image.Actions
	swaps  *swap.Swaps
	asker  Asker
	// recipes are the kinds of notebooks that there are, any image among them.
	recipes []notebook.Recipe
}

// New makes the launcher of the session of do. recipes are the kinds of notebooks that there are.
func New(do *actions.Actions, images *image.Actions, swaps *swap.Swaps, asker Asker,
	recipes []notebook.Recipe,
) *Launcher {
	return &Launcher{
		do: do, images: images, swaps: swaps, asker: asker, recipes: append(slices.Clone(recipes), notebook.Any()),
	}
}
