package terminal

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"strings"
	"unicode/utf8"

	"slipway/engine/model"
	"slipway/engine/words"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/ansi/parser"
	"github.com/charmbracelet/x/vt"
)

// A program may print anything at all. The emulator believes most of it: here its numbers are bounded before it reads
// them, and what it would keep for nobody is dropped.

// newEmulator makes an emulator of the terminal's size. Its handlers are called while it is written to, with mu held.
func (v *View) newEmulator() *vt.Emulator {
	emu := vt.NewEmulator(v.cols, v.rows)
	emu.SetScrollbackSize(scrollBound)
	noSecondScrollback(emu)
	emu.SetCallbacks(vt.Callbacks{
		EnableMode:     func(m ansi.Mode) { v.mode(m, true) },
		DisableMode:    func(m ansi.Mode) { v.mode(m, false) },
		AltScreen:      func(bool) { keepInside(emu) },
		CursorPosition: func(uv.Position, uv.Position) { keepInside(emu) },
	})
	emu.RegisterEscHandler('c', func() bool { // a reset, of whose modes nothing is told
		v.bracket, v.cursors, v.mouse = false, false, mouseWish{}
		return false
	})
	v.limit(emu)
	limitMargins(emu)
	limitModes(emu)
	limitStrings(emu)
	return emu
}

// keepInside moves a cursor into the screen that was kept while the screen was larger: with the other screen, or to be
// restored. The emulator would look for its tab stop.
func keepInside(emu *vt.Emulator) {
	at := emu.CursorPosition()
	if at.X < 0 || at.Y < 0 || at.X >= emu.Width() || at.Y >= emu.Height() {
		emu.Resize(emu.Width(), emu.Height())
	}
}

// noSecondScrollback keeps the alternate screen from holding the lines that scroll out of it, thousands that nobody can
// see. The emulator has no call for that.
func noSecondScrollback(emu *vt.Emulator) {
	screens := reflect.ValueOf(emu).Elem().FieldByName("scrs")
	if !screens.IsValid() {
		return // another version of it; a test holds this
	}
	if lines := screens.Index(1).FieldByName("scrollback"); lines.IsValid() && !lines.IsNil() {
		(*vt.Scrollback)(lines.UnsafePointer()).SetMaxLines(1)
	}
}

// limit bounds the numbers of sequences that the emulator would count up to: two thousand million repetitions
// are printed in a few bytes.
func (v *View) limit(emu *vt.Emulator) {
	for _, final := range "@ABCDEFGHILMPSTXZ`adef" {
		emu.RegisterCsiHandler(int(final), func(params ansi.Params) bool {
			atMost(params, max(emu.Width(), emu.Height()))
			return false // the emulator's own handler comes next
		})
	}
	for _, final := range "JLMS" { // a few bytes can move a whole screen into the scrollback
		emu.RegisterCsiHandler(int(final), func(ansi.Params) bool {
			v.trim()
			return false
		})
	}
	emu.RegisterCsiHandler('b', func(params ansi.Params) bool { // repeats the last character
		n, _, _ := params.Param(0, 1)
		n = min(n, emu.Width()*emu.Height(), v.repeats)
		if n <= 0 {
			return true
		}
		v.repeats -= n
		atMost(params, n)
		return false
	})
}

// atMost makes the numbers of a sequence no larger than most.
func atMost(params ansi.Params, most int) {
	for i := range params {
		if n := params[i].Param(0); n > most {
			params[i] = ansi.Param(most)
		}
	}
}

// limitMargins holds the margins within the screen: the emulator scrolls whatever is between them. A lower margin that
// is below it is the last row, as in xterm.
func limitMargins(emu *vt.Emulator) {
	emu.RegisterCsiHandler('r', func(params ansi.Params) bool {
		atMost(params, emu.Height())
		return false
	})
	emu.RegisterCsiHandler('s', func(params ansi.Params) bool {
		atMost(params, emu.Width())
		return false
	})
}

// mostMode is the greatest number of a mode that anybody has given a meaning. The emulator remembers every number that
// it gets.
const mostMode = 9999

// limitModes drops modes that cannot be any.
func limitModes(emu *vt.Emulator) {
	for _, cmd := range []int{'h', 'l', ansi.Command('?', 0, 'h'), ansi.Command('?', 0, 'l')} {
		emu.RegisterCsiHandler(cmd, func(params ansi.Params) bool {
			for i := range params {
				if params[i].Param(0) > mostMode {
					params[i] = parser.MissingParam
				}
			}
			return false
		})
	}
}

// mostColor is how long the name of a colour may be, in bytes.
const mostColor = 100

// limitStrings drops what is of no use here and may be megabytes: titles, folders, and links, of which the emulator
// would keep one with each cell.
func limitStrings(emu *vt.Emulator) {
	for _, cmd := range []int{0, 1, 2, 7, 8} {
		emu.RegisterOscHandler(cmd, func([]byte) bool { return true })
	}
	for _, cmd := range []int{10, 11, 12, 110, 111, 112} {
		emu.RegisterOscHandler(cmd, func(data []byte) bool { return len(data) > mostColor })
	}
}

// trim drops the oldest lines of the scrollback when there are too many. The caller holds mu.
func (v *View) trim() {
	if over := v.emu.ScrollbackLen() - scrollLines; over > scrollSpare {
		v.emu.SetScrollbackSize(scrollLines)
		v.emu.SetScrollbackSize(scrollBound)
		v.gone += over
	}
}

// shortPiece is how much is shown at once of what may be costly to show: a screen is scrolled by three bytes.
const shortPiece = 256

// cutPiece is how much of what was printed is shown at once. It ends before an escape, where no character goes on.
func cutPiece(part []byte) int {
	if len(part) <= shortPiece {
		return len(part)
	}
	if i := bytes.IndexByte(part[shortPiece:], '\x1b'); i >= 0 && i <= pieceSize {
		return shortPiece + i
	}
	n := min(len(part), pieceSize)
	for n < len(part) && !utf8.RuneStart(part[n]) {
		n++
	}
	return n
}

// mostCluster is how many bytes a single character may have with all its marks.
const mostCluster = 64

// shortClusters cuts characters with endless marks, which the emulator keeps with a cell. It gives text back as it is
// where there is none.
func shortClusters(text []byte) []byte {
	var out []byte
	done := 0 // up to here it is in out
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf {
			i++
			continue
		}
		from := i
		for i < len(text) && text[i] >= utf8.RuneSelf {
			i++
		}
		for run := text[from:i]; len(run) > mostCluster; {
			cluster, _ := ansi.FirstGraphemeCluster(run, ansi.GraphemeWidth)
			if len(cluster) == 0 {
				break
			}
			if len(cluster) > mostCluster {
				at := i - len(run)
				out = append(out, text[done:at+wholeRunes(cluster, mostCluster)]...)
				done = at + len(cluster)
			}
			run = run[len(cluster):]
		}
	}
	if out == nil {
		return text
	}
	return append(out, text[done:]...)
}

// wholeRunes is how many bytes of text, at most most, are whole characters.
func wholeRunes(text []byte, most int) int {
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return most
}

// stringStart is how far the beginning of a device control string has come: ESC and P.
type stringStart byte

const (
	noString stringStart = iota
	escaped
	begun
)

// next is the state after another byte; see https://vt100.net/emu/dec_ansi_parser for the bytes that leave it as it is.
func (s stringStart) next(b byte) stringStart {
	switch {
	case b == '\x1b':
		return escaped
	case s == escaped && b == 'P':
		return begun
	case s != noString && b < 0x20 && b != 0x18 && b != 0x1a && (s == escaped || b < 0x08 || b > 0x0d),
		s != noString && b == 0x7f:
		return s
	}
	return noString
}

// endEmptyStrings cancels each string that ends before it began: the emulator takes the escape for a part of it, and
// shows nothing of what comes until the next one.
func (v *View) endEmptyStrings(part []byte) []byte {
	var out []byte
	done := 0
	for i, b := range part {
		if v.starting == begun && b == '\x1b' {
			out = append(append(out, part[done:i]...), 0x18) // CAN
			done = i
		}
		v.starting = v.starting.next(b)
	}
	if out == nil {
		return part
	}
	return append(out, part[done:]...)
}

// troubleWords are what stands in a terminal that had to begin again.
func troubleWords() string { return words.Say("kit.the-screen-was-cleared").String() }

// guarded works with the emulator, with mu held. If it panics, this terminal gets another one and says so; the program
// in it goes on.
func (v *View) guarded(fn func()) {
	err := model.Guard(model.Say("kit.a-terminal-cannot-show-what"), func() error { fn(); return nil })
	if err != nil {
		v.renew()
	}
}

// renew begins with another emulator. The caller holds mu.
func (v *View) renew() {
	v.gone += v.emu.ScrollbackLen()
	closeAnswers(v.emu)
	v.emu = v.newEmulator()
	v.partial, v.starting, v.bracket, v.cursors, v.mouse = nil, noString, false, false, mouseWish{}
	switch {
	case v.ended:
		closeAnswers(v.emu)
	case v.answering != nil:
		v.answer(v.emu)
	}
	_, _ = fmt.Fprint(v.emu, troubleWords(), "\r\n") // plain text
}

// answer passes on what an emulator answers, which must be taken from it at once. The caller holds mu.
func (v *View) answer(emu *vt.Emulator) {
	v.answering.Add(1)
	done := v.answering.Done
	go func() {
		defer done()
		buf := make([]byte, 1024)
		for {
			n, err := emu.Read(buf)
			if v.out.add(buf[:n]); err != nil {
				return
			}
		}
	}()
}

// closeAnswers ends what reads an emulator's answers. The emulator's own Close is not made for two goroutines.
func closeAnswers(emu *vt.Emulator) {
	if answers, ok := emu.InputPipe().(io.Closer); ok {
		answers.Close()
	}
}

// makeRoom scrolls so that the line that is typed in is still seen with fewer rows: the emulator cuts off what is
// below. The caller holds mu.
func (v *View) makeRoom(rows int) {
	over := v.emu.CursorPosition().Y - (rows - 1)
	if over <= 0 || v.ended || v.emu.IsAltScreen() {
		return
	}
	x := v.emu.CursorPosition().X
	_, _ = fmt.Fprintf(v.emu, "\x1b[r\x1b[%d;1H%s\x1b[%d;%dH", v.rows, strings.Repeat("\n", over), rows, x+1)
}

// resize gives the screen another size.
func (v *View) resize(cols, rows int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.guarded(func() { v.makeRoom(rows) })
	v.cols, v.rows = cols, rows
	v.guarded(func() { v.emu.Resize(cols, rows) })
}
