//go:build linux

package actions_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"slipway/engine/job"
	"slipway/engine/launcher"
	"slipway/engine/model"
	"slipway/engine/runspec"
)

// TestOpenFile launches a server for a file beside one that lets nobody in, and opens another file while its folder is
// being launched: there is never a second server.
func TestOpenFile(t *testing.T) {
	l := newLauncher(t)
	name := filepath.Join(l.folder, "a.ipynb")
	if err := os.WriteFile(name, []byte(`{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":4}`), 0o644); err != nil {
		t.Fatal(err)
	}
	deaf := l.sh("deaf", `mkdir -p /www && echo '{}' > /www/api; trap 'exit 0' TERM; httpd -f -p 8888 -h /www & wait`)
	deaf.Env = []runspec.Env{{Name: "JUPYTER_TOKEN", Value: "another"}}
	deaf.Ports = []runspec.Port{{HostIP: "127.0.0.1", HostPort: freePort(t), Container: 8888}}
	deaf.Mounts = []runspec.Mount{{Kind: runspec.Bind, Source: l.folder, Target: "/w"}}
	deaf.WorkingDir = "/w"
	l.started(deaf)
	before := l.containers()

	var mu sync.Mutex
	var got []launcher.Opened
	wish := launcher.Launch{
		Recipe: l.recipe, Folder: l.folder, File: name, Port: freePort(t),
		Open: func(_ context.Context, o launcher.Opened) error {
			mu.Lock()
			defer mu.Unlock()
			got = append(got, o)
			return nil
		},
	}
	opened := func() []launcher.Opened {
		mu.Lock()
		defer mu.Unlock()
		return got
	}
	l.atPhase("Create", func(job.View) { l.launcher.Launch(wish) }) // joins, and comes after
	folder := wish
	folder.File = ""
	l.want(l.done(l.launcher.Launch(folder), nil), job.Done, "")
	l.until("both are open", func() bool { return len(opened()) == 2 })
	first, second := opened()[0], opened()[1]
	if first.Reused || !strings.Contains(first.URL, "/lab?token=") || first.Server.Container.Name == "deaf" {
		t.Errorf("the folder: %+v", first)
	}
	if !second.Reused || !strings.Contains(second.URL, "/lab/tree/a.ipynb?token=") ||
		second.Server.Container.ID != first.Server.Container.ID {
		t.Errorf("the file: %+v", second)
	}
	if n := l.containers(); n != before+1 {
		t.Errorf("%d containers were made", n-before)
	}

	for file, kind := range map[string]model.ProblemKind{
		name + "none": model.ProblemNotFound,
		l.folder:      model.ProblemBadInput,
	} {
		wrong := wish
		wrong.File = file
		l.want(l.done(l.launcher.Launch(wrong), nil), job.Failed, kind)
	}
}
