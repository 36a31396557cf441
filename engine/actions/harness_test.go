//go:build linux

package actions_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"slipway/engine"
	"slipway/engine/actions"
	"slipway/engine/enginetest"
	"slipway/engine/enginetest/wait"
	"slipway/engine/image"
	"slipway/engine/job"
	"slipway/engine/launcher"
	"slipway/engine/model"
	"slipway/engine/removal"
	"slipway/engine/runspec"
	"slipway/engine/session"
	"slipway/engine/swap"
	"slipway/engine/volume"
	"slipway/engine/words"
)

func TestMain(m *testing.M) { os.Exit(enginetest.Main(m)) }

// limit is how long anything here may take that has no limit of its own.
const limit = 2 * time.Minute

// person answers as the test says. Without an answer it keeps everything.
type person struct {
	mu      sync.Mutex
	removal func(context.Context, *removal.Removal) removal.Choice
	image   func(image.Removal) image.Choice
	busy    func(actions.BusyStop) bool
	refuse  bool // a first launch
	firsts  []launcher.FirstLaunch
	several removal.Choice // to questions about several things
	images  []image.Removals
	volumes []*volume.Removals
	change  swap.ChangeChoice
	settle  swap.UnfinishedChoice

	unfinished []swap.UnfinishedChange
	asked      []*removal.Removal
	told       []*model.Problem
	say        func(*model.Problem) // is told each; nil for nobody
	others     []model.Container
	waiting    atomic.Int32
}

func (p *person) Removal(ctx context.Context, r *removal.Removal) removal.Choice {
	p.mu.Lock()
	p.asked = append(p.asked, r)
	answer := p.removal
	p.mu.Unlock()
	if answer == nil {
		return removal.KeepContainer
	}
	return answer(ctx, r)
}

func (p *person) Removals(ctx context.Context, rs []*removal.Removal, others []model.Container) removal.Choice {
	p.mu.Lock()
	p.asked = append(p.asked, rs...)
	p.others = others
	answer := p.several
	p.mu.Unlock()
	for _, r := range rs {
		complete(ctx, r)
		r.Painted(r.Found())
	}
	return answer
}

func (p *person) ImageRemovals(_ context.Context, q image.Removals) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.images = append(p.images, q)
	return p.several == removal.RemoveContainer
}

func (p *person) Change(ctx context.Context, w swap.Change, inside *removal.Removal) swap.ChangeChoice {
	complete(ctx, inside)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, inside)
	return p.change
}

func (p *person) Unfinished(_ context.Context, q swap.UnfinishedChange) swap.UnfinishedChoice {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unfinished = append(p.unfinished, q)
	return p.settle
}

func (p *person) VolumeRemovals(ctx context.Context, q *volume.Removals) bool {
	listing := func(v model.Volume) bool { in := q.Inside(v.Name); return !in.Complete && in.Problem == nil }
	for ctx.Err() == nil {
		if _, _, counted := q.Size(""); counted && !slices.ContainsFunc(q.Possible(), listing) {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.volumes = append(p.volumes, q)
	return p.several == removal.RemoveContainer
}

func (p *person) ImageRemoval(_ context.Context, r image.Removal) image.Choice {
	p.mu.Lock()
	answer := p.image
	p.mu.Unlock()
	if answer == nil {
		return image.Keep
	}
	return answer(r)
}

func (p *person) BusyStop(_ context.Context, q actions.BusyStop) bool {
	p.mu.Lock()
	answer := p.busy
	p.mu.Unlock()
	return answer != nil && answer(q)
}

func (*person) Words(f model.Fact) string { return f.Code }

func (p *person) FirstLaunch(_ context.Context, q launcher.FirstLaunch) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.firsts = append(p.firsts, q)
	if p.refuse {
		return context.Canceled
	}
	return nil
}

func (p *person) Waiting() func() {
	p.waiting.Add(1)
	return func() { p.waiting.Add(-1) }
}

func (p *person) Tell(problem *model.Problem) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.told = append(p.told, problem)
	if p.say != nil {
		p.say(problem)
	}
}

func (p *person) questions() []*removal.Removal {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.asked)
}

func (p *person) heard() []*model.Problem {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.told)
}

// answers gives one answer after the other, each when the list is complete and was seen.
func (p *person) answers(choices ...removal.Choice) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.removal = func(ctx context.Context, r *removal.Removal) removal.Choice {
		complete(ctx, r)
		r.Painted(r.Found())
		p.mu.Lock()
		defer p.mu.Unlock()
		if len(choices) == 0 {
			return removal.KeepContainer
		}
		choice := choices[0]
		choices = choices[1:]
		return choice
	}
}

// complete waits until the list of what would be lost is complete.
func complete(ctx context.Context, r *removal.Removal) {
	changed := make(chan struct{}, 1)
	r.OnChange(func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	})
	for !r.Whole() {
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}

// bench is a session on a private engine with a person in front of it.
type bench struct {
	*testing.T
	private  *enginetest.Engine
	session  *session.Session
	actions  *actions.Actions
	images   *image.Actions
	removal  *removal.Actions
	volumes  *volume.Actions
	swaps    *swap.Swaps
	launcher *launcher.Launcher
	person   *person
	image    string
	seen     map[string]bool // the jobs that ended returned
}

func isolate(t *testing.T) {
	t.Helper()
	home := t.TempDir()
	for name, value := range map[string]string{
		"HOME": home, "DOCKER_CONFIG": filepath.Join(home, ".docker"), "DOCKER_HOST": "", "DOCKER_CONTEXT": "",
		"XDG_RUNTIME_DIR":   home,
		"DOCKER_TLS_VERIFY": "", "DOCKER_CERT_PATH": "", "DOCKER_API_VERSION": "",
	} {
		t.Setenv(name, value)
	}
}

func newBench(t *testing.T, private *enginetest.Engine) *bench {
	t.Helper()
	return newBenchFor(t, private, &person{})
}

// newBenchFor is newBench with a person who may be asked at once.
func newBenchFor(t *testing.T, private *enginetest.Engine, who *person) *bench {
	t.Helper()
	isolate(t)
	t.Setenv("DOCKER_HOST", private.Host())
	b := &bench{
		T: t, private: private, session: session.New("", enginetest.Key), person: who, seen: map[string]bool{},
		image: enginetest.TinyImage(t, private),
	}
	b.act()
	b.session.Start()
	t.Cleanup(func() {
		b.actions.Close()
		b.session.Close()
	})
	b.engine()
	return b
}

// act makes what acts on the session.
func (b *bench) act() {
	b.actions = actions.New(b.session, b.person, actions.Options{Version: "test"})
	b.images = image.New(b.actions, b.person)
	b.removal = removal.New(b.actions, b.person)
	b.volumes = volume.New(b.actions, b.person)
	b.swaps = swap.New(b.actions, b.person, swap.Options{
		Still: func(model.Container) time.Duration { return time.Second },
	})
	b.launcher = launcher.New(b.actions, b.images, b.swaps, b.person, nil)
}

// until waits for a state that comes by itself.
func (b *bench) until(what string, is func() bool) {
	b.Helper()
	wait.Until(b, limit, what, is, func() string {
		return fmt.Sprintf("jobs %+v; told %v", b.session.Jobs.List(), b.person.heard())
	})
}

// engine waits for the connection.
func (b *bench) engine() *engine.Engine {
	b.Helper()
	b.until("connected", func() bool {
		return b.session.State().Phase == session.Connected && b.session.Live.Snapshot().
			ContainersComplete && !b.session.Live.Snapshot().Stale
	})
	e, err := b.session.Engine()
	if err != nil {
		b.Fatal(err)
	}
	return e
}

func (b *bench) ctx() context.Context {
	ctx, cancel := context.WithTimeout(b.Context(), limit)
	b.Cleanup(cancel)
	return ctx
}

// idle runs until it is asked to stop.
const idle = "trap 'exit 0' TERM; sleep 100000 & wait"

func (b *bench) sh(name, line string) runspec.Spec {
	return runspec.Spec{Name: name, Image: b.image, Command: []string{"sh", "-c", line}}
}

// made creates a container beside Slipway's actions, and clears it away.
func (b *bench) made(s runspec.Spec) model.Container {
	b.Helper()
	id, _, err := b.engine().Create(b.ctx(), s, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.clearLater(id)
	return b.look(id)
}

func (b *bench) started(s runspec.Spec) model.Container {
	b.Helper()
	c := b.made(s)
	if err := b.engine().Start(b.ctx(), c); err != nil {
		b.Fatal(err)
	}
	return b.look(c.ID)
}

// clearLater kills and removes a container, by ID or name, when the test ends.
func (b *bench) clearLater(id string) {
	b.Cleanup(func() { b.private.RemoveForced(b.T, id) })
}

func (b *bench) look(id string) model.Container {
	b.Helper()
	c, err := b.engine().Container(b.ctx(), id)
	if err != nil {
		b.Fatal(err)
	}
	return c
}

func (b *bench) exists(id string) bool {
	b.Helper()
	_, err := b.engine().Container(b.ctx(), id)
	if err != nil && !model.IsKind(err, model.ProblemNotFound) {
		b.Fatal(err)
	}
	return err == nil
}

// done waits for a job's end.
func (b *bench) done(j *job.Job, err error) job.View {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	_ = j.Wait(ctx)
	v := j.View()
	if v.State == job.Running {
		b.Fatalf("it does not end: %+v", v)
	}
	return v
}

// ended waits for the end of a job of that title that was not waited for before.
func (b *bench) ended(title string) job.View {
	b.Helper()
	var v job.View
	b.until("the job “"+title+"” ends", func() bool {
		for _, v = range b.session.Jobs.List() {
			if words.Of(v.Title).String() == title && !b.seen[v.ID] {
				return v.State != job.Running
			}
		}
		return false
	})
	b.seen[v.ID] = true
	return v
}

func (b *bench) want(v job.View, state job.State, kind model.ProblemKind) {
	b.Helper()
	got := model.ProblemKind("")
	if v.Problem != nil {
		got = v.Problem.Kind
	}
	if v.State != state || got != kind {
		b.Errorf("“%s” is %s %q, want %s %q; %+v", v.Title, v.State, got, state, kind, v.Problem)
	}
	if v.State == job.Failed && (v.Problem.What.None() || v.Problem.Fix.None() && v.Problem.Command == nil) {
		b.Errorf("a problem without words or a fix: %+v", v.Problem)
	}
}

// journal is the commands since the test began, each with its outcome.
func (b *bench) journal() []string {
	var list []string
	for _, e := range b.session.Journal.Entries() {
		list = append(list, string(e.Outcome)+": "+e.Line())
	}
	return list
}

func (b *bench) wantJournal(want ...string) {
	b.Helper()
	if got := b.journal(); !slices.Equal(got, want) {
		b.Errorf("journal %q\nwant    %q", got, want)
	}
}

// atPhase calls fn once, in the job's own goroutine, when a job says this phase.
func (b *bench) atPhase(phase string, fn func(v job.View)) {
	var done atomic.Bool // fn may change a job, which calls this again
	b.session.Jobs.OnChange(func() {
		for _, v := range b.session.Jobs.List() {
			if v.State == job.Running && words.Of(v.Progress.Phase).String() == phase && done.CompareAndSwap(false, true) {
				fn(v)
			}
		}
	})
}

func freePort(t *testing.T) uint16 {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return uint16(l.Addr().(*net.TCPAddr).Port)
}
