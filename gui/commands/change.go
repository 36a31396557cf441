package commands

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"slipway/engine/actions"
	"slipway/engine/model"
	"slipway/engine/rescue"
	"slipway/engine/runspec"
	"slipway/gui/kit"
	"slipway/gui/post"
	"slipway/gui/present"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// change opens the form with the settings of a container, to change them.
func (s *Set) change(c model.Container) {
	s.withRun(c, func(spec runspec.Spec, _ []string) func() { return s.form.Change(c, spec) })
}

// Change implements [actions.Asker] with a dialog that says what happens, and what of the inside can be carried over.
func (s *Set) Change(ctx context.Context, w actions.Change, inside *actions.Removal) actions.ChangeChoice {
	return ask(ctx, func(answer func(actions.ChangeChoice)) *kit.Dialog { return s.showChange(w, inside, answer) })
}

// changeQuestion is the dialog about a change that needs a new container.
type changeQuestion struct {
	inside *actions.Removal
	covers []actions.Cover

	dialog *kit.Dialog
	// carry and fill are what is chosen, change does it.
	carry, fill, change *kit.Button
	found, over         *kit.Paragraph
	overIcon            *kit.Icon
	overRow             *fyne.Container
	command             *kit.CodeLine
	more                *kit.Paragraph
	// lines are the commands that are carried out when these paths are copied.
	lines func(copies []string) string
	// other tells that the image is another one: the folders that something is copied into may not be there yet.
	other bool
}

func (s *Set) showChange(w actions.Change, inside *actions.Removal, answer func(actions.ChangeChoice)) *kit.Dialog {
	q := &changeQuestion{
		inside: inside, covers: w.Covers(s.Session.Live.Snapshot().Volumes),
		other: w.Want.Image != w.Had.Image,
	}
	q.carry = kit.NewToggle("change.carry", "Carry it over", true, func(bool) { q.update() }).
		Hint("Files that were added or changed in it, installed software too: what a restart would keep. Else the new one has only what is in the image.")
	q.fill = kit.NewToggle("change.fill", "Copy there", true, func(bool) { q.update() }).
		Hint("With their owners and times. Nothing that is there already is overwritten.")
	q.change = kit.NewButton("change.go", "Change", "", kit.Primary, func() {
		s.withdraw(w.Container.ID) // what a change before it offered
		answer(q.choice())
	})
	cancel := kit.NewButton("change.cancel", "Cancel", "", kit.Normal, func() { answer(actions.ChangeNothing) })
	text := "Docker can change this only by making a new container. It takes the place of this one and is stopped as this one is; should that fail, everything is as before."
	if w.Container.Running() {
		text = "Docker can change this only by making a new container. This one is stopped, and the new one takes its place once it runs; should it fail, this one is started again."
	}
	q.dialog = kit.NewDialog("change", "Change “"+w.Container.Name+"”?", text, 760, s.changeBody(q, w),
		kit.Buttons(nil, []fyne.CanvasObject{cancel, q.change}))
	q.dialog.OnCancel = func() { answer(actions.ChangeNothing) }
	var latest post.Latest
	inside.OnChange(func() { latest.Do(q.update) })
	q.fillIn()
	q.dialog.Open(s.canvas(), cancel)
	return q.dialog
}

// changeBody lays the question out.
func (s *Set) changeBody(q *changeQuestion, w actions.Change) fyne.CanvasObject {
	info := s.Session.State().Info
	q.found = kit.NewParagraph("", kit.Body).ID("change.found")
	body := kit.Down(8, kit.AcrossTop(6, kit.Grow(q.found), q.carry))
	if info.Lacks(model.TellOwners) != "" {
		why := "Podman does not tell to whom files belong, so they cannot be carried over. Keep the container as an image first, and run that."
		q.carry.SetOn(false)
		q.carry.Hide()
		body.Add(kit.AcrossTop(6, kit.NewIcon("warning", style.Warn).Sized(15),
			kit.Grow(kit.NewParagraph(why, kit.Second.In(style.Warn)))))
	}
	body.Add(kit.Across(6, kit.NewIcon("check", style.OK).Sized(15),
		kit.Grow(kit.NewParagraph(mountedWords(w.Container.Mounts, q.covers)+
			"The old one is kept, stopped, until you remove it.", kit.Second.In(style.OK)))))
	q.over = kit.NewParagraph("", kit.Second.In(style.Warn)).ID("change.covered")
	q.overIcon = kit.NewIcon("warning", style.Warn).Sized(15)
	q.overRow = kit.AcrossTop(6, q.overIcon, kit.Grow(q.over), q.fill)
	q.overRow.Hide()
	q.fill.Hide()
	body.Add(q.overRow)
	for _, why := range changeWarnings(w, s.Session.Live.Snapshot().Containers) {
		body.Add(kit.AcrossTop(6, kit.NewIcon("warning", style.Warn).Sized(15),
			kit.Grow(kit.NewParagraph(why, kit.Second.In(style.Warn)).ID("change.warning"))))
	}
	if n := s.OpenTerminals(w.Container.ID); n > 0 {
		body.Add(kit.Across(6, kit.NewIcon("terminal", style.Warn).Sized(15),
			kit.Grow(kit.NewText(terminalWords(n), kit.Second.In(style.Warn)))))
	}
	q.lines = func(copies []string) string { return s.lines(w.Steps(s.Session.Live.Snapshot().Containers, copies)) }
	q.command = kit.NewCodeLine("change.command", "", false)
	body.Add(q.command)
	q.more = kit.NewParagraph("", kit.Second).ID("change.more")
	body.Add(q.more)
	return body
}

// changeWarnings say what else a change does.
func changeWarnings(w actions.Change, containers []model.Container) (list []string) {
	if others := w.Dependents(containers); len(others) > 0 {
		list = append(list,
			"“"+strings.Join(others, "”, “")+
				"” uses the network, memory or processes of this container, and cannot use those of the new one. Make it again afterwards.")
	}
	if w.Container.State == model.StatePaused {
		list = append(list, "It is paused. The new one runs.")
	}
	return list
}

// showCommands shows what is carried out with what is chosen.
func (q *changeQuestion) showCommands() {
	copies, more := q.copies()
	q.command.Set(q.lines(copies))
	what := "What is inside is copied with docker cp"
	if len(copies) > 0 {
		what = "More of what is inside is copied with docker cp, too"
	}
	q.more.Set(what + ", but only where nothing has its name yet. The history says what it was.")
	kit.SetVisible(q.more, more)
}

// mostShown is how many copies are shown as commands.
const mostShown = 12

// copies are the paths whose copying is shown as commands. more tells that others are copied, too: those of which
// docker's command would do something else, as it would overwrite what is there already.
func (q *changeQuestion) copies() (list []string, more bool) {
	f := q.inside.Found()
	if !q.carry.On() || f.Problem != nil {
		return nil, false
	}
	fill := q.fill.On()
	for _, name := range f.Tops {
		c := coverOf(q.covers, name)
		below := func(c actions.Cover) bool { return strings.HasPrefix(c.Target, name+"/") }
		switch {
		case c != nil && (!c.Fillable() || !fill): // it is not copied
		case c != nil && !c.New, q.other, slices.ContainsFunc(q.covers, below), len(list) == mostShown:
			more = true
		default:
			list = append(list, name)
		}
	}
	for _, c := range q.covers {
		more = more || c.Anonymous != "" && c.Fillable() && fill
	}
	return list, more || !f.Listed
}

// choice is what the switches say.
func (q *changeQuestion) choice() actions.ChangeChoice {
	switch {
	case !q.carry.On():
		return actions.ChangeEmpty
	case q.fill.On() && slices.ContainsFunc(q.covers, actions.Cover.Fillable):
		// also before it is known whether there is something
		return actions.ChangeFill
	}
	return actions.ChangeCarry
}

// update says what is known now, in a dialog of another height.
func (q *changeQuestion) update() {
	if q.dialog.IsOpen() {
		q.fillIn()
		q.dialog.Relayout()
	}
}

// fillIn says what is known now.
func (q *changeQuestion) fillIn() {
	f := q.inside.Found()
	rest, there := beside(q.covers, f), coveredBy(q.covers, f)
	text := insideWords(rest)
	if !q.carry.On() && len(rest.Files)+len(rest.Ignored) > 0 {
		text += " It stays in the old one."
	}
	q.found.Set(text)
	words := q.fillOver(there)
	alone := f.Complete && f.Problem == nil && len(rest.Files)+len(rest.Ignored)+len(rest.Deleted) == 0 &&
		len(f.Files)+len(f.Ignored) > 0
	if alone && q.carry.On() { // all there is to choose is said where something is mounted over it
		q.found.Hide()
		q.carry.Hide()
		words = "Change"
		if q.fill.Visible() && q.fill.On() {
			words = "Change, and copy it there"
		}
	}
	if !q.carry.On() {
		words = "Change without what is inside"
	}
	// there is nothing to choose
	if f.Complete && f.Problem == nil && len(f.Files)+len(f.Ignored) == 0 && !there.fillable() {
		words = "Change"
		q.carry.Hide()
	}
	q.showCommands()
	q.change.SetText(words)
	q.inside.Painted(f)
}

// fillOver says what becomes of what is inside where something is newly mounted, and what the button does then.
func (q *changeQuestion) fillOver(there covered) (button string) {
	text := there.words(q.fill.On())
	if !q.carry.On() {
		text = there.without()
	}
	button = "Change, and carry everything over"
	if kit.SetVisible(q.overRow, text != ""); text == "" {
		return button
	}
	q.over.Set(text)
	kit.SetVisible(q.fill, there.fillable() && q.carry.On())
	icon, ink := "check", style.OK
	switch {
	case !q.fill.Visible() || !q.fill.On() || len(there.stay)+len(there.gone) > 0:
		button, icon, ink = "Change, and carry the rest over", "warning", style.Warn
	case there.old:
		button, icon, ink = "Change, and carry over what is not there", "warning", style.Warn
	}
	q.overIcon.Set(icon, ink)
	q.over.SetStyle(kit.Second.In(ink))
	return button
}

// mostNamed is how many files are named.
const mostNamed = 4

// insideWords says what is only inside a container.
func insideWords(f rescue.Found) string {
	switch {
	case f.Problem != nil:
		return "What is inside could not be listed: " + f.Problem.Error()
	case !f.Listed:
		return "Looking for what is only inside…"
	case len(f.Files)+len(f.Ignored)+len(f.Deleted) == 0:
		return "Nothing was added or changed inside."
	}
	var parts []string
	if len(f.Files) > 0 {
		names := make([]string, len(f.Files))
		for i, file := range f.Files {
			names[i] = file.Path
		}
		size := ""
		if f.Complete {
			size = " (" + present.Size(f.Bytes()) + ")"
		}
		parts = append(parts, present.Count(len(f.Files), "file")+" of yours"+size+": "+firstOf(names))
	}
	if len(f.Ignored) > 0 {
		parts = append(parts, present.Count(len(f.Ignored), "file")+" of programs (caches, logs, installed software)")
	}
	text := ""
	if len(parts) > 0 {
		text = "Only inside: " + strings.Join(parts, "; ") + "."
	}
	if len(f.Deleted) > 0 { // an engine takes no deletions
		text = strings.TrimSpace(text + " What was deleted inside is there again in the new one: " + firstOf(f.Deleted) + ".")
	}
	return text
}

// mountedWords say what of the old one's the new one has mounted, "" where there is nothing.
func mountedWords(mounts []model.Mount, covers []actions.Cover) string {
	named := 0
	for _, c := range covers {
		if c.Anonymous != "" {
			named++
		}
	}
	switch {
	case len(mounts) <= named:
		return ""
	case named > 0:
		return "Its other volumes and folders are mounted in the new one, too. "
	}
	return "Its volumes and folders are mounted in the new one, too. "
}

// covered is what is inside where something else is mounted in the new one.
type covered struct {
	// fill are the files that can be copied into what is mounted there, stay those that cannot.
	fill, stay []string
	// volumes are the places where the old one has an anonymous volume, and another thing is mounted that it can be copied
	// into.
	volumes []string
	// gone are such places that nothing can be copied into.
	gone []string
	// noise are caches, logs, runtime files and installed software that would be copied, too.
	noise int
	// old tells that something may be there already.
	old bool
}

func coveredBy(covers []actions.Cover, f rescue.Found) (there covered) {
	for _, c := range covers {
		switch {
		case c.Anonymous == "":
		case c.Fillable():
			there.volumes = append(there.volumes, c.Target)
			there.old = there.old || !c.New
		default:
			there.gone = append(there.gone, c.Target)
		}
	}
	for _, file := range f.Files {
		switch c := coverOf(covers, file.Path); {
		case c == nil:
		case c.Fillable() && file.Path != c.Target:
			there.fill = append(there.fill, file.Path)
			there.old = there.old || !c.New
		default:
			there.stay = append(there.stay, file.Path)
		}
	}
	for _, name := range f.Ignored {
		if c := coverOf(covers, name); c != nil && c.Fillable() && name != c.Target {
			there.noise++
			there.old = there.old || !c.New
		}
	}
	return there
}

// beside is what was found outside of those places.
func beside(covers []actions.Cover, f rescue.Found) rescue.Found {
	f.Files = slices.DeleteFunc(slices.Clone(f.Files), func(file rescue.File) bool {
		return coverOf(covers, file.Path) != nil
	})
	f.Ignored = slices.DeleteFunc(slices.Clone(f.Ignored), func(name string) bool { return coverOf(covers, name) != nil })
	return f
}

// coverOf is the innermost place that a path is at or in, nil for none.
func coverOf(covers []actions.Cover, name string) (at *actions.Cover) {
	for i, c := range covers {
		if (name == c.Target || strings.HasPrefix(name, strings.TrimSuffix(c.Target, "/")+"/")) &&
			(at == nil || len(c.Target) > len(at.Target)) {
			at = &covers[i]
		}
	}
	return at
}

// fillable tells whether there is something to be copied into what is mounted.
func (c covered) fillable() bool { return len(c.fill)+len(c.volumes)+c.noise > 0 }

// words say what becomes of those files, with fill when they are copied; "" when there are none.
func (c covered) words(fill bool) string {
	var list []string
	say := func(text string) { list = append(list, text) }
	volumes := "what is in the anonymous volume at " + firstOf(c.volumes)
	switch {
	case fill && c.fillable():
		parts := []string{}
		if len(c.fill) > 0 {
			parts = append(parts, present.Count(len(c.fill), "file")+" of yours: "+firstOf(c.fill))
		}
		if len(c.volumes) > 0 {
			parts = append(parts, volumes)
		}
		if c.noise > 0 {
			parts = append(parts, present.Count(c.noise, "file")+" of programs (caches, logs, installed software)")
		}
		if c.old {
			say("To be copied into what is newly mounted there, where nothing has their names yet: " +
				strings.Join(parts, "; and ") + ". What is there already stays as it is; the result names what was not copied.")
		} else {
			say("To be copied into what is newly mounted there: " + strings.Join(parts, "; and ") + ".")
		}
	case c.fillable():
		if len(c.fill) > 0 {
			say(present.Count(len(c.fill), "file") +
				" of yours will not be in the new one, since something else is mounted there: " + firstOf(c.fill) + ".")
		}
		if len(c.volumes) > 0 {
			say("The new one will not have " + volumes + ".")
		}
	}
	if len(c.gone) > 0 {
		say("The new one will not have what is in the anonymous volume at " + firstOf(c.gone) +
			", since something else is mounted there.")
	}
	if len(c.stay) > 0 {
		say(present.Count(len(c.stay), "file") +
			" of yours will not be in the new one, since something else is mounted there: " + firstOf(c.stay) +
			". Download them from the old one's Files, and upload them to the new one.")
	}
	return strings.Join(list, " ")
}

// without says what of the volumes will not be in the new one when nothing is carried over; what becomes of files is
// said elsewhere.
func (c covered) without() string {
	if list := append(slices.Clone(c.volumes), c.gone...); len(list) > 0 {
		return "The new one will not have what is in the anonymous volume at " + firstOf(list) + "."
	}
	return ""
}

// firstOf names the first few and says how many more there are.
func firstOf(names []string) string {
	shown := make([]string, min(len(names), mostNamed))
	for i := range shown {
		shown[i] = model.Visible(names[i])
	}
	text := strings.Join(shown, ", ")
	if more := len(names) - mostNamed; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// askGoBack asks before a container gives its place back to the one that had it before.
func (s *Set) askGoBack(c, old model.Container) {
	snap := s.Session.Live.Snapshot()
	if now, ok := snap.Container(c.ID); ok { // it may have been stopped or renamed since it was offered
		c = now
	}
	if now, ok := snap.Container(old.ID); ok {
		old = now
	}
	commands := actions.GoBackCommands(c, old, snap.Containers)
	text := "“" + old.Name + "” has its name and its place again, as it was before. “" + c.Name +
		"” is kept under another name, with what was made in it since."
	if c.Running() {
		text = "“" + c.Name + "” is stopped and kept under another name, with what was made in it since. “" + old.Name +
			"” has its name again, and is started as it was before."
	}
	var d *kit.Dialog
	yes := kit.NewButton("goback.go", "Go back", "undo", kit.Primary, func() {
		d.Close()
		s.withdraw(c.ID)
		s.actions.GoBack(c)
		s.Reveal("containers", old.ID)
	})
	cancel := kit.NewButton("goback.cancel", "Cancel", "", kit.Normal, func() { d.Cancel() })
	d = kit.NewDialog("goback", "Go back to “"+old.Name+"”?", text, 620,
		kit.NewCodeLine("goback.command", s.lines(commands), false), kit.Buttons(nil, []fyne.CanvasObject{cancel, yes}))
	d.Open(s.canvas(), cancel)
}

// Unfinished implements [actions.Asker].
func (s *Set) Unfinished(ctx context.Context, q actions.UnfinishedChange) actions.UnfinishedChoice {
	return ask(ctx, func(answer func(actions.UnfinishedChoice)) *kit.Dialog { return s.showUnfinished(q, answer) })
}

func (s *Set) showUnfinished(q actions.UnfinishedChange, answer func(actions.UnfinishedChoice)) *kit.Dialog {
	later := kit.NewButton("unfinished.later", "Later", "", kit.Normal, func() { answer(actions.LeaveUnfinished) })
	back := kit.NewButton("unfinished.back", "Go back", "undo", kit.Primary, func() { answer(actions.GoBack) }).
		Hint("“" + q.Swap.OldName + "” is as it was before.")
	finish := kit.NewButton("unfinished.finish", "Finish it", "", kit.Normal, func() { answer(actions.FinishChange) }).
		Hint("The new one has the name; the old one is kept, stopped.")
	state := func(c model.Container) string {
		if c.Running() {
			return "runs"
		}
		return "does not run"
	}
	inside := "Nothing of what is inside the old one is carried over into the new one. The old one is kept."
	switch {
	case q.CarriesAnew():
		inside = "Finishing also carries over what is inside the old one, which is kept."
	case q.Swap.Carry:
		inside = "What was inside the old one was carried over before the new one ran. What was made in the old one since stays there; it is kept."
	}
	body := kit.Down(6,
		kit.NewText("As it was: "+q.Old.Name+", "+state(q.Old), kit.Body).ID("unfinished.old"),
		kit.NewText("With its new settings: "+q.Fresh.Name+", "+state(q.Fresh), kit.Body).ID("unfinished.new"),
		kit.NewParagraph(inside, kit.Second))
	d := kit.NewDialog("unfinished", "A change of “"+q.Swap.OldName+"” was cut off",
		"Slipway or the engine ended in the middle of it. Nothing is lost; choose how it goes on.", 620, body,
		kit.Buttons(nil, []fyne.CanvasObject{later, finish, back}))
	d.OnCancel = func() { answer(actions.LeaveUnfinished) }
	d.Open(s.canvas(), later)
	return d
}
