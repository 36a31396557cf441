package platform

import "context"

// FolderSize counts the bytes of all regular files in a folder of this computer, without following links.
// What cannot be read does not count; the error is that of the folder itself, or of ctx. It blocks, for long
// where there are many files.
func FolderSize(ctx context.Context, dir string) (bytes int64, err error) {
	root, err := OpenRoot(dir)
	if err != nil {
		return 0, err
	}
	defer root.Close()
	err = Walk(ctx, root, ".", func(f Found) error {
		switch {
		case f.Err != nil && f.Path == ".":
			return f.Err
		case f.Info != nil && f.Info.Mode().IsRegular():
			bytes += f.Info.Size()
		}
		return nil
	})
	return bytes, err
}
