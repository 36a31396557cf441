package model

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// blank are letters and marks by Unicode's classes that are drawn as nothing, or as a blank.
var blank = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x034F, Hi: 0x034F, Stride: 1}, // combining grapheme joiner
		{Lo: 0x115F, Hi: 0x1160, Stride: 1}, // Hangul fillers
		{Lo: 0x17B4, Hi: 0x17B5, Stride: 1}, // Khmer vowels
		{Lo: 0x180B, Hi: 0x180F, Stride: 1}, // Mongolian separators
		{Lo: 0x2800, Hi: 0x2800, Stride: 1}, // Braille without a dot
		{Lo: 0x3164, Hi: 0x3164, Stride: 1}, // Hangul filler
		{Lo: 0xFE00, Hi: 0xFE0F, Stride: 1}, // variation selectors
		{Lo: 0xFFA0, Hi: 0xFFA0, Stride: 1}, // Hangul filler
	},
	R32: []unicode.Range32{
		{Lo: 0x1D159, Hi: 0x1D159, Stride: 1}, // a note without a head
		{Lo: 0xE0100, Hi: 0xE01EF, Stride: 1}, // variation selectors
	},
}

// Unseen reports whether a character cannot be told from a blank or from nothing on a screen, or changes how its
// neighbours are read: controls, the marks of right-to-left text, zero widths, tags, and every blank but the usual one.
func Unseen(r rune) bool { return !unicode.IsPrint(r) || unicode.Is(blank, r) }

// Acts reports whether a character does something to a terminal or to its neighbours instead of being drawn: controls,
// the marks that turn the direction of a text, and tags. Text in many languages needs other unseen ones, such as
// joiners.
func Acts(r rune) bool {
	return unicode.IsControl(r) || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x206F ||
		r == 0x200E || r == 0x200F || r == 0x061C || r == 0x2028 || r == 0x2029 || r >= 0xFFF9 && r <= 0xFFFB ||
		r >= 0xE0000 && r <= 0xE007F
}

// escaped matches what [Visible] would have written.
var escaped = regexp.MustCompile(`\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})`)

// Visible is a name or a path from outside as it can be read in a list or a question: two that differ look different,
// and none can be taken for another line. What is [Unseen] is escaped as in Go (\u200b), a byte that is no text as
// \xff, and a backslash that would look like such an escape is doubled.
func Visible(name string) string {
	if strings.Contains(name, `\`) {
		name = escaped.ReplaceAllStringFunc(name, func(found string) string { return `\` + found })
	}
	return escape(name, Unseen)
}

// VisibleLine is a text from outside that is shown in one line: line breaks and tabs are blanks, and what [Acts] is
// escaped. What was escaped before stays as it is, and so does what letters of many languages and pictures are joined
// with.
func VisibleLine(text string) string {
	if plainASCII(text) {
		return text
	}
	return escape(oneLine.Replace(text), Acts)
}

// plainASCII reports whether a text has nothing but letters and signs that every typewriter has, as nearly all do that
// are drawn.
func plainASCII(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

var oneLine = strings.NewReplacer("\r\n", " ", "\n", " ", "\t", " ")

// VisibleText is text of several lines from outside as it can be drawn, copied and pasted: what [Acts] is escaped,
// but line breaks and tabs stay.
func VisibleText(text string) string {
	return escape(text, func(r rune) bool { return r != '\n' && r != '\t' && Acts(r) })
}

func escape(text string, hidden func(rune) bool) string {
	if plainASCII(text) || utf8.ValidString(text) && strings.IndexFunc(text, hidden) < 0 {
		return text
	}
	var b strings.Builder
	for text != "" {
		r, size := utf8.DecodeRuneInString(text)
		switch {
		case r == utf8.RuneError && size == 1, r < utf8.RuneSelf && hidden(r):
			fmt.Fprintf(&b, `\x%02x`, text[0])
		case !hidden(r):
			b.WriteRune(r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
		text = text[size:]
	}
	return b.String()
}
