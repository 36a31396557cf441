package rescue

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"slipway/engine"
	"slipway/engine/model"

	"github.com/google/go-cmp/cmp"
)

func TestIsNoise(t *testing.T) {
	for path, want := range map[string]bool{
		"/home/jovyan/Untitled.ipynb":                        false,
		"/home/jovyan/figures/map.png":                       false,
		"/home/jovyan/.config/app/settings.toml":             false,
		"/root/notes.txt":                                    false,
		"/etc/nginx/nginx.conf":                              false,
		"/var/lib/postgresql/data/base":                      false,
		"/usr/local/bin/tool.sh":                             false,
		"/data/tmp/x":                                        false,
		"/srv/runner":                                        false,
		"/usr/share/nginx/html/index.html":                   false,
		"/app/poetry.lock":                                   false,
		"/root/.gnupg/x":                                     false,
		"/root/notes.txt.swp":                                false,
		"/usr/share/documents/x":                             false,
		"/home/me/repo/.git/objects/ab/cdef":                 false,
		"/home/me/repo/.git/refs/heads/fix/__pycache__":      false,
		"/home/me/.ipython/profile_default/startup/mine.py":  false,
		"/home/me/.jupyter/custom/custom.css":                false,
		"/home/me/.jupyter/jupyter_server_config.json":       false,
		"/home/me/.config/matplotlib/stylelib/a.mplstyle":    false,
		"/home/me/.config/pip/pip.conf":                      false,
		"/home/me/.local/bin/tool":                           false,
		"/usr/lib/cgi-bin/form.cgi":                          false,
		"/etc/ssl/certs/mine.crt":                            false,
		"/etc/ssl/certs/ca-certificates.crt":                 true,
		"/home/me/.cache/pre-commit/x/.git/HEAD":             true,
		"/home/me/.notes.txt.swp":                            true,
		"/home/me/.~lock.a.odt#":                             true,
		"/root/miniconda3/envs/tf/lib/libx.so":               true,
		"/root/miniconda3/notes.txt":                         false,
		"/home/me/R/x86_64-pc-linux-gnu-library/4.3/sf/x":    true,
		"/usr/share/vim/vim90/syntax/c.vim":                  true,
		"/usr/share/zoneinfo/UTC":                            true,
		"/var/lib/dpkg/lock":                                 true,
		"/home/jovyan/.ipython/profile_default/history":      true,
		"/home/jovyan/.jupyter/lab":                          true,
		"/home/jovyan/.local/share/jupyter/runtime/jps.json": true,
		"/home/jovyan/.ipynb_checkpoints/a-checkpoint.ipynb": true,
		"/home/jovyan/.cache/pip/x":                          true,
		"/usr/local/lib/python3.13/site-packages/numpy/x.py": true,
		"/tmp/a":              true,
		"/run/x.pid":          true,
		"/var/log/dpkg.log":   true,
		"/root/.bash_history": true,
		"/app/module.pyc":     true,
		"/usr/share/doc/x":    true,
	} {
		if got := IsNoise(path); got != want {
			t.Errorf("IsNoise(%s) = %v", path, got)
		}
	}
}

// fake answers from memory: the pure part, what to make of the engine's lists, needs no engine.
type fake struct {
	changes []engine.Change
	dirs    map[string]bool
	err     error
}

func (f fake) Changes(context.Context, string) ([]engine.Change, error) { return f.changes, f.err }

func (f fake) Stat(_ context.Context, id, path string) (engine.FileInfo, error) {
	if id == "other" { // has the first file, another one of its name, and a folder
		return map[string]engine.FileInfo{
			"/home/me/a.txt": {Size: 14, Regular: true},
			"/home/me/b.txt": {Size: 15, Regular: true},
		}[path], nil
	}
	if strings.Contains(path, "unreadable") {
		return engine.FileInfo{}, errors.New("x")
	}
	return engine.FileInfo{Size: int64(len(path)), Dir: f.dirs[path]}, nil
}

func TestList(t *testing.T) {
	src := fake{dirs: map[string]bool{"/home/me/empty": true}, changes: []engine.Change{
		{Path: "/home", Kind: "changed"},
		{Path: "/home/me", Kind: "changed"},
		{Path: "/home/me/b.txt", Kind: "added"},
		{Path: "/home/me/a.txt", Kind: "changed"},
		{Path: "/home/me/empty", Kind: "added"},
		{Path: "/home/me/work", Kind: "added"},
		{Path: "/home/me/gone", Kind: "deleted"},
		{Path: "/tmp/x", Kind: "added"},
		{Path: "/home/me/.cache/y", Kind: "added"},
		{Path: "/home/me/unreadable", Kind: "added"},
	}}
	anonymous := strings.Repeat("ab", 32)
	c := model.Container{ID: "c", AutoRemove: true, Mounts: []model.Mount{
		{Type: "bind", Source: "/here", Destination: "/home/me/work"},
		{Type: "volume", Name: anonymous, Destination: "/data"},
		{Type: "volume", Name: "named", Destination: "/n"},
	}}
	var steps []Found
	got := List(context.Background(), src, c, func(f Found) { steps = append(steps, f) })
	want := []File{
		{Path: "/home/me/a.txt", Size: 14, Known: true, Changed: true},
		{Path: "/home/me/b.txt", Size: 14, Known: true},
		{Path: "/home/me/unreadable"},
	}
	if d := cmp.Diff(want, got.Files); d != "" {
		t.Error(d)
	}
	if len(got.Ignored) != 2 || !got.Complete || len(got.Kept) != 2 || len(got.Volumes) != 1 || got.Nothing() {
		t.Errorf("%+v", got)
	}
	if !steps[0].Listed || steps[0].Files[0].Known {
		t.Errorf("names should come before sizes: %+v", steps[0])
	}
	got = Compare(context.Background(), src, c, "other", nil)
	want[0], want[1], want[2] = want[1], want[2], want[0]
	want[2].Twin = true
	if d := cmp.Diff(want, got.Files); d != "" || got.Twins() != 1 {
		t.Error(d)
	}
	got.Files[0], got.Files[1], got.Files[2] = got.Files[2], got.Files[0], got.Files[1]
	if fresh := got.New(Found{Files: got.Files[:2]}); len(fresh) != 1 || fresh[0].Path != "/home/me/unreadable" {
		t.Errorf("new: %+v", fresh)
	}
}

// TestWithoutEngines: what the engine puts into a container is nobody's file, and no software that was installed.
func TestWithoutEngines(t *testing.T) {
	changes := []engine.Change{
		{Path: "/sbin", Kind: "added"},
		{Path: "/sbin/docker-init", Kind: "added"},
		{Path: "/a", Kind: "added"},
		{Path: "/a/b", Kind: "added"},
		{Path: "/a/b/mnt", Kind: "added"},
		{Path: "/fast", Kind: "added"},
		{Path: "/own", Kind: "added"},
		{Path: "/own/mnt", Kind: "added"},
		{Path: "/own/file", Kind: "added"},
		{Path: "/empty", Kind: "added"},
		{Path: "/home", Kind: "changed"},
		{Path: "/home/you", Kind: "changed"},
		{Path: "/home/you/mnt", Kind: "added"},
	}
	mounts := []model.Mount{
		{Type: "bind", Destination: "/home/you/mnt"},
		{Type: "bind", Destination: "/a/b/mnt"},
		{Type: "tmpfs", Destination: "/fast"},
		{Type: "volume", Destination: "/own/mnt"},
	}
	paths := func(list []engine.Change) (out []string) {
		for _, c := range list {
			out = append(out, c.Path)
		}
		return out
	}
	rest, touched := withoutEngines(changes, mounts)
	if got, want := paths(rest), []string{"/own/file", "/own", "/empty"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := paths(touched), []string{"/home/you", "/home"}; !slices.Equal(got, want) {
		t.Errorf("touched %q, want %q", got, want)
	}
}

// TestVirtualEnvironment holds that what Python puts into an environment is noise, and the same names elsewhere are
// not.
func TestVirtualEnvironment(t *testing.T) {
	var changes []engine.Change
	for _, p := range []string{
		"/work/venv/pyvenv.cfg", "/work/venv/bin/activate", "/work/venv/bin/python3.12",
		"/work/venv/bin/mine", "/work/bin/activate", "/work/venv/notes.txt",
	} {
		changes = append(changes, engine.Change{Path: p, Kind: "added"})
	}
	own, ignored, _ := split(changes, nil)
	if want := []string{"/work/bin/activate", "/work/venv/bin/mine", "/work/venv/notes.txt"}; len(ignored) != 3 ||
		!slices.EqualFunc(own, want, func(f File, p string) bool { return f.Path == p }) {
		t.Errorf("own %+v, noise %q", own, ignored)
	}
}

func TestAFailedListIsNotNothing(t *testing.T) {
	got := List(context.Background(), fake{err: errors.New("no")}, model.Container{}, nil)
	if got.Problem == nil || got.Nothing() {
		t.Errorf("%+v", got)
	}
}
