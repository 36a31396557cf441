package launcher

import (
	"context"
	"time"

	"slipway/engine/actions"
	"slipway/engine/model"
	"slipway/engine/notebook"
)

// IdleEvery is how often notebooks are asked whether they are idle, while a person wants idle ones to be stopped.
var IdleEvery = time.Minute

// StopIdle stops notebooks of Slipway's own in which nothing happened for as long as after says, until the actions are
// closed. after is asked each time; 0 leaves everything alone, and then nobody is asked anything. stopped is called
// from another goroutine with each that is being stopped.
func (a *Launcher) StopIdle(recipes []notebook.Recipe, after func() time.Duration,
	stopped func(notebook.Server, time.Duration),
) {
	tick := time.NewTicker(IdleEvery)
	a.do.Spawn(func(ctx context.Context) {
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			limit := after()
			if limit <= 0 {
				continue
			}
			for _, s := range Servers(a.do.Session(), a.do.Session().Live.Snapshot(), recipes) {
				if idle, ok := idleFor(ctx, s); ok && idle >= limit {
					stopped(s, idle)
					a.do.StopUnasked(s.Container)
				}
			}
		}
	})
}

// idleFor is for how long nothing happened in a notebook; ok is false where that is not known, where it computes, and
// where stopping would destroy it.
func idleFor(ctx context.Context, s notebook.Server) (idle time.Duration, ok bool) {
	c := s.Container
	if s.Recipe.ID == "" || !c.Made() || c.State != model.StateRunning || c.AutoRemove || !s.Known || !s.Reached() ||
		!s.Jupyter() {
		return 0, false
	}
	ctx, cancel := context.WithTimeout(ctx, actions.BusyTime)
	defer cancel()
	activity, err := s.Activity(ctx)
	if err != nil || len(activity.Busy) > 0 || activity.Last.IsZero() {
		return 0, false
	}
	last := activity.Last
	if c.StartedAt.After(last) {
		last = c.StartedAt
	}
	return time.Since(last), true
}
