package live

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
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
	cancel context.CancelFunc
	events <-chan engine.Event
	ended  <-chan error
	failed chan error // of what nobody waits for
	wg     sync.WaitGroup
	// broken tells that the event stream has given its error, which it does exactly once.
	broken bool
	// asking is held from the question about a container to the answer's place in the store: an older answer never
	// replaces a newer one.
	asking sync.Mutex
	// noImages and noVolumes say why the last list of them failed; they belong to who publishes.
	noImages, noVolumes *model.Problem
}

// join ends the watch's goroutines.
func (w *watch) join() {
	w.cancel()
	w.wg.Wait()
	for !w.broken {
		select {
		case <-w.events:
		case <-w.ended:
			w.broken = true
		}
	}
}

// list takes the first picture: what runs at once, then all of it, each kind by itself, since an engine may take long
// for one. Where there is a whole picture from before, it stays, stale, until the new one is whole.
func (w *watch) list() error {
	if !w.store.Snapshot().ContainersComplete {
		running, err := w.src.Containers(w.ctx, true)
		if err != nil {
			return err
		}
		w.store.publish(func(s *Snapshot) {
			w.replace(running)
			s.Containers, s.Stale = w.store.ordered(), false
		})
	}
	return w.together(w.listImages, w.listVolumes, w.listAll)
}

// together runs functions side by side until one fails or all have ended. [watch.join] ends what still runs.
func (w *watch) together(parts ...func() error) error {
	ended := make(chan error, len(parts))
	for _, part := range parts {
		w.wg.Add(1)
		go func() {
			defer w.wg.Done()
			ended <- guard(part)
		}()
	}
	for range parts {
		if err := <-ended; err != nil {
			return err
		}
	}
	return nil
}

func (w *watch) listAll() error {
	all, err := w.src.Containers(w.ctx, false)
	if err != nil {
		return err
	}
	w.store.publish(func(s *Snapshot) {
		w.replace(all)
		s.Containers, s.ContainersComplete, s.Stale = w.store.ordered(), true, false
	})
	w.wg.Add(1)
	go func() {
		defer w.wg.Done()
		if err := guard(func() error { w.inspectAll(all); return nil }); err != nil {
			w.failed <- err
		}
	}()
	return nil
}

// listImages lists the images anew. An engine that answers but cannot list them, one with a damaged store for
// example, is shown with its problem; the error is only that of a lost connection.
func (w *watch) listImages() error {
	list, err := w.src.Images(w.ctx)
	if lost(err) {
		return err
	}
	w.store.publish(func(s *Snapshot) {
		w.noImages = model.AsProblem(err, model.Say("common.cannot-list-the-images"))
		if s.ImagesLoaded = true; err == nil {
			s.Images = sortImages(list)
		}
		s.Problem = cmp.Or(w.noImages, w.noVolumes)
	})
	return nil
}

// listVolumes is as listImages; an engine cannot list volumes when a driver of them is away.
func (w *watch) listVolumes() error {
	list, err := w.src.Volumes(w.ctx)
	if lost(err) {
		return err
	}
	w.store.publish(func(s *Snapshot) {
		w.noVolumes = model.AsProblem(err, model.Say("common.cannot-list-the-volumes"))
		if s.VolumesLoaded = true; err == nil {
			s.Volumes = list
		}
		s.Problem = cmp.Or(w.noImages, w.noVolumes)
	})
	return nil
}

// lost tells whether an error means that the engine is away, or that the watch has ended.
func lost(err error) bool {
	return errors.Is(err, context.Canceled) || model.IsKind(err, model.ProblemConnectionLost) ||
		model.IsKind(err, model.ProblemTimeout)
}

// replace makes list the whole of what is known, but keeps what inspect told of a container that did not change. The
// caller holds the store's mu.
func (w *watch) replace(list []model.Container) {
	clear(w.store.changed) // the list is newer
	old := w.store.current.Containers
	gone := make(map[string]*model.Container, max(len(old), len(list)))
	for i := range old {
		gone[old[i].ID] = &old[i]
	}
	changed := w.store.changed
	for i := range list {
		c := &list[i]
		if c.Helper() {
			continue
		}
		if was := gone[c.ID]; was != nil && was.Inspected && was.State == c.State && was.Name == c.Name &&
			was.ExitCode == c.ExitCode {
			kept := *was
			kept.Image = c.Image
			c = &kept
		}
		w.store.said[c.ID].note(c)
		changed[c.ID] = c
		delete(gone, c.ID)
	}
	for id := range gone {
		changed[id] = nil
	}
}

// notePast remembers what the engine still knows of containers that are there.
func (w *watch) notePast() {
	for _, ev := range w.src.Past(w.ctx) {
		if _, ok := w.store.Snapshot().Container(ev.ID); ok {
			w.store.noteSaid(ev)
		}
	}
}

// inspectAll learns what the list does not tell, running containers first, and shows it in batches.
func (w *watch) inspectAll(list []model.Container) {
	w.notePast()
	shown := time.Now()
	for _, id := range runningFirst(list) {
		if w.ctx.Err() != nil {
			return
		}
		if w.refresh(id, true) != nil {
			return // the event stream says so too
		}
		if time.Since(shown) > w.store.Gather {
			w.show()
			shown = time.Now()
		}
	}
	w.show()
}

// runningFirst gives the IDs of containers in the order in which they are asked about.
func runningFirst(list []model.Container) []string {
	ids, rest := make([]string, 0, len(list)), make([]string, 0, len(list))
	for i := range list {
		if list[i].Running() {
			ids = append(ids, list[i].ID)
		} else {
			rest = append(rest, list[i].ID)
		}
	}
	return append(ids, rest...)
}

// refresh asks about one container. With onlyKnown, one that an event removed meanwhile is not brought back. The error
// is only that of a lost connection.
func (w *watch) refresh(id string, onlyKnown bool) error {
	w.asking.Lock()
	defer w.asking.Unlock()
	c, err := w.src.Container(w.ctx, id)
	if lost(err) {
		return err
	}
	w.store.mu.Lock()
	defer w.store.mu.Unlock()
	was, known := w.store.known(id)
	switch {
	case model.IsKind(err, model.ProblemNotFound):
		w.store.gone(id)
	case err != nil || onlyKnown && !known || c.Helper():
	default:
		if known && was.Image != "" {
			c.Image = was.Image
		}
		w.store.said[id].note(&c)
		w.store.changed[id] = &c
	}
	return nil
}

func (w *watch) show() {
	w.store.publish(func(s *Snapshot) { s.Containers = w.store.ordered() })
}

// follow applies events until the stream ends. The first event of a burst is applied at once, the others are gathered.
func (w *watch) follow() error {
	timer := time.NewTimer(w.store.Gather)
	timer.Stop()
	defer timer.Stop()
	waiting := false
	pending := newPending()
	for {
		select {
		case ev := <-w.events:
			pending.add(ev)
			w.store.hear(ev.Time)
			w.store.noteSaid(ev)
			if waiting {
				continue
			}
		case <-timer.C:
			if waiting = false; pending.empty() {
				continue
			}
		case <-w.store.ask:
			for id := range w.store.takeAsked() {
				pending.containers[id] = true
			}
			if waiting {
				continue
			}
		case err := <-w.failed:
			return err
		case err := <-w.ended:
			w.broken = true
			if err == nil {
				err = errors.New("the event stream ended")
			}
			return err
		}
		if err := w.apply(pending); err != nil {
			return err
		}
		pending = newPending()
		timer.Reset(w.store.Gather)
		waiting = true
	}
}

// apply asks about everything that changed and shows it. The error is only that of a lost connection.
func (w *watch) apply(p *pending) error {
	defer w.store.beginAsking()()
	for id := range p.containers {
		if err := w.refresh(id, false); err != nil {
			return err
		}
	}
	w.store.publish(func(s *Snapshot) {
		for id := range p.gone {
			w.store.gone(id)
		}
		s.LastUsers = w.store.lastUsers(s.LastUsers)
		s.Containers = w.store.ordered()
	})
	if p.images {
		if err := w.listImages(); err != nil {
			return err
		}
	}
	if p.volumes {
		return w.listVolumes()
	}
	return nil
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
		if names := i.Names(); len(names) > 0 {
			return names[0]
		}
		return i.ID
	}
	slices.SortFunc(list, func(a, b model.Image) int {
		if d := b.Created.Compare(a.Created); d != 0 {
			return d
		}
		return strings.Compare(name(a), name(b))
	})
	return list
}
