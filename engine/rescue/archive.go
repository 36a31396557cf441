package rescue

import (
	"archive/tar"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"path"
	"path/filepath"
	"strings"

	"slipway/engine/model"
	"slipway/engine/platform"
)

// Archiver is the part of an engine that whole folders are read from and written to.
type Archiver interface {
	ArchiveOut(ctx context.Context, id, dir string) (io.ReadCloser, error)
	CopyIn(ctx context.Context, id, dir string, archive io.Reader) error
}

// Contents is what an archive holds, in a form that can be compared: two are equal when they have the same files,
// folders and links with the same names, contents, modes and owners, in whatever order.
type Contents struct {
	// Files counts regular files, Bytes what is in them.
	Files int
	Bytes int64
	sum   [sha256.Size]byte
}

// Read reads an archive and tells what it holds. progress gets the bytes of files read since it was called last, and
// may be nil. That the mark of its end is missing is no error here, see [whole].
func Read(r io.Reader, progress func(bytes int64)) (Contents, error) {
	var c Contents
	sum := new(big.Int)
	for in := tar.NewReader(r); ; {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return c, err
		}
		hash := sha256.New()
		// What the engine itself makes up anew at each copy is left out: times of access, names of users, the size of
		// folders.
		fmt.Fprintf(hash, "%q %d %o %d %d %q %d %d ", path.Clean("/"+h.Name), kindOf(h), h.Mode&0o7777, h.Uid, h.Gid,
			linkOf(h), h.Devmajor, h.Devminor)
		n, err := io.Copy(hash, reading{in, progress})
		if err != nil {
			return c, err
		}
		_ = binary.Write(hash, binary.BigEndian, n)
		if kindOf(h) == tar.TypeReg {
			c.Files++
			c.Bytes += n
		}
		if path.Clean("/"+h.Name) == "/" { // not every archive has its own folder in it
			continue
		}
		sum.Add(sum, new(big.Int).SetBytes(hash.Sum(nil))) // the order does not matter
	}
	mod := new(big.Int).Lsh(big.NewInt(1), 8*sha256.Size)
	sum.Mod(sum, mod).FillBytes(c.sum[:])
	return c, nil
}

// linkOf is where an entry points to. A hard link names another entry, however that is written.
func linkOf(h *tar.Header) string {
	if h.Typeflag == tar.TypeLink {
		return path.Clean("/" + h.Linkname)
	}
	return h.Linkname
}

// kindOf is what an entry is; older formats have two words for a file.
func kindOf(h *tar.Header) byte {
	if h.Typeflag == 0 || h.Typeflag == tar.TypeGNUSparse {
		return tar.TypeReg
	}
	return h.Typeflag
}

// reading tells how much was read.
type reading struct {
	io.Reader
	progress func(int64)
}

// Read implements [io.Reader].
func (r reading) Read(b []byte) (int, error) {
	n, err := r.Reader.Read(b)
	if r.progress != nil && n > 0 {
		r.progress(int64(n))
	}
	return n, err
}

// uncancelled reads as long as nobody has cancelled.
type uncancelled struct {
	ctx context.Context
	io.Reader
}

// Read implements [io.Reader].
func (u uncancelled) Read(b []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.Reader.Read(b)
}

// Progress is told how far a copy is; either function may be nil. Each gets the bytes of files since it was called
// last.
type Progress struct {
	// Copied counts what was copied, Compared what of it was read back.
	Copied, Compared func(bytes int64)
}

// BackUp writes everything in a folder of a container into a new file, as a tar archive. It is read back and compared
// with what the engine sent, and only then has its name; a file that is there already is never replaced.
func BackUp(ctx context.Context, src Archiver, id, dir, file string, progress Progress) (Contents, error) {
	root, err := platform.OpenRoot(filepath.Dir(file))
	if err != nil {
		return Contents{}, cannotWrite(err, file)
	}
	defer root.Close()
	if _, err := root.Lstat(filepath.Base(file)); err == nil {
		return Contents{}, &model.Problem{
			Kind: model.ProblemConflict,
			What: model.Say("rescue.cannot-write", model.Args{"File": model.Name(file)}),
			Why:  model.Say("rescue.a-file-of-this-name"),
			Fix:  model.Say("common.choose-another-name"),
		}
	}
	part, err := newPart(root, true)
	if err != nil {
		return Contents{}, cannotWrite(err, file)
	}
	defer part.drop()
	sent, err := receive(ctx, src, id, dir, part.File, file, progress.Copied)
	if err != nil {
		return sent, err
	}
	if err := errors.Join(part.Sync(), rewind(part.File)); err != nil {
		return sent, cannotWrite(err, file)
	}
	written, err := Read(uncancelled{ctx, part}, progress.Compared)
	if err == nil {
		err = whole(part.File)
	}
	if ctx.Err() != nil {
		return sent, ctx.Err()
	}
	if err != nil || written != sent {
		return sent, &model.Problem{
			Kind: model.ProblemUnknown, Cause: err,
			What: model.Say("rescue.cannot-back-up-into", model.Args{"File": model.Name(file)}),
			Why:  model.Say("rescue.what-was-read-back-is"),
			Fix:  model.Say("rescue.look-at-the-disk-then"),
		}
	}
	return sent, cannotWrite(errors.Join(part.place(filepath.Base(file)), syncAll(root)), file)
}

// receive copies what the engine sends into a file, and tells what it was.
func receive(ctx context.Context, src Archiver, id, dir string, to io.Writer, name string,
	progress func(int64),
) (Contents, error) {
	r, err := src.ArchiveOut(ctx, id, dir)
	if err != nil {
		return Contents{}, err
	}
	defer r.Close()
	w := &failing{w: to}
	tee := io.TeeReader(r, w)
	c, err := Read(tee, progress)
	if err == nil {
		_, err = io.Copy(io.Discard, tee) // what fills the last block up
	}
	switch {
	case ctx.Err() != nil:
		return c, ctx.Err()
	case w.err != nil:
		return c, cannotWrite(w.err, name)
	case err != nil:
		return c, &model.Problem{
			Kind: model.ProblemConnectionLost, Cause: err,
			What: model.Say("rescue.cannot-back-up"),
			Why:  model.Say("rescue.what-the-engine-sends-broke"),
			Fix:  model.Say("common.try-again"),
		}
	}
	return c, nil
}

// failing remembers why writing failed, to tell it from reading.
type failing struct {
	w   io.Writer
	err error
}

// Write implements [io.Writer].
func (f *failing) Write(b []byte) (int, error) {
	n, err := f.w.Write(b)
	if err != nil {
		f.err = err
	}
	return n, err
}

func rewind(f *os.File) error {
	_, err := f.Seek(0, io.SeekStart)
	return err
}

// Restore puts everything of a tar archive into an empty folder of a container, and compares it with what is in there
// then; exact tells that every name, content, mode and owner is the same, and not only the number of files and their
// bytes, as it may be with an archive that others made. The archive is read once before, so that one that is damaged
// changes nothing, nor one that would leave the folder.
func Restore(ctx context.Context, dst Archiver, id, dir, file string,
	progress Progress,
) (c Contents, exact bool, err error) {
	f, err := platform.OpenRegular(file)
	if err != nil {
		return c, false, &model.Problem{
			Kind: model.ProblemNotFound, Cause: err,
			What: model.Say("rescue.cannot-read", model.Args{"File": model.Name(file)}),
			Fix:  model.Say("rescue.choose-another-file"),
		}
	}
	defer f.Close()
	want, err := readSafe(ctx, f)
	if err == nil {
		err = rewind(f)
	}
	if ctx.Err() != nil {
		return c, false, ctx.Err()
	}
	if err != nil {
		return c, false, &model.Problem{
			Kind: model.ProblemBadInput, Cause: err,
			What: model.Say("rescue.cannot-be-restored", model.Args{"File": model.Name(filepath.Base(file))}),
			Why:  model.Say("rescue.it-is-no-whole-tar"),
			Fix:  model.Say("rescue.choose-another-file-one-that"),
		}
	}
	if err := send(ctx, dst, id, dir, reading{f, progress.Copied}); err != nil {
		return c, false, err
	}
	r, err := dst.ArchiveOut(ctx, id, dir)
	if err != nil {
		return c, false, err
	}
	defer r.Close()
	got, err := Read(r, progress.Compared)
	if ctx.Err() != nil {
		return c, false, ctx.Err()
	}
	if err != nil || got.Files != want.Files || got.Bytes != want.Bytes {
		return c, false, &model.Problem{
			Kind: model.ProblemUnknown, Cause: err,
			What: model.Say("rescue.what-was-restored-is-not", model.Args{"File": model.Name(filepath.Base(file))}),
			Why:  model.Say("rescue.the-engine-tells-other-files"),
			Fix:  model.Say("common.try-again"),
		}
	}
	return got, got == want, nil
}

// send copies an archive into a folder of a container. It goes to the folder that the folder is in, with its name
// before each name: the engine gives the folder itself its mode and owner only so.
func send(ctx context.Context, dst Archiver, id, dir string, from io.Reader) error {
	r, w := io.Pipe()
	renamed := make(chan error, 1)
	go func() {
		err := model.Guard(model.Say("rescue.cannot-read-the-archive"), func() error {
			return rename(ctx, w, from, path.Base(dir))
		})
		w.CloseWithError(err)
		renamed <- err
	}()
	err := dst.CopyIn(ctx, id, path.Dir(dir), r)
	r.CloseWithError(context.Canceled) // ends the other side when the engine wants no more
	if wrong := <-renamed; wrong != nil && !errors.Is(wrong, context.Canceled) && !errors.Is(wrong, io.ErrClosedPipe) &&
		ctx.Err() == nil {
		return wrong
	}
	return err
}

// rename copies an archive and puts a folder before each of its names.
func rename(ctx context.Context, to io.Writer, from io.Reader, folder string) error {
	out := tar.NewWriter(to)
	for in := tar.NewReader(from); ; {
		h, err := in.Next()
		switch {
		case errors.Is(err, io.EOF):
			return out.Close()
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return err
		}
		if err := stays(h); err != nil { // the file may be another by now than the one that was read before
			return err
		}
		h.Name = path.Join(folder, h.Name)
		if h.Typeflag == tar.TypeDir {
			h.Name += "/"
		}
		if h.Typeflag == tar.TypeLink {
			h.Linkname = path.Join(folder, h.Linkname)
		}
		h.Format = tar.FormatUnknown // what can say it
		if err := out.WriteHeader(h); err != nil {
			return err
		}
		if _, err := io.Copy(out, in); err != nil {
			return err
		}
	}
}

// readSafe is [Read] of an archive that comes from anywhere.
func readSafe(ctx context.Context, f *os.File) (Contents, error) {
	for in := tar.NewReader(f); ; {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err := cmp.Or(ctx.Err(), err); err != nil {
			return Contents{}, err
		}
		if err := stays(h); err != nil {
			return Contents{}, err
		}
	}
	if err := errors.Join(whole(f), rewind(f)); err != nil {
		return Contents{}, err
	}
	return Read(uncancelled{ctx, f}, nil)
}

// stays is an error for an entry that would leave its folder.
func stays(h *tar.Header) error {
	names := []string{h.Name}
	if h.Typeflag == tar.TypeLink {
		names = append(names, h.Linkname)
	}
	for _, name := range names {
		if clean := path.Clean(name); path.IsAbs(clean) || clean == ".." || strings.HasPrefix(clean, "../") {
			return errors.New("it names " + name)
		}
	}
	return nil
}

// endMark is how many zeros end an archive, see tar(5).
const endMark = 1024

// whole tells whether an archive has the mark of its end: without it, one that was cut between two files reads as well.
func whole(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	end := make([]byte, endMark)
	if info.Size()%(endMark/2) != 0 || info.Size() < endMark {
		return io.ErrUnexpectedEOF
	}
	if _, err := f.ReadAt(end, info.Size()-endMark); err != nil {
		return err
	}
	if len(bytes.Trim(end, "\x00")) > 0 {
		return io.ErrUnexpectedEOF
	}
	return nil
}
