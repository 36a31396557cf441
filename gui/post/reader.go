package post

import (
	"context"
	"time"
)

// Reader reads what a view shows off the UI thread, one thing at a time: a newer reading ends the one before it, and
// what an older one still brings is dropped. Its methods belong to the UI thread.
type Reader struct {
	work *Work
	stop context.CancelFunc
	turn *Turn // the newest; nil while nothing is read
	of   string
}

// NewReader makes one whose goroutines work owns.
func NewReader(work *Work) *Reader { return &Reader{work: work, stop: func() {}} }

// Read reads in the place of whatever is being read.
func (r *Reader) Read(read func(ctx context.Context, t *Turn)) {
	r.Rest()
	t := &Turn{reader: r}
	r.turn = t
	r.stop = r.work.Go(func(ctx context.Context) { read(ctx, t) })
}

// Want reads what of names, unless that is what was wanted last, and tells whether it does.
func (r *Reader) Want(of string, read func(ctx context.Context, t *Turn)) bool {
	if of == r.of {
		return false
	}
	r.Read(read)
	r.of = of
	return true
}

// Rest ends reading, and forgets what was wanted: it is read again when it is wanted again.
func (r *Reader) Rest() {
	r.stop()
	r.stop, r.turn, r.of = func() {}, nil, ""
}

// Turn is one reading. Its methods belong to the goroutine that reads.
type Turn struct {
	reader *Reader
	latest Latest
}

// Do runs fn on the UI thread, soon, unless another reading has taken the place of this one by then.
func (t *Turn) Do(fn func()) { Do(func() { t.run(fn) }) }

// Latest is [Turn.Do] for one of many updates: one that a newer one follows at once is left out, see [Latest].
func (t *Turn) Latest(fn func()) { t.latest.Do(func() { t.run(fn) }) }

func (t *Turn) run(fn func()) {
	if t.reader.turn == t {
		fn()
	}
}

// Pause waits, as for a person who may go on typing, and tells whether it did: not when ctx ended before.
func Pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
