//go:build linux

package commands_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/engine/job"
	"slipway/engine/journal"
	"slipway/engine/practice"
	"slipway/gui"
	"slipway/gui/guitest"
)

// TestHistory shows what was done and how it went, copies it, and saves it as a script.
func TestHistory(t *testing.T) {
	w, e := open(t, "containers")
	w.Press("strip.history")
	w.Off("history.copy")
	w.Off("history.save")
	w.Press("history.close")
	w.Press("row:web.stop")
	w.Did("docker stop web", journal.OK)
	e.Fail(practice.Fault{Call: "POST /containers/*/stop", Status: 500, Text: "no", Times: 1})
	w.Press("row:db.stop")
	w.Did("docker stop db", journal.Failed)
	w.Bar("View", "History")
	w.Read("row:1", "docker stop web | done")
	w.Read("row:2", "docker stop db | failed")
	w.Press("row:1.copy")
	w.Copied("docker stop web")
	w.Press("history.copy")
	w.Copied("docker stop db")
	file := filepath.Join(folder(t), "done.sh")
	save := func() {
		w.Press("history.save")
		w.Fill("save.path", file)
		w.Press("save.go")
	}
	w.Press("history.save")
	w.Fill("save.path", "done.sh")
	w.Press("save.go")
	w.Read("save.why", "full path")
	w.Press("save.cancel")
	save()
	w.Gone("save")
	w.Until("the script", func(gui.Dump) bool { _, err := os.Stat(file); return err == nil })
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	script := string(text)
	if !strings.HasPrefix(script, "#!/bin/sh") || !strings.Contains(script, "docker stop web") {
		t.Errorf("the script is\n%s", script)
	}
	for _, line := range strings.Split(script, "\n") {
		if strings.Contains(line, "docker stop db") && !strings.HasPrefix(line, "#") {
			t.Errorf("what failed would be done: %s", line)
		}
	}
	if i, err := os.Stat(file); err != nil || i.Mode().Perm()&0o077 != 0 {
		t.Errorf("others may read it: %v", i.Mode())
	}
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	save()
	w.Read("save.why", "exists")
	if text, _ := os.ReadFile(file); string(text) != "mine" {
		t.Error("it was replaced without a question")
	}
	w.Press("save.go")
	w.Until("it is replaced", func(gui.Dump) bool {
		text, _ := os.ReadFile(file)
		return strings.Contains(string(text), "docker stop web")
	})
	file = "/proc/nowhere/done.sh"
	save()
	w.Tells("notice.title", "Cannot save")
	w.Press("history.close")
}

// TestJobs shows what runs and what has ended, and lets it be cancelled, read, tried again and taken off.
func TestJobs(t *testing.T) {
	w, e := open(t, "containers")
	w.Bar("View", "Jobs")
	w.See("jobs.close")
	if n := len(w.Session.Jobs.List()); n != 0 {
		t.Errorf("there are %d jobs", n)
	}
	w.Press("jobs.close")
	e.Freeze()
	w.Press("row:hello.start")
	w.Running("Start hello")
	w.Press("strip.jobs")
	w.Press(w.Named("job.", ".cancel"))
	w.Did("docker start hello", journal.Cancelled)
	w.Press(w.Named("job.", ".dismiss"))
	w.Until("it is off the list", func(gui.Dump) bool { return len(w.Session.Jobs.List()) == 0 })
	w.Key("Escape")
	e.Mend()
	e.Fail(practice.Fault{Call: "POST /containers/*/start", Status: 500, Text: "the raw reason", Times: 1})
	w.Press("row:monthly-report.start")
	w.Did("docker start monthly-report", journal.Failed)
	w.Press("strip.jobs")
	w.Press(w.Named("job.", ".details"))
	w.Read("details.raw", "the raw reason")
	w.Press("details.close")
	id := strings.TrimSuffix(w.Named("job.", ".retry"), ".retry")
	w.Read(id+".title", "monthly-report")
	w.Press(id + ".retry")
	w.Gone(id + ".title")
	w.Press(w.Named("job.", ".details"))
	w.Read("details.raw", "FileNotFoundError") // it ends at once, and its last words are the reason
	w.Press("details.close")
	w.Press("jobs.close")
}

// TestManyThingsOfAJob names what became of each of several, those that failed first, and opens the whole list.
func TestManyThingsOfAJob(t *testing.T) {
	w, e := open(t, "containers")
	var all []string
	for i := range 14 {
		name := fmt.Sprintf("many-%02d", i)
		w.Had(name, "true")
		all = append(all, name)
	}
	call := "POST /containers/" + w.Container("many-07").ID + "/pause"
	e.Fail(practice.Fault{Call: call, Status: 500, Text: "not this one"})
	w.Bar("View", "Maximize")
	w.Choose("containers.table", ids(w, all...)...)
	w.Press("containers.several.pause")
	v := w.Ended("Pause 14")
	if v.State != job.Failed || len(v.Items) != 14 {
		t.Errorf("it is %s with %d things", v.State, len(v.Items))
	}
	w.Press("strip.jobs")
	w.Press("job.items.all")
	w.Read("details.raw", "many-07: ")
	w.Press("details.close")
	w.Press("jobs.close")
}

// TestEngines lists where an engine may be, and which is in use.
func TestEngines(t *testing.T) {
	w, _ := open(t, "containers")
	w.Press("engine")
	w.Read("engines.title", "Engines")
	w.Press("engines.close")
	w.Gone("engines")
	w.Bar("File", "Engines")
	w.See("engines.close")
	w.Key("Return")
	w.Gone("engines")
}

// TestHelp opens the keys and what this is.
func TestHelp(t *testing.T) {
	w, _ := open(t, "containers")
	w.Key("F1")
	w.See("shortcuts.close")
	w.Key("Escape")
	w.Gone("shortcuts")
	w.Bar("Help", "Keyboard")
	w.Press("shortcuts.close")
	w.Bar("Help", "About")
	w.Read("about.title", "test") // the version of the window under test
	w.Press("about.close")
	w.Gone("about")
}

// TestMenuBarNeedsAnAnswer opens nothing over a dialog that waits for an answer.
func TestMenuBarNeedsAnAnswer(t *testing.T) {
	w, _ := open(t, "containers")
	w.Press("row:hello.remove")
	w.See("remove.confirm")
	w.Bar("View", "History")
	w.Bar("File", "Pull")
	w.Bar("View", "Images")
	d := w.Dump()
	for _, id := range []string{"history", "pull"} {
		if guitest.Shows(id)(d) {
			t.Errorf("%s came over the question", id)
		}
	}
	if d.Page != "containers" {
		t.Errorf("the page is %s", d.Page)
	}
	w.Press("remove.cancel")
	w.Bar("View", "Images")
	w.See("row:nginx:latest")
	w.Bar("File", "Pull")
	w.See("pull.image")
	w.Key("Escape")
	w.Bar("File", "Run")
	w.See("run.image")
	w.Key("Escape")
}

// TestQuit says that containers go on, that jobs are cancelled, and that what can be undone is not done.
func TestQuit(t *testing.T) {
	guitest.UndoFor(t, time.Hour)
	w, e := open(t, "containers")
	w.Bar("File", "Quit")
	w.Read("quit.title", "containers")
	w.Press("quit.cancel")
	w.Press("row:hello.remove")
	w.Press("remove.confirm")
	w.See("notice.undo")
	w.Shell.Quit()
	w.Read("quit.subtitle", "remove hello")
	w.Shell.Quit() // asked twice, it is still one question
	w.Key("Escape")
	w.Gone("quit")
	w.Press("notice.undo")
	w.Until("nothing runs", func(gui.Dump) bool { return !w.Session.Jobs.Busy() })
	e.Freeze()
	w.Press("row:monthly-report.start")
	w.Running("Start monthly-report")
	w.Shell.Quit()
	w.Read("quit.title", "cancel")
	w.Press("quit.cancel")
	e.Mend()
	w.Did("docker start monthly-report", journal.OK) // it was not cancelled
}

// TestQuitIsSaidOnce goes on without a word when a person has read that containers keep running.
func TestQuitIsSaidOnce(t *testing.T) {
	w, _ := open(t, "containers")
	w.Shell.Quit()
	w.Press("quit.go")
	if w.Shell.Quit(); guitest.Shows("quit")(w.Shell.Dump()) {
		t.Error("it is said again")
	}
}
