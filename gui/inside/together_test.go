package inside

import (
	"fmt"
	"testing"
	"time"

	"slipway/engine"
	"slipway/engine/model"
	"slipway/engine/scrollback"
	"slipway/engine/words"
	"slipway/gui/post"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// togetherAlone is the view of several outputs without an engine, and its UI thread.
func togetherAlone(t *testing.T) (*Together, *post.Queue) {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(&style.Theme{})
	q, restore := post.Capture()
	work := post.NewWork()
	v := NewTogether(nil, nil, work)
	t.Cleanup(func() { v.Close(); work.Close(); restore() })
	return v, q
}

// TestTogetherFew reads as many containers as may be, and rather goes on with one than to begin another.
func TestTogetherFew(t *testing.T) {
	v, _ := togetherAlone(t)
	var list []model.Container
	for i := range mostTogether + 3 {
		list = append(list, model.Container{ID: fmt.Sprint(i)})
	}
	ids := func(list []model.Container) (out []string) {
		for _, c := range list {
			out = append(out, c.ID)
		}
		return out
	}
	if got := v.few(list[:mostTogether]); len(got) != mostTogether {
		t.Errorf("%v", ids(got))
	}
	v.sources[list[len(list)-1].ID] = &source{stop: func() {}}
	got := v.few(list)
	if n := len(got); n != mostTogether || got[n-1].ID != list[len(list)-1].ID || got[n-2].ID != list[mostTogether-2].ID {
		t.Errorf("%v", ids(got))
	}
}

// TestTogetherColor gives each container a colour that no other one has, and one that is free again before others.
func TestTogetherColor(t *testing.T) {
	v, _ := togetherAlone(t)
	for i := range 3 {
		v.sources[fmt.Sprint(i)] = &source{color: v.freeColor(), stop: func() {}}
	}
	delete(v.sources, "1")
	if got := v.freeColor(); got != 1 {
		t.Errorf("%d", got)
	}
}

// TestTogetherPlace keeps the line at the top that a person reads while containers are added and taken off.
func TestTogetherPlace(t *testing.T) {
	v, q := togetherAlone(t)
	v.view.Resize(fyne.NewSize(400, 200))
	for i := range 200 {
		v.book.Add(scrollback.Line{Source: 1 + i%2, Text: fmt.Sprint(i), Time: second(10 + i)})
	}
	top := func() string {
		lines, _ := v.shown.Read(v.view.Top(), 1)
		return lines[0].Text
	}
	v.view.Changed()
	v.view.Follow(false)
	v.view.Reveal(101)
	before := top()
	exchange := func(keep func(int) bool, more []scrollback.Line) {
		v.adding.Lock()
		defer v.adding.Unlock()
		v.exchange(keep, more)
	}
	exchange(func(int) bool { return true }, printed(3, 1, 2, 3, 400))
	exchange(func(source int) bool { return source != 3 }, nil)
	exchange(func(int) bool { return true }, printed(4, 1, 2))
	q.Pump()
	if got := top(); got != before || v.view.Follows() || v.shown != v.book {
		t.Errorf("%q, it was %q", got, before)
	}
	v.view.Follow(true)
	exchange(func(int) bool { return false }, nil)
	q.Pump()
	if v.shown.End() != 0 || !v.view.Follows() {
		t.Error("lines are left")
	}
}

// TestTogetherOver has a reading bring something after it was stopped, and a line that goes on when it is read again.
func TestTogetherOver(t *testing.T) {
	v, _ := togetherAlone(t)
	s := &source{number: 1, stop: func() {}}
	add := func(r reading, l engine.LogLine) { v.add(r, &l, r.line(l)) }
	old := reading{source: s}
	add(old, engine.LogLine{Text: "one", Time: second(1)})
	add(old, engine.LogLine{Text: "beg", Time: second(2), Cut: true})
	s.rest()
	add(old, engine.LogLine{Text: "late", Time: second(2)})
	now := reading{source: s, turn: s.turn.Load()}
	v.goOn(now)
	add(now, engine.LogLine{Text: "begun", Time: second(2), Cut: true})
	s.rest()
	now = reading{source: s, turn: s.turn.Load(), restarted: true}
	v.goOn(now)
	add(now, engine.LogLine{Text: "anew", Time: second(4)})
	if got := fmt.Sprint(texts(v.book)); got != "[one begun anew]" || !s.marks[0].at.Equal(time.Unix(4, 0)) {
		t.Errorf("%s, %v", got, s.marks[0])
	}
	v.tell(now, words.Name("it  is\nlost"))
	v.tell(now, words.Name("it  is\nlost"))
	if got := fmt.Sprintf("%q", texts(v.book)); got != `["one" "begun" "anew" "\x1b[2m[it is lost]\x1b[0m"]` {
		t.Error(got)
	}
}
