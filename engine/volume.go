package engine

import (
	"context"
	"regexp"
	"sort"

	"slipway/engine/model"

	"github.com/docker/docker/api/types/volume"
)

// anonymousName is what the engine calls a volume that nobody named.
var anonymousName = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Volumes lists all volumes by name.
func (e *Engine) Volumes(ctx context.Context) ([]model.Volume, error) {
	r, err := e.cli.VolumeList(ctx, volume.ListOptions{})
	if err != nil {
		return nil, explain(err, subject{what: "Cannot list the volumes"})
	}
	out := make([]model.Volume, 0, len(r.Volumes))
	for _, v := range r.Volumes {
		if v == nil {
			continue
		}
		out = append(out, model.Volume{
			Name: v.Name, Driver: v.Driver, Mountpoint: v.Mountpoint, Labels: v.Labels,
			Created: stamp(v.CreatedAt), Anonymous: anonymousName.MatchString(v.Name),
		})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, nil
}
