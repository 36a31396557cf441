package practice

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/filters"
)

// feed are the events: the last ones, and who hears the next.
type feed struct {
	mu    sync.Mutex
	past  []events.Message
	heard map[int]chan events.Message
	next  int
}

// mostEvents is how many are kept (moby, daemon/events).
const mostEvents = 256

// mostWaiting is how many events somebody may be behind.
const mostWaiting = 10_000

func (f *feed) send(e *Engine, kind, action, id string, attributes map[string]string) {
	now := e.now()
	m := events.Message{
		Type: events.Type(kind), Action: events.Action(action), Actor: events.Actor{ID: id, Attributes: attributes},
		Scope: "local", Time: now.Unix(), TimeNano: now.UnixNano(),
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.past = append(f.past, m); len(f.past) > mostEvents {
		f.past = f.past[1:]
	}
	for _, c := range f.heard {
		select {
		case c <- m:
		default:
		}
	}
}

func (f *feed) listen() (past []events.Message, next <-chan events.Message, leave func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.heard == nil {
		f.heard = map[int]chan events.Message{}
	}
	n := f.next
	f.next++
	c := make(chan events.Message, mostWaiting)
	f.heard[n] = c
	return slices.Clone(f.past), c, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.heard, n)
	}
}

func (e *Engine) getEvents(r request) (any, error) {
	f, err := filters.FromJSON(r.URL.Query().Get("filters"))
	if err != nil {
		return nil, badRequest("%v", err)
	}
	since, hasSince := stampOf(r.URL.Query().Get("since"))
	until, hasUntil := stampOf(r.URL.Query().Get("until"))
	past, next, leave := e.feed.listen()
	defer leave()
	enc := json.NewEncoder(r.stream("application/json"))
	for _, m := range past {
		at := time.Unix(0, m.TimeNano)
		if hasSince && !at.Before(since) && (!hasUntil || !at.After(until)) && eventFits(f, m) {
			if enc.Encode(m) != nil {
				return answered{}, nil
			}
		}
	}
	var end <-chan time.Time
	if hasUntil {
		t := time.NewTimer(until.Sub(e.now()))
		defer t.Stop()
		end = t.C
	}
	for {
		select {
		case <-r.Context().Done():
			return answered{}, nil
		case <-e.ctx.Done():
			return answered{}, nil
		case <-end:
			return answered{}, nil
		case m := <-next:
			if eventFits(f, m) && enc.Encode(m) != nil {
				return answered{}, nil
			}
		}
	}
}

func eventFits(f filters.Args, m events.Message) bool {
	action, _, _ := strings.Cut(string(m.Action), ":")
	return (!f.Contains("type") || f.ExactMatch("type", string(m.Type))) &&
		(!f.Contains("event") || f.ExactMatch("event", action)) &&
		(!f.Contains("container") || f.Match("container", m.Actor.ID))
}

// stampOf reads seconds since 1970 with a fraction.
func stampOf(text string) (time.Time, bool) {
	if text == "" {
		return time.Time{}, false
	}
	whole, part, _ := strings.Cut(text, ".")
	seconds, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		t, err := time.Parse(time.RFC3339Nano, text)
		return t, err == nil
	}
	nanos, _ := strconv.ParseInt((part + "000000000")[:9], 10, 64)
	return time.Unix(seconds, nanos), true
}
