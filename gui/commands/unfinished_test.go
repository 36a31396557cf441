//go:build linux

package commands_test

import (
	"testing"
	"time"

	"slipway/engine/enginetest"
	"slipway/engine/journal"
	"slipway/engine/model"
	"slipway/engine/practice"
	"slipway/engine/runspec"
	"slipway/engine/session"
	"slipway/gui"
	"slipway/gui/guitest"
)

// cutOff has a Slipway begin a change of the container "work", and end with its engine in the middle of it: the new
// container is there, and the old one has stopped. It returns the engine, which answers again, and the old one's ID.
func cutOff(t *testing.T, home string) (e *practice.Engine, old string) {
	t.Helper()
	e = guitest.StartPractice(t, practice.Options{})
	if err := e.AddSamples(); err != nil {
		t.Fatal(err)
	}
	if !t.Run("cut off", func(t *testing.T) {
		w := at(t, e, home)
		w.Press("nav.containers")
		w.See("row:hello")
		old = w.Had("work", "echo precious > /root/thesis.txt", func(s *runspec.Spec) {
			s.Env = []runspec.Env{{Name: "MODE", Value: "slow"}}
		}).ID
		e.Fail(practice.Fault{Call: "PUT /containers/*/archive", Delay: time.Hour})
		edit(w)
		w.Fill("run.env.0.value", "fast")
		w.Press("run.go")
		w.Read("change.found", "/root/thesis.txt")
		w.Press("change.go")
		w.Until("the new one is there, and the old one is stopped", func(gui.Dump) bool {
			list, err := w.Engine().Containers(t.Context(), false)
			stopped, fresh := false, false
			for _, c := range list {
				stopped = stopped || c.ID == old && !c.Running()
				fresh = fresh || c.Replaces() == old
			}
			return err == nil && stopped && fresh
		})
		e.Die()
	}) {
		t.FailNow()
	}
	e.Mend()
	if err := e.Revive(); err != nil {
		t.Fatal(err)
	}
	return e, old
}

// at opens the window on an engine, in a home that was there before.
func at(t *testing.T, e *practice.Engine, home string) *guitest.Window {
	t.Helper()
	return guitest.OpenAt(t, home, func() *session.Session {
		t.Setenv("DOCKER_HOST", e.Host())
		return session.New("", enginetest.Key)
	})
}

// TestFinishWhatWasCutOff asks about a change that ended with Slipway, leaves it for later, and finishes it.
func TestFinishWhatWasCutOff(t *testing.T) {
	home := t.TempDir()
	e, old := cutOff(t, home)
	t.Run("later", func(t *testing.T) {
		w := at(t, e, home)
		w.Read("unfinished.old", "work")
		w.Press("unfinished.later")
		w.Gone("unfinished")
		if c := w.Container("work"); c.ID != old {
			t.Error("the new one has the name")
		}
	})
	w := at(t, e, home)
	w.Press("unfinished.finish")
	w.Press("nav.containers")
	w.See("row:work-before")
	w.Container("work", func(c model.Container) bool { return c.ID != old && c.State == model.StateRunning })
	w.Did("docker rename work work-before", journal.OK)
	if got := w.Inside("work", "printenv MODE; cat /root/thesis.txt"); got != "fast\nprecious\n" {
		t.Errorf("it has %q", got)
	}
}

// TestGoBackFromWhatWasCutOff gives the old container its place back, as if nothing had been changed.
func TestGoBackFromWhatWasCutOff(t *testing.T) {
	home := t.TempDir()
	e, old := cutOff(t, home)
	w := at(t, e, home)
	w.Press("unfinished.back")
	w.Container("work", func(c model.Container) bool { return c.ID == old && c.State == model.StateRunning })
	w.Until("nothing is left of the new one", func(gui.Dump) bool {
		list, err := w.Engine().Containers(t.Context(), false)
		for _, c := range list {
			if c.Replaces() == old {
				return false
			}
		}
		return err == nil
	})
	if got := w.Inside("work", "printenv MODE; cat /root/thesis.txt"); got != "slow\nprecious\n" {
		t.Errorf("it has %q", got)
	}
}
