//go:build linux

package contract

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/engine"
	"slipway/engine/enginetest"
	"slipway/engine/model"
	"slipway/engine/runspec"
	"slipway/engine/words"

	"github.com/docker/docker/api/types/container"
)

func (s *suite) events(t *testing.T) {
	t.Helper()
	e := s.connect(t)
	ctx, cancel := context.WithCancel(bounded(t))
	events, ended := e.Events(ctx)
	spec := s.sh(t, idle)
	spec.Mounts = []runspec.Mount{{Kind: runspec.Volume, Source: spec.Name, Target: "/kept"}}
	s.removeVolumeLater(t, spec.Name)
	// The stream may be a moment behind the answer that it is open: the first event is asked for until it comes.
	var c model.Container
	open := false
	for !open {
		if c.ID != "" {
			clear(t, e, c.ID)
		}
		c = s.make(t, e, spec)
		select {
		case ev := <-events:
			open = ev.Kind != "" && ev.Action != ""
		case <-time.After(time.Second):
		}
	}
	var got []engine.Event
	await := func(kind, id, action string) {
		t.Helper()
		for {
			select {
			case ev := <-events:
				got = append(got, ev)
				if ev.Kind == kind && ev.ID == id && ev.Action == action {
					return
				}
			case err := <-ended:
				t.Fatalf("ended: %v", err)
			case <-ctx.Done():
				t.Fatalf("no %s of the %s %s in %+v", action, kind, id, got)
			}
		}
	}
	for _, step := range []struct {
		action string
		do     func() error
	}{
		{"start", func() error { return e.Start(ctx, c) }},
		{"pause", func() error { return e.Pause(ctx, c) }},
		{"unpause", func() error { return e.Resume(ctx, c) }},
		{"rename", func() error { return e.Rename(ctx, c, c.Name+"-x") }},
		{"die", func() error { return e.Stop(ctx, c, -1) }},
		{"destroy", func() error { return e.Remove(ctx, c) }},
	} {
		if err := step.do(); err != nil {
			t.Fatal(err)
		}
		await("container", c.ID, step.action)
	}
	if last := got[len(got)-1]; !last.Gone() {
		t.Errorf("%+v does not say that it is gone", last)
	}
	ref := enginetest.LayeredImage(t, s.open(t), 1, 1000)
	if err := e.Pull(ctx, ref, nil); err != nil {
		t.Fatal(err)
	}
	await("image", ref, "pull")
	if _, err := e.RemoveImage(ctx, ref); err != nil {
		t.Fatal(err)
	}
	for i := range got {
		if strings.Contains(got[i].Action, ":") {
			t.Errorf("a suffix was left: %+v", got[i])
		}
	}
	stopped := func(ev engine.Event) bool { return ev.ID == c.ID && ev.Action == "stop" && !ev.Time.IsZero() }
	if e.Info().Product != model.Podman && !slices.ContainsFunc(e.Past(ctx), stopped) {
		t.Errorf("that it was stopped is not known any more: %+v", e.Past(ctx))
	}
	cancel()
	select {
	case err := <-ended:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("ended with %v", err)
		}
	case <-time.After(limit):
		t.Fatal("the stream does not end with its context")
	}
}

// lines collects a container's output.
func lines(t *testing.T, e *engine.Engine, id string, tail int) (all []engine.LogLine) {
	t.Helper()
	if err := e.Logs(bounded(t), id, tail, false, func(l engine.LogLine) { all = append(all, l) }); err != nil {
		t.Fatal(err)
	}
	return all
}

func (s *suite) logLines(t *testing.T) {
	t.Helper()
	e := s.connect(t)
	long := 64 << 10
	c := s.start(t, e, s.sh(t, fmt.Sprintf(
		`echo first; echo wrong >&2; head -c %d /dev/zero | tr '\0' 'a'; echo; head -c %d /dev/zero | tr '\0' 'b'; echo; printf 'win\r\n'; printf 'no end'`, long, long+10)))
	if _, err := e.Wait(bounded(t), c.ID); err != nil {
		t.Fatal(err)
	}
	var out, errs []string
	all := lines(t, e, c.ID, 1000)
	for _, l := range all {
		if l.Stderr {
			errs = append(errs, l.Text)
		} else {
			out = append(out, l.Text)
		}
	}
	if !slices.Equal(errs, []string{"wrong"}) {
		t.Errorf("stderr: %q", errs)
	}
	want := []string{
		"first", strings.Repeat("a", long), strings.Repeat("b", long), strings.Repeat("b", 10), "win",
		"no end",
	}
	if !slices.Equal(out, want) {
		t.Errorf("%d lines: %.200q", len(out), out)
	}
	// How the two streams are mixed is the engine's: it reads each on its own. What it kept last is last.
	end := all[max(0, len(all)-2):]
	if last, err := e.LastLines(bounded(t), c.ID, 1); err != nil || !slices.Equal(last, []string{end[len(end)-1].Text}) {
		t.Errorf("last line: %q, %v", last, err)
	}
	if tail := lines(t, e, c.ID, 2); !slices.Equal(tail, end) {
		t.Errorf("tail: %d lines, %.200v", len(tail), tail)
	}
	err := e.Logs(bounded(t), "no-such-container", 1, false, func(engine.LogLine) {})
	wantKind(t, err, model.ProblemNotFound)
	sameWithTimes(t, e, c.ID, 1000, true)
	sameWithTimes(t, e, c.ID, 3, true)
}

// sameWithTimes holds that the lines are the same when they are read with their times.
func sameWithTimes(t *testing.T, e *engine.Engine, id string, tail int, timed bool) {
	t.Helper()
	want := lines(t, e, id, tail)
	var got []engine.LogLine
	answered := false
	err := e.TimedLogs(bounded(t), id, tail, false, func() { answered = true }, func(l engine.LogLine) {
		if age := time.Since(l.Time); timed && (age < 0 || age > time.Hour) || !timed && !l.Time.IsZero() {
			t.Errorf("%.20q is of %v", l.Text, l.Time)
		}
		l.Time, l.Text = time.Time{}, strings.TrimSuffix(l.Text, "\r")
		got = append(got, l)
	})
	if err != nil || !answered {
		t.Fatalf("answered: %v, %v", answered, err)
	}
	if got, want = whole(got), whole(want); !slices.Equal(got, want) {
		t.Errorf("with times %d lines, without %d: %.300v", len(got), len(want), got)
	}
}

// whole puts the parts of lines together.
func whole(parts []engine.LogLine) (lines []engine.LogLine) {
	open := map[bool]int{} // by stream, one more than the index of its line that goes on
	for _, l := range parts {
		more := l.Cut
		l.Cut = false
		if at := open[l.Stderr]; at > 0 {
			lines[at-1].Text += l.Text
		} else {
			lines = append(lines, l)
			open[l.Stderr] = len(lines)
		}
		if !more {
			open[l.Stderr] = 0
		}
	}
	return lines
}

// logTTY reads the output of a container with a terminal, which has no frames.
func (s *suite) logTTY(t *testing.T) {
	t.Helper()
	e, cli := s.connect(t), s.env.Client(t)
	r, err := cli.ContainerCreate(bounded(t), &container.Config{
		Image: s.env.Image, Tty: true,
		Cmd: []string{"sh", "-c", "echo one; head -c 40000 /dev/zero | tr '\\0' x; echo; echo two >&2"},
	}, nil, nil, nil,
		name(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { clear(t, e, r.ID) })
	c := look(t, e, r.ID)
	if !c.TTY {
		t.Errorf("%+v", c)
	}
	if err := e.Start(bounded(t), c); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Wait(bounded(t), c.ID); err != nil {
		t.Fatal(err)
	}
	want := []engine.LogLine{{Text: "one"}, {Text: strings.Repeat("x", 40000)}, {Text: "two"}}
	if got := lines(t, e, c.ID, 10); !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
	sameWithTimes(t, e, c.ID, 10, e.Info().Product != model.Podman)
}

// logNotKept has a container of whose output nothing is kept: that is said, and it can be listened to.
func (s *suite) logNotKept(t *testing.T) {
	t.Helper()
	e, cli := s.connect(t), s.env.Client(t)
	r, err := cli.ContainerCreate(bounded(t),
		&container.Config{Image: s.env.Image, Cmd: []string{"sh", "-c", "while :; do echo here; sleep 0.1; done"}},
		&container.HostConfig{LogConfig: container.LogConfig{Type: "none"}}, nil, nil, name(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { clear(t, e, r.ID) })
	if err := e.Start(bounded(t), look(t, e, r.ID)); err != nil {
		t.Fatal(err)
	}
	_, err = e.LastLines(bounded(t), r.ID, 5)
	wantKind(t, err, model.ProblemUnsupported)
	if err == nil ||
		!strings.Contains(words.Error(err).String(), "created with the log driver “none”, so the engine keeps none") {
		t.Errorf("%v", err)
	}
	wantKind(t, e.TimedLogs(bounded(t), r.ID, -1, true, func() {}, func(engine.LogLine) {}), model.ProblemUnsupported)
	ctx, enough := context.WithCancel(bounded(t))
	defer enough()
	read, err := e.Attach(ctx, r.ID, true)
	if err != nil {
		t.Fatal(err)
	}
	heard := ""
	_ = read(func(l engine.LogLine) { heard = l.Text; enough() })
	if heard != "here" {
		t.Errorf("heard %q", heard)
	}
}

// logFollow follows a container to its end, and another one until the reader has had enough.
func (s *suite) logFollow(t *testing.T) {
	t.Helper()
	e := s.connect(t)
	c := s.start(t, e, s.sh(t, "echo before; while ! [ -e /go ]; do sleep 0.02; done; echo after"))
	ctx := bounded(t)
	heard := make(chan string, 100)
	ended := make(chan error, 1)
	go func() { ended <- e.Logs(ctx, c.ID, 10, true, func(l engine.LogLine) { heard <- l.Text }) }()
	if got := <-heard; got != "before" {
		t.Errorf("first %q", got)
	}
	if err := e.Stop(ctx, c, 0); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
	c = s.start(t, e, s.sh(t, "echo line; exec sleep 100000"))
	until, enough := context.WithCancel(ctx)
	err := e.Logs(until, c.ID, 10, true, func(engine.LogLine) { enough() })
	enough()
	if !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
}
