package kit

import (
	"slipway/engine/words"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// Confirm is a question about one thing that is done or left alone.
type Confirm struct {
	// ID begins the IDs of its parts: ID.go, ID.cancel, ID.command.
	ID          string
	Title, Text words.Text
	Width       float32
	// Body is shown below the text, and Command below that, as the lines that doing it equals; both may be missing.
	Body    fyne.CanvasObject
	Command string
	// Verb is on the button that does it.
	Verb words.Text
	Icon string
	Kind ButtonKind
	// First gives that button the keys, where nothing is lost by it; else Cancel has them.
	First bool
	// Do does it.
	Do func()
}

// Ask opens the question.
func (q Confirm) Ask(c fyne.Canvas) *Dialog {
	var parts []fyne.CanvasObject
	if q.Body != nil {
		parts = append(parts, q.Body)
	}
	if q.Command != "" {
		parts = append(parts, NewCodeLine(q.ID+".command", q.Command, false))
	}
	var body fyne.CanvasObject
	if len(parts) > 0 {
		body = Down(8, parts...)
	}
	var d *Dialog
	cancel := NewButton(q.ID+".cancel", words.Say("common.cancel"), "", Normal, func() { d.Cancel() })
	do := NewButton(q.ID+".go", q.Verb, q.Icon, q.Kind, func() { d.Close(); q.Do() })
	d = NewDialog(q.ID, q.Title, q.Text, q.Width, body, Buttons(nil, []fyne.CanvasObject{cancel, do}))
	if q.First {
		d.OnSubmit = do.OnTap
		d.Open(c, do)
	} else {
		d.Open(c, cancel)
	}
	return d
}

// Prompt asks for one text, such as a name.
type Prompt struct {
	// ID begins the IDs of its parts: ID.name, ID.why, ID.command, ID.go, ID.cancel.
	ID          string
	Title, Text words.Text
	Width       float32
	// Label is over the field, Example in it while it is empty, and Value what is in it at first, selected.
	Label, Example words.Text
	Value          string
	// Notes are shown between the field and the command.
	Notes []fyne.CanvasObject
	// Check looks at what is typed.
	Check func(text string) Checked
	// Verb is on the button that takes the text.
	Verb words.Text
	Icon string
	// Submit takes a text that nothing is wrong with; what it returns is wrong with it all the same, and the prompt stays.
	// It opens nothing itself: the prompt is closed after it.
	Submit func(text string) (wrong words.Text)
}

// Checked is what a [Prompt] says of what is typed.
type Checked struct {
	// Why is said below the field, and Wrong marks it as well.
	Why, Wrong words.Text
	// Off is why it cannot be taken; nothing where it can.
	Off words.Text
	// Command are the docker commands that it would equal.
	Command string
}

// Ask opens the prompt.
func (q Prompt) Ask(c fyne.Canvas) {
	field := NewField(q.ID+".name", q.Example)
	field.SetText(q.Value)
	why := NewText(Blank(words.Text{}), Second.In(style.Bad)).ID(q.ID + ".why")
	line := NewCodeLine(q.ID+".command", "", false)
	var d *Dialog
	take := NewButton(q.ID+".go", q.Verb, q.Icon, Primary, nil)
	check := func(text string) bool {
		now := q.Check(text)
		why.Set(Blank(now.Wrong.And(now.Why)))
		field.SetProblem(now.Wrong)
		line.Set(now.Command)
		take.SetEnabled(now.Off.None(), now.Off)
		return now.Off.None()
	}
	take.OnTap = func() {
		if !check(field.Text) {
			return
		}
		if wrong := q.Submit(field.Text); !wrong.None() {
			why.Set(wrong)
			return
		}
		d.Close()
	}
	field.OnChanged = func(text string) { check(text) }
	field.OnSubmitted = func(string) { take.OnTap() }
	cancel := NewButton(q.ID+".cancel", words.Say("common.cancel"), "", Normal, func() { d.Cancel() })
	parts := append([]fyne.CanvasObject{Labelled(q.Label, field), why}, q.Notes...)
	d = NewDialog(q.ID, q.Title, q.Text, q.Width, Down(6, append(parts, line)...),
		Buttons(nil, []fyne.CanvasObject{cancel, take}))
	check(q.Value)
	d.Open(c, field)
	field.SelectFrom(0)
}
