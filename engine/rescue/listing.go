package rescue

import (
	"context"
	"errors"
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

// Lister is the part of an engine that is asked what is in a folder of a container: packed, or, where it
// runs, told by its own programs.
type Lister interface {
	Copier
	Tree(ctx context.Context, id, dir string, most int) (list []engine.Entry, whole, ok bool)
}

// tellEvery is how often a listing is told in part.
const tellEvery = 200 * time.Millisecond

// ListFolder lists what is in a folder of a container, and below it; as is what stands before each path in place
// of the folder. The engine reads all of it for that, so a large one takes its time: update gets what is known a
// few times a second from the calling goroutine, and must return quickly. The last one is returned too. A
// cancelled ctx ends it early.
func ListFolder(ctx context.Context, src Copier, id, dir, as string, update func(Listing)) Listing {
	var l Listing
	last := time.Now()
	err := src.CopyOut(ctx, id, dir, func(e engine.Entry, _ io.Reader) error {
		if e.Mode.IsDir() {
			return nil
		}
		l.Count++
		l.Bytes += e.Size
		if len(l.Files) < MostListed {
			l.Files = append(l.Files, File{Path: path.Join(as, e.Path), Size: e.Size, Modified: e.Modified, Known: true})
		}
		if time.Since(last) > tellEvery {
			last = time.Now()
			update(l.clone())
		}
		return nil
	})
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		l.Problem = tooMuch(as)
	case ctx.Err() != nil:
		return l
	case err != nil:
		l.Problem = model.AsProblem(err, model.Say("rescue.cannot-list-what-is-in", model.Args{"Folder": model.Name(as)}))
	default:
		l.Complete = true
	}
	update(l.clone())
	return l
}

// told is what the container's own programs tell of a folder.
func told(ctx context.Context, src Lister, c model.Container, dir string) (list []engine.Entry, whole, ok bool) {
	if c.State != model.StateRunning {
		return nil, false, false
	}
	return src.Tree(ctx, c.ID, dir, MostListed)
}

// listingOf is the listing of what a container's own programs told.
func listingOf(entries []engine.Entry, whole bool, as string, update func(Listing)) Listing {
	l := Listing{Count: len(entries), Complete: whole}
	for _, e := range entries {
		l.Bytes += e.Size
		l.Files = append(l.Files, File{Path: path.Join(as, e.Path), Size: e.Size, Modified: e.Modified, Known: true})
	}
	if !whole {
		l.Problem = tooMuch(as)
	}
	update(l)
	return l
}

// tooMuch says that not all of a folder is listed.
func tooMuch(dir string) *model.Problem {
	return &model.Problem{
		Kind: model.ProblemTimeout,
		What: model.Say("common.not-everything-in-is-listed", model.Args{"Dir": model.Name(dir)}),
		Why:  model.Say("rescue.there-is-much-in-it"),
	}
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

// mostAsked is for how long an engine may pack the volumes of one container: until it has, it answers nothing else
// about that.
const mostAsked = 3 * time.Second

// ListVolumes adds to what was found of c what is in the volumes that would be lost with it. Where it runs, its own
// programs are asked, else the engine for some seconds. update gets every step, see [ListFolder].
func ListVolumes(ctx context.Context, src Lister, c model.Container, found Found, update func(Found)) {
	done := Listing{Complete: true}
	packing, stop := context.WithTimeout(ctx, mostAsked)
	defer stop()
	for i, at := range found.Volumes {
		tell := func(l Listing) {
			f := found
			f.InVolumes = done.and(l)
			f.InVolumes.Complete = l.Complete && done.Complete && i == len(found.Volumes)-1
			update(f)
		}
		var one Listing
		if entries, whole, ok := told(ctx, src, c, at); ok {
			one = listingOf(entries, whole, at, tell)
		} else {
			one = ListFolder(packing, src, c.ID, at, at, tell)
		}
		if ctx.Err() != nil {
			return
		}
		done = done.and(one)
	}
}
