//go:build linux

package engine_test

import (
	"testing"
	"time"

	"slipway/engine/enginetest"
)

// TestLastEvent asks an engine for what happened last, by its own clock: nothing yet, then a container that was made.
func TestLastEvent(t *testing.T) {
	private := enginetest.Start(t)
	e := connect(t, private)
	if last := e.LastEvent(t.Context()); last.IsZero() || last.After(e.Began()) {
		t.Errorf("before anything happened: %v, connected at %v", last, e.Began())
	}
	private.Create(t, enginetest.TinyImage(t, private), "made", 0)
	last := e.LastEvent(t.Context())
	if !last.After(e.Began()) || last.After(e.Began().Add(time.Minute)) {
		t.Errorf("%v, connected at %v", last, e.Began())
	}
	if again := e.LastEvent(t.Context()); !again.Equal(last) {
		t.Errorf("%v, and then %v", last, again)
	}
}
