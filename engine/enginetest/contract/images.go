//go:build linux

package contract

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/engine"
	"slipway/engine/enginetest"
	"slipway/engine/model"
	"slipway/engine/words"
)

func (s *suite) image(t *testing.T, e *engine.Engine, ref string) (model.Image, bool) {
	t.Helper()
	list, err := e.Images(bounded(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range list {
		if slices.Contains(i.Tags, ref) || i.ID == ref {
			return i, true
		}
	}
	return model.Image{}, false
}

func (s *suite) listImages(t *testing.T) {
	t.Helper()
	e := s.connect(t)
	i, ok := s.image(t, e, s.env.Image)
	if !ok || !strings.HasPrefix(i.ID, "sha256:") || i.Created.IsZero() || i.Size < 1<<19 || i.Dangling() ||
		i.Labels["app.slipway.test"] != "tiny" {
		t.Errorf("listed: %+v", i)
	}
	d, err := e.Image(bounded(t), s.env.Image)
	if err != nil {
		t.Fatal(err)
	}
	if d.ID != i.ID || d.WorkingDir != "/work" || !slices.Equal(d.Volumes, []string{"/data"}) ||
		!slices.Contains(d.Env, "TINY=yes") || d.OS != "linux" || len(d.Cmd) == 0 {
		t.Errorf("inspected: %+v", d)
	}
	if want := []model.PublishedPort{{Container: 8080, Protocol: "tcp"}}; !slices.Equal(d.Exposed, want) {
		t.Errorf("exposed: %+v", d.Exposed)
	}
	_, err = e.Image(bounded(t), "slipway-test/none:1")
	wantKind(t, err, model.ProblemNotFound)
}

// pull watches the bytes of a pull that is slow enough to see.
func (s *suite) pull(t *testing.T) {
	t.Helper()
	e := s.connect(t)
	ref := enginetest.LayeredImage(t, s.open(t), 4, 1_500_000)
	proxy := s.open(t).Proxy(t, 2_000_000)
	ref = enginetest.At(proxy.Addr(), ref)
	t.Cleanup(func() { _, _ = e.RemoveImage(context.Background(), ref) })

	var steps []engine.PullProgress
	if err := e.Pull(bounded(t), ref, func(p engine.PullProgress) { steps = append(steps, p) }); err != nil {
		t.Fatal(err)
	}
	between := false
	for i, p := range steps {
		if p.Done < 0 || p.Done > p.Total || p.Total > proxy.Sent() {
			t.Fatalf("step %d: %d of %d bytes, when %d were sent in all", i, p.Done, p.Total, proxy.Sent())
		}
		if p.Extracting && p.Done != p.Total {
			t.Errorf("step %d: unpacking at %d of %d bytes", i, p.Done, p.Total)
		}
		between = between || p.Done > 0 && p.Done < p.Total
	}
	last := steps[len(steps)-1]
	// The image's configuration is sent too, but counts as no layer.
	if missing := proxy.Sent() - last.Total; !last.Known || !last.Extracting || last.Left != 0 || missing > 20_000 ||
		!between {
		t.Errorf("in the end: %+v, %d bytes more were sent; progress seen: %v", last, missing, between)
	}
	if _, ok := s.image(t, e, ref); !ok {
		t.Error("the image is not on the list")
	}
	// A second pull has nothing to do.
	if err := e.Pull(bounded(t), ref, nil); err != nil {
		t.Error(err)
	}
}

func (s *suite) pullCancelled(t *testing.T) {
	t.Helper()
	e := s.connect(t)
	proxy := s.open(t).Proxy(t, 500_000)
	ref := enginetest.At(proxy.Addr(), enginetest.LayeredImage(t, s.open(t), 3, 4_000_000))
	ctx, cancel := context.WithCancel(bounded(t))
	err := e.Pull(ctx, ref, func(p engine.PullProgress) {
		if p.Done > 0 {
			cancel()
		}
	})
	cancel()
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	quiet(t, proxy)
	if _, ok := s.image(t, e, ref); ok {
		t.Error("a cancelled pull left its image")
	}
}

// quiet waits until the proxy sends nothing any more.
func quiet(t *testing.T, proxy *enginetest.Proxy) {
	t.Helper()
	sent, since := proxy.Sent(), time.Now()
	until(t, "the transfer stops", func() bool {
		if now := proxy.Sent(); now != sent {
			sent, since = now, time.Now()
		}
		return time.Since(since) > 500*time.Millisecond
	})
}

// pullBrokenImage pulls an image of which the registry has lost a layer: the error comes inside the stream.
func (s *suite) pullBrokenImage(t *testing.T) {
	t.Helper()
	e := s.connect(t)
	storage := t.TempDir()
	r := enginetest.StartRegistry(t, enginetest.WithStorage(storage))
	ref := enginetest.LayeredImage(t, r, 2, 200_000)
	blobs, err := filepath.Glob(filepath.Join(storage, "docker/registry/v2/blobs/sha256/*/*/data"))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range blobs {
		if info, err := os.Stat(b); err == nil && info.Size() > 199_000 && info.Size() < 300_000 {
			if err := os.Remove(b); err != nil {
				t.Fatal(err)
			}
		}
	}
	err = e.Pull(bounded(t), ref, nil)
	if model.AsProblem(err, model.Fact{}) == nil {
		t.Errorf("got %v", err)
	}
	if _, ok := s.image(t, e, ref); ok {
		t.Error("the image is there")
	}
}

func (s *suite) pullRefused(t *testing.T) {
	t.Helper()
	e := s.connect(t)
	ref := enginetest.LayeredImage(t, s.open(t), 1, 1000)
	repository := ref[:strings.LastIndexByte(ref, ':')]
	wantKind(t, e.Pull(bounded(t), repository+":no-such-tag", nil), model.ProblemNoSuchTag)
	nobody := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	wantKind(t, e.Pull(bounded(t), enginetest.At(nobody, ref), nil), model.ProblemUnreachable)
}

func (s *suite) pullWithPassword(t *testing.T) {
	t.Helper()
	address := s.locked(t).Addr()
	e := s.connect(t)
	dir := t.TempDir()
	t.Setenv("DOCKER_CONFIG", dir)
	t.Cleanup(func() { _, _ = e.RemoveImage(context.Background(), s.env.LockedRef) })
	write := func(user, password string) {
		auth := base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
		text, err := json.Marshal(map[string]any{"auths": map[string]any{address: map[string]string{"auth": auth}}})
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, "config.json"), text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	err := e.Pull(bounded(t), s.env.LockedRef, nil)
	wantKind(t, err, model.ProblemSignIn)
	var p *model.Problem
	if errors.As(err, &p) && p.Command.String() != "docker login "+address {
		t.Errorf("command: %s", p.Command)
	}
	write(s.env.User, "wrong")
	wantKind(t, e.Pull(bounded(t), s.env.LockedRef, nil), model.ProblemSignIn)
	write(s.env.User, s.env.Password)
	if err := e.Pull(bounded(t), s.env.LockedRef, nil); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte(`{"credsStore": "slipway-test-missing"}`),
		0o600); err != nil {
		t.Fatal(err)
	}
	err = e.Pull(bounded(t), s.env.LockedRef, nil)
	wantKind(t, err, model.ProblemSignIn)
	if err != nil && !strings.Contains(words.Error(err).String(), "docker-credential-") {
		t.Errorf("a missing helper is not named: %v", err)
	}
}

func (s *suite) removeImage(t *testing.T) {
	t.Helper()
	e, cli := s.connect(t), s.env.Client(t)
	ref := enginetest.LayeredImage(t, s.open(t), 1, 10_000)
	if err := e.Pull(bounded(t), ref, nil); err != nil {
		t.Fatal(err)
	}
	other := "slipway-test/contract:other"
	if err := cli.ImageTag(bounded(t), ref, other); err != nil {
		t.Fatal(err)
	}
	i, _ := s.image(t, e, ref)
	if !slices.Contains(i.Tags, other) {
		t.Errorf("tags: %v", i.Tags)
	}
	// One of two names goes, and the image stays.
	r, err := e.RemoveImage(bounded(t), other)
	if err != nil || len(r.Untagged) != 1 || len(r.Deleted) != 0 {
		t.Errorf("untag: %+v, %v", r, err)
	}
	// In use, running or not, it stays.
	spec := s.sh(t, "true")
	spec.Image = ref
	c := s.make(t, e, spec)
	_, err = e.RemoveImage(bounded(t), ref)
	wantKind(t, err, model.ProblemConflict)
	if err := e.Remove(bounded(t), c); err != nil {
		t.Fatal(err)
	}
	r, err = e.RemoveImage(bounded(t), ref)
	if err != nil || len(r.Untagged) == 0 || len(r.Deleted) == 0 {
		t.Errorf("delete: %+v, %v", r, err)
	}
	_, err = e.RemoveImage(bounded(t), ref)
	wantKind(t, err, model.ProblemNotFound)
	// One without a name goes by its ID.
	if err := e.Pull(bounded(t), ref, nil); err != nil {
		t.Fatal(err)
	}
	i, _ = s.image(t, e, ref)
	if err := cli.ImageTag(bounded(t), s.env.Image, ref); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = e.RemoveImage(context.Background(), ref) })
	if now, ok := s.image(t, e, i.ID); !ok || len(now.Tags) > 0 {
		t.Errorf("not dangling: %+v", now)
	}
	if r, err := e.RemoveImage(bounded(t), i.ID); err != nil || len(r.Deleted) == 0 {
		t.Errorf("delete by ID: %+v, %v", r, err)
	}
}
