//go:build linux

package commands_test

import (
	"strings"
	"testing"

	"slipway/engine/job"
	"slipway/engine/journal"
	"slipway/engine/practice"
	"slipway/gui"
	"slipway/gui/guitest"
)

// TestPullDialog proposes names, says what is wrong with one, and pulls what was typed.
func TestPullDialog(t *testing.T) {
	w, _ := open(t, "images")
	w.Press("images.pull")
	w.Off("pull.go")
	w.Key("Return")
	w.Fill("pull.image", "NGINX:a b")
	w.Off("pull.go")
	w.Until("what is wrong", func(d gui.Dump) bool {
		i, ok := guitest.Item(d, "pull.why")
		return ok && strings.TrimSpace(i.Text) != ""
	})
	w.Fill("pull.image", "post")
	w.See("pull.suggest.postgres:17")
	w.Key("Down")
	w.Read("pull.image", "postgres:17")
	w.Read("pull.command", "docker pull postgres:17")
	w.Fill("pull.image", "alp")
	w.Press("pull.suggest.alpine")
	w.Read("pull.image", "alpine")
	w.Read("pull.command", "docker pull alpine:latest")
	w.Until("how large it is, or that this is not known", func(d gui.Dump) bool {
		i, _ := guitest.Item(d, "pull.info")
		return strings.Contains(i.Text, "size") || strings.Contains(i.Text, "download")
	})
	w.Key("Return")
	w.Gone("pull")
	w.Did("docker pull alpine:latest", journal.OK)
	w.Image("alpine:latest")
	w.Press("notice.run")
	w.Read("run.image", "alpine")
	w.Key("Escape")
}

// TestPullIsGivenUp closes the question with Escape, and nothing is pulled.
func TestPullIsGivenUp(t *testing.T) {
	w, _ := open(t, "images")
	w.Press("images.pull")
	w.Fill("pull.image", "alpine")
	w.Key("Escape")
	w.Gone("pull")
	w.Never("docker pull alpine:latest")
}

// TestPullThatFails says why, offers to try again, and to change the name.
func TestPullThatFails(t *testing.T) {
	w, e := open(t, "images")
	e.Fail(practice.Fault{Call: "POST /images/create", Status: 500, Text: "no space left on device", Times: 1})
	w.Press("images.pull")
	w.Fill("pull.image", "alpine")
	w.Press("pull.go")
	w.Did("docker pull alpine:latest", journal.Failed)
	w.Tells("notice.t", "disk")
	w.Press("notice.retry")
	w.Did("docker pull alpine:latest", journal.OK)
	w.See("row:alpine:latest")

	w.Press("images.pull")
	w.Fill("pull.image", "alpine:nosuchtag")
	w.Press("pull.go")
	w.Did("docker pull alpine:nosuchtag", journal.Failed)
	w.Press("notice.edit")
	w.Read("pull.image", "alpine:nosuchtag")
	w.Fill("pull.image", "alpine:3.22")
	w.Press("pull.go")
	w.Did("docker pull alpine:3.22", journal.OK)
}

// TestPullIsCancelled cancels a pull on the page of images, and one when the engine does not answer.
func TestPullIsCancelled(t *testing.T) {
	w, e := open(t, "images")
	pull := func() {
		w.Press("images.pull")
		w.Fill("pull.image", "quay.io/jupyter/pytorch-notebook")
		w.Press("pull.go")
		w.Press("images.pulling.quay.io/jupyter/pytorch-notebook:latest.cancel")
		w.Did("docker pull quay.io/jupyter/pytorch-notebook:latest", journal.Cancelled)
		w.Gone("images.pulling.quay.io/jupyter/pytorch-notebook:latest")
	}
	pull()
	e.Freeze()
	pull()
	e.Mend()
	if _, there := w.Session.Live.Snapshot().FindImage("quay.io/jupyter/pytorch-notebook:latest"); there {
		t.Error("it is there")
	}
}

// TestEngineDiesInAPull tells that the pull broke off, and goes on with it by hand when the engine is back.
func TestEngineDiesInAPull(t *testing.T) {
	w, e := open(t, "images")
	w.Press("images.pull")
	w.Fill("pull.image", "quay.io/jupyter/base-notebook")
	w.Press("pull.go")
	w.Running("Pull quay.io/jupyter/base-notebook")
	w.See("images.pulling.quay.io/jupyter/base-notebook:latest")
	e.Die()
	if v := w.Ended("Pull "); v.State != job.Failed {
		t.Errorf("it is %s", v.State)
	}
	w.See("banner")
	if err := e.Revive(); err != nil {
		t.Fatal(err)
	}
	w.Gone("banner")
	w.Press("notice.retry")
	w.Did("docker pull quay.io/jupyter/base-notebook:latest", journal.OK)
	w.Press("notice.launch")
	w.Until("the page that launches it", func(d gui.Dump) bool { return d.Page == "launch" })
}

// TestPullAgain pulls an image that is there from its menu, and several at once.
func TestPullAgain(t *testing.T) {
	w, _ := open(t, "images")
	w.Menu("busybox:latest", "pull")
	w.Did("docker pull busybox:latest", journal.OK)
	w.Choose("images.table", imageRow(w, "busybox:latest"), imageRow(w, "hello-world:latest"))
	w.Press("images.several.pull")
	if v := w.Ended("Pull 2"); v.State != job.Done || len(v.Items) != 2 {
		t.Errorf("it is %s: %v", v.State, v.Items)
	}
}

// imageRow is the ID of the row of an image under one of its names.
func imageRow(w *guitest.Window, ref string) string {
	w.T.Helper()
	return w.Image(ref).ID + " " + ref
}
