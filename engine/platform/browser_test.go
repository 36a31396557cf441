package platform

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"slipway/engine/model"
	"slipway/engine/words"
)

// fakeOpener makes an xdg-open of this script the only one in PATH, with the system's programs behind it.
func fakeOpener(t *testing.T, script string) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("the browser is opened in another way here")
	}
	dir := t.TempDir()
	pidFile := filepath.Join(dir, "pid")
	if err := os.WriteFile(filepath.Join(dir, "xdg-open"), []byte("#!/bin/sh\nPID='"+pidFile+"'\n"+script+"\n"),
		0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Cleanup(func() {
		text, err := os.ReadFile(pidFile)
		if err != nil {
			return
		}
		if pid, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
			if p, err := os.FindProcess(pid); err == nil {
				_ = p.Kill()
			}
		}
	})
}

func TestOpenURLDoesNotWaitForTheBrowser(t *testing.T) {
	for name, tc := range map[string]struct {
		script string
		limit  time.Duration
	}{
		"the browser stays as a child of its own": {`sleep 30 & echo $! >"$PID"`, 3 * time.Second},
		"xdg-open becomes the browser":            {`echo $$ >"$PID"; exec sleep 30`, openTime + 3*time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			fakeOpener(t, tc.script)
			began := time.Now()
			if err := new(Browser).Open(t.Context(), "http://127.0.0.1:1/?token=x"); err != nil {
				t.Error(err)
			}
			if took := time.Since(began); took > tc.limit {
				t.Errorf("it took %v", took)
			}
		})
	}
}

func TestOpenURLFails(t *testing.T) {
	fakeOpener(t, "exit 3")
	err := new(Browser).Open(t.Context(), "http://127.0.0.1:1/?token=x")
	var p *model.Problem
	if !errors.As(err, &p) || p.Kind != model.ProblemUnsupported || strings.Contains(words.Of(p.Fix).String(), "token") {
		t.Errorf("got %v", err)
	}
	if err := new(Browser).Open(t.Context(), "file:///etc/passwd"); !model.IsKind(err, model.ProblemBadInput) {
		t.Errorf("got %v", err)
	}
}

func TestOpenURLIsCancelled(t *testing.T) {
	fakeOpener(t, `echo $$ >"$PID"; exec sleep 30`)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	began := time.Now()
	err := new(Browser).Open(ctx, "http://127.0.0.1:1/")
	if took := time.Since(began); !errors.Is(err, context.DeadlineExceeded) || took > 3*time.Second {
		t.Errorf("%v after %v", err, took)
	}
}

// TestOpenFolderOnly holds that what a container has mounted is shown only if it is a folder: a desktop would run a
// file.
func TestOpenFolderOnly(t *testing.T) {
	out := filepath.Join(t.TempDir(), "opened")
	fakeOpener(t, "echo $$ >\"$PID\"; printf '%s' \"$1\" >>'"+out+"'")
	dir := t.TempDir()
	file := filepath.Join(dir, "evil.desktop")
	if err := os.WriteFile(file, nil, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, "", ".", "-x", "http://127.0.0.1:1/", dir + "/none", "/dev/null"} {
		if err := OpenFolder(t.Context(), path); err == nil {
			t.Errorf("%q was opened", path)
		}
	}
	if text, err := os.ReadFile(out); err == nil {
		t.Errorf("opened %s", text)
	}
	if err := OpenFolder(t.Context(), dir); err != nil {
		t.Error(err)
	}
	if text, _ := os.ReadFile(out); string(text) != "file://"+dir {
		t.Errorf("opened %q", text)
	}
}
