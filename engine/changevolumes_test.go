//go:build linux

package engine_test

import (
	"testing"

	"slipway/engine"
	"slipway/engine/enginetest"
	"slipway/engine/runspec"
)

// TestChangeGivesVolumesBack drops --volumes-from of a container: a volume that it had only from the other one is not
// kept by its name, as one of its own is, unless the other one is gone.
func TestChangeGivesVolumesBack(t *testing.T) {
	if enginetest.Podman() {
		t.Skip("Podman does not tell what --volumes-from was: see Engine.Spec")
	}
	private := enginetest.Shared(t)
	e := connect(t, private)
	tiny := enginetest.TinyImage(t, private) // which has a volume at /data
	made := func(s runspec.Spec) string {
		s.Image, s.Command = tiny, []string{"sleep", "1000"}
		id, _, err := e.Create(t.Context(), s, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { private.RemoveForced(t, id) })
		return id
	}
	owner := made(runspec.Spec{Name: "owner"})
	first := made(runspec.Spec{Name: "guest", More: runspec.Options{"volumes-from": {"owner:ro"}}})
	theirs := volumeAt(t, e, owner)
	if got := volumeAt(t, e, first); got != theirs {
		t.Fatalf("the guest has %s, and the owner %s", got, theirs)
	}
	had, _, err := e.Spec(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	changed := func(change func(*runspec.Spec)) string {
		want := had
		change(&want)
		id, _, err := e.CreateLike(t.Context(), first, had, want, "changed", nil)
		if err != nil {
			t.Fatal(err)
		}
		defer private.RemoveForced(t, id)
		return volumeAt(t, e, id)
	}
	drop := func(s *runspec.Spec) { s.More = nil }
	if got := changed(func(s *runspec.Spec) { s.Env = []runspec.Env{{Name: "A", Value: "1"}} }); got != theirs {
		t.Errorf("with a variable more it has %s, not %s", got, theirs)
	}
	if got := changed(drop); got == theirs {
		t.Error("without --volumes-from it has the owner's volume all the same")
	}
	private.RemoveForced(t, owner)
	if got := changed(drop); got != theirs {
		t.Errorf("the owner is gone, and it has %s, not what it had", got)
	}
}

// volumeAt is the volume at /data of a container.
func volumeAt(t *testing.T, e *engine.Engine, id string) string {
	t.Helper()
	c, err := e.Container(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range c.Mounts {
		if m.Destination == "/data" {
			return m.Name
		}
	}
	t.Fatalf("%s has nothing at /data", id)
	return ""
}
