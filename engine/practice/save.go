package practice

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/distribution/reference"
	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// manifestItem is an image in the manifest.json of an archive (moby, image/tarexport).
type manifestItem struct {
	Config       string
	RepoTags     []string
	Layers       []string
	Parent       string                        `json:",omitempty"`
	LayerSources map[string]ocispec.Descriptor `json:",omitempty"`
}

// The files of an archive beside its blobs, and the annotation with the whole name of an image.
const (
	manifestName     = "manifest.json"
	repositoriesName = "repositories"
	fullNameKey      = "io.containerd.image.name"
)

// chosen is an image that is saved, with the names that were asked for.
type chosen struct {
	image *image
	tags  []string
}

func (e *Engine) getImages(r request) (any, error) {
	return e.save(r, r.URL.Query()["names"])
}

// save answers with an archive of images, as docker save has it: a docker-archive that is an OCI layout, too.
func (e *Engine) save(r request, names []string) (any, error) {
	wanted, err := platformOf(r)
	if err != nil {
		return nil, err
	}
	list, err := e.choose(names)
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		if len(c.image.full()) == 0 { // Docker says it in these words
			return nil, faultf(http.StatusInternalServerError, "empty export - not implemented")
		}
		if !fits(wanted, c.image.platform) {
			return nil, faultf(http.StatusInternalServerError, "no suitable export target found for platform %s", words(*wanted))
		}
	}
	files := archiveOf(list)
	for _, c := range list {
		e.imageEvent(c.image, "save", c.image.id)
	}
	r.pack("application/x-tar", e, func(w *tar.Writer) error { return writeFiles(w, files) })
	return answered{}, nil
}

// platformOf is the platform that is asked for; nil for any.
func platformOf(r request) (*ocispec.Platform, error) {
	list := r.URL.Query()["platform"]
	if len(list) > 1 {
		return nil, badRequest("multiple platform parameters not supported")
	}
	if len(list) == 0 || list[0] == "" {
		return nil, nil
	}
	var p ocispec.Platform
	if err := json.Unmarshal([]byte(list[0]), &p); err != nil {
		return nil, badRequest("failed to parse platform: %v", err)
	}
	if p.OS == "" || p.Architecture == "" {
		return nil, badRequest("both OS and Architecture must be provided")
	}
	return &p, nil
}

func fits(wanted *ocispec.Platform, p ocispec.Platform) bool {
	return wanted == nil ||
		wanted.OS == p.OS && wanted.Architecture == p.Architecture && (wanted.Variant == "" || wanted.Variant == p.Variant)
}

func words(p ocispec.Platform) string { return path.Join(p.OS, p.Architecture, p.Variant) }

// choose finds the images to save. A name without a tag is all images of it.
func (e *Engine) choose(names []string) ([]*chosen, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var list []*chosen
	for _, name := range names {
		found, err := e.byName(name)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			at := slices.IndexFunc(list, func(c *chosen) bool { return c.image == f.image })
			if at < 0 {
				list, at = append(list, &chosen{image: f.image}), len(list)
			}
			for _, tag := range f.tags {
				if c := list[at]; !slices.Contains(c.tags, tag) {
					c.tags = append(c.tags, tag)
				}
			}
		}
	}
	return list, nil
}

// byName finds what one name means to docker save. The caller holds mu.
func (e *Engine) byName(name string) ([]chosen, error) {
	ref, err := reference.ParseAnyReference(name)
	if err != nil {
		return nil, badRequest("%v", err)
	}
	named, is := ref.(reference.Named)
	if !is || reference.FamiliarName(named) == digest.Canonical.String() {
		return e.byID(name)
	}
	if !reference.IsNameOnly(named) {
		full := reference.FamiliarString(named)
		if id := e.tags[full]; id != "" {
			return []chosen{{e.images[id], []string{full}}}, nil
		}
		if id := e.digests[full]; id != "" {
			return []chosen{{image: e.images[id]}}, nil
		}
		return nil, notFound("reference does not exist")
	}
	var list []chosen
	for _, tag := range e.tagsOf(reference.FamiliarName(named)) {
		list = append(list, chosen{e.images[e.tags[tag]], []string{tag}})
	}
	if len(list) == 0 {
		return e.byID(name)
	}
	return list, nil
}

// tagsOf are the names with a tag in a repository, in order. The caller holds mu.
func (e *Engine) tagsOf(repo string) []string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(e.tags)) {
		if at := strings.LastIndexByte(name, ':'); name[:max(at, 0)] == repo {
			list = append(list, name)
		}
	}
	return list
}

func (e *Engine) byID(name string) ([]chosen, error) {
	if i := e.findImage(name); i != nil {
		return []chosen{{image: i}}, nil
	}
	return nil, notFound("No such image: %s", name)
}

// archiveOf are the files of an archive, by name. Layers are not copied.
func archiveOf(list []*chosen) map[string][]byte {
	files := map[string][]byte{}
	blob := func(kind string, data []byte) ocispec.Descriptor {
		d := ocispec.Descriptor{MediaType: kind, Digest: digest.FromBytes(data), Size: int64(len(data))}
		files[blobName(d.Digest)] = data
		return d
	}
	var items []manifestItem
	index := ocispec.Index{Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageIndex}
	repositories := map[string]map[string]string{}
	for _, c := range list {
		item := manifestItem{RepoTags: c.tags, LayerSources: map[string]ocispec.Descriptor{}}
		m := ocispec.Manifest{Versioned: index.Versioned, MediaType: ocispec.MediaTypeImageManifest}
		m.Config = blob(ocispec.MediaTypeImageConfig, c.image.raw)
		item.Config = blobName(m.Config.Digest)
		if slices.ContainsFunc(list, func(o *chosen) bool { return o.image.id == c.image.parent }) {
			item.Parent = c.image.parent
		}
		for _, l := range c.image.full() {
			d := ocispec.Descriptor{
				MediaType: ocispec.MediaTypeImageLayer,
				Digest:    digest.Digest(l.digest),
				Size:      int64(len(l.raw)),
			}
			files[blobName(d.Digest)] = l.raw
			m.Layers = append(m.Layers, d)
			item.Layers, item.LayerSources[l.digest] = append(item.Layers, blobName(d.Digest)), d
		}
		items = append(items, item)
		of := blob(ocispec.MediaTypeImageManifest, marshal(m))
		index.Manifests = append(index.Manifests, named(of, c.tags, repositories, m.Layers)...)
	}
	if len(repositories) > 0 {
		files[repositoriesName] = append(marshal(repositories), '\n')
	}
	files[manifestName] = append(marshal(items), '\n')
	files[ocispec.ImageLayoutFile] = []byte(`{"imageLayoutVersion": "` + ocispec.ImageLayoutVersion + `"}`)
	files[ocispec.ImageIndexFile] = marshal(index)
	return files
}

// named is a manifest once for each name that it has in the archive, and puts them into what engines before 1.10 read.
func named(
	d ocispec.Descriptor,
	tags []string,
	repositories map[string]map[string]string,
	layers []ocispec.Descriptor,
) []ocispec.Descriptor {
	if len(tags) == 0 {
		return []ocispec.Descriptor{d}
	}
	var list []ocispec.Descriptor
	for _, tag := range tags {
		at := strings.LastIndexByte(tag, ':')
		repo, short := tag[:at], tag[at+1:]
		if repositories[repo] == nil {
			repositories[repo] = map[string]string{}
		}
		repositories[repo][short] = layers[len(layers)-1].Digest.Encoded()
		full := tag
		if ref, err := reference.ParseNormalizedNamed(tag); err == nil {
			full = ref.String()
		}
		one := d
		one.Annotations = map[string]string{fullNameKey: full, ocispec.AnnotationRefName: short}
		list = append(list, one)
	}
	return list
}

func blobName(d digest.Digest) string {
	return path.Join(ocispec.ImageBlobsDir, d.Algorithm().String(), d.Encoded())
}

// marshal is for values that always have a form in JSON.
func marshal(v any) []byte {
	text, _ := json.Marshal(v)
	return text
}

// writeFiles packs files with the folders that they are in, in order. The archive of the same images is always the
// same.
func writeFiles(w *tar.Writer, files map[string][]byte) error {
	began := time.Unix(0, 0)
	folders := map[string]bool{".": true}
	var folder func(dir string) error
	folder = func(dir string) error {
		if folders[dir] {
			return nil
		}
		folders[dir] = true
		if err := folder(path.Dir(dir)); err != nil {
			return err
		}
		return w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: dir + "/", Mode: 0o755, ModTime: began})
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := folder(path.Dir(name)); err != nil {
			return err
		}
		data := files[name]
		if err := w.WriteHeader(
			&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o644, Size: int64(len(data)), ModTime: began},
		); err != nil {
			return err
		}
		if _, err := io.Copy(w, bytes.NewReader(data)); err != nil {
			return err
		}
	}
	return nil
}

// imageEvent tells of an image, as engines do: with its labels and a name.
func (e *Engine) imageEvent(i *image, action, name string) {
	attributes := maps.Clone(i.config.Labels)
	if attributes == nil {
		attributes = map[string]string{}
	}
	attributes["name"] = name
	e.feed.send(e, "image", action, name, attributes)
}
