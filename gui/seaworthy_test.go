//go:build linux

package gui_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"slipway/engine/enginetest"
	"slipway/gui"

	"fyne.io/fyne/v2"
)

// TestImageDetails looks at an image's own words and layers, and goes to the container that was made from it.
func TestImageDetails(t *testing.T) {
	d, e, tiny := openOn(t)
	e.Derive(t, tiny, "details/own:1", `ENV API_KEY=very-secret`, `ENTRYPOINT ["/bin/sh"]`, "EXPOSE 4242/udp")
	docker(t, e, "create", "--name", "user-of-it", "details/own:1")
	t.Cleanup(func() {
		docker(t, e, "rm", "user-of-it")
		docker(t, e, "rmi", "details/own:1")
	})
	press(d, "nav.images")
	press(d, "row:details/own:1")
	d.Until("its ports", says("image.ports", "4242/udp"))
	for id, want := range map[string]string{
		"image.entrypoint": "/bin/sh", "image.env": "API_KEY=••••",
		"image.platform": "linux/", "image.id": "sha256:",
	} {
		if i, _ := item(d.Dump(), id); !strings.Contains(i.Text, want) || strings.Contains(i.Text, "very-secret") {
			t.Errorf("%s is %q", id, i.Text)
		}
	}
	press(d, "image.tab.layers")
	d.Until("its layers", shows("row:0"))
	if text := describe(d.Dump()); strings.Contains(text, "very-secret") {
		t.Error("a layer shows a secret")
	}
	press(d, "image.tab.overview")
	d.Until("who uses it", shows("image.user.user-of-it"))
	press(d, "image.user.user-of-it")
	d.Until("the container", says("inside.name", "user-of-it"))
}

// TestPullSaysHowLarge holds that the size is said before the pull, and how long it takes once a download was measured.
func TestPullSaysHowLarge(t *testing.T) {
	d, e, _ := openOn(t)
	r := enginetest.StartRegistry(t)
	proxy := r.Proxy(t, 4_000_000)
	ref := enginetest.At(proxy.Addr(), enginetest.LayeredImage(t, r, 3, 4_000_000))
	press(d, "nav.images")
	ask := func(want string) {
		press(d, "images.pull")
		d.Fill("pull.image", ref)
		d.Until(want, says("pull.info", want))
	}
	ask("MB to download. It fits")
	press(d, "pull.go")
	d.Until("the image", shows("row:"+ref))
	t.Cleanup(func() { docker(t, e, "rmi", ref) })
	ask("The newest version is already downloaded")
	d.Key("Escape")
	docker(t, e, "rmi", ref)
	t.Cleanup(func() { docker(t, e, "pull", "-q", ref) })
	d.Until("it is gone", hides("row:"+ref))
	ask("at the speed of the last download")
	d.Key("Escape")
	press(d, "images.pull")
	d.Fill("pull.image", strings.TrimSuffix(ref, ref[strings.LastIndexByte(ref, ':'):])+":none")
	d.Until("no such tag", says("pull.info", "no image with this name and tag"))
	d.Key("Escape")
}

// TestSeveralInTheWindow stops and removes several containers by the keys.
func TestSeveralInTheWindow(t *testing.T) {
	d, e, tiny := openOn(t)
	for _, name := range []string{"one", "two", "three"} {
		docker(t, e, "run", "-d", "--name", name, tiny)
	}
	inside(t, e, "two", "echo mine > /work/mine.txt")
	press(d, "nav.containers")
	press(d, "row:one")
	all := func() {
		d.Shell.Window().Canvas().Focused().(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutSelectAll{})
	}
	all()
	d.Until("all are selected", says("containers.several.name", "3 containers"))
	press(d, "containers.several.stop")
	d.Until("they are stopped", says("containers.several.start", "Start 3"))
	if got := docker(t, e, "ps", "-q"); got != "" {
		t.Errorf("some run: %s", got)
	}
	d.Key("Delete")
	d.Until("what would be lost", shows("row:two /work/mine.txt"))
	press(d, "removes.cancel")
	if got := strings.Fields(docker(t, e, "ps", "-aq")); len(got) != 3 {
		t.Errorf("%d are left", len(got))
	}
	d.Key("Delete")
	d.Until("what would be lost", shows("row:two /work/mine.txt"))
	d.Until("all are listed", func(dump gui.Dump) bool {
		i, _ := item(dump, "removes.subtitle")
		return strings.Contains(i.Text, "1 of your files (5 B) exists")
	})
	press(d, "removes.confirm")
	d.Until("they are gone", func(gui.Dump) bool { return docker(t, e, "ps", "-aq") == "" })
	press(d, "strip.jobs")
	d.Until("the job says so", func(dump gui.Dump) bool { return strings.Contains(describe(dump), "All 3 were removed") })
	d.Key("Escape")
}

// tabTo moves the focus by Tab until it is on the thing with this ID, which brings it into view.
func tabTo(d *inProcess, id string) {
	d.T.Helper()
	for range 80 {
		d.Shell.Window().Canvas().FocusNext()
		d.Queue.Pump()
		if i, ok := item(d.Dump(), id); ok && i.Focused {
			return
		}
	}
	fatal(d.T, d.Dump(), "Tab never reaches "+id)
}

// TestEveryOptionInTheForm types into the folded fields, imports variables, and looks at what the engine was told.
func TestEveryOptionInTheForm(t *testing.T) {
	d, e, tiny := openOn(t)
	docker(t, e, "network", "create", "form-lab")
	t.Cleanup(func() {
		docker(t, e, "rm", "-f", "optioned")
		docker(t, e, "network", "rm", "form-lab")
	})
	env := filepath.Join(t.TempDir(), ".env")
	if err := os.WriteFile(env, []byte("export MODEL='big one'\nAPI_TOKEN=abc\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	runForm(t, d, tiny, "optioned")
	press(d, "run.env.import")
	d.Fill("env.path", env+"x")
	press(d, "env.import")
	d.Until("it is not there", says("env.status", "file does not exist"))
	d.Fill("env.path", env)
	press(d, "env.import")
	d.Until("the variables", says("run.env.1.name", "MODEL"))
	press(d, "run.restart")
	press(d, "run.restart.on-failure")
	tabTo(d, "run.retries")
	d.Fill("run.retries", "3")
	tabTo(d, "run.more")
	press(d, "run.more")
	tabTo(d, "run.shm")
	d.Fill("run.shm", "1x")
	d.Until("it is wrong", says("run.shm.error", "amount"))
	tabTo(d, "run.shm")
	d.Fill("run.shm", "96m")
	d.Until("the networks are known", func(gui.Dump) bool {
		tabTo(d, "run.network")
		press(d, "run.network")
		_, ok := item(d.Dump(), "run.network.form-lab")
		if !ok {
			d.Key("Escape")
		}
		return ok
	})
	press(d, "run.network.form-lab")
	tabTo(d, "run.aliases")
	d.Fill("run.aliases", "db")
	tabTo(d, "run.label.add")
	press(d, "run.label.add")
	tabTo(d, "run.label.0")
	d.Fill("run.label.0", "purpose=test")
	tabTo(d, "run.rare")
	press(d, "run.rare")
	tabTo(d, "run.init")
	press(d, "run.init")
	tabTo(d, "run.hostname")
	d.Fill("run.hostname", "deep")
	tabTo(d, "run.capdrop.add")
	press(d, "run.capdrop.add")
	tabTo(d, "run.capdrop.0")
	d.Fill("run.capdrop.0", "MKNOD")
	d.Until("it can be run", ready("run.go"))
	press(d, "run.go")
	d.Until("it runs", says("row:optioned", "Running"))
	format := "{{.HostConfig.RestartPolicy.MaximumRetryCount}} {{.HostConfig.ShmSize}} {{.HostConfig.Init}} {{.HostConfig.CapDrop}} {{.Config.Hostname}} {{.Config.Labels.purpose}} {{.HostConfig.NetworkMode}} {{json .Config.Env}}"
	got := docker(t, e, "inspect", "-f", format, "optioned")
	for _, want := range []string{
		"3 100663296 true [CAP_MKNOD] deep test form-lab ", `"MODEL=big one"`,
		`"API_TOKEN=abc"`,
	} {
		if !strings.Contains(strings.ReplaceAll(got, "[MKNOD]", "[CAP_MKNOD]"), want) {
			t.Errorf("no %q in %s", want, got)
		}
	}
	if aliases := docker(t, e, "inspect", "-f", "{{json (index .NetworkSettings.Networks \"form-lab\").Aliases}}",
		"optioned"); !strings.Contains(aliases, `"db"`) {
		t.Error(aliases)
	}
}

// TestUsageColumns shows what containers use, and asks for nothing while the columns are hidden.
func TestUsageColumns(t *testing.T) {
	d, e, tiny := openOn(t)
	docker(t, e, "run", "-d", "--name", "busy", tiny, "sh", "-c", "while :; do :; done")
	press(d, "nav.containers")
	d.Until("it runs", says("row:busy", "Running"))
	menu := func() {
		for _, m := range d.Shell.Window().MainMenu().Items {
			if i := slices.IndexFunc(m.Items,
				func(i *fyne.MenuItem) bool { return i.Label == "CPU and memory of containers" }); i >= 0 {
				m.Items[i].Action()
				return
			}
		}
		t.Fatal("no such menu")
	}
	menu()
	d.Until("memory", says("row:busy", "MiB"))
	d.Until("processor", says("row:busy", "%"))
	menu()
	d.Until("they are hidden", func(dump gui.Dump) bool {
		i, ok := item(dump, "row:busy")
		return ok && !strings.Contains(i.Text, "MiB")
	})
}

// TestDetailsOfAContainer looks at every view of a container, and saves what is only inside.
func TestDetailsOfAContainer(t *testing.T) {
	d, e, tiny := openOn(t)
	docker(t, e, "run", "-d", "--name", "known", "-e", "API_KEY=very-secret", "-e", "LANG=C", "-l", "purpose=test", "-m",
		"64m", "--restart", "on-failure", tiny)
	inside(t, e, "known", "echo mine > /work/mine.txt")
	press(d, "nav.containers")
	press(d, "row:known")
	d.Until("its logs", shows("inside.output"))
	press(d, "inside.tab.overview")
	d.Until("its environment", says("overview.env", "API_KEY=••••"))
	if i, _ := item(d.Dump(), "strip.command"); !strings.Contains(i.Text, "docker inspect known") {
		t.Errorf("the strip says %q", i.Text)
	}
	for id, want := range map[string]string{
		"overview.state": "Running", "overview.limits": "64 MiB",
		"overview.restart": "after an error",
	} {
		if i, _ := item(d.Dump(), id); !strings.Contains(i.Text, want) || strings.Contains(i.Text, "very-secret") {
			t.Errorf("%s is %q", id, i.Text)
		}
	}
	press(d, "inside.more")
	press(d, "menu.copyinspect")
	printed := docker(t, e, "inspect", "known")
	d.Until("what docker inspect prints is copied", func(gui.Dump) bool {
		return fyne.CurrentApp().Clipboard().Content() == printed
	})
	press(d, "inside.tab.stats")
	d.Until("its memory", says("stats.memory.now", "of 64 MiB"))
	d.Until("its processor", says("stats.cpu.now", "%"))
	d.Until("its network", says("stats.net.now", "/s"))
	used := strings.TrimSpace(docker(t, e, "stats", "--no-stream", "--format", "{{.PIDs}}", "known"))
	d.Until("as many processes as docker stats counts", says("stats.note", used+" process"))
	press(d, "inside.tab.changes")
	d.Until("the file", says("changes.notes", "1 of your files · 5 B"))
	parent := t.TempDir()
	press(d, "changes.save")
	d.Fill("choose.path", parent)
	d.Until("it can be chosen", ready("choose.use"))
	press(d, "choose.use")
	d.Until("it is saved", says("changes.saved", "Saved 1 file"))
	saved, _ := filepath.Glob(filepath.Join(parent, "known-*", "work", "mine.txt"))
	if len(saved) != 1 {
		t.Fatalf("saved: %q", saved)
	}
	if data, err := os.ReadFile(saved[0]); string(data) != "mine\n" {
		t.Errorf("%q, %v", data, err)
	}
	press(d, "inside.remove")
	d.Until("what would be lost", says("remove.subtitle", "1 file exists only inside"))
	press(d, "remove.save")
	d.Until("where the last one went", says("choose.path", parent))
	press(d, "choose.use")
	d.Until("that it is saved, and of what time", says("remove.subtitle", "is saved in"))
	d.Until("that it goes on writing", says("remove.subtitle", "The container is running"))
	press(d, "remove.cancel")
	docker(t, e, "stop", "-t", "1", "known")
	d.Until("it is stopped", shows("inside.start"))
	press(d, "inside.remove")
	d.Until("what would be lost", says("remove.confirm", "anyway"))
	press(d, "remove.save")
	press(d, "choose.use")
	d.Until("that all of it is saved", says("remove.subtitle", "Removing the container deletes the original"))
	if i, _ := item(d.Dump(), "remove.confirm"); i.Text != "Remove" {
		t.Errorf("the button says %q", i.Text)
	}
	press(d, "remove.cancel")
	press(d, "inside.tab.logs")
	d.Until("its logs", shows("inside.output"))
}
