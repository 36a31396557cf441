package actions

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"time"

	"slipway/engine"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/rescue"
)

// Replacement is the wish to put a new container into the place of a notebook's: from a newer or another image, or
// for a folder that was moved.
type Replacement struct {
	Server notebook.Server
	// Launch is how the new one shall be. Its port is that of the old one where that is known.
	Launch Launch
	// Update downloads the image anew.
	Update bool
	// Moved tells that the old one's folder is not in its place any more: once stopped, it could not be started again. So
	// it is stopped only when the new one answers, which gets another port while the old one has its own.
	Moved bool
}

// The steps of a replacement that a launch does not have.
var (
	stepStop = model.Say("actions.stop-the-old-one")
	stepSwap = model.Say("actions.swap-the-names")
)

// Replace carries a replacement out as one job. The new container is made under a temporary name; the old one is
// stopped and kept; the new one is started and must answer; then the names are swapped. Any failure and a cancel put
// the old one back as it was. A notebook that computes is asked about first. It returns at once; started is called with
// the job from another goroutine, unless there is none.
func (a *Actions) Replace(w Replacement, started func(*job.Job)) {
	what := model.Say("common.cannot-make-anew", model.Args{"Name": model.Name(w.Server.Container.Name)})
	a.spawn(func(ctx context.Context) {
		_, old, err := a.fresh(ctx, w.Server.Container.ID)
		if err == nil && old.AutoRemove {
			err = &model.Problem{
				Kind: model.ProblemUnsupported,
				What: what,
				Why:  model.Say("actions.it-was-started-with-rm-stopping"),
				Fix:  model.Say("actions.launch-the-folder-with-another"),
			}
		}
		if err != nil {
			a.tell(err, what)
			return
		}
		if !a.mayStop(ctx, old) {
			return
		}
		started(a.startOn(old,
			job.Spec{
				Title: model.Say("actions.make-anew", model.Args{"Folder": model.Name(filepath.Base(w.Launch.Folder))}),
				Deed:  model.DeedOn(model.VerbRecreate, old),
				Key:   "replace:" + old.ID, Once: true,
			},
			func(ctx context.Context, e *engine.Engine, r *job.Report) (model.Fact, error) {
				return a.replace(ctx, e, r, old, w)
			}))
	})
}

func (a *Actions) replace(ctx context.Context, e *engine.Engine, r *job.Report, old model.Container,
	w Replacement,
) (model.Fact, error) {
	r.Steps(stepCheck, stepDownload, stepCreate, stepStop, stepStart, stepFolder, stepWait, stepSwap, stepOpen)
	r.Step(stepCheck)
	p, image, err := a.planReplacement(ctx, e, r, old, w)
	if err != nil {
		return model.Fact{}, err
	}
	if w.Update && image.ID == old.ImageID {
		r.Note(model.Say("actions.nothing-was-changed"))
		return model.Say("actions.is-made-from-the-newest",
			model.Args{"Name": model.Name(old.Name), "Image": model.Name(p.Image)}), nil
	}
	r.Step(stepCreate)
	s := p.wish().Spec()
	s.Labels[model.LabelDigest] = image.ID
	was, _, err := e.Spec(ctx, old.ID)
	if err != nil {
		return model.Fact{}, err
	}
	todo := model.Swap{
		Temporary: p.Name, Name: old.Name, OldName: old.Name, OldRestart: orNo(was.Restart),
		OldRan: old.Running(), Run: true,
	}
	id, _, err := a.create(ctx, e, r, s, map[string]string{
		model.LabelRecipeSum: p.Recipe.Fingerprint(),
		model.LabelReplaces:  old.ID, model.LabelSwap: todo.Label(),
	})
	if err != nil {
		return model.Fact{}, err
	}
	swap := &swap{a: a, e: e, r: r, old: old, fresh: model.Container{ID: id, Name: p.Name}, policy: was.Restart}
	server, err := swap.forward(ctx, p, w.Moved)
	if err != nil {
		return model.Fact{}, swap.back(err)
	}
	r.Note(model.Say("actions.the-one-before-is-kept", model.Args{"KeptAs": model.Name(swap.keptAs)}))
	a.pictured(ctx, id, old.Name)
	r.Step(stepOpen)
	if err := a.browser.Open(context.WithoutCancel(ctx), server.URL()); err != nil {
		r.Note(model.Say("actions.the-browser-could-not-be"))
	}
	return model.Say("actions.is-new", model.Args{"Name": model.Name(old.Name)}), nil
}

// planReplacement checks the wish, gets the image and plans the new container.
func (a *Actions) planReplacement(ctx context.Context, e *engine.Engine, r *job.Report, old model.Container,
	w Replacement,
) (LaunchPlan, model.ImageDetail, error) {
	st := a.session.State()
	l, err := checkedLaunch(w.Launch, st)
	if err == nil {
		err = notebook.TryWrite(ctx, l.Folder)
	}
	if err != nil {
		return LaunchPlan{}, model.ImageDetail{}, err
	}
	if w.Update {
		if err := a.checkRoom(ctx, e, l.Image); err != nil {
			return LaunchPlan{}, model.ImageDetail{}, err
		}
		r.Step(stepDownload)
		a.forgetDownload(l.Image)
		done := a.write(e, PullCommand(l.Image))
		err := a.pull(ctx, e, r, l.Image, "")
		done(err)
		if err != nil {
			return LaunchPlan{}, model.ImageDetail{}, err
		}
	}
	image, err := a.imageFor(ctx, e, r, l.Image)
	if err != nil {
		return LaunchPlan{}, image, err
	}
	containers, err := e.Containers(ctx, false)
	if err != nil {
		return LaunchPlan{}, image, err
	}
	p := a.planNew(l, st, containers)
	if l.Recipe.ID == notebook.AnyID {
		if p, err = a.fit(p, image); err != nil {
			return p, image, err
		}
	}
	p.Name = notebook.ContainerName(old.Name+notebook.NewSuffix, names(containers))
	if port := w.Server.Port.HostPort; port != 0 && !w.Moved {
		p.HostPort = port // free again when the old one is stopped
	}
	return p, image, nil
}

// swap puts a new container into the place of an old one, or everything back.
type swap struct {
	a          *Actions
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

// forward stops the old one, starts the new one, and swaps the names when the new one answers. With last, the
// old one is stopped only then.
func (s *swap) forward(ctx context.Context, p LaunchPlan, last bool) (notebook.Server, error) {
	if err := s.unpolicy(ctx); err != nil {
		return notebook.Server{}, err
	}
	if !last {
		if err := s.stopOld(ctx); err != nil {
			return notebook.Server{}, err
		}
	}
	var server notebook.Server
	done := s.a.write(s.e, p.Command())
	_, err := s.a.startLaunched(ctx, s.e, s.r, s.fresh, p,
		func(ctx context.Context, answered notebook.Server) (model.Fact, error) {
			server = answered
			return model.Fact{}, s.a.waitFor(ctx, s.e, s.r, answered)
		})
	done(err)
	if err == nil && last {
		err = s.stopOld(ctx)
	}
	if err != nil {
		return server, err
	}
	s.r.Step(stepSwap)
	if !s.r.Final() { // between two names there is no way out
		return server, ctx.Err()
	}
	return server, s.names(ctx)
}

// stopOld stops the old one, if it runs.
func (s *swap) stopOld(ctx context.Context) error {
	if !s.old.Running() {
		return nil
	}
	s.r.Step(stepStop)
	if now, err := s.e.Container(ctx, s.old.ID); err == nil {
		s.old.StartedAt = now.StartedAt // who puts it back asks whether somebody started it since
	}
	s.stopping = true
	return s.a.written(s.e, StopCommand(s.old), func() error { return s.e.Stop(ctx, s.old, -1) })
}

// names gives the old one another name, and its own to the new one.
func (s *swap) names(ctx context.Context) error {
	list, err := s.e.Containers(ctx, false)
	if err != nil {
		return err
	}
	before := notebook.ContainerName(s.old.Name+beforeSuffix, names(list))
	if err := s.a.written(s.e, RenameCommand(s.old, before),
		func() error { return s.e.Rename(ctx, s.old, before) }); err != nil {
		return err
	}
	s.keptAs = before
	name := cmp.Or(s.name, s.old.Name)
	if name == s.fresh.Name {
		return nil
	}
	return s.a.written(s.e, RenameCommand(s.fresh, name), func() error { return s.e.Rename(ctx, s.fresh, name) })
}

// back removes the new container, gives the old one its name and starts it again if it ran. It returns why the
// replacement failed; where something could not be put back, a problem that says so. When the engine is away,
// it is done once that is back.
func (s *swap) back(why error) error {
	ctx, cancel := context.WithTimeout(context.Background(), cleanTime+time.Duration(s.old.StopTimeout)*time.Second)
	defer cancel()
	err := s.stopFresh(ctx, s.e) // it has the port; it is removed last, since it says what is to be done after a crash
	if err == nil {
		err = s.restore(ctx, s.e)
	}
	restored := err == nil
	if restored {
		why = s.a.takeBack(s.e, s.r.JobID(), s.fresh, why)
		err = s.asideIfKept(ctx, s.e)
	}
	switch {
	case err == nil:
		s.unmake(ctx, s.e)
		s.restored = true
		return why
	case model.IsKind(err, model.ProblemConnectionLost), model.IsKind(err, model.ProblemTimeout):
		s.a.left.set(s.r.JobID(), s.e.Info().ID, s.backLater)
		if model.IsKind(err, model.ProblemTimeout) { // it is connected: nothing else would try again
			s.a.spawn(func(ctx context.Context) { s.a.cleanLeft(ctx, s.e) })
		}
		return why
	}
	if restored {
		p := model.AsProblem(err, model.Say("actions.cannot-give-another-name", model.Args{"Name": model.Name(s.fresh.Name)}))
		return &model.Problem{
			Kind: p.Kind, Cause: errors.Join(err, noCancel(why)),
			What: model.Say("actions.is-as-it-was-what",
				model.Args{"Name": model.Name(s.old.Name), "NewName": model.Name(s.fresh.Name)}),
			Why: p.Why,
			Fix: model.Say("actions.look-at-it-in-the"),
		}
	}
	return notPutBack(s.old.Name, err, why)
}

// backLater is [swap.back] for an engine that was away, unless the change was ended otherwise meanwhile.
func (s *swap) backLater(ctx context.Context, e *engine.Engine) error {
	now, err := e.Container(ctx, s.fresh.ID)
	if _, todo := now.Swap(); err == nil && !todo { // it has the place, or was set aside
		if old, err := e.Container(ctx, s.old.ID); err == nil && s.old.Running() && !now.Running() && !old.Running() &&
			notebook.TookPlace(now, old) {
			return s.a.written(e, StartCommand(now), func() error { return e.Start(ctx, now) })
		}
		return nil
	}
	if err := s.stopFresh(ctx, e); err != nil {
		return err
	}
	if err := s.restore(ctx, e); err != nil {
		return err
	}
	if _, err := s.a.discard(ctx, e, s.r.JobID(), s.fresh); err != nil {
		return err
	}
	s.unmake(ctx, e)
	return s.asideIfKept(ctx, e)
}

// stopFresh stops the new one, if it runs.
func (s *swap) stopFresh(ctx context.Context, e *engine.Engine) error {
	now, err := e.Container(ctx, s.fresh.ID)
	if err == nil {
		s.ran = !now.StartedAt.IsZero()
	}
	switch {
	case model.IsKind(err, model.ProblemNotFound):
		return nil
	case err == nil && now.Running():
		return s.a.written(e, StopCommand(now), func() error { return e.Stop(ctx, now, -1) })
	}
	return err
}

// asideIfKept gives the new one another name where it is kept, because it ran or has something of a person's inside:
// under its temporary one it would be taken for a change that was cut off.
func (s *swap) asideIfKept(ctx context.Context, e *engine.Engine) error {
	name, err := s.setAside(ctx, e, s.old.Name+notebook.FailedSuffix)
	s.failedAs = name
	return err
}

// restore gives the old container its name and starts it again if it ran.
func (s *swap) restore(ctx context.Context, e *engine.Engine) error {
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
		if err := s.a.written(e, RenameCommand(now, s.old.Name),
			func() error { return e.Rename(ctx, now, s.old.Name) }); err != nil {
			return err
		}
	}
	if err := s.repolicy(ctx, e); err != nil {
		return err
	}
	if s.old.Running() && !again && (s.stopping || !now.Running()) {
		return s.a.written(e, StartCommand(s.old), func() error { return e.Start(ctx, s.old) })
	}
	return nil
}
