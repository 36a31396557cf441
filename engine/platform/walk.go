package platform

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
)

// MostNested is how many folders may be one in another where [Walk] goes: each is held open, and nobody's are nested
// so.
const MostNested = 400

// ErrNested says that folders are nested deeper than [MostNested].
var ErrNested = errors.New("folders are nested too deeply")

// Found is what [Walk] comes to: In is the folder that it is in, and Name its name there.
type Found struct {
	In   *os.Root
	Name string
	// Path is from where the walk began, with slashes; "." for that itself.
	Path string
	// Info is of the thing itself, also of a link. It is nil where Err says why there is none.
	Info fs.FileInfo
	Err  error
}

// Walk goes through what has a name in a folder, and all that is in it, in no order, without following a link. What
// visit returns ends it. It is called a second time for a folder that cannot be listed, with Err. What is removed
// meanwhile is left out. However many things a folder has, only some are in memory at a time.
func Walk(ctx context.Context, in *os.Root, name string, visit func(Found) error) error {
	info, err := in.Lstat(name)
	return walk(ctx, Found{in, name, ".", info, err}, 0, visit)
}

func walk(ctx context.Context, at Found, depth int, visit func(Found) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := visit(at); err != nil || at.Info == nil || !at.Info.IsDir() {
		return err
	}
	failed := func(err error) error { return visit(Found{at.In, at.Name, at.Path, nil, err}) }
	if depth == MostNested {
		return failed(ErrNested)
	}
	root, err := OpenRootIn(at.In, at.Name)
	if errors.Is(err, fs.ErrNotExist) && depth > 0 {
		return nil
	}
	if err != nil {
		return failed(err)
	}
	defer root.Close()
	if now, err := root.Stat("."); err != nil || !os.SameFile(at.Info, now) {
		return failed(errors.Join(err, ErrSwapped))
	}
	dir, err := root.Open(".")
	if err != nil {
		return failed(err)
	}
	defer dir.Close()
	for {
		names, err := dir.Readdirnames(folderBatch)
		for _, name := range names {
			info, err := root.Lstat(name)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err := walk(ctx, Found{root, name, path.Join(at.Path, name), info, err}, depth+1, visit); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return failed(err)
		}
	}
}
