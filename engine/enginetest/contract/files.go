//go:build linux

package contract

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"slipway/engine"
	"slipway/engine/model"
)

// files lists folders of a container that runs and of the same one stopped, and reads files.
func (s *suite) files(t *testing.T) {
	t.Helper()
	e := s.connect(t)
	c := s.start(t, e,
		s.sh(t, `mkdir -p /d/sub/deeper '/d/a folder'; printf 12345 > /d/five; printf 1234567 > '/d/a name'; : > /d/.hidden; ln -s five /d/link; ln -s /d/link /d/sub/far; chmod 4755 /d/five; : > /d/..dots; `+idle))
	want := []string{
		"..dots 0 -rw-r--r--", ".hidden 0 -rw-r--r--", "a folder drwxr-xr-x", "a name 7 -rw-r--r--",
		"five 5 urwxr-xr-x", "link L", "sub drwxr-xr-x",
	}
	list := func(c model.Container) []string {
		t.Helper()
		var got []string
		err := e.Dir(bounded(t), c, "/d", func(entries []engine.Entry) {
			got = nil
			for _, f := range entries {
				got = append(got, entryWords(f))
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(got)
		return got
	}
	for {
		if got := list(c); slices.Equal(got, want) {
			break
		} else if len(got) >= len(want) {
			t.Fatalf("running: %q", got)
		}
	}
	for name, text := range map[string]string{"/d/five": "12345", "/d/sub/far": "12345", "/d/link": "12345"} {
		if data, whole, err := e.ReadFile(bounded(t), c.ID, name, 100); err != nil || string(data) != text || !whole {
			t.Errorf("%s: %q, %v, %v", name, data, whole, err)
		}
	}
	if data, whole, err := e.ReadFile(bounded(t), c.ID, "/d/a name", 3); err != nil || string(data) != "123" || whole {
		t.Errorf("%q, %v, %v", data, whole, err)
	}
	_, _, err := e.ReadFile(bounded(t), c.ID, "/d/none", 3)
	wantKind(t, err, model.ProblemNotFound)
	if u, g, err := e.Owner(bounded(t), c.ID, "/d"); err != nil || u != 0 || g != 0 {
		t.Errorf("%d:%d, %v", u, g, err)
	}
	err = e.Dir(bounded(t), c, "/none", func([]engine.Entry) {})
	wantKind(t, err, model.ProblemNotFound)
	tree, whole, ok := e.Tree(bounded(t), c.ID, "/d", 100)
	var below []string
	for _, f := range tree {
		below = append(below, entryWords(f))
	}
	slices.Sort(below)
	if want := []string{
		"..dots 0 -rw-r--r--", ".hidden 0 -rw-r--r--", "a name 7 -rw-r--r--", "five 5 urwxr-xr-x",
		"link L", "sub/far L",
	}; !ok || !whole || !slices.Equal(below, want) {
		t.Errorf("all files: %q, %v, %v", below, whole, ok)
	}
	if tree, whole, ok := e.Tree(bounded(t), c.ID, "/d", 2); !ok || whole || len(tree) != 2 {
		t.Errorf("two files: %+v, %v, %v", tree, whole, ok)
	}
	if _, _, ok := e.Tree(bounded(t), c.ID, "/none", 100); ok {
		t.Error("a folder that is not there was listed")
	}
	if err := e.Stop(bounded(t), c, 5); err != nil {
		t.Fatal(err)
	}
	if got := list(look(t, e, c.ID)); !slices.Equal(got, want) {
		t.Errorf("stopped: %q", got)
	}
	var root []string
	err = e.Dir(bounded(t), look(t, e, c.ID), "/", func(entries []engine.Entry) {
		root = nil
		for _, f := range entries {
			root = append(root, f.Path)
		}
	})
	if err != nil || !slices.Contains(root, "d") || !slices.Contains(root, "bin") || slices.Contains(root, "five") {
		t.Errorf("the root: %q, %v", root, err)
	}
}

func entryWords(f engine.Entry) string {
	switch {
	case f.Mode&fs.ModeSymlink != 0:
		return f.Path + " L"
	case f.Mode.IsDir():
		return f.Path + " " + f.Mode.String()
	}
	return strings.Join([]string{f.Path, sizeWord(f.Size), f.Mode.String()}, " ")
}

func sizeWord(n int64) string { return string(rune('0' + n)) }
