package actions

import (
	"time"

	"slipway/engine"
)

// A rate is only told of a download that was long enough to tell something.
const (
	leastBytes = 4 << 20
	leastTime  = 500 * time.Millisecond
)

// meter measures a download.
type meter struct {
	began, last time.Time
	first, done int64
}

// add takes what has come so far. Unpacking is no part of it.
func (m *meter) add(p engine.PullProgress, now time.Time) {
	if p.Extracting || p.Done == 0 {
		return
	}
	if m.began.IsZero() {
		m.began, m.first = now, p.Done
	}
	m.last, m.done = now, p.Done
}

// rate is in bytes a second; 0 where it cannot be told.
func (m *meter) rate() int64 {
	took, bytes := m.last.Sub(m.began), m.done-m.first
	if took < leastTime || bytes < leastBytes {
		return 0
	}
	return int64(float64(bytes) / took.Seconds())
}
