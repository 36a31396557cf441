package platform

import (
	"slipway/engine/model"
)

// Process is a running program of this computer; its zero value is none.
type Process struct {
	PID  int
	Name string // as the kernel has it: 15 bytes at most on Linux
	// Container is the full ID of the container that it runs in, "" for none.
	Container string
}

// Fact is for example "jupyter-lab (process 4242)", nothing for none.
func (p Process) Fact() model.Fact {
	if p.PID == 0 {
		return model.Fact{}
	}
	return model.Say("platform.process", model.Args{"Name": model.Name(p.Name), "PID": model.Count(p.PID)})
}
