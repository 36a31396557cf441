package swap

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"slipway/engine/actions"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/rescue"
)

// step is a part of a [Swap]. What it does goes by both containers as they were when the list was begun, see
// [Swap.look]: nobody needs to know what came before, be it this Slipway or one that has ended.
type step struct {
	// done tells that nothing is left to do.
	done func() bool
	do   func(context.Context) error
	// undo makes it as it was before; nil where what another one undoes takes it with it.
	undo func(context.Context) error
	// final tells that there is no way out once it has begun.
	final bool
	// tried tells that it was begun here: an engine may still carry out what nobody waits for any more.
	tried bool
}

// inOrder are the steps by which the new container takes the place of the old one. With last, the old one is stopped
// only when the new one has proven itself. The restart policy of the old one is taken away, or the engine might start
// both after a crash of its own.
func (s *Swap) inOrder(last bool) []*step {
	ready := &step{
		done: func() bool { return s.aside == "" || s.fresh.RestartPolicy == s.policy },
		do:   func(ctx context.Context) error { return s.restart(ctx, s.fresh, cmp.Or(s.policy, "no")) },
		undo: s.leave,
	}
	carry := &step{
		done: func() bool { return !carriesAnew(s.todo, s.fresh) || s.old.Name != s.todo.OldName },
		do:   s.carry,
	}
	start := &step{
		done: func() bool { return !s.todo.Run || s.fresh.Running() },
		do:   func(ctx context.Context) error { return s.prove(ctx) },
		undo: s.stopFresh,
	}
	stop := &step{done: func() bool { return !s.old.Running() }, do: s.stopOld, undo: s.startOld}
	policy := &step{
		done: func() bool { return cmp.Or(s.old.RestartPolicy, "no") == "no" },
		do:   func(ctx context.Context) error { return s.restart(ctx, s.old, "no") },
		undo: s.restartOld,
	}
	away := &step{
		done: func() bool { return s.old.Name != s.todo.OldName },
		do:   s.nameOld,
		undo: func(ctx context.Context) error { return s.rename(ctx, &s.old, s.todo.OldName) },
		// between two names there is no way out
		final: true,
	}
	named := &step{
		done:  func() bool { return s.fresh.Name == s.todo.Name },
		do:    func(ctx context.Context) error { return s.rename(ctx, &s.fresh, s.todo.Name) },
		undo:  func(ctx context.Context) error { return s.rename(ctx, &s.fresh, s.todo.Temporary) },
		final: true,
	}
	if last {
		return []*step{ready, carry, start, stop, policy, away, named}
	}
	return []*step{ready, stop, policy, carry, start, away, named}
}

// look sees how both containers are now. It fails when the old one is gone, but sees the new one all the same.
func (s *Swap) look(ctx context.Context) error {
	fresh, err := s.e.Container(ctx, s.fresh.ID)
	s.gone = model.IsKind(err, model.ProblemNotFound)
	switch {
	case s.gone:
		fresh = model.Container{ID: s.fresh.ID, Name: s.todo.Temporary}
	case err != nil:
		return err
	default:
		s.ran = !fresh.StartedAt.IsZero()
	}
	old, err := s.e.Container(ctx, s.old.ID)
	switch {
	case model.IsKind(err, model.ProblemNotFound):
		old = model.Container{ID: s.old.ID}
	case err != nil:
		return err
	}
	s.old, s.fresh = old, fresh
	return err
}

// forward does what is not yet done.
func (s *Swap) forward(ctx context.Context) error {
	if err := s.look(ctx); err != nil {
		return err
	}
	for _, p := range s.steps {
		if p.done() {
			continue
		}
		if p.final {
			s.r.Step(StepSwap)
			if !s.r.Final() {
				return ctx.Err()
			}
		}
		p.tried = true
		if err := p.do(ctx); err != nil {
			return err
		}
	}
	return nil
}

// back undoes what is done, the last first. To the end the new one has its temporary name, by which all of it is found
// after a crash.
func (s *Swap) back(ctx context.Context) error {
	if err := s.look(ctx); err != nil {
		return err
	}
	for _, p := range slices.Backward(s.steps) {
		if p.undo == nil || !p.tried && !p.done() {
			continue
		}
		if err := p.undo(ctx); err != nil {
			return err
		}
		p.tried = false
	}
	return nil
}

// again does as much as can be done of what a going back that failed has undone, unless the old one runs: what runs has
// the place.
func (s *Swap) again(ctx context.Context) (failed error) {
	if err := s.look(ctx); err != nil && !model.IsKind(err, model.ProblemNotFound) {
		return err
	}
	if s.gone || s.old.Running() {
		return nil
	}
	for _, p := range s.steps {
		if !p.done() {
			failed = errors.Join(failed, p.do(ctx))
		}
	}
	return failed
}

// rename, restart, start and stop do that to a container, as the history says.
func (s *Swap) rename(ctx context.Context, c *model.Container, name string) error {
	if c.Name == name {
		return nil
	}
	err := s.a.do.Written(s.e, actions.RenameCommand(*c, name), func() error { return s.e.Rename(ctx, *c, name) })
	if err == nil {
		c.Name = name
	}
	return err
}

// restart gives a container a restart policy, where the engine can.
func (s *Swap) restart(ctx context.Context, c model.Container, policy string) error {
	err := s.a.do.Written(s.e, model.Docker("update", "--restart", policy, c.Name), func() error {
		return s.e.SetRestart(ctx, c, policy)
	})
	if model.IsKind(err, model.ProblemUnsupported) {
		return nil
	}
	return err
}

func (s *Swap) start(ctx context.Context, c model.Container) error {
	return s.a.do.Written(s.e, actions.StartCommand(c), func() error { return s.e.Start(ctx, c) })
}

func (s *Swap) stop(ctx context.Context, c model.Container) error {
	return s.a.do.Written(s.e, actions.StopCommand(c), func() error { return s.e.Stop(ctx, c, -1) })
}

func (s *Swap) stopOld(ctx context.Context) error {
	s.r.Step(StepStop)
	s.stopped = s.old.StartedAt // who starts it again asks whether somebody did since
	if now, err := s.e.Container(ctx, s.old.ID); err == nil {
		s.stopped = now.StartedAt
	}
	s.stopping = true
	return s.stop(ctx, s.old)
}

// startOld starts the old one if it ran, unless somebody did it already.
func (s *Swap) startOld(ctx context.Context) error {
	again := s.stopping && s.old.StartedAt.After(s.stopped)
	if !s.todo.OldRan || again {
		return nil
	}
	s.r.Phase(model.Say("actions.putting-the-old-one-back"))
	if s.stopping && s.old.Running() { // engines carry a stop out that nobody waits for any more
		if err := s.e.Stop(ctx, s.old, -1); err != nil {
			return err
		}
	}
	return s.start(ctx, s.old)
}

// restartOld gives the old one its restart policy again, if it had one.
func (s *Swap) restartOld(ctx context.Context) error {
	if cmp.Or(s.todo.OldRestart, "no") == "no" {
		return nil
	}
	return s.restart(ctx, s.old, s.todo.OldRestart)
}

func (s *Swap) stopFresh(ctx context.Context) error {
	if !s.fresh.Running() {
		return nil
	}
	s.r.Phase(model.Say("actions.stopping-the-new-one"))
	return s.stop(ctx, s.fresh)
}

// watched starts the new one and watches its first seconds.
func (s *Swap) watched(ctx context.Context) error {
	s.r.Step(StepStart)
	watch := actions.WatchStart(ctx, s.e, s.fresh.ID)
	defer watch.Close()
	done := s.a.do.Write(s.e, actions.StartCommand(s.fresh))
	s.ran = true
	err := s.e.Start(ctx, s.fresh)
	if err != nil {
		if spec, _, unknown := s.e.Spec(ctx, s.fresh.ID); unknown == nil {
			err = actions.ExplainPort(ctx, s.e, err, actions.HostIP(actions.Wanted(spec)))
		}
	} else {
		s.r.Step(stepWatch)
		_, err = watch.Outcome(ctx, s.e, s.r, s.fresh)
	}
	done(err)
	return err
}

// nameOld gives the old one another name.
func (s *Swap) nameOld(ctx context.Context) error {
	if s.keptAs == "" {
		list, err := s.e.Containers(ctx, false)
		if err != nil {
			return err
		}
		s.keptAs = notebook.ContainerName(s.todo.OldName+beforeSuffix, actions.TakenNames(list))
	}
	return s.rename(ctx, &s.old, s.keptAs)
}

// leave removes the new one if it never ran, or, where its own job puts everything back, nothing of a person's is in
// it. Else it is kept, with what it has printed, under a name by which nobody takes it for one that may still take the
// place.
func (s *Swap) leave(ctx context.Context) error {
	s.leaving = true
	if s.gone {
		s.unmake(ctx)
		return nil
	}
	if s.aside == "" {
		if err := s.discard(ctx); err != nil {
			return err
		}
	}
	if err := s.setAside(ctx); err != nil {
		return err
	}
	s.unmake(ctx)
	return nil
}

func (s *Swap) discard(ctx context.Context) (err error) {
	made := s.fresh.Mark(model.LabelJob)
	switch {
	case s.why != nil: // what went wrong here belongs to what is told of that
		s.why = s.a.do.TakeBack(s.e, made, s.fresh, s.why)
	case s.fresh.StartedAt.IsZero(): // whatever was carried over into it, the old one has
		err = s.a.do.Written(s.e, actions.RemoveCommand(s.fresh), func() error { return s.e.Remove(ctx, s.fresh) })
	case s.cleaning: // what the job did not come to
		_, err = s.a.do.Discard(ctx, s.e, made, s.fresh)
	}
	return err
}

// setAside gives the new one another name where it is still there, and sees to it that the engine never starts it by
// itself.
func (s *Swap) setAside(ctx context.Context) error {
	if err := s.look(ctx); err != nil || s.gone {
		return err
	}
	if cmp.Or(s.fresh.RestartPolicy, "no") != "no" {
		if err := s.restart(ctx, s.fresh, "no"); err != nil {
			return err
		}
	}
	list, err := s.e.Containers(ctx, false)
	if err != nil {
		return err
	}
	name := s.todo.OldName + cmp.Or(s.aside, notebook.FailedSuffix)
	s.failedAs = notebook.ContainerName(name, actions.TakenNames(list))
	return s.rename(ctx, &s.fresh, s.failedAs)
}

// unmake removes the volumes that this job made for a new container which is gone and was not started: when it is tried
// again, they shall be new again.
func (s *Swap) unmake(ctx context.Context) {
	if len(s.made) == 0 || s.ran {
		return
	}
	if s.fresh.ID != "" {
		if _, err := s.e.Container(ctx, s.fresh.ID); !model.IsKind(err, model.ProblemNotFound) {
			return
		}
	}
	for _, name := range s.made {
		if v, err := s.e.Volume(ctx, name); err == nil && v.Mark(model.LabelJob) == s.r.JobID() {
			// which the engine refuses when somebody has it by now
			_ = s.a.do.Written(s.e, actions.RemoveVolumesCommand(name), func() error { return s.e.RemoveVolume(ctx, name) })
		}
	}
}

// carry copies what is inside the old one into the new one.
func (s *Swap) carry(ctx context.Context) (err error) {
	s.r.Step(stepCarry)
	if err := s.look(ctx); err != nil {
		return err
	}
	s.filling = true
	s.carried, err = rescue.Carry(ctx, s.e, s.old, s.fresh, s.todo.Fills, actions.Copying(s.r, stepCarry))
	for _, part := range []struct {
		paths []string
		err   error
	}{{s.carried.Paths, nil}, {s.carried.Failed, err}} {
		for _, name := range part.paths[:min(len(part.paths), mostCarried)] {
			s.a.do.Write(s.e, carryCommand(s.old, s.fresh, name))(part.err)
		}
	}
	return err
}
