package engine

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"slipway/engine/model"
	"slipway/engine/runspec"

	"github.com/docker/cli/opts"
	"github.com/docker/docker/api/types/blkiodev"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/mount"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/go-connections/nat"
	units "github.com/docker/go-units"
)

// settings are those of one container in the API's words: as an engine tells them, or to be sent to one.
type settings struct {
	cfg  *container.Config
	host *container.HostConfig
	// first is how it is connected to the network of its mode; further are the other networks, by name.
	first   *network.EndpointSettings
	further map[string]*network.EndpointSettings
}

func newSettings() settings {
	return settings{
		&container.Config{}, &container.HostConfig{}, &network.EndpointSettings{},
		map[string]*network.EndpointSettings{},
	}
}

// option translates an option of docker run that a [runspec.Spec] has no field for. read gives its values; write sets
// exactly the values, and none takes it off.
type option struct {
	read  func(settings) []string
	write func(settings, []string) error
}

// options are those of [runspec.Spec.More], by name; a test holds that none is missing.
var options = map[string]option{
	"annotation":          pairs(func(s settings) *map[string]string { return &s.host.Annotations }),
	"blkio-weight":        number(func(s settings) *uint16 { return &s.host.BlkioWeight }),
	"blkio-weight-device": {readWeights, writeWeights},
	"cgroup-parent":       word(func(s settings) *string { return &s.host.CgroupParent }),
	"cgroupns":            word(func(s settings) *container.CgroupnsMode { return &s.host.CgroupnsMode }),
	"cpu-count":           number(func(s settings) *int64 { return &s.host.CPUCount }),
	"cpu-percent":         number(func(s settings) *int64 { return &s.host.CPUPercent }),
	"cpu-period":          number(func(s settings) *int64 { return &s.host.CPUPeriod }),
	"cpu-quota":           number(func(s settings) *int64 { return &s.host.CPUQuota }),
	"cpu-rt-period":       number(func(s settings) *int64 { return &s.host.CPURealtimePeriod }),
	"cpu-rt-runtime":      number(func(s settings) *int64 { return &s.host.CPURealtimeRuntime }),
	"cpu-shares":          number(func(s settings) *int64 { return &s.host.CPUShares }),
	"cpuset-cpus":         word(func(s settings) *string { return &s.host.CpusetCpus }),
	"cpuset-mems":         word(func(s settings) *string { return &s.host.CpusetMems }),
	"device-cgroup-rule":  list(func(s settings) *[]string { return &s.host.DeviceCgroupRules }),
	"device-read-bps": rates(opts.ValidateThrottleBpsDevice, func(s settings) *[]*blkiodev.ThrottleDevice {
		return &s.host.BlkioDeviceReadBps
	}),
	"device-read-iops": rates(opts.ValidateThrottleIOpsDevice, func(s settings) *[]*blkiodev.ThrottleDevice {
		return &s.host.BlkioDeviceReadIOps
	}),
	"device-write-bps": rates(opts.ValidateThrottleBpsDevice, func(s settings) *[]*blkiodev.ThrottleDevice {
		return &s.host.BlkioDeviceWriteBps
	}),
	"device-write-iops": rates(opts.ValidateThrottleIOpsDevice, func(s settings) *[]*blkiodev.ThrottleDevice {
		return &s.host.BlkioDeviceWriteIOps
	}),
	"dns":                   list(func(s settings) *[]string { return &s.host.DNS }),
	"dns-option":            list(func(s settings) *[]string { return &s.host.DNSOptions }),
	"dns-search":            list(func(s settings) *[]string { return &s.host.DNSSearch }),
	"domainname":            word(func(s settings) *string { return &s.cfg.Domainname }),
	"expose":                {readExposed, writeExposed},
	"gpus":                  {readGPUs, writeGPUs},
	"health-cmd":            {readHealthCmd, writeHealthCmd},
	"health-interval":       health(func(h *container.HealthConfig) *time.Duration { return &h.Interval }),
	"health-retries":        {readRetries, writeRetries},
	"health-start-interval": health(func(h *container.HealthConfig) *time.Duration { return &h.StartInterval }),
	"health-start-period":   health(func(h *container.HealthConfig) *time.Duration { return &h.StartPeriod }),
	"health-timeout":        health(func(h *container.HealthConfig) *time.Duration { return &h.Timeout }),
	"init":                  {readNoInit, writeNoInit},
	"io-maxbandwidth":       number(func(s settings) *uint64 { return &s.host.IOMaximumBandwidth }),
	"io-maxiops":            number(func(s settings) *uint64 { return &s.host.IOMaximumIOps }),
	"ip":                    address(func(c *network.EndpointIPAMConfig) *string { return &c.IPv4Address }),
	"ip6":                   address(func(c *network.EndpointIPAMConfig) *string { return &c.IPv6Address }),
	"ipc":                   word(func(s settings) *container.IpcMode { return &s.host.IpcMode }),
	"isolation":             word(func(s settings) *container.Isolation { return &s.host.Isolation }),
	"kernel-memory":         amount(func(s settings) *int64 { return &s.host.KernelMemory }),
	"link":                  {readLinks, writeLinks},
	"link-local-ip":         {readLinkLocal, writeLinkLocal},
	"log-driver":            word(func(s settings) *string { return &s.host.LogConfig.Type }),
	"log-opt":               pairs(func(s settings) *map[string]string { return &s.host.LogConfig.Config }),
	"mac-address":           word(func(s settings) *string { return &s.first.MacAddress }),
	"memory-reservation":    amount(func(s settings) *int64 { return &s.host.MemoryReservation }),
	"memory-swap":           amount(func(s settings) *int64 { return &s.host.MemorySwap }),
	"memory-swappiness":     pointed(func(s settings) **int64 { return &s.host.MemorySwappiness }),
	"mount":                 {readMounts, writeMounts},
	"network":               {readFurther, writeFurther},
	"no-healthcheck":        {readNoHealth, writeNoHealth},
	"oom-kill-disable":      {readNoOOM, writeNoOOM},
	"oom-score-adj":         number(func(s settings) *int { return &s.host.OomScoreAdj }),
	"pid":                   word(func(s settings) *container.PidMode { return &s.host.PidMode }),
	"pids-limit":            pointed(func(s settings) **int64 { return &s.host.PidsLimit }),
	"publish-all":           toggle(func(s settings) *bool { return &s.host.PublishAllPorts }),
	"read-only":             toggle(func(s settings) *bool { return &s.host.ReadonlyRootfs }),
	"runtime":               word(func(s settings) *string { return &s.host.Runtime }),
	"stop-signal":           word(func(s settings) *string { return &s.cfg.StopSignal }),
	"stop-timeout":          pointed(func(s settings) **int { return &s.cfg.StopTimeout }),
	"storage-opt":           pairs(func(s settings) *map[string]string { return &s.host.StorageOpt }),
	"sysctl":                pairs(func(s settings) *map[string]string { return &s.host.Sysctls }),
	"tmpfs":                 {readTmpfs, writeTmpfs},
	"ulimit":                {readUlimits, writeUlimits},
	"uts":                   word(func(s settings) *container.UTSMode { return &s.host.UTSMode }),
	"volume":                {readVolumes, writeVolumes},
	"volume-driver":         word(func(s settings) *string { return &s.host.VolumeDriver }),
	"volumes-from":          list(func(s settings) *[]string { return &s.host.VolumesFrom }),
}

// readMore gives the options that are set.
func readMore(s settings) runspec.Options {
	more := runspec.Options{}
	for name, o := range options {
		if values := o.read(s); len(values) > 0 {
			more[name] = values
		}
	}
	return more
}

// writeMore sets the options that are given.
func writeMore(s settings, more runspec.Options) error {
	for _, name := range slices.Sorted(maps.Keys(more)) {
		if err := writeOption(s, name, more[name]); err != nil {
			return err
		}
	}
	return nil
}

func writeOption(s settings, name string, values []string) error {
	o, ok := options[name]
	if !ok {
		return &model.Problem{
			Kind: model.ProblemBadInput,
			What: model.Say("engine.slipway-does-not-know-the", model.Args{"Name": model.Name(name)}),
			Fix:  model.Say("engine.take-it-off"),
		}
	}
	err := o.write(s, values)
	if err == nil {
		return nil
	}
	what := model.Say("engine.quoted", model.Args{"Text": model.Name(runspec.Shorten(strings.Join(values, " ")))})
	if slices.ContainsFunc(runspec.HideSecrets(append([]string{"--" + name}, values...)), func(a model.Arg) bool {
		return a.Secret
	}) {
		what, err = model.Say("engine.what-is-given"), nil // the parser repeats it
	}
	return &model.Problem{
		Kind: model.ProblemBadInput, Cause: err,
		What: model.Say("engine.cannot-be-used-for", model.Args{"What": what, "Name": model.Name(name)}),
		Why:  model.Say("engine.docker-would-refuse-it-too"),
		Fix:  model.Say("engine.correct-it-or-take-it"),
	}
}

// single gives the one value, "" for none.
func single(values []string) (string, error) {
	if len(values) > 1 {
		return "", fmt.Errorf("given %d times", len(values))
	}
	return strings.Join(values, ""), nil
}

func word[T ~string](at func(settings) *T) option {
	return option{
		func(s settings) []string { return some(string(*at(s))) },
		func(s settings, values []string) error {
			v, err := single(values)
			*at(s) = T(v)
			return err
		},
	}
}

// some is a list of a value that is not empty.
func some(value string) []string {
	if value == "" {
		return nil
	}
	return []string{value}
}

func list(at func(settings) *[]string) option {
	return option{
		func(s settings) []string { return *at(s) },
		func(s settings, values []string) error { *at(s) = values; return nil },
	}
}

func toggle(at func(settings) *bool) option {
	return option{
		func(s settings) []string {
			if *at(s) {
				return []string{"true"}
			}
			return nil
		},
		func(s settings, values []string) error {
			v, err := single(values)
			*at(s) = v == "true"
			return err
		},
	}
}

func number[T ~int | ~int64 | ~uint16 | ~uint64](at func(settings) *T) option {
	return option{
		func(s settings) []string {
			if n := *at(s); n != 0 {
				return []string{fmt.Sprint(n)}
			}
			return nil
		},
		func(s settings, values []string) error {
			n, err := whole(values)
			*at(s) = T(n)
			return err
		},
	}
}

// pointed is a number that can also be not given.
func pointed[T ~int | ~int64](at func(settings) **T) option {
	return option{
		func(s settings) []string {
			if n := *at(s); n != nil {
				return []string{fmt.Sprint(*n)}
			}
			return nil
		},
		func(s settings, values []string) error {
			if *at(s) = nil; len(values) == 0 {
				return nil
			}
			n, err := whole(values)
			v := T(n)
			*at(s) = &v
			return err
		},
	}
}

func whole(values []string) (int64, error) {
	v, err := single(values)
	if err != nil || v == "" {
		return 0, err
	}
	return strconv.ParseInt(v, 10, 64)
}

// amount is a size in bytes; -1 is no limit.
func amount(at func(settings) *int64) option {
	return option{
		func(s settings) []string {
			switch n := *at(s); {
			case n == 0:
				return nil
			case n < 0:
				return []string{strconv.FormatInt(n, 10)}
			default:
				return []string{runspec.FormatBytes(n)}
			}
		},
		func(s settings, values []string) error {
			v, err := single(values)
			switch {
			case err != nil:
			case v == "":
				*at(s) = 0
			case v == "-1":
				*at(s) = -1
			default:
				*at(s), err = units.RAMInBytes(v)
			}
			return err
		},
	}
}

func pairs(at func(settings) *map[string]string) option {
	return option{
		func(s settings) []string {
			var out []string
			for _, k := range slices.Sorted(maps.Keys(*at(s))) {
				out = append(out, k+"="+(*at(s))[k])
			}
			return out
		},
		func(s settings, values []string) error {
			*at(s) = nil
			for _, v := range values {
				name, value, ok := strings.Cut(v, "=")
				if !ok || name == "" {
					return fmt.Errorf("%q is not name=value", v)
				}
				if *at(s) == nil {
					*at(s) = map[string]string{}
				}
				(*at(s))[name] = value
			}
			return nil
		},
	}
}

func rates(parse opts.ValidatorThrottleFctType, at func(settings) *[]*blkiodev.ThrottleDevice) option {
	return option{
		func(s settings) []string {
			var out []string
			for _, d := range *at(s) {
				if d != nil {
					out = append(out, d.Path+":"+strconv.FormatUint(d.Rate, 10))
				}
			}
			return out
		},
		func(s settings, values []string) error {
			*at(s) = nil
			for _, v := range values {
				d, err := parse(v)
				if err != nil {
					return err
				}
				*at(s) = append(*at(s), d)
			}
			return nil
		},
	}
}

func readWeights(s settings) []string {
	var out []string
	for _, d := range s.host.BlkioWeightDevice {
		if d != nil {
			out = append(out, d.Path+":"+strconv.Itoa(int(d.Weight)))
		}
	}
	return out
}

func writeWeights(s settings, values []string) error {
	s.host.BlkioWeightDevice = nil
	for _, v := range values {
		d, err := opts.ValidateWeightDevice(v)
		if err != nil {
			return err
		}
		s.host.BlkioWeightDevice = append(s.host.BlkioWeightDevice, d)
	}
	return nil
}

// readExposed gives the ports that are exposed and not published, in ranges.
func readExposed(s settings) []string {
	var ports []runspec.Port
	for p := range s.cfg.ExposedPorts {
		if len(s.host.PortBindings[p]) == 0 {
			ports = append(ports, runspec.Port{Container: uint16(p.Int()), Protocol: p.Proto()})
		}
	}
	slices.SortFunc(ports, func(a, b runspec.Port) int {
		return cmp.Or(cmp.Compare(a.Protocol, b.Protocol), cmp.Compare(a.Container, b.Container))
	})
	var out []string
	for _, p := range runspec.FoldPorts(ports) {
		out = append(out, p.String())
	}
	return out
}

func writeExposed(s settings, values []string) error {
	maps.DeleteFunc(s.cfg.ExposedPorts, func(p nat.Port, _ struct{}) bool { return len(s.host.PortBindings[p]) == 0 })
	for _, v := range values {
		proto, text := nat.SplitProtoPort(v)
		first, last, err := nat.ParsePortRange(text)
		if err != nil {
			return err
		}
		if s.cfg.ExposedPorts == nil {
			s.cfg.ExposedPorts = nat.PortSet{}
		}
		for n := first; n <= last; n++ {
			p, err := nat.NewPort(proto, strconv.FormatUint(n, 10))
			if err != nil {
				return err
			}
			s.cfg.ExposedPorts[p] = struct{}{}
		}
	}
	return nil
}

// allGPUs tells of a request for all of them, as --gpus all makes it.
func allGPUs(r container.DeviceRequest) bool {
	return r.Count == -1 && r.Driver == "" && len(r.DeviceIDs) == 0 && len(r.Options) == 0 && len(r.Capabilities) == 1 &&
		slices.Equal(r.Capabilities[0], []string{"gpu"})
}

// cdi is the driver of devices that are named, which are in another field.
const cdi = "cdi"

// readGPUs gives the requests of graphics cards but for all of them.
func readGPUs(s settings) []string {
	var out []string
	for _, r := range s.host.DeviceRequests {
		if r.Driver == cdi || allGPUs(r) {
			continue
		}
		var fields []string
		switch {
		case len(r.DeviceIDs) > 0:
			fields = append(fields, "device="+strings.Join(r.DeviceIDs, ","))
		case r.Count == -1:
			fields = append(fields, "all")
		default:
			fields = append(fields, "count="+strconv.Itoa(r.Count))
		}
		if r.Driver != "" {
			fields = append(fields, "driver="+r.Driver)
		}
		for _, c := range r.Capabilities {
			if more := slices.DeleteFunc(slices.Clone(c), func(c string) bool { return c == "gpu" }); len(more) > 0 {
				fields = append(fields, "capabilities="+strings.Join(more, ","))
			}
		}
		if len(r.Options) > 0 {
			var list []string
			for _, k := range slices.Sorted(maps.Keys(r.Options)) {
				list = append(list, k+"="+r.Options[k])
			}
			fields = append(fields, "options="+runspec.MountFields(list))
		}
		out = append(out, runspec.MountFields(fields))
	}
	return out
}

func writeGPUs(s settings, values []string) error {
	s.host.DeviceRequests = slices.DeleteFunc(s.host.DeviceRequests, func(r container.DeviceRequest) bool {
		return r.Driver != cdi && !allGPUs(r)
	})
	var o opts.GpuOpts
	for _, v := range values {
		if err := o.Set(v); err != nil {
			return err
		}
	}
	s.host.DeviceRequests = append(s.host.DeviceRequests, o.Value()...)
	return nil
}

func healthOf(s settings) *container.HealthConfig {
	if s.cfg.Healthcheck == nil {
		s.cfg.Healthcheck = &container.HealthConfig{}
	}
	return s.cfg.Healthcheck
}

const (
	healthNone  = "NONE"
	healthShell = "CMD-SHELL"
)

func readHealthCmd(s settings) []string {
	if h := s.cfg.Healthcheck; h != nil && len(h.Test) == 2 && h.Test[0] == healthShell {
		return []string{h.Test[1]}
	}
	return nil
}

func writeHealthCmd(s settings, values []string) error {
	v, err := single(values)
	if healthOf(s).Test = nil; v != "" {
		s.cfg.Healthcheck.Test = []string{healthShell, v}
	}
	return err
}

func readNoHealth(s settings) []string {
	if h := s.cfg.Healthcheck; h != nil && len(h.Test) > 0 && h.Test[0] == healthNone {
		return []string{"true"}
	}
	return nil
}

func writeNoHealth(s settings, values []string) error {
	if slices.Equal(values, []string{"true"}) {
		s.cfg.Healthcheck = &container.HealthConfig{Test: []string{healthNone}}
	} else if len(readNoHealth(s)) > 0 {
		s.cfg.Healthcheck = nil
	}
	return nil
}

func health(at func(*container.HealthConfig) *time.Duration) option {
	return option{
		func(s settings) []string {
			if s.cfg.Healthcheck == nil || *at(s.cfg.Healthcheck) == 0 {
				return nil
			}
			return []string{at(s.cfg.Healthcheck).String()}
		},
		func(s settings, values []string) error {
			v, err := single(values)
			if *at(healthOf(s)) = 0; err != nil || v == "" {
				return err
			}
			*at(s.cfg.Healthcheck), err = time.ParseDuration(v)
			return err
		},
	}
}

func readRetries(s settings) []string {
	if h := s.cfg.Healthcheck; h != nil && h.Retries != 0 {
		return []string{strconv.Itoa(h.Retries)}
	}
	return nil
}

func writeRetries(s settings, values []string) error {
	n, err := whole(values)
	healthOf(s).Retries = int(n)
	return err
}

// readNoInit tells of a container that has none though the engine gives one to others.
func readNoInit(s settings) []string {
	if i := s.host.Init; i != nil && !*i {
		return []string{"false"}
	}
	return nil
}

func writeNoInit(s settings, values []string) error {
	switch {
	case slices.Equal(values, []string{"false"}):
		no := false
		s.host.Init = &no
	case len(readNoInit(s)) > 0:
		s.host.Init = nil
	}
	return nil
}

func readNoOOM(s settings) []string {
	if d := s.host.OomKillDisable; d != nil && *d {
		return []string{"true"}
	}
	return nil
}

func writeNoOOM(s settings, values []string) error {
	v, err := single(values)
	s.host.OomKillDisable = nil
	if v == "true" {
		yes := true
		s.host.OomKillDisable = &yes
	}
	return err
}

// address is one that a container asked for in its first network.
func address(at func(*network.EndpointIPAMConfig) *string) option {
	return option{
		func(s settings) []string {
			if s.first.IPAMConfig == nil {
				return nil
			}
			return some(*at(s.first.IPAMConfig))
		},
		func(s settings, values []string) error {
			v, err := single(values)
			*at(addressesOf(s)) = v
			return err
		},
	}
}

func addressesOf(s settings) *network.EndpointIPAMConfig {
	if s.first.IPAMConfig == nil {
		s.first.IPAMConfig = &network.EndpointIPAMConfig{}
	}
	return s.first.IPAMConfig
}

func readLinkLocal(s settings) []string {
	if s.first.IPAMConfig == nil {
		return nil
	}
	return s.first.IPAMConfig.LinkLocalIPs
}

func writeLinkLocal(s settings, values []string) error {
	addressesOf(s).LinkLocalIPs = values
	return nil
}

// readLinks gives those of the default network, which the engine tells with the container's own name
// ("/db:/web/database"), and those of another one.
func readLinks(s settings) []string {
	var out []string
	for _, l := range s.host.Links {
		of, as, ok := strings.Cut(l, ":")
		if !ok {
			as = of
		}
		out = append(out, strings.TrimPrefix(of, "/")+":"+as[strings.LastIndexByte(as, '/')+1:])
	}
	slices.Sort(out)
	return append(out, s.first.Links...)
}

func writeLinks(s settings, values []string) error {
	s.host.Links, s.first.Links = nil, nil
	if m := s.host.NetworkMode; m != "" && m.IsUserDefined() {
		s.first.Links = values
	} else {
		s.host.Links = values
	}
	return nil
}

func readTmpfs(s settings) []string {
	var out []string
	for _, at := range slices.Sorted(maps.Keys(s.host.Tmpfs)) {
		if how := s.host.Tmpfs[at]; how != "" {
			at += ":" + how
		}
		out = append(out, at)
	}
	return out
}

func writeTmpfs(s settings, values []string) error {
	s.host.Tmpfs = nil
	for _, v := range values {
		at, how, _ := strings.Cut(v, ":")
		if s.host.Tmpfs == nil {
			s.host.Tmpfs = map[string]string{}
		}
		s.host.Tmpfs[at] = how
	}
	return nil
}

func readUlimits(s settings) []string {
	var out []string
	for _, u := range s.host.Ulimits {
		if u != nil {
			out = append(out, fmt.Sprintf("%s=%d:%d", u.Name, u.Soft, u.Hard))
		}
	}
	slices.Sort(out)
	return out
}

func writeUlimits(s settings, values []string) error {
	s.host.Ulimits = nil
	for _, v := range values {
		u, err := units.ParseUlimit(v)
		if err != nil {
			return err
		}
		s.host.Ulimits = append(s.host.Ulimits, u)
	}
	return nil
}

// readVolumes gives the places of anonymous volumes.
func readVolumes(s settings) []string { return slices.Sorted(maps.Keys(s.cfg.Volumes)) }

func writeVolumes(s settings, values []string) error {
	s.cfg.Volumes = nil
	for _, v := range values {
		if s.cfg.Volumes == nil {
			s.cfg.Volumes = map[string]struct{}{}
		}
		s.cfg.Volumes[v] = struct{}{}
	}
	return nil
}

// readFurther gives the networks beside the first one.
func readFurther(s settings) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(s.further)) {
		out = append(out, networkFields(name, s.further[name]))
	}
	return out
}

// networkFields is a network as --network takes it.
func networkFields(name string, n *network.EndpointSettings) string {
	fields := []string{"name=" + name}
	add := func(key string, values ...string) {
		for _, v := range values {
			if v != "" {
				fields = append(fields, key+"="+v)
			}
		}
	}
	add("alias", n.Aliases...)
	if c := n.IPAMConfig; c != nil {
		add("ip", c.IPv4Address)
		add("ip6", c.IPv6Address)
		add("link-local-ip", c.LinkLocalIPs...)
	}
	for _, k := range slices.Sorted(maps.Keys(n.DriverOpts)) {
		add("driver-opt", k+"="+n.DriverOpts[k])
	}
	if n.GwPriority != 0 {
		add("gw-priority", strconv.Itoa(n.GwPriority))
	}
	if len(fields) == 1 {
		return name
	}
	return runspec.MountFields(fields)
}

func writeFurther(s settings, values []string) error {
	clear(s.further)
	var o opts.NetworkOpt
	for _, v := range values {
		if err := o.Set(v); err != nil {
			return err
		}
	}
	for _, n := range o.Value() {
		e := &network.EndpointSettings{
			Aliases: n.Aliases, DriverOpts: n.DriverOpts, Links: n.Links, GwPriority: n.GwPriority,
			MacAddress: n.MacAddress,
		}
		if n.IPv4Address+n.IPv6Address != "" || len(n.LinkLocalIPs) > 0 {
			e.IPAMConfig = &network.EndpointIPAMConfig{
				IPv4Address: n.IPv4Address, IPv6Address: n.IPv6Address,
				LinkLocalIPs: n.LinkLocalIPs,
			}
		}
		s.further[n.Target] = e
	}
	return nil
}

// inField tells of a mount that has a row of its own in a spec: folders, and volumes by name.
func inField(m mount.Mount) bool {
	return m.Type == mount.TypeBind || m.Type == mount.TypeVolume && m.Source != ""
}

// readMounts gives the mounts that are neither folders nor volumes with a name.
func readMounts(s settings) []string {
	var out []string
	for _, m := range s.host.Mounts {
		if inField(m) {
			continue
		}
		fields := []string{"type=" + string(m.Type)}
		if m.Source != "" {
			fields = append(fields, "source="+m.Source)
		}
		fields = append(fields, "target="+m.Target)
		if m.ReadOnly {
			fields = append(fields, "readonly")
		}
		out = append(out, runspec.MountFields(append(fields, mountOptions(m)...)))
	}
	return out
}

func writeMounts(s settings, values []string) error {
	s.host.Mounts = slices.DeleteFunc(s.host.Mounts, func(m mount.Mount) bool { return !inField(m) })
	for _, v := range values {
		m, err := parseMount(v)
		if err != nil {
			return err
		}
		s.host.Mounts = append(s.host.Mounts, m)
	}
	return nil
}

// parseMount reads what --mount takes.
func parseMount(text string) (mount.Mount, error) {
	var o opts.MountOpt
	if err := o.Set(text); err != nil {
		return mount.Mount{}, err
	}
	m := o.Value()[0]
	if v := m.VolumeOptions; v != nil && len(v.Labels) == 0 {
		v.Labels = nil
	}
	return m, nil
}

// mountOptions are those of a mount, as --mount takes them.
func mountOptions(m mount.Mount) []string {
	var out []string
	add := func(key, value string) {
		if value != "" {
			out = append(out, key+"="+value)
		}
	}
	add("consistency", string(m.Consistency))
	if b := m.BindOptions; b != nil {
		add("bind-propagation", string(b.Propagation))
		switch {
		case b.NonRecursive:
			add("bind-recursive", "disabled")
		case b.ReadOnlyForceRecursive:
			add("bind-recursive", "readonly")
		case b.ReadOnlyNonRecursive:
			add("bind-recursive", "writable")
		}
	}
	if v := m.VolumeOptions; v != nil {
		if v.NoCopy {
			out = append(out, "volume-nocopy")
		}
		add("volume-subpath", v.Subpath)
		for _, k := range slices.Sorted(maps.Keys(v.Labels)) {
			add("volume-label", k+"="+v.Labels[k])
		}
		if d := v.DriverConfig; d != nil {
			add("volume-driver", d.Name)
			for _, k := range slices.Sorted(maps.Keys(d.Options)) {
				add("volume-opt", k+"="+d.Options[k])
			}
		}
	}
	if i := m.ImageOptions; i != nil {
		add("image-subpath", i.Subpath)
	}
	if t := m.TmpfsOptions; t != nil {
		if t.SizeBytes > 0 {
			add("tmpfs-size", strconv.FormatInt(t.SizeBytes, 10))
		}
		if t.Mode != 0 {
			add("tmpfs-mode", strconv.FormatUint(uint64(t.Mode), 8))
		}
	}
	return out
}
