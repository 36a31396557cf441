package actions

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"slipway/engine"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/platform"
	"slipway/engine/runspec"
	"slipway/engine/session"
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
	title := model.Say("actions.run-image", model.Args{"Ref": model.Name(ref)})
	if s.Name != "" {
		title = model.Say("actions.run-as", model.Args{"Name": model.Name(s.Name)})
	}
	return a.start(job.Spec{Title: title, Deed: namedDeed(model.VerbRun, s.Name), Command: s.RunCommand()},
		func(ctx context.Context, e *engine.Engine, r *job.Report) (model.Fact, error) {
			return a.run(ctx, e, r, s)
		}), nil
}

func (a *Actions) run(ctx context.Context, e *engine.Engine, r *job.Report, s runspec.Spec) (model.Fact, error) {
	_ = a.left.clean(ctx, e, false) // the next connection tries again
	if err := a.needImage(ctx, e, r, s.Image, s.Platform); err != nil {
		return model.Fact{}, err
	}
	r.Phase(model.Say("actions.creating-the-container"))
	id, warnings, err := a.create(ctx, e, r, s, nil)
	// the one that is here is for another platform
	if s.Platform != "" && engine.ImageMissing(err) && !strings.HasPrefix(s.Image, "sha256:") {
		if pullErr := a.pull(ctx, e, r, s.Image, s.Platform); model.IsKind(pullErr, model.ProblemNoSuchTag) ||
			model.IsKind(pullErr, model.ProblemNotFound) {
			return model.Fact{}, err // an image of one's own: that it is for another platform says more
		} else if pullErr != nil {
			return model.Fact{}, pullErr
		}
		r.Phase(model.Say("actions.creating-the-container"))
		id, warnings, err = a.create(ctx, e, r, s, nil)
	}
	if err != nil {
		return model.Fact{}, err
	}
	c := model.Container{ID: id, Name: s.Name, AutoRemove: s.AutoRemove}
	if ctx.Err() == nil {
		c, err = e.Container(ctx, id)
	}
	if err != nil {
		c = model.Container{ID: id, Name: s.Name, AutoRemove: s.AutoRemove}
	}
	result, err := a.startNew(ctx, e, r, c, s)
	if err != nil {
		return model.Fact{}, a.leaveNothingHalfMade(e, r.JobID(), c, err)
	}
	if !c.AutoRemove { // which may have ended and be gone
		a.pictured(ctx, id, c.Name)
	}
	for _, w := range warnings {
		r.Note(model.Say("actions.the-engine-says", model.Args{"Warning": model.Name(w)}))
	}
	return result, nil
}

// needImage pulls the image if it is missing. One that is named by its ID cannot be pulled.
func (a *Actions) needImage(ctx context.Context, e *engine.Engine, r *job.Report, image, platform string) error {
	r.Phase(model.Say("actions.looking-for-the-image"))
	_, err := e.Image(ctx, image)
	if model.IsKind(err, model.ProblemNotFound) && !strings.HasPrefix(image, "sha256:") {
		return a.pull(ctx, e, r, image, platform)
	}
	return err
}

// create makes the container; more are labels of Slipway's besides those that all of its containers have. A request
// that was cut off may still be carried out, so a cancelled job waits for its end, for at most cleanTime.
func (a *Actions) create(ctx context.Context, e *engine.Engine, r *job.Report, s runspec.Spec,
	more map[string]string,
) (string, []string, error) {
	whole, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(cleanTime, end) })()
	labels := map[string]string{model.LabelJob: r.JobID(), model.LabelVersion: a.version}
	maps.Copy(labels, more)
	id, warnings, err := e.Create(whole, s, labels)
	if whole.Err() != nil || model.IsKind(err, model.ProblemConnectionLost) {
		a.left.add(r.JobID(), e.Info().ID)
	}
	switch {
	case whole.Err() != nil:
		err = &model.Problem{
			Kind: model.ProblemTimeout, Cause: err,
			What: model.Say("actions.the-engine-did-not-answer-for", model.Args{"Time": model.Span(cleanTime)}),
			Why:  model.Say("actions.it-was-asked-to-make"),
			Fix:  model.Say("actions.look-for-the-container-in"),
		}
	case err != nil && ctx.Err() != nil:
		err = ctx.Err() // cancelled, and nothing was made
	}
	return id, warnings, err
}

func (a *Actions) startNew(ctx context.Context, e *engine.Engine, r *job.Report, c model.Container,
	s runspec.Spec,
) (model.Fact, error) {
	if ctx.Err() != nil {
		return model.Fact{}, ctx.Err()
	}
	r.Phase(model.Say("actions.starting"))
	w := watchStart(ctx, e, c.ID)
	defer w.close()
	if err := e.Start(ctx, c); err != nil {
		return model.Fact{}, a.explainPort(ctx, e, err, hostIP(wanted(s)))
	}
	return w.outcome(ctx, e, r, c)
}

// cleanTime limits what is done after a failure, with a context of its own because the job's may be cancelled.
const cleanTime = 20 * time.Second

// leaveNothingHalfMade removes the container if it never ran, and stops it if it still does, unless that would destroy
// it: one that was made with --rm goes on. It returns why the job failed; where the clean-up failed too, a problem that
// says what is left.
func (a *Actions) leaveNothingHalfMade(e *engine.Engine, jobID string, c model.Container, why error) error {
	ctx, cancel := context.WithTimeout(context.Background(), cleanTime+time.Duration(c.StopTimeout)*time.Second)
	defer cancel()
	var err error
	for range 2 { // a start that was cancelled may be carried out between the look and the removal, which is refused then
		var now model.Container
		now, err = e.Container(ctx, c.ID)
		switch {
		case model.IsKind(err, model.ProblemNotFound):
			return why // gone, as with --rm
		case err != nil:
		case now.StartedAt.IsZero():
			err = e.Remove(ctx, now)
		case now.Running() && now.AutoRemove:
			return stillRuns(now, why)
		case now.Running():
			err = e.Stop(ctx, now, -1)
		}
		if !model.IsKind(err, model.ProblemConflict) {
			break
		}
	}
	if err == nil {
		return why
	}
	a.left.add(jobID, e.Info().ID)
	if model.IsKind(why, model.ProblemConnectionLost) {
		return why // it is cleaned when the engine is back
	}
	p := model.AsProblem(err, model.Say("actions.cannot-clean-up-after", model.Args{"Name": model.Name(c.Name)}))
	return &model.Problem{
		Kind: p.Kind, Cause: errors.Join(err, noCancel(why)),
		What: model.Say("actions.could-not-be-cleaned-up", model.Args{"Name": model.Name(c.Name)}),
		Why:  p.Why,
		Fix:  model.Say("actions.look-at-it-in-the-list"),
	}
}

// stillRuns says that a container was left running because stopping it would destroy it.
func stillRuns(c model.Container, why error) error {
	return &model.Problem{
		Kind: model.ProblemConflict, Cause: noCancel(why),
		What: model.Say("actions.runs-on", model.Args{"Name": model.Name(c.Name)}),
		Why:  model.Say("actions.it-was-started-with-rm-stopping-it"),
		Fix:  model.Say("actions.stop-it-in-the-list"),
	}
}

// noCancel drops the error of a cancelled context, which would hide the others that it is joined to.
func noCancel(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
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
	Owner model.Fact
	// Next is the next port that is free both here and in the engine; 0 when there is none.
	Next uint16
}

// Port tells whether a container could publish the port on that address now, with protocol "tcp" or "udp" ("" means
// tcp), who holds it if not, and which is the next free one. except is the ID of a container whose own ports do not
// count. It opens and closes listening sockets of this computer, so call it off the UI thread.
func (a *Actions) Port(hostIP string, port uint16, protocol, except string) PortUse {
	containers := slices.DeleteFunc(slices.Clone(a.session.Live.Snapshot().Containers), func(c model.Container) bool {
		return c.ID == except
	})
	return portUse(containers, a.session.State().Locality.SharesFolders(), hostIP, port, protocol)
}

// portUse is [Actions.Port] for these containers; here tells whether the engine's ports are this computer's too.
func portUse(containers []model.Container, here bool, hostIP string, port uint16, protocol string) PortUse {
	free := func(p uint16) bool {
		return portHolder(containers, hostIP, p, protocol).None() && (!here || platform.PortFree(hostIP, p, protocol))
	}
	use := PortUse{Owner: portHolder(containers, hostIP, port, protocol)}
	if use.Owner.None() && here && !platform.PortFree(hostIP, port, protocol) {
		use.Owner = programAt(containers, port, protocol)
	}
	for p := int(port) + 1; !use.Owner.None() && p <= 65535; p++ {
		if free(uint16(p)) {
			use.Next = uint16(p)
			break
		}
	}
	return use
}

// programAt names the program of this computer that has a port that no container publishes: one of a container with
// this computer's network, too.
func programAt(containers []model.Container, port uint16, protocol string) model.Fact {
	var p platform.Process
	if cmp.Or(protocol, "tcp") == "tcp" {
		p = platform.PortOwner(port)
	}
	var hosts []string
	for _, c := range containers {
		switch {
		case p.Container != "" && c.ID == p.Container:
			return model.Say("actions.container-which-has-this-computer", model.Args{"Name": model.Name(c.Name)})
		case c.HostNetwork && c.Running():
			hosts = append(hosts, c.Name)
		}
	}
	if p.PID == 0 && len(hosts) > 0 { // the kernel tells only root
		return model.Say("actions.another-program-perhaps-that-of", model.Args{"Hosts": model.Names(hosts)})
	}
	return p.Fact().Or(model.Say("actions.another-program"))
}

// portHolder names the running container that publishes the port on an address that overlaps; "" if there is none.
func portHolder(containers []model.Container, hostIP string, port uint16, protocol string) model.Fact {
	for _, c := range containers {
		for _, p := range c.Ports {
			if c.Running() && p.HostPort == port && cmp.Or(p.Protocol, "tcp") == cmp.Or(protocol, "tcp") &&
				overlap(hostIP, p.HostIP) {
				return model.Say("actions.container", model.Args{"Name": model.Name(c.Name)})
			}
		}
	}
	return model.Fact{}
}

// overlap tells whether two addresses cannot both publish the same port.
func overlap(a, b string) bool {
	wide := func(s string) bool { return s == "" || s == "0.0.0.0" || s == "::" }
	return a == b || wide(a) || wide(b)
}

// explainPort adds to a port conflict who holds the port and which one is free. address tells on which one a port was
// wanted. The engine is asked anew, because the picture may be older than the conflict.
func (a *Actions) explainPort(ctx context.Context, e *engine.Engine, err error,
	address func(port uint16) string,
) error {
	port := engine.TakenPort(err)
	var p *model.Problem
	if port == 0 || !errors.As(err, &p) {
		return err
	}
	running, listErr := e.Containers(ctx, true)
	if listErr != nil {
		return err // what is known already is the best there is
	}
	protocol := "tcp"
	if strings.Contains(p.Raw(), "listen udp") {
		protocol = "udp"
	}
	use := portUse(running, e.Locality().SharesFolders(), address(port), port, protocol)
	if !use.Owner.None() {
		p.Why = model.Say("actions.port-is-used-by", model.Args{"Port": model.Count(port), "Owner": use.Owner})
	}
	if use.Next != 0 {
		p.Fix = model.Say("actions.use-another-port-is-free", model.Args{"Next": model.Count(use.Next)})
	}
	return p
}

// hostIP gives for a host port the address on which it is to be published.
func hostIP(ports []model.PublishedPort) func(uint16) string {
	return func(port uint16) string {
		for _, p := range ports {
			if p.HostPort == port {
				return p.HostIP
			}
		}
		return ""
	}
}

// OpenPort opens a published port in the browser, with http or https as the port really answers.
func (a *Actions) OpenPort(c model.Container, p model.PublishedPort) {
	a.spawn(func(ctx context.Context) {
		a.tell(a.openPort(ctx, c, p),
			model.Say("actions.cannot-open-port", model.Args{"HostPort": model.Count(int(p.HostPort))}))
	})
}

func (a *Actions) openPort(ctx context.Context, c model.Container, p model.PublishedPort) error {
	if opened, err := a.openSignedIn(ctx, c, p); opened || err != nil {
		return err
	}
	st := a.session.State()
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
		if e, errEngine := a.session.Engine(); errEngine == nil {
			if p := whyUnanswered(ctx, e, c, p.Container); p != nil {
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
	return a.browser.Open(ctx, scheme+"://"+address+"/")
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
func (a *Actions) openSignedIn(ctx context.Context, c model.Container, p model.PublishedPort) (opened bool, err error) {
	e, err := a.session.Engine()
	if err != nil {
		return false, err
	}
	ctx, cancel := context.WithTimeout(ctx, 3*answerTime+upTime)
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
		if s = a.comesUp(ctx, s); !s.Local() {
			continue
		}
		if answer := notebook.Ask(ctx, s); answer != notebook.Up && answer != notebook.Refused {
			continue // another page of the container's
		}
		if s = notebook.Look(ctx, e, s); s.Known && notebook.Ask(ctx, s) == notebook.Up {
			return true, a.browser.Open(ctx, notebook.WithPage(ctx, s).URL())
		}
	}
	return false, nil
}

// namedDeed is a deed on a container of which only the name is known, or nothing yet.
func namedDeed(verb model.Verb, name string) model.Deed {
	d := model.Deed{Verb: verb, Kind: model.KindContainer}
	if name != "" {
		d.Names = []string{name}
	}
	return d
}
