//go:build linux

package actions_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/engine/enginetest"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/platform"
	"slipway/engine/removal"
	"slipway/engine/rescue"
	"slipway/engine/runspec"
	"slipway/engine/swap"
	"slipway/engine/words"
)

// had is how a container was made, as the form would have it.
func (b *bench) had(c model.Container) runspec.Spec {
	b.Helper()
	s, _, err := b.engine().Spec(b.ctx(), c.ID)
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// change carries a change out and waits for its end.
func (b *bench) change(c model.Container, fn func(*runspec.Spec)) job.View {
	b.Helper()
	w := swap.Change{Container: c, Had: b.had(c), Want: b.had(c)}
	fn(&w.Want)
	jobs := make(chan *job.Job, 1)
	b.swaps.Change(w, func(j *job.Job) { jobs <- j })
	return b.done(<-jobs, nil)
}

// worker is a container with something of everything: settings, mounts, files of its own with another owner.
func (b *bench) worker(name string) model.Container {
	b.Helper()
	s := b.sh(name,
		`[ -e /own ] || { mkdir -p /own/deep; echo precious > /own/deep/f; ln -s f /own/deep/l; chown -R 1000:100 /own; chmod 750 /own; echo changed >> /etc/passwd; rm -f /etc/group; }; echo ready; `+idle)
	s.Env = []runspec.Env{{Name: "A", Value: "1"}, {Name: "SECRET_TOKEN", Value: "x y"}}
	s.Mounts = []runspec.Mount{{Kind: runspec.Volume, Source: name + "-data", Target: "/named"}}
	s.Restart, s.Memory, s.CPUs, s.Hostname = "unless-stopped", 64<<20, 0.5, "worker"
	s.Labels, s.ExtraHosts, s.Init = map[string]string{"mine": "yes"}, []string{"db:10.1.2.3"}, true
	b.Cleanup(func() { _ = b.private.Client(b.T).VolumeRemove(context.Background(), name+"-data", true) })
	c := b.started(s)
	b.until("the last of what it does to its files", func() bool {
		_, err := b.engine().Stat(b.ctx(), c.ID, "/etc/group")
		return model.IsKind(err, model.ProblemNotFound)
	})
	return b.look(c.ID)
}

// named finds a container by its name, and clears it away when the test ends.
func (b *bench) named(name string) (model.Container, bool) {
	b.Helper()
	list, err := b.engine().Containers(b.ctx(), false)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range list {
		if c.Name == name {
			b.clearLater(c.ID)
			return b.look(c.ID), true
		}
	}
	return model.Container{}, false
}

// askedOfRemoving is the question before a container is removed, once everything is known. It is answered with no.
func (b *bench) askedOfRemoving(c model.Container) *removal.Removal {
	b.Helper()
	asked, answered := make(chan *removal.Removal, 1), make(chan struct{})
	b.person.mu.Lock()
	b.person.removal = func(ctx context.Context, r *removal.Removal) removal.Choice {
		asked <- r
		select {
		case <-answered:
		case <-ctx.Done():
		}
		return removal.KeepContainer
	}
	b.person.mu.Unlock()
	defer close(answered)
	b.removal.Remove(c)
	r := <-asked
	b.until("what is inside", func() bool { return r.Found().Complete })
	return r
}

func anonymous(c model.Container) (names []string) {
	for _, m := range c.Mounts {
		if m.Type == "volume" && len(m.Name) == 64 {
			names = append(names, m.Name+" "+m.Destination)
		}
	}
	slices.Sort(names)
	return names
}

// TestChange gives a container other settings by a new one: what is not changed is the same, files inside and anonymous
// volumes too, and the old one is kept.
func TestChange(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	old := b.worker("change-all")
	before := b.had(old)
	b.person.change = swap.ChangeCarry
	v := b.change(old, func(s *runspec.Spec) { s.Env[0].Value = "2"; s.Name = "change-new-name" })
	b.want(v, job.Done, "")
	fresh, ok := b.named("change-new-name")
	kept, there := b.named("change-all-before")
	if !ok || !there || fresh.ID == old.ID || kept.ID != old.ID {
		t.Fatalf("%+v, %+v, %+v", v, fresh, kept)
	}
	if !fresh.Running() || kept.Running() || kept.RestartPolicy != "no" || fresh.RestartPolicy != "unless-stopped" {
		t.Errorf("%s %s, %s %s", fresh.State, fresh.RestartPolicy, kept.State, kept.RestartPolicy)
	}
	after := b.had(fresh)
	// of its own it says -v
	before.Env[0].Value, before.Name, before.Mounts[0].Long = "2", "change-new-name", false
	// by name now
	after.Mounts = slices.DeleteFunc(after.Mounts, func(m runspec.Mount) bool { return len(m.Source) == 64 })
	if got, want := after.RunCommand().WithSecrets(), before.RunCommand().WithSecrets(); got != want {
		t.Errorf("made by\n%s\nnot by\n%s", got, want)
	}
	if got, want := anonymous(fresh), anonymous(old); len(want) == 0 || !slices.Equal(got, want) {
		t.Errorf("volumes %q, want %q", got, want)
	}
	if out, _, err := b.engine().
		Exec(b.ctx(), fresh.ID, "sh", "-c", "cat /own/deep/l; stat -c '%u:%g %a' /own; tail -n 1 /etc/passwd"); err != nil ||
		out != "precious\n1000:100 750\nchanged\n" {
		t.Errorf("%q, %v", out, err)
	}
	if asked := b.person.questions(); len(asked) != 1 || len(asked[0].Found().Files) == 0 {
		t.Errorf("asked %+v", asked)
	}
	if !strings.Contains(words.Of(v.Said()).String(), "Carried over and verified ") {
		t.Errorf("%q", v.Said())
	}
	const cp = "done: docker cp change-all:/own - | docker cp - change-all-new:/"
	if list := b.journal(); !slices.ContainsFunc(list, func(line string) bool { return strings.HasPrefix(line, cp) }) {
		t.Errorf("%q is not in %q", cp, list)
	}
	twins := b.askedOfRemoving(kept)
	if f := twins.Found(); twins.Successor.ID != fresh.ID || f.Twins() == 0 ||
		!slices.ContainsFunc(f.Files, func(f rescue.File) bool { return f.Path == "/own/deep/f" && f.Twin }) {
		t.Errorf("to remove the old one: %q has %+v", twins.Successor.Name, f.Files)
	}
	if _, _, err := b.engine().Exec(b.ctx(), fresh.ID, "sh", "-c", "echo more >> /own/deep/f"); err != nil {
		t.Fatal(err)
	}
	if f := b.askedOfRemoving(kept).Found(); len(f.Files) == 0 || f.Files[0].Path != "/own/deep/f" || f.Files[0].Twin {
		t.Errorf("what only the old one has is not first: %+v", f.Files)
	}
	// once more, over the labels of the first
	b.want(b.change(fresh, func(s *runspec.Spec) { s.WorkingDir = "/tmp" }), job.Done, "")
	again, _ := b.named("change-new-name")
	if _, ok := b.named("change-new-name-before"); !ok || again.ID == fresh.ID || again.WorkingDir != "/tmp" {
		t.Errorf("%+v", again)
	}
}

// TestChangeSteps runs the commands that a change shows with the real docker: it is what Slipway would have made.
func TestChangeSteps(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	dockerCLI(t)
	old := b.worker("steps")
	w := swap.Change{Container: old, Had: b.had(old), Want: b.had(old)}
	w.Want.Env[0].Value, w.Want.Name = "2", "stepped"
	t.Setenv("SECRET_TOKEN", "x y") // docker takes it from the shell
	found := rescue.List(b.ctx(), b.engine(), old, nil)
	if !slices.Contains(found.Tops, "/own") || !slices.Contains(found.Tops, "/etc/passwd") ||
		slices.Contains(found.Tops, "/own/deep") {
		t.Errorf("to be copied: %q", found.Tops)
	}
	for _, cmd := range w.Steps(nil, found.Tops) {
		if out, err := exec.CommandContext(b.ctx(), "sh", "-c", cmd.String()).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", cmd, err, out)
		}
	}
	fresh, ok := b.named("stepped")
	kept, there := b.named("steps-before")
	if !ok || !there || kept.ID != old.ID || kept.Running() || kept.RestartPolicy != "no" || !fresh.Running() ||
		fresh.RestartPolicy != "unless-stopped" {
		t.Fatalf("%+v, %+v", fresh, kept)
	}
	if out, _, err := b.engine().
		Exec(b.ctx(), fresh.ID, "sh", "-c",
			"echo $A $SECRET_TOKEN; cat /own/deep/l; stat -c '%u:%g %a' /own; tail -n 1 /etc/passwd"); err != nil ||
		out != "2 x y\nprecious\n1000:100 750\nchanged\n" {
		t.Errorf("%q, %v", out, err)
	}
	if got, want := anonymous(fresh), anonymous(old); !slices.Equal(got, want) {
		t.Errorf("volumes %q, want %q", got, want)
	}
}

// TestChangeFills mounts volumes and a folder over what is inside: it is copied into them, but for what is there
// already. A new volume of a change that fails is gone again.
func TestChangeFills(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	s := b.sh("fills",
		`[ -e /own ] || { mkdir -p /own/deep /notes/sub/more /outer/inner; echo precious > /own/deep/f; chown -R 1000:100 /own; chmod 750 /own
		for f in a sub/b sub/more/c same equal; do echo inside > /notes/$f; done; touch -d @1700000000 /notes/same /notes/equal; echo out > /outer/o; echo in > /outer/inner/i; echo kept > /anonymous/v; }; echo ready; `+idle)
	s.Mounts = []runspec.Mount{{Kind: runspec.Volume, Target: "/anonymous"}}
	old := b.started(s)
	b.until("its files", func() bool {
		_, err := b.engine().Stat(b.ctx(), old.ID, "/anonymous/v")
		return err == nil
	})
	old = b.look(old.ID)
	host, inner := t.TempDir(), t.TempDir()
	stamp := time.Unix(1700000000, 0)
	for name, text := range map[string]string{
		host + "/a": "of the host\n", host + "/same": "inside\n",
		host + "/equal": "others\n", inner + "/i": "of the host\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(name, stamp, stamp); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(host+"/sub", 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"fills-own", "fills-anonymous"} {
		b.dropVolumeLater(name)
	}
	mount := func(s *runspec.Spec) {
		s.Mounts = []runspec.Mount{
			{Kind: runspec.Volume, Source: "fills-own", Target: "/own"},
			{Kind: runspec.Volume, Source: "fills-anonymous", Target: "/anonymous"},
			{Kind: runspec.Bind, Source: host, Target: "/notes"},
			{Kind: runspec.Bind, Source: inner, Target: "/outer/inner"},
		}
	}
	b.person.change = swap.ChangeFill
	v := b.change(old, func(s *runspec.Spec) { mount(s); s.Command = []string{"/no/such/program"} })
	if v.State != job.Failed || !b.look(old.ID).Running() {
		t.Fatalf("%+v", v)
	}
	for _, name := range []string{"fills-own", "fills-anonymous"} {
		if _, err := b.engine().Volume(b.ctx(), name); !model.IsKind(err, model.ProblemNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	v = b.change(old, mount)
	b.want(v, job.Done, "")
	fresh, ok := b.named("fills")
	if _, there := b.named("fills-before"); !ok || !there {
		t.Fatalf("%+v", v)
	}
	for _, text := range []string{"/notes/a, /notes/equal, /outer/inner/i", "something with the same name"} {
		if !strings.Contains(words.Of(v.Said()).String(), text) || strings.Contains(words.Of(v.Said()).String(), "/same") {
			t.Errorf("%q is not in %q", text, v.Result)
		}
	}
	const look = "cat /own/deep/f; stat -c '%u:%g %a' /own; cat /notes/a /notes/equal /notes/sub/b /notes/sub/more/c /outer/o /outer/inner/i /anonymous/v"
	out, _, err := b.engine().Exec(b.ctx(), fresh.ID, "sh", "-c", look)
	if want := "precious\n1000:100 750\nof the host\nothers\ninside\ninside\nout\nof the host\nkept\n"; err != nil ||
		out != want {
		t.Errorf("%q, %v", out, err)
	}
	if got, err := os.ReadFile(host + "/sub/more/c"); string(got) != "inside\n" {
		t.Errorf("%q, %v", got, err)
	}
}

// TestChangeConnects shows and does what connects the new container to all networks of the old one.
func TestChangeConnects(t *testing.T) {
	if enginetest.Modern() {
		t.Skip("docker create takes several networks there: TestRandomSpecs")
	}
	b := newBench(t, enginetest.Shared(t))
	dockerCLI(t)
	docker := func(args ...string) string {
		t.Helper()
		out, err := exec.CommandContext(b.ctx(), "docker", args...).CombinedOutput()
		if err != nil {
			t.Fatalf("docker %q: %v: %s", args, err, out)
		}
		return string(out)
	}
	for _, name := range []string{"connects-one", "connects-two"} {
		docker("network", "create", name)
		t.Cleanup(func() {
			_ = exec.CommandContext(context.WithoutCancel(t.Context()), "docker", "network", "rm", name).Run()
		})
	}
	s := b.sh("connects", idle)
	s.Network = "connects-one"
	old := b.started(s)
	docker("network", "connect", "--alias", "second", "connects-two", old.ID)
	old = b.look(old.ID)
	const connect = "docker network connect --alias second connects-two connects-new"
	w := swap.Change{Container: old, Had: b.had(old), Want: b.had(old)}
	w.Want.WorkingDir = "/tmp"
	if got := w.Steps(nil, nil)[1].String(); got != connect {
		t.Errorf("%q", got)
	}
	b.person.change = swap.ChangeCarry
	b.want(b.change(old, func(s *runspec.Spec) { s.WorkingDir = "/tmp" }), job.Done, "")
	fresh, _ := b.named("connects")
	aliases := docker("inspect", "-f", `{{(index .NetworkSettings.Networks "connects-two").Aliases}}`, fresh.ID)
	if fresh.ID == old.ID || len(fresh.Networks) != 2 || !strings.Contains(aliases, "second") {
		t.Errorf("%+v, %s", fresh.Networks, aliases)
	}
	if list := b.journal(); !slices.Contains(list, "done: "+connect) {
		t.Errorf("%q is not in %q", connect, list)
	}
	b.clearLater("connects-before")
}

// TestChangeReadOnly changes a container in which only what is mounted can be written to, and which the engine
// put its init into: that is nothing to be copied, and what is in an anonymous volume goes into the one that
// takes its place, new or not.
func TestChangeReadOnly(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	s := b.sh("read-only",
		"mkdir -p /one/d; for f in /one/d/f /two/f; do echo kept > $f; done; chmod 750 /one; echo ready; "+idle)
	s.Init, s.More = true, runspec.Options{"read-only": {"true"}}
	s.Mounts = []runspec.Mount{{Kind: runspec.Volume, Target: "/one"}, {Kind: runspec.Volume, Target: "/two"}}
	old := b.started(s)
	b.until("its files", func() bool {
		_, err := b.engine().Stat(b.ctx(), old.ID, "/two/f")
		return err == nil
	})
	old = b.look(old.ID)
	if found := rescue.List(b.ctx(), b.engine(), old, nil); len(found.Tops) > 0 || !found.Nothing() {
		t.Errorf("would be copied: %q of %+v", found.Tops, found)
	}
	b.person.change = swap.ChangeCarry
	v := b.change(old, func(s *runspec.Spec) { s.Env = []runspec.Env{{Name: "A", Value: "1"}} })
	b.want(v, job.Done, "")
	if strings.Contains(words.Of(v.Said()).String(), "Carried") {
		t.Errorf("%q", v.Said())
	}
	fresh, _ := b.named("read-only")
	if had := b.had(fresh); fresh.ID == old.ID || !fresh.ReadOnly || !had.Init {
		t.Errorf("%+v", had)
	}
	for _, name := range []string{"read-only-one", "read-only-two"} {
		b.dropVolumeLater(name)
	}
	if _, err := b.engine().CreateVolume(b.ctx(), "read-only-two", nil); err != nil {
		t.Fatal(err)
	}
	b.person.change = swap.ChangeFill
	b.want(b.change(fresh, func(s *runspec.Spec) {
		s.Mounts = []runspec.Mount{
			{Kind: runspec.Volume, Source: "read-only-one", Target: "/one"},
			{Kind: runspec.Volume, Source: "read-only-two", Target: "/two"},
		}
	}), job.Done, "")
	filled, _ := b.named("read-only")
	out, _, err := b.engine().Exec(b.ctx(), filled.ID, "sh", "-c", "cat /one/d/f /two/f; stat -c %a /one")
	if want := "kept\nkept\n750\n"; err != nil || out != want || filled.ID == fresh.ID {
		t.Errorf("%q, %v", out, err)
	}
}

// TestChangeMode keeps who may use a folder that the engine, too, put something into.
func TestChangeMode(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	s := b.sh("mode", "chmod 711 /sbin; echo ready; "+idle)
	s.Init = true
	old := b.started(s)
	b.until("another mode", func() bool {
		i, err := b.engine().Stat(b.ctx(), old.ID, "/sbin")
		return err == nil && i.Mode == 0o711
	})
	b.person.change = swap.ChangeCarry
	b.want(b.change(b.look(old.ID), func(s *runspec.Spec) { s.WorkingDir = "/tmp" }), job.Done, "")
	fresh, _ := b.named("mode")
	if i, err := b.engine().Stat(b.ctx(), fresh.ID, "/sbin"); err != nil || i.Mode != 0o711 || fresh.ID == old.ID {
		t.Errorf("%+v, %v", i, err)
	}
}

// TestChangeFillCancelled holds that who cancels a change that copies into a folder is told that this stays.
func TestChangeFillCancelled(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	old := b.started(b.sh("fill-cancelled",
		`[ -e /notes ] || { mkdir /own /notes; echo mine > /own/f; echo inside > /notes/f; }; echo ready; `+idle))
	b.until("its file", func() bool { _, err := b.engine().Stat(b.ctx(), old.ID, "/notes/f"); return err == nil })
	b.person.change = swap.ChangeFill
	w := swap.Change{Container: old, Had: b.had(old), Want: b.had(old)}
	w.Want.Mounts = []runspec.Mount{{Kind: runspec.Bind, Source: t.TempDir(), Target: "/notes"}}
	j := b.begun(func(started func(*job.Job)) { b.swaps.Change(w, started) })
	b.until("the first seconds", func() bool {
		v := j.View()
		return len(v.Steps) > 0 && words.Of(v.Steps[v.Step]).String() == "Watch its first seconds"
	})
	j.Cancel()
	v := b.done(j, nil)
	if b.want(v, job.Cancelled, ""); !strings.Contains(words.Of(v.Remains).String(), "/notes") ||
		!strings.Contains(words.Of(v.Remains).String(), "fill-cancelled-failed") || !b.look(old.ID).Running() {
		t.Errorf("%+v", v)
	}
	if _, ok := b.named("fill-cancelled-failed"); !ok {
		t.Error("the new one is not kept")
	}
}

// TestChangeImage gives a container another image: what is inside is carried over beside what the new image
// has, also where a folder became a link or a file a folder, and what a person set that no form shows is
// kept. What was deleted is named.
func TestChangeImage(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	base := "slipway-test/change-base:1"
	other := "slipway-test/change-other:1"
	for ref, line := range map[string]string{
		base:  "mkdir -p /system; touch /system/old; mkdir -p /swap/folder /swap/gone; echo old > /swap/folder/f; echo old > /swap/file; echo old > /swap/gone/f",
		other: "mkdir -p /real; touch /real/there; ln -s /real /system; mkdir -p /swap/folder /own; echo other > /swap/folder/f; echo other > /swap/file; echo other > /own/others",
	} {
		c := b.started(b.sh("", line))
		if _, err := b.engine().Wait(b.ctx(), c.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := b.engine().Commit(b.ctx(), c, ref, `HEALTHCHECK CMD ["false"]`); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _, _ = b.engine().RemoveImage(context.Background(), ref) })
	}
	b.docker("run", "-d", "--name", "change-image", "--health-cmd", "exit 0", "--stop-signal", "SIGINT", "--stop-timeout",
		"1", base, "sh", "-c",
		"mkdir /own; echo mine > /own/f; rm -rf /swap/folder /swap/gone; ln -s /own /swap/folder; rm /swap/file; mkdir /swap/file; echo x > /swap/file/x; echo of mine > /system/mine; touch /own/ready; "+idle)
	old, ok := b.named("change-image")
	if !ok {
		t.Fatal("it is not there")
	}
	b.until("its files", func() bool { _, err := b.engine().Stat(b.ctx(), old.ID, "/own/ready"); return err == nil })
	b.person.change = swap.ChangeCarry
	b.want(b.change(old, func(s *runspec.Spec) { s.Image = other }), job.Done, "")
	if asked := b.person.questions(); len(asked) != 1 || !slices.Equal(asked[0].Found().Deleted, []string{"/swap/gone"}) {
		t.Errorf("asked %+v", asked)
	}
	fresh, ok := b.named("change-image")
	if !ok || fresh.ID == old.ID {
		t.Fatalf("%+v", fresh)
	}
	out, _, err := b.engine().
		Exec(b.ctx(), fresh.ID, "sh", "-c",
			"readlink /swap/folder; cat /own/f /own/others /swap/folder/f /swap/file/x; readlink /system; ls /real; cat /real/mine")
	if err != nil || out != "/own\nmine\nother\nmine\nx\n/real\nmine\nthere\nof mine\n" {
		t.Errorf("%q, %v", out, err)
	}
	var settings []inspected
	text, err := b.engine().InspectJSON(b.ctx(), fresh.ID)
	if err != nil || json.Unmarshal([]byte(text), &settings) != nil || len(settings) != 1 {
		t.Fatalf("%s, %v", text, err)
	}
	if c := settings[0].Config; !slices.Equal(c.Healthcheck.Test, []string{"CMD-SHELL", "exit 0"}) ||
		c.StopSignal != "SIGINT" || c.StopTimeout != 1 {
		t.Errorf("%+v", c)
	}
}

// inspected is what no model has of the engine's answer.
type inspected struct {
	Config struct {
		Healthcheck struct{ Test []string }
		StopSignal  string
		StopTimeout int
	}
}

// TestChangeStopped gives a container that is stopped other settings: it is not started for that, and has its files.
func TestChangeStopped(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	old := b.worker("change-stopped")
	if err := b.engine().Stop(b.ctx(), old, -1); err != nil {
		t.Fatal(err)
	}
	old = b.look(old.ID)
	b.person.change = swap.ChangeCarry
	b.want(b.change(old, func(s *runspec.Spec) { s.Env[0].Value = "2" }), job.Done, "")
	fresh, ok := b.named("change-stopped")
	if kept, there := b.named("change-stopped-before"); !ok || !there || kept.ID != old.ID || fresh.Running() ||
		!fresh.StartedAt.IsZero() {
		t.Fatalf("%+v, %+v", fresh, kept)
	}
	if err := b.engine().Start(b.ctx(), fresh); err != nil {
		t.Fatal(err)
	}
	if out, _, err := b.engine().Exec(b.ctx(), fresh.ID, "cat", "/own/deep/l"); err != nil || out != "precious\n" {
		t.Errorf("%q, %v", out, err)
	}
}

// TestChangeInPlace changes limits, restart policy and name of a container that stays the same one and runs on.
func TestChangeInPlace(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	old := b.worker("change-place")
	v := b.change(old, func(s *runspec.Spec) { s.Memory, s.CPUs, s.Restart, s.Name = 96<<20, 0.25, "", "change-placed" })
	b.want(v, job.Done, "")
	now := b.look(old.ID)
	if s := b.had(now); now.Name != "change-placed" || !now.StartedAt.Equal(old.StartedAt) || s.Memory != 96<<20 ||
		s.CPUs != 0.25 || s.Restart != "" {
		t.Errorf("%+v, %+v", now, s)
	}
	if len(b.person.questions()) != 0 {
		t.Error("it asked")
	}
}

// TestChangeFails has the new container fail: everything is as it was.
func TestChangeFails(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	old := b.worker("change-fails")
	b.person.change = swap.ChangeCarry
	as := func(what string) {
		t.Helper()
		now := b.look(old.ID)
		if now.Name != "change-fails" || !now.Running() || now.RestartPolicy != "unless-stopped" {
			t.Errorf("%s: %s %s %s", what, now.Name, now.State, now.RestartPolicy)
		}
		list, err := b.engine().Containers(b.ctx(), false)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range list {
			if strings.HasPrefix(c.Name, "change-fails-new") || strings.HasPrefix(c.Name, "change-fails-before") {
				t.Errorf("%s left %s", what, c.Name)
			}
		}
	}
	// --init begins it
	b.want(b.change(old, func(s *runspec.Spec) { s.Command = []string{"/no/such/program"} }), job.Failed,
		model.ProblemExited)
	as("a bad command")
	if _, ok := b.named("change-fails-failed"); !ok {
		t.Error("what ran is not kept")
	}
	b.want(b.change(old, func(s *runspec.Spec) { s.Image = "localhost:1/none:1" }), job.Failed, model.ProblemUnreachable)
	as("a missing image")
	for label, spec := range map[string]runspec.Spec{
		"compose": func() runspec.Spec {
			s := b.sh("change-compose", idle)
			s.Labels = map[string]string{"com.docker.compose.project": "p"}
			return s
		}(),
		"rm": func() runspec.Spec { s := b.sh("change-rm", idle); s.AutoRemove = true; return s }(),
	} {
		c := b.started(spec)
		if swap.CannotChange(c).None() {
			t.Errorf("%s is not refused", label)
		}
		told := len(b.person.heard())
		b.swaps.Change(swap.Change{Container: c, Had: b.had(c), Want: runspec.Spec{Name: "x"}}, func(j *job.Job) {
			if j != nil {
				t.Error("it was begun")
			}
		})
		b.until("the refusal of "+label, func() bool { return len(b.person.heard()) > told })
	}
}

// TestChangeCutOff makes every state that a Slipway can leave behind which ends in the middle of a change,
// and has another one find it: it leads to the new container or to the old one, as the person wishes, and
// nothing is lost or there twice.
func TestChangeCutOff(t *testing.T) {
	private := enginetest.Start(t)
	for _, cut := range []string{"created", "policy", "stopped", "started", "old renamed", "new renamed"} {
		choices := []swap.UnfinishedChoice{swap.FinishChange, swap.GoBack}
		if strings.HasSuffix(cut, "renamed") {
			choices = choices[:1] // nobody is asked
		}
		for _, choice := range choices {
			t.Run(cut+"/"+string(choice), func(t *testing.T) {
				first := newBench(t, private)
				name := "cut-" + strings.ReplaceAll(cut, " ", "-") + "-" + string(choice)
				old := first.worker(name)
				fresh := first.leaveChange(old, cut)
				first.actions.Close()
				first.session.Close()

				b := newBenchFor(t, private, &person{settle: choice})
				asks := cut != "old renamed" && cut != "new renamed"
				if asks {
					b.until("the question", func() bool {
						b.person.mu.Lock()
						defer b.person.mu.Unlock()
						return len(b.person.unfinished) > 0
					})
				}
				wantNew := choice == swap.FinishChange || !asks
				b.until("the end of it", func() bool {
					o := b.look(old.ID)
					n, gone := b.engine().Container(b.ctx(), fresh) // it may be removed at any moment
					ok := gone == nil
					if wantNew {
						return ok && n.Name == name+"-renamed" && n.Running() && !o.Running() && o.Name == name+"-before" &&
							o.RestartPolicy == "no"
					}
					return o.Name == name && o.Running() && o.RestartPolicy == "unless-stopped" && (!ok || !n.Running())
				})
			})
		}
	}
}

// leaveChange does a change by hand up to a step, as the job does it.
func (b *bench) leaveChange(old model.Container, until string) (fresh string) {
	b.Helper()
	e, ctx := b.engine(), b.ctx()
	had := b.had(old)
	want := had
	want.WorkingDir = "/tmp"
	id, _, err := e.CreateLike(ctx, old.ID, had, want, old.Name+"-new", map[string]string{
		model.LabelJob: deadJob(b.T), model.LabelReplaces: old.ID,
		model.LabelSwap: model.Swap{
			Temporary: old.Name + "-new", Name: old.Name + "-renamed", OldName: old.Name,
			OldRestart: "unless-stopped", OldRan: true, Run: true,
		}.Label(),
	})
	if err != nil {
		b.Fatal(err)
	}
	b.clearLater(id)
	n := model.Container{ID: id, Name: old.Name + "-new"}
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"created", func() error { return nil }},
		{"policy", func() error { return e.SetRestart(ctx, old, "no") }},
		{"stopped", func() error { return e.Stop(ctx, old, -1) }},
		{"started", func() error { return e.Start(ctx, n) }},
		{"old renamed", func() error { return e.Rename(ctx, old, old.Name+"-before") }},
		{"new renamed", func() error { return e.Rename(ctx, n, old.Name+"-renamed") }},
	} {
		if err := step.do(); err != nil {
			b.Fatal(err)
		}
		if step.name == until {
			break
		}
	}
	return id
}

// deadJob is the ID of a job of a Slipway that has ended.
func deadJob(t *testing.T) string {
	t.Helper()
	dead := exec.Command("true")
	if err := dead.Run(); err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(platform.ThisRun(), "-")
	return fmt.Sprintf("%s-%s-%d-1", parts[0], parts[1], dead.Process.Pid)
}

// TestGoBack goes back after a change that was finished: nothing is deleted.
func TestGoBack(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	dockerCLI(t)
	old := b.worker("change-back")
	b.person.change = swap.ChangeEmpty
	b.want(b.change(old, func(s *runspec.Spec) { s.WorkingDir = "/tmp" }), job.Done, "")
	fresh, _ := b.named("change-back")
	lines := swap.GoBackCommands(fresh, b.look(old.ID), nil)
	b.swaps.GoBack(fresh)
	b.want(b.ended("Go back from change-back to the old container"), job.Done, "")
	now, kept := b.look(old.ID), b.look(fresh.ID)
	if now.Name != "change-back" || !now.Running() || now.RestartPolicy != "unless-stopped" || kept.Running() ||
		kept.Name != "change-back-after" || kept.RestartPolicy != "no" {
		t.Errorf("%s %s %s, %s %s %s", now.Name, now.State, now.RestartPolicy, kept.Name, kept.State, kept.RestartPolicy)
	}
	b.swaps.GoBack(now)
	b.until("that there is nothing to go back to", func() bool { return len(b.person.heard()) > 0 })

	// The lines that are shown do the same: on the two as they were before it.
	e := b.engine()
	if err := errors.Join(e.Stop(b.ctx(), now, 0), e.Rename(b.ctx(), now, "change-back-before"),
		e.Rename(b.ctx(), kept, "change-back"), e.SetRestart(b.ctx(), kept, "unless-stopped"),
		e.Start(b.ctx(), kept)); err != nil {
		t.Fatal(err)
	}
	for _, cmd := range lines {
		if out, err := exec.CommandContext(b.ctx(), "sh", "-c", cmd.String()).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", cmd, err, out)
		}
	}
	if again, aside := b.look(old.ID), b.look(fresh.ID); again.Name != now.Name || !again.Running() ||
		again.RestartPolicy != now.RestartPolicy || aside.Name != kept.Name || aside.Running() ||
		aside.RestartPolicy != "no" {
		t.Errorf("by the lines: %s %s %s, %s %s %s", again.Name, again.State, again.RestartPolicy, aside.Name, aside.State,
			aside.RestartPolicy)
	}
}

// TestGoBackFails goes back to one that cannot start any more: the one that had the place has it again, and runs.
func TestGoBackFails(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := uint16(l.Addr().(*net.TCPAddr).Port)
	l.Close()
	spec := b.sh("change-stays", idle)
	spec.Ports = []runspec.Port{{HostIP: "127.0.0.1", HostPort: port, Container: 80, Protocol: "tcp"}}
	old := b.started(spec)
	b.person.change = swap.ChangeEmpty
	b.want(b.change(old, func(s *runspec.Spec) { s.Ports = nil }), job.Done, "")
	fresh, _ := b.named("change-stays")
	if l, err = net.Listen("tcp", fmt.Sprint("127.0.0.1:", port)); err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	b.swaps.GoBack(fresh)
	b.want(b.ended("Go back from change-stays to the old container"), job.Failed, model.ProblemPortTaken)
	now, before := b.look(fresh.ID), b.look(old.ID)
	if now.Name != "change-stays" || !now.Running() || before.Name != "change-stays-before" || before.Running() {
		t.Errorf("%s %s, %s %s", now.Name, now.State, before.Name, before.State)
	}
}
