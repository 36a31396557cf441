package launcher

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"slipway/engine"
	"slipway/engine/actions"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/platform"
)

// waitFor waits until the server answers as itself.
func (g launching) waitFor(ctx context.Context, s notebook.Server) error {
	g.r.Step(stepWait)
	if !s.Reached() {
		return notPublished(s)
	}
	stop := sayHowLong(g.r, s.Port.HostPort)
	answer, err := notebook.Wait(ctx, s, readyTime)
	stop()
	return explainAnswer(ctx, g.e, s, answer, err)
}

// sayHowLong tells every second for how long an answer has been waited for, until stop is called.
func sayHowLong(r *job.Report, port uint16) (stop func()) {
	began, quit, done := time.Now(), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-quit:
				return
			case <-tick.C:
				r.Phase(model.Say("actions.no-answer-on-port-yet", model.Args{
					"Step": stepWait, "Port": model.Count(port),
					"Elapsed": model.Count(int(time.Since(began).Seconds())), "Limit": model.Count(int(readyTime.Seconds())),
				}))
			}
		}
	}()
	return func() { close(quit); <-done }
}

// openServer waits until the server answers as itself and opens it as l wishes.
func (g launching) openServer(ctx context.Context, l Launch, s notebook.Server, reused bool) (model.Fact, error) {
	if err := g.waitFor(ctx, s); err != nil {
		return model.Fact{}, err
	}
	g.r.Step(stepOpen)
	g.r.Note(howToSignIn(s))
	if err := g.a.openAs(ctx, l, Opened{URL: l.address(s), Server: s, Reused: reused}); err != nil {
		if ctx.Err() != nil {
			return model.Fact{}, ctx.Err()
		}
		// The notebook is there all the same, and is not taken back for that.
		g.a.do.Tell(err, model.Say("platform.cannot-open-the-browser"))
		return model.Say("actions.is-running", model.Args{"Name": model.Name(s.Container.Name)}), nil
	}
	return model.Say("actions.is-open-in-the-browser", model.Args{"Name": model.Name(s.Container.Name)}), nil
}

// howToSignIn says what a person has to type into the page, "" where the address signs in.
func howToSignIn(s notebook.Server) model.Fact {
	switch {
	case s.SignIn.Method != notebook.SignInPasswordEnv:
		return model.Fact{}
	case s.SignIn.User == "":
		return model.Say("actions.it-asks-for-a-password")
	}
	return model.Say("actions.sign-in-as-copy-password", model.Args{"User": model.Name(s.SignIn.User)})
}

func notPublished(s notebook.Server) error {
	if s.Container.HostNetwork {
		return &model.Problem{
			Kind: model.ProblemUnreachable,
			What: model.Say("actions.cannot-be-reached-from-here", model.Args{"Name": model.Name(s.Container.Name)}),
			Why:  model.Say("actions.it-has-the-network-of"),
			Fix:  model.Say("actions.run-the-image-again-with-its"),
		}
	}
	return &model.Problem{
		Kind: model.ProblemUnreachable,
		What: model.Say("actions.cannot-be-reached-from-here", model.Args{"Name": model.Name(s.Container.Name)}),
		Why:  model.Say("actions.its-port-is-not-published-on", model.Args{"Port": model.Count(s.Port.Container)}),
		Fix:  model.Say("actions.run-the-image-again-with"),
	}
}

// explainAnswer says why a server was not opened; nil when it is up.
func explainAnswer(ctx context.Context, e *engine.Engine, s notebook.Server, answer notebook.Answer,
	err error,
) error {
	what := model.Say("actions.the-notebook-does-not-answer", model.Args{"HostPort": model.Count(s.Port.HostPort)})
	switch {
	case errors.Is(err, notebook.ErrNotUp):
		lines, _ := e.LastLines(ctx, s.Container.ID, actions.LastLines)
		if p := actions.WhyUnanswered(ctx, e, s.Container, s.Port.Container); p != nil {
			p.Cause = model.Printed(strings.Join(lines, "\n"), err)
			return p
		}
		return &model.Problem{
			Kind: model.ProblemTimeout, Cause: model.Printed(strings.Join(lines, "\n"), err),
			What: what,
			Why:  model.Say("actions.it-was-given-and-did", model.Args{"ReadyTime": model.Span(readyTime)}),
			Fix:  model.Say("actions.look-at-its-last-lines"),
		}
	case err != nil:
		return err
	case answer == notebook.Up:
		return nil
	}
	owner := model.Say("actions.another-server")
	if use := platform.PortOwner(s.Port.HostPort); use.PID != 0 && use.Name != "docker-proxy" {
		owner = use.Fact()
	}
	if answer == notebook.Refused {
		return &model.Problem{
			Kind: model.ProblemSignIn,
			What: model.Say("actions.what-answers-on-port-does", model.Args{"HostPort": model.Count(s.Port.HostPort)}),
			Why:  model.Say("actions.either-answers-there-or-the", model.Args{"Owner": owner}),
			Fix:  model.Say("actions.stop-what-uses-the-port"),
		}
	}
	return &model.Problem{
		Kind: model.ProblemPortTaken,
		What: model.Say("actions.something-else-answers-on-port", model.Args{"HostPort": model.Count(s.Port.HostPort)}),
		Why:  model.Say("actions.what-answers-there-is-not", model.Args{"Owner": owner}),
		Fix:  model.Say("actions.stop-what-uses-the-port-then"),
	}
}

// OpenServer opens a notebook server in the browser. The token of one that Slipway did not launch is looked for.
func (a *Launcher) OpenServer(s notebook.Server) {
	a.withServer(s, model.Say("actions.cannot-open-it", model.Args{"Name": model.Name(s.Container.Name)}),
		func(ctx context.Context, found notebook.Server) error {
			return a.do.Browser().Open(ctx, found.URL())
		})
}

// Notebook is the notebook server in a container that runs, if there is one that can be opened from here.
func (a *Launcher) Notebook(c model.Container) (s notebook.Server, ok bool) {
	if c.State != model.StateRunning {
		return s, false
	}
	list := notebook.Servers([]model.Container{c}, a.recipes, actions.Place(a.do.Session()))
	if len(list) == 0 || !list[0].Reached() {
		return s, false
	}
	return list[0], true
}

// IsNotebook tells of an image, by its name, that it is one to be launched for a folder.
func (a *Launcher) IsNotebook(image string) bool {
	_, ok := notebook.RecipeOf(image, a.recipes)
	return ok
}

// ServerURL finds the address of a notebook server, with its token, and hands it to got, which is called from another
// goroutine.
func (a *Launcher) ServerURL(s notebook.Server, got func(address string)) {
	a.withServer(s, model.Say("actions.cannot-make-a-link-to", model.Args{"Name": model.Name(s.Container.Name)}),
		func(_ context.Context, found notebook.Server) error {
			got(found.URL())
			return nil
		})
}

// withServer calls fn with the server as it was found to answer, off the caller's goroutine, and shows what went wrong.
func (a *Launcher) withServer(s notebook.Server, what model.Fact, fn func(context.Context, notebook.Server) error) {
	a.do.Spawn(func(ctx context.Context) { a.do.Tell(a.answering(ctx, s, fn), what) })
}

// answering calls fn with the server as it was found to answer.
func (a *Launcher) answering(ctx context.Context, s notebook.Server,
	fn func(context.Context, notebook.Server) error,
) error {
	if s.Hubbed {
		return &model.Problem{
			Kind: model.ProblemUnsupported,
			What: model.Say("actions.is-opened-through-its-hub", model.Args{"Name": model.Name(s.Container.Name)}),
			Why:  model.Say("actions.a-jupyterhub-started-it-for"),
			Fix:  model.Say("actions.open-the-hub-and-sign"),
		}
	}
	if !s.Reached() {
		return notPublished(s)
	}
	e, err := a.do.Session().Engine()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 3*actions.AnswerTime+upTime)
	defer cancel()
	if s, err = stillThere(ctx, e, s); err != nil {
		return err
	}
	found := a.found(ctx, e, s)
	if found.Container.HostNetwork && !found.Known {
		return notKnown(found)
	}
	if answer := notebook.Ask(ctx, found); answer != notebook.Up {
		return a.whyNotOpen(ctx, e, found, answer)
	}
	return fn(ctx, notebook.WithPage(ctx, found))
}

// freshFor is how long after its start a server may still come up, upTime how long a click waits for that, and
// lookEvery how often it is looked for meanwhile.
const (
	freshFor  = time.Minute
	upTime    = 15 * time.Second
	lookEvery = time.Second / 2
)

// comesUp is the server, waited for if it was started a moment ago.
func comesUp(ctx context.Context, s notebook.Server) notebook.Server {
	if notebook.Ask(ctx, s) == notebook.NotYet && time.Since(s.Container.StartedAt) < freshFor {
		_, _ = notebook.Wait(ctx, s, upTime) // what it answers then is asked by the caller
	}
	return s
}

// found is a server with its token, which one on this computer's own network has once it has written where it listens:
// until then another one may answer at the port that it was to have.
func (a *Launcher) found(ctx context.Context, e *engine.Engine, s notebook.Server) notebook.Server {
	s = notebook.Look(ctx, e, s)
	if !s.Container.HostNetwork {
		return notebook.Look(ctx, e, comesUp(ctx, s))
	}
	for wait := time.After(upTime); !s.Known &&
		time.Since(s.Container.StartedAt) < freshFor; s = notebook.Look(ctx, e, s) {
		select {
		case <-ctx.Done():
			return s
		case <-wait:
			return s
		case <-time.After(lookEvery):
		}
	}
	return s
}

// stillThere is the server if its container runs at this moment and has the port: on one that has just become
// free somebody else may listen.
func stillThere(ctx context.Context, e *engine.Engine, s notebook.Server) (notebook.Server, error) {
	c, err := e.Container(ctx, s.Container.ID)
	if err != nil {
		return s, err
	}
	same := func(p model.PublishedPort) bool {
		return p.HostPort == s.Port.HostPort && p.Container == s.Port.Container
	}
	if c.State != model.StateRunning || !c.HostNetwork && !slices.ContainsFunc(c.Ports, same) {
		return s, &model.Problem{
			Kind: model.ProblemUnreachable,
			What: model.Say("actions.does-not-run-any-more", model.Args{"Name": model.Name(c.Name)}),
			Fix:  model.Say("actions.start-it-again"),
		}
	}
	s.Container.State, s.Container.StartedAt = c.State, c.StartedAt
	return s, nil
}

func (a *Launcher) whyNotOpen(ctx context.Context, e *engine.Engine, s notebook.Server, answer notebook.Answer) error {
	if answer == notebook.NotYet {
		if p := actions.WhyUnanswered(ctx, e, s.Container, s.Port.Container); p != nil {
			return p
		}
		return &model.Problem{
			Kind: model.ProblemUnreachable,
			What: model.Say("actions.does-not-answer-on-port",
				model.Args{"Name": model.Name(s.Container.Name), "HostPort": model.Count(s.Port.HostPort)}),
			Why: model.Say("actions.it-may-still-be-starting"),
			Fix: model.Say("actions.try-again-in-a-moment"),
		}
	}
	return explainAnswer(ctx, e, s, answer, nil)
}

// notKnown says that a server on this computer's own network has not said yet where it listens.
func notKnown(s notebook.Server) error {
	return &model.Problem{
		Kind: model.ProblemUnreachable,
		What: model.Say("actions.it-is-not-known-yet", model.Args{"Name": model.Name(s.Container.Name)}),
		Why:  model.Say("actions.it-has-this-computer-s"),
		Fix:  model.Say("actions.try-again-in-a-moment-or"),
	}
}
