// Package runspec holds what "docker run" can say as one value, [Spec], printed as the command that equals it.
// It is pure: nothing here asks an engine or looks at this computer.
//
// All options of docker run are one table (option.go): the name, whether a field of [Spec] has it, how it is printed,
// and where docker inspect has it. Package engine translates those without a field (engine/options.go) and takes off
// what an image or an engine added by itself (engine/asked.go).
//
// A test compares the table with options.json, which is docker's own list. After an update of docker/cli, write it
// again:
//
//	cd engine/enginetest/dockercli && go run . > ../../runspec/options.json
//
// TestRandomSpecs (package engine) makes random containers with docker itself, and holds that the line that Slipway
// shows, Slipway itself and a change make the same: a sample in "make test", 300 in "make proofs".
package runspec

import (
	"slices"
	"strconv"

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

	// More are the options that have no field here, and further values of "gpus", "init", "mount", "network" and "volume".
	More Options
}

// Env is one environment variable.
type Env struct {
	Name, Value string
	// Secret hides the value wherever the command is shown.
	Secret bool
}

// arg is the variable as -e takes it.
func (e Env) arg() model.Arg {
	return model.Arg{Text: e.Name + "=" + e.Value, Shown: e.Name, Secret: e.Secret || SecretValue(e.Value)}
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
	for _, o := range table {
		c = append(c, o.args(s)...)
	}
	command := s.Command
	if len(s.Entrypoint) > 1 {
		command = append(slices.Clone(s.Entrypoint[1:]), s.Command...)
	}
	if s.Image != "" { // a form that is not filled in yet
		c = append(c, model.Arg{Text: s.Image})
	}
	return append(c, HideSecrets(command)...)
}

// Swap is memory and swap together, as --memory-swap takes it: what somebody chose, else as much swap as memory, as
// docker has it.
func (s Spec) Swap() string {
	if chosen := s.More["memory-swap"]; len(chosen) == 1 {
		return chosen[0]
	}
	return FormatBytes(2 * s.Memory)
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
