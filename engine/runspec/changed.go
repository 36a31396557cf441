package runspec

import (
	"maps"
	"slices"
)

// Changed says of each field of a [Spec] whether two specs have something else in it. Nil and empty are the same.
type Changed struct {
	Name, Image, Ports, Mounts, Env, Entrypoint, Command, User, GroupAdd, WorkingDir, UserNS, ShmSize, Memory, CPUs,
	GPUs, Restart, AutoRemove, Labels, Hostname, TTY, Interactive, Init, Network, Aliases, Platform, ExtraHosts, CapAdd,
	CapDrop, Devices, SecurityOpts, Privileged, More bool
}

// Compare says what another spec has otherwise. The order of lists counts.
func (s Spec) Compare(o Spec) Changed {
	return Changed{
		Name: s.Name != o.Name, Image: s.Image != o.Image, User: s.User != o.User,
		Ports: !slices.Equal(s.Ports, o.Ports), Mounts: !slices.EqualFunc(s.Mounts, o.Mounts, sameMount),
		Env: !slices.Equal(s.Env, o.Env), Labels: !maps.Equal(s.Labels, o.Labels),
		Entrypoint: !slices.Equal(s.Entrypoint, o.Entrypoint), Command: !slices.Equal(s.Command, o.Command),
		GroupAdd: !slices.Equal(s.GroupAdd, o.GroupAdd), WorkingDir: s.WorkingDir != o.WorkingDir,
		UserNS: s.UserNS != o.UserNS, ShmSize: s.ShmSize != o.ShmSize, Memory: s.Memory != o.Memory,
		CPUs: s.CPUs != o.CPUs, GPUs: s.GPUs != o.GPUs, Restart: s.Restart != o.Restart,
		AutoRemove: s.AutoRemove != o.AutoRemove, Hostname: s.Hostname != o.Hostname,
		TTY: s.TTY != o.TTY, Interactive: s.Interactive != o.Interactive, Init: s.Init != o.Init,
		Network: s.Network != o.Network, Aliases: !slices.Equal(s.Aliases, o.Aliases), Platform: s.Platform != o.Platform,
		ExtraHosts: !slices.Equal(s.ExtraHosts, o.ExtraHosts), CapAdd: !slices.Equal(s.CapAdd, o.CapAdd),
		CapDrop: !slices.Equal(s.CapDrop, o.CapDrop), Devices: !slices.Equal(s.Devices, o.Devices),
		SecurityOpts: !slices.Equal(s.SecurityOpts, o.SecurityOpts), Privileged: s.Privileged != o.Privileged,
		More: !maps.EqualFunc(s.More, o.More, slices.Equal[[]string]),
	}
}

func sameMount(a, b Mount) bool {
	return a.Kind == b.Kind && a.Source == b.Source && a.Target == b.Target && a.ReadOnly == b.ReadOnly &&
		a.Relabel == b.Relabel && a.Long == b.Long && slices.Equal(a.Options, b.Options)
}
