//go:build linux

package launch_test

import (
	"testing"
	"time"

	"slipway/engine/journal"
	"slipway/engine/launcher"
	"slipway/engine/model"
	"slipway/engine/practice"
	"slipway/gui/guitest"
)

// TestIdleNotebookIsStopped stops one of two notebooks by itself: the one in which nothing happened for as long as a
// person said. The one that computes goes on.
func TestIdleNotebookIsStopped(t *testing.T) {
	every := launcher.IdleEvery
	launcher.IdleEvery = 20 * time.Millisecond
	t.Cleanup(func() { launcher.IdleEvery = every })
	// The engine's clock is behind, so that what is launched now runs for hours already.
	d := openOn(t, practice.Options{Swift: true, Now: func() time.Time { return time.Now().Add(-5 * time.Hour) }})
	d.launch("minimal")
	d.folder = t.TempDir()
	d.Fill("launch.folder", d.folder)
	d.launch("scipy")
	idle, busy := d.Container("thesis"), d.server(d.folder)
	if err := d.engine.SetKernels(busy.ID, practice.Kernel{Busy: true, Last: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if err := d.engine.SetKernels(idle.ID, practice.Kernel{Last: time.Now().Add(-5 * time.Hour)}); err != nil {
		t.Fatal(err)
	}
	d.Press("launch.idle")
	d.Press("launch.idle.4")
	d.Container("thesis", guitest.InState(model.StateExited))
	d.Tells("notice.t", "thesis")
	d.Did("docker stop thesis", journal.OK)
	if c := d.Container(busy.Name); c.State != model.StateRunning {
		t.Error("one that computes was stopped")
	}
}

// server is the container of the notebook of a folder.
func (d *desk) server(folder string) model.Container {
	d.T.Helper()
	for _, c := range d.Session.Live.Snapshot().Containers {
		for _, m := range c.Mounts {
			if m.Source == folder {
				return c
			}
		}
	}
	d.T.Fatalf("nothing has %s", folder)
	return model.Container{}
}
