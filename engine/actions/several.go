package actions

import "slipway/engine/model"

// several is what is said of a job that does the same to several things. Each fact is completed by numbers.
type several struct {
	// title is what the job is called, of N things.
	title model.Fact
	// item is what came of one thing that it was done to.
	item model.Fact
	// all is how it ends when it was done to all N, of which the first is called Name; some when it was done to Done of
	// them and the others were kept; failed when it could not be done to Failed of them.
	all, some, failed model.Fact
}

// What is done to several things.
var (
	startSeveral = several{
		title: model.Say("several.start.title"), item: model.Say("several.start.item"), all: model.Say("several.start.all"),
		some: model.Say("several.start.some"), failed: model.Say("several.start.failed"),
	}
	pauseSeveral = several{
		title: model.Say("several.pause.title"), item: model.Say("several.pause.item"), all: model.Say("several.pause.all"),
		some: model.Say("several.pause.some"), failed: model.Say("several.pause.failed"),
	}
	resumeSeveral = several{
		title: model.Say("several.resume.title"), item: model.Say("several.resume.item"),
		all:  model.Say("several.resume.all"),
		some: model.Say("several.resume.some"), failed: model.Say("several.resume.failed"),
	}
	stopSeveral = several{
		title: model.Say("several.stop.title"), item: model.Say("several.stop.item"), all: model.Say("several.stop.all"),
		some: model.Say("several.stop.some"), failed: model.Say("several.stop.failed"),
	}
	restartSeveral = several{
		title: model.Say("several.restart.title"), item: model.Say("several.restart.item"),
		all:  model.Say("several.restart.all"),
		some: model.Say("several.restart.some"), failed: model.Say("several.restart.failed"),
	}
	removeSeveral = several{
		title: model.Say("several.remove.title"), item: model.Say("several.remove.item"),
		all:  model.Say("several.remove.all"),
		some: model.Say("several.remove.some"), failed: model.Say("several.remove.failed"),
	}
	stopAndRemoveSeveral = several{
		title: model.Say("several.stop-and-remove.title"), item: model.Say("several.stop-and-remove.item"),
		all:  model.Say("several.stop-and-remove.all"),
		some: model.Say("several.stop-and-remove.some"), failed: model.Say("several.stop-and-remove.failed"),
	}
	pullSeveral = several{
		title: model.Say("several.pull.title"), item: model.Say("several.pull.item"), all: model.Say("several.pull.all"),
		some: model.Say("several.pull.some"), failed: model.Say("several.pull.failed"),
	}
	removeImagesSeveral = several{
		title: model.Say("several.remove-images.title"), item: model.Say("several.remove-images.item"),
		all:  model.Say("several.remove-images.all"),
		some: model.Say("several.remove-images.some"), failed: model.Say("several.remove-images.failed"),
	}
	removeVolumesSeveral = several{
		title: model.Say("several.remove-volumes.title"), item: model.Say("several.remove-volumes.item"),
		all:  model.Say("several.remove-volumes.all"),
		some: model.Say("several.remove-volumes.some"), failed: model.Say("several.remove-volumes.failed"),
	}
	removeCacheSeveral = several{
		title: model.Say("several.remove-cache.title"), item: model.Say("several.remove-cache.item"),
		all:  model.Say("several.remove-cache.all"),
		some: model.Say("several.remove-cache.some"), failed: model.Say("several.remove-cache.failed"),
	}
	backUpSeveral = several{
		title: model.Say("several.back-up.title"), item: model.Say("several.back-up.item"),
		all:  model.Say("several.back-up.all"),
		some: model.Say("several.back-up.some"), failed: model.Say("several.back-up.failed"),
	}
	saveSeveral = several{
		title: model.Say("several.save.title"), item: model.Say("several.save.item"), all: model.Say("several.save.all"),
		some: model.Say("several.save.some"), failed: model.Say("several.save.failed"),
	}
)

// of is the fact about n things.
func of(f model.Fact, n int) model.Fact { return f.With(model.Args{"N": model.Count(n)}) }

// SomeOf are names, and how many more there are.
func SomeOf(names []string, more int) model.Fact {
	if more <= 0 {
		return model.Say("actions.names", model.Args{"Names": model.Names(names)})
	}
	return model.Say("actions.names-and-more", model.Args{"Names": model.Names(names), "More": model.Count(more)})
}
