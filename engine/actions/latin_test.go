//go:build linux

package actions_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"slipway/engine"
	"slipway/engine/enginetest"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/words"
)

// TestNamesOfBytes lists, opens and saves files whose names are no UTF-8, or have line ends and backslashes: each once,
// by its bytes.
func TestNamesOfBytes(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	c := b.started(b.sh("latin",
		`mkdir -p /f/"$(printf 'd\351')"; cd /f; echo latin > "Sal$(printf '\351').txt"; echo deep > "$(printf 'd\351')/in.txt"; echo hard > aaa; ln aaa "$(printf 'd\351')/hard1"; ln aaa "$(printf 'd\351')/hard2"; mkdir empty
printf lines > "a
b"; echo back > 'x\y'; echo rf > ./-rf; echo lead > ' lead'; ln -s nowhere l; echo ready; sleep 1d & wait`))
	e := b.engine()
	b.until("the files", func() bool { lines, _ := e.LastLines(b.ctx(), c.ID, 1); return len(lines) == 1 })
	for _, running := range []bool{true, false} {
		if !running {
			if err := e.Stop(b.ctx(), c, 0); err != nil {
				t.Fatal(err)
			}
			c = b.look(c.ID)
		}
		var names []string
		if err := e.Dir(b.ctx(), c, "/f", func(list []engine.Entry) {
			names = nil
			for _, f := range list {
				names = append(names, f.Path)
			}
		}); err != nil {
			t.Fatal(err)
		}
		slices.Sort(names)
		if want := []string{" lead", "-rf", "Sal\xe9.txt", "a\nb", "aaa", "d\xe9", "empty", "l", `x\y`}; !slices.Equal(names,
			want) {
			t.Errorf("running %v: %q", running, names)
		}
		for name, want := range map[string]string{
			"Sal\xe9.txt": "latin\n", "a\nb": "lines", `x\y`: "back\n", "-rf": "rf\n",
			" lead": "lead\n", "d\xe9/in.txt": "deep\n",
		} {
			if data, whole, err := e.ReadFile(b.ctx(), c.ID, "/f/"+name, 100); string(data) != want || !whole || err != nil {
				t.Errorf("%q: %q, %v, %v", name, data, whole, err)
			}
			dir := t.TempDir()
			v := b.done(b.actions.FetchFiles(c, []string{"/f/" + name}, dir), nil)
			b.want(v, job.Done, "")
			if data, err := os.ReadFile(filepath.Join(dir, filepath.Base(name))); string(data) != want || err != nil ||
				!strings.HasPrefix(words.Of(v.Result).String(), "Saved 1 file") {
				t.Errorf("%q: %q, %v, %s", name, data, err, v.Result)
			}
		}
		dir := t.TempDir()
		b.want(b.done(b.actions.FetchFiles(c, []string{"/f/d\xe9"}, dir), nil), job.Done, "")
		// which are outside, too
		for name, want := range map[string]string{"in.txt": "deep\n", "hard1": "hard\n", "hard2": "hard\n"} {
			if data, err := os.ReadFile(filepath.Join(dir, "d\xe9", name)); string(data) != want {
				t.Errorf("the folder's %s: %q, %v", name, data, err)
			}
		}
		b.want(b.done(b.actions.FetchFiles(c, []string{"/f/l"}, dir), nil), job.Failed, model.ProblemUnsupported)
		if v := b.done(b.actions.FetchFiles(c, []string{"/f/empty"}, dir),
			nil); !strings.Contains(words.Of(v.Said()).String(), "empty folder") {
			t.Errorf("%s", v.Result)
		}
		b.want(b.done(b.actions.FetchFiles(c, []string{"/f/gone\xe9"}, dir), nil), job.Failed, model.ProblemNotFound)
	}
}
