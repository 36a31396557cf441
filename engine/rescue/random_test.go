//go:build linux

package rescue

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/engine/enginetest"
	"slipway/engine/runspec"

	"golang.org/x/sys/unix"
)

const (
	proofsVariable = "SLIPWAY_PROOFS" // how many random containers; "make proofs" sets it
	seedVariable   = "SLIPWAY_SEED"
	// maxNoise is how much of the noise may be called a person's own.
	maxNoise = 0.01
)

// TestRandomContainers fills containers with files whose kind is known, and holds that every own one is named, that
// hardly any noise is, and that what is saved is what was written.
func TestRandomContainers(t *testing.T) {
	number, seed := 6, uint64(1)
	if n := os.Getenv(proofsVariable); n != "" {
		number, seed = atoi(t, n), uint64(time.Now().UnixNano())
	}
	if s := os.Getenv(seedVariable); s != "" {
		seed = uint64(atoi(t, s))
	}
	t.Logf("| %d random containers with the seed %d", number, seed)
	p := &proof{image: imageWithFiles(t), named: map[string]int{}, noise: map[string]int{}}
	began := time.Now()
	t.Run("containers", func(t *testing.T) {
		for i := range number {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				(&attempt{T: t, proof: p}).container(rand.New(rand.NewPCG(seed, uint64(i))), i)
			})
		}
	})
	noise, named := 0, 0
	for program, n := range p.noise {
		noise, named = noise+n, named+p.named[program]
	}
	share := float64(named) / float64(noise)
	t.Logf("| own files: %d of %d named (%.2f %%)", p.ownNamed, p.own, 100*float64(p.ownNamed)/float64(p.own))
	t.Logf("| noise: %d of %d named as own (%.2f %%): %v", named, noise, 100*share, p.named)
	t.Logf("| saved and compared by hash: %d files, %d MB", p.saved, p.bytes>>20)
	t.Logf("| %.1f s, of which listing %.1f s, saving %.1f s", time.Since(began).Seconds(), p.listing.Seconds(),
		p.saving.Seconds())
	if share > maxNoise {
		t.Errorf("%.2f %% of the noise is called a person's own: %v of %v", 100*share, p.named, p.noise)
		t.Logf("for example %q", p.wrong)
	}
}

func atoi(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// proof counts over all containers.
type proof struct {
	image string

	mu              sync.Mutex
	own, ownNamed   int
	named, noise    map[string]int // by program
	wrong           []string       // noise that was called own, some of it
	saved           int
	bytes           int64
	listing, saving time.Duration
}

// attempt is one container of them.
type attempt struct {
	*testing.T
	*proof
}

// imageFiles are of the image that the random containers are of; the first ones are a person's to change, the last are
// not.
var imageFiles = []string{
	"/app/main.py", "/app/config.yml", "/etc/app/app.conf", "/usr/share/nginx/html/index.html",
	"/var/log/app/old.log", "/var/lib/dpkg/status", "/usr/lib/app/core.so",
}

const imageOwn = 4

// imageWithFiles makes an image that has files to be changed and deleted.
func imageWithFiles(t *testing.T) string {
	t.Helper()
	e, c := start(t, runspec.Spec{Image: enginetest.TinyImage(t, enginetest.Shared(t))})
	for _, f := range imageFiles {
		enginetest.Shared(t).PutFile(t, c.ID, f, "of the image\n")
	}
	const name = "slipway-test/random:1"
	if _, err := e.Commit(t.Context(), c, name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = e.RemoveImage(context.Background(), name) })
	return name
}

// container is one random container: filled, listed, saved, removed.
func (p *attempt) container(r *rand.Rand, number int) {
	g := newThings(r)
	for _, d := range []string{"/data", "/kept", "/home/ada/folder"} { // what is mounted
		g.taken[d] = true
	}
	for _, f := range imageFiles {
		g.free(f)
	}
	running, private := r.IntN(2) == 0, enginetest.Shared(p)
	volume := fmt.Sprintf("random-%d", number)
	e, c := start(p.T, runspec.Spec{Image: p.image, AutoRemove: running, Mounts: []runspec.Mount{
		{Kind: runspec.Volume, Source: volume, Target: "/kept"},
		{Kind: runspec.Bind, Source: p.TempDir(), Target: "/home/ada/folder"},
	}})
	defer func() {
		private.RemoveForced(p, c.ID)
		_ = e.RemoveVolume(context.Background(), volume)
	}()
	g.addOwn(15 + r.IntN(50))
	g.addNoise()
	root := private.Root(p, c.ID)
	w := &writer{T: p.T, Rand: r, root: root, sums: map[string][sha256.Size]byte{}, made: map[string]bool{}}
	all := slices.Concat(g.own, g.noise)
	w.write(all)
	own, noise := p.change(w, g)
	inVolume := w.volume("/data")
	w.volume("/kept")
	w.volume("/home/ada/folder")
	if !running {
		if err := e.Stop(p.Context(), c, 10); err != nil {
			p.Fatal(err)
		}
	}
	c, err := e.Container(p.Context(), c.ID)
	if err != nil {
		p.Fatal(err)
	}
	began := time.Now()
	found := List(p.Context(), e, c, nil)
	listing := time.Since(began)
	dir := filepath.Join(p.TempDir(), "saved")
	began = time.Now()
	saved, err := Save(p.Context(), e, c, found, dir, func(int64) {})
	saving := time.Since(began)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.listing, p.saving = p.listing+listing, p.saving+saving
	if err != nil || len(saved.Gone) > 0 {
		p.Fatalf("%v; gone %q", err, saved.Gone)
	}
	p.compare(found, own, noise, running)
	if !running {
		inVolume = nil // it stays when a stopped container is removed
	}
	p.hashes(dir, w.sums, slices.Concat(own, inVolume))
}

// change changes and deletes files of the image, and says what counts as own and as noise now.
func (p *attempt) change(w *writer, g *things) (own, noise []thing) {
	own, noise = slices.Clone(g.own), slices.Clone(g.noise)
	for i, f := range imageFiles {
		t := thing{path: f, size: 1 + w.IntN(5000)}
		if i >= imageOwn {
			t.program = "image"
		}
		switch at := w.root + f; w.IntN(3) {
		case 0:
			if err := os.Remove(at); err != nil {
				p.Fatal(err)
			}
		case 1:
			w.file(at, t)
			if t.program == "" {
				own = append(own, t)
			} else {
				noise = append(noise, t)
			}
		}
	}
	return own, noise
}

// compare holds the list against what was written.
func (p *attempt) compare(found Found, own, noise []thing, running bool) {
	p.Helper()
	kept := 3
	if running { // with --rm, so that the anonymous one goes
		kept = 2
	}
	if !found.Complete || found.Problem != nil || len(found.Kept) != kept ||
		slices.Equal(found.Volumes, []string{"/data"}) != running {
		p.Errorf("complete %v, %+v, kept %+v, volumes %q", found.Complete, found.Problem, found.Kept, found.Volumes)
	}
	named := map[string]int{}
	for _, f := range found.Files {
		named[f.Path]++
	}
	for _, t := range own {
		p.own++
		if l := listed(t.path); named[l] == 0 {
			p.Errorf("not named: %q", t.path)
		} else if p.ownNamed++; named[l] > 1 { // another one whose name is the same but for what is no UTF-8
			named[l]--
		} else {
			delete(named, l)
		}
	}
	for _, t := range noise {
		p.noise[t.program]++
		if named[t.path] > 0 {
			p.named[t.program]++
			delete(named, t.path)
			if len(p.wrong) < 40 {
				p.wrong = append(p.wrong, t.path)
			}
		}
	}
	if len(named) > 0 {
		p.Errorf("named, but never written: %q", slices.Sorted(maps.Keys(named)))
	}
}

// hashes compares what was saved with what was written.
func (p *attempt) hashes(dir string, sums map[string][sha256.Size]byte, own []thing) {
	p.Helper()
	for _, t := range own {
		sum, file := sums[t.path]
		at := filepath.Join(dir, t.path)
		info, err := os.Lstat(at)
		if !file {
			if err == nil { // links are told, not saved
				p.Errorf("%q was saved as %v", t.path, info.Mode())
			}
			continue
		}
		if err != nil || !info.Mode().IsRegular() {
			p.Errorf("not saved: %q: %v", t.path, err)
			continue
		}
		got := sha256.New()
		if err := copyFile(got, at); err != nil || !bytes.Equal(got.Sum(nil), sum[:]) {
			p.Errorf("%q has other content than was written: %v", t.path, err)
		}
		p.saved++
		p.bytes += info.Size()
	}
	if err := filepath.WalkDir(dir, func(at string, d fs.DirEntry, err error) error {
		if strings.HasSuffix(at, part) {
			p.Errorf("%q was left", at)
		}
		return err
	}); err != nil {
		p.Error(err)
	}
}

func copyFile(to hash.Hash, from string) error {
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(to, f)
	return err
}

// writer makes files in a container through its root, as a program in it would.
type writer struct {
	*testing.T
	*rand.Rand
	root string
	sums map[string][sha256.Size]byte // by path, of all regular files that are a person's
	made map[string]bool              // folders
}

func (w *writer) write(all []thing) {
	w.Helper()
	for _, t := range all {
		at := w.root + t.path
		var err error
		if dir := path.Dir(at); !w.made[dir] {
			w.made[dir] = true
			if err := os.MkdirAll(dir, 0o755); err != nil {
				w.Fatal(err)
			}
		}
		switch t.kind {
		case symlink:
			err = os.Symlink(t.to, at)
		case hardlink:
			err = os.Link(w.root+t.to, at)
			w.sums[t.path] = w.sums[t.to]
		case pipe:
			err = unix.Mkfifo(at, 0o644)
		default:
			w.file(at, t)
		}
		if err != nil {
			w.Fatal(err)
		}
	}
}

// file writes a regular file, and remembers what is in it.
func (w *writer) file(at string, t thing) {
	w.Helper()
	f, err := os.OpenFile(at, os.O_CREATE|os.O_RDWR|os.O_TRUNC, 0o600|fs.FileMode(w.IntN(0o200)))
	if err != nil {
		w.Fatal(err)
	}
	defer f.Close()
	if t.kind == sparse { // a hole of some megabytes with a little at the end
		if _, err = f.Seek(int64(1+w.IntN(4))<<20, io.SeekStart); err != nil {
			w.Fatal(err)
		}
	}
	data := make([]byte, t.size)
	for i := 0; i < len(data); i += 8 {
		copy(data[i:], binary.LittleEndian.AppendUint64(nil, w.Uint64()))
	}
	if _, err := f.Write(data); err != nil {
		w.Fatal(err)
	}
	if t.program != "" {
		return
	}
	when := time.Unix(w.Int64N(2_000_000_000), w.Int64N(1_000_000_000))
	if err := os.Chtimes(at, when, when); err != nil {
		w.Fatal(err)
	}
	sum := sha256.New()
	if err := copyFile(sum, at); err != nil {
		w.Fatal(err)
	}
	w.sums[t.path] = [sha256.Size]byte(sum.Sum(nil))
}

// volume puts some files into what is mounted at a path.
func (w *writer) volume(at string) (made []thing) {
	g := newThings(w.Rand)
	for range 1 + w.IntN(6) {
		if t := (thing{path: path.Join(at, g.name(), g.name()), size: g.size()}); g.free(t.path) {
			made = append(made, t)
		}
	}
	first := made[0]
	made = append(made, thing{path: path.Join(path.Dir(first.path), "hard link"), kind: hardlink, to: first.path})
	w.write(made)
	return made
}
