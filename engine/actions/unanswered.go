package actions

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"slipway/engine"
	"slipway/engine/model"
)

// mostNamed is how many other ports are named: the container says which there are.
const mostNamed = 5

// whyUnanswered says why nothing that can be used answers at a published port of a container that runs: its program
// listens only inside, or on another port; nil where that cannot be told, or it listens as it should.
func whyUnanswered(ctx context.Context, e *engine.Engine, c model.Container, port uint16) *model.Problem {
	if c.HostNetwork || port == 0 || c.State != model.StateRunning {
		return nil
	}
	list, err := e.Listening(ctx, c.ID)
	if err != nil || len(list) == 0 {
		return nil //nolint:nilerr // that it cannot be told is no answer
	}
	var at []netip.AddrPort
	var others []string
	for _, l := range list {
		switch name := fmt.Sprint(l.Port()); {
		case l.Port() == port:
			at = append(at, l)
		case !l.Addr().IsLoopback() && len(others) < mostNamed && !slices.Contains(others, name):
			others = append(others, name)
		}
	}
	if len(at) > 0 && !slices.ContainsFunc(at, func(l netip.AddrPort) bool { return !l.Addr().IsLoopback() }) {
		return model.NewProblem(model.ProblemUnreachable, nil,
			fmt.Sprintf("The server in “%s” listens only inside the container", c.Name),
			fmt.Sprintf("It listens at %s, which only programs in the container reach. A published port needs one that listens at all addresses.", at[0]),
			"Start it with --ip=0.0.0.0, or whatever its program calls that: --host 0.0.0.0, --bind 0.0.0.0.")
	}
	if len(at) == 0 && len(others) > 0 {
		return model.NewProblem(model.ProblemUnreachable, nil,
			fmt.Sprintf("Nothing in “%s” listens on port %d", c.Name, port),
			"Its programs listen on port "+strings.Join(others, ", ")+" instead.",
			fmt.Sprintf("Publish that port, or start its program on port %d. It may also still be starting.", port))
	}
	return nil
}
