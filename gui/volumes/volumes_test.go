//go:build linux

package volumes_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/engine/practice"
	"slipway/engine/runspec"
	"slipway/gui"
	"slipway/gui/guitest"

	"fyne.io/fyne/v2"
)

// open opens the window at the page.
func open(t *testing.T) (*guitest.Window, *practice.Engine) {
	t.Helper()
	guitest.UndoFor(t, 50*time.Millisecond)
	w, e := guitest.Practice(t, practice.Options{})
	w.Press("nav.volumes")
	w.See("row:survey-2025")
	return w, e
}

// TestListOfVolumes filters and orders the list, and shows the command that lists the same.
func TestListOfVolumes(t *testing.T) {
	w, _ := open(t)
	w.Read("volumes.all", "2")
	w.Read("volumes.unused", "1")
	w.Read("strip.command", "docker volume ls")
	w.Press("volumes.unused")
	w.Gone("row:db-data")
	w.Read("strip.command", "dangling=true")
	w.Press("volumes.all")
	w.See("row:db-data")
	w.Fill("volumes.filter", "db")
	w.Gone("row:survey-2025")
	w.Until("no command says that", guitest.Hides("strip.command"))
	w.Fill("volumes.filter", "nothing like it")
	w.Press("volumes.clear")
	w.See("row:survey-2025")
	for key, want := range map[string]string{"name": "db-data survey-2025", "used": "db-data survey-2025"} {
		w.Press("volumes.table.sort." + key)
		w.Until("ordered by "+key, func(d gui.Dump) bool { return guitest.Order(d) == want })
		w.Press("volumes.table.sort." + key)
		w.Until("the other way round", func(d gui.Dump) bool { return guitest.Order(d) == "survey-2025 db-data" })
	}
}

// TestSizes counts what is in each volume, and says when that cannot be done.
func TestSizes(t *testing.T) {
	w, e := open(t)
	e.Fail(practice.Fault{Call: "GET /system/df", Status: 500, Text: "cannot count", Times: 1})
	w.Press("volumes.count")
	w.See("notice.title")
	w.Press("notice.close")
	e.Freeze()
	w.Press("volumes.count")
	w.Off("volumes.count")
	e.Mend()
	w.Until("its size", func(d gui.Dump) bool {
		i, ok := guitest.Item(d, "row:survey-2025")
		return ok && strings.HasSuffix(strings.TrimSpace(i.Text), " B")
	})
	w.Press("volumes.table.sort.size")
	w.Until("the larger one is first", func(d gui.Dump) bool { return guitest.Order(d) == "survey-2025 db-data" })
}

// TestDetailsOfAVolume shows who has a volume, and goes there.
func TestDetailsOfAVolume(t *testing.T) {
	w, _ := open(t)
	w.Press("row:db-data")
	w.Read("volume.name", "db-data")
	w.Read("volume.users", "db at /var/lib/postgresql/data")
	w.Read("strip.command", "docker volume inspect db-data")
	w.Press("row:survey-2025")
	w.Read("volume.name", "survey-2025")
	w.Focus("volumes.table")
	w.Key("Escape")
	w.Gone("volume.name")
	w.Focus("volumes.table")
	w.Key("Down")
	w.See("volume.name")
}

// TestFilesOfAVolume lists, opens, saves and puts files in a volume that no container has.
func TestFilesOfAVolume(t *testing.T) {
	w, _ := open(t)
	w.Press("row:survey-2025")
	w.Press("volume.tab.files")
	w.See("row:answers.csv")
	w.See("row:README.md")
	dir := t.TempDir()
	w.Press("row:answers.csv")
	w.Press("volume.files.fetch")
	w.See("choose.path")
	w.Fill("choose.path", dir)
	w.Press("choose.use")
	w.Until("it is here", func(gui.Dump) bool {
		text, _ := os.ReadFile(filepath.Join(dir, "answers.csv"))
		return strings.HasPrefix(string(text), "id,answer")
	})
	mine := filepath.Join(dir, "more.txt")
	if err := os.WriteFile(mine, []byte("more"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.Press("volume.files.put")
	w.See("choose.path")
	w.Fill("choose.path", mine)
	w.Press("choose.use")
	w.See("row:more.txt")
	w.Until("no helper is left", func(gui.Dump) bool { return len(w.Session.Live.Snapshot().Containers) == 4 })
}

// TestVolumeThatLost names the container that had a volume last.
func TestVolumeThatLost(t *testing.T) {
	w, _ := open(t)
	w.Had("keeper", "true", func(s *runspec.Spec) {
		s.AutoRemove = true
		s.Mounts = []runspec.Mount{{Kind: runspec.Volume, Source: "survey-2025", Target: "/data"}}
	})
	w.Read("row:survey-2025", "keeper")
	w.Press("nav.containers")
	w.Press("row:keeper.stop")
	w.Press("remove.confirm")
	w.NoContainer("keeper")
	w.Press("nav.volumes")
	w.Read("row:survey-2025", "left by keeper")
	w.Press("row:survey-2025.remove")
	w.Read("rmvolumes.subtitle", "keeper")
	w.Press("rmvolumes.cancel")
}

// TestSeveralVolumes selects all by a shortcut, and none again.
func TestSeveralVolumes(t *testing.T) {
	w, _ := open(t)
	w.Press("row:survey-2025")
	w.Focus("volumes.table")
	w.Shortcut(&fyne.ShortcutSelectAll{})
	w.Until("two are selected", guitest.Shows("volumes.several.remove"))
	w.Read("strip.command", "docker volume inspect db-data survey-2025")
	w.Press("volumes.several.clear")
	w.Gone("volumes.several.remove")
}

// TestNoVolumes says what volumes are for where there are none, and what is waited for.
func TestNoVolumes(t *testing.T) {
	guitest.NoLeaks(t)
	e := guitest.StartPractice(t, practice.Options{})
	w := guitest.OpenPractice(t, e)
	w.Press("nav.volumes")
	w.Press("volumes.empty.create")
	w.Fill("newvolume.name", "first")
	w.Press("newvolume.go")
	w.Read("volume.name", "first")
}

// TestVolumesCannotBeListed keeps the picture and says why it may be old.
func TestVolumesCannotBeListed(t *testing.T) {
	w, e := open(t)
	e.Fail(practice.Fault{Call: "GET /volumes", Status: 500, Text: "no volumes today"})
	w.Press("volumes.create")
	w.Fill("newvolume.name", "unseen")
	w.Press("newvolume.go")
	w.See("banner")
	w.See("row:survey-2025")
	e.Mend()
	w.Press("volumes.create") // the next thing that happens to volumes has them listed
	w.Fill("newvolume.name", "seen")
	w.Press("newvolume.go")
	w.Gone("banner")
	w.See("row:unseen")
	w.See("row:seen")
}
