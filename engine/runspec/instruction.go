package runspec

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	// variables begins each of the variables that ENV, ARG and LABEL give. Builders write them down without quotes.
	variables = regexp.MustCompile(`(?:^|\s)"?([A-Za-z_][\w./-]*)"?=`)
	given     = regexp.MustCompile(`(?s)^(RUN .*)(   \()(.*)\)$`)
	jsonWord  = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
)

// HideInstruction is a line of a Dockerfile without its secrets, as the history of an image has it: builders write down
// what ENV and ARG lines gave. In RUN, three blanks and brackets hold the variables.
func HideInstruction(text string) string {
	word, rest, ok := strings.Cut(text, " ")
	if len(text) > maxInspected {
		return word[:min(len(word), 16)] + " " + Hidden
	}
	if !ok {
		return text
	}
	switch strings.ToUpper(word) {
	case "ENV", "ARG", "LABEL":
		return word + " " + hideVariables(rest)
	case "CMD", "ENTRYPOINT", "HEALTHCHECK", "SHELL":
		if strings.Contains(rest, "[") {
			return word + " " + hideList(rest)
		}
	case "RUN":
		if m := given.FindStringSubmatch(text); m != nil {
			return "RUN " + HideLine(m[1][len("RUN "):]) + m[2] + hideVariables(m[3]) + ")"
		}
	}
	return word + " " + HideLine(rest)
}

// hideVariables hides the secrets of variables that stand beside each other. Each value reaches to the next name.
func hideVariables(text string) string {
	list := variables.FindAllStringSubmatchIndex(text, -1)
	if len(list) == 0 {
		return hideWord(text, false)
	}
	var b strings.Builder
	b.WriteString(text[:list[0][0]])
	for i, m := range list {
		end := len(text)
		if i+1 < len(list) {
			end = list[i+1][0]
		}
		value := text[m[1]:end]
		b.WriteString(text[m[0]:m[1]])
		if plain := strings.Trim(value, `"' `); LooksSecret(text[m[2]:m[3]]) && !plainValue(plain) &&
			!givenValue(plain, true) {
			b.WriteString(Hidden)
		} else {
			b.WriteString(hideWord(value, false))
		}
	}
	return b.String()
}

// hideList hides the secrets of words in quotes.
func hideList(text string) string {
	var words []string
	places := jsonWord.FindAllStringIndex(text, -1)
	for _, p := range places {
		w, err := strconv.Unquote(text[p[0]:p[1]])
		if err != nil {
			w = text[p[0]+1 : p[1]-1]
		}
		words = append(words, w)
	}
	var b strings.Builder
	from := 0
	for i, a := range HideSecrets(words) {
		if a.Secret {
			b.WriteString(text[from:places[i][0]] + strconv.Quote(a.Shown))
			from = places[i][1]
		}
	}
	return b.String() + text[from:]
}
