package engine

import (
	"errors"
	"strings"
	"testing"

	"slipway/engine/model"
)

// TestUnseen speaks of a virtual machine only where there is one.
func TestUnseen(t *testing.T) {
	snap := model.EngineInfo{DataRoot: "/var/snap/docker/common/var-lib-docker"}
	for name, c := range map[string]struct {
		folder string
		info   model.EngineInfo
		where  model.Locality
		want   string
	}{
		"snap":       {"/mnt/data", snap, model.ThisComputer, "Docker from a snap"},
		"snap, /tmp": {"/tmp/x", snap, model.ThisComputer, "Docker from a snap"},
		"a /tmp of its own": {
			"/tmp/x",
			model.EngineInfo{DataRoot: "/var/lib/docker"},
			model.ThisComputer,
			"temporary folder of its own",
		},
		"other": {
			"/srv/x",
			model.EngineInfo{DataRoot: "/var/lib/docker"},
			model.ThisComputer,
			"file system of its own",
		},
		"virtual machine": {"/srv/x", model.EngineInfo{}, model.VirtualMachine, "virtual machine"},
		"elsewhere":       {"/srv/x", snap, model.Elsewhere, "another computer"},
	} {
		why, fix := Unseen(c.folder, c.info, c.where)
		if !strings.Contains(why, c.want) || fix == "" ||
			c.where != model.VirtualMachine && strings.Contains(why+fix, "virtual machine") {
			t.Errorf("%s: %s %s", name, why, fix)
		}
	}
}

func TestMissingFolder(t *testing.T) {
	e, dir := &Engine{locality: model.ThisComputer}, t.TempDir()
	refusal := func(path string) error {
		return e.missingFolder(errors.New("invalid mount config for type \"bind\": bind source path does not exist: "+path),
			"Cannot make “x”")
	}
	if p := model.AsProblem(refusal(dir), ""); p.Kind != model.ProblemNotFound ||
		!strings.Contains(p.Why, "does not see") || !strings.Contains(p.Why, dir) {
		t.Errorf("one that is here: %+v", p)
	}
	if p := model.AsProblem(refusal(dir+"/none"), ""); p.Kind != model.ProblemNotFound ||
		!strings.Contains(p.Why, "does not find the folder "+dir+"/none") {
		t.Errorf("one that is nowhere: %+v", p)
	}
	if err := e.missingFolder(errors.New("other"), "x"); err != nil {
		t.Errorf("another refusal: %v", err)
	}
}
