package engine

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"slices"
	"time"

	"slipway/engine/endpoint"
	"slipway/engine/model"

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
	var out []Change
	asking := endpoint.ReadAnswer(ctx, "/changes", func(r io.Reader) error {
		return readChanges(r, func(c Change) {
			if !e.dialect.writesUsers || c.Kind != "changed" || !slices.Contains(podmanWrites, c.Path) {
				out = append(out, c)
			}
		})
	})
	if _, err := e.cli.ContainerDiff(asking, id); err != nil {
		return nil, explain(err, subject{what: model.Say("engine.cannot-list-the-changed-files"), container: id})
	}
	return out, nil
}

// mostChanges is how many changed files are listed, and mostPaths how long their paths may be together, in bytes: a
// program can make millions of them.
const (
	mostChanges = 1_000_000
	mostPaths   = 128 << 20
)

// readChanges reads the engine's list one by one, see docker's container.FilesystemChange. It is an error if there is
// more than Slipway holds: half a list would look as if the rest were not there.
func readChanges(r io.Reader, fn func(Change)) error {
	return model.Guard(model.Say("engine.the-list-of-changed-files"), func() error {
		dec := json.NewDecoder(r)
		switch first, err := dec.Token(); {
		case err != nil || first == nil: // Docker says null for an empty list
			return err
		case first != json.Delim('['):
			return errors.New("it is no list")
		}
		count, size := 0, 0
		for dec.More() {
			var c container.FilesystemChange
			if err := dec.Decode(&c); err != nil {
				return err
			}
			count++
			if size += len(c.Path); count > mostChanges || size > mostPaths {
				return &model.Problem{
					Kind: model.ProblemTooMuch,
					What: model.Say("engine.too-many-files-were-changed"),
					Why:  model.Say("engine.there-are-more-than-or", model.Args{"Count": model.Count(count - 1)}),
					Fix:  model.Say("engine.save-the-whole-container-as"),
				}
			}
			kind := "changed"
			switch c.Kind {
			case container.ChangeAdd:
				kind = "added"
			case container.ChangeDelete:
				kind = "deleted"
			}
			fn(Change{Path: c.Path, Kind: kind})
		}
		_, err := dec.Token()
		return err
	})
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
		return FileInfo{},
			explain(err, subject{what: model.Say("engine.cannot-look-at", model.Args{"Path": model.Name(path)}), container: id})
	}
	i := FileInfo{
		Size: s.Size, Modified: s.Mtime, Dir: s.Mode.IsDir(), Regular: s.Mode&fs.ModeType == 0,
		Mode: s.Mode.Perm(),
	}
	if s.Mode&fs.ModeSymlink != 0 {
		i.Link = s.LinkTarget
	}
	return i, nil
}

// statPath asks about a path as the engine says it.
func (e *Engine) statPath(ctx context.Context, id, path string) (container.PathStat, error) {
	if e.dialect.statForURLs {
		return e.podmanStat(ctx, id, path)
	}
	return e.cli.ContainerStatPath(ctx, id, path)
}
