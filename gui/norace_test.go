//go:build linux && !race

package gui_test

const raced = false
