//go:build linux

package gui_test

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"slipway/engine/job"
	"slipway/gui"
)

func TestSelectedMenuMeansWhatIsSelected(t *testing.T) {
	d, e, tiny := openOn(t)
	docker(t, e, "run", "-d", "--name", "first", tiny)
	docker(t, e, "run", "-d", "--name", "second", tiny)
	press(d, "nav.containers")
	press(d, "row:first")
	d.Until("the details of the first", says("inside.name", "first"))
	press(d, "row:second")
	d.Until("the details of the second", says("inside.name", "second"))
	stopped := false
	for _, m := range d.Shell.Window().MainMenu().Items {
		for _, i := range m.Items {
			if m.Label == "Selected" && i.Label == "Stop" {
				i.Action()
				stopped = true
			}
		}
	}
	if !stopped {
		t.Fatal("the menu has no Stop")
	}
	d.Until("the second is stopped", func(dump gui.Dump) bool {
		i, ok := item(dump, "row:second")
		return ok && !strings.Contains(i.Text, "Running")
	})
	if i, _ := item(d.Dump(), "row:first"); !strings.Contains(i.Text, "Running") {
		t.Errorf("the first was stopped: %s", i.Text)
	}
}

func TestChoicesOfTheRunForm(t *testing.T) {
	d, _, tiny := openOn(t)
	runForm(t, d, tiny, "chosen")
	press(d, "run.restart")
	press(d, "run.restart.rm")
	d.Until("what it costs", says("run.status", "removed when it stops"))
	press(d, "run.port.0.address")
	press(d, "run.port.0.address.0.0.0.0")
	d.Until("the command", func(dump gui.Dump) bool {
		i, _ := item(dump, "run.line")
		return strings.Contains(i.Text, "--rm") && strings.Contains(i.Text, "-p 0.0.0.0:")
	})
	d.Key("Escape")
	d.Until("the form is closed", hides("run"))
	press(d, "row:"+tiny+".run")
	d.Until("it is forgotten", func(dump gui.Dump) bool {
		name, _ := item(dump, "run.name")
		line, _ := item(dump, "run.line")
		return name.Text == "tiny" && !strings.Contains(line.Text, "--rm") && !strings.Contains(line.Text, "0.0.0.0")
	})
	press(d, "run.over")
	d.Until("what was typed before", says("run.name", "chosen"))
	d.Until("all of it", says("run.line", "--rm"))
	d.Key("Escape")
}

func TestEarlyExitIsExplainedInTheForm(t *testing.T) {
	d, e, tiny := openOn(t)
	runForm(t, d, tiny, "early")
	press(d, "run.more")
	d.Fill("run.command", "")
	d.Fill("run.command", "sh -c 'echo the reason; exit 3'")
	d.Until("the form can be run", ready("run.go"))
	press(d, "run.go")
	d.Until("its last lines", says("run.problem.lines", "the reason"))
	if i, _ := item(d.Dump(), "run.problem.why"); !strings.Contains(i.Text, "code 3") {
		t.Errorf("why: %q", i.Text)
	}
	if got := docker(t, e, "ps", "-a", "--format", "{{.Names}} {{.Status}}"); !strings.HasPrefix(got, "early Exited (3)") {
		t.Errorf("it was not kept: %s", got)
	}
}

func TestFormIsNotRunBeforeItIsFilledIn(t *testing.T) {
	d, _, tiny := openOn(t)
	press(d, "nav.images")
	press(d, "row:"+tiny+".run")
	d.Key("Return") // as when Enter, which opened it, is held down
	if _, ok := item(d.Dump(), "run"); !ok {
		t.Fatal("the form is gone")
	}
	for _, v := range d.Session.Jobs.List() {
		t.Errorf("%s was started", v.Title)
	}
	d.Until("the port", func(dump gui.Dump) bool { i, _ := item(dump, "run.port.0.host"); return i.Text != "" })
	d.Key("Escape")
}

func TestRemovalNamesTheVolumeThatGoes(t *testing.T) {
	d, e, tiny := openOn(t)
	docker(t, e, "run", "-d", "--rm", "--name", "passing", tiny)
	inside(t, e, "passing", "echo x > /data/table; echo y > /work/note.txt")
	press(d, "nav.containers")
	press(d, "row:passing.stop")
	d.Until("the file", shows("row:/work/note.txt"))
	d.Until("the volume", says("remove.volume", "/data"))
	press(d, "remove.cancel")
	d.Until("no dialog", hides("remove"))
	if i, ok := item(d.Dump(), "row:passing"); !ok || !strings.Contains(i.Text, "Running") {
		t.Errorf("it was not left running: %+v", i)
	}
}

func TestCancelInTheJobsListStopsAPull(t *testing.T) {
	d, _, proxy, ref := openOnSlowRegistry(t)
	press(d, "nav.images")
	press(d, "images.pull")
	d.Fill("pull.image", ref)
	press(d, "pull.go")
	d.Until("bytes", says("strip.job.text", " of "))
	press(d, "strip.jobs")
	var cancel string
	d.Until("the job's cancel", func(dump gui.Dump) bool {
		for _, i := range dump.Items {
			if strings.HasSuffix(i.ID, ".cancel") && strings.HasPrefix(i.ID, "job.") {
				cancel = i.ID
			}
		}
		return cancel != ""
	})
	before, _ := item(d.Dump(), cancel)
	d.Until("more bytes", func(gui.Dump) bool { return proxy.Sent() > 300_000 })
	if after, _ := item(d.Dump(), cancel); after.Object != before.Object {
		t.Error("the button was exchanged while the job went on, so a press on it may be lost")
	}
	d.Click(cancel)
	d.Until("it is cancelled", func(gui.Dump) bool {
		list := d.Session.Jobs.List()
		return len(list) == 1 && list[0].State == job.Cancelled
	})
	d.Key("Escape")
}

// TestRunAnotherLikeThis runs a second container as the first was made, from the row's menu.
func TestRunAnotherLikeThis(t *testing.T) {
	d, e, tiny := openOn(t)
	docker(t, e, "run", "-d", "--name", "first", "-e", "A=two words", "-p", "127.0.0.1::8080", "--cap-add", "NET_ADMIN",
		"--sysctl", "net.ipv4.ip_forward=0",
		"-l", "com.docker.compose.project=demo", "-l", "com.docker.compose.service=web", "-l", "mine=1", tiny, "sh", "-c",
		"trap 'exit 0' TERM; sleep 1000 & wait")
	press(d, "nav.containers")
	d.Until("the container", shows("row:first.more"))
	press(d, "row:first.more")
	press(d, "menu.another")
	d.Until("what the form has no field for", says("run.line", "--sysctl net.ipv4.ip_forward=0"))
	d.Until("to whom the first belongs", says("run.left", "the Compose project “demo”"))
	d.Until("a free name", says("run.name", "first-2"))
	d.Until("its line", says("run.line", "--cap-add CAP_NET_ADMIN"))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	d.Fill("run.port.0.host", fmt.Sprint(l.Addr().(*net.TCPAddr).Port))
	d.Until("it can be run", ready("run.go"))
	press(d, "run.go")
	d.Until("it runs", says("row:first-2", "Running"))
	got := docker(t, e, "inspect", "-f", "{{.HostConfig.CapAdd}} {{index .Config.Env 0}} {{.Args}}", "first-2")
	if want := docker(t, e, "inspect", "-f", "{{.HostConfig.CapAdd}} {{index .Config.Env 0}} {{.Args}}",
		"first"); got != want || !strings.Contains(got, "NET_ADMIN") {
		t.Errorf("it is %s, the first %s", got, want)
	}
	if got := docker(t, e, "inspect", "-f", "{{.Config.Labels}} {{.HostConfig.Sysctls}}", "first-2"); strings.Contains(got,
		"compose") || !strings.Contains(got, "mine:1") || !strings.Contains(got, "ip_forward:0") {
		t.Errorf("it has %s", got)
	}
	press(d, "row:first-2.more")
	press(d, "menu.copyrun")
	d.Until("it is copied", func(dump gui.Dump) bool {
		return strings.Contains(describe(dump), "docker run command copied")
	})

	// A form that was cancelled hands nothing on.
	press(d, "row:first-2.more")
	press(d, "menu.another")
	d.Until("the form", says("run.line", "NET_ADMIN"))
	d.Key("Escape")
	d.Until("it is closed", hides("run"))
	press(d, "containers.run")
	d.Until("an empty form", shows("run"))
	d.Fill("run.image", tiny)
	d.Until("nothing of another one", func(dump gui.Dump) bool {
		line, _ := item(dump, "run.line")
		return strings.Contains(line.Text, tiny) && !strings.Contains(line.Text, "NET_ADMIN") &&
			!strings.Contains(line.Text, "A=")
	})
	if _, ok := item(d.Dump(), "run.over"); ok {
		t.Error("something is offered that nobody typed")
	}
}
