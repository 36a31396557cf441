package runspec

import (
	"strings"

	"slipway/engine/model"
)

// Lookalike is a character that stands where another one was meant.
type Lookalike struct {
	// Name is what it is called, Means what was meant in words, and Plain what was meant.
	Name  model.Fact
	Means model.Fact
	Plain string
}

// Lookalikes are the characters that pages, chats and word processors put in the place of those that are typed.
var Lookalikes = map[rune]Lookalike{
	'“':      {model.Say("runspec.typographic-quote"), model.Say("runspec.a-plain-double-quote"), `"`},
	'”':      {model.Say("runspec.typographic-quote"), model.Say("runspec.a-plain-double-quote"), `"`},
	'„':      {model.Say("runspec.typographic-quote"), model.Say("runspec.a-plain-double-quote"), `"`},
	'«':      {model.Say("runspec.typographic-quote"), model.Say("runspec.a-plain-double-quote"), `"`},
	'»':      {model.Say("runspec.typographic-quote"), model.Say("runspec.a-plain-double-quote"), `"`},
	'‘':      {model.Say("runspec.typographic-quote"), model.Say("runspec.a-plain-single-quote"), "'"},
	'’':      {model.Say("runspec.typographic-quote"), model.Say("runspec.a-plain-single-quote"), "'"},
	'‚':      {model.Say("runspec.typographic-quote"), model.Say("runspec.a-plain-single-quote"), "'"},
	'–':      {model.Say("runspec.long-dash"), model.Say("runspec.a-hyphen-or-two-of"), "-"},
	'—':      {model.Say("runspec.long-dash"), model.Say("runspec.a-hyphen-or-two-of"), "--"},
	'−':      {model.Say("runspec.minus-sign"), model.Say("runspec.a-hyphen"), "-"},
	'‐':      {model.Say("runspec.long-hyphen"), model.Say("runspec.a-hyphen"), "-"},
	'‑':      {model.Say("runspec.long-hyphen"), model.Say("runspec.a-hyphen"), "-"},
	'\u00a0': {model.Say("runspec.fixed-blank"), model.Say("runspec.a-plain-blank"), " "},
	'\u202f': {model.Say("runspec.narrow-blank"), model.Say("runspec.a-plain-blank"), " "},
	'\u2009': {model.Say("runspec.narrow-blank"), model.Say("runspec.a-plain-blank"), " "},
	'\u200b': {model.Say("runspec.blank-of-no-width"), model.Say("runspec.nothing"), ""},
	'\u2060': {model.Say("runspec.blank-of-no-width"), model.Say("runspec.nothing"), ""},
	'\ufeff': {model.Say("runspec.mark-of-a-file-s"), model.Say("runspec.nothing"), ""},
	'\u00ad': {model.Say("runspec.hidden-hyphen"), model.Say("runspec.nothing"), ""},
	'…':      {model.Say("runspec.sign-for-three-dots"), model.Say("runspec.three-dots"), "..."},
}

// Plain writes a text with the characters that were meant.
func Plain(text string) string {
	var b strings.Builder
	for _, r := range text {
		if l, ok := Lookalikes[r]; ok {
			b.WriteString(l.Plain)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
