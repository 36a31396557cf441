package chooser

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"slipway/engine/model"
	"slipway/engine/platform"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/kit/table"
	"slipway/gui/post"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// chooser asks for a folder, or a file, where the desktop has no dialog of its own for that. The path in its
// field is always the one that is chosen: typing, pressing a row and going into a folder all change it.
type chooser struct {
	work   *post.Work
	chosen func(path string)
	q      Question
	files  bool // else folders alone

	dialog *kit.Dialog
	path   *kit.Field
	table  *table.Table
	status *kit.Text
	use    *kit.Button

	dir    string            // whose folders are in the table
	all    []platform.Folder // what is in it
	why    words.Text        // what kept it from being listed
	hidden bool              // folders with a dot in front are shown
	there  bool              // the path in the field can be chosen
	reader *post.Reader
	begun  bool // the folder to begin with was looked at
	filled bool // the field is being filled in by a row
	asking bool // what is there is being read
}

// folderHere opens our own folder chooser on a canvas.
func folderHere(c fyne.Canvas, work *post.Work, q Question, chosen func(path string)) *chooser {
	return (&chooser{work: work, chosen: chosen, q: q, reader: post.NewReader(work)}).ask(c)
}

// fileHere is folderHere for a file.
func fileHere(c fyne.Canvas, work *post.Work, q Question, chosen func(path string)) *chooser {
	return (&chooser{work: work, chosen: chosen, q: q, files: true, reader: post.NewReader(work)}).ask(c)
}

// ask opens the dialog.
func (f *chooser) ask(c fyne.Canvas) *chooser {
	what := struct{ path, column, hidden words.Text }{
		words.Say("kit.the-path-of-a-folder"),
		words.Say("kit.folders-in-it"), words.Say("kit.hidden-folders"),
	}
	if f.files {
		what = struct{ path, column, hidden words.Text }{
			words.Say("kit.the-path-of-a-file"),
			words.Say("common.in-it"), words.Say("kit.hidden-files"),
		}
	}
	places := kit.Across(8)
	f.path = kit.NewField("choose.path", what.path)
	f.path.OnChanged = func(string) { f.typed() }
	f.path.OnKey = f.pathKey
	f.table = table.New("choose.folders", []table.Column{
		{Key: "name", Title: what.column, Min: 200, Weight: 1},
		{Key: "changed", Title: words.Say("common.changed"), Min: 130, Right: true, Drop: 1},
	})
	f.table.OnSelect = f.selected
	f.table.Quiet = true // passing it by Tab must not change what is chosen
	f.table.OnOpen = f.enter
	f.table.DoubleClick = true
	f.status = kit.NewText(kit.Blank(words.Text{}), kit.Second).ID("choose.status")
	f.use = kit.NewButton("choose.use", f.q.Use, "check", kit.Primary, f.submit)
	row := []fyne.CanvasObject{kit.NewButton("choose.up", words.Say("kit.up"), "up", kit.Normal, f.up).Small().
		Hint(words.Say("kit.to-the-folder-that-this"))}
	row = append(row, places, kit.Spring(), kit.NewToggle("choose.hidden", what.hidden, false, func(on bool) {
		f.hidden = on
		f.fill()
	}))
	body := kit.Down(8, f.path, kit.Across(8, row...), kit.Height(280, f.table), f.status)
	cancel := kit.NewButton("choose.cancel", words.Say("common.cancel"), "", kit.Normal, func() { f.dialog.Cancel() })
	var left []fyne.CanvasObject
	if !f.files {
		left = append(left, kit.NewButton("choose.new", words.Say("kit.new-folder"), "add", kit.Normal, f.newFolder))
	}
	buttons := kit.Buttons(left, []fyne.CanvasObject{cancel, f.use})
	f.dialog = kit.NewDialog("choose", f.q.Title, words.Text{}, 680, body, buttons).Anchor()
	f.dialog.OnSubmit = f.submit
	f.dialog.OnCancel = f.reader.Rest
	f.dialog.Open(c, f.path)
	f.open(platform.ExpandHome(cmp.Or(f.q.Start, "~")))
	f.offer(places)
	return f
}

// offer adds the places that people start from. They are looked at off the UI thread: one may be on a disk of the
// network.
func (f *chooser) offer(places *fyne.Container) {
	f.work.Go(func(context.Context) {
		list := platform.Places()
		post.Do(func() {
			if !f.dialog.IsOpen() {
				return
			}
			for _, p := range list {
				enter := func() { f.open(p.Path) }
				places.Add(kit.NewButton("choose.place."+p.Name, words.Name(p.Name), "folder", kit.Pill, enter).Small())
			}
			f.dialog.Relayout()
		})
	})
}

// open goes into a folder.
func (f *chooser) open(dir string) {
	f.setPath(dir)
	f.typed()
}

// enter goes into the folder of a row, or chooses its file.
func (f *chooser) enter(id string) {
	if !f.isFile(id) {
		f.open(id)
		return
	}
	f.selected(id)
	f.submit()
}

// isFile tells whether a row is that of a file.
func (f *chooser) isFile(path string) bool {
	return slices.ContainsFunc(f.all, func(e platform.Folder) bool { return e.File && e.Path == path })
}

func (f *chooser) up() {
	if f.dir != "" {
		f.open(filepath.Dir(filepath.Clean(f.dir)))
	}
}

// setPath writes into the field without taking it for typing.
func (f *chooser) setPath(path string) {
	f.filled = true
	f.path.SetText(path)
	f.filled = false
	f.path.CursorColumn = len([]rune(path))
	f.path.Refresh()
}

// selected puts the row's folder into the field.
func (f *chooser) selected(id string) {
	if id == "" {
		return
	}
	f.reader.Rest() // what was typed before does not count any more
	f.setPath(id)
	f.there, f.asking, f.why = !f.files || f.q.Folders || f.isFile(id), false, words.Text{}
	f.show()
}

// typed looks at the path in the field: a folder is listed; of another path, the folder that it would be in, with only
// those that begin alike.
func (f *chooser) typed() {
	if f.filled {
		return
	}
	f.reader.Rest()
	path, first := platform.ExpandHome(f.path.Text), !f.begun
	f.begun = true
	f.table.Select("")
	f.there, f.why, f.asking = false, whyNotListed(path, nil), filepath.IsAbs(path)
	f.show()
	if !f.asking {
		return
	}
	f.reader.Read(func(ctx context.Context, t *post.Turn) {
		list, dir, there, err := f.read(ctx, path)
		t.Do(func() {
			if !f.dialog.IsOpen() {
				return
			}
			switch { // where to begin may be gone by now, or be on a disk that is not there
			case first && errors.Is(err, fs.ErrNotExist):
				f.open(platform.ExpandHome("~"))
				return
			case first && dir != path && !there:
				f.open(dir)
				return
			}
			f.dir, f.all, f.there, f.why, f.asking = dir, list, there, whyNotListed(dir, err), false
			f.fill()
		})
	})
}

// read lists the folder of a path: itself, or the one that it is or would be in. there tells that the path can be
// chosen.
func (f *chooser) read(ctx context.Context,
	path string,
) (list []platform.Folder, dir string, there bool, err error) {
	look := platform.Folders
	if f.files {
		look = platform.FoldersAndFiles
	}
	list, err = look(ctx, path)
	file := f.files && errors.Is(err, syscall.ENOTDIR)
	if !file && !errors.Is(err, fs.ErrNotExist) || !filepath.IsAbs(path) {
		// a folder among files is chosen by its row: this one is only where one looks
		return list, path, err == nil && !f.files, err
	}
	dir = filepath.Dir(path)
	list, err = look(ctx, dir)
	return list, dir, file && err == nil, err
}

// whyNotListed says what keeps a folder from being chosen, none when nothing does.
func whyNotListed(dir string, err error) words.Text {
	switch {
	case !filepath.IsAbs(dir):
		return words.Say("common.write-the-whole-path-from")
	case err == nil:
		return words.Text{}
	case errors.Is(err, fs.ErrPermission):
		return words.Say("kit.you-may-not-look-into", words.Args{"Dir": words.Name(dir)})
	case errors.Is(err, fs.ErrNotExist):
		return words.Say("kit.there-is-no-folder", words.Args{"Dir": words.Name(dir)})
	}
	return words.Say("kit.cannot-be-opened", words.Args{"Dir": words.Name(dir), "Reason": words.Raw(reason(err))})
}

// reason is what the system says of a path, without naming it again.
func reason(err error) string {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err.Error()
	}
	return err.Error()
}

// fill puts the folders that fit what was typed into the table.
func (f *chooser) fill() {
	begin := ""
	if path := filepath.Clean(platform.ExpandHome(f.path.Text)); path != filepath.Clean(f.dir) &&
		filepath.Dir(path) == filepath.Clean(f.dir) && !f.there {
		begin = filepath.Base(path)
	}
	var rows []table.Row
	for _, folder := range f.all {
		fits := strings.HasPrefix(strings.ToLower(folder.Name), strings.ToLower(begin))
		if !fits || folder.Hidden && !f.hidden && !strings.HasPrefix(begin, ".") {
			continue
		}
		if folder.File && begin == "" && !strings.HasSuffix(folder.Name, f.q.Suffix) {
			continue
		}
		name := folder.Name
		if f.files && !folder.File {
			name += "/"
		}
		rows = append(rows, table.Row{ID: folder.Path, Name: folder.Name, Cells: []table.Cell{
			{Text: words.Name(name), Name: true},
			{Text: words.Name(folder.Changed.Format("2006-01-02 15:04")), Style: kit.Second},
		}})
	}
	switch {
	case !f.why.None():
		f.table.SetEmpty(kit.EmptyState("folder", words.Say("common.nothing-to-show"), f.why))
	case f.files && f.q.Suffix != "":
		f.table.SetEmpty(kit.EmptyState("folder", words.Say("kit.no-in-here", words.Args{"Suffix": words.Name(f.q.Suffix)}),
			words.Say("kit.another-folder-may-have-it")))
	case f.files:
		f.table.SetEmpty(kit.EmptyState("folder", words.Say("kit.nothing-in-here"),
			words.Say("kit.another-folder-may-have-what")))
	case begin != "":
		f.table.SetEmpty(kit.EmptyState("folder", words.Say("kit.there-is-no-such-folder"),
			words.Say("kit.can-be-made-in", words.Args{"Begin": words.Name(begin), "Dir": words.Name(f.dir)})))
	default:
		f.table.SetEmpty(kit.EmptyState("folder", words.Say("kit.no-folders-in-here"),
			words.Say("kit.it-can-be-used-as")))
	}
	f.table.SetRows(rows)
	f.show()
}

// show says what the button would do.
func (f *chooser) show() {
	path := platform.ExpandHome(f.path.Text)
	fresh := !f.files && !f.there && !f.asking && f.why.None() && filepath.IsAbs(path) &&
		filepath.Dir(filepath.Clean(path)) == filepath.Clean(f.dir)
	text, sentence, ink := kit.Blank(words.Text{}), f.q.Use, style.Muted
	switch {
	case !f.why.None():
		text, ink = f.why, style.Bad
	case fresh:
		text, sentence = words.Say("kit.is-made-in", words.Args{
			"Name": words.Name(filepath.Base(path)),
			"Dir":  words.Name(f.dir),
		}), words.Say("kit.make-it-and-use-it")
	}
	f.status.SetStyle(kit.Second.In(ink))
	f.status.Set(text)
	needs := words.Say("kit.choose-or-write-a-folder")
	if f.files {
		needs = words.Say("kit.select-a-file-first")
		if f.q.Folders {
			needs = words.Say("kit.select-a-file-or-a")
		}
	}
	f.use.SetText(sentence)
	f.use.SetEnabled(f.there || fresh, needs)
	f.dialog.Relayout()
}

// newFolderName is proposed for a new folder.
func newFolderName() string { return words.Say("kit.new-folder").String() }

// newFolder starts the name of a new folder behind the one that is shown.
func (f *chooser) newFolder() {
	if f.dir == "" || !f.why.None() {
		return
	}
	f.open(strings.TrimSuffix(f.dir, string(filepath.Separator)) + string(filepath.Separator) + newFolderName())
	kit.CanvasOf(f.path).Focus(f.path)
	f.path.SelectFrom(len([]rune(f.path.Text)) - len([]rune(newFolderName()))) // typing replaces the name
}

// pathKey takes Down to the rows.
func (f *chooser) pathKey(key fyne.KeyName) bool {
	if key != fyne.KeyDown {
		return false
	}
	kit.CanvasOf(f.table).Focus(f.table)
	if ids := f.table.IDs(); len(ids) > 0 {
		f.table.Select(ids[0])
	}
	return true
}

// submit chooses the folder in the field, and makes it where there is none yet.
func (f *chooser) submit() {
	if !f.use.Enabled() {
		return
	}
	path, there := filepath.Clean(platform.ExpandHome(f.path.Text)), f.there
	if there {
		f.dialog.Close()
		f.chosen(path)
		return
	}
	f.work.Go(func(context.Context) {
		p := model.AsProblem(platform.CreateFolder(path), model.Fact{})
		post.Do(func() {
			switch {
			case !f.dialog.IsOpen():
			case p != nil:
				f.why = words.Of(p.Why)
				f.show()
			default:
				f.dialog.Close()
				f.chosen(path)
			}
		})
	})
}
