//go:build linux

package launch_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/assets"
	"slipway/engine/enginetest"
	"slipway/engine/practice"
	"slipway/gui"
	"slipway/gui/guitest"
)

func TestMain(m *testing.M) { os.Exit(guitest.Main(m)) }

// desk is the window on its first page, with a folder of a person and a browser that only keeps what it was asked to
// open.
type desk struct {
	*guitest.Window
	engine *practice.Engine
	folder string
	urls   func() []string
}

// open opens the window. prepare fills the person's home before.
func open(t *testing.T, prepare ...func(home string)) *desk {
	t.Helper()
	return openOn(t, practice.Options{Swift: true}, prepare...)
}

// openOn opens the window on an engine with these options.
func openOn(t *testing.T, o practice.Options, prepare ...func(home string)) *desk {
	t.Helper()
	guitest.NoLeaks(t)
	bin, urls := enginetest.XDGOpenRecorder(t)
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	e := guitest.StartPractice(t, o)
	if err := e.AddSamples(); err != nil {
		t.Fatal(err)
	}
	d := &desk{Window: guitest.OpenPractice(t, e, prepare...), engine: e, urls: urls}
	d.Press("nav.launch")
	d.See("launch.folder")
	d.folder = filepath.Join(t.TempDir(), "thesis")
	if err := os.Mkdir(d.folder, 0o755); err != nil {
		t.Fatal(err)
	}
	return d
}

// opened waits until so many pages were opened in the browser.
func (d *desk) opened(n int) {
	d.T.Helper()
	d.Until("pages in the browser", func(gui.Dump) bool { return len(d.urls()) == n })
}

// launch launches a kind of notebook for the folder, and waits until it is in the browser.
func (d *desk) launch(kind string) {
	d.T.Helper()
	n := len(d.urls())
	d.Press("launch.recipe." + kind)
	d.Fill("launch.folder", d.folder)
	d.Read("launch.status", "Port")
	d.Press("launch.go")
	d.opened(n + 1)
}

// recipe writes a recipe of the person's own: one of Slipway's, with some lines changed.
func recipe(t *testing.T, home, id, from string, change map[string]string) {
	t.Helper()
	text, err := assets.Recipes.ReadFile("recipes/" + from + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	for i, l := range lines {
		for key, to := range change {
			if strings.HasPrefix(l, key+":") {
				lines[i] = key + ": " + to
			}
		}
	}
	dir := filepath.Join(home, ".config", "slipway", "recipes")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, id+".yaml"), []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
}
