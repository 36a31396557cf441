// Package post brings work to the UI thread. It is the only caller of fyne.Do. [Latest] merges bursts: the first is
// shown at once, then at most one every interval, and always the newest.
package post

import (
	"sync"
	"time"

	"slipway/engine/model"

	"fyne.io/fyne/v2"
)

var (
	mu     sync.Mutex
	runner = fyne.Do
	closed bool
	least  = interval
)

// Do runs fn on the UI thread, soon. After [Close] it does nothing.
func Do(fn func()) {
	mu.Lock()
	run := runner
	mu.Unlock()
	run(func() {
		if !isClosed() { // asked again when it runs: the window may have closed since
			began := time.Now()
			// One view may stay as it was; the others go on, and who listens hears of it.
			_ = model.Guard(model.Say("post.the-window-cannot-show-something"), func() error { fn(); return nil })
			hold(time.Since(began))
		}
	})
}

// held is the longest that one function has held the UI thread since it was last told.
var held time.Duration

func hold(took time.Duration) {
	mu.Lock()
	defer mu.Unlock()
	held = max(held, took)
}

// Held is how long one function that was brought here held the UI thread at most since the last call.
func Held() time.Duration {
	mu.Lock()
	defer mu.Unlock()
	longest := held
	held = 0
	return longest
}

func pause() time.Duration {
	mu.Lock()
	defer mu.Unlock()
	return least
}

func isClosed() bool {
	mu.Lock()
	defer mu.Unlock()
	return closed
}

// Close drops everything from now on: after the run loop has ended, Fyne would run it on the caller's goroutine.
func Close() {
	mu.Lock()
	defer mu.Unlock()
	closed = true
}

// interval is the least time between two updates of one [Latest]; captured is that of tests, which look at each.
const (
	interval = 100 * time.Millisecond
	captured = 5 * time.Millisecond
)

// Latest brings the newest of many updates to the UI thread. Its zero value is ready.
type Latest struct {
	mu      sync.Mutex
	next    func()
	waiting bool // a timer or a function on the UI thread will look at next
	last    time.Time
}

// Do takes the place of whatever was waiting, and runs on the UI thread: at once when nothing ran lately.
func (l *Latest) Do(fn func()) {
	l.mu.Lock()
	l.next = fn
	if l.waiting {
		l.mu.Unlock()
		return
	}
	l.waiting = true
	wait := pause() - time.Since(l.last)
	l.mu.Unlock()
	if wait > 0 {
		time.AfterFunc(wait, func() { Do(l.run) })
		return
	}
	Do(l.run)
}

func (l *Latest) run() {
	l.mu.Lock()
	fn := l.next
	l.next, l.waiting, l.last = nil, false, time.Now()
	l.mu.Unlock()
	if fn != nil {
		fn()
	}
}
