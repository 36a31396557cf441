//go:build linux

package gui_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/engine/enginetest"
	"slipway/engine/settings"
	"slipway/gui"
)

// TestScreenshots makes the pictures of every page in a real window, light and dark. "make screenshots" runs it.
func TestScreenshots(t *testing.T) {
	dir := os.Getenv("SLIPWAY_SCREENSHOTS")
	if dir == "" {
		t.Skip("make screenshots makes the pictures; without it there is nothing to test here")
	}
	e := enginetest.Start(t)
	furnish(t, e)
	program := build(t, "migrated_fynedo")
	for _, theme := range []string{"light", "dark"} {
		t.Run(theme, func(t *testing.T) {
			prefer(t, theme)
			bin, _ := enginetest.XDGOpenRecorder(t)
			t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
			w := startWindow(t, program, e.Host())
			w.Until("the engine", says("engine", "Docker"))
			photograph(t, w, e, func(name string) { w.save(filepath.Join(dir, name+"-"+theme+".png")) })
		})
	}
}

// furnish fills an engine with what a person may have.
func furnish(t *testing.T, e *enginetest.Engine) {
	t.Helper()
	tiny := enginetest.TinyImage(t, e)
	for _, name := range []string{"quay.io/jupyter/scipy-notebook:2026-11-16", "my-model:0.3", "pyspark-notebook:latest", "hello-world:latest"} {
		docker(t, e, "tag", tiny, name)
	}
	notebooksForPictures(t, e, tiny)
	log := `for i in 1 2 3; do printf '\033[32m[I ServerApp]\033[0m Serving notebooks from local directory: /home/jovyan/work\n'; printf '\033[33m[W ServerApp]\033[0m 404 GET /favicon.ico (127.0.0.1)\n' >&2; printf '\033[32m[I ServerApp]\033[0m Saving file at /survey.ipynb\n'; done; `
	docker(t, e, "run", "-d", "--name", "etl-nightly", "pyspark-notebook:latest", "sh", "-c", "exit 3")
	docker(t, e, "run", "-d", "--name", "tidy_bear", "hello-world:latest", "true")
	docker(t, e, append([]string{"run", "-d", "--name", "price-api", "-p", "8000:8080", "my-model:0.3"}, enginetest.TinyServer()...)...)
	docker(t, e, "run", "-d", "--name", "thesis", "-p", "127.0.0.1:8888:8888", "-v", "thesis-work:/home/jovyan/work", "quay.io/jupyter/scipy-notebook:2026-11-16", "sh", "-c", log+"trap 'exit 0' TERM; httpd -p 8888 -h /tmp; while :; do sleep 1 & wait $!; done")
	docker(t, e, "run", "--rm", "-v", "survey-2025:/data", tiny, "sh", "-c", "mkdir /data/raw; cd /data; head -c 2400000 /dev/zero > raw/answers.csv; head -c 310000 /dev/zero > raw/towns.csv; head -c 52000 /dev/zero > clean.ipynb; head -c 900 /dev/zero > README.md")
	inside(t, e, "thesis", "mkdir -p /home/jovyan/figures /home/jovyan/draft && head -c 48000 /dev/zero > /home/jovyan/Untitled.ipynb && head -c 1200000 /dev/zero > /home/jovyan/figures/map.png && head -c 6000 /dev/zero > /home/jovyan/draft/clean.py && touch /tmp/a /tmp/b")
}

// standInJupyter answers every question as a Jupyter does, after a moment.
const standInJupyter = `printf '#!/bin/sh\nread line; printf "HTTP/1.1 200 OK\\r\\nConnection: close\\r\\n\\r\\n{\\"version\\":\\"2.0\\"}"\n' > /bin/answer; chmod +x /bin/answer; trap 'exit 0' TERM; sleep 3; nc -ll -p 8888 -e /bin/answer & wait`

// notebooksForPictures makes images with the names of two kinds of notebooks: one that takes a moment, and one that ends at once.
func notebooksForPictures(t *testing.T, e *enginetest.Engine, tiny string) {
	t.Helper()
	for name, line := range map[string]string{
		"scipy-notebook":   standInJupyter,
		"minimal-notebook": `echo "ModuleNotFoundError: No module named 'jupyterlab'" >&2; exit 1`,
	} {
		cmd, err := json.Marshal([]string{"sh", "-c", line})
		if err != nil {
			t.Fatal(err)
		}
		e.Derive(t, tiny, "quay.io/jupyter/"+name+":latest", "CMD "+string(cmd), "WORKDIR /home/jovyan")
	}
}

// photographLaunch shows a launch from the choice to the end, and one that fails.
func photographLaunch(t *testing.T, w *window, e *enginetest.Engine, save func(name string)) {
	t.Helper()
	press(w, "nav.launch")
	if err := os.MkdirAll(filepath.Join(os.Getenv("HOME"), "research", "survey-2026"), 0o755); err != nil {
		t.Fatal(err)
	}
	w.Fill("launch.folder", "~/research/survey-2026")
	w.Until("what launching does", says("launch.status", "Port"))
	save("launch")
	press(w, "launch.go")
	w.Until("the server is waited for", says("launch.progress", "Wait"))
	save("launch-progress")
	w.Until("its card", shows("launch.server.survey-2026.open"))
	w.Until("its memory", says("launch.server.survey-2026.state", "B"))
	w.Until("the button opens it", says("launch.go", "Open"))
	save("launch-running")
	press(w, "launch.recipe.minimal")
	w.Until("another kind", says("launch.go", "Launch Minimal"))
	w.Until("it can be launched", ready("launch.go"))
	press(w, "launch.go")
	w.Until("why it failed", shows("launch.problem.lines"))
	w.Until("nothing is left of it", says("launch.go", "Launch Minimal"))
	save("launch-failed")
	press(w, "launch.problem.close")
	docker(t, e, "rm", "-f", "survey-2026")
}

// photograph goes through the pages as a person would.
func photograph(t *testing.T, w *window, e *enginetest.Engine, save func(name string)) {
	t.Helper()
	photographLaunch(t, w, e, save)
	press(w, "nav.containers")
	press(w, "row:thesis")
	w.Until("its output", says("inside.output", "survey"))
	w.xdotool("mousemove", "--window", w.id, "640", "12")
	save("containers")
	press(w, "inside.tab.overview")
	w.Until("what it is", shows("overview.image"))
	save("overview")
	photographInside(w, save)
	press(w, "inside.tab.logs")
	press(w, "row:thesis")
	w.Key("ctrl+a")
	w.Until("all are selected", shows("containers.several.remove"))
	save("several")
	press(w, "containers.several.clear")
	press(w, "row:thesis")
	w.Until("its output", says("inside.output", "survey"))
	press(w, "inside.remove")
	w.Until("all sizes", func(d gui.Dump) bool { return strings.Contains(describe(d), "together") })
	save("remove")
	w.Key("Escape")
	w.Until("no dialog", hides("remove"))
	press(w, "nav.volumes")
	press(w, "row:thesis-work")
	press(w, "volumes.count")
	w.Until("its size", says("volume.size", "B"))
	save("volumes")
	press(w, "row:survey-2025.remove")
	w.Until("its files", says("rmvolumes.notes", "4 files, "))
	save("remove-volume")
	press(w, "rmvolumes.cancel")
	w.Until("no dialog", hides("rmvolumes"))
	press(w, "nav.cleanup")
	w.Until("what takes space", says("cleanup.summary", "in all"))
	press(w, "cleanup.containers")
	save("cleanup")
	press(w, "nav.images")
	press(w, "row:my-model:0.3")
	save("images")
	press(w, "row:my-model:0.3.run")
	w.Until("the port", func(d gui.Dump) bool { i, ok := item(d, "run.port.0.host"); return ok && i.Text != "" })
	w.Fill("run.name", "price-api-2")
	w.Fill("run.port.0.host", "8000")
	w.Until("the conflict", says("run.port.0.host.error", "price-api"))
	press(w, "run.mount.addfolder")
	w.Fill("run.mount.0.source", os.TempDir())
	w.Fill("run.mount.0.target", "/srv/model")
	press(w, "run.env.add")
	w.Fill("run.env.0.name", "API_KEY")
	w.Fill("run.env.0.value", "correct-horse")
	w.Until("the mount coach", shows("run.mount.0.advice"))
	save("run")
	press(w, "run.mount.0.remove")
	press(w, "run.env.0.remove")
	press(w, "run.more")
	w.Until("the rarer options", shows("run.command"))
	save("run-more")
	w.Key("Escape")
	w.Until("no dialog", hides("run"))
	press(w, "images.pull")
	w.Fill("pull.image", "quay.io/jup")
	save("pull")
	w.Key("Escape")
	w.Until("no dialog", hides("pull"))
	e.Stop()
	w.Until("the banner", shows("banner"))
	save("lost")
	w.quit()
	e.Restart(t)
	docker(t, e, "start", "thesis", "price-api")
}

// photographInside shows what is in a container.
func photographInside(w *window, save func(name string)) {
	press(w, "inside.tab.logs")
	w.Fill("inside.find", "saving")
	w.Until("what is found", func(d gui.Dump) bool { i, ok := item(d, "inside.found"); return ok && i.Text != "" && i.Text != "…" })
	save("logs")
	w.Fill("inside.find", "")
	press(w, "inside.tab.terminal")
	w.Until("a shell", shows("terminal.new"))
	var shell string
	w.Until("its prompt", func(d gui.Dump) bool {
		for _, i := range d.Items {
			if i.Role == "terminal" && strings.HasSuffix(i.Text, "#") {
				shell = i.ID
				return true
			}
		}
		return false
	})
	w.Click(shell)
	w.xdotool("type", "ls -l --color=always /home/jovyan")
	w.Key("Return")
	w.Until("what it printed", says(shell, "Untitled.ipynb"))
	save("terminal")
	press(w, "inside.tab.files")
	w.Fill("files.path", "/home/jovyan")
	w.Key("Return")
	w.Until("its files", func(d gui.Dump) bool {
		i, _ := item(d, "files.note")
		return shows("row:Untitled.ipynb")(d) && strings.Contains(i.Text, "1 file")
	})
	save("files")
	press(w, "inside.tab.stats")
	w.Until("what it uses", says("stats.net.now", "/s"))
	save("stats")
	press(w, "inside.tab.changes")
	w.Until("its own files", says("changes.notes", "of yours"))
	save("changes")
	press(w, "inside.tab.processes")
	w.Until("what runs, and what it uses", func(d gui.Dump) bool { i, _ := item(d, "row:1"); return strings.Contains(i.Text, "%") })
	save("processes")
	press(w, "inside.more")
	press(w, "menu.change")
	w.Until("the form", says("run.status", "Nothing is changed"))
	press(w, "run.env.add")
	w.Fill("run.env.0.name", "MODE")
	w.Fill("run.env.0.value", "fast")
	w.Until("how it is changed", says("run.status", "new container"))
	press(w, "run.go")
	w.Until("what is inside", says("change.found", "of yours"))
	save("change")
	press(w, "change.cancel")
	w.Until("the form again", hides("change"))
	press(w, "run.cancel")
	w.Until("no dialog", hides("run"))
}

// TestScreenshotOfWelcome makes the picture of the page without an engine.
func TestScreenshotOfWelcome(t *testing.T) {
	dir := os.Getenv("SLIPWAY_SCREENSHOTS")
	if dir == "" {
		t.Skip("make screenshots makes the pictures; without it there is nothing to test here")
	}
	program := build(t, "migrated_fynedo")
	for _, theme := range []string{"light", "dark"} {
		t.Run(theme, func(t *testing.T) {
			prefer(t, theme)
			w := startWindow(t, program, "")
			w.Until("the welcome page", shows("welcome.fix"))
			w.save(filepath.Join(dir, "welcome-"+theme+".png"))
			w.quit()
		})
	}
}

// prefer makes a home whose owner chose a theme.
func prefer(t *testing.T, theme string) {
	t.Helper()
	home(t)
	file, _ := settings.Open(settings.DefaultPath())
	if err := file.Change(func(v *settings.Values) { v.Theme = theme }); err != nil {
		t.Fatal(err)
	}
}

// save makes a small picture of the window alone.
func (w *window) save(path string) {
	w.t.Helper()
	w.Dump() // a round trip through the UI thread: what was asked for before is drawn
	w.Dump()
	var before []byte
	for range mostPictures { // until nothing moves any more; a cursor may blink
		out, err := exec.Command("import", "-window", w.id, "-colors", "200", "-strip", "-define", "png:exclude-chunks=date,time", "png8:"+path).CombinedOutput()
		if err != nil {
			w.t.Errorf("import: %v\n%s", err, out)
			return
		}
		now, err := os.ReadFile(path)
		if err != nil {
			w.t.Error(err)
			return
		}
		if bytes.Equal(now, before) {
			return
		}
		before = now
		time.Sleep(300 * time.Millisecond) // the display does not tell when it was painted
	}
}

// mostPictures is how many are taken at most until two are the same.
const mostPictures = 8
