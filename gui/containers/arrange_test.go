package containers

import (
	"strings"
	"testing"
	"time"

	"slipway/engine/live"
	"slipway/engine/model"
	"slipway/gui/page"
)

func TestArrange(t *testing.T) {
	at := func(h int) time.Time { return time.Date(2026, 1, 1, h, 0, 0, 0, time.UTC) }
	list := []model.Container{
		{Name: "thesis", Image: "scipy", State: model.StateRunning, Created: at(3)},
		{Name: "Api", Image: "model", State: model.StateExited, ExitCode: 1, Created: at(2)},
		{Name: "bear", Image: "hello", State: model.StateExited, Created: at(1)},
		{Name: "zeta", Image: "scipy", State: model.StatePaused, Created: at(0)},
	}
	snap := &live.Snapshot{Containers: list}
	spec := page.Spec[*model.Container]{Matches: matches, Orders: orders, Narrow: runs()}
	for _, tc := range []struct {
		filter  string
		running bool
		order   string
		want    string
	}{
		{"", false, "", "thesis Api bear zeta"},
		{"", true, "", "thesis zeta"},
		{"scipy", false, "", "thesis zeta"},
		{"SCI zet", false, "", "zeta"},
		{"", false, "name", "Api bear thesis zeta"},
		{"", false, "-name", "zeta thesis bear Api"},
		{"", false, "state", "thesis zeta Api bear"},
		{"", false, "-created", "zeta bear Api thesis"},
		{"", false, "unknown", "thesis Api bear zeta"},
	} {
		var names []string
		for _, c := range spec.Arrange(gather(snap)(), page.Query{
			Filter: tc.filter, Narrow: tc.running, Order: tc.order,
		}) {
			names = append(names, c.Name)
		}
		if got := strings.Join(names, " "); got != tc.want {
			t.Errorf("%+v: got %s", tc, got)
		}
	}
}
