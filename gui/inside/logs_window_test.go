//go:build linux

package inside_test

import (
	"strings"
	"testing"

	"slipway/engine/practice"
	"slipway/gui"
	"slipway/gui/guitest"
)

// TestLogs follows, finds, shows only what matches, loads older lines, and saves.
func TestLogs(t *testing.T) {
	w, _ := open(t)
	w.Had("printer", "for i in $(seq 1 700); do echo line $i; done; echo an error here >&2")
	w.Press("row:printer")
	w.Read("inside.output", "ready")
	w.Read("strip.command", "docker logs -f --tail 500 printer")
	w.Press("inside.logmore")
	w.Press("logs.stamps")
	w.Read("strip.command", "docker logs -f -t --tail 500 printer")
	w.Press("inside.logmore")
	w.Press("logs.stamps")
	w.Press("inside.logmore")
	w.Press("logs.wrap")
	w.Fill("inside.find", "an error")
	w.Read("inside.found", "1")
	w.Press("inside.only")
	w.Lacks("inside.output", "line 700")
	w.Press("inside.only")
	w.Fill("inside.find", "line 7$") // which is not among the lines that are loaded
	w.Press("inside.expression")
	w.Press("inside.searchall")
	w.Read("inside.found", "1 match")
	w.Fill("inside.find", "[")
	w.Until("that this is no expression", func(d gui.Dump) bool {
		i, ok := guitest.Item(d, "inside.found")
		return ok && i.Text != "1 match"
	})
	w.Fill("inside.find", "line 70.")
	w.Press("inside.next")
	w.Press("inside.prev")
	dir := t.TempDir()
	w.Press("inside.logmore")
	w.Press("logs.savefound")
	w.ChoosePath(dir)
	if text := only(w, dir); !strings.HasPrefix(text, "line 700") {
		t.Errorf("saved was %q", text)
	}
	all := t.TempDir()
	w.Press("inside.logmore")
	w.Press("logs.save")
	w.ChoosePath(all)
	if text := only(w, all); !strings.HasPrefix(text, "line 1\n") || !strings.Contains(text, "line 700\n") {
		t.Errorf("saved were %d bytes", len(text))
	}
	w.Fill("inside.find", "")
	w.Press("inside.copy")
	w.Copied("line 700")
}

// TestFollow goes on at the newest line, also after the container was started anew and the engine was away.
func TestFollow(t *testing.T) {
	w, e := open(t)
	w.Had("printer", "echo begun")
	w.Press("row:printer")
	w.Read("inside.output", "begun")
	w.Press("inside.follow")
	w.Press("inside.follow")
	e.Die()
	w.See("banner")
	w.Read("inside.output", "begun")
	if err := e.Revive(); err != nil {
		t.Fatal(err)
	}
	w.Gone("banner")
	w.Press("inside.restart")
	w.Until("it printed twice", func(d gui.Dump) bool {
		i, _ := guitest.Item(d, "inside.output")
		return strings.Count(i.Text, "begun") == 2
	})
}

// TestLogsThatCannotBeRead says why, and reads them when it is asked again.
func TestLogsThatCannotBeRead(t *testing.T) {
	w, e := open(t)
	e.Fail(practice.Fault{Call: "GET /containers/*/logs", Status: 500, Text: "the log is broken"})
	w.Press("row:hello")
	w.Read("inside.output", "broken")
	e.Mend()
	w.Press("row:web")
	w.Press("row:hello")
	w.Read("inside.output", "Hello from Docker!")
}

// TestNoLineMatches saves nothing where no line matches, and says so.
func TestNoLineMatches(t *testing.T) {
	w, _ := open(t)
	w.Press("row:hello")
	w.Read("inside.output", "Hello from Docker!")
	w.Press("inside.logmore")
	w.Off("logs.savefound")
	w.Key("Escape")
	w.Fill("inside.find", "no such words")
	w.Press("inside.logmore")
	w.Press("logs.savefound")
	w.ChoosePath(t.TempDir())
	w.Tells("notice.title", "No line")
}
