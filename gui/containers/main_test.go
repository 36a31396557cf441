//go:build linux

package containers_test

import (
	"os"
	"strings"
	"testing"

	"slipway/engine/practice"
	"slipway/gui"
	"slipway/gui/guitest"
)

func TestMain(m *testing.M) { os.Exit(guitest.Main(m)) }

// open opens the window at the page.
func open(t *testing.T) (*guitest.Window, *practice.Engine) {
	t.Helper()
	w, e := guitest.Practice(t, practice.Options{})
	w.Press("nav.containers")
	w.See("row:web")
	w.See("row:hello") // those that run are there first
	return w, e
}

// order is the names of the rows from top to bottom.
func order(d gui.Dump) string {
	var names []string
	for _, i := range d.Items {
		if i.Role == "row" {
			names = append(names, strings.TrimPrefix(i.ID, "row:"))
		}
	}
	return strings.Join(names, " ")
}
