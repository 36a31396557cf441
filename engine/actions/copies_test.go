//go:build linux

package actions_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"slipway/engine/enginetest"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/runspec"
	"slipway/engine/words"

	"golang.org/x/sys/unix"
)

// plant makes a folder with everything that a file system can have, and many small files; it tells how many regular
// files there are. Both sides of a copy are made by it: on this computer, and in a container through its root.
func plant(t *testing.T, dir string, many int) (regular int) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	when := time.Unix(1_600_000_000, 123_456_789)
	write := func(name string, mode fs.FileMode, data []byte) {
		at := filepath.Join(dir, name)
		must(os.MkdirAll(filepath.Dir(at), 0o755))
		must(os.WriteFile(at, data, 0o600))
		must(os.Chmod(at, mode))
		when = when.Add(time.Hour)
		must(os.Chtimes(at, when, when))
		regular++
	}
	for _, mode := range []fs.FileMode{
		0o644, 0o600, 0o755, 0o444, 0o777, 0, 0o640, 0o755 | fs.ModeSetuid,
		0o755 | fs.ModeSetgid,
	} {
		write(fmt.Sprintf("modes/%o", uint32(mode)), mode, []byte(mode.String()))
	}
	for _, name := range []string{
		"größe 数据 😀", "two  blanks ", "-rf", "--help", "line\nend", "tab\t", "\x1b[31mred", "*?[a]", `"quoted' $(x)`,
		`back\slash`, "caf\351", "\xff\xfe", "été", "e\u0301te\u0301", "..dots", ".hidden",
		strings.Repeat("n", 255), strings.Repeat("ü", 127), "folder \351/in it", "folder größe/in it",
		strings.Repeat(strings.Repeat("d", 60)+"/", 20) + "deep",
	} {
		write("names/"+name, 0o644, []byte(name))
	}
	large := make([]byte, 3<<20)
	for i := range large {
		large[i] = byte(r.Uint32())
	}
	write("sizes/large", 0o644, large)
	write("sizes/empty", 0o644, nil)
	write("sizes/sparse", 0o644, []byte("begin"))
	sparse := filepath.Join(dir, "sizes/sparse")
	f, err := os.OpenFile(sparse, os.O_WRONLY, 0)
	must(err)
	_, err = f.WriteAt([]byte("end"), 20<<20)
	must(errors.Join(err, f.Close(), os.Chtimes(sparse, when, when)))
	for name, to := range map[string]string{
		"relative": "../sizes/large", "absolute": "/etc/passwd", "dangling": "nowhere",
		"folder": "..", "caf\351": "caf\351", "long": strings.Repeat("x/", 300),
	} {
		at := filepath.Join(dir, "links", name)
		must(os.MkdirAll(filepath.Dir(at), 0o755))
		must(os.Symlink(to, at))
	}
	must(os.Link(filepath.Join(dir, "sizes/large"), filepath.Join(dir, "links/hard")))
	must(os.Link(filepath.Join(dir, "names/caf\351"), filepath.Join(dir, "zz \351")))
	regular += 2
	must(unix.Mkfifo(filepath.Join(dir, "pipe"), 0o644))
	for name, mode := range map[string]fs.FileMode{
		"empty": 0o755, "empty/er": 0o700, "closed": 0o555,
		"sticky": 0o777 | fs.ModeSticky, "group": 0o775 | fs.ModeSetgid, "leer größe \351": 0o755,
	} {
		at := filepath.Join(dir, "folders", name)
		must(os.MkdirAll(at, 0o755))
		must(os.Chmod(at, mode))
	}
	small(t, filepath.Join(dir, "small"), many)
	return regular + many
}

// small makes many files of a few bytes, a thousand in each folder.
func small(t *testing.T, dir string, many int) {
	t.Helper()
	for i := range many {
		at := filepath.Join(dir, strconv.Itoa(i/1000), fmt.Sprintf("file %d.txt", i))
		if i%1000 == 0 {
			if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(at, []byte(strings.Repeat(strconv.Itoa(i), i%40)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// thing is what is compared of one path.
type thing struct {
	mode     fs.FileMode
	uid, gid uint32
	modified int64
	to       string // of a link
	sum      [sha256.Size]byte
	size     int64
	blocks   int64 // of 512 bytes, as the disk has them
	names    uint64
}

// walk looks at everything in a folder.
func walk(t *testing.T, dir string) map[string]thing {
	t.Helper()
	all := map[string]thing{}
	err := filepath.WalkDir(dir, func(at string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		s := info.Sys().(*syscall.Stat_t)
		one := thing{
			mode: info.Mode(), uid: s.Uid, gid: s.Gid, modified: info.ModTime().Unix(), size: info.Size(),
			blocks: s.Blocks, names: uint64(s.Nlink),
		}
		switch {
		case info.Mode()&fs.ModeSymlink != 0:
			one.to, err = os.Readlink(at)
		case info.Mode().IsRegular():
			one.sum, err = sumOf(at)
		}
		rel, _ := filepath.Rel(dir, at)
		all[rel] = one
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func sumOf(at string) (sum [sha256.Size]byte, err error) {
	f, err := os.Open(at)
	if err != nil {
		return sum, err
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	return [sha256.Size]byte(h.Sum(nil)), err
}

// differ says how two files are not the same, whoever they belong to.
func differ(ours, theirs thing) string {
	var b strings.Builder
	if ours.size != theirs.size || ours.sum != theirs.sum {
		fmt.Fprintf(&b, " content (%d bytes, not %d)", ours.size, theirs.size)
	}
	if ours.modified != theirs.modified {
		fmt.Fprintf(&b, " time (%d, not %d)", ours.modified, theirs.modified)
	}
	// a hole must not cost more than it does with docker cp; a block more or less is the disk's
	if ours.blocks > theirs.blocks+8 {
		fmt.Fprintf(&b, " room (%d blocks, not %d)", ours.blocks, theirs.blocks)
	}
	return b.String()
}

// dockerCopy copies with docker itself, and tells how long it took.
func (b *bench) dockerCopy(from, to string) time.Duration {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), enginetest.Program(b, "docker"), "cp", from, to)
	cmd.Env = append(os.Environ(), "DOCKER_HOST="+b.private.Host())
	began := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("docker cp: %v: %s", err, out)
	}
	return time.Since(began)
}

// compareDownload holds what Slipway copied out of a container against what docker cp did. Both belong to whoever
// copies. Slipway differs in this, on purpose:
//   - Links, pipes and devices are named in the job's result and not made: a link may lead to any file of this
//     computer.
//   - A second name of a file (a hard link) is a file of its own: who edits one copy does not mean the other.
//   - Nothing is setuid, or can be written by others, and whoever saved it can read, change and remove it. Nobody
//     else can do more than inside.
func compareDownload(t *testing.T, ours, theirs map[string]thing) (regular int) {
	t.Helper()
	for name, want := range theirs {
		got, there := ours[name]
		switch {
		case want.mode.IsDir():
			if !got.mode.IsDir() || got.mode.Perm() != 0o700|want.mode.Perm()&0o755 {
				t.Errorf("%q is %v, with docker cp %v", name, got.mode, want.mode)
			}
		case !want.mode.IsRegular():
			if there {
				t.Errorf("%q was made: %v", name, got.mode)
			}
			continue
		default:
			if regular++; got.mode != 0o600|want.mode.Perm()&0o755 || got.names != 1 {
				t.Errorf("%q is %v with %d names, with docker cp %v", name, got.mode, got.names, want.mode)
			}
			if d := differ(got, want); d != "" {
				t.Errorf("%q has other%s than with docker cp", name, d)
			}
		}
		if got.uid != want.uid || got.gid != want.gid {
			t.Errorf("%q belongs to %d:%d, with docker cp %d:%d", name, got.uid, got.gid, want.uid, want.gid)
		}
	}
	for name := range ours {
		if _, there := theirs[name]; !there {
			t.Errorf("%q does not come with docker cp", name)
		}
	}
	return regular
}

// compareUpload holds what Slipway copied into a container against what docker cp did. Slipway differs in this, on
// purpose:
//   - Everything belongs to whom the folder belongs to, not to root: a notebook's user must be able to change it.
//   - Nothing is setuid, setgid or sticky: what runs as its owner here must not run as another's there.
//   - Pipes stay here: nobody would be at the other end.
//   - A second name of a file (a hard link) is a file of its own.
func compareUpload(t *testing.T, ours, theirs map[string]thing, uid, gid uint32) (regular int) {
	t.Helper()
	for name, want := range theirs {
		got, there := ours[name]
		if want.mode&fs.ModeNamedPipe != 0 {
			if there {
				t.Errorf("%q was made: %v", name, got.mode)
			}
			continue
		}
		if got.mode != want.mode&(fs.ModeDir|fs.ModeSymlink|fs.ModePerm) || got.to != want.to || got.uid != uid ||
			got.gid != gid {
			t.Errorf("%q is %v %q of %d:%d, with docker cp %v %q", name, got.mode, got.to, got.uid, got.gid, want.mode, want.to)
		}
		if !want.mode.IsRegular() {
			continue
		}
		if regular++; got.names != 1 {
			t.Errorf("%q has %d names", name, got.names)
		}
		if d := differ(got, want); d != "" {
			t.Errorf("%q has other%s than with docker cp", name, d)
		}
	}
	for name := range ours {
		if _, there := theirs[name]; !there {
			t.Errorf("%q does not come with docker cp", name)
		}
	}
	return regular
}

// TestCopies copies one folder out of a container and into it, by Slipway and by docker cp, and compares all there is.
func TestCopies(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	c := b.started(runspec.Spec{Name: "copies", Image: b.image})
	root := b.private.Root(t, c.ID)
	const many = 400
	made := plant(t, root+"/home/me/tree", many)
	if err := filepath.WalkDir(root+"/home/me/tree", func(at string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Lchown(at, 1000, 100))
	}); err != nil {
		t.Fatal(err)
	}
	b.copyOut(c, "/home/me/tree", made, " and 4 more.")
	if err := b.engine().Stop(b.ctx(), c, 5); err != nil {
		t.Fatal(err)
	}
	b.copyOut(c, "/home/me/tree", made, "")

	into := b.started(runspec.Spec{Name: "copies-into", Image: b.image})
	here := filepath.Join(t.TempDir(), "tree")
	made = plant(t, here, many)
	b.copyIn(into, here, made)
}

// copyOut copies a folder out by both and compares; it tells how long Slipway and docker took.
func (b *bench) copyOut(c model.Container, inside string, regular int, says string) (ours, theirs time.Duration) {
	b.Helper()
	mine, docker := b.TempDir(), b.TempDir()
	theirs = b.dockerCopy(c.ID+":"+inside, docker)
	began := time.Now()
	j := b.actions.FetchFiles(c, []string{inside}, mine)
	_ = j.Wait(b.Context()) // 100,000 files may take longer than anything else here
	ours = time.Since(began)
	v := b.done(j, nil)
	if b.want(v, job.Done, ""); !strings.Contains(words.Of(v.Said()).String(), says) {
		b.Errorf("it says %q", v.Result)
	}
	if n := compareDownload(b.T, walk(b.T, mine), walk(b.T, docker)); n != regular {
		b.Errorf("%d files, %d were made", n, regular)
	}
	return ours, theirs
}

// copyIn copies a folder of this computer in by both and compares.
func (b *bench) copyIn(c model.Container, here string, regular int) (ours, theirs time.Duration) {
	b.Helper()
	const uid, gid = 1000, 100
	root := b.private.Root(b, c.ID)
	for _, dir := range []string{"/up/ours", "/up/theirs"} {
		if err := errors.Join(os.MkdirAll(root+dir, 0o755), os.Chown(root+dir, uid, gid)); err != nil {
			b.Fatal(err)
		}
	}
	theirs = b.dockerCopy(here, c.ID+":/up/theirs")
	began := time.Now()
	j := b.actions.UploadFiles(c, []string{here}, "/up/ours")
	_ = j.Wait(b.Context())
	ours = time.Since(began)
	b.want(b.done(j, nil), job.Done, "")
	base := filepath.Base(here)
	if n := compareUpload(b.T, walk(b.T, path.Join(root, "up/ours", base)), walk(b.T, path.Join(root, "up/theirs", base)),
		uid, gid); n != regular {
		b.Errorf("%d files, %d were made", n, regular)
	}
	return ours, theirs
}

// TestCopiesMany copies 100,000 small files beside docker cp, for "make proofs".
func TestCopiesMany(t *testing.T) {
	if os.Getenv("SLIPWAY_PROOFS") == "" {
		t.Skip("make proofs copies 100,000 files; TestCopies some hundreds")
	}
	const many = 100_000
	b := newBench(t, enginetest.Shared(t))
	c := b.started(runspec.Spec{Name: "copies-many", Image: b.image})
	small(t, b.private.Root(t, c.ID)+"/home/me/tree", many)
	ours, theirs := b.copyOut(c, "/home/me/tree", many, "Saved 100000 files")
	t.Logf("| 100,000 small files out of a container: Slipway %.1f s (written, read back and compared), docker cp %.1f s",
		ours.Seconds(), theirs.Seconds())
	here := filepath.Join(t.TempDir(), "tree")
	small(t, here, many)
	ours, theirs = b.copyIn(c, here, many)
	t.Logf("| 100,000 small files into a container: Slipway %.1f s, docker cp %.1f s", ours.Seconds(), theirs.Seconds())
}
