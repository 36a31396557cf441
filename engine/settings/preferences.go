package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Preferences are what a person chooses on the page of settings, and takes along to another computer. The zero value is
// what a new user has.
type Preferences struct {
	// Theme is "", "light" or "dark"; "" follows the system.
	Theme string `json:"theme,omitempty"`
	// Contrast makes lines and faint words stand out more.
	Contrast bool `json:"contrast,omitempty"`
	// Scale is how large everything is, in percent of what the system wants; 0 is 100.
	Scale int `json:"scale,omitempty"`
	// Language is the tag of the one that was chosen, see slipway/engine/words; "" follows the system.
	Language string `json:"language,omitempty"`
	// Begin is the ID of the kind of notebook that Launch begins with; "" is the one that was launched last.
	Begin string `json:"begin,omitempty"`
	// StopIdle is after how many idle hours notebooks are stopped while Slipway runs; 0 never.
	StopIdle int `json:"stopIdle,omitempty"`
	// Undo is for how many seconds a removal can be undone; 0 is [UsualUndo].
	Undo int `json:"undo,omitempty"`
	// History is how many commands are kept; 0 is [UsualHistory].
	History int `json:"history,omitempty"`
}

// UsualUndo is for how long a removal can be undone where nothing else was chosen.
const UsualUndo = 10 * time.Second

// UsualHistory is how many commands the history keeps where nothing else was chosen.
const UsualHistory = 1000

// What can be chosen where not every value makes sense. Fyne takes a scale in tenths.
var (
	Themes    = []string{"", "light", "dark"}
	Scales    = []int{0, 80, 90, 110, 120, 130, 150, 170, 200}
	Idles     = []int{0, 1, 2, 4, 8, 24}
	Undos     = []int{5, 0, 30, 60}
	Histories = []int{100, 0, 10000}
)

// UndoTime is for how long a removal can be undone.
func (p Preferences) UndoTime() time.Duration {
	if p.Undo == 0 {
		return UsualUndo
	}
	return time.Duration(p.Undo) * time.Second
}

// exported is the file that preferences are taken along in. Its first field tells what it is.
type exported struct {
	Slipway string `json:"slipway"`
	Version int    `json:"version"`
	Preferences
}

// exportedKind stands in the first field of such a file.
const exportedKind = "preferences"

// Export is the preferences as a file for another computer.
func (p Preferences) Export() ([]byte, error) {
	data, err := json.MarshalIndent(exported{exportedKind, version, p}, "", "  ")
	return append(data, '\n'), err
}

// ErrNoPreferences says that a file holds no preferences of Slipway.
var ErrNoPreferences = errors.New("no preferences of Slipway")

// Import reads what [Preferences.Export] wrote. The file may come from anybody: a value that cannot be chosen is an
// error, and fields that this Slipway does not know are passed over.
func Import(data []byte) (Preferences, error) {
	var from exported
	if len(data) > most || json.Unmarshal(data, &from) != nil || from.Slipway != exportedKind {
		return Preferences{}, ErrNoPreferences
	}
	return from.Preferences, from.check()
}

// sound is the preferences without values that cannot be chosen, such as of a file that somebody wrote by hand.
func (p Preferences) sound() Preferences {
	if p.check() == nil {
		return p
	}
	return Preferences{Language: p.Language}
}

// check tells which value cannot be chosen. Language and Begin are looked up when they are used: what there is differs
// from one Slipway to another, and an unknown one counts as none.
func (p Preferences) check() error {
	for _, v := range []struct {
		name  string
		fits  bool
		value any
	}{
		{"theme", slices.Contains(Themes, p.Theme), p.Theme},
		{"scale", slices.Contains(Scales, p.Scale), p.Scale},
		{"stopIdle", slices.Contains(Idles, p.StopIdle), p.StopIdle},
		{"undo", slices.Contains(Undos, p.Undo), p.Undo},
		{"history", slices.Contains(Histories, p.History), p.History},
	} {
		if !v.fits {
			return fmt.Errorf("%w: %s cannot be %v", ErrNoPreferences, v.name, v.value)
		}
	}
	return nil
}
