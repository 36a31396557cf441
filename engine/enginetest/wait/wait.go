// Package wait is how tests wait for a state that comes by itself.
package wait

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"gotest.tools/v3/poll"
)

// Limit is how long a test waits at most. It is only used up when something is wrong.
const Limit = 30 * time.Second

// stuck is for how long a look itself may take.
const stuck = 10 * time.Second

// Until waits until is holds, and ends the test after the limit with what it waited for. is runs on another goroutine,
// one call after the other, and must not end the test. more, when there is one, says how things are by then.
func Until(t testing.TB, limit time.Duration, what string, is func() bool, more ...func() string) {
	t.Helper()
	late := time.Now().Add(limit)
	poll.WaitOn(t, func(poll.LogT) poll.Result {
		switch {
		case is():
			return poll.Success()
		case time.Now().Before(late):
			return poll.Continue("%s", what)
		}
		said := fmt.Sprintf("not within %v: %s", limit, what)
		for _, m := range more {
			said += "; " + m()
		}
		return poll.Error(errors.New(said))
	}, poll.WithTimeout(limit+stuck), poll.WithDelay(2*time.Millisecond))
}

// Next is the next value of a channel that fits, which must come within the limit.
func Next[T any](t testing.TB, from <-chan T, what string, fits func(T) bool) T {
	t.Helper()
	late := time.NewTimer(Limit)
	defer late.Stop()
	for {
		select {
		case v, open := <-from:
			if !open {
				t.Fatalf("it ended before: %s", what)
			}
			if fits(v) {
				return v
			}
		case <-late.C:
			t.Fatalf("not within %v: %s", Limit, what)
		}
	}
}
