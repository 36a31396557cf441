//go:build unix

package platform

import "golang.org/x/sys/unix"

// FreeSpace is how many bytes an ordinary user may still write where path is; ok is false where that cannot be told.
func FreeSpace(path string) (free int64, ok bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(path, &s); err != nil {
		return 0, false
	}
	return int64(uint64(s.Bavail) * uint64(s.Bsize)), true //nolint:unconvert // their types differ by system
}
