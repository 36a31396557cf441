//go:build linux

package session_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/engine"
	"slipway/engine/enginetest"
	"slipway/engine/live"
	"slipway/engine/model"
	"slipway/engine/runspec"
	"slipway/engine/session"
	"slipway/engine/words"
)

func TestMain(m *testing.M) { os.Exit(enginetest.Main(m)) }

// limit is how long anything here may take that has no limit of its own.
const limit = 30 * time.Second

// isolate keeps the user's Docker settings out, and gives docker's configuration directory of this test.
func isolate(t *testing.T, host string) (config string) {
	t.Helper()
	home := t.TempDir()
	config = filepath.Join(home, ".docker")
	for name, value := range map[string]string{
		"HOME": home, "DOCKER_CONFIG": config, "DOCKER_HOST": host, "DOCKER_CONTEXT": "", "XDG_RUNTIME_DIR": home,
		"DOCKER_TLS_VERIFY": "", "DOCKER_CERT_PATH": "", "DOCKER_API_VERSION": "",
	} {
		t.Setenv(name, value)
	}
	return config
}

// addContext writes a context as docker stores it.
func addContext(t *testing.T, config, name, host string) {
	t.Helper()
	sum := sha256.Sum256([]byte(name))
	dir := filepath.Join(config, "contexts", "meta", hex.EncodeToString(sum[:]))
	text, err := json.Marshal(map[string]any{
		"Name": name, "Metadata": map[string]any{},
		"Endpoints": map[string]any{"docker": map[string]any{"Host": host}},
	})
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "meta.json"), text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, preferred string) *session.Session {
	t.Helper()
	s := session.New(preferred, enginetest.Key)
	s.Start()
	t.Cleanup(s.Close)
	return s
}

// await waits for a state and returns it with the time that it took.
func await(t *testing.T, s *session.Session, what string, is func(session.State) bool) (session.State, time.Duration) {
	t.Helper()
	began := time.Now()
	changed := make(chan struct{}, 1)
	defer s.Subscribe(func(session.State) {
		select {
		case changed <- struct{}{}:
		default:
		}
	})()
	timeout := time.After(limit)
	for {
		if st := s.State(); is(st) {
			return st, time.Since(began)
		}
		select {
		case <-changed:
		case <-timeout:
			t.Fatalf("not within %v: %s; state %+v, problem %v", limit, what, s.State(), s.State().Problem)
		}
	}
}

func phase(p session.Phase) func(session.State) bool {
	return func(st session.State) bool { return st.Phase == p }
}

// picture waits for a picture of the engine.
func picture(t *testing.T, s *session.Session, what string, is func(*live.Snapshot) bool) *live.Snapshot {
	t.Helper()
	changed := make(chan struct{}, 1)
	defer s.Live.Subscribe(func(*live.Snapshot) {
		select {
		case changed <- struct{}{}:
		default:
		}
	})()
	timeout := time.After(limit)
	for {
		if snap := s.Live.Snapshot(); is(snap) {
			return snap
		}
		select {
		case <-changed:
		case <-timeout:
			t.Fatalf("not within %v: %s; picture %+v", limit, what, s.Live.Snapshot())
		}
	}
}

func whole(snap *live.Snapshot) bool {
	return snap.ContainersComplete && snap.ImagesLoaded && !snap.Stale
}

func connected(t *testing.T, s *session.Session) *engine.Engine {
	t.Helper()
	await(t, s, "connected", phase(session.Connected))
	e, err := s.Engine()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// create makes a container that is gone when the test ends.
func create(t *testing.T, e *engine.Engine, private *enginetest.Engine, name string) model.Container {
	t.Helper()
	id, _, err := e.Create(t.Context(), runspec.Spec{Name: name, Image: enginetest.TinyImage(t, private)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return model.Container{ID: id, Name: name}
}

func named(snap *live.Snapshot, id, name string, state model.State) bool {
	c, ok := snap.Container(id)
	return ok && c.Name == name && c.State == state
}

// TestConnectsWhenTheEngineComesUp starts the session before the engine.
func TestConnectsWhenTheEngineComesUp(t *testing.T) {
	private := enginetest.Start(t)
	private.Stop()
	isolate(t, private.Host())
	s := open(t, "")
	st, _ := await(t, s, "no engine", phase(session.None))
	if st.Problem == nil || st.Problem.Kind != model.ProblemNotRunning || st.Endpoint.Host != private.Host() ||
		st.Problem.Fix.None() {
		t.Errorf("%+v, %#v", st, st.Problem)
	}
	if _, err := s.Engine(); !model.IsKind(err, model.ProblemNotRunning) {
		t.Errorf("engine: %v", err)
	}
	var slowest time.Duration
	for round := range 3 {
		private.Restart(t) // returns when it answers
		st, took := await(t, s, "connected", phase(session.Connected))
		slowest = max(slowest, took)
		if st.Generation != round+1 || st.Info.ID == "" || st.Problem != nil {
			t.Errorf("%+v", st)
		}
		private.Stop()
		await(t, s, "lost", phase(session.Lost))
	}
	t.Logf("connected at most %v after the engine came up", slowest)
	if slowest > 2*time.Second {
		t.Errorf("it took %v", slowest)
	}
}

func TestPictureFollowsTheEngine(t *testing.T) {
	private := enginetest.Shared(t)
	image := enginetest.TinyImage(t, private)
	isolate(t, private.Host())
	s := open(t, "")
	e := connected(t, s)
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	snap := picture(t, s, "whole", whole)
	tiny, ok := snap.FindImage(image)
	if !ok {
		t.Fatalf("images: %+v", snap.Images)
	}
	c := create(t, e, private, "live-follow")
	snap = picture(t, s, "created", func(p *live.Snapshot) bool { return named(p, c.ID, c.Name, model.StateCreated) })
	if used := snap.UsedBy(tiny.ID); len(used) != 1 || used[0].ID != c.ID || !used[0].Inspected || used[0].Image != image {
		t.Errorf("used by %+v", used)
	}
	must(e.Start(ctx, c))
	picture(t, s, "running", func(p *live.Snapshot) bool { return named(p, c.ID, c.Name, model.StateRunning) })
	must(e.Rename(ctx, c, "live-renamed"))
	picture(t, s, "renamed", func(p *live.Snapshot) bool { return named(p, c.ID, "live-renamed", model.StateRunning) })
	must(e.Pause(ctx, c))
	picture(t, s, "paused", func(p *live.Snapshot) bool { return named(p, c.ID, "live-renamed", model.StatePaused) })
	must(e.Resume(ctx, c))
	must(e.Kill(ctx, c))
	snap = picture(t, s, "exited", func(p *live.Snapshot) bool {
		return named(p, c.ID, "live-renamed", model.StateExited)
	})
	if now, _ := snap.Container(c.ID); now.ExitCode != 137 {
		t.Errorf("%+v", now)
	}
	must(e.Remove(ctx, c))
	picture(t, s, "removed", func(p *live.Snapshot) bool { _, there := p.Container(c.ID); return !there })

	cli := private.Client(t)
	must(cli.ImageTag(ctx, image, "slipway-test/live:1"))
	picture(t, s, "tagged", func(p *live.Snapshot) bool { _, there := p.FindImage("slipway-test/live:1"); return there })
	_, err := e.RemoveImage(ctx, "slipway-test/live:1")
	must(err)
	picture(t, s, "untagged", func(p *live.Snapshot) bool {
		_, there := p.FindImage("slipway-test/live:1")
		return !there
	})
	has := func(p *live.Snapshot) bool {
		return slices.ContainsFunc(p.Volumes, func(v model.Volume) bool { return v.Name == "live-volume" })
	}
	spec := runspec.Spec{
		Name: "live-volume", Image: image,
		Mounts: []runspec.Mount{{Kind: runspec.Volume, Source: "live-volume", Target: "/v"}},
	}
	id, _, err := e.Create(ctx, spec, nil)
	must(err)
	picture(t, s, "volume made", has)
	must(e.Remove(ctx, model.Container{ID: id}))
	must(cli.VolumeRemove(ctx, "live-volume", false))
	picture(t, s, "volume gone", func(p *live.Snapshot) bool { return !has(p) })
}

// TestBurstIsMerged renames a container 200 times.
func TestBurstIsMerged(t *testing.T) {
	private := enginetest.Shared(t)
	isolate(t, private.Host())
	s := open(t, "")
	e := connected(t, s)
	picture(t, s, "whole", whole)
	c := create(t, e, private, "burst")
	t.Cleanup(func() { _ = e.Remove(context.Background(), c) })
	picture(t, s, "created", func(p *live.Snapshot) bool { return named(p, c.ID, c.Name, model.StateCreated) })

	var mu sync.Mutex
	pictures := 0
	defer s.Live.Subscribe(func(*live.Snapshot) {
		mu.Lock()
		defer mu.Unlock()
		pictures++
	})()
	began := time.Now()
	for i := range 200 {
		if err := e.Rename(t.Context(), c, fmt.Sprintf("burst-%d", i)); err != nil {
			t.Fatal(err)
		}
	}
	picture(t, s, "the last name", func(p *live.Snapshot) bool { return named(p, c.ID, "burst-199", model.StateCreated) })
	took := time.Since(began)
	mu.Lock()
	defer mu.Unlock()
	t.Logf("200 renames in %v made %d pictures", took, pictures)
	if most := int(took/(100*time.Millisecond)) + 2; pictures > most {
		t.Errorf("%d pictures in %v, want at most %d", pictures, took, most)
	}
}

// TestEngineCrashes kills the engine in mid-stream and starts it again.
func TestEngineCrashes(t *testing.T) {
	private := enginetest.Start(t)
	isolate(t, private.Host())
	s := open(t, "")
	e := connected(t, s)
	picture(t, s, "whole", whole)
	running, stays := create(t, e, private, "running"), create(t, e, private, "stays")
	if err := e.Start(t.Context(), running); err != nil {
		t.Fatal(err)
	}
	before := picture(t, s, "both", func(p *live.Snapshot) bool {
		return named(p, running.ID, "running", model.StateRunning) && named(p, stays.ID, "stays", model.StateCreated)
	})
	first := s.State()
	private.Kill()
	st, took := await(t, s, "lost", phase(session.Lost))
	t.Logf("the crash was noticed after %v", took)
	if st.Problem == nil || st.Problem.Kind != model.ProblemConnectionLost || st.Generation != first.Generation ||
		st.Info.ID != first.Info.ID {
		t.Errorf("%+v, %v", st, st.Problem)
	}
	snap := picture(t, s, "stale", func(p *live.Snapshot) bool { return p.Stale })
	if len(snap.Containers) != len(before.Containers) || !named(snap, running.ID, "running", model.StateRunning) ||
		len(snap.Images) == 0 {
		t.Errorf("the last picture was not kept: %+v", snap)
	}
	if _, err := s.Engine(); !model.IsKind(err, model.ProblemConnectionLost) {
		t.Errorf("engine: %v", err)
	}
	// What happens next must never show a picture with less in it.
	var mu sync.Mutex
	fewest := len(before.Containers)
	defer s.Live.Subscribe(func(p *live.Snapshot) {
		mu.Lock()
		defer mu.Unlock()
		fewest = min(fewest, len(p.Containers))
	})()
	private.Restart(t)
	st, took = await(t, s, "connected", phase(session.Connected))
	t.Logf("connected %v after it was back", took)
	if st.Generation != first.Generation+1 || st.Problem != nil || st.Info.ID != first.Info.ID {
		t.Errorf("%+v", st)
	}
	after := model.StateExited
	if enginetest.Podman() { // its containers need no engine
		after = model.StateRunning
	}
	picture(t, s, "a right picture", func(p *live.Snapshot) bool {
		return whole(p) && named(p, running.ID, "running", after) && named(p, stays.ID, "stays", model.StateCreated)
	})
	mu.Lock()
	defer mu.Unlock()
	if fewest != len(before.Containers) {
		t.Errorf("a picture on the way had only %d containers", fewest)
	}
	again, err := s.Engine()
	if err != nil || again == e {
		t.Errorf("the old client is still in use: %v", err)
	}
}

// TestFrozenEngine is a computer that slept: the streams are half open.
func TestFrozenEngine(t *testing.T) {
	private := enginetest.Start(t)
	isolate(t, private.Host())
	s := open(t, "")
	connected(t, s)
	picture(t, s, "whole", whole)
	private.Freeze()
	began := time.Now()
	s.Wake()
	await(t, s, "lost", phase(session.Lost))
	t.Logf("noticed %v after the wake", time.Since(began))
	private.Thaw()
	_, took := await(t, s, "connected", phase(session.Connected))
	t.Logf("connected %v after it went on", took)
	picture(t, s, "whole", whole)
	private.Freeze()
	began = time.Now()
	s.Close()
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("Close took %v on a frozen engine", took)
	}
}

// TestHangingEngine has an engine stand still that nobody asks anything: it is said, and over when it goes on.
func TestHangingEngine(t *testing.T) {
	private := enginetest.Start(t)
	isolate(t, private.Host())
	s := open(t, "")
	e := connected(t, s)
	picture(t, s, "whole", whole)
	private.Freeze()
	await(t, s, "said to hang", func(st session.State) bool { return st.Hangs && st.Phase == session.Connected })
	private.Thaw()
	await(t, s, "going on", func(st session.State) bool { return !st.Hangs && st.Phase == session.Connected })
	if again, err := s.Engine(); err != nil || again != e {
		t.Errorf("it was connected anew: %v", err)
	}
}

// TestSwitch changes between two engines, also away from one that hangs.
func TestSwitch(t *testing.T) {
	one, two := enginetest.Shared(t), enginetest.Start(t)
	config := isolate(t, "")
	t.Setenv("DOCKER_CONTEXT", "one")
	addContext(t, config, "one", one.Host())
	addContext(t, config, "two", two.Host())
	s := open(t, "two") // what the environment says counts more
	onFirst := func(st session.State) bool { return st.Phase == session.Connected && st.Endpoint.Name == "one" }
	onSecond := func(st session.State) bool { return st.Phase == session.Connected && st.Endpoint.Name == "two" }
	st, _ := await(t, s, "one", onFirst)
	if !st.Endpoint.Explicit || !st.Endpoint.Current || st.Endpoint.CLI() != "" {
		t.Errorf("%+v", st.Endpoint)
	}
	picture(t, s, "whole", whole)
	e := connected(t, s)
	c := create(t, e, one, "on-one")
	t.Cleanup(func() { _ = e.Remove(context.Background(), c) })
	picture(t, s, "created", func(p *live.Snapshot) bool { _, ok := p.Container(c.ID); return ok })

	s.Use("two")
	st, took := await(t, s, "two", onSecond)
	t.Logf("switched in %v", took)
	if st.Endpoint.CLI() != "DOCKER_HOST="+two.Host() {
		t.Errorf("prefix %q", st.Endpoint.CLI())
	}
	snap := picture(t, s, "whole", whole)
	if _, there := snap.Container(c.ID); there {
		t.Error("the other engine's container is in the picture")
	}
	two.Freeze()
	s.Wake()
	await(t, s, "lost", phase(session.Lost))
	began := time.Now()
	s.Use("one") // while it tries to connect to the frozen one
	await(t, s, "one", onFirst)
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("leaving a frozen engine took %v", took)
	}
	s.Use("two") // which does not answer: no other is taken instead
	st, _ = await(t, s, "none", phase(session.None))
	if st.Problem == nil || st.Problem.Kind != model.ProblemTimeout || st.Endpoint.Name != "two" {
		t.Errorf("%+v, %v", st, st.Problem)
	}
	two.Thaw()
	await(t, s, "two", onSecond)
	s.Use("one")
	s.Use("two")
	s.Use("one") // in a row: the last one counts
	await(t, s, "one", onFirst)

	found := map[string]bool{}
	for _, a := range s.Look(t.Context()) {
		found[a.Endpoint.Name] = a.Problem == nil
	}
	if !found["one"] || !found["two"] {
		t.Errorf("looked: %v", found)
	}
}

// TestRemoteIsNotTakenUnasked has a context of an engine elsewhere that nobody chose.
func TestRemoteIsNotTakenUnasked(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	asked := make(chan struct{}, 100)
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			asked <- struct{}{}
			c.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); wg.Wait() })
	private := enginetest.Shared(t)
	config := isolate(t, "")
	addContext(t, config, "a-production", "tcp://"+l.Addr().String())
	addContext(t, config, "b-here", private.Host())
	if err := os.WriteFile(filepath.Join(config, "config.json"), []byte(`{"currentContext": "b-here"}`),
		0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, "")
	st, _ := await(t, s, "connected", phase(session.Connected))
	if st.Endpoint.Name != "b-here" || len(asked) != 0 {
		t.Errorf("connected to %s; the one elsewhere was asked %d times", st.Endpoint.Name, len(asked))
	}
}

// TestChosenIsGone removes the context that was chosen: no other engine is taken for it.
func TestChosenIsGone(t *testing.T) {
	private := enginetest.Shared(t)
	isolate(t, private.Host())
	s := open(t, "remembered and gone") // which may fall back
	await(t, s, "connected", phase(session.Connected))
	s.Use("gone")
	st, _ := await(t, s, "none", phase(session.None))
	if st.Problem == nil || st.Problem.Kind != model.ProblemNotFound || st.Endpoint.Name != "gone" ||
		st.Problem.Fix.None() {
		t.Errorf("%+v, %v", st, st.Problem)
	}
	s.Use("DOCKER_HOST")
	await(t, s, "connected", phase(session.Connected))
}

// TestIgnoreEnvironment does without a DOCKER_HOST that leads nowhere. Lines for another engine name it then, since
// docker itself still follows the variable; and there is a way back.
func TestIgnoreEnvironment(t *testing.T) {
	private := enginetest.Shared(t)
	config := isolate(t, "tcp://127.0.0.1:1")
	addContext(t, config, "real", private.Host())
	s := open(t, "")
	st, _ := await(t, s, "none", phase(session.None))
	if p := st.Problem; p == nil || !strings.Contains(words.Of(p.What).String(), "127.0.0.1:1") ||
		!strings.Contains(words.Of(p.Why).String(), "DOCKER_HOST is set to") {
		t.Errorf("%+v", st.Problem)
	}
	if err := os.WriteFile(filepath.Join(config, "config.json"), []byte(`{"currentContext":"real"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	s.IgnoreEnvironment()
	st, _ = await(t, s, "connected", phase(session.Connected))
	if st.Endpoint.Name != "real" || st.Endpoint.CLI() != "DOCKER_HOST="+private.Host() {
		t.Errorf("%+v is %q", st.Endpoint, st.Endpoint.CLI())
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	list := s.Look(ctx)
	if last := list[len(list)-1].Endpoint; last.Name != "DOCKER_HOST" || !last.Ignored || !last.Current {
		t.Errorf("the way back: %+v", list)
	}
	s.Use("DOCKER_HOST")
	await(t, s, "on the way back", phase(session.None))
}
