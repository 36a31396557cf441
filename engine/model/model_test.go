package model

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

func TestAsProblem(t *testing.T) {
	if AsProblem(nil, Verbatim("x")) != nil ||
		AsProblem(fmt.Errorf("stopped: %w", context.Canceled), Verbatim("x")) != nil {
		t.Error("nothing and a cancel are no problems")
	}
	inner := &Problem{
		Kind: ProblemSignIn, Cause: errors.New("raw"), What: Verbatim("what"), Why: Verbatim("why"),
		Fix: Verbatim("fix"),
	}
	if AsProblem(fmt.Errorf("around: %w", inner), Verbatim("x")) != inner {
		t.Error("a problem inside another error is lost")
	}
	p := AsProblem(errors.New("raw"), Verbatim("Cannot do it"))
	if p.What.Code != "words.verbatim" || p.Raw() != "raw" || p.Fix.None() || !IsKind(p, ProblemUnknown) {
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
		if why := (EngineInfo{Product: Podman}).Lacks(what); why.None() {
			t.Errorf("Podman can %s", what)
		}
		if why := (EngineInfo{Product: "Docker"}).Lacks(what); !why.None() {
			t.Errorf("Docker cannot %s: %s", what, why)
		}
	}
	if why := (EngineInfo{Product: Podman}).Lacks(""); !why.None() {
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
