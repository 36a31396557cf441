package runspec

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

const (
	// maxParsed is the longest line, in bytes, that is taken apart as a shell does, maxNested how often a line may stand
	// within a line: the parser calls itself for each bracket, and nobody writes more by hand.
	maxParsed = 16 << 10
	maxNested = 4
)

// placeholders stand for what a shell puts into a word: code points that no text has a use for.
const (
	firstPlaceholder = '\U000F0000'
	mostPlaceholders = 64
)

var placeholders = func() string {
	var b strings.Builder
	for r := range mostPlaceholders {
		b.WriteRune(firstPlaceholder + rune(r))
	}
	return b.String()
}()

// hideShell hides the secrets of a line of a shell, whole words at once. A line that is none is taken for words between
// blanks.
func hideShell(text string, nested int) string {
	if len(text) > maxParsed || nested > maxNested || strings.ContainsAny(text, placeholders) {
		return hideFields(text)
	}
	file, err := syntax.NewParser(syntax.KeepComments(true), syntax.Variant(syntax.LangBash)).
		Parse(strings.NewReader(text), "")
	if err != nil {
		return hideFields(text)
	}
	s := shellLine{text: text, nested: nested, done: map[*syntax.Word]bool{}, piped: map[*syntax.CallExpr]form{}}
	syntax.Walk(file, s.node)
	return hideText(s.edited(), true)
}

// hideFields is hideShell for what no shell understands.
func hideFields(text string) string {
	text = hideText(text, true)
	h := hider{shell: true}
	var b strings.Builder
	for len(text) > 0 {
		n := len(text) - len(strings.TrimLeft(text, " \t\r\n;"))
		b.WriteString(text[:n])
		text = text[n:]
		n = greedy(text)
		if n == 0 && len(text) > 0 {
			n = 1
		}
		n = min(n, len(text))
		w := text[:n]
		plain := strings.Trim(w, `"'`)
		if shown := h.word(plain); shown != plain {
			w = shown
		}
		b.WriteString(w)
		text = text[n:]
	}
	return b.String()
}

type edit struct {
	from, to int
	text     string
}

// shellLine is a line that a shell's parser took apart.
type shellLine struct {
	text   string
	nested int
	edits  []edit
	// done are words that are looked at; those that were changed say true.
	done map[*syntax.Word]bool
	// piped are commands that print secrets for others.
	piped map[*syntax.CallExpr]form
}

// edited is the line with its edits.
func (s *shellLine) edited() string {
	slices.SortStableFunc(s.edits, func(a, b edit) int { return cmp.Compare(a.from, b.from) })
	var b strings.Builder
	from := 0
	for _, e := range s.edits {
		if e.from < from || e.to > len(s.text) || e.to < e.from {
			continue
		}
		b.WriteString(s.text[from:e.from] + e.text)
		from = e.to
	}
	return b.String() + s.text[from:]
}

// node looks at a part of the line; its own parts come next.
func (s *shellLine) node(n syntax.Node) bool {
	switch n := n.(type) {
	case *syntax.BinaryCmd:
		if n.Op == syntax.Pipe || n.Op == syntax.PipeAll {
			s.pipe(n)
		}
	case *syntax.CallExpr:
		s.call(n)
	case *syntax.Assign:
		if n.Name != nil && n.Value != nil {
			s.assign(n.Name.Value, n.Value)
		}
	case *syntax.Redirect:
		if n.Hdoc != nil {
			from, to := s.span(n.Hdoc)
			s.done[n.Hdoc] = true
			if shown := hideText(s.text[from:to], true); shown != s.text[from:to] {
				s.edits = append(s.edits, edit{from, to, shown})
			}
		}
	case *syntax.Word:
		changed, ok := s.done[n]
		if !ok {
			changed = s.word(n, func(w string) string { return hideText(w, true) })
		}
		return !changed
	}
	return true
}

// call looks at the words of a command.
func (s *shellLine) call(c *syntax.CallExpr) {
	h := hider{shell: true}
	f := s.piped[c]
	line := false // what comes is a line for another shell
	for i, w := range c.Args {
		s.word(w, func(w string) string {
			switch {
			case f == nothing || i == 0 || strings.HasPrefix(w, "-"):
			case f == userPass && strings.Contains(w, ":"):
				user, _, _ := strings.Cut(w, ":")
				return user + ":" + Hidden
			case f == whole && !givenValue(w, true):
				return Hidden
			}
			shown := h.word(w)
			if line && shown == w && strings.ContainsAny(w, " \t\n;|&") {
				shown = hideShell(w, s.nested+1)
			}
			line = strings.HasPrefix(w, "-") && !strings.HasPrefix(w, "--") && strings.HasSuffix(w, "c") || w == "eval" ||
				line && w == "eval"
			return shown
		})
	}
}

func (s *shellLine) assign(name string, value *syntax.Word) {
	s.word(value, func(w string) string {
		if LooksSecret(name) && !plainValue(w) && !givenValue(w, true) {
			return Hidden
		}
		return hideText(w, true)
	})
}

// takers are programs that read secrets: whole ones, or lines user:password.
var takers = regexp.MustCompile(`--password-stdin\b|--passphrase-fd\b|--stdin\b|\bsudo\b.*\s-\w*S|\bcryptsetup\b|\b--with-token\b`)

// pipe marks the commands that print a secret into another.
func (s *shellLine) pipe(b *syntax.BinaryCmd) {
	from, to := s.span(b.Y)
	reads, f := s.text[from:min(to, from+mostAhead)], nothing
	switch {
	case strings.Contains(reads, "chpasswd"):
		f = userPass
	case takers.MatchString(reads):
		f = whole
	default:
		return
	}
	syntax.Walk(b.X, func(n syntax.Node) bool {
		if c, ok := n.(*syntax.CallExpr); ok && len(c.Args) > 0 {
			if _, marked := s.piped[c]; marked {
				return false
			}
			if name := c.Args[0].Lit(); name == "echo" || name == "printf" {
				s.piped[c] = f
			}
		}
		return true
	})
}

func (s *shellLine) span(n syntax.Node) (from, to int) {
	to = min(int(n.End().Offset()), len(s.text))
	return min(int(n.Pos().Offset()), to), to
}

// word hides the secrets of a word, as the program gets it, and tells whether there are any.
func (s *shellLine) word(w *syntax.Word, hide func(string) string) bool {
	var inside []string // what the shell puts in, as it is written
	plain := s.plain(w.Parts, &inside, false)
	shown := hide(plain)
	s.done[w] = shown != plain
	if shown != plain {
		from, to := s.span(w)
		s.edits = append(s.edits, edit{from, to, s.quoted(shown, inside)})
	}
	return shown != plain
}

// says matches commands that a shell puts the words of into its own.
var says = regexp.MustCompile("^(?:\\$\\(|`)\\s*(?:echo|printf)\\s")

// escaped matches a character that a backslash stands before.
var (
	escaped      = regexp.MustCompile(`(?s)\\(.)`)
	escapedQuote = regexp.MustCompile("(?s)\\\\([$`\"\\\\\n])")
)

// plain is a word as the program gets it, with placeholders for what the shell puts in.
func (s *shellLine) plain(parts []syntax.WordPart, inside *[]string, double bool) string {
	var b strings.Builder
	for _, p := range parts {
		switch p := p.(type) {
		case *syntax.Lit:
			form := escaped
			if double {
				form = escapedQuote
			}
			b.WriteString(form.ReplaceAllStringFunc(p.Value, func(found string) string {
				return strings.TrimPrefix(found[1:], "\n")
			}))
		case *syntax.SglQuoted:
			b.WriteString(p.Value)
		case *syntax.DblQuoted:
			b.WriteString(s.plain(p.Parts, inside, true))
		default:
			from, to := s.span(p)
			source := s.text[from:to]
			if e, ok := p.(*syntax.ParamExp); ok && e.Exp != nil && e.Exp.Word != nil || says.MatchString(source) ||
				len(*inside) == mostPlaceholders {
				b.WriteString(source) // ${NAME:-value} holds a value
				continue
			}
			b.WriteRune(firstPlaceholder + rune(len(*inside)))
			*inside = append(*inside, source)
		}
	}
	return b.String()
}

// simpleWord matches what needs no quotes.
var simpleWord = regexp.MustCompile(`^[A-Za-z0-9_./:=@%+,-]+$`)

// quoted is a word as it is written for a shell.
func (s *shellLine) quoted(plain string, inside []string) string {
	if !strings.ContainsAny(plain, placeholders) {
		if simpleWord.MatchString(plain) {
			return plain
		}
		if q, err := syntax.Quote(plain, syntax.LangBash); err == nil {
			return q
		}
		return Hidden
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range plain {
		switch i := int(r - firstPlaceholder); {
		case i >= 0 && i < len(inside):
			b.WriteString(s.source(inside[i]))
		case strings.ContainsRune("\\\"$`", r):
			b.WriteString("\\" + string(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String() + `"`
}

// source is what a shell puts into a word, as it is written, without secrets.
func (s *shellLine) source(text string) string {
	if line, ok := strings.CutPrefix(text, "$("); ok && !strings.HasPrefix(line, "(") {
		return "$(" + hideShell(strings.TrimSuffix(line, ")"), s.nested+1) + ")"
	}
	return hideText(text, true)
}
