package runspec

import (
	"regexp"
	"strings"

	"slipway/engine/model"
)

// Hidden stands for a secret in a command that is shown.
const Hidden = "HIDDEN"

var (
	// secretName matches names of variables and options whose values nobody wants on a screen, publicKey those that it
	// matches wrongly. camelCase finds where words begin, as in apiKey.
	secretName = regexp.MustCompile(`(?i)(^|[_.-])(pass(word|wd|phrase)?|pwd|pat|secret|token|(api|access|private|ssh)[_.-]?key|credentials?|auth)([_.-]|$)|password|passwd|secret|(pwd|token)$|[_.-]key$`)
	publicKey  = regexp.MustCompile(`(?i)(^|[_.-])(public|pub)[_.-]?key$`)
	camelCase  = regexp.MustCompile(`([a-z0-9])([A-Z])`)
)

// LooksSecret tells whether a variable's name says that its value is a secret.
func LooksSecret(name string) bool {
	name = camelCase.ReplaceAllString(name, "${1}_${2}")
	// PWD and OLDPWD are a shell's folders.
	return secretName.MatchString(name) && !publicKey.MatchString(name) && !strings.EqualFold(name, "PWD") && name != "OLDPWD"
}

// secretURL matches an address with a password in it.
var secretURL = regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://[^\s/?#@:]*:[^\s/?#@]+@`)

// SecretValue tells whether a value holds a secret whatever its name is, as scheme://user:password@host does.
func SecretValue(value string) bool { return secretURL.MatchString(value) }

// option matches an option with a value of its own, for example --NotebookApp.token=abc.
var option = regexp.MustCompile(`^(--?[A-Za-z][\w.-]*)(?:=(.*))?$`)

// assignment matches NAME=value.
var assignment = regexp.MustCompile(`^([A-Za-z_]\w*)=(.*)$`)

// hideSecrets makes arguments of the words of a container's command, in which secrets are marked.
func hideSecrets(words []string) model.Command {
	c := make(model.Command, 0, len(words))
	valueOf := false // the word before was a secret's option
	for _, w := range words {
		shown, secret := w, false
		m := option.FindStringSubmatch(w)
		if m == nil {
			m = assignment.FindStringSubmatch(w)
		}
		hasValue := m != nil && strings.Contains(w, "=")
		switch {
		case hasValue && m[2] == "": // --token= switches it off
		case hasValue && (LooksSecret(strings.TrimLeft(m[1], "-")) || SecretValue(m[2])):
			shown, secret = m[1]+"="+Hidden, true
		case valueOf && !strings.HasPrefix(w, "-") && w != "":
			shown, secret = Hidden, true
		case SecretValue(w):
			shown, secret = secretURL.ReplaceAllString(w, Hidden+"@"), true
		}
		valueOf = m != nil && !hasValue && strings.HasPrefix(w, "--") && LooksSecret(strings.TrimLeft(w, "-"))
		a := model.Arg{Text: w}
		if secret {
			a.Shown, a.Secret = shown, true
		}
		c = append(c, a)
	}
	return c
}
