package inside

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"slipway/engine"
	"slipway/engine/scrollback"
	"slipway/gui/post"
	"slipway/gui/style"

	"fyne.io/fyne/v2/test"
)

// logsAlone is the view of an output without an engine.
func logsAlone(t *testing.T) *logs {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(&style.Theme{})
	_, restore := post.Capture()
	work := post.NewWork()
	l := newLogs(&Panel{work: work})
	t.Cleanup(func() { l.close(); work.Close(); restore() })
	return l
}

// texts are the lines of a book.
func texts(b *scrollback.Book) []string {
	var list []string
	_ = b.Each(b.First(), b.End(), func(_ int, l scrollback.Line) bool { list = append(list, l.Text); return true })
	return list
}

// TestLogsTurn has a reading that goes on a little after it was stopped.
func TestLogsTurn(t *testing.T) {
	l := logsAlone(t)
	l.rest()
	old := l.turn
	l.add(old, engine.LogLine{Text: "of the one", Time: time.Unix(9, 0)})
	l.rest()
	l.exchange(scrollback.New(logMemory, logDisk))
	l.add(old, engine.LogLine{Text: "late", Time: time.Unix(10, 0)})
	l.add(l.turn, engine.LogLine{Text: "of the other", Time: time.Unix(1, 0)})
	if got := texts(l.book); len(got) != 1 || got[0] != "of the other" || !l.last.Equal(time.Unix(1, 0)) {
		t.Errorf("%q, %v", got, l.last)
	}
}

// TestLogsLoaded has the reading begin anew while all lines are on their way to the view.
func TestLogsLoaded(t *testing.T) {
	l := logsAlone(t)
	l.rest()
	at := func(i int) time.Time { return time.Unix(int64(i), 0) }
	l.add(l.turn, engine.LogLine{Text: "two", Time: at(2)})
	l.add(l.turn, engine.LogLine{Text: "three", Time: at(3)})
	all := scrollback.New(logMemory, logDisk)
	for i, text := range []string{"zero", "one", "two"} {
		all.Add(scrollback.Line{Text: text, Time: at(i)})
	}
	moved, ok := l.catchUp(all, at(2), l.books, 0)
	if !ok || moved != 2 {
		t.Fatalf("%d, %v", moved, ok)
	}
	l.rest()
	l.loaded(all, moved, len(tails)-1, l.load)
	if l.shown != l.current() || l.tail != len(tails)-1 {
		t.Error("lines are added to what nobody sees")
	}
	l.add(l.turn, engine.LogLine{Text: "four", Time: at(4)})
	l.add(l.turn, engine.LogLine{Text: "clock", Time: at(1)}) // was set back
	if got := strings.Join(texts(l.shown), " "); got != "zero one two three four clock" {
		t.Errorf("%q", got)
	}
	other := scrollback.New(logMemory, logDisk)
	if _, ok := l.catchUp(other, at(9), l.books-1, 0); ok {
		t.Error("a book takes the place of another that came between")
	}
	other.Close()
}

// TestLogsOfLongLines has the engine count more than lines: as many as were asked for came, and so there may be older
// ones.
func TestLogsOfLongLines(t *testing.T) {
	l := logsAlone(t)
	l.rest()
	for i := range tails[0] - 2 {
		l.add(l.turn, engine.LogLine{Text: "short", Time: time.Unix(int64(i), 0)})
	}
	if l.offerOlder(l.turn); l.older.Visible() {
		t.Error("older lines are offered where there are none")
	}
	l.add(l.turn, engine.LogLine{Text: strings.Repeat("x", 20_000), Time: time.Unix(1000, 0)})
	if l.offerOlder(l.turn); !l.older.Visible() {
		t.Error("no older lines are offered")
	}
}

// TestLogsCatchUp adds lines while others are copied, with the reader held up nowhere.
func TestLogsCatchUp(t *testing.T) {
	l := logsAlone(t)
	l.rest()
	const read, many = 7000, 30_000
	line := func(i int) engine.LogLine { return engine.LogLine{Text: fmt.Sprint(i), Time: time.Unix(int64(i), 0)} }
	all := scrollback.New(logMemory, logDisk)
	for i := range read {
		all.Add(scrollback.Line{Text: line(i).Text, Time: line(i).Time})
	}
	for i := 5000; i < 20_000; i++ {
		l.add(l.turn, line(i))
	}
	if from := firstAfter(l.book, line(read-1).Time); from > read-5000 || from < read-5000-fewLines {
		t.Errorf("copied from %d on", from)
	}
	turn, books := l.turn, l.books
	added := make(chan struct{})
	go func() {
		defer close(added)
		for i := 20_000; i < many; i++ {
			l.add(turn, line(i))
		}
	}()
	if moved, ok := l.catchUp(all, line(read-1).Time, books, 0); !ok || moved != 5000 {
		t.Errorf("%d, %v", moved, ok)
	}
	<-added
	got := texts(l.current())
	if len(got) != many {
		t.Fatalf("%d lines", len(got))
	}
	for i, text := range got {
		if text != line(i).Text {
			t.Fatalf("line %d is %q", i, text)
		}
	}
	l.adding.Lock() // as if a line waited for the disk
	defer l.adding.Unlock()
	l.loaded(all, 0, 1, l.load)
	l.rest()
	l.exchange(scrollback.New(logMemory, logDisk))
}

// TestLogsCopied copies what is seen of a selection.
func TestLogsCopied(t *testing.T) {
	book := scrollback.New(logMemory, logDisk)
	defer book.Close()
	for _, text := range []string{"an error", "\x1b[32mfine\x1b[0m", "another error", "the last error"} {
		book.Add(scrollback.Line{Text: text})
	}
	p, _ := scrollback.NewPattern("error", false)
	for want, c := range map[string]copied{
		"error\nfine\nanother":                      {first: 0, firstCol: 3, last: 2, lastCol: 7, part: true},
		"error\nanother":                            {first: 0, firstCol: 3, last: 2, lastCol: 7, part: true, only: p},
		"an error\nanother error\nthe last error\n": {first: 0, last: 3, lastCol: 1 << 30, only: p},
	} {
		if got, whole := c.text(t.Context(), book); got != want || !whole {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestLogsLoadEnds has an older loading end after a newer one began.
func TestLogsLoadEnds(t *testing.T) {
	l := logsAlone(t)
	stopped := 0
	l.load, l.loading = 2, func() { stopped++ }
	l.loadEnds(1, nil)
	if l.loading == nil || stopped != 0 {
		t.Error("an older loading ends the newer one")
	}
	l.loadEnds(2, errors.New("broke"))
	if l.loading != nil || stopped != 1 || l.note.Words() == "" {
		t.Errorf("%d, %q", stopped, l.note.Words())
	}
}
