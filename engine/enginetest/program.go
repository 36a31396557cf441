//go:build linux

package enginetest

import "testing"

// Program is the path of a program that a test needs. A missing one ends the test: skipped, loudly, on a laptop,
// failed in CI.
func Program(t testing.TB, name string) string {
	t.Helper()
	notShort(t)
	found, err := findBinaries(name)
	if err != nil {
		giveUp(t, err)
	}
	return found.path(name)
}
