//go:build !linux

package platform

// PortOwner names the process that listens on the TCP port. This system does not tell without a program of its own,
// so the name is empty.
func PortOwner(uint16) string { return "" }
