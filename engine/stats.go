package engine

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	"slipway/engine/model"
)

// Stats tells what a running container uses, about once a second, until ctx ends or the container does, which
// is no error. fn is called from the calling goroutine.
func (e *Engine) Stats(ctx context.Context, id string, fn func(model.Usage)) error {
	s := subject{what: model.Say("engine.cannot-watch-the-container"), container: id}
	r, err := e.cli.ContainerStats(ctx, id, true)
	if err != nil {
		return explain(err, s)
	}
	defer r.Body.Close()
	return model.Guard(s.what, func() error { return readStats(ctx, r.Body, s, fn) })
}

// readStats reads one value after another.
func readStats(ctx context.Context, r io.Reader, s subject, fn func(model.Usage)) error {
	for dec := json.NewDecoder(r); ; {
		var v counts
		switch err := dec.Decode(&v); {
		case errors.Is(err, io.EOF), ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return explain(err, s)
		}
		if v.Memory.Usage > 0 || v.CPU.Usage.Total > 0 { // all is 0 when the container has just ended
			fn(v.usage())
		}
	}
}

// counts is what is read of an answer of the engine (docker's own type is container.StatsResponse). The rest is many
// times as much, and reading all of it for 50 containers each second would take most of what following them costs.
type counts struct {
	CPU      cpuTime `json:"cpu_stats"`
	Before   cpuTime `json:"precpu_stats"`
	Memory   memory  `json:"memory_stats"`
	Networks map[string]struct {
		In  uint64 `json:"rx_bytes"`
		Out uint64 `json:"tx_bytes"`
	} `json:"networks"`
	Disks struct {
		Bytes []struct {
			Op    string `json:"op"`
			Value uint64 `json:"value"`
		} `json:"io_service_bytes_recursive"`
	} `json:"blkio_stats"`
	Processes struct {
		Current uint64 `json:"current"`
	} `json:"pids_stats"`
	Read time.Time `json:"read"`
}

// cpuTime is in nanoseconds; System is that of the whole machine.
type cpuTime struct {
	Usage struct {
		Total uint64   `json:"total_usage"`
		Each  []uint64 `json:"percpu_usage"` // only how many there are
	} `json:"cpu_usage"`
	System uint64 `json:"system_cpu_usage"`
	Cores  uint32 `json:"online_cpus"`
}

// memory is in bytes; Kept is what the kernel keeps of files and can drop, under the names that the two
// versions of cgroups have for it.
type memory struct {
	Usage uint64 `json:"usage"`
	Limit uint64 `json:"limit"`
	Kept  struct {
		First  *uint64 `json:"total_inactive_file"`
		Second *uint64 `json:"inactive_file"`
	} `json:"stats"`
}

// usage counts all of it as docker stats does: all networks, and all disks.
func (v counts) usage() model.Usage {
	u := model.Usage{
		At:     v.Read,
		Memory: v.Memory.used(), Limit: int64(v.Memory.Limit), CPU: cpu(v.CPU, v.Before),
		Processes: int(v.Processes.Current), Cores: int(v.CPU.Cores),
	}
	if u.At.IsZero() {
		u.At = time.Now()
	}
	if v.Networks == nil {
		u.NetIn, u.NetOut = -1, -1 // that of the host, for one
	}
	for _, n := range v.Networks {
		u.NetIn += int64(n.In)
		u.NetOut += int64(n.Out)
	}
	for _, d := range v.Disks.Bytes {
		switch d.Op {
		case "read", "Read":
			u.DiskRead += int64(d.Value)
		case "write", "Write":
			u.DiskWrite += int64(d.Value)
		}
	}
	return u
}

// cpu counts processor time as docker stats does (docker/cli, calculateCPUPercentUnix), between two moments that the
// engine gives together.
func cpu(now, before cpuTime) float64 {
	used := float64(now.Usage.Total) - float64(before.Usage.Total)
	all := float64(now.System) - float64(before.System)
	if before.System == 0 || all <= 0 || used < 0 { // the first of a stream has nothing before it
		return -1
	}
	cores := float64(now.Cores)
	if cores == 0 {
		cores = float64(len(now.Usage.Each))
	}
	return used / all * cores * 100
}

// used counts memory as docker stats does (docker/cli, calculateMemUsageUnixNoCache): without what the kernel can drop.
func (m memory) used() int64 {
	for _, kept := range []*uint64{m.Kept.First, m.Kept.Second} {
		if kept != nil && *kept < m.Usage {
			return int64(m.Usage - *kept)
		}
	}
	return int64(m.Usage)
}
