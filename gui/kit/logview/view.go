// Package logview shows output line by line, however much of it there is.
package logview

import (
	"strings"

	"slipway/engine/scrollback"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/kit/cells"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// View shows the lines of a [scrollback.Book]: however many there are, only what is seen is read, taken apart and
// drawn. It follows the end until it is scrolled up, and again when it is scrolled to the end. Nothing in a line can
// change anything outside. It is scrolled by whole rows.
type View struct {
	widget.BaseWidget
	id      string
	lines   *lines
	window  window
	follow  bool
	marked  cells.Selection
	focused bool
	mouse   mouse
	sheet   *sheet

	// Load reads lines into memory off the UI thread and calls done on it. It is called for those that are on the disk.
	Load func(from, n int, done func())
	// OnFollow is told that following began or ended by scrolling; OnTop that the first line was scrolled to.
	OnFollow func(bool)
	OnTop    func()
	// OnLink opens the address that was pressed in a line of a source; OnMenu a menu at an absolute position.
	OnLink func(url string, source int)
	OnMenu func(at fyne.Position)
	// OnCopy is called to copy what is selected; without it the view does it, as far as the lines are in memory.
	OnCopy func()
}

// New makes a view of a book that follows and wraps.
func New(id string, book *scrollback.Book) *View {
	v := &View{id: id, lines: newLines(book), follow: true, sheet: newSheet()}
	v.window = window{lines: v.lines, wrap: true, cols: 80, rows: leastRead / 2}
	v.lines.load = func(from, n int, done func()) bool {
		if v.Load == nil {
			return false
		}
		v.Load(from, n, done)
		return true
	}
	v.lines.loaded = v.render
	v.ExtendBaseWidget(v)
	return v
}

// SetBook shows other lines, and follows them unless at names a line of it that shall be at the top.
func (v *View) SetBook(book *scrollback.Book, at int) {
	v.lines.open(book)
	v.marked = cells.Selection{}
	v.window.begin(at)
	v.setFollow(at < 0)
	v.Changed()
}

// Changed draws anew after lines were added, or those changed that have not ended.
func (v *View) Changed() {
	v.lines.changed()
	v.render()
}

// SetEmpty is what is said while there are no lines.
func (v *View) SetEmpty(text words.Text) { v.sheet.empty.Set(text); v.render() }

// SetWrap breaks long lines, or lets them go on at the right.
func (v *View) SetWrap(on bool) {
	v.window.wrap, v.window.left, v.window.sub = on, 0, 0
	v.render()
}

// SetStamps shows when each line was printed.
func (v *View) SetStamps(on bool) {
	v.lines.heads.Stamps = on
	v.lines.forget()
	v.render()
}

// SetNames shows who printed each line. The map must not be changed any more.
func (v *View) SetNames(names map[int]Name) {
	v.lines.heads.Names = names
	v.lines.forget()
	v.render()
}

// Heads is what stands before each line.
func (v *View) Heads() Heads { return v.lines.heads }

// SetPattern marks what fits, nil for nothing.
func (v *View) SetPattern(p *scrollback.Pattern) {
	v.lines.pattern, v.lines.current = p, -1
	v.lines.forget()
	v.render()
}

// Only shows no other lines than these, given in order; nil shows all.
func (v *View) Only(lines []int) {
	v.lines.only, v.lines.filtered = lines, lines != nil
	v.window.sub, v.window.left = 0, 0
	v.render()
}

// Follow begins or ends following.
func (v *View) Follow(on bool) {
	v.setFollow(on)
	v.render()
}

func (v *View) setFollow(on bool) {
	if v.follow != on {
		v.follow = on
		if v.OnFollow != nil {
			v.OnFollow(on)
		}
	}
}

// Follows tells whether the view stays at the newest line.
func (v *View) Follows() bool { return v.follow }

// Top is the line at the top of the view.
func (v *View) Top() int { return v.window.top }

// Reveal brings a line into view, as the one that is looked at.
func (v *View) Reveal(line int) {
	v.setFollow(false)
	v.lines.look(line)
	v.window.reveal(line)
	v.render()
}

// Selected tells which lines are selected, from a column of the first up to a column of the last. Columns count cells.
func (v *View) Selected() (first, firstCol, last, lastCol int, ok bool) {
	a, b := v.marked.Ordered()
	return a.Line, a.Col, b.Line, b.Col, a != b
}

// SelectAll selects all lines.
func (v *View) SelectAll() {
	n := v.lines.count()
	if n == 0 {
		return
	}
	v.mark(cells.Selection{From: cells.Spot{Line: v.lines.at(0)}, To: cells.Spot{Line: v.lines.at(n - 1), Col: 1 << 30}})
}

// mark selects a part of the output.
func (v *View) mark(marked cells.Selection) {
	v.marked = marked
	v.render()
}

// copy copies what is selected. Without OnCopy that is a text that is in memory as a whole.
func (v *View) copy() {
	switch {
	case v.OnCopy != nil:
		v.OnCopy()
	case !v.marked.Empty():
		kit.Copy(v.lines.text(v.marked))
	}
}

// scroll moves the view as a person wants it, and begins or ends following by that.
func (v *View) scroll(rows int) {
	hitTop, atEnd := v.window.scroll(rows)
	v.setFollow(atEnd)
	v.render()
	if hitTop && rows < 0 && v.OnTop != nil {
		v.OnTop()
	}
}

// render draws what is seen.
func (v *View) render() {
	v.window.fit(v.sheet.place(v.Size(), v.focused))
	n := v.lines.count()
	if n == 0 {
		v.window.shown = nil
		v.sheet.showEmpty()
		return
	}
	v.sheet.show(v.window.draw(n, v.follow, v.marked))
	if v.window.whole(n) {
		v.sheet.bar.hide()
		return
	}
	part := float32(v.lines.index(v.window.top)) / float32(max(1, n-1))
	if v.follow {
		part = 1
	}
	v.sheet.bar.place(v.Size(), v.window.rows, n, part)
}

// Describe implements [kit.Described].
func (v *View) Describe() kit.Item {
	text := v.sheet.empty.Words()
	if v.lines.count() > 0 {
		text = strings.Join(v.window.words(), "\n")
	}
	return kit.Item{ID: v.id, Role: "output", Text: text, Enabled: true}
}

// CreateRenderer implements [fyne.Widget].
func (v *View) CreateRenderer() fyne.WidgetRenderer {
	r := &renderer{v}
	r.Refresh()
	return r
}

type renderer struct{ v *View }

func (r *renderer) MinSize() fyne.Size { return fyne.NewSize(200, 80) }

func (r *renderer) Layout(fyne.Size) { r.v.render() }

func (r *renderer) Refresh() {
	r.v.lines.forget() // the theme may be another
	r.v.render()
	canvas.Refresh(r.v)
}

func (r *renderer) Objects() []fyne.CanvasObject {
	return r.v.sheet.objects()
}
func (r *renderer) Destroy() {}
