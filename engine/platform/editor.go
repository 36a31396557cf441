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
	Name    string
	Program string
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
		return &model.Problem{
			Kind: model.ProblemNotFound, Cause: err,
			What: model.Say("platform.there-is-no-folder", model.Args{"Path": model.Name(model.Visible(folder))}),
			Why:  model.Say("platform.it-may-have-been-moved"),
			Fix:  model.Say("common.look-where-it-is-now"),
		}
	}
	cmd := exec.Command(e.Program, folder) // #nosec G204 -- an editor of the PATH and a whole path, which is no option
	if err := cmd.Start(); err != nil {
		return &model.Problem{
			Kind: model.ProblemUnsupported, Cause: err,
			What: model.Say("platform.cannot-open", model.Args{"Name": model.Name(e.Name)}),
			Why:  model.Say("platform.this-system-did-not-start-it"),
			Fix:  model.Say("platform.open-there-yourself", model.Args{"Folder": model.Name(model.Visible(folder))}),
		}
	}
	return await(ctx, cmd.Wait)
}
