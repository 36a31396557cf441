//go:build linux

package gui_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"slipway/engine/enginetest"
	"slipway/gui"
)

// TestLogs reads, searches, filters and saves what a container prints, in the window.
func TestLogs(t *testing.T) {
	d, e, tiny := openOn(t)
	docker(t, e, "run", "-d", "--name", "talker", tiny, "sh", "-c",
		`for i in $(seq 1 3000); do echo "line $i"; done; echo "an error" >&2; printf '\033[31mred\033[0m \033]0;title\007http://127.0.0.1:1/x\n'; trap 'exit 0' TERM; sleep 100000 & wait`)
	d.Until("all that it prints", func(gui.Dump) bool { // or more than the last lines would be loaded
		return strings.Contains(docker(t, e, "logs", "talker"), "1/x\n")
	})
	press(d, "nav.containers")
	press(d, "row:talker")
	d.Until("the newest lines", says("inside.output", "red http://127.0.0.1:1/x"))
	if i, _ := item(d.Dump(), "inside.output"); strings.Contains(i.Text, "\x1b") || strings.Contains(i.Text, "title") {
		t.Errorf("%q", i.Text)
	}
	d.Until("older lines", ready("inside.older"))
	d.Fill("inside.find", "LINE 1500")
	d.Until("nothing in the last lines", says("inside.found", "none in loaded lines"))
	press(d, "inside.searchall")
	d.Until("it is found in all", func(dump gui.Dump) bool {
		i, ok := item(dump, "inside.found")
		return ok && i.Text == "1 match" && !shows("inside.older")(dump)
	})
	d.Until("it is seen", says("inside.output", "line 1500"))
	press(d, "inside.only")
	d.Until("only that", func(dump gui.Dump) bool { i, _ := item(dump, "inside.output"); return i.Text == "line 1500" })
	press(d, "inside.expression")
	d.Fill("inside.find", `^line [12]00$|an err`)
	d.Until("three", func(dump gui.Dump) bool {
		i, _ := item(dump, "inside.output")
		return threeLines(i.Text)
	})

	dir := t.TempDir()
	press(d, "inside.logmore")
	press(d, "logs.savefound")
	d.Fill("choose.path", dir)
	press(d, "choose.use")
	var saved []string
	d.Until("it is saved", func(gui.Dump) bool {
		saved, _ = filepath.Glob(filepath.Join(dir, "talker-*.log"))
		if len(saved) != 1 {
			return false
		}
		data, _ := os.ReadFile(saved[0])
		return threeLines(strings.TrimSuffix(string(data), "\n"))
	})

	d.Fill("inside.find", "")
	press(d, "inside.follow")
	docker(t, e, "stop", "talker")
	docker(t, e, "start", "talker")
	d.Until("its output goes on over a restart", func(dump gui.Dump) bool {
		i, _ := item(dump, "inside.output")
		// the outputs have no order
		last := strings.HasSuffix(i.Text, "red http://127.0.0.1:1/x") || strings.HasSuffix(i.Text, "an error")
		return strings.Contains(i.Text, "line 2990\n") && last && !shows("inside.older")(dump) && followsAgain(t, e)
	})
}

// TestLogsBar follows a bar that never ends its line: as soon as anything is known of it, and as one line
// once the engine hands it over.
func TestLogsBar(t *testing.T) {
	d, e, tiny := openOn(t)
	docker(t, e, "run", "-d", "--name", "slow", tiny, "sh", "-c",
		`i=0; while :; do i=$((i+1)); printf "\r%d of 9999" $i; sleep 0.2; done`)
	docker(t, e, "run", "-d", "--name", "quick", tiny, "sh", "-c",
		`i=0; while [ $i -lt 20000 ]; do i=$((i+1)); printf "\r\033[K%d of 99999" $i; done; sleep 100000`)
	press(d, "nav.containers")
	press(d, "row:slow")
	d.Until("that it is printing", func(dump gui.Dump) bool {
		i, _ := item(dump, "inside.note")
		return strings.HasPrefix(i.Text, "The container is printing, but hasn't ended a line yet: ") &&
			strings.HasSuffix(i.Text, " of 9999")
	})
	press(d, "row:quick")
	d.Until("one line of it", func(dump gui.Dump) bool {
		i, _ := item(dump, "inside.output")
		return regexp.MustCompile(`^\d{5}[ of9]*$`).MatchString(i.Text) // the rest is still with the engine
	})
}

// TestLogsNotKept has containers of whose output the engine keeps nothing: the page says so, and can listen.
func TestLogsNotKept(t *testing.T) {
	d, e, tiny := openOn(t)
	docker(t, e, "run", "-d", "--name", "unheard", "--log-driver", "none", tiny, "sh", "-c",
		`while :; do echo "still here"; sleep 0.1; done`)
	press(d, "nav.containers")
	press(d, "row:unheard")
	d.Until("that nothing is kept", ready("inside.hear"))
	if i, _ := item(d.Dump(), "inside.output"); !strings.Contains(i.Text,
		"created with the log driver “none”, so the engine keeps none of its output") {
		t.Errorf("%q", i.Text)
	}
	press(d, "inside.hear")
	d.Until("what it prints now", says("inside.output", "still here"))
	docker(t, e, "stop", "-t", "0", "unheard")
	d.Until("it has nothing to listen to", func(dump gui.Dump) bool { return !shows("inside.hear")(dump) })
}

// threeLines tells whether these are the lines that match, in whatever order the engine got those of the two outputs.
func threeLines(text string) bool {
	list := strings.Split(text, "\n")
	slices.Sort(list)
	return slices.Equal(list, []string{"an error", "line 100", "line 200"})
}

// followsAgain tells whether the container has printed everything twice by now.
func followsAgain(t *testing.T, e *enginetest.Engine) bool {
	t.Helper()
	return strings.Count(docker(t, e, "logs", "talker"), "line 3000\n") == 2
}
