//go:build linux

package preferences_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/engine/endpoint"
	"slipway/engine/practice"
	"slipway/engine/session"
	"slipway/engine/settings"
	"slipway/gui"
	"slipway/gui/guitest"
	"slipway/gui/kit"
)

func open(t *testing.T) *guitest.Window {
	t.Helper()
	t.Setenv("FYNE_SCALE", "")
	w, _ := guitest.Practice(t, practice.Options{})
	w.Press("nav.settings")
	w.See("settings.theme")
	return w
}

// kept waits until the settings file has what is wanted.
func kept(w *guitest.Window, what string, fits func(settings.Preferences) bool) {
	w.T.Helper()
	w.Until("the settings to have "+what, func(gui.Dump) bool {
		file, problem := settings.Open(settings.DefaultPath())
		return problem == nil && fits(file.Get().Preferences)
	})
}

// TestChoose chooses each kind of thing, which has its effect at once, and gives one back.
func TestChoose(t *testing.T) {
	w := open(t)
	w.Press("settings.theme")
	w.Press("settings.theme.2")
	w.Press("settings.contrast")
	w.Press("settings.contrast.1")
	w.Press("settings.scale")
	w.Press("settings.scale.4")
	w.Press("settings.undo")
	w.Press("settings.undo.2")
	w.Read("settings.undo", "30")
	kept(w, "what was chosen", func(p settings.Preferences) bool {
		return p == settings.Preferences{Theme: "dark", Contrast: true, Scale: 120, Undo: 30}
	})
	if scale := os.Getenv("FYNE_SCALE"); scale != "1.2" {
		t.Errorf("the scale is %q", scale)
	}
	if path := os.Getenv("SLIPWAY_PICTURE"); path != "" {
		w.Picture(path)
	}
	w.Press("settings.scale.reset")
	w.Gone("settings.scale.reset")
	kept(w, "the usual scale", func(p settings.Preferences) bool { return p.Scale == 0 && p.Theme == "dark" })
	if scale := os.Getenv("FYNE_SCALE"); scale != "" {
		t.Errorf("the scale is %q", scale)
	}
	w.Bar("View", "Light theme") // the menu is another way to the same
	w.Read("settings.theme", "Light")
	w.Press("settings.more")
	w.Press("settings.defaults")
	w.Gone("settings.theme.reset")
	w.Read("settings.theme", "System")
	w.Press("settings.back")
	w.Read("settings.theme", "Light")
	w.Read("settings.undo", "30")
}

// TestEffects lets removals wait for as long as was chosen, the history forget, and Launch begin with another notebook.
func TestEffects(t *testing.T) {
	w := open(t)
	w.Press("settings.undo")
	w.Press("settings.undo.3")
	guitest.UndoFor(t, 0)
	w.Press("nav.containers")
	w.Menu("hello", "remove")
	w.Read("remove.undo", "60")
	w.Press("remove.cancel")
	w.Press("nav.settings")
	w.Press("settings.idle")
	w.Press("settings.idle.2")
	w.Press("nav.launch")
	w.Press("nav.settings")
	w.Press("settings.begin")
	w.Press("settings.begin.2")
	kept(w, "the beginning", func(p settings.Preferences) bool { return p.Begin != "" && p.StopIdle == 2 && p.Undo == 60 })
}

// TestFind finds settings by what they are about, in the page and from everywhere.
func TestFind(t *testing.T) {
	w := open(t)
	w.Fill("settings.filter", "notebooks idle")
	w.See("settings.idle")
	w.Gone("settings.theme")
	w.Focus("settings.filter")
	w.Key("Down")
	w.Until("the keys at what was found", func(d gui.Dump) bool { return focused(d, "settings.idle") })
	w.Fill("settings.filter", "nothing like it")
	w.See("settings.none")
	w.Focus("settings.filter")
	w.Key("Return")
	w.Key("Escape")
	w.See("settings.theme")
	w.Press("nav.images")
	w.Bar("File", "Find anything")
	w.Fill("palette.text", "undo a removal")
	w.Key("Return")
	w.Until("the page of settings", func(d gui.Dump) bool { return d.Page == "settings" && focused(d, "settings.undo") })
}

// TestFiles takes settings along in a file, and refuses what is none.
func TestFiles(t *testing.T) {
	w := open(t)
	dir := t.TempDir()
	w.Press("settings.theme")
	w.Press("settings.theme.2")
	w.Press("settings.more")
	w.Press("settings.export")
	w.ChoosePath(dir)
	w.See("settings.exported")
	w.Press("settings.theme")
	w.Press("settings.theme.1")
	file := filepath.Join(dir, "slipway-settings-"+time.Now().Format(time.DateOnly)+".json")
	w.Press("settings.more")
	w.Press("settings.import")
	w.ChoosePath(file)
	w.Read("settings.theme", "Dark")
	w.Press("settings.back")
	w.Read("settings.theme", "Light")
	other := filepath.Join(dir, "other.json")
	if err := os.WriteFile(other, []byte(`{"theme":"dark"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	w.Press("settings.more")
	w.Press("settings.import")
	w.ChoosePath(other)
	w.Until("the message", guitest.Says("notice.title", "Cannot import settings"))
	w.Read("settings.theme", "Light")
	if text, _ := os.ReadFile(file); strings.Contains(string(text), dir) {
		t.Errorf("a folder of this computer is in %s", text)
	}
}

// TestWithoutEngine shows the page where there is no engine.
func TestWithoutEngine(t *testing.T) {
	guitest.NoLeaks(t)
	w := guitest.OpenOn(t, func() *session.Session {
		return session.NewOn(endpoint.Endpoint{
			Name: "Gone", Source: endpoint.FromSocket, Host: "unix://" + filepath.Join(t.TempDir(), "gone.sock"),
		}, []byte("key"))
	})
	w.Press("nav.settings")
	w.See("settings.theme")
	w.Press("nav.images")
	w.See("welcome.title")
}

// focused tells whether a thing has the keys.
func focused(d gui.Dump, id string) bool {
	return slices.ContainsFunc(d.Items, func(i kit.Item) bool { return i.ID == id && i.Focused })
}
