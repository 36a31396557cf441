package inside

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"slipway/engine/model"
	"slipway/engine/removal"
	"slipway/engine/runspec"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/kit/table"
	"slipway/gui/post"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// processEvery is how often the processes are told anew while they are looked at.
const processEvery = 2 * time.Second

// processes is the view of what runs in a container. It is followed while it is looked at.
type processes struct {
	p       *Panel
	content *fyne.Container
	table   *table.Table
	note    *kit.Text
	end     *kit.Button
	send    *kit.Button

	list   []model.Process
	known  bool
	wrong  *model.Problem // why there is no list any more
	sort   string
	reader *post.Reader
}

// masks are commands without the secrets among their arguments, by what they are in full: most of a list is that of the
// second before.
type masks map[string]string

// on hides the secrets in a list of processes.
func (m masks) on(list []model.Process) {
	seen := make(masks, len(list))
	var fresh runspec.Together // in a list of the worst kind every command is another one each second
	for i := range list {
		full := list[i].Command
		shown, ok := m[full]
		if !ok {
			shown = fresh.Line(full)
		}
		seen[full], list[i].Command = shown, shown
	}
	clear(m)
	maps.Copy(m, seen)
}

func newProcesses(p *Panel) *processes {
	v := &processes{p: p, reader: post.NewReader(p.work), sort: "cpu"}
	v.table = table.New("processes.list", []table.Column{
		{Key: "pid", Title: words.Name("PID"), Min: 64, Right: true, Sortable: true},
		{Key: "user", Title: words.Say("common.user"), Min: 90, Sortable: true, Drop: 2},
		{
			Key: "cpu", Title: words.Name("CPU"), Min: 70, Right: true, Sortable: true, Down: true,
			Hint: words.Say("inside.percent-of-one-processor"),
		},
		{
			Key: "memory", Title: words.Say("common.memory"), Min: 84, Right: true, Sortable: true, Down: true,
			Hint: words.Say("inside.what-is-in-main-memory"),
		},
		{Key: "threads", Title: words.Say("inside.threads"), Min: 70, Right: true, Drop: 1},
		{Key: "command", Title: words.Say("common.command"), Min: 200, Weight: 1, Sortable: true},
	})
	v.table.SetSorted(v.sort)
	v.table.OnSort = func(key string) {
		v.sort = key
		v.table.SetSorted(key)
		v.show()
	}
	v.table.OnSelect = func(string) { v.dress() }
	v.table.OnDelete = func(string) { v.signal("TERM") }
	v.table.OnMenu = func(id string, at fyne.Position) {
		if !slices.Contains(v.table.Chosen(), id) { // its menu is about what is selected
			v.table.Select(id)
		}
		kit.ShowMenu(fyne.CurrentApp().Driver().CanvasForObject(v.table), at, v.menu())
	}
	v.note = kit.NewText(words.Text{}, kit.Second).ID("processes.note")
	v.end = kit.NewButton("processes.end", words.Say("inside.end-it"), "stop", kit.Normal, func() { v.signal("TERM") }).
		Small()
	v.send = kit.NewMenuButton("processes.send", words.Say("inside.send-a-signal"), "", kit.Normal, v.menu).Small()
	v.content = kit.Pad(kit.Down(6, kit.Across(8, kit.Grow(v.note), v.end, v.send), kit.Grow(v.table)), 8, 14, 6, 16)
	return v
}

// rest stops following.
func (v *processes) rest() { v.reader.Rest() }

// update follows the container that is shown, while it runs.
func (v *processes) update() {
	c := v.p.shown
	if c.State != model.StateRunning || v.p.commands.Away() {
		v.rest()
		v.take(nil, false, nil)
		return
	}
	key := fmt.Sprint(c.ID, c.StartedAt.UnixNano(), v.p.session.State().Generation)
	if v.reader.Want(key, func(ctx context.Context, t *post.Turn) { v.read(ctx, t, c) }) {
		v.take(nil, false, nil)
	}
}

// read lists the processes of a container again and again.
func (v *processes) read(ctx context.Context, t *post.Turn, c model.Container) {
	e, err := v.p.session.Engine()
	if err == nil {
		hidden := masks{}
		err = e.Processes(ctx, c, processEvery, func(list []model.Process) {
			hidden.on(list)
			t.Latest(func() { v.take(list, true, nil) })
		})
	}
	if ctx.Err() != nil || err == nil {
		return
	}
	wrong := model.AsProblem(err, model.Say("inside.cannot-list-the-processes"))
	v.p.commands.Tell(wrong)
	t.Do(func() { v.take(nil, false, wrong) })
}

// take shows another list, or why there is none.
func (v *processes) take(list []model.Process, known bool, wrong *model.Problem) {
	v.list, v.known, v.wrong = list, known, wrong
	v.show()
}

// ordered are the processes as they are listed.
func (v *processes) ordered() []model.Process {
	list := slices.Clone(v.list)
	key := strings.TrimPrefix(v.sort, "-")
	compare := map[string]func(a, b model.Process) int{
		"pid":     func(a, b model.Process) int { return a.PID - b.PID },
		"user":    func(a, b model.Process) int { return strings.Compare(a.User, b.User) },
		"cpu":     func(a, b model.Process) int { return cmp.Compare(b.CPU, a.CPU) },
		"memory":  func(a, b model.Process) int { return cmp.Compare(b.Memory, a.Memory) },
		"command": func(a, b model.Process) int { return strings.Compare(a.Command, b.Command) },
	}[key]
	slices.SortStableFunc(list, func(a, b model.Process) int {
		if v.sort != key {
			a, b = b, a
		}
		return compare(a, b)
	})
	return list
}

func (v *processes) show() {
	list := v.ordered()
	rows := make([]table.Row, len(list))
	var memory int64
	for i, p := range list {
		var cpu, size, threads words.Text
		if p.CPU >= 0 {
			cpu = words.Show(words.Decimal(fmt.Sprintf("%.1f%%", p.CPU)))
		}
		if p.Memory >= 0 {
			size = words.Show(words.MemoryBytes(p.Memory))
			memory += p.Memory
		}
		if p.Threads > 0 {
			threads = words.Show(words.Count(p.Threads))
		}
		command := table.Cell{Text: words.Name(p.Command), Style: kit.Mono}
		switch {
		case p.State == "T":
			command.Badge = words.Say("inside.stands-still")
		case p.State == "Z":
			command.Badge = words.Say("inside.ended-badge")
			command.Hint = words.Say("inside.a-zombie-it-has-ended")
		case p.PID == 1 && p.Inside:
			command.Badge = words.Say("inside.main")
			command.Hint = words.Say("inside.the-container-ends-when-this")
		}
		id := strconv.Itoa(p.PID)
		rows[i] = table.Row{ID: id, Name: id, Cells: []table.Cell{
			{Text: words.Name(id), Style: kit.Mono},
			{Text: words.Name(p.User), Style: kit.Second},
			{Text: cpu},
			{Text: size},
			{Text: threads, Style: kit.Second},
			command,
		}}
	}
	title, text := words.Say("inside.asking-what-runs"), words.Text{}
	if v.wrong != nil {
		title, text = words.Of(v.wrong.What), words.Details(v.wrong)
	}
	if v.p.shown.State != model.StateRunning {
		title, text = words.Say("inside.it-does-not-run"), words.Say("inside.what-runs-in-a-container")
	}
	v.table.SetEmpty(kit.EmptyState("output", title, text))
	v.table.SetRows(rows)
	sentence := words.Text{}
	if v.known {
		sentence = words.Say("inside.processes-of-memory-together-shared",
			words.Args{"Count": words.Count(len(list)), "Memory": words.MemoryBytes(memory)})
		if len(list) == 1 {
			sentence = words.Say("inside.1-process-of-memory", words.Args{"Memory": words.MemoryBytes(memory)})
		}
		if len(list) > 0 && !list[0].Inside {
			sentence = words.Say("inside.the-image-has-no-shell")
		}
	}
	v.note.Set(sentence)
	v.dress()
}

// selected is the process that is selected.
func (v *processes) selected() (model.Process, bool) {
	for _, p := range v.list {
		if strconv.Itoa(p.PID) == v.table.Selected() {
			return p, true
		}
	}
	return model.Process{}, false
}

// whyNot says why no signal can be sent, "" when one can.
func (v *processes) whyNot() words.Text {
	p, ok := v.selected()
	switch {
	case !ok:
		return words.Say("inside.select-a-process-first")
	case !p.Inside:
		return words.Say("inside.a-single-process-of-it")
	}
	return words.Text{}
}

// whyNotSend is [processes.whyNot] for one signal.
func (v *processes) whyNotSend(signal string) words.Text {
	why := v.whyNot()
	if p, ok := v.selected(); ok && why.None() && p.PID == 1 && v.p.shown.AutoRemove && !removal.Harmless(signal) &&
		signal != "KILL" {
		why = words.Say("inside.it-was-started-with-rm")
	}
	return why
}

func (v *processes) dress() {
	why, whyEnd := v.whyNot(), v.whyNotSend("TERM")
	v.end.SetEnabled(whyEnd.None(), whyEnd)
	v.send.SetEnabled(why.None(), why)
	if p, ok := v.selected(); ok {
		v.end.Command(removal.SignalCommand(v.p.shown, p, "TERM").String())
	}
}

// menu is what can be done with the selected process.
func (v *processes) menu() []kit.MenuItem {
	p, ok := v.selected()
	if !ok {
		return nil
	}
	var items []kit.MenuItem
	for _, s := range removal.Signals {
		why := v.whyNotSend(s.Name)
		items = append(items, kit.MenuItem{
			ID: "signal." + s.Name, Label: words.Of(s.What), Note: words.Name(s.Name), Danger: s.Name == "KILL",
			Off: !why.None(), Why: why,
			Command: removal.SignalCommand(v.p.shown, p, s.Name).String(), Run: func() { v.signal(s.Name) },
		})
	}
	return append(items, kit.MenuItem{}, kit.MenuItem{
		ID: "processes.copy", Label: words.Say("inside.copy-its-command"), Icon: "copy",
		Run: func() { kit.Copy(model.Visible(p.Command)) },
	})
}

// signal sends a signal to the selected process; one that ends it for certain is asked about.
func (v *processes) signal(name string) {
	p, ok := v.selected()
	if !ok || !v.whyNotSend(name).None() {
		return
	}
	c := v.p.shown
	ends := name == "KILL" || (p.PID == 1 || c.AutoRemove) && !removal.Harmless(name)
	if !ends || p.PID == 1 && c.AutoRemove { // the latter asks by itself
		v.p.commands.RemovalActions().Signal(c, p, name)
		return
	}
	who := words.Say("inside.process", words.Args{"PID": words.Count(p.PID)})
	if p.PID == 1 {
		who = words.Say("inside.the-main-process")
	}
	label, title := words.Say("inside.end-it-at-once"),
		words.Say("inside.end-of-at-once", words.Args{"Who": who, "Name": words.Name(c.Name)})
	if name != "KILL" {
		label, title = words.Say("inside.send", words.Args{"Signal": words.Name(name)}),
			words.Say("inside.send-to-of", words.Args{"Signal": words.Name(name), "Who": who, "Container": words.Name(c.Name)})
	}
	text := words.Say("inside.what-it-has-not-saved")
	if p.PID == 1 {
		text = words.Say("inside.it-is-the-main-process", words.Args{"Text": text})
		if name != "KILL" {
			text = words.Say("inside.the-container-ends-when-it")
		}
	}
	if c.AutoRemove {
		text = text.And(words.Say("inside.should-the-container-end-with"))
	}
	kit.Confirm{
		ID: "signal", Width: 620, Title: title, Text: text,
		Body:    kit.NewText(words.Name(p.Command), kit.Mono.In(style.Muted)),
		Command: v.p.session.Shell(removal.SignalCommand(c, p, name).String()), Verb: label, Kind: kit.Danger,
		Do: func() { v.p.commands.RemovalActions().Signal(c, p, name) },
	}.Ask(v.p.commands.Window.Canvas())
}
