package journal

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"slipway/engine/model"
)

func TestScript(t *testing.T) {
	var j Journal
	changes := 0
	j.OnChange(func() { changes++ })
	run := model.Command{{Text: "run"}, {Text: "-e"}, {Text: "TOKEN=s3cret", Shown: "TOKEN", Secret: true}, {Text: "a b"}}
	j.End(j.Begin("", run), OK)
	j.End(j.Begin("DOCKER_HOST=unix:///x", model.Docker("pull", "gone\n# rm -rf /")), Failed)
	j.Begin("", model.Docker("ps"))
	entries := j.Entries()
	if len(entries) != 3 || entries[0].Outcome != OK || entries[1].Outcome != Failed || entries[2].Outcome != Pending || changes != 5 {
		t.Fatalf("%+v after %d changes", entries, changes)
	}
	if strings.Contains(entries[0].Command.WithSecrets(), "s3cret") {
		t.Error("the journal keeps the secret")
	}
	script := Script(entries)
	// The script is run with a docker that only says how it was called: what failed must not be among it.
	dir := t.TempDir()
	fake := filepath.Join(dir, "docker")
	if err := os.WriteFile(fake, []byte("#!/bin/sh\nfor a; do printf '[%s]' \"$a\"; done; echo\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sh", "-c", script)
	cmd.Env = []string{"PATH=" + dir + ":/usr/bin:/bin"}
	out, err := cmd.CombinedOutput()
	if err != nil || string(out) != "[run][-e][TOKEN][a b]\n" {
		t.Errorf("%v: %s\n%s", err, out, script)
	}
}

func TestOldEntriesAreForgotten(t *testing.T) {
	var j Journal
	for range most + 10 {
		j.Begin("", model.Docker("ps"))
	}
	last, ok := j.Last()
	if n := len(j.Entries()); n != most || !ok || last.ID != most+10 {
		t.Errorf("%d entries, the last %d", n, last.ID)
	}
}
