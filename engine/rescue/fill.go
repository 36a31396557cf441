package rescue

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"slipway/engine"
	"slipway/engine/model"
)

// What is inside a container where the other one has something mounted: which of it goes there.

// mountOf is the innermost place of a mount that a path is at or in; "" for none.
func (p *carried) mountOf(name string) string {
	at := ""
	for _, m := range p.mounts {
		to := strings.TrimSuffix(m.Destination, "/")
		if (name == to || strings.HasPrefix(name, to+"/")) && len(to) >= len(at) {
			at = to
		}
	}
	return at
}

// takes tells whether a path is carried over: not where something is mounted, unless that is to be filled.
func (p *carried) takes(name string) bool {
	at := p.mountOf(name)
	f, is := p.fill(at)
	return at == "" || is && (f.New || name != at)
}

// fill is what is to be done at a place.
func (p *carried) fill(at string) (model.Fill, bool) {
	i := slices.IndexFunc(p.fills, func(f model.Fill) bool { return f.Destination == at })
	if i < 0 {
		return model.Fill{}, false
	}
	return p.fills[i], true
}

// apart is the place to be filled that a path is in, where that is not new; "" elsewhere. What goes there is looked for
// by itself, so it does not come with a folder from outside.
func (p *carried) apart(name string) string {
	at := p.mountOf(name)
	if f, is := p.fill(at); !is || f.New || name == at {
		return ""
	}
	return at
}

// leave notes a place whose files are not in the other container, where only that has something mounted.
func (p *carried) leave(done *Carried, at string) {
	is := func(m model.Mount) bool { return m.Destination == at }
	if slices.ContainsFunc(p.to.Mounts, is) && !slices.ContainsFunc(p.from.Mounts, is) && !slices.Contains(done.Left, at) {
		done.Left = append(done.Left, at)
	}
}

// resolve finds out where things are really mounted in the other container, whose image may have a link on the
// way: the engine follows it.
func (p *carried) resolve(ctx context.Context) error {
	links := map[string]string{}
	for _, m := range p.to.Mounts {
		at := "/"
		for _, part := range strings.Split(strings.Trim(m.Destination, "/"), "/") {
			next := path.Join(at, part)
			leads, known := links[next]
			if !known {
				info, err := p.e.Stat(ctx, p.to.ID, next)
				if err != nil && !model.IsKind(err, model.ProblemNotFound) {
					return err
				}
				leads = info.Link
				links[next] = leads
			}
			at = next
			if leads != "" {
				at = leads
			}
		}
		if at == m.Destination {
			continue
		}
		if _, is := p.fill(m.Destination); is {
			return cannotCarry(model.Say("rescue.what-is-in", model.Args{"Destination": model.Name(m.Destination)}),
				model.Say("rescue.in-the-image-is-a",
					model.Args{"Destination": model.Name(m.Destination), "Target": model.Name(at)}))
		}
		p.mounts = append(p.mounts, model.Mount{Type: m.Type, Destination: at})
	}
	return nil
}

// anonymous lists what is in anonymous volumes at the places to be filled: the engine tells of no changes there.
func (p *carried) anonymous(ctx context.Context, done *Carried) ([]engine.Change, error) {
	var list []engine.Change
	for _, m := range p.from.Mounts {
		if m.Type != "volume" || !engine.IsAnonymous(m.Name) {
			continue
		}
		f, is := p.fill(m.Destination)
		switch {
		case !is:
			other := func(o model.Mount) bool { return o.Destination == m.Destination && o.Name != m.Name }
			if slices.ContainsFunc(p.to.Mounts, other) {
				done.Left = append(done.Left, m.Destination)
			}
		case f.New:
			list = append(list, engine.Change{Path: f.Destination, Kind: "added"})
		default:
			names, err := p.names(ctx, f.Destination)
			if err != nil {
				return nil, err
			}
			for _, name := range names {
				list = append(list, engine.Change{Path: name, Kind: "added"})
			}
		}
	}
	return list, nil
}

// names are those of everything in a folder.
func (p *carried) names(ctx context.Context, dir string) (list []string, err error) {
	r, err := p.e.ArchivePath(ctx, p.from.ID, dir)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	for in := tar.NewReader(r); ; {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		if name := path.Join(path.Dir(dir), h.Name); name != dir {
			list = append(list, name)
		}
		if len(list) > mostCarried {
			return nil, tooManyToCarry()
		}
	}
}

// absent leaves out what is there already, and notes other things that have its name.
func (p *carried) absent(ctx context.Context, changes []engine.Change,
	done *Carried,
) (list []engine.Change, err error) {
	// a folder that is not there, so that nothing in it is; something else than the folder it would be
	gone, blocked := "", ""
	under := func(name, dir string) bool { return dir != "" && strings.HasPrefix(name, dir+"/") }
	for _, c := range sorted(changes) {
		if under(c.Path, gone) {
			list = append(list, c)
			continue
		}
		if under(c.Path, blocked) {
			continue
		}
		there, err := p.e.Stat(ctx, p.to.ID, c.Path)
		if model.IsKind(err, model.ProblemNotFound) {
			gone = c.Path
			list = append(list, c)
			continue
		}
		if err != nil {
			return nil, err
		}
		here, err := p.e.Stat(ctx, p.from.ID, c.Path)
		if model.IsKind(err, model.ProblemNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		same := there.Dir && here.Dir
		if !same {
			if same, err = p.copied(ctx, c.Path, here, there); err != nil {
				return nil, err
			}
		}
		if same {
			continue
		}
		done.Stayed, blocked = append(done.Stayed, c.Path), c.Path
	}
	return list, nil
}

// copied tells whether a thing is as an earlier try would have copied it. Files of the same size are read
// for that: those of programs that write records of a fixed length may well have it, and the time as well.
// Whose they are does not matter.
func (p *carried) copied(ctx context.Context, name string, from, to engine.FileInfo) (bool, error) {
	if from.Link != "" || to.Link != "" {
		return from.Link == to.Link, nil
	}
	if !to.Regular || !from.Regular || to.Size != from.Size {
		return false, nil
	}
	here, err := p.sum(ctx, p.from.ID, name)
	if err != nil {
		return false, err
	}
	there, err := p.sum(ctx, p.to.ID, name)
	return err == nil && bytes.Equal(here, there), err
}

// sum is the hash of what is in a file.
func (p *carried) sum(ctx context.Context, id, name string) ([]byte, error) {
	r, err := p.e.ArchivePath(ctx, id, name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	in, hash := tar.NewReader(uncancelled{ctx, r}), sha256.New()
	if _, err := in.Next(); err != nil {
		return nil, err
	}
	_, err = io.Copy(hash, in)
	return hash.Sum(nil), err
}

// unlinked leaves out folders that were there in the image, in whatever kind, and that are links in the other
// container's image, as /lib is in some: the folder would take the place of all that the link leads to. What is in it
// goes there through the link, unless something is mounted there.
func (p *carried) unlinked(ctx context.Context, changes []engine.Change) (list []engine.Change, err error) {
	for _, c := range changes {
		if c.Kind != "changed" {
			list = append(list, c)
			continue
		}
		there, err := p.e.Stat(ctx, p.to.ID, c.Path)
		if err != nil && !model.IsKind(err, model.ProblemNotFound) {
			return nil, err
		}
		if there.Link == "" {
			list = append(list, c)
			continue
		}
		here, err := p.e.Stat(ctx, p.from.ID, c.Path)
		if err != nil && !model.IsKind(err, model.ProblemNotFound) {
			return nil, err
		}
		if !here.Dir {
			list = append(list, c)
			continue
		}
		if p.mountOf(there.Link) != "" || isMount(there.Link, p.mounts) {
			return nil,
				cannotCarry(model.Verbatim(c.Path),
					model.Say("rescue.in-the-other-image-it", model.Args{"Link": model.Name(there.Link)}))
		}
	}
	return list, nil
}
