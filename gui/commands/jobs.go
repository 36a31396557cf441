package commands

import (
	"slipway/engine/job"
	"slipway/gui/kit"
	"slipway/gui/present"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// mostLines is how many lines of detail a job shows.
const mostLines = 12

// jobCard draws a job with everything that is known of it.
func (s *Set) jobCard(v job.View) fyne.CanvasObject {
	text, part := present.Progress(v)
	icon, ink := "jobs", style.Accent
	switch v.State {
	case job.Done:
		icon, ink, text = "check", style.OK, v.Result
	case job.Failed:
		icon, ink = "warning", style.Bad
		text = v.Problem.Error()
	case job.Cancelled:
		icon, ink, text = "close", style.Idle, "You cancelled it."
	}
	head := []fyne.CanvasObject{kit.NewIcon(icon, ink), kit.Grow(kit.NewText(v.Title, kit.Strong).ID("job." + v.ID + ".title"))}
	if v.State == job.Running && v.CanCancel {
		head = append(head, kit.NewButton("job."+v.ID+".cancel", "Cancel", "", kit.Normal, func() { s.Session.Jobs.Cancel(v.ID) }).Small())
	}
	if v.Problem != nil && v.Problem.Raw != "" {
		head = append(head, kit.NewButton("job."+v.ID+".details", "Details", "", kit.Normal, func() { s.ShowDetails(v.Problem) }).Small())
	}
	if v.CanRetry {
		head = append(head, kit.NewButton("job."+v.ID+".retry", "Try again", "refresh", kit.Normal, func() { s.Session.Jobs.Retry(v.ID) }).Small())
	}
	if v.State != job.Running {
		head = append(head, kit.NewButton("job."+v.ID+".dismiss", "", "close", kit.Quiet, func() { s.Session.Jobs.Dismiss(v.ID) }).Hint("Take it off the list"))
	}
	rows := []fyne.CanvasObject{kit.Across(10, head...)}
	if v.State == job.Running {
		bar := kit.NewBar()
		bar.Set(part)
		rows = append(rows, bar)
	}
	rows = append(rows, kit.NewParagraph(text, kit.Second).ID("job."+v.ID+".text"))
	if v.State == job.Running {
		for i, l := range v.Lines {
			if i == mostLines {
				rows = append(rows, kit.NewText("and more", kit.Second))
				break
			}
			rows = append(rows, lineRow(l))
		}
	}
	return kit.Card(kit.Down(6, rows...))
}

// lineRow draws one line of detail, such as a layer.
func lineRow(l job.Line) fyne.CanvasObject {
	amount := ""
	bar := kit.NewBar()
	if l.Total > 0 {
		amount = present.Size(l.Done) + " of " + present.Size(l.Total)
		bar.Set(float64(l.Done) / float64(l.Total))
	}
	return kit.Across(10, kit.Width(100, kit.NewText(l.ID, kit.Mono)), kit.Width(130, kit.NewText(l.Text, kit.Second)), kit.Grow(bar), kit.Width(130, kit.NewText(amount, kit.Second.Right())))
}
