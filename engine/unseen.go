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
func Unseen(folder string, info model.EngineInfo, where model.Locality) (why, fix string) {
	switch {
	case where == model.VirtualMachine:
		return "The folder is not shared with the engine's virtual machine.",
			"Share the folder in the settings of that virtual machine, or choose one in your home folder."
	case where == model.Elsewhere:
		return "The engine is on another computer, and the folder is on this one.",
			"Choose a folder of that computer, or an engine on this one."
	case strings.HasPrefix(info.DataRoot, snapRoot):
		return "The engine does not see this folder. It is Docker from a snap, which sees your home folder, but nothing hidden in it, no /tmp and no other disk.",
			"Choose a folder in your home whose path has no name that begins with a dot."
	case strings.HasPrefix(folder, "/tmp/"), strings.HasPrefix(folder, "/var/tmp/"):
		return "The engine does not see this folder: it has a temporary folder of its own, as services often have.",
			"Choose a folder in your home."
	}
	return "The engine does not see this folder: it, or Slipway, has a file system of its own, as programs in a container or a snap have.",
		"Choose a folder that both see, as a rule one in your home."
}

// missingFolder explains the engine's refusal of a bind mount, which has the class of any bad input.
func (e *Engine) missingFolder(err error, what string) error {
	const mark = "bind source path does not exist: "
	_, path, ok := strings.Cut(err.Error(), mark)
	if !ok {
		return nil
	}
	if _, here := os.Stat(path); here == nil {
		why, fix := Unseen(path, e.info, e.locality)
		return model.NewProblem(model.ProblemNotFound, err, what, why+" It is "+model.Visible(path)+".", fix)
	}
	return noFolder(err, what, path)
}
