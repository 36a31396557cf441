package live_test

import (
	"context"
	"testing"
	"time"

	"slipway/engine"
	"slipway/engine/enginetest/wait"
	"slipway/engine/live"
	"slipway/engine/model"
	"slipway/engine/words"
)

// watched runs a store on src and gives what it shows of the container "a"; stop ends it.
func watched(src *source) (store *live.Store, pictures <-chan model.Container, stop func()) {
	store = live.New()
	shown := make(chan model.Container, 100)
	unsubscribe := store.Subscribe(func(s *live.Snapshot) {
		if c, ok := s.Container("a"); ok {
			shown <- c
		}
	})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = store.Run(ctx, src)
	}()
	return store, shown, func() {
		cancel()
		<-ended
		unsubscribe()
	}
}

// TestAsk has a container that changes without an event, as by a start that failed.
func TestAsk(t *testing.T) {
	src := newSource()
	src.set(model.Container{ID: "a", State: model.StateExited})
	store, pictures, stop := watched(src)
	defer stop()
	wait.Next(t, pictures, "the container", func(model.Container) bool { return true })
	src.set(model.Container{ID: "a", State: model.StateExited, Error: "port is taken"})
	store.Ask("a")
	store.Ask("b") // not there
	wait.Next(t, pictures, "why it did not start", func(c model.Container) bool { return c.Error != "" })
}

func stopped(c model.Container) bool {
	return words.Of(model.ExplainExit(c).Word).String() == "Stopped"
}

// TestStopped has a container stopped, which the engine says after it said that it ended.
func TestStopped(t *testing.T) {
	src := newSource()
	src.set(model.Container{ID: "a", State: model.StateRunning})
	_, pictures, stop := watched(src)
	defer stop()
	wait.Next(t, pictures, "the container", func(model.Container) bool { return true })
	at := time.Now()
	src.set(model.Container{ID: "a", State: model.StateExited, ExitCode: 137, FinishedAt: at})
	src.events <- engine.Event{Kind: "container", Action: "die", ID: "a", Time: at}
	src.events <- engine.Event{Kind: "container", Action: "stop", ID: "a", Time: at}
	wait.Next(t, pictures, "that it was stopped", stopped)
}

// TestStoppedBefore has a container that was stopped before anybody watched.
func TestStoppedBefore(t *testing.T) {
	src := newSource()
	at := time.Now()
	src.set(model.Container{ID: "a", State: model.StateExited, ExitCode: 137, FinishedAt: at})
	src.past = []engine.Event{{Kind: "container", Action: "stop", ID: "a", Time: at}}
	_, pictures, stop := watched(src)
	defer stop()
	wait.Next(t, pictures, "that it was stopped", stopped)
}

// TestOutOfMemory has a program ended in a container that runs on.
func TestOutOfMemory(t *testing.T) {
	src := newSource()
	src.set(model.Container{ID: "a", State: model.StateRunning})
	_, pictures, stop := watched(src)
	defer stop()
	if c := wait.Next(t, pictures, "the container", func(model.Container) bool { return true }); !c.OOMAt.IsZero() {
		t.Errorf("%+v", c)
	}
	at := time.Now()
	src.events <- engine.Event{Kind: "container", Action: "oom", ID: "a", Time: at}
	c := wait.Next(t, pictures, "what was ended", func(c model.Container) bool { return !c.OOMAt.IsZero() })
	if !c.OOMAt.Equal(at) {
		t.Errorf("at %v", c.OOMAt)
	}
}
