package settings

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRemember(t *testing.T) {
	var v Values
	v.Remember(Project{"/a", "scipy", 8888})
	v.Remember(Project{"/b", "r", 8889})
	v.Remember(Project{"/a", "r", 0})
	if diff := cmp.Diff([]Project{{"/a", "r", 8888}, {"/b", "r", 8889}}, v.Projects); diff != "" {
		t.Error(diff)
	}
	for i := range 2 * mostProjects {
		v.Remember(Project{Folder: fmt.Sprint("/", i)})
	}
	if len(v.Projects) != mostProjects || v.Projects[0].Folder != fmt.Sprint("/", 2*mostProjects-1) {
		t.Errorf("%d projects, the newest %+v", len(v.Projects), v.Projects[0])
	}
}
