package removal

import (
	"context"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"slipway/engine"
	"slipway/engine/actions"
	"slipway/engine/job"
	"slipway/engine/model"
)

// StopMany stops several containers after the questions of [Actions.Stop]: those made with --rm are destroyed by it, so
// all of them are asked about together, and nothing is stopped when that is refused.
func (a *Actions) StopMany(list []model.Container) {
	a.guardMany(list, "stop", func(list []model.Container) {
		a.do.OnMany(stopSeveral, "stop", list,
			func(ctx context.Context, e *engine.Engine, r *job.Report, c model.Container) error {
				r.Doing(c.ID, "stop")
				defer r.Doing(c.ID, "")
				ctx, end := actions.Sent(ctx, c)
				defer end()
				return e.Stop(ctx, c, -1)
			})
	})
}

// RestartMany restarts several containers; the same is asked as by [Actions.StopMany].
func (a *Actions) RestartMany(list []model.Container) {
	a.guardMany(list, "restart", func(list []model.Container) {
		a.do.OnMany(restartSeveral, "restart", list,
			func(ctx context.Context, e *engine.Engine, r *job.Report, c model.Container) error {
				r.Doing(c.ID, "restart")
				defer r.Doing(c.ID, "")
				ctx, end := actions.Sent(ctx, c)
				defer end()
				return actions.ExplainPort(ctx, e, e.Restart(ctx, c, -1), actions.HostIP(c.Ports))
			})
	})
}

// guardMany looks at the containers anew, asks what has to be asked, and calls then with those that lose nothing.
func (a *Actions) guardMany(list []model.Container, verb string, then func([]model.Container)) {
	a.do.Spawn(func(ctx context.Context) {
		var free, guarded []model.Container
		fresh := a.freshMany(ctx, list, verb)
		busy := make([][]string, len(fresh))
		var g errgroup.Group
		g.SetLimit(2 * actions.AtOnce)
		for i, c := range fresh {
			g.Go(func() error {
				a.do.Guard(func() { busy[i] = actions.BusyNotebooks(ctx, actions.Place(a.do.Session()), c) })
				return nil
			})
		}
		_ = g.Wait() // what does not answer is not busy
		for i, c := range fresh {
			switch {
			case c.AutoRemove && (c.Running() || verb == "restart"):
				guarded = append(guarded, c)
			case len(busy[i]) == 0 || a.do.AskBusy(ctx, actions.BusyStop{Container: c, Notebooks: busy[i]}):
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
	g.SetLimit(2 * actions.AtOnce)
	for i, c := range list {
		g.Go(func() error {
			errs[i] = model.Guard(model.Say("actions.cannot-look-at", model.Args{"Name": model.Name(c.Name)}),
				func() (err error) {
					_, found[i], err = a.do.Fresh(ctx, c.ID)
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
			a.do.Tell(errs[i], model.Cannot(model.Verb(verb), c.Name))
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
	a.do.Spawn(func(ctx context.Context) {
		if fresh := a.freshMany(ctx, list, "remove"); len(fresh) > 0 {
			a.askRemovals(ctx, fresh, nil, "remove")
		}
	})
}

// askRemovals asks about several containers in one question while their lists are being made, and acts on the answer.
// It tells whether it was confirmed. others are those that the same is done to but lose nothing by it.
func (a *Actions) askRemovals(ctx context.Context, list, others []model.Container, verb string) bool {
	e, err := a.do.Session().Engine()
	if err != nil {
		a.do.Tell(err, cannotSeveral(verb))
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
		g.SetLimit(actions.AtOnce)
		for _, q := range questions {
			g.Go(func() error { a.do.Guard(func() { listLosses(listing, e, q) }); return nil })
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
	said := map[string]actions.Several{
		"remove": removeSeveral, "stop": stopAndRemoveSeveral, "restart": restartSeveral,
	}[verb]
	removed := model.Deed{Verb: model.Verb(verb), Kind: model.KindContainer}
	for _, q := range questions {
		removed.IDs, removed.Names = append(removed.IDs, q.Container.ID), append(removed.Names, q.Container.Name)
	}
	a.do.Job(job.Spec{Title: actions.Of(said.Title, len(questions)), Deed: removed, Once: true},
		func(ctx context.Context, e *engine.Engine, r *job.Report) (model.Fact, error) {
			var asking sync.Mutex
			busy := make(chan struct{}, actions.AtOnce)
			together := newTogether(len(questions), func(ids []string) error { return a.do.Hold(ctx, r, ids) })
			return actions.Each(ctx, r, questions, len(questions), said, func(q *Removal) string { return q.Container.Name },
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
						a.do.Session().Live.Ask(q.Container.ID)
					} else if !removed {
						err = actions.ErrKept
					}
					return itemOf(result, said), err
				})
		})
}

// itemOf is what came of one removal among several, which is told beside the name of its container.
func itemOf(result model.Fact, said actions.Several) model.Fact {
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
