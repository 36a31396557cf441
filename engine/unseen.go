package engine

import (
	"os"
	"strings"

	"slipway/engine/model"
)

// snapRoot is below what Docker from a snap keeps its data.
const snapRoot = "/var/snap/docker/"

// Unseen says why an engine does not see a folder of this computer, or sees another one at its path, and what to do,
// each in sentences. It is pure.
func Unseen(folder string, info model.EngineInfo, where model.Locality) (why model.Fact, fix model.Fact) {
	switch {
	case where == model.VirtualMachine:
		return model.Say("engine.the-folder-is-not-shared"),
			model.Say("engine.share-the-folder-in-the")
	case where == model.Elsewhere:
		return model.Say("engine.the-engine-is-on-another"),
			model.Say("engine.choose-a-folder-of-that")
	case strings.HasPrefix(info.DataRoot, snapRoot):
		return model.Say("engine.the-engine-does-not-see"),
			model.Say("engine.choose-a-folder-in-your")
	case strings.HasPrefix(folder, "/tmp/"), strings.HasPrefix(folder, "/var/tmp/"):
		return model.Say("engine.the-engine-does-not-see-this"),
			model.Say("engine.choose-a-folder-in-your-home")
	}
	return model.Say("engine.the-engine-does-not-see-this-folder"),
		model.Say("engine.choose-a-folder-that-both")
}

// missingFolder explains the engine's refusal of a bind mount, which has the class of any bad input.
func (e *Engine) missingFolder(err error, what model.Fact) error {
	const mark = "bind source path does not exist: "
	_, path, ok := strings.Cut(err.Error(), mark)
	if !ok {
		return nil
	}
	if _, here := os.Stat(path); here == nil {
		why, fix := Unseen(path, e.info, e.locality)
		return &model.Problem{
			Kind: model.ProblemNotFound, Cause: err,
			What: what,
			Why:  model.Say("engine.it-is", model.Args{"Why": why, "Path": model.Name(model.Visible(path))}),
			Fix:  fix,
		}
	}
	return noFolder(err, what, path)
}
