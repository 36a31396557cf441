//go:build linux

package commands_test

import (
	"os"
	"path/filepath"
	"testing"

	"slipway/gui"
	"slipway/gui/guitest"
)

// TestDropOnTheForm opens the run form with a folder that was dropped, takes another one and a file of variables, and
// leaves other questions alone.
func TestDropOnTheForm(t *testing.T) {
	w, _ := open(t, "images")
	dir, other := folder(t), folder(t)
	w.Drop(dir)
	w.Read("run.mount.0.source", dir)
	w.Drop(other)
	w.Read("run.mount.1.source", other)
	env := filepath.Join(dir, "dev.env")
	if err := os.WriteFile(env, []byte("MODE=fast\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.Drop(env)
	w.Until("the variable", guitest.Says("run.env.0.value", "fast"))
	w.Key("Escape")
	w.Gone("run")
	w.Press("nav.containers")
	w.Menu("hello", "rename")
	w.See("rename.go")
	w.Drop(dir)
	if !guitest.Hides("run")(w.Dump()) || !guitest.Shows("rename.go")(w.Dump()) {
		guitest.Fatal(t, gui.Dump{}, "only the question that was open")
	}
}
