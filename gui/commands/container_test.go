//go:build linux

package commands_test

import (
	"strings"
	"testing"

	"slipway/engine/journal"
	"slipway/engine/model"
	"slipway/engine/practice"
	"slipway/engine/runspec"
	"slipway/gui"
	"slipway/gui/guitest"
)

// TestLifeOfAContainer does each thing of a menu that changes how a container runs, and reads its command in the
// history.
func TestLifeOfAContainer(t *testing.T) {
	w, _ := open(t, "containers")
	steps := []struct {
		line, command string
		then          model.State
	}{
		{"restart", "docker restart web", model.StateRunning},
		{"pause", "docker pause web", model.StatePaused},
		{"resume", "docker unpause web", model.StateRunning},
		{"pause", "docker pause web", model.StatePaused},
		{"stop", "docker stop web", model.StateExited},
		{"start", "docker start web", model.StateRunning},
		{"kill", "docker kill web", model.StateExited},
	}
	next := map[model.State]string{model.StateRunning: "stop", model.StatePaused: "resume", model.StateExited: "start"}
	for _, s := range steps {
		began := w.Container("web").StartedAt
		w.Menu("web", s.line)
		w.Read("strip.did.command", s.command)
		if s.line != "start" { // which is watched for some seconds
			w.Did(s.command, journal.OK)
		}
		w.Container("web", guitest.InState(s.then), func(c model.Container) bool {
			return s.line != "restart" || c.StartedAt.After(began)
		})
		w.See("row:web." + next[s.then])
	}
	w.Press("row:web")
	w.Read("inside.why", "137")
}

// TestFailuresOfAContainer has the engine refuse each thing once, and reads that it is said, kept in the history, and
// can be tried again.
func TestFailuresOfAContainer(t *testing.T) {
	w, e := open(t, "containers")
	for _, s := range []struct{ line, call, command string }{
		{"restart", "POST /containers/*/restart", "docker restart web"},
		{"pause", "POST /containers/*/pause", "docker pause web"},
		{"kill", "POST /containers/*/kill", "docker kill web"},
		{"stop", "POST /containers/*/stop", "docker stop web"},
	} {
		e.Fail(practice.Fault{Call: s.call, Status: 500, Text: "the reason of " + s.line})
		w.Menu("web", s.line)
		w.Did(s.command, journal.Failed)
		w.Press("notice.details")
		w.Read("details.raw", "the reason of "+s.line)
		w.Press("details.copy")
		w.Copied("the reason of " + s.line)
		w.Press("details.close")
		w.Read("strip.did.label", "Failed")
		e.Mend()
		w.Press("notice.close")
		w.Gone("notice.title")
	}
	if c := w.Container("web"); c.State != model.StateRunning {
		t.Errorf("it is %s", c.State)
	}
	e.Fail(practice.Fault{Call: "POST /containers/*/start", Status: 500, Text: "not now", Times: 1})
	w.Menu("hello", "start")
	w.Press("notice.retry")
	w.Did("docker start hello", journal.OK)
}

// TestRename refuses names that are taken or cannot be, does nothing for the same name, and says what an engine has
// against one.
func TestRename(t *testing.T) {
	w, e := open(t, "containers")
	w.Press("row:web")
	w.Key("F2")
	w.Read("rename.name", "web")
	w.Off("rename.go")
	w.Key("Return")
	for name, why := range map[string]string{"db": "exists", "": "name", "no/slash": "letters"} {
		w.Fill("rename.name", name)
		w.Off("rename.go")
		w.Read("rename.why", why)
		w.Key("Return")
	}
	if _, open := guitest.Item(w.Dump(), "rename"); !open || len(w.Session.Jobs.List()) > 0 {
		t.Error("a name that cannot be was taken")
	}
	w.Fill("rename.name", "shop")
	w.Read("rename.command", "docker rename web shop")
	w.Key("Escape")
	w.Gone("rename")
	w.Never("docker rename web shop")

	e.Fail(practice.Fault{Call: "POST /containers/*/rename", Status: 409, Text: "the name shop is in use", Times: 1})
	w.Menu("web", "rename")
	w.Fill("rename.name", "shop")
	w.Key("Return")
	w.Did("docker rename web shop", journal.Failed)
	w.See("notice.title")
	w.Press("notice.retry")
	w.See("row:shop")
	w.Read("inside.name", "shop")
}

// TestCopies copies what a menu offers to copy.
func TestCopies(t *testing.T) {
	w, e := open(t, "containers")
	w.Menu("web", "copy")
	w.Copied(w.Container("web").ID)
	w.Menu("web", "copyinspect")
	w.Copied(`"Id": "` + w.Container("web").ID)
	w.Menu("web", "copyrun")
	w.Copied("DOCKER_HOST=" + e.Host() + " docker run -d --name web -p 127.0.0.1::80 nginx:latest")
	w.Menu("db", "copyrun")
	w.Copied("POSTGRES_PASSWORD")
	if text := w.Clipboard(); strings.Contains(text, "not-a-real-password") {
		t.Errorf("a secret was copied: %s", text)
	}
	w.Tells("notice.text", "POSTGRES_PASSWORD")
	for _, line := range []string{"copyrun", "copyinspect"} {
		e.Fail(practice.Fault{Call: "GET /containers/*/json", Status: 500, Text: "broken"})
		w.Menu("web", line)
		w.Press("notice.details")
		w.Press("details.close")
		w.Press("notice.close")
		e.Mend()
	}
}

// TestRunAnother opens the form as the container was made, with a name that is free.
func TestRunAnother(t *testing.T) {
	w, _ := open(t, "containers")
	w.Had("worker", "true", func(s *runspec.Spec) { s.Env = []runspec.Env{{Name: "SPEED", Value: "slow"}} })
	w.Menu("worker", "another")
	w.Read("run.name", "worker-2")
	w.Read("run.line", "-e SPEED=slow")
	w.Press("run.go")
	w.Container("worker-2", guitest.InState(model.StateRunning))
	if got := w.Inside("worker-2", "printenv SPEED"); got != "slow\n" {
		t.Errorf("it has %q", got)
	}
}

// TestRestartingForEver stops a container from being started again and again.
func TestRestartingForEver(t *testing.T) {
	w, _ := open(t, "containers")
	w.Had("looper", "exit 3", func(s *runspec.Spec) { s.Restart = "always" })
	w.Menu("looper", "norestart")
	w.Did("docker update --restart no looper", journal.OK)
	w.Until("it has no such policy any more", func(gui.Dump) bool { return w.Container("looper").RestartPolicy == "no" })
}

// TestWhileTheEngineIsAway offers nothing but copying while the engine does not answer, and all of it again afterwards.
func TestWhileTheEngineIsAway(t *testing.T) {
	w, e := open(t, "containers")
	e.Die()
	w.See("banner")
	w.Off("row:web.stop")
	w.Press("row:web.more")
	for _, line := range []string{"stop", "restart", "pause", "kill", "change", "another", "rename", "remove"} {
		w.Off("menu." + line)
	}
	w.Press("menu.copy")
	w.Copied(w.Container("web").ID)
	if err := e.Revive(); err != nil {
		t.Fatal(err)
	}
	w.Gone("banner")
	w.Press("row:web.stop")
	w.Did("docker stop web", journal.OK)
}

// TestSlowEngine says of a click that the engine is waited for, and does it when it answers.
func TestSlowEngine(t *testing.T) {
	w, e := open(t, "containers")
	e.Freeze()
	w.Menu("web", "remove")
	w.Tells("notice.title", "Waiting")
	e.Mend()
	w.Press("remove.cancel")
	w.Gone("notice.title")
	w.Never("docker rm web")
}

// TestStoppingTakesItsTime names what is being done, keeps it from being asked twice, and kills what does not end.
func TestStoppingTakesItsTime(t *testing.T) {
	w, _ := open(t, "containers")
	w.Had("deaf", "trap '' TERM; echo ready; while true; do sleep 1000; done")
	w.Press("row:deaf.stop")
	rowSays(w, "deaf", "Stopping")
	w.Press("row:deaf.more")
	w.Off("menu.stop")
	w.Off("menu.restart")
	w.Press("menu.kill")
	w.Did("docker kill deaf", journal.OK)
	w.Did("docker stop deaf", journal.OK)
	w.Container("deaf", guitest.InState(model.StateExited))
}

// TestPortInTheBrowser opens the first port that can be opened, from the menu.
func TestPortInTheBrowser(t *testing.T) {
	urls := browser(t)
	w, _ := open(t, "containers")
	w.Menu("web", "open")
	w.Until("it is opened", opened(urls, "http://127.0.0.1:"))
}
