//go:build unix

package platform

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestListenPrivate listens where nothing is, and where something is: only what a run of this user left may go.
func TestListenPrivate(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0))
	dir, err := os.MkdirTemp("", "s") // the path of a socket is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, "socket")
	for _, left := range []func() error{
		func() error { return nil },
		func() error { // a run that was killed
			l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
			if err == nil {
				l.SetUnlinkOnClose(false)
				err = l.Close()
			}
			return err
		},
	} {
		if err := left(); err != nil {
			t.Fatal(err)
		}
		l, err := ListenPrivate(path)
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Lstat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info, err)
		}
		go func() {
			if c, err := l.Accept(); err == nil {
				io.WriteString(c, "hello")
				c.Close()
			}
		}()
		c, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		if said, err := io.ReadAll(c); string(said) != "hello" {
			t.Errorf("%q, %v", said, err)
		}
		c.Close()
		if _, err := ListenPrivate(path); err == nil || !strings.Contains(err.Error(), "listens") {
			t.Errorf("another takes its place: %v", err)
		}
		l.Close()
		if list, err := os.ReadDir(dir); len(list) > 0 {
			t.Errorf("it leaves %v, %v", list, err)
		}
	}
}

// TestListenPrivateRefuses has something at the path that is no socket: it stays.
func TestListenPrivateRefuses(t *testing.T) {
	dir := t.TempDir()
	file, link, folder, pipe := filepath.Join(dir, "file"), filepath.Join(dir, "link"), filepath.Join(dir, "folder"),
		filepath.Join(dir, "pipe")
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{os.Symlink(file, link), os.Mkdir(folder, 0o700), syscall.Mkfifo(pipe, 0o600)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{file, link, folder, pipe} {
		if l, err := ListenPrivate(path); err == nil {
			l.Close()
			t.Errorf("it listens at %s", path)
		}
		if _, err := os.Lstat(path); err != nil {
			t.Error(err)
		}
	}
	if data, err := os.ReadFile(file); string(data) != "mine" {
		t.Errorf("%q, %v", data, err)
	}
}

// TestListenPrivateCloses has another socket of the same name when it ends: that one stays.
func TestListenPrivateCloses(t *testing.T) {
	dir, err := os.MkdirTemp("", "s")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, "socket")
	l, err := ListenPrivate(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path, path+".old"); err != nil {
		t.Fatal(err)
	}
	other, err := ListenPrivate(path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	l.Close()
	if _, err := os.Lstat(path); err != nil {
		t.Error(err)
	}
}
