package swap

import (
	"context"
	"errors"
	"time"

	"slipway/engine"
	"slipway/engine/actions"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/rescue"
)

// The steps of a swap that others have, too.
var (
	StepCreate = model.Say("actions.create")
	StepStop   = model.Say("actions.stop-the-old-one")
	StepStart  = model.Say("actions.step-start")
	StepSwap   = model.Say("actions.swap-the-names")
)

// Swap puts a new container into the place of an old one, or everything back. All of it is one list of steps, see
// [Swap.inOrder], which goes by what both containers are: forward, to its end after a crash, back, and forward once
// more when going back failed.
type Swap struct {
	a     *Swaps
	e     *engine.Engine
	r     *job.Report
	todo  model.Swap
	steps []*step
	// old and fresh are both as they were seen last, see [Swap.look]; gone tells that the new one is not there.
	old, fresh model.Container
	gone       bool
	// prove starts the new one and returns when that has proven itself.
	prove func(context.Context) error

	// stopping tells that the old one was asked to stop; it ran since stopped then.
	stopping bool
	stopped  time.Time
	// ran tells that the new one may have run.
	ran bool
	// keptAs is the old one's name when it has given up its own.
	keptAs string
	// made are the volumes that were made for what is carried over; filling tells that that began, and carried what
	// became of it.
	made    []string
	filling bool
	carried rescue.Carried

	// why is the failure because of which everything is put back; leaving tells that only the new one is to be dealt
	// with by now, failedAs what it is called when it is kept, and restored that everything is back.
	why      error
	leaving  bool
	cleaning bool // its own job puts everything back, now or once the engine is there again
	failedAs string
	restored bool
	// aside is what is put behind the name of a new one that had the place and is kept, whose restart policy was policy;
	// both are "" for one that has not come to that.
	aside, policy string
}

// Begin begins to put fresh, which was made for that by the job of r and says by its labels what is to be done, into
// the place of old.
func (a *Swaps) Begin(e *engine.Engine, r *job.Report, old, fresh model.Container, todo model.Swap) *Swap {
	s := &Swap{a: a, e: e, r: r, old: old, fresh: fresh, todo: todo}
	s.prove, s.steps = s.watched, s.inOrder(false)
	return s
}

// KeptAs is the name of the old one when it has given up its own.
func (s *Swap) KeptAs() string { return s.keptAs }

// Forward does all of it. The new one is started by start, which returns when that has proven itself. With last, the
// old one is stopped only then.
func (s *Swap) Forward(ctx context.Context, start func(context.Context) error, last bool) error {
	s.prove, s.steps = start, s.inOrder(last)
	return s.forward(ctx)
}

// Back undoes what was done, and removes the new container or sets it aside. It returns why the replacement failed;
// where something could not be put back, a problem that says so. When the engine is away, it is done once that is back.
func (s *Swap) Back(why error) error {
	limit := actions.CleanTime + time.Duration(s.old.StopTimeout)*time.Second
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	s.why, s.cleaning = why, true
	err := s.back(ctx)
	why, s.why = s.why, nil
	name := model.Name(s.todo.OldName)
	switch {
	case err == nil:
		s.restored = true
		return why
	case model.IsKind(err, model.ProblemConnectionLost), model.IsKind(err, model.ProblemTimeout):
		s.a.do.Left().Set(s.r.JobID(), s.e.Info().ID, s.backLater)
		if model.IsKind(err, model.ProblemTimeout) { // it is connected: nothing else would try again
			e := s.e
			s.a.do.Spawn(func(ctx context.Context) { s.a.do.CleanLeft(ctx, e) })
		}
		return why
	case !s.leaving:
		return notPutBack(s.todo.OldName, err, why)
	}
	p := model.AsProblem(err, model.Say("actions.cannot-give-another-name", model.Args{"Name": model.Name(s.fresh.Name)}))
	return &model.Problem{
		Kind: p.Kind, Cause: errors.Join(err, actions.NoCancel(why)),
		What: model.Say("actions.is-as-it-was-what", model.Args{"Name": name, "NewName": model.Name(s.fresh.Name)}),
		Why:  p.Why,
		Fix:  model.Say("actions.look-at-it-in-the"),
	}
}

// backLater is [Swap.Back] for an engine that was away, unless the change was ended otherwise meanwhile.
func (s *Swap) backLater(ctx context.Context, e *engine.Engine) error {
	s.e = e
	err := s.look(ctx)
	if err != nil && !model.IsKind(err, model.ProblemNotFound) {
		return err
	}
	if _, todo := s.fresh.Swap(); !s.gone && !todo { // it has the place, or was set aside
		if err == nil && s.todo.OldRan && !s.fresh.Running() && !s.old.Running() && notebook.TookPlace(s.fresh, s.old) {
			return s.start(ctx, s.fresh)
		}
		return nil
	}
	return s.back(ctx)
}

// notPutBack says that a container could not be put back after something else had failed.
func notPutBack(name string, failed, why error) error {
	p := model.AsProblem(failed, model.Say("actions.cannot-put-back", model.Args{"Name": model.Name(name)}))
	return &model.Problem{
		Kind: p.Kind, Cause: errors.Join(failed, actions.NoCancel(why)),
		What: model.Say("actions.cannot-put-back", model.Args{"Name": model.Name(name)}),
		Why:  p.Why,
		Fix:  model.Say("actions.it-is-kept-with-everything"),
	}
}
