package engine

import (
	"strings"
	"testing"

	"github.com/docker/docker/api/types/container"
	"github.com/google/go-cmp/cmp"
)

func TestNamesFromAnEngine(t *testing.T) {
	id := strings.Repeat("0a", 32)
	for name, want := range map[string]string{
		"/web-1": "web-1", "/A.b_c": "A.b_c", "/-rf": id[:12], "/../../x": id[:12], "/a/b": id[:12], "": id[:12],
		"/a b": id[:12], "/a\nb": id[:12], "/a\u200bb": id[:12], "/ä": id[:12], "/..": id[:12], "/$(x)": id[:12],
	} {
		if got := fromSummary(container.Summary{ID: id, Names: []string{name}}).Name; got != want {
			t.Errorf("list: %q is called %q", name, got)
		}
		if got := fromInspect(container.InspectResponse{ContainerJSONBase: &container.ContainerJSONBase{ID: id, Name: name}}).
			Name; got != want {
			t.Errorf("inspect: %q is called %q", name, got)
		}
	}
	for name, good := range map[string]bool{
		"data": true, "my-data_1.x": true, "plugin/group/data": true, "Übung": true, id: true, "": false, "-rf": false,
		"../x": false, "a/../../b": false, `a\..\b`: false, "..": false, "/etc": false, "a\nb": false, "a\tb": false,
		"a\u202eb": false, "a\u200bb": false, "a\u00a0b": false, "\xff": false, "a\x1b[0m": false,
		strings.Repeat("a", 1025): false, "a..b": true,
	} {
		if goodName(name) != good {
			t.Errorf("%q is good: %v", name, !good)
		}
	}
	for id, known := range map[string]bool{
		id: true, "sha256:" + id: true, id[:12]: true, "": false, "../" + id: false,
		"--all": false, id + "\n": false, id + id + "0": false, strings.ToUpper(id): false,
	} {
		if knownID(id) != known {
			t.Errorf("%q is known: %v", id, !known)
		}
	}
	got := goodReferences([]string{
		"python:3.13", "-x", "a b", "a\n:1", "quay.io/a/b@sha256:" + strings.Repeat("a", 64),
		"../x:1", "",
	})
	if diff := cmp.Diff([]string{"python:3.13", "quay.io/a/b@sha256:" + strings.Repeat("a", 64)}, got); diff != "" {
		t.Error(diff)
	}
}
