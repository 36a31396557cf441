package actions

import (
	"context"
	"errors"
	"sync"
	"time"

	"slipway/engine"
	"slipway/engine/job"
	"slipway/engine/journal"
	"slipway/engine/live"
	"slipway/engine/model"
	"slipway/engine/platform"
	"slipway/engine/session"
)

// base is what all actions are carried out with, here and in the packages above.
type base struct {
	session *session.Session
	asker   Asker
	version string
	// warnings is what was told of Docker's configuration.
	warnings warnings
	browser  platform.Browser

	// undo is for how long a confirmed removal can be undone; nil for not at all.
	undo func() time.Duration
	// paused tells that a person cannot reach what undoes it now; nil for never.
	paused func() bool

	ctx    context.Context
	cancel context.CancelFunc

	mu     sync.Mutex
	closed bool
	wg     sync.WaitGroup
}

// warnings remembers what is told of Docker's configuration, so that it is told once for as long as it is so.
type warnings struct {
	mu   sync.Mutex
	told map[string]bool
}

// Session is what they act on.
func (a *base) Session() *session.Session { return a.session }

// Version goes into the label of what they make.
func (a *base) Version() string { return a.version }

// Undo is for how long a confirmed removal can be undone.
func (a *base) Undo() time.Duration {
	if a.undo == nil {
		return 0
	}
	return a.undo()
}

// Browser opens pages, until the actions are closed.
func (a *base) Browser() *platform.Browser { return &a.browser }

// Spawn runs fn off the caller's goroutine, owned by a. It tells whether it does: not when a was closed.
func (a *base) Spawn(fn func(ctx context.Context)) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return false
	}
	a.wg.Add(1)
	go func() {
		defer a.wg.Done()
		a.Guard(func() { fn(a.ctx) })
	}()
	return true
}

// Guard runs what reads the engine's answers beside the work of others, and says it when that ends by a fault.
func (a *base) Guard(fn func()) {
	what := model.Say("common.what-the-engine-says-cannot")
	if err := model.Guard(what, func() error { fn(); return nil }); err != nil {
		a.Tell(err, what)
	}
}

// Work is what a job does with the engine that is connected when it runs.
type Work func(ctx context.Context, e *engine.Engine, r *job.Report) (result model.Fact, err error)

// Job begins a job whose command goes to the journal when it begins and gets its outcome when it ends.
func (a *base) Job(spec job.Spec, fn Work) *job.Job {
	j, _ := a.session.Jobs.Start(spec, func(ctx context.Context, r *job.Report) (model.Fact, error) {
		e, err := a.session.Engine()
		if err != nil {
			return model.Fact{}, NotDone(spec.Title, err)
		}
		done := a.Write(e, spec.Command)
		result, err := fn(ctx, e, r)
		if model.IsKind(err, model.ProblemExited) {
			done(nil) // docker's command would have succeeded
		} else {
			done(err)
		}
		return result, CutOff(spec.Title, err)
	})
	return j
}

// JobOn is [Actions.Job] for what is done to a container. When it fails, the container is looked at anew: engines
// send no event for a start that failed.
func (a *base) JobOn(c model.Container, spec job.Spec, fn Work) *job.Job {
	return a.Job(spec, func(ctx context.Context, e *engine.Engine, r *job.Report) (model.Fact, error) {
		result, err := fn(ctx, e, r)
		if err != nil {
			a.session.Live.Ask(c.ID)
		}
		return result, err
	})
}

// Simple is a job of one short call.
func (a *base) Simple(on model.Container, verb model.Verb, title model.Fact, result model.Fact, c model.Command,
	call func(context.Context, *engine.Engine) error,
) *job.Job {
	return a.JobOn(on, job.Spec{Title: title, Deed: model.DeedOn(verb, on), Key: c.String(), Command: c},
		func(ctx context.Context, e *engine.Engine, _ *job.Report) (model.Fact, error) {
			return result, call(ctx, e)
		})
}

// NotDone says of an action that there was no engine to carry it out.
func NotDone(title model.Fact, err error) error {
	if !model.IsKind(err, model.ProblemConnectionLost) {
		return err
	}
	return &model.Problem{
		Kind: model.ProblemConnectionLost, Cause: err,
		What: model.Say("actions.was-not-done", model.Args{"Title": title}),
		Why:  model.Say("actions.the-engine-did-not-answer"),
		Fix:  model.Say("actions.do-it-again-when-the"),
	}
}

// CutOff says of an action that the engine went away before it answered. A problem without a cause says already what
// became of it.
func CutOff(title model.Fact, err error) error {
	var p *model.Problem
	if !model.IsKind(err, model.ProblemConnectionLost) || errors.As(err, &p) && errors.Unwrap(p) == nil {
		return err
	}
	return &model.Problem{
		Kind: model.ProblemConnectionLost, Cause: err,
		What: model.Say("actions.was-cut-off", model.Args{"Title": title}),
		Why:  model.Say("actions.the-engine-stopped-answering-before"),
		Fix:  model.Say("actions.see-in-the-list-how"),
	}
}

// Began puts a command into the journal that a person began, and that goes on by itself.
func (a *base) Began(c model.Command) {
	if e, err := a.session.Engine(); err == nil {
		a.Write(e, c)(nil)
	}
}

// Write puts a command into the journal; the returned function says how it ended.
func (a *base) Write(e *engine.Engine, c model.Command) func(error) {
	if len(c) == 0 {
		return func(error) {}
	}
	id := a.session.Journal.Begin(e.Endpoint().CLI(), c)
	return func(err error) {
		switch {
		case err == nil:
			a.session.Journal.End(id, journal.OK)
		case errors.Is(err, context.Canceled):
			a.session.Journal.End(id, journal.Cancelled)
		default:
			a.session.Journal.End(id, journal.Failed)
		}
	}
}

// Written does one thing that stands in the history.
func (a *base) Written(e *engine.Engine, c model.Command, fn func() error) error {
	done := a.Write(e, c)
	err := fn()
	done(err)
	return err
}

// AnswerTime is how long the engine may take to answer before a question is asked; a click must not stay without an
// answer when the engine hangs.
const AnswerTime = 10 * time.Second

// slowTime is when an engine that has not answered yet counts as slow.
const slowTime = 700 * time.Millisecond

// CleanTime limits what is done after a failure, with a context of its own because the job's may be cancelled.
const CleanTime = 20 * time.Second

// Fresh asks the engine that is connected about a container as it is now. The person is told when that takes long.
func (a *base) Fresh(ctx context.Context, id string) (*engine.Engine, model.Container, error) {
	e, err := a.session.Engine()
	if err != nil {
		return nil, model.Container{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, AnswerTime)
	defer cancel()
	defer a.WhileSlow()()
	c, err := e.Container(ctx, id)
	return e, c, err
}

// WhileSlow says that the engine is slow if what is asked now is not answered soon; over is called when it is.
func (a *base) WhileSlow() (over func()) {
	answered := make(chan struct{})
	a.Spawn(func(context.Context) {
		slow := time.NewTimer(slowTime)
		defer slow.Stop()
		select {
		case <-answered:
		case <-slow.C:
			done := a.asker.Waiting()
			<-answered
			done()
		}
	})
	return func() { close(answered) }
}

// Show shows a problem that belongs to no job, as it is.
func (a *base) Show(p *model.Problem) { a.asker.Tell(p) }

// Tell shows an error that belongs to no job.
func (a *base) Tell(err error, what model.Fact) {
	if model.IsKind(err, model.ProblemTimeout) {
		err = &model.Problem{
			Kind: model.ProblemTimeout, Cause: err,
			What: what,
			Why:  model.Say("actions.the-engine-did-not-answer-in"),
			Fix:  model.Say("actions.do-it-again-when-the-engine"),
		}
	}
	if model.IsKind(err, model.ProblemConnectionLost) {
		err = &model.Problem{
			Kind: model.ProblemConnectionLost, Cause: err,
			What: what,
			Why:  model.Say("actions.the-engine-did-not-answer"),
			Fix:  model.Say("actions.do-it-again-when-the"),
		}
	}
	if p := model.AsProblem(err, what); p != nil {
		a.asker.Tell(p)
	}
}

// Pictured waits until the picture has a container by its new name, so that whoever looks when the job has ended finds
// it.
func (a *base) Pictured(ctx context.Context, id, name string) {
	is := func(s *live.Snapshot) bool {
		c, ok := s.Container(id)
		return ok && c.Name == name
	}
	seen := make(chan struct{}, 1)
	defer a.session.Live.Subscribe(func(s *live.Snapshot) {
		if is(s) {
			select {
			case seen <- struct{}{}:
			default:
			}
		}
	})()
	a.session.Live.Ask(id)
	limit := time.NewTimer(AnswerTime)
	defer limit.Stop()
	if is(a.session.Live.Snapshot()) {
		return
	}
	select {
	case <-seen:
	case <-limit.C:
	case <-ctx.Done():
	}
}
