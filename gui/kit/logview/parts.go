package logview

import (
	"image/color"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"slipway/gui/kit/cells"
	"slipway/gui/style"
)

// part is a part of a line of one look, with what marks it.
type part struct {
	cells.Piece
	found, current, muted, link bool
}

// link is an address in a line, in columns.
type link struct {
	from, to int
	url      string
	source   int
}

// widthOf is how many cells parts take that stand behind each other.
func widthOf(parts []part) int {
	if n := len(parts); n > 0 {
		return parts[n-1].Col + parts[n-1].Width
	}
	return 0
}

// gutter is the cells before a line, the first of which marks what came on the error output.
const gutter = 2

// longestLine is how many bytes of a line are shown: nobody reads further.
const longestLine = 64 << 10

func cutLong(text string) string {
	if len(text) <= longestLine {
		return text
	}
	return strings.ToValidUTF8(text[:longestLine], "") + "…"
}

// mostMarks is how many marks of a kind a line has at most: an expression may fit each of its characters.
const mostMarks = 500

// mark is a part of the words of a line, in bytes, that stands out.
type mark struct {
	from, to             int
	found, current, link bool
}

// addresses are what looks like an address of a page. What ends a sentence behind it is none of it.
var addresses = regexp.MustCompile(`https?://[^\s"'<>` + "`" + `\x{2022}]+[^\s"'<>.,;:!?)\]}` + "`" + `\x{2022}]`)

// findLinks finds addresses of pages in the words of a line; their columns are still bytes.
func findLinks(sentence string) []link {
	if !strings.Contains(sentence, "://") {
		return nil
	}
	var list []link
	for _, at := range addresses.FindAllStringIndex(sentence, mostMarks) {
		text := sentence[at[0]:at[1]]
		if u, err := url.Parse(text); err == nil && u.Host != "" {
			list = append(list, link{from: at[0], to: at[1], url: text})
		}
	}
	return list
}

// marked are the pieces of a line behind so many cells, cut where marks begin and end.
func marked(pieces []cells.Piece, marks []mark, prefix int) []part {
	m := newMarker(marks)
	out := make([]part, 0, len(pieces))
	at := 0 // the byte that the piece begins with
	for _, p := range pieces {
		p.Col += prefix
		for from, end := at, at+len(p.Text); from < end; {
			to := end
			if !p.Odd {
				to = m.cut(from, end)
			}
			part := part{Piece: p}
			if !p.Odd {
				part.Text = p.Text[from-at : to-at]
				part.Width = utf8.RuneCountInString(part.Text)
			}
			m.mark(&part, from, to)
			out = append(out, part)
			p.Col += part.Width
			from = to
		}
		at += len(p.Text)
	}
	return out
}

// marker walks along the marks of a line, which may be as many as its pieces.
type marker struct {
	marks []mark // by where they begin; those before are over
	edges []int  // where they begin and end, in order; those before are passed
}

func newMarker(marks []mark) *marker {
	m := &marker{marks: slices.Clone(marks)}
	slices.SortFunc(m.marks, func(a, b mark) int { return a.from - b.from })
	for _, k := range marks {
		m.edges = append(m.edges, k.from, k.to)
	}
	slices.Sort(m.edges)
	return m
}

// cut is where the next mark behind from begins or ends, before end.
func (m *marker) cut(from, end int) int {
	for len(m.edges) > 0 && m.edges[0] <= from {
		m.edges = m.edges[1:]
	}
	if len(m.edges) > 0 {
		return min(m.edges[0], end)
	}
	return end
}

// mark gives a part the marks that are over it.
func (m *marker) mark(part *part, from, to int) {
	for len(m.marks) > 0 && m.marks[0].to <= from {
		m.marks = m.marks[1:]
	}
	for _, k := range m.marks {
		if k.from >= to {
			return
		}
		if k.to > from {
			part.found, part.current, part.link = part.found || k.found, part.current || k.current, part.link || k.link
		}
	}
}

// appendPart adds what of a part is seen between the columns first and first+cols; from and to are what is selected.
func appendPart(out []cells.Run, p part, first, cols, from, to int) []cells.Run {
	ink, ground := p.Look.Colors()
	if p.muted {
		ink = style.Color(style.Muted)
	}
	if p.current && p.found {
		ink, ground = style.Color(style.OnAccent), style.Color(style.Accent)
	} else if p.found {
		ground = foundGround()
	}
	base := cells.Run{Ink: ink, Ground: ground, Bold: p.Look.Bold, Under: p.Look.Under || p.link, Odd: p.Odd}
	if p.Odd {
		if p.Col < first || p.Col >= first+cols {
			return out
		}
		base.Col, base.Width, base.Text = gutter+p.Col-first, p.Width, p.Text
		if p.Col >= from && p.Col < to {
			base = base.Selected()
		}
		return append(out, base)
	}
	begin, end := max(p.Col, first), min(p.Col+p.Width, first+cols)
	if begin >= end {
		return out
	}
	text := p.Text
	if len(text) == p.Width { // each byte is a character
		text = text[begin-p.Col : end-p.Col]
	} else {
		text = string([]rune(text)[begin-p.Col : end-p.Col])
	}
	return splitSelected(out, base, text, begin, end, first, from, to)
}

// splitSelected adds a text that takes the columns begin to end, the selected part of it on another ground.
func splitSelected(out []cells.Run, base cells.Run, text string, begin, end, first, from, to int) []cells.Run {
	add := func(a, b int, r cells.Run) {
		if a >= b {
			return
		}
		r.Col, r.Width = gutter+a-first, b-a
		if len(text) == end-begin {
			r.Text = text[a-begin : b-begin]
		} else {
			r.Text = string([]rune(text)[a-begin : b-begin])
		}
		out = append(out, r)
	}
	a, b := min(max(from, begin), end), min(max(to, begin), end)
	if a >= b {
		add(begin, end, base)
		return out
	}
	add(begin, a, base)
	add(a, b, base.Selected())
	add(b, end, base)
	return out
}

// foundGround is behind what was searched for.
func foundGround() color.Color {
	if cells.Dark() {
		return color.NRGBA{0x6b, 0x56, 0x10, 255}
	}
	return color.NRGBA{0xff, 0xe0, 0x8a, 255}
}
