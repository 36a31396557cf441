//go:build linux

package gui_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"slipway/engine/enginetest"
	"slipway/engine/session"
	"slipway/engine/settings"
	"slipway/gui"
	"slipway/gui/commands"
	"slipway/gui/kit"
	"slipway/gui/post"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	commands.UndoTime = 500 * time.Millisecond // the real window of its own waits as long as people do
	os.Exit(enginetest.Main(m))
}

// inProcess drives a window of the test driver on the test's own goroutine.
type inProcess struct {
	t       *testing.T
	shell   *gui.Shell
	session *session.Session
	queue   *post.Queue
	took    []time.Duration // by each click, key and frame
}

// noLeaks fails the test when a goroutine of it is left after everything was cleaned up. It must be called first.
func noLeaks(t *testing.T) {
	t.Helper()
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() {
		// Go's own watcher of signals stays for good once it was used.
		if err := goleak.Find(before, goleak.IgnoreAnyFunction("os/signal.loop")); err != nil {
			t.Error(err)
		}
	})
}

// home gives the test a home of its own, so that it reads and writes nothing of the user's.
func home(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("HOME", dir)
	for _, name := range []string{"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "DOCKER_CONFIG", "DOCKER_CONTEXT", "DBUS_SESSION_BUS_ADDRESS"} {
		t.Setenv(name, "")
		os.Unsetenv(name)
	}
	return dir
}

// freeze is for how long nothing that was posted may hold the UI thread, on a machine that does other things, too; still is how long a
// click, a key or a layout may.
const (
	freeze = time.Second
	still  = 2 * time.Second
)

// watched runs what belongs to the UI thread. When it holds that up, the test fails with what every goroutine was doing then.
func (d *inProcess) watched(what string, fn func()) {
	d.t.Helper()
	var stacks atomic.Pointer[string]
	dog := time.AfterFunc(still, func() {
		all := make([]byte, 1<<20)
		text := string(all[:runtime.Stack(all, true)])
		stacks.Store(&text)
	})
	began := time.Now()
	fn()
	d.took = append(d.took, time.Since(began))
	dog.Stop()
	if text := stacks.Load(); text != nil {
		d.t.Errorf("%s held the UI thread for more than %v:\n%s", what, still, *text)
	}
}

// open opens Slipway's window in this process on the engine at host. prepare fills the user's home before.
func open(t *testing.T, host string, prepare ...func(home string)) *inProcess {
	t.Helper()
	return openOnSession(t, func() *session.Session {
		t.Setenv("DOCKER_HOST", host)
		return session.New("", enginetest.Key)
	}, prepare...)
}

// openOnSession is open on a session that is made once the home is there.
func openOnSession(t *testing.T, make func() *session.Session, prepare ...func(home string)) *inProcess {
	t.Helper()
	dir := home(t)
	for _, fn := range prepare {
		fn(dir)
	}
	queue, restore := post.Capture()
	app := test.NewTempApp(t)
	file, problem := settings.Open(settings.DefaultPath())
	if problem != nil {
		t.Fatal(problem)
	}
	s := make()
	shell := gui.New(app, s, file, "test")
	shell.Window().Resize(fyne.NewSize(1280, 800))
	d := &inProcess{t: t, shell: shell, session: s, queue: queue}
	s.Start()
	t.Cleanup(func() {
		if held := queue.Longest(); held > freeze {
			t.Errorf("the UI thread was held for %v", held)
		}
		if t.Failed() {
			d.picture(filepath.Join(os.TempDir(), "slipway-"+strings.ReplaceAll(t.Name(), "/", "-")+".png"))
		}
		shell.Close()
		s.Close()
		restore()
	})
	return d
}

// layout lets everything take the room that it wants now, as a real canvas does before each frame.
func (d *inProcess) layout() {
	w := d.shell.Window()
	for range 2 {
		w.Content().Refresh()
		w.Resize(w.Canvas().Size())
		for _, o := range w.Canvas().Overlays().List() {
			o.Resize(w.Canvas().Size())
			o.Refresh()
		}
	}
}

func (d *inProcess) Dump() gui.Dump {
	d.watched("a frame", func() {
		d.queue.Pump()
		d.layout()
	})
	return d.shell.Dump()
}

func (d *inProcess) must(id string) kit.Item {
	d.t.Helper()
	dump := d.Dump()
	i, ok := item(dump, id)
	if !ok || !i.Enabled {
		fatal(d.t, dump, "using "+id)
	}
	return i
}

func (d *inProcess) Click(id string) {
	d.t.Helper()
	i := d.must(id)
	switch o := i.Object.(type) {
	case *kit.Field:
		d.shell.Window().Canvas().Focus(o)
	case fyne.Tappable:
		d.watched("pressing "+id, func() {
			o.Tapped(&fyne.PointEvent{AbsolutePosition: fyne.NewPos(i.X+5, i.Y+5), Position: fyne.NewPos(5, 5)})
		})
	default:
		d.t.Fatalf("%s cannot be pressed: %T", id, i.Object)
	}
	d.queue.Pump()
}

func (d *inProcess) Fill(id, text string) {
	d.t.Helper()
	f, ok := d.must(id).Object.(*kit.Field)
	if !ok {
		d.t.Fatalf("%s is no field", id)
	}
	d.shell.Window().Canvas().Focus(f)
	d.watched("typing into "+id, func() {
		f.SetText("")
		test.Type(f, text)
		d.queue.Pump()
	})
}

func (d *inProcess) Key(name string) {
	c := d.shell.Window().Canvas()
	if f := c.Focused(); f != nil {
		f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyName(name)})
	} else {
		kit.PassKey(c, &fyne.KeyEvent{Name: fyne.KeyName(name)})
	}
	d.queue.Pump()
}

func (d *inProcess) Until(what string, ok func(gui.Dump) bool) {
	d.t.Helper()
	if !d.queue.Until(patience, func() bool { return ok(d.Dump()) }) {
		fatal(d.t, d.Dump(), what)
	}
}
