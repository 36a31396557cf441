package launcher

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"

	"slipway/engine"
	"slipway/engine/actions"
	"slipway/engine/image"
	"slipway/engine/live"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/platform"
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
	// File is a notebook in the folder that is opened in place of the first page, see [Launcher.Launch]: its whole path,
	// without links on the way; "" for none.
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
	Notes []model.Fact

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
		return actions.ResumeCommand(p.Server.Container)
	case p.Running():
		return nil
	case p.Exists():
		return actions.StartCommand(p.Server.Container)
	}
	if p.HostPort == 0 {
		return image.PullCommand(p.Image)
	}
	return p.wish().Spec().RunCommand()
}

// Differs tells whether the folder's server was made from another image than is wished for now.
func (p LaunchPlan) Differs() bool {
	return p.Exists() && !sameImage(p.Server.Container.Reference, p.Image)
}

func (p LaunchPlan) wish() notebook.Launch {
	return notebook.Launch{
		Recipe: p.Recipe, Image: p.Image, Folder: p.Folder, Name: p.Name, HostPort: p.HostPort,
		GPU: p.GPU, Memory: p.Memory, Token: p.token, Host: p.host,
	}
}

// PlanLaunch tells what [Launcher.Launch] would do now. It tries ports of this computer and reads the folder, so call
// it off the UI thread.
func (a *Launcher) PlanLaunch(ctx context.Context, l Launch) (LaunchPlan, error) {
	snap := a.do.Session().Live.Snapshot()
	p, err := a.planLaunch(l, snap.Containers)
	if err != nil || p.Exists() || p.Recipe.ID != notebook.AnyID {
		return p, err
	}
	e, err := a.do.Session().Engine()
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
func (a *Launcher) fit(p LaunchPlan, image model.ImageDetail) (LaunchPlan, error) {
	r, err := notebook.AnyOf(p.Image, image)
	if err != nil {
		return p, err
	}
	p.Recipe = r
	p.HostPort = a.freePort(cmp.Or(p.Port, r.Port))
	return p, nil
}

// freePort is the port if it is free on this computer's loopback address, else the next one that is.
func (a *Launcher) freePort(port uint16) uint16 {
	if use := a.do.Port("127.0.0.1", port, "tcp", ""); !use.Owner.None() {
		return use.Next
	}
	return port
}

// planLaunch is [Launcher.PlanLaunch] for these containers.
func (a *Launcher) planLaunch(l Launch, containers []model.Container) (LaunchPlan, error) {
	st := a.do.Session().State()
	l, err := checkedLaunch(l, st)
	if err != nil {
		return LaunchPlan{}, err
	}
	if s, ok := serverFor(containers, actions.Place(a.do.Session()), l); ok {
		return LaunchPlan{Launch: l, Server: s}, nil
	}
	return a.planNew(l, st, containers), nil
}

// checkedLaunch is the wish with its folder resolved and its image named in full; the error says what is wrong with
// them.
func checkedLaunch(l Launch, st session.State) (Launch, error) {
	if st.Locality == model.Elsewhere {
		return l, &model.Problem{
			Kind: model.ProblemUnsupported,
			What: model.Say("actions.a-notebook-cannot-be-launched"),
			Why:  model.Say("actions.the-engine-is-on-another"),
			Fix:  model.Say("actions.use-an-engine-on-this"),
		}
	}
	folder, err := filepath.EvalSymlinks(platform.ExpandHome(l.Folder))
	if err == nil && !filepath.IsAbs(folder) {
		return l, &model.Problem{
			Kind: model.ProblemBadInput,
			What: model.Say("notebook.the-folder-cannot-be-used", model.Args{"Folder": model.Name(l.Folder)}),
			Why:  model.Say("common.write-the-whole-path-from"),
		}
	}
	if err != nil {
		return l, notebook.CheckFolder(l.Folder, err)
	}
	if info, err := os.Stat(folder); err != nil {
		return l, notebook.CheckFolder(l.Folder, err)
	} else if !info.IsDir() {
		return l, &model.Problem{
			Kind: model.ProblemBadInput,
			What: model.Say("actions.is-a-file-not-a", model.Args{"Folder": model.Name(l.Folder)}),
			Fix:  model.Say("actions.choose-the-folder-that-it"),
		}
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
func (a *Launcher) planNew(l Launch, st session.State, containers []model.Container) LaunchPlan {
	p := LaunchPlan{Launch: l, host: thisHost(st), Notes: notes(l, st.Info)}
	p.token = notebook.NewToken()
	p.Name = notebook.ContainerName(l.Folder, actions.TakenNames(containers))
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

// Servers are the notebook servers of a picture of the engine that a session is connected to, see [notebook.Servers].
func Servers(s *session.Session, snap *live.Snapshot, recipes []notebook.Recipe) []notebook.Server {
	return notebook.Servers(snap.Containers, recipes, actions.Place(s))
}

// withRecipe asks the engine for all containers as they are this moment, and everything about those of a recipe: the
// picture may be older than a click.
func withRecipe(ctx context.Context, e *engine.Engine, recipe string) ([]model.Container, error) {
	list, err := e.Containers(ctx, false)
	if err != nil {
		return nil, err
	}
	for i, c := range list {
		if c.Mark(model.LabelRecipe) != recipe {
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
func serverFor(containers []model.Container, at notebook.Place, l Launch) (notebook.Server, bool) {
	var found []notebook.Server
	for _, s := range notebook.Servers(containers, []notebook.Recipe{l.Recipe}, at) {
		if s.Recipe.ID == l.Recipe.ID && (s.Container.Made() || sameRepository(s.Container.Reference, l.Image)) &&
			(l.Recipe.ID != notebook.AnyID || sameImage(s.Container.Reference, l.Image)) && s.Folder == l.Folder &&
			!leftBehind(s.Container, containers) && s.Container.State != model.StateRemoving && !s.Container.StartedAt.IsZero() {
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
		return c.Replaces() == old.ID && !notebook.TookPlace(c, old)
	})
}

// littleMemory is below what an engine is too small for most notebooks.
const littleMemory = 2 << 30

// notes are what a person should know before a launch: what the engine's machine lacks, and what the notebook opens.
func notes(l Launch, info model.EngineInfo) []model.Fact {
	var list []model.Fact
	if !l.Recipe.Runs(info.Arch) {
		list = append(list, model.Say("actions.there-is-no-image-of", model.Args{
			"Name": model.Name(l.Recipe.Name),
			"Arch": model.Name(info.Arch),
		}))
	}
	if info.Memory > 0 && info.Memory < littleMemory {
		list = append(list, model.Say("actions.the-engine-has-only-of", model.Args{"Memory": model.MemoryBytes(info.Memory)}))
	}
	if l.Recipe.SignIn.Method == notebook.SignInNone && l.Recipe.ID != notebook.AnyID {
		list = append(list, model.Say("actions.has-no-sign-in-every", model.Args{"Name": model.Name(l.Recipe.Name)}))
	}
	if info.UserNSRemap && !info.Rootless && l.Recipe.User != notebook.UserImage {
		list = append(list,
			model.Say("actions.this-engine-keeps-the-users"))
	}
	return list
}
