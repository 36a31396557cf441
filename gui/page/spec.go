package page

import (
	"cmp"
	"strings"
	"time"

	"slipway/engine/live"
	"slipway/engine/words"
	"slipway/gui/commands"
	"slipway/gui/kit"
	"slipway/gui/kit/table"

	"fyne.io/fyne/v2"
)

// Spec is what a list is made of. T is one thing of it, for example an image under one of its names.
type Spec[T any] struct {
	// Page is what is known of the page before. Its count tells how many things a picture of the engine has, and whether
	// those are all.
	Page About

	Columns []table.Column
	// Gather is called on the UI thread with a picture of the engine, and returns what lists all of its things, which runs
	// off it.
	Gather func(snap *live.Snapshot) func() []T
	// Key tells one thing from all others.
	Key func(T) string
	// Matches tells whether a thing is found by what was typed. It belongs to no thread.
	Matches func(t T, filter string) bool
	// Orders are what can be ordered by, by the keys of columns; "" is how they are without.
	Orders map[string]func(T) Place
	// Narrow shows only some of them; nil where there is no such choice.
	Narrow *Narrow[T]
	// Row makes a row. Its ID and its buttons are the list's to make.
	Row func(t T, now time.Time) table.Row
	// Buttons are the commands that a row has buttons for: of each group the first that there is.
	Buttons [][]string
	// Open is the command that Enter carries out; "" for none.
	Open string

	// Label names one thing, and Count several of them.
	Label func(T) words.Text
	Count func(n int) words.Text
	// Commands are what can be done with one or several.
	Commands func([]T) []commands.Command
	// Line is the docker command that shows what is selected, one or several, or where that is nothing, lists the same.
	Line func(selected []T, q Query) string

	// Beside stand beside the title, Tools at the end of that line, Above over the list.
	Beside, Tools []fyne.CanvasObject
	Above         fyne.CanvasObject
	// None is said while there is nothing at all, with what makes the first; Nothing while nothing fits the filter.
	None    words.Text
	About   words.Text
	First   *kit.Button
	Nothing words.Text

	// Details are shown of one thing; ShowDetails shows another one, or hides them. Both may be nil.
	Details     fyne.CanvasObject
	ShowDetails func(t T, ok bool)
	// Together is shown of several, below what can be done with them, and ShowTogether shows others; nil for nothing.
	Together     fyne.CanvasObject
	ShowTogether func([]T)
	// Before is called before new rows are shown, and After when they are.
	Before, After func(snap *live.Snapshot)
}

// Narrow is a choice between all things and some of them: containers that run, volumes that nobody uses.
type Narrow[T any] struct {
	Name string
	// Label is what its button says until it is known how many they are, and Hint what it shows.
	Label, Hint words.Text
	Fits        func(T) bool
	// All and Some are the labels of the two buttons.
	All, Some func(n int) words.Text
}

// Place is what a row is ordered by: by rank, then by word, then by number.
type Place struct {
	Rank   int64
	Word   string
	Number int64
}

func (p Place) compare(q Place) int {
	return cmp.Or(cmp.Compare(p.Rank, q.Rank), strings.Compare(p.Word, q.Word), cmp.Compare(p.Number, q.Number))
}

// Query is what a person wants to see of a list.
type Query struct {
	// Filter is what was typed, Order a column's key, with "-" before it for the other way round; "" is the list's own.
	Filter, Order string
	// Narrow leaves only what [Narrow.Fits].
	Narrow bool
}
