package questions

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"slipway/engine/model"
	"slipway/engine/removal"
	"slipway/engine/rescue"
	"slipway/engine/swap"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/post"
	"slipway/gui/style"
)

// Change implements [swap.Asker] with a dialog that says what happens, and what of the inside can be carried over.
func (s *Questions) Change(ctx context.Context, w swap.Change, inside *removal.Removal) swap.ChangeChoice {
	return ask(ctx, s, func(answer func(swap.ChangeChoice)) *kit.Dialog { return s.showChange(w, inside, answer) })
}

// changeQuestion is the dialog about a change that needs a new container.
type changeQuestion struct {
	inside *removal.Removal
	covers []swap.Cover

	dialog *kit.Dialog
	// carry and fill are what is chosen, change does it.
	carry, fill, change *kit.Button
	found, over         *kit.Paragraph
	overIcon            *kit.Icon
	overRow             *fyne.Container
	command             *kit.CodeLine
	more                *kit.Paragraph
	// Lines are the commands that are carried out when these paths are copied.
	lines func(copies []string) string
	// other tells that the image is another one: the folders that something is copied into may not be there yet.
	other bool
}

func (s *Questions) showChange(w swap.Change, inside *removal.Removal, answer func(swap.ChangeChoice)) *kit.Dialog {
	q := &changeQuestion{
		inside: inside, covers: w.Covers(s.Session.Live.Snapshot().Volumes),
		other: w.Want.Image != w.Had.Image,
	}
	q.carry = kit.NewToggle("change.carry", words.Say("commands.carry-it-over"), true, func(bool) { q.update() }).
		Hint(words.Say("commands.files-that-were-added-or"))
	q.fill = kit.NewToggle("change.fill", words.Say("commands.copy-there"), true, func(bool) { q.update() }).
		Hint(words.Say("commands.with-their-owners-and-times"))
	q.change = kit.NewButton("change.go", words.Say("common.change"), "", kit.Primary, func() {
		s.offers.Changing(w.Container.ID) // what a change before it offered
		answer(q.choice())
	})
	cancel := kit.NewButton("change.cancel", words.Say("common.cancel"), "", kit.Normal, func() {
		answer(swap.ChangeNothing)
	})
	text := words.Say("commands.docker-can-change-this-only")
	if w.Container.Running() {
		text = words.Say("commands.docker-can-change-this-only-by")
	}
	q.dialog = kit.NewDialog("change", words.Say("commands.change", words.Args{"Name": words.Name(w.Container.Name)}),
		text, 760, s.changeBody(q, w),
		kit.Buttons(nil, []fyne.CanvasObject{cancel, q.change}))
	q.dialog.OnCancel = func() { answer(swap.ChangeNothing) }
	var latest post.Latest
	inside.OnChange(func() { latest.Do(q.update) })
	q.fillIn()
	q.dialog.Open(s.canvas(), cancel)
	return q.dialog
}

// changeBody lays the question out.
func (s *Questions) changeBody(q *changeQuestion, w swap.Change) fyne.CanvasObject {
	info := s.Session.State().Info
	q.found = kit.NewParagraph(words.Text{}, kit.Body).ID("change.found")
	body := kit.Down(8, kit.AcrossTop(6, kit.Grow(q.found), q.carry))
	if !info.Lacks(model.TellOwners).None() {
		why := words.Say("commands.podman-does-not-tell-to")
		q.carry.SetOn(false)
		q.carry.Hide()
		body.Add(kit.Warning("", why))
	}
	body.Add(kit.Across(6, kit.NewIcon("check", style.OK).Sized(15),
		kit.Grow(kit.NewParagraph(
			words.Join(" ", mountedWords(w.Container.Mounts, q.covers), words.Say("commands.the-old-one-is-kept")),
			kit.Second.In(style.OK)))))
	q.over = kit.NewParagraph(words.Text{}, kit.Second.In(style.Warn)).ID("change.covered")
	q.overIcon = kit.NewIcon("warning", style.Warn).Sized(15)
	q.overRow = kit.AcrossTop(6, q.overIcon, kit.Grow(q.over), q.fill)
	q.overRow.Hide()
	q.fill.Hide()
	body.Add(q.overRow)
	for _, why := range changeWarnings(w, s.Session.Live.Snapshot().Containers) {
		body.Add(kit.Warning("change.warning", why))
	}
	if n := s.Terminals.In(w.Container.ID); n > 0 {
		body.Add(kit.Across(6, kit.NewIcon("terminal", style.Warn).Sized(15),
			kit.Grow(kit.NewText(terminalWords(n), kit.Second.In(style.Warn)))))
	}
	q.lines = func(copies []string) string { return s.Lines(w.Steps(s.Session.Live.Snapshot().Containers, copies)) }
	q.command = kit.NewCodeLine("change.command", "", false)
	body.Add(q.command)
	q.more = kit.NewParagraph(words.Text{}, kit.Second).ID("change.more")
	body.Add(q.more)
	return body
}

// changeWarnings say what else a change does.
func changeWarnings(w swap.Change, containers []model.Container) (list []words.Text) {
	if others := w.Dependents(containers); len(others) > 0 {
		list = append(list,
			words.Say("commands.uses-the-network-memory-or",
				words.Args{"N": words.Count(len(others)), "Others": words.Names(others)}))
	}
	if w.Container.State == model.StatePaused {
		list = append(list, words.Say("commands.it-is-paused-the-new"))
	}
	return list
}

// showCommands shows what is carried out with what is chosen.
func (q *changeQuestion) showCommands() {
	copies, more := q.copies()
	q.command.Set(q.lines(copies))
	what := words.Say("commands.what-is-inside-is-copied")
	if len(copies) > 0 {
		what = words.Say("commands.more-of-what-is-inside")
	}
	q.more.Set(words.Say("commands.but-only-where-nothing-has", words.Args{"What": what}))
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
		below := func(c swap.Cover) bool { return strings.HasPrefix(c.Target, name+"/") }
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
func (q *changeQuestion) choice() swap.ChangeChoice {
	switch {
	case !q.carry.On():
		return swap.ChangeEmpty
	case q.fill.On() && slices.ContainsFunc(q.covers, swap.Cover.Fillable):
		// also before it is known whether there is something
		return swap.ChangeFill
	}
	return swap.ChangeCarry
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
		text = words.Join(" ", text, words.Say("commands.it-stays-in-the-old"))
	}
	q.found.Set(text)
	sentence := q.fillOver(there)
	alone := f.Complete && f.Problem == nil && len(rest.Files)+len(rest.Ignored)+len(rest.Deleted) == 0 &&
		len(f.Files)+len(f.Ignored) > 0
	if alone && q.carry.On() { // all there is to choose is said where something is mounted over it
		q.found.Hide()
		q.carry.Hide()
		sentence = words.Say("common.change")
		if q.fill.Visible() && q.fill.On() {
			sentence = words.Say("commands.change-and-copy-it-there")
		}
	}
	if !q.carry.On() {
		sentence = words.Say("commands.change-without-what-is-inside")
	}
	// there is nothing to choose
	if f.Complete && f.Problem == nil && len(f.Files)+len(f.Ignored) == 0 && !there.fillable() {
		sentence = words.Say("common.change")
		q.carry.Hide()
	}
	q.showCommands()
	q.change.SetText(sentence)
	q.inside.Painted(f)
}

// fillOver says what becomes of what is inside where something is newly mounted, and what the button does then.
func (q *changeQuestion) fillOver(there covered) (button words.Text) {
	text := there.wording(q.fill.On())
	if !q.carry.On() {
		text = there.without()
	}
	button = words.Say("commands.change-and-carry-everything-over")
	if kit.SetVisible(q.overRow, !text.None()); text.None() {
		return button
	}
	q.over.Set(text)
	kit.SetVisible(q.fill, there.fillable() && q.carry.On())
	icon, ink := "check", style.OK
	switch {
	case !q.fill.Visible() || !q.fill.On() || len(there.stay)+len(there.gone) > 0:
		button, icon, ink = words.Say("commands.change-and-carry-the-rest"), "warning", style.Warn
	case there.old:
		button, icon, ink = words.Say("commands.change-and-carry-over-what"), "warning", style.Warn
	}
	q.overIcon.Set(icon, ink)
	q.over.SetStyle(kit.Second.In(ink))
	return button
}

// mostNamed is how many files are named.
const mostNamed = 4

// insideWords says what is only inside a container.
func insideWords(f rescue.Found) words.Text {
	switch {
	case f.Problem != nil:
		return words.Say("commands.what-is-inside-could-not", words.Args{"Problem": words.Problem(f.Problem)})
	case !f.Listed:
		return words.Say("commands.looking-for-what-is-only")
	case len(f.Files)+len(f.Ignored)+len(f.Deleted) == 0:
		return words.Say("commands.nothing-was-added-or-changed")
	}
	var parts []words.Text
	if len(f.Files) > 0 {
		names := make([]string, len(f.Files))
		for i, file := range f.Files {
			names[i] = file.Path
		}
		args := words.Args{"N": words.Count(len(f.Files)), "Names": FirstOf(names)}
		if f.Complete {
			args["Size"] = words.Bytes(f.Bytes())
			parts = append(parts, words.Say("commands.files-of-yours-and-size", args))
		} else {
			parts = append(parts, words.Say("commands.files-of-yours", args))
		}
	}
	if len(f.Ignored) > 0 {
		parts = append(parts,
			words.Say("commands.files-of-programs-caches-logs", words.Args{"N": words.Count(len(f.Ignored))}))
	}
	text := words.Text{}
	if len(parts) > 0 {
		text = words.Say("commands.only-inside", words.Args{"Parts": words.Join("; ", parts...)})
	}
	if len(f.Deleted) > 0 { // an engine takes no deletions
		text = words.Join(" ", text,
			words.Say("commands.what-was-deleted-is-there-again", words.Args{"Names": FirstOf(f.Deleted)}))
	}
	return text
}

// mountedWords say what of the old one's the new one has mounted, "" where there is nothing.
func mountedWords(mounts []model.Mount, covers []swap.Cover) words.Text {
	named := 0
	for _, c := range covers {
		if c.Anonymous != "" {
			named++
		}
	}
	switch {
	case len(mounts) <= named:
		return words.Text{}
	case named > 0:
		return words.Say("commands.its-other-volumes-and-folders")
	}
	return words.Say("commands.its-volumes-and-folders-are")
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

func coveredBy(covers []swap.Cover, f rescue.Found) (there covered) {
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
func beside(covers []swap.Cover, f rescue.Found) rescue.Found {
	f.Files = slices.DeleteFunc(slices.Clone(f.Files), func(file rescue.File) bool {
		return coverOf(covers, file.Path) != nil
	})
	f.Ignored = slices.DeleteFunc(slices.Clone(f.Ignored), func(name string) bool { return coverOf(covers, name) != nil })
	return f
}

// coverOf is the innermost place that a path is at or in, nil for none.
func coverOf(covers []swap.Cover, name string) (at *swap.Cover) {
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
func (c covered) wording(fill bool) words.Text {
	var list []words.Text
	say := func(text words.Text) { list = append(list, text) }
	volumes := words.Say("commands.what-is-in-the-anonymous", words.Args{"Paths": FirstOf(c.volumes)})
	switch {
	case fill && c.fillable():
		parts := []words.Text{}
		if len(c.fill) > 0 {
			parts = append(parts,
				words.Say("commands.files-of-yours", words.Args{"N": words.Count(len(c.fill)), "Names": FirstOf(c.fill)}))
		}
		if len(c.volumes) > 0 {
			parts = append(parts, volumes)
		}
		if c.noise > 0 {
			parts = append(parts, words.Say("commands.files-of-programs-caches-logs", words.Args{"N": words.Count(c.noise)}))
		}
		if c.old {
			say(words.Say("commands.to-be-copied-into-what", words.Args{"Parts": words.Join("; ", parts...)}))
		} else {
			say(words.Say("commands.to-be-copied-into-what-is", words.Args{"Parts": words.Join("; ", parts...)}))
		}
	case c.fillable():
		if len(c.fill) > 0 {
			say(words.Say("commands.files-of-yours-will-not",
				words.Args{"N": words.Count(len(c.fill)), "Names": FirstOf(c.fill)}))
		}
		if len(c.volumes) > 0 {
			say(words.Say("commands.the-new-one-will-not", words.Args{"Volumes": volumes}))
		}
	}
	if len(c.gone) > 0 {
		say(words.Say("commands.the-new-one-will-not-have", words.Args{"Paths": FirstOf(c.gone)}))
	}
	if len(c.stay) > 0 {
		say(words.Say("commands.files-of-yours-will-not-be",
			words.Args{"N": words.Count(len(c.stay)), "Names": FirstOf(c.stay)}))
	}
	return words.Join(" ", list...)
}

// without says what of the volumes will not be in the new one when nothing is carried over; what becomes of files is
// said elsewhere.
func (c covered) without() words.Text {
	if list := append(slices.Clone(c.volumes), c.gone...); len(list) > 0 {
		return words.Say("commands.the-new-one-will-not-have-what", words.Args{"Paths": FirstOf(list)})
	}
	return words.Text{}
}

// FirstOf names the first few and says how many more there are.
func FirstOf(names []string) words.Text {
	shown := make(words.Names, min(len(names), mostNamed))
	for i := range shown {
		shown[i] = model.Visible(names[i])
	}
	if more := len(names) - mostNamed; more > 0 {
		return words.Say("commands.and-more", words.Args{"First": shown, "More": words.Count(more)})
	}
	return words.Show(shown)
}

// Unfinished implements [swap.Asker].
func (s *Questions) Unfinished(ctx context.Context, q swap.UnfinishedChange) swap.UnfinishedChoice {
	return ask(ctx, s, func(answer func(swap.UnfinishedChoice)) *kit.Dialog { return s.showUnfinished(q, answer) })
}

func (s *Questions) showUnfinished(q swap.UnfinishedChange, answer func(swap.UnfinishedChoice)) *kit.Dialog {
	later := kit.NewButton("unfinished.later", words.Say("commands.later"), "", kit.Normal, func() {
		answer(swap.LeaveUnfinished)
	})
	back := kit.NewButton("unfinished.back", words.Say("commands.go-back"), "undo", kit.Primary, func() {
		answer(swap.GoBack)
	}).
		Hint(words.Say("commands.is-as-it-was-before", words.Args{"Name": words.Name(q.Swap.OldName)}))
	finish := kit.NewButton("unfinished.finish", words.Say("commands.finish-it"), "", kit.Normal, func() {
		answer(swap.FinishChange)
	}).
		Hint(words.Say("commands.the-new-one-has-the"))
	state := func(c model.Container) words.Text {
		if c.Running() {
			return words.Say("commands.runs")
		}
		return words.Say("commands.does-not-run")
	}
	inside := words.Say("commands.nothing-of-what-is-inside")
	switch {
	case q.CarriesAnew():
		inside = words.Say("commands.finishing-also-carries-over-what")
	case q.Swap.Carry:
		inside = words.Say("commands.what-was-inside-the-old")
	}
	body := kit.Down(6,
		kit.NewText(words.Say("commands.as-it-was", words.Args{"Name": words.Name(q.Old.Name), "State": state(q.Old)}),
			kit.Body).ID("unfinished.old"),
		kit.NewText(words.Say("commands.with-its-new-settings",
			words.Args{"Name": words.Name(q.Fresh.Name), "State": state(q.Fresh)}), kit.Body).ID("unfinished.new"),
		kit.NewParagraph(inside, kit.Second))
	d := kit.NewDialog("unfinished",
		words.Say("commands.a-change-of-was-cut", words.Args{"Name": words.Name(q.Swap.OldName)}),
		words.Say("commands.slipway-or-the-engine-ended"), 620, body,
		kit.Buttons(nil, []fyne.CanvasObject{later, finish, back}))
	d.OnCancel = func() { answer(swap.LeaveUnfinished) }
	d.Open(s.canvas(), later)
	return d
}
