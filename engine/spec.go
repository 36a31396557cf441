package engine

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"slipway/engine/model"
	"slipway/engine/runspec"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/mount"
	"github.com/docker/go-connections/nat"
)

// defaultShm is what engines give for /dev/shm when nobody asks for another size.
const defaultShm = 64 << 20

// Spec is how a container was made, as one that could be made again: what its image says by itself is left out, as a
// person would. left names settings of it that a spec cannot say.
func (e *Engine) Spec(ctx context.Context, id string) (s runspec.Spec, left []string, err error) {
	c, err := e.cli.ContainerInspect(ctx, id)
	if err != nil {
		return s, nil, explain(err, subject{what: "Cannot look at the container", container: id})
	}
	image, err := e.Image(ctx, c.Image)
	if err != nil && !model.IsKind(err, model.ProblemNotFound) { // without its image, everything is told
		return s, nil, err
	}
	if e.isPodman() {
		e.asAsked(&c, image)
	}
	s = fromConfig(c.Config, image)
	s.Name = strings.TrimPrefix(c.Name, "/")
	if strings.HasPrefix(c.ID, s.Hostname) || c.HostConfig.NetworkMode.IsHost() {
		s.Hostname = "" // the engine chose it
	}
	fromHostConfig(&s, c.HostConfig)
	if endpoint := c.NetworkSettings.Networks[s.Network]; endpoint != nil {
		// The engine adds the container's short ID, and some list it beside those that were asked for.
		s.Aliases = slices.DeleteFunc(slices.Clone(endpoint.Aliases), func(a string) bool { return strings.HasPrefix(c.ID, a) })
	}
	if info := e.Info(); image.Architecture != "" && image.Architecture != info.Arch {
		s.Platform = image.OS + "/" + image.Architecture
	}
	for _, m := range c.Mounts { // named volumes and folders that -v made known only here are in the host's part already
		// Of those that the image has at a place, another container gets one of its own, unless they were mounted by their names.
		if m.Type == mount.TypeVolume && anonymousName.MatchString(m.Name) && (!slices.Contains(image.Volumes, m.Destination) || byName(c.HostConfig, m.Name)) {
			left = append(left, "an anonymous volume at "+m.Destination)
		}
	}
	return s, append(left, unsaid(c)...), nil
}

// byName tells whether a volume was mounted by its name.
func byName(h *container.HostConfig, volume string) bool {
	return slices.ContainsFunc(h.Mounts, func(m mount.Mount) bool { return m.Source == volume }) ||
		slices.ContainsFunc(h.Binds, func(b string) bool { return fromBind(b).Source == volume })
}

// fromConfig is what of the container itself differs from its image.
func fromConfig(cfg *container.Config, image model.ImageDetail) runspec.Spec {
	s := runspec.Spec{Image: cfg.Image, Hostname: cfg.Hostname, TTY: cfg.Tty, Interactive: cfg.OpenStdin, Labels: map[string]string{}}
	for _, line := range cfg.Env {
		if name, value, _ := strings.Cut(line, "="); !slices.Contains(image.Env, line) {
			s.Env = append(s.Env, runspec.Env{Name: name, Value: value, Secret: runspec.SecretEnv(name, value)})
		}
	}
	if !slices.Equal(cfg.Entrypoint, image.Entrypoint) {
		s.Entrypoint = cfg.Entrypoint
	}
	if !slices.Equal(cfg.Cmd, image.Cmd) || len(s.Entrypoint) > 0 { // another entrypoint drops the image's command
		s.Command = cfg.Cmd
	}
	if cfg.User != image.User {
		s.User = cfg.User
	}
	if cfg.WorkingDir != image.WorkingDir {
		s.WorkingDir = cfg.WorkingDir
	}
	for k, v := range cfg.Labels {
		if own, ok := image.Labels[k]; (!ok || own != v) && !model.Reserved(k) && k != model.LabelVersion {
			s.Labels[k] = v
		}
	}
	return s
}

// fromHostConfig is what the engine was asked to do around the container.
func fromHostConfig(s *runspec.Spec, h *container.HostConfig) {
	for _, port := range slices.Sorted(maps.Keys(h.PortBindings)) {
		for _, b := range h.PortBindings[port] {
			n, _ := nat.ParsePort(b.HostPort) // "" is the engine's choice
			p := runspec.Port{HostIP: b.HostIP, HostPort: uint16(n), Container: uint16(port.Int())}
			if port.Proto() != "tcp" {
				p.Protocol = port.Proto()
			}
			s.Ports = append(s.Ports, p)
		}
	}
	for _, b := range h.Binds {
		if m := fromBind(b); m.Kind != runspec.Volume || !anonymousName.MatchString(m.Source) {
			s.Mounts = append(s.Mounts, m)
		}
	}
	for _, m := range h.Mounts {
		// What is there by the name that an engine made up is anonymous all the same: a change mounted it again.
		if m.Type == mount.TypeBind || m.Type == mount.TypeVolume && m.Source != "" && !anonymousName.MatchString(m.Source) {
			s.Mounts = append(s.Mounts, runspec.Mount{Kind: runspec.MountKind(m.Type), Source: m.Source, Target: m.Target, ReadOnly: m.ReadOnly})
		}
	}
	s.AutoRemove, s.Memory, s.CPUs, s.GroupAdd, s.UserNS = h.AutoRemove, h.Memory, cpuLimit(h.Resources), h.GroupAdd, string(h.UsernsMode)
	if h.ShmSize != defaultShm {
		s.ShmSize = h.ShmSize
	}
	if name := string(h.RestartPolicy.Name); name != "no" {
		s.Restart = name
		if n := h.RestartPolicy.MaximumRetryCount; n > 0 {
			s.Restart += ":" + strconv.Itoa(n)
		}
	}
	s.GPUs = slices.ContainsFunc(h.DeviceRequests, func(r container.DeviceRequest) bool {
		return r.Count == -1 && slices.ContainsFunc(r.Capabilities, func(c []string) bool { return slices.Contains(c, "gpu") })
	})
	if n := h.NetworkMode; !n.IsDefault() && n != "bridge" {
		s.Network = string(n)
	}
	s.ExtraHosts, s.CapAdd, s.CapDrop, s.SecurityOpts, s.Privileged = h.ExtraHosts, h.CapAdd, h.CapDrop, h.SecurityOpt, h.Privileged
	if s.Privileged {
		s.SecurityOpts = nil // the engine adds them by itself
	}
	s.Init = h.Init != nil && *h.Init
	for _, d := range h.Devices {
		text := d.PathOnHost
		if d.PathInContainer != d.PathOnHost || d.CgroupPermissions != "rwm" {
			text += ":" + d.PathInContainer
			if d.CgroupPermissions != "" {
				text += ":" + d.CgroupPermissions
			}
		}
		s.Devices = append(s.Devices, text)
	}
}

// fromBind reads what -v took.
func fromBind(text string) runspec.Mount {
	parts := strings.Split(text, ":")
	m := runspec.Mount{Kind: runspec.Volume, Source: parts[0]}
	if strings.HasPrefix(parts[0], "/") {
		m.Kind = runspec.Bind
	}
	if len(parts) > 1 {
		m.Target = parts[1]
	}
	if len(parts) > 2 {
		options := strings.Split(parts[2], ",")
		m.ReadOnly, m.Relabel = slices.Contains(options, "ro"), slices.Contains(options, "z")
	}
	return m
}

// podmanPids is the limit of processes that Podman gives every container (containers.conf, pids_limit).
const podmanPids = 2048

// unsaid names what a container has that a spec cannot say.
func unsaid(c container.InspectResponse) []string {
	h := c.HostConfig
	var left []string
	for _, part := range []struct {
		name string
		has  bool
	}{
		{"a health check of its own", c.Config.Healthcheck != nil && len(c.Config.Healthcheck.Test) > 0 && c.Config.Healthcheck.Interval > 0},
		{"links", len(h.Links) > 0},
		{"temporary file systems", len(h.Tmpfs) > 0},
		{"limits of open files and the like", len(h.Ulimits) > 0},
		{"kernel parameters", len(h.Sysctls) > 0},
		{"its own DNS", len(h.DNS)+len(h.DNSSearch)+len(h.DNSOptions) > 0},
		{"volumes of other containers", len(h.VolumesFrom) > 0},
		{"a read-only root", h.ReadonlyRootfs},
		{"a share of the processors", h.CPUShares != 0 || h.CpusetCpus != ""},
		{"a limit of processes", h.PidsLimit != nil && *h.PidsLimit > 0 && *h.PidsLimit != podmanPids},
		{"the host's processes", h.PidMode.IsHost()},
		{"more than one network", len(c.NetworkSettings.Networks) > 1},
	} {
		if part.has {
			left = append(left, part.name)
		}
	}
	return left
}
