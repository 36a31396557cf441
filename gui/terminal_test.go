//go:build linux

package gui_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"slipway/gui"
	"slipway/gui/kit/terminal"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// typist types in the terminal that is seen.
type typist struct {
	t testing.TB
	d driver
}

func (y typist) terminal() *terminal.View {
	y.t.Helper()
	for _, i := range y.d.Dump().Items {
		if i.Role == "terminal" {
			return i.Object.(*terminal.View)
		}
	}
	y.t.Fatal("there is no terminal")
	return nil
}

func (y typist) line(text string) {
	y.t.Helper()
	v := y.terminal()
	for _, r := range text {
		v.TypedRune(r)
	}
	v.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
}

func (y typist) ctrl(key fyne.KeyName) {
	y.terminal().TypedShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierControl})
}

func (y typist) until(what string, ok func(screen string) bool) {
	y.t.Helper()
	y.d.Until(what, func(gui.Dump) bool { return ok(y.terminal().Screen()) })
}

// TestTerminal types in a container: lines, programs on the whole screen, a large paste and a flood.
func TestTerminal(t *testing.T) {
	d, e, tiny := openOn(t)
	docker(t, e, "run", "-d", "--name", "typed-in", "-e", "ENV=/nothing", tiny, "sh", "-c",
		"trap 'exit 0' TERM; sleep 100000 & wait")
	press(d, "nav.containers")
	press(d, "row:typed-in")
	press(d, "inside.tab.terminal")
	d.Until("a shell", func(dump gui.Dump) bool { return strings.Contains(describe(dump), " terminal ") })
	y := typist{t, d}
	y.until("its prompt", func(s string) bool { return strings.HasSuffix(s, "#") })
	if i, _ := item(d.Dump(), "strip.command"); !strings.Contains(i.Text, "docker exec -it typed-in /bin/") {
		t.Errorf("the strip says %q", i.Text)
	}
	y.line("echo 日本 $((40+2))")
	y.until("what it printed", func(s string) bool { return strings.Contains(s, "日本 42") })
	cols, rows := y.terminal().Cells()
	// An engine before API 1.42 hears of the size after the shell has begun.
	y.line(fmt.Sprintf(`until [ "$(stty size)" = "%d %d" ]; do sleep 0.05; done; echo si''zed`, rows, cols))
	y.until("its size", func(s string) bool { return strings.Contains(s, "\nsized\n") })

	y.line("top")
	y.until("top", func(s string) bool { return strings.Contains(s, "PID") && strings.Contains(s, "COMMAND") })
	y.ctrl(fyne.KeyC)
	y.line("clear; seq 1 500 | less")
	y.until("less", func(s string) bool { return strings.HasPrefix(s, "1\n2\n") })
	y.terminal().TypedRune('G')
	y.until("its end", func(s string) bool { return strings.Contains(s, "\n500\n") })
	y.terminal().TypedRune('q')
	y.line("clear; vi /tmp/written")
	y.until("vi", func(s string) bool { return strings.Contains(s, "~\n~\n") })
	y.terminal().TypedRune('i')
	y.until("it takes text", func(s string) bool { return strings.Contains(s, "\nI /tmp/written") })
	y.line("from vi")
	y.terminal().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	y.until("it takes commands", func(s string) bool { return strings.Contains(s, "\n- /tmp/written") })
	y.line(":wq")
	y.line("clear; cat /tmp/written")
	y.until("what was written", func(s string) bool {
		return strings.Contains(s, "from vi") && !strings.Contains(s, "~\n~\n")
	})

	fyne.CurrentApp().Clipboard().SetContent("echo pas''ted\necho twi''ce\n")
	y.line("clear")
	y.terminal().PasteClipboard()
	d.Until("a question", says("paste.run", "Paste and run 2 lines"))
	if strings.Contains(y.terminal().Screen(), "pasted") {
		t.Error("it was pasted unasked")
	}
	press(d, "paste.run")
	y.until("both lines ran", func(s string) bool {
		return strings.Contains(s, "pasted\n") && strings.Contains(s, "twice\n")
	})

	const megabytes = 10
	line := strings.Repeat("x", 99) + "\n"
	y.line("clear; stty -echo; wc -c; stty echo")
	y.terminal().Paste(strings.Repeat(line, megabytes*10_000))
	y.ctrl(fyne.KeyD)
	y.until("all that was pasted is counted", func(s string) bool { return strings.Contains(s, "10000000") })

	y.line("clear; yes flood")
	y.until("a flood", func(s string) bool { return strings.Count(s, "flood") > 5 })
	y.ctrl(fyne.KeyC)
	began := time.Now()
	y.line("echo st''opped")
	y.until("it is stopped", func(s string) bool { return strings.Contains(s, "stopped") })
	t.Logf("the flood ended after %v", time.Since(began))

	press(d, "terminal.new")
	press(d, "terminal.user.root")
	d.Until("a second one", shows("terminal.2"))
	y.until("its prompt", func(s string) bool { return strings.HasSuffix(s, "#") })
	y.line("exit 3")
	d.Until("its end", says("terminal.note", "code 3"))
	press(d, "terminal.again")
	d.Until("it opens again", shows("terminal.3"))
	press(d, "terminal.3.close")
	d.Until("the first one is still there", says("terminal.1", "stopped"))
	press(d, "inside.remove")
	d.Until("that it ends what runs there", says("remove.terminals", "A terminal is open in this container"))
	press(d, "remove.cancel")
	docker(t, e, "stop", "typed-in")
	d.Until("it ended with the container", says("terminal.note", "has ended because the container was stopped"))
}
