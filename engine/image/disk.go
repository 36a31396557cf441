package image

import (
	"context"
	"slices"

	"slipway/engine"
	"slipway/engine/actions"
	"slipway/engine/job"
	"slipway/engine/model"
)

// RemoveCacheCommand is the command of [Actions.RemoveCache] for one record.
func RemoveCacheCommand(id string) model.Command {
	return model.Docker("builder", "prune", "--all", "--force", "--filter", "id="+id)
}

// Disk asks the connected engine what takes space on its disk. It blocks, for many seconds where there is much.
func (a *Actions) Disk(ctx context.Context) (model.Disk, model.EngineInfo, error) {
	e, err := a.do.Session().Engine()
	if err != nil {
		return model.Disk{}, model.EngineInfo{}, err
	}
	d, err := e.Disk(ctx)
	return d, e.Info(), err
}

// RemoveCache deletes records of the build cache, one after the other, the newest first: the engine keeps one that
// another was built on. Building again makes them anew, which takes its time.
func (a *Actions) RemoveCache(list []model.CacheUse) *job.Job {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b model.CacheUse) int { return b.Created.Compare(a.Created) })
	removed := model.Deed{Verb: model.VerbRemove, Kind: model.KindCache}
	key := "cache"
	for _, c := range list {
		removed.IDs = append(removed.IDs, c.ID)
		key += " " + c.ID
	}
	return a.do.Job(job.Spec{
		Title: actions.Of(removeCacheSeveral.Title, len(list)), Deed: removed, Key: key, Once: true,
	},
		func(ctx context.Context, e *engine.Engine, r *job.Report) (model.Fact, error) {
			var freed int64
			result, err := actions.Each(ctx, r, list, 1, removeCacheSeveral,
				func(c model.CacheUse) string { return c.Text + " " + c.ID },
				func(ctx context.Context, c model.CacheUse) (model.Fact, error) {
					var n int64
					err := a.do.Written(e, RemoveCacheCommand(c.ID), func() (err error) {
						n, err = e.RemoveCache(ctx, c.ID)
						return err
					})
					freed += n
					return model.Say("actions.became-free", model.Args{"Size": model.Bytes(n)}), err
				})
			return result.And(model.Say("actions.so-much-became-free", model.Args{"Size": model.Bytes(freed)})), err
		})
}
