package gui

import (
	"fmt"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/page"
	"slipway/gui/present"
)

// jobsChanged shows what runs, and says how jobs ended.
func (d *Desk) jobsChanged() {
	views := d.session.Jobs.List()
	if young := d.strip.jobs(views); young {
		time.AfterFunc(soon, func() { d.jobsLatest.Do(d.jobsChanged) }) // it may not tell by itself that it still runs
	}
	d.commands.JobsChanged()
	for _, p := range d.pages {
		p.Jobs(views)
	}
	d.showDoing(views)
	ended := map[string]bool{} // of those that are still on the list, so that it does not grow
	for _, v := range views {
		if v.State == job.Running {
			d.offerUndo(v)
			continue
		}
		restarts := d.undoStopped[v.ID]
		delete(d.undoStopped, v.ID)
		d.withdrawUndo(v.ID)
		ended[v.ID] = true
		if !d.ended[v.ID] {
			d.sayEnded(v, restarts)
		}
	}
	d.ended = ended
}

// sayEnded says how a job ended, unless what began it does. restarts tells that containers are started again if it was
// undone.
func (d *Desk) sayEnded(v job.View, restarts bool) {
	for _, p := range d.pages {
		p.Ended(v)
	}
	switch v.State {
	case job.Failed:
		if !d.commands.ShownInForm(v) && !d.shownByAPage(v.ID) {
			d.commands.ShowFailure(v)
		}
	case job.Cancelled:
		d.sayCancelled(v, restarts)
	case job.Done:
		quiet := slices.ContainsFunc(d.pages, func(p page.Page) bool { return p.ShowsEnd(v.ID) })
		if !v.Result.None() && !quiet { // else its card and its button say it, which a message would cover
			d.sayDone(v)
		}
	}
}

// shownByAPage tells that a page itself shows that a job failed or was cancelled.
func (d *Desk) shownByAPage(jobID string) bool {
	return slices.ContainsFunc(d.pages, func(p page.Page) bool { return p.ShowsFailure(jobID) })
}

func (d *Desk) sayCancelled(v job.View, restarts bool) {
	n := kit.Notice{
		Title: words.Say("gui.cancelled", words.Args{"Title": v.Title}), Text: words.Of(v.Remains),
		Brief: len(v.Remains.Each()) < 2,
	}
	switch {
	case v.Undone:
		n = kit.Notice{
			Title: words.Say("gui.undone", words.Args{"Title": v.Title}),
			Text:  words.Say("gui.nothing-was-deleted"), Brief: true,
		}
		if restarts {
			n.Text = words.Join(" ", n.Text, words.Say("gui.what-was-running-is-started"))
		}
	case d.shownByAPage(v.ID):
		n = kit.Notice{
			Title: words.Say("common.cancelled"),
			Text:  words.Say("gui.everything-is-as-it-was"), Brief: true,
		}
	case v.Remains.None():
		return
	}
	d.commands.Notices.Show(n)
}

func (d *Desk) sayDone(v job.View) {
	dismiss := func() {}
	next := d.commands.Next(v, func() { dismiss() })
	n := kit.Notice{Title: words.Of(v.Result), Text: words.Of(model.Fact{}.And(v.Notes...)), Buttons: next}
	n.Brief = len(next) < 2 || v.Deed.Pulled() != "" // its page has them, too
	dismiss = d.commands.Notices.Show(n)
}

// showDoing has the page say what is being done to its rows, and no more when that has ended: an engine may tell
// nothing of either.
func (d *Desk) showDoing(views []job.View) {
	runs := ""
	for _, v := range views {
		if v.State == job.Running {
			runs += fmt.Sprint(v.ID, v.Doing, " ")
		}
	}
	if runs != d.runs {
		d.runs = runs
		d.page.Refresh()
	}
}

// offerUndo shows for as long as a removal can be undone how to do that.
func (d *Desk) offerUndo(v job.View) {
	if v.HeldUntil.IsZero() || v.Cancelling {
		d.withdrawUndo(v.ID)
		return
	}
	if d.undo[v.ID] != nil && d.undoUntil[v.ID].Equal(v.HeldUntil) {
		return
	}
	if d.undo[v.ID] != nil { // the time began anew
		d.undo[v.ID]()
	}
	d.undoUntil[v.ID] = v.HeldUntil
	again := words.Text{}
	if slices.ContainsFunc(v.Held, func(id string) bool {
		c, ok := d.session.Live.Snapshot().Container(id)
		return ok && !c.Running() && c.FinishedAt.After(v.Started) // one with --rm runs on until then
	}) {
		again = words.Say("gui.what-was-running-starts-again")
	}
	d.undoStopped[v.ID] = !again.None()
	undo := kit.NewButton("notice.undo", words.Say("gui.undo"), "undo", kit.Normal,
		func() { d.session.Jobs.Cancel(v.ID) }).Small()
	d.undo[v.ID] = d.commands.Notices.Show(kit.Notice{
		Icon: "undo", Title: present.Doing(v.Deed), Until: v.HeldUntil,
		Text: words.Say("gui.nothing-is-deleted-until-then").And(again), Buttons: []fyne.CanvasObject{undo},
	})
	d.page.Refresh()
}

// withdrawUndo takes the offer away.
func (d *Desk) withdrawUndo(id string) {
	if dismiss := d.undo[id]; dismiss != nil {
		dismiss()
		delete(d.undo, id)
		delete(d.undoUntil, id)
		d.page.Refresh()
	}
}
