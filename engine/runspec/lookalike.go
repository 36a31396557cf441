package runspec

import "strings"

// Lookalike is a character that stands where another one was meant.
type Lookalike struct {
	// Name is what it is called, Means what was meant in words, and Plain what was meant.
	Name, Means, Plain string
}

// Lookalikes are the characters that pages, chats and word processors put in the place of those that are typed.
var Lookalikes = map[rune]Lookalike{
	'“': {"typographic quote", `a plain quote (")`, `"`}, '”': {"typographic quote", `a plain quote (")`, `"`},
	'„': {"typographic quote", `a plain quote (")`, `"`}, '«': {"typographic quote", `a plain quote (")`, `"`},
	'»': {"typographic quote", `a plain quote (")`, `"`},
	'‘': {"typographic quote", "a plain quote (')", "'"}, '’': {"typographic quote", "a plain quote (')", "'"},
	'‚': {"typographic quote", "a plain quote (')", "'"},
	'–': {"long dash", "a hyphen (-), or two of them", "-"}, '—': {"long dash", "a hyphen (-), or two of them", "--"},
	'−': {"minus sign", "a hyphen (-)", "-"}, '‐': {"long hyphen", "a hyphen (-)", "-"},
	'‑':      {"long hyphen", "a hyphen (-)", "-"},
	'\u00a0': {"fixed blank", "a plain blank", " "}, '\u202f': {"narrow blank", "a plain blank", " "},
	'\u2009': {"narrow blank", "a plain blank", " "},
	'\u200b': {"blank of no width", "nothing", ""}, '\u2060': {"blank of no width", "nothing", ""},
	'\ufeff': {"mark of a file's beginning", "nothing", ""}, '\u00ad': {"hidden hyphen", "nothing", ""},
	'…': {"sign for three dots", "three dots (...)", "..."},
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
