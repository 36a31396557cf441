package engine

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"slipway/engine/model"
	"slipway/engine/runspec"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/mount"
	"github.com/docker/docker/api/types/versions"
	"github.com/docker/go-connections/nat"
	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
)

// defaultShm is what engines give for /dev/shm when nobody asks for another size.
const defaultShm = 64 << 20

// Spec is how a container was made, as one that could be made again: what its image says by itself and what the
// engine adds is left out, as a person would. left names settings of it that no line of docker run says, and
// labels that a copy must not have.
func (e *Engine) Spec(ctx context.Context, id string) (s runspec.Spec, left []model.Fact, err error) {
	c, err := e.cli.ContainerInspect(ctx, id)
	if err != nil {
		return s, nil, explain(err, subject{what: model.Say("engine.cannot-look-at-the-container"), container: id})
	}
	image, err := e.Image(ctx, c.Image)
	if err != nil && !model.IsKind(err, model.ProblemNotFound) { // without its image, everything is told
		return s, nil, err
	}
	if e.dialect.tellsDefaults {
		e.asAsked(&c, image)
	}
	of, err := e.imageConfig(ctx, c.Image)
	if err != nil {
		return s, nil, err
	}
	was := asked(c, of, e.info)
	s = fromConfig(was.cfg, image)
	s.Name = strings.TrimPrefix(c.Name, "/")
	fromHostConfig(&s, was.host)
	if c.Config.Labels[model.LabelVersion] != "" { // Slipway says -v, and makes no folder that is not there
		for i := range s.Mounts {
			s.Mounts[i].Long = s.Mounts[i].Long && len(s.Mounts[i].Options) > 0
		}
	}
	if s.Network != "" {
		s.Aliases = was.first.Aliases
	}
	s.More = readMore(was)
	if !e.atLeast(severalNetworks) {
		delete(s.More, "network")
	}
	if info := e.Info(); image.Architecture != "" && image.Architecture != info.Arch {
		s.Platform = image.OS + "/" + image.Architecture
	}
	left = anonymousLeft(c, image)
	if e.dialect.tellsDefaults {
		s.More = nil // it tells its own as if somebody had asked for it
		return s, append(left, e.uncarried(c)...), nil
	}
	return s, append(left, e.unsaid(c, was)...), nil
}

// severalNetworks is the oldest API that connects a container to several networks when it is made.
const severalNetworks = "1.44"

// atLeast tells whether the engine speaks a version of the API, or a newer one.
func (e *Engine) atLeast(version string) bool {
	return versions.GreaterThanOrEqualTo(e.info.APIVersion, version)
}

// imageConfig is what an image says about the containers of it, nil where it is gone.
func (e *Engine) imageConfig(ctx context.Context, id string) (*dockerspec.DockerOCIImageConfig, error) {
	i, err := e.cli.ImageInspect(ctx, id)
	if errdefs.IsNotFound(err) {
		return nil, nil //nolint:nilnil // which says that it is gone
	}
	return i.Config, explain(err, subject{what: model.Say("engine.cannot-look-at-the-image-of")})
}

// anonymousLeft names the anonymous volumes that another container would not have. Of those that the image has at a
// place, or that were asked for, it gets one of its own.
func anonymousLeft(c container.InspectResponse, image model.ImageDetail) []model.Fact {
	var left []model.Fact
	for _, m := range c.Mounts {
		if m.Type != mount.TypeVolume || !anonymousName.MatchString(m.Name) {
			continue
		}
		_, wanted := c.Config.Volumes[m.Destination]
		wanted = wanted || slices.Contains(image.Volumes, m.Destination) ||
			slices.ContainsFunc(c.HostConfig.Mounts, func(o mount.Mount) bool {
				return o.Target == m.Destination && o.Source == ""
			})
		if !wanted || byName(c.HostConfig, m.Name) {
			left = append(left, model.Say("engine.an-anonymous-volume-at", model.Args{"Destination": model.Name(m.Destination)}))
		}
	}
	return left
}

// byName tells whether a volume was mounted by its name.
func byName(h *container.HostConfig, volume string) bool {
	return slices.ContainsFunc(h.Mounts, func(m mount.Mount) bool { return m.Source == volume }) ||
		slices.ContainsFunc(h.Binds, func(b string) bool { return runspec.ParseBind(b).Source == volume })
}

// fromConfig is what of the container itself differs from its image.
func fromConfig(cfg *container.Config, image model.ImageDetail) runspec.Spec {
	s := runspec.Spec{
		Image: cfg.Image, Hostname: cfg.Hostname, TTY: cfg.Tty, Interactive: cfg.OpenStdin,
		Labels: map[string]string{},
	}
	for _, line := range cfg.Env {
		if name, value, given := strings.Cut(line, "="); given && !slices.Contains(image.Env, line) {
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
		if own, ok := image.Labels[k]; (!ok || own != v) && !model.Reserved(k) && k != model.LabelVersion &&
			runspec.BelongsTo(k, v).None() {
			s.Labels[k] = v
		}
	}
	return s
}

// fromHostConfig is what the engine was asked to do around the container.
func fromHostConfig(s *runspec.Spec, h *container.HostConfig) {
	s.Ports, s.Mounts, s.Devices = fromBindings(h.PortBindings), ownMounts(h), fromDevices(h)
	s.AutoRemove, s.Memory, s.CPUs, s.GroupAdd, s.UserNS = h.AutoRemove, h.Memory, float64(h.NanoCPUs)/1e9, h.GroupAdd,
		string(h.UsernsMode)
	if h.ShmSize != defaultShm {
		s.ShmSize = h.ShmSize
	}
	if name := string(h.RestartPolicy.Name); name != "no" {
		s.Restart = name
		if n := h.RestartPolicy.MaximumRetryCount; n > 0 {
			s.Restart += ":" + strconv.Itoa(n)
		}
	}
	s.GPUs = slices.ContainsFunc(h.DeviceRequests, allGPUs)
	if n := h.NetworkMode; !n.IsDefault() && n != "bridge" {
		s.Network = string(n)
	}
	s.ExtraHosts, s.CapAdd, s.CapDrop, s.SecurityOpts, s.Privileged = h.ExtraHosts, h.CapAdd, h.CapDrop, h.SecurityOpt,
		h.Privileged
	s.Init = h.Init != nil && *h.Init
}

// ownMounts are the mounts that somebody asked for. What is there by a name that an engine made up is anonymous all the
// same where a change mounted it again.
func ownMounts(h *container.HostConfig) (list []runspec.Mount) {
	for _, b := range h.Binds {
		if m := runspec.ParseBind(b); m.Kind != runspec.Volume || !anonymousName.MatchString(m.Source) {
			list = append(list, m)
		}
	}
	for _, m := range h.Mounts {
		if inField(m) && (m.Type == mount.TypeBind || !anonymousName.MatchString(m.Source)) {
			list = append(list, fromMount(m))
		}
	}
	return list
}

// fromDevices are a container's devices as --device takes them.
func fromDevices(h *container.HostConfig) (list []string) {
	for _, d := range h.Devices {
		// as docker has it without a word
		text, wide := d.PathOnHost, d.CgroupPermissions == "rwm" || d.CgroupPermissions == ""
		if d.PathInContainer != d.PathOnHost || !wide {
			text += ":" + d.PathInContainer
		}
		if !wide {
			text += ":" + d.CgroupPermissions
		}
		list = append(list, text)
	}
	for _, r := range h.DeviceRequests {
		if r.Driver == cdi {
			list = append(list, r.DeviceIDs...)
		}
	}
	return list
}

// fromBindings are published ports, those that follow one another in ranges.
func fromBindings(bindings nat.PortMap) []runspec.Port {
	var list []runspec.Port
	for port, bound := range bindings {
		for _, b := range bound {
			first, last, _ := nat.ParsePortRange(b.HostPort) // "" is the engine's choice
			p := runspec.Port{HostIP: b.HostIP, HostPort: uint16(first), Container: uint16(port.Int())}
			if last > first {
				p.HostEnd = uint16(last)
			}
			if port.Proto() != "tcp" {
				p.Protocol = port.Proto()
			}
			list = append(list, p)
		}
	}
	slices.SortFunc(list, func(a, b runspec.Port) int {
		return cmp.Or(cmp.Compare(a.Protocol, b.Protocol), cmp.Compare(a.HostIP, b.HostIP),
			cmp.Compare(a.Container, b.Container), cmp.Compare(a.HostPort, b.HostPort))
	})
	return runspec.FoldPorts(list)
}

// unsaid names what a container has that no line of docker run says, and what a copy must not have.
func (e *Engine) unsaid(c container.InspectResponse, was settings) []model.Fact {
	var left []model.Fact
	if h := was.cfg.Healthcheck; h != nil && len(h.Test) > 0 && len(readHealthCmd(was))+len(readNoHealth(was)) == 0 {
		left = append(left, model.Say("engine.its-health-check-which-is"))
	}
	if slices.ContainsFunc(was.host.SecurityOpt, runspec.OwnProfile) {
		left = append(left, model.Say("engine.its-own-profile-of-seccomp"))
	}
	if !e.atLeast(severalNetworks) && len(was.further) > 0 {
		left = append(left, model.Say("engine.more-than-one-network"))
	}
	if len(was.first.DriverOpts) > 0 || was.first.GwPriority != 0 {
		left = append(left, model.Say("engine.options-of-its-network"))
	}
	for _, name := range slices.Sorted(maps.Keys(was.further)) {
		if len(was.further[name].Links) > 0 {
			left = append(left, model.Say("engine.links-in-the-network", model.Args{"Name": model.Name(name)}))
		}
	}
	for _, m := range was.host.Mounts {
		if m.BindOptions != nil && m.BindOptions.CreateMountpoint ||
			m.TmpfsOptions != nil && len(m.TmpfsOptions.Options) > 0 || m.ClusterOptions != nil {
			left = append(left, model.Say("engine.options-of-what-is-mounted", model.Args{"Target": model.Name(m.Target)}))
		}
	}
	for _, line := range was.cfg.Env {
		if !strings.Contains(line, "=") {
			left = append(left,
				model.Say("engine.the-variable-of-its-image", model.Args{"Variable": model.Name(runspec.Shorten(line))}))
		}
	}
	for _, owner := range owners(c.Config.Labels) {
		left = append(left, model.Say("engine.the-labels-of", model.Args{"Owner": owner}))
	}
	return left
}

// owners names those to whom a container belongs by its labels, the more telling words only.
func owners(labels map[string]string) []model.Fact {
	seen := map[string]model.Fact{}
	for k, v := range labels {
		if to := runspec.BelongsTo(k, v); !to.None() {
			group, _, _ := strings.Cut(strings.TrimPrefix(k, "com.docker."), ".")
			if to.Args != nil || seen[group].None() { // one that is named
				seen[group] = to
			}
		}
	}
	return slices.SortedFunc(maps.Values(seen), func(a, b model.Fact) int { return cmp.Compare(a.Code, b.Code) })
}
