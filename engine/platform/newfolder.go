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
	kind, why := model.ProblemUnknown,
		model.Say("platform.this-computer-refused", model.Args{"Reason": model.Raw(err.Error())})
	var at *fs.PathError
	if errors.As(err, &at) { // the part of the path that failed
		why = model.Say("platform.this-computer-refused", model.Args{"Reason": model.Raw(at.Err.Error())})
	} else {
		at = &fs.PathError{Path: path}
	}
	switch {
	case errors.Is(err, fs.ErrPermission):
		kind, why = model.ProblemPermission,
			model.Say("platform.you-may-not-create-a", model.Args{"Dir": model.Name(filepath.Dir(at.Path))})
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, fs.ErrExist):
		kind, why = model.ProblemBadInput, model.Say("platform.is-not-a-folder", model.Args{"Path": model.Name(at.Path)})
	case errors.Is(err, syscall.ENOSPC):
		kind, why = model.ProblemDiskFull, model.Say("common.the-disk-of-this-computer")
	}
	return &model.Problem{
		Kind: kind, Cause: err,
		What: model.Say("platform.cannot-create-the-folder", model.Args{"Path": model.Name(path)}),
		Why:  why,
		Fix:  model.Say("common.choose-another-folder"),
	}
}
