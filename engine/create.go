package engine

import (
	"context"
	"maps"
	"strconv"
	"strings"

	"slipway/engine/model"
	"slipway/engine/runspec"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/mount"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/go-connections/nat"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// Create makes a container as the spec says and does not start it. extra are Slipway's own labels, which are signed. Folders
// that do not exist are refused, never made. It returns the full ID, and the engine's warnings.
func (e *Engine) Create(ctx context.Context, s runspec.Spec, extra map[string]string) (id string, warnings []string, err error) {
	cfg, host, err := createConfig(s, extra)
	if err != nil {
		return "", nil, err
	}
	what := "Cannot make a container of " + s.Image
	if s.Name != "" {
		what = "Cannot make “" + s.Name + "”"
	}
	if err := e.refuse(s, what); err != nil {
		return "", nil, err
	}
	if e.isPodman() {
		grace := podmanGrace // for whoever stops it
		cfg.StopTimeout = &grace
		commasAsBinds(host)
	}
	var networks *network.NetworkingConfig
	if len(s.Aliases) > 0 {
		networks = &network.NetworkingConfig{EndpointsConfig: map[string]*network.EndpointSettings{s.Network: {Aliases: s.Aliases}}}
	}
	platform, err := parsePlatform(s.Platform)
	if err != nil {
		return "", nil, err
	}
	e.sign(ctx, cfg)
	r, err := e.cli.ContainerCreate(ctx, cfg, host, networks, platform, s.Name)
	if err != nil {
		return "", nil, e.whyNotCreated(ctx, s, what, err)
	}
	return r.ID, r.Warnings, nil
}

// ImageMissing tells whether [Engine.Create] failed because the engine has no such image, or not for the platform that
// was asked for.
func ImageMissing(err error) bool { return errdefs.IsNotFound(err) }

// whyNotCreated explains the engine's refusal to make a container.
func (e *Engine) whyNotCreated(ctx context.Context, s runspec.Spec, what string, err error) error {
	if p := missingFolder(err, what); p != nil {
		return p
	}
	if s.Platform != "" && errdefs.IsNotFound(err) {
		if _, there := e.cli.ImageInspect(ctx, s.Image); there == nil {
			return model.NewProblem(model.ProblemNotFound, err, what, "The image "+s.Image+" is here, but not for "+s.Platform+".", "Choose another platform, or leave it to the engine.")
		}
	}
	return explain(err, subject{what: what})
}

// parsePlatform reads what --platform takes; nil for "".
func parsePlatform(text string) (*ocispec.Platform, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // the API's word for the engine's own
	}
	p, err := v1.ParsePlatform(text)
	if err != nil || p.OS == "" || p.Architecture == "" {
		return nil, model.NewProblem(model.ProblemBadInput, err, "“"+text+"” is not a platform", "", "Write it as system/architecture, for example linux/amd64.")
	}
	return &ocispec.Platform{OS: p.OS, Architecture: p.Architecture, Variant: p.Variant, OSVersion: p.OSVersion}, nil
}

// missingFolder explains the engine's refusal of a bind mount, which has the class of any bad input.
func missingFolder(err error, what string) error {
	const mark = "bind source path does not exist: "
	_, path, ok := strings.Cut(err.Error(), mark)
	if !ok {
		return nil
	}
	return noFolder(err, what, path)
}

func noFolder(err error, what, path string) *model.Problem {
	return model.NewProblem(model.ProblemNotFound, err, what, "The engine does not find the folder "+path+".", "Create the folder, or choose another one.")
}

func createConfig(s runspec.Spec, extra map[string]string) (*container.Config, *container.HostConfig, error) {
	labels := map[string]string{}
	maps.Copy(labels, s.Labels)
	maps.DeleteFunc(labels, func(l, _ string) bool { return model.Reserved(l) }) // nobody's but Slipway's to say
	maps.Copy(labels, extra)
	cfg := &container.Config{
		Image: s.Image, Entrypoint: s.Entrypoint, Cmd: s.Command, User: s.User, WorkingDir: s.WorkingDir, Labels: labels,
		ExposedPorts: nat.PortSet{}, Hostname: s.Hostname, Tty: s.TTY, OpenStdin: s.Interactive,
	}
	for _, v := range s.Env {
		cfg.Env = append(cfg.Env, v.Name+"="+v.Value)
	}
	host := &container.HostConfig{
		PortBindings: nat.PortMap{}, AutoRemove: s.AutoRemove,
		GroupAdd: s.GroupAdd, ShmSize: s.ShmSize, UsernsMode: container.UsernsMode(s.UserNS),
		Resources:   container.Resources{Memory: s.Memory, NanoCPUs: int64(s.CPUs * 1e9)},
		NetworkMode: container.NetworkMode(s.Network), ExtraHosts: s.ExtraHosts, CapAdd: s.CapAdd, CapDrop: s.CapDrop,
		SecurityOpt: s.SecurityOpts, Privileged: s.Privileged,
	}
	if s.Init {
		host.Init = &s.Init
	}
	for _, d := range s.Devices {
		host.Devices = append(host.Devices, device(d))
	}
	for _, p := range s.Ports {
		proto := p.Protocol
		if proto == "" {
			proto = "tcp"
		}
		port := nat.Port(strconv.Itoa(int(p.Container)) + "/" + proto)
		binding := nat.PortBinding{HostIP: p.HostIP}
		if p.HostPort != 0 {
			binding.HostPort = strconv.Itoa(int(p.HostPort))
		}
		cfg.ExposedPorts[port] = struct{}{}
		host.PortBindings[port] = append(host.PortBindings[port], binding)
	}
	if s.GPUs { // as --gpus all
		host.DeviceRequests = []container.DeviceRequest{{Count: -1, Capabilities: [][]string{{"gpu"}}}}
	}
	for _, m := range s.Mounts {
		if m.Relabel { // which only the older form can say
			host.Binds = append(host.Binds, m.Bind())
			continue
		}
		host.Mounts = append(host.Mounts, mount.Mount{Type: mount.Type(m.Kind), Source: m.Source, Target: m.Target, ReadOnly: m.ReadOnly})
	}
	policy, err := restartPolicy(s.Restart)
	host.RestartPolicy = policy
	return cfg, host, err
}

// device reads what --device takes: a path here, one in the container, and what may be done with it.
func device(text string) container.DeviceMapping {
	parts := strings.Split(text, ":")
	d := container.DeviceMapping{PathOnHost: parts[0], PathInContainer: parts[0], CgroupPermissions: "rwm"}
	for _, p := range parts[1:] {
		if strings.HasPrefix(p, "/") {
			d.PathInContainer = p
		} else if p != "" {
			d.CgroupPermissions = p
		}
	}
	return d
}

// restartPolicy reads what --restart takes.
func restartPolicy(text string) (container.RestartPolicy, error) {
	name, count, counted := strings.Cut(text, ":")
	p := container.RestartPolicy{Name: container.RestartPolicyMode(name)}
	if counted {
		n, err := strconv.Atoi(count)
		if err != nil || n < 0 {
			return p, model.NewProblem(model.ProblemBadInput, err, "“"+text+"” is not a restart policy", "", "Write on-failure:N with a number.")
		}
		p.MaximumRetryCount = n
	}
	return p, nil
}
