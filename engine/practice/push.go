package practice

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/distribution/reference"
	dockertypes "github.com/docker/docker/api/types"
	"github.com/docker/docker/api/types/registry"
	"github.com/docker/docker/pkg/jsonmessage"
	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// packed is a layer as a registry has it.
type packed struct {
	v1.Descriptor
	level int // of gzip, which makes it of the layer; of one that is sent
}

// unpackedLevel is for a layer that is not compressed.
const unpackedLevel = -100

// squeezer compresses a layer while it is read.
type squeezer struct {
	from *bytes.Reader
	out  bytes.Buffer
	gz   *gzip.Writer
	done bool
}

func squeeze(raw []byte, level int) io.ReadCloser {
	if level == unpackedLevel {
		return io.NopCloser(bytes.NewReader(raw))
	}
	s := &squeezer{from: bytes.NewReader(raw)}
	s.gz, _ = gzip.NewWriterLevel(&s.out, level) // levels are ours
	return s
}

// Read implements [io.Reader].
func (s *squeezer) Read(p []byte) (int, error) {
	for s.out.Len() == 0 && !s.done {
		_, err := io.CopyN(s.gz, s.from, partSize)
		if errors.Is(err, io.EOF) {
			s.done, err = true, s.gz.Close()
		}
		if err != nil {
			return 0, err
		}
	}
	return s.out.Read(p)
}

// Close implements [io.Closer].
func (s *squeezer) Close() error { return nil }

// pack tells how a layer is sent: as the registry had it that it is from, if one of the usual ways to compress makes
// the same of it.
func (l layer) pack() (*packed, error) {
	levels := []int{gzip.DefaultCompression, gzip.BestSpeed, gzip.NoCompression, unpackedLevel}
	for _, level := range levels {
		sum := sha256.New()
		size, err := io.Copy(sum, squeeze(l.raw, level))
		if err != nil {
			return nil, err
		}
		d := v1.Descriptor{
			MediaType: types.DockerLayer,
			Size:      size,
			Digest:    v1.Hash{Algorithm: "sha256", Hex: hex.EncodeToString(sum.Sum(nil))},
		}
		if l.packed == nil {
			return &packed{d, level}, nil
		}
		if l.packed.Digest == d.Digest {
			return &packed{l.packed.Descriptor, level}, nil
		}
	}
	return (layer{raw: l.raw}).pack()
}

// blob is a layer, or a configuration, on its way to a registry.
type blob struct {
	d    v1.Descriptor
	open func() (io.ReadCloser, error)
	sent bool
}

// Digest implements [v1.Layer].
func (b *blob) Digest() (v1.Hash, error) { return b.d.Digest, nil }

// DiffID implements [v1.Layer].
func (b *blob) DiffID() (v1.Hash, error) { return b.d.Digest, nil }

// Size implements [v1.Layer].
func (b *blob) Size() (int64, error) { return b.d.Size, nil }

// MediaType implements [v1.Layer].
func (b *blob) MediaType() (types.MediaType, error) { return b.d.MediaType, nil }

// Uncompressed implements [v1.Layer]. A registry is sent only what is compressed.
func (b *blob) Uncompressed() (io.ReadCloser, error) { return b.Compressed() }

// Compressed implements [v1.Layer].
func (b *blob) Compressed() (io.ReadCloser, error) {
	b.sent = true
	return b.open()
}

// pushImage sends an image to the registry in its name: one of this computer really gets it, every other one denies
// it.
func (e *Engine) pushImage(r request, img string) (any, error) {
	named, err := reference.ParseNormalizedNamed(img)
	if tag := r.URL.Query().Get("tag"); err == nil && tag != "" {
		if _, is := named.(reference.Digested); is {
			return nil, badRequest("cannot import digest reference")
		}
		named, err = reference.WithTag(named, tag)
	}
	if err != nil {
		return nil, badRequest("%v", err)
	}
	t := &teller{r: r}
	defer t.end()
	if err := t.say(jsonmessage.JSONMessage{Status: "The push refers to repository [" + named.Name() + "]"}); err != nil {
		return answered{}, nil // nobody hears it
	}
	if err := e.push(r, t, named); err != nil && r.Context().Err() == nil {
		t.fail(err)
	}
	return answered{}, nil
}

func (e *Engine) push(r request, t *teller, named reference.Named) error {
	e.mu.Lock()
	tags := e.tagsOf(reference.FamiliarName(named))
	e.mu.Unlock()
	if len(tags) == 0 {
		return notFound("An image does not exist locally with the tag: %s", reference.FamiliarName(named))
	}
	if full := reference.FamiliarString(named); !reference.IsNameOnly(named) {
		if _, is := named.(reference.NamedTagged); !is {
			return badRequest("cannot push a digest reference")
		}
		if !slices.Contains(tags, full) {
			return notFound("tag does not exist: %s", full)
		}
		tags = []string{full}
	}
	for _, tag := range tags {
		if err := e.pushTag(r, t, tag); err != nil {
			return err
		}
	}
	e.feed.send(e, "image", "push", reference.FamiliarString(named),
		map[string]string{"name": reference.FamiliarName(named)})
	return nil
}

// atOnce is how many layers engines send at the same time; the others are said to wait.
const atOnce = 5

// pushTag sends one tag.
func (e *Engine) pushTag(r request, t *teller, tag string) error {
	e.mu.Lock()
	i := e.images[e.tags[tag]]
	e.mu.Unlock()
	if i == nil {
		return notFound("tag does not exist: %s", tag)
	}
	full := i.full()
	for n := range full {
		if err := t.layer(shortID(full[len(full)-1-n].digest), "Preparing", 0, 0); err != nil {
			return err
		}
	}
	for n := atOnce; n < len(full); n++ {
		if err := t.layer(shortID(full[len(full)-1-n].digest), "Waiting", 0, 0); err != nil {
			return err
		}
	}
	ref, err := name.ParseReference(tag, name.Insecure)
	if err != nil {
		return badRequest("%v", err)
	}
	if !here(ref.Context().RegistryStr()) {
		return faultf(http.StatusForbidden, "denied: requested access to the resource is denied")
	}
	text, kind, err := e.pushLayers(r, t, ref, i, full)
	if err != nil {
		return pushFault(r, err)
	}
	sum := digestOfBytes(text)
	e.mu.Lock()
	e.digests[tag[:strings.LastIndexByte(tag, ':')]+"@"+sum] = i.id
	i.manifest = &manifest{text, kind}
	e.mu.Unlock()
	short := ref.Identifier()
	aux := json.RawMessage(marshal(dockertypes.PushResult{Tag: short, Digest: sum, Size: len(text)}))
	err = t.say(jsonmessage.JSONMessage{Status: short + ": digest: " + sum + " size: " + strconv.Itoa(len(text))})
	return errors.Join(err, t.say(jsonmessage.JSONMessage{Aux: &aux}))
}

// here tells of a registry that it is on this computer.
func here(domain string) bool {
	return strings.HasPrefix(domain, "127.0.0.1:") || strings.HasPrefix(domain, "localhost:")
}

// pushLayers sends the layers, the configuration, and the manifest, which it returns.
func (e *Engine) pushLayers(
	r request,
	t *teller,
	ref name.Reference,
	i *image,
	full []layer,
) ([]byte, types.MediaType, error) {
	options, leave := remoteOptions(r.Context(), r)
	defer leave()
	m := manifestBody{SchemaVersion: 2, MediaType: types.DockerManifestSchema2}
	for _, l := range full {
		p, err := e.pushLayer(r.Context(), t, ref.Context(), l, options)
		if err != nil {
			return nil, "", err
		}
		d := p.Descriptor
		d.MediaType = types.DockerLayer
		m.Layers = append(m.Layers, d)
	}
	config := &blob{d: v1.Descriptor{MediaType: types.DockerConfigJSON, Size: int64(len(i.raw)), Digest: hashOf(i.id)}}
	config.open = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(i.raw)), nil }
	if err := remote.WriteLayer(ref.Context(), config, options...); err != nil {
		return nil, "", err
	}
	m.Config = config.d
	text, _ := json.MarshalIndent(m, "", "   ")
	kind := types.DockerManifestSchema2
	e.mu.Lock()
	if old := i.manifest; old != nil && old.same(m.Layers) {
		text, kind = old.text, old.kind
	}
	e.mu.Unlock()
	return text, kind, remote.Put(ref, manifest{text, kind}, options...)
}

// manifestBody is a manifest as engines write it: its fields in this order.
type manifestBody struct {
	SchemaVersion int             `json:"schemaVersion"`
	MediaType     types.MediaType `json:"mediaType"`
	Config        v1.Descriptor   `json:"config"`
	Layers        []v1.Descriptor `json:"layers"`
}

// manifest is one that a registry has.
type manifest struct {
	text []byte
	kind types.MediaType
}

// RawManifest implements [remote.Taggable].
func (m manifest) RawManifest() ([]byte, error) { return m.text, nil }

// MediaType is its kind.
func (m manifest) MediaType() (types.MediaType, error) { return m.kind, nil }

// same tells whether it has these layers. The configuration is that of the image in any case.
func (m manifest) same(layers []v1.Descriptor) bool {
	var own manifestBody
	err := json.Unmarshal(m.text, &own)
	return err == nil &&
		slices.EqualFunc(own.Layers, layers, func(a, b v1.Descriptor) bool { return a.Digest == b.Digest })
}

// pushLayer sends one layer, unless the registry has it.
func (e *Engine) pushLayer(
	ctx context.Context,
	t *teller,
	to name.Repository,
	l layer,
	options []remote.Option,
) (*packed, error) {
	id := shortID(l.digest)
	e.mu.Lock()
	p := e.sent[l.digest]
	e.mu.Unlock()
	for _, known := range []*packed{p, l.packed} { // what was sent or pulled before may be there, whoever compressed it
		if known == nil {
			continue
		}
		if there, err := hasBlob(to, known.Digest, options); err != nil {
			return nil, err
		} else if there {
			return known, t.layer(id, "Layer already exists", 0, 0)
		}
	}
	if p == nil {
		var err error
		if p, err = l.pack(); err != nil {
			return nil, err
		}
	}
	b := &blob{d: p.Descriptor}
	b.open = func() (io.ReadCloser, error) {
		var last time.Time
		in := &counter{r: squeeze(l.raw, p.level), each: func(n int64) error {
			e.faults.stall(ctx)
			if time.Since(last) < tellEach && n < p.Size || ctx.Err() != nil {
				return ctx.Err()
			}
			last = time.Now()
			return t.layer(id, "Pushing", n, p.Size)
		}}
		return io.NopCloser(in), nil
	}
	if err := remote.WriteLayer(to, b, options...); err != nil {
		return nil, err
	}
	e.mu.Lock()
	e.sent[l.digest] = p // so that it is compressed only once
	e.mu.Unlock()
	if !b.sent {
		return p, t.layer(id, "Layer already exists", 0, 0)
	}
	return p, t.layer(id, "Pushed", 0, 0)
}

// tellEach is how much time is between two messages of one layer.
const tellEach = 50 * time.Millisecond

// hasBlob asks a registry for a layer.
func hasBlob(repo name.Repository, h v1.Hash, options []remote.Option) (bool, error) {
	l, err := remote.Layer(repo.Digest(h.String()), options...)
	if err != nil {
		return false, err
	}
	var e *transport.Error
	if _, err = l.Size(); errors.As(err, &e) && e.StatusCode == http.StatusNotFound {
		return false, nil
	}
	return err == nil, err
}

// remoteOptions are how a registry is spoken to for one call, and what ends its connections.
func remoteOptions(ctx context.Context, r request) (options []remote.Option, leave func()) {
	own := remote.DefaultTransport.(*http.Transport).Clone()
	return []remote.Option{
		remote.WithContext(ctx),
		remote.WithAuth(authOf(r)),
		remote.WithTransport(own),
	}, own.CloseIdleConnections
}

// pushFault is an error of a registry in the words of an engine.
func pushFault(r request, err error) error {
	var e *transport.Error
	if !errors.As(err, &e) {
		return err
	}
	switch {
	case e.StatusCode == http.StatusForbidden:
		return faultf(e.StatusCode, "denied: requested access to the resource is denied")
	case e.StatusCode != http.StatusUnauthorized:
		return err
	case authOf(r) == authn.Anonymous:
		return faultf(e.StatusCode, "no basic auth credentials")
	}
	return faultf(e.StatusCode, "unauthorized: authentication required")
}

func hashOf(digest string) v1.Hash {
	return v1.Hash{Algorithm: "sha256", Hex: strings.TrimPrefix(digest, "sha256:")}
}

// inspectDistribution tells what a registry says of an image.
func (e *Engine) inspectDistribution(r request) (any, error) {
	text, is := strings.CutSuffix(r.PathValue("name"), "/json")
	if !is {
		return nil, notFound("page not found")
	}
	named, err := reference.ParseDockerRef(text)
	if err != nil {
		return nil, badRequest("%v", err)
	}
	full := reference.FamiliarString(named)
	if !here(reference.Domain(named)) {
		k := findCatalogue(full)
		if k == nil {
			return nil, faultf(http.StatusForbidden, "denied: requested access to the resource is denied")
		}
		i := k.image(e)
		d := ocispec.Descriptor{
			MediaType: ocispec.MediaTypeImageManifest,
			Digest:    digest.Digest(digestOf(full)),
			Size:      int64(500 + 100*len(i.layers)),
		}
		return registry.DistributionInspect{Descriptor: d, Platforms: []ocispec.Platform{usualPlatform}}, nil
	}
	ref, err := name.ParseReference(full, name.Insecure)
	if err != nil {
		return nil, badRequest("%v", err)
	}
	options, leave := remoteOptions(r.Context(), r)
	defer leave()
	got, err := remote.Get(ref, options...)
	if err != nil {
		return nil, registryFault(ref, err)
	}
	out := registry.DistributionInspect{
		Descriptor: ocispec.Descriptor{
			MediaType: string(got.MediaType),
			Digest:    digest.Digest(got.Digest.String()),
			Size:      got.Size,
		},
	}
	out.Platforms, err = platformsOf(got)
	if err != nil {
		return nil, registryFault(ref, err)
	}
	return out, nil
}

// platformsOf are those that an image, or a list of images, is for.
func platformsOf(d *remote.Descriptor) ([]ocispec.Platform, error) {
	var list []ocispec.Platform
	add := func(p *v1.Platform) {
		if p != nil {
			list = append(
				list,
				ocispec.Platform{
					Architecture: p.Architecture,
					OS:           p.OS,
					OSVersion:    p.OSVersion,
					OSFeatures:   p.OSFeatures,
					Variant:      p.Variant,
				},
			)
		}
	}
	if !d.MediaType.IsIndex() {
		i, err := d.Image()
		if err != nil {
			return nil, err
		}
		file, err := i.ConfigFile()
		if err != nil {
			return nil, err
		}
		add(file.Platform())
		return list, nil
	}
	index, err := d.ImageIndex()
	if err != nil {
		return nil, err
	}
	m, err := index.IndexManifest()
	if err != nil {
		return nil, err
	}
	for _, one := range m.Manifests {
		add(one.Platform)
	}
	return list, nil
}
