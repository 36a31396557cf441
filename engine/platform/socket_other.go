//go:build !unix

package platform

import (
	"errors"
	"net"
	"os"
)

// ListenPrivate listens on a unix socket at a path in a folder that only the user may enter. Anything that is there is
// an error.
func ListenPrivate(path string) (net.Listener, error) {
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		return nil, errors.Join(err, os.ErrExist)
	}
	return net.Listen("unix", path)
}
