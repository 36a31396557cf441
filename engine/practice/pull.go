package practice

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/distribution/reference"
	"github.com/docker/docker/api/types/registry"
	"github.com/docker/docker/pkg/jsonmessage"
	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// teller writes the steps of a pull, as engines do: a line of JSON each.
type teller struct {
	r request

	mu    sync.Mutex // what is sent to a registry is told from another goroutine, which may outlive the answer
	enc   *json.Encoder
	began bool
	over  bool
}

// end has nothing told any more.
func (t *teller) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.over = true
}

// answering tells whether the answer has begun.
func (t *teller) answering() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.began
}

// fail tells of an error in the middle of an answer.
func (t *teller) fail(err error) {
	_ = t.say(jsonmessage.JSONMessage{Error: &jsonmessage.JSONError{Message: err.Error()}, ErrorMessage: err.Error()}) //nolint:staticcheck // engines send both
}

func (t *teller) say(m jsonmessage.JSONMessage) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over {
		return net.ErrClosed
	}
	if !t.began {
		t.began = true
		t.enc = json.NewEncoder(t.r.stream("application/json"))
	}
	return t.enc.Encode(m)
}

func (t *teller) layer(id, what string, done, total int64) error {
	m := jsonmessage.JSONMessage{ID: id, Status: what}
	if total > 0 {
		m.Progress = &jsonmessage.JSONProgress{Current: done, Total: total}
	}
	return t.say(m)
}

// pull gets an image: one of the catalogue is made up, slowly; one of a registry on this computer is really pulled.
// There is no other.
func (e *Engine) pull(r request, ref string) (any, error) {
	named, err := reference.ParseDockerRef(ref)
	if err != nil {
		return nil, badRequest("invalid reference format")
	}
	t := &teller{r: r}
	full := reference.FamiliarString(named)
	domain := reference.Domain(named)
	if here(domain) {
		err = e.pullReal(r, t, full)
	} else {
		err = e.pullMadeUp(r.Context(), t, full)
	}
	switch {
	case err == nil:
		return answered{}, nil
	case r.Context().Err() != nil:
		return answered{}, nil //nolint:nilerr // nobody hears it
	case !t.answering():
		return nil, err
	}
	t.fail(err)
	return answered{}, nil
}

// got puts an image that was pulled into the engine.
func (e *Engine) got(t *teller, i *image, full, digest string) error {
	repo, _, _ := strings.Cut(full, "@")
	if at := strings.LastIndexByte(repo, ':'); at > strings.LastIndexByte(repo, '/') {
		repo = repo[:at]
	}
	e.mu.Lock()
	_, had := e.images[i.id]
	i = e.keep(i)
	if !strings.Contains(full, "@") {
		e.tags[full] = i.id
	}
	e.digests[repo+"@"+digest] = i.id
	e.mu.Unlock()
	status := "Status: Downloaded newer image for " + full
	if had {
		status = "Status: Image is up to date for " + full
	}
	e.feed.send(e, "image", "pull", full, map[string]string{"name": repo})
	_ = t.say(jsonmessage.JSONMessage{Status: "Digest: " + digest})
	return t.say(jsonmessage.JSONMessage{Status: status})
}

// pullReal pulls from a registry on this computer.
func (e *Engine) pullReal(r request, t *teller, named string) error {
	ref, err := name.ParseReference(named, name.Insecure)
	if err != nil {
		return badRequest("invalid reference format")
	}
	options, leave := remoteOptions(r.Context(), r)
	defer leave()
	i, err := remote.Image(ref, options...)
	if err != nil {
		return registryFault(ref, err)
	}
	digest, err := i.Digest()
	if err != nil {
		return registryFault(ref, err)
	}
	raw, err := i.RawConfigFile()
	if err != nil {
		return registryFault(ref, err)
	}
	text, err := i.RawManifest()
	if err != nil {
		return registryFault(ref, err)
	}
	kind, err := i.MediaType()
	if err != nil {
		return registryFault(ref, err)
	}
	layers, err := i.Layers()
	if err != nil {
		return registryFault(ref, err)
	}
	if err := t.say(jsonmessage.JSONMessage{
		ID:     ref.Identifier(),
		Status: "Pulling from " + ref.Context().RepositoryStr(),
	}); err != nil {
		return err
	}
	made, err := openImage(raw)
	if err != nil {
		return err
	}
	full := made.full()
	if len(full) != len(layers) {
		return errors.New("layers from manifest don't match image configuration")
	}
	left := newBudget()
	for n, l := range layers {
		if err := e.pullLayer(r.Context(), t, &full[n], l, left); err != nil {
			return registryFault(ref, err)
		}
	}
	if err := made.fill(full, left); err != nil {
		return err
	}
	made.manifest = &manifest{text, kind}
	return e.got(t, made, named, digest.String())
}

// pullLayer gets one layer, unless the engine has it.
func (e *Engine) pullLayer(ctx context.Context, t *teller, into *layer, l v1.Layer, left *budget) error {
	digest, err := l.Digest()
	if err != nil {
		return err
	}
	id := digest.Hex[:12]
	if into.raw, into.packed = e.layerContent(into.digest); into.raw != nil {
		return t.layer(id, "Already exists", 0, 0)
	}
	size, err := l.Size()
	if err != nil {
		return err
	}
	kind, err := l.MediaType()
	if err != nil {
		return err
	}
	if err := t.layer(id, "Pulling fs layer", 0, 0); err != nil {
		return err
	}
	compressed, err := l.Compressed()
	if err != nil {
		return err
	}
	defer compressed.Close()
	if into.raw, err = inflateAll(e.told(ctx, t, id, compressed, size), left); err != nil {
		return err
	}
	_ = t.layer(id, "Download complete", 0, 0)
	if digestOfBytes(into.raw) != into.digest {
		return errors.New("layers from manifest don't match image configuration")
	}
	into.packed = &packed{Descriptor: v1.Descriptor{MediaType: kind, Size: size, Digest: digest}}
	_ = t.layer(id, "Extracting", size, size)
	return t.layer(id, "Pull complete", 0, 0)
}

// told reads a layer to its end and tells how far that is.
func (e *Engine) told(ctx context.Context, t *teller, id string, from io.Reader, size int64) io.Reader {
	var last time.Time
	return &counter{r: from, each: func(n int64) error {
		e.faults.stall(ctx)
		if time.Since(last) < tellEach && n < size || ctx.Err() != nil {
			return ctx.Err()
		}
		last = time.Now()
		return t.layer(id, "Downloading", n, size)
	}}
}

// counter reads and tells how much.
type counter struct {
	r    io.Reader
	n    int64
	each func(n int64) error
}

// Read implements [io.Reader].
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if e := c.each(c.n); e != nil {
		return n, e
	}
	return n, err
}

// authOf is the sign-in that came with a call.
func authOf(r request) authn.Authenticator {
	text, err := base64.URLEncoding.DecodeString(r.Header.Get(registry.AuthHeader))
	if err != nil {
		return authn.Anonymous
	}
	var c registry.AuthConfig
	if json.Unmarshal(text, &c) != nil || c.Username == "" {
		return authn.Anonymous
	}
	return &authn.Basic{Username: c.Username, Password: c.Password}
}

// registryFault is an error of a registry in the words of an engine.
func registryFault(ref name.Reference, err error) error {
	var t *transport.Error
	if !errors.As(err, &t) {
		return faultf(http.StatusInternalServerError, "Get \"http://%s/v2/\": %v", ref.Context().RegistryStr(), err)
	}
	switch t.StatusCode {
	case http.StatusUnauthorized:
		return faultf(http.StatusInternalServerError, "Head \"http://%s/v2/%s/manifests/%s\": no basic auth credentials",
			ref.Context().RegistryStr(), ref.Context().RepositoryStr(), ref.Identifier())
	case http.StatusNotFound:
		return notFound("manifest for %s not found: manifest unknown: manifest unknown", ref)
	}
	return faultf(http.StatusInternalServerError, "%v", err)
}

// pullMadeUp makes an image of the catalogue, with the steps and the time that a download takes.
func (e *Engine) pullMadeUp(ctx context.Context, t *teller, full string) error {
	k := findCatalogue(full)
	if k == nil {
		repo, _, _ := strings.Cut(full, ":")
		if catalogueRepo(repo) {
			return notFound("manifest for %s not found: manifest unknown: manifest unknown", full)
		}
		return notFound("pull access denied for %s, repository does not exist or may require 'docker login': denied: requested access to the resource is denied", repo)
	}
	i := k.image(e)
	_, tag, _ := strings.Cut(full, ":")
	if err := t.say(jsonmessage.JSONMessage{ID: tag, Status: "Pulling from " + k.name}); err != nil {
		return err
	}
	for _, l := range i.layers {
		id := strings.TrimPrefix(l.digest, "sha256:")[:12]
		if e.hasLayer(l.digest) {
			if err := t.layer(id, "Already exists", 0, 0); err != nil {
				return err
			}
			continue
		}
		_ = t.layer(id, "Pulling fs layer", 0, 0)
	}
	for _, l := range i.layers {
		if err := e.download(ctx, t, l); err != nil {
			return err
		}
	}
	return e.got(t, i, full, digestOf(full))
}

func (e *Engine) hasLayer(digest string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.hasLayerLocked(digest)
}

// hasLayerLocked is hasLayer for who holds mu.
func (e *Engine) hasLayerLocked(digest string) bool {
	for _, i := range e.images {
		for _, l := range i.layers {
			if l.digest == digest {
				return true
			}
		}
	}
	return false
}

// pullTime is how long a megabyte takes, and steps in how many parts a layer comes.
const (
	pullTime = 6 * time.Millisecond
	steps    = 20
)

func (e *Engine) download(ctx context.Context, t *teller, l layer) error {
	if e.hasLayer(l.digest) {
		return nil
	}
	id := strings.TrimPrefix(l.digest, "sha256:")[:12]
	pace := time.Duration(l.bytes>>20) * pullTime / steps
	if e.options.Swift {
		pace = 0
	}
	tick := time.NewTicker(max(time.Millisecond, pace))
	defer tick.Stop()
	for n := 1; n <= steps; n++ {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		if err := t.layer(id, "Downloading", l.bytes*int64(n)/steps, l.bytes); err != nil {
			return err
		}
	}
	_ = t.layer(id, "Download complete", 0, 0)
	_ = t.layer(id, "Extracting", l.bytes, l.bytes)
	return t.layer(id, "Pull complete", 0, 0)
}
