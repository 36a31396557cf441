//go:build linux

package containers_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"slipway/engine/enginetest"
	"slipway/engine/model"
	"slipway/engine/practice"
	"slipway/engine/runspec"
	"slipway/gui"
	"slipway/gui/guitest"

	"fyne.io/fyne/v2"
)

// TestListOfContainers filters and orders the list, and shows the command that lists the same.
func TestListOfContainers(t *testing.T) {
	w, _ := open(t)
	w.Read("containers.all", "4")
	w.Read("containers.running", "2")
	w.Read("strip.command", "docker ps -a")
	w.Press("containers.running")
	w.Gone("row:hello")
	w.Until("its command", func(d gui.Dump) bool {
		i, _ := guitest.Item(d, "strip.command")
		return i.Text == "docker ps"
	})
	w.Press("containers.all")
	w.See("row:hello")
	for filter, want := range map[string]string{
		"postgres": "db",
		"exited":   "monthly-report hello",
		fmt.Sprint(w.Container("web").Ports[0].HostPort): "web",
		w.Container("hello").ShortID():                   "hello",
	} {
		w.Fill("containers.filter", filter)
		w.Until("what fits "+filter, func(d gui.Dump) bool { return guitest.Order(d) == want })
		w.Until("no command says that", guitest.Hides("strip.command"))
	}
	w.Press("containers.running")
	w.Fill("containers.filter", "hello")
	w.Press("containers.clear")
	w.See("row:hello")
	for key, want := range map[string]string{
		"name":    "db hello monthly-report web",
		"image":   "hello web db monthly-report",
		"state":   "web db monthly-report hello",
		"created": "web db monthly-report hello",
	} {
		w.Press("containers.table.sort." + key)
		w.Until("ordered by "+key, func(d gui.Dump) bool { return guitest.Order(d) == want })
	}
}

// TestOrderIsRemembered has a window that is opened anew order its list as before.
func TestOrderIsRemembered(t *testing.T) {
	w, _ := open(t)
	w.Press("containers.table.sort.name")
	w.Press("containers.table.sort.name")
	w.Until("ordered", func(d gui.Dump) bool {
		return strings.HasPrefix(guitest.Order(d), "web ") && strings.HasSuffix(guitest.Order(d), "db")
	})
	w.Press("nav.images")
	w.Press("nav.containers")
	w.Until("ordered as before", func(d gui.Dump) bool { return strings.HasSuffix(guitest.Order(d), "db") })
}

// TestHiddenByTheFilter keeps what is selected, which a filter hides, and shows it again.
func TestHiddenByTheFilter(t *testing.T) {
	w, _ := open(t)
	w.Press("row:hello")
	w.Read("inside.name", "hello")
	w.Fill("containers.filter", "web")
	w.Gone("row:hello")
	w.Key("Escape")
	w.See("row:hello")
	w.Read("inside.name", "hello")
}

// TestPortOfARow opens a port of a row, which is there as long as the container runs.
func TestPortOfARow(t *testing.T) {
	dir, urls := enginetest.XDGOpenRecorder(t)
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	w, _ := open(t)
	port := fmt.Sprintf("row:web.port.%d", w.Container("web").Ports[0].HostPort)
	w.Press(port)
	w.Until("it is opened", func(gui.Dump) bool { return len(urls()) == 1 })
	w.Press("row:web.stop")
	w.Gone(port)
}

// TestUsage shows what containers use in columns, and hides it again.
func TestUsage(t *testing.T) {
	w, _ := open(t)
	w.Bar("View", "CPU")
	w.Read("row:web", "%")
	w.Lacks("row:hello", "%")
	w.Press("row:web.stop")
	w.Lacks("row:web", "%")
	w.Bar("View", "CPU")
	w.Lacks("row:db", "%")
}

// TestKeysOfTheContainers moves, removes, renames, opens and leaves with the keys.
func TestKeysOfTheContainers(t *testing.T) {
	w, _ := open(t)
	w.Bar("View", "Containers")
	w.Focus("containers.table")
	w.Key("End")
	w.Read("inside.name", "hello")
	w.Key("Home")
	w.Read("inside.name", "web")
	w.Key("Down")
	w.Read("inside.name", "db")
	w.Key("Delete")
	w.Press("remove.cancel")
	w.Focus("containers.table")
	w.Key("F2")
	w.See("rename.name")
	w.Key("Escape")
	w.Focus("containers.table")
	w.Shortcut(&fyne.ShortcutSelectAll{})
	w.See("containers.several.remove")
	w.Focus("containers.table")
	w.Key("F2") // means one only
	if guitest.Shows("rename")(w.Dump()) {
		t.Error("several are renamed")
	}
	w.Focus("containers.table")
	w.Key("Escape")
	w.Gone("containers.several.remove")
	w.Bar("View", "Filter")
	w.Until("the cursor is in the filter", func(d gui.Dump) bool {
		i, _ := guitest.Item(d, "containers.filter")
		return i.Focused
	})
}

// TestMenuOfTheSelected carries out what the menu bar offers for what is selected, also for several.
func TestMenuOfTheSelected(t *testing.T) {
	w, _ := open(t)
	w.Press("row:web")
	w.Bar("Selected", "Pause")
	w.See("row:web.resume")
	w.Bar("Selected", "Resume")
	w.See("row:web.stop")
	w.Bar("View", "Container terminal")
	w.See("terminal.new")
	w.Bar("View", "Container logs")
	w.See("inside.output")
	w.Choose("containers.table", w.Container("web").ID, w.Container("db").ID)
	w.Bar("Selected", "Stop 2")
	w.Container("web", guitest.InState(model.StateExited))
	w.Container("db", guitest.InState(model.StateExited))
}

// TestProject selects all containers of a Compose project.
func TestProject(t *testing.T) {
	w, _ := open(t)
	for _, name := range []string{"front", "back"} {
		w.Had(name, "true", func(s *runspec.Spec) { s.Labels = map[string]string{model.ComposeProject: "shop"} })
	}
	w.Fill("containers.filter", "front")
	w.Gone("row:back")
	w.Menu("front", "project")
	w.See("containers.several.remove")
	w.Read("containers.several.stop", "2")
}

// TestNoContainers runs the first container from the empty page.
func TestNoContainers(t *testing.T) {
	guitest.NoLeaks(t)
	e := guitest.StartPractice(t, practice.Options{})
	w := guitest.OpenPractice(t, e)
	w.Press("nav.containers")
	w.Press("containers.empty.run")
	w.Fill("run.image", "hello-world")
	w.Until("it can be run", guitest.Ready("run.go"))
	w.Press("run.go")
	w.See("row:hello-world")
	w.Read("inside.output", "Hello from Docker!")
}

// TestDetailsFollow shows the details of a container that is renamed, and of none when it is gone.
func TestDetailsFollow(t *testing.T) {
	w, _ := open(t)
	w.Press("row:hello")
	if err := w.Engine().Rename(t.Context(), w.Container("hello"), "greeting"); err != nil { // elsewhere
		t.Fatal(err)
	}
	w.Read("inside.name", "greeting")
	w.Read("strip.command", "greeting")
	if err := w.Engine().Remove(t.Context(), w.Container("greeting")); err != nil {
		t.Fatal(err)
	}
	w.Gone("inside.name")
	w.Read("strip.command", "docker ps -a")
}
