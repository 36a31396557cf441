// Package actions carries out every intention of a user exactly once, without any UI: ask (through an [Asker] that a
// window or a terminal supplies), then a job, then the engine, with the equal docker command in the journal and a
// [model.Problem] when it fails. Methods return at once unless they say otherwise.
package actions

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"slipway/engine"
	"slipway/engine/job"
	"slipway/engine/journal"
	"slipway/engine/model"
	"slipway/engine/platform"
	"slipway/engine/session"
)

// Asker asks the person in front of the application. Its methods are called from any goroutine but the UI's, and block
// until there is an answer or ctx ends, which counts as the answer that changes nothing.
type Asker interface {
	// BusyStop asks about stopping a notebook server that computes, and tells whether to do it.
	BusyStop(ctx context.Context, q BusyStop) bool
	// Tell shows a problem that belongs to no job.
	Tell(p *model.Problem)
	// Waiting says that the engine takes its time to answer, until done is called. It returns at once.
	Waiting() (done func())
	// Words puts a fact into the person's words, for what neither is shown by the asker nor has words: a page in the
	// browser.
	Words(f model.Fact) string
}

// Actions is what a user can do. [Actions.Close] ends it.
type Actions struct {
	session *session.Session
	asker   Asker
	version string
	left    Left
	lent    lent
	// cleaned is the last connection that what was left was looked for on, and cleaners are asked then, too.
	cleaned  atomic.Int64
	cleaners []Cleaner
	// warnings is what was told of Docker's configuration.
	warnings warnings
	browser  platform.Browser
	// onRate is told how fast registries are; nil for nobody.
	onRate func(registry string, rate int64)

	// undo is for how long a confirmed removal can be undone.
	undo time.Duration
	// paused tells that a person cannot reach what undoes it now; nil for never.
	paused func() bool

	ctx    context.Context
	cancel context.CancelFunc
	// unsubscribe ends what the session tells about its state.
	unsubscribe func()

	mu     sync.Mutex
	closed bool
	wg     sync.WaitGroup
}

// Options are what actions are made with.
type Options struct {
	// Version goes into the label of what they make.
	Version string
	// Undo is for how long removals wait after they were confirmed, while they can be undone by cancelling their job; 0
	// for not at all. When the engine or Slipway goes away meanwhile, nothing is removed. While Paused tells, from any
	// goroutine, that a person cannot reach what undoes it, the time begins anew; it may be nil.
	Undo   time.Duration
	Paused func() bool
	// OnRate is told, from any goroutine, how fast a registry was, in bytes a second, after each download that was long
	// enough to tell; nil for nobody.
	OnRate func(registry string, rate int64)
}

// New makes the actions on a session, which ask a person by asker.
func New(s *session.Session, asker Asker, o Options) *Actions {
	ctx, cancel := context.WithCancel(context.Background())
	a := &Actions{
		session: s, asker: asker, version: o.Version, undo: o.Undo, paused: o.Paused, onRate: o.OnRate,
		browser: platform.Browser{Words: asker.Words}, ctx: ctx, cancel: cancel,
	}
	unsubscribe := s.Subscribe(a.cleanWhenBack)
	unwarn := s.Subscribe(func(st session.State) { a.Spawn(func(context.Context) { a.warnAt(st) }) })
	a.unsubscribe = func() { unsubscribe(); unwarn() }
	return a
}

// Close withdraws open questions and waits for everything that is not a job. The session's jobs are the session's.
func (a *Actions) Close() {
	a.unsubscribe()
	a.mu.Lock()
	a.closed = true
	a.mu.Unlock()
	a.cancel()
	a.wg.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), openTime)
	defer cancel()
	a.browser.Close(ctx)
}

// openTime is how long quitting waits for a page that was opened just before to reach the browser.
const openTime = 2 * time.Second

// Session is what they act on.
func (a *Actions) Session() *session.Session { return a.session }

// Version goes into the label of what they make.
func (a *Actions) Version() string { return a.version }

// Undo is for how long a confirmed removal can be undone.
func (a *Actions) Undo() time.Duration { return a.undo }

// Left is what jobs could not clean up.
func (a *Actions) Left() *Left { return &a.left }

// Browser opens pages, until the actions are closed.
func (a *Actions) Browser() *platform.Browser { return &a.browser }

// Spawn runs fn off the caller's goroutine, owned by a. It tells whether it does: not when a was closed.
func (a *Actions) Spawn(fn func(ctx context.Context)) bool {
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
func (a *Actions) Guard(fn func()) {
	what := model.Say("common.what-the-engine-says-cannot")
	if err := model.Guard(what, func() error { fn(); return nil }); err != nil {
		a.Tell(err, what)
	}
}

// Work is what a job does with the engine that is connected when it runs.
type Work func(ctx context.Context, e *engine.Engine, r *job.Report) (result model.Fact, err error)

// Job begins a job whose command goes to the journal when it begins and gets its outcome when it ends.
func (a *Actions) Job(spec job.Spec, fn Work) *job.Job {
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
func (a *Actions) JobOn(c model.Container, spec job.Spec, fn Work) *job.Job {
	return a.Job(spec, func(ctx context.Context, e *engine.Engine, r *job.Report) (model.Fact, error) {
		result, err := fn(ctx, e, r)
		if err != nil {
			a.session.Live.Ask(c.ID)
		}
		return result, err
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
func (a *Actions) Began(c model.Command) {
	if e, err := a.session.Engine(); err == nil {
		a.Write(e, c)(nil)
	}
}

// Write puts a command into the journal; the returned function says how it ended.
func (a *Actions) Write(e *engine.Engine, c model.Command) func(error) {
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
func (a *Actions) Written(e *engine.Engine, c model.Command, fn func() error) error {
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

// Fresh asks the engine that is connected about a container as it is now. The person is told when that takes long.
func (a *Actions) Fresh(ctx context.Context, id string) (*engine.Engine, model.Container, error) {
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
func (a *Actions) WhileSlow() (over func()) {
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
func (a *Actions) Show(p *model.Problem) { a.asker.Tell(p) }

// Tell shows an error that belongs to no job.
func (a *Actions) Tell(err error, what model.Fact) {
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
