//go:build linux

package commands_test

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"slipway/engine/job"
	"slipway/engine/journal"
	"slipway/engine/model"
	"slipway/engine/practice"
	"slipway/engine/runspec"
	"slipway/gui"
	"slipway/gui/guitest"
)

// edit opens the settings of the container "work".
func edit(w *guitest.Window) {
	w.T.Helper()
	w.Menu("work", "change")
	w.Read("run.name", "work")
	w.Off("run.go") // nothing is changed yet
}

// TestChangeInPlace gives a container another policy, with which it stays the same one, and says what an engine has
// against it.
func TestChangeInPlace(t *testing.T) {
	w, e := open(t, "containers")
	c := w.Had("work", "true")
	e.Fail(practice.Fault{Call: "POST /containers/*/update", Status: 500, Text: "not such a policy", Times: 1})
	edit(w)
	w.Press("run.restart")
	w.Press("run.restart.always")
	w.Press("run.go")
	w.See("run.problem.what")
	w.Press("run.go")
	w.Gone("run")
	w.Did("docker update --restart always work", journal.OK)
	w.Until("it has the policy", func(gui.Dump) bool { return w.Container("work").RestartPolicy == "always" })
	if w.Container("work").ID != c.ID {
		t.Error("it is another one")
	}
}

// TestChangeCarriesOver makes a new container with what is inside the old one, and goes back.
func TestChangeCarriesOver(t *testing.T) {
	w, _ := open(t, "containers")
	old := w.Had("work", "echo precious > /root/thesis.txt", func(s *runspec.Spec) {
		s.Env = []runspec.Env{{Name: "MODE", Value: "slow"}}
	})
	edit(w)
	w.Fill("run.env.0.value", "fast")
	w.Press("run.go")
	w.Read("change.found", "/root/thesis.txt")
	w.Read("change.command", "docker cp")
	w.Press("change.carry")
	w.Read("change.go", "without")
	w.Lacks("change.command", "docker cp")
	w.Key("Escape")
	w.Gone("change")
	w.Press("run.go")
	w.Read("change.found", "/root/thesis.txt")
	w.Press("change.go")
	w.See("row:work-before.start")
	w.Container("work", func(c model.Container) bool { return c.ID != old.ID && c.State == model.StateRunning })
	if got := w.Inside("work", "printenv MODE; cat /root/thesis.txt"); got != "fast\nprecious\n" {
		t.Errorf("the new one has %q", got)
	}
	w.Press("notice.goback")
	w.Read("goback.command", "docker rename")
	w.Press("goback.cancel")
	w.Menu("work", "goback")
	w.Press("goback.go")
	w.Container("work", func(c model.Container) bool { return c.ID == old.ID && c.State == model.StateRunning })
	w.See("row:work-after")
	w.Gone("notice.goback")
	w.Until("the old one is selected", func(d gui.Dump) bool {
		i, _ := guitest.Item(d, "inside.state")
		return strings.Contains(i.Text, old.ShortID())
	})
}

// TestChangeThatFails leaves everything as it was where the new container cannot be made, or not be filled.
func TestChangeThatFails(t *testing.T) {
	for name, f := range map[string]practice.Fault{
		"made":   {Call: "POST /containers/create", Status: 500, Text: "no space left on device"},
		"copied": {Call: "PUT /containers/*/archive", Status: 500, Text: "cannot write"},
	} {
		t.Run(name, func(t *testing.T) {
			w, e := open(t, "containers")
			old := w.Had("work", "echo precious > /root/thesis.txt")
			edit(w)
			w.Press("run.env.add")
			w.Fill("run.env.0.name", "MODE")
			w.Fill("run.env.0.value", "fast")
			w.Press("run.go")
			w.Read("change.found", "/root/thesis.txt")
			e.Fail(f)
			w.Press("change.go")
			if v := w.Ended("Change work"); v.State != job.Failed {
				t.Errorf("it is %s", v.State)
			}
			e.Mend()
			if c := w.Container("work", guitest.InState(model.StateRunning)); c.ID != old.ID {
				t.Error("it is another one")
			}
			w.NoContainer("work-before")
			w.NoContainer("work-new")
			if got := w.Inside("work", "cat /root/thesis.txt"); got != "precious\n" {
				t.Errorf("its file has %q", got)
			}
		})
	}
}

// TestStartOnATakenPort says that a port is taken, and opens the settings to choose another one.
func TestStartOnATakenPort(t *testing.T) {
	w, _ := open(t, "containers")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	w.Had("shop", "true", func(s *runspec.Spec) {
		s.Ports = []runspec.Port{{HostIP: "127.0.0.1", HostPort: uint16(port), Container: 80}}
	})
	w.Press("row:shop.stop")
	w.See("row:shop.start")
	if l, err = net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	w.Press("row:shop.start")
	w.Did("docker start shop", journal.Failed)
	w.Press("notice.edit")
	w.Read("run.port.0.host", fmt.Sprint(port))
	w.Press("run.port.0.host.fix")
	w.Lacks("run.port.0.host", fmt.Sprint(port))
	w.Key("Escape")
}

// TestOutOfMemory says that a program was ended for want of memory, and raises the limit.
func TestOutOfMemory(t *testing.T) {
	w, _ := open(t, "containers")
	c, e := w.Had("greedy", "true", func(s *runspec.Spec) { s.Memory = 32 << 20 }), w.Engine()
	ended := make(chan int, 1)
	go func() {
		_, code, _ := e.Exec(t.Context(), c.ID, "sh", "-c", "tail /dev/zero")
		ended <- code
	}()
	w.Press("notice.raise")
	w.Until("its limit is higher", func(gui.Dump) bool { return w.Container("greedy").Memory > 32<<20 })
	if code := <-ended; code == 0 {
		t.Error("the program was not ended")
	}
}
