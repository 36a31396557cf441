package swap

import (
	"cmp"
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

// Swap puts a new container into the place of an old one, or everything back.
type Swap struct {
	a          *Swaps
	e          *engine.Engine
	r          *job.Report
	old, fresh model.Container
	stopping   bool   // the old one was asked to stop
	keptAs     string // the old one's name when it has given up its own
	failedAs   string // the new one's when it could not take the place and is kept
	// name is what the new one shall be called, "" for the old one's; policy is the old one's restart policy, which was
	// taken away when unpolicied is set.
	name, policy string
	unpolicied   bool
	// fills are the places that what is inside the old one is copied into, and made the volumes that were made for that;
	// filling tells that it began, and carried what became of it. ran tells that the new one may have run.
	fills   []model.Fill
	made    []string
	filling bool
	carried rescue.Carried
	ran     bool
	// restored tells that everything is back.
	restored bool
	// aside is what is put behind the name of the new one when it gives the place back, "" for notebook.FailedSuffix.
	aside string
}

// Begin begins to put fresh, which was made by the job of r, into the place of old, whose restart policy is policy.
func (a *Swaps) Begin(e *engine.Engine, r *job.Report, old, fresh model.Container, policy string) *Swap {
	return &Swap{a: a, e: e, r: r, old: old, fresh: fresh, policy: policy}
}

// KeptAs is the name of the old one when it has given up its own.
func (s *Swap) KeptAs() string { return s.keptAs }

// Forward stops the old one, starts the new one by start, which returns when that has proven itself, and swaps the
// names. With last, the old one is stopped only then.
func (s *Swap) Forward(ctx context.Context, start func(context.Context) error, last bool) error {
	if err := s.unpolicy(ctx); err != nil {
		return err
	}
	if !last {
		if err := s.stopOld(ctx); err != nil {
			return err
		}
	}
	err := start(ctx)
	if err == nil && last {
		err = s.stopOld(ctx)
	}
	if err != nil {
		return err
	}
	s.r.Step(StepSwap)
	if !s.r.Final() { // between two names there is no way out
		return ctx.Err()
	}
	return s.names(ctx)
}

// rename, start and stop do that to a container, as the history says.
func (s *Swap) rename(ctx context.Context, e *engine.Engine, c model.Container, name string) error {
	return s.a.do.Written(e, actions.RenameCommand(c, name), func() error { return e.Rename(ctx, c, name) })
}

func (s *Swap) start(ctx context.Context, e *engine.Engine, c model.Container) error {
	return s.a.do.Written(e, actions.StartCommand(c), func() error { return e.Start(ctx, c) })
}

func (s *Swap) stop(ctx context.Context, e *engine.Engine, c model.Container) error {
	return s.a.do.Written(e, actions.StopCommand(c), func() error { return e.Stop(ctx, c, -1) })
}

// stopOld stops the old one, if it runs.
func (s *Swap) stopOld(ctx context.Context) error {
	if !s.old.Running() {
		return nil
	}
	s.r.Step(StepStop)
	if now, err := s.e.Container(ctx, s.old.ID); err == nil {
		s.old.StartedAt = now.StartedAt // who puts it back asks whether somebody started it since
	}
	s.stopping = true
	return s.stop(ctx, s.e, s.old)
}

// names gives the old one another name, and its own to the new one.
func (s *Swap) names(ctx context.Context) error {
	list, err := s.e.Containers(ctx, false)
	if err != nil {
		return err
	}
	before := notebook.ContainerName(s.old.Name+beforeSuffix, actions.TakenNames(list))
	if err := s.rename(ctx, s.e, s.old, before); err != nil {
		return err
	}
	s.keptAs = before
	name := cmp.Or(s.name, s.old.Name)
	if name == s.fresh.Name {
		return nil
	}
	return s.rename(ctx, s.e, s.fresh, name)
}

// Back removes the new container, gives the old one its name and starts it again if it ran. It returns why the
// replacement failed; where something could not be put back, a problem that says so. When the engine is away,
// it is done once that is back.
func (s *Swap) Back(why error) error {
	limit := actions.CleanTime + time.Duration(s.old.StopTimeout)*time.Second
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	err := s.stopFresh(ctx, s.e) // it has the port; it is removed last, since it says what is to be done after a crash
	if err == nil {
		err = s.restore(ctx, s.e)
	}
	restored := err == nil
	if restored {
		why = s.a.do.TakeBack(s.e, s.r.JobID(), s.fresh, why)
		err = s.asideIfKept(ctx, s.e)
	}
	switch {
	case err == nil:
		s.unmake(ctx, s.e)
		s.restored = true
		return why
	case model.IsKind(err, model.ProblemConnectionLost), model.IsKind(err, model.ProblemTimeout):
		s.a.do.Left().Set(s.r.JobID(), s.e.Info().ID, s.backLater)
		if model.IsKind(err, model.ProblemTimeout) { // it is connected: nothing else would try again
			s.a.do.Spawn(func(ctx context.Context) { s.a.do.CleanLeft(ctx, s.e) })
		}
		return why
	}
	if restored {
		p := model.AsProblem(err, model.Say("actions.cannot-give-another-name", model.Args{"Name": model.Name(s.fresh.Name)}))
		return &model.Problem{
			Kind: p.Kind, Cause: errors.Join(err, actions.NoCancel(why)),
			What: model.Say("actions.is-as-it-was-what",
				model.Args{"Name": model.Name(s.old.Name), "NewName": model.Name(s.fresh.Name)}),
			Why: p.Why,
			Fix: model.Say("actions.look-at-it-in-the"),
		}
	}
	return notPutBack(s.old.Name, err, why)
}

// backLater is [Swap.Back] for an engine that was away, unless the change was ended otherwise meanwhile.
func (s *Swap) backLater(ctx context.Context, e *engine.Engine) error {
	now, err := e.Container(ctx, s.fresh.ID)
	if _, todo := now.Swap(); err == nil && !todo { // it has the place, or was set aside
		if old, err := e.Container(ctx, s.old.ID); err == nil && s.old.Running() && !now.Running() && !old.Running() &&
			notebook.TookPlace(now, old) {
			return s.start(ctx, e, now)
		}
		return nil
	}
	if err := s.stopFresh(ctx, e); err != nil {
		return err
	}
	if err := s.restore(ctx, e); err != nil {
		return err
	}
	if _, err := s.a.do.Discard(ctx, e, s.r.JobID(), s.fresh); err != nil {
		return err
	}
	s.unmake(ctx, e)
	return s.asideIfKept(ctx, e)
}

// stopFresh stops the new one, if it runs.
func (s *Swap) stopFresh(ctx context.Context, e *engine.Engine) error {
	now, err := e.Container(ctx, s.fresh.ID)
	if err == nil {
		s.ran = !now.StartedAt.IsZero()
	}
	switch {
	case model.IsKind(err, model.ProblemNotFound):
		return nil
	case err == nil && now.Running():
		return s.stop(ctx, e, now)
	}
	return err
}

// asideIfKept gives the new one another name where it is kept, because it ran or has something of a person's inside:
// under its temporary one it would be taken for a change that was cut off.
func (s *Swap) asideIfKept(ctx context.Context, e *engine.Engine) error {
	name, err := s.setAside(ctx, e, s.old.Name+notebook.FailedSuffix)
	s.failedAs = name
	return err
}

// restore gives the old container its name and starts it again if it ran.
func (s *Swap) restore(ctx context.Context, e *engine.Engine) error {
	now, err := e.Container(ctx, s.old.ID)
	if err != nil {
		return err
	}
	again := now.StartedAt.After(s.old.StartedAt) // somebody did it already
	if s.stopping && now.Running() && !again {    // engines carry a stop out that nobody waits for any more
		if err := e.Stop(ctx, now, -1); err != nil {
			return err
		}
	}
	if now.Name != s.old.Name {
		if err := s.rename(ctx, e, now, s.old.Name); err != nil {
			return err
		}
	}
	if err := s.repolicy(ctx, e); err != nil {
		return err
	}
	if s.old.Running() && !again && (s.stopping || !now.Running()) {
		return s.start(ctx, e, s.old)
	}
	return nil
}
