package platform

import (
	"cmp"
	"os"
	"path/filepath"

	"github.com/adrg/xdg"
)

// outputShare is which part of what is free on a disk the output of one program may take: the fourth. unknownRoom is
// how many bytes it may have where nobody can tell how much is free.
const (
	outputShare = 4
	unknownRoom = 512 << 20
)

// OutputDir is the folder of [OutputRoom], which need not be there.
func OutputDir() string { return filepath.Join(xdg.CacheHome, "slipway") }

// OutputRoom is a folder for what programs printed, which can be much, and how many more bytes of it may go
// there now. The folder is in the user's cache: the one for temporary files is often main memory. It is "", the
// latter, where there is no cache.
func OutputRoom() (dir string, bytes int64) {
	dir = OutputDir()
	if xdg.CacheHome == "" || os.MkdirAll(dir, 0o700) != nil {
		dir = ""
	}
	free, ok := FreeSpace(cmp.Or(dir, os.TempDir()))
	if !ok {
		return dir, unknownRoom
	}
	return dir, free / outputShare
}
