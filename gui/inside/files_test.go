//go:build linux

package inside_test

import (
	"os"
	"path/filepath"
	"testing"

	"slipway/engine/journal"
	"slipway/engine/practice"
	"slipway/gui"
	"slipway/gui/guitest"
)

// TestFiles goes through the folders of a container, and reads, downloads, uploads and overwrites files.
func TestFiles(t *testing.T) {
	w, e := open(t)
	w.Had("work", "mkdir -p /srv/data; echo precious > /srv/data/thesis.txt; "+
		"echo hidden > /srv/data/.secret; head -c 100 /dev/zero > /srv/data/blob")
	look(w, "work", "files")
	w.Fill("files.path", "/srv/data")
	w.Key("Return")
	w.Read("row:thesis.txt", "9 B")
	w.See("row:.secret")
	w.Press("files.up")
	w.Read("files.path", "/srv")
	w.Press("row:data")
	w.Focus("files.list")
	w.Key("Return")
	w.Press("row:thesis.txt")
	w.Read("strip.command", "docker cp")
	w.Focus("files.list")
	w.Key("Return")
	w.Read("files.text", "precious")
	w.Press("files.close")
	w.Focus("files.list")
	w.Key("Space")
	w.Press("files.copypath")
	w.Copied("/srv/data/thesis.txt")
	dir := filepath.Join(t.TempDir(), "Prof. Meier") // no name ends a sentence
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	w.Press("files.fetch")
	w.ChoosePath(dir)
	w.Until("it is here", func(gui.Dump) bool { return read(dir, "thesis.txt") == "precious\n" })
	w.Tells("notice.title", "Saved 1 file to "+dir+" and verified the copy.")
	if err := os.WriteFile(filepath.Join(dir, "thesis.txt"), []byte("better\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	put := func() {
		w.Press("files.put")
		w.ChoosePath(filepath.Join(dir, "thesis.txt"))
	}
	put()
	w.Read("overwrite.command", "docker cp")
	w.Press("overwrite.cancel")
	if got := w.Inside("work", "cat /srv/data/thesis.txt"); got != "precious\n" {
		t.Errorf("it has %q", got)
	}
	e.Fail(practice.Fault{Call: "PUT /containers/*/archive", Status: 500, Text: "no space left on device", Times: 1})
	put()
	w.Press("overwrite.go")
	w.Tells("notice.t", "disk")
	w.Press("notice.close")
	put()
	w.Press("overwrite.go")
	w.Read("row:thesis.txt", "7 B")
	w.Did("docker cp '"+filepath.Join(dir, "thesis.txt")+"' work:/srv/data", journal.OK)
	if got := w.Inside("work", "cat /srv/data/thesis.txt"); got != "better\n" {
		t.Errorf("it has %q", got)
	}
	w.Inside("work", "rm /srv/data/blob")
	w.Press("files.again")
	w.Gone("row:blob")
}

// TestFoldersThatCannotBeRead says so of a folder that is not there, and of an engine that does not say what is in it.
func TestFoldersThatCannotBeRead(t *testing.T) {
	w, e := open(t)
	look(w, "web", "files")
	w.See("row:etc")
	w.Fill("files.path", "/nowhere")
	w.Key("Return")
	w.Gone("row:etc")
	w.Fill("files.path", "/")
	w.Key("Return")
	w.See("row:etc")
	e.Fail(practice.Fault{Call: "POST /containers/*/exec", Status: 500, Text: "no programs today"})
	e.Fail(practice.Fault{Call: "GET /containers/*/archive", Status: 500, Text: "no files today"})
	w.Press("files.again")
	w.Gone("row:etc")
	e.Mend()
	w.Press("files.again")
	w.See("row:etc")
	look(w, "hello", "files") // one that does not run is read, too
	w.See("row:hello")
}

// TestDownloadOfSeveral downloads what is selected, files and folders, and asks nothing of what is not there yet.
func TestDownloadOfSeveral(t *testing.T) {
	w, _ := open(t)
	w.Had("work", "mkdir -p /srv/data/deep; echo 1 > /srv/data/a; echo 2 > /srv/data/deep/b")
	look(w, "work", "files")
	w.Fill("files.path", "/srv/data")
	w.Key("Return")
	w.See("row:deep")
	w.Choose("files.list", "a", "deep")
	dir := t.TempDir()
	w.Press("files.fetch")
	w.ChoosePath(dir)
	w.Until("both are here", func(gui.Dump) bool { return read(dir, "a") == "1\n" && read(dir, "deep", "b") == "2\n" })
}

// TestDropOnFiles uploads what is dropped on a folder of a container, and asks before it overwrites.
func TestDropOnFiles(t *testing.T) {
	w, _ := open(t)
	w.Had("work", "mkdir -p /srv/data")
	look(w, "work", "files")
	w.Fill("files.path", "/srv/data")
	w.Key("Return")
	w.Until("the folder", guitest.Ready("files.put"))
	dir := t.TempDir()
	one, two := filepath.Join(dir, "one.csv"), filepath.Join(dir, "two.csv")
	for _, path := range []string{one, two} {
		if err := os.WriteFile(path, []byte(filepath.Base(path)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w.Drop(one, two)
	w.See("row:two.csv")
	w.Did("docker cp "+one+" work:/srv/data", journal.OK)
	if got := w.Inside("work", "cat /srv/data/*.csv"); got != "one.csvtwo.csv" {
		t.Errorf("it has %q", got)
	}
	w.Drop(one)
	w.Press("overwrite.cancel")
	w.Press("inside.tab.logs")
	w.Drop(dir) // no folder is looked at
	w.Read("run.mount.0.source", dir)
}
