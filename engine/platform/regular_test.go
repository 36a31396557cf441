//go:build unix

package platform

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// soon fails when fn is not back after a while.
func soon(t *testing.T, what string, fn func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		fn()
	}()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Fatalf("%s: it waits", what)
	}
}

// odd is a folder with everything that is no file, and one that is, "file".
func odd(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := errors.Join(os.WriteFile(at("file"), []byte("text"), 0o600), os.Mkdir(at("folder"), 0o700),
		syscall.Mkfifo(at("pipe"), 0o600),
		os.Symlink("file", at("link")), os.Symlink("pipe", at("link to pipe")), os.Symlink("/dev/zero", at("zero")),
		os.Symlink("none", at("dangling")),
		os.Symlink("folder", at("link to folder")), os.Symlink("loop", at("loop"))); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestOpenRegular holds that nothing but a file is opened, and that nothing is waited for.
func TestOpenRegular(t *testing.T) {
	dir := odd(t)
	root, err := OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	files := RegularFiles(dir)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		soon(t, e.Name(), func() {
			data, err := ReadRegular(filepath.Join(dir, e.Name()), 4)
			if file := e.Name() == "file" || e.Name() == "link"; file != (err == nil) || file && string(data) != "text" {
				t.Errorf("%s: %q, %v", e.Name(), data, err)
			}
			f, err := OpenRegularIn(root, e.Name())
			if (e.Name() == "file") != (err == nil) {
				t.Errorf("%s below: %v", e.Name(), err)
			}
			if err == nil {
				f.Close()
			}
			sub, err := OpenRootIn(root, e.Name())
			if (e.Name() == "folder") != (err == nil) {
				t.Errorf("%s as folder: %v", e.Name(), err)
			}
			if err == nil {
				sub.Close()
			}
			if sub, err := OpenRoot(filepath.Join(dir, e.Name())); strings.HasSuffix(e.Name(), "folder") != (err == nil) {
				t.Errorf("%s as folder by path: %v", e.Name(), err)
			} else if err == nil {
				sub.Close()
			}
			in, err := files.Open(e.Name())
			if (e.Name() == "file" || e.Name() == "link" || strings.HasSuffix(e.Name(), "folder")) != (err == nil) {
				t.Errorf("%s of the files: %v", e.Name(), err)
			}
			if err == nil {
				in.Close()
			}
		})
	}
	if _, err := ReadRegular(filepath.Join(dir, "file"), 3); err == nil {
		t.Error("a file that is too long was read")
	}
	if names, err := fs.Glob(files, "f*"); err != nil || !slices.Equal(names, []string{"file", "folder"}) {
		t.Errorf("%q, %v", names, err)
	}
	if names, err := RegularNames(dir, 100); err != nil || !slices.Equal(names, []string{"file"}) {
		t.Errorf("%q, %v", names, err)
	}
}

// TestOpensNothingExchanged holds that what is opened below a folder is what was seen there, while it is exchanged.
func TestOpensNothingExchanged(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := errors.Join(os.WriteFile(at("secret"), []byte("secret"), 0o600), os.Mkdir(at("sub"), 0o700),
		os.WriteFile(at("a"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	stop, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			_ = os.Symlink("secret", at("l"))
			_ = os.Rename(at("l"), at("a"))
			_ = syscall.Mkfifo(at("p"), 0o600)
			_ = os.Rename(at("p"), at("a"))
			_ = os.WriteFile(at("f"), []byte("open"), 0o600)
			_ = os.Rename(at("f"), at("a"))
			_ = os.Remove(at("a"))
			_ = os.Mkdir(at("a"), 0o700)
			_ = os.Remove(at("a"))
		}
	}()
	root, err := OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	soon(t, "it", func() {
		for range 2000 {
			if f, err := OpenRegularIn(root, "a"); err == nil {
				if data, _ := ReadSome(f, 100); string(data) == "secret" {
					t.Error("a link was followed")
				}
				f.Close()
			}
			if sub, err := OpenRootIn(root, "a"); err == nil {
				sub.Close()
			}
		}
	})
	close(stop)
	<-ended
}

// TestRename holds that a renaming never replaces anything, on disks with links and without.
func TestRename(t *testing.T) {
	for name, rename := range map[string]func(*os.Root, string, string) error{
		"usual":         Rename,
		"without links": renameReserved,
	} {
		dir := odd(t)
		root, err := OpenRoot(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer root.Close()
		for _, to := range []string{"folder", "pipe", "link", "zero", "dangling", "loop"} {
			if err := rename(root, "file", to); !errors.Is(err, fs.ErrExist) {
				t.Errorf("%s to %s: %v", name, to, err)
			}
		}
		if err := rename(root, "file", "folder/new"); err != nil {
			t.Error(name, err)
		}
		if data, err := os.ReadFile(filepath.Join(dir, "folder", "new")); string(data) != "text" {
			t.Error(name, err)
		}
		if _, err := os.Lstat(filepath.Join(dir, "file")); err == nil {
			t.Errorf("%s: the old name is left", name)
		}
		if err := Rename(root, "none", "any"); !errors.Is(err, fs.ErrNotExist) {
			t.Error(name, err)
		}
		if err := Rename(root, "link", "../out"); err == nil {
			t.Error("it left the folder")
		}
	}
}

// TestWriteBelow holds that a file is written whole, through no link, and that nothing is left beside it.
func TestWriteBelow(t *testing.T) {
	dir := odd(t)
	root, err := OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	before, _ := os.ReadDir(dir)
	for _, name := range []string{"file", "link", "pipe", "dangling", "zero"} {
		if err := WriteNew(root, name, []byte("new"), 0o600); !errors.Is(err, fs.ErrExist) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"link", "pipe", "dangling", "zero"} {
		if err := Replace(root, name, []byte("new"), 0o600); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if data, _ := os.ReadFile(filepath.Join(dir, "file")); string(data) != "text" {
		t.Errorf("a file was written through a link: %q", data)
	}
	if err := Replace(root, "folder", []byte("new"), 0o600); err == nil {
		t.Error("a folder was replaced")
	}
	if after, _ := os.ReadDir(dir); len(after) != len(before) {
		t.Errorf("left: %v", after)
	}
}

// TestMakeFolder holds that a folder whose name was foreseen is none that a link leads to.
func TestMakeFolder(t *testing.T) {
	dir := odd(t)
	for name, ok := range map[string]bool{
		"new/deep": true, "folder": true, "link to folder": false, "file": false,
		"pipe": false, ".": true,
	} {
		soon(t, name, func() {
			root, err := MakeFolder(filepath.Join(dir, name), 0o755)
			if (err == nil) != ok {
				t.Errorf("%s: %v", name, err)
			}
			if err == nil {
				root.Close()
			}
		})
	}
}

// TestSetModified holds that it is the file that gets the time, not what has its name.
func TestSetModified(t *testing.T) {
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "a"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := errors.Join(os.Rename(f.Name(), filepath.Join(dir, "b")), os.WriteFile(f.Name(), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	when := time.Unix(1_234_567_890, 123_456_000)
	if err := SetModified(f, when); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(dir, "b")); err != nil || !info.ModTime().Equal(when) {
		t.Errorf("%v, %v", info, err)
	}
	if info, err := os.Stat(f.Name()); err != nil || info.ModTime().Equal(when) {
		t.Errorf("the other file: %v, %v", info, err)
	}
}

// TestWalk holds what is found, and that links are not followed.
func TestWalk(t *testing.T) {
	dir := odd(t)
	root, err := OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for i := range 3 * folderBatch {
		if err := os.WriteFile(filepath.Join(dir, "folder", fmt.Sprint(i)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[string]int{}
	if err := Walk(t.Context(), root, ".", func(f Found) error { seen[f.Path]++; return f.Err }); err != nil {
		t.Fatal(err)
	}
	entries, _ := os.ReadDir(dir)
	if len(seen) != 1+len(entries)+3*folderBatch || seen["folder/0"] != 1 || seen["."] != 1 {
		t.Errorf("%d were found", len(seen))
	}
	for _, name := range []string{"none", "link"} {
		found := 0
		err := Walk(t.Context(), root, name, func(f Found) error { found++; return f.Err })
		if found != 1 || (err == nil) != (name == "link") {
			t.Errorf("%s: %d, %v", name, found, err)
		}
	}
}

// TestAnswer holds that who asks a disk that does not answer is free at the end of the context.
func TestAnswer(t *testing.T) {
	if v, err := Answer(t.Context(), func() (int, error) { return 7, fs.ErrInvalid }); v != 7 ||
		!errors.Is(err, fs.ErrInvalid) {
		t.Error(v, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	answers := make(chan struct{})
	defer close(answers)
	soon(t, "it", func() {
		if _, err := Answer(ctx, func() (int, error) { <-answers; return 0, nil }); !errors.Is(err,
			context.DeadlineExceeded) {
			t.Error(err)
		}
	})
}

// TestWalkIsBounded holds that folders without end are a problem, not a stack or a table of files without end.
func TestWalkIsBounded(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, strings.Repeat("d/", MostNested+5)), 0o700); err != nil {
		t.Fatal(err)
	}
	root, err := OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	deepest := 0
	err = Walk(t.Context(), root, ".", func(f Found) error {
		deepest = max(deepest, strings.Count(f.Path, "/"))
		return f.Err
	})
	if !errors.Is(err, ErrNested) || deepest > MostNested {
		t.Errorf("%v, %d deep", err, deepest)
	}
	if _, err := FolderSize(t.Context(), dir); err != nil {
		t.Error(err)
	}
}
