package questions

import (
	"context"
	"strings"
	"time"

	"slipway/engine"
	"slipway/engine/actions"
	"slipway/engine/image"
	"slipway/engine/model"
	"slipway/engine/removal"
	"slipway/engine/rescue"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/kit/table"
	"slipway/gui/present"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// Removals implements [removal.Asker] with one dialog that lists what would be lost in every container.
func (s *Questions) Removals(ctx context.Context, rs []*removal.Removal, others []model.Container) removal.Choice {
	return ask(ctx, s, func(answer func(removal.Choice)) *kit.Dialog { return s.showRemovals(rs, others, answer) })
}

func (s *Questions) showRemovals(rs []*removal.Removal, others []model.Container,
	answer func(removal.Choice),
) *kit.Dialog {
	v := &lossesView{rs: rs, others: others, opened: time.Now()}
	v.losses = newLosses("removes", lossColumns(table.Column{
		Key: "container", Title: words.Say("commands.container"), Min: 130, Weight: 0.4,
	}), s.UndoTime(), v.show)
	v.noise.Hide()
	v.saving = s.newSavingMany(v)
	v.confirm = kit.NewButton("removes.confirm", removalsLabel(rs[0].Verb, len(rs), len(others), false), "", kit.Danger,
		func() { answer(removal.RemoveContainer) })
	cancel := kit.NewButton("removes.cancel", words.Say("common.cancel"), "", kit.Normal, func() {
		answer(removal.KeepContainer)
	})
	left := []fyne.CanvasObject{v.saving.button}
	if stop := v.onlyStop(func() { answer(removal.OnlyStop) }); stop != nil {
		left = append(left, stop)
	}
	line := kit.NewCodeLine("removes.command", s.Lines(manyCommands(rs, others)), false)
	v.dialog = kit.NewDialog("removes", removalsQuestion(rs[0].Verb, len(rs)+len(others)), v.sentence(), 820,
		v.content(v.saving.row, line), kit.Buttons(left, []fyne.CanvasObject{cancel, v.confirm})).Anchor()
	v.dialog.OnCancel = func() { answer(removal.KeepContainer) }
	for _, r := range rs {
		v.follow(r)
	}
	v.show()
	v.dialog.Open(s.canvas(), cancel)
	time.AfterFunc(lookTime, v.soon)
	return v.dialog
}

// onlyStop is the button that stops those that run, nil where none can be.
func (v *lossesView) onlyStop(stop func()) fyne.CanvasObject {
	running := containersOf(v.rs, (*removal.Removal).CanOnlyStop)
	if len(running) == 0 || v.rs[0].Verb != "remove" {
		return nil
	}
	return kit.NewButton("removes.stop", words.Say("commands.only-stop", words.Args{"Count": words.Count(len(running))}),
		"stop", kit.Primary, stop).
		Hint(words.Say("commands.the-containers-and-everything-in")).
		Command(actions.ManyCommand("stop", running).String())
}

// lookTime is how long a person has to wait for the lists before a removal can be confirmed without them. What is found
// later is asked about one by one.
const lookTime = 5 * time.Second

// manyCommands are the commands that the removal of all equals: what runs is stopped in one line, and the rest removed
// in another.
func manyCommands(rs []*removal.Removal, others []model.Container) []model.Command {
	if rs[0].Verb != "remove" {
		return []model.Command{actions.ManyCommand(rs[0].Verb,
			append(containersOf(rs, func(*removal.Removal) bool { return true }), others...))}
	}
	var list []model.Command
	if running := containersOf(rs, func(r *removal.Removal) bool { return r.Container.Running() }); len(running) > 0 {
		list = append(list, actions.ManyCommand("stop", running))
	}
	if rest := containersOf(rs,
		func(r *removal.Removal) bool { return !r.Container.Running() || !r.Container.AutoRemove }); len(rest) > 0 {
		list = append(list, actions.ManyCommand("rm", rest))
	}
	return list
}

func containersOf(rs []*removal.Removal, fits func(*removal.Removal) bool) []model.Container {
	var list []model.Container
	for _, r := range rs {
		if fits(r) {
			list = append(list, r.Container)
		}
	}
	return list
}

// lossesView is what the question about several containers shows, which fills while files are found.
type lossesView struct {
	*losses
	rs     []*removal.Removal
	others []model.Container // the same is done to them, but they lose nothing
	opened time.Time
	saving *savingMany
}

// sentence says in one line what would be lost in all of them.
func (v *lossesView) sentence() words.Text {
	files, looking, unknown, volumes := 0, 0, 0, 0
	var bytes int64
	for _, r := range v.rs {
		f := r.Found()
		for _, file := range f.Files {
			if !file.Twin {
				files++
				bytes += file.Size
			}
		}
		volumes += len(f.Volumes)
		switch {
		case f.Problem != nil:
			unknown++
		case !f.Listed:
			looking++
		}
	}
	how := words.Say("commands.removing-them-deletes-these-for")
	if v.rs[0].Verb != "remove" {
		how = words.Say("commands.they-were-started-with-rm")
		if v.rs[0].Verb == "restart" {
			how = words.Say("commands.they-were-started-with-rm-one")
		}
		if len(v.rs) == 1 {
			how = words.Say("commands.was-started-with-rm-docker", words.Args{"Name": words.Name(v.rs[0].Container.Name)})
			if v.rs[0].Verb == "restart" {
				how = words.Say("commands.was-started-with-rm-should", words.Args{"Name": words.Name(v.rs[0].Container.Name)})
			}
		}
	}
	switch {
	case looking > 0:
		return words.Say("commands.looking-for-files-that-exist-only",
			words.Args{"Done": words.Count(len(v.rs) - looking), "Total": words.Count(len(v.rs))})
	case unknown > 0:
		return words.Say("commands.the-files-in-containers-could", words.Args{"N": words.Count(unknown)})
	case files > 0:
		return words.Say("commands.files-of-yours-only-inside",
			words.Args{"N": words.Count(files), "Bytes": words.Bytes(bytes)}).And(how)
	case volumes > 0:
		return words.Say("commands.what-is-marked-below-exists")
	case v.rs[0].Verb != "remove":
		return how.And(words.Say("commands.no-file-of-yours-exists-only-inside"))
	}
	return words.Say("commands.no-file-of-yours-exists-only-inside-these")
}

// warn names what runs in the terminals of the window, and what was installed.
func (v *lossesView) warn() {
	var open []string
	for _, r := range v.rs {
		if v.saving.set.Terminals.In(r.Container.ID) > 0 {
			open = append(open, r.Container.Name)
		}
	}
	if len(open) > 0 {
		v.add("removes.terminals", "terminal", style.Warn,
			words.Say("commands.what-runs-in-the-open", words.Args{"Names": words.Names(open)}))
	}
	for _, r := range v.rs {
		if names := rescue.Packages(r.Found().Ignored); len(names) > 0 {
			v.add("removes.packages", "warning", style.Warn,
				words.Say("commands.installed-in-and-gone-with",
					words.Args{"Name": words.Name(r.Container.Name), "Packages": someOf(names, mostPackages)}))
		}
	}
}

// show shows what is known now.
func (v *lossesView) show() {
	now := present.Now()
	var rows lossRows
	certain := true
	v.kept.RemoveAll()
	for _, r := range v.rs {
		f := r.Found()
		certain = certain && f.Complete && f.Problem == nil && len(f.Files) == f.Twins() && len(f.Volumes) == 0
		rows.of(r, f, max(leastNamed, rescue.MostListed/len(v.rs)), now)
		r.Painted(f)
	}
	v.table.SetSource(rows.ids, 0, func(i int) table.Row { return rows.rows[i]() })
	FitRows(v.holder, v.table, len(rows.ids), MostRowsOfMany)
	v.showOthers()
	v.warn()
	if stay := v.stay(); !stay.None() {
		v.add("removes.kept", "check", style.OK, stay)
	}
	v.showNoiseOfAll()
	v.confirm.SetText(removalsLabel(v.rs[0].Verb, len(v.rs), len(v.others), !certain))
	v.allow()
	v.saving.offer()
	v.dialog.SetSubtitle(v.sentence())
}

// lossRows are the rows of several containers. There may be many, of which few are seen: each is made when it is.
type lossRows struct {
	ids  []string
	rows []func() table.Row
}

// of adds what would be lost in a container, with at most so many files of its volumes.
func (l *lossRows) of(r *removal.Removal, f rescue.Found, most int, now time.Time) {
	name := r.Container.Name
	add := func(key string, cells func() []table.Cell) {
		id := r.Container.ID + " " + key
		l.ids = append(l.ids, id)
		l.rows = append(l.rows, func() table.Row {
			first := table.Cell{Text: words.Name(name), Style: kit.Strong, Hint: words.Name(name)}
			return table.Row{ID: id, Name: name + " " + key, Cells: append([]table.Cell{first}, cells()...)}
		})
	}
	say := func(key string, text words.Text, ink fyne.ThemeColorName) {
		add(key, func() []table.Cell { return []table.Cell{{Text: text, Style: kit.Body.In(ink)}, {}, {}} })
	}
	switch {
	case f.Problem != nil:
		say("", words.Say("commands.could-not-be-listed", words.Args{"Problem": words.Problem(f.Problem)}), style.Muted)
	case !f.Listed:
		say("", words.Say("commands.looking"), style.Muted)
	case len(f.Files) == 0 && len(f.Volumes) == 0:
		say("", words.Say("commands.none"), style.Muted)
	}
	for _, file := range f.Files {
		add(file.Path, func() []table.Cell { return fileCells(r, f, file, now) })
	}
	for _, file := range f.InVolumes.Files[:min(len(f.InVolumes.Files), most)] {
		add(file.Path, func() []table.Cell { return volumeCells(file, now) })
	}
	for _, at := range f.Volumes {
		say(at, words.Say("commands.everything-in-a-volume-of", words.Args{"At": words.Name(at)}), style.Bad)
	}
}

// allow lets it be confirmed once the lists are there, and not while copies are being made of what would go.
func (v *lossesView) allow() {
	if v.saving.busy {
		v.confirm.SetEnabled(false, words.Say("commands.your-files-are-being-saved"))
		return
	}
	v.confirm.SetEnabled(v.looking() == 0 || time.Since(v.opened) >= lookTime,
		words.Say("commands.your-files-inside-are-still"))
}

// looking is in how many containers files are still looked for.
func (v *lossesView) looking() int {
	n := 0
	for _, r := range v.rs {
		if f := r.Found(); !f.Listed && f.Problem == nil {
			n++
		}
	}
	return n
}

// showOthers names those that come to no harm, and says that there is a way back.
func (v *lossesView) showOthers() {
	if len(v.others) > 0 {
		names := make([]string, len(v.others))
		for i, c := range v.others {
			names[i] = c.Name
		}
		named := words.Args{"Names": words.Names(names)}
		text := words.Say("commands.only-stopped", named)
		if v.rs[0].Verb == "restart" {
			text = words.Say("commands.only-restarted", named)
		}
		v.add("removes.others", "check", style.OK, text)
	}
	if v.rs[0].Verb != "restart" {
		v.kept.Add(undoNote(v.undo))
	}
}

// showNoiseOfAll counts what is not a file of a person's own, and lists it if a person wants to see it.
func (v *lossesView) showNoiseOfAll() {
	var paths []string
	for _, r := range v.rs {
		for _, p := range r.Found().Ignored {
			paths = append(paths, r.Container.Name+":"+p)
		}
	}
	kit.SetVisible(v.noise, len(paths) > 0)
	v.noise.Set(words.Say("common.cache-log-or-runtime-files", words.Args{"N": words.Count(len(paths))}))
	v.showIgnored(paths)
}

// stay says what is mounted and stays.
func (v *lossesView) stay() words.Text {
	seen := map[words.Text]bool{}
	var names []words.Text
	for _, r := range v.rs {
		for _, m := range r.Found().Kept {
			name := words.Name(m.Source)
			switch {
			case m.Type == "volume" && engine.IsAnonymous(m.Name):
				name = words.Say("commands.the-anonymous-volume-of-at",
					words.Args{"Name": words.Name(r.Container.Name), "Destination": words.Name(m.Destination)})
			case m.Type == "volume":
				name = words.Say("commands.the-volume", words.Args{"Name": words.Name(m.Name)})
			}
			if !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	if len(names) == 0 {
		return words.Text{}
	}
	if last := len(names) - 1; last > 0 {
		names[0] = words.Say("commands.and", words.Args{"First": words.Join(", ", names[:last]...), "Last": names[last]})
	}
	return words.Say("commands.what-is-in-stays", words.Args{"Names": names[0]})
}

// ImageRemovals implements [image.Asker] with a dialog that says for each image what becomes of it.
func (s *Questions) ImageRemovals(ctx context.Context, q image.Removals) bool {
	return ask(ctx, s, func(answer func(bool)) *kit.Dialog { return s.showImageRemovals(q, answer) })
}

func (s *Questions) showImageRemovals(q image.Removals, answer func(bool)) *kit.Dialog {
	view := table.New("rmis.images", []table.Column{
		{Key: "name", Title: words.Say("common.image"), Min: 200, Weight: 0.8},
		{Key: "what", Title: words.Say("commands.what-happens"), Min: 220, Weight: 1},
		{Key: "size", Title: words.Say("common.size"), Min: 80, Right: true},
	})
	var rows []table.Row
	var free int64
	possible := 0
	for i, r := range q.Removals {
		name := image.Name{Image: r.Image, Tag: strings.Join(q.Tags[i], ", ")}.Name()
		what := table.Cell{Text: words.Say("commands.deleted")}
		switch {
		case !q.Possible(i):
			users := make([]string, len(r.UsedBy))
			for j, c := range r.UsedBy {
				users[j] = c.Name
			}
			what = table.Cell{
				Text:  words.Say("commands.stays-used-by", words.Args{"Names": words.Names(users)}),
				Style: kit.Body.In(style.Warn),
			}
		case r.CanUntag():
			what.Text = words.Say("commands.only-this-name-it-stays", words.Args{"Others": words.Names(r.Others)})
			possible++
		default:
			free += r.Image.Size
			possible++
		}
		rows = append(rows, table.Row{ID: r.Image.ID, Name: name, Cells: []table.Cell{
			{Text: words.Name(name), Style: kit.Strong},
			what,
			{Text: present.Size(r.Image.Size), Style: kit.Second},
		}})
	}
	view.SetRows(rows)
	holder := kit.Height(0, view)
	FitRows(holder, view, len(rows), MostRowsOfMany)
	text := words.Say("commands.none-of-them-can-be")
	cancel := kit.NewButton("rmis.cancel", words.Say("common.cancel"), "", kit.Normal, func() { answer(false) })
	right := []fyne.CanvasObject{cancel}
	body := kit.Down(8, holder)
	if possible > 0 {
		back := words.Say("commands.images-can-be-pulled-again")
		if lost := onlyHere(q); len(lost) > 0 {
			back = words.Say("commands.made-on-this-computer-and", words.Args{"Names": FirstOf(lost)})
		}
		text = words.Join(" ",
			words.Say("commands.at-most-becomes-free-less-what", words.Args{"Size": words.Bytes(free)}), back)
		body.Add(kit.NewCodeLine("rmis.command", s.Session.Shell(q.Command().String()), false))
		right = append(right, kit.NewButton("rmis.confirm", RemoveCount(possible), "", kit.Danger,
			func() { answer(true) }).Command(q.Command().String()))
	}
	d := kit.NewDialog("rmis", words.Say("commands.remove-images", words.Args{"N": words.Count(len(rows))}), text, 820,
		body,
		kit.Buttons(nil, right))
	d.OnCancel = func() { answer(false) }
	d.Open(s.canvas(), cancel)
	return d
}

// onlyHere are the names of the images that would be deleted and that no registry is known to have.
func onlyHere(q image.Removals) []string {
	var names []string
	for i, r := range q.Removals {
		if q.Possible(i) && len(r.Others) == 0 && r.Image.OnlyHere() && r.Tag != "" {
			names = append(names, r.Tag)
		}
	}
	return names
}
