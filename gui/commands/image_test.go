//go:build linux

package commands_test

import (
	"testing"

	"slipway/engine/job"
	"slipway/engine/journal"
	"slipway/engine/practice"
	"slipway/gui"
	"slipway/gui/guitest"
)

// keep makes an image of a container under a name.
func keep(w *guitest.Window, container, name string) {
	w.T.Helper()
	w.Press("nav.containers")
	w.Press("row:" + container)
	w.Press("inside.remove")
	w.Press("remove.keep")
	w.Fill("keep.name", name)
	w.Press("keep.go")
	w.Ended("Save " + container)
	w.Press("remove.cancel")
	w.Image(name)
}

// TestRemoveImage says what an image is used by, keeps it for that, and removes one that nothing uses.
func TestRemoveImage(t *testing.T) {
	w, e := open(t, "images")
	w.Press("row:nginx:latest.remove")
	w.Read("rmi.usedby", "web")
	if _, can := guitest.Item(w.Dump(), "rmi.delete"); can {
		t.Error("an image that is used can be removed")
	}
	w.Press("rmi.show")
	w.Read("inside.name", "web")
	w.Press("nav.images")
	w.Press("row:busybox:latest.remove")
	w.Read("rmi.command", "docker rmi busybox:latest")
	w.Press("rmi.cancel")
	w.Never("docker rmi busybox:latest")
	e.Fail(practice.Fault{Call: "DELETE /images/*", Status: 500, Text: "layer is broken", Times: 1})
	w.Press("row:busybox:latest.remove")
	w.Press("rmi.delete")
	w.Did("docker rmi busybox:latest", journal.Failed)
	w.See("row:busybox:latest")
	w.Press("row:busybox:latest")
	w.Press("notice.close")
	w.Focus("images.table")
	w.Key("Delete")
	w.Press("rmi.delete")
	w.Did("docker rmi busybox:latest", journal.OK)
	w.Gone("row:busybox:latest")

	e.Fail(practice.Fault{Call: "GET /containers/json", Status: 500, Text: "broken", Times: 1})
	w.Press("row:hello-world:latest.remove")
	w.Press("notice.details")
	w.Read("details.raw", "broken")
}

// TestImageOfSeveralNames takes one name off, and deletes an image with all of its names.
func TestImageOfSeveralNames(t *testing.T) {
	w, _ := open(t, "images")
	w.Press("nav.images")
	w.Press("images.pull")
	w.Fill("pull.image", "busybox:1.37")
	w.Press("pull.go")
	w.Press("row:busybox:1.37.remove")
	w.Read("rmi.command", "docker rmi busybox:1.37")
	w.See("rmi.delete")
	w.Press("rmi.untag")
	w.Did("docker rmi busybox:1.37", journal.OK)
	w.Gone("row:busybox:1.37")
	w.See("row:busybox:latest")
	w.Menu("busybox:latest", "pull")
	w.Ended("Pull ")

	w.Press("images.pull")
	w.Fill("pull.image", "busybox:1.37")
	w.Press("pull.go")
	w.Press("row:busybox:1.37.remove")
	w.Press("rmi.delete")
	w.Did("docker rmi busybox:1.37 busybox:latest", journal.OK)
	w.Gone("row:busybox:1.37")
	w.Gone("row:busybox:latest")
}

// TestImageMadeHere keeps a container as an image that takes another one's name, which is left without one, and
// removes that.
func TestImageMadeHere(t *testing.T) {
	w, _ := open(t, "containers")
	w.Had("mine", "echo one > /root/notes.txt")
	keep(w, "mine", "thesis:1")
	first := w.Image("thesis:1")
	w.Inside("mine", "echo two > /root/notes.txt")
	w.Press("row:mine")
	w.Press("inside.remove")
	w.Press("remove.keep")
	w.Fill("keep.name", "Not A Name")
	w.Off("keep.go")
	w.Fill("keep.name", "thesis:1")
	w.Read("keep.why", "lose")
	w.Read("keep.command", "docker commit")
	w.Press("keep.go")
	w.Until("the second one", func(gui.Dump) bool { return w.Image("thesis:1").ID != first.ID })
	w.Press("remove.cancel")
	w.Press("nav.images")
	w.See("row:thesis:1")
	w.Menu(first.ShortID(), "copyid")
	w.Copied(first.ID)
	w.Press("row:" + first.ShortID() + ".more")
	w.Off("menu.pull")
	w.Press("menu.remove")
	w.Read("rmi.command", "docker rmi "+first.ShortID())
	w.Press("rmi.delete")
	w.Did("docker rmi "+first.ShortID(), journal.OK)
	w.Gone("row:" + first.ShortID())
}

// TestRemoveSeveralImages removes those that nothing uses and keeps the others, and says which.
func TestRemoveSeveralImages(t *testing.T) {
	w, _ := open(t, "images")
	w.Choose("images.table", imageRow(w, "nginx:latest"), imageRow(w, "postgres:17"))
	w.Press("images.several.remove")
	w.Read("row:nginx:latest", "web")
	w.See("rmis.cancel")
	if _, can := guitest.Item(w.Dump(), "rmis.confirm"); can {
		t.Error("images that are used can be removed")
	}
	w.Press("rmis.cancel")
	w.Choose("images.table", imageRow(w, "busybox:latest"), imageRow(w, "postgres:17"))
	w.Press("images.several.more")
	w.Press("menu.copynames")
	w.Copied("busybox:latest")
	w.Press("images.several.more")
	w.Press("menu.remove")
	w.Read("rmis.command", "docker rmi busybox:latest")
	w.Lacks("rmis.command", "postgres")
	w.Press("rmis.confirm")
	if v := w.Ended("Remove "); v.State != job.Done {
		t.Errorf("it is %s: %v", v.State, v.Problem)
	}
	w.Gone("row:busybox:latest")
	w.See("row:postgres:17")
}
