package actions

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"slipway/engine"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/platform"
	"slipway/engine/runspec"
)

// Run makes and starts a container as one job: pull if the image is missing, create, start, watch the first seconds.
// A failure or a cancel before it ran leaves nothing behind but the image; what did run is kept, stopped.
func (a *Actions) Run(s runspec.Spec) (*job.Job, error) {
	ref, err := engine.ParseImage(s.Image)
	if strings.HasPrefix(s.Image, "sha256:") {
		ref, err = s.Image, nil // a dangling image has no name
	}
	if err != nil {
		return nil, err
	}
	s.Image = ref
	title := "Run " + ref
	if s.Name != "" {
		title = "Run " + s.Name
	}
	return a.start(job.Spec{Title: title, Command: s.RunCommand()}, func(ctx context.Context, e *engine.Engine, r *job.Report) (string, error) {
		return a.run(ctx, e, r, s)
	}), nil
}

func (a *Actions) run(ctx context.Context, e *engine.Engine, r *job.Report, s runspec.Spec) (string, error) {
	r.Phase("Looking for the image")
	if _, err := e.Image(ctx, s.Image); model.IsKind(err, model.ProblemNotFound) {
		if err := pull(ctx, e, r, s.Image); err != nil {
			return "", err
		}
	} else if err != nil {
		return "", err
	}
	r.Phase("Creating the container")
	id, warnings, err := e.Create(ctx, s, map[string]string{model.LabelJob: r.JobID(), model.LabelVersion: a.version})
	if err != nil {
		return "", errors.Join(err, a.cleanUp(e, r.JobID(), s.Name, ctx.Err() != nil))
	}
	c, err := e.Container(ctx, id)
	if err != nil {
		c = model.Container{ID: id, Name: s.Name}
	}
	c.Ports = wanted(s)
	result, err := a.startNew(ctx, e, r, c)
	if err != nil {
		if cleanErr := a.leaveNothingHalfMade(e, c); cleanErr != nil {
			err = errors.Join(err, cleanErr)
		}
		return "", err
	}
	for _, w := range warnings {
		result += " The engine says: " + w
	}
	return result, nil
}

func (a *Actions) startNew(ctx context.Context, e *engine.Engine, r *job.Report, c model.Container) (string, error) {
	r.Phase("Starting")
	w := watchStart(ctx, e, c.ID)
	defer w.close()
	if err := e.Start(ctx, c); err != nil {
		return "", a.explainPort(err, c.Ports)
	}
	return w.outcome(ctx, e, r, c)
}

// cleanTime limits what is done after a failure, with a context of its own because the job's may be cancelled.
const cleanTime = 20 * time.Second

// leaveNothingHalfMade removes the container if it never ran, and stops it if it still does.
func (a *Actions) leaveNothingHalfMade(e *engine.Engine, c model.Container) error {
	ctx, cancel := context.WithTimeout(context.Background(), cleanTime)
	defer cancel()
	now, err := e.Container(ctx, c.ID)
	switch {
	case err != nil:
		return nil // gone, as with --rm, or the engine is: then there is nothing that can be done
	case now.StartedAt.IsZero():
		return e.Remove(ctx, now)
	case now.Running() && now.State != model.StateRestarting:
		return e.Stop(ctx, now, -1)
	default:
		return nil
	}
}

// cleanUp removes what a creation that was cut off may have left: a container of this very job that never ran.
func (a *Actions) cleanUp(e *engine.Engine, jobID, name string, cutOff bool) error {
	if !cutOff || name == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), cleanTime)
	defer cancel()
	c, err := e.Container(ctx, name)
	if err != nil || c.Labels[model.LabelJob] != jobID || !c.StartedAt.IsZero() {
		return nil
	}
	return e.Remove(ctx, c)
}

func wanted(s runspec.Spec) []model.PublishedPort {
	ports := make([]model.PublishedPort, len(s.Ports))
	for i, p := range s.Ports {
		ports[i] = model.PublishedPort{HostIP: p.HostIP, HostPort: p.HostPort, Container: p.Container, Protocol: p.Protocol}
	}
	return ports
}

// PortUse says who holds a port.
type PortUse struct {
	// Owner is "" when the port is free, else for example “container “x””.
	Owner string
	// Next is the next port that is free both here and in the engine; 0 when there is none.
	Next uint16
}

// Port tells whether a container could publish the TCP port on that address now, who holds it if not, and which is
// the next free one. except is the ID of a container whose own ports do not count. It opens and closes listening
// sockets of this computer, so call it off the UI thread.
func (a *Actions) Port(hostIP string, port uint16, except string) PortUse {
	snap := a.session.Live.Snapshot()
	holder := func(p uint16) string {
		for _, c := range snap.Containers {
			for _, q := range c.Ports {
				if c.ID != except && c.Running() && q.HostPort == p && q.Protocol != "udp" && overlap(hostIP, q.HostIP) {
					return "container “" + c.Name + "”"
				}
			}
		}
		return ""
	}
	here := a.session.State().Locality.SharesFolders()
	free := func(p uint16) bool { return holder(p) == "" && (!here || platform.PortFree(hostIP, p)) }
	use := PortUse{Owner: holder(port)}
	if use.Owner == "" && here && !platform.PortFree(hostIP, port) {
		use.Owner = platform.PortOwner(port)
		if use.Owner == "" {
			use.Owner = "another program"
		}
	}
	for p := int(port) + 1; use.Owner != "" && p <= 65535; p++ {
		if free(uint16(p)) {
			use.Next = uint16(p)
			break
		}
	}
	return use
}

// overlap tells whether two addresses cannot both publish the same port.
func overlap(a, b string) bool {
	wide := func(s string) bool { return s == "" || s == "0.0.0.0" || s == "::" }
	return a == b || wide(a) || wide(b)
}

// explainPort adds to a port conflict who holds the port and which one is free.
func (a *Actions) explainPort(err error, ports []model.PublishedPort) error {
	var p *model.Problem
	if !errors.As(err, &p) || p.Kind != model.ProblemPortTaken {
		return err
	}
	for _, q := range ports {
		if q.HostPort == 0 || !strings.Contains(p.Raw, strconv.Itoa(int(q.HostPort))) {
			continue
		}
		use := a.Port(q.HostIP, q.HostPort, "")
		if use.Owner != "" {
			p.Why = fmt.Sprintf("Port %d is used by %s.", q.HostPort, use.Owner)
		}
		if use.Next != 0 {
			p.Fix = fmt.Sprintf("Use another port: %d is free.", use.Next)
		}
	}
	return p
}

// OpenPort opens a published port in the browser, with http or https as the port really answers.
func (a *Actions) OpenPort(c model.Container, p model.PublishedPort) {
	a.spawn(func(ctx context.Context) {
		a.tell(a.openPort(ctx, c, p), "Cannot open port "+strconv.Itoa(int(p.HostPort)))
	})
}

func (a *Actions) openPort(ctx context.Context, c model.Container, p model.PublishedPort) error {
	host := p.HostIP
	if host == "" || host == "0.0.0.0" || host == "::" {
		host = "127.0.0.1"
	}
	st := a.session.State()
	if st.Locality == model.Elsewhere {
		if p.Loopback() {
			return model.NewProblem(model.ProblemUnsupported, nil, "This port is only reachable on the engine's own machine", "The engine is elsewhere, and the port is bound to its 127.0.0.1.", "Open it there, or publish the port on all networks of that machine.")
		}
		host = st.Endpoint.HostName()
	}
	address := net.JoinHostPort(host, strconv.Itoa(int(p.HostPort)))
	scheme, err := platform.WebScheme(ctx, address)
	switch {
	case errors.Is(err, platform.ErrNoWeb):
		return model.NewProblem(model.ProblemUnsupported, err, fmt.Sprintf("Port %d is not a web page", p.HostPort), "Something answers there, but it speaks neither http nor https. It may still be starting.", "Connect with the program that it is meant for, or try again in a moment.")
	case err != nil:
		return model.NewProblem(model.ProblemUnreachable, err, fmt.Sprintf("Nothing answers on port %d yet", p.HostPort), "The program in “"+c.Name+"” may still be starting, or listen on another port or only inside the container.", "Look at its output, then try again.")
	}
	return platform.OpenURL(scheme + "://" + address + "/" + tokenQuery(c))
}

// tokenQuery signs the browser in to a Jupyter server whose token is in the container's environment.
func tokenQuery(c model.Container) string {
	for _, e := range c.Env {
		if token, ok := strings.CutPrefix(e, "JUPYTER_TOKEN="); ok && token != "" {
			return "?token=" + url.QueryEscape(token)
		}
	}
	return ""
}
