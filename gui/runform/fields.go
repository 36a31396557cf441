package runform

import (
	"cmp"
	"slices"
	"strings"

	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/post"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// fields are the lines to type in that a form has, by their IDs, each with room for what is wrong in it.
type fields struct {
	window  fyne.Window
	dialog  *kit.Dialog // that they are in
	inputs  map[string]*kit.Field
	errors  map[string]*kit.Paragraph
	fixes   map[string]*kit.Button
	changed func() // looks at the form again after something was typed or chosen
}

// withError puts room for an error under a field.
func (v *fields) withError(id string, o fyne.CanvasObject) fyne.CanvasObject {
	return kit.Down(2, o, v.errorLine(id))
}

// errorLine is where the error of a field stands; it takes no room while there is none. A fix can be pressed beside it.
func (v *fields) errorLine(id string) fyne.CanvasObject {
	text := kit.NewParagraph(words.Text{}, kit.Second.In(style.Bad)).ID("run." + id + ".error")
	fix := kit.NewButton("run."+id+".fix", words.Text{}, "", kit.Link, nil)
	text.Hide()
	fix.Hide()
	v.errors[id], v.fixes[id] = text, fix
	return kit.Across(8, text, fix)
}

// field is a line to type in that writes into the form.
func (v *fields) field(id string, placeholder words.Text, value string, set func(string)) *kit.Field {
	f := kit.NewField("run."+id, placeholder)
	f.SetText(value)
	f.OnChanged = func(s string) { set(s); v.changed() }
	v.inputs[id] = f
	return f
}

// drop forgets the fields whose IDs begin with one of these: they are made anew.
func (v *fields) drop(prefixes ...string) {
	for id := range v.errors {
		if slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(id, p) }) {
			delete(v.errors, id)
			delete(v.inputs, id)
			delete(v.fixes, id)
		}
	}
}

// showError shows what is wrong with a field, else what a person should know about it.
func (v *fields) showError(id string, text *kit.Paragraph, wrong words.Text, remark words.Text) {
	if f := v.inputs[id]; f != nil {
		f.SetProblem(wrong)
	}
	look := style.Warn
	if !wrong.None() {
		look = style.Bad
	}
	text.SetStyle(kit.Second.In(look))
	text.Set(cmp.Or(wrong, remark))
	if fix := v.fixes[id]; fix != nil {
		fix.Hide()
	}
	if wrong.None() && remark.None() {
		text.Hide()
	} else {
		text.Show()
	}
}

func (v *fields) showFix(id string, label words.Text, tap func()) {
	fix := v.fixes[id]
	if fix == nil {
		return
	}
	fix.SetText(label)
	fix.OnTap = tap
	fix.Show()
}

// keepFocus remembers which field a person is in; the returned function gives the focus to the field that took its
// place.
func (v *fields) keepFocus() func() {
	c := v.window.Canvas()
	for id, f := range v.inputs {
		if c.Focused() == f {
			column := f.CursorColumn
			return func() {
				if again := v.inputs[id]; again != nil && again != f {
					c.Focus(again)
					again.CursorColumn = column
					again.Refresh()
				}
			}
		}
	}
	return func() {}
}

func (v *fields) focus(id string) {
	if f := v.inputs[id]; f != nil {
		v.window.Canvas().Focus(f)
		post.Do(func() { v.dialog.Reveal(f) }) // once what was added has its place
	}
}

const formWidth = 800

// half is the width of a field beside another.
const half = float32(formWidth-2*24-14) / 2

// pair puts two fields beside each other.
func pair(a, b fyne.CanvasObject) fyne.CanvasObject {
	return kit.AcrossTop(14, kit.Width(half, a), kit.Width(half, b))
}
