package live_test

import (
	"context"
	"testing"
	"time"

	"slipway/engine"
	"slipway/engine/live"
	"slipway/engine/model"
)

// TestAsk has a container that changes without an event, as by a start that failed.
func TestAsk(t *testing.T) {
	src := newSource()
	src.set(model.Container{ID: "a", State: model.StateExited})
	store := live.New()
	pictures := make(chan model.Container, 100)
	defer store.Subscribe(func(s *live.Snapshot) {
		if c, ok := s.Container("a"); ok {
			pictures <- c
		}
	})()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = store.Run(ctx, src)
	}()
	<-pictures
	src.set(model.Container{ID: "a", State: model.StateExited, Error: "port is taken"})
	store.Ask("a")
	store.Ask("b") // not there
	for c := range pictures {
		if c.Error != "" {
			break
		}
	}
	cancel()
	<-ended
}

// TestOutOfMemory has a program ended in a container that runs on.
func TestOutOfMemory(t *testing.T) {
	src := newSource()
	src.set(model.Container{ID: "a", State: model.StateRunning})
	store := live.New()
	pictures := make(chan model.Container, 100)
	defer store.Subscribe(func(s *live.Snapshot) {
		if c, ok := s.Container("a"); ok {
			pictures <- c
		}
	})()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = store.Run(ctx, src)
	}()
	if c := <-pictures; !c.OOMAt.IsZero() {
		t.Errorf("%+v", c)
	}
	at := time.Now()
	src.events <- engine.Event{Kind: "container", Action: "oom", ID: "a", Time: at}
	for c := range pictures {
		if !c.OOMAt.IsZero() {
			if !c.OOMAt.Equal(at) {
				t.Errorf("at %v", c.OOMAt)
			}
			break
		}
	}
	cancel()
	<-ended
}
