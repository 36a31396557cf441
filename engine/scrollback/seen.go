package scrollback

import (
	"slices"
	"strings"
	"unicode/utf8"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/ansi/parser"
)

// Seen is a line of output as a terminal shows it: what was overwritten or erased in it is gone, and of its escape
// sequences only those are left that colour. A line that is wider than any terminal goes on behind its first [mostWide]
// cells as it does there, in the next row; those are one line here.
func Seen(line string) string {
	if isSettled(line) {
		return line
	}
	var rows []string
	s := screen{cells: make([]cell, 0, min(len(line), 200))}
	s.write(line, func(row string) { rows = append(rows, row) })
	if rows == nil {
		return s.String()
	}
	return strings.Join(append(rows, s.String()), "")
}

// mostWide is how many cells a line has at most, and mostText how many bytes they hold.
const (
	mostWide = 64 << 10
	mostText = 64 << 10
)

// isSettled tells whether a line has nothing that a terminal would carry out but colours, and no byte that is no
// character.
func isSettled(line string) bool {
	plain := true
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == 0x1b:
			n := colorLength(line[i:])
			if n == 0 {
				return false
			}
			i += n - 1
		case c < ' ' || c == 0x7f:
			return false
		case c >= utf8.RuneSelf:
			plain = false
		}
	}
	return plain || utf8.ValidString(line)
}

// mostNumbers is how many numbers of a sequence count, and mostDigits how long they may be altogether.
const mostNumbers, mostDigits = 32, 100

// colorLength is how long a sequence is that begins a text and colours, 0 if none does.
func colorLength(text string) int {
	if len(text) < 3 || text[1] != '[' {
		return 0
	}
	numbers := 1
	for i := 2; i < len(text) && i < mostDigits; i++ {
		switch c := text[i]; {
		case c == 'm':
			return i + 1
		case c == ';' || c == ':':
			if numbers++; numbers > mostNumbers/2 {
				return 0
			}
		case c < '0' || c > '9':
			return 0
		}
	}
	return 0
}

// screen is one row of a terminal, as wide as what is printed in it. The zero value is empty.
type screen struct {
	cells []cell
	bytes int // of text in cells
	col   int // where the cursor is
	pen   *uv.Style
	last  string // the character that was printed last, and how wide it is
	wide  int

	row, at  int // where the cursor is, counted in rows, and the row that cells are
	savedCol int
	savedRow int

	begun    string // a sequence or a character whose rest has not come
	skipping bool   // the rest of a string that is too long to be kept
}

// cell is what is in a column: nothing, a character, or ("", -1) the second half of the one before.
type cell struct {
	text  string
	width int8
	pen   *uv.Style // nil for no colour; never changed
}

var half = cell{width: -1}

// mostBegun is how much is kept of a sequence whose end has not come.
const mostBegun = 4 << 10

// ascii are the characters that need no memory of their own.
var ascii = func() (all [utf8.RuneSelf]string) {
	for i := range all {
		all[i] = string(rune(i))
	}
	return all
}()

// write prints a text. full is given each row that is wider than may be, and what follows begins another one.
func (s *screen) write(text string, full func(row string)) {
	if s.skipping {
		if text = s.skip(text); text == "" {
			return
		}
	}
	text, rest := s.whole(s.begun + text)
	s.begun = strings.Clone(rest)
	for text != "" {
		if c := text[0]; c >= ' ' && c < 0x7f && (len(text) == 1 || text[1] < utf8.RuneSelf) { // or a sign over it may follow
			s.put(ascii[c], 1, full)
			text = text[1:]
			continue
		}
		seq, width, n, state := ansi.DecodeSequence(text, ansi.NormalState, nil)
		if n <= 0 {
			n, seq = 1, text[:1]
		}
		if state != ansi.NormalState {
			s.keep(text)
			return
		}
		text = text[n:]
		switch {
		case width > 0:
			s.put(seq, width, full)
		case seq >= "\u0300":
			s.over(seq)
		default:
			s.control(seq)
		}
	}
}

// whole takes the beginning of a character off the end of a text, and puts a mark in the place of each byte that is
// none.
func (s *screen) whole(text string) (characters, rest string) {
	for i := len(text) - 1; i >= max(0, len(text)-utf8.UTFMax+1); i-- {
		if utf8.RuneStart(text[i]) {
			if !utf8.FullRuneInString(text[i:]) {
				text, rest = text[:i], text[i:]
			}
			break
		}
	}
	if !utf8.ValidString(text) {
		text = string([]rune(text))
	}
	return text, rest
}

// keep keeps what is not whole yet, unless it is too long to be anything that is seen.
func (s *screen) keep(text string) {
	if len(text) > mostBegun {
		s.skipping = true
		if text = text[len(text)-1:]; text != "\x1b" { // which may be half of its end
			text = ""
		}
	}
	s.begun = text + s.begun
}

// skip drops the rest of a string that is too long, and gives what comes behind its end.
func (s *screen) skip(text string) string {
	if s.begun == "\x1b" && text != "" {
		s.begun, s.skipping = "", false
		return strings.TrimPrefix(text, "\\")
	}
	i := strings.IndexAny(text, "\a\x1b\x18\x1a")
	switch {
	case i < 0:
		return ""
	case text[i] != '\x1b':
		s.skipping = false
		return text[i+1:]
	case i+1 == len(text):
		s.begun = "\x1b"
		return ""
	}
	s.skipping = false
	return strings.TrimPrefix(text[i+1:], "\\")
}

// put prints a character where the cursor is.
func (s *screen) put(text string, width int, full func(string)) {
	if s.row != s.at { // each row of a terminal is on its own: what stood here is above or below
		s.clear()
		s.at = s.row
	}
	if s.col+width > mostWide || s.bytes+len(text) > mostText && s.col >= len(s.cells) {
		full(s.String())
		s.clear()
		s.col = 0
	}
	if len(text) > 1 {
		text = cutCluster(text)
	}
	s.pad(s.col)
	s.split(s.col)
	s.split(s.col + width)
	for i := range width {
		if at := s.col + i; at < len(s.cells) {
			s.bytes -= len(s.cells[at].text)
			s.cells[at] = half
		} else {
			s.cells = append(s.cells, half)
		}
	}
	s.cells[s.col] = cell{text, int8(min(width, 100)), s.pen}
	s.bytes += len(text)
	s.col += width
	s.last, s.wide = text, width
}

// mostCluster is how many bytes a character may have with all its marks.
const mostCluster = 64

// cutCluster is a character in memory of its own.
func cutCluster(text string) string {
	for len(text) > mostCluster {
		_, n := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-n]
	}
	return strings.Clone(text)
}

// over puts a sign over the character before the cursor.
func (s *screen) over(sign string) {
	at := min(s.col, len(s.cells)) - 1
	for at > 0 && s.cells[at].width < 0 {
		at--
	}
	if at < 0 || s.row != s.at || s.cells[at].text == "" || len(s.cells[at].text)+len(sign) > mostCluster {
		return
	}
	s.cells[at].text += sign
	s.bytes += len(sign)
}

// pad makes the row so wide that there is a cell before a column.
func (s *screen) pad(col int) {
	for len(s.cells) < col {
		s.cells = append(s.cells, cell{})
	}
}

// split makes blanks of a wide character that a column cuts in two.
func (s *screen) split(col int) {
	if col >= len(s.cells) || s.cells[col].width >= 0 {
		return
	}
	from, to := col, col
	for from > 0 && s.cells[from].width < 0 {
		from--
	}
	for to < len(s.cells) && s.cells[to].width < 0 {
		to++
	}
	s.blank(from, to)
}

// blank erases cells.
func (s *screen) blank(from, to int) {
	for i := from; i < min(to, len(s.cells)); i++ {
		s.bytes -= len(s.cells[i].text)
		s.cells[i] = cell{}
	}
}

// erase erases columns, and no half of a character.
func (s *screen) erase(from, to int) {
	s.split(from)
	s.split(to)
	if to >= len(s.cells) {
		s.blank(from, to)
		s.cells = s.cells[:min(from, len(s.cells))]
		return
	}
	s.blank(from, to)
}

func (s *screen) clear() { s.cells, s.bytes = s.cells[:0], 0 }

// String is the row with its colours.
func (s *screen) String() string {
	end := len(s.cells)
	for end > 0 && s.cells[end-1].isBlank() {
		end--
	}
	var b strings.Builder
	b.Grow(s.bytes + end)
	var pen *uv.Style
	for _, c := range s.cells[:end] {
		if c.width < 0 {
			continue
		}
		if c.pen != pen && (c.pen == nil || pen == nil || !c.pen.Equal(pen)) {
			if pen != nil {
				b.WriteString(ansi.ResetStyle)
			}
			if c.pen != nil {
				b.WriteString(c.pen.String())
			}
			pen = c.pen
		}
		if c.text == "" {
			b.WriteByte(' ')
		}
		b.WriteString(c.text)
	}
	if pen != nil {
		b.WriteString(ansi.ResetStyle)
	}
	return b.String()
}

// isBlank tells whether there is nothing to be seen in a cell.
func (c cell) isBlank() bool {
	return (c.text == "" || c.text == " ") && c.width >= 0 &&
		(c.pen == nil || c.pen.Bg == nil && c.pen.Underline == uv.UnderlineNone && c.pen.Attrs&uv.AttrReverse == 0)
}

// tabWidth is how many cells apart tab stops are.
const tabWidth = 8

// control carries out what is no character.
func (s *screen) control(seq string) {
	if len(seq) == 1 {
		switch seq[0] {
		case '\r':
			s.col = 0
		case '\b':
			s.col = max(0, s.col-1)
		case '\t':
			s.right(tabWidth - s.col%tabWidth)
		case '\v', '\f':
			s.row++
		}
		return
	}
	if strings.HasPrefix(seq, "\x1b[") && len(seq) > 2 {
		s.sequence(seq[2:])
		return
	}
	switch seq {
	case "\x1b7":
		s.savedCol, s.savedRow = s.col, s.row
	case "\x1b8":
		s.col, s.row = s.savedCol, s.savedRow
	case "\x1bD":
		s.row++
	case "\x1bE":
		s.row, s.col = s.row+1, 0
	case "\x1bM":
		s.row--
	case "\x1bc":
		*s = screen{cells: s.cells[:0]}
	}
}

// faraway is from how many columns on the right edge of the terminal is meant, whatever that is, and
// usualWide where that is at least.
const faraway, usualWide = 500, 80

// right moves the cursor.
func (s *screen) right(n int) {
	to := s.col + n
	if n >= faraway || to >= mostWide {
		to = max(usualWide, len(s.cells)) - 1
	}
	s.col = max(s.col, to)
}

// column puts the cursor into a column, of which the first is 1.
func (s *screen) column(n int) {
	s.col = 0
	s.right(n - 1)
}

// unrelated is a row that is no row which was counted.
const unrelated = 1 << 32

// sequence carries out a control sequence without its beginning (ECMA-48; xterm, "Control Sequences").
func (s *screen) sequence(seq string) {
	final := seq[len(seq)-1]
	params, ok := numbers(seq[:len(seq)-1])
	if !ok {
		return // private ones, which have nothing to do with the row
	}
	first, _, _ := params.Param(0, 0)
	n := max(1, first)
	switch final {
	case 'm':
		s.dye(params)
	case 'G', '`':
		s.column(n)
	case 'C', 'a':
		s.right(n)
	case 'D':
		s.col = max(0, s.col-n)
	case 'I':
		s.right(tabWidth*n - s.col%tabWidth)
	case 'Z':
		s.col = max(0, (s.col-1)/tabWidth-n+1) * tabWidth
	case 's':
		s.savedCol, s.savedRow = s.col, s.row
	case 'u':
		s.col, s.row = s.savedCol, s.savedRow
	case 'A', 'F', 'B', 'E', 'e':
		s.vertical(final, n)
	case 'H', 'f':
		col, _, _ := params.Param(1, 1)
		s.row = unrelated + n
		s.column(max(1, col))
	case 'd':
		s.row = unrelated + n
	case 'K':
		if s.row == s.at {
			s.eraseSide(first)
		}
	case 'J':
		s.eraseScreen(first)
	case '@', 'P', 'X', 'b':
		s.edit(final, n)
	}
}

// vertical moves the cursor to another row.
func (s *screen) vertical(final byte, n int) {
	if final == 'A' || final == 'F' {
		n = -n
	}
	s.row += n
	if final == 'E' || final == 'F' {
		s.col = 0
	}
}

// eraseSide erases what is behind the cursor (0), before it (1) or all (2).
func (s *screen) eraseSide(which int) {
	switch which {
	case 0:
		s.erase(s.col, mostWide)
	case 1:
		if len(s.cells) <= mostEdited {
			s.erase(0, s.col+1)
		}
	case 2:
		s.clear()
	}
}

// eraseScreen erases what is below the cursor (0), above it (1) or all.
func (s *screen) eraseScreen(which int) {
	switch {
	case which > 1, which == 0 && s.row < s.at, which == 1 && s.row > s.at:
		s.clear()
	case s.row == s.at:
		s.eraseSide(which)
	}
}

// mostEdited is how wide a row may be in which more is done than to print and to erase its end: a few bytes have to be
// cheap.
const mostEdited = 4 << 10

// edit moves what is behind the cursor, or repeats the last character.
func (s *screen) edit(final byte, n int) {
	n = min(n, usualWide+len(s.cells))
	if final == 'b' {
		for n = min(n, usualWide); n > 0 && s.last != "" && s.col+s.wide < mostWide && s.bytes < mostText; n-- {
			s.put(s.last, s.wide, func(string) {})
		}
		return
	}
	if s.row != s.at || s.col >= len(s.cells) || len(s.cells) > mostEdited {
		return
	}
	s.split(s.col)
	switch final {
	case 'X':
		s.erase(s.col, s.col+n)
	case 'P':
		end := min(s.col+n, len(s.cells))
		s.split(end)
		s.blank(s.col, end)
		s.cells = append(s.cells[:s.col], s.cells[end:]...)
	case '@':
		s.cells = slices.Insert(s.cells, s.col, make([]cell, min(n, usualWide))...)
	}
}

// dye changes the colour of what comes.
func (s *screen) dye(params ansi.Params) {
	pen := uv.Style{}
	if s.pen != nil {
		pen = *s.pen
	}
	uv.ReadStyle(params, &pen)
	pen.UnderlineColor = nil
	if pen.Underline != uv.UnderlineNone {
		pen.Underline = uv.UnderlineSingle
	}
	s.pen = nil
	if !pen.IsZero() {
		s.pen = &pen
	}
}

// numbers reads those of a sequence. It is not ok for one that has anything else before its end.
func numbers(text string) (ansi.Params, bool) {
	if text == "" {
		return nil, true
	}
	list := ansi.Params{parser.MissingParam}
	for i := range len(text) {
		last := &list[len(list)-1]
		switch c := text[i]; {
		case c >= '0' && c <= '9':
			*last = ansi.Param(min(last.Param(0)*10+int(c-'0'), mostWide))
		case c != ';' && c != ':' || len(list) == mostNumbers:
			return nil, false
		default:
			if c == ':' {
				*last |= parser.HasMoreFlag
			}
			list = append(list, parser.MissingParam)
		}
	}
	return list, true
}
