package commands

import (
	"slices"
	"strings"

	"slipway/engine/model"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/kit/table"
)

// Command is one thing that can be done.
type Command struct {
	ID    string
	Label words.Text
	// Short is the label where there is little room; nothing where that is the label itself.
	Short words.Text
	Icon  string
	// Shortcut is shown beside it, for example "Del".
	Shortcut string
	// Line is the docker command that it equals; First one that is carried out before it.
	Line, First model.Command
	Danger      bool
	// Off tells that it cannot be done now, Why the reason as a sentence.
	Off bool
	Why words.Text
	Run func()
}

// Docker is what the command equals, as a line of a shell.
func (c Command) Docker() string {
	if len(c.First) > 0 {
		return c.First.String() + " && " + c.Line.String()
	}
	return c.Line.String()
}

// MenuItem is the command as a line of a menu.
func (c Command) MenuItem() kit.MenuItem {
	return kit.MenuItem{
		ID: "menu." + c.ID, Label: c.Label, Icon: c.Icon, Note: words.Name(c.Shortcut), Command: c.Docker(),
		Danger: c.Danger, Off: c.Off, Why: c.Why, Run: c.Run,
	}
}

// Action is the command as a button of a row.
func (c Command) Action() table.Action {
	if c.Off {
		return table.Action{
			ID: c.ID, Icon: c.Icon,
			Hint: words.Say("commands.label-and-why", words.Args{"Label": c.Label, "Why": c.Why}), Off: true,
		}
	}
	return table.Action{ID: c.ID, Icon: c.Icon, Hint: c.Label, Command: c.Docker(), Off: c.Off, Run: c.Run}
}

// WhyOff is why a command cannot be used, nothing when it can.
func (c Command) WhyOff() words.Text {
	if !c.Off {
		return words.Text{}
	}
	return c.Why
}

// Menu is commands as a menu; an empty ID makes a separator.
func Menu(list []Command) []kit.MenuItem {
	items := make([]kit.MenuItem, len(list))
	for i, c := range list {
		items[i] = c.MenuItem()
	}
	return items
}

// separator is a line between groups of a menu.
var separator = Command{}

// switchOff switches off everything but what only copies, or only the commands of these IDs.
func switchOff(list []Command, why words.Text, only ...string) {
	for i := range list {
		if !strings.HasPrefix(list[i].ID, "copy") && (len(only) == 0 || slices.Contains(only, list[i].ID)) {
			list[i].Off, list[i].Why = true, why
		}
	}
}

// Find gives the command with an ID out of a list; ok is false when it is not there. It may be off.
func Find(list []Command, id string) (Command, bool) {
	for _, c := range list {
		if c.ID == id {
			return c, true
		}
	}
	return Command{}, false
}
