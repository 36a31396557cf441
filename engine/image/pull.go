package image

import (
	"context"
	"slices"
	"strings"

	"slipway/engine"
	"slipway/engine/actions"
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
	return a.do.Job(job.Spec{
		Title: model.Say("actions.pull", model.Args{"Ref": model.Name(ref)}), Key: "pull:" + ref, Command: PullCommand(ref),
		Deed: model.Deed{Verb: model.VerbPull, Kind: model.KindImage, Names: []string{ref}},
	},
		func(ctx context.Context, e *engine.Engine, r *job.Report) (model.Fact, error) {
			return model.Say("actions.pulled", model.Args{"Ref": model.Name(ref)}), a.do.GetImage(ctx, e, r, ref, "")
		}), nil
}

// PullMany pulls several images again, one after the other. Those without a name are left out.
func (a *Actions) PullMany(list []Name) *job.Job {
	list = slices.DeleteFunc(slices.Clone(list), func(n Name) bool { return n.Tag == "" })
	var lines []string
	for _, n := range list {
		lines = append(lines, n.Tag)
	}
	// docker pull takes one name: each has a line of its own in the history.
	return a.do.Job(job.Spec{
		Title: actions.Of(pullSeveral.Title, len(list)), Key: "pull:" + strings.Join(lines, " "),
		Deed: model.Deed{Verb: model.VerbPull, Kind: model.KindImage, Names: lines},
	},
		func(ctx context.Context, e *engine.Engine, r *job.Report) (model.Fact, error) {
			return actions.Each(ctx, r, list, 1, pullSeveral, Name.Name,
				func(ctx context.Context, n Name) (model.Fact, error) {
					done := a.do.Write(e, PullCommand(n.Tag))
					err := a.do.GetImage(ctx, e, r, n.Tag, "")
					done(err)
					return pullSeveral.Item, err
				})
		})
}
