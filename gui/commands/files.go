package commands

import (
	"strings"

	"slipway/engine/actions"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/gui/kit"
	"slipway/gui/present"

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
	cancel := kit.NewButton("overwrite.cancel", "Cancel", "", kit.Normal, func() { d.Cancel() })
	over := kit.NewButton("overwrite.go", "Overwrite", "", kit.Danger, func() { d.Close(); start() })
	first := model.Visible(there[0])
	what, names := "“"+first+"”", first+" is"
	if len(there) > 1 {
		what, names = present.Count(len(there), "thing"), firstOf(there)+" are"
	}
	how := "What is in there now is lost. In a folder only files of the same names are replaced."
	d = kit.NewDialog("overwrite", "Overwrite "+what+" in “"+c.Name+"”?",
		names+" in "+inside+" already. "+how, 600,
		kit.NewCodeLine("overwrite.command", s.Session.Shell(strings.Join(lines, "\n")), false),
		kit.Buttons(nil, []fyne.CanvasObject{cancel, over}))
	d.Open(s.canvas(), cancel)
}
