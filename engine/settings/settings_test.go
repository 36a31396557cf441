package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "settings.json")
	f, p := Open(path)
	if p != nil {
		t.Fatal(p)
	}
	if err := f.Change(func(v *Values) { v.Engine, v.Sort["images"] = "colima", "-size" }); err != nil {
		t.Fatal(err)
	}
	again, p := Open(path)
	if v := again.Get(); p != nil || v.Engine != "colima" || v.Sort["images"] != "-size" || v.Version != version {
		t.Fatalf("%+v, %v", v, p)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestDamagedFileIsKeptAside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "settings.json")
	os.WriteFile(path, []byte("{oops"), 0o600)
	f, p := Open(path)
	if p == nil {
		t.Fatal("no problem was reported")
	}
	if err := f.Change(func(v *Values) { v.Theme = "dark" }); err != nil {
		t.Fatal(err)
	}
	kept, _ := filepath.Glob(path + ".damaged-*")
	if len(kept) != 1 {
		t.Fatalf("kept %v", kept)
	}
	if data, _ := os.ReadFile(kept[0]); string(data) != "{oops" {
		t.Errorf("kept %q", data)
	}
}

func TestNewerFileIsNotTouched(t *testing.T) {
	path := filepath.Join(t.TempDir(), "settings.json")
	newer := `{"version": 99, "theme": "dark", "future": true}`
	os.WriteFile(path, []byte(newer), 0o600)
	f, p := Open(path)
	if p == nil || f.Get().Theme != "dark" {
		t.Fatalf("%v, %+v", p, f.Get())
	}
	f.Change(func(v *Values) { v.Theme = "light" })
	if data, _ := os.ReadFile(path); !strings.Contains(string(data), "future") {
		t.Errorf("overwritten: %s", data)
	}
}
