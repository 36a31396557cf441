package logview

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"slipway/engine/model"
	"slipway/engine/scrollback"
	"slipway/gui/kit"
	"slipway/gui/kit/cells"
	"slipway/gui/kit/kittest"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"github.com/charmbracelet/x/ansi"
)

// logOf is a view of some lines, of 80 columns and some 20 rows.
func logOf(t *testing.T, lines ...string) *View {
	t.Helper()
	book := scrollback.New(1<<20, 1<<30)
	t.Cleanup(book.Close)
	for i, l := range lines {
		book.Add(scrollback.Line{Text: l, Time: time.Unix(int64(i), 0)})
	}
	v := New("log", book)
	v.Load = func(from, n int, done func()) { _, _ = book.Read(from, n); done() }
	cell := cells.Size()
	kittest.Window(t, kit.NewRoot(v), cell.Width*float32(80+gutter)+2*cells.Pad+barWidth+1, cell.Height*20+2*cells.Pad+1)
	if v.window.cols != 80 || v.window.rows != 20 {
		t.Fatalf("%d by %d cells", v.window.cols, v.window.rows)
	}
	return v
}

func numbered(n int) []string {
	lines := make([]string, n)
	for i := range lines {
		lines[i] = fmt.Sprint("line ", i)
	}
	return lines
}

// seen are the rows of the view as text.
func seen(v *View) []string {
	rows := make([]string, len(v.sheet.grid.Drawn()))
	for i, row := range v.sheet.grid.Drawn() {
		text := ""
		for _, r := range row {
			text += strings.Repeat(" ", max(0, r.Col-ansi.StringWidth(text))) + r.Text
		}
		rows[i] = strings.TrimRight(strings.TrimPrefix(text, "  "), " ")
	}
	return rows
}

func TestLogFollows(t *testing.T) {
	kittest.App(t)
	v := logOf(t, numbered(1000)...)
	if got := seen(v); got[19] != "line 999" || got[0] != "line 980" {
		t.Errorf("%q", got)
	}
	v.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, 500)})
	if v.Follows() {
		t.Error("scrolling up does not pause following")
	}
	top := v.Top()
	v.lines.book.Add(scrollback.Line{Text: "line 1000"})
	v.Changed()
	if v.Top() != top {
		t.Error("what is read moves under the eye")
	}
	v.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -5000)})
	if got := seen(v); !v.Follows() || got[19] != "line 1000" {
		t.Errorf("at the end: %v, %q", v.Follows(), got)
	}
	tops := 0
	v.OnTop = func() { tops++ }
	kittest.Press(v, fyne.KeyHome)
	if got := seen(v); got[0] != "line 0" || v.Follows() || tops != 1 {
		t.Errorf("Home: %q, %d", got[0], tops)
	}
	kittest.Press(v, fyne.KeyPageDown)
	if got := seen(v); got[0] != "line 19" {
		t.Errorf("Page down: %q", got[0])
	}
	kittest.Press(v, fyne.KeyEnd)
	if !v.Follows() {
		t.Error("End does not follow")
	}
}

// TestLogWraps scrolls through lines of several rows.
func TestLogWraps(t *testing.T) {
	kittest.App(t)
	long := strings.Repeat("0123456789", 20) // 200 cells, three rows
	lines := []string{}
	for range 50 {
		lines = append(lines, long, "short")
	}
	v := logOf(t, lines...)
	if got := seen(v); got[19] != "short" || got[18] != long[160:] || got[17] != long[80:160] || got[16] != long[:80] {
		t.Errorf("%q", got)
	}
	kittest.Press(v, fyne.KeyHome)
	kittest.Press(v, fyne.KeyDown)
	if got := seen(v); got[0] != long[80:160] || got[2] != "short" {
		t.Errorf("%q", got[:4])
	}
	for range 300 {
		kittest.Press(v, fyne.KeyDown)
	}
	if got := seen(v); got[19] != "short" || !v.Follows() {
		t.Errorf("%q", got)
	}
	v.SetWrap(false)
	kittest.Press(v, fyne.KeyHome)
	if got := seen(v); got[0] != long[:80] || got[1] != "short" {
		t.Errorf("%q", got[:2])
	}
	kittest.Press(v, fyne.KeyRight)
	if got := seen(v); got[0] != long[8:88] || got[1] != "" {
		t.Errorf("%q", got[:2])
	}
}

// TestLogSearch marks and finds.
func TestLogSearch(t *testing.T) {
	kittest.App(t)
	v := logOf(t, numbered(1000)...)
	p, _ := scrollback.NewPattern("line 5", false)
	v.SetPattern(p)
	v.Reveal(500)
	i := slices.Index(seen(v), "line 500")
	if i < 0 {
		t.Fatalf("%q", seen(v))
	}
	if r := v.sheet.grid.Drawn()[i][0]; r.Text != "line 5" || r.Ground == nil || v.sheet.grid.Drawn()[i][1].Ground != nil {
		t.Errorf("%+v", v.sheet.grid.Drawn()[i])
	}
	v.Only([]int{5, 50, 500})
	if got := seen(v); !slices.Equal(got, []string{"line 5", "line 50", "line 500"}) {
		t.Errorf("%q", got)
	}
	v.Only(nil)
	v.Follow(true)
	if got := seen(v); got[19] != "line 999" {
		t.Errorf("%q", got)
	}
}

func mouseAt(row, col int) *desktop.MouseEvent {
	cell := cells.Size()
	return &desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(cells.Pad+
		(float32(col+gutter)+0.1)*cell.Width, cells.Pad+(float32(row)+0.5)*cell.Height)}, Button: desktop.MouseButtonPrimary}
}

// TestLogSelects selects with the mouse what is copied, and opens an address.
func TestLogSelects(t *testing.T) {
	kittest.App(t)
	v := logOf(t, "first line", "\x1b[32msecond\x1b[0m 日本 line", "see http://127.0.0.1:8888/x?y=1. Or not",
		strings.Repeat("w", 100))
	copied := func() string {
		first, from, last, to, ok := v.Selected()
		if !ok {
			return ""
		}
		text := ""
		_ = v.lines.book.Each(first, last+1, func(n int, l scrollback.Line) bool {
			a, b := 0, 1<<30
			if n == first {
				a = from
			}
			if n == last {
				b = to
			}
			text += CutLine(l, Heads{}, a, b) + "|"
			return true
		})
		return text
	}
	drag := func(row, col, toRow, toCol int) {
		v.MouseDown(mouseAt(row, col))
		v.Dragged(&fyne.DragEvent{PointEvent: mouseAt(toRow, toCol).PointEvent})
		v.MouseUp(mouseAt(toRow, toCol))
	}
	drag(0, 6, 1, 9)
	if got := copied(); got != "line|second 日|" {
		t.Errorf("%q", got)
	}
	drag(4, 5, 3, 70) // backwards, over a wrapped line
	if got := copied(); got != strings.Repeat("w", 15)+"|" {
		t.Errorf("%q", got)
	}
	v.MouseDown(mouseAt(0, 2))
	v.MouseUp(mouseAt(0, 2))
	v.MouseDown(mouseAt(0, 2))
	v.MouseUp(mouseAt(0, 2))
	if got := copied(); got != "first|" {
		t.Errorf("two presses select %q", got)
	}
	opened := ""
	v.OnLink = func(url string, _ int) { opened = url }
	v.MouseDown(mouseAt(2, 10))
	v.MouseUp(mouseAt(2, 10))
	if opened != "http://127.0.0.1:8888/x?y=1" {
		t.Errorf("opened %q", opened)
	}
	v.SelectAll()
	if got := copied(); strings.Count(got, "|") != 4 {
		t.Errorf("%q", got)
	}
	kittest.Press(v, fyne.KeyEscape)
	if got := copied(); got != "" {
		t.Errorf("Escape leaves %q", got)
	}
}

// TestLogCopies copies from a text that nobody else copies from.
func TestLogCopies(t *testing.T) {
	kittest.App(t)
	v := logOf(t, "first", "\x1b[32msecond\x1b[0m", "third")
	fyne.CurrentApp().Clipboard().SetContent("what was there")
	v.TypedShortcut(&fyne.ShortcutCopy{})
	if got := fyne.CurrentApp().Clipboard().Content(); got != "what was there" {
		t.Errorf("nothing is selected, and yet %q", got)
	}
	v.marked = cells.Selection{From: cells.Spot{Line: 2, Col: 2}, To: cells.Spot{Line: 0, Col: 3}}
	v.TypedShortcut(&fyne.ShortcutCopy{})
	if got := fyne.CurrentApp().Clipboard().Content(); got != "st\nsecond\nth" {
		t.Errorf("%q", got)
	}
	v.SelectAll()
	v.TypedShortcut(&fyne.ShortcutCopy{})
	if got := fyne.CurrentApp().Clipboard().Content(); got != "first\nsecond\nthird" {
		t.Errorf("%q", got)
	}
}

// TestLogDraws draws letters where they belong, in the ink of their look.
func TestLogDraws(t *testing.T) {
	kittest.App(t)
	v := logOf(t, "\x1b[41mX\x1b[0m", "", "日")
	raster, over := v.sheet.grid.Objects()[0].(*canvas.Raster), v.sheet.grid.Objects()[1].(*fyne.Container)
	pic := raster.Generator(1000, 1000)
	size := raster.Size()
	cell := cells.Size()
	x, y := int((gutter+0.5)*cell.Width/size.Width*1000), int(cell.Height/size.Height*1000)
	if pic.At(x, 1) == pic.At(x, y+y/2) {
		t.Error("the ground of the letter is not drawn")
	}
	if n := len(over.Objects); n != 1 {
		t.Errorf("%d characters are left to Fyne", n)
	}
}

// TestLogOfMillions looks at the middle of a book that is on the disk, and draws no more than is seen.
func TestLogOfMillions(t *testing.T) {
	kittest.App(t)
	v := logOf(t, numbered(200_000)...)
	v.Reveal(100_000)
	if got := seen(v); !slices.Contains(got, "line 100000") || len(got) > 21 {
		t.Errorf("%q", got)
	}
	if len(v.lines.apart) > 2100 {
		t.Errorf("%d lines are kept", len(v.lines.apart))
	}
}

// TestLogReads counts what is read of a book whose lines are on the disk: large ones, some that are lost, and none at
// all.
func TestLogReads(t *testing.T) {
	kittest.App(t)
	t.Setenv("TMPDIR", t.TempDir())
	book := scrollback.New(1<<20, 16<<20)
	t.Cleanup(book.Close)
	long := strings.Repeat("x", 60<<10)
	for i := range 1000 {
		book.Add(scrollback.Line{Text: fmt.Sprint(i, " ", long)})
	}
	v := New("log", book)
	var waiting []func() // as on the UI thread: done is called later
	reads, broken := 0, false
	v.Load = func(from, n int, done func()) {
		if reads++; !broken {
			_, _ = book.Read(from, n)
		}
		waiting = append(waiting, done)
	}
	settle := func(most int) {
		t.Helper()
		for reads = 0; len(waiting) > 0; {
			done := waiting[0]
			waiting = waiting[1:]
			if done(); reads > most {
				t.Fatal("it is read for ever")
			}
		}
	}
	cell := cells.Size()
	kittest.Window(t, kit.NewRoot(v), cell.Width*float32(80+gutter)+2*cells.Pad+barWidth+1, cell.Height*60+2*cells.Pad+1)
	v.SetWrap(false)
	middle := (book.First() + book.End()) / 2
	v.Reveal(middle)
	settle(50)
	if got := seen(v); !slices.ContainsFunc(got, func(s string) bool {
		return strings.HasPrefix(s, fmt.Sprint(middle, " x"))
	}) {
		t.Errorf("%.100q", got)
	}
	broken = true
	v.Reveal(book.First() + 3)
	settle(200)
	v.Only([]int{0, 1, book.End() - 1}) // the first two were dropped
	settle(5)
	if got := seen(v); len(got) != 3 || got[0] != "" || !strings.HasPrefix(got[2], "999 x") {
		t.Errorf("%.100q", got)
	}
}

// TestLogErrors marks what came on the error output, in red only what tells of an error.
func TestLogErrors(t *testing.T) {
	kittest.App(t)
	for text, bad := range map[string]bool{
		"[I 2026-01-02 03:04:05.678 ServerApp] Jupyter Server 2.14 is running at:": false,
		"[W 2026-01-02 ServerApp] No web browser found":                            false,
		"[E 2026-01-02 ServerApp] it broke":                                        true,
		"[C 2026-01-02 ServerApp] it broke":                                        true, "ValueError: no": true,
		"Traceback (most recent call last):": true,
		"\x1b[31mERROR\x1b[0m x":             true, "error: no such file": true, "terror in the mirrors": false,
		"0 warnings": false, "panic: oh": true,
		"java.lang.NullPointerException": true, "E0102 03:04:05 main.go:1] no": true, "Epoch 1": false, "OOM, Killed": true,
	} {
		for _, stderr := range []bool{true, false} {
			if l := newLine(scrollback.Line{Text: text, Stderr: stderr}, Heads{}, nil, false); l.bad != (bad && stderr) ||
				l.stderr != stderr {
				t.Errorf("%q, stderr %v: %v", text, stderr, l.bad)
			}
		}
	}
}

// TestLogBar has a line that is printed again and again: it is one line, below what comes meanwhile.
func TestLogBar(t *testing.T) {
	kittest.App(t)
	v := logOf(t, "begin")
	is := func(want ...string) {
		t.Helper()
		v.Changed()
		if got := seen(v); !slices.Equal(got, want) {
			t.Errorf("%q; want %q", got, want)
		}
	}
	bar := func(text string) { v.lines.book.Add(scrollback.Line{Text: text, Open: true}) }
	bar("\r 10%|#   |")
	is("begin", " 10%|#   |")
	bar("\r 20%|##  |\r 30%|")
	is("begin", " 30%|##  |")
	v.lines.book.Add(scrollback.Line{Text: "epoch 1", Stderr: true})
	is("begin", "▎ epoch 1", " 30%|##  |")
	bar("\r\x1b[K100%")
	is("begin", "▎ epoch 1", "100%")
	v.lines.book.Add(scrollback.Line{Text: " done"})
	v.lines.book.Add(scrollback.Line{Text: "end"})
	is("begin", "▎ epoch 1", "100% done", "end")
}

func FuzzLogLine(f *testing.F) {
	for _, s := range []string{
		"plain", "\x1b[31mred", "日本\t\x1b[7mx", "\x1b]8;;http://x\x07y", "a\u0301\u202E",
		"http://x.y/z http://", "שלום abc",
	} {
		f.Add(s, "x")
	}
	f.Fuzz(func(t *testing.T, text, find string) {
		p, _ := scrollback.NewPattern(find, false)
		l := newLine(scrollback.Line{Text: text}, Heads{}, p, false)
		at := 0
		for _, part := range l.parts {
			if part.Col < at || part.Width < 0 {
				t.Fatalf("%q: %+v", text, l.parts)
			}
			at = part.Col + part.Width
			for _, r := range part.Text {
				if unicode.IsControl(r) || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 {
					t.Fatalf("%q has %U left", text, r)
				}
			}
			if !part.Odd && part.Width != len([]rune(part.Text)) {
				t.Fatalf("%q: %+v", text, part)
			}
		}
		for first := 0; first < l.width; first += 7 {
			var row []cells.Run
			for _, part := range l.parts {
				row = appendPart(row, part, first, 7, 2, 5)
			}
		}
		if whole, sentence := CutLine(scrollback.Line{Text: text}, Heads{}, 0, 1<<30), l.wording(); whole != sentence {
			t.Fatalf("%q is copied as %q and shown as %q", text, whole, sentence)
		}
	})
}

// TestLineThatCannotBeRead shows words for it.
func TestLineThatCannotBeRead(t *testing.T) {
	held := 0
	defer model.OnPanic(func(*model.Problem) { held++ })()
	var none []int
	l := guardedLine(func() *line { return &line{width: none[3]} })
	if held != 1 || len(l.parts) != 1 || l.width != len(l.parts[0].Text) {
		t.Errorf("%d, %+v", held, l)
	}
}

// Fyne drops the renderers of what was hidden for a minute and asks for new ones later.
func TestRendererCanBeMadeAgain(t *testing.T) {
	kittest.App(t)
	kittest.Redraw(t, logOf(t, "line"))
}
