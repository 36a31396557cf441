package runspec

import (
	"strconv"
	"strings"
)

// Port publishes a port of the container, or several that follow one another.
type Port struct {
	// HostIP is the address on the engine's machine; "" means all networks.
	HostIP string
	// HostPort is where the container's port is reached; 0 lets the engine choose.
	HostPort uint16
	// HostEnd, where it is not 0, is the last of those of which the engine takes a free one, beginning with HostPort.
	HostEnd   uint16
	Container uint16
	// ContainerEnd, where it is not 0, is the last of several ports, each of which is published; their ports on the host
	// follow one another from HostPort on.
	ContainerEnd uint16
	// Protocol is "tcp", "udp" or "sctp"; "" means tcp.
	Protocol string
}

// IsTCP tells whether the port speaks TCP, which an empty protocol means too.
func (p Port) IsTCP() bool { return p.Protocol == "" || p.Protocol == "tcp" }

// Count is how many ports of the container it publishes.
func (p Port) Count() int {
	if p.ContainerEnd <= p.Container {
		return 1
	}
	return int(p.ContainerEnd) - int(p.Container) + 1
}

// String is the port as -p takes it.
func (p Port) String() string {
	var b strings.Builder
	switch {
	case strings.Contains(p.HostIP, ":"):
		b.WriteString("[" + p.HostIP + "]:")
	case p.HostIP != "":
		b.WriteString(p.HostIP + ":")
	}
	if host := p.HostText(); host != "" || p.HostIP != "" {
		b.WriteString(host + ":")
	}
	b.WriteString(portRange(p.Container, p.ContainerEnd))
	if !p.IsTCP() {
		b.WriteString("/" + p.Protocol)
	}
	return b.String()
}

// HostText is the port of the engine's machine as -p takes it: a number, or a range; "" where the engine chooses.
func (p Port) HostText() string {
	if p.HostPort == 0 {
		return ""
	}
	if n := p.Count(); n > 1 {
		return portRange(p.HostPort, uint16(int(p.HostPort)+n-1))
	}
	return portRange(p.HostPort, p.HostEnd)
}

// ContainerText is the container's port as -p takes it: a number, or a range.
func (p Port) ContainerText() string { return portRange(p.Container, p.ContainerEnd) }

func portRange(first, last uint16) string {
	text := strconv.Itoa(int(first))
	if last > first {
		text += "-" + strconv.Itoa(int(last))
	}
	return text
}

// FoldPorts joins ports that follow one another, at both ends, into ranges: an image may have ten thousand.
func FoldPorts(list []Port) []Port {
	var out []Port
	for _, p := range list {
		if n := len(out); n > 0 && out[n-1].goesOn(p) {
			out[n-1].ContainerEnd = p.Container
			continue
		}
		out = append(out, p)
	}
	return out
}

// goesOn tells whether the next single port continues this one.
func (p Port) goesOn(next Port) bool {
	last := uint16(int(p.Container) + p.Count() - 1)
	if last == 1<<16-1 || next.Container != last+1 || next.Count() > 1 || p.HostIP != next.HostIP ||
		p.IsTCP() != next.IsTCP() || !p.IsTCP() && p.Protocol != next.Protocol {
		return false
	}
	if p.HostEnd != 0 || next.HostEnd != 0 {
		return false
	}
	if p.HostPort == 0 || next.HostPort == 0 {
		return p.HostPort == 0 && next.HostPort == 0
	}
	return int(next.HostPort) == int(p.HostPort)+p.Count()
}

func portWords(list []Port) []string {
	var words []string
	for _, p := range list {
		words = append(words, p.String())
	}
	return words
}
