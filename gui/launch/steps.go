package launch

import (
	"strings"

	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/present"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// stepList shows a launch: its steps while it runs, and why it failed.
type stepList struct {
	p       *Page
	box     *fyne.Container
	title   *kit.Text
	steps   *fyne.Container
	text    *kit.Text
	bar     *kit.Bar
	cancel  *kit.Button
	showing string // the job and the step that are shown
}

func newStepList(p *Page) *stepList {
	s := &stepList{p: p, box: kit.Down(0), steps: kit.Across(16)}
	s.title = kit.NewText(words.Text{}, kit.Strong).ID("launch.job")
	s.text = kit.NewText(words.Text{}, kit.Second).ID("launch.progress")
	s.bar = kit.NewBar()
	s.cancel = kit.NewButton("launch.cancel", words.Say("common.cancel"), "", kit.Normal, func() { p.job.Cancel() }).
		Small()
	s.box.Hide()
	return s
}

// show brings the list up to date with the job.
func (s *stepList) show(v job.View) {
	switch v.State {
	case job.Running:
		s.running(v)
	case job.Failed:
		s.failed(v)
	default:
		s.become("")
	}
}

// become rebuilds the list when something else is to be shown, and tells whether it has to be filled.
func (s *stepList) become(what string) bool {
	if s.showing == what {
		return false
	}
	s.showing = what
	s.box.RemoveAll()
	if what == "" {
		s.box.Hide()
		s.p.content.Refresh()
		return false
	}
	s.box.Show()
	return true
}

func (s *stepList) running(v job.View) {
	if s.become("run " + v.ID) {
		s.title.Set(words.Of(v.Title))
		s.box.Add(kit.Card(kit.Down(8, kit.Across(10, kit.Grow(s.title), s.cancel), s.steps, s.bar, s.text)))
	}
	s.steps.RemoveAll()
	for i, name := range v.Steps {
		icon, ink, sentence := "check", style.OK, kit.Second
		switch {
		case i == v.Step:
			icon, ink, sentence = "right", style.Accent, kit.Second.In(style.Text)
		case i > v.Step:
			icon, ink = "more", style.Idle
		}
		s.steps.Add(kit.Across(4, kit.NewIcon(icon, ink).Sized(14), kit.NewText(words.Of(name), sentence.Whole())))
	}
	text, part := present.Progress(v)
	s.text.Set(text)
	s.bar.Set(part)
	s.cancel.SetEnabled(v.CanCancel, words.Say("launch.it-is-being-cancelled"))
	s.p.content.Refresh()
}

// keptLines is how many of a container's last lines are shown without asking.
const keptLines = 4

func (s *stepList) failed(v job.View) {
	if !s.become("fail " + v.ID) {
		return
	}
	p := v.Problem
	text := kit.Down(4, kit.NewParagraph(words.Of(p.What), kit.Strong.In(style.Bad)).ID("launch.problem.what"),
		kit.NewParagraph(words.Details(p), kit.Second).ID("launch.problem.why"))
	// what it printed; the rest is in the details
	if lines := strings.Split(strings.TrimRight(p.Raw(), "\n"), "\n"); p.Kind == model.ProblemExited ||
		p.Kind == model.ProblemTimeout {
		text.Add(kit.NewParagraph(words.Raw(kit.Clean(strings.Join(lines[max(0, len(lines)-keptLines):], "\n"))), kit.Mono).
			ID("launch.problem.lines"))
	}
	row := []fyne.CanvasObject{kit.NewIcon("warning", style.Bad), kit.Grow(text)}
	if command := p.Command.String(); command != "" {
		row = append(row, kit.CopyButton("launch.problem.copy", words.Say("common.copy-command",
			words.Args{"Command": words.Name(command)}), func() string { return command }))
	}
	if s.p.plan.Exists() && !s.p.plan.Running() && p.Kind == model.ProblemPortTaken {
		old, l := s.p.plan.Server, s.p.one(s.p.plan.Server).likeBefore()
		row = append(row,
			kit.NewButton("launch.problem.port", words.Say("launch.use-another-port"), "", kit.Normal,
				func() { s.p.one(old).askPort(l) }).Small())
	}
	if p.Raw() != "" {
		row = append(row,
			kit.NewButton("launch.problem.details", words.Say("common.details"), "", kit.Normal,
				func() { s.p.commands.ShowDetails(p) }).Small())
	}
	row = append(row,
		kit.NewButton("launch.problem.close", words.Text{}, "close", kit.Quiet,
			func() { s.p.job = nil; s.become("") }).Hint(words.Say("common.close")))
	s.box.Add(kit.NewBox(kit.Pad(kit.Across(8, row...), 10, 12, 10, 14), style.Surface, style.Bad, style.Radius))
	s.p.content.Refresh()
}
