// Package runspec holds what "docker run" can say as one value, [Spec], printed as the command that equals it.
// It is pure: nothing here asks an engine or looks at this computer.
package runspec

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"slipway/engine/model"
)

// Spec is one container to be made, in the words of "docker run -d".
type Spec struct {
	// Name is empty when the engine shall choose one.
	Name  string
	Image string
	Ports []Port
	// Mounts are folders and volumes.
	Mounts []Mount
	Env    []Env
	// Entrypoint replaces the image's, with its arguments; empty keeps it.
	Entrypoint []string
	// Command replaces the image's CMD; empty keeps it.
	Command []string
	User    string
	// GroupAdd are further groups of the user, by name or number.
	GroupAdd   []string
	WorkingDir string
	// UserNS is "", "host" or what else --userns takes.
	UserNS string
	// ShmSize is the size of /dev/shm in bytes; 0 leaves the engine's 64 MB.
	ShmSize int64
	// Memory in bytes and CPUs as a number of cores; 0 means no limit.
	Memory int64
	CPUs   float64
	// GPUs gives the container all GPUs of the engine.
	GPUs bool
	// Restart is "", "no", "always", "unless-stopped" or "on-failure[:N]".
	Restart    string
	AutoRemove bool
	Labels     map[string]string

	// Hostname is the name that the container has of itself; "" lets the engine choose.
	Hostname string
	// TTY and Interactive give it a terminal and keep its input open; Init puts a small program before its own that reaps
	// ended ones.
	TTY, Interactive, Init bool
	// Network is what --network takes; "" means the engine's default. Aliases are further names of the container in it,
	// which only a network that somebody made can have.
	Network string
	Aliases []string
	// Platform is what --platform takes, for example "linux/arm64"; "" means the engine's own.
	Platform string
	// ExtraHosts are name:address; CapAdd, CapDrop, Devices and SecurityOpts as docker run takes each of them.
	ExtraHosts, CapAdd, CapDrop, Devices, SecurityOpts []string
	Privileged                                         bool
}

// Port publishes a port of the container.
type Port struct {
	// HostIP is the address on the engine's machine; "" means all networks.
	HostIP string
	// HostPort 0 lets the engine choose.
	HostPort  uint16
	Container uint16
	// Protocol is "tcp", "udp" or "sctp"; "" means tcp.
	Protocol string
}

// MountKind tells a folder of the engine's machine from a named volume.
type MountKind string

// The kinds of mounts.
const (
	Bind   MountKind = "bind"
	Volume MountKind = "volume"
)

// Mount puts a folder or a volume into the container.
type Mount struct {
	Kind MountKind
	// Source is an absolute folder or the name of a volume.
	Source string
	// Target is an absolute path in the container.
	Target   string
	ReadOnly bool
	// Relabel lets containers use the folder where SELinux would not; it changes the folder's own label.
	Relabel bool
}

// Env is one environment variable.
type Env struct {
	Name, Value string
	// Secret hides the value wherever the command is shown.
	Secret bool
}

// IsTCP tells whether the port speaks TCP, which an empty protocol means too.
func (p Port) IsTCP() bool { return p.Protocol == "" || p.Protocol == "tcp" }

// String is the port as -p takes it.
func (p Port) String() string {
	var b strings.Builder
	if p.HostIP != "" {
		if strings.Contains(p.HostIP, ":") {
			b.WriteString("[" + p.HostIP + "]:")
		} else {
			b.WriteString(p.HostIP + ":")
		}
	}
	if p.HostPort != 0 {
		b.WriteString(strconv.Itoa(int(p.HostPort)) + ":")
	} else if p.HostIP != "" {
		b.WriteString(":")
	}
	b.WriteString(strconv.Itoa(int(p.Container)))
	if !p.IsTCP() {
		b.WriteString("/" + p.Protocol)
	}
	return b.String()
}

// args is the mount as docker run takes it. -v is what people know; --mount is used where -v cannot say it,
// because a colon in a path would be read as its separator.
func (m Mount) args() []string {
	if !m.Relabel && (strings.Contains(m.Source, ":") || strings.Contains(m.Target, ":")) {
		opt := "type=" + string(m.Kind) + "," + csvField("source="+m.Source) + "," + csvField("target="+m.Target)
		if m.ReadOnly {
			opt += ",readonly"
		}
		return []string{"--mount", opt}
	}
	return []string{"-v", m.Bind()}
}

// Bind is the mount as -v takes it.
func (m Mount) Bind() string {
	var options []string
	if m.ReadOnly {
		options = append(options, "ro")
	}
	if m.Relabel {
		options = append(options, "z")
	}
	v := m.Source + ":" + m.Target
	if len(options) > 0 {
		v += ":" + strings.Join(options, ",")
	}
	return v
}

// csvField quotes a field of --mount, which docker reads as CSV.
func csvField(s string) string {
	if strings.ContainsAny(s, `",`) {
		return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
	}
	return s
}

// RunCommand is the "docker run -d" line that equals the spec.
func (s Spec) RunCommand() model.Command {
	return append(model.Docker("run", "-d"), s.options()...)
}

// CreateCommand is [Spec.RunCommand] without starting it.
func (s Spec) CreateCommand() model.Command {
	return append(model.Docker("create"), s.options()...)
}

// options are all arguments behind "run -d", the image and its command included.
func (s Spec) options() model.Command {
	var c model.Command
	add := func(words ...string) { c = append(c, model.Docker(words...)...) }
	if s.Name != "" {
		add("--name", s.Name)
	}
	for _, p := range s.Ports {
		add("-p", p.String())
	}
	for _, m := range s.Mounts {
		add(m.args()...)
	}
	for _, e := range s.Env {
		c = append(c, model.Arg{Text: "-e"},
			model.Arg{Text: e.Name + "=" + e.Value, Shown: e.Name, Secret: e.Secret || SecretValue(e.Value)})
	}
	if s.User != "" {
		add("-u", s.User)
	}
	for _, g := range s.GroupAdd {
		add("--group-add", g)
	}
	if s.UserNS != "" {
		add("--userns", s.UserNS)
	}
	if s.WorkingDir != "" {
		add("-w", s.WorkingDir)
	}
	if s.ShmSize > 0 {
		add("--shm-size", FormatBytes(s.ShmSize))
	}
	if s.Memory > 0 {
		add("-m", FormatBytes(s.Memory))
	}
	if s.CPUs > 0 {
		add("--cpus", strconv.FormatFloat(s.CPUs, 'f', -1, 64))
	}
	if s.GPUs {
		add("--gpus", "all")
	}
	s.rare(add)
	if s.Restart != "" && s.Restart != "no" {
		add("--restart", s.Restart)
	}
	if s.AutoRemove {
		add("--rm")
	}
	for _, k := range slices.Sorted(maps.Keys(s.Labels)) {
		c = append(c, model.Arg{Text: "-l"}, label(k, s.Labels[k]))
	}
	command := s.Command
	if len(s.Entrypoint) > 0 { // the option takes one word, and what follows is put before the command
		add("--entrypoint", s.Entrypoint[0])
		command = append(slices.Clone(s.Entrypoint[1:]), s.Command...)
	}
	if s.Image != "" { // a form that is not filled in yet
		add(s.Image)
	}
	return append(c, HideSecrets(command)...)
}

// rare adds the options that few containers have.
func (s Spec) rare(add func(...string)) {
	for _, o := range []struct {
		flag string
		on   bool
	}{{"-i", s.Interactive}, {"-t", s.TTY}, {"--init", s.Init}, {"--privileged", s.Privileged}} {
		if o.on {
			add(o.flag)
		}
	}
	for _, o := range []struct {
		flag   string
		values []string
	}{
		{"--hostname", []string{s.Hostname}},
		{"--network", []string{s.Network}},
		{"--network-alias", s.Aliases},
		{"--platform", []string{s.Platform}},
		{"--add-host", s.ExtraHosts},
		{"--cap-add", s.CapAdd},
		{"--cap-drop", s.CapDrop},
		{"--device", s.Devices},
		{"--security-opt", s.SecurityOpts},
	} {
		for _, v := range o.values {
			if v != "" {
				add(o.flag, v)
			}
		}
	}
}

// FormatBytes prints bytes in the largest unit that loses nothing, as -m and --shm-size read them, for example "512m".
func FormatBytes(n int64) string {
	for _, u := range []struct {
		size int64
		name string
	}{{1 << 30, "g"}, {1 << 20, "m"}, {1 << 10, "k"}} {
		if n%u.size == 0 {
			return strconv.FormatInt(n/u.size, 10) + u.name
		}
	}
	return strconv.FormatInt(n, 10)
}
