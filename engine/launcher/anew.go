package launcher

import (
	"cmp"
	"context"
	"path/filepath"

	"slipway/engine"
	"slipway/engine/actions"
	"slipway/engine/image"
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
				return launching{a: a, e: e, r: r}.replace(ctx, old, w)
			}))
	})
}

func (g launching) replace(ctx context.Context, old model.Container, w Replacement) (model.Fact, error) {
	g.r.Steps(stepCheck, stepDownload, swap.StepCreate, swap.StepStop, swap.StepStart, stepFolder, stepWait, swap.StepSwap,
		stepOpen)
	g.r.Step(stepCheck)
	p, image, err := g.planReplacement(ctx, old, w)
	if err != nil {
		return model.Fact{}, err
	}
	if w.Update && image.ID == old.ImageID {
		g.r.Note(model.Say("actions.nothing-was-changed"))
		return model.Say("actions.is-made-from-the-newest",
			model.Args{"Name": model.Name(old.Name), "Image": model.Name(p.Image)}), nil
	}
	g.r.Step(swap.StepCreate)
	s := p.wish().Spec()
	s.Labels[model.LabelDigest] = image.ID
	was, _, err := g.e.Spec(ctx, old.ID)
	if err != nil {
		return model.Fact{}, err
	}
	todo := model.Swap{
		Temporary: p.Name, Name: old.Name, OldName: old.Name, OldRestart: cmp.Or(was.Restart, "no"),
		OldRan: old.Running(), Run: true,
	}
	id, _, err := g.a.do.Create(ctx, g.e, g.r, s, map[string]string{
		model.LabelRecipeSum: p.Recipe.Fingerprint(),
		model.LabelReplaces:  old.ID, model.LabelSwap: todo.Label(),
	})
	if err != nil {
		return model.Fact{}, err
	}
	place := g.a.swaps.Begin(g.e, g.r, old, model.Container{ID: id, Name: p.Name}, todo)
	var server notebook.Server
	err = place.Forward(ctx, func(ctx context.Context) error {
		done := g.a.do.Write(g.e, p.Command())
		_, err := g.startLaunched(ctx, model.Container{ID: id, Name: p.Name}, p,
			func(ctx context.Context, answered notebook.Server) (model.Fact, error) {
				server = answered
				return model.Fact{}, g.waitFor(ctx, answered)
			})
		done(err)
		return err
	}, w.Moved)
	if err != nil {
		return model.Fact{}, place.Back(err)
	}
	g.r.Note(model.Say("actions.the-one-before-is-kept", model.Args{"KeptAs": model.Name(place.KeptAs())}))
	g.a.do.Pictured(ctx, id, old.Name)
	g.r.Step(stepOpen)
	if err := g.a.do.Browser().Open(context.WithoutCancel(ctx), server.URL()); err != nil {
		g.r.Note(model.Say("actions.the-browser-could-not-be"))
	}
	return model.Say("actions.is-new", model.Args{"Name": model.Name(old.Name)}), nil
}

// planReplacement checks the wish, gets the image and plans the new container.
func (g launching) planReplacement(ctx context.Context, old model.Container,
	w Replacement,
) (LaunchPlan, model.ImageDetail, error) {
	st := g.a.do.Session().State()
	l, err := checkedLaunch(w.Launch, st)
	if err == nil {
		err = notebook.TryWrite(ctx, l.Folder)
	}
	if err != nil {
		return LaunchPlan{}, model.ImageDetail{}, err
	}
	if w.Update {
		if err := g.a.images.CheckRoom(ctx, g.e, l.Image); err != nil {
			return LaunchPlan{}, model.ImageDetail{}, err
		}
		g.r.Step(stepDownload)
		g.a.images.ForgetDownload(l.Image)
		done := g.a.do.Write(g.e, image.PullCommand(l.Image))
		err := g.a.do.GetImage(ctx, g.e, g.r, l.Image, "")
		done(err)
		if err != nil {
			return LaunchPlan{}, model.ImageDetail{}, err
		}
	}
	image, err := g.imageFor(ctx, l.Image)
	if err != nil {
		return LaunchPlan{}, image, err
	}
	containers, err := g.e.Containers(ctx, false)
	if err != nil {
		return LaunchPlan{}, image, err
	}
	p := g.a.planNew(l, st, containers)
	if l.Recipe.ID == notebook.AnyID {
		if p, err = g.a.fit(p, image); err != nil {
			return p, image, err
		}
	}
	p.Name = notebook.ContainerName(old.Name+notebook.NewSuffix, actions.TakenNames(containers))
	if port := w.Server.Port.HostPort; port != 0 && !w.Moved {
		p.HostPort = port // free again when the old one is stopped
	}
	return p, image, nil
}
