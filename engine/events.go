package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"slipway/engine/model"

	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/filters"
)

// Event is something that happened in the engine.
type Event struct {
	// Kind is "container", "image" or "volume".
	Kind string
	// Action in Docker's words without a suffix: "start", "die", "destroy", "pull", …
	Action string
	// ID is the full ID of a container, the reference or ID of an image, or the name of a volume.
	ID string
	// Time is by the engine's clock, as the times of a container are.
	Time time.Time
	// Attributes are the engine's, for example "exitCode" of a "die".
	Attributes map[string]string
}

// Events streams what happens to containers, images and volumes until ctx ends or the connection breaks. The error
// channel gets exactly one value. Health probes and execs are left out by the engine, as they are many and change no
// list.
func (e *Engine) Events(ctx context.Context) (<-chan Event, <-chan error) {
	in, failed := e.cli.Events(ctx, events.ListOptions{Filters: changing()})
	out := make(chan Event)
	ended := make(chan error, 1)
	s := subject{what: model.Say("engine.lost-the-connection-to-the")}
	go func() {
		ended <- model.Guard(s.what, func() error {
			for {
				select {
				case m := <-in:
					select {
					case out <- e.event(m):
					case <-ctx.Done():
						return ctx.Err()
					}
				case err := <-failed:
					return explain(err, s)
				}
			}
		})
	}()
	return out, ended
}

// pastTime is how long may be waited for what happened before.
const pastTime = 300 * time.Millisecond

// mostPast is how many of them are kept: Docker has at most 256.
const mostPast = 1000

// Past is what the engine still knows of containers that were stopped on request or ran out of memory, oldest first.
// Docker keeps the last 256 events of all kinds (moby, daemon/events), and Podman a file that may be long, so it is not
// asked. What cannot be had at once is left out.
func (e *Engine) Past(ctx context.Context) []Event {
	if e.dialect.longPast {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, pastTime)
	defer cancel()
	f := filters.NewArgs(filters.Arg("type", "container"), filters.Arg("event", "stop"), filters.Arg("event", "oom"))
	now := time.Now()
	in, ended := e.cli.Events(ctx,
		events.ListOptions{Since: "1", Until: fmt.Sprintf("%d.%09d", now.Unix(), now.Nanosecond()), Filters: f})
	var list []Event
	for {
		select {
		case m := <-in:
			if len(list) < mostPast {
				list = append(list, e.event(m))
			}
		case <-ended:
			return list
		}
	}
}

// LastEvent is when the newest of what [Engine.Events] streams happened, by the engine's clock; the beginning of 1970
// when nothing did, and zero where the engine does not tell at once.
func (e *Engine) LastEvent(ctx context.Context) time.Time {
	if e.dialect.longPast || e.info.Clock.IsZero() {
		return time.Time{}
	}
	last := time.Unix(0, 1)
	ctx, cancel := context.WithTimeout(ctx, pastTime)
	defer cancel()
	now := e.info.Clock.Add(time.Since(e.began)) // at a later time than the engine's it would wait for that
	in, ended := e.cli.Events(ctx,
		events.ListOptions{Since: "1", Until: fmt.Sprintf("%d.%09d", now.Unix(), now.Nanosecond()), Filters: changing()})
	for {
		select {
		case m := <-in:
			if at := e.event(m).Time; at.After(last) {
				last = at
			}
		case err := <-ended:
			if ctx.Err() != nil || err != nil && !errors.Is(err, io.EOF) {
				return time.Time{}
			}
			return last
		}
	}
}

// changing are the events that change a list.
func changing() filters.Args {
	f := filters.NewArgs(filters.Arg("type", "container"), filters.Arg("type", "image"), filters.Arg("type", "volume"))
	for _, action := range eventActions {
		f.Add("event", action)
	}
	return f
}

// eventActions are those that change a list, in the words of Docker and of Podman.
var eventActions = []string{
	"create", "start", "restart", "stop", "die", "died", "kill", "pause", "unpause", "rename", "update", "destroy",
	"remove", "cleanup", "oom",
	"health_status", "pull", "tag", "untag", "delete", "load", "import", "commit", "build", "mount", "unmount", "prune",
}

// event is a message of the engine.
func (e *Engine) event(m events.Message) Event {
	ev := normalise(m)
	if ev.Kind == string(events.ImageEventType) {
		ev.ID = e.hubName(ev.ID)
	}
	return ev
}

// normalise gives Podman's events Docker's names and takes suffixes off ("health_status: healthy").
func normalise(m events.Message) Event {
	action, _, _ := strings.Cut(string(m.Action), ":")
	switch action {
	case "died":
		action = "die"
	case "remove":
		if m.Type == events.ContainerEventType {
			action = "destroy"
		}
	}
	id := m.Actor.ID
	if id == "" { // Podman's, of an image that is pulled and of volumes
		id = m.Actor.Attributes["name"]
	}
	return Event{
		Kind: string(m.Type), Action: action, ID: id, Time: time.Unix(0, m.TimeNano),
		Attributes: m.Actor.Attributes,
	}
}

// Gone tells whether the event says that its subject does not exist any more.
func (ev Event) Gone() bool {
	return ev.Action == "destroy" || ev.Kind == "image" && ev.Action == "delete"
}
