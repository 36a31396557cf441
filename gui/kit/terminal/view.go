// Package terminal is a terminal that a program runs in.
package terminal

import (
	"bytes"
	"errors"
	"image/color"
	"io"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"slipway/engine/model"
	"slipway/gui/kit"
	"slipway/gui/kit/cells"
	"slipway/gui/post"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
)

// View is a terminal that a program runs in: it shows what the program prints and sends what is typed. Nothing that
// is printed can change anything outside: titles, the clipboard and links are ignored.
type View struct {
	widget.BaseWidget
	id string

	mu      sync.Mutex // guards the emulator and what follows
	emu     *vt.Emulator
	bracket bool // the program wants to know what is pasted
	cursors bool // it wants other codes for the arrows
	mouse   mouseWish
	lines   int // of the scrollback when it was painted last
	// of the scrollback that were dropped since what counts from its oldest line was brought up to date
	gone      int
	repeats   int             // how many characters what is printed now may still repeat
	starting  stringStart     // of a string whose rest has not come yet
	partial   []byte          // of a character whose rest has not come yet
	answering *sync.WaitGroup // who waits for the emulator's answers, while a program runs
	rate      flood
	dropped   time.Time // until when what is read in large pieces is dropped
	ended     bool

	out *typed // what is sent to the program

	grid       *cells.Grid
	frame      cells.Frame
	hollow     *canvas.Rectangle // the cursor without the focus
	thumb      *canvas.Rectangle // where one is that has scrolled back
	cols, rows int
	back       int // how many lines it is scrolled back
	wheel      float32
	marked     cells.Selection // lines count from the oldest of the scrollback
	pressed    bool
	held       ansi.MouseButton // that was pressed last, of those that the program was told
	heldAt     mouseCell
	told       map[ansi.MouseButton]bool // those that the program was told are pressed
	turned     int                       // lines of the wheel that make no whole step yet
	mods       fyne.KeyModifier          // when a button was pressed last
	lastKey    fyne.KeyName
	right      bool         // the right Alt or AltGr is held
	lastScan   int          // of it, by its place on the keyboard
	pad        fyne.KeyName // what a key of the keypad means, whose character has not come
	focused    bool
	latest     post.Latest

	// OnResize is told how many columns and rows there are; OnMenu opens a menu at an absolute position.
	OnResize func(cols, rows int)
	OnMenu   func(at fyne.Position)
	// OnLines is asked before several lines are pasted that would run at once; without it they are.
	OnLines func(text string)
}

// scrollLines is how many lines that scrolled out of the screen are kept.
const scrollLines = 3000

// scrollSpare is how many more of them are dropped at once, and scrollBound more than there can be by then: what the
// emulator drops by itself it does not tell.
const (
	scrollSpare = 1000
	scrollBound = scrollLines + scrollSpare + 16*pieceSize
)

// New makes a terminal without a program.
func New(id string) *View {
	v := &View{id: id, cols: 80, rows: 24, out: newTyped()}
	v.emu = v.newEmulator()
	v.grid = cells.NewGrid(style.Code)
	v.frame, v.hollow, v.thumb = cells.NewFrame(), canvas.NewRectangle(nil), canvas.NewRectangle(nil)
	v.ExtendBaseWidget(v)
	return v
}

// screensRepeated is how many screens full of characters sequences may repeat in one piece.
const screensRepeated = 4

// write shows what a program printed, a little at a time, so that the window gets its turn.
func (v *View) write(part []byte) {
	v.mu.Lock()
	v.repeats = screensRepeated * v.cols * v.rows
	v.guarded(func() { part = v.endEmptyStrings(shortClusters(v.valid(part))) })
	v.mu.Unlock()
	for len(part) > 0 {
		n := cutPiece(part)
		v.writePiece(part[:n])
		part = part[n:]
	}
}

func (v *View) writePiece(part []byte) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.guarded(func() {
		_, _ = v.emu.Write(part) // it has no errors while it is open
		v.trim()
	})
}

// valid is what a program printed, with a mark for each byte that is no UTF-8, as terminals show it. The emulator would
// take what follows such a byte, a sequence for one, for the rest of a character: vim prints them where an image sets
// no language. What is cut off at the end comes with the next piece.
func (v *View) valid(part []byte) []byte {
	if len(v.partial) > 0 {
		part = append(v.partial, part...)
		v.partial = nil
	}
	for i := len(part) - 1; i >= max(0, len(part)-utf8.UTFMax+1); i-- {
		if utf8.RuneStart(part[i]) {
			if !utf8.FullRune(part[i:]) {
				part, v.partial = part[:i], bytes.Clone(part[i:])
			}
			break
		}
	}
	if utf8.Valid(part) {
		return part
	}
	return []byte(string([]rune(string(part))))
}

// catchUp brings up to date what counts from the oldest line of the scrollback. It is called on the UI thread with mu
// held.
func (v *View) catchUp() {
	v.marked.From.Line, v.marked.To.Line, v.lines = v.marked.From.Line-v.gone, v.marked.To.Line-v.gone, v.lines-v.gone
	v.gone = 0
}

// mode is told while the emulator is written to, with mu held.
func (v *View) mode(m ansi.Mode, on bool) {
	switch m {
	case ansi.ModeBracketedPaste:
		v.bracket = on
	case ansi.ModeCursorKeys:
		v.cursors = on
	default:
		v.mouseMode(m, on)
	}
}

// Cells is how many columns and rows there are.
func (v *View) Cells() (cols, rows int) { return v.cols, v.rows }

// pieceSize is how much is shown at a time, so that the emulator is never held for long.
const pieceSize = 4 << 10

// Run connects a program: it shows what is read from conn and writes there what is typed, until reading ends, whose
// error it returns; nil for [io.EOF]. It must not be called on the UI thread, and returns when conn is closed.
func (v *View) Run(conn io.ReadWriter) error {
	var wg sync.WaitGroup
	v.mu.Lock()
	v.answering = &wg
	v.answer(v.emu)
	v.mu.Unlock()
	wg.Add(1)
	go func() {
		defer wg.Done()
		for {
			data, ok := v.out.take()
			if !ok {
				return
			}
			if _, err := conn.Write(data); err != nil {
				v.out.end()
				return
			}
		}
	}()
	err := v.show(conn)
	v.mu.Lock()
	v.ended = true // nobody begins to wait for answers from now on
	closeAnswers(v.emu)
	v.mu.Unlock()
	v.out.end()
	wg.Wait()
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// show reads until the end.
func (v *View) show(conn io.Reader) error {
	buf := make([]byte, 16*pieceSize)
	for {
		size := pieceSize
		if v.dropping() {
			size = len(buf)
		}
		n, err := conn.Read(buf[:size])
		if part := v.kept(buf[:n], size); len(part) > 0 {
			v.write(part)
			v.latest.Do(v.paint)
		}
		if err != nil {
			v.latest.Do(v.paint)
			return err
		}
	}
}

// tailSize is how much is shown of the last of what is dropped.
const tailSize = 1 << 10

// kept is what is shown of a piece that was read, of at most size bytes: after Ctrl C in a flood, what was printed
// before is of no use. The answer of the program is at the end of a piece that is not full.
func (v *View) kept(piece []byte, size int) []byte {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.rate.add(len(piece))
	if !v.drops() {
		return piece
	}
	if len(piece) == size {
		return nil
	}
	tail := piece[max(0, len(piece)-tailSize):]
	if i := bytes.IndexByte(tail, '\n'); i >= 0 && len(tail) < len(piece) {
		tail = tail[i+1:]
	}
	return tail
}

func (v *View) dropping() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.drops()
}

// drops tells whether what is read is dropped. A program on the whole screen needs all of it. The caller holds mu.
func (v *View) drops() bool { return time.Now().Before(v.dropped) && !v.emu.IsAltScreen() }

// flood counts what was printed lately.
type flood struct {
	since  time.Time
	bytes  int
	floods bool
}

// floodRate is from how many bytes in a tenth of a second on it is more than anybody reads.
const floodRate = 8 << 10

func (f *flood) add(n int) {
	f.bytes += n
	if passed := time.Since(f.since); passed > 100*time.Millisecond {
		f.floods = passed < time.Second && f.bytes > floodRate
		f.since, f.bytes = time.Now(), 0
	}
}

// interrupted drops what is still unread, if the program floods, until something is typed again. On the whole
// screen each drawing is a flood.
func (v *View) interrupted() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.dropped = time.Time{}
	if v.rate.floods && !v.emu.IsAltScreen() {
		v.dropped = time.Now().Add(time.Second)
	}
}

// interrupt is the text that Ctrl C sends.
const interrupt = "\x03"

// Send sends text to the program as if it were typed.
func (v *View) Send(text string) {
	if text == interrupt {
		v.interrupted()
	} else {
		v.mu.Lock()
		v.dropped = time.Time{} // what is printed now may answer it
		v.mu.Unlock()
	}
	v.back = 0
	v.out.add([]byte(text))
}

// several tells that pasting the text would run lines of it at once: the program takes each end of a line for Enter,
// unless it has the whole screen or knows what is pasted.
func (v *View) several(text string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return !v.bracket && !v.emu.IsAltScreen() && strings.ContainsAny(text, "\r\n")
}

// Paste sends text as something that is pasted. It cannot pass for anything else.
func (v *View) Paste(text string) {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\t' && r != '\r' {
			return -1 // an escape could end the pasting, and a line be carried out
		}
		return r
	}, strings.NewReplacer("\r\n", "\r", "\n", "\r").Replace(text))
	v.mu.Lock()
	bracket := v.bracket
	v.mu.Unlock()
	if bracket {
		text = ansi.BracketedPasteStart + text + ansi.BracketedPasteEnd
	}
	v.Send(text)
}

// typed is what waits to be sent to a program that may not read for a while.
type typed struct {
	mu    sync.Mutex
	wake  *sync.Cond
	data  []byte
	ended bool
}

// mostTyped is how much may wait, in bytes; a program that reads nothing at all gets no more.
const mostTyped = 64 << 20

func newTyped() *typed {
	t := &typed{}
	t.wake = sync.NewCond(&t.mu)
	return t
}

func (t *typed) add(data []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(data) > 0 && !t.ended && len(t.data) < mostTyped {
		t.data = append(t.data, data...)
		t.wake.Signal()
	}
}

// take waits for something to be sent; it is not ok at the end.
func (t *typed) take() (data []byte, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(t.data) == 0 && !t.ended {
		t.wake.Wait()
	}
	if t.ended {
		return nil, false
	}
	data, t.data = t.data, nil
	return data, true
}

func (t *typed) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = true
	t.wake.Broadcast()
}

// paint draws the screen, or what is scrolled back to.
func (v *View) paint() {
	v.place()
	v.mu.Lock()
	v.catchUp()
	n := v.emu.ScrollbackLen()
	if v.emu.IsAltScreen() {
		n = 0
	}
	if v.back > 0 { // what is read stays where it is
		v.back = min(n, v.back+max(0, n-v.lines))
	}
	v.lines = n
	rows := make([][]cells.Run, v.rows)
	v.guarded(func() {
		for y := range rows {
			rows[y] = v.row(y, n)
		}
	})
	cursor := v.emu.CursorPosition()
	hidden := v.emu.CursorHidden() || v.back > 0 || v.ended
	v.mu.Unlock()
	v.hollow.Hide()
	if !hidden && cursor.Y < len(rows) {
		v.cursor(rows, cursor.X, cursor.Y)
	}
	v.markPlace(n)
	v.grid.Set(rows)
}

// markPlace shows at the right edge where among its n older lines one is that has scrolled back.
func (v *View) markPlace(n int) {
	if v.back == 0 || n == 0 {
		v.thumb.Hide()
		return
	}
	room := v.Size().Height - 2*cells.Pad
	high := max(24, room*float32(v.rows)/float32(n+v.rows))
	v.thumb.FillColor, v.thumb.CornerRadius = style.Color(style.Idle), 3
	v.thumb.Resize(fyne.NewSize(6, high))
	v.thumb.Move(fyne.NewPos(v.Size().Width-8, cells.Pad+(room-high)*float32(n-v.back)/float32(n)))
	v.thumb.Show()
	v.thumb.Refresh()
}

// row makes the runs of a row; n lines are in the scrollback. The caller holds mu.
func (v *View) row(y, n int) []cells.Run {
	line := n - v.back + y
	at := func(x int) *uv.Cell { return v.emu.CellAt(x, line-n) }
	if line < n {
		at = func(x int) *uv.Cell { return v.emu.ScrollbackCellAt(x, line) }
	}
	from, to := v.marked.Columns(line, v.cols)
	var out []cells.Run
	for x := 0; x < v.cols; {
		c := at(x)
		width, text, st := 1, " ", uv.Style{}
		if c != nil {
			st, width = c.Style, max(1, c.Width)
			if c.Content != "" {
				text = c.Content
			}
		}
		if x+width > v.cols { // its other half was cut off
			width, text = v.cols-x, " "
		}
		out = addCell(out, x, width, text, st, x >= from && x < to)
		x += width
	}
	return out
}

// addCell adds a cell to the run before it, if both look alike.
func addCell(out []cells.Run, x, width int, text string, st uv.Style, selected bool) []cells.Run {
	runes := []rune(text)
	odd := len(runes) != 1 || width != 1 || !cells.Plain(runes[0])
	for _, r := range runes {
		if model.Acts(r) {
			text, odd = strings.Repeat(" ", width), false
		}
	}
	ink, ground := styleColors(st)
	if selected {
		ground = cells.SelectedGround()
	}
	run := cells.Run{
		Col: x, Width: width, Text: text, Ink: ink, Ground: ground, Bold: st.Attrs&uv.AttrBold != 0,
		Under: st.Underline != 0, Odd: odd,
	}
	if n := len(out); n > 0 && !odd {
		last := &out[n-1]
		if !last.Odd && last.Ink == run.Ink && last.Ground == run.Ground && last.Bold == run.Bold && last.Under == run.Under {
			last.Text += text
			last.Width += width
			return out
		}
	}
	return append(out, run)
}

// styleColors are the colours of a cell in the theme of now.
func styleColors(st uv.Style) (ink, ground color.Color) {
	return cells.Look{
		Ink: ansiColor(st.Fg), Ground: ansiColor(st.Bg), Faint: st.Attrs&uv.AttrFaint != 0,
		Reverse: st.Attrs&uv.AttrReverse != 0,
	}.Colors()
}

func ansiColor(c color.Color) ansi.Color {
	if c == nil {
		return nil
	}
	return c
}

// cursor draws the cursor: a block with the focus, its outline without.
func (v *View) cursor(rows [][]cells.Run, x, y int) {
	if !v.focused {
		cell := cells.Size()
		v.hollow.StrokeColor, v.hollow.StrokeWidth = style.Color(style.Muted), 1
		v.hollow.FillColor = style.Color(style.Transparent)
		v.hollow.Resize(cell)
		v.hollow.Move(fyne.NewPos(cells.Pad+float32(x)*cell.Width, cells.Pad+float32(y)*cell.Height))
		v.hollow.Show()
		return
	}
	out := rows[y][:0:0]
	for _, r := range rows[y] {
		switch {
		case x < r.Col || x >= r.Col+r.Width:
			out = append(out, r)
		case r.Odd:
			r.Ground = style.Color(style.Accent)
			out = append(out, r)
		default:
			runes := []rune(r.Text)
			before, under, behind := r, r, r
			i := x - r.Col
			before.Text, before.Width = string(runes[:i]), i
			under.Col, under.Text, under.Width = x, string(runes[i:i+1]), 1
			under.Ink, under.Ground = style.Color(style.OnAccent), style.Color(style.Accent)
			behind.Col, behind.Text, behind.Width = x+1, string(runes[i+1:]), r.Width-i-1
			for _, part := range []cells.Run{before, under, behind} {
				if part.Width > 0 {
					out = append(out, part)
				}
			}
		}
	}
	rows[y] = out
}

// Selection is the text that is selected.
func (v *View) Selection() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.catchUp()
	a, b := v.marked.Ordered()
	if a == b {
		return ""
	}
	n := v.emu.ScrollbackLen()
	if v.emu.IsAltScreen() {
		n = 0
	}
	var lines []string
	v.guarded(func() {
		for line := max(0, a.Line); line <= b.Line && line < n+v.rows; line++ {
			from, to := v.marked.Columns(line, v.cols)
			lines = append(lines, strings.TrimRight(v.text(line, n, from, to), " "))
		}
	})
	return strings.Join(lines, "\n")
}

// text is what is in the cells of a line. The caller holds mu.
func (v *View) text(line, n, from, to int) string {
	var b strings.Builder
	for x := from; x < to; {
		c := v.emu.CellAt(x, line-n)
		if line < n {
			c = v.emu.ScrollbackCellAt(x, line)
		}
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

// Screen is the text on the screen, line by line.
func (v *View) Screen() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	lines := make([]string, v.rows)
	v.guarded(func() {
		for y := range lines {
			lines[y] = strings.TrimRight(v.text(y, 0, 0, v.cols), " ")
		}
	})
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// Describe implements [kit.Described].
func (v *View) Describe() kit.Item {
	return kit.Item{ID: v.id, Role: "terminal", Text: v.Screen(), Enabled: true}
}

// CreateRenderer implements [fyne.Widget].
func (v *View) CreateRenderer() fyne.WidgetRenderer {
	r := &renderer{v}
	r.Refresh()
	return r
}

type renderer struct{ v *View }

func (r *renderer) MinSize() fyne.Size { return fyne.NewSize(200, 80) }

func (r *renderer) Layout(fyne.Size) { r.v.paint() }

func (r *renderer) Refresh() {
	r.v.paint()
	canvas.Refresh(r.v)
}

func (r *renderer) Objects() []fyne.CanvasObject {
	return r.v.frame.Around(append(r.v.grid.Objects(), r.v.hollow, r.v.thumb)...)
}
func (r *renderer) Destroy() {}

// place puts the parts where they belong, and gives the screen as many cells as there is room for.
func (v *View) place() {
	size, cell := v.Size(), cells.Size()
	v.frame.Place(size, v.focused)
	inner := fyne.NewSize(size.Width-2*cells.Pad, size.Height-2*cells.Pad)
	if inner.Width < 10*cell.Width || inner.Height < 2*cell.Height {
		return // not laid out yet
	}
	v.grid.Place(fyne.NewPos(cells.Pad, cells.Pad), inner)
	cols, rows := int(inner.Width/cell.Width), int(inner.Height/cell.Height)
	if cols == v.cols && rows == v.rows {
		return
	}
	v.resize(cols, rows)
	v.marked = cells.Selection{}
	if v.OnResize != nil {
		v.OnResize(cols, rows)
	}
}
