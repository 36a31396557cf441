//go:build linux

package actions_test

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"slipway/assets"
	"slipway/engine"
	"slipway/engine/actions"
	"slipway/engine/enginetest"
	"slipway/engine/job"
	"slipway/engine/launcher"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/runspec"
	"slipway/engine/words"
)

// folderBench is a bench with a folder and a recipe of the real Jupyter image.
type folderBench struct {
	*bench
	folder string
	recipe notebook.Recipe
	urls   func() []string
}

func newLauncher(t *testing.T) *folderBench {
	t.Helper()
	dir, urls := enginetest.XDGOpenRecorder(t)
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	private := enginetest.Shared(t)
	_, ref := enginetest.JupyterRegistry(t)
	l := &folderBench{bench: newBench(t, private), folder: filepath.Join(t.TempDir(), "thesis"), urls: urls}
	if err := os.Mkdir(l.folder, 0o755); err != nil {
		t.Fatal(err)
	}
	recipes, problems := notebook.Load(assets.Recipes, nil, "en")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	l.recipe = recipes[0]
	l.recipe.Image, l.recipe.Tags = strings.TrimSuffix(ref, ":"+enginetest.JupyterTag), []string{enginetest.JupyterTag}
	t.Cleanup(func() {
		for _, s := range launcher.Servers(l.session, l.session.Live.Snapshot(), []notebook.Recipe{l.recipe}) {
			private.RemoveForced(t, s.Container.ID)
		}
	})
	return l
}

func (l *folderBench) launch() job.View {
	l.Helper()
	return l.done(l.launcher.Launch(launcher.Launch{Recipe: l.recipe, Folder: l.folder, Port: freePort(l.T)}), nil)
}

// server is the one server that there is.
func (l *folderBench) server() notebook.Server {
	l.Helper()
	var list []notebook.Server
	l.until("one server", func() bool {
		list = launcher.Servers(l.session, l.session.Live.Snapshot(), []notebook.Recipe{l.recipe})
		return len(list) == 1
	})
	return list[0]
}

// containers is how many there are.
func (l *folderBench) containers() int {
	l.Helper()
	list, err := l.engine().Containers(l.ctx(), false)
	if err != nil {
		l.Fatal(err)
	}
	return len(list)
}

// TestLaunch launches a folder for the first time, opens it again, and starts it again after it was stopped.
func TestLaunch(t *testing.T) {
	l := newLauncher(t)
	before := l.containers()
	l.want(l.launch(), job.Done, "")
	s := l.server()
	if got := l.urls(); len(got) != 1 || got[0] != s.URL() || !strings.Contains(got[0], "/lab?token="+s.Token) ||
		len(s.Token) != 48 {
		t.Fatalf("opened %q, the server is %+v", got, s)
	}
	if s.Folder != l.folder || s.Port.HostIP != "127.0.0.1" || s.Container.Name != "thesis" || s.Open() || s.Wide() {
		t.Errorf("%+v", s)
	}
	if dom := enginetest.Chromium(t, s.URL(), "notebook_list"); !strings.Contains(dom, "notebook_list") ||
		strings.Contains(dom, "password_input") {
		t.Errorf("the browser is not signed in: %.1000s", dom)
	}
	l.saveNotebook(s, "first.ipynb")
	info, err := os.Stat(filepath.Join(l.folder, "first.ipynb"))
	if err != nil {
		t.Fatal(err)
	}
	if uid := ownerOf(info); uid != os.Getuid() {
		t.Errorf("the file belongs to user %d", uid)
	}

	l.want(l.launch(), job.Done, "")
	if again := l.server(); again.Container.ID != s.Container.ID || len(l.urls()) != 2 {
		t.Errorf("a second click made %s", again.Container.ID)
	}

	if _, _, err := l.engine().Exec(l.ctx(), s.Container.ID, "touch", "/opt/package"); err != nil {
		t.Fatal(err)
	}
	l.removal.Stop(s.Container)
	l.until("it is stopped", func() bool { return !l.server().Container.Running() })
	l.want(l.launch(), job.Done, "")
	if again := l.server(); again.Container.ID != s.Container.ID || !again.Container.Running() || len(l.urls()) != 3 {
		t.Errorf("starting again made %+v", again.Container)
	}
	if _, code, err := l.engine().Exec(l.ctx(), s.Container.ID, "test", "-e", "/opt/package"); err != nil || code != 0 {
		t.Errorf("what was installed is gone: %d %v", code, err)
	}
	if err := l.engine().Pause(l.ctx(), s.Container); err != nil {
		t.Fatal(err)
	}
	l.want(l.launch(), job.Done, "")
	if c := l.look(s.Container.ID); c.State != model.StateRunning || len(l.urls()) != 4 {
		t.Errorf("a paused one was not resumed and opened: %+v", c)
	}
	if n := l.containers(); n != before+1 {
		t.Errorf("there are %d containers, before there were %d", n, before)
	}
	if entries, _ := os.ReadDir(l.folder); len(entries) > 2 { // Jupyter's checkpoints, and the notebook
		t.Errorf("left in the folder: %v", entries)
	}
	for _, line := range l.journal() {
		if strings.Contains(line, s.Token) {
			t.Errorf("the token is in the history: %s", line)
		}
	}
}

// saveNotebook writes a notebook through the server, as the browser does.
func (l *folderBench) saveNotebook(s notebook.Server, name string) {
	l.Helper()
	body := `{"type":"notebook","content":{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":4}}`
	request, err := http.NewRequestWithContext(l.ctx(), http.MethodPut, "http://"+s.Address()+"/api/contents/"+name,
		strings.NewReader(body))
	if err != nil {
		l.Fatal(err)
	}
	request.Header.Set("Authorization", "token "+s.Token)
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		l.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusCreated {
		l.Fatalf("saving says %s", response.Status)
	}
}

// TestLaunchPortTaken takes the next port when a foreign server has the wanted one.
func TestLaunchPortTaken(t *testing.T) {
	l := newLauncher(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := uint16(taken.Addr().(*net.TCPAddr).Port)
	plan, err := l.launcher.PlanLaunch(l.ctx(), launcher.Launch{Recipe: l.recipe, Folder: l.folder, Port: port})
	if err != nil || plan.HostPort == port || plan.HostPort == 0 {
		t.Fatalf("%+v %v", plan, err)
	}
	if line := plan.Command().String(); !strings.Contains(line, "-p 127.0.0.1:"+strconv.Itoa(int(plan.HostPort))+
		":8888") || !strings.Contains(line, "-e JUPYTER_TOKEN ") {
		t.Errorf("the command is %s", line)
	}
	l.want(l.done(l.launcher.Launch(launcher.Launch{Recipe: l.recipe, Folder: l.folder, Port: port}), nil), job.Done, "")
	if s := l.server(); s.Port.HostPort == port {
		t.Errorf("it is on the taken port %d", port)
	}
}

// TestLaunchFailures leaves nothing behind.
func TestLaunchFailures(t *testing.T) {
	l := newLauncher(t)
	l.want(l.launch(), job.Done, "") // the image is here
	l.private.RemoveForced(t, l.server().Container.ID)
	before := l.containers()
	clean := func(what string) {
		t.Helper()
		if n := l.containers(); n != before {
			t.Errorf("%s leaves %d containers", what, n-before)
		}
		if entries, _ := os.ReadDir(l.folder); len(entries) > 0 {
			t.Errorf("%s leaves in the folder: %v", what, entries)
		}
	}
	good := l.recipe

	l.recipe.Command = []string{"sh", "-c", "echo no such module >&2; exit 7"}
	v := l.launch()
	l.want(v, job.Failed, model.ProblemExited)
	if v.Problem != nil && !strings.Contains(v.Problem.Raw(), "no such module") {
		t.Errorf("its last lines are not told: %+v", v.Problem)
	}
	clean("an early end")

	// A server that answers, but takes no token of ours.
	l.recipe = good
	l.recipe.Command = []string{"sh", "-c", "unset JUPYTER_TOKEN; exec start-notebook.sh --NotebookApp.token=another"}
	v = l.launch()
	l.want(v, job.Failed, model.ProblemSignIn)
	clean("a server with another token")
	l.recipe = good

	for _, phase := range []string{"Check", "Create", "Start", "Test the folder", "Wait for the notebook"} {
		l.atPhase(phase, func(v job.View) { l.session.Jobs.Cancel(v.ID) })
		v := l.launch()
		if v.State != job.Cancelled {
			t.Errorf("cancelled at %q, it is %s: %+v", phase, v.State, v.Problem)
		}
		clean("a cancel at " + phase)
	}

	opened := len(l.urls())
	gone := filepath.Join(l.folder, "none")
	v = l.done(l.launcher.Launch(launcher.Launch{Recipe: l.recipe, Folder: gone}), nil)
	l.want(v, job.Failed, model.ProblemNotFound)
	v = l.done(l.launcher.Launch(launcher.Launch{Recipe: l.recipe, Folder: "/etc/hosts"}), nil)
	l.want(v, job.Failed, model.ProblemBadInput)
	readOnly := filepath.Join(t.TempDir(), "ro")
	mountReadOnly(t, l.folder, readOnly)
	v = l.done(l.launcher.Launch(launcher.Launch{Recipe: l.recipe, Folder: readOnly}), nil)
	l.want(v, job.Failed, model.ProblemPermission)
	clean("a folder that cannot be used")
	if len(l.urls()) != opened {
		t.Errorf("the browser was opened: %q", l.urls()[opened:])
	}
}

// TestLaunchAsUsers runs the container as the users that docker-stacks must be told, and saves as them.
func TestLaunchAsUsers(t *testing.T) {
	l := newLauncher(t)
	l.want(l.launch(), job.Done, "") // the image is here
	e := l.engine()
	l.private.RemoveForced(t, l.server().Container.ID)
	for _, uid := range []int{1000, 4711} {
		folder := t.TempDir()
		if err := os.Chown(folder, uid, uid); err != nil {
			t.Fatal(err)
		}
		wish := notebook.Launch{
			Recipe: l.recipe, Image: l.recipe.Reference(), Folder: folder, HostPort: freePort(t), Token: notebook.NewToken(),
			Host: notebook.Host{UID: uid, GID: uid, Engine: e.Info(), Locality: e.Locality()},
		}
		c := l.started(wish.Spec())
		if err := notebook.TryFolder(l.ctx(), e, c.ID, folder, l.recipe.Mount); err != nil {
			t.Errorf("user %d: %v", uid, err)
		}
		s := notebook.Servers([]model.Container{c}, []notebook.Recipe{l.recipe},
			notebook.Place{Locality: model.ThisComputer})[0]
		if answer, err := notebook.Wait(l.ctx(), s, limit); answer != notebook.Up || err != nil {
			t.Fatalf("user %d: %s %v", uid, answer, err)
		}
		l.saveNotebook(s, "theirs.ipynb")
		info, err := os.Stat(filepath.Join(folder, "theirs.ipynb"))
		if err != nil || ownerOf(info) != uid {
			t.Errorf("user %d: the file belongs to %d, %v", uid, ownerOf(info), err)
		}
	}
	// A folder that the container's user may not write into.
	folder := t.TempDir()
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	wish := notebook.Launch{
		Recipe: l.recipe, Image: l.recipe.Reference(), Folder: folder, HostPort: freePort(t),
		Token: notebook.NewToken(), Host: notebook.Host{UID: 4711, GID: 4711},
	}
	c := l.started(wish.Spec())
	if err := notebook.TryFolder(l.ctx(), e, c.ID, folder, l.recipe.Mount); !model.IsKind(err, model.ProblemPermission) {
		t.Errorf("a folder of somebody else: %v", err)
	}
	if entries, _ := os.ReadDir(folder); len(entries) > 0 {
		t.Errorf("left behind: %v", entries)
	}
}

// TestLaunchOfAnUnseenFolder stops before anything can be lost where the engine has no such folder, or another one at
// its path.
func TestLaunchOfAnUnseenFolder(t *testing.T) {
	if enginetest.Podman() {
		t.Skip("a private Podman has a mount namespace of its own")
	}
	hidden := t.TempDir()
	absent, twin := filepath.Join(hidden, "absent"), filepath.Join(hidden, "twin")
	if err := errors.Join(os.Mkdir(absent, 0o755), os.Mkdir(twin, 0o755)); err != nil {
		t.Fatal(err)
	}
	b := newBench(t, enginetest.Start(t, enginetest.WithHidden(hidden, twin)))
	recipes, _ := notebook.Load(assets.Recipes, nil, "en")
	r := recipes[0]
	r.Image, r.Tags, _ = cutTag(b.image)
	r.Command = []string{"sleep", "1d"}
	for _, folder := range []string{absent, twin} {
		v := b.done(b.launcher.Launch(launcher.Launch{Recipe: r, Folder: folder, Port: freePort(t)}), nil)
		b.want(v, job.Failed, model.ProblemNotFound)
		if !strings.Contains(words.Of(v.Problem.Why).String(), "The engine can't see this folder") ||
			strings.Contains(words.Details(v.Problem).String(), "virtual machine") {
			t.Errorf("%s: %+v", folder, v.Problem)
		}
		if left, _ := os.ReadDir(folder); len(left) > 0 {
			t.Errorf("%s: left %v", folder, left)
		}
	}
}

// cutTag is a reference in two.
func cutTag(ref string) (image string, tags []string, ok bool) {
	at := strings.LastIndex(ref, ":")
	if at < 0 {
		return ref, []string{"latest"}, false
	}
	return ref[:at], []string{ref[at+1:]}, true
}

// TestForeignJupyter finds the token of a server that somebody else started, each way alone.
func TestForeignJupyter(t *testing.T) {
	l := newLauncher(t)
	l.want(l.launch(), job.Done, "") // the image is here
	l.private.RemoveForced(t, l.server().Container.ID)
	e := l.engine()
	wish := notebook.Launch{Recipe: l.recipe, Image: l.recipe.Reference(), Folder: l.folder, HostPort: freePort(t)}
	s := wish.Spec()
	s.Labels, s.Env = nil, nil // its token is its own, and random
	s.Env = append(s.Env, runspec.Env{Name: "NOTEBOOK_ARGS", Value: "--ServerApp.base_url=/some/where"})
	list := notebook.Servers([]model.Container{l.started(s)}, nil, notebook.Place{Locality: model.ThisComputer})
	if len(list) != 1 || list[0].Known || list[0].Base != "/some/where/" {
		t.Fatalf("%+v", list)
	}
	for name, src := range map[string]notebook.Source{
		"files":   only{Source: e, files: true},
		"command": only{Source: e, command: true},
		"output":  only{Source: e, output: true},
	} {
		var found notebook.Server
		l.until("the token by its "+name, func() bool {
			found = notebook.Look(l.ctx(), src, list[0])
			return found.Known
		})
		if len(found.Token) != 48 || notebook.Ask(l.ctx(), found) != notebook.Up {
			t.Errorf("%s: %+v", name, found)
		}
	}
	// A launch that wants the foreign server's port takes the next one.
	if plan, err := l.launcher.PlanLaunch(l.ctx(), launcher.Launch{
		Recipe: l.recipe, Folder: t.TempDir(),
		Port: list[0].Port.HostPort,
	}); err != nil || plan.HostPort == list[0].Port.HostPort {
		t.Errorf("port %d is taken by another Jupyter, and the plan is %+v %v", list[0].Port.HostPort, plan, err)
	}
	l.launcher.OpenServer(list[0])
	l.until("the browser", func() bool { return len(l.urls()) == 2 })
	if got := l.urls()[1]; !strings.Contains(got, "/some/where/tree?token=") {
		t.Errorf("opened %s", got)
	}
}

var errNotAsked = errors.New("this way is closed")

func ownerOf(info fs.FileInfo) int {
	if info == nil {
		return -1
	}
	return int(info.Sys().(*syscall.Stat_t).Uid)
}

// mountReadOnly shows a folder at another path where nobody may write, not even root.
func mountReadOnly(t *testing.T, folder, at string) {
	t.Helper()
	if err := os.Mkdir(at, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount(folder, at, "", syscall.MS_BIND, ""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(at, 0); err != nil {
			t.Error(err)
		}
	})
	if err := syscall.Mount("", at, "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
}

// only leaves one way to find a token.
type only struct {
	notebook.Source
	files, command, output bool
}

func (o only) SmallFiles(ctx context.Context, id, dir string) ([]engine.File, error) {
	if !o.files {
		return nil, errNotAsked
	}
	return o.Source.SmallFiles(ctx, id, dir)
}

func (o only) Exec(ctx context.Context, id string, argv ...string) (string, int, error) {
	if !o.command {
		return "", 0, errNotAsked
	}
	return o.Source.Exec(ctx, id, argv...)
}

func (o only) LastLines(ctx context.Context, id string, n int) ([]string, error) {
	if !o.output {
		return nil, errNotAsked
	}
	return o.Source.LastLines(ctx, id, n)
}

// TestBusyStop asks before a notebook is stopped that computes.
func TestBusyStop(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	s := b.sh("busy",
		`mkdir -p /www/api && echo '[{"id":"k","execution_state":"busy"}]' > /www/api/kernels && echo '[{"path":"long.ipynb","kernel":{"id":"k"}}]' > /www/api/sessions
		trap 'exit 0' TERM; httpd -f -p 8888 -h /www & wait`)
	s.Env = []runspec.Env{{Name: "JUPYTER_TOKEN", Value: "t"}}
	s.Ports = []runspec.Port{{HostIP: "127.0.0.1", HostPort: freePort(t), Container: 8888}}
	c := b.started(s)
	answers := make(chan bool, 2)
	asked := make(chan actions.BusyStop, 2)
	b.person.mu.Lock()
	b.person.busy = func(q actions.BusyStop) bool { asked <- q; return <-answers }
	b.person.mu.Unlock()
	b.until("the stand-in answers", func() bool {
		response, err := http.Get("http://127.0.0.1:" + strconv.Itoa(int(s.Ports[0].HostPort)) + "/api/kernels")
		if err == nil {
			response.Body.Close()
		}
		http.DefaultClient.CloseIdleConnections()
		return err == nil && response.StatusCode == http.StatusOK
	})
	answers <- false
	b.removal.Stop(c)
	if q := <-asked; q.Container.ID != c.ID || len(q.Notebooks) != 1 || q.Notebooks[0] != "long.ipynb" {
		t.Errorf("%+v", q)
	}
	answers <- true
	b.removal.Stop(c) // it still runs, and is asked about again
	<-asked
	b.want(b.ended("Stop busy"), job.Done, "")
	if b.look(c.ID).Running() {
		t.Error("it runs on")
	}
	b.wantJournal("done: docker stop busy")
}
