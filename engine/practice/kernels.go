package practice

import (
	"fmt"
	"slices"
	"time"
)

// Kernel is a program of a Jupyter that computes what a notebook has it compute.
type Kernel struct {
	// Notebook is the path of the notebook that it belongs to; "" for a console.
	Notebook string
	// Busy says that it computes right now.
	Busy bool
	// Last is when it last did something.
	Last time.Time
}

// SetKernels has the Jupyter of a container, told by name or ID, say that these kernels are open, in place of those
// before; without any it has none, as in the beginning. It fails when there is no such container.
func (e *Engine) SetKernels(container string, kernels ...Kernel) error {
	c, err := e.container(container)
	if err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	c.kernels = slices.Clone(kernels)
	return nil
}

// jupyterAnswer is what a Jupyter says at a path of its API; nil for a path that has nothing to say.
func (c *container) jupyterAnswer(path string) any {
	c.e.mu.Lock()
	kernels := c.kernels
	c.e.mu.Unlock()
	last := jupyterBegan
	list, sessions := []map[string]any{}, []map[string]any{}
	for n, k := range kernels {
		one := map[string]any{
			"id":              kernelID(n),
			"name":            "python3",
			"connections":     1,
			"last_activity":   k.Last.UTC(),
			"execution_state": "idle",
		}
		if k.Busy {
			one["execution_state"] = "busy"
		}
		if list = append(list, one); k.Notebook != "" {
			sessions = append(
				sessions,
				map[string]any{"id": kernelID(n), "path": k.Notebook, "name": k.Notebook, "type": "notebook", "kernel": one},
			)
		}
		if k.Last.After(last) {
			last = k.Last
		}
	}
	switch path {
	case "/api/status":
		return map[string]any{
			"started":       jupyterBegan,
			"last_activity": last.UTC(),
			"connections":   len(kernels),
			"kernels":       len(kernels),
		}
	case "/api/kernels":
		return list
	case "/api/sessions":
		return sessions
	}
	return nil
}

// jupyterBegan is when every Jupyter says that it was started, and that it last did something while it has no kernels.
var jupyterBegan = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func kernelID(n int) string { return digestOf(fmt.Sprint("kernel ", n))[7:39] }
