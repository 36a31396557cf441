//go:build !unix

package platform

import "os"

// isSlipway tells whether a process lives: here one that does not cannot be found.
func isSlipway(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	_ = p.Release()
	return true
}
