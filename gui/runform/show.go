package runform

import (
	"maps"
	"strings"

	"slipway/engine/actions"
	"slipway/engine/job"
	"slipway/engine/launcher"
	"slipway/engine/live"
	"slipway/engine/model"
	"slipway/engine/runspec"
	"slipway/engine/session"
	"slipway/engine/settings"
	"slipway/engine/swap"
	"slipway/engine/words"
	"slipway/gui/post"

	"fyne.io/fyne/v2"
)

// Runner shows the run form in a window. Its fields are set once; its methods belong to the UI thread.
type Runner struct {
	Session  *session.Session
	Actions  *actions.Actions
	Swaps    *swap.Swaps
	Launcher *launcher.Launcher
	Settings *settings.File
	Work     *post.Work
	Window   fyne.Window

	// Pasted is handed a command that was pasted over the image; the form is closed by then.
	Pasted func(text string) bool
	// Ran is told the name of a container that was run, after the form closed.
	Ran func(name string)

	open *view
	// drafts are what was typed in forms that were closed without running, by their keys: it is offered, never filled in
	// unasked.
	drafts map[string]Form
	// behind are forms whose jobs go on in the background, by the job's ID.
	behind map[string]sent
}

// sent is what a form said when it was closed while its job goes on.
type sent struct {
	form Form
	// changes is the container that it changes; nil for a new one.
	changes *swap.Change
	had     *Form
	key     string
}

// Show opens the form for an image, or empty with "".
func (r *Runner) Show(image string) { r.show(newView(r), image, nil) }

func (r *Runner) show(v *view, image string, filled *Form) {
	if r.open != nil && r.open.dialog.IsOpen() {
		return
	}
	r.open = v
	v.show(image, filled)
}

// Filled opens the form filled in.
func (r *Runner) Filled(s runspec.Spec) {
	taken := Names(r.Session.Live.Snapshot())
	form := FromSpec(s, taken)
	if s.Name == "" {
		form.Name = SuggestName(s.Image, taken)
	}
	v := newView(r)
	v.again = true // nothing else is offered
	r.show(v, form.Image, &form)
}

// Like prepares the form as a container was made, for another one like it, off the UI thread; what it returns opens it.
// left is what of the container no form has.
func (r *Runner) Like(c model.Container, s runspec.Spec, left []model.Fact) (show func()) {
	form := FromSpec(s, Names(r.Session.Live.Snapshot()))
	had := form.copied()
	return func() {
		v := newView(r)
		v.key, v.left, v.facts.Had = "like:"+c.ID, left, &had
		r.show(v, form.Image, &form)
	}
}

// Change prepares the form with the settings of a container, to change them, off the UI thread; what it returns opens
// it.
func (r *Runner) Change(c model.Container, s runspec.Spec) (show func()) {
	form := FromSpec(s, map[string]bool{})
	form.Name = c.Name
	had := form.copied()
	return func() {
		r.show(r.changing(swap.Change{Container: c, Had: form.Spec()}, &had), form.Image, &form)
	}
}

// changing is a form that changes a container.
func (r *Runner) changing(w swap.Change, had *Form) *view {
	v := newView(r)
	v.key, v.changes, v.facts.Had, v.facts.Changing = w.Container.ID, &w, had, true
	return v
}

// reopen opens a form anew, with other things filled in.
func (r *Runner) reopen(was *view, form Form) {
	v := newView(r)
	v.key, v.changes, v.left, v.again = was.key, was.changes, was.left, true
	v.facts.Had, v.facts.Changing = was.facts.Had, was.facts.Changing
	delete(r.drafts, was.key)
	r.show(v, form.Image, &form)
	v.typed = true
}

// Shows tells whether the open form itself shows how a job failed: one of its own, also when that was over before the
// form was told that it had begun.
func (r *Runner) Shows(j job.View) bool {
	if r.open == nil || !r.open.dialog.IsOpen() {
		return false
	}
	asked := r.open.asking && r.open.inPlace && j.Deed.Verb == model.VerbUpdate && j.Deed.On(r.open.changes.Container.ID)
	return asked || r.open.jobID == j.ID
}

// Again opens the form as it was when it started the job with this ID and was closed meanwhile. It is nil when no form
// did.
func (r *Runner) Again(jobID string) (open func()) {
	was, ok := r.behind[jobID]
	if !ok {
		return nil
	}
	form := was.form.copied()
	return func() {
		v := newView(r)
		if was.changes != nil {
			v = r.changing(*was.changes, was.had)
		}
		v.key, v.facts.Had, v.again = was.key, was.had, true
		r.show(v, form.Image, &form)
		v.typed = true
	}
}

// LiveChanged looks at the open form again, because the engine's containers or images changed.
func (r *Runner) LiveChanged() {
	r.forget()
	if r.open != nil && r.open.dialog.IsOpen() && !r.open.progress.Visible() {
		r.open.refresh()
		if r.open.settled() { // else a check is on its way, which looks at all of it
			r.open.check()
		}
	}
}

// forget drops what was typed for containers that are gone, and for jobs that ended well: there may be secrets in it.
func (r *Runner) forget() {
	if snap := r.Session.Live.Snapshot(); snap.ContainersComplete && snap.Problem == nil {
		maps.DeleteFunc(r.drafts, func(key string, _ Form) bool {
			_, there := snap.Container(strings.TrimPrefix(key, "like:"))
			return key != "" && !there
		})
	}
	if len(r.behind) == 0 {
		return
	}
	for _, j := range r.Session.Jobs.List() {
		if j.State == job.Done {
			delete(r.behind, j.ID)
		}
	}
}

// Drop puts dropped folders, and variables of dropped .env files, into the open form; without one it opens one.
// It tells whether it took any.
func (r *Runner) Drop(folders []string) bool {
	if len(folders) == 0 {
		return false
	}
	if r.open == nil || !r.open.dialog.IsOpen() {
		if r.Window.Canvas().Overlays().Top() != nil {
			return false // another question is open
		}
		r.Show("")
	}
	for _, f := range folders {
		if isEnvFile(f) {
			v := r.open
			v.rows.readEnv(f, func(list []runspec.Env, why words.Text) {
				switch {
				case !v.dialog.IsOpen():
				case !why.None():
					v.status.Set(why)
				default:
					v.rows.addEnv(list)
				}
			})
			continue
		}
		r.open.rows.addMount(runspec.Bind, f)
	}
	return true
}

// Names are the names of all containers.
func Names(snap *live.Snapshot) map[string]bool {
	names := make(map[string]bool, len(snap.Containers))
	for _, c := range snap.Containers {
		names[c.Name] = true
	}
	return names
}

// volumeNames are the volumes that a person named.
func volumeNames(snap *live.Snapshot) []string {
	var names []string
	for _, v := range snap.Volumes {
		if !v.Anonymous {
			names = append(names, v.Name)
		}
	}
	return names
}

// imageNames are the names of all images.
func imageNames(snap *live.Snapshot) []string {
	var names []string
	for _, i := range snap.Images {
		names = append(names, i.Tags...)
	}
	return names
}
