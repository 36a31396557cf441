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

// isSlipway tells whether a process lives and, where that can be seen, is a program of the name that this one has: numbers are
// given anew.
func isSlipway(pid int) bool {
	if err := syscall.Kill(pid, 0); err != nil && !errors.Is(err, syscall.EPERM) {
		return false
	}
	its, err := program(fmt.Sprint(pid))
	if err != nil {
		return true // another user's, or a system without /proc
	}
	mine, err := program("self")
	return err != nil || its == mine
}

// program is the name of the file that a process runs, which an upgrade may have put another one in the place of.
func program(process string) (string, error) {
	path, err := os.Readlink("/proc/" + process + "/exe")
	return filepath.Base(strings.TrimSuffix(path, " (deleted)")), err
}
