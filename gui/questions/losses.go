package questions

import (
	"time"

	"slipway/engine/removal"
	"slipway/engine/rescue"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/kit/table"
	"slipway/gui/post"
	"slipway/gui/present"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// losses is what the questions about one and about several containers share: a list of what would be lost, what is not
// counted, which a person may want to see, and what else ends or stays.
type losses struct {
	dialog  *kit.Dialog
	confirm *kit.Button
	table   *table.Table
	holder  *fyne.Container
	// noise says how much is not counted, and ignored lists it.
	noise      *kit.Text
	ignored    *table.Table
	ignoredBox *fyne.Container
	showNoise  *kit.Button
	noiseShown bool
	kept       *fyne.Container
	undo       time.Duration // for which there is a way back
	latest     post.Latest
	// update shows what is known now.
	update func()
}

// lossColumns are those of what would be lost, behind others.
func lossColumns(before ...table.Column) []table.Column {
	return append(before,
		table.Column{Key: "path", Title: words.Say("common.your-files-inside"), Min: 200, Weight: 1},
		table.Column{Key: "saved", Title: words.Say("common.saved"), Min: 124, Right: true, Drop: 1},
		table.Column{Key: "size", Title: words.Say("common.size"), Min: 80, Right: true})
}

// newLosses makes one whose parts have IDs that begin with id. undo is for how long there is a way back.
func newLosses(id string, columns []table.Column, undo time.Duration, update func()) *losses {
	v := &losses{
		table: table.New(id+".files", columns), kept: kit.Down(2), undo: undo, update: update,
		noise: kit.NewText(words.Text{}, kit.Second.Whole()).ID(id + ".noise"),
		ignored: table.New(id+".ignored", []table.Column{{
			Key: "path", Title: words.Say("commands.not-counted-caches-logs-runtime"), Min: 200, Weight: 1,
		}}),
	}
	v.holder, v.ignoredBox = kit.Height(0, v.table), kit.Height(0, v.ignored)
	v.ignoredBox.Hide()
	v.showNoise = kit.NewButton(id+".shownoise", words.Say("commands.show"), "", kit.Link, func() {
		v.noiseShown = !v.noiseShown
		v.update()
	})
	v.showNoise.Hide()
	return v
}

// content lays it out, with what offers to save it, and the line that it equals.
func (v *losses) content(saving, line fyne.CanvasObject) fyne.CanvasObject {
	return kit.Down(8, v.holder, kit.Across(6, v.noise, v.showNoise, kit.Spring()), v.ignoredBox, v.kept, saving, line)
}

// follow shows what is found in a container as it is found. It is called before the first look, so that nothing is
// missed between the two.
func (v *losses) follow(r *removal.Removal) { r.OnChange(v.soon) }

// soon updates from any goroutine.
func (v *losses) soon() {
	v.latest.Do(func() {
		if v.dialog.IsOpen() {
			v.update()
		}
	})
}

// add says what else ends with a container, or stays.
func (v *losses) add(id, icon string, ink fyne.ThemeColorName, text words.Text) {
	v.kept.Add(kit.AcrossTop(6, kit.NewIcon(icon, ink).Sized(15),
		kit.Grow(kit.NewParagraph(text, kit.Second.In(ink)).ID(id))))
}

// showIgnored lists what is not counted, if a person wants to see it.
func (v *losses) showIgnored(paths []string) {
	v.showNoise.SetText(ShowOrHide(v.noiseShown))
	kit.SetVisible(v.showNoise, len(paths) > 0)
	kit.SetVisible(v.ignoredBox, len(paths) > 0 && v.noiseShown)
	if !v.ignoredBox.Visible() {
		return
	}
	v.ignored.SetSource(paths, 0, func(i int) table.Row {
		return table.Row{
			ID: paths[i], Name: paths[i],
			Cells: []table.Cell{{Text: words.Name(paths[i]), Name: true, Style: kit.Second}},
		}
	})
	FitRows(v.ignoredBox, v.ignored, len(paths), mostIgnored)
}

// fileCells are those of a file that exists only in a container that would be removed.
func fileCells(r *removal.Removal, f rescue.Found, file rescue.File, now time.Time) []table.Cell {
	name := table.Cell{Text: words.Name(file.Path), Name: true}
	if file.Twin {
		name.Badge = words.Say("commands.also-in", words.Args{"Name": words.Name(r.Successor.Name)})
		name.Hint = words.Say("commands.has-a-file-there-of", words.Args{"Name": words.Name(r.Successor.Name)})
	}
	size, saved := words.Name("…"), words.Text{}
	switch {
	case file.Known:
		size, saved = present.Size(file.Size), present.Ago(file.Modified, now)
	case f.Complete:
		size = words.Say("commands.unknown")
	}
	return lossCells(name, file, saved, size)
}

// volumeCells are those of a file in a volume that goes with its container.
func volumeCells(file rescue.File, now time.Time) []table.Cell {
	return lossCells(table.Cell{
		Text: words.Name(file.Path), Name: true, Badge: words.Say("commands.in-its-volume"),
		Hint: words.Say("commands.this-is-in-a-volume"),
	}, file, present.Ago(file.Modified, now), present.Size(file.Size))
}

func lossCells(name table.Cell, file rescue.File, saved, size words.Text) []table.Cell {
	return []table.Cell{
		name, {Text: saved, Style: kit.Second, Hint: words.Exact(file.Modified)}, {Text: size, Style: kit.Second},
	}
}

// FitRows gives a table of n rows the height of all of them, but of no more than most.
func FitRows(holder *fyne.Container, t *table.Table, n, most int) {
	if n == 0 {
		holder.Hide()
		return
	}
	kit.SetHeight(holder, t.Height()-float32(n-min(n, most))*style.RowHeight)
	holder.Show()
}

// mostIgnored is how many rows of what is not counted are seen at once.
const mostIgnored = 4

// MostRowsOfMany is how many rows the lists of the questions about several things show before they scroll.
const MostRowsOfMany = 8

// ShowOrHide is what a button says that shows more, or hides it.
func ShowOrHide(shown bool) words.Text {
	if shown {
		return words.Say("commands.hide")
	}
	return words.Say("commands.show")
}
