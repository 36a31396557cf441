package runform

import (
	"context"
	"strings"
	"time"

	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/kit/logview"
	"slipway/gui/post"
	"slipway/gui/present"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// submission is the foot of the view: the buttons, and what they began.
type submission struct {
	*sheet
	waiting bool   // Run was pressed before the image was looked at
	asking  bool   // a change was begun: there is a question, or will be
	inPlace bool   // what is being asked for is done to the container itself
	tried   bool   // Run was pressed: empty fields are errors now
	jobID   string // of the run that this form started
	stopJob func()

	status            *kit.Text
	progress          *kit.Bar
	problem           *fyne.Container
	run, cancel, over *kit.Button
}

// goesOn remembers the form of a job that goes on without it.
func (v *submission) goesOn(jobID string) {
	if v.r.behind == nil {
		v.r.behind = map[string]sent{}
	}
	v.r.behind[jobID] = sent{form: v.form.copied(), changes: v.changes, had: v.facts.Had, key: v.key}
}

// submit runs the form as one job and stays until it succeeded.
func (v *submission) submit() {
	if v.looking() {
		v.waiting = true // what is found out fills in and corrects first
		return
	}
	v.waiting = false
	v.tried = true
	v.refresh()
	if !v.run.Enabled() || v.progress.Visible() || v.asking {
		return
	}
	v.portsTouched = true // what was confirmed is not changed any more, not even by a failure
	v.problem.RemoveAll()
	if v.changes != nil {
		v.change()
		return
	}
	j, err := v.r.Actions.Run(v.form.Spec())
	if err != nil {
		v.fail(model.AsProblem(err, model.Say("runform.cannot-run-the-image")))
		return
	}
	v.jobID = j.ID()
	v.progress.Set(0)
	v.progress.Show()
	v.run.SetEnabled(false, words.Say("runform.it-is-being-run"))
	v.cancel.SetText(words.Say("runform.continue-in-the-background"))
	v.over.Hide()
	v.dialog.Relayout()
	v.stopJob = v.r.Work.Go(func(ctx context.Context) { v.follow(ctx, j) })
}

// change begins the change of a container. The form stays beneath the question about it, for who goes back to it.
func (v *submission) change() {
	w := *v.changes
	w.Want = v.form.Spec()
	v.asking = true
	v.run.SetEnabled(false, words.Say("runform.the-engine-is-being-asked"))
	v.inPlace = w.InPlace(v.r.Session.State().Info)
	v.r.Swaps.Change(w, func(j *job.Job) {
		post.Do(func() { v.changeBegun(j) })
		if j == nil {
			return
		}
		v.r.Work.Go(func(ctx context.Context) {
			_ = j.Wait(ctx)
			post.Do(func() { v.changeEnded(j.View(), w.Want.Name) })
		})
	})
}

// changeBegun closes the form; where the change is in place, it stays until the engine has said whether it takes it. j
// is nil when it did not come to that.
func (v *submission) changeBegun(j *job.Job) {
	switch {
	case j == nil:
		v.asking = false
		v.refresh()
	case v.inPlace && v.dialog.IsOpen():
		v.jobID = j.ID()
	default:
		v.asking = false
		delete(v.r.drafts, v.key)
		v.goesOn(j.ID())
		v.dialog.Close()
	}
}

// changeEnded closes the form of what was changed in place, or shows why it was not.
func (v *submission) changeEnded(j job.View, name string) {
	if j.State == job.Done {
		delete(v.r.behind, j.ID)
		delete(v.r.drafts, v.key)
		v.r.Ran(name)
	}
	if v.jobID != j.ID || !v.dialog.IsOpen() {
		return
	}
	v.asking, v.jobID = false, ""
	if j.Problem == nil {
		v.dialog.Close()
		return
	}
	v.fail(j.Problem)
	v.readAgain()
}

// readAgain asks anew what the container has: a part of a change that failed may have been done.
func (v *submission) readAgain() {
	c := v.changes.Container
	v.r.Work.Go(func(ctx context.Context) {
		spec, _, err := v.r.Actions.RunLine(ctx, c)
		if err != nil {
			return // the next try says so
		}
		had := FromSpec(spec, map[string]bool{})
		had.Name = c.Name
		post.Do(func() {
			v.changes.Had = had.Spec()
			v.refresh()
		})
	})
}

// follow shows the job in the form until it ends or the form is closed; the job goes on by itself.
func (v *submission) follow(ctx context.Context, j *job.Job) {
	var latest post.Latest
	tick := time.NewTicker(150 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-j.Done():
			post.Do(func() { v.ended(j.View()) })
			return
		case <-tick.C:
			view := j.View()
			latest.Do(func() {
				text, part := present.Progress(view)
				v.status.Set(text)
				v.progress.Set(part)
			})
		}
	}
}

func (v *submission) ended(j job.View) {
	if !v.dialog.IsOpen() {
		return
	}
	v.progress.Hide()
	v.cancel.SetText(words.Say("common.cancel"))
	if v.kept != nil {
		v.over.Show()
	}
	v.status.Set(words.Text{})
	switch j.State {
	case job.Done:
		v.checker.Rest()
		delete(v.r.drafts, v.key)
		v.dialog.Close()
		if v.r.Ran != nil {
			v.r.Ran(v.form.Name)
		}
	case job.Cancelled:
		v.changed()
		v.status.Set(words.Say("runform.you-cancelled-it-the-form"))
	default:
		v.fail(j.Problem)
	}
}

// fail shows why it did not run. The form stays as it was.
func (v *submission) fail(p *model.Problem) {
	text := kit.Down(2, kit.NewParagraph(words.Of(p.What), kit.Strong.In(style.Bad)).ID("run.problem.what"),
		kit.NewParagraph(words.Details(p), kit.Second).ID("run.problem.why"))
	if p.Kind == model.ProblemExited {
		text.Add(kit.NewParagraph(words.Raw(lastOf(p.Raw(), 3)), kit.Mono).ID("run.problem.lines"))
	}
	row := []fyne.CanvasObject{kit.NewIcon("warning", style.Bad), kit.Grow(text)}
	if command := p.Command.String(); command != "" {
		row = append(row, kit.CopyButton("run.problem.copy", words.Say("common.copy-command",
			words.Args{"Command": words.Name(command)}), func() string { return command }))
	}
	if p.Raw() != "" {
		row = append(row, kit.NewButton("run.problem.details", words.Say("common.details"), "", kit.Normal,
			func() {
				logview.ShowDetails(v.r.Window.Canvas(), words.Of(p.What), words.Details(p), words.Raw(p.Raw()))
			}).Small())
	}
	v.problem.RemoveAll()
	v.problem.Add(kit.NewBox(kit.Pad(kit.Across(8, row...), 4, 10, 4, 10), style.Surface, style.Bad, style.Radius))
	v.dialog.Relayout()
	v.changed()
}

// lastOf is the last n lines of a text.
func lastOf(text string, n int) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
