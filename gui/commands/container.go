package commands

import (
	"context"
	"slices"
	"strings"
	"time"

	"slipway/engine/actions"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/runspec"
	"slipway/engine/swap"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/post"
	"slipway/gui/present"
	"slipway/gui/runform"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// containerCommands are what can be done with containers.
type containerCommands struct {
	*means
	// takes away what was offered after a swap, by the ID of the container that has the place
	offered map[string]func()
}

// projectMark begins what names a Compose project to [Set.Reveal]: no ID of a container has a blank.
const projectMark = "project "

// OfProject names all containers of a Compose project to [Set.Reveal].
func OfProject(project string) string { return projectMark + project }

// Project is the project that [OfProject] has named.
func Project(id string) (project string, ok bool) { return strings.CutPrefix(id, projectMark) }

// Container lists what can be done with a container, the likeliest first.
func (s *containerCommands) Container(c model.Container) []Command {
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
func (s *containerCommands) removal(c model.Container) Command {
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
func (s *containerCommands) copies(c model.Container) []Command {
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
func (s *containerCommands) stateCommands(c model.Container) []Command {
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
func (s *containerCommands) opens(c model.Container) []Command {
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

func (s *containerCommands) restart(c model.Container) Command {
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

// stopLabel adds the dots of a question where stopping destroys the container.
func stopLabel(c model.Container, verb words.Text) words.Text {
	if c.AutoRemove {
		return asking(verb)
	}
	return verb
}

// copyRun puts the line that would make a container again on the clipboard.
func (s *containerCommands) copyRun(c model.Container) {
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
func (s *containerCommands) runAnother(c model.Container) {
	s.withRun(c, func(spec runspec.Spec, left []model.Fact) func() {
		return s.form.Like(c, spec, left)
	})
}

// withRun asks how a container was made. prepare is called off the UI thread, since a label may have
// megabytes, and what it returns on it.
func (s *containerCommands) withRun(c model.Container, prepare func(runspec.Spec, []model.Fact) func()) {
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

// swapping says of a container that takes another one's place right now, or gives up its own, what happens to it; "" of
// any other.
func (s *containerCommands) swapping(c model.Container) (word words.Text, why words.Text) {
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
func (s *containerCommands) doing(c model.Container) string {
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
func (s *containerCommands) StateOf(c model.Container, now time.Time) present.State {
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

// Rename asks for a container's new name.
func (s *containerCommands) Rename(c model.Container) {
	names := runform.Names(s.Session.Live.Snapshot())
	delete(names, c.Name)
	kit.Prompt{
		ID: "rename", Title: words.Say("commands.rename-container", words.Args{"Name": words.Name(c.Name)}), Width: 520,
		Label: words.Say("commands.name"), Example: words.Say("commands.a-new-name"), Value: c.Name,
		Check: func(name string) kit.Checked {
			now := kit.Checked{Command: s.Session.Shell(actions.RenameCommand(c, name).String())}
			now.Wrong = runform.Form{Image: "x", Name: name}.Validate(runform.Facts{Names: names})["name"]
			if name == "" {
				now.Wrong = words.Say("commands.type-a-name")
			}
			if !now.Wrong.None() || name == c.Name {
				now.Off = words.Say("commands.type-another-name")
			}
			return now
		},
		Verb: words.Say("commands.rename"),
		Submit: func(name string) words.Text {
			s.actions.Rename(c, name)
			return words.Text{}
		},
	}.Ask(s.Window.Canvas())
}

// change opens the form with the settings of a container, to change them.
func (s *containerCommands) change(c model.Container) {
	s.withRun(c, func(spec runspec.Spec, _ []model.Fact) func() { return s.form.Change(c, spec) })
}

// askGoBack asks before a container gives its place back to the one that had it before.
func (s *containerCommands) askGoBack(c, old model.Container) {
	snap := s.Session.Live.Snapshot()
	if now, ok := snap.Container(c.ID); ok { // it may have been stopped or renamed since it was offered
		c = now
	}
	if now, ok := snap.Container(old.ID); ok {
		old = now
	}
	commands := swap.GoBackCommands(c, old, snap.Containers)
	text := words.Say("commands.has-its-name-and-its",
		words.Args{"Old": words.Name(old.Name), "New": words.Name(c.Name)})
	if c.Running() {
		text = words.Say("commands.is-stopped-and-kept-under",
			words.Args{"New": words.Name(c.Name), "Old": words.Name(old.Name)})
	}
	kit.Confirm{
		ID: "goback", Width: 620,
		Title: words.Say("commands.question-go-back-to", words.Args{"Name": words.Name(old.Name)}), Text: text,
		Command: s.Lines(commands), Verb: words.Say("commands.go-back"), Icon: "undo", Kind: kit.Primary,
		Do: func() {
			s.withdraw(c.ID)
			s.swaps.GoBack(c)
			s.Reveal("containers", old.ID)
		},
	}.Ask(s.Window.Canvas())
}

// withdraw takes away what was offered when a container had taken another one's place, because that is not so any more.
func (s *containerCommands) withdraw(id string) {
	if done := s.offered[id]; done != nil {
		delete(s.offered, id)
		done()
	}
}

// CopyInspect copies everything that the engine says about a container, as docker inspect prints it. It has secrets in
// it.
func (s *containerCommands) CopyInspect(c model.Container) {
	s.Work.Go(func(ctx context.Context) {
		e, err := s.Session.Engine()
		var text string
		if err == nil {
			text, err = e.InspectJSON(ctx, c.ID)
		}
		switch {
		case ctx.Err() != nil:
		case err != nil:
			s.Tell(model.AsProblem(err, model.Say("commands.cannot-look-at-the-container")))
		default:
			post.Do(func() {
				kit.Copy(text)
				s.Notices.Show(kit.Notice{
					Title: words.Say("commands.copied"),
					Text:  words.Say("commands.passwords-and-tokens-of-its"), Brief: true,
				})
			})
		}
	})
}

// revealContainer shows the container of that name on its page, if it is there. In a picture between two
// renamings it is the newer of two.
func (s *containerCommands) revealContainer(name string) {
	list := s.Session.Live.Snapshot().Containers
	if i := slices.IndexFunc(list, func(c model.Container) bool { return c.Name == name }); i >= 0 {
		s.Reveal("containers", list[i].ID)
	}
}

// afterSwap offers what comes next when a container has taken another one's place.
func (s *containerCommands) afterSwap(c, old model.Container, done func()) []fyne.CanvasObject {
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
func (s *containerCommands) openNotebook(id string) {
	if c, ok := s.Session.Live.Snapshot().Container(id); ok {
		if server, is := s.launcher.Notebook(c); is {
			s.launcher.OpenServer(server)
		}
	}
}
