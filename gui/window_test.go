//go:build linux

package gui_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"slipway/engine/enginetest"
	"slipway/gui"
)

// TestMainJobInRealWindow does the main job with the real program in a real window, driven by a real pointer and
// keyboard.
func TestMainJobInRealWindow(t *testing.T) {
	e := enginetest.Start(t)
	registry, ref := enginetest.JupyterRegistry(t)
	bin, urls := enginetest.XDGOpenRecorder(t)
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	w := openWindow(t, build(t, "migrated_fynedo"), e.Host())
	mainJob(t, w, e, registry.Addr(), ref, urls)
	w.quit()
	if out := w.output.String(); strings.Contains(out, "panic") || strings.Contains(out, "Error") {
		t.Errorf("the program printed:\n%s", out)
	}
}

// TestNoCallFromTheWrongThread runs a build in which Fyne checks that all calls come from its own thread.
func TestNoCallFromTheWrongThread(t *testing.T) {
	e := enginetest.Start(t)
	tiny := enginetest.TinyImage(t, e)
	w := openWindow(t, build(t, ""), e.Host())
	press(w, "nav.images")
	press(w, "row:"+tiny+".run")
	w.Until("the port", shows("run.port.0.host"))
	w.Fill("run.name", "calls")
	press(w, "run.go")
	w.Until("the form is gone", hides("run"))
	press(w, "nav.containers")
	press(w, "row:calls")
	w.Until("the details", shows("inside.stop"))
	press(w, "inside.stop")
	w.Until("it can be started again", shows("inside.start"))
	press(w, "strip.jobs")
	w.Until("the jobs", shows("jobs.close"))
	w.Key("Escape")
	e.Kill()
	w.Until("the banner", shows("banner"))
	e.Restart(t)
	w.Until("no banner", hides("banner"))
	w.quit()
	if out := w.output.String(); strings.Contains(out, "Error in Fyne call thread") {
		t.Errorf("calls from the wrong thread:\n%s", out)
	}
}

// build makes the program as a user would, with the tags.
func build(t *testing.T, tags string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("building the program takes a while")
	}
	program := filepath.Join(t.TempDir(), "slipway")
	cmd := exec.Command("go", "build", "-tags", tags, "-o", program, "slipway")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return program
}

// window is the real program on a display of its own.
type window struct {
	t      *testing.T
	socket string
	cmd    *exec.Cmd
	exited chan error
	output *bytes.Buffer
	id     string
}

// openWindow opens the program in a home of its own and waits until it has found the engine.
func openWindow(t *testing.T, program, host string) *window {
	t.Helper()
	home(t)
	w := startWindow(t, program, host)
	w.Until("the engine", says("engine", "Docker"))
	return w
}

// startWindow starts a display, a window manager and the program, and waits until its window is up.
func startWindow(t *testing.T, program, host string) *window {
	t.Helper()
	t.Setenv("DOCKER_HOST", host)
	w := &window{
		t: t, socket: filepath.Join(os.Getenv("HOME"), "automation"), output: &bytes.Buffer{},
		exited: make(chan error, 1),
	}
	w.startDisplay()
	w.background(enginetest.Program(t, "openbox"))
	w.cmd = exec.Command(program, "--automation", w.socket)
	w.cmd.Stdout, w.cmd.Stderr = w.output, w.output
	if err := w.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { w.exited <- w.cmd.Wait() }()
	t.Cleanup(func() {
		w.cmd.Process.Signal(syscall.SIGKILL) // does nothing after it ended
		if t.Failed() {
			select { // what it printed is complete when it has ended
			case <-w.exited:
			case <-time.After(5 * time.Second):
			}
			t.Logf("the program printed:\n%s", w.output)
		}
	})
	w.until("the window", func() bool {
		out, err := exec.Command(enginetest.Program(t, "xdotool"), "search", "--onlyvisible", "--name", "^Slipway$").Output()
		w.id = strings.TrimSpace(string(out))
		return err == nil && w.id != ""
	})
	return w
}

// startDisplay starts Xvfb on a display number that it chooses itself. It stays as it is when its last client leaves:
// else whoever connects while it begins anew is thrown out.
func (w *window) startDisplay() {
	w.t.Helper()
	r, write, err := os.Pipe()
	if err != nil {
		w.t.Fatal(err)
	}
	defer r.Close()
	cmd := exec.Command(enginetest.Program(w.t, "Xvfb"), "-displayfd", "3", "-screen", "0", "1282x824x24", "+extension",
		"GLX", "-nolisten", "tcp", "-noreset")
	cmd.ExtraFiles = []*os.File{write}
	w.owned(cmd)
	write.Close()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		w.t.Fatalf("Xvfb: %v", err)
	}
	w.t.Setenv("DISPLAY", ":"+strings.TrimSpace(line))
	w.t.Setenv("LIBGL_ALWAYS_SOFTWARE", "1")
	w.t.Setenv("FYNE_SCALE", "1")
	w.t.Setenv("LANG", "en_US.UTF-8")
	w.t.Setenv("LC_ALL", "")
	w.t.Setenv("LANGUAGE", "")
}

// owned starts a process that ends with the test.
func (w *window) owned(cmd *exec.Cmd) {
	w.t.Helper()
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
}

func (w *window) background(program string, args ...string) { w.owned(exec.Command(program, args...)) }

// until waits for a state of the window's surroundings.
func (w *window) until(what string, ok func() bool) {
	w.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		select {
		case err := <-w.exited:
			w.t.Fatalf("the program ended while waiting for %s: %v\n%s", what, err, w.output)
		default:
		}
		if ok() {
			return
		}
		time.Sleep(50 * time.Millisecond) // between two looks at another process, which does not tell when it changed
	}
	w.shot()
	w.t.Fatalf("waited in vain: %s", what)
}

func (w *window) Dump() gui.Dump {
	w.t.Helper()
	var d gui.Dump
	w.until("an answer of the automation", func() bool {
		c, err := net.DialTimeout("unix", w.socket, time.Second)
		if err != nil {
			return false
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(30 * time.Second))
		fmt.Fprintln(c, "dump")
		return json.NewDecoder(c).Decode(&d) == nil
	})
	return d
}

func (w *window) Until(what string, ok func(gui.Dump) bool) {
	w.t.Helper()
	var last gui.Dump
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if last = w.Dump(); ok(last) {
			return
		}
	}
	w.shot()
	fatal(w.t, last, what)
}

func (w *window) Click(id string) {
	w.t.Helper()
	i := w.still(id)
	w.xdotool("mousemove", "--sync", "--window", w.id, fmt.Sprint(int(i.X+i.W/2)), fmt.Sprint(int(i.Y+i.H/2)), "click",
		"1")
}

// still waits until a thing does not move any more, since a pointer takes time.
func (w *window) still(id string) place {
	w.t.Helper()
	var last place
	w.Until(id+" stands still", func(d gui.Dump) bool {
		i, ok := item(d, id)
		now := place{i.X, i.Y, i.W, i.H}
		same := ok && i.Enabled && now == last
		last = now
		return same
	})
	return last
}

type place struct{ X, Y, W, H float32 }

func (w *window) Fill(id, text string) {
	w.t.Helper()
	i := w.still(id)
	w.xdotool("mousemove", "--sync", "--window", w.id, fmt.Sprint(int(i.X+12)), fmt.Sprint(int(i.Y+i.H/2)), "click", "1")
	w.Until(id+" has the focus", func(d gui.Dump) bool { i, ok := item(d, id); return ok && i.Focused })
	w.xdotool("key", "ctrl+a")
	w.xdotool("key", "Delete")
	w.xdotool("type", "--delay", "12", text)
	w.Until(id+" is filled in", func(d gui.Dump) bool {
		i, ok := item(d, id)
		return ok && (i.Text == text || strings.Trim(i.Text, "•") == "" && i.Text != "")
	})
}

func (w *window) Key(name string) {
	w.t.Helper()
	w.xdotool("key", name)
}

func (w *window) xdotool(args ...string) {
	w.t.Helper()
	if out, err := exec.Command(enginetest.Program(w.t, "xdotool"), args...).CombinedOutput(); err != nil {
		w.t.Fatalf("xdotool %v: %v\n%s", args, err, out)
	}
}

// shot keeps a picture of the screen of a failed test.
func (w *window) shot() {
	path := filepath.Join(os.TempDir(), "slipway-"+strings.ReplaceAll(w.t.Name(), "/", "-")+".png")
	if exec.Command("import", "-window", "root", path).Run() == nil {
		w.t.Log("the screen:", path)
	}
}

// quit closes the window as a person would and waits until the program ended well.
func (w *window) quit() {
	w.t.Helper()
	w.xdotool("key", "ctrl+q")
	asked := false
	deadline := time.After(patience)
	for {
		select {
		case err := <-w.exited:
			if err != nil {
				w.t.Errorf("the program ended with %v", err)
			}
			return
		case <-deadline:
			w.shot()
			w.cmd.Process.Signal(syscall.SIGQUIT) // it prints what its goroutines wait for
			<-w.exited
			w.exited <- nil
			w.t.Fatal("the program did not end")
		case <-time.After(200 * time.Millisecond):
			// It may ask, because containers go on running.
			if c, err := net.Dial("unix", w.socket); err == nil && !asked {
				var d gui.Dump
				c.SetDeadline(time.Now().Add(5 * time.Second))
				fmt.Fprintln(c, "dump")
				err = json.NewDecoder(c).Decode(&d)
				c.Close()
				if _, ok := item(d, "quit.go"); err == nil && ok {
					asked = true
					w.xdotool("key", "Return")
				}
			}
		}
	}
}
