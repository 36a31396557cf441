package rescue

import (
	"errors"
	"os"

	"slipway/engine/platform"
)

// partFile is a file in a folder that gets its name only when it is whole.
type partFile struct {
	*os.File
	in   *os.Root
	name string // "" for none until then
}

// newPart makes one. Where the system can, and nameless asks for it, it has no name until then, so that nothing of it
// is left whenever this program ends.
func newPart(in *os.Root, nameless bool) (partFile, error) {
	if nameless {
		if f, err := openNameless(in); err == nil {
			return partFile{File: f, in: in}, nil
		}
	}
	name := platform.RandomName(".slipway-part-")
	f, err := in.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	return partFile{f, in, name}, err
}

// place gives it its name, which nothing may have: that is an error of the class [os.ErrExist].
func (p partFile) place(name string) error {
	if p.name == "" {
		return linkNameless(p.File, p.in, name)
	}
	err := platform.Rename(p.in, p.name, name)
	if err == nil && !platform.Is(p.in, name, p.File) {
		err = platform.ErrSwapped
	}
	return err
}

// drop closes it, and removes what has no name of its own yet.
func (p partFile) drop() error {
	var err error
	if p.name != "" {
		err = platform.Remove(p.in, p.name, p.File)
	}
	return errors.Join(err, p.Close())
}
