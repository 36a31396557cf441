//go:build linux

package actions_test

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"slipway/engine"
	"slipway/engine/enginetest"
	"slipway/engine/job"
	"slipway/engine/launcher"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/rescue"
	"slipway/engine/runspec"
	"slipway/engine/swap"
)

// deeds are what Slipway is ended in, by name.
var deeds = map[string]deed{
	"save":    {prepareWorker, doSave, func(*bench, scene) string { return "" }, afterSave},
	"back up": {prepareVolume, doBackUp, settledBackUp, afterBackUp},
	"restore": {prepareBackup, doRestore, settledRestore, afterRestore},
	"change":  {prepareWorker, doChange, settledSwap("unless-stopped"), afterSwap},
	"fill":    {prepareFilled, doFill, settledSwap("unless-stopped"), afterSwap},
	"go back": {prepareChanged, doGoBack, settledSwap("unless-stopped"), afterSwap},
	"replace": {prepareNotebook, doReplace, settledSwap("no"), func(*bench, scene) {}},
	"remove":  {prepareWorker, doRemove, func(*bench, scene) string { return "" }, afterRemove},
}

// workerFiles are the files of the worker, each with how it begins.
const workerFiles = 4

// prepareWorker makes a container that runs, with own files of some size.
func prepareWorker(b *bench, s *scene) {
	s.Name = fmt.Sprint("crash-", strings.ReplaceAll(s.Deed, " ", "-"), "-", time.Now().UnixNano())
	c := b.worker(s.Name)
	for i := range workerFiles {
		b.private.PutFile(b.T, c.ID, fmt.Sprintf("/own/big%d", i), ownText(i))
	}
	s.Container = c.ID
	b.clearReplaced(c.ID)
}

// ownText is what is in the i-th file: some megabytes.
func ownText(i int) string { return strings.Repeat(fmt.Sprintf("the work of day %d\n", i), 150_000) }

// clearReplaced removes what took a container's place, when the test ends.
func (b *bench) clearReplaced(old string) {
	b.Cleanup(func() {
		for _, id := range b.private.Labelled(b.T, model.LabelReplaces+"="+old) {
			b.private.RemoveForced(b.T, id)
		}
	})
}

// ownFiles says which of the worker's files is not in a container that runs as it was, "" for none.
func (b *bench) ownFiles(id string) string {
	for i := range workerFiles {
		got := ""
		err := b.engine().CopyOut(b.ctx(), id, fmt.Sprintf("/own/big%d", i), asText(&got))
		if err != nil || got != ownText(i) {
			return fmt.Sprintf("big%d: %d bytes, %v", i, len(got), err)
		}
	}
	got := ""
	if err := b.engine().CopyOut(b.ctx(), id, "/own/deep/f", asText(&got)); err != nil || got != "precious\n" {
		return fmt.Sprintf("f: %q %v", got, err)
	}
	return ""
}

func doSave(b *bench, s scene) *job.Job {
	c := b.look(s.Container)
	found := rescue.List(b.Context(), b.engine(), c, nil)
	return b.actions.SaveCopy(c, found, s.Dir, nil)
}

// afterSave looks at what was saved, has the rest saved, and looks at all of it.
func afterSave(b *bench, s scene) {
	if wrong := b.ownFiles(s.Container); wrong != "" {
		b.Errorf("in the container %s", wrong)
	}
	b.savedFiles(s, false)
	b.want(b.done(doSave(b, s), nil), job.Done, "")
	b.savedFiles(s, true)
}

// savedFiles makes sure that every file that has its name is whole, and with all that each is there, and nothing else.
func (b *bench) savedFiles(s scene, all bool) {
	b.Helper()
	want := map[string]string{"own/deep/f": "precious\n"}
	for i := range workerFiles {
		want[fmt.Sprintf("own/big%d", i)] = ownText(i)
	}
	err := filepath.WalkDir(s.Dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		name, _ := filepath.Rel(s.Dir, path)
		text, ok := want[name]
		got, err := os.ReadFile(path)
		switch {
		case err != nil:
			return err
		case ok && string(got) != text:
			b.Errorf("%s was saved by half: %d bytes", name, len(got))
		case !ok && strings.HasPrefix(name, "own/") && (all || !strings.HasSuffix(name, ".slipway-part")):
			b.Errorf("%s is more than there was", name)
		}
		delete(want, name)
		return nil
	})
	if err != nil || all && len(want) > 0 {
		b.Errorf("%v; not saved: %d", err, len(want))
	}
}

func prepareVolume(b *bench, s *scene) {
	s.Name = fmt.Sprint("crash-", time.Now().UnixNano())
	s.File = filepath.Join(s.Dir, "v.tar")
	b.volumeOf(s.Name)
}

// volumeOf makes a volume with some files in it, and removes it when the test ends.
func (b *bench) volumeOf(name string) model.Volume {
	b.Helper()
	b.want(b.done(b.volumes.Create(name), nil), job.Done, "")
	v, err := b.engine().Volume(b.ctx(), name)
	if err != nil {
		b.Fatal(err)
	}
	b.dropLater(name)
	spec := b.sh(name+"-writer", "true")
	spec.Mounts = []runspec.Mount{{Kind: runspec.Volume, Source: name, Target: "/own"}}
	c := b.made(spec)
	for i := range workerFiles {
		b.private.PutFile(b.T, c.ID, fmt.Sprintf("/own/big%d", i), ownText(i))
	}
	b.private.RemoveForced(b.T, c.ID)
	return v
}

func (b *bench) dropLater(volume string) {
	b.Cleanup(func() { _ = b.private.Client(b.T).VolumeRemove(context.Background(), volume, true) })
}

func doBackUp(b *bench, s scene) *job.Job {
	v, err := b.engine().Volume(b.ctx(), s.Name)
	if err != nil {
		b.Fatal(err)
	}
	return b.volumes.BackUp(v, s.File)
}

// noHelpers says which helper is there, "" for none.
func (b *bench) noHelpers() string {
	list, err := b.engine().Helpers(b.ctx())
	if err != nil || len(list) > 0 {
		return fmt.Sprintf("%d helpers, %v", len(list), err)
	}
	return ""
}

func settledBackUp(b *bench, s scene) string {
	files, err := os.ReadDir(s.Dir)
	if err != nil || len(files) > 1 || len(files) == 1 && files[0].Name() != filepath.Base(s.File) {
		return fmt.Sprintf("files %v, %v", files, err)
	}
	return b.noHelpers()
}

// afterBackUp makes the backup where there is none, and reads it.
func afterBackUp(b *bench, s scene) {
	if _, err := os.Stat(s.File); err != nil {
		b.want(b.done(doBackUp(b, s), nil), job.Done, "")
	}
	f, err := os.Open(s.File)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	if c, err := rescue.Read(f, nil); err != nil || c.Files != workerFiles ||
		c.Bytes != int64(workerFiles*len(ownText(0))) {
		b.Errorf("%+v %v", c, err)
	}
}

func prepareBackup(b *bench, s *scene) {
	prepareVolume(b, s)
	b.want(b.done(doBackUp(b, *s), nil), job.Done, "")
	s.Name += "-restored"
	b.dropLater(s.Name)
}

func doRestore(b *bench, s scene) *job.Job { return b.volumes.Restore(s.File, s.Name) }

// settledRestore wants no volume or one with everything in it.
func settledRestore(b *bench, s scene) string {
	if wrong := b.noHelpers(); wrong != "" {
		return wrong
	}
	v, err := b.engine().Volume(b.ctx(), s.Name)
	if model.IsKind(err, model.ProblemNotFound) {
		return ""
	}
	if err != nil {
		return err.Error()
	}
	if entries, err := os.ReadDir(v.Mountpoint); s.HalfMade && len(v.Labels) == 0 && err == nil && len(entries) == 0 {
		return ""
	}
	for i := range workerFiles { // not through a container, which would keep it from being removed
		if got, err := os.ReadFile(filepath.Join(v.Mountpoint, fmt.Sprint("big", i))); err != nil ||
			string(got) != ownText(i) {
			return fmt.Sprintf("the volume has only a part: %d bytes, %v; its labels are %v", len(got), err, v.Labels)
		}
	}
	return ""
}

// afterRestore restores what is not there. A whole volume whose job was cut off just before it said so is taken away,
// too, and while the engine deletes it, it looks like a part.
func afterRestore(b *bench, s scene) {
	whole := func() bool { return settledRestore(b, s) == "" }
	b.until("all of the volume, or nothing", whole)
	if _, err := b.engine().Volume(b.ctx(), s.Name); model.IsKind(err, model.ProblemNotFound) {
		b.want(b.done(doRestore(b, s), nil), job.Done, "")
	}
	b.until("all of the volume, or nothing", whole)
}

func doChange(b *bench, s scene) *job.Job {
	c := b.look(s.Container)
	w := swap.Change{Container: c, Had: b.had(c), Want: b.had(c)}
	w.Want.WorkingDir = "/tmp"
	return b.begun(func(started func(*job.Job)) { b.swaps.Change(w, started) })
}

// prepareFilled is prepareWorker for a change that mounts a new volume over its files.
func prepareFilled(b *bench, s *scene) {
	prepareWorker(b, s)
	b.dropLater(s.Name + "-own")
}

func doFill(b *bench, s scene) *job.Job {
	c := b.look(s.Container)
	w := swap.Change{Container: c, Had: b.had(c), Want: b.had(c)}
	w.Want.Mounts = append(w.Want.Mounts, runspec.Mount{Kind: runspec.Volume, Source: s.Name + "-own", Target: "/own"})
	return b.begun(func(started func(*job.Job)) { b.swaps.Change(w, started) })
}

// prepareChanged makes a container that took the place of another one, with everything in it.
func prepareChanged(b *bench, s *scene) {
	prepareWorker(b, s)
	b.person.change = swap.ChangeCarry
	b.want(b.done(doChange(b, *s), nil), job.Done, "")
}

func doGoBack(b *bench, s scene) *job.Job {
	fresh, ok := b.named(s.Name)
	if !ok {
		b.Fatal("there is none of that name")
	}
	b.swaps.GoBack(fresh)
	b.untilAllEnded()
	return nil
}

// untilAllEnded waits until no job runs any more, or it was said why there is none.
func (b *bench) untilAllEnded() {
	b.until("the end or why not", func() bool {
		for _, v := range b.session.Jobs.List() {
			if v.State != job.Running {
				return true
			}
		}
		return len(b.person.heard()) > 0
	})
}

// settledSwap wants the old one as it was, or the new one in its place.
func settledSwap(policy string) func(b *bench, s scene) string {
	or := func(is string) string { return cmp.Or(is, "no") }
	return func(b *bench, s scene) string {
		old, err := b.engine().Container(b.ctx(), s.Container)
		if err != nil {
			return err.Error()
		}
		ids := b.private.Labelled(b.T, model.LabelReplaces+"="+s.Container)
		state := fmt.Sprintf("old %s %s %s", old.Name, old.State, old.RestartPolicy)
		var fresh model.Container
		for _, id := range ids {
			if fresh, err = b.engine().Container(b.ctx(), id); err != nil {
				return err.Error()
			}
			state += fmt.Sprintf(", new %s %s %s", fresh.Name, fresh.State, fresh.RestartPolicy)
		}
		_, todo := fresh.Swap()
		asItWas := old.Name == s.Name && (old.Running() || s.Untouched || s.Told) && or(old.RestartPolicy) == policy &&
			!fresh.Running() && (!todo || s.Told)
		asItShallBe := len(ids) == 1 && fresh.Name == s.Name && (fresh.Running() || s.Untouched || s.Done) &&
			!old.Running() && old.Name == s.Name+"-before" && or(old.RestartPolicy) == "no"
		if len(ids) > 1 || !asItWas && !asItShallBe {
			return state
		}
		return ""
	}
}

// afterSwap looks at what is inside both.
func afterSwap(b *bench, s scene) {
	if wrong := b.ownFiles(s.Container); wrong != "" {
		b.Errorf("in the old one %s", wrong)
	}
	if c, ok := b.named(s.Name); !ok {
		b.Error("there is none of that name")
	} else if wrong := b.ownFiles(c.ID); wrong != "" {
		b.Errorf("in the one with the name %s", wrong)
	}
}

func crashRecipe() notebook.Recipe { return script("httpd -f -p 8080 -h /www") }

func prepareNotebook(b *bench, s *scene) {
	s.File = filepath.Join(s.Dir, fmt.Sprint("thesis", time.Now().UnixNano()))
	if err := os.Mkdir(s.File, 0o755); err != nil {
		b.Fatal(err)
	}
	dir, _ := enginetest.XDGOpenRecorder(b.T)
	b.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	l := &folderBench{bench: b, folder: s.File, recipe: crashRecipe()}
	b.Cleanup(func() {
		for _, id := range b.private.Labelled(b.T, model.LabelRecipe+"="+l.recipe.ID) {
			b.private.RemoveForced(b.T, id)
		}
	})
	l.want(l.launch(), job.Done, "")
	old := l.server().Container
	s.Container, s.Name = old.ID, old.Name
}

func doReplace(b *bench, s scene) *job.Job {
	var list []notebook.Server
	b.until("the server", func() bool {
		list = launcher.Servers(b.session, b.session.Live.Snapshot(), []notebook.Recipe{crashRecipe()})
		return len(list) > 0 && list[0].Container.ID == s.Container
	})
	l := &folderBench{bench: b, folder: s.File, recipe: crashRecipe()}
	w := launcher.Replacement{Server: list[0], Launch: launcher.Launch{Recipe: l.recipe, Folder: l.folder}}
	return b.begun(func(started func(*job.Job)) { b.launcher.Replace(w, started) })
}

func doRemove(b *bench, s scene) *job.Job {
	b.removal.Remove(b.look(s.Container))
	b.untilAllEnded()
	return nil
}

// afterRemove finds the container with everything in it, unless it is gone.
func afterRemove(b *bench, s scene) {
	if _, err := b.engine().Container(b.ctx(), s.Container); model.IsKind(err, model.ProblemNotFound) {
		return
	}
	if wrong := b.ownFiles(s.Container); wrong != "" {
		b.Error(wrong)
	}
}

// begun waits for the job of what asks before it begins, nil when it does not come to that.
func (b *bench) begun(act func(started func(*job.Job))) *job.Job {
	jobs := make(chan *job.Job, 1)
	act(func(j *job.Job) {
		select {
		case jobs <- j:
		default:
		}
	})
	var j *job.Job
	b.until("the job or why not", func() bool {
		select {
		case j = <-jobs:
			return true
		default:
			return len(b.person.heard()) > 0
		}
	})
	return j
}

// asText takes what is in a file.
func asText(to *string) func(engine.Entry, io.Reader) error {
	return func(_ engine.Entry, r io.Reader) error {
		all, err := io.ReadAll(r)
		*to = string(all)
		return err
	}
}
