package logview

import (
	"regexp"
	"strings"

	"slipway/engine/model"
	"slipway/engine/scrollback"
	"slipway/engine/words"
	"slipway/gui/kit/cells"
)

// line is a line taken apart for drawing.
type line struct {
	parts  []part
	width  int // in cells
	prefix int // cells of what stands before it
	stderr bool
	bad    bool // it came on the error output, and says that it is an error
	links  []link
}

// badWords are in lines that tell of an error: those of usual loggers, and the levels of Jupyter's and of glog.
var badWords = regexp.MustCompile(`(?i:\b(errors?|fatal|critical|panic|exception|traceback|segmentation fault|killed)\b)|[a-z](Error|Exception)\b|^\s*\[[EC] |^[EF]\d{4} `)

// mostRead is how much of a line is read to know whether it tells of an error, in bytes.
const mostRead = 1000

func newLine(l scrollback.Line, heads Heads, p *scrollback.Pattern, current bool) *line {
	out := &line{stderr: l.Stderr, parts: heads.of(l)}
	out.prefix = widthOf(out.parts)
	pieces := cells.Parse(cutLong(l.Text))
	text := cells.Text(pieces)
	out.bad = l.Stderr && badWords.MatchString(text[:min(len(text), mostRead)])
	var marks []mark
	for _, link := range findLinks(text) {
		marks = append(marks, mark{from: link.from, to: link.to, link: true})
		link.from, link.to = column(pieces, link.from)+out.prefix, column(pieces, link.to)+out.prefix
		link.source = l.Source
		out.links = append(out.links, link)
	}
	if p != nil {
		for _, m := range p.Find(text, mostMarks) {
			marks = append(marks, mark{from: m[0], to: m[1], found: true, current: current})
		}
	}
	out.parts = append(out.parts, marked(pieces, marks, out.prefix)...)
	out.width = widthOf(out.parts)
	return out
}

// wording is the line as it is seen.
func (l *line) wording() string {
	var b strings.Builder
	for _, p := range l.parts {
		b.WriteString(p.Text)
	}
	return b.String()
}

// column is in which cell the byte of the words is.
func column(pieces []cells.Piece, at int) int {
	for _, p := range pieces {
		if at < len(p.Text) {
			if p.Odd {
				return p.Col
			}
			return p.Col + len([]rune(p.Text[:at]))
		}
		at -= len(p.Text)
	}
	if n := len(pieces); n > 0 {
		return pieces[n-1].Col + pieces[n-1].Width
	}
	return 0
}

// word is from where to where a word goes around a column: what is between spaces. It is not ok behind the end.
func (l *line) word(col int) (from, to int, ok bool) {
	shown := make([]rune, 0, l.width)
	for _, p := range l.parts {
		runes := []rune(p.Text)
		for i := range p.Width {
			shown = append(shown, runes[min(i, len(runes)-1)])
		}
	}
	if col >= len(shown) {
		return 0, 0, false
	}
	inWord := func(i int) bool { return i >= 0 && i < len(shown) && shown[i] != ' ' }
	from, to = col, col
	for inWord(from - 1) {
		from--
	}
	for inWord(to) {
		to++
	}
	return from, to, true
}

// guardedLine is a line as read makes it of what was printed, or else words that it cannot be shown: the rest of the
// output can.
func guardedLine(read func() *line) (l *line) {
	if model.Guard(model.Say("kit.a-line-of-the-output"), func() error { l = read(); return nil }) != nil {
		sentence := words.Say("kit.this-line-cannot-be-shown").String()
		return &line{
			parts: []part{{Piece: cells.Piece{Width: len(sentence), Text: sentence}, muted: true}},
			width: len(sentence),
		}
	}
	return l
}

// CutLine is the part of a line between two columns as it is copied: what is seen of it. It may be called from any
// goroutine.
func CutLine(l scrollback.Line, heads Heads, from, to int) string {
	var b strings.Builder
	pieces := heads.of(l)
	prefix := widthOf(pieces)
	for _, p := range cells.ParseText(cutLong(l.Text)) {
		p.Col += prefix
		pieces = append(pieces, part{Piece: p})
	}
	for _, p := range pieces {
		switch {
		case p.Col+p.Width <= from || p.Col >= to:
		case p.Odd || p.Col >= from && p.Col+p.Width <= to:
			b.WriteString(p.Text)
		default:
			runes := []rune(p.Text)
			b.WriteString(string(runes[max(0, from-p.Col):min(len(runes), to-p.Col)]))
		}
	}
	return b.String()
}
