//go:build !unix

package platform

import "io/fs"

// MayWrite reports whether a user of these numbers may add files to a folder. Users have no numbers here: it is never
// known.
func MayWrite(fs.FileInfo, int, []int) (may, known bool) { return false, false }
