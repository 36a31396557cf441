package platform

import (
	"os"
	"path/filepath"
	"testing"
)

// TestFolderSize counts files of all depths, and no link twice.
func TestFolderSize(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "a", "b"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, size := range map[string]int{"one": 10, "a/two": 200, "a/b/three": 3000} {
		if err := os.WriteFile(filepath.Join(dir, name), make([]byte, size), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	_ = os.Symlink("one", filepath.Join(dir, "link"))
	if n, err := FolderSize(t.Context(), dir); err != nil || n != 3210 {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := FolderSize(t.Context(), filepath.Join(dir, "none")); err == nil {
		t.Error("a missing folder has no size")
	}
}
