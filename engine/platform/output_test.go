package platform

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/adrg/xdg"
)

// TestOutputRoom puts what programs printed into the cache, or else where temporary files are.
func TestOutputRoom(t *testing.T) {
	t.Cleanup(xdg.Reload) // the last thing, with the environment as it was
	cache := filepath.Join(t.TempDir(), "cache")
	t.Setenv("XDG_CACHE_HOME", cache)
	xdg.Reload()
	dir, bytes := OutputRoom()
	if info, err := os.Stat(dir); dir != filepath.Join(cache, "slipway") || err != nil || !info.IsDir() {
		t.Errorf("%q, %v", dir, err)
	}
	if free, ok := FreeSpace(dir); ok && (bytes <= 0 || bytes > free/2) {
		t.Errorf("%d of %d bytes", bytes, free)
	}
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_CACHE_HOME", blocked)
	xdg.Reload()
	if dir, bytes := OutputRoom(); dir != "" || bytes <= 0 {
		t.Errorf("%q, %d", dir, bytes)
	}
}
