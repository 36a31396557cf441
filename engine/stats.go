package engine

import (
	"context"
	"encoding/json"
	"errors"
	"io"

	"slipway/engine/model"

	"github.com/docker/docker/api/types/container"
)

// Stats tells what a running container uses, about once a second, until ctx ends or the container does, which
// is no error. fn is called from the calling goroutine.
func (e *Engine) Stats(ctx context.Context, id string, fn func(model.Usage)) error {
	s := subject{what: "Cannot watch the container", container: id}
	r, err := e.cli.ContainerStats(ctx, id, true)
	if err != nil {
		return explain(err, s)
	}
	defer r.Body.Close()
	for dec := json.NewDecoder(r.Body); ; {
		var v container.StatsResponse
		switch err := dec.Decode(&v); {
		case errors.Is(err, io.EOF), ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return explain(err, s)
		}
		if v.MemoryStats.Usage > 0 || v.CPUStats.CPUUsage.TotalUsage > 0 { // all is 0 when the container has just ended
			u := usage(v.MemoryStats)
			u.CPU = cpu(v.CPUStats, v.PreCPUStats)
			traffic(&u, v)
			fn(u)
		}
	}
}

// traffic counts as docker stats does: all networks, and all disks.
func traffic(u *model.Usage, v container.StatsResponse) {
	if v.Networks == nil {
		u.NetIn, u.NetOut = -1, -1 // that of the host, for one
	}
	for _, n := range v.Networks {
		u.NetIn += int64(n.RxBytes)
		u.NetOut += int64(n.TxBytes)
	}
	for _, e := range v.BlkioStats.IoServiceBytesRecursive {
		switch e.Op {
		case "read", "Read":
			u.DiskRead += int64(e.Value)
		case "write", "Write":
			u.DiskWrite += int64(e.Value)
		}
	}
	u.Processes, u.Cores = int(v.PidsStats.Current), int(v.CPUStats.OnlineCPUs)
}

// cpu counts processor time as docker stats does (docker/cli, calculateCPUPercentUnix), between two moments that the
// engine gives together.
func cpu(now, before container.CPUStats) float64 {
	used := float64(now.CPUUsage.TotalUsage) - float64(before.CPUUsage.TotalUsage)
	all := float64(now.SystemUsage) - float64(before.SystemUsage)
	if before.SystemUsage == 0 || all <= 0 || used < 0 { // the first of a stream has nothing before it
		return -1
	}
	cores := float64(now.OnlineCPUs)
	if cores == 0 {
		cores = float64(len(now.CPUUsage.PercpuUsage))
	}
	return used / all * cores * 100
}

// usage counts memory as docker stats does (docker/cli, calculateMemUsageUnixNoCache): without what the kernel keeps of
// files and can drop, under the names that the two versions of cgroups have for it.
func usage(m container.MemoryStats) model.Usage {
	u := model.Usage{Memory: int64(m.Usage), Limit: int64(m.Limit)}
	for _, key := range []string{"total_inactive_file", "inactive_file"} {
		if cache, ok := m.Stats[key]; ok && cache < m.Usage {
			u.Memory -= int64(cache)
			break
		}
	}
	return u
}
