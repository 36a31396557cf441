package practice

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/bzip2"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"syscall"
	"time"

	dockercontainer "github.com/docker/docker/api/types/container"
	"github.com/google/go-containerregistry/pkg/v1/partial"
)

// What one archive may unpack to; more is answered as by a computer whose disk is full.
const (
	mostUnpacked = 2 << 30
	mostThings   = 1_000_000
	mostSparse   = 64 << 20 // a file with holes: its size costs the sender nothing
	longestPath  = 4096
)

// errFull is how an engine says that there is no more room.
var errFull = errors.New("no space left on device")

// budget is what an archive may still take.
type budget struct{ bytes, things int64 }

func newBudget() *budget { return &budget{mostUnpacked, mostThings} }

// spender reads until a budget is used up.
type spender struct {
	r    io.Reader
	left *budget
}

// Read implements [io.Reader].
func (s spender) Read(p []byte) (int, error) {
	if s.left.bytes <= 0 {
		return 0, errFull
	}
	n, err := s.r.Read(p[:min(int64(len(p)), s.left.bytes)])
	s.left.bytes -= int64(n)
	return n, err
}

// whiteout is what the names of a layer begin with that take something of the layers below away.
const whiteout = ".wh."

// unpacker puts the things of a tar archive into a tree. Names lead nowhere but into it.
type unpacker struct {
	top   *node
	left  *budget
	layer bool           // names with .wh. take something away
	fresh map[*node]bool // what came with this archive
	bytes int64          // in all files and links
	take  func(h *tar.Header, in *tar.Reader) ([]byte, error)
}

// applyLayer puts a layer over the tree of those below it. The files share the bytes of the archive.
func applyLayer(top *node, raw []byte, left *budget) (bytesIn int64, err error) {
	src := bytes.NewReader(raw)
	u := unpacker{top: top, left: left, layer: true, fresh: map[*node]bool{}}
	u.take = func(h *tar.Header, in *tar.Reader) ([]byte, error) {
		if sparse(h) {
			return readMember(h, in, left)
		}
		at := int64(len(raw) - src.Len())
		if h.Size > int64(src.Len()) {
			return nil, io.ErrUnexpectedEOF
		}
		return raw[at : at+h.Size : at+h.Size], nil
	}
	err = u.run(tar.NewReader(src))
	return u.bytes, err
}

// unpackStream reads an archive whose things are no layer.
func unpackStream(from io.Reader, left *budget) (*node, error) {
	u := unpacker{top: folder(0o755), left: left, fresh: map[*node]bool{}}
	u.take = func(h *tar.Header, in *tar.Reader) ([]byte, error) { return readMember(h, in, left) }
	return u.top, u.run(tar.NewReader(from))
}

// sparse tells of a file that it is said to have holes.
func sparse(h *tar.Header) bool {
	for key := range h.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse.") {
			return true
		}
	}
	return h.Typeflag == tar.TypeGNUSparse
}

// readMember reads a file of an archive. What its header says of its size is believed only when it is too much.
func readMember(h *tar.Header, in io.Reader, left *budget) ([]byte, error) {
	if h.Size > left.bytes || sparse(h) && h.Size > mostSparse {
		return nil, fmt.Errorf("write %s: %w", path.Clean("/"+h.Name), errFull)
	}
	return io.ReadAll(spender{in, left})
}

func (u *unpacker) run(in *tar.Reader) error {
	for {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if u.left.things--; u.left.things < 0 {
			return errFull
		}
		if err := u.one(h, in); err != nil {
			return err
		}
	}
}

// one puts one thing in its place, and makes the folders above it.
func (u *unpacker) one(h *tar.Header, in *tar.Reader) error {
	name := path.Clean("/" + h.Name)
	if len(name) > longestPath {
		return fmt.Errorf("open %s…: %w", name[:40], syscall.ENAMETOOLONG)
	}
	dir, base := path.Split(name)
	parent := u.folder(dir, h.ModTime)
	if u.layer && strings.HasPrefix(base, whiteout) {
		u.remove(parent, strings.TrimPrefix(base, whiteout))
		return nil
	}
	n, err := u.node(h, in, parent.kids[base])
	switch {
	case err != nil || n == nil:
		return err
	case name != "/":
		parent.kids[base] = n
		u.fresh[n] = true
	case n.dir():
		u.top.mode, u.top.uid, u.top.gid, u.top.modified = n.mode, n.uid, n.gid, n.modified
	}
	return nil
}

// folder finds a folder, and makes what is missing of it.
func (u *unpacker) folder(dir string, when time.Time) *node {
	at := u.top
	for _, part := range parts(dir) {
		if part == "" {
			continue
		}
		k := at.kids[part]
		if k == nil || !k.dir() {
			k = folder(0o755)
			k.modified = when
			at.kids[part] = k
			u.fresh[k] = true
		}
		at = k
	}
	return at
}

// remove takes away what a layer says is gone. An opaque folder loses all that the layers below put there.
func (u *unpacker) remove(parent *node, gone string) {
	switch {
	case gone == whiteout+".opq":
		for name, k := range parent.kids {
			if !u.fresh[k] {
				delete(parent.kids, name)
			}
		}
	case strings.HasPrefix(gone, whiteout): // what a storage keeps for itself
	default:
		delete(parent.kids, gone)
	}
}

// node makes what a header says; nil for devices and the like. old is what has its name.
func (u *unpacker) node(h *tar.Header, in *tar.Reader, old *node) (n *node, err error) {
	n = &node{mode: goMode(uint32(h.Mode)), uid: h.Uid, gid: h.Gid, modified: h.ModTime, shared: true}
	switch h.Typeflag {
	case tar.TypeDir:
		n.mode |= fs.ModeDir
		if n.kids = map[string]*node{}; old != nil && old.dir() {
			n.kids = old.kids
		}
	case tar.TypeSymlink:
		n.mode |= fs.ModeSymlink
		n.link = h.Linkname
		u.bytes += int64(len(n.link)) // engines count what is told of a link, too
	case tar.TypeLink:
		return u.linked(h)
	case tar.TypeReg, tar.TypeGNUSparse:
		n.data, err = u.take(h, in)
		u.bytes += int64(len(n.data))
	default:
		return nil, nil
	}
	return n, err
}

// linked is the file that a hard link leads to. No link leads to a folder: the tree would have no end.
func (u *unpacker) linked(h *tar.Header) (*node, error) {
	v := view{top: u.top, mounts: map[string]*mounted{}}
	n, _, _, err := v.walk("/"+h.Linkname, false)
	if err == nil && n.dir() {
		err = syscall.EPERM
	}
	if err != nil {
		return nil, fmt.Errorf("link %s %s: %w", path.Clean("/"+h.Linkname), path.Clean("/"+h.Name), err)
	}
	return n, nil
}

// inflate reads what may be compressed, as engines take it: gzip, zstd, bzip2, or not at all.
func inflate(from io.Reader) (io.ReadCloser, error) {
	b := bufio.NewReader(from)
	if head, _ := b.Peek(3); string(head) == "BZh" {
		return io.NopCloser(bzip2.NewReader(b)), nil
	}
	l, err := partial.CompressedToLayer(&blob{open: func() (io.ReadCloser, error) { return io.NopCloser(b), nil }})
	if err != nil {
		return nil, err
	}
	return l.Uncompressed()
}

// inflateAll reads all of something that may be compressed.
func inflateAll(from io.Reader, left *budget) ([]byte, error) {
	r, err := inflate(from)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(spender{r, left})
}

func digestOfBytes(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// packer writes trees into a tar archive. A file that has several names is there once.
type packer struct {
	w    *tar.Writer
	seen map[*node]string
}

// headerOf is the header of a thing, without its size and kind.
func headerOf(name string, n *node) *tar.Header {
	mode := int64(kernelMode(n.mode) & 0o7777)
	return &tar.Header{Name: name, Mode: mode, Uid: n.uid, Gid: n.gid, ModTime: n.modified.Truncate(time.Second)}
}

// thing writes a file, a folder without what is in it, or a link. Devices are left out.
func (p *packer) thing(name string, n *node) error {
	h := headerOf(name, n)
	var data []byte
	switch {
	case n.dir():
		h.Typeflag, h.Name = tar.TypeDir, name+"/"
	case n.mode&fs.ModeSymlink != 0:
		h.Typeflag, h.Linkname = tar.TypeSymlink, n.link
	case n.device != noDevice || n.made != nil:
		return nil
	case p.seen[n] != "":
		h.Typeflag, h.Linkname = tar.TypeLink, p.seen[n]
	default:
		data = n.content()
		h.Typeflag, h.Size = tar.TypeReg, int64(len(data))
		p.seen[n] = name
	}
	if err := p.w.WriteHeader(h); err != nil {
		return err
	}
	_, err := p.w.Write(data)
	return err
}

// below writes all that is in a folder.
func (p *packer) below(dir string, n *node) error {
	for _, base := range n.names() {
		k, name := n.child(base), path.Join(dir, base)
		if err := p.thing(name, k); err != nil {
			return err
		}
		if k.dir() {
			if err := p.below(name, k); err != nil {
				return err
			}
		}
	}
	return nil
}

// layerOf packs what of a container is not as in its image, with names with .wh. for what is gone. The caller holds
// the files.
func layerOf(c *container) ([]byte, error) {
	var out bytes.Buffer
	p := packer{tar.NewWriter(&out), map[*node]string{}}
	for _, change := range c.changes() {
		name := strings.TrimPrefix(change.Path, "/")
		if change.Kind == dockercontainer.ChangeDelete {
			dir, base := path.Split(name)
			gone := &tar.Header{Typeflag: tar.TypeReg, Name: dir + whiteout + base, ModTime: c.e.now().Truncate(time.Second)}
			if err := p.w.WriteHeader(gone); err != nil {
				return nil, err
			}
			continue
		}
		if err := p.thing(name, (&view{top: c.view.top}).node(change.Path)); err != nil {
			return nil, err
		}
	}
	err := p.w.Close()
	return out.Bytes(), err
}

// layerFrom packs a tree as a layer. The mark is a comment in it, which makes the layers of images that are made up
// differ.
func layerFrom(top *node, mark string) []byte {
	var out bytes.Buffer
	p := packer{tar.NewWriter(&out), map[*node]string{}}
	head := &tar.Header{Typeflag: tar.TypeXGlobalHeader, PAXRecords: map[string]string{"comment": mark}}
	err := errors.Join(p.w.WriteHeader(head), p.below("", top), p.w.Close())
	if err != nil {
		panic(err) // the trees are ours
	}
	return out.Bytes()
}
