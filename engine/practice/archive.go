package practice

import (
	"archive/tar"
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
	"syscall"

	dockercontainer "github.com/docker/docker/api/types/container"
)

// pathStat is what engines tell of a path in a header.
func (c *container) pathStat(name string) (dockercontainer.PathStat, string, *node, error) {
	c.e.files.Lock()
	defer c.e.files.Unlock()
	n, _, at, err := c.view.walk(name, false)
	// the folder, also behind a link
	if err == nil && strings.HasSuffix(name, "/") || err == nil && path.Base(name) == "." {
		n, _, at, err = c.view.walk(name, true)
	}
	if err != nil {
		return dockercontainer.PathStat{}, "", nil, notFound("Could not find the file %s in container %s", name, c.id)
	}
	s := dockercontainer.PathStat{Name: path.Base(at), Size: n.size(), Mode: n.mode, Mtime: n.modified}
	if n.mode&fs.ModeSymlink != 0 {
		if _, _, to, err := c.view.walk(name, true); err == nil || errors.Is(err, syscall.ENOENT) {
			s.LinkTarget = to
		}
	}
	return s, at, n, nil
}

func (e *Engine) headArchive(c *container, r request) (any, error) {
	s, _, _, err := c.pathStat(r.URL.Query().Get("path"))
	if err != nil {
		return nil, err
	}
	r.statHeader(s)
	r.w.WriteHeader(http.StatusOK)
	return answered{}, nil
}

func (r request) statHeader(s dockercontainer.PathStat) {
	text, _ := json.Marshal(s)
	r.w.Header().Set("X-Docker-Container-Path-Stat", base64.StdEncoding.EncodeToString(text))
}

func (e *Engine) getArchive(c *container, r request) (any, error) {
	name := r.URL.Query().Get("path")
	s, at, n, err := c.pathStat(name)
	if err != nil {
		return nil, err
	}
	r.statHeader(s)
	w := tar.NewWriter(r.stream("application/x-tar"))
	base := path.Base(at)
	if strings.HasSuffix(name, "/.") || at == "/" {
		base = "."
	}
	if err := c.pack(w, at, base, n, map[*node]string{}); err == nil {
		w.Close()
	}
	return answered{}, nil
}

// pack writes a thing and all below it. What is mounted below is in it, too, but for /proc and the like.
func (c *container) pack(w *tar.Writer, at, name string, n *node, seen map[*node]string) error {
	c.e.files.Lock()
	h := &tar.Header{Name: name, Mode: int64(kernelMode(n.mode) & 0o7777), Uid: n.uid, Gid: n.gid, ModTime: n.modified}
	var data []byte
	var names []string
	switch {
	case n.dir():
		h.Typeflag, h.Name = tar.TypeDir, strings.TrimSuffix(name, "/")+"/"
		names = n.names()
		for place := range c.view.mounts {
			if path.Dir(place) == at && !slices.Contains(names, path.Base(place)) {
				names = append(names, path.Base(place))
			}
		}
	case n.mode&fs.ModeSymlink != 0:
		h.Typeflag, h.Linkname = tar.TypeSymlink, n.link
	case n.device != noDevice:
		c.e.files.Unlock()
		return nil
	case seen[n] != "":
		h.Typeflag, h.Linkname = tar.TypeLink, seen[n]
	default:
		data = bytes.Clone(n.content())
		h.Typeflag, h.Size = tar.TypeReg, int64(len(data))
		seen[n] = name
	}
	kids := make([]*node, len(names))
	for i, k := range names {
		kids[i] = n.child(k)
		if m := c.view.mounts[path.Join(at, k)]; m != nil {
			if kids[i] = m.top; m.quiet {
				kids[i] = nil
			}
		}
	}
	c.e.files.Unlock()
	if err := w.WriteHeader(h); err != nil {
		return err
	}
	if _, err := w.Write(data); err != nil {
		return err
	}
	for i, k := range names {
		if kids[i] == nil {
			continue
		}
		below := path.Join(name, k)
		if name == "." {
			below = k
		}
		if err := c.pack(w, path.Join(at, k), below, kids[i], seen); err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) putArchive(c *container, r request) (any, error) {
	name := r.URL.Query().Get("path")
	e.files.Lock()
	n, _, at, err := c.view.walk(name, true)
	switch {
	case err != nil:
		err = notFound("Could not find the file %s in container %s", name, c.id)
	case !n.dir():
		err = badRequest("extraction point is not a directory")
	case c.frozenFiles(at):
		err = faultf(http.StatusForbidden, "container rootfs is marked read-only")
	}
	e.files.Unlock()
	if err != nil {
		return nil, err
	}
	if err := c.extract(at, r.Body, r.is("noOverwriteDirNonDir")); err != nil {
		return nil, err
	}
	r.w.WriteHeader(http.StatusOK)
	return answered{}, nil
}

// extract unpacks an archive in a folder of a container.
func (c *container) extract(dir string, from io.Reader, keepKinds bool) error {
	for in := tar.NewReader(from); ; {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return faultf(http.StatusInternalServerError, "Error processing tar file: %v", err)
		}
		name := path.Join(dir, path.Clean("/"+h.Name))
		n := &node{mode: goMode(uint32(h.Mode)), uid: h.Uid, gid: h.Gid, modified: h.ModTime}
		switch h.Typeflag {
		case tar.TypeDir:
			n.mode |= fs.ModeDir
			n.kids = map[string]*node{}
		case tar.TypeSymlink:
			n.mode |= fs.ModeSymlink
			n.link = h.Linkname
		case tar.TypeReg:
			if n.data, err = io.ReadAll(io.LimitReader(in, mostUnpacked)); err != nil {
				return err
			}
		case tar.TypeLink:
			if n, err = c.lookup(path.Join(dir, path.Clean("/"+h.Linkname)), false); err != nil {
				return faultf(http.StatusInternalServerError, "Error processing tar file: %v", err)
			}
		default:
			continue
		}
		if err := c.unpackOne(name, n, keepKinds); err != nil {
			return err
		}
	}
}

// unpackOne puts one thing of an archive in its place, and makes the folders above it.
func (c *container) unpackOne(name string, n *node, keepKinds bool) error {
	c.e.files.Lock()
	defer c.e.files.Unlock()
	at := "/"
	for _, part := range parts(path.Dir(name)) {
		if part == "" {
			continue
		}
		at = path.Join(at, part)
		if k, parent, _, err := c.view.walk(at, true); k == nil && parent != nil && errors.Is(err, syscall.ENOENT) {
			parent.keep(part, folder(0o755))
		}
	}
	old, parent, at, err := c.view.walk(name, false)
	if err != nil && parent == nil {
		return faultf(http.StatusInternalServerError, "Error processing tar file: %v", err)
	}
	if c.frozenFiles(at) {
		return faultf(http.StatusForbidden, "container rootfs is marked read-only")
	}
	switch {
	case old != nil && old.dir() && n.dir():
		old.mode, old.uid, old.gid, old.modified = n.mode, n.uid, n.gid, n.modified
		return nil
	case old != nil && old.dir() && keepKinds:
		return badRequest("cannot overwrite directory %q with non-directory %q", name, name)
	case old != nil && n.dir() && keepKinds:
		return badRequest("cannot overwrite non-directory %q with directory %q", name, name)
	case parent == nil:
		return nil
	}
	when := parent.modified
	c.grow(at, n.bytesIn()-old.bytesIn())
	parent.keep(path.Base(at), n)
	parent.modified = when
	return nil
}

// exportContainer packs all files of a container but what is mounted, as they are at one moment.
func (e *Engine) exportContainer(c *container, r request) (any, error) {
	e.files.Lock()
	top := c.view.top.clone()
	e.files.Unlock()
	e.feed.send(e, "container", "export", c.id, c.attributes())
	r.pack("application/octet-stream", e, func(w *tar.Writer) error {
		p := packer{w, map[*node]string{}}
		return p.below("", top)
	})
	return answered{}, nil
}

// pack answers with a tar archive. Nobody hears of an error in its middle: then the connection is at its end.
func (r request) pack(kind string, e *Engine, write func(w *tar.Writer) error) {
	out := bufio.NewWriterSize(steady{r, e, r.stream(kind)}, partSize)
	w := tar.NewWriter(out)
	if write(w) == nil && w.Close() == nil {
		_ = out.Flush()
	}
}

// partSize is how much of an answer is sent at once.
const partSize = 64 << 10

// steady sends an answer, or takes a body, in parts. Between them it waits while the engine is frozen.
type steady struct {
	r request
	e *Engine
	w io.Writer
}

// Write implements [io.Writer].
func (s steady) Write(p []byte) (n int, err error) {
	for n < len(p) {
		if err := s.pause(); err != nil {
			return n, err
		}
		m, err := s.w.Write(p[n:min(len(p), n+partSize)])
		if n += m; err != nil {
			return n, err
		}
	}
	return n, nil
}

// Read implements [io.Reader].
func (s steady) Read(p []byte) (int, error) {
	if err := s.pause(); err != nil {
		return 0, err
	}
	return s.r.Body.Read(p)
}

func (s steady) pause() error {
	s.e.faults.stall(s.r.Context())
	return s.r.Context().Err()
}

// containerChanges tells what is not as in the image.
func (e *Engine) containerChanges(c *container, _ request) (any, error) {
	e.files.Lock()
	defer e.files.Unlock()
	return c.changes(), nil
}

// changes are what is not as in the image, in order: a folder comes before what is in it. The caller holds the files.
func (c *container) changes() []dockercontainer.FilesystemChange {
	list := []dockercontainer.FilesystemChange{}
	compare(c.image.top, c.view.top, "/", c.view, &list)
	slices.SortFunc(list, func(a, b dockercontainer.FilesystemChange) int { return strings.Compare(a.Path, b.Path) })
	return list
}

// compare adds what differs in a folder. It tells whether something does.
func compare(was, is *node, at string, v *view, list *[]dockercontainer.FilesystemChange) (differs bool) {
	add := func(kind dockercontainer.ChangeType, p string) {
		*list = append(*list, dockercontainer.FilesystemChange{Kind: kind, Path: p})
		differs = true
	}
	for _, name := range is.names() {
		p := path.Join(at, name)
		now, before := is.child(name), was.child(name)
		if m := v.mounts[p]; m != nil && m.quiet {
			continue
		}
		switch {
		case before == nil:
			if now.dir() && quietFolder(p, v) {
				continue
			}
			add(dockercontainer.ChangeAdd, p)
			if now.dir() {
				compare(folder(0), now, p, v, list)
			}
		case now.dir() && !before.dir():
			add(dockercontainer.ChangeModify, p)
			compare(folder(0), now, p, v, list)
		case now.dir() && before.dir():
			if compare(before, now, p, v, list) || !sameOwner(before, now) {
				add(dockercontainer.ChangeModify, p)
			}
		case !sameFile(before, now):
			add(dockercontainer.ChangeModify, p)
		}
	}
	for _, name := range was.names() {
		if is.child(name) == nil {
			add(dockercontainer.ChangeDelete, path.Join(at, name))
		}
	}
	return differs
}

func sameOwner(a, b *node) bool { return a.mode == b.mode && a.uid == b.uid && a.gid == b.gid }

func sameFile(a, b *node) bool {
	same := sameOwner(a, b) && a.link == b.link && a.modified.Equal(b.modified)
	return same && bytes.Equal(a.content(), b.content())
}

// quietFolder tells of a folder that it was made for what every container has.
func quietFolder(p string, v *view) bool {
	for at, m := range v.mounts {
		if m.quiet && (at == p || path.Dir(at) == p) {
			return true
		}
	}
	return false
}
