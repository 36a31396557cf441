package model

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestExplainExit(t *testing.T) {
	noon := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		c    Container
		word string
		bad  bool
	}{
		{Container{}, "Finished", false},
		{Container{ExitCode: 137}, "Killed", false},
		{Container{ExitCode: 137, OOMKilled: true}, "Out of memory", true},
		{Container{ExitCode: 137, OOMAt: noon, FinishedAt: noon.Add(time.Second)}, "Out of memory", true},
		{Container{ExitCode: 137, OOMAt: noon, FinishedAt: noon.Add(time.Hour)}, "Killed", false},
		{Container{ExitCode: 143}, "Stopped", false},
		{Container{ExitCode: 137, StopAt: noon, FinishedAt: noon}, "Stopped", false},
		// and then started and killed
		{Container{ExitCode: 137, StopAt: noon, FinishedAt: noon.Add(time.Hour)}, "Killed", false},
		{Container{ExitCode: 1, StopAt: noon, FinishedAt: noon.Add(-time.Second)}, "Stopped", false},
		// after a restart
		{
			Container{ExitCode: 1, StopAt: noon, StartedAt: noon.Add(time.Second), FinishedAt: noon.Add(2 * time.Second)},
			"Failed", true,
		},
		{Container{ExitCode: 137, StopAt: noon, OOMAt: noon, FinishedAt: noon}, "Out of memory", true},
		{Container{OOMKilled: true}, "Finished", false}, // only a program in it was ended, earlier
		{Container{ExitCode: 143, OOMKilled: true}, "Stopped", false},
		{Container{ExitCode: 126}, "Command cannot run", true},
		{Container{ExitCode: 127}, "Command not found", true},
		{Container{ExitCode: 125}, "Could not start", true},
		{Container{ExitCode: 128, Error: "port"}, "Could not start", true},
		{Container{ExitCode: 1}, "Failed", true},
		{Container{Error: "port"}, "Could not start", true},
		{Container{ExitCode: 143, Error: "port"}, "Could not start", true},
		{Container{ExitCode: 127, Error: "exec"}, "Command not found", true},
		{Container{ExitCode: 139}, "Crashed", true},
		{Container{ExitCode: 130}, "Interrupted", false},
	} {
		if got := ExplainExit(tc.c); got.Word != tc.word || got.Bad != tc.bad || got.Why == "" {
			t.Errorf("%d: %+v", tc.c.ExitCode, got)
		}
	}
}

func TestAsProblem(t *testing.T) {
	if AsProblem(nil, "x") != nil || AsProblem(fmt.Errorf("stopped: %w", context.Canceled), "x") != nil {
		t.Error("nothing and a cancel are no problems")
	}
	inner := NewProblem(ProblemSignIn, errors.New("raw"), "what", "why", "fix")
	if AsProblem(fmt.Errorf("around: %w", inner), "x") != inner {
		t.Error("a problem inside another error is lost")
	}
	p := AsProblem(errors.New("raw"), "Cannot do it")
	if p.What != "Cannot do it" || p.Raw != "raw" || p.Fix == "" || !IsKind(p, ProblemUnknown) {
		t.Errorf("%+v", p)
	}
}

func TestCommand(t *testing.T) {
	c := Command{{Text: "run"}, {Text: "-e"}, {Text: "A=it's", Shown: "A", Secret: true}, {Text: ""}}
	for got, want := range map[string]string{
		c.String(): `docker run -e A ''`, c.WithSecrets(): `docker run -e "A=it's" ''`,
		c.Masked().WithSecrets(): `docker run -e A ''`, Command(nil).String(): "",
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if !c.HasSecrets() || c.Masked().HasSecrets() {
		t.Error("HasSecrets")
	}
}

func TestLacks(t *testing.T) {
	for _, what := range []Ability{ChangeLimit, TellMemoryEnd, RestartAutoRemoved, KeepStartError} {
		if why := (EngineInfo{Product: Podman}).Lacks(what); why == "" {
			t.Errorf("Podman can %s", what)
		}
		if why := (EngineInfo{Product: "Docker"}).Lacks(what); why != "" {
			t.Errorf("Docker cannot %s: %s", what, why)
		}
	}
	if why := (EngineInfo{Product: Podman}).Lacks(""); why != "" {
		t.Error(why)
	}
}

func TestAsked(t *testing.T) {
	c := Command{
		{Text: "run"},
		{Text: "-e"},
		{Text: "AWS_SECRET=x", Shown: "AWS_SECRET", Secret: true},
		{Text: "-e"},
		{Text: "A=1"},
		{Text: "image"},
		{Text: "--token=x", Shown: "--token=HIDDEN", Secret: true},
	}
	if names, hidden := c.Asked(); len(names) != 1 || names[0] != "AWS_SECRET" || !hidden {
		t.Errorf("%v %v", names, hidden)
	}
	if names, hidden := Docker("ps").Asked(); names != nil || hidden {
		t.Errorf("%v %v", names, hidden)
	}
}
