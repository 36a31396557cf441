package platform

import (
	"context"
	"io/fs"
	"path/filepath"
)

// FolderSize counts the bytes of all regular files in a folder of this computer, without following links. What cannot be read
// does not count; the error is that of the folder itself, or of ctx. It blocks, for long where there are many files.
func FolderSize(ctx context.Context, dir string) (bytes int64, err error) {
	err = filepath.WalkDir(dir, func(at string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && at == dir:
			return err
		case err != nil || !d.Type().IsRegular():
			return nil
		}
		if info, err := d.Info(); err == nil {
			bytes += info.Size()
		}
		return nil
	})
	return bytes, err
}
