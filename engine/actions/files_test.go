//go:build linux

package actions_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/engine/enginetest"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/runspec"
	"slipway/engine/words"
)

// TestFiles copies a tree into a container and out of it again, running and stopped, and compares.
func TestFiles(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	c := b.started(runspec.Spec{Name: "files", Image: b.image, Command: []string{
		"sh", "-c",
		"mkdir -p /home/.me; chown 1000:100 /home/.me; mv /home/.me /home/me; trap 'exit 0' TERM; sleep 100000 & wait",
	}})
	b.until("the folder is there", func() bool {
		s, err := b.engine().Stat(b.ctx(), c.ID, "/home/me")
		return err == nil && s.Dir
	})
	tree := filepath.Join(t.TempDir(), "mine")
	want := map[string][]byte{
		"a.txt": []byte("a\n"), "näme mit $pace": []byte("x"),
		"deep/er/data.bin": bytes.Repeat([]byte{1, 2, 3}, 100_000), "deep/empty": {}, "-rf": []byte("no option"),
	}
	for name, data := range want {
		at := filepath.Join(tree, name)
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, data, 0o640); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("a.txt", filepath.Join(tree, "link")); err != nil {
		t.Fatal(err)
	}
	v := b.done(b.actions.UploadFiles(c, []string{tree, filepath.Join(tree, "a.txt")}, "/home/me"), nil)
	if b.want(v, job.Done, ""); !strings.Contains(words.Of(v.Said()).String(), "6 files") {
		t.Error(v.Said())
	}
	out, _, err := b.engine().
		Exec(b.ctx(), c.ID, "sh", "-c",
			"stat -c '%u:%g %s' /home/me/mine/deep/er/data.bin /home/me/a.txt; readlink /home/me/mine/link; cat /home/me/mine/-rf")
	if err != nil || out != "1000:100 300000\n1000:100 2\na.txt\nno option" {
		t.Errorf("%q, %v", out, err)
	}

	back := func(what string) {
		t.Helper()
		dir := t.TempDir()
		v := b.done(b.actions.FetchFiles(c, []string{"/home/me/mine", "/home/me/a.txt"}, dir), nil)
		if b.want(v, job.Done, ""); !strings.Contains(words.Of(v.Said()).String(), "6 files") ||
			!strings.Contains(words.Of(v.Said()).String(), "link") {
			t.Error(what, v.Result)
		}
		for name, data := range want {
			if got, err := os.ReadFile(filepath.Join(dir, "mine", name)); err != nil || !bytes.Equal(got, data) {
				t.Errorf("%s: %s: %d bytes, %v", what, name, len(got), err)
			}
		}
		if got, err := os.ReadFile(filepath.Join(dir, "a.txt")); string(got) != "a\n" {
			t.Errorf("%q, %v", got, err)
		}
	}
	back("running")
	b.want(b.done(b.actions.FetchFiles(c, []string{"/home/me/none"}, t.TempDir()), nil), job.Failed, model.ProblemNotFound)
	b.want(b.done(b.actions.UploadFiles(c, []string{filepath.Join(tree, "none")}, "/home/me"), nil), job.Failed,
		model.ProblemPermission)
	b.want(b.done(b.actions.UploadFiles(c, []string{tree}, "/none"), nil), job.Failed, model.ProblemNotFound)
	if err := b.engine().Stop(b.ctx(), c, 5); err != nil {
		t.Fatal(err)
	}
	back("stopped")
}
