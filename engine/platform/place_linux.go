package platform

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// renameNew is renameat2(2) with RENAME_NOREPLACE; not every file system can.
func renameNew(root *os.Root, from, to string) error {
	const how = os.O_RDONLY | unix.O_DIRECTORY | unix.O_NONBLOCK
	in, err := root.OpenFile(filepath.Dir(from), how, 0)
	if err != nil {
		return err
	}
	defer in.Close()
	into := in
	if filepath.Dir(from) != filepath.Dir(to) {
		if into, err = root.OpenFile(filepath.Dir(to), how, 0); err != nil {
			return err
		}
		defer into.Close()
	}
	err = unix.Renameat2(int(in.Fd()), filepath.Base(from), int(into.Fd()), filepath.Base(to), unix.RENAME_NOREPLACE)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, unix.EINVAL), errors.Is(err, unix.ENOSYS), errors.Is(err, unix.EOPNOTSUPP):
		return errors.ErrUnsupported
	}
	return &os.LinkError{Op: "renameat2", Old: from, New: to, Err: err}
}

// SetModified sets when an open file was changed last; its name does not matter.
func SetModified(f *os.File, t time.Time) error {
	ts, err := unix.TimeToTimespec(t)
	if err != nil {
		return err
	}
	err = unix.UtimesNanoAt(unix.AT_FDCWD, fmt.Sprintf("/proc/self/fd/%d", f.Fd()), []unix.Timespec{ts, ts}, 0)
	if err != nil {
		return &os.PathError{Op: "utimensat", Path: f.Name(), Err: err}
	}
	return nil
}
