//go:build linux

package contract

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"slipway/engine"
	"slipway/engine/model"
	"slipway/engine/runspec"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/mount"
)

// create makes a container with everything that a spec can say, and reads it back.
func (s *suite) create(t *testing.T) {
	t.Helper()
	e := s.connect(t)
	folder := t.TempDir()
	port := freePort(t)
	spec := s.sh(t, idle)
	spec.Ports = []runspec.Port{{HostIP: "127.0.0.1", HostPort: port, Container: 8080}, {Container: 9000, Protocol: "udp"}}
	spec.Mounts = []runspec.Mount{
		{Kind: runspec.Bind, Source: folder, Target: "/here", ReadOnly: true},
		{Kind: runspec.Volume, Source: spec.Name, Target: "/kept"},
	}
	spec.Env = []runspec.Env{{Name: "A", Value: "1 2"}, {Name: "TOKEN", Value: "x", Secret: true}}
	spec.User, spec.WorkingDir, spec.Restart = "65534", "/tmp", "on-failure:3"
	spec.Labels = map[string]string{"l": "v"}
	s.removeVolumeLater(t, spec.Name)

	c := s.start(t, e, spec)
	if c.Name != spec.Name || c.Image != spec.Image || c.State != model.StateRunning || c.User != "65534" ||
		c.WorkingDir != "/tmp" || c.RestartPolicy != "on-failure" ||
		c.Labels["l"] != "v" || !slices.Contains(c.Env, "A=1 2") || !slices.Contains(c.Env, "TOKEN=x") ||
		c.StartedAt.IsZero() || !c.Inspected || c.AutoRemove || c.TTY {
		t.Errorf("inspected: %+v", c)
	}
	if p := c.Ports[0]; p != (model.PublishedPort{
		HostIP: "127.0.0.1", HostPort: port, Container: 8080,
		Protocol: "tcp",
	}) || !p.Loopback() {
		t.Errorf("ports: %+v", c.Ports)
	}
	if i := slices.IndexFunc(c.Ports, func(p model.PublishedPort) bool { return p.Protocol == "udp" }); i < 0 ||
		c.Ports[i].HostPort == 0 {
		t.Errorf("no port was chosen: %+v", c.Ports)
	}
	l, ok := listed(t, e, c.ID, true)
	if !ok || l.Name != c.Name || l.Image != c.Image || l.ImageID != c.ImageID || l.State != c.State ||
		!slices.Equal(l.Ports, c.Ports) || l.Created.IsZero() {
		t.Errorf("listed %+v\ninspected %+v", l, c)
	}
	mounts := map[string]model.Mount{}
	for _, m := range c.Mounts {
		mounts[m.Destination] = m
	}
	if m := mounts["/here"]; m.Type != "bind" || m.Source != folder || !m.ReadOnly {
		t.Errorf("folder: %+v", m)
	}
	if m := mounts["/kept"]; m.Type != "volume" || m.Name != spec.Name || m.ReadOnly {
		t.Errorf("volume: %+v", m)
	}
	volumes, err := e.Volumes(bounded(t))
	if err != nil {
		t.Fatal(err)
	}
	if i := slices.IndexFunc(volumes, func(v model.Volume) bool { return v.Name == spec.Name }); i < 0 ||
		volumes[i].Anonymous || volumes[i].Driver != "local" {
		t.Errorf("volumes: %+v", volumes)
	}
	if i := slices.IndexFunc(volumes, func(v model.Volume) bool { return v.Name == mounts["/data"].Name }); i < 0 ||
		!volumes[i].Anonymous {
		t.Errorf("no anonymous volume for /data: %+v", volumes)
	}
}

// removeVolumeLater removes a named volume after the container that uses it.
func (s *suite) removeVolumeLater(t *testing.T, name string) {
	t.Helper()
	cli := s.env.Client(t)
	t.Cleanup(func() {
		if err := cli.VolumeRemove(context.Background(), name, false); err != nil {
			t.Errorf("clear: %v", err)
		}
	})
}

func (s *suite) lifecycle(t *testing.T) {
	t.Helper()
	e := s.connect(t)
	ctx := bounded(t)
	c := s.make(t, e, s.sh(t, idle))
	// Docker 20.10 may hear late of a pause that is over, and calls a container paused until it hears of the end, too.
	state := func(want model.State) {
		t.Helper()
		until(t, "inspected as "+string(want), func() bool {
			now, err := e.Container(ctx, c.ID)
			return err == nil && now.State == want
		})
		if now, ok := listed(t, e, c.ID, false); !ok || now.State != want {
			t.Fatalf("listed %s, want %s", now.State, want)
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	state(model.StateCreated)
	must(e.Start(ctx, c))
	state(model.StateRunning)
	must(e.Start(ctx, c)) // a running one stays as it is
	must(e.Pause(ctx, c))
	state(model.StatePaused)
	must(e.Resume(ctx, c))
	state(model.StateRunning)
	before := look(t, e, c.ID).StartedAt
	must(e.Restart(ctx, c, -1))
	state(model.StateRunning)
	if !look(t, e, c.ID).StartedAt.After(before) {
		t.Error("it was not started anew")
	}
	must(e.Rename(ctx, c, c.Name+"-new"))
	if now := look(t, e, c.ID); now.Name != c.Name+"-new" {
		t.Errorf("its name is %s", now.Name)
	}
	if err := e.Remove(ctx, c); !model.IsKind(err, model.ProblemConflict) {
		t.Errorf("a running one was removed: %v", err)
	}
	must(e.Stop(ctx, c, -1))
	state(model.StateExited)
	if now, _ := listed(t, e, c.ID, false); now.ExitCode != 0 || now.Running() {
		t.Errorf("it ended by itself, and is %+v", now)
	}
	if _, ok := listed(t, e, c.ID, true); ok {
		t.Error("listed as running")
	}
	must(e.Stop(ctx, c, -1)) // a stopped one stays as it is
	must(e.Start(ctx, c))
	must(e.Kill(ctx, c))
	if code, err := e.Wait(ctx, c.ID); code != 137 || err != nil {
		t.Errorf("killed: %d, %v", code, err)
	}
	if now, _ := listed(t, e, c.ID, false); now.ExitCode != 137 {
		t.Errorf("listed with code %d", now.ExitCode)
	}
	wantConflict := e.Kill(ctx, c)
	wantKind(t, wantConflict, model.ProblemConflict)
	must(e.Remove(ctx, c))
	_, err := e.Container(ctx, c.ID)
	wantKind(t, err, model.ProblemNotFound)
	wantKind(t, e.Start(ctx, c), model.ProblemNotFound)
}

func (s *suite) exitCodes(t *testing.T) {
	t.Helper()
	e := s.connect(t)
	for _, code := range []int{0, 1, 3, 126, 127, 255} {
		c := s.start(t, e, s.sh(t, fmt.Sprintf("exit %d", code)))
		if got, err := e.Wait(bounded(t), c.ID); got != code || err != nil {
			t.Errorf("wait: %d, %v; want %d", got, err, code)
		}
		if now := look(t, e, c.ID); now.ExitCode != code || now.State != model.StateExited || now.OOMKilled ||
			now.FinishedAt.IsZero() {
			t.Errorf("inspected: %+v", now)
		}
		if now, _ := listed(t, e, c.ID, false); now.ExitCode != code {
			t.Errorf("listed: %d", now.ExitCode)
		}
	}
}

func (s *suite) outOfMemory(t *testing.T) {
	t.Helper()
	if !s.env.OOM {
		t.Skip("the engine cannot limit memory")
	}
	e := s.connect(t)
	// The engine learns of the end and of its reason from two sources, and keeps the reason only when that comes first,
	// which on a busy machine it does not always.
	for try := 1; ; try++ {
		spec := s.sh(t, "")
		spec.Command, spec.Memory = []string{"tail", "/dev/zero"}, 16<<20
		c := s.start(t, e, spec)
		if code, err := e.Wait(bounded(t), c.ID); code != 137 || err != nil {
			t.Fatalf("%d, %v", code, err)
		}
		now := look(t, e, c.ID)
		if !e.Info().Lacks(model.TellMemoryEnd).None() {
			if now.OOMKilled {
				t.Errorf("it can tell the reason: %+v", now)
			}
			return
		}
		if now.OOMKilled && model.ExplainExit(now).Word.Has("model.out-of-memory") {
			return
		}
		if try == 5 {
			t.Fatalf("the reason is never told: %+v", now)
		}
	}
}

// badCommand starts what cannot be run. The container stays, was never started and keeps the code.
func (s *suite) badCommand(t *testing.T) {
	t.Helper()
	e := s.connect(t)
	for command, code := range map[string]int{
		"/no/such/program": 127, "no-such-program": 127, "/www/index.html": 126,
		"/etc": 126,
	} {
		spec := s.sh(t, "")
		spec.Command = []string{command}
		c := s.make(t, e, spec)
		err := e.Start(bounded(t), c)
		wantKind(t, err, model.ProblemBadCommand)
		if !e.Info().Lacks(model.KeepStartError).None() {
			code = 0
		}
		if now := look(t, e, c.ID); now.ExitCode != code || now.State != model.StateCreated || !now.StartedAt.IsZero() {
			t.Errorf("%s: %+v", command, now)
		}
	}
}

// refusals are creations that fail and leave nothing.
func (s *suite) refusals(t *testing.T) {
	t.Helper()
	e := s.connect(t)
	first := s.make(t, e, s.sh(t, idle))
	missing := filepath.Join(t.TempDir(), "missing")
	for what, test := range map[string]struct {
		change func(*runspec.Spec)
		kind   model.ProblemKind
	}{
		"name taken":     {func(sp *runspec.Spec) { sp.Name = first.Name }, model.ProblemNameTaken},
		"name not valid": {func(sp *runspec.Spec) { sp.Name = "a b" }, model.ProblemBadInput},
		"no image":       {func(sp *runspec.Spec) { sp.Image = "slipway-test/none:1" }, model.ProblemNotFound},
		"no folder": {func(sp *runspec.Spec) {
			sp.Mounts = []runspec.Mount{{Kind: runspec.Bind, Source: missing, Target: "/here"}}
		}, model.ProblemNotFound},
		"memory":  {func(sp *runspec.Spec) { sp.Memory = 1 }, model.ProblemBadInput},
		"restart": {func(sp *runspec.Spec) { sp.Restart = "on-failure:x" }, model.ProblemBadInput},
		"restart with rm": {func(sp *runspec.Spec) {
			sp.Restart, sp.AutoRemove = "always", true
		}, model.ProblemBadInput},
	} {
		spec := s.sh(t, idle)
		test.change(&spec)
		id, _, err := e.Create(bounded(t), spec, nil)
		if id != "" || !model.IsKind(err, test.kind) {
			t.Errorf("%s: %s, %#v", what, id, err)
		}
	}
	if _, err := os.Stat(missing); err == nil {
		t.Error("the missing folder was made")
	}
	wantKind(t, e.Rename(bounded(t), s.make(t, e, s.sh(t, idle)), first.Name), model.ProblemNameTaken)
}

// portTaken publishes ports that a container and a process hold; both containers can start once the port is free.
func (s *suite) portTaken(t *testing.T) {
	t.Helper()
	e := s.connect(t)
	port := freePort(t)
	spec := s.sh(t, idle)
	spec.Ports = []runspec.Port{{HostIP: "127.0.0.1", HostPort: port, Container: 8080}}
	holder := s.start(t, e, spec)
	l, process := listen(t)
	for want, free := range map[uint16]func() error{
		port:    func() error { return e.Stop(bounded(t), holder, -1) },
		process: l.Close,
	} {
		spec := s.sh(t, idle)
		spec.Ports = []runspec.Port{{HostIP: "127.0.0.1", HostPort: want, Container: 8080}}
		c := s.make(t, e, spec)
		err := e.Start(bounded(t), c)
		wantKind(t, err, model.ProblemPortTaken)
		if got := engine.TakenPort(err); got != want {
			t.Errorf("the port is %d, not %d: %v", want, got, err)
		}
		forgets := !e.Info().Lacks(model.KeepStartError).None()
		if now := look(t, e, c.ID); !now.StartedAt.IsZero() || (now.Error == "") != forgets || now.Running() {
			t.Errorf("it counts as started: %+v", now)
		}
		if err := free(); err != nil {
			t.Fatal(err)
		}
		if err := e.Start(bounded(t), c); err != nil {
			t.Errorf("the port is free again: %v", err)
		}
	}
}

// volumesStay removes a container with a named and two anonymous volumes: all are there afterwards.
func (s *suite) volumesStay(t *testing.T) {
	t.Helper()
	e, cli := s.connect(t), s.env.Client(t)
	spec := s.sh(t, "echo mine > /kept/a; echo mine > /data/b")
	spec.Mounts = []runspec.Mount{{Kind: runspec.Volume, Source: spec.Name, Target: "/kept"}}
	c := s.start(t, e, spec)
	if _, err := e.Wait(bounded(t), c.ID); err != nil {
		t.Fatal(err)
	}
	if len(c.Mounts) != 2 {
		t.Fatalf("mounts: %+v", c.Mounts)
	}
	if err := e.Remove(bounded(t), c); err != nil {
		t.Fatal(err)
	}
	volumes, err := e.Volumes(bounded(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range c.Mounts {
		if !slices.ContainsFunc(volumes, func(v model.Volume) bool { return v.Name == m.Name }) {
			t.Errorf("the volume of %s is gone", m.Destination)
		}
		// What is in it is there too.
		r, err := cli.ContainerCreate(bounded(t),
			&container.Config{Image: s.env.Image, Cmd: []string{"cat", "/look/a", "/look/b"}},
			&container.HostConfig{Mounts: []mount.Mount{{Type: mount.TypeVolume, Source: m.Name, Target: "/look"}}}, nil, nil,
			name(t))
		if err != nil {
			t.Fatal(err)
		}
		again := look(t, e, r.ID)
		if err := e.Start(bounded(t), again); err != nil {
			t.Fatal(err)
		}
		if _, err := e.Wait(bounded(t), r.ID); err != nil {
			t.Fatal(err)
		}
		lines, err := e.LastLines(bounded(t), r.ID, 10)
		if err != nil || !slices.Contains(lines, "mine") {
			t.Errorf("in the volume of %s: %q, %v", m.Destination, lines, err)
		}
		clear(t, e, r.ID)
		if err := cli.VolumeRemove(bounded(t), m.Name, false); err != nil {
			t.Error(err)
		}
	}
}

func (s *suite) changes(t *testing.T) {
	t.Helper()
	e := s.connect(t)
	c := s.start(t, e,
		s.sh(t, "mkdir -p /work/deep/er; printf hello > /work/deep/file; ln -s file /work/deep/link; echo x >> /www/index.html; rm /etc/group; "+
			"echo no > /data/volume; echo done; exec sleep 100000"))
	until(t, "it has written", func() bool {
		lines, err := e.LastLines(bounded(t), c.ID, 1)
		return err == nil && slices.Equal(lines, []string{"done"})
	})
	want := []string{"added /work/deep/file", "added /work/deep/er", "changed /www/index.html", "deleted /etc/group"}
	check := func() {
		t.Helper()
		list, err := e.Changes(bounded(t), c.ID)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, ch := range list {
			got = append(got, ch.Kind+" "+ch.Path)
		}
		for _, w := range want {
			if !slices.Contains(got, w) {
				t.Errorf("no %q in %q", w, got)
			}
		}
		if slices.ContainsFunc(got, func(g string) bool { return strings.Contains(g, "/data/volume") }) {
			t.Errorf("a file in a volume counts: %q", got)
		}
		f, err := e.Stat(bounded(t), c.ID, "/work/deep/file")
		if err != nil || f.Size != 5 || f.Dir || !f.Regular || f.Modified.IsZero() {
			t.Errorf("file: %+v, %v", f, err)
		}
		if d, err := e.Stat(bounded(t), c.ID, "/work/deep/er"); err != nil || !d.Dir || d.Regular {
			t.Errorf("folder: %+v, %v", d, err)
		}
		if l, err := e.Stat(bounded(t), c.ID, "/work/deep/link"); err != nil || l.Regular || l.Dir {
			t.Errorf("link: %+v, %v", l, err)
		}
		_, err = e.Stat(bounded(t), c.ID, "/work/none")
		wantKind(t, err, model.ProblemNotFound)
	}
	check()
	if err := e.Kill(bounded(t), c); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Wait(bounded(t), c.ID); err != nil {
		t.Fatal(err)
	}
	check() // stopped, it is the same
}

// nextExit watches a container that is gone with its end.
func (s *suite) nextExit(t *testing.T) {
	t.Helper()
	e := s.connect(t)
	spec := s.sh(t, "exit 7")
	spec.AutoRemove = true
	c := s.make(t, e, spec)
	if !c.AutoRemove {
		t.Errorf("%+v", c)
	}
	exit := e.NextExit(bounded(t), c.ID)
	if err := e.Start(bounded(t), c); err != nil {
		t.Fatal(err)
	}
	if got := <-exit; got.Code != 7 || got.Err != nil {
		t.Errorf("%+v", got)
	}
	until(t, "it is removed", func() bool {
		_, err := e.Container(bounded(t), c.ID)
		return model.IsKind(err, model.ProblemNotFound)
	})
}

// restartAutoRemoved restarts a container that would be gone with its end.
func (s *suite) restartAutoRemoved(t *testing.T) {
	t.Helper()
	e := s.connect(t)
	spec := s.sh(t, idle)
	spec.AutoRemove = true
	c := s.start(t, e, spec)
	err := e.Restart(bounded(t), c, -1)
	again := true
	if !e.Info().Lacks(model.RestartAutoRemoved).None() {
		wantKind(t, err, model.ProblemUnsupported)
		again = false
	} else if err != nil {
		t.Fatal(err)
	}
	if now := look(t, e, c.ID); !now.Running() || now.StartedAt.After(c.StartedAt) != again {
		t.Errorf("%+v", now)
	}
}
