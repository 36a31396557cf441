package swap

import (
	"cmp"
	"context"
	"path"
	"slices"
	"sync"
	"time"

	"slipway/engine"
	"slipway/engine/actions"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/removal"
	"slipway/engine/rescue"
	"slipway/engine/runspec"
)

// ChangeChoice is the answer to the question about a [Change] that needs a new container.
type ChangeChoice string

// The answers.
const (
	ChangeNothing ChangeChoice = ""
	// ChangeEmpty begins with what the image has, ChangeCarry with everything that is inside the old one, and ChangeFill
	// also copies what is inside where something is newly mounted into that, see [Cover.Fillable].
	ChangeEmpty ChangeChoice = "empty"
	ChangeCarry ChangeChoice = "carry"
	ChangeFill  ChangeChoice = "fill"
)

// beforeSuffix is behind the name of a container whose place was taken.
const beforeSuffix = "-before"

// Change gives a container other settings: in place where the engine can, else with a new one that takes its place when
// it runs, while the old one is kept, stopped. It is asked about then. It returns at once; begun is called from another
// goroutine, with the job, or with nil when there is none.
func (a *Swaps) Change(w Change, begun func(*job.Job)) {
	what := model.Say("common.cannot-change", model.Args{"Name": model.Name(w.Container.Name)})
	a.do.Spawn(func(ctx context.Context) {
		var j *job.Job
		defer func() { begun(j) }()
		e, old, err := a.do.Fresh(ctx, w.Container.ID)
		if err == nil {
			if why := CannotChange(old); !why.None() {
				err = &model.Problem{Kind: model.ProblemUnsupported, What: what, Why: why}
			}
		}
		if err != nil {
			a.do.Tell(err, what)
			return
		}
		w.Container = old
		if w.InPlace(e.Info()) {
			j = a.changeInPlace(w)
			return
		}
		choice := a.askChange(ctx, e, w)
		if choice == ChangeNothing || old.Running() && !a.do.MayStop(ctx, old) {
			return
		}
		j = a.do.JobOn(old, job.Spec{
			Title: changeTitle(old), Deed: model.DeedOn(model.VerbRecreate, old), Key: "change:" + old.ID, Once: true,
		},
			func(ctx context.Context, e *engine.Engine, r *job.Report) (model.Fact, error) {
				return a.replaceBy(ctx, e, r, w, choice)
			})
	})
}

// changeTitle is what the job of a change is called.
func changeTitle(c model.Container) model.Fact {
	return model.Say("actions.change", model.Args{"Name": model.Name(c.Name)})
}

// askChange asks while it is being found out what is inside.
func (a *Swaps) askChange(ctx context.Context, e *engine.Engine, w Change) ChangeChoice {
	q := &removal.Removal{Container: w.Container, Verb: "change"}
	listing, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		a.do.Guard(func() { rescue.List(listing, e, w.Container, q.SetFound) })
	}()
	choice := a.asker.Change(ctx, w, q)
	stop()
	wg.Wait()
	return choice
}

func (a *Swaps) changeInPlace(w Change) *job.Job {
	c := w.Container
	return a.do.JobOn(c, job.Spec{
		Title: changeTitle(c), Deed: model.DeedOn(model.VerbUpdate, c), Key: "change:" + c.ID, Once: true, Final: true,
	},
		func(ctx context.Context, e *engine.Engine, _ *job.Report) (model.Fact, error) {
			for _, cmd := range w.Commands(e.Info(), nil) {
				err := a.do.Written(e, cmd, func() error {
					if cmd[0].Text == "rename" {
						return e.Rename(ctx, c, w.Want.Name)
					}
					return e.Update(ctx, c, w.Had, w.Want)
				})
				if err != nil {
					return model.Fact{}, err
				}
			}
			a.do.Session().Live.Ask(c.ID)
			return model.Say("actions.has-its-new-settings", model.Args{"Name": model.Name(w.Want.Name)}), nil
		})
}

// The steps of a change that a replacement does not have.
var (
	stepCarry = model.Say("actions.carry-over-what-is-inside")
	stepWatch = model.Say("actions.watch-its-first-seconds")
)

// replaceBy makes a new container under another name, stops the old one, carries over what is inside, starts the new
// one, and swaps the names when it runs. Labels say on the engine what is to be done when that is cut off.
func (a *Swaps) replaceBy(ctx context.Context, e *engine.Engine, r *job.Report, w Change,
	choice ChangeChoice,
) (model.Fact, error) {
	w, err := w.stillHolds(ctx, e)
	if err != nil {
		return model.Fact{}, err
	}
	old, carry := w.Container, choice != ChangeEmpty
	r.Steps(changeSteps(old.Running(), carry)...)
	if w.Want.Image != w.Had.Image { // its own is there as long as it is, whatever has its name now
		if err := a.do.NeedImage(ctx, e, r, w.Want.Image, w.Want.Platform); err != nil {
			return model.Fact{}, err
		}
	}
	r.Step(StepCreate)
	containers, err := e.Containers(ctx, false)
	if err != nil {
		return model.Fact{}, err
	}
	taken := actions.TakenNames(containers)
	taken[w.Want.Name] = true // it shall not seem to have the place before it has
	todo := model.Swap{
		Temporary: notebook.ContainerName(old.Name+notebook.NewSuffix, taken), Name: w.Want.Name,
		OldName: old.Name, OldRestart: cmp.Or(w.Had.Restart, "no"), OldRan: old.Running(), Run: old.Running(), Carry: carry,
	}
	s := a.Begin(e, r, old, model.Container{Name: todo.Temporary}, todo)
	if choice == ChangeFill {
		if err := s.makeVolumes(ctx, w); err != nil {
			return model.Fact{}, err
		}
		s.todo.Fills = w.fills(s.made)
	}
	id, warnings, err := a.createLike(ctx, e, r, w, s.todo)
	s.fresh.ID = id
	if err != nil {
		if id != "" {
			return model.Fact{}, s.Back(err)
		}
		s.unmake(context.WithoutCancel(ctx))
		return model.Fact{}, err
	}
	if err := s.forward(ctx); err != nil {
		if err = s.Back(err); s.restored {
			err = s.staysThere(asItWas(err, old.Name, todo.Temporary))
		}
		r.Remains(s.remains())
		return model.Fact{}, err
	}
	a.do.Pictured(ctx, id, w.Want.Name)
	return s.changed(carry, warnings), nil
}

// stillHolds is the change of the container as the engine has it now, or a problem where that is another one than the
// person was asked about.
func (w Change) stillHolds(ctx context.Context, e *engine.Engine) (Change, error) {
	old, err := e.Container(ctx, w.Container.ID)
	if err != nil {
		return w, err
	}
	if old.Running() != w.Container.Running() || old.Name != w.Container.Name {
		return w, &model.Problem{
			Kind: model.ProblemConflict,
			What: model.Say("actions.is-not-as-it-was", model.Args{"Name": model.Name(w.Container.Name)}),
			Why:  model.Say("actions.it-was-started-stopped-or"),
			Fix:  model.Say("common.try-again"),
		}
	}
	w.Container = old
	if w.Want.Name == w.Had.Name { // as it was read, perhaps between the two renamings of a change before
		w.Want.Name, w.Had.Name = old.Name, old.Name
	}
	return w, nil
}

// changeSteps are the steps of a replacement by which a container changes.
func changeSteps(running, carry bool) []model.Fact {
	steps := []model.Fact{StepCreate, StepStop, stepCarry, StepStart, stepWatch, StepSwap}
	is := func(s model.Fact, one ...model.Fact) bool {
		return slices.ContainsFunc(one, func(o model.Fact) bool { return o.Code == s.Code })
	}
	return slices.DeleteFunc(steps, func(s model.Fact) bool {
		return is(s, stepCarry) && !carry || !running && is(s, StepStop, StepStart, stepWatch)
	})
}

// changed says how a change ended well.
func (s *Swap) changed(carry bool, warnings []string) model.Fact {
	text, kept := model.Say("actions.has-its-new-settings", model.Args{"Name": model.Name(s.todo.Name)}),
		model.Say("actions.the-one-before-is-kept", model.Args{"KeptAs": model.Name(s.keptAs)})
	if !s.todo.OldRan {
		text, kept = model.Say("actions.has-its-new-settings-and", model.Args{"Name": model.Name(s.todo.Name)}),
			model.Say("actions.the-one-before-is-kept-as", model.Args{"KeptAs": model.Name(s.keptAs)})
	}
	s.r.Note(kept)
	if !carry {
		s.r.Note(model.Say("actions.it-began-with-what-its"))
	}
	s.noteCarried()
	for _, warning := range warnings {
		s.r.Note(model.Say("actions.the-engine-says", model.Args{"Warning": model.Name(warning)}))
	}
	return text
}

// noteCarried says what was carried over, and what only the one before has.
func (s *Swap) noteCarried() {
	if n := s.carried.Files; n > 0 {
		s.r.Note(model.Say("actions.carried-over-files-read-back",
			model.Args{"N": model.Count(n), "Bytes": model.Bytes(s.carried.Bytes)}))
	}
	s.r.Note(s.notCarried()...)
}

// notCarried says what only the one before has.
func (s *Swap) notCarried() (list []model.Fact) {
	if names := s.carried.Stayed; len(names) > 0 {
		list = append(list, model.Say("actions.not-copied-since-there-was", model.Args{"Names": actions.SomeOf(
			names[:min(len(names), mostStayed)], len(names)-mostStayed)}))
	}
	if names := s.carried.Left; len(names) > 0 {
		list = append(list, model.Say("actions.what-is-inside-the-one", model.Args{"Names": model.Names(names)}))
	}
	return list
}

// staysThere adds to a failure what stays of what was copied out of the container by then.
func (s *Swap) staysThere(err error) error {
	p, text := model.AsProblem(err, model.Fact{}), s.stays()
	if p == nil || text.None() {
		return err
	}
	return &model.Problem{
		Kind: p.Kind, Cause: err,
		What: p.What,
		Why:  p.Why.And(text),
		Fix:  p.Fix,
	}
}

// remains says how things are after a change that was cancelled.
func (s *Swap) remains() model.Fact {
	if !s.restored {
		return model.Say("actions.not-put-back-yet", model.Args{"Name": model.Name(s.todo.OldName)})
	}
	text := model.Say("actions.is-as-it-was-before", model.Args{"Name": model.Name(s.todo.OldName)})
	if s.stopping && s.todo.OldRan {
		text = model.Say("actions.is-as-it-was-before-and", model.Args{"Name": model.Name(s.todo.OldName)})
	}
	if s.failedAs != "" {
		text = text.And(model.Say("actions.the-new-one-ran-already", model.Args{"FailedAs": model.Name(s.failedAs)}))
	}
	if s.ran && len(s.made) > 0 {
		text = text.And(model.Say("actions.volumes-stay",
			model.Args{"N": model.Count(len(s.made)), "Made": model.Names(s.made)}))
	}
	return text.And(s.stays())
}

// stays says what was copied into places that were there before and may hold some of it now, "" for none.
func (s *Swap) stays() model.Fact {
	var places []string
	for _, f := range s.todo.Fills {
		if !f.New && s.filling {
			places = append(places, f.Destination)
		}
	}
	if len(places) == 0 {
		return model.Fact{}
	}
	return model.Say("actions.what-was-copied-into-what", model.Args{"Places": model.Names(places)})
}

// mostStayed is how many paths that were not copied are named.
const mostStayed = 5

// asItWas says of a failure of the new container, which had a temporary name that nobody knows, what it means.
func asItWas(err error, name, temporary string) error {
	p := model.AsProblem(err, model.Say("actions.it-failed-on-the-way"))
	if p == nil {
		return err
	}
	args := model.Args{"Name": model.Name(name)}
	as := &model.Problem{Kind: p.Kind, Cause: err, What: model.Say("actions.does-not-run-with-these", args), Fix: p.Fix}
	switch p.Kind {
	case model.ProblemExited:
		as.Why = model.Say("actions.the-new-one-stopped-at-once").And(p.Why)
	case model.ProblemBadCommand, model.ProblemPortTaken:
		as.Why = model.Say("actions.the-new-one-did-not-start").And(p.Why)
	default:
		as.What, as.Why = model.Say("actions.was-not-changed-and-is", args), p.Sentence()
		if p.What.Args["Name"] == model.Name(temporary) {
			as.Why = p.Why.Or(model.Verbatim(p.Raw()))
		}
	}
	return as
}

// createLike makes the new container. As with [actions.Actions.Create], a request that was cut off may still be carried
// out.
func (a *Swaps) createLike(ctx context.Context, e *engine.Engine, r *job.Report, w Change,
	todo model.Swap,
) (string, []string, error) {
	whole, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(actions.CleanTime, end) })()
	shown := w.shown()
	shown.Name = todo.Temporary
	done := a.do.Write(e, shown.CreateCommand())
	id, warnings, err := e.CreateLike(whole, w.Container.ID, w.Had, w.Want, todo.Temporary, map[string]string{
		model.LabelJob: r.JobID(), model.LabelVersion: a.do.Version(), model.LabelReplaces: w.Container.ID,
		model.LabelSwap: todo.Label(),
	})
	done(err)
	if err == nil {
		for _, c := range w.connects(model.Container{Name: todo.Temporary}) { // which it did, too
			a.do.Write(e, c)(nil)
		}
	}
	if whole.Err() != nil || model.IsKind(err, model.ProblemConnectionLost) {
		a.do.Left().Add(r.JobID(), e.Info().ID)
	}
	if err != nil && ctx.Err() != nil && id == "" {
		err = ctx.Err()
	}
	return id, warnings, err
}

// mostCarried is how many paths that were carried over the history lists.
const mostCarried = 100

// carryCommand is the docker command that equals copying a path of one container into another one.
func carryCommand(from, to model.Container, name string) model.Command {
	what, dir := name, path.Dir(name)
	// it takes files nowhere else
	if to.ReadOnly && slices.ContainsFunc(to.Mounts, func(m model.Mount) bool { return m.Destination == name }) {
		what, dir = name+"/.", name
	}
	// an archive keeps owners by itself; -a would put the container's user in their place
	out := model.Docker("cp", from.Name+":"+what, "-")
	return out.Pipe(model.Docker("cp", "-", to.Name+":"+dir))
}

// makeVolumes makes the volumes that are to be filled and are not there yet, marked as this job's: the engine would
// make them with the container, but nobody could tell then whose they are.
func (s *Swap) makeVolumes(ctx context.Context, w Change) error {
	for _, c := range w.Covers(nil) {
		if c.Kind != runspec.Volume || c.Source == "" || !c.Fillable() || slices.Contains(s.made, c.Source) {
			continue
		}
		_, err := s.e.CreateVolume(ctx, c.Source,
			map[string]string{model.LabelVersion: s.a.do.Version(), model.LabelJob: s.r.JobID()})
		switch {
		case err == nil:
			s.made = append(s.made, c.Source)
		case !model.IsKind(err, model.ProblemNameTaken):
			s.unmake(context.WithoutCancel(ctx))
			return err
		}
	}
	return nil
}
