//go:build linux

package launch_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/engine/job"
	"slipway/engine/journal"
	"slipway/engine/model"
	"slipway/engine/practice"
	"slipway/gui"
	"slipway/gui/guitest"
)

// TestKinds chooses each kind, which says what it would do and whether its image is here.
func TestKinds(t *testing.T) {
	d := open(t)
	d.Fill("launch.folder", d.folder)
	for kind, image := range map[string]string{
		"scipy":   "quay.io/jupyter/scipy-notebook:",
		"minimal": "quay.io/jupyter/minimal-notebook:",
		"rstudio": "rocker/rstudio:",
		"marimo":  "ghcr.io/marimo-team/marimo:",
		"mlflow":  "mlflow:",
	} {
		d.Press("launch.recipe." + kind)
		d.Read("strip.command", image)
		d.Read("strip.label", "Would")
		d.Until("it can be launched", guitest.Ready("launch.go"))
	}
	d.Press("launch.recipe.minimal")
	d.Read("strip.command", "minimal-notebook:")
	d.Press("launch.tag")
	d.Press("launch.tag.quay.io/jupyter/minimal-notebook:python-3.12")
	d.Read("strip.command", "minimal-notebook:python-3.12")
	d.Press("launch.memory")
	d.Press("launch.memory.2147483648")
	d.Read("strip.command", "-m 2g")
	d.Off("launch.gpu") // which the engine has none of
}

// TestLaunchOptions launches with what was chosen, and remembers it for the folder.
func TestLaunchOptions(t *testing.T) {
	d := open(t)
	d.Press("launch.recipe.minimal")
	d.Fill("launch.folder", d.folder)
	d.Read("strip.command", "minimal-notebook:")
	d.Press("launch.tag")
	d.Press("launch.tag.quay.io/jupyter/minimal-notebook:python-3.12")
	d.Press("launch.memory")
	d.Press("launch.memory.1073741824")
	d.Read("strip.command", "minimal-notebook:python-3.12")
	d.Press("launch.go")
	d.opened(1)
	c := d.Container("thesis", guitest.InState(model.StateRunning))
	if c.Memory != 1<<30 || !strings.HasSuffix(c.Image, "python-3.12") {
		t.Errorf("it has %d bytes and is made from %s", c.Memory, c.Image)
	}
	other := t.TempDir()
	d.Fill("launch.folder", other)
	d.Read("launch.status", "Port")
	d.Press("launch.recent")
	d.Press("launch.recent.0")
	d.Read("launch.folder", d.folder)
	d.Read("launch.go", "Open thesis")
	d.Press("launch.go")
	d.opened(2)
	if d.urls()[0] == "" || !strings.HasPrefix(d.urls()[1], "http://127.0.0.1:") {
		t.Errorf("opened were %v", d.urls())
	}
}

// TestLifeOfANotebook opens, copies, stops, starts again and removes a notebook from its card.
func TestLifeOfANotebook(t *testing.T) {
	d := open(t)
	d.launch("minimal")
	d.Press("launch.server.thesis.open")
	d.opened(2)
	d.Press("launch.server.thesis.folder")
	d.opened(3)
	d.Press("launch.server.thesis.link")
	d.Copied("http://127.0.0.1:")
	d.Copied("token=")
	d.Press("launch.server.thesis.stop")
	d.Did("docker stop thesis", journal.OK)
	d.Press("launch.server.thesis.again")
	d.opened(4)
	d.Press("launch.server.thesis.more")
	d.Press("menu.pause")
	d.Container("thesis", guitest.InState(model.StatePaused))
	d.See("launch.server.thesis.more")
	d.Until("that it cannot be opened now", guitest.Hides("launch.server.thesis.open"))
	d.Press("launch.server.thesis.more")
	d.Press("menu.resume")
	d.See("launch.server.thesis.open")
	d.Press("launch.server.thesis.more")
	d.Press("menu.remove")
	d.ConfirmRemoval()
	d.Gone("launch.server.thesis")
	d.Read("launch.status", "Port")
}

// TestPasswordOfANotebook copies the password of a kind that asks for one.
func TestPasswordOfANotebook(t *testing.T) {
	d := open(t)
	d.launch("rstudio")
	d.Press("launch.server.thesis.password")
	d.Until("a password is copied", func(gui.Dump) bool { return len(d.Clipboard()) > 8 })
	if strings.Contains(d.urls()[0], d.Clipboard()) {
		t.Error("the password is in the address")
	}
}

// TestLaunchIsCancelled cancels while the image is pulled: nothing is left, and it can be launched again.
func TestLaunchIsCancelled(t *testing.T) {
	d := openOn(t, practice.Options{})
	d.Press("launch.recipe.pytorch")
	d.Fill("launch.folder", d.folder)
	d.Read("launch.status", "Port")
	d.Press("launch.go")
	d.Press("launch.cancel")
	d.Tells("notice.title", "Cancelled")
	d.Gone("launch.cancel")
	d.NoContainer("thesis")
	if len(d.urls()) > 0 {
		t.Error("it was opened")
	}
	d.Until("it can be launched again", guitest.Ready("launch.go"))
}

// TestLaunchThatFails says on the page why, closes that, and goes well after it was mended.
func TestLaunchThatFails(t *testing.T) {
	for name, f := range map[string]practice.Fault{
		"pulled":  {Call: "POST /images/create", Status: 500, Text: "the registry is away"},
		"made":    {Call: "POST /containers/create", Status: 500, Text: "no such device"},
		"started": {Call: "POST /containers/*/start", Status: 500, Text: "no such program"},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t)
			d.Press("launch.recipe.minimal")
			d.Fill("launch.folder", d.folder)
			d.Read("launch.status", "Port")
			d.engine.Fail(f)
			d.Press("launch.go")
			d.Press("launch.problem.details")
			d.Read("details.raw", f.Text)
			d.Press("details.close")
			d.NoContainer("thesis")
			d.engine.Mend()
			d.Press("launch.problem.close")
			d.Gone("launch.problem.what")
			d.Press("launch.go")
			d.opened(1)
		})
	}
}

// TestEngineDiesInALaunch keeps what it knows while the engine is away, and launches when it is back.
func TestEngineDiesInALaunch(t *testing.T) {
	d := openOn(t, practice.Options{})
	d.Press("launch.recipe.pytorch")
	d.Fill("launch.folder", d.folder)
	d.Read("launch.status", "Port")
	d.Press("launch.go")
	d.See("launch.cancel")
	d.engine.Die()
	d.See("launch.problem.what")
	d.See("banner")
	d.Off("launch.go")
	if err := d.engine.Revive(); err != nil {
		t.Fatal(err)
	}
	d.Gone("banner")
	d.Press("launch.recipe.minimal")
	d.Press("launch.go")
	d.opened(1)
}

// TestPortIsTaken makes a notebook anew on another port where its own is taken now, and removes the one before.
func TestPortIsTaken(t *testing.T) {
	d := open(t)
	d.launch("minimal")
	port := d.Container("thesis", guitest.InState(model.StateRunning)).Ports[0].HostPort
	d.Press("launch.server.thesis.stop")
	d.See("launch.server.thesis.again")
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	d.Press("launch.server.thesis.again")
	d.Press("launch.problem.port")
	d.Press("anew.cancel")
	d.Press("launch.problem.port")
	d.Press("anew.go")
	d.opened(2)
	c := d.Container("thesis", guitest.InState(model.StateRunning))
	if c.Ports[0].HostPort == port {
		t.Error("it has the same port")
	}
	d.Container("thesis-before")
	if guitest.Shows("launch.server.thesis-before")(d.Dump()) {
		t.Error("the one before has a card")
	}
	d.Press("launch.server.thesis.more")
	d.Press("menu.before")
	d.ConfirmRemoval()
	d.NoContainer("thesis-before")
}

// TestPortIsTakenInTheLastMoment takes the next port where the one that was free is taken before the start.
func TestPortIsTakenInTheLastMoment(t *testing.T) {
	d := open(t)
	d.Press("launch.recipe.minimal")
	d.Fill("launch.folder", d.folder)
	d.Read("launch.status", "Port")
	status, _ := guitest.Item(d.Dump(), "launch.status")
	var port uint16
	if _, err := fmt.Sscanf(status.Text, "Port %d", &port); err != nil {
		t.Fatal(err)
	}
	d.engine.Fail(practice.Fault{
		Call: "POST /containers/*/start", Status: 500, Times: 1,
		Text: fmt.Sprintf("driver failed: Bind for 127.0.0.1:%d failed: port is already allocated", port),
	})
	d.Press("launch.go")
	d.opened(1)
	if c := d.Container("thesis", guitest.InState(model.StateRunning)); c.Ports[0].HostPort <= port {
		t.Errorf("it has port %d", c.Ports[0].HostPort)
	}
}

// TestNothingNewer pulls the image of a notebook again, and changes nothing where that brought no newer one.
func TestNothingNewer(t *testing.T) {
	d := open(t)
	d.launch("minimal")
	old := d.Container("thesis")
	d.Press("launch.server.thesis.more")
	d.Press("menu.anew")
	d.Key("Escape")
	d.Gone("anew")
	d.Press("launch.server.thesis.more")
	d.Press("menu.anew")
	d.Press("anew.go")
	d.Tells("notice.title", "already")
	d.Did("docker pull quay.io/jupyter/minimal-notebook:latest", journal.OK)
	if c := d.Container("thesis", guitest.InState(model.StateRunning)); c.ID != old.ID {
		t.Error("it is another one")
	}
}

// TestFolderThatMoved asks where a folder is now, and uses the notebook there.
func TestFolderThatMoved(t *testing.T) {
	d := open(t)
	d.launch("minimal")
	d.Press("launch.server.thesis.stop")
	d.See("launch.server.thesis.again")
	to := d.folder + "-2026"
	if err := os.Rename(d.folder, to); err != nil {
		t.Fatal(err)
	}
	d.Press("nav.images")
	d.Press("nav.launch")
	d.Press("launch.server.thesis.moved")
	d.See("choose.path")
	d.Fill("choose.path", to)
	d.Press("choose.use")
	d.Press("anew.go")
	d.Read("launch.folder", to)
	c := d.Container("thesis", guitest.InState(model.StateRunning))
	if len(c.Mounts) != 1 || c.Mounts[0].Source != to {
		t.Errorf("it has %v", c.Mounts)
	}
}

// TestTrouble examines a notebook, and keeps what was installed in it as an image for its folder.
func TestTrouble(t *testing.T) {
	d := open(t)
	d.launch("minimal")
	d.Press("launch.server.thesis.more")
	d.Press("menu.trouble")
	d.See("trouble.0.what")
	d.Press("trouble.close")
	d.Press("launch.server.thesis.more")
	d.Press("menu.packages")
	d.Until("that it has looked", guitest.Ready("packages.image"))
	d.See("packages.none")
	d.Press("packages.image")
	d.Fill("keep.name", "thesis:packages")
	d.Press("keep.go")
	d.Image("thesis:packages")
	d.Read("launch.tag", "thesis:packages") // new notebooks of the folder are made from it
}

// TestAnyImage launches an image that is here by its name, and says what is wrong with a name or an image without a
// port.
func TestAnyImage(t *testing.T) {
	d := open(t)
	d.Fill("launch.folder", d.folder)
	d.Press("launch.recipe.any")
	d.Off("launch.go")
	d.Press("launch.images")
	d.Press("launch.images.nginx:latest")
	d.Read("launch.image", "nginx")
	d.Read("strip.command", "nginx:latest")
	d.Fill("launch.image", "busybox")
	d.See("launch.form")
	d.Off("launch.go")
	d.Press("launch.form")
	d.Read("run.image", "busybox")
	d.Key("Escape")
	d.Fill("launch.image", "Not A Name")
	d.See("launch.wrong")
	d.Off("launch.go")
}

// TestStopIdle remembers after how many hours idle notebooks are stopped.
func TestStopIdle(t *testing.T) {
	d := open(t)
	d.launch("minimal")
	d.Press("launch.idle")
	d.Press("launch.idle.4")
	d.Read("launch.idle", "4 hours")
	d.Until("it is kept", func(gui.Dump) bool {
		text, _ := os.ReadFile(os.Getenv("HOME") + "/.config/slipway/settings.json")
		return strings.Contains(strings.ToLower(string(text)), "idle")
	})
}

// TestTwoNotebooks names the second notebook of the same name otherwise, and shows both.
func TestTwoNotebooks(t *testing.T) {
	d := open(t)
	d.launch("minimal")
	first := d.folder
	d.folder = t.TempDir() + "/thesis"
	if err := os.Mkdir(d.folder, 0o755); err != nil {
		t.Fatal(err)
	}
	d.launch("scipy")
	if first == d.folder {
		t.Fatal("it is the same folder")
	}
	d.See("launch.server.thesis")
	d.See("launch.server.thesis-2")
	if v := d.Ended("Launch"); v.State != job.Done {
		t.Errorf("it is %s", v.State)
	}
}

// TestNoBrowser keeps a notebook that runs where the system opens no browser, and says so.
func TestNoBrowser(t *testing.T) {
	d := open(t)
	t.Setenv("PATH", t.TempDir())
	d.Press("launch.recipe.scipy")
	d.Fill("launch.folder", d.folder)
	d.Read("launch.status", "Port")
	d.Press("launch.go")
	d.Read("notice.title", "Cannot open the browser")
	c := d.Container(filepath.Base(d.folder), guitest.InState(model.StateRunning))
	d.See("launch.server." + c.Name + ".link")
}
