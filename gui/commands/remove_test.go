//go:build linux

package commands_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"slipway/engine/job"
	"slipway/engine/journal"
	"slipway/engine/model"
	"slipway/engine/practice"
	"slipway/engine/runspec"
	"slipway/gui"
	"slipway/gui/guitest"
)

// withFiles runs a container that has a person's files, a cache and what an anonymous volume holds.
func withFiles(w *guitest.Window, name string, change ...func(*runspec.Spec)) model.Container {
	w.T.Helper()
	const script = "echo precious > /root/thesis.txt; mkdir -p /root/.cache/x /srv; " +
		"echo c > /root/.cache/x/y; echo 2 > /srv/b.csv"
	return w.Had(name, script, change...)
}

// TestRemovalNamesWhatIsLost lists a person's files apart from caches, and keeps the container until it is confirmed.
func TestRemovalNamesWhatIsLost(t *testing.T) {
	guitest.UndoFor(t, 50*time.Millisecond)
	w, _ := open(t, "containers")
	withFiles(w, "work")
	w.Press("row:work.remove")
	w.Read("row:/root/thesis.txt", "9 B")
	w.See("row:/srv/b.csv")
	w.Read("remove.noise", "1 cache")
	w.Press("remove.shownoise")
	w.See("row:/root/.cache/x/y")
	w.Press("remove.shownoise")
	w.Gone("row:/root/.cache/x/y")
	w.Read("remove.command", "docker stop work\n")
	w.Read("remove.command", "docker rm work")
	w.Read("remove.confirm", "anyway")
	w.Press("remove.cancel")
	w.Gone("remove")
	w.Press("row:work.remove")
	w.Press("remove.stop")
	w.Did("docker stop work", journal.OK)
	w.Never("docker rm work")
	w.See("row:work.start")
	w.Press("row:work.remove")
	w.Lacks("remove.command", "stop")
	w.ConfirmRemoval()
	w.Did("docker rm work", journal.OK)
	w.NoContainer("work")
}

// TestUndoARemoval undoes a removal by the notice: the container runs again, with its file.
func TestUndoARemoval(t *testing.T) {
	guitest.UndoFor(t, time.Hour)
	w, _ := open(t, "containers")
	id := withFiles(w, "work").ID
	w.Press("row:work.remove")
	w.See("row:/root/thesis.txt")
	w.ConfirmRemoval()
	w.See("notice.undo")
	rowSays(w, "work", "About to be removed")
	w.See("row:work.start")
	w.Press("row:work.more")
	w.Off("menu.start")
	w.Off("menu.remove")
	w.Press("menu.copy")
	w.Press("nav.images") // the offer stays wherever one goes
	w.Press("notice.undo")
	w.Tells("notice.title", "Undone")
	w.Press("nav.containers")
	if c := w.Container("work", guitest.InState(model.StateRunning)); c.ID != id {
		t.Error("it is another one")
	}
	w.Never("docker rm work")
	if got := w.Inside("work", "cat /root/thesis.txt"); got != "precious\n" {
		t.Errorf("its file has %q", got)
	}
}

// TestRemovalWithoutUndo removes for good when nobody undoes it in time.
func TestRemovalWithoutUndo(t *testing.T) {
	w, _ := open(t, "containers")
	w.Press("row:hello.remove")
	w.ConfirmRemoval()
	w.See("notice.undo")
	w.Did("docker rm hello", journal.OK)
	w.Gone("row:hello")
	w.Gone("notice.undo")
}

// TestEngineDiesBeforeTheRemoval removes nothing when the engine goes away while the removal can be undone.
func TestEngineDiesBeforeTheRemoval(t *testing.T) {
	guitest.UndoFor(t, time.Hour)
	w, e := open(t, "containers")
	w.Press("row:hello.remove")
	w.ConfirmRemoval()
	w.See("notice.undo")
	e.Die()
	w.Tells("notice.title", "Nothing was removed")
	if err := e.Revive(); err != nil {
		t.Fatal(err)
	}
	w.Gone("banner")
	w.Never("docker rm hello")
	w.See("row:hello.start")
}

// TestRemovalThatFails says what an engine has against a removal, which is asked about anew.
func TestRemovalThatFails(t *testing.T) {
	guitest.UndoFor(t, 50*time.Millisecond)
	w, e := open(t, "containers")
	e.Fail(practice.Fault{Call: "DELETE /containers/*", Status: 500, Text: "device is busy", Times: 1})
	w.Press("row:hello.remove")
	w.ConfirmRemoval()
	w.Did("docker rm hello", journal.Failed)
	w.See("notice.title")
	if _, again := guitest.Item(w.Dump(), "notice.retry"); again {
		t.Error("it can be tried again without the question")
	}
	w.Press("row:hello.remove")
	w.ConfirmRemoval()
	w.Did("docker rm hello", journal.OK)
	w.Gone("row:hello")

	e.Fail(practice.Fault{Call: "GET /containers/*/changes", Status: 500, Text: "cannot compare"})
	w.Press("row:monthly-report.remove")
	w.Read("remove.subtitle", "couldn't list")
	w.Read("remove.confirm", "anyway")
	w.Press("remove.cancel")
}

// TestFilesThatCameLater asks again about a file that came while it could be undone.
func TestFilesThatCameLater(t *testing.T) {
	w, _ := open(t, "containers")
	w.Had("late", "trap 'echo new > /root/late.txt; exit 0' TERM; echo ready; sleep 100000 & wait")
	w.Press("row:late.remove")
	w.Until("that nothing is lost", func(d gui.Dump) bool {
		i, ok := guitest.Item(d, "remove.confirm")
		return ok && i.Text == "Remove"
	})
	w.ConfirmRemoval()
	w.See("row:/root/late.txt")
	w.Press("remove.cancel")
	w.Ended("Remove late")
	w.See("row:late.start")
	w.Never("docker rm late")
}

// TestSaveBeforeARemoval saves a copy of what would be lost, and says that it is safe then.
func TestSaveBeforeARemoval(t *testing.T) {
	urls := browser(t)
	w, e := open(t, "containers")
	withFiles(w, "work")
	dir := folder(t)
	w.Press("row:work.remove")
	w.See("row:/root/thesis.txt")
	w.Press("remove.save")
	w.ChoosePath(dir)
	w.Read("remove.saved", "2 files")
	found := files(t, dir)
	if !holds(found, "root/thesis.txt", "precious\n") || !holds(found, "srv/b.csv", "2\n") {
		t.Errorf("saved were %v", found)
	}
	w.Read("remove.subtitle", "is running") // what is written since is not in it
	w.Press("remove.saved.open")
	w.Until("the folder is opened", func(gui.Dump) bool { return len(urls()) == 1 })
	w.Press("remove.stop")
	w.See("row:work.start")

	w.Press("row:work.remove")
	w.See("row:/root/thesis.txt")
	e.Fail(practice.Fault{Call: "GET /containers/*/archive", Status: 500, Text: "cannot read"})
	w.Press("remove.save")
	w.Read("choose.path", dir)
	w.ChoosePath(dir)
	w.Until("that it failed", func(d gui.Dump) bool {
		i, ok := guitest.Item(d, "remove.saved")
		return ok && i.Text != "" && !strings.Contains(i.Text, "Saving")
	})
	e.Mend()
	w.Read("remove.confirm", "anyway")
	w.Press("remove.save")
	w.ChoosePath(dir)
	w.Read("remove.saved", "2 files")
	w.Until("nothing is lost any more", func(d gui.Dump) bool {
		i, ok := guitest.Item(d, "remove.confirm")
		return ok && i.Text == "Remove"
	})
	w.ConfirmRemoval()
	w.NoContainer("work")
}

// TestSaveIsCancelled cancels what is saved, before which nothing can be removed.
func TestSaveIsCancelled(t *testing.T) {
	w, e := open(t, "containers")
	withFiles(w, "work")
	w.Press("row:work.remove")
	w.See("row:/root/thesis.txt")
	e.Freeze()
	w.Press("remove.save")
	w.ChoosePath(folder(t))
	w.Off("remove.confirm")
	w.Off("remove.save")
	w.Running("Save the files in work")
	for _, v := range w.Session.Jobs.List() {
		w.Session.Jobs.Cancel(v.ID)
	}
	w.Read("remove.saved", "cancelled")
	e.Mend()
	w.Until("it can be removed", guitest.Ready("remove.confirm"))
	w.Press("remove.cancel")
}

// TestKeepAsImage keeps everything in a container as an image, also when it fails first.
func TestKeepAsImage(t *testing.T) {
	w, e := open(t, "containers")
	withFiles(w, "work", func(s *runspec.Spec) { s.Env = []runspec.Env{{Name: "API_TOKEN", Value: "abc", Secret: true}} })
	w.Press("row:work.remove")
	w.Press("remove.keep")
	w.Read("keep.name", "work:mine")
	w.Read("keep.secrets", "API_TOKEN")
	w.Fill("keep.name", "")
	w.Off("keep.go")
	w.Press("keep.cancel")
	w.Gone("keep")
	e.Fail(practice.Fault{Call: "POST /commit", Status: 500, Text: "no space left on device", Times: 1})
	w.Press("remove.keep")
	w.Press("keep.go")
	w.Read("remove.saved", "disk")
	w.Press("remove.keep")
	w.Press("keep.go")
	w.Read("remove.saved", "work:mine")
	w.Image("work:mine")
	w.Press("remove.cancel")
	w.Had("again", "true", func(s *runspec.Spec) { s.Image = "work:mine" })
	if got := w.Inside("again", "cat /root/thesis.txt"); got != "precious\n" {
		t.Errorf("the image has %q", got)
	}
}

// TestContainersWithRm asks before a container is stopped, killed or restarted that is destroyed by that.
func TestContainersWithRm(t *testing.T) {
	guitest.UndoFor(t, 50*time.Millisecond)
	w, _ := open(t, "containers")
	rm := func(s *runspec.Spec) { s.AutoRemove = true }
	for _, verb := range []string{"stop", "kill", "restart", "remove"} {
		name := verb + "-me"
		withFiles(w, name, rm)
		w.Menu(name, verb)
		w.See("row:/root/thesis.txt")
		command := "docker " + verb + " " + name
		if verb == "remove" {
			command = "docker stop " + name
		}
		w.Read("remove.command", command)
		w.Press("remove.cancel")
		w.Never(command)
		w.Menu(name, verb)
		w.See("row:/root/thesis.txt")
		w.ConfirmRemoval()
		w.Did(command, journal.OK)
		if verb == "restart" {
			w.Container(name, guitest.InState(model.StateRunning))
			continue
		}
		w.NoContainer(name)
	}
}

// TestRemovalNamesTheVolume tells a volume of its own, which goes, from one that stays, and that a terminal is open.
func TestRemovalNamesTheVolume(t *testing.T) {
	w, _ := open(t, "containers")
	dir := folder(t)
	w.Had("mounts", "echo 1 > /own/x; echo 2 > /named/y", func(s *runspec.Spec) {
		s.AutoRemove = true
		s.Mounts = []runspec.Mount{
			{Kind: runspec.Volume, Target: "/own"},
			{Kind: runspec.Volume, Source: "survey-2025", Target: "/named"},
			{Kind: runspec.Bind, Source: dir, Target: "/mine", ReadOnly: true},
		}
	})
	w.Press("row:mounts")
	w.Press("inside.tab.terminal")
	w.Until("a prompt", terminal("#"))
	w.Press("row:mounts.stop")
	w.Read("remove.volume", "/own")
	w.See("row:/own/x")
	if _, ok := guitest.Item(w.Dump(), "row:/named/y"); ok {
		t.Error("a file that stays is named as lost")
	}
	w.See("remove.terminals")
	w.Press("remove.cancel")
}

// terminal tells whether a terminal shows a text.
func terminal(text string) func(gui.Dump) bool {
	return func(d gui.Dump) bool {
		for _, i := range d.Items {
			if i.Role == "terminal" && strings.Contains(i.Text, text) {
				return true
			}
		}
		return false
	}
}

// TestRemoveSeveral lists what is lost in several containers, saves it, and removes them together.
func TestRemoveSeveral(t *testing.T) {
	guitest.UndoFor(t, 50*time.Millisecond)
	w, e := open(t, "containers")
	withFiles(w, "one")
	withFiles(w, "two")
	dir := folder(t)
	all := ids(w, "one", "two", "hello")
	w.Choose("containers.table", all...)
	w.Press("containers.several.remove")
	w.See("row:one /root/thesis.txt")
	w.See("row:two /srv/b.csv")
	w.Read("row:hello ", "none")
	w.Read("removes.command", "docker stop")
	w.Read("removes.command", "docker rm")
	w.Press("removes.shownoise")
	w.See("row:one:/root/.cache/x/y")
	w.Press("removes.save")
	w.ChoosePath(dir)
	w.Read("removes.saved", dir[strings.LastIndexByte(dir, '/'):])
	w.Until("the copies", func(gui.Dump) bool { return len(files(t, dir)) == 4 })
	w.Press("removes.cancel")
	w.Choose("containers.table", all...)
	w.Press("containers.several.remove")
	w.Press("removes.stop")
	w.Container("one", guitest.InState(model.StateExited))
	w.Container("two", guitest.InState(model.StateExited))
	e.Fail(practice.Fault{Call: "DELETE /containers/" + w.Container("two").ID, Status: 500, Text: "device is busy"})
	w.Choose("containers.table", all...)
	w.Focus("containers.table")
	w.Key("Delete")
	w.See("row:two /srv/b.csv")
	w.Press("removes.confirm")
	w.NoContainer("one")
	w.NoContainer("hello")
	v := w.Ended("Remove 3")
	if v.State != job.Failed {
		t.Errorf("it is %s", v.State)
	}
	w.Press("strip.jobs")
	w.See("job." + v.ID + ".title")
	w.Press("jobs.close")
	w.See("row:two")
	e.Mend()
	if len(files(t, dir)) != 4 {
		t.Error("the copies are gone")
	}
	if _, err := os.Stat(dir); err != nil {
		t.Error(err)
	}
}

// TestUndoSeveral undoes the removal of several containers: what ran runs again.
func TestUndoSeveral(t *testing.T) {
	guitest.UndoFor(t, time.Hour)
	w, _ := open(t, "containers")
	w.Choose("containers.table", ids(w, "web", "hello")...)
	w.Press("containers.several.remove")
	w.Press("removes.confirm")
	w.Press("notice.undo")
	w.Tells("notice.title", "Undone")
	w.Container("web", guitest.InState(model.StateRunning))
	w.See("row:hello")
}

// TestSeveralWithRm asks about those of several that are destroyed when they stop, and only stops the others.
func TestSeveralWithRm(t *testing.T) {
	guitest.UndoFor(t, 50*time.Millisecond)
	w, _ := open(t, "containers")
	withFiles(w, "passing", func(s *runspec.Spec) { s.AutoRemove = true })
	w.Choose("containers.table", ids(w, "web", "passing")...)
	w.Read("containers.several.stop", "Stop 2…")
	w.Press("containers.several.stop")
	w.See("row:passing /root/thesis.txt")
	w.Read("removes.others", "web")
	w.Press("removes.confirm")
	w.NoContainer("passing")
	w.Container("web", guitest.InState(model.StateExited))
}

// TestSeveralAtOnce starts, stops, restarts, pauses and resumes several, each those that it makes sense for.
func TestSeveralAtOnce(t *testing.T) {
	w, e := open(t, "containers")
	w.Choose("containers.table", ids(w, "web", "db", "monthly-report")...)
	for _, s := range []struct {
		line, label, command string
		web                  model.State
	}{
		{"pause", "2", "docker pause web db", model.StatePaused},
		{"resume", "2", "docker unpause web db", model.StateRunning},
		{"restart", "2", "docker restart web db", model.StateRunning},
		{"stop", "2", "docker stop web db", model.StateExited},
		{"start", "3", "", model.StateRunning},
	} {
		w.Read("containers.several."+s.line, s.label)
		w.Press("containers.several." + s.line)
		if s.command != "" {
			w.Did(s.command, journal.OK)
		}
		w.Container("web", guitest.InState(s.web))
		w.Container("db", guitest.InState(s.web))
	}
	w.Press("containers.several.more")
	w.Press("menu.copynames")
	w.Copied("web\ndb")
	e.Fail(practice.Fault{Call: "POST /containers/" + w.Container("db").ID + "/pause", Status: 500, Text: "not this one"})
	w.Press("containers.several.pause")
	w.Did("docker pause web db", journal.Failed)
	w.Container("web", guitest.InState(model.StatePaused))
	w.Container("db", guitest.InState(model.StateRunning))
	w.Press("containers.several.clear")
	w.Gone("containers.several")
}
