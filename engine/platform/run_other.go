//go:build !unix

package platform

import "os"

// isSlipway tells whether a process lives: here one that does not cannot be found. Of one that does it is not known
// what it is.
func isSlipway(pid int) (lives, known bool) {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false, true
	}
	_ = p.Release()
	return false, false
}
