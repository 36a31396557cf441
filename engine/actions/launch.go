package actions

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"slipway/engine"
	"slipway/engine/job"
	"slipway/engine/live"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/platform"
	"slipway/engine/rescue"
	"slipway/engine/session"
)

// Launch is the wish for a notebook in a folder.
type Launch struct {
	Recipe notebook.Recipe
	// Image is a whole reference; "" takes the recipe's own.
	Image string
	// Folder is an absolute path of this computer.
	Folder string
	// Port is the host port to take if it is free, else the next one that is; 0 takes the recipe's own.
	Port uint16
	// GPU gives the notebook the engine's GPUs, if it has any; Memory in bytes is its limit, 0 for none.
	GPU    bool
	Memory int64
	// File is a notebook in the folder that is opened in place of the first page, see [Actions.Launch]: its whole path, without
	// links on the way; "" for none.
	File string
	// Open opens the notebook; nil takes the browser.
	Open func(ctx context.Context, o Opened) error
}

// Opened is a notebook that answers.
type Opened struct {
	// URL is what a browser opens, with the token where that signs in.
	URL    string
	Server notebook.Server
	// Reused tells that the server was there before, running or not.
	Reused bool
}

// LaunchPlan is what a launch would do now.
type LaunchPlan struct {
	Launch
	// Server is the one that exists for this folder and recipe already; its container's ID is "" when there is none.
	Server notebook.Server
	// Host port and name of a new container. The port is 0 while the image has to be downloaded before it tells.
	HostPort uint16
	Name     string
	// Notes are what a person should know before, in sentences.
	Notes []string

	token string
	host  notebook.Host
}

// Exists tells that the folder's server is there already, running or not.
func (p LaunchPlan) Exists() bool { return p.Server.Container.ID != "" }

// Running tells that the folder's server runs.
func (p LaunchPlan) Running() bool { return p.Exists() && p.Server.Container.Running() }

// OnPort is the port of this computer where the server is, or will be; 0 while it is stopped.
func (p LaunchPlan) OnPort() uint16 {
	if p.Exists() {
		return p.Server.Port.HostPort
	}
	return p.HostPort
}

// Command is the docker command that the launch equals; nil when it only opens what runs.
func (p LaunchPlan) Command() model.Command {
	switch {
	case p.Running() && p.Server.Container.State == model.StatePaused:
		return ResumeCommand(p.Server.Container)
	case p.Running():
		return nil
	case p.Exists():
		return StartCommand(p.Server.Container)
	}
	if p.HostPort == 0 {
		return PullCommand(p.Image)
	}
	return p.wish().Spec().RunCommand()
}

// Differs tells whether the folder's server was made from another image than is wished for now.
func (p LaunchPlan) Differs() bool {
	return p.Exists() && !sameImage(p.Server.Container.Reference, p.Image)
}

func (p LaunchPlan) wish() notebook.Launch {
	return notebook.Launch{Recipe: p.Recipe, Image: p.Image, Folder: p.Folder, Name: p.Name, HostPort: p.HostPort, GPU: p.GPU, Memory: p.Memory, Token: p.token, Host: p.host}
}

// PlanLaunch tells what [Actions.Launch] would do now. It tries ports of this computer and reads the folder, so call it
// off the UI thread.
func (a *Actions) PlanLaunch(ctx context.Context, l Launch) (LaunchPlan, error) {
	snap := a.session.Live.Snapshot()
	p, err := a.planLaunch(l, snap, snap.Containers)
	if err != nil || p.Exists() || p.Recipe.ID != notebook.AnyID {
		return p, err
	}
	e, err := a.session.Engine()
	if err != nil {
		return p, err
	}
	image, err := e.Image(ctx, p.Image)
	if model.IsKind(err, model.ProblemNotFound) {
		return p, nil // what it needs is read when it is here
	}
	if err != nil {
		return p, err
	}
	return a.fit(p, image)
}

// fit completes the plan for an image that no recipe is for.
func (a *Actions) fit(p LaunchPlan, image model.ImageDetail) (LaunchPlan, error) {
	r, err := notebook.AnyOf(p.Image, image)
	if err != nil {
		return p, err
	}
	p.Recipe = r
	p.HostPort = a.freePort(cmp.Or(p.Port, r.Port))
	return p, nil
}

// freePort is the port if it is free on this computer's loopback address, else the next one that is.
func (a *Actions) freePort(port uint16) uint16 {
	if use := a.Port("127.0.0.1", port, "tcp", ""); use.Owner != "" {
		return use.Next
	}
	return port
}

// planLaunch is [Actions.PlanLaunch] for these containers.
func (a *Actions) planLaunch(l Launch, snap *live.Snapshot, containers []model.Container) (LaunchPlan, error) {
	st := a.session.State()
	l, err := checkedLaunch(l, st)
	if err != nil {
		return LaunchPlan{}, err
	}
	if s, ok := serverFor(containers, imageLabels(snap), l); ok {
		return LaunchPlan{Launch: l, Server: s}, nil
	}
	return a.planNew(l, st, containers), nil
}

// checkedLaunch is the wish with its folder resolved and its image named in full; the error says what is wrong with them.
func checkedLaunch(l Launch, st session.State) (Launch, error) {
	if st.Locality == model.Elsewhere {
		return l, model.NewProblem(model.ProblemUnsupported, nil, "A notebook cannot be launched on this engine yet",
			"The engine is on another computer: the folder and the notebook's address here would not be the ones there.", "Use an engine on this computer.")
	}
	folder, err := filepath.EvalSymlinks(platform.ExpandHome(l.Folder))
	if err == nil && !filepath.IsAbs(folder) {
		err = errors.New("it is not a whole path")
	}
	if err != nil {
		return l, notebook.CheckFolder(l.Folder, err)
	}
	if info, err := os.Stat(folder); err != nil {
		return l, notebook.CheckFolder(l.Folder, err)
	} else if !info.IsDir() {
		return l, model.NewProblem(model.ProblemBadInput, nil, l.Folder+" is a file, not a folder", "", "Choose the folder that it is in.")
	}
	l.Folder = folder
	l.GPU = l.GPU && st.Info.GPU
	switch {
	case l.Image != "" || l.Recipe.ID == notebook.AnyID:
	case l.GPU && l.Recipe.GPUTag != "":
		l.Image = l.Recipe.Tagged(l.Recipe.GPUTag)
	default:
		l.Image = l.Recipe.Reference()
	}
	ref, err := engine.ParseImage(l.Image)
	if err != nil {
		return l, err
	}
	l.Image = ref
	return l, nil
}

// planNew is the plan of a new container, for a wish whose folder and image were checked.
func (a *Actions) planNew(l Launch, st session.State, containers []model.Container) LaunchPlan {
	p := LaunchPlan{Launch: l, host: thisHost(st), Notes: notes(l, st.Info)}
	p.token = notebook.NewToken()
	p.Name = notebook.ContainerName(l.Folder, names(containers))
	if l.Recipe.ID != notebook.AnyID {
		p.HostPort = a.freePort(cmp.Or(l.Port, l.Recipe.Port))
	}
	return p
}

// thisHost is what of this computer and of the engine decides how a notebook is made.
func thisHost(st session.State) notebook.Host {
	home, _ := os.UserHomeDir() // without one there is none to keep
	return notebook.Host{UID: os.Getuid(), GID: os.Getgid(), Home: home, Engine: st.Info, Locality: st.Locality}
}

func names(containers []model.Container) map[string]bool {
	taken := make(map[string]bool, len(containers))
	for _, c := range containers {
		taken[c.Name] = true
	}
	return taken
}

// Servers are the notebook servers that the engine has, see [notebook.Servers].
func Servers(snap *live.Snapshot, recipes []notebook.Recipe) []notebook.Server {
	return notebook.Servers(snap.Containers, recipes, imageLabels(snap))
}

// imageLabels gives the labels of an image by its ID.
func imageLabels(snap *live.Snapshot) func(id string) map[string]string {
	labels := make(map[string]map[string]string, len(snap.Images))
	for _, i := range snap.Images {
		labels[i.ID] = i.Labels
	}
	return func(id string) map[string]string { return labels[id] }
}

// withRecipe asks the engine for all containers as they are this moment, and everything about those of a recipe: the
// picture may be older than a click.
func withRecipe(ctx context.Context, e *engine.Engine, recipe string) ([]model.Container, error) {
	list, err := e.Containers(ctx, false)
	if err != nil {
		return nil, err
	}
	for i, c := range list {
		if c.Labels[model.LabelRecipe] != recipe {
			continue
		}
		fresh, err := e.Container(ctx, c.ID)
		if model.IsKind(err, model.ProblemNotFound) {
			continue // gone meanwhile; not inspected, it is no server
		}
		if err != nil {
			return nil, err
		}
		list[i] = fresh
	}
	return list, nil
}

// serverFor is the server of this very folder and recipe: the running one, else the one that was made last.
func serverFor(containers []model.Container, labels func(id string) map[string]string, l Launch) (notebook.Server, bool) {
	var found []notebook.Server
	for _, s := range notebook.Servers(containers, []notebook.Recipe{l.Recipe}, labels) {
		if s.Recipe.ID == l.Recipe.ID && (l.Recipe.ID != notebook.AnyID || sameImage(s.Container.Reference, l.Image)) && s.Folder == l.Folder && !leftBehind(s.Container, containers) && s.Container.State != model.StateRemoving && !s.Container.StartedAt.IsZero() {
			found = append(found, s)
		}
	}
	if len(found) == 0 {
		return notebook.Server{}, false
	}
	return slices.MaxFunc(found, func(x, y notebook.Server) int {
		switch rx, ry := x.Container.Running(), y.Container.Running(); {
		case rx != ry && rx:
			return 1
		case rx != ry:
			return -1
		}
		return x.Container.Created.Compare(y.Container.Created)
	}), true
}

// sameImage tells whether two references name the same image, however short they are written.
func sameImage(a, b string) bool {
	x, errX := engine.ParseImage(a)
	y, errY := engine.ParseImage(b)
	return a == b || errX == nil && errY == nil && x == y
}

// leftBehind tells whether a container was made to take another one's place, which is still there, and did not.
func leftBehind(c model.Container, containers []model.Container) bool {
	return slices.ContainsFunc(containers, func(old model.Container) bool {
		return c.Labels[model.LabelReplaces] == old.ID && !notebook.TookPlace(c, old)
	})
}

// The steps of a launch, as they are shown.
const (
	stepCheck    = "Check"
	stepDownload = "Download"
	stepCreate   = "Create"
	stepStart    = "Start"
	stepFolder   = "Try the folder"
	stepWait     = "Wait for the notebook"
	stepOpen     = "Open the browser"
)

// newSteps are those of a launch that makes a container.
var newSteps = []string{stepCheck, stepDownload, stepCreate, stepStart, stepFolder, stepWait, stepOpen}

// readyTime is how long a server may take to answer.
const readyTime = 2 * time.Minute

// Launch opens a folder's notebook in the browser, as one job: the one that runs; the one that is stopped, started
// again; else a new one. Asking again while it is under way joins that job. A failure or a cancel leaves nothing behind
// but the image, and what was written in the container. For a file, any Jupyter that runs and shows it is taken first.
// It returns at once.
func (a *Actions) Launch(l Launch) *job.Job {
	title, key := l.title(), "launch:"+l.Recipe.ID+":"+filepath.Clean(l.Folder)
	if l.Recipe.ID == notebook.AnyID {
		key += ":" + l.Image
	}
	j, joined := a.session.Jobs.Start(job.Spec{Title: title, Key: key},
		func(ctx context.Context, r *job.Report) (string, error) {
			e, err := a.session.Engine()
			if err != nil {
				return "", notDone(title, err)
			}
			result, err := a.launchJob(ctx, e, r, l)
			return result, cutOff(title, err)
		})
	if joined && l.File != "" {
		a.openAfter(j, l)
	}
	return j
}

// launchJob is the work of [Actions.Launch].
func (a *Actions) launchJob(ctx context.Context, e *engine.Engine, r *job.Report, l Launch) (string, error) {
	r.Steps(stepCheck)
	r.Step(stepCheck)
	a.left.clean(ctx, e)
	if l.File != "" {
		if result, found, err := a.openFile(ctx, e, r, l); found || err != nil {
			return result, err
		}
	}
	containers, err := withRecipe(ctx, e, l.Recipe.ID)
	if err != nil {
		return "", err
	}
	p, err := a.planLaunch(l, a.session.Live.Snapshot(), containers)
	if err == nil && !p.Exists() && p.Recipe.ID == notebook.AnyID {
		p, err = a.readImage(ctx, e, r, p)
	}
	if err != nil {
		return "", err
	}
	r.Command(p.Command())
	done := a.write(e, p.Command())
	result, err := a.launch(ctx, e, r, p)
	done(err)
	return result, err
}

// readImage completes the plan for an image that no recipe is for, which has to be here to tell what it needs.
func (a *Actions) readImage(ctx context.Context, e *engine.Engine, r *job.Report, p LaunchPlan) (LaunchPlan, error) {
	r.Steps(newSteps...)
	image, err := e.Image(ctx, p.Image)
	if model.IsKind(err, model.ProblemNotFound) {
		done := a.write(e, PullCommand(p.Image))
		image, err = a.imageFor(ctx, e, r, p.Image)
		done(err)
	}
	if err != nil {
		return p, err
	}
	return a.fit(p, image)
}

func (a *Actions) launch(ctx context.Context, e *engine.Engine, r *job.Report, p LaunchPlan) (string, error) {
	switch {
	case p.Running():
		r.Steps(stepCheck, stepWait, stepOpen)
		if p.Server.Container.State == model.StatePaused {
			if err := e.Resume(ctx, p.Server.Container); err != nil {
				return "", err
			}
		}
		return a.openServer(ctx, e, r, p.Launch, p.Server, true)
	case p.Exists():
		return a.launchAgain(ctx, e, r, p)
	}
	return a.launchNew(ctx, e, r, p)
}

// launchAgain starts the folder's server that is stopped.
func (a *Actions) launchAgain(ctx context.Context, e *engine.Engine, r *job.Report, p LaunchPlan) (string, error) {
	r.Steps(stepCheck, stepStart, stepWait, stepOpen)
	c := p.Server.Container
	r.Step(stepStart)
	w := watchStart(ctx, e, c.ID)
	defer w.close()
	if err := e.Start(ctx, c); err != nil {
		a.session.Live.Ask(c.ID)
		return "", a.explainPort(ctx, e, err, hostIP(c.Ports))
	}
	fresh, err := e.Container(ctx, c.ID) // its ports are known only now
	if err != nil {
		return "", err
	}
	p.Server = again(fresh, p.Recipe)
	return w.whileStarting(ctx, e, fresh, func(ctx context.Context) (string, error) { return a.openServer(ctx, e, r, p.Launch, p.Server, true) })
}

// again is the server of a container as it is now.
func again(c model.Container, r notebook.Recipe) notebook.Server {
	list := notebook.Servers([]model.Container{c}, []notebook.Recipe{r}, func(string) map[string]string { return nil })
	if len(list) == 0 {
		return notebook.Server{Container: c}
	}
	return list[0]
}

func (a *Actions) launchNew(ctx context.Context, e *engine.Engine, r *job.Report, p LaunchPlan) (string, error) {
	r.Steps(newSteps...)
	if err := checkFolder(p.Folder); err != nil {
		return "", err
	}
	image, err := a.imageFor(ctx, e, r, p.Image)
	if err != nil {
		return "", err
	}
	r.Step(stepCreate)
	p.HostPort = a.freePort(p.HostPort) // a download takes long enough for somebody else to take it
	s := p.wish().Spec()
	s.Labels[model.LabelDigest] = image.ID
	id, _, err := a.create(ctx, e, r, s)
	if err != nil {
		return "", err
	}
	c := model.Container{ID: id, Name: p.Name}
	result, err := a.startLaunched(ctx, e, r, c, p, func(ctx context.Context, s notebook.Server) (string, error) {
		return a.openServer(ctx, e, r, p.Launch, s, false)
	})
	if err != nil {
		return "", a.takeBack(e, r.JobID(), c, err)
	}
	return result, nil
}

// imageFor is the image of a launch, downloaded if it is missing and there is room for it.
func (a *Actions) imageFor(ctx context.Context, e *engine.Engine, r *job.Report, ref string) (model.ImageDetail, error) {
	image, err := e.Image(ctx, ref)
	if !model.IsKind(err, model.ProblemNotFound) {
		return image, err
	}
	if err := a.checkRoom(ctx, e, ref); err != nil {
		return image, err
	}
	r.Step(stepDownload)
	if err := pull(ctx, e, r, ref); err != nil {
		return image, err
	}
	return e.Image(ctx, ref)
}

// checkFolder tries whether the folder can be written into by this user.
func checkFolder(folder string) error {
	f, err := os.CreateTemp(folder, ".slipway-check-*")
	if err != nil {
		return notebook.CheckFolder(folder, err)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// startLaunched starts a new notebook, tries its folder, and goes on with then while it watches that it does not end.
func (a *Actions) startLaunched(ctx context.Context, e *engine.Engine, r *job.Report, c model.Container, p LaunchPlan, then func(context.Context, notebook.Server) (string, error)) (string, error) {
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	r.Step(stepStart)
	w := watchStart(ctx, e, c.ID)
	defer w.close()
	if err := e.Start(ctx, c); err != nil {
		var p *model.Problem
		if errors.As(err, &p) && p.Kind == model.ProblemBadCommand {
			p.Why, p.Fix = "The image's own command cannot be run.", "The image may be for something else than a page in the browser: choose another one."
		}
		return "", a.explainPort(ctx, e, err, func(uint16) string { return "127.0.0.1" })
	}
	c, err := e.Container(ctx, c.ID)
	if err != nil {
		return "", err
	}
	return w.whileStarting(ctx, e, c, func(ctx context.Context) (string, error) {
		r.Step(stepFolder)
		err := notebook.TryFolder(ctx, e, c.ID, p.Folder, p.Recipe.Mount)
		if err != nil && !(p.Recipe.ID == notebook.AnyID && model.IsKind(err, model.ProblemPermission)) { // such an image may only read
			return "", err
		}
		return then(ctx, again(c, p.Recipe))
	})
}

// exitLag is how long the word of a container's end may take after its processes are gone.
const exitLag = 500 * time.Millisecond

// whileStarting runs fn, and stops it when the container ends meanwhile: then that is what went wrong.
func (w *startWatch) whileStarting(ctx context.Context, e *engine.Engine, c model.Container, fn func(context.Context) (string, error)) (string, error) {
	inner, stop := context.WithCancel(ctx)
	defer stop()
	type end struct {
		result string
		err    error
	}
	ended := make(chan end, 1)
	go func() {
		result, err := fn(inner)
		ended <- end{result, err}
	}()
	select {
	case got := <-ended:
		if got.err == nil || ctx.Err() != nil {
			return got.result, got.err
		}
		select { // when it ended, that is why the rest went wrong; the word of it may come a moment later
		case exit := <-w.exit:
			return "", w.endedEarly(ctx, e, c, exit)
		case <-time.After(exitLag):
			return got.result, got.err
		case <-ctx.Done():
			return "", ctx.Err()
		}
	case exit := <-w.exit:
		stop()
		<-ended
		return "", w.endedEarly(ctx, e, c, exit)
	}
}

// endedEarly says why a server ended that was to serve.
func (w *startWatch) endedEarly(ctx context.Context, e *engine.Engine, c model.Container, exit engine.Exit) error {
	if exit.Err != nil {
		return exit.Err
	}
	if _, err := w.ended(ctx, e, c, exit.Code); err != nil {
		return err
	}
	// A server that finishes by itself is none.
	return model.NewProblem(model.ProblemExited, nil, "“"+c.Name+"” finished instead of serving a notebook", "Its program ended without an error.", "Choose another image, or look at its output.")
}

// waitFor waits until the server answers as itself.
func (a *Actions) waitFor(ctx context.Context, e *engine.Engine, r *job.Report, s notebook.Server) error {
	r.Step(stepWait)
	if !s.Reached() {
		return notPublished(s)
	}
	stop := sayHowLong(r, s.Port.HostPort)
	answer, err := notebook.Wait(ctx, s, readyTime)
	stop()
	return a.explainAnswer(ctx, e, s, answer, err)
}

// sayHowLong tells every second for how long an answer has been waited for, until stop is called.
func sayHowLong(r *job.Report, port uint16) (stop func()) {
	began, quit, done := time.Now(), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-quit:
				return
			case <-tick.C:
				r.Phase(fmt.Sprintf("%s: no answer on port %d yet, %d s of at most %d", stepWait, port, int(time.Since(began).Seconds()), int(readyTime.Seconds())))
			}
		}
	}()
	return func() { close(quit); <-done }
}

// openServer waits until the server answers as itself and opens it as l wishes.
func (a *Actions) openServer(ctx context.Context, e *engine.Engine, r *job.Report, l Launch, s notebook.Server, reused bool) (string, error) {
	if err := a.waitFor(ctx, e, r, s); err != nil {
		return "", err
	}
	r.Step(stepOpen)
	if err := l.open(ctx, Opened{URL: l.address(s), Server: s, Reused: reused}); err != nil {
		return "", err
	}
	return s.Container.Name + " is open in the browser." + howToSignIn(s), nil
}

// howToSignIn says what a person has to type into the page, "" where the address signs in.
func howToSignIn(s notebook.Server) string {
	switch {
	case s.SignIn.Method != notebook.SignInPasswordEnv:
		return ""
	case s.SignIn.User == "":
		return " It asks for a password: “Copy password” on its card has it."
	}
	return " Sign in as " + s.SignIn.User + ": “Copy password” on its card has the password."
}

func notPublished(s notebook.Server) error {
	return model.NewProblem(model.ProblemUnreachable, nil, "“"+s.Container.Name+"” cannot be reached from here",
		fmt.Sprintf("Its port %d is not published on this computer.", s.Port.Container), "Run the image again with that port published.")
}

// explainAnswer says why a server was not opened; nil when it is up.
func (a *Actions) explainAnswer(ctx context.Context, e *engine.Engine, s notebook.Server, answer notebook.Answer, err error) error {
	what := fmt.Sprintf("The notebook does not answer on port %d", s.Port.HostPort)
	switch {
	case errors.Is(err, notebook.ErrNotUp):
		lines, _ := e.LastLines(ctx, s.Container.ID, lastLines)
		p := model.NewProblem(model.ProblemTimeout, err, what, "It was given "+readyTime.String()+" and did not come up.", "Look at its last lines in the details, then try again.")
		p.Raw = strings.Join(lines, "\n")
		return p
	case err != nil:
		return err
	case answer == notebook.Up:
		return nil
	}
	owner := "another server"
	if use := platform.PortOwner(s.Port.HostPort); use != "" && !strings.HasPrefix(use, "docker-proxy") {
		owner = use
	}
	if answer == notebook.Refused {
		return model.NewProblem(model.ProblemSignIn, nil, fmt.Sprintf("What answers on port %d does not take this notebook's token", s.Port.HostPort),
			"Either "+owner+" answers there, or the notebook was started with another token.", "Stop what uses the port, or stop this notebook and launch it again.")
	}
	return model.NewProblem(model.ProblemPortTaken, nil, fmt.Sprintf("Something else answers on port %d", s.Port.HostPort),
		"What answers there is not this notebook: "+owner+".", "Stop what uses the port, then launch again.")
}

// takeBack removes the container of a launch that failed or was cancelled. One that ran and holds files of the person's
// own is stopped and kept. It returns why the launch failed, see [Actions.leaveNothingHalfMade].
func (a *Actions) takeBack(e *engine.Engine, jobID string, c model.Container, why error) error {
	kept := a.leaveNothingHalfMade(e, jobID, c, why)
	ctx, cancel := context.WithTimeout(context.Background(), cleanTime)
	defer cancel()
	gone, err := discard(ctx, e, jobID, c)
	if model.IsKind(err, model.ProblemConnectionLost) {
		a.left.set(jobID, e.Info().ID, func(ctx context.Context, e *engine.Engine) error {
			_, err := discard(ctx, e, jobID, c)
			return err
		})
	}
	var p *model.Problem
	if gone && errors.As(kept, &p) && p.Kind == model.ProblemExited {
		p.Fix = "Read its last lines in the details. Nothing was left behind, so you can launch again."
	}
	return kept
}

// discard stops a container that this very job made, and removes it if nothing of a person's own is in it. gone tells
// that it is not there any more.
func discard(ctx context.Context, e *engine.Engine, jobID string, c model.Container) (gone bool, err error) {
	now, err := e.Container(ctx, c.ID)
	switch {
	case model.IsKind(err, model.ProblemNotFound):
		return true, nil
	case err != nil:
		return false, err
	case now.Labels[model.LabelJob] != jobID:
		return false, nil
	case now.Running():
		if err := e.Stop(ctx, now, -1); err != nil {
			return false, err
		}
	}
	if !rescue.List(ctx, e, now, nil).Nothing() {
		return false, ctx.Err()
	}
	err = e.Remove(ctx, now)
	return err == nil, err
}

// OpenServer opens a notebook server in the browser. The token of one that Slipway did not launch is looked for.
func (a *Actions) OpenServer(s notebook.Server) {
	a.withServer(s, "Cannot open “"+s.Container.Name+"”", func(ctx context.Context, found notebook.Server) error {
		return platform.OpenURL(ctx, found.URL())
	})
}

// ServerURL finds the address of a notebook server, with its token, and hands it to got, which is called from another
// goroutine.
func (a *Actions) ServerURL(s notebook.Server, got func(address string)) {
	a.withServer(s, "Cannot make a link to “"+s.Container.Name+"”", func(_ context.Context, found notebook.Server) error {
		got(found.URL())
		return nil
	})
}

// withServer calls fn with the server as it was found to answer, off the caller's goroutine, and shows what went wrong.
func (a *Actions) withServer(s notebook.Server, what string, fn func(context.Context, notebook.Server) error) {
	a.spawn(func(ctx context.Context) {
		err := func() error {
			if !s.Reached() {
				return notPublished(s)
			}
			e, err := a.session.Engine()
			if err != nil {
				return err
			}
			ctx, cancel := context.WithTimeout(ctx, 3*answerTime)
			defer cancel()
			found := notebook.Look(ctx, e, s)
			if answer := notebook.Ask(ctx, found); answer != notebook.Up {
				return a.whyNotOpen(ctx, e, found, answer)
			}
			return fn(ctx, found)
		}()
		a.tell(err, what)
	})
}

func (a *Actions) whyNotOpen(ctx context.Context, e *engine.Engine, s notebook.Server, answer notebook.Answer) error {
	if answer == notebook.NotYet {
		return model.NewProblem(model.ProblemUnreachable, nil, fmt.Sprintf("“%s” does not answer on port %d yet", s.Container.Name, s.Port.HostPort), "It may still be starting.", "Try again in a moment, or look at its output.")
	}
	return a.explainAnswer(ctx, e, s, answer, nil)
}
