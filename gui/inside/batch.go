package inside

import (
	"sync"

	"slipway/gui/kit"
	"slipway/gui/post"
)

// mostWaiting is how many lines wait for the window; a flood beyond that loses its oldest lines, which would be
// scrolled out of the view anyway.
const mostWaiting = 10_000

// batch collects lines so that the window gets many at once, a few times a second.
type batch struct {
	show   func([]kit.OutputLine)
	latest post.Latest

	mu    sync.Mutex
	lines []kit.OutputLine
}

func (b *batch) add(l kit.OutputLine) {
	b.mu.Lock()
	b.lines = append(b.lines, l)
	if len(b.lines) > mostWaiting {
		b.lines = append([]kit.OutputLine(nil), b.lines[mostWaiting/10:]...)
	}
	b.mu.Unlock()
	b.latest.Do(b.flush)
}

func (b *batch) flush() {
	b.mu.Lock()
	lines := b.lines
	b.lines = nil
	b.mu.Unlock()
	b.show(lines)
}
