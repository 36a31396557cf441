package actions

import (
	"context"
	"errors"
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

// ErrKept says of an item that nothing was done to it, because a person wanted that.
var ErrKept = errors.New("kept")

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
			case errors.Is(err, ErrKept):
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

// OnMany is a job that does the same to several containers.
func (a *base) OnMany(said Several, verb string, list []model.Container,
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

// Sent is the context of a call that the engine carries out to its end once it has it: a cancel then only keeps what
// was not begun, and what is told of the others is true.
//
// It ends some time after a cancel all the same, for an engine that does not answer any more.
func Sent(ctx context.Context, c model.Container) (context.Context, context.CancelFunc) {
	whole, end := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(CleanTime+time.Duration(c.StopTimeout)*time.Second, end) })
	return whole, func() { stop(); end() }
}
