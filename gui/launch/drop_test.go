//go:build linux

package launch_test

import (
	"os"
	"path/filepath"
	"testing"

	"slipway/gui/guitest"
)

// TestDropOnLaunch takes a folder that is dropped, and that of a notebook.
func TestDropOnLaunch(t *testing.T) {
	d := open(t)
	d.Drop(d.folder)
	d.Read("launch.folder", d.folder)
	d.Until("it can be launched", guitest.Ready("launch.go"))
	other := t.TempDir()
	notebook := filepath.Join(other, "plot.ipynb")
	if err := os.WriteFile(notebook, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.Drop(notebook, d.folder)
	d.Read("launch.folder", other)
}
