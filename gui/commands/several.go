package commands

import (
	"fmt"
	"slices"
	"strings"

	"slipway/engine/actions"
	"slipway/engine/image"
	"slipway/engine/model"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/present"
	"slipway/gui/questions"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Containers lists what can be done with containers: with one of them all of [Set.Container], with several what makes
// sense for at least one, each with the number of those it is done to.
func (s *containerCommands) Containers(list []model.Container) []Command {
	if len(list) == 1 {
		return s.Container(list[0])
	}
	// those are gone soon
	list = slices.DeleteFunc(slices.Clone(list), func(c model.Container) bool { return s.Held(c.ID) })
	if len(list) == 0 {
		return nil
	}
	return s.whileAway(append(s.stateCommandsOf(list), separator,
		Command{ID: "copynames", Label: words.Say("commands.copy-their-names"), Icon: "copy", Run: func() {
			names := make([]string, len(list))
			for i, c := range list {
				names[i] = c.Name
			}
			kit.Copy(strings.Join(names, "\n"))
		}}, separator, s.removalOf(list)))
}

// stateCommandsOf are what changes the states of containers, each for those that it makes sense for.
func (s *containerCommands) stateCommandsOf(list []model.Container) (out []Command) {
	a := s.actions
	add := func(id string, label func(n int) words.Text, icon, verb string, fits func(model.Container) bool,
		run func([]model.Container),
	) {
		fit := slices.DeleteFunc(slices.Clone(list), func(c model.Container) bool { return !fits(c) })
		if len(fit) == 0 {
			return
		}
		title := label(len(fit))
		if (verb == "stop" || verb == "restart") && slices.ContainsFunc(fit, func(c model.Container) bool {
			return c.AutoRemove
		}) {
			title = asking(title) // it is asked about
		}
		out = append(out, Command{
			ID: id, Label: title, Icon: icon, Line: actions.ManyCommand(verb, fit), Run: func() { run(fit) },
		})
	}
	stopped := func(c model.Container) bool { return !c.Running() && c.State != model.StateRemoving }
	running := func(c model.Container) bool { return c.State == model.StateRunning }
	info := s.Session.State().Info
	restartable := func(c model.Container) bool {
		return running(c) && (!c.AutoRemove || info.Lacks(model.RestartAutoRemoved).None())
	}
	add("start", startCount, "play", "start", stopped, func(l []model.Container) { a.StartMany(l) })
	add("stop", stopCount, "stop", "stop", model.Container.Running, s.removals.StopMany)
	add("restart", questions.RestartCount, "restart", "restart", restartable, s.removals.RestartMany)
	add("pause", pauseCount, "pause", "pause", running, func(l []model.Container) { a.PauseMany(l) })
	add("resume", resumeCount, "resume", "unpause",
		func(c model.Container) bool { return c.State == model.StatePaused },
		func(l []model.Container) { a.ResumeMany(l) })
	return out
}

// removalOf removes several containers: those that run are stopped first.
func (s *containerCommands) removalOf(list []model.Container) Command {
	remove := Command{
		ID: "remove", Label: asking(questions.RemoveCount(len(list))), Icon: "remove",
		Shortcut: "Del",
		Danger:   true, Run: func() { s.removals.RemoveMany(list) },
	}
	var first, then []model.Container
	for _, c := range list {
		if c.Running() {
			first = append(first, c)
		}
		if !c.Running() || !c.AutoRemove { // the others docker removes when they stop
			then = append(then, c)
		}
	}
	if len(first) > 0 {
		remove.First = actions.ManyCommand("stop", first)
	}
	if len(then) > 0 {
		remove.Line = actions.ManyCommand("rm", then)
	} else {
		remove.First, remove.Line = nil, remove.First
	}
	return remove
}

// Images lists what can be done with images under the names that were chosen.
func (s *imageCommands) Images(list []image.Name) []Command {
	if len(list) == 0 {
		return nil
	}
	if len(list) == 1 {
		return s.Image(list[0].Image, list[0].Tag)
	}
	named := 0
	names, texts := make([]string, len(list)), []string{"rmi"}
	for i, n := range list {
		names[i] = n.Name()
		texts = append(texts, present.ShortImage(n.Name()))
		if n.Tag != "" {
			named++
		}
	}
	var out []Command
	if named > 0 {
		out = append(out, Command{
			ID: "pull", Label: words.Say("commands.pull-again-count", words.Args{"Count": words.Count(named)}), Icon: "pull",
			Run: func() { s.images.PullMany(list) },
		}, separator)
	}
	return s.whileAway(append(out,
		Command{
			ID: "copynames", Label: words.Say("commands.copy-their-names"), Icon: "copy",
			Run: func() { kit.Copy(strings.Join(names, "\n")) },
		},
		separator,
		Command{
			ID: "remove", Label: asking(questions.RemoveCount(len(list))), Icon: "remove",
			Shortcut: "Del", Danger: true,
			Line: model.Docker(texts...), Run: func() { s.images.RemoveMany(list) },
		}))
}

// Do carries out a command of a list, if it is in it and can be done.
func (s *Set) Do(list []Command, id string) {
	if c, ok := Find(list, id); ok && !c.Off {
		c.Run()
	}
}

// Several is what stands in the place of the details while several rows are selected: how many they are, and what can
// be done with them.
type Several struct {
	// Content is what is laid out; it is hidden unless there are several.
	Content *fyne.Container
	id      string
	head    *kit.Header
	buttons []*kit.Button
	more    *kit.Button
	clear   *kit.Button
	offered string
	list    []Command
}

// NewSeveral makes one. clear is called to give the selection up. below is what is shown of them, nil for nothing: then
// it is said how rows are selected.
func NewSeveral(id string, clear func(), below fyne.CanvasObject) *Several {
	v := &Several{id: id, head: kit.NewHeader(id+".several", kit.Space(0, 0))}
	v.more = kit.NewButton(id+".several.more", words.Text{}, "more", kit.Normal, nil).Small().
		Hint(words.Say("common.more"))
	v.more.OnTap = func() { kit.ShowMenuBelow(v.more, Menu(v.list)) }
	v.clear = kit.NewButton(id+".several.clear", words.Text{}, "close", kit.Quiet, clear)
	parts := []fyne.CanvasObject{kit.Pad(v.head.Content(), 10, 14, 6, 6), kit.Rule(false)}
	if below == nil {
		v.clear.Hint(words.Say("commands.clear-selection"))
		parts = append(parts, kit.Pad(kit.NewText(words.Say("commands.ctrl-and-a-click-adds"), kit.Second), 10, 16, 10, 16))
	} else {
		v.clear.Hint(words.Say("commands.clear-selection-and-keys"))
		parts = append(parts, kit.Grow(below))
	}
	v.Content = container.NewStack(kit.NewBox(kit.Down(0, parts...), style.Surface, style.Line, style.CardRadius))
	v.Content.Hide()
	return v
}

// Hide takes it away.
func (v *Several) Hide() { kit.Hide(v.Content) }

// Show says how many things there are, for example "3 containers", and offers the commands: as many as there is room
// for as buttons, and all of them in a menu.
func (v *Several) Show(count words.Text, list []Command) {
	v.head.Say(words.Say("commands.selected", words.Args{"Count": count}), words.Text{})
	offered := ""
	var direct []Command
	for _, c := range list {
		if c.ID != "" && c.ID != "copynames" {
			direct = append(direct, c)
			offered += fmt.Sprint(" ", c.ID, c.Label, c.Off)
		}
	}
	v.list = list
	v.Content.Show()
	if offered != v.offered || v.buttons == nil { // a button that is exchanged while it is pressed is not pressed
		v.offered = offered
		v.exchange(direct)
	}
	for i, c := range direct { // those that are there mean the rows as they are now
		b := v.buttons[i]
		b.OnTap = c.Run
		b.Command(c.Docker())
		b.SetEnabled(!c.Off, c.WhyOff())
	}
}

// exchange makes a button for each command. What removes is always seen.
func (v *Several) exchange(list []Command) {
	v.buttons = make([]*kit.Button, len(list))
	var first, always []fyne.CanvasObject
	for i, c := range list {
		kind, icon := kit.Normal, c.Icon
		if c.Danger {
			kind, icon = kit.Danger, ""
		}
		b := kit.NewButton(v.id+".several."+c.ID, c.Label, icon, kind, c.Run).Small()
		v.buttons[i] = b
		if c.Danger {
			always = append(always, b)
		} else {
			first = append(first, b)
		}
	}
	v.head.SetButtons(first, append(always, v.more, v.clear)...)
}
