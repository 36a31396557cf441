//go:build linux

package rescue

import (
	"context"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"slipway/engine"
	"slipway/engine/enginetest"
	"slipway/engine/model"
	"slipway/engine/runspec"
)

// raceTries is how often a race is run: a sample, or as often as "make proofs" wants it.
func raceTries() int {
	if os.Getenv(proofsVariable) != "" {
		return 3000
	}
	return 100
}

// one is an engine that has one folder with these entries.
type one []struct {
	engine.Entry
	text string
}

// CopyOut implements [Copier].
func (o one) CopyOut(_ context.Context, _, _ string, visit func(engine.Entry, io.Reader) error) error {
	for _, e := range o {
		e.Size = int64(len(e.text))
		if err := visit(e.Entry, strings.NewReader(e.text)); err != nil {
			return err
		}
	}
	return nil
}

// TestSaveRace holds that a save never replaces a file, nor changes one outside of its folder, however quickly another
// program puts a file where the saved one is to be, or a link in the place of the half saved one. With a look before a
// renaming by path, as it once was, both happened.
func TestSaveRace(t *testing.T) {
	outside, folder := t.TempDir(), t.TempDir()
	foreign := filepath.Join(outside, "foreign")
	long := time.Now().Add(-24 * time.Hour).Truncate(time.Second)
	if err := os.WriteFile(foreign, []byte("foreign"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(foreign, long, long); err != nil {
		t.Fatal(err)
	}
	stop, ended := make(chan struct{}), make(chan struct{})
	var mu sync.Mutex // held for each attack, so that what came of one is counted with it
	put, links := 0, 0
	name, half := filepath.Join(folder, "dir", "a.txt"), filepath.Join(folder, "dir", "a.txt"+part)
	go func() {
		defer close(ended)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			if _, err := os.Lstat(half); err != nil {
				continue
			}
			for range i % 40 { // so that every moment is met
				_, _ = os.Lstat(half)
			}
			mu.Lock()
			if i%2 == 0 {
				link := filepath.Join(outside, "link")
				if os.Symlink(foreign, link) == nil && os.Rename(link, half) == nil {
					links++
				}
				_ = os.Remove(link)
			} else if f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600); err == nil {
				_, _ = f.WriteString("precious")
				f.Close()
				put++
			}
			mu.Unlock()
		}
	}()
	src := one{{engine.Entry{Path: "a.txt", Mode: 0o644, Modified: time.Unix(1e9, 0)}, "saved"}}
	replaced, changed, before := 0, 0, 0
	for range raceTries() {
		_, err := Fetch(t.Context(), src, model.Container{}, "/dir", folder, "dir", func(int64) {})
		if err != nil && !model.IsKind(err, model.ProblemConflict) && !model.IsKind(err, model.ProblemNotFound) &&
			!model.IsKind(err, model.ProblemPermission) {
			t.Fatal(err)
		}
		mu.Lock()
		if data, err := os.ReadFile(name); put > before && (err != nil || string(data) != "precious") {
			replaced++
		}
		if info, err := os.Stat(foreign); err != nil || !info.ModTime().Equal(long) {
			changed++
			_ = os.Chtimes(foreign, long, long)
		}
		_ = os.RemoveAll(filepath.Join(folder, "dir"))
		before = put
		mu.Unlock()
	}
	close(stop)
	<-ended
	t.Logf("| save: %d tries, %d files put in its way, %d links; a file was replaced %d times, a foreign one changed %d times", raceTries(), put, links, replaced, changed)
	if replaced > 0 || changed > 0 {
		t.Errorf("%d files were replaced, a foreign one changed %d times", replaced, changed)
	}
}

// TestSavedModes holds that nothing that is saved may be read by more people than inside, but for who saves it.
func TestSavedModes(t *testing.T) {
	old := syscall.Umask(0o022)
	defer syscall.Umask(old)
	src := one{
		{engine.Entry{Path: ".", Mode: os.ModeDir | 0o755}, ""},
		{engine.Entry{Path: ".ssh", Mode: os.ModeDir | 0o700}, ""},
		{engine.Entry{Path: ".ssh/id", Mode: 0o600}, "key"},
		{engine.Entry{Path: "sticky", Mode: os.ModeDir | os.ModeSticky | os.ModeSetgid | 0o777}, ""},
		{engine.Entry{Path: "sticky/read", Mode: 0o444}, "r"},
		{engine.Entry{Path: "locked", Mode: os.ModeDir | 0o500}, ""},
		{engine.Entry{Path: "locked/none", Mode: 0}, "n"},
		{engine.Entry{Path: "locked/run", Mode: os.ModeSetuid | 0o4755&0o777}, "x"},
		{engine.Entry{Path: "untold/file", Mode: 0o644}, "u"},
	}
	dir := t.TempDir()
	if _, err := Fetch(t.Context(), src, model.Container{}, "/home", dir, "home", func(int64) {}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{
		".": 0o755, ".ssh": 0o700, ".ssh/id": 0o600, "sticky": 0o755, "sticky/read": 0o644, "locked": 0o700,
		"locked/none": 0o600, "locked/run": 0o755, "untold": 0o700, "untold/file": 0o644,
	} {
		if info, err := os.Stat(filepath.Join(dir, "home", name)); err != nil || info.Mode().
			Perm() != want || info.Mode()&(os.ModeSetuid|os.ModeSetgid) != 0 {
			t.Errorf("%s: %v, want %v", name, info.Mode(), want)
		}
	}
}

// TestSaveFollowsNothing holds that a save neither follows a link in its folder, nor waits at a pipe.
func TestSaveFollowsNothing(t *testing.T) {
	src := one{{engine.Entry{Path: "a.txt", Mode: 0o644}, "saved"}}
	for name, put := range map[string]func(folder, outside string) error{
		"link as folder": func(f, o string) error { return os.Symlink(o, filepath.Join(f, "dir")) },
		"link inside": func(f, _ string) error {
			return errors.Join(os.Mkdir(filepath.Join(f, "mine"), 0o700), os.Symlink("mine", filepath.Join(f, "dir")))
		},
		"pipe as folder": func(f, _ string) error { return syscall.Mkfifo(filepath.Join(f, "dir"), 0o666) },
		"pipe as name": func(f, _ string) error {
			return errors.Join(os.Mkdir(filepath.Join(f, "dir"), 0o700), syscall.Mkfifo(filepath.Join(f, "dir", "a.txt"), 0o666))
		},
		"pipe as part": func(f, _ string) error {
			return errors.Join(os.Mkdir(filepath.Join(f, "dir"), 0o700),
				syscall.Mkfifo(filepath.Join(f, "dir", "a.txt"+part), 0o666))
		},
		"link as part": func(f, o string) error {
			return errors.Join(os.Mkdir(filepath.Join(f, "dir"), 0o700),
				os.Symlink(filepath.Join(o, "new"), filepath.Join(f, "dir", "a.txt"+part)))
		},
		"link as name": func(f, o string) error {
			return errors.Join(os.Mkdir(filepath.Join(f, "dir"), 0o700),
				os.Symlink(filepath.Join(o, "new"), filepath.Join(f, "dir", "a.txt")))
		},
	} {
		t.Run(name, func(t *testing.T) {
			folder, outside := t.TempDir(), t.TempDir()
			if err := put(folder, outside); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			go func() {
				_, err := Fetch(t.Context(), src, model.Container{}, "/dir", folder, "dir", func(int64) {})
				ended <- err
			}()
			select {
			case err := <-ended:
				if strings.HasSuffix(name, "folder") || name == "link inside" {
					if !model.IsKind(err, model.ProblemConflict) {
						t.Error(err)
					}
				} else if err != nil {
					t.Error(err)
				}
			case <-time.After(5 * time.Second):
				t.Fatal("it waits")
			}
			if left, _ := os.ReadDir(outside); len(left) > 0 {
				t.Errorf("outside: %v", left)
			}
			if left, _ := os.ReadDir(filepath.Join(folder, "mine")); len(left) > 0 {
				t.Errorf("in another folder: %v", left)
			}
		})
	}
}

// TestSaveIntoALinkedFolder holds that the folder of a save, whose name can be foreseen, is not one that a link leads
// to.
func TestSaveIntoALinkedFolder(t *testing.T) {
	parent, outside := t.TempDir(), t.TempDir()
	dir := filepath.Join(parent, "box-2026-01-01-1200")
	if err := os.Symlink(outside, dir); err != nil {
		t.Fatal(err)
	}
	src := one{{engine.Entry{Path: "a.txt", Mode: 0o644}, "saved"}}
	_, err := Save(t.Context(), src, model.Container{}, Found{Volumes: []string{"/data"}}, dir, func(int64) {})
	if left, _ := os.ReadDir(outside); err == nil || len(left) > 0 {
		t.Errorf("%v, outside: %v", err, left)
	}
}

// TestBackUpRace holds that a backup never takes the place of a file that appears meanwhile, also where it has a name
// before.
func TestBackUpRace(t *testing.T) {
	for _, nameless := range []bool{true, false} {
		dir := t.TempDir()
		root, err := os.OpenRoot(dir)
		if err != nil {
			t.Fatal(err)
		}
		p, err := newPart(root, nameless)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "b.tar"), []byte("precious"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := p.place("b.tar"); !errors.Is(err, os.ErrExist) {
			t.Errorf("nameless %v: %v", nameless, err)
		}
		_ = p.drop()
		if data, err := os.ReadFile(filepath.Join(dir, "b.tar")); string(data) != "precious" {
			t.Errorf("nameless %v: %q, %v", nameless, data, err)
		}
		if left, _ := os.ReadDir(dir); len(left) != 1 {
			t.Errorf("nameless %v: left %v", nameless, left)
		}
		root.Close()
	}
}

// TestRestoreReadsNoPipe holds that a restore does not wait at a pipe, nor read a device.
func TestRestoreReadsNoPipe(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "b.tar")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{pipe, "/dev/zero", t.TempDir()} {
		ended := make(chan error, 1)
		go func() {
			_, _, err := Restore(t.Context(), &folder{}, "id", "/v", file, Progress{})
			ended <- err
		}()
		select {
		case err := <-ended:
			if err == nil {
				t.Errorf("%s was restored", file)
			}
		case <-time.After(5 * time.Second):
			t.Errorf("%s: it waits", file)
		}
	}
}

// TestSavedModesOfAContainer holds that folders are as private as inside, whether their files came one by one or with
// them.
func TestSavedModesOfAContainer(t *testing.T) {
	e, c := start(t, runspec.Spec{Image: enginetest.TinyImage(t, enginetest.Shared(t)), Command: []string{"sh", "-c", `
umask 022; mkdir -p /home/me/.ssh /home/me/open
for i in 1 2 3 4 5 6; do echo $i > /home/me/.ssh/$i; echo $i > /home/me/open/$i; done
chmod 600 /home/me/.ssh/*; chmod 700 /home/me/.ssh; chmod 711 /home/me; echo ready; trap 'exit 0' TERM; sleep 100000 & wait`}})
	waitReady(t, e, c.ID)
	found := List(t.Context(), e, c, nil)
	old := syscall.Umask(0o022)
	defer syscall.Umask(old)
	few := slices.Clone(found.Files)
	few = slices.DeleteFunc(few, func(f File) bool { return path.Base(f.Path) != "1" })
	for _, files := range [][]File{found.Files, few} {
		dir := filepath.Join(t.TempDir(), "saved")
		saved, err := Save(t.Context(), e, c, Found{Files: files}, dir, func(int64) {})
		if err != nil || saved.Files != len(files) || saved.Files < 2 {
			t.Fatalf("%+v, %v", saved, err)
		}
		for name, want := range map[string]os.FileMode{
			"home": 0o755, "home/me": 0o711, "home/me/.ssh": 0o700,
			"home/me/.ssh/1": 0o600, "home/me/open": 0o755, "home/me/open/1": 0o644,
		} {
			if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != want {
				t.Errorf("%d files: %s: %v, %v", len(files), name, info, err)
			}
		}
	}
}
