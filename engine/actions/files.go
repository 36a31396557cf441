package actions

import (
	"archive/tar"
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"slipway/engine"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/platform"
	"slipway/engine/rescue"
)

// copies are the actions that copy out of containers and into them.
type copies struct {
	*base
	lent lent
}

// FetchCommand copies one thing out of a container, as [Actions.FetchFiles] does: into a folder, or to a place where
// nothing is. docker cannot copy what has a name that is no UTF-8 alone: there it is the folder around it.
func FetchCommand(c model.Container, inside, to string) model.Command {
	if dir, below := engine.Askable(inside); below != "" {
		inside = dir
	}
	return model.Docker("cp", c.Name+":"+inside, to)
}

// UploadCommand copies one thing into a container, as [Actions.UploadFiles] does.
func UploadCommand(c model.Container, local, inside string) model.Command {
	return model.Docker("cp", local, c.Name+":"+inside)
}

// FetchFiles copies files and folders of a container into a folder of this computer. Nothing there is overwritten: what
// has a name that is taken gets a number.
func (a *copies) FetchFiles(c model.Container, inside []string, dir string) *job.Job {
	spec := job.Spec{
		Title: model.Say("actions.download-from",
			model.Args{"Things": things(inside), "PlaceName": model.Name(placeName(c))}), Deed: model.DeedOn(model.VerbSave, c),
		Key: "download:" + c.ID + ":" + dir + ":" + strings.Join(inside, "\x00"),
	}
	names := map[string]string{} // what each is called there: a second try goes on with what the first one wrote
	return a.copyWith(c, spec, func(ctx context.Context, e *engine.Engine, r *job.Report) (model.Fact, error) {
		r.Folder(dir)
		files, done := 0, int64(0)
		var left []string
		var renamed []model.Fact
		for _, p := range inside {
			if names[p] == "" {
				names[p] = rescue.FetchName(c, p, dir)
			}
			name, to := names[p], dir
			if name != path.Base(p) { // docker's command would overwrite what is there
				to = filepath.Join(dir, name)
				renamed = append(renamed,
					model.Say("actions.is-called-there", model.Args{"Original": model.Name(path.Base(p)), "Name": model.Name(name)}))
			}
			end := a.Write(e, FetchCommand(c, p, to))
			saved, err := rescue.Fetch(ctx, e, c, p, dir, name, func(n int64) {
				done += n
				r.Progress(job.Progress{Done: done, Phase: model.Say("actions.downloading")})
			})
			if err == nil && saved.Files == 0 && len(saved.Left) > 0 {
				err = nothingSaved(p)
			}
			end(err)
			if err != nil {
				return model.Fact{}, err
			}
			files += saved.Files
			left = append(left, saved.Left...)
		}
		if files == 0 {
			r.Note(renamed...)
			return model.Say("actions.there-was-no-file-in", model.Args{"Dir": model.Name(dir)}), nil
		}
		r.Note(append(renamed, notSaved(rescue.Saved{Left: left})...)...)
		return model.Say("actions.saved-files-to-read-back", model.Args{"N": model.Count(files), "Dir": model.Name(dir)}), nil
	})
}

// nothingSaved is the problem of what cannot be saved as a file.
func nothingSaved(inside string) error {
	return &model.Problem{
		Kind: model.ProblemUnsupported,
		What: model.Say("actions.nothing-of-was-saved", model.Args{"Inside": model.Name(model.Visible(path.Base(inside)))}),
		Why:  model.Say("actions.it-is-a-link-a"),
		Fix:  model.Say("actions.open-what-a-link-leads"),
	}
}

// copyWith is [Actions.JobOn] for what copies out of a container or into it. If that is a helper, see
// LookInto of package volume, it stays until the copy is done.
func (a *copies) copyWith(c model.Container, spec job.Spec, fn Work) *job.Job {
	a.lent.take(c.ID)
	j := a.JobOn(c, spec, fn)
	if !a.Spawn(func(ctx context.Context) {
		_ = j.Wait(ctx)
		a.lent.giveBack(c.ID)
	}) {
		a.lent.giveBack(c.ID)
	}
	return j
}

// lent counts who copies through each container, so that a helper is cleared away only when nobody does any more.
type lent struct {
	mu   sync.Mutex
	by   map[string]int
	last map[string]func()
}

func (l *lent) take(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.by == nil {
		l.by, l.last = map[string]int{}, map[string]func(){}
	}
	l.by[id]++
}

func (l *lent) giveBack(id string) {
	l.mu.Lock()
	l.by[id]--
	var fn func()
	if l.by[id] == 0 {
		fn = l.last[id]
		delete(l.by, id)
		delete(l.last, id)
	}
	l.mu.Unlock()
	if fn != nil {
		fn()
	}
}

// WhenFree tells that nobody copies through the container with this ID; else fn is called when the last copy is done.
func (a *copies) WhenFree(id string, fn func()) (free bool) { return a.lent.whenFree(id, fn) }

// whenFree tells that nobody copies through the container; else fn is called when the last copy is done.
func (l *lent) whenFree(id string, fn func()) (free bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.by[id] > 0 {
		l.last[id] = fn
		return false
	}
	return true
}

// placeName is what a person knows a container by: a helper by its volume.
func placeName(c model.Container) string { return cmp.Or(c.Mark(model.LabelHelper), c.Name) }

// things says what several paths are for a title.
func things(paths []string) model.Fact {
	if len(paths) == 1 {
		return model.Verbatim(path.Base(filepath.ToSlash(paths[0])))
	}
	return model.Say("actions.things", model.Args{"N": model.Count(len(paths))})
}

// UploadFiles copies files and folders of this computer into a folder of a container. They belong to whom the folder
// belongs to. What is there by the same name is overwritten: who calls has asked about that.
func (a *copies) UploadFiles(c model.Container, local []string, inside string) *job.Job {
	spec := job.Spec{
		Title: model.Say("actions.upload-to", model.Args{"Things": things(local), "PlaceName": model.Name(placeName(c))}),
		Deed:  model.DeedOn(model.VerbUpload, c),
		Key:   "upload:" + c.ID + ":" + inside + ":" + strings.Join(local, "\x00"),
	}
	return a.copyWith(c, spec, func(ctx context.Context, e *engine.Engine, r *job.Report) (model.Fact, error) {
		user, group, err := e.Owner(ctx, c.ID, inside)
		if err != nil {
			return model.Fact{}, err
		}
		total, err := sizeOf(ctx, local)
		if err != nil {
			return model.Fact{}, err
		}
		p := &packer{user: user, group: group, progress: func(done int64) {
			r.Progress(job.Progress{Done: done, Total: max(total, done), Known: true, Phase: model.Say("actions.uploading")})
		}}
		for _, l := range local {
			end := a.Write(e, UploadCommand(c, l, inside))
			err := p.upload(ctx, e, c, l, inside)
			end(err)
			if err != nil {
				return model.Fact{}, err
			}
		}
		r.Note(p.notes()...)
		return model.Say("actions.copied-files-to", model.Args{"N": model.Count(p.files), "Inside": model.Name(inside)}), nil
	})
}

// chosen opens the folder that something of this computer is in, and tells its name there. What a person chose may be a
// link, and is sent as one, as docker cp does: only at the end of a path with a slash behind it is a link followed.
func chosen(local string) (in *os.Root, name string, err error) {
	clean := filepath.Clean(local)
	if local != "" && clean != local && os.IsPathSeparator(local[len(local)-1]) {
		if clean, err = filepath.EvalSymlinks(local); err != nil {
			return nil, "", err
		}
	}
	if name = filepath.Base(clean); os.IsPathSeparator(name[0]) || name == ".." {
		in, err = platform.OpenRoot(clean)
		return in, ".", err
	}
	if in, err = platform.OpenRoot(filepath.Dir(clean)); !errors.Is(err, fs.ErrPermission) {
		return in, name, err
	}
	// one that nobody may list, with a folder that one may
	if info, wrong := os.Lstat(clean); wrong == nil && info.IsDir() {
		in, err = platform.OpenRoot(clean)
		return in, ".", err
	}
	return in, name, err
}

// walk goes through something of this computer, see [platform.Walk].
func walk(ctx context.Context, local string, visit func(platform.Found) error) error {
	in, name, err := chosen(local)
	if err == nil {
		defer in.Close()
		err = platform.Walk(ctx, in, name, visit)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return cannotRead(err, local)
}

// sizeOf is how many bytes there are to be copied.
func sizeOf(ctx context.Context, local []string) (int64, error) {
	return platform.Answer(ctx, func() (total int64, err error) {
		for _, l := range local {
			err := walk(ctx, l, func(f platform.Found) error {
				if f.Err == nil && f.Info.Mode().IsRegular() {
					total += f.Info.Size()
				}
				return f.Err
			})
			if err != nil {
				return 0, err
			}
		}
		return total, nil
	})
}

// packer packs files of this computer into an archive.
type packer struct {
	user, group int
	files       int
	done        int64
	progress    func(done int64)
	// left are the first of what is neither a file nor a folder nor a link, and was left out; others counts the rest.
	left   []string
	others int
	// links were chosen by themselves.
	links []string
}

// notes say what was not sent as a person may think.
func (p *packer) notes() (list []model.Fact) {
	for _, l := range p.links {
		list = append(list, model.Say("actions.is-a-link-and-was", model.Args{"Link": model.Name(l)}))
	}
	if len(p.left) == 0 {
		return list
	}
	return append(list, model.Say("actions.left-out-because-they-are", model.Args{"Left": SomeOf(p.left, p.others)}))
}

// graceTime is how long a cancelled upload waits for this computer's disk; one that does not answer is left alone.
const graceTime = 2 * time.Second

func (p *packer) upload(ctx context.Context, e *engine.Engine, c model.Container, local, inside string) error {
	r, w := io.Pipe()
	packed := make(chan error, 1)
	go func() { // ends with the pipe; if its disk hangs, when that answers
		out := tar.NewWriter(w)
		err := model.Guard(model.Say("actions.cannot-read", model.Args{"Local": model.Name(filepath.Base(local))}),
			func() error {
				return errors.Join(p.pack(ctx, out, local), out.Close())
			})
		w.CloseWithError(err)
		packed <- err
	}()
	err := e.CopyIn(ctx, c.ID, inside, r)
	r.CloseWithError(context.Canceled) // ends the packing when the engine wants no more
	gone := make(chan struct{})
	defer context.AfterFunc(ctx, func() { time.AfterFunc(graceTime, func() { close(gone) }) })()
	select {
	case wrong := <-packed:
		// the engine says why it closed it
		if wrong != nil && !errors.Is(wrong, context.Canceled) && !errors.Is(wrong, io.ErrClosedPipe) {
			return wrong
		}
		return err
	case <-gone:
		return ctx.Err()
	}
}

// pack adds a file or a folder with everything in it. A link stays a link. The folder may be hostile: what is in it can
// become something else at any moment.
func (p *packer) pack(ctx context.Context, out *tar.Writer, local string) error {
	base := filepath.Base(local)
	return walk(ctx, local, func(f platform.Found) error {
		if f.Err != nil {
			return f.Err
		}
		return p.add(out, f, path.Join(base, f.Path))
	})
}

func (p *packer) add(out *tar.Writer, f platform.Found, name string) error {
	switch mode := f.Info.Mode(); {
	case mode.IsDir():
		return p.header(out, f.Info, name+"/", "")
	case mode.IsRegular():
		return p.file(out, f, name)
	case mode&fs.ModeSymlink != 0:
		to, err := f.In.Readlink(f.Name)
		if err != nil {
			return err
		}
		if f.Path == "." {
			p.links = append(p.links, f.Name)
		}
		return p.header(out, f.Info, name, to)
	}
	if len(p.left) < mostLeft {
		p.left = append(p.left, name)
	} else {
		p.others++
	}
	return nil
}

func (p *packer) header(out *tar.Writer, info fs.FileInfo, name, link string) error {
	h, err := tar.FileInfoHeader(info, link)
	if err != nil {
		return err
	}
	h.Name, h.Uid, h.Gid, h.Uname, h.Gname, h.Format = name, p.user, p.group, "", "", tar.FormatPAX
	h.Mode &= 0o777 // what runs as its owner here must not run as another's there
	return out.WriteHeader(h)
}

// file adds a file as it is when it is open: as long as it is then, whatever becomes of it.
func (p *packer) file(out *tar.Writer, found platform.Found, name string) error {
	f, err := platform.OpenRegularIn(found.In, found.Name)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := p.header(out, info, name, ""); err != nil {
		return err
	}
	n, err := io.Copy(io.MultiWriter(out, p), io.LimitReader(f, info.Size()))
	if err == nil && n < info.Size() {
		err = io.ErrUnexpectedEOF // it became shorter meanwhile
	}
	p.files++
	return err
}

// Write implements [io.Writer] to count what was read.
func (p *packer) Write(b []byte) (int, error) {
	p.done += int64(len(b))
	p.progress(p.done)
	return len(b), nil
}

// cannotRead explains an error of this computer; nil stays nil, and what broke at the other end stays as it is.
func cannotRead(err error, name string) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, io.ErrClosedPipe) {
		return err
	}
	if errors.Is(err, platform.ErrNested) {
		return &model.Problem{
			Kind: model.ProblemUnsupported, Cause: err,
			What: model.Say("actions.cannot-read", model.Args{"Local": model.Name(model.Visible(name))}),
			Why:  model.Say("actions.there-are-more-than-folders", model.Args{"MostNested": model.Count(platform.MostNested)}),
			Fix:  model.Say("actions.choose-the-inner-ones-by"),
		}
	}
	return &model.Problem{
		Kind: model.ProblemPermission, Cause: err,
		What: model.Say("actions.cannot-read", model.Args{"Local": model.Name(model.Visible(name))}),
		Why:  model.Say("actions.a-file-in-it-cannot"),
		Fix:  model.Say("common.try-again"),
	}
}
