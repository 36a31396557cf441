//go:build linux

package gui_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/engine/endpoint"
	"slipway/engine/enginetest"
	"slipway/engine/practice"
	"slipway/engine/session"
	"slipway/gui"
)

// TestPracticePages looks at every page and every part of the details.
func TestPracticePages(t *testing.T) {
	d, _ := openPractice(t)
	d.Until("that it is practice", says("practice", "Nothing here is real"))
	for page, rows := range map[string][]string{
		"containers": {"row:web", "row:db", "row:monthly-report", "row:hello"},
		"images": {
			"row:nginx:latest", "row:postgres:17", "row:python:3.13", "row:hello-world:latest",
			"row:busybox:latest",
		},
		"volumes": {"row:db-data", "row:survey-2025"},
	} {
		press(d, "nav."+page)
		for _, row := range rows {
			d.Until(row, shows(row))
		}
	}
	press(d, "nav.cleanup")
	d.Until("what it all takes", says("cleanup.summary", "563 MB in all"))
	press(d, "nav.launch")
	d.Until("the kinds of notebooks", shows("launch.folder"))

	press(d, "nav.containers")
	d.Until("a container", shows("row:web"))
	press(d, "row:web")
	d.Until("its command", says("strip.command", "docker logs -f --tail 500 web"))
	press(d, "inside.tab.overview")
	d.Until("its image", says("overview.image", "nginx:latest"))
	press(d, "inside.tab.files")
	d.Until("its files", shows("row:etc"))
	press(d, "inside.tab.stats")
	press(d, "inside.tab.processes")
	d.Until("its program", shows("row:1"))
	press(d, "inside.tab.changes")
	d.Until("that nothing is lost", says("changes.notes", ""))
	press(d, "row:monthly-report")
	press(d, "inside.tab.logs")
	d.Until("why it failed", says("inside.output", "No such file or directory: '/data/sales.csv'"))
	d.Until("how it ended", says("inside.state", "Failed"))
}

// TestPracticeLife starts, stops, renames and removes, with its commands and the way back.
func TestPracticeLife(t *testing.T) {
	d, _ := openPractice(t)
	press(d, "nav.containers")
	d.Until("the containers", shows("row:web"))
	press(d, "row:web.stop")
	d.Until("it is stopped", shows("row:web.start"))
	d.Until("its command, without where the engine is", func(v gui.Dump) bool {
		i, ok := item(v, "strip.did.command")
		return ok && i.Text == "docker stop web"
	})
	press(d, "row:web.start")
	d.Until("it runs", shows("row:web.stop"))
	press(d, "row:web.more")
	press(d, "menu.pause")
	d.Until("it is paused", func(v gui.Dump) bool {
		i, _ := item(v, "row:web")
		return strings.Contains(i.Text, "Paused")
	})
	press(d, "row:web.more")
	press(d, "menu.resume")
	d.Until("it goes on", func(v gui.Dump) bool { i, _ := item(v, "row:web"); return strings.Contains(i.Text, "Running") })
	press(d, "row:web.more")
	press(d, "menu.rename")
	d.Fill("rename.name", "shop")
	press(d, "rename.go")
	d.Until("its new name", shows("row:shop"))
	press(d, "row:hello.remove")
	press(d, "remove.confirm")
	d.Until("it is gone", hides("row:hello"))
	press(d, "nav.volumes")
	d.Until("the volumes", shows("row:survey-2025"))
	press(d, "row:survey-2025")
	d.Until("its details", says("volume.name", "survey-2025"))
}

// TestPracticeFaults holds what the window says of an engine that hangs, that dies, and that fails.
func TestPracticeFaults(t *testing.T) {
	d, e := openPractice(t)
	press(d, "nav.containers")
	d.Until("the containers", shows("row:web"))
	e.Fail(practice.Fault{Call: "POST /containers/*/start", Status: 500, Text: "no space left on device", Times: 1})
	press(d, "row:monthly-report.start")
	d.Until("that the disk is full", says("notice.text", "The disk of the engine is full"))
	press(d, "notice.close")
	e.Die()
	d.Until("the banner", shows("banner"))
	if err := e.Revive(); err != nil {
		t.Fatal(err)
	}
	d.Until("no banner any more", hides("banner"))
	d.Until("the same containers", shows("row:web"))
}

// TestPracticePull pulls an image that is not there, and cancels another pull.
func TestPracticePull(t *testing.T) {
	d, _ := openPractice(t)
	press(d, "nav.images")
	d.Until("the images", shows("row:nginx:latest"))
	press(d, "images.pull")
	d.Fill("pull.image", "alpine")
	press(d, "pull.go")
	d.Until("it is there", shows("row:alpine:latest"))
	press(d, "images.pull")
	d.Fill("pull.image", "nosuchimage")
	press(d, "pull.go")
	d.Until("that there is none", says("notice.title", "Cannot pull nosuchimage"))
}

// TestPracticeLaunch launches a notebook for a folder, and opens it signed in.
func TestPracticeLaunch(t *testing.T) {
	d, _ := openPractice(t)
	dir, urls := enginetest.XDGOpenRecorder(t)
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	folder := filepath.Join(os.Getenv("HOME"), "thesis")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	press(d, "nav.launch")
	d.Fill("launch.folder", folder)
	d.Until("what launching does", says("launch.status", "Port"))
	press(d, "launch.go")
	d.Until("it is opened", func(gui.Dump) bool { return len(urls()) == 1 })
	jar, _ := cookiejar.New(nil)
	r, err := (&http.Client{Jar: jar}).Get(urls()[0])
	if err != nil {
		t.Fatal(err)
	}
	text, _ := io.ReadAll(r.Body)
	r.Body.Close()
	if !strings.Contains(string(text), "You are signed in") {
		t.Errorf("%s", text)
	}
	d.Until("its card", shows("launch.server.thesis.open"))
	press(d, "launch.server.thesis.stop")
	d.Until("it is stopped", shows("launch.server.thesis.again"))
	press(d, "launch.server.thesis.again")
	d.Until("it is opened again", func(gui.Dump) bool { return len(urls()) == 2 })
}

// TestPracticeRun runs an image with the form, changes its settings, and goes back.
func TestPracticeRun(t *testing.T) {
	d, _ := openPractice(t)
	press(d, "nav.images")
	d.Until("the images", shows("row:nginx:latest"))
	press(d, "row:nginx:latest.run")
	d.Until("its port", shows("run.port.0.container"))
	d.Fill("run.name", "shop")
	press(d, "run.env.add")
	d.Fill("run.env.0.name", "MODE")
	d.Fill("run.env.0.value", "slow")
	d.Until("its command", says("run.line", "-e MODE=slow nginx:latest"))
	d.Until("it can be run", ready("run.go"))
	press(d, "run.go")
	d.Until("it runs", shows("row:shop.stop"))
	press(d, "inside.more")
	press(d, "menu.change")
	d.Until("its variable", says("run.env.0.value", "slow"))
	d.Fill("run.env.0.value", "fast")
	d.Until("a new one takes its place", says("run.status", "new container"))
	press(d, "run.go")
	d.Until("what is inside", shows("change.go"))
	d.Until("it can be changed", ready("change.go"))
	press(d, "change.go")
	d.Until("the old one is kept", shows("row:shop-before"))
	d.Until("the way back", shows("notice.goback"))
	press(d, "notice.goback")
	press(d, "goback.go")
	d.Until("the old one is back", shows("row:shop-after"))
}

// TestPracticeCleanUp removes what nothing uses.
func TestPracticeCleanUp(t *testing.T) {
	d, _ := openPractice(t)
	press(d, "nav.cleanup")
	d.Until("what it all takes", says("cleanup.summary", "563 MB in all"))
	press(d, "cleanup.unused")
	d.Until("an image", says("cleanup.chosen", "1"))
	press(d, "cleanup.remove")
	d.Until("the question", ready("rmis.confirm"))
	press(d, "rmis.confirm")
	press(d, "nav.images")
	d.Until("it is gone", hides("row:busybox:latest"))
}

// TestPracticeVolume makes a volume and removes it.
func TestPracticeVolume(t *testing.T) {
	d, _ := openPractice(t)
	press(d, "nav.volumes")
	d.Until("the volumes", shows("row:survey-2025"))
	press(d, "volumes.create")
	d.Fill("newvolume.name", "notes")
	press(d, "newvolume.go")
	d.Until("it is there", shows("row:notes"))
	press(d, "row:notes.remove")
	d.Until("the question", ready("rmvolumes.confirm"))
	press(d, "rmvolumes.confirm")
	d.Until("it is gone", hides("row:notes"))
	press(d, "row:survey-2025")
	press(d, "volume.tab.files")
	d.Until("what is in it", shows("row:answers.csv"))
}

// TestPracticeWelcome begins without an engine, which comes later.
func TestPracticeWelcome(t *testing.T) {
	noLeaks(t)
	e, err := practice.Start(practice.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	e.Die()
	d := openOnSession(t, func() *session.Session {
		return session.NewOn(endpoint.Endpoint{Name: "Practice", Source: endpoint.FromPractice, Host: e.Host()},
			[]byte("key of a test"))
	})
	d.Until("the welcome page", shows("welcome.title"))
	d.Until("what is wrong", shows("welcome.fix"))
	press(d, "welcome.engines")
	d.Until("where it looked", shows("engines.close"))
	press(d, "engines.close")
	if err := e.Revive(); err != nil {
		t.Fatal(err)
	}
	d.Until("it is connected", says("engine", "Practice"))
	d.Until("the page", hides("welcome.title"))
}

// TestPracticeTerminal types into a shell of a container.
func TestPracticeTerminal(t *testing.T) {
	d, _ := openPractice(t)
	press(d, "nav.containers")
	d.Until("the containers", shows("row:web"))
	press(d, "row:web")
	press(d, "inside.tab.terminal")
	screen := func(text string) func(gui.Dump) bool {
		return func(v gui.Dump) bool {
			for _, i := range v.Items {
				if i.Role == "terminal" && strings.Contains(i.Text, text) {
					return true
				}
			}
			return false
		}
	}
	d.Until("its prompt", screen("/ #"))
	for _, r := range "echo $((40+2)); hostname" {
		d.Shell.Window().Canvas().Focused().TypedRune(r)
	}
	d.Key("Return")
	d.Until("what it printed", screen("\n42\n"))
}
