package terminal

import (
	"runtime"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// keyboard is what is known of the keys when something is typed.
type keyboard struct {
	last  fyne.KeyName // that was pressed
	scan  int          // its place on the keyboard
	right bool         // the right Alt or AltGr is held
	pad   fyne.KeyName // what a key of the keypad means, whose character has not come
}

func (k *keyboard) down(ev *fyne.KeyEvent) {
	k.last, k.scan = ev.Name, ev.Physical.ScanCode
	k.right = k.right || ev.Name == desktop.KeyAltRight
}

func (k *keyboard) up(ev *fyne.KeyEvent) { k.right = k.right && ev.Name != desktop.KeyAltRight }

// named is a chord by the name of its key. A key that is of another alphabet counts by its place.
func (k *keyboard) named(s *desktop.CustomShortcut) *desktop.CustomShortcut {
	if s.KeyName == fyne.KeyUnknown {
		return &desktop.CustomShortcut{KeyName: usKeys[usScan(k.scan)], Modifier: s.Modifier}
	}
	return s
}

// otherwise tells of a chord that it is not for the program: with AltGr a key is another character.
func (k *keyboard) otherwise(s *desktop.CustomShortcut) bool {
	if k.right && s.Modifier&(fyne.KeyModifierControl|fyne.KeyModifierAlt) == fyne.KeyModifierControl {
		// what AltGr makes of a key is told only as a character, and with Ctrl there is none: better nothing than another key
		return true
	}
	// the character comes as well
	return altGr && s.Modifier == fyne.KeyModifierControl|fyne.KeyModifierAlt && len(s.KeyName) == 1
}

// altGr tells whether the key AltGr is Ctrl and Alt, as on Windows, where many keyboards need it for @ and brackets.
var altGr = runtime.GOOS == "windows"

// commandKeys tells whether Fyne's shortcuts are those with the command key of a Mac, which programs in a terminal
// never get: Ctrl and a letter comes as a key there.
var commandKeys = runtime.GOOS == "darwin"
