//go:build linux

package platform

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/engine/model"
)

// TestOpenInEditor hands a folder with a strange name to the editor that is there, as one word, and nothing that is no
// folder.
func TestOpenInEditor(t *testing.T) {
	bin, folder := t.TempDir(), filepath.Join(t.TempDir(), "a $(b) 'c'")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	said := filepath.Join(bin, "said")
	if err := os.WriteFile(filepath.Join(bin, "codium"), []byte("#!/bin/sh\nprintf '%s|' \"$@\" > '"+said+"'\n"),
		0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	e, ok := FindEditor()
	if !ok || e.Name != "VSCodium" {
		t.Fatalf("%+v, %v", e, ok)
	}
	if err := OpenIn(t.Context(), e, folder); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(said); string(got) != folder+"|" {
		t.Errorf("it was told %q", got)
	}
	if err := OpenIn(t.Context(), e, said); !model.IsKind(err, model.ProblemNotFound) {
		t.Errorf("a file: %v", err)
	}
	t.Setenv("PATH", t.TempDir())
	if e, ok := FindEditor(); ok || strings.Contains(e.Program, "code") {
		t.Errorf("%+v", e)
	}
}
