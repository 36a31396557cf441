package practice

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"time"

	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// configFile is the configuration of an image as archives and registries have it. The image's ID is its digest.
type configFile struct {
	dockerspec.DockerOCIImage
	// Sizes are those that layers are said to have, where that is not what is in them. Other engines keep what they do
	// not know, so that an image of the catalogue comes back from them as it was.
	Sizes []int64 `json:"slipway.practice.sizes,omitempty"`
}

// What an image is for, when it does not say.
var usualPlatform = ocispec.Platform{Architecture: "amd64", OS: "linux"}

// mostLayers is how many layers an image may have (moby, layer/layer.go), and mostStated the most that one may be said
// to hold.
const (
	mostLayers = 125
	mostStated = 1 << 40
)

// seal writes the image's configuration, of which the ID follows.
func (i *image) seal() *image {
	if i.platform.OS == "" {
		i.platform = usualPlatform
	}
	created := i.created.UTC()
	var f configFile
	f.Created, f.Platform, f.Config, f.RootFS = &created, i.platform, i.config, ocispec.RootFS{Type: "layers"}
	made := false
	for _, l := range i.layers {
		when := l.created.UTC()
		h := ocispec.History{Created: &when, CreatedBy: l.command, Comment: l.comment, EmptyLayer: l.empty}
		if f.History = append(f.History, h); l.empty {
			continue
		}
		f.RootFS.DiffIDs = append(f.RootFS.DiffIDs, digest.Digest(l.digest))
		f.Sizes = append(f.Sizes, l.bytes)
		made = made || l.bytes != l.holds
	}
	if !made {
		f.Sizes = nil
	}
	i.raw, _ = json.Marshal(f) // strings, numbers and times, which never fail
	i.id = digestOfBytes(i.raw)
	return i
}

// openImage is an image as its configuration describes it. Its layers have no content yet, and it has no files.
func openImage(raw []byte) (*image, error) {
	var f configFile
	if err := json.Unmarshal(raw, &f); err != nil {
		return nil, err
	}
	if f.RootFS.Type == "" && f.RootFS.DiffIDs == nil {
		return nil, errors.New("invalid image JSON, no RootFS key")
	}
	if len(f.RootFS.DiffIDs) > mostLayers {
		return nil, errors.New("max depth exceeded")
	}
	i := &image{config: f.Config, platform: f.Platform, raw: slices.Clone(raw), id: digestOfBytes(raw)}
	if f.Created != nil {
		i.created = *f.Created
	}
	i.layers = f.steps()
	return i, nil
}

// steps are the layers of an image and what it was made with, in order. A history that does not fit the layers tells
// nothing.
func (f configFile) steps() []layer {
	ids := f.RootFS.DiffIDs
	full := 0
	for _, h := range f.History {
		if !h.EmptyLayer {
			full++
		}
	}
	history := f.History
	if full != len(ids) {
		history = make([]ocispec.History, len(ids))
	}
	list := make([]layer, 0, len(history))
	for _, h := range history {
		l := layer{command: h.CreatedBy, comment: h.Comment, empty: h.EmptyLayer}
		if h.Created != nil {
			l.created = *h.Created
		}
		if !l.empty {
			l.digest, ids = ids[0].String(), ids[1:]
		}
		list = append(list, l)
	}
	return list
}

// stated are the sizes that the layers are said to have; nil where nothing, or nothing that can be, is said.
func stated(raw []byte, layers int) []int64 {
	var f struct {
		Sizes []int64 `json:"slipway.practice.sizes"`
	}
	if json.Unmarshal(raw, &f) != nil || len(f.Sizes) != layers {
		return nil
	}
	for _, n := range f.Sizes {
		if n < 0 || n > mostStated {
			return nil
		}
	}
	return f.Sizes
}

// fill gives an image that was opened what is in its layers, in order, and with that its files.
func (i *image) fill(content []layer, left *budget) error {
	i.top = folder(0o755)
	i.top.modified = i.created
	sizes := stated(i.raw, len(content))
	n := 0
	for k := range i.layers {
		l := &i.layers[k]
		if l.empty {
			continue
		}
		l.raw, l.packed = content[n].raw, content[n].packed
		holds, err := applyLayer(i.top, l.raw, left)
		if err != nil {
			return err
		}
		if l.holds, l.bytes = holds, holds; sizes != nil {
			l.bytes = sizes[n]
		}
		n++
	}
	return nil
}

// newLayer is a layer that was made here.
func newLayer(raw []byte, command string, created time.Time) layer {
	return layer{digest: digestOfBytes(raw), raw: raw, command: command, created: created}
}

// full are the layers that have content.
func (i *image) full() []layer {
	return slices.DeleteFunc(slices.Clone(i.layers), func(l layer) bool { return l.empty })
}

// chainIDs are the names of the layers with all below them, as engines call what is deleted (OCI image-spec,
// config.md).
func (i *image) chainIDs() []string {
	var list []string
	for _, l := range i.full() {
		id := l.digest
		if len(list) > 0 {
			sum := sha256.Sum256([]byte(list[len(list)-1] + " " + id))
			id = "sha256:" + hex.EncodeToString(sum[:])
		}
		list = append(list, id)
	}
	return list
}
