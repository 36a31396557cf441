//go:build linux

package actions_test

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"slipway/engine"
	"slipway/engine/actions"
	"slipway/engine/enginetest"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/rescue"
	"slipway/engine/runspec"
	"slipway/engine/session"
)

// A Slipway of its own process does one thing on a private engine, through a relay that sees each request. It or the engine is
// ended with SIGKILL, before or after one of them or at any time. Then Slipway is started anew, and whatever was under way has to
// be as it was before or as it was to be: nothing lost, nothing half made, nothing twice.

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
	Settle    actions.UnfinishedChoice
	// Untouched tells that the engine was ended before Slipway stopped the container: Docker 20.10 itself does not start those again
	// then which have a restart policy.
	Untouched bool
	// Told tells that Slipway said that something could not be put back. After a crash Docker 20.10 may hold a port itself that no
	// container of it has ("key modified" in its log), until it is started once more.
	Told bool
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

var deeds = map[string]deed{
	"save":    {prepareWorker, doSave, func(*bench, scene) string { return "" }, afterSave},
	"back up": {prepareVolume, doBackUp, settledBackUp, afterBackUp},
	"restore": {prepareBackup, doRestore, settledRestore, afterRestore},
	"change":  {prepareWorker, doChange, settledSwap("unless-stopped"), afterSwap},
	"replace": {prepareNotebook, doReplace, settledSwap("no"), func(*bench, scene) {}},
	"remove":  {prepareWorker, doRemove, func(*bench, scene) string { return "" }, afterRemove},
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
		{deed: "replace", at: 3},
		{deed: "remove", at: 2, engine: true},
	} {
		t.Run(p.String(), func(t *testing.T) { crash(t, private, p) })
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
				p := point{deed: name, engine: kind.engine, answered: kind.answered, at: at, settle: actions.FinishChange}
				if at%2 == 0 {
					p.settle = actions.GoBack
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
		p := point{deed: name, engine: i%2 == 1, after: time.Duration(r.Int64N(int64(took[name]) + 1)), settle: actions.FinishChange}
		if r.IntN(2) == 0 {
			p.settle = actions.GoBack
		}
		t.Run(fmt.Sprint(i, " ", p), func(t *testing.T) {
			if hit, _ := crash(t, private, p); !hit {
				late++
			}
		})
	}
	fmt.Printf("| %d times at random with the seed %d, of which %d when all was done; whole, they take %v |\n", 2*random, seed, late, took)
}

// soak skips what takes long, unless it is asked for. It tells how many random times are wanted of each kind.
func soak(t *testing.T) (random int) {
	t.Helper()
	if _, err := fmt.Sscan(os.Getenv(soakVariable), &random); err != nil {
		t.Skip("it takes long: see make soak")
	}
	return random
}

var deedNames = []string{"save", "back up", "restore", "change", "replace", "remove"}

// settleTime is how long it may take after a restart until nothing is under way.
const settleTime = 45 * time.Second

// point is when what is ended.
type point struct {
	deed     string
	at       int           // the request, from 1; 0 for a time
	after    time.Duration // since it began
	engine   bool          // the engine is ended, not Slipway
	answered bool          // after the engine did it, before it could say so
	settle   actions.UnfinishedChoice
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

// crash carries a deed out up to the point. hit is false when it was done before; took is how long it had taken until its end,
// where it came to it.
func crash(t *testing.T, private *enginetest.Engine, p point) (hit bool, took time.Duration) {
	if p.settle == "" {
		p.settle = actions.FinishChange
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
	if hit && p.engine {
		s.Untouched = !stopped.Load()
		private.Restart(t)
	}
	b := newBenchFor(t, private, &person{settle: p.settle})
	wrong := ""
	for deadline := time.Now().Add(settleTime); ; time.Sleep(5 * time.Millisecond) {
		s.Told = p.engine && strings.Contains(c.said(), "told ")
		if wrong = d.settled(b, s); wrong == "" || time.Now().After(deadline) {
			break
		}
	}
	if wrong != "" {
		t.Errorf("not settled: %s", wrong)
		defer func() { t.Log("the child said", c.said()) }()
	}
	c.close()
	if wrong = d.settled(b, s); wrong != "" {
		t.Errorf("settled, and then: %s", wrong)
	}
	d.after(b, s)
	return hit, took
}

// nthRequest calls end at the p.at-th request that changes or copies something, and keeps it from being carried out or told.
func nthRequest(p point, end func()) func(string, bool) bool {
	var mu sync.Mutex
	n, the := 0, ""
	return func(request string, answered bool) bool {
		if strings.HasPrefix(request, "GET") && !strings.Contains(request, "/archive?") || strings.HasPrefix(request, "HEAD /_ping") {
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
	cmd.Env = append(os.Environ(), sceneVariable+"="+string(text), "DOCKER_HOST="+relay.Host(), "PATH="+dir+":"+os.Getenv("PATH"))
	c := &child{t: t, cmd: cmd, done: make(chan struct{}), ending: make(chan struct{}), ended: make(chan struct{}), over: make(chan struct{})}
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

// TestCrashChild is the Slipway that is ended: it does the deed of its scene when it is told to, and stays until nobody talks to it
// any more.
func TestCrashChild(t *testing.T) {
	var s scene
	if json.Unmarshal([]byte(os.Getenv(sceneVariable)), &s) != nil {
		t.Skip("for TestCrash alone")
	}
	who := &person{change: actions.ChangeCarry, settle: s.Settle, busy: func(actions.BusyStop) bool { return true }}
	who.say = func(p *model.Problem) { fmt.Println("told", p) }
	who.answers(actions.RemoveContainer)
	b := &bench{T: t, session: session.New(""), person: who, seen: map[string]bool{}, image: enginetest.TinyName}
	b.actions = actions.New(b.session, who, "test")
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

// workerFiles are the files of the worker, each with how it begins.
const workerFiles = 4

// prepareWorker makes a container that runs, with own files of some size.
func prepareWorker(b *bench, s *scene) {
	s.Name = fmt.Sprint("crash-", strings.ReplaceAll(s.Deed, " ", "-"), "-", time.Now().UnixNano())
	c := b.worker(s.Name)
	for i := range workerFiles {
		b.private.PutFile(b.T, c.ID, fmt.Sprintf("/own/big%d", i), ownText(i))
	}
	s.Container = c.ID
	b.clearReplaced(c.ID)
}

// ownText is what is in the i-th file: some megabytes.
func ownText(i int) string { return strings.Repeat(fmt.Sprintf("the work of day %d\n", i), 150_000) }

// clearReplaced removes what took a container's place, when the test ends.
func (b *bench) clearReplaced(old string) {
	b.Cleanup(func() {
		for _, id := range b.private.Labelled(b.T, model.LabelReplaces+"="+old) {
			b.private.RemoveForced(b.T, id)
		}
	})
}

// ownFiles says which of the worker's files is not in a container that runs as it was, "" for none.
func (b *bench) ownFiles(id string) string {
	for i := range workerFiles {
		got := ""
		err := b.engine().CopyOut(b.ctx(), id, fmt.Sprintf("/own/big%d", i), asText(&got))
		if err != nil || got != ownText(i) {
			return fmt.Sprintf("big%d: %d bytes, %v", i, len(got), err)
		}
	}
	got := ""
	if err := b.engine().CopyOut(b.ctx(), id, "/own/deep/f", asText(&got)); err != nil || got != "precious\n" {
		return fmt.Sprintf("f: %q %v", got, err)
	}
	return ""
}

func doSave(b *bench, s scene) *job.Job {
	c := b.look(s.Container)
	found := rescue.List(b.Context(), b.engine(), c, nil)
	return b.actions.SaveCopy(c, found, s.Dir)
}

// afterSave looks at what was saved, has the rest saved, and looks at all of it.
func afterSave(b *bench, s scene) {
	if wrong := b.ownFiles(s.Container); wrong != "" {
		b.Errorf("in the container %s", wrong)
	}
	b.savedFiles(s, false)
	b.want(b.done(doSave(b, s), nil), job.Done, "")
	b.savedFiles(s, true)
}

// savedFiles makes sure that every file that has its name is whole, and with all that each is there, and nothing else.
func (b *bench) savedFiles(s scene, all bool) {
	b.Helper()
	want := map[string]string{"own/deep/f": "precious\n"}
	for i := range workerFiles {
		want[fmt.Sprintf("own/big%d", i)] = ownText(i)
	}
	err := filepath.WalkDir(s.Dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		name, _ := filepath.Rel(s.Dir, path)
		text, ok := want[name]
		got, err := os.ReadFile(path)
		switch {
		case err != nil:
			return err
		case ok && string(got) != text:
			b.Errorf("%s was saved by half: %d bytes", name, len(got))
		case !ok && strings.HasPrefix(name, "own/") && (all || !strings.HasSuffix(name, ".slipway-part")):
			b.Errorf("%s is more than there was", name)
		}
		delete(want, name)
		return nil
	})
	if err != nil || all && len(want) > 0 {
		b.Errorf("%v; not saved: %d", err, len(want))
	}
}

func prepareVolume(b *bench, s *scene) {
	s.Name = fmt.Sprint("crash-", time.Now().UnixNano())
	s.File = filepath.Join(s.Dir, "v.tar")
	b.volumeOf(s.Name)
}

// volumeOf makes a volume with some files in it, and removes it when the test ends.
func (b *bench) volumeOf(name string) model.Volume {
	b.Helper()
	b.want(b.done(b.actions.CreateVolume(name), nil), job.Done, "")
	v, err := b.engine().Volume(b.ctx(), name)
	if err != nil {
		b.Fatal(err)
	}
	b.dropLater(name)
	spec := b.sh(name+"-writer", "true")
	spec.Mounts = []runspec.Mount{{Kind: runspec.Volume, Source: name, Target: "/own"}}
	c := b.made(spec)
	for i := range workerFiles {
		b.private.PutFile(b.T, c.ID, fmt.Sprintf("/own/big%d", i), ownText(i))
	}
	b.private.RemoveForced(b.T, c.ID)
	return v
}

func (b *bench) dropLater(volume string) {
	b.Cleanup(func() { _ = b.private.Client(b.T).VolumeRemove(context.Background(), volume, true) })
}

func doBackUp(b *bench, s scene) *job.Job {
	v, err := b.engine().Volume(b.ctx(), s.Name)
	if err != nil {
		b.Fatal(err)
	}
	return b.actions.BackUpVolume(v, s.File)
}

// noHelpers says which helper is there, "" for none.
func (b *bench) noHelpers() string {
	list, err := b.engine().Helpers(b.ctx())
	if err != nil || len(list) > 0 {
		return fmt.Sprintf("%d helpers, %v", len(list), err)
	}
	return ""
}

func settledBackUp(b *bench, s scene) string {
	files, err := os.ReadDir(s.Dir)
	if err != nil || len(files) > 1 || len(files) == 1 && files[0].Name() != filepath.Base(s.File) {
		return fmt.Sprintf("files %v, %v", files, err)
	}
	return b.noHelpers()
}

// afterBackUp makes the backup where there is none, and reads it.
func afterBackUp(b *bench, s scene) {
	if _, err := os.Stat(s.File); err != nil {
		b.want(b.done(doBackUp(b, s), nil), job.Done, "")
	}
	f, err := os.Open(s.File)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	if c, err := rescue.Read(f, nil); err != nil || c.Files != workerFiles || c.Bytes != int64(workerFiles*len(ownText(0))) {
		b.Errorf("%+v %v", c, err)
	}
}

func prepareBackup(b *bench, s *scene) {
	prepareVolume(b, s)
	b.want(b.done(doBackUp(b, *s), nil), job.Done, "")
	s.Name += "-restored"
	b.dropLater(s.Name)
}

func doRestore(b *bench, s scene) *job.Job { return b.actions.RestoreVolume(s.File, s.Name) }

// settledRestore wants no volume or one with everything in it.
func settledRestore(b *bench, s scene) string {
	if wrong := b.noHelpers(); wrong != "" {
		return wrong
	}
	v, err := b.engine().Volume(b.ctx(), s.Name)
	if model.IsKind(err, model.ProblemNotFound) {
		return ""
	}
	if err != nil {
		return err.Error()
	}
	for i := range workerFiles { // not through a container, which would keep it from being removed
		if got, err := os.ReadFile(filepath.Join(v.Mountpoint, fmt.Sprint("big", i))); err != nil || string(got) != ownText(i) {
			return fmt.Sprintf("the volume has only a part: %d bytes, %v", len(got), err)
		}
	}
	return ""
}

// afterRestore restores what is not there.
func afterRestore(b *bench, s scene) {
	if _, err := b.engine().Volume(b.ctx(), s.Name); model.IsKind(err, model.ProblemNotFound) {
		b.want(b.done(doRestore(b, s), nil), job.Done, "")
	}
	if wrong := settledRestore(b, s); wrong != "" {
		b.Error(wrong)
	}
}

func doChange(b *bench, s scene) *job.Job {
	c := b.look(s.Container)
	w := actions.Change{Container: c, Had: b.had(c), Want: b.had(c)}
	w.Want.WorkingDir = "/tmp"
	return b.begun(func(started func(*job.Job)) { b.actions.Change(w, started) })
}

// settledSwap wants the old one as it was, or the new one in its place.
func settledSwap(policy string) func(b *bench, s scene) string {
	or := func(is string) string { return cmp.Or(is, "no") }
	return func(b *bench, s scene) string {
		old, err := b.engine().Container(b.ctx(), s.Container)
		if err != nil {
			return err.Error()
		}
		ids := b.private.Labelled(b.T, model.LabelReplaces+"="+s.Container)
		state := fmt.Sprintf("old %s %s %s", old.Name, old.State, old.RestartPolicy)
		var fresh model.Container
		for _, id := range ids {
			if fresh, err = b.engine().Container(b.ctx(), id); err != nil {
				return err.Error()
			}
			state += fmt.Sprintf(", new %s %s %s", fresh.Name, fresh.State, fresh.RestartPolicy)
		}
		_, todo := fresh.Swap()
		asItWas := old.Name == s.Name && (old.Running() || s.Untouched || s.Told) && or(old.RestartPolicy) == policy && !fresh.Running() && !todo
		asItShallBe := len(ids) == 1 && fresh.Name == s.Name && fresh.Running() && !old.Running() && old.Name == s.Name+"-before" && or(old.RestartPolicy) == "no"
		if len(ids) > 1 || !asItWas && !asItShallBe {
			return state
		}
		return ""
	}
}

// afterSwap looks at what is inside both.
func afterSwap(b *bench, s scene) {
	if wrong := b.ownFiles(s.Container); wrong != "" {
		b.Errorf("in the old one %s", wrong)
	}
	if c, ok := b.named(s.Name); !ok {
		b.Error("there is none of that name")
	} else if wrong := b.ownFiles(c.ID); wrong != "" {
		b.Errorf("in the one with the name %s", wrong)
	}
}

func crashRecipe() notebook.Recipe { return script("httpd -f -p 8080 -h /www") }

func prepareNotebook(b *bench, s *scene) {
	s.File = filepath.Join(s.Dir, fmt.Sprint("thesis", time.Now().UnixNano()))
	if err := os.Mkdir(s.File, 0o755); err != nil {
		b.Fatal(err)
	}
	dir, _ := enginetest.XDGOpenRecorder(b.T)
	b.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	l := &launcher{bench: b, folder: s.File, recipe: crashRecipe()}
	b.Cleanup(func() {
		for _, id := range b.private.Labelled(b.T, model.LabelRecipe+"="+l.recipe.ID) {
			b.private.RemoveForced(b.T, id)
		}
	})
	l.want(l.launch(), job.Done, "")
	old := l.server().Container
	s.Container, s.Name = old.ID, old.Name
}

func doReplace(b *bench, s scene) *job.Job {
	var list []notebook.Server
	b.until("the server", func() bool {
		list = actions.Servers(b.session.Live.Snapshot(), []notebook.Recipe{crashRecipe()})
		return len(list) > 0 && list[0].Container.ID == s.Container
	})
	l := &launcher{bench: b, folder: s.File, recipe: crashRecipe()}
	w := actions.Replacement{Server: list[0], Launch: actions.Launch{Recipe: l.recipe, Folder: l.folder}}
	return b.begun(func(started func(*job.Job)) { b.actions.Replace(w, started) })
}

func doRemove(b *bench, s scene) *job.Job {
	b.actions.Remove(b.look(s.Container))
	b.until("the end or why not", func() bool {
		for _, v := range b.session.Jobs.List() {
			if v.State != job.Running {
				return true
			}
		}
		return len(b.person.heard()) > 0
	})
	return nil
}

// afterRemove finds the container with everything in it, unless it is gone.
func afterRemove(b *bench, s scene) {
	if _, err := b.engine().Container(b.ctx(), s.Container); model.IsKind(err, model.ProblemNotFound) {
		return
	}
	if wrong := b.ownFiles(s.Container); wrong != "" {
		b.Error(wrong)
	}
}

// begun waits for the job of what asks before it begins, nil when it does not come to that.
func (b *bench) begun(act func(started func(*job.Job))) *job.Job {
	jobs := make(chan *job.Job, 1)
	act(func(j *job.Job) {
		select {
		case jobs <- j:
		default:
		}
	})
	var j *job.Job
	b.until("the job or why not", func() bool {
		select {
		case j = <-jobs:
			return true
		default:
			return len(b.person.heard()) > 0
		}
	})
	return j
}

// asText takes what is in a file.
func asText(to *string) func(engine.Entry, io.Reader) error {
	return func(_ engine.Entry, r io.Reader) error {
		all, err := io.ReadAll(r)
		*to = string(all)
		return err
	}
}
