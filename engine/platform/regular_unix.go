//go:build unix

package platform

import "syscall"

// nonblocking has a file opened without waiting for the other end of a pipe, see open(2).
const nonblocking = syscall.O_NONBLOCK
