package runspec

import "slipway/engine/model"

// mostTogether is how many bytes of texts that are shown together are searched for secrets, which takes about a
// microsecond for each: an image may have thousands of long ones. What is behind that is hidden.
const mostTogether = 32 << 10

// Together hides the secrets of several texts that are shown at once, in bounded time. Its zero value is ready, for one
// view.
type Together struct{ searched int }

// fits reports whether a text is still searched.
func (t *Together) fits(text string) bool {
	t.searched += len(text)
	return t.searched <= mostTogether
}

// Value is as [HideValue].
func (t *Together) Value(name, value string) string {
	if !t.fits(value) {
		return Hidden
	}
	return HideValue(name, value)
}

// SecretEnv is as the function of that name; a variable that is not searched counts as a secret.
func (t *Together) SecretEnv(name, value string) bool {
	return !t.fits(value) || SecretEnv(name, value)
}

// Line is as [HideLine].
func (t *Together) Line(line string) string {
	if !t.fits(line) {
		return Hidden
	}
	return HideLine(line)
}

// Words are as [HideSecrets] of a whole command.
func (t *Together) Words(words []string) model.Command {
	for i, w := range words {
		if !t.fits(w) {
			return append(HideSecrets(words[:i]), model.Arg{Text: Hidden})
		}
	}
	return HideSecrets(words)
}
