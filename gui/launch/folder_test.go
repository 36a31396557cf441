//go:build linux

package launch_test

import (
	"os"
	"path/filepath"
	"testing"

	"slipway/gui/guitest"
)

// TestFolder says what is wrong with a folder, makes one that is not there, and launches nothing as long as there is
// none.
func TestFolder(t *testing.T) {
	d := open(t)
	d.Off("launch.go")
	file := filepath.Join(d.folder, "letter.txt")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for folder, why := range map[string]string{file: "letter.txt", "thesis": "thesis"} {
		d.Fill("launch.folder", folder)
		d.Read("launch.wrong", why)
		d.Off("launch.go")
		if _, make := guitest.Item(d.Dump(), "launch.make"); make {
			t.Errorf("%s can be made", folder)
		}
	}
	d.Key("Return")
	made := filepath.Join(d.folder, "new", "one")
	d.Fill("launch.folder", made)
	d.Press("launch.make")
	d.Until("it can be launched", guitest.Ready("launch.go"))
	if i, err := os.Stat(made); err != nil || !i.IsDir() {
		t.Error("it was not made")
	}
	d.Fill("launch.folder", "/proc/nowhere/thesis")
	d.Press("launch.make")
	d.See("notice.title")
	if n := len(d.Session.Jobs.List()); n != 0 {
		t.Errorf("%d jobs were begun", n)
	}
}

// TestChooseFolder takes a folder from the question for one.
func TestChooseFolder(t *testing.T) {
	d := open(t)
	d.Press("launch.choose")
	d.See("choose.path")
	d.Fill("choose.path", d.folder)
	d.Press("choose.use")
	d.Read("launch.folder", d.folder)
	d.Read("strip.command", "-v "+d.folder)
	d.Press("launch.recent")
	d.Off("launch.recent.none")
	d.Key("Escape")
}
