package cells

import (
	"image/color"
	"strings"
	"unicode"
	"unicode/utf8"

	"slipway/engine/model"
	"slipway/engine/scrollback"
	"slipway/gui/style"

	"github.com/charmbracelet/x/ansi"
)

// Look is how a part of a line looks, as its escape sequences say.
type Look struct {
	Ink, Ground ansi.Color // nil for that of the window
	Bold, Faint bool
	Under       bool
	Reverse     bool
}

// Piece is a part of a line of one look. Its characters take cells from Col on.
type Piece struct {
	Col, Width int
	Text       string
	Look       Look
	Odd        bool // it is one thing that is not one character in one cell
}

// Parse takes a line of output apart, as it is seen: see [scrollback.Seen]. Characters that would do anything are
// left out.
func Parse(line string) []Piece { return (&lineParser{covers: covers}).parse(line) }

// ParseText is [Parse] for what is not drawn: it asks no font, and may be called from any goroutine.
func ParseText(line string) []Piece {
	return (&lineParser{covers: func(rune) bool { return true }}).parse(line)
}

// Text is what is read in pieces.
func Text(pieces []Piece) string {
	if len(pieces) == 1 {
		return pieces[0].Text
	}
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(p.Text)
	}
	return b.String()
}

// lineParser gathers the pieces of a line.
type lineParser struct {
	covers func(rune) bool // whether the font has a character
	pieces []Piece
	text   []byte // of the last piece so far: to make it longer a character at a time would copy it each time
	col    int
	look   Look
}

func (p *lineParser) parse(line string) []Piece {
	p.take(line)
	p.finish()
	return p.pieces
}

// finish gives the last piece its text.
func (p *lineParser) finish() {
	if n := len(p.pieces); n > 0 {
		p.pieces[n-1].Text = string(p.text)
	}
}

// begin begins another piece.
func (p *lineParser) begin(text string, made Piece) {
	p.finish()
	p.text = append(p.text[:0], text...)
	p.pieces = append(p.pieces, made)
}

func (p *lineParser) take(line string) {
	line = scrollback.Seen(line)
	if strings.IndexByte(line, 0x1b) < 0 && isPlainASCII(line) { // most lines
		p.begin(line, Piece{Width: len(line)})
		return
	}
	state, parser := byte(0), ansi.GetParser()
	defer ansi.PutParser(parser)
	for len(line) > 0 {
		seq, width, n, next := ansi.DecodeSequence(line, state, parser)
		state = next
		switch {
		case n <= 0:
			return
		case width > 0:
			p.add(seq, width)
		case width == 0 && seq >= "\u0300":
			p.join(seq)
		case ansi.Cmd(parser.Command()).Final() == 'm' && strings.HasPrefix(seq, "\x1b[") && ansi.Cmd(parser.Command()).
			Prefix() == 0:
			p.look.apply(parser.Params())
		}
		line = line[n:]
	}
}

// isPlainASCII tells whether each byte is one character that is seen in one cell.
func isPlainASCII(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// add adds a character that takes width cells.
func (p *lineParser) add(text string, width int) {
	runes := []rune(text)
	odd := len(runes) != 1 && !isPlainASCII(text) || width != 1 && !isPlainASCII(text) || !p.covers(runes[0]) ||
		rightToLeft(runes[0])
	for _, r := range runes {
		if model.Acts(r) {
			return
		}
	}
	if n := len(p.pieces); n > 0 {
		last := &p.pieces[n-1]
		joins := !odd && !last.Odd || odd && last.Odd && rightToLeft(runes[0]) && width == len(runes)
		if joins && last.Look == p.look && last.Col+last.Width == p.col {
			p.text = append(p.text, text...)
			last.Width += width
			p.col += width
			return
		}
	}
	p.begin(text, Piece{Col: p.col, Width: width, Look: p.look, Odd: odd})
	p.col += width
}

// join puts a sign that takes no cell of its own over the character before it.
func (p *lineParser) join(sign string) {
	n := len(p.pieces)
	if n == 0 || strings.ContainsFunc(sign, model.Acts) {
		return
	}
	last := &p.pieces[n-1]
	if last.Odd {
		p.text = append(p.text, sign...)
		return
	}
	if last.Width == 1 {
		last.Odd = true
		p.text = append(p.text, sign...)
		return
	}
	_, size := utf8.DecodeLastRune(p.text)
	under := string(p.text[len(p.text)-size:]) + sign
	p.text = p.text[:len(p.text)-size]
	last.Width--
	p.begin(under, Piece{Col: last.Col + last.Width, Width: 1, Look: last.Look, Odd: true})
}

// Plain tells whether a character can be drawn by itself in a cell of its own.
func Plain(r rune) bool { return covers(r) && !rightToLeft(r) }

// rightToLeft tells whether a character is of a script that is written from right to left.
func rightToLeft(r rune) bool {
	return r >= 0x590 && unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko)
}

// apply changes the look as the numbers of a sequence say (ECMA-48, SGR).
func (l *Look) apply(params ansi.Params) {
	if len(params) == 0 {
		*l = Look{}
		return
	}
	for i := 0; i < len(params); i++ {
		switch n, _, _ := params.Param(i, 0); n {
		case 0:
			*l = Look{}
		case 1:
			l.Bold = true
		case 2:
			l.Faint = true
		case 4:
			l.Under = true
		case 7:
			l.Reverse = true
		case 22:
			l.Bold, l.Faint = false, false
		case 24:
			l.Under = false
		case 27:
			l.Reverse = false
		case 38, 48:
			c, used := longColor(params[i+1:])
			if n == 38 {
				l.Ink = c
			} else {
				l.Ground = c
			}
			i += used
		default:
			l.applyBasic(n)
		}
	}
}

// applyBasic takes one of the sixteen colours, or none.
func (l *Look) applyBasic(n int) {
	switch {
	case n >= 30 && n <= 37:
		l.Ink = ansi.BasicColor(n - 30)
	case n == 39:
		l.Ink = nil
	case n >= 40 && n <= 47:
		l.Ground = ansi.BasicColor(n - 40)
	case n == 49:
		l.Ground = nil
	case n >= 90 && n <= 97:
		l.Ink = ansi.BasicColor(n - 90 + 8)
	case n >= 100 && n <= 107:
		l.Ground = ansi.BasicColor(n - 100 + 8)
	}
}

// longColor reads a colour of 256, or one of red, green and blue, and how many numbers it took.
func longColor(params ansi.Params) (c ansi.Color, used int) {
	at := func(i int) int { n, _, _ := params.Param(i, 0); return n }
	switch {
	case len(params) >= 2 && at(0) == 5:
		return ansi.IndexedColor(uint8(at(1))), 2
	case len(params) >= 4 && at(0) == 2:
		return ansi.RGBColor{R: uint8(at(1)), G: uint8(at(2)), B: uint8(at(3))}, 4
	}
	return nil, len(params)
}

// basicColors are the sixteen colours of terminals, so that each can be read on the ground of output: on a
// light one and on a dark one.
var basicColors = [2][16]color.NRGBA{
	{
		{0x1b, 0x27, 0x33, 255},
		{0xb8, 0x32, 0x32, 255},
		{0x1f, 0x7a, 0x46, 255},
		{0x8a, 0x5a, 0x00, 255},
		{0x1f, 0x5f, 0xb4, 255},
		{0x8b, 0x3f, 0xa8, 255},
		{0x0b, 0x73, 0x7a, 255},
		{0x57, 0x67, 0x7b, 255},
		{0x57, 0x67, 0x7b, 255},
		{0xc6, 0x28, 0x28, 255},
		{0x1a, 0x80, 0x3c, 255},
		{0x9a, 0x62, 0x00, 255},
		{0x25, 0x63, 0xeb, 255},
		{0x9b, 0x35, 0xb5, 255},
		{0x0b, 0x7a, 0x80, 255},
		{0x1b, 0x27, 0x33, 255},
	},
	{
		{0x6d, 0x7d, 0x91, 255},
		{0xef, 0x6b, 0x6b, 255},
		{0x4c, 0xc0, 0x81, 255},
		{0xe0, 0xa9, 0x3b, 255},
		{0x6c, 0xa8, 0xf0, 255},
		{0xc9, 0x8b, 0xe0, 255},
		{0x4f, 0xc3, 0xc9, 255},
		{0xd5, 0xdd, 0xe6, 255},
		{0x8f, 0xa0, 0xb4, 255},
		{0xff, 0x8a, 0x8a, 255},
		{0x6f, 0xdc, 0xa0, 255},
		{0xff, 0xca, 0x5f, 255},
		{0x8f, 0xc2, 0xff, 255},
		{0xe0, 0xa8, 0xf5, 255},
		{0x74, 0xe0, 0xe5, 255},
		{0xff, 0xff, 0xff, 255},
	},
}

// Dark tells whether output has a dark ground now.
func Dark() bool {
	r, g, b, _ := style.Color(style.Code).RGBA()
	return r+g+b < 3*0x8000
}

// themed is a colour of a program as it is shown in the theme of now. Those beyond the sixteen are the program's own
// choice.
func themed(c ansi.Color) color.Color {
	set := basicColors[0]
	if Dark() {
		set = basicColors[1]
	}
	switch c := c.(type) {
	case ansi.BasicColor:
		return set[c&15]
	case ansi.IndexedColor:
		if c < 16 {
			return set[c]
		}
	}
	return c
}

// Colors are the ink and the ground of a look, nil for no ground of its own.
func (l Look) Colors() (ink, ground color.Color) {
	ink = style.Color(style.Text)
	if l.Ink != nil {
		ink = themed(l.Ink)
	}
	if l.Faint && l.Ink == nil {
		ink = style.Color(style.Muted)
	}
	if l.Ground != nil {
		ground = themed(l.Ground)
		if l.Ink == nil {
			ink = readable(ground)
		}
	}
	if l.Reverse {
		if ground == nil {
			ground = style.Color(style.Code)
		}
		ink, ground = ground, ink
	}
	return ink, ground
}

// readable is black or white, whichever can be read on a ground.
func readable(ground color.Color) color.Color {
	r, g, b, _ := ground.RGBA()
	if 299*r+587*g+114*b > 500*0xffff {
		return color.NRGBA{0x10, 0x18, 0x20, 255}
	}
	return color.White
}
