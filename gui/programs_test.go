//go:build linux

package gui_test

import (
	"fmt"
	"strings"
	"testing"

	"slipway/engine/enginetest"

	"fyne.io/fyne/v2"
	"github.com/charmbracelet/x/ansi"
)

// keys types characters as they are, "\x1b" as Escape and "\r" as Return.
func (y typist) keys(text string) {
	y.t.Helper()
	v := y.terminal()
	for _, r := range text {
		switch r {
		case '\x1b':
			v.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
		case '\r':
			v.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		default:
			v.TypedRune(r)
		}
	}
}

// key types a key that is no character.
func (y typist) key(name fyne.KeyName) { y.terminal().TypedKey(&fyne.KeyEvent{Name: name}) }

// rows are the lines of the screen, as many as it has.
func (y typist) rows(screen string) []string {
	_, n := y.terminal().Cells()
	rows := strings.Split(screen, "\n")
	return append(rows, make([]string, max(0, n-len(rows)))...)
}

// TestRealPrograms uses Debian's own vim, less and top, as most images have them: they ask the terminal who it is, turn
// its modes on and off, and draw only what changes, so that their screens are right only if every cell is.
func TestRealPrograms(t *testing.T) {
	programs := enginetest.ProgramsImage(t, enginetest.Shared(t))
	d, e, _ := openOn(t)
	docker(t, e, "run", "-d", "--name", "programs", "-e", "ENV=/nothing", programs)
	press(d, "nav.containers")
	press(d, "row:programs")
	press(d, "inside.tab.terminal")
	d.Until("a shell", shows("terminal.1"))
	y := typist{t, d}
	y.until("its prompt", func(s string) bool { return strings.HasSuffix(s, "#") })

	y.top(e)
	y.less()
	y.vim(d)
	const want = "größe x日y本語 end\n  pasted\n    deeper\nlast 😀 é\n"
	if got := docker(t, e, "exec", "programs", "cat", "/tmp/notes.txt"); strings.TrimSuffix(got,
		"\n") != strings.TrimSuffix(want, "\n") {
		t.Errorf("vim wrote %q, want %q", got, want)
	}
	y.vimWithoutLanguage()
	if got := docker(t, e, "exec", "programs", "cat", "/tmp/bytes"); strings.TrimSpace(got) != "日" {
		t.Errorf("without a language vim wrote %q", got)
	}
	if got := strings.TrimSpace(docker(t, e, "exec", "programs", "ls", "-A", "/tmp")); got != "bytes\nnotes.txt" {
		t.Errorf("vim left %q", got) // its swap file goes when it is left in order
	}
}

// top must show by itself what begins and ends meanwhile.
func (y typist) top(e *enginetest.Engine) {
	y.t.Helper()
	y.line("clear; /usr/bin/top -d 0.2")
	y.until("top", func(s string) bool {
		return strings.HasPrefix(s, "top - ") && strings.Contains(s, "Tasks:") && strings.Contains(s, "%CPU") &&
			strings.Contains(s, "sleep")
	})
	shows := func(s string) bool { return strings.Contains(s, " nc") }
	y.until("no other program", func(s string) bool { return !shows(s) })
	docker(y.t, e, "exec", "-d", "programs", "nc", "-l", "-p", "7777")
	y.until("what was started", shows)
	docker(y.t, e, "exec", "programs", "killall", "nc")
	y.until("that it ended", func(s string) bool { return strings.HasPrefix(s, "top - ") && !shows(s) })
	y.keys("q")
	y.until("the shell again", func(s string) bool { return strings.HasSuffix(s, "#") })
}

// less pages, searches, goes to both ends, and leaves the screen as it was.
func (y typist) less() {
	y.t.Helper()
	y.line("clear; echo bef''ore; for i in $(seq 500); do echo line $i; done > /tmp/lines; /usr/bin/less /tmp/lines")
	begins := func(n int) func(string) bool {
		return func(s string) bool {
			rows := y.rows(s)
			for i, row := range rows[:len(rows)-1] {
				if row != fmt.Sprintf("line %d", n+i) {
					return false
				}
			}
			return true
		}
	}
	_, rows := y.terminal().Cells()
	page := rows - 1 // the last one is less's own
	y.until("its first page", begins(1))
	y.keys(" ")
	y.until("the second page", begins(1+page))
	y.key(fyne.KeyPageDown)
	y.until("the third page", begins(1+2*page))
	y.key(fyne.KeyUp)
	y.until("a line back", begins(2*page))
	y.keys("b")
	y.until("a page back", begins(page))
	y.keys("/e 37[78]$\r")
	y.until("what was searched for", begins(377))
	y.keys("n")
	y.until("the next", begins(378))
	y.keys("/nowhere\r")
	y.until("that nothing else is found", func(s string) bool { return strings.Contains(s, "Pattern not found") })
	y.keys("\rG")
	y.until("its end", func(s string) bool { return begins(501-page)(s) && strings.Contains(s, "(END)") })
	y.keys("g")
	y.until("its beginning", begins(1))
	y.keys("q")
	y.until("what was there before", func(s string) bool {
		return strings.HasPrefix(s, "before\n") && strings.HasSuffix(s, "#")
	})
	y.line("rm /tmp/lines; clear")
}

// vim writes a file with wide runes, in a window that changes its size.
func (y typist) vim(d *inProcess) {
	y.t.Helper()
	y.line("/usr/bin/vim /tmp/notes.txt")
	y.until("vim", func(s string) bool {
		return strings.Contains(s, `"/tmp/notes.txt" [New]`) && strings.HasPrefix(s, "\n~\n~\n")
	})
	y.keys("i")
	y.until("it takes text", func(s string) bool { return strings.Contains(s, "-- INSERT --") })
	y.keys("größe 日本語 end")
	y.until("what was typed", func(s string) bool { return strings.HasPrefix(s, "größe 日本語 end\n~\n") })
	// In the middle of wide runes it draws from a column that it counts itself.
	y.keys("\x1b0f日ix\x1bf本iy\x1b")
	y.until("what was put between", func(s string) bool { return strings.HasPrefix(s, "größe x日y本語 end\n~\n") })
	y.keys("o")
	// as one piece: typed, each line would be indented as the one before
	y.terminal().Paste("  pasted\n    deeper\nlast 😀 é")
	y.keys("\x1b")
	y.until("what was pasted", func(s string) bool {
		return strings.HasPrefix(s, "größe x日y本語 end\n  pasted\n    deeper\nlast 😀 é\n~\n") && !strings.Contains(s, "INSERT")
	})

	for _, size := range []fyne.Size{fyne.NewSize(1000, 700), fyne.NewSize(1280, 800)} {
		old, _ := y.terminal().Cells()
		d.Shell.Window().Resize(size)
		y.until("another size", func(string) bool { cols, _ := y.terminal().Cells(); return cols != old })
		cols, rows := y.terminal().Cells()
		// It draws anew when it hears of its size, which would wipe away an answer; its ruler is 18 columns wide.
		y.until("vim in that size", func(s string) bool { return strings.Index(y.rows(s)[rows-1], "4,11-9") == cols-18 })
		y.keys(":echo &columns 'x' &lines\r")
		y.until("that vim has its size", func(s string) bool {
			all := y.rows(s)
			return strings.HasPrefix(s, "größe x日y本語 end\n") &&
				strings.HasPrefix(all[rows-1], fmt.Sprintf("%d x %d", cols, rows)) && all[rows-2] == "~"
		})
	}
	y.keys(":vsplit\r")
	y.until("two windows side by side", func(s string) bool { return strings.Count(s, "x日y本語 end") == 2 && straight(s) })
	y.keys(":only\r")
	y.until("one window", func(s string) bool { return strings.Count(s, "x日y本語 end") == 1 })
	y.keys(":wq\r")
	y.until("the shell again", func(s string) bool { return strings.HasSuffix(s, "#") && !strings.Contains(s, "~\n~") })
}

// vimWithoutLanguage uses vim as in an image that sets no LANG: it takes each byte for a character, and prints those
// that it knows as they are and the others in colour.
func (y typist) vimWithoutLanguage() {
	y.t.Helper()
	y.line("clear; LC_ALL=C /usr/bin/vim /tmp/bytes")
	y.until("vim", func(s string) bool { return strings.Contains(s, `"/tmp/bytes" [New]`) })
	y.keys("i日\x1b")
	y.until("what was typed", func(s string) bool {
		return strings.HasPrefix(s, "\ufffd~W\ufffd\n~\n") && !strings.Contains(s, "INSERT")
	})
	y.keys(":wq\r")
	y.until("the shell again", func(s string) bool { return strings.HasSuffix(s, "#") && !strings.Contains(s, "~\n~") })
}

// straight tells whether vim's line between two windows is in the same column of every row, whatever is before it.
func straight(screen string) bool {
	at, rows := -1, 0
	for row := range strings.SplitSeq(screen, "\n") {
		before, _, found := strings.Cut(row, "|")
		if !found {
			before, _, found = strings.Cut(row, "│")
		}
		if !found {
			continue
		}
		if w := ansi.StringWidth(before); at >= 0 && w != at {
			return false
		} else {
			at = w
		}
		rows++
	}
	return rows > 10
}
