//go:build linux

package guitest

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/engine"
	"slipway/engine/job"
	"slipway/engine/journal"
	"slipway/engine/model"
	"slipway/engine/runspec"
	"slipway/engine/words"
	"slipway/gui"
	"slipway/gui/kit/table"
	"slipway/gui/questions"

	"fyne.io/fyne/v2"
)

// Text is what the thing with this ID says, "" when it is not visible.
func (w *Window) Text(id string) string {
	i, _ := Item(w.Dump(), id)
	return i.Text
}

// Off waits until something with this ID is visible and cannot be used.
func (w *Window) Off(id string) {
	w.T.Helper()
	w.Until(id+" is off", func(d gui.Dump) bool { i, ok := Item(d, id); return ok && !i.Enabled })
}

// Lacks waits until the thing with this ID is visible without a text in it.
func (w *Window) Lacks(id, text string) {
	w.T.Helper()
	w.Until(id+" does not say "+text, func(d gui.Dump) bool {
		i, ok := Item(d, id)
		return ok && !strings.Contains(i.Text, text)
	})
}

// Tells waits until anything that begins with this ID, such as one of several notices, has a text in it.
func (w *Window) Tells(prefix, text string) {
	w.T.Helper()
	w.Until(prefix+" tells "+text, func(d gui.Dump) bool {
		for _, i := range d.Items {
			if strings.HasPrefix(i.ID, prefix) && strings.Contains(i.Text, text) {
				return true
			}
		}
		return false
	})
}

// Named waits for a thing that begins and ends so, and gives its whole ID, for those that have a job's in the middle.
func (w *Window) Named(prefix, suffix string) (id string) {
	w.T.Helper()
	w.Until(prefix+"…"+suffix, func(d gui.Dump) bool {
		for _, i := range d.Items {
			if strings.HasPrefix(i.ID, prefix) && strings.HasSuffix(i.ID, suffix) && i.Enabled {
				id = i.ID
			}
		}
		return id != ""
	})
	return id
}

// Menu opens the menu of a row and chooses a line of it. A menu is made for the row as it was then, so it is opened
// again as long as the line is not in it, or is off.
func (w *Window) Menu(row, line string) {
	w.T.Helper()
	w.Until(line+" in the menu of "+row, func(d gui.Dump) bool {
		if Ready("menu." + line)(d) {
			return true
		}
		for _, i := range d.Items {
			if i.Role == "menuitem" {
				w.Key("Escape")
				return false
			}
		}
		if Ready("row:" + row + ".more")(d) {
			w.Click("row:" + row + ".more")
		}
		return false
	})
	w.Click("menu." + line)
}

// Bar chooses a line of the menu bar, or of a menu in it.
func (w *Window) Bar(menu, label string) {
	w.T.Helper()
	var line *fyne.MenuItem
	w.Until(label+" in the menu "+menu, func(gui.Dump) bool {
		for _, m := range w.Shell.Window().MainMenu().Items {
			items := slices.Clone(m.Items)
			for _, i := range m.Items {
				if i.ChildMenu != nil {
					items = append(items, i.ChildMenu.Items...)
				}
			}
			for _, i := range items {
				if m.Label == menu && strings.HasPrefix(i.Label, label) && !i.Disabled {
					line = i
				}
			}
		}
		return line != nil
	})
	w.Watched("choosing "+label, line.Action)
	w.Queue.Pump()
}

// Choose selects several rows of a table by the IDs of what they are.
func (w *Window) Choose(id string, ids ...string) {
	w.T.Helper()
	w.See(id)
	t, ok := w.must(id).Object.(*table.Table)
	if !ok {
		w.T.Fatalf("%s is no table", id)
	}
	w.Watched("choosing rows", func() { t.Choose(ids) })
	w.Queue.Pump()
}

// ChoosePath answers the question for a folder or a file of this computer.
func (w *Window) ChoosePath(path string) {
	w.T.Helper()
	w.See("choose.path")
	w.Fill("choose.path", path)
	w.Press("choose.use")
	w.Gone("choose.path")
}

// Focus gives the keys to a thing.
func (w *Window) Focus(id string) {
	w.T.Helper()
	f, ok := w.must(id).Object.(fyne.Focusable)
	if !ok {
		w.T.Fatalf("%s takes no keys", id)
	}
	w.Shell.Window().Canvas().Focus(f)
	w.Queue.Pump()
}

// Container waits until the picture of the engine has a container of this name that fits, and gives it.
func (w *Window) Container(name string, fits ...func(model.Container) bool) (found model.Container) {
	w.T.Helper()
	w.Until("the container "+name, func(gui.Dump) bool {
		for _, c := range w.Session.Live.Snapshot().Containers {
			if c.Name == name {
				found = c
				for _, fit := range fits {
					if !fit(c) {
						return false
					}
				}
				return true
			}
		}
		return false
	})
	return found
}

// InState is for [Window.Container].
func InState(s model.State) func(model.Container) bool {
	return func(c model.Container) bool { return c.State == s }
}

// NoContainer waits until the picture of the engine has none of this name.
func (w *Window) NoContainer(name string) {
	w.T.Helper()
	w.Until("no container "+name, func(gui.Dump) bool {
		for _, c := range w.Session.Live.Snapshot().Containers {
			if c.Name == name {
				return false
			}
		}
		return true
	})
}

// Image waits until the picture of the engine has an image of this name, and gives it.
func (w *Window) Image(ref string) (found model.Image) {
	w.T.Helper()
	w.Until("the image "+ref, func(gui.Dump) bool {
		i, ok := w.Session.Live.Snapshot().FindImage(ref)
		found = i
		return ok
	})
	return found
}

// HasVolume tells whether the picture of the engine has a volume of this name.
func (w *Window) HasVolume(name string) bool {
	for _, v := range w.Session.Live.Snapshot().Volumes {
		if v.Name == name {
			return true
		}
	}
	return false
}

// Engine is what the window is connected to, to put things there that a person had before.
func (w *Window) Engine() *engine.Engine {
	w.T.Helper()
	e, err := w.Session.Engine()
	if err != nil {
		w.T.Fatal(err)
	}
	return e
}

// Had makes a container that a person had before, and runs it with a shell's script that goes on until it is stopped.
func (w *Window) Had(name, script string, change ...func(*runspec.Spec)) model.Container {
	w.T.Helper()
	script += "; trap 'exit 0' TERM; echo ready; sleep 100000 & wait"
	s := runspec.Spec{Name: name, Image: "busybox:latest", Command: []string{"sh", "-c", script}}
	for _, fn := range change {
		fn(&s)
	}
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	e := w.Engine()
	id, _, err := e.Create(ctx, s, nil)
	if err != nil {
		w.T.Fatal(err)
	}
	c, err := e.Container(ctx, id)
	if err == nil {
		err = e.Start(ctx, c)
	}
	if err != nil {
		w.T.Fatal(err)
	}
	for w.T.Context().Err() == nil { // what the script does is done when it says so
		if lines, _ := e.LastLines(ctx, id, 1); len(lines) == 1 && lines[0] == "ready" {
			break
		}
		if now, err := e.Container(ctx, id); err != nil || now.State != model.StateRunning || now.RestartCount > 0 {
			break
		}
	}
	return w.Container(name)
}

// Inside runs a shell's script in a container and gives what it printed.
func (w *Window) Inside(container, script string) string {
	w.T.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	out, code, err := w.Engine().Exec(ctx, w.Container(container).ID, "sh", "-c", script)
	if err != nil || code != 0 {
		w.T.Fatalf("%s in %s ended with %d: %v\n%s", script, container, code, err, out)
	}
	return out
}

// Did waits until a command is in the history with this outcome.
func (w *Window) Did(command string, outcome journal.Outcome) {
	w.T.Helper()
	w.Until("“"+command+"” in the history as "+string(outcome), func(gui.Dump) bool {
		return w.outcome(command) == outcome
	})
}

// ConfirmRemoval confirms the removal of one container once its dialog says what would be lost: before that, Slipway
// asks again about what was not yet shown.
func (w *Window) ConfirmRemoval() {
	w.T.Helper()
	w.Until("what would be lost", func(d gui.Dump) bool {
		i, ok := Item(d, "remove.subtitle")
		return ok && !strings.HasPrefix(i.Text, "Looking")
	})
	w.Press("remove.confirm")
}

// Never fails the test when a command is in the history.
func (w *Window) Never(command string) {
	w.T.Helper()
	if o := w.outcome(command); o != "" {
		w.T.Errorf("“%s” was done: %s", command, o)
	}
}

// outcome is how a command ended that was done last, "" for one that is not in the history.
func (w *Window) outcome(command string) (o journal.Outcome) {
	for _, e := range w.Session.Journal.Entries() {
		if e.Command.String() == command {
			o = e.Outcome
		}
	}
	return o
}

// Ended waits until a job whose title begins so has ended, and gives it.
func (w *Window) Ended(title string) (ended job.View) {
	w.T.Helper()
	w.Until("the end of “"+title+"”", func(gui.Dump) bool {
		for _, v := range w.Session.Jobs.List() {
			if strings.HasPrefix(words.Of(v.Title).String(), title) && v.State != job.Running {
				ended = v
				return true
			}
		}
		return false
	})
	return ended
}

// Running waits until a job whose title begins so runs.
func (w *Window) Running(title string) {
	w.T.Helper()
	w.Until("“"+title+"” runs", func(gui.Dump) bool {
		for _, v := range w.Session.Jobs.List() {
			if strings.HasPrefix(words.Of(v.Title).String(), title) && v.State == job.Running {
				return true
			}
		}
		return false
	})
}

// Clipboard is what was copied last.
func (w *Window) Clipboard() string { return fyne.CurrentApp().Clipboard().Content() }

// Copied waits until a text is on the clipboard.
func (w *Window) Copied(text string) {
	w.T.Helper()
	w.Until("“"+text+"” is copied", func(gui.Dump) bool { return strings.Contains(w.Clipboard(), text) })
}

// UndoFor is for how long a removal can be undone in the window that a test opens next.
func UndoFor(t *testing.T, d time.Duration) {
	t.Helper()
	before := questions.ShortUndo
	questions.ShortUndo = d
	t.Cleanup(func() { questions.ShortUndo = before })
}
