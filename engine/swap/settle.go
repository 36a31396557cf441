package swap

import (
	"context"
	"slices"
	"strings"
	"time"

	"slipway/engine"
	"slipway/engine/actions"
	"slipway/engine/job"
	"slipway/engine/model"
)

// UnfinishedChange is a change that was cut off, because Slipway or the engine ended in the middle of it.
type UnfinishedChange struct {
	// Old is the container as it was before, Fresh the one that was to take its place, and Swap what was still to be done.
	Old, Fresh model.Container
	Swap       model.Swap
}

// UnfinishedChoice is what shall become of it.
type UnfinishedChoice string

// The answers.
const (
	LeaveUnfinished UnfinishedChoice = ""
	FinishChange    UnfinishedChoice = "finish"
	GoBack          UnfinishedChoice = "back"
)

// unfinished looks for changes that were cut off, and finishes them or goes back as a person wishes. One that had come
// to the swap of the names is finished without a question: the new container was proven by then.
func (a *Swaps) unfinished(ctx context.Context, e *engine.Engine) {
	list, err := e.Replacing(ctx)
	if err != nil {
		return // the next connection tries again
	}
	for _, fresh := range list {
		todo, ok := fresh.Swap()
		if !ok || !a.do.Abandoned(fresh.Mark(model.LabelJob), fresh.Created, strangeChange) {
			continue // finished, set aside, or being done right now
		}
		fresh, err := e.Container(ctx, fresh.ID)
		if err != nil {
			continue
		}
		old, err := e.Container(ctx, fresh.Replaces())
		if err != nil {
			continue // gone
		}
		a.do.Spawn(func(ctx context.Context) {
			if _, asked := a.settling.LoadOrStore(fresh.ID, LeaveUnfinished); asked {
				return // the question is still open since a connection before, or it is being done
			}
			defer a.settling.Delete(fresh.ID)
			if j := a.settle(ctx, UnfinishedChange{Old: old, Fresh: fresh, Swap: todo}); j != nil {
				_ = j.Wait(ctx)
			}
		})
	}
}

// strangeChange is after how long a change is not under way any more that another computer's Slipway began.
const strangeChange = time.Hour

// settle ends a change that was cut off, as one job; nil when nothing is to be done.
func (a *Swaps) settle(ctx context.Context, q UnfinishedChange) *job.Job {
	choice := FinishChange
	for q.swapped() && !a.standsStill(ctx, q) { // another Slipway goes back from it just now
		e, err := a.do.Session().Engine()
		if err == nil {
			err = q.again(ctx, e)
		}
		if err != nil {
			return nil // ended by then, or the next connection finds it
		}
	}
	todo := q.Swap
	if !q.swapped() {
		choice = a.asker.Unfinished(ctx, q)
	}
	title, verb, stops := model.Say("actions.finish-the-change-of", model.Args{"OldName": model.Name(todo.OldName)}),
		model.VerbRecreate, q.Old
	switch choice {
	case FinishChange:
	case GoBack:
		title, verb, stops = model.Say("actions.go-back-to-as-it", model.Args{"OldName": model.Name(todo.OldName)}),
			model.VerbRevert, q.Fresh
	default:
		return nil
	}
	if stops.Running() && !a.do.MayStop(ctx, stops) {
		return nil
	}
	a.settling.Store(q.Fresh.ID, choice)
	return a.do.JobOn(q.Old,
		job.Spec{Title: title, Deed: model.DeedOn(verb, q.Old), Key: "settle:" + q.Old.ID, Once: true},
		func(ctx context.Context, e *engine.Engine, r *job.Report) (model.Fact, error) {
			a.do.Left().Drop(q.Fresh.Mark(model.LabelJob)) // what the change itself had left to be done, or a going back from it
			a.do.Left().Drop("stay:" + q.Fresh.ID)
			if err := q.again(ctx, e); err != nil {
				return model.Fact{}, err
			}
			s := a.Begin(e, r, q.Old, q.Fresh, todo)
			if choice == FinishChange {
				s.todo.Fills = a.fillsNow(q.Fresh, todo.Fills)
				if err := s.finish(ctx); err != nil {
					return model.Fact{}, err
				}
				r.Note(model.Say("actions.the-one-before-is-kept-stopped"))
				s.noteCarried()
				return model.Say("actions.has-its-new-settings", model.Args{"Name": model.Name(todo.Name)}), nil
			}
			if !r.Final() {
				return model.Fact{}, ctx.Err()
			}
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
			defer cancel()
			err := s.back(ctx)
			if len(todo.Fills) > 0 { // also a volume that was made for it: somebody may have used it since
				r.Note(model.Say("actions.what-was-copied-into-volumes"))
			}
			return model.Say("actions.is-as-it-was-before-the", model.Args{"OldName": model.Name(todo.OldName)}), err
		})
}

// swapped tells whether a change had come to the swap of the names, so that the new container was proven.
func (q *UnfinishedChange) swapped() bool {
	proven := q.Swap.Run && q.Fresh.Running() || !q.Swap.Run && q.Fresh.StartedAt.IsZero()
	return q.Old.Name != q.Swap.OldName && !q.Old.Running() && proven &&
		strings.HasPrefix(q.Old.Name, q.Swap.OldName+beforeSuffix)
}

// stillTime is a little longer than another Slipway's going back takes between two steps: it stops the new container.
// Those that may take longer than a minute for that are rare.
func stillTime(fresh model.Container) time.Duration {
	return 3*time.Second + min(time.Minute, time.Duration(actions.GraceOf(fresh))*time.Second)
}

// standsStill tells whether nothing happens to both containers for a while: the first step of another Slipway's going
// back makes them look as a change that was cut off in the middle of its names.
func (a *Swaps) standsStill(ctx context.Context, q UnfinishedChange) bool {
	select {
	case <-time.After(a.still(q.Fresh)):
	case <-ctx.Done():
		return false
	}
	e, err := a.do.Session().Engine()
	if err != nil {
		return false
	}
	for _, was := range []model.Container{q.Old, q.Fresh} {
		now, err := e.Container(ctx, was.ID)
		if err != nil || now.Name != was.Name || now.State != was.State || !now.StartedAt.Equal(was.StartedAt) {
			return false
		}
	}
	return true
}

// fillsNow are the places to be filled, where a volume that was made for that is no new one when others have it by now.
func (a *Swaps) fillsNow(fresh model.Container, fills []model.Fill) []model.Fill {
	fills = slices.Clone(fills)
	for i, f := range fills {
		for _, m := range fresh.Mounts {
			if m.Destination != f.Destination || m.Type != "volume" {
				continue
			}
			others := slices.DeleteFunc(a.do.Session().Live.Snapshot().VolumeUsers(m.Name), func(c model.Container) bool {
				return c.ID == fresh.ID
			})
			fills[i].New = f.New && len(others) == 0
		}
	}
	return fills
}

// settleTime is how long it may take to go back; who quits meanwhile waits, since half of it would have to be found
// once more.
const settleTime = 5 * time.Minute

// again looks at both containers anew: much may have happened since the question was asked.
func (q *UnfinishedChange) again(ctx context.Context, e *engine.Engine) error {
	fresh, err := e.Container(ctx, q.Fresh.ID)
	if err == nil {
		q.Fresh = fresh
		q.Old, err = e.Container(ctx, q.Old.ID)
	}
	if err != nil {
		return err
	}
	if _, todo := q.Fresh.Swap(); !todo {
		return &model.Problem{
			Kind: model.ProblemConflict,
			What: model.Say("actions.is-not-as-it-was", model.Args{"Name": model.Name(q.Swap.OldName)}),
			Why:  model.Say("actions.its-change-was-ended-by"),
		}
	}
	return nil
}

// finish does the rest of a change. When that fails or is cancelled, the old one is put back; when the engine went
// away, it is asked about again once that is back.
func (s *Swap) finish(ctx context.Context) error {
	proven := s.old.Name != s.todo.OldName
	err := s.forward(ctx)
	if err == nil || proven || model.IsKind(err, model.ProblemConnectionLost) {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	if failed := s.back(ctx); failed != nil {
		return notPutBack(s.todo.OldName, failed, err)
	}
	return err
}

// CarriesAnew tells whether finishing also carries over what is inside the old one: not into one that ran already.
func (q UnfinishedChange) CarriesAnew() bool { return carriesAnew(q.Swap, q.Fresh) }

func carriesAnew(todo model.Swap, fresh model.Container) bool {
	return todo.Carry && fresh.StartedAt.IsZero()
}
