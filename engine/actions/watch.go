package actions

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"slipway/engine"
	"slipway/engine/job"
	"slipway/engine/model"
)

// WatchTime is how long a container is watched after its start.
var WatchTime = 3 * time.Second

// LastLines is how many lines of each of its two outputs are kept to explain an early end.
const LastLines = 20

// StartWatch watches a container from before its start, so that an end within milliseconds is not missed, not even
// when the engine removes the container with it.
type StartWatch struct {
	cancel context.CancelFunc
	// Exit tells how the container ends.
	Exit <-chan engine.Exit
	ctx  context.Context
	id   string
	read chan struct{} // closed at the end of the output

	wg    sync.WaitGroup
	mu    sync.Mutex
	lines []engine.LogLine
}

// WatchStart is called before the start; [StartWatch.Close] must follow.
func WatchStart(ctx context.Context, e *engine.Engine, id string) *StartWatch {
	w := &StartWatch{id: id, read: make(chan struct{})}
	w.ctx, w.cancel = context.WithCancel(ctx)
	w.Exit = e.NextExit(w.ctx, id)
	read, err := e.Attach(w.ctx, id, false)
	if err != nil { // there is only nothing to show then
		close(w.read)
		return w
	}
	w.wg.Add(1)
	go func() {
		defer w.wg.Done()
		defer close(w.read)
		_ = read(w.keep)
	}()
	return w
}

// Close ends the watch.
func (w *StartWatch) Close() {
	w.cancel()
	w.wg.Wait()
}

// Outcome waits until the container has ended or run for the first seconds. An end with an error is a problem that
// holds the last lines.
func (w *StartWatch) Outcome(ctx context.Context, e *engine.Engine, r *job.Report,
	c model.Container,
) (model.Fact, error) {
	r.Phase(model.Say("actions.watching-its-first-seconds"))
	timer := time.NewTimer(WatchTime)
	defer timer.Stop()
	select {
	case <-timer.C:
		return w.afterFirstSeconds(ctx, e, c)
	case <-ctx.Done():
		return model.Fact{}, ctx.Err()
	case exit := <-w.Exit:
		if exit.Err != nil {
			return model.Fact{}, exit.Err
		}
		return w.Ended(ctx, e, c, exit.Code)
	}
}

// afterFirstSeconds looks once more: an engine that starts a container again and again need not report its ends.
func (w *StartWatch) afterFirstSeconds(ctx context.Context, e *engine.Engine, c model.Container) (model.Fact, error) {
	if fresh, err := e.Container(ctx, w.id); err == nil && loops(fresh) {
		return model.Fact{}, w.problem(fresh)
	}
	return model.Say("actions.is-running", model.Args{"Name": model.Name(c.Name)}), nil
}

// loops tells whether a container ended already and was, or is about to be, started again by its policy.
func loops(c model.Container) bool { return c.RestartCount > 0 || c.State == model.StateRestarting }

// Ended says how the container's program ended. The code that the engine reports with it is 0 when the next start was
// quicker than the report, so a container that is started again is looked at.
func (w *StartWatch) Ended(ctx context.Context, e *engine.Engine, c model.Container, code int) (model.Fact, error) {
	select { // the output ends with the container
	case <-w.read:
	case <-time.After(time.Second):
	}
	fresh, err := e.Container(ctx, w.id)
	switch {
	case err == nil && loops(fresh):
		return model.Fact{}, w.problem(fresh)
	case code == 0:
		return model.Say("actions.ran-and-finished", model.Args{"Name": model.Name(c.Name)}), nil
	case err != nil:
		fresh = c // removed with its end
	}
	fresh.State, fresh.ExitCode = model.StateExited, code
	return model.Fact{}, w.problem(fresh)
}

// keep drops the oldest line of the same stream: engines do not keep the order between the two, and an error must not
// be pushed out by what was printed before it.
func (w *StartWatch) keep(l engine.LogLine) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lines = append(w.lines, l)
	same, first := 0, -1
	for i, other := range w.lines {
		if other.Stderr != l.Stderr {
			continue
		}
		if same++; first < 0 {
			first = i
		}
	}
	if same > LastLines {
		w.lines = slices.Delete(w.lines, first, first+1)
	}
}

func (w *StartWatch) problem(c model.Container) *model.Problem {
	w.mu.Lock()
	var text []string
	for _, l := range w.lines {
		text = append(text, l.Text)
	}
	w.mu.Unlock()
	raw := strings.Join(text, "\n")
	p := &model.Problem{
		Kind: model.ProblemExited,
		What: model.Say("actions.stopped-right-after-it-started", model.Args{"Name": model.Name(c.Name)}),
		Why:  model.ExplainExit(c).Why,
		Fix:  model.Say("actions.read-its-last-lines-in-the"),
	}
	if c.AutoRemove {
		p.Fix = model.Say("actions.read-its-last-lines-in-the-details")
	}
	if loops(c) && c.ExitCode == 0 { // it runs again just now, and the code of its end is gone
		p.Why = model.Say("actions.its-program-ends-and-its")
	}
	if hint := model.OutputHint(raw); !hint.None() {
		p.Fix = model.Say("actions.the-container-is-kept-stopped", model.Args{"Hint": hint})
		if c.AutoRemove {
			p.Fix = hint
		}
	}
	if raw == "" {
		p.Why = p.Why.And(model.Say("actions.it-printed-nothing"))
		return p
	}
	p.Cause = model.Printed(raw, nil)
	return p
}
