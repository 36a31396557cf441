package commands

import (
	"cmp"
	"context"
	"path/filepath"

	"slipway/engine/model"
	"slipway/engine/platform"
	"slipway/engine/settings"
	"slipway/engine/words"
	"slipway/gui/kit/chooser"
)

// What is saved from containers and volumes and what is put into them usually goes to one place and comes from one.
// Both are remembered; until there is one, a chooser begins where the person works.

// saveStart is the folder that what is saved goes into, as far as it is known.
func (s *Set) saveStart() string {
	v := s.Settings.Get()
	return cmp.Or(v.SaveFolder, v.Folder)
}

// AskSaveFolder asks for the folder that something is saved into; use is on the button. chosen is called on the UI
// thread, and not at all when nothing was chosen.
func (s *Set) AskSaveFolder(title words.Text, use words.Text, chosen func(dir string)) {
	chooser.Folder(s.Window, s.Work, chooser.Question{Title: title, Use: use, Start: s.saveStart()}, func(dir string) {
		s.rememberSaved(dir)
		chosen(dir)
	})
}

// rememberSaved makes dir the folder that the next chooser begins in.
func (s *Set) rememberSaved(dir string) {
	s.Remember(func(v *settings.Values) { v.SaveFolder = dir })
}

// AskFiles asks for files that are read, beginning where the last ones were. chosen is called as that of
// [Set.AskSaveFolder] is.
func (s *Set) AskFiles(q chooser.Question, chosen func(paths []string)) {
	v := s.Settings.Get()
	q.Start = cmp.Or(v.ReadFolder, v.Folder)
	chooser.Files(s.Window, s.Work, q, func(paths []string) {
		if len(paths) == 0 {
			return
		}
		s.Remember(func(v *settings.Values) { v.ReadFolder = filepath.Dir(paths[0]) })
		chosen(paths)
	})
}

// OpenIn opens a folder in an editor of this computer.
func (s *Set) OpenIn(e platform.Editor, folder string) {
	s.Work.Go(func(ctx context.Context) {
		if p := model.AsProblem(platform.OpenIn(ctx, e, folder),
			model.Say("commands.cannot-open", words.Args{"Name": words.Name(e.Name)})); p != nil && ctx.Err() == nil {
			s.Tell(p)
		}
	})
}
