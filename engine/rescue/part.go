package rescue

import (
	"errors"
	"os"
	"path/filepath"
)

// partFile is a file that gets its name only when it is whole.
type partFile struct {
	*os.File
	named bool // it has another name until then
}

// newPart makes one that is to be called file. Where the system can, it has no name until then, so that nothing of it is left
// whenever this program ends.
func newPart(file string) (partFile, error) {
	if f, err := nameless(filepath.Dir(file)); err == nil {
		return partFile{File: f}, nil
	}
	f, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+".part-*")
	return partFile{f, true}, err
}

// place gives it its name, which nothing may have: that is an error of the class [os.ErrExist].
func (p partFile) place(file string) error {
	if !p.named {
		return linkNameless(p.File, file)
	}
	if err := os.Link(p.Name(), file); err == nil || errors.Is(err, os.ErrExist) {
		return err // a link is made only where nothing is, unlike a renaming
	}
	return os.Rename(p.Name(), file) // a file system without links
}

// drop closes it, and removes what has no name of its own yet.
func (p partFile) drop() {
	p.Close()
	if p.named {
		os.Remove(p.Name()) // it is gone when it was renamed
	}
}
