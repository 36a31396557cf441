//go:build linux

package enginetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/client"
	"go.uber.org/goleak"
)

// What is pushed can be pulled, with a password and without.
func TestPushAndPull(t *testing.T) {
	for name, opts := range map[string][]RegistryOption{
		"open":     nil,
		"password": {WithPassword("jo", "se cret")},
	} {
		t.Run(name, func(t *testing.T) {
			e, r := Shared(t), StartRegistry(t, opts...)
			c := e.Client(t)
			ref := PushTiny(t, e, r)
			if err := pull(t.Context(), c, ref, r.Auth()); err != nil {
				t.Fatal(err)
			}
			if _, err := c.ImageInspect(t.Context(), ref); err != nil {
				t.Error(err)
			}
			if r.Auth() != "" {
				if err := pull(t.Context(), c, ref, ""); err == nil {
					t.Error("pulled without the password")
				}
			}
		})
	}
}

// A registry keeps its images in a given folder.
func TestStorage(t *testing.T) {
	e, dir := Shared(t), t.TempDir()
	var ref string
	t.Run("push", func(t *testing.T) { ref = PushTiny(t, e, StartRegistry(t, WithStorage(dir)), "kept") })
	r := StartRegistry(t, WithStorage(dir))
	if err := pull(t.Context(), e.Client(t), At(r.Addr(), ref), ""); err != nil {
		t.Error(err)
	}
}

// A slow pull can be cancelled in the middle of a layer, and then be done at
// full speed. No goroutine stays.
func TestSlowPull(t *testing.T) {
	e := Shared(t)
	ignore := goleak.IgnoreCurrent()
	t.Run("pull", func(t *testing.T) {
		r := StartRegistry(t)
		ref := LayeredImage(t, r, 3, 4<<20)
		p := r.Proxy(t, 1<<20)
		c := e.Client(t)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- pull(ctx, c, At(p.Addr(), ref), "") }()
		if err := poll(30*time.Second, func() (bool, error) { return p.Sent() > 64<<10, nil }); err != nil {
			t.Fatal(err)
		}
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("the cancelled pull ends with %v", err)
		}
		if sent := p.Sent(); sent > 8<<20 {
			t.Errorf("%d bytes of 12 MB were sent before the cancel", sent)
		}
		p.SetSpeed(0)
		if err := pull(t.Context(), c, At(p.Addr(), ref), ""); err != nil {
			t.Error(err)
		}
	})
	goleak.VerifyNone(t, ignore)
}

// A registry that resets the connection in mid-layer is retried by the engine.
func TestReset(t *testing.T) {
	e, r := Shared(t), StartRegistry(t)
	ref := LayeredImage(t, r, 1, 2<<20)
	p := r.Proxy(t, 0, ResetAfter(1<<20, 1))
	if err := pull(t.Context(), e.Client(t), At(p.Addr(), ref), ""); err != nil {
		t.Fatal(err)
	}
	if p.resets.Load() >= 1 {
		t.Error("no connection was reset")
	}
}

func TestBucket(t *testing.T) {
	b := newBucket(1000)
	start := time.Now()
	for range 4 {
		if err := b.take(t.Context(), 50); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(start); took < 200*time.Millisecond {
		t.Errorf("200 bytes at 1000 a second took %v", took)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.take(ctx, 1_000_000); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled wait ends with %v", err)
	}
}

func pull(ctx context.Context, c *client.Client, ref, auth string) error {
	body, err := c.ImagePull(ctx, ref, image.PullOptions{RegistryAuth: auth})
	if err != nil {
		return err
	}
	return drain(body)
}
