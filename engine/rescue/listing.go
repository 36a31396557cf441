package rescue

import (
	"context"
	"io"
	"path"
	"slices"
	"time"

	"slipway/engine"
	"slipway/engine/model"
)

// Listing is what is in a folder of a container, file by file.
type Listing struct {
	// Files are at most the first [MostListed], in the order in which the engine tells of them.
	Files []File
	// Count and Bytes are of all that were told of so far.
	Count int
	Bytes int64
	// Complete tells that there are no more; Problem why that is not known.
	Complete bool
	Problem  *model.Problem
}

// MostListed is how many files a [Listing] names.
const MostListed = 5000

// tellEvery is how often a listing is told in part.
const tellEvery = 200 * time.Millisecond

// ListFolder lists what is in a folder of a container, and below it; as is what stands before each path in place of the
// folder. The engine reads all of it for that, so a large one takes its time: update gets what is known a few times a second
// from the calling goroutine, and must return quickly. The last one is returned too. A cancelled ctx ends it early.
func ListFolder(ctx context.Context, src Copier, id, dir, as string, update func(Listing)) Listing {
	var l Listing
	told := time.Now()
	err := src.CopyOut(ctx, id, dir, func(e engine.Entry, _ io.Reader) error {
		if e.Mode.IsDir() {
			return nil
		}
		l.Count++
		l.Bytes += e.Size
		if len(l.Files) < MostListed {
			l.Files = append(l.Files, File{Path: path.Join(as, e.Path), Size: e.Size, Modified: e.Modified, Known: true})
		}
		if time.Since(told) > tellEvery {
			told = time.Now()
			update(l.clone())
		}
		return nil
	})
	switch {
	case ctx.Err() != nil:
		return l
	case err != nil:
		l.Problem = model.AsProblem(err, "Cannot list what is in "+as)
	default:
		l.Complete = true
	}
	update(l.clone())
	return l
}

func (l Listing) clone() Listing {
	l.Files = slices.Clone(l.Files)
	return l
}

// and is what is in two folders together.
func (l Listing) and(more Listing) Listing {
	l.Files = slices.Concat(l.Files, more.Files)
	l.Count += more.Count
	l.Bytes += more.Bytes
	l.Complete = l.Complete && more.Complete
	if l.Problem == nil {
		l.Problem = more.Problem
	}
	return l
}

// ListVolumes adds to what was found of c what is in the volumes that would be lost with it. update gets every step, see
// [ListFolder].
func ListVolumes(ctx context.Context, src Copier, c model.Container, found Found, update func(Found)) {
	done := Listing{Complete: true}
	for i, at := range found.Volumes {
		one := ListFolder(ctx, src, c.ID, at, at, func(l Listing) {
			f := found
			f.InVolumes = done.and(l)
			f.InVolumes.Complete = l.Complete && done.Complete && i == len(found.Volumes)-1
			update(f)
		})
		if ctx.Err() != nil {
			return
		}
		done = done.and(one)
	}
}
