package engine

import (
	"archive/tar"
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"slipway/engine/model"
)

// Entry is one file or folder that comes out of a container.
type Entry struct {
	// Path is relative to the folder that was asked for, "." for itself; for a single file its name.
	Path     string
	Size     int64
	Mode     fs.FileMode
	Modified time.Time
	// Link is where a symbolic link points to, or, of a hard link, the path of the entry that came before with its
	// content.
	Link string
	// Hard tells that it is a hard link: Mode says a link then, and it has no content of its own.
	Hard bool
}

// CopyOut reads a file or a folder with everything in it out of a container, running or not, and hands on every entry
// with its content. Nothing is run in the container. The path of an entry is as the engine says it and may try to leave
// the folder: whoever writes it has to hold it back. An error of visit ends it and is returned.
func (e *Engine) CopyOut(ctx context.Context, id, from string, visit func(Entry, io.Reader) error) error {
	s := subject{what: model.Say("engine.cannot-copy", model.Args{"From": model.Name(from)}), container: id}
	if strings.HasPrefix(from, VolumeRoot) {
		s.what = model.Say("common.cannot-look-into-the-volume")
	}
	if dir, below := Askable(from); below != "" {
		return e.copyBelow(ctx, id, dir, below, s, visit)
	}
	r, _, err := e.cli.CopyFromContainer(ctx, id, from)
	if err != nil {
		return explain(err, s)
	}
	defer r.Close()
	return model.Guard(s.what, func() error { return readOut(ctx, r, path.Base(path.Clean(from)), s, visit) })
}

// Askable splits a path of a container into the folder that engines can be asked for and what is below it: of a name
// that is no UTF-8 they send nothing, as themselves they write its archive with headers that cannot have it. below is
// "" where all of the path can be asked for.
func Askable(name string) (dir, below string) {
	name = path.Clean(name)
	if utf8.ValidString(name) {
		return name, ""
	}
	dir, below = "/", strings.TrimPrefix(name, "/")
	for {
		first, rest, deeper := strings.Cut(below, "/")
		if !deeper || !utf8.ValidString(first) {
			return dir, below
		}
		dir, below = path.Join(dir, first), rest
	}
}

// copyBelow reads a folder and hands on only what has a path below it. What is a hard link to something outside comes
// in a second reading, with the content.
func (e *Engine) copyBelow(ctx context.Context, id, dir, below string, s subject,
	visit func(Entry, io.Reader) error,
) error {
	found, outside := false, map[string][]string{}
	err := e.CopyOut(ctx, id, dir, func(entry Entry, r io.Reader) error {
		rest, ok := belowOf(entry.Path, below)
		if !ok {
			return nil
		}
		found, entry.Path = true, rest
		if entry.Hard {
			link, inside := belowOf(entry.Link, below)
			if !inside {
				outside[entry.Link] = append(outside[entry.Link], rest)
				return nil
			}
			entry.Link = link
		}
		return visit(entry, r)
	})
	switch {
	case err == nil && !found:
		return problem(model.ProblemNotFound, nil, s, model.Say("engine.it-does-not-exist-any"),
			model.Say("common.the-list-shows-what-is"))
	case err != nil || len(outside) == 0:
		return err
	}
	err = e.CopyOut(ctx, id, dir, func(entry Entry, r io.Reader) error {
		names := outside[entry.Path]
		if len(names) == 0 || entry.Hard {
			return nil
		}
		delete(outside, entry.Path)
		for i, name := range names {
			if entry.Path = name; i > 0 {
				entry.Link, entry.Hard, entry.Size = names[0], true, 0
				entry.Mode |= fs.ModeSymlink
			}
			if err := visit(entry, r); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && len(outside) > 0 {
		return problem(model.ProblemConnectionLost, nil, s, model.Say("engine.a-file-that-others-are"),
			model.Say("common.try-again"))
	}
	return err
}

// belowOf is a path as seen from another one that it is, or is below of.
func belowOf(name, base string) (rest string, ok bool) {
	if name == base {
		return ".", true
	}
	return strings.CutPrefix(name, base+"/")
}

// readOut reads an archive in which base stands before each name.
func readOut(ctx context.Context, r io.Reader, base string, s subject, visit func(Entry, io.Reader) error) error {
	for in := tar.NewReader(r); ; {
		h, err := in.Next()
		switch {
		case errors.Is(err, io.EOF):
			return ctx.Err()
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return explain(err, s)
		}
		entry := Entry{
			Path: inside(h.Name, base), Size: h.Size, Mode: h.FileInfo().Mode(), Modified: h.ModTime,
			Link: h.Linkname,
		}
		if h.Typeflag == tar.TypeLink {
			entry.Mode |= fs.ModeSymlink
			entry.Link, entry.Hard = inside(h.Linkname, base), true
		}
		if err := visit(entry, in); err != nil {
			return err
		}
	}
}

// inside takes the folder's own name off the names that the engine puts before each.
func inside(name, base string) string {
	name = strings.TrimSuffix(name, "/")
	if base == "/" { // which stands before each like any other
		return path.Clean(strings.TrimLeft(name, "/"))
	}
	switch rest, ok := strings.CutPrefix(name, base+"/"); {
	case ok:
		return rest
	case name == base:
		return "."
	}
	return name
}
