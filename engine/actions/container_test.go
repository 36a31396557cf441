//go:build linux

package actions_test

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/engine/actions"
	"slipway/engine/enginetest"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/removal"
	"slipway/engine/rescue"
	"slipway/engine/words"
)

// TestStop counts the grace time down.
func TestStop(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	id := b.private.Create(t, b.image, "stubborn", 3, "sh", "-c", "trap '' TERM; while :; do sleep 0.1; done")
	b.clearLater(id)
	if err := b.engine().Start(b.ctx(), b.look(id)); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var phases []string
	b.session.Jobs.OnChange(func() {
		mu.Lock()
		defer mu.Unlock()
		for _, v := range b.session.Jobs.List() {
			if v.CanCancel {
				t.Error("a stop that was sent can be cancelled")
			}
			if p := v.Progress.Phase; v.State == job.Running && !slices.Contains(phases, words.Of(p).String()) {
				phases = append(phases, words.Of(p).String())
			}
		}
	})
	b.removal.Stop(b.look(id))
	v := b.ended("Stop stubborn")
	b.want(v, job.Done, "")
	mu.Lock()
	defer mu.Unlock()
	for _, want := range []string{
		"Stopping: waiting up to 3 s for it to finish", "Stopping: waiting up to 2 s more for it to finish",
		"Stopping: waiting up to 1 s more for it to finish",
	} {
		if !slices.Contains(phases, want) {
			t.Errorf("no %q in %q", want, phases)
		}
	}
	if c := b.look(id); c.ExitCode != 137 || c.Running() {
		t.Errorf("%+v", c)
	}
	if len(b.person.questions()) != 0 {
		t.Error("a stop asked")
	}
	b.wantJournal("done: docker stop stubborn")
}

func TestSmallActions(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	c := b.made(b.sh("small", idle))
	other := b.made(b.sh("small-other", idle))
	b.want(b.done(b.actions.Start(c), nil), job.Done, "")
	b.want(b.done(b.actions.Pause(c), nil), job.Done, "")
	if s := b.look(c.ID).State; s != model.StatePaused {
		t.Error(s)
	}
	b.want(b.done(b.actions.Resume(c), nil), job.Done, "")
	b.removal.Restart(c)
	b.want(b.ended("Restart small"), job.Done, "")
	b.want(b.done(b.actions.Rename(c, other.Name), nil), job.Failed, model.ProblemNameTaken)
	b.want(b.done(b.actions.Rename(c, "small-new"), nil), job.Done, "")
	c = b.look(c.ID)
	if c.Name != "small-new" || c.State != model.StateRunning {
		t.Errorf("%+v", c)
	}
	b.removal.Kill(c)
	b.want(b.ended("Kill small-new"), job.Done, "")
	b.want(b.done(b.actions.Pause(c), nil), job.Failed, model.ProblemConflict)
	b.wantJournal("done: docker start small", "done: docker pause small", "done: docker unpause small",
		"done: docker restart small",
		"failed: docker rename small small-other", "done: docker rename small small-new", "done: docker kill small-new",
		"failed: docker pause small-new")
}

// paths are the files that were shown.
func paths(files []rescue.File) []string {
	var list []string
	for _, f := range files {
		list = append(list, f.Path)
	}
	return list
}

// TestAutoRemoved stops, kills and restarts what is destroyed by that, or may be.
func TestAutoRemoved(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	for verb, act := range map[string]func(model.Container){
		"stop": b.removal.Stop, "kill": b.removal.Kill,
		"remove": b.removal.Remove, "restart": b.removal.Restart,
	} {
		s := b.sh("auto-"+verb, "echo inside > /data/v; echo mine > /work/notes; "+idle)
		s.AutoRemove = true
		c := b.started(s)
		b.until("it has written", func() bool { _, err := b.engine().Stat(b.ctx(), c.ID, "/work/notes"); return err == nil })
		asked := len(b.person.questions())
		b.person.answers(removal.KeepContainer)
		act(c)
		b.until("asked", func() bool { return len(b.person.questions()) == asked+1 })
		b.until("listed", func() bool { return b.person.questions()[asked].Found().Complete })
		q := b.person.questions()[asked]
		b.until("its volume listed", func() bool { return q.Found().InVolumes.Complete })
		if in := q.Found().InVolumes; !slices.Equal(paths(in.Files), []string{"/data/v"}) || in.Bytes != 7 {
			t.Errorf("%s: in its volume %+v", verb, in)
		}
		if q.Verb != verb || q.CanOnlyStop() || !slices.Equal(paths(q.Found().Files), []string{"/work/notes"}) ||
			len(q.Found().Volumes) != 1 {
			t.Errorf("%s: %+v", verb, q.Found())
		}
		command := map[string]string{
			"stop": "docker stop ", "kill": "docker kill ", "remove": "docker stop ",
			"restart": "docker restart ",
		}[verb] + c.Name
		if got := q.Commands(); len(got) != 1 || got[0].String() != command {
			t.Errorf("%s: commands %v", verb, got)
		}
		if !b.look(c.ID).Running() {
			t.Errorf("%s: it was stopped without an answer", verb)
		}
		if now := b.look(c.ID); !now.StartedAt.Equal(c.StartedAt) {
			t.Errorf("%s: it was restarted without an answer", verb)
		}
		b.person.answers(removal.RemoveContainer)
		act(c)
		v := b.ended(map[string]string{"stop": "Stop ", "kill": "Kill ", "remove": "Remove ", "restart": "Restart "}[verb] +
			c.Name)
		b.want(v, job.Done, "")
		if verb == "restart" {
			if now := b.look(c.ID); !now.Running() || !now.StartedAt.After(c.StartedAt) || words.Of(v.Result).
				String() != c.Name+" was restarted." {
				t.Errorf("%+v; %s", now, v.Result)
			}
		} else {
			b.until("it is gone", func() bool { return !b.exists(c.ID) })
		}
		if last, _ := b.session.Journal.Last(); last.Line() != command || last.Outcome != "done" {
			t.Errorf("%s: journal %+v", verb, last)
		}
	}
}

func TestRemove(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	const line = "mkdir /work/sub; echo mine > /work/sub/notes; echo x > /tmp/noise; echo y >> /www/index.html; "
	ready := func(c model.Container) {
		b.until("it has written", func() bool {
			list, err := b.engine().Changes(b.ctx(), c.ID)
			return err == nil && len(list) >= 7
		})
	}
	c := b.started(b.sh("rm-me", line+idle))
	ready(c)
	b.person.answers(removal.KeepContainer)
	b.removal.Remove(c)
	b.until("listed", func() bool { q := b.person.questions(); return len(q) == 1 && q[0].Found().Complete })
	q := b.person.questions()[0]
	if f := q.Found(); !slices.Equal(paths(f.Files), []string{"/work/sub/notes", "/www/index.html"}) ||
		len(f.Ignored) != 1 || f.Bytes() == 0 || f.Nothing() || !q.CanOnlyStop() {
		t.Errorf("%+v", f)
	}
	if got := q.Commands(); len(got) != 2 || got[0].String() != "docker stop rm-me" ||
		got[1].String() != "docker rm rm-me" {
		t.Errorf("commands %v", got)
	}
	if !b.look(c.ID).Running() || len(b.session.Jobs.List()) != 0 {
		t.Error("something was done without an answer")
	}
	b.person.answers(removal.OnlyStop)
	b.removal.Remove(c)
	b.want(b.ended("Stop rm-me"), job.Done, "")
	if b.look(c.ID).Running() {
		t.Error("not stopped")
	}
	b.person.answers(removal.RemoveContainer)
	b.removal.Remove(c)
	b.want(b.ended("Remove rm-me"), job.Done, "")
	if b.exists(c.ID) {
		t.Error("not removed")
	}
	b.wantJournal("done: docker stop rm-me", "done: docker rm rm-me")
	b.removal.Remove(c)
	b.until("told", func() bool { return len(b.person.heard()) == 1 })
	if p := b.person.heard()[0]; p.Kind != model.ProblemNotFound {
		t.Errorf("%#v", p)
	}

	c = b.started(b.sh("rm-run", line+idle))
	ready(c)
	b.person.answers(removal.RemoveContainer)
	b.removal.Remove(c)
	b.want(b.ended("Remove rm-run"), job.Done, "")
	if got := b.journal()[2:]; !slices.Equal(got, []string{"done: docker stop rm-run", "done: docker rm rm-run"}) {
		t.Errorf("journal %q", got)
	}
}

// TestSaveCommands runs the commands of a copy with the real docker, of a few files and of many.
func TestSaveCommands(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	dockerCLI(t)
	c := b.started(b.sh("save-lines",
		"mkdir -p '/work/a b/deep' /work/many; echo one > '/work/a b/deep/f'; echo two > /work/two; echo in > /root-file; "+
			"i=0; while [ $i -lt 60 ]; do mkdir -p /work/many/$((i%7)); echo $i > /work/many/$((i%7))/$i; i=$((i+1)); done; echo done > /work/zz; "+idle))
	b.until("its files", func() bool { _, err := b.engine().Stat(b.ctx(), c.ID, "/work/zz"); return err == nil })
	all := rescue.List(b.ctx(), b.engine(), c, nil)
	few := all
	few.Files = slices.DeleteFunc(slices.Clone(all.Files), func(f rescue.File) bool {
		return strings.Contains(f.Path, "/many/")
	})
	if len(few.Files) != 4 || len(all.Files) != 64 {
		t.Fatalf("%d of %d", len(few.Files), len(all.Files))
	}
	for name, found := range map[string]rescue.Found{"few": few, "all": all} {
		dir := filepath.Join(t.TempDir(), "a copy")
		commands := actions.SaveCommands(c, found, dir)
		if len(commands) > 20 {
			t.Errorf("%s: %d commands", name, len(commands))
		}
		for _, cmd := range commands {
			if out, err := exec.CommandContext(b.ctx(), "sh", "-c", cmd.String()).CombinedOutput(); err != nil {
				t.Fatalf("%s: %v: %s", cmd, err, out)
			}
		}
		for _, f := range found.Files {
			if info, err := os.Stat(filepath.Join(dir, f.Path)); err != nil || info.Size() != f.Size {
				t.Errorf("%s: %v", name, err)
			}
		}
		copied := 0
		_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				copied++
			}
			return nil
		})
		if copied != len(found.Files) {
			t.Errorf("%s: %d files, not %d", name, copied, len(found.Files))
		}
	}
}

// TestRemoveAsksAgain removes one that saves a file as it ends.
func TestRemoveAsksAgain(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	c := b.started(b.sh("saves",
		"trap 'echo last > /work/saved; exit 0' TERM; echo first > /work/first; sleep 100000 & wait"))
	b.until("it has written", func() bool { _, err := b.engine().Stat(b.ctx(), c.ID, "/work/first"); return err == nil })
	b.person.answers(removal.RemoveContainer, removal.KeepContainer)
	b.removal.Remove(c)
	v := b.ended("Remove saves")
	b.want(v, job.Done, "")
	q := b.person.questions()
	if len(q) != 2 || !q[1].Again || !slices.Equal(paths(q[1].Fresh), []string{"/work/saved"}) ||
		len(q[1].Commands()) != 1 || q[1].CanOnlyStop() {
		t.Fatalf("%d questions: %+v", len(q), q[len(q)-1])
	}
	if now := b.look(c.ID); now.Running() || words.Of(v.Result).String() != "saves was kept and is stopped." {
		t.Errorf("%+v; %s", now, v.Result)
	}
	b.wantJournal("done: docker stop saves")
	b.person.answers(removal.RemoveContainer, removal.KeepContainer)
	b.removal.Remove(c) // both files are shown now
	b.want(b.ended("Remove saves"), job.Done, "")
	b.until("it is gone", func() bool { return !b.exists(c.ID) })
	if len(b.person.questions()) != 3 {
		t.Errorf("%d questions", len(b.person.questions()))
	}

	// Who answers before anything is shown is asked again, and so is who answered an older list than was found.
	c = b.started(b.sh("hasty", "echo mine > /work/mine; echo written; "+idle))
	b.until("it has written", func() bool { _, err := b.engine().Stat(b.ctx(), c.ID, "/work/mine"); return err == nil })
	b.person.mu.Lock()
	b.person.removal = func(_ context.Context, r *removal.Removal) removal.Choice {
		if r.Again {
			return removal.KeepContainer
		}
		return removal.RemoveContainer
	}
	b.person.mu.Unlock()
	b.private.Freeze()
	time.AfterFunc(100*time.Millisecond, b.private.Thaw)
	b.removal.Remove(c)
	b.ended("Remove hasty")
	if q := b.person.questions()[3:]; !b.exists(c.ID) || len(q) != 2 || !q[1].Again ||
		!slices.Equal(paths(q[1].Fresh), []string{"/work/mine"}) {
		t.Errorf("what nobody was shown was destroyed: %+v", q)
	}

	c = b.made(b.sh("unpainted", idle))
	for _, name := range []string{"/work/seen", "/work/late"} {
		b.private.PutFile(t, c.ID, name, "mine")
	}
	asked := len(b.person.questions())
	b.person.mu.Lock()
	b.person.removal = func(ctx context.Context, r *removal.Removal) removal.Choice {
		complete(ctx, r)
		f := r.Found()
		if !r.Again { // the second file came after the last painting
			f.Files = slices.DeleteFunc(f.Files, func(f rescue.File) bool { return f.Path == "/work/late" })
		} else { // and the first is known already
			f.Files = r.Fresh
		}
		r.Painted(f)
		return removal.RemoveContainer
	}
	b.person.mu.Unlock()
	b.removal.Remove(c)
	b.want(b.ended("Remove unpainted"), job.Done, "")
	if q := b.person.questions()[asked:]; b.exists(c.ID) || len(q) != 2 ||
		!slices.Equal(paths(q[1].Fresh), []string{"/work/late"}) {
		t.Errorf("%d questions: %+v", len(q), q)
	}
}

// TestCloseWithdrawsQuestions ends with a question open, and with a job that waits for an answer.
func TestCloseWithdrawsQuestions(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	c := b.started(b.sh("asked", idle))
	b.person.mu.Lock()
	b.person.removal = func(ctx context.Context, _ *removal.Removal) removal.Choice {
		<-ctx.Done()
		return removal.KeepContainer
	}
	b.person.mu.Unlock()
	b.removal.Remove(c)
	b.until("asked", func() bool { return len(b.person.questions()) == 1 })
	began := time.Now()
	b.actions.Close()
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("Close took %v", took)
	}
	if !b.look(c.ID).Running() {
		t.Error("it was stopped")
	}
	b.removal.Remove(c) // too late: nothing happens
	b.session.Jobs.Close()
	j, err := b.images.Pull("x")
	if err != nil || j.View().State != job.Cancelled {
		t.Errorf("%+v, %v", j.View(), err)
	}
}
