package engine

import (
	"errors"
	"strings"
	"testing"

	"slipway/engine/model"
	"slipway/engine/words"
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
		"snap":       {"/mnt/data", snap, model.ThisComputer, "installed as a snap"},
		"snap, /tmp": {"/tmp/x", snap, model.ThisComputer, "installed as a snap"},
		"a /tmp of its own": {
			"/tmp/x",
			model.EngineInfo{DataRoot: "/var/lib/docker"},
			model.ThisComputer,
			"its own temporary folder",
		},
		"other": {
			"/srv/x",
			model.EngineInfo{DataRoot: "/var/lib/docker"},
			model.ThisComputer,
			"its own file system",
		},
		"virtual machine": {"/srv/x", model.EngineInfo{}, model.VirtualMachine, "virtual machine"},
		"elsewhere":       {"/srv/x", snap, model.Elsewhere, "another computer"},
	} {
		why, fix := Unseen(c.folder, c.info, c.where)
		if !strings.Contains(words.Of(why).String(), c.want) || fix.None() ||
			c.where != model.VirtualMachine && strings.Contains(words.Of(why.And(fix)).String(), "virtual machine") {
			t.Errorf("%s: %s %s", name, why, fix)
		}
	}
}

func TestMissingFolder(t *testing.T) {
	e, dir := &Engine{locality: model.ThisComputer}, t.TempDir()
	refusal := func(path string) error {
		return e.missingFolder(errors.New("invalid mount config for type \"bind\": bind source path does not exist: "+path),
			model.Verbatim("Cannot create “x”"))
	}
	if p := model.AsProblem(refusal(dir), model.Fact{}); p.Kind != model.ProblemNotFound ||
		!strings.Contains(words.Of(p.Why).String(), "can't see") || !strings.Contains(words.Of(p.Why).String(), dir) {
		t.Errorf("one that is here: %+v", p)
	}
	if p := model.AsProblem(refusal(dir+"/none"), model.Fact{}); p.Kind != model.ProblemNotFound ||
		!strings.Contains(words.Of(p.Why).String(), "can't find the folder "+dir+"/none") {
		t.Errorf("one that is nowhere: %+v", p)
	}
	if err := e.missingFolder(errors.New("other"), model.Verbatim("x")); err != nil {
		t.Errorf("another refusal: %v", err)
	}
}
