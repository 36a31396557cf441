//go:build linux

package gui_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"slipway/engine/enginetest"
)

// TestMeasurePages prints for how long a click, a key or a frame holds the window, layout included, on every page of an
// engine with a thousand containers.
func TestMeasurePages(t *testing.T) {
	enginetest.Measuring(t)
	d, e, tiny := openOn(t)
	e.Many(t, "many", 1000)
	press(d, "nav.containers")
	d.Until("the containers", says("containers.all", "1000"))
	for _, page := range []struct {
		name  string
		steps []func()
	}{
		{"launch", []func(){
			func() { press(d, "nav.launch") }, func() { press(d, "launch.recipe.r") },
			func() { press(d, "launch.recipe.scipy") },
		}},
		{"containers", []func(){
			func() { press(d, "nav.containers") }, func() { press(d, "containers.running") },
			func() { press(d, "containers.all") },
			func() { d.Fill("containers.filter", "many-999") }, func() { press(d, "row:many-999") },
			func() { press(d, "inside.tab.overview") },
			func() { press(d, "inside.tab.logs") }, func() { press(d, "inside.close") },
			func() { d.Fill("containers.filter", "") },
		}},
		{
			"images",
			[]func(){func() { press(d, "nav.images") }, func() { press(d, "row:"+tiny) }, func() { press(d, "image.close") }},
		},
		{"volumes", []func(){func() { press(d, "nav.volumes") }}},
		{"cleanup", []func(){func() { press(d, "nav.cleanup") }}},
		{"settings", []func(){func() { press(d, "nav.settings") }}},
	} {
		d.Took = nil
		for range 100 / len(page.steps) {
			for _, step := range page.steps {
				step()
			}
		}
		took := d.Took
		slices.Sort(took)
		enginetest.AtMost(fmt.Sprintf("a click, key or frame on the page %s, p99 of %d", page.name, len(took)),
			took[len(took)*99/100], 100*time.Millisecond).Print()
	}
}
