package gui

import (
	"cmp"
	"os"
	"slices"
	"strconv"

	"slipway/engine/settings"
)

// prefer changes what was chosen, remembers it, and puts it into effect.
func (sh *Shell) prefer(change func(*settings.Preferences)) {
	c := sh.desk.commands
	before := c.Chosen().Preferences
	c.Remember(func(v *settings.Values) { change(&v.Preferences) })
	now := c.Chosen().Preferences
	if now.Theme != before.Theme || now.Contrast != before.Contrast || now.Scale != before.Scale {
		sh.look(now)
	}
	for _, d := range sh.desks {
		d.session.Journal.Keep(cmp.Or(now.History, settings.UsualHistory))
	}
	for value, i := range sh.menu.theme {
		i.Checked = value == now.Theme
	}
	for tag, i := range sh.menu.language {
		i.Checked = tag == now.Language
	}
	sh.menu.main.Refresh()
	sh.desk.page.Refresh()
	if now.Language != before.Language {
		sh.sayLanguage(now.Language)
	}
}

// scaleEnv is what Fyne reads the scale of a window from, whenever the theme is set (2.7.1,
// internal/driver/glfw/scale.go); it has no other way to be told by the program.
const scaleEnv = "FYNE_SCALE"

// look shows the window as it was chosen. A scale that is given from outside stays.
func (sh *Shell) look(p settings.Preferences) {
	sh.ownScale = sh.ownScale || os.Getenv(scaleEnv) == ""
	switch {
	case !sh.ownScale:
	case p.Scale == 0 || !slices.Contains(settings.Scales, p.Scale):
		_ = os.Unsetenv(scaleEnv) // never fails
	default:
		_ = os.Setenv(scaleEnv, strconv.FormatFloat(float64(p.Scale)/100, 'f', -1, 64)) // never fails for a valid name
	}
	sh.theme.Force(p.Theme)
	sh.theme.Contrast(p.Contrast)
	sh.app.Settings().SetTheme(sh.theme)
}
