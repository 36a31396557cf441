package settings

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRemember(t *testing.T) {
	var v Values
	v.Remember(Project{Folder: "/a", Recipe: "scipy", Port: 8888})
	v.Remember(Project{Folder: "/b", Recipe: "r", Port: 8889})
	v.Remember(Project{Folder: "/a", Recipe: "r", Port: 0})
	if diff := cmp.Diff([]Project{{Folder: "/a", Recipe: "r", Port: 8888}, {Folder: "/b", Recipe: "r", Port: 8889}},
		v.Projects); diff != "" {
		t.Error(diff)
	}
	for i := range 2 * mostProjects {
		v.Remember(Project{Folder: fmt.Sprint("/", i)})
	}
	if len(v.Projects) != mostProjects || v.Projects[0].Folder != fmt.Sprint("/", 2*mostProjects-1) {
		t.Errorf("%d projects, the newest %+v", len(v.Projects), v.Projects[0])
	}
}

// TestChangeKeepsOthers keeps what another Slipway has written since the file was read.
func TestChangeKeepsOthers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "settings.json")
	window, _ := Open(path)
	terminal, _ := Open(path)
	for _, err := range []error{
		window.Change(func(v *Values) { v.Theme = "dark" }),
		terminal.Change(func(v *Values) { v.Remember(Project{Folder: "/a", Recipe: "scipy"}) }),
		window.Change(func(v *Values) { v.Sort["images"] = "-size" }),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	file, _ := Open(path)
	if v := file.Get(); v.Theme != "dark" || len(v.Projects) != 1 || v.Sort["images"] != "-size" {
		t.Errorf("%+v", v)
	}
}
