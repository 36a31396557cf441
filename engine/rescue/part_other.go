//go:build !linux

package rescue

import (
	"errors"
	"os"
)

func openNameless(*os.Root) (*os.File, error) { return nil, errors.ErrUnsupported }

func linkNameless(*os.File, *os.Root, string) error { return errors.ErrUnsupported }
