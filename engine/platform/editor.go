package platform

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"

	"slipway/engine/model"
)

// Editor is a program of this computer that edits a whole folder.
type Editor struct {
	// Name is what it is called, Program where it is.
	Name, Program string
}

// editors are those that open a folder when they are given its path, the best known first.
var editors = []Editor{
	{"VS Code", "code"},
	{"VSCodium", "codium"},
	{"Cursor", "cursor"},
	{"Zed", "zed"},
	{"PyCharm", "pycharm"},
	{"Sublime Text", "subl"},
	{"Positron", "positron"},
	{"Kate", "kate"},
}

// FindEditor is the first editor of folders that is in the PATH; ok is false where there is none. It runs nothing.
func FindEditor() (e Editor, ok bool) {
	for _, e := range editors {
		if path, err := exec.LookPath(e.Program); err == nil && filepath.IsAbs(path) {
			return Editor{e.Name, path}, true
		}
	}
	return Editor{}, false
}

// OpenIn opens a folder in an editor, which goes on by itself.
func OpenIn(ctx context.Context, e Editor, folder string) error {
	if info, err := os.Stat(folder); err != nil || !info.IsDir() || !filepath.IsAbs(folder) {
		return model.NewProblem(model.ProblemNotFound, err, "There is no folder "+model.Visible(folder),
			"It may have been moved, or is a file.", "Look where it is now.")
	}
	cmd := exec.Command(e.Program, folder) // #nosec G204 -- an editor of the PATH and a whole path, which is no option
	if err := cmd.Start(); err != nil {
		return model.NewProblem(model.ProblemUnsupported, err, "Cannot open "+e.Name, "This system did not start it.",
			"Open "+model.Visible(folder)+" there yourself.")
	}
	return await(ctx, cmd.Wait)
}
