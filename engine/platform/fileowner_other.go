//go:build !unix

package platform

// FileOwner is the number of the user that a file or folder belongs to. Users have no numbers here: it is always -1.
func FileOwner(string) int { return -1 }
