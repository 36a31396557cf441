package logview

import (
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/kit/cells"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

var (
	_ desktop.Mouseable      = (*View)(nil)
	_ desktop.Hoverable      = (*View)(nil)
	_ desktop.Cursorable     = (*View)(nil)
	_ fyne.Draggable         = (*View)(nil)
	_ fyne.Scrollable        = (*View)(nil)
	_ fyne.SecondaryTappable = (*View)(nil)
)

// MouseDown implements [desktop.Mouseable].
func (v *View) MouseDown(ev *desktop.MouseEvent) {
	if c := kit.CanvasOf(v); c != nil {
		c.Focus(v)
	}
	if ev.Button != desktop.MouseButtonPrimary {
		return
	}
	v.mouse.moved, v.mouse.word = false, false
	if ev.Position.X > v.Size().Width-barWidth-4 {
		v.sheet.bar.take(ev.Position.Y)
		v.dragBar(ev.Position.Y)
		return
	}
	at := v.window.spotAt(ev.Position)
	v.mouse.pressed = true
	switch {
	case ev.Modifier&fyne.KeyModifierShift != 0:
		v.mark(cells.Selection{From: v.marked.From, To: at})
	case v.mouse.again(at):
		v.mouse.word = true
		if word, ok := v.lines.wordAt(at); ok {
			v.mark(word)
		}
	default:
		v.mark(cells.Selection{From: at, To: at})
	}
}

// MouseUp implements [desktop.Mouseable]. An address that was pressed without selecting anything is opened.
func (v *View) MouseUp(ev *desktop.MouseEvent) {
	pressed := v.mouse.pressed && ev.Button == desktop.MouseButtonPrimary
	v.mouse.pressed, v.sheet.bar.held = false, false
	if !pressed || v.mouse.moved || v.mouse.word {
		return
	}
	if link := v.window.linkAt(ev.Position); link.url != "" && v.OnLink != nil {
		v.OnLink(link.url, link.source)
	}
}

// Dragged implements [fyne.Draggable]: it selects, and scrolls where the pointer leaves the view.
func (v *View) Dragged(ev *fyne.DragEvent) {
	if v.sheet.bar.held {
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
	if at := v.window.spotAt(ev.Position); at != v.marked.To {
		v.mark(cells.Selection{From: v.marked.From, To: at})
	}
}

// DragEnd implements [fyne.Draggable].
func (v *View) DragEnd() { v.sheet.bar.held, v.mouse.pressed = false, false }

// dragBar scrolls so that the bar is under the pointer.
func (v *View) dragBar(y float32) {
	n := v.lines.count()
	part, ok := v.sheet.bar.part(y, v.Size().Height)
	if n == 0 || !ok {
		return
	}
	v.window.top, v.window.sub = v.lines.at(int(part*float32(n-1))), 0
	if part >= 1 {
		v.window.toEnd()
	}
	v.scroll(0)
	if part <= 0 && v.OnTop != nil {
		v.OnTop()
	}
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

// Scrolled implements [fyne.Scrollable].
func (v *View) Scrolled(ev *fyne.ScrollEvent) {
	kit.HideHint()
	cell := cells.Size()
	if dx := ev.Scrolled.DX; dx != 0 && !v.window.wrap {
		v.window.sideways(-int(dx / cell.Width))
		v.render()
		return
	}
	if rows := v.mouse.turned(ev.Scrolled.DY, cell.Height); rows != 0 {
		v.scroll(rows)
	}
}

// MouseIn implements [desktop.Hoverable].
func (v *View) MouseIn(ev *desktop.MouseEvent) { v.MouseMoved(ev) }

// MouseMoved implements [desktop.Hoverable]: an address explains where it leads.
func (v *View) MouseMoved(ev *desktop.MouseEvent) {
	over := v.window.linkAt(ev.Position).url
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
