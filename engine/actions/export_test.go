package actions

import (
	"time"

	"slipway/engine/model"
	"slipway/engine/notebook"
)

// StandStill is for how long an unfinished change must have stood still so that it is ended without a question.
func (a *Actions) StandStill(d time.Duration) {
	a.still = func(model.Container) time.Duration { return d }
}

// StopIdleEvery is [Actions.StopIdle] that asks as often as a test needs.
func (a *Actions) StopIdleEvery(recipes []notebook.Recipe, every time.Duration, after func() time.Duration, stopped func(notebook.Server, time.Duration)) {
	a.stopIdle(recipes, every, after, stopped)
}
