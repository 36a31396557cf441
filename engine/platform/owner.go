package platform

import "fmt"

// Process is a running program of this computer; its zero value is none.
type Process struct {
	PID  int
	Name string // as the kernel has it: 15 bytes at most on Linux
	// Container is the full ID of the container that it runs in, "" for none.
	Container string
}

// String is for example "jupyter-lab (process 4242)", "" for none.
func (p Process) String() string {
	if p.PID == 0 {
		return ""
	}
	return fmt.Sprintf("%s (process %d)", p.Name, p.PID)
}
