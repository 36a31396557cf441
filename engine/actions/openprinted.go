package actions

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/runspec"
)

// OpenPrinted opens an address that a program in a container printed. One of the container itself, by its own names for
// that, is opened behind the port that it is published on, signed in where it is a notebook's: on this computer another
// server may have the port that the program means, and must not be sent its token. A Jupyter that was given its token
// prints "token=..." in its place.
func (a *Actions) OpenPrinted(ctx context.Context, c model.Container, address string) error {
	u, err := url.Parse(address)
	if err != nil || !own(c, u.Hostname()) {
		return a.browser.Open(ctx, address)
	}
	if p := answersNot(c); p != nil {
		return p
	}
	at := u.Port()
	if at == "" {
		at = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	if c.HostNetwork {
		return a.openOnHost(ctx, c, u, at)
	}
	inside, _ := strconv.ParseUint(at, 10, 16)
	i := slices.IndexFunc(c.Ports, func(p model.PublishedPort) bool {
		return uint64(p.Container) == inside && p.HostPort != 0 && p.Protocol == "tcp"
	})
	switch {
	case i < 0 && runspec.SecretValue(address):
		return &model.Problem{
			Kind: model.ProblemUnreachable,
			What: model.Say("actions.this-page-is-inside", model.Args{"Name": model.Name(c.Name)}),
			Why:  model.Say("actions.its-port-is-not-published", model.Args{"Port": model.Name(at)}),
			Fix:  model.Say("actions.run-the-image-again-with"),
		}
	case i < 0:
		return a.browser.Open(ctx, address)
	case runspec.SecretValue(address) || u.Query().Has("token") || u.RawQuery == "" && strings.Trim(u.Path, "/") == "":
		return a.openPort(ctx, c, c.Ports[i])
	}
	u.Host = reachedAt(a.session.State(), c.Ports[i])
	return a.browser.Open(ctx, u.String())
}

// answersNot says why no page of a container can be opened now, as [model.ProblemExited]; nil where it runs.
func answersNot(c model.Container) *model.Problem {
	switch {
	case c.State == model.StatePaused:
		return &model.Problem{
			Kind: model.ProblemExited,
			What: model.Say("actions.paused", model.Args{"Name": model.Name(c.Name)}),
			Why:  model.Say("actions.a-program-in-it-serves"),
			Fix:  model.Say("actions.resume-it-then-open-the"),
		}
	case !c.Running():
		return &model.Problem{
			Kind: model.ProblemExited,
			What: model.Say("actions.does-not-run", model.Args{"Name": model.Name(c.Name)}),
			Why:  model.Say("actions.a-program-in-it-serves-this"),
			Fix:  model.Say("actions.start-it-then-open-the"),
		}
	}
	return nil
}

// openOnHost opens what a program printed that has the network of the engine's machine, at a port. A notebook is opened
// as itself, and only where its own word says that it listens.
func (a *Actions) openOnHost(ctx context.Context, c model.Container, u *url.URL, port string) error {
	s, ok := a.Notebook(c)
	switch {
	case a.session.State().Locality != model.ThisComputer:
		return notPublished(notebook.Server{Container: c})
	case !ok || !runspec.SecretValue(u.String()) && !u.Query().Has("token") && strings.Trim(u.Path, "/") != "":
		return a.browser.Open(ctx, u.String()) // it is this computer's own address
	}
	return a.answering(ctx, s, func(ctx context.Context, found notebook.Server) error {
		if fmt.Sprint(found.Port.HostPort) != port {
			u.RawQuery = "" // another page of its programs, which is told no token
			return a.browser.Open(ctx, u.String())
		}
		return a.browser.Open(ctx, found.URL())
	})
}

// own reports whether a program in the container means the container itself by a host's name.
func own(c model.Container, host string) bool {
	return slices.Contains([]string{"localhost", "127.0.0.1", "0.0.0.0", "::1", "::", c.ID, c.ShortID(), c.Name}, host)
}
