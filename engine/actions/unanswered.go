package actions

import (
	"context"
	"fmt"
	"net/netip"
	"slices"

	"slipway/engine"
	"slipway/engine/model"
)

// mostNamed is how many other ports are named: the container says which there are.
const mostNamed = 5

// WhyUnanswered says why nothing that can be used answers at a published port of a container that runs: its program
// listens only inside, or on another port; nil where that cannot be told, or it listens as it should.
func WhyUnanswered(ctx context.Context, e *engine.Engine, c model.Container, port uint16) *model.Problem {
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
		return &model.Problem{
			Kind: model.ProblemUnreachable,
			What: model.Say("actions.the-server-in-listens-only", model.Args{"Name": model.Name(c.Name)}),
			Why:  model.Say("actions.it-listens-at-which-only", model.Args{"At": model.Name(at[0].String())}),
			Fix:  model.Say("actions.start-it-with-ip-0"),
		}
	}
	if len(at) == 0 && len(others) > 0 {
		return &model.Problem{
			Kind: model.ProblemUnreachable,
			What: model.Say("actions.nothing-in-listens-on-port",
				model.Args{"Name": model.Name(c.Name), "Port": model.Count(port)}),
			Why: model.Say("actions.its-programs-listen-on-port", model.Args{"Ports": model.Names(others)}),
			Fix: model.Say("actions.publish-that-port-or-start", model.Args{"Port": model.Count(port)}),
		}
	}
	return nil
}
