package swap

import (
	"cmp"
	"context"

	"slipway/engine"
	"slipway/engine/actions"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/notebook"
)

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
		Temporary: cmp.Or(was.Temporary, now.Name+notebook.NewSuffix), Name: now.Name,
		OldName: now.Name, OldRestart: was.OldRestart, OldRan: now.Running(), Run: now.Running(),
	}
	if now.Name == was.Name { // nobody renamed it since
		todo.OldName = was.OldName
	}
	s := a.Begin(e, r, old, now, todo)
	s.prove, s.keptAs = func(ctx context.Context) error { return s.start(ctx, s.fresh) }, old.Name
	s.aside, s.policy = notebook.AfterSuffix, now.RestartPolicy
	a.do.Left().Drop("stay:" + id)
	err = s.back(ctx)
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
	if s.failedAs != "" {
		r.Note(model.Say("actions.the-one-that-had-its", model.Args{"Kept": model.Name(s.failedAs)}))
	}
	return model.Say("actions.is-as-it-was-before", model.Args{"Name": model.Name(todo.OldName)}), nil
}

// stayed undoes a going back that failed, see [Swap.stay]; when the engine is away, once that is back.
func (s *Swap) stayed(ctx context.Context, why error) error {
	ctx, cancel := context.WithTimeout(ctx, actions.CleanTime)
	defer cancel()
	failed := s.stay(ctx, s.e)
	switch {
	case failed == nil:
		return why
	case model.IsKind(failed, model.ProblemConnectionLost), model.IsKind(failed, model.ProblemTimeout):
		s.a.do.Left().Set("stay:"+s.fresh.ID, s.e.Info().ID, s.stay)
		return why
	}
	return notPutBack(s.fresh.Name, failed, why)
}

// stay gives the place again to the one that had it when a going back failed.
func (s *Swap) stay(ctx context.Context, e *engine.Engine) error {
	s.e = e
	return s.again(ctx)
}

// Settling tells what is being done to a container which took another one's place or was to: [GoBack] gives it back
// now, and [FinishChange] ends its change.
func (a *Swaps) Settling(id string) UnfinishedChoice {
	choice, _ := a.settling.Load(id)
	is, _ := choice.(UnfinishedChoice)
	return is
}
