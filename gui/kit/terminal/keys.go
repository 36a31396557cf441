package terminal

import (
	"runtime"
	"strings"
	"unicode"

	"slipway/gui/kit"
	"slipway/gui/kit/cells"
	"slipway/gui/post"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

var (
	_ desktop.Mouseable      = (*View)(nil)
	_ desktop.Cursorable     = (*View)(nil)
	_ desktop.Keyable        = (*View)(nil)
	_ fyne.Draggable         = (*View)(nil)
	_ fyne.Scrollable        = (*View)(nil)
	_ fyne.Focusable         = (*View)(nil)
	_ fyne.Tabbable          = (*View)(nil)
	_ fyne.Shortcutable      = (*View)(nil)
	_ fyne.SecondaryTappable = (*View)(nil)
)

// TakesKeys tells whether the thing that has the focus on a canvas is a terminal, whose program gets the keys that are
// shortcuts of the window elsewhere.
func TakesKeys(c fyne.Canvas) bool {
	_, ok := c.Focused().(*View)
	return ok
}

// keyCodes are what a terminal sends for keys without a character (xterm, "Control Sequences").
var keyCodes = map[fyne.KeyName]string{
	fyne.KeyReturn: "\r", fyne.KeyEnter: "\r", fyne.KeyTab: "\t", fyne.KeyBackspace: "\x7f", fyne.KeyEscape: "\x1b",
	fyne.KeyDelete: "\x1b[3~", fyne.KeyInsert: "\x1b[2~", fyne.KeyPageUp: "\x1b[5~", fyne.KeyPageDown: "\x1b[6~",
	fyne.KeyF1: "\x1bOP", fyne.KeyF2: "\x1bOQ", fyne.KeyF3: "\x1bOR", fyne.KeyF4: "\x1bOS", fyne.KeyF5: "\x1b[15~",
	fyne.KeyF6: "\x1b[17~",
	fyne.KeyF7: "\x1b[18~", fyne.KeyF8: "\x1b[19~", fyne.KeyF9: "\x1b[20~", fyne.KeyF10: "\x1b[21~",
	fyne.KeyF11: "\x1b[23~", fyne.KeyF12: "\x1b[24~",
}

// cursorKeys have two codes: one of them for programs that asked for it.
var cursorKeys = map[fyne.KeyName]string{
	fyne.KeyUp: "A", fyne.KeyDown: "B", fyne.KeyRight: "C", fyne.KeyLeft: "D", fyne.KeyHome: "H", fyne.KeyEnd: "F",
}

// keyCode is what a key sends with modifiers held, "" for nothing.
func keyCode(name fyne.KeyName, mods fyne.KeyModifier, application bool) string {
	if letter, ok := cursorKeys[name]; ok {
		switch {
		case mods != 0:
			return "\x1b[1;" + string(rune('1'+modNumber(mods))) + letter
		case application:
			return "\x1bO" + letter
		}
		return "\x1b[" + letter
	}
	if code, ok := keyCodes[name]; ok {
		modified, isFunction := withMods(code, mods)
		switch {
		case isFunction:
			return modified
		case name == fyne.KeyTab && mods&fyne.KeyModifierShift != 0:
			return "\x1b[Z"
		case mods&fyne.KeyModifierAlt != 0:
			return "\x1b" + code
		case name == fyne.KeyBackspace && mods&fyne.KeyModifierControl != 0:
			return "\x08"
		}
		return code
	}
	return letterCode(string(name), mods)
}

// withMods is what a key of the functions sends with modifiers held (xterm, "PC-Style Function Keys"); it is not ok for
// another key.
func withMods(code string, mods fyne.KeyModifier) (with string, ok bool) {
	last := len(code) - 1
	number := string(rune('1' + modNumber(mods)))
	switch {
	case strings.HasPrefix(code, "\x1bO"):
		with = "\x1b[1;" + number + code[last:]
	case code[last] == '~':
		with = code[:last] + ";" + number + "~"
	default:
		return "", false
	}
	if mods == 0 {
		with = code
	}
	return with, true
}

// modNumber is how xterm counts modifiers, less one.
func modNumber(mods fyne.KeyModifier) int {
	n := 0
	if mods&fyne.KeyModifierShift != 0 {
		n++
	}
	if mods&fyne.KeyModifierAlt != 0 {
		n += 2
	}
	if mods&fyne.KeyModifierControl != 0 {
		n += 4
	}
	return n
}

// letterCode is what a key with a character sends with Ctrl or Alt.
func letterCode(name string, mods fyne.KeyModifier) string {
	if name == string(fyne.KeySpace) {
		name = " "
	}
	if len(name) != 1 {
		return ""
	}
	code := strings.ToLower(name)
	if mods&fyne.KeyModifierShift != 0 {
		code = name
	}
	if mods&fyne.KeyModifierControl != 0 {
		switch c := unicode.ToUpper(rune(name[0])); {
		case c >= 'A' && c <= '_':
			code = string(c - '@')
		case c == ' ':
			code = "\x00"
		case c == '/', c == '-': // the latter for _, which needs Shift
			code = "\x1f"
		case c >= '2' && c <= '8': // as on a VT220
			code = string("\x00\x1b\x1c\x1d\x1e\x1f\x7f"[c-'2'])
		default:
			return ""
		}
	}
	if mods&fyne.KeyModifierAlt != 0 {
		code = "\x1b" + code
	}
	return code
}

// AcceptsTab implements [fyne.Tabbable]: the program gets the key.
func (v *View) AcceptsTab() bool { return true }

// FocusGained implements [fyne.Focusable].
func (v *View) FocusGained() { v.focused = true; v.paint(); v.frame.Refresh() }

// FocusLost implements [fyne.Focusable].
func (v *View) FocusLost() { v.focused, v.right = false, false; v.paint(); v.frame.Refresh() }

// KeyDown implements [desktop.Keyable].
func (v *View) KeyDown(ev *fyne.KeyEvent) {
	v.lastKey, v.lastScan = ev.Name, ev.Physical.ScanCode
	v.right = v.right || ev.Name == desktop.KeyAltRight
}

// KeyUp implements [desktop.Keyable].
func (v *View) KeyUp(ev *fyne.KeyEvent) { v.right = v.right && ev.Name != desktop.KeyAltRight }

// TypedRune implements [fyne.Focusable].
func (v *View) TypedRune(r rune) {
	v.pad = ""
	v.Send(string(r))
}

// TypedKey implements [fyne.Focusable].
func (v *View) TypedKey(ev *fyne.KeyEvent) {
	mods := kit.HeldKeys()
	if mods&fyne.KeyModifierShift != 0 {
		switch ev.Name {
		case fyne.KeyPageUp:
			v.scrollBack(max(1, v.rows-1))
			return
		case fyne.KeyPageDown:
			v.scrollBack(-max(1, v.rows-1))
			return
		}
	}
	if ev.Name == desktop.KeyMenu && v.OnMenu != nil {
		v.OnMenu(v.cursorPlace())
		return
	}
	if v.pad = padKeys[usScan(ev.Physical.ScanCode)]; v.pad != "" {
		post.Do(func() { // its character, if Num Lock is on, comes before that
			if pad := v.pad; pad != "" {
				v.pad = ""
				v.press(pad, mods)
			}
		})
	}
	v.press(ev.Name, mods&(fyne.KeyModifierShift|fyne.KeyModifierAlt|fyne.KeyModifierControl))
}

// cursorPlace is where the cursor is, as an absolute position.
func (v *View) cursorPlace() fyne.Position {
	v.mu.Lock()
	at := v.emu.CursorPosition()
	v.mu.Unlock()
	cell := cells.Size()
	return fyne.CurrentApp().Driver().AbsolutePositionForObject(v).
		AddXY(cells.Pad+float32(at.X)*cell.Width, cells.Pad+float32(at.Y+1)*cell.Height)
}

// usScan is the number of a key by its place on the keyboard, as X has it, 0 where that is not known. Windows has the
// same numbers but for the first eight.
func usScan(code int) int {
	switch runtime.GOOS {
	case "linux":
		return code
	case "windows":
		return code + 8
	}
	return 0
}

// usKeys are the characters of keys by their place, as on a keyboard of the United States, for those that have none of
// ASCII.
var usKeys = func() map[int]fyne.KeyName {
	keys := map[int]fyne.KeyName{}
	for first, row := range map[int]string{
		10: "1234567890-=", 24: "QWERTYUIOP[]", 38: "ASDFGHJKL;'`",
		51: "\\ZXCVBNM,./",
	} {
		for i := range len(row) {
			keys[first+i] = fyne.KeyName(row[i : i+1])
		}
	}
	return keys
}()

// padKeys are what keys of the keypad mean without Num Lock.
var padKeys = map[int]fyne.KeyName{
	79: fyne.KeyHome, 80: fyne.KeyUp, 81: fyne.KeyPageUp, 83: fyne.KeyLeft, 85: fyne.KeyRight, 87: fyne.KeyEnd,
	88: fyne.KeyDown, 89: fyne.KeyPageDown,
	90: fyne.KeyInsert, 91: fyne.KeyDelete,
}

func (v *View) press(name fyne.KeyName, mods fyne.KeyModifier) {
	v.mu.Lock()
	application := v.cursors
	v.mu.Unlock()
	if _, letter := keyCodes[name]; !letter && cursorKeys[name] == "" && mods&^fyne.KeyModifierShift == 0 {
		return // it comes as a character as well
	}
	if code := keyCode(name, mods, application); code != "" {
		v.Send(code)
	}
}

// commandKeys tells whether Fyne's shortcuts are those with the command key of a Mac, which programs in a terminal
// never get: Ctrl and a letter comes as a key there.
var commandKeys = runtime.GOOS == "darwin"

// TypedShortcut implements [fyne.Shortcutable]: keys with Ctrl and Alt, of which Fyne calls some by what they mean
// elsewhere.
func (v *View) TypedShortcut(s fyne.Shortcut) {
	shift := fyne.KeyModifierShift
	switch s := s.(type) {
	case *fyne.ShortcutCopy:
		v.meant(v.lastKey == fyne.KeyInsert, v.CopySelection, fyne.KeyC) // Ctrl Insert
	case *fyne.ShortcutPaste:
		v.meant(v.lastKey == fyne.KeyInsert, v.PasteClipboard, fyne.KeyV) // Shift Insert
	case *fyne.ShortcutCut:
		if v.lastKey == fyne.KeyDelete { // Shift Delete
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

// chord handles a key with modifiers: some belong to the terminal, the rest to the program. A key that is of another
// alphabet counts by its place.
func (v *View) chord(s *desktop.CustomShortcut) {
	if s.KeyName == fyne.KeyUnknown {
		s = &desktop.CustomShortcut{KeyName: usKeys[usScan(v.lastScan)], Modifier: s.Modifier}
	}
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
	if v.right && s.Modifier&(fyne.KeyModifierControl|fyne.KeyModifierAlt) == fyne.KeyModifierControl {
		// what AltGr makes of a key is told only as a character, and with Ctrl there is none: better nothing than another key
		return
	}
	if altGr && s.Modifier == fyne.KeyModifierControl|fyne.KeyModifierAlt && len(s.KeyName) == 1 {
		return // the character comes as well
	}
	v.press(s.KeyName, s.Modifier)
}

// altGr tells whether the key AltGr is Ctrl and Alt, as on Windows, where many keyboards need it for @ and brackets.
var altGr = runtime.GOOS == "windows"

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
	case v.OnLines != nil && v.several(text):
		v.OnLines(text)
	default:
		v.Paste(text)
	}
}

// scrollBack looks at older lines, or newer ones with a negative number.
func (v *View) scrollBack(lines int) {
	v.mu.Lock()
	v.catchUp()
	n := v.emu.ScrollbackLen()
	alt := v.emu.IsAltScreen()
	v.lines = n
	v.mu.Unlock()
	if alt {
		v.back = 0
		return
	}
	v.back = max(0, min(n, v.back+lines))
	v.paint()
}
