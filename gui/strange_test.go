//go:build linux

package gui_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"slipway/engine/enginetest"
	"slipway/gui"
)

// TestFrozenEngineInTheWindow stops the engine for 20 s: the window goes on answering, and what was clicked meanwhile
// happens when the engine goes on.
func TestFrozenEngineInTheWindow(t *testing.T) {
	noLeaks(t)
	e := enginetest.Start(t)
	tiny := enginetest.TinyImage(t, e)
	docker(t, e, "run", "-d", "--name", "patient", tiny)
	d := open(t, e.Host())
	press(d, "nav.containers")
	d.Until("the container", says("row:patient", "Running"))
	e.Freeze()
	began := time.Now()
	press(d, "row:patient.stop")
	pages, i := []string{"nav.images", "nav.launch", "nav.containers"}, 0
	d.Until("20 s have passed", func(dump gui.Dump) bool {
		asked := time.Now()
		d.Click(pages[i%len(pages)])
		d.Dump()
		if took := time.Since(asked); took > freeze {
			t.Errorf("the window took %v to answer", took)
		}
		i++
		return time.Since(began) > 20*time.Second
	})
	d.Session.Wake() // as when the window gets the focus
	d.Until("that the engine is away", shows("banner"))
	e.Thaw()
	d.Until("that it is back", hides("banner"))
	press(d, "nav.containers")
	d.Until("it is as the engine says", func(dump gui.Dump) bool {
		running := docker(t, e, "inspect", "-f", "{{.State.Running}}", "patient") == "true\n"
		row, ok := item(dump, "row:patient")
		return ok && strings.Contains(row.Text, "Running") == running
	})
}

// TestStrangeWords has control characters and megabytes wherever an engine lets a person write.
func TestStrangeWords(t *testing.T) {
	d, e, tiny := openOn(t)
	const evil = "\x1b[31mred\x1b]0;title\a\nnext\tline\u202eesrever\x00\u2028"
	text := strings.ReplaceAll(evil, "\x00", "")
	long := strings.Repeat("long and longer ", 5<<20/16)
	e.CreateLabelled(t, tiny, "evil", map[string]string{"evil": text, "x\x1b[2J": "1"}, []string{"EVIL=" + text}, "printf",
		"%s", text)
	e.CreateLabelled(t, tiny, "long", map[string]string{"long": long, "app.slipway.folder": long},
		[]string{"LONG=" + long[:100_000]}, "sh", "-c", "echo "+long[:20_000])
	docker(t, e, "start", "evil", "long")
	press(d, "nav.containers")
	for _, name := range []string{"evil", "long"} {
		press(d, "row:"+name)
		d.Until("its details", says("inside.name", name))
		d.Until("its output", func(dump gui.Dump) bool { i, _ := item(dump, "inside.output"); return i.Text != "" })
		for _, i := range d.Dump().Items {
			if strings.ContainsFunc(i.Text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) &&
				i.ID != "inside.output" {
				t.Errorf("%s has control characters: %.100q", i.ID, i.Text)
			}
		}
		press(d, "row:"+name+".more")
		press(d, "menu.copyrun")
		d.Until("it is copied", func(dump gui.Dump) bool {
			return strings.Contains(describe(dump), "docker run command copied")
		})
		press(d, "notice.close")
	}
	press(d, "row:long.more")
	press(d, "menu.another")
	d.Until("what is kept as it is", says("run.status", "shown in the form"))
	d.Until("it can be run", ready("run.go"))
	press(d, "run.go")
	d.Until("another one", shows("row:long-2"))
	format := `{{len (index .Config.Labels "long")}} {{len (index .Config.Cmd 2)}}`
	if one, two := docker(t, e, "inspect", "-f", format, "long"),
		docker(t, e, "inspect", "-f", format, "long-2"); one != two || !strings.HasPrefix(one, strconv.Itoa(len(long))) {
		t.Errorf("%s, and %s", one, two)
	}
}

// TestRestlessContainer starts and stops 20 times a second: the window answers, and shows the truth in the end.
func TestRestlessContainer(t *testing.T) {
	d, e, tiny := openOn(t)
	id := e.CreateLabelled(t, tiny, "restless", nil, nil)
	press(d, "nav.containers")
	press(d, "row:restless")
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	done := make(chan int, 1)
	go func() { done <- e.Flap(ctx, t, id, 20) }()
	times := 0
	d.Until("it is over", func(gui.Dump) bool {
		select {
		case times = <-done:
			return true
		default:
			return false
		}
	})
	t.Logf("it started %d times", times)
	docker(t, e, "stop", "-t", "1", "restless")
	d.Until("the truth", func(dump gui.Dump) bool {
		row, _ := item(dump, "row:restless")
		return row.Text != "" && !strings.Contains(row.Text, "Running")
	})
	docker(t, e, "start", "restless")
	d.Until("the truth", says("row:restless", "Running"))
}

// TestSettingsThatCannotBeWritten says so, and goes on with what was chosen.
func TestSettingsThatCannotBeWritten(t *testing.T) {
	e := enginetest.Shared(t)
	noLeaks(t)
	enginetest.TinyImage(t, e)
	d := open(t, e.Host(), func(home string) {
		// A folder that is mounted to be read only: not even root writes there.
		dir := filepath.Join(home, ".config", "slipway")
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "ro", "tmpfs", dir).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		t.Cleanup(func() {
			if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	})
	press(d, "nav.images")
	press(d, "images.table.sort.size")
	d.Until("that it is not saved", func(dump gui.Dump) bool {
		return strings.Contains(describe(dump), "Cannot save your settings")
	})
	d.Until("it is ordered all the same", says("images.table.sort.size", "Size"))
}
