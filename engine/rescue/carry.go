package rescue

import (
	"archive/tar"
	"context"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"slipway/engine"
	"slipway/engine/model"
)

// Carrier is the part of an engine that the inside of one container is carried into another through.
type Carrier interface {
	Changes(ctx context.Context, id string) ([]engine.Change, error)
	ArchivePath(ctx context.Context, id, path string) (io.ReadCloser, error)
	CopyOver(ctx context.Context, id, dir string, archive io.Reader) error
}

// Carry copies everything that was added or changed in one container against its image into another one, with owners, modes and
// times, reads it back there and compares. Both must not run. What is mounted in either, and what was deleted in the first,
// is left out: what is under a mount that only the second has would go to this computer, or into a volume. A folder of the
// second is replaced where the first has a file or a link of its name.
func Carry(ctx context.Context, e Carrier, from, to model.Container, progress Progress) (Contents, error) {
	changes, err := e.Changes(ctx, from.ID)
	if err != nil {
		return Contents{}, err
	}
	mounts := slices.Concat(from.Mounts, to.Mounts)
	changes = slices.DeleteFunc(changes, func(c engine.Change) bool {
		at := func(m model.Mount) bool { return m.Destination == c.Path }
		return c.Kind == "deleted" || isMount(c.Path, from.Mounts) && c.Kind == "added" || slices.ContainsFunc(to.Mounts, at) || isUnder(c.Path, mounts)
	})
	if len(changes) == 0 {
		return Contents{}, nil
	}
	slices.SortFunc(changes, func(a, b engine.Change) int { return strings.Compare(below(a.Path), below(b.Path)) })
	p := &carried{e: e, id: from.ID, mounts: mounts, changes: changes, sent: map[string]bool{}}
	sent, err := p.through(ctx, progress.Copied, func(r io.Reader) error { return e.CopyOver(ctx, to.ID, "/", r) })
	if err != nil {
		return sent, err
	}
	p.id, p.back = to.ID, true
	got, err := p.through(ctx, progress.Compared, func(r io.Reader) error {
		_, err := io.Copy(io.Discard, r)
		return err
	})
	if err == nil && got != sent {
		err = model.NewProblem(model.ProblemUnknown, nil, "What was carried over is not what is in “"+from.Name+"”", "The engine tells other files than were sent to it.", "Try again.")
	}
	return got, err
}

// below orders a folder before everything that is in it, and that before names that only begin alike.
func below(p string) string { return strings.ReplaceAll(p, "/", "\x00") }

// carried is a part of a container as one archive.
type carried struct {
	e       Carrier
	id      string
	mounts  []model.Mount
	changes []engine.Change
	// sent are the names that were packed; back tells that those are read again, beside which the image of the other container
	// may have more in the same folders.
	sent map[string]bool
	back bool
}

// through hands the archive on, and tells what was in it.
func (p *carried) through(ctx context.Context, progress func(int64), hand func(io.Reader) error) (Contents, error) {
	packed, out := io.Pipe()
	read, in := io.Pipe()
	failed, contents := make(chan error, 1), make(chan Contents, 1)
	go func() {
		err := p.pack(ctx, out)
		out.CloseWithError(err)
		failed <- err
	}()
	go func() {
		c, err := Read(read, progress)
		_, _ = io.Copy(io.Discard, read) // so that writing never waits
		read.CloseWithError(err)
		contents <- c
	}()
	err := hand(io.TeeReader(packed, in))
	packed.CloseWithError(context.Canceled)
	in.Close()
	wrong := <-failed
	c := <-contents
	switch {
	case ctx.Err() != nil:
		return c, ctx.Err()
	case errors.Is(wrong, io.ErrUnexpectedEOF):
		return c, model.NewProblem(model.ProblemConnectionLost, wrong, "Cannot carry over what is inside", "What the engine sends broke off.", "Try again.")
	case wrong != nil && !errors.Is(wrong, context.Canceled) && !errors.Is(wrong, io.ErrClosedPipe):
		return c, wrong
	}
	return c, err
}

// pack writes the archive.
func (p *carried) pack(ctx context.Context, to io.Writer) error {
	out := tar.NewWriter(to)
	whole := "" // the last folder that came with everything in it
	for _, c := range p.changes {
		if whole != "" && strings.HasPrefix(c.Path, whole+"/") {
			continue
		}
		all, err := p.add(ctx, out, c)
		if err != nil {
			return err
		}
		if all {
			whole = c.Path
		}
	}
	return out.Close()
}

// add writes a path: a folder that was added with everything in it, which all tells, one that was only changed by itself.
func (p *carried) add(ctx context.Context, out *tar.Writer, c engine.Change) (all bool, err error) {
	r, err := p.e.ArchivePath(ctx, p.id, c.Path)
	if model.IsKind(err, model.ProblemNotFound) {
		return false, nil // gone since, or a name that the engine cannot say
	}
	if err != nil {
		return false, err
	}
	defer r.Close()
	for in := tar.NewReader(r); ; {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		name := path.Join(path.Dir(c.Path), h.Name)
		if name != c.Path && isUnder(name, p.mounts) || slices.ContainsFunc(p.mounts, func(m model.Mount) bool { return m.Destination == name }) {
			continue
		}
		if at := slices.IndexFunc(p.mounts, func(m model.Mount) bool { return strings.HasPrefix(m.Destination, name+"/") }); h.Typeflag != tar.TypeDir && at >= 0 {
			// The engine would clear the folder for it, with what is mounted there.
			return all, model.NewProblem(model.ProblemConflict, nil, name+" cannot be carried over", "It is no folder any more inside, but "+p.mounts[at].Destination+" is mounted below it.", "Begin without what is inside, or mount that elsewhere.")
		}
		if p.back && !p.sent[name] {
			continue
		}
		p.sent[name] = true
		h.Name = strings.TrimPrefix(name, "/")
		switch h.Typeflag {
		case tar.TypeDir:
			h.Name += "/"
		case tar.TypeLink:
			h.Linkname = strings.TrimPrefix(path.Join(path.Dir(c.Path), h.Linkname), "/")
		}
		h.Format = tar.FormatUnknown
		if err := out.WriteHeader(h); err != nil {
			return all, err
		}
		if _, err := io.Copy(out, in); err != nil {
			return all, err
		}
		if h.Typeflag == tar.TypeDir && c.Kind != "added" {
			return false, nil // what is in it stands in the list by itself
		}
		all = all || h.Typeflag == tar.TypeDir
	}
}

// isUnder tells whether a path is in something that is mounted.
func isUnder(name string, mounts []model.Mount) bool {
	return slices.ContainsFunc(mounts, func(m model.Mount) bool {
		return strings.HasPrefix(name, strings.TrimSuffix(m.Destination, "/")+"/")
	})
}
