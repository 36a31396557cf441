package present

import (
	"sync/atomic"
	"time"
)

var clock atomic.Pointer[func() time.Time]

// Now is the time that ages are counted to: this computer's, or that of a test.
func Now() time.Time {
	if now := clock.Load(); now != nil {
		return (*now)()
	}
	return time.Now()
}

// SetClock has [Now] ask another clock, for tests. restore is to be called when they are over.
func SetClock(now func() time.Time) (restore func()) {
	clock.Store(&now)
	return func() { clock.Store(nil) }
}
