package terminal

import (
	"io"
	"reflect"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/ansi/parser"
	"github.com/charmbracelet/x/vt"
)

// A program may print anything at all. The emulator believes most of it: here its numbers are bounded before it reads
// them, and what it would keep for nobody is dropped.

// hooks are called while an emulator is written to.
type hooks struct {
	mode  func(m ansi.Mode, on bool)
	reset func() // nothing is told of its modes
	// scrolls is called where a few bytes can move a whole screen into the scrollback.
	scrolls func()
	// repeats is how often a character may be repeated that shall be n times.
	repeats func(n int) int
}

// scrollLines is how many lines that scrolled out of the screen are kept.
const scrollLines = 3000

// scrollSpare is how many more of them are dropped at once, and scrollBound more than there can be by then: what the
// emulator drops by itself it does not tell.
const (
	scrollSpare = 1000
	scrollBound = scrollLines + scrollSpare + 16*pieceSize
)

// newEmulator makes an emulator of a size.
func newEmulator(cols, rows int, h hooks) *vt.Emulator {
	emu := vt.NewEmulator(cols, rows)
	emu.SetScrollbackSize(scrollBound)
	noSecondScrollback(emu)
	emu.SetCallbacks(vt.Callbacks{
		EnableMode:     func(m ansi.Mode) { h.mode(m, true) },
		DisableMode:    func(m ansi.Mode) { h.mode(m, false) },
		AltScreen:      func(bool) { keepInside(emu) },
		CursorPosition: func(uv.Position, uv.Position) { keepInside(emu) },
	})
	emu.RegisterEscHandler('c', func() bool {
		h.reset()
		return false
	})
	limitNumbers(emu, h)
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

// limitNumbers bounds the numbers of sequences that the emulator would count up to: two thousand million repetitions
// are printed in a few bytes.
func limitNumbers(emu *vt.Emulator, h hooks) {
	for _, final := range "@ABCDEFGHILMPSTXZ`adef" {
		emu.RegisterCsiHandler(int(final), func(params ansi.Params) bool {
			atMost(params, max(emu.Width(), emu.Height()))
			return false // the emulator's own handler comes next
		})
	}
	for _, final := range "JLMS" { // a few bytes can move a whole screen into the scrollback
		emu.RegisterCsiHandler(int(final), func(ansi.Params) bool {
			h.scrolls()
			return false
		})
	}
	emu.RegisterCsiHandler('b', func(params ansi.Params) bool { // repeats the last character
		n, _, _ := params.Param(0, 1)
		n = h.repeats(min(n, emu.Width()*emu.Height()))
		if n <= 0 {
			return true
		}
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

// closeAnswers ends what reads an emulator's answers. The emulator's own Close is not made for two goroutines.
func closeAnswers(emu *vt.Emulator) {
	if answers, ok := emu.InputPipe().(io.Closer); ok {
		answers.Close()
	}
}
