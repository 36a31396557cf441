package style

import (
	"bytes"
	"encoding/binary"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// monospace is Fyne's monospaced font with a little more room under the line. Fyne rounds the height of a line down to
// whole pixels, and in this font the underscore lies in the part that falls away, so that MY_TOKEN reads MY TOKEN.
var monospace = sync.OnceValue(func() fyne.Resource {
	font := theme.DefaultTheme().Font(fyne.TextStyle{Monospace: true})
	return fyne.NewStaticResource("slipway-"+font.Name(), deepen(font.Content(), 0.06))
})

// deepen gives a TrueType font a deeper descender, by a part of an em. A font that is not understood stays as it is.
func deepen(font []byte, part float64) []byte {
	head, hhea := table(font, "head"), table(font, "hhea")
	if head < 0 || hhea < 0 || head+20 > len(font) || hhea+8 > len(font) {
		return font
	}
	out := bytes.Clone(font)
	unitsPerEm := binary.BigEndian.Uint16(font[head+18:])
	descender := int16(binary.BigEndian.Uint16(font[hhea+6:])) // below the line, so negative
	deeper := descender - int16(part*float64(unitsPerEm))
	binary.BigEndian.PutUint16(out[hhea+6:], uint16(deeper))
	return out
}

// table is where a table of a TrueType font begins, -1 when there is none (OpenType 1.9, "Table Directory").
func table(font []byte, tag string) int {
	if len(font) < 12 {
		return -1
	}
	for i := range int(binary.BigEndian.Uint16(font[4:])) {
		record := 12 + 16*i
		if record+16 > len(font) {
			return -1
		}
		if string(font[record:record+4]) == tag {
			return int(binary.BigEndian.Uint32(font[record+8:]))
		}
	}
	return -1
}
