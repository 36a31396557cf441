package launcher

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"slipway/engine/actions"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/platform"
	"slipway/engine/runspec"
	"slipway/engine/session"
)

// OpenPrinted opens an address that a program in a container printed. One of the container itself, by its own names for
// that, is opened behind the port that it is published on, signed in where it is a notebook's: on this computer another
// server may have the port that the program means, and must not be sent its token. A Jupyter that was given its token
// prints "token=..." in its place.
func (a *Launcher) OpenPrinted(ctx context.Context, c model.Container, address string) error {
	u, err := url.Parse(address)
	if err != nil || !own(c, u.Hostname()) {
		return a.do.Browser().Open(ctx, address)
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
		return a.do.Browser().Open(ctx, address)
	case runspec.SecretValue(address) || u.Query().Has("token") || u.RawQuery == "" && strings.Trim(u.Path, "/") == "":
		return a.openPort(ctx, c, c.Ports[i])
	}
	u.Host = reachedAt(a.do.Session().State(), c.Ports[i])
	return a.do.Browser().Open(ctx, u.String())
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
func (a *Launcher) openOnHost(ctx context.Context, c model.Container, u *url.URL, port string) error {
	s, ok := a.Notebook(c)
	switch {
	case a.do.Session().State().Locality != model.ThisComputer:
		return notPublished(notebook.Server{Container: c})
	case !ok || !runspec.SecretValue(u.String()) && !u.Query().Has("token") && strings.Trim(u.Path, "/") != "":
		return a.do.Browser().Open(ctx, u.String()) // it is this computer's own address
	}
	return a.answering(ctx, s, func(ctx context.Context, found notebook.Server) error {
		if fmt.Sprint(found.Port.HostPort) != port {
			u.RawQuery = "" // another page of its programs, which is told no token
			return a.do.Browser().Open(ctx, u.String())
		}
		return a.do.Browser().Open(ctx, found.URL())
	})
}

// own reports whether a program in the container means the container itself by a host's name.
func own(c model.Container, host string) bool {
	return slices.Contains([]string{"localhost", "127.0.0.1", "0.0.0.0", "::1", "::", c.ID, c.ShortID(), c.Name}, host)
}

// OpenPort opens a published port in the browser, with http or https as the port really answers.
func (a *Launcher) OpenPort(c model.Container, p model.PublishedPort) {
	a.do.Spawn(func(ctx context.Context) {
		a.do.Tell(a.openPort(ctx, c, p),
			model.Say("actions.cannot-open-port", model.Args{"HostPort": model.Count(int(p.HostPort))}))
	})
}

func (a *Launcher) openPort(ctx context.Context, c model.Container, p model.PublishedPort) error {
	if opened, err := a.openSignedIn(ctx, c, p); opened || err != nil {
		return err
	}
	st := a.do.Session().State()
	if st.Locality == model.Elsewhere && p.Loopback() {
		return &model.Problem{
			Kind: model.ProblemUnsupported,
			What: model.Say("actions.this-port-is-only-reachable"),
			Why:  model.Say("actions.the-engine-is-elsewhere-and"),
			Fix:  model.Say("actions.open-it-there-or-publish"),
		}
	}
	address := reachedAt(st, p)
	scheme, err := platform.WebScheme(ctx, address)
	if err != nil {
		if e, errEngine := a.do.Session().Engine(); errEngine == nil {
			if p := actions.WhyUnanswered(ctx, e, c, p.Container); p != nil {
				return p
			}
		}
	}
	switch {
	case errors.Is(err, platform.ErrNoWeb):
		return &model.Problem{
			Kind: model.ProblemUnsupported, Cause: err,
			What: model.Say("actions.port-is-not-a-web", model.Args{"HostPort": model.Count(p.HostPort)}),
			Why:  model.Say("actions.something-answers-there-but-it"),
			Fix:  model.Say("actions.connect-with-the-program-that"),
		}
	case err != nil:
		return &model.Problem{
			Kind: model.ProblemUnreachable, Cause: err,
			What: model.Say("actions.nothing-answers-on-port-yet", model.Args{"HostPort": model.Count(p.HostPort)}),
			Why:  model.Say("actions.the-program-in-may-still", model.Args{"Name": model.Name(c.Name)}),
			Fix:  model.Say("actions.look-at-its-output-then"),
		}
	}
	return a.do.Browser().Open(ctx, scheme+"://"+address+"/")
}

// reachedAt is host:port where a published port is reached from this computer.
func reachedAt(st session.State, p model.PublishedPort) string {
	host := p.Here()
	if st.Locality == model.Elsewhere {
		host = st.Endpoint.HostName()
	}
	return net.JoinHostPort(host, strconv.Itoa(int(p.HostPort)))
}

// openSignedIn opens the port as the notebook server that it is, with its token, once that has answered as itself.
// opened is false where the port is no notebook's, or its token is not known.
func (a *Launcher) openSignedIn(
	ctx context.Context, c model.Container, p model.PublishedPort,
) (opened bool, err error) {
	e, err := a.do.Session().Engine()
	if err != nil {
		return false, err
	}
	ctx, cancel := context.WithTimeout(ctx, 3*actions.AnswerTime+upTime)
	defer cancel()
	if c, err = e.Container(ctx, c.ID); err != nil {
		return false, err
	}
	for _, s := range notebook.Servers([]model.Container{c}, a.recipes, notebook.PlaceOf(e)) {
		if s.Hubbed || s.Recipe.ID == notebook.AnyID {
			continue
		}
		if s.Port.HostPort != p.HostPort || s.Recipe.ID == "" {
			s = s.At(p)
		}
		if s = comesUp(ctx, s); !s.Local() {
			continue
		}
		if answer := notebook.Ask(ctx, s); answer != notebook.Up && answer != notebook.Refused {
			continue // another page of the container's
		}
		if s = notebook.Look(ctx, e, s); s.Known && notebook.Ask(ctx, s) == notebook.Up {
			return true, a.do.Browser().Open(ctx, notebook.WithPage(ctx, s).URL())
		}
	}
	return false, nil
}
