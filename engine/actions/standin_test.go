//go:build linux

package actions_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/engine/enginetest"
	"slipway/engine/job"
	"slipway/engine/launcher"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/words"
)

// newStandIn is a launcher of small servers that behave as a kind of notebook does.
func newStandIn(t *testing.T, private *enginetest.Engine, recipe notebook.Recipe) *folderBench {
	t.Helper()
	dir, urls := enginetest.XDGOpenRecorder(t)
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	l := &folderBench{
		bench: newBench(t, private), folder: filepath.Join(t.TempDir(), "thesis"), urls: urls, recipe: recipe,
	}
	if err := os.Mkdir(l.folder, 0o755); err != nil {
		t.Fatal(err)
	}
	l.clearServers()
	return l
}

// clearServers removes every container that the launcher's recipe made, when the test ends.
func (l *folderBench) clearServers() {
	l.Cleanup(func() {
		list, err := l.engine().Containers(l.Context(), false)
		if err != nil {
			list = l.session.Live.Snapshot().Containers
		}
		for _, c := range list {
			if c.Mark(model.LabelRecipe) == l.recipe.ID {
				l.private.RemoveForced(l.T, c.ID)
			}
		}
	})
}

// script is a recipe whose server is a line of sh in the tiny image.
func script(line string) notebook.Recipe {
	return notebook.Recipe{
		ID: "stand-in", Name: "Stand-in", Image: strings.TrimSuffix(enginetest.TinyName, ":1"), Tags: []string{"1"},
		Port: 8080, Mount: "/work",
		SignIn: notebook.SignIn{Method: notebook.SignInNone}, User: notebook.UserImage,
		Command: []string{"sh", "-c", "trap 'exit 0' TERM; " + line + " & wait"},
	}
}

// answer is what a server says at an address.
func answer(t *testing.T, address, user, password string) (code int, text string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	if user != "" {
		request.SetBasicAuth(user, password)
	}
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

// TestSignIns launches servers that let a person in as the real ones do: by a password in a variable, by a token in an
// argument and in the address, and by nothing.
func TestSignIns(t *testing.T) {
	const open = `echo "#!/bin/sh" > /www/cgi-bin/page; echo 'echo; case "$QUERY_STRING" in *"key=$TOKEN"*) echo let in;; *) echo kept out;; esac' >> /www/cgi-bin/page; chmod 755 /www/cgi-bin/page; `
	password := script(`mkdir -p /www/private; echo hello > /www/private/index.html; echo "/private:someone:$PASSWORD" > /etc/httpd.conf; httpd -f -p 8080 -h /www -c /etc/httpd.conf`)
	password.SignIn, password.Page = notebook.SignIn{Method: notebook.SignInPasswordEnv, Env: "PASSWORD", User: "someone"},
		"private/"
	query := script("")
	query.SignIn, query.Page = notebook.SignIn{Method: notebook.SignInTokenEnv, Env: "TOKEN", Query: "key"}, "cgi-bin/page"
	query.Command = []string{
		"sh", "-c",
		"trap 'exit 0' TERM; mkdir -p /www/cgi-bin; " + open + `httpd -f -p 8080 -h /www & wait`,
	}
	for name, tc := range map[string]struct {
		recipe notebook.Recipe
		check  func(t *testing.T, opened string, s notebook.Server)
	}{
		"password": {password, func(t *testing.T, opened string, s notebook.Server) {
			t.Helper()
			if strings.Contains(opened, s.Token) || len(s.Token) < 32 {
				t.Errorf("the password %q and the address %s", s.Token, opened)
			}
			if code, _ := answer(t, opened, "", ""); code != http.StatusUnauthorized {
				t.Errorf("without the password it says %d", code)
			}
			if code, text := answer(t, opened, "someone", s.Token); code != http.StatusOK || !strings.Contains(text, "hello") {
				t.Errorf("with the password it says %d %s", code, text)
			}
		}},
		"query token": {query, func(t *testing.T, opened string, s notebook.Server) {
			t.Helper()
			if _, text := answer(t, opened, "", ""); !strings.Contains(text, "let in") {
				t.Errorf("%s says %s", opened, text)
			}
			if _, text := answer(t, strings.ReplaceAll(opened, s.Token, "wrong"), "", ""); !strings.Contains(text, "kept out") {
				t.Errorf("a wrong token: %s", text)
			}
		}},
		"none": {script("httpd -f -p 8080 -h /www"), func(t *testing.T, opened string, s notebook.Server) {
			t.Helper()
			if _, text := answer(t, opened, "", ""); !strings.Contains(text, enginetest.TinyGreeting) || !s.Open() {
				t.Errorf("%s says %s; %+v", opened, text, s)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			l := newStandIn(t, enginetest.Shared(t), tc.recipe)
			l.want(l.launch(), job.Done, "")
			tc.check(t, l.urls()[0], l.server())
			for _, line := range l.journal() {
				if token := l.server().Token; token != "" && strings.Contains(line, token) {
					t.Errorf("the secret is in the history: %s", line)
				}
			}
		})
	}
}

// TestLaunchTwoFolders launches two folders at the same time, which want the same port.
func TestLaunchTwoFolders(t *testing.T) {
	l := newStandIn(t, enginetest.Shared(t), script("httpd -f -p 8080 -h /www"))
	other := filepath.Join(filepath.Dir(l.folder), "other", "thesis")
	if err := os.MkdirAll(other, 0o755); err != nil {
		t.Fatal(err)
	}
	port := freePort(t)
	first := l.launcher.Launch(launcher.Launch{Recipe: l.recipe, Folder: l.folder, Port: port})
	l.want(l.done(first, nil), job.Done, "")
	second := l.launcher.Launch(launcher.Launch{Recipe: l.recipe, Folder: other, Port: port})
	third := l.launcher.Launch(launcher.Launch{Recipe: l.recipe, Folder: other, Port: port})
	if second != third {
		t.Error("a second click does not join the launch")
	}
	l.want(l.done(second, nil), job.Done, "")
	var list []notebook.Server
	l.until("two servers", func() bool {
		list = launcher.Servers(l.session, l.session.Live.Snapshot(), []notebook.Recipe{l.recipe})
		return len(list) == 2
	})
	if list[0].Port.HostPort == list[1].Port.HostPort || list[0].Container.Name == list[1].Container.Name ||
		list[0].Folder == list[1].Folder {
		t.Errorf("%+v\n%+v", list[0], list[1])
	}
}

// TestAnyImage launches an image that no recipe is for, from what it says about itself, and finds it again.
func TestAnyImage(t *testing.T) {
	l := newStandIn(t, enginetest.Shared(t), notebook.Any())
	l.private.Derive(t, enginetest.TinyImage(t, l.private), "dash/board:1",
		`CMD ["sh", "-c", "trap 'exit 0' TERM; httpd -f -p 9090 -h /www & wait"]`, "EXPOSE 9090")
	wish := launcher.Launch{Recipe: l.recipe, Image: "dash/board:1", Folder: l.folder, Port: freePort(t)}
	plan, err := l.launcher.PlanLaunch(l.ctx(), wish)
	// the tiny image's own port comes first
	if err != nil || plan.HostPort == 0 || !strings.Contains(plan.Command().String(), ":8080 ") {
		t.Fatalf("%+v %v: %s", plan, err, plan.Command())
	}
	l.private.Derive(t, enginetest.TinyName, "dash/board:2",
		`CMD ["sh", "-c", "trap 'exit 0' TERM; httpd -f -p 8080 -h /www & wait"]`,
		`HEALTHCHECK CMD ["wget", "-q", "http://localhost:8080/index.html"]`)
	wish.Image = "dash/board:2"
	l.want(l.done(l.launcher.Launch(wish), nil), job.Done, "")
	s := l.server()
	if s.Folder != l.folder || s.Recipe.ID != notebook.AnyID || s.Container.Name != "thesis" {
		t.Errorf("%+v", s)
	}
	if _, text := answer(t, l.urls()[0], "", ""); !strings.Contains(text, enginetest.TinyGreeting) {
		t.Errorf("%s says %s", l.urls()[0], text)
	}
	l.want(l.done(l.launcher.Launch(wish), nil), job.Done, "")
	if again := l.server(); again.Container.ID != s.Container.ID || len(l.urls()) != 2 {
		t.Errorf("a second click made another one: %+v", again)
	}
}

// replaced waits for the end of a replacement.
func (l *folderBench) replaced(w launcher.Replacement) job.View {
	l.Helper()
	jobs := make(chan *job.Job, 1)
	l.launcher.Replace(w, func(j *job.Job) { jobs <- j })
	select {
	case j := <-jobs:
		return l.done(j, nil)
	case <-time.After(limit):
		l.Fatalf("no job; told %v", l.person.heard())
		return job.View{}
	}
}

// TestReplace makes a notebook anew from an image that its registry has a newer one of.
func TestReplace(t *testing.T) {
	l := newStandIn(t, enginetest.Shared(t), script("httpd -f -p 8080 -h /www"))
	r := enginetest.StartRegistry(t)
	ref := enginetest.PushTiny(t, l.private, r)
	l.recipe.Image, l.recipe.Tags = strings.TrimSuffix(ref, ":1"), []string{"1"}
	l.recipe.SignIn = notebook.SignIn{Method: notebook.SignInPasswordEnv, Env: "PASSWORD"}
	l.want(l.launch(), job.Done, "")
	old := l.server()
	wish := launcher.Replacement{Server: old, Launch: launcher.Launch{Recipe: l.recipe, Folder: l.folder}, Update: true}

	v := l.replaced(wish)
	l.want(v, job.Done, "")
	if !strings.Contains(words.Of(v.Said()).String(), "Nothing was changed") || l.look(old.Container.ID).Name != "thesis" {
		t.Errorf("the image is the newest, and it says %q", v.Result)
	}

	before, err := l.engine().Image(l.ctx(), ref)
	if err != nil {
		t.Fatal(err)
	}
	if d, err := l.images.Download(l.ctx(), ref); err != nil || d.Bytes < 100_000 {
		t.Errorf("the registry says %+v %v", d, err)
	} else if fresh, known := d.Fresh(before.Image); !fresh || !known {
		t.Errorf("what was just pulled is old: %+v, %q", d, before.Digests)
	}
	newer := l.private.Derive(t, enginetest.TinyName, ref, "ENV NEWER=yes")
	l.private.Push(t, r, ref)
	l.private.Derive(t, enginetest.TinyName, ref, "ENV OLDER=yes") // only the registry has the newer one now

	opened := len(l.urls())
	v = l.replaced(wish)
	l.want(v, job.Done, "")
	kept := l.look(old.Container.ID)
	if kept.Running() || kept.Name != "thesis-before" || !strings.Contains(words.Of(v.Said()).String(), "thesis-before") {
		t.Errorf("the old one is %s, %s; it says %q", kept.Name, kept.State, v.Result)
	}
	fresh := l.look("thesis")
	if !fresh.Running() || fresh.ImageID != newer || fresh.Replaces() != old.Container.ID ||
		slices.Equal(fresh.Env, kept.Env) {
		t.Errorf("the new one: %+v", fresh)
	}
	if fresh.Ports[0].HostPort != old.Port.HostPort || len(l.urls()) != opened+1 {
		t.Errorf("it is on %+v, before %d; opened %q", fresh.Ports, old.Port.HostPort, l.urls())
	}
	for _, line := range l.journal() {
		if strings.HasPrefix(line, "failed") {
			t.Errorf("the history has %s", line)
		}
	}

	// A folder that was moved: the same image, another folder.
	moved := filepath.Join(filepath.Dir(l.folder), "moved")
	if err := os.Rename(l.folder, moved); err != nil {
		t.Fatal(err)
	}
	var s notebook.Server
	l.until("the new server", func() bool {
		for _, s = range launcher.Servers(l.session, l.session.Live.Snapshot(), []notebook.Recipe{l.recipe}) {
			if s.Container.ID == fresh.ID {
				return true
			}
		}
		return false
	})
	l.want(l.replaced(launcher.Replacement{
		Server: s,
		Launch: launcher.Launch{Recipe: l.recipe, Image: fresh.Reference, Folder: moved}, Moved: true,
	}), job.Done, "")
	if c := l.look("thesis"); c.Mounts[0].Source != moved && !slices.ContainsFunc(c.Mounts, func(m model.Mount) bool {
		return m.Source == moved
	}) {
		t.Errorf("it works in %+v", c.Mounts)
	}
}

// TestReplaceFails puts the old one back after every failure and every cancel, with its name, running, and nothing
// else.
func TestReplaceFails(t *testing.T) {
	recipe := script("httpd -f -p 8080 -h /www")
	recipe.Command[2] = strings.Replace(recipe.Command[2], "'exit 0'", "'[ -e /tmp/slow ] && sleep 2; exit 0'", 1)
	l := newStandIn(t, enginetest.Shared(t), recipe)
	l.want(l.launch(), job.Done, "")
	old := l.server()
	before := l.containers()
	back := func(what string) {
		t.Helper()
		c := l.look(old.Container.ID)
		if !c.Running() || c.Name != "thesis" || l.containers() != before {
			t.Errorf("%s: the old one is %s, %s, and there are %d containers, before %d", what, c.Name, c.State, l.containers(),
				before)
		}
		l.until("it answers as before", func() bool { return notebook.Ask(l.ctx(), old) == notebook.Up })
	}
	wish := launcher.Replacement{Server: old, Launch: launcher.Launch{Recipe: l.recipe, Folder: l.folder}}

	bad := wish
	bad.Launch.Recipe.Command = []string{"sh", "-c", "echo it is broken >&2; exit 9"}
	l.want(l.replaced(bad), job.Failed, model.ProblemExited)
	back("an early end")
	bad.Launch.Recipe.Command = []string{"no-such-program"}
	l.want(l.replaced(bad), job.Failed, model.ProblemBadCommand)
	back("a bad command")
	bad = wish
	bad.Launch.Image = "127.0.0.1:1/none/none:1"
	l.want(l.replaced(bad), job.Failed, model.ProblemUnreachable)
	back("an image that is nowhere")
	bad = wish
	bad.Launch.Folder = filepath.Join(l.folder, "none")
	l.want(l.replaced(bad), job.Failed, model.ProblemNotFound)
	back("a folder that is not there")
	for _, phase := range []string{
		"Check", "Create", "Stop the old container", "Start", "Test the folder",
		"Wait for the notebook", "Swap the names",
	} {
		l.atPhase(phase, func(v job.View) { l.session.Jobs.Cancel(v.ID) })
		if v := l.replaced(wish); v.State != job.Cancelled {
			t.Errorf("cancelled at %q, it is %s: %+v", phase, v.State, v.Problem)
		}
		back("a cancel at " + phase)
	}
	// While the engine is stopping the old one, which goes on when nobody waits for it any more.
	l.private.PutFile(t, old.Container.ID, "/tmp/slow", "")
	l.atPhase("Stop the old container", func(v job.View) {
		time.AfterFunc(300*time.Millisecond, func() { l.session.Jobs.Cancel(v.ID) })
	})
	if v := l.replaced(wish); v.State != job.Cancelled {
		t.Errorf("cancelled in mid-stop, it is %s: %+v", v.State, v.Problem)
	}
	back("a cancel in mid-stop")
}

// TestEngineDiesInALaunch leaves nothing half made once the engine is back, and the old one in its place.
func TestEngineDiesInALaunch(t *testing.T) {
	l := newStandIn(t, enginetest.Start(t), script("httpd -f -p 8080 -h /www"))
	none := func(what string, n int) {
		t.Helper()
		l.private.Restart(t)
		l.engine()
		l.until(what, func() bool {
			list, err := l.engine().Containers(l.ctx(), false)
			return err == nil && len(list) == n
		})
	}
	for _, phase := range []string{"Start", "Wait for the notebook"} {
		l.atPhase(phase, func(job.View) { l.private.Kill() })
		l.want(l.launch(), job.Failed, model.ProblemConnectionLost)
		none("nothing is left of a launch that was cut off at "+phase, 0)
	}
	l.session.Jobs.OnChange(nil)
	l.want(l.launch(), job.Done, "")
	old := l.server()
	l.atPhase("Wait for the notebook", func(job.View) { l.private.Kill() })
	l.want(l.replaced(launcher.Replacement{Server: old, Launch: launcher.Launch{Recipe: l.recipe, Folder: l.folder}}),
		job.Failed, model.ProblemConnectionLost)
	none("only the old one is left of a replacement that was cut off", 1)
	l.until("the old one runs again", func() bool {
		c := l.look(old.Container.ID)
		return c.Running() && c.Name == "thesis"
	})
}

// TestKeepPackages finds what was installed, writes it down, and keeps it as an image that the folder can be launched
// from.
func TestKeepPackages(t *testing.T) {
	l := newStandIn(t, enginetest.Shared(t), script("httpd -f -p 8080 -h /www"))
	l.recipe.SignIn = notebook.SignIn{Method: notebook.SignInTokenEnv, Env: "JUPYTER_TOKEN"}
	l.want(l.launch(), job.Done, "")
	s := l.server()
	if got, err := l.launcher.Packages(l.ctx(), s.Container); err != nil || got.Count() != 0 {
		t.Fatalf("%+v %v", got, err)
	}
	l.private.PutFile(t, s.Container.ID, "/usr/lib/python3/site-packages/fancy_plot-1.2.dist-info/METADATA", "x")
	packages, err := l.launcher.Packages(l.ctx(), s.Container)
	if err != nil || len(packages.Pip) != 1 || packages.Pip[0].Name != "fancy-plot" || packages.Pip[0].Version != "1.2" {
		t.Fatalf("%+v %v", packages, err)
	}
	file := packages.Files()[0]
	path, err := launcher.WritePackages(l.folder, file, false)
	text, _ := os.ReadFile(path)
	if err != nil || !strings.Contains(string(text), "fancy-plot==1.2\n") {
		t.Errorf("%s has %q, %v", path, text, err)
	}
	file.Data = []byte("new")
	if _, err := launcher.WritePackages(l.folder, file, false); !model.IsKind(err, model.ProblemConflict) {
		t.Errorf("an old file is overwritten: %v", err)
	}
	if _, err := launcher.WritePackages(l.folder, file, true); err != nil {
		t.Error(err)
	}
	if carried, command := launcher.Carried(l.look(s.Container.ID)); command ||
		!slices.Equal(carried, []string{"JUPYTER_TOKEN"}) {
		t.Errorf("secrets that the image would carry: %q", carried)
	}
	if _, err := l.launcher.KeepAsImage(s.Container, "Not A Name"); err == nil {
		t.Error("a name that is none")
	}
	l.want(l.done(l.launcher.KeepAsImage(s.Container, "thesis:mine")), job.Done, "")
	l.private.RemoveForced(t, s.Container.ID)
	l.until("it is gone", func() bool {
		return len(launcher.Servers(l.session, l.session.Live.Snapshot(), []notebook.Recipe{l.recipe})) == 0
	})
	wish := launcher.Launch{Recipe: l.recipe, Image: "thesis:mine", Folder: l.folder, Port: freePort(t)}
	l.want(l.done(l.launcher.Launch(wish), nil), job.Done, "")
	again := l.server()
	if again.Token == s.Token || again.Token == "" || again.Container.Image != "thesis:mine" {
		t.Errorf("%+v", again)
	}
	if _, code, err := l.engine().Exec(l.ctx(), again.Container.ID, "test", "-e",
		"/usr/lib/python3/site-packages/fancy_plot-1.2.dist-info"); err != nil || code != 0 {
		t.Errorf("the package is not kept: %d %v", code, err)
	}
}

// TestExamine explains a full shared memory, a limit that is too low, and that all is well.
func TestExamine(t *testing.T) {
	l := newStandIn(t, enginetest.Shared(t), script("httpd -f -p 8080 -h /www"))
	l.want(l.done(l.launcher.Launch(launcher.Launch{
		Recipe: l.recipe, Folder: l.folder, Memory: 64 << 20,
		Port: freePort(t),
	}), nil), job.Done, "")
	s := l.server()
	bad := func() string {
		found, err := l.launcher.Examine(l.ctx(), s)
		if err != nil {
			t.Fatal(err)
		}
		var list []string
		for _, f := range found {
			if f.Bad {
				list = append(list, words.Of(f.What).String())
			}
		}
		return strings.Join(list, "\n")
	}
	if got := bad(); got != "" {
		t.Errorf("all is well, and it says %s", got)
	}
	if s.Container.Memory != 64<<20 {
		t.Errorf("the limit is %d", s.Container.Memory)
	}
	l.want(l.done(l.launcher.Limit(s.Container, 512<<20), nil), job.Done, "")
	if c := l.look(s.Container.ID); c.Memory != 512<<20 {
		t.Errorf("the raised limit is %d", c.Memory)
	}
	if _, _, err := l.engine().
		Exec(l.ctx(), s.Container.ID, "dd", "if=/dev/zero", "of=/dev/shm/x", "bs=1M", "count=70"); err != nil {
		t.Fatal(err)
	}
	if got := bad(); !strings.Contains(got, "/dev/shm") {
		t.Errorf("a full shared memory: %q", got)
	}
	l.want(l.done(l.launcher.Limit(s.Container, 70<<20), nil), job.Done, "")
	if got := bad(); !strings.Contains(got, "available to it") {
		t.Errorf("a memory that is nearly used up: %q", got)
	}
}

// TestStopIdle stops a notebook in which nothing happens, and leaves one alone that computes.
func TestStopIdle(t *testing.T) {
	const jupyter = `mkdir -p /www/api; echo '{"version":"2.0"}' > /www/api/index.html; echo '{"last_activity":"2020-01-01T00:00:00Z"}' > /www/api/status; echo '[]' > /www/api/sessions; `
	recipe := script(jupyter +
		`echo '[]' > /www/api/kernels; [ -e /work/busy ] && echo '[{"id":"k","execution_state":"busy"}]' > /www/api/kernels; httpd -f -p 8080 -h /www`)
	recipe.SignIn, recipe.Ready, recipe.Status = notebook.SignIn{Method: notebook.SignInTokenEnv, Env: "JUPYTER_TOKEN"},
		"api/index.html", "api/status"
	l := newStandIn(t, enginetest.Shared(t), recipe)
	busy := filepath.Join(filepath.Dir(l.folder), "computing")
	if err := os.Mkdir(busy, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(busy, "busy"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	l.want(l.launch(), job.Done, "")
	idle := l.server().Container
	l.want(l.done(l.launcher.Launch(launcher.Launch{Recipe: recipe, Folder: busy, Port: freePort(t)}), nil), job.Done, "")
	stopped := make(chan notebook.Server, 10)
	every := launcher.IdleEvery
	launcher.IdleEvery = 20 * time.Millisecond
	t.Cleanup(func() { launcher.IdleEvery = every })
	l.launcher.StopIdle([]notebook.Recipe{recipe}, func() time.Duration { return time.Second },
		func(s notebook.Server, _ time.Duration) { stopped <- s })
	if s := <-stopped; s.Container.ID != idle.ID {
		t.Errorf("%s is stopped", s.Container.Name)
	}
	l.until("it is stopped", func() bool { return !l.look(idle.ID).Running() })
	if c := l.look("computing"); !c.Running() {
		t.Error("one that computes was stopped")
	}
}

// TestNoRoom refuses a download that cannot fit, before it begins.
func TestNoRoom(t *testing.T) {
	l := newStandIn(t, enginetest.Start(t, enginetest.WithDataRootTmpfs(24<<20)), script("httpd -f -p 8080 -h /www"))
	r := enginetest.StartRegistry(t)
	ref := enginetest.LayeredImage(t, r, 2, 12<<20)
	v := l.done(l.launcher.Launch(launcher.Launch{Recipe: l.recipe, Image: ref, Folder: l.folder}), nil)
	l.want(v, job.Failed, model.ProblemDiskFull)
	if v.Problem != nil && !strings.Contains(words.Of(v.Problem.What).String(), "Not enough disk space") {
		t.Errorf("%+v", v.Problem)
	}
	if _, err := l.engine().Image(l.ctx(), ref); !model.IsKind(err, model.ProblemNotFound) {
		t.Errorf("it was downloaded: %v", err)
	}
	if !strings.Contains(fmt.Sprint(v.Steps), "actions.download") || v.Step != 0 {
		t.Errorf("it ended in step %d of %q", v.Step, v.Steps)
	}
}
