// Package job runs long work that outlives the dialog that started it: progress in bytes, time left, lines of
// detail, cancel, result and retry. It knows nothing of Docker or of a window.
package job

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"slipway/engine/model"
)

// State is how far a job is.
type State string

// The states of a job. Only Running can change.
const (
	Running   State = "running"
	Done      State = "done"
	Failed    State = "failed"
	Cancelled State = "cancelled"
)

// Progress is how much of the work is done. It never guesses: what is not known is said to be unknown.
type Progress struct {
	// Done and Total are bytes. Total is at least what is needed; it is the whole only when Known.
	Done, Total int64
	Known       bool
	// Phase says in a few words what is being done, for example "Downloading".
	Phase model.Fact
	// Left is the time left, 0 when unknown.
	Left time.Duration
}

// Line is one part of the work that has a progress of its own, for example a layer of an image.
type Line struct {
	ID, Text    string
	Done, Total int64
}

// Item is one of several things that a job works on.
type Item struct {
	Name string
	// State is "" before it is begun; Cancelled for one that was left as it is.
	State State
	// Text says what came of it.
	Text model.Fact
}

// View is what can be said about a job at one moment. It is a copy: it does not change afterwards.
type View struct {
	ID    string
	Title model.Fact
	// Deed is what it does.
	Deed     model.Deed
	State    State
	Progress Progress
	Lines    []Line
	// Items are the things that a job for several works on, in order; they stay when it has ended.
	Items []Item
	// Steps are the named parts of the work, in order, all known from the start; Step is the one that is under way, or
	// that it ended in. Empty where the work has no such parts.
	Steps []model.Fact
	Step  int
	// Result is a sentence about how it ended well, Notes are what else is to be known then; Problem why it did not.
	Result  model.Fact
	Notes   []model.Fact
	Problem *model.Problem
	// Remains says, as a sentence, how things are if it was cancelled, where that has to be said; else it is "".
	Remains model.Fact
	// Folder is the folder of this computer that it wrote into and that a person may want to open, "" for none.
	Folder string
	// Command is [model.Command.Masked]: a view may be shown, dumped and copied.
	Command   model.Command
	CanRetry  bool
	CanCancel bool
	// Cancelling tells that it was cancelled and clears up.
	Cancelling bool
	// HeldUntil is set while the work waits so that it can be undone by cancelling it; Held are the IDs that it is about.
	HeldUntil time.Time
	Held      []string
	// Doing is the docker verb of what is being done right now to things, by their IDs, where that takes its time.
	Doing map[string]string
	// Undone tells that it was cancelled in that time.
	Undone         bool
	Started, Ended time.Time
}

// Said is all that there is to say about how it ended well.
func (v View) Said() model.Fact { return v.Result.And(v.Notes...) }

// Work is what a job does. It returns the sentence for [View.Result]. It must end soon after ctx is cancelled, and
// clean up with a context of its own.
type Work func(ctx context.Context, r *Report) (result model.Fact, err error)

// Spec describes a job that shall be started.
type Spec struct {
	Title model.Fact
	// Deed is what it does.
	Deed model.Deed
	// Key joins: while a job with the same key runs, starting it again gives that one. Empty never joins.
	Key     string
	Command model.Command
	// Final work cannot be cancelled half way (a removal that was sent).
	Final bool
	// Once work is not offered for retry.
	Once bool
}

// Job is one piece of long work.
type Job struct {
	spec   Spec
	id     string
	owner  *Jobs
	cancel context.CancelFunc
	done   chan struct{}

	mu    sync.Mutex
	view  View
	final bool
	err   error
}

// ID is unique among the jobs of one [Jobs], and harmless in a label.
func (j *Job) ID() string { return j.id }

// Done is closed when the job has ended and cleaned up.
func (j *Job) Done() <-chan struct{} { return j.done }

// Cancel asks the job to stop. It returns at once; Done tells when it did.
func (j *Job) Cancel() {
	j.mu.Lock()
	may := !j.final && j.view.State == Running
	if may {
		j.view.Cancelling, j.view.CanCancel = true, false
		j.view.Undone = !j.view.HeldUntil.IsZero()
		j.cancel() // with mu held, so that Final cannot come between
	}
	j.mu.Unlock()
	if may {
		j.owner.notify()
	}
}

// Wait waits until the job has ended, and returns its error: nil, a [model.Problem] or context.Canceled when it was
// cancelled. When ctx ends first, the job goes on and ctx's error is returned.
func (j *Job) Wait(ctx context.Context) error {
	select {
	case <-j.done:
		j.mu.Lock()
		defer j.mu.Unlock()
		return j.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// View is the job as it is now.
func (j *Job) View() View {
	j.mu.Lock()
	defer j.mu.Unlock()
	v := j.view
	v.Lines = slices.Clone(v.Lines)
	return v
}

// Jobs owns all jobs of the application, running and ended.
type Jobs struct {
	ctx    context.Context
	stop   context.CancelFunc
	prefix string

	mu      sync.Mutex
	wg      sync.WaitGroup
	closed  bool
	next    int
	list    []*Job // oldest first
	work    map[*Job]Work
	changed func()
}

// keep is how many ended jobs stay readable.
const keep = 100

// New makes an empty list of jobs. The IDs of its jobs begin with prefix and a dash; it should differ between two runs
// of the application that share an engine.
func New(prefix string) *Jobs {
	ctx, stop := context.WithCancel(context.Background())
	return &Jobs{ctx: ctx, stop: stop, prefix: prefix, work: map[*Job]Work{}}
}

// OnChange sets what is called, from any goroutine and often, after something changed. It must return quickly.
func (js *Jobs) OnChange(fn func()) {
	js.mu.Lock()
	defer js.mu.Unlock()
	js.changed = fn
}

// Start begins the work, or joins the running job that has the same key; joined tells which.
func (js *Jobs) Start(spec Spec, work Work) (j *Job, joined bool) {
	js.mu.Lock()
	if js.closed {
		js.mu.Unlock()
		return js.tooLate(spec), false
	}
	if spec.Key != "" {
		for _, other := range js.list {
			if other.spec.Key == spec.Key && other.running() {
				js.mu.Unlock()
				return other, true
			}
		}
	}
	js.next++
	ctx, cancel := context.WithCancel(js.ctx)
	j = &Job{
		spec: spec, id: js.prefix + "-" + strconv.Itoa(js.next), owner: js, cancel: cancel, done: make(chan struct{}),
		final: spec.Final,
	}
	j.view = View{
		ID: j.id, Title: spec.Title, Deed: spec.Deed, State: Running, Command: spec.Command.Masked(),
		CanCancel: !spec.Final, Started: time.Now(),
	}
	js.list = append(js.list, j)
	js.work[j] = work
	js.forgetOld()
	js.wg.Add(1)
	js.mu.Unlock()

	go j.run(ctx, work)
	js.notify()
	return j, false
}

// tooLate is a job that was asked for after the end: cancelled before it began, and on no list.
func (js *Jobs) tooLate(spec Spec) *Job {
	now := time.Now()
	j := &Job{spec: spec, owner: js, cancel: func() {}, done: make(chan struct{}), err: context.Canceled}
	j.view = View{
		Title: spec.Title, Deed: spec.Deed, State: Cancelled, Command: spec.Command.Masked(), Started: now, Ended: now,
	}
	close(j.done)
	return j
}

// Retry starts the same work again and takes the failed or cancelled job off the list. It returns nil when there is
// no such job, or none that can be retried.
func (js *Jobs) Retry(id string) *Job {
	old := js.find(id)
	if old == nil || !old.View().CanRetry {
		return nil
	}
	js.mu.Lock()
	work := js.work[old]
	delete(js.work, old) // of two who retry, one does
	js.mu.Unlock()
	if work == nil {
		return nil
	}
	js.Dismiss(id)
	j, _ := js.Start(old.spec, work)
	return j
}

// Cancel cancels the job with this ID, if it runs.
func (js *Jobs) Cancel(id string) {
	if j := js.find(id); j != nil {
		j.Cancel()
	}
}

// Dismiss takes an ended job off the list.
func (js *Jobs) Dismiss(id string) {
	js.mu.Lock()
	js.list = slices.DeleteFunc(js.list, func(j *Job) bool {
		gone := j.id == id && !j.running()
		if gone {
			delete(js.work, j)
		}
		return gone
	})
	js.mu.Unlock()
	js.notify()
}

// List is all jobs, the newest first.
func (js *Jobs) List() []View {
	js.mu.Lock()
	list := slices.Clone(js.list)
	js.mu.Unlock()
	views := make([]View, len(list))
	for i, j := range list {
		views[len(list)-1-i] = j.View()
	}
	return views
}

// Busy tells whether a job runs. It is cheaper than [Jobs.List].
func (js *Jobs) Busy() bool {
	js.mu.Lock()
	defer js.mu.Unlock()
	return slices.ContainsFunc(js.list, (*Job).running)
}

// Close cancels every job and waits until all have cleaned up. Later jobs are cancelled before they start.
func (js *Jobs) Close() {
	js.mu.Lock()
	js.closed = true
	js.changed = nil
	js.mu.Unlock()
	js.stop()
	js.wg.Wait()
}

func (js *Jobs) find(id string) *Job {
	js.mu.Lock()
	defer js.mu.Unlock()
	for _, j := range js.list {
		if j.id == id {
			return j
		}
	}
	return nil
}

// forgetOld drops the oldest ended jobs beyond what is kept. The caller holds mu.
func (js *Jobs) forgetOld() {
	for i := 0; len(js.list) > keep && i < len(js.list); {
		if js.list[i].running() {
			i++
			continue
		}
		delete(js.work, js.list[i])
		js.list = slices.Delete(js.list, i, i+1)
	}
}

func (js *Jobs) notify() {
	js.mu.Lock()
	fn := js.changed
	js.mu.Unlock()
	if fn != nil {
		fn()
	}
}

func (j *Job) running() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.view.State == Running
}

// run does the work and records how it ended.
func (j *Job) run(ctx context.Context, work Work) {
	defer j.owner.wg.Done()
	defer j.cancel()
	var result model.Fact
	err := model.Guard(model.Say("job.failed", model.Args{"Title": j.spec.Title}), func() (err error) {
		result, err = work(ctx, &Report{job: j})
		return err
	})

	j.mu.Lock()
	j.view.Ended = time.Now()
	j.view.CanCancel, j.view.Cancelling = false, false
	j.err = err
	switch {
	case err == nil:
		j.view.State, j.view.Result = Done, result
	case errors.Is(err, context.Canceled):
		j.view.State, j.err = Cancelled, context.Canceled
		j.view.CanRetry = !j.spec.Once
	default:
		j.view.Problem = model.AsProblem(err, model.Say("job.failed", model.Args{"Title": j.spec.Title}))
		j.view.State, j.err = Failed, j.view.Problem
		// What ran and was kept stands in the way of its own repetition.
		j.view.CanRetry = !j.spec.Once && j.view.Problem.Kind != model.ProblemExited
	}
	j.mu.Unlock()
	close(j.done)
	j.owner.notify()
}

// Report is how running work tells its progress.
type Report struct{ job *Job }

// JobID is the ID of the job that reports, for labels.
func (r *Report) JobID() string { return r.job.id }

// Progress replaces the job's progress.
func (r *Report) Progress(p Progress) { r.change(func(v *View) { v.Progress = p }) }

// Phase says what is being done now, with no amount known.
func (r *Report) Phase(text model.Fact) { r.Progress(Progress{Phase: text}) }

// Steps names the parts of the work that [Report.Step] will go through.
func (r *Report) Steps(names ...model.Fact) { r.change(func(v *View) { v.Steps = names }) }

// Folder tells into which folder of this computer the work writes what a person asked for.
func (r *Report) Folder(dir string) { r.change(func(v *View) { v.Folder = dir }) }

// Note adds sentences for [View.Notes]; empty ones are left out.
func (r *Report) Note(sentences ...model.Fact) {
	r.change(func(v *View) {
		for _, s := range sentences {
			if !s.None() {
				v.Notes = append(slices.Clip(v.Notes), s) // views share it
			}
		}
	})
}

// Remains says how things are if the work is cancelled now: a sentence for [View.Remains].
func (r *Report) Remains(text model.Fact) { r.change(func(v *View) { v.Remains = text }) }

// Step begins a named part; what was said of the one before is dropped.
func (r *Report) Step(name model.Fact) {
	r.change(func(v *View) {
		if i := slices.IndexFunc(v.Steps, func(s model.Fact) bool { return s.Code == name.Code }); i >= 0 {
			v.Step, v.Lines, v.Progress = i, nil, Progress{Phase: name}
		}
	})
}

// Final tells that the work cannot be cancelled from now on. It returns false when it was cancelled already: then the
// work has to end.
func (r *Report) Final() bool {
	r.job.mu.Lock()
	may := !r.job.view.Cancelling
	if may {
		r.job.final, r.job.view.CanCancel = true, false
	}
	r.job.mu.Unlock()
	r.job.owner.notify()
	return may
}

// Command says which command the work equals, where that shows only while it runs.
func (r *Report) Command(c model.Command) { r.change(func(v *View) { v.Command = c.Masked() }) }

// Lines replaces the lines of detail.
func (r *Report) Lines(lines []Line) {
	own := slices.Clone(lines)
	r.change(func(v *View) { v.Lines = own })
}

// Hold tells that the work waits until then, so that it can be undone by cancelling it, and about which things. A zero
// time tells that it goes on.
func (r *Report) Hold(until time.Time, ids []string) {
	r.change(func(v *View) {
		v.HeldUntil, v.Held = until, slices.Clone(ids)
		if !until.IsZero() {
			v.Progress = Progress{Phase: model.Say("job.you-can-still-undo-it")}
		}
	})
}

// Doing tells the docker verb of what is being done to a thing from now on, "" for nothing any more.
func (r *Report) Doing(id, verb string) {
	r.change(func(v *View) {
		now := maps.Clone(v.Doing) // views share it
		if now == nil {
			now = map[string]string{}
		}
		now[id] = verb
		if verb == "" {
			delete(now, id)
		}
		v.Doing = now
	})
}

// Items replaces what is known of the things that the job works on.
func (r *Report) Items(items []Item) {
	own := slices.Clone(items)
	r.change(func(v *View) { v.Items = own })
}

func (r *Report) change(fn func(*View)) {
	r.job.mu.Lock()
	fn(&r.job.view)
	r.job.mu.Unlock()
	r.job.owner.notify()
}
