package runform

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/runspec"
	"slipway/engine/session"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/kit/logview"
	"slipway/gui/post"
	"slipway/gui/present"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// typingPause is how long a person has to stop typing before the engine and this computer are asked.
const typingPause = 250 * time.Millisecond

// finding is what a check found out.
type finding struct {
	ref    string
	here   bool
	detail model.ImageDetail
	owners map[int]words.Text
	next   map[int]uint16
	source map[int]Source
	user   identity
	// networks are nil where they are not known.
	networks []model.Network
}

// check asks off the UI thread about the image, the ports and the folders of the form as it is now. A newer check
// replaces an older one.
func (v *view) check() {
	form, known, detail, here := v.form.copied(), v.asked, v.detail, v.here
	v.checker.Read(func(ctx context.Context, t *post.Turn) {
		if !post.Pause(ctx, typingPause) {
			return
		}
		f := finding{ref: known, detail: detail, here: here}
		if ref, err := ParseImage(form.Image); err == nil {
			if e, err := v.r.Session.Engine(); err == nil {
				d, err := e.Image(ctx, ref)
				if ctx.Err() != nil {
					return
				}
				f.ref, f.here, f.detail = ref, err == nil, d // what else is wrong, the run itself tells
				f.networks, _ = e.Networks(ctx)
			}
		}
		f.ports(v, form)
		if st := v.r.Session.State(); st.Locality != model.Elsewhere { // its folders are not this computer's
			if f.here {
				f.user = identityOf(f.detail, form.User, form.More, st.Info, st.Locality)
			}
			f.source = sources(form.Mounts, f.user)
		}
		t.Do(func() {
			if v.dialog.IsOpen() {
				v.take(f)
			}
		})
	})
}

func (f Form) copied() Form {
	f.Ports = append([]PortRow(nil), f.Ports...)
	f.Mounts = append([]MountRow(nil), f.Mounts...)
	f.Env = append([]EnvRow(nil), f.Env...)
	lists := make(map[ListKind][]string, len(f.Lists))
	for kind, list := range f.Lists {
		lists[kind] = slices.Clone(list)
	}
	f.Lists = lists
	return f
}

// mostAsked is how many ports of a range this computer is asked about; whether the rest are free the engine tells.
const mostAsked = 16

func (f *finding) ports(v *view, form Form) {
	f.owners, f.next = map[int]words.Text{}, map[int]uint16{}
	for i, row := range form.Ports {
		p, wrong, wrongHost := row.port()
		if !wrong.None() || !wrongHost.None() || p.HostPort == 0 || p.HostEnd != 0 {
			continue
		}
		owner, next := words.Text{}, uint16(0)
		for n := 0; n < min(p.Count(), mostAsked) && owner.None(); n++ {
			asked := p.HostPort + uint16(n)
			if v.hasPort(asked) {
				continue // it gives it up
			}
			use := v.r.Actions.Port(row.HostIP, asked, row.Protocol, v.changedID())
			owner, next = words.Of(use.Owner), use.Next
		}
		twice := slices.ContainsFunc(form.Ports[:i], func(o PortRow) bool {
			other, wrong, wrongHost := o.port()
			return wrong.None() && wrongHost.None() && collide(other, p)
		})
		switch {
		case !owner.None():
			if f.owners[i] = owner; p.Count() == 1 {
				f.next[i] = freeInForm(form, i, next, v)
			}
		case twice && p.HostPort < 65535 && p.Count() == 1:
			after := p.HostPort + 1
			if use := v.r.Actions.Port(row.HostIP, after, row.Protocol, v.changedID()); !use.Owner.None() {
				after = use.Next
			}
			f.next[i] = freeInForm(form, i, after, v)
		}
	}
}

// hasPort tells whether the container that is changed has a port itself.
func (v *view) hasPort(n uint16) bool {
	return v.changes != nil && slices.ContainsFunc(v.changes.Container.Ports, func(p model.PublishedPort) bool {
		return p.HostPort == n
	})
}

// changedID is the container that gives its ports up for the new one, "" where none does.
func (v *view) changedID() string {
	if v.changes == nil {
		return ""
	}
	return v.changes.Container.ID
}

// freeInForm is the first free port from next on that no other row of the form uses.
func freeInForm(form Form, row int, next uint16, v *view) uint16 {
	for next != 0 {
		used := false
		for j, p := range form.Ports {
			used = used || j != row && p.Protocol == form.Ports[row].Protocol && p.HostPort == strconv.Itoa(int(next))
		}
		if !used {
			return next
		}
		next++
		if use := v.r.Actions.Port(form.Ports[row].HostIP, next, form.Ports[row].Protocol, v.changedID()); !use.Owner.None() {
			next = use.Next
		}
	}
	return 0
}

// take brings what was found into the form. When the image became known, what it says about itself is filled in where
// nobody typed.
func (v *view) take(f finding) {
	fresh := f.ref != v.asked || f.here != v.here
	v.portsKnown = true
	v.asked, v.here, v.detail = f.ref, f.here, f.detail
	v.facts.PortOwners, v.facts.NextFree, v.facts.Sources, v.facts.user = f.owners, f.next, f.source, f.user
	v.facts.Image, v.facts.Notebook = model.ImageDetail{}, v.r.Launcher.IsNotebook(v.form.Image)
	if f.here {
		v.facts.Image = f.detail
	}
	if f.networks != nil && !slices.Equal(v.networks, f.networks) {
		v.networks = f.networks
		v.buildMore()
	}
	if fresh {
		v.offerFolder()
	}
	if fresh && v.here && !v.portsTouched {
		v.form.Ports, _ = exposed(v.detail)
		v.facts.PortOwners, v.facts.NextFree = nil, nil
		v.fillTargets()
		v.buildRows()
		v.refresh()
		v.portsKnown = false
		v.check() // the new ports have not been looked at
		return
	}
	if fresh && !v.here && !v.portsTouched {
		v.form.Ports = nil // they were another image's
	}
	if v.freePorts() || fresh {
		v.fillTargets()
		v.buildRows()
	}
	v.refresh()
	if v.waiting {
		v.submit()
	}
}

// offerFolder adds an empty row for the folder of a notebook, in which a person's work is lost without one.
func (v *view) offerFolder() {
	v.form.Mounts = slices.DeleteFunc(v.form.Mounts, func(m MountRow) bool { return m.Offered && m.Source == "" })
	place := notebook.WorkPlace(v.detail, nil)
	if v.here && v.key == "" && len(v.form.Mounts) == 0 && place != "" && v.r.Launcher.IsNotebook(v.form.Image) &&
		v.r.Session.State().Locality.SharesFolders() {
		v.form.Mounts = []MountRow{{Kind: runspec.Bind, Target: place, Offered: true}}
	}
}

// settled tells whether the image was looked at, and the ports that it brought. A port that is taken after that is not
// exchanged any more: what a person saw when they pressed Run is what is run.
func (v *view) settled() bool {
	ref, err := ParseImage(v.form.Image)
	return err != nil || ref == v.asked && v.portsKnown
}

// looking tells whether what the engine says about the form is still on its way.
func (v *view) looking() bool {
	return !v.settled() && v.r.Session.State().Phase == session.Connected
}

// freePorts replaces ports that were filled in and turned out to be taken, and tells whether it did.
func (v *view) freePorts() bool {
	if v.portsTouched {
		return false
	}
	changed := false
	for i, owner := range v.facts.PortOwners {
		if next := v.facts.NextFree[i]; !owner.None() && next != 0 && i < len(v.form.Ports) {
			v.form.Ports[i].HostPort = strconv.Itoa(int(next))
			delete(v.facts.PortOwners, i)
			changed = true
		}
	}
	return changed
}

// fillTargets proposes a place for mounts that have none.
func (v *view) fillTargets() {
	for i := range v.form.Mounts {
		if v.form.Mounts[i].Target != "" {
			continue
		}
		taken := v.takenTargets()
		for _, m := range v.anonymous() { // its volume goes with it
			taken = append(taken, m.Destination)
		}
		v.form.Mounts[i].Target = notebook.WorkPlace(v.detail, taken)
	}
}

// submit runs the form as one job and stays until it succeeded.
func (v *view) submit() {
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
func (v *view) change() {
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
func (v *view) changeBegun(j *job.Job) {
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
func (v *view) changeEnded(j job.View, name string) {
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
func (v *view) readAgain() {
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
func (v *view) follow(ctx context.Context, j *job.Job) {
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

func (v *view) ended(j job.View) {
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
func (v *view) fail(p *model.Problem) {
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
