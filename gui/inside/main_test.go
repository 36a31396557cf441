//go:build linux

package inside_test

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

// open opens the window at the page of containers.
func open(t *testing.T) (*guitest.Window, *practice.Engine) {
	t.Helper()
	w, e := guitest.Practice(t, practice.Options{})
	w.Press("nav.containers")
	w.See("row:web")
	w.See("row:hello") // those that run are there first
	return w, e
}

// look opens a part of a container's details, in all of the page's room.
func look(w *guitest.Window, container, part string) {
	w.T.Helper()
	w.Press("row:" + container)
	w.Read("inside.name", container)
	w.Press("inside.tab." + part)
}

// read is the text of a file of this computer, "" where there is none.
func read(parts ...string) string {
	text, _ := os.ReadFile(filepath.Join(parts...))
	return string(text)
}

// only is the one file in a folder.
func only(w *guitest.Window, dir string) (text string) {
	w.T.Helper()
	w.Until("one file in "+dir, func(gui.Dump) bool {
		list, _ := os.ReadDir(dir)
		if len(list) == 1 {
			text = read(dir, list[0].Name())
		}
		return text != ""
	})
	return text
}

// browser stands in for the browser of the desktop.
func browser(t *testing.T) (urls func() []string) {
	t.Helper()
	dir, urls := enginetest.XDGOpenRecorder(t)
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	return urls
}

// screen tells whether the terminal shows a text.
func screen(text string) func(gui.Dump) bool {
	return func(d gui.Dump) bool {
		for _, i := range d.Items {
			if i.Role == "terminal" && strings.Contains(i.Text, text) {
				return true
			}
		}
		return false
	}
}

// typed types a line into what has the keys.
func typed(w *guitest.Window, line string) {
	w.T.Helper()
	for _, r := range line {
		w.Shell.Window().Canvas().Focused().TypedRune(r)
	}
	w.Key("Return")
}
