//go:build linux

package gui_test

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/engine/enginetest"
	"slipway/gui"
)

// TestMeasureInside measures what is inside a container in the real window: the first screen of an output, scrolling
// through it, a flood in a terminal, and the columns of what containers use.
func TestMeasureInside(t *testing.T) {
	enginetest.Measuring(t)
	e := enginetest.Start(t)
	image := enginetest.TinyImage(t, e)
	const lines = 100_000
	for i := range enginetest.Rounds {
		docker(t, e, "run", "-d", "--name", fmt.Sprint("talker-", i), image, "sh", "-c",
			fmt.Sprintf(`seq %[2]d | sed "s/$/ is a line that talker-%[1]d says, as long as lines are/"; trap 'exit 0' TERM; sleep 100000 & wait`, i, lines))
	}
	m := newMeasured(t, e.Host())
	w := m.slipway()
	w.findID()
	w.Until("the list", func(d gui.Dump) bool { return rows(d) == enginetest.Rounds })
	m.firstScreen(w, lines)
	m.scrolling(w)
	m.flood(e, w)
}

// findID finds the window's own number, that the pointer is moved by.
func (w *window) findID() {
	w.t.Helper()
	out, err := exec.Command(enginetest.Program(w.t, "xdotool"), "search", "--onlyvisible", "--name", "^Slipway$").Output()
	if err != nil {
		w.t.Fatal(err)
	}
	fields := strings.Fields(string(out))
	w.id = fields[len(fields)-1]
}

// dumper asks a window again and again over one connection.
type dumper struct {
	t       *testing.T
	conn    net.Conn
	answers *json.Decoder
}

func newDumper(t *testing.T, w *window) *dumper {
	t.Helper()
	conn, err := net.Dial("unix", w.socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &dumper{t, conn, json.NewDecoder(conn)}
}

func (a *dumper) dump() (d gui.Dump) {
	a.t.Helper()
	fmt.Fprintln(a.conn, "dump")
	if err := a.answers.Decode(&d); err != nil {
		a.t.Fatal(err)
	}
	return d
}

// seen waits until something is there and was painted: the answer to a second question comes after that.
func (a *dumper) seen(what string, ok func(gui.Dump) bool) time.Time {
	a.t.Helper()
	for deadline := time.Now().Add(patience); ; {
		d := a.dump()
		if ok(d) {
			a.dump()
			return time.Now()
		}
		if time.Now().After(deadline) {
			fatal(a.t, d, what)
		}
	}
}

// firstScreen prints how soon the newest lines are seen after the click on a container.
func (m *measured) firstScreen(w *window, lines int) {
	m.t.Helper()
	w.Click("row:talker-0")
	w.Until("the details", shows("inside.tab.logs"))
	w.Click("inside.tab.logs")
	w.Until("its lines", says("inside.output", fmt.Sprintf("%d is a line that talker-0", lines)))
	a := newDumper(m.t, w)
	var took []time.Duration
	for round := range 2 * enginetest.Rounds { // the second look at each is no quicker: nothing is kept
		name := fmt.Sprint("talker-", (round+1)%enginetest.Rounds)
		p := w.still("row:" + name)
		w.xdotool("mousemove", "--sync", "--window", w.id, fmt.Sprint(int(p.X+p.W/2)), fmt.Sprint(int(p.Y+p.H/2)))
		began := time.Now()
		w.xdotool("click", "1")
		took = append(took,
			a.seen("its last line", says("inside.output", fmt.Sprintf("%d is a line that %s says", lines, name))).Sub(began))
	}
	enginetest.AtMost("click on a container → the newest of 100,000 lines, painted", enginetest.Median(took),
		150*time.Millisecond).Print()
}

// scrolling prints for how long the window does not answer while all lines are scrolled through with the wheel.
func (m *measured) scrolling(w *window) {
	m.t.Helper()
	w.Fill("inside.find", "no such words")
	w.Click("inside.searchall") // reads them all
	w.Until("all are there", func(d gui.Dump) bool { return !shows("inside.older")(d) })
	w.Fill("inside.find", "")
	p := w.still("inside.output")
	w.xdotool("mousemove", "--sync", "--window", w.id, fmt.Sprint(int(p.X+p.W/2)), fmt.Sprint(int(p.Y+p.H/2)))
	used, probe := enginetest.ProcessorTime(m.t, w.cmd.Process.Pid), watchWindow(w)
	began := time.Now()
	const turns = 600
	w.xdotool("click", "--repeat", fmt.Sprint(turns), "--delay", "10", "4")
	took := time.Since(began)
	used = enginetest.ProcessorTime(m.t, w.cmd.Process.Pid) - used
	probe.stop()
	enginetest.Figure{
		What:     "scrolling 100,000 lines, 600 turns of the wheel",
		Measured: fmt.Sprintf("%s of processor for a turn", (used / turns).Round(100*time.Microsecond)),
		Beside:   fmt.Sprintf("%v, by software on all cores", took.Round(time.Millisecond)), Ratio: "-",
		Aim: "≤ 8ms a frame, see below", Met: used/turns <= 8*time.Millisecond,
	}.Print()
	enginetest.AtMost("  longest wait for the window meanwhile", probe.waited, 50*time.Millisecond).Print()
	enginetest.AtMost("  longest hold by one function", probe.held, 8*time.Millisecond).Print()
}

// flood prints what a terminal does with more than anybody reads.
func (m *measured) flood(e *enginetest.Engine, w *window) {
	m.t.Helper()
	const span, much = 30 * time.Second, 3_000_000
	w.Click("inside.tab.terminal")
	screen := func(ok func(string) bool) func(gui.Dump) bool {
		return func(d gui.Dump) bool {
			for _, i := range d.Items {
				if i.Role == "terminal" {
					return ok(i.Text)
				}
			}
			return false
		}
	}
	w.Until("a prompt", screen(func(s string) bool { return strings.HasSuffix(s, "#") }))
	a := newDumper(m.t, w)
	w.xdotool("type", "--delay", "5", "yes flood")
	w.xdotool("key", "Return") // a line end that is typed is another key
	a.seen("the flood", screen(func(s string) bool { return strings.Count(s, "flood\n") > 2 }))
	probe := watchWindow(w)
	time.Sleep(span)
	probe.stop()
	enginetest.AtMost("a flood in a terminal for 30 s: longest wait for the window", probe.waited, 50*time.Millisecond).
		Print()
	began := time.Now()
	w.xdotool("key", "ctrl+c")
	at := a.seen("a prompt", screen(func(s string) bool { return strings.HasSuffix(s, "#") }))
	enginetest.AtMost("  Ctrl+C → the prompt", at.Sub(began), 300*time.Millisecond).Print()

	line := fmt.Sprintf("clear; seq 1 %d; echo all of it", much)
	began = time.Now()
	w.xdotool("type", "--delay", "5", line)
	w.xdotool("key", "Return")
	took := a.seen("its end", screen(func(s string) bool { return strings.Contains(s, "\nall of it\n") })).Sub(began)
	began = time.Now()
	cmd := exec.Command(enginetest.Program(m.t, "docker"), "-H", e.Host(), "exec", "talker-0", "sh", "-c", line)
	if out, err := cmd.Output(); err != nil || len(out) < much {
		m.t.Fatalf("%d bytes, %v", len(out), err)
	}
	enginetest.Times(fmt.Sprintf("  %d lines printed in a terminal (23 MB)", much), took, "docker exec without one",
		time.Since(began), 100).Print()
}

// TestMeasureUsage measures what the columns of processor and memory cost, with 50 containers that run.
func TestMeasureUsage(t *testing.T) {
	enginetest.Measuring(t)
	e := enginetest.Start(t)
	defer e.Kill() // 50 containers do not end in time
	const running = 50
	e.StartAll(t, e.Many(t, "used", running))
	m := newMeasured(t, e.Host())
	span := 30 * time.Second
	cost := func(columns string) (ours, engine time.Duration) {
		dir := filepath.Join(os.Getenv("HOME"), ".config/slipway")
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "settings.json"), []byte(`{"version":1,"usage":`+columns+`}`),
			0o600); err != nil {
			t.Fatal(err)
		}
		w := m.slipway()
		w.Until("the list", func(d gui.Dump) bool { return rows(d) > 0 })
		time.Sleep(settled)
		ours, engine = enginetest.ProcessorTime(t, w.cmd.Process.Pid), e.ProcessorTime(t)
		time.Sleep(span)
		ours, engine = enginetest.ProcessorTime(t, w.cmd.Process.Pid)-ours, e.ProcessorTime(t)-engine
		w.end()
		return ours, engine
	}
	without, engineWithout := cost("false")
	with, engineWith := cost("true")
	percent := func(d time.Duration) float64 { return 100 * float64(d) / float64(span) }
	enginetest.Figure{
		What:     "columns of what 50 containers use, as many as are seen, with painting",
		Measured: fmt.Sprintf("%.2f %% of a core", percent(with)),
		Beside: fmt.Sprintf("without %.2f %%; engine %.2f %% and %.2f %%", percent(without), percent(engineWith),
			percent(engineWithout)),
		Ratio: "-", Aim: "≤ that + 1 %", Met: percent(with) <= percent(without)+1,
	}.Print()
}
