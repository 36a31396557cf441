package questions

import (
	"cmp"
	"context"
	"strings"
	"time"

	"slipway/engine"
	"slipway/engine/actions"
	"slipway/engine/image"
	"slipway/engine/launcher"
	"slipway/engine/model"
	"slipway/engine/removal"
	"slipway/engine/rescue"
	"slipway/engine/swap"
	"slipway/engine/volume"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/kit/table"
	"slipway/gui/post"
	"slipway/gui/present"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

var (
	_ actions.Asker  = (*Questions)(nil)
	_ image.Asker    = (*Questions)(nil)
	_ removal.Asker  = (*Questions)(nil)
	_ volume.Asker   = (*Questions)(nil)
	_ swap.Asker     = (*Questions)(nil)
	_ launcher.Asker = (*Questions)(nil)
)

// ask shows a dialog and waits for its answer off the UI thread. show gets the function that answers and returns the
// dialog, which is closed when ctx ends first.
func ask[T any](ctx context.Context, s *Questions, show func(answer func(T)) *kit.Dialog) T {
	answers := make(chan T, 1)
	shown := make(chan *kit.Dialog, 1)
	post.Do(func() {
		if ctx.Err() != nil {
			return
		}
		s.front()
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

// Removal implements [removal.Asker] with the dialog that lists what would be lost.
func (s *Questions) Removal(ctx context.Context, r *removal.Removal) removal.Choice {
	return ask(ctx, s, func(answer func(removal.Choice)) *kit.Dialog { return s.showRemoval(r, answer) })
}

// BusyStop implements [actions.Asker].
func (s *Questions) BusyStop(ctx context.Context, q actions.BusyStop) bool {
	return ask(ctx, s, func(answer func(bool)) *kit.Dialog { return s.showBusy(q, answer) })
}

// showBusy names the notebooks that compute.
func (s *Questions) showBusy(q actions.BusyStop, answer func(bool)) *kit.Dialog {
	cancel := kit.NewButton("busy.cancel", words.Say("commands.let-it-finish"), "", kit.Primary, func() { answer(false) })
	stop := kit.NewButton("busy.stop", words.Say("commands.stop-anyway"), "", kit.Danger, func() { answer(true) }).
		Command(actions.StopCommand(q.Container).String())
	d := kit.NewDialog("busy", words.Say("commands.question-stop", words.Args{"Name": words.Name(q.Container.Name)}),
		words.Say("commands.right-now-stopping-ends-that",
			words.Args{"N": words.Count(len(q.Notebooks)), "Notebooks": words.Names(q.Notebooks)}),
		560, nil, kit.Buttons(nil, []fyne.CanvasObject{stop, cancel}))
	d.OnCancel = func() { answer(false) }
	d.Open(s.canvas(), cancel)
	return d
}

// FirstLaunch implements [launcher.Asker].
func (s *Questions) FirstLaunch(ctx context.Context, q launcher.FirstLaunch) error {
	if !ask(ctx, s, func(answer func(bool)) *kit.Dialog { return s.showFirstLaunch(q, answer) }) {
		return context.Canceled
	}
	return nil
}

// showFirstLaunch says what a person should know before something is launched for the first time.
func (s *Questions) showFirstLaunch(q launcher.FirstLaunch, answer func(bool)) *kit.Dialog {
	what, why := q.Words()
	body := kit.Down(8)
	for _, reason := range why {
		body.Add(kit.Across(8, kit.NewIcon("warning", style.Warn), kit.Grow(kit.NewParagraph(words.Of(reason), kit.Body))))
	}
	cancel := kit.NewButton("firstlaunch.cancel", words.Say("common.cancel"), "", kit.Normal, func() { answer(false) })
	launch := kit.NewButton("firstlaunch.go", words.Say("commands.launch-anyway"), "", kit.Danger, func() { answer(true) })
	d := kit.NewDialog("firstlaunch", words.Say("commands.question-launch", words.Args{"Name": words.Name(q.Recipe.Name)}),
		words.Of((&model.Problem{What: what}).Sentence()), 600, body,
		kit.Buttons(nil, []fyne.CanvasObject{cancel, launch}))
	d.OnCancel = func() { answer(false) }
	d.Open(s.canvas(), cancel)
	return d
}

// Tell implements [actions.Asker].
func (s *Questions) Tell(p *model.Problem) { post.Do(func() { s.ShowProblem(p, nil) }) }

// Waiting implements [actions.Asker] with one notice, however much is waited for.
func (s *Questions) Waiting() func() {
	post.Do(func() {
		if s.waits++; s.waits == 1 {
			s.unwait = s.Notices.Show(kit.Notice{
				Icon: "history", Title: words.Say("commands.waiting-for-the-engine"),
				Text: words.Say("commands.your-action-will-run-when"),
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

// Words implements [actions.Asker].
func (*Questions) Words(f model.Fact) string { return words.Of(f).String() }

// showRemoval opens the dialog for a container.
func (s *Questions) showRemoval(r *removal.Removal, answer func(removal.Choice)) *kit.Dialog {
	c := r.Container
	v := &lossView{r: r}
	v.losses = newLosses("remove", lossColumns(), s.UndoTime(), v.show)
	v.keeping = s.NewKeeping("remove", func() model.Container { return c }, r.Found, func() { v.dialog.Relayout() })
	v.keeping.onBusy = func() { // at once: it must not be removed meanwhile
		if v.dialog.IsOpen() {
			v.show()
		}
	}
	v.confirm = kit.NewButton("remove.confirm", words.Say("commands.remove-anyway"), "", kit.Danger, func() {
		answer(removal.RemoveContainer)
	})
	cancel := kit.NewButton("remove.cancel", words.Say("common.cancel"), "", kit.Normal, func() {
		answer(removal.KeepContainer)
	})
	left := []fyne.CanvasObject{v.keeping.Save, v.keeping.Keep}
	if r.CanOnlyStop() {
		left = append(left, kit.NewButton("remove.stop", words.Say("commands.only-stop-it"), "stop", kit.Primary, func() {
			answer(removal.OnlyStop)
		}).
			Hint(words.Say("commands.the-container-and-everything-in")).Command(actions.StopCommand(c).String()))
	}
	line := kit.NewCodeLine("remove.command", s.Lines(r.Commands()), false)
	v.dialog = kit.NewDialog("remove", removalQuestion(r.Verb, c.Name), v.sentence(), 780, v.content(v.keeping.Row, line),
		kit.Buttons(left, []fyne.CanvasObject{cancel, v.confirm}))
	v.dialog.OnCancel = func() { answer(removal.KeepContainer) }
	v.follow(r)
	v.show()
	v.dialog.Open(s.canvas(), cancel)
	return v.dialog
}

// lossView is what the question about one container shows, which fills while files are found.
type lossView struct {
	*losses
	r       *removal.Removal
	keeping *Keeping
}

// mostRows is how many rows the list of files shows before it scrolls.
const mostRows = 6

// files are those that the dialog is about: all, or only those that came after it was confirmed.
func (v *lossView) files(f rescue.Found) []rescue.File {
	if v.r.Again {
		return v.r.Fresh
	}
	return f.Files
}

// sentence says in one line what would be lost.
func (v *lossView) sentence() words.Text {
	f := v.r.Found()
	files := v.files(f)
	n := len(files) + f.InVolumes.Count
	how, end := v.deletes(n)
	switch {
	case v.r.Again && len(files) > 0:
		return words.Say("commands.files-inside-that-you-were", words.Args{"N": words.Count(len(files))}).And(how)
	case v.r.Again:
		return words.Say("commands.what-is-marked-below-was").And(how)
	case f.Problem != nil:
		return words.Say("commands.the-files-inside-could-not", words.Args{"Problem": words.Problem(f.Problem)})
	case !f.Listed:
		return words.Say("commands.looking-for-files-that-exist")
	case n == 0 && len(f.Volumes) > 0 && !f.InVolumes.Complete:
		return words.Say("commands.what-is-in-exists-only", words.Args{"Volumes": words.Names(f.Volumes)})
	case n == 0 && !end.None():
		return end.And(words.Say("commands.no-file-of-yours-exists"))
	case n == 0:
		return words.Say("commands.no-file-of-yours-exists-only")
	}
	if text := v.keeping.safeWords(n, how); !text.None() {
		return text.And(end)
	}
	if twins := f.Twins(); twins > 0 {
		return twinWords(len(files), twins, v.r.Successor.Name).And(end)
	}
	return words.Say("commands.files-exist-only-inside-this", words.Args{"N": words.Count(n)}).And(how)
}

// deletes says how the files go, and of a container with --rm what else deletes it than that it is removed: "" for
// nothing else.
func (v *lossView) deletes(n int) (how, end words.Text) {
	args := words.Args{"N": words.Count(n)}
	switch {
	case !v.r.Container.AutoRemove || v.r.Verb == "remove":
		return words.Say("commands.removing-it-deletes", args), words.Text{}
	case v.r.Verb == "restart":
		return words.Say("commands.should-it-not-start-rm-deletes", args), words.Say("commands.it-was-started-with-rm-should")
	}
	return words.Say("commands.the-moment-it-stops-rm-deletes", args), words.Say("commands.it-was-started-with-rm")
}

// volumeWords says how much is in the volumes that go with a container, "" when there are none.
func volumeWords(f rescue.Found) words.Text {
	in := f.InVolumes
	args := words.Args{"N": words.Count(in.Count), "Bytes": words.Bytes(in.Bytes)}
	text := words.Say("commands.files-in-its-volume", args)
	if len(f.Volumes) > 1 {
		text = words.Say("commands.files-in-its-volumes", args)
	}
	switch {
	case len(f.Volumes) == 0 || !f.Complete:
		return words.Text{}
	case in.Problem != nil && in.Count == 0:
		return words.Say("commands.its-volume-could-not-be")
	case in.Problem != nil:
		return words.Say("commands.files-not-all-listed", words.Args{"Files": text})
	case !in.Complete:
		return words.Say("commands.so-far", words.Args{"Files": text})
	case len(in.Files) < in.Count:
		return words.Say("commands.not-all-listed", words.Args{"Files": text})
	}
	return text
}

// twinWords says how many of n files inside a container that was kept are in the one that has its place, too.
func twinWords(n, twins int, successor string) words.Text {
	args := words.Args{
		"N": words.Count(n - twins), "All": words.Count(n), "Twins": words.Count(twins), "Successor": words.Name(successor),
	}
	switch {
	case n == 1:
		return words.Say("commands.the-file-is-in-both", args)
	case twins == n:
		return words.Say("commands.all-files-are-in-both", args)
	case twins == 1:
		return words.Say("commands.one-file-is-in-both", args)
	}
	return words.Say("commands.some-files-are-in-both", args)
}

// show shows what is known now.
func (v *lossView) show() {
	f := v.r.Found()
	rows := v.rows(f)
	v.table.SetRows(rows)
	FitRows(v.holder, v.table, len(rows), mostRows)
	v.showIgnored(f.Ignored)
	v.noise.Set(v.noteWords(f, len(rows)))
	v.showKept(f)
	v.keeping.Offer()
	v.confirm.SetText(v.confirmLabel(f))
	v.confirm.SetEnabled(!v.keeping.busy, words.Say("commands.your-files-are-being-saved"))
	v.dialog.SetSubtitle(v.sentence())
	v.r.Painted(f)
}

// rows are the files that the dialog is about, then those in volumes that go with the container.
func (v *lossView) rows(f rescue.Found) []table.Row {
	now := present.Now()
	var rows []table.Row
	add := func(file rescue.File, cells []table.Cell) {
		rows = append(rows, table.Row{ID: file.Path, Name: file.Path, Cells: cells})
	}
	for _, file := range v.files(f) {
		add(file, fileCells(v.r, f, file, now))
	}
	if v.r.Again {
		return rows
	}
	for _, file := range f.InVolumes.Files {
		add(file, volumeCells(file, now))
	}
	return rows
}

// noteWords say in a line what the rows do not.
func (v *lossView) noteWords(f rescue.Found, rows int) words.Text {
	var notes []words.Text
	if total, _ := f.Total(); f.Complete && rows > 1 {
		notes = append(notes, words.Say("commands.together", words.Args{"Total": words.Bytes(total)}))
	}
	if in := volumeWords(f); !in.None() && !v.r.Again {
		notes = append(notes, in)
	}
	if len(f.Ignored) > 0 {
		notes = append(notes, words.Say("common.cache-log-or-runtime-files", words.Args{"N": words.Count(len(f.Ignored))}))
	}
	return words.Join(" · ", notes...)
}

// showKept says what else ends with the container, and what stays.
func (v *lossView) showKept(f rescue.Found) {
	v.kept.RemoveAll()
	if n := v.keeping.set.Terminals.In(v.r.Container.ID); n > 0 {
		v.add("remove.terminals", "terminal", style.Warn, terminalWords(n))
	}
	if busy := v.r.Busy(); len(busy) > 0 {
		v.add("remove.busy", "warning", style.Warn,
			words.Say("commands.computing-right-now-that-ends", words.Args{"Busy": words.Names(busy)}))
	}
	if names := rescue.Packages(f.Ignored); len(names) > 0 {
		v.add("remove.packages", "warning", style.Warn,
			words.Say("commands.installed-in-it-and-gone", words.Args{"Packages": someOf(names, mostPackages)}))
	}
	for _, at := range f.Volumes { // named always, whatever else is lost
		v.add("remove.volume", "warning", style.Bad,
			words.Say("commands.everything-in-is-in-a", words.Args{"At": words.Name(at)}))
	}
	for _, m := range f.Kept {
		v.add("", "check", style.OK, staysWords(m))
	}
	if v.r.Verb != "restart" {
		v.kept.Add(undoNote(v.undo))
	}
}

// staysWords say of what is mounted that it stays.
func staysWords(m model.Mount) words.Text {
	switch {
	case m.Type == "volume" && engine.IsAnonymous(m.Name):
		return words.Say("commands.the-anonymous-volume-at-stays", words.Args{"Destination": words.Name(m.Destination)})
	case m.Type == "volume":
		return words.Say("commands.the-volume-stays", words.Args{"Name": words.Name(m.Name)})
	}
	return words.Say("commands.everything-in-is-on-your", words.Args{"Source": words.Name(m.Source)})
}

// confirmLabel is what the button says, with “anyway” where something is lost.
func (v *lossView) confirmLabel(f rescue.Found) words.Text {
	lost := !f.Complete || f.Problem != nil || len(f.Volumes) > 0 || len(v.files(f)) > f.Twins()
	return removalLabel(v.r.Verb, lost && !v.keeping.allSafe())
}

// mostPackages is how many installed packages are named.
const mostPackages = 8

// someOf names the first of many.
func someOf(names []string, most int) words.Text {
	if len(names) <= most {
		return words.Show(words.Names(names))
	}
	return words.Say("commands.and-more",
		words.Args{"First": words.Names(names[:most]), "More": words.Count(len(names) - most)})
}

func terminalWords(n int) words.Text {
	if n == 1 {
		return words.Say("commands.a-terminal-is-open-in")
	}
	return words.Say("commands.terminals-are-open-in-it", words.Args{"Count": words.Count(n)})
}

// ShortUndo makes the time to undo shorter in tests; 0 for what the person chose.
var ShortUndo time.Duration

// UndoTime is for how long a removal can be undone after it was confirmed.
func (s *Questions) UndoTime() time.Duration { return cmp.Or(ShortUndo, s.Chosen().UndoTime()) }

// undoNote says that there is a way back for a while.
func undoNote(long time.Duration) fyne.CanvasObject {
	text := words.Say("commands.before-anything-is-deleted-you",
		words.Args{"Seconds": words.Count(int(long.Seconds()))})
	return kit.Across(6, kit.NewIcon("undo", style.Muted).Sized(15),
		kit.Grow(kit.NewText(text, kit.Second).ID("remove.undo")))
}

// ImageRemoval implements [image.Asker].
func (s *Questions) ImageRemoval(ctx context.Context, r image.Removal) image.Choice {
	return ask(ctx, s, func(answer func(image.Choice)) *kit.Dialog { return s.showImageRemoval(r, answer) })
}

func (s *Questions) showImageRemoval(r image.Removal, answer func(image.Choice)) *kit.Dialog {
	name := r.Tag
	if name == "" {
		name = r.Image.ShortID()
	}
	cancel := kit.NewButton("rmi.cancel", words.Say("common.cancel"), "", kit.Normal, func() { answer(image.Keep) })
	right := []fyne.CanvasObject{cancel}
	var left []fyne.CanvasObject
	body := kit.Down(10)
	var lines []string
	if len(r.UsedBy) > 0 {
		names := make([]string, len(r.UsedBy))
		for i, c := range r.UsedBy {
			names[i] = c.Name
		}
		body.Add(kit.NewParagraph(words.Say("commands.used-by", words.Args{"Names": words.Names(names)}), kit.Strong).
			ID("rmi.usedby"))
		if !r.CanUntag() {
			left = append(left,
				kit.NewButton("rmi.show", words.Say("commands.show-the-containers"), "container", kit.Primary, func() {
					answer(image.Keep)
					s.Reveal("containers", r.UsedBy[0].ID)
				}))
		}
	}
	back := words.Say("commands.it-can-be-pulled-again")
	if r.Image.OnlyHere() {
		back = words.Say("commands.it-was-made-on-this")
	}
	text := words.Join(" ", words.Say("commands.the-image-is-deleted-and", words.Args{"Frees": freesWords(r)}), back)
	switch {
	case len(r.UsedBy) > 0 && !r.CanUntag():
		text = words.Say("commands.it-cannot-be-removed-while", words.Args{"N": words.Count(len(r.UsedBy))})
	case r.CanUntag():
		text = words.Say("commands.this-image-has-names-removing",
			words.Args{"N": words.Count(len(r.Others) + 1), "Others": words.Names(r.Others)})
		lines = append(lines, r.UntagCommand().String())
		right = append(right, kit.NewButton("rmi.untag", words.Say("commands.remove-this-name"), "", kit.Danger,
			func() { answer(image.Untag) }).Command(r.UntagCommand().String()))
		if r.CanDelete() {
			left = append(left, kit.NewButton("rmi.delete", deleteWords(r), "", kit.Danger,
				func() { answer(image.Delete) }).Command(r.DeleteCommand().String()))
		}
	default:
		lines = append(lines, r.DeleteCommand().String())
		right = append(right, kit.NewButton("rmi.delete", words.Say("commands.remove-button"), "", kit.Danger, func() {
			answer(image.Delete)
		}).
			Command(r.DeleteCommand().String()))
	}
	if len(lines) > 0 {
		body.Add(kit.NewCodeLine("rmi.command", s.Session.Shell(strings.Join(lines, "\n")), false))
	}
	d := kit.NewDialog("rmi", words.Say("commands.question-remove", words.Args{"Name": words.Name(name)}), text, 680, body,
		kit.Buttons(left, right))
	d.OnCancel = func() { answer(image.Keep) }
	d.Open(s.canvas(), cancel)
	return d
}

// freesWords say what becomes free: layers that other images have, too, stay.
func freesWords(r image.Removal) words.Text {
	switch {
	case r.Frees < 0:
		return words.Say("commands.at-most-becomes-free-less", words.Args{"Size": words.Bytes(r.Image.Size)})
	case r.Frees == 0:
		return words.Say("commands.nothing-becomes-free-other-images")
	case r.Frees < r.Image.Size:
		return words.Say("commands.becomes-free-the-rest-of", words.Args{"Size": words.Bytes(r.Frees)})
	}
	return words.Say("commands.becomes-free", words.Args{"Size": words.Bytes(r.Frees)})
}

// deleteWords is what deleting an image with all of its names is called.
func deleteWords(r image.Removal) words.Text {
	switch n := len(r.Others) + 1; n {
	case 1:
		return words.Say("commands.delete-the-image")
	case 2:
		return words.Say("commands.delete-the-image-both-names")
	default:
		return words.Say("commands.delete-the-image-all-names", words.Args{"Count": words.Count(n)})
	}
}
