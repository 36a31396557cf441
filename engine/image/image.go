// Package image does what a person does to images: pulls and removes them, asks registries how large they are, and says
// what takes space on an engine's disk, the cache of builds among it.
package image

import (
	"context"
	"sync"

	"slipway/engine"
	"slipway/engine/actions"
	"slipway/engine/model"
)

// Asker asks the person in front of the application, see [actions.Asker].
type Asker interface {
	// ImageRemovals asks about removing several images or names, and tells whether to do what is possible of it.
	ImageRemovals(ctx context.Context, q Removals) bool
	// ImageRemoval asks about removing an image or one of its names.
	ImageRemoval(ctx context.Context, r Removal) Choice
}

// Actions does what is done to images, on one session.
type Actions struct {
	do    *actions.Actions
	asker Asker
	// downloads is what registries said.
	downloads downloads
}

// downloads remembers what registries said.
type downloads struct {
	mu    sync.Mutex
	known map[string]engine.Download
}

// New makes the actions on images of the session of do. asker may be nil where nobody removes any.
func New(do *actions.Actions, asker Asker) *Actions {
	return &Actions{do: do, asker: asker, downloads: downloads{known: map[string]engine.Download{}}}
}

// What is done to several images, or records of the cache.
var (
	pullSeveral = actions.Several{
		Title: model.Say("several.pull.title"), Item: model.Say("several.pull.item"), All: model.Say("several.pull.all"),
		Some: model.Say("several.pull.some"), Failed: model.Say("several.pull.failed"),
	}
	removeSeveral = actions.Several{
		Title: model.Say("several.remove-images.title"), Item: model.Say("several.remove-images.item"),
		All:  model.Say("several.remove-images.all"),
		Some: model.Say("several.remove-images.some"), Failed: model.Say("several.remove-images.failed"),
	}
	removeCacheSeveral = actions.Several{
		Title: model.Say("several.remove-cache.title"), Item: model.Say("several.remove-cache.item"),
		All:  model.Say("several.remove-cache.all"),
		Some: model.Say("several.remove-cache.some"), Failed: model.Say("several.remove-cache.failed"),
	}
)
