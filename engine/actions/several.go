package actions

import "slipway/engine/model"

// Several is what is said of a job that does the same to several things. Each fact is completed by numbers.
type Several struct {
	// Title is what the job is called, of N things.
	Title model.Fact
	// Item is what came of one thing that it was done to.
	Item model.Fact
	// All is how it ends when it was done to all N, of which the first is called Name; Some when it was done to Done of
	// them and the others were kept; Failed when it could not be done to Failed of them.
	All, Some, Failed model.Fact
}

// What is done to several things.
var (
	startSeveral = Several{
		Title: model.Say("several.start.title"), Item: model.Say("several.start.item"), All: model.Say("several.start.all"),
		Some: model.Say("several.start.some"), Failed: model.Say("several.start.failed"),
	}
	pauseSeveral = Several{
		Title: model.Say("several.pause.title"), Item: model.Say("several.pause.item"), All: model.Say("several.pause.all"),
		Some: model.Say("several.pause.some"), Failed: model.Say("several.pause.failed"),
	}
	resumeSeveral = Several{
		Title: model.Say("several.resume.title"), Item: model.Say("several.resume.item"),
		All:  model.Say("several.resume.all"),
		Some: model.Say("several.resume.some"), Failed: model.Say("several.resume.failed"),
	}
	saveSeveral = Several{
		Title: model.Say("several.save.title"), Item: model.Say("several.save.item"), All: model.Say("several.save.all"),
		Some: model.Say("several.save.some"), Failed: model.Say("several.save.failed"),
	}
)

// Of is the fact about n things.
func Of(f model.Fact, n int) model.Fact { return f.With(model.Args{"N": model.Count(n)}) }

// SomeOf are names, and how many more there are.
func SomeOf(names []string, more int) model.Fact {
	if more <= 0 {
		return model.Say("actions.names", model.Args{"Names": model.Names(names)})
	}
	return model.Say("actions.names-and-more", model.Args{"Names": model.Names(names), "More": model.Count(more)})
}
