//go:build linux

package gui_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/gui"
)

// TestVolumesPage makes a volume, looks into it, backs it up, restores it, and sees what takes space and gives it back.
func TestVolumesPage(t *testing.T) {
	d, e, tiny := openOn(t)
	docker(t, e, "run", "-d", "--name", "writer", "-v", "made-before:/v", tiny, "sh", "-c",
		"echo precious > /v/notes.txt; dd if=/dev/zero of=/blob bs=1000 count=500; trap 'exit 0' TERM; sleep 100000 & wait")
	press(d, "nav.volumes")
	d.Until("the volume of the container", says("row:made-before", "writer"))
	press(d, "volumes.create")
	d.Fill("newvolume.name", "made-before")
	d.Until("the name is taken", says("newvolume.why", "already exists"))
	d.Fill("newvolume.name", "made-here")
	d.Until("its command", says("newvolume.command", "docker volume create made-here"))
	press(d, "newvolume.go")
	d.Until("it is listed, and its details are shown", says("volume.name", "made-here"))

	press(d, "row:made-before")
	d.Until("who uses it", says("volume.users", "writer at /v"))
	press(d, "volumes.count")
	d.Until("its size", says("volume.size", "9 B"))
	press(d, "volume.tab.files")
	d.Until("its files", shows("row:notes.txt"))
	press(d, "row:made-here")
	d.Until("the other one is empty", func(v gui.Dump) bool { _, ok := item(v, "row:notes.txt"); return !ok })
	d.Until("it can be read", ready("volume.files.put"))

	file := filepath.Join(t.TempDir(), "made.tar")
	press(d, "row:made-before.backup")
	d.Until("that somebody writes", says("backup.busy", "writer"))
	d.Fill("backup.file", file)
	press(d, "backup.go")
	d.Until("the backup", func(gui.Dump) bool { _, err := os.Stat(file); return err == nil })
	press(d, "volumes.restore")
	d.Fill("choose.path", file)
	press(d, "choose.use")
	d.Fill("restore.name", "restored")
	press(d, "restore.go")
	d.Until("all of it is there", func(v gui.Dump) bool {
		for _, i := range v.Items {
			if strings.Contains(i.Text, "into the volume restored") {
				return true
			}
		}
		return false
	})
	press(d, "row:restored")
	press(d, "volume.tab.files")
	d.Until("what was in the backup", shows("row:notes.txt"))
	press(d, "row:restored.remove")
	d.Until("what is in it", says("rmvolumes.notes", "1 file, 9 B"))
	d.Until("its file", says("row:/notes.txt", "9 B"))
	press(d, "rmvolumes.confirm")
	d.Until("it can be undone", shows("notice.undo"))
	press(d, "notice.undo")
	d.Until("it is there, and nothing is done to it", ready("row:restored.remove"))

	docker(t, e, "volume", "create") // one without a name
	press(d, "nav.cleanup")
	d.Until("what takes space", says("cleanup.summary", "in total"))
	press(d, "cleanup.containers")
	d.Until("the file in the container",
		says("row:"+strings.TrimSpace(docker(t, e, "inspect", "-f", "{{.Id}}", "writer")), "500 kB"))
	press(d, "cleanup.volumes")
	press(d, "cleanup.unused")
	d.Until("those without a name", says("cleanup.chosen", "selected"))
	press(d, "cleanup.remove")
	d.Until("the question", shows("rmvolumes.command"))
	if i, _ := item(d.Dump(), "rmvolumes.command"); strings.Contains(i.Text, "made-here") ||
		strings.Contains(i.Text, "made-before") {
		t.Errorf("one that has a name or is used is among them: %s", i.Text)
	}
	press(d, "rmvolumes.cancel")
	d.Fill("cleanup.filter", "made-here") // other tests have left more than fit
	d.Until("only that", hides("row:restored"))
	press(d, "row:made-here")
	press(d, "cleanup.remove")
	d.Until("the question", says("rmvolumes.command", "made-here"))
	if i, _ := item(d.Dump(), "rmvolumes.command"); strings.Contains(i.Text, "made-before") {
		t.Errorf("a used one is among them: %s", i.Text)
	}
	press(d, "rmvolumes.cancel")
	docker(t, e, "rm", "-f", "writer")
}

// TestChangeInTheWindow changes a container in place, and then by a new one; and lists and signals its processes.
func TestChangeInTheWindow(t *testing.T) {
	d, e, tiny := openOn(t)
	docker(t, e, "run", "-d", "--name", "changing", "-e", "MODE=slow", "-m", "64m", tiny, "sh", "-c",
		"trap 'exit 0' TERM; sleep 12345 & sleep 100000 & while :; do wait; done")
	inside(t, e, "changing", "echo mine > /work/mine.txt")
	press(d, "nav.containers")
	press(d, "row:changing")
	press(d, "inside.tab.processes")
	pid := ""
	d.Until("what runs", func(v gui.Dump) bool {
		for _, i := range v.Items {
			if id, ok := strings.CutPrefix(i.ID, "row:"); ok && strings.HasSuffix(strings.TrimSpace(i.Text), "sleep 12345") {
				pid = id
			}
		}
		return pid != ""
	})
	press(d, "row:"+pid)
	press(d, "processes.end")
	d.Until("it is gone", func(v gui.Dump) bool { _, ok := item(v, "row:"+pid); return !ok })

	press(d, "inside.more")
	press(d, "menu.change")
	d.Until("nothing is changed", says("run.status", "haven't changed anything"))
	d.Fill("run.name", "changed")
	d.Until("it stays the same one", says("run.status", "same container is kept"))
	press(d, "run.go")
	d.Until("its new name", says("inside.name", "changed"))
	id := strings.TrimSpace(docker(t, e, "inspect", "-f", "{{.Id}}", "changed"))

	press(d, "inside.more")
	press(d, "menu.change")
	d.Until("its variable", says("run.env.0.value", "slow"))
	d.Fill("run.env.0.value", "fast")
	d.Until("a new one takes its place", says("run.status", "new container"))
	press(d, "run.go")
	d.Until("what is inside", says("change.found", "/work/mine.txt"))
	d.Until("how it is copied",
		says("change.command", "docker cp changed:/work/mine.txt - | docker cp - changed-new:/work\n"))
	press(d, "change.carry")
	d.Until("all of it would stay", says("change.go", "without carrying anything over"))
	if i, _ := item(d.Dump(), "change.command"); strings.Contains(i.Text, "docker cp") {
		t.Errorf("it would not be copied with %s", i.Text)
	}
	press(d, "change.carry")
	press(d, "change.go")
	d.Until("the new one is selected", func(gui.Dump) bool {
		// Between two renamings there is none of that name.
		now := strings.TrimSpace(docker(t, e, "ps", "--no-trunc", "--format", "{{.ID}}", "--filter", "name=^/changed$"))
		return now != "" && now != id
	})
	if env := docker(t, e, "inspect", "-f", "{{.Config.Env}}", "changed"); !strings.Contains(env, "MODE=fast") {
		t.Errorf("its variables are %s", env)
	}
	if kept := strings.TrimSpace(docker(t, e, "inspect", "-f", "{{.Id}} {{.State.Running}}",
		"changed-before")); kept != id+" false" {
		t.Errorf("the old one is %s, not %s", kept, id)
	}
	if out := docker(t, e, "exec", "changed", "cat", "/work/mine.txt"); out != "mine\n" {
		t.Errorf("%q was carried over", out)
	}

	d.Until("the new one is in the details", func(v gui.Dump) bool {
		i, ok := item(v, "inside.name") // between the two renamings the old one has that name, too
		state, _ := item(v, "inside.state")
		return ok && i.Text == "changed" && !strings.Contains(state.Text, id[:12])
	})
	press(d, "inside.more")
	press(d, "menu.change")
	press(d, "run.mount.addvolume")
	d.Fill("run.mount.0.source", "changing-work")
	d.Fill("run.mount.0.target", "/work")
	d.Until("a new one takes its place", says("run.status", "new container"))
	press(d, "run.go")
	d.Until("what becomes of its file",
		says("change.covered", "Will be copied into the new mount: 1 of your files: /work/mine.txt."))
	press(d, "change.fill")
	d.Until("it would stay", says("change.covered", "won't be in the new container"))
	d.Until("no other choice", hides("change.carry"))
	press(d, "change.fill")
	d.Until("it would be copied", says("change.go", "copy it there"))
	press(d, "change.go")
	d.Until("the file is in the volume", func(v gui.Dump) bool {
		if i, ok := item(v, "notice.title"); ok && strings.Contains(i.Text, "not changed") {
			why, _ := item(v, "notice.text")
			t.Fatalf("%s: %s", i.Text, why.Text)
		}
		now := docker(t, e, "ps", "--no-trunc", "--format", "{{.Names}} {{.Mounts}}", "--filter", "name=^/changed$")
		return strings.Contains(now, "changing-work") && docker(t, e, "exec", "changed", "cat", "/work/mine.txt") == "mine\n"
	})
}
