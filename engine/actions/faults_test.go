//go:build linux

package actions_test

import (
	"testing"

	"slipway/engine/enginetest"
	"slipway/engine/job"
	"slipway/engine/model"
)

// TestPullReset has a registry that resets connections in mid-layer. Once is the engine's own business; for ever is a
// problem that can be tried again, and leaves nothing half made. The engine goes on only once where it was cut off: it
// waits five seconds before that, and five more before each further time.
func TestPullReset(t *testing.T) {
	b := newBench(t, enginetest.Start(t, enginetest.WithArguments("--max-download-attempts", "1")))
	r := enginetest.StartRegistry(t)
	ref := enginetest.LayeredImage(t, r, 2, 2<<20)
	once := r.Proxy(t, 0, enginetest.ResetAfter(1<<20, 1))
	b.want(b.done(b.images.Pull(enginetest.At(once.Addr(), ref))), job.Done, "")
	always := r.Proxy(t, 0, enginetest.ResetAfter(1<<20, 1000))
	other := enginetest.LayeredImage(t, r, 2, 8<<20)
	broken := enginetest.At(always.Addr(), other)
	v := b.done(b.images.Pull(broken))
	if v.State != job.Failed || v.Problem.Fix.None() || !v.CanRetry {
		t.Errorf("%+v", v)
	}
	if _, err := b.engine().Image(b.ctx(), broken); !model.IsKind(err, model.ProblemNotFound) {
		t.Errorf("something was left: %v", err)
	}
	b.want(b.done(b.images.Pull(other)), job.Done, "")
}

// TestPullOntoAFullDisk runs out of room in mid-pull: it is said, nothing is left, and with room it works.
func TestPullOntoAFullDisk(t *testing.T) {
	b := newBench(t, enginetest.Start(t, enginetest.WithDataRootTmpfs(32<<20)))
	r := enginetest.StartRegistry(t)
	ref := enginetest.LayeredImage(t, r, 3, 12<<20)
	v := b.done(b.images.Pull(ref))
	b.want(v, job.Failed, model.ProblemDiskFull)
	if _, err := b.engine().Image(b.ctx(), ref); !model.IsKind(err, model.ProblemNotFound) {
		t.Errorf("something was left: %v", err)
	}
	small := enginetest.LayeredImage(t, r, 1, 1<<20)
	b.want(b.done(b.images.Pull(small)), job.Done, "")
}
