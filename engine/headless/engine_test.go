//go:build linux

package headless

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/assets"
	"slipway/engine"
	"slipway/engine/endpoint"
	"slipway/engine/enginetest"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/settings"
)

// commandEnv makes the test binary the command itself, so that it can be sent signals.
const commandEnv = "SLIPWAY_TEST_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(commandEnv) != "" {
		c, err := Parse(os.Args[1:])
		if err != nil {
			os.Exit(ExitUsage)
		}
		os.Exit(Run(c, NewTerminal(os.Stdin, os.Stdout, os.Stderr), "test"))
	}
	os.Exit(enginetest.Main(m))
}

// limit is how long anything here may take that has no limit of its own.
const limit = 90 * time.Second

// bench is a private engine with a real Jupyter image in a registry, a home and a folder.
type bench struct {
	*testing.T
	private *enginetest.Engine
	engine  *engine.Engine
	folder  string
	urls    func() []string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{T: t, private: enginetest.Shared(t)}
	_, ref := enginetest.JupyterRegistry(t)
	isolate(t)
	t.Setenv("DOCKER_HOST", b.private.Host())
	var dir string
	dir, b.urls = enginetest.XDGOpenRecorder(t)
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	ownRecipe(t, "private", ref, nil)
	ownRecipe(t, "broken", ref, map[string]string{"order:": "order: 99\ncommand: [sh, -c, echo it is broken >&2; exit 9]"})
	var err error
	if b.folder, err = filepath.EvalSymlinks(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	b.folder = filepath.Join(b.folder, "my thesis")
	if err := os.Mkdir(b.folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if b.engine, err = engine.Connect(t.Context(),
		endpoint.Endpoint{Name: "private", Source: endpoint.FromSocket, Host: b.private.Host()}, enginetest.Key); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.engine.Close() })
	return b
}

func isolate(t *testing.T) {
	t.Helper()
	home := t.TempDir()
	for name, value := range map[string]string{
		"HOME": home, "XDG_CONFIG_HOME": filepath.Join(home, ".config"), "XDG_RUNTIME_DIR": home,
		"DOCKER_CONFIG": filepath.Join(home, ".docker"),
		"DOCKER_HOST":   "", "DOCKER_CONTEXT": "", "DOCKER_TLS_VERIFY": "", "DOCKER_CERT_PATH": "", "DOCKER_API_VERSION": "",
	} {
		t.Setenv(name, value)
	}
	settings.DefaultPath() // reads the environment anew
}

// ownRecipe writes a recipe as a user has it, for the image of the test's registry; change replaces lines by how they
// begin.
func ownRecipe(t *testing.T, id, ref string, change map[string]string) {
	t.Helper()
	text, err := assets.Recipes.ReadFile("recipes/scipy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	at := strings.LastIndex(ref, ":")
	lines := strings.Split(string(text), "\n")
	for i, l := range lines {
		switch {
		case strings.HasPrefix(l, "name:"):
			lines[i] = "name: Private " + id // one of Slipway's would be asked about
		case strings.HasPrefix(l, "image:"):
			lines[i] = "image: " + ref[:at]
		case strings.HasPrefix(l, "tags:"):
			lines[i] = "tags: [" + ref[at+1:] + "]"
		}
		for begin, to := range change {
			if strings.HasPrefix(l, begin) {
				lines[i] = to
			}
		}
	}
	dir := filepath.Join(os.Getenv("XDG_CONFIG_HOME"), "slipway", "recipes")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, id+".yaml"), []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
}

// run does a command in this process.
func (b *bench) run(args ...string) (code int, out, errs string) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), limit)
	defer cancel()
	c, err := Parse(args)
	if err != nil {
		b.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	code = run(ctx, c, Terminal{In: strings.NewReader(""), Out: &stdout, Err: &stderr}, "test", limit)
	return code, stdout.String(), stderr.String()
}

// json does a command that is to succeed and reads its one object.
func (b *bench) json(args ...string) (r result, errs string) {
	b.Helper()
	code, out, errs := b.run(append(args, "--no-window", "--json")...)
	decoder := json.NewDecoder(strings.NewReader(out))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&r); code != ExitOpen || err != nil || strings.Count(out, "\n") != 1 {
		b.Fatalf("%v: code %d, %v\n%s\n%s", args, code, err, out, errs)
	}
	b.Cleanup(func() { b.private.RemoveForced(b.T, r.Container) })
	return r, errs
}

// containers is how many there are.
func (b *bench) containers() int {
	b.Helper()
	list, err := b.engine.Containers(b.Context(), false)
	if err != nil {
		b.Fatal(err)
	}
	return len(list)
}

// TestLaunchCommand cancels a first launch in its download with Ctrl+C, then launches, reuses what runs and what is
// stopped, and cancels another launch at each later step.
func TestLaunchCommand(t *testing.T) {
	b := newBench(t)
	before := b.containers()
	b.cancelled("Download", before)

	r, errs := b.json("launch", "private", b.folder)
	if r.Container != "my-thesis" || r.Folder != b.folder || r.Recipe != "private" || r.Reused || r.Port == 0 {
		t.Errorf("%+v", r)
	}
	for _, step := range []string{
		"Check\n", "Download\n", "Create\n", "Start\n", "Wait for the notebook\n",
		"Open the browser\n", "my-thesis is open in the browser\n",
	} {
		if !strings.Contains(errs, step) {
			t.Errorf("stderr has no %q:\n%s", step, errs)
		}
	}
	if got := b.urls(); len(got) != 1 || got[0] != r.URL {
		t.Errorf("opened %q, printed %s", got, r.URL)
	}
	if dom := enginetest.Chromium(t, r.URL, "notebook_list"); !strings.Contains(dom, "notebook_list") ||
		strings.Contains(dom, "password_input") {
		t.Errorf("the browser is not signed in:\n%.1000s", dom)
	}
	remembered := func() {
		t.Helper()
		file, _ := settings.Open(settings.DefaultPath())
		if p := file.Get().Projects; len(p) != 1 || p[0] != (settings.Project{
			Folder: b.folder, Recipe: "private",
			Port: r.Port,
		}) || file.Get().Folder != b.folder {
			t.Errorf("remembered %+v", p)
		}
	}
	remembered()

	t.Chdir(b.folder) // the working directory is the folder
	if again, _ := b.json("launch", "--no-browser"); !again.Reused || again.URL != r.URL {
		t.Errorf("again it is %+v", again)
	}
	if n := len(b.urls()); n != 1 {
		t.Errorf("the browser was opened %d times", n)
	}
	code, out, errs := b.run("launch", "--no-window", "--no-browser", ".")
	if code != ExitOpen || out != r.URL+"\n" || strings.Contains(errs, "browser") {
		t.Errorf("code %d, printed %q and %q", code, out, errs)
	}
	c, err := b.engine.Container(t.Context(), r.Container)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.engine.Stop(t.Context(), c, 10); err != nil {
		t.Fatal(err)
	}
	if again, _ := b.json("launch"); !again.Reused || again.Container != r.Container || again.Port != r.Port {
		t.Errorf("started again it is %+v", again)
	}
	remembered()
	if n := b.containers(); n != before+1 {
		t.Errorf("there are %d containers, before there were %d", n, before)
	}

	t.Chdir("/")
	b.folder += " 2"
	if err := os.Mkdir(b.folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, step := range []string{"Create", "Start", "Test the folder", "Wait for the notebook"} {
		b.cancelled(step, before+1)
	}
}

// cancelled launches in a process of its own, sends Ctrl+C's signal when a step begins, and looks that nothing is left.
func (b *bench) cancelled(step string, containers int) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], "launch", "private", b.folder, "--no-window", "--json")
	cmd.Env = append(os.Environ(), commandEnv+"=1")
	var out bytes.Buffer
	cmd.Stdout = &out
	stderr, err := cmd.StderrPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	var said strings.Builder
	seen := false
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		said.WriteString(lines.Text() + "\n")
		if lines.Text() == step && !seen {
			seen = true
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				b.Error(err)
			}
		}
	}
	_ = cmd.Wait() // the code tells
	var f failure
	if err := json.Unmarshal(out.Bytes(), &f); err != nil || cmd.ProcessState.ExitCode() != ExitCancelled ||
		f.Error.Kind != "cancelled" || !seen {
		b.Errorf("cancelled at %q: code %d, %v\n%s\n%s", step, cmd.ProcessState.ExitCode(), err, &out, &said)
	}
	if n := b.containers(); n != containers {
		b.Errorf("cancelled at %q, %d containers are left", step, n-containers)
	}
	if entries, _ := os.ReadDir(b.folder); len(entries) > 0 {
		b.Errorf("cancelled at %q, left in the folder: %v", step, entries)
	}
}

// TestLaunchCommandFails says what went wrong, and leaves nothing.
func TestLaunchCommandFails(t *testing.T) {
	b := newBench(t)
	before := b.containers()
	code, out, errs := b.run("launch", "broken", b.folder, "--no-window", "--json")
	var f failure
	if err := json.Unmarshal([]byte(out), &f); err != nil || code != ExitFailed ||
		f.Error.Kind != string(model.ProblemExited) || !strings.Contains(f.Error.Raw, "it is broken") || f.Error.Fix == "" {
		t.Errorf("code %d, %v: %s", code, err, out)
	}
	if !strings.Contains(errs, "  | it is broken\n") {
		t.Errorf("stderr: %s", errs)
	}
	if n := b.containers(); n != before {
		t.Errorf("%d containers are left", n-before)
	}
	code, out, _ = b.run("launch", "nothing", b.folder, "--no-window", "--json")
	if code != ExitUsage || !strings.Contains(out, `"kind":"bad-input"`) {
		t.Errorf("code %d: %s", code, out)
	}
	code, out, errs = b.run("launch", filepath.Join(b.folder, "none"), "--no-window")
	if code != ExitFailed || out != "" || !strings.Contains(errs, "does not exist") {
		t.Errorf("code %d: %s %s", code, out, errs)
	}
}

func TestNoEngine(t *testing.T) {
	isolate(t)
	t.Setenv("DOCKER_HOST", "unix://"+filepath.Join(t.TempDir(), "none.sock"))
	c, err := Parse([]string{"launch", t.TempDir(), "--no-window", "--json"})
	if err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	code := run(t.Context(), c, Terminal{In: strings.NewReader(""), Out: &out, Err: &errs}, "test", time.Second)
	var f failure
	if err := json.Unmarshal(out.Bytes(), &f); err != nil || code != ExitNoEngine || f.Error.What == "" ||
		f.Error.Fix == "" {
		t.Errorf("code %d, %v: %s\n%s", code, err, &out, &errs)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if code := run(ctx, c, Terminal{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}, "test",
		limit); code != ExitCancelled {
		t.Errorf("cancelled while waiting: code %d", code)
	}
}

// TestOpenCommand opens a notebook file: in a server that is launched for it, in the one that runs, and in those of
// somebody else that show its folder.
func TestOpenCommand(t *testing.T) {
	b := newBench(t)
	deep := filepath.Join(b.folder, "part 1")
	if err := os.Mkdir(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	text := `{"cells":[{"cell_type":"markdown","metadata":{},"source":["# the one that was meant"]}],"metadata":{"kernelspec":{"name":"python3","display_name":"Python 3"}},"nbformat":4,"nbformat_minor":4}`
	name := filepath.Join(b.folder, "first look & 100%.ipynb")
	inside := filepath.Join(deep, "second.ipynb")
	for _, f := range []string{name, inside} {
		if err := os.WriteFile(f, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	code, _, errs := b.run("open", name, "--recipe", "rstudio", "--no-window")
	if code != ExitFailed || !strings.Contains(errs, "RStudio cannot open first look & 100%.ipynb") {
		t.Errorf("with RStudio: code %d\n%s", code, errs)
	}

	foreign := b.foreign(b.folder)
	r, _ := b.json("open", inside, "--no-browser")
	if r.Container != foreign.Name || !r.Reused || !strings.Contains(r.URL, "/lab/tree/part%201/second.ipynb?token=") {
		t.Errorf("beside somebody else's it is %+v", r)
	}
	b.private.RemoveForced(t, foreign.ID)

	r, _ = b.json("open", name)
	if r.Reused || r.Folder != b.folder || !strings.Contains(r.URL, "/lab/tree/first%20look%20&%20100%25.ipynb?token=") {
		t.Errorf("launched: %+v", r)
	}
	if got := b.urls(); len(got) != 1 || got[0] != r.URL {
		t.Errorf("opened %q", got)
	}
	if dom := enginetest.Chromium(t, r.URL, "the one that was meant"); !strings.Contains(dom, "the one that was meant") {
		t.Errorf("the browser does not show it:\n%.2000s", dom)
	}
	b.foreign(deep) // its folder is nearer, but Slipway's own goes first
	if again, _ := b.json("open", inside, "--no-browser"); !again.Reused || again.Container != r.Container ||
		!strings.Contains(again.URL, "/lab/tree/part%201/second.ipynb?token=") {
		t.Errorf("below its folder it is %+v", again)
	}
	file, _ := settings.Open(settings.DefaultPath())
	if p := file.Get().Projects; len(p) != 1 || p[0].Folder != b.folder || p[0].Port != r.Port {
		t.Errorf("remembered %+v", p)
	}
}

// foreign starts a Jupyter in a folder as somebody else does, and waits until it is up.
func (b *bench) foreign(folder string) model.Container {
	b.Helper()
	recipes, _ := loadRecipes()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	port := uint16(l.Addr().(*net.TCPAddr).Port)
	l.Close()
	wish := notebook.Launch{
		Recipe: recipes[0], Image: recipes[0].Reference(), Folder: folder, HostPort: port,
		Token: notebook.NewToken(), Host: notebook.Host{UID: os.Getuid(), GID: os.Getgid(), Engine: b.engine.Info()},
	}
	spec := wish.Spec()
	spec.Labels = nil
	if err := b.pulled(spec.Image); err != nil {
		b.Fatal(err)
	}
	id, _, err := b.engine.Create(b.Context(), spec, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { b.private.RemoveForced(b.T, id) })
	if err := b.engine.Start(b.Context(), model.Container{ID: id}); err != nil {
		b.Fatal(err)
	}
	c, err := b.engine.Container(b.Context(), id)
	if err != nil {
		b.Fatal(err)
	}
	list := notebook.Servers([]model.Container{c}, nil, notebook.Place{Locality: model.ThisComputer})
	if len(list) != 1 {
		b.Fatalf("it is not found: %+v", c)
	}
	if answer, err := notebook.Wait(b.Context(), list[0], limit); answer != notebook.Up || err != nil {
		b.Fatalf("%s %v", answer, err)
	}
	return c
}

// pulled brings the image by a launch where it is not here yet.
func (b *bench) pulled(ref string) error {
	if _, err := b.engine.Image(b.Context(), ref); !model.IsKind(err, model.ProblemNotFound) {
		return err
	}
	folder := b.TempDir()
	r, _ := b.json("launch", "private", folder, "--no-browser")
	b.private.RemoveForced(b.T, r.Container)
	file, problem := settings.Open(settings.DefaultPath())
	if problem != nil {
		return problem
	}
	return file.Change(func(v *settings.Values) { v.Projects = nil })
}
