//go:build linux

package actions_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"slipway/engine/enginetest"
	"slipway/engine/image"
	"slipway/engine/job"
	"slipway/engine/journal"
	"slipway/engine/model"
	"slipway/engine/removal"
	"slipway/engine/runspec"
)

// dockerCLI makes the real docker command the one that a shell finds.
func dockerCLI(t *testing.T) {
	t.Helper()
	t.Setenv("PATH", filepath.Dir(enginetest.Program(t, "docker"))+string(os.PathListSeparator)+os.Getenv("PATH"))
}

// TestJournalByTheRealCommand does what a person does in a day, and then runs the saved script with the real docker.
func TestJournalByTheRealCommand(t *testing.T) {
	dockerCLI(t)
	b := newBench(t, enginetest.Shared(t))
	e := b.engine()
	ref := enginetest.PushTiny(t, b.private, enginetest.StartRegistry(t))
	folder, volume := filepath.Join(t.TempDir(), "a folder, with: odd $signs"), "journal-volume"
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.private.Client(t).VolumeRemove(t.Context(), volume, true) })
	b.clearLater("day")
	b.clearLater("day-new")
	b.clearLater("day-broken")
	spec := b.sh("day", `echo "$A $TOKEN" > /here/said; `+idle)
	spec.Image = ref
	spec.Ports = []runspec.Port{
		{HostIP: "127.0.0.1", HostPort: freePort(t), Container: 8080},
		{Container: 99, Protocol: "udp"},
	}
	spec.Mounts = []runspec.Mount{
		{Kind: runspec.Bind, Source: folder, Target: "/here"},
		{Kind: runspec.Volume, Source: volume, Target: "/kept", ReadOnly: true},
	}
	spec.Env = []runspec.Env{{Name: "A", Value: "it's $HOME"}, {Name: "TOKEN", Value: "hush hush", Secret: true}}
	spec.WorkingDir, spec.Restart, spec.CPUs, spec.Memory = "/tmp", "on-failure:2", 0.5, 64<<20
	spec.Labels = map[string]string{"k": "v w"}

	day := func() {
		t.Helper()
		b.want(b.done(b.images.Pull(ref)), job.Done, "")
		b.want(b.done(b.actions.Run(spec)), job.Done, "")
		first := b.look("day")
		b.want(b.done(b.actions.Rename(first, "day-new"), nil), job.Done, "")
		c := b.look("day-new")
		b.want(b.done(b.actions.Pause(c), nil), job.Done, "")
		b.want(b.done(b.actions.Resume(c), nil), job.Done, "")
		b.removal.Restart(c)
		b.want(b.ended("Restart day-new"), job.Done, "")
		b.removal.Stop(c)
		b.want(b.ended("Stop day-new"), job.Done, "")
		b.want(b.done(b.actions.Start(c), nil), job.Done, "")
		b.removal.Kill(c)
		b.want(b.ended("Kill day-new"), job.Done, "")
		b.want(b.done(b.actions.Start(c), nil), job.Done, "")
		b.person.answers(removal.RemoveContainer)
		b.removal.Remove(c)
		b.want(b.ended("Remove day-new"), job.Done, "")
		b.person.mu.Lock()
		b.person.image = func(image.Removal) image.Choice { return image.Delete }
		b.person.mu.Unlock()
		img, err := e.Image(b.ctx(), ref)
		if err != nil {
			t.Fatal(err)
		}
		b.images.Remove(model.Image{ID: img.ID, Tags: []string{ref}}, ref)
		b.want(b.ended("Remove "+ref), job.Done, "")
	}
	day()
	said := filepath.Join(folder, "said")
	if text, err := os.ReadFile(said); err != nil || string(text) != "it's $HOME hush hush\n" {
		t.Fatalf("%q, %v", text, err)
	}
	if err := os.Remove(said); err != nil {
		t.Fatal(err)
	}
	entries := b.session.Journal.Entries()
	if len(entries) != 13 || slices.ContainsFunc(entries, func(e journal.Entry) bool { return e.Outcome != journal.OK }) {
		t.Fatalf("%d entries: %q", len(entries), b.journal())
	}
	script := journal.Script(entries, "", func(o journal.Outcome) string { return string(o) })
	if strings.Contains(script, "hush") {
		t.Error("the secret is in the script")
	}
	t.Setenv("TOKEN", "hush hush")
	out, err := exec.CommandContext(b.ctx(), "sh", "-c", script).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, script, out)
	}
	if text, err := os.ReadFile(said); err != nil || string(text) != "it's $HOME hush hush\n" {
		t.Errorf("the script's container said %q, %v", text, err)
	}
	if b.exists("day") || b.exists("day-new") {
		t.Error("the script left its container")
	}
	if _, err := e.Image(b.ctx(), ref); !model.IsKind(err, model.ProblemNotFound) {
		t.Errorf("the script left its image: %v", err)
	}
}

// TestJournalFailsTheSameWay runs the failed commands with the real docker.
func TestJournalFailsTheSameWay(t *testing.T) {
	dockerCLI(t)
	b := newBench(t, enginetest.Shared(t))
	taken := b.made(b.sh("same-way", idle))
	b.want(b.done(b.actions.Pause(taken), nil), job.Failed, model.ProblemConflict)
	b.want(b.done(b.actions.Run(b.sh(taken.Name, idle))), job.Failed, model.ProblemNameTaken)
	b.want(b.done(b.images.Pull(fmt.Sprintf("127.0.0.1:%d/none:1", freePort(t)))), job.Failed, model.ProblemUnreachable)
	b.want(b.done(b.actions.Rename(taken, "not valid"), nil), job.Failed, model.ProblemBadInput)
	for _, e := range b.session.Journal.Entries() {
		out, err := exec.CommandContext(b.ctx(), "sh", "-c", e.Line()).CombinedOutput()
		if err == nil || e.Outcome != journal.Failed {
			t.Errorf("%s: %s, but the command gave %s", e.Line(), e.Outcome, out)
		}
	}
}

// TestJournalNamesTheEngine works on an engine that docker by itself would not ask.
func TestJournalNamesTheEngine(t *testing.T) {
	dockerCLI(t)
	b := newBench(t, enginetest.Shared(t))
	t.Setenv("DOCKER_HOST", "")
	sum := sha256.Sum256([]byte("private"))
	dir := filepath.Join(os.Getenv("DOCKER_CONFIG"), "contexts", "meta", hex.EncodeToString(sum[:]))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	meta := fmt.Sprintf(`{"Name": "private", "Metadata": {}, "Endpoints": {"docker": {"Host": %q}}}`, b.private.Host())
	if err := os.WriteFile(filepath.Join(dir, "meta.json"), []byte(meta), 0o600); err != nil {
		t.Fatal(err)
	}
	b.session.Use("private")
	b.until("on the context", func() bool { return b.session.State().Endpoint.Name == "private" })
	c := b.made(b.sh("named", idle))
	b.want(b.done(b.actions.Start(c), nil), job.Done, "")
	b.wantJournal("done: DOCKER_HOST=" + b.private.Host() + " docker start named")
	last, _ := b.session.Journal.Last()
	if out, err := exec.CommandContext(b.ctx(), "sh", "-c", last.Line()).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// TestOpenPort opens a page in the browser, and says why it cannot.
func TestOpenPort(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	dir, urls := enginetest.XDGOpenRecorder(t)
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	s := runspec.Spec{
		Name: "web", Image: b.image, Command: enginetest.TinyServer(),
		Env: []runspec.Env{{Name: "JUPYTER_TOKEN", Value: "a&b"}},
	}
	s.Ports = []runspec.Port{
		{HostIP: "127.0.0.1", HostPort: freePort(t), Container: 8080},
		{HostIP: "127.0.0.1", HostPort: freePort(t), Container: 81},
	}
	b.clearLater(s.Name)
	b.want(b.done(b.actions.Run(s)), job.Done, "")
	c := b.look(s.Name)
	i := slices.IndexFunc(c.Ports, func(p model.PublishedPort) bool { return p.Container == 8080 })
	b.launcher.OpenPort(c, c.Ports[i])
	b.until("it is opened", func() bool { return len(urls()) == 1 })
	// which is no Jupyter, and is told no token
	if want := fmt.Sprintf("http://127.0.0.1:%d/", c.Ports[i].HostPort); urls()[0] != want {
		t.Errorf("opened %s, want %s", urls()[0], want)
	}
	b.launcher.OpenPort(c, c.Ports[1-i]) // nobody listens behind it
	b.until("told", func() bool { return len(b.person.heard()) == 1 })
	if p := b.person.heard()[0]; p.Fix.None() || len(urls()) != 1 {
		t.Errorf("%+v", p)
	}
}
