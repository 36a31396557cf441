//go:build linux

package gui_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"slipway/engine/enginetest"
	"slipway/engine/practice"
	"slipway/engine/session"
	"slipway/engine/settings"
	"slipway/gui"
	"slipway/gui/guitest"
	"slipway/gui/kit"
	"slipway/gui/present"

	"fyne.io/fyne/v2"
	"golang.org/x/sys/unix"
)

// stageVariable tells the program that it is the one on the stage, a computer of its own: no file of the user's home
// and no port of this computer is seen there, so that the pictures are the same everywhere.
const stageVariable = "SLIPWAY_STAGE"

// TestPictures draws every page in light colours, and holds that the pictures are those in assets/screenshots, which
// the README shows. With SLIPWAY_SCREENSHOTS, a folder, it draws them there, light and dark, twice, and holds that they
// come out the same: "make screenshots".
func TestPictures(t *testing.T) {
	if os.Getenv(stageVariable) != "" {
		onStage(t)
		return
	}
	if testing.Short() || raced {
		t.Skip("the pictures take half a minute, and much longer with the race detector: make test-pictures")
	}
	dir, made := os.Getenv("SLIPWAY_SCREENSHOTS"), t.TempDir()
	if dir != "" {
		goOnStage(t, dir, "light dark")
	} else if runtime.GOARCH != "amd64" {
		t.Skip("another processor rounds other colours")
	} else {
		dir = filepath.Join("..", "assets", "screenshots")
	}
	goOnStage(t, made, "light")
	list, err := filepath.Glob(filepath.Join(made, "*.png"))
	if err != nil || len(list) < 20 {
		t.Fatalf("%d pictures, %v", len(list), err)
	}
	for _, name := range list {
		one, err1 := os.ReadFile(name)
		other, err2 := os.ReadFile(filepath.Join(dir, filepath.Base(name)))
		if err := errors.Join(err1, err2); err != nil {
			t.Error(err)
		} else if !bytes.Equal(one, other) {
			now := filepath.Join(os.TempDir(), "slipway-"+filepath.Base(name))
			t.Errorf("%s has changed: look at %s, and at what “make screenshots” makes of it (%v)", filepath.Base(name), now,
				os.WriteFile(now, one, 0o600))
		}
	}
}

// goOnStage runs this test once more, with name spaces of its own for files, ports and the name of the computer.
func goOnStage(t *testing.T, dir, themes string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v", "-test.timeout=10m")
	cmd.Env = append(os.Environ(), stageVariable+"="+dir, "SLIPWAY_THEMES="+themes, "TZ=UTC", "LANG=en_US.UTF-8",
		"LC_ALL=", "LANGUAGE=")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS | syscall.CLONE_NEWNET | syscall.CLONE_NEWUTS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 1000, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 1000, HostID: os.Getgid(), Size: 1}},
		AmbientCaps: []uintptr{unix.CAP_SYS_ADMIN, unix.CAP_NET_ADMIN}, // which a user who is not root would lose
	}
	out, err := cmd.CombinedOutput()
	var started *exec.ExitError
	if err != nil && !errors.As(err, &started) {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skipf("there are no name spaces of its own here: %v", err)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// setStage makes an empty home, and turns the network of this computer on, which has nothing but itself.
func setStage(t *testing.T) (home string) {
	t.Helper()
	must := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	must("files of its own", unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""))
	for _, dir := range []string{"/home", "/run"} {
		must(dir, unix.Mount("tmpfs", dir, "tmpfs", 0, "mode=0755,uid=1000,gid=1000"))
	}
	must("its name", unix.Sethostname([]byte("laptop")))
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	must("a socket", err)
	defer unix.Close(fd)
	lo, err := unix.NewIfreq("lo")
	must("its network", err)
	lo.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	must("its network", unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, lo))
	home = "/home/ana"
	must("its home", os.MkdirAll(filepath.Join(home, "research", "survey-2026"), 0o755))
	must("a file of its own",
		os.WriteFile(filepath.Join(home, "research", "survey-2026", "survey.ipynb"), []byte("{}"), 0o644))
	return home
}

// onStage makes the pictures.
func onStage(t *testing.T) {
	t.Helper()
	dir, home := os.Getenv(stageVariable), setStage(t)
	bin, _ := enginetest.XDGOpenRecorder(t)
	// what is installed on this computer is not seen
	if err := os.WriteFile(filepath.Join(bin, "dockerd"), []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	for _, theme := range strings.Fields(os.Getenv("SLIPWAY_THEMES")) {
		shoot := func(t *testing.T, d *inProcess) func(name string) {
			t.Helper()
			return func(name string) { save(t, d, filepath.Join(dir, name+"-"+theme+".png")) }
		}
		if theme == madeUp {
			speakMadeUp(t)
			shoot = func(t *testing.T, d *inProcess) func(name string) {
				t.Helper()
				return (&inspector{t: t, d: d, dir: dir, seen: map[string]bool{}}).look
			}
		}
		t.Run("welcome-"+theme, func(t *testing.T) {
			d := guitest.OpenAt(t, home, func() *session.Session { return session.New("", enginetest.Key) }, func(string) {
				prefer(t, theme)
			})
			d.Until("the welcome page", shows("welcome.fix"))
			shoot(t, d)("welcome")
		})
		t.Run(theme, func(t *testing.T) {
			var asked atomic.Int64 // lines that are printed after each other are told apart by their times
			then := func() time.Time {
				return time.Date(2026, 11, 20, 10, 30, 0, 0, time.UTC).Add(time.Duration(asked.Add(1)) * time.Microsecond)
			}
			t.Cleanup(present.SetClock(then))
			e := guitest.StartPractice(t, practice.Options{Seed: 7, Now: then})
			furnish(t, e)
			socket := "/run/docker.sock" // where Slipway looks by itself
			if err := os.Symlink(strings.TrimPrefix(e.Host(), "unix://"), socket); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { os.Remove(socket) })
			d := guitest.OpenAt(t, home, func() *session.Session { return session.New("", enginetest.Key) }, func(string) {
				prefer(t, theme)
			})
			d.Until("the engine", says("engine", "Docker 28"))
			guitest.UndoFor(t, 10*time.Second) // as outside of tests
			photograph(t, d, e, shoot(t, d))
		})
		os.RemoveAll(filepath.Join(home, ".config"))
	}
}

// prefer chooses a theme in the settings of a home.
func prefer(t *testing.T, theme string) {
	t.Helper()
	file, _ := settings.Open(settings.DefaultPath())
	if err := file.Change(func(v *settings.Values) { v.Theme = strings.TrimPrefix(theme, madeUp) }); err != nil {
		t.Fatal(err)
	}
}

// furnish fills an engine with what a person may have.
func furnish(t *testing.T, e *practice.Engine) {
	t.Helper()
	for name, from := range map[string]string{
		"quay.io/jupyter/scipy-notebook:latest":   "quay.io/jupyter/scipy-notebook:latest",
		"quay.io/jupyter/minimal-notebook:latest": "quay.io/jupyter/minimal-notebook:latest",
		"price-model:0.3":                         "python:3.13", "python:3.13": "python:3.13", "postgres:17": "postgres:17",
		"hello-world:latest": "hello-world:latest",
	} {
		if err := e.AddImage(from, name); err != nil {
			t.Fatal(err)
		}
	}
	numbers := strings.Repeat("2026-11-02;Porto;3;7;1;yes\n", 1000)
	e.AddVolume("survey-2025", map[string]string{
		"/raw/answers.csv": strings.Repeat(numbers, 90),
		"/raw/towns.csv":   strings.Repeat(numbers, 11), "/clean.ipynb": strings.Repeat(numbers, 2),
		"/README.md": "# Survey of 2025\n",
	})
	e.AddVolume("thesis-work",
		map[string]string{"/chapter-1.ipynb": strings.Repeat(numbers, 3), "/chapter-2.ipynb": strings.Repeat(numbers, 5)})
	// It begins after the database has printed its lines, so that they are always in this order.
	log := `sleep 0.3; for i in 1 2 3 4; do printf '\033[32m[I ServerApp]\033[0m Kernel started: survey.ipynb\n'; printf '\033[33m[W ServerApp]\033[0m 404 GET /favicon.ico (127.0.0.1)\n' >&2; printf '\033[32m[I ServerApp]\033[0m Saving file at /survey.ipynb\n'; done; exec start-notebook.py >/dev/null 2>&1`
	for _, s := range []practice.Sample{
		{Name: "tidy_bear", Image: "hello-world:latest", Age: 26 * time.Hour, Ends: true},
		{
			Name: "monthly-report", Image: "python:3.13", Ends: true, Age: 5 * time.Hour,
			Command: []string{
				"sh", "-c",
				"echo 'Reading sales.csv'; echo \"FileNotFoundError: [Errno 2] No such file or directory: '/data/sales.csv'\" >&2; exit 1",
			},
		},
		{
			Name: "survey-db", Image: "postgres:17", Age: 3 * time.Hour, Env: []string{"POSTGRES_PASSWORD=correct-horse"},
			Binds: []string{"survey-db:/var/lib/postgresql/data"},
		},
		{
			Name: "price-api", Image: "price-model:0.3", Age: 50 * time.Minute, Ports: map[string]string{"8080/tcp": "8000"},
			Command: []string{"httpd", "-f", "-p", "8080", "-h", "/opt"},
		},
		{
			Name: "thesis", Image: "quay.io/jupyter/scipy-notebook:latest", Age: 12*time.Minute + 20*time.Second,
			Binds: []string{"thesis-work:/home/jovyan/work"}, Command: []string{"sh", "/opt/start.sh"},
			Ports: map[string]string{"8888/tcp": "8888"},
			Files: map[string]string{
				"/opt/start.sh": log, "/home/jovyan/Untitled.ipynb": strings.Repeat(numbers, 2),
				"/home/jovyan/figures/map.png": strings.Repeat(numbers, 45), "/home/jovyan/draft/clean.py": numbers[:6000],
				"/tmp/a": "", "/tmp/b": "",
			},
		},
	} {
		if err := e.Add(s); err != nil {
			t.Fatal(err)
		}
	}
}

// maxColours is how many colours a picture has, maxLooks how often it is looked whether it still changes.
const maxColours, maxLooks = 200, 10

func same(a, b image.Image) bool {
	one, ok1 := a.(*image.NRGBA)
	other, ok2 := b.(*image.NRGBA)
	return ok1 && ok2 && bytes.Equal(one.Pix, other.Pix)
}

// save draws the window into a small PNG file, once nothing moves any more.
func save(t *testing.T, d *inProcess, path string) {
	t.Helper()
	d.Shell.Window().Canvas().Unfocus() // no cursor blinks
	from := d.Capture()
	for range maxLooks { // no state tells that everything that was asked for has come
		time.Sleep(100 * time.Millisecond)
		now := d.Capture()
		if same(from, now) {
			break
		}
		from = now
	}
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	small := image.NewPaletted(from.Bounds(), palette(from))
	draw.Draw(small, from.Bounds(), from, from.Bounds().Min, draw.Src)
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(file, small); err != nil {
		t.Fatal(err)
	}
}

// palette are the colours that a picture has most of, the same for the same picture.
func palette(from image.Image) color.Palette {
	counts := map[color.RGBA]int{}
	b := from.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			counts[color.RGBAModel.Convert(from.At(x, y)).(color.RGBA)]++
		}
	}
	key := func(c color.RGBA) int { return int(c.R)<<16 | int(c.G)<<8 | int(c.B) }
	all := slices.SortedFunc(maps.Keys(counts), func(a, b color.RGBA) int {
		if n := counts[b] - counts[a]; n != 0 {
			return n
		}
		return key(a) - key(b)
	})
	list := make(color.Palette, 0, maxColours)
	for _, c := range all[:min(len(all), maxColours)] {
		list = append(list, c)
	}
	return list
}

// photograph goes through the pages as a person would.
func photograph(t *testing.T, d *inProcess, e *practice.Engine, save func(name string)) {
	t.Helper()
	photographContainers(d, save)
	photographInside(t, d, save)
	photographOthers(d, save)
	photographLaunch(d, e, save)
	press(d, "nav.containers")
	press(d, "inside.tab.stats")
	d.Until("its most, the twelfth time", says("stats.memory.now", "151.6"))
	e.Freeze() // no thirteenth time before the picture
	save("stats")
	e.Mend()
	e.Die()
	d.Until("the banner", shows("banner"))
	save("lost")
}

// photographLaunch shows a launch from the choice to the end, and one that fails.
func photographLaunch(d *inProcess, e *practice.Engine, save func(name string)) {
	press(d, "nav.launch")
	d.Fill("launch.folder", "~/research/survey-2026")
	d.Until("what launching does", says("launch.status", "Port"))
	d.Until("the memory of another", says("launch.server.thesis.state", "MiB"))
	save("launch")
	e.Fail(practice.Fault{Call: "POST /containers/*/start", Delay: time.Hour})
	press(d, "launch.go")
	d.Until("it is started", says("launch.progress", "Start"))
	d.Until("its command", shows("strip.did.command"))
	d.Until("the job in the strip, which waits a moment", shows("strip.job"))
	save("launch-progress")
	e.Mend()
	// what it writes would not be in the folder
	e.Fail(practice.Fault{Call: "POST /containers/*/exec", Status: 500, Text: "no shell", Times: 1})
	d.Until("its card", shows("launch.server.survey-2026.open"))
	d.Until("its memory", says("launch.server.survey-2026.state", "B"))
	d.Until("the button opens it", says("launch.go", "Open"))
	save("launch-running")
	press(d, "launch.recipe.minimal")
	d.Until("another kind", says("launch.go", "Launch Minimal"))
	d.Until("it can be launched", ready("launch.go"))
	e.Fail(practice.Fault{Call: "POST /containers/*/start", Status: 500, Text: "no space left on device"})
	press(d, "launch.go")
	d.Until("why it failed", shows("launch.problem.close"))
	d.Until("nothing is left of it", says("launch.go", "Launch Minimal"))
	d.Until("its command failed", says("strip.did.label", "Failed"))
	save("launch-failed")
	e.Mend()
	press(d, "launch.problem.close")
}

// photographContainers shows the list, and the dialogs about containers.
func photographContainers(d *inProcess, save func(name string)) {
	press(d, "nav.containers")
	press(d, "row:thesis")
	d.Until("all of its output", often("inside.output", "Saving file", 4))
	save("containers")
	press(d, "inside.tab.overview")
	d.Until("what it is", shows("overview.image"))
	save("overview")
	press(d, "inside.tab.logs")
	press(d, "row:thesis")
	d.Shortcut(&fyne.ShortcutSelectAll{})
	d.Until("all are selected", shows("containers.several.remove"))
	d.Until("their output", says("together.output", "Saving file"))
	save("several")
	press(d, "containers.several.clear")
	press(d, "row:thesis")
	d.Until("its output", says("inside.output", "survey"))
	press(d, "inside.remove")
	d.Until("all sizes", func(v gui.Dump) bool { return strings.Contains(guitest.Plain(describe(v)), "in total") })
	save("remove")
	d.Key("Escape")
	d.Until("no dialog", hides("remove"))
	press(d, "inside.more")
	press(d, "menu.change")
	d.Until("the form", says("run.status", "haven't changed anything"))
	press(d, "run.env.add")
	d.Fill("run.env.0.name", "MODE")
	d.Fill("run.env.0.value", "fast")
	d.Until("how it is changed", says("run.status", "new container"))
	press(d, "run.go")
	d.Until("what is inside", says("change.found", "of your files"))
	save("change")
	press(d, "change.cancel")
	d.Until("the form again", hides("change"))
	press(d, "run.cancel")
	d.Until("no dialog", hides("run"))
}

// photographInside shows what is in a container.
func photographInside(t *testing.T, d *inProcess, save func(name string)) {
	t.Helper()
	press(d, "inside.tab.logs")
	d.Fill("inside.find", "saving")
	d.Until("what is found", func(v gui.Dump) bool {
		i, ok := item(v, "inside.found")
		return ok && i.Text != "" && i.Text != "…"
	})
	save("logs")
	d.Fill("inside.find", "")
	press(d, "inside.tab.files")
	d.Fill("files.path", "/home/jovyan")
	d.Key("Return")
	d.Until("its files", shows("row:Untitled.ipynb"))
	save("files")
	press(d, "inside.tab.changes")
	d.Until("its own files", says("changes.notes", "of your files"))
	d.Until("their sizes", says("row:/home/jovyan/draft/clean.py", "kB"))
	save("changes")
	press(d, "inside.tab.processes")
	d.Until("what runs, and what it uses", func(v gui.Dump) bool {
		i, _ := item(v, "row:1")
		return strings.Contains(i.Text, "%")
	})
	save("processes")
	press(d, "inside.tab.terminal")
	prompt := terminalSays("$")
	d.Until("its prompt", prompt)
	for _, r := range "ls -l /home/jovyan" {
		d.Shell.Window().Canvas().Focused().TypedRune(r)
	}
	d.Key("Return")
	d.Until("what it printed", func(v gui.Dump) bool {
		return slices.ContainsFunc(v.Items, func(i kit.Item) bool {
			return i.Role == "terminal" && strings.Count(i.Text, "$") == 2 && strings.Contains(i.Text, "Untitled.ipynb")
		})
	})
	save("terminal")
}

// often waits until a thing has a text in it so many times.
func often(id, text string, times int) func(gui.Dump) bool {
	return func(v gui.Dump) bool { i, ok := item(v, id); return ok && strings.Count(i.Text, text) >= times }
}

// terminalSays waits for a text in a terminal.
func terminalSays(text string) func(gui.Dump) bool {
	return func(v gui.Dump) bool {
		return slices.ContainsFunc(v.Items, func(i kit.Item) bool {
			return i.Role == "terminal" && strings.Contains(i.Text, text)
		})
	}
}

// photographOthers shows the other pages and their dialogs.
func photographOthers(d *inProcess, save func(name string)) {
	press(d, "nav.volumes")
	press(d, "row:thesis-work")
	press(d, "volumes.count")
	d.Until("its size", says("volume.size", "B"))
	save("volumes")
	press(d, "row:survey-2025.remove")
	d.Until("its files", says("rmvolumes.notes", "4 files, "))
	save("remove-volume")
	press(d, "rmvolumes.cancel")
	d.Until("no dialog", hides("rmvolumes"))
	press(d, "nav.cleanup")
	d.Until("what takes space", says("cleanup.summary", "in total"))
	press(d, "cleanup.containers")
	save("cleanup")
	press(d, "nav.settings")
	d.Until("the settings", shows("settings.theme"))
	save("settings")
	press(d, "nav.images")
	press(d, "row:price-model:0.3")
	d.Until("what it is", shows("image.platform"))
	save("images")
	press(d, "row:price-model:0.3.run")
	d.Until("the form", shows("run.name"))
	d.Fill("run.name", "price-api-2")
	press(d, "run.port.add")
	d.Fill("run.port.0.container", "8080")
	d.Fill("run.port.0.host", "8000")
	d.Until("the conflict", says("run.port.0.host.error", "price-api"))
	press(d, "run.mount.addfolder")
	d.Fill("run.mount.0.source", "/home/ana/research/survey-2026")
	d.Fill("run.mount.0.target", "/srv/model")
	press(d, "run.env.add")
	d.Fill("run.env.0.name", "API_KEY")
	d.Fill("run.env.0.value", "correct-horse")
	save("run")
	press(d, "run.mount.0.remove")
	press(d, "run.env.0.remove")
	press(d, "run.more")
	d.Until("the rarer options", shows("run.command"))
	save("run-more")
	d.Key("Escape")
	d.Until("no dialog", hides("run"))
	fyne.CurrentApp().Clipboard().SetContent(`$ docker run -it --rm -p 8888:8888 \
    -v "$(pwd)":/home/jovyan/work -e JUPYTER_TOKEN=correct-horse quay.io/jupyter/scipy-notebook`)
	d.Shortcut(&fyne.ShortcutPaste{Clipboard: fyne.CurrentApp().Clipboard()})
	d.Until("what the command does", shows("paste.go"))
	d.Fill("paste.folder", "/home/ana/research")
	save("paste")
	d.Key("Escape")
	press(d, "images.pull")
	d.Fill("pull.image", "quay.io/jup")
	save("pull")
	d.Key("Escape")
	d.Until("no dialog", hides("pull"))
}
