package journal

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"slipway/engine/model"
)

func code(o Outcome) string { return string(o) }

func TestScript(t *testing.T) {
	var j Journal
	changes := 0
	j.OnChange(func() { changes++ })
	run := model.Command{{Text: "run"}, {Text: "-e"}, {Text: "TOKEN=s3cret", Shown: "TOKEN", Secret: true}, {Text: "a b"}}
	j.End(j.Begin("", run), OK)
	j.End(j.Begin("DOCKER_HOST=unix:///x", model.Docker("pull", "gone\n# rm -rf /")), Failed)
	j.Begin("", model.Docker("ps"))
	entries := j.Entries()
	if len(entries) != 3 || entries[0].Outcome != OK || entries[1].Outcome != Failed || entries[2].Outcome != Pending ||
		changes != 5 {
		t.Fatalf("%+v after %d changes", entries, changes)
	}
	if strings.Contains(entries[0].Command.WithSecrets(), "s3cret") {
		t.Error("the journal keeps the secret")
	}
	script := Script(entries, "Saved.\nexit 9", code)
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

// TestHostileScript runs a saved history whose names and values were chosen by somebody else: by /bin/sh, which is dash
// on Debian and Ubuntu, and by every other shell of this computer. Nothing but docker is run, with just these words.
func TestHostileScript(t *testing.T) {
	words := []string{
		"cp", "box:/home/jovyan/report\n' ; touch PWNED #", "-e", "GREETING=hello\n\\' ; touch PWNED #",
		"TAB=a\tb' ; touch PWNED #", "x\r\ntouch PWNED", "\x1b[201~\ntouch PWNED\n", "a\u202eb", "`touch PWNED`",
	}
	entry := func(outcome Outcome, prefix string) Entry {
		return Entry{Command: model.Docker(words...), Outcome: outcome, Prefix: prefix}
	}
	script := Script([]Entry{entry(OK, ""), entry(Failed, ""), entry(OK, "DOCKER_HOST="+
		model.Quote("ssh://me@far\n' ; touch PWNED #")), entry(Cancelled, "DOCKER_HOST="+model.Quote("a\ntouch PWNED"))}, "",
		code)
	for _, r := range script {
		if r != '\n' && model.Unseen(r) {
			t.Fatalf("%U is in the script:\n%q", r, script)
		}
	}
	want := strings.Repeat("["+strings.Join(words, "][")+"]\n", 2)
	for _, shell := range [][]string{{"sh"}, {"dash"}, {"bash"}, {"busybox", "sh"}, {"zsh", "-f"}} {
		if _, err := exec.LookPath(shell[0]); err != nil {
			continue // engine/model has a test that needs them all
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "docker"),
			[]byte("#!/bin/sh\nfor a; do printf '[%s]' \"$a\"; done; echo\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "history.sh"), []byte(script), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(shell[0], append(shell[1:], "history.sh")...)
		cmd.Dir, cmd.Env = dir, []string{"PATH=" + dir + ":/usr/bin:/bin", "LC_ALL=C.UTF-8"}
		out, err := cmd.CombinedOutput()
		if err != nil || string(out) != want {
			t.Errorf("%s: %v\n%q\nwant\n%q", shell, err, out, want)
		}
		if _, err := os.Stat(filepath.Join(dir, "PWNED")); err == nil {
			t.Errorf("%s ran what is in a name", shell)
		}
	}
}
