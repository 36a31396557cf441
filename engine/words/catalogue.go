package words

import (
	"io/fs"
	"strings"
	"sync"

	"slipway/assets"
	"slipway/engine/model"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"
)

// catalogue has the sentences of one language, and those of English for what it does not have.
type catalogue struct {
	localizer *i18n.Localizer
	// plain are sentences without args, which are made once.
	plain sync.Map
	// point stands between whole numbers and their parts.
	point string
}

// load reads the sentences of a language. They are embedded and a test reads them all, so that it cannot fail.
func load(tag string) *catalogue {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("yaml", yaml.Unmarshal)
	add(bundle, tag) // another language has all that English has: a test holds it
	c := &catalogue{localizer: i18n.NewLocalizer(bundle, tag)}
	c.point = c.of(model.Say("number.point"))
	return c
}

func add(bundle *i18n.Bundle, tag string) {
	text, err := fs.ReadFile(assets.Words, "words/"+tag+".yaml")
	if err == nil {
		_, err = bundle.ParseMessageFileBytes(text, tag+".yaml")
	}
	if err != nil {
		panic("the sentences of Slipway cannot be read: " + err.Error())
	}
}

// number is a number as this language writes it.
func (c *catalogue) number(text string) string { return strings.Replace(text, ".", c.point, 1) }

// of is what a fact says, in sentences one after the other.
func (c *catalogue) of(f model.Fact) string {
	text := ""
	for _, each := range f.Each() {
		if text != "" {
			text += " "
		}
		text += c.sentence(each)
	}
	return text
}

// sentence is the sentence of one fact. A code without a sentence, which a test does not let through, stands for
// itself.
func (c *catalogue) sentence(f model.Fact) string {
	if len(f.Args) == 0 {
		if made, ok := c.plain.Load(f.Code); ok {
			return made.(string)
		}
	}
	config := i18n.LocalizeConfig{MessageID: f.Code}
	if len(f.Args) > 0 {
		data := make(map[string]string, len(f.Args))
		for name, v := range f.Args {
			data[name] = c.value(v)
			if n, ok := v.(model.Count); ok && name == "N" {
				config.PluralCount = int(n)
			}
		}
		config.TemplateData = data
	}
	text, err := c.localizer.Localize(&config)
	if err != nil && text == "" {
		return f.Code
	}
	if len(f.Args) == 0 {
		c.plain.Store(f.Code, text)
	}
	return text
}
