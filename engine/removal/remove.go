package removal

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"slipway/engine"
	"slipway/engine/actions"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/rescue"
)

// Removal is the question before a container is destroyed. What would be lost is still being found while it is asked.
type Removal struct {
	Container model.Container
	// Verb is what was asked for: "remove", or "stop" or "kill" of a --rm container, which destroys it too, or "restart"
	// of one, which destroys it when it does not start again.
	Verb string
	// Again tells that it was confirmed before, but there is more than was painted then; Fresh are the files of that. It
	// is empty when only the volumes that go too were not painted.
	Again bool
	Fresh []rescue.File
	// Successor is the container that has the place of this one, which was kept; its ID is "" for none. Files that it has
	// too are marked, see [rescue.File.Twin].
	Successor model.Container

	mu      sync.Mutex
	busy    []string
	found   rescue.Found
	painted rescue.Found
	changed func()
}

// Whole tells whether all that would be lost is known, or why it cannot be.
func (r *Removal) Whole() bool {
	f := r.Found()
	if f.Problem != nil || !f.Complete {
		return f.Problem != nil
	}
	return r.Again || len(f.Volumes) == 0 || f.InVolumes.Complete || f.InVolumes.Problem != nil
}

// Found is what is known so far of what would be lost.
func (r *Removal) Found() rescue.Found {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.found
}

// Busy are the notebooks in it that compute right now, by path, as far as that is known.
func (r *Removal) Busy() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.busy
}

func (r *Removal) setBusy(names []string) {
	r.mu.Lock()
	r.busy = names
	fn := r.changed
	r.mu.Unlock()
	if fn != nil && len(names) > 0 {
		fn()
	}
}

// Painted tells that the person has this in front of them now. Who asks calls it after every painting: only what was
// painted last counts as known to the person. Without a call nothing does.
func (r *Removal) Painted(f rescue.Found) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.painted = f
}

// shown is what was painted last.
func (r *Removal) shown() rescue.Found {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.painted
}

// OnChange sets what is called from any goroutine when more is known. It must return quickly.
func (r *Removal) OnChange(fn func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.changed = fn
}

// SetFound says what is known now of what would be lost.
func (r *Removal) SetFound(f rescue.Found) {
	r.mu.Lock()
	r.found = f
	fn := r.changed
	r.mu.Unlock()
	if fn != nil {
		fn()
	}
}

// Commands are the docker commands that the removal equals, in order.
func (r *Removal) Commands() []model.Command {
	switch {
	case r.Verb == "stop":
		return []model.Command{actions.StopCommand(r.Container)}
	case r.Verb == "kill":
		return []model.Command{actions.KillCommand(r.Container)}
	case r.Verb == "restart":
		return []model.Command{actions.RestartCommand(r.Container)}
	case r.Container.Running() && r.Container.AutoRemove:
		return []model.Command{actions.StopCommand(r.Container)} // the engine does the rest
	case r.Container.Running():
		return []model.Command{actions.StopCommand(r.Container), actions.RemoveCommand(r.Container)}
	default:
		return []model.Command{actions.RemoveCommand(r.Container)}
	}
}

// CanOnlyStop tells whether the container can be stopped and kept.
func (r *Removal) CanOnlyStop() bool { return r.Container.Running() && !r.Container.AutoRemove }

// Choice is the answer to a [Removal].
type Choice string

// The answers.
const (
	KeepContainer   Choice = ""
	OnlyStop        Choice = "stop"
	RemoveContainer Choice = "remove"
)

// Remove removes a container after naming what would be lost. A running one is stopped first, and the list is read
// again before the removal: own files that nobody was shown ask again.
func (a *Actions) Remove(c model.Container) {
	a.do.Spawn(func(ctx context.Context) {
		e, fresh, err := a.do.Fresh(ctx, c.ID)
		if err != nil {
			a.do.Tell(err, model.Say("actions.cannot-remove", model.Args{"Name": model.Name(c.Name)}))
			return
		}
		a.askRemoval(ctx, e, fresh, "remove")
	})
}

// askRemoval asks while the list is being made, and acts on the answer.
func (a *Actions) askRemoval(ctx context.Context, e *engine.Engine, c model.Container, verb string) {
	q := a.question(c, verb, nil)
	listing, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Add(2)
	go func() {
		defer wg.Done()
		a.do.Guard(func() { listLosses(listing, e, q) })
	}()
	go func() {
		defer wg.Done()
		var busy []string
		a.do.Guard(func() { busy = actions.BusyNotebooks(listing, notebook.PlaceOf(e), c) })
		q.setBusy(busy)
	}()
	choice := a.asker.Removal(ctx, q)
	shown := q.shown()
	stop()
	wg.Wait()
	switch choice {
	case OnlyStop:
		a.do.StopUnasked(c)
	case RemoveContainer:
		a.remove(c, verb, shown)
	}
}

// question is that before a container is destroyed, maybe together with others.
func (a *Actions) question(c model.Container, verb string, with []model.Container) *Removal {
	return &Removal{Container: c, Verb: verb, Successor: a.successor(c, with)}
}

// successor is the container that has the place of one which was kept, unless it goes too: with it, or by a removal
// that waits.
func (a *Actions) successor(c model.Container, with []model.Container) model.Container {
	now, _ := notebook.Successor(a.do.Session().Live.Snapshot().Containers, c)
	goes := slices.ContainsFunc(with, func(o model.Container) bool { return o.ID == now.ID })
	if goes || slices.ContainsFunc(a.do.Session().Jobs.List(), func(v job.View) bool {
		return slices.Contains(v.Held, now.ID)
	}) {
		return model.Container{}
	}
	return now
}

// listLosses finds out what would be lost, while it is asked.
func listLosses(ctx context.Context, e *engine.Engine, q *Removal) {
	found := rescue.Compare(ctx, e, q.Container, q.Successor.ID, q.SetFound)
	rescue.ListVolumes(ctx, e, q.Container, found, q.SetFound)
}

// remove is the job behind a confirmed removal. shown is what the person saw.
func (a *Actions) remove(c model.Container, verb string, shown rescue.Found) {
	named := model.Args{"Name": model.Name(c.Name)}
	title := map[string]model.Fact{
		"remove": model.Say("actions.remove-title", named), "stop": model.Say("actions.stop", named),
		"kill": model.Say("actions.kill", named), "restart": model.Say("actions.restart", named),
	}[verb]
	// The commands go to the journal one by one, as they are carried out.
	// It can be cancelled until that which destroys is sent.
	a.do.JobOn(c, job.Spec{Title: title, Deed: model.DeedOn(model.Verb(verb), c), Key: verb + ":" + c.ID, Once: true},
		func(ctx context.Context, e *engine.Engine, r *job.Report) (model.Fact, error) {
			result, _, err := a.removal(ctx, e, r,
				removal{c: c, verb: verb, shown: shown, final: r.Final, phase: r.Phase, hold: func(ctx context.Context) error {
					return a.do.Hold(ctx, r, []string{c.ID})
				}})
			return result, err
		})
}

// removal is the confirmed removal of one container.
type removal struct {
	c    model.Container
	verb string
	// shown is what the person saw.
	shown rescue.Found
	// hold waits for as long as the removal can be undone. Its error means that it must not happen.
	hold func(ctx context.Context) error
	// final tells before that which destroys is sent whether it still shall be.
	final func() bool
	// phase says what is being done; nil where it is one of several.
	phase func(model.Fact)
	// asking is held while a person is asked again, where several removals run at once.
	asking *sync.Mutex
}

func (m removal) say(text model.Fact) {
	if m.phase != nil {
		m.phase(text)
	}
}

// removal carries it out: what runs is stopped, unless that alone would destroy it, and the files inside are listed
// once more; then it can be undone for a while, and only then that is sent which destroys. removed tells whether it
// was; without an error and with false a person said no when asked again.
func (a *Actions) removal(ctx context.Context, e *engine.Engine, r *job.Report,
	m removal,
) (result model.Fact, removed bool, err error) {
	c := m.c
	if m.verb == "restart" {
		return a.restartGuarded(ctx, e, r, m)
	}
	byStopping := c.AutoRemove && c.Running()
	kept := model.Say("actions.was-kept-stopped", model.Args{"Name": model.Name(c.Name)})
	if byStopping {
		kept = model.Say("actions.was-left-running", model.Args{"Name": model.Name(c.Name)})
	}
	stopped := c.Running() && !byStopping
	if stopped {
		done := a.do.Write(e, actions.StopCommand(c))
		err := m.stop(ctx, e, r)
		done(err)
		if errors.Is(err, context.Canceled) { // the engine goes on with it
			r.Doing(c.ID, "stop")
			a.stopAndStart(e, c)
			r.Doing(c.ID, "")
		}
		if err != nil {
			return model.Fact{}, false, err
		}
		m.c.State = model.StateExited
	}
	if ok, err := a.confirmFresh(ctx, e, &m); err != nil || !ok {
		return kept, false, err
	}
	if err := m.hold(ctx); err != nil {
		if stopped && errors.Is(err, context.Canceled) {
			a.startAgain(e, c)
		}
		return model.Fact{}, false, err
	}
	if a.do.Undo() > 0 { // who had time to undo had time to write
		if ok, err := a.confirmFresh(ctx, e, &m); err != nil || !ok {
			return kept, false, err
		}
	}
	if !m.final() {
		return model.Fact{}, false, ctx.Err()
	}
	ctx, end := actions.Sent(ctx, c)
	defer end()
	if byStopping {
		return a.removeByStopping(ctx, e, r, m)
	}
	m.say(model.Say("actions.removing"))
	done := a.do.Write(e, actions.RemoveCommand(c))
	err = e.Remove(ctx, c)
	done(err)
	return model.Say("actions.was-removed", model.Args{"Name": model.Name(c.Name)}), true, err
}

// startAgain starts a container whose removal was undone. That it cannot be is told by itself: what was
// undone is not done all the same.
func (a *Actions) startAgain(e *engine.Engine, c model.Container) {
	ctx, cancel := context.WithTimeout(context.Background(), actions.CleanTime)
	defer cancel()
	done := a.do.Write(e, actions.StartCommand(c))
	err := e.Start(ctx, c)
	done(err)
	if err != nil {
		a.do.Session().Live.Ask(c.ID)
		a.do.Tell(err, model.Say("actions.was-kept-but-not-started", model.Args{"Name": model.Name(c.Name)}))
	}
}

// stopAndStart waits until the engine has stopped a container, as it goes on to do when nobody waits for it any more,
// and starts it.
func (a *Actions) stopAndStart(e *engine.Engine, c model.Container) {
	ctx, cancel := context.WithTimeout(context.Background(), actions.CleanTime+time.Duration(c.StopTimeout)*time.Second)
	err := e.Stop(ctx, c, -1)
	cancel()
	if err != nil {
		a.do.Tell(err, model.Say("actions.may-be-stopped-by-now", model.Args{"Name": model.Name(c.Name)}))
		return
	}
	a.startAgain(e, c)
}

// stop stops the container, and counts down where it is the only one.
func (m removal) stop(ctx context.Context, e *engine.Engine, r *job.Report) error {
	if m.phase == nil {
		r.Doing(m.c.ID, "stop")
		defer r.Doing(m.c.ID, "")
		return e.Stop(ctx, m.c, -1)
	}
	return actions.StopVisibly(ctx, e, r, m.c)
}

// removeByStopping ends a --rm container, which the engine deletes in the same moment.
func (a *Actions) removeByStopping(ctx context.Context, e *engine.Engine, r *job.Report,
	m removal,
) (model.Fact, bool, error) {
	c := m.c
	call, cmd := func() error { return m.stop(ctx, e, r) }, actions.StopCommand(c)
	if m.verb == "kill" {
		call, cmd = func() error { return e.Kill(ctx, c) }, actions.KillCommand(c)
	}
	done := a.do.Write(e, cmd)
	err := call()
	done(err)
	return model.Say("actions.was-stopped-and-docker-removed", model.Args{"Name": model.Name(c.Name)}), true, err
}

// restartGuarded restarts a --rm container. Should it not start again, the engine deletes it, so the list is read again
// before.
func (a *Actions) restartGuarded(ctx context.Context, e *engine.Engine, r *job.Report,
	m removal,
) (model.Fact, bool, error) {
	if ok, err := a.confirmFresh(ctx, e, &m); err != nil || !ok {
		return model.Say("actions.was-not-restarted", model.Args{"Name": model.Name(m.c.Name)}), false, err
	}
	if !m.final() {
		return model.Fact{}, false, ctx.Err()
	}
	ctx, end := actions.Sent(ctx, m.c)
	defer end()
	done := a.do.Write(e, actions.RestartCommand(m.c))
	result, err := a.restart(ctx, e, r, m.c)
	done(err)
	return result, true, err
}

// confirmFresh reads the list anew until nobody has to be asked about what was not shown. What was shown then is in m.
func (a *Actions) confirmFresh(ctx context.Context, e *engine.Engine, m *removal) (bool, error) {
	for {
		m.say(model.Say("actions.checking-for-new-files-inside"))
		now := rescue.Compare(ctx, e, m.c, a.successor(m.c, nil).ID, nil)
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
		if now.Problem != nil && m.shown.Problem == nil {
			return false, now.Problem
		}
		fresh := now.New(m.shown)
		if len(fresh) == 0 && !now.NewVolumes(m.shown) {
			return true, nil
		}
		m.say(model.Say("actions.waiting-for-your-answer"))
		q := &Removal{Container: m.c, Verb: m.verb, Again: true, Fresh: fresh, found: now}
		if !a.askAgain(ctx, *m, q) {
			return false, nil
		}
		m.shown = m.shown.With(q.shown())
	}
}

// askAgain asks about what was not shown, one question after the other.
func (a *Actions) askAgain(ctx context.Context, m removal, q *Removal) bool {
	if m.asking != nil {
		m.asking.Lock()
		defer m.asking.Unlock()
	}
	return a.asker.Removal(ctx, q) == RemoveContainer
}
