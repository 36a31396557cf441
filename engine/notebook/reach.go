package notebook

import (
	"slices"

	"slipway/engine"
	"slipway/engine/model"
	"slipway/engine/platform"
)

// Place is where an engine is, as seen from this computer. What its containers publish is reached there and nowhere else:
// on 127.0.0.1 of this computer somebody else may listen on the same port.
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
	wide := port.HostIP == "" || port.HostIP == "0.0.0.0" || port.HostIP == "::"
	switch {
	case p.Locality.SharesFolders() && wide:
		return "127.0.0.1", true
	case p.Locality.SharesFolders() && platform.OwnAddress(port.HostIP):
		return port.HostIP, true
	case p.Locality == model.Elsewhere && !port.Loopback():
		return p.Host, false
	}
	return "", false // nobody knows, or only that machine's own programs reach it
}

// reached puts the ports that are reached from here before the others.
func (p Place) reached(ports []model.PublishedPort) []model.PublishedPort {
	ports = slices.Clone(ports)
	rank := func(port model.PublishedPort) int {
		if host, _ := p.reach(port); host == "" {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(ports, func(a, b model.PublishedPort) int { return rank(a) - rank(b) })
	return ports
}
