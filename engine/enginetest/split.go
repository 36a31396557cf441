//go:build linux

package enginetest

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
)

// splitter spreads the files of a tar over layers of about the same size.
type splitter struct {
	parts string // the folder of the layers
	limit int64  // compressed bytes at which a layer is full

	all   []*part
	dirs  map[string]*tar.Header // every folder so far
	where map[string]*part       // the layer of every file, for hard links
}

// part is a layer in the making. All stay open to the end: a hard link must be
// in the layer of its file.
type part struct {
	file   *os.File
	packer *layerWriter
	tar    *tar.Writer
	dirs   map[string]bool // those in this layer
}

// next begins a layer.
func (s *splitter) next() error {
	file, err := os.Create(filepath.Join(s.parts, fmt.Sprintf("layer-%d", len(s.all))))
	if err != nil {
		return err
	}
	packer := newLayerWriter(file, gzip.BestSpeed)
	s.all = append(s.all, &part{file: file, packer: packer, tar: tar.NewWriter(packer), dirs: map[string]bool{}})
	return nil
}

// add adds a file or folder, whose name has no slash at its ends.
func (s *splitter) add(header *tar.Header, content io.Reader) error {
	if len(s.all) == 0 || int64(s.last().packer.size) >= s.limit {
		if err := s.next(); err != nil {
			return err
		}
	}
	p := s.last()
	switch header.Typeflag {
	case tar.TypeDir:
		s.dirs[header.Name] = header
		return s.addDir(p, header.Name)
	case tar.TypeLink:
		header.Linkname = path.Clean(header.Linkname)
		if p = s.where[header.Linkname]; p == nil {
			return fmt.Errorf("%s is a link to %s, which is not there", header.Name, header.Linkname)
		}
	}
	s.where[header.Name] = p
	if err := s.addDir(p, path.Dir(header.Name)); err != nil {
		return err
	}
	if err := p.tar.WriteHeader(header); err != nil {
		return fmt.Errorf("%s: %w", header.Name, err)
	}
	if header.Typeflag != tar.TypeReg {
		return nil
	}
	_, err := io.Copy(p.tar, content)
	return err
}

// addDir adds a folder and those above it to a layer, unless it has them. An
// engine makes a folder that a layer does not name itself, for root only, and
// that would hide the one of the layer below.
func (s *splitter) addDir(p *part, name string) error {
	if name == "." || p.dirs[name] {
		return nil
	}
	if err := s.addDir(p, path.Dir(name)); err != nil {
		return err
	}
	p.dirs[name] = true
	header := tar.Header{Typeflag: tar.TypeDir, Name: name, Mode: 0o755}
	if known := s.dirs[name]; known != nil {
		header = *known
	}
	header.Name += "/"
	return p.tar.WriteHeader(&header)
}

// addFile adds a file of root's.
func (s *splitter) addFile(name string, mode int64, content []byte) error {
	header := tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: mode, Size: int64(len(content))}
	return s.add(&header, bytes.NewReader(content))
}

// finish ends all layers.
func (s *splitter) finish() ([]layer, error) {
	var layers []layer
	var failed error
	for _, p := range s.all {
		errTar := p.tar.Close()
		l, errPack := p.packer.finish()
		failed = errors.Join(failed, errTar, errPack, p.file.Close())
		name := p.file.Name()
		l.open = func() (io.ReadCloser, error) { return os.Open(name) }
		layers = append(layers, l)
	}
	return layers, failed
}

func (s *splitter) last() *part { return s.all[len(s.all)-1] }
