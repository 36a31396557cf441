//go:build unix

package notebook

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"slipway/assets"
	"slipway/engine/model"
	"slipway/engine/platform"

	"go.uber.org/goleak"
)

// tries is how often a race is run: a sample, or as often as "make proofs" wants it.
func tries() int {
	if os.Getenv("SLIPWAY_PROOFS") != "" {
		return 3000
	}
	return 100
}

// container plays the container: do is what it does when the check runs its script there.
type container struct {
	stale
	do func(ctx context.Context, mine, theirs, word string) (string, int, error)
}

// Exec implements [Source].
func (c container) Exec(ctx context.Context, _ string, argv ...string) (string, int, error) {
	if argv[0] != "sh" {
		return "", 0, nil
	}
	return c.do(ctx, argv[3], argv[4], argv[5])
}

// TestFolderCheckRace holds that the check never changes a file outside of the folder, however quickly the container
// puts a link in the place of the check's own file. With a chmod by path, as it once was, about one try in ten did.
func TestFolderCheckRace(t *testing.T) {
	outside, folder := t.TempDir(), t.TempDir()
	key := filepath.Join(outside, "id_rsa")
	if err := os.WriteFile(key, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	stop, ended := make(chan struct{}), make(chan struct{})
	var swaps atomic.Int64
	go func() {
		defer close(ended)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			d, err := os.Open(folder)
			if err != nil {
				return
			}
			names, _ := d.Readdirnames(-1)
			d.Close()
			for _, name := range names {
				at, link := filepath.Join(folder, name), filepath.Join(outside, "link"+strconv.Itoa(i))
				if info, err := os.Lstat(at); err == nil && info.Mode().
					IsRegular() && os.Symlink(key, link) == nil && os.Rename(link, at) == nil {
					swaps.Add(1)
				}
			}
		}
	}()
	wide := 0
	c := container{do: func(context.Context, string, string, string) (string, int, error) { return "", 127, nil }}
	for range tries() {
		if err := TryFolder(t.Context(), c, "id", folder, "/work"); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(key)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			wide++
			_ = os.Chmod(key, 0o600)
		}
		names, _ := filepath.Glob(filepath.Join(folder, ".slipway-*"))
		for _, name := range names { // the container's links
			_ = os.Remove(name)
		}
	}
	close(stop)
	<-ended
	t.Logf("| check of a folder: %d tries, %d swaps by the container, a foreign file was changed %d times", tries(),
		swaps.Load(), wide)
	if wide > 0 {
		t.Errorf("a file outside of the folder got another mode %d times", wide)
	}
}

// TestFolderCheckReadsNoForeignThing holds that the check ends soon, and with a problem, when the container answers
// with something else than a file.
func TestFolderCheckReadsNoForeignThing(t *testing.T) {
	for name, put := range map[string]func(at, outside, word string) error{
		"pipe":         func(at, _, _ string) error { return syscall.Mkfifo(at, 0o666) },
		"endless":      func(at, _, _ string) error { return os.Symlink("/dev/zero", at) },
		"link to pipe": func(at, out, _ string) error { return errors.Join(syscall.Mkfifo(out, 0o666), os.Symlink(out, at)) },
		"link to right": func(at, out, word string) error {
			return errors.Join(os.WriteFile(out, []byte(word), 0o600), os.Symlink(out, at))
		},
		"folder": func(at, _, _ string) error { return os.Mkdir(at, 0o755) },
		"too long": func(at, _, word string) error {
			return os.WriteFile(at, []byte(word+strings.Repeat("x", 1<<20)), 0o600)
		},
		"nothing": func(string, string, string) error { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			folder, outside := t.TempDir(), filepath.Join(t.TempDir(), "outside")
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			c := container{do: func(_ context.Context, _, theirs, word string) (string, int, error) {
				return word, 0, put(filepath.Join(folder, filepath.Base(theirs)), outside, word)
			}}
			err := TryFolder(ctx, c, "id", folder, "/work")
			if !model.IsKind(err, model.ProblemPermission) || ctx.Err() != nil {
				t.Errorf("%v, and the context says %v", err, ctx.Err())
			}
			left, _ := filepath.Glob(filepath.Join(folder, ".slipway-*"))
			for _, at := range left {
				if info, err := os.Lstat(at); err == nil && info.Mode().IsRegular() {
					t.Errorf("%s was left", at)
				}
			}
		})
	}
}

// TestFolderCheckNames holds that the name of the second file cannot be guessed from the first, and that an honest
// container passes without a trace.
func TestFolderCheckNames(t *testing.T) {
	folder := t.TempDir()
	c := container{do: func(_ context.Context, mine, theirs, word string) (string, int, error) {
		a, b := strings.TrimPrefix(filepath.Base(mine), probeName), strings.TrimPrefix(filepath.Base(theirs), probeName)
		if len(a) < 12 || a[:8] == b[:8] || strings.Contains(word, a[:8]) || strings.Contains(word, b[:8]) {
			t.Errorf("%s, %s, %s", mine, theirs, word)
		}
		data, err := os.ReadFile(filepath.Join(folder, filepath.Base(mine)))
		return string(data), 0,
			errors.Join(err, os.WriteFile(filepath.Join(folder, filepath.Base(theirs)), []byte(word), 0o644))
	}}
	if err := TryFolder(t.Context(), c, "id", folder, "/work"); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(folder); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

// TestFolderCheckEndsWithItsContext holds that a container that never answers does not hold the check.
func TestFolderCheckEndsWithItsContext(t *testing.T) {
	folder := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	c := container{do: func(ctx context.Context, _, _, _ string) (string, int, error) {
		<-ctx.Done()
		return "", 0, ctx.Err()
	}}
	if err := TryFolder(ctx, c, "id", folder, "/work"); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if left, _ := os.ReadDir(folder); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
	before := goleak.IgnoreCurrent()
	over, end := context.WithCancel(t.Context())
	end()
	for range 1000 { // the first step may come after the last one
		if err := TryWrite(over, folder); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	if err := goleak.Find(before); err != nil { // the last step has been done, too
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(folder); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
	pipe := filepath.Join(folder, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := TryFolder(t.Context(), c, "id", pipe, "/work"); !model.IsKind(err, model.ProblemPermission) {
		t.Errorf("a pipe as folder: %v", err)
	}
}

// TestRecipesThatAreNoFiles holds that nothing in the folder of recipes holds the start of Slipway: a pipe, a device
// and a file without end are named as problems, and a link to a file works.
func TestRecipesThatAreNoFiles(t *testing.T) {
	dir, outside := t.TempDir(), filepath.Join(t.TempDir(), "kept.yaml")
	at := func(name string) string { return filepath.Join(dir, name) }
	good, err := fs.ReadFile(assets.Recipes, "recipes/scipy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(outside, good, 0o600), os.Symlink(outside, at("linked.yaml")),
		syscall.Mkfifo(at("pipe.yaml"), 0o600), os.Symlink("pipe.yaml", at("far.yaml")),
		os.Symlink("/dev/zero", at("zero.yaml")), os.Symlink("none", at("dangling.yaml")), os.Mkdir(at("folder.yaml"), 0o700),
		os.WriteFile(at("long.yaml"), nil, 0o600), os.Truncate(at("long.yaml"), 1<<40)); err != nil {
		t.Fatal(err)
	}
	for name, own := range map[string]fs.FS{"by path": os.DirFS(dir), "without waiting": platform.RegularFiles(dir)} {
		ended := make(chan []*model.Problem, 1)
		found := false
		go func() {
			list, problems := Load(assets.Recipes, own, "en")
			found = slices.ContainsFunc(list, func(r Recipe) bool { return r.ID == "linked" && r.Own })
			ended <- problems
		}()
		select {
		case problems := <-ended:
			if len(problems) != 6 || !found {
				t.Errorf("%s: the link was read: %v, problems: %v", name, found, problems)
			}
		case <-time.After(5 * time.Second):
			t.Fatalf("%s: it waits", name)
		}
	}
}
