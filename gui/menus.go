package gui

import (
	"fmt"

	"slipway/engine/session"
	"slipway/engine/settings"
	"slipway/gui/commands"
	"slipway/gui/kit"
	"slipway/gui/present"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// menus is the menu bar. Its items carry the shortcuts, because a focused field would swallow any other.
type menus struct {
	sh       *Shell
	main     *fyne.MainMenu
	selected *fyne.Menu
	usage    *fyne.MenuItem
	theme    map[string]*fyne.MenuItem
	shown    string // what the menu of the selected row was made for
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
	if kit.TakesKeys(y.canvas) {
		return ""
	}
	return y.CustomShortcut.ShortcutName()
}

// key is a key alone, which a terminal that has the focus gets.
func (m *menus) key(key fyne.KeyName) fyne.Shortcut {
	return &yielding{desktop.CustomShortcut{KeyName: key}, m.sh.window.Canvas()}
}

func item(label string, s fyne.Shortcut, run func()) *fyne.MenuItem {
	i := fyne.NewMenuItem(label, run)
	i.Shortcut = s
	return i
}

func newMenus(sh *Shell) *menus {
	m := &menus{sh: sh, theme: map[string]*fyne.MenuItem{}}
	quit := item("Quit", m.shortcut(fyne.KeyQ), sh.Quit)
	quit.IsQuit = true
	file := fyne.NewMenu("File",
		item("Run…", m.shortcut(fyne.KeyN), func() { m.free(func() { sh.commands.Run("") }) }),
		item("Pull…", m.shortcut(fyne.KeyP), func() { m.free(sh.commands.Pull) }),
		fyne.NewMenuItemSeparator(),
		item("Engines…", m.shortcut(fyne.KeyE), func() { m.always(sh.commands.Engines) }),
		fyne.NewMenuItemSeparator())
	file.Items = append(append(file.Items, sh.applicationsItems()...), quit)
	view := fyne.NewMenu("View",
		item("Launch", m.shortcut(fyne.Key1), func() { m.always(func() { sh.goByKey("launch") }) }),
		item("Containers", m.shortcut(fyne.Key2), func() { m.always(func() { sh.goByKey("containers") }) }),
		item("Images", m.shortcut(fyne.Key3), func() { m.always(func() { sh.goByKey("images") }) }),
		item("Volumes", m.shortcut(fyne.Key4), func() { m.always(func() { sh.goByKey("volumes") }) }),
		item("Clean up", m.shortcut(fyne.Key5), func() { m.always(func() { sh.goByKey("cleanup") }) }),
		item("Filter", m.shortcut(fyne.KeyF), func() {
			m.always(func() { sh.pages[sh.page].FocusFilter(sh.window.Canvas()) })
		}),
		fyne.NewMenuItemSeparator(),
		item("Logs of the container", m.shortcut(fyne.KeyL), func() { m.always(func() { sh.look("logs") }) }),
		item("Terminal in the container", &yielding{desktop.CustomShortcut{
			KeyName:  fyne.KeyT,
			Modifier: fyne.KeyModifierShortcutDefault | fyne.KeyModifierShift,
		}, sh.window.Canvas()}, func() {
			m.always(func() { sh.look("terminal") })
		}),
		item("Maximize the details", m.key(fyne.KeyF11), func() { m.always(sh.maximize) }),
		fyne.NewMenuItemSeparator(),
		item("History", m.shortcut(fyne.KeyH), func() { m.always(sh.commands.History) }),
		item("Jobs", m.shortcut(fyne.KeyJ), func() { m.always(sh.commands.Jobs) }),
		fyne.NewMenuItemSeparator(),
		m.usageItem(),
		fyne.NewMenuItemSeparator(),
		m.themeItem("", "System theme"), m.themeItem("light", "Light theme"), m.themeItem("dark", "Dark theme"))
	m.selected = fyne.NewMenu("Selected", fyne.NewMenuItem("Nothing is selected", nil))
	help := fyne.NewMenu("Help",
		item("Keyboard shortcuts", &desktop.CustomShortcut{KeyName: fyne.KeyF1}, func() { m.always(sh.shortcuts) }),
		item("About Slipway", nil, func() { m.always(func() { sh.commands.About(sh.version) }) }))
	m.main = fyne.NewMainMenu(file, view, m.selected, help)
	return m
}

// always runs fn unless a dialog is open, which has to be answered first.
func (m *menus) always(fn func()) {
	if m.sh.window.Canvas().Overlays().Top() == nil {
		fn()
	}
}

// free is always, for what needs an engine.
func (m *menus) free(fn func()) {
	if m.sh.state.Phase == session.Connected {
		m.always(fn)
	}
}

func (m *menus) themeItem(value, label string) *fyne.MenuItem {
	i := fyne.NewMenuItem(label, func() { m.sh.setTheme(value) })
	i.Checked = m.sh.settings.Get().Theme == value
	m.theme[value] = i
	return i
}

// usageItem shows or hides what containers use.
func (m *menus) usageItem() *fyne.MenuItem {
	m.usage = fyne.NewMenuItem("CPU and memory of containers", func() { m.sh.containers.ToggleUsage() })
	m.usage.Checked = m.sh.settings.Get().Usage
	m.sh.containers.OnUsage = func(on bool) {
		m.usage.Checked = on
		m.main.Refresh()
	}
	return m.usage
}

// setTheme changes the theme and remembers it.
func (sh *Shell) setTheme(value string) {
	sh.theme.Force(value)
	sh.app.Settings().SetTheme(sh.theme)
	for v, i := range sh.menu.theme {
		i.Checked = v == value
	}
	sh.menu.main.Refresh()
	sh.commands.Remember(func(v *settings.Values) { v.Theme = value })
}

// update fills the menu of what is selected, and does nothing when that did not change. An item looks its command up
// anew when it is chosen, so that it can never mean what was selected before.
func (m *menus) update() {
	title, id, list := m.sh.selection()
	heading := fyne.NewMenuItem(title, nil)
	heading.Disabled = true
	items := []*fyne.MenuItem{heading, fyne.NewMenuItemSeparator()}
	key := title + id
	for _, c := range list {
		if c.ID == "" {
			items = append(items, fyne.NewMenuItemSeparator())
			continue
		}
		i := item(c.Label, m.commandShortcut(c.ID), func() { m.always(func() { m.sh.carryOut(c.ID) }) })
		i.Disabled = c.Off
		items = append(items, i)
		key += c.ID + c.Label + fmt.Sprint(c.Off)
	}
	if key == m.shown {
		return
	}
	m.shown = key
	m.selected.Items = items
	m.main.Refresh()
}

// selection is what is selected on the page: its name, its ID and what can be done with it.
func (sh *Shell) selection() (name, id string, list []commands.Command) {
	switch sh.page {
	case "containers":
		switch list := sh.containers.Chosen(); len(list) {
		case 0:
		case 1:
			return list[0].Name, list[0].ID, sh.commands.Containers(list)
		default:
			return present.Count(len(list), "container"), "", sh.commands.Containers(list)
		}
	case "images":
		switch list := sh.images.Chosen(); len(list) {
		case 0:
		case 1:
			return list[0].Name(), list[0].Image.ID, sh.commands.Images(list)
		default:
			return present.Count(len(list), "image name"), "", sh.commands.Images(list)
		}
	case "volumes":
		switch list := sh.volumes.Chosen(); len(list) {
		case 0:
		case 1:
			return commands.VolumeTitle(list[0]), list[0].Name, sh.commands.Volumes(list)
		default:
			return present.Count(len(list), "volume"), "", sh.commands.Volumes(list)
		}
	}
	return "Nothing is selected", "", nil
}

// carryOut does a command with what is selected now, if it can be done.
func (sh *Shell) carryOut(id string) {
	_, _, list := sh.selection()
	if c, ok := commands.Find(list, id); ok && !c.Off {
		c.Run()
	}
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
	table := kit.NewTable("shortcuts",
		[]kit.Column{{Key: "keys", Title: "Keys", Min: 210}, {Key: "what", Title: "What they do", Min: 300, Weight: 1}})
	var rows []kit.TableRow
	for i, r := range [][2]string{
		{"Ctrl 1 to Ctrl 5", "Launch, Containers, Images, Volumes, Clean up"},
		{"Ctrl F or /", "Filter the list"},
		{"Up, Down, Home, End", "Move in the list"},
		{"Shift Up and Down, Ctrl Space", "Select several: a range, one more"},
		{"Ctrl A", "Select all rows"},
		{"Enter", "Open the container; run the image"},
		{"Space, Menu, Shift F10", "Menu of the selected row"},
		{"Del", "Remove the selected"},
		{"F2", "Rename the selected container"},
		{"Ctrl S, Ctrl T, Ctrl R", "Start, stop, restart the selected container"},
		{"Ctrl O", "Open its port in the browser"},
		{"Ctrl L, Ctrl Shift T", "Its logs, a terminal in it"},
		{"F11", "The details over the whole page, and back"},
		{"Ctrl N, Ctrl P", "Run an image, pull an image"},
		{"Ctrl H, Ctrl J, Ctrl E", "History, jobs, engines"},
		{"Tab, Shift Tab", "Next, previous control"},
		{"Left, Right, Enter on the titles", "Order the list"},
		{"Enter", "In a form: its main button"},
		{"Alt", "The menu bar"},
		{"Ctrl Shift C, Ctrl Shift V", "In a terminal: copy, paste"},
		{"Shift and the mouse", "In a terminal: select where the program takes the mouse"},
		{"Ctrl Shift Tab", "Leave a terminal"},
		{"Esc", "Close a dialog, clear the filter"},
		{"Ctrl Q", "Quit"},
	} {
		rows = append(rows, kit.TableRow{
			ID: fmt.Sprint(i), Name: fmt.Sprint(i),
			Cells: []kit.Cell{{Text: r[0], Style: kit.Strong}, {Text: r[1]}},
		})
	}
	table.SetRows(rows)
	var d *kit.Dialog
	closeIt := kit.NewButton("shortcuts.close", "Close", "", kit.Primary, func() { d.Cancel() })
	d = kit.NewDialog("shortcuts", "Keyboard shortcuts", "", 680, kit.Height(460, table),
		kit.Buttons(nil, []fyne.CanvasObject{closeIt}))
	d.OnSubmit = d.Cancel
	d.Open(sh.window.Canvas(), closeIt)
}
