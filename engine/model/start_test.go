package model_test

import (
	"strings"
	"testing"
	"time"

	"slipway/engine/model"
	"slipway/engine/words"
)

// TestStartWhy reads what engines say of starts that failed.
func TestStartWhy(t *testing.T) {
	for text, want := range map[string]string{
		`failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "nosuchprogram": executable file not found in $PATH: unknown`:                                     "no program named nosuchprogram",
		`failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "/data.txt": permission denied`: "/data.txt in this image can't be run",
		`OCI runtime create failed: container_linux.go:380: starting container process caused: exec: "/run.sh": stat /run.sh: no such file or directory: unknown`:                                                              "/run.sh isn't in this image",
		`exec /entry.sh: no such file or directory`: "CRLF",
		`exec /app: exec format error`:              "/app can't run on this computer",
		`OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting "/tmp/c31" to rootfs at "/etc/passwd": mount /tmp/c31:/etc/passwd (via /proc/self/fd/6), flags: 0x5000: not a directory: unknown: Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type`: "One of /tmp/c31 and /etc/passwd is a folder",
		`invalid mount config for type "bind": bind source path does not exist: /tmp/gone`:                                                                                            "/tmp/gone, which is mounted into it, no longer exists",
		`driver failed programming external connectivity on endpoint web (abc): Bind for 0.0.0.0:8080 failed: port is already allocated`:                                              "Port 8080",
		`failed to set up container networking: driver failed programming external connectivity on endpoint x (1): failed to bind host port 127.0.0.1:81/tcp: address already in use`: "Port 81",
		`could not select device driver "" with capabilities: [[gpu]]`:                                                                                                                "needs a GPU",
		`network 0123abc not found`:                                   "Its network 0123abc",
		`unable to find user ada: no matching entries in passwd file`: "no user named ada",
		`error while mounting volume '/var/lib/docker/volumes/v/_data': failed to mount local volume: mount /nonexistent:/var/lib/docker/volumes/v/_data, flags: 0x1000: no such file or directory`: "points to /nonexistent",
	} {
		if got := model.StartWhy(text); !strings.Contains(words.Of(got).String(), want) {
			t.Errorf("%.60s…: %q", text, got)
		}
	}
	if got := model.ExplainStart("failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: something new: unknown"); words.Of(got).String() != "Its last start failed: something new" {
		t.Errorf("%q", got)
	}
}

// TestExits explains the ends that people meet.
func TestExits(t *testing.T) {
	now := time.Now()
	for code, want := range map[int]string{
		132: "AVX", 134: "abort", 135: "--shm-size", 136: "zero", 139: "memory fault",
		141: "code 141", 159: "seccomp", 255: "the engine or the computer", 200: "code 200", 170: "signal 42", 1: "code 1",
	} {
		if got := model.ExplainExit(model.Container{ExitCode: code}); !got.Bad ||
			!strings.Contains(words.Of(got.Why).String(), want) {
			t.Errorf("%d: %+v", code, got)
		}
	}
	stopped := model.Container{StartedAt: now.Add(-time.Hour), StopAt: now.Add(-time.Second), FinishedAt: now}
	if got := model.ExplainExit(stopped); words.Of(got.Word).String() != "Stopped" || got.Bad {
		t.Errorf("%+v", got)
	}
	for name, c := range map[string]model.Container{
		"loops":    {RestartCount: 5, State: model.StateRestarting},
		"just now": {RestartCount: 3, State: model.StateRunning, StartedAt: now.Add(-time.Second)},
	} {
		if !c.Loops(now) {
			t.Errorf("%s: %+v", name, c)
		}
	}
	for name, c := range map[string]model.Container{
		"once":    {RestartCount: 1, State: model.StateRestarting},
		"settled": {RestartCount: 9, State: model.StateRunning, StartedAt: now.Add(-time.Hour)},
		"ended":   {RestartCount: 9, State: model.StateExited},
	} {
		if c.Loops(now) {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

// TestOutputHint says what to do about what was printed.
func TestOutputHint(t *testing.T) {
	for text, want := range map[string]string{
		"standard_init_linux.go:228: exec user process caused: exec format error":    "processor",
		"/bin/sh: ./run.sh: /bin/bash^M: bad interpreter: No such file or directory": "CRLF",
		"env: 'python\\r': No such file or directory":                                "CRLF",
		"PermissionError: [Errno 13] Permission denied: '/home/ada/.local'":          "CHOWN_HOME",
		"  File x\nKeyError: 'runtime_dir'":                                          "CHOWN_HOME",
		"ModuleNotFoundError: No module named 'torch'":                               "package torch",
		"OSError: [Errno 28] No space left on device":                                "full",
		"all is well": "",
	} {
		if got := model.OutputHint(text); want == "" && !got.None() || !strings.Contains(words.Of(got).String(), want) {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// TestExplainExit names how containers ended.
func TestExplainExit(t *testing.T) {
	noon := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		c    model.Container
		word string
		bad  bool
	}{
		{model.Container{}, "Finished", false},
		{model.Container{ExitCode: 137}, "Killed", false},
		{model.Container{ExitCode: 137, OOMKilled: true}, "Out of memory", true},
		{model.Container{ExitCode: 137, OOMAt: noon, FinishedAt: noon.Add(time.Second)}, "Out of memory", true},
		{model.Container{ExitCode: 137, OOMAt: noon, FinishedAt: noon.Add(time.Hour)}, "Killed", false},
		{model.Container{ExitCode: 143}, "Stopped", false},
		{model.Container{ExitCode: 137, StopAt: noon, FinishedAt: noon}, "Stopped", false},
		// and then started and killed
		{model.Container{ExitCode: 137, StopAt: noon, FinishedAt: noon.Add(time.Hour)}, "Killed", false},
		{model.Container{ExitCode: 1, StopAt: noon, FinishedAt: noon.Add(-time.Second)}, "Stopped", false},
		// after a restart
		{
			model.Container{ExitCode: 1, StopAt: noon, StartedAt: noon.Add(time.Second), FinishedAt: noon.Add(2 * time.Second)},
			"Failed", true,
		},
		{model.Container{ExitCode: 137, StopAt: noon, OOMAt: noon, FinishedAt: noon}, "Out of memory", true},
		{model.Container{OOMKilled: true}, "Finished", false}, // only a program in it was ended, earlier
		{model.Container{ExitCode: 143, OOMKilled: true}, "Stopped", false},
		{model.Container{ExitCode: 126}, "Command cannot run", true},
		{model.Container{ExitCode: 127}, "Command not found", true},
		{model.Container{ExitCode: 125}, "Could not start", true},
		{model.Container{ExitCode: 128, Error: "port"}, "Could not start", true},
		{model.Container{ExitCode: 1}, "Failed", true},
		{model.Container{Error: "port"}, "Could not start", true},
		{model.Container{ExitCode: 143, Error: "port"}, "Could not start", true},
		{model.Container{ExitCode: 127, Error: "exec"}, "Command not found", true},
		{model.Container{ExitCode: 139}, "Crashed", true},
		{model.Container{ExitCode: 130}, "Interrupted", false},
	} {
		if got := model.ExplainExit(tc.c); words.Of(got.Word).String() != tc.word || got.Bad != tc.bad || got.Why.None() {
			t.Errorf("%d: %+v", tc.c.ExitCode, got)
		}
	}
}
