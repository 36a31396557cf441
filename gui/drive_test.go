//go:build linux

package gui_test

import (
	"os"
	"testing"

	"slipway/engine/practice"
	"slipway/gui/guitest"
)

func TestMain(m *testing.M) { os.Exit(guitest.Main(m)) }

const (
	patience = guitest.Patience
	freeze   = guitest.Freeze
)

type (
	driver    = guitest.Driver
	inProcess = guitest.Window
)

// The words of a test for what a person sees.
var (
	item     = guitest.Item
	shows    = guitest.Shows
	hides    = guitest.Hides
	ready    = guitest.Ready
	says     = guitest.Says
	describe = guitest.Describe
	fatal    = guitest.Fatal
	home     = guitest.Home
	noLeaks  = guitest.NoLeaks
	open     = guitest.Open
)

// openPractice opens a window on an engine in memory with samples: it needs no root, no display and no Docker.
func openPractice(t *testing.T) (*inProcess, *practice.Engine) {
	t.Helper()
	return guitest.Practice(t, practice.Options{})
}

// press waits until a thing can be used and clicks it, in a window of either kind.
func press(d driver, id string) {
	d.Until(id+" can be pressed", ready(id))
	d.Click(id)
}
