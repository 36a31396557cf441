//go:build linux

package actions_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"slipway/assets"
	"slipway/engine/enginetest"
	"slipway/engine/job"
	"slipway/engine/launcher"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/swap"
	"slipway/engine/words"
)

// labelled makes a container of an image beside Slipway, with labels of its own as a Compose file gives them.
func (b *bench) labelled(image, name string, labels map[string]string) string {
	b.Helper()
	args := []string{"-H", b.private.Host(), "create", "--name", name}
	for k, v := range labels {
		args = append(args, "-l", k+"="+v)
	}
	out, err := exec.CommandContext(b.ctx(), enginetest.Program(b.T, "docker"), append(args, image, "sh", "-c", idle)...).
		Output()
	if err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	b.clearLater(name)
	return strings.TrimSpace(string(out))
}

// TestHostileLabels has images and colleagues write Slipway's labels: nothing is done with any container for that, and
// none is hidden. A change that really was cut off is asked about, which tells that all were looked at.
func TestHostileLabels(t *testing.T) {
	private := enginetest.Start(t)
	first := newBench(t, private)
	victim := first.worker("victim")
	quote := func(v any) string { text, _ := json.Marshal(v); return string(text) }
	swapOf := func(name string) string {
		return quote(model.Swap{Temporary: name, Name: "victim", OldName: "victim", OldRan: true, Run: true, Carry: true})
	}
	evil := 0
	image := func(labels map[string]string) string {
		var changes []string
		for k, v := range labels {
			changes = append(changes, "LABEL "+k+"="+quote(v))
		}
		evil++
		ref := "evil:" + string(rune('a'+evil))
		private.Derive(t, first.image, ref, changes...)
		return ref
	}
	dead := deadJob(t)
	var ids []string
	add := func(image, name string, labels map[string]string) {
		ids = append(ids, first.labelled(image, name, labels))
	}
	for name, labels := range map[string]map[string]string{
		"swap-by-name": {model.LabelReplaces: "victim", model.LabelSwap: swapOf("swap-by-name"), model.LabelJob: dead},
		"swap-by-id":   {model.LabelReplaces: victim.ID, model.LabelSwap: swapOf("swap-by-id"), model.LabelJob: dead},
		"no-job":       {model.LabelReplaces: victim.ID, model.LabelSwap: swapOf("no-job")},
		"helper": {
			model.LabelHelper: "data", model.LabelRun: dead, model.LabelJob: dead,
			model.LabelSignature: strings.Repeat("a", 64),
		},
	} {
		add(image(labels), name, nil)
		add(first.image, name+"-own", func() map[string]string {
			own := map[string]string{}
			for k, v := range labels {
				own[k] = strings.ReplaceAll(v, `"`+name+`"`, `"`+name+`-own"`)
			}
			return own
		}())
	}
	add(image(map[string]string{model.LabelHelper: "data"}), model.HelperPrefix+"0a0b0c0d", nil)
	// One whose signature is real, in the place of what it was kept of: containers of the image inherit it.
	inherited := first.worker("inherited")
	first.leaveChange(inherited, "created")
	first.do("commit", "inherited-new", "kept:1")
	first.do("rm", "inherited-new")
	add("kept:1", "inherited-new", nil)
	real := first.worker("real")
	fresh := first.leaveChange(real, "created")
	first.actions.Close()
	first.session.Close()

	b := newBenchFor(t, private, &person{})
	asked := func() []swap.UnfinishedChange {
		b.person.mu.Lock()
		defer b.person.mu.Unlock()
		return b.person.unfinished
	}
	b.until("the question about the real one", func() bool { return len(asked()) > 0 })
	if got := asked(); len(got) != 1 || got[0].Fresh.ID != fresh || got[0].Old.ID != real.ID {
		t.Errorf("asked about %+v", got)
	}
	now := b.look(victim.ID)
	if now.Name != "victim" || !now.Running() || now.RestartPolicy != victim.RestartPolicy {
		t.Errorf("the victim is %+v", now)
	}
	snap := b.session.Live.Snapshot()
	for _, id := range ids {
		c, there := snap.Container(id)
		if !there {
			t.Errorf("%s is hidden, or gone", id)
		}
		if _, todo := c.Swap(); todo || c.Helper() || c.Made() || notebook.TookPlace(c, now) {
			t.Errorf("%s is taken for Slipway's: %+v", c.Name, c.Marks)
		}
	}
	if c, ok := notebook.Successor(snap.Containers, now); ok {
		t.Errorf("%s is said to have the victim's place", c.Name)
	}
	volume, err := b.engine().CreateVolume(b.ctx(), "data", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.engine().DropHelpers(b.ctx(), volume); err != nil {
		t.Error(err)
	}
	if list, err := b.engine().ContainersOfJob(b.ctx(), dead); err != nil || len(list) > 0 {
		t.Errorf("of the dead job: %v %v", list, err)
	}
	for _, id := range ids {
		b.look(id) // nobody removed it
	}
}

// do runs the real docker command on the bench's engine.
func (b *bench) do(args ...string) {
	b.Helper()
	if out, err := exec.CommandContext(b.ctx(), enginetest.Program(b.T, "docker"),
		append([]string{"-H", b.private.Host()}, args...)...).CombinedOutput(); err != nil {
		b.Fatalf("docker %v: %v: %s", args, err, out)
	}
}

// TestLaunderedLabels holds that what somebody else wrote is not signed when a container is made like another one.
func TestLaunderedLabels(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	b.private.Derive(t, b.image, "launder:1", `LABEL app.slipway.helper=x app.slipway.recipe=scipy`)
	b.labelled("launder:1", "launder", map[string]string{
		model.LabelSwap:     "{}",
		model.LabelReplaces: strings.Repeat("a", 64), model.LabelFolder: "/a", "mine": "1",
	})
	c := b.look("launder")
	had := b.had(c)
	want := had
	want.WorkingDir = "/tmp"
	id, _, err := b.engine().
		CreateLike(b.ctx(), c.ID, had, want, "laundered", map[string]string{model.LabelJob: "1-a-2-3"})
	if err != nil {
		t.Fatal(err)
	}
	b.clearLater(id)
	spec := had
	spec.Name, spec.Labels = "laundered-too", c.Labels
	again, _, err := b.engine().Create(b.ctx(), spec, map[string]string{model.LabelJob: "1-a-2-4"})
	if err != nil {
		t.Fatal(err)
	}
	b.clearLater(again)
	for _, id := range []string{id, again} {
		got := b.look(id)
		if got.Mark(model.LabelHelper)+got.Mark(model.LabelSwap)+got.Mark(model.LabelReplaces) != "" ||
			got.Mark(model.LabelJob) == "" || got.Labels["mine"] != "1" {
			t.Errorf("%s: marks %v, labels %v", got.Name, got.Marks, got.Labels)
		}
	}
	if got := b.look(id); got.Mark(model.LabelRecipe) != "" || got.Mark(model.LabelFolder) != "/a" {
		t.Errorf("what the image said became the container's own: %v", got.Marks)
	}
}

// TestFirstLaunch asks before a server without a sign-in is launched for the first time, and before a recipe of one's
// own in the place of Slipway's is.
func TestFirstLaunch(t *testing.T) {
	l := newStandIn(t, enginetest.Shared(t), script("httpd -f -p 8080 -h /www"))
	l.recipe.Instead = "quay.io/jupyter/scipy-notebook"
	l.person.refuse = true
	l.want(l.launch(), job.Cancelled, "")
	if list := launcher.Servers(l.session, l.session.Live.Snapshot(), []notebook.Recipe{l.recipe}); len(list) > 0 {
		t.Errorf("refused, and made %+v", list)
	}
	if got := l.person.firsts; len(got) != 1 || !got[0].Open || got[0].Instead == "" || got[0].Folder != l.folder {
		t.Fatalf("asked %+v", got)
	}
	what, why := l.person.firsts[0].Words()
	for _, part := range []string{
		"Stand-in", "stand-in.yaml", "quay.io/jupyter/scipy-notebook",
		"every user of this computer", "web pages", l.folder,
	} {
		if !strings.Contains(words.Of(what.And(why...)).String(), part) {
			t.Errorf("%s is not said: %s. %s", part, what, why)
		}
	}
	l.person.mu.Lock()
	l.person.refuse = false
	l.person.mu.Unlock()
	l.want(l.launch(), job.Done, "")
	l.server()
	l.want(l.launch(), job.Done, "") // opens it again
	other := filepath.Join(filepath.Dir(l.folder), "another")
	if err := os.Mkdir(other, 0o755); err != nil {
		t.Fatal(err)
	}
	to := launcher.Launch{Recipe: l.recipe, Folder: other, Port: freePort(t)}
	l.want(l.done(l.launcher.Launch(to), nil), job.Done, "")
	if got := l.person.firsts; len(got) != 2 {
		t.Errorf("asked %d times", len(got))
	}
}

// TestNobodySeesTheToken has another user of the computer read the arguments of all programs, again and again, while a
// notebook is launched, opened, and opened by its port.
func TestNobodySeesTheToken(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can start a program as another user")
	}
	l := newLauncher(t)
	spy := exec.Command("sh", "-c",
		`while :; do cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' '\n' | grep -a -v '^/proc'; echo; done`)
	spy.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}, Setpgid: true}
	seen, err := os.Create(filepath.Join(t.TempDir(), "seen"))
	if err != nil {
		t.Fatal(err)
	}
	defer seen.Close()
	spy.Stdout = seen
	if err := spy.Start(); err != nil {
		t.Fatal(err)
	}
	text := func() string {
		data, err := os.ReadFile(seen.Name())
		if err != nil {
			t.Error(err)
		}
		return string(data)
	}
	l.want(l.launch(), job.Done, "")
	s := l.server()
	l.launcher.OpenServer(s)
	l.until("it is opened again", func() bool { return len(l.urls()) == 2 })
	l.launcher.OpenPort(s.Container, s.Port)
	l.until("its port is opened", func() bool { return len(l.urls()) == 3 })
	// The spy sees what is there while it looks: on a busy computer a short program may have come and gone.
	l.until("the spy sees an address", func() bool {
		if strings.Contains(text(), "/slipway-open/") {
			return true
		}
		opened := len(l.urls())
		l.launcher.OpenServer(s)
		l.until("it is opened once more", func() bool { return len(l.urls()) > opened })
		return false
	})
	if err := syscall.Kill(-spy.Process.Pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = spy.Wait()
	for i, got := range l.urls() {
		if !strings.Contains(got, s.Token) {
			t.Errorf("opening %d: the browser is led to %s", i, got)
		}
	}
	if s.Token == "" || strings.Contains(text(), s.Token) {
		t.Error("the token is among what another user sees")
	}
}

// TestUnsignedVolume leaves a volume alone that carries the job of a restoring that was cut off, but not by Slipway's
// hand.
func TestUnsignedVolume(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	b.do("volume", "create", "--label", model.LabelJob+"=1-a-2-3", "forged")
	t.Cleanup(func() { _ = b.engine().RemoveVolume(t.Context(), "forged") })
	v, err := b.engine().Volume(b.ctx(), "forged")
	if err != nil || v.Mark(model.LabelJob) != "" {
		t.Errorf("%v %v", v.Marks, err)
	}
	made, err := b.engine().CreateVolume(b.ctx(), "own", map[string]string{model.LabelJob: "1-a-2-3"})
	if err != nil || made.Mark(model.LabelJob) != "1-a-2-3" {
		t.Errorf("%v %v", made.Marks, err)
	}
	t.Cleanup(func() { _ = b.engine().RemoveVolume(t.Context(), "own") })
}

// TestMarimoToken starts marimo's recipe with a stand-in for the program, which is told its token by a file
// that only its user may read.
func TestMarimoToken(t *testing.T) {
	recipes, _ := notebook.Load(assets.Recipes, nil, "en")
	i := slices.IndexFunc(recipes, func(r notebook.Recipe) bool { return r.ID == "marimo" })
	recipe := recipes[i]
	recipe.Image, recipe.Tags = strings.TrimSuffix(enginetest.TinyName, ":1"), []string{"1"}
	recipe.Env = map[string]string{"PATH": recipe.Mount + ":/bin"}
	l := newStandIn(t, enginetest.Shared(t), recipe)
	const marimo = `#!/bin/sh
echo "$@" > /tmp/args
while [ "$1" != --token-password-file ]; do shift; done
mkdir -p /tmp/www
cat "$2" > /tmp/www/token
ls -l "$2" > /tmp/www/mode
echo ok > /tmp/www/health
cp /tmp/args /tmp/www/args
trap 'exit 0' TERM
httpd -f -p 8080 -h /tmp/www & wait
`
	if err := os.WriteFile(filepath.Join(l.folder, "marimo"), []byte(marimo), 0o755); err != nil {
		t.Fatal(err)
	}
	l.want(l.launch(), job.Done, "")
	s := l.server()
	base, _, _ := strings.Cut(s.URL(), "?")
	said := func(page string) string { _, text := answer(t, base+page, "", ""); return strings.TrimSpace(text) }
	if !strings.HasSuffix(s.URL(), "?access_token="+s.Token) || said("token") != s.Token || len(s.Token) != 48 {
		t.Errorf("opened %s, marimo was told %q", s.URL(), said("token"))
	}
	if mode := said("mode"); !strings.HasPrefix(mode, "-rw-------") {
		t.Errorf("the file is %s", mode)
	}
	if args := said("args"); strings.Contains(args, s.Token) || !strings.Contains(args, "--port 8080") ||
		!strings.HasSuffix(args, recipe.Mount) {
		t.Errorf("marimo was called with %s", args)
	}
}
