// Package volume does what a person does to volumes: makes, removes, backs up and restores them, and looks into them.
package volume

import (
	"context"

	"slipway/engine"
	"slipway/engine/actions"
	"slipway/engine/job"
	"slipway/engine/model"
)

// Asker asks the person in front of the application, see [actions.Asker].
type Asker interface {
	// VolumeRemovals asks about deleting volumes with everything in them, and tells whether to do what is possible of it.
	VolumeRemovals(ctx context.Context, q *Removals) bool
}

// Actions does what is done to volumes, on one session.
type Actions struct {
	do    *actions.Actions
	asker Asker
}

// New makes the actions on volumes of the session of do, before that starts. asker may be nil where nobody removes any.
func New(do *actions.Actions, asker Asker) *Actions {
	a := &Actions{do: do, asker: asker}
	do.CleanBy(a.clearOldHelpers)
	return a
}

// What is done to several volumes.
var (
	removeVolumesSeveral = actions.Several{
		Title: model.Say("several.remove-volumes.title"), Item: model.Say("several.remove-volumes.item"),
		All:  model.Say("several.remove-volumes.all"),
		Some: model.Say("several.remove-volumes.some"), Failed: model.Say("several.remove-volumes.failed"),
	}
	backUpSeveral = actions.Several{
		Title: model.Say("several.back-up.title"), Item: model.Say("several.back-up.item"),
		All:  model.Say("several.back-up.all"),
		Some: model.Say("several.back-up.some"), Failed: model.Say("several.back-up.failed"),
	}
)

// CreateCommand is the command of [Actions.Create].
func CreateCommand(name string) model.Command { return model.Docker("volume", "create", name) }

// Create makes an empty volume.
func (a *Actions) Create(name string) *job.Job {
	return a.do.Job(job.Spec{
		Title: model.Say("actions.create-the-volume", model.Args{"Name": model.Name(name)}),
		Deed:  volumeDeed(model.VerbCreate, name), Key: "volume:" + name,
		Command: CreateCommand(name),
	},
		func(ctx context.Context, e *engine.Engine, _ *job.Report) (model.Fact, error) {
			_, err := e.CreateVolume(ctx, name, map[string]string{model.LabelVersion: a.do.Version()})
			return model.Say("actions.the-volume-is-there", model.Args{"Name": model.Name(name)}), err
		})
}

func volumeNames(list []model.Volume) []string {
	names := make([]string, len(list))
	for i, v := range list {
		names[i] = v.Name
	}
	return names
}

func volumeDeed(verb model.Verb, names ...string) model.Deed {
	return model.Deed{Verb: verb, Kind: model.KindVolume, Names: names}
}
