//go:build linux

package actions_test

import (
	"slices"
	"strings"
	"testing"

	"slipway/engine/enginetest"
	"slipway/engine/image"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/removal"
	"slipway/engine/runspec"
	"slipway/engine/words"
)

func items(v job.View) []string {
	var list []string
	for _, i := range v.Items {
		list = append(list, i.Name+" "+string(i.State))
	}
	return list
}

// TestMany does the same to several containers in one job, which goes on after a failure and says of each what came of
// it.
func TestMany(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	script := "trap 'exit 0' TERM; sleep 100000 & wait"
	one := b.made(runspec.Spec{Name: "many-one", Image: b.image, Command: []string{"sh", "-c", script}})
	bad := b.made(runspec.Spec{Name: "many-bad", Image: b.image, Command: []string{"no-such-program"}})
	two := b.made(runspec.Spec{Name: "many-two", Image: b.image, Command: []string{"sh", "-c", script}})

	v := b.done(b.actions.StartMany([]model.Container{one, bad, two}), nil)
	b.want(v, job.Failed, model.ProblemBadCommand)
	if got := items(v); !slices.Equal(got, []string{"many-one done", "many-bad failed", "many-two done"}) ||
		words.Of(v.Problem.What).String() != "Cannot start 1 of 3 containers" || v.Items[1].Text.None() {
		t.Errorf("%q %+v", got, v.Problem)
	}
	both := []model.Container{b.look(one.ID), b.look(two.ID)}
	b.want(b.done(b.actions.PauseMany(both), nil), job.Done, "")
	if c := b.look(two.ID); c.State != model.StatePaused {
		t.Errorf("%+v", c)
	}
	b.want(b.done(b.actions.ResumeMany(both), nil), job.Done, "")
	b.removal.RestartMany(both)
	b.want(b.ended("Restart 2 containers"), job.Done, "")
	b.removal.StopMany(both)
	b.want(b.ended("Stop 2 containers"), job.Done, "")
	if b.look(one.ID).Running() || b.look(two.ID).Running() {
		t.Error("they run")
	}
	b.wantJournal("failed: docker start many-one many-bad many-two", "done: docker pause many-one many-two",
		"done: docker unpause many-one many-two",
		"done: docker restart many-one many-two", "done: docker stop many-one many-two")
}

// TestRemoveMany names everything that would be lost first, and keeps what was refused.
func TestRemoveMany(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	stopped := b.made(runspec.Spec{Name: "rm-stopped", Image: b.image})
	running := b.started(runspec.Spec{
		Name: "rm-running", Image: b.image,
		Command: []string{"sh", "-c", "echo mine > /root/mine.txt; trap 'exit 0' TERM; sleep 100000 & wait"},
	})
	auto := b.started(runspec.Spec{
		Name: "rm-auto", Image: b.image, AutoRemove: true,
		Command: []string{"sh", "-c", "trap 'exit 0' TERM; sleep 100000 & wait"},
	})
	all := []model.Container{stopped, running, auto}

	b.removal.RemoveMany(all) // the person says no
	b.until("it asks, and everything is listed", func() bool {
		asked := b.person.questions()
		return len(asked) == 3 && asked[0].Found().Complete && asked[1].Found().Complete && asked[2].Found().Complete
	})
	if found := b.person.questions()[1].Found(); len(found.Files) != 1 || found.Files[0].Path != "/root/mine.txt" {
		t.Errorf("%+v", found)
	}
	if jobs := b.session.Jobs.List(); len(jobs) > 0 || !b.exists(stopped.ID) {
		t.Errorf("refused, and yet %+v", jobs)
	}

	b.person.mu.Lock()
	b.person.several = removal.OnlyStop
	b.person.mu.Unlock()
	b.removal.RemoveMany(all)
	b.want(b.ended("Stop 1 container"), job.Done, "")
	if !b.look(auto.ID).Running() || b.look(running.ID).Running() {
		t.Error("only what is not destroyed by it is stopped")
	}

	b.person.mu.Lock()
	b.person.several = removal.RemoveContainer
	b.person.mu.Unlock()
	b.removal.RemoveMany(all)
	v := b.ended("Remove 3 containers")
	b.want(v, job.Done, "")
	if got := items(v); !slices.Equal(got, []string{"rm-stopped done", "rm-running done", "rm-auto done"}) {
		t.Errorf("%q", got)
	}
	for _, c := range all {
		b.until(c.Name+" is gone", func() bool { return !b.exists(c.ID) })
	}
}

// TestStopManyAsksOnce holds that containers with --rm are asked about together, and that nothing is stopped when that
// is refused.
func TestStopManyAsksOnce(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	script := []string{"sh", "-c", "trap 'exit 0' TERM; sleep 100000 & wait"}
	plain := b.started(runspec.Spec{Name: "stop-plain", Image: b.image, Command: script})
	auto := b.started(runspec.Spec{Name: "stop-auto", Image: b.image, AutoRemove: true, Command: script})
	b.removal.StopMany([]model.Container{plain, auto})
	b.until("it asks", func() bool { return len(b.person.questions()) == 1 })
	b.actions.Close() // waits for what follows the answer
	if !b.look(plain.ID).Running() || !b.look(auto.ID).Running() || len(b.session.Jobs.List()) > 0 {
		t.Error("something was stopped")
	}
	if others := b.person.others; len(others) != 1 || others[0].ID != plain.ID {
		t.Errorf("what is stopped beside it: %+v", others)
	}
}

// TestRemoveImages removes names and images in one job, and leaves what a container uses.
func TestRemoveImages(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	for ref, line := range map[string]string{
		"many/two:1": "ENV MANY=two", "many/used:1": "ENV MANY=used",
		"many/gone:1": "ENV MANY=gone",
	} {
		b.private.Derive(t, b.image, ref, line)
	}
	b.private.Tag(t, "many/two:1", "many/two:2")
	b.made(runspec.Spec{Name: "many-user", Image: "many/used:1"})
	var chosen []image.Name
	b.until("the images are known", func() bool {
		chosen = nil
		for _, i := range b.session.Live.Snapshot().Images {
			for _, tag := range i.Tags {
				if slices.Contains([]string{"many/two:1", "many/used:1", "many/gone:1"}, tag) &&
					(tag != "many/two:1" || len(i.Tags) == 2) {
					chosen = append(chosen, image.Name{Image: i, Tag: tag})
				}
			}
		}
		return len(chosen) == 3
	})
	b.person.mu.Lock()
	b.person.several = removal.RemoveContainer
	b.person.mu.Unlock()
	b.images.RemoveMany(chosen)
	v := b.ended("Remove 2 images")
	b.want(v, job.Done, "")
	for ref, want := range map[string]bool{
		"many/two:1": false, "many/two:2": true, "many/used:1": true,
		"many/gone:1": false,
	} {
		if _, err := b.engine().Image(b.ctx(), ref); (err == nil) != want {
			t.Errorf("%s: %v", ref, err)
		}
	}
	q := b.person.images[0]
	if line := q.Command().String(); len(q.Removals) != 3 || strings.Contains(line, "used") ||
		!strings.Contains(line, "many/two:1") || !strings.Contains(line, "many/gone:1") {
		t.Errorf("%q %+v", line, q)
	}
}
