package volume

import (
	"context"
	"time"

	"slipway/engine"
	"slipway/engine/model"
)

// clearOldHelpers removes helpers that a Slipway left which could not clear them away.
func (a *Actions) clearOldHelpers(ctx context.Context, e *engine.Engine) {
	list, err := e.Helpers(ctx)
	if err != nil {
		return // the next connection tries again, as with all that fails here
	}
	for _, c := range list {
		if !a.do.Abandoned(c.Mark(model.LabelRun), c.Created, oldHelper) {
			continue
		}
		half, err := halfRestored(ctx, e, c)
		if err != nil {
			continue // without its helper nobody would find it again
		}
		if half == "" {
			_ = e.RemoveHelper(ctx, c)
			continue
		}
		if err := a.dropAbandoned(ctx, e, half, c.Mark(model.LabelJob)); err != nil {
			a.do.Tell(err, model.Say("actions.the-volume-is-there-only-in", model.Args{"Name": model.Name(half)}))
			continue
		}
		a.do.Show(&model.Problem{
			Kind: model.ProblemConnectionLost,
			What: model.Say("actions.the-volume-was-restored-only", model.Args{"Name": model.Name(half)}),
			Why:  model.Say("actions.slipway-ended-in-the-middle"),
			Fix:  model.Say("actions.restore-it-again"),
		})
	}
}

// dropAbandoned is [dropHalf] in one go, for a while also when Slipway is being quit: without its helper half a volume
// looks like a whole one. What fails is done once the engine is back.
func (a *Actions) dropAbandoned(ctx context.Context, e *engine.Engine, name, jobID string) error {
	whole, cancel := context.WithTimeout(context.WithoutCancel(ctx), volumeTime)
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(quitTime, cancel) })()
	err := dropHalf(whole, e, name, jobID)
	if err != nil && !model.IsKind(err, model.ProblemConflict) {
		a.do.Left().Set("volume:"+name, e.Info().ID, func(ctx context.Context, e *engine.Engine) error {
			return dropHalf(ctx, e, name, jobID)
		})
	}
	return err
}

// quitTime is how long quitting may wait for something that must not be done by half.
const quitTime = 5 * time.Second

// halfRestored is the name of the volume that a Slipway was restoring which ended: the helper of that job was still
// there. It is "" when it was restored, or somebody looked into it, or backed it up.
func halfRestored(ctx context.Context, e *engine.Engine, helper model.Container) (string, error) {
	jobID := helper.Mark(model.LabelJob)
	if jobID == "" || engine.Done(helper) {
		return "", nil
	}
	v, err := e.Volume(ctx, helper.Mark(model.LabelHelper))
	if model.IsKind(err, model.ProblemNotFound) || err == nil && v.Mark(model.LabelJob) != jobID {
		return "", nil
	}
	return v.Name, err
}

// oldHelper is after how long nobody uses a helper of another computer's Slipway any more.
const oldHelper = 24 * time.Hour
