package inside

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"image"
	_ "image/gif"  // what images in a container may be
	_ "image/jpeg" // likewise
	_ "image/png"  // likewise
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"slipway/engine"
	"slipway/engine/actions"
	"slipway/engine/model"
	"slipway/engine/scrollback"
	"slipway/engine/session"
	"slipway/engine/words"
	"slipway/gui/commands"
	"slipway/gui/kit"
	"slipway/gui/kit/chooser"
	"slipway/gui/kit/logview"
	"slipway/gui/kit/table"
	"slipway/gui/post"
	"slipway/gui/present"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// How much of a file is looked at, in bytes, and how many pixels an image may have: a small file can claim a huge one.
const (
	mostLooked = 2 << 20
	mostPixels = 40_000_000
)

// place is where folders are shown of: a container, or a volume through one.
type place struct {
	container model.Container
	// root is the folder that nothing is shown beyond, "/" for everything; start is the one that is shown first.
	root, start string
	// ready tells that it is known what can be read.
	ready bool
}

// files is the view of the folders of a container or a volume. A folder is read when it is gone into, and
// when a person wants it anew.
type files struct {
	session  *session.Session
	commands *commands.Set
	work     *post.Work
	where    func() place
	told     func()

	content *fyne.Container
	table   *table.Table
	path    *kit.Field
	note    *kit.Text
	up      *kit.Button
	fetch   *kit.Button
	put     *kit.Button

	of      string // the container and the root
	dir     string // the folder that is shown
	came    string // the name in it of the one that was left for it, until that is selected
	reading bool
	key     string // what was read: container, connection and folder
	wrong   *model.Problem
	entries []engine.Entry
	reader  *post.Reader
}

// newFiles makes the view of what where gives. told is called when another folder or file is looked at; id
// begins the IDs of its parts.
func newFiles(s *session.Session, c *commands.Set, w *post.Work, id string, where func() place, told func()) *files {
	f := &files{session: s, commands: c, work: w, where: where, told: told, reader: post.NewReader(w)}
	f.table = table.New(id+".list", []table.Column{
		{Key: "name", Title: words.Say("inside.name"), Min: 200, Weight: 1},
		{
			Key: "mode", Title: words.Say("inside.mode"), Min: 110, Drop: 1,
			Hint: words.Say("inside.what-its-owner-its-group"),
		},
		{Key: "changed", Title: words.Say("common.changed"), Min: 124, Right: true, Drop: 2},
		{Key: "size", Title: words.Say("common.size"), Min: 84, Right: true},
	})
	f.table.OnOpen = f.open
	f.table.DoubleClick = true
	f.table.OnBack = func() { f.goTo(path.Dir(f.dir)) }
	f.table.OnChosen = f.dress
	f.table.OnSelect = func(string) { f.dress(); f.told() }
	f.table.OnMenu = func(id string, at fyne.Position) {
		if !slices.Contains(f.table.Chosen(), id) { // its menu is about what is selected
			f.table.Select(id)
		}
		kit.ShowMenu(fyne.CurrentApp().Driver().CanvasForObject(f.table), at, f.menu())
	}
	f.path = kit.NewField(id+".path", words.Say("inside.a-folder")).Wide(200)
	f.path.OnSubmitted = f.typed
	f.up = kit.NewButton(id+".up", words.Text{}, "up", kit.Normal, func() { f.goTo(path.Dir(f.dir)) }).Small().
		Hint(words.Say("inside.to-the-folder-that-this"))
	f.note = kit.NewText(words.Text{}, kit.Second).ID(id + ".note")
	again := kit.NewButton(id+".again", words.Text{}, "refresh", kit.Normal, func() { f.key = ""; f.update() }).Small().
		Hint(words.Say("inside.refresh"))
	f.fetch = kit.NewButton(id+".fetch", words.Say("inside.download"), "save", kit.Normal, f.download).Small()
	f.put = kit.NewButton(id+".put", words.Say("inside.asks-to-upload"), "upload", kit.Normal, f.choose).Small().
		Hint(words.Say("inside.copies-files-of-this-computer"))
	bar := kit.Fold(8, kit.Across(8, f.up, kit.Width(300, f.path), again, kit.Grow(f.note)),
		kit.Across(8, kit.Spring(), f.fetch, f.put))
	f.content = kit.Pad(kit.Down(6, bar, kit.Grow(f.table)), 8, 14, 6, 16)
	return f
}

// rest stops reading.
func (f *files) rest() {
	f.reader.Rest()
	if f.reading {
		f.key, f.reading = "", false
	}
}

// update reads the folder that is shown, unless that was done.
func (f *files) update() {
	at, st := f.where(), f.session.State()
	c := at.container
	if of := c.ID + " " + at.root; of != f.of {
		f.rest()
		f.of, f.dir, f.key = of, at.start, ""
	}
	key := fmt.Sprint(c.ID, st.Generation, f.dir)
	if st.Phase != session.Connected || key == f.key || !at.ready {
		return
	}
	f.rest()
	f.key, f.reading, f.entries, f.wrong = key, true, nil, nil
	f.path.SetText(f.shown(f.dir))
	f.show()
	dir := f.dir
	f.reader.Read(func(ctx context.Context, t *post.Turn) { f.read(ctx, t, c, dir) })
}

// read lists a folder, first what is known of it at once.
func (f *files) read(ctx context.Context, t *post.Turn, c model.Container, dir string) {
	e, err := f.session.Engine()
	if err != nil {
		return
	}
	err = e.Dir(ctx, c, dir, func(list []engine.Entry) {
		slices.SortFunc(list, byKindAndName)
		t.Latest(func() {
			f.entries = list
			f.show()
		})
	})
	t.Do(func() {
		if model.IsKind(err, model.ProblemNotFound) {
			err = &model.Problem{
				Kind: model.ProblemNotFound, Cause: err,
				What: model.Say("inside.there-is-no", words.Args{"Path": words.Name(f.shown(f.dir))}),
				Fix:  model.Say("inside.go-up-or-write-another"),
			}
		}
		f.reading, f.wrong = false, model.AsProblem(err, model.Say("inside.the-folder-cannot-be-read"))
		f.show()
	})
}

// byKindAndName puts folders first.
func byKindAndName(a, b engine.Entry) int {
	if a.Mode.IsDir() != b.Mode.IsDir() {
		if a.Mode.IsDir() {
			return -1
		}
		return 1
	}
	return cmp.Compare(strings.ToLower(a.Path), strings.ToLower(b.Path))
}

// shown is a folder as it is called in what is shown: in a volume, from its own root on.
func (f *files) shown(dir string) string {
	return path.Clean("/" + strings.TrimPrefix(dir, f.where().root))
}

// typed shows the folder that a person wrote down.
func (f *files) typed(dir string) {
	if path.IsAbs(dir) {
		dir = path.Join(f.where().root, dir)
	}
	f.goTo(dir)
}

// goTo shows another folder, as the container calls it.
func (f *files) goTo(dir string) {
	if !path.IsAbs(dir) {
		dir = path.Join(f.dir, dir)
	}
	dir = path.Clean(dir)
	if root := f.where().root; dir != root && !strings.HasPrefix(dir, strings.TrimSuffix(root, "/")+"/") {
		dir = root
	}
	if dir == f.dir && f.wrong == nil {
		return
	}
	f.came = ""
	if below, up := strings.CutPrefix(f.dir, strings.TrimSuffix(dir, "/")+"/"); up {
		f.came, _, _ = strings.Cut(below, "/")
	}
	f.dir = dir
	f.table.Select("")
	f.update()
	f.told()
}

func (f *files) show() {
	now := present.Now()
	rows := make([]table.Row, len(f.entries))
	for i, e := range f.entries {
		at := path.Join(f.dir, e.Path)
		row := table.Row{ID: e.Path, Name: e.Path, Cells: []table.Cell{
			{Text: words.Name(e.Path), Name: true},
			{Text: words.Name(e.Mode.String()), Style: kit.Mono.In(style.Muted)},
			{Text: present.Ago(e.Modified, now), Style: kit.Second, Hint: words.Exact(e.Modified)},
			{Text: present.Size(e.Size), Style: kit.Second},
		}}
		switch {
		case e.Mode.IsDir():
			row.Cells[0] = table.Cell{Text: words.Name(e.Path + "/"), Name: true, Style: kit.Strong}
			if e.Size == 0 || f.where().container.State == model.StateRunning { // of itself, not of what is in it
				row.Cells[3].Text = words.Text{}
			}
		case e.Mode&fs.ModeSymlink != 0:
			row.Cells[0].Style = kit.Body.In(style.Accent)
			row.Cells[3].Text = words.Say("inside.link")
		case !e.Mode.IsRegular():
			row.Cells[3].Text = words.Text{}
		}
		if m, ok := f.mountAt(at); ok && m.Destination == at {
			row.Cells[0].Hint = mountWords(m)
			row.Cells[0].Badge = words.Say("inside.mounted")
		}
		rows[i] = row
	}
	title, text := words.Say("inside.it-is-empty"), words.Say("inside.drag-files-onto-the-window")
	switch {
	case f.wrong != nil:
		title, text = words.Of(f.wrong.What), words.Details(f.wrong)
	case f.reading:
		title, text = words.Say("inside.reading-the-folder"), words.Text{}
	}
	f.table.SetEmpty(kit.EmptyState("folder", title, text))
	f.table.SetRows(rows)
	if _, ok := f.entry(f.came); ok && f.came != "" && f.table.Selected() == "" {
		f.table.Select(f.came)
		f.came = ""
	}
	f.up.SetEnabled(f.dir != f.where().root, words.Say("inside.there-is-nothing-over-this"))
	f.dress()
}

// mountAt is what is mounted at a path of the container, or over it.
func (f *files) mountAt(at string) (found model.Mount, ok bool) {
	if f.where().root != "/" {
		return found, false // a volume, which is a mount as a whole
	}
	for _, m := range f.where().container.Mounts {
		if at == m.Destination || strings.HasPrefix(at, strings.TrimSuffix(m.Destination, "/")+"/") {
			if !ok || len(m.Destination) > len(found.Destination) {
				found, ok = m, true
			}
		}
	}
	return found, ok
}

func mountWords(m model.Mount) words.Text {
	if m.Type == "volume" {
		return words.Say("inside.the-volume-it-stays-when", words.Args{"Name": words.Name(m.Name)})
	}
	if m.Type == "tmpfs" {
		return words.Say("inside.in-memory-only-it-is")
	}
	return words.Say("inside.the-folder-of-the-engine", words.Args{"Source": words.Name(m.Source)})
}

// dress brings the line and the buttons up to date.
func (f *files) dress() {
	text := words.Text{}
	n, bytes := 0, int64(0)
	for _, e := range f.entries {
		if e.Mode.IsRegular() {
			n, bytes = n+1, bytes+e.Size
		}
	}
	switch m, mounted := f.mountAt(f.dir); {
	case f.wrong != nil:
	case f.reading:
		text = words.Say("inside.reading")
	case mounted:
		text = mountWords(m)
	default:
		text = words.Say("common.files", words.Args{"N": words.Count(n), "Bytes": words.Bytes(bytes)})
	}
	f.note.Set(text)
	chosen := f.table.Chosen()
	f.fetch.SetEnabled(len(chosen) > 0, words.Say("inside.select-a-file-or-a"))
	if len(chosen) > 0 {
		f.fetch.Command(actions.FetchCommand(f.where().container, path.Join(f.dir, chosen[0]), ".").String())
	}
	_, mounted := f.mountAt(f.dir)
	readOnly := false
	if m, _ := f.mountAt(f.dir); mounted {
		readOnly = m.ReadOnly
	}
	f.put.SetEnabled(f.wrong == nil && !readOnly, words.Say("inside.what-is-mounted-here-can"))
}

func (f *files) entry(name string) (engine.Entry, bool) {
	for _, e := range f.entries {
		if e.Path == name {
			return e, true
		}
	}
	return engine.Entry{}, false
}

// open goes into a folder, or looks at a file.
func (f *files) open(name string) {
	e, ok := f.entry(name)
	switch {
	case !ok:
	case e.Mode.IsDir():
		f.goTo(name)
	case e.Mode&fs.ModeSymlink != 0:
		f.follow(e)
	default:
		f.look(e)
	}
}

// follow goes to the folder that a link leads to, or looks at the file.
func (f *files) follow(entry engine.Entry) {
	c, at := f.where().container, path.Join(f.dir, entry.Path)
	f.work.Go(func(ctx context.Context) {
		dir := ""
		if e, err := f.session.Engine(); err == nil {
			dir = e.LinkedFolder(ctx, c.ID, at)
		}
		if ctx.Err() != nil {
			return
		}
		post.Do(func() {
			switch {
			case f.where().container.ID != c.ID:
			case dir != "":
				f.goTo(dir)
			default:
				f.look(entry)
			}
		})
	})
}

// menu is what can be done with what is selected.
func (f *files) menu() []kit.MenuItem {
	chosen := f.table.Chosen()
	var items []kit.MenuItem
	if len(chosen) == 1 {
		items = append(items,
			kit.MenuItem{
				ID: "files.open", Label: words.Say("common.open"), Icon: "open", Note: words.Say("common.enter"),
				Run: func() { f.open(chosen[0]) },
			},
			kit.MenuItem{
				ID: "files.copypath", Label: words.Say("inside.copy-its-path"), Icon: "copy",
				Run: func() { kit.CopyName(f.shown(path.Join(f.dir, chosen[0]))) },
			})
	}
	return append(items,
		kit.MenuItem{ID: "files.download", Label: words.Say("inside.download"), Icon: "save", Run: f.download})
}

// look shows a file: as an image, as text, or says that it is neither.
func (f *files) look(entry engine.Entry) {
	name, c := path.Join(f.dir, entry.Path), f.where().container
	f.work.Go(func(ctx context.Context) {
		e, err := f.session.Engine()
		var data []byte
		whole := false
		if err == nil {
			data, whole, err = e.ReadFile(ctx, c.ID, name, mostLooked)
		}
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			f.commands.Tell(model.AsProblem(err, model.Say("inside.cannot-read", words.Args{"Name": words.Name(name)})))
			return
		}
		var picture image.Image
		if err := model.Guard(model.Say("inside.the-picture-cannot-be-shown", words.Args{"Name": words.Name(name)}),
			func() error { picture = pictureOf(data, whole); return nil }); err != nil {
			f.commands.Tell(model.AsProblem(err, model.Fact{}))
		}
		post.Do(func() { f.showFile(name, entry.Size, data, whole, picture) })
	})
}

// pictureOf reads an image, nil if it is none or too large.
func pictureOf(data []byte, whole bool) image.Image {
	cfg, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || !whole || cfg.Width*cfg.Height > mostPixels {
		return nil
	}
	picture, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil
	}
	return picture
}

func (f *files) showFile(name string, size int64, data []byte, whole bool, picture image.Image) {
	c := f.where().container
	var body fyne.CanvasObject
	about := present.Size(int64(len(data)))
	if !whole {
		about = words.Say("inside.the-first-of", words.Args{"Part": about, "Size": words.Bytes(size)})
	}
	var right []fyne.CanvasObject
	closeBook := func() {}
	switch {
	case picture != nil:
		img := canvas.NewImageFromImage(picture)
		img.FillMode = canvas.ImageFillContain
		b := picture.Bounds()
		about = words.Say("inside.pixels", words.Args{"About": about, "Dx": words.Count(b.Dx()), "Dy": words.Count(b.Dy())})
		body = kit.Height(420, img)
	case utf8.Valid(trimHalf(data)) && bytes.IndexByte(data, 0) < 0:
		book := scrollback.New(3*mostLooked, 0)
		closeBook = book.Close
		for _, l := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
			book.Add(scrollback.Line{Text: l})
		}
		text := logview.New("files.text", book)
		text.Follow(false)
		body = kit.Height(420, text)
		right = append(right, kit.CopyButton("files.text.copy", words.Say("common.copy"), func() string {
			return string(data)
		}))
	default:
		about = present.Size(size)
		body = kit.EmptyState("file", words.Say("inside.it-is-neither-text-nor"),
			words.Say("inside.download-it-to-open-it"))
	}
	var d *kit.Dialog
	save := kit.NewButton("files.save", words.Say("inside.download"), "save", kit.Normal, func() {
		d.Cancel()
		f.fetchInto(c, []string{name})
	})
	closeIt := kit.NewButton("files.close", words.Say("common.close"), "", kit.Primary, func() { d.Cancel() })
	d = kit.NewDialog("file", words.Name(path.Base(name)), about, 860, body,
		kit.Buttons([]fyne.CanvasObject{save}, append(right, closeIt)))
	d.OnCancel = closeBook
	d.OnSubmit = d.Cancel
	d.Open(f.commands.Window.Canvas(), closeIt)
}

// trimHalf takes half a character off the end of what was cut.
func trimHalf(data []byte) []byte {
	for back := 1; back < utf8.UTFMax && back <= len(data); back++ {
		if tail := data[len(data)-back:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				return data[:len(data)-back]
			}
			break
		}
	}
	return data
}

// download asks for a folder and copies what is selected into it.
func (f *files) download() {
	c, list := f.where().container, f.table.Chosen()
	for i, name := range list {
		list[i] = path.Join(f.dir, name)
	}
	f.fetchInto(c, list)
}

// fetchInto asks for a folder, and copies files and folders into it.
func (f *files) fetchInto(c model.Container, list []string) {
	what := words.Say("inside.quoted", words.Args{"Name": words.Name(model.Visible(path.Base(list[0])))})
	if len(list) > 1 {
		what = words.Say("inside.files-and-folders", words.Args{"Count": words.Count(len(list))})
	}
	f.commands.AskSaveFolder(words.Say("common.save-to", words.Args{"What": what}),
		words.Say("inside.download-into-this-folder"), func(dir string) {
			f.commands.Fetch(c, list, dir)
		})
}

// choose asks for files and copies them into the folder that is shown.
func (f *files) choose() {
	f.commands.AskFiles(chooser.Question{
		Title: words.Say("inside.choose-what-to-upload"), Use: words.Say("inside.upload"),
		Folders: true,
	}, f.upload)
}

// upload copies files and folders of this computer into the folder that is shown, after asking about those that are
// there by the same name: the engine is asked, since the list may be older.
func (f *files) upload(local []string) {
	c, dir := f.where().container, f.dir
	f.work.Go(func(ctx context.Context) {
		e, err := f.session.Engine()
		var there []string
		for _, l := range local {
			if err != nil {
				break
			}
			_, missing := e.Stat(ctx, c.ID, path.Join(dir, filepath.Base(l)))
			switch {
			case missing == nil:
				there = append(there, filepath.Base(l))
			case !model.IsKind(missing, model.ProblemNotFound):
				err = missing
			}
		}
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			f.commands.Tell(model.AsProblem(err, model.Say("inside.cannot-copy-into", words.Args{"Dir": words.Name(dir)})))
			return
		}
		post.Do(func() { f.commands.Upload(c, local, dir, there, func() { f.changed(c.ID, dir) }) })
	})
}

// changed reads a folder anew when it is looked at, because something in it is other than it was.
func (f *files) changed(id, dir string) {
	if f.where().container.ID != id || f.dir != dir {
		return
	}
	f.key = ""
	if f.content.Visible() {
		f.update()
	}
}
