package rescue

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"hash/maphash"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"unicode/utf8"

	"slipway/engine"
	"slipway/engine/model"
	"slipway/engine/platform"
)

// Copier is the part of an engine that files are saved from.
type Copier interface {
	CopyOut(ctx context.Context, id, from string, visit func(engine.Entry, io.Reader) error) error
}

// looker is a Copier that tells of single folders, too.
type looker interface {
	Stat(ctx context.Context, id, path string) (engine.FileInfo, error)
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

// Save copies a person's own files of a container into a folder of this computer, under the paths that they have
// inside, together with everything in the volumes that would be lost. Each file is written beside its place, read back
// and compared by size and hash, and only then put there. What is there already as it should be is not copied again, so
// that saving can go on after a failure. Nothing is ever written outside dir or over another file, also when another
// program puts things there meanwhile, and nothing may be read or written by more people than inside, but for who saves
// it. progress gets the bytes written since it was called last, from the calling goroutine.
func Save(ctx context.Context, src Copier, c model.Container, found Found, dir string,
	progress func(bytes int64),
) (Saved, error) {
	root, err := platform.MakeFolder(dir, 0o755)
	if err != nil {
		return Saved{}, cannotWrite(err, dir)
	}
	defer root.Close()
	s := &saver{root: root, dir: dir, progress: progress, modes: map[string]fs.FileMode{}}
	if e, can := src.(looker); can {
		s.look = func(folder string) (engine.FileInfo, error) { return e.Stat(ctx, c.ID, folder) }
	}
	alone, err := s.together(ctx, src, c.ID, found.Files)
	if err != nil {
		return s.saved, err
	}
	for _, f := range alone {
		s.learn(path.Dir(f.Path))
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
		s.learn(path.Dir(volume))
		if err := s.all(ctx, src, c.ID, volume, volume); err != nil {
			return s.saved, err
		}
	}
	if gone := len(s.saved.Gone); gone > 0 && s.saved.Files == 0 {
		return s.saved, &model.Problem{
			Kind: model.ProblemNotFound,
			What: model.Say("rescue.nothing-was-saved"),
			Why:  model.Say("rescue.the-files-are-not-there", model.Args{"Name": model.Name(c.Name)}),
			Fix:  model.Say("common.the-list-shows-what-is"),
		}
	}
	return s.saved, cannotWrite(syncAll(root), dir)
}

// FetchName is what a file or a folder of a container is called in a folder of this computer: by its own name, with a
// number where that is taken.
func FetchName(c model.Container, inside, dir string) string {
	base := path.Base(path.Clean("/" + inside))
	if base == "/" {
		base = c.Name
	}
	name := base
	for i := 2; ; i++ {
		if _, err := os.Lstat(filepath.Join(dir, name)); err != nil {
			return name // that it cannot be written is found out then
		}
		name = numbered(base, i)
	}
}

// Fetch copies a file or a folder with everything in it out of a container into a folder of this computer, as
// [Save] does. as is its name there, see [FetchName]. It does not wait for the disk, as no download does: what it
// copies is still in the container.
func Fetch(ctx context.Context, src Copier, c model.Container, inside, dir, as string,
	progress func(bytes int64),
) (Saved, error) {
	root, err := platform.OpenRoot(dir)
	if err != nil {
		return Saved{}, cannotWrite(err, dir)
	}
	defer root.Close()
	s := &saver{root: root, dir: dir, progress: progress, anew: true, modes: map[string]fs.FileMode{}}
	err = s.all(ctx, src, c.ID, inside, as)
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
	buf  []byte
	// modes are those of folders of the container, by their names here; look asks for others, and may be nil.
	modes map[string]fs.FileMode
	look  func(folder string) (engine.FileInfo, error)
	// made is the folder that is known to be there.
	made string
	// placed are the names that the files of one copy got here, by their paths: a hard link names one of them.
	placed map[string]string
}

// all saves a file, or a folder with everything in it, as if its path were as.
func (s *saver) all(ctx context.Context, src Copier, id, from, as string) error {
	s.placed = map[string]string{}
	return src.CopyOut(ctx, id, from, func(e engine.Entry, r io.Reader) error {
		if e.Hard {
			e.Link = path.Join(as, e.Link)
		}
		return s.entry(ctx, path.Join(as, e.Path), e, r)
	})
}

const (
	// few files are asked for one by one.
	few = 4
	// waste is how many bytes of others may come along with a folder before its parts are asked for by themselves.
	waste = 16 << 20
	// entryWaste is what an entry itself counts for.
	entryWaste = 1 << 10
)

var errWaste = errors.New("too much else is in this folder")

// together saves files by the folders that they are in, and returns those that have to be asked for one by one: an
// engine may take a quarter of a second for each question, as Docker 20.10 does, which starts a program for it.
func (s *saver) together(ctx context.Context, src Copier, id string, files []File) (alone []File, err error) {
	if len(files) < few {
		return files, nil
	}
	dir := common(files)
	left, whole, err := s.folder(ctx, src, id, dir, files)
	if whole || err != nil {
		return left, err
	}
	parts := map[string][]File{}
	for _, f := range left {
		below, rest, deeper := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(f.Path, dir), "/"), "/")
		if !deeper || rest == "" || strings.ContainsRune(below, utf8.RuneError) { // that folder cannot be asked for
			alone = append(alone, f)
			continue
		}
		parts[below] = append(parts[below], f)
	}
	for _, below := range slices.Sorted(maps.Keys(parts)) {
		more, err := s.together(ctx, src, id, parts[below])
		if err != nil {
			return nil, err
		}
		alone = append(alone, more...)
	}
	return alone, nil
}

// folder saves those of the files that the engine sends with their folder, and returns the others. whole tells that it
// sent all of it: not where that has too much else in it, or is not found.
func (s *saver) folder(
	ctx context.Context, src Copier, id, dir string, files []File,
) (left []File, whole bool, err error) {
	s.learn(path.Dir(dir))
	wanted := map[string]bool{}
	for _, f := range files {
		wanted[f.Path] = true
	}
	var wrong error
	worth := int64(waste)
	s.placed = map[string]string{}
	failed := src.CopyOut(ctx, id, dir, func(e engine.Entry, r io.Reader) error {
		name := path.Join(dir, e.Path)
		as := listed(name)
		s.noteMode(name, e.Mode)
		if e.Hard {
			e.Link = path.Join(dir, e.Link)
		}
		if _, mine := wanted[as]; !mine || e.Mode.IsDir() || e.Hard && s.placed[e.Link] == "" {
			if worth -= e.Size + entryWaste; worth < 0 {
				return errWaste
			}
			return nil
		}
		worth += e.Size
		wanted[as] = false
		wrong = s.entry(ctx, name, e, r)
		return wrong
	})
	if wrong == nil {
		wrong = ctx.Err()
	}
	if wrong != nil {
		return nil, false, wrong
	}
	left = slices.DeleteFunc(slices.Clone(files), func(f File) bool { return !wanted[f.Path] })
	switch {
	case failed == nil:
		return left, true, nil
	case errors.Is(failed, errWaste), model.IsKind(failed, model.ProblemNotFound):
		return left, false, nil
	}
	return nil, false, failed
}

// common is the deepest folder that all files are in, and that the engine can be asked for.
func common(files []File) string {
	dir := path.Dir(files[0].Path)
	for _, f := range files[1:] {
		for dir != "/" && !strings.HasPrefix(f.Path, dir+"/") {
			dir = path.Dir(dir)
		}
	}
	return askable(dir)
}

// askable is a folder as far as it is UTF-8.
func askable(dir string) string {
	if bad := strings.IndexRune(dir, utf8.RuneError); bad >= 0 {
		return path.Dir(dir[:bad] + "x")
	}
	return dir
}

// listed is how the engine lists a path: each byte that is no UTF-8 becomes a mark.
func listed(path string) string { return string([]rune(path)) }

// entry saves what has this path in the container.
func (s *saver) entry(ctx context.Context, inside string, e engine.Entry, r io.Reader) error {
	name, err := local(inside)
	if err != nil {
		s.saved.Left = append(s.saved.Left, inside)
		return nil //nolint:nilerr // it is told as left
	}
	s.noteMode(inside, e.Mode)
	switch {
	case e.Mode.IsDir():
		return cannotWrite(s.mkdirAll(name), filepath.Join(s.dir, name))
	case e.Hard && s.placed[e.Link] != "":
		return s.again(ctx, inside, s.placed[e.Link])
	case !e.Mode.IsRegular():
		s.saved.Left = append(s.saved.Left, inside)
		return nil
	case !s.anew && s.isThere(name, e):
		s.place(inside, name)
		s.count(e.Size)
		s.progress(e.Size)
		return nil
	}
	if err := s.mkdirAll(filepath.Dir(name)); err != nil {
		return cannotWrite(err, filepath.Join(s.dir, name))
	}
	return s.write(ctx, inside, name, e, r)
}

func (s *saver) place(inside, name string) {
	if s.placed != nil {
		s.placed[inside] = name
	}
}

// again saves a hard link: as a file of its own with what is in the one that was saved before, as both would have been
// saved had the engine been asked for each.
func (s *saver) again(ctx context.Context, inside, first string) error {
	f, err := platform.OpenRegularIn(s.root, first)
	if err != nil {
		return cannotWrite(err, filepath.Join(s.dir, first))
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return cannotWrite(err, filepath.Join(s.dir, first))
	}
	return s.entry(ctx, inside, engine.Entry{Size: info.Size(), Mode: info.Mode(), Modified: info.ModTime()}, f)
}

// byLook saves a file whose name is not UTF-8. The engine lists it with marks in the place of the bytes that it cannot
// write, and does not find it by that: it is looked for in its folder.
func (s *saver) byLook(ctx context.Context, src Copier, id, name string) error {
	folder := askable(name)
	hard := map[string][]string{} // by the entry that has the content
	s.placed = map[string]string{}
	err := src.CopyOut(ctx, id, folder, func(e engine.Entry, r io.Reader) error {
		whole := path.Join(folder, e.Path)
		if listed(whole) != name {
			return nil
		}
		if e.Hard {
			hard[e.Link] = append(hard[e.Link], whole)
			return nil
		}
		return s.entry(ctx, whole, e, r)
	})
	if err != nil || len(hard) == 0 {
		return err
	}
	return src.CopyOut(ctx, id, folder, func(e engine.Entry, r io.Reader) error {
		for i, whole := range hard[e.Path] {
			if i > 0 {
				if err := s.again(ctx, whole, s.placed[hard[e.Path][0]]); err != nil {
					return err
				}
				continue
			}
			if err := s.entry(ctx, whole, e, r); err != nil {
				return err
			}
		}
		return nil
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

// maxName is how long a name may be, in bytes: most file systems have this limit.
const maxName = 255

// partOf is what a file is called until it is whole.
func partOf(name string) string {
	dir, base := filepath.Split(name)
	if len(base)+len(part) > maxName {
		base = fmt.Sprintf("%x", sha256.Sum256([]byte(base)))
	}
	return dir + base + part
}

// numbered is another name for a file whose own is taken.
func numbered(name string, i int) string {
	dir, base := filepath.Split(name)
	number := fmt.Sprintf(" (%d)", i)
	ext := filepath.Ext(base)
	if len(ext) > maxName/2 { // rather a name with a point in it
		ext = ""
	}
	stem := strings.TrimSuffix(base, ext)
	if most := maxName - len(number) - len(ext); len(stem) > most {
		for most > 0 && !utf8.RuneStart(stem[most]) {
			most--
		}
		stem = stem[:most]
	}
	return dir + stem + number + ext
}

// write puts a file beside its place, reads it back, and moves it there.
func (s *saver) write(ctx context.Context, inside, name string, e engine.Entry, r io.Reader) error {
	whole := filepath.Join(s.dir, name)
	f, part, err := s.create(partOf(name), 0o600|e.Mode.Perm()&0o755)
	if err != nil {
		return cannotWrite(err, whole)
	}
	defer f.Close()
	if s.anew { // it is not gone on with later
		defer func() { _ = platform.Remove(s.root, part, f) }() // nothing when it has its name
	}
	sum := newSum()
	to := &failing{w: f}
	n, err := io.CopyBuffer(io.MultiWriter(to, sum, s), reader{ctx, r}, s.buffer())
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case to.err != nil:
		return cannotWrite(to.err, whole)
	case err != nil:
		return &model.Problem{
			Kind: model.ProblemConnectionLost, Cause: err,
			What: model.Say("rescue.came-only-in-part", model.Args{"Name": model.Name(model.Visible(name))}),
			Why:  model.Say("rescue.what-the-engine-sends-broke"),
			Fix:  model.Say("rescue.try-again-what-was-saved"),
		}
	case n != e.Size:
		return &model.Problem{
			Kind: model.ProblemConnectionLost, Cause: io.ErrUnexpectedEOF,
			What: model.Say("rescue.came-only-in-part", model.Args{"Name": model.Name(model.Visible(name))}),
			Why:  model.Say("rescue.the-engine-sent-less-than"),
			Fix:  model.Say("rescue.try-again-what-was-saved"),
		}
	}
	if n >= small && !s.anew { // what is only fetched stays where it is, whatever becomes of this computer
		err = f.Sync()
	}
	if err := errors.Join(err, s.readBack(f, sum)); err != nil {
		return cannotWrite(err, whole)
	}
	if s.anew && s.same(name, n, sum) {
		s.place(inside, name)
		s.count(n)
		return nil
	}
	free, err := s.name(f, part, name, e)
	if err != nil {
		return cannotWrite(err, whole)
	}
	s.place(inside, free)
	s.count(n)
	return nil
}

// create makes a new file, in the place of one that an earlier try left, and tells what it is called. What is no file
// is not of an earlier try, and stays.
func (s *saver) create(part string, mode fs.FileMode) (*os.File, string, error) {
	const how = os.O_CREATE | os.O_EXCL | os.O_RDWR
	f, err := s.root.OpenFile(part, how, mode)
	if !errors.Is(err, fs.ErrExist) {
		return f, part, err
	}
	if info, err := s.root.Lstat(part); err == nil && info.Mode().IsRegular() {
		_ = s.root.Remove(part)
	} else {
		part = filepath.Join(filepath.Dir(part), platform.RandomName(".slipway-"))
	}
	f, err = s.root.OpenFile(part, how, mode)
	return f, part, err
}

// same tells whether a file of that name is there with the same in it.
func (s *saver) same(name string, size int64, sum hash.Hash) bool {
	f, err := platform.OpenRegularIn(s.root, name)
	if err != nil {
		return false
	}
	defer f.Close()
	info, err := f.Stat()
	return err == nil && info.Size() == size && s.readBack(f, sum) == nil
}

// name gives a whole file its name. A file of that name that is another one stays, and this one gets a number.
func (s *saver) name(f *os.File, part, name string, e engine.Entry) (free string, err error) {
	if err := platform.SetModified(f, e.Modified); err != nil {
		return "", err
	}
	free = name
	for i := 2; ; i++ {
		err := platform.Rename(s.root, part, free)
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrExist) {
			return "", err
		}
		free = numbered(name, i)
	}
	if !platform.Is(s.root, free, f) {
		return "", platform.ErrSwapped
	}
	return free, nil
}

// Write implements [io.Writer] to count what was written.
func (s *saver) Write(p []byte) (int, error) {
	s.progress(int64(len(p)))
	return len(p), nil
}

// buffer is what files are copied through, one after the other: one for each would take longer than a small file.
func (s *saver) buffer() []byte {
	if s.buf == nil {
		s.buf = make([]byte, 256<<10)
	}
	return s.buf
}

// seed is of the sums that files are compared by, see [newSum].
var seed = maphash.MakeSeed()

// newSum makes a sum that tells apart what was sent and what is read back: nobody means to deceive it, and SHA-256
// would take a third of the time of a download.
func newSum() hash.Hash {
	sum := &maphash.Hash{}
	sum.SetSeed(seed)
	return sum
}

// readBack compares what is on the disk with what was sent.
func (s *saver) readBack(f *os.File, sent hash.Hash) error {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	sum := newSum()
	// the file itself would make a buffer of its own
	if _, err := io.CopyBuffer(sum, reading{Reader: f}, s.buffer()); err != nil {
		return err
	}
	if string(sum.Sum(nil)) != string(sent.Sum(nil)) {
		return errors.New("what was written is not what is read back")
	}
	return nil
}

// mkdirAll makes a folder and those that it is in, each as it is inside, but for its owner, who can write into it. A
// link in the place of one is not followed: the error is of the class [fs.ErrExist].
func (s *saver) mkdirAll(name string) error {
	if name == s.made {
		return nil
	}
	at := ""
	for _, p := range strings.Split(name, string(filepath.Separator)) {
		at = filepath.Join(at, p)
		info, err := s.root.Lstat(at)
		if errors.Is(err, fs.ErrNotExist) {
			if err = s.root.Mkdir(at, 0o700|s.modes[at]&0o755); err == nil {
				continue
			}
			if errors.Is(err, fs.ErrExist) { // somebody else made it
				info, err = s.root.Lstat(at)
			}
		}
		if err != nil {
			return err
		}
		if !info.IsDir() {
			return &fs.PathError{Op: "mkdir", Path: filepath.Join(s.dir, at), Err: fs.ErrExist}
		}
	}
	s.made = name
	return nil
}

// noteMode remembers the mode of what is a folder in the container.
func (s *saver) noteMode(inside string, mode fs.FileMode) {
	if !mode.IsDir() {
		return
	}
	if name, err := local(inside); err == nil {
		s.modes[name] = mode.Perm()
	}
}

// learn asks for the modes of a folder of the container and of those that it is in. It is done before anything is
// copied out of it: until that ended, some engines do not answer.
func (s *saver) learn(folder string) {
	if s.look == nil {
		return
	}
	for name, err := local(folder); err == nil && name != "."; name = filepath.Dir(name) {
		if _, known := s.modes[name]; known {
			return // and what it is in
		}
		s.modes[name] = 0 // nobody's but its owner's, where nobody tells
		if info, err := s.look("/" + filepath.ToSlash(name)); err == nil && info.Dir {
			s.modes[name] = info.Mode.Perm()
		}
	}
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
	kind, why, fix := model.ProblemPermission, model.Say("rescue.this-computer-refused-to-write"),
		model.Say("rescue.choose-another-folder-and-try")
	switch {
	case errors.Is(err, platform.ErrSwapped):
		kind, why = model.ProblemConflict, model.Say("rescue.another-program-put-something-else")
	case errors.Is(err, syscall.ENOSPC):
		kind, why, fix = model.ProblemDiskFull, model.Say("common.the-disk-of-this-computer"),
			model.Say("rescue.make-room-or-choose-a")
	case errors.Is(err, fs.ErrNotExist):
		kind, why = model.ProblemNotFound, model.Say("rescue.its-folder-is-not-there")
	case errors.Is(err, fs.ErrExist):
		kind, why, fix = model.ProblemConflict, model.Say("rescue.there-is-one-of-that"),
			model.Say("common.choose-another-name")
	case errors.Is(err, fs.ErrPermission):
		why = model.Say("rescue.you-may-not-write-there")
	}
	return &model.Problem{
		Kind: kind, Cause: err,
		What: model.Say("rescue.cannot-save", model.Args{"Path": model.Name(path)}),
		Why:  why,
		Fix:  fix,
	}
}
