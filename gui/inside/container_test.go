//go:build linux

package inside_test

import (
	"strconv"
	"strings"
	"testing"

	"slipway/engine/journal"
	"slipway/engine/model"
	"slipway/engine/practice"
	"slipway/engine/runspec"
	"slipway/gui"
	"slipway/gui/guitest"
)

// TestOverview shows how a container was made, keeps its secrets hidden until they are asked for, and opens a port.
func TestOverview(t *testing.T) {
	urls := browser(t)
	w, _ := open(t)
	look(w, "db", "overview")
	w.Read("strip.command", "docker inspect db")
	w.Bar("View", "Maximize")
	w.Read("overview.image", "postgres:17")
	w.Read("overview.env", "POSTGRES_USER=shop")
	w.Lacks("overview.env", "not-a-real-password")
	w.Press("overview.env.reveal")
	w.Read("overview.env", "not-a-real-password")
	w.Press("overview.env.reveal")
	w.Lacks("overview.env", "not-a-real-password")
	w.Bar("View", "Maximize")
	look(w, "web", "overview")
	w.Gone("overview.env.reveal") // it has no secret
	port := strconv.Itoa(int(w.Container("web").Ports[0].HostPort))
	w.Press("overview.port.0")
	w.Until("it is opened", func(gui.Dump) bool { return len(urls()) == 1 && strings.Contains(urls()[0], ":"+port) })
	look(w, "monthly-report", "overview")
	w.Press("overview.output")
	w.Read("inside.output", "sales.csv")
}

// TestLimitsAndEnds shows limits, the policy and the labels that a container was made with, and how much its volumes
// hold.
func TestLimitsAndEnds(t *testing.T) {
	w, e := open(t)
	w.Had("limited", "echo 123456789 > /data/x", func(s *runspec.Spec) {
		s.Memory, s.Restart, s.User, s.WorkingDir, s.Labels = 64<<20, "unless-stopped", "0", "/srv", map[string]string{
			"mine": "yes",
		}
		s.Mounts = []runspec.Mount{{Kind: runspec.Volume, Source: "numbers", Target: "/data"}}
	})
	w.Press("row:limited")
	w.Bar("View", "Maximize")
	w.Press("inside.tab.overview")
	w.Read("overview.limits", "64")
	w.Read("overview.workdir", "/srv")
	e.Fail(practice.Fault{Call: "GET /system/df", Status: 500, Text: "cannot count", Times: 1})
	w.Press("overview.sizes")
	w.Read("overview.mount.0.size", "unknown")
	w.Press("overview.mount.0.show")
	w.Read("volume.name", "numbers")
}

// TestButtonsOfTheDetails does what is offered at the head of the details, and closes them.
func TestButtonsOfTheDetails(t *testing.T) {
	w, _ := open(t)
	w.Press("row:db")
	w.Press("inside.pause")
	w.Press("inside.resume")
	w.Press("inside.stop")
	w.Press("inside.start")
	w.Container("db", guitest.InState(model.StateRunning))
	w.See("inside.stop")
	w.Press("inside.more")
	w.Press("menu.copy")
	w.Copied(w.Container("db").ID)
	w.Press("inside.close")
	w.Gone("inside.name")
}

// TestChanges lists what is only inside, shows what is not counted, and saves what is selected.
func TestChanges(t *testing.T) {
	w, e := open(t)
	w.Had("work", "echo one > /root/a.txt; echo two > /root/b.txt; mkdir -p /root/.cache/x; "+
		"echo c > /root/.cache/x/y; rm /etc/group")
	look(w, "work", "changes")
	w.Read("strip.command", "docker diff work")
	w.Read("row:/root/a.txt", "4 B")
	w.See("row:/etc/group")
	w.Press("changes.noise")
	w.See("row:/root/.cache/x/y")
	w.Press("changes.noise")
	w.Gone("row:/root/.cache/x/y")
	dir := t.TempDir()
	w.Press("row:/root/b.txt")
	w.Press("changes.save")
	w.ChoosePath(dir)
	w.Read("changes.saved", "1 file")
	w.Inside("work", "echo three > /root/c.txt")
	w.Press("changes.again")
	w.See("row:/root/c.txt")
	e.Fail(practice.Fault{Call: "GET /containers/*/changes", Status: 500, Text: "cannot compare"})
	w.Press("changes.again")
	w.Gone("row:/root/c.txt")
	e.Mend()
	w.Press("changes.again")
	w.See("row:/root/c.txt")
	w.Press("changes.keep")
	w.Fill("keep.name", "work:kept")
	w.Press("keep.go")
	w.Read("changes.saved", "work:kept")
	w.Image("work:kept")
}

// TestStats draws what a container uses while it runs.
func TestStats(t *testing.T) {
	w, _ := open(t)
	look(w, "web", "stats")
	w.Read("strip.command", "docker stats web")
	for _, plot := range []string{"cpu", "memory", "net", "disk"} {
		w.See("stats." + plot + ".now")
	}
	w.Press("stats.whole")
	w.Press("row:hello")
	w.Gone("stats.cpu.now")
}

// TestProcesses lists what runs, copies a command, and sends signals; what ends the container is asked about.
func TestProcesses(t *testing.T) {
	w, e := open(t)
	w.Had("busy", "sleep 12345 & true")
	pid := func() (id string) {
		w.Until("the process", func(d gui.Dump) bool {
			for _, i := range d.Items {
				if i.Role == "row" && strings.Contains(i.Text, "sleep 12345") && !strings.Contains(i.Text, "sh -c") {
					id = strings.TrimPrefix(i.ID, "row:")
				}
			}
			return id != ""
		})
		return id
	}
	look(w, "busy", "processes")
	w.Read("strip.command", "docker top busy")
	w.Off("processes.end")
	w.Off("processes.send")
	id := pid()
	w.Press("row:" + id)
	w.Press("processes.send")
	w.Press("processes.copy")
	w.Copied("sleep 12345")
	w.Press("processes.send")
	w.Press("signal.KILL")
	w.Read("signal.command", "kill -s KILL "+id)
	w.Press("signal.cancel")
	w.See("row:" + id)
	e.Fail(practice.Fault{Call: "POST /containers/*/exec", Status: 500, Text: "no programs today", Times: 1})
	w.Press("processes.end")
	w.See("notice.title")
	w.Press("notice.close")
	w.Press("processes.end")
	w.Gone("row:" + id)
	w.Did("docker exec --user 0 busy sh -c 'kill -s TERM "+id+"'", journal.OK)

	w.Press("row:1")
	w.Press("processes.end")
	w.Press("signal.go")
	w.Container("busy", guitest.InState(model.StateExited))
	w.Until("that it does not run", guitest.Hides("row:1"))
}

// TestProcessesOfRm offers no signal that would have Docker delete a container with everything inside.
func TestProcessesOfRm(t *testing.T) {
	w, _ := open(t)
	w.Had("passing", "true", func(s *runspec.Spec) { s.AutoRemove = true })
	look(w, "passing", "processes")
	w.Press("row:1")
	w.Off("processes.end")
	w.Press("processes.send")
	w.Off("signal.TERM")
	w.Press("signal.KILL")
	w.See("remove.confirm") // it is asked about as a removal
	w.Press("remove.cancel")
	w.Container("passing", guitest.InState(model.StateRunning))
}

// TestSeveralTogether shows what several containers print, finds in it, and saves what is shown.
func TestSeveralTogether(t *testing.T) {
	w, _ := open(t)
	w.Choose("containers.table", w.Container("hello").ID, w.Container("monthly-report").ID)
	w.Read("together.output", "Hello from Docker!")
	w.Read("together.output", "sales.csv")
	w.Read("strip.command", "docker logs --tail")
	w.Fill("together.find", "sales")
	w.Read("together.found", "of")
	w.Press("together.copy")
	w.Copied("sales.csv")
	w.Press("together.logmore")
	w.Press("logs.stamps")
	w.Press("together.logmore")
	w.Press("logs.wrap")
	dir := t.TempDir()
	w.Press("together.logmore")
	w.Press("logs.save")
	w.ChoosePath(dir)
	if text := only(w, dir); !strings.Contains(text, "Hello from Docker!") || !strings.Contains(text, "sales.csv") {
		t.Errorf("saved was %q", text)
	}
}
