//go:build linux

package images_test

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
	w.Press("nav.images")
	w.See("row:nginx:latest")
	return w, e
}
