package logview

import (
	"slices"

	"slipway/gui/kit/cells"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// window is the part of the lines that is seen: some rows, from one row of a line on.
type window struct {
	lines *lines

	wrap       bool
	top, sub   int // the line that is at the top, and which of its rows is
	left       int // the column at the left, when lines are not wrapped
	cols, rows int // how many cells there is room for
	shown      []shownRow
}

// shownRow is which part of which line is in a row of the view.
type shownRow struct{ line, first int }

// fit counts how many cells there is room for.
func (w *window) fit(size fyne.Size) {
	cell := cells.Size()
	cols := max(10, int(size.Width/cell.Width)-gutter)
	if cols != w.cols {
		w.cols, w.sub = cols, 0
	}
	w.rows = max(1, int(size.Height/cell.Height))
	w.lines.around = max(2*w.rows, leastRead)
}

// begin goes to the beginning of a line, at its left.
func (w *window) begin(line int) { w.top, w.sub, w.left = line, 0, 0 }

// height is how many rows a line takes.
func (w *window) height(n int) int {
	l := w.lines.line(n)
	if l == nil || !w.wrap || l.width == 0 {
		return 1
	}
	return (l.width + w.cols - 1) / w.cols
}

// move scrolls by rows, down or up, as far as there are any. It tells whether the first line was hit.
func (w *window) move(rows int) (hitTop bool) {
	n := w.lines.count()
	if n == 0 {
		return false
	}
	i := min(max(w.lines.index(w.top), 0), n-1)
	if line := w.lines.at(i); line != w.top {
		w.top, w.sub = line, 0
	}
	w.sub += rows
	for w.sub < 0 && i > 0 {
		i--
		w.top = w.lines.at(i)
		w.sub += w.height(w.top)
	}
	if w.sub < 0 {
		w.sub, hitTop = 0, true
	}
	for i < n-1 && w.sub >= w.height(w.top) {
		w.sub -= w.height(w.top)
		i++
		w.top = w.lines.at(i)
	}
	w.sub = min(w.sub, w.height(w.top)-1)
	return hitTop
}

// toEnd puts the last row at the bottom.
func (w *window) toEnd() {
	n := w.lines.count()
	if n == 0 {
		return
	}
	w.top = w.lines.at(n - 1)
	w.sub = w.height(w.top) - 1
	w.move(-(w.rows - 1))
}

// scroll moves by rows, and tells whether the first line was hit and whether the last row is seen.
func (w *window) scroll(rows int) (hitTop, atEnd bool) {
	hitTop = w.move(rows)
	at := cells.Spot{Line: w.top, Col: w.sub}
	w.toEnd()
	atEnd = !at.Before(cells.Spot{Line: w.top, Col: w.sub})
	if !atEnd {
		w.top, w.sub = at.Line, at.Col
	}
	return hitTop, atEnd
}

// sideways moves lines that are not wrapped.
func (w *window) sideways(cols int) { w.left = max(0, min(w.left+cols, w.widest()-w.cols/2)) }

// reveal brings a line into view.
func (w *window) reveal(line int) {
	if !slices.ContainsFunc(w.shown, func(r shownRow) bool { return r.line == line }) {
		w.top, w.sub = line, 0
		w.move(-w.rows / 2)
	}
}

// draw makes the rows that are seen, of n lines; those at the end where it follows it.
func (w *window) draw(n int, follow bool, marked cells.Selection) [][]cells.Run {
	if follow {
		w.toEnd()
	} else {
		w.move(0)
	}
	rows := w.fill(n, marked)
	if len(rows) < w.rows && !follow { // there are not so many behind the line at the top
		w.toEnd()
		rows = w.fill(n, marked)
	}
	if most := max(0, w.widest()-w.cols/2); w.left > most { // or nothing of them would be seen
		w.left = most
		rows = w.fill(n, marked)
	}
	return rows
}

// widest is how many columns the widest of the lines has that are seen; more than there are while one of them is being
// read.
func (w *window) widest() int {
	widest := 0
	for _, r := range w.shown {
		l := w.lines.apart[r.line]
		if l == nil {
			return w.left + w.cols
		}
		widest = max(widest, l.width)
	}
	return widest
}

// fill makes the rows that are seen from the top on, of n lines.
func (w *window) fill(n int, marked cells.Selection) [][]cells.Run {
	rows := make([][]cells.Run, 0, w.rows+1)
	w.shown = w.shown[:0]
	i, sub := w.lines.index(w.top), w.sub
	for len(rows) <= w.rows && i < n {
		line := w.lines.at(i)
		l := w.lines.line(line)
		from, to := marked.Columns(line, 1<<30)
		for h := w.height(line); sub < h && len(rows) <= w.rows; sub++ {
			first := w.left
			if w.wrap {
				first = sub * w.cols
			}
			w.shown = append(w.shown, shownRow{line, first})
			rows = append(rows, w.runs(l, first, sub == 0, from, to))
		}
		i, sub = i+1, 0
	}
	return rows
}

// runs are what is drawn of a line from a column on; from and to are what is selected of it.
func (w *window) runs(l *line, first int, begins bool, from, to int) []cells.Run {
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
	for _, p := range l.parts {
		out = appendPart(out, p, first, w.cols, from, to)
	}
	return out
}

// whole tells whether all of n lines are seen.
func (w *window) whole(n int) bool {
	return n <= w.rows && w.sub == 0 && w.top == w.lines.at(0) && len(w.shown) <= w.rows
}

// words are what is seen of the lines, a line each.
func (w *window) words() []string {
	list := make([]string, 0, len(w.shown))
	for i, r := range w.shown {
		if i > 0 && w.shown[i-1].line == r.line {
			continue
		}
		if l := w.lines.apart[r.line]; l != nil {
			list = append(list, l.wording())
		}
	}
	return list
}

// spotAt is the cell of the output at a position of the view.
func (w *window) spotAt(pos fyne.Position) cells.Spot {
	cell := cells.Size()
	row := int((pos.Y - cells.Pad) / cell.Height)
	if len(w.shown) == 0 || pos.Y < cells.Pad {
		return cells.Spot{Line: w.top, Col: w.left}
	}
	if row >= len(w.shown) {
		return cells.Spot{Line: w.shown[len(w.shown)-1].line, Col: 1 << 30}
	}
	r := w.shown[row]
	col := int((pos.X-cells.Pad)/cell.Width+0.5) - gutter
	return cells.Spot{Line: r.line, Col: r.first + max(0, min(col, w.cols))}
}

// linkAt is the address at a position, the zero value for none.
func (w *window) linkAt(pos fyne.Position) link {
	cell := cells.Size()
	row := int((pos.Y - cells.Pad) / cell.Height)
	if pos.Y < cells.Pad || row >= len(w.shown) {
		return link{}
	}
	r := w.shown[row]
	l := w.lines.apart[r.line]
	if l == nil {
		return link{}
	}
	col := r.first + int((pos.X-cells.Pad)/cell.Width) - gutter
	for _, k := range l.links {
		if col >= k.from && col < k.to {
			return k
		}
	}
	return link{}
}
