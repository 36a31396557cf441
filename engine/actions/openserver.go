package actions

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"slipway/engine"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/platform"
)

// waitFor waits until the server answers as itself.
func (a *Actions) waitFor(ctx context.Context, e *engine.Engine, r *job.Report, s notebook.Server) error {
	r.Step(stepWait)
	if !s.Reached() {
		return notPublished(s)
	}
	stop := sayHowLong(r, s.Port.HostPort)
	answer, err := notebook.Wait(ctx, s, readyTime)
	stop()
	return a.explainAnswer(ctx, e, s, answer, err)
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
				r.Phase(fmt.Sprintf("%s: no answer on port %d yet, %d s of at most %d", stepWait, port,
					int(time.Since(began).Seconds()), int(readyTime.Seconds())))
			}
		}
	}()
	return func() { close(quit); <-done }
}

// openServer waits until the server answers as itself and opens it as l wishes.
func (a *Actions) openServer(ctx context.Context, e *engine.Engine, r *job.Report, l Launch, s notebook.Server,
	reused bool,
) (string, error) {
	if err := a.waitFor(ctx, e, r, s); err != nil {
		return "", err
	}
	r.Step(stepOpen)
	if err := a.openAs(ctx, l, Opened{URL: l.address(s), Server: s, Reused: reused}); err != nil {
		return "", err
	}
	r.Note(howToSignIn(s))
	return s.Container.Name + " is open in the browser.", nil
}

// howToSignIn says what a person has to type into the page, "" where the address signs in.
func howToSignIn(s notebook.Server) string {
	switch {
	case s.SignIn.Method != notebook.SignInPasswordEnv:
		return ""
	case s.SignIn.User == "":
		return "It asks for a password: “Copy password” on its card has it."
	}
	return "Sign in as " + s.SignIn.User + ": “Copy password” on its card has the password."
}

func notPublished(s notebook.Server) error {
	if s.Container.HostNetwork {
		return model.NewProblem(model.ProblemUnreachable, nil, "“"+s.Container.Name+"” cannot be reached from here",
			"It has the network of the engine's machine, which is not this computer.",
			"Run the image again with its port published instead.")
	}
	return model.NewProblem(model.ProblemUnreachable, nil, "“"+s.Container.Name+"” cannot be reached from here",
		fmt.Sprintf("Its port %d is not published on this computer.", s.Port.Container),
		"Run the image again with that port published.")
}

// explainAnswer says why a server was not opened; nil when it is up.
func (a *Actions) explainAnswer(ctx context.Context, e *engine.Engine, s notebook.Server, answer notebook.Answer,
	err error,
) error {
	what := fmt.Sprintf("The notebook does not answer on port %d", s.Port.HostPort)
	switch {
	case errors.Is(err, notebook.ErrNotUp):
		lines, _ := e.LastLines(ctx, s.Container.ID, lastLines)
		if p := whyUnanswered(ctx, e, s.Container, s.Port.Container); p != nil {
			p.Raw = strings.Join(lines, "\n")
			return p
		}
		p := model.NewProblem(model.ProblemTimeout, err, what, "It was given "+readyTime.String()+" and did not come up.",
			"Look at its last lines in the details, then try again.")
		p.Raw = strings.Join(lines, "\n")
		return p
	case err != nil:
		return err
	case answer == notebook.Up:
		return nil
	}
	owner := "another server"
	if use := platform.PortOwner(s.Port.HostPort); use.PID != 0 && use.Name != "docker-proxy" {
		owner = use.String()
	}
	if answer == notebook.Refused {
		return model.NewProblem(model.ProblemSignIn, nil,
			fmt.Sprintf("What answers on port %d does not take this notebook's token", s.Port.HostPort),
			"Either "+owner+" answers there, or the notebook was started with another token.",
			"Stop what uses the port, or stop this notebook and launch it again.")
	}
	return model.NewProblem(model.ProblemPortTaken, nil, fmt.Sprintf("Something else answers on port %d", s.Port.HostPort),
		"What answers there is not this notebook: "+owner+".", "Stop what uses the port, then launch again.")
}

// OpenServer opens a notebook server in the browser. The token of one that Slipway did not launch is looked for.
func (a *Actions) OpenServer(s notebook.Server) {
	a.withServer(s, "Cannot open “"+s.Container.Name+"”", func(ctx context.Context, found notebook.Server) error {
		return a.browser.Open(ctx, found.URL())
	})
}

// Notebook is the notebook server in a container that runs, if there is one that can be opened from here.
func (a *Actions) Notebook(c model.Container) (s notebook.Server, ok bool) {
	if c.State != model.StateRunning {
		return s, false
	}
	list := notebook.Servers([]model.Container{c}, a.recipes, place(a.session))
	if len(list) == 0 || !list[0].Reached() {
		return s, false
	}
	return list[0], true
}

// IsNotebook tells of an image, by its name, that it is one to be launched for a folder.
func (a *Actions) IsNotebook(image string) bool {
	_, ok := notebook.RecipeOf(image, a.recipes)
	return ok
}

// ServerURL finds the address of a notebook server, with its token, and hands it to got, which is called from another
// goroutine.
func (a *Actions) ServerURL(s notebook.Server, got func(address string)) {
	a.withServer(s, "Cannot make a link to “"+s.Container.Name+"”", func(_ context.Context, found notebook.Server) error {
		got(found.URL())
		return nil
	})
}

// withServer calls fn with the server as it was found to answer, off the caller's goroutine, and shows what went wrong.
func (a *Actions) withServer(s notebook.Server, what string, fn func(context.Context, notebook.Server) error) {
	a.spawn(func(ctx context.Context) { a.tell(a.answering(ctx, s, fn), what) })
}

// answering calls fn with the server as it was found to answer.
func (a *Actions) answering(ctx context.Context, s notebook.Server,
	fn func(context.Context, notebook.Server) error,
) error {
	if s.Hubbed {
		return model.NewProblem(model.ProblemUnsupported, nil, "“"+s.Container.Name+"” is opened through its hub",
			"A JupyterHub started it for one of its users, and lets people in.", "Open the hub, and sign in there.")
	}
	if !s.Reached() {
		return notPublished(s)
	}
	e, err := a.session.Engine()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 3*answerTime+upTime)
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
func (a *Actions) comesUp(ctx context.Context, s notebook.Server) notebook.Server {
	if notebook.Ask(ctx, s) == notebook.NotYet && time.Since(s.Container.StartedAt) < freshFor {
		_, _ = notebook.Wait(ctx, s, upTime) // what it answers then is asked by the caller
	}
	return s
}

// found is a server with its token, which one on this computer's own network has once it has written where it listens:
// until then another one may answer at the port that it was to have.
func (a *Actions) found(ctx context.Context, e *engine.Engine, s notebook.Server) notebook.Server {
	s = notebook.Look(ctx, e, s)
	if !s.Container.HostNetwork {
		return notebook.Look(ctx, e, a.comesUp(ctx, s))
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
		return s, model.NewProblem(model.ProblemUnreachable, nil, "“"+c.Name+"” does not run any more", "", "Start it again.")
	}
	s.Container.State, s.Container.StartedAt = c.State, c.StartedAt
	return s, nil
}

func (a *Actions) whyNotOpen(ctx context.Context, e *engine.Engine, s notebook.Server, answer notebook.Answer) error {
	if answer == notebook.NotYet {
		if p := whyUnanswered(ctx, e, s.Container, s.Port.Container); p != nil {
			return p
		}
		return model.NewProblem(model.ProblemUnreachable, nil, fmt.Sprintf("“%s” does not answer on port %d yet",
			s.Container.Name, s.Port.HostPort), "It may still be starting.", "Try again in a moment, or look at its output.")
	}
	return a.explainAnswer(ctx, e, s, answer, nil)
}

// notKnown says that a server on this computer's own network has not said yet where it listens.
func notKnown(s notebook.Server) error {
	return model.NewProblem(model.ProblemUnreachable, nil, "It is not known yet where “"+s.Container.Name+"” listens",
		"It has this computer's own network, and has not written its port yet, or into a file that is not where Jupyter's are. At the port that it was to have, another server may answer.",
		"Try again in a moment, or open the address that it printed.")
}
