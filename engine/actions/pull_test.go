//go:build linux

package actions_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"slipway/engine/enginetest"
	"slipway/engine/image"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/words"
)

// TestPull joins the same pull, cancels it so that it really stops, and retries.
func TestPull(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	r := enginetest.StartRegistry(t)
	proxy := r.Proxy(t, 500_000)
	ref := enginetest.At(proxy.Addr(), enginetest.LayeredImage(t, r, 3, 2_000_000))
	j, err := b.images.Pull(ref)
	if err != nil {
		t.Fatal(err)
	}
	again, err := b.images.Pull(" " + ref + " ")
	if err != nil || again != j {
		t.Errorf("the same pull did not join: %v", err)
	}
	b.until("bytes come", func() bool {
		v := j.View()
		// an engine need not name the layer that it has
		return words.Of(v.Progress.Phase).String() == "Downloading" && v.Progress.Done > 0 && len(v.Lines) >= 3
	})
	b.session.Jobs.Cancel(j.ID())
	v := b.done(j, nil)
	b.want(v, job.Cancelled, "")
	sent, since := proxy.Sent(), time.Now()
	b.until("the transfer stops", func() bool {
		if now := proxy.Sent(); now != sent {
			sent, since = now, time.Now()
		}
		return time.Since(since) > 500*time.Millisecond
	})
	if sent > 5_000_000 {
		t.Errorf("%d bytes were sent", sent)
	}
	if _, err := b.engine().Image(b.ctx(), ref); !model.IsKind(err, model.ProblemNotFound) {
		t.Errorf("the image: %v", err)
	}
	b.wantJournal("cancelled: docker pull " + ref)
	proxy.SetSpeed(0)
	v = b.done(b.session.Jobs.Retry(v.ID), nil)
	b.want(v, job.Done, "")
	for _, l := range v.Lines {
		// A modern engine does not say how large a layer was that came at once.
		if l.Done != l.Total || l.Total == 0 && !enginetest.Modern() || l.Text != "Pull complete" {
			t.Errorf("%+v", l)
		}
	}
	if len(v.Lines) < 3 || words.Of(v.Result).String() != "Pulled "+ref+"." {
		t.Errorf("%+v", v)
	}
	b.wantJournal("cancelled: docker pull "+ref, "done: docker pull "+ref)
	b.until("it is in the picture", func() bool { _, ok := b.session.Live.Snapshot().FindImage(ref); return ok })
	if _, err := b.images.Pull("UPPER"); !model.IsKind(err, model.ProblemBadInput) {
		t.Errorf("got %v", err)
	}
}

// TestEngineDiesInAPull kills the engine in mid-pull.
func TestEngineDiesInAPull(t *testing.T) {
	b := newBench(t, enginetest.Start(t))
	r := enginetest.StartRegistry(t)
	proxy := r.Proxy(t, 500_000)
	ref := enginetest.At(proxy.Addr(), enginetest.LayeredImage(t, r, 3, 2_000_000))
	j, err := b.images.Pull(ref)
	if err != nil {
		t.Fatal(err)
	}
	b.until("bytes come", func() bool { return j.View().Progress.Done > 0 })
	b.private.Kill()
	v := b.done(j, nil)
	b.want(v, job.Failed, model.ProblemConnectionLost)
	b.wantJournal("failed: docker pull " + ref)
	// While it is away there is nothing to retry with.
	v = b.done(b.session.Jobs.Retry(v.ID), nil)
	b.want(v, job.Failed, model.ProblemConnectionLost)
	b.private.Restart(t)
	proxy.SetSpeed(0)
	b.engine()
	v = b.done(b.session.Jobs.Retry(v.ID), nil)
	b.want(v, job.Done, "")
}

// TestRemoveImage removes one of several names, all of them, a dangling one, and not one in use.
func TestRemoveImage(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	e, cli := b.engine(), b.private.Client(t)
	ref := enginetest.LayeredImage(t, enginetest.StartRegistry(t), 1, 1000)
	pull := func() model.Image {
		t.Helper()
		b.want(b.done(b.images.Pull(ref)), job.Done, "")
		now, err := e.Image(b.ctx(), ref)
		if err != nil {
			t.Fatal(err)
		}
		var i model.Image
		b.until("it is in the picture", func() bool { // where the name may still be another image's
			var ok bool
			i, ok = b.session.Live.Snapshot().FindImage(ref)
			return ok && i.ID == now.ID
		})
		return i
	}
	tag := func(from, to string) {
		t.Helper()
		if err := cli.ImageTag(b.ctx(), from, to); err != nil {
			t.Fatal(err)
		}
	}
	var asked image.Removal
	answer := func(c image.Choice) {
		b.person.mu.Lock()
		defer b.person.mu.Unlock()
		b.person.image = func(r image.Removal) image.Choice {
			b.person.mu.Lock()
			defer b.person.mu.Unlock()
			asked = r
			return c
		}
	}
	img := pull()
	tag(ref, "slipway-test/other:1")
	b.until("both names", func() bool { img, _ = b.session.Live.Snapshot().FindImage(ref); return len(img.Tags) == 2 })

	answer(image.Untag)
	b.images.Remove(img, "slipway-test/other:1")
	v := b.ended("Untag slipway-test/other:1")
	b.want(v, job.Done, "")
	if !asked.CanUntag() || !asked.CanDelete() || !slices.Equal(asked.Others, []string{ref}) ||
		!strings.Contains(words.Of(v.Said()).String(), "stays under its other names") {
		t.Errorf("%+v; %s", asked, v.Result)
	}
	if _, err := e.Image(b.ctx(), ref); err != nil {
		t.Error(err)
	}
	tag(ref, "slipway-test/other:1")
	b.until("both names", func() bool { img, _ = b.session.Live.Snapshot().FindImage(ref); return len(img.Tags) == 2 })
	answer(image.Delete)
	b.images.Remove(img, ref)
	v = b.ended("Remove " + ref)
	b.want(v, job.Done, "")
	if _, err := e.Image(b.ctx(), img.ID); !model.IsKind(err, model.ProblemNotFound) ||
		!strings.Contains(words.Of(v.Said()).String(), "deleted") {
		t.Errorf("%v; %s", err, v.Result)
	}

	img = pull()
	tag(b.image, ref)
	t.Cleanup(func() { _, _ = e.RemoveImage(t.Context(), ref) })
	b.until("dangling", func() bool {
		i, ok := b.session.Live.Snapshot().FindImage(img.ID)
		return ok && len(i.Tags) == 0 && len(i.Digests) == 1
	})
	img, _ = b.session.Live.Snapshot().FindImage(img.ID)
	byDigest := img.Names()[0] // as docker has it, for one that was pulled by its digest, too
	b.images.Remove(img, byDigest)
	at := strings.Index(byDigest, "@sha256:") + len("@sha256:") + 12
	v = b.ended("Remove " + byDigest[:at] + "…")
	b.want(v, job.Done, "")
	if asked.CanUntag() || asked.DeleteCommand().
		String() != "docker rmi "+byDigest || !strings.HasPrefix(words.Of(v.Result).String(), "Removed 1 name and deleted") {
		t.Errorf("%+v, %s", asked, v.Result)
	}

	if _, err := e.RemoveImage(b.ctx(), ref); err != nil {
		t.Fatal(err)
	}
	img = pull()
	s := b.sh("uses-it", idle)
	s.Image = ref
	c := b.made(s)
	b.until("used", func() bool { return len(b.session.Live.Snapshot().UsedBy(img.ID)) == 1 })
	answer(image.Keep)
	b.images.Remove(img, ref)
	b.until("asked", func() bool {
		b.person.mu.Lock()
		defer b.person.mu.Unlock()
		return len(asked.UsedBy) == 1
	})
	if asked.CanDelete() || asked.UsedBy[0].ID != c.ID {
		t.Errorf("%+v", asked)
	}
	answer(image.Delete) // as if the container came after the question
	b.images.Remove(img, ref)
	v = b.ended("Remove " + ref)
	b.want(v, job.Failed, model.ProblemInUse)
	if !strings.Contains(words.Of(v.Problem.Why).String(), "uses-it") {
		t.Errorf("the container is not named: %+v", v.Problem)
	}
	if err := e.Remove(b.ctx(), c); err != nil {
		t.Fatal(err)
	}
	b.images.Remove(img, ref)
	v = b.ended("Remove " + ref)
	b.want(v, job.Done, "")
}

// TestRemoveImageThatMoved has a name that means another image when the answer comes, and a container that came
// meanwhile.
func TestRemoveImageThatMoved(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	e, cli := b.engine(), b.private.Client(t)
	ref := enginetest.LayeredImage(t, enginetest.StartRegistry(t), 1, 1000)
	const other = "slipway-test/moved:1"
	b.want(b.done(b.images.Pull(ref)), job.Done, "")
	t.Cleanup(func() {
		_, _ = e.RemoveImage(context.Background(), other)
		_, _ = e.RemoveImage(context.Background(), ref)
	})
	if err := cli.ImageTag(b.ctx(), ref, other); err != nil {
		t.Fatal(err)
	}
	img, err := e.Image(b.ctx(), ref)
	if err != nil {
		t.Fatal(err)
	}
	meanwhile := func(do func()) {
		b.person.mu.Lock()
		defer b.person.mu.Unlock()
		b.person.image = func(image.Removal) image.Choice {
			do()
			return image.Delete
		}
	}
	kept := func(names ...string) {
		t.Helper()
		for _, n := range names {
			if _, err := e.Image(b.ctx(), n); err != nil {
				t.Error(err)
			}
		}
	}
	meanwhile(func() {
		if err := cli.ImageTag(b.ctx(), b.image, other); err != nil {
			t.Error(err)
		}
	})
	b.images.Remove(img.Image, ref)
	v := b.ended("Remove " + ref)
	b.want(v, job.Failed, model.ProblemConflict)
	if v.CanRetry {
		t.Error("an old answer can be used again")
	}
	kept(ref, other, img.ID)

	meanwhile(func() {
		s := b.sh("came-meanwhile", idle)
		s.Image = img.ID
		b.made(s)
	})
	if _, err := e.RemoveImage(b.ctx(), other); err != nil {
		t.Fatal(err)
	}
	img.Tags = []string{ref}
	b.images.Remove(img.Image, ref)
	v = b.ended("Remove " + ref)
	b.want(v, job.Failed, model.ProblemInUse)
	if !strings.Contains(words.Of(v.Problem.Why).String(), "came-meanwhile") {
		t.Errorf("%+v", v.Problem)
	}
	kept(ref)
}

// TestPullWithABrokenHelper pulls without a sign-in when the program that keeps it fails, and does not wait for one.
func TestPullWithABrokenHelper(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	dir, config := t.TempDir(), os.Getenv("DOCKER_CONFIG")
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	pid := filepath.Join(dir, "pid")
	for name, script := range map[string]string{
		"broken": "echo no keyring; exit 1", "slow": "echo $$ >" + pid + "; exec sleep 4",
	} {
		if err := os.WriteFile(filepath.Join(dir, "docker-credential-"+name), []byte("#!/bin/sh\n"+script+"\n"),
			0o755); err != nil {
			t.Fatal(err)
		}
	}
	helper := func(name string) {
		t.Helper()
		err := os.MkdirAll(config, 0o700)
		if err == nil {
			err = os.WriteFile(filepath.Join(config, "config.json"), []byte(`{"credsStore": "`+name+`"}`), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	helper("broken")
	open := enginetest.PushTiny(t, b.private, enginetest.StartRegistry(t))
	b.want(b.done(b.images.Pull(open)), job.Done, "")
	t.Cleanup(func() { _, _ = b.engine().RemoveImage(context.Background(), open) })

	closed := enginetest.PushTiny(t, b.private, enginetest.StartRegistry(t, enginetest.WithPassword("me", "pw")))
	v := b.done(b.images.Pull(closed))
	b.want(v, job.Failed, model.ProblemSignIn)
	if !strings.Contains(words.Of(v.Problem.Why).String(), "docker-credential-broken") ||
		!strings.Contains(v.Problem.Raw(), "no keyring") {
		t.Errorf("%+v", v.Problem)
	}

	helper("slow")
	b.atPhase("Asking the registry", func(v job.View) {
		time.AfterFunc(300*time.Millisecond, func() { b.session.Jobs.Cancel(v.ID) })
	})
	began := time.Now()
	b.want(b.done(b.images.Pull(closed)), job.Cancelled, "")
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("the cancel took %v", took)
	}
	text, err := os.ReadFile(pid)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	b.until("the end of the helper, by itself", func() bool { return errors.Is(syscall.Kill(n, 0), syscall.ESRCH) })
}

// TestPullWithABrokenConfig pulls what is public whatever docker's config.json is like, as docker does, and says once
// what is wrong with it. Only where a registry asks for a sign-in, that is why it fails.
func TestPullWithABrokenConfig(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	file := filepath.Join(os.Getenv("DOCKER_CONFIG"), "config.json")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	closed := enginetest.PushTiny(t, b.private, enginetest.StartRegistry(t, enginetest.WithPassword("me", "pw")))
	open := enginetest.PushTiny(t, b.private, enginetest.StartRegistry(t))
	host, _, _ := strings.Cut(open, "/")
	for name, text := range map[string]string{
		"proxies": `{"proxies":{"httpProxy":"http://127.0.0.1:9"}}`, "comma": `{"auths":{},}`,
		"comment": "{ // mine\n\"auths\":{}}",
		"mark":    "\xef\xbb\xbf{}", "zeroed": strings.Repeat("\x00", 100),
		"base64": `{"auths":{"` + host + `":{"auth":"%%%"}}}`, "folder": "",
		"helper": `{"credsStore":"not-there"}`,
	} {
		if err := os.RemoveAll(file); err != nil {
			t.Fatal(err)
		}
		err := os.WriteFile(file, []byte(text), 0o600)
		if name == "folder" {
			err = errors.Join(os.Remove(file), os.Mkdir(file, 0o700))
		}
		if err != nil {
			t.Fatal(err)
		}
		_, _ = b.engine().RemoveImage(b.ctx(), open)
		before := len(b.person.heard())
		b.want(b.done(b.images.Pull(open)), job.Done, "")
		b.want(b.done(b.images.Pull(open)), job.Done, "")
		told := b.person.heard()[before:]
		if len(told) != 1 || !strings.Contains(words.Of(told[0].Why).String(), file) {
			t.Errorf("%s: told %+v", name, told)
		}
		v := b.done(b.images.Pull(closed))
		b.want(v, job.Failed, model.ProblemSignIn)
		if name != "base64" && !strings.Contains(words.Details(v.Problem).String(), file) {
			t.Errorf("%s: %+v", name, v.Problem)
		}
	}
	t.Cleanup(func() { _, _ = b.engine().RemoveImage(context.Background(), open) })
	for _, text := range []string{"", `{"auths":{"https://index.docker.io/v1/":{}},"unknownKey":[1]}`} {
		if err := errors.Join(os.RemoveAll(file), os.WriteFile(file, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
		before := len(b.person.heard())
		b.want(b.done(b.images.Pull(open)), job.Done, "")
		if told := b.person.heard()[before:]; len(told) > 0 {
			t.Errorf("%q: told %+v", text, told)
		}
	}
}

// TestDownloadSaysWhy tells of a registry that cannot be asked what is so.
func TestDownloadSaysWhy(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	for ref, want := range map[string]model.ProblemKind{
		"127.0.0.1:1/x:1": model.ProblemUnreachable, "nowhere.invalid/x:1": model.ProblemUnreachable,
		"localhost/x:1": model.ProblemUnsupported,
		enginetest.PushTiny(t, b.private,
			enginetest.StartRegistry(t, enginetest.WithPassword("me", "pw"))): model.ProblemSignIn,
	} {
		_, err := b.images.Download(b.ctx(), ref)
		if p := model.AsProblem(err, model.Fact{}); !model.IsKind(err, want) || p.Why.None() ||
			strings.Contains(words.Of(p.Why).String(), "respond") {
			t.Errorf("%s: %+v", ref, p)
		}
	}
}
