package logview

import (
	"slipway/gui/kit"
	"slipway/gui/kit/cells"

	"fyne.io/fyne/v2"
)

var (
	_ fyne.Focusable    = (*View)(nil)
	_ fyne.Shortcutable = (*View)(nil)
)

// FocusGained implements [fyne.Focusable].
func (v *View) FocusGained() { v.focused = true; v.render(); v.sheet.frame.Refresh() }

// FocusLost implements [fyne.Focusable].
func (v *View) FocusLost() { v.focused = false; v.render(); v.sheet.frame.Refresh() }

// Focused tells whether keys go to the view.
func (v *View) Focused() bool { return v.focused }

// TypedRune implements [fyne.Focusable].
func (v *View) TypedRune(r rune) { kit.PassRune(kit.CanvasOf(v), r) }

// TypedKey implements [fyne.Focusable].
func (v *View) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyUp:
		v.scroll(-1)
	case fyne.KeyDown:
		v.scroll(1)
	case fyne.KeyPageUp:
		v.scroll(-max(1, v.window.rows-1))
	case fyne.KeyPageDown, fyne.KeySpace:
		v.scroll(max(1, v.window.rows-1))
	case fyne.KeyLeft:
		v.window.sideways(-8)
		v.render()
	case fyne.KeyRight:
		if !v.window.wrap {
			v.window.sideways(8)
			v.render()
		}
	case fyne.KeyHome:
		if v.lines.count() > 0 {
			v.window.top, v.window.sub = v.lines.at(0), 0
			v.scroll(-1)
		}
	case fyne.KeyEnd:
		v.Follow(true)
	case fyne.KeyEscape:
		if !v.marked.Empty() {
			v.mark(cells.Selection{From: v.marked.From, To: v.marked.From})
			return
		}
		kit.PassKey(kit.CanvasOf(v), ev)
	default:
		kit.PassKey(kit.CanvasOf(v), ev)
	}
}

// TypedShortcut implements [fyne.Shortcutable].
func (v *View) TypedShortcut(s fyne.Shortcut) {
	switch s.(type) {
	case *fyne.ShortcutCopy:
		v.copy()
	case *fyne.ShortcutSelectAll:
		v.SelectAll()
	}
}
