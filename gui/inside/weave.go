package inside

import (
	"time"

	"slipway/engine"
	"slipway/engine/scrollback"
)

// weave fills a book with the settled lines of another one whose source keep wants, and with more lines, each before
// the first of the others that is younger. What has no time stays behind the line that it came behind. moved tells
// where the lines of the other book are now, from its first one on; those that are not wanted, where the next one is.
func weave(into, from *scrollback.Book, keep func(source int) bool, more []scrollback.Line) (moved []int) {
	next := 0
	_ = from.Each(from.First(), from.Settled(), func(_ int, l scrollback.Line) bool { // what cannot be read stays out
		if keep(l.Source) {
			for next < len(more) && more[next].Time.Before(l.Time) {
				into.Add(more[next])
				next++
			}
		}
		moved = append(moved, into.End())
		if keep(l.Source) {
			into.Add(l)
		}
		return true
	})
	into.Add(more[next:]...)
	return moved
}

// mark is how far one of the two outputs of a container was read: the time of the youngest whole line, and how many
// whole lines of that very time were read.
type mark struct {
	at    time.Time
	n     int
	begun time.Time // of the line that has not ended; with open
	open  bool
}

// read notes a line, or a piece of one, that was read.
func (m *mark) read(l engine.LogLine) {
	if !m.open {
		m.begun = l.Time
	}
	if m.open = l.Cut; !l.Cut {
		m.end()
	}
}

// end notes that the line has ended.
func (m *mark) end() {
	m.open = false
	switch {
	case m.begun.After(m.at):
		m.at, m.n = m.begun, 1
	case m.begun.Equal(m.at):
		m.n++
	}
}

// marks are those of the two outputs.
type marks [2]mark

func (m *marks) of(l engine.LogLine) *mark { return &m[output(l)] }

func output(l engine.LogLine) int {
	if l.Stderr {
		return 1
	}
	return 0
}

// some tells whether any whole line was read.
func (m *marks) some() bool { return m[0].n > 0 || m[1].n > 0 }

// floor notes that nothing older than a time was read, nor will be: what an output printed before is not new.
func (m *marks) floor(t time.Time) {
	for i := range m {
		if m[i].n == 0 {
			m[i].at = t
		}
	}
}

// again tells what is new when the last lines of a container are read once more.
type again struct {
	marks marks
	open  [2]bool
	same  [2]int  // how many whole lines of the time of the mark came so far
	past  [2]bool // the mark was passed: all is new from there on, even if the clock is set back
}

// isNew tells whether a line, or a piece of one, was not read before.
func (a *again) isNew(l engine.LogLine) bool {
	i := output(l)
	begins := !a.open[i]
	a.open[i] = l.Cut
	switch m := a.marks[i]; {
	case a.past[i]:
	case l.Time.After(m.at): // also of a line whose beginning was read: it is what was printed behind that since
		a.past[i] = true
	case begins && l.Time.Equal(m.at):
		a.same[i]++
		a.past[i] = a.same[i] > m.n
	}
	return a.past[i]
}
