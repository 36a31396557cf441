// Package removal does what may destroy a container: it removes containers, and stops, kills and restarts those that go
// with their end. Each time it first finds out what of a person's own would be lost, asks, and waits while it can be
// undone.
package removal

import (
	"context"

	"slipway/engine/actions"
	"slipway/engine/model"
)

// Asker asks the person in front of the application, see [actions.Asker].
type Asker interface {
	// Removal asks about destroying a container.
	Removal(ctx context.Context, r *Removal) Choice
	// Removals asks about destroying several containers at once. OnlyStop stops those that run and would not be destroyed
	// by it. The same is done to others when it is confirmed, but they lose nothing by it.
	Removals(ctx context.Context, rs []*Removal, others []model.Container) Choice
}

// Actions does what may destroy containers, on one session.
type Actions struct {
	do    *actions.Actions
	asker Asker
}

// New makes the actions of the session of do.
func New(do *actions.Actions, asker Asker) *Actions { return &Actions{do: do, asker: asker} }

// What is done to several containers.
var (
	stopSeveral = actions.Several{
		Title: model.Say("several.stop.title"), Item: model.Say("several.stop.item"), All: model.Say("several.stop.all"),
		Some: model.Say("several.stop.some"), Failed: model.Say("several.stop.failed"),
	}
	restartSeveral = actions.Several{
		Title: model.Say("several.restart.title"), Item: model.Say("several.restart.item"),
		All:  model.Say("several.restart.all"),
		Some: model.Say("several.restart.some"), Failed: model.Say("several.restart.failed"),
	}
	removeSeveral = actions.Several{
		Title: model.Say("several.remove.title"), Item: model.Say("several.remove.item"),
		All:  model.Say("several.remove.all"),
		Some: model.Say("several.remove.some"), Failed: model.Say("several.remove.failed"),
	}
	stopAndRemoveSeveral = actions.Several{
		Title: model.Say("several.stop-and-remove.title"), Item: model.Say("several.stop-and-remove.item"),
		All:  model.Say("several.stop-and-remove.all"),
		Some: model.Say("several.stop-and-remove.some"), Failed: model.Say("several.stop-and-remove.failed"),
	}
)
