package preferences

import (
	"slices"

	"slipway/engine/words"
)

// Entry is a setting, or something to know, as it can be found.
type Entry struct {
	// ID tells it from the others: "theme".
	ID string
	// Section is the part of the page that it is in; Title and About say what it is.
	Section, Title, About words.Text
}

// Entries are all that the page has, in its order.
func Entries() []Entry {
	look, work := words.Say("preferences.appearance"), words.Say("preferences.working")
	kept, asked := words.Say("preferences.what-is-kept-where"), words.Say("preferences.whom-slipway-asks")
	return []Entry{
		{"theme", look, words.Say("preferences.theme"), words.Say("preferences.about-theme")},
		{"contrast", look, words.Say("preferences.contrast"), words.Say("preferences.about-contrast")},
		{"scale", look, words.Say("preferences.scale"), words.Say("preferences.about-scale")},
		{"language", look, words.Say("preferences.language"), words.Say("preferences.about-language")},
		{"begin", work, words.Say("preferences.begin"), words.Say("preferences.about-begin")},
		{"idle", work, words.Say("preferences.idle"), words.Say("launch.only-while-slipway-runs-one")},
		{"undo", work, words.Say("preferences.undo"), words.Say("preferences.about-undo")},
		{"history", work, words.Say("preferences.history"), words.Say("preferences.about-history")},
		{"engine", work, words.Say("preferences.engine"), words.Say("preferences.about-engine")},
		{"files.settings", kept, words.Say("preferences.settings"), words.Say("preferences.about-settings-file")},
		{"files.key", kept, words.Say("preferences.key"), words.Say("preferences.about-key")},
		{"files.recipes", kept, words.Say("preferences.recipes"), words.Say("preferences.about-recipes")},
		{"files.output", kept, words.Say("preferences.output"), words.Say("preferences.about-output")},
		{"files.saved", kept, words.Say("preferences.saved"), words.Say("preferences.about-saved")},
		{"asks.engine", asked, words.Say("preferences.asks-engine"), words.Say("preferences.when-engine")},
		{"asks.registry", asked, words.Say("preferences.asks-registry"), words.Say("preferences.when-registry")},
		{"asks.ports", asked, words.Say("preferences.asks-ports"), words.Say("preferences.when-ports")},
		{"asks.nobody", asked, words.Say("preferences.asks-nobody"), words.Say("preferences.when-nobody")},
	}
}

// entry is the one with that ID.
func entry(id string) Entry {
	all := Entries()
	return all[slices.IndexFunc(all, func(e Entry) bool { return e.ID == id })]
}
