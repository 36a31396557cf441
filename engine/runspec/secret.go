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

// secretURL matches an address with a password in it, and a web address with a token (20 characters or more) in the place of a user.
var secretURL = regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://[^\s/?#@:]*:[^\s/?#@]+@|https?://[A-Za-z0-9_.-]{20,}@`)

// SecretValue tells whether a value holds a secret whatever its name is, as scheme://user:password@host does.
func SecretValue(value string) bool { return secretURL.MatchString(value) }

// option matches an option with a value of its own, for example --NotebookApp.token=abc.
var option = regexp.MustCompile(`^(--?[A-Za-z][\w.-]*)(?:=(.*))?$`)

// assignment matches NAME=value.
var assignment = regexp.MustCompile(`^([A-Za-z_]\w*)=(.*)$`)

// HideSecrets makes arguments of the words of a container's command, in which secrets are marked.
func HideSecrets(words []string) model.Command {
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
		case SecretValue(w), inLine(w) != w:
			shown, secret = inLine(secretURL.ReplaceAllString(w, Hidden+"@")), true
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

// Words of a shell's line: a variable or an option that is given a value, and an option that stands before its value.
var (
	lineAssignment = regexp.MustCompile(`(^|[\s;&|(])(--?[A-Za-z][\w.-]*|[A-Za-z_]\w*)(=)("[^"]*"|'[^']*'|[^\s;&|)"']+)`)
	lineOption     = regexp.MustCompile(`(^|[\s;&|(])(--[A-Za-z][\w.-]*)(\s+)("[^"]*"|'[^']*'|[^\s;&|)"'-][^\s;&|)"']*)`)
)

// inLine hides the secrets in an argument that is a line of a shell, as in sh -c "jupyter lab --token=abc".
func inLine(text string) string {
	if !strings.ContainsAny(text, " \t\n;") {
		return text
	}
	for _, form := range []*regexp.Regexp{lineAssignment, lineOption} {
		text = form.ReplaceAllStringFunc(text, func(found string) string {
			m := form.FindStringSubmatch(found)
			if !LooksSecret(strings.TrimLeft(m[2], "-")) || strings.HasPrefix(m[4], "$") {
				return found
			}
			return m[1] + m[2] + m[3] + Hidden
		})
	}
	return text
}
