package live_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"slipway/engine"
	"slipway/engine/enginetest/wait"
	"slipway/engine/live"
	"slipway/engine/model"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// source is an engine in whose answers the test has a hand. What a real one does is tested with the session.
type source struct {
	mu         sync.Mutex
	containers map[string]model.Container
	images     func(context.Context) ([]model.Image, error)
	volumes    func(context.Context) ([]model.Volume, error)
	inspect    func(model.Container) // before an answer about a container is given, after it was made
	listFails  error
	past       []engine.Event
	events     chan engine.Event
	broken     chan error
}

func newSource() *source {
	return &source{
		containers: map[string]model.Container{}, events: make(chan engine.Event), broken: make(chan error, 1),
		images:  func(context.Context) ([]model.Image, error) { return nil, nil },
		volumes: func(context.Context) ([]model.Volume, error) { return nil, nil },
	}
}

func (s *source) Events(ctx context.Context) (<-chan engine.Event, <-chan error) {
	ended := make(chan error, 1)
	go func() {
		select {
		case <-ctx.Done():
			ended <- ctx.Err()
		case err := <-s.broken:
			ended <- err
		}
	}()
	return s.events, ended
}

func (s *source) set(c model.Container) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.containers[c.ID] = c
}

func (s *source) Containers(_ context.Context, running bool) ([]model.Container, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []model.Container
	for _, c := range s.containers {
		if c.Running() || !running {
			list = append(list, c)
		}
	}
	return list, s.listFails
}

func (s *source) Container(ctx context.Context, id string) (model.Container, error) {
	s.mu.Lock()
	c, ok := s.containers[id]
	hook := s.inspect
	s.mu.Unlock()
	if hook != nil {
		hook(c)
	}
	if !ok {
		return c, &model.Problem{Kind: model.ProblemNotFound, What: model.Verbatim("gone")}
	}
	c.Inspected = true
	return c, ctx.Err()
}

func (s *source) Past(context.Context) []engine.Event { return s.past }

func (s *source) Began() time.Time { return time.Time{} }

func (s *source) Images(ctx context.Context) ([]model.Image, error)   { return s.images(ctx) }
func (s *source) Volumes(ctx context.Context) ([]model.Volume, error) { return s.volumes(ctx) }

// run watches the source until the test ends or cancel is called; the channel gets why it ended.
func run(t *testing.T, s *live.Store, src live.Source) (cancel func(), ended <-chan error) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	out := make(chan error, 1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		out <- s.Run(ctx, src)
	}()
	t.Cleanup(func() { stop(); <-done })
	return stop, out
}

func end(t *testing.T, ended <-chan error) error {
	t.Helper()
	select {
	case err := <-ended:
		return err
	case <-time.After(10 * time.Second):
		t.Fatal("Run does not end")
		return nil
	}
}

// TestHangingListIsBroken has an engine that stops answering in the middle of the first list.
func TestHangingListIsBroken(t *testing.T) {
	src, store := newSource(), live.New()
	asked := make(chan struct{})
	src.images = func(ctx context.Context) ([]model.Image, error) {
		close(asked)
		<-ctx.Done()
		return nil, ctx.Err()
	}
	cancel, ended := run(t, store, src)
	<-asked
	cancel()
	if err := end(t, ended); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestFailedListEnds has a list that fails while the event stream goes on.
func TestFailedListEnds(t *testing.T) {
	src, store := newSource(), live.New()
	src.listFails = &model.Problem{Kind: model.ProblemUnknown, What: model.Verbatim("no list")}
	_, ended := run(t, store, src)
	if err := end(t, ended); !model.IsKind(err, model.ProblemUnknown) {
		t.Errorf("got %v", err)
	}
}

// TestPartsThatCannotBeListed shows the rest, and why.
func TestPartsThatCannotBeListed(t *testing.T) {
	src, store := newSource(), live.New()
	src.set(model.Container{ID: "a"})
	src.images = func(context.Context) ([]model.Image, error) {
		return nil, &model.Problem{Kind: model.ProblemUnknown, What: model.Verbatim("damaged store")}
	}
	_, ended := run(t, store, src)
	wait.Until(t, wait.Limit, "a picture", func() bool {
		s := store.Snapshot()
		return s.ContainersComplete && s.Problem != nil && s.ImagesLoaded
	})
	src.events <- engine.Event{Kind: "volume"} // which lists well, but the images still do not
	src.broken <- errors.New("over")
	if err := end(t, ended); err == nil || err.Error() != "over" {
		t.Errorf("got %v", err)
	}
	if s := store.Snapshot(); s.Problem == nil || len(s.Containers) != 1 {
		t.Errorf("%+v", s)
	}
	store.MarkStale()
	src.images = func(context.Context) ([]model.Image, error) { return []model.Image{{ID: "i"}}, nil }
	run(t, store, src)
	wait.Until(t, wait.Limit, "it is whole", func() bool {
		s := store.Snapshot()
		return s.Problem == nil && !s.Stale && len(s.Images) == 1
	})
}

// TestOldAnswerNeverReplacesANewOne lets the first round of questions be slow, and an event come meanwhile.
func TestOldAnswerNeverReplacesANewOne(t *testing.T) {
	src, store := newSource(), live.New()
	src.set(model.Container{ID: "a", State: model.StateRunning})
	asked, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	src.inspect = func(model.Container) {
		once.Do(func() { close(asked); <-release })
	}
	run(t, store, src)
	<-asked // the old answer is on its way
	src.set(model.Container{ID: "a", State: model.StateExited})
	src.events <- engine.Event{Kind: "container", Action: "die", ID: "a"}
	close(release)
	wait.Until(t, wait.Limit, "exited", func() bool {
		c, _ := store.Snapshot().Container("a")
		return c.State == model.StateExited && c.Inspected
	})
	src.events <- engine.Event{Kind: "container", Action: "destroy", ID: "a"}
	wait.Until(t, wait.Limit, "gone", func() bool { return len(store.Snapshot().Containers) == 0 })
}

// TestPicturesComeInOrder has two who make pictures at once: the newest comes last.
func TestPicturesComeInOrder(t *testing.T) {
	src, store := newSource(), live.New()
	for _, id := range []string{"a", "b", "c", "d"} {
		src.set(model.Container{ID: id, Name: id, Created: time.Unix(1, 0)})
	}
	var mu sync.Mutex
	var last *live.Snapshot
	cancel := store.Subscribe(func(s *live.Snapshot) {
		mu.Lock()
		defer mu.Unlock()
		last = s
	})
	defer cancel()
	stop, ended := run(t, store, src)
	for range 20 {
		src.events <- engine.Event{Kind: "container", Action: "rename", ID: "a"}
	}
	stop()
	end(t, ended)
	mu.Lock()
	newest := last
	mu.Unlock()
	if newest != store.Snapshot() {
		t.Error("the last picture that was handed out is not the newest")
	}
	var names []string
	for _, c := range newest.Containers {
		names = append(names, c.Name)
	}
	if !slices.Equal(names, []string{"a", "b", "c", "d"}) {
		t.Errorf("%q", names)
	}
	store.Forget()
	if s := store.Snapshot(); len(s.Containers) != 0 || s.ContainersComplete {
		t.Errorf("%+v", s)
	}
}

// TestPanicEndsTheWatch has answers that cannot be understood, wherever they are read: the watch ends, and can be begun
// again.
func TestPanicEndsTheWatch(t *testing.T) {
	defer model.OnPanic(func(*model.Problem) {})()
	store := live.New()
	for name, breaks := range map[string]func(*source){
		"a list":      func(s *source) { s.images = func(context.Context) ([]model.Image, error) { panic("images") } },
		"one of many": func(s *source) { s.inspect = func(model.Container) { panic("inspect") } },
	} {
		src := newSource()
		src.set(model.Container{ID: "a"})
		breaks(src)
		stop, ended := run(t, store, src)
		if err := end(t, ended); !model.IsKind(err, model.ProblemFault) {
			t.Errorf("%s: %v", name, err)
		}
		stop()
	}
	unsubscribe := store.Subscribe(func(*live.Snapshot) { panic("a subscriber") })
	src := newSource()
	stop, ended := run(t, store, src)
	if err := end(t, ended); !model.IsKind(err, model.ProblemFault) {
		t.Errorf("a subscriber: %v", err)
	}
	stop()
	unsubscribe()
	src = newSource()
	src.set(model.Container{ID: "b"})
	stop, _ = run(t, store, src)
	defer stop()
	wait.Until(t, wait.Limit, "a whole picture", func() bool {
		_, ok := store.Snapshot().Container("b")
		return ok && store.Snapshot().ContainersComplete
	})
}
