//go:build linux

package rescue

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/engine"
	"slipway/engine/endpoint"
	"slipway/engine/enginetest"
	"slipway/engine/enginetest/wait"
	"slipway/engine/model"
	"slipway/engine/runspec"

	"github.com/google/go-cmp/cmp"
)

func TestMain(m *testing.M) { os.Exit(enginetest.Main(m)) }

const limit = 90 * time.Second

// start runs a container on the shared engine, cleared away when the test ends.
func start(t *testing.T, s runspec.Spec) (*engine.Engine, model.Container) {
	t.Helper()
	private := enginetest.Shared(t)
	e, err := engine.Connect(t.Context(),
		endpoint.Endpoint{Name: "private", Source: endpoint.FromSocket, Host: private.Host()}, enginetest.Key)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	if _, err := e.Image(t.Context(), s.Image); err != nil {
		if err := e.Pull(t.Context(), s.Image, nil); err != nil {
			t.Fatal(err)
		}
	}
	id, _, err := e.Create(t.Context(), s, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { private.RemoveForced(t, id) })
	if err := e.Start(t.Context(), model.Container{ID: id}); err != nil {
		t.Fatal(err)
	}
	c, err := e.Container(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return e, c
}

func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	wait.Until(t, limit, what, is)
}

func paths(files []File) []string {
	var list []string
	for _, f := range files {
		list = append(list, f.Path)
	}
	return list
}

// TestRealContainer has files of every kind in a real container.
func TestRealContainer(t *testing.T) {
	folder := t.TempDir()
	image := enginetest.TinyImage(t, enginetest.Shared(t))
	e, c := start(t, runspec.Spec{Image: image, AutoRemove: true, Mounts: []runspec.Mount{
		{Kind: runspec.Bind, Source: folder, Target: "/work/mine/here"},
		{Kind: runspec.Volume, Source: "rescue-volume", Target: "/kept"},
	}, Command: []string{"sh", "-c", `
		cd /work; printf 12345 > notes.txt; mkdir -p a/b empty 'with space'; echo x > a/b/deep; echo x > 'with space/ü.ipynb'
		echo x > mine/here/outside; echo x > /kept/safe; echo x > /data/anonymous
		echo x >> /www/index.html; rm /etc/group; ln -s /nowhere link; chmod 700 /root
		mkdir -p .cache .ipynb_checkpoints
		echo x > .cache/c; echo x > .ipynb_checkpoints/c; echo x > /tmp/t; echo x > a/m.pyc
		mkfifo pipe; echo x > /work/done; exec sleep 100000`}})
	until(t, "it has written", func() bool { _, err := e.Stat(t.Context(), c.ID, "/work/done"); return err == nil })
	got := List(t.Context(), e, c, nil)
	want := []string{
		"/work/a/b/deep", "/work/done", "/work/link", "/work/notes.txt", "/work/pipe",
		"/work/with space/ü.ipynb", "/www/index.html",
	}
	if !slices.Equal(paths(got.Files), want) || !got.Complete || got.Problem != nil {
		t.Errorf("%+v\nwant %q", got, want)
	}
	for _, f := range got.Files {
		if !f.Known || f.Modified.IsZero() || f.Path == "/work/notes.txt" && f.Size != 5 ||
			f.Changed != (f.Path == "/www/index.html") {
			t.Errorf("%+v", f)
		}
	}
	if len(got.Ignored) != 4 || !slices.Equal(got.Volumes, []string{"/data"}) || len(got.Kept) != 2 {
		t.Errorf("noise %d, volumes %q, kept %+v", len(got.Ignored), got.Volumes, got.Kept)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if cut := List(ctx, e, c, nil); cut.Complete || cut.Nothing() {
		t.Errorf("a list that was cut off counts as complete: %+v", cut)
	}
	if err := e.Kill(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	until(t, "it is gone", func() bool { return List(t.Context(), e, c, nil).Problem != nil })
}

// TestManyFiles has more than can be asked one after the other in a moment.
func TestManyFiles(t *testing.T) {
	image := enginetest.TinyImage(t, enginetest.Shared(t))
	e, c := start(t, runspec.Spec{Image: image, Command: []string{
		"sh", "-c",
		"cd /work; i=0; while [ $i -lt 1500 ]; do echo $i > f$i; i=$((i+1)); done; echo x > done; exec sleep 100000",
	}})
	until(t, "it has written", func() bool { _, err := e.Stat(t.Context(), c.ID, "/work/done"); return err == nil })
	steps := 0
	began := time.Now()
	var first time.Duration
	got := List(t.Context(), e, c, func(f Found) {
		if steps++; steps == 1 {
			first = time.Since(began)
		}
	})
	t.Logf("%d names after %v, all sizes after %v, in %d steps", len(got.Files), first, time.Since(began), steps)
	if len(got.Files) != 1501 || !got.Complete || steps > 3+int(time.Since(began)/(150*time.Millisecond)) {
		t.Errorf("%d files in %d steps", len(got.Files), steps)
	}
}

// TestRealJupyter makes a notebook in a real Jupyter, as a browser does, and runs a kernel.
func TestRealJupyter(t *testing.T) {
	_, ref := enginetest.JupyterRegistry(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := uint16(l.Addr().(*net.TCPAddr).Port)
	l.Close()
	e, c := start(t, runspec.Spec{Image: ref, Ports: []runspec.Port{{
		HostIP: "127.0.0.1", HostPort: port,
		Container: 8888,
	}}, Env: []runspec.Env{{Name: "JUPYTER_TOKEN", Value: "token"}}})
	web := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 30 * time.Second}
	call := func(method, path, body string) (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), method, fmt.Sprintf("http://127.0.0.1:%d%s", port, path),
			strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "token token")
		a, err := web.Do(r)
		if err != nil {
			return 0, err.Error()
		}
		defer a.Body.Close()
		text, _ := io.ReadAll(a.Body)
		return a.StatusCode, string(text)
	}
	until(t, "Jupyter answers", func() bool { code, _ := call("GET", "/api/status", ""); return code == http.StatusOK })
	notebook := `{"type": "notebook", "format": "json", "content": {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}}`
	if code, text := call("PUT", "/api/contents/thesis.ipynb", notebook); code != http.StatusCreated {
		t.Fatalf("%d: %s", code, text)
	}
	if code, text := call("POST", "/api/contents/thesis.ipynb/checkpoints", ""); code != http.StatusCreated {
		t.Fatalf("%d: %s", code, text)
	}
	if code, text := call("POST", "/api/sessions",
		`{"path": "thesis.ipynb", "name": "thesis", "type": "notebook", "kernel": {"name": "python3"}}`); code != http.StatusCreated {
		t.Fatalf("%d: %s", code, text)
	}
	until(t, "the kernel has started", func() bool {
		list, err := e.Changes(t.Context(), c.ID)
		return err == nil && slices.ContainsFunc(list, func(ch engine.Change) bool {
			return strings.Contains(ch.Path, "/.ipython/profile_default/history.sqlite")
		})
	})
	got := List(t.Context(), e, c, nil)
	if !slices.Equal(paths(got.Files), []string{"/home/jovyan/thesis.ipynb"}) || len(got.Ignored) < 3 {
		list, _ := e.Changes(t.Context(), c.ID)
		t.Errorf("own %q, noise %d; all %v", paths(got.Files), len(got.Ignored), list)
	}
	if len(got.Files) > 0 && (got.Files[0].Size == 0 || !got.Files[0].Known) {
		t.Errorf("%+v", got.Files[0])
	}
}

// TestSave saves what would be lost and compares it with what docker itself copies; again after it was cut off, into
// the same folder.
func TestSave(t *testing.T) {
	private := enginetest.Shared(t)
	image := enginetest.TinyImage(t, private)
	e, c := start(t, runspec.Spec{Image: image, AutoRemove: true, Command: []string{"sh", "-c", `
mkdir -p "/home/me/a b/ü" /data/deep
echo one > "/home/me/a b/ü/one.txt"; printf 'x' > /home/me/run.sh; chmod 755 /home/me/run.sh
head -c 3000000 /dev/urandom > /home/me/big.bin; : > /home/me/empty; ln -s /etc/passwd /home/me/link
printf 'latin' > "$(printf '/home/me/caf\351')"; touch -d '2020-01-02 03:04:05' /home/me/empty
echo table > /data/deep/table; ln -s deep/table /data/out; echo ready
trap 'exit 0' TERM; sleep 100000 & wait`}})
	waitReady(t, e, c.ID)
	found := List(t.Context(), e, c, nil)
	if !slices.Contains(paths(found.Files), "/home/me/big.bin") || !slices.Contains(found.Volumes, "/data") {
		t.Fatalf("%+v", found)
	}
	dir := filepath.Join(t.TempDir(), "saved")
	ctx, cut := context.WithCancel(t.Context())
	written := int64(0)
	if _, err := Save(ctx, e, c, found, dir, func(n int64) {
		if written += n; written > 1_000_000 {
			cut()
		}
	}); !errors.Is(err, context.Canceled) {
		t.Fatalf("it was cut off, and ends with %v", err)
	}
	saved, err := Save(t.Context(), e, c, found, dir, func(int64) {})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(saved.Left, "/home/me/link") || !slices.Contains(saved.Left, "/data/out") {
		t.Errorf("left: %q", saved.Left)
	}
	docker, copied := enginetest.Program(t, "docker"), t.TempDir()
	for _, from := range []string{"/home/me", "/data"} {
		cmd := exec.CommandContext(t.Context(), docker, "cp", c.ID+":"+from, copied)
		cmd.Env = append(os.Environ(), "DOCKER_HOST="+private.Host())
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	files := 0
	for _, pair := range [][2]string{{"home/me", "me"}, {"data", "data"}} {
		theirs := filepath.Join(copied, pair[1])
		err := filepath.WalkDir(theirs, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			files++
			rel, _ := filepath.Rel(theirs, path)
			ours := filepath.Join(dir, pair[0], rel)
			want, _ := os.ReadFile(path)
			got, err := os.ReadFile(ours)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%q: %v, %d bytes of %d", rel, err, len(got), len(want))
				return nil
			}
			a, _ := os.Stat(path)
			b, _ := os.Stat(ours)
			if !a.ModTime().Equal(b.ModTime()) && a.ModTime().Unix() != b.ModTime().Unix() || a.Mode().Perm()&0o100 != b.Mode().
				Perm()&0o100 {
				t.Errorf("%q: %v %v, want %v %v", rel, b.ModTime(), b.Mode(), a.ModTime(), a.Mode())
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	if files != saved.Files || files < 6 {
		t.Errorf("%d files, docker has %d", saved.Files, files)
	}
	if err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, _ error) error {
		if strings.HasSuffix(path, part) || d.Type()&fs.ModeSymlink != 0 {
			t.Errorf("%s was left", path)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

// waitReady waits until a container has printed that it is ready.
func waitReady(t *testing.T, e *engine.Engine, id string) {
	t.Helper()
	until(t, "it is ready", func() bool {
		ready := false
		_ = e.Logs(t.Context(), id, 10, false, func(l engine.LogLine) { ready = ready || l.Text == "ready" })
		return ready
	})
}

// TestBackUpAndRestore backs a volume up with everything that a file system can have, restores it into another one, and
// compares the two by what docker itself copies out of them.
func TestBackUpAndRestore(t *testing.T) {
	e, c := start(t, runspec.Spec{
		Image: enginetest.TinyImage(t, enginetest.Shared(t)),
		Command: []string{
			"sh", "-c",
			`cd /v && umask 027 && mkdir -p a/b 'sp ace' && echo one > a/one && ln a/one a/b/hard && ln -s ../one a/b/soft && ln -s /etc/passwd abs && chmod 4755 a/one && chown -R 1000:100 a && chown 1000:100 . && chmod 2775 . && printf 'x' > "$(printf 'bad\377name')" && echo ü > 'ümläut' && dd if=/dev/zero of=sparse bs=1 count=1 seek=5000000 2>/dev/null && mkfifo pipe && : > empty && i=0 && while [ $i -lt 3000 ]; do echo $i > a/b/f$i; i=$((i+1)); done; echo ready; trap 'exit 0' TERM; sleep 100000 & wait`,
		},
		Mounts: []runspec.Mount{{Kind: runspec.Volume, Source: "backup-from", Target: "/v"}},
	})
	waitReady(t, e, c.ID)
	open := func(name string, readOnly bool) model.Container {
		t.Helper()
		v, err := e.Volume(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		h, err := e.Helper(t.Context(), v, readOnly, "", "")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := e.RemoveHelper(context.Background(), h); err != nil {
				t.Error(err)
			}
		})
		return h
	}
	file := filepath.Join(t.TempDir(), "b.tar")
	var told int64
	saved, err := BackUp(t.Context(), e, open("backup-from", true).ID, engine.VolumeRoot, file,
		Progress{Copied: func(n int64) { told += n }})
	if err != nil {
		t.Fatal(err)
	}
	if saved.Files < 3005 || told != saved.Bytes || saved.Bytes < 5_000_001 {
		t.Errorf("%+v, told %d", saved, told)
	}
	if _, err := e.CreateVolume(t.Context(), "backup-to", nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.RemoveVolume(context.Background(), "backup-to") })
	into := open("backup-to", false)
	restored, exact, err := Restore(t.Context(), e, into.ID, engine.VolumeRoot, file, Progress{})
	if err != nil || !exact || restored != saved {
		t.Fatalf("%+v, exact %v, %v", restored, exact, err)
	}
	// The folder itself has its owner and mode again, and times are kept.
	want, got := headers(t, e, c.ID, "/v"), headers(t, e, into.ID, engine.VolumeRoot)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if want["."] != "d 2775 1000:100" {
		t.Errorf("the folder itself: %s", want["."])
	}
}

// headers is what docker's archive says of everything in a folder.
func headers(t *testing.T, e *engine.Engine, id, dir string) map[string]string {
	t.Helper()
	r, err := e.ArchiveOut(t.Context(), id, dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	all := map[string]string{}
	for in := tar.NewReader(r); ; {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		words := fmt.Sprintf("%s %o %d:%d", h.FileInfo().Mode().String()[:1], h.Mode&0o7777, h.Uid, h.Gid)
		if h.Typeflag != tar.TypeDir {
			words += fmt.Sprintf(" %c %s %d %s", h.Typeflag, path.Clean(h.Linkname), h.Size, h.ModTime.UTC())
		}
		all[path.Clean(h.Name)] = words
	}
}
