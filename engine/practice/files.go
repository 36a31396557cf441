package practice

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"
	"time"
)

// lookup finds a path in a container. What it returns may be used only while nothing else is done with the files; most
// use stat, open and entries instead.
func (c *container) lookup(p string, follow bool) (*node, error) {
	c.e.files.Lock()
	defer c.e.files.Unlock()
	n, _, _, err := c.view.walk(p, follow)
	return n, err
}

func (c *container) stat(p string, follow bool) (fs.FileInfo, error) {
	c.e.files.Lock()
	defer c.e.files.Unlock()
	n, _, at, err := c.view.walk(p, follow)
	if err != nil {
		return nil, &fs.PathError{Op: "stat", Path: p, Err: err}
	}
	return n.info(path.Base(at)), nil
}

// entries lists a folder, in order.
func (c *container) entries(p string) ([]fs.DirEntry, error) {
	c.e.files.Lock()
	defer c.e.files.Unlock()
	n, _, at, err := c.view.walk(p, true)
	if err == nil && !n.dir() {
		err = syscall.ENOTDIR
	}
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: p, Err: err}
	}
	names := n.names()
	list := make([]fs.DirEntry, 0, len(names))
	for _, name := range names {
		k := n.child(name)
		if m := c.view.mounts[path.Join(at, name)]; m != nil {
			k = m.top
		}
		if k != nil {
			list = append(list, fs.FileInfoToDirEntry(k.info(name)))
		}
	}
	return list, nil
}

// change does something with the folder that a path is in, unless that cannot be written to.
func (c *container) change(p string, do func(parent *node, name string, there *node) error) error {
	c.e.files.Lock()
	defer c.e.files.Unlock()
	n, parent, at, err := c.view.walk(p, false)
	switch {
	case err != nil && parent == nil:
	case c.frozenFiles(at):
		err = syscall.EROFS
	case parent == nil:
		err = syscall.EBUSY // the root, or a mount
	default:
		err = do(parent, path.Base(at), n)
	}
	if err != nil {
		return &fs.PathError{Op: "change", Path: p, Err: err}
	}
	return nil
}

// frozenFiles tells of a place that it cannot be written to. The caller holds the files.
func (c *container) frozenFiles(at string) bool {
	if m := c.view.mountOf(at); m != nil {
		return m.readOnly
	}
	return c.host.ReadonlyRootfs
}

// makeDir makes a folder, and with all those above it.
func (p *process) makeDir(name string, all bool, perm fs.FileMode) error {
	if all && name != "/" {
		if _, err := p.c.stat(path.Dir(name), true); err != nil {
			if err := p.makeDir(path.Dir(name), true, 0o755); err != nil {
				return err
			}
		}
	}
	return p.c.change(name, func(parent *node, base string, there *node) error {
		switch {
		case there != nil && all && there.dir():
			return nil
		case there != nil:
			return syscall.EEXIST
		}
		k := folder(perm)
		k.uid, k.gid = p.uid, p.gid
		parent.keep(base, k)
		return nil
	})
}

// readFile gives what is in a file.
func (p *process) readFile(name string) ([]byte, error) {
	f, err := p.open(absolute(p.dir, name), os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// createFlags are those of a file that is written anew.
const createFlags = os.O_WRONLY | os.O_CREATE | os.O_TRUNC

// open opens a file of the container for a process.
func (p *process) open(name string, flag int, perm fs.FileMode) (io.ReadWriteCloser, error) {
	c := p.c
	c.e.files.Lock()
	defer c.e.files.Unlock()
	fail := func(err error) (io.ReadWriteCloser, error) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	n, parent, at, err := c.view.walk(name, true)
	write := flag&(os.O_WRONLY|os.O_RDWR) != 0
	switch {
	case errors.Is(err, syscall.ENOENT) && parent != nil && flag&os.O_CREATE != 0:
		if c.frozenFiles(at) {
			return fail(syscall.EROFS)
		}
		n = regular("", perm.Perm()&0o644|0o600)
		n.uid, n.gid = p.uid, p.gid
		parent.keep(path.Base(at), n)
	case err != nil:
		return fail(err)
	case n.dir() && write:
		return fail(syscall.EISDIR)
	}
	switch n.device {
	case nullDevice, zeroDevice:
		return &special{p: p, zero: n.device == zeroDevice}, nil
	case terminalDevice:
		if p.tty == nil {
			return fail(syscall.ENXIO)
		}
		return &special{p: p, tty: p.tty}, nil
	}
	if write && (c.frozenFiles(at) || n.made != nil) {
		return fail(syscall.EROFS)
	}
	if write && n.host != nil && parent != nil { // from now on it is another one than this computer's
		n.own()
		parent.keep(path.Base(at), n)
	}
	if write && flag&os.O_TRUNC != 0 {
		n.own()
		c.grow(at, -int64(len(n.data)))
		n.data = nil
		n.modified = time.Now()
	}
	h := &handle{c: c, n: n, place: at, toEnd: flag&os.O_APPEND != 0}
	if n.made != nil {
		h.fixed = n.made()
	}
	return h, nil
}

// handle is an open file.
type handle struct {
	c     *container
	n     *node
	place string
	fixed []byte // what a file of /proc had when it was opened
	at    int64
	toEnd bool
}

// Read implements [io.Reader].
func (h *handle) Read(p []byte) (int, error) {
	h.c.e.files.Lock()
	defer h.c.e.files.Unlock()
	data := h.fixed
	if data == nil {
		data = h.n.content()
	}
	if h.at >= int64(len(data)) {
		return 0, io.EOF
	}
	n := copy(p, data[h.at:])
	h.at += int64(n)
	return n, nil
}

// Write implements [io.Writer].
func (h *handle) Write(p []byte) (int, error) {
	h.c.e.files.Lock()
	defer h.c.e.files.Unlock()
	if h.toEnd {
		h.at = int64(len(h.n.content()))
	}
	h.c.grow(h.place, h.n.write(p, h.at))
	h.at += int64(len(p))
	return len(p), nil
}

// Close implements [io.Closer].
func (h *handle) Close() error { return nil }

// special is an open device.
type special struct {
	p    *process
	zero bool
	tty  *terminal
}

// Read implements [io.Reader].
func (s *special) Read(p []byte) (int, error) {
	switch {
	case s.tty != nil:
		return s.tty.read(p, s.p.ctx.Done())
	case !s.zero:
		return 0, io.EOF
	case s.p.ctx.Err() != nil:
		return 0, io.EOF
	}
	clear(p)
	return len(p), nil
}

// Write implements [io.Writer].
func (s *special) Write(p []byte) (int, error) {
	if s.tty != nil {
		return s.tty.Write(p)
	}
	return len(p), nil
}

// Close implements [io.Closer].
func (s *special) Close() error { return nil }

// ttyInput is a terminal as one process reads it.
type ttyInput struct{ p *process }

// Read implements [io.Reader].
func (t ttyInput) Read(b []byte) (int, error) { return t.p.tty.read(b, t.p.ctx.Done()) }

// input is what a process reads, until it is ended.
func input(p *process, in io.Reader) io.Reader {
	switch in := in.(type) {
	case nil:
		return strings.NewReader("")
	case ttyInput:
		return ttyInput{p}
	case *os.File:
		return cancelled{p, in}
	case *io.PipeReader:
		context.AfterFunc(p.ctx, func() { in.CloseWithError(io.EOF) })
	}
	return in
}

// cancelled is a pipe that is read no more when its process has ended.
type cancelled struct {
	p *process
	f *os.File
}

// Read implements [io.Reader].
func (r cancelled) Read(b []byte) (int, error) {
	if r.p.ctx.Err() != nil {
		return 0, io.EOF
	}
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		select {
		case <-r.p.ctx.Done():
			_ = r.f.SetReadDeadline(time.Now())
		case <-stop:
		}
	}()
	n, err := r.f.Read(b)
	close(stop)
	<-done
	if errors.Is(err, os.ErrDeadlineExceeded) {
		_ = r.f.SetReadDeadline(time.Time{})
		err = io.EOF
	}
	r.p.breathe()
	return n, err
}

// reason is an error as programs print it.
func reason(err error) string {
	var e *fs.PathError
	if errors.As(err, &e) {
		err = e.Err
	}
	switch {
	case errors.Is(err, syscall.ENOENT):
		return "No such file or directory"
	case errors.Is(err, syscall.ENOTDIR):
		return "Not a directory"
	case errors.Is(err, syscall.EISDIR):
		return "Is a directory"
	case errors.Is(err, syscall.EEXIST):
		return "File exists"
	case errors.Is(err, syscall.EROFS):
		return "Read-only file system"
	case errors.Is(err, syscall.EBUSY):
		return "Resource busy"
	case errors.Is(err, syscall.ENOTEMPTY):
		return "Directory not empty"
	case errors.Is(err, syscall.ELOOP):
		return "Symbolic link loop"
	}
	return fmt.Sprint(err)
}
