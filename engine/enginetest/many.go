//go:build linux

package enginetest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/filters"
)

// Many makes containers named PREFIX-0 and so on from the tiny image, as many as an engine has after years, and returns
// their full IDs in that order. They are made side by side and not started.
func (e *Engine) Many(t testing.TB, prefix string, number int) (ids []string) {
	t.Helper()
	image, cli := TinyImage(t, e), e.Client(t)
	const sideBySide = 8
	noVolume := &container.HostConfig{Tmpfs: map[string]string{"/data": ""}}
	ids = make([]string, number)
	failed := make([]error, sideBySide)
	var wg sync.WaitGroup
	for worker := range sideBySide {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := worker; i < number && failed[worker] == nil; i += sideBySide {
				made, err := cli.ContainerCreate(t.Context(), &container.Config{Image: image}, noVolume, nil, nil,
					fmt.Sprintf("%s-%d", prefix, i))
				ids[i], failed[worker] = made.ID, err
			}
		}()
	}
	wg.Wait()
	for _, err := range failed {
		if err != nil {
			t.Fatalf("enginetest: %d containers: %v", number, err)
		}
	}
	return ids
}

// StartAll starts containers.
func (e *Engine) StartAll(t testing.TB, ids []string) {
	t.Helper()
	cli := e.Client(t)
	for _, id := range ids {
		if err := cli.ContainerStart(t.Context(), id, container.StartOptions{}); err != nil {
			t.Fatalf("enginetest: %v", err)
		}
	}
}

// List lists all containers as any client does, and tells how many there are and how long it took.
func (e *Engine) List(t testing.TB) (number int, took time.Duration) {
	t.Helper()
	cli := e.Client(t)
	if _, err := cli.Ping(t.Context()); err != nil { // the connection and the version are there then
		t.Fatalf("enginetest: %v", err)
	}
	began := time.Now()
	list, err := cli.ContainerList(t.Context(), container.ListOptions{All: true})
	if err != nil {
		t.Fatalf("enginetest: %v", err)
	}
	return len(list), time.Since(began)
}

// Renames renames the containers with these names in turn, so many times a second and times times in all, the i-th time
// to PREFIX-i, and tells when each of these names came, by the engine's own clock.
func (e *Engine) Renames(t testing.TB, names []string, prefix string, perSecond, times int) map[string]time.Time {
	t.Helper()
	cli := e.Client(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ids := make([]string, len(names))
	for i, name := range names {
		c, err := cli.ContainerInspect(ctx, name)
		if err != nil {
			t.Fatalf("enginetest: %v", err)
		}
		ids[i] = c.ID
	}
	messages, failed := cli.Events(ctx, events.ListOptions{Filters: filters.NewArgs(filters.Arg("event", "rename"))})
	came := map[string]time.Time{}
	ended := make(chan error, 1)
	go func() {
		for len(came) < times {
			select {
			case m := <-messages:
				came[m.Actor.Attributes["name"]] = time.Unix(0, m.TimeNano)
			case err := <-failed:
				ended <- err
				return
			}
		}
		ended <- nil
	}()
	tick := time.NewTicker(time.Second / time.Duration(perSecond))
	defer tick.Stop()
	for i := range times {
		if err := cli.ContainerRename(ctx, ids[i%len(ids)], fmt.Sprintf("%s-%d", prefix, i)); err != nil {
			t.Fatalf("enginetest: %v", err)
		}
		<-tick.C
	}
	if err := <-ended; err != nil {
		t.Fatalf("enginetest: %v", err)
	}
	return came
}
