package gui

import (
	"encoding/json"

	"slipway/engine/settings"
	"slipway/engine/words"
	"slipway/gui/kit"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
)

// toolkitWords has what Fyne itself says in the window, in the menu of a field, in the language that Slipway speaks.
// Fyne speaks the system's and cannot be told another one, so ours take the place of the system's.
func toolkitWords() error {
	data, err := json.Marshal(map[string]string{
		"Cut": words.Say("gui.cut").String(), "Copy": words.Say("common.copy").String(),
		"Paste": words.Say("common.paste").String(), "Select all": words.Say("common.select-all").String(),
		"Undo": words.Say("gui.undo").String(), "Redo": words.Say("gui.redo").String(),
		"Quit": words.Say("gui.quit").String(),
	})
	if err != nil {
		return err
	}
	return lang.AddTranslationsForLocale(data, lang.SystemLocale())
}

// languageItems are the menu of languages: that of the system, and each by the name that those give it who speak it.
// There is none while somebody practices, since those settings go with the window.
func (m *menus) languageItems() []*fyne.MenuItem {
	if m.sh.desk.session.Practice() {
		return nil
	}
	m.language = map[string]*fyne.MenuItem{"": fyne.NewMenuItem(words.Say("gui.system-language").String(), func() {
		m.sh.prefer(func(p *settings.Preferences) { p.Language = "" })
	})}
	items := []*fyne.MenuItem{m.language[""]}
	for _, l := range words.Languages {
		m.language[l.Tag] = fyne.NewMenuItem(l.Name, func() {
			m.sh.prefer(func(p *settings.Preferences) { p.Language = l.Tag })
		})
		items = append(items, m.language[l.Tag])
	}
	if chosen, ok := m.language[m.sh.settings.Get().Language]; ok {
		chosen.Checked = true
	}
	all := fyne.NewMenuItem(words.Say("gui.language").String(), nil)
	all.ChildMenu = fyne.NewMenu("", items...)
	return []*fyne.MenuItem{fyne.NewMenuItemSeparator(), all}
}

// sayLanguage says that another language is spoken from the next start on.
func (sh *Shell) sayLanguage(tag string) {
	if words.Choice(tag) == words.Tag() {
		return
	}
	name := ""
	for _, l := range words.Languages {
		if l.Tag == words.Choice(tag) {
			name = l.Name
		}
	}
	sh.desk.commands.Notices.Show(kit.Notice{
		Title: words.Say("gui.language-from-the-next-start", words.Args{"Language": words.Name(name)}),
		Text:  words.Say("gui.quit-and-open-again"),
	})
}
