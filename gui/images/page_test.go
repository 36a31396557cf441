//go:build linux

package images_test

import (
	"context"
	"strings"
	"testing"

	"slipway/engine/practice"
	"slipway/gui"
	"slipway/gui/guitest"

	"fyne.io/fyne/v2"
)

// TestListOfImages filters and orders the list, and shows the command that lists the same.
func TestListOfImages(t *testing.T) {
	w, _ := open(t)
	w.Read("images.total", "5")
	w.Read("strip.command", "docker image ls")
	w.Fill("images.filter", "ngi")
	w.Gone("row:postgres:17")
	w.Until("no command says that", guitest.Hides("strip.command"))
	w.Fill("images.filter", "nothing like it")
	w.Press("images.clear")
	w.See("row:postgres:17")
	w.Press("images.table.sort.name")
	w.Until("ordered by name", func(d gui.Dump) bool {
		return guitest.Order(d) == "busybox:latest hello-world:latest nginx:latest postgres:17 python:3.13"
	})
	w.Press("images.table.sort.size")
	w.Until("the largest one first", func(d gui.Dump) bool {
		return strings.HasPrefix(guitest.Order(d), "python:3.13 postgres:17")
	})
	w.Press("images.table.sort.size")
	w.Until("the smallest one first", func(d gui.Dump) bool {
		return strings.HasPrefix(guitest.Order(d), "hello-world:latest")
	})
	w.Press("images.table.sort.used")
	w.Until("what is not used last", func(d gui.Dump) bool {
		return strings.HasSuffix(guitest.Order(d), "busybox:latest")
	})
	w.Press("images.table.sort.created")
}

// TestKeysOfTheList selects, runs and leaves with the keys.
func TestKeysOfTheList(t *testing.T) {
	w, _ := open(t)
	w.Press("row:busybox:latest")
	w.Focus("images.table")
	w.Key("Return")
	w.Read("run.image", "busybox")
	w.Key("Escape")
	w.Gone("run")
	w.Focus("images.table")
	w.Key("Space")
	w.Press("menu.copyname")
	w.Copied("busybox")
	w.Focus("images.table")
	w.Key("Escape")
	w.Gone("image.id")
	w.Focus("images.table")
	w.Shortcut(&fyne.ShortcutSelectAll{})
	w.See("images.several.remove")
	w.Read("strip.command", "docker image inspect")
	w.Press("images.several.clear")
	w.Gone("images.several.remove")
}

// TestPulledIsSelected shows how far a pull is over the list, and selects the image unless another one is selected.
func TestPulledIsSelected(t *testing.T) {
	w, _ := open(t)
	pull := func(name string) {
		w.Press("images.pull")
		w.Fill("pull.image", name)
		w.Press("pull.go")
	}
	pull("quay.io/jupyter/base-notebook")
	w.Tells("images.pulling.", "of")
	w.See("row:quay.io/jupyter/base-notebook:latest")
	w.Read("image.name", "base-notebook")
	pull("alpine")
	w.See("row:alpine:latest")
	w.Read("image.name", "base-notebook")
	w.Menu("quay.io/jupyter/base-notebook:latest", "launch")
	w.Until("the page Launch", func(d gui.Dump) bool { return d.Page == "launch" })
}

// TestTwoPulls shows two images on their way, and cancels one of them.
func TestTwoPulls(t *testing.T) {
	w, _ := open(t)
	for _, name := range []string{"pytorch", "tensorflow"} {
		w.Press("images.pull")
		w.Fill("pull.image", "quay.io/jupyter/"+name+"-notebook")
		w.Press("pull.go")
	}
	w.See("images.pulling.quay.io/jupyter/pytorch-notebook:latest")
	w.Press("images.pulling.quay.io/jupyter/tensorflow-notebook:latest.cancel")
	w.Gone("images.pulling.quay.io/jupyter/tensorflow-notebook:latest")
	w.See("images.pulling.quay.io/jupyter/pytorch-notebook:latest")
	w.Press("images.pulling.quay.io/jupyter/pytorch-notebook:latest.cancel")
	w.Gone("images.pulling.quay.io/jupyter/pytorch-notebook:latest")
}

// TestNoImages says what images are where there are none, and pulls the first one.
func TestNoImages(t *testing.T) {
	guitest.NoLeaks(t)
	e := guitest.StartPractice(t, practice.Options{})
	w := guitest.OpenPractice(t, e)
	w.Press("nav.images")
	w.Press("images.empty.pull")
	w.Fill("pull.image", "busybox")
	w.Press("pull.go")
	w.See("row:busybox:latest")
	w.Gone("images.empty.pull")
}

// TestImageWithoutAName lists an image that lost its name, with what can be done with it.
func TestImageWithoutAName(t *testing.T) {
	w, _ := open(t)
	w.Had("mine", "true")
	c := w.Container("mine")
	for range 2 {
		w.Inside("mine", "date > /root/now")
		if _, err := w.Engine().Commit(context.Background(), c, "thesis:1"); err != nil {
			t.Fatal(err)
		}
	}
	w.See("row:thesis:1")
	w.Fill("images.filter", "dangling")
	w.Gone("row:thesis:1")
	var id string
	w.Until("the one without a name, alone", func(d gui.Dump) bool {
		id = guitest.Order(d)
		return id != "" && !strings.Contains(id, " ")
	})
	w.Press("row:" + id)
	w.Read("image.name", "no name")
	w.Press("row:" + id + ".more")
	w.Off("menu.pull")
	w.Key("Escape")
	w.Press("row:" + id + ".remove")
	w.Press("rmi.delete")
	w.Gone("row:" + id)
}

// TestImagesWhileAway offers nothing that needs the engine while it is away, and lists what was there.
func TestImagesWhileAway(t *testing.T) {
	w, e := open(t)
	e.Die()
	w.See("banner")
	w.Off("row:busybox:latest.remove")
	w.Off("row:busybox:latest.run")
	w.Press("row:busybox:latest.more")
	w.Off("menu.pull")
	w.Press("menu.copyid")
	w.Copied(w.Image("busybox:latest").ID)
	if err := e.Revive(); err != nil {
		t.Fatal(err)
	}
	w.Gone("banner")
	w.Until("it can be removed again", guitest.Ready("row:busybox:latest.remove"))
}

// TestSelectionOutlivesTheFilter keeps several selected while a filter hides some, and selects one again that it hid.
func TestSelectionOutlivesTheFilter(t *testing.T) {
	w, _ := open(t)
	id := func(ref string) string { return w.Image(ref).ID + " " + ref }
	w.Choose("images.table", id("python:3.13"), id("nginx:latest"), id("busybox:latest"))
	w.Read("images.several.name", "3 ")
	w.Fill("images.filter", "latest")
	w.Gone("row:python:3.13")
	w.Fill("images.filter", "")
	w.See("row:python:3.13")
	w.See("images.several.remove")
	w.Choose("images.table", id("python:3.13"))
	w.Read("image.name", "python")
	w.Fill("images.filter", "latest")
	w.Gone("image.name")
	w.Fill("images.filter", "")
	w.Read("image.name", "python")
}
