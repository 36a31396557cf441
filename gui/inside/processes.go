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

	"slipway/engine/actions"
	"slipway/engine/model"
	"slipway/engine/runspec"
	"slipway/gui/kit"
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
	table   *kit.Table
	note    *kit.Text
	end     *kit.Button
	send    *kit.Button

	of    string // the container, its start and the connection
	list  []model.Process
	known bool
	wrong *model.Problem // why there is no list any more
	sort  string
	turn  int
	stop  context.CancelFunc
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
	v := &processes{p: p, stop: func() {}, sort: "cpu"}
	v.table = kit.NewTable("processes.list", []kit.Column{
		{Key: "pid", Title: "PID", Min: 64, Right: true, Sortable: true},
		{Key: "user", Title: "User", Min: 90, Sortable: true, Drop: 2},
		{Key: "cpu", Title: "CPU", Min: 70, Right: true, Sortable: true, Down: true, Hint: "Percent of one processor"},
		{Key: "memory", Title: "Memory", Min: 84, Right: true, Sortable: true, Down: true, Hint: "What is in main memory"},
		{Key: "threads", Title: "Threads", Min: 70, Right: true, Drop: 1},
		{Key: "command", Title: "Command", Min: 200, Weight: 1, Sortable: true},
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
	v.note = kit.NewText("", kit.Second).ID("processes.note")
	v.end = kit.NewButton("processes.end", "End it", "stop", kit.Normal, func() { v.signal("TERM") }).Small()
	v.send = kit.NewMenuButton("processes.send", "Send a signal", "", kit.Normal, v.menu).Small()
	v.content = kit.Pad(kit.Down(6, kit.Across(8, kit.Grow(v.note), v.end, v.send), kit.Grow(v.table)), 8, 14, 6, 16)
	return v
}

// rest stops following.
func (v *processes) rest() {
	v.stop()
	v.stop = func() {}
	v.turn++
	v.of = ""
}

// update follows the container that is shown, while it runs.
func (v *processes) update() {
	c := v.p.shown
	key := fmt.Sprint(c.ID, c.StartedAt.UnixNano(), v.p.session.State().Generation)
	if c.State != model.StateRunning || v.p.commands.Away() {
		v.rest()
		v.list, v.known, v.wrong = nil, false, nil
		v.show()
		return
	}
	if key == v.of {
		return
	}
	v.rest()
	v.of, v.list, v.known, v.wrong = key, nil, false, nil
	v.show()
	turn := v.turn
	v.stop = v.p.work.Go(func(ctx context.Context) {
		e, err := v.p.session.Engine()
		if err == nil {
			var latest post.Latest
			hidden := masks{}
			err = e.Processes(ctx, c, processEvery, func(list []model.Process) {
				hidden.on(list)
				latest.Do(func() {
					if turn == v.turn {
						v.list, v.known = list, true
						v.show()
					}
				})
			})
		}
		if ctx.Err() != nil || err == nil {
			return
		}
		wrong := model.AsProblem(err, "Cannot list the processes")
		v.p.commands.Tell(wrong)
		post.Do(func() {
			if turn == v.turn {
				v.list, v.known, v.wrong = nil, false, wrong
				v.show()
			}
		})
	})
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
	rows := make([]kit.TableRow, len(list))
	var memory int64
	for i, p := range list {
		cpu, size, threads := "", "", ""
		if p.CPU >= 0 {
			cpu = fmt.Sprintf("%.1f%%", p.CPU)
		}
		if p.Memory >= 0 {
			size = model.Memory(p.Memory)
			memory += p.Memory
		}
		if p.Threads > 0 {
			threads = strconv.Itoa(p.Threads)
		}
		command := kit.Cell{Text: p.Command, Style: kit.Mono}
		switch {
		case p.State == "T":
			command.Badge = "stands still"
		case p.State == "Z":
			command.Badge = "ended"
			command.Hint = "A zombie: it has ended, and its parent has not asked how."
		case p.PID == 1 && p.Inside:
			command.Badge = "main"
			command.Hint = "The container ends when this one does."
		}
		id := strconv.Itoa(p.PID)
		rows[i] = kit.TableRow{ID: id, Name: id, Cells: []kit.Cell{
			{Text: id, Style: kit.Mono},
			{Text: p.User, Style: kit.Second},
			{Text: cpu},
			{Text: size},
			{Text: threads, Style: kit.Second},
			command,
		}}
	}
	title, text := "Asking what runs…", ""
	if v.wrong != nil {
		title, text = v.wrong.What, v.wrong.Why+" "+v.wrong.Fix
	}
	if v.p.shown.State != model.StateRunning {
		title, text = "It does not run", "What runs in a container is shown while it runs."
	}
	v.table.SetEmpty(kit.EmptyState("output", title, text))
	v.table.SetRows(rows)
	words := ""
	if v.known {
		words = fmt.Sprintf("%d processes, %s of memory together, shared parts counted in each", len(list),
			model.Memory(memory))
		if len(list) == 1 {
			words = "1 process, " + model.Memory(memory) + " of memory"
		}
		if len(list) > 0 && !list[0].Inside {
			words = "The image has no shell: seen from outside, with the numbers of the engine's machine"
		}
	}
	v.note.Set(words)
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
func (v *processes) whyNot() string {
	p, ok := v.selected()
	switch {
	case !ok:
		return "Select a process first."
	case !p.Inside:
		return "A single process of it cannot be reached: its image has no shell, or it sees the processes of others. Stop or kill the container."
	}
	return ""
}

// whyNotSend is [processes.whyNot] for one signal.
func (v *processes) whyNotSend(signal string) string {
	why := v.whyNot()
	if p, ok := v.selected(); ok && why == "" && p.PID == 1 && v.p.shown.AutoRemove && !actions.Harmless(signal) &&
		signal != "KILL" {
		why = "It was started with --rm: if it ends, Docker deletes the container with everything inside. Use Stop, which names what would be lost."
	}
	return why
}

func (v *processes) dress() {
	why, whyEnd := v.whyNot(), v.whyNotSend("TERM")
	v.end.SetEnabled(whyEnd == "", whyEnd)
	v.send.SetEnabled(why == "", why)
	if p, ok := v.selected(); ok {
		v.end.Command(actions.SignalCommand(v.p.shown, p, "TERM").String())
	}
}

// menu is what can be done with the selected process.
func (v *processes) menu() []kit.MenuItem {
	p, ok := v.selected()
	if !ok {
		return nil
	}
	var items []kit.MenuItem
	for _, s := range actions.Signals {
		why := v.whyNotSend(s.Name)
		items = append(items, kit.MenuItem{
			ID: "signal." + s.Name, Label: s.What, Note: s.Name, Danger: s.Name == "KILL", Off: why != "", Why: why,
			Command: actions.SignalCommand(v.p.shown, p, s.Name).String(), Run: func() { v.signal(s.Name) },
		})
	}
	return append(items, kit.MenuItem{}, kit.MenuItem{
		ID: "processes.copy", Label: "Copy its command", Icon: "copy",
		Run: func() { kit.Copy(model.Visible(p.Command)) },
	})
}

// signal sends a signal to the selected process; one that ends it for certain is asked about.
func (v *processes) signal(name string) {
	p, ok := v.selected()
	if !ok || v.whyNotSend(name) != "" {
		return
	}
	c := v.p.shown
	ends := name == "KILL" || (p.PID == 1 || c.AutoRemove) && !actions.Harmless(name)
	if !ends || p.PID == 1 && c.AutoRemove { // the latter asks by itself
		v.p.commands.Actions().Signal(c, p, name)
		return
	}
	var d *kit.Dialog
	cancel := kit.NewButton("signal.cancel", "Cancel", "", kit.Normal, func() { d.Cancel() })
	who := "process " + strconv.Itoa(p.PID)
	if p.PID == 1 {
		who = "the main process"
	}
	label, title := "End it at once", fmt.Sprintf("End %s of “%s” at once?", who, c.Name)
	if name != "KILL" {
		label, title = "Send "+name, fmt.Sprintf("Send %s to %s of “%s”?", name, who, c.Name)
	}
	kill := kit.NewButton("signal.go", label, "", kit.Danger, func() {
		d.Close()
		v.p.commands.Actions().Signal(c, p, name)
	})
	text := "What it has not saved is lost. Asked to end (TERM), most programs save first."
	if p.PID == 1 {
		text = "It is the main process: the container ends with it. " + text
		if name != "KILL" {
			text = "The container ends when it does. Many main processes, a shell for one, take no notice of a signal that they do not wait for."
		}
	}
	if c.AutoRemove {
		text += " Should the container end with it, Docker deletes it with everything inside: it was started with --rm."
	}
	d = kit.NewDialog("signal", title, text, 620,
		kit.Down(8, kit.NewText(p.Command, kit.Mono.In(style.Muted)),
			kit.NewCodeLine("signal.command", v.p.session.Shell(actions.SignalCommand(c, p, name).String()), false)),
		kit.Buttons(nil, []fyne.CanvasObject{cancel, kill}))
	d.Open(v.p.commands.Window.Canvas(), cancel)
}
