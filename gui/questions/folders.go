package questions

import (
	"cmp"
	"path/filepath"

	"slipway/engine/settings"
	"slipway/engine/words"
	"slipway/gui/kit/chooser"
)

// What is saved from containers and volumes and what is put into them usually goes to one place and comes from one.
// Both are remembered; until there is one, a chooser begins where the person works.

// SaveStart is the folder that what is saved goes into, as far as it is known.
func (s *Questions) SaveStart() string {
	v := s.Chosen()
	return cmp.Or(v.SaveFolder, v.Folder)
}

// AskSaveFolder asks for the folder that something is saved into; use is on the button. chosen is called on the UI
// thread, and not at all when nothing was chosen.
func (s *Questions) AskSaveFolder(title words.Text, use words.Text, chosen func(dir string)) {
	chooser.Folder(s.Window, s.Work, chooser.Question{Title: title, Use: use, Start: s.SaveStart()}, func(dir string) {
		s.RememberSaved(dir)
		chosen(dir)
	})
}

// RememberSaved makes dir the folder that the next chooser begins in.
func (s *Questions) RememberSaved(dir string) {
	s.Remember(func(v *settings.Values) { v.SaveFolder = dir })
}

// AskFiles asks for files that are read, beginning where the last ones were. chosen is called as that of
// [Questions.AskSaveFolder] is.
func (s *Questions) AskFiles(q chooser.Question, chosen func(paths []string)) {
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
