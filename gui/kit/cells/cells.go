// Package cells draws what programs print, in a grid: how a line looks by its escape sequences, the picture of it, and
// what of it is selected.
package cells

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"slipway/gui/kit"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Run is text of one look in a row of cells. It begins in the cell Col and takes Width cells; nothing in it can turn
// the direction, and it has no control characters.
type Run struct {
	Col, Width int
	Text       string
	Ink        color.Color
	Ground     color.Color // nil for none
	Bold       bool
	Under      bool // underlined
	Odd        bool // has characters that are not one each in a cell of its own
}

// Selected is the run as it is painted when it is selected. What has a ground of its own has an ink for that, which may
// not be seen on the other one.
func (r Run) Selected() Run {
	if r.Ground != nil {
		r.Ink = style.Color(style.Text)
	}
	r.Ground = SelectedGround()
	return r
}

// SelectedGround is behind what is selected.
func SelectedGround() color.Color {
	if Dark() {
		return color.NRGBA{0x1d, 0x4f, 0x4b, 255}
	}
	return color.NRGBA{0xb5, 0xe3, 0xdf, 255}
}

// Grid draws rows of text in a grid into one picture. Fyne keeps a picture of each text that it draws for a minute,
// and a program that prints a thousand lines a second would fill the memory with them. What the font does not have, and
// what is not one character a cell, Fyne draws over it.
type Grid struct {
	raster *canvas.Raster
	over   *fyne.Container
	texts  []*canvas.Text
	rows   [][]Run
	ground fyne.ThemeColorName
	pic    *image.RGBA
}

// NewGrid makes a grid without rows, on a colour of the theme.
func NewGrid(ground fyne.ThemeColorName) *Grid {
	g := &Grid{ground: ground, over: &fyne.Container{}}
	g.raster = canvas.NewRaster(g.draw)
	return g
}

// Objects are what is drawn, from the bottom up.
func (g *Grid) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{g.raster, g.over} }

// Drawn are the rows that are drawn.
func (g *Grid) Drawn() [][]Run { return g.rows }

// Place puts the grid into a rectangle.
func (g *Grid) Place(pos fyne.Position, size fyne.Size) {
	g.raster.Move(pos)
	g.raster.Resize(size)
	g.over.Move(pos)
	g.over.Resize(size)
}

// Size is how large a cell is.
func Size() fyne.Size { return fyne.NewSize(kit.Mono.Measure("M").Width, kit.MonoLine()) }

// Set draws other rows.
func (g *Grid) Set(rows [][]Run) {
	g.rows = rows
	cell, n := Size(), 0
	for y, row := range rows {
		for _, r := range row {
			if !r.Odd {
				continue
			}
			if n == len(g.texts) {
				g.texts = append(g.texts, canvas.NewText("", nil))
			}
			t := g.texts[n]
			n++
			t.Text, t.Color, t.TextSize = r.Text, r.Ink, kit.Mono.Size
			t.TextStyle = fyne.TextStyle{Monospace: true, Bold: r.Bold}
			t.Resize(fyne.NewSize(float32(r.Width)*cell.Width, cell.Height))
			t.Move(fyne.NewPos(float32(r.Col)*cell.Width, float32(y)*cell.Height))
		}
	}
	g.over.Objects = g.over.Objects[:0]
	for _, t := range g.texts[:n] {
		g.over.Objects = append(g.over.Objects, t)
	}
	g.raster.Refresh()
	g.over.Refresh()
}

// draw makes the picture, of w by h pixels.
func (g *Grid) draw(w, h int) image.Image {
	if g.pic == nil || g.pic.Rect.Dx() != w || g.pic.Rect.Dy() != h {
		g.pic = image.NewRGBA(image.Rect(0, 0, w, h))
	}
	draw.Draw(g.pic, g.pic.Rect, image.NewUniform(style.Color(g.ground)), image.Point{}, draw.Src)
	size := g.raster.Size()
	if size.Width <= 0 || size.Height <= 0 {
		return g.pic
	}
	scale, cell := float64(w)/float64(size.Width), Size()
	p := picture{pic: g.pic, w: float64(cell.Width) * scale, h: float64(cell.Height) * scale, scale: scale}
	for y, row := range g.rows {
		for _, r := range row {
			p.run(y, r)
		}
	}
	return g.pic
}

// picture draws into a picture in cells of w by h pixels.
type picture struct {
	pic         *image.RGBA
	w, h, scale float64
}

func (p picture) run(y int, r Run) {
	top, bottom := round(float64(y)*p.h), round(float64(y+1)*p.h)
	left, right := round(float64(r.Col)*p.w), round(float64(r.Col+r.Width)*p.w)
	if r.Ground != nil {
		draw.Draw(p.pic, image.Rect(left, top, right, bottom), image.NewUniform(r.Ground), image.Point{}, draw.Over)
	}
	if r.Under {
		thick := max(1, round(p.scale))
		draw.Draw(p.pic, image.Rect(left, bottom-2*thick, right, bottom-thick), image.NewUniform(r.Ink), image.Point{},
			draw.Over)
	}
	if r.Odd {
		return
	}
	face := faceOf(r.Bold, float64(kit.Mono.Size)*p.scale)
	if face == nil {
		return
	}
	ink := image.NewUniform(r.Ink)
	base := top + round((float64(bottom-top)-face.height)/2+face.ascent)
	col := r.Col
	for _, ch := range r.Text {
		if ch != ' ' {
			if m := face.glyph(ch); m != nil {
				x := round(float64(col) * p.w)
				at := m.bounds.Add(image.Pt(x, base))
				draw.DrawMask(p.pic, at, ink, image.Point{}, m.mask, image.Point{}, draw.Over)
			}
		}
		col++
	}
}

func round(f float64) int { return int(math.Round(f)) }
