//go:build unix

package platform

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// isSlipway tells whether a process lives and is a program of the name that this one has: numbers are given anew. known
// is false where that cannot be seen: it is another user's, or there is no /proc.
func isSlipway(pid int) (lives, known bool) {
	if err := syscall.Kill(pid, 0); err != nil && !errors.Is(err, syscall.EPERM) {
		return false, true
	}
	its, err := program(fmt.Sprint(pid))
	if err != nil {
		return false, false
	}
	mine, err := program("self")
	return its == mine, err == nil
}

// program is the name of the file that a process runs, which an upgrade may have put another one in the place of.
func program(process string) (string, error) {
	path, err := os.Readlink("/proc/" + process + "/exe")
	return filepath.Base(strings.TrimSuffix(path, " (deleted)")), err
}
