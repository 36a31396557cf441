package rescue

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// openNameless makes a file in a folder that has no name, see open(2), O_TMPFILE. Not every file system can.
func openNameless(in *os.Root) (*os.File, error) {
	return in.OpenFile(".", unix.O_TMPFILE|os.O_RDWR, 0o600)
}

// linkNameless gives it one, where nothing has it.
func linkNameless(f *os.File, in *os.Root, name string) error {
	dir, err := in.Open(".")
	if err != nil {
		return err
	}
	defer dir.Close()
	from := fmt.Sprintf("/proc/self/fd/%d", f.Fd())
	if err := unix.Linkat(unix.AT_FDCWD, from, int(dir.Fd()), name, unix.AT_SYMLINK_FOLLOW); err != nil {
		return &os.LinkError{Op: "link", Old: from, New: name, Err: err}
	}
	return nil
}
