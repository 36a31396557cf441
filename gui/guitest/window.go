//go:build linux

package guitest

import (
	"image"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"slipway/engine/actions"
	"slipway/engine/endpoint"
	"slipway/engine/enginetest"
	"slipway/engine/practice"
	"slipway/engine/session"
	"slipway/engine/settings"
	"slipway/gui"
	"slipway/gui/kit"
	"slipway/gui/post"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"
	"go.uber.org/goleak"
)

// Freeze is for how long nothing that was posted may hold the UI thread, on a machine that does other things, too;
// still is how long a click, a key or a layout may.
const (
	Freeze = 3 * time.Second
	still  = 4 * time.Second
)

// Window is Slipway's window in this process, driven on the test's own goroutine.
type Window struct {
	T       *testing.T
	Shell   *gui.Shell
	Session *session.Session
	Queue   *post.Queue
	// Took is how long each click, key and frame held the UI thread.
	Took []time.Duration
}

// NoLeaks fails the test when a goroutine of it is left after everything was cleaned up. It must be called first.
func NoLeaks(t *testing.T) {
	t.Helper()
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() {
		// Go's own watcher of signals stays for good once it was used.
		if err := goleak.Find(before, goleak.IgnoreAnyFunction("os/signal.loop")); err != nil {
			t.Error(err)
		}
	})
}

// Home gives the test a home of its own, so that it reads and writes nothing of the user's.
func Home(t *testing.T) string {
	t.Helper()
	return liveIn(t, t.TempDir())
}

// liveIn makes a folder the user's home for the time of the test.
func liveIn(t *testing.T, dir string) string {
	t.Helper()
	t.Setenv("HOME", dir)
	for _, name := range []string{
		"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME",
		"XDG_RUNTIME_DIR", "DOCKER_CONFIG", "DOCKER_CONTEXT", "DBUS_SESSION_BUS_ADDRESS",
	} {
		t.Setenv(name, "")
		os.Unsetenv(name)
	}
	return dir
}

// Practice opens the window on an engine in memory with samples, as [OpenPractice] does. It needs no root, no display
// and no Docker.
func Practice(t *testing.T, o practice.Options) (*Window, *practice.Engine) {
	t.Helper()
	NoLeaks(t)
	e := StartPractice(t, o)
	if err := e.AddSamples(); err != nil {
		t.Fatal(err)
	}
	return OpenPractice(t, e), e
}

// StartPractice starts an engine in memory without anything in it, which ends with the test.
func StartPractice(t *testing.T, o practice.Options) *practice.Engine {
	t.Helper()
	before := actions.WatchTime
	actions.WatchTime = 500 * time.Millisecond // nothing there starts slowly
	t.Cleanup(func() { actions.WatchTime = before })
	e, err := practice.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

// OpenPractice opens the window on an engine in memory, and waits until it shows that engine. prepare fills the user's
// home before.
func OpenPractice(t *testing.T, e *practice.Engine, prepare ...func(home string)) *Window {
	t.Helper()
	w := OpenOn(t, func() *session.Session {
		return session.NewOn(endpoint.Endpoint{Name: "Practice", Source: endpoint.FromPractice, Host: e.Host()},
			[]byte("key of a test"))
	}, prepare...)
	w.Until("the engine", func(d gui.Dump) bool { return Says("engine", "Docker 28")(d) && Hides("welcome.title")(d) })
	return w
}

// Open opens the window on the engine at host. prepare fills the user's home before.
func Open(t *testing.T, host string, prepare ...func(home string)) *Window {
	t.Helper()
	return OpenOn(t, func() *session.Session {
		t.Setenv("DOCKER_HOST", host)
		return session.New("", enginetest.Key)
	}, prepare...)
}

// OpenOn opens the window on a session that is made once the user's home is there.
func OpenOn(t *testing.T, make func() *session.Session, prepare ...func(home string)) *Window {
	t.Helper()
	return OpenAt(t, t.TempDir(), make, prepare...)
}

// OpenAt is [OpenOn] in a home that is there already.
func OpenAt(t *testing.T, home string, make func() *session.Session, prepare ...func(home string)) *Window {
	t.Helper()
	dir := liveIn(t, home)
	for _, fn := range prepare {
		fn(dir)
	}
	queue, restore := post.Capture()
	app := newApp()
	file, problem := settings.Open(settings.DefaultPath())
	if problem != nil {
		t.Fatal(problem)
	}
	s := make()
	s.Live.Gather = 10 * time.Millisecond // nobody's eyes have to follow
	shell := gui.New(app, s, file, gui.Program{Version: "test", Pages: pages()})
	shell.Window().Resize(fyne.NewSize(1280, 800))
	w := &Window{T: t, Shell: shell, Session: s, Queue: queue}
	t.Cleanup(func() {
		if held := queue.Longest(); held > Freeze {
			t.Errorf("the UI thread was held for %v", held)
		}
		if t.Failed() {
			w.Picture(filepath.Join(os.TempDir(), "slipway-"+strings.ReplaceAll(t.Name(), "/", "-")+".png"))
		}
		shell.Close()
		s.Close()
		restore()
	})
	return w
}

// pages are the documentation, where these sources are.
func pages() fs.FS {
	_, file, _, _ := runtime.Caller(0)
	return os.DirFS(filepath.Join(filepath.Dir(file), "..", ".."))
}

// Watched runs what belongs to the UI thread. When it holds that up, the test fails with what every goroutine was doing
// then.
func (w *Window) Watched(what string, fn func()) {
	w.T.Helper()
	var stacks atomic.Pointer[string]
	dog := time.AfterFunc(still, func() {
		all := make([]byte, 1<<20)
		text := string(all[:runtime.Stack(all, true)])
		stacks.Store(&text)
	})
	began := time.Now()
	fn()
	w.Took = append(w.Took, time.Since(began))
	dog.Stop()
	if text := stacks.Load(); text != nil {
		w.T.Errorf("%s held the UI thread for more than %v:\n%s", what, still, *text)
	}
}

// layout lets everything take the room that it wants now, as a real canvas does before each frame.
func (w *Window) layout() {
	win := w.Shell.Window()
	for range 2 {
		win.Content().Refresh()
		win.Resize(win.Canvas().Size())
		for _, o := range win.Canvas().Overlays().List() {
			o.Resize(win.Canvas().Size())
			o.Refresh()
		}
	}
}

// Capture draws the window as it is now.
func (w *Window) Capture() image.Image {
	w.Dump()
	return w.Shell.Window().Canvas().Capture()
}

// Picture draws the window as it is now into a PNG file.
func (w *Window) Picture(path string) {
	w.layout()
	f, err := os.Create(path)
	if err != nil {
		w.T.Log(err)
		return
	}
	defer f.Close()
	if err := png.Encode(f, w.Shell.Window().Canvas().Capture()); err != nil {
		w.T.Log(err)
	}
	w.T.Log("the window:", path)
}

// Dump implements [Driver].
func (w *Window) Dump() gui.Dump {
	w.Watched("a frame", func() {
		w.Queue.Pump()
		w.layout()
	})
	return w.Shell.Dump()
}

func (w *Window) must(id string) kit.Item {
	w.T.Helper()
	dump := w.Dump()
	i, ok := Item(dump, id)
	if !ok || !i.Enabled {
		Fatal(w.T, dump, "using "+id)
	}
	return i
}

// Click implements [Driver].
func (w *Window) Click(id string) {
	w.T.Helper()
	i := w.must(id)
	switch o := i.Object.(type) {
	case *kit.Field:
		w.Shell.Window().Canvas().Focus(o)
	case fyne.Tappable:
		w.Watched("pressing "+id, func() {
			o.Tapped(&fyne.PointEvent{AbsolutePosition: fyne.NewPos(i.X+5, i.Y+5), Position: fyne.NewPos(5, 5)})
		})
	default:
		w.T.Fatalf("%s cannot be pressed: %T", id, i.Object)
	}
	w.Queue.Pump()
}

// Press waits until a thing can be used and clicks it.
func (w *Window) Press(id string) {
	w.T.Helper()
	w.Until(id+" can be pressed", Ready(id))
	w.Click(id)
}

// Fill implements [Driver].
func (w *Window) Fill(id, text string) {
	w.T.Helper()
	f, ok := w.must(id).Object.(*kit.Field)
	if !ok {
		w.T.Fatalf("%s is no field", id)
	}
	w.Shell.Window().Canvas().Focus(f)
	w.Watched("typing into "+id, func() {
		f.SetText("")
		test.Type(f, text)
		w.Queue.Pump()
	})
}

// Key implements [Driver].
func (w *Window) Key(name string) {
	c := w.Shell.Window().Canvas()
	if f := c.Focused(); f != nil {
		f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyName(name)})
	} else {
		kit.PassKey(c, &fyne.KeyEvent{Name: fyne.KeyName(name)})
	}
	w.Queue.Pump()
}

// Shortcut passes a shortcut to what has the keys, or to the window.
func (w *Window) Shortcut(s fyne.Shortcut) {
	w.T.Helper()
	c := w.Shell.Window().Canvas()
	f, ok := c.Focused().(fyne.Shortcutable)
	if !ok {
		if f, ok = c.(fyne.Shortcutable); !ok {
			w.T.Fatal("nothing takes shortcuts")
		}
	}
	w.Watched("a shortcut", func() { f.TypedShortcut(s) })
	w.Queue.Pump()
}

// Drop drops files or folders on the window.
func (w *Window) Drop(paths ...string) {
	w.T.Helper()
	uris := make([]fyne.URI, len(paths))
	for i, p := range paths {
		uris[i] = storage.NewFileURI(p)
	}
	w.Watched("a drop", func() { w.Shell.Drop(uris) })
	w.Queue.Pump()
}

// Until implements [Driver].
func (w *Window) Until(what string, ok func(gui.Dump) bool) {
	w.T.Helper()
	if !w.Queue.Until(Patience, func() bool { return ok(w.Dump()) }) {
		Fatal(w.T, w.Dump(), what)
	}
}

// See waits until something with this ID is visible.
func (w *Window) See(id string) {
	w.T.Helper()
	w.Until(id+" is visible", Shows(id))
}

// Gone waits until nothing with this ID is visible.
func (w *Window) Gone(id string) {
	w.T.Helper()
	w.Until(id+" is gone", Hides(id))
}

// Read waits until the thing with this ID has a text in it.
func (w *Window) Read(id, text string) {
	w.T.Helper()
	w.Until(id+" says "+text, Says(id, text))
}
