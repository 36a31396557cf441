// Package page is what every page of the window is: a room with a name, a place in the navigation, something that is
// selected, and what can be done with that. [List] is the kind that most pages are: a list with the details of what is
// selected below it. A page is made in a folder of its own, and is one line of the shell.
package page

import (
	"slipway/engine/job"
	"slipway/engine/live"
	"slipway/engine/words"
	"slipway/gui/commands"

	"fyne.io/fyne/v2"
)

// Page is what the center of the window can show. Its methods belong to the UI thread. [Base] has those that most pages
// have no use for.
type Page interface {
	// Name is what the page is called in settings, by [commands.Set.Reveal] and by tests: "images".
	Name() string
	// Title and Icon are its button in the navigation.
	Title() words.Text
	Icon() string
	// Anywhere tells that the page is of use without an engine: then it is shown where there is none.
	Anywhere() bool
	// Content is what is laid out.
	Content() fyne.CanvasObject
	// Refresh brings the page up to date with the engine's picture.
	Refresh()
	// Shown and Hidden tell it whether it is seen.
	Shown()
	Hidden()
	// FocusFilter puts the cursor into its filter, FocusList gives its list the keys.
	FocusFilter(c fyne.Canvas)
	FocusList()
	// Count is how many things the page has, for the navigation; known is false where that is not known or says nothing.
	Count(snap *live.Snapshot) (n int, known bool)
	// Selection is what is selected, for the menu bar.
	Selection() Selection
	// Reveal selects a thing, which the page itself says how to name.
	Reveal(id string)
	// Drop takes files and folders that were dropped on the window, and tells whether it did.
	Drop(paths []string) bool
	// Maximize gives the details all of the room, or the list its own back; CloseDetails gives the list all of it.
	Maximize()
	CloseDetails()
	// Menu is what the page adds to the menu View.
	Menu() []MenuItem
	// Jobs tells it what runs and what has ended of late, and Ended of each job once how it ended.
	Jobs(views []job.View)
	Ended(v job.View)
	// ShowsFailure tells that the page itself shows that a job failed or was cancelled, and ShowsEnd that it ended well:
	// then no message has to.
	ShowsFailure(jobID string) bool
	ShowsEnd(jobID string) bool
	// Woken tells it that the window has come forward.
	Woken()
	// Close gives back what the page holds. It may block for some seconds when the engine hangs.
	Close()
}

// Selection is what is selected on a page.
type Selection struct {
	// Title names it, "web" or "3 containers"; nothing where nothing is selected.
	Title words.Text
	// ID tells one thing from another that has the same name; "" where several are selected.
	ID string
	// Commands are what can be done with it.
	Commands []commands.Command
}

// MenuItem is a line that a page adds to the menu View.
type MenuItem struct {
	Label words.Text
	// Key is its shortcut with Ctrl, and with Shift where that is set; "" for none.
	Key   fyne.KeyName
	Shift bool
	// On tells whether what the line switches is on; nil where it switches nothing.
	On  func() bool
	Run func()
}

// Frame is the window around a page.
type Frame struct {
	// Same is told the docker command that shows what is selected, or lists the same; "" for none.
	Same func(line string)
	// Would is told the docker command that the page would carry out as it is.
	Would func(line string)
	// Changed is told that the rows and their count, what is selected or a switch of the menu is another one.
	Changed func()
}

// About is what the window knows of a page that is not made yet.
type About struct {
	// Name, Title and Icon are as [Page] has them. The name also begins the IDs of what is on the page: "images" makes
	// images.table, images.filter, images.clear.
	Name  string
	Title words.Text
	Icon  string
	// Count is as [Page] has it; nil for a page that has nothing to count.
	Count func(snap *live.Snapshot) (n int, known bool)
	// Anywhere tells that the page is of use without an engine.
	Anywhere bool
	// Menu is what the page adds to the menu View; nil for nothing. made is the page itself, which is made for that.
	Menu func(made func() Page) []MenuItem
}

// Base is a page without anything: without rows, details and lines in the menu.
type Base struct{ about About }

// NewBase makes the base of a page.
func NewBase(about About) Base { return Base{about} }

// Name implements [Page].
func (b Base) Name() string { return b.about.Name }

// Title implements [Page].
func (b Base) Title() words.Text { return b.about.Title }

// Icon implements [Page].
func (b Base) Icon() string { return b.about.Icon }

// Anywhere implements [Page].
func (b Base) Anywhere() bool { return b.about.Anywhere }

// Count implements [Page].
func (b Base) Count(snap *live.Snapshot) (n int, known bool) {
	if b.about.Count == nil {
		return 0, false
	}
	return b.about.Count(snap)
}

// Hidden implements [Page].
func (Base) Hidden() {}

// FocusList implements [Page].
func (Base) FocusList() {}

// Selection implements [Page].
func (Base) Selection() Selection { return Selection{} }

// Reveal implements [Page].
func (Base) Reveal(string) {}

// Drop implements [Page].
func (Base) Drop([]string) bool { return false }

// Maximize implements [Page].
func (Base) Maximize() {}

// CloseDetails implements [Page].
func (Base) CloseDetails() {}

// Menu implements [Page].
func (Base) Menu() []MenuItem { return nil }

// Jobs implements [Page].
func (Base) Jobs([]job.View) {}

// Ended implements [Page].
func (Base) Ended(job.View) {}

// ShowsFailure implements [Page].
func (Base) ShowsFailure(string) bool { return false }

// ShowsEnd implements [Page].
func (Base) ShowsEnd(string) bool { return false }

// Woken implements [Page].
func (Base) Woken() {}

// Close implements [Page].
func (Base) Close() {}
