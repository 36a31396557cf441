//go:build linux

package actions_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/engine/enginetest"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/removal"
	"slipway/engine/runspec"
	"slipway/engine/words"
)

// volume is a volume of that name in the picture.
func (b *bench) volume(name string) (model.Volume, bool) {
	list := b.session.Live.Snapshot().Volumes
	i := slices.IndexFunc(list, func(v model.Volume) bool { return v.Name == name })
	if i < 0 {
		return model.Volume{}, false
	}
	return list[i], true
}

// dropVolumeLater removes a volume when the test ends.
func (b *bench) dropVolumeLater(name string) {
	b.Cleanup(func() { _ = b.private.Client(b.T).VolumeRemove(context.Background(), name, true) })
}

// TestVolumes makes a volume, fills it, looks into it, backs it up, restores it, and removes both.
func TestVolumes(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	for _, name := range []string{"vol-a", "vol-b", "vol-c"} {
		b.dropVolumeLater(name)
	}
	b.want(b.done(b.volumes.Create("vol-a"), nil), job.Done, "")
	b.until("it is listed", func() bool { _, ok := b.volume("vol-a"); return ok })
	b.want(b.done(b.volumes.Create("vol-a"), nil), job.Failed, model.ProblemNameTaken)
	spec := b.sh("vol-writer", "echo precious > /v/f; chown 1000:100 /v; echo ready; "+idle)
	spec.Mounts = []runspec.Mount{{Kind: runspec.Volume, Source: "vol-a", Target: "/v"}}
	c := b.started(spec)
	b.until("the file", func() bool {
		i, err := b.engine().Stat(b.ctx(), c.ID, "/v/f")
		return err == nil && i.Size == 9
	})
	a, _ := b.volume("vol-a")
	b.until("who has it", func() bool {
		u := b.session.Live.Snapshot().VolumeUsers("vol-a")
		return len(u) == 1 && u[0].Inspected && u[0].State == model.StateRunning
	})
	in, root, leave, err := b.volumes.LookInto(b.ctx(), a)
	if err != nil || in.ID != c.ID || root != "/v" {
		t.Fatalf("%s %s, %v", in.Name, root, err)
	}
	leave(b.ctx())

	file := filepath.Join(t.TempDir(), "vol.tar")
	v := b.done(b.volumes.BackUp(a, file), nil)
	if b.want(v, job.Done, ""); !strings.Contains(words.Of(v.Said()).String(), "1 file") {
		t.Error(v.Said())
	}
	b.want(b.done(b.volumes.BackUp(a, file), nil), job.Failed, model.ProblemConflict)
	b.want(b.done(b.volumes.Restore(file, "vol-b"), nil), job.Done, "")
	b.want(b.done(b.volumes.Restore(file, "vol-b"), nil), job.Failed, model.ProblemNameTaken)
	if err := os.WriteFile(file+".bad", []byte("no archive at all"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.want(b.done(b.volumes.Restore(file+".bad", "vol-c"), nil), job.Failed, model.ProblemBadInput)
	b.until("nothing half made", func() bool { _, ok := b.volume("vol-c"); return !ok })
	if got := b.session.Live.Snapshot().VolumeUsers("vol-b"); len(got) != 0 {
		t.Errorf("a helper is listed or left: %+v", got)
	}

	// The one that a container has stays; the other goes, helper or not, unless it is undone.
	b.until("both are listed", func() bool { _, ok := b.volume("vol-b"); return ok })
	both := []model.Volume{a, func() model.Volume { v, _ := b.volume("vol-b"); return v }()}
	helper, _, leave, err := b.volumes.LookInto(b.ctx(), both[1])
	if err != nil || !helper.Helper() {
		t.Fatalf("%+v, %v", helper, err)
	}
	b.person.mu.Lock()
	b.person.several = removal.RemoveContainer
	b.person.mu.Unlock()
	b.actions.HoldRemovals(time.Hour, nil)
	b.volumes.Remove(both)
	held := b.held("Remove the volume vol-b")
	b.session.Jobs.Cancel(held.ID)
	b.want(b.ended("Remove the volume vol-b"), job.Cancelled, "")
	b.person.mu.Lock()
	q := b.person.volumes[0]
	b.person.mu.Unlock()
	if size, known, _ := q.Size("vol-b"); !known || size < 9 || len(q.Users["vol-a"]) != 1 || len(q.Possible()) != 1 {
		t.Errorf("%d %v, %+v", size, known, q)
	}
	if in := q.Inside("vol-b"); len(in.Files) != 1 || in.Files[0].Path != "/f" || in.Files[0].Size != 9 || in.Count != 1 ||
		in.Bytes != 9 {
		t.Errorf("in vol-b: %+v", in)
	}
	b.actions.HoldRemovals(0, nil)
	b.volumes.Remove(both)
	b.want(b.ended("Remove the volume vol-b"), job.Done, "")
	leave(b.ctx()) // what it was given is gone
	if _, err := b.engine().Volume(b.ctx(), "vol-b"); !model.IsKind(err, model.ProblemNotFound) {
		t.Errorf("it is still there: %v", err)
	}
	if _, err := b.engine().Volume(b.ctx(), "vol-a"); err != nil {
		t.Error(err)
	}
}

// TestBackUpSeveral backs several volumes up as one job, and says of one what writes to it. One that is there already
// is not replaced, and the others are backed up all the same.
func TestBackUpSeveral(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	spec := b.sh("several-writer", "echo a > /a/f; echo ready; "+idle)
	spec.Mounts = []runspec.Mount{{Kind: runspec.Volume, Source: "several-a", Target: "/a"}}
	c := b.started(spec)
	b.dropVolumeLater("several-a")
	b.dropVolumeLater("several-b")
	b.want(b.done(b.volumes.Create("several-b"), nil), job.Done, "")
	var list []model.Volume
	b.until("both are listed", func() bool {
		va, ok := b.volume("several-a")
		vb, too := b.volume("several-b")
		list = []model.Volume{va, vb}
		_, err := b.engine().Stat(b.ctx(), c.ID, "/a/f")
		return ok && too && err == nil && len(b.session.Live.Snapshot().VolumeWriters("several-a")) == 1
	})
	dir := t.TempDir()
	v := b.done(b.volumes.BackUpAll(list, dir), nil)
	if b.want(v, job.Done, ""); len(v.Items) != 2 || !strings.Contains(words.Of(v.Items[0].Text).String(), "1 file") ||
		!strings.Contains(words.Of(v.Items[0].Text).String(), "that several-writer made") ||
		strings.Contains(words.Of(v.Items[1].Text).String(), "several-writer") {
		t.Errorf("%+v", v)
	}
	files, err := filepath.Glob(filepath.Join(dir, "several-*.tar"))
	if err != nil || len(files) != 2 {
		t.Errorf("%q, %v", files, err)
	}
}

// TestDownloadOutlivesTheLook looks at something else while something is downloaded through a helper: the download goes
// on, and only then is the helper cleared away.
func TestDownloadOutlivesTheLook(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	b.dropVolumeLater("looked-at")
	spec := b.sh("looked-at-writer", "dd if=/dev/zero of=/v/f bs=1000000 count=50")
	spec.Mounts = []runspec.Mount{{Kind: runspec.Volume, Source: "looked-at", Target: "/v"}}
	if _, err := b.engine().Wait(b.ctx(), b.started(spec).ID); err != nil {
		t.Fatal(err)
	}
	b.until("that nothing runs which has it", func() bool {
		return len(b.session.Live.Snapshot().VolumeWriters("looked-at")) == 0
	})
	v, err := b.engine().Volume(b.ctx(), "looked-at")
	if err != nil {
		t.Fatal(err)
	}
	helper, root, leave, err := b.volumes.LookInto(b.ctx(), v)
	if err != nil || !helper.Helper() {
		t.Fatalf("%+v, %v", helper, err)
	}
	dir := t.TempDir()
	j := b.actions.FetchFiles(helper, []string{root + "/f"}, dir)
	leave(b.ctx())
	b.want(b.done(j, nil), job.Done, "")
	if info, err := os.Stat(filepath.Join(dir, "f")); err != nil || info.Size() != 50_000_000 {
		t.Errorf("%+v, %v", info, err)
	}
	b.until("the helper is cleared away", func() bool { return !b.exists(helper.ID) })
}

// TestBackUpCancelled cancels a backup in the middle, and has the engine die in one and in a restoring: no file, no
// helper and no volume is left.
func TestBackUpCancelled(t *testing.T) {
	b := newBench(t, enginetest.Start(t))
	b.want(b.done(b.volumes.Create("big"), nil), job.Done, "")
	spec := b.sh("big-writer", "dd if=/dev/zero of=/v/f bs=1000000 count=300 && echo ready; "+idle)
	spec.Mounts = []runspec.Mount{{Kind: runspec.Volume, Source: "big", Target: "/v"}}
	c := b.started(spec)
	b.until("the file", func() bool {
		i, err := b.engine().Stat(b.ctx(), c.ID, "/v/f")
		return err == nil && i.Size == 300_000_000
	})
	v, err := b.engine().Volume(b.ctx(), "big")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "big.tar")
	under := func(j *job.Job) {
		b.until("it is under way", func() bool {
			view := j.View()
			return view.Progress.Done > 1_000_000 || view.State != job.Running
		})
	}
	left := func(what string) {
		t.Helper()
		if list, _ := os.ReadDir(dir); len(list) != 0 {
			t.Errorf("%s left %v", what, list)
		}
		b.until("no helper after "+what, func() bool {
			e, err := b.session.Engine()
			if err != nil {
				return false
			}
			old, err := e.Helpers(b.ctx())
			return err == nil && len(old) == 0
		})
	}
	j := b.volumes.BackUp(v, file)
	under(j)
	b.session.Jobs.Cancel(j.ID())
	b.want(b.done(j, nil), job.Cancelled, "")
	left("a cancel")
	j = b.volumes.BackUp(v, file)
	under(j)
	b.private.Kill()
	b.want(b.done(j, nil), job.Failed, model.ProblemConnectionLost)
	b.private.Restart(t)
	b.engine()
	left("the engine's end")

	b.want(b.done(b.volumes.BackUp(v, file), nil), job.Done, "")
	j = b.volumes.Restore(file, "restored")
	under(j)
	b.private.Kill()
	if got := b.done(j, nil); got.State != job.Failed {
		t.Errorf("%+v", got)
	}
	b.private.Restart(t)
	b.engine()
	b.until("the half made volume is gone", func() bool {
		e, err := b.session.Engine()
		if err != nil {
			return false
		}
		_, err = e.Volume(b.ctx(), "restored")
		return model.IsKind(err, model.ProblemNotFound)
	})
}
