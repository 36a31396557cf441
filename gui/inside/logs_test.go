package inside

import (
	"testing"
	"time"

	"slipway/engine"
	"slipway/engine/scrollback"
	"slipway/gui/post"
	"slipway/gui/style"

	"fyne.io/fyne/v2/test"
)

// logsAlone is the view of an output without an engine, and its UI thread.
func logsAlone(t *testing.T) (*logs, *post.Queue) {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(&style.Theme{})
	q, restore := post.Capture()
	work := post.NewWork()
	l := newLogs(&Panel{work: work})
	t.Cleanup(func() { l.close(); work.Close(); restore() })
	return l, q
}

// texts are the lines of a book.
func texts(b *scrollback.Book) []string {
	var list []string
	_ = b.Each(b.First(), b.End(), func(_ int, l scrollback.Line) bool { list = append(list, l.Text); return true })
	return list
}

// TestLogsTurn has a reading that goes on a little after it was stopped.
func TestLogsTurn(t *testing.T) {
	l, _ := logsAlone(t)
	l.rest()
	old := l.turn
	l.add(old, engine.LogLine{Text: "of the one", Time: time.Unix(9, 0)})
	l.rest()
	l.exchange(scrollback.New(logMemory, logDisk), -1)
	l.add(old, engine.LogLine{Text: "late", Time: time.Unix(10, 0)})
	l.add(l.turn, engine.LogLine{Text: "of the other", Time: time.Unix(1, 0)})
	if got := texts(l.book); len(got) != 1 || got[0] != "of the other" || !l.last.Equal(time.Unix(1, 0)) {
		t.Errorf("%q, %v", got, l.last)
	}
}
