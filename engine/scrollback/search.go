package scrollback

import (
	"context"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Pattern is what lines are searched for.
type Pattern struct {
	text string // in lower case, unless it is an expression
	re   *regexp.Regexp
}

// NewPattern makes a pattern that finds text however it is written, or with expression what it means as a regular
// expression of Go. The error says what is wrong with that.
func NewPattern(text string, expression bool) (*Pattern, error) {
	if !expression {
		return &Pattern{text: strings.ToLower(text)}, nil
	}
	re, err := regexp.Compile("(?i)" + text)
	return &Pattern{re: re}, err
}

// Matches tells whether a line has the pattern in it, as it is seen: without what colours it, and what was overwritten.
func (p *Pattern) Matches(line string) bool {
	return p.matches(Seen(line))
}

// matches is [Pattern.Matches] of a line that is as it is seen.
func (p *Pattern) matches(line string) bool {
	if strings.IndexByte(line, 0x1b) >= 0 {
		line = ansi.Strip(line)
	}
	if p.re != nil {
		return p.re.MatchString(line)
	}
	return len(line) >= len(p.text) && p.index(line) >= 0
}

// Find gives the first places in a text, which has no colours, where the pattern is, at most so many: byte positions of
// beginnings and ends, in order.
func (p *Pattern) Find(text string, most int) [][2]int {
	var list [][2]int
	if p.re != nil {
		for _, m := range p.re.FindAllStringIndex(text, most) {
			if m[1] > m[0] {
				list = append(list, [2]int{m[0], m[1]})
			}
		}
		return list
	}
	for at := 0; p.text != "" && at < len(text) && len(list) < most; {
		i := p.index(text[at:])
		if i < 0 {
			break
		}
		end := at + i + p.length(text[at+i:])
		list = append(list, [2]int{at + i, end})
		at = end
	}
	return list
}

// index is where the text is in a line, -1 for nowhere.
func (p *Pattern) index(line string) int {
	if !isASCII(line) {
		lower := strings.ToLower(line)
		i := strings.Index(lower, p.text)
		if i < 0 || len(lower) == len(line) {
			return i
		}
		return p.slowIndex(line) // small and large letters are not as long
	}
	n := len(p.text)
	if n == 0 {
		return 0
	}
	small, large := p.text[0], upper(p.text[0])
	for at := 0; at+n <= len(line); at++ {
		rest := line[at : len(line)-n+1]
		i := strings.IndexByte(rest, small)
		if large != small {
			if i < 0 {
				i = len(rest)
			}
			if j := strings.IndexByte(rest[:i], large); j >= 0 {
				i = j
			}
			if i == len(rest) {
				i = -1
			}
		}
		if i < 0 {
			return -1
		}
		if at += i; sameLetters(line[at:at+n], p.text) {
			return at
		}
	}
	return -1
}

// slowIndex looks at each character.
func (p *Pattern) slowIndex(line string) int {
	for i := range line {
		if _, ok := p.prefix(line[i:]); ok {
			return i
		}
	}
	return -1
}

// length is how many bytes of a line that begins with the text belong to it.
func (p *Pattern) length(line string) int {
	n, _ := p.prefix(line)
	return max(n, 1)
}

// prefix is how much of a line is the text, if it begins with it.
func (p *Pattern) prefix(line string) (n int, ok bool) {
	for _, want := range p.text {
		r, size := utf8.DecodeRuneInString(line[n:])
		if size == 0 || unicode.ToLower(r) != want {
			return n, false
		}
		n += size
	}
	return n, true
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func upper(b byte) byte {
	if 'a' <= b && b <= 'z' {
		return b - 'a' + 'A'
	}
	return b
}

// sameLetters compares a line with a text in lower case, both of ASCII and as long.
func sameLetters(line, lower string) bool {
	for i := range len(line) {
		b := line[i]
		if 'A' <= b && b <= 'Z' {
			b += 'a' - 'A'
		}
		if b != lower[i] {
			return false
		}
	}
	return true
}

// Search gives the numbers of the lines that match, from one number up to, but without, another. It reads the whole
// of it, in part from the disk.
func (b *Book) Search(ctx context.Context, p *Pattern, from, to int, found func(n int)) error {
	err := b.Each(from, to, func(n int, l Line) bool {
		if p.matches(l.Text) {
			found(n)
		}
		return n%1024 != 0 || ctx.Err() == nil
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}
