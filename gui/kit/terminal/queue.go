package terminal

import (
	"io"
	"sync"
)

// queue is what waits to be sent to a program that may not read for a while.
type queue struct {
	mu    sync.Mutex
	wake  *sync.Cond
	data  []byte
	ended bool
}

// mostTyped is how much may wait, in bytes; a program that reads nothing at all gets no more.
const mostTyped = 64 << 20

func newQueue() *queue {
	q := &queue{}
	q.wake = sync.NewCond(&q.mu)
	return q
}

func (q *queue) add(data []byte) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(data) > 0 && !q.ended && len(q.data) < mostTyped {
		q.data = append(q.data, data...)
		q.wake.Signal()
	}
}

// take waits for something to be sent; it is not ok at the end.
func (q *queue) take() (data []byte, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.data) == 0 && !q.ended {
		q.wake.Wait()
	}
	if q.ended {
		return nil, false
	}
	data, q.data = q.data, nil
	return data, true
}

func (q *queue) end() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ended = true
	q.wake.Broadcast()
}

// sendTo writes what is typed until the end, or until nobody reads it any more.
func (q *queue) sendTo(w io.Writer) {
	for {
		data, ok := q.take()
		if !ok {
			return
		}
		if _, err := w.Write(data); err != nil {
			q.end()
			return
		}
	}
}
