package terminal

import (
	"bytes"
	"time"
)

// flood counts what was printed lately: after Ctrl C in a flood, what was printed before is of no use.
type flood struct {
	since  time.Time
	bytes  int
	floods bool

	dropped time.Time // until when what is read in large pieces is dropped
}

// floodRate is from how many bytes in a tenth of a second on it is more than anybody reads.
const floodRate = 8 << 10

func (f *flood) add(n int) {
	f.bytes += n
	if passed := time.Since(f.since); passed > 100*time.Millisecond {
		f.floods = passed < time.Second && f.bytes > floodRate
		f.since, f.bytes = time.Now(), 0
	}
}

// drops tells whether what is read is dropped. A program on the whole screen needs all of it.
func (f *flood) drops(whole bool) bool { return time.Now().Before(f.dropped) && !whole }

// interrupted drops what is still unread, if the program floods, until something is typed again. On the whole screen
// each drawing is a flood.
func (f *flood) interrupted(whole bool) {
	f.dropped = time.Time{}
	if f.floods && !whole {
		f.dropped = time.Now().Add(time.Second)
	}
}

// typed drops nothing any more: what is printed now may answer what was typed.
func (f *flood) typed() { f.dropped = time.Time{} }

// tailSize is how much is shown of the last of what is dropped.
const tailSize = 1 << 10

// kept is what is shown of a piece that was read, of at most size bytes. The answer of the program is at the end of a
// piece that is not full.
func (f *flood) kept(piece []byte, size int, whole bool) []byte {
	f.add(len(piece))
	if !f.drops(whole) {
		return piece
	}
	if len(piece) == size {
		return nil
	}
	tail := piece[max(0, len(piece)-tailSize):]
	if i := bytes.IndexByte(tail, '\n'); i >= 0 && len(tail) < len(piece) {
		tail = tail[i+1:]
	}
	return tail
}
