//go:build linux

package actions_test

import (
	"sync/atomic"
	"testing"
	"time"

	"slipway/engine/enginetest"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/removal"
	"slipway/engine/runspec"
	"slipway/engine/words"
)

// held waits until a job of that title can be undone, and returns it.
func (b *bench) held(title string) job.View {
	b.Helper()
	var v job.View
	b.until("“"+title+"” can be undone", func() bool {
		for _, v = range b.session.Jobs.List() {
			if words.Of(v.Title).String() == title && !v.HeldUntil.IsZero() {
				return true
			}
		}
		return false
	})
	return v
}

// TestUndo undoes removals, and has the engine go away and files appear in the time in which that is possible.
func TestUndo(t *testing.T) {
	b := newBench(t, enginetest.Start(t))
	b.actions.HoldRemovals(time.Hour, nil)
	script := []string{"sh", "-c", "trap 'exit 0' TERM; sleep 100000 & wait"}
	one := b.started(runspec.Spec{Name: "undo-one", Image: b.image, Command: script})
	auto := b.started(runspec.Spec{Name: "undo-auto", Image: b.image, AutoRemove: true, Command: script})
	b.person.answers(removal.RemoveContainer, removal.RemoveContainer, removal.RemoveContainer)

	b.removal.Remove(one)
	v := b.held("Remove undo-one")
	if c := b.look(one.ID); c.Running() || len(v.Held) != 1 || v.Held[0] != one.ID || !v.CanCancel {
		t.Errorf("%+v, %+v", c.State, v)
	}
	b.session.Jobs.Cancel(v.ID)
	v = b.ended("Remove undo-one")
	if b.want(v, job.Cancelled, ""); !v.Undone || !b.look(one.ID).Running() {
		t.Errorf("it is not as it was: %+v", v)
	}

	b.removal.Stop(auto)
	v = b.held("Stop undo-auto")
	if !b.look(auto.ID).Running() {
		t.Error("it was stopped while that could be undone")
	}
	b.session.Jobs.Cancel(v.ID)
	if b.want(b.ended("Stop undo-auto"), job.Cancelled, ""); !b.look(auto.ID).Running() {
		t.Error("it was stopped after all")
	}

	b.removal.Remove(one)
	b.held("Remove undo-one")
	b.private.Kill()
	b.want(b.ended("Remove undo-one"), job.Failed, model.ProblemConnectionLost)
	b.private.Restart(t)
	b.engine()
	if !b.exists(one.ID) {
		t.Error("it was removed although the engine went away")
	}
}

// TestCancelWhileStopping cancels a removal while the container is being stopped: it runs again, as it did.
func TestCancelWhileStopping(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	b.actions.HoldRemovals(time.Hour, nil)
	c := b.started(runspec.Spec{
		Name: "stopping", Image: b.image,
		Command: []string{"sh", "-c", "trap '' TERM; while :; do sleep 1; done"},
	})
	b.person.answers(removal.RemoveContainer)
	b.removal.Remove(c)
	var v job.View
	b.until("it is being stopped", func() bool {
		for _, v = range b.session.Jobs.List() {
			if v.Doing[c.ID] == "stop" {
				return true
			}
		}
		return false
	})
	b.session.Jobs.Cancel(v.ID)
	b.want(b.ended("Remove stopping"), job.Cancelled, "")
	if now := b.look(c.ID); !now.Running() {
		t.Errorf("it is %s", now.State)
	}
}

// TestUndoIsOver removes what nobody wanted back, and asks again about files that came in the meantime.
func TestUndoIsOver(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	b.actions.HoldRemovals(700*time.Millisecond, nil)
	c := b.made(runspec.Spec{Name: "over", Image: b.image})
	b.person.answers(removal.RemoveContainer, removal.RemoveContainer)
	b.removal.Remove(c)
	b.held("Remove over")
	b.private.PutFile(t, c.ID, "/work/late.txt", "late")
	b.want(b.ended("Remove over"), job.Done, "")
	asked := b.person.questions()
	if len(asked) != 2 || !asked[1].Again || len(asked[1].Fresh) != 1 || asked[1].Fresh[0].Path != "/work/late.txt" {
		t.Errorf("asked %d times", len(asked))
	}
	if b.exists(c.ID) {
		t.Error("it is still there")
	}
}

// TestUndoMany undoes the removal of several together.
func TestUndoMany(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	b.actions.HoldRemovals(time.Hour, nil)
	b.person.mu.Lock()
	b.person.several = removal.RemoveContainer
	b.person.mu.Unlock()
	var all []model.Container
	for _, name := range []string{"m1", "m2", "m3", "m4", "m5", "m6"} {
		all = append(all, b.made(runspec.Spec{Name: name, Image: b.image}))
	}
	running := b.started(runspec.Spec{
		Name: "m7", Image: b.image,
		Command: []string{"sh", "-c", "trap 'exit 0' TERM; sleep 100000 & wait"},
	})
	b.removal.RemoveMany(append(all, running))
	v := b.held("Remove 7 containers")
	if len(v.Held) != 7 {
		t.Errorf("%d wait", len(v.Held))
	}
	b.session.Jobs.Cancel(v.ID)
	b.want(b.ended("Remove 7 containers"), job.Cancelled, "")
	for _, c := range all {
		if !b.exists(c.ID) {
			t.Errorf("%s is gone", c.Name)
		}
	}
	if !b.look(running.ID).Running() {
		t.Error("what ran does not run again")
	}
}

// TestUndoWaits holds that the time in which a removal can be undone does not pass while a person cannot reach what
// undoes it.
func TestUndoWaits(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	var covered atomic.Bool
	covered.Store(true)
	b.actions.HoldRemovals(300*time.Millisecond, covered.Load)
	c := b.made(b.sh("undo-waits", "true"))
	b.person.answers(removal.RemoveContainer)
	b.removal.Remove(c)
	first := b.held("Remove undo-waits").HeldUntil
	b.until("the time has passed", func() bool { return time.Since(first) > 300*time.Millisecond })
	if !b.exists(c.ID) {
		t.Fatal("it was removed")
	}
	covered.Store(false)
	b.want(b.ended("Remove undo-waits"), job.Done, "")
	if b.exists(c.ID) {
		t.Error("it is still there")
	}
}
