package inside

import (
	"testing"

	"slipway/engine/model"
)

// TestMasks holds that the list of processes shows no secret that a program was given.
func TestMasks(t *testing.T) {
	m := masks{}
	for range 2 {
		list := []model.Process{
			{Command: "jupyter lab --ServerApp.token=5ec2e7"},
			{Command: "redis-server --requirepass 5ec2e7"},
			{Command: "sleep 9"},
		}
		m.on(list)
		for i, want := range []string{
			"jupyter lab --ServerApp.token=HIDDEN", "redis-server --requirepass HIDDEN",
			"sleep 9",
		} {
			if list[i].Command != want {
				t.Errorf("%s, want %s", list[i].Command, want)
			}
		}
	}
	if m.on(nil); len(m) > 0 {
		t.Errorf("what is gone is kept: %v", m)
	}
}
