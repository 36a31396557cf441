package engine

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"slipway/engine/model"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/go-connections/nat"
)

// Containers lists all containers, or only those with a process when running is set. What the list does not tell
// (see [model.Container]) comes from [Engine.Container].
func (e *Engine) Containers(ctx context.Context, running bool) ([]model.Container, error) {
	opts := container.ListOptions{All: true}
	if running {
		opts.All = false
		opts.Filters = filters.NewArgs() // the engine's default: running, paused, restarting
	}
	return e.listContainers(ctx, opts)
}

// ContainersOfJob lists the containers that the job with this ID made, see [model.LabelJob].
func (e *Engine) ContainersOfJob(ctx context.Context, jobID string) ([]model.Container, error) {
	list, err := e.listLabelled(ctx, model.LabelJob+"="+jobID)
	return slices.DeleteFunc(list, func(c model.Container) bool { return c.Mark(model.LabelJob) != jobID }), err
}

// listLabelled lists the containers that have a label, or one with a value, whoever wrote it: see
// [model.Container.Mark].
func (e *Engine) listLabelled(ctx context.Context, label string) ([]model.Container, error) {
	return e.listContainers(ctx, container.ListOptions{All: true, Filters: filters.NewArgs(filters.Arg("label", label))})
}

func (e *Engine) listContainers(ctx context.Context, opts container.ListOptions) ([]model.Container, error) {
	list, err := e.cli.ContainerList(ctx, opts)
	if err != nil {
		return nil, explain(err, subject{what: model.Say("engine.cannot-list-the-containers")})
	}
	out := make([]model.Container, 0, len(list))
	for _, c := range list {
		if !knownID(c.ID) {
			continue
		}
		out = append(out, e.marked(ctx, e.asDocker(fromSummary(c))))
	}
	return out, nil
}

// Container asks everything about one container, by ID or name.
func (e *Engine) Container(ctx context.Context, id string) (model.Container, error) {
	c, err := e.cli.ContainerInspect(ctx, id)
	if err != nil {
		return model.Container{}, explain(err, subject{what: model.Say("engine.cannot-look-at-the-container"), container: id})
	}
	return e.marked(ctx, e.asDocker(fromInspect(c))), nil
}

// InspectJSON is everything that the engine says about a container, as docker inspect prints it.
func (e *Engine) InspectJSON(ctx context.Context, id string) (string, error) {
	s := subject{what: model.Say("engine.cannot-look-at-the-container"), container: id}
	_, raw, err := e.cli.ContainerInspectWithRaw(ctx, id, false)
	if err != nil {
		return "", explain(err, s)
	}
	var out bytes.Buffer
	out.WriteString("[\n    ")
	if err := json.Indent(&out, bytes.TrimSpace(raw), "    ", "    "); err != nil {
		return "", explain(err, s)
	}
	out.WriteString("\n]\n")
	return out.String(), nil
}

// Start starts a container that exists. Starting a running one does nothing.
func (e *Engine) Start(ctx context.Context, c model.Container) error {
	return e.do(e.cli.ContainerStart(ctx, c.ID, container.StartOptions{}), model.VerbStart, c)
}

// Stop asks the container's process to end and kills it after the grace time in seconds; a negative one leaves the
// time to the container or the engine.
func (e *Engine) Stop(ctx context.Context, c model.Container, grace int) error {
	return e.do(e.cli.ContainerStop(ctx, c.ID, stopOptions(e.graceOf(ctx, c, grace))), model.VerbStop, c)
}

// Restart stops and starts the container, with the grace time of [Engine.Stop]. Not every engine can do that to one
// that was started with --rm, see [model.RestartAutoRemoved].
func (e *Engine) Restart(ctx context.Context, c model.Container, grace int) error {
	if why := e.info.Lacks(model.RestartAutoRemoved); !why.None() {
		now, err := e.Container(ctx, c.ID)
		if err != nil {
			return err
		}
		if now.AutoRemove {
			return &model.Problem{
				Kind: model.ProblemUnsupported,
				What: model.Say("engine.cannot-restart", model.Args{"Name": model.Name(c.Name)}),
				Why:  why,
				Fix:  model.Say("engine.stop-it-then-run-the"),
			}
		}
	}
	return e.do(e.cli.ContainerRestart(ctx, c.ID, stopOptions(e.graceOf(ctx, c, grace))), model.VerbRestart, c)
}

// Kill ends the container's process at once.
func (e *Engine) Kill(ctx context.Context, c model.Container) error {
	return e.do(e.cli.ContainerKill(ctx, c.ID, "KILL"), model.VerbKill, c)
}

// Pause freezes all processes of the container.
func (e *Engine) Pause(ctx context.Context, c model.Container) error {
	return e.do(e.cli.ContainerPause(ctx, c.ID), model.VerbPause, c)
}

// Resume lets a paused container go on.
func (e *Engine) Resume(ctx context.Context, c model.Container) error {
	return e.do(e.cli.ContainerUnpause(ctx, c.ID), model.VerbUnpause, c)
}

// Rename gives the container another name.
func (e *Engine) Rename(ctx context.Context, c model.Container, name string) error {
	return e.do(e.cli.ContainerRename(ctx, c.ID, name), model.VerbRename, c)
}

// Limit sets how much memory in bytes the container may use, while it runs too, with the swap of
// [model.Container.SwapWith]. Not every engine can, see [model.ChangeLimit].
func (e *Engine) Limit(ctx context.Context, c model.Container, memory int64) error {
	if err := e.updates(c); err != nil {
		return err
	}
	_, err := e.cli.ContainerUpdate(ctx, c.ID,
		container.UpdateConfig{Resources: container.Resources{Memory: memory, MemorySwap: c.SwapWith(memory)}})
	return e.do(err, model.VerbUpdate, c)
}

// Remove deletes a stopped container and what exists only inside it. Volumes stay, anonymous ones too.
func (e *Engine) Remove(ctx context.Context, c model.Container) error {
	return e.do(e.cli.ContainerRemove(ctx, c.ID, container.RemoveOptions{}), model.VerbRemove, c)
}

// Wait waits until the container is not running and gives its exit code.
func (e *Engine) Wait(ctx context.Context, id string) (int, error) {
	done, failed := e.cli.ContainerWait(ctx, id, container.WaitConditionNotRunning)
	select {
	case r := <-done:
		return int(r.StatusCode), nil
	case err := <-failed:
		return 0, explain(err, subject{what: model.Say("engine.cannot-watch-the-container"), container: id})
	}
}

// do words the error of a call that changes a container.
func (e *Engine) do(err error, verb model.Verb, c model.Container) error {
	return explain(err, subject{what: model.Cannot(verb, c.Name), container: c.ID})
}

func stopOptions(grace int) container.StopOptions {
	if grace < 0 {
		return container.StopOptions{}
	}
	return container.StopOptions{Timeout: &grace}
}

func fromSummary(c container.Summary) model.Container {
	out := model.Container{
		ID: c.ID, Image: c.Image, ImageID: c.ImageID, Command: c.Command, Created: unix(c.Created),
		State: model.State(c.State), Labels: c.Labels, HostNetwork: container.NetworkMode(c.HostConfig.NetworkMode).IsHost(),
	}
	if len(c.Names) > 0 {
		// Links give a container more names, with a second slash; its own has one.
		out.Name = strings.TrimPrefix(c.Names[0], "/")
		for _, n := range c.Names {
			if strings.Count(n, "/") == 1 {
				out.Name = strings.TrimPrefix(n, "/")
			}
		}
	}
	out.Name = nameOf(out.Name, c.ID)
	out.ExitCode, out.Health = parseStatus(c.Status)
	for _, p := range c.Ports {
		out.Ports = append(out.Ports,
			published(model.PublishedPort{HostIP: p.IP, HostPort: p.PublicPort, Container: p.PrivatePort, Protocol: p.Type}))
	}
	sortPorts(out.Ports)
	out.Mounts = fromMounts(c.Mounts)
	if c.NetworkSettings != nil {
		for name := range c.NetworkSettings.Networks {
			out.Networks = append(out.Networks, name)
		}
		slices.Sort(out.Networks)
	}
	return out
}

// fromMounts are by their places: engines tell them in another order each time.
func fromMounts(list []container.MountPoint) []model.Mount {
	var out []model.Mount
	for _, m := range list {
		out = append(out,
			model.Mount{Type: string(m.Type), Name: m.Name, Source: m.Source, Destination: m.Destination, ReadOnly: !m.RW})
	}
	slices.SortFunc(out, func(a, b model.Mount) int { return cmp.Compare(a.Destination, b.Destination) })
	return out
}

// statusText is the list's only trace of exit code and health, for example "Exited (137) 3 hours ago" or
// "Up 2 minutes (healthy)".
var (
	statusExit   = regexp.MustCompile(`^(?:Exited|Restarting) \((-?\d+)\)`)
	statusHealth = regexp.MustCompile(`\((?:health: )?(starting|healthy|unhealthy)\)$`)
)

func parseStatus(text string) (exit int, health string) {
	if m := statusExit.FindStringSubmatch(text); m != nil {
		exit, _ = strconv.Atoi(m[1])
	}
	if m := statusHealth.FindStringSubmatch(text); m != nil {
		health = m[1]
	}
	return exit, health
}

// connections is how a container was connected to the networks beside its first one.
func connections(c container.InspectResponse) []model.Connection {
	if c.ContainerJSONBase == nil || c.HostConfig == nil || c.Config == nil {
		return nil
	}
	_, further := askedNetworks(c)
	var list []model.Connection
	for _, name := range slices.Sorted(maps.Keys(further)) {
		n := further[name]
		var words []string
		add := func(option string, values ...string) {
			for _, v := range values {
				if v != "" {
					words = append(words, option, v)
				}
			}
		}
		add("--alias", n.Aliases...)
		if a := n.IPAMConfig; a != nil {
			add("--ip", a.IPv4Address)
			add("--ip6", a.IPv6Address)
			add("--link-local-ip", a.LinkLocalIPs...)
		}
		add("--link", n.Links...)
		for _, k := range slices.Sorted(maps.Keys(n.DriverOpts)) {
			add("--driver-opt", k+"="+n.DriverOpts[k])
		}
		list = append(list, model.Connection{Network: name, Options: words})
	}
	return list
}

func fromInspect(c container.InspectResponse) model.Container {
	out := model.Container{Inspected: true}
	if c.ContainerJSONBase != nil {
		out.ID, out.Name, out.ImageID, out.Created = c.ID, nameOf(strings.TrimPrefix(c.Name, "/"), c.ID), c.Image,
			stamp(c.Created)
		out.Argv = append([]string{c.Path}, c.Args...)
		out.Command = strings.Join(out.Argv, " ")
		out.RestartCount = c.RestartCount
		fillState(&out, c.State)
		if c.HostConfig != nil {
			fillHost(&out, c.HostConfig)
		}
	}
	if cfg := c.Config; cfg != nil {
		out.Reference = cfg.Image
		out.Image, out.Labels, out.TTY, out.WorkingDir, out.User, out.Env = cfg.Image, cfg.Labels, cfg.Tty, cfg.WorkingDir,
			cfg.User, cfg.Env
		if cfg.StopTimeout != nil {
			out.StopTimeout = *cfg.StopTimeout
		}
	}
	out.Mounts = fromMounts(c.Mounts)
	if h := c.HostConfig; c.ContainerJSONBase != nil && h != nil { // of which engines do not tell among the mounts
		for _, at := range slices.Sorted(maps.Keys(h.Tmpfs)) {
			out.Mounts = append(out.Mounts, model.Mount{Type: "tmpfs", Destination: at})
		}
	}
	if n := c.NetworkSettings; n != nil {
		for name := range n.Networks {
			out.Networks = append(out.Networks, name)
		}
		slices.Sort(out.Networks)
		out.Connections = connections(c)
		out.Ports = portsOf(n.Ports)
	}
	return out
}

// fillHost tells what of the computer a container has.
func fillHost(out *model.Container, h *container.HostConfig) {
	out.AutoRemove, out.ReadOnly = h.AutoRemove, h.ReadonlyRootfs
	out.RestartPolicy = string(h.RestartPolicy.Name)
	out.Privileged, out.HostNetwork = h.Privileged, h.NetworkMode.IsHost()
	out.MemorySwap = h.MemorySwap
	out.Memory, out.CPUs, out.SharedProcesses = h.Memory, cpuLimit(h.Resources),
		h.PidMode != "" && h.PidMode != "private"
	if h.PidsLimit != nil && *h.PidsLimit > 0 {
		out.Processes = *h.PidsLimit
	}
	for _, other := range []string{h.NetworkMode.ConnectedContainer(), h.IpcMode.Container(), h.PidMode.Container()} {
		if other != "" {
			out.SharesWith = append(out.SharesWith, other)
		}
	}
}

// portsOf are the ports of a container, in order, published or not.
func portsOf(ports nat.PortMap) []model.PublishedPort {
	var list []model.PublishedPort
	for port, bindings := range ports {
		base := model.PublishedPort{Container: uint16(port.Int()), Protocol: port.Proto()}
		if len(bindings) == 0 {
			list = append(list, base)
		}
		for _, b := range bindings {
			p := base
			p.HostIP = b.HostIP
			n, _ := strconv.ParseUint(b.HostPort, 10, 16)
			p.HostPort = uint16(n)
			list = append(list, published(p))
		}
	}
	sortPorts(list)
	return list
}

// published is a port with its address as Go writes it. One that is bound to no address is reached by nobody: what an
// engine says becomes a part of web addresses.
func published(p model.PublishedPort) model.PublishedPort {
	if p.HostIP == "" {
		return p
	}
	at, err := netip.ParseAddr(p.HostIP)
	if err != nil || at.Zone() != "" {
		p.HostIP, p.HostPort = "", 0
		return p
	}
	p.HostIP = at.Unmap().String()
	return p
}

// cpuLimit is how many processors a container may keep busy, 0 for all. Compose and old programs say it as time in a
// period.
func cpuLimit(r container.Resources) float64 {
	switch {
	case r.NanoCPUs > 0:
		return float64(r.NanoCPUs) / 1e9
	case r.CPUQuota > 0:
		return float64(r.CPUQuota) / float64(cmp.Or(r.CPUPeriod, usualPeriod))
	}
	return 0
}

// usualPeriod is the kernel's own in microseconds, which the engine tells as 0.
const usualPeriod = 100_000

func fillState(out *model.Container, s *container.State) {
	if s == nil {
		return
	}
	out.State, out.ExitCode, out.OOMKilled, out.Error = model.State(s.Status), s.ExitCode, s.OOMKilled, s.Error
	out.StartedAt, out.FinishedAt = stamp(s.StartedAt), stamp(s.FinishedAt)
	if s.Health != nil && s.Health.Status != container.NoHealthcheck {
		out.Health = s.Health.Status
		for _, p := range s.Health.Log {
			if p != nil {
				out.Probes = append(out.Probes, model.Probe{At: p.Start, Code: p.ExitCode, Output: p.Output})
			}
		}
	}
}

// sortPorts puts published ports first, then by number, so that a row does not change when the engine's map does.
func sortPorts(ports []model.PublishedPort) {
	slices.SortFunc(ports, func(a, b model.PublishedPort) int {
		if (a.HostPort == 0) != (b.HostPort == 0) {
			if a.HostPort == 0 {
				return 1
			}
			return -1
		}
		if d := int(a.Container) - int(b.Container); d != 0 {
			return d
		}
		if d := strings.Compare(a.Protocol, b.Protocol); d != 0 {
			return d
		}
		if d := int(a.HostPort) - int(b.HostPort); d != 0 {
			return d
		}
		return strings.Compare(a.HostIP, b.HostIP)
	})
}

// Exit is how a container's process ended.
type Exit struct {
	Code int
	// Err says that the exit could not be watched.
	Err error
}

// NextExit watches for the next end of the container's process. It is set up when the function returns, so that a
// start after it cannot be missed. The channel gets one value.
func (e *Engine) NextExit(ctx context.Context, id string) <-chan Exit {
	done, failed := e.cli.ContainerWait(ctx, id, container.WaitConditionNextExit)
	out := make(chan Exit, 1)
	go func() {
		select {
		case r := <-done:
			out <- Exit{Code: int(r.StatusCode)}
		case err := <-failed:
			out <- Exit{Err: explain(err, subject{what: model.Say("engine.cannot-watch-the-container"), container: id})}
		}
	}()
	return out
}
