package volume

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"slipway/engine"
	"slipway/engine/actions"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/rescue"
)

// BackUpCommands are the docker commands that equal a backup of a volume into a file.
func BackUpCommands(v model.Volume, helper model.Container, file string) []model.Command {
	out := model.Docker("cp", helper.Name+":"+engine.VolumeRoot+"/.", "-")
	return []model.Command{
		model.Docker("create", "--name", helper.Name, "--mount",
			"type=volume,src="+v.Name+",dst="+engine.VolumeRoot+",readonly", model.ShortID(helper.ImageID), "none"),
		append(out, model.Arg{Text: file, Into: true}),
		model.Docker("rm", helper.Name),
	}
}

// RestoreCommands are the docker commands that equal making a volume from a backup.
func RestoreCommands(name string, helper model.Container, file string) []model.Command {
	in := model.Docker("cp", "-", helper.Name+":"+engine.VolumeRoot)
	return []model.Command{
		CreateCommand(name),
		model.Docker("create", "--name", helper.Name, "--mount", "type=volume,src="+name+",dst="+engine.VolumeRoot,
			model.ShortID(helper.ImageID), "none"),
		append(in, model.Arg{Text: file, From: true}),
		model.Docker("rm", helper.Name),
	}
}

// BackupName is what the file of a backup is called that begins now.
func BackupName(v model.Volume, now time.Time) string {
	name := v.Name
	if v.Anonymous {
		name = model.ShortID(v.Name)
	}
	return actions.FileName(name) + "-" + now.Format("2006-01-02-1504") + ".tar"
}

// BackUp writes everything in a volume into a new tar file of this computer, as [rescue.BackUp] does. What writes
// to the volume meanwhile may be in it by half: who wants to be sure stops the containers first.
func (a *Actions) BackUp(v model.Volume, file string) *job.Job {
	return a.do.Job(job.Spec{
		Title: model.Say("actions.back-up", model.Args{"Name": model.Name(v.Name)}),
		Deed:  volumeDeed(model.VerbBackUp, v.Name), Key: "backup:" + v.Name + ":" + file,
	},
		func(ctx context.Context, e *engine.Engine, r *job.Report) (model.Fact, error) {
			r.Phase(model.Say("actions.beginning"))
			r.Folder(filepath.Dir(file))
			r.Note(e.Info().Lacks(model.TellOwners)) // where a backup does not have everything
			c, err := a.backUp(ctx, e, v, file, r.JobID(), actions.Copying(r, model.Say("actions.backing-up")))
			return model.Say("actions.backed-up-files-to-read",
				model.Args{"N": model.Count(c.Files), "Bytes": model.Bytes(c.Bytes), "File": model.Name(file)}), err
		})
}

func (a *Actions) backUp(ctx context.Context, e *engine.Engine, v model.Volume, file, jobID string,
	progress rescue.Progress,
) (c rescue.Contents, err error) {
	err = a.withHelper(ctx, e, v, jobID, func(helper model.Container) error {
		commands := BackUpCommands(v, helper, file)
		end := a.writeAll(e, commands[:2])
		var err error
		c, err = rescue.BackUp(ctx, e, helper.ID, engine.VolumeRoot, file, progress)
		end(err)
		return err
	})
	return c, err
}

// BackUpAll is [Actions.BackUp] of several volumes as one job, each into a file of its own in a folder of
// this computer.
func (a *Actions) BackUpAll(list []model.Volume, dir string) *job.Job {
	now := time.Now()
	names := volumeNames(list)
	spec := job.Spec{
		Title: actions.Of(backUpSeveral.Title, len(list)), Deed: volumeDeed(model.VerbBackUp, names...),
		Key: fmt.Sprint("backups:", dir, names),
	}
	return a.do.Job(spec, func(ctx context.Context, e *engine.Engine, r *job.Report) (model.Fact, error) {
		r.Folder(dir)
		result, err := actions.Each(ctx, r, list, 1, backUpSeveral, func(v model.Volume) string { return v.Name },
			func(ctx context.Context, v model.Volume) (model.Fact, error) {
				c, err := a.backUp(ctx, e, v, filepath.Join(dir, BackupName(v, now)), r.JobID(), rescue.Progress{})
				text := model.Say("actions.files", model.Args{"N": model.Count(c.Files), "Bytes": model.Bytes(c.Bytes)})
				if busy := a.do.Session().Live.Snapshot().VolumeWriters(v.Name); len(busy) > 0 {
					text = model.Say("actions.files-and-who-wrote", model.Args{
						"N": model.Count(c.Files), "Bytes": model.Bytes(c.Bytes), "Busy": model.Names(busy),
					})
				}
				return text, err
			})
		r.Note(model.Say("actions.they-are-in-read-back", model.Args{"Dir": model.Name(dir)}),
			e.Info().Lacks(model.TellOwners))
		return result, err
	})
}

// Restore makes a volume from a tar file of this computer, as [rescue.Restore] does. It is a new one, so that
// nothing is overwritten; when it fails or is cancelled, the volume is removed again.
func (a *Actions) Restore(file, name string) *job.Job {
	return a.do.Job(job.Spec{
		Title: model.Say("actions.restore-into", model.Args{
			"File": model.Name(filepath.Base(file)),
			"Name": model.Name(name),
		}), Deed: volumeDeed(model.VerbRestore, name),
		Key: "restore:" + name,
	},
		func(ctx context.Context, e *engine.Engine, r *job.Report) (model.Fact, error) {
			r.Phase(model.Say("actions.beginning"))
			// what is cut off may still be carried out
			whole, cancel := context.WithTimeout(context.WithoutCancel(ctx), actions.CleanTime)
			helper, err := e.NewVolume(whole, name,
				map[string]string{model.LabelVersion: a.do.Version(), model.LabelJob: r.JobID()}, a.do.Session().Run, r.JobID())
			cancel()
			if err != nil {
				if !model.IsKind(err, model.ProblemNameTaken) { // it may have been made
					err = a.dropVolume(context.WithoutCancel(ctx), e, name, r.JobID(), err)
				}
				return model.Fact{}, err
			}
			commands := RestoreCommands(name, helper, file)
			end := a.writeAll(e, commands[:3])
			c, exact, err := rescue.Restore(ctx, e, helper.ID, engine.VolumeRoot, file,
				actions.Copying(r, model.Say("actions.restoring")))
			if err == nil { // else it would pass for a half one when the helper cannot be cleared away now
				err = e.MarkDone(ctx, helper)
			}
			end(err)
			if err != nil {
				return model.Fact{}, a.dropVolume(context.WithoutCancel(ctx), e, name, r.JobID(), err)
			}
			a.do.Write(e, commands[3])(a.clearHelper(context.WithoutCancel(ctx), e, helper))
			args := model.Args{"N": model.Count(c.Files), "Bytes": model.Bytes(c.Bytes), "Name": model.Name(name)}
			if !exact {
				return model.Say("actions.restored-and-counted", args), nil
			}
			return model.Say("actions.restored-and-compared", args), nil
		})
}

// dropVolume removes the volume that a job made and could not fill; when the engine is away, once it is back.
// It returns why it was not filled, unless the volume stays, because somebody has it by now: that is to be
// known also by who cancelled.
func (a *Actions) dropVolume(ctx context.Context, e *engine.Engine, name, jobID string, why error) error {
	kept := why
	_ = a.clearOrLater(ctx, e, "volume:"+name, func(ctx context.Context, e *engine.Engine) error {
		err := dropHalf(ctx, e, name, jobID)
		if model.IsKind(err, model.ProblemConflict) { // it is not taken away under who has it, now or later
			p := model.AsProblem(err, model.Fact{})
			kept = &model.Problem{
				Kind: p.Kind, Cause: errors.Join(err, actions.NoCancel(why)),
				What: p.What,
				Why:  p.Why,
				Fix:  p.Fix,
			}
			return nil
		}
		return err
	})
	return kept
}

// dropHalf removes a volume that is only filled in part, with the helper that has it. It is a [model.ProblemConflict]
// that another container has it.
func dropHalf(ctx context.Context, e *engine.Engine, name, jobID string) error {
	if err := actions.CleanJob(ctx, e, jobID); err != nil { // a helper that has it
		return err
	}
	now, err := e.Volume(ctx, name)
	if err == nil && now.Mark(model.LabelJob) == jobID { // not another of that name
		if err = e.DropHelpers(ctx, now); err == nil { // of who looks into it
			err = e.RemoveVolume(ctx, name)
		}
	}
	switch {
	case model.IsKind(err, model.ProblemNotFound):
		return nil
	case model.IsKind(err, model.ProblemConflict):
		return &model.Problem{
			Kind: model.ProblemConflict, Cause: err,
			What: model.Say("actions.the-volume-is-there-only", model.Args{"Name": model.Name(name)}),
			Why:  model.Say("actions.a-container-has-it-by"),
			Fix:  model.Say("actions.remove-it-when-no-container"),
		}
	}
	return err
}

// writeAll puts several commands into the journal; the returned function says how they ended.
func (a *Actions) writeAll(e *engine.Engine, list []model.Command) func(error) {
	ends := make([]func(error), len(list))
	for i, c := range list {
		ends[i] = a.do.Write(e, c)
	}
	return func(err error) {
		for _, end := range ends {
			end(err)
		}
	}
}
