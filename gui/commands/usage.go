package commands

import (
	"context"

	"slipway/engine/model"
	"slipway/gui/post"
)

// UsageWatch follows what running containers use, for as long as somebody looks at it. Its methods belong to the UI
// thread.
type UsageWatch struct {
	set     *Set
	told    func(id string, u model.Usage)
	over    func(id string)
	watched map[string]*usageStream
}

// usageStream is the following of one container.
type usageStream struct{ stop func() }

// WatchUsage makes a watch that follows nothing yet. On the UI thread told is called for each container at most ten
// times a second, and over when no more will come of it.
func (s *Set) WatchUsage(told func(id string, u model.Usage), over func(id string)) *UsageWatch {
	return &UsageWatch{set: s, told: told, over: over, watched: map[string]*usageStream{}}
}

// Follow makes these the containers that are followed. Those that are followed already go on.
func (w *UsageWatch) Follow(ids []string) {
	want := make(map[string]bool, len(ids))
	for _, id := range ids {
		want[id] = true
		if w.watched[id] == nil {
			stream := &usageStream{}
			w.watched[id] = stream
			stream.stop = w.set.Work.Go(func(ctx context.Context) { w.follow(ctx, id, stream) })
		}
	}
	for id, stream := range w.watched {
		if !want[id] {
			stream.stop()
			delete(w.watched, id)
		}
	}
}

// follow reads until ctx ends or the container does. When the engine goes away, the next [UsageWatch.Follow] begins
// anew.
func (w *UsageWatch) follow(ctx context.Context, id string, stream *usageStream) {
	e, err := w.set.Session.Engine()
	if err == nil {
		var latest post.Latest
		_ = e.Stats(ctx, id, func(u model.Usage) {
			latest.Do(func() {
				if w.watched[id] == stream {
					w.told(id, u)
				}
			})
		})
	}
	post.Do(func() {
		if w.watched[id] == stream {
			delete(w.watched, id)
			w.over(id)
		}
	})
}
