package job

import (
	"context"
	"errors"
	"testing"

	"slipway/engine/model"
	"slipway/engine/words"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestSameKeyJoinsWhileItRuns(t *testing.T) {
	js := New("t")
	defer js.Close()
	release := make(chan struct{})
	runs := 0
	work := func(ctx context.Context, r *Report) (model.Fact, error) {
		runs++
		r.Progress(Progress{Done: 1, Total: 2, Known: true, Phase: model.Verbatim("Downloading")})
		<-release
		return model.Verbatim("Pulled x."), nil
	}
	a, joined := js.Start(Spec{Title: model.Verbatim("Pull x"), Key: "pull:x"}, work)
	if joined {
		t.Fatal("the first start joined something")
	}
	b, joined := js.Start(Spec{Title: model.Verbatim("Pull x"), Key: "pull:x"}, work)
	if !joined || a != b {
		t.Fatal("the second start did not join the first")
	}
	close(release)
	if err := a.Wait(context.Background()); err != nil {
		t.Fatal(err)
	}
	if v := a.View(); v.State != Done || words.Of(v.Result).String() != "Pulled x." || runs != 1 || v.Progress.Done != 1 {
		t.Fatalf("%+v after %d runs", v, runs)
	}
	if c, joined := js.Start(Spec{Key: "pull:x"}, work); joined || c == a {
		t.Fatal("an ended job was joined")
	}
}

func TestCancelStopsAndIsNoProblem(t *testing.T) {
	js := New("t")
	defer js.Close()
	cleaned := false
	j, _ := js.Start(Spec{Title: model.Verbatim("x")}, func(ctx context.Context, _ *Report) (model.Fact, error) {
		<-ctx.Done()
		cleaned = true
		return model.Fact{}, ctx.Err()
	})
	j.Cancel()
	if err := j.Wait(context.Background()); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if v := j.View(); v.State != Cancelled || v.Problem != nil || !cleaned || !v.CanRetry {
		t.Fatalf("%+v", v)
	}
}

func TestFailureIsAProblemAndCanBeRetried(t *testing.T) {
	js := New("t")
	defer js.Close()
	fail := true
	j, _ := js.Start(Spec{Title: model.Verbatim("Pull x")}, func(context.Context, *Report) (model.Fact, error) {
		if fail {
			return model.Fact{}, &model.Problem{
				Kind: model.ProblemSignIn, Cause: errors.New("raw"), What: model.Verbatim("w"),
				Why: model.Verbatim("y"), Fix: model.Verbatim("f"),
			}
		}
		return model.Verbatim("ok"), nil
	})
	if err := j.Wait(context.Background()); !model.IsKind(err, model.ProblemSignIn) {
		t.Fatal(err)
	}
	fail = false
	again := js.Retry(j.ID())
	if err := again.Wait(context.Background()); err != nil {
		t.Fatal(err)
	}
	if l := js.List(); len(l) != 1 || l[0].State != Done {
		t.Fatalf("the failed job is still on the list: %+v", l)
	}
}

func TestCloseJoinsEverything(t *testing.T) {
	js := New("t")
	ended := false
	js.Start(Spec{}, func(ctx context.Context, _ *Report) (model.Fact, error) {
		<-ctx.Done()
		ended = true
		return model.Fact{}, ctx.Err()
	})
	js.Close()
	if !ended {
		t.Fatal("Close returned before the job ended")
	}
}

func TestOldEndedJobsAreForgotten(t *testing.T) {
	js := New("t")
	defer js.Close()
	for range keep + 20 {
		j, _ := js.Start(Spec{}, func(context.Context, *Report) (model.Fact, error) { return model.Fact{}, nil })
		<-j.Done()
	}
	if n := len(js.List()); n != keep {
		t.Fatalf("%d jobs kept", n)
	}
}

func TestViewHoldsNoSecret(t *testing.T) {
	js := New("t")
	c := model.Command{{Text: "run"}, {Text: "TOKEN=hush", Shown: "TOKEN", Secret: true}}
	work := func(context.Context, *Report) (model.Fact, error) { return model.Fact{}, nil }
	j, _ := js.Start(Spec{Command: c}, work)
	<-j.Done()
	js.Close()
	late, _ := js.Start(Spec{Command: c}, work)
	for _, j := range []*Job{j, late} {
		if got := j.View().Command.WithSecrets(); got != "docker run TOKEN" {
			t.Error(got)
		}
	}
}

func TestFinalCannotBeCancelled(t *testing.T) {
	js := New("t")
	defer js.Close()
	inStep, goOn := make(chan struct{}), make(chan struct{})
	work := func(ctx context.Context, r *Report) (model.Fact, error) {
		inStep <- struct{}{}
		<-goOn
		if !r.Final() {
			return model.Fact{}, ctx.Err()
		}
		inStep <- struct{}{}
		<-goOn
		return model.Fact{}, ctx.Err()
	}
	j, _ := js.Start(Spec{Title: model.Verbatim("x")}, work)
	<-inStep
	goOn <- struct{}{}
	<-inStep
	j.Cancel()
	if v := j.View(); v.CanCancel || v.Cancelling {
		t.Errorf("final work can be cancelled: %+v", v)
	}
	goOn <- struct{}{}
	if err := j.Wait(context.Background()); err != nil {
		t.Error(err)
	}
	j, _ = js.Start(Spec{Title: model.Verbatim("x")}, work)
	<-inStep
	j.Cancel()
	if v := j.View(); v.CanCancel || !v.Cancelling {
		t.Errorf("a cancelled job does not say so: %+v", v)
	}
	goOn <- struct{}{}
	if err := j.Wait(context.Background()); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if v := j.View(); v.Cancelling || v.State != Cancelled {
		t.Errorf("%+v", v)
	}
}

func TestPanicFailsTheJob(t *testing.T) {
	defer model.OnPanic(func(*model.Problem) {})()
	js := New("t")
	defer js.Close()
	j, _ := js.Start(Spec{Title: model.Verbatim("Copy “x”")}, func(context.Context, *Report) (model.Fact, error) {
		var names []string
		return model.Verbatim(names[3]), nil
	})
	err := j.Wait(t.Context())
	if v := j.View(); !model.IsKind(err, model.ProblemFault) || v.State != Failed || words.Of(v.Problem.What).
		String() != "Copy “x” failed" ||
		v.Problem.Raw() == "" || !v.CanRetry {
		t.Errorf("%+v, %v", v, err)
	}
}
