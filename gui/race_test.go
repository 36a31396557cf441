//go:build linux && race

package gui_test

// raced tells that the race detector watches, which makes drawing five times slower.
const raced = true
