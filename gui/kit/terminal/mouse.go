package terminal

import (
	"slipway/gui/kit"
	"slipway/gui/kit/cells"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"github.com/charmbracelet/x/ansi"
)

var (
	_ desktop.Mouseable      = (*View)(nil)
	_ desktop.Cursorable     = (*View)(nil)
	_ fyne.Draggable         = (*View)(nil)
	_ fyne.Scrollable        = (*View)(nil)
	_ fyne.SecondaryTappable = (*View)(nil)
)

// Scrolled implements [fyne.Scrollable]. Programs on the whole screen get the keys of the arrows instead.
func (v *View) Scrolled(ev *fyne.ScrollEvent) {
	lines := v.mouse.lines(ev.Scrolled.DY, cells.Size().Height)
	if v.takesMouse() {
		b, steps := v.mouse.steps(lines)
		for range steps {
			v.tellMouse(b, v.screen.cellAt(ev.Position), turn)
		}
		return
	}
	v.mouse.turned = 0
	if !v.screen.whole() {
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

// MouseDown implements [desktop.Mouseable].
func (v *View) MouseDown(ev *desktop.MouseEvent) {
	if c := kit.CanvasOf(v); c != nil {
		c.Focus(v)
	}
	v.mouse.held, v.mouse.mods = ansi.MouseNone, ev.Modifier
	if v.takesMouse() && v.mouse.mods&fyne.KeyModifierShift == 0 {
		v.mouse.hold(mouseButtons[ev.Button], v.screen.cellAt(ev.Position))
		v.tellMouse(v.mouse.held, v.mouse.at, press)
		return
	}
	if ev.Button == desktop.MouseButtonPrimary {
		v.mouse.selects = true
		at := v.history.spotAt(ev.Position)
		v.history.marked = cells.Selection{From: at, To: at}
		v.paint()
	}
}

// MouseUp implements [desktop.Mouseable].
func (v *View) MouseUp(ev *desktop.MouseEvent) {
	v.mouse.selects = false
	if b := mouseButtons[ev.Button]; v.mouse.release(b) {
		v.tellMouse(b, v.screen.cellAt(ev.Position), release)
	}
}

// Dragged implements [fyne.Draggable]: it selects.
func (v *View) Dragged(ev *fyne.DragEvent) {
	if at := v.screen.cellAt(ev.Position); v.mouse.held != ansi.MouseNone && at != v.mouse.at {
		v.mouse.at = at
		v.tellMouse(v.mouse.held, at, move)
		return
	}
	if !v.mouse.selects {
		return
	}
	switch {
	case ev.Position.Y < 0:
		v.scrollBack(1)
	case ev.Position.Y > v.Size().Height:
		v.scrollBack(-1)
	}
	if at := v.history.spotAt(ev.Position); at != v.history.marked.To {
		v.history.marked.To = at
		v.paint()
	}
}

// DragEnd implements [fyne.Draggable].
func (v *View) DragEnd() { v.mouse.selects = false }

// TappedSecondary implements [fyne.SecondaryTappable].
func (v *View) TappedSecondary(ev *fyne.PointEvent) {
	if v.takesMouse() && v.mouse.mods&fyne.KeyModifierShift == 0 {
		return // the program has it
	}
	if v.OnMenu != nil {
		v.OnMenu(ev.AbsolutePosition)
	}
}

// Cursor implements [desktop.Cursorable].
func (v *View) Cursor() desktop.Cursor { return desktop.TextCursor }

// takesMouse tells whether the mouse is the program's; with Shift held a button never is.
func (v *View) takesMouse() bool { return v.history.back == 0 && v.screen.takesMouse() }

// tellMouse tells the program what happened, as far as it wants to know.
func (v *View) tellMouse(b ansi.MouseButton, at mouseCell, act mouseAct) {
	if text := v.mouse.message(v.screen.wants().mouse, b, at, act); text != "" {
		v.Send(text)
	}
}
