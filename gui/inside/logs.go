package inside

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"slipway/engine"
	"slipway/engine/model"
	"slipway/engine/platform"
	"slipway/engine/scrollback"
	"slipway/engine/session"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/kit/logview"
	"slipway/gui/post"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// How much of an output is held, in bytes: the newest in memory, and more in a file without a name.
const (
	logMemory = 24 << 20
	logDisk   = 4 << 30
)

// newBook makes an empty book for an output.
func newBook() *scrollback.Book { return scrollback.NewIn(platform.OutputRoom, logMemory, logDisk) }

// tails are how many of the last lines are read at first, and each time that a person scrolls to the first of them. The
// last one is all.
var tails = []int{500, 20_000, 500_000, -1}

// tailAgain is how many lines are read when the reading goes on after a break; what is there already is left out.
const tailAgain = 5000

// logs is the view of what a container prints. It goes on over restarts of the container and of the engine.
type logs struct {
	p       *Panel
	content fyne.CanvasObject
	view    *logview.View
	notes   *fyne.Container
	why     *kit.Paragraph
	note    *kit.Paragraph
	follow  *kit.Button
	hear    *kit.Button
	older   *kit.Button
	find    *finder

	of      string // the container whose lines are here
	reading string // which output is read: container, connection and start
	started time.Time
	tail    int // index into tails
	turn    int // grows with each reading, so that what an older one still brings is dropped
	stop    context.CancelFunc
	loading context.CancelFunc // of older lines; nil when none are loaded
	// searching tells that they are loaded to be searched, and not to be read.
	searching bool
	load      int // grows with each loading, so that what an older one still says is dropped
	wanted    int // index into tails of what is loaded

	hinted       bool // the note is a hint that is out of date with the next line
	stamps, wrap bool
	latest       post.Latest

	shown *scrollback.Book // in the view

	adding sync.Mutex // held while a line is added, which may wait for the disk; the UI thread never takes it

	mu    sync.Mutex       // guards what follows; nothing waits for the disk with it
	book  *scrollback.Book // that is filled: the one that is shown, or is about to be
	books int              // grows with each
	taken int              // the turn whose lines are taken
	until time.Time        // up to when all lines were read at once; those that are followed are newer
	last  time.Time        // of the newest line
	over  int              // how many more messages of the engine the lines of the book are
}

func newLogs(p *Panel) *logs {
	l := &logs{p: p, stop: func() {}, wrap: true, book: newBook()}
	l.why = kit.NewParagraph(words.Text{}, kit.Second).ID("inside.why")
	l.note = kit.NewParagraph(words.Text{}, kit.Second.In(style.Warn)).ID("inside.note")
	l.shown = l.book
	l.view = logview.New("inside.output", l.book)
	l.follow = kit.NewToggle("inside.follow", words.Say("inside.follow"), true, func(on bool) { l.view.Follow(on) }).
		Hint(words.Say("inside.stay-at-the-newest-line"))
	l.view.OnFollow = func(on bool) { l.follow.SetOn(on) }
	l.view.OnTop = func() {
		if l.loading == nil {
			l.loadOlder(false)
		}
	}
	l.view.Load = l.fromDisk
	l.view.OnLink = func(url string, _ int) { p.commands.OpenPage(p.shown, url) }
	l.view.OnMenu = l.menuAt
	l.view.OnCopy = l.copySelected
	l.find = newFinder("inside", l, p.work)
	l.older = kit.NewButton("inside.older", words.Say("inside.older-lines"), "up", kit.Quiet,
		func() { l.loadOlder(false) }).Small()
	l.older.Hide()
	copyIt := kit.NewButton("inside.copy", words.Say("common.copy"), "copy", kit.Normal, l.copySelected).Small().
		Hint(words.Say("inside.copies-what-is-selected-or"))
	more := kit.NewButton("inside.logmore", words.Text{}, "more", kit.Normal, nil).Small().
		Hint(words.Say("inside.log-options"))
	more.OnTap = func() { kit.ShowMenuBelow(more, l.menu()) }
	l.hear = kit.NewButton("inside.hear", words.Say("inside.listen-from-now-on"), "output", kit.Normal, l.listen).Small().
		Hint(words.Say("inside.shows-what-it-prints-from"))
	l.hear.Hide()
	buttons := kit.Across(8, kit.Spring(), l.hear, l.older, l.follow, copyIt, more)
	bar := kit.Pad(kit.Fold(8, kit.Across(8, l.find.bar, kit.Spring()), buttons), 6, 14, 6, 16)
	l.notes = kit.Pad(kit.Down(4, l.why, l.note), 0, 14, 6, 16)
	l.content = kit.Down(0, bar, l.notes, kit.Grow(l.view))
	l.say(words.Text{})
	return l
}

func (l *logs) showing() (*logview.View, *scrollback.Book) { return l.view, l.shown }

func (l *logs) lacks() bool { return l.older != nil && l.older.Visible() }

func (l *logs) fetching() bool { return l.loading != nil }

func (l *logs) fetch() { l.loadOlder(true) }

func (l *logs) layout() {
	if l.content != nil {
		l.content.Refresh()
	}
}

// explain says why a container is as it is, where that is more than that it runs, and how often it was started anew.
func (l *logs) explain(c model.Container, why words.Text) {
	if c.Running() && c.State == model.StateRunning {
		why = words.Text{}
		if c.RestartCount > 0 {
			why = words.Say("inside.started-again-by-its-restart", words.Args{"Times": times(c.RestartCount)})
		}
	}
	l.why.Set(why)
	l.placeNotes()
}

func times(n int) words.Text {
	if n == 1 {
		return words.Say("inside.once")
	}
	return words.Say("inside.times", words.Args{"Count": words.Count(n)})
}

// say says what went wrong, or is else to be known; "" for nothing.
func (l *logs) say(text words.Text) {
	l.hinted = false
	l.note.Set(text)
	l.placeNotes()
}

// placeNotes gives the notes the room that they need.
func (l *logs) placeNotes() {
	for _, p := range []*kit.Paragraph{l.why, l.note} {
		if p.Words() == "" {
			p.Hide()
		} else {
			p.Show()
		}
	}
	if l.why.Visible() || l.note.Visible() {
		l.notes.Show()
	} else {
		l.notes.Hide()
	}
	l.content.Refresh()
}

// close frees what the lines take on the disk.
func (l *logs) close() {
	l.stop()
	if l.loading != nil {
		l.loading()
	}
	l.current().Close()
	l.shown.Close()
}

// current is the book that is filled.
func (l *logs) current() *scrollback.Book {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.book
}

// rest stops reading. What was read stays, and the reading goes on behind it.
func (l *logs) rest() {
	l.stop()
	l.stop = func() {}
	l.stopLoading()
	l.reading = ""
	l.turn++
	l.mu.Lock()
	l.taken = l.turn
	l.mu.Unlock()
}

func (l *logs) stopLoading() {
	if l.loading != nil {
		l.loading()
		l.loading = nil
		l.older.SetText(words.Say("inside.older-lines"))
	}
}

// begin forgets the lines of another container.
func (l *logs) begin(id string) {
	l.rest()
	l.of, l.tail = id, 0
	if !l.exact() {
		l.tail = len(tails) - 1
	}
	l.exchange(newBook())
	l.older.Hide()
	l.find.field.SetText("") // what was looked for was another one's
	l.say(words.Text{})
}

// exchange puts another book in the place of the one that is filled and shown.
func (l *logs) exchange(book *scrollback.Book) {
	last := lastTime(book)
	l.mu.Lock()
	filled := l.book
	l.book, l.last, l.until, l.over = book, last, time.Time{}, 0
	l.books++
	l.mu.Unlock()
	if filled != l.shown {
		filled.Close()
	}
	l.show(book, -1)
}

// show shows a book that is filled already.
func (l *logs) show(book *scrollback.Book, at int) {
	old := l.shown
	l.shown = book
	l.view.SetBook(book, at)
	l.find.anchor = -1
	l.find.anew()
	if old != book {
		old.Close()
	}
}

func lastTime(b *scrollback.Book) time.Time {
	if lines, err := b.Read(b.End()-1, 1); err == nil && len(lines) == 1 {
		return lines[0].Time
	}
	return time.Time{}
}

// exact tells whether a reading can go on behind another. If not, all is read each time.
func (l *logs) exact() bool { return l.p.session.State().Info.ExactTimes() }

// update follows the output of the container that is shown. Each start of it, and each new connection, is read on.
func (l *logs) update() {
	c, st := l.p.shown, l.p.session.State()
	if c.ID != l.of {
		l.begin(c.ID)
	}
	if st.Phase != session.Connected {
		l.reading = "" // goes on once connected
		return
	}
	if c.StartedAt.IsZero() {
		if l.view.SetEmpty(words.Say("inside.it-has-not-been-started")); c.Error != "" {
			l.view.SetEmpty(words.Say("inside.it-could-not-be-started"))
		}
		return // never started, or not inspected yet: the next picture tells
	}
	key := fmt.Sprint(c.ID, c.StartedAt.UnixNano(), st.Generation)
	if key == l.reading {
		return
	}
	l.rest()
	l.reading = key
	l.hear.Hide()
	if !c.StartedAt.Equal(l.started) {
		l.started = c.StartedAt
		l.current().EndOpen()
	}
	l.say(words.Text{})
	l.view.SetEmpty(words.Say("common.asking-the-engine"))
	if !l.exact() || l.current().Open() { // the pieces of a line that has not ended cannot be told apart
		l.exchange(newBook())
	}
	running, turn := c.Running(), l.turn
	l.stop = l.p.work.Go(func(ctx context.Context) { l.follows(ctx, c.ID, running, turn) })
}

// follows reads in the background.
func (l *logs) follows(ctx context.Context, id string, running bool, turn int) {
	e, err := l.p.session.Engine()
	if err != nil {
		return
	}
	l.mu.Lock()
	tail, last := tails[0], l.last
	l.mu.Unlock()
	if !last.IsZero() {
		tail = tailAgain
	}
	if !e.Info().ExactTimes() {
		tail, last = -1, time.Time{}
	}
	first, n := true, 0
	var heard atomic.Int64
	if running {
		overhearing, stop := context.WithCancel(ctx)
		joined := make(chan struct{})
		go func() {
			defer close(joined)
			l.overhear(overhearing, e, id, turn, &heard)
		}()
		defer func() { stop(); <-joined }()
	}
	err = e.TimedLogs(ctx, id, tail, running, func() { l.tell(turn, words.Say("inside.it-has-printed-nothing-yet")) },
		func(line engine.LogLine) {
			heard.Add(1)
			if first && !last.IsZero() && line.Time.After(last) {
				// More was printed meanwhile than is read again: what is here would have a hole.
				last = time.Time{}
				l.beginAnew(ctx, turn)
			}
			first = false
			if n += line.Messages(); line.Time.After(last) || last.IsZero() {
				l.add(turn, line)
			}
		})
	switch {
	case ctx.Err() != nil:
	case err != nil:
		l.broke(turn, running, model.AsProblem(err, model.Say("inside.the-output-cannot-be-read")))
	case !running:
		l.tell(turn, words.Say("inside.it-printed-nothing"))
	}
	if n >= tails[0] {
		post.Do(func() { l.offerOlder(turn) })
	}
}

// beginAnew takes an empty book, and waits until it is shown.
func (l *logs) beginAnew(ctx context.Context, turn int) {
	fresh := newBook()
	done := make(chan struct{})
	post.Do(func() {
		defer close(done)
		if l.turn == turn {
			l.tail = 0
			l.exchange(fresh)
		}
	})
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// add adds a line that was just read, and shows it soon.
func (l *logs) add(turn int, line engine.LogLine) {
	l.adding.Lock()
	if book := l.takes(turn, line); book != nil {
		book.Add(lineOf(line))
	}
	l.adding.Unlock()
	l.latest.Do(func() {
		if l.turn == turn {
			l.changed()
		}
	})
}

// lineOf is a line for a book.
func lineOf(l engine.LogLine) scrollback.Line {
	return scrollback.Line{Time: l.Time, Stderr: l.Stderr, Text: l.Text, Open: l.Cut}
}

// overLine is how many more of the engine's messages than lines of a book it is.
func overLine(l engine.LogLine) int {
	if l.Cut {
		return l.Messages()
	}
	return l.Messages() - 1
}

// takes gives the book that a line belongs into, nil for none. A reading that was stopped still brings what it had
// buffered, which is of another container or comes again.
func (l *logs) takes(turn int, line engine.LogLine) *scrollback.Book {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.taken != turn {
		return nil
	}
	if !l.until.IsZero() {
		if !line.Time.After(l.until) && !l.book.Continues(lineOf(line)) {
			return nil // it was among those that were read meanwhile
		}
		l.until = time.Time{} // so was none behind it, even if the clock is set back
	}
	if line.Time.After(l.last) {
		l.last = line.Time
	}
	l.over += overLine(line)
	return l.book
}

func (l *logs) changed() {
	if l.hinted {
		l.say(words.Text{})
	}
	l.view.Changed()
	l.find.more()
	l.offerOlder(l.turn)
}

// tell tells what there is to say where there are no lines.
func (l *logs) tell(turn int, empty words.Text) {
	post.Do(func() {
		if l.turn == turn {
			l.view.SetEmpty(empty)
		}
	})
}

// broke says why there is no output, or no more of it. What the engine does not keep can be listened to while it is
// printed.
func (l *logs) broke(turn int, running bool, p *model.Problem) {
	post.Do(func() {
		if l.turn != turn {
			return
		}
		text := words.Join(" ", words.Problem(p), words.Fix(p))
		if l.shown.End() > 0 {
			l.say(text)
		} else {
			l.view.SetEmpty(text)
		}
		if running && p.Kind == model.ProblemUnsupported {
			l.hear.Show()
			l.content.Refresh()
		}
	})
}

// listen shows what the container prints from now on, as docker attach does.
func (l *logs) listen() {
	c, key := l.p.shown, l.reading
	l.rest()
	l.reading = key
	l.hear.Hide()
	l.view.SetEmpty(words.Say("inside.listening-it-has-printed-nothing"))
	turn := l.turn
	l.stop = l.p.work.Go(func(ctx context.Context) {
		e, err := l.p.session.Engine()
		if err != nil {
			return // that it is away is said elsewhere
		}
		read, err := e.Attach(ctx, c.ID, true)
		if err == nil {
			err = read(func(line engine.LogLine) {
				line.Time = time.Now()
				l.add(turn, line)
			})
		}
		if err != nil && ctx.Err() == nil {
			l.broke(turn, false, model.AsProblem(err, model.Say("inside.the-output-cannot-be-listened")))
		}
	})
}

// How long nothing has to come until it is looked whether something is printed, how long that takes, and how long it is
// not done again: an engine holds up a program whose output is listened to by somebody who does not take it.
const (
	quietTime = 3 * time.Second
	hearTime  = 1500 * time.Millisecond
	deafTime  = 10 * time.Second
)

// overhear looks whether a container prints while nothing of it comes: engines hand on a line when it ends, or has 16
// KB.
func (l *logs) overhear(ctx context.Context, e *engine.Engine, id string, turn int, heard *atomic.Int64) {
	wait := func(d time.Duration) bool {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(d):
			return true
		}
	}
	for {
		before := heard.Load()
		if !wait(quietTime) {
			return
		}
		if heard.Load() != before {
			continue
		}
		text, ok := beginning(ctx, e, id)
		if ok && heard.Load() == before {
			l.hint(turn, words.Say("inside.it-is-printing-but-has", words.Args{"Text": words.Raw(text)}))
		}
		if !wait(deafTime) {
			return
		}
	}
}

// mostHint is how much of a line that has not ended is told, in characters.
const mostHint = 200

// beginning listens for a moment, and gives what is printed of a line that does not end. It is not ok when lines
// end, or nothing is printed.
func beginning(ctx context.Context, e *engine.Engine, id string) (text string, ok bool) {
	hearing, stop := context.WithTimeout(ctx, hearTime)
	defer stop()
	read, err := e.Attach(hearing, id, true)
	if err != nil {
		return "", false
	}
	book := scrollback.New(1<<20, 0)
	defer book.Close()
	_ = read(func(line engine.LogLine) { book.Add(lineOf(line)) }) // it ends with the time
	lines, err := book.Read(0, 1)
	if err != nil || len(lines) == 0 || book.Settled() > 0 {
		return "", false
	}
	text = logview.CutLine(lines[0], logview.Heads{}, 0, mostHint)
	return text, strings.TrimSpace(text) != ""
}

// hint says something until the next line comes.
func (l *logs) hint(turn int, text words.Text) {
	post.Do(func() {
		if l.turn == turn && (l.hinted || l.note.Words() == "") {
			l.say(text)
			l.hinted = true
		}
	})
}

// offerOlder shows the button for older lines where there may be some.
func (l *logs) offerOlder(turn int) {
	if l.turn != turn {
		return
	}
	l.mu.Lock()
	over := l.over
	l.mu.Unlock()
	more := l.tail < len(tails)-1 && l.shown.End()+over >= tails[l.tail] // the engine counts messages
	if more == l.older.Visible() {
		return
	}
	if more {
		l.older.Show()
	} else {
		l.older.Hide()
	}
	l.find.dress() // what was not found may be in those
	l.content.Refresh()
}

// loadOlder reads more of the last lines, or all, into another book and shows that at the same place.
func (l *logs) loadOlder(all bool) {
	if l.loading != nil {
		if all && l.wanted == len(tails)-1 {
			return // they are on their way
		}
		l.stopLoading()
		if !all { // pressed again
			return
		}
	}
	if l.tail >= len(tails)-1 || l.reading == "" || !l.older.Visible() && !all {
		return
	}
	l.wanted = l.tail + 1
	if all {
		l.wanted = len(tails) - 1
	}
	l.searching = all
	l.older.SetText(words.Say("inside.stop-loading"))
	l.load++
	id, next, load := l.of, l.wanted, l.load
	l.loading = l.p.work.Go(func(ctx context.Context) { l.loads(ctx, id, next, load) })
}

// loads reads in the background.
func (l *logs) loads(ctx context.Context, id string, next, load int) {
	e, err := l.p.session.Engine()
	if err != nil {
		post.Do(func() { l.loadEnds(load, nil) }) // that it is away is said elsewhere
		return
	}
	book := newBook()
	l.mu.Lock()
	books := l.books
	l.mu.Unlock()
	var end time.Time
	var counted post.Latest
	over := 0
	err = e.TimedLogs(ctx, id, tails[next], false, func() {}, func(line engine.LogLine) {
		over += overLine(line)
		book.Add(lineOf(line))
		if line.Time.After(end) { // those of the two outputs are not quite in order
			end = line.Time
		}
		if n := book.End(); n%10_000 == 0 {
			counted.Do(func() {
				if l.load == load && l.loading != nil {
					l.older.SetText(words.Say("inside.stop-loading-lines", words.Args{"Lines": words.Count(n)}))
				}
			})
		}
	})
	if ctx.Err() != nil || err != nil { // half of them would leave a hole
		book.Close()
		post.Do(func() { l.loadEnds(load, err) })
		return
	}
	moved, ok := l.catchUp(book, end, books, over)
	if !ok {
		book.Close()
		post.Do(func() { l.loadEnds(load, nil) })
		return
	}
	post.Do(func() { l.loaded(book, moved, next, load) })
}

// loadEnds is told that a loading brings nothing.
func (l *logs) loadEnds(load int, err error) {
	if l.load != load || l.loading == nil {
		return // it was stopped, and another may have begun
	}
	l.stopLoading()
	if p := model.AsProblem(err, model.Say("inside.older-lines-cannot-be-read")); p != nil {
		l.say(words.Problem(p))
	}
}

// catchUp adds to the new book what was printed since it was read, and lets it be filled from now on. moved is how much
// higher the number of a line is in it than in the old one, over how many more messages than lines were read. It is not
// ok when the old one is not filled any more. Lines that are open in the old one go on in the new one.
func (l *logs) catchUp(book *scrollback.Book, end time.Time, books, over int) (moved int, ok bool) {
	old := l.current()
	from := firstAfter(old, end)
	for range mostRounds { // lines go on coming: nothing is added only while the last few are copied
		to := old.Settled()
		if to-from < fewLines {
			break
		}
		copyAfter(book, old, from, to, end)
		from = to
	}
	l.adding.Lock()
	defer l.adding.Unlock()
	copyAfter(book, old, from, old.Settled(), end)
	book.GoOn(old)
	last := lastTime(book)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.books != books {
		return 0, false
	}
	if last.Before(l.last) {
		last = l.last // that of a line which is open is of its beginning
	}
	l.book, l.last, l.until, l.over = book, last, end, over
	l.books++
	return book.Settled() - old.Settled(), true
}

// mostRounds is how often what came meanwhile is copied at most, until it is few lines.
const mostRounds, fewLines = 10, 1000

// firstAfter is the number of a line before which there are none that are newer. It is looked for from the end: what
// was printed meanwhile is little of what there is.
func firstAfter(b *scrollback.Book, t time.Time) int {
	from := b.Settled()
	for from > b.First() {
		at, newer := max(b.First(), from-fewLines), false
		_ = b.Each(at, from, func(_ int, line scrollback.Line) bool { // what cannot be read is not copied either
			newer = line.Time.After(t)
			return !newer
		})
		if !newer {
			return from
		}
		from = at
	}
	return from
}

func copyAfter(to, from *scrollback.Book, first, end int, t time.Time) {
	_ = from.Each(first, end, func(_ int, line scrollback.Line) bool {
		if line.Time.After(t) {
			to.Add(line)
		}
		return true
	})
}

// glimpse is how many of the older lines are seen above the one that was the first.
const glimpse = 10

// loaded shows the new book, with the same line at the top, or older ones where those were asked for. It is filled
// already, so it has to be shown even when the reading was stopped or began anew meanwhile.
func (l *logs) loaded(book *scrollback.Book, moved, next, load int) {
	if l.current() != book {
		return // whoever came between has closed it
	}
	l.loadEnds(load, nil)
	l.tail = next
	l.p.told()
	at, first := -1, l.shown.First()
	switch {
	case !l.searching && (l.view.Follows() || l.view.Top() <= first): // a person asked for what is above
		at = max(book.First(), first+moved-glimpse)
	case !l.view.Follows():
		at = max(book.First(), l.view.Top()+moved)
	}
	l.show(book, at)
	l.changed()
}

// fromDisk reads lines into memory for the view.
func (l *logs) fromDisk(from, n int, done func()) {
	book := l.shown
	l.p.work.Go(func(context.Context) {
		_, _ = book.Read(from, n) // what cannot be read stays empty
		post.Do(done)
	})
}

// menu is what else can be done with the output.
func (l *logs) menu() []kit.MenuItem {
	mark := func(icon string, on bool) string {
		if on {
			return "check"
		}
		return icon
	}
	return []kit.MenuItem{
		{
			ID: "logs.stamps", Label: words.Say("inside.show-times"), Icon: mark("history", l.stamps),
			Run: func() { l.stamps = !l.stamps; l.view.SetStamps(l.stamps); l.p.told() },
		},
		{
			ID: "logs.wrap", Label: words.Say("inside.break-long-lines"), Icon: mark("output", l.wrap),
			Run: func() { l.wrap = !l.wrap; l.view.SetWrap(l.wrap) },
		},
		{},
		{
			ID: "logs.selectall", Label: words.Say("common.select-all"), Note: words.Say("common.ctrl-a"),
			Run: l.view.SelectAll,
		},
		{
			ID: "logs.loadall", Label: words.Say("inside.load-all-lines"), Icon: "up", Off: !l.older.Visible(),
			Why: words.Say("inside.all-are-loaded"),
			Run: func() { l.loadOlder(true) },
		},
		{
			ID: "logs.save", Label: words.Say("inside.save-all-to-a-file"), Icon: "save",
			Command: model.Docker("logs", l.p.shown.Name).String(),
			Run:     func() { l.save(nil) },
		},
		{
			ID: "logs.savefound", Label: words.Say("inside.save-the-lines-that-match"), Icon: "save", Off: l.find.pattern == nil,
			Why: words.Say("inside.search-for-something-first"), Run: func() { l.save(l.find.pattern) },
		},
		{},
		{
			ID: "logs.legend", Label: words.Say("inside.a-bar-before-a-line"), Off: true,
			Why: words.Say("inside.many-programs-print-all-that"),
		},
	}
}

func (l *logs) menuAt(at fyne.Position) {
	items := append([]kit.MenuItem{{
		ID: "logs.copy", Label: words.Say("common.copy"), Icon: "copy",
		Note: words.Say("common.ctrl-c"), Run: l.copySelected,
	}},
		l.menu()...)
	kit.ShowMenu(fyne.CurrentApp().Driver().CanvasForObject(l.view), at, items)
}

// save asks for a folder and saves into a file of its own in it.
func (l *logs) save(only *scrollback.Pattern) {
	c := l.p.shown
	l.p.commands.SaveLog(c, only)
}

// mostCopied is how much text is put into the clipboard at most, in bytes.
const mostCopied = 16 << 20

// copySelected copies what is selected, or else all that is loaded, off the UI thread.
func (l *logs) copySelected() { copyShown(l.find, l.say) }

// copyShown copies what is selected of the output that is searched, or else all of it. say says that it was too much.
func copyShown(f *finder, say func(sentence words.Text)) {
	view, book := f.l.showing()
	c := shownOf(f)
	if first, firstCol, last, lastCol, part := view.Selected(); part {
		c.first, c.firstCol, c.last, c.lastCol, c.part = first, firstCol, last, lastCol, true
	}
	f.work.Go(func(ctx context.Context) {
		text, whole := c.text(ctx, book)
		post.Do(func() {
			if text == "" {
				return // rather than to empty the clipboard
			}
			kit.Copy(text)
			if !whole && f.book() == book {
				say(words.Say("inside.only-the-first-mb-were", words.Args{"Megabytes": words.Count(mostCopied >> 20)}))
			}
		})
	})
}

// shownOf is all that is shown of the output that is searched.
func shownOf(f *finder) copied {
	view, book := f.l.showing()
	return copied{heads: view.Heads(), only: f.filter(), first: book.First(), last: book.End() - 1, lastCol: 1 << 30}
}

// copied says what is copied: from a column of a line up to one of another.
type copied struct {
	first, firstCol, last, lastCol int
	part                           bool                // it was selected
	only                           *scrollback.Pattern // the lines that are shown, nil for all
	heads                          logview.Heads
}

// text is what is copied of a book; it is not whole when it is too long.
func (c copied) text(ctx context.Context, book *scrollback.Book) (text string, whole bool) {
	var b strings.Builder
	_ = c.each(book, func(line string) bool { // what cannot be read from the disk any more is left out
		b.WriteString(line)
		return b.Len() < mostCopied && ctx.Err() == nil
	})
	return b.String(), b.Len() < mostCopied
}

// write writes it, and returns the number of lines.
func (c copied) write(ctx context.Context, book *scrollback.Book, out io.Writer) (lines int, err error) {
	wrong := c.each(book, func(line string) bool {
		if err = ctx.Err(); err == nil {
			_, err = io.WriteString(out, line)
			lines++
		}
		return err == nil
	})
	return lines, errors.Join(err, wrong)
}

// each calls fn with each line of what is copied and its end, until fn says no.
func (c copied) each(book *scrollback.Book, fn func(line string) bool) error {
	return book.Each(c.first, c.last+1, func(n int, line scrollback.Line) bool {
		if c.only != nil && !c.only.Matches(line.Text) {
			return true
		}
		from, to := 0, 1<<30
		if n == c.first {
			from = c.firstCol
		}
		if n == c.last {
			to = c.lastCol
		}
		text := logview.CutLine(line, c.heads, from, to)
		if n < c.last || !c.part {
			text += "\n"
		}
		return fn(text)
	})
}
