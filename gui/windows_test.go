//go:build linux

package gui_test

import (
	"bytes"
	"image"
	"image/draw"
	"image/png"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/engine/enginetest"
	"slipway/engine/settings"
	"slipway/gui"
)

// TestWindows runs the program for Windows with wine, beside the one for this computer on the same engine, and
// does the same in both: every page must look alike. Old wines have no unix sockets, so the program for this
// computer tells where things are.
func TestWindows(t *testing.T) {
	if os.Getenv("SLIPWAY_WINDOWS") == "" {
		t.Skip("make test-windows runs the program for Windows")
	}
	t.Setenv("PATH", os.Getenv("PATH")+":/usr/lib/wine") // where Debian's wine64 has its programs
	program, library := buildWindows(t)
	twin := build(t, "migrated_fynedo") // while Go's cache is where it was
	e := enginetest.Start(t)
	tiny := enginetest.TinyImage(t, e)
	docker(t, e,
		append([]string{"run", "-d", "--name", "price-api", "-p", "127.0.0.1::8080", tiny}, enginetest.TinyServer()...)...)
	docker(t, e, "run", "-d", "--name", "etl-nightly", "-v", "survey-2025:/data", tiny, "sh", "-c", "echo broken; exit 3")
	host := forward(t, e.Socket())
	prefer(t, "light")
	w := &twins{here: startWindow(t, twin, host), pictures: filepath.Join(os.TempDir(), "slipway-TestWindows")}
	w.here.Until("the engine", says("engine", "Docker"))
	if err := os.MkdirAll(w.pictures, 0o700); err != nil {
		t.Fatal(err)
	}
	w.openWindows(program, library, host)
	for _, page := range []string{"containers", "images", "volumes", "cleanup", "settings", "launch"} {
		w.click("nav." + page)
		w.here.Until("the page", func(d gui.Dump) bool { return d.Page == page })
		w.alike(page)
	}
	w.click("launch.recent")
	w.alike("menu")
	w.key("Escape")
	w.click("nav.containers")
	w.click("row:price-api")
	w.here.Until("the details", shows("inside.stop"))
	w.alike("details")
	w.clickWindows("inside.stop")
	w.here.Until("what was pressed in Windows to be done", shows("inside.start"))
}

// buildWindows makes the program for Windows, and the library with the source of chance that Go asks for and old wines
// lack.
func buildWindows(t *testing.T) (program, library string) {
	t.Helper()
	const gcc = "x86_64-w64-mingw32-gcc" // by its name: the path is another compiler to Go's cache
	enginetest.Program(t, gcc)
	dir, began := t.TempDir(), time.Now()
	program, library = filepath.Join(dir, "slipway.exe"), filepath.Join(dir, "bcryptprimitives.dll")
	cmd := exec.Command("go", "build", "-tags", "migrated_fynedo", "-ldflags", "-H=windowsgui", "-o", program, "slipway")
	cmd.Env = append(os.Environ(), "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=1", "CC="+gcc)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	t.Logf("built for Windows in %.0f seconds", time.Since(began).Seconds())
	cmd = exec.Command(gcc, "-shared", "-o", library, "-x", "c", "-", "-ladvapi32")
	cmd.Stdin = strings.NewReader(`#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T size) { return SystemFunction036(data, size); }
`)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("gcc: %v\n%s", err, out)
	}
	return program, library
}

// forward makes a socket of the engine reachable as Docker Desktop's is from Windows, until the test ends.
func forward(t *testing.T, socket string) (host string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var (
		all  sync.WaitGroup
		mu   sync.Mutex
		open []net.Conn
	)
	pass := func(to, from net.Conn) {
		defer all.Done()
		io.Copy(to, from)
		to.(interface{ CloseWrite() error }).CloseWrite()
	}
	all.Add(1)
	go func() {
		defer all.Done()
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			engine, err := net.Dial("unix", socket)
			if err != nil {
				client.Close()
				continue
			}
			mu.Lock()
			open = append(open, client, engine)
			mu.Unlock()
			all.Add(2)
			go pass(engine, client)
			go pass(client, engine)
		}
	}()
	t.Cleanup(func() {
		l.Close()
		mu.Lock()
		for _, c := range open {
			c.Close()
		}
		mu.Unlock()
		all.Wait()
	})
	return "tcp://" + l.Addr().String()
}

// twins are the program for this computer and the one for Windows, each on a display of its own.
type twins struct {
	here, windows      *window
	display, atWindows string
	pictures           string // the folder that keeps them
}

// openWindows starts the program for Windows in a Windows of its own, with the same wishes as the one here.
func (w *twins) openWindows(program, library, host string) {
	t := w.here.t
	t.Helper()
	wine, server := enginetest.Program(t, "wine64"), enginetest.Program(t, "wineserver64")
	prefix := filepath.Join(t.TempDir(), "prefix")
	t.Setenv("WINEPREFIX", prefix)
	t.Setenv("WINEDEBUG", "-all")
	t.Setenv("WINEDLLOVERRIDES", "mscoree,mshtml=;winemenubuilder.exe=d")
	w.display = os.Getenv("DISPLAY")
	w.windows = &window{t: t, output: &bytes.Buffer{}, exited: make(chan error, 1)}
	w.windows.startDisplay()
	w.atWindows = os.Getenv("DISPLAY")
	w.windows.background(enginetest.Program(t, "openbox"))
	t.Cleanup(func() { exec.Command(server, "-k", "-w").Run() })
	// its output would be waited for as long as wine's services hold it
	if err := exec.Command(wine, "wineboot", "-i").Run(); err != nil {
		t.Fatalf("wineboot: %v", err)
	}
	dll, err := os.ReadFile(library)
	if err == nil {
		err = os.WriteFile(filepath.Join(prefix, "drive_c/windows/system32", filepath.Base(library)), dll, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(t.TempDir(), "config")
	file, _ := settings.Open(filepath.Join(config, "slipway", "settings.json"))
	if err := file.Change(func(v *settings.Values) { v.Theme = "light" }); err != nil {
		t.Fatal(err)
	}
	w.windows.cmd = exec.Command(wine, program)
	w.windows.cmd.Env = append(os.Environ(), "DOCKER_HOST="+host,
		"XDG_CONFIG_HOME=Z:"+strings.ReplaceAll(config, "/", `\`))
	w.windows.owned(w.windows.cmd)
	began := time.Now()
	w.windows.until("the window for Windows", func() bool {
		out, err := exec.Command(enginetest.Program(t, "xdotool"), "search", "--onlyvisible", "--name", "^Slipway$").Output()
		w.windows.id = strings.TrimSpace(string(out))
		return err == nil && w.windows.id != ""
	})
	t.Logf("the window for Windows is open after %.0f seconds", time.Since(began).Seconds())
	w.windows.xdotool("windowsize", w.windows.id, windowWidth, windowHeight)
	t.Setenv("DISPLAY", w.display)
	w.here.xdotool("windowsize", w.here.id, windowWidth, windowHeight)
}

// The frame that wine wants is not as wide as the one here, so both windows are given the same size.
const windowWidth, windowHeight = "1240", "760"

// click presses the same place in both windows.
func (w *twins) click(id string) {
	w.here.t.Helper()
	w.clickWindows(id)
	w.here.Click(id)
}

// clickWindows presses the place in the window for Windows alone, and leaves the display to the other.
func (w *twins) clickWindows(id string) {
	t := w.here.t
	t.Helper()
	t.Setenv("DISPLAY", w.display)
	i := w.here.still(id)
	t.Setenv("DISPLAY", w.atWindows)
	w.windows.xdotool("mousemove", "--sync", "--window", w.windows.id, strconv.Itoa(int(i.X+i.W/2)),
		strconv.Itoa(int(i.Y+i.H/2)), "click", "1")
	t.Setenv("DISPLAY", w.display)
}

// key presses a key in both windows.
func (w *twins) key(name string) {
	w.here.t.Helper()
	w.here.t.Setenv("DISPLAY", w.atWindows)
	w.windows.xdotool("key", name)
	w.here.t.Setenv("DISPLAY", w.display)
	w.here.Key(name)
}

// alike waits until both windows look alike.
func (w *twins) alike(name string) {
	t := w.here.t
	t.Helper()
	w.here.Dump() // a round trip through the UI thread: what was asked for before is drawn
	w.here.Dump()
	other, all := 0, 0
	// a display does not tell when it was painted
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(300 * time.Millisecond) {
		w.raise()
		here := w.picture(w.here, w.display, name+"-here.png")
		if other, all = unlike(here, w.picture(w.windows, w.atWindows, name+"-windows.png")); other == 0 {
			t.Logf("%s is alike in all of its %d squares", name, all)
			return
		}
	}
	t.Fatalf("%s looks otherwise in Windows: %d of %d squares; see the pictures in %s", name, other, all, w.pictures)
}

// raise brings the window for Windows before wine's own: without a tray of the system wine opens one that lies over it.
func (w *twins) raise() {
	w.here.t.Setenv("DISPLAY", w.atWindows)
	w.windows.xdotool("windowraise", w.windows.id)
	w.here.t.Setenv("DISPLAY", w.display)
}

// picture takes one of a window.
func (w *twins) picture(of *window, display, name string) *image.Gray {
	t := w.here.t
	t.Helper()
	path := filepath.Join(w.pictures, name)
	cmd := exec.Command(enginetest.Program(t, "import"), "-window", of.id, path)
	cmd.Env = append(os.Environ(), "DISPLAY="+display)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("import: %v\n%s", err, out)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	gray := image.NewGray(image.Rect(0, 0, p.Bounds().Dx(), p.Bounds().Dy()))
	draw.Draw(gray, gray.Rect, p, p.Bounds().Min, draw.Src)
	return gray
}

// A picture is compared in squares of this many pixels; one is another when so many pixels in it are, as with another
// letter.
const (
	square     = 16
	otherSigns = 24
)

// unlike counts the squares in which two pictures are not the same, and all. Pictures of other sizes have all squares
// unlike. What is in the corner that names the engine is left out: how far away it is, Windows does not know as well.
func unlike(a, b *image.Gray) (other, all int) {
	all = a.Rect.Dx() / square * (a.Rect.Dy() / square)
	if a.Rect != b.Rect {
		return all, all
	}
	for y := 0; y+square <= a.Rect.Dy(); y += square {
		for x := 0; x+square <= a.Rect.Dx(); x += square {
			if y < 80 && x > 900 {
				continue
			}
			n := 0
			for i := range square * square {
				if p, q := a.GrayAt(x+i%square, y+i/square).Y, b.GrayAt(x+i%square, y+i/square).Y; max(p, q)-min(p, q) > 40 {
					n++
				}
			}
			if n > otherSigns {
				other++
			}
		}
	}
	return other, all
}
