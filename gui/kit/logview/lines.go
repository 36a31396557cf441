package logview

import (
	"maps"
	"sort"
	"strings"

	"slipway/engine/scrollback"
	"slipway/gui/kit/cells"
)

// lines are those of a book that can be shown, all of them or some. Each is taken apart when it is seen.
type lines struct {
	book     *scrollback.Book
	only     []int // the numbers of the lines that are shown, in order; with filtered
	filtered bool

	heads   Heads
	pattern *scrollback.Pattern
	current int // the line of the match that is looked at, -1 for none

	apart   map[int]*line // those that were taken apart
	settled int           // which of them do not change any more: those before it

	around  int  // how many are read from the disk at a time
	waiting bool // for some of them
	// load reads lines into memory off the UI thread and calls done on it. It is false where nobody does that.
	load func(from, n int, done func()) bool
	// loaded is called when lines were read.
	loaded func()
}

// leastRead is how many lines are read from the disk at a time at least.
const leastRead = 20

// newLines are those of a book.
func newLines(book *scrollback.Book) *lines {
	return &lines{book: book, current: -1, apart: map[int]*line{}, around: leastRead}
}

// open takes the lines of another book, all of them.
func (l *lines) open(book *scrollback.Book) {
	l.book, l.only, l.filtered, l.current = book, nil, false, -1
	l.forget()
}

// changed takes those apart anew that had not ended.
func (l *lines) changed() {
	maps.DeleteFunc(l.apart, func(n int, _ *line) bool { return n >= l.settled })
	l.settled = l.book.Settled()
}

// forget takes all lines apart anew.
func (l *lines) forget() { clear(l.apart) }

// look makes a line the one that is looked at.
func (l *lines) look(n int) {
	delete(l.apart, l.current)
	l.current = n
	delete(l.apart, n)
}

// index is how many lines that can be shown are before one; at gives the line at an index.
func (l *lines) index(n int) int {
	if l.filtered {
		return sort.SearchInts(l.only, n)
	}
	return n - l.book.First()
}

func (l *lines) at(i int) int {
	if l.filtered {
		return l.only[i]
	}
	return l.book.First() + i
}

func (l *lines) count() int {
	if l.filtered {
		return len(l.only)
	}
	return l.book.End() - l.book.First()
}

// mostApart is how many lines are kept that were taken apart.
const mostApart = 2000

// line is a line taken apart; nil while it is read from the disk.
func (l *lines) line(n int) *line {
	if known := l.apart[n]; known != nil {
		return known
	}
	got, ok := l.book.Cached(n, 1)
	if !ok {
		l.read(n)
		return nil
	}
	if len(got) == 0 {
		return &line{} // it was dropped meanwhile
	}
	if len(l.apart) > mostApart {
		l.forget()
	}
	made := guardedLine(func() *line { return newLine(got[0], l.heads, l.pattern, n == l.current) })
	l.apart[n] = made
	return made
}

// read gets lines around one from the disk.
func (l *lines) read(n int) {
	if l.waiting {
		return
	}
	l.waiting = true
	book := l.book
	done := func() {
		if l.book == book && !l.here(n) { // those around it are so large that it had to leave again
			l.load(n, 1, func() { l.arrived(book, n) })
			return
		}
		l.arrived(book, n)
	}
	if !l.load(max(book.First(), n-l.around/2), l.around, done) {
		l.waiting = false
	}
}

// here tells whether a line needs no more reading.
func (l *lines) here(n int) bool {
	_, ok := l.book.Cached(n, 1)
	return ok
}

// arrived tells that a line was read. One that cannot be read is empty from now on, or it would be read for ever.
func (l *lines) arrived(book *scrollback.Book, n int) {
	l.waiting = false
	if l.book == book && !l.here(n) {
		l.apart[n] = &line{}
	}
	l.loaded()
}

// wordAt is the word around a spot. It is not ok where there is none.
func (l *lines) wordAt(at cells.Spot) (word cells.Selection, ok bool) {
	known := l.apart[at.Line]
	if known == nil {
		return word, false
	}
	from, to, ok := known.word(at.Col)
	return cells.Selection{From: cells.Spot{Line: at.Line, Col: from}, To: cells.Spot{Line: at.Line, Col: to}}, ok
}

// text is what is selected, as far as it is in memory.
func (l *lines) text(marked cells.Selection) string {
	from, to := marked.Ordered()
	var b strings.Builder
	got, _ := l.book.Cached(from.Line, to.Line-from.Line+1)
	for i, each := range got {
		first, last := 0, 1<<30
		if i == 0 {
			first = from.Col
		}
		if from.Line+i == to.Line {
			last = to.Col
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(CutLine(each, l.heads, first, last))
	}
	return b.String()
}
