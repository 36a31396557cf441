// Package commands is the registry of what a user can do. A command is defined once here and feeds rows, toolbars,
// menus, shortcuts and hints.
package commands

import (
	"context"
	"slices"
	"strings"
	"time"

	"slipway/engine/actions"
	"slipway/engine/job"
	"slipway/engine/launcher"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/removal"
	"slipway/engine/runspec"
	"slipway/engine/session"
	"slipway/engine/settings"
	"slipway/engine/swap"
	"slipway/engine/volume"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/kit/table"
	"slipway/gui/post"
	"slipway/gui/present"
	"slipway/gui/questions"
	"slipway/gui/runform"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// Command is one thing that can be done.
type Command struct {
	ID    string
	Label words.Text
	// Short is the label where there is little room; nothing where that is the label itself.
	Short words.Text
	Icon  string
	// Shortcut is shown beside it, for example "Del".
	Shortcut string
	// Line is the docker command that it equals; First one that is carried out before it.
	Line, First model.Command
	Danger      bool
	// Off tells that it cannot be done now, Why the reason as a sentence.
	Off bool
	Why words.Text
	Run func()
}

// Docker is what the command equals, as a line of a shell.
func (c Command) Docker() string {
	if len(c.First) > 0 {
		return c.First.String() + " && " + c.Line.String()
	}
	return c.Line.String()
}

// MenuItem is the command as a line of a menu.
func (c Command) MenuItem() kit.MenuItem {
	return kit.MenuItem{
		ID: "menu." + c.ID, Label: c.Label, Icon: c.Icon, Note: words.Name(c.Shortcut), Command: c.Docker(),
		Danger: c.Danger, Off: c.Off, Why: c.Why, Run: c.Run,
	}
}

// Action is the command as a button of a row.
func (c Command) Action() table.Action {
	if c.Off {
		return table.Action{
			ID: c.ID, Icon: c.Icon,
			Hint: words.Say("commands.label-and-why", words.Args{"Label": c.Label, "Why": c.Why}), Off: true,
		}
	}
	return table.Action{ID: c.ID, Icon: c.Icon, Hint: c.Label, Command: c.Docker(), Off: c.Off, Run: c.Run}
}

// WhyOff is why a command cannot be used, nothing when it can.
func (c Command) WhyOff() words.Text {
	if !c.Off {
		return words.Text{}
	}
	return c.Why
}

// Menu is commands as a menu; an empty ID makes a separator.
func Menu(list []Command) []kit.MenuItem {
	items := make([]kit.MenuItem, len(list))
	for i, c := range list {
		items[i] = c.MenuItem()
	}
	return items
}

// Set makes commands for the things in one window, and asks the questions of what they do.
type Set struct {
	*questions.Questions

	actions   *actions.Actions
	removals  *removal.Actions
	volumes   *volume.Actions
	swaps     *swap.Swaps
	launcher  *launcher.Launcher
	form      *runform.Runner
	shortSaid map[string]shortNotice // by the container's ID
	making    map[string]string      // the names of volumes that are being made, by the IDs of the jobs
	// takes away what was offered after a swap, by the ID of the container that has the place
	offered map[string]func()
	shortOf map[string]time.Time // when each container last ran out of memory, as far as it was said
	refill  func()
}

// Options are what a set of commands is made with.
type Options struct {
	Session  *session.Session
	Settings *settings.File
	Work     *post.Work
	Window   fyne.Window
	Notices  *kit.Notices
	// Version goes into the label of what is made, and Recipes are the kinds of notebooks that there are.
	Version string
	Recipes []notebook.Recipe
	// Reveal goes to a page, by its name, and selects a thing there. The page says how it is named.
	Reveal func(page, id string)
	// Front shows what the commands are about before something is asked, and Covered tells, from any goroutine, that a
	// person cannot reach it now.
	Front   func()
	Covered func() bool
}

// New makes the commands of a window, and the actions that they carry out.
func New(o Options) *Set {
	s := &Set{}
	s.Questions = questions.New(questions.Options{
		Session: o.Session, Settings: o.Settings, Work: o.Work, Window: o.Window, Notices: o.Notices,
		Reveal: o.Reveal, Front: o.Front,
		Offers: questions.Offers{Actions: s.Actions, Launcher: s.Launcher, BackUp: s.backUp, Changing: s.withdraw},
	})
	s.actions = actions.New(o.Session, s.Questions, actions.Options{
		Version: o.Version, Undo: questions.UndoTime, Paused: o.Covered,
		OnRate: func(registry string, rate int64) {
			s.Remember(func(v *settings.Values) { v.Rates[registry] = rate })
		},
	})
	s.removals = removal.New(s.actions, s.Questions)
	s.volumes = volume.New(s.actions, s.Questions)
	s.swaps = swap.New(s.actions, s.Questions, swap.Options{})
	s.launcher = launcher.New(s.actions, s.swaps, s.Questions, o.Recipes)
	s.form = &runform.Runner{
		Session: s.Session, Actions: s.actions, Swaps: s.swaps, Launcher: s.launcher, Settings: s.Settings, Work: s.Work,
		Window: s.Window,
		Pasted: s.Paste,
		Ran:    s.revealContainer,
	}
	return s
}

// projectMark begins what names a Compose project to [Set.Reveal]: no ID of a container has a blank.
const projectMark = "project "

// OfProject names all containers of a Compose project to [Set.Reveal].
func OfProject(project string) string { return projectMark + project }

// Project is the project that [OfProject] has named.
func Project(id string) (project string, ok bool) { return strings.CutPrefix(id, projectMark) }

// Held tells whether the container with this ID is about to be removed, which can still be undone.
func (s *Set) Held(id string) bool {
	return slices.ContainsFunc(s.Session.Jobs.List(), func(v job.View) bool { return slices.Contains(v.Held, id) })
}

// Actions is what the commands carry out.
func (s *Set) Actions() *actions.Actions { return s.actions }

// RemovalActions are what the commands do that may destroy containers.
func (s *Set) RemovalActions() *removal.Actions { return s.removals }

// VolumeActions are what the commands do to volumes.
func (s *Set) VolumeActions() *volume.Actions { return s.volumes }

// Launcher is what the commands do about notebooks.
func (s *Set) Launcher() *launcher.Launcher { return s.launcher }

// separator is a line between groups of a menu.
var separator = Command{}

// Container lists what can be done with a container, the likeliest first.
func (s *Set) Container(c model.Container) []Command {
	remove := s.removal(c)
	rename := Command{
		ID: "rename", Label: words.Say("commands.asks-to-rename"), Icon: "rename", Shortcut: "F2",
		Run: func() { s.Rename(c) },
	}
	if c.State == model.StateRemoving {
		for _, command := range []*Command{&remove, &rename} {
			command.Off, command.Why = true, words.Say("commands.it-is-being-removed")
		}
	}
	change := Command{
		ID: "change", Label: words.Say("commands.edit-settings"), Icon: "settings", Why: words.Of(swap.CannotChange(c)),
		Run: func() { s.change(c) },
	}
	change.Off = !change.Why.None()
	another := Command{
		ID: "another", Label: words.Say("commands.run-another-like-this"), Icon: "add",
		Run: func() { s.runAnother(c) },
	}

	var list []Command
	if c.Loops(present.Now()) {
		list = append(list, Command{
			ID: "norestart", Label: words.Say("commands.stop-restarting"), Icon: "stop",
			Line: actions.StopRestartingCommand(c), Run: func() { s.actions.StopRestarting(c) },
		})
	}
	list = append(list, s.stateCommands(c)...)
	list = append(list, separator, change)
	if old, ok := s.Session.Live.Snapshot().Container(c.Replaces()); ok && notebook.TookPlace(c, old) {
		list = append(list,
			Command{
				ID: "goback", Label: words.Say("commands.go-back-to", words.Args{"Name": words.Name(old.Name)}),
				Icon: "undo", Run: func() { s.askGoBack(c, old) },
			})
	}
	list = append(list, another, rename)
	if project := c.Labels[model.ComposeProject]; project != "" {
		list = append(list,
			Command{
				ID: "project", Label: words.Say("commands.select-its-project"), Icon: "container",
				Run: func() { s.Reveal("containers", OfProject(project)) },
			})
	}
	list = append(append(append(list, separator), s.copies(c)...), separator, remove)
	if _, why := s.swapping(c); !why.None() {
		switchOff(list, why)
	}
	switch s.doing(c) {
	case "stop":
		switchOff(list, words.Say("commands.it-is-stopping-already"), "stop", "restart", "pause")
	case "restart":
		switchOff(list, words.Say("commands.it-is-restarting-already"), "stop", "restart", "pause")
	}
	return s.whileHeld(c.ID, s.whileAway(list))
}

// removal is the command that removes a container.
func (s *Set) removal(c model.Container) Command {
	remove := Command{
		ID: "remove", Label: words.Say("common.remove"), Icon: "remove", Shortcut: "Del", Line: actions.RemoveCommand(c),
		Danger: true, Run: func() { s.removals.Remove(c) },
	}
	switch {
	case c.Running() && c.AutoRemove:
		remove.Line = actions.StopCommand(c) // docker removes it then
	case c.Running():
		remove.First = actions.StopCommand(c)
	}
	return remove
}

// copies are the commands that put something about a container on the clipboard.
func (s *Set) copies(c model.Container) []Command {
	return []Command{
		{ID: "copyrun", Label: words.Say("commands.copy-as-docker-run"), Icon: "copy", Run: func() { s.copyRun(c) }},
		{
			ID: "copyinspect", Label: words.Say("commands.copy-its-docker-inspect"), Icon: "copy",
			Line: model.Docker("inspect", c.Name), Run: func() { s.CopyInspect(c) },
		},
		{ID: "copy", Label: words.Say("commands.copy-its-id"), Icon: "copy", Run: func() { kit.Copy(c.ID) }},
	}
}

// stateCommands are what a container's state leaves to do: opening it, and what changes the state.
func (s *Set) stateCommands(c model.Container) []Command {
	a := s.actions
	stop := Command{
		ID: "stop", Label: stopLabel(c, words.Say("commands.stop")), Icon: "stop", Line: actions.StopCommand(c),
		Run: func() { s.removals.Stop(c) },
	}
	kill := Command{
		ID: "kill", Label: stopLabel(c, words.Say("commands.kill")), Icon: "kill", Line: actions.KillCommand(c),
		Run: func() { s.removals.Kill(c) },
	}
	switch c.State {
	case model.StateRunning:
		pause := Command{
			ID: "pause", Label: words.Say("commands.pause"), Icon: "pause", Line: actions.PauseCommand(c),
			Run: func() { a.Pause(c) },
		}
		return append(s.opens(c), stop, s.restart(c), pause, kill)
	case model.StatePaused:
		return []Command{{
			ID: "resume", Label: words.Say("commands.resume"), Icon: "resume", Line: actions.ResumeCommand(c),
			Run: func() { a.Resume(c) },
		}, stop, kill}
	case model.StateRestarting:
		return []Command{stop, kill}
	case model.StateRemoving:
		return nil
	}
	return []Command{{
		ID: "start", Label: words.Say("commands.start"), Icon: "play", Line: actions.StartCommand(c),
		Run: func() { a.Start(c) },
	}}
}

// opens is the command that opens what a container serves: its notebook, else its first port for a browser.
func (s *Set) opens(c model.Container) []Command {
	if server, ok := s.launcher.Notebook(c); ok {
		return []Command{{
			ID: "open", Label: words.Say("commands.open-notebook"), Short: words.Say("commands.open-notebook"), Icon: "open",
			Shortcut: "Enter",
			Run:      func() { s.launcher.OpenServer(server) },
		}}
	}
	for _, p := range present.Ports(c) {
		if p.Port.Protocol == "tcp" && p.Count == 1 {
			return []Command{{
				ID: "open", Label: words.Say("commands.open-port-in-the-browser", words.Args{"Label": words.Name(p.Label)}),
				Short: words.Say("commands.open-port", words.Args{"Label": words.Name(p.Label)}), Icon: "open",
				Shortcut: "Enter", Run: func() { s.launcher.OpenPort(c, p.Port) },
			}}
		}
	}
	return nil
}

func (s *Set) restart(c model.Container) Command {
	restart := Command{
		ID: "restart", Label: stopLabel(c, words.Say("commands.restart")), Icon: "restart", Line: actions.RestartCommand(c),
		Run: func() { s.removals.Restart(c) },
	}
	if c.AutoRemove {
		restart.Why = words.Of(s.Session.State().Info.Lacks(model.RestartAutoRemoved))
		restart.Off = !restart.Why.None()
	}
	return restart
}

// copyRun puts the line that would make a container again on the clipboard.
func (s *Set) copyRun(c model.Container) {
	s.withRun(c, func(spec runspec.Spec, left []model.Fact) func() {
		line := spec.RunCommand()
		text := s.Session.Shell(line.String())
		n := kit.Notice{Title: words.Say("commands.the-docker-run-is-copied"), Brief: true}
		if line.HasSecrets() {
			n.Text, n.Brief = secretsLeft(line), false
		}
		if len(left) > 0 {
			n.Text, n.Brief = words.Join(" ", n.Text,
				words.Say("commands.the-line-does-not-have", words.Args{"Missing": words.Facts(left)})), false
		}
		return func() {
			kit.Copy(text)
			s.Notices.Show(n)
		}
	})
}

// secretsLeft says what a person must know before pasting a line whose secrets are left out. The names of the variables
// are whoever's who made the image or the file: docker fills them with what the person has under these names.
func secretsLeft(line model.Command) words.Text {
	names, hidden := line.Asked()
	var parts []words.Text
	if len(names) > 0 {
		parts = append(parts, words.Say("commands.where-you-paste-it-the", words.Args{"Names": words.Names(names)}))
	}
	if hidden {
		parts = append(parts, words.Say("commands.put-in-your-own-where", words.Args{"Hidden": words.Raw(runspec.Hidden)}))
	}
	return words.Say("commands.secrets-are-left-out", words.Args{"Parts": words.Join(" ", parts...)})
}

// runAnother opens the run form as the container was made.
func (s *Set) runAnother(c model.Container) {
	s.withRun(c, func(spec runspec.Spec, left []model.Fact) func() {
		return s.form.Like(c, spec, left)
	})
}

// withRun asks how a container was made. prepare is called off the UI thread, since a label may have
// megabytes, and what it returns on it.
func (s *Set) withRun(c model.Container, prepare func(runspec.Spec, []model.Fact) func()) {
	s.Work.Go(func(ctx context.Context) {
		spec, left, err := s.actions.RunLine(ctx, c)
		if p := model.AsProblem(err,
			model.Say("commands.cannot-read-how-was-made", words.Args{"Name": words.Name(c.Name)})); p != nil {
			post.Do(func() { s.ShowProblem(p, nil) })
			return
		}
		post.Do(prepare(spec, left))
	})
}

// Away tells whether there is a picture of an engine that does not answer now.
func (s *Set) Away() bool { return s.Session.State().Phase == session.Lost }

// whileAway switches off what needs the engine while it does not answer.
func (s *Set) whileAway(list []Command) []Command {
	if !s.Away() {
		return list
	}
	for i := range list {
		if !strings.HasPrefix(list[i].ID, "copy") {
			list[i].Off, list[i].Why = true, words.Say("commands.the-engine-does-not-answer")
		}
	}
	return list
}

// whileHeld switches off what is done to a thing that is about to be removed.
func (s *Set) whileHeld(id string, list []Command) []Command {
	if !s.Held(id) {
		return list
	}
	switchOff(list, words.Say("commands.it-is-about-to-be"))
	return list
}

// switchOff switches off everything but what only copies, or only the commands of these IDs.
func switchOff(list []Command, why words.Text, only ...string) {
	for i := range list {
		if !strings.HasPrefix(list[i].ID, "copy") && (len(only) == 0 || slices.Contains(only, list[i].ID)) {
			list[i].Off, list[i].Why = true, why
		}
	}
}

// swapping says of a container that takes another one's place right now, or gives up its own, what happens to it; "" of
// any other.
func (s *Set) swapping(c model.Container) (word words.Text, why words.Text) {
	if !s.Session.Jobs.Busy() {
		return words.Text{}, words.Text{}
	}
	runs := map[string]bool{}
	for _, v := range s.Session.Jobs.List() {
		if v.State == job.Running {
			runs[v.ID] = true
		}
	}
	takes := func(c *model.Container) bool {
		_, ok := c.Swap()
		return ok && (runs[c.Mark(model.LabelJob)] || s.swaps.Settling(c.ID) == swap.FinishChange)
	}
	switch {
	case s.swaps.Settling(c.ID) == swap.GoBack:
		return words.Say("commands.going-back"), words.Say("commands.it-gives-the-place-back")
	case takes(&c):
		return words.Say("commands.getting-ready"), words.Say("commands.it-is-about-to-take")
	}
	snap := s.Session.Live.Snapshot()
	for i := range snap.Containers {
		o := &snap.Containers[i]
		switch {
		case o.Replaces() != c.ID:
		case s.swaps.Settling(o.ID) == swap.GoBack:
			return words.Say("commands.going-back"), words.Say("commands.it-gets-its-place-back")
		case takes(o):
			return words.Say("commands.changing"), words.Say("commands.another-one-is-about-to")
		}
	}
	return words.Text{}, words.Text{}
}

// doing is what is being done to a container that takes its time: "stop", "restart", or "" for nothing.
func (s *Set) doing(c model.Container) string {
	if !c.Running() || !s.Session.Jobs.Busy() {
		return ""
	}
	for _, v := range s.Session.Jobs.List() {
		if verb := v.Doing[c.ID]; verb == "stop" || verb == "restart" {
			return verb
		}
	}
	return ""
}

// StateOf is a container's state with what is being done to it.
func (s *Set) StateOf(c model.Container, now time.Time) present.State {
	st := present.StateOf(c, now)
	if s.Held(c.ID) {
		return present.State{
			Word: words.Say("commands.about-to-be-removed"), Color: style.Idle,
			Why: words.Say("commands.it-can-still-be-undone"),
		}
	}
	if word, why := s.swapping(c); !word.None() {
		return present.State{Word: word, Color: style.Warn, Why: why}
	}
	switch s.doing(c) {
	case "stop":
		st.Word, st.Color, st.Why = words.Say("commands.stopping"), style.Warn, words.Say("commands.its-program-is-asked-to")
	case "restart":
		st.Word, st.Color, st.Why = words.Say("commands.restarting"), style.Warn,
			words.Say("commands.its-program-is-asked-to")
	}
	return st
}

// stopLabel adds the dots of a question where stopping destroys the container.
func stopLabel(c model.Container, verb words.Text) words.Text {
	if c.AutoRemove {
		return asking(verb)
	}
	return verb
}

// Image lists what can be done with an image under one of its names; tag is "" for a dangling one.
func (s *Set) Image(img model.Image, tag string) []Command {
	ref := tag
	if ref == "" {
		ref = img.ID
	}
	run := Command{
		ID: "run", Label: words.Say("common.run"), Icon: "play", Shortcut: "Enter",
		Line: model.Docker("run", "-d", present.ShortImage(ref)), Run: func() { s.Run(ref) },
	}
	pull := Command{
		ID: "pull", Label: words.Say("commands.pull-again"), Icon: "pull", Line: actions.PullCommand(tag),
		Run: func() { s.pullNow(tag) },
	}
	if tag == "" {
		pull.Off, pull.Why, pull.Line = true, words.Say("commands.it-has-no-name"), nil
	}
	list := []Command{run}
	if tag != "" && s.launcher.IsNotebook(tag) {
		list = append(list,
			Command{
				ID: "launch", Label: words.Say("commands.launch-for-a-folder"), Icon: "launch",
				Run: func() { s.Reveal("launch", tag) },
			})
	}
	list = append(list, pull, separator)
	return s.whileAway(append(list, []Command{
		{
			ID: "copyname", Label: words.Say("commands.copy-its-name"), Icon: "copy",
			Run: func() { kit.CopyName(present.ShortImage(ref)) },
		},
		{ID: "copyid", Label: words.Say("commands.copy-its-id"), Icon: "copy", Run: func() { kit.Copy(img.ID) }},
		separator,
		{
			ID: "remove", Label: words.Say("common.remove"), Icon: "remove", Shortcut: "Del",
			Line:   model.Docker("rmi", present.ShortImage(ref)),
			Danger: true, Run: func() { s.actions.RemoveImage(img, tag) },
		},
	}...))
}

// revealContainer shows the container of that name on its page, if it is there. In a picture between two
// renamings it is the newer of two.
func (s *Set) revealContainer(name string) {
	if c, ok := s.named(name); ok {
		s.Reveal("containers", c.ID)
	}
}

// named is the container of a name, the newer one where a picture has two.
func (s *Set) named(name string) (model.Container, bool) {
	list := s.Session.Live.Snapshot().Containers
	if i := slices.IndexFunc(list, func(c model.Container) bool { return c.Name == name }); i >= 0 {
		return list[i], true
	}
	return model.Container{}, false
}

// Next offers what a person most likely wants to do after a job went well. done is called when that is done
// which is offered only once.
func (s *Set) Next(v job.View, done func()) []fyne.CanvasObject {
	if v.State == job.Done {
		snap := s.Session.Live.Snapshot()
		for _, c := range snap.Containers {
			if old, ok := snap.Container(c.Replaces()); ok && c.Mark(model.LabelJob) == v.ID && notebook.TookPlace(c, old) {
				if s.offered == nil {
					s.offered = map[string]func(){}
				}
				s.offered[c.ID] = done
				return s.afterSwap(c, old, done)
			}
		}
	}
	if v.State == job.Done && v.Folder != "" {
		return []fyne.CanvasObject{kit.NewButton("notice.folder", words.Say("common.open-folder"), "folder", kit.Normal,
			func() { s.OpenFolder(v.Folder) }).Small()}
	}
	if v.State == job.Done {
		for _, c := range s.Session.Live.Snapshot().Containers {
			if _, ok := s.launcher.Notebook(c); ok && (c.Mark(model.LabelJob) == v.ID || startedBy(v.Deed) == c.ID) {
				return []fyne.CanvasObject{kit.NewButton("notice.open", words.Say("commands.open-notebook"), "open", kit.Normal,
					func() { s.openNotebook(c.ID) }).Small()}
			}
		}
	}
	ref := v.Deed.Pulled()
	if ref == "" {
		return nil
	}
	run := kit.NewButton("notice.run", words.Say("common.run"), "play", kit.Normal, func() { s.Run(ref) }).Small()
	if s.launcher.IsNotebook(ref) {
		return []fyne.CanvasObject{kit.NewButton("notice.launch", words.Say("commands.launch"), "launch", kit.Normal,
			func() { s.Reveal("launch", ref) }).
			Small(), run}
	}
	return []fyne.CanvasObject{run}
}

// withdraw takes away what was offered when a container had taken another one's place, because that is not so any more.
func (s *Set) withdraw(id string) {
	if done := s.offered[id]; done != nil {
		delete(s.offered, id)
		done()
	}
}

// afterSwap offers what comes next when a container has taken another one's place.
func (s *Set) afterSwap(c, old model.Container, done func()) []fyne.CanvasObject {
	return []fyne.CanvasObject{
		kit.NewButton("notice.goback", words.Say("commands.asks-to-go-back"), "undo", kit.Normal, func() {
			s.askGoBack(c, old)
		}).
			Small().
			Hint(words.Say("commands.has-its-name-again-and", words.Args{"Name": words.Name(old.Name)})),
		kit.NewButton("notice.removeold", words.Say("commands.remove-the-old-one"), "remove", kit.Normal,
			func() { done(); s.removals.Remove(old) }).Small(),
	}
}

// openNotebook opens the notebook of a container as it is now: since it was started it may have another port.
func (s *Set) openNotebook(id string) {
	if c, ok := s.Session.Live.Snapshot().Container(id); ok {
		if server, is := s.launcher.Notebook(c); is {
			s.launcher.OpenServer(server)
		}
	}
}

// startedBy is the ID of the container that a job was to have run again, "" for any other job.
func startedBy(d model.Deed) string {
	if len(d.IDs) == 1 && slices.Contains([]model.Verb{model.VerbStart, model.VerbRestart, model.VerbUnpause}, d.Verb) {
		return d.IDs[0]
	}
	return ""
}

// Run opens the run form for an image, or empty with "".
func (s *Set) Run(image string) { s.form.Show(image) }

// RememberSort keeps the order of a page's list.
func (s *Set) RememberSort(page, key string) {
	s.Remember(func(v *settings.Values) { v.Sort[page] = key })
}

// Drop puts dropped folders into the run form.
func (s *Set) Drop(folders []string) { s.form.Drop(folders) }

// LiveChanged brings an open run form up to date with the engine, and says what ran out of memory.
func (s *Set) LiveChanged() {
	s.form.LiveChanged()
	for _, c := range s.Session.Live.Snapshot().Containers {
		if n, ok := s.shortSaid[c.ID]; ok && (n.limit != c.Memory || !c.Running()) { // it was mended, or is over
			n.dismiss()
			delete(s.shortSaid, c.ID)
		}
		if c.OOMAt.After(s.shortOf[c.ID]) {
			if s.shortOf == nil {
				s.shortOf = map[string]time.Time{}
			}
			s.shortOf[c.ID] = c.OOMAt
			s.sayOutOfMemory(c)
		}
	}
}

// sayOutOfMemory explains that a program in a container was ended for want of memory.
func (s *Set) sayOutOfMemory(c model.Container) {
	info := s.Session.State().Info
	limit, whose := launcher.LimitOf(c, info)
	n := kit.Notice{
		Bad: true, Title: words.Say("commands.ran-out-of-memory", words.Args{"Name": words.Name(c.Name)}),
		Text: words.Say("commands.a-program-in-it-needed", words.Args{"Whose": whose, "Limit": words.MemoryBytes(limit)}),
	}
	var dismiss func()
	if to := launcher.Raised(c, info); to > 0 {
		raise := kit.NewButton("notice.raise",
			words.Say("common.raise-the-limit-to", words.Args{"Memory": words.MemoryBytes(to)}), "", kit.Normal,
			func() { dismiss(); s.launcher.Limit(c, to) }).Small().Command(launcher.LimitCommand(c, to).String())
		off := info.Lacks(model.ChangeLimit)
		raise.SetEnabled(off.None(), words.Of(off))
		n.Buttons = append(n.Buttons, raise)
	}
	dismiss = s.Notices.Show(n)
	if s.shortSaid == nil {
		s.shortSaid = map[string]shortNotice{}
	}
	s.shortSaid[c.ID] = shortNotice{c.Memory, dismiss}
}

// shortNotice is the message that a container ran out of memory under a limit.
type shortNotice struct {
	limit   int64
	dismiss func()
}

// ShownInForm tells whether the open run form itself shows how the job ended.
func (s *Set) ShownInForm(j job.View) bool { return s.form.Shows(j) }

// Find gives the command with an ID out of a list; ok is false when it is not there. It may be off.
func Find(list []Command, id string) (Command, bool) {
	for _, c := range list {
		if c.ID == id {
			return c, true
		}
	}
	return Command{}, false
}
