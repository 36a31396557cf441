package notebook

import (
	"context"
	"errors"
	"os"
	"path"
	"path/filepath"
	"strings"

	"slipway/engine/model"
)

// probeName begins the names of the two files with which a mounted folder is tried.
const probeName = ".slipway-check-"

// TryFolder tries in both directions whether the folder that is mounted at target in a running container is the one of
// this computer, and whether the container's user may write into it. Nothing stays in the folder. An image without sh
// cannot be tried, which is no error. The error is a [model.Problem] about the folder, or ctx's.
func TryFolder(ctx context.Context, src Source, id, folder, target string) error {
	word := NewToken()
	mine, theirs := probeName+word[:12]+"-1", probeName+word[:12]+"-2"
	err := os.WriteFile(filepath.Join(folder, mine), []byte(word), 0o644)
	defer os.Remove(filepath.Join(folder, mine))
	if err := errors.Join(err, os.Chmod(filepath.Join(folder, mine), 0o644)); err != nil { // whatever the umask is
		return CheckFolder(folder, err)
	}
	defer os.Remove(filepath.Join(folder, theirs))
	// $0 and $1 are arguments, not parts of the script.
	text, code, err := src.Exec(ctx, id, "sh", "-c", `cat "$0" && printf %s "$2" > "$1"`, path.Join(target, mine), path.Join(target, theirs), word)
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case err != nil, code == 126, code == 127:
		return nil // no shell in it, or it is gone: what comes next will tell
	case !strings.HasPrefix(text, word):
		return model.NewProblem(model.ProblemPermission, errors.New(text), "The container does not see the files in "+folder,
			"What this computer writes into the folder does not arrive in the container, or its user may not read it.",
			"Share the folder with the engine's virtual machine, or choose one in your home folder.")
	case code != 0:
		return model.NewProblem(model.ProblemPermission, errors.New(strings.TrimPrefix(text, word)), "The notebook may not write into "+folder,
			"The container's user has no permission to write there, so nothing could be saved.",
			"Choose a folder that belongs to you, or allow writing in this one.")
	}
	data, err := os.ReadFile(filepath.Join(folder, theirs))
	if err != nil || string(data) != word {
		if err == nil {
			err = errors.New("the file holds something else")
		}
		return model.NewProblem(model.ProblemPermission, err, "What the notebook saves does not arrive in "+folder,
			"The container could write, but this computer does not see the file: the folder is not shared with the engine's virtual machine.",
			"Share the folder in the settings of that virtual machine, or choose one in your home folder.")
	}
	_ = os.Remove(filepath.Join(folder, theirs))
	if _, err := os.Lstat(filepath.Join(folder, theirs)); err == nil { // only its maker may remove it here
		_, _, _ = src.Exec(ctx, id, "rm", "-f", path.Join(target, theirs))
	}
	return nil
}

// CheckFolder says why a folder of this computer cannot be used; why is the error that working with it gave.
func CheckFolder(folder string, why error) error {
	switch {
	case errors.Is(why, os.ErrNotExist):
		return model.NewProblem(model.ProblemNotFound, why, "The folder "+folder+" does not exist", "It may have been moved or renamed.", "Choose another folder, or make it again.")
	case errors.Is(why, os.ErrPermission):
		return model.NewProblem(model.ProblemPermission, why, "You may not write into "+folder, "The folder belongs to somebody else, or is protected.", "Choose a folder that belongs to you.")
	}
	return model.NewProblem(model.ProblemPermission, why, "The folder "+folder+" cannot be used", why.Error()+".", "Choose another folder.")
}
