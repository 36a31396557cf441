// Package headless is Slipway's commands: launch a folder's notebook and open a notebook file, in the terminal or
// handed to the Slipway that has a window.
package headless

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"slipway/engine/actions"
	"slipway/engine/image"
	"slipway/engine/job"
	"slipway/engine/launcher"
	"slipway/engine/live"
	"slipway/engine/model"
	"slipway/engine/session"
	"slipway/engine/settings"
	"slipway/engine/swap"
	"slipway/engine/volume"
	"slipway/engine/words"

	"github.com/moby/term"
)

// Terminal is where a command is typed and answered.
type Terminal struct {
	In       io.Reader
	Out, Err io.Writer
	// Interactive tells that a person reads Err and can answer: progress is shown in place, and questions are asked.
	Interactive bool
}

// NewTerminal finds out whether a person sits in front.
func NewTerminal(in io.Reader, out, errs io.Writer) Terminal {
	return Terminal{In: in, Out: out, Err: errs, Interactive: isTerminal(in) && isTerminal(errs)}
}

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(f.Fd())
}

// engineTime is how long an engine may take to be found.
const engineTime = 10 * time.Second

// errNoEngine marks the problem that no engine answers, for its exit code.
type errNoEngine struct{ *model.Problem }

// Unwrap returns the problem.
func (e errNoEngine) Unwrap() error { return e.Problem }

// Run does a command in the terminal and returns the exit code. The first Ctrl+C cancels it and waits until what it
// made is cleaned up; the second ends the program at once.
func Run(c Command, t Terminal, version string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	context.AfterFunc(ctx, stop)
	return run(ctx, c, t, version, engineTime)
}

// runner is one command that is carried out.
type runner struct {
	command  Command
	out      *output
	settings *settings.File
	session  *session.Session
	actions  *actions.Actions
	launcher *launcher.Launcher
	opened   launcher.Opened
	browser  error // why the browser did not open
}

func run(ctx context.Context, c Command, t Terminal, version string, patience time.Duration) int {
	out := &output{Terminal: t}
	file, problem := settings.Open(settings.DefaultPath())
	recipes, problems := loadRecipes()
	if problem != nil {
		problems = append(problems, problem)
	}
	for _, p := range problems {
		out.problem(p)
	}
	w, err := c.wish(recipes, file.Get().Projects)
	if err != nil {
		return out.failed(c, err)
	}
	r := &runner{
		command: c, out: out, settings: file,
		session: session.New(file.Get().Engine, settings.Key(settings.DefaultPath())),
	}
	person := &asker{out: out}
	r.actions = actions.New(r.session, person, actions.Options{Version: version})
	volume.New(r.actions, nil) // clears away what a Slipway left that ended
	r.launcher = launcher.New(r.actions, image.New(r.actions, nil), swap.New(r.actions, person, swap.Options{}), person,
		recipes)
	r.session.Start()
	defer r.session.Close()
	defer r.actions.Close()
	if err = r.waitForEngine(ctx, patience); err == nil {
		err = r.do(ctx, w)
	}
	if err != nil {
		return out.failed(c, err)
	}
	r.letThrough(ctx)
	out.opened(c, r.opened, r.browser)
	return ExitOpen
}

// waitForEngine waits until an engine is connected and its containers are known. One that is not installed is not
// waited for.
func (r *runner) waitForEngine(ctx context.Context, patience time.Duration) error {
	limit, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	changed := make(chan struct{}, 1)
	defer r.session.Subscribe(func(session.State) { signalTo(changed) })()
	defer r.session.Live.Subscribe(func(*live.Snapshot) { signalTo(changed) })()
	for said := false; ; {
		st := r.session.State()
		switch {
		case st.Phase == session.Connected && r.session.Live.Snapshot().ContainersComplete:
			return nil
		case st.Phase == session.None && st.Problem.Kind == model.ProblemNotInstalled:
			return errNoEngine{st.Problem}
		case st.Phase == session.None && !said:
			said = true
			r.out.line(words.Say("headless.waiting-for-an-engine", words.Args{"Problem": st.Problem.What}))
		}
		select {
		case <-changed:
		case <-limit.Done():
			if ctx.Err() != nil {
				return context.Canceled
			}
			return errNoEngine{noEngine(r.session.State(), patience)}
		}
	}
}

// noEngine says why there is none.
func noEngine(st session.State, patience time.Duration) *model.Problem {
	if st.Problem != nil {
		return st.Problem
	}
	return &model.Problem{
		Kind: model.ProblemTimeout,
		What: model.Say("headless.no-engine-answered-within", words.Args{"Patience": model.Span(patience)}),
		Fix:  model.Say("headless.start-docker-or-choose-another"),
	}
}

// do launches, and waits for the end.
func (r *runner) do(ctx context.Context, w wish) error {
	l := w.launch()
	l.Open = r.open
	if w.file == "" {
		r.remember(w.folder, w.recipe.ID, 0) // though it fails: the next try is to be the same
	}
	p := &progress{out: r.out, quietEnd: r.command.NoBrowser}
	changed := make(chan struct{}, 1)
	r.session.Jobs.OnChange(func() {
		for _, v := range r.session.Jobs.List() { // it is the only one
			p.note(v)
		}
		signalTo(changed)
	})
	defer r.session.Jobs.OnChange(nil)
	j := r.launcher.Launch(l)
	r.follow(ctx, j, p, changed)
	err := j.Wait(context.Background())                        // it has ended
	if s := r.opened.Server; err == nil && s.Recipe.ID != "" { // somebody else's is no project of ours
		r.remember(s.Folder, s.Recipe.ID, s.Port.HostPort)
	}
	return err
}

// follow shows a job's progress until it has ended, and cancels it when ctx ends.
func (r *runner) follow(ctx context.Context, j *job.Job, p *progress, changed <-chan struct{}) {
	cancelled := ctx.Done()
	for {
		p.show(j.View())
		select {
		case <-changed:
		case <-cancelled:
			cancelled = nil // asked once
			j.Cancel()
			r.out.line(words.Say("headless.cancelling-and-cleaning-up-what"))
		case <-j.Done():
			p.show(j.View())
			r.out.clear()
			return
		}
	}
}

// open keeps what answers, and opens it in the browser if it is wanted. That there is no browser is no failure
// here: the address is printed.
func (r *runner) open(ctx context.Context, o launcher.Opened) error {
	r.opened = o
	if r.command.NoBrowser {
		return nil
	}
	if err := r.actions.Browser().Open(ctx, o.URL); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		r.browser = err
	}
	return nil
}

// letThrough waits until the page that was opened has reached the browser, which asks this process for it.
func (r *runner) letThrough(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, browserTime)
	defer cancel()
	r.actions.Browser().Close(ctx)
}

// browserTime is how long a browser may take to start.
const browserTime = 30 * time.Second

// remember keeps the folder among those that were launched, as the window does, with all that is known of it already; a
// port of 0 changes nothing.
func (r *runner) remember(folder, recipe string, port uint16) {
	err := r.settings.Change(func(v *settings.Values) {
		p := settings.Project{Folder: folder}
		if i := slices.IndexFunc(v.Projects, func(p settings.Project) bool { return p.Folder == folder }); i >= 0 {
			p = v.Projects[i]
		}
		if p.Recipe != recipe {
			p.Recipe, p.Image = recipe, "" // it was another one's
		}
		if port != 0 {
			p.Port = port
		}
		v.Folder = folder
		v.Remember(p)
	})
	if problem := model.AsProblem(err, model.Say("common.your-settings-cannot-be-saved")); problem != nil {
		r.out.problem(problem)
	}
}

func signalTo(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default: // one is waiting already
	}
}

// exitCode is the code that stands for an error.
func exitCode(err error) int {
	var usage *UsageError
	var none errNoEngine
	switch {
	case errors.Is(err, context.Canceled):
		return ExitCancelled
	case errors.As(err, &usage):
		return ExitUsage
	case errors.As(err, &none):
		return ExitNoEngine
	}
	return ExitFailed
}
