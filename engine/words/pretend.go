package words

import (
	"io/fs"
	"regexp"

	"slipway/assets"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"
)

// Pretend lets Slipway speak a language that there is not, until restore is called: change makes each of its sentences
// of one in English, in which {{.NAME}} stands for something. It is for tests that look for what is not translated, and
// for what has no room in a language with longer words.
func Pretend(change func(sentence string) string) (restore func()) {
	text, err := fs.ReadFile(assets.Words, "words/"+Languages[0].Tag+".yaml")
	if err != nil {
		panic(err) // it is embedded
	}
	file, err := i18n.ParseMessageFileBytes(text, "en.yaml", map[string]i18n.UnmarshalFunc{"yaml": yaml.Unmarshal})
	if err != nil {
		panic(err) // a test reads it, too
	}
	for _, m := range file.Messages {
		for _, form := range []*string{&m.Zero, &m.One, &m.Two, &m.Few, &m.Many, &m.Other} {
			if *form != "" {
				*form = change(*form)
			}
		}
	}
	bundle := i18n.NewBundle(language.English)
	bundle.MustAddMessages(language.English, file.Messages...)
	loading.Lock()
	defer loading.Unlock()
	before := current.Load()
	if before == nil {
		before = load(tag)
	}
	current.Store(&catalogue{localizer: i18n.NewLocalizer(bundle, "en"), point: before.point})
	return func() {
		loading.Lock()
		defer loading.Unlock()
		current.Store(before)
	}
}

// Argument matches what stands for something in a sentence.
var Argument = regexp.MustCompile(`\{\{\.\w+\}\}`)
