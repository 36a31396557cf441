package platform

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"slipway/engine/model"
)

// CreateFolder makes a folder that a person named, with those that it is in, with the permissions that their umask
// leaves. One that is there already is well. The error is a [model.Problem].
func CreateFolder(path string) error {
	err := os.MkdirAll(path, 0o777)
	if err == nil {
		return nil
	}
	kind, why := model.ProblemUnknown, "This computer refused: "+err.Error()+"."
	var at *fs.PathError
	if errors.As(err, &at) { // the part of the path that failed
		why = "This computer refused: " + at.Err.Error() + "."
	} else {
		at = &fs.PathError{Path: path}
	}
	switch {
	case errors.Is(err, fs.ErrPermission):
		kind, why = model.ProblemPermission, "You may not create a folder in "+filepath.Dir(at.Path)+"."
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, fs.ErrExist):
		kind, why = model.ProblemBadInput, at.Path+" is not a folder."
	case errors.Is(err, syscall.ENOSPC):
		kind, why = model.ProblemDiskFull, "The disk of this computer is full."
	}
	return model.NewProblem(kind, err, "Cannot create the folder "+path, why, "Choose another folder.")
}
