package settings

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"slipway/engine/model"
)

func TestKey(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "slipway")
	at, file := filepath.Join(dir, "settings.json"), filepath.Join(dir, "key")
	keys := make([]model.Key, 20)
	var wg sync.WaitGroup
	for i := range keys { // several Slipways that begin at the same time
		wg.Go(func() { keys[i] = Key(at) })
	}
	wg.Wait()
	for _, k := range append(keys, Key(at)) {
		if len(k) != keySize || !bytes.Equal(k, keys[0]) {
			t.Fatalf("a key of %d bytes, the same one: %v", len(k), bytes.Equal(k, keys[0]))
		}
	}
	if list, _ := os.ReadDir(dir); len(list) != 1 {
		t.Errorf("left behind: %v", list)
	}
	if runtime.GOOS == "windows" {
		return
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if k := Key(at); !bytes.Equal(k, keys[0]) {
		t.Error("another key")
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
}

// TestBadKey has something else in the key's place: it vouches for nothing, and the next key stays.
func TestBadKey(t *testing.T) {
	for name, put := range map[string]func(file string) error{
		"too short": func(file string) error { return os.WriteFile(file, []byte("short"), 0o600) },
		"empty":     func(file string) error { return os.WriteFile(file, nil, 0o600) },
		"a folder":  func(file string) error { return os.Mkdir(file, 0o700) },
		"a link":    func(file string) error { return os.Symlink("/dev/zero", file) },
	} {
		at := filepath.Join(t.TempDir(), "settings.json")
		if err := put(filepath.Join(filepath.Dir(at), "key")); err != nil {
			t.Fatal(err)
		}
		first := Key(at)
		if second := Key(at); len(first) != keySize || !bytes.Equal(first, second) ||
			bytes.Equal(first, make([]byte, keySize)) {
			t.Errorf("%s: keys of %d and %d bytes", name, len(first), len(second))
		}
		if aside, _ := filepath.Glob(filepath.Join(filepath.Dir(at), "key.damaged-*")); len(aside) != 1 {
			t.Errorf("%s: it was not kept: %v", name, aside)
		}
	}
}

func TestKeyThatCannotBeKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	at := filepath.Join(file, "settings.json") // below a file
	if a, b := Key(at), Key(at); len(a) != keySize || bytes.Equal(a, b) {
		t.Error("one for each run was expected")
	}
}
