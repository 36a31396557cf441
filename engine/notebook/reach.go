package notebook

import (
	"slices"
	"strings"

	"slipway/engine"
	"slipway/engine/model"
	"slipway/engine/platform"
)

// Place is where an engine is, as seen from this computer. What its containers publish is reached there and nowhere
// else: on 127.0.0.1 of this computer somebody else may listen on the same port.
type Place struct {
	Locality model.Locality
	// Host is the name or address of the engine's machine, where that is [model.Elsewhere].
	Host string
}

// PlaceOf is where a connected engine is.
func PlaceOf(e *engine.Engine) Place {
	return Place{Locality: e.Locality(), Host: e.Endpoint().HostName()}
}

// reach is the host at which a published port is reached, "" where it is not; local tells that no network is between.
func (p Place) reach(port model.PublishedPort) (host string, local bool) {
	switch {
	case p.Locality.SharesFolders() && platform.OwnAddress(port.Here()):
		return port.Here(), true
	case p.Locality == model.Elsewhere && !port.Loopback():
		return p.Host, false
	}
	return "", false // nobody knows, or only that machine's own programs reach it
}

// reached puts the ports that are reached from here before the others, and those by IPv4 first, which every computer
// has.
func (p Place) reached(ports []model.PublishedPort) []model.PublishedPort {
	ports = slices.Clone(ports)
	rank := func(port model.PublishedPort) int {
		switch host, _ := p.reach(port); {
		case host == "":
			return 2
		case strings.Contains(port.HostIP, ":"):
			return 1
		}
		return 0
	}
	slices.SortStableFunc(ports, func(a, b model.PublishedPort) int { return rank(a) - rank(b) })
	return ports
}
