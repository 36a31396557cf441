package cells

import (
	"image"
	"image/draw"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// typeface is the monospaced font in one size, with the characters that were drawn so far.
type typeface struct {
	face           font.Face
	ascent, height float64
	glyphs         map[rune]*glyph
}

// glyph is how a character looks: how much of each pixel it covers, from where it begins on the base line.
type glyph struct {
	mask   *image.Alpha
	bounds image.Rectangle
}

// faceKey is a font: which one, bold or not, and how large, in pixels an em.
type faceKey struct {
	name string
	bold bool
	size float64
}

// faces are the fonts that were used. They belong to the UI thread.
var faces = map[faceKey]*typeface{}

// mostFaces is how many sizes are kept: one and the sizes of a window that moves between screens.
const mostFaces = 8

func monoFont(bold bool) fyne.Resource {
	return fyne.CurrentApp().Settings().Theme().Font(fyne.TextStyle{Monospace: true, Bold: bold})
}

// faceOf is the font in a size of so many pixels, nil if it cannot be read.
func faceOf(bold bool, size float64) *typeface {
	resource := monoFont(bold)
	key := faceKey{resource.Name(), bold, size}
	if f, ok := faces[key]; ok {
		return f
	}
	if len(faces) >= mostFaces {
		clear(faces)
	}
	faces[key] = nil
	parsed, err := opentype.Parse(resource.Content())
	if err != nil {
		return nil
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil
	}
	m := face.Metrics()
	f := &typeface{
		face: face, ascent: float64(m.Ascent) / 64, height: float64(m.Ascent+m.Descent) / 64,
		glyphs: map[rune]*glyph{},
	}
	faces[key] = f
	return f
}

// mostGlyphs is how many characters of a font are kept.
const mostGlyphs = 4096

// glyph draws a character the first time that it is asked for.
func (f *typeface) glyph(r rune) *glyph {
	if g, ok := f.glyphs[r]; ok {
		return g
	}
	if len(f.glyphs) >= mostGlyphs {
		clear(f.glyphs)
	}
	f.glyphs[r] = nil
	bounds, mask, at, _, ok := f.face.Glyph(fixed.Point26_6{}, r)
	if !ok {
		return nil
	}
	g := &glyph{mask: image.NewAlpha(image.Rect(0, 0, bounds.Dx(), bounds.Dy())), bounds: bounds}
	draw.Draw(g.mask, g.mask.Rect, mask, at, draw.Src) // the face draws the next one into the same mask
	f.glyphs[r] = g
	return g
}

// covered tells for each character whether the font has it.
var covered = map[string]map[rune]bool{}

// covers tells whether the monospaced font has a character.
func covers(r rune) bool {
	if r < utf8.RuneSelf {
		return true
	}
	resource := monoFont(false)
	known := covered[resource.Name()]
	if known == nil {
		known = map[rune]bool{}
		covered[resource.Name()] = known
	}
	has, ok := known[r]
	if !ok {
		if parsed := parsedFont(resource); parsed != nil {
			i, err := parsed.GlyphIndex(&sfnt.Buffer{}, r)
			has = err == nil && i != 0
		}
		if len(known) > mostGlyphs {
			clear(known)
		}
		known[r] = has
	}
	return has
}

// parsedFonts are fonts that were read, by name.
var parsedFonts = map[string]*sfnt.Font{}

func parsedFont(r fyne.Resource) *sfnt.Font {
	f, ok := parsedFonts[r.Name()]
	if !ok {
		f, _ = sfnt.Parse(r.Content()) // nil where it cannot be read
		parsedFonts[r.Name()] = f
	}
	return f
}
