//go:build unix

package platform

import (
	"path/filepath"
	"testing"
)

func TestFreeSpace(t *testing.T) {
	if free, ok := FreeSpace(t.TempDir()); !ok || free <= 0 {
		t.Errorf("got %d, %v", free, ok)
	}
	if _, ok := FreeSpace(filepath.Join(t.TempDir(), "missing")); ok {
		t.Error("the space of what does not exist is known")
	}
}
