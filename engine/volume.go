package engine

import (
	"context"
	"maps"
	"regexp"
	"sort"

	"slipway/engine/model"

	"github.com/docker/docker/api/types/volume"
)

// anonymousName is what the engine calls a volume that nobody named.
var anonymousName = regexp.MustCompile(`^[0-9a-f]{64}$`)

// IsAnonymous tells whether the engine gave a volume its name.
func IsAnonymous(volume string) bool { return anonymousName.MatchString(volume) }

// Volumes lists all volumes by name.
func (e *Engine) Volumes(ctx context.Context) ([]model.Volume, error) {
	r, err := e.cli.VolumeList(ctx, volume.ListOptions{})
	if err != nil {
		return nil, explain(err, subject{what: model.Say("common.cannot-list-the-volumes")})
	}
	out := make([]model.Volume, 0, len(r.Volumes))
	for _, v := range r.Volumes {
		if v != nil && goodName(v.Name) {
			out = append(out, e.fromVolume(*v))
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, nil
}

// Volume asks about one volume.
func (e *Engine) Volume(ctx context.Context, name string) (model.Volume, error) {
	v, err := e.cli.VolumeInspect(ctx, name)
	return e.fromVolume(v),
		explain(err, subject{what: model.Say("engine.cannot-look-at-the-volume", model.Args{"Name": model.Name(name)})})
}

// CreateVolume makes a volume with the engine's own driver. One of that name that is there already is an error, where
// the engine itself would say nothing and give that one.
func (e *Engine) CreateVolume(ctx context.Context, name string, labels map[string]string) (model.Volume, error) {
	s := subject{what: model.Say("engine.cannot-make-the-volume", model.Args{"Name": model.Name(name)})}
	if err := e.noVolume(ctx, name, s); err != nil {
		return model.Volume{}, err
	}
	if len(labels) > 0 {
		labels = maps.Clone(labels)
		e.key.SignVolume(e.info.ID, name, labels)
	}
	v, err := e.cli.VolumeCreate(ctx, volume.CreateOptions{Name: name, Labels: labels})
	return e.fromVolume(v), explain(err, s)
}

// noVolume makes sure that there is no volume of that name.
func (e *Engine) noVolume(ctx context.Context, name string, s subject) error {
	_, err := e.Volume(ctx, name)
	switch {
	case err == nil:
		return volumeThere(s)
	case model.IsKind(err, model.ProblemNotFound):
		return nil
	}
	return err
}

func volumeThere(s subject) error {
	return problem(model.ProblemNameTaken, nil, s, model.Say("engine.a-volume-of-this-name"),
		model.Say("common.choose-another-name"))
}

// RemoveVolume deletes a volume with everything in it. The engine refuses while a container has it, running
// or not; it is never forced.
func (e *Engine) RemoveVolume(ctx context.Context, name string) error {
	return explain(e.cli.VolumeRemove(ctx, name, false),
		subject{what: model.Say("engine.cannot-remove-the-volume", model.Args{"Name": model.Name(name)})})
}

func (e *Engine) fromVolume(v volume.Volume) model.Volume {
	return model.Volume{
		Name: v.Name, Driver: v.Driver, Mountpoint: v.Mountpoint, Labels: v.Labels,
		Marks:   e.key.VolumeMarks(e.info.ID, v.Name, v.Labels),
		Created: stamp(v.CreatedAt), Anonymous: anonymousName.MatchString(v.Name), Options: v.Options,
	}
}
