//go:build linux

package contract

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/engine"
	"slipway/engine/model"
)

// processes lists what runs in a container, signals one of it, and leaves nothing behind.
func (s *suite) processes(t *testing.T) {
	t.Helper()
	e := s.connect(t)
	c := s.start(t, e,
		s.sh(t, "trap 'exit 0' TERM; sleep 11111 & sleep 22222 & (while :; do :; done) & while :; do wait; done"))
	commands := func(list []model.Process) (names []string) {
		for _, p := range list {
			names = append(names, p.Command)
		}
		return names
	}
	// find waits for a list that fits, and tells the first process of it with that command.
	find := func(what, command string, fits func([]model.Process) bool) (found model.Process) {
		t.Helper()
		ctx, cancel := context.WithCancel(bounded(t))
		defer cancel()
		var last []string
		err := e.Processes(ctx, c, 100*time.Millisecond, func(list []model.Process) {
			last = commands(list)
			if !fits(list) {
				return
			}
			for _, p := range list {
				if p.Command == command {
					found = p
				}
			}
			cancel()
		})
		if !errors.Is(err, context.Canceled) || found.PID == 0 && command != "" {
			t.Fatalf("%s: %v, %q", what, err, last)
		}
		return found
	}
	has := func(list []model.Process, command string) bool { return slices.Contains(commands(list), command) }
	sleep := find("both sleeps and what computes", "sleep 22222", func(list []model.Process) bool {
		busy := slices.ContainsFunc(list, func(p model.Process) bool { return p.CPU > 20 && p.PID != 1 })
		return has(list, "sleep 11111") && has(list, "sleep 22222") && busy
	})
	if !sleep.Inside || sleep.User != "root" && sleep.User != "0" || sleep.Parent != 1 || sleep.Memory <= 0 ||
		sleep.Threads != 1 || sleep.Start == 0 {
		t.Errorf("%+v", sleep)
	}
	if err := e.SignalProcess(bounded(t), c, sleep, "KILL"); err != nil {
		t.Fatal(err)
	}
	wantKind(t, e.SignalProcess(bounded(t), c, model.Process{PID: 99999, Start: 1}, "TERM"), model.ProblemNotFound)
	other := sleep
	other.PID, other.Start = 1, sleep.Start+1
	wantKind(t, e.SignalProcess(bounded(t), c, other, "HUP"), model.ProblemNotFound) // the number means another one by now
	find("one sleep, and no watch of before", "sleep 11111", func(list []model.Process) bool {
		return !has(list, "sleep 22222") && !slices.ContainsFunc(list, func(p model.Process) bool {
			return strings.Contains(p.Command, "/etc/passwd")
		})
	})
	if err := e.Signal(bounded(t), c, "TERM"); err != nil {
		t.Fatal(err)
	}
	if err := e.Processes(bounded(t), c, 50*time.Millisecond, func([]model.Process) {}); err != nil {
		t.Errorf("after its end: %v", err)
	}
	s.processesWithoutShell(t, e)
	s.endlessProcesses(t, e)
}

// endlessProcesses has a shell of the image that prints processes without end: that is said, and nothing is filled with
// them.
func (s *suite) endlessProcesses(t *testing.T, e *engine.Engine) {
	t.Helper()
	shell := `#!/bin/busybox sh\nline="S 7 (x) S 1 0 0 0 0 0 0 0 0 0 1 5 0 0 20 0 1 0 9 100 200"\nwhile :; do echo "$line"; echo "$line"; echo "$line"; done\n`
	c := s.start(t, e,
		s.sh(t, "printf '"+shell+"' >/bin/endless && chmod +x /bin/endless && mv /bin/endless /bin/sh && exec sleep 44444"))
	until(t, "that there are too many", func() bool {
		ctx, cancel := context.WithCancel(bounded(t))
		defer cancel()
		err := e.Processes(ctx, c, 100*time.Millisecond, func([]model.Process) { cancel() }) // the shell of before
		return model.IsKind(err, model.ProblemTooMuch)
	})
}

// processesWithoutShell holds that an image without one still tells what runs.
func (s *suite) processesWithoutShell(t *testing.T, e *engine.Engine) {
	t.Helper()
	c := s.start(t, e, s.sh(t, "rm -f /bin/sh; exec sleep 33333"))
	until(t, "what runs without a shell", func() bool {
		seen := false
		ctx, cancel := context.WithCancel(bounded(t))
		defer cancel()
		_ = e.Processes(ctx, c, 100*time.Millisecond, func(list []model.Process) {
			seen = slices.ContainsFunc(list, func(p model.Process) bool {
				return strings.Contains(p.Command, "sleep 33333") && !p.Inside && p.PID > 0
			})
			cancel()
		})
		return seen
	})
}
