package commands

import (
	"slipway/engine/model"
	"slipway/engine/runspec"
	"slipway/engine/swap"
	"slipway/engine/words"
	"slipway/gui/kit"
)

// change opens the form with the settings of a container, to change them.
func (s *Set) change(c model.Container) {
	s.withRun(c, func(spec runspec.Spec, _ []model.Fact) func() { return s.form.Change(c, spec) })
}

// askGoBack asks before a container gives its place back to the one that had it before.
func (s *Set) askGoBack(c, old model.Container) {
	snap := s.Session.Live.Snapshot()
	if now, ok := snap.Container(c.ID); ok { // it may have been stopped or renamed since it was offered
		c = now
	}
	if now, ok := snap.Container(old.ID); ok {
		old = now
	}
	commands := swap.GoBackCommands(c, old, snap.Containers)
	text := words.Say("commands.has-its-name-and-its",
		words.Args{"Old": words.Name(old.Name), "New": words.Name(c.Name)})
	if c.Running() {
		text = words.Say("commands.is-stopped-and-kept-under",
			words.Args{"New": words.Name(c.Name), "Old": words.Name(old.Name)})
	}
	kit.Confirm{
		ID: "goback", Width: 620,
		Title: words.Say("commands.question-go-back-to", words.Args{"Name": words.Name(old.Name)}), Text: text,
		Command: s.Lines(commands), Verb: words.Say("commands.go-back"), Icon: "undo", Kind: kit.Primary,
		Do: func() {
			s.withdraw(c.ID)
			s.swaps.GoBack(c)
			s.Reveal("containers", old.ID)
		},
	}.Ask(s.Window.Canvas())
}
