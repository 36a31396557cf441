// Package swap puts containers into the place of others: a new one is made beside the old one and proven, then they
// swap names, and the old one is kept. What was cut off on the way is found again and ended, and who has a place can
// give it back.
package swap

import (
	"context"
	"sync"
	"time"

	"slipway/engine/actions"
	"slipway/engine/model"
	"slipway/engine/removal"
)

// Asker asks the person in front of the application, see [actions.Asker].
type Asker interface {
	// Change asks about a change of settings that needs a new container. What is inside the old one is still being found.
	Change(ctx context.Context, w Change, inside *removal.Removal) ChangeChoice
	// Unfinished asks what shall become of a change that was cut off.
	Unfinished(ctx context.Context, q UnfinishedChange) UnfinishedChoice
}

// Swaps replaces containers of one session, and undoes that.
type Swaps struct {
	do    *actions.Actions
	asker Asker
	// settling are the containers, by ID, whose unfinished change is being asked about or ended, or that give their place
	// back: an [UnfinishedChoice] of each, LeaveUnfinished while it is asked about.
	settling sync.Map
	still    func(fresh model.Container) time.Duration
}

// Options are what swaps are made with.
type Options struct {
	// Still is for how long both containers of a change that was cut off must have stayed as they are, so that it is
	// nobody's; nil takes a little longer than another Slipway may need between two steps.
	Still func(fresh model.Container) time.Duration
}

// New makes the swaps of the session of do, before that starts.
func New(do *actions.Actions, asker Asker, o Options) *Swaps {
	a := &Swaps{do: do, asker: asker, still: o.Still}
	if a.still == nil {
		a.still = stillTime
	}
	do.CleanBy(a.unfinished)
	return a
}
