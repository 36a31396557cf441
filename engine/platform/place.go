package platform

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// MakeFolder makes a folder with those that it is in, and opens it. One that is there already is opened; a link in its
// place is not followed, because a program may have foreseen its name.
func MakeFolder(dir string, mode fs.FileMode) (*os.Root, error) {
	dir = filepath.Clean(dir)
	parent, base := filepath.Dir(dir), filepath.Base(dir)
	if parent == dir || base == "." || base == ".." {
		return OpenRoot(dir)
	}
	if err := os.MkdirAll(parent, mode); err != nil {
		return nil, err
	}
	in, err := OpenRoot(parent)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	if err := in.Mkdir(base, mode); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return OpenRootIn(in, base)
}

// RandomName is a name for a file that nobody can foresee.
func RandomName(prefix string) string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails, see crypto/rand
	return prefix + hex.EncodeToString(b[:])
}

// Rename gives a thing below a folder another name there, which nothing may have: the error is of the class
// [fs.ErrExist] then, also for what appears at the last moment.
func Rename(root *os.Root, from, to string) error {
	err := renameNew(root, from, to)
	if !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	err = root.Link(from, to) // made only where nothing is, unlike a renaming
	if err == nil {
		return root.Remove(from)
	}
	if errors.Is(err, fs.ErrExist) || errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return renameReserved(root, from, to)
}

// renameReserved takes a name first, for disks without links.
func renameReserved(root *os.Root, from, to string) error {
	f, err := root.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	if !Is(root, to, f) {
		return &fs.PathError{Op: "rename", Path: to, Err: fs.ErrExist}
	}
	if err := root.Rename(from, to); err != nil {
		return errors.Join(err, Remove(root, to, f))
	}
	return nil
}

// Is tells whether what has a name below a folder is this open file, and no link to it.
func Is(root *os.Root, name string, f *os.File) bool {
	info, err := f.Stat()
	if err != nil {
		return false
	}
	now, err := root.Lstat(name)
	return err == nil && os.SameFile(info, now)
}

// Remove removes an open file from a folder; what has its name by now stays.
func Remove(root *os.Root, name string, f *os.File) error {
	if !Is(root, name, f) {
		return nil
	}
	return root.Remove(name)
}

// WriteNew writes a file below a folder whole or not at all, and never over another one: then the error is of the class
// [fs.ErrExist].
func WriteNew(root *os.Root, name string, data []byte, mode fs.FileMode) error {
	return write(root, name, data, mode, Rename)
}

// Replace writes a file below a folder so that a crash leaves either the old or the new one. A link is
// replaced, not what it leads to.
func Replace(root *os.Root, name string, data []byte, mode fs.FileMode) error {
	return write(root, name, data, mode, (*os.Root).Rename)
}

func write(root *os.Root, name string, data []byte, mode fs.FileMode,
	rename func(root *os.Root, from, to string) error,
) error {
	tmp := filepath.Join(filepath.Dir(name), RandomName(".slipway-"))
	f, err := root.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync()); err == nil {
		err = rename(root, tmp, name)
	}
	if err == nil && !Is(root, name, f) {
		err = &fs.PathError{Op: "write", Path: name, Err: ErrSwapped}
	}
	if err != nil {
		return errors.Join(err, Remove(root, tmp, f))
	}
	return nil
}
