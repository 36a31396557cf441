package kit

import (
	"slipway/engine/words"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Tabs are several views of the same thing, of which one is seen.
type Tabs struct {
	// Bar are the words to press; Content is the view that is seen.
	Bar, Content *fyne.Container
	buttons      map[string]*Button
	views        map[string]fyne.CanvasObject
	current      string

	// OnChange is called when another view was chosen.
	OnChange func(key string)
}

// NewTabs makes tabs without views.
func NewTabs() *Tabs {
	return &Tabs{
		Bar: Across(18), Content: container.NewStack(), buttons: map[string]*Button{},
		views: map[string]fyne.CanvasObject{},
	}
}

// Add adds a view; the first one is seen.
func (t *Tabs) Add(id, key string, label words.Text, view fyne.CanvasObject) {
	b := NewButton(id, label, "", Tab, func() { t.Choose(key) })
	t.buttons[key], t.views[key] = b, view
	t.Bar.Add(b)
	view.Hide()
	t.Content.Add(view)
	if t.current == "" {
		t.Choose(key)
	}
}

// Choose shows a view.
func (t *Tabs) Choose(key string) {
	if key == t.current || t.views[key] == nil {
		return
	}
	if old := t.current; old != "" {
		t.buttons[old].SetOn(false)
		Hide(t.views[old])
	}
	t.current = key
	t.buttons[key].SetOn(true)
	t.views[key].Show()
	if t.OnChange != nil {
		t.OnChange(key)
	}
}

// Current is the key of the view that is seen.
func (t *Tabs) Current() string { return t.current }

// SetLabel changes the words of a view.
func (t *Tabs) SetLabel(key string, label words.Text) { t.buttons[key].SetText(label) }
