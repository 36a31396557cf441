//go:build linux

package enginetest

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"testing"

	"github.com/opencontainers/go-digest"
	specs "github.com/opencontainers/image-spec/specs-go/v1"
)

// LayeredImage pushes an image to the registry that no engine has: busybox and
// on it layers layers with a file of bytesPerLayer random bytes each, which
// cannot be compressed. It returns its reference; no two calls make the same
// layers, so that an engine always has all of them to pull.
func LayeredImage(t testing.TB, r *Registry, layers int, bytesPerLayer int) (ref string) {
	t.Helper()
	notShort(t)
	files, err := tinyFiles(t.Context())
	if err != nil {
		giveUp(t, err)
	}
	all := []layer{packLayer(t, files, gzip.BestSpeed)}
	for number := range layers {
		content := make([]byte, bytesPerLayer)
		_, _ = rand.Read(content) // never fails
		var b tarBuilder
		b.file(fmt.Sprintf("random-%d", number), 0o644, content)
		files, err := b.bytes()
		if err != nil {
			t.Fatalf("enginetest: layer: %v", err)
		}
		all = append(all, packLayer(t, files, gzip.NoCompression))
	}
	config := specs.ImageConfig{
		Env: []string{"PATH=/bin"},
		Cmd: []string{"sh", "-c", "trap 'exit 0' TERM INT; sleep 1000000 & wait"},
	}
	name := "slipway-test/layered-" + all[len(all)-1].digest.Encoded()[:12]
	if err := r.upload(t.Context(), name, []string{"1"}, config, all); err != nil {
		t.Fatalf("enginetest: push %s: %v", name, err)
	}
	return r.Addr() + "/" + name + ":1"
}

// layer is a part of an image's files: a compressed tar.
type layer struct {
	open   func() (io.ReadCloser, error)
	digest digest.Digest // of the compressed tar
	size   int64         // of the compressed tar
	diffID digest.Digest // of the plain tar
}

// packLayer compresses a tar in memory, at one of gzip's levels.
func packLayer(t testing.TB, plain []byte, level int) layer {
	t.Helper()
	var packed bytes.Buffer
	w := newLayerWriter(&packed, level)
	_, err := w.Write(plain)
	if err != nil {
		t.Fatalf("enginetest: layer: %v", err)
	}
	l, err := w.finish()
	if err != nil {
		t.Fatalf("enginetest: layer: %v", err)
	}
	l.open = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(packed.Bytes())), nil }
	return l
}

// layerWriter compresses a tar and computes what an image says of it.
type layerWriter struct {
	plain, packed digest.Digester
	compressor    *gzip.Writer
	size          counter
}

func newLayerWriter(to io.Writer, level int) *layerWriter {
	w := &layerWriter{plain: digest.Canonical.Digester(), packed: digest.Canonical.Digester()}
	out := io.MultiWriter(to, w.packed.Hash(), &w.size)
	w.compressor, _ = gzip.NewWriterLevel(out, level) // fails only for unknown levels
	return w
}

func (w *layerWriter) Write(p []byte) (int, error) {
	_, _ = w.plain.Hash().Write(p) // never fails
	return w.compressor.Write(p)
}

// finish ends the compressed tar. The caller sets open.
func (w *layerWriter) finish() (layer, error) {
	err := w.compressor.Close()
	return layer{digest: w.packed.Digest(), size: int64(w.size), diffID: w.plain.Digest()}, err
}

// counter counts the bytes written to it.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// upload pushes an image without an engine, under one name and several tags.
func (r *Registry) upload(ctx context.Context, name string, tags []string, config specs.ImageConfig,
	layers []layer,
) error {
	image := specs.Image{
		Platform: specs.Platform{OS: "linux", Architecture: runtime.GOARCH},
		Config:   config,
		RootFS:   specs.RootFS{Type: "layers"},
	}
	manifest := specs.Manifest{MediaType: dockerManifest}
	manifest.SchemaVersion = 2
	for number, l := range layers {
		if err := r.uploadBlob(ctx, name, l); err != nil {
			return err
		}
		image.RootFS.DiffIDs = append(image.RootFS.DiffIDs, l.diffID)
		image.History = append(image.History, specs.History{CreatedBy: fmt.Sprintf("enginetest layer %d", number)})
		manifest.Layers = append(manifest.Layers, specs.Descriptor{MediaType: dockerLayer, Digest: l.digest, Size: l.size})
	}
	text, err := json.Marshal(image)
	if err != nil {
		return err
	}
	blob := layer{
		open:   func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil },
		digest: digest.FromBytes(text),
		size:   int64(len(text)),
	}
	if err := r.uploadBlob(ctx, name, blob); err != nil {
		return err
	}
	manifest.Config = specs.Descriptor{MediaType: dockerConfig, Digest: blob.digest, Size: blob.size}
	return r.uploadManifest(ctx, name, tags, manifest)
}

// The media types of the images that engines push.
const (
	dockerManifest = "application/vnd.docker.distribution.manifest.v2+json"
	dockerConfig   = "application/vnd.docker.container.image.v1+json"
	dockerLayer    = "application/vnd.docker.image.rootfs.diff.tar.gzip"
)

func (r *Registry) uploadManifest(ctx context.Context, name string, tags []string, manifest specs.Manifest) error {
	text, err := json.Marshal(manifest)
	if err != nil {
		return err
	}
	for _, tag := range tags {
		to := fmt.Sprintf("http://%s/v2/%s/manifests/%s", r.Addr(), name, tag)
		_, err := r.send(ctx, http.MethodPut, to, dockerManifest, bytes.NewReader(text), int64(len(text)))
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *Registry) uploadBlob(ctx context.Context, name string, l layer) error {
	location, err := r.send(ctx, http.MethodPost, fmt.Sprintf("http://%s/v2/%s/blobs/uploads/", r.Addr(), name), "", nil,
		0)
	if err != nil {
		return err
	}
	to, err := url.Parse(location)
	if err != nil {
		return err
	}
	query := to.Query()
	query.Set("digest", l.digest.String())
	to.RawQuery = query.Encode()
	body, err := l.open()
	if err != nil {
		return err
	}
	defer body.Close()
	_, err = r.send(ctx, http.MethodPut, to.String(), "application/octet-stream", body, l.size)
	return err
}

// send makes a request of the registry and returns the Location it answers.
func (r *Registry) send(ctx context.Context, method, to, contentType string, body io.Reader,
	size int64,
) (location string, err error) {
	request, err := http.NewRequestWithContext(ctx, method, to, body)
	if err != nil {
		return "", err
	}
	request.ContentLength = size
	request.Header.Set("Content-Type", contentType)
	if r.config.user != "" {
		request.SetBasicAuth(r.config.user, r.config.password)
	}
	web := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := web.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(response.Body, 4<<10))
	if response.StatusCode >= 300 {
		return "", fmt.Errorf("%s %s: %s: %s", method, to, response.Status, text)
	}
	return response.Header.Get("Location"), nil
}
