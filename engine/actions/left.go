package actions

import (
	"context"
	"maps"
	"strings"
	"sync"
	"time"

	"slipway/engine"
	"slipway/engine/model"
	"slipway/engine/platform"
	"slipway/engine/session"
)

// left remembers what jobs could not clean up because the engine went away, until it is back.
type left struct {
	cleaning sync.Mutex // who comes second finds it done

	mu   sync.Mutex
	list map[string]leftover // by a key of its own, such as the job's ID
}

// leftover is what is to be done on an engine once it is back.
type leftover struct {
	engineID string
	clean    func(ctx context.Context, e *engine.Engine) error
}

// add remembers that the containers of a job are to be removed that never ran.
func (l *left) add(jobID, engineID string) {
	l.set(jobID, engineID, func(ctx context.Context, e *engine.Engine) error { return cleanJob(ctx, e, jobID) })
}

// set remembers what is to be done, in the place of what was remembered under the same key.
func (l *left) set(key, engineID string, clean func(context.Context, *engine.Engine) error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.list == nil {
		l.list = map[string]leftover{}
	}
	l.list[key] = leftover{engineID, clean}
}

// clean does what was left to be done on this engine. When it returns, nothing of it is under way.
func (l *left) clean(ctx context.Context, e *engine.Engine) {
	l.cleaning.Lock()
	defer l.cleaning.Unlock()
	l.mu.Lock()
	list := maps.Clone(l.list)
	l.mu.Unlock()
	for key, what := range list {
		if what.engineID == e.Info().ID && what.clean(ctx, e) == nil {
			l.mu.Lock()
			delete(l.list, key)
			l.mu.Unlock()
		}
	}
}

// cleanJob removes the containers of a job that never ran.
func cleanJob(ctx context.Context, e *engine.Engine, jobID string) error {
	list, err := e.ContainersOfJob(ctx, jobID)
	if err != nil {
		return err
	}
	for _, c := range list {
		now, err := e.Container(ctx, c.ID)
		if err == nil && now.StartedAt.IsZero() {
			err = e.Remove(ctx, now)
		}
		if err != nil && !model.IsKind(err, model.ProblemNotFound) {
			return err
		}
	}
	return nil
}

// abandoned tells of a run of Slipway, or a job of one, that it has ended, so that what it left on the engine is nobody's any
// more. Of one on another computer that is not known: there it is so when what it left was made that long ago.
func (a *Actions) abandoned(run string, made time.Time, old time.Duration) bool {
	if strings.HasPrefix(run+"-", a.session.Run+"-") {
		return run != a.session.Run && !a.atWork(run)
	}
	if ended, known := platform.RunEnded(run); known {
		return ended
	}
	return time.Since(made) > old
}

// cleanWhenBack is called when the connection changes. Once for each connection it does what was left to be done.
func (a *Actions) cleanWhenBack(st session.State) {
	if st.Phase != session.Connected || a.cleaned.Swap(int64(st.Generation)) == int64(st.Generation) {
		return
	}
	a.spawn(func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, cleanTime)
		defer cancel()
		if e, err := a.session.Engine(); err == nil {
			a.left.clean(ctx, e)
			a.clearOldHelpers(ctx, e)
			a.unfinished(ctx, e)
		}
	})
}
