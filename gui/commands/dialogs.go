package commands

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"slipway/engine/actions"
	"slipway/engine/endpoint"
	"slipway/engine/job"
	"slipway/engine/journal"
	"slipway/engine/model"
	"slipway/engine/platform"
	"slipway/engine/session"
	"slipway/engine/settings"
	"slipway/gui/kit"
	"slipway/gui/post"
	"slipway/gui/present"
	"slipway/gui/runform"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// pullNow pulls an image again, without a question.
func (s *Set) pullNow(ref string) {
	if _, err := s.actions.Pull(ref); err != nil {
		s.ShowProblem(model.AsProblem(err, "Cannot pull "+ref), nil)
	}
}

// Rename asks for a container's new name.
func (s *Set) Rename(c model.Container) {
	field := kit.NewField("rename.name", "a new name")
	field.SetText(c.Name)
	why := kit.NewText(" ", kit.Second.In(style.Bad)).ID("rename.why")
	line := kit.NewCodeLine("rename.command", s.Session.Shell(actions.RenameCommand(c, c.Name).String()), false)
	var d *kit.Dialog
	rename := kit.NewButton("rename.go", "Rename", "", kit.Primary, nil)
	names := runform.Names(s.Session.Live.Snapshot())
	delete(names, c.Name)
	check := func() bool {
		wrong := runform.Form{Image: "x", Name: field.Text}.Validate(runform.Facts{Names: names})["name"]
		if field.Text == "" {
			wrong = "Type a name."
		}
		ok := wrong == "" && field.Text != c.Name
		if wrong == "" {
			why.Set(" ")
		} else {
			why.Set(wrong)
		}
		field.SetProblem(wrong)
		rename.SetEnabled(ok, "Type another name.")
		line.Set(s.Session.Shell(actions.RenameCommand(c, field.Text).String()))
		return ok
	}
	submit := func() {
		if check() {
			d.Close()
			s.actions.Rename(c, field.Text)
		}
	}
	field.OnChanged = func(string) { check() }
	field.OnSubmitted = func(string) { submit() }
	rename.OnTap = submit
	rename.SetEnabled(false, "Type another name.")
	cancel := kit.NewButton("rename.cancel", "Cancel", "", kit.Normal, func() { d.Cancel() })
	defer field.TypedShortcut(&fyne.ShortcutSelectAll{})
	d = kit.NewDialog("rename", "Rename “"+c.Name+"”", "", 520, kit.Down(6, kit.Labelled("Name", field), why, line),
		kit.Buttons(nil, []fyne.CanvasObject{cancel, rename}))
	d.Open(s.canvas(), field)
}

// ShowFailure shows in the corner why a job failed, with what can be done.
func (s *Set) ShowFailure(v job.View) {
	var retry func()
	if v.CanRetry {
		retry = func() { s.Session.Jobs.Retry(v.ID) }
	}
	edit := s.form.Again(v.ID)
	if ref := v.Deed.Pulled(); ref != "" {
		edit = func() { s.pullLike(ref) }
	}
	c, ok := s.Session.Live.Snapshot().Container(startedBy(v.Deed))
	if ok && v.Problem.Kind == model.ProblemPortTaken && actions.CannotChange(c) == "" {
		edit = func() { s.change(c) }
	}
	s.showProblem(v.Problem, offer{"edit", "Change it…", "rename", edit}, offer{"retry", "Try again", "refresh", retry})
}

// ShowProblem shows a problem in the corner, with what can be done. retry may be nil.
func (s *Set) ShowProblem(p *model.Problem, retry func()) {
	s.showProblem(p, offer{"retry", "Try again", "refresh", retry})
}

// offer is a button of a notice, which takes the notice away. One with nothing to run is left out.
type offer struct {
	id, label, icon string
	run             func()
}

// showProblem is [Set.ShowProblem] with any offers.
func (s *Set) showProblem(p *model.Problem, offers ...offer) {
	if p == nil {
		return
	}
	var dismiss func()
	var buttons []fyne.CanvasObject
	for _, o := range offers {
		if o.run != nil {
			buttons = append(buttons,
				kit.NewButton("notice."+o.id, o.label, o.icon, kit.Normal, func() { dismiss(); o.run() }).Small())
		}
	}
	if p.Command != nil {
		buttons = append(buttons, kit.CopyButton("notice.copy", "Copy the command", p.Command.String))
	}
	if p.Raw != "" {
		buttons = append(buttons,
			kit.NewButton("notice.details", "Details", "", kit.Normal, func() { s.ShowDetails(p) }).Small())
	}
	text := strings.TrimSpace(p.Why + " " + p.Fix)
	if p.Command != nil {
		text += "\n" + p.Command.String()
	}
	dismiss = s.Notices.Show(kit.Notice{Title: p.What, Text: text, Bad: true, Buttons: buttons})
}

// ShowDetails shows a problem's raw text, to be copied.
func (s *Set) ShowDetails(p *model.Problem) {
	kit.ShowDetails(s.canvas(), p.What, strings.TrimSpace(p.Why+" "+p.Fix), p.Raw)
}

// History shows every command of this run.
func (s *Set) History() {
	table := kit.NewTable("history", []kit.Column{
		{Key: "time", Title: "When", Min: 70},
		{Key: "command", Title: "Command", Min: 300, Weight: 1},
		{Key: "outcome", Title: "How it went", Min: 90},
	})
	table.SetEmpty(kit.EmptyState("history", "Nothing done yet",
		"Every click that changes something is written down here as the docker command that does the same."))
	fill := func() {
		entries := s.Session.Journal.Entries()
		slices.Reverse(entries)
		rows := make([]kit.TableRow, len(entries))
		for i, e := range entries {
			color := map[journal.Outcome]fyne.ThemeColorName{journal.OK: style.OK, journal.Failed: style.Bad}[e.Outcome]
			if color == "" {
				color = style.Muted
			}
			rows[i] = kit.TableRow{ID: fmt.Sprint(e.ID), Name: fmt.Sprint(e.ID), Cells: []kit.Cell{
				{Text: e.Time.Format("15:04:05"), Style: kit.Second, Hint: present.Exact(e.Time)},
				{Text: e.Line(), Style: kit.Mono},
				{Text: string(e.Outcome), Style: kit.Second.In(color)},
			}, Actions: []kit.RowAction{{
				ID: "copy", Icon: "copy", Hint: "Copy this command",
				Run: func() { kit.Copy(e.Line()) },
			}}}
		}
		table.SetRows(rows)
	}
	fill()
	var d *kit.Dialog
	closeIt := kit.NewButton("history.close", "Close", "", kit.Primary, func() { d.Cancel() })
	copyAll := kit.CopyButton("history.copy", "Copy all", func() string {
		return journal.Script(s.Session.Journal.Entries())
	})
	save := kit.NewButton("history.save", "Save as a script…", "save", kit.Normal, func() { s.saveScript() }).Small()
	if len(s.Session.Journal.Entries()) == 0 {
		copyAll.SetEnabled(false, "There is nothing to copy yet.")
		save.SetEnabled(false, "There is nothing to save yet.")
	}
	d = kit.NewDialog("history", "History",
		"What you did since Slipway was opened, as docker commands. Secrets are left out: for -e NAME docker takes your own variable of that name, and HIDDEN stands for a text that you put in.",
		860, kit.Height(360, table), kit.Buttons([]fyne.CanvasObject{copyAll, save}, []fyne.CanvasObject{closeIt}))
	d.OnSubmit = d.Cancel
	d.Open(s.canvas(), closeIt)
}

// saveScript asks where to and writes the history as a shell script.
func (s *Set) saveScript() {
	home, _ := os.UserHomeDir()
	field := kit.NewField("save.path", "/home/you/docker-history.sh")
	field.SetText(filepath.Join(home, "docker-history.sh"))
	why := kit.NewText(" ", kit.Second.In(style.Bad)).ID("save.why")
	var d *kit.Dialog
	save := kit.NewButton("save.go", "Save", "save", kit.Primary, nil)
	submit := func() {
		path := field.Text
		if !filepath.IsAbs(path) {
			why.Set("Write the whole path, from the root on.")
			return
		}
		replace := save.Words() != "Save"
		if _, err := os.Lstat(path); err == nil && !replace {
			why.Set("This file exists. Press again to replace it.")
			save.SetText("Replace it")
			d.Relayout()
			return
		}
		d.Close()
		s.writeScript(path, replace)
	}
	field.OnChanged = func(string) { why.Set(" "); save.SetText("Save") }
	field.OnSubmitted = func(string) { submit() }
	save.OnTap = submit
	cancel := kit.NewButton("save.cancel", "Cancel", "", kit.Normal, func() { d.Cancel() })
	d = kit.NewDialog("save", "Save the history as a script",
		"What succeeded stands as it is; what failed is commented out.", 620,
		kit.Down(6, kit.Labelled("File", field), why), kit.Buttons(nil, []fyne.CanvasObject{cancel, save}))
	d.Open(s.canvas(), field)
}

func (s *Set) writeScript(path string, replace bool) {
	write := settings.WriteNewFile
	if replace {
		write = settings.WriteFile
	}
	script := journal.Script(s.Session.Journal.Entries())
	s.Work.Go(func(context.Context) {
		err := write(path, []byte(script), 0o700)
		post.Do(func() {
			if err != nil {
				s.ShowProblem(model.NewProblem(model.ProblemPermission, err, "Cannot save the script", path+" cannot be written.",
					"Choose another folder."), nil)
				return
			}
			s.Notices.Show(kit.Notice{Title: "Saved " + path, Brief: true})
		})
	})
}

// Engines shows where an engine may be, what each place said, and switches between those that answer.
func (s *Set) Engines() {
	list := kit.Down(8, kit.NewText("Asking every place where an engine may be…", kit.Second))
	var d *kit.Dialog
	closeIt := kit.NewButton("engines.close", "Close", "", kit.Primary, func() { d.Cancel() })
	d = kit.NewDialog("engines", "Engines",
		"Slipway uses the engine that the docker command would use, unless you choose another one here.", 720, list,
		kit.Buttons(nil, []fyne.CanvasObject{closeIt}))
	d.OnSubmit = d.Cancel
	d.OnCancel = s.Work.Go(func(ctx context.Context) { s.lookForEngines(ctx, list, d) })
	d.Open(s.canvas(), closeIt)
}

// placesTime is how long the places where an engine may be have to answer.
const placesTime = 15 * time.Second

// lookForEngines fills the list, and again whenever the connection is another one, until ctx ends.
func (s *Set) lookForEngines(ctx context.Context, list *fyne.Container, d *kit.Dialog) {
	ctx, end := context.WithCancel(ctx)
	defer end()
	changed := make(chan struct{}, 1)
	seen := connectionOf(s.Session.State())
	defer s.Session.Subscribe(func(st session.State) {
		if now := connectionOf(st); now != seen {
			seen = now
			select {
			case changed <- struct{}{}:
			default: // it will be looked at
			}
		}
	})()
	for {
		asked, cancel := context.WithTimeout(ctx, placesTime)
		answers := s.Session.Look(asked)
		cancel()
		post.Do(func() {
			if !d.IsOpen() { // another one was chosen
				end()
				return
			}
			list.RemoveAll()
			for _, a := range answers {
				list.Add(s.engineCard(a, d))
			}
			d.Relayout()
		})
		select {
		case <-ctx.Done():
			return
		case <-changed:
		}
	}
}

// connectionOf tells connections apart.
func connectionOf(st session.State) string {
	return fmt.Sprint(st.Phase, st.Generation, st.Endpoint.Host)
}

func (s *Set) engineCard(a endpoint.Answer, d *kit.Dialog) fyne.CanvasObject {
	st := s.Session.State()
	inUse := st.Phase == session.Connected && st.Endpoint.Host == a.Endpoint.Host
	color := style.OK
	var detail fyne.CanvasObject
	if a.Problem != nil {
		words := a.Problem.What
		if a.Problem.Why != "" {
			words += ". " + a.Problem.Why
		}
		color, detail = style.Idle, kit.NewParagraph(words, kit.Second) // whole: it may name a file
	} else {
		detail = kit.NewText(fmt.Sprintf("%s %s, on %s", a.Info.Product, a.Info.Version, a.Locality), kit.Second)
	}
	name := a.Endpoint.Name
	if a.Endpoint.Current {
		name += "  (what docker uses)"
	}
	if a.Endpoint.Ignored {
		name += ", ignored until Slipway is closed"
	}
	text := kit.Down(0, kit.NewText(name, kit.Strong), detail, kit.NewText(a.Endpoint.Host, kit.Mono.In(style.Muted)))
	row := []fyne.CanvasObject{kit.NewDot(color), kit.Grow(text)}
	switch {
	case inUse:
		row = append(row, kit.Badge("in use", style.OK))
	case a.Problem == nil:
		row = append(row, kit.NewButton("engines.use."+a.Endpoint.Name, "Use", "", kit.Normal, func() {
			d.Close()
			s.Remember(func(v *settings.Values) { v.Engine = a.Endpoint.Name })
			s.Session.Use(a.Endpoint.Name)
		}).Small())
	}
	return kit.Card(kit.Across(12, row...))
}

// About says what this is.
func (s *Set) About(version string) {
	var d *kit.Dialog
	closeIt := kit.NewButton("about.close", "Close", "", kit.Primary, func() { d.Cancel() })
	path := platform.ShortenHome(settings.DefaultPath())
	text := kit.NewParagraph("A desktop app for Docker that shows the command behind every click. Your preferences are in "+path+". Free software under the Apache License 2.0.", kit.Body)
	d = kit.NewDialog("about", "Slipway "+version, "", 480, text, kit.Buttons(nil, []fyne.CanvasObject{closeIt}))
	d.OnSubmit = d.Cancel
	d.Open(s.canvas(), closeIt)
}
