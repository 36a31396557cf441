//go:build !unix

package platform

// nonblocking is nothing here: there are no pipes among the files.
const nonblocking = 0
