package terminal

import (
	"slipway/gui/kit"
	"slipway/gui/kit/cells"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"github.com/charmbracelet/x/ansi"
)

// Scrolled implements [fyne.Scrollable]. Programs on the whole screen get the keys of the arrows instead.
func (v *View) Scrolled(ev *fyne.ScrollEvent) {
	v.wheel += ev.Scrolled.DY * 2
	lines := int(v.wheel / cells.Size().Height)
	v.wheel -= float32(lines) * cells.Size().Height
	if v.takesMouse() {
		v.wheeled(ev.Position, lines)
		return
	}
	v.turned = 0
	v.mu.Lock()
	alt := v.emu.IsAltScreen()
	v.mu.Unlock()
	if !alt {
		v.scrollBack(lines)
		return
	}
	key := fyne.KeyUp
	if lines < 0 {
		key, lines = fyne.KeyDown, -lines
	}
	for range lines {
		v.press(key, 0)
	}
}

// spotAt is the cell at a position.
func (v *View) spotAt(pos fyne.Position) cells.Spot {
	cell := cells.Size()
	row := max(0, min(v.rows-1, int((pos.Y-cells.Pad)/cell.Height)))
	v.mu.Lock()
	v.catchUp()
	n := v.emu.ScrollbackLen()
	if v.emu.IsAltScreen() {
		n = 0
	}
	v.mu.Unlock()
	return cells.Spot{Line: n - v.back + row, Col: max(0, min(v.cols, int((pos.X-cells.Pad)/cell.Width+0.5)))}
}

// MouseDown implements [desktop.Mouseable].
func (v *View) MouseDown(ev *desktop.MouseEvent) {
	if c := kit.CanvasOf(v); c != nil {
		c.Focus(v)
	}
	v.held, v.mods = ansi.MouseNone, ev.Modifier
	if v.takesMouse() && v.mods&fyne.KeyModifierShift == 0 {
		v.held = mouseButtons[ev.Button]
		if v.told == nil {
			v.told = map[ansi.MouseButton]bool{}
		}
		v.told[v.held] = true
		v.heldAt = v.cellAt(ev.Position)
		v.tellMouse(v.held, v.heldAt, pressed)
		return
	}
	if ev.Button == desktop.MouseButtonPrimary {
		v.pressed = true
		at := v.spotAt(ev.Position)
		v.marked = cells.Selection{From: at, To: at}
		v.paint()
	}
}

// MouseUp implements [desktop.Mouseable].
func (v *View) MouseUp(ev *desktop.MouseEvent) {
	v.pressed = false
	b := mouseButtons[ev.Button]
	if v.told[b] {
		delete(v.told, b)
		v.tellMouse(b, v.cellAt(ev.Position), released)
	}
	if b == v.held {
		v.held = ansi.MouseNone
	}
}

// Dragged implements [fyne.Draggable]: it selects.
func (v *View) Dragged(ev *fyne.DragEvent) {
	if at := v.cellAt(ev.Position); v.held != ansi.MouseNone && at != v.heldAt {
		v.heldAt = at
		v.tellMouse(v.held, at, moved)
		return
	}
	if !v.pressed {
		return
	}
	switch {
	case ev.Position.Y < 0:
		v.scrollBack(1)
	case ev.Position.Y > v.Size().Height:
		v.scrollBack(-1)
	}
	if at := v.spotAt(ev.Position); at != v.marked.To {
		v.marked.To = at
		v.paint()
	}
}

// DragEnd implements [fyne.Draggable].
func (v *View) DragEnd() { v.pressed = false }

// TappedSecondary implements [fyne.SecondaryTappable].
func (v *View) TappedSecondary(ev *fyne.PointEvent) {
	if v.takesMouse() && v.mods&fyne.KeyModifierShift == 0 {
		return // the program has it
	}
	if v.OnMenu != nil {
		v.OnMenu(ev.AbsolutePosition)
	}
}

// Cursor implements [desktop.Cursorable].
func (v *View) Cursor() desktop.Cursor { return desktop.TextCursor }

// mouseWish is what a program wants to know of the mouse, and how it is told (xterm, "Mouse Tracking"). Where it wants
// to know every movement it is told those with a button held.
type mouseWish struct {
	clicks   bool // buttons that are pressed
	releases bool // and released, and the wheel
	moves    bool // and movements with a button held
	sgr      bool // numbers instead of single bytes
}

// mouseMode takes a mode of the mouse that the program turned on or off. The caller holds mu.
func (v *View) mouseMode(m ansi.Mode, on bool) {
	switch m {
	case ansi.ModeMouseX10:
		v.mouse.clicks = on
		v.mouse.releases, v.mouse.moves = false, false
	case ansi.ModeMouseNormal:
		v.mouse.clicks, v.mouse.releases = on, on
		v.mouse.moves = false
	case ansi.ModeMouseButtonEvent, ansi.ModeMouseAnyEvent:
		v.mouse.clicks, v.mouse.releases, v.mouse.moves = on, on, on
	case ansi.ModeMouseExtSgr:
		v.mouse.sgr = on
	}
}

// takesMouse tells whether the mouse is the program's; with Shift held a button never is.
func (v *View) takesMouse() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.mouse.clicks && v.back == 0 && !v.ended
}

// mouseButtons are the buttons as terminals call them.
var mouseButtons = map[desktop.MouseButton]ansi.MouseButton{
	desktop.MouseButtonPrimary: ansi.MouseLeft, desktop.MouseButtonSecondary: ansi.MouseRight,
	desktop.MouseButtonTertiary: ansi.MouseMiddle,
}

// mouseAct is what happened to a button.
type mouseAct int

const (
	pressed mouseAct = iota
	released
	moved
	turned
)

// mostByte is the last column or row that a single byte can say.
const mostByte = 94

// tellMouse tells the program what happened, as far as it wants to know.
func (v *View) tellMouse(b ansi.MouseButton, at mouseCell, act mouseAct) {
	v.mu.Lock()
	w := v.mouse
	v.mu.Unlock()
	if b == ansi.MouseNone || (act == released || act == turned) && !w.releases || act == moved && !w.moves {
		return
	}
	if !w.sgr && act == released {
		b = ansi.MouseNone // it is not told which
	}
	mods := v.mods
	if act == turned {
		mods = 0 // what is held is not known
	}
	code := ansi.EncodeMouseButton(b, act == moved, false, mods&fyne.KeyModifierAlt != 0,
		mods&fyne.KeyModifierControl != 0)
	switch {
	case w.sgr:
		v.Send(ansi.MouseSgr(code, at.col, at.row, act == released))
	case at.col <= mostByte && at.row <= mostByte:
		v.Send(ansi.MouseX10(code, at.col, at.row))
	}
}

// wheeled tells the program that the wheel was turned, up with a positive number.
func (v *View) wheeled(pos fyne.Position, lines int) {
	v.turned += lines
	b, steps := ansi.MouseWheelUp, v.turned/wheelLines
	v.turned -= steps * wheelLines
	if steps < 0 {
		b, steps = ansi.MouseWheelDown, -steps
	}
	for range steps {
		v.tellMouse(b, v.cellAt(pos), turned)
	}
}

// wheelLines is how many lines programs move by for each step of the wheel.
const wheelLines = 3

// mouseCell is a cell of the screen, from 0 on.
type mouseCell struct{ col, row int }

// cellAt is the cell under a position.
func (v *View) cellAt(pos fyne.Position) mouseCell {
	cell := cells.Size()
	return mouseCell{
		max(0, min(v.cols-1, int((pos.X-cells.Pad)/cell.Width))),
		max(0, min(v.rows-1, int((pos.Y-cells.Pad)/cell.Height))),
	}
}
