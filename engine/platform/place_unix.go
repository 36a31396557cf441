//go:build unix && !linux

package platform

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// SetModified sets when an open file was changed last; its name does not matter.
func SetModified(f *os.File, t time.Time) error {
	tv := unix.NsecToTimeval(t.UnixNano())
	if err := unix.Futimes(int(f.Fd()), []unix.Timeval{tv, tv}); err != nil {
		return &os.PathError{Op: "futimes", Path: f.Name(), Err: err}
	}
	return nil
}
