package preferences

import (
	"cmp"
	"path/filepath"
	"slices"
	"strconv"

	"slipway/engine/notebook"
	"slipway/engine/platform"
	"slipway/engine/settings"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/present"
)

// controlWidth is that of what is chosen with, so that all stand below each other.
const controlWidth = 320

// make makes all rows, section by section.
func (p *Page) make(recipes []notebook.Recipe) {
	file := p.commands.Settings.Path()
	for _, r := range []*row{
		choose(p, "theme", themes(), func(v *settings.Preferences) *string { return &v.Theme }),
		choose(p, "contrast", contrasts(), func(v *settings.Preferences) *bool { return &v.Contrast }),
		choose(p, "scale", scales(), func(v *settings.Preferences) *int { return &v.Scale }),
		choose(p, "language", languages(), func(v *settings.Preferences) *string { return &v.Language }),
		choose(p, "begin", beginnings(recipes), func(v *settings.Preferences) *string { return &v.Begin }),
		choose(p, "idle", idles(), func(v *settings.Preferences) *int { return &v.StopIdle }),
		choose(p, "undo", undos(), func(v *settings.Preferences) *int { return &v.Undo }),
		choose(p, "history", histories(), func(v *settings.Preferences) *int { return &v.History }),
		p.opens("engine", words.Say("gui.engines"), p.commands.Engines),
		p.folder("files.settings", file, filepath.Dir(file)),
		p.folder("files.key", filepath.Join(filepath.Dir(file), "key"), filepath.Dir(file)),
		p.folder("files.recipes", settings.RecipesPath(), settings.RecipesPath()),
		p.folder("files.output", platform.OutputDir(), platform.OutputDir()),
		p.saved(),
		p.know("asks.engine"), p.know("asks.registry"), p.know("asks.ports"), p.know("asks.nobody"),
	} {
		// What is chosen while somebody practices goes with the window, before it could speak another language.
		if r.ID != "language" || !p.commands.Session.Practice() {
			p.add(r)
		}
	}
}

// add puts a row into its section, which is made with its first.
func (p *Page) add(r *row) {
	last := len(p.sections) - 1
	if last < 0 || p.sections[last].title != r.Section {
		s := &section{title: r.Section, box: kit.Down(10)}
		s.card = kit.Card(kit.Down(10, kit.NewText(r.Section, kit.Heading.Whole()), s.box))
		p.sections = append(p.sections, s)
		last++
	}
	p.sections[last].rows = append(p.sections[last].rows, r)
}

// option is something that can be chosen.
type option[T comparable] struct {
	value T
	label words.Text
}

// choose is a row with one of several values. The first of the zero value is what a new user has.
func choose[T comparable](p *Page, id string, options []option[T], field func(*settings.Preferences) *T) *row {
	list := make([]kit.Option, len(options))
	for i, o := range options {
		list[i] = kit.Option{Value: strconv.Itoa(i), Label: o.label}
	}
	control := kit.NewChoice("settings."+id, list, "")
	set := func(value T) { p.change(func(v *settings.Preferences) { *field(v) = value }) }
	control.OnChange = func(value string) {
		i, _ := strconv.Atoi(value)
		set(options[i].value)
	}
	r := p.row(id, control.Button, func() { var zero T; set(zero) })
	usual := slices.IndexFunc(options, func(o option[T]) bool { var zero T; return o.value == zero })
	r.show = func(v settings.Preferences) {
		at := slices.IndexFunc(options, func(o option[T]) bool { return o.value == *field(&v) })
		if at < 0 { // an unknown one counts as none
			at = usual
		}
		control.SetValue(strconv.Itoa(at))
	}
	r.usual = func(v settings.Preferences) bool { var zero T; return *field(&v) == zero }
	return r
}

// opens is a row with a button.
func (p *Page) opens(id string, label words.Text, run func()) *row {
	return p.row(id, kit.NewButton("settings."+id, label, "", kit.Normal, run), nil)
}

// folder is a row that says where something is kept, and opens the folder dir that it is in.
func (p *Page) folder(id, path, dir string) *row {
	r := p.opens(id, words.Say("common.open-folder"), func() { p.commands.OpenFolder(dir) })
	r.About = words.Join(" ", r.About, words.Name(platform.ShortenHome(path)))
	r.about.Set(r.About)
	return r
}

// know is a row that only says something.
func (p *Page) know(id string) *row {
	r := &row{Entry: entry(id)}
	r.lay(nil)
	return r
}

// row is one with a control; reset gives it back what a new user has.
func (p *Page) row(id string, control *kit.Button, reset func()) *row {
	r := &row{Entry: entry(id), focus: control}
	if reset != nil {
		r.reset = kit.NewButton("settings."+id+".reset", words.Text{}, "undo", kit.Quiet, reset).
			Hint(words.Say("preferences.restore-default"))
	}
	r.lay(control)
	return r
}

// lay puts what a setting is at the left, and what it is chosen with at the right.
func (r *row) lay(control *kit.Button) {
	r.about = kit.NewParagraph(r.About, kit.Second).ID("settings." + r.ID + ".about")
	line := kit.Across(10, kit.Grow(kit.Down(2, kit.NewText(r.Title, kit.Strong.Whole()), r.about)))
	if r.reset != nil {
		line.Add(kit.Width(32, r.reset))
	}
	if control != nil {
		line.Add(kit.Width(controlWidth, control))
	}
	r.content = line
}

// saved is the row with the folder that what is saved goes into, which a person may choose.
func (p *Page) saved() *row {
	const id = "files.saved"
	r := p.opens(id, words.Say("preferences.choose-folder"), func() {
		p.commands.AskSaveFolder(words.Say("preferences.asks-where-to-save"), words.Say("preferences.save-here"),
			func(string) { p.Refresh() })
	})
	e := entry(id)
	r.show = func(settings.Preferences) {
		r.About = e.About
		if dir := p.commands.SaveStart(); dir != "" {
			r.About = words.Join(" ", e.About, words.Name(platform.ShortenHome(dir)))
		}
		r.about.Set(r.About)
	}
	return r
}

func themes() []option[string] {
	return []option[string]{
		{"", words.Say("gui.system-theme")}, {"light", words.Say("gui.light-theme")}, {"dark", words.Say("gui.dark-theme")},
	}
}

func contrasts() []option[bool] {
	return []option[bool]{
		{false, words.Say("preferences.contrast-usual")}, {true, words.Say("preferences.contrast-high")},
	}
}

func scales() (list []option[int]) {
	for _, percent := range settings.Scales {
		label := words.Say("preferences.percent", words.Args{"Percent": words.Count(percent)})
		if percent == 0 {
			label = words.Say("preferences.scale-usual")
		}
		list = append(list, option[int]{percent, label})
	}
	return list
}

func languages() []option[string] {
	list := []option[string]{{"", words.Say("gui.system-language")}}
	for _, l := range words.Languages {
		list = append(list, option[string]{l.Tag, words.Name(l.Name)})
	}
	return list
}

func beginnings(recipes []notebook.Recipe) []option[string] {
	list := []option[string]{{"", words.Say("preferences.begin-last")}}
	for _, r := range recipes {
		if r.ID != notebook.AnyID {
			list = append(list, option[string]{r.ID, words.Name(r.Name)})
		}
	}
	return list
}

func idles() (list []option[int]) {
	for _, hours := range settings.Idles {
		list = append(list, option[int]{hours, present.Idle(hours)})
	}
	return list
}

func undos() (list []option[int]) {
	for _, seconds := range settings.Undos {
		shown := cmp.Or(seconds, int(settings.UsualUndo.Seconds()))
		list = append(list, option[int]{seconds, words.Say("preferences.seconds", words.Args{"N": words.Count(shown)})})
	}
	return list
}

func histories() (list []option[int]) {
	for _, n := range settings.Histories {
		shown := cmp.Or(n, settings.UsualHistory)
		list = append(list, option[int]{n, words.Say("preferences.commands", words.Args{"N": words.Count(shown)})})
	}
	return list
}
