package actions

import (
	"time"

	"slipway/engine/notebook"
)

// StopIdleEvery is [Actions.StopIdle] that asks as often as a test needs.
func (a *Actions) StopIdleEvery(recipes []notebook.Recipe, every time.Duration, after func() time.Duration, stopped func(notebook.Server, time.Duration)) {
	a.stopIdle(recipes, every, after, stopped)
}
