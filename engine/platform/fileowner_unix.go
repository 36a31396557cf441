//go:build unix

package platform

import (
	"os"
	"syscall"
)

// FileOwner is the number of the user that a file or folder belongs to, -1 where nobody can tell. A link is followed.
func FileOwner(path string) int {
	info, err := os.Stat(path)
	if err != nil {
		return -1
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return -1
	}
	return int(stat.Uid)
}
