//go:build linux

package actions_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"slipway/engine/actions"
	"slipway/engine/enginetest"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/removal"
	"slipway/engine/session"
	"slipway/engine/swap"
)

// A Slipway of its own process does one thing on a private engine, through a relay that sees each request. It or the
// engine is ended with SIGKILL, before or after one of them or at any time. Then Slipway is started anew, and whatever
// was under way has to be as it was before or as it was to be: nothing lost, nothing half made, nothing twice.

// sceneVariable holds the scene of a child; soakVariable asks for all points and so many random ones, see "make soak".
const (
	sceneVariable = "SLIPWAY_TEST_SCENE"
	soakVariable  = "SLIPWAY_SOAK"
	seedVariable  = "SLIPWAY_SEED"
)

// scene is what a child works on.
type scene struct {
	Deed      string
	Container string // its ID
	Name      string // of the container, or of the volume
	Dir       string // of this computer, with nothing but what the child writes
	File      string // a backup
	Settle    swap.UnfinishedChoice
	// Untouched tells that the engine was ended before Slipway stopped the container: Docker 20.10 itself does not start
	// those again then which have a restart policy.
	Untouched bool
	// Told tells that Slipway said that something could not be put back. After a crash Docker 20.10 may hold a port
	// itself that no container of it has ("key modified" in its log), until it is started once more: what it was to go
	// back from stays until then.
	Told bool
	// HalfMade tells that the engine was ended: Docker makes a volume's folder before it writes down the volume's labels,
	// so that an empty one without any may be left, which is nobody's.
	HalfMade bool
	// Done tells that all was done before the engine ended: one without a restart policy does not run after that.
	Done bool
}

// deed is something that Slipway does.
type deed struct {
	// prepare makes what it is done with.
	prepare func(b *bench, s *scene)
	// do is done in the child.
	do func(b *bench, s scene) *job.Job
	// settled says what is not yet as it has to be, "" for nothing; it is asked until then.
	settled func(b *bench, s scene) string
	// after looks once more when it is settled, and may do the same again.
	after func(b *bench, s scene)
}

// TestCrash ends Slipway or the engine at one point of each deed.
func TestCrash(t *testing.T) {
	if os.Getenv(soakVariable) != "" {
		t.Skip("TestSoakPoints has them all")
	}
	private := enginetest.Start(t)
	for _, p := range []point{
		{deed: "save", at: 3},
		{deed: "restore", at: 2},
		{deed: "change", at: 4},
		{deed: "change", at: 3, engine: true, answered: true},
		{deed: "fill", at: 5},
		{deed: "go back", at: 3},
		{deed: "replace", at: 3},
		{deed: "remove", at: 2, engine: true},
	} {
		t.Run(p.String(), func(t *testing.T) {
			if hit, _ := crash(t, private, p); !hit {
				t.Error("it was done before the point was reached")
			}
		})
	}
}

// TestSoakPoints ends Slipway before, and the engine before and after, each request that changes or copies something.
func TestSoakPoints(t *testing.T) {
	soak(t)
	private := enginetest.Start(t)
	points, reached := 0, map[string]int{}
	for _, name := range deedNames {
		for _, kind := range []point{{}, {engine: true}, {engine: true, answered: true}} {
			for at := 1; ; at++ {
				p := point{deed: name, engine: kind.engine, answered: kind.answered, at: at, settle: swap.FinishChange}
				if at%2 == 0 {
					p.settle = swap.GoBack
				}
				hit := true
				t.Run(p.String(), func(t *testing.T) { hit, _ = crash(t, private, p) })
				if !hit {
					break
				}
				points++
				reached[name]++
			}
		}
	}
	fmt.Printf("| %d points, each before or after a request: %v |\n", points, reached)
}

// TestSoakRandom ends Slipway and the engine at random times.
func TestSoakRandom(t *testing.T) {
	random := soak(t)
	private := enginetest.Start(t)
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv(seedVariable); s != "" {
		if _, err := fmt.Sscan(s, &seed); err != nil {
			t.Fatal(err)
		}
	}
	took := map[string]time.Duration{}
	for _, name := range deedNames {
		t.Run("whole "+name, func(t *testing.T) { _, took[name] = crash(t, private, point{deed: name, at: math.MaxInt}) })
	}
	r := rand.New(rand.NewPCG(seed, seed))
	late := 0
	for i := range 2 * random {
		name := deedNames[i/2%len(deedNames)]
		p := point{
			deed: name, engine: i%2 == 1, after: time.Duration(r.Int64N(int64(took[name]) + 1)),
			settle: swap.FinishChange,
		}
		if r.IntN(2) == 0 {
			p.settle = swap.GoBack
		}
		t.Run(fmt.Sprint(i, " ", p), func(t *testing.T) {
			if hit, _ := crash(t, private, p); !hit {
				late++
			}
		})
	}
	fmt.Printf("| %d times at random with the seed %d, of which %d when all was done; whole, they take %v |\n", 2*random,
		seed, late, took)
}

// soak skips what takes long, unless it is asked for. It tells how many random times are wanted of each kind.
func soak(t *testing.T) (random int) {
	t.Helper()
	if _, err := fmt.Sscan(os.Getenv(soakVariable), &random); err != nil {
		t.Skip("it takes long: see make soak")
	}
	return random
}

var deedNames = []string{"save", "back up", "restore", "change", "fill", "go back", "replace", "remove"}

// startAgain is how soon a person starts Slipway again, by which time the engine has carried out what the one before
// had asked for in its last moment.
const startAgain = 500 * time.Millisecond

// settleTime is how long it may take after a restart until nothing is under way.
const settleTime = 45 * time.Second

// point is when what is ended.
type point struct {
	deed     string
	at       int           // the request, from 1; 0 for a time
	after    time.Duration // since it began
	engine   bool          // the engine is ended, not Slipway
	answered bool          // after the engine did it, before it could say so
	settle   swap.UnfinishedChoice
}

// String names the point.
func (p point) String() string {
	what, when := "Slipway", fmt.Sprint("before request ", p.at)
	if p.engine {
		what = "the engine"
	}
	if p.answered {
		when = fmt.Sprint("after request ", p.at)
	}
	if p.at == 0 {
		when = fmt.Sprint("after ", p.after)
	}
	return fmt.Sprintf("%s/%s %s %s", p.deed, what, when, p.settle)
}

// crash carries a deed out up to the point. hit is false when it was done before; took is how long it had taken until
// its end, where it came to it.
func crash(t *testing.T, private *enginetest.Engine, p point) (hit bool, took time.Duration) {
	t.Helper()
	if p.settle == "" {
		p.settle = swap.FinishChange
	}
	d := deeds[p.deed]
	relay := enginetest.StartRelay(t, private)
	s := scene{Deed: p.deed, Dir: t.TempDir(), Settle: p.settle}
	first := newBench(t, private)
	d.prepare(first, &s)
	first.actions.Close()
	first.session.Close()

	c := startChild(t, relay, s)
	end := sync.OnceFunc(func() {
		close(c.ending)
		if p.engine {
			private.Kill()
		} else {
			c.kill()
		}
		close(c.ended)
	})
	nth := nthRequest(p, end)
	var stopped atomic.Bool
	relay.At(func(request string, answered bool) bool {
		pass := nth(request, answered)
		if strings.Contains(request, s.Container+"/stop") && s.Container != "" && (pass || answered) {
			stopped.Store(true)
		}
		return pass
	})
	began := time.Now()
	c.tell("go")
	var timer *time.Timer
	if p.at == 0 {
		timer = time.AfterFunc(p.after, end)
		defer timer.Stop()
	}
	select {
	case <-c.ended:
	case <-c.done:
		took = time.Since(began)
	case <-time.After(limit):
		t.Fatalf("neither an end nor the point; the child said %s", c.said())
	}
	relay.At(nil)
	if timer != nil && !timer.Stop() {
		<-c.ended
	}
	select {
	case <-c.ending:
		<-c.ended
		hit = true
	default:
	}
	if hit && !p.engine && p.at == 0 {
		time.Sleep(startAgain)
	}
	if hit && p.engine {
		s.Untouched = !stopped.Load()
		private.Restart(t)
	}
	watcher := &person{settle: p.settle}
	if p.engine { // the child is still there, and answers as fast: no two people would in the same moment
		watcher.settle = swap.LeaveUnfinished
	}
	b := newBenchFor(t, private, watcher)
	settled := func() (wrong string) {
		for deadline := time.Now().Add(settleTime); ; time.Sleep(5 * time.Millisecond) {
			s.Told = p.engine && strings.Contains(c.said(), "told ")
			s.HalfMade = p.engine
			s.Done = p.engine && strings.Contains(c.said(), "job done")
			if wrong = d.settled(b, s); wrong == "" || time.Now().After(deadline) {
				return wrong
			}
		}
	}
	if wrong := settled(); wrong != "" {
		t.Errorf("not settled: %s", wrong)
		defer func() { t.Log("the child said", c.said()) }()
	}
	c.close()
	if wrong := settled(); wrong != "" { // it may have looked so between two steps
		t.Errorf("settled, and then: %s", wrong)
	}
	d.after(b, s)
	return hit, took
}

// nthRequest calls end at the p.at-th request that changes or copies something, and keeps it from being carried out or
// told.
func nthRequest(p point, end func()) func(string, bool) bool {
	var mu sync.Mutex
	n, the := 0, ""
	return func(request string, answered bool) bool {
		if strings.HasPrefix(request, "GET") && !strings.Contains(request, "/archive?") ||
			strings.HasPrefix(request, "HEAD /_ping") {
			return true
		}
		mu.Lock()
		defer mu.Unlock()
		if !answered {
			if n++; n != p.at {
				return true
			}
			the = request
		}
		if answered != p.answered || request != the {
			return true
		}
		the = "" // once
		end()
		return false
	}
}

// child is a Slipway of its own process.
type child struct {
	t      *testing.T
	cmd    *exec.Cmd
	in     io.WriteCloser
	done   chan struct{} // closed when the deed came to its end
	ending chan struct{} // closed before it or the engine is ended
	ended  chan struct{} // closed when that is done
	over   chan struct{} // closed when it ended

	mu    sync.Mutex
	lines []string
}

func startChild(t *testing.T, relay *enginetest.Relay, s scene) *child {
	t.Helper()
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	dir, _ := enginetest.XDGOpenRecorder(t)
	cmd := exec.Command(os.Args[0], "-test.run=^TestCrashChild$", "-test.timeout=10m")
	cmd.Env = append(os.Environ(), sceneVariable+"="+string(text), "DOCKER_HOST="+relay.Host(),
		"PATH="+dir+":"+os.Getenv("PATH"))
	c := &child{
		t: t, cmd: cmd, done: make(chan struct{}), ending: make(chan struct{}), ended: make(chan struct{}),
		over: make(chan struct{}),
	}
	out, err := cmd.StdoutPipe()
	if err == nil {
		c.in, err = cmd.StdinPipe()
	}
	cmd.Stderr = cmd.Stdout
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	ready := make(chan struct{})
	go c.read(out, ready)
	t.Cleanup(c.kill)
	select {
	case <-ready:
	case <-c.over:
		t.Fatalf("the child ended: %s", c.said())
	case <-time.After(limit):
		t.Fatalf("the child is not ready: %s", c.said())
	}
	return c
}

// read takes what it says until it ends.
func (c *child) read(out io.Reader, ready chan<- struct{}) {
	defer close(c.over)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		c.mu.Lock()
		c.lines = append(c.lines, lines.Text())
		c.mu.Unlock()
		switch {
		case lines.Text() == "ready":
			close(ready)
		case strings.HasPrefix(lines.Text(), "done"):
			close(c.done)
		}
	}
	_ = c.cmd.Wait()
}

func (c *child) said() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Join(c.lines, "\n")
}

func (c *child) tell(line string) { _, _ = io.WriteString(c.in, line+"\n") }

// kill ends it with SIGKILL.
func (c *child) kill() {
	_ = c.cmd.Process.Kill()
	<-c.over
}

// close lets it quit.
func (c *child) close() {
	c.in.Close()
	select {
	case <-c.over:
	case <-time.After(limit):
		c.t.Errorf("it does not quit: %s", c.said())
	}
}

// TestCrashChild is the Slipway that is ended: it does the deed of its scene when it is told to, and stays until
// nobody talks to it any more.
func TestCrashChild(t *testing.T) {
	var s scene
	if json.Unmarshal([]byte(os.Getenv(sceneVariable)), &s) != nil {
		t.Skip("for TestCrash alone")
	}
	who := &person{change: swap.ChangeFill, settle: s.Settle, busy: func(actions.BusyStop) bool { return true }}
	who.say = func(p *model.Problem) { fmt.Println("told", p) }
	who.answers(removal.RemoveContainer)
	b := &bench{
		T: t, session: session.New("", enginetest.Key), person: who, seen: map[string]bool{},
		image: enginetest.TinyName,
	}
	b.act()
	b.actions.HoldRemovals(0, nil)
	b.session.Start()
	b.engine()
	in := bufio.NewReader(os.Stdin)
	fmt.Println("ready")
	if _, err := in.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if j := deeds[s.Deed].do(b, s); j != nil {
		_ = j.Wait(context.Background())
		v := j.View()
		fmt.Println("job", v.State, v.Result, v.Problem)
	}
	fmt.Println("done")
	_, _ = io.Copy(io.Discard, in)
	for _, entry := range b.session.Journal.Entries() {
		fmt.Println("ran", entry)
	}
	b.actions.Close()
	b.session.Close()
}
