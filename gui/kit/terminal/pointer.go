package terminal

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"github.com/charmbracelet/x/ansi"
)

// pointer is what the mouse does in a terminal.
type pointer struct {
	selects bool                      // it was pressed to select
	held    ansi.MouseButton          // that was pressed last, of those that the program was told
	at      mouseCell                 // where that was told last
	told    map[ansi.MouseButton]bool // those that the program was told are pressed
	mods    fyne.KeyModifier          // when a button was pressed last
	wheel   float32                   // what was scrolled and is no line yet
	turned  int                       // lines of the wheel that make no whole step yet
}

// lines is by how many whole lines of a height the wheel has moved, up with a positive number.
func (p *pointer) lines(by, height float32) int {
	p.wheel += by * 2
	lines := int(p.wheel / height)
	p.wheel -= float32(lines) * height
	return lines
}

// steps is by how many steps the wheel was turned, and which way.
func (p *pointer) steps(lines int) (b ansi.MouseButton, steps int) {
	p.turned += lines
	b, steps = ansi.MouseWheelUp, p.turned/wheelLines
	p.turned -= steps * wheelLines
	if steps < 0 {
		b, steps = ansi.MouseWheelDown, -steps
	}
	return b, steps
}

// hold notes that the program is told that a button is pressed.
func (p *pointer) hold(b ansi.MouseButton, at mouseCell) {
	if p.told == nil {
		p.told = map[ansi.MouseButton]bool{}
	}
	p.held, p.at, p.told[b] = b, at, true
}

// release notes that a button is released, and tells whether the program knows that it was pressed.
func (p *pointer) release(b ansi.MouseButton) bool {
	told := p.told[b]
	delete(p.told, b)
	if b == p.held {
		p.held = ansi.MouseNone
	}
	return told
}

// mouseButtons are the buttons as terminals call them.
var mouseButtons = map[desktop.MouseButton]ansi.MouseButton{
	desktop.MouseButtonPrimary: ansi.MouseLeft, desktop.MouseButtonSecondary: ansi.MouseRight,
	desktop.MouseButtonTertiary: ansi.MouseMiddle,
}

// mouseAct is what happened to a button.
type mouseAct int

const (
	press mouseAct = iota
	release
	move
	turn
)

// mostByte is the last column or row that a single byte can say.
const mostByte = 94

// message is what a program is sent of what happened, as far as it wants to know: "" for nothing.
func (p *pointer) message(w mouseWish, b ansi.MouseButton, at mouseCell, act mouseAct) string {
	if b == ansi.MouseNone || (act == release || act == turn) && !w.releases || act == move && !w.moves {
		return ""
	}
	if !w.sgr && act == release {
		b = ansi.MouseNone // it is not told which
	}
	mods := p.mods
	if act == turn {
		mods = 0 // what is held is not known
	}
	code := ansi.EncodeMouseButton(b, act == move, false, mods&fyne.KeyModifierAlt != 0,
		mods&fyne.KeyModifierControl != 0)
	switch {
	case w.sgr:
		return ansi.MouseSgr(code, at.col, at.row, act == release)
	case at.col <= mostByte && at.row <= mostByte:
		return ansi.MouseX10(code, at.col, at.row)
	}
	return ""
}

// wheelLines is how many lines programs move by for each step of the wheel.
const wheelLines = 3
