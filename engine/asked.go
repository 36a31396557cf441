package engine

import (
	"maps"
	"slices"
	"strings"

	"slipway/engine/model"
	"slipway/engine/runspec"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/mount"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/go-connections/nat"
	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
)

// asked is what of a container's settings somebody asked for. What its image says, of which of may be nil, and what the
// engine adds by itself (moby's daemon.adaptContainerSettings and merge) is left out. It changes nothing of c.
func asked(c container.InspectResponse, of *dockerspec.DockerOCIImageConfig, info model.EngineInfo) settings {
	cfg, host := *c.Config, *c.HostConfig
	s := settings{&cfg, &host, &network.EndpointSettings{}, map[string]*network.EndpointSettings{}}
	withoutImage(&cfg, of, host.PortBindings)
	withoutEngines(&host, info)
	switch {
	case cfg.Hostname == c.ID[:min(12, len(c.ID))]: // moby's choice
		cfg.Hostname = ""
	case sharesName(c, info):
		cfg.Hostname, cfg.Domainname = "", ""
	}
	s.first, s.further = askedNetworks(c)
	return s
}

// askedNetworks is what was asked for in the network of a container's mode, and in the others by name.
func askedNetworks(
	c container.InspectResponse,
) (first *network.EndpointSettings, further map[string]*network.EndpointSettings) {
	first, further = &network.EndpointSettings{}, map[string]*network.EndpointSettings{}
	if c.NetworkSettings == nil {
		return first, further
	}
	mode := c.HostConfig.NetworkMode
	for name, n := range c.NetworkSettings.Networks {
		switch {
		case n == nil:
		case name == mode.NetworkName() || mode.IsDefault() && name == network.NetworkBridge:
			first = askedOf(c.ID, n)
			first.MacAddress = c.Config.MacAddress //nolint:staticcheck // the one place where engines tell an address that was asked for
			if !mode.IsUserDefined() {
				first.Links = nil // which are the container's
			}
		default:
			further[name] = askedOf(c.ID, n)
		}
	}
	return first, further
}

// askedOf is what was asked for of a network.
func askedOf(id string, n *network.EndpointSettings) *network.EndpointSettings {
	// The engine adds the container's short ID, and some list it beside those that were asked for.
	aliases := slices.DeleteFunc(slices.Clone(n.Aliases), func(a string) bool {
		return len(a) >= 12 && strings.HasPrefix(id, a)
	})
	return &network.EndpointSettings{
		IPAMConfig: n.IPAMConfig, Links: n.Links, Aliases: aliases, DriverOpts: n.DriverOpts,
		GwPriority: n.GwPriority,
	}
}

// sharesName tells that the container's name of itself is that of the engine's machine, or of another container.
func sharesName(c container.InspectResponse, info model.EngineInfo) bool {
	h := c.HostConfig
	return h.NetworkMode.IsContainer() ||
		(h.NetworkMode.IsHost() || h.UTSMode.IsHost()) && c.Config.Hostname+domain(c.Config.Domainname) == info.Name
}

func domain(name string) string {
	if name == "" {
		return ""
	}
	return "." + name
}

// withoutImage takes off what the image says by itself.
func withoutImage(cfg *container.Config, of *dockerspec.DockerOCIImageConfig, bindings nat.PortMap) {
	if of == nil {
		return
	}
	cfg.StopSignal = other(cfg.StopSignal, of.StopSignal)
	if len(cfg.Entrypoint) == 0 && len(of.Entrypoint) > 0 {
		cfg.Entrypoint = []string{""} // as --entrypoint "" takes the image's off
	}
	cfg.Healthcheck = ownHealth(cfg.Healthcheck, of.Healthcheck)
	cfg.ExposedPorts = maps.Clone(cfg.ExposedPorts)
	for p := range of.ExposedPorts {
		delete(cfg.ExposedPorts, nat.Port(p))
	}
	for p := range bindings { // which exposes it
		delete(cfg.ExposedPorts, p)
	}
	cfg.Volumes = maps.Clone(cfg.Volumes)
	for v := range of.Volumes {
		delete(cfg.Volumes, v)
	}
}

// ownHealth is a health check without what it has from the image's; nil when that is all of it.
func ownHealth(h, image *container.HealthConfig) *container.HealthConfig {
	if h == nil || image == nil {
		return h
	}
	own := *h
	if slices.Equal(own.Test, image.Test) {
		own.Test = nil
	}
	own.Interval = other(own.Interval, image.Interval)
	own.Timeout = other(own.Timeout, image.Timeout)
	own.StartPeriod = other(own.StartPeriod, image.StartPeriod)
	own.StartInterval = other(own.StartInterval, image.StartInterval)
	if own.Retries = other(own.Retries, image.Retries); own.Test == nil &&
		own.Interval+own.Timeout+own.StartPeriod+own.StartInterval == 0 && own.Retries == 0 {
		return nil
	}
	return &own
}

// other is a value, or nothing where it is only what was there before.
func other[T comparable](value, before T) T {
	var none T
	if value == before {
		return none
	}
	return value
}

// withoutEngines takes off what the engine adds where nobody says anything.
func withoutEngines(h *container.HostConfig, info model.EngineInfo) {
	h.IpcMode = other(h.IpcMode, container.IPCModePrivate)
	h.Runtime = other(h.Runtime, info.Runtime)
	h.Isolation = other(h.Isolation, container.IsolationDefault)
	usual := container.CgroupnsModePrivate
	if info.CgroupVersion != "2" {
		usual = container.CgroupnsModeHost
	}
	h.CgroupnsMode = other(h.CgroupnsMode, usual)
	if h.LogConfig.Type == info.LogDriver && len(h.LogConfig.Config) == 0 {
		h.LogConfig.Type = ""
	}
	// As much swap as memory is what a limit of memory brings; -1 is what an engine without limits of swap makes of that.
	if h.MemorySwap == 2*h.Memory || h.MemorySwap == -1 && !info.SwapLimit {
		h.MemorySwap = 0
	}
	if n := h.MemorySwappiness; n != nil && *n == -1 {
		h.MemorySwappiness = nil
	}
	if n := h.PidsLimit; n != nil && *n == 0 {
		h.PidsLimit = nil
	}
	if h.IpcMode.IsHost() || h.PidMode.IsHost() || h.Privileged { // SELinux would be in the way
		h.SecurityOpt = slices.DeleteFunc(slices.Clone(h.SecurityOpt), func(o string) bool {
			return o == "label=disable" || o == "label:disable"
		})
	}
	if h.MaskedPaths != nil && len(h.MaskedPaths) == 0 && !h.Privileged {
		h.SecurityOpt = append(slices.Clip(h.SecurityOpt), unmasked)
	}
}

// unmasked is the security option that docker itself carries out: the engine is told that no paths are hidden.
const unmasked = "systempaths=unconfined"

// fromMount is a folder or a volume as a spec has it, said with --mount.
func fromMount(m mount.Mount) runspec.Mount {
	return runspec.Mount{
		Kind: runspec.MountKind(m.Type), Source: m.Source, Target: m.Target, ReadOnly: m.ReadOnly,
		Options: mountOptions(m), Long: true,
	}
}
