package engine

import (
	"context"
	"slices"
	"sort"
	"strings"
	"unicode"

	"slipway/engine/model"

	"github.com/distribution/reference"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/go-connections/nat"
)

// dockerHub is the domain that a name without one means.
const dockerHub = "docker.io"

// Images lists the images that a person can use or remove: all but the intermediate ones of the classic builder.
func (e *Engine) Images(ctx context.Context) ([]model.Image, error) {
	list, err := e.cli.ImageList(ctx, image.ListOptions{})
	if err != nil {
		return nil, explain(err, subject{what: model.Say("common.cannot-list-the-images")})
	}
	out := make([]model.Image, 0, len(list))
	for _, i := range list {
		if !knownID(i.ID) {
			continue
		}
		out = append(out, model.Image{
			ID: i.ID, Tags: e.hubNames(withoutNone(i.RepoTags)), Digests: e.hubNames(withoutNone(i.RepoDigests)),
			Created: unix(i.Created), Size: i.Size, Labels: i.Labels,
		})
	}
	return out, nil
}

// countsShared is the first version of the API that tells with the list of images what of each is in others, too.
const countsShared = "1.42"

// OwnSizes is how much of each image is in no other one, in bytes, by the images' IDs: what becomes free without it. It
// is empty where the engine does not tell.
func (e *Engine) OwnSizes(ctx context.Context) (map[string]int64, error) {
	own := map[string]int64{}
	if !e.atLeast(countsShared) || e.dialect.noShared {
		return own, nil
	}
	list, err := e.cli.ImageList(ctx, image.ListOptions{SharedSize: true})
	if err != nil {
		return own, explain(err, subject{what: model.Say("engine.cannot-ask-what-images-share")})
	}
	for _, i := range list {
		if i.SharedSize >= 0 {
			own[i.ID] = max(0, i.Size-i.SharedSize)
		}
	}
	return own, nil
}

// withoutNone drops the "<none>:<none>" that old engines list for dangling images, and what is no reference at all.
func withoutNone(refs []string) []string {
	return goodReferences(slices.DeleteFunc(slices.Clone(refs), func(r string) bool {
		return strings.Contains(r, "<none>")
	}))
}

// Image asks everything about one image, by ID or reference.
func (e *Engine) Image(ctx context.Context, ref string) (model.ImageDetail, error) {
	i, err := e.cli.ImageInspect(ctx, ref)
	if err != nil {
		return model.ImageDetail{},
			explain(err, subject{what: model.Say("engine.cannot-look-at-the-image", model.Args{"Ref": model.Name(ref)})})
	}
	d := model.ImageDetail{
		Image: model.Image{
			ID: i.ID, Tags: e.hubNames(withoutNone(i.RepoTags)),
			Digests: e.hubNames(withoutNone(i.RepoDigests)), Created: stamp(i.Created), Size: i.Size,
		},
		OS: i.Os, Architecture: i.Architecture,
	}
	cfg := i.Config
	if cfg == nil {
		return d, nil
	}
	d.Labels, d.WorkingDir, d.User, d.Env = cfg.Labels, cfg.WorkingDir, cfg.User, cfg.Env
	d.Cmd, d.Entrypoint = cfg.Cmd, cfg.Entrypoint
	if h := cfg.Healthcheck; h != nil && len(h.Test) > 1 && strings.HasPrefix(h.Test[0], "CMD") {
		d.Healthcheck = h.Test[1:]
	}
	for port := range cfg.ExposedPorts {
		p := nat.Port(port)
		d.Exposed = append(d.Exposed, model.PublishedPort{Container: uint16(p.Int()), Protocol: p.Proto()})
	}
	sortPorts(d.Exposed)
	for v := range cfg.Volumes {
		d.Volumes = append(d.Volumes, v)
	}
	sort.Strings(d.Volumes)
	return d, nil
}

// Removed is what the engine did with an image: references taken off, and layers deleted.
type Removed struct{ Untagged, Deleted []string }

// RemoveImage takes a reference off an image, or deletes it by ID. The engine deletes the layers with the last
// reference, and refuses while a container uses them; it is never forced.
func (e *Engine) RemoveImage(ctx context.Context, ref string) (Removed, error) {
	list, err := e.cli.ImageRemove(ctx, ref, image.RemoveOptions{PruneChildren: true})
	if err != nil {
		return Removed{}, explain(err, subject{what: model.Say("engine.cannot-remove-the-image",
			model.Args{"ShortRef": model.Name(shortRef(ref))})})
	}
	var r Removed
	for _, d := range list {
		if d.Untagged != "" {
			r.Untagged = append(r.Untagged, e.hubName(d.Untagged))
		}
		if d.Deleted != "" {
			r.Deleted = append(r.Deleted, d.Deleted)
		}
	}
	return r, nil
}

func shortRef(ref string) string {
	if strings.HasPrefix(ref, "sha256:") {
		return model.ShortID(ref)
	}
	return ref
}

// ParseImage reads the name of an image as docker does, and completes it with the tag latest where it has neither tag
// nor digest. A sha256 ID is taken as it is.
func ParseImage(text string) (string, error) {
	text = strings.TrimSpace(text)
	named, err := reference.ParseDockerRef(text)
	if err != nil {
		why := model.Say("engine.this-is-not-an-image")
		if text == "" {
			why = model.Say("engine.a-name-is-missing")
		} else if strings.ContainsFunc(text, unicode.IsSpace) {
			why = model.Say("engine.the-name-of-an-image")
		} else if strings.ToLower(text) != text {
			why = model.Say("engine.names-of-images-are-written")
		}
		return "", &model.Problem{
			Kind: model.ProblemBadInput, Cause: err,
			What: model.Say("engine.is-not-an-image", model.Args{"Text": model.Name(text)}),
			Why:  why,
			Fix:  model.Say("engine.write-it-as-name-tag"),
		}
	}
	return reference.FamiliarString(named), nil
}

// RegistryOf is the domain of the registry that an image's name means, docker.io where it names none.
func RegistryOf(image string) string {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return dockerHub
	}
	return reference.Domain(named)
}
