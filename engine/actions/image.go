package actions

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"slipway/engine"
	"slipway/engine/job"
	"slipway/engine/model"
)

// PullCommand is the command of [Actions.Pull].
func PullCommand(ref string) model.Command { return model.Docker("pull", ref) }

// Pull downloads an image. Asking for one that is being pulled joins that job. name is as a person types it.
func (a *Actions) Pull(name string) (*job.Job, error) {
	ref, err := engine.ParseImage(name)
	if err != nil {
		return nil, err
	}
	return a.Job(job.Spec{
		Title: model.Say("actions.pull", model.Args{"Ref": model.Name(ref)}), Key: "pull:" + ref, Command: PullCommand(ref),
		Deed: model.Deed{Verb: model.VerbPull, Kind: model.KindImage, Names: []string{ref}},
	},
		func(ctx context.Context, e *engine.Engine, r *job.Report) (model.Fact, error) {
			return model.Say("actions.pulled", model.Args{"Ref": model.Name(ref)}), a.GetImage(ctx, e, r, ref, "")
		}), nil
}

// GetImage downloads an image inside a job; platform as [engine.Engine.PullFor] takes it.
func (a *Actions) GetImage(ctx context.Context, e *engine.Engine, r *job.Report, ref, platform string) error {
	a.warn()
	r.Phase(model.Say("actions.asking-the-registry"))
	var m meter
	var err error
	for before := int64(-1); m.done > before; { // as long as each try brings something
		before = m.done
		err = e.PullFor(ctx, ref, platform, func(p engine.PullProgress) {
			m.add(p, time.Now())
			reportPull(r, p)
		})
		if !model.IsKind(err, model.ProblemUnreachable) || ctx.Err() != nil {
			break
		}
		// The connection broke. Engines with containerd's store give up then, and go on where they were when asked again.
		r.Phase(model.Say("actions.the-connection-broke-trying-again"))
	}
	if rate := m.rate(); rate > 0 && a.onRate != nil {
		a.onRate(engine.RegistryOf(ref), rate)
	}
	return err
}

func reportPull(r *job.Report, p engine.PullProgress) {
	if p.Extracting { // a phase of its own, whose bytes engines count differently: layers are certain
		r.Phase(model.Say("actions.unpacking-of-layers-done",
			model.Args{"Unpacked": model.Count(p.Unpacked), "N": model.Count(len(p.Layers))}))
	} else {
		r.Progress(job.Progress{
			Done: p.Done, Total: p.Total, Known: p.Known, Phase: model.Say("actions.downloading"),
			Left: p.Left,
		})
	}
	lines := make([]job.Line, len(p.Layers))
	for i, l := range p.Layers {
		lines[i] = job.Line{ID: l.ID, Text: l.Status, Done: l.Done, Total: l.Total}
	}
	r.Lines(lines)
}

// ImageRemoval is the question before an image, or one of its names, is removed.
type ImageRemoval struct {
	Image model.Image
	// Tag is the name that was chosen; "" for a dangling image.
	Tag string
	// Others are the image's further names, which stay when only Tag is removed.
	Others []string
	// UsedBy are the containers made from it. While there are any, its last name cannot be removed.
	UsedBy []model.Container
	// Frees is what becomes free without the image, in bytes; -1 where the engine does not tell.
	Frees int64
}

// CanUntag tells whether the chosen name alone can be removed, and the image stays under another.
func (r ImageRemoval) CanUntag() bool { return r.Tag != "" && len(r.Others) > 0 }

// CanDelete tells whether the image can be deleted with all its names.
func (r ImageRemoval) CanDelete() bool { return len(r.UsedBy) == 0 }

// UntagCommand removes the chosen name.
func (r ImageRemoval) UntagCommand() model.Command { return model.Docker("rmi", r.Tag) }

// DeleteCommand removes every name of the image, and so the image.
func (r ImageRemoval) DeleteCommand() model.Command {
	if r.Tag == "" {
		return model.Docker("rmi", r.Image.ShortID())
	}
	return model.Docker(append([]string{"rmi", r.Tag}, r.Others...)...)
}

// ImageChoice is the answer to an [ImageRemoval].
type ImageChoice string

// The answers.
const (
	KeepImage   ImageChoice = ""
	Untag       ImageChoice = "untag"
	DeleteImage ImageChoice = "delete"
)

// frees is what becomes free without an image, -1 where the engine does not tell soon.
func (a *Actions) frees(ctx context.Context, id string) int64 {
	e, err := a.session.Engine()
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

// RemoveImage removes an image, or the name tag of it, after asking. It is never forced, so no container is touched.
func (a *Actions) RemoveImage(img model.Image, tag string) {
	a.Spawn(func(ctx context.Context) {
		used, err := a.usedBy(ctx, img)
		if err != nil {
			a.Tell(err, model.Say("actions.cannot-remove-the-image", model.Args{"Tag": model.Name(cmp.Or(tag, img.ShortID()))}))
			return
		}
		q := ImageRemoval{Image: img, Tag: tag, UsedBy: used, Frees: a.frees(ctx, img.ID)}
		for _, t := range img.Names() {
			if t != tag {
				q.Others = append(q.Others, t)
			}
		}
		switch a.asker.ImageRemoval(ctx, q) {
		case Untag:
			a.removeRefs(model.Say("actions.untag", model.Args{"Tag": model.Name(tag)}), q.UntagCommand(), img, []string{tag},
				false)
		case DeleteImage:
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
	e, err := a.session.Engine()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, AnswerTime)
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
	a.Job(job.Spec{
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
