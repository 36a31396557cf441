package commands

import (
	"strings"

	"slipway/engine/actions"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/words"
	"slipway/gui/kit"

	"fyne.io/fyne/v2"
)

// Fetch copies files and folders of a container into a folder of this computer.
func (s *Set) Fetch(c model.Container, inside []string, dir string) {
	s.actions.FetchFiles(c, inside, dir)
}

// Upload copies files and folders of this computer into a folder of a container. there are those that are in it by the
// same name, which are asked about. done is called on the UI thread when they are copied.
func (s *Set) Upload(c model.Container, local []string, inside string, there []string, done func()) {
	start := func() {
		j := s.actions.UploadFiles(c, local, inside)
		s.follow(j, func(job.View) {}, func(job.View) { done() })
	}
	if len(there) == 0 {
		start()
		return
	}
	lines := make([]string, len(local))
	for i, l := range local {
		lines[i] = actions.UploadCommand(c, l, inside).String()
	}
	var d *kit.Dialog
	cancel := kit.NewButton("overwrite.cancel", words.Say("common.cancel"), "", kit.Normal, func() { d.Cancel() })
	over := kit.NewButton("overwrite.go", words.Say("commands.overwrite"), "", kit.Danger, func() { d.Close(); start() })
	args := words.Args{
		"N": words.Count(len(there)), "First": words.Name(model.Visible(there[0])), "Names": firstOf(there),
		"Container": words.Name(c.Name), "Inside": words.Name(inside),
	}
	d = kit.NewDialog("overwrite", words.Say("commands.overwrite-in", args), words.Join(" ",
		words.Say("commands.in-already", args), words.Say("commands.what-is-in-there-now")), 600,
		kit.NewCodeLine("overwrite.command", s.Session.Shell(strings.Join(lines, "\n")), false),
		kit.Buttons(nil, []fyne.CanvasObject{cancel, over}))
	d.Open(s.canvas(), cancel)
}
