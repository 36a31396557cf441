//go:build !linux

package platform

import (
	"errors"
	"os"
)

// renameNew is not there: a link does it.
func renameNew(*os.Root, string, string) error { return errors.ErrUnsupported }
