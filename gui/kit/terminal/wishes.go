package terminal

import "github.com/charmbracelet/x/ansi"

// wishes are what a program wants to be told, and how.
type wishes struct {
	bracket bool // what is pasted
	cursors bool // the arrows by other codes
	mouse   mouseWish
}

// set takes a mode that the program turned on or off.
func (w *wishes) set(m ansi.Mode, on bool) {
	switch m {
	case ansi.ModeBracketedPaste:
		w.bracket = on
	case ansi.ModeCursorKeys:
		w.cursors = on
	default:
		w.mouse.set(m, on)
	}
}

// mouseWish is what a program wants to know of the mouse, and how it is told (xterm, "Mouse Tracking"). Where it wants
// to know every movement it is told those with a button held.
type mouseWish struct {
	clicks   bool // buttons that are pressed
	releases bool // and released, and the wheel
	moves    bool // and movements with a button held
	sgr      bool // numbers instead of single bytes
}

// set takes a mode of the mouse.
func (w *mouseWish) set(m ansi.Mode, on bool) {
	switch m {
	case ansi.ModeMouseX10:
		w.clicks = on
		w.releases, w.moves = false, false
	case ansi.ModeMouseNormal:
		w.clicks, w.releases = on, on
		w.moves = false
	case ansi.ModeMouseButtonEvent, ansi.ModeMouseAnyEvent:
		w.clicks, w.releases, w.moves = on, on, on
	case ansi.ModeMouseExtSgr:
		w.sgr = on
	}
}
