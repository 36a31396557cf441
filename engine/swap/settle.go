package swap

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"slipway/engine"
	"slipway/engine/actions"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/notebook"
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
			s := &Swap{a: a, e: e, r: r, old: q.Old, fresh: q.Fresh, name: todo.Name, policy: todo.OldRestart}
			if choice == FinishChange {
				s.fills = a.fillsNow(q.Fresh, todo.Fills)
				if err := s.finish(ctx, todo); err != nil {
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
			_, err := s.goBack(ctx, todo)
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

// finish does the rest of a change: the old one is stopped, the new one has what was to be carried over, runs if it
// shall, and has the name. When that fails or is cancelled, the old one is put back; when the engine went away, it is
// asked about again once that is back.
func (s *Swap) finish(ctx context.Context, todo model.Swap) error {
	err := s.rest(ctx, todo)
	// the new one was proven by then
	if err == nil || model.IsKind(err, model.ProblemConnectionLost) || s.old.Name != todo.OldName {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	if _, failed := s.goBack(ctx, todo); failed != nil {
		return notPutBack(todo.OldName, failed, err)
	}
	return err
}

// notPutBack says that a container could not be put back after something else had failed.
func notPutBack(name string, failed, why error) error {
	p := model.AsProblem(failed, model.Say("actions.cannot-put-back", model.Args{"Name": model.Name(name)}))
	return &model.Problem{
		Kind: p.Kind, Cause: errors.Join(failed, actions.NoCancel(why)),
		What: model.Say("actions.cannot-put-back", model.Args{"Name": model.Name(name)}),
		Why:  p.Why,
		Fix:  model.Say("actions.it-is-kept-with-everything"),
	}
}

// rest is what was still to be done of a change.
func (s *Swap) rest(ctx context.Context, todo model.Swap) error {
	if err := s.unpolicy(ctx); err != nil {
		return err
	}
	if err := s.stopOld(ctx); err != nil {
		return err
	}
	if carriesAnew(todo, s.fresh) && s.old.Name == todo.OldName { // once more: nobody knows how far it came
		if err := s.carry(ctx); err != nil {
			return err
		}
	}
	if todo.Run && !s.fresh.Running() {
		watch := actions.WatchStart(ctx, s.e, s.fresh.ID)
		defer watch.Close()
		err := s.start(ctx, s.e, s.fresh)
		if err == nil {
			_, err = watch.Outcome(ctx, s.e, s.r, s.fresh)
		}
		if err != nil {
			return err
		}
	}
	if !s.r.Final() { // between two names there is no way out
		return ctx.Err()
	}
	if s.old.Name == todo.OldName {
		return s.names(ctx)
	}
	return s.rename(ctx, s.e, s.fresh, s.name)
}

// CarriesAnew tells whether finishing also carries over what is inside the old one: not into one that ran already.
func (q UnfinishedChange) CarriesAnew() bool { return carriesAnew(q.Swap, q.Fresh) }

func carriesAnew(todo model.Swap, fresh model.Container) bool {
	return todo.Carry && fresh.StartedAt.IsZero()
}

// goBack undoes a change: the new one is stopped, and removed if it never ran; the old one has its name and its policy,
// and runs if it did. To the end the new one has its temporary name, by which all of it is found after a crash. kept is
// what the new one is called then, "" when it is gone.
func (s *Swap) goBack(ctx context.Context, todo model.Swap) (kept string, err error) {
	now, err := s.e.Container(ctx, s.fresh.ID)
	there := !model.IsKind(err, model.ProblemNotFound)
	if err != nil && there {
		return "", err
	}
	// before anything else, or a crash would leave it stopped and nobody would know why
	if there && now.Name != todo.Temporary {
		if err := s.rename(ctx, s.e, now, todo.Temporary); err != nil {
			return "", err
		}
		now.Name = todo.Temporary
	}
	if there && now.Running() {
		s.r.Phase(model.Say("actions.stopping-the-new-one"))
		if err := s.stop(ctx, s.e, now); err != nil {
			return "", err
		}
	}
	if err := s.oldBack(ctx, todo); err != nil || !there {
		return "", err
	}
	if now.StartedAt.IsZero() && s.aside == "" {
		return "", s.a.do.Written(s.e, actions.RemoveCommand(now), func() error { return s.e.Remove(ctx, now) })
	}
	return s.setAside(ctx, s.e, todo.OldName+cmp.Or(s.aside, notebook.FailedSuffix))
}

// oldBack gives the old one its name and its policy, and starts it if it ran.
func (s *Swap) oldBack(ctx context.Context, todo model.Swap) error {
	old, err := s.e.Container(ctx, s.old.ID)
	if err != nil {
		return err
	}
	if s.stopping && old.Running() { // engines carry a stop out that nobody waits for any more
		if err := s.e.Stop(ctx, old, -1); err != nil {
			return err
		}
	}
	if old.Name != todo.OldName {
		if err := s.rename(ctx, s.e, old, todo.OldName); err != nil {
			return err
		}
		old.Name = todo.OldName
	}
	s.r.Phase(model.Say("actions.putting-the-old-one-back"))
	s.unpolicied = true
	if err := s.repolicy(ctx, s.e); err != nil || !todo.OldRan {
		return err
	}
	return s.start(ctx, s.e, old)
}

// setAside names a container that could not take another one's place, and is kept because it ran, so that nobody takes
// it for one that still may. It returns the name; "" when it is gone.
func (s *Swap) setAside(ctx context.Context, e *engine.Engine, name string) (string, error) {
	now, err := e.Container(ctx, s.fresh.ID)
	if model.IsKind(err, model.ProblemNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	list, err := e.Containers(ctx, false)
	if err != nil {
		return "", err
	}
	if now.RestartPolicy != "" && now.RestartPolicy != "no" { // or the engine may start it again some day
		err := s.a.do.Written(e, model.Docker("update", "--restart", "no", now.Name), func() error {
			return e.SetRestart(ctx, now, "no")
		})
		if err != nil && !model.IsKind(err, model.ProblemUnsupported) {
			return "", err
		}
	}
	name = notebook.ContainerName(name, actions.TakenNames(list))
	return name, s.rename(ctx, e, now, name)
}

// GoBackCommands are the docker commands that equal going back from now to old, which had its place before.
// containers are all that there are.
func GoBackCommands(now, old model.Container, containers []model.Container) []model.Command {
	was, name := now.SwapLabel(), now.Name
	if was.Name == now.Name {
		name = was.OldName
	}
	var list []model.Command
	if now.Running() {
		list = append(list, actions.StopCommand(now))
	}
	if cmp.Or(now.RestartPolicy, "no") != "no" {
		list = append(list, model.Docker("update", "--restart", "no", now.Name))
	}
	after := notebook.ContainerName(name+notebook.AfterSuffix, actions.TakenNames(containers))
	list = append(list, actions.RenameCommand(now, after))
	if old.Name != name { // nobody gave it back
		list = append(list, actions.RenameCommand(old, name))
		old.Name = name
	}
	if cmp.Or(was.OldRestart, "no") != "no" {
		list = append(list, model.Docker("update", "--restart", was.OldRestart, name))
	}
	if now.Running() {
		list = append(list, actions.StartCommand(old))
	}
	return list
}

// GoBack gives the place of a container back to the one that had it before, see [model.LabelReplaces]: this one is
// stopped and kept under another name, and the other one has its name again, its restart policy, and runs if this one
// did. When that fails, this one has the place again.
func (a *Swaps) GoBack(c model.Container) {
	what := model.Say("actions.cannot-go-back-from", model.Args{"Name": model.Name(c.Name)})
	a.do.Spawn(func(ctx context.Context) {
		e, now, err := a.do.Fresh(ctx, c.ID)
		if err == nil {
			_, err = before(ctx, e, now, what)
		}
		if err != nil {
			a.do.Tell(err, what)
			return
		}
		if now.Running() && !a.do.MayStop(ctx, now) {
			return
		}
		if _, busy := a.settling.LoadOrStore(now.ID, GoBack); busy {
			a.do.Tell(&model.Problem{
				Kind: model.ProblemConflict,
				What: what,
				Why:  model.Say("actions.it-is-being-done-already"),
			}, what)
			return
		}
		defer a.settling.Delete(now.ID)
		j := a.do.JobOn(now, job.Spec{
			Title: model.Say("actions.go-back-from", model.Args{"Name": model.Name(now.Name)}),
			Deed:  model.DeedOn(model.VerbRevert, now), Key: "goback:" + now.ID,
			Once: true, Final: true,
		},
			func(ctx context.Context, e *engine.Engine, r *job.Report) (model.Fact, error) {
				ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
				defer cancel()
				return a.goBack(ctx, e, r, now.ID, what)
			})
		_ = j.Wait(ctx)
	})
}

// before is the container whose place this one has.
func before(ctx context.Context, e *engine.Engine, now model.Container,
	what model.Fact,
) (model.Container, error) {
	var old model.Container
	var err error
	if id := now.Replaces(); id != "" {
		old, err = e.Container(ctx, id)
	}
	if err == nil && !notebook.TookPlace(now, old) {
		err = &model.Problem{Kind: model.ProblemConflict, What: what, Why: model.Say("actions.it-has-no-other-one")}
	}
	return old, err
}

// goBack is the job of [Swaps.GoBack].
func (a *Swaps) goBack(ctx context.Context, e *engine.Engine, r *job.Report, id string,
	what model.Fact,
) (model.Fact, error) {
	now, err := e.Container(ctx, id)
	if err != nil {
		return model.Fact{}, err
	}
	old, err := before(ctx, e, now, what)
	if err != nil {
		return model.Fact{}, err
	}
	was := now.SwapLabel()
	todo := model.Swap{
		Temporary: cmp.Or(was.Temporary, now.Name+notebook.NewSuffix), OldName: now.Name,
		OldRan: now.Running(),
	}
	if now.Name == was.Name { // nobody renamed it since
		todo.OldName = was.OldName
	}
	s := &Swap{a: a, e: e, r: r, old: old, fresh: now, policy: was.OldRestart, aside: notebook.AfterSuffix}
	a.do.Left().Drop("stay:" + id)
	kept, err := s.goBack(ctx, todo)
	if err != nil {
		if p := model.AsProblem(err, what); p != nil && p.What.Code != what.Code {
			err = &model.Problem{
				Kind: p.Kind, Cause: err,
				What: what,
				Why:  p.Sentence(),
				Fix:  p.Fix,
			}
		}
		return model.Fact{}, s.stayed(context.WithoutCancel(ctx), err)
	}
	if kept != "" {
		r.Note(model.Say("actions.the-one-that-had-its", model.Args{"Kept": model.Name(kept)}))
	}
	return model.Say("actions.is-as-it-was-before", model.Args{"Name": model.Name(todo.OldName)}), nil
}

// stayed undoes a going back that failed, see [Swap.stay]; when the engine is away, once that is back.
func (s *Swap) stayed(ctx context.Context, why error) error {
	ctx, cancel := context.WithTimeout(ctx, actions.CleanTime)
	defer cancel()
	failed := s.stay(ctx, s.e)
	switch {
	case failed == nil || model.IsKind(failed, model.ProblemNotFound):
		return why
	case model.IsKind(failed, model.ProblemConnectionLost), model.IsKind(failed, model.ProblemTimeout):
		s.a.do.Left().Set("stay:"+s.fresh.ID, s.e.Info().ID, s.stay)
		return why
	}
	return notPutBack(s.fresh.Name, failed, why)
}

// stay undoes a going back that failed: the one that had the place has its name again, and runs if it did.
func (s *Swap) stay(ctx context.Context, e *engine.Engine) error {
	s.e = e
	old, err := s.e.Container(ctx, s.old.ID)
	if err != nil && !model.IsKind(err, model.ProblemNotFound) || err == nil && old.Running() {
		return err // what runs has the place
	}
	if err == nil && old.Name != s.old.Name {
		if err := s.rename(ctx, s.e, old, s.old.Name); err != nil {
			return err
		}
	}
	if err == nil {
		if err := s.unpolicy(ctx); err != nil {
			return err
		}
	}
	now, err := s.e.Container(ctx, s.fresh.ID)
	if err != nil {
		return err
	}
	if now.Name != s.fresh.Name {
		if err := s.rename(ctx, s.e, now, s.fresh.Name); err != nil {
			return err
		}
	}
	if now.RestartPolicy != s.fresh.RestartPolicy {
		if err := s.e.SetRestart(ctx, now, cmp.Or(s.fresh.RestartPolicy, "no")); err != nil &&
			!model.IsKind(err, model.ProblemUnsupported) {
			return err
		}
	}
	if !s.fresh.Running() {
		return nil
	}
	return s.start(ctx, s.e, s.fresh)
}

// Settling tells what is being done to a container which took another one's place or was to: [GoBack] gives it back
// now, and [FinishChange] ends its change.
func (a *Swaps) Settling(id string) UnfinishedChoice {
	choice, _ := a.settling.Load(id)
	is, _ := choice.(UnfinishedChoice)
	return is
}
