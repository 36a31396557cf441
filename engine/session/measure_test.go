//go:build linux

package session_test

import (
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"slipway/engine/enginetest"
	"slipway/engine/live"
	"slipway/engine/model"
	"slipway/engine/session"
)

// TestMeasureList measures how soon a list of very many containers is known, beside a plain client's list in the same
// minute, on every kind of engine.
func TestMeasureList(t *testing.T) {
	enginetest.Measuring(t)
	for kind, name := range map[enginetest.Kind]string{
		enginetest.DebianDocker: "20.10", enginetest.ModernDocker: "modern",
		enginetest.DebianPodman: "Podman",
	} {
		t.Run(name, func(t *testing.T) { measureList(t, kind, name) })
	}
}

func measureList(t *testing.T, kind enginetest.Kind, name string) {
	t.Helper()
	const running = 10
	many, rounds := 5000, enginetest.Rounds
	switch kind {
	case enginetest.DebianPodman:
		many = 1000 // it has 2048 locks (num_locks)
	case enginetest.ModernDocker:
		rounds = 3 // of ten seconds each
	}
	private := enginetest.Start(t, enginetest.Of(kind), enginetest.WithDataRootTmpfs(4<<30))
	t.Setenv("DOCKER_HOST", private.Host())
	private.StartAll(t, private.Many(t, "list", many)[:running])
	var first, all, plain []time.Duration
	for range rounds {
		number, took := private.List(t)
		if number != many {
			t.Fatalf("%d containers", number)
		}
		plain = append(plain, took)
		f, a := firstPictures(t, many, running)
		first, all = append(first, f), append(all, a)
	}
	what := fmt.Sprintf("%d containers on %s, connected → ", many, name)
	enginetest.AtMost(what+"the running ones", enginetest.Median(first), 300*time.Millisecond).Print()
	enginetest.Above(what+"all", enginetest.Median(all), "a client's plain list", enginetest.Median(plain),
		150*time.Millisecond).Print()
}

// firstPictures tells how long after the connection the running containers are in the picture, and all.
func firstPictures(t *testing.T, many, running int) (first, all time.Duration) {
	t.Helper()
	s := session.New("", enginetest.Key)
	defer s.Close()
	connected, listed, complete := make(chan time.Time, 1), make(chan time.Time, 1), make(chan time.Time, 1)
	tell := func(c chan time.Time) {
		select {
		case c <- time.Now():
		default: // it was told before
		}
	}
	s.Subscribe(func(st session.State) {
		if st.Phase == session.Connected {
			tell(connected)
		}
	})
	s.Live.Subscribe(func(snap *live.Snapshot) {
		if len(snap.Containers) >= running {
			tell(listed)
		}
		if snap.ContainersComplete && len(snap.Containers) == many {
			tell(complete)
		}
	})
	s.Start()
	at := <-connected
	return (<-listed).Sub(at), (<-complete).Sub(at)
}

// TestMeasureStats measures what it costs to follow what 50 containers use, beside what it costs the engine to tell.
func TestMeasureStats(t *testing.T) {
	enginetest.Measuring(t)
	const running, span = 50, 30 * time.Second
	private := enginetest.Start(t)
	defer private.Kill() // 50 containers do not end in time
	t.Setenv("DOCKER_HOST", private.Host())
	ids := private.Many(t, "used", running)
	private.StartAll(t, ids)
	s := session.New("", enginetest.Key)
	defer s.Close()
	s.Start()
	for deadline := time.Now().Add(time.Minute); s.State().Phase != session.Connected; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("no engine")
		}
	}
	e, err := s.Engine()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	var told atomic.Int64
	for _, id := range ids {
		wg.Add(1)
		go func() {
			defer wg.Done()
			_ = e.Stats(ctx, id, func(model.Usage) { told.Add(1) }) // until it is stopped
		}()
	}
	for told.Load() < running {
		time.Sleep(10 * time.Millisecond)
	}
	ours, theirs := enginetest.ProcessorTime(t, os.Getpid()), private.ProcessorTime(t)
	time.Sleep(span)
	ours, theirs = enginetest.ProcessorTime(t, os.Getpid())-ours, private.ProcessorTime(t)-theirs
	stop()
	wg.Wait()
	percent := func(d time.Duration) float64 { return 100 * float64(d) / float64(span) }
	enginetest.Figure{
		What: "following what 50 containers use, processor", Measured: fmt.Sprintf("%.2f %% of a core", percent(ours)),
		Beside: fmt.Sprintf("the engine's own %.2f %%", percent(theirs)),
		Ratio:  fmt.Sprintf("%.2f ×", float64(ours)/float64(theirs)), Aim: "≤ 1 %", Met: percent(ours) <= 1,
	}.Print()
}
