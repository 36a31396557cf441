package platform

import (
	"os"
	"syscall"
	"time"
)

// SetModified sets when an open file was changed last; its name does not matter.
func SetModified(f *os.File, t time.Time) error {
	at := syscall.NsecToFiletime(t.UnixNano())
	if err := syscall.SetFileTime(syscall.Handle(f.Fd()), nil, &at, &at); err != nil {
		return &os.PathError{Op: "SetFileTime", Path: f.Name(), Err: err}
	}
	return nil
}
