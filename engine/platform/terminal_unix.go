//go:build unix

package platform

import (
	"os/exec"
	"syscall"
)

// detach lets a program go on when Slipway ends, and keeps signals of Slipway's terminal from it.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }
