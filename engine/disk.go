package engine

import (
	"context"
	"strings"

	"slipway/engine/model"

	"github.com/docker/docker/api/types"
	"github.com/docker/docker/api/types/build"
	"github.com/docker/docker/api/types/filters"
)

// Disk asks what takes space on the engine's disk, as docker system df -v does. The engine counts it when asked, which
// takes it from a tenth of a second to many.
func (e *Engine) Disk(ctx context.Context) (model.Disk, error) {
	r, err := e.count(ctx, types.DiskUsageOptions{})
	if err != nil {
		return model.Disk{}, explain(err, subject{what: model.Say("engine.cannot-ask-what-takes-space")})
	}
	d := model.Disk{Layers: r.LayersSize}
	images, err := e.Images(ctx) // Podman's own answer here has neither whole names nor whole IDs
	if err != nil {
		return model.Disk{}, err
	}
	shared := map[string]int64{}
	for _, i := range r.Images {
		if i != nil && i.SharedSize > 0 { // -1 where it was not counted
			shared[i.ID] = i.SharedSize
		}
	}
	for _, i := range images {
		d.Images = append(d.Images, model.ImageUse{Image: i, Shared: min(shared[i.ID], i.Size)})
	}
	for _, c := range r.Containers {
		if c != nil {
			d.Containers = append(d.Containers, model.ContainerUse{Container: e.asDocker(fromSummary(*c)), Size: c.SizeRw})
		}
	}
	d.Volumes = volumeSizes(r)
	for _, b := range r.BuildCache {
		if b == nil {
			continue
		}
		use := model.CacheUse{
			ID: b.ID, Kind: b.Type, Text: strings.TrimSpace(b.Description), Size: b.Size, InUse: b.InUse,
			Shared: b.Shared, Created: b.CreatedAt,
		}
		if b.LastUsedAt != nil {
			use.Used = *b.LastUsedAt
		}
		d.Cache = append(d.Cache, use)
	}
	return d, nil
}

// count counts when no other count of this connection is under way: engines before 23 refuse two at once.
func (e *Engine) count(ctx context.Context, options types.DiskUsageOptions) (types.DiskUsage, error) {
	select {
	case e.counting <- struct{}{}:
		defer func() { <-e.counting }()
	case <-ctx.Done():
		return types.DiskUsage{}, ctx.Err()
	}
	return e.cli.DiskUsage(ctx, options)
}

// VolumeSizes counts what is in each volume, in bytes, by name. Volumes whose driver does not tell are missing. It may
// take long.
func (e *Engine) VolumeSizes(ctx context.Context) (map[string]int64, error) {
	// Engines below API 1.42 do not know how to count only volumes, and count everything.
	r, err := e.count(ctx, types.DiskUsageOptions{Types: []types.DiskUsageObject{types.VolumeObject}})
	if err != nil {
		return nil, explain(err, subject{what: model.Say("engine.cannot-ask-how-large-the")})
	}
	return volumeSizes(r), nil
}

// volumeSizes are the sizes that the engine told; a driver other than its own does not tell.
func volumeSizes(r types.DiskUsage) map[string]int64 {
	sizes := map[string]int64{}
	for _, v := range r.Volumes {
		if v != nil && v.UsageData != nil && v.UsageData.Size >= 0 {
			sizes[v.Name] = v.UsageData.Size
		}
	}
	return sizes
}

// RemoveCache deletes one record of the build cache, by its ID. That is the one thing which the engine can only prune;
// the filter keeps it to this record. It returns how many bytes became free, 0 where the record is in use.
func (e *Engine) RemoveCache(ctx context.Context, id string) (int64, error) {
	r, err := e.cli.BuildCachePrune(ctx,
		build.CachePruneOptions{All: true, Filters: filters.NewArgs(filters.Arg("id", id))})
	if err != nil {
		return 0,
			explain(err, subject{what: model.Say("engine.cannot-remove-the-build-cache", model.Args{"Id": model.Name(id)})})
	}
	return int64(r.SpaceReclaimed), nil
}
