package inside

import (
	"fmt"
	"slices"

	"slipway/engine/words"
	"slipway/gui/commands"
	"slipway/gui/kit"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// frame is around the details of one thing: what it is, what can be done with it, and views of it to choose from. It is
// hidden while there is nothing to show.
type frame struct {
	// OnClose is called to give the room back to the list.
	OnClose func()

	id      string
	content *fyne.Container
	head    *kit.Header
	tabs    *kit.Tabs

	offered string // which buttons are shown
	direct  []*kit.Button
	list    []commands.Command
}

// newFrame makes one whose parts have IDs that begin with id. mark stands before the name.
func newFrame(id string, mark fyne.CanvasObject) *frame {
	f := &frame{id: id, head: kit.NewHeader(id, mark), tabs: kit.NewTabs()}
	top := kit.Down(0, kit.Pad(f.head.Content(), 10, 14, 6, 16), kit.Rule(false), kit.Pad(f.tabs.Bar, 0, 14, 0, 16),
		kit.Rule(false))
	f.content = container.NewStack(kit.NewBox(kit.Down(0, top, kit.Grow(f.tabs.Content)), style.Surface, style.Line,
		style.CardRadius))
	f.content.Hide()
	return f
}

// Content is the frame as a thing to lay out.
func (f *frame) Content() fyne.CanvasObject { return f.content }

// tab adds a view, told by its name among the tabs.
func (f *frame) tab(name, icon string, title words.Text, content fyne.CanvasObject) {
	f.tabs.Add(f.id+".tab."+name, icon, title, content)
}

// started are the commands that most people came for, when they are the first.
var started = []string{"open", "start", "resume", "run"}

// offer puts what can be done with the thing of that key into the header: the likely commands as buttons, as many as
// there is room for, and all of them in a menu.
func (f *frame) offer(key string, list []commands.Command, likely ...string) {
	var direct []commands.Command
	for _, id := range likely {
		if cmd, ok := commands.Find(list, id); ok {
			direct = append(direct, cmd)
			key += fmt.Sprint(" ", cmd.ID, cmd.Label, cmd.Docker(), cmd.Off)
		}
	}
	f.list = list
	if key != f.offered { // a button that is exchanged while it is pressed is not pressed
		f.offered = key
		f.exchange(direct)
	}
	for i, cmd := range direct { // those that are there mean the thing as it is now
		f.direct[i].OnTap = cmd.Run
		f.direct[i].SetEnabled(!cmd.Off, cmd.WhyOff())
	}
}

func (f *frame) exchange(direct []commands.Command) {
	f.direct = nil
	buttons := make([]fyne.CanvasObject, len(direct))
	for i, cmd := range direct {
		kind, icon := kit.Normal, cmd.Icon
		switch {
		case cmd.Danger:
			kind, icon = kit.Danger, ""
		case i == 0 && slices.Contains(started, cmd.ID):
			kind = kit.Primary
		}
		b := kit.NewButton(f.id+"."+cmd.ID, short(cmd), icon, kind, cmd.Run).Command(cmd.Docker()).Small()
		f.direct, buttons[i] = append(f.direct, b), b
	}
	more := kit.NewButton(f.id+".more", words.Text{}, "more", kit.Normal, nil).Small().Hint(words.Say("common.more"))
	more.OnTap = func() { kit.ShowMenuBelow(more, commands.Menu(f.list)) }
	closeIt := kit.NewButton(f.id+".close", words.Text{}, "close", kit.Quiet, func() { f.OnClose() }).
		Hint(words.Say("inside.close-the-details-esc"))
	f.head.SetButtons(buttons, more, closeIt)
}

// short is a command's label where there is little room.
func short(c commands.Command) words.Text {
	if !c.Short.None() {
		return c.Short
	}
	return c.Label
}
