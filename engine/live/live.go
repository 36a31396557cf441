// Package live holds the engine's containers, images and volumes in memory, kept current by the engine's events. It
// lists once, then applies events and asks only about what changed; it never lists on a timer.
package live

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"slipway/engine"
	"slipway/engine/model"
)

// Source is the part of an engine that is watched.
type Source interface {
	Events(ctx context.Context) (<-chan engine.Event, <-chan error)
	// Past is what is still known of stops and of memory that ran out before.
	Past(ctx context.Context) []engine.Event
	// Began is when the connection was made, by the engine's clock; zero where nobody can tell.
	Began() time.Time
	Containers(ctx context.Context, running bool) ([]model.Container, error)
	Container(ctx context.Context, id string) (model.Container, error)
	Images(ctx context.Context) ([]model.Image, error)
	Volumes(ctx context.Context) ([]model.Volume, error)
}

// Snapshot is the picture of the engine at one moment. It is never changed after it was handed out; its slices must
// not be written to.
type Snapshot struct {
	// Containers are ordered newest first, images likewise, volumes by name.
	Containers []model.Container
	Images     []model.Image
	Volumes    []model.Volume
	// LastUsers are the names of the containers that had a volume last and are gone, by the volume's name, as far as that
	// was seen.
	LastUsers map[string]string
	// ContainersComplete is false while only the running ones are known.
	ContainersComplete, ImagesLoaded, VolumesLoaded bool
	// Stale tells that the engine is away and this is how it last was.
	Stale bool
	// Problem says that the engine answers but could not list its images or volumes; those are as they last were.
	Problem *model.Problem
}

// Container finds a container by its full ID.
func (s *Snapshot) Container(id string) (model.Container, bool) {
	for i := range s.Containers {
		if c := &s.Containers[i]; c.ID == id {
			return *c, true
		}
	}
	return model.Container{}, false
}

// UsedBy lists the containers, running or not, that were made from the image with this ID.
func (s *Snapshot) UsedBy(imageID string) []model.Container {
	var list []model.Container
	for _, c := range s.Containers {
		if c.ImageID == imageID {
			list = append(list, c)
		}
	}
	return list
}

// VolumeUsers lists the containers, running or not, that have a volume.
func (s *Snapshot) VolumeUsers(name string) []model.Container { return UsersOf(s.Containers, name) }

// VolumeWriters are the names of the containers that run and have a volume: they may write to it.
func (s *Snapshot) VolumeWriters(name string) []string {
	var names []string
	for _, c := range s.VolumeUsers(name) {
		if c.Running() {
			names = append(names, c.Name)
		}
	}
	return names
}

// UsersOf lists the containers of a list that have a volume.
func UsersOf(list []model.Container, volume string) []model.Container {
	var users []model.Container
	for i := range list {
		for _, m := range list[i].Mounts {
			if m.Type == "volume" && m.Name == volume {
				users = append(users, list[i])
				break
			}
		}
	}
	return users
}

// FindImage finds the image that a reference such as "python:3.13" means among those that are here.
func (s *Snapshot) FindImage(ref string) (model.Image, bool) {
	for _, i := range s.Images {
		if i.ID == ref || slices.Contains(i.Tags, ref) || slices.Contains(i.Digests, ref) {
			return i, true
		}
	}
	return model.Image{}, false
}

// Store keeps the picture. Its zero value is not usable; see [New].
type Store struct {
	// Gather is how long a burst of events is collected; the first one is shown at once. It must not change once the
	// store watches an engine.
	Gather time.Duration

	// since when the engine is asked for the lists or about what happened, in nanoseconds since 1970; 0 for not now
	asking atomic.Int64
	heard  atomic.Int64 // when the newest event that is known happened, in nanoseconds since 1970

	// publishing is held while a picture is made and handed out, so that no older one comes after a newer one.
	publishing sync.Mutex

	mu      sync.Mutex
	current *Snapshot
	// changed are containers that are not in the current picture as they are; nil for one that is gone.
	changed     map[string]*model.Container
	subscribers map[int]func(*Snapshot)
	nextID      int
	// asked are containers to be looked at without an event; ask tells the watch that there are some.
	asked map[string]bool
	ask   chan struct{}
	// said is what the engine said of containers that it cannot be asked about.
	said map[string]said
	// left are who had volumes last and is gone, not yet in the current picture.
	left map[string]string
}

// New makes a store that knows nothing yet.
func New() *Store {
	return &Store{
		Gather:  100 * time.Millisecond,
		current: &Snapshot{}, changed: map[string]*model.Container{}, subscribers: map[int]func(*Snapshot){},
		left: map[string]string{}, asked: map[string]bool{}, ask: make(chan struct{}, 1), said: map[string]said{},
	}
}

// Snapshot is the newest picture. It is never nil.
func (s *Store) Snapshot() *Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current
}

// Subscribe calls fn with every new picture, one after the other but from any goroutine; fn must return quickly.
// The returned function ends it.
func (s *Store) Subscribe(fn func(*Snapshot)) (cancel func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.nextID
	s.nextID++
	s.subscribers[id] = fn
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.subscribers, id)
	}
}

// Ask has a container looked at anew. It is for what engines send no event about, such as a start that failed.
func (s *Store) Ask(id string) {
	s.mu.Lock()
	s.asked[id] = true
	s.mu.Unlock()
	select {
	case s.ask <- struct{}{}:
	default: // it will see this one, too
	}
}

// said is when a container last ran out of memory, and when it was last stopped on request.
type said struct{ oom, stop time.Time }

// note puts it into a container.
func (s said) note(c *model.Container) { c.OOMAt, c.StopAt = s.oom, s.stop }

// noteSaid remembers what only an event tells.
func (s *Store) noteSaid(ev engine.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ev.Gone() {
		delete(s.said, ev.ID)
	}
	if ev.Kind != "container" || ev.Action != "oom" && ev.Action != "stop" {
		return
	}
	now := s.said[ev.ID]
	if ev.Action == "oom" {
		now.oom = ev.Time
	} else {
		now.stop = ev.Time
	}
	s.said[ev.ID] = now
}

// gone drops a container, and remembers what volumes it had. The caller holds mu, and publishes the picture with
// [Store.lastUsers] in it.
func (s *Store) gone(id string) {
	if c, ok := s.known(id); ok {
		for _, m := range c.Mounts {
			if m.Type == "volume" {
				s.left[m.Name] = c.Name
			}
		}
	}
	s.changed[id] = nil
}

// lastUsers is a copy of who had volumes last. The caller holds mu.
func (s *Store) lastUsers(before map[string]string) map[string]string {
	if len(s.left) == 0 {
		return before
	}
	all := maps.Clone(before)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, s.left)
	clear(s.left)
	return all
}

// takeAsked empties the list of containers to be looked at.
func (s *Store) takeAsked() map[string]bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := s.asked
	s.asked = map[string]bool{}
	return asked
}

// Forget empties the picture, for a change to another engine.
func (s *Store) Forget() {
	s.publish(func(snap *Snapshot) {
		clear(s.changed)
		clear(s.left)
		*snap = Snapshot{}
	})
}

// MarkStale keeps the last picture and says that it may be old.
func (s *Store) MarkStale() { s.publish(func(snap *Snapshot) { snap.Stale = true }) }

// Run watches src until ctx ends or the connection breaks, and returns why. It subscribes before it lists, so that
// nothing is missed between the two. What cannot be understood of an answer ends it, too, with a problem.
func (s *Store) Run(ctx context.Context, src Source) error {
	ctx, cancel := context.WithCancel(ctx)
	s.heard.Store(0) // another engine has another clock
	w := &watch{store: s, src: src, ctx: ctx, cancel: cancel, failed: make(chan error, 1)}
	defer s.beginAsking()()
	w.events, w.ended = src.Events(ctx)
	defer w.join()
	return guard(func() error {
		if err := w.list(); err != nil {
			return err
		}
		s.asking.Store(0)
		s.hear(src.Began()) // what happened before is in the lists
		return w.follow()
	})
}

// Heard is when the newest event happened that arrived, by the engine's clock. It is not known before there is a whole
// picture, where no engine tells, and while what happened is being looked at: nothing is listened to then.
func (s *Store) Heard() (at time.Time, known bool) {
	n := s.heard.Load()
	return time.Unix(0, n), n != 0 && s.asking.Load() == 0
}

// Asking is for how long the engine has been asked for the lists or about what happened, 0 while it is not.
func (s *Store) Asking() time.Duration {
	if since := s.asking.Load(); since != 0 {
		return time.Since(time.Unix(0, since))
	}
	return 0
}

// beginAsking notes that the engine is asked; the returned function that it is no more.
func (s *Store) beginAsking() (end func()) {
	s.asking.Store(time.Now().UnixNano())
	return func() { s.asking.Store(0) }
}

func (s *Store) hear(at time.Time) {
	if !at.IsZero() {
		s.heard.Store(max(s.heard.Load(), at.UnixNano()))
	}
}

// guard runs what reads the engine's answers.
func guard(fn func() error) error {
	return model.Guard(model.Say("common.what-the-engine-says-cannot"), fn)
}

// publish changes a copy of the picture and hands it to all subscribers. change is called with mu held.
func (s *Store) publish(change func(*Snapshot)) {
	s.publishing.Lock()
	defer s.publishing.Unlock()
	next, subscribers := s.replace(change)
	for _, fn := range subscribers {
		fn(next)
	}
}

// replace puts a changed copy in the place of the picture, and gives it with who wants to see it.
func (s *Store) replace(change func(*Snapshot)) (*Snapshot, []func(*Snapshot)) {
	s.mu.Lock()
	defer s.mu.Unlock() // also when change panics: see Run
	next := *s.current
	change(&next)
	s.current = &next
	subscribers := make([]func(*Snapshot), 0, len(s.subscribers))
	for _, fn := range s.subscribers {
		subscribers = append(subscribers, fn)
	}
	return &next, subscribers
}

// known is what is known of a container. The caller holds mu.
func (s *Store) known(id string) (model.Container, bool) {
	if c, ok := s.changed[id]; ok {
		if c == nil {
			return model.Container{}, false
		}
		return *c, true
	}
	return s.current.Container(id)
}

// ordered is all containers known, newest first and by ID where that is the same, which is the picture's with what has
// changed put in its place. The caller holds mu.
func (s *Store) ordered() []model.Container {
	old := s.current.Containers
	if len(s.changed) == 0 {
		return old
	}
	fresh := make([]*model.Container, 0, len(s.changed))
	for _, c := range s.changed {
		if c != nil {
			fresh = append(fresh, c)
		}
	}
	slices.SortFunc(fresh, newestFirst)
	list := make([]model.Container, 0, len(old)+len(fresh))
	for i := range old {
		if _, ok := s.changed[old[i].ID]; ok {
			continue
		}
		for len(fresh) > 0 && newestFirst(fresh[0], &old[i]) < 0 {
			list, fresh = append(list, *fresh[0]), fresh[1:]
		}
		list = append(list, old[i])
	}
	for _, c := range fresh {
		list = append(list, *c)
	}
	clear(s.changed)
	return list
}

func newestFirst(a, b *model.Container) int {
	return cmp.Or(b.Created.Compare(a.Created), strings.Compare(a.ID, b.ID))
}
