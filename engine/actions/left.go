package actions

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"slipway/engine"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/platform"
	"slipway/engine/session"
)

// Left remembers what jobs could not clean up because the engine went away, until it is back.
type Left struct {
	cleaning sync.Mutex // who comes second finds it done

	mu   sync.Mutex
	list map[string]leftover // by a key of its own, such as the job's ID
}

// leftover is what is to be done on an engine once it is back.
type leftover struct {
	engineID string
	clean    func(ctx context.Context, e *engine.Engine) error
}

// Add remembers that the containers of a job are to be removed that never ran.
func (l *Left) Add(jobID, engineID string) {
	l.Set(jobID, engineID, func(ctx context.Context, e *engine.Engine) error { return CleanJob(ctx, e, jobID) })
}

// Set remembers what is to be done, in the place of what was remembered under the same key.
func (l *Left) Set(key, engineID string, clean func(context.Context, *engine.Engine) error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.list == nil {
		l.list = map[string]leftover{}
	}
	l.list[key] = leftover{engineID, clean}
}

// Drop forgets what was remembered under a key, once it is not under way.
func (l *Left) Drop(key string) {
	l.cleaning.Lock()
	defer l.cleaning.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.list, key)
}

// Clean does what was left to be done on this engine, and tells what could not be done. When it returns, nothing of it
// is under way. With last, what failed is forgotten: it is told.
func (l *Left) Clean(ctx context.Context, e *engine.Engine, last bool) (failed error) {
	l.cleaning.Lock()
	defer l.cleaning.Unlock()
	l.mu.Lock()
	list := maps.Clone(l.list)
	l.mu.Unlock()
	for key, what := range list {
		if what.engineID != e.Info().ID {
			continue
		}
		if err := what.clean(ctx, e); err != nil {
			failed = errors.Join(failed, err)
			if !last || ctx.Err() != nil || model.IsKind(err, model.ProblemConnectionLost) {
				continue
			}
		}
		l.mu.Lock()
		delete(l.list, key)
		l.mu.Unlock()
	}
	return failed
}

// cleaning is what puts things right that were left on an engine.
type cleaning struct {
	*base
	left Left
	// cleaned is the last connection that what was left was looked for on, and cleaners are asked then, too.
	cleaned  atomic.Int64
	cleaners []Cleaner
}

// Left is what jobs could not clean up.
func (a *cleaning) Left() *Left { return &a.left }

// cleanAgain are the pauses between tries to do what was left to be done: an engine that has just come up may still be
// busy with what it ran before, and refuse.
var cleanAgain = []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second}

// CleanLeft does what was left to be done, again after a while where the engine refuses. It says so when it never
// works.
func (a *cleaning) CleanLeft(ctx context.Context, e *engine.Engine) {
	for try := 0; ; try++ {
		limited, cancel := context.WithTimeout(ctx, CleanTime)
		err := a.left.Clean(limited, e, try == len(cleanAgain))
		cancel()
		switch {
		case err == nil || ctx.Err() != nil || model.IsKind(err, model.ProblemConnectionLost):
			return // done, or the next connection tries again
		case try == len(cleanAgain):
			a.Tell(err, model.Say("actions.something-could-not-be-put"))
			return
		}
		select {
		case <-time.After(cleanAgain[try]):
		case <-ctx.Done():
			return
		}
	}
}

// CleanJob removes the containers of a job that never ran.
func CleanJob(ctx context.Context, e *engine.Engine, jobID string) error {
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

// Abandoned tells of a run of Slipway, or a job of one, that it has ended, so that what it left on the
// engine is nobody's any more. Of one on another computer that is not known: there it is so when what it
// left was made that long ago.
func (a *cleaning) Abandoned(run string, made time.Time, old time.Duration) bool {
	if strings.HasPrefix(run+"-", a.session.Run+"-") {
		return run != a.session.Run && !a.atWork(run)
	}
	if ended, known := platform.RunEnded(run); known {
		return ended
	}
	return time.Since(made) > old
}

// Cleaner looks on an engine for what a package above left there, and mends it. It is called once for each connection;
// all cleaners share one time, one after the other.
type Cleaner func(ctx context.Context, e *engine.Engine)

// CleanBy adds a cleaner. A package above calls it from its New, before the session starts.
func (a *cleaning) CleanBy(clean Cleaner) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.cleaners = append(a.cleaners, clean)
}

// cleanWhenBack is called when the connection changes. Once for each connection it does what was left to be done.
func (a *cleaning) cleanWhenBack(st session.State) {
	if st.Phase != session.Connected || a.cleaned.Swap(int64(st.Generation)) == int64(st.Generation) {
		return
	}
	a.Spawn(func(ctx context.Context) {
		e, err := a.session.Engine()
		if err != nil {
			return
		}
		a.CleanLeft(ctx, e)
		ctx, cancel := context.WithTimeout(ctx, CleanTime)
		defer cancel()
		a.mu.Lock()
		cleaners := slices.Clone(a.cleaners)
		a.mu.Unlock()
		for _, clean := range cleaners {
			clean(ctx, e)
		}
	})
}

// atWork tells whether a job runs.
func (a *cleaning) atWork(jobID string) bool {
	return slices.ContainsFunc(a.session.Jobs.List(), func(v job.View) bool {
		return v.ID == jobID && v.State == job.Running
	})
}
