package post

import (
	"context"
	"testing"
	"time"

	"slipway/engine/model"
)

// TestPanicEndsOnlyItsFunction has functions that read what they cannot cope with.
func TestPanicEndsOnlyItsFunction(t *testing.T) {
	defer model.OnPanic(func(*model.Problem) {})()
	q, restore := Capture()
	defer restore()
	w := NewWork()
	defer w.Close()
	told := make(chan *model.Problem, 9)
	w.OnProblem(func(p *model.Problem) { told <- p })
	var none []int
	w.Go(func(context.Context) { none[3]++ })
	if p := <-told; p.Kind != model.ProblemFault || p.Raw() == "" {
		t.Errorf("%+v", p)
	}
	shown := ""
	d := Derive[string]{Work: w, Show: func(s string) { shown = s }}
	d.Do(func() string { none[3]++; return "never" })
	<-told
	d.Do(func() string { return "next" })
	if !q.Until(5*time.Second, func() bool { return shown == "next" }) {
		t.Errorf("what comes next is not shown: %q", shown)
	}
}
