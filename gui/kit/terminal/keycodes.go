package terminal

import (
	"runtime"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
)

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

// pressed is what a key sends, "" for one that comes as a character as well.
func pressed(name fyne.KeyName, mods fyne.KeyModifier, application bool) string {
	if _, known := keyCodes[name]; !known && cursorKeys[name] == "" && mods&^fyne.KeyModifierShift == 0 {
		return ""
	}
	return keyCode(name, mods, application)
}
