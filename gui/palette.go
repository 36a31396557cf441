package gui

import (
	"slices"
	"strings"

	"slipway/engine/paste"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/preferences"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"github.com/sahilm/fuzzy"
)

// palette is the dialog that finds everything that the window has by a few letters: actions, pages, containers, images,
// volumes and kinds of notebooks. A command of docker is explained.
type palette struct {
	sh     *Shell
	all    []finding
	shown  []finding
	rows   *fyne.Container
	at     int // the row that Enter takes
	field  *kit.Field
	dialog *kit.Dialog
}

// finding is something that can be found.
type finding struct {
	// id tells it from all others, in the window and at the next start.
	id    string
	label string
	icon  string
	note  string // its shortcut, or what it is
	run   func()
}

// findings are what a [fuzzy.Source] needs.
type findings []finding

// String implements [fuzzy.Source].
func (f findings) String(i int) string { return f[i].label }

// Len implements [fuzzy.Source].
func (f findings) Len() int { return len(f) }

// mostFound is how many rows are shown, mostRecent how many that were used last are remembered.
const mostFound, mostRecent = 10, 20

// prefRecent is the preference that Fyne keeps: the IDs of what was used last, the newest first.
const prefRecent = "palette.recent"

// findAnything opens the palette.
func (sh *Shell) findAnything() {
	p := &palette{sh: sh, all: sh.findings(), rows: kit.Down(2)}
	p.field = kit.NewField("palette.text", words.Say("gui.a-few-letters-or-a-command"))
	p.field.OnChanged = func(string) { p.find() }
	p.field.OnSubmitted = func(string) { p.take(p.at) }
	p.field.OnKey = p.key
	p.field.OnPaste = func(text string) bool {
		if len(paste.Read(text)) == 0 {
			return false
		}
		p.dialog.Close()
		return sh.desk.commands.Paste(text)
	}
	p.dialog = kit.NewDialog("palette", words.Say("gui.find-anything"), words.Text{}, 620,
		kit.Down(8, p.field, p.rows), kit.Buttons(nil, nil)).Anchor()
	p.find()
	p.dialog.Open(sh.window.Canvas(), p.field)
}

// findings are all that can be found now: what was used last first, then the menus, then the things of the engine.
func (sh *Shell) findings() []finding {
	var list []finding
	for _, menu := range sh.menu.main.Items {
		list = append(list, menuFindings(menu)...)
	}
	d := sh.desk
	snap := d.session.Live.Snapshot()
	thing := func(page, icon, id, label string, note words.Text) {
		list = append(list, finding{page + "/" + label, label, icon, note.String(), func() { d.reveal(page, id) }})
	}
	for _, c := range snap.Containers {
		thing("containers", "container", c.ID, c.Name, words.Say("gui.kind-container"))
	}
	for _, img := range snap.Images {
		for _, tag := range img.Tags {
			thing("images", "image", img.ID, tag, words.Say("gui.kind-image"))
		}
	}
	for _, v := range snap.Volumes {
		if !v.Anonymous {
			thing("volumes", "volume", v.Name, v.Name, words.Say("gui.kind-volume"))
		}
	}
	for _, r := range d.recipes {
		if r.Reference() != "" {
			thing("launch", "launch", r.Reference(), r.Name, words.Say("gui.kind-notebook"))
		}
	}
	for _, e := range preferences.Entries() {
		thing("settings", "settings", e.ID, e.Title.String(), words.Say("preferences.settings"))
	}
	recent := strings.Split(sh.app.Preferences().String(prefRecent), "\n")
	rank := func(f finding) int {
		if i := slices.Index(recent, f.id); i >= 0 {
			return i
		}
		return len(recent)
	}
	slices.SortStableFunc(list, func(a, b finding) int { return rank(a) - rank(b) })
	return list
}

// menuFindings are what can be chosen in a menu.
func menuFindings(menu *fyne.Menu) (list []finding) {
	for _, i := range menu.Items {
		switch {
		case i.ChildMenu != nil:
			list = append(list, menuFindings(i.ChildMenu)...)
		case i.Action != nil && !i.Disabled && !i.IsSeparator:
			list = append(list, finding{menu.Label + "/" + i.Label, i.Label, "right", shortcutText(i.Shortcut), i.Action})
		}
	}
	return list
}

// shortcutText is a shortcut as people write it.
func shortcutText(s fyne.Shortcut) string {
	var of desktop.CustomShortcut
	switch s := s.(type) {
	case *yielding:
		of = s.CustomShortcut
	case *desktop.CustomShortcut:
		of = *s
	default:
		return ""
	}
	text := ""
	for _, m := range []struct {
		is   fyne.KeyModifier
		name string
	}{
		{fyne.KeyModifierControl, "Ctrl+"},
		{fyne.KeyModifierSuper, "Cmd+"},
		{fyne.KeyModifierAlt, "Alt+"},
		{fyne.KeyModifierShift, "Shift+"},
	} {
		if of.Modifier&m.is != 0 {
			text += m.name
		}
	}
	return text + string(of.KeyName)
}

// find shows what fits what was typed.
func (p *palette) find() {
	text := strings.TrimSpace(p.field.Text)
	p.shown, p.at = nil, 0
	if len(paste.Read(text)) > 0 {
		p.shown = append(p.shown, finding{
			label: words.Say("gui.explain-this-command").String(), icon: "terminal",
			run: func() { p.sh.desk.commands.Paste(text) },
		})
	}
	if text == "" {
		p.shown = append(p.shown, p.all[:min(mostFound, len(p.all))]...)
	} else {
		for _, m := range fuzzy.FindFrom(text, findings(p.all)) {
			if len(p.shown) == mostFound {
				break
			}
			p.shown = append(p.shown, p.all[m.Index])
		}
	}
	p.show()
}

func (p *palette) show() {
	p.rows.RemoveAll()
	for i, f := range p.shown {
		b := kit.NewButton("palette."+f.id, words.Name(f.label), f.icon, kit.Nav, func() { p.take(i) })
		b.SetCount(f.note)
		b.SetOn(i == p.at)
		p.rows.Add(b)
	}
	if len(p.shown) == 0 {
		p.rows.Add(kit.NewText(words.Say("common.nothing-found"), kit.Second).ID("palette.none"))
	}
	p.dialog.Relayout()
}

// key moves between the rows while the field keeps the keys.
func (p *palette) key(key fyne.KeyName) bool {
	switch key {
	case fyne.KeyDown:
		p.at = min(p.at+1, max(len(p.shown)-1, 0))
	case fyne.KeyUp:
		p.at = max(p.at-1, 0)
	default:
		return false
	}
	p.show()
	return true
}

// take does what a row stands for, and remembers that.
func (p *palette) take(i int) {
	if i >= len(p.shown) {
		return
	}
	f := p.shown[i]
	p.dialog.Close()
	if f.id != "" {
		prefs := p.sh.app.Preferences()
		before := slices.DeleteFunc(strings.Split(prefs.String(prefRecent), "\n"), func(id string) bool {
			return id == f.id || id == ""
		})
		list := append([]string{f.id}, before...)
		prefs.SetString(prefRecent, strings.Join(list[:min(len(list), mostRecent)], "\n"))
	}
	f.run()
}
