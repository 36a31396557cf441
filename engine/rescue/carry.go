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
	Stat(ctx context.Context, id, path string) (engine.FileInfo, error)
}

// Carry copies everything that was added or changed in one container against its image into another one, with owners, modes and
// times, reads it back there and compares. Both must not run. What is mounted in either, and what was deleted in the first,
// is left out: what is under a mount that only the second has would go to this computer, or into a volume. It does for the
// places to be filled, also from an anonymous volume of the first; there nothing is overwritten unless the place is new, and
// stayed are the paths where something else was already. Elsewhere a folder of the second is replaced where the first has a file
// or a link of its name.
func Carry(ctx context.Context, e Carrier, from, to model.Container, fills []model.Fill, progress Progress) (stayed []string, err error) {
	changes, err := e.Changes(ctx, from.ID)
	if err != nil {
		return nil, err
	}
	p := &carried{e: e, id: from.ID, mounts: slices.Concat(from.Mounts, to.Mounts), fills: fills, sent: map[string]bool{}}
	more, err := p.anonymous(ctx, from)
	if err != nil {
		return nil, err
	}
	changes = slices.DeleteFunc(changes, func(c engine.Change) bool {
		at := func(m model.Mount) bool { return m.Destination == c.Path } // what is in it is no change
		return c.Kind == "deleted" || isMount(c.Path, from.Mounts) && c.Kind == "added" || slices.ContainsFunc(from.Mounts, at) || !p.takes(c.Path)
	})
	changes = append(changes, more...)
	slices.SortFunc(changes, func(a, b engine.Change) int { return strings.Compare(below(a.Path), below(b.Path)) })
	if to.ImageID != from.ImageID {
		if changes, err = p.unlinked(ctx, to.ID, changes); err != nil {
			return nil, err
		}
	}
	if p.changes, stayed, err = p.absent(ctx, to.ID, changes); err != nil || len(p.changes) == 0 {
		return stayed, err
	}
	sent, err := p.through(ctx, progress.Copied, func(r io.Reader) error { return e.CopyOver(ctx, to.ID, "/", r) })
	if err != nil {
		return stayed, err
	}
	p.id, p.back = to.ID, true
	got, err := p.through(ctx, progress.Compared, func(r io.Reader) error {
		_, err := io.Copy(io.Discard, r)
		return err
	})
	if err == nil && got != sent {
		err = model.NewProblem(model.ProblemUnknown, nil, "What was carried over is not what is in “"+from.Name+"”", "The engine tells other files than were sent to it.", "Try again.")
	}
	return stayed, err
}

// below orders a folder before everything that is in it, and that before names that only begin alike.
func below(p string) string { return strings.ReplaceAll(p, "/", "\x00") }

// carried is a part of a container as one archive.
type carried struct {
	e       Carrier
	id      string
	mounts  []model.Mount
	fills   []model.Fill
	changes []engine.Change
	// sent are the names that were packed; back tells that those are read again, beside which the image of the other container
	// may have more in the same folders.
	sent map[string]bool
	back bool
}

// takes tells whether a path is carried over: not where something is mounted, unless that is to be filled.
func (p *carried) takes(name string) bool {
	at := ""
	for _, m := range p.mounts {
		if to := strings.TrimSuffix(m.Destination, "/"); (name == to || strings.HasPrefix(name, to+"/")) && len(to) >= len(at) {
			at = m.Destination
		}
	}
	f, is := p.fill(at)
	return at == "" || is && (f.New || name != at)
}

// fill is the place at which something is to be filled.
func (p *carried) fill(at string) (model.Fill, bool) {
	i := slices.IndexFunc(p.fills, func(f model.Fill) bool { return f.Destination == at })
	if i < 0 {
		return model.Fill{}, false
	}
	return p.fills[i], true
}

// apart is the place to be filled that a path is in, where that is not new; "" elsewhere. What goes there was looked for by
// itself, so it does not come with a folder from outside.
func (p *carried) apart(name string) string {
	at := ""
	for _, f := range p.fills {
		if !f.New && len(f.Destination) > len(at) && strings.HasPrefix(name, strings.TrimSuffix(f.Destination, "/")+"/") {
			at = f.Destination
		}
	}
	return at
}

// anonymous lists what is in anonymous volumes at the places to be filled: the engine tells of no changes there.
func (p *carried) anonymous(ctx context.Context, from model.Container) ([]engine.Change, error) {
	var list []engine.Change
	for _, m := range from.Mounts {
		f, is := p.fill(m.Destination)
		if !is || m.Type != "volume" || !isAnonymous(m.Name) {
			continue
		}
		if f.New {
			list = append(list, engine.Change{Path: f.Destination, Kind: "added"})
			continue
		}
		r, err := p.e.ArchivePath(ctx, from.ID, f.Destination)
		if err != nil {
			return nil, err
		}
		names, err := names(r, path.Dir(f.Destination))
		r.Close()
		if err != nil {
			return nil, err
		}
		for _, name := range names[min(1, len(names)):] { // not the place itself
			list = append(list, engine.Change{Path: name, Kind: "added"})
		}
	}
	return list, nil
}

// names are those in an archive.
func names(r io.Reader, dir string) (list []string, err error) {
	for in := tar.NewReader(r); ; {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		list = append(list, path.Join(dir, h.Name))
	}
}

// absent leaves out what is there already, in the places to be filled that are not new. stayed are the paths of other things than
// would be copied.
func (p *carried) absent(ctx context.Context, to string, changes []engine.Change) (list []engine.Change, stayed []string, err error) {
	clear, blocked := "", "" // a folder that is not there, so that nothing in it is; something else than the folder it would be
	under := func(name, dir string) bool { return dir != "" && strings.HasPrefix(name, dir+"/") }
	for _, c := range changes {
		if p.apart(c.Path) == "" || under(c.Path, clear) {
			list = append(list, c)
			continue
		}
		if under(c.Path, blocked) {
			continue
		}
		there, err := p.e.Stat(ctx, to, c.Path)
		if model.IsKind(err, model.ProblemNotFound) {
			clear = c.Path
			list = append(list, c)
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		here, err := p.e.Stat(ctx, p.id, c.Path)
		if model.IsKind(err, model.ProblemNotFound) {
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		// What an earlier try copied is no other thing; an engine's archives have whole seconds.
		same := there.Regular && here.Regular && there.Size == here.Size && there.Modified.Unix() == here.Modified.Unix()
		if there.Dir && here.Dir || same {
			continue
		}
		stayed, blocked = append(stayed, c.Path), c.Path
	}
	return list, stayed, nil
}

// unlinked leaves out folders that the image had already and that are links in the other container's image, as /lib is in some:
// the folder would take the place of all that the link leads to. What is in it goes there through the link.
func (p *carried) unlinked(ctx context.Context, to string, changes []engine.Change) (list []engine.Change, err error) {
	for _, c := range changes {
		if c.Kind == "changed" {
			there, err := p.e.Stat(ctx, to, c.Path)
			if err != nil && !model.IsKind(err, model.ProblemNotFound) {
				return nil, err
			}
			if link := err == nil && !there.Dir && !there.Regular; link {
				here, err := p.e.Stat(ctx, p.id, c.Path)
				if err != nil && !model.IsKind(err, model.ProblemNotFound) {
					return nil, err
				}
				if err == nil && here.Dir {
					continue
				}
			}
		}
		list = append(list, c)
	}
	return list, nil
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
	wholes := map[string]string{} // the last folder that came with everything in it, for each place
	for _, c := range p.changes {
		place := p.apart(c.Path)
		if whole := wholes[place]; whole != "" && strings.HasPrefix(c.Path, whole+"/") {
			continue
		}
		all, err := p.add(ctx, out, c)
		if err != nil {
			return err
		}
		if all {
			wholes[place] = c.Path
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
		if f, is := p.fill(name); !p.takes(name) || is && f.New && h.Typeflag != tar.TypeDir || p.apart(name) != p.apart(c.Path) {
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
