package inside

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/engine"
	"slipway/engine/scrollback"
)

func second(i int) time.Time {
	if i == 0 {
		return time.Time{} // not known
	}
	return time.Unix(int64(i), 0)
}

// printed are lines of a source, each a time in seconds (0 for none) that is its text, too.
func printed(source int, times ...int) (list []scrollback.Line) {
	for _, i := range times {
		list = append(list, scrollback.Line{Time: second(i), Source: source, Text: fmt.Sprint(source, ":", i)})
	}
	return list
}

// TestWeave merges the lines of a container into those of others, and takes those of one away.
func TestWeave(t *testing.T) {
	all := func(int) bool { return true }
	for name, c := range map[string]struct {
		there, more []scrollback.Line
		keep        func(int) bool
		want        string
		moved       []int
	}{
		"the first": {more: printed(1, 1, 2), keep: all, want: "1:1 1:2"},
		"in between": {
			there: printed(1, 1, 3, 5), more: printed(2, 2, 4, 6), keep: all,
			want: "1:1 2:2 1:3 2:4 1:5 2:6", moved: []int{0, 2, 4},
		},
		"all older": {
			there: printed(1, 5), more: printed(2, 1, 2), keep: all, want: "2:1 2:2 1:5",
			moved: []int{2},
		},
		"of one time": {
			there: printed(1, 1, 1), more: printed(2, 1), keep: all, want: "1:1 1:1 2:1",
			moved: []int{0, 1},
		},
		"a note has no time": {
			there: printed(1, 1, 0, 3), more: printed(2, 2), keep: all, want: "1:1 1:0 2:2 1:3",
			moved: []int{0, 1, 3},
		},
		"a note among the later": {
			there: printed(1, 1, 5), more: printed(2, 2, 0, 6), keep: all, want: "1:1 2:2 2:0 1:5 2:6",
			moved: []int{0, 3},
		},
		"one leaves": {
			there: slices.Concat(printed(1, 1), printed(2, 2), printed(1, 3)), keep: func(s int) bool { return s != 2 },
			want: "1:1 1:3", moved: []int{0, 1, 1},
		},
		"all leave": {there: printed(1, 1, 2), keep: func(int) bool { return false }, moved: []int{0, 0}},
	} {
		from, into := scrollback.New(1<<20, 0), scrollback.New(1<<20, 0)
		from.Add(c.there...)
		from.Add(scrollback.Line{Source: 9, Text: "open", Open: true})
		moved := weave(into, from, c.keep, c.more)
		if got := strings.Join(texts(into), " "); got != c.want || !slices.Equal(moved, c.moved) {
			t.Errorf("%s: %q, %v", name, got, moved)
		}
		from.Close()
		into.Close()
	}
}

// TestAgain reads a container once more, and finds what is new in it.
func TestAgain(t *testing.T) {
	line := func(at int, text string) engine.LogLine { return engine.LogLine{Time: second(at), Text: text} }
	errs := func(l engine.LogLine) engine.LogLine { l.Stderr = true; return l }
	cut := func(l engine.LogLine) engine.LogLine { l.Cut = true; return l }
	for name, c := range map[string]struct {
		read, again []engine.LogLine
		floor       int
		want        string
	}{
		"nothing was there": {again: []engine.LogLine{line(1, "a"), errs(line(1, "b"))}, want: "a b"},
		"nothing is new": {
			read:  []engine.LogLine{line(1, "a"), line(2, "b")},
			again: []engine.LogLine{line(1, "a"), line(2, "b")},
		},
		"more came": {
			read:  []engine.LogLine{line(1, "a")},
			again: []engine.LogLine{line(1, "a"), line(2, "b")}, want: "b",
		},
		"more of the same time": {
			read:  []engine.LogLine{line(1, "a"), line(1, "b")},
			again: []engine.LogLine{line(1, "a"), line(1, "b"), line(1, "c")}, want: "c",
		},
		"without times": {
			read:  []engine.LogLine{line(0, "a"), line(0, "b")},
			again: []engine.LogLine{line(0, "a"), line(0, "b"), line(0, "c")}, want: "c",
		},
		"the clock was set back": {
			read:  []engine.LogLine{line(9, "a")},
			again: []engine.LogLine{line(9, "a"), line(10, "b"), line(2, "c")}, want: "b c",
		},
		"older than what is read": {
			read: []engine.LogLine{line(5, "a")}, floor: 5,
			again: []engine.LogLine{errs(line(2, "old")), line(5, "a"), errs(line(6, "new"))}, want: "new",
		},
		"the two outputs": {
			read:  []engine.LogLine{line(5, "a"), errs(line(3, "b"))},
			again: []engine.LogLine{errs(line(3, "b")), line(5, "a"), errs(line(4, "c"))}, want: "c",
		},
		"a line that had not ended": {
			read:  []engine.LogLine{line(1, "a"), cut(line(2, "b"))},
			again: []engine.LogLine{line(1, "a"), cut(line(2, "b")), line(2, "c")}, want: "b c",
		},
		"a long line that is there": {
			read:  []engine.LogLine{cut(line(2, "a")), line(2, "b")},
			again: []engine.LogLine{cut(line(2, "a")), line(2, "b"), line(3, "c")}, want: "c",
		},
		"behind one that a stop ended": {
			read:  []engine.LogLine{cut(line(2, "a"))},
			again: []engine.LogLine{cut(line(2, "a")), line(4, "b")}, floor: -1, want: "b",
		},
	} {
		var m marks
		for _, l := range c.read {
			m.of(l).read(l)
		}
		switch {
		case c.floor > 0:
			m.floor(second(c.floor))
		case c.floor < 0:
			m[0].end()
		}
		a := again{marks: m}
		var got []string
		for _, l := range c.again {
			if a.isNew(l) {
				got = append(got, l.Text)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}
