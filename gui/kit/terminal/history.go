package terminal

import (
	"strings"

	"slipway/gui/kit/cells"

	"fyne.io/fyne/v2"
	uv "github.com/charmbracelet/ultraviolet"
)

// history is how far one looks back at older lines, and what is selected of them and of the screen. Its lines count
// from the oldest of the scrollback. It belongs to the UI thread.
type history struct {
	screen *screen
	back   int // how many lines it is scrolled back
	lines  int // of the scrollback when it was drawn last
	marked cells.Selection
}

// picture is what is seen: rows that are back lines before the newest ones, how many older lines there are, and where
// the cursor is, unless it is hidden.
type picture struct {
	rows        [][]cells.Run
	back, older int
	cursor      uv.Position
	hidden      bool
}

// picture is what is seen now.
func (h *history) picture() picture {
	s := h.screen
	s.mu.Lock()
	defer s.mu.Unlock()
	h.catchUp()
	n := s.older()
	if h.back > 0 { // what is read stays where it is
		h.back = min(n, h.back+max(0, n-h.lines))
	}
	h.lines = n
	rows := make([][]cells.Run, s.rows)
	s.guarded(func() {
		for y := range rows {
			line := n - h.back + y
			from, to := h.marked.Columns(line, s.cols)
			rows[y] = s.runs(line, n, from, to)
		}
	})
	hidden := s.emu.CursorHidden() || h.back > 0 || s.ended
	return picture{rows: rows, back: h.back, older: n, cursor: s.emu.CursorPosition(), hidden: hidden}
}

// catchUp brings up to date what counts from the oldest line of the scrollback. The caller holds the screen's mu.
func (h *history) catchUp() {
	gone := h.screen.gone
	h.screen.gone = 0
	h.marked.From.Line, h.marked.To.Line, h.lines = h.marked.From.Line-gone, h.marked.To.Line-gone, h.lines-gone
}

// scroll looks at older lines, or newer ones with a negative number. It is false where a program has the whole screen.
func (h *history) scroll(lines int) bool {
	s := h.screen
	s.mu.Lock()
	h.catchUp()
	n := s.emu.ScrollbackLen()
	whole := s.emu.IsAltScreen()
	s.mu.Unlock()
	h.lines = n
	if whole {
		h.back = 0
		return false
	}
	h.back = max(0, min(n, h.back+lines))
	return true
}

// spotAt is the cell at a position of the view.
func (h *history) spotAt(pos fyne.Position) cells.Spot {
	s, cell := h.screen, cells.Size()
	row := max(0, min(s.rows-1, int((pos.Y-cells.Pad)/cell.Height)))
	s.mu.Lock()
	h.catchUp()
	n := s.older()
	s.mu.Unlock()
	return cells.Spot{Line: n - h.back + row, Col: max(0, min(s.cols, int((pos.X-cells.Pad)/cell.Width+0.5)))}
}

// selection is the text that is selected.
func (h *history) selection() string {
	s := h.screen
	s.mu.Lock()
	defer s.mu.Unlock()
	h.catchUp()
	a, b := h.marked.Ordered()
	if a == b {
		return ""
	}
	n := s.older()
	var lines []string
	s.guarded(func() {
		for line := max(0, a.Line); line <= b.Line && line < n+s.rows; line++ {
			from, to := h.marked.Columns(line, s.cols)
			lines = append(lines, strings.TrimRight(s.text(line, n, from, to), " "))
		}
	})
	return strings.Join(lines, "\n")
}
