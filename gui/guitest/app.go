//go:build linux

package guitest

import (
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// app is one test's view of the app that all tests of a program share: with each new one of Fyne's, and each theme that
// is set, the sizes of all texts would be measured anew, which took a third of the tests' time.
type app struct {
	fyne.App
	settings fyne.Settings
	prefs    *preferences
}

func (a *app) Settings() fyne.Settings       { return a.settings }
func (a *app) Preferences() fyne.Preferences { return a.prefs }

// newApp is an app that remembers nothing of the tests before, and the current one from now on.
func newApp() fyne.App {
	one := theApp()
	for _, key := range one.prefs.keys {
		one.prefs.RemoveValue(key)
	}
	one.prefs.keys = nil
	a := &app{App: one.App, settings: &appSettings{Settings: one.App.Settings(), shown: one.shown}, prefs: one.prefs}
	fyne.SetCurrentApp(a)
	return a
}

type sharedApp struct {
	fyne.App
	prefs *preferences
	shown *theme
}

var theApp = sync.OnceValue(func() *sharedApp {
	a := test.NewApp()
	shown := &theme{a.Settings().Theme()}
	a.Settings().SetTheme(shown)
	return &sharedApp{App: a, prefs: &preferences{Preferences: a.Preferences()}, shown: shown}
})

// theme is the theme that Fyne knows: the one of the window that is open.
type theme struct{ fyne.Theme }

// appSettings set the first theme without a word to Fyne, since nothing is there yet that would have to change.
type appSettings struct {
	fyne.Settings
	shown *theme
	set   bool
}

func (s *appSettings) SetTheme(t fyne.Theme) {
	s.shown.Theme = t
	if s.set {
		s.Settings.SetTheme(s.shown)
	}
	s.set = true
}

// preferences know what was written into them.
type preferences struct {
	fyne.Preferences
	keys []string
}

func (p *preferences) SetFloat(key string, value float64) {
	p.keys = append(p.keys, key)
	p.Preferences.SetFloat(key, value)
}

func (p *preferences) SetString(key, value string) {
	p.keys = append(p.keys, key)
	p.Preferences.SetString(key, value)
}
