//go:build linux

package commands_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/engine/enginetest"
	"slipway/engine/practice"
	"slipway/gui"
	"slipway/gui/guitest"
)

func TestMain(m *testing.M) { os.Exit(guitest.Main(m)) }

// open opens the window on practice, at a page.
func open(t *testing.T, page string) (*guitest.Window, *practice.Engine) {
	t.Helper()
	w, e := guitest.Practice(t, practice.Options{})
	w.Press("nav." + page)
	w.See(map[string]string{"containers": "row:hello", "images": "row:nginx:latest", "volumes": "row:survey-2025"}[page])
	return w, e
}

// folder makes a folder of a person.
func folder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "mine")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// ids are those of containers that the page lists.
func ids(w *guitest.Window, names ...string) (list []string) {
	w.T.Helper()
	for _, n := range names {
		w.See("row:" + n)
		list = append(list, w.Container(n).ID)
	}
	return list
}

// files are the files below a folder, by their paths in it.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(p)
		found[strings.TrimPrefix(p, dir+"/")] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// holds tells whether a file ends with this path and has this text.
func holds(found map[string]string, end, text string) bool {
	for p, got := range found {
		if strings.HasSuffix(p, end) && got == text {
			return true
		}
	}
	return false
}

// rowSays waits for a text in a row, whatever its columns are.
func rowSays(w *guitest.Window, row, text string) {
	w.T.Helper()
	w.Until("the row "+row+" says "+text, func(d gui.Dump) bool {
		i, ok := guitest.Item(d, "row:"+row)
		return ok && strings.Contains(i.Text, text)
	})
}

// browser stands in for the browser of the desktop, and gives what it was asked to open.
func browser(t *testing.T) (urls func() []string) {
	t.Helper()
	dir, urls := enginetest.XDGOpenRecorder(t)
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	return urls
}

// opened tells whether one address was opened that begins so.
func opened(urls func() []string, begin string) func(gui.Dump) bool {
	return func(gui.Dump) bool { list := urls(); return len(list) == 1 && strings.HasPrefix(list[0], begin) }
}
