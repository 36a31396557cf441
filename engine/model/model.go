// Package model holds the values that Slipway's rooms hand each other: containers, images, volumes, the engine
// itself and [Problem]. They are plain data without behaviour that needs an engine; every other package may import it.
package model

import (
	"strings"
	"time"
)

// Labels that Slipway writes on what it makes. The engine is the only store of what is known about a container.
const (
	// LabelPrefix is how all of them begin.
	LabelPrefix = "app.slipway."
	// LabelJob is the job that created the container; clean-up after a failure removes only what carries its own job.
	LabelJob = "app.slipway.job"
	// ComposeProject is Docker Compose's label, with the name of the project that a container belongs to.
	ComposeProject = "com.docker.compose.project"
	// LabelVersion is the version of Slipway that created it.
	LabelVersion = "app.slipway.version"
	// LabelRecipe is the recipe that it was launched from, LabelFolder the folder as it was chosen, and LabelDigest the
	// image's ID then.
	LabelRecipe = "app.slipway.recipe"
	LabelFolder = "app.slipway.folder"
	LabelDigest = "app.slipway.image-digest"
	// LabelRecipeSum stands for what the recipe said then, see [Container.Mark].
	LabelRecipeSum = "app.slipway.recipe-sum"
	// LabelReplaces is the full ID of the container whose place it took.
	LabelReplaces = "app.slipway.replaces"
	// LabelSwap is how it takes that place, see [Swap].
	LabelSwap = "app.slipway.swap"
	// LabelHelper is the volume that a container was made to look into; it is never started, nor listed.
	LabelHelper = "app.slipway.helper"
	// LabelRun is the run of Slipway that made a helper.
	LabelRun = "app.slipway.run"
	// LabelSignature tells what this user's Slipway wrote from what anybody wrote, see [Key].
	LabelSignature = "app.slipway.signature"
)

// Locality tells where an engine runs, seen from this computer. Folders, free ports and 127.0.0.1
// mean this computer only for the first two.
type Locality string

// The places where an engine can be.
const (
	ThisComputer   Locality = "this computer"
	VirtualMachine Locality = "a virtual machine on this computer"
	Elsewhere      Locality = "elsewhere"
)

// SharesFolders tells whether folders and loopback ports of the engine are those of this computer.
func (l Locality) SharesFolders() bool { return l == ThisComputer || l == VirtualMachine }

// EngineInfo is what an engine says about itself.
type EngineInfo struct {
	// ID is the engine's own identifier; it stays the same over restarts.
	ID string
	// Product is "Docker" or "Podman".
	Product string
	// Version as the engine prints it, for example "28.5.2".
	Version string
	// APIVersion is the negotiated one, for example "1.51".
	APIVersion string
	// OS and Arch are the engine's, in Go's words ("linux", "arm64").
	OS, Arch string
	// OperatingSystem is the long name, for example "Docker Desktop".
	OperatingSystem string
	// Name is the host name of the engine's machine.
	Name string
	// Kernel is the release of its machine's kernel, for example "6.12.48+deb13-amd64".
	Kernel string
	// Clock is the time by the engine's clock when it was asked, zero where it does not tell.
	Clock time.Time
	// Rootless tells whether the engine runs as an ordinary user.
	Rootless bool
	// UserNSRemap tells whether the users in containers are others on the engine's machine (dockerd --userns-remap).
	UserNSRemap bool
	// ContainerdStore tells whether images live in containerd's store (other IDs and sizes).
	ContainerdStore bool
	// GPU tells whether the engine can give NVIDIA GPUs to containers: it has their runtime, or found them by CDI.
	GPU bool
	// SELinux tells whether folders must be relabelled before a container may use them.
	SELinux bool
	// Runtime is the one that containers get when nobody asks for another, for example "runc"; LogDriver what keeps their
	// output then.
	Runtime, LogDriver string
	// CgroupVersion is "1" or "2"; SwapLimit tells whether the engine can limit swap.
	CgroupVersion string
	SwapLimit     bool
	// DataRoot is the folder of the engine's machine where images and containers are.
	DataRoot string
	// PlainRegistries are those that the engine may ask without encryption: names as they stand in images, and networks in
	// the form 127.0.0.0/8 (dockerd --insecure-registry).
	PlainRegistries []string
	// CPUs and Memory (bytes) are those of the engine's machine.
	CPUs   int
	Memory int64
}

// State is a container's state in the engine's words.
type State string

// The states that the engine reports.
const (
	StateCreated    State = "created"
	StateRunning    State = "running"
	StatePaused     State = "paused"
	StateRestarting State = "restarting"
	StateRemoving   State = "removing"
	StateExited     State = "exited"
	StateDead       State = "dead"
)

// Container is one container, from the list and, when Inspected, from inspect too.
type Container struct {
	// ID is the full one of 64 hex digits.
	ID string
	// Name without the leading slash.
	Name string
	// Image is the reference that the container was made from; ImageID what it meant then.
	Image, ImageID string
	// Command is its program and what that is given, with blanks between; see Argv.
	Command string
	Created time.Time
	State   State
	// ExitCode counts only when the state is exited or dead.
	ExitCode int
	// Health is "", "starting", "healthy" or "unhealthy".
	Health string
	// Probes are the last answers of its health check, the newest last, as of when it was inspected.
	Probes []Probe
	Ports  []PublishedPort
	Mounts []Mount
	Labels map[string]string
	// Marks are those of Slipway's labels that are believed, see [Key.ContainerMarks] and [Container.Mark].
	Marks map[string]string
	// Networks are the names of those it is connected to.
	Networks []string
	// SharesWith are the containers, by ID or name, whose network, memory or processes it uses (--network
	// container:ID and the like).
	SharesWith []string
	// Connections are those of them beside the first one, which "docker network connect" makes.
	Connections []Connection

	// Inspected tells whether the fields below are known; the engine's list does not have them.
	Inspected bool
	// Argv is the program and its arguments.
	Argv []string
	// Reference is the image as it was asked for when the container was made. Image is an ID in the engine's list once
	// another image has taken the name.
	Reference             string
	StartedAt, FinishedAt time.Time
	OOMKilled             bool
	// OOMAt is when the system last ended a program in it for want of memory, as far as the engine said so since it is
	// watched. The container itself may run on.
	OOMAt time.Time
	// StopAt is when the engine last stopped it because somebody asked for that, as far as it said so since it is watched.
	StopAt time.Time
	// Error is the engine's own text when the last start failed.
	Error string
	// AutoRemove is --rm: the engine deletes the container when it stops.
	AutoRemove bool
	// ReadOnly is --read-only: only what is mounted can be written to, by docker cp too.
	ReadOnly bool
	TTY      bool
	// StopTimeout is the grace time in seconds that the container itself asks for; 0 means the engine's 10.
	StopTimeout   int
	RestartPolicy string
	// Memory is its limit in bytes, CPUs that of the processors that it may keep busy, as in --cpus, and Processes that of
	// its processes and threads; 0 for none.
	Memory    int64
	CPUs      float64
	Processes int64
	// MemorySwap is the limit of memory and swap together in bytes, -1 for none.
	MemorySwap int64
	// Privileged containers can do everything on the engine's machine; HostNetwork tells that it has that machine's
	// network. SharedProcesses tells that it sees the processes of the engine's computer, or of another container (--pid).
	SharedProcesses         bool
	Privileged, HostNetwork bool
	// RestartCount is how often the engine started it again by that policy since it was started by hand.
	RestartCount int
	WorkingDir   string
	User         string
	Env          []string
}

// SwapWith is the limit of memory and swap together in bytes that goes with another limit of memory: with as much swap
// as somebody chose, else as much as memory, as docker run -m has it; -1 for none.
func (c Container) SwapWith(memory int64) int64 {
	switch {
	case c.MemorySwap == -1:
		return -1
	case c.Memory <= 0 || c.MemorySwap < c.Memory || c.MemorySwap == 2*c.Memory:
		return 2 * memory
	}
	return memory + c.MemorySwap - c.Memory
}

// Connection is how a container was connected to a further network: the options of docker network connect, as words.
type Connection struct {
	Network string
	Options []string
}

// Running tells whether a process of the container exists: running, paused or between restarts.
func (c Container) Running() bool {
	return c.State == StateRunning || c.State == StatePaused || c.State == StateRestarting
}

// ShortID is the first 12 digits, as docker prints it.
func (c Container) ShortID() string { return ShortID(c.ID) }

// Usage is what a running container uses at one moment. Memory is in bytes, and so is Limit: how much it may use by its
// own limit, or the engine's whole memory. CPU is in percent of one processor, as docker stats counts it, and -1 while
// that is not known.
//
// What came in and went out of all networks, and was read from and written to disks, is counted in bytes since the
// container was started; -1 where the engine does not say.
type Usage struct {
	// At is when it was counted, by the engine's clock.
	At                  time.Time
	Memory, Limit       int64
	CPU                 float64
	NetIn, NetOut       int64
	DiskRead, DiskWrite int64
	// Processes counts threads too, as the kernel does. Cores is how many processors there are.
	Processes, Cores int
}

// Probe is one answer of a health check: 0 for well, what it printed beside.
type Probe struct {
	At     time.Time
	Code   int
	Output string
}

// Process is a process that runs in a container.
type Process struct {
	// PID and Parent are its numbers: those inside the container where Inside is set, else those of the engine's machine.
	PID, Parent int
	Inside      bool
	User        string
	Command     string
	// State is the kernel's letter, such as "S" or "T" (proc(5)); "" where it is not told.
	State string
	// CPU is in percent of one processor since it was told last, Memory what is in main memory in bytes; -1 while not
	// known.
	CPU     float64
	Memory  int64
	Threads int
	// Start is when it began, in the kernel's ticks since the machine started; with PID it means this process and no
	// other.
	Start uint64
}

// PublishedPort is a port of the container that is reachable from outside, or (HostPort 0) only exposed.
type PublishedPort struct {
	// HostIP is the address it is bound to; "" and "0.0.0.0" and "::" mean every network.
	HostIP    string
	HostPort  uint16
	Container uint16
	// Protocol is "tcp", "udp" or "sctp".
	Protocol string
}

// Loopback tells whether only this computer reaches the port.
func (p PublishedPort) Loopback() bool {
	return strings.HasPrefix(p.HostIP, "127.") || p.HostIP == "::1" || p.HostIP == "localhost"
}

// Here is the address at which programs of the engine's own machine reach the port: engines bind IPv4 and IPv6 by
// themselves, and the same port of the container may be another one in each.
func (p PublishedPort) Here() string {
	switch p.HostIP {
	case "", "0.0.0.0":
		return "127.0.0.1"
	case "::":
		return "::1"
	}
	return p.HostIP
}

// Mount is something mounted into a container.
type Mount struct {
	// Type is "bind", "volume" or "tmpfs".
	Type string
	// Name is the volume's; Source the folder's path on the engine's machine.
	Name, Source string
	Destination  string
	ReadOnly     bool
}

// Image is one image of the engine's list.
type Image struct {
	// ID is the full one with its "sha256:".
	ID string
	// Tags are references such as "jupyter/scipy-notebook:python-3.8"; empty for a dangling image.
	Tags []string
	// Digests are references such as "name@sha256:…".
	Digests []string
	Created time.Time
	// Size in bytes as the engine's list has it.
	Size   int64
	Labels map[string]string
}

// Names are the references that the image goes by: its tags, or, where it has none, those with a digest. It has only
// those when it was pulled by its digest, or another image took its tag since.
func (i Image) Names() []string {
	if len(i.Tags) > 0 {
		return i.Tags
	}
	return i.Digests
}

// Dangling tells whether the image has no name left, as "docker image prune" means it.
func (i Image) Dangling() bool { return len(i.Names()) == 0 }

// OnlyHere tells that no registry is known to have the image: it was made on the engine's computer, and cannot be
// pulled again.
func (i Image) OnlyHere() bool { return len(i.Digests) == 0 }

// ShortID is the first 12 digits, as docker prints it.
func (i Image) ShortID() string { return ShortID(i.ID) }

// ImageDetail is what an image says about how it wants to be run.
type ImageDetail struct {
	Image
	// Exposed are the ports of EXPOSE, HostPort 0.
	Exposed []PublishedPort
	// Volumes are the paths of VOLUME, sorted.
	Volumes              []string
	WorkingDir, User     string
	Env, Cmd, Entrypoint []string
	// Healthcheck is the command that the image is checked with, without its "CMD" or "CMD-SHELL".
	Healthcheck      []string
	OS, Architecture string
}

// Layer is one step that an image was built in. Size is what it added, in bytes; 0 for one that changed only settings.
type Layer struct {
	// Instruction is a line of a Dockerfile, as far as the builder wrote it down.
	Instruction string
	// Created is zero where the builder did not say.
	Created time.Time
	Size    int64
}

// Found is an image that Docker Hub knows.
type Found struct {
	Name, Description string
	Stars             int
	// Official tells that Docker itself looks after it.
	Official bool
}

// Volume is one named or anonymous volume.
type Volume struct {
	Name, Driver, Mountpoint string
	Created                  time.Time
	Labels                   map[string]string
	// Marks are those of Slipway's labels that are believed, see [Key.VolumeMarks].
	Marks map[string]string
	// Anonymous tells whether the engine named it, for a VOLUME line or a -v without a name.
	Anonymous bool
	// Options are what its driver was given, as docker volume create -o takes them.
	Options map[string]string
}

// StandsFor is the place outside of the volume that it only leads to: a folder of the engine's machine, or one of a
// server. "" for a volume that holds its files itself.
func (v Volume) StandsFor() string {
	device := v.Options["device"]
	switch kind := v.Options["type"]; {
	case device == "" || kind == "tmpfs":
		return ""
	case kind == "nfs" || strings.HasPrefix(kind, "nfs"):
		for _, o := range strings.Split(v.Options["o"], ",") {
			if server, ok := strings.CutPrefix(o, "addr="); ok {
				return server + device
			}
		}
	}
	return device
}

// Disk is what takes space on the engine's disk, as the engine counts it. All sizes are in bytes.
type Disk struct {
	Images []ImageUse
	// Layers is what all images take together, layers that several have once; 0 where it is not told.
	Layers     int64
	Containers []ContainerUse
	// Volumes are sizes by name; those whose driver does not tell are missing.
	Volumes map[string]int64
	Cache   []CacheUse
}

// ImageUse is an image and what it takes. Shared is the part of its size that is in other images too, and so
// does not become free with it.
type ImageUse struct {
	Image
	Shared int64
}

// ContainerUse is a container and the size of what is only in it: its writable layer.
type ContainerUse struct {
	Container
	Size int64
}

// CacheUse is one record of the build cache.
type CacheUse struct {
	ID string
	// Kind is the engine's word, for example "regular" or "source.local"; Text says what was built.
	Kind, Text string
	Size       int64
	// InUse records cannot be removed now. Shared ones are parts of images too.
	InUse, Shared bool
	Created       time.Time
	// Used is when it was used last, zero for never.
	Used time.Time
}

// Network is one network of the engine.
type Network struct{ ID, Name, Driver string }

// BuiltIn tells whether the engine has the network by itself. Containers on it do not find each other by name.
func (n Network) BuiltIn() bool {
	return n.Name == "bridge" || n.Name == "host" || n.Name == "none" || n.Name == "podman"
}

// ShortID cuts an ID of the engine to the 12 digits that docker prints, without "sha256:".
func ShortID(id string) string {
	id = strings.TrimPrefix(id, "sha256:")
	if len(id) > 12 {
		return id[:12]
	}
	return id
}

// Fact is where it is, as it stands behind what is there: "on this computer".
func (l Locality) Fact() Fact {
	switch l {
	case ThisComputer:
		return Say("model.this-computer")
	case VirtualMachine:
		return Say("model.a-virtual-machine")
	}
	return Say("model.elsewhere")
}
