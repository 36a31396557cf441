//go:build !unix

package platform

import "os/exec"

// detach does nothing: a program goes on by itself here.
func detach(*exec.Cmd) {}
