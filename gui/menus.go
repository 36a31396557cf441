package gui

import (
	"fmt"

	"slipway/engine/session"
	"slipway/engine/settings"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/kit/table"
	"slipway/gui/kit/terminal"
	"slipway/gui/page"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// menus is the menu bar. Its items carry the shortcuts, because a focused field would swallow any other.
type menus struct {
	sh       *Shell
	main     *fyne.MainMenu
	selected *fyne.Menu
	switches []switched // what pages add
	theme    map[string]*fyne.MenuItem
	language map[string]*fyne.MenuItem // nil when there is no choice
	shown    string                    // what the menu of the selected row was made for
}

// switched is an item with a check mark.
type switched struct {
	item *fyne.MenuItem
	on   func() bool
}

// shortcut is Ctrl, or Command on a Mac, and a key.
func (m *menus) shortcut(key fyne.KeyName) fyne.Shortcut {
	return &yielding{desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}, m.sh.window.Canvas()}
}

// yielding is a shortcut of the window that is none while a terminal has the focus: its program gets the key. Fyne
// looks through the main menu before it asks the focused widget.
type yielding struct {
	desktop.CustomShortcut
	canvas fyne.Canvas
}

// ShortcutName implements [fyne.Shortcut].
func (y *yielding) ShortcutName() string {
	if terminal.TakesKeys(y.canvas) {
		return ""
	}
	return y.CustomShortcut.ShortcutName()
}

// key is a key alone, which a terminal that has the focus gets.
func (m *menus) key(key fyne.KeyName) fyne.Shortcut {
	return &yielding{desktop.CustomShortcut{KeyName: key}, m.sh.window.Canvas()}
}

func item(label words.Text, s fyne.Shortcut, run func()) *fyne.MenuItem {
	i := fyne.NewMenuItem(label.String(), run)
	i.Shortcut = s
	return i
}

func newMenus(sh *Shell) *menus {
	m := &menus{sh: sh, theme: map[string]*fyne.MenuItem{}}
	quit := item(words.Say("gui.quit"), m.shortcut(fyne.KeyQ), sh.Quit)
	quit.IsQuit = true
	file := fyne.NewMenu(words.Say("common.file").String(),
		item(words.Say("common.run"), m.shortcut(fyne.KeyN), func() { m.free(func() { sh.desk.commands.Run("") }) }),
		item(words.Say("gui.pull"), m.shortcut(fyne.KeyP), func() { m.free(sh.desk.commands.Pull) }),
		item(words.Say("gui.paste-a-command"), nil, sh.pasteCommand),
		item(words.Say("gui.asks-to-find-anything"), m.shortcut(fyne.KeyK), func() { m.always(sh.findAnything) }),
		fyne.NewMenuItemSeparator(),
		item(words.Say("gui.settings"), m.shortcut(fyne.KeyComma), func() { m.always(func() { sh.desk.goByKey("settings") }) }),
		item(words.Say("gui.engines"), m.shortcut(fyne.KeyE), func() { m.always(sh.desk.commands.Engines) }),
		fyne.NewMenuItemSeparator())
	file.Items = append(append(file.Items, sh.applicationsItems()...), quit)
	view := fyne.NewMenu(words.Say("gui.view").String(), m.pageItems()...)
	view.Items = append(view.Items,
		item(words.Say("gui.maximize-the-details"), m.key(fyne.KeyF11), func() {
			m.always(func() { sh.desk.page.Maximize() })
		}),
		fyne.NewMenuItemSeparator(),
		item(words.Say("common.history"), m.shortcut(fyne.KeyH), func() { m.always(sh.desk.commands.History) }),
		item(words.Say("common.jobs"), m.shortcut(fyne.KeyJ), func() { m.always(sh.desk.commands.Jobs) }),
		fyne.NewMenuItemSeparator(),
		m.themeItem("", words.Say("gui.system-theme")), m.themeItem("light", words.Say("gui.light-theme")),
		m.themeItem("dark", words.Say("gui.dark-theme")))
	view.Items = append(view.Items, m.languageItems()...)
	m.selected = fyne.NewMenu(words.Say("gui.selected").String(),
		fyne.NewMenuItem(words.Say("gui.nothing-is-selected").String(), nil))
	help := fyne.NewMenu(words.Say("gui.help").String(),
		item(words.Say("gui.keyboard-shortcuts"), &desktop.CustomShortcut{KeyName: fyne.KeyF1}, func() {
			m.always(sh.shortcuts)
		}),
		item(words.Say("gui.documentation"), nil, func() { m.always(sh.documentation) }),
		item(words.Say("gui.asks-to-report-a-problem"), nil, func() { m.always(sh.report) }),
		item(words.Say("gui.licences"), nil, func() { m.always(sh.licences) }),
		item(words.Say("gui.about-slipway"), nil, func() { m.always(func() { sh.desk.commands.About(sh.program.Version) }) }))
	m.main = fyne.NewMainMenu(file, view, m.selected, help)
	return m
}

// pageKeys are the keys that lead to the pages, in their order.
var pageKeys = []fyne.KeyName{
	fyne.Key1, fyne.Key2, fyne.Key3, fyne.Key4, fyne.Key5, fyne.Key6, fyne.Key7, fyne.Key8, fyne.Key9,
}

// pageItems lead to the pages, and to what each adds.
func (m *menus) pageItems() []*fyne.MenuItem {
	var to, own []*fyne.MenuItem
	for i, p := range m.sh.desk.pages {
		line := fyne.NewMenuItem(p.Title().String(), func() { m.always(func() { m.sh.desk.goByKey(p.Name()) }) })
		if i < len(pageKeys) {
			line.Shortcut = m.shortcut(pageKeys[i])
		}
		to = append(to, line)
		for _, line := range p.Menu() {
			own = append(own, m.pageItem(p, line))
		}
	}
	to = append(to, item(words.Say("common.filter"), m.shortcut(fyne.KeyF), func() {
		m.always(func() { m.sh.desk.page.FocusFilter(m.sh.window.Canvas()) })
	}), fyne.NewMenuItemSeparator())
	return append(to, own...)
}

// pageItem is a line that a page adds. One that switches nothing goes to the page first.
func (m *menus) pageItem(p page.Page, line page.MenuItem) *fyne.MenuItem {
	run := func() { m.sh.desk.Go(p.Name()); line.Run() }
	if line.On != nil {
		run = line.Run
	}
	i := fyne.NewMenuItem(line.Label.String(), func() { m.always(run) })
	if line.Key != "" {
		modifier := fyne.KeyModifierShortcutDefault
		if line.Shift {
			modifier |= fyne.KeyModifierShift
		}
		i.Shortcut = &yielding{desktop.CustomShortcut{KeyName: line.Key, Modifier: modifier}, m.sh.window.Canvas()}
	}
	if line.On != nil {
		m.switches = append(m.switches, switched{i, line.On})
		i.Checked = line.On()
	}
	return i
}

// always runs fn unless a dialog is open, which has to be answered first.
func (m *menus) always(fn func()) {
	if m.sh.window.Canvas().Overlays().Top() == nil {
		fn()
	}
}

// free is always, for what needs an engine.
func (m *menus) free(fn func()) {
	if m.sh.desk.state.Phase == session.Connected {
		m.always(fn)
	}
}

func (m *menus) themeItem(value string, label words.Text) *fyne.MenuItem {
	i := fyne.NewMenuItem(label.String(), func() { m.sh.prefer(func(p *settings.Preferences) { p.Theme = value }) })
	i.Checked = m.sh.settings.Get().Theme == value
	m.theme[value] = i
	return i
}

// update fills the menu of what is selected, and does nothing when that did not change. An item looks its command up
// anew when it is chosen, so that it can never mean what was selected before.
func (m *menus) update() {
	what := m.sh.desk.page.Selection()
	if what.Title.None() {
		what.Title = words.Say("gui.nothing-is-selected")
	}
	heading := fyne.NewMenuItem(what.Title.String(), nil)
	heading.Disabled = true
	items := []*fyne.MenuItem{heading, fyne.NewMenuItemSeparator()}
	key := what.Title.String() + what.ID
	for _, c := range what.Commands {
		if c.ID == "" {
			items = append(items, fyne.NewMenuItemSeparator())
			continue
		}
		i := item(c.Label, m.commandShortcut(c.ID), func() { m.always(func() { m.sh.desk.carryOut(c.ID) }) })
		i.Disabled = c.Off
		items = append(items, i)
		key += c.ID + c.Label.String() + fmt.Sprint(c.Off)
	}
	for _, s := range m.switches {
		key += fmt.Sprint(s.on())
	}
	if key == m.shown {
		return
	}
	m.shown = key
	for _, s := range m.switches {
		s.item.Checked = s.on()
	}
	m.selected.Items = items
	m.main.Refresh()
}

// commandShortcut is the shortcut of a command on the selected row.
func (m *menus) commandShortcut(id string) fyne.Shortcut {
	switch id {
	case "start", "resume":
		return m.shortcut(fyne.KeyS)
	case "stop":
		return m.shortcut(fyne.KeyT)
	case "restart":
		return m.shortcut(fyne.KeyR)
	case "open":
		return m.shortcut(fyne.KeyO)
	case "rename":
		return &desktop.CustomShortcut{KeyName: fyne.KeyF2}
	}
	return nil
}

// shortcuts lists the keys.
func (sh *Shell) shortcuts() {
	view := table.New("shortcuts",
		[]table.Column{
			{Key: "keys", Title: words.Say("gui.keys"), Min: 210},
			{Key: "what", Title: words.Say("gui.what-they-do"), Min: 300, Weight: 1},
		})
	titles := make([]words.Text, len(sh.desk.pages))
	for i, p := range sh.desk.pages {
		titles[i] = p.Title()
	}
	var rows []table.Row
	for i, r := range [][2]words.Text{
		{words.Say("gui.ctrl-1-to", words.Args{"Last": words.Count(len(sh.desk.pages))}), words.Join(", ", titles...)},
		{words.Say("gui.ctrl-f-or"), words.Say("gui.filter-the-list")},
		{words.Say("gui.up-down-home-end"), words.Say("gui.move-in-the-list")},
		{words.Say("gui.shift-up-and-down-ctrl"), words.Say("gui.select-several-a-range-one")},
		{words.Say("common.ctrl-a"), words.Say("gui.select-all-rows")},
		{words.Say("common.enter"), words.Say("gui.open-the-container-run-the")},
		{words.Say("gui.space-menu-shift-f10"), words.Say("gui.menu-of-the-selected-row")},
		{words.Say("common.del"), words.Say("gui.remove-the-selected")},
		{words.Name("F2"), words.Say("gui.rename-the-selected-container")},
		{words.Say("gui.ctrl-s-ctrl-t-ctrl"), words.Say("gui.start-stop-restart-the-selected")},
		{words.Say("gui.ctrl-o"), words.Say("gui.open-its-port-in-the")},
		{words.Say("gui.ctrl-l-ctrl-shift-t"), words.Say("gui.its-logs-a-terminal-in")},
		{words.Name("F11"), words.Say("gui.the-details-over-the-whole")},
		{words.Say("gui.ctrl-n-ctrl-p"), words.Say("gui.run-an-image-pull-an")},
		{words.Say("gui.ctrl-k-ctrl-v"), words.Say("gui.find-anything-explain-a")},
		{words.Say("gui.ctrl-h-ctrl-j-ctrl"), words.Say("gui.history-jobs-engines")},
		{words.Say("gui.tab-shift-tab"), words.Say("gui.next-previous-control")},
		{words.Say("gui.left-right-enter-on-the"), words.Say("gui.order-the-list")},
		{words.Say("common.enter"), words.Say("gui.in-a-form-its-main")},
		{words.Say("gui.alt"), words.Say("gui.the-menu-bar")},
		{words.Say("gui.ctrl-shift-c-ctrl-shift"), words.Say("gui.in-a-terminal-copy-paste")},
		{words.Say("gui.shift-and-the-mouse"), words.Say("gui.in-a-terminal-select-where")},
		{words.Say("gui.ctrl-shift-tab"), words.Say("gui.leave-a-terminal")},
		{words.Say("gui.esc"), words.Say("gui.close-a-dialog-clear-the")},
		{words.Say("gui.ctrl-q"), words.Say("gui.quit")},
	} {
		rows = append(rows, table.Row{
			ID: fmt.Sprint(i), Name: fmt.Sprint(i),
			Cells: []table.Cell{{Text: r[0], Style: kit.Strong}, {Text: r[1]}},
		})
	}
	view.SetRows(rows)
	var d *kit.Dialog
	closeIt := kit.NewButton("shortcuts.close", words.Say("common.close"), "", kit.Primary, func() { d.Cancel() })
	d = kit.NewDialog("shortcuts", words.Say("gui.keyboard-shortcuts"), words.Text{}, 680, kit.Height(460, view),
		kit.Buttons(nil, []fyne.CanvasObject{closeIt}))
	d.OnSubmit = d.Cancel
	d.Open(sh.window.Canvas(), closeIt)
}
