//go:build unix

package platform

import (
	"io/fs"
	"slices"
	"syscall"
)

// MayWrite reports whether a user of these numbers may add files to a folder, by what info says of it; known is false
// where nobody can tell. Access lists are not looked at.
func MayWrite(info fs.FileInfo, user int, groups []int) (may, known bool) {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return false, false
	}
	mode := info.Mode().Perm()
	switch {
	case user == 0:
		return true, true
	case int(stat.Uid) == user:
		return mode&0o300 == 0o300, true
	case slices.Contains(groups, int(stat.Gid)):
		return mode&0o030 == 0o030, true
	}
	return mode&0o003 == 0o003, true
}
