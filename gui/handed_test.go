//go:build linux

package gui_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"slipway/engine/enginetest"
	"slipway/engine/platform"
	"slipway/gui"

	"github.com/godbus/dbus/v5"
)

// TestHandedOver launches what the window was started for, then opens a file that another Slipway hands over, refuses a
// recipe that it does not know, and puts the project on the desktop.
func TestHandedOver(t *testing.T) {
	noLeaks(t)
	e := enginetest.Start(t)
	_, ref := enginetest.JupyterRegistry(t)
	bin, urls := enginetest.XDGOpenRecorder(t)
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	var desktop string
	d := open(t, e.Host(), func(home string) {
		ownRecipe(t, home, "scipy", ref, "", "")
		desktop = filepath.Join(home, "Desktop")
		if err := os.Mkdir(desktop, 0o755); err != nil {
			t.Fatal(err)
		}
	})
	folder := filepath.Join(t.TempDir(), "survey")
	file := filepath.Join(folder, "in", "first look.ipynb")
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755),
		os.WriteFile(file, []byte(`{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":4}`), 0o600)); err != nil {
		t.Fatal(err)
	}
	instance, handed, err := platform.Claim(t.Context(), platform.Request{Do: platform.DoShow})
	if instance == nil || handed || err != nil {
		t.Fatal(handed, err)
	}
	t.Cleanup(func() { instance.Close() })
	d.Shell.Go("images")
	d.Shell.ServeInstance(instance, platform.Request{Do: platform.DoLaunch, Recipe: "scipy", Folder: folder})
	allow(d)
	d.Until("the browser", func(dump gui.Dump) bool { return len(urls()) == 1 && dump.Page == "launch" })
	d.Until("its card", says("launch.server.survey", "survey"))

	hand := func(r platform.Request) (err error) {
		t.Helper()
		var other sync.WaitGroup
		other.Add(1)
		done := make(chan struct{})
		go func() {
			defer other.Done()
			defer close(done)
			if _, handed, got := platform.Claim(context.Background(), r); got == nil && !handed {
				err = errors.New("it took the place")
			} else {
				err = got
			}
		}()
		d.Until("the answer to "+r.Do, func(gui.Dump) bool {
			select {
			case <-done:
				return true
			default:
				return false
			}
		})
		other.Wait()
		return err
	}
	d.Shell.Go("images")
	if err := hand(platform.Request{
		Do: platform.DoOpen, Recipe: "scipy", Folder: filepath.Dir(file),
		File: file,
	}); err != nil {
		t.Error(err)
	}
	d.Until("the file in the browser", func(dump gui.Dump) bool { return len(urls()) == 2 && dump.Page == "launch" })
	if got := urls()[1]; !strings.Contains(got, "/lab/tree/in/first%20look.ipynb?token=") {
		t.Errorf("opened %s", got)
	}
	if err := hand(platform.Request{Do: platform.DoLaunch, Recipe: "none", Folder: folder}); err == nil ||
		!strings.Contains(err.Error(), "“none”") {
		t.Errorf("an unknown recipe: %v", err)
	}
	if err := hand(platform.Request{Do: platform.DoShow}); err != nil {
		t.Error(err)
	}
	if n := len(strings.Fields(docker(t, e, "ps", "-aq"))); n != 1 {
		t.Errorf("there are %d containers", n)
	}

	press(d, "launch.server.survey.more")
	press(d, "menu.shortcut")
	d.Until("the shortcut", func(gui.Dump) bool {
		text, err := os.ReadFile(filepath.Join(desktop, "survey.desktop"))
		return err == nil && strings.Contains(string(text), " launch scipy "+folder+"\n")
	})
	docker(t, e, "rm", "-f", "survey")
	d.Until("no card", hides("launch.server.survey"))
}

// TestSecondSlipway starts the program a second time: the first window comes forward, and does what the second was
// asked.
func TestSecondSlipway(t *testing.T) {
	e := enginetest.Start(t)
	program := build(t, "migrated_fynedo")
	w := openWindow(t, program, e.Host())
	second := func(args ...string) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		if out, err := exec.CommandContext(ctx, program, args...).CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("the second %v: %v\n%s", args, err, out)
		}
	}
	active := func() string {
		out, _ := exec.Command(enginetest.Program(t, "xdotool"), "getactivewindow").Output()
		return strings.TrimSpace(string(out))
	}
	w.xdotool("windowminimize", "--sync", w.id)
	second()
	w.until("the window is in front", func() bool { return active() == w.id })

	folder := filepath.Join(t.TempDir(), "thesis")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	press(w, "nav.images")
	second("launch", "scipy", folder)
	w.Until("the launch page has it", func(d gui.Dump) bool {
		i, ok := item(d, "launch.folder")
		return d.Page == "launch" && ok && i.Text == folder
	})
	out, err := exec.Command(enginetest.Program(t, "xdotool"), "search", "--name", "^Slipway$").Output()
	if n := len(strings.Fields(string(out))); err != nil || n != 1 {
		t.Errorf("there are %d windows, %v", n, err)
	}
	// Whether it pulls or has failed already depends on the network, and does not matter here.
	w.cmd.Process.Signal(syscall.SIGKILL)
	<-w.exited
	w.exited <- nil
	w = startWindow(t, program, e.Host()) // the socket of the killed one is no hindrance
	w.Until("the engine", says("engine", "Docker"))
	w.quit()
}

// TestTray opens the menu that a tray would show, as the tray does: over the session's bus. Fyne checks the threads.
func TestTray(t *testing.T) {
	e := enginetest.Start(t)
	program := build(t, "")
	home(t)
	bus := sessionBus(t)
	items := make(chan dbus.Sender, 4)
	if err := bus.Export(watcher(items), "/StatusNotifierWatcher", "org.kde.StatusNotifierWatcher"); err != nil {
		t.Fatal(err)
	}
	if _, err := bus.RequestName("org.kde.StatusNotifierWatcher", dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	w := startWindow(t, program, e.Host())
	w.Until("the engine", says("engine", "Docker"))
	var item dbus.Sender
	select {
	case item = <-items:
	case <-time.After(patience):
		t.Fatal("nothing came into the tray")
	}
	menu := bus.Object(string(item), "/StatusNotifierMenu")
	w.until("the menu", func() bool { return labels(menu)["No notebook is running"] != 0 })
	tiny := enginetest.TinyImage(t, e)
	docker(t, e, "run", "-d", "--name", "my_lab", "-e", "JUPYTER_TOKEN=t", "-p", "127.0.0.1:0:8888", tiny, "sleep", "1000")
	w.until("the notebook", func() bool { return labels(menu)["Open my__lab"] != 0 })
	docker(t, e, "rm", "-f", "my_lab")
	w.until("it is gone", func() bool { return labels(menu)["No notebook is running"] != 0 })
	w.xdotool("windowminimize", "--sync", w.id)
	click(t, menu, labels(menu)["Open window"])
	w.until("the window is in front", func() bool {
		out, _ := exec.Command(enginetest.Program(t, "xdotool"), "getactivewindow").Output()
		return strings.TrimSpace(string(out)) == w.id
	})
	click(t, menu, labels(menu)["Quit"])
	w.ends()
	if out := w.output.String(); out != "" {
		t.Errorf("it printed:\n%s", out)
	}
}

// watcher stands in for the desktop's tray: it is told of every icon.
type watcher chan dbus.Sender

// RegisterStatusNotifierItem is the method of the same name on the bus.
func (w watcher) RegisterStatusNotifierItem(sender dbus.Sender, _ string) *dbus.Error {
	select {
	case w <- sender:
	default:
	}
	return nil
}

// sessionBus starts a bus for the test, names it in the environment and connects to it.
func sessionBus(t *testing.T) *dbus.Conn {
	t.Helper()
	socket := filepath.Join(os.Getenv("HOME"), "bus")
	ready, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer ready.Close()
	cmd := exec.Command(enginetest.Program(t, "dbus-daemon"), "--session", "--nofork", "--nopidfile",
		"--address=unix:path="+socket, "--print-address=3")
	cmd.ExtraFiles = []*os.File{write}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	if _, err := ready.Read(make([]byte, 1)); err != nil {
		t.Fatalf("dbus-daemon: %v", err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+socket)
	bus, err := dbus.Connect("unix:path=" + socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { bus.Close() })
	return bus
}

// layout is a line of a menu on the bus, with those below it.
type layout struct {
	ID         int32
	Properties map[string]dbus.Variant
	Children   []dbus.Variant
}

// labels are the lines of a menu, with their IDs.
func labels(menu dbus.BusObject) map[string]int32 {
	list := map[string]int32{}
	var revision uint32
	var top layout
	if menu.Call("com.canonical.dbusmenu.GetLayout", 0, int32(0), int32(-1), []string{}).Store(&revision, &top) != nil {
		return list
	}
	for _, c := range top.Children {
		var l layout
		if dbus.Store([]any{c.Value()}, &l) != nil {
			continue
		}
		if text, ok := l.Properties["label"].Value().(string); ok {
			list[text] = l.ID
		}
	}
	return list
}

func click(t *testing.T, menu dbus.BusObject, id int32) {
	t.Helper()
	if err := menu.Call("com.canonical.dbusmenu.Event", 0, id, "clicked", dbus.MakeVariant(0), uint32(0)).Err; err != nil {
		t.Fatal(err)
	}
}

// ends waits for the program's end.
func (w *window) ends() {
	w.t.Helper()
	select {
	case err := <-w.exited:
		if err != nil {
			w.t.Errorf("it ended with %v", err)
		}
	case <-time.After(patience):
		w.t.Fatal("the program does not end")
	}
}
