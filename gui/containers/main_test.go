//go:build linux

package containers_test

import (
	"os"
	"testing"

	"slipway/engine/practice"
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
