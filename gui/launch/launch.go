// Package launch is the first page: a folder, a kind of notebook, one button. Above them are the notebooks that there
// are, whoever started them.
package launch

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"slipway/engine/actions"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/platform"
	"slipway/engine/session"
	"slipway/engine/settings"
	"slipway/gui/commands"
	"slipway/gui/kit"
	"slipway/gui/post"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Page is the launch page. Its methods belong to the UI thread.
type Page struct {
	session  *session.Session
	settings *settings.File
	commands *commands.Set
	work     *post.Work
	recipes  []notebook.Recipe

	content fyne.CanvasObject
	servers *serverList
	folder  *kit.Field
	recent  *kit.Button
	wrong   *kit.Text
	make    *kit.Button
	tiles   map[string]*kit.Tile
	status  *kit.Text
	start   *kit.Button
	steps   *stepList

	recipe notebook.Recipe
	plan   actions.LaunchPlan
	turn   int
	stop   func()
	filled bool // the field is being filled in, not typed into
	job    *job.Job
	shown  bool

	// OnCommand is told the command that launching equals.
	OnCommand func(line string)
}

// New makes the page for these recipes, of which there is at least one.
func New(s *session.Session, f *settings.File, c *commands.Set, w *post.Work, recipes []notebook.Recipe) *Page {
	p := &Page{session: s, settings: f, commands: c, work: w, recipes: recipes, recipe: recipes[0], tiles: map[string]*kit.Tile{}, stop: func() {}}
	p.servers = newServerList(p)
	p.folder = kit.NewField("launch.folder", "the folder with your files; drop one on the window, or choose it")
	p.folder.OnChanged = func(string) { p.typed() }
	p.folder.OnSubmitted = func(string) { p.launch() }
	choose := kit.NewButton("launch.choose", "Choose…", "folder", kit.Normal, p.choose)
	p.recent = kit.NewButton("launch.recent", "Recent  ▾", "", kit.Normal, nil)
	p.recent.OnTap = func() { kit.ShowMenuBelow(p.recent, p.recentItems()) }
	p.wrong = kit.NewText("", kit.Second.In(style.Bad).Whole()).ID("launch.wrong")
	p.make = kit.NewButton("launch.make", "Make this folder", "", kit.Link, p.makeFolder)
	tiles := make([]fyne.CanvasObject, len(recipes))
	for i, r := range recipes {
		t := kit.NewTile("launch.recipe."+r.ID, r.Name, r.About, func() { p.take(r) }).Hint(strings.TrimSpace(r.Reference() + "\n" + r.Notes))
		p.tiles[r.ID], tiles[i] = t, t
	}
	p.status = kit.NewText("", kit.Second).ID("launch.status")
	p.start = kit.NewButton("launch.go", "Launch", "launch", kit.Primary, p.launch)
	p.steps = newStepList(p)
	body := kit.Down(14,
		kit.Down(2, kit.NewText("Launch", kit.Title.Whole()), kit.NewText("Choose a folder and a kind of notebook. It opens in your browser, and your files stay in the folder.", kit.Body.In(style.Muted))),
		p.servers.box,
		kit.Down(4, kit.Across(10, kit.Grow(p.folder), choose, p.recent), kit.Across(8, p.wrong, p.make)),
		kit.Tiles(tiles...))
	// The button and what it does stay in sight, whatever is scrolled.
	foot := kit.Down(10, kit.Across(12, kit.Grow(p.status), p.start), p.steps.box)
	p.folder.Within = container.NewVScroll(kit.Pad(body, 20, style.PageMargin, 8, style.PageMargin))
	p.content = kit.Down(0, kit.Grow(p.folder.Within), kit.Pad(foot, 10, style.PageMargin, 16, style.PageMargin))
	p.remembered()
	return p
}

// remembered chooses what was launched last.
func (p *Page) remembered() {
	v := p.settings.Get()
	if len(v.Projects) > 0 {
		p.setFolder(v.Projects[0].Folder)
		p.recipe = p.recipeOf(v.Projects[0].Recipe)
	} else if v.Folder != "" {
		p.setFolder(v.Folder)
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
	p.shown = true
	p.Refresh()
}

// Hidden tells the page that it is not seen any more.
func (p *Page) Hidden() {
	p.shown = false
	p.stop()
	p.turn++
}

// FocusFilter puts the cursor into the folder's field, which is the nearest to a filter here.
func (p *Page) FocusFilter(c fyne.Canvas) { c.Focus(p.folder) }

// Shows tells whether the page itself shows how the job with this ID failed.
func (p *Page) Shows(jobID string) bool { return p.shown && p.job != nil && p.job.ID() == jobID }

// SetFolder chooses a folder, as when one is dropped on the window, and the kind of notebook that it had last.
func (p *Page) SetFolder(path string) {
	p.setFolder(path)
	for _, project := range p.settings.Get().Projects {
		if project.Folder == path {
			p.recipe = p.recipeOf(project.Recipe)
		}
	}
	p.mark()
	p.Refresh()
}

func (p *Page) setFolder(path string) {
	p.filled = true
	p.folder.SetText(path)
	p.filled = false
}

// typed waits until a person stops typing.
func (p *Page) typed() {
	if !p.filled {
		p.look(250 * time.Millisecond)
	}
}

// Refresh brings the page up to date with the engine and this computer.
func (p *Page) Refresh() {
	p.look(0)
	p.JobsChanged()
}

// view is what the page shows, as it is found out off the UI thread.
type view struct {
	servers []notebook.Server
	plan    actions.LaunchPlan
	err     error
	here    map[string]bool // recipes whose image is on the engine
}

// look finds out what there is and what launching would do, after a pause; a newer look replaces an older one.
func (p *Page) look(pause time.Duration) {
	p.stop()
	p.turn++
	turn, folder, recipe := p.turn, strings.TrimSpace(p.folder.Text), p.recipe
	p.stop = p.work.Go(func(ctx context.Context) {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		v := p.find(ctx, folder, recipe)
		post.Do(func() {
			if turn == p.turn {
				p.show(folder, v)
			}
		})
	})
}

func (p *Page) find(ctx context.Context, folder string, recipe notebook.Recipe) view {
	snap := p.session.Live.Snapshot()
	v := view{servers: sorted(actions.Servers(snap, p.recipes)), here: map[string]bool{}}
	for _, r := range p.recipes {
		_, v.here[r.ID] = snap.FindImage(r.Reference())
	}
	if folder != "" {
		v.plan, v.err = p.commands.Actions().PlanLaunch(ctx, actions.Launch{Recipe: recipe, Folder: folder, Port: p.portOf(folder)})
	}
	return v
}

// portOf is the port that the folder's notebook had last; 0 when it had none.
func (p *Page) portOf(folder string) uint16 {
	for _, project := range p.settings.Get().Projects {
		if project.Folder == folder {
			return project.Port
		}
	}
	return 0
}

func (p *Page) show(folder string, v view) {
	p.servers.show(v.servers)
	if p.running() { // what it does now stands below; what it would do next is asked when it has ended
		p.content.Refresh()
		return
	}
	p.plan = v.plan
	for id, here := range v.here {
		if here {
			p.tiles[id].SetBadge("here", style.OK)
		} else {
			p.tiles[id].SetBadge("to be downloaded", style.Muted)
		}
	}
	p.showWrong(v.err)
	p.start.SetText(p.verb())
	p.start.SetEnabled(folder != "" && v.err == nil && !p.commands.Away(), p.why(folder, v.err))
	p.status.Set(p.says(folder, v))
	if p.OnCommand != nil && p.shown {
		line := ""
		if v.plan.Folder != "" {
			line = v.plan.Command().String()
		}
		p.OnCommand(line)
	}
	p.content.Refresh()
}

// verb is what the button does.
func (p *Page) verb() string {
	name := filepath.Base(p.plan.Folder)
	switch {
	case p.plan.Running():
		return "Open " + name
	case p.plan.Exists():
		return "Start " + name + " again"
	}
	return "Launch " + p.recipe.Name
}

// why says why the button cannot be used.
func (p *Page) why(folder string, err error) string {
	switch {
	case p.commands.Away():
		return "The engine does not answer."
	case folder == "":
		return "Choose a folder first."
	case err != nil:
		return "Choose another folder."
	}
	return ""
}

// says is the line beside the button.
func (p *Page) says(folder string, v view) string {
	switch {
	case folder == "":
		return "Choose the folder that you want to work in"
	case v.err != nil:
		return ""
	case p.plan.Running():
		words := fmt.Sprintf("It runs · port %d", p.plan.OnPort())
		if p.plan.Server.SignIn.Method == notebook.SignInPasswordEnv {
			words += " · its password is behind “Copy password” above"
		}
		return words
	case p.plan.Exists():
		return "It is stopped, with everything that was installed in it"
	case v.here[p.recipe.ID]:
		return fmt.Sprintf("Port %d · opens on this computer only", p.plan.HostPort)
	}
	return fmt.Sprintf("Port %d · opens on this computer only · %s is downloaded first", p.plan.HostPort, p.recipe.Reference())
}

func (p *Page) showWrong(err error) {
	problem := model.AsProblem(err, "This folder cannot be used")
	p.make.Hide()
	if problem == nil {
		p.wrong.Set("")
		p.wrong.Hide()
		return
	}
	p.wrong.Set(problem.What + ".")
	p.wrong.Show()
	if problem.Kind == model.ProblemNotFound && filepath.IsAbs(platform.ExpandHome(p.folder.Text)) {
		p.make.Show()
	}
}

// take chooses a kind of notebook.
func (p *Page) take(r notebook.Recipe) {
	p.recipe = r
	p.mark()
	p.Refresh()
}

func (p *Page) mark() {
	for id, t := range p.tiles {
		t.SetOn(id == p.recipe.ID)
	}
}

func (p *Page) choose() {
	kit.ChooseFolder(p.commands.Window, p.work, p.folder.Text, p.SetFolder)
}

func (p *Page) recentItems() []kit.MenuItem {
	projects := p.settings.Get().Projects
	if len(projects) == 0 {
		return []kit.MenuItem{{ID: "launch.recent.none", Label: "Nothing was launched yet", Off: true}}
	}
	items := make([]kit.MenuItem, len(projects))
	for i, project := range projects {
		items[i] = kit.MenuItem{ID: fmt.Sprint("launch.recent.", i), Label: short(project.Folder), Icon: "folder", Note: p.recipeOf(project.Recipe).Name, Run: func() { p.SetFolder(project.Folder) }}
	}
	return items
}

func (p *Page) makeFolder() {
	path := platform.ExpandHome(strings.TrimSpace(p.folder.Text))
	p.work.Go(func(context.Context) {
		err := os.MkdirAll(path, 0o777)
		post.Do(func() {
			if err != nil {
				p.commands.ShowProblem(model.AsProblem(notebook.CheckFolder(filepath.Dir(path), err), ""), nil)
			}
			p.Refresh()
		})
	})
}

func (p *Page) running() bool { return p.job != nil && p.job.View().State == job.Running }

// launch does what the button says.
func (p *Page) launch() {
	if !p.start.Enabled() {
		return
	}
	p.begin(p.recipe, p.plan.Folder, p.plan.OnPort())
}

// begin launches a folder and remembers it.
func (p *Page) begin(r notebook.Recipe, folder string, port uint16) {
	p.job = p.commands.Actions().Launch(actions.Launch{Recipe: r, Folder: folder, Port: port})
	p.commands.Remember(func(v *settings.Values) {
		v.Folder = folder
		v.Remember(settings.Project{Folder: folder, Recipe: r.ID, Port: port})
	})
	p.start.SetEnabled(false, "It is being launched.")
	p.JobsChanged()
}

// JobsChanged shows how far the launch is.
func (p *Page) JobsChanged() {
	if p.job == nil {
		return
	}
	v := p.job.View()
	p.steps.show(v)
	if v.State != job.Running && !p.start.Enabled() && p.shown {
		p.look(0)
	}
}

// short is a path with ~ for the user's home.
func short(path string) string {
	home, err := os.UserHomeDir()
	if rest, ok := strings.CutPrefix(path, home+string(filepath.Separator)); ok && err == nil {
		return "~" + string(filepath.Separator) + rest
	}
	return path
}
