package model

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Shell is a line to paste into a POSIX shell, as words: programs with what each is given. A program runs only where
// the one before it succeeded (&&).
type Shell [][]string

// Run is a [Shell] of one program.
func Run(words ...string) Shell { return Shell{words} }

// Then is the line with one more program behind it.
func (s Shell) Then(words ...string) Shell { return append(s[:len(s):len(s)], words) }

// String is the line itself; "" where there is no program.
func (s Shell) String() string {
	programs := make([]string, len(s))
	for i, words := range s {
		programs[i] = Words(words)
	}
	return strings.Join(programs, " && ")
}

// Words are words as a POSIX shell takes them apart again, see [Quote].
func Words(list []string) string {
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = Quote(w)
	}
	return strings.Join(out, " ")
}

// plainWord matches what no POSIX shell reads specially. A word that begins with = is a program's path in zsh.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./:@%+,-][A-Za-z0-9_./:=@%+,-]*$`)

// Quote makes one word of text that dash, bash, busybox sh, ksh and zsh all read the same. What can be seen stands
// between single quotes. What cannot is written in octal for printf, so that nothing unseen gets into a terminal or a
// script: a raw tab completes names there, and an escape character ends a paste. A line break stays, since printf's
// last ones would be lost; between quotes it runs nothing. A NUL byte, which no program can be given, is left out.
//
// $'…' would be shorter, but dash, the sh of Debian and Ubuntu, reads it as another text and then runs what is behind
// it.
func Quote(text string) string {
	text = strings.ReplaceAll(text, "\x00", "")
	if plainWord.MatchString(text) {
		return text
	}
	if text == "" {
		return "''"
	}
	if strings.Contains(text, "'") && !strings.ContainsAny(text, "\"$`\\!\n") && utf8.ValidString(text) &&
		strings.IndexFunc(text, Unseen) < 0 {
		return `"` + text + `"` // easier to read than quotes around each quote
	}
	var b strings.Builder
	for text != "" {
		how, n := howToQuote(text), 0
		for n < len(text) && howToQuote(text[n:]) == how && (n == 0 || !startsLine(text, n)) {
			_, size := utf8.DecodeRuneInString(text[n:])
			n += size
		}
		how.write(&b, text[:n])
		text = text[n:]
	}
	return b.String()
}

// startsLine reports whether a ^ stands at the beginning of a line: bash takes it, typed, for a change to the line
// before, even between quotes.
func startsLine(text string, at int) bool { return text[at] == '^' && text[at-1] == '\n' }

// quoting is a way to write a part of a word.
type quoting int

const (
	single quoting = iota
	backslash
	octal
)

func howToQuote(text string) quoting {
	r, size := utf8.DecodeRuneInString(text)
	switch {
	case r == '\'':
		return backslash
	case r != '\n' && (r == utf8.RuneError && size == 1 || Unseen(r)):
		return octal
	}
	return single
}

func (q quoting) write(b *strings.Builder, text string) {
	switch q {
	case backslash:
		b.WriteString(strings.Repeat(`\'`, len(text)))
	case octal:
		b.WriteString(`"$(printf '`)
		for i := range len(text) {
			fmt.Fprintf(b, `\%03o`, text[i])
		}
		b.WriteString(`')"`)
	default:
		// Two quotes beside each other would be one that is meant, with zsh's option rcquotes.
		if strings.HasSuffix(b.String(), "'") && strings.HasPrefix(text, "^") {
			b.WriteString(`\^`)
			text = text[1:]
		}
		if text != "" {
			b.WriteString("'" + text + "'")
		}
	}
}
