package present

import (
	"testing"

	"slipway/engine/model"
)

func TestDeed(t *testing.T) {
	web, db := model.Container{ID: "1", Name: "web"}, model.Container{ID: "2", Name: "db"}
	for name, tc := range map[string]struct {
		deed        model.Deed
		is, ongoing string
	}{
		"a container":        {model.DeedOn(model.VerbRemove, web), "remove web", "Removing web"},
		"one with --rm":      {model.DeedOn(model.VerbKill, web), "kill web", "Killing web"},
		"several containers": {model.DeedOn(model.VerbStop, web, db), "stop 2 containers", "Stopping 2 containers"},
		"a volume": {
			model.Deed{Verb: model.VerbRemove, Kind: model.KindVolume, Names: []string{"data"}},
			"remove the volume data", "Removing the volume data",
		},
		"the cache": {
			model.Deed{Verb: model.VerbRemove, Kind: model.KindCache, IDs: []string{"a"}},
			"remove 1 build cache record", "Removing 1 build cache record",
		},
		"an image of two names": {
			model.Deed{Verb: model.VerbRemove, Kind: model.KindImage, IDs: []string{"a"}, Names: []string{"x:1", "y:1"}},
			"remove x:1", "Removing x:1",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Deed(tc.deed); got.String() != tc.is {
				t.Errorf("%q, want %q", got, tc.is)
			}
			if got := Doing(tc.deed); got.String() != tc.ongoing {
				t.Errorf("%q, want %q", got, tc.ongoing)
			}
		})
	}
}
