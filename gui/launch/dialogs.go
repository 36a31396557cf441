package launch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"slipway/engine/job"
	"slipway/engine/launcher"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/platform"
	"slipway/engine/settings"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/kit/chooser"
	"slipway/gui/kit/table"
	"slipway/gui/post"
	"slipway/gui/present"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// one is a notebook of the page, and what a person does about it.
type one struct {
	p *Page
	s notebook.Server
}

func (p *Page) one(s notebook.Server) one { return one{p, s} }

// items are what a notebook's menu offers before the commands for its container.
func (o one) items() []kit.MenuItem {
	items := []kit.MenuItem{
		{ID: "menu.packages", Label: words.Say("launch.keep-my-packages"), Icon: "save", Run: func() { o.packages() }},
		{
			ID: "menu.trouble", Label: words.Say("launch.my-kernel-died-or-the"), Icon: "warning",
			Run: func() { o.trouble() },
		},
	}
	if editor := o.p.editor; editor.Name != "" && o.s.Folder != "" && o.p.session.State().Locality.SharesFolders() {
		items = append(items, kit.MenuItem{
			ID: "menu.editor", Label: words.Say("launch.open-the-folder-in", words.Args{"Name": words.Name(editor.Name)}),
			Icon: "folder",
			Run:  func() { o.p.commands.OpenIn(editor, o.s.Folder) },
		})
	}
	if o.s.Recipe.ID != "" && o.s.Folder != "" {
		l, update := o.likeNext()
		label := words.Say("launch.recreate-with-the-newest-image")
		if !update {
			label = words.Say("launch.make-it-anew-from", words.Args{"Image": words.Name(present.LastPart(l.Image))})
		}
		items = append(items,
			kit.MenuItem{ID: "menu.anew", Label: label, Icon: "refresh", Run: func() { o.askReplace(l, update) }})
	}
	if before, ok := o.p.session.Live.Snapshot().Container(o.s.Container.Replaces()); ok {
		items = append(items, kit.MenuItem{
			ID: "menu.before", Label: words.Say("launch.remove-the-one-before", words.Args{"Name": words.Name(before.Name)}),
			Icon: "remove", Run: func() { o.p.commands.RemovalActions().Remove(before) },
		})
	}
	if o.p.commands.Away() {
		for i := range items {
			items[i].Off, items[i].Why = true, words.Say("launch.the-engine-does-not-answer")
		}
	}
	return append(items, kit.MenuItem{})
}

// likeNext is the wish for the notebook that shall follow one: from the image that was chosen for the folder,
// downloaded anew where it came from a registry.
func (o one) likeNext() (l launcher.Launch, update bool) {
	l = o.likeBefore()
	if chosen := o.p.settings.Get().Project(o.s.Folder).Image; chosen != "" {
		l.Image = chosen
	}
	image, here := o.p.session.Live.Snapshot().FindImage(familiar(l.Image))
	return l, !here || len(image.Digests) > 0
}

// askReplace asks before a notebook is made anew.
func (o one) askReplace(l launcher.Launch, update bool) {
	name := o.s.Container.Name
	text := words.Say("launch.a-new-container-is-made", words.Args{"Image": words.Name(present.ShortImage(l.Image))})
	if !update {
		text = words.Say("launch.a-new-container-is-made-from",
			words.Args{"Image": words.Name(present.ShortImage(l.Image))})
	}
	text = text.And(words.Say("launch.your-files-in-the-folder"))
	o.confirmReplace(words.Say("launch.make-anew", words.Args{"Name": words.Name(name)}), text,
		words.Say("launch.make-it-anew"),
		launcher.Replacement{Server: o.s, Launch: l, Update: update})
}

// askPort asks before a stopped notebook whose port somebody else has is made anew on another one.
func (o one) askPort(l launcher.Launch) {
	text := words.Say("launch.a-container-keeps-the-port",
		words.Args{"Image": words.Name(present.ShortImage(l.Image))})
	o.s.Port.HostPort = 0
	o.confirmReplace(words.Say("launch.use-another-port-for", words.Args{"Name": words.Name(o.s.Container.Name)}), text,
		words.Say("launch.use-another-port"),
		launcher.Replacement{Server: o.s, Launch: l})
}

// moved asks where a notebook's folder is now.
func (o one) moved() {
	q := chooser.Question{
		Title: words.Say("launch.where-is-now", words.Args{"Folder": words.Name(filepath.Base(o.s.Folder))}),
		Use:   words.Say("common.use-this-folder"),
		Start: filepath.Dir(o.s.Folder),
	}
	chooser.Folder(o.p.commands.Window, o.p.work, q, func(folder string) {
		l := o.likeBefore()
		l.Folder = folder
		which := words.Say("launch.the-same-image")
		if now, here := o.p.session.Live.Snapshot().FindImage(familiar(l.Image)); here && now.ID != o.s.Container.ImageID {
			which = words.Say("launch.the-newer-image-that-has")
		}
		text := words.Say("launch.a-container-knows-its-folder",
			words.Args{"Folder": words.Name(platform.ShortenHome(folder)), "Which": which})
		o.confirmReplace(words.Say("launch.use-in", words.Args{
			"Name":   words.Name(o.s.Container.Name),
			"Folder": words.Name(filepath.Base(folder)),
		}), text, words.Say("launch.use-it-there"),
			launcher.Replacement{Server: o.s, Launch: l, Moved: true})
	})
}

func (o one) confirmReplace(title, text, verb words.Text, w launcher.Replacement) {
	kit.Confirm{
		ID: "anew", Width: 600, Title: title, Text: text, Verb: verb, Icon: "refresh", Kind: kit.Primary,
		Do: func() {
			o.p.commands.Launcher().Replace(w, func(j *job.Job) {
				post.Do(func() { o.p.followAnew(j, w) })
			})
		},
	}.Ask(o.p.commands.Window.Canvas())
}

// followAnew shows a notebook being made anew, and remembers how once it is.
func (p *Page) followAnew(j *job.Job, w launcher.Replacement) {
	p.job, p.anewing = j, true
	p.start.SetEnabled(false, words.Say("launch.it-is-being-made-anew"))
	p.jobsChanged()
	p.Refresh()
	p.work.Go(func(ctx context.Context) {
		if j.Wait(ctx) != nil {
			return
		}
		post.Do(func() {
			l := w.Launch
			l.Port = cmp.Or(w.Server.Port.HostPort, l.Port)
			p.remember(l)
			if w.Moved {
				p.setFolder(l.Folder)
			}
			p.Refresh()
		})
	})
}

// trouble examines a notebook whose kernel dies or whose page hangs.
func (o one) trouble() {
	list := kit.Down(8, kit.NewText(words.Say("launch.looking-at-its-memory-its"), kit.Second))
	var d *kit.Dialog
	closeIt := kit.NewButton("trouble.close", words.Say("common.close"), "", kit.Primary, func() { d.Cancel() })
	d = kit.NewDialog("trouble", words.Say("launch.what-is-wrong-with", words.Args{"Name": words.Name(title(o.s))}),
		words.Text{}, 640, list,
		kit.Buttons(nil, []fyne.CanvasObject{closeIt}))
	d.OnSubmit = d.Cancel
	stop := o.p.work.Go(func(ctx context.Context) {
		found, err := o.p.commands.Launcher().Examine(ctx, o.s)
		post.Do(func() {
			if !d.IsOpen() {
				return
			}
			list.RemoveAll()
			if problem := model.AsProblem(err, model.Say("launch.the-notebook-could-not-be")); problem != nil {
				found = []launcher.Finding{{
					Bad: true, What: problem.Sentence(), Fix: problem.Fix,
				}}
			}
			for i, f := range found {
				list.Add(o.findingRow(i, f, d))
			}
			d.Relayout()
		})
	})
	d.OnCancel = stop
	d.Open(o.p.commands.Window.Canvas(), closeIt)
}

func (o one) findingRow(i int, f launcher.Finding, d *kit.Dialog) fyne.CanvasObject {
	icon, ink := "check", style.OK
	text := kit.Down(2, kit.NewParagraph(words.Of(f.What), kit.Body).ID(fmt.Sprint("trouble.", i, ".what")))
	if f.Bad {
		icon, ink = "warning", style.Bad
	}
	if !f.Fix.None() {
		text.Add(kit.NewParagraph(words.Of(f.Fix), kit.Second))
	}
	if f.RaiseTo > 0 {
		raise := kit.NewButton(fmt.Sprint("trouble.", i, ".raise"),
			words.Say("common.raise-the-limit-to", words.Args{"Memory": words.MemoryBytes(f.RaiseTo)}), "",
			kit.Normal, func() {
				d.Close()
				o.raise(f.RaiseTo)
			}).Small().Command(launcher.LimitCommand(o.s.Container, f.RaiseTo).String())
		raise.SetEnabled(f.RaiseOff.None(), words.Of(f.RaiseOff))
		text.Add(kit.Across(0, raise, kit.Spring()))
	}
	return kit.Across(10, kit.NewIcon(icon, ink), kit.Grow(text))
}

// raise sets a notebook's memory limit, and remembers it for its folder.
func (o one) raise(to int64) {
	o.p.commands.Launcher().Limit(o.s.Container, to)
	if o.s.Folder == "" || o.s.Recipe.ID == "" {
		return
	}
	o.p.commands.Remember(func(v *settings.Values) {
		if project := v.Project(o.s.Folder); project.Folder != "" {
			project.Memory = to
			v.Remember(project)
		}
	})
	if o.p.plan.Folder == o.s.Folder {
		o.p.options.limit = to
		o.p.Refresh()
	}
}

// packages lists what was installed in a notebook since its image, and offers to keep it.
func (o one) packages() {
	v := &packagesView{
		p: o.p, server: o.s,
		body: kit.Down(8, kit.NewText(words.Say("launch.looking-what-was-installed-since"), kit.Second)),
	}
	closeIt := kit.NewButton("packages.close", words.Say("common.close"), "", kit.Normal, func() { v.dialog.Cancel() })
	v.keep = kit.NewButton("packages.image", words.Say("launch.keep-as-an-image"), "image", kit.Normal, v.askImage).
		Hint(words.Say("launch.all-that-was-installed-becomes"))
	v.keep.SetEnabled(false, words.Say("launch.still-looking"))
	v.dialog = kit.NewDialog("packages",
		words.Say("launch.keep-the-packages-of", words.Args{"Name": words.Name(title(o.s))}),
		words.Say("launch.what-is-installed-in-a"), 640, v.body,
		kit.Buttons([]fyne.CanvasObject{v.keep}, []fyne.CanvasObject{closeIt}))
	v.dialog.OnSubmit = v.dialog.Cancel
	stop := o.p.work.Go(func(ctx context.Context) {
		packages, err := o.p.commands.Launcher().Packages(ctx, o.s.Container)
		post.Do(func() {
			if v.dialog.IsOpen() {
				v.fill(packages, model.AsProblem(err, model.Say("launch.what-was-installed-could-not")))
			}
		})
	})
	v.dialog.OnCancel = stop
	v.dialog.Open(o.p.commands.Window.Canvas(), closeIt)
}

type packagesView struct {
	p      *Page
	server notebook.Server
	dialog *kit.Dialog
	body   *fyne.Container
	keep   *kit.Button
}

// mostPackages is how many rows are seen at once.
const mostPackages = 6

func (v *packagesView) fill(packages notebook.Packages, problem *model.Problem) {
	v.body.RemoveAll()
	v.keep.SetEnabled(problem == nil, words.Say("launch.they-could-not-be-read"))
	switch {
	case problem != nil:
		v.body.Add(kit.NewParagraph(words.Of(problem.Sentence().And(problem.Fix)), kit.Body.In(style.Bad)))
	case packages.Count() == 0:
		v.body.Add(kit.NewParagraph(words.Say("launch.nothing-was-installed-with-pip"), kit.Body).ID("packages.none"))
	default:
		v.body.Add(v.table(packages))
		for _, f := range packages.Files() {
			v.body.Add(v.fileRow(f))
		}
	}
	v.dialog.Relayout()
}

func (v *packagesView) table(packages notebook.Packages) fyne.CanvasObject {
	view := table.New("packages.list", []table.Column{
		{Key: "name", Title: words.Say("launch.package"), Min: 220, Weight: 1},
		{Key: "version", Title: words.Say("launch.version"), Min: 110},
		{Key: "by", Title: words.Say("launch.installed-by"), Min: 110},
	})
	var rows []table.Row
	for _, group := range []struct {
		by   string
		list []notebook.Package
	}{{"pip", packages.Pip}, {"conda", packages.Conda}, {"R", packages.R}} {
		for _, pkg := range group.list {
			rows = append(rows, table.Row{
				ID: group.by + " " + pkg.Name, Name: pkg.Name,
				Cells: []table.Cell{
					{Text: words.Name(pkg.Name), Style: kit.Strong},
					{Text: words.Name(pkg.Version)},
					{Text: words.Name(group.by), Style: kit.Second},
				},
			})
		}
	}
	view.SetRows(rows)
	return kit.Height(view.Height()-float32(len(rows)-min(len(rows), mostPackages))*style.RowHeight, view)
}

// fileRow offers to write one file into the folder. One that is there is replaced only by another button.
func (v *packagesView) fileRow(f notebook.PackageFile) fyne.CanvasObject {
	folder, id := v.server.Folder, "packages."+f.Name
	said := kit.NewParagraph(words.Say("launch.installs-them-again", words.Args{"Command": words.Name(f.Use)}),
		kit.Second).
		ID(id + ".said")
	write := kit.NewButton(id, words.Say("launch.write", words.Args{"Name": words.Name(f.Name)}), "save", kit.Primary, nil)
	replace := kit.NewButton(id+".replace", words.Say("common.replace-it"), "", kit.Danger, nil)
	replace.Hide()
	if folder == "" {
		write.SetEnabled(false, words.Say("launch.it-has-no-folder-of"))
	}
	save := func(over bool) {
		write.SetEnabled(false, words.Say("launch.it-is-being-written"))
		v.p.work.Go(func(context.Context) {
			path, err := launcher.WritePackages(folder, f, over)
			post.Do(func() {
				replace.Hide()
				switch problem := model.AsProblem(err, model.Say("launch.the-file-could-not-be")); {
				case model.IsKind(err, model.ProblemConflict):
					said.Set(words.Say("launch.is-there-already-and-may", words.Args{"Name": words.Name(f.Name)}))
					write.SetEnabled(false, words.Say("launch.is-there-already", words.Args{"Name": words.Name(f.Name)}))
					replace.Show()
				case problem != nil:
					said.Set(words.Of((&model.Problem{What: problem.What}).Sentence().And(problem.Fix)))
					write.SetEnabled(true, words.Text{})
				default:
					said.Set(words.Say("launch.written", words.Args{"Path": words.Name(platform.ShortenHome(path))}))
					write.SetEnabled(false, words.Say("launch.it-is-written"))
				}
				v.dialog.Relayout()
			})
		})
	}
	write.OnTap = func() { save(false) }
	replace.OnTap = func() { save(true) }
	return kit.Across(12, replace, kit.Grow(said), write)
}

// askImage asks how the image shall be called that keeps everything.
func (v *packagesView) askImage() {
	v.dialog.Close()
	v.p.commands.KeepAsImage(v.server.Container, title(v.server),
		words.Say("launch.what-is-in-the-folder"),
		func(j *job.Job, ref string) {
			v.p.one(v.server).useWhenKept(j, ref)
		})
}

// useWhenKept makes the image that keeps a notebook's packages the one of its folder, once it is there.
func (o one) useWhenKept(j *job.Job, ref string) {
	if o.s.Folder == "" || o.s.Recipe.ID == "" {
		return
	}
	o.p.work.Go(func(ctx context.Context) {
		if j.Wait(ctx) != nil {
			return
		}
		post.Do(func() {
			l := launcher.Launch{
				Recipe: o.p.recipeOf(o.s.Recipe.ID), Image: ref, Folder: o.s.Folder, Port: o.s.Port.HostPort,
				Memory: o.s.Container.Memory, GPU: !o.p.settings.Get().Project(o.s.Folder).NoGPU,
			}
			o.p.remember(l)
			if strings.TrimSpace(o.p.folder.Text) == o.s.Folder && o.p.recipe.ID == o.s.Recipe.ID {
				o.p.options.take(o.p.settings.Get().Project(o.s.Folder))
				o.p.options.chosen, o.p.options.limit = ref, l.Memory // which need not be saved yet
				o.p.options.fill()
				o.p.Refresh()
			}
		})
	})
}

// again launches the folder of a notebook that is stopped.
func (o one) again() {
	l := o.likeBefore()
	l.Port = cmp.Or(o.s.Port.HostPort, l.Port)
	o.p.begin(l)
}

// likeBefore is the wish for a notebook like the one that there is, with what was chosen for its folder.
func (o one) likeBefore() launcher.Launch {
	project := o.p.settings.Get().Project(o.s.Folder)
	l := launcher.Launch{
		Recipe: o.p.recipeOf(o.s.Recipe.ID), Image: o.s.Container.Reference, Folder: o.s.Folder,
		Port: project.Port, GPU: !project.NoGPU, Memory: o.s.Container.Memory,
	}
	if l.Memory == 0 {
		l.Memory = project.Memory
	}
	return l
}

// folderGone tells whether a notebook's folder is not in its place any more. The engine's name for it is this
// computer's only where the engine is; the label has the one that was chosen.
func (o one) folderGone() bool {
	folder, where := o.s.Container.Mark(model.LabelFolder), o.p.session.State().Locality
	if folder == "" && where == model.ThisComputer {
		folder = o.s.Folder
	}
	if folder == "" || !where.SharesFolders() {
		return false
	}
	_, err := os.Stat(folder)
	return errors.Is(err, fs.ErrNotExist)
}
