package runspec

import (
	"crypto/sha256"
	"strings"
	"sync"

	"slipway/engine/model"
)

// Hidden stands for a secret in a text that is shown.
const Hidden = "HIDDEN"

// maxInspected is the longest text, in bytes, that is searched for secrets. What is longer counts as one:
// nobody reads it on a screen, Linux passes no word of twice that to a program, and a text that no rule has
// looked at must not be shown.
const maxInspected = 64 << 10

// SecretEnv tells whether a variable, or a label, is a secret by its name or by its value.
func SecretEnv(name, value string) bool {
	return LooksSecret(name) && !plainValue(value) || SecretValue(value)
}

// SecretValue tells whether a value holds a secret whatever its name is, as scheme://user:password@host does.
func SecretValue(value string) bool { return hideWord(value, false) != value }

// HideSecrets makes arguments of the words of a container's command, in which secrets are marked.
func HideSecrets(words []string) model.Command {
	c := make(model.Command, 0, len(words))
	var h hider
	for _, w := range words {
		a := model.Arg{Text: w}
		if shown := h.word(w); shown != w {
			a.Shown, a.Secret = shown, true
		}
		c = append(c, a)
	}
	return c
}

// HideLine is a line of a shell without its secrets.
func HideLine(line string) string { return hideWord(line, true) }

// hideWord hides the secrets of a text that may be a line of a shell; shell tells that it is one.
func hideWord(text string, shell bool) string {
	if len(text) > maxInspected {
		return Hidden
	}
	return hidden.of(text, shell, hideNew)
}

// hidden is what was found out: a form looks at all values of a container again with every key.
var hidden memory

// memory keeps answers about texts of some megabytes.
type memory struct {
	mu    sync.Mutex
	bytes int
	known map[asked]string
}

// asked is a question by a sum of its text, which may hold a secret.
type asked struct {
	sum   [sha256.Size]byte
	shell bool
}

// mostRemembered is how much text is kept, in bytes.
const mostRemembered = 4 << 20

func (m *memory) of(text string, shell bool, find func(string, bool) string) string {
	q := asked{sha256.Sum256([]byte(text)), shell}
	m.mu.Lock()
	answer, ok := m.known[q]
	m.mu.Unlock()
	if ok {
		return answer
	}
	answer = find(text, shell)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.bytes += sha256.Size + len(answer); m.known == nil || m.bytes > mostRemembered {
		m.known, m.bytes = map[asked]string{}, len(answer)
	}
	m.known[q] = answer
	return answer
}

func hideNew(text string, shell bool) string {
	isLine := strings.ContainsAny(text, " \t\n;|&")
	if !shell {
		// A shell would take the quotes of JSON away, and with them the ends of values.
		text = hideText(text, isLine)
	}
	if isLine || shell {
		text = hideShell(text, 0)
	}
	return text
}

// HideValue is the value of a label, or of what else has a name, without its secrets.
func HideValue(name, value string) string {
	if LooksSecret(name) && !plainValue(value) {
		return Hidden
	}
	return hideWord(value, false)
}

// label is a label as -l takes it.
func label(name, value string) model.Arg {
	a := model.Arg{Text: name + "=" + value}
	if shown := HideValue(name, value); shown != value {
		a.Shown, a.Secret = name+"="+shown, true
	}
	return a
}
