package runspec

import (
	"regexp"
	"strings"
)

// In texts, secrets stand behind their names: as NAME=value, "name": "value", ?name=value, Name=value; and --name
// value.
var (
	pairs      = regexp.MustCompile(`([A-Za-z_][\w.-]*)(\\*["']\s{0,80}:\s{0,80}|\\*["']?\]?[ \t]{0,8}(?:[:+?]?=|=>|:)[ \t]{0,8})|(?:^|[\s"'\[,(])(--?[A-Za-z][\w.-]+)([ \t]+)`)
	queryKey   = set(`key sig code auth pass pw pwd sid access_key hmac signature apikey x-amz-signature x-goog-signature x-amz-credential`)
	connectKey = set(`key pwd pw sig pass uid_password accountkey sharedaccesskey`)
	// shellValue matches what a shell puts in the place of: a variable; printed what a command prints
	// that is neither echo nor printf.
	shellValue = regexp.MustCompile(`^["']?(?:\$[A-Za-z_]\w*|\$\{[A-Za-z_]\w*\}|\$[0-9@*#?])["']?[;)}\]]*$`)
	printed    = regexp.MustCompile("^\"?(?:\\$\\(|`)\\s*(?:[^ep\\s]|e[^c]|p[^r])")
	// template matches what another program puts in the place of, as in compose files and in examples.
	template = regexp.MustCompile(`^(?:\$\$?\{[A-Za-z_][\w.]*\}|\{\{[^{}]*\}\}|\$\([A-Za-z_]\w*\)|<[a-z][\w -]*>|\*{3,}|•{3,}|%[A-Z_]+%|\$\{\{[^{}]*\}\})$`)
)

// givenValue tells values that are no secrets by themselves: none, or one that something else is put in the place of.
func givenValue(value string, expands bool) bool {
	value = value[len(scheme.FindString(value)):]
	if strings.Trim(value, `"'\`) == "" || strings.Trim(value, `"'\;)}],`) == Hidden || template.MatchString(value) {
		return true
	}
	if strings.Trim(value, placeholders) == "" {
		return true
	}
	return expands && (shellValue.MatchString(value) || printed.MatchString(value))
}

// hidePairs hides values that stand behind names of secrets.
func hidePairs(text string, expands bool) string {
	s := pairScan{text: text, expands: expands, connects: strings.Count(text, ";") > 0 && strings.Contains(text, "=")}
	var b strings.Builder
	from, at := 0, 0
	for at < len(text) {
		m := pairs.FindStringSubmatchIndex(text[at:])
		if m == nil {
			break
		}
		for i := range m {
			if m[i] >= 0 {
				m[i] += at
			}
		}
		begin, end, ok := s.found(m)
		at = m[1]
		if m[6] >= 0 && !ok {
			at = m[7] // what stands behind an option may be a name by itself
		}
		if ok {
			b.WriteString(text[from:begin] + Hidden)
			from, at = end, max(end, m[1])
		}
	}
	return b.String() + text[from:]
}

// wrapped matches an object that only holds the value.
var wrapped = regexp.MustCompile(`^\{\s*\\*["']?(?:value|data|secret|plaintext|current)\\*["']?\s*:`)

// compared matches what stands behind the first = of a comparison, or of the version of a package.
var compared = regexp.MustCompile(`^=[\d\s]`)

// pairScan looks for the ends of values in a text.
type pairScan struct {
	text    string
	expands bool
	// connects tells that the text may be a connection string, whose values end at semicolons.
	connects bool
}

// pair is a name in a text, with what stands between it and its value.
type pair struct {
	name, sep string
	at, begin int // of the name, and of the value
	// query tells that it stands in the query of an address, connect that it does in a connection string.
	query, connect bool
}

// secret tells whether the name says that the value is a secret.
func (p pair) secret() bool {
	plain := strings.ToLower(p.name)
	return LooksSecret(p.name) || p.query && queryKey[plain] || p.connect && connectKey[plain] || plain == "sig"
}

// colon tells that a colon alone is between the two.
func (p pair) colon() bool { return strings.Contains(p.sep, ":") && !strings.Contains(p.sep, "=") }

// found is where the value of a pair begins and ends, when it is a secret.
func (s pairScan) found(m []int) (begin, end int, ok bool) {
	if m[6] >= 0 {
		return s.behindOption(s.text[m[6]:m[7]], m[9])
	}
	p := pair{name: s.text[m[2]:m[3]], sep: s.text[m[4]:m[5]], at: m[2], begin: m[5]}
	p.query = p.at > 0 && strings.IndexByte("?&", s.text[p.at-1]) >= 0
	p.connect = s.connects && s.semicolons(p.at, p.begin)
	if !p.secret() || s.noPair(p) {
		return 0, 0, false
	}
	line := (p.colon() || !s.expands && strings.Contains(s.text, "\n")) && s.lineBegins(p.at)
	begin, end = s.value(p.begin, p.query, p.connect, line)
	value := s.text[begin:end]
	if plainValue(value) || givenValue(value, s.expands) || p.colon() && opens(value) && !s.wraps(begin) {
		return 0, 0, false
	}
	return begin, end, true
}

// noPair tells what only looks like a name and its value.
func (s pairScan) noPair(p pair) bool {
	rest := s.text[p.begin:]
	switch {
	case p.sep == ":" && p.at > 0 && s.text[p.at-1] == '/': // registry/token:latest
		return true
	case p.colon() && strings.HasPrefix(rest, "//"): // secret://…
		return true
	}
	return compared.MatchString(rest) || s.expands && printed.MatchString(rest[:min(len(rest), 16)])
}

// wraps tells whether an object that only holds a value begins here.
func (s pairScan) wraps(begin int) bool {
	return wrapped.MatchString(s.text[begin:min(len(s.text), begin+64)])
}

// flagAhead is aFlag for a text that goes on.
var flagAhead = regexp.MustCompile(`^--[A-Za-z][A-Za-z._-]*(?:[=\s"']|$)`)

// behindOption is where the value of an option ends that stands before it.
func (s pairScan) behindOption(name string, begin int) (int, int, bool) {
	if len(name) < 5 || asks.MatchString(name) || !LooksSecret(strings.TrimLeft(name, "-")) || begin >= len(s.text) ||
		flagAhead.MatchString(s.text[begin:]) {
		return 0, 0, false
	}
	begin, end := s.value(begin, false, false, false)
	value := s.text[begin:end]
	return begin, end, !plainValue(value) && !givenValue(value, s.expands) && value != "\\"
}

// semicolons tells whether a pair stands between semicolons.
func (s pairScan) semicolons(name, value int) bool {
	before := strings.TrimRight(s.text[max(0, name-8):name], " \t")
	if strings.HasSuffix(before, ";") {
		return !s.expands || s.text[name-1] == ';' // a shell's commands end so, too
	}
	rest := s.text[value:min(len(s.text), value+mostAhead)]
	i := strings.IndexAny(rest, ";\n\"'")
	return i >= 0 && rest[i] == ';' &&
		(before == "" || strings.HasSuffix(before, `"`) || strings.HasSuffix(before, "'")) && !s.expands
}

// lineBegins tells whether only an indentation, or the mark of an item, stands in the line before.
func (s pairScan) lineBegins(at int) bool {
	line := s.text[max(0, at-64):at]
	line = line[strings.LastIndexByte(line, '\n')+1:]
	return strings.Trim(line, " \t-") == ""
}

// value is where a value ends that begins here, and where it begins within its quotes.
func (s pairScan) value(begin int, query, connect, line bool) (int, int) {
	rest := s.text[begin:]
	if connect && rest != "" && strings.IndexByte(`"'`, rest[0]) >= 0 {
		return begin + 1, begin + 1 + doubled(rest[1:], rest[0])
	}
	n := len(rest) - len(strings.TrimLeft(rest, `\`))
	if n < len(rest) && strings.IndexByte(`"'`, rest[n]) >= 0 && (n == 0 || rest[n] == '"') {
		if end, ok := quoted(rest, n); ok {
			return begin + n + 1, begin + end
		}
	}
	switch {
	case opens(rest) && !query && !connect:
		if s.wraps(begin) {
			return begin, begin + until(rest, "}")
		}
		if rest[0] == '[' {
			return begin + 1, begin + until(rest, "]")
		}
		return begin, begin + 1
	case connect && strings.HasPrefix(rest, "{"):
		return begin + 1, begin + until(rest, "}")
	case query:
		return begin, begin + until(rest, "&# \t\r\n\"'<>\\")
	case connect:
		return begin, begin + semicolon(rest, s.text[max(0, begin-mostAhead):begin])
	case line:
		return begin, begin + until(rest, "\r\n")
	}
	return begin, begin + greedy(rest)
}

// quoted is where the quotes end that a value begins with, n backslashes before each of them. It is not ok when the
// word goes on behind them: then they are no ends.
func quoted(rest string, n int) (end int, ok bool) {
	q := rest[n]
	for i := n + 1; i < len(rest); i++ {
		if rest[i] != q {
			continue
		}
		back := 0
		for i-back-1 > n && rest[i-back-1] == '\\' {
			back++
		}
		if (q == '"' || n > 0) && back%(2*n+2) != n {
			continue // a quote in the value: each level of quotes doubles the backslashes
		}
		if i+1 == len(rest) || strings.IndexByte(" \t\r\n,;:)}]&|<>\\\"'", rest[i+1]) >= 0 &&
			!(rest[i+1] == '"' || rest[i+1] == '\'') || n > 0 || trailing(rest[i+1:]) {
			return i - n, true
		}
		return 0, false
	}
	return len(rest), true
}

// trailing tells that only quotes around the whole text follow.
func trailing(rest string) bool {
	for i := 0; i < len(rest) && i < 4; i++ {
		if strings.IndexByte(`"'`, rest[i]) < 0 {
			return strings.IndexByte(" \t\r\n,;)}]", rest[i]) >= 0
		}
	}
	return true
}

// doubled is where quotes end in which a quote is written twice.
func doubled(text string, q byte) int {
	for i := 0; i < len(text); i++ {
		if text[i] != q {
			continue
		}
		if i+1 == len(text) || text[i+1] != q {
			return i
		}
		i++
	}
	return len(text)
}

// semicolon is where a value of a connection string ends: at a semicolon, or at the end of quotes that began before it.
func semicolon(text, before string) int {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case strings.IndexByte(";\r\n", c) >= 0,
			strings.IndexByte(`"'`, c) >= 0 && strings.IndexByte(before, c) >= 0 && trailing(text[i:]):
			return i
		}
	}
	return len(text)
}

func until(text, ends string) int {
	if i := strings.IndexAny(text, ends); i >= 0 {
		return i
	}
	return len(text)
}

// nextPair matches the comma before the next of several pairs, as --set and mount take them.
var nextPair = regexp.MustCompile(`^,[A-Za-z_][\w.-]{0,80}=`)

// greedy is where a word ends, quotes and escaped blanks in it included.
func greedy(text string) int {
	quote := byte(0)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case (c == '"' || c == '\'') && strings.Contains(text[i+1:min(len(text), i+1+mostAhead)], string(c)):
			quote = c
		case strings.IndexByte(" \t\r\n;", c) >= 0:
			return i
		case c == ',' && nextPair.MatchString(text[i:min(len(text), i+100)]):
			return i
		}
	}
	return len(text)
}
