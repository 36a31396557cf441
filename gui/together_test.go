//go:build linux

package gui_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/engine/enginetest"
	"slipway/gui"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// speaker is a shell line that says a word and goes on until it is stopped.
func speaker(word string) string {
	return "echo " + word + "; trap 'exit 0' TERM; sleep 100000 & wait"
}

// printed is a wait for all that is in the view of several outputs.
func printed(lines ...string) func(gui.Dump) bool {
	return func(dump gui.Dump) bool {
		i, ok := item(dump, "together.output")
		return ok && i.Text == strings.Join(lines, "\n")
	}
}

// TestTogether follows the output of several containers in one view while they are stopped, started, removed and
// deselected.
func TestTogether(t *testing.T) {
	d, e, tiny := openOn(t)
	docker(t, e, "run", "--name", "ended", tiny, "echo", "over")
	docker(t, e, "run", "-d", "--name", "errs", tiny, "sh", "-c", "exec >&2; "+speaker("first"))
	d.Until("that it printed", func(gui.Dump) bool { return docker(t, e, "logs", "errs") == "first\n" })
	docker(t, e, "run", "-dt", "--name", "term", tiny, "sh", "-c",
		`printf '10%%\r100%% '; printf '\033[32m'; `+speaker("green"))
	d.Until("that it printed", func(gui.Dump) bool { return strings.Contains(docker(t, e, "logs", "term"), "green") })
	inside(t, e, "errs", "echo second > /proc/1/fd/2")
	docker(t, e, "run", "-d", "--name", "another", tiny, "sh", "-c", speaker("hello"))
	d.Until("that it printed", func(gui.Dump) bool { return docker(t, e, "logs", "another") == "hello\n" })
	press(d, "nav.containers")
	d.Until("all of them", shows("row:another"))
	press(d, "row:another")
	d.Shortcut(&fyne.ShortcutSelectAll{})
	d.Until("what there is, in order",
		printed("ended   | over", "errs    | first", "term    | 100% green", "errs    | second", "another | hello"))

	inside(t, e, "errs", "echo third > /proc/1/fd/1")
	d.Until("what comes", says("together.output", "another | hello\nerrs    | third"))
	docker(t, e, "restart", "-t", "0", "term")
	d.Until("what it prints when it starts again", says("together.output", "errs    | third\nterm    | 100% green"))
	docker(t, e, "rm", "ended")
	d.Until("the lines of the others", printed("errs    | first", "term    | 100% green", "errs    | second",
		"another | hello", "errs    | third", "term    | 100% green"))
	d.Shortcut(&desktop.CustomShortcut{KeyName: fyne.KeySpace, Modifier: fyne.KeyModifierControl})
	rest := []string{"errs | first", "term | 100% green", "errs | second", "errs | third", "term | 100% green"}
	d.Until("the lines of those that are still selected", printed(rest...))

	press(d, "nav.images")
	inside(t, e, "errs", "echo unseen > /proc/1/fd/1")
	press(d, "nav.containers")
	rest = append(rest, "errs | unseen")
	d.Until("what came while nobody looked, once", printed(rest...))
	docker(t, e, "stop", "errs")
	d.Until("that it is stopped", shows("containers.several.start"))
	d.Until("all that it printed", printed(rest...))
	docker(t, e, "start", "errs")
	d.Until("what it prints when it is started", printed(append(rest, "errs | first")...))

	d.Fill("together.find", "FIRST")
	d.Until("both", says("together.found", "2 matches"))
	press(d, "together.only")
	d.Until("only these", printed("errs | first", "errs | first"))
	dir := t.TempDir()
	press(d, "together.logmore")
	press(d, "logs.save")
	d.Fill("choose.path", dir)
	press(d, "choose.use")
	d.Until("it is saved with the names", func(gui.Dump) bool {
		saved, _ := filepath.Glob(filepath.Join(dir, "2-containers-*.log"))
		if len(saved) != 1 {
			return false
		}
		data, _ := os.ReadFile(saved[0])
		return string(data) == "errs | first\nerrs | first\n"
	})
}

// TestTogetherAway reads on when the engine has been away, and says why nothing is shown of a container.
func TestTogetherAway(t *testing.T) {
	noLeaks(t)
	e := enginetest.Start(t)
	tiny := enginetest.TinyImage(t, e)
	docker(t, e, "run", "-d", "--name", "unheard", "--log-driver", "none", tiny, "sh", "-c", speaker("lost"))
	docker(t, e, "run", "-d", "--name", "heard", tiny, "sh", "-c", speaker("kept"))
	docker(t, e, "create", "--name", "never", tiny, "true")
	d := open(t, e.Host())
	press(d, "nav.containers")
	d.Until("all of them", shows("row:heard"))
	press(d, "row:heard")
	d.Shortcut(&fyne.ShortcutSelectAll{})
	why := "unheard | [This container was created with the log driver “none”, so the engine keeps none of its output.]"
	d.Until("what is kept, and why nothing is", func(dump gui.Dump) bool {
		return printed("heard   | kept", why)(dump) || printed(why, "heard   | kept")(dump)
	})
	e.Kill()
	d.Until("the banner", shows("banner"))
	e.Restart(t)
	d.Until("no banner any more", hides("banner"))
	docker(t, e, "start", "heard")
	d.Until("what it prints then, behind what was there", func(dump gui.Dump) bool {
		i, _ := item(dump, "together.output")
		return strings.HasSuffix(i.Text, "\nheard   | kept") && strings.Count(i.Text, "heard   | kept") == 2 &&
			strings.Count(i.Text, "[This container") == 1
	})
}

// TestSelectProject selects the containers of a Compose project out of the menu of one, even those that a filter hides.
func TestSelectProject(t *testing.T) {
	d, e, tiny := openOn(t)
	for name, project := range map[string]string{"web": "shop", "db": "shop", "lone": "", "other": "else"} {
		docker(t, e, "run", "-d", "--name", name, "--label", "com.docker.compose.project="+project, tiny, "sh", "-c",
			speaker(name))
	}
	press(d, "nav.containers")
	d.Until("all of them", shows("row:db"))
	d.Fill("containers.filter", "web")
	d.Until("only one", func(dump gui.Dump) bool { return shows("row:web")(dump) && hides("row:db")(dump) })
	press(d, "row:web.more")
	press(d, "menu.project")
	d.Until("both", says("containers.several.name", "2 containers"))
	d.Until("what both print", func(dump gui.Dump) bool {
		return printed("web | web", "db  | db")(dump) || printed("db  | db", "web | web")(dump)
	})
	press(d, "row:lone.more")
	d.Until("its menu", shows("menu.rename"))
	if shows("menu.project")(d.Dump()) {
		t.Error("a project is offered where there is none")
	}
}

// TestTogetherLast begins with the last lines of each: what another output of it printed before does not come behind
// them.
func TestTogetherLast(t *testing.T) {
	d, e, tiny := openOn(t)
	docker(t, e, "run", "-d", "--name", "many", tiny, "sh", "-c", "echo old >&2; sleep 0.2; seq 1 300; "+speaker("new"))
	d.Until("that it printed", func(gui.Dump) bool { return strings.Contains(docker(t, e, "logs", "many"), "new\n") })
	docker(t, e, "run", "-d", "--name", "few", tiny, "sh", "-c", speaker("hello"))
	press(d, "nav.containers")
	d.Until("both", shows("row:few"))
	press(d, "row:few")
	d.Shortcut(&fyne.ShortcutSelectAll{})
	d.Until("both outputs", func(dump gui.Dump) bool {
		i, _ := item(dump, "together.output")
		return strings.Contains(i.Text, "many | new\n") && strings.HasSuffix(i.Text, "few  | hello")
	})
	inside(t, e, "many", "echo newer > /proc/1/fd/1")
	d.Until("that it is read on", says("together.output", "many | newer"))
	press(d, "together.expression")
	d.Fill("together.find", "^(old|new|[0-9]+)$")
	d.Until("the last of one", says("together.found", "200 matches"))
}

// TestTogetherSilent says of containers that print nothing what is so, also after nobody looked.
func TestTogetherSilent(t *testing.T) {
	d, e, tiny := openOn(t)
	docker(t, e, "run", "-d", "--name", "one", tiny, "sleep", "100000")
	docker(t, e, "run", "-d", "--name", "two", tiny, "sleep", "100000")
	press(d, "nav.containers")
	d.Until("both", shows("row:two"))
	press(d, "row:two")
	d.Shortcut(&fyne.ShortcutSelectAll{})
	silent := func(dump gui.Dump) bool {
		i, ok := item(dump, "together.output")
		return ok && strings.Contains(i.Text, "printed anything yet")
	}
	d.Until("that they printed nothing", silent)
	press(d, "nav.images")
	d.Until("the images", hides("together.output"))
	press(d, "nav.containers")
	d.Until("that they printed nothing, still", silent)
}
