package actions

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"slipway/engine"
	"slipway/engine/job"
	"slipway/engine/model"
)

// ImageName is an image under one of its names; Tag is "" for a dangling one.
type ImageName struct {
	Image model.Image
	Tag   string
}

// Name is the tag, or the short ID of a dangling image.
func (n ImageName) Name() string { return cmp.Or(n.Tag, n.Image.ShortID()) }

// PullMany pulls several images again, one after the other. Those without a name are left out.
func (a *Actions) PullMany(list []ImageName) *job.Job {
	list = slices.DeleteFunc(slices.Clone(list), func(n ImageName) bool { return n.Tag == "" })
	var lines []string
	for _, n := range list {
		lines = append(lines, n.Tag)
	}
	// docker pull takes one name: each has a line of its own in the history.
	return a.Job(job.Spec{
		Title: Of(pullSeveral.Title, len(list)), Key: "pull:" + strings.Join(lines, " "),
		Deed: model.Deed{Verb: model.VerbPull, Kind: model.KindImage, Names: lines},
	},
		func(ctx context.Context, e *engine.Engine, r *job.Report) (model.Fact, error) {
			return Each(ctx, r, list, 1, pullSeveral, ImageName.Name,
				func(ctx context.Context, n ImageName) (model.Fact, error) {
					done := a.Write(e, PullCommand(n.Tag))
					err := a.GetImage(ctx, e, r, n.Tag, "")
					done(err)
					return pullSeveral.Item, err
				})
		})
}

// ImageRemovals is the question before several images, or names of images, are removed.
type ImageRemovals struct {
	// Removals are one for each image, Tags the names of it that were chosen.
	Removals []ImageRemoval
	Tags     [][]string
}

// RemoveImages removes several images, or names of them, after asking. None is forced: what a container uses is named
// and left out.
func (a *Actions) RemoveImages(list []ImageName) {
	a.Spawn(func(ctx context.Context) {
		q, err := a.imageRemovals(ctx, list)
		if err != nil {
			a.Tell(err, model.Say("actions.cannot-remove-the-images"))
			return
		}
		if !a.asker.ImageRemovals(ctx, q) {
			return
		}
		a.removeImages(q)
	})
}

// imageRemovals works out what the removal of the chosen names does to each image.
func (a *Actions) imageRemovals(ctx context.Context, list []ImageName) (ImageRemovals, error) {
	var q ImageRemovals
	e, err := a.session.Engine()
	if err != nil {
		return q, err
	}
	ctx, cancel := context.WithTimeout(ctx, AnswerTime)
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
			removal := ImageRemoval{Image: n.Image, Tag: n.Tag, Others: slices.Clone(n.Image.Names())}
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

// Possible tells whether the engine can do what was chosen for the image at i: its last name stays while a container
// uses it.
func (q ImageRemovals) Possible(i int) bool {
	return q.Removals[i].CanUntag() || q.Removals[i].CanDelete()
}

// refs are what is removed of the image at i.
func (q ImageRemovals) refs(i int) []string {
	if len(q.Tags[i]) == 0 {
		return []string{q.Removals[i].Image.ID}
	}
	return q.Tags[i]
}

// Command is the command that the whole removal equals; empty when nothing of it is possible.
func (q ImageRemovals) Command() model.Command {
	words := []string{"rmi"}
	for i, r := range q.Removals {
		switch {
		case !q.Possible(i):
		case len(q.Tags[i]) == 0:
			words = append(words, r.Image.ShortID())
		default:
			words = append(words, q.Tags[i]...)
		}
	}
	if len(words) == 1 {
		return nil
	}
	return model.Docker(words...)
}

// removeImages is the job behind the confirmed question.
func (a *Actions) removeImages(q ImageRemovals) {
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
	a.Job(job.Spec{
		Title: Of(removeImagesSeveral.Title, len(possible)), Deed: removed, Command: q.Command(), Once: true,
	},
		func(ctx context.Context, e *engine.Engine, r *job.Report) (model.Fact, error) {
			// One after the other: they may share layers.
			return Each(ctx, r, possible, 1, removeImagesSeveral,
				func(i int) string { return ImageName{q.Removals[i].Image, strings.Join(q.Tags[i], ", ")}.Name() },
				func(ctx context.Context, i int) (model.Fact, error) {
					return removeRefs(ctx, e, q.Removals[i].Image, q.refs(i), !q.Removals[i].CanUntag())
				})
		})
}

// InspectImages is the command that tells everything about several images.
func InspectImages(list []ImageName) model.Command {
	words := []string{"image", "inspect"}
	for _, n := range list {
		words = append(words, n.Name())
	}
	return model.Docker(words...)
}
