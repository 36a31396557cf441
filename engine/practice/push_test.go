//go:build linux

package practice_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"slipway/engine/practice"

	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/image"
	apiregistry "github.com/docker/docker/api/types/registry"
	"github.com/docker/docker/client"
	"github.com/docker/docker/pkg/jsonmessage"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// serve is a registry in this process. before sees each request first, and answers it if it says so.
func serve(t *testing.T, before func(w http.ResponseWriter, r *http.Request) (answered bool)) (addr string) {
	t.Helper()
	blobs := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if before == nil || !before(w, r) {
			blobs.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://")
}

// push pushes and returns what the engine says.
func push(t *testing.T, cli *client.Client, ref string, o image.PushOptions) ([]string, error) {
	t.Helper()
	if o.RegistryAuth == "" {
		o.RegistryAuth = signIn(t, "", "")
	}
	r, err := cli.ImagePush(t.Context(), ref, o)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return told(t, r)
}

func pull(t *testing.T, cli *client.Client, ref string) []string {
	t.Helper()
	r, err := cli.ImagePull(t.Context(), ref, image.PullOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	lines, err := told(t, r)
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func signIn(t *testing.T, user, password string) string {
	t.Helper()
	text, err := apiregistry.EncodeAuthConfig(apiregistry.AuthConfig{Username: user, Password: password})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func tag(t *testing.T, cli *client.Client, from, to string) {
	t.Helper()
	if err := cli.ImageTag(t.Context(), from, to); err != nil {
		t.Fatal(err)
	}
}

// TestPush pushes an image and pulls it from another engine: it is the same. What the registry has is not sent again.
func TestPush(t *testing.T) {
	addr := serve(t, nil)
	p, other := start(t, practice.Options{Swift: true}), start(t, practice.Options{})
	cli, far := plain(t, p), plain(t, other)
	heard := listen(t, cli, events.ImageEventType)
	if err := p.AddImage("nginx:1.29", "nginx:1.29"); err != nil {
		t.Fatal(err)
	}
	ref := addr + "/shop/web:2"
	tag(t, cli, "nginx:1.29", ref)
	lines, err := push(t, cli, ref, image.PushOptions{})
	if err != nil {
		t.Fatal(err)
	}
	i := inspected(t, cli, ref)
	var want []string
	for _, l := range slices.Backward(i.RootFS.Layers) {
		want = append(want, l[7:19]+": Preparing")
	}
	if lines[0] != "The push refers to repository ["+addr+"/shop/web]" || !slices.Equal(lines[1:4], want) {
		t.Errorf("%q, not %q", lines, want)
	}
	for _, l := range i.RootFS.Layers {
		if id := l[7:19]; !slices.Contains(lines, id+": Pushing") || !slices.Contains(lines, id+": Pushed") {
			t.Errorf("%s: %q", id, lines)
		}
	}
	digest := pushedDigest(t, lines)
	if !slices.Contains(i.RepoDigests, addr+"/shop/web@"+digest) {
		t.Errorf("%s is not among %q", digest, i.RepoDigests)
	}
	if list := heard("push"); list[len(list)-1] != "push "+addr+"/shop/web" {
		t.Errorf("%q", list)
	}
	lines = pull(t, far, ref)
	if !slices.Contains(lines, "Digest: "+digest) {
		t.Errorf("%q has no %s", lines, digest)
	}
	if got := inspected(t, far, ref); got.ID != i.ID || got.Size != i.Size {
		t.Errorf("%s %d, not %s %d", got.ID, got.Size, i.ID, i.Size)
	}
	if lines, err = push(
		t,
		cli,
		ref,
		image.PushOptions{},
	); err != nil ||
		slices.ContainsFunc(lines, func(l string) bool { return strings.HasSuffix(l, ": Pushed") }) {
		t.Errorf("%q, %v", lines, err)
	}
	inspect, err := far.DistributionInspect(t.Context(), ref, signIn(t, "", ""))
	if err != nil || inspect.Descriptor.Digest.String() != digest || len(inspect.Platforms) != 1 ||
		inspect.Platforms[0].Architecture != "amd64" {
		t.Errorf("%+v, %v", inspect, err)
	}
}

// pushedDigest is the digest that a push tells at its end, twice.
func pushedDigest(t *testing.T, lines []string) string {
	t.Helper()
	last := lines[len(lines)-1]
	var aux struct {
		Tag, Digest string
		Size        int
	}
	text, is := strings.CutPrefix(last, "aux ")
	if err := json.Unmarshal(
		[]byte(text),
		&aux,
	); !is || err != nil ||
		!strings.HasPrefix(lines[len(lines)-2], aux.Tag+": digest: "+aux.Digest+" size: ") {
		t.Fatalf("%q, %v", lines, err)
	}
	return aux.Digest
}

// TestPushPulled pulls an image of another program's, pushes it under another name here and to another registry, and
// pulls it from there: all digests stay.
func TestPushPulled(t *testing.T) {
	one, two := serve(t, nil), serve(t, nil)
	from, err := name.ParseReference(one+"/theirs:1", name.Insecure)
	if err != nil {
		t.Fatal(err)
	}
	i := theirs(t)
	own := http.DefaultTransport.(*http.Transport).Clone()
	defer own.CloseIdleConnections()
	if err := remote.Write(from, i, remote.WithTransport(own)); err != nil {
		t.Fatal(err)
	}
	want, err := i.Digest()
	if err != nil {
		t.Fatal(err)
	}
	cli := plain(t, start(t, practice.Options{}))
	pull(t, cli, from.String())
	for n, to := range []string{one + "/theirs:2", one + "/copy:1", two + "/copy:1"} {
		tag(t, cli, from.String(), to)
		lines, err := push(t, cli, to, image.PushOptions{})
		if err != nil || pushedDigest(t, lines) != want.String() {
			t.Errorf("%s: %q, %v, not %s", to, lines, err, want)
		}
		if there := slices.ContainsFunc(
			lines,
			func(l string) bool { return strings.HasSuffix(l, "Layer already exists") },
		); there != (n == 0) &&
			n != 1 {
			t.Errorf("%s: %q", to, lines)
		}
		far := plain(t, start(t, practice.Options{}))
		if lines := pull(
			t,
			far,
			to,
		); !slices.Contains(lines, "Digest: "+want.String()) ||
			inspected(t, far, to).ID != inspected(t, cli, to).ID {
			t.Errorf("%s: %q", to, lines)
		}
	}
	lines := pull(t, cli, two+"/copy:1")
	if !slices.Contains(lines, "Status: Image is up to date for "+two+"/copy:1") {
		t.Errorf("%q", lines)
	}
}

// TestPushRefused pushes to where that may not be, and what is not there: in the words of an engine.
func TestPushRefused(t *testing.T) {
	locked := serve(t, func(w http.ResponseWriter, r *http.Request) bool {
		user, password, given := r.BasicAuth()
		switch {
		case user == "anna" && password == "secret":
			return false
		case user == "reader" && r.Method == http.MethodGet && r.URL.Path == "/v2/":
			return false
		case user == "reader":
			w.WriteHeader(http.StatusForbidden)
		default:
			w.Header().Set("WWW-Authenticate", `Basic realm="test"`)
			w.WriteHeader(http.StatusUnauthorized)
		}
		return given || !given
	})
	p := start(t, practice.Options{})
	cli := plain(t, p)
	tiny := p.AddTiny()
	for _, ref := range []string{locked + "/shop:1", "shop:1", "quay.io/me/shop:1"} {
		tag(t, cli, tiny, ref)
	}
	for _, c := range []struct{ ref, user, password, want string }{
		{"shop:1", "", "", "denied: requested access to the resource is denied"},
		{"quay.io/me/shop:1", "me", "secret", "denied: requested access to the resource is denied"},
		{"no/such:1", "", "", "An image does not exist locally with the tag: no/such"},
		{"shop:2", "", "", "tag does not exist: shop:2"},
		{locked + "/shop:1", "", "", "no basic auth credentials"},
		{locked + "/shop:1", "anna", "wrong", "unauthorized: authentication required"},
		{locked + "/shop:1", "reader", "secret", "denied: requested access to the resource is denied"},
	} {
		lines, err := push(t, cli, c.ref, image.PushOptions{RegistryAuth: signIn(t, c.user, c.password)})
		if err == nil || err.Error() != c.want {
			t.Errorf("%s as %q: %q, %v, not %s", c.ref, c.user, lines, err, c.want)
		}
	}
	if lines, err := push(
		t,
		cli,
		locked+"/shop:1",
		image.PushOptions{RegistryAuth: signIn(t, "anna", "secret")},
	); err != nil {
		t.Errorf("%q, %v", lines, err)
	}
	tag(t, cli, tiny, locked+"/shop:2")
	lines, err := push(t, cli, locked+"/shop", image.PushOptions{All: true, RegistryAuth: signIn(t, "anna", "secret")})
	digests := slices.DeleteFunc(lines, func(l string) bool { return !strings.Contains(l, ": digest: ") })
	if err != nil || len(digests) != 2 || !strings.HasPrefix(digests[0], "1: ") || !strings.HasPrefix(digests[1], "2: ") {
		t.Errorf("%q, %v", lines, err)
	}
}

// TestPushStops has the one who pushes go away while a layer is sent: the registry gets no manifest.
func TestPushStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var manifests atomic.Int32
	var parts atomic.Int32
	addr := serve(t, func(_ http.ResponseWriter, r *http.Request) bool {
		switch {
		case r.Method == http.MethodPut && strings.Contains(r.URL.Path, "/manifests/"):
			manifests.Add(1)
		case r.Method == http.MethodPatch:
			parts.Add(1)
			cancel()
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done() // it does not come to an end before the engine goes away, too
			return true
		}
		return false
	})
	p := start(t, practice.Options{})
	cli := plain(t, p)
	tag(t, cli, p.AddTiny(), addr+"/shop:1")
	r, err := cli.ImagePush(ctx, addr+"/shop:1", image.PushOptions{RegistryAuth: signIn(t, "", "")})
	if err == nil { // else it was over before the answer began
		defer r.Close()
		in := json.NewDecoder(r)
		for err == nil {
			var m jsonmessage.JSONMessage
			err = in.Decode(&m)
		}
	}
	if !errors.Is(err, context.Canceled) || parts.Load() == 0 || manifests.Load() != 0 {
		t.Errorf("%v, %d parts, %d manifests", err, parts.Load(), manifests.Load())
	}
}

// TestPullHostile pulls images whose layers are not what their digests say.
func TestPullHostile(t *testing.T) {
	addr := serve(t, nil)
	other := archive(t, file{name: "other", text: "other"})
	swap := serve(t, func(w http.ResponseWriter, r *http.Request) bool {
		request, err := http.NewRequestWithContext(r.Context(), r.Method, "http://"+addr+r.URL.Path, nil)
		if err != nil {
			return false
		}
		own := http.DefaultTransport.(*http.Transport).Clone()
		defer own.CloseIdleConnections()
		response, err := own.RoundTrip(request)
		if err != nil {
			return false
		}
		defer response.Body.Close()
		for key := range response.Header {
			w.Header().Set(key, response.Header.Get(key))
		}
		text, err := io.ReadAll(response.Body)
		if err != nil {
			return false
		}
		if bytes.HasPrefix(text, []byte{0x1f, 0x8b}) { // a layer
			w.Header().Del("Content-Length")
			_, _ = w.Write(zipped(t, other))
			return true
		}
		w.WriteHeader(response.StatusCode)
		_, _ = w.Write(text)
		return true
	})
	p := start(t, practice.Options{})
	cli := plain(t, p)
	tag(t, cli, p.AddTiny(), addr+"/shop:1")
	if lines, err := push(t, cli, addr+"/shop:1", image.PushOptions{}); err != nil {
		t.Fatalf("%q, %v", lines, err)
	}
	far := plain(t, start(t, practice.Options{}))
	r, err := far.ImagePull(t.Context(), swap+"/shop:1", image.PullOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if lines, err := told(t, r); err == nil || len(imageIDs(t, far)) != 0 {
		t.Errorf("%q, %v", lines, err)
	}
}
