// Package logview shows output line by line, however much of it there is.
package logview

import (
	"maps"
	"regexp"
	"slices"
	"sort"
	"strings"

	"slipway/engine/model"
	"slipway/engine/scrollback"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/kit/cells"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// View shows the lines of a [scrollback.Book]: however many there are, only what is seen is read, taken apart and
// drawn. It follows the end until it is scrolled up, and again when it is scrolled to the end. Nothing in a line can
// change anything outside. It is scrolled by whole rows.
type View struct {
	widget.BaseWidget
	id   string
	book *scrollback.Book
	only []int // the numbers of the lines that are shown, in order; with filtered
	grid *cells.Grid

	filtered, wrap, follow bool
	heads                  Heads
	top, sub               int // the line that is at the top, and which of its rows is
	left                   int // the column at the left, when lines are not wrapped
	cols, rows             int // how many cells there is room for
	pattern                *scrollback.Pattern
	current                int // the line of the match that is looked at, -1 for none
	marked                 cells.Selection
	lines                  map[int]*line // taken apart
	settled                int           // which of them do not change any more: those before it
	shown                  []shownRow
	wheel                  float32 // what was scrolled and is not a row yet
	waiting                bool    // lines are being read from the disk
	focused                bool
	mouse                  mouse

	empty *kit.Paragraph
	frame cells.Frame
	thumb *canvas.Rectangle

	// Load reads lines into memory off the UI thread and calls done on it. It is called for those that are on the disk.
	Load func(from, n int, done func())
	// OnFollow is told that following began or ended by scrolling; OnTop that the first line was scrolled to.
	OnFollow func(bool)
	OnTop    func()
	// OnLink opens the address that was pressed in a line of a source; OnMenu a menu at an absolute position.
	OnLink func(url string, source int)
	OnMenu func(at fyne.Position)
	// OnCopy is called to copy what is selected; without it the view does it, as far as the lines are in memory.
	OnCopy func()
}

// shownRow is which part of which line is in a row of the view.
type shownRow struct{ line, first int }

// gutter is the cells before a line, the first of which marks what came on the error output.
const gutter = 2

// New makes a view of a book that follows and wraps.
func New(id string, book *scrollback.Book) *View {
	v := &View{id: id, book: book, wrap: true, follow: true, current: -1, lines: map[int]*line{}, cols: 80, rows: 10}
	v.grid = cells.NewGrid(style.Code)
	v.empty = kit.NewParagraph(words.Text{}, kit.Second)
	v.frame, v.thumb = cells.NewFrame(), canvas.NewRectangle(nil)
	v.ExtendBaseWidget(v)
	return v
}

// SetBook shows other lines, and follows them unless at names a line of it that shall be at the top.
func (v *View) SetBook(book *scrollback.Book, at int) {
	v.book, v.only, v.filtered = book, nil, false
	v.forget()
	v.marked, v.current = cells.Selection{}, -1
	v.top, v.sub, v.left = at, 0, 0
	v.setFollow(at < 0)
	v.Changed()
}

// Changed draws anew after lines were added, or those changed that have not ended.
func (v *View) Changed() {
	maps.DeleteFunc(v.lines, func(n int, _ *line) bool { return n >= v.settled })
	v.settled = v.book.Settled()
	v.render()
}

// SetEmpty is what is said while there are no lines.
func (v *View) SetEmpty(text words.Text) { v.empty.Set(text); v.render() }

// SetWrap breaks long lines, or lets them go on at the right.
func (v *View) SetWrap(on bool) {
	v.wrap, v.left, v.sub = on, 0, 0
	v.render()
}

// SetStamps shows when each line was printed.
func (v *View) SetStamps(on bool) {
	v.heads.Stamps = on
	v.forget()
	v.render()
}

// SetNames shows who printed each line. The map must not be changed any more.
func (v *View) SetNames(names map[int]Name) {
	v.heads.Names = names
	v.forget()
	v.render()
}

// Heads is what stands before each line.
func (v *View) Heads() Heads { return v.heads }

// SetPattern marks what fits, nil for nothing.
func (v *View) SetPattern(p *scrollback.Pattern) {
	v.pattern, v.current = p, -1
	v.forget()
	v.render()
}

// Only shows no other lines than these, given in order; nil shows all.
func (v *View) Only(lines []int) {
	v.only, v.filtered = lines, lines != nil
	v.sub, v.left = 0, 0
	v.render()
}

// Follow begins or ends following.
func (v *View) Follow(on bool) {
	v.setFollow(on)
	v.render()
}

func (v *View) setFollow(on bool) {
	if v.follow != on {
		v.follow = on
		if v.OnFollow != nil {
			v.OnFollow(on)
		}
	}
}

// Top is the line at the top of the view.
func (v *View) Top() int { return v.top }

// Reveal brings a line into view, as the one that is looked at.
func (v *View) Reveal(line int) {
	v.setFollow(false)
	if old := v.lines[v.current]; old != nil {
		delete(v.lines, v.current)
	}
	v.current = line
	delete(v.lines, line)
	if !slices.ContainsFunc(v.shown, func(r shownRow) bool { return r.line == line }) {
		v.top, v.sub = line, 0
		v.move(-v.rows / 2)
	}
	v.render()
}

// forget takes lines apart anew.
func (v *View) forget() { clear(v.lines) }

// index is how many lines that can be shown are before one; at gives the line at an index.
func (v *View) index(line int) int {
	if v.filtered {
		return sort.SearchInts(v.only, line)
	}
	return line - v.book.First()
}

func (v *View) at(i int) int {
	if v.filtered {
		return v.only[i]
	}
	return v.book.First() + i
}

func (v *View) count() int {
	if v.filtered {
		return len(v.only)
	}
	return v.book.End() - v.book.First()
}

// line is a line taken apart; nil while it is read from the disk.
func (v *View) line(n int) *line {
	if l := v.lines[n]; l != nil {
		return l
	}
	got, ok := v.book.Cached(n, 1)
	if !ok {
		v.read(n)
		return nil
	}
	if len(got) == 0 {
		return &line{} // it was dropped meanwhile
	}
	if len(v.lines) > 2000 {
		v.forget()
	}
	l := guardedLine(func() *line { return newLine(got[0], v.heads, v.pattern, n == v.current) })
	v.lines[n] = l
	return l
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

// read gets lines around one from the disk, and draws anew then.
func (v *View) read(n int) {
	if v.waiting || v.Load == nil {
		return
	}
	v.waiting = true
	book, around := v.book, 2*max(v.rows, 10)
	v.Load(max(book.First(), n-around/2), around, func() {
		if v.book == book && !v.here(n) { // those around it are so large that it had to leave again
			v.Load(n, 1, func() { v.arrived(book, n) })
			return
		}
		v.arrived(book, n)
	})
}

// here tells whether a line needs no more reading.
func (v *View) here(n int) bool {
	_, ok := v.book.Cached(n, 1)
	return ok
}

// arrived draws anew when a line was read. One that cannot be read is empty from now on, or it would be read for ever.
func (v *View) arrived(book *scrollback.Book, n int) {
	v.waiting = false
	if v.book == book && !v.here(n) {
		v.lines[n] = &line{}
	}
	v.render()
}

// height is how many rows a line takes.
func (v *View) height(n int) int {
	l := v.line(n)
	if l == nil || !v.wrap || l.width == 0 {
		return 1
	}
	return (l.width + v.cols - 1) / v.cols
}

// move scrolls by rows, down or up, as far as there are any. It tells whether the first line was hit.
func (v *View) move(rows int) (hitTop bool) {
	n := v.count()
	if n == 0 {
		return false
	}
	i := min(max(v.index(v.top), 0), n-1)
	if line := v.at(i); line != v.top {
		v.top, v.sub = line, 0
	}
	v.sub += rows
	for v.sub < 0 && i > 0 {
		i--
		v.top = v.at(i)
		v.sub += v.height(v.top)
	}
	if v.sub < 0 {
		v.sub, hitTop = 0, true
	}
	for i < n-1 && v.sub >= v.height(v.top) {
		v.sub -= v.height(v.top)
		i++
		v.top = v.at(i)
	}
	v.sub = min(v.sub, v.height(v.top)-1)
	return hitTop
}

// toEnd puts the last row at the bottom.
func (v *View) toEnd() {
	n := v.count()
	if n == 0 {
		return
	}
	v.top = v.at(n - 1)
	v.sub = v.height(v.top) - 1
	v.move(-(v.rows - 1))
}

// scroll moves the view as a person wants it, and begins or ends following by that.
func (v *View) scroll(rows int) {
	hit := v.move(rows)
	line, sub := v.top, v.sub
	v.toEnd()
	end := cells.Spot{Line: line, Col: sub}
	atEnd := !end.Before(cells.Spot{Line: v.top, Col: v.sub})
	if !atEnd {
		v.top, v.sub = line, sub
	}
	v.setFollow(atEnd)
	v.render()
	if hit && rows < 0 && v.OnTop != nil {
		v.OnTop()
	}
}

// render draws what is seen.
func (v *View) render() {
	n := v.count()
	v.place()
	if n == 0 {
		v.shown = nil
		v.grid.Set(nil)
		v.empty.Show()
		v.thumb.Hide()
		return
	}
	v.empty.Hide()
	if v.follow {
		v.toEnd()
	} else {
		v.move(0)
	}
	rows := v.fill(n)
	if len(rows) < v.rows && !v.follow { // there are not so many behind the line at the top
		v.toEnd()
		rows = v.fill(n)
	}
	if most := max(0, v.widest()-v.cols/2); v.left > most { // or nothing of them would be seen
		v.left = most
		rows = v.fill(n)
	}
	v.grid.Set(rows)
	v.placeThumb(n)
}

// widest is how many columns the widest of the lines has that are seen; more than there are while one of them is being
// read.
func (v *View) widest() int {
	widest := 0
	for _, r := range v.shown {
		l := v.lines[r.line]
		if l == nil {
			return v.left + v.cols
		}
		widest = max(widest, l.width)
	}
	return widest
}

// fill makes the rows that are seen from the top on, of n lines.
func (v *View) fill(n int) [][]cells.Run {
	rows := make([][]cells.Run, 0, v.rows+1)
	v.shown = v.shown[:0]
	i, sub := v.index(v.top), v.sub
	for len(rows) <= v.rows && i < n {
		line := v.at(i)
		l := v.line(line)
		for h := v.height(line); sub < h && len(rows) <= v.rows; sub++ {
			first := v.left
			if v.wrap {
				first = sub * v.cols
			}
			v.shown = append(v.shown, shownRow{line, first})
			rows = append(rows, v.runs(line, l, first, sub == 0))
		}
		i, sub = i+1, 0
	}
	return rows
}

// runs are what is drawn of a line from a column on.
func (v *View) runs(n int, l *line, first int, begins bool) []cells.Run {
	if l == nil {
		return nil
	}
	var out []cells.Run
	if begins && l.stderr {
		ink := style.Idle // much that is no error is printed there
		if l.bad {
			ink = style.Bad
		}
		out = append(out, cells.Run{Col: 0, Width: 1, Text: "▎", Ink: style.Color(ink)})
	}
	from, to := v.marked.Columns(n, 1<<30)
	for _, p := range l.parts {
		out = appendPart(out, p, first, v.cols, from, to)
	}
	return out
}

// Selected tells which lines are selected, from a column of the first up to a column of the last. Columns count cells.
func (v *View) Selected() (first, firstCol, last, lastCol int, ok bool) {
	a, b := v.marked.Ordered()
	return a.Line, a.Col, b.Line, b.Col, a != b
}

// SelectAll selects all lines.
func (v *View) SelectAll() {
	n := v.count()
	if n == 0 {
		return
	}
	v.marked = cells.Selection{From: cells.Spot{Line: v.at(0), Col: 0}, To: cells.Spot{Line: v.at(n - 1), Col: 1 << 30}}
	v.render()
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

// Follows tells whether the view stays at the newest line.
func (v *View) Follows() bool { return v.follow }

// Describe implements [kit.Described].
func (v *View) Describe() kit.Item {
	if v.count() == 0 {
		return kit.Item{ID: v.id, Role: "output", Text: v.empty.Words(), Enabled: true}
	}
	list := make([]string, 0, len(v.shown))
	for i, r := range v.shown {
		if i > 0 && v.shown[i-1].line == r.line {
			continue
		}
		if l := v.lines[r.line]; l != nil {
			list = append(list, l.wording())
		}
	}
	return kit.Item{ID: v.id, Role: "output", Text: strings.Join(list, "\n"), Enabled: true}
}

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

// words is the line as it is seen.
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

// CreateRenderer implements [fyne.Widget].
func (v *View) CreateRenderer() fyne.WidgetRenderer {
	r := &renderer{v}
	r.Refresh()
	return r
}

type renderer struct{ v *View }

func (r *renderer) MinSize() fyne.Size { return fyne.NewSize(200, 80) }

func (r *renderer) Layout(fyne.Size) { r.v.render() }

func (r *renderer) Refresh() {
	v := r.v
	v.forget() // the theme may be another
	v.render()
	canvas.Refresh(v)
}

func (r *renderer) Objects() []fyne.CanvasObject {
	return r.v.frame.Around(append(r.v.grid.Objects(), r.v.thumb, r.v.empty)...)
}
func (r *renderer) Destroy() {}

// Sizes of the view's edges, and of its scroll bar.
const (
	barWidth = 8
	minThumb = 24
)

// place puts the parts where they belong, and counts how many cells there is room for.
func (v *View) place() {
	size, cell := v.Size(), cells.Size()
	v.frame.Place(size, v.focused)
	inner := fyne.NewSize(max(0, size.Width-2*cells.Pad-barWidth), max(0, size.Height-2*cells.Pad))
	v.grid.Place(fyne.NewPos(cells.Pad, cells.Pad), inner)
	v.empty.Resize(fyne.NewSize(max(0, inner.Width-2*6), v.empty.MinSize().Height))
	v.empty.Move(fyne.NewPos(cells.Pad+6, 12))
	cols := max(10, int(inner.Width/cell.Width)-gutter)
	if cols != v.cols {
		v.cols, v.sub = cols, 0
	}
	v.rows = max(1, int(inner.Height/cell.Height))
}

// placeThumb puts the scroll bar where the view is among all lines.
func (v *View) placeThumb(n int) {
	size := v.Size()
	room := size.Height - 2*cells.Pad
	if n <= v.rows && v.sub == 0 && v.top == v.at(0) && len(v.shown) <= v.rows {
		v.thumb.Hide()
		return
	}
	v.thumb.Show()
	v.thumb.FillColor, v.thumb.CornerRadius = style.Color(style.Faint), barWidth/2-1
	h := max(minThumb, room*float32(v.rows)/float32(n+v.rows))
	part := float32(v.index(v.top)) / float32(max(1, n-1))
	if v.follow {
		part = 1
	}
	v.thumb.Resize(fyne.NewSize(barWidth-2, h))
	v.thumb.Move(fyne.NewPos(size.Width-barWidth-1, cells.Pad+(room-h)*min(1, part)))
}
