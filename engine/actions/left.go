package actions

import (
	"context"
	"maps"
	"sync"

	"slipway/engine"
	"slipway/engine/model"
	"slipway/engine/session"
)

// left remembers the jobs that could not clean up because the engine went away, until it is back.
type left struct {
	cleaning sync.Mutex // who comes second finds it done

	mu   sync.Mutex
	jobs map[string]string // the job's ID to the engine's
}

func (l *left) add(jobID, engineID string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.jobs == nil {
		l.jobs = map[string]string{}
	}
	l.jobs[jobID] = engineID
}

func (l *left) any() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.jobs) > 0
}

// clean removes what those jobs made on this engine and what never ran. When it returns, nothing of it is under way.
func (l *left) clean(ctx context.Context, e *engine.Engine) {
	l.cleaning.Lock()
	defer l.cleaning.Unlock()
	l.mu.Lock()
	jobs := maps.Clone(l.jobs)
	l.mu.Unlock()
	for jobID, engineID := range jobs {
		if engineID == e.Info().ID && cleanJob(ctx, e, jobID) == nil {
			l.mu.Lock()
			delete(l.jobs, jobID)
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

// cleanWhenBack is called when the connection changes.
func (a *Actions) cleanWhenBack(st session.State) {
	if st.Phase != session.Connected || !a.left.any() {
		return
	}
	a.spawn(func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, cleanTime)
		defer cancel()
		if e, err := a.session.Engine(); err == nil {
			a.left.clean(ctx, e)
		}
	})
}
