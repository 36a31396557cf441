package engine

import (
	"cmp"
	"context"
	"maps"
	"reflect"
	"slices"
	"strings"

	"slipway/engine/model"
	"slipway/engine/runspec"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/mount"
	"github.com/docker/go-connections/nat"
)

// Replacing lists the containers that were made to take another one's place, see [model.Swap].
func (e *Engine) Replacing(ctx context.Context) ([]model.Container, error) {
	list, err := e.listLabelled(ctx, model.LabelSwap)
	return slices.DeleteFunc(list, func(c model.Container) bool { return c.Replaces() == "" }), err
}

// Update changes what can be changed of a container that exists, while it runs too: its limits of memory (with as much
// swap on top, as docker run -m) and processors, and its restart policy, in the words of a [runspec.Spec]. Nothing else
// of want is looked at. It tells [model.ProblemUnsupported] where the engine cannot.
func (e *Engine) Update(ctx context.Context, c model.Container, had, want runspec.Spec) error {
	if err := e.updates(c); err != nil {
		return err
	}
	var u container.UpdateConfig
	if had.Memory != want.Memory {
		made := settings{host: &container.HostConfig{}}
		if err := writeOption(made, "memory-swap", []string{want.Swap()}); err != nil {
			return err
		}
		u.Memory, u.MemorySwap = want.Memory, made.host.MemorySwap
	}
	if had.CPUs != want.CPUs {
		now, err := e.cli.ContainerInspect(ctx, c.ID)
		if err != nil {
			return e.do(err, model.VerbUpdate, c)
		}
		// said as time in a period, beside which engines take no --cpus
		if h := now.HostConfig; h != nil && (h.CPUQuota > 0 || h.CPUPeriod > 0) {
			u.CPUPeriod = cmp.Or(h.CPUPeriod, usualPeriod)
			u.CPUQuota = int64(want.CPUs * float64(u.CPUPeriod))
		} else {
			u.NanoCPUs = int64(want.CPUs * 1e9)
		}
	}
	if had.Restart != want.Restart {
		policy, err := restartPolicy(want.Restart)
		if err != nil {
			return err
		}
		u.RestartPolicy = policy
	}
	_, err := e.cli.ContainerUpdate(ctx, c.ID, u)
	return e.do(err, model.VerbUpdate, c)
}

// updates tells [model.ProblemUnsupported] where the engine cannot change a container that exists.
func (e *Engine) updates(c model.Container) error {
	if why := e.info.Lacks(model.ChangeLimit); !why.None() {
		return &model.Problem{
			Kind: model.ProblemUnsupported,
			What: model.Say("common.cannot-change", model.Args{"Name": model.Name(c.Name)}),
			Why:  why,
		}
	}
	return nil
}

// SetRestart gives a container another restart policy, in the words of docker run --restart.
func (e *Engine) SetRestart(ctx context.Context, c model.Container, policy string) error {
	if err := e.updates(c); err != nil {
		return err
	}
	restart, err := restartPolicy(policy)
	if err != nil {
		return err
	}
	_, err = e.cli.ContainerUpdate(ctx, c.ID, container.UpdateConfig{RestartPolicy: restart})
	return e.do(err, model.VerbUpdate, c)
}

// CreateLike makes a container as another one was made, but for what differs between had and want: what a spec cannot
// say stays as it is, and so do its anonymous volumes, which are mounted by their names. It is not started, and is
// called name. extra labels are added. It returns the full ID, and the engine's warnings.
func (e *Engine) CreateLike(ctx context.Context, old string, had, want runspec.Spec, name string,
	extra map[string]string,
) (id string, warnings []string, err error) {
	what := model.Say("common.cannot-make-anew", model.Args{"Name": model.Name(had.Name)})
	s := subject{what: what, container: old}
	was, err := e.cli.ContainerInspect(ctx, old)
	if err != nil {
		return "", nil, explain(err, s)
	}
	if err := e.refuse(want, what); err != nil {
		return "", nil, err
	}
	made, err := fieldConfig(want, extra)
	if err != nil {
		return "", nil, err
	}
	cfg, host := made.cfg, made.host
	if err := e.keep(ctx, made, was, had, want, s); err != nil {
		return "", nil, err
	}
	if had.Image == want.Image { // its name may mean another one by now, or none
		if now, err := e.cli.ImageInspect(ctx, want.Image); err != nil || now.ID != was.Image {
			cfg.Image = was.Image
		}
	}
	e.relabel(ctx, cfg, was, extra)
	if err := changeNetworks(made, was, had, want); err != nil {
		return "", nil, err
	}
	if err := changeMore(made, had, want); err != nil {
		return "", nil, err
	}
	keepAnonymous(host, was.Mounts, e.givenBack(ctx, was.HostConfig.VolumesFrom, host.VolumesFrom))
	if shortHost := was.ID[:min(len(was.ID), 12)]; cfg.Hostname == shortHost {
		cfg.Hostname = "" // the engine chose it
	}
	want.Name = name
	return e.create(ctx, want, made, what)
}

// keep puts into the new settings what the old container has beside those that were changed.
func (e *Engine) keep(
	ctx context.Context, made settings, was container.InspectResponse, had, want runspec.Spec, s subject,
) error {
	if e.dialect.tellsDefaults { // whose answer has much of its own, in forms that it does not take back
		was.HostConfig.Ulimits = nil // its own, which every container gets
		if left := e.uncarried(was); len(left) > 0 {
			return problem(model.ProblemUnsupported, nil, s, model.Say("engine.it-also-has-which-slipway",
				model.Args{"Left": model.Facts(left)}), model.Say("engine.run-another-like-it-instead"))
		}
		return nil
	}
	var of image.InspectResponse
	if had.Image != want.Image { // what of the settings is the old image's goes with it
		of, _ = e.cli.ImageInspect(ctx, was.Image) // it may be gone
	}
	config, err := e.imageConfig(ctx, was.Image)
	if err != nil {
		return err
	}
	base := asked(was, config, e.info)
	keepConfig(made.cfg, base.cfg, of, had, want)
	keepHost(made.host, base.host, had, want)
	return nil
}

// relabel puts the marks of this change in the place of those of a change before, and takes off those that anybody else
// set: what is signed and not of a change stays.
func (e *Engine) relabel(
	ctx context.Context, cfg *container.Config, was container.InspectResponse, extra map[string]string,
) {
	cfg.Labels = maps.Clone(cfg.Labels)
	if cfg.Labels == nil {
		cfg.Labels = map[string]string{}
	}
	marks := e.marked(ctx, fromInspect(was)).Marks
	maps.DeleteFunc(cfg.Labels, func(l, _ string) bool {
		return strings.HasPrefix(l, model.LabelPrefix) && (marks[l] == "" || model.Reserved(l))
	})
	maps.Copy(cfg.Labels, extra)
	e.sign(ctx, cfg)
}

// ofNetwork are the options that belong to a network, and go with it.
var ofNetwork = []string{"network", "link", "ip", "ip6", "link-local-ip", "mac-address"}

// changeNetworks keeps what was asked for in the networks of a container, unless it gets another one.
func changeNetworks(made settings, was container.InspectResponse, had, want runspec.Spec) error {
	if !had.Compare(want).Network {
		first, further := askedNetworks(was)
		first.Aliases = want.Aliases
		*made.first = *first
		maps.Copy(made.further, further)
		return nil
	}
	for _, name := range ofNetwork {
		if err := writeOption(made, name, want.More[name]); err != nil {
			return err
		}
	}
	return nil
}

// changeMore sets those options without a field that are others now; with another image, whose own settings went
// with the old one, all of them.
func changeMore(made settings, had, want runspec.Spec) error {
	names := maps.Clone(want.More)
	if names == nil {
		names = runspec.Options{}
	}
	maps.Copy(names, had.More)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		// With another limit of memory there is as much swap as the engine gives, unless somebody said how much.
		again := had.Image != want.Image || name == "memory-swap" && had.Memory != want.Memory
		if again || !slices.Equal(had.More[name], want.More[name]) {
			if err := writeOption(made, name, want.More[name]); err != nil {
				return err
			}
		}
	}
	return nil
}

// keepConfig puts what a person did not change back as the container had it. of is the image that it is of, if that is
// to be another one and is still there.
func keepConfig(cfg, was *container.Config, of image.InspectResponse, had, want runspec.Spec) {
	changed := had.Compare(want)
	if changed.Image {
		keepOwnLabels(cfg, was)
		delete(cfg.Labels, model.LabelDigest)
		if of.Config != nil {
			keepUnsaid(cfg, was, of.Config.Healthcheck, of.Config.StopSignal)
		}
		return
	}
	fresh := *cfg
	*cfg = *was
	cfg.Image = fresh.Image
	take(changed.Entrypoint || changed.Command, &cfg.Entrypoint, fresh.Entrypoint)
	take(changed.Entrypoint || changed.Command, &cfg.Cmd, fresh.Cmd)
	take(changed.Env, &cfg.Env, fresh.Env)
	if changed.Labels {
		cfg.Labels = fresh.Labels
		keepOwnLabels(cfg, was)
	}
	take(changed.User, &cfg.User, fresh.User)
	take(changed.WorkingDir, &cfg.WorkingDir, fresh.WorkingDir)
	take(changed.Hostname || changed.Network, &cfg.Hostname, fresh.Hostname)
	if cfg.ExposedPorts = maps.Clone(was.ExposedPorts); cfg.ExposedPorts == nil {
		cfg.ExposedPorts = nat.PortSet{}
	}
	maps.Copy(cfg.ExposedPorts, fresh.ExposedPorts) // what is published is exposed, too
	cfg.Tty, cfg.OpenStdin = fresh.Tty, fresh.OpenStdin
}

// keepUnsaid keeps what a spec cannot say and a person set: what is not as the image has it.
func keepUnsaid(cfg, was *container.Config, health *container.HealthConfig, stopSignal string) {
	if !reflect.DeepEqual(was.Healthcheck, health) {
		cfg.Healthcheck = was.Healthcheck
	}
	if was.StopSignal != stopSignal {
		cfg.StopSignal = was.StopSignal
	}
	cfg.Domainname, cfg.NetworkDisabled = was.Domainname, was.NetworkDisabled
	if was.StopTimeout != nil {
		cfg.StopTimeout = was.StopTimeout
	}
}

// keepOwnLabels adds the labels that no form shows: those that Slipway itself wrote, and those that say to whom it
// belongs.
func keepOwnLabels(cfg, was *container.Config) {
	cfg.Labels = maps.Clone(cfg.Labels)
	for k, v := range was.Labels {
		if strings.HasPrefix(k, model.LabelPrefix) || !runspec.BelongsTo(k, v).None() {
			if cfg.Labels == nil {
				cfg.Labels = map[string]string{}
			}
			cfg.Labels[k] = v
		}
	}
}

// take gives a setting its new value if a person changed it.
func take[T any](changed bool, setting *T, value T) {
	if changed {
		*setting = value
	}
}

// keepHost is as keepConfig, of what is around the container.
func keepHost(host, was *container.HostConfig, had, want runspec.Spec) {
	changed := had.Compare(want)
	fresh := *host
	*host = *was
	take(changed.Ports, &host.PortBindings, fresh.PortBindings)
	take(changed.Mounts, &host.Binds, fresh.Binds)
	take(changed.Mounts, &host.Mounts, append(slices.Clip(fresh.Mounts), otherMounts(was.Mounts)...))
	take(changed.Memory, &host.Memory, fresh.Memory)
	take(changed.Memory, &host.MemorySwap, 0)
	take(changed.CPUs, &host.NanoCPUs, fresh.NanoCPUs)
	take(changed.CPUs, &host.CPUQuota, 0)
	take(changed.CPUs, &host.CPUPeriod, 0)
	take(changed.ShmSize, &host.ShmSize, fresh.ShmSize)
	take(changed.Restart, &host.RestartPolicy, fresh.RestartPolicy)
	take(changed.AutoRemove, &host.AutoRemove, fresh.AutoRemove)
	take(changed.GroupAdd, &host.GroupAdd, fresh.GroupAdd)
	take(changed.UserNS, &host.UsernsMode, fresh.UsernsMode)
	take(changed.Network, &host.NetworkMode, fresh.NetworkMode)
	take(changed.ExtraHosts, &host.ExtraHosts, fresh.ExtraHosts)
	take(changed.CapAdd, &host.CapAdd, fresh.CapAdd)
	take(changed.CapDrop, &host.CapDrop, fresh.CapDrop)
	secured := changed.SecurityOpts || changed.Privileged
	take(secured, &host.SecurityOpt, fresh.SecurityOpt)
	take(secured, &host.Privileged, fresh.Privileged)
	take(secured, &host.MaskedPaths, fresh.MaskedPaths)
	take(secured, &host.ReadonlyPaths, fresh.ReadonlyPaths)
	take(changed.Init, &host.Init, fresh.Init)
	take(changed.Devices, &host.Devices, fresh.Devices)
	take(changed.GPUs || changed.Devices, &host.DeviceRequests,
		append(slices.Clip(fresh.DeviceRequests), otherGPUs(was.DeviceRequests)...))
	// its lists say it
	host.SecurityOpt = slices.DeleteFunc(slices.Clone(host.SecurityOpt), func(o string) bool { return o == unmasked })
}

// otherMounts are those that have no row in a form: in memory, for one.
func otherMounts(list []mount.Mount) []mount.Mount {
	return slices.DeleteFunc(slices.Clone(list), inField)
}

// otherGPUs are the requests for graphics cards that have no field.
func otherGPUs(list []container.DeviceRequest) []container.DeviceRequest {
	return slices.DeleteFunc(slices.Clone(list), func(r container.DeviceRequest) bool {
		return r.Driver == cdi || allGPUs(r)
	})
}

// givenBack are the names of all volumes of the containers that one has volumes from no more: by --volumes-from as it
// was and is not any more. Those of a container that is gone, or that the engine says nothing of, are not known: they
// stay.
func (e *Engine) givenBack(ctx context.Context, was, now []string) map[string]bool {
	names := map[string]bool{}
	for _, from := range was {
		if slices.Contains(now, from) {
			continue
		}
		owner, _, _ := strings.Cut(from, ":") // what is behind it is how they are mounted
		theirs, err := e.cli.ContainerInspect(ctx, owner)
		if err != nil {
			continue
		}
		for _, m := range theirs.Mounts {
			names[m.Name] = true
		}
	}
	return names
}

// keepAnonymous mounts by their names the volumes that the engine made for the container, and not for another one that
// it has them from no more.
func keepAnonymous(host *container.HostConfig, was []container.MountPoint, others map[string]bool) {
	for _, m := range was {
		if m.Type != mount.TypeVolume || !anonymousName.MatchString(m.Name) || others[m.Name] {
			continue
		}
		host.Mounts = slices.DeleteFunc(slices.Clone(host.Mounts), func(other mount.Mount) bool {
			return other.Target == m.Destination && other.Source == "" // which would make another one
		})
		there := slices.ContainsFunc(host.Mounts, func(other mount.Mount) bool { return other.Target == m.Destination }) ||
			slices.ContainsFunc(host.Binds, func(b string) bool { return runspec.ParseBind(b).Target == m.Destination })
		if !there {
			host.Mounts = append(host.Mounts,
				mount.Mount{Type: mount.TypeVolume, Source: m.Name, Target: m.Destination, ReadOnly: !m.RW})
		}
	}
}
