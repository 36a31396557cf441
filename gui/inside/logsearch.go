package inside

import (
	"context"
	"sort"
	"sync"

	"slipway/engine/scrollback"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/kit/logview"
	"slipway/gui/post"

	"fyne.io/fyne/v2"
)

// searched is the output that a [finder] searches.
type searched interface {
	showing() (*logview.View, *scrollback.Book)
	// rest of the output, which is not here yet: whether there is some, whether it is on its way, and what gets it.
	lacks() bool
	fetching() bool
	fetch()
	// layout places the things of the view anew.
	layout()
}

// finder searches the output that is shown. Lines that come are searched, too.
type finder struct {
	l     searched
	work  *post.Work
	bar   *fyne.Container
	field *kit.Field
	count *kit.Text
	all   *kit.Button
	prev  *kit.Button
	next  *kit.Button
	only  *kit.Button

	pattern    *scrollback.Pattern // nil when nothing is searched for
	expression bool
	matches    []int // numbers of lines, in order
	searched   int   // up to which line
	at         int   // the index of the match that is looked at, -1 for none
	turn       int   // grows with each search, so that what an older one still brings is dropped
	busy       bool
	again      bool // lines came or changed while it was busy
	jump       bool // to a match, once all are known
	anchor     int  // the line that was looked at last while a search is typed, -1 for none
	stop       context.CancelFunc
}

// newFinder makes one whose parts have IDs that begin with id.
func newFinder(id string, l searched, work *post.Work) *finder {
	f := &finder{l: l, work: work, at: -1, anchor: -1, stop: func() {}}
	f.field = kit.NewField(id+".find", words.Say("inside.search")).Wide(150)
	f.field.OnChanged = func(string) { f.changed() }
	f.field.OnKey = f.key
	f.count = kit.NewText(words.Text{}, kit.Second.Whole()).ID(id + ".found")
	f.prev = kit.NewButton(id+".prev", words.Text{}, "up", kit.Quiet, func() { f.step(-1) }).
		Hint(words.Say("inside.previous-match-enter"))
	f.next = kit.NewButton(id+".next", words.Text{}, "down", kit.Quiet, func() { f.step(1) }).
		Hint(words.Say("inside.next-match-down"))
	expression := kit.NewToggle(id+".expression", words.Name(".*"), false, func(on bool) {
		f.expression = on
		f.changed()
	}).
		Hint(words.Say("inside.what-you-type-is-a"))
	f.only = kit.NewToggle(id+".only", words.Say("inside.matches-only"), false, func(bool) { f.show() }).
		Hint(words.Say("inside.shows-only-the-lines-that"))
	f.all = kit.NewButton(id+".searchall", words.Say("inside.search-all"), "", kit.Link, func() {
		f.jump = true
		l.fetch()
	}).
		Hint(words.Say("inside.only-the-last-lines-are"))
	f.bar = kit.Across(4, kit.Width(150, f.field), f.count, f.prev, f.next, f.all, expression, f.only)
	f.dress()
	return f
}

func (f *finder) view() *logview.View { v, _ := f.l.showing(); return v }

func (f *finder) book() *scrollback.Book { _, b := f.l.showing(); return b }

func (f *finder) focused(c fyne.Canvas) bool { return c.Focused() == fyne.Focusable(f.field) }

// key handles the keys that a field does not use.
func (f *finder) key(key fyne.KeyName) bool {
	switch key {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeyUp:
		f.step(-1)
	case fyne.KeyDown:
		f.step(1)
	case fyne.KeyEscape:
		if f.field.Text == "" {
			return false
		}
		f.field.SetText("")
	default:
		return false
	}
	return true
}

// changed begins to search for what is typed.
func (f *finder) changed() {
	f.pattern = nil
	f.field.SetProblem(words.Text{})
	if f.field.Text != "" {
		p, err := scrollback.NewPattern(f.field.Text, f.expression)
		if err != nil {
			f.field.SetProblem(words.Say("inside.this-is-no-regular-expression", words.Args{"Err": words.Raw(err.Error())}))
		} else {
			f.pattern = p
		}
	}
	if f.field.Text == "" {
		f.anchor = -1
	}
	f.jump = f.pattern != nil
	f.view().SetPattern(f.pattern)
	f.anew()
}

// anew forgets what was found, and searches from the first line.
func (f *finder) anew() {
	f.stop()
	f.turn++
	f.matches, f.at, f.busy, f.again, f.searched = nil, -1, false, false, f.book().First()
	f.more() // before it is shown, or there would be “none” until the first are found
	f.show()
}

// more searches the lines that came since, and those that may have changed.
func (f *finder) more() {
	book := f.book()
	from, settled, to := f.searched, book.Settled(), book.End()
	if f.again = f.busy; f.pattern == nil || f.busy || from >= to {
		return
	}
	f.busy = true
	pattern, turn := f.pattern, f.turn
	f.stop = f.work.Go(func(ctx context.Context) {
		f.search(ctx, book, pattern, from, to, turn)
		post.Do(func() {
			if f.turn == turn {
				f.searchedTo(min(settled, to))
			}
		})
	})
}

// search finds matches off the UI thread and brings them a few times a second. They take the place of those from the
// first line on.
func (f *finder) search(ctx context.Context, book *scrollback.Book, p *scrollback.Pattern, from, to, turn int) {
	var (
		mu     sync.Mutex
		found  []int
		latest post.Latest
	)
	begun := false
	take := func() {
		mu.Lock()
		list := found
		found = nil
		mu.Unlock()
		if f.turn != turn {
			return
		}
		old := len(f.matches)
		if !begun {
			begun = true
			f.matches = f.matches[:sort.SearchInts(f.matches, from)]
		}
		f.matches = append(f.matches, list...)
		if f.at >= len(f.matches) {
			f.at = -1
		}
		if old != len(f.matches) || len(list) > 0 {
			f.show()
		}
	}
	_ = book.Search(ctx, p, from, to, func(n int) { // what cannot be read from the disk any more is not found
		mu.Lock()
		found = append(found, n)
		mu.Unlock()
		latest.Do(take)
	})
	post.Do(take)
}

// searchedTo is told that all lines before one were searched.
func (f *finder) searchedTo(line int) {
	f.searched, f.busy = line, false
	if f.jump && len(f.matches) > 0 && f.at < 0 && f.filter() == nil {
		f.step(0)
	}
	f.jump = f.jump && len(f.matches) == 0 && f.l.fetching() // else a match that comes much later would move what is read
	f.dress()
	if f.again {
		f.more()
	}
}

// show brings the view up to date with what was found.
func (f *finder) show() {
	if f.filter() != nil {
		if f.matches == nil {
			f.matches = []int{} // none, while nil is all
		}
		f.view().Only(f.matches[:len(f.matches):len(f.matches)]) // what is found later is added behind them
	} else {
		f.view().Only(nil)
	}
	f.dress()
}

// filter is what lines have to match to be shown, nil where all are.
func (f *finder) filter() *scrollback.Pattern {
	if f.only.On() {
		return f.pattern
	}
	return nil
}

// dress says how many matches there are.
func (f *finder) dress() {
	partly := f.pattern != nil && f.l.lacks()
	text := words.Text{}
	switch n := len(f.matches); {
	case f.pattern == nil && f.field.Text != "":
		text = words.Say("inside.not-an-expression")
	case f.pattern == nil:
	case n == 0 && f.busy:
		text = words.Name("…")
	case n == 0 && partly:
		text = words.Say("inside.none-in-these-lines")
	case n == 0:
		text = words.Say("inside.none")
	case n == 1:
		text = words.Say("inside.1-match")
	case f.at >= 0:
		text = words.Say("inside.of-matches", words.Args{"At": words.Count(f.at + 1), "Total": words.Count(n)})
	default:
		text = words.Say("inside.matches", words.Args{"Count": words.Count(n)})
	}
	shown := f.pattern != nil
	changed := f.prev.Visible() != shown || f.count.Words() != text.String()
	f.count.Set(text)
	for _, b := range []*kit.Button{f.prev, f.next, f.only} {
		if shown {
			b.Show()
		} else {
			b.Hide()
		}
	}
	if partly {
		changed = changed || !f.all.Visible()
		f.all.Show()
	} else {
		changed = changed || f.all.Visible()
		f.all.Hide()
	}
	if changed {
		f.l.layout()
	}
}

// step goes to the match before or behind the one that is looked at, or else to one that is near.
func (f *finder) step(by int) {
	n := len(f.matches)
	if n == 0 {
		return
	}
	switch {
	case f.at >= 0:
		f.at = (f.at + by + n) % n
	case f.anchor >= 0:
		f.at = max(0, sort.SearchInts(f.matches, f.anchor+1)-1)
	case f.view().Follows():
		f.at = n - 1
	default:
		f.at = min(sort.SearchInts(f.matches, f.view().Top()), n-1)
	}
	f.anchor = f.matches[f.at]
	f.view().Reveal(f.anchor)
	f.dress()
}
