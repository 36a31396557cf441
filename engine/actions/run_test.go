//go:build linux

package actions_test

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"

	"slipway/engine/enginetest"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/runspec"
	"slipway/engine/words"
)

// TestRun pulls, creates and starts in one job.
func TestRun(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	ref := enginetest.PushTiny(t, b.private, enginetest.StartRegistry(t))
	s := b.sh("run-it", idle)
	s.Image = ref
	s.Env = []runspec.Env{{Name: "TOKEN", Value: "hush", Secret: true}}
	b.clearLater(s.Name)
	t.Cleanup(func() { b.private.RemoveForced(t, s.Name); _, _ = b.engine().RemoveImage(t.Context(), ref) })
	v := b.done(b.actions.Run(s))
	b.want(v, job.Done, "")
	if !strings.HasPrefix(words.Of(v.Result).String(), "run-it is running.") || words.Of(v.Title).
		String() != "Run run-it" {
		t.Errorf("%+v", v)
	}
	c := b.look(s.Name)
	if c.State != model.StateRunning || c.Mark(model.LabelJob) != v.ID || c.Mark(model.LabelVersion) != "test" ||
		!slices.Contains(c.Env, "TOKEN=hush") {
		t.Errorf("%+v", c)
	}
	b.wantJournal("done: docker run -d --name run-it -e TOKEN " + ref + ` sh -c "trap 'exit 0' TERM; sleep 100000 & wait"`)
	for _, text := range append(b.journal(), fmt.Sprint(b.session.Journal.Entries())) {
		if strings.Contains(text, "hush") {
			t.Errorf("the secret is in the journal: %s", text)
		}
	}
}

// TestRunEndsEarly keeps what ran, with its last lines.
func TestRunEndsEarly(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	s := b.sh("early", "for i in $(seq 30); do echo line $i; done; echo why >&2; exit 3")
	b.clearLater(s.Name)
	v := b.done(b.actions.Run(s))
	b.want(v, job.Failed, model.ProblemExited)
	lines := strings.Split(v.Problem.Raw(), "\n")
	if len(lines) != 21 || !slices.Contains(lines, "why") || !slices.Contains(lines, "line 30") ||
		!strings.Contains(words.Of(v.Problem.Why).String(), "code 3") {
		t.Errorf("%#v", v.Problem)
	}
	if c := b.look(s.Name); c.State != model.StateExited || c.ExitCode != 3 {
		t.Errorf("%+v", c)
	}
	b.wantJournal("done: " + s.RunCommand().String())

	s = b.sh("early-rm", "echo gone; exit 4")
	s.AutoRemove = true
	v = b.done(b.actions.Run(s))
	b.want(v, job.Failed, model.ProblemExited)
	if v.Problem.Raw() != "gone" || !strings.Contains(words.Of(v.Problem.Fix).String(), "--rm") ||
		!strings.Contains(words.Of(v.Problem.Why).String(), "code 4") {
		t.Errorf("%#v", v.Problem)
	}
	b.until("it is removed", func() bool { return !b.exists(s.Name) })

	s = b.sh("well", "echo fine")
	b.clearLater(s.Name)
	v = b.done(b.actions.Run(s))
	b.want(v, job.Done, "")
	if !strings.HasPrefix(words.Of(v.Result).String(), "well ran and finished.") {
		t.Errorf("%+v", v)
	}

	// One that is restarted for ever is stopped, as the words say.
	s = b.sh("loop", "echo again; exit 5")
	s.Restart = "always"
	b.clearLater(s.Name)
	v = b.done(b.actions.Run(s))
	b.want(v, job.Failed, model.ProblemExited)
	if c := b.look(s.Name); c.Running() || !strings.Contains(words.Of(v.Problem.Fix).String(), "stopped") {
		t.Errorf("%+v, %+v", v.Problem, c)
	}
	// Starting what is there again says the same.
	c := b.look("early")
	v = b.done(b.actions.Start(c), nil)
	b.want(v, job.Failed, model.ProblemExited)
	if !b.exists(c.ID) {
		t.Error("it was removed")
	}
}

// TestRunRefused fails before anything ran, and leaves nothing.
func TestRunRefused(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	first := b.made(b.sh("first", idle))
	repository := enginetest.PushTiny(t, b.private, enginetest.StartRegistry(t))
	for what, test := range map[string]struct {
		change func(*runspec.Spec)
		kind   model.ProblemKind
	}{
		"command": {func(s *runspec.Spec) { s.Command = []string{"/no/such"} }, model.ProblemBadCommand},
		"folder": {func(s *runspec.Spec) {
			s.Mounts = []runspec.Mount{{Kind: runspec.Bind, Source: t.TempDir() + "/none", Target: "/x"}}
		}, model.ProblemNotFound},
		"no tag": {
			func(s *runspec.Spec) { s.Image = strings.TrimSuffix(repository, ":1") + ":2" },
			model.ProblemNoSuchTag,
		},
		"by no ID": {func(s *runspec.Spec) { s.Image = "sha256:" + strings.Repeat("ab", 32) }, model.ProblemNotFound},
		"memory":   {func(s *runspec.Spec) { s.Memory = 5 }, model.ProblemBadInput},
		"no network": {
			func(s *runspec.Spec) { s.Image = fmt.Sprintf("127.0.0.1:%d/x:1", freePort(t)) },
			model.ProblemUnreachable,
		},
	} {
		s := b.sh("refused", idle)
		test.change(&s)
		v := b.done(b.actions.Run(s))
		if !v.CanRetry {
			t.Errorf("%s: no retry", what)
		}
		b.want(v, job.Failed, test.kind)
		if b.exists("refused") {
			t.Errorf("%s: something was left", what)
		}
	}
	s := b.sh(first.Name, idle)
	v := b.done(b.actions.Run(s))
	b.want(v, job.Failed, model.ProblemNameTaken)
	if now := b.look(first.Name); now.ID != first.ID {
		t.Error("the other one was touched")
	}
	if _, err := b.actions.Run(runspec.Spec{Image: "Not An Image"}); !model.IsKind(err, model.ProblemBadInput) {
		t.Errorf("got %v", err)
	}
}

// TestRunPortTaken has a port that was free when the form looked.
func TestRunPortTaken(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	port, process := freePort(t), freePort(t)
	for _, p := range []uint16{port, process} {
		if use := b.actions.Port("127.0.0.1", p, "tcp", ""); !use.Owner.None() {
			t.Fatalf("%+v", use)
		}
	}
	holder := b.sh("holder", idle)
	holder.Ports = []runspec.Port{{HostIP: "127.0.0.1", HostPort: port, Container: 8080}}
	held := b.started(holder)
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", process))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for p, owner := range map[uint16]string{port: "container “holder”", process: "actions.test (process"} {
		s := b.sh("late", idle)
		s.Ports = []runspec.Port{
			{HostIP: "127.0.0.1", HostPort: freePort(t), Container: 1},
			{HostIP: "127.0.0.1", HostPort: p, Container: 8080},
		}
		v := b.done(b.actions.Run(s))
		b.want(v, job.Failed, model.ProblemPortTaken)
		if !strings.Contains(words.Of(v.Problem.Why).String(), fmt.Sprintf("Port %d is already in use by %s", p, owner)) ||
			!strings.Contains(words.Of(v.Problem.Fix).String(), "is free") {
			t.Errorf("%+v", v.Problem)
		}
		var next uint16
		if _, err := fmt.Sscanf(words.Of(v.Problem.Fix).String(), "Use another port: %d is free.", &next); err != nil ||
			next <= p {
			t.Errorf("%q: %v", v.Problem.Fix, err)
		}
		if b.exists("late") {
			t.Error("something was left")
		}
	}
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	datagrams := uint16(c.LocalAddr().(*net.UDPAddr).Port)
	if use := b.actions.Port("127.0.0.1", datagrams, "udp", ""); words.Of(use.Owner).
		String() != "another program" || use.Next == 0 {
		t.Errorf("a taken UDP port: %+v", use)
	}
	b.until("the picture has it", func() bool {
		return words.Of(b.actions.Port("127.0.0.1", port, "tcp", "").Owner).String() == "container “holder”"
	})
	if use := b.actions.Port("", port, "tcp", held.ID); words.Of(use.Owner).String() == "container “holder”" {
		t.Errorf("its own port counts: %+v", use)
	}
}

// TestPortOfHostNetwork names the container whose program has a port of this computer without publishing it.
func TestPortOfHostNetwork(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	port := freePort(t)
	s := runspec.Spec{Name: "with-host-network", Image: b.image, Network: "host"}
	s.Command = []string{"sh", "-c", fmt.Sprintf("trap 'exit 0' TERM INT; httpd -f -p 127.0.0.1:%d -h /www & wait", port)}
	b.started(s)
	b.until("its program has the port", func() bool {
		return words.Of(b.actions.Port("127.0.0.1", port, "tcp", "").
			Owner).String() == "container “with-host-network”, which uses this computer's network"
	})
}

// TestRunImageRemovedMeanwhile runs a form whose image is gone by now.
func TestRunImageRemovedMeanwhile(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	ref := enginetest.PushTiny(t, b.private, enginetest.StartRegistry(t))
	if _, err := b.engine().Image(b.ctx(), ref); !model.IsKind(err, model.ProblemNotFound) {
		t.Fatal(err)
	}
	s := b.sh("again", idle)
	s.Image = ref
	b.clearLater(s.Name)
	removed := false
	b.atPhase("Creating the container", func(job.View) {
		_, err := b.engine().RemoveImage(b.ctx(), ref)
		removed = err == nil
	})
	v := b.done(b.actions.Run(s))
	if !removed {
		t.Fatal("the test did not remove it")
	}
	b.want(v, job.Failed, model.ProblemNotFound)
	if b.exists(s.Name) {
		t.Error("something was left")
	}
	if !v.CanRetry {
		t.Fatal("no retry")
	}
	v = b.done(b.session.Jobs.Retry(v.ID), nil)
	b.want(v, job.Done, "")
}

// TestRunCancelled cancels in each phase.
func TestRunCancelled(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	r := enginetest.StartRegistry(t)
	proxy := r.Proxy(t, 200_000)
	slow := enginetest.At(proxy.Addr(), enginetest.LayeredImage(t, r, 2, 4_000_000))
	for phase, kept := range map[string]bool{
		"Looking for the image": false, "Downloading": false, "Creating the container": false, "Starting": false,
		"Watching its first seconds": true,
	} {
		s := b.sh("cancelled", idle)
		if phase == "Downloading" {
			s.Image = slow
		}
		b.clearLater(s.Name)
		b.atPhase(phase, func(v job.View) { b.session.Jobs.Cancel(v.ID) })
		v := b.done(b.actions.Run(s))
		b.want(v, job.Cancelled, "")
		switch exists := b.exists(s.Name); {
		case exists != kept:
			t.Errorf("%s: exists %v", phase, exists)
		case kept:
			if c := b.look(s.Name); c.Running() || c.StartedAt.IsZero() {
				t.Errorf("%s: %+v", phase, c)
			}
		}
		b.private.RemoveForced(t, s.Name)
		if last, _ := b.session.Journal.Last(); last.Outcome != "cancelled" {
			t.Errorf("%s: journal %+v", phase, last)
		}
	}
	// What runs with --rm would be destroyed by a stop, so it goes on, and that is said.
	auto := b.sh("cancelled-auto", idle)
	auto.AutoRemove = true
	b.clearLater(auto.Name)
	b.atPhase("Watching its first seconds", func(v job.View) { b.session.Jobs.Cancel(v.ID) })
	b.want(b.done(b.actions.Run(auto)), job.Failed, model.ProblemConflict)
	if !b.look(auto.Name).Running() {
		t.Error("the --rm container was stopped")
	}
	// Without a name, too.
	s := b.sh("", idle)
	b.atPhase("Creating the container", func(v job.View) { b.session.Jobs.Cancel(v.ID) })
	v := b.done(b.actions.Run(s))
	b.want(v, job.Cancelled, "")
	if list, err := b.engine().ContainersOfJob(b.ctx(), v.ID); err != nil || len(list) != 0 {
		t.Errorf("left: %+v, %v", list, err)
	}
}

// TestEngineDiesInARun leaves nothing half made when it is back, and the retry works.
func TestEngineDiesInARun(t *testing.T) {
	b := newBench(t, enginetest.Start(t))
	s := b.sh("half", idle)
	b.atPhase("Starting", func(job.View) { b.private.Kill() })
	v := b.done(b.actions.Run(s))
	b.want(v, job.Failed, model.ProblemConnectionLost)
	b.private.Restart(t)
	b.engine()
	b.until("it is cleaned", func() bool { return !b.exists("half") })
	v = b.done(b.session.Jobs.Retry(v.ID), nil)
	b.want(v, job.Done, "")

	s.Name = "half-again" // and at once, while the clean-up may be under way
	b.atPhase("Starting", func(job.View) { b.private.Kill() })
	v = b.done(b.actions.Run(s))
	b.want(v, job.Failed, model.ProblemConnectionLost)
	b.private.Restart(t)
	b.until("connected", func() bool { _, err := b.session.Engine(); return err == nil })
	v = b.done(b.session.Jobs.Retry(v.ID), nil)
	b.want(v, job.Done, "")
}
