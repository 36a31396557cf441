//go:build linux

package engine_test

import (
	"context"
	"testing"

	"slipway/engine/enginetest"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/image"
)

// TestOwnSizes: an image that has all of another one's layers and one more owns only that.
func TestOwnSizes(t *testing.T) {
	private := enginetest.Shared(t)
	e, cli := connect(t, private), private.Client(t)
	tiny := enginetest.TinyImage(t, private)
	r, err := cli.ContainerCreate(t.Context(), &container.Config{Image: tiny}, nil, nil, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { private.RemoveForced(t, r.ID) })
	const name = "slipway-own:1"
	if _, err := cli.ContainerCommit(t.Context(), r.ID, container.CommitOptions{Reference: name}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, _ = cli.ImageRemove(context.WithoutCancel(t.Context()), name, image.RemoveOptions{Force: true})
	})
	own, err := e.OwnSizes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !enginetest.Modern() {
		if len(own) > 0 {
			t.Errorf("an engine that does not tell: %v", own)
		}
		return
	}
	i, err := e.Image(t.Context(), name)
	if n, known := own[i.ID]; err != nil || !known || n > i.Size/10 || i.Size < 1<<19 {
		t.Errorf("%d of %d, %v", n, i.Size, err)
	}
}
