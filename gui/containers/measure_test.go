//go:build linux

package containers

import (
	"fmt"
	"testing"
	"time"

	"slipway/engine/enginetest"
	"slipway/engine/live"
	"slipway/engine/model"
	"slipway/gui/page"
)

// TestMeasureFilter measures what happens off the UI thread after a key in the filter.
func TestMeasureFilter(t *testing.T) {
	enginetest.Measuring(t)
	const many = 5000
	snap := &live.Snapshot{ContainersComplete: true}
	now := time.Now()
	for i := range many {
		snap.Containers = append(snap.Containers, model.Container{
			ID: fmt.Sprintf("%064x", i), Name: fmt.Sprintf("notebook-of-somebody-%d", i),
			Image: "quay.io/jupyter/scipy-notebook:2025-01-01",
			State: model.StateExited, Created: now.Add(-time.Duration(i) * time.Minute),
		})
	}
	spec := page.Spec[*model.Container]{Matches: matches, Orders: orders}
	var longest time.Duration
	for _, order := range []string{"", "name", "-image", "state", "created"} {
		for _, filter := range []string{"", "n", "no", "not", "note 77", "scipy exited 4", "nothing of the kind"} {
			var took []time.Duration
			for range enginetest.Rounds {
				began := time.Now()
				spec.Arrange(gather(snap)(), page.Query{Filter: filter, Order: order})
				took = append(took, time.Since(began))
			}
			longest = max(longest, enginetest.Median(took))
		}
	}
	enginetest.AtMost(fmt.Sprintf("key in the filter → rows of %d containers, worst order", many), longest,
		16*time.Millisecond).Print()
}
