//go:build !linux

package endpoint

// listenerOf is the name of the program that listens on a unix socket. This system does not tell.
func listenerOf(string) (name string, nested bool) { return "", false }

// portListener is the name of the program that listens on a port. This system does not tell.
func portListener(string) string { return "" }

// thisMachine is the release of the kernel and the machine's memory. Engines here are on another kernel, see
// [sight.place].
func thisMachine() (release string, memory int64) { return "", 0 }
