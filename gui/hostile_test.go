//go:build linux

package gui_test

import (
	"slices"
	"strings"
	"testing"

	"slipway/gui"
)

// TestHostileProgram prints what ended the program once, in a terminal, and has a shell of the image that lists
// processes for ever: each view goes on or says so.
func TestHostileProgram(t *testing.T) {
	d, e, tiny := openOn(t)
	docker(t, e, "run", "-d", "--name", "hostile", "-e", "ENV=/nothing", tiny, "sh", "-c",
		"trap 'exit 0' TERM; sleep 100000 & wait")
	press(d, "nav.containers")
	press(d, "row:hostile")
	press(d, "inside.tab.terminal")
	d.Until("a shell", func(dump gui.Dump) bool { return strings.Contains(describe(dump), " terminal ") })
	y := typist{t, d}
	y.until("its prompt", func(s string) bool { return strings.HasSuffix(s, "#") })
	y.line(`printf '\033[9;199r\033[T\033[?6h\033[2;300r\033M\033[?69h\033[3;900s\033[5P\033c'; echo go''es on`)
	y.until("it goes on", func(s string) bool {
		return strings.Contains(s, "goes on") && !strings.Contains(s, "could not show")
	})

	docker(t, e, "exec", "hostile", "/bin/busybox", "sh", "-c",
		`printf '#!/bin/busybox sh\nl="S 7 (x) S 1 0 0 0 0 0 0 0 0 0 1 5 0 0 20 0 1 0 9 100 200"\nwhile :; do echo "$l"; echo "$l"; done\n' >/bin/endless; chmod +x /bin/endless; mv /bin/endless /bin/sh`)
	press(d, "inside.tab.processes")
	d.Until("that there are too many", func(dump gui.Dump) bool {
		return strings.Contains(describe(dump), "There are more than 20000")
	})
	press(d, "inside.tab.terminal")
	y.line("echo still he''re")
	y.until("the terminal still works", func(s string) bool { return strings.Contains(s, "still here") })
}

// TestHostileNames has files whose names hide something: each looks different in the list, and in the question
// before all of them are lost.
func TestHostileNames(t *testing.T) {
	d, e, tiny := openOn(t)
	docker(t, e, "run", "-d", "--name", "hostile", tiny, "sh", "-c",
		`mkdir -p /home/me; cd /home/me; for n in thesis.ipynb "$(printf 'thesis\342\200\213.ipynb')" "$(printf 'photo\342\200\256gpj.exe')" "$(printf 'two\nlines')" "$(printf 'esc\033[31mred')"; do head -c 2000 /dev/zero > "$n"; done; trap 'exit 0' TERM; sleep 100000 & wait`)
	press(d, "nav.containers")
	press(d, "row:hostile")
	press(d, "inside.tab.files")
	d.Until("the folder can be typed", ready("files.path"))
	d.Fill("files.path", "/home/me")
	d.Key("Return")
	names := []string{"thesis.ipynb", `thesis\u200b.ipynb`, `photo\u202egpj.exe`, `two\x0alines`, `esc\x1b[31mred`}
	all := func(dump gui.Dump) bool {
		text := describe(dump)
		return !slices.ContainsFunc(names, func(n string) bool { return !strings.Contains(text, n) })
	}
	d.Until("the names in the list", all)
	press(d, "inside.remove")
	d.Until("the names in the question", func(dump gui.Dump) bool {
		return all(dump) && strings.Contains(describe(dump), "in total")
	})
	d.Key("Escape")
}
