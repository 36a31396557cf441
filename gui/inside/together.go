package inside

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
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
	"slipway/gui/commands"
	"slipway/gui/kit"
	"slipway/gui/kit/logview"
	"slipway/gui/post"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// How many containers are read at once at most, and how many of the last lines of each at first.
const (
	mostTogether = 20
	tailTogether = 200
)

// Together is the output of several containers in one view, as docker compose logs has it: each line behind the name of
// the container that printed it. What is there already is in the order in which it was printed, and what comes later is
// added as it comes. Its methods belong to the UI thread.
type Together struct {
	session  *session.Session
	commands *commands.Set
	work     *post.Work

	content fyne.CanvasObject
	view    *logview.View
	notes   *fyne.Container
	note    *kit.Paragraph
	follow  *kit.Button
	find    *finder

	sources map[string]*source // those that are read, by the ID of the container
	number  int                // of the newest source; none is used twice
	chosen  int                // how many containers are selected
	names   []string           // whose names stand before the lines, with their IDs
	said    words.Text         // what came of the last thing that a person did
	stamps  bool
	wrap    bool
	latest  post.Latest
	shown   *scrollback.Book // in the view

	// held while lines are added, or a book takes the place of another; the UI thread never takes it
	adding sync.Mutex
	book   *scrollback.Book // that is filled; with adding
}

// source is one of the containers.
type source struct {
	container model.Container // as it was in the last picture
	number    int             // of its lines in the book
	color     int             // no two that are there have the same
	reading   string          // which output is read: connection and start
	started   time.Time
	broke     words.Text // why no more of it is read, "" where it is, or where its own line tells
	stop      context.CancelFunc

	turn atomic.Int64 // grows with each reading, so that what an older one still brings is dropped

	// What follows goes with Together.adding.
	begun bool // the lines that were there at first are in the book
	marks marks
	told  words.Text // why nothing of it can be shown, as its own line tells
}

// reading is one reading of a source, which ends with the container, with the connection, or when it is stopped.
type reading struct {
	*source
	id        string
	turn      int64
	running   bool
	restarted bool // the container was started since the last reading
}

// over tells whether it was stopped: it still brings what it had buffered.
func (r reading) over() bool { return r.source.turn.Load() != r.turn }

// NewTogether makes a view of no containers.
func NewTogether(s *session.Session, c *commands.Set, w *post.Work) *Together {
	t := &Together{session: s, commands: c, work: w, sources: map[string]*source{}, wrap: true, book: newSmallBook()}
	t.shown = t.book
	t.note = kit.NewParagraph(words.Text{}, kit.Second.In(style.Warn)).ID("together.note")
	t.view = logview.New("together.output", t.book)
	t.follow = kit.NewToggle("together.follow", words.Say("inside.follow"), true, func(on bool) { t.view.Follow(on) }).
		Hint(words.Say("inside.stay-at-the-newest-line"))
	t.view.OnFollow = func(on bool) { t.follow.SetOn(on) }
	t.view.Load = t.fromDisk
	t.view.OnLink = t.open
	t.view.OnMenu = t.menuAt
	t.view.OnCopy = t.copySelected
	t.find = newFinder("together", t, w)
	copyIt := kit.NewButton("together.copy", words.Say("common.copy"), "copy", kit.Normal, t.copySelected).Small().
		Hint(words.Say("inside.copies-what-is-selected-or"))
	more := kit.NewButton("together.logmore", words.Text{}, "more", kit.Normal, nil).Small().
		Hint(words.Say("inside.log-options"))
	more.OnTap = func() { kit.ShowMenuBelow(more, t.menu()) }
	bar := kit.Pad(kit.Fold(8, kit.Across(8, t.find.bar, kit.Spring()),
		kit.Across(8, kit.Spring(), t.follow, copyIt, more)), 6, 14, 6, 16)
	t.notes = kit.Pad(t.note, 0, 14, 6, 16)
	t.content = kit.Down(0, bar, t.notes, kit.Grow(t.view))
	t.dress()
	return t
}

// newSmallBook makes a book that all fits into memory: it is copied whenever a container is added to the view or taken
// off.
func newSmallBook() *scrollback.Book { return scrollback.NewIn(platform.OutputRoom, logMemory, 0) }

// Content is the view as a thing to lay out.
func (t *Together) Content() fyne.CanvasObject { return t.content }

func (t *Together) showing() (*logview.View, *scrollback.Book) { return t.view, t.shown }

func (t *Together) lacks() bool { return false }

func (t *Together) fetching() bool { return false }

func (t *Together) fetch() {}

func (t *Together) layout() {
	if t.content != nil {
		t.content.Refresh()
	}
}

// Show brings the output of these containers into the view, as they are now. Of those that are there already it goes
// on; the lines of others leave. It is called for each new picture of the engine.
func (t *Together) Show(list []model.Container) {
	if len(list) == 0 && len(t.sources) == 0 {
		return
	}
	t.chosen = len(list)
	list = t.few(list)
	t.keep(list)
	began := false
	for _, c := range list {
		began = t.update(c) || began
	}
	switch {
	case began && t.shown.End() == 0:
		t.view.SetEmpty(words.Say("common.asking-the-engine"))
	case !slices.ContainsFunc(list, func(c model.Container) bool { return !c.StartedAt.IsZero() }):
		t.view.SetEmpty(words.Say("inside.none-of-them-has-been"))
	}
	t.rename(list)
	t.dress()
}

// Commands are the docker commands, one a line, that print what the view begins with: docker has none for the output of
// several.
func (t *Together) Commands(list []model.Container) string {
	lines := make([]string, 0, len(list))
	for _, c := range t.few(list) {
		lines = append(lines, model.Docker("logs", "--tail", strconv.Itoa(tailTogether), c.Name).String())
	}
	return strings.Join(lines, "\n")
}

// few are the containers that are read: rather those that are there already than others.
func (t *Together) few(list []model.Container) []model.Container {
	if len(list) <= mostTogether {
		return list
	}
	there := func(c model.Container) bool { return t.sources[c.ID] != nil }
	room := mostTogether
	for _, c := range list {
		if there(c) {
			room--
		}
	}
	var out []model.Container
	for _, c := range list {
		if !there(c) {
			if room--; room < 0 {
				continue
			}
		}
		out = append(out, c)
	}
	return out
}

// keep takes away the lines of all containers but these.
func (t *Together) keep(list []model.Container) {
	gone := map[int]bool{}
	for id, s := range t.sources {
		if !slices.ContainsFunc(list, func(c model.Container) bool { return c.ID == id }) {
			s.rest()
			gone[s.number] = true
			delete(t.sources, id)
		}
	}
	if len(gone) == 0 {
		return
	}
	if len(list) == 0 {
		t.said = words.Text{}
		t.find.field.SetText("") // what was looked for was others'
	}
	t.work.Go(func(context.Context) {
		t.adding.Lock()
		defer t.adding.Unlock()
		for number := range gone {
			t.book.DropOpen(number)
		}
		t.exchange(func(source int) bool { return !gone[source] }, nil)
	})
}

// rest stops reading. What was read stays, and the reading goes on behind it.
func (s *source) rest() {
	s.stop()
	s.stop = func() {}
	s.reading = ""
	s.turn.Add(1)
}

// Pause stops all reading, while nobody looks; [Together.Show] goes on.
func (t *Together) Pause() {
	for _, s := range t.sources {
		s.rest()
	}
}

// Close frees what the view holds.
func (t *Together) Close() {
	t.Pause()
	t.shown.Close()
	t.adding.Lock() // nothing waits for the window any more
	defer t.adding.Unlock()
	t.book.Close()
}

// FocusFind puts the cursor where the output is searched, if a person looks at it. It tells whether it did.
func (t *Together) FocusFind(c fyne.Canvas) bool {
	if len(t.sources) == 0 || !t.view.Focused() && !t.find.focused(c) {
		return false
	}
	c.Focus(t.find.field)
	return true
}

// update follows the output of a container. Each start of it, and each new connection, is read on. It tells whether its
// first reading began: only that one ends with a book in the place of the old, also where nothing was printed.
func (t *Together) update(c model.Container) bool {
	s := t.sources[c.ID]
	if s == nil {
		t.number++
		s = &source{number: t.number, color: t.freeColor(), stop: func() {}}
		t.sources[c.ID] = s
	}
	s.container = c
	st := t.session.State()
	if st.Phase != session.Connected {
		s.reading = "" // goes on once connected
		return false
	}
	if c.StartedAt.IsZero() {
		return false // never started, or not inspected yet: the next picture tells
	}
	key := fmt.Sprint(c.StartedAt.UnixNano(), st.Generation)
	if key == s.reading {
		return false
	}
	s.rest()
	restarted, first := !c.StartedAt.Equal(s.started), s.started.IsZero()
	s.reading, s.started, s.broke = key, c.StartedAt, words.Text{}
	r := reading{source: s, id: c.ID, turn: s.turn.Load(), running: c.Running(), restarted: restarted}
	s.stop = t.work.Go(func(ctx context.Context) { t.follows(ctx, r) })
	return first
}

// freeColor is the first colour that none has.
func (t *Together) freeColor() int {
	used := map[int]bool{}
	for _, s := range t.sources {
		used[s.color] = true
	}
	n := 0
	for used[n] {
		n++
	}
	return n
}

// rename puts the names before the lines as they are now.
func (t *Together) rename(list []model.Container) {
	names, of := make([]string, len(list)), make([]string, len(list))
	for i, c := range list {
		// one that is selected again has another number
		names[i], of[i] = c.Name, fmt.Sprint(t.sources[c.ID].number, " ", c.Name)
	}
	if slices.Equal(of, t.names) || len(list) == 0 {
		return
	}
	t.names = of
	heads := map[int]logview.Name{}
	for i, name := range logview.AlignNames(names) {
		s := t.sources[list[i].ID]
		heads[s.number] = logview.Name{Text: name, Color: s.color}
	}
	t.view.SetNames(heads)
}

// dress says what is not shown, and why.
func (t *Together) dress() {
	var list []words.Text
	if t.chosen > mostTogether {
		list = append(list,
			words.Say("inside.are-selected-the-output-of",
				words.Args{"Chosen": words.Count(t.chosen), "Limit": words.Count(mostTogether)}))
	}
	for _, s := range t.sources {
		if !s.broke.None() {
			list = append(list,
				words.Say("inside.source-broke", words.Args{"Name": words.Name(s.container.Name), "Why": s.broke}))
		}
	}
	slices.SortFunc(list, words.Text.Compare)
	list = append(list, t.said)
	if text := words.Join("\n", list...); text.String() != t.note.Words() || text.None() == t.notes.Visible() {
		t.note.Set(text)
		kit.SetVisible(t.notes, !text.None())
		t.layout()
	}
}

// open opens an address that a container printed.
func (t *Together) open(url string, number int) {
	for _, s := range t.sources {
		if s.number == number {
			t.commands.OpenPage(s.container, url)
		}
	}
}

// follows reads a container in the background: what is there at first, and then what comes.
func (t *Together) follows(ctx context.Context, r reading) {
	e, err := t.session.Engine()
	if err != nil {
		return // that it is away is said elsewhere
	}
	first := t.goOn(r)
	if first {
		err = t.reads(ctx, e, r)
	}
	if err == nil && (r.running || !first) {
		err = t.readsOn(ctx, e, r)
	}
	if err != nil && ctx.Err() == nil {
		t.explain(r, model.AsProblem(err, model.Say("inside.the-output-cannot-be-read")))
	}
}

// goOn makes the book ready for what is read of a container on, and tells whether nothing of it was read before.
func (t *Together) goOn(r reading) (first bool) {
	t.adding.Lock()
	defer t.adding.Unlock()
	if r.over() {
		return false
	}
	if r.restarted {
		endOpen(r.source, t.book) // nothing goes on with it
	}
	t.book.DropOpen(r.number) // the whole line is read again
	r.marks[0].open, r.marks[1].open = false, false
	return !r.begun
}

// endOpen ends the lines of a source that are open. The caller holds adding.
func endOpen(s *source, book *scrollback.Book) {
	for i := range s.marks {
		if s.marks[i].open {
			s.marks[i].end()
			book.Add(scrollback.Line{Stderr: i == 1, Source: s.number})
		}
	}
}

// reads brings the last lines that there are to their places among those of the others.
func (t *Together) reads(ctx context.Context, e *engine.Engine, r reading) error {
	part := newSmallBook()
	defer part.Close()
	var read marks
	var oldest time.Time
	err := e.TimedLogs(ctx, r.id, tailOn(e, tailTogether), false, func() {}, func(l engine.LogLine) {
		if oldest.IsZero() || l.Time.Before(oldest) {
			oldest = l.Time
		}
		read.of(l).read(l)
		part.Add(r.line(l))
	})
	if err != nil {
		return err
	}
	read.floor(oldest)
	t.adding.Lock()
	defer t.adding.Unlock()
	if r.over() {
		return nil
	}
	r.begun, r.marks = true, read
	if r.running {
		r.marks[0].open, r.marks[1].open = false, false // it is read again, with what comes behind it
	} else {
		endOpen(r.source, part)
	}
	end := part.Settled()
	lines, err := part.Read(max(part.First(), end-tailTogether), min(tailTogether, end))
	t.exchange(func(int) bool { return true }, lines)
	return err
}

// tailOn is how many of the last lines an engine is asked for: all where it does not say exactly when a line was
// printed.
func tailOn(e *engine.Engine, n int) int {
	if !e.Info().ExactTimes() {
		return -1
	}
	return n
}

// line is a line of a source for the book.
func (s *source) line(l engine.LogLine) scrollback.Line {
	out := lineOf(l)
	out.Source = s.number
	return out
}

// readsOn adds what a container prints from where its reading had ended.
func (t *Together) readsOn(ctx context.Context, e *engine.Engine, r reading) error {
	t.adding.Lock()
	read := again{marks: r.marks}
	t.adding.Unlock()
	first := true
	err := e.TimedLogs(ctx, r.id, tailOn(e, tailAgain), r.running, func() {}, func(l engine.LogLine) {
		isNew := read.isNew(l)
		if first && isNew && read.marks.some() {
			t.add(r, nil,
				noteOf(r.source, words.Say("inside.lines-are-left-out-here", words.Args{"Count": words.Count(tailAgain)})))
		}
		if first = false; isNew {
			t.add(r, &l, r.line(l))
		}
	})
	if err != nil || ctx.Err() != nil {
		return err
	}
	t.adding.Lock()
	defer t.adding.Unlock()
	if !r.over() {
		endOpen(r.source, t.book)
		t.changedSoon()
	}
	return nil
}

// noteOf is a line that the container of a source did not print, but that is said of it.
func noteOf(s *source, text words.Text) scrollback.Line {
	return scrollback.Line{
		Source: s.number,
		Text:   "\x1b[2m[" + strings.Join(strings.Fields(text.String()), " ") + "]\x1b[0m",
	}
}

// add adds a line, and shows it soon. read is what was read for it, nil for a note.
func (t *Together) add(r reading, read *engine.LogLine, line scrollback.Line) {
	t.adding.Lock()
	defer t.adding.Unlock()
	if r.over() {
		return
	}
	if read != nil {
		r.marks.of(*read).read(*read)
	}
	t.book.Add(line)
	t.changedSoon()
}

func (t *Together) changedSoon() {
	t.latest.Do(func() {
		t.view.Changed()
		t.find.more()
	})
}

// exchange puts another book in the place of the one that is filled: with the lines of the sources that keep wants, and
// more lines where they belong by their times. The caller holds adding.
func (t *Together) exchange(keep func(source int) bool, more []scrollback.Line) {
	old, fresh := t.book, newSmallBook()
	first := old.First()
	moved := weave(fresh, old, keep, more)
	fresh.GoOn(old)
	t.book = fresh
	post.Do(func() { t.show(old, fresh, first, moved) })
}

// show shows the book that took the place of the old one, with the same line at the top.
func (t *Together) show(old, fresh *scrollback.Book, first int, moved []int) {
	at := -1
	if top := t.view.Top() - first; !t.view.Follows() && len(moved) > 0 {
		at = min(moved[min(max(top, 0), len(moved)-1)], max(0, fresh.End()-1))
	}
	t.shown = fresh
	t.view.SetBook(fresh, at)
	t.find.anchor = -1
	t.find.anew()
	if fresh.End() == 0 {
		t.view.SetEmpty(words.Say("inside.they-have-printed-nothing-yet"))
	}
	old.Close()
}

// explain says why there is no output of a container, or no more of it. Where there never is any, its only line says
// so.
func (t *Together) explain(r reading, p *model.Problem) {
	switch {
	case p.Kind == model.ProblemNotFound || p.Kind == model.ProblemConnectionLost:
		return // the list shows it
	case p.Kind == model.ProblemUnsupported:
		t.tell(r, words.Of(p.Why.Or(p.What)))
	default:
		post.Do(func() {
			if !r.over() {
				r.broke = words.Problem(p)
				t.view.SetEmpty(words.Say("inside.not-all-of-it-can"))
				t.dress()
			}
		})
	}
}

// tell adds a line of a container that says why nothing of it is shown, once.
func (t *Together) tell(r reading, text words.Text) {
	t.adding.Lock()
	again := r.told == text
	if !r.over() {
		r.told = text
	}
	t.adding.Unlock()
	if !again {
		t.add(r, nil, noteOf(r.source, text))
	}
}

// fromDisk reads lines into memory for the view.
func (t *Together) fromDisk(from, n int, done func()) {
	book := t.shown
	t.work.Go(func(context.Context) {
		_, _ = book.Read(from, n) // what cannot be read stays empty
		post.Do(done)
	})
}

// menu is what else can be done with the output.
func (t *Together) menu() []kit.MenuItem {
	mark := func(icon string, on bool) string {
		if on {
			return "check"
		}
		return icon
	}
	return []kit.MenuItem{
		{
			ID: "logs.stamps", Label: words.Say("inside.show-times"), Icon: mark("history", t.stamps),
			Run: func() { t.stamps = !t.stamps; t.view.SetStamps(t.stamps) },
		},
		{
			ID: "logs.wrap", Label: words.Say("inside.break-long-lines"), Icon: mark("output", t.wrap),
			Run: func() { t.wrap = !t.wrap; t.view.SetWrap(t.wrap) },
		},
		{},
		{
			ID: "logs.selectall", Label: words.Say("common.select-all"), Note: words.Say("common.ctrl-a"),
			Run: t.view.SelectAll,
		},
		{
			ID: "logs.save", Label: words.Say("inside.save-what-is-shown-to"), Icon: "save", Off: t.shown.End() == 0,
			Why: words.Say("inside.there-is-no-line-to"), Run: t.save,
		},
		{},
		{
			ID: "logs.legend", Label: words.Say("inside.a-bar-before-a-line"), Off: true,
			Why: words.Say("inside.many-programs-print-all-that"),
		},
	}
}

func (t *Together) menuAt(at fyne.Position) {
	items := append([]kit.MenuItem{{
		ID: "logs.copy", Label: words.Say("common.copy"), Icon: "copy",
		Note: words.Say("common.ctrl-c"), Run: t.copySelected,
	}},
		t.menu()...)
	kit.ShowMenu(fyne.CurrentApp().Driver().CanvasForObject(t.view), at, items)
}

func (t *Together) copySelected() {
	copyShown(t.find, func(text words.Text) {
		t.said = text
		t.dress()
	})
}

// save asks for a folder and saves what is shown into a file of its own in it.
func (t *Together) save() {
	what, book := shownOf(t.find), t.shown
	t.commands.SaveShown(words.Say("count.containers", words.Args{"N": words.Count(len(t.sources))}),
		func(ctx context.Context, out io.Writer) (int, error) { return what.write(ctx, book, out) })
}
