package engine

import (
	"cmp"
	"context"
	"maps"
	"reflect"
	"slices"
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

// Create makes a container as the spec says and does not start it. extra are Slipway's own labels, which are signed.
// Folders that do not exist are refused, never made. It returns the full ID, and the engine's warnings.
func (e *Engine) Create(ctx context.Context, s runspec.Spec,
	extra map[string]string,
) (id string, warnings []string, err error) {
	made, err := createConfig(s, extra)
	if err != nil {
		return "", nil, err
	}
	what := model.Say("engine.cannot-make-a-container-of", model.Args{"Image": model.Name(s.Image)})
	if s.Name != "" {
		what = model.Say("engine.cannot-make", model.Args{"Name": model.Name(s.Name)})
	}
	if err := e.refuse(s, what); err != nil {
		return "", nil, err
	}
	e.addProxies(made.cfg)
	if e.dialect.noGrace {
		grace := podmanGrace // for whoever stops it
		made.cfg.StopTimeout = &grace
	}
	if e.dialect.cutsAtCommas {
		commasAsBinds(made.host)
	}
	e.sign(ctx, made.cfg)
	return e.create(ctx, s, made, what)
}

// create makes a container and connects it to its networks. It returns the full ID when there is one, with an error
// too: the caller clears it away.
func (e *Engine) create(ctx context.Context, s runspec.Spec, made settings,
	what model.Fact,
) (id string, warnings []string, err error) {
	platform, err := parsePlatform(s.Platform)
	if err != nil {
		return "", nil, err
	}
	networks, later := made.networks(e.atLeast(severalNetworks))
	r, err := e.cli.ContainerCreate(ctx, made.cfg, made.host, networks, platform, s.Name)
	if err != nil {
		return "", nil, e.whyNotCreated(ctx, s, what, err)
	}
	for _, name := range slices.Sorted(maps.Keys(later)) {
		if err := e.cli.NetworkConnect(ctx, name, r.ID, later[name]); err != nil {
			return r.ID, r.Warnings, explain(err, subject{what: what})
		}
	}
	return r.ID, r.Warnings, nil
}

// networks are those that a container is connected to when it is made, and those afterwards: older engines take one.
func (s settings) networks(several bool) (*network.NetworkingConfig, map[string]*network.EndpointSettings) {
	at, mode := map[string]*network.EndpointSettings{}, cmp.Or(s.host.NetworkMode, network.NetworkDefault).NetworkName()
	if s.first != nil && !reflect.DeepEqual(*s.first, network.EndpointSettings{}) {
		at[mode] = s.first
	}
	if !several {
		s.cfg.MacAddress = macOf(s.first) //nolint:staticcheck // where older engines read it
	} else if maps.Copy(at, s.further); len(s.further) > 0 && s.first != nil {
		at[mode] = s.first // none at all is one, too
	}
	if len(at) == 0 {
		return nil, s.later(several)
	}
	return &network.NetworkingConfig{EndpointsConfig: at}, s.later(several)
}

func (s settings) later(several bool) map[string]*network.EndpointSettings {
	if several {
		return nil
	}
	return s.further
}

func macOf(n *network.EndpointSettings) string {
	if n == nil {
		return ""
	}
	return n.MacAddress
}

// addProxies gives the container the proxies of Docker's configuration, as docker does; what is set by hand counts
// more.
func (e *Engine) addProxies(cfg *container.Config) {
	for _, p := range e.ProxyEnv() {
		if !slices.ContainsFunc(cfg.Env, func(line string) bool {
			name, _, _ := strings.Cut(line, "=")
			return name == p.Name
		}) {
			cfg.Env = append(cfg.Env, p.Name+"="+p.Value)
		}
	}
}

// ImageMissing tells whether [Engine.Create] failed because the engine has no such image, or not for the platform that
// was asked for.
func ImageMissing(err error) bool { return errdefs.IsNotFound(err) }

// whyNotCreated explains the engine's refusal to make a container.
func (e *Engine) whyNotCreated(ctx context.Context, s runspec.Spec, what model.Fact, err error) error {
	if p := e.missingFolder(err, what); p != nil {
		return p
	}
	if s.Platform != "" && errdefs.IsNotFound(err) {
		if _, there := e.cli.ImageInspect(ctx, s.Image); there == nil {
			return &model.Problem{
				Kind: model.ProblemNotFound, Cause: err,
				What: what,
				Why: model.Say("engine.the-image-is-here-but",
					model.Args{"Image": model.Name(s.Image), "Platform": model.Name(s.Platform)}),
				Fix: model.Say("engine.choose-another-platform-or-leave"),
			}
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
		return nil, &model.Problem{
			Kind: model.ProblemBadInput, Cause: err,
			What: model.Say("engine.is-not-a-platform", model.Args{"Text": model.Name(text)}),
			Fix:  model.Say("engine.write-it-as-system-architecture"),
		}
	}
	return &ocispec.Platform{OS: p.OS, Architecture: p.Architecture, Variant: p.Variant, OSVersion: p.OSVersion}, nil
}

func noFolder(err error, what model.Fact, path string) *model.Problem {
	return &model.Problem{
		Kind: model.ProblemNotFound, Cause: err,
		What: what,
		Why:  model.Say("engine.the-engine-does-not-find", model.Args{"Path": model.Name(path)}),
		Fix:  model.Say("engine.create-the-folder-or-choose"),
	}
}

// createConfig is the spec in the API's words, with Slipway's own labels.
func createConfig(s runspec.Spec, extra map[string]string) (settings, error) {
	made, err := fieldConfig(s, extra)
	if err != nil {
		return made, err
	}
	return made, writeMore(made, s.More)
}

// fieldConfig is what of a spec has a field.
func fieldConfig(s runspec.Spec, extra map[string]string) (settings, error) {
	labels := map[string]string{}
	maps.Copy(labels, s.Labels)
	maps.DeleteFunc(labels, func(l, _ string) bool { return model.Reserved(l) }) // nobody's but Slipway's to say
	maps.Copy(labels, extra)
	made := newSettings()
	*made.cfg = container.Config{
		Image: s.Image, Entrypoint: s.Entrypoint, Cmd: s.Command, User: s.User, WorkingDir: s.WorkingDir, Labels: labels,
		ExposedPorts: nat.PortSet{}, Hostname: s.Hostname, Tty: s.TTY, OpenStdin: s.Interactive,
	}
	for _, v := range s.Env {
		made.cfg.Env = append(made.cfg.Env, v.Name+"="+v.Value)
	}
	host := made.host
	*host = container.HostConfig{
		AutoRemove: s.AutoRemove, GroupAdd: s.GroupAdd, ShmSize: s.ShmSize, UsernsMode: container.UsernsMode(s.UserNS),
		Resources:   container.Resources{Memory: s.Memory, NanoCPUs: int64(s.CPUs * 1e9)},
		NetworkMode: container.NetworkMode(s.Network), ExtraHosts: s.ExtraHosts, CapAdd: s.CapAdd, CapDrop: s.CapDrop,
		Privileged: s.Privileged,
	}
	made.first.Aliases = s.Aliases
	setSecurity(host, s.SecurityOpts)
	if s.Init {
		host.Init = &s.Init
	}
	setDevices(host, s)
	setPorts(made, s.Ports)
	if err := setMounts(host, s.Mounts); err != nil {
		return made, err
	}
	policy, err := restartPolicy(s.Restart)
	if err != nil {
		return made, err
	}
	host.RestartPolicy = policy
	return made, nil
}

// setSecurity sets what --security-opt takes. One of them docker carries out itself.
func setSecurity(h *container.HostConfig, options []string) {
	for _, o := range options {
		if o == unmasked {
			h.MaskedPaths, h.ReadonlyPaths = []string{}, []string{}
			continue
		}
		h.SecurityOpt = append(h.SecurityOpt, o)
	}
}

func setDevices(h *container.HostConfig, s runspec.Spec) {
	if s.GPUs { // as --gpus all
		h.DeviceRequests = []container.DeviceRequest{{Count: -1, Capabilities: [][]string{{"gpu"}}}}
	}
	var named []string
	for _, d := range s.Devices {
		if strings.HasPrefix(d, "/") {
			h.Devices = append(h.Devices, device(d))
		} else {
			named = append(named, d) // of CDI: vendor.com/class=name
		}
	}
	if len(named) > 0 {
		h.DeviceRequests = append(h.DeviceRequests, container.DeviceRequest{Driver: cdi, DeviceIDs: named})
	}
}

func setPorts(made settings, ports []runspec.Port) {
	made.host.PortBindings = nat.PortMap{}
	for _, p := range ports {
		proto := cmp.Or(p.Protocol, "tcp")
		for i := range p.Count() {
			port := nat.Port(strconv.Itoa(int(p.Container)+i) + "/" + proto)
			one := p
			if one.ContainerEnd = 0; one.HostPort != 0 {
				one.HostPort += uint16(i)
			}
			made.cfg.ExposedPorts[port] = struct{}{}
			made.host.PortBindings[port] = append(made.host.PortBindings[port],
				nat.PortBinding{HostIP: p.HostIP, HostPort: one.HostText()})
		}
	}
}

func setMounts(h *container.HostConfig, mounts []runspec.Mount) error {
	for _, m := range mounts {
		switch {
		case m.Relabel || len(m.Options) > 0 && !m.Long: // which only the older form can say
			h.Binds = append(h.Binds, m.Bind())
		case len(m.Options) > 0:
			full, err := parseMount(m.Fields())
			if err != nil {
				return &model.Problem{
					Kind: model.ProblemBadInput, Cause: err,
					What: model.Say("engine.the-mount-at-cannot-be", model.Args{"Target": model.Name(m.Target)}),
					Why:  model.Say("engine.docker-would-refuse-its-options"),
					Fix:  model.Say("engine.correct-them-or-take-them"),
				}
			}
			h.Mounts = append(h.Mounts, full)
		default: // which makes no folder that is not there
			h.Mounts = append(h.Mounts,
				mount.Mount{Type: mount.Type(m.Kind), Source: m.Source, Target: m.Target, ReadOnly: m.ReadOnly})
		}
	}
	return nil
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
	name, count, counted := strings.Cut(cmp.Or(text, string(container.RestartPolicyDisabled)), ":")
	p := container.RestartPolicy{Name: container.RestartPolicyMode(name)}
	if counted {
		n, err := strconv.Atoi(count)
		if err != nil || n < 0 {
			return p, &model.Problem{
				Kind: model.ProblemBadInput, Cause: err,
				What: model.Say("engine.is-not-a-restart-policy", model.Args{"Text": model.Name(text)}),
				Fix:  model.Say("engine.write-on-failure-n-with"),
			}
		}
		p.MaximumRetryCount = n
	}
	return p, nil
}
