package actions

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"slipway/engine"
	"slipway/engine/job"
	"slipway/engine/model"

	"golang.org/x/sync/errgroup"
)

// AtOnce is how many things of one job are worked on at the same time.
const AtOnce = 4

// errKept says of an item that nothing was done to it, because a person wanted that.
var errKept = errors.New("kept")

// Each does the same to several things of one job, at most n at once, and reports each by itself. It goes on after a
// failure; the error then says which things failed and why.
func Each[T any](ctx context.Context, r *job.Report, list []T, n int, said Several, name func(T) string,
	do func(ctx context.Context, thing T) (model.Fact, error),
) (model.Fact, error) {
	items := make([]job.Item, len(list))
	for i, t := range list {
		items[i] = job.Item{Name: name(t)}
	}
	r.Items(items)
	var mu sync.Mutex
	var failed []failure
	counts := map[job.State]int{}
	set := func(i int, state job.State, text model.Fact) {
		mu.Lock()
		defer mu.Unlock()
		items[i].State, items[i].Text = state, text
		counts[state]++
		r.Items(items)
		r.Progress(job.Progress{Phase: model.Say("actions.of", model.Args{"Done": model.Count(counts[job.Done] +
			counts[job.Failed] + counts[job.Cancelled]), "Total": model.Count(len(list))})})
	}
	var g errgroup.Group
	g.SetLimit(n)
	for i, t := range list {
		g.Go(func() error {
			if ctx.Err() != nil {
				set(i, job.Cancelled, model.Say("actions.not-begun"))
				return nil //nolint:nilerr // it is one of the outcomes
			}
			set(i, job.Running, model.Fact{})
			var text model.Fact
			err := model.Guard(model.Say("actions.it-was-not-done"), func() (err error) { text, err = do(ctx, t); return err })
			switch {
			case err == nil:
				set(i, job.Done, text)
			case errors.Is(err, errKept):
				set(i, job.Cancelled, text)
			case errors.Is(err, context.Canceled):
				set(i, job.Cancelled, model.Say("several.cancelled"))
			default:
				p := model.AsProblem(err, model.Say("actions.it-failed"))
				set(i, job.Failed, p.Sentence())
				mu.Lock()
				failed = append(failed, failure{items[i].Name, err})
				mu.Unlock()
			}
			return nil
		})
	}
	_ = g.Wait() // each item has its own error
	if ctx.Err() != nil {
		return model.Fact{}, ctx.Err()
	}
	if len(failed) > 0 {
		return model.Fact{}, someFailed(failed, len(list), said)
	}
	if counts[job.Cancelled] > 0 {
		return Of(said.Some, len(list)).With(model.Args{"Done": model.Count(counts[job.Done])}), nil
	}
	return Of(said.All, len(list)).With(model.Args{"Name": model.Name(items[0].Name)}), nil
}

// failure is why one of several things failed.
type failure struct {
	name string
	err  error
}

// someFailed says that some of several things failed, with every reason in the details.
func someFailed(failed []failure, all int, said Several) error {
	first := model.AsProblem(failed[0].err, model.Say("actions.it-failed"))
	var lines []string
	for _, f := range failed {
		if raw := model.AsProblem(f.err, model.Fact{}).Raw(); raw != "" {
			lines = append(lines, f.name+": "+raw)
		}
	}
	return &model.Problem{
		Kind: first.Kind, Cause: model.Printed(strings.Join(lines, "\n"), nil),
		What: Of(said.Failed, all).With(model.Args{"Failed": model.Count(len(failed))}),
		Why:  model.Say("several.first-failure", model.Args{"Name": model.Name(failed[0].name), "Why": first.Sentence()}),
		Fix:  first.Fix,
	}
}

func containerName(c model.Container) string { return c.Name }

// namesOf are containers as a command takes them.
func namesOf(list []model.Container) []string {
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = c.Name
	}
	return out
}

// ManyCommand is a command on several containers, such as "docker stop a b".
func ManyCommand(verb string, list []model.Container) model.Command {
	return model.Docker(append([]string{verb}, namesOf(list)...)...)
}

// onMany is a job that does the same to several containers.
func (a *Actions) onMany(said Several, verb string, list []model.Container,
	do func(ctx context.Context, e *engine.Engine, r *job.Report, c model.Container) error,
) *job.Job {
	cmd, key := ManyCommand(verb, list), verb
	for _, c := range list {
		key += " " + c.ID
	}
	return a.Job(job.Spec{
		Title: Of(said.Title, len(list)), Key: key, Command: cmd,
		Deed: model.DeedOn(model.Verb(verb), list...), Once: true,
	},
		func(ctx context.Context, e *engine.Engine, r *job.Report) (model.Fact, error) {
			return Each(ctx, r, list, AtOnce, said, containerName,
				func(ctx context.Context, c model.Container) (model.Fact, error) {
					err := do(ctx, e, r, c)
					if err != nil {
						a.session.Live.Ask(c.ID) // engines send no event for a start that failed
					}
					return said.Item, err
				})
		})
}

// StartMany starts several stopped containers.
func (a *Actions) StartMany(list []model.Container) *job.Job {
	return a.onMany(startSeveral, "start", list,
		func(ctx context.Context, e *engine.Engine, r *job.Report, c model.Container) error {
			_, err := a.startWatched(ctx, e, r, c)
			return err
		})
}

// PauseMany freezes several containers, ResumeMany lets them go on.
func (a *Actions) PauseMany(list []model.Container) *job.Job {
	return a.onMany(pauseSeveral, "pause", list,
		func(ctx context.Context, e *engine.Engine, _ *job.Report, c model.Container) error {
			return e.Pause(ctx, c)
		})
}

// ResumeMany is the reverse of [Actions.PauseMany].
func (a *Actions) ResumeMany(list []model.Container) *job.Job {
	return a.onMany(resumeSeveral, "unpause", list,
		func(ctx context.Context, e *engine.Engine, _ *job.Report, c model.Container) error {
			return e.Resume(ctx, c)
		})
}

// sent is the context of a call that the engine carries out to its end once it has it: a cancel then only keeps what
// was not begun, and what is told of the others is true.
//
// It ends some time after a cancel all the same, for an engine that does not answer any more.
func sent(ctx context.Context, c model.Container) (context.Context, context.CancelFunc) {
	whole, end := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(CleanTime+time.Duration(c.StopTimeout)*time.Second, end) })
	return whole, func() { stop(); end() }
}

// StopMany stops several containers after the questions of [Actions.Stop]: those made with --rm are destroyed by it, so
// all of them are asked about together, and nothing is stopped when that is refused.
func (a *Actions) StopMany(list []model.Container) {
	a.guardMany(list, "stop", func(list []model.Container) {
		a.onMany(stopSeveral, "stop", list,
			func(ctx context.Context, e *engine.Engine, r *job.Report, c model.Container) error {
				r.Doing(c.ID, "stop")
				defer r.Doing(c.ID, "")
				ctx, end := sent(ctx, c)
				defer end()
				return e.Stop(ctx, c, -1)
			})
	})
}

// RestartMany restarts several containers; the same is asked as by [Actions.StopMany].
func (a *Actions) RestartMany(list []model.Container) {
	a.guardMany(list, "restart", func(list []model.Container) {
		a.onMany(restartSeveral, "restart", list,
			func(ctx context.Context, e *engine.Engine, r *job.Report, c model.Container) error {
				r.Doing(c.ID, "restart")
				defer r.Doing(c.ID, "")
				ctx, end := sent(ctx, c)
				defer end()
				return a.ExplainPort(ctx, e, e.Restart(ctx, c, -1), HostIP(c.Ports))
			})
	})
}

// guardMany looks at the containers anew, asks what has to be asked, and calls then with those that lose nothing.
func (a *Actions) guardMany(list []model.Container, verb string, then func([]model.Container)) {
	a.Spawn(func(ctx context.Context) {
		var free, guarded []model.Container
		fresh := a.freshMany(ctx, list, verb)
		busy := make([][]string, len(fresh))
		var g errgroup.Group
		g.SetLimit(2 * AtOnce)
		for i, c := range fresh {
			g.Go(func() error { a.Guard(func() { busy[i] = busyNotebooks(ctx, Place(a.session), c) }); return nil })
		}
		_ = g.Wait() // what does not answer is not busy
		for i, c := range fresh {
			switch {
			case c.AutoRemove && (c.Running() || verb == "restart"):
				guarded = append(guarded, c)
			case len(busy[i]) == 0 || a.asker.BusyStop(ctx, BusyStop{Container: c, Notebooks: busy[i]}):
				free = append(free, c)
			}
		}
		if len(guarded) > 0 && !a.askRemovals(ctx, guarded, free, verb) {
			return
		}
		if len(free) > 0 {
			then(free)
		}
	})
}

// freshMany asks the engine about the containers as they are now. Those that are gone are left out.
func (a *Actions) freshMany(ctx context.Context, list []model.Container, verb string) []model.Container {
	found, errs := make([]model.Container, len(list)), make([]error, len(list))
	var g errgroup.Group
	g.SetLimit(2 * AtOnce)
	for i, c := range list {
		g.Go(func() error {
			errs[i] = model.Guard(model.Say("actions.cannot-look-at", model.Args{"Name": model.Name(c.Name)}),
				func() (err error) {
					_, found[i], err = a.Fresh(ctx, c.ID)
					return err
				})
			return nil
		})
	}
	_ = g.Wait() // each has its own error
	var out []model.Container
	for i, c := range list {
		switch {
		case model.IsKind(errs[i], model.ProblemNotFound):
		case errs[i] != nil:
			a.Tell(errs[i], model.Cannot(model.Verb(verb), c.Name))
			return nil
		default:
			out = append(out, found[i])
		}
	}
	return out
}

// RemoveMany removes several containers after naming what would be lost in each. Running ones are stopped first, and
// every list is read again before its removal: own files that nobody was shown ask again.
func (a *Actions) RemoveMany(list []model.Container) {
	a.Spawn(func(ctx context.Context) {
		if fresh := a.freshMany(ctx, list, "remove"); len(fresh) > 0 {
			a.askRemovals(ctx, fresh, nil, "remove")
		}
	})
}

// askRemovals asks about several containers in one question while their lists are being made, and acts on the answer.
// It tells whether it was confirmed. others are those that the same is done to but lose nothing by it.
func (a *Actions) askRemovals(ctx context.Context, list, others []model.Container, verb string) bool {
	e, err := a.session.Engine()
	if err != nil {
		a.Tell(err, cannotSeveral(verb))
		return false
	}
	questions := make([]*Removal, len(list))
	listing, stop := context.WithCancel(ctx)
	defer stop()
	for i, c := range list {
		questions[i] = a.question(c, verb, list)
	}
	var listed sync.WaitGroup
	listed.Add(1)
	go func() {
		defer listed.Done()
		var g errgroup.Group
		g.SetLimit(AtOnce)
		for _, q := range questions {
			g.Go(func() error { a.Guard(func() { a.list(listing, e, q) }); return nil })
		}
		_ = g.Wait() // what could not be listed is in each question
	}()
	choice := a.asker.Removals(ctx, questions, others)
	stop()
	listed.Wait()
	switch choice {
	case OnlyStop:
		running := slices.DeleteFunc(slices.Clone(list), func(c model.Container) bool { return !c.Running() || c.AutoRemove })
		a.StopMany(running)
	case RemoveContainer:
		a.removeMany(questions, verb)
		return true
	}
	return false
}

// removeMany is the job behind a confirmed removal of several. They can be undone together, once all are ready to go.
func (a *Actions) removeMany(questions []*Removal, verb string) {
	said := map[string]Several{
		"remove": removeSeveral, "stop": stopAndRemoveSeveral, "restart": restartSeveral,
	}[verb]
	removed := model.Deed{Verb: model.Verb(verb), Kind: model.KindContainer}
	for _, q := range questions {
		removed.IDs, removed.Names = append(removed.IDs, q.Container.ID), append(removed.Names, q.Container.Name)
	}
	a.Job(job.Spec{Title: Of(said.Title, len(questions)), Deed: removed, Once: true},
		func(ctx context.Context, e *engine.Engine, r *job.Report) (model.Fact, error) {
			var asking sync.Mutex
			busy := make(chan struct{}, AtOnce)
			together := newTogether(len(questions), func(ids []string) error { return a.Hold(ctx, r, ids) })
			return Each(ctx, r, questions, len(questions), said, func(q *Removal) string { return q.Container.Name },
				func(ctx context.Context, q *Removal) (model.Fact, error) {
					part := together.join()
					defer part.leave()
					busy <- struct{}{}
					defer func() { <-busy }()
					result, removed, err := a.removal(ctx, e, r, removal{
						c: q.Container, verb: verb, shown: q.shown(), asking: &asking, final: func() bool { return ctx.Err() == nil },
						hold: func(context.Context) error {
							<-busy // others get ready meanwhile
							defer func() { busy <- struct{}{} }()
							return part.wait(ctx, q.Container.ID)
						},
					})
					if err != nil {
						a.session.Live.Ask(q.Container.ID)
					} else if !removed {
						err = errKept
					}
					return itemOf(result, said), err
				})
		})
}

// itemOf is what came of one removal among several, which is told beside the name of its container.
func itemOf(result model.Fact, said Several) model.Fact {
	switch {
	case result.Has("actions.was-kept-stopped"):
		return model.Say("several.kept-stopped")
	case result.Has("actions.was-left-running"):
		return model.Say("several.left-running")
	case result.Has("actions.was-not-restarted"):
		return model.Say("several.not-restarted")
	}
	return said.Item
}

// together lets several removals wait for one time in which all of them can be undone.
type together struct {
	mu      sync.Mutex
	missing int // those that neither wait nor have left
	ids     []string
	ready   chan struct{} // closed when none is missing
	once    sync.Once
	hold    func(ids []string) error
	held    chan struct{} // closed when the time is over
	err     error
}

func newTogether(n int, hold func(ids []string) error) *together {
	return &together{missing: n, ready: make(chan struct{}), held: make(chan struct{}), hold: hold}
}

// part is one of those that wait.
type part struct {
	t    *together
	told bool // it does not count as missing any more
}

func (t *together) join() *part { return &part{t: t} }

// arrive takes it off those that are missing; id is "" for one that does not wait.
func (p *part) arrive(id string) {
	p.t.mu.Lock()
	defer p.t.mu.Unlock()
	if p.told {
		return
	}
	p.told = true
	if id != "" {
		p.t.ids = append(p.t.ids, id)
	}
	if p.t.missing--; p.t.missing == 0 {
		close(p.t.ready)
	}
}

func (p *part) leave() { p.arrive("") }

// wait waits for all the others, and then for the common time.
func (p *part) wait(ctx context.Context, id string) error {
	p.arrive(id)
	select {
	case <-p.t.ready:
	case <-ctx.Done(): // those that were not begun never arrive
		return ctx.Err()
	}
	p.t.once.Do(func() {
		p.t.err = p.t.hold(p.t.ids)
		close(p.t.held)
	})
	<-p.t.held
	return p.t.err
}

// cannotSeveral says that several containers could not be stopped, restarted or removed.
func cannotSeveral(verb string) model.Fact {
	switch verb {
	case "stop":
		return model.Say("actions.cannot-stop-several")
	case "restart":
		return model.Say("actions.cannot-restart-several")
	}
	return model.Say("actions.cannot-remove-several")
}
