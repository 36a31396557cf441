package commands

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"slipway/engine/endpoint"
	"slipway/engine/journal"
	"slipway/engine/model"
	"slipway/engine/platform"
	"slipway/engine/session"
	"slipway/engine/settings"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/kit/table"
	"slipway/gui/post"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// dialogs are those that show something about Slipway itself.
type dialogs struct{ *means }

// History shows every command of this run.
func (s *dialogs) History() {
	view := table.New("history", []table.Column{
		{Key: "time", Title: words.Say("commands.when"), Min: 70},
		{Key: "command", Title: words.Say("common.command"), Min: 300, Weight: 1},
		{Key: "outcome", Title: words.Say("commands.how-it-went"), Min: 90},
	})
	view.SetEmpty(kit.EmptyState("history", words.Say("commands.nothing-done-yet"),
		words.Say("commands.every-click-that-changes-something")))
	fill := func() {
		entries := s.Session.Journal.Entries()
		slices.Reverse(entries)
		rows := make([]table.Row, len(entries))
		for i, e := range entries {
			color := map[journal.Outcome]fyne.ThemeColorName{journal.OK: style.OK, journal.Failed: style.Bad}[e.Outcome]
			if color == "" {
				color = style.Muted
			}
			rows[i] = table.Row{ID: fmt.Sprint(e.ID), Name: fmt.Sprint(e.ID), Cells: []table.Cell{
				{Text: words.Name(e.Time.Format("15:04:05")), Style: kit.Second, Hint: words.Exact(e.Time)},
				{Text: words.Name(e.Line()), Style: kit.Mono},
				{Text: outcomeWords(e.Outcome), Style: kit.Second.In(color)},
			}, Actions: []table.Action{{
				ID: "copy", Icon: "copy", Hint: words.Say("common.copy-this-command"),
				Run: func() { kit.Copy(e.Line()) },
			}}}
		}
		view.SetRows(rows)
	}
	fill()
	var d *kit.Dialog
	closeIt := kit.NewButton("history.close", words.Say("common.close"), "", kit.Primary, func() { d.Cancel() })
	copyAll := kit.CopyButton("history.copy", words.Say("commands.copy-all"), func() string {
		return s.script()
	})
	save := kit.NewButton("history.save", words.Say("commands.save-as-a-script"), "save", kit.Normal,
		func() { s.saveScript() }).Small()
	if len(s.Session.Journal.Entries()) == 0 {
		copyAll.SetEnabled(false, words.Say("commands.there-is-nothing-to-copy"))
		save.SetEnabled(false, words.Say("commands.there-is-nothing-to-save"))
	}
	d = kit.NewDialog("history", words.Say("common.history"),
		words.Say("commands.what-you-did-since-slipway"),
		860, kit.Height(360, view), kit.Buttons([]fyne.CanvasObject{copyAll, save}, []fyne.CanvasObject{closeIt}))
	d.OnSubmit = d.Cancel
	d.Open(s.Window.Canvas(), closeIt)
}

// saveScript asks where to and writes the history as a shell script.
func (s *dialogs) saveScript() {
	home, _ := os.UserHomeDir()
	field := kit.NewField("save.path", words.Name("/home/you/docker-history.sh"))
	field.SetText(filepath.Join(home, "docker-history.sh"))
	why := kit.NewText(kit.Blank(words.Text{}), kit.Second.In(style.Bad)).ID("save.why")
	var d *kit.Dialog
	save := kit.NewButton("save.go", words.Say("commands.save"), "save", kit.Primary, nil)
	replace := false // the file that is there already
	submit := func() {
		path := field.Text
		if !filepath.IsAbs(path) {
			why.Set(words.Say("common.write-the-whole-path-from"))
			return
		}
		if _, err := os.Lstat(path); err == nil && !replace {
			why.Set(words.Say("commands.this-file-exists-press-again"))
			replace = true
			save.SetText(words.Say("common.replace-it"))
			d.Relayout()
			return
		}
		d.Close()
		s.writeScript(path, replace)
	}
	field.OnChanged = func(string) {
		replace = false
		why.Set(kit.Blank(words.Text{}))
		save.SetText(words.Say("commands.save"))
	}
	field.OnSubmitted = func(string) { submit() }
	save.OnTap = submit
	cancel := kit.NewButton("save.cancel", words.Say("common.cancel"), "", kit.Normal, func() { d.Cancel() })
	d = kit.NewDialog("save", words.Say("commands.save-the-history-as-a"),
		words.Say("commands.what-succeeded-stands-as-it"), 620,
		kit.Down(6, kit.Labelled(words.Say("common.file"), field), why), kit.Buttons(nil, []fyne.CanvasObject{cancel, save}))
	d.Open(s.Window.Canvas(), field)
}

func (s *dialogs) writeScript(path string, replace bool) {
	write := settings.WriteNewFile
	if replace {
		write = settings.WriteFile
	}
	script := s.script()
	s.Work.Go(func(context.Context) {
		err := write(path, []byte(script), 0o700)
		post.Do(func() {
			if err != nil {
				s.ShowProblem(&model.Problem{
					Kind: model.ProblemPermission, Cause: err,
					What: model.Say("commands.cannot-save-the-script"),
					Why:  model.Say("commands.cannot-be-written", words.Args{"Path": words.Name(path)}),
					Fix:  model.Say("commands.choose-another-folder"),
				}, nil)
				return
			}
			s.Notices.Show(kit.Notice{Title: words.Say("commands.saved", words.Args{"Path": words.Name(path)}), Brief: true})
		})
	})
}

// Engines shows where an engine may be, what each place said, and switches between those that answer.
func (s *dialogs) Engines() {
	list := kit.Down(8, kit.NewText(words.Say("commands.asking-every-place-where-an"), kit.Second))
	var d *kit.Dialog
	closeIt := kit.NewButton("engines.close", words.Say("common.close"), "", kit.Primary, func() { d.Cancel() })
	d = kit.NewDialog("engines", words.Say("commands.engines"),
		words.Say("commands.slipway-uses-the-engine-that"), 720, list,
		kit.Buttons(nil, []fyne.CanvasObject{closeIt}))
	d.OnSubmit = d.Cancel
	d.OnCancel = s.Work.Go(func(ctx context.Context) { s.lookForEngines(ctx, list, d) })
	d.Open(s.Window.Canvas(), closeIt)
}

// placesTime is how long the places where an engine may be have to answer.
const placesTime = 15 * time.Second

// lookForEngines fills the list, and again whenever the connection is another one, until ctx ends.
func (s *dialogs) lookForEngines(ctx context.Context, list *fyne.Container, d *kit.Dialog) {
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

func (s *dialogs) engineCard(a endpoint.Answer, d *kit.Dialog) fyne.CanvasObject {
	st := s.Session.State()
	inUse := st.Phase == session.Connected && st.Endpoint.Host == a.Endpoint.Host
	color := style.OK
	var detail fyne.CanvasObject
	if a.Problem != nil {
		sentence := a.Problem.What
		if !a.Problem.Why.None() {
			sentence = a.Problem.Sentence()
		}
		color, detail = style.Idle, kit.NewParagraph(words.Of(sentence), kit.Second) // whole: it may name a file
	} else {
		detail = kit.NewText(words.Say("commands.product-and-place", words.Args{
			"Product": words.Name(a.Info.Product),
			"Version": words.Name(a.Info.Version), "Locality": a.Locality.Fact(),
		}), kit.Second)
	}
	name := words.Name(a.Endpoint.Name)
	if a.Endpoint.Current {
		name = words.Say("commands.what-docker-uses", words.Args{"Name": name})
	}
	if a.Endpoint.Ignored {
		name = words.Say("commands.ignored-until-slipway-is-closed", words.Args{"Name": name})
	}
	text := kit.Down(0, kit.NewText(name, kit.Strong), detail,
		kit.NewText(words.Name(a.Endpoint.Host), kit.Mono.In(style.Muted)))
	row := []fyne.CanvasObject{kit.NewDot(color), kit.Grow(text)}
	switch {
	case inUse:
		row = append(row, kit.Badge(words.Say("common.in-use"), style.OK))
	case a.Problem == nil:
		row = append(row, kit.NewButton("engines.use."+a.Endpoint.Name, words.Say("commands.use"), "", kit.Normal, func() {
			d.Close()
			s.Remember(func(v *settings.Values) { v.Engine = a.Endpoint.Name })
			s.Session.Use(a.Endpoint.Name)
		}).Small())
	}
	return kit.Card(kit.Across(12, row...))
}

// About says what this is.
func (s *dialogs) About(version string) {
	var d *kit.Dialog
	closeIt := kit.NewButton("about.close", words.Say("common.close"), "", kit.Primary, func() { d.Cancel() })
	path := platform.ShortenHome(settings.DefaultPath())
	text := kit.NewParagraph(words.Say("commands.a-desktop-app-for-docker", words.Args{"Path": words.Name(path)}),
		kit.Body)
	d = kit.NewDialog("about", words.Say("commands.slipway", words.Args{"Version": words.Name(version)}), words.Text{},
		480, text, kit.Buttons(nil, []fyne.CanvasObject{closeIt}))
	d.OnSubmit = d.Cancel
	d.Open(s.Window.Canvas(), closeIt)
}

// script is the history as a shell script.
func (s *dialogs) script() string {
	return journal.Script(s.Session.Journal.Entries(), words.Say("commands.about-the-script").String(),
		func(o journal.Outcome) string { return outcomeWords(o).String() })
}

// outcomeWords say what came of a command.
func outcomeWords(o journal.Outcome) words.Text {
	switch o {
	case journal.OK:
		return words.Say("commands.outcome-done")
	case journal.Failed:
		return words.Say("commands.outcome-failed")
	case journal.Cancelled:
		return words.Say("commands.outcome-cancelled")
	}
	return words.Say("commands.outcome-running")
}
