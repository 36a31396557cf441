package runform

import (
	"net/netip"
	"strconv"
	"strings"

	"slipway/engine/model"
	"slipway/engine/runspec"
	"slipway/engine/words"
)

// PortRow is one published port, or several that follow one another, as it is typed.
type PortRow struct {
	// Container is a number or a range ("8000-8010"), Protocol "tcp", "udp" or "sctp".
	Container, Protocol string
	// HostIP is the address it is reached at. HostPort is a number, a range, or "" where the engine takes any free one.
	HostIP, HostPort string
}

// portRow is a published port as it is typed.
func portRow(p runspec.Port) PortRow {
	row := PortRow{Container: p.ContainerText(), Protocol: p.Protocol, HostIP: p.HostIP, HostPort: p.HostText()}
	if row.Protocol == "" {
		row.Protocol = "tcp"
	}
	return row
}

// What is wrong with a port.
var (
	notAPort    = model.Say("runform.not-a-port")
	otherLength = model.Say("runform.other-length")
)

// port reads the row. The texts say what is wrong with its two fields, none for nothing.
func (r PortRow) port() (p runspec.Port, wrongInside, wrongHost words.Text) {
	p = runspec.Port{HostIP: r.HostIP, Protocol: r.Protocol}
	first, last, ok := portRange(r.Container)
	if !ok {
		return p, words.Of(notAPort), words.Text{}
	}
	if p.Container = first; last > first {
		p.ContainerEnd = last
	}
	if strings.TrimSpace(r.HostPort) == "" {
		return p, words.Text{}, words.Text{}
	}
	from, to, ok := portRange(r.HostPort)
	switch {
	case !ok:
		return p, words.Text{}, words.Of(notAPort)
	case p.Count() == 1 && to > from:
		p.HostEnd = to
	case to > from && int(to)-int(from)+1 != p.Count(), int(from)+p.Count()-1 > 65535:
		return p, words.Text{}, words.Of(otherLength)
	}
	p.HostPort = from
	return p, words.Text{}, words.Text{}
}

// portRange reads a number or two with a dash; both are the same for a single one.
func portRange(text string) (first, last uint16, ok bool) {
	from, to, isRange := strings.Cut(strings.TrimSpace(text), "-")
	first, err := port(strings.TrimSpace(from))
	if err != nil {
		return 0, 0, false
	}
	if !isRange {
		return first, first, true
	}
	last, err = port(strings.TrimSpace(to))
	return first, last, err == nil && last >= first
}

func port(text string) (uint16, error) {
	n, err := strconv.ParseUint(text, 10, 16)
	if err == nil && n == 0 {
		err = strconv.ErrRange
	}
	return uint16(n), err
}

// lastHost is the last port of the engine's machine that the row may take.
func lastHost(p runspec.Port) uint16 {
	if p.HostEnd != 0 {
		return p.HostEnd
	}
	return uint16(int(p.HostPort) + p.Count() - 1)
}

// collide tells whether the engine could not give both: the same port at the same address, where an empty address is
// all of them. Of a range for one port it takes another one.
func collide(a, b runspec.Port) bool {
	if a.HostPort == 0 || b.HostPort == 0 || a.HostEnd != 0 || b.HostEnd != 0 || a.Protocol != b.Protocol {
		return false
	}
	if a.HostPort > lastHost(b) || b.HostPort > lastHost(a) {
		return false
	}
	return a.HostIP == b.HostIP || everywhere(a.HostIP, b.HostIP) || everywhere(b.HostIP, a.HostIP)
}

// everywhere tells whether an address covers another one.
func everywhere(ip, other string) bool {
	all, errAll := netip.ParseAddr(ip)
	o, err := netip.ParseAddr(other)
	if ip == "" {
		return true
	}
	return errAll == nil && err == nil && all.IsUnspecified() && all.Is4() == o.Is4()
}

// loopback tells of an address that only this computer reaches.
func loopback(ip string) bool {
	a, err := netip.ParseAddr(ip)
	return err == nil && a.IsLoopback()
}

// mostPorts of an image are rows at once; an image of a telephone exchange has ten thousand.
const mostPorts = 8

// exposed are the ports that an image says it has, as rows, and those that are too many to be published unasked, in
// ranges.
func exposed(d model.ImageDetail) (rows []PortRow, more []runspec.Port) {
	var list []runspec.Port
	for _, p := range d.Exposed {
		list = append(list,
			runspec.Port{HostIP: Loopback, HostPort: p.Container, Container: p.Container, Protocol: p.Protocol})
	}
	for _, p := range runspec.FoldPorts(list) {
		switch {
		case p.Count() == 1 && len(rows) < mostPorts:
			rows = append(rows, portRow(p))
		case p.Count() <= mostPorts-len(rows):
			for i := range p.Count() {
				one := p
				one.Container, one.ContainerEnd, one.HostPort = p.Container+uint16(i), 0, p.HostPort+uint16(i)
				rows = append(rows, portRow(one))
			}
		default:
			more = append(more, p)
		}
	}
	return rows, more
}
