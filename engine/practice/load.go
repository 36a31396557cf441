package practice

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"syscall"

	"github.com/distribution/reference"
	"github.com/docker/docker/pkg/jsonmessage"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// loaded is an image of an archive, with its names there.
type loaded struct {
	image *image
	tags  []reference.NamedTagged
}

// loadImages takes an archive of images. It is read to its end first: of one that is wrong anywhere, nothing is kept.
func (e *Engine) loadImages(r request) (any, error) {
	wanted, err := platformOf(r)
	if err != nil {
		return nil, err
	}
	t := &teller{r: r}
	l := &loader{
		ctx:    r.Context(),
		e:      e,
		left:   newBudget(),
		wanted: wanted,
		place:  "/var/lib/docker/tmp/docker-import-" + e.newID("load")[:10],
	}
	if r.URL.Query().Has("quiet") && !r.is("quiet") {
		l.tell = t
	}
	list, err := l.read(steady{r: r, e: e})
	switch {
	case r.Context().Err() != nil:
		return answered{}, nil //nolint:nilerr // nobody hears it
	case err != nil:
		t.fail(err)
		return answered{}, nil
	}
	texts := e.take(list)
	for _, text := range texts {
		_ = t.say(jsonmessage.JSONMessage{Stream: text + "\n"})
	}
	if len(texts) == 0 {
		r.stream("application/json")
	}
	return answered{}, nil
}

// take puts loaded images into the engine, and says what is to be told of each.
func (e *Engine) take(list []loaded) []string {
	var texts []string
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, l := range list {
		i := e.keep(l.image)
		for _, tag := range l.tags {
			name := reference.FamiliarString(tag)
			if old := e.tags[name]; old != "" && old != i.id {
				texts = append(
					texts,
					fmt.Sprintf("The image %s already exists, renaming the old one with ID %s to empty string", name, old),
				)
			}
			e.tags[name] = i.id
			texts = append(texts, "Loaded image: "+name)
		}
		if len(l.tags) == 0 {
			texts = append(texts, "Loaded image ID: "+i.id)
		}
		e.imageEvent(i, "load", i.id)
	}
	return texts
}

// loader reads one archive.
type loader struct {
	ctx    context.Context
	e      *Engine
	tell   *teller // nil for a quiet one
	left   *budget
	wanted *ocispec.Platform
	place  string // where a real engine would have unpacked it
	view   *view
	layers map[string][]byte // that were read, by diff ID
}

// errNoFile is what the lack of a file of the archive is.
type errNoFile struct{ name string }

// Error implements error.
func (e errNoFile) Error() string {
	return (&fs.PathError{Op: "open", Path: e.name, Err: syscall.ENOENT}).Error()
}

func (l *loader) read(from steady) ([]loaded, error) {
	r, err := inflate(from)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	top, err := unpackStream(spender{r, l.left}, newBudget())
	if err != nil {
		return nil, err
	}
	l.view, l.layers = &view{top: top, mounts: map[string]*mounted{}}, map[string][]byte{}
	text, err := l.file(manifestName)
	if missing := (errNoFile{}); errors.As(err, &missing) {
		return l.layout()
	}
	if err != nil {
		return nil, err
	}
	var items []manifestItem
	if err := json.Unmarshal(text, &items); err != nil {
		return nil, err
	}
	if items == nil {
		return nil, errors.New("invalid manifest, manifest cannot be null (but can be [])")
	}
	return l.items(items)
}

// file is a file of the archive. No name leads out of it.
func (l *loader) file(name string) ([]byte, error) {
	n, _, _, err := l.view.walk(name, true)
	switch {
	case errors.Is(err, syscall.ELOOP):
		return nil, fmt.Errorf("open %s: too many levels of symbolic links", path.Join(l.place, path.Clean("/"+name)))
	case err != nil:
		return nil, errNoFile{path.Join(l.place, path.Clean("/"+name))}
	case n.dir():
		return nil, fmt.Errorf("read %s: is a directory", path.Join(l.place, path.Clean("/"+name)))
	}
	return n.data, nil
}

// items reads the images of a docker-archive.
func (l *loader) items(items []manifestItem) ([]loaded, error) {
	var list []loaded
	for _, item := range items {
		raw, err := l.file(item.Config)
		if err != nil {
			return nil, err
		}
		i, err := l.image(raw, func(n int, _ string) ([]byte, error) { return l.file(item.Layers[n]) }, len(item.Layers))
		if err != nil {
			return nil, err
		}
		if i == nil {
			continue
		}
		tags, err := tagsIn(item.RepoTags)
		if err != nil {
			return nil, err
		}
		list = append(list, loaded{i, tags})
		i.parent = item.Parent
	}
	for _, one := range list { // a parent counts only if it came, too
		came := slices.ContainsFunc(list, func(o loaded) bool { return o.image.id == one.image.parent })
		if !came || one.image.parent == one.image.id {
			one.image.parent = ""
		}
	}
	return list, nil
}

func tagsIn(names []string) ([]reference.NamedTagged, error) {
	var tags []reference.NamedTagged
	for _, name := range names {
		ref, err := reference.ParseNormalizedNamed(name)
		if err != nil {
			return nil, err
		}
		tagged, is := ref.(reference.NamedTagged)
		if !is {
			return nil, fmt.Errorf("invalid tag %q", name)
		}
		tags = append(tags, tagged)
	}
	return tags, nil
}

// image makes an image of its configuration and its layers, each of which open gives, compressed or not; nil for one
// of another platform than was asked for.
func (l *loader) image(raw []byte, open func(n int, diff string) ([]byte, error), layers int) (*image, error) {
	i, err := openImage(raw)
	if err != nil {
		return nil, err
	}
	if system := i.platform.OS; system != "" && system != "linux" {
		return nil, fmt.Errorf("cannot load %s image on linux", system)
	}
	if !fits(l.wanted, i.platform) {
		return nil, nil
	}
	full := i.full()
	if len(full) != layers {
		return nil, fmt.Errorf("invalid manifest, layers length mismatch: expected %d, got %d", layers, len(full))
	}
	for n := range full {
		if err := l.ctx.Err(); err != nil {
			return nil, err
		}
		diff := full[n].digest
		if full[n].raw, full[n].packed = l.e.layerContent(diff); full[n].raw == nil {
			if full[n].raw, err = l.layer(n, diff, open); err != nil {
				return nil, err
			}
		}
	}
	return i, i.fill(full, l.left)
}

// layer reads one layer, which must be what its digest says.
func (l *loader) layer(n int, diff string, open func(n int, diff string) ([]byte, error)) ([]byte, error) {
	if raw := l.layers[diff]; raw != nil {
		return raw, nil
	}
	packed, err := open(n, diff)
	if err != nil {
		return nil, err
	}
	raw, err := l.inflated(packed)
	if err != nil {
		return nil, err
	}
	if got := digestOfBytes(raw); got != diff {
		return nil, fmt.Errorf("invalid diffID for layer %d: expected %q, got %q", n, diff, got)
	}
	l.layers[diff] = raw
	if l.tell == nil {
		return raw, nil
	}
	id, size := shortID(diff), int64(len(packed))
	for step := int64(1); step <= loadSteps; step++ {
		if err := l.tell.layer(id, "Loading layer", size*step/loadSteps, size); err != nil {
			return nil, err
		}
	}
	return raw, nil
}

// loadSteps is in how many steps a layer is said to be loaded.
const loadSteps = 4

// inflated is what a layer holds. One that is not compressed is not copied.
func (l *loader) inflated(packed []byte) ([]byte, error) {
	if plain(packed) {
		return packed, nil
	}
	return inflateAll(bytes.NewReader(packed), l.left)
}

// plain tells of a layer that it begins as a tar archive does.
func plain(data []byte) bool {
	const at = 257 // where tar has its own name
	return len(data) > at+5 && string(data[at:at+5]) == "ustar"
}

// shortID is an ID as messages have it.
func shortID(digest string) string {
	return (strings.TrimPrefix(digest, "sha256:") + strings.Repeat("0", 12))[:12]
}

// layerContent is what a layer holds that the engine has, and how a registry has it.
func (e *Engine) layerContent(diff string) ([]byte, *packed) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, i := range e.images {
		for _, l := range i.layers {
			if l.digest == diff {
				return l.raw, l.packed
			}
		}
	}
	return nil, nil
}

// layout reads the images of an OCI layout that is no docker-archive.
func (l *loader) layout() ([]loaded, error) {
	text, err := l.file(ocispec.ImageIndexFile)
	if missing := (errNoFile{}); errors.As(err, &missing) {
		return nil, l.neither()
	}
	if err != nil {
		return nil, err
	}
	var index ocispec.Index
	if err := json.Unmarshal(text, &index); err != nil {
		return nil, err
	}
	found := map[string]*loaded{}
	var list []*loaded
	for _, d := range index.Manifests[:min(len(index.Manifests), mostLayers)] {
		one, err := l.manifest(d, 0)
		if err != nil {
			return nil, err
		}
		if one == nil {
			continue
		}
		if found[one.image.id] == nil {
			found[one.image.id], list = one, append(list, one)
		}
		if tag := nameIn(d); tag != nil {
			found[one.image.id].tags = append(found[one.image.id].tags, tag)
		}
	}
	out := make([]loaded, len(list))
	for n, one := range list {
		out[n] = *one
	}
	return out, nil
}

// neither is what engines say of an archive that has no image: they take it for one of a kind that has been gone since
// 2016.
func (l *loader) neither() error {
	for _, name := range slices.Sorted(maps.Keys(l.view.top.kids)) {
		if l.view.top.kids[name].dir() {
			return errNoFile{path.Join(l.place, name, "json")}
		}
	}
	return errNoFile{path.Join(l.place, repositoriesName)}
}

// nameIn is the name that an index gives a manifest, nil for none.
func nameIn(d ocispec.Descriptor) reference.NamedTagged {
	for _, key := range []string{fullNameKey, ocispec.AnnotationRefName} {
		name := d.Annotations[key]
		if !strings.ContainsAny(name, ":/") { // a tag of nobody knows what
			continue
		}
		if ref, err := reference.ParseDockerRef(name); err == nil {
			if tagged, is := ref.(reference.NamedTagged); is {
				return tagged
			}
		}
	}
	return nil
}

// deepest is how many lists of manifests may be in each other.
const deepest = 3

// manifest reads what a descriptor leads to: an image, or a list of which the one for this platform is taken. It is
// nil for what is neither.
func (l *loader) manifest(d ocispec.Descriptor, depth int) (*loaded, error) {
	text, err := l.blob(d)
	if err != nil {
		return nil, err
	}
	var m struct {
		ocispec.Manifest
		Manifests []ocispec.Descriptor `json:"manifests"`
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return nil, err
	}
	if len(m.Manifests) > 0 {
		one := l.suits(m.Manifests)
		if one == nil || depth >= deepest {
			return nil, fmt.Errorf("no suitable image found for platform %s", words(usualPlatform))
		}
		return l.manifest(*one, depth+1)
	}
	if !strings.Contains(m.Config.MediaType, "image.config") && !strings.Contains(m.Config.MediaType, "container.image") {
		return nil, nil
	}
	raw, err := l.blob(m.Config)
	if err != nil {
		return nil, err
	}
	i, err := l.image(raw, func(n int, _ string) ([]byte, error) { return l.blob(m.Layers[n]) }, len(m.Layers))
	if err != nil || i == nil {
		return nil, err
	}
	return &loaded{image: i}, nil
}

// suits is the manifest of a list for this platform, else the first of an image that does not say what it is for.
func (l *loader) suits(list []ocispec.Descriptor) *ocispec.Descriptor {
	wanted := l.wanted
	if wanted == nil {
		wanted = &usualPlatform
	}
	var other *ocispec.Descriptor
	for n := range list {
		switch p := list[n].Platform; {
		case p == nil && other == nil:
			other = &list[n]
		case p != nil && fits(wanted, *p):
			return &list[n]
		}
	}
	return other
}

// blob is a file of an OCI layout, which must be what its descriptor says.
func (l *loader) blob(d ocispec.Descriptor) ([]byte, error) {
	if err := d.Digest.Validate(); err != nil || d.Digest.Algorithm() != digest.SHA256 {
		return nil, fmt.Errorf("invalid checksum digest format: %q", d.Digest)
	}
	data, err := l.file(blobName(d.Digest))
	if err != nil {
		return nil, err
	}
	if d.Size != int64(len(data)) {
		return nil, fmt.Errorf("unexpected commit size %d, expected %d: failed precondition", len(data), d.Size)
	}
	if got := digest.FromBytes(data); got != d.Digest {
		return nil, fmt.Errorf("unexpected commit digest %s, expected %s: failed precondition", got, d.Digest)
	}
	return data, nil
}
