package post

import (
	"context"
	"sync"

	"slipway/engine/model"
)

// Work owns goroutines of the window: what reads for a page runs in one, and Close cancels and joins them all.
type Work struct {
	ctx    context.Context
	cancel context.CancelFunc
	mu     sync.Mutex
	closed bool
	wg     sync.WaitGroup
	tell   func(*model.Problem)
}

// NewWork makes an owner without goroutines.
func NewWork() *Work {
	ctx, cancel := context.WithCancel(context.Background())
	return &Work{ctx: ctx, cancel: cancel}
}

// OnProblem sets who is told, from any goroutine, of a function that panicked: nothing but that function has ended.
func (w *Work) OnProblem(fn func(*model.Problem)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tell = fn
}

// guard runs fn, and tells whether it went to its end. What it reads comes from outside.
func (w *Work) guard(fn func()) (ok bool) {
	err := model.Guard(model.Say("post.what-this-view-reads-cannot"), func() error { fn(); return nil })
	w.mu.Lock()
	tell := w.tell
	w.mu.Unlock()
	if err != nil && tell != nil {
		tell(model.AsProblem(err, model.Fact{}))
	}
	return err == nil
}

// Go runs fn off the UI thread until it returns; its context ends with the owner or when stop is called. After
// [Work.Close] nothing runs any more.
func (w *Work) Go(fn func(ctx context.Context)) (stop context.CancelFunc) {
	w.mu.Lock()
	defer w.mu.Unlock()
	ctx, cancel := context.WithCancel(w.ctx)
	if w.closed {
		return cancel
	}
	w.wg.Add(1)
	go func() {
		defer w.wg.Done()
		defer cancel()
		w.guard(func() { fn(ctx) })
	}()
	return cancel
}

// Close cancels everything and waits for it.
func (w *Work) Close() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.cancel()
	w.wg.Wait()
}
