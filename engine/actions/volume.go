package actions

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"slipway/engine"
	"slipway/engine/job"
	"slipway/engine/live"
	"slipway/engine/model"
	"slipway/engine/rescue"

	"golang.org/x/sync/errgroup"
)

// CreateVolumeCommand is the command of [Actions.CreateVolume].
func CreateVolumeCommand(name string) model.Command { return model.Docker("volume", "create", name) }

// RemoveVolumesCommand is the command of [Actions.RemoveVolumes].
func RemoveVolumesCommand(names ...string) model.Command {
	return model.Docker(append([]string{"volume", "rm"}, names...)...)
}

// CreateVolume makes an empty volume.
func (a *Actions) CreateVolume(name string) *job.Job {
	return a.Job(job.Spec{
		Title: model.Say("actions.create-the-volume", model.Args{"Name": model.Name(name)}),
		Deed:  volumeDeed(model.VerbCreate, name), Key: "volume:" + name,
		Command: CreateVolumeCommand(name),
	},
		func(ctx context.Context, e *engine.Engine, _ *job.Report) (model.Fact, error) {
			_, err := e.CreateVolume(ctx, name, map[string]string{model.LabelVersion: a.version})
			return model.Say("actions.the-volume-is-there", model.Args{"Name": model.Name(name)}), err
		})
}

// VolumeRemovals is the question before volumes are deleted with everything in them. What that is, is still
// being found while it is asked.
type VolumeRemovals struct {
	Volumes []model.Volume
	// Users are the containers that have each, by its name: it stays.
	Users map[string][]model.Container
	// Last are the names of containers that had a volume and are gone, as far as that is known, by the volume's name.
	Last map[string]string

	mu      sync.Mutex
	sizes   map[string]int64
	counted bool
	inside  map[string]rescue.Listing
	changed func()
}

// Possible lists those that can be deleted.
func (q *VolumeRemovals) Possible() []model.Volume {
	return slices.DeleteFunc(slices.Clone(q.Volumes), func(v model.Volume) bool { return len(q.Users[v.Name]) > 0 })
}

// Command is the command that the removal equals; empty when nothing of it is possible.
func (q *VolumeRemovals) Command() model.Command {
	list := q.Possible()
	if len(list) == 0 {
		return nil
	}
	return RemoveVolumesCommand(volumeNames(list)...)
}

// Size is how much is in a volume, in bytes, as far as it is known; counted tells that no more will be.
func (q *VolumeRemovals) Size(name string) (size int64, known, counted bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	size, known = q.sizes[name]
	return size, known, q.counted
}

// Inside lists what is in a volume that can be deleted, as far as it is known.
func (q *VolumeRemovals) Inside(name string) rescue.Listing {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.inside[name]
}

// OnChange sets what is called from any goroutine when more is known. It must return quickly.
func (q *VolumeRemovals) OnChange(fn func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.changed = fn
}

func (q *VolumeRemovals) setSizes(sizes map[string]int64) {
	q.set(func() { q.sizes, q.counted = sizes, true })
}

func (q *VolumeRemovals) setInside(name string, l rescue.Listing) {
	q.set(func() { q.inside[name] = l })
}

// set changes what is known, and tells.
func (q *VolumeRemovals) set(change func()) {
	q.mu.Lock()
	change()
	fn := q.changed
	q.mu.Unlock()
	if fn != nil {
		fn()
	}
}

func volumeNames(list []model.Volume) []string {
	names := make([]string, len(list))
	for i, v := range list {
		names[i] = v.Name
	}
	return names
}

// RemoveVolumes deletes volumes with everything in them, after naming who uses or used them and how much is in them.
// What a container has is left out. Like the removal of a container it can be undone for a while.
func (a *Actions) RemoveVolumes(list []model.Volume) {
	a.Spawn(func(ctx context.Context) {
		e, err := a.session.Engine()
		var q *VolumeRemovals
		if err == nil {
			q, err = a.volumeRemovals(ctx, e, list)
		}
		if err != nil {
			a.Tell(err, model.Say("actions.cannot-remove-the-volumes"))
			return
		}
		counting, stop := context.WithCancel(ctx)
		var wg sync.WaitGroup
		wg.Add(2)
		go func() {
			defer wg.Done()
			var sizes map[string]int64
			a.Guard(func() { sizes, _ = e.VolumeSizes(counting) }) // unknown is an answer too
			q.setSizes(sizes)
		}()
		go func() {
			defer wg.Done()
			a.listVolumes(counting, e, q)
		}()
		yes := a.asker.VolumeRemovals(ctx, q)
		stop()
		if possible := q.Possible(); yes && len(possible) > 0 {
			a.removeVolumes(possible, wg.Wait) // seen at once
		}
		wg.Wait()
	})
}

// volumeRemovals works out who has each of the volumes.
func (a *Actions) volumeRemovals(ctx context.Context, e *engine.Engine, list []model.Volume) (*VolumeRemovals, error) {
	ctx, cancel := context.WithTimeout(ctx, AnswerTime)
	defer cancel()
	defer a.whileSlow()()
	containers, err := e.Containers(ctx, false)
	if err != nil {
		return nil, err
	}
	containers = slices.DeleteFunc(containers, model.Container.Helper) // who looks into it gives it back
	q := &VolumeRemovals{
		Volumes: list, Users: map[string][]model.Container{}, Last: a.session.Live.Snapshot().LastUsers,
		inside: map[string]rescue.Listing{},
	}
	for _, v := range list {
		q.Users[v.Name] = live.UsersOf(containers, v.Name)
	}
	return q, nil
}

// listVolumes finds out which files are in the volumes that can be deleted, in some at once.
func (a *Actions) listVolumes(ctx context.Context, e *engine.Engine, q *VolumeRemovals) {
	var g errgroup.Group
	g.SetLimit(atOnce)
	for _, v := range q.Possible() {
		g.Go(func() error {
			a.Guard(func() { a.listVolume(ctx, e, v, func(l rescue.Listing) { q.setInside(v.Name, l) }) })
			return nil
		})
	}
	_ = g.Wait() // what could not be listed is in each listing
}

// mostSent is for how long an engine elsewhere may send what is in a volume, only to list it.
const mostSent = 15 * time.Second

// listVolume finds out which files are in a volume. The engine has to send all of it for that.
func (a *Actions) listVolume(ctx context.Context, e *engine.Engine, v model.Volume, found func(rescue.Listing)) {
	if ctx.Err() != nil {
		return
	}
	c, root, leave, err := a.LookIntoVolume(ctx, v)
	if err != nil {
		found(rescue.Listing{Problem: model.AsProblem(err, model.Say("common.cannot-look-into-the-volume"))})
		return
	}
	defer leave(context.WithoutCancel(ctx))
	if e.Locality() == model.Elsewhere {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, mostSent)
		defer cancel()
	}
	rescue.ListFolder(ctx, e, c.ID, root, "/", found)
}

// removeVolumes is the job behind the confirmed question. looked returns when nobody looks into the volumes for that
// any more.
func (a *Actions) removeVolumes(list []model.Volume, looked func()) {
	names := volumeNames(list)
	title := model.Say("actions.remove-the-volume", model.Args{"Names": model.Name(names[0])})
	if len(list) > 1 {
		title = of(removeVolumesSeveral.title, len(list))
	}
	a.Job(job.Spec{
		Title: title, Deed: volumeDeed(model.VerbRemove, names...), Key: fmt.Sprint("rmvolumes:", names), Once: true,
	},
		func(ctx context.Context, e *engine.Engine, r *job.Report) (model.Fact, error) {
			if err := a.hold(ctx, r, names); err != nil {
				return model.Fact{}, err
			}
			looked()
			if !r.Final() {
				return model.Fact{}, ctx.Err()
			}
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), volumeTime)
			defer cancel()
			remove := func(ctx context.Context, v model.Volume) (model.Fact, error) {
				if err := e.DropHelpers(ctx, v); err != nil { // somebody looks into it
					return model.Fact{}, err
				}
				err := a.Written(e, RemoveVolumesCommand(v.Name), func() error { return e.RemoveVolume(ctx, v.Name) })
				return removeVolumesSeveral.item, err
			}
			if len(list) == 1 {
				_, err := remove(ctx, list[0])
				return model.Say("actions.the-volume-was-removed", model.Args{"Names": model.Name(names[0])}), err
			}
			return each(ctx, r, list, atOnce, removeVolumesSeveral, func(v model.Volume) string { return v.Name }, remove)
		})
}

// volumeTime is for how long the engine may delete volumes.
const volumeTime = 10 * time.Minute

// withHelper lets fn read what is in a volume, through a container that is cleared away afterwards; when the engine
// is away then, once it is back.
func (a *Actions) withHelper(ctx context.Context, e *engine.Engine, v model.Volume, jobID string,
	fn func(c model.Container) error,
) error {
	c, err := e.Helper(ctx, v, true, a.session.Run, jobID)
	if err != nil { // it may have been made
		_ = a.clearOrLater(context.WithoutCancel(ctx), e, jobID, func(ctx context.Context, e *engine.Engine) error {
			return cleanJob(ctx, e, jobID)
		})
		return err
	}
	err = fn(c)
	a.Write(e, RemoveCommand(c))(a.clearHelper(context.WithoutCancel(ctx), e, c))
	return err
}

// clearHelper removes a helper. Its error says that it was not possible now: it is done later.
func (a *Actions) clearHelper(ctx context.Context, e *engine.Engine, c model.Container) error {
	return a.clearOrLater(ctx, e, "helper:"+c.ID, func(ctx context.Context, e *engine.Engine) error {
		return e.RemoveHelper(ctx, c)
	})
}

// clearOrLater clears something away, under a key of its own; when the engine is away, once that is back, and says so
// with an error.
func (a *Actions) clearOrLater(ctx context.Context, e *engine.Engine, key string,
	fn func(context.Context, *engine.Engine) error,
) error {
	ctx, cancel := context.WithTimeout(ctx, CleanTime)
	defer cancel()
	err := fn(ctx, e)
	if err != nil {
		a.left.Set(key, e.Info().ID, fn)
	}
	return err
}

// LookIntoVolume gives a container through which what is in a volume can be read and written, and the folder of it
// where that is: one that runs and has it, since asking that is quick, or else a helper. leave gives it back, within
// its context and a limit of its own. Both block.
func (a *Actions) LookIntoVolume(ctx context.Context,
	v model.Volume,
) (c model.Container, root string, leave func(context.Context), err error) {
	e, err := a.session.Engine()
	if err != nil {
		return c, "", nil, err
	}
	for _, user := range live.UsersOf(a.session.Live.Snapshot().Containers, v.Name) {
		if user.State != model.StateRunning || !user.Inspected {
			continue
		}
		for _, m := range user.Mounts {
			if m.Name == v.Name && !m.ReadOnly {
				return user, path.Clean(m.Destination), func(context.Context) {}, nil
			}
		}
	}
	whole, cancel := context.WithTimeout(context.WithoutCancel(ctx), CleanTime) // who cancels would not learn its ID
	defer cancel()
	c, err = e.Helper(whole, v, false, a.session.Run, "")
	if err != nil {
		return c, "", nil, err
	}
	leave = func(ctx context.Context) {
		if a.lent.whenFree(c.ID, func() { _ = a.clearHelper(context.WithoutCancel(ctx), e, c) }) {
			_ = a.clearHelper(ctx, e, c)
		}
	}
	if ctx.Err() != nil {
		leave(ctx)
		return c, "", nil, ctx.Err()
	}
	return c, engine.VolumeRoot, leave, nil
}

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
		CreateVolumeCommand(name),
		model.Docker("create", "--name", helper.Name, "--mount", "type=volume,src="+name+",dst="+engine.VolumeRoot,
			model.ShortID(helper.ImageID), "none"),
		append(in, model.Arg{Text: file, From: true}),
		model.Docker("rm", helper.Name),
	}
}

// BackUpVolume writes everything in a volume into a new tar file of this computer, as [rescue.BackUp] does. What writes
// to the volume meanwhile may be in it by half: who wants to be sure stops the containers first.
func (a *Actions) BackUpVolume(v model.Volume, file string) *job.Job {
	return a.Job(job.Spec{
		Title: model.Say("actions.back-up", model.Args{"Name": model.Name(v.Name)}),
		Deed:  volumeDeed(model.VerbBackUp, v.Name), Key: "backup:" + v.Name + ":" + file,
	},
		func(ctx context.Context, e *engine.Engine, r *job.Report) (model.Fact, error) {
			r.Phase(model.Say("actions.beginning"))
			r.Folder(filepath.Dir(file))
			r.Note(e.Info().Lacks(model.TellOwners)) // where a backup does not have everything
			c, err := a.backUp(ctx, e, v, file, r.JobID(), Copying(r, model.Say("actions.backing-up")))
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

// BackupName is what the file of a backup is called that begins now.
func BackupName(v model.Volume, now time.Time) string {
	name := v.Name
	if v.Anonymous {
		name = model.ShortID(v.Name)
	}
	return fileName(name) + "-" + now.Format("2006-01-02-1504") + ".tar"
}

// BackUpVolumes is [Actions.BackUpVolume] of several volumes as one job, each into a file of its own in a folder of
// this computer.
func (a *Actions) BackUpVolumes(list []model.Volume, dir string) *job.Job {
	now := time.Now()
	names := volumeNames(list)
	spec := job.Spec{
		Title: of(backUpSeveral.title, len(list)), Deed: volumeDeed(model.VerbBackUp, names...),
		Key: fmt.Sprint("backups:", dir, names),
	}
	return a.Job(spec, func(ctx context.Context, e *engine.Engine, r *job.Report) (model.Fact, error) {
		r.Folder(dir)
		result, err := each(ctx, r, list, 1, backUpSeveral, func(v model.Volume) string { return v.Name },
			func(ctx context.Context, v model.Volume) (model.Fact, error) {
				c, err := a.backUp(ctx, e, v, filepath.Join(dir, BackupName(v, now)), r.JobID(), rescue.Progress{})
				text := model.Say("actions.files", model.Args{"N": model.Count(c.Files), "Bytes": model.Bytes(c.Bytes)})
				if busy := a.session.Live.Snapshot().VolumeWriters(v.Name); len(busy) > 0 {
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

// RestoreVolume makes a volume from a tar file of this computer, as [rescue.Restore] does. It is a new one, so that
// nothing is overwritten; when it fails or is cancelled, the volume is removed again.
func (a *Actions) RestoreVolume(file, name string) *job.Job {
	return a.Job(job.Spec{
		Title: model.Say("actions.restore-into", model.Args{
			"File": model.Name(filepath.Base(file)),
			"Name": model.Name(name),
		}), Deed: volumeDeed(model.VerbRestore, name),
		Key: "restore:" + name,
	},
		func(ctx context.Context, e *engine.Engine, r *job.Report) (model.Fact, error) {
			r.Phase(model.Say("actions.beginning"))
			// what is cut off may still be carried out
			whole, cancel := context.WithTimeout(context.WithoutCancel(ctx), CleanTime)
			helper, err := e.NewVolume(whole, name, map[string]string{model.LabelVersion: a.version, model.LabelJob: r.JobID()},
				a.session.Run, r.JobID())
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
				Copying(r, model.Say("actions.restoring")))
			if err == nil { // else it would pass for a half one when the helper cannot be cleared away now
				err = e.MarkDone(ctx, helper)
			}
			end(err)
			if err != nil {
				return model.Fact{}, a.dropVolume(context.WithoutCancel(ctx), e, name, r.JobID(), err)
			}
			a.Write(e, commands[3])(a.clearHelper(context.WithoutCancel(ctx), e, helper))
			args := model.Args{"N": model.Count(c.Files), "Bytes": model.Bytes(c.Bytes), "Name": model.Name(name)}
			if !exact {
				return model.Say("actions.restored-and-counted", args), nil
			}
			return model.Say("actions.restored-and-compared", args), nil
		})
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
				Kind: p.Kind, Cause: errors.Join(err, NoCancel(why)),
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
	if err := cleanJob(ctx, e, jobID); err != nil { // a helper that has it
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
		ends[i] = a.Write(e, c)
	}
	return func(err error) {
		for _, end := range ends {
			end(err)
		}
	}
}

// clearOldHelpers removes helpers that a Slipway left which could not clear them away.
func (a *Actions) clearOldHelpers(ctx context.Context, e *engine.Engine) {
	list, err := e.Helpers(ctx)
	if err != nil {
		return // the next connection tries again, as with all that fails here
	}
	for _, c := range list {
		if !a.Abandoned(c.Mark(model.LabelRun), c.Created, oldHelper) {
			continue
		}
		half, err := halfRestored(ctx, e, c)
		if err != nil {
			continue // without its helper nobody would find it again
		}
		if half == "" {
			_ = e.RemoveHelper(ctx, c)
			continue
		}
		if err := a.dropAbandoned(ctx, e, half, c.Mark(model.LabelJob)); err != nil {
			a.Tell(err, model.Say("actions.the-volume-is-there-only-in", model.Args{"Name": model.Name(half)}))
			continue
		}
		a.asker.Tell(&model.Problem{
			Kind: model.ProblemConnectionLost,
			What: model.Say("actions.the-volume-was-restored-only", model.Args{"Name": model.Name(half)}),
			Why:  model.Say("actions.slipway-ended-in-the-middle"),
			Fix:  model.Say("actions.restore-it-again"),
		})
	}
}

// dropAbandoned is [dropHalf] in one go, for a while also when Slipway is being quit: without its helper half a volume
// looks like a whole one. What fails is done once the engine is back.
func (a *Actions) dropAbandoned(ctx context.Context, e *engine.Engine, name, jobID string) error {
	whole, cancel := context.WithTimeout(context.WithoutCancel(ctx), volumeTime)
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(quitTime, cancel) })()
	err := dropHalf(whole, e, name, jobID)
	if err != nil && !model.IsKind(err, model.ProblemConflict) {
		a.left.Set("volume:"+name, e.Info().ID, func(ctx context.Context, e *engine.Engine) error {
			return dropHalf(ctx, e, name, jobID)
		})
	}
	return err
}

// quitTime is how long quitting may wait for something that must not be done by half.
const quitTime = 5 * time.Second

// halfRestored is the name of the volume that a Slipway was restoring which ended: the helper of that job was still
// there. It is "" when it was restored, or somebody looked into it, or backed it up.
func halfRestored(ctx context.Context, e *engine.Engine, helper model.Container) (string, error) {
	jobID := helper.Mark(model.LabelJob)
	if jobID == "" || engine.Done(helper) {
		return "", nil
	}
	v, err := e.Volume(ctx, helper.Mark(model.LabelHelper))
	if model.IsKind(err, model.ProblemNotFound) || err == nil && v.Mark(model.LabelJob) != jobID {
		return "", nil
	}
	return v.Name, err
}

// oldHelper is after how long nobody uses a helper of another computer's Slipway any more.
const oldHelper = 24 * time.Hour

func volumeDeed(verb model.Verb, names ...string) model.Deed {
	return model.Deed{Verb: verb, Kind: model.KindVolume, Names: names}
}
