package model_test

import (
	"errors"
	"fmt"
	"testing"

	"slipway/engine/model"
	"slipway/engine/words"
)

// TestRaw finds what an engine said under problems that explain one another, and nothing of their own codes.
func TestRaw(t *testing.T) {
	said := errors.New("Error response from daemon: no")
	inner := &model.Problem{Kind: model.ProblemConflict, What: model.Cannot(model.VerbStop, "x"), Cause: said}
	silent := &model.Problem{Kind: model.ProblemBadInput, Why: model.Say("actions.it-failed")}
	for name, c := range map[string]struct {
		cause error
		want  string
	}{
		"nothing":                 {nil, ""},
		"an engine's":             {said, said.Error()},
		"a problem":               {inner, said.Error()},
		"a problem that is alone": {silent, ""},
		"wrapped":                 {fmt.Errorf("while stopping: %w", inner), said.Error()},
		"several":                 {errors.Join(inner, silent, errors.New("second")), said.Error() + "\nsecond"},
		"printed":                 {model.Printed("Traceback", inner), "Traceback"},
		"deep":                    {&model.Problem{Cause: errors.Join(fmt.Errorf("x: %w", inner))}, said.Error()},
	} {
		if got := (&model.Problem{Cause: c.cause}).Raw(); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if got, want := words.Of(inner.Sentence()).String(), "Cannot stop “x”. "+said.Error(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
