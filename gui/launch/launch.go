// Package launch is the first page: a folder, a kind of notebook, one button. Above them are the notebooks that there
// are, whoever started them.
package launch

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"slipway/engine"
	"slipway/engine/job"
	"slipway/engine/launcher"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/platform"
	"slipway/engine/session"
	"slipway/engine/settings"
	"slipway/engine/words"
	"slipway/gui/commands"
	"slipway/gui/kit"
	"slipway/gui/kit/chooser"
	"slipway/gui/page"
	"slipway/gui/post"
	"slipway/gui/runform"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Page is the launch page. Its methods belong to the UI thread.
type Page struct {
	page.Base
	frame    page.Frame
	session  *session.Session
	settings *settings.File
	commands *commands.Set
	work     *post.Work
	recipes  []notebook.Recipe
	editor   platform.Editor // of folders; its zero value where there is none

	content fyne.CanvasObject
	servers *serverList
	folder  *kit.Field
	recent  *kit.Button
	wrong   *kit.Paragraph
	make    *kit.Button
	form    *kit.Button
	tiles   map[string]*kit.Tile
	options *optionRow
	status  *kit.Text
	notes   *kit.Paragraph
	anew    *kit.Button
	start   *kit.Button
	steps   *stepList

	recipe notebook.Recipe
	plan   launcher.LaunchPlan
	// told is what registries said of images, by reference; asking are those that were asked for what is chosen now.
	told   map[string]engine.Download
	asking map[string]bool
	fresh  bool // the page has just come into sight
	looker *post.Reader
	// dropper looks at what was dropped.
	dropper *post.Reader
	filled  bool // the field is being filled in, not typed into
	// looking tells that what is chosen now has not been looked at; pressed that Launch was pressed meanwhile.
	looking, pressed bool
	job              *job.Job
	// anewing tells that the job makes a notebook anew, which leaves something to be said.
	anewing bool
	shown   bool
}

// About is what the window knows of the page before it is made.
func About() page.About {
	return page.About{Name: "launch", Title: words.Say("common.launch"), Icon: "launch"}
}

// New makes the page for these recipes, see [Recipes].
func New(s *session.Session, f *settings.File, c *commands.Set, w *post.Work, frame page.Frame,
	recipes []notebook.Recipe,
) *Page {
	p := &Page{
		Base: page.NewBase(About()), frame: frame,
		session: s, settings: f, commands: c, work: w, recipes: recipes, recipe: recipes[0],
		tiles: map[string]*kit.Tile{}, told: map[string]engine.Download{}, asking: map[string]bool{},
		looker: post.NewReader(w), dropper: post.NewReader(w),
	}
	p.servers = newServerList(p)
	p.folder = kit.NewField("launch.folder", words.Say("launch.the-folder-with-your-files")).TakesCommands()
	p.folder.OnChanged = func(string) { p.typed() }
	p.folder.OnSubmitted = func(string) { p.launch() }
	choose := kit.NewButton("launch.choose", words.Say("common.choose"), "folder", kit.Normal, p.choose)
	p.recent = kit.NewMenuButton("launch.recent", words.Say("launch.recent"), "", kit.Normal, p.recentItems)
	p.wrong = kit.NewParagraph(words.Text{}, kit.Second.In(style.Bad)).ID("launch.wrong")
	p.make = kit.NewButton("launch.make", words.Say("launch.make-this-folder"), "", kit.Link, p.makeFolder)
	p.form = kit.NewButton("launch.form", words.Say("launch.run-it-with-a-port"), "", kit.Link, func() {
		c.Run(p.options.chosen)
	})
	p.form.Hide()
	w.Go(func(context.Context) {
		if e, ok := platform.FindEditor(); ok {
			post.Do(func() { p.editor = e })
		}
	})
	tiles := make([]fyne.CanvasObject, len(recipes))
	for i, r := range recipes {
		t := kit.NewTile("launch.recipe."+r.ID, named(r), about(r), func() { p.take(r) }).
			Hint(words.Name(strings.TrimSpace(r.Reference() + "\n" + r.Notes)))
		p.tiles[r.ID], tiles[i] = t, t
	}
	p.options = newOptionRow(p)
	p.status = kit.NewText(words.Text{}, kit.Second).ID("launch.status")
	p.notes = kit.NewParagraph(words.Text{}, kit.Second.In(style.Warn)).ID("launch.notes")
	p.notes.Hide()
	p.anew = kit.NewButton("launch.anew", words.Say("launch.make-it-anew"), "", kit.Link, func() {
		p.one(p.plan.Server).askReplace(p.plan.Launch, !p.plan.Differs())
	})
	p.anew.Hide()
	p.start = kit.NewButton("launch.go", words.Say("common.launch"), "launch", kit.Primary, p.launch)
	p.steps = newStepList(p)
	body := kit.Down(14,
		kit.Down(2, kit.NewText(words.Say("common.launch"), kit.Title.Whole()),
			kit.NewText(words.Say("launch.choose-a-folder-and-a"),
				kit.Body.In(style.Muted))),
		p.servers.box,
		kit.Down(4, kit.Across(10, kit.Grow(p.folder), choose, p.recent), kit.Across(8, p.wrong, p.make, p.form)),
		kit.Tiles(tiles...))
	// The button and what it does stay in sight, whatever is scrolled.
	foot := kit.Down(10, p.options.box, p.notes, kit.Across(12, kit.Grow(p.status), p.anew, p.start), p.steps.box)
	p.folder.Within = container.NewVScroll(kit.Pad(body, 20, style.PageMargin, 8, style.PageMargin))
	p.content = kit.Down(0, kit.Grow(p.folder.Within), kit.Pad(foot, 10, style.PageMargin, 16, style.PageMargin))
	p.remembered()
	return p
}

// named is what a recipe is called on its card and on the button.
func named(r notebook.Recipe) words.Text {
	if r.Name == "" {
		return words.Say("launch.any-image")
	}
	return words.Name(r.Name)
}

// about is the line on a recipe's card. One of the user's own folder may call itself anything, so the image is named.
func about(r notebook.Recipe) words.Text {
	if r.Own {
		return words.Say("launch.your-own", words.Args{"Image": words.Name(r.Image)})
	}
	if r.ID == notebook.AnyID {
		return words.Say("launch.about-any-image")
	}
	return words.Name(r.About)
}

// remembered chooses what was launched last.
func (p *Page) remembered() {
	v := p.settings.Get()
	if len(v.Projects) > 0 {
		p.setFolder(v.Projects[0].Folder)
		p.recipe = p.recipeOf(v.Projects[0].Recipe)
		p.options.take(v.Projects[0])
	} else if v.Folder != "" {
		p.setFolder(v.Folder)
	}
	if r := p.recipeOf(v.Begin); r.ID == v.Begin && r.ID != p.recipe.ID {
		p.recipe = r
		p.options.forget()
	}
	p.mark()
}

// recipeOf is the recipe of that ID, the first one where there is none.
func (p *Page) recipeOf(id string) notebook.Recipe {
	if i := slices.IndexFunc(p.recipes, func(r notebook.Recipe) bool { return r.ID == id }); i >= 0 {
		return p.recipes[i]
	}
	return p.recipes[0]
}

// Content is the page as a thing to lay out.
func (p *Page) Content() fyne.CanvasObject { return p.content }

// Shown tells the page that it is seen.
func (p *Page) Shown() {
	p.shown, p.fresh = true, true
	p.servers.idle.SetValue(strconv.Itoa(p.commands.Chosen().StopIdle)) // it can be chosen elsewhere, too
	clear(p.asking)
	p.Refresh()
}

// Hidden tells the page that it is not seen any more.
func (p *Page) Hidden() {
	p.shown = false
	p.servers.usage.Follow(nil)
	p.looker.Rest()
}

// FocusFilter puts the cursor into the folder's field, which is the nearest to a filter here.
func (p *Page) FocusFilter(c fyne.Canvas) { c.Focus(p.folder) }

// ShowsFailure implements [page.Page].
func (p *Page) ShowsFailure(jobID string) bool { return p.shown && p.job != nil && p.job.ID() == jobID }

// ShowsEnd implements [page.Page].
func (p *Page) ShowsEnd(jobID string) bool { return p.ShowsFailure(jobID) && !p.anewing }

// Drop chooses the first folder that was dropped on the window, or that of the file that was.
func (p *Page) Drop(paths []string) bool {
	path := paths[0]
	p.dropper.Read(func(ctx context.Context, t *post.Turn) {
		info, err := platform.Answer(ctx, func() (fs.FileInfo, error) { return os.Stat(path) })
		if err == nil && !info.IsDir() {
			path = filepath.Dir(path)
		}
		t.Do(func() { p.SetFolder(path) })
	})
	return true
}

// SetFolder chooses a folder, and the kind of notebook that it had last.
func (p *Page) SetFolder(path string) {
	p.setFolder(path)
	project := p.settings.Get().Project(path)
	if project.Folder != "" {
		p.recipe = p.recipeOf(project.Recipe)
	}
	p.options.take(project)
	p.mark()
	p.Refresh()
}

func (p *Page) setFolder(path string) {
	p.filled = true
	p.folder.SetText(path)
	p.filled = false
}

// typingPause is how long a person has to stop typing before what is written is looked at.
const typingPause = 250 * time.Millisecond

// typed waits until a person stops typing.
func (p *Page) typed() {
	if p.filled {
		return
	}
	p.dropper.Rest()
	p.options.forFolder(p.settings.Get().Project(strings.TrimSpace(p.folder.Text)))
	p.look(typingPause)
}

// Refresh brings the page up to date with the engine and this computer.
func (p *Page) Refresh() {
	p.look(0)
	p.jobsChanged()
}

// view is what the page shows, as it is found out off the UI thread.
type view struct {
	servers []notebook.Server
	plan    launcher.LaunchPlan
	err     error
	here    map[string]bool // recipes whose image is on the engine
	gone    map[string]bool // servers whose folder is not there any more, by the container's ID
	newer   bool            // the engine has a newer image than the folder's server was made from
}

// look finds out what there is and what launching would do, after a pause; a newer look replaces an older one.
func (p *Page) look(pause time.Duration) {
	p.looking = true
	wish, making := p.wish(), ""
	if p.running() {
		making = p.job.ID()
	}
	p.looker.Read(func(ctx context.Context, t *post.Turn) {
		if post.Pause(ctx, pause) {
			v := p.find(ctx, wish, making)
			t.Do(func() { p.show(wish.Folder, v) })
		}
	})
}

// wish is what is chosen on the page.
func (p *Page) wish() launcher.Launch {
	l := launcher.Launch{Recipe: p.recipe, Folder: strings.TrimSpace(p.folder.Text)}
	l.Port = p.settings.Get().Project(l.Folder).Port // 0 when it had none
	p.options.give(&l)
	return l
}

// find looks; what the job with the ID making has made and does not run is nobody's yet.
func (p *Page) find(ctx context.Context, l launcher.Launch, making string) view {
	snap := p.session.Live.Snapshot()
	servers := slices.DeleteFunc(launcher.Servers(p.session, snap, p.recipes), func(s notebook.Server) bool {
		return making != "" && s.Container.Mark(model.LabelJob) == making && !s.Container.Running()
	})
	v := view{servers: sorted(servers), here: map[string]bool{}, gone: map[string]bool{}}
	for _, r := range p.recipes {
		_, v.here[r.ID] = snap.FindImage(familiar(r.Reference()))
	}
	for _, s := range v.servers {
		v.gone[s.Container.ID] = p.one(s).folderGone()
	}
	if l.Folder == "" || l.Recipe.ID == notebook.AnyID && l.Image == "" {
		return v
	}
	if v.plan, v.err = p.commands.Launcher().PlanLaunch(ctx, l); v.plan.Exists() {
		image, here := snap.FindImage(v.plan.Image)
		v.newer = here && image.ID != v.plan.Server.Container.ImageID
	}
	return v
}

// familiar is a reference as the engine's list has it, without what Docker Hub does not need.
func familiar(ref string) string {
	if short, err := runform.ParseImage(ref); err == nil {
		return short
	}
	return ref
}

func (p *Page) show(folder string, v view) {
	pressed := p.pressed
	p.looking, p.pressed = false, false
	p.servers.show(v.servers, v.gone)
	if p.fresh {
		p.fresh = false
		p.Woken()
	}
	p.options.show()
	if p.running() { // what it does now stands below; what it would do next is asked when it has ended
		p.content.Refresh()
		return
	}
	v.newer = v.newer || v.plan.Exists() && p.outdated(v.plan.Image)
	p.plan = v.plan
	p.showBadges(v)
	p.showWrong(v.err)
	p.showNotes(v)
	p.askRegistry(v)
	y := saying{p, folder, v}
	p.start.SetText(y.verb())
	why := y.why()
	p.start.SetEnabled(why.None(), why)
	p.status.Set(y.status())
	if p.shown {
		line := ""
		if v.plan.Folder != "" && v.err == nil {
			line = v.plan.Command().String()
		}
		p.frame.Would(line)
	}
	p.content.Refresh()
	if pressed {
		p.launch()
	}
}

// showBadges says on each kind whether its image is here, or how large its download is where a registry has told.
func (p *Page) showBadges(v view) {
	sizes := p.settings.Get().Sizes
	for _, r := range p.recipes {
		here := v.here[r.ID]
		if r.ID == p.recipe.ID && v.plan.Image != "" { // another version of it may be chosen
			_, here = p.session.Live.Snapshot().FindImage(v.plan.Image)
		}
		size := sizes[familiar(r.Reference())]
		switch {
		case r.ID == notebook.AnyID:
		case here:
			p.tiles[r.ID].SetBadge(words.Say("launch.downloaded"), style.OK)
		case size > 0:
			p.tiles[r.ID].SetBadge(words.Say("common.to-download", words.Args{"Size": words.Bytes(size)}), style.Muted)
		default:
			p.tiles[r.ID].SetBadge(words.Say("launch.to-download"), style.Muted)
		}
	}
}

// showNotes says what a person should know before, and offers to make a notebook anew where that would change it.
func (p *Page) showNotes(v view) {
	p.notes.Set(words.Of(model.Fact{}.And(v.plan.Notes...)))
	if len(v.plan.Notes) > 0 {
		p.notes.Show()
	} else {
		p.notes.Hide()
	}
	if v.plan.Exists() && (v.newer || v.plan.Differs()) && !p.commands.Away() {
		p.anew.Show()
	} else {
		p.anew.Hide()
	}
}

// askRegistry asks the registry once about the chosen image: how large it is when it is not here, and whether the
// folder's notebook could be made from a newer one. A name that is being typed is not sent anywhere.
func (p *Page) askRegistry(v view) {
	ref := v.plan.Image
	if ref == "" || p.recipe.ID == notebook.AnyID || !p.shown || v.err != nil || p.commands.Away() || p.asking[ref] {
		return
	}
	_, told := p.told[ref]
	_, here := p.session.Live.Snapshot().FindImage(ref)
	if told || here && !v.plan.Exists() {
		return // nothing to be told
	}
	p.asking[ref] = true
	p.work.Go(func(ctx context.Context) {
		d, err := p.commands.ImageActions().Download(ctx, ref)
		post.Do(func() {
			if err != nil {
				return // unknown is allowed; the pull itself will say what is wrong, and another choice asks again
			}
			p.told[ref] = d
			p.commands.Remember(func(v *settings.Values) { v.Sizes[ref] = d.Bytes })
			p.Refresh()
		})
	})
}

// outdated tells whether the registry said that it has a newer image of this name than the engine has now.
func (p *Page) outdated(ref string) bool {
	d, told := p.told[ref]
	image, here := p.session.Live.Snapshot().FindImage(ref)
	fresh, known := d.Fresh(image)
	return told && here && known && !fresh
}

func (p *Page) showWrong(err error) {
	problem := model.AsProblem(err, model.Say("launch.this-folder-cannot-be-used"))
	p.make.Hide()
	p.form.Hide()
	if problem == nil {
		p.wrong.Set(words.Text{})
		p.wrong.Hide()
		return
	}
	p.wrong.Set(words.Of((&model.Problem{What: problem.What}).Sentence()))
	p.wrong.Show()
	if problem.Kind == model.ProblemUnsupported && p.recipe.ID == notebook.AnyID {
		p.form.Show()
	}
	if problem.Kind == model.ProblemNotFound && filepath.IsAbs(platform.ExpandHome(p.folder.Text)) {
		p.make.Show()
	}
}

// take chooses a kind of notebook.
func (p *Page) take(r notebook.Recipe) {
	p.recipe = r
	clear(p.asking)
	p.options.forget()
	p.mark()
	p.Refresh()
	if c := p.commands.Window.Canvas(); r.ID == notebook.AnyID && c != nil {
		p.options.show()
		p.content.Refresh() // which has less room for the tiles now
		kit.ScrollTo(p.folder.Within, p.tiles[r.ID])
		c.Focus(p.options.image)
	}
}

func (p *Page) mark() {
	for id, t := range p.tiles {
		t.SetOn(id == p.recipe.ID)
	}
}

func (p *Page) choose() {
	chooser.Folder(p.commands.Window, p.work,
		chooser.Question{
			Title: words.Say("launch.choose-the-folder-of-your"), Use: words.Say("common.use-this-folder"),
			Start: p.folder.Text,
		}, p.SetFolder)
}

func (p *Page) recentItems() []kit.MenuItem {
	projects := p.settings.Get().Projects
	if len(projects) == 0 {
		return []kit.MenuItem{{ID: "launch.recent.none", Label: words.Say("launch.nothing-was-launched-yet"), Off: true}}
	}
	items := make([]kit.MenuItem, len(projects))
	for i, project := range projects {
		items[i] = kit.MenuItem{
			ID: fmt.Sprint("launch.recent.", i), Label: words.Name(platform.ShortenHome(project.Folder)),
			Icon: "folder", Note: words.Name(p.recipeOf(project.Recipe).Name), Run: func() { p.SetFolder(project.Folder) },
		}
	}
	return items
}

func (p *Page) makeFolder() {
	path := platform.ExpandHome(strings.TrimSpace(p.folder.Text))
	p.work.Go(func(context.Context) {
		problem := model.AsProblem(platform.CreateFolder(path), model.Fact{})
		post.Do(func() {
			if problem != nil {
				p.commands.ShowProblem(problem, nil)
			}
			p.Refresh()
		})
	})
}

func (p *Page) running() bool { return p.job != nil && p.job.View().State == job.Running }

// launch does what the button says.
func (p *Page) launch() {
	if p.looking { // else another folder would be launched than the one that is written there
		p.pressed = true
		return
	}
	if !p.start.Enabled() {
		return
	}
	l := p.wish()
	l.Folder, l.Port = p.plan.Folder, p.plan.OnPort()
	p.begin(l)
}

// begin launches a folder and remembers it.
func (p *Page) begin(l launcher.Launch) {
	p.job, p.anewing = p.commands.Launcher().Launch(l), false
	p.remember(l)
	p.start.SetEnabled(false, words.Say("launch.it-is-being-launched"))
	p.jobsChanged()
}

// remember keeps how a folder was launched.
func (p *Page) remember(l launcher.Launch) {
	project := settings.Project{
		Folder: l.Folder, Recipe: l.Recipe.ID, Port: l.Port, Memory: l.Memory,
		NoGPU: !l.GPU && p.session.State().Info.GPU,
	}
	if familiar(l.Image) != familiar(l.Recipe.Reference()) {
		project.Image = l.Image
	}
	p.commands.Remember(func(v *settings.Values) {
		v.Folder = l.Folder
		v.Remember(project)
	})
}

// Jobs implements [page.Page].
func (p *Page) Jobs([]job.View) { p.jobsChanged() }

// jobsChanged shows how far the launch is.
func (p *Page) jobsChanged() {
	if p.job == nil {
		return
	}
	v := p.job.View()
	p.steps.show(v)
	if v.State != job.Running && !p.start.Enabled() && p.shown {
		p.look(0)
	}
}
