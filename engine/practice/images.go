package practice

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/distribution/reference"
	dockercontainer "github.com/docker/docker/api/types/container"
	dockerimage "github.com/docker/docker/api/types/image"
	"github.com/docker/docker/pkg/jsonmessage"
	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// image is one image: what it says of its containers, and all its files.
type image struct {
	id      string
	created time.Time
	config  dockerspec.DockerOCIImageConfig
	layers  []layer
	top     *node
	parent  string

	raw      []byte // the configuration as archives and registries have it
	platform ocispec.Platform
	manifest *manifest // as the registry has it that it is from; it belongs to the engine's lock
}

// layer is what one step of a build added.
type layer struct {
	digest  string // of raw, the diff ID
	raw     []byte // a tar archive
	packed  *packed
	holds   int64 // how many bytes are in its files
	bytes   int64 // how many it is said to have
	command string
	comment string
	created time.Time
	empty   bool // it has no content: a step that changed only the configuration
}

func (i *image) size() (sum int64) {
	for _, l := range i.layers {
		sum += l.bytes
	}
	return sum
}

func (i *image) digestsOf() []string {
	var list []string
	for _, l := range i.layers {
		if !l.empty {
			list = append(list, l.digest)
		}
	}
	return list
}

// familiar is a reference as the engine lists it, with its tag.
func familiar(ref string) (string, error) {
	named, err := reference.ParseDockerRef(ref)
	if err != nil {
		return "", badRequest("invalid reference format")
	}
	return reference.FamiliarString(named), nil
}

// findImage finds an image by a name, a digest, its ID or the beginning of that. The caller holds mu.
func (e *Engine) findImage(ref string) *image {
	if i := e.images[ref]; i != nil {
		return i
	}
	if name, err := familiar(ref); err == nil {
		if i := e.images[cmp.Or(e.tags[name], e.digests[name])]; i != nil {
			return i
		}
	}
	short := strings.TrimPrefix(ref, "sha256:")
	for id, i := range e.images {
		if len(short) >= 4 && strings.HasPrefix(strings.TrimPrefix(id, "sha256:"), short) {
			return i
		}
	}
	return nil
}

// namesOf are the names and the digests of an image, in order. The caller holds mu.
func (e *Engine) namesOf(id string) (tags, digests []string) {
	tags, digests = []string{}, []string{}
	for name, of := range e.tags {
		if of == id {
			tags = append(tags, name)
		}
	}
	for name, of := range e.digests {
		if of == id {
			digests = append(digests, name)
		}
	}
	slices.Sort(tags)
	slices.Sort(digests)
	return tags, digests
}

// add puts an image into the engine, under names.
func (e *Engine) add(i *image, names ...string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.keep(i)
	for _, name := range names {
		e.tags[name] = i.id
	}
}

// keep puts an image into the engine unless it has it, and gives the one that it has. The caller holds mu.
func (e *Engine) keep(i *image) *image {
	if there := e.images[i.id]; there != nil {
		return there // containers are of this one
	}
	e.images[i.id] = i
	return i
}

func (e *Engine) listImages(r request) (any, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	list := []dockerimage.Summary{}
	for _, i := range e.images {
		list = append(list, e.summary(i))
	}
	slices.SortFunc(list, func(a, b dockerimage.Summary) int {
		return cmp.Or(cmp.Compare(b.Created, a.Created), strings.Compare(a.ID, b.ID))
	})
	return list, nil
}

func (e *Engine) summary(i *image) dockerimage.Summary {
	tags, digests := e.namesOf(i.id)
	s := dockerimage.Summary{
		ID: i.id, Created: i.created.Unix(), Labels: i.config.Labels, RepoTags: tags,
		RepoDigests: digests, Size: i.size(), SharedSize: -1, Containers: -1, ParentID: i.parent,
	}
	return s
}

// getImage answers /images/NAME/json, /images/NAME/history and /images/NAME/get.
func (e *Engine) getImage(r request) (any, error) {
	name, what := path.Split(r.PathValue("name"))
	name = strings.TrimSuffix(name, "/")
	if what == "get" && name != "" {
		return e.save(r, []string{name})
	}
	if what != "json" && what != "history" {
		return nil, notFound("page not found")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	i := e.findImage(name)
	if i == nil {
		return nil, notFound("No such image: %s", name)
	}
	if what == "history" {
		return i.history(e), nil
	}
	return e.inspected(i), nil
}

func (e *Engine) inspected(i *image) dockerimage.InspectResponse {
	tags, digests := e.namesOf(i.id)
	config := i.config
	return dockerimage.InspectResponse{
		ID: i.id, RepoTags: tags, RepoDigests: digests, Created: i.created.UTC().Format(time.RFC3339Nano), Config: &config,
		Size: i.size(), Parent: i.parent, //nolint:staticcheck // engines still tell it
		Architecture: i.platform.Architecture, Variant: i.platform.Variant, Os: i.platform.OS,
		RootFS: dockerimage.RootFS{Type: "layers", Layers: i.digestsOf()},
	}
}

func (i *image) history(e *Engine) []dockerimage.HistoryResponseItem {
	tags, _ := e.namesOf(i.id)
	var list []dockerimage.HistoryResponseItem
	for n := len(i.layers) - 1; n >= 0; n-- {
		l := i.layers[n]
		item := dockerimage.HistoryResponseItem{
			ID: "<missing>", Created: l.created.Unix(), CreatedBy: l.command, Comment: l.comment, Size: l.bytes,
		}
		if n == len(i.layers)-1 {
			item.ID, item.Tags = i.id, tags
		}
		list = append(list, item)
	}
	return list
}

// postImage answers /images/NAME/tag and /images/NAME/push.
func (e *Engine) postImage(r request) (any, error) {
	name, what := path.Split(r.PathValue("name"))
	name = strings.TrimSuffix(name, "/")
	switch {
	case what == "push" && name != "":
		return e.pushImage(r, name)
	case what != "tag":
		return nil, notFound("page not found")
	}
	repo := r.URL.Query().Get("repo")
	if tag := r.URL.Query().Get("tag"); tag != "" {
		repo += ":" + tag
	}
	full, err := familiar(repo)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	i := e.findImage(name)
	if i != nil {
		e.tags[full] = i.id
	}
	e.mu.Unlock()
	if i == nil {
		return nil, notFound("No such image: %s", name)
	}
	e.feed.send(e, "image", "tag", i.id, map[string]string{"name": full})
	return created{struct{}{}}, nil
}

func (e *Engine) removeImage(r request) (any, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.deleteImage(r.PathValue("name"), r.is("force"))
}

// deleteImage takes a name off an image, and with its last name the image away, unless something uses it. The caller
// holds mu.
func (e *Engine) deleteImage(name string, force bool) ([]dockerimage.DeleteResponse, error) {
	i := e.findImage(name)
	if i == nil {
		return nil, notFound("No such image: %s", name)
	}
	tags, digests := e.namesOf(i.id)
	byName, err := familiar(name)
	named := err == nil && (e.tags[byName] == i.id || e.digests[byName] == i.id)
	var out []dockerimage.DeleteResponse
	untag := func(name string) {
		delete(e.tags, name)
		delete(e.digests, name)
		out = append(out, dockerimage.DeleteResponse{Untagged: name})
		e.feed.send(e, "image", "untag", i.id, map[string]string{"name": name})
	}
	if named && len(tags) > 1 {
		untag(byName)
		return out, nil
	}
	if !named && len(tags) > 1 && !force {
		return nil, conflict("conflict: unable to delete %s (must be forced) - image is referenced in multiple repositories",
			strings.TrimPrefix(i.id, "sha256:")[:12])
	}
	for _, c := range e.containers {
		if c.image != i {
			continue
		}
		if c.running() {
			return nil,
				conflict("conflict: unable to remove repository reference %q (cannot be forced) - image is being used by running container %s", name, c.id[:12])
		}
		if !force {
			return nil,
				conflict("conflict: unable to remove repository reference %q (must force) - container %s is using its referenced image %s", name, c.id[:12], strings.TrimPrefix(i.id, "sha256:")[:12])
		}
	}
	for _, n := range append(tags, digests...) {
		untag(n)
	}
	delete(e.images, i.id)
	out = append(out, dockerimage.DeleteResponse{Deleted: i.id})
	chain, full := i.chainIDs(), i.full()
	for n := len(full) - 1; n >= 0 && !e.hasLayerLocked(full[n].digest); n-- {
		out = append(out, dockerimage.DeleteResponse{Deleted: chain[n]})
	}
	e.feed.send(e, "image", "delete", i.id, nil)
	return out, nil
}

// commit makes an image of a container.
func (e *Engine) commit(r request) (any, error) {
	q := r.URL.Query()
	c, err := e.container(q.Get("container"))
	if err != nil {
		return nil, err
	}
	e.files.Lock()
	raw, err := layerOf(c)
	top := c.image.top.clone()
	e.files.Unlock()
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	config := specOf(c.config)
	from := c.image
	e.mu.Unlock()
	for _, change := range q["changes"] {
		if err := applyChange(&config, change); err != nil {
			return nil, err
		}
	}
	l := newLayer(raw, "commit", e.now())
	l.comment = q.Get("comment")
	if l.holds, err = applyLayer(top, raw, newBudget()); err != nil {
		return nil, err
	}
	l.bytes = l.holds
	i := &image{created: e.now(), config: config, platform: from.platform, top: top, parent: from.id}
	i.layers = append(slices.Clone(from.layers), l)
	i.seal()
	var names []string
	if repo := q.Get("repo"); repo != "" {
		if tag := q.Get("tag"); tag != "" {
			repo += ":" + tag
		}
		name, err := familiar(repo)
		if err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	e.add(i, names...)
	e.feed.send(e, "container", "commit", c.id, c.attributes())
	for _, n := range names {
		e.feed.send(e, "image", "tag", i.id, map[string]string{"name": n})
	}
	return created{map[string]string{"Id": i.id}}, nil
}

func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// specOf is what of a container's configuration goes into an image.
func specOf(c *dockercontainer.Config) dockerspec.DockerOCIImageConfig {
	var out dockerspec.DockerOCIImageConfig
	out.ImageConfig = ocispec.ImageConfig{
		User: c.User, Env: slices.Clone(c.Env), Entrypoint: c.Entrypoint, Cmd: c.Cmd, WorkingDir: c.WorkingDir,
		Labels: maps.Clone(c.Labels), StopSignal: c.StopSignal, Volumes: maps.Clone(c.Volumes),
		ExposedPorts: map[string]struct{}{},
	}
	for p := range c.ExposedPorts {
		out.ExposedPorts[string(p)] = struct{}{}
	}
	return out
}

// applyChange carries out a line of a Dockerfile, of which commit takes some.
func applyChange(c *dockerspec.DockerOCIImageConfig, line string) error {
	word, rest, _ := strings.Cut(line, " ")
	switch strings.ToUpper(word) {
	case "LABEL":
		name, value, _ := strings.Cut(rest, "=")
		if c.Labels == nil {
			c.Labels = map[string]string{}
		}
		c.Labels[strings.Trim(name, `"`)] = strings.Trim(value, `"`)
	case "ENV":
		c.Env = append(c.Env, rest)
	case "WORKDIR":
		c.WorkingDir = rest
	case "USER":
		c.User = rest
	case "CMD":
		var words []string
		if json.Unmarshal([]byte(rest), &words) != nil {
			words = []string{"/bin/sh", "-c", rest}
		}
		c.Cmd = words
	case "EXPOSE":
		if c.ExposedPorts == nil {
			c.ExposedPorts = map[string]struct{}{}
		}
		c.ExposedPorts[strings.TrimSpace(rest)] = struct{}{}
	default:
		return badRequest("%s is not a valid change command", word)
	}
	return nil
}

// createImage pulls an image, or makes one of an archive that is sent.
func (e *Engine) createImage(r request) (any, error) {
	q := r.URL.Query()
	if q.Get("fromImage") == "" {
		return e.importImage(r)
	}
	ref := q.Get("fromImage")
	if tag := q.Get("tag"); strings.HasPrefix(tag, "sha256:") {
		ref += "@" + tag
	} else if tag != "" {
		ref += ":" + tag
	}
	return e.pull(r, ref)
}

// importImage makes an image of a tar archive with all files of a system.
func (e *Engine) importImage(r request) (any, error) {
	q := r.URL.Query()
	if src := q.Get("fromSrc"); src != "-" {
		return nil, faultf(http.StatusInternalServerError, "Get %q: the practice engine reaches no other computer", src)
	}
	var names []string
	if repo := q.Get("repo"); repo != "" {
		if tag := q.Get("tag"); tag != "" {
			repo += ":" + tag
		}
		if strings.Contains(repo, "@") {
			return nil, badRequest("cannot import digest reference")
		}
		name, err := familiar(repo)
		if err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	i := &image{top: folder(0o755), platform: importPlatform(q.Get("platform"))}
	for _, change := range q["changes"] {
		if err := applyChange(&i.config, change); err != nil {
			return nil, err
		}
	}
	left := newBudget()
	raw, err := inflateAll(steady{r: r, e: e}, left)
	if err != nil {
		return nil, err
	}
	l := newLayer(raw, "", e.now())
	l.comment = cmp.Or(q.Get("message"), "Imported from -")
	if l.holds, err = applyLayer(i.top, raw, left); err != nil {
		return nil, err
	}
	l.bytes, i.created, i.layers = l.holds, l.created, []layer{l}
	e.add(i.seal(), names...)
	e.imageEvent(i, "import", i.id)
	_ = (&teller{r: r}).say(jsonmessage.JSONMessage{Status: i.id})
	return answered{}, nil
}

// importPlatform reads a platform as docker import takes it: OS, architecture and variant.
func importPlatform(text string) ocispec.Platform {
	p := usualPlatform
	words := strings.Split(text, "/")
	switch {
	case text == "":
	case len(words) == 1:
		p.Architecture = text
	default:
		p.OS, p.Architecture = words[0], words[1]
		if len(words) > 2 {
			p.Variant = words[2]
		}
	}
	return p
}

func (e *Engine) searchImages(r request) (any, error) {
	term := strings.ToLower(r.URL.Query().Get("term"))
	type result struct {
		Name        string `json:"name"`
		Description string `json:"description"`
		Stars       int    `json:"star_count"`
		Official    bool   `json:"is_official"`
	}
	list := []result{}
	for _, k := range slices.Concat(catalogue, notebookKinds) {
		if name, _, _ := strings.Cut(k.name, ":"); strings.Contains(name, term) {
			list = append(list, result{name, k.about, k.stars, !strings.Contains(name, "/")})
		}
	}
	return list, nil
}

func (e *Engine) postAuth(request) (any, error) {
	return map[string]string{"Status": "Login Succeeded"}, nil
}
