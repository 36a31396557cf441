//go:build linux

package guitest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/engine/enginetest"
	"slipway/gui"
	"slipway/gui/kit"
	"slipway/gui/questions"
)

// Patience is how long a test waits for something to appear. It is only used up when something is wrong.
const Patience = 90 * time.Second

// Main runs a package's tests and returns the exit code. What can be undone is held for half a second only.
func Main(m *testing.M) int {
	questions.ShortUndo = 500 * time.Millisecond
	return enginetest.Main(m)
}

// Driver is a person in front of the window. [Window] moves the widgets in the test's process; the tests of gui have
// one that moves a real mouse over a real window.
type Driver interface {
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

// Item finds the thing on top with this ID.
func Item(d gui.Dump, id string) (kit.Item, bool) {
	for i := len(d.Items) - 1; i >= 0; i-- {
		if d.Items[i].ID == id {
			return d.Items[i], true
		}
	}
	return kit.Item{}, false
}

// Plain makes English of a text that is seen, for tests in another language.
var Plain = func(text string) string { return text }

// Shows tells whether something with this ID is visible.
func Shows(id string) func(gui.Dump) bool {
	return func(d gui.Dump) bool { _, ok := Item(d, id); return ok }
}

// Hides is the opposite of [Shows].
func Hides(id string) func(gui.Dump) bool {
	return func(d gui.Dump) bool { _, ok := Item(d, id); return !ok }
}

// Ready tells whether something with this ID can be used.
func Ready(id string) func(gui.Dump) bool {
	return func(d gui.Dump) bool { i, ok := Item(d, id); return ok && i.Enabled }
}

// Says tells whether a thing with this ID, of which there may be several, has a text in it.
func Says(id, text string) func(gui.Dump) bool {
	return func(d gui.Dump) bool {
		return slices.ContainsFunc(d.Items, func(i kit.Item) bool {
			return i.ID == id && strings.Contains(Plain(i.Text), text)
		})
	}
}

// Order is the names of the visible rows from top to bottom, with blanks between them.
func Order(d gui.Dump) string {
	var names []string
	for _, i := range d.Items {
		if i.Role == "row" {
			names = append(names, strings.TrimPrefix(i.ID, "row:"))
		}
	}
	return strings.Join(names, " ")
}

// Describe lists what is visible, for the message of a failed test.
func Describe(d gui.Dump) string {
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

// Fatal ends a test that waited in vain, with what is visible.
func Fatal(t testing.TB, d gui.Dump, what string) {
	t.Helper()
	t.Fatalf("waited in vain: %s\n%s", what, Describe(d))
}
