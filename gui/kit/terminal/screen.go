package terminal

import (
	"fmt"
	"strings"
	"sync"

	"slipway/engine/model"
	"slipway/engine/words"
	"slipway/gui/kit/cells"

	"fyne.io/fyne/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
)

// screen is what a program has printed. The goroutine that reads from the program writes to it, and the UI thread reads
// it and gives it its size. Methods without another word hold mu for themselves.
type screen struct {
	cols, rows int

	mu      sync.Mutex // guards what follows
	emu     *vt.Emulator
	cleaner cleaner
	flood   flood
	wishes  wishes
	// of the scrollback that were dropped since what counts from its oldest line was brought up to date
	gone      int
	repeats   int             // how many characters what is printed now may still repeat
	answers   *queue          // for what the emulator answers
	answering *sync.WaitGroup // who waits for its answers, while a program runs
	ended     bool
}

// newScreen is an empty screen, whose answers go into a queue.
func newScreen(cols, rows int, answers *queue) *screen {
	s := &screen{cols: cols, rows: rows, answers: answers}
	s.emu = s.newEmulator()
	return s
}

// newEmulator makes an emulator of the screen's size. It is written to with mu held.
func (s *screen) newEmulator() *vt.Emulator {
	return newEmulator(s.cols, s.rows, hooks{
		mode:    func(m ansi.Mode, on bool) { s.wishes.set(m, on) },
		reset:   func() { s.wishes = wishes{} },
		scrolls: s.trim,
		repeats: func(n int) int {
			n = max(0, min(n, s.repeats))
			s.repeats -= n
			return n
		},
	})
}

// screensRepeated is how many screens full of characters sequences may repeat in one piece.
const screensRepeated = 4

// write shows what a program printed, a little at a time, so that the window gets its turn.
func (s *screen) write(part []byte) {
	s.mu.Lock()
	s.repeats = screensRepeated * s.cols * s.rows
	s.guarded(func() { part = s.cleaner.clean(part) })
	s.mu.Unlock()
	for len(part) > 0 {
		n := cutPiece(part)
		s.writePiece(part[:n])
		part = part[n:]
	}
}

func (s *screen) writePiece(part []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.guarded(func() {
		_, _ = s.emu.Write(part) // it has no errors while it is open
		s.trim()
	})
}

// trim drops the oldest lines of the scrollback when there are too many. The caller holds mu.
func (s *screen) trim() {
	if over := s.emu.ScrollbackLen() - scrollLines; over > scrollSpare {
		s.emu.SetScrollbackSize(scrollLines)
		s.emu.SetScrollbackSize(scrollBound)
		s.gone += over
	}
}

// start passes on what the emulator answers from now on, and has wg wait for that.
func (s *screen) start(wg *sync.WaitGroup) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answering = wg
	s.answer(s.emu)
}

// end is called when the program has ended.
func (s *screen) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true // nobody begins to wait for answers from now on
	closeAnswers(s.emu)
}

// troubleWords are what stands in a terminal that had to begin again.
func troubleWords() string { return words.Say("kit.the-screen-was-cleared").String() }

// guarded works with the emulator, with mu held. If it panics, this terminal gets another one and says so; the program
// in it goes on.
func (s *screen) guarded(fn func()) {
	err := model.Guard(model.Say("kit.a-terminal-cannot-show-what"), func() error { fn(); return nil })
	if err != nil {
		s.renew()
	}
}

// renew begins with another emulator. The caller holds mu.
func (s *screen) renew() {
	s.gone += s.emu.ScrollbackLen()
	closeAnswers(s.emu)
	s.emu = s.newEmulator()
	s.cleaner, s.wishes = cleaner{}, wishes{}
	switch {
	case s.ended:
		closeAnswers(s.emu)
	case s.answering != nil:
		s.answer(s.emu)
	}
	_, _ = fmt.Fprint(s.emu, troubleWords(), "\r\n") // plain text
}

// answer passes on what an emulator answers, which must be taken from it at once. The caller holds mu.
func (s *screen) answer(emu *vt.Emulator) {
	s.answering.Add(1)
	done := s.answering.Done
	go func() {
		defer done()
		buf := make([]byte, 1024)
		for {
			n, err := emu.Read(buf)
			if s.answers.add(buf[:n]); err != nil {
				return
			}
		}
	}()
}

// makeRoom scrolls so that the line that is typed in is still seen with fewer rows: the emulator cuts off what is
// below. The caller holds mu.
func (s *screen) makeRoom(rows int) {
	over := s.emu.CursorPosition().Y - (rows - 1)
	if over <= 0 || s.ended || s.emu.IsAltScreen() {
		return
	}
	x := s.emu.CursorPosition().X
	_, _ = fmt.Fprintf(s.emu, "\x1b[r\x1b[%d;1H%s\x1b[%d;%dH", s.rows, strings.Repeat("\n", over), rows, x+1)
}

// resize gives the screen another size.
func (s *screen) resize(cols, rows int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.guarded(func() { s.makeRoom(rows) })
	s.cols, s.rows = cols, rows
	s.guarded(func() { s.emu.Resize(cols, rows) })
}

// kept is what is shown of a piece that was read, of at most size bytes.
func (s *screen) kept(piece []byte, size int) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.flood.kept(piece, size, s.emu.IsAltScreen())
}

// dropping tells whether what is read is dropped.
func (s *screen) dropping() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.flood.drops(s.emu.IsAltScreen())
}

// interrupted drops what is unread of a flood.
func (s *screen) interrupted() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flood.interrupted(s.emu.IsAltScreen())
}

// typed drops nothing any more.
func (s *screen) typed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flood.typed()
}

// wants is what the program wants to be told now.
func (s *screen) wants() wishes {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.wishes
}

// whole tells whether the program has the whole screen, without a scrollback.
func (s *screen) whole() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.emu.IsAltScreen()
}

// takesMouse tells whether the mouse is the program's.
func (s *screen) takesMouse() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.wishes.mouse.clicks && !s.ended
}

// cursor is the cell of the cursor.
func (s *screen) cursor() uv.Position {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.emu.CursorPosition()
}

// several tells that pasting the text would run lines of it at once: the program takes each end of a line for Enter,
// unless it has the whole screen or knows what is pasted.
func (s *screen) several(text string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.wishes.bracket && !s.emu.IsAltScreen() && strings.ContainsAny(text, "\r\n")
}

// older is how many lines are before those of the screen. The caller holds mu.
func (s *screen) older() int {
	if s.emu.IsAltScreen() {
		return 0
	}
	return s.emu.ScrollbackLen()
}

// cell is a cell of a line, of which n are in the scrollback. The caller holds mu.
func (s *screen) cell(x, line, n int) *uv.Cell {
	if line < n {
		return s.emu.ScrollbackCellAt(x, line)
	}
	return s.emu.CellAt(x, line-n)
}

// runs are those of a line, of which n are in the scrollback; from and to are what is selected of it. The caller holds
// mu.
func (s *screen) runs(line, n, from, to int) (out []cells.Run) {
	for x := 0; x < s.cols; {
		c := s.cell(x, line, n)
		width, text, st := 1, " ", uv.Style{}
		if c != nil {
			st, width = c.Style, max(1, c.Width)
			if c.Content != "" {
				text = c.Content
			}
		}
		if x+width > s.cols { // its other half was cut off
			width, text = s.cols-x, " "
		}
		out = addCell(out, x, width, text, st, x >= from && x < to)
		x += width
	}
	return out
}

// text is what is in the cells of a line, of which n are in the scrollback. The caller holds mu.
func (s *screen) text(line, n, from, to int) string {
	var b strings.Builder
	for x := from; x < to; {
		c := s.cell(x, line, n)
		width := 1
		if c != nil {
			width = max(1, c.Width)
		}
		if c == nil || c.Content == "" {
			b.WriteByte(' ')
		} else {
			b.WriteString(c.Content)
		}
		x += width
	}
	return b.String()
}

// contents is the text on the screen, line by line.
func (s *screen) contents() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	lines := make([]string, s.rows)
	s.guarded(func() {
		for y := range lines {
			lines[y] = strings.TrimRight(s.text(y, 0, 0, s.cols), " ")
		}
	})
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// mouseCell is a cell of the screen, from 0 on.
type mouseCell struct{ col, row int }

// cellAt is the cell under a position of the view.
func (s *screen) cellAt(pos fyne.Position) mouseCell {
	cell := cells.Size()
	return mouseCell{
		max(0, min(s.cols-1, int((pos.X-cells.Pad)/cell.Width))),
		max(0, min(s.rows-1, int((pos.Y-cells.Pad)/cell.Height))),
	}
}
