package launcher

import (
	"context"
	"errors"
	"math"
	"path/filepath"
	"time"

	"slipway/engine"
	"slipway/engine/actions"
	"slipway/engine/image"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/swap"
)

// The steps of a launch, as they are shown.
var (
	stepCheck    = model.Say("actions.check")
	stepDownload = model.Say("actions.download")
	stepFolder   = model.Say("actions.try-the-folder")
	stepWait     = model.Say("actions.wait-for-the-notebook")
	stepOpen     = model.Say("actions.open-the-browser")
)

// newSteps are those of a launch that makes a container.
var newSteps = []model.Fact{stepCheck, stepDownload, swap.StepCreate, swap.StepStart, stepFolder, stepWait, stepOpen}

// readyTime is how long a server may take to answer.
const readyTime = 2 * time.Minute

// Launch opens a folder's notebook in the browser, as one job: the one that runs; the one that is stopped, started
// again; else a new one. Asking again while it is under way joins that job. A failure or a cancel leaves nothing behind
// but the image, and what was written in the container. For a file, any Jupyter that runs and shows it is taken first.
// It returns at once.
func (a *Launcher) Launch(l Launch) *job.Job {
	title, key := l.title(), "launch:"+l.Recipe.ID+":"+filepath.Clean(l.Folder)
	if l.Recipe.ID == notebook.AnyID {
		key += ":" + l.Image
	}
	deed := model.Deed{Verb: model.VerbLaunch, Kind: model.KindContainer, Names: []string{filepath.Base(l.Folder)}}
	j, joined := a.do.Session().Jobs.Start(job.Spec{Title: title, Deed: deed, Key: key},
		func(ctx context.Context, r *job.Report) (model.Fact, error) {
			e, err := a.do.Session().Engine()
			if err != nil {
				return model.Fact{}, actions.NotDone(title, err)
			}
			result, err := launching{a: a, e: e, r: r}.launchJob(ctx, l)
			return result, actions.CutOff(title, err)
		})
	if joined && l.File != "" {
		a.openAfter(j, l)
	}
	return j
}

// launching is a launch, or a making anew, that a job carries out on an engine.
type launching struct {
	a *Launcher
	e *engine.Engine
	r *job.Report
}

// launchJob is the work of [Launcher.Launch].
func (g launching) launchJob(ctx context.Context, l Launch) (model.Fact, error) {
	g.r.Steps(stepCheck)
	g.r.Step(stepCheck)
	_ = g.a.do.Left().Clean(ctx, g.e, false) // the next connection tries again
	if l.File != "" {
		if result, found, err := g.openFile(ctx, l); found || err != nil {
			return result, err
		}
	}
	containers, err := withRecipe(ctx, g.e, l.Recipe.ID)
	if err != nil {
		return model.Fact{}, err
	}
	p, err := g.a.planLaunch(l, containers)
	if err == nil && !p.Exists() && p.Recipe.ID == notebook.AnyID {
		p, err = g.readImage(ctx, p)
	}
	if err != nil {
		return model.Fact{}, err
	}
	g.r.Command(p.Command())
	done := g.a.do.Write(g.e, p.Command())
	result, err := g.launch(ctx, p)
	done(err)
	return result, err
}

// readImage completes the plan for an image that no recipe is for, which has to be here to tell what it needs.
func (g launching) readImage(ctx context.Context, p LaunchPlan) (LaunchPlan, error) {
	g.r.Steps(newSteps...)
	img, err := g.e.Image(ctx, p.Image)
	if model.IsKind(err, model.ProblemNotFound) {
		done := g.a.do.Write(g.e, image.PullCommand(p.Image))
		img, err = g.imageFor(ctx, p.Image)
		done(err)
	}
	if err != nil {
		return p, err
	}
	return g.a.fit(p, img)
}

func (g launching) launch(ctx context.Context, p LaunchPlan) (model.Fact, error) {
	switch {
	case p.Running():
		g.r.Steps(stepCheck, stepWait, stepOpen)
		if p.Server.Container.State == model.StatePaused {
			if err := g.e.Resume(ctx, p.Server.Container); err != nil {
				return model.Fact{}, err
			}
		}
		return g.openServer(ctx, p.Launch, p.Server, true)
	case p.Exists():
		return g.launchAgain(ctx, p)
	}
	return g.launchNew(ctx, p)
}

// launchAgain starts the folder's server that is stopped.
func (g launching) launchAgain(ctx context.Context, p LaunchPlan) (model.Fact, error) {
	g.r.Steps(stepCheck, swap.StepStart, stepWait, stepOpen)
	c := p.Server.Container
	g.r.Step(swap.StepStart)
	w := actions.WatchStart(ctx, g.e, c.ID)
	defer w.Close()
	if err := g.e.Start(ctx, c); err != nil {
		g.a.do.Session().Live.Ask(c.ID)
		return model.Fact{}, actions.ExplainPort(ctx, g.e, err, actions.HostIP(c.Ports))
	}
	fresh, err := g.e.Container(ctx, c.ID) // its ports are known only now
	if err != nil {
		return model.Fact{}, err
	}
	p.Server = again(fresh, p.Recipe, notebook.PlaceOf(g.e))
	return whileStarting(ctx, w, g.e, fresh, func(ctx context.Context) (model.Fact, error) {
		return g.openServer(ctx, p.Launch, p.Server, true)
	})
}

// again is the server of a container as it is now.
func again(c model.Container, r notebook.Recipe, at notebook.Place) notebook.Server {
	list := notebook.Servers([]model.Container{c}, []notebook.Recipe{r}, at)
	if len(list) == 0 {
		return notebook.Server{Container: c}
	}
	return list[0]
}

func (g launching) launchNew(ctx context.Context, p LaunchPlan) (model.Fact, error) {
	g.r.Steps(newSteps...)
	if err := notebook.TryWrite(ctx, p.Folder); err != nil {
		return model.Fact{}, err
	}
	if err := g.a.allow(ctx, p); err != nil {
		return model.Fact{}, err
	}
	image, err := g.imageFor(ctx, p.Image)
	if err != nil {
		return model.Fact{}, err
	}
	p.HostPort = g.a.freePort(p.HostPort) // a download takes long enough for somebody else to take it
	for range portTries - 1 {
		result, err := g.launchOn(ctx, p, image)
		if engine.TakenPort(err) == 0 || p.HostPort == math.MaxUint16 {
			return result, err
		}
		next := g.a.freePort(p.HostPort + 1)
		if next == 0 {
			return result, err
		}
		p.HostPort = next
	}
	return g.launchOn(ctx, p, image)
}

// portTries is how many ports are tried when each is taken between the moment that it was found free and the start.
const portTries = 3

// launchOn makes and starts the notebook's container at the plan's port, and leaves nothing of one that failed.
func (g launching) launchOn(ctx context.Context, p LaunchPlan, image model.ImageDetail) (model.Fact, error) {
	g.r.Step(swap.StepCreate)
	g.r.Command(p.Command())
	s := p.wish().Spec()
	s.Labels[model.LabelDigest] = image.ID
	id, _, err := g.a.do.Create(ctx, g.e, g.r, s, map[string]string{model.LabelRecipeSum: p.Recipe.Fingerprint()})
	if err != nil {
		return model.Fact{}, err
	}
	c := model.Container{ID: id, Name: p.Name}
	result, err := g.startLaunched(ctx, c, p, func(ctx context.Context, s notebook.Server) (model.Fact, error) {
		return g.openServer(ctx, p.Launch, s, false)
	})
	if err != nil {
		return model.Fact{}, g.a.do.TakeBack(g.e, g.r.JobID(), c, err)
	}
	return result, nil
}

// imageFor is the image of a launch, downloaded if it is missing and there is room for it.
func (g launching) imageFor(ctx context.Context, ref string) (model.ImageDetail, error) {
	image, err := g.e.Image(ctx, ref)
	if !model.IsKind(err, model.ProblemNotFound) {
		return image, err
	}
	if err := g.a.images.CheckRoom(ctx, g.e, ref); err != nil {
		return image, err
	}
	g.r.Step(stepDownload)
	if err := g.a.do.GetImage(ctx, g.e, g.r, ref, ""); err != nil {
		return image, err
	}
	return g.e.Image(ctx, ref)
}

// startLaunched starts a new notebook, tries its folder, and goes on with then while it watches that it does not end.
func (g launching) startLaunched(ctx context.Context, c model.Container, p LaunchPlan,
	then func(context.Context, notebook.Server) (model.Fact, error),
) (model.Fact, error) {
	if ctx.Err() != nil {
		return model.Fact{}, ctx.Err()
	}
	g.r.Step(swap.StepStart)
	w := actions.WatchStart(ctx, g.e, c.ID)
	defer w.Close()
	if err := g.e.Start(ctx, c); err != nil {
		var p *model.Problem
		if errors.As(err, &p) && p.Kind == model.ProblemBadCommand {
			p.Why, p.Fix = model.Say("actions.the-image-s-own-command"),
				model.Say("actions.the-image-may-be-for")
		}
		return model.Fact{}, actions.ExplainPort(ctx, g.e, err, func(uint16) string { return "127.0.0.1" })
	}
	c, err := g.e.Container(ctx, c.ID)
	if err != nil {
		return model.Fact{}, err
	}
	return whileStarting(ctx, w, g.e, c, func(ctx context.Context) (model.Fact, error) {
		g.r.Step(stepFolder)
		var err error
		if !g.a.do.Session().Practice() { // which reads the folder, and writes nothing
			err = p.host.Unseen(notebook.TryFolder(ctx, g.e, c.ID, p.Folder, p.Recipe.Mount), p.Folder)
		}
		// such an image may only read
		if err != nil && !(p.Recipe.ID == notebook.AnyID && model.IsKind(err, model.ProblemPermission)) {
			return model.Fact{}, err
		}
		return then(ctx, again(c, p.Recipe, notebook.PlaceOf(g.e)))
	})
}

// exitLag is how long the word of a container's end may take after its processes are gone.
const exitLag = 500 * time.Millisecond

// whileStarting runs fn, and stops it when the container ends meanwhile: then that is what went wrong.
func whileStarting(ctx context.Context, w *actions.StartWatch, e *engine.Engine, c model.Container,
	fn func(context.Context) (model.Fact, error),
) (model.Fact, error) {
	inner, stop := context.WithCancel(ctx)
	defer stop()
	type end struct {
		result model.Fact
		err    error
	}
	ended := make(chan end, 1)
	go func() {
		var e end
		e.err = model.Guard(model.Say("actions.the-launch-failed"), func() (err error) {
			e.result, err = fn(inner)
			return err
		})
		ended <- e
	}()
	select {
	case got := <-ended:
		if got.err == nil || ctx.Err() != nil {
			return got.result, got.err
		}
		select { // when it ended, that is why the rest went wrong; the word of it may come a moment later
		case exit := <-w.Exit:
			return model.Fact{}, endedEarly(ctx, w, e, c, exit)
		case <-time.After(exitLag):
			return got.result, got.err
		case <-ctx.Done():
			return model.Fact{}, ctx.Err()
		}
	case exit := <-w.Exit:
		stop()
		<-ended
		return model.Fact{}, endedEarly(ctx, w, e, c, exit)
	}
}

// endedEarly says why a server ended that was to serve.
func endedEarly(ctx context.Context, w *actions.StartWatch, e *engine.Engine, c model.Container,
	exit engine.Exit,
) error {
	if exit.Err != nil {
		return exit.Err
	}
	if _, err := w.Ended(ctx, e, c, exit.Code); err != nil {
		return err
	}
	// A server that finishes by itself is none.
	return &model.Problem{
		Kind: model.ProblemExited,
		What: model.Say("actions.finished-instead-of-serving-a", model.Args{"Name": model.Name(c.Name)}),
		Why:  model.Say("actions.its-program-ended-without-an"),
		Fix:  model.Say("actions.choose-another-image-or-look"),
	}
}
