package rescue

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"unicode/utf8"

	"slipway/engine"
	"slipway/engine/model"
)

// Copier is the part of an engine that files are saved from.
type Copier interface {
	CopyOut(ctx context.Context, id, from string, visit func(engine.Entry, io.Reader) error) error
}

// Saved is what came of saving.
type Saved struct {
	// Files and Bytes were written and read back; files that were there already, of the same size and time, count.
	Files int
	Bytes int64
	// Left are paths that are neither files nor folders, such as links, which are not saved.
	Left []string
	// Gone are files that were not there any more.
	Gone []string
}

// Save copies a person's own files of a container into a folder of this computer, under the paths that they have inside,
// together with everything in the volumes that would be lost. Each file is written beside its place, read back and
// compared by size and hash, and only then put there. What is there already as it should be is not copied again, so that
// saving can go on after a failure. Nothing is ever written outside dir or over another file. progress gets the bytes
// written since it was called last, from the calling goroutine.
func Save(ctx context.Context, src Copier, c model.Container, found Found, dir string, progress func(bytes int64)) (Saved, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return Saved{}, cannotWrite(err, dir)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return Saved{}, cannotWrite(err, dir)
	}
	defer root.Close()
	s := &saver{root: root, dir: dir, progress: progress}
	for _, f := range found.Files {
		err := src.CopyOut(ctx, c.ID, f.Path, func(e engine.Entry, r io.Reader) error {
			return s.entry(ctx, f.Path, e, r)
		})
		if model.IsKind(err, model.ProblemNotFound) && strings.ContainsRune(f.Path, utf8.RuneError) {
			err = s.byLook(ctx, src, c.ID, f.Path)
		}
		if model.IsKind(err, model.ProblemNotFound) { // it was deleted since it was listed
			s.saved.Gone = append(s.saved.Gone, f.Path)
			continue
		}
		if err != nil {
			return s.saved, err
		}
	}
	for _, volume := range found.Volumes {
		err := src.CopyOut(ctx, c.ID, volume, func(e engine.Entry, r io.Reader) error {
			return s.entry(ctx, path.Join(volume, e.Path), e, r)
		})
		if err != nil {
			return s.saved, err
		}
	}
	if gone := len(s.saved.Gone); gone > 0 && s.saved.Files == 0 {
		return s.saved, model.NewProblem(model.ProblemNotFound, nil, "Nothing was saved", "The files are not there any more, or “"+c.Name+"” itself is gone.", "The list shows what is there now.")
	}
	return s.saved, cannotWrite(syncAll(dir), dir)
}

// Fetch copies a file or a folder with everything in it out of a container into a folder of this computer, under its own
// name, as [Save] does.
func Fetch(ctx context.Context, src Copier, c model.Container, inside, dir string, progress func(bytes int64)) (Saved, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return Saved{}, cannotWrite(err, dir)
	}
	defer root.Close()
	s := &saver{root: root, dir: dir, progress: progress, anew: true}
	base := path.Base(path.Clean("/" + inside))
	if base == "/" {
		base = c.Name
	}
	err = src.CopyOut(ctx, c.ID, inside, func(e engine.Entry, r io.Reader) error {
		return s.entry(ctx, path.Join(base, e.Path), e, r)
	})
	if err == nil {
		err = cannotWrite(syncAll(dir), dir)
	}
	return s.saved, err
}

// saver writes into one folder.
type saver struct {
	root     *os.Root // holds every path inside
	dir      string
	progress func(int64)
	saved    Saved
	// anew writes everything, whatever is there: it is not the folder of an earlier try.
	anew bool
}

// entry saves what has this path in the container.
func (s *saver) entry(ctx context.Context, inside string, e engine.Entry, r io.Reader) error {
	name, err := local(inside)
	if err != nil {
		s.saved.Left = append(s.saved.Left, inside)
		return nil
	}
	switch {
	case e.Mode.IsDir():
		return cannotWrite(s.mkdirAll(name), filepath.Join(s.dir, name))
	case !e.Mode.IsRegular():
		s.saved.Left = append(s.saved.Left, inside)
		return nil
	case !s.anew && s.isThere(name, e):
		s.count(e.Size)
		s.progress(e.Size)
		return nil
	}
	if err := s.mkdirAll(filepath.Dir(name)); err != nil {
		return cannotWrite(err, filepath.Join(s.dir, name))
	}
	return s.write(ctx, name, e, r)
}

// byLook saves a file whose name is not UTF-8. The engine lists it with marks in the place of the bytes that it cannot
// write, and does not find it by that: it is looked for in its folder.
func (s *saver) byLook(ctx context.Context, src Copier, id, listed string) error {
	folder := path.Dir(listed[:strings.IndexRune(listed, utf8.RuneError)] + "x")
	return src.CopyOut(ctx, id, folder, func(e engine.Entry, r io.Reader) error {
		whole := path.Join(folder, e.Path)
		if string([]rune(whole)) != listed { // each byte that is none becomes a mark, as in the engine's list
			return nil
		}
		return s.entry(ctx, whole, e, r)
	})
}

func (s *saver) count(size int64) {
	s.saved.Files++
	s.saved.Bytes += size
}

// local is where a path of a container lies under the folder. One that would leave it is an error.
func local(inside string) (string, error) {
	name := filepath.FromSlash(strings.TrimPrefix(path.Clean("/"+inside), "/"))
	if name == "" {
		name = "."
	}
	if !filepath.IsLocal(name) {
		return "", fs.ErrInvalid
	}
	return name, nil
}

// isThere tells whether an earlier try wrote the file whole: only those have its time.
func (s *saver) isThere(name string, e engine.Entry) bool {
	info, err := s.root.Lstat(name)
	return err == nil && info.Mode().IsRegular() && info.Size() == e.Size && info.ModTime().Unix() == e.Modified.Unix()
}

// part is what a file is called until it is whole.
const part = ".slipway-part"

// write puts a file beside its place, reads it back, and moves it there.
func (s *saver) write(ctx context.Context, name string, e engine.Entry, r io.Reader) error {
	whole := filepath.Join(s.dir, name)
	_ = s.root.Remove(name + part) // of an earlier try
	f, err := s.root.OpenFile(name+part, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600|e.Mode.Perm()&0o755)
	if err != nil {
		return cannotWrite(err, whole)
	}
	defer f.Close()
	if s.anew { // it is not gone on with later
		defer func() { _ = s.root.Remove(name + part) }()
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, sum, s), reader{ctx, r})
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return cannotWrite(err, whole)
	case n != e.Size:
		return model.NewProblem(model.ProblemConnectionLost, io.ErrUnexpectedEOF, "“"+name+"” came only in part", "The engine sent less than it said.", "Try again: what was saved already stays.")
	}
	if n >= small {
		err = f.Sync()
	}
	if err := errors.Join(err, readBack(f, sum)); err != nil {
		return cannotWrite(err, whole)
	}
	if s.anew && s.same(name, n, sum) {
		_ = s.root.Remove(name + part)
		s.count(n)
		return nil
	}
	if err := s.place(name, e); err != nil {
		return cannotWrite(err, whole)
	}
	s.count(n)
	return nil
}

// same tells whether a file of that name is there with the same in it.
func (s *saver) same(name string, size int64, sum hash.Hash) bool {
	info, err := s.root.Lstat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() != size {
		return false
	}
	f, err := s.root.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	return readBack(f, sum) == nil
}

// place gives a whole file its name. A file of that name that is another one stays, and this one gets a number.
func (s *saver) place(name string, e engine.Entry) error {
	free := name
	for i := 2; ; i++ {
		if _, err := s.root.Lstat(free); errors.Is(err, fs.ErrNotExist) {
			break
		}
		ext := filepath.Ext(name)
		free = fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(name, ext), i, ext)
	}
	if err := os.Chtimes(filepath.Join(s.dir, name+part), e.Modified, e.Modified); err != nil {
		return err
	}
	return os.Rename(filepath.Join(s.dir, name+part), filepath.Join(s.dir, free))
}

// Write implements [io.Writer] to count what was written.
func (s *saver) Write(p []byte) (int, error) {
	s.progress(int64(len(p)))
	return len(p), nil
}

// readBack compares what is on the disk with what was sent.
func readBack(f *os.File, sent hash.Hash) error {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return err
	}
	if string(sum.Sum(nil)) != string(sent.Sum(nil)) {
		return errors.New("what was written is not what is read back")
	}
	return nil
}

// mkdirAll makes a folder and those that it is in.
func (s *saver) mkdirAll(name string) error {
	at := ""
	for _, p := range strings.Split(name, string(filepath.Separator)) {
		at = filepath.Join(at, p)
		if err := s.root.Mkdir(at, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return nil
}

// reader ends with its context.
type reader struct {
	ctx context.Context
	r   io.Reader
}

// Read implements [io.Reader].
func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// cannotWrite explains an error of this computer; nil stays nil.
func cannotWrite(err error, path string) error {
	if err == nil {
		return nil
	}
	kind, why, fix := model.ProblemPermission, "This computer refused to write it.", "Choose another folder, and try again."
	switch {
	case errors.Is(err, syscall.ENOSPC):
		kind, why, fix = model.ProblemDiskFull, "The disk of this computer is full.", "Make room, or choose a folder on another disk, and try again."
	case errors.Is(err, fs.ErrNotExist):
		kind, why = model.ProblemNotFound, "Its folder is not there."
	case errors.Is(err, fs.ErrExist):
		kind, why, fix = model.ProblemConflict, "There is one of that name already.", "Choose another name."
	case errors.Is(err, fs.ErrPermission):
		why = "You may not write there."
	}
	return model.NewProblem(kind, err, "Cannot save "+path, why, fix)
}
