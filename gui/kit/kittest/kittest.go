// Package kittest holds what the tests of kit and of its instruments share. guitest, which drives the whole window, is
// above all of them.
package kittest

import (
	"strings"
	"testing"

	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
)

// App makes an application with our theme.
func App(t testing.TB) {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(&style.Theme{})
}

// Window puts content, a kit.Root, into a window of the test driver.
func Window(t testing.TB, content fyne.CanvasObject, width, height float32) fyne.Window {
	t.Helper()
	win := test.NewTempWindow(t, content)
	win.SetPadded(false)
	win.Resize(fyne.NewSize(width, height))
	return win
}

// Press types keys into what has the focus.
func Press(to fyne.Focusable, names ...fyne.KeyName) {
	for _, n := range names {
		to.TypedKey(&fyne.KeyEvent{Name: n})
	}
}

// Redraw makes renderers again, as Fyne does for what was hidden for a minute, and holds that they draw.
func Redraw(t testing.TB, w fyne.Widget) {
	t.Helper()
	for range 2 {
		r := w.CreateRenderer()
		r.Layout(fyne.NewSize(200, 100))
		r.Refresh()
		r.MinSize()
		for _, o := range r.Objects() {
			if o == nil {
				t.Errorf("%T draws nothing at all", w)
			}
		}
	}
}

// Arrow is the name of the icon that is drawn beside the words of a widget, "" for none. It must be within the widget
// and behind its words.
func Arrow(t testing.TB, w fyne.Widget) (icon string) {
	t.Helper()
	var label *canvas.Text
	for _, part := range test.WidgetRenderer(w).Objects() {
		switch part := part.(type) {
		case *canvas.Text:
			if label == nil {
				label = part
			}
		case *canvas.Image:
			if !part.Visible() || part.Resource == nil {
				continue
			}
			icon, _, _ = strings.Cut(part.Resource.Name(), "-")
			words, end := label.Position().X+label.Size().Width, part.Position().X+part.Size().Width
			if part.Position().X < words || end > w.Size().Width {
				t.Errorf("%T: the arrow is from %v to %v, the words end at %v, all at %v", w, part.Position().X, end, words,
					w.Size().Width)
			}
		}
	}
	return icon
}
