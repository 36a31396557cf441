package rescue

import (
	"archive/tar"
	"cmp"
	"context"
	"errors"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"slipway/engine"
	"slipway/engine/model"
)

// Carrier is the part of an engine that the inside of one container is carried into another through.
type Carrier interface {
	Changes(ctx context.Context, id string) ([]engine.Change, error)
	Stat(ctx context.Context, id, path string) (engine.FileInfo, error)
	ArchivePath(ctx context.Context, id, path string) (io.ReadCloser, error)
	CopyIn(ctx context.Context, id, dir string, archive io.Reader) error
	CopyOver(ctx context.Context, id, dir string, archive io.Reader) error
}

// Carried tells what of a container is not in the other one.
type Carried struct {
	// Stayed are paths in places to be filled where something else was already, with all that is in them.
	Stayed []string
	// Left are places that only the other one has mounted and that were not to be filled, with something in them.
	Left []string
	// Files counts the regular files that were sent and are there, Bytes what is in them. Paths are what was sent: files,
	// and folders with everything in them. Failed are those of which it is not certain that they are there.
	Files  int
	Bytes  int64
	Paths  []string
	Failed []string
}

// Carry copies everything that was added or changed in one container against its image into another one, with owners,
// modes and times, reads it back there and compares. Both must not run. What is mounted in either, and what was deleted
// in the first, is left out: what is under a mount that only the second has would go to this computer, or into a
// volume. There it goes only in places to be filled, also from an anonymous volume of the first; in those that are not
// new, what is there is looked for right before, and stays. Elsewhere a folder of the second is replaced where the
// first has a file or a link of its name.
func Carry(ctx context.Context, e Carrier, from, to model.Container, fills []model.Fill,
	progress Progress,
) (done Carried, err error) {
	changes, err := e.Changes(ctx, from.ID)
	if err != nil {
		return done, err
	}
	p := &carried{e: e, from: from, to: to, mounts: slices.Concat(from.Mounts, to.Mounts), fills: fills}
	if err := p.resolve(ctx); err != nil {
		return done, err
	}
	if changes, err = p.withoutEngines(ctx, changes); err != nil {
		return done, err
	}
	inside, beside := p.choose(changes, &done)
	more, err := p.anonymous(ctx, &done)
	if err != nil {
		return done, err
	}
	for _, c := range more {
		switch {
		case !p.takes(c.Path): // something else is mounted there in both
		case p.apart(c.Path) == "":
			inside = append(inside, c)
		default:
			beside = append(beside, c)
		}
	}
	if to.ImageID != from.ImageID {
		if inside, err = p.unlinked(ctx, inside); err != nil {
			return done, err
		}
	}
	if err := p.copy(ctx, inside, e.CopyOver, &done, progress); err != nil {
		return done, err
	}
	if beside, err = p.absent(ctx, beside, &done); err != nil {
		return done, err
	}
	return done, p.copy(ctx, beside, e.CopyIn, &done, progress)
}

// withoutEngines leaves out what the engine made, in the second container too: the first one's files for it, and
// folders that it changed only by that.
func (p *carried) withoutEngines(ctx context.Context, changes []engine.Change) ([]engine.Change, error) {
	rest, touched := withoutEngines(changes, p.from.Mounts)
	for _, c := range touched {
		from, err := p.e.Stat(ctx, p.from.ID, c.Path)
		if err != nil {
			return nil, err
		}
		to, err := p.e.Stat(ctx, p.to.ID, c.Path)
		if err != nil && !model.IsKind(err, model.ProblemNotFound) {
			return nil, err
		}
		if !to.Dir || to.Mode != from.Mode {
			rest = append(rest, c)
		}
	}
	return rest, nil
}

// choose tells apart what goes into the container itself or into a new volume, and what goes into a place that is not
// new.
func (p *carried) choose(changes []engine.Change, done *Carried) (inside, beside []engine.Change) {
	for _, c := range changes {
		at := func(m model.Mount) bool { return m.Destination == c.Path } // what is in it is no change
		switch {
		case c.Kind == "deleted", isMount(c.Path, p.from.Mounts) && c.Kind == "added", slices.ContainsFunc(p.from.Mounts, at):
		case !p.takes(c.Path):
			if at := p.mountOf(c.Path); at != c.Path {
				p.leave(done, at)
			}
		case p.apart(c.Path) == "":
			inside = append(inside, c)
		default:
			beside = append(beside, c)
		}
	}
	return inside, beside
}

// below orders a folder before everything that is in it, and that before names that only begin alike.
func below(p string) string { return strings.ReplaceAll(p, "/", "\x00") }

func sorted(changes []engine.Change) []engine.Change {
	slices.SortFunc(changes, func(a, b engine.Change) int { return strings.Compare(below(a.Path), below(b.Path)) })
	return changes
}

// carried is a part of a container as one archive.
type carried struct {
	e        Carrier
	from, to model.Container
	mounts   []model.Mount
	fills    []model.Fill

	id      string // the one that is read
	base    string // the folder that is sent to, "/" but where only what is mounted can be written to
	changes []engine.Change
	// sent are the names that were packed; back tells that those are read again, beside which the image of the other
	// container may have more in the same folders.
	sent map[string]bool
	back bool
	// paths are the changes that were packed, but for folders that only changed by themselves.
	paths []string
}

// sender is what an archive is sent with: [Carrier.CopyIn] or [Carrier.CopyOver].
type sender func(ctx context.Context, id, dir string, archive io.Reader) error

// copy sends these paths, reads them again in the other container, and compares. It adds what it sent to done.
func (p *carried) copy(ctx context.Context, changes []engine.Change, with sender, done *Carried,
	progress Progress,
) error {
	places := map[string][]engine.Change{"/": changes}
	if p.to.ReadOnly { // it takes files where something is mounted, and an archive for the whole of it not
		places = map[string][]engine.Change{}
		for _, c := range changes {
			at := cmp.Or(p.mountOf(c.Path), "/")
			places[at] = append(places[at], c)
		}
	}
	for _, at := range slices.Sorted(maps.Keys(places)) {
		if p.base = at; len(places[at]) == 0 {
			continue
		}
		if err := p.copyTo(ctx, places[at], with, done, progress); err != nil {
			return err
		}
	}
	return nil
}

// copyTo is copy of what goes into one folder.
func (p *carried) copyTo(ctx context.Context, changes []engine.Change, with sender, done *Carried,
	progress Progress,
) error {
	p.changes, p.sent, p.paths, p.id, p.back = sorted(changes), map[string]bool{}, nil, p.from.ID, false
	sent, err := p.through(ctx, progress.Copied, func(r io.Reader) error { return with(ctx, p.to.ID, p.base, r) })
	paths := p.paths
	if err != nil {
		done.Failed = paths
		return err
	}
	p.id, p.back = p.to.ID, true
	got, err := p.through(ctx, progress.Compared, func(r io.Reader) error {
		_, err := io.Copy(io.Discard, r)
		return err
	})
	if err == nil && got != sent {
		err = &model.Problem{
			Kind: model.ProblemUnknown,
			What: model.Say("rescue.what-was-carried-over-is", model.Args{"Name": model.Name(p.from.Name)}),
			Why:  model.Say("rescue.the-engine-tells-other-files"),
			Fix:  model.Say("common.try-again"),
		}
	}
	if err != nil {
		done.Failed = paths
		return err
	}
	done.Files, done.Bytes, done.Paths = done.Files+sent.Files, done.Bytes+sent.Bytes, append(done.Paths, paths...)
	return nil
}

var cannotPack = model.Say("rescue.cannot-carry-over-what-is")

// mostCarried is how many names of files are held in memory while they are carried over.
const mostCarried = 2_000_000

// tooManyToCarry says that there are more.
func tooManyToCarry() error {
	return &model.Problem{
		Kind: model.ProblemTooMuch,
		What: cannotPack,
		Why:  model.Say("rescue.there-are-more-than-files", model.Args{"Limit": model.Count(mostCarried)}),
		Fix:  model.Say("rescue.begin-without-what-is-inside"),
	}
}

// through hands the archive on, and tells what was in it.
func (p *carried) through(ctx context.Context, progress func(int64), hand func(io.Reader) error) (Contents, error) {
	packed, out := io.Pipe()
	read, in := io.Pipe()
	failed, contents := make(chan error, 1), make(chan Contents, 1)
	go func() {
		err := model.Guard(cannotPack, func() error { return p.pack(ctx, out) })
		out.CloseWithError(err)
		failed <- err
	}()
	go func() {
		var c Contents
		err := model.Guard(cannotPack, func() (err error) { c, err = Read(read, progress); return err })
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
		return c, &model.Problem{
			Kind: model.ProblemConnectionLost, Cause: wrong,
			What: model.Say("rescue.cannot-carry-over-what-is"),
			Why:  model.Say("rescue.what-the-engine-sends-broke"),
			Fix:  model.Say("common.try-again"),
		}
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

// add writes a path: a folder that was added with everything in it, which all tells, one that was only changed by
// itself.
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
		name, dir := path.Join(path.Dir(c.Path), h.Name), h.Typeflag == tar.TypeDir
		if !p.belongs(name, dir, c) {
			continue
		}
		if err := p.clears(name, dir); err != nil {
			return all, err
		}
		if p.back && !p.sent[name] {
			continue
		}
		if p.sent[name] = true; len(p.sent) > mostCarried {
			return all, tooManyToCarry()
		}
		if !p.back && name == c.Path && (!dir || c.Kind == "added") {
			p.paths = append(p.paths, name)
		}
		if err := p.write(out, h, in, name, c); err != nil {
			return all, err
		}
		if dir && c.Kind != "added" {
			return false, nil // what is in it stands in the list by itself
		}
		all = all || dir
	}
}

// belongs tells whether something that the engine packed for a change goes with it, and is taken.
func (p *carried) belongs(name string, dir bool, c engine.Change) bool {
	if !p.takes(name) || p.apart(name) != p.apart(c.Path) {
		return false
	}
	f, is := p.fill(name)
	return !is || !f.New || dir // where a new volume is mounted stays a folder
}

// clears is the problem with what is no folder and would go where the other container has one with something mounted
// below it: the engine would clear that folder, with what is mounted there.
func (p *carried) clears(name string, dir bool) error {
	if dir {
		return nil
	}
	for _, m := range p.mounts {
		if strings.HasPrefix(m.Destination, name+"/") {
			return cannotCarry(model.Verbatim(name),
				model.Say("rescue.it-is-no-folder-any", model.Args{"Destination": model.Name(m.Destination)}))
		}
	}
	return nil
}

// write packs one file of a change, with its names as they are in the folder that is sent to.
func (p *carried) write(out *tar.Writer, h *tar.Header, content io.Reader, name string, c engine.Change) error {
	h.Name = p.under(name)
	switch h.Typeflag {
	case tar.TypeDir:
		h.Name += "/"
	case tar.TypeLink:
		h.Linkname = p.under(path.Join(path.Dir(c.Path), h.Linkname))
	}
	h.Format = tar.FormatUnknown
	if err := out.WriteHeader(h); err != nil {
		return err
	}
	_, err := io.Copy(out, content)
	return err
}

// under is a path as it is said in the folder that is sent to.
func (p *carried) under(name string) string {
	return cmp.Or(strings.TrimPrefix(strings.TrimPrefix(name, p.base), "/"), ".")
}

// cannotCarry says why a path cannot be carried over without harm to what is mounted.
func cannotCarry(name model.Fact, why model.Fact) error {
	return &model.Problem{
		Kind: model.ProblemConflict,
		What: model.Say("rescue.cannot-be-carried-over", model.Args{"Name": name}),
		Why:  why,
		Fix:  model.Say("rescue.begin-without-what-is-inside-or"),
	}
}
