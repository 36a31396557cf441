//go:build linux

package cleanup_test

import (
	"strings"
	"testing"
	"time"

	"slipway/engine/journal"
	"slipway/engine/practice"
	"slipway/engine/runspec"
	"slipway/gui"
	"slipway/gui/guitest"
)

// open opens the window at the page, and waits until it was counted.
func open(t *testing.T) (*guitest.Window, *practice.Engine) {
	t.Helper()
	guitest.UndoFor(t, 50*time.Millisecond)
	w, e := guitest.Practice(t, practice.Options{})
	w.Press("nav.cleanup")
	w.Read("cleanup.summary", "in total")
	return w, e
}

// TestKinds lists each kind of what takes space, and what can become free of it.
func TestKinds(t *testing.T) {
	w, _ := open(t)
	w.Read("strip.command", "docker system df -v")
	for _, name := range []string{"nginx:latest", "busybox:latest"} {
		w.Read("row:"+w.Image(name).ID, strings.Split(name, ":")[0])
	}
	w.Off("cleanup.remove")
	w.Press("row:" + w.Image("nginx:latest").ID)
	w.Read("cleanup.chosen", "web") // why it stays
	w.Off("cleanup.remove")
	w.Press("cleanup.containers")
	w.Read("row:"+w.Container("web").ID, "web")
	w.Press("row:" + w.Container("hello").ID)
	w.Until("it can be removed", guitest.Ready("cleanup.remove"))
	w.Press("cleanup.volumes")
	w.Read("row:db-data", "db")
	w.Read("row:survey-2025", "not used")
	w.Off("cleanup.unused") // somebody gave it a name
	w.Press("cleanup.cache")
	w.Gone("row:survey-2025")
	w.Off("cleanup.unused")
}

// TestFilter lists what fits a filter.
func TestFilter(t *testing.T) {
	w, _ := open(t)
	w.Press("cleanup.volumes")
	w.Fill("cleanup.filter", "survey")
	w.Gone("row:db-data")
	w.See("row:survey-2025")
	w.Fill("cleanup.filter", "nothing like it")
	w.Gone("row:survey-2025")
	w.Key("Escape")
	w.See("row:db-data")
}

// TestReveal goes to the page of what is selected, by a key and by the menu; several have no page together.
func TestReveal(t *testing.T) {
	w, _ := open(t)
	for kind, row := range map[string]string{
		"containers": w.Container("web").ID,
		"volumes":    "survey-2025",
		"images":     w.Image("busybox:latest").ID,
	} {
		w.Press("nav.cleanup")
		w.Press("cleanup." + kind)
		w.Press("row:" + row)
		w.Focus("cleanup.table")
		w.Key("Space")
		w.Press("menu.show")
		w.Until("the page of "+kind, func(d gui.Dump) bool { return d.Page == kind })
	}
	w.Press("nav.cleanup")
	w.Press("cleanup.volumes")
	w.Choose("cleanup.table", "db-data", "survey-2025")
	w.Key("Return")
	if d := w.Dump(); d.Page != "cleanup" {
		t.Errorf("the page is %s", d.Page)
	}
	w.Press("row:survey-2025")
	w.Key("Return")
	w.Read("volume.name", "survey-2025")
}

// TestRemoveContainers removes one and several containers, each with its question, and takes them off the list.
func TestRemoveContainers(t *testing.T) {
	w, _ := open(t)
	w.Press("cleanup.containers")
	hello, report, web := w.Container("hello").ID, w.Container("monthly-report").ID, w.Container("web").ID
	w.Choose("cleanup.table", hello, report, web)
	w.Read("cleanup.remove", "3")
	w.Press("cleanup.remove")
	w.Press("removes.cancel")
	w.Choose("cleanup.table", hello, report)
	w.Focus("cleanup.table")
	w.Key("Delete")
	w.Press("removes.confirm")
	w.Gone("row:" + hello)
	w.Gone("row:" + report)
	w.Press("row:" + web)
	w.Press("cleanup.remove")
	w.Press("remove.confirm")
	w.Did("docker rm web", journal.OK)
	w.Gone("row:" + web)
	w.Press("cleanup.images") // which nothing uses any more
	w.Until("its image can become free", guitest.Says("row:"+w.Image("nginx:latest").ID, "not used"))
}

// TestRemoveVolumes removes a volume that somebody gave a name only when it is chosen by hand, and one without a name
// with the others.
func TestRemoveVolumes(t *testing.T) {
	w, _ := open(t)
	w.Had("scratch", "true", func(s *runspec.Spec) {
		s.Mounts = []runspec.Mount{{Kind: runspec.Volume, Target: "/scratch"}}
	})
	w.Press("cleanup.containers")
	w.Press("cleanup.again")
	w.Press("row:" + w.Container("scratch").ID)
	w.Press("cleanup.remove")
	w.Press("remove.confirm")
	w.NoContainer("scratch")
	w.Press("cleanup.volumes")
	w.Press("cleanup.again")
	w.Press("cleanup.unused")
	w.Read("cleanup.chosen", "1 selected")
	w.Press("cleanup.remove")
	w.Lacks("rmvolumes.command", "survey")
	w.Press("rmvolumes.confirm")
	w.Off("cleanup.unused")
	w.Choose("cleanup.table", "db-data", "survey-2025")
	w.Read("cleanup.chosen", "1 of 2")
	w.Press("cleanup.remove")
	w.Read("rmvolumes.command", "docker volume rm survey-2025")
	w.Press("rmvolumes.confirm")
	w.Did("docker volume rm survey-2025", journal.OK)
	w.Gone("row:survey-2025")
	w.See("row:db-data")
}

// TestCountingFails says why it was not counted, and counts when asked again.
func TestCountingFails(t *testing.T) {
	w, e := open(t)
	e.Fail(practice.Fault{Call: "GET /system/df", Status: 500, Text: "cannot count"})
	w.Press("cleanup.again")
	w.Press("cleanup.volumes")
	w.See("row:survey-2025") // what was counted before stays
	w.Until("it can be counted again", guitest.Ready("cleanup.again"))
	e.Mend()
	w.Press("cleanup.again")
	w.Read("cleanup.summary", "in total")
}

// TestNeverCounted offers to try again where the first counting failed.
func TestNeverCounted(t *testing.T) {
	w, e := guitest.Practice(t, practice.Options{})
	e.Fail(practice.Fault{Call: "GET /system/df", Status: 500, Text: "cannot count"})
	w.Press("nav.cleanup")
	w.See("cleanup.retry")
	e.Mend()
	w.Press("cleanup.retry")
	w.Read("cleanup.summary", "in total")
}

// TestHangingCount says that it is counted while the engine takes its time, and can be left.
func TestHangingCount(t *testing.T) {
	w, e := guitest.Practice(t, practice.Options{})
	w.Container("web")
	e.Freeze()
	w.Press("nav.cleanup")
	w.Read("cleanup.summary", "Calculating")
	w.Off("cleanup.again")
	w.Press("nav.images")
	e.Mend()
	w.Press("nav.cleanup")
	w.Read("cleanup.summary", "in total")
}

// TestAway removes nothing while the engine is away.
func TestAway(t *testing.T) {
	w, e := open(t)
	w.Press("row:" + w.Image("busybox:latest").ID)
	w.Until("it can be removed", guitest.Ready("cleanup.remove"))
	e.Die()
	w.See("banner")
	w.Off("cleanup.remove")
	if err := e.Revive(); err != nil {
		t.Fatal(err)
	}
	w.Gone("banner")
	w.Until("it can be removed again", guitest.Ready("cleanup.remove"))
}
