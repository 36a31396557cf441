package actions

import (
	"context"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"slipway/engine"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/rescue"
)

// mostCopies is how many copies of single files the history lists one by one.
const mostCopies = 20

// SaveFolder is the folder of its own, in the folder parent, that the files of a container are saved into at a time.
func SaveFolder(parent string, c model.Container, now time.Time) string {
	return filepath.Join(parent, FileName(c.Name)+"-"+now.Format("2006-01-02-1504"))
}

// inFileName is what of a name that an engine or a driver gave cannot stand in the name of a file everywhere.
var inFileName = regexp.MustCompile(`[^A-Za-z0-9_.-]+`)

// FileName is a name that an engine gave, as a part of one of a file.
func FileName(name string) string { return inFileName.ReplaceAllString(name, "-") }

// SaveCommands are the docker commands that equal saving: one for each file, and one for each volume. Many files are
// copied with the folders that they are in, and with all that is in these.
func SaveCommands(c model.Container, found rescue.Found, dir string) []model.Command {
	names := make([]string, len(found.Files))
	for i, f := range found.Files {
		names[i] = f.Path
	}
	var list []model.Command
	for _, name := range slices.Concat(folded(names, mostCopies, c.Mounts), found.Volumes) {
		into := filepath.ToSlash(filepath.Join(dir, filepath.FromSlash(path.Dir(name))))
		list = append(list, model.Docker("cp", c.Name+":"+name, into).Making(into))
	}
	return list
}

// folded are paths of a container, or where they are more than most, of folders that they are in. What has something
// mounted in it is not among those, since docker would copy that, too, nor is the root.
func folded(names []string, most int, mounts []model.Mount) []string {
	list := slices.Clone(names)
	for depth := deepest(list); len(list) > most && depth > 1; depth-- {
		for i, name := range list {
			if dir := path.Dir(name); strings.Count(name, "/") == depth &&
				!slices.ContainsFunc(mounts, func(m model.Mount) bool {
					return m.Destination == dir || strings.HasPrefix(m.Destination, dir+"/")
				}) {
				list[i] = dir
			}
		}
		list = outermost(list)
	}
	return list
}

// deepest is how many folders deep the deepest of some paths is.
func deepest(names []string) (depth int) {
	for _, name := range names {
		depth = max(depth, strings.Count(name, "/"))
	}
	return depth
}

// outermost are the paths that are not in another of them, in order.
func outermost(names []string) (outer []string) {
	slices.Sort(names)
	names = slices.Compact(names)
	for _, name := range names {
		inside := false
		for dir := path.Dir(name); dir != "/" && dir != "." && !inside; dir = path.Dir(dir) {
			_, inside = slices.BinarySearch(names, dir)
		}
		if !inside {
			outer = append(outer, name)
		}
	}
	return outer
}

// SaveCopy copies what a removal of the container would destroy into dir on this computer, as [rescue.Save] does. It
// can be cancelled and tried again: what was saved already stays and is not copied anew. When all went well, done is
// told before the job ends what was saved; it may be nil.
func (a *copies) SaveCopy(c model.Container, found rescue.Found, dir string, done func(rescue.Saved)) *job.Job {
	spec := job.Spec{
		Title: model.Say("actions.save-the-files-of", model.Args{"Name": model.Name(c.Name)}),
		Deed:  model.DeedOn(model.VerbSave, c), Key: "save:" + c.ID + ":" + dir,
	}
	return a.JobOn(c, spec, func(ctx context.Context, e *engine.Engine, r *job.Report) (model.Fact, error) {
		r.Folder(dir)
		total, known := found.Total()
		var bytes int64
		saved, err := a.save(ctx, e, Saving{c, found, dir}, func(n int64) {
			bytes += n
			r.Progress(job.Progress{Done: bytes, Total: max(total, bytes), Known: known, Phase: model.Say("actions.saving")})
		})
		if err != nil {
			return model.Fact{}, err
		}
		if done != nil {
			done(saved)
		}
		r.Note(notSaved(saved)...)
		return model.Say("actions.saved-files-to-read-back",
			model.Args{"N": model.Count(saved.Files), "Dir": model.Name(dir)}), nil
	})
}

// Saving is what is saved of one of several containers, and where to.
type Saving struct {
	Container model.Container
	Found     rescue.Found
	Dir       string
}

// SaveCopies is [Actions.SaveCopy] of several containers, one after the other in one job.
func (a *copies) SaveCopies(list []Saving) *job.Job {
	spec := job.Spec{
		Title: Of(saveSeveral.Title, len(list)), Deed: model.DeedOn(model.VerbSave), Key: "save",
	}
	for _, s := range list {
		spec.Deed.IDs = append(spec.Deed.IDs, s.Container.ID)
		spec.Deed.Names = append(spec.Deed.Names, s.Container.Name)
		spec.Key += " " + s.Container.ID + ":" + s.Dir
	}
	return a.Job(spec, func(ctx context.Context, e *engine.Engine, r *job.Report) (model.Fact, error) {
		name := func(s Saving) string { return s.Container.Name }
		var total, done int64
		known := true
		for _, s := range list {
			bytes, all := s.Found.Total()
			total, known = total+bytes, known && all
		}
		return Each(ctx, r, list, 1, saveSeveral, name,
			func(ctx context.Context, s Saving) (model.Fact, error) {
				saved, err := a.save(ctx, e, s, func(n int64) {
					done += n
					r.Progress(job.Progress{Done: done, Total: max(total, done), Known: known, Phase: model.Say("actions.saving")})
				})
				text := model.Say("actions.files-in", model.Args{"N": model.Count(saved.Files), "Dir": model.Name(s.Dir)})
				for _, note := range notSaved(saved) {
					r.Note(model.Say("actions.note-on", model.Args{"Name": model.Name(s.Container.Name), "Note": note}))
					text = text.And(note)
				}
				return text, err
			})
	})
}

// save copies the files of one container with the commands in the history.
func (a *copies) save(ctx context.Context, e *engine.Engine, s Saving, progress func(n int64)) (rescue.Saved, error) {
	commands := SaveCommands(s.Container, s.Found, s.Dir)
	var ends []func(error)
	for _, cmd := range commands {
		ends = append(ends, a.Write(e, cmd))
	}
	saved, err := rescue.Save(ctx, e, s.Container, s.Found, s.Dir, progress)
	for _, end := range ends {
		end(err)
	}
	return saved, err
}

// mostLeft is how many of what could not be saved are named.
const mostLeft = 3

// notSaved names what could not be saved, because it is no file, and counts what had gone by then.
func notSaved(s rescue.Saved) (list []model.Fact) {
	if len(s.Left) > 0 {
		named := s.Left[:min(len(s.Left), mostLeft)]
		list = append(list, model.Say("actions.not-saved-because-they-are",
			model.Args{"Names": SomeOf(named, len(s.Left)-len(named))}))
	}
	if n := len(s.Gone); n > 0 {
		list = append(list, model.Say("actions.not-there-any-more-files", model.Args{"N": model.Count(n)}))
	}
	return list
}

// Copying shows how far a copy is, and then how far it was compared: of as much as was copied.
func Copying(r *job.Report, phase model.Fact) rescue.Progress {
	var copied, compared int64
	return rescue.Progress{
		Copied: func(n int64) {
			copied += n
			r.Progress(job.Progress{Done: copied, Phase: phase})
		},
		Compared: func(n int64) {
			compared += n
			r.Progress(job.Progress{
				Done: compared, Total: max(copied, compared), Known: true,
				Phase: model.Say("actions.comparing"),
			})
		},
	}
}
