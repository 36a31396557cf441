package volume

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"slipway/engine"
	"slipway/engine/actions"
	"slipway/engine/job"
	"slipway/engine/live"
	"slipway/engine/model"
	"slipway/engine/rescue"
)

// Removals is the question before volumes are deleted with everything in them. What that is, is still
// being found while it is asked.
type Removals struct {
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
func (q *Removals) Possible() []model.Volume {
	return slices.DeleteFunc(slices.Clone(q.Volumes), func(v model.Volume) bool { return len(q.Users[v.Name]) > 0 })
}

// Command is the command that the removal equals; empty when nothing of it is possible.
func (q *Removals) Command() model.Command {
	list := q.Possible()
	if len(list) == 0 {
		return nil
	}
	return actions.RemoveVolumesCommand(volumeNames(list)...)
}

// Size is how much is in a volume, in bytes, as far as it is known; counted tells that no more will be.
func (q *Removals) Size(name string) (size int64, known, counted bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	size, known = q.sizes[name]
	return size, known, q.counted
}

// Inside lists what is in a volume that can be deleted, as far as it is known.
func (q *Removals) Inside(name string) rescue.Listing {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.inside[name]
}

// OnChange sets what is called from any goroutine when more is known. It must return quickly.
func (q *Removals) OnChange(fn func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.changed = fn
}

func (q *Removals) setSizes(sizes map[string]int64) {
	q.set(func() { q.sizes, q.counted = sizes, true })
}

func (q *Removals) setInside(name string, l rescue.Listing) {
	q.set(func() { q.inside[name] = l })
}

// set changes what is known, and tells.
func (q *Removals) set(change func()) {
	q.mu.Lock()
	change()
	fn := q.changed
	q.mu.Unlock()
	if fn != nil {
		fn()
	}
}

// Remove deletes volumes with everything in them, after naming who uses or used them and how much is in them.
// What a container has is left out. Like the removal of a container it can be undone for a while.
func (a *Actions) Remove(list []model.Volume) {
	a.do.Spawn(func(ctx context.Context) {
		e, err := a.do.Session().Engine()
		var q *Removals
		if err == nil {
			q, err = a.removals(ctx, e, list)
		}
		if err != nil {
			a.do.Tell(err, model.Say("actions.cannot-remove-the-volumes"))
			return
		}
		counting, stop := context.WithCancel(ctx)
		var wg sync.WaitGroup
		wg.Add(2)
		go func() {
			defer wg.Done()
			var sizes map[string]int64
			a.do.Guard(func() { sizes, _ = e.VolumeSizes(counting) }) // unknown is an answer too
			q.setSizes(sizes)
		}()
		go func() {
			defer wg.Done()
			a.listAll(counting, e, q)
		}()
		yes := a.asker.VolumeRemovals(ctx, q)
		stop()
		if possible := q.Possible(); yes && len(possible) > 0 {
			a.remove(possible, wg.Wait) // seen at once
		}
		wg.Wait()
	})
}

// removals works out who has each of the volumes.
func (a *Actions) removals(ctx context.Context, e *engine.Engine, list []model.Volume) (*Removals, error) {
	ctx, cancel := context.WithTimeout(ctx, actions.AnswerTime)
	defer cancel()
	defer a.do.WhileSlow()()
	containers, err := e.Containers(ctx, false)
	if err != nil {
		return nil, err
	}
	containers = slices.DeleteFunc(containers, model.Container.Helper) // who looks into it gives it back
	q := &Removals{
		Volumes: list, Users: map[string][]model.Container{}, Last: a.do.Session().Live.Snapshot().LastUsers,
		inside: map[string]rescue.Listing{},
	}
	for _, v := range list {
		q.Users[v.Name] = live.UsersOf(containers, v.Name)
	}
	return q, nil
}

// listAll finds out which files are in the volumes that can be deleted, in some at once.
func (a *Actions) listAll(ctx context.Context, e *engine.Engine, q *Removals) {
	var g errgroup.Group
	g.SetLimit(actions.AtOnce)
	for _, v := range q.Possible() {
		g.Go(func() error {
			a.do.Guard(func() { a.list(ctx, e, v, func(l rescue.Listing) { q.setInside(v.Name, l) }) })
			return nil
		})
	}
	_ = g.Wait() // what could not be listed is in each listing
}

// mostSent is for how long an engine elsewhere may send what is in a volume, only to list it.
const mostSent = 15 * time.Second

// list finds out which files are in a volume. The engine has to send all of it for that.
func (a *Actions) list(ctx context.Context, e *engine.Engine, v model.Volume, found func(rescue.Listing)) {
	if ctx.Err() != nil {
		return
	}
	c, root, leave, err := a.LookInto(ctx, v)
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

// remove is the job behind the confirmed question. looked returns when nobody looks into the volumes for that
// any more.
func (a *Actions) remove(list []model.Volume, looked func()) {
	names := volumeNames(list)
	title := model.Say("actions.remove-the-volume", model.Args{"Names": model.Name(names[0])})
	if len(list) > 1 {
		title = actions.Of(removeVolumesSeveral.Title, len(list))
	}
	a.do.Job(job.Spec{
		Title: title, Deed: volumeDeed(model.VerbRemove, names...), Key: fmt.Sprint("rmvolumes:", names), Once: true,
	},
		func(ctx context.Context, e *engine.Engine, r *job.Report) (model.Fact, error) {
			if err := a.do.Hold(ctx, r, names); err != nil {
				return model.Fact{}, err
			}
			looked()
			if !r.Final() {
				return model.Fact{}, ctx.Err()
			}
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), volumeTime)
			defer cancel()
			one := func(ctx context.Context, v model.Volume) (model.Fact, error) {
				if err := e.DropHelpers(ctx, v); err != nil { // somebody looks into it
					return model.Fact{}, err
				}
				err := a.do.Written(e, actions.RemoveVolumesCommand(v.Name), func() error { return e.RemoveVolume(ctx, v.Name) })
				return removeVolumesSeveral.Item, err
			}
			if len(list) == 1 {
				_, err := one(ctx, list[0])
				return model.Say("actions.the-volume-was-removed", model.Args{"Names": model.Name(names[0])}), err
			}
			name := func(v model.Volume) string { return v.Name }
			return actions.Each(ctx, r, list, actions.AtOnce, removeVolumesSeveral, name, one)
		})
}

// volumeTime is for how long the engine may delete volumes.
const volumeTime = 10 * time.Minute
