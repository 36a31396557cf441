package rescue

import (
	"os"

	"golang.org/x/sys/unix"
)

// syncAll has everything that was written to the file system of a folder put on its disk.
func syncAll(root *os.Root) error {
	f, err := root.Open(".")
	if err != nil {
		return err
	}
	defer f.Close()
	return unix.Syncfs(int(f.Fd()))
}

// small are files, in bytes, that are not put on the disk one by one but all together at the end: a disk takes some
// milliseconds for each.
const small = 1 << 20
