package commands

import (
	"slices"

	"slipway/engine/actions"
	"slipway/engine/image"
	"slipway/engine/job"
	"slipway/engine/launcher"
	"slipway/engine/removal"
	"slipway/engine/session"
	"slipway/engine/swap"
	"slipway/engine/volume"
	"slipway/engine/words"
	"slipway/gui/questions"
	"slipway/gui/runform"
)

// means are what the commands are carried out with, and what can be said of every one of them.
type means struct {
	*questions.Questions

	actions  *actions.Actions
	images   *image.Actions
	removals *removal.Actions
	volumes  *volume.Actions
	swaps    *swap.Swaps
	launcher *launcher.Launcher
	form     *runform.Runner
}

// Held tells whether the container with this ID is about to be removed, which can still be undone.
func (s *means) Held(id string) bool {
	return slices.ContainsFunc(s.Session.Jobs.List(), func(v job.View) bool { return slices.Contains(v.Held, id) })
}

// Actions is what the commands carry out.
func (s *means) Actions() *actions.Actions { return s.actions }

// ImageActions are what the commands do to images.
func (s *means) ImageActions() *image.Actions { return s.images }

// RemovalActions are what the commands do that may destroy containers.
func (s *means) RemovalActions() *removal.Actions { return s.removals }

// VolumeActions are what the commands do to volumes.
func (s *means) VolumeActions() *volume.Actions { return s.volumes }

// Launcher is what the commands do about notebooks.
func (s *means) Launcher() *launcher.Launcher { return s.launcher }

// Away tells whether there is a picture of an engine that does not answer now.
func (s *means) Away() bool { return s.Session.State().Phase == session.Lost }

// whileAway switches off what needs the engine while it does not answer.
func (s *means) whileAway(list []Command) []Command {
	if s.Away() {
		switchOff(list, words.Say("commands.the-engine-does-not-answer"))
	}
	return list
}

// whileHeld switches off what is done to a thing that is about to be removed.
func (s *means) whileHeld(id string, list []Command) []Command {
	if s.Held(id) {
		switchOff(list, words.Say("commands.it-is-about-to-be"))
	}
	return list
}

// Run opens the run form for an image, or empty with "".
func (s *means) Run(image string) { s.form.Show(image) }
