package logview

import (
	"strings"
	"time"

	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/kit/cells"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// mouse is what the pointer does in a [View].
type mouse struct {
	pressed    bool // on the text
	moved      bool // since it was pressed
	bar        bool // it holds the scroll bar
	grip       float32
	over       string     // the address under it
	last       cells.Spot // where it was pressed last, and when
	lastTime   time.Time
	selectWord bool
}

var (
	_ desktop.Mouseable      = (*View)(nil)
	_ desktop.Hoverable      = (*View)(nil)
	_ desktop.Cursorable     = (*View)(nil)
	_ fyne.Draggable         = (*View)(nil)
	_ fyne.Scrollable        = (*View)(nil)
	_ fyne.Focusable         = (*View)(nil)
	_ fyne.Shortcutable      = (*View)(nil)
	_ fyne.SecondaryTappable = (*View)(nil)
)

// spotAt is the cell of the output at a position of the view.
func (v *View) spotAt(pos fyne.Position) cells.Spot {
	cell := cells.Size()
	row := int((pos.Y - cells.Pad) / cell.Height)
	if len(v.shown) == 0 || pos.Y < cells.Pad {
		return cells.Spot{Line: v.top, Col: v.left}
	}
	if row >= len(v.shown) {
		return cells.Spot{Line: v.shown[len(v.shown)-1].line, Col: 1 << 30}
	}
	r := v.shown[row]
	col := int((pos.X-cells.Pad)/cell.Width+0.5) - gutter
	return cells.Spot{Line: r.line, Col: r.first + max(0, min(col, v.cols))}
}

// linkAt is the address at a position, the zero value for none.
func (v *View) linkAt(pos fyne.Position) link {
	cell := cells.Size()
	row := int((pos.Y - cells.Pad) / cell.Height)
	if pos.Y < cells.Pad || row >= len(v.shown) {
		return link{}
	}
	r := v.shown[row]
	l := v.lines[r.line]
	if l == nil {
		return link{}
	}
	col := r.first + int((pos.X-cells.Pad)/cell.Width) - gutter
	for _, k := range l.links {
		if col >= k.from && col < k.to {
			return k
		}
	}
	return link{}
}

// MouseDown implements [desktop.Mouseable].
func (v *View) MouseDown(ev *desktop.MouseEvent) {
	if c := kit.CanvasOf(v); c != nil {
		c.Focus(v)
	}
	if ev.Button != desktop.MouseButtonPrimary {
		return
	}
	v.mouse.moved, v.mouse.selectWord = false, false
	if ev.Position.X > v.Size().Width-barWidth-4 {
		v.mouse.bar = true
		v.mouse.grip = v.thumb.Size().Height / 2
		if y := ev.Position.Y - v.thumb.Position().Y; y >= 0 && y < v.thumb.Size().Height {
			v.mouse.grip = y
		}
		v.dragBar(ev.Position.Y)
		return
	}
	at := v.spotAt(ev.Position)
	v.mouse.pressed = true
	if ev.Modifier&fyne.KeyModifierShift != 0 {
		v.marked.To = at
		v.render()
		return
	}
	if at == v.mouse.last && time.Since(v.mouse.lastTime) < kit.DoubleClick {
		v.mouse.selectWord = true
		v.selectWord(at)
		return
	}
	v.mouse.last, v.mouse.lastTime = at, time.Now()
	v.marked = cells.Selection{From: at, To: at}
	v.render()
}

// MouseUp implements [desktop.Mouseable]. An address that was pressed without selecting anything is opened.
func (v *View) MouseUp(ev *desktop.MouseEvent) {
	pressed := v.mouse.pressed && ev.Button == desktop.MouseButtonPrimary
	v.mouse.pressed, v.mouse.bar = false, false
	if !pressed || v.mouse.moved || v.mouse.selectWord {
		return
	}
	if link := v.linkAt(ev.Position); link.url != "" && v.OnLink != nil {
		v.OnLink(link.url, link.source)
	}
}

// Dragged implements [fyne.Draggable]: it selects, and scrolls where the pointer leaves the view.
func (v *View) Dragged(ev *fyne.DragEvent) {
	if v.mouse.bar {
		v.dragBar(ev.Position.Y)
		return
	}
	if !v.mouse.pressed {
		return
	}
	v.mouse.moved = true
	switch {
	case ev.Position.Y < 0:
		v.scroll(-1)
	case ev.Position.Y > v.Size().Height:
		v.scroll(1)
	}
	if at := v.spotAt(ev.Position); at != v.marked.To {
		v.marked.To = at
		v.render()
	}
}

// DragEnd implements [fyne.Draggable].
func (v *View) DragEnd() { v.mouse.bar, v.mouse.pressed = false, false }

// dragBar scrolls so that the bar is under the pointer.
func (v *View) dragBar(y float32) {
	room := v.Size().Height - 2*cells.Pad - v.thumb.Size().Height
	if n := v.count(); n > 0 && room > 0 {
		part := min(1, max(0, (y-v.mouse.grip-cells.Pad)/room))
		v.top, v.sub = v.at(int(part*float32(n-1))), 0
		if part >= 1 {
			v.toEnd()
		}
		v.scroll(0)
		if part <= 0 && v.OnTop != nil {
			v.OnTop()
		}
	}
}

// selectWord selects what is between spaces around a spot.
func (v *View) selectWord(at cells.Spot) {
	l := v.lines[at.Line]
	if l == nil {
		return
	}
	word := make([]rune, 0, l.width)
	for _, p := range l.parts {
		runes := []rune(p.Text)
		for i := range p.Width {
			word = append(word, runes[min(i, len(runes)-1)])
		}
	}
	if at.Col >= len(word) {
		return
	}
	inWord := func(i int) bool { return i >= 0 && i < len(word) && word[i] != ' ' }
	from, to := at.Col, at.Col
	for inWord(from - 1) {
		from--
	}
	for inWord(to) {
		to++
	}
	v.marked = cells.Selection{From: cells.Spot{Line: at.Line, Col: from}, To: cells.Spot{Line: at.Line, Col: to}}
	v.render()
}

// TappedSecondary implements [fyne.SecondaryTappable].
func (v *View) TappedSecondary(ev *fyne.PointEvent) {
	if v.OnMenu != nil {
		v.OnMenu(ev.AbsolutePosition)
		return
	}
	if c := kit.CanvasOf(v); c != nil {
		kit.ShowMenu(c, ev.AbsolutePosition, []kit.MenuItem{
			{
				ID: v.id + ".copy", Label: words.Say("common.copy"), Icon: "copy", Note: words.Say("common.ctrl-c"),
				Off: v.marked.Empty(), Why: words.Say("common.nothing-is-selected"),
				Run: v.copy,
			},
			{ID: v.id + ".selectall", Label: words.Say("common.select-all"), Note: words.Say("common.ctrl-a"), Run: v.SelectAll},
		})
	}
}

// copy copies what is selected. Without OnCopy that is a text that is in memory as a whole.
func (v *View) copy() {
	if v.OnCopy != nil {
		v.OnCopy()
		return
	}
	first, firstCol, last, lastCol, ok := v.Selected()
	if !ok {
		return
	}
	var b strings.Builder
	lines, _ := v.book.Cached(first, last-first+1)
	for i, l := range lines {
		from, to := 0, 1<<30
		if i == 0 {
			from = firstCol
		}
		if first+i == last {
			to = lastCol
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(CutLine(l, v.heads, from, to))
	}
	kit.Copy(b.String())
}

// Scrolled implements [fyne.Scrollable].
func (v *View) Scrolled(ev *fyne.ScrollEvent) {
	kit.HideHint()
	cell := cells.Size()
	if dx := ev.Scrolled.DX; dx != 0 && !v.wrap {
		v.sideways(-int(dx / cell.Width))
		return
	}
	v.wheel -= ev.Scrolled.DY * 2
	rows := int(v.wheel / cell.Height)
	v.wheel -= float32(rows) * cell.Height
	if rows != 0 {
		v.scroll(rows)
	}
}

// sideways moves lines that are not wrapped.
func (v *View) sideways(cols int) {
	v.left = max(0, min(v.left+cols, v.widest()-v.cols/2))
	v.render()
}

// MouseIn implements [desktop.Hoverable].
func (v *View) MouseIn(ev *desktop.MouseEvent) { v.MouseMoved(ev) }

// MouseMoved implements [desktop.Hoverable]: an address explains where it leads.
func (v *View) MouseMoved(ev *desktop.MouseEvent) {
	over := v.linkAt(ev.Position).url
	if over != v.mouse.over {
		v.mouse.over = over
		kit.HideHint()
	}
}

// MouseOut implements [desktop.Hoverable].
func (v *View) MouseOut() { v.mouse.over = ""; kit.HideHint() }

// Cursor implements [desktop.Cursorable].
func (v *View) Cursor() desktop.Cursor {
	if v.mouse.over != "" {
		return desktop.PointerCursor
	}
	return desktop.TextCursor
}

// FocusGained implements [fyne.Focusable].
func (v *View) FocusGained() { v.focused = true; v.render(); v.frame.Refresh() }

// FocusLost implements [fyne.Focusable].
func (v *View) FocusLost() { v.focused = false; v.render(); v.frame.Refresh() }

// Focused tells whether keys go to the view.
func (v *View) Focused() bool { return v.focused }

// TypedRune implements [fyne.Focusable].
func (v *View) TypedRune(r rune) { kit.PassRune(kit.CanvasOf(v), r) }

// TypedKey implements [fyne.Focusable].
func (v *View) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyUp:
		v.scroll(-1)
	case fyne.KeyDown:
		v.scroll(1)
	case fyne.KeyPageUp:
		v.scroll(-max(1, v.rows-1))
	case fyne.KeyPageDown, fyne.KeySpace:
		v.scroll(max(1, v.rows-1))
	case fyne.KeyLeft:
		v.sideways(-8)
	case fyne.KeyRight:
		if !v.wrap {
			v.sideways(8)
		}
	case fyne.KeyHome:
		if v.count() > 0 {
			v.top, v.sub = v.at(0), 0
			v.scroll(-1)
		}
	case fyne.KeyEnd:
		v.Follow(true)
	case fyne.KeyEscape:
		if !v.marked.Empty() {
			v.marked.To = v.marked.From
			v.render()
			return
		}
		kit.PassKey(kit.CanvasOf(v), ev)
	default:
		kit.PassKey(kit.CanvasOf(v), ev)
	}
}

// TypedShortcut implements [fyne.Shortcutable].
func (v *View) TypedShortcut(s fyne.Shortcut) {
	switch s.(type) {
	case *fyne.ShortcutCopy:
		v.copy()
	case *fyne.ShortcutSelectAll:
		v.SelectAll()
	}
}
