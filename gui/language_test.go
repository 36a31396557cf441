//go:build linux

package gui_test

import (
	"testing"

	"slipway/engine/endpoint"
	"slipway/engine/practice"
	"slipway/engine/session"
	"slipway/engine/settings"
	"slipway/engine/words"
	"slipway/gui"
	"slipway/gui/guitest"

	"fyne.io/fyne/v2/lang"
)

// TestLanguage chooses another language, which the next window speaks, Fyne's own menus too.
func TestLanguage(t *testing.T) {
	noLeaks(t)
	e := guitest.StartPractice(t, practice.Options{})
	if err := e.AddSamples(); err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	opened := func(t *testing.T) *inProcess {
		t.Helper()
		return guitest.OpenAt(t, home, func() *session.Session {
			words.Use(settings.Language(settings.DefaultPath())) // as the program does
			return session.NewOn(endpoint.Endpoint{Name: "Practice", Source: endpoint.FromSocket, Host: e.Host()}, []byte("key"))
		})
	}
	chosen := func(tag string) func(gui.Dump) bool {
		return func(gui.Dump) bool { return settings.Language(settings.DefaultPath()) == tag }
	}
	t.Setenv("LC_ALL", "en_US.UTF-8")
	t.Cleanup(func() { words.Use("en") })
	t.Run("English", func(t *testing.T) {
		d := opened(t)
		d.Until("English", says("nav.cleanup", "Clean up"))
		d.Bar("View", "English")
		d.Until("English is chosen", chosen("en"))
		d.Until("nothing is said of what it speaks already", hides("notice.title"))
		d.Bar("View", "Português")
		d.Tells("notice.t", "Português (Brasil)")
		d.Until("Portuguese is chosen", chosen("pt-BR"))
		if got := lang.L("Paste"); got != "Paste" {
			t.Errorf("Fyne says %q", got)
		}
	})
	t.Run("Portuguese", func(t *testing.T) {
		d := opened(t)
		d.Until("Portuguese", says("nav.images", "Imagens"))
		if got := lang.L("Paste"); got != "Colar" {
			t.Errorf("Fyne says %q", got)
		}
		d.Bar("Exibir", "Idioma do sistema")
		d.Until("the system's is chosen", chosen(""))
	})
}
