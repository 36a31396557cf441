package questions

import (
	"context"
	"strings"

	"slipway/engine/model"
	"slipway/engine/rescue"
	"slipway/engine/volume"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/kit/table"
	"slipway/gui/post"
	"slipway/gui/present"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// VolumeRemovals implements [volume.Asker] with a dialog that says for each volume what becomes of it, and which files
// are in those that are deleted.
func (s *Questions) VolumeRemovals(ctx context.Context, q *volume.Removals) bool {
	return ask(ctx, s, func(answer func(bool)) *kit.Dialog { return s.showVolumeRemovals(q, answer) })
}

// volumesView is the part of the dialog that fills while it is found out what is in the volumes.
type volumesView struct {
	q        *volume.Removals
	possible []model.Volume
	dialog   *kit.Dialog
	volumes  *table.Table
	list     *fyne.Container // of volumes; not seen for one that is deleted, which the title names
	files    *table.Table
	holder   *fyne.Container // of files
	notes    *kit.Text
}

func (s *Questions) showVolumeRemovals(q *volume.Removals, answer func(bool)) *kit.Dialog {
	v := newVolumesView(q)
	body := kit.Down(8, v.list, v.holder, v.notes)
	cancel := kit.NewButton("rmvolumes.cancel", words.Say("common.cancel"), "", kit.Normal, func() { answer(false) })
	right := []fyne.CanvasObject{cancel}
	var left []fyne.CanvasObject
	if len(v.possible) > 0 {
		left = append(left, kit.NewButton("rmvolumes.backup", words.Say("commands.asks-to-back-up"), "save", kit.Normal,
			func() { answer(false); s.offers.BackUp(v.possible) }).
			Hint(words.Say("commands.copies-everything-in-into-files", words.Args{"N": words.Count(len(v.possible))})))
		body.Add(undoNote(s.UndoTime()))
		body.Add(kit.NewCodeLine("rmvolumes.command", s.Session.Shell(q.Command().String()), false))
		label := words.Say("commands.remove")
		if len(q.Volumes) > 1 {
			label = RemoveCount(len(v.possible))
		}
		right = append(right,
			kit.NewButton("rmvolumes.confirm", label, "", kit.Danger, func() { answer(true) }).Command(q.Command().String()))
	}
	title := words.Say("commands.remove-volumes", words.Args{"N": words.Count(len(q.Volumes))})
	if len(q.Volumes) == 1 {
		title = words.Say("commands.remove-the-volume", words.Args{"Name": words.Name(present.VolumeTitle(q.Volumes[0]))})
	}
	v.dialog = kit.NewDialog("rmvolumes", title, v.sentence(), 760, body, kit.Buttons(left, right))
	v.dialog.OnCancel = func() { answer(false) }
	var latest post.Latest
	q.OnChange(func() {
		latest.Do(func() {
			if v.dialog.IsOpen() {
				v.update()
			}
		})
	})
	v.update()
	v.dialog.Open(s.canvas(), cancel)
	return v.dialog
}

// mostVolumes is how many rows the list of volumes shows before it scrolls, so that the files have room below it.
const mostVolumes = 4

func newVolumesView(q *volume.Removals) *volumesView {
	v := &volumesView{
		q: q, possible: q.Possible(),
		notes: kit.NewText(words.Text{}, kit.Second.Whole()).ID("rmvolumes.notes"),
	}
	v.volumes = table.New("rmvolumes.volumes", []table.Column{
		{Key: "name", Title: words.Say("commands.volume"), Min: 200, Weight: 0.8},
		{Key: "what", Title: words.Say("commands.what-happens"), Min: 220, Weight: 1},
		{Key: "size", Title: words.Say("common.in-it"), Min: 90, Right: true},
	})
	v.list = kit.Height(0, v.volumes)
	v.list.Hide()
	columns := []table.Column{
		{Key: "path", Title: words.Say("commands.the-files-in-it"), Min: 200, Weight: 1},
		{Key: "saved", Title: words.Say("common.saved"), Min: 124, Right: true},
		{Key: "size", Title: words.Say("common.size"), Min: 80, Right: true},
	}
	if len(v.possible) > 1 {
		columns[0].Title = words.Say("commands.the-files-in-them")
		columns = append([]table.Column{{Key: "volume", Title: words.Say("commands.volume"), Min: 130, Weight: 0.4}},
			columns...)
	}
	v.files = table.New("rmvolumes.files", columns)
	v.holder = kit.Height(0, v.files)
	v.holder.Hide()
	return v
}

// elsewhere says of a single volume that only leads to another place that nothing is lost with it.
func (v *volumesView) elsewhere() words.Text {
	if len(v.possible) != 1 || len(v.q.Volumes) != 1 {
		return words.Text{}
	}
	if to := v.possible[0].StandsFor(); to != "" {
		return words.Say("commands.it-only-leads-to-what", words.Args{"To": words.Name(to)})
	}
	return words.Text{}
}

// sentence says in one line what would be lost.
func (v *volumesView) sentence() words.Text {
	if to := v.elsewhere(); !to.None() {
		return to
	}
	switch n := len(v.possible); {
	case n == 1 && len(v.q.Volumes) == 1 && v.q.Last[v.possible[0].Name] != "":
		return words.Say("commands.everything-in-it-is-deleted", words.Args{"Last": words.Name(v.q.Last[v.possible[0].Name])})
	case n > 0:
		return words.Say("commands.everything-in-is-deleted-for", words.Args{"N": words.Count(n)})
	case len(v.q.Volumes) > 1:
		return words.Say("commands.none-of-them-can-be-removed")
	}
	return words.Say("commands.it-cannot-be-removed-while-a")
}

// update shows what is known now.
func (v *volumesView) update() {
	rows := make([]table.Row, len(v.q.Volumes))
	for i, volume := range v.q.Volumes {
		size, known, counted := v.q.Size(volume.Name)
		inside := v.q.Inside(volume.Name)
		text := words.Name("…")
		switch {
		case known:
			text = present.Size(size)
		case inside.Complete:
			text = present.Size(inside.Bytes)
		case counted:
			text = words.Say("commands.unknown")
		}
		rows[i] = table.Row{
			ID: volume.Name, Name: volume.Name,
			Cells: []table.Cell{
				{Text: words.Name(present.VolumeTitle(volume)), Style: kit.Strong, Hint: words.Name(volume.Name)},
				whatHappens(v.q, volume),
				{Text: text, Style: kit.Second},
			},
		}
	}
	v.volumes.SetRows(rows)
	if len(rows) > 1 || len(v.possible) == 0 {
		FitRows(v.list, v.volumes, len(rows), mostVolumes)
	}
	v.updateFiles()
	v.dialog.Relayout()
}

// leastNamed is how many files of each volume are named at least.
const leastNamed = 50

// updateFiles shows the files that are known now.
func (v *volumesView) updateFiles() {
	type line struct {
		volume model.Volume
		file   rescue.File
	}
	var lines []line
	var ids []string
	var all rescue.Listing
	now, complete := present.Now(), true
	for _, volume := range v.possible {
		inside := v.q.Inside(volume.Name)
		complete = complete && (inside.Complete || inside.Problem != nil)
		if all.Problem == nil {
			all.Problem = inside.Problem
		}
		all.Count += inside.Count
		all.Bytes += inside.Bytes
		// each has its share
		for _, file := range inside.Files[:min(len(inside.Files), max(leastNamed, rescue.MostListed/len(v.possible)))] {
			lines, ids = append(lines, line{volume, file}), append(ids, volume.Name+file.Path)
		}
	}
	v.files.SetSource(ids, 0, func(i int) table.Row {
		file, volume := lines[i].file, lines[i].volume
		cells := []table.Cell{
			{Text: words.Name(strings.TrimPrefix(file.Path, "/")), Name: true, Hint: words.Name(file.Path)},
			{Text: present.Ago(file.Modified, now), Style: kit.Second, Hint: words.Exact(file.Modified)},
			{Text: present.Size(file.Size), Style: kit.Second},
		}
		if len(v.possible) > 1 {
			of := table.Cell{Text: words.Name(present.VolumeTitle(volume)), Style: kit.Second, Hint: words.Name(volume.Name)}
			cells = append([]table.Cell{of}, cells...)
		}
		return table.Row{ID: ids[i], Name: file.Path, Cells: cells}
	})
	FitRows(v.holder, v.files, len(lines), mostRows)
	v.notes.Set(v.noteWords(all, len(lines), complete))
}

// noteWords says what of the files in the volumes is seen.
func (v *volumesView) noteWords(all rescue.Listing, seen int, complete bool) words.Text {
	text := words.Say("common.files", words.Args{"N": words.Count(all.Count), "Bytes": words.Bytes(all.Bytes)})
	switch {
	case len(v.possible) == 0:
		return words.Text{}
	case all.Problem != nil:
		return words.Join(" ", words.Say("commands.not-everything-could-be-listed"), words.Of(all.Problem.Sentence()),
			v.sizeWords())
	case !complete && seen == 0:
		return words.Join(" ",
			words.Say("commands.looking-for-the-files-in", words.Args{"N": words.Count(len(v.possible))}), v.sizeWords())
	case !complete:
		return words.Join(" ", words.Say("commands.so-far", words.Args{"Files": text}), v.sizeWords())
	case all.Count == 0 && len(v.possible) == 1:
		return words.Say("commands.it-is-empty")
	case all.Count == 0:
		return words.Say("commands.they-are-empty")
	case seen < all.Count:
		return words.Say("commands.of-which-files-are-listed", words.Args{"Files": text, "N": words.Count(seen)})
	}
	return text
}

// sizeWords say how much is in one volume, as the engine counted it, "" where it did not or there are several.
func (v *volumesView) sizeWords() words.Text {
	if len(v.possible) != 1 {
		return words.Text{}
	}
	size, known, _ := v.q.Size(v.possible[0].Name)
	if !known {
		return words.Text{}
	}
	return words.Say("commands.in-all-there-are-in", words.Args{"Size": words.Bytes(size)})
}

// whatHappens says what becomes of a volume, or why it stays.
func whatHappens(q *volume.Removals, v model.Volume) table.Cell {
	if users := q.Users[v.Name]; len(users) > 0 {
		names := make([]string, len(users))
		for i, c := range users {
			names[i] = c.Name
		}
		return table.Cell{
			Text:  words.Say("commands.stays-used-by", words.Args{"Names": words.Names(names)}),
			Style: kit.Body.In(style.Warn),
		}
	}
	if last := q.Last[v.Name]; last != "" {
		return table.Cell{Text: words.Say("commands.deleted-had-it-last", words.Args{"Last": words.Name(last)})}
	}
	return table.Cell{Text: words.Say("commands.deleted")}
}
