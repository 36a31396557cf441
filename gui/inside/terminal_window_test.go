//go:build linux

package inside_test

import (
	"testing"

	"slipway/engine/journal"
	"slipway/engine/practice"
	"slipway/gui"
	"slipway/gui/guitest"
)

// TestTerminals opens several terminals in a container, types into each, and ends them.
func TestTerminals(t *testing.T) {
	w, _ := open(t)
	look(w, "web", "terminal")
	w.Until("a prompt", screen("/ #"))
	w.Did("docker exec -it web /bin/ash", journal.OK)
	typed(w, "echo $((40+2))")
	w.Until("what it printed", screen("\n42\n"))
	w.Press("terminal.new")
	d := w.Dump()
	var other string
	for _, i := range d.Items {
		if i.Role == "menuitem" && i.Enabled && other == "" && i.ID != "" {
			other = i.ID
		}
	}
	w.Press(other)
	w.See("terminal.2")
	w.Press("terminal.1.show")
	w.Until("the first one again", screen("\n42\n"))
	w.Press("terminal.1.close")
	w.Gone("terminal.1.show")
	w.Until("the second one", screen("#"))
	typed(w, "exit 3")
	w.Press("terminal.again")
	w.Until("a prompt again", screen("/ #"))
	w.Press("row:web.stop")
	w.Off("terminal.new")
	w.Press("terminal.3.close") // which shows the output in its place
	w.Press("inside.tab.terminal")
	w.Press("terminal.start")
	w.Until("a prompt in the new run", screen("/ #"))
}

// TestTerminalThatCannotBeOpened says why, and tries again.
func TestTerminalThatCannotBeOpened(t *testing.T) {
	w, e := open(t)
	e.Fail(practice.Fault{Call: "POST /containers/*/exec", Status: 500, Text: "no programs today"})
	look(w, "web", "terminal")
	w.Until("that there is none", func(d gui.Dump) bool {
		return guitest.Ready("terminal.retry")(d) || guitest.Ready("terminal.again")(d) || guitest.Ready("terminal.open")(d)
	})
	e.Mend()
	for _, id := range []string{"terminal.retry", "terminal.again", "terminal.open"} {
		if guitest.Ready(id)(w.Dump()) {
			w.Press(id)
			break
		}
	}
	w.Until("a prompt", screen("#"))
}
