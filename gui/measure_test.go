//go:build linux

package gui_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"slipway/engine/enginetest"
	"slipway/gui"
)

// TestMeasureWindow measures the real program in a real window, on an engine with 100 containers, beside a window
// of Fyne with nothing in it.
func TestMeasureWindow(t *testing.T) {
	enginetest.Measuring(t)
	e := enginetest.Start(t, enginetest.WithDataRootTmpfs(1<<30))
	const few, running = 100, 20
	e.StartAll(t, e.Many(t, "few", few)[:running])
	relay := enginetest.StartRelay(t, e)
	m := newMeasured(t, relay.Host())
	var empty, ours []time.Duration
	for range enginetest.Rounds {
		began := time.Now()
		w := m.emptyWindow()
		empty = append(empty, time.Since(began))
		w.end()
		began = time.Now()
		w = m.slipway()
		w.until("the list", func() bool { return rows(w.Dump()) > 0 })
		ours = append(ours, time.Since(began))
		w.end()
	}
	enginetest.Times("process start → window with the list of 100 containers", enginetest.Median(ours), "empty window",
		enginetest.Median(empty), 1.5).Print()

	w, beside := m.both()
	quiet(t, relay)
	m.memory("100", w, beside, 40)
	m.idle(e, relay, w, beside)
}

// TestMeasureMany measures the same with 5,000 containers, of which ten run.
func TestMeasureMany(t *testing.T) {
	enginetest.Measuring(t)
	e := enginetest.Start(t, enginetest.WithDataRootTmpfs(4<<30))
	const many, running = 5000, 10
	e.StartAll(t, e.Many(t, "many", many)[:running])
	relay := enginetest.StartRelay(t, e)
	m := newMeasured(t, relay.Host())
	w, beside := m.both()
	p := watchWindow(w)
	w.until("all containers", func() bool { return says("containers.all", "All "+strconv.Itoa(many))(w.Dump()) })
	quiet(t, relay)
	p.stop()
	starting := p.waited
	m.memory("5,000", w, beside, 60)
	p.waited = 0
	p.run()
	m.renames(e, w, p)
	p.stop()
	enginetest.AtMost("longest hold of the UI thread in all that, by one function", p.held, 50*time.Millisecond).Print()
	enginetest.AtMost("  longest wait for it with painting by software, while listing", starting, 50*time.Millisecond).
		Print()
	enginetest.AtMost("  the same with 50 events a second", p.waited, 50*time.Millisecond).Print()
	time.Sleep(forgotten)
	m.memory("5,000, after 1,000 events and a minute", w, beside, 60)
}

// settled is how long nothing is asked of a window before its memory is looked at.
const settled = 10 * time.Second

// forgotten is how long Fyne keeps the picture of a text that is not shown any more, and some.
const forgotten = 75 * time.Second

// measured are the two programs that are measured beside each other.
type measured struct {
	t              *testing.T
	program, empty string
}

// newMeasured builds the two programs and opens a display. Slipway will open on the page Containers.
func newMeasured(t *testing.T, host string) *measured {
	t.Helper()
	m := &measured{t: t, program: build(t, "migrated_fynedo"), empty: filepath.Join(t.TempDir(), "empty")}
	cmd := exec.Command("go", "build", "-tags", "migrated_fynedo", "-o", m.empty, "./testdata/emptywindow")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	dir := filepath.Join(home(t), ".config/fyne/app.slipway.Slipway")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "preferences.json"), []byte(`{"page":"containers"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DOCKER_HOST", host)
	// else both programs wait for a bus that is started for them
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
	m.display()
	return m
}

// display makes a new display that the next programs open their windows on.
func (m *measured) display() {
	m.t.Helper()
	w := &window{t: m.t}
	w.startDisplay()
	w.background(enginetest.Program(m.t, "openbox"))
}

// both opens both windows, each on a display of its own.
func (m *measured) both() (slipway, empty *window) {
	m.t.Helper()
	empty = m.emptyWindow()
	m.display()
	return m.slipway(), empty
}

func (m *measured) emptyWindow() *window { return m.start("Empty", m.empty) }

func (m *measured) slipway() *window {
	socket := filepath.Join(os.Getenv("HOME"), "automation")
	w := m.start("Slipway", m.program, "--automation", socket)
	w.socket = socket
	return w
}

// start starts a program and waits until its window is there.
func (m *measured) start(title, program string, args ...string) *window {
	m.t.Helper()
	w := &window{t: m.t, output: &bytes.Buffer{}, exited: make(chan error, 1), cmd: exec.Command(program, args...)}
	w.cmd.Stdout, w.cmd.Stderr = w.output, w.output
	xdotool := enginetest.Program(m.t, "xdotool")
	if err := w.cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	go func() { w.exited <- w.cmd.Wait() }()
	m.t.Cleanup(func() { w.cmd.Process.Signal(syscall.SIGKILL) })
	for deadline := time.Now().Add(patience); exec.Command(xdotool, "search", "--onlyvisible", "--name", "^"+title+"$").
		Run() != nil; {
		if time.Now().After(deadline) {
			m.t.Fatalf("no window of %s: %s", title, w.output)
		}
	}
	return w
}

// end ends a program that is measured no more.
func (w *window) end() {
	w.t.Helper()
	w.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-w.exited:
	case <-time.After(5 * time.Second):
		w.cmd.Process.Kill()
		<-w.exited
	}
}

func rows(d gui.Dump) (n int) {
	for _, i := range d.Items {
		if strings.HasPrefix(i.ID, "row:") && i.Role == "row" {
			n++
		}
	}
	return n
}

// quiet waits until the engine has been asked nothing for two seconds.
func quiet(t *testing.T, relay *enginetest.Relay) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; {
		relay.Asked()
		time.Sleep(2 * time.Second)
		if len(relay.Asked()) == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the engine is asked again and again")
		}
	}
}

// memory prints what a window has in memory of its own beside the empty one.
func (m *measured) memory(containers string, w, beside *window, more int64) {
	m.t.Helper()
	time.Sleep(settled)
	const mb = 1 << 20
	ours, theirs := enginetest.AnonymousMemory(m.t, w.cmd.Process.Pid)/mb,
		enginetest.AnonymousMemory(m.t, beside.cmd.Process.Pid)/mb
	enginetest.Figure{
		What: "anonymous memory, containers: " + containers, Measured: fmt.Sprint(ours, " MB"),
		Beside: fmt.Sprint("empty window ", theirs, " MB"),
		Ratio:  fmt.Sprintf("%.2f ×", float64(ours)/float64(theirs)), Aim: fmt.Sprintf("≤ that + %d MB", more),
		Met: ours <= theirs+more,
	}.Print()
}

// idle prints what the window and the engine cost while nothing happens. It ends the window in its middle.
func (m *measured) idle(e *enginetest.Engine, relay *enginetest.Relay, w, beside *window) {
	m.t.Helper()
	const span = 60 * time.Second
	percent := func(used time.Duration) float64 { return 100 * float64(used) / float64(span) }
	relay.Asked()
	ours, theirs, engine := enginetest.ProcessorTime(m.t, w.cmd.Process.Pid),
		enginetest.ProcessorTime(m.t, beside.cmd.Process.Pid), e.ProcessorTime(m.t)
	time.Sleep(span)
	ours, theirs, engine = enginetest.ProcessorTime(m.t, w.cmd.Process.Pid)-ours,
		enginetest.ProcessorTime(m.t, beside.cmd.Process.Pid)-theirs, e.ProcessorTime(m.t)-engine
	asked := relay.Asked()
	w.end()
	time.Sleep(2 * time.Second)
	alone := e.ProcessorTime(m.t)
	time.Sleep(span)
	alone = e.ProcessorTime(m.t) - alone
	row := func(what, beside string, used, other time.Duration, more float64) {
		enginetest.Figure{
			What: what, Measured: fmt.Sprintf("%.2f %%", percent(used)),
			Beside: fmt.Sprintf("%s %.2f %%", beside, percent(other)),
			Ratio:  fmt.Sprintf("%.2f ×", float64(used)/float64(max(other, time.Millisecond))),
			Aim:    fmt.Sprintf("≤ that + %g %%", more), Met: percent(used) <= percent(other)+more,
		}.Print()
	}
	row("idle for 60 s, 20 run: processor, of one core", "empty window", ours, theirs, 0.3)
	row("  the engine's", "without Slipway", engine, alone, 0.2)
	all := len(asked)
	// whether it still answers
	asked = slices.DeleteFunc(asked, func(request string) bool { return strings.HasSuffix(request, "/_ping") })
	enginetest.Figure{
		What:     "  requests to the engine in that time",
		Measured: fmt.Sprintf("%d pings, others: %d %s", all-len(asked), len(asked), strings.Join(asked, ", ")), Beside: "-",
		Ratio: "-", Aim: "no list", Met: len(asked) == 0,
	}.Print()
}

// renames prints how soon a change in the engine is seen, with 50 of them a second.
func (m *measured) renames(e *enginetest.Engine, w *window, p *probe) {
	m.t.Helper()
	var seen []string
	for _, i := range w.Dump().Items {
		if name, ok := strings.CutPrefix(i.ID, "row:"); ok && i.Role == "row" && len(seen) < 8 {
			seen = append(seen, name)
		}
	}
	const perSecond, times = 50, 1000
	came := e.Renames(m.t, seen, "event", perSecond, times)
	time.Sleep(time.Second)
	p.stop()
	var took []time.Duration
	for i := range times {
		// A name that was replaced before it was seen counts until the next one of that container is.
		var at time.Time
		for later := i; later < times && at.IsZero(); later += len(seen) {
			at = p.first[fmt.Sprintf("event-%d", later)]
		}
		if at.IsZero() {
			m.t.Fatalf("the rename %d never came", i)
		}
		took = append(took, at.Sub(came[fmt.Sprintf("event-%d", i)]))
	}
	slices.Sort(took)
	f := enginetest.AtMost("change in the engine → in the window, p99, 50 a second", took[times*99/100],
		250*time.Millisecond)
	f.Beside = fmt.Sprintf("median %v, longest %v", took[times/2].Round(time.Millisecond),
		took[times-1].Round(time.Millisecond))
	f.Print()
}

// probe looks at a window all the time.
type probe struct {
	w       *window
	cancel  context.CancelFunc
	stopped chan struct{}

	// held is the longest that one function held the UI thread, waited the longest that an answer took, and first when a
	// row of this name was first there. They may be read after stop.
	held, waited time.Duration
	first        map[string]time.Time
}

func watchWindow(w *window) *probe {
	p := &probe{w: w, first: map[string]time.Time{}, cancel: func() {}}
	p.run()
	return p
}

func (p *probe) stop() {
	p.cancel()
	<-p.stopped
}

func (p *probe) run() {
	p.w.t.Helper()
	conn, err := net.Dial("unix", p.w.socket)
	if err != nil {
		p.w.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(p.w.t.Context())
	p.cancel, p.stopped = cancel, make(chan struct{})
	go func() {
		defer close(p.stopped)
		defer conn.Close()
		answers := json.NewDecoder(conn)
		for ctx.Err() == nil {
			var d gui.Dump
			asked := time.Now()
			fmt.Fprintln(conn, "dump")
			if answers.Decode(&d) != nil {
				return
			}
			now := time.Now()
			p.held, p.waited = max(p.held, d.Held), max(p.waited, now.Sub(asked))
			for _, i := range d.Items {
				if name, ok := strings.CutPrefix(i.ID, "row:"); ok && p.first[name].IsZero() {
					p.first[name] = now
				}
			}
			time.Sleep(10 * time.Millisecond)
		}
	}()
}
