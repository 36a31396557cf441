// Package actions carries out every intention of a user exactly once, without any UI: ask (through an [Asker] that a
// window or a terminal supplies), then a job, then the engine, with the equal docker command in the journal and a
// [model.Problem] when it fails. Methods return at once unless they say otherwise.
package actions

import (
	"context"
	"time"

	"slipway/engine/platform"
	"slipway/engine/session"
)

// Actions is what a user can do. [Actions.Close] ends it.
type Actions struct {
	*base
	copies
	cleaning
	// onRate is told how fast registries are; nil for nobody.
	onRate func(registry string, rate int64)
	// unsubscribe ends what the session tells about its state.
	unsubscribe func()
}

// Options are what actions are made with.
type Options struct {
	// Version goes into the label of what they make.
	Version string
	// Undo is for how long removals wait after they were confirmed, while they can be undone by cancelling their job; nil
	// for not at all. When the engine or Slipway goes away meanwhile, nothing is removed. While Paused tells, from any
	// goroutine, that a person cannot reach what undoes it, the time begins anew; it may be nil.
	Undo   func() time.Duration
	Paused func() bool
	// OnRate is told, from any goroutine, how fast a registry was, in bytes a second, after each download that was long
	// enough to tell; nil for nobody.
	OnRate func(registry string, rate int64)
}

// New makes the actions on a session, which ask a person by asker.
func New(s *session.Session, asker Asker, o Options) *Actions {
	ctx, cancel := context.WithCancel(context.Background())
	b := &base{
		session: s, asker: asker, version: o.Version, undo: o.Undo, paused: o.Paused,
		browser: platform.Browser{Words: asker.Words}, ctx: ctx, cancel: cancel,
	}
	a := &Actions{base: b, copies: copies{base: b}, cleaning: cleaning{base: b}, onRate: o.OnRate}
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
