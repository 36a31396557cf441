//go:build unix

package platform

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
)

// ListenPrivate listens on a unix socket at a path that only the user may open, from its first moment on: it is made in
// a new folder that only the user may enter, and gets its name when it has its mode. A socket that a run of this user
// left there is replaced; anything else stays, and is an error. Closing the listener takes the name away.
func ListenPrivate(path string) (net.Listener, error) {
	if err := clearSocket(path); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(filepath.Dir(path), ".s") // made with mode 0700; short, as paths of sockets are
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	made := filepath.Join(dir, "s")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: made, Net: "unix"})
	if err != nil {
		return nil, err
	}
	l.SetUnlinkOnClose(false)
	err = os.Chmod(made, 0o600)
	if err == nil {
		err = os.Link(made, path) // unlike a rename it takes no other's place
	}
	info, statErr := os.Lstat(path)
	if err = errors.Join(err, statErr); err != nil {
		l.Close()
		return nil, err
	}
	return &privateListener{Listener: l, path: path, info: info}, nil
}

// clearSocket removes a socket that a run which was killed has left.
func clearSocket(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if info.Mode()&fs.ModeSocket == 0 || !ok || int(stat.Uid) != os.Getuid() {
		return fmt.Errorf("%s is there already, and no socket of yours", path)
	}
	if c, err := net.Dial("unix", path); err == nil {
		c.Close()
		return fmt.Errorf("another program listens at %s", path)
	} else if !errors.Is(err, syscall.ECONNREFUSED) {
		return err
	}
	return os.Remove(path)
}

// privateListener takes its own name away, and no other's.
type privateListener struct {
	net.Listener
	path string
	info fs.FileInfo
	once sync.Once
}

// Close implements [net.Listener].
func (l *privateListener) Close() error {
	l.once.Do(func() {
		if now, err := os.Lstat(l.path); err == nil && os.SameFile(now, l.info) {
			os.Remove(l.path)
		}
	})
	return l.Listener.Close()
}
