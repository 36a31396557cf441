package engine

import (
	"archive/tar"
	"context"
	"errors"
	"io"
	"path"
	"time"

	"slipway/engine/model"
)

// File is a small file of a container, with what is in it.
type File struct {
	// Name without its folders.
	Name     string
	Modified time.Time
	Data     []byte
}

// maxArchive is how much of a folder is read in all, and maxSmallFile the largest file whose content is kept.
const (
	maxArchive   = 8 << 20
	maxSmallFile = 64 << 10
)

// SmallFiles reads the regular files of up to 64 kB that are directly in a folder of a container, running or not.
// Nothing is run in it. A folder with more than 8 MB is read in part.
func (e *Engine) SmallFiles(ctx context.Context, id, dir string) ([]File, error) {
	r, _, err := e.cli.CopyFromContainer(ctx, id, dir)
	if err != nil {
		return nil,
			explain(err, subject{what: model.Say("engine.cannot-read", model.Args{"Path": model.Name(dir)}), container: id})
	}
	defer r.Close()
	var list []File
	in := tar.NewReader(io.LimitReader(r, maxArchive))
	for {
		header, err := in.Next()
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return list, ctx.Err()
		case err != nil:
			return list,
				explain(err, subject{what: model.Say("engine.cannot-read", model.Args{"Path": model.Name(dir)}), container: id})
		}
		direct := path.Dir(path.Clean(header.Name)) == path.Base(dir)
		if header.Typeflag != tar.TypeReg || !direct || header.Size > maxSmallFile {
			continue
		}
		data, err := io.ReadAll(in)
		if err != nil {
			return list,
				explain(err, subject{what: model.Say("engine.cannot-read", model.Args{"Path": model.Name(dir)}), container: id})
		}
		list = append(list, File{Name: path.Base(header.Name), Modified: header.ModTime, Data: data})
	}
}
