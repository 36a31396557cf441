package runspec

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"slipway/engine/model"

	units "github.com/docker/go-units"
)

// Options are options of docker run, by their names without dashes ("ipc", "log-opt"), each with its values in docker's
// own words and in order. A switch has "true" or "false".
type Options map[string][]string

// runOption is one option of docker run and docker create.
type runOption struct {
	// Name is without its dashes: "publish".
	Name string
	// Short is the one letter that it is written with, "" where it is written out.
	Short string
	// Inspect is where docker inspect has it ("HostConfig.IpcMode"); "" for what says only how the command behaves, and
	// is no setting of a container.
	Inspect string
	// Switch tells that it takes no value, or "=false".
	Switch bool

	// field is what the spec has a field for. Of those without one the values are in [Spec.More].
	field field
}

// field is where a [Spec] has an option.
type field struct {
	// print gives the values that the option is given; nil where the spec has no field.
	print func(Spec) []model.Arg
	// take puts one more value there, as docker does: the last one counts, or all of them.
	take func(s *Spec, value string) error
}

// table is every option of docker run, in the order in which a line has them. options.json is docker's own list,
// and a test compares the two.
var table = []runOption{
	{Name: "name", Inspect: "Name", field: text(func(s *Spec) *string { return &s.Name })},
	{Name: "publish", Short: "p", Inspect: "HostConfig.PortBindings", field: field{
		func(s Spec) []model.Arg { return plain(portWords(s.Ports)) }, (*Spec).addPorts,
	}},
	{Name: "publish-all", Short: "P", Inspect: "HostConfig.PublishAllPorts", Switch: true},
	{Name: "volume", Short: "v", Inspect: "HostConfig.Binds, Config.Volumes", field: field{func(s Spec) []model.Arg {
		return append(plain(mountWords(s.Mounts, false)), HideSecrets(s.More["volume"])...)
	}, (*Spec).addVolume}},
	{Name: "mount", Inspect: "HostConfig.Mounts", field: field{func(s Spec) []model.Arg {
		return HideSecrets(append(mountWords(s.Mounts, true), s.More["mount"]...))
	}, (*Spec).addMount}},
	{Name: "env", Short: "e", Inspect: "Config.Env", field: field{func(s Spec) []model.Arg {
		var args []model.Arg
		for _, e := range s.Env {
			args = append(args, e.arg())
		}
		return args
	}, func(s *Spec, v string) error {
		name, value, _ := strings.Cut(v, "=")
		s.Env = append(s.Env, Env{Name: name, Value: value, Secret: SecretEnv(name, value)})
		return nil
	}}},
	{Name: "user", Short: "u", Inspect: "Config.User", field: text(func(s *Spec) *string { return &s.User })},
	{Name: "group-add", Inspect: "HostConfig.GroupAdd", field: words(func(s *Spec) *[]string { return &s.GroupAdd })},
	{Name: "userns", Inspect: "HostConfig.UsernsMode", field: text(func(s *Spec) *string { return &s.UserNS })},
	{Name: "workdir", Short: "w", Inspect: "Config.WorkingDir", field: text(func(s *Spec) *string {
		return &s.WorkingDir
	})},
	{Name: "shm-size", Inspect: "HostConfig.ShmSize", field: size(func(s *Spec) *int64 { return &s.ShmSize })},
	{Name: "memory", Short: "m", Inspect: "HostConfig.Memory", field: size(func(s *Spec) *int64 {
		return &s.Memory
	})},
	{Name: "cpus", Inspect: "HostConfig.NanoCpus", field: field{func(s Spec) []model.Arg {
		if s.CPUs <= 0 {
			return nil
		}
		return plain([]string{strconv.FormatFloat(s.CPUs, 'f', -1, 64)})
	}, func(s *Spec, v string) (err error) {
		s.CPUs, err = strconv.ParseFloat(v, 64)
		return err
	}}},
	{Name: "gpus", Inspect: "HostConfig.DeviceRequests", field: field{func(s Spec) []model.Arg {
		if s.GPUs {
			return plain(append([]string{"all"}, s.More["gpus"]...))
		}
		return plain(s.More["gpus"])
	}, func(s *Spec, v string) error {
		if s.GPUs = v == "all"; !s.GPUs {
			s.add("gpus", v)
		}
		return nil
	}}},
	{Name: "interactive", Short: "i", Inspect: "Config.OpenStdin", Switch: true, field: flag(func(s *Spec) *bool {
		return &s.Interactive
	})},
	{Name: "tty", Short: "t", Inspect: "Config.Tty", Switch: true, field: flag(func(s *Spec) *bool {
		return &s.TTY
	})},
	{Name: "init", Inspect: "HostConfig.Init", Switch: true, field: field{func(s Spec) []model.Arg {
		if s.Init {
			return plain([]string{"true"})
		}
		return plain(s.More["init"])
	}, func(s *Spec, v string) error {
		if s.Init = v == "true"; !s.Init {
			s.set("init", v)
		}
		return nil
	}}},
	{Name: "privileged", Inspect: "HostConfig.Privileged", Switch: true, field: flag(func(s *Spec) *bool {
		return &s.Privileged
	})},
	{Name: "hostname", Inspect: "Config.Hostname", field: text(func(s *Spec) *string { return &s.Hostname })},
	{Name: "network", Inspect: "HostConfig.NetworkMode, NetworkSettings.Networks", field: field{func(s Spec) []model.Arg {
		return append(plain([]string{s.Network}), HideSecrets(s.More["network"])...)
	}, func(s *Spec, v string) error {
		if s.Network == "" && !strings.Contains(v, "=") {
			s.Network = v
		} else {
			s.add("network", v)
		}
		return nil
	}}},
	{Name: "network-alias", Inspect: "NetworkSettings.Networks.Aliases", field: words(func(s *Spec) *[]string {
		return &s.Aliases
	})},
	{Name: "platform", Inspect: "ImageManifestDescriptor.platform", field: text(func(s *Spec) *string {
		return &s.Platform
	})},
	{Name: "add-host", Inspect: "HostConfig.ExtraHosts", field: words(func(s *Spec) *[]string {
		return &s.ExtraHosts
	})},
	{Name: "cap-add", Inspect: "HostConfig.CapAdd", field: words(func(s *Spec) *[]string { return &s.CapAdd })},
	{Name: "cap-drop", Inspect: "HostConfig.CapDrop", field: words(func(s *Spec) *[]string { return &s.CapDrop })},
	{Name: "device", Inspect: "HostConfig.Devices", field: words(func(s *Spec) *[]string { return &s.Devices })},
	{Name: "security-opt", Inspect: "HostConfig.SecurityOpt", field: field{func(s Spec) []model.Arg {
		// docker reads a profile of seccomp from a file only.
		return plain(slices.DeleteFunc(slices.Clone(s.SecurityOpts), OwnProfile))
	}, func(s *Spec, v string) error { s.SecurityOpts = append(s.SecurityOpts, v); return nil }}},
	{Name: "annotation", Inspect: "HostConfig.Annotations"},
	{Name: "blkio-weight", Inspect: "HostConfig.BlkioWeight"},
	{Name: "blkio-weight-device", Inspect: "HostConfig.BlkioWeightDevice"},
	{Name: "cgroup-parent", Inspect: "HostConfig.CgroupParent"},
	{Name: "cgroupns", Inspect: "HostConfig.CgroupnsMode"},
	{Name: "cpu-count", Inspect: "HostConfig.CpuCount"},
	{Name: "cpu-percent", Inspect: "HostConfig.CpuPercent"},
	{Name: "cpu-period", Inspect: "HostConfig.CpuPeriod"},
	{Name: "cpu-quota", Inspect: "HostConfig.CpuQuota"},
	{Name: "cpu-rt-period", Inspect: "HostConfig.CpuRealtimePeriod"},
	{Name: "cpu-rt-runtime", Inspect: "HostConfig.CpuRealtimeRuntime"},
	{Name: "cpu-shares", Inspect: "HostConfig.CpuShares"},
	{Name: "cpuset-cpus", Inspect: "HostConfig.CpusetCpus"},
	{Name: "cpuset-mems", Inspect: "HostConfig.CpusetMems"},
	{Name: "device-cgroup-rule", Inspect: "HostConfig.DeviceCgroupRules"},
	{Name: "device-read-bps", Inspect: "HostConfig.BlkioDeviceReadBps"},
	{Name: "device-read-iops", Inspect: "HostConfig.BlkioDeviceReadIOps"},
	{Name: "device-write-bps", Inspect: "HostConfig.BlkioDeviceWriteBps"},
	{Name: "device-write-iops", Inspect: "HostConfig.BlkioDeviceWriteIOps"},
	{Name: "dns", Inspect: "HostConfig.Dns"},
	{Name: "dns-option", Inspect: "HostConfig.DnsOptions"},
	{Name: "dns-search", Inspect: "HostConfig.DnsSearch"},
	{Name: "domainname", Inspect: "Config.Domainname"},
	{Name: "expose", Inspect: "Config.ExposedPorts"},
	{Name: "health-cmd", Inspect: "Config.Healthcheck.Test"},
	{Name: "health-interval", Inspect: "Config.Healthcheck.Interval"},
	{Name: "health-retries", Inspect: "Config.Healthcheck.Retries"},
	{Name: "health-start-interval", Inspect: "Config.Healthcheck.StartInterval"},
	{Name: "health-start-period", Inspect: "Config.Healthcheck.StartPeriod"},
	{Name: "health-timeout", Inspect: "Config.Healthcheck.Timeout"},
	{Name: "io-maxbandwidth", Inspect: "HostConfig.IOMaximumBandwidth"},
	{Name: "io-maxiops", Inspect: "HostConfig.IOMaximumIOps"},
	{Name: "ip", Inspect: "NetworkSettings.Networks.IPAMConfig.IPv4Address"},
	{Name: "ip6", Inspect: "NetworkSettings.Networks.IPAMConfig.IPv6Address"},
	{Name: "ipc", Inspect: "HostConfig.IpcMode"},
	{Name: "isolation", Inspect: "HostConfig.Isolation"},
	{Name: "kernel-memory", Inspect: "HostConfig.KernelMemory"},
	{Name: "link", Inspect: "HostConfig.Links"},
	{Name: "link-local-ip", Inspect: "NetworkSettings.Networks.IPAMConfig.LinkLocalIPs"},
	{Name: "log-driver", Inspect: "HostConfig.LogConfig.Type"},
	{Name: "log-opt", Inspect: "HostConfig.LogConfig.Config"},
	{Name: "mac-address", Inspect: "Config.MacAddress"},
	{Name: "memory-reservation", Inspect: "HostConfig.MemoryReservation"},
	{Name: "memory-swap", Inspect: "HostConfig.MemorySwap"},
	{Name: "memory-swappiness", Inspect: "HostConfig.MemorySwappiness"},
	{Name: "no-healthcheck", Inspect: "Config.Healthcheck.Test", Switch: true},
	{Name: "oom-kill-disable", Inspect: "HostConfig.OomKillDisable", Switch: true},
	{Name: "oom-score-adj", Inspect: "HostConfig.OomScoreAdj"},
	{Name: "pid", Inspect: "HostConfig.PidMode"},
	{Name: "pids-limit", Inspect: "HostConfig.PidsLimit"},
	{Name: "read-only", Inspect: "HostConfig.ReadonlyRootfs", Switch: true},
	{Name: "runtime", Inspect: "HostConfig.Runtime"},
	{Name: "stop-signal", Inspect: "Config.StopSignal"},
	{Name: "stop-timeout", Inspect: "Config.StopTimeout"},
	{Name: "storage-opt", Inspect: "HostConfig.StorageOpt"},
	{Name: "sysctl", Inspect: "HostConfig.Sysctls"},
	{Name: "tmpfs", Inspect: "HostConfig.Tmpfs"},
	{Name: "ulimit", Inspect: "HostConfig.Ulimits"},
	{Name: "uts", Inspect: "HostConfig.UTSMode"},
	{Name: "volume-driver", Inspect: "HostConfig.VolumeDriver"},
	{Name: "volumes-from", Inspect: "HostConfig.VolumesFrom"},
	{Name: "restart", Inspect: "HostConfig.RestartPolicy", field: field{func(s Spec) []model.Arg {
		if s.Restart == "no" {
			return nil
		}
		return plain([]string{s.Restart})
	}, func(s *Spec, v string) error {
		if s.Restart = v; v == "no" {
			s.Restart = ""
		}
		return nil
	}}},
	{Name: "rm", Inspect: "HostConfig.AutoRemove", Switch: true, field: flag(func(s *Spec) *bool {
		return &s.AutoRemove
	})},
	{Name: "label", Short: "l", Inspect: "Config.Labels", field: field{func(s Spec) []model.Arg {
		var args []model.Arg
		for _, k := range slices.Sorted(maps.Keys(s.Labels)) {
			args = append(args, label(k, s.Labels[k]))
		}
		return args
	}, func(s *Spec, v string) error {
		if s.Labels == nil {
			s.Labels = map[string]string{}
		}
		name, value, _ := strings.Cut(v, "=")
		s.Labels[name] = value
		return nil
	}}},
	{Name: "entrypoint", Inspect: "Config.Entrypoint", field: field{func(s Spec) []model.Arg {
		if len(s.Entrypoint) == 0 {
			return nil
		}
		return []model.Arg{{Text: s.Entrypoint[0]}} // the option takes one word, and what follows is put before the command
	}, func(s *Spec, v string) error { s.Entrypoint = []string{v}; return nil }}},

	// What says how the command itself behaves. Files of variables and labels are read by it; --use-api-socket is a mount
	// and variables by the time that there is a container.
	{Name: "attach", Short: "a"},
	{Name: "cidfile"},
	{Name: "detach", Short: "d", Switch: true},
	{Name: "detach-keys"},
	{Name: "disable-content-trust", Switch: true},
	{Name: "env-file"},
	{Name: "help", Switch: true},
	{Name: "label-file"},
	{Name: "pull"},
	{Name: "quiet", Short: "q", Switch: true},
	{Name: "sig-proxy", Switch: true},
	{Name: "use-api-socket", Switch: true},
}

// args prints the option as the spec has it.
func (o runOption) args(s Spec) model.Command {
	values := o.values(s)
	c := make(model.Command, 0, 2*len(values))
	for _, v := range values {
		switch {
		case o.Switch && v.Text == "true":
			c = append(c, model.Arg{Text: o.flag()})
		case o.Switch:
			c = append(c, model.Arg{Text: "--" + o.Name + "=" + v.Text})
		default:
			c = append(c, model.Arg{Text: o.flag()}, v)
		}
	}
	return c
}

// values are what the option is given, one after the other.
func (o runOption) values(s Spec) []model.Arg {
	switch {
	case o.field.print != nil:
		return o.field.print(s)
	case len(s.More[o.Name]) == 0:
		return nil
	}
	switch o.Name {
	case "health-cmd":
		return HideSecrets(s.More[o.Name])
	case "annotation", "log-opt", "storage-opt", "sysctl":
		var args []model.Arg
		for _, v := range s.More[o.Name] {
			name, value, _ := strings.Cut(v, "=")
			args = append(args, label(name, value))
		}
		return args
	}
	return plain(s.More[o.Name])
}

// MoreWords are the options of [Spec.More], one after the other as a line has them, without secrets.
func (s Spec) MoreWords() []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(s.More)) {
		i := slices.IndexFunc(table, func(o runOption) bool { return o.Name == name })
		if i < 0 {
			continue
		}
		o := table[i]
		for _, v := range s.More[name] {
			line := o.args(Spec{More: Options{name: {v}}})
			if len(line) == 0 { // it has a field, whose value somebody put here
				line = append(model.Command{{Text: o.flag()}}, plain([]string{v})...)
			}
			out = append(out, strings.TrimPrefix(line.String(), "docker "))
		}
	}
	return out
}

func (o runOption) flag() string {
	if o.Short != "" {
		return "-" + o.Short
	}
	return "--" + o.Name
}

func plain(words []string) []model.Arg {
	var args []model.Arg
	for _, w := range words {
		if w != "" {
			args = append(args, model.Arg{Text: w})
		}
	}
	return args
}

func text(at func(*Spec) *string) field {
	return field{
		func(s Spec) []model.Arg { return plain([]string{*at(&s)}) },
		func(s *Spec, v string) error { *at(s) = v; return nil },
	}
}

func words(at func(*Spec) *[]string) field {
	return field{
		func(s Spec) []model.Arg { return plain(*at(&s)) },
		func(s *Spec, v string) error { *at(s) = append(*at(s), v); return nil },
	}
}

func flag(at func(*Spec) *bool) field {
	return field{func(s Spec) []model.Arg {
		if *at(&s) {
			return plain([]string{"true"})
		}
		return nil
	}, func(s *Spec, v string) error { *at(s) = v == "true"; return nil }}
}

func size(at func(*Spec) *int64) field {
	return field{func(s Spec) []model.Arg {
		if n := *at(&s); n > 0 {
			return plain([]string{FormatBytes(n)})
		}
		return nil
	}, func(s *Spec, v string) (err error) {
		*at(s), err = units.RAMInBytes(v)
		return err
	}}
}
