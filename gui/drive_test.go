//go:build linux

package gui_test

import (
	"strings"
	"testing"
	"time"

	"slipway/gui"
	"slipway/gui/kit"
)

// patience is how long a test waits for something to appear. It is only used up when something is wrong.
const patience = 90 * time.Second

// driver is a person in front of the window: it sees what is visible, clicks and types. One moves the widgets in the
// test's process, the other a real mouse over a real window.
type driver interface {
	// Dump is what is visible now.
	Dump() gui.Dump
	// Click presses the thing with this ID, which must be visible and enabled.
	Click(id string)
	// Fill replaces the text of a field.
	Fill(id, text string)
	// Key presses a key by its name in Fyne ("Escape", "Return").
	Key(name string)
	// Until waits until ok, which looks at the window as it is.
	Until(what string, ok func(gui.Dump) bool)
}

// item finds the thing on top with this ID.
func item(d gui.Dump, id string) (kit.Item, bool) {
	for i := len(d.Items) - 1; i >= 0; i-- {
		if d.Items[i].ID == id {
			return d.Items[i], true
		}
	}
	return kit.Item{}, false
}

// shows tells whether something with this ID is visible.
func shows(id string) func(gui.Dump) bool {
	return func(d gui.Dump) bool { _, ok := item(d, id); return ok }
}

// hides is the opposite of shows.
func hides(id string) func(gui.Dump) bool {
	return func(d gui.Dump) bool { _, ok := item(d, id); return !ok }
}

// ready tells whether something with this ID can be used.
func ready(id string) func(gui.Dump) bool {
	return func(d gui.Dump) bool { i, ok := item(d, id); return ok && i.Enabled }
}

// says tells whether the thing with this ID has a text in it.
func says(id, text string) func(gui.Dump) bool {
	return func(d gui.Dump) bool { i, ok := item(d, id); return ok && strings.Contains(i.Text, text) }
}

// describe lists what is visible, for the message of a failed test.
func describe(d gui.Dump) string {
	var b strings.Builder
	b.WriteString("page " + d.Page + "\n")
	for _, i := range d.Items {
		b.WriteString("  " + i.ID + " " + i.Role + " " + i.Text)
		if !i.Enabled {
			b.WriteString(" (off)")
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// press waits until a thing can be used and clicks it.
func press(d driver, id string) {
	d.Until(id+" can be pressed", ready(id))
	d.Click(id)
}

func fatal(t testing.TB, d gui.Dump, what string) {
	t.Helper()
	t.Fatalf("waited in vain: %s\n%s", what, describe(d))
}
