package platform

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFolders(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"beta", "Alpha", ".hidden", "gamma"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"link": "gamma", "filelink": "file", "broken": "nowhere", "loop": "loop"} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	list, err := Folders(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range list {
		names = append(names, f.Name)
		if f.Path != filepath.Join(dir, f.Name) || f.Hidden != (f.Name == ".hidden") || f.Changed.IsZero() {
			t.Errorf("%+v", f)
		}
	}
	if diff := cmp.Diff([]string{".hidden", "Alpha", "beta", "gamma", "link"}, names); diff != "" {
		t.Error(diff)
	}
}

func TestFoldersFails(t *testing.T) {
	if _, err := Folders(t.Context(), filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Folders(t.Context(), file); err == nil {
		t.Error("a file was listed")
	}
	// More than a batch, and given up after the first.
	dir := t.TempDir()
	for i := range folderBatch + 1 {
		if err := os.Mkdir(filepath.Join(dir, strconv.Itoa(i)), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Folders(ctx, dir); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
}
