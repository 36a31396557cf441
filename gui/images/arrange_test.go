package images

import (
	"strings"
	"testing"

	"slipway/engine/live"
	"slipway/engine/model"
	"slipway/gui/page"
)

func TestArrange(t *testing.T) {
	snap := &live.Snapshot{
		Images: []model.Image{
			{ID: "sha256:aaa", Tags: []string{"b:1", "c:1"}, Size: 5},
			{ID: "sha256:bbb", Size: 9},
			{ID: "sha256:ccc", Tags: []string{"a:1"}, Size: 7},
		},
		Containers: []model.Container{{ImageID: "sha256:ccc"}, {ImageID: "sha256:ccc"}},
	}
	spec := page.Spec[entry]{Matches: matches, Orders: orders}
	for _, tc := range []struct{ filter, order, want string }{
		{"", "", "b:1 c:1 - a:1"},
		{"", "name", "a:1 b:1 c:1 -"},
		{"", "size", "- a:1 b:1 c:1"},
		{"", "-size", "b:1 c:1 a:1 -"},
		{"", "used", "a:1 b:1 c:1 -"},
		{"dangling", "", "-"},
		{"bbb", "", "-"},
		{":1 c", "", "c:1 a:1"},
	} {
		var names []string
		for _, e := range spec.Arrange(gather(snap)(), page.Query{Filter: tc.filter, Order: tc.order}) {
			n := e.tag
			if n == "" {
				n = "-"
			}
			names = append(names, n)
		}
		if got := strings.Join(names, " "); got != tc.want {
			t.Errorf("%+v: got %s", tc, got)
		}
	}
	if e := spec.Arrange(gather(snap)(), page.Query{Filter: "a:1"}); len(e) != 1 || e[0].used != 2 {
		t.Errorf("used by: %+v", e)
	}
}
