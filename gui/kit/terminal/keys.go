package terminal

import (
	"slipway/gui/kit"
	"slipway/gui/kit/cells"
	"slipway/gui/post"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

var (
	_ desktop.Keyable   = (*View)(nil)
	_ fyne.Focusable    = (*View)(nil)
	_ fyne.Tabbable     = (*View)(nil)
	_ fyne.Shortcutable = (*View)(nil)
)

// TakesKeys tells whether the thing that has the focus on a canvas is a terminal, whose program gets the keys that are
// shortcuts of the window elsewhere.
func TakesKeys(c fyne.Canvas) bool {
	_, ok := c.Focused().(*View)
	return ok
}

// AcceptsTab implements [fyne.Tabbable]: the program gets the key.
func (v *View) AcceptsTab() bool { return true }

// FocusGained implements [fyne.Focusable].
func (v *View) FocusGained() { v.focused = true; v.paint(); v.sheet.frame.Refresh() }

// FocusLost implements [fyne.Focusable].
func (v *View) FocusLost() {
	v.focused, v.keys.right = false, false
	v.paint()
	v.sheet.frame.Refresh()
}

// KeyDown implements [desktop.Keyable].
func (v *View) KeyDown(ev *fyne.KeyEvent) { v.keys.down(ev) }

// KeyUp implements [desktop.Keyable].
func (v *View) KeyUp(ev *fyne.KeyEvent) { v.keys.up(ev) }

// TypedRune implements [fyne.Focusable].
func (v *View) TypedRune(r rune) {
	v.keys.pad = ""
	v.Send(string(r))
}

// TypedKey implements [fyne.Focusable].
func (v *View) TypedKey(ev *fyne.KeyEvent) {
	mods := kit.HeldKeys()
	if mods&fyne.KeyModifierShift != 0 {
		switch ev.Name {
		case fyne.KeyPageUp:
			v.scrollBack(max(1, v.screen.rows-1))
			return
		case fyne.KeyPageDown:
			v.scrollBack(-max(1, v.screen.rows-1))
			return
		}
	}
	if ev.Name == desktop.KeyMenu && v.OnMenu != nil {
		v.OnMenu(v.cursorPlace())
		return
	}
	if v.keys.pad = padKeys[usScan(ev.Physical.ScanCode)]; v.keys.pad != "" {
		post.Do(func() { // its character, if Num Lock is on, comes before that
			if pad := v.keys.pad; pad != "" {
				v.keys.pad = ""
				v.press(pad, mods)
			}
		})
	}
	v.press(ev.Name, mods&(fyne.KeyModifierShift|fyne.KeyModifierAlt|fyne.KeyModifierControl))
}

// cursorPlace is where the cursor is, as an absolute position.
func (v *View) cursorPlace() fyne.Position {
	at, cell := v.screen.cursor(), cells.Size()
	return fyne.CurrentApp().Driver().AbsolutePositionForObject(v).
		AddXY(cells.Pad+float32(at.X)*cell.Width, cells.Pad+float32(at.Y+1)*cell.Height)
}

// press sends a key, unless it comes as a character as well.
func (v *View) press(name fyne.KeyName, mods fyne.KeyModifier) {
	if code := pressed(name, mods, v.screen.wants().cursors); code != "" {
		v.Send(code)
	}
}

// TypedShortcut implements [fyne.Shortcutable]: keys with Ctrl and Alt, of which Fyne calls some by what they mean
// elsewhere.
func (v *View) TypedShortcut(s fyne.Shortcut) {
	shift := fyne.KeyModifierShift
	switch s := s.(type) {
	case *fyne.ShortcutCopy:
		v.meant(v.keys.last == fyne.KeyInsert, v.CopySelection, fyne.KeyC) // Ctrl Insert
	case *fyne.ShortcutPaste:
		v.meant(v.keys.last == fyne.KeyInsert, v.PasteClipboard, fyne.KeyV) // Shift Insert
	case *fyne.ShortcutCut:
		if v.keys.last == fyne.KeyDelete { // Shift Delete
			v.press(fyne.KeyDelete, shift)
			return
		}
		v.meant(false, nil, fyne.KeyX)
	case *fyne.ShortcutSelectAll:
		v.meant(false, nil, fyne.KeyA)
	case *fyne.ShortcutUndo:
		v.meant(false, nil, fyne.KeyZ)
	case *fyne.ShortcutRedo:
		v.meant(false, nil, fyne.KeyY)
	case *desktop.CustomShortcut:
		v.chord(s)
	}
}

// meant does what a shortcut says when it is for the terminal, or else presses Ctrl and its key.
func (v *View) meant(own bool, do func(), name fyne.KeyName) {
	switch {
	case !own && !commandKeys:
		v.press(name, fyne.KeyModifierControl)
	case do != nil:
		do()
	}
}

// chord handles a key with modifiers: some belong to the terminal, the rest to the program.
func (v *View) chord(s *desktop.CustomShortcut) {
	s = v.keys.named(s)
	if s.Modifier == fyne.KeyModifierControl|fyne.KeyModifierShift {
		switch s.KeyName {
		case fyne.KeyC:
			v.CopySelection()
			return
		case fyne.KeyV:
			v.PasteClipboard()
			return
		case fyne.KeyTab:
			if c := kit.CanvasOf(v); c != nil {
				c.FocusPrevious()
			}
			return
		}
	}
	if !v.keys.otherwise(s) {
		v.press(s.KeyName, s.Modifier)
	}
}

// CopySelection puts what is selected into the clipboard.
func (v *View) CopySelection() {
	if text := v.Selection(); text != "" {
		kit.Copy(text)
	}
}

// PasteClipboard pastes what is in the clipboard.
func (v *View) PasteClipboard() {
	text := fyne.CurrentApp().Clipboard().Content()
	switch {
	case text == "":
	case v.OnLines != nil && v.screen.several(text):
		v.OnLines(text)
	default:
		v.Paste(text)
	}
}
