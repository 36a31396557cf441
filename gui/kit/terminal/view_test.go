package terminal

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/gui/kit"
	"slipway/gui/kit/cells"
	"slipway/gui/kit/kittest"
	"slipway/gui/post"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// program is what runs in a terminal: the test prints, and sees what is typed.
type program struct {
	io.Reader
	mu    sync.Mutex
	typed bytes.Buffer
}

func (p *program) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.typed.Write(b)
}

// runTerminal is a terminal of 60 columns and 10 rows, a function that prints in it and waits until that is shown, and
// what was typed.
func runTerminal(t *testing.T) (v *View, print func(string), typed func() string, q *post.Queue) {
	t.Helper()
	q, restore := post.Capture()
	t.Cleanup(restore)
	v = New("term")
	cell := cells.Size()
	kittest.Window(t, kit.NewRoot(v), cell.Width*60+2*cells.Pad+1, cell.Height*10+2*cells.Pad+1)
	if v.screen.cols != 60 || v.screen.rows != 10 {
		t.Fatalf("%d by %d", v.screen.cols, v.screen.rows)
	}
	r, w := io.Pipe()
	p := &program{Reader: r}
	ended := make(chan error, 1)
	go func() { ended <- v.Run(p) }()
	t.Cleanup(func() {
		w.Close()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		painted := false // or else a last painting comes into the next test
		v.latest.Do(func() { painted = true })
		if !q.Until(10*time.Second, func() bool { return painted }) {
			t.Error("it is not painted")
		}
	})
	print = func(s string) {
		if _, err := io.WriteString(w, s); err != nil {
			t.Fatal(err)
		}
	}
	typed = func() string {
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.typed.String()
	}
	return v, print, typed, q
}

// TestTerminalScreen holds what programs print against what is seen.
func TestTerminalScreen(t *testing.T) {
	kittest.App(t)
	v, print, _, q := runTerminal(t)
	until := func(want string) {
		t.Helper()
		if !q.Until(10*time.Second, func() bool { return v.Screen() == want }) {
			t.Fatalf("the screen is %q; want %q", v.Screen(), want)
		}
	}
	print("one\r\ntwo \x1b[31mred\x1b[0m 日本\r\n\x1b]0;title\x07\x1b]52;c;aGVsbG8=\x07")
	until("one\ntwo red 日本")
	if got := fyne.CurrentApp().Clipboard().Content(); got != "" {
		t.Errorf("a program wrote %q into the clipboard", got)
	}
	print("\x1b[?1049h\x1b[2J\x1b[5;10Hfull screen")
	until("\n\n\n\n         full screen")
	print("\x1b[?1049l")
	until("one\ntwo red 日本")
	for range 30 {
		print("line\r\n")
	}
	print("last")
	until(strings.Repeat("line\n", 9) + "last")
	v.scrollBack(100)
	if rows := v.sheet.grid.Drawn(); !strings.HasPrefix(rows[0][0].Text, "one") {
		t.Errorf("scrolled back to %+v", rows[0])
	}
	print("\r\nmore")
	until(strings.Repeat("line\n", 8) + "last\nmore")
	v.paint()
	if rows := v.sheet.grid.Drawn(); !strings.HasPrefix(rows[0][0].Text, "one") {
		t.Errorf("what is read moves: %+v", rows[0])
	}
}

// TestTerminalNoText prints bytes that are no UTF-8: each is a mark, and what comes after it is what it is.
func TestTerminalNoText(t *testing.T) {
	kittest.App(t)
	for printed, want := range map[string]string{
		"caf\xe9\x1b[31m red\x1b[0m":           "caf\ufffd red",
		"\xc3\x1b[38;5;81m~_\x1b[0m x":         "\ufffd~_ x",
		"\x90no string\x9b31m\xe9\xe8\r\nnext": "\ufffdno string\ufffd31m\ufffd\ufffd\nnext",
		"日本\xe6\x97":                           "日本", // the rest may come yet
	} {
		v := New("term")
		v.screen.write([]byte(printed))
		if got := v.Screen(); got != want {
			t.Errorf("%q is %q, want %q", printed, got, want)
		}
	}
	v := New("term")
	for _, b := range []byte("日 😀 é") { // however it is cut
		v.screen.write([]byte{b})
	}
	if got := v.Screen(); got != "日 😀 é" {
		t.Errorf("in pieces it is %q", got)
	}
}

// TestTerminalRepeats has sequences with numbers that nobody could wait for.
func TestTerminalRepeats(t *testing.T) {
	kittest.App(t)
	v := New("term")
	v.screen.write([]byte("a\x1b[3b\r\n"))
	if got := v.Screen(); got != "aaaa" {
		t.Errorf("%q", got)
	}
	v.screen.write([]byte(strings.Repeat("b\x1b[2000000000b", 200)))
	if got := strings.Count(v.Screen(), "b"); got < 80*23 {
		t.Errorf("%d are repeated", got)
	}
	for _, final := range "@ABCDEFILMPSTXZ`abdeG" {
		v.screen.write([]byte("\x1b[2000000000" + string(final)))
	}
	v.screen.write([]byte("\x1b[2J\x1b[Hend"))
	if got := v.Screen(); got != "end" {
		t.Errorf("%q", got)
	}
}

// TestTerminalKeys types, and compares what programs get.
func TestTerminalKeys(t *testing.T) {
	kittest.App(t)
	v, print, typed, q := runTerminal(t)
	want := ""
	send := func(code string, press func()) {
		t.Helper()
		press()
		want += code
		if !q.Until(10*time.Second, func() bool { return typed() == want }) {
			t.Fatalf("got %q; want %q", typed(), want)
		}
	}
	key := func(name fyne.KeyName) func() { return func() { v.TypedKey(&fyne.KeyEvent{Name: name}) } }
	chord := func(name fyne.KeyName, mods fyne.KeyModifier) func() {
		return func() { v.TypedShortcut(&desktop.CustomShortcut{KeyName: name, Modifier: mods}) }
	}
	send("ü", func() { v.TypedKey(&fyne.KeyEvent{Name: "Ü"}); v.TypedRune('ü') })
	send("\r", key(fyne.KeyReturn))
	send("\t", key(fyne.KeyTab))
	send("\x7f", key(fyne.KeyBackspace))
	send("\x1b", key(fyne.KeyEscape))
	send("\x1b[A", key(fyne.KeyUp))
	send("\x1b[5~", key(fyne.KeyPageUp))
	send("\x1b[15~", key(fyne.KeyF5))
	send("\x03", func() { v.TypedShortcut(&fyne.ShortcutCopy{}) })
	send("\x1a", func() { v.TypedShortcut(&fyne.ShortcutUndo{}) })
	send("\x12", chord(fyne.KeyR, fyne.KeyModifierControl))
	send("\x1bf", chord(fyne.KeyF, fyne.KeyModifierAlt))
	send("\x1b[1;5C", chord(fyne.KeyRight, fyne.KeyModifierControl))
	send("\x00", chord(fyne.KeySpace, fyne.KeyModifierControl))
	send("a\rb", func() { v.Paste("a\nb") })
	print("\x1b[?1h\x1b[?2004h")
	heard := func() bool { v.screen.mu.Lock(); defer v.screen.mu.Unlock(); return v.screen.wishes.bracket }
	if !q.Until(10*time.Second, heard) {
		t.Fatal("the program's wish is not heard")
	}
	send("\x1bOA", key(fyne.KeyUp))
	send("\x1b[200~rm [201~-rf x\x1b[201~", func() { v.Paste("rm \x1b[201~-rf x") })
	v.keys.last = fyne.KeyInsert
	fyne.CurrentApp().Clipboard().SetContent("clip")
	send("\x1b[200~clip\x1b[201~", func() { v.TypedShortcut(&fyne.ShortcutPaste{}) })
}

// TestTerminalLayouts presses keys as they come with layouts of other alphabets, AltGr and a keypad.
func TestTerminalLayouts(t *testing.T) {
	kittest.App(t)
	v := New("term")
	kittest.Window(t, kit.NewRoot(v), 600, 300)
	scan := func(code int) int {
		if runtime.GOOS == "windows" {
			return code - 8
		}
		return code
	}
	if usScan(1) == 0 {
		t.Skip("the places of keys are not known here")
	}
	down := func(name fyne.KeyName, code int) *fyne.KeyEvent {
		ev := &fyne.KeyEvent{Name: name, Physical: fyne.HardwareKey{ScanCode: scan(code)}}
		v.KeyDown(ev)
		return ev
	}
	chord := func(name fyne.KeyName, code int, mods fyne.KeyModifier) {
		down(name, code)
		v.TypedShortcut(&desktop.CustomShortcut{KeyName: name, Modifier: mods})
	}
	ctrl, alt, shift := fyne.KeyModifierControl, fyne.KeyModifierAlt, fyne.KeyModifierShift
	held := func(name fyne.KeyName, press func()) {
		v.KeyDown(&fyne.KeyEvent{Name: name})
		press()
		v.KeyUp(&fyne.KeyEvent{Name: name})
	}
	q, restore := post.Capture()
	defer restore()
	for _, c := range []struct {
		what, sends string
		press       func()
	}{
		{"Alt and the key of b on a Russian layout", "\x1bb", func() { chord(fyne.KeyUnknown, 56, alt) }},
		{"Alt and the key of f", "\x1bf", func() { chord(fyne.KeyUnknown, 41, alt) }},
		{"Ctrl and the key of [", "\x1b", func() { chord(fyne.KeyUnknown, 34, ctrl) }},
		{"Ctrl and the key of r", "\x12", func() { chord(fyne.KeyUnknown, 27, ctrl) }},
		{"Ctrl, Alt and the key of backslash", "\x1b\x1c", func() { chord(fyne.KeyUnknown, 51, ctrl|alt) }},
		{"an unknown key", "", func() { chord(fyne.KeyUnknown, 230, ctrl) }},
		{"Ctrl AltGr 8", "", func() { held(desktop.KeyAltRight, func() { chord(fyne.Key8, 17, ctrl) }) }},
		{"Ctrl 8", "\x7f", func() { chord(fyne.Key8, 17, ctrl) }},
		{
			"the right Alt of a layout without AltGr", "\x1bb",
			func() { held(desktop.KeyAltRight, func() { chord(fyne.KeyB, 56, alt) }) },
		},
		{"Ctrl _", "\x1f", func() { chord(fyne.KeyMinus, 20, ctrl|shift) }},
		{"Ctrl 3", "\x1b", func() { chord(fyne.Key3, 12, ctrl) }},
		{"Ctrl 6", "\x1e", func() { chord(fyne.Key6, 15, ctrl) }},
		{"Ctrl F5", "\x1b[15;5~", func() { chord(fyne.KeyF5, 71, ctrl) }},
		{"Alt F2", "\x1b[1;3Q", func() { chord(fyne.KeyF2, 68, alt) }},
		{"Ctrl Delete", "\x1b[3;5~", func() { chord(fyne.KeyDelete, 119, ctrl) }},
		{"7 of the keypad", "7", func() { v.TypedKey(down(fyne.Key7, 79)); v.TypedRune('7') }},
		{"it without Num Lock", "\x1b[H", func() { v.TypedKey(down(fyne.Key7, 79)) }},
		{"comma of the keypad without Num Lock", "\x1b[3~", func() { v.TypedKey(down(fyne.KeyUnknown, 91)) }},
		{"Enter of the keypad", "\r", func() { v.TypedKey(down(fyne.KeyEnter, 104)) }},
		{"plus of the keypad", "+", func() { v.TypedKey(down(fyne.KeyPlus, 86)); v.TypedRune('+') }},
	} {
		v.out.data = nil
		c.press()
		q.Pump()
		if got := string(v.out.data); got != c.sends {
			t.Errorf("%s sends %q; want %q", c.what, got, c.sends)
		}
	}
	opened := false
	v.OnMenu = func(fyne.Position) { opened = true }
	if v.TypedKey(down(desktop.KeyMenu, 135)); !opened {
		t.Error("the key for menus opens none")
	}
}

// TestTerminalClipboardKeys presses what Fyne calls Copy, Paste and Cut.
func TestTerminalClipboardKeys(t *testing.T) {
	kittest.App(t)
	v := New("term")
	v.screen.write([]byte("selected"))
	v.history.marked = cells.Selection{From: cells.Spot{Line: 0, Col: 0}, To: cells.Spot{Line: 0, Col: 8}}
	mac := commandKeys
	defer func() { commandKeys = mac }()
	for _, c := range []struct {
		mac          bool
		key          fyne.KeyName
		shortcut     fyne.Shortcut
		sends, clips string
	}{
		{false, fyne.KeyC, &fyne.ShortcutCopy{}, "\x03", "clip"},
		{false, fyne.KeyInsert, &fyne.ShortcutCopy{}, "", "selected"},
		{false, fyne.KeyV, &fyne.ShortcutPaste{}, "\x16", "clip"},
		{false, fyne.KeyInsert, &fyne.ShortcutPaste{}, "clip", "clip"},
		{false, fyne.KeyX, &fyne.ShortcutCut{}, "\x18", "clip"},
		{false, fyne.KeyDelete, &fyne.ShortcutCut{}, "\x1b[3;2~", "clip"},
		{false, fyne.KeyA, &fyne.ShortcutSelectAll{}, "\x01", "clip"},
		{true, fyne.KeyC, &fyne.ShortcutCopy{}, "", "selected"},
		{true, fyne.KeyV, &fyne.ShortcutPaste{}, "clip", "clip"},
		{true, fyne.KeyX, &fyne.ShortcutCut{}, "", "clip"},
		{true, fyne.KeyDelete, &fyne.ShortcutCut{}, "\x1b[3;2~", "clip"},
		{true, fyne.KeyA, &fyne.ShortcutSelectAll{}, "", "clip"},
		{true, fyne.KeyZ, &fyne.ShortcutUndo{}, "", "clip"},
		{true, fyne.KeyC, &desktop.CustomShortcut{KeyName: fyne.KeyC, Modifier: fyne.KeyModifierControl}, "\x03", "clip"},
	} {
		commandKeys = c.mac
		fyne.CurrentApp().Clipboard().SetContent("clip")
		v.KeyDown(&fyne.KeyEvent{Name: c.key})
		v.TypedShortcut(c.shortcut)
		if got, clip := string(v.out.data), fyne.CurrentApp().Clipboard().Content(); got != c.sends || clip != c.clips {
			t.Errorf("%v %s with %s sends %q and leaves %q", c.mac, c.shortcut.ShortcutName(), c.key, got, clip)
		}
		v.out.data = nil
	}
}

// TestTerminalAltGr types an @ where AltGr is Ctrl and Alt.
func TestTerminalAltGr(t *testing.T) {
	kittest.App(t)
	v := New("term")
	windows := altGr
	defer func() { altGr = windows }()
	for _, c := range []struct {
		windows bool
		key     fyne.KeyName
		sends   string
	}{{true, fyne.KeyQ, ""}, {false, fyne.KeyQ, "\x1b\x11"}, {true, fyne.KeyUp, "\x1b[1;7A"}} {
		altGr, v.out.data = c.windows, nil
		v.TypedShortcut(&desktop.CustomShortcut{KeyName: c.key, Modifier: fyne.KeyModifierControl | fyne.KeyModifierAlt})
		if got := string(v.out.data); got != c.sends {
			t.Errorf("%s sends %q", c.key, got)
		}
	}
}

// TestTerminalInterrupted presses Ctrl C in a flood.
func TestTerminalInterrupted(t *testing.T) {
	kittest.App(t)
	v := New("term")
	interrupt := func() {
		v.screen.flood = flood{since: time.Now(), floods: true}
		v.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyC, Modifier: fyne.KeyModifierControl})
	}
	long := []byte(strings.Repeat("a line\r\n", pieceSize/8))
	interrupt()
	if !v.screen.dropping() || v.screen.kept(long, len(long)) != nil || len(v.screen.kept(long, 2*len(long))) > tailSize {
		t.Error("what was printed before is shown")
	}
	v.TypedRune('l')
	if v.screen.dropping() || len(v.screen.kept(long, len(long))) != len(long) {
		t.Error("what is printed for the next line is dropped")
	}
	interrupt()
	v.screen.write([]byte("\x1b[?1049h"))
	if v.screen.dropping() || len(v.screen.kept(long, len(long))) != len(long) {
		t.Error("a program on the whole screen loses a part of it")
	}
	interrupt()
	v.screen.write([]byte("\x1b[?1049l"))
	if v.screen.dropping() {
		t.Error("it is dropped when such a program has ended")
	}
}

// TestTerminalSelects copies what the mouse selects.
func TestTerminalSelects(t *testing.T) {
	kittest.App(t)
	v, print, _, q := runTerminal(t)
	print("hello world\r\n日本 two\r\n")
	q.Until(10*time.Second, func() bool { return strings.Contains(v.Screen(), "two") })
	at := func(row, col int) fyne.PointEvent {
		cell := cells.Size()
		return fyne.PointEvent{Position: fyne.NewPos(cells.Pad+float32(col)*cell.Width,
			cells.Pad+(float32(row)+0.5)*cell.Height)}
	}
	v.MouseDown(&desktop.MouseEvent{PointEvent: at(0, 6), Button: desktop.MouseButtonPrimary})
	v.Dragged(&fyne.DragEvent{PointEvent: at(1, 4)})
	v.MouseUp(&desktop.MouseEvent{PointEvent: at(1, 4)})
	v.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyC, Modifier: fyne.KeyModifierControl | fyne.KeyModifierShift})
	if got := fyne.CurrentApp().Clipboard().Content(); got != "world\n日本" {
		t.Errorf("copied %q", got)
	}
}

// TestTerminalMouse clicks, drags and turns the wheel in a program that wants to know it, in both ways of
// telling, and selects with Shift.
func TestTerminalMouse(t *testing.T) {
	kittest.App(t)
	v, print, typed, q := runTerminal(t)
	at := func(row, col int) fyne.PointEvent {
		cell := cells.Size()
		return fyne.PointEvent{Position: fyne.NewPos(cells.Pad+(float32(col)+0.5)*cell.Width,
			cells.Pad+(float32(row)+0.5)*cell.Height)}
	}
	use := func(mods fyne.KeyModifier) {
		v.MouseDown(&desktop.MouseEvent{PointEvent: at(1, 3), Button: desktop.MouseButtonPrimary, Modifier: mods})
		v.Dragged(&fyne.DragEvent{PointEvent: at(1, 3)})
		v.Dragged(&fyne.DragEvent{PointEvent: at(2, 6)})
		v.MouseUp(&desktop.MouseEvent{PointEvent: at(2, 6), Button: desktop.MouseButtonPrimary})
		v.DragEnd()
		v.Scrolled(&fyne.ScrollEvent{PointEvent: at(0, 0), Scrolled: fyne.Delta{DY: -1.5 * cells.Size().Height}})
	}
	menus := 0
	v.OnMenu = func(fyne.Position) { menus++ }
	for _, c := range []struct{ name, on, want string }{
		{"all, in numbers", "\x1b[?1002h\x1b[?1006h", "\x1b[<0;4;2M\x1b[<32;7;3M\x1b[<0;7;3m\x1b[<65;1;1M"},
		{"clicks, in numbers", "\x1b[?1002l\x1b[?1000h", "\x1b[<0;4;2M\x1b[<0;7;3m\x1b[<65;1;1M"},
		{"clicks, in bytes", "\x1b[?1006l", "\x1b[M $\"\x1b[M#'#\x1b[Ma!!"},
		{"nothing", "\x1b[?1000l", ""},
	} {
		print(c.on + c.name + "\r\n")
		q.Until(10*time.Second, func() bool { return strings.Contains(v.Screen(), c.name) })
		before := len(typed())
		use(0)
		v.Send("|")
		q.Until(10*time.Second, func() bool { return strings.HasSuffix(typed(), "|") && len(typed()) > before })
		if got := strings.TrimSuffix(typed()[before:], "|"); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if c.want != "" {
			v.TappedSecondary(&fyne.PointEvent{})
			if menus > 0 {
				t.Errorf("%s: its menu opens", c.name)
			}
		}
	}
	print("\x1b[?1002h\x1b[?1006h\x1b[Hthe first line\r\nthe second line\r\nthe third one")
	q.Until(10*time.Second, func() bool { return strings.Contains(v.Screen(), "third") })
	use(fyne.KeyModifierShift)
	v.TappedSecondary(&fyne.PointEvent{})
	if got := v.Selection(); !strings.HasPrefix(got, "second line") || menus != 1 {
		t.Errorf("selected %q, %d menus", got, menus)
	}
}

// TestTerminalKeepsSelected selects among lines of which the oldest are dropped, and is scrolled back.
func TestTerminalKeepsSelected(t *testing.T) {
	kittest.App(t)
	v := New("term")
	n := 0
	print := func(many int) {
		for range many {
			v.screen.write([]byte(fmt.Sprint("line ", n, "\r\n")))
			n++
		}
	}
	print(3500)
	v.paint()
	v.scrollBack(100)
	first := v.sheet.grid.Drawn()[0][0].Text
	at := v.history.spotAt(fyne.NewPos(cells.Pad, cells.Pad))
	v.history.marked = cells.Selection{From: at, To: cells.Spot{Line: at.Line + 1, Col: 4}}
	selected := v.Selection()
	if want := strings.TrimRight(first, " ") + "\nline"; selected != want {
		t.Fatalf("%q, want %q", selected, want)
	}
	print(2500)
	if got := v.Selection(); got != selected {
		t.Errorf("%q became %q", selected, got)
	}
	v.paint()
	if got := v.sheet.grid.Drawn()[0][0].Text; got != first {
		t.Errorf("%q was read, now %q", first, got)
	}
	print(4000) // what was selected and read is gone
	v.paint()
	if got := v.Selection(); got != "" || v.screen.emu.ScrollbackLen() > scrollLines+scrollSpare {
		t.Errorf("%q, %d lines", got, v.screen.emu.ScrollbackLen())
	}
}
