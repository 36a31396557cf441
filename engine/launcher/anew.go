package launcher

import (
	"cmp"
	"context"
	"path/filepath"

	"slipway/engine"
	"slipway/engine/actions"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/swap"
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

// Replace carries a replacement out as one job. The new container is made under a temporary name; the old one is
// stopped and kept; the new one is started and must answer; then the names are swapped. Any failure and a cancel put
// the old one back as it was. A notebook that computes is asked about first. It returns at once; started is called with
// the job from another goroutine, unless there is none.
func (a *Launcher) Replace(w Replacement, started func(*job.Job)) {
	what := model.Say("common.cannot-make-anew", model.Args{"Name": model.Name(w.Server.Container.Name)})
	a.do.Spawn(func(ctx context.Context) {
		_, old, err := a.do.Fresh(ctx, w.Server.Container.ID)
		if err == nil && old.AutoRemove {
			err = &model.Problem{
				Kind: model.ProblemUnsupported,
				What: what,
				Why:  model.Say("actions.it-was-started-with-rm-stopping"),
				Fix:  model.Say("actions.launch-the-folder-with-another"),
			}
		}
		if err != nil {
			a.do.Tell(err, what)
			return
		}
		if !a.do.MayStop(ctx, old) {
			return
		}
		started(a.do.JobOn(old,
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

func (a *Launcher) replace(ctx context.Context, e *engine.Engine, r *job.Report, old model.Container,
	w Replacement,
) (model.Fact, error) {
	r.Steps(stepCheck, stepDownload, swap.StepCreate, swap.StepStop, swap.StepStart, stepFolder, stepWait, swap.StepSwap,
		stepOpen)
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
	r.Step(swap.StepCreate)
	s := p.wish().Spec()
	s.Labels[model.LabelDigest] = image.ID
	was, _, err := e.Spec(ctx, old.ID)
	if err != nil {
		return model.Fact{}, err
	}
	todo := model.Swap{
		Temporary: p.Name, Name: old.Name, OldName: old.Name, OldRestart: cmp.Or(was.Restart, "no"),
		OldRan: old.Running(), Run: true,
	}
	id, _, err := a.do.Create(ctx, e, r, s, map[string]string{
		model.LabelRecipeSum: p.Recipe.Fingerprint(),
		model.LabelReplaces:  old.ID, model.LabelSwap: todo.Label(),
	})
	if err != nil {
		return model.Fact{}, err
	}
	place := a.swaps.Begin(e, r, old, model.Container{ID: id, Name: p.Name}, was.Restart)
	var server notebook.Server
	err = place.Forward(ctx, func(ctx context.Context) error {
		done := a.do.Write(e, p.Command())
		_, err := a.startLaunched(ctx, e, r, model.Container{ID: id, Name: p.Name}, p,
			func(ctx context.Context, answered notebook.Server) (model.Fact, error) {
				server = answered
				return model.Fact{}, a.waitFor(ctx, e, r, answered)
			})
		done(err)
		return err
	}, w.Moved)
	if err != nil {
		return model.Fact{}, place.Back(err)
	}
	r.Note(model.Say("actions.the-one-before-is-kept", model.Args{"KeptAs": model.Name(place.KeptAs())}))
	a.do.Pictured(ctx, id, old.Name)
	r.Step(stepOpen)
	if err := a.do.Browser().Open(context.WithoutCancel(ctx), server.URL()); err != nil {
		r.Note(model.Say("actions.the-browser-could-not-be"))
	}
	return model.Say("actions.is-new", model.Args{"Name": model.Name(old.Name)}), nil
}

// planReplacement checks the wish, gets the image and plans the new container.
func (a *Launcher) planReplacement(ctx context.Context, e *engine.Engine, r *job.Report, old model.Container,
	w Replacement,
) (LaunchPlan, model.ImageDetail, error) {
	st := a.do.Session().State()
	l, err := checkedLaunch(w.Launch, st)
	if err == nil {
		err = notebook.TryWrite(ctx, l.Folder)
	}
	if err != nil {
		return LaunchPlan{}, model.ImageDetail{}, err
	}
	if w.Update {
		if err := a.do.CheckRoom(ctx, e, l.Image); err != nil {
			return LaunchPlan{}, model.ImageDetail{}, err
		}
		r.Step(stepDownload)
		a.do.ForgetDownload(l.Image)
		done := a.do.Write(e, actions.PullCommand(l.Image))
		err := a.do.GetImage(ctx, e, r, l.Image, "")
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
	p.Name = notebook.ContainerName(old.Name+notebook.NewSuffix, actions.TakenNames(containers))
	if port := w.Server.Port.HostPort; port != 0 && !w.Moved {
		p.HostPort = port // free again when the old one is stopped
	}
	return p, image, nil
}
