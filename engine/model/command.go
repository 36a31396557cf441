package model

import (
	"slices"
	"strings"
)

// Arg is one argument of a [Command].
type Arg struct {
	// Text is the argument as the program gets it.
	Text string
	// Shown replaces Text wherever a secret must not be seen; it counts only when Secret is set.
	// For "-e NAME=value" it is "NAME", which makes docker take the value from the shell.
	Shown  string
	Secret bool
	// Into tells that Text is a file which the shell writes what the command prints into, From that it is one which the
	// command reads. Neither is given to the program.
	Into, From bool
	// Made tells that Text is a folder which the shell makes before, where it is not there. It is not given to the
	// program.
	Made bool
	// Piped tells that another docker command begins here, which reads what the one before prints.
	Piped bool
}

// Command is a docker command line that equals something Slipway does, as structured arguments without the
// leading "docker".
type Command []Arg

// Docker makes a command without secrets from its words.
func Docker(words ...string) Command {
	c := make(Command, len(words))
	for i, w := range words {
		c[i] = Arg{Text: w}
	}
	return c
}

// Pipe is the command that prints for another one, which reads that.
func (c Command) Pipe(to Command) Command {
	out := append(slices.Clone(c), to...)
	if len(to) > 0 {
		out[len(c)].Piped = true
	}
	return out
}

// Making is the command behind the making of a folder that it writes into.
func (c Command) Making(dir string) Command {
	return append(Command{{Text: dir, Made: true}}, c...)
}

// String is the line to paste into a POSIX shell, secrets left out.
func (c Command) String() string { return c.line(false) }

// WithSecrets is the line to paste into a POSIX shell with every secret in it.
func (c Command) WithSecrets() string { return c.line(true) }

// HasSecrets tells whether [Command.String] leaves something out.
func (c Command) HasSecrets() bool {
	for _, a := range c {
		if a.Secret {
			return true
		}
	}
	return false
}

// Asked are the variables that docker takes from the shell where [Command.String] leaves their values out; hidden tells
// that a text is left out besides, which nobody puts in.
func (c Command) Asked() (names []string, hidden bool) {
	for i, a := range c {
		switch {
		case !a.Secret:
		case i > 0 && c[i-1].Text == "-e" /* #nosec G602 -- after i > 0 */ && !strings.Contains(a.Shown, "="):
			names = append(names, a.Shown)
		default:
			hidden = true
		}
	}
	return names, hidden
}

// Argv is what stands behind "docker" as it is given to a program, with every secret in it; of several, the first.
func (c Command) Argv() []string {
	list := make([]string, 0, len(c))
	for _, a := range c {
		if a.Piped {
			break
		}
		if !a.Into && !a.From && !a.Made {
			list = append(list, a.Text)
		}
	}
	return list
}

// Masked is the command with its secrets taken out for good, as the journal keeps it.
func (c Command) Masked() Command {
	out := make(Command, len(c))
	for i, a := range c {
		if a.Secret {
			a = Arg{Text: a.Shown}
		}
		out[i] = a
	}
	return out
}

func (c Command) line(secrets bool) string {
	if len(c) == 0 {
		return ""
	}
	var b strings.Builder
	for _, a := range c {
		if a.Made {
			b.WriteString(Run("mkdir", "-p", a.Text).String() + " && ")
		}
	}
	b.WriteString("docker")
	for _, a := range c {
		if a.Made {
			continue
		}
		text := a.Text
		if a.Secret && !secrets {
			text = a.Shown
		}
		b.WriteByte(' ')
		switch {
		case a.Into:
			b.WriteString("> ")
		case a.From:
			b.WriteString("< ")
		case a.Piped:
			b.WriteString("| docker ")
		}
		b.WriteString(Quote(text))
	}
	return b.String()
}

// PrefixCommands puts prefix before every docker at the beginning of a command: of a line, or behind && or |. What is
// quoted is an argument and stays as it is.
func PrefixCommands(lines, prefix string) string {
	var out strings.Builder
	begins, quote, escaped := true, rune(0), false
	for i, r := range lines {
		if begins && quote == 0 && strings.HasPrefix(lines[i:], "docker ") {
			out.WriteString(prefix + " ")
		}
		out.WriteRune(r)
		begins = quote == 0 && !escaped &&
			(r == '\n' || r == ' ' && (strings.HasSuffix(lines[:i], " &&") || strings.HasSuffix(lines[:i], " |")))
		switch {
		case escaped:
			escaped = false
		case r == '\\' && quote != '\'':
			escaped = true
		case quote == 0 && (r == '\'' || r == '"'):
			quote = r
		case r == quote:
			quote = 0
		}
	}
	return out.String()
}
