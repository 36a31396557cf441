package words

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/jeandeaual/go-locale"
	"golang.org/x/text/language"
)

// Language is one that Slipway has sentences in.
type Language struct {
	// Tag is its name in BCP 47, as its file has it in assets/words.
	Tag string
	// Name is what those call it who speak it.
	Name string
}

// Languages are those that there are. English, which is written first, is the first.
var Languages = []Language{{"en", "English"}, {"pt-BR", "Português (Brasil)"}}

var (
	current atomic.Pointer[catalogue]
	loading sync.Mutex
	tag     = Languages[0].Tag // guarded by loading
)

// Use lets Slipway speak the language with this tag from now on, or for "" that of the system. What is on the screen
// already stays as it is. Another tag is taken for English.
func Use(choice string) {
	choice = Choice(choice)
	loading.Lock()
	defer loading.Unlock()
	if tag != choice {
		tag = choice
		current.Store(nil)
	}
}

// Prepare reads the sentences, which takes a moment, before the first of them is needed.
func Prepare() { now() }

// Choice is the tag of the language that [Use] takes for a choice.
func Choice(choice string) string {
	if choice == "" {
		choice = system()
	}
	if !slices.ContainsFunc(Languages, func(l Language) bool { return l.Tag == choice }) {
		return Languages[0].Tag
	}
	return choice
}

// Tag is the language that Slipway speaks.
func Tag() string {
	loading.Lock()
	defer loading.Unlock()
	return tag
}

// now has the sentences of the language that is spoken: English until another one is chosen. They are read when the
// first one is needed.
func now() *catalogue {
	if c := current.Load(); c != nil {
		return c
	}
	loading.Lock()
	defer loading.Unlock()
	if current.Load() == nil {
		current.Store(load(tag))
	}
	return current.Load()
}

// system is the language of ours that fits those best that the user has chosen for the system.
func system() string {
	wanted, err := locale.GetLocales()
	if err != nil {
		return Languages[0].Tag
	}
	have := make([]language.Tag, len(Languages))
	for i, l := range Languages {
		have[i] = language.Make(l.Tag)
	}
	_, i := language.MatchStrings(language.NewMatcher(have), wanted...)
	return Languages[i].Tag
}
