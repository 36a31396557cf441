package engine

import (
	"context"
	"slices"
	"strings"

	"slipway/engine/model"

	"github.com/docker/docker/api/types/network"
)

// Networks lists the engine's networks by name: those that it has by itself ("bridge", "host", "none"; Podman's is
// "podman") and those that somebody made.
func (e *Engine) Networks(ctx context.Context) ([]model.Network, error) {
	list, err := e.cli.NetworkList(ctx, network.ListOptions{})
	if err != nil {
		return nil, explain(err, subject{what: model.Say("engine.cannot-list-the-networks")})
	}
	out := make([]model.Network, 0, len(list))
	for _, n := range list {
		if goodName(n.Name) {
			out = append(out, model.Network{ID: n.ID, Name: n.Name, Driver: n.Driver})
		}
	}
	slices.SortFunc(out, func(a, b model.Network) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}
