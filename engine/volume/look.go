package volume

import (
	"context"
	"path"

	"slipway/engine"
	"slipway/engine/actions"
	"slipway/engine/live"
	"slipway/engine/model"
)

// LookInto gives a container through which what is in a volume can be read and written, and the folder of it
// where that is: one that runs and has it, since asking that is quick, or else a helper. leave gives it back, within
// its context and a limit of its own. Both block.
func (a *Actions) LookInto(ctx context.Context,
	v model.Volume,
) (c model.Container, root string, leave func(context.Context), err error) {
	e, err := a.do.Session().Engine()
	if err != nil {
		return c, "", nil, err
	}
	for _, user := range live.UsersOf(a.do.Session().Live.Snapshot().Containers, v.Name) {
		if user.State != model.StateRunning || !user.Inspected {
			continue
		}
		for _, m := range user.Mounts {
			if m.Name == v.Name && !m.ReadOnly {
				return user, path.Clean(m.Destination), func(context.Context) {}, nil
			}
		}
	}
	// who cancels would not learn its ID
	whole, cancel := context.WithTimeout(context.WithoutCancel(ctx), actions.CleanTime)
	defer cancel()
	c, err = e.Helper(whole, v, false, a.do.Session().Run, "")
	if err != nil {
		return c, "", nil, err
	}
	leave = func(ctx context.Context) {
		if a.do.WhenFree(c.ID, func() { _ = a.clearHelper(context.WithoutCancel(ctx), e, c) }) {
			_ = a.clearHelper(ctx, e, c)
		}
	}
	if ctx.Err() != nil {
		leave(ctx)
		return c, "", nil, ctx.Err()
	}
	return c, engine.VolumeRoot, leave, nil
}

// withHelper lets fn read what is in a volume, through a container that is cleared away afterwards; when the engine
// is away then, once it is back.
func (a *Actions) withHelper(ctx context.Context, e *engine.Engine, v model.Volume, jobID string,
	fn func(c model.Container) error,
) error {
	c, err := e.Helper(ctx, v, true, a.do.Session().Run, jobID)
	if err != nil { // it may have been made
		_ = a.clearOrLater(context.WithoutCancel(ctx), e, jobID, func(ctx context.Context, e *engine.Engine) error {
			return actions.CleanJob(ctx, e, jobID)
		})
		return err
	}
	err = fn(c)
	a.do.Write(e, actions.RemoveCommand(c))(a.clearHelper(context.WithoutCancel(ctx), e, c))
	return err
}

// clearHelper removes a helper. Its error says that it was not possible now: it is done later.
func (a *Actions) clearHelper(ctx context.Context, e *engine.Engine, c model.Container) error {
	return a.clearOrLater(ctx, e, "helper:"+c.ID, func(ctx context.Context, e *engine.Engine) error {
		return e.RemoveHelper(ctx, c)
	})
}

// clearOrLater clears something away, under a key of its own; when the engine is away, once that is back, and says so
// with an error.
func (a *Actions) clearOrLater(ctx context.Context, e *engine.Engine, key string,
	fn func(context.Context, *engine.Engine) error,
) error {
	ctx, cancel := context.WithTimeout(ctx, actions.CleanTime)
	defer cancel()
	err := fn(ctx, e)
	if err != nil {
		a.do.Left().Set(key, e.Info().ID, fn)
	}
	return err
}
