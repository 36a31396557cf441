package model

import (
	"strings"
	"testing"
	"time"
)

// TestStartWhy reads what engines say of starts that failed.
func TestStartWhy(t *testing.T) {
	for text, want := range map[string]string{
		`failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "nosuchprogram": executable file not found in $PATH: unknown`:                                     "no program named nosuchprogram",
		`failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "/data.txt": permission denied`: "/data.txt in this image may not be run",
		`OCI runtime create failed: container_linux.go:380: starting container process caused: exec: "/run.sh": stat /run.sh: no such file or directory: unknown`:                                                              "no /run.sh",
		`exec /entry.sh: no such file or directory`: "CRLF",
		`exec /app: exec format error`:              "/app cannot be run on this computer",
		`OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting "/tmp/c31" to rootfs at "/etc/passwd": mount /tmp/c31:/etc/passwd (via /proc/self/fd/6), flags: 0x5000: not a directory: unknown: Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type`: "One of /tmp/c31 and /etc/passwd is a folder",
		`invalid mount config for type "bind": bind source path does not exist: /tmp/gone`:                                                                                            "no /tmp/gone any more",
		`driver failed programming external connectivity on endpoint web (abc): Bind for 0.0.0.0:8080 failed: port is already allocated`:                                              "Port 8080",
		`failed to set up container networking: driver failed programming external connectivity on endpoint x (1): failed to bind host port 127.0.0.1:81/tcp: address already in use`: "Port 81",
		`could not select device driver "" with capabilities: [[gpu]]`:                                                                                                                "wants a GPU",
		`network 0123abc not found`:                                   "Its network 0123abc",
		`unable to find user ada: no matching entries in passwd file`: "no user named ada",
		`error while mounting volume '/var/lib/docker/volumes/v/_data': failed to mount local volume: mount /nonexistent:/var/lib/docker/volumes/v/_data, flags: 0x1000: no such file or directory`: "stands for /nonexistent",
	} {
		if got := StartWhy(text); !strings.Contains(got, want) {
			t.Errorf("%.60s…: %q", text, got)
		}
	}
	if got := ExplainStart("failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: something new: unknown"); got != "Its last start failed: something new" {
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
		if got := ExplainExit(Container{ExitCode: code}); !got.Bad || !strings.Contains(got.Why, want) {
			t.Errorf("%d: %+v", code, got)
		}
	}
	stopped := Container{StartedAt: now.Add(-time.Hour), StopAt: now.Add(-time.Second), FinishedAt: now}
	if got := ExplainExit(stopped); got.Word != "Stopped" || got.Bad {
		t.Errorf("%+v", got)
	}
	for name, c := range map[string]Container{
		"loops":    {RestartCount: 5, State: StateRestarting},
		"just now": {RestartCount: 3, State: StateRunning, StartedAt: now.Add(-time.Second)},
	} {
		if !c.Loops(now) {
			t.Errorf("%s: %+v", name, c)
		}
	}
	for name, c := range map[string]Container{
		"once":    {RestartCount: 1, State: StateRestarting},
		"settled": {RestartCount: 9, State: StateRunning, StartedAt: now.Add(-time.Hour)},
		"ended":   {RestartCount: 9, State: StateExited},
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
		if got := OutputHint(text); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%q: %q", text, got)
		}
	}
}
