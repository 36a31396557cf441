package terminal

import (
	"bytes"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// cleaner takes from what a program prints what the emulator would take wrongly, or keep for nobody.
type cleaner struct {
	starting stringStart // of a string whose rest has not come yet
	partial  []byte      // of a character whose rest has not come yet
}

// clean is a piece of what was printed as the emulator can take it.
func (c *cleaner) clean(part []byte) []byte { return c.endEmptyStrings(shortClusters(c.valid(part))) }

// valid is what a program printed, with a mark for each byte that is no UTF-8, as terminals show it. The emulator would
// take what follows such a byte, a sequence for one, for the rest of a character: vim prints them where an image sets
// no language. What is cut off at the end comes with the next piece.
func (c *cleaner) valid(part []byte) []byte {
	if len(c.partial) > 0 {
		part = append(c.partial, part...)
		c.partial = nil
	}
	for i := len(part) - 1; i >= max(0, len(part)-utf8.UTFMax+1); i-- {
		if utf8.RuneStart(part[i]) {
			if !utf8.FullRune(part[i:]) {
				part, c.partial = part[:i], bytes.Clone(part[i:])
			}
			break
		}
	}
	if utf8.Valid(part) {
		return part
	}
	return []byte(string([]rune(string(part))))
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
func (c *cleaner) endEmptyStrings(part []byte) []byte {
	var out []byte
	done := 0
	for i, b := range part {
		if c.starting == begun && b == '\x1b' {
			out = append(append(out, part[done:i]...), 0x18) // CAN
			done = i
		}
		c.starting = c.starting.next(b)
	}
	if out == nil {
		return part
	}
	return append(out, part[done:]...)
}

// pieceSize is how much is shown at a time, so that the emulator is never held for long.
const pieceSize = 4 << 10

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
