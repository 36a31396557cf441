package post

import (
	"context"
	"sync"
)

// Derive makes something off the UI thread, such as the rows of a long list, and shows it there: always what the newest
// question asked for, and never an older answer after a newer one.
type Derive[T any] struct {
	// Work owns the goroutine; Show gets each result on the UI thread.
	Work *Work
	Show func(T)

	mu   sync.Mutex
	next func() T
	busy bool
}

// Do takes the place of a question that nobody has begun to answer yet.
func (d *Derive[T]) Do(compute func() T) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.next = compute
	if !d.busy {
		d.busy = true
		d.Work.Go(func(context.Context) { d.run() })
	}
}

func (d *Derive[T]) run() {
	for {
		d.mu.Lock()
		compute := d.next
		if d.next = nil; compute == nil {
			d.busy = false
			d.mu.Unlock()
			return
		}
		d.mu.Unlock()
		var v T
		if d.Work.guard(func() { v = compute() }) { // else what was shown stays
			Do(func() { d.Show(v) })
		}
	}
}
