package platform

import (
	"os"
	"path/filepath"
	"testing"

	"slipway/engine/model"
)

func TestCreateFolder(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		path string
		kind model.ProblemKind // "" when it is made
	}{
		"with those that it is in": {filepath.Join(dir, "a", "b"), ""},
		"one that is there":        {dir, ""},
		"in a file":                {filepath.Join(file, "a"), model.ProblemBadInput},
		"in the place of a file":   {file, model.ProblemBadInput},
	} {
		t.Run(name, func(t *testing.T) {
			err := CreateFolder(tc.path)
			if tc.kind == "" {
				if info, statErr := os.Stat(tc.path); err != nil || statErr != nil || !info.IsDir() {
					t.Errorf("%v, %v", err, statErr)
				}
				return
			}
			if !model.IsKind(err, tc.kind) {
				t.Errorf("%#v", err)
			}
		})
	}
}
