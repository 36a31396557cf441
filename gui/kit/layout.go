package kit

import (
	"image/color"

	"slipway/engine/words"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// boxLayout puts things one behind the other with a gap. Those that grow share what room is left.
type boxLayout struct {
	gap      float32
	vertical bool
	top      bool
	grow     map[fyne.CanvasObject]bool
}

// Across puts things side by side, centred vertically. Things made with [Grow] take the room that is left.
func Across(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return box(gap, false, objects)
}

// Down puts things below each other at full width. Things made with [Grow] take the room that is left.
func Down(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return box(gap, true, objects)
}

// AcrossTop is [Across] with everything at the top instead of the middle.
func AcrossTop(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	c := box(gap, false, objects)
	c.Layout.(*boxLayout).top = true
	return c
}

// growing marks a thing that takes the room that is left.
type growing struct{ fyne.CanvasObject }

// Grow marks a thing for [Across] or [Down] as the one that takes the room that is left.
func Grow(o fyne.CanvasObject) fyne.CanvasObject { return growing{o} }

// Spring is empty room that grows.
func Spring() fyne.CanvasObject { return Grow(Space(0, 0)) }

func box(gap float32, vertical bool, objects []fyne.CanvasObject) *fyne.Container {
	l := &boxLayout{gap: gap, vertical: vertical, grow: map[fyne.CanvasObject]bool{}}
	list := make([]fyne.CanvasObject, len(objects))
	for i, o := range objects {
		if g, ok := o.(growing); ok {
			o = g.CanvasObject
			l.grow[o] = true
		}
		list[i] = o
	}
	return container.New(l, list...)
}

func (l *boxLayout) along(s fyne.Size) float32 {
	if l.vertical {
		return s.Height
	}
	return s.Width
}

func (l *boxLayout) across(s fyne.Size) float32 {
	if l.vertical {
		return s.Width
	}
	return s.Height
}

func (l *boxLayout) size(along, across float32) fyne.Size {
	if l.vertical {
		return fyne.NewSize(across, along)
	}
	return fyne.NewSize(along, across)
}

// MinSize implements [fyne.Layout].
func (l *boxLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var along, across float32
	n := 0
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		along += l.along(m)
		across = max(across, l.across(m))
		n++
	}
	if n > 1 {
		along += l.gap * float32(n-1)
	}
	return l.size(along, across)
}

// Layout implements [fyne.Layout].
func (l *boxLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	if l.vertical {
		for _, o := range objects {
			if o.Visible() && o.Size().Width != size.Width { // wrapped text tells its height only at its width
				o.Resize(fyne.NewSize(size.Width, o.MinSize().Height))
			}
		}
	}
	rest, growers := l.along(size)-l.along(l.MinSize(objects)), 0
	for _, o := range objects {
		if o.Visible() && l.grow[o] {
			growers++
		}
	}
	more := l.unfold(objects, &rest)
	at := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		along, across := l.along(m)+more[o], l.across(m)
		if l.grow[o] {
			along += rest / float32(growers) // negative when there is too little room: it gives way
		}
		along = max(0, along)
		if l.vertical {
			o.Resize(fyne.NewSize(size.Width, along))
			o.Move(fyne.NewPos(0, at))
		} else {
			if l.grow[o] {
				across = max(across, 0)
			}
			o.Resize(fyne.NewSize(along, across))
			y := (size.Height - across) / 2
			if l.top {
				y = 0
			}
			o.Move(fyne.NewPos(at, y))
		}
		at += along + l.gap
	}
}

// shortened is a thing that can do with less room than it would like, as a text that is cut with … does.
type shortened interface{ wholeWidth() float32 }

// unfold gives things that would be shortened what they lack, out of the room that is left: no text is cut beside an
// empty place.
func (l *boxLayout) unfold(objects []fyne.CanvasObject, rest *float32) map[fyne.CanvasObject]float32 {
	if l.vertical || *rest <= 0 {
		return nil
	}
	more := map[fyne.CanvasObject]float32{}
	for _, o := range objects {
		if s, ok := o.(shortened); ok && o.Visible() && !l.grow[o] {
			more[o] = min(max(0, s.wholeWidth()-o.MinSize().Width), *rest)
			*rest -= more[o]
		}
	}
	return more
}

// Fold puts two things side by side where there is room, the first with all of it that is left, and below
// each other where there is not.
func Fold(gap float32, first, second fyne.CanvasObject) *fyne.Container {
	l := &foldLayout{gap: gap}
	l.box = container.New(l, first, second)
	return l.box
}

type foldLayout struct {
	gap    float32
	box    *fyne.Container
	folded bool
}

// MinSize implements [fyne.Layout].
func (l *foldLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	a, b := objects[0].MinSize(), objects[1].MinSize()
	height := max(a.Height, b.Height)
	if l.folded {
		height = a.Height + l.gap/2 + b.Height
	}
	return fyne.NewSize(max(a.Width, b.Width), height)
}

// Layout implements [fyne.Layout].
func (l *foldLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	a, b := objects[0].MinSize(), objects[1].MinSize()
	if folded := a.Width+l.gap+b.Width > size.Width; folded != l.folded {
		l.folded = folded
		canvas.Refresh(l.box) // it needs another height
	}
	if l.folded {
		put(objects[0], 0, 0, size.Width, a.Height)
		put(objects[1], 0, a.Height+l.gap/2, size.Width, b.Height)
		return
	}
	put(objects[0], 0, 0, size.Width-l.gap-b.Width, size.Height)
	put(objects[1], size.Width-b.Width, 0, b.Width, size.Height)
}

func put(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
}

// Space is empty room of at least this size.
func Space(w, h float32) fyne.CanvasObject {
	r := canvas.NewRectangle(color.Transparent)
	r.SetMinSize(fyne.NewSize(w, h))
	return r
}

// padLayout keeps a distance on each side.
type padLayout struct{ top, right, bottom, left float32 }

// Pad keeps a distance around a thing: top, right, bottom, left.
func Pad(o fyne.CanvasObject, top, right, bottom, left float32) *fyne.Container {
	return container.New(padLayout{top, right, bottom, left}, o)
}

// MinSize implements [fyne.Layout].
func (p padLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var m fyne.Size
	for _, o := range objects {
		m = m.Max(o.MinSize())
	}
	return m.AddWidthHeight(p.left+p.right, p.top+p.bottom)
}

// Layout implements [fyne.Layout].
func (p padLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(fyne.NewSize(max(0, size.Width-p.left-p.right), max(0, size.Height-p.top-p.bottom)))
		o.Move(fyne.NewPos(p.left, p.top))
	}
}

// widthLayout gives a thing a fixed width.
type widthLayout struct{ width float32 }

// Width gives a thing a fixed width.
func Width(w float32, o fyne.CanvasObject) *fyne.Container { return container.New(widthLayout{w}, o) }

// MinSize implements [fyne.Layout].
func (l widthLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var h float32
	for _, o := range objects {
		h = max(h, o.MinSize().Height)
	}
	return fyne.NewSize(l.width, h)
}

// Layout implements [fyne.Layout].
func (l widthLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(size)
		o.Move(fyne.NewPos(0, 0))
	}
}

// Box is a rectangle with something in it that follows the theme: a card, a bar, a code block.
type Box struct {
	widget.BaseWidget
	content fyne.CanvasObject
	fill    fyne.ThemeColorName
	line    fyne.ThemeColorName
	radius  float32
}

// NewBox makes a box with these colours around content; an empty line colour draws no border.
func NewBox(content fyne.CanvasObject, fill, line fyne.ThemeColorName, radius float32) *Box {
	b := &Box{content: content, fill: fill, line: line, radius: radius}
	b.ExtendBaseWidget(b)
	return b
}

// Card is a raised box with the distances of the design.
func Card(content fyne.CanvasObject) *Box {
	return NewBox(Pad(content, 14, 16, 14, 16), style.Surface, style.Line, style.CardRadius)
}

// Parts implements [Composed].
func (b *Box) Parts() []fyne.CanvasObject { return []fyne.CanvasObject{b.content} }

// CreateRenderer implements [fyne.Widget].
func (b *Box) CreateRenderer() fyne.WidgetRenderer {
	r := &boxRenderer{b: b, rect: canvas.NewRectangle(nil)}
	r.Refresh()
	return r
}

type boxRenderer struct {
	b    *Box
	rect *canvas.Rectangle
}

func (r *boxRenderer) MinSize() fyne.Size { return r.b.content.MinSize() }

func (r *boxRenderer) Layout(size fyne.Size) {
	r.rect.Resize(size)
	r.b.content.Resize(size)
}

func (r *boxRenderer) Refresh() {
	r.rect.FillColor = style.Color(r.b.fill)
	r.rect.CornerRadius = r.b.radius
	if r.b.line != "" {
		r.rect.StrokeColor, r.rect.StrokeWidth = style.Color(r.b.line), 1
	} else {
		r.rect.StrokeWidth = 0
	}
	r.rect.Refresh()
	r.b.content.Refresh()
}

func (r *boxRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.rect, r.b.content}
}
func (r *boxRenderer) Destroy() {}

// Rule is a line of one pixel, horizontal or vertical.
func Rule(vertical bool) fyne.CanvasObject {
	s := Space(0, 1)
	if vertical {
		s = Space(1, 0)
	}
	return NewBox(s, style.Line, "", 0)
}

// Dot is a round mark in a colour of state. A word always stands beside it.
type Dot struct {
	widget.BaseWidget
	color fyne.ThemeColorName
}

// NewDot makes a dot.
func NewDot(color fyne.ThemeColorName) *Dot {
	d := &Dot{color: color}
	d.ExtendBaseWidget(d)
	return d
}

// Set changes the colour.
func (d *Dot) Set(color fyne.ThemeColorName) {
	if d.color != color {
		d.color = color
		d.Refresh()
	}
}

// CreateRenderer implements [fyne.Widget].
func (d *Dot) CreateRenderer() fyne.WidgetRenderer {
	r := &dotRenderer{d: d, circle: canvas.NewCircle(nil)}
	r.Refresh()
	return r
}

// DotSize is how wide and high the mark of a state is.
const DotSize = 9

type dotRenderer struct {
	d      *Dot
	circle *canvas.Circle
}

func (r *dotRenderer) MinSize() fyne.Size { return fyne.NewSize(DotSize, DotSize) }
func (r *dotRenderer) Layout(size fyne.Size) {
	r.circle.Resize(fyne.NewSize(DotSize, DotSize))
	r.circle.Move(fyne.NewPos((size.Width-DotSize)/2, (size.Height-DotSize)/2))
}

func (r *dotRenderer) Refresh() {
	r.circle.FillColor = style.Color(r.d.color)
	r.circle.Refresh()
}
func (r *dotRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.circle} }
func (r *dotRenderer) Destroy()                     {}

// Icon is a picture of the set in a colour of the theme.
type Icon struct {
	widget.BaseWidget
	name  string
	color fyne.ThemeColorName
	size  float32
}

// NewIcon makes an icon of the usual size.
func NewIcon(name string, color fyne.ThemeColorName) *Icon {
	i := &Icon{name: name, color: color, size: style.IconSize}
	i.ExtendBaseWidget(i)
	return i
}

// Sized gives the icon another size.
func (i *Icon) Sized(size float32) *Icon { i.size = size; return i }

// Set changes the picture and its colour.
func (i *Icon) Set(name string, color fyne.ThemeColorName) {
	if i.name != name || i.color != color {
		i.name, i.color = name, color
		i.Refresh()
	}
}

// CreateRenderer implements [fyne.Widget].
func (i *Icon) CreateRenderer() fyne.WidgetRenderer {
	r := &iconRenderer{i: i, img: &canvas.Image{FillMode: canvas.ImageFillContain}}
	r.Refresh()
	return r
}

type iconRenderer struct {
	i   *Icon
	img *canvas.Image
}

func (r *iconRenderer) MinSize() fyne.Size    { return fyne.NewSquareSize(r.i.size) }
func (r *iconRenderer) Layout(size fyne.Size) { r.img.Resize(size) }
func (r *iconRenderer) Refresh() {
	if r.i.name == "" {
		r.img.Hide()
		return
	}
	r.img.Show()
	setIcon(r.img, r.i.name, r.i.color)
}

// setIcon exchanges a picture where it is another one: Fyne reads the whole drawing at each refresh.
func setIcon(img *canvas.Image, name string, ink fyne.ThemeColorName) {
	if icon := style.Icon(name, ink); img.Resource == nil || img.Resource.Name() != icon.Name() {
		img.Resource = icon
		img.Refresh()
	}
}
func (r *iconRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.img} }
func (r *iconRenderer) Destroy()                     {}

// Badge is a short word on a soft ground.
func Badge(text words.Text, color fyne.ThemeColorName) fyne.CanvasObject {
	return NewBox(Pad(NewText(text, TextStyle{Size: 11.5, Color: color, Full: true}), 2, 7, 2, 7), style.Code, "", 6)
}

// rightLayout lets the first thing fill all and puts the second over its right edge.
type rightLayout struct{}

func stackRight(under, over fyne.CanvasObject) *fyne.Container {
	return container.New(rightLayout{}, under, over)
}

// MinSize implements [fyne.Layout].
func (rightLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return objects[0].MinSize().Max(objects[1].MinSize())
}

// Layout implements [fyne.Layout].
func (rightLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(size)
	objects[0].Move(fyne.NewPos(0, 0))
	m := objects[1].MinSize()
	objects[1].Resize(m)
	objects[1].Move(fyne.NewPos(size.Width-m.Width-4, size.Height-m.Height-2))
}

// heightLayout gives a thing a fixed height that can be changed.
type heightLayout struct{ height float32 }

// Height gives a thing a fixed height; [SetHeight] changes it.
func Height(h float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(&heightLayout{h}, o)
}

// SetHeight changes the height of what [Height] made.
func SetHeight(c *fyne.Container, h float32) {
	if l, ok := c.Layout.(*heightLayout); ok && l.height != h {
		l.height = h
		c.Refresh()
	}
}

// MinSize implements [fyne.Layout].
func (l *heightLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var w float32
	for _, o := range objects {
		w = max(w, o.MinSize().Width)
	}
	return fyne.NewSize(w, l.height)
}

// Layout implements [fyne.Layout].
func (l *heightLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(size)
		o.Move(fyne.NewPos(0, 0))
	}
}

// SetVisible shows something, or hides it and takes the keys away from what is in it.
func SetVisible(o fyne.CanvasObject, on bool) {
	if on {
		o.Show()
	} else {
		Hide(o)
	}
}
