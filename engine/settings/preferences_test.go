package settings

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPreferences takes preferences to another computer, where files of an earlier Slipway are read as before.
func TestPreferences(t *testing.T) {
	path := filepath.Join(t.TempDir(), "settings.json")
	before := `{"version":1,"theme":"dark","language":"pt-BR","stopIdle":2,"folder":"/a"}`
	if err := os.WriteFile(path, []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	file, problem := Open(path)
	want := Preferences{Theme: "dark", Language: "pt-BR", StopIdle: 2}
	if v := file.Get(); problem != nil || v.Preferences != want || v.Folder != "/a" {
		t.Fatalf("%+v, %v", v, problem)
	}
	want.Contrast, want.Scale, want.Undo, want.History, want.Begin = true, 120, 30, 100, "scipy"
	data, err := want.Export()
	if err != nil || strings.Contains(string(data), "/a") {
		t.Fatalf("%s %v", data, err)
	}
	got, err := Import(data)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if want.UndoTime().Seconds() != 30 || (Preferences{}).UndoTime() != UsualUndo {
		t.Error("the time to undo")
	}
}

// TestUnsound passes over what cannot be chosen in a file that was written by hand.
func TestUnsound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "settings.json")
	if err := os.WriteFile(path, []byte(`{"version":1,"history":-5,"undo":-1,"language":"en","folder":"/a"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	file, problem := Open(path)
	if v := file.Get(); problem != nil || v.Preferences != (Preferences{Language: "en"}) || v.Folder != "/a" {
		t.Errorf("%+v, %v", v, problem)
	}
}

// TestForeignPreferences reads files that others made.
func TestForeignPreferences(t *testing.T) {
	for _, text := range []string{
		"", "[]", "null", "{}", `{"theme":"dark"}`, `{"slipway":"settings"}`, `{"slipway":"preferences","theme":"pink"}`,
		`{"slipway":"preferences","scale":100000}`, `{"slipway":"preferences","undo":-1}`,
		`{"slipway":"preferences","history":1e9}`, `{"slipway":"preferences","stopIdle":"2"}`,
	} {
		if _, err := Import([]byte(text)); !errors.Is(err, ErrNoPreferences) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if p, err := Import([]byte(`{"slipway":"preferences","theme":"dark","later":1}`)); err != nil || p.Theme != "dark" {
		t.Errorf("%+v, %v", p, err)
	}
}
