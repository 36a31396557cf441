package actions

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"slipway/engine"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/rescue"
	"slipway/engine/runspec"
)

// Change is the wish to give a container other settings.
type Change struct {
	Container model.Container
	// Had is how it was made, as far as a spec can say, and Want how it shall be. What is the same in both stays as it is.
	Had, Want runspec.Spec
}

// ChangeChoice is the answer to the question about a [Change] that needs a new container.
type ChangeChoice string

// The answers.
const (
	ChangeNothing ChangeChoice = ""
	// ChangeEmpty begins with what the image has, ChangeCarry with everything that is inside the old one.
	ChangeEmpty ChangeChoice = "empty"
	ChangeCarry ChangeChoice = "carry"
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

// composeProject is the label of what belongs to a project of Docker Compose.
const composeProject = "com.docker.compose.project"

// CannotChange says in a sentence why the settings of a container cannot be changed, "" when they can.
func CannotChange(c model.Container) string {
	switch {
	case c.AutoRemove:
		return "It was started with --rm: it would be deleted before the new one is proven. Run another like this instead."
	case c.Labels[composeProject] != "":
		return "It belongs to the Compose project “" + c.Labels[composeProject] + "”: change its file, so that both agree."
	case c.State == model.StateRemoving:
		return "It is being removed."
	}
	return ""
}

// InPlace tells whether the container can stay: only limits, the restart policy and the name are other ones.
func (w Change) InPlace(info model.EngineInfo) bool {
	had := w.Had
	had.Memory, had.CPUs, had.Restart, had.Name = w.Want.Memory, w.Want.CPUs, w.Want.Restart, w.Want.Name
	if !sameRun(had, w.Want) {
		return false
	}
	// The engine takes 0 for "as it is": a limit is taken off only with a new container.
	if w.Want.Memory == 0 && w.Had.Memory != 0 || w.Want.CPUs == 0 && w.Had.CPUs != 0 {
		return false
	}
	return info.Lacks(model.ChangeLimit) == "" || w.updates() == nil
}

// Nothing tells that nothing is to be changed.
func (w Change) Nothing() bool { return sameRun(w.Had, w.Want) }

// sameRun tells whether two specs make the same container.
func sameRun(a, b runspec.Spec) bool {
	return a.RunCommand().WithSecrets() == b.RunCommand().WithSecrets()
}

// updates are the options of docker update; nil when there is none.
func (w Change) updates() []string {
	var words []string
	if w.Had.Memory != w.Want.Memory {
		words = append(words, "--memory", runspec.FormatBytes(w.Want.Memory), "--memory-swap", runspec.FormatBytes(2*w.Want.Memory))
	}
	if w.Had.CPUs != w.Want.CPUs {
		words = append(words, "--cpus", strconv.FormatFloat(w.Want.CPUs, 'f', -1, 64))
	}
	if w.Had.Restart != w.Want.Restart {
		words = append(words, "--restart", orNo(w.Want.Restart))
	}
	return words
}

func orNo(policy string) string {
	if policy == "" {
		return "no"
	}
	return policy
}

// Commands are the docker commands that the change equals, in order.
func (w Change) Commands(info model.EngineInfo) []model.Command {
	c := w.Container
	var list []model.Command
	if w.InPlace(info) {
		if u := w.updates(); u != nil {
			list = append(list, model.Docker(append(append([]string{"update"}, u...), c.Name)...))
		}
		if w.Want.Name != c.Name {
			list = append(list, RenameCommand(c, w.Want.Name))
		}
		return list
	}
	if c.Running() {
		list = append(list, StopCommand(c))
	}
	return append(list, RenameCommand(c, c.Name+beforeSuffix), w.shown().RunCommand())
}

// shown is what is wanted with the anonymous volumes of the old one by their names, as the new one gets them.
func (w Change) shown() runspec.Spec {
	s := w.Want
	s.Mounts = slices.Clone(s.Mounts)
	for _, m := range w.Container.Mounts {
		if m.Type != "volume" || !engine.IsAnonymous(m.Name) {
			continue
		}
		s.Mounts = slices.DeleteFunc(s.Mounts, func(o runspec.Mount) bool { return o.Target == m.Destination && o.Source == "" })
		if !slices.ContainsFunc(s.Mounts, func(o runspec.Mount) bool { return o.Target == m.Destination }) {
			s.Mounts = append(s.Mounts, runspec.Mount{Kind: runspec.Volume, Source: m.Name, Target: m.Destination, ReadOnly: m.ReadOnly})
		}
	}
	return s
}

// beforeSuffix is behind the name of a container whose place was taken.
const beforeSuffix = "-before"

// Change gives a container other settings: in place where the engine can, else with a new one that takes its place when it
// runs, while the old one is kept, stopped. It is asked about then. It returns at once; started is called with the job from
// another goroutine, unless there is none.
func (a *Actions) Change(w Change, started func(*job.Job)) {
	what := "Cannot change “" + w.Container.Name + "”"
	a.spawn(func(ctx context.Context) {
		e, old, err := a.fresh(ctx, w.Container.ID)
		if err == nil {
			if why := CannotChange(old); why != "" {
				err = model.NewProblem(model.ProblemUnsupported, nil, what, why, "")
			}
		}
		if err != nil {
			a.tell(err, what)
			return
		}
		w.Container = old
		if w.InPlace(e.Info()) {
			started(a.changeInPlace(w))
			return
		}
		choice := a.askChange(ctx, e, w)
		if choice == ChangeNothing || old.Running() && !a.mayStop(ctx, old) {
			return
		}
		started(a.startOn(old, job.Spec{Title: "Change " + old.Name, Key: "change:" + old.ID, Once: true}, func(ctx context.Context, e *engine.Engine, r *job.Report) (string, error) {
			return a.replaceBy(ctx, e, r, w, choice == ChangeCarry)
		}))
	})
}

// askChange asks while it is being found out what is inside.
func (a *Actions) askChange(ctx context.Context, e *engine.Engine, w Change) ChangeChoice {
	q := &Removal{Container: w.Container, Verb: "change"}
	listing, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		rescue.List(listing, e, w.Container, q.set)
	}()
	choice := a.asker.Change(ctx, w, q)
	stop()
	wg.Wait()
	return choice
}

func (a *Actions) changeInPlace(w Change) *job.Job {
	c := w.Container
	return a.startOn(c, job.Spec{Title: "Change " + c.Name, Key: "change:" + c.ID, Once: true, Final: true}, func(ctx context.Context, e *engine.Engine, _ *job.Report) (string, error) {
		for _, cmd := range w.Commands(e.Info()) {
			err := a.written(e, cmd, func() error {
				if cmd[0].Text == "rename" {
					return e.Rename(ctx, c, w.Want.Name)
				}
				return e.Update(ctx, c, w.Had, w.Want)
			})
			if err != nil {
				return "", err
			}
		}
		a.session.Live.Ask(c.ID)
		return w.Want.Name + " has its new settings.", nil
	})
}

// The steps of a change that a replacement does not have.
const (
	stepCarry = "Carry over what is inside"
	stepWatch = "Watch its first seconds"
)

// replaceBy makes a new container under another name, stops the old one, carries over what is inside, starts the new one, and
// swaps the names when it runs. Labels say on the engine what is to be done when that is cut off.
func (a *Actions) replaceBy(ctx context.Context, e *engine.Engine, r *job.Report, w Change, carry bool) (string, error) {
	old, err := e.Container(ctx, w.Container.ID)
	if err != nil {
		return "", err
	}
	if old.Running() != w.Container.Running() || old.Name != w.Container.Name {
		return "", model.NewProblem(model.ProblemConflict, nil, "“"+w.Container.Name+"” is not as it was", "It was started, stopped or renamed since you were asked.", "Try again.")
	}
	w.Container = old
	steps := []string{stepCreate, stepStop, stepCarry, stepStart, stepWatch, stepSwap}
	r.Steps(slices.DeleteFunc(steps, func(s string) bool {
		return s == stepCarry && !carry || !old.Running() && (s == stepStop || s == stepStart || s == stepWatch)
	})...)
	if w.Want.Image != w.Had.Image { // its own is there as long as it is, whatever has its name now
		if err := a.needImage(ctx, e, r, w.Want.Image, w.Want.Platform); err != nil {
			return "", err
		}
	}
	r.Step(stepCreate)
	containers, err := e.Containers(ctx, false)
	if err != nil {
		return "", err
	}
	name := notebook.ContainerName(old.Name+notebook.NewSuffix, names(containers))
	id, warnings, err := a.createLike(ctx, e, r, w, model.Swap{
		Temporary: name, Name: w.Want.Name, OldName: old.Name, OldRestart: orNo(w.Had.Restart), OldRan: old.Running(), Run: old.Running(), Carry: carry,
	})
	fresh := model.Container{ID: id, Name: name}
	s := &swap{a: a, e: e, r: r, old: old, fresh: fresh, policy: w.Had.Restart, name: w.Want.Name}
	if err != nil {
		if id != "" {
			err = s.back(err)
		}
		return "", err
	}
	if err := s.change(ctx, w, carry); err != nil {
		return "", s.back(err)
	}
	result := fmt.Sprintf("%s has its new settings. The one before is kept, stopped, as %s: remove it when you miss nothing.", w.Want.Name, s.keptAs)
	if !old.Running() {
		result = fmt.Sprintf("%s has its new settings, and is stopped as it was. The one before is kept as %s: remove it when the new one has been started and you miss nothing.", w.Want.Name, s.keptAs)
	}
	for _, text := range warnings {
		result += " The engine says: " + text
	}
	return result, nil
}

// createLike makes the new container. As with [Actions.create], a request that was cut off may still be carried out.
func (a *Actions) createLike(ctx context.Context, e *engine.Engine, r *job.Report, w Change, todo model.Swap) (string, []string, error) {
	whole, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(cleanTime, end) })()
	shown := w.shown()
	shown.Name = todo.Temporary
	done := a.write(e, shown.CreateCommand())
	id, warnings, err := e.CreateLike(whole, w.Container.ID, w.Had, w.Want, todo.Temporary, map[string]string{
		model.LabelJob: r.JobID(), model.LabelVersion: a.version, model.LabelReplaces: w.Container.ID, model.LabelSwap: todo.Label(),
	})
	done(err)
	if whole.Err() != nil || model.IsKind(err, model.ProblemConnectionLost) {
		a.left.add(r.JobID(), e.Info().ID)
	}
	if err != nil && ctx.Err() != nil && id == "" {
		err = ctx.Err()
	}
	return id, warnings, err
}

// change is [swap.forward] for a change of settings.
func (s *swap) change(ctx context.Context, w Change, carry bool) error {
	if err := s.unpolicy(ctx); err != nil {
		return err
	}
	if err := s.stopOld(ctx); err != nil {
		return err
	}
	if carry {
		s.r.Step(stepCarry)
		if err := s.carry(ctx); err != nil {
			return err
		}
	}
	if s.old.Running() {
		if err := s.prove(ctx, w); err != nil {
			return err
		}
	}
	s.r.Step(stepSwap)
	if !s.r.Final() { // between two names there is no way out
		return ctx.Err()
	}
	return s.names(ctx)
}

// prove starts the new container and watches its first seconds.
func (s *swap) prove(ctx context.Context, w Change) error {
	s.r.Step(stepStart)
	watch := watchStart(ctx, s.e, s.fresh.ID)
	defer watch.close()
	done := s.a.write(s.e, StartCommand(s.fresh))
	err := s.e.Start(ctx, s.fresh)
	if err != nil {
		err = s.a.explainPort(ctx, s.e, err, hostIP(wanted(w.Want)))
	} else {
		s.r.Step(stepWatch)
		_, err = watch.outcome(ctx, s.e, s.r, s.fresh)
	}
	done(err)
	return err
}

// carry copies what is inside the old one into the new one.
func (s *swap) carry(ctx context.Context) error {
	from, err := s.e.Container(ctx, s.old.ID)
	if err != nil {
		return err
	}
	to, err := s.e.Container(ctx, s.fresh.ID)
	if err != nil {
		return err
	}
	var done int64
	_, err = rescue.Carry(ctx, s.e, from, to, func(n int64) {
		done += n
		s.r.Progress(job.Progress{Done: done, Phase: stepCarry})
	})
	return err
}

// unfinished looks for changes that were cut off, and finishes them or goes back as a person wishes. One that had come to the
// swap of the names is finished without a question: the new container was proven by then.
func (a *Actions) unfinished(ctx context.Context, e *engine.Engine) {
	list, err := e.Replacing(ctx)
	if err != nil {
		return // the next connection tries again
	}
	for _, fresh := range list {
		todo, ok := fresh.Swap()
		if !ok || !a.abandoned(fresh.Labels[model.LabelJob], fresh.Created, strangeChange) {
			continue // finished, set aside, or being done right now
		}
		fresh, err := e.Container(ctx, fresh.ID)
		if err != nil {
			continue
		}
		old, err := e.Container(ctx, fresh.Labels[model.LabelReplaces])
		if err != nil {
			continue // gone
		}
		a.spawn(func(ctx context.Context) {
			if _, asked := a.settling.LoadOrStore(fresh.ID, true); asked {
				return // the question is still open since a connection before
			}
			defer a.settling.Delete(fresh.ID)
			a.settle(ctx, UnfinishedChange{Old: old, Fresh: fresh, Swap: todo})
		})
	}
}

// strangeChange is after how long a change is not under way any more that another computer's Slipway began.
const strangeChange = time.Hour

// atWork tells whether a job runs.
func (a *Actions) atWork(jobID string) bool {
	return slices.ContainsFunc(a.session.Jobs.List(), func(v job.View) bool { return v.ID == jobID && v.State == job.Running })
}

// setAside names a container that could not take another one's place, and is kept because it ran, so that nobody takes it for one
// that still may.
func (s *swap) setAside(ctx context.Context, e *engine.Engine, name string) error {
	now, err := e.Container(ctx, s.fresh.ID)
	if model.IsKind(err, model.ProblemNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	list, err := e.Containers(ctx, false)
	if err != nil {
		return err
	}
	if now.RestartPolicy != "" && now.RestartPolicy != "no" { // or the engine may start it again some day
		err := s.a.written(e, model.Docker("update", "--restart", "no", now.Name), func() error { return e.SetRestart(ctx, now, "no") })
		if err != nil && !model.IsKind(err, model.ProblemUnsupported) {
			return err
		}
	}
	name = notebook.ContainerName(name, names(list))
	return s.a.written(e, RenameCommand(now, name), func() error { return e.Rename(ctx, now, name) })
}

// settle ends a change that was cut off.
func (a *Actions) settle(ctx context.Context, q UnfinishedChange) {
	todo := q.Swap
	swapped := q.Old.Name != todo.OldName && !q.Old.Running() && q.Fresh.Running() == todo.Run && strings.HasPrefix(q.Old.Name, todo.OldName+beforeSuffix)
	choice := FinishChange
	if !swapped {
		choice = a.asker.Unfinished(ctx, q)
	}
	title := "Finish the change of " + todo.OldName
	switch choice {
	case FinishChange:
	case GoBack:
		title = "Go back to " + todo.OldName + " as it was"
	default:
		return
	}
	a.startOn(q.Old, job.Spec{Title: title, Key: "settle:" + q.Old.ID + string(choice), Once: true, Final: true}, func(ctx context.Context, e *engine.Engine, r *job.Report) (string, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
		defer cancel()
		if err := q.again(ctx, e); err != nil {
			return "", err
		}
		s := &swap{a: a, e: e, r: r, old: q.Old, fresh: q.Fresh, name: todo.Name, policy: todo.OldRestart}
		if choice == GoBack {
			return todo.OldName + " is as it was before the change.", s.goBack(ctx, todo)
		}
		return todo.Name + " has its new settings. The one before is kept, stopped.", s.finish(ctx, todo)
	})
}

// settleTime is how long it may take to end a change that was cut off, with everything inside to be carried over; who quits
// meanwhile waits, since half of it would have to be found once more.
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
		return model.NewProblem(model.ProblemConflict, nil, "“"+q.Swap.OldName+"” is not as it was", "Its change was ended by somebody else.", "")
	}
	return nil
}

// finish does the rest of a change: the old one is stopped, the new one has what was to be carried over, runs if it shall, and
// has the name.
func (s *swap) finish(ctx context.Context, todo model.Swap) error {
	if err := s.unpolicy(ctx); err != nil {
		return err
	}
	if err := s.stopOld(ctx); err != nil {
		return err
	}
	if todo.Carry && s.fresh.StartedAt.IsZero() && s.old.Name == todo.OldName { // once more: nobody knows how far it came
		if err := s.carry(ctx); err != nil {
			return err
		}
	}
	if todo.Run && !s.fresh.Running() {
		watch := watchStart(ctx, s.e, s.fresh.ID)
		defer watch.close()
		err := s.a.written(s.e, StartCommand(s.fresh), func() error { return s.e.Start(ctx, s.fresh) })
		if err == nil {
			_, err = watch.outcome(ctx, s.e, s.r, s.fresh)
		}
		if err != nil { // it cannot be finished
			return errors.Join(err, s.goBack(ctx, todo))
		}
	}
	if s.old.Name == todo.OldName {
		return s.names(ctx)
	}
	return s.a.written(s.e, RenameCommand(s.fresh, s.name), func() error { return s.e.Rename(ctx, s.fresh, s.name) })
}

// goBack undoes a change: the new one is stopped, and removed if it never ran; the old one has its name and its policy, and runs if
// it did.
func (s *swap) goBack(ctx context.Context, todo model.Swap) error {
	now, err := s.e.Container(ctx, s.fresh.ID)
	there := !model.IsKind(err, model.ProblemNotFound)
	if err != nil && there {
		return err
	}
	if there && now.Running() {
		if err := s.a.written(s.e, StopCommand(now), func() error { return s.e.Stop(ctx, now, -1) }); err != nil {
			return err
		}
	}
	aside := todo.OldName + cmp.Or(s.aside, notebook.FailedSuffix)
	if there && now.Name == todo.OldName { // else it keeps its temporary name to the end, by which it is found after a crash
		if err := s.setAside(ctx, s.e, aside); err != nil {
			return err
		}
		there = false
	}
	s.stopping, s.unpolicied = false, true
	if err := s.oldBack(ctx, todo); err != nil || !there {
		return err
	}
	if now.StartedAt.IsZero() && s.aside == "" {
		return s.a.written(s.e, RemoveCommand(now), func() error { return s.e.Remove(ctx, now) })
	}
	return s.setAside(ctx, s.e, aside)
}

// oldBack gives the old one its name and its policy, and starts it if it ran.
func (s *swap) oldBack(ctx context.Context, todo model.Swap) error {
	old := s.old
	if old.Name != todo.OldName {
		if err := s.a.written(s.e, RenameCommand(old, todo.OldName), func() error { return s.e.Rename(ctx, old, todo.OldName) }); err != nil {
			return err
		}
		old.Name = todo.OldName
	}
	if !todo.OldRan {
		return s.repolicy(ctx, s.e)
	}
	return errors.Join(s.repolicy(ctx, s.e), s.a.written(s.e, StartCommand(old), func() error { return s.e.Start(ctx, old) }))
}

// GoBack gives the place of a container back to the one that had it before, see [model.LabelReplaces]: this one is stopped and
// kept under another name, and the other one has its name again, its restart policy, and runs if this one did.
func (a *Actions) GoBack(c model.Container) {
	what := "Cannot go back from “" + c.Name + "”"
	a.spawn(func(ctx context.Context) {
		e, now, err := a.fresh(ctx, c.ID)
		var old model.Container
		if err == nil {
			old, err = e.Container(ctx, now.Labels[model.LabelReplaces])
		}
		if err == nil && !notebook.TookPlace(now, old) {
			err = model.NewProblem(model.ProblemConflict, nil, what, "It has no other one's place.", "")
		}
		if err != nil {
			a.tell(err, what)
			return
		}
		if now.Running() && !a.mayStop(ctx, now) {
			return
		}
		was := now.SwapLabel()
		a.startOn(now, job.Spec{Title: "Go back to " + old.Name, Key: "goback:" + now.ID, Once: true, Final: true}, func(ctx context.Context, e *engine.Engine, r *job.Report) (string, error) {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
			defer cancel()
			s := &swap{a: a, e: e, r: r, old: old, fresh: now, policy: was.OldRestart, aside: notebook.AfterSuffix}
			err := s.goBack(ctx, model.Swap{OldName: now.Name, OldRan: now.Running()})
			return now.Name + " is as it was before. The one that had its place is kept, stopped, as " + now.Name + notebook.AfterSuffix + ".", err
		})
	})
}

// unpolicy takes the old container's restart policy away: the engine might start both after a crash of its own.
func (s *swap) unpolicy(ctx context.Context) error {
	if s.policy == "" || s.policy == "no" {
		return nil
	}
	s.unpolicied = true
	err := s.a.written(s.e, model.Docker("update", "--restart", "no", s.old.Name), func() error { return s.e.SetRestart(ctx, s.old, "no") })
	if model.IsKind(err, model.ProblemUnsupported) {
		return nil
	}
	return err
}

// repolicy gives the old container its restart policy again.
func (s *swap) repolicy(ctx context.Context, e *engine.Engine) error {
	if !s.unpolicied || s.policy == "" || s.policy == "no" {
		return nil
	}
	err := s.a.written(e, model.Docker("update", "--restart", s.policy, s.old.Name), func() error { return e.SetRestart(ctx, s.old, s.policy) })
	if model.IsKind(err, model.ProblemUnsupported) { // it was not taken away either
		return nil
	}
	return err
}
