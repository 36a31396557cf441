package kit

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"unicode/utf8"

	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// cellRun is text of one look in a row of cells. It begins in the cell col and takes width cells; nothing in it can
// turn the direction, and it has no control characters.
type cellRun struct {
	col, width int
	text       string
	ink        color.Color
	ground     color.Color // nil for none
	bold       bool
	under      bool // underlined
	odd        bool // has characters that are not one each in a cell of its own
}

// cells draws rows of text in a grid into one picture. Fyne keeps a picture of each text that it draws for a minute,
// and a program that prints a thousand lines a second would fill the memory with them. What the font does not have, and
// what is not one character a cell, Fyne draws over it.
type cells struct {
	raster *canvas.Raster
	over   *fyne.Container
	texts  []*canvas.Text
	rows   [][]cellRun
	ground fyne.ThemeColorName
	pic    *image.RGBA
}

func newCells(ground fyne.ThemeColorName) *cells {
	c := &cells{ground: ground, over: &fyne.Container{}}
	c.raster = canvas.NewRaster(c.draw)
	return c
}

// place puts the grid into a rectangle.
func (c *cells) place(pos fyne.Position, size fyne.Size) {
	c.raster.Move(pos)
	c.raster.Resize(size)
	c.over.Move(pos)
	c.over.Resize(size)
}

// cellSize is how large a cell is.
func cellSize() fyne.Size { return fyne.NewSize(Mono.Measure("M").Width, MonoLine()) }

// set draws other rows.
func (c *cells) set(rows [][]cellRun) {
	c.rows = rows
	cell, n := cellSize(), 0
	for y, row := range rows {
		for _, r := range row {
			if !r.odd {
				continue
			}
			if n == len(c.texts) {
				c.texts = append(c.texts, canvas.NewText("", nil))
			}
			t := c.texts[n]
			n++
			t.Text, t.Color, t.TextSize, t.TextStyle = r.text, r.ink, Mono.Size, fyne.TextStyle{Monospace: true, Bold: r.bold}
			t.Resize(fyne.NewSize(float32(r.width)*cell.Width, cell.Height))
			t.Move(fyne.NewPos(float32(r.col)*cell.Width, float32(y)*cell.Height))
		}
	}
	c.over.Objects = c.over.Objects[:0]
	for _, t := range c.texts[:n] {
		c.over.Objects = append(c.over.Objects, t)
	}
	c.raster.Refresh()
	c.over.Refresh()
}

// draw makes the picture, of w by h pixels.
func (c *cells) draw(w, h int) image.Image {
	if c.pic == nil || c.pic.Rect.Dx() != w || c.pic.Rect.Dy() != h {
		c.pic = image.NewRGBA(image.Rect(0, 0, w, h))
	}
	draw.Draw(c.pic, c.pic.Rect, image.NewUniform(style.Color(c.ground)), image.Point{}, draw.Src)
	size := c.raster.Size()
	if size.Width <= 0 || size.Height <= 0 {
		return c.pic
	}
	scale, cell := float64(w)/float64(size.Width), cellSize()
	g := grid{pic: c.pic, w: float64(cell.Width) * scale, h: float64(cell.Height) * scale, scale: scale}
	for y, row := range c.rows {
		for _, r := range row {
			g.run(y, r)
		}
	}
	return c.pic
}

// grid draws into a picture in cells of w by h pixels.
type grid struct {
	pic         *image.RGBA
	w, h, scale float64
}

func (g grid) run(y int, r cellRun) {
	top, bottom := round(float64(y)*g.h), round(float64(y+1)*g.h)
	left, right := round(float64(r.col)*g.w), round(float64(r.col+r.width)*g.w)
	if r.ground != nil {
		draw.Draw(g.pic, image.Rect(left, top, right, bottom), image.NewUniform(r.ground), image.Point{}, draw.Over)
	}
	if r.under {
		thick := max(1, round(g.scale))
		draw.Draw(g.pic, image.Rect(left, bottom-2*thick, right, bottom-thick), image.NewUniform(r.ink), image.Point{},
			draw.Over)
	}
	if r.odd {
		return
	}
	face := faceOf(r.bold, float64(Mono.Size)*g.scale)
	if face == nil {
		return
	}
	ink := image.NewUniform(r.ink)
	base := top + round((float64(bottom-top)-face.height)/2+face.ascent)
	col := r.col
	for _, ch := range r.text {
		if ch != ' ' {
			if m := face.glyph(ch); m != nil {
				x := round(float64(col) * g.w)
				at := m.bounds.Add(image.Pt(x, base))
				draw.DrawMask(g.pic, at, ink, image.Point{}, m.mask, image.Point{}, draw.Over)
			}
		}
		col++
	}
}

func round(f float64) int { return int(math.Round(f)) }

// cellFace is the monospaced font in one size, with the characters that were drawn so far.
type cellFace struct {
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
var faces = map[faceKey]*cellFace{}

// mostFaces is how many sizes are kept: one and the sizes of a window that moves between screens.
const mostFaces = 8

func monoFont(bold bool) fyne.Resource {
	return fyne.CurrentApp().Settings().Theme().Font(fyne.TextStyle{Monospace: true, Bold: bold})
}

// faceOf is the font in a size of so many pixels, nil if it cannot be read.
func faceOf(bold bool, size float64) *cellFace {
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
	f := &cellFace{
		face: face, ascent: float64(m.Ascent) / 64, height: float64(m.Ascent+m.Descent) / 64,
		glyphs: map[rune]*glyph{},
	}
	faces[key] = f
	return f
}

// mostGlyphs is how many characters of a font are kept.
const mostGlyphs = 4096

// glyph draws a character the first time that it is asked for.
func (f *cellFace) glyph(r rune) *glyph {
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
