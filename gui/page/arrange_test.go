package page

import (
	"strings"
	"testing"
)

func TestArrange(t *testing.T) {
	all := []string{"pear", "Fig", "apple", "figleaf"}
	spec := Spec[string]{
		Matches: func(s, filter string) bool { return strings.Contains(strings.ToLower(s), filter) },
		Orders: map[string]func(string) Place{
			"":     func(s string) Place { return Place{Rank: int64(len(s)), Word: s} },
			"name": func(s string) Place { return Place{Word: strings.ToLower(s)} },
			"size": func(s string) Place { return Place{Number: -int64(len(s))} },
		},
		Narrow: &Narrow[string]{Fits: func(s string) bool { return len(s) > 4 }},
	}
	for _, tc := range []struct {
		q    Query
		want string
	}{
		{Query{}, "Fig pear apple figleaf"},
		{Query{Order: "none of them"}, "Fig pear apple figleaf"},
		{Query{Order: "-none of them"}, "figleaf apple pear Fig"},
		{Query{Order: "name"}, "apple Fig figleaf pear"},
		{Query{Order: "-name"}, "pear figleaf Fig apple"},
		{Query{Order: "size"}, "figleaf apple pear Fig"},
		{Query{Filter: "fig"}, "Fig figleaf"},
		{Query{Narrow: true}, "apple figleaf"},
		{Query{Filter: "fig", Narrow: true}, "figleaf"},
	} {
		if got := strings.Join(spec.Arrange(all, tc.q), " "); got != tc.want {
			t.Errorf("%+v: %s, want %s", tc.q, got, tc.want)
		}
	}
	if strings.Join(all, " ") != "pear Fig apple figleaf" {
		t.Error("what was given is in another order")
	}
	spec.Key = strings.ToUpper
	r := spec.derive(nil, all, Query{Filter: "fig"})
	if len(r.all) != 4 || r.fits != 2 || r.at["FIGLEAF"] != 1 || len(r.ids) != 2 {
		t.Errorf("%+v", r)
	}
}
