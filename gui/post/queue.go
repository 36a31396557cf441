package post

import (
	"sync"
	"time"

	"fyne.io/fyne/v2"
)

// Queue stands in for the UI thread in tests: what is posted waits until the test pumps it, on the test's goroutine.
type Queue struct {
	mu      sync.Mutex
	list    []func()
	more    chan struct{}
	longest time.Duration
}

// Longest is how long one function held the UI thread at most.
func (q *Queue) Longest() time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.longest
}

// Capture makes all posts go to a new queue until restore is called.
func Capture() (q *Queue, restore func()) {
	q = &Queue{more: make(chan struct{}, 1)}
	mu.Lock()
	runner, closed, least = q.add, false, captured
	mu.Unlock()
	return q, func() {
		mu.Lock()
		runner, least = fyne.Do, interval
		mu.Unlock()
	}
}

func (q *Queue) add(fn func()) {
	q.mu.Lock()
	q.list = append(q.list, fn)
	q.mu.Unlock()
	select {
	case q.more <- struct{}{}:
	default:
	}
}

// Pump runs what waits and returns how many that were.
func (q *Queue) Pump() int {
	q.mu.Lock()
	list := q.list
	q.list = nil
	q.mu.Unlock()
	for _, fn := range list {
		began := time.Now()
		fn()
		took := time.Since(began)
		q.mu.Lock()
		q.longest = max(q.longest, took)
		q.mu.Unlock()
	}
	return len(list)
}

// Until pumps until done is true, and tells whether it became so before the limit.
func (q *Queue) Until(limit time.Duration, done func() bool) bool {
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	// States that come without a post (a process that ended, say) are looked at now and then.
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		q.Pump()
		if done() {
			return true
		}
		select {
		case <-q.more:
		case <-look.C:
		case <-deadline.C:
			return false
		}
	}
}
