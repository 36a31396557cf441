package practice

import (
	"bytes"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"
	"time"
)

// node is a file, a folder, a link or a device in memory. All that it has belongs to the engine's files lock.
type node struct {
	mode     fs.FileMode // kind and permissions
	uid, gid int
	modified time.Time
	data     []byte
	shared   bool // data is another node's, too
	link     string
	kids     map[string]*node // nil in place of a name that was deleted over a folder of this computer
	device   device
	// made is what a file of /proc has, and listed what a folder of it has, each at the moment that it is asked for.
	made   func() []byte
	listed func() map[string]*node
	// host is the place of a folder or file of this computer that is mounted: it is read, and never written.
	host *hostPlace
}

// device is what a special file does.
type device int

const (
	noDevice device = iota
	nullDevice
	zeroDevice
	terminalDevice
)

// hostPlace is a path below a folder of this computer.
type hostPlace struct {
	root *os.Root
	path string
}

// mostHostFile is how many bytes of a file of this computer are read.
const mostHostFile = 64 << 20

func folder(perm fs.FileMode) *node {
	return &node{mode: fs.ModeDir | perm, kids: map[string]*node{}, modified: time.Now()}
}

func regular(text string, perm fs.FileMode) *node {
	return &node{mode: perm, data: []byte(text), modified: time.Now()}
}

func symlink(to string) *node {
	return &node{mode: fs.ModeSymlink | 0o777, link: to, modified: time.Now()}
}

// clone is the same tree once more. What files hold is not copied before one of the two is written.
func (n *node) clone() *node {
	if n == nil {
		return nil
	}
	out := *n
	out.shared = true
	n.shared = true
	if n.kids != nil {
		out.kids = make(map[string]*node, len(n.kids))
		for name, k := range n.kids {
			out.kids[name] = k.clone()
		}
	}
	return &out
}

func (n *node) dir() bool { return n.mode.IsDir() }

// child is a thing in a folder, nil for none.
func (n *node) child(name string) *node {
	if n.listed != nil {
		return n.listed()[name]
	}
	if k, known := n.kids[name]; known || n.host == nil {
		return k
	}
	at := path.Join(n.host.path, name)
	info, err := n.host.root.Lstat(at)
	if err != nil {
		return nil
	}
	k := &node{mode: info.Mode(), modified: info.ModTime(), host: &hostPlace{n.host.root, at}}
	switch {
	case info.IsDir():
		k.kids = map[string]*node{}
	case info.Mode()&fs.ModeSymlink != 0:
		k.link, _ = n.host.root.Readlink(at)
	}
	if n.kids == nil {
		n.kids = map[string]*node{}
	}
	if k.dir() { // it keeps what is made in it; a file is looked at anew, since others may write it
		n.kids[name] = k
	}
	return k
}

// keep puts a thing into a folder, in the place of what had its name.
func (n *node) keep(name string, k *node) {
	n.kids[name] = k
	n.modified = time.Now()
}

// drop takes a thing out of a folder.
func (n *node) drop(name string) {
	if n.modified = time.Now(); n.host != nil {
		n.kids[name] = nil
		return
	}
	delete(n.kids, name)
}

// names are those of what is in a folder, in order.
func (n *node) names() []string {
	if n.listed != nil {
		return slices.Sorted(maps.Keys(n.listed()))
	}
	all := map[string]bool{}
	if n.host != nil {
		if dir, err := n.host.root.Open(n.host.path); err == nil {
			list, _ := dir.Readdirnames(-1)
			dir.Close()
			for _, name := range list {
				all[name] = true
			}
		}
	}
	for name, k := range n.kids {
		if all[name] = k != nil; k == nil {
			delete(all, name)
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// content is what is in a file.
func (n *node) content() []byte {
	switch {
	case n.made != nil:
		return n.made()
	case n.data == nil && n.host != nil && n.mode.IsRegular():
		f, err := n.host.root.Open(n.host.path)
		if err != nil {
			return nil
		}
		defer f.Close()
		data, _ := io.ReadAll(io.LimitReader(f, mostHostFile))
		return data
	}
	return n.data
}

func (n *node) size() int64 {
	if n.host != nil && n.data == nil && n.mode.IsRegular() {
		if info, err := n.host.root.Lstat(n.host.path); err == nil {
			return info.Size()
		}
	}
	if n.mode&fs.ModeSymlink != 0 {
		return int64(len(n.link))
	}
	if n.dir() {
		return 4096
	}
	return int64(len(n.content()))
}

// own makes what is in a file its own, so that it can be written.
func (n *node) own() {
	if n.shared || n.host != nil {
		n.data = bytes.Clone(n.content())
		n.shared, n.host = false, nil
	}
}

// write puts bytes at a place of a file and returns how many more bytes the file has.
func (n *node) write(p []byte, at int64) (grown int64) {
	n.own()
	before := int64(len(n.data))
	if end := at + int64(len(p)); end > before {
		n.data = append(n.data, make([]byte, end-before)...)
	}
	copy(n.data[at:], p)
	n.modified = time.Now()
	return int64(len(n.data)) - before
}

// bytesIn is how much all files in a tree hold.
func (n *node) bytesIn() (sum int64) {
	switch {
	case n == nil || n.host != nil || n.listed != nil:
		return 0
	case n.dir():
		for _, k := range n.kids {
			sum += k.bytesIn()
		}
		return sum
	}
	return int64(len(n.data))
}

// view is a container's files: its own, and what is mounted over them.
type view struct {
	top    *node
	mounts map[string]*mounted // by the place, clean and absolute
}

// mounted is what is mounted somewhere.
type mounted struct {
	top      *node
	readOnly bool
	quiet    bool // what is in it is not part of the container: /proc and the like
}

// mostLinks is how many links may be followed on one way.
const mostLinks = 40

// walk finds a path. at is where it leads in the end; links on the way are followed, one at its end only if follow says
// so. Where the last part is missing, at is where it would be, and parent is the folder.
func (v *view) walk(p string, follow bool) (n, parent *node, at string, err error) {
	links := 0
	rest := parts(p)
	n, at = v.node("/"), "/"
	for i := 0; i < len(rest); i++ {
		part := rest[i]
		switch part {
		case "", ".":
			continue
		case "..":
			at = path.Dir(at)
			n, parent = v.node(at), v.node(path.Dir(at))
			continue
		}
		if !n.dir() {
			return nil, nil, at, syscall.ENOTDIR
		}
		last := i == len(rest)-1
		next := path.Join(at, part)
		k := n.child(part)
		if m := v.mounts[next]; m != nil {
			k = m.top
		}
		if k == nil {
			if last {
				return nil, n, next, syscall.ENOENT
			}
			return nil, nil, next, syscall.ENOENT
		}
		if k.mode&fs.ModeSymlink != 0 && (follow || !last) {
			if links++; links > mostLinks {
				return nil, nil, next, syscall.ELOOP
			}
			more := append(parts(k.link), rest[i+1:]...)
			if path.IsAbs(k.link) {
				n, at, parent = v.node("/"), "/", nil
			}
			rest, i = more, -1
			continue
		}
		n, parent, at = k, n, next
	}
	return n, parent, at, nil
}

// node is what is at a path without links.
func (v *view) node(at string) *node {
	if m := v.mounts[at]; m != nil {
		return m.top
	}
	if at == "/" {
		return v.top
	}
	parent := v.node(path.Dir(at))
	if parent == nil || !parent.dir() {
		return nil
	}
	return parent.child(path.Base(at))
}

func parts(p string) []string { return strings.Split(strings.Trim(p, "/"), "/") }

// mountOf is what is mounted at or over a path that is as walk tells it; nil where the container's own files are.
func (v *view) mountOf(at string) *mounted {
	for ; at != "/"; at = path.Dir(at) {
		if m := v.mounts[at]; m != nil {
			return m
		}
	}
	return v.mounts["/"]
}

// info is a node as a program sees it.
type info struct {
	name string
	n    *node
	size int64
	mode fs.FileMode
	when time.Time
}

func (n *node) info(name string) fs.FileInfo {
	return info{name: name, n: n, size: n.size(), mode: n.mode, when: n.modified}
}

// Name implements [fs.FileInfo].
func (i info) Name() string { return i.name }

// Size implements [fs.FileInfo].
func (i info) Size() int64 { return i.size }

// Mode implements [fs.FileInfo].
func (i info) Mode() fs.FileMode { return i.mode }

// ModTime implements [fs.FileInfo].
func (i info) ModTime() time.Time { return i.when }

// IsDir implements [fs.FileInfo].
func (i info) IsDir() bool { return i.mode.IsDir() }

// Sys implements [fs.FileInfo].
func (i info) Sys() any { return i.n }
