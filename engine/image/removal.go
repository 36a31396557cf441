package image

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"slipway/engine"
	"slipway/engine/actions"
	"slipway/engine/job"
	"slipway/engine/model"
)

// frees is what becomes free without an image, -1 where the engine does not tell soon.
func (a *Actions) frees(ctx context.Context, id string) int64 {
	e, err := a.do.Session().Engine()
	if err != nil {
		return -1
	}
	ctx, cancel := context.WithTimeout(ctx, sizeTime)
	defer cancel()
	own, err := e.OwnSizes(ctx)
	n, known := own[id]
	if err != nil || !known {
		return -1
	}
	return n
}

// sizeTime is how long a question waits for what it only says in passing.
const sizeTime = 2 * time.Second

// Remove removes an image, or the name tag of it, after asking. It is never forced, so no container is touched.
func (a *Actions) Remove(img model.Image, tag string) {
	a.do.Spawn(func(ctx context.Context) {
		used, err := a.usedBy(ctx, img)
		if err != nil {
			a.do.Tell(err, model.Say("actions.cannot-remove-the-image",
				model.Args{"Tag": model.Name(cmp.Or(tag, img.ShortID()))}))
			return
		}
		q := Removal{Image: img, Tag: tag, UsedBy: used, Frees: a.frees(ctx, img.ID)}
		for _, t := range img.Names() {
			if t != tag {
				q.Others = append(q.Others, t)
			}
		}
		switch a.asker.ImageRemoval(ctx, q) {
		case Untag:
			a.removeRefs(model.Say("actions.untag", model.Args{"Tag": model.Name(tag)}), q.UntagCommand(), img, []string{tag},
				false)
		case Delete:
			refs := append([]string{tag}, q.Others...)
			title := model.Say("actions.remove-name", model.Args{"ShortName": model.Name(shortName(tag))})
			if tag == "" {
				refs, title = []string{img.ID}, model.Say("actions.remove-image", model.Args{"ShortID": model.Name(img.ShortID())})
			}
			a.removeRefs(title, q.DeleteCommand(), img, refs, true)
		}
	})
}

// usedBy asks the engine which containers were made from an image.
func (a *Actions) usedBy(ctx context.Context, img model.Image) ([]model.Container, error) {
	e, err := a.do.Session().Engine()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, actions.AnswerTime)
	defer cancel()
	return users(ctx, e, img)
}

// users are the containers, running or not, that were made from an image.
func users(ctx context.Context, e *engine.Engine, img model.Image) ([]model.Container, error) {
	all, err := e.Containers(ctx, false)
	return slices.DeleteFunc(all, func(c model.Container) bool { return c.ImageID != img.ID }), err
}

// removeRefs removes references one by one and says what that did. Nothing is removed when one of them means another
// image by now, or when the whole image shall go and a container uses it.
func (a *Actions) removeRefs(title model.Fact, c model.Command, img model.Image, refs []string, whole bool) {
	a.do.Job(job.Spec{
		Title: title, Command: c, Final: true, Once: true,
		Deed: model.Deed{Verb: model.VerbRemove, Kind: model.KindImage, IDs: []string{img.ID}, Names: refs},
	},
		func(ctx context.Context, e *engine.Engine, r *job.Report) (model.Fact, error) {
			r.Phase(model.Say("actions.removing"))
			return removeRefs(ctx, e, img, refs, whole)
		})
}

func removeRefs(ctx context.Context, e *engine.Engine, img model.Image, refs []string, whole bool) (model.Fact, error) {
	for _, ref := range refs {
		if err := stillMeans(ctx, e, ref, img); err != nil {
			return model.Fact{}, err
		}
	}
	if whole {
		used, err := users(ctx, e, img)
		if err != nil {
			return model.Fact{}, err
		}
		if len(used) > 0 {
			return model.Fact{}, inUse(used, nil)
		}
	}
	var names, deleted int
	for _, ref := range refs {
		if err := stillMeans(ctx, e, ref, img); err != nil {
			return model.Fact{}, err
		}
		done, err := e.RemoveImage(ctx, ref)
		if err != nil {
			return model.Fact{}, explainInUse(ctx, e, img, err)
		}
		if ref != img.ID {
			names++ // the engine counts the digest of a name, too
		}
		deleted += len(done.Deleted)
	}
	if deleted == 0 {
		return model.Say("actions.removed-names-the-image-stays", model.Args{"N": model.Count(names)}), nil
	}
	return model.Say("actions.removed-and-deleted", model.Args{"Names": model.Say("count.names",
			model.Args{"N": model.Count(names)}), "Layers": model.Say("count.layers", model.Args{"N": model.Count(deleted)})}),
		nil
}

// stillMeans fails when a reference does not mean this image any more.
func stillMeans(ctx context.Context, e *engine.Engine, ref string, img model.Image) error {
	now, err := e.Image(ctx, ref)
	switch {
	case err != nil:
		return err
	case ref == img.ID && !now.Dangling() && img.Dangling():
		// the engine would take the name off, too, which nobody was asked about
		return &model.Problem{
			Kind: model.ProblemConflict,
			What: model.Say("actions.the-image-has-a-name", model.Args{"ShortID": model.Name(img.ShortID())}),
			Why:  model.Say("actions.it-was-tagged-as-since", model.Args{"Tags": model.Names(now.Tags)}),
			Fix:  model.Say("actions.look-at-the-list-of"),
		}
	case now.ID != img.ID:
		return &model.Problem{
			Kind: model.ProblemConflict,
			What: model.Say("actions.the-name-means-another-image", model.Args{"Ref": model.Name(ref)}),
			Why:  model.Say("actions.it-was-pulled-built-or"),
			Fix:  model.Say("actions.look-at-the-list-of"),
		}
	}
	return nil
}

// explainInUse words the engine's refusal to remove an image that a container uses, which happens when the container
// came between the question and the removal.
func explainInUse(ctx context.Context, e *engine.Engine, img model.Image, err error) error {
	if !model.IsKind(err, model.ProblemConflict) {
		return err
	}
	used, _ := users(ctx, e, img) // without them the words are only less exact
	return inUse(used, err)
}

// inUse says which containers keep an image.
func inUse(used []model.Container, err error) error {
	why := model.Say("actions.a-container-was-made-from")
	if len(used) > 0 {
		names := make([]string, len(used))
		for i, c := range used {
			names[i] = "“" + c.Name + "”"
		}
		why = model.Say("actions.it-is-used-by", model.Args{"Names": model.Names(names)})
	}
	return &model.Problem{
		Kind: model.ProblemInUse, Cause: err,
		What: model.Say("actions.the-image-is-in-use"),
		Why:  why,
		Fix:  model.Say("actions.remove-what-uses-it-first"),
	}
}

// shortName is a reference as people read it: of a digest they compare the beginning.
func shortName(ref string) string {
	name, digest, ok := strings.Cut(ref, "@sha256:")
	if !ok || len(digest) < 12 {
		return ref
	}
	return name + "@sha256:" + digest[:12] + "…"
}

// RemoveMany removes several images, or names of them, after asking. None is forced: what a container uses is named
// and left out.
func (a *Actions) RemoveMany(list []Name) {
	a.do.Spawn(func(ctx context.Context) {
		q, err := a.removalsOf(ctx, list)
		if err != nil {
			a.do.Tell(err, model.Say("actions.cannot-remove-the-images"))
			return
		}
		if !a.asker.ImageRemovals(ctx, q) {
			return
		}
		a.removeAll(q)
	})
}

// removalsOf works out what the removal of the chosen names does to each image.
func (a *Actions) removalsOf(ctx context.Context, list []Name) (Removals, error) {
	var q Removals
	e, err := a.do.Session().Engine()
	if err != nil {
		return q, err
	}
	ctx, cancel := context.WithTimeout(ctx, actions.AnswerTime)
	defer cancel()
	containers, err := e.Containers(ctx, false)
	if err != nil {
		return q, err
	}
	at := map[string]int{}
	for _, n := range list {
		i, ok := at[n.Image.ID]
		if !ok {
			i = len(q.Removals)
			at[n.Image.ID] = i
			removal := Removal{Image: n.Image, Tag: n.Tag, Others: slices.Clone(n.Image.Names())}
			for _, c := range containers {
				if c.ImageID == n.Image.ID {
					removal.UsedBy = append(removal.UsedBy, c)
				}
			}
			q.Removals, q.Tags = append(q.Removals, removal), append(q.Tags, nil)
		}
		if n.Tag != "" {
			q.Tags[i] = append(q.Tags[i], n.Tag)
			q.Removals[i].Others = slices.DeleteFunc(q.Removals[i].Others, func(t string) bool { return t == n.Tag })
		}
	}
	return q, nil
}

// removeImages is the job behind the confirmed question.
func (a *Actions) removeAll(q Removals) {
	var possible []int
	for i := range q.Removals {
		if q.Possible(i) {
			possible = append(possible, i)
		}
	}
	if len(possible) == 0 {
		return
	}
	removed := model.Deed{Verb: model.VerbRemove, Kind: model.KindImage}
	for _, i := range possible {
		removed.IDs = append(removed.IDs, q.Removals[i].Image.ID)
	}
	a.do.Job(job.Spec{
		Title: actions.Of(removeSeveral.Title, len(possible)), Deed: removed, Command: q.Command(), Once: true,
	},
		func(ctx context.Context, e *engine.Engine, r *job.Report) (model.Fact, error) {
			// One after the other: they may share layers.
			return actions.Each(ctx, r, possible, 1, removeSeveral,
				func(i int) string { return Name{q.Removals[i].Image, strings.Join(q.Tags[i], ", ")}.Name() },
				func(ctx context.Context, i int) (model.Fact, error) {
					return removeRefs(ctx, e, q.Removals[i].Image, q.refs(i), !q.Removals[i].CanUntag())
				})
		})
}
