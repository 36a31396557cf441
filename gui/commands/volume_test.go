//go:build linux

package commands_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/engine/job"
	"slipway/engine/journal"
	"slipway/engine/practice"
	"slipway/engine/runspec"
	"slipway/gui"
	"slipway/gui/guitest"
)

// TestCreateVolume refuses names that are taken or cannot be, and makes one; a failure is said and can be tried again.
func TestCreateVolume(t *testing.T) {
	w, e := open(t, "volumes")
	w.Press("volumes.create")
	w.Off("newvolume.go")
	long := strings.Repeat("n", 256)
	for name, why := range map[string]string{
		"survey-2025": "exists",
		"x":           "at least 2",
		"-dash":       "letter",
		"a b":         "letter",
		long:          "255",
	} {
		w.Fill("newvolume.name", name)
		w.Off("newvolume.go")
		w.Read("newvolume.why", why)
		w.Lacks("newvolume.command", name)
	}
	w.Key("Return")
	w.Fill("newvolume.name", "notes")
	w.Read("newvolume.command", "docker volume create notes")
	w.Press("newvolume.cancel")
	w.Never("docker volume create notes")
	e.Fail(practice.Fault{Call: "POST /volumes/create", Status: 500, Text: "no space left on device", Times: 1})
	w.Press("volumes.create")
	w.Fill("newvolume.name", "notes")
	w.Key("Return")
	w.Did("docker volume create notes", journal.Failed)
	w.Tells("notice.t", "disk")
	w.Press("notice.retry")
	w.Did("docker volume create notes", journal.OK)
	w.See("row:notes")
	w.Press("volumes.create")
	w.Fill("newvolume.name", "more-notes")
	w.Press("newvolume.go")
	w.Read("volume.name", "more-notes") // it is selected, as nothing else was
}

// TestVolumesThatAreUsed cannot be removed, alone or with others; those that are not used are, and can be undone.
func TestVolumesThatAreUsed(t *testing.T) {
	guitest.UndoFor(t, time.Hour)
	w, _ := open(t, "volumes")
	w.Off("row:db-data.remove")
	w.Menu("db-data", "copyname")
	w.Copied("db-data")
	w.Choose("volumes.table", "db-data", "survey-2025")
	w.Press("volumes.several.more")
	w.Press("menu.copynames")
	w.Copied("db-data\nsurvey-2025")
	w.Press("volumes.several.remove")
	w.Read("row:db-data", "db")
	w.Read("rmvolumes.command", "docker volume rm survey-2025")
	w.See("row:/answers.csv")
	w.Press("rmvolumes.confirm")
	w.See("notice.undo")
	w.Off("row:survey-2025.remove")
	w.Press("notice.undo")
	w.Tells("notice.title", "Undone")
	w.Never("docker volume rm survey-2025")
	w.Until("it can be removed again", guitest.Ready("row:survey-2025.remove"))
}

// TestVolumesNobodyCanRemove offers no removal where every one of several is used.
func TestVolumesNobodyCanRemove(t *testing.T) {
	w, _ := open(t, "volumes")
	w.Had("reader", "true", func(s *runspec.Spec) {
		s.Mounts = []runspec.Mount{{Kind: runspec.Volume, Source: "survey-2025", Target: "/data"}}
	})
	w.Until("it is used", guitest.Says("row:survey-2025", "reader"))
	w.Choose("volumes.table", "db-data", "survey-2025")
	w.Press("volumes.several.remove")
	w.Read("row:db-data", "used by")
	w.See("rmvolumes.cancel")
	if _, can := guitest.Item(w.Dump(), "rmvolumes.confirm"); can {
		t.Error("volumes that are used can be removed")
	}
	w.Press("rmvolumes.cancel")
}

// TestRemoveVolume names what is in a volume, says when that cannot be listed, and removes it.
func TestRemoveVolume(t *testing.T) {
	guitest.UndoFor(t, 50*time.Millisecond)
	w, e := open(t, "volumes")
	e.Fail(practice.Fault{Call: "POST /containers/create", Status: 500, Text: "no helper today"})
	w.Press("row:survey-2025.remove")
	w.Read("rmvolumes.notes", "could")
	w.Press("rmvolumes.cancel")
	e.Mend()
	w.Press("row:survey-2025")
	w.Focus("volumes.table")
	w.Key("Delete")
	w.Read("rmvolumes.notes", "2 files")
	w.Press("rmvolumes.backup")
	w.See("backup.file")
	w.Key("Escape")
	e.Fail(practice.Fault{Call: "DELETE /volumes/*", Status: 409, Text: "volume is in use", Times: 1})
	for _, outcome := range []journal.Outcome{journal.Failed, journal.OK} {
		w.Press("row:survey-2025.remove")
		w.Press("rmvolumes.confirm")
		w.Did("docker volume rm survey-2025", outcome)
	}
	w.Gone("row:survey-2025")
}

// TestBackUpAndRestore backs a volume up, refuses files that cannot be, and makes another volume from the backup.
func TestBackUpAndRestore(t *testing.T) {
	w, e := open(t, "volumes")
	dir := folder(t)
	file := filepath.Join(dir, "survey.tar")
	w.Menu("survey-2025", "backup")
	w.Read("backup.file", "survey-2025-")
	for path, why := range map[string]string{
		"survey.tar":          "full path",
		"/nosuchfolder/x.tar": "/nosuchfolder",
		dir:                   "exists",
	} {
		w.Fill("backup.file", path)
		w.Press("backup.go")
		w.Read("backup.why", why)
	}
	w.Press("backup.choose")
	w.ChoosePath(dir)
	w.Read("backup.file", dir)
	w.Fill("backup.file", file)
	w.Read("backup.command", file)
	w.Press("backup.cancel")
	if _, err := os.Stat(file); err == nil {
		t.Error("it was backed up all the same")
	}
	e.Fail(practice.Fault{Call: "GET /containers/*/archive", Status: 500, Text: "cannot read"})
	w.Press("row:survey-2025.backup")
	w.Fill("backup.file", file)
	w.Key("Return")
	w.Ended("Back up ")
	if _, err := os.Stat(file); err == nil {
		t.Error("half a backup was left")
	}
	e.Mend()
	w.Press("notice.retry")
	w.Tells("notice.title", "verified")
	w.Press("strip.jobs")
	w.Press("jobs.close")

	w.Press("volumes.restore")
	w.ChoosePath(file)
	w.Read("restore.name", "survey")
	for name, why := range map[string]string{"db-data": "exists", "": "name"} {
		w.Fill("restore.name", name)
		w.Off("restore.go")
		w.Read("restore.why", why)
	}
	w.Fill("restore.name", "again")
	w.Read("restore.command", "docker volume create again")
	w.Press("restore.cancel")
	w.Press("volumes.restore")
	w.ChoosePath(file)
	w.Fill("restore.name", "again")
	w.Key("Return")
	w.Tells("notice.title", "into the volume again")
	w.Press("row:again")
	w.Press("volume.tab.files")
	w.See("row:answers.csv")
}

// TestRestoreOfNoBackup leaves no volume behind where the file is no backup.
func TestRestoreOfNoBackup(t *testing.T) {
	w, _ := open(t, "volumes")
	file := filepath.Join(folder(t), "letter-2026-01-02-1504.tar")
	if err := os.WriteFile(file, []byte("this is no archive"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.Press("volumes.restore")
	w.ChoosePath(file)
	w.Read("restore.name", "letter")
	w.Press("restore.go")
	if v := w.Ended("Restore "); v.State != job.Failed {
		t.Errorf("it is %s", v.State)
	}
	w.See("notice.title")
	w.Until("no half volume", func(gui.Dump) bool { return !w.HasVolume("letter") })
}

// TestBackUpSeveral backs several volumes up into one folder, and says which could not be.
func TestBackUpSeveral(t *testing.T) {
	w, e := open(t, "volumes")
	dir := folder(t)
	w.Press("row:db-data.backup")
	w.Read("backup.busy", "db")
	w.Press("backup.cancel")
	w.Choose("volumes.table", "db-data", "survey-2025")
	w.Press("volumes.several.backup")
	w.ChoosePath(dir)
	if v := w.Ended("Back up 2 volumes"); v.State != job.Done {
		t.Errorf("it is %s: %v", v.State, v.Problem)
	}
	if found := files(t, dir); len(found) != 2 {
		t.Errorf("there are %d files", len(found))
	}
	e.Freeze()
	other := folder(t)
	w.Choose("volumes.table", "db-data", "survey-2025")
	w.Press("volumes.several.backup")
	w.ChoosePath(other)
	w.Running("Back up 2 volumes")
	w.Press("strip.jobs")
	w.Press(w.Named("job.", ".cancel"))
	w.Press(w.Named("job.", ".dismiss"))
	w.Press("jobs.close")
	e.Mend()
	if found := files(t, other); len(found) != 0 {
		t.Errorf("half backups are left: %d", len(found))
	}
}
