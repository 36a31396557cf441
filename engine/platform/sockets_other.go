//go:build !linux

package platform

// StrangerListens reports whether another user listens on a port. This system does not tell that to ordinary users.
func StrangerListens(string, uint16, ...int) bool { return false }
