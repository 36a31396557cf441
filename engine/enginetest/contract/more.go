//go:build linux

package contract

import (
	"context"
	"testing"

	"slipway/engine/enginetest"
	"slipway/engine/model"
)

// download asks a registry about an image, and tells afterwards whether what was pulled is the newest.
func (s *suite) download(t *testing.T) {
	t.Helper()
	e := s.connect(t)
	ref := enginetest.LayeredImage(t, s.open(t), 2, 100_000)
	d, err := e.Download(bounded(t), ref)
	if err != nil || d.Bytes < 200_000 || d.Bytes > 5_000_000 || len(d.Digest) != 71 {
		t.Fatalf("%+v %v", d, err)
	}
	if err := e.Pull(bounded(t), ref, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = e.RemoveImage(context.Background(), ref) })
	image, err := e.Image(bounded(t), ref)
	if err != nil {
		t.Fatal(err)
	}
	if fresh, known := d.Fresh(image.Image); !fresh || !known {
		t.Errorf("what was just pulled is not the newest: %+v, the image has %q", d, image.Digests)
	}
	d.Digest = "sha256:" + d.Digest[8:] + "0"
	if fresh, known := d.Fresh(image.Image); fresh || !known {
		t.Error("another one is the newest, too")
	}
	_, err = e.Download(bounded(t), s.open(t).Addr()+"/no/such:image")
	wantKind(t, err, model.ProblemNoSuchTag)
}

// stats reads how much memory a container uses, and changes how much it may.
func (s *suite) stats(t *testing.T) {
	t.Helper()
	if !s.env.OOM {
		t.Skip("this engine cannot limit memory")
	}
	e := s.connect(t)
	spec := s.sh(t, idle)
	spec.Memory = 64 << 20
	c := s.start(t, e, spec)
	once := func() model.Usage {
		t.Helper()
		ctx, cancel := context.WithCancel(bounded(t))
		defer cancel()
		var got model.Usage
		_ = e.Stats(ctx, c.ID, func(u model.Usage) { got = u; cancel() })
		return got
	}
	if u := once(); u.Memory <= 0 || u.Memory > 32<<20 || u.Limit != 64<<20 {
		t.Errorf("%+v", u)
	}
	limit, err := int64(128<<20), e.Limit(bounded(t), c, 128<<20)
	if !e.Info().Lacks(model.ChangeLimit).None() {
		wantKind(t, err, model.ProblemUnsupported)
		limit = 64 << 20
	} else if err != nil {
		t.Fatal(err)
	}
	if now := look(t, e, c.ID); now.Memory != limit {
		t.Errorf("the limit is %d", now.Memory)
	}
	if u := once(); u.Limit != limit {
		t.Errorf("after raising it: %+v", u)
	}
	ended, told := make(chan error, 1), make(chan bool, 100)
	go func() { ended <- e.Stats(context.Background(), c.ID, func(model.Usage) { told <- true }) }()
	<-told // it may be gone before it is asked about
	if err := e.Stop(bounded(t), c, 5); err != nil {
		t.Fatal(err)
	}
	if err := e.Remove(bounded(t), c); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Errorf("the end of the container is an error: %v", err)
	}
}

// commit keeps a container as an image that has its files, and not the label that was taken off.
func (s *suite) commit(t *testing.T) {
	t.Helper()
	e := s.connect(t)
	spec := s.sh(t, "echo kept > /kept; "+idle)
	spec.Labels = map[string]string{"mark": "yes", "app.slipway.recipe": "x"}
	c := s.start(t, e, spec)
	until(t, "the file", func() bool {
		_, err := e.Stat(bounded(t), c.ID, "/kept")
		return err == nil
	})
	ref := "contract/kept:1"
	id, err := e.Commit(bounded(t), c, ref, "LABEL app.slipway.recipe=")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = e.RemoveImage(context.Background(), ref) })
	image, err := e.Image(bounded(t), ref)
	if err != nil || id == "" || image.Labels["mark"] != "yes" || image.Labels["app.slipway.recipe"] != "" {
		t.Fatalf("%q %+v %v", id, image, err)
	}
	again := s.sh(t, "test -e /kept")
	again.Image = ref
	b := s.start(t, e, again)
	if code, err := e.Wait(bounded(t), b.ID); code != 0 || err != nil {
		t.Errorf("the file is not in it: %d %v", code, err)
	}
}
