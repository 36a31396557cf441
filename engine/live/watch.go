package live

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"slipway/engine"
	"slipway/engine/model"
)

// watch is one run of [Store.Run].
type watch struct {
	store  *Store
	src    Source
	ctx    context.Context
	events <-chan engine.Event
	ended  <-chan error
	wg     sync.WaitGroup
	broken error
}

// join ends the watch's goroutines; the context is cancelled by then. The event stream gives its error exactly once.
func (w *watch) join() {
	w.wg.Wait()
	for w.broken == nil {
		select {
		case <-w.events:
		case err := <-w.ended:
			w.broken = errors.Join(err, context.Canceled)
		}
	}
}

// list takes the first picture: what runs at once, then everything, then images and volumes.
func (w *watch) list() error {
	running, err := w.src.Containers(w.ctx, true)
	if err != nil {
		return err
	}
	w.replace(running)
	w.store.publish(func(s *Snapshot) {
		s.Containers, s.ContainersComplete, s.Stale = w.store.ordered(), false, false
	})
	images, err := w.src.Images(w.ctx)
	if err != nil {
		return err
	}
	w.store.publish(func(s *Snapshot) { s.Images, s.ImagesLoaded = sortImages(images), true })
	all, err := w.src.Containers(w.ctx, false)
	if err != nil {
		return err
	}
	w.replace(all)
	volumes, err := w.src.Volumes(w.ctx)
	if err != nil {
		return err
	}
	w.store.publish(func(s *Snapshot) {
		s.Containers, s.ContainersComplete, s.Volumes = w.store.ordered(), true, volumes
	})
	w.wg.Add(1)
	go w.inspectAll(all)
	return nil
}

// replace makes list the whole of what is known, but keeps what inspect told of a container that did not change.
func (w *watch) replace(list []model.Container) {
	w.store.mu.Lock()
	defer w.store.mu.Unlock()
	old := w.store.containers
	w.store.containers = make(map[string]model.Container, len(list))
	for _, c := range list {
		if was, ok := old[c.ID]; ok && was.Inspected && was.State == c.State && was.Name == c.Name && was.ExitCode == c.ExitCode {
			was.Image = c.Image
			c = was
		}
		w.store.containers[c.ID] = c
	}
}

// inspectAll learns what the list does not tell, running containers first, and shows it in batches.
func (w *watch) inspectAll(list []model.Container) {
	defer w.wg.Done()
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b model.Container) int {
		if a.Running() == b.Running() {
			return 0
		}
		if a.Running() {
			return -1
		}
		return 1
	})
	shown := time.Now()
	for _, c := range list {
		if w.ctx.Err() != nil {
			return
		}
		w.refresh(c.ID, true)
		if time.Since(shown) > gather {
			w.show()
			shown = time.Now()
		}
	}
	w.show()
}

// refresh asks about one container. With onlyKnown, one that an event removed meanwhile is not brought back.
func (w *watch) refresh(id string, onlyKnown bool) {
	c, err := w.src.Container(w.ctx, id)
	w.store.mu.Lock()
	defer w.store.mu.Unlock()
	was, known := w.store.containers[id]
	switch {
	case model.IsKind(err, model.ProblemNotFound):
		delete(w.store.containers, id)
	case err != nil || onlyKnown && !known:
	default:
		if known && was.Image != "" {
			c.Image = was.Image
		}
		w.store.containers[id] = c
	}
}

func (w *watch) show() {
	list := w.store.ordered()
	w.store.publish(func(s *Snapshot) { s.Containers = list })
}

// follow applies events until the stream ends. The first event of a burst is applied at once, the others are gathered.
func (w *watch) follow() error {
	timer := time.NewTimer(0)
	<-timer.C
	waiting := false
	pending := newPending()
	for {
		select {
		case ev := <-w.events:
			pending.add(ev)
			if waiting {
				continue
			}
			w.apply(pending)
			timer.Reset(gather)
			waiting = true
		case <-timer.C:
			waiting = false
			if !pending.empty() {
				w.apply(pending)
				timer.Reset(gather)
				waiting = true
			}
		case err := <-w.ended:
			w.broken = err
			if w.broken == nil {
				w.broken = errors.New("the event stream ended")
			}
			return err
		}
	}
}

// apply asks about everything that changed and shows it.
func (w *watch) apply(p *pending) {
	for id := range p.containers {
		w.refresh(id, false)
	}
	w.store.mu.Lock()
	for id := range p.gone {
		delete(w.store.containers, id)
	}
	w.store.mu.Unlock()
	var images []model.Image
	var volumes []model.Volume
	var imagesErr, volumesErr error
	if p.images {
		images, imagesErr = w.src.Images(w.ctx)
	}
	if p.volumes {
		volumes, volumesErr = w.src.Volumes(w.ctx)
	}
	list := w.store.ordered()
	w.store.publish(func(s *Snapshot) {
		s.Containers = list
		if p.images && imagesErr == nil {
			s.Images = sortImages(images)
		}
		if p.volumes && volumesErr == nil {
			s.Volumes = volumes
		}
	})
	*p = *newPending()
}

// pending is what events said since it was last applied.
type pending struct {
	containers, gone map[string]bool
	images, volumes  bool
}

func newPending() *pending { return &pending{containers: map[string]bool{}, gone: map[string]bool{}} }

func (p *pending) empty() bool {
	return len(p.containers) == 0 && len(p.gone) == 0 && !p.images && !p.volumes
}

func (p *pending) add(ev engine.Event) {
	switch ev.Kind {
	case "container":
		if ev.Gone() {
			delete(p.containers, ev.ID)
			p.gone[ev.ID] = true
			return
		}
		if !p.gone[ev.ID] {
			p.containers[ev.ID] = true
		}
	case "image":
		p.images = true
	case "volume":
		p.volumes = true
	}
}

// sortImages orders images newest first, by name where that is the same.
func sortImages(list []model.Image) []model.Image {
	name := func(i model.Image) string {
		if len(i.Tags) > 0 {
			return i.Tags[0]
		}
		return i.ID
	}
	slices.SortFunc(list, func(a, b model.Image) int {
		if d := b.Created.Compare(a.Created); d != 0 {
			return d
		}
		if name(a) < name(b) {
			return -1
		}
		return 1
	})
	return list
}
