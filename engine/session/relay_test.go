//go:build linux

package session_test

import (
	"testing"

	"slipway/engine/enginetest"
	"slipway/engine/live"
	"slipway/engine/model"
	"slipway/engine/session"
)

// TestEngineUpgraded exchanges the engine behind the socket between two calls.
func TestEngineUpgraded(t *testing.T) {
	before, after := enginetest.Start(t), enginetest.Start(t)
	relay := enginetest.StartRelay(t, before)
	isolate(t, relay.Host())
	s := open(t, "")
	e := connected(t, s)
	picture(t, s, "whole", whole)
	old := create(t, e, before, "of-the-old")
	picture(t, s, "the old one's container", func(p *live.Snapshot) bool {
		return named(p, old.ID, "of-the-old", model.StateCreated)
	})
	first := s.State()
	relay.Switch(after)
	if err := e.Start(t.Context(), old); err == nil {
		t.Error("the old engine's container was started")
	}
	st, _ := await(t, s, "connected to the new one", func(st session.State) bool {
		return st.Phase == session.Connected && st.Generation != first.Generation
	})
	if st.Info.ID == first.Info.ID {
		t.Errorf("the same engine: %+v", st)
	}
	picture(t, s, "the new one's picture", func(p *live.Snapshot) bool { return whole(p) && len(p.Containers) == 0 })
	create(t, connected(t, s), after, "of-the-new")
	picture(t, s, "its container", func(p *live.Snapshot) bool {
		return len(p.Containers) == 1 && p.Containers[0].Name == "of-the-new"
	})
}

// TestSleep has a computer that slept: first nothing answers, then the streams that were open never say anything again.
func TestSleep(t *testing.T) {
	private := enginetest.Start(t)
	relay := enginetest.StartRelay(t, private)
	isolate(t, relay.Host())
	s := open(t, "")
	connected(t, s)
	picture(t, s, "whole", whole)
	relay.Stall(true)
	s.Wake()
	await(t, s, "lost", phase(session.Lost))
	relay.Stall(false)
	await(t, s, "connected", phase(session.Connected))
	picture(t, s, "whole", whole)
	relay.Forget()
	s.Wake()
	// beside Slipway: its own connections may be half open
	id := private.Create(t, enginetest.TinyImage(t, private), "after-the-sleep", 0)
	picture(t, s, "what happened since", func(p *live.Snapshot) bool {
		return named(p, id, "after-the-sleep", model.StateCreated)
	})
}
