package commands

import (
	"context"
	"fmt"
	"strings"

	"slipway/engine"
	"slipway/engine/actions"
	"slipway/engine/model"
	"slipway/engine/rescue"
	"slipway/gui/kit"
	"slipway/gui/post"
	"slipway/gui/present"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

var _ actions.Asker = (*Set)(nil)

// ask shows a dialog and waits for its answer off the UI thread. show gets the function that answers and returns the
// dialog, which is closed when ctx ends first.
func ask[T any](ctx context.Context, show func(answer func(T)) *kit.Dialog) T {
	answers := make(chan T, 1)
	shown := make(chan *kit.Dialog, 1)
	post.Do(func() {
		if ctx.Err() != nil {
			return
		}
		var d *kit.Dialog
		d = show(func(v T) {
			d.Close()
			select {
			case answers <- v:
			default: // answered already
			}
		})
		shown <- d
	})
	select {
	case v := <-answers:
		return v
	case <-ctx.Done():
		post.Do(func() {
			select {
			case d := <-shown:
				d.Close()
			default:
			}
		})
		var none T
		return none
	}
}

// Removal implements [actions.Asker] with the dialog that lists what would be lost.
func (s *Set) Removal(ctx context.Context, r *actions.Removal) actions.RemovalChoice {
	return ask(ctx, func(answer func(actions.RemovalChoice)) *kit.Dialog { return s.showRemoval(r, answer) })
}

// BusyStop implements [actions.Asker].
func (s *Set) BusyStop(ctx context.Context, q actions.BusyStop) bool {
	return ask(ctx, func(answer func(bool)) *kit.Dialog { return s.showBusy(q, answer) })
}

// showBusy names the notebooks that compute.
func (s *Set) showBusy(q actions.BusyStop, answer func(bool)) *kit.Dialog {
	verb := "computes"
	if len(q.Notebooks) > 1 {
		verb = "compute"
	}
	cancel := kit.NewButton("busy.cancel", "Let it finish", "", kit.Primary, func() { answer(false) })
	stop := kit.NewButton("busy.stop", "Stop anyway", "", kit.Danger, func() { answer(true) }).
		Command(actions.StopCommand(q.Container).String())
	d := kit.NewDialog("busy", "Stop “"+q.Container.Name+"”?",
		strings.Join(q.Notebooks, ", ")+" "+verb+" right now. Stopping ends that; what is saved stays.",
		560, nil, kit.Buttons(nil, []fyne.CanvasObject{stop, cancel}))
	d.OnCancel = func() { answer(false) }
	d.Open(s.canvas(), cancel)
	return d
}

// FirstLaunch implements [actions.Asker].
func (s *Set) FirstLaunch(ctx context.Context, q actions.FirstLaunch) error {
	if !ask(ctx, func(answer func(bool)) *kit.Dialog { return s.showFirstLaunch(q, answer) }) {
		return context.Canceled
	}
	return nil
}

// showFirstLaunch says what a person should know before something is launched for the first time.
func (s *Set) showFirstLaunch(q actions.FirstLaunch, answer func(bool)) *kit.Dialog {
	what, why := q.Words()
	body := kit.Down(8)
	for _, reason := range why {
		body.Add(kit.Across(8, kit.NewIcon("warning", style.Warn), kit.Grow(kit.NewParagraph(reason, kit.Body))))
	}
	cancel := kit.NewButton("firstlaunch.cancel", "Cancel", "", kit.Normal, func() { answer(false) })
	launch := kit.NewButton("firstlaunch.go", "Launch anyway", "", kit.Danger, func() { answer(true) })
	d := kit.NewDialog("firstlaunch", "Launch “"+q.Recipe.Name+"”?", what+".", 600, body,
		kit.Buttons(nil, []fyne.CanvasObject{cancel, launch}))
	d.OnCancel = func() { answer(false) }
	d.Open(s.canvas(), cancel)
	return d
}

// Tell implements [actions.Asker].
func (s *Set) Tell(p *model.Problem) { post.Do(func() { s.ShowProblem(p, nil) }) }

// Waiting implements [actions.Asker] with one notice, however much is waited for.
func (s *Set) Waiting() func() {
	post.Do(func() {
		if s.waits++; s.waits == 1 {
			s.unwait = s.Notices.Show(kit.Notice{
				Icon: "history", Title: "Waiting for the engine…",
				Text: "Your action will run when it responds.",
			})
		}
	})
	return func() {
		post.Do(func() {
			if s.waits--; s.waits == 0 {
				s.unwait()
			}
		})
	}
}

// showRemoval opens the dialog for a container.
func (s *Set) showRemoval(r *actions.Removal, answer func(actions.RemovalChoice)) *kit.Dialog {
	c := r.Container
	v := s.newLossView(r)
	remove := kit.NewButton("remove.confirm", "Remove anyway", "", kit.Danger, func() { answer(actions.RemoveContainer) })
	cancel := kit.NewButton("remove.cancel", "Cancel", "", kit.Normal, func() { answer(actions.KeepContainer) })
	left := []fyne.CanvasObject{v.keeping.Save, v.keeping.Keep}
	if r.CanOnlyStop() {
		left = append(left, kit.NewButton("remove.stop", "Only stop it", "stop", kit.Primary, func() {
			answer(actions.OnlyStop)
		}).
			Hint("The container and everything in it stays, and can be started again.").Command(actions.StopCommand(c).String()))
	}
	d := kit.NewDialog("remove", fmt.Sprintf("%s “%s”?", verbWord(r.Verb), c.Name), v.sentence(), 780, v.content,
		kit.Buttons(left, []fyne.CanvasObject{cancel, remove}))
	d.OnCancel = func() { answer(actions.KeepContainer) }
	v.dialog = d
	v.confirm = remove
	var latest post.Latest
	r.OnChange(func() { // before the first look, so that nothing is missed between the two
		latest.Do(func() {
			if d.IsOpen() {
				v.update()
			}
		})
	})
	v.update()
	d.Open(s.canvas(), cancel)
	return d
}

// verbWord is a verb as the first word of a sentence.
func verbWord(verb string) string { return strings.ToUpper(verb[:1]) + verb[1:] }

// lossView is the part of the removal dialog that fills while files are found.
type lossView struct {
	r       *actions.Removal
	dialog  *kit.Dialog
	confirm *kit.Button
	content *fyne.Container
	table   *kit.Table
	holder  *fyne.Container
	notes   *kit.Text
	kept    *fyne.Container
	// ignored lists what is not counted, when a person wants to see it.
	ignored    *kit.Table
	ignoredBox *fyne.Container
	showNoise  *kit.Button
	keeping    *Keeping
	noiseShown bool
}

// mostRows is how many rows the list of files shows before it scrolls.
const mostRows = 6

func (s *Set) newLossView(r *actions.Removal) *lossView {
	v := &lossView{r: r, notes: kit.NewText("", kit.Second.Whole()).ID("remove.noise"), kept: kit.Down(2)}
	v.table = kit.NewTable("remove.files", []kit.Column{
		{Key: "path", Title: "Your files inside", Min: 200, Weight: 1},
		{Key: "saved", Title: "Saved", Min: 110, Right: true},
		{Key: "size", Title: "Size", Min: 80, Right: true},
	})
	v.holder = kit.Height(0, v.table)
	v.ignored = kit.NewTable("remove.ignored",
		[]kit.Column{{
			Key: "path", Title: "Not counted: caches, logs, runtime files, installed software", Min: 200,
			Weight: 1,
		}})
	v.ignoredBox = kit.Height(0, v.ignored)
	v.ignoredBox.Hide()
	v.showNoise = kit.NewButton("remove.shownoise", "show", "", kit.Link, func() {
		v.noiseShown = !v.noiseShown
		v.update()
	})
	v.showNoise.Hide()
	commands := make([]string, len(r.Commands()))
	for i, c := range r.Commands() {
		commands[i] = c.String()
	}
	line := kit.NewCodeLine("remove.command", s.Session.Shell(strings.Join(commands, "\n")), false)
	v.keeping = s.NewKeeping("remove", func() model.Container { return r.Container }, v.r.Found, func() {
		v.dialog.Relayout()
	})
	v.keeping.onBusy = func() {
		if v.dialog.IsOpen() {
			v.update()
		}
	}
	v.content = kit.Down(8, v.holder, kit.Across(6, v.notes, v.showNoise, kit.Spring()), v.ignoredBox, v.kept,
		v.keeping.Row, line)
	return v
}

// files are those that the dialog is about: all, or only those that came after it was confirmed.
func (v *lossView) files(f rescue.Found) []rescue.File {
	if v.r.Again {
		return v.r.Fresh
	}
	return f.Files
}

// sentence says in one line what would be lost.
func (v *lossView) sentence() string {
	f := v.r.Found()
	files := v.files(f)
	how, end := v.deletes()
	n := len(files) + f.InVolumes.Count
	switch {
	case v.r.Again && len(files) > 0:
		return fmt.Sprintf("%s inside that you were not shown when you were asked. %s", present.Count(len(files), "file"),
			how)
	case v.r.Again:
		return "What is marked below was not shown to you when you were asked. " + how
	case f.Problem != nil:
		return "The files inside could not be listed (" + f.Problem.Error() +
			"), so something of yours may be among what is deleted."
	case !f.Listed:
		return "Looking for files that exist only inside this container…"
	case n == 0 && len(f.Volumes) > 0 && !f.InVolumes.Complete:
		return "What is in " + strings.Join(f.Volumes, ", ") +
			" exists only in this container's own volume, and is deleted with it."
	case n == 0 && end != "":
		return end + " No file of yours exists only inside it."
	case n == 0:
		return "No file of yours exists only inside this container. Its settings and its output are deleted."
	}
	if words := v.keeping.safeWords(n, how); words != "" {
		return strings.TrimSpace(words + " " + end)
	}
	if twins := f.Twins(); twins > 0 {
		return strings.TrimSpace(twinWords(len(files), twins, v.r.Successor.Name) + " " + end)
	}
	if n == 1 {
		return "1 file exists only inside this container. " + strings.ReplaceAll(how, "them", "the file")
	}
	return fmt.Sprintf("%s exist only inside this container. %s", present.Count(n, "file"), how)
}

// deletes says how the files go, and of a container with --rm what else deletes it than that it is removed: "" for
// nothing else.
func (v *lossView) deletes() (how, end string) {
	if !v.r.Container.AutoRemove || v.r.Verb == "remove" {
		return "Removing it deletes them for good.", ""
	}
	end = "It was started with --rm: Docker deletes it the moment it stops."
	if v.r.Verb == "restart" {
		end = "It was started with --rm: should it not start again, Docker deletes it."
	}
	return strings.Replace(end, "deletes it", "deletes it, and them,", 1), end
}

// volumeWords says how much is in the volumes that go with a container, "" when there are none.
func volumeWords(f rescue.Found) string {
	in := f.InVolumes
	words := present.Count(in.Count, "file") + " in its volume (" + present.Size(in.Bytes) + ")"
	if len(f.Volumes) > 1 {
		words = strings.Replace(words, "volume", "volumes", 1)
	}
	switch {
	case len(f.Volumes) == 0 || !f.Complete:
		return ""
	case in.Problem != nil && in.Count == 0:
		return "its volume could not be listed"
	case in.Problem != nil:
		return words + ", not everything could be listed"
	case !in.Complete:
		return words + " so far…"
	case len(in.Files) < in.Count:
		return words + ", not all listed"
	}
	return words
}

// twinWords says how many of n files inside a container that was kept are in the one that has its place, too.
func twinWords(n, twins int, successor string) string {
	has := "“" + successor + "” has"
	switch {
	case n == 1:
		return "1 file is inside, and " + has + " it too, with the same size and time."
	case twins == n:
		return fmt.Sprintf("%d files are inside, and %s them all, with the same sizes and times.", n, has)
	case n-twins == 1:
		return fmt.Sprintf("1 file exists only inside this container. Removing it deletes that for good. %s the other %d too.", has, twins)
	case twins == 1:
		return fmt.Sprintf("%d files exist only inside this container. Removing it deletes them for good. %s one more too.",
			n-1, has)
	}
	return fmt.Sprintf("%d files exist only inside this container. Removing it deletes them for good. %s the other %d too.", n-twins, has, twins)
}

// pathCell is a file of a container that would be removed.
func pathCell(r *actions.Removal, file rescue.File) kit.Cell {
	if !file.Twin {
		return kit.Cell{Text: file.Path, Name: true}
	}
	return kit.Cell{
		Text: file.Path, Name: true, Badge: "also in " + r.Successor.Name,
		Hint: "“" + r.Successor.Name + "” has a file there of the same size and time.",
	}
}

// update shows what is known now.
func (v *lossView) update() {
	f := v.r.Found()
	rows := v.rows(f)
	v.table.SetRows(rows)
	fitRows(v.holder, v.table, len(rows), mostRows)
	v.showIgnored(f.Ignored)
	v.notes.Set(v.noteWords(f, len(rows)))
	v.showKept(f)
	v.keeping.Offer()
	v.confirm.SetText(v.confirmLabel(f))
	v.allow()
	v.dialog.SetSubtitle(v.sentence())
	v.r.Painted(f)
}

// rows are the files that the dialog is about, then those in volumes that go with the container.
func (v *lossView) rows(f rescue.Found) []kit.TableRow {
	now := present.Now()
	row := func(file rescue.File, name kit.Cell, saved, size string) kit.TableRow {
		return kit.TableRow{ID: file.Path, Name: file.Path, Cells: []kit.Cell{
			name, {Text: saved, Style: kit.Second, Hint: present.Exact(file.Modified)}, {Text: size, Style: kit.Second},
		}}
	}
	var rows []kit.TableRow
	for _, file := range v.files(f) {
		size, saved := "…", ""
		if file.Known {
			size, saved = present.Size(file.Size), present.Ago(file.Modified, now)
		} else if f.Complete {
			size = "unknown"
		}
		rows = append(rows, row(file, pathCell(v.r, file), saved, size))
	}
	if v.r.Again {
		return rows
	}
	for _, file := range f.InVolumes.Files {
		name := kit.Cell{
			Text: file.Path, Name: true, Badge: "in its volume",
			Hint: "This is in a volume of this container alone, which is deleted with it.",
		}
		rows = append(rows, row(file, name, present.Ago(file.Modified, now), present.Size(file.Size)))
	}
	return rows
}

// noteWords say in a line what the rows do not.
func (v *lossView) noteWords(f rescue.Found, rows int) string {
	var notes []string
	if total, _ := f.Total(); f.Complete && rows > 1 {
		notes = append(notes, present.Size(total)+" together")
	}
	if in := volumeWords(f); in != "" && !v.r.Again {
		notes = append(notes, in)
	}
	if len(f.Ignored) > 0 {
		notes = append(notes, present.Count(len(f.Ignored), "cache, log or runtime file")+" not counted")
	}
	return strings.Join(notes, " · ")
}

// showKept says what else ends with the container, and what stays.
func (v *lossView) showKept(f rescue.Found) {
	v.kept.RemoveAll()
	say := func(icon string, look fyne.ThemeColorName, words fyne.CanvasObject) {
		v.kept.Add(kit.Across(6, kit.NewIcon(icon, look).Sized(15), kit.Grow(words)))
	}
	warn := kit.Second.In(style.Warn)
	if n := v.keeping.set.OpenTerminals(v.r.Container.ID); n > 0 {
		say("terminal", style.Warn, kit.NewText(terminalWords(n), warn).ID("remove.terminals"))
	}
	if busy := v.r.Busy(); len(busy) > 0 {
		text := "Computing right now: " + strings.Join(busy, ", ") + ". That ends with it."
		say("warning", style.Warn, kit.NewParagraph(text, warn).ID("remove.busy"))
	}
	if names := rescue.Packages(f.Ignored); len(names) > 0 {
		text := "Installed in it, and gone with it: " + someOf(names, mostPackages) + "."
		say("warning", style.Warn, kit.NewParagraph(text, warn).ID("remove.packages"))
	}
	for _, at := range f.Volumes { // named always, whatever else is lost
		text := "Everything in " + at + " is in a volume of this container alone, and is deleted with it."
		say("warning", style.Bad, kit.NewText(text, kit.Second.In(style.Bad)).ID("remove.volume"))
	}
	for _, m := range f.Kept {
		say("check", style.OK, kit.NewParagraph(staysWords(m), kit.Second.In(style.OK)))
	}
	if v.r.Verb != "restart" {
		v.kept.Add(undoNote())
	}
}

// staysWords say of what is mounted that it stays.
func staysWords(m model.Mount) string {
	switch {
	case m.Type == "volume" && engine.IsAnonymous(m.Name):
		return "The anonymous volume at " + m.Destination + " stays, in the list of volumes."
	case m.Type == "volume":
		return "The volume " + m.Name + " stays."
	}
	return "Everything in " + m.Source + " is on your computer and stays there."
}

// confirmLabel is what the button says, with “anyway” where something is lost.
func (v *lossView) confirmLabel(f rescue.Found) string {
	label := verbWord(v.r.Verb)
	if v.r.Verb == "stop" || v.r.Verb == "kill" {
		label += " and remove"
	}
	lost := !f.Complete || f.Problem != nil || len(f.Volumes) > 0 || len(v.files(f)) > f.Twins()
	if lost && !v.keeping.allSafe() {
		label += " anyway"
	}
	return label
}

// allow lets it be confirmed, unless a copy is being made of what would go.
func (v *lossView) allow() {
	v.confirm.SetEnabled(!v.keeping.busy, "Your files are being saved. Cancel that in the list of jobs first.")
}

// mostPackages is how many installed packages are named.
const mostPackages = 8

// someOf names the first of many.
func someOf(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

func terminalWords(n int) string {
	if n == 1 {
		return "A terminal is open in it. What runs there ends."
	}
	return fmt.Sprintf("%d terminals are open in it. What runs there ends.", n)
}

// undoNote says that there is a way back for a while.
func undoNote() fyne.CanvasObject {
	words := fmt.Sprintf("Before anything is deleted you have %d seconds to undo it.", int(UndoTime.Seconds()))
	return kit.Across(6, kit.NewIcon("undo", style.Muted).Sized(15),
		kit.Grow(kit.NewText(words, kit.Second).ID("remove.undo")))
}

// fitRows gives a table of n rows the height of all of them, but of no more than most.
func fitRows(holder *fyne.Container, t *kit.Table, n, most int) {
	if n == 0 {
		holder.Hide()
		return
	}
	kit.SetHeight(holder, t.Height()-float32(n-min(n, most))*style.RowHeight)
	holder.Show()
}

// mostIgnored is how many rows of what is not counted are seen at once.
const mostIgnored = 4

// showIgnored lists what is not counted, if a person wants to see it.
func (v *lossView) showIgnored(paths []string) {
	if len(paths) == 0 {
		v.showNoise.Hide()
		v.ignoredBox.Hide()
		return
	}
	v.showNoise.Show()
	if !v.noiseShown {
		v.showNoise.SetText("show")
		v.ignoredBox.Hide()
		return
	}
	v.showNoise.SetText("hide")
	v.ignored.SetSource(paths, 0, func(i int) kit.TableRow {
		return kit.TableRow{ID: paths[i], Name: paths[i], Cells: []kit.Cell{{Text: paths[i], Style: kit.Second}}}
	})
	fitRows(v.ignoredBox, v.ignored, len(paths), mostIgnored)
}

// ImageRemoval implements [actions.Asker].
func (s *Set) ImageRemoval(ctx context.Context, r actions.ImageRemoval) actions.ImageChoice {
	return ask(ctx, func(answer func(actions.ImageChoice)) *kit.Dialog { return s.showImageRemoval(r, answer) })
}

func (s *Set) showImageRemoval(r actions.ImageRemoval, answer func(actions.ImageChoice)) *kit.Dialog {
	name := r.Tag
	if name == "" {
		name = r.Image.ShortID()
	}
	cancel := kit.NewButton("rmi.cancel", "Cancel", "", kit.Normal, func() { answer(actions.KeepImage) })
	right := []fyne.CanvasObject{cancel}
	var left []fyne.CanvasObject
	body := kit.Down(10)
	var lines []string
	if len(r.UsedBy) > 0 {
		names := make([]string, len(r.UsedBy))
		for i, c := range r.UsedBy {
			names[i] = c.Name
		}
		body.Add(kit.NewParagraph("Used by "+strings.Join(names, ", ")+".", kit.Strong).ID("rmi.usedby"))
		if !r.CanUntag() {
			left = append(left, kit.NewButton("rmi.show", "Show the containers", "container", kit.Primary, func() {
				answer(actions.KeepImage)
				s.Reveal("containers", r.UsedBy[0].ID)
			}))
		}
	}
	text := "The image is deleted, and " + freesWords(r) + ". "
	if r.Image.OnlyHere() {
		text += "It was made on this computer, and no registry is known to have it: it cannot be got back."
	} else {
		text += "It can be pulled again as long as its registry has it."
	}
	switch {
	case len(r.UsedBy) > 0 && !r.CanUntag():
		text = "It cannot be removed while a container was made from it. Remove " + pronoun(len(r.UsedBy)) + " first."
	case r.CanUntag():
		text = "This image has " + present.Count(len(r.Others)+1, "name") + ". Removing only this one keeps the image as " +
			strings.Join(r.Others, ", ") + "."
		lines = append(lines, r.UntagCommand().String())
		right = append(right, kit.NewButton("rmi.untag", "Remove this name", "", kit.Danger,
			func() { answer(actions.Untag) }).Command(r.UntagCommand().String()))
		if r.CanDelete() {
			left = append(left, kit.NewButton("rmi.delete", deleteWords(r), "", kit.Danger,
				func() { answer(actions.DeleteImage) }).Command(r.DeleteCommand().String()))
		}
	default:
		lines = append(lines, r.DeleteCommand().String())
		right = append(right, kit.NewButton("rmi.delete", "Remove", "", kit.Danger, func() { answer(actions.DeleteImage) }).
			Command(r.DeleteCommand().String()))
	}
	if len(lines) > 0 {
		body.Add(kit.NewCodeLine("rmi.command", s.Session.Shell(strings.Join(lines, "\n")), false))
	}
	d := kit.NewDialog("rmi", "Remove “"+name+"”?", text, 680, body, kit.Buttons(left, right))
	d.OnCancel = func() { answer(actions.KeepImage) }
	d.Open(s.canvas(), cancel)
	return d
}

// freesWords say what becomes free: layers that other images have, too, stay.
func freesWords(r actions.ImageRemoval) string {
	switch {
	case r.Frees < 0:
		return "at most " + present.Size(r.Image.Size) + " becomes free, less what other images share"
	case r.Frees == 0:
		return "nothing becomes free: other images have the same layers"
	case r.Frees < r.Image.Size:
		return present.Size(r.Frees) + " becomes free; the rest of it is in other images, too"
	}
	return present.Size(r.Frees) + " becomes free"
}

func pronoun(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

// deleteWords is what deleting an image with all of its names is called.
func deleteWords(r actions.ImageRemoval) string {
	switch n := len(r.Others) + 1; n {
	case 1:
		return "Delete the image"
	case 2:
		return "Delete the image (both names)"
	default:
		return fmt.Sprintf("Delete the image (all %d names)", n)
	}
}
