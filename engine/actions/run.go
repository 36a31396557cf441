package actions

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"slipway/engine"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/platform"
	"slipway/engine/rescue"
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
	title := model.Say("actions.run-image", model.Args{"Ref": model.Name(ref)})
	if s.Name != "" {
		title = model.Say("actions.run-as", model.Args{"Name": model.Name(s.Name)})
	}
	return a.Job(job.Spec{Title: title, Deed: namedDeed(model.VerbRun, s.Name), Command: s.RunCommand()},
		func(ctx context.Context, e *engine.Engine, r *job.Report) (model.Fact, error) {
			return a.run(ctx, e, r, s)
		}), nil
}

func (a *Actions) run(ctx context.Context, e *engine.Engine, r *job.Report, s runspec.Spec) (model.Fact, error) {
	_ = a.left.Clean(ctx, e, false) // the next connection tries again
	if err := a.NeedImage(ctx, e, r, s.Image, s.Platform); err != nil {
		return model.Fact{}, err
	}
	r.Phase(model.Say("actions.creating-the-container"))
	id, warnings, err := a.Create(ctx, e, r, s, nil)
	// the one that is here is for another platform
	if s.Platform != "" && engine.ImageMissing(err) && !strings.HasPrefix(s.Image, "sha256:") {
		if pullErr := a.GetImage(ctx, e, r, s.Image, s.Platform); model.IsKind(pullErr, model.ProblemNoSuchTag) ||
			model.IsKind(pullErr, model.ProblemNotFound) {
			return model.Fact{}, err // an image of one's own: that it is for another platform says more
		} else if pullErr != nil {
			return model.Fact{}, pullErr
		}
		r.Phase(model.Say("actions.creating-the-container"))
		id, warnings, err = a.Create(ctx, e, r, s, nil)
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
		a.Pictured(ctx, id, c.Name)
	}
	for _, w := range warnings {
		r.Note(model.Say("actions.the-engine-says", model.Args{"Warning": model.Name(w)}))
	}
	return result, nil
}

// Create makes the container; more are labels of Slipway's besides those that all of its containers have. A request
// that was cut off may still be carried out, so a cancelled job waits for its end, for at most CleanTime.
func (a *Actions) Create(ctx context.Context, e *engine.Engine, r *job.Report, s runspec.Spec,
	more map[string]string,
) (string, []string, error) {
	whole, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(CleanTime, end) })()
	labels := map[string]string{model.LabelJob: r.JobID(), model.LabelVersion: a.version}
	maps.Copy(labels, more)
	id, warnings, err := e.Create(whole, s, labels)
	if whole.Err() != nil || model.IsKind(err, model.ProblemConnectionLost) {
		a.left.Add(r.JobID(), e.Info().ID)
	}
	switch {
	case whole.Err() != nil:
		err = &model.Problem{
			Kind: model.ProblemTimeout, Cause: err,
			What: model.Say("actions.the-engine-did-not-answer-for", model.Args{"Time": model.Span(CleanTime)}),
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
	w := WatchStart(ctx, e, c.ID)
	defer w.Close()
	if err := e.Start(ctx, c); err != nil {
		return model.Fact{}, ExplainPort(ctx, e, err, HostIP(Wanted(s)))
	}
	return w.Outcome(ctx, e, r, c)
}

// leaveNothingHalfMade removes the container if it never ran, and stops it if it still does, unless that would destroy
// it: one that was made with --rm goes on. It returns why the job failed; where the clean-up failed too, a problem that
// says what is left.
func (a *Actions) leaveNothingHalfMade(e *engine.Engine, jobID string, c model.Container, why error) error {
	ctx, cancel := context.WithTimeout(context.Background(), CleanTime+time.Duration(c.StopTimeout)*time.Second)
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
	a.left.Add(jobID, e.Info().ID)
	if model.IsKind(why, model.ProblemConnectionLost) {
		return why // it is cleaned when the engine is back
	}
	p := model.AsProblem(err, model.Say("actions.cannot-clean-up-after", model.Args{"Name": model.Name(c.Name)}))
	return &model.Problem{
		Kind: p.Kind, Cause: errors.Join(err, NoCancel(why)),
		What: model.Say("actions.could-not-be-cleaned-up", model.Args{"Name": model.Name(c.Name)}),
		Why:  p.Why,
		Fix:  model.Say("actions.look-at-it-in-the-list"),
	}
}

// stillRuns says that a container was left running because stopping it would destroy it.
func stillRuns(c model.Container, why error) error {
	return &model.Problem{
		Kind: model.ProblemConflict, Cause: NoCancel(why),
		What: model.Say("actions.runs-on", model.Args{"Name": model.Name(c.Name)}),
		Why:  model.Say("actions.it-was-started-with-rm-stopping-it"),
		Fix:  model.Say("actions.stop-it-in-the-list"),
	}
}

// NoCancel drops the error of a cancelled context, which would hide the others that it is joined to.
func NoCancel(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// Wanted are the ports that a container of these settings is to have.
func Wanted(s runspec.Spec) []model.PublishedPort {
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

// ExplainPort adds to a port conflict who holds the port and which one is free. address tells on which one a port was
// wanted. The engine is asked anew, because the picture may be older than the conflict.
func ExplainPort(ctx context.Context, e *engine.Engine, err error,
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

// HostIP gives for a host port the address on which it is to be published.
func HostIP(ports []model.PublishedPort) func(uint16) string {
	return func(port uint16) string {
		for _, p := range ports {
			if p.HostPort == port {
				return p.HostIP
			}
		}
		return ""
	}
}

// namedDeed is a deed on a container of which only the name is known, or nothing yet.
func namedDeed(verb model.Verb, name string) model.Deed {
	d := model.Deed{Verb: verb, Kind: model.KindContainer}
	if name != "" {
		d.Names = []string{name}
	}
	return d
}

// TakeBack removes the container of a launch that failed or was cancelled. One that ran and holds files of the person's
// own is stopped and kept. It returns why the launch failed, see [Actions.leaveNothingHalfMade].
func (a *Actions) TakeBack(e *engine.Engine, jobID string, c model.Container, why error) error {
	kept := a.leaveNothingHalfMade(e, jobID, c, why)
	ctx, cancel := context.WithTimeout(context.Background(), CleanTime)
	defer cancel()
	gone, err := a.Discard(ctx, e, jobID, c)
	if model.IsKind(err, model.ProblemConnectionLost) {
		a.left.Set(jobID, e.Info().ID, func(ctx context.Context, e *engine.Engine) error {
			_, err := a.Discard(ctx, e, jobID, c)
			return err
		})
	}
	var p *model.Problem
	if gone && errors.As(kept, &p) && p.Kind == model.ProblemExited {
		p.Fix = model.Say("actions.read-its-last-lines-in")
	}
	return kept
}

// Discard stops a container that this very job made, and removes it if nothing of a person's own is in it. gone tells
// that it is not there any more.
func (a *Actions) Discard(ctx context.Context, e *engine.Engine, jobID string,
	c model.Container,
) (gone bool, err error) {
	now, err := e.Container(ctx, c.ID)
	switch {
	case model.IsKind(err, model.ProblemNotFound):
		return true, nil
	case err != nil:
		return false, err
	case now.Mark(model.LabelJob) != jobID:
		return false, nil
	case now.Running():
		if err := a.Written(e, StopCommand(now), func() error { return e.Stop(ctx, now, -1) }); err != nil {
			return false, err
		}
	}
	if !rescue.List(ctx, e, now, nil).Nothing() {
		return false, ctx.Err()
	}
	err = a.Written(e, RemoveCommand(now), func() error { return e.Remove(ctx, now) })
	return err == nil, err
}
