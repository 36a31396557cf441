// Package rescue tells what the removal of a container would destroy: a person's own files that exist only inside it.
package rescue

import (
	"context"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"slipway/engine"
	"slipway/engine/model"
)

// Source is the part of an engine that is read.
type Source interface {
	Changes(ctx context.Context, id string) ([]engine.Change, error)
	Stat(ctx context.Context, id, path string) (engine.FileInfo, error)
}

// File is one file that exists only inside the container.
type File struct {
	Path string
	// Size in bytes and Modified count only when Known; the engine is asked for each file by itself.
	Size     int64
	Modified time.Time
	Known    bool
	// Changed tells that the image has a file of this name too, with other content.
	Changed bool
	// Twin tells that the other container of [Compare] has a file of this path, size and time too.
	Twin bool
}

// Found is what is known so far.
type Found struct {
	// Files are a person's own, by path.
	Files []File
	// Ignored are changed paths that are caches, logs, runtime files or installed software, in order.
	Ignored []string
	// Deleted are paths of the image that were deleted inside, in order, but for those that would be ignored.
	Deleted []string
	// Tops are the paths that would have to be copied to have all of it elsewhere, noise too: files, and folders that were
	// added with everything in them.
	Tops []string
	// Volumes are the places of anonymous volumes that the engine deletes together with a --rm container.
	Volumes []string
	// InVolumes is what is in those, see [ListVolumes].
	InVolumes Listing
	// Kept are the folders of this computer and the volumes that are mounted and stay.
	Kept []model.Mount
	// Listed tells that all names are known, Complete that all sizes are too.
	Listed, Complete bool
	// Problem says why the list could not be made, so that nobody takes an empty one for "nothing".
	Problem *model.Problem
}

// Bytes is the size of all files known so far.
func (f Found) Bytes() int64 {
	var n int64
	for _, file := range f.Files {
		n += file.Size
	}
	return n
}

// Nothing tells that it is certain that no own file would be lost.
func (f Found) Nothing() bool {
	return f.Complete && f.Problem == nil && len(f.Files) == 0 && len(f.Volumes) == 0
}

// Total is the size of all files together with what is in the volumes; known tells whether that is all of it.
func (f Found) Total() (bytes int64, known bool) {
	return f.Bytes() + f.InVolumes.Bytes, len(f.Volumes) == 0 || f.InVolumes.Complete
}

// With is what a person knows who saw f and then more.
func (f Found) With(more Found) Found {
	all := more
	all.Files = append(slices.Clone(more.Files), f.New(more)...)
	all.Volumes = slices.Clone(more.Volumes)
	for _, v := range f.Volumes {
		if !slices.Contains(all.Volumes, v) {
			all.Volumes = append(all.Volumes, v)
		}
	}
	if all.Problem == nil {
		all.Problem = f.Problem
	}
	return all
}

// NewVolumes tells whether f would lose a volume that was not in before.
func (f Found) NewVolumes(before Found) bool {
	return slices.ContainsFunc(f.Volumes, func(v string) bool { return !slices.Contains(before.Volumes, v) })
}

// Without is f without these paths.
func (f Found) Without(paths []string) Found {
	out := make(map[string]bool, len(paths))
	for _, p := range paths {
		out[p] = true
	}
	f.Files = slices.DeleteFunc(slices.Clone(f.Files), func(file File) bool { return out[file.Path] })
	return f
}

// Twins is how many of the files the other container of [Compare] has too.
func (f Found) Twins() (n int) {
	for _, file := range f.Files {
		if file.Twin {
			n++
		}
	}
	return n
}

// New lists the files of f that were not in before, or that another container had then and has not now, see
// [File.Twin].
func (f Found) New(before Found) []File {
	known := map[string]File{}
	for _, file := range before.Files {
		known[file.Path] = file
	}
	var fresh []File
	for _, file := range f.Files {
		if was, ok := known[file.Path]; !ok || was.Twin && !file.Twin {
			fresh = append(fresh, file)
		}
	}
	return fresh
}

// maxStats is for how many files the size is asked; each costs the engine about a millisecond.
const maxStats = 5000

// workers is how many sizes are asked at once.
const workers = 4

// List finds what a removal of c would destroy. update gets every step, from any goroutine but never two at once, and
// must return quickly: first the names as the engine lists them, then the sizes. The last one is returned too. A
// cancelled ctx ends it early with what was found.
func List(ctx context.Context, src Source, c model.Container, update func(Found)) Found {
	return Compare(ctx, src, c, "", update)
}

// Compare is [List] which marks, as [File.Twin], the files that another container has too, by its ID: the one that has
// c's place and got its files. Those that were not carried over stand first then. "" is no container.
func Compare(ctx context.Context, src Source, c model.Container, other string, update func(Found)) Found {
	l := &lister{update: update}
	what := model.Say("rescue.cannot-list-the-files-inside")
	if err := model.Guard(what, func() error { return l.compare(ctx, src, c, other) }); err != nil {
		l.change(func(f *Found) { f.Problem, f.Complete = model.AsProblem(err, what), false })
	}
	return l.result()
}

// compare is the work of [Compare].
func (l *lister) compare(ctx context.Context, src Source, c model.Container, other string) error {
	l.found.Kept, l.found.Volumes = mounts(c)
	changes, err := src.Changes(ctx, c.ID)
	if err != nil {
		return err
	}
	changes, _ = withoutEngines(changes, c.Mounts)
	own, ignored, deleted := split(changes, c.Mounts)
	above := tops(changes, c.Mounts)
	l.change(func(f *Found) { f.Files, f.Ignored, f.Deleted, f.Tops, f.Listed = own, ignored, deleted, above, true })
	l.sizes(ctx, src, c.ID)
	if other != "" {
		l.twins(ctx, src, other)
	}
	if ctx.Err() == nil {
		l.change(func(f *Found) { f.Complete = true })
	}
	return nil
}

// mounts tells which mounts stay and where anonymous volumes would go with the container.
func mounts(c model.Container) (kept []model.Mount, lost []string) {
	for _, m := range c.Mounts {
		switch {
		case m.Type == "volume" && engine.IsAnonymous(m.Name) && c.AutoRemove:
			lost = append(lost, m.Destination)
		case m.Type == "bind", m.Type == "volume":
			kept = append(kept, m)
		}
	}
	return kept, lost
}

// engines are files that engines put into containers themselves.
var engines = []string{
	"/sbin/docker-init", "/dev/init", "/run/podman-init", "/.dockerenv", "/run/.containerenv",
	"/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/etc/mtab",
}

// withoutEngines drops what the engine put there itself: those files, the places of mounts, and the folders that it
// added for nothing else. touched are the folders that were changed by nothing that is left; a person may still
// have changed who may use them.
func withoutEngines(changes []engine.Change, mounts []model.Mount) (rest, touched []engine.Change) {
	places := map[string]bool{}
	for _, p := range engines {
		places[p] = true
	}
	for _, m := range mounts {
		places[m.Destination] = true
	}
	used, emptied := map[string]bool{}, map[string]bool{}
	sorted := slices.SortedFunc(slices.Values(changes), func(a, b engine.Change) int {
		return strings.Compare(b.Path, a.Path)
	})
	for _, c := range sorted { // what is in a folder comes before it
		idle := emptied[c.Path] && !used[c.Path]
		if places[c.Path] && c.Kind != "deleted" || idle {
			if emptied[path.Dir(c.Path)] = true; idle && c.Kind == "changed" {
				touched = append(touched, c)
			}
			continue
		}
		used[path.Dir(c.Path)] = true
		rest = append(rest, c)
	}
	return rest, touched
}

// split sorts the engine's list into own files, noise, and what was deleted that is no noise. Folders of listed files
// and the places where mounts were put are nothing of it.
func split(changes []engine.Change, mounts []model.Mount) (own []File, ignored, deleted []string) {
	parents, venvs := map[string]bool{}, map[string]bool{}
	for _, c := range changes {
		if dir, name := path.Split(c.Path); name == "pyvenv.cfg" {
			venvs[path.Clean(dir)] = true
		}
		for p := c.Path; ; {
			i := strings.LastIndexByte(p, '/')
			if i <= 0 || parents[p[:i]] {
				break
			}
			p = p[:i]
			parents[p] = true
		}
	}
	for _, c := range changes {
		switch {
		case c.Kind == "deleted" && !IsNoise(c.Path):
			deleted = append(deleted, c.Path)
		case c.Kind == "deleted" || parents[c.Path] || isMount(c.Path, mounts):
		case IsNoise(c.Path) || inVenv(c.Path, venvs):
			ignored = append(ignored, c.Path)
		default:
			own = append(own, File{Path: c.Path, Changed: c.Kind == "changed"})
		}
	}
	slices.SortFunc(own, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	slices.Sort(ignored)
	slices.Sort(deleted)
	return own, ignored, deleted
}

// tops are the outermost of what was added, and what was changed itself and not only by what is in it.
func tops(changes []engine.Change, mounts []model.Mount) (list []string) {
	added, parents := map[string]bool{}, map[string]bool{}
	for _, c := range changes {
		added[c.Path] = c.Kind == "added" && !isMount(c.Path, mounts)
		parents[path.Dir(c.Path)] = true
	}
	for _, c := range changes {
		if added[c.Path] && !added[path.Dir(c.Path)] || c.Kind == "changed" && !parents[c.Path] && !isMount(c.Path, mounts) {
			list = append(list, c.Path)
		}
	}
	slices.Sort(list)
	return list
}

func isMount(p string, mounts []model.Mount) bool {
	return slices.ContainsFunc(mounts, func(m model.Mount) bool {
		return p == m.Destination || strings.HasPrefix(m.Destination, p+"/")
	})
}

// lister collects what is found and hands out copies.
type lister struct {
	mu     sync.Mutex
	found  Found
	update func(Found)
}

func (l *lister) result() Found {
	l.mu.Lock()
	defer l.mu.Unlock()
	f := l.found
	f.Files = slices.Clone(f.Files)
	return f
}

func (l *lister) change(fn func(*Found)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fn(&l.found)
	if l.update != nil {
		f := l.found
		f.Files = slices.Clone(f.Files)
		l.update(f)
	}
}

// sizes asks about each file and shows the answers a few times a second. What turns out to be a folder is empty and
// no file: it is dropped.
func (l *lister) sizes(ctx context.Context, src Source, id string) {
	l.ask(ctx, src, id, func(f *File, a engine.FileInfo) (drop bool) {
		f.Size, f.Modified, f.Known = a.Size, a.Modified, true
		return a.Dir
	})
}

// twins asks for the same files in another container. Files that were copied keep their time to the second.
func (l *lister) twins(ctx context.Context, src Source, other string) {
	l.ask(ctx, src, other, func(f *File, a engine.FileInfo) (drop bool) {
		f.Twin = f.Known && a.Regular && a.Size == f.Size && a.Modified.Unix() == f.Modified.Unix()
		return false
	})
	l.change(func(f *Found) {
		f.Files = slices.Clone(f.Files)
		slices.SortStableFunc(f.Files, func(a, b File) int {
			switch {
			case a.Twin == b.Twin:
				return 0
			case b.Twin:
				return -1
			}
			return 1
		})
	})
}

// ask looks each file up in a container. note gets each file with the answer, and tells which are dropped from the
// list.
func (l *lister) ask(ctx context.Context, src Source, id string, note func(*File, engine.FileInfo) (drop bool)) {
	paths := make(chan string)
	var mu sync.Mutex
	answers := map[string]engine.FileInfo{}
	shown := time.Now()
	answer := func(p string, info engine.FileInfo) {
		mu.Lock()
		defer mu.Unlock()
		if answers[p] = info; time.Since(shown) > 150*time.Millisecond {
			shown = time.Now()
			l.apply(answers, note)
			clear(answers)
		}
	}
	var wg sync.WaitGroup
	for range workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for p := range paths {
				// What is gone or cannot be read stays on the list without a size.
				_ = model.Guard(model.Say("rescue.cannot-look-at", model.Args{"Path": model.Name(p)}), func() error {
					info, err := src.Stat(ctx, id, p)
					if err == nil {
						answer(p, info)
					}
					return err
				})
			}
		}()
	}
	for i, f := range l.result().Files {
		if i >= maxStats || ctx.Err() != nil {
			break
		}
		paths <- f.Path
	}
	close(paths)
	wg.Wait()
	l.apply(answers, note)
}

func (l *lister) apply(answers map[string]engine.FileInfo, note func(*File, engine.FileInfo) (drop bool)) {
	l.change(func(f *Found) {
		kept := make([]File, 0, len(f.Files))
		for _, file := range f.Files {
			if a, ok := answers[file.Path]; !ok || !note(&file, a) {
				kept = append(kept, file)
			}
		}
		f.Files = kept
	})
}
