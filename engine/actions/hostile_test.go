//go:build unix

package actions_test

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"slipway/engine/actions"
	"slipway/engine/launcher"
	"slipway/engine/model"
	"slipway/engine/notebook"
)

// tries is how often a race is run: a sample, or as often as "make proofs" wants it.
func tries() int {
	if os.Getenv("SLIPWAY_PROOFS") != "" {
		return 3000
	}
	return 100
}

// contents are the headers and the contents of an archive.
func contents(t *testing.T, archive []byte) (list []*tar.Header, data map[string]string) {
	t.Helper()
	data = map[string]string{}
	for in := tar.NewReader(bytes.NewReader(archive)); ; {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return list, data
		}
		if err != nil {
			t.Fatalf("the archive is damaged: %v", err)
		}
		text, err := io.ReadAll(in)
		if err != nil {
			t.Fatalf("the archive is damaged: %v", err)
		}
		list, data[h.Name] = append(list, h), string(text)
	}
}

// TestUploadRace holds that an upload never sends what a link leads to that was put in the place of a file or a folder,
// nor waits at a pipe that was, however quickly. When it looked first and opened by path then, about one try in ten
// did.
func TestUploadRace(t *testing.T) {
	outside, folder := t.TempDir(), filepath.Join(t.TempDir(), "mine")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(outside, "a.txt")
	if err := os.WriteFile(key, []byte("SECRET"), 0o600); err != nil {
		t.Fatal(err)
	}
	stop, ended := make(chan struct{}), make(chan struct{})
	var swaps atomic.Int64
	go func() {
		defer close(ended)
		file, dir, spare := filepath.Join(folder, "a.txt"), filepath.Join(folder, "sub"), filepath.Join(outside, "spare")
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			_ = os.WriteFile(spare, []byte("public"), 0o644)
			_ = os.Rename(spare, file)
			_ = os.Remove(dir)
			_ = os.Mkdir(dir, 0o755)
			_, _ = os.Lstat(file)
			if i%3 == 0 {
				_ = syscall.Mkfifo(spare, 0o644)
			} else {
				_ = os.Symlink(key, spare)
			}
			_ = os.Rename(spare, file)
			_ = os.Remove(dir)
			switch i % 3 {
			case 0:
				_ = syscall.Mkfifo(dir, 0o644)
			default:
				_ = os.Symlink(outside, dir)
			}
			swaps.Add(1)
		}
	}()
	leaks, whole := 0, 0
	for range tries() {
		var b bytes.Buffer
		ended := make(chan error, 1)
		go func() {
			_, err := actions.Pack(t.Context(), stalling{&b}, folder)
			ended <- err
		}()
		select {
		case err := <-ended:
			if err == nil {
				whole++
				contents(t, b.Bytes())
			} else if p := (*model.Problem)(nil); !errors.As(err, &p) {
				t.Errorf("%v", err)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("it waits at a pipe")
		}
		if bytes.Contains(b.Bytes(), []byte("SECRET")) {
			leaks++
		}
	}
	close(stop)
	<-ended
	t.Logf("| upload: %d tries, %d swaps, %d archives were whole; a foreign file was sent %d times", tries(), swaps.Load(),
		whole, leaks)
	if leaks > 0 {
		t.Errorf("a foreign file was sent %d times", leaks)
	}
}

// stalling takes its time, as the engine at the other end may.
type stalling struct{ io.Writer }

// Write implements [io.Writer].
func (s stalling) Write(p []byte) (int, error) {
	time.Sleep(50 * time.Microsecond)
	return s.Writer.Write(p)
}

// TestUploadOf holds what is sent of all that a folder can have: links as links, modes without setuid, and no pipes,
// sockets and devices, which are named.
func TestUploadOf(t *testing.T) {
	outside, folder := t.TempDir(), filepath.Join(t.TempDir(), "mine")
	key := filepath.Join(outside, "key")
	if err := errors.Join(os.MkdirAll(filepath.Join(folder, "deep", "er"), 0o700),
		os.WriteFile(key, []byte("SECRET"), 0o600),
		os.WriteFile(filepath.Join(folder, "run"), []byte("x"), 0o755),
		os.Chmod(filepath.Join(folder, "run"), 0o755|fs.ModeSetuid|fs.ModeSetgid),
		os.WriteFile(filepath.Join(folder, "deep", "er", "a"), []byte("deep"), 0o640),
		os.Symlink(key, filepath.Join(folder, "link")), os.Symlink(outside, filepath.Join(folder, "linked")),
		os.Symlink("/dev/zero", filepath.Join(folder, "zero")),
		os.Symlink("deep", filepath.Join(folder, "near")), syscall.Mkfifo(filepath.Join(folder, "pipe"), 0o644)); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", filepath.Join(folder, "socket"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var b bytes.Buffer
	left, err := actions.Pack(t.Context(), &b, folder)
	if err != nil {
		t.Fatal(err)
	}
	list, data := contents(t, b.Bytes())
	modes := map[string]int64{
		"mine/": 0o700, "mine/deep/": 0o700, "mine/deep/er/": 0o700, "mine/deep/er/a": 0o640,
		"mine/run": 0o755,
	}
	links := map[string]string{"mine/link": key, "mine/linked": outside, "mine/zero": "/dev/zero", "mine/near": "deep"}
	if len(list) != len(modes)+len(links) || data["mine/deep/er/a"] != "deep" ||
		bytes.Contains(b.Bytes(), []byte("SECRET")) {
		t.Errorf("%d entries, %q", len(list), data)
	}
	for _, h := range list {
		if links[h.Name] != h.Linkname || h.Linkname == "" && modes[h.Name] != h.Mode || h.Uid != 1000 || h.Gid != 100 {
			t.Errorf("%+v", h)
		}
	}
	slices.Sort(left)
	if !slices.Equal(left, []string{"mine/pipe", "mine/socket"}) {
		t.Errorf("left out: %q", left)
	}
	// What was chosen by itself: docker cp sends a link as one, and what it leads to when it ends with a slash.
	for name, want := range map[string]int{"near": 1, "near/": 3, "run": 1} {
		b.Reset()
		if _, err := actions.Pack(t.Context(), &b, filepath.Join(folder, "x")[:len(folder)+1]+name); err != nil {
			t.Error(err)
		}
		if list, _ := contents(t, b.Bytes()); len(list) != want ||
			strings.Trim(list[0].Name, "/") != strings.Trim(name, "/") {
			t.Errorf("%s: %d entries", name, len(list))
		}
	}
	b.Reset()
	if left, err := actions.Pack(t.Context(), &b, filepath.Join(folder, "pipe")); err != nil ||
		!slices.Equal(left, []string{"pipe"}) {
		t.Errorf("a pipe: %q, %v", left, err)
	}
}

// TestUploadOfChanging holds that an archive is whole, or there is a problem, when a file grows or shrinks while it is
// sent.
func TestUploadOfChanging(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log")
	for name, change := range map[string]func() error{
		"grows":   func() error { return os.WriteFile(file, bytes.Repeat([]byte("b"), 3_000_000), 0o600) },
		"shrinks": func() error { return os.Truncate(file, 10) },
	} {
		if err := os.WriteFile(file, bytes.Repeat([]byte("a"), 2_000_000), 0o600); err != nil {
			t.Fatal(err)
		}
		w := &during{at: 1_000_000, do: change}
		_, err := actions.Pack(t.Context(), w, file)
		if name == "shrinks" {
			if !model.IsKind(err, model.ProblemPermission) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, data := contents(t, w.Bytes()); len(data["log"]) != 2_000_000 {
			t.Errorf("%s: %d bytes", name, len(data["log"]))
		}
	}
}

// during does something when so many bytes were written.
type during struct {
	bytes.Buffer
	at int
	do func() error
}

// Write implements [io.Writer].
func (d *during) Write(p []byte) (int, error) {
	if d.do != nil && d.Len() > d.at {
		if err := d.do(); err != nil {
			return 0, err
		}
		d.do = nil
	}
	return d.Buffer.Write(p)
}

// TestUploadOfMuch holds that a folder with many files is sent, and that one that is nested without end is a problem.
func TestUploadOfMuch(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "mine")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for i := range 5000 {
		if err := os.WriteFile(filepath.Join(folder, strconv.Itoa(i)), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if _, err := actions.Pack(t.Context(), &b, folder); err != nil {
		t.Fatal(err)
	}
	if list, _ := contents(t, b.Bytes()); len(list) != 5001 {
		t.Errorf("%d entries", len(list))
	}
	deep := filepath.Join(t.TempDir(), "deep")
	at, err := os.OpenRoot(filepath.Dir(deep))
	if err != nil {
		t.Fatal(err)
	}
	for name := "deep"; ; name = "d" {
		if err := at.Mkdir(name, 0o755); err != nil {
			t.Fatal(err)
		}
		next, err := at.OpenRoot(name)
		if err != nil {
			t.Fatal(err)
		}
		at.Close()
		if at = next; len(at.Name()) > 1500 {
			break
		}
	}
	at.Close()
	if _, err := actions.Pack(t.Context(), io.Discard, deep); !model.IsKind(err, model.ProblemUnsupported) {
		t.Errorf("nested: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := actions.Pack(ctx, io.Discard, folder); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestWritePackagesRace holds that a file of packages is never written through a link, waits at no pipe, and takes the
// place of nothing that appears meanwhile.
func TestWritePackagesRace(t *testing.T) {
	f := notebook.PackageFile{Name: "requirements.txt", Data: []byte("new")}
	for name, put := range map[string]func(at, outside string) error{
		"link": func(at, out string) error {
			return errors.Join(os.WriteFile(out, []byte("old"), 0o600), os.Symlink(out, at))
		},
		"dangling": func(at, out string) error { return os.Symlink(out, at) },
		"pipe":     func(at, _ string) error { return syscall.Mkfifo(at, 0o644) },
		"file":     func(at, _ string) error { return os.WriteFile(at, []byte("mine"), 0o600) },
	} {
		folder, outside := t.TempDir(), filepath.Join(t.TempDir(), "outside")
		at := filepath.Join(folder, f.Name)
		if err := put(at, outside); err != nil {
			t.Fatal(err)
		}
		was, _ := os.ReadFile(outside)
		if _, err := launcher.WritePackages(folder, f, false); !model.IsKind(err, model.ProblemConflict) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := launcher.WritePackages(folder, f, true); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		info, err := os.Lstat(at)
		if data, _ := os.ReadFile(at); err != nil || !info.Mode().IsRegular() || string(data) != "new" {
			t.Errorf("%s: %v, %v", name, info, err)
		}
		if is, _ := os.ReadFile(outside); !bytes.Equal(is, was) {
			t.Errorf("%s: outside there is %q", name, is)
		}
		if name == "file" && info.Mode().Perm() != 0o600 {
			t.Errorf("it was private, and is %v", info.Mode())
		}
		if left, _ := os.ReadDir(folder); len(left) != 1 {
			t.Errorf("%s: left %v", name, left)
		}
	}
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := launcher.WritePackages(pipe, f, false); !model.IsKind(err, model.ProblemPermission) {
		t.Errorf("a pipe as folder: %v", err)
	}
}
