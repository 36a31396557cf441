package actions

import (
	"context"
	"time"

	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/session"
)

// Hold waits while the removal of these containers can be undone.
func (a *base) Hold(ctx context.Context, r *job.Report, ids []string) error {
	undo := a.Undo()
	if undo <= 0 {
		return ctx.Err()
	}
	before := a.session.State().Generation
	away := make(chan struct{}, 1)
	defer a.session.Subscribe(func(session.State) {
		select {
		case away <- struct{}{}:
		default:
		}
	})()
	until := time.Now().Add(undo)
	r.Hold(until, ids)
	defer r.Hold(time.Time{}, nil)
	tick := time.NewTicker(min(undo, holdTick))
	defer tick.Stop()
	covered := false
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
			switch {
			case a.paused != nil && a.paused():
				covered = true
			case covered: // the whole time is there afterwards
				covered, until = false, time.Now().Add(undo)
				r.Hold(until, ids)
			case !time.Now().Before(until):
				return nil
			}
		case <-away:
			if st := a.session.State(); st.Phase != session.Connected || st.Generation != before {
				return &model.Problem{
					Kind: model.ProblemConnectionLost,
					What: model.Say("actions.nothing-was-removed"),
					Why:  model.Say("actions.the-engine-went-away-while"),
					Fix:  model.Say("actions.remove-it-again-when-the"),
				}
			}
		}
	}
}

// holdTick is how often it is looked whether the time is over, and whether a person can reach what undoes it.
const holdTick = 200 * time.Millisecond
