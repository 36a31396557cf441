package engine

import (
	"context"
	"io/fs"
	"slices"
	"time"

	"github.com/docker/docker/api/types/container"
)

// Change is a path in a container that is not as the image has it.
type Change struct {
	Path string
	// Kind is "added", "changed" or "deleted".
	Kind string
}

// Changes lists what differs between the container and its image. The engine walks the container's whole writable
// layer for it. Mounted folders and volumes do not count.
func (e *Engine) Changes(ctx context.Context, id string) ([]Change, error) {
	list, err := e.cli.ContainerDiff(ctx, id)
	if err != nil {
		return nil, explain(err, subject{what: "Cannot list the changed files", container: id})
	}
	out := make([]Change, 0, len(list))
	for _, c := range list {
		kind := "changed"
		switch c.Kind {
		case container.ChangeAdd:
			kind = "added"
		case container.ChangeDelete:
			kind = "deleted"
		}
		if e.isPodman() && kind == "changed" && slices.Contains(podmanWrites, c.Path) {
			continue
		}
		out = append(out, Change{Path: c.Path, Kind: kind})
	}
	return out, nil
}

// FileInfo is what the engine says about a file in a container.
type FileInfo struct {
	// Size in bytes; a folder's says nothing about what is in it.
	Size     int64
	Modified time.Time
	Dir      bool
	Regular  bool
	// Mode has the bits that say who may do what, and no others.
	Mode fs.FileMode
	// Link is where a link leads to in the container, "" for anything else. The engine follows further links on the way.
	Link string
}

// Stat asks about one path in a container, running or not. Links are not followed.
func (e *Engine) Stat(ctx context.Context, id, path string) (FileInfo, error) {
	s, err := e.statPath(ctx, id, path)
	if err != nil {
		return FileInfo{}, explain(err, subject{what: "Cannot look at " + path, container: id})
	}
	i := FileInfo{Size: s.Size, Modified: s.Mtime, Dir: s.Mode.IsDir(), Regular: s.Mode&fs.ModeType == 0, Mode: s.Mode.Perm()}
	if s.Mode&fs.ModeSymlink != 0 {
		i.Link = s.LinkTarget
	}
	return i, nil
}

// statPath asks about a path as the engine says it.
func (e *Engine) statPath(ctx context.Context, id, path string) (container.PathStat, error) {
	if e.isPodman() {
		return e.podmanStat(ctx, id, path)
	}
	return e.cli.ContainerStatPath(ctx, id, path)
}
