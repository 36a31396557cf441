//go:build linux

package practice_test

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/engine"
	"slipway/engine/model"
	"slipway/engine/practice"
	"slipway/engine/runspec"
	"slipway/engine/words"

	"github.com/docker/docker/api/types/container"
)

// runs starts a container that goes on.
func runs(t *testing.T, p *practice.Engine, e *engine.Engine, spec runspec.Spec) model.Container {
	t.Helper()
	spec.Image = p.AddTiny()
	if spec.Command == nil {
		spec.Command = []string{"sh", "-c", "trap 'exit 0' TERM; sleep infinity & wait"}
	}
	id, _, err := e.Create(t.Context(), spec, nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := e.Container(t.Context(), id)
	if err == nil {
		err = e.Start(t.Context(), c)
	}
	if err != nil {
		t.Fatal(err)
	}
	if c, err = e.Container(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestShell runs lines of a shell in a container.
func TestShell(t *testing.T) {
	p := start(t, practice.Options{})
	e := connect(t, p)
	c := runs(t, p, e, runspec.Spec{Name: "shell", Env: []runspec.Env{{Name: "A", Value: "1 2"}}})
	for line, want := range map[string]string{
		`echo "$A" $HOME`: "1 2 /root\n",
		`pwd; cd /etc; pwd; cat hostname >/dev/null`: "/work\n/etc\n",
		`(cd /etc); pwd`:                                                                    "/work\n",
		`printf 'b\na\n' | sort | head -n 1`:                                                "a\n",
		`seq 3 | tail -n 1; seq 3 | wc -l`:                                                  "3\n3\n",
		`mkdir -p /a/b; echo x > /a/b/c; cp /a/b/c /a/d; rm -r /a/b; ls /a`:                 "d\n",
		`ln -s /etc /link; cd /link; ls passwd; test -L /link && [ -d /link/. ] && echo ok`: "passwd\nok\n",
		`nosuch`:    "sh: nosuch: executable file not found in $PATH\n",
		`cat /none`: "cat: /none: No such file or directory\n",
		`set -- 1 2 3 4 5 6 7 8 9 ten; echo "${10}"`:         "ten\n",
		`echo abc | tr a-c A-C; echo "$$" >/dev/null`:        "ABC\n",
		`for i in 1 2; do echo $i; done; x=5; echo $((x*2))`: "1\n2\n10\n",
		`sleep 100 & kill -9 $!; wait; echo over`:            "over\n",
		`command -v cat; command -v nosuch || echo none`:     "/bin/cat\nnone\n",
		`find / -name passwd`:                                "/etc/passwd\n",
		`stat -c '%s %a' /www/index.html`:                    "39 644\n",
	} {
		out, _, err := e.Exec(t.Context(), c.ID, "sh", "-c", line)
		if err != nil || out != want {
			t.Errorf("%s: %q, not %q, %v", line, out, want, err)
		}
	}
}

// TestInput types into programs without a terminal before they run, ends their input, and ends an engine
// with one that waits for more.
func TestInput(t *testing.T) {
	p := start(t, practice.Options{})
	e := connect(t, p)
	cli := plain(t, p)
	typed := func(end bool, text string, argv ...string) string {
		t.Helper()
		r, err := cli.ContainerCreate(t.Context(), &container.Config{
			Image: p.AddTiny(), Cmd: argv, OpenStdin: true,
			StdinOnce: true, AttachStdin: true,
		}, nil, nil, nil, "")
		if err != nil {
			t.Fatal(err)
		}
		conn, err := cli.ContainerAttach(t.Context(), r.ID,
			container.AttachOptions{Stream: true, Stdin: true, Stdout: true, Stderr: true})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if err := cli.ContainerStart(t.Context(), r.ID, container.StartOptions{}); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Conn.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if !end {
			return ""
		}
		if err := conn.CloseWrite(); err != nil {
			t.Fatal(err)
		}
		if _, err := e.Wait(t.Context(), r.ID); err != nil {
			t.Fatal(err)
		}
		lines, err := e.LastLines(t.Context(), r.ID, 10)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(lines, "|")
	}
	for _, c := range []struct {
		text, want string
		argv       []string
	}{
		{"echo in; pwd\n", "in|/work", []string{"sh"}},
		{"echo in; pwd\n", "echo in; pwd", []string{"cat"}},
		{"read x\nhello\necho \"it is $x\"\ncat\nthe rest\n", "it is hello|the rest", []string{"sh"}},
		{"if true\nthen echo yes\nfi\nexit 3\necho never\n", "yes", []string{"sh"}},
		{"echo a\nfi\necho b\n", `a|sh: syntax error: 2:1: "fi" can only be used to end an if`, []string{"sh"}},
		{"one\ntwo\n", "one-two", []string{"sh", "-c", "read a; read b; echo $a-$b"}},
	} {
		if got := typed(true, c.text, c.argv...); got != c.want {
			t.Errorf("%q in %q: %q, not %q", c.text, c.argv, got, c.want)
		}
	}
	typed(false, "echo in\n", "sh")
	typed(false, "echo in\n", "cat")
}

// TestFolderStays mounts a folder of this computer: it is read, and whatever is done in the container, it stays as it
// was.
func TestFolderStays(t *testing.T) {
	p := start(t, practice.Options{})
	e := connect(t, p)
	dir, outside := t.TempDir(), t.TempDir()
	for name, text := range map[string]string{dir + "/a": "mine", outside + "/secret": "hidden"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(outside, dir+"/way-out"); err != nil {
		t.Fatal(err)
	}
	c := runs(t, p, e,
		runspec.Spec{Name: "folder", Mounts: []runspec.Mount{{Kind: runspec.Bind, Source: dir, Target: "/w"}}})
	out, _, err := e.Exec(t.Context(), c.ID, "sh", "-c",
		"cat /w/a; cat /w/way-out/secret; echo other > /w/a; echo new > /w/b; cat /w/a /w/b; rm -rf /w/*; ls -a /w")
	if want := "minecat: /w/way-out/secret: No such file or directory\nother\nnew\n"; err != nil || out != want {
		t.Errorf("%q, %v", out, err)
	}
	list, err := os.ReadDir(dir)
	data, _ := os.ReadFile(filepath.Join(dir, "a"))
	if err != nil || len(list) != 2 || string(data) != "mine" {
		t.Errorf("on this computer: %v, %q, %v", list, data, err)
	}
}

// TestArchiveStaysInside unpacks names that lead elsewhere: they lead nowhere but into the folder.
func TestArchiveStaysInside(t *testing.T) {
	p := start(t, practice.Options{})
	e := connect(t, p)
	c := runs(t, p, e, runspec.Spec{Name: "archive"})
	var text bytes.Buffer
	w := tar.NewWriter(&text)
	for _, name := range []string{"../../up", "/abs", "a/../../b"} {
		if err := w.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o644}); err != nil {
			t.Fatal(err)
		}
	}
	w.Close()
	if err := e.CopyIn(t.Context(), c.ID, "/data", &text); err != nil {
		t.Fatal(err)
	}
	out, _, err := e.Exec(t.Context(), c.ID, "sh", "-c", "ls /data; ls / | grep -c 'up\\|abs'")
	if err != nil || out != "abs\nb\nup\n0\n" {
		t.Errorf("%q, %v", out, err)
	}
}

// TestFaults has the engine hang, fail, cut connections and die, and be well again.
func TestFaults(t *testing.T) {
	p := start(t, practice.Options{})
	e := connect(t, p)
	c := runs(t, p, e, runspec.Spec{Name: "faults"})
	p.Freeze()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := e.Ping(ctx); err == nil {
		t.Error("a frozen engine answers")
	}
	p.Mend()
	if err := e.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	p.Fail(practice.Fault{Call: "POST /containers/*/stop", Status: 500, Text: "no space left on device", Times: 1})
	if err := e.Stop(t.Context(), c, 0); !model.IsKind(err, model.ProblemDiskFull) {
		t.Errorf("%v", err)
	}
	p.Fail(practice.Fault{Call: "POST /containers/*/pause", Cut: true, Times: 1})
	if err := e.Pause(t.Context(), c); err == nil {
		t.Error("a connection that was cut answers")
	}
	p.Die()
	if err := e.Ping(t.Context()); !model.IsKind(err, model.ProblemConnectionLost) {
		t.Errorf("%v", err)
	}
	if err := p.Revive(); err != nil {
		t.Fatal(err)
	}
	if now, err := e.Container(t.Context(), c.ID); err != nil || !now.Running() {
		t.Errorf("%+v, %v", now, err)
	}
}

// TestDesktop answers as Docker Desktop does: from a virtual machine, with folders of Windows.
func TestDesktop(t *testing.T) {
	p := start(t, practice.Options{Desktop: true})
	e := connect(t, p)
	if e.Locality() != model.VirtualMachine || e.Info().OperatingSystem != "Docker Desktop" {
		t.Errorf("%s, %+v", e.Locality(), e.Info())
	}
	c := runs(t, p, e, runspec.Spec{Name: "windows", Mounts: []runspec.Mount{{
		Kind: runspec.Bind, Source: `C:\Users\me\x`,
		Target: "/work", Options: []string{"rw"},
	}}})
	if !slices.ContainsFunc(c.Mounts, func(m model.Mount) bool {
		return m.Source == `C:\Users\me\x` && m.Destination == "/work"
	}) {
		t.Errorf("%+v", c.Mounts)
	}
	s, _, err := e.Spec(t.Context(), c.ID)
	if err != nil || len(s.Mounts) != 1 || s.Mounts[0].Source != `C:\Users\me\x` {
		t.Errorf("%+v, %v", s.Mounts, err)
	}
}

// TestCatalogue pulls an image that is made up, with progress, once; another one is cancelled.
func TestCatalogue(t *testing.T) {
	p := start(t, practice.Options{})
	e := connect(t, p)
	half := false
	err := e.Pull(t.Context(), "nginx:1.29", func(s engine.PullProgress) { half = half || s.Done > 0 && s.Done < s.Total })
	if err != nil || !half {
		t.Errorf("%v, seen half way: %v", err, half)
	}
	i, err := e.Image(t.Context(), "nginx:1.29")
	if err != nil || i.Size < 100<<20 || len(i.Digests) != 1 {
		t.Errorf("%+v, %v", i, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = e.Pull(ctx, "python", func(engine.PullProgress) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if err := e.Pull(t.Context(), "no/such", nil); err == nil ||
		!strings.Contains(words.Error(err).String(), "no such image") {
		t.Errorf("%v", err)
	}
}
