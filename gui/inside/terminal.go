package inside

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"slipway/engine"
	"slipway/engine/model"
	"slipway/engine/session"
	"slipway/engine/words"
	"slipway/gui/kit"
	kitterminal "slipway/gui/kit/terminal"
	"slipway/gui/post"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// terminals is the view in which a person types in a container. What runs in it goes on while other things are looked
// at, until its program or the container ends, the connection breaks, or the person closes it.
type terminals struct {
	p       *Panel
	content *fyne.Container
	pills   *fyne.Container
	room    *fyne.Container
	note    *kit.Text
	fresh   *kit.Button
	again   *kit.Button

	all     map[string][]*terminal // by container
	current map[string]*terminal
	known   map[string]*shellChoice // by container and start
	next    int
	shown   string // what the pills were made for
	offer   fyne.CanvasObject
	offered string // what that is about
	wanted  string // the container that a person chose this view for: looking at others begins nothing in them
}

// terminal is a program that runs, or has ended.
type terminal struct {
	number    int
	container model.Container
	wish      wish
	view      *kitterminal.View
	conn      *engine.Terminal // nil until it is open
	sizes     sizes
	stop      context.CancelFunc
	left      func() // it runs no more
	over      bool
	words     words.Text // how it ended
}

// wish is what shall run.
type wish struct {
	shell, user string
	attach      bool
}

// command is the docker command that does the same.
func (w wish) command(c model.Container) model.Command {
	if w.attach {
		return model.Docker("attach", c.Name)
	}
	list := []string{"exec", "-it"}
	if w.user != "" {
		list = append(list, "-u", w.user)
	}
	return model.Docker(append(list, c.Name, w.shell)...)
}

func (w wish) name() words.Text {
	name := words.Name(path.Base(w.shell))
	if w.attach {
		name = words.Say("inside.its-program")
	}
	if w.user != "" {
		return words.Say("inside.as", words.Args{"Shell": name, "User": words.Name(w.user)})
	}
	return name
}

// shellChoice is what a container offers.
type shellChoice struct {
	asked  bool // it is being asked
	ready  bool
	shells []string
	users  []string
	wrong  *model.Problem
}

// endTime is how long the engine may take to say how a program ended.
const endTime = 3 * time.Second

func newTerminals(p *Panel) *terminals {
	t := &terminals{p: p, all: map[string][]*terminal{}, current: map[string]*terminal{}, known: map[string]*shellChoice{}}
	t.pills = kit.Across(6)
	t.note = kit.NewText(words.Text{}, kit.Second).ID("terminal.note")
	t.fresh = kit.NewMenuButton("terminal.new", words.Say("inside.new"), "add", kit.Normal, t.menu).Small().
		Hint(words.Say("inside.another-shell-another-user-or"))
	t.again = kit.NewButton("terminal.again", words.Say("inside.open-again"), "refresh", kit.Normal, t.reopen).Small()
	t.again.Hide()
	t.room = container.NewStack()
	bar := kit.Pad(kit.Across(8, t.pills, kit.Grow(t.note), t.again, t.fresh), 6, 14, 6, 16)
	t.content = kit.Down(0, bar, kit.Grow(t.room))
	return t
}

// close ends all of them.
func (t *terminals) close() {
	for _, list := range t.all {
		for _, s := range list {
			s.stop()
		}
	}
}

// update shows the terminals of the container that is shown; the first one opens by itself where a person came to look
// for one.
func (t *terminals) update() {
	c := t.p.shown
	t.forget(c.ID)
	st := t.p.session.State()
	key := fmt.Sprint(c.ID, c.StartedAt.UnixNano(), st.Generation)
	choice := t.known[key]
	if c.State == model.StateRunning && c.Inspected && st.Phase == session.Connected && choice == nil {
		choice = &shellChoice{asked: true}
		t.known = map[string]*shellChoice{key: choice}
		t.ask(c, choice)
	}
	if choice != nil && choice.ready && len(choice.shells) > 0 && len(t.all[c.ID]) == 0 && c.State == model.StateRunning &&
		t.wanted == c.ID {
		t.start(c, wish{shell: choice.shells[0]})
	}
	t.show(choice)
}

// forget drops what has ended in containers that are not looked at.
func (t *terminals) forget(shown string) {
	for id := range t.all {
		if id != shown && t.p.commands.Terminals.In(id) == 0 {
			delete(t.all, id)
			delete(t.current, id)
		}
	}
}

// ask looks which shells and users there are.
func (t *terminals) ask(c model.Container, choice *shellChoice) {
	t.p.work.Go(func(ctx context.Context) {
		e, err := t.p.session.Engine()
		var shells, users []string
		if err == nil {
			shells, err = e.Shells(ctx, c)
		}
		if err == nil {
			users, _ = e.Users(ctx, c.ID) // without a list there is no choice
		}
		if ctx.Err() != nil {
			return
		}
		post.Do(func() {
			choice.asked, choice.ready, choice.shells, choice.users = false, err == nil, shells, users
			choice.wrong = model.AsProblem(err, model.Say("inside.the-container-cannot-be-looked"))
			if t.p.shown.ID == c.ID && t.p.tabs.Current() == "terminal" {
				t.update()
			}
		})
	})
}

// askAgain looks once more after that failed.
func (t *terminals) askAgain() {
	clear(t.known)
	t.update()
}

// start opens a terminal and shows it.
func (t *terminals) start(c model.Container, w wish) {
	t.next++
	s := &terminal{number: t.next, container: c, wish: w, view: kitterminal.New(fmt.Sprintf("terminal.%d", t.next))}
	s.view.OnMenu = func(at fyne.Position) { t.menuAt(s, at) }
	s.view.OnLines = func(text string) { t.askLines(s, text) }
	s.view.OnResize = func(cols, rows int) { t.resize(s, cols, rows) }
	t.all[c.ID] = append(t.all[c.ID], s)
	t.current[c.ID] = s
	s.left = t.p.commands.Terminals.Enter(c.ID)
	s.stop = t.p.work.Go(func(ctx context.Context) { t.run(ctx, s) })
	t.p.commands.Began(w.command(c))
	t.show(nil)
	t.p.told()
	t.takeKeys()
}

// takeKeys gives the keys to the terminal that is seen, if there is one and no dialog has them.
func (t *terminals) takeKeys() {
	s, canvas := t.current[t.p.shown.ID], t.p.commands.Window.Canvas()
	if s != nil && canvas.Overlays().Top() == nil {
		canvas.Focus(s.view)
	}
}

// run opens the program and stays with it until it ends.
func (t *terminals) run(ctx context.Context, s *terminal) {
	e, err := t.p.session.Engine()
	var conn *engine.Terminal
	if err == nil && s.wish.attach {
		conn, err = e.AttachTerminal(ctx, s.container.ID, 80, 24)
	} else if err == nil {
		conn, err = e.OpenTerminal(ctx, s.container.ID,
			engine.TerminalOptions{Command: []string{s.wish.shell}, User: s.wish.user, Cols: 80, Rows: 24})
	}
	text := words.Text{}
	if err == nil {
		post.Do(func() { s.conn = conn; t.resize(s, 0, 0) })
		hungUp := make(chan struct{})
		stay := context.AfterFunc(ctx, func() {
			hangUp(conn)
			close(hungUp)
		})
		err = s.view.Run(conn)
		if !stay() {
			<-hungUp // it was closed by the person, or with the window
		} else {
			text = t.ending(s, conn, err)
			hangUp(conn)
		}
	} else if p := model.AsProblem(err, model.Say("inside.it-cannot-be-opened")); p != nil { // else it was closed before
		text = words.Problem(p)
	}
	post.Do(func() {
		s.left()
		s.over, s.words, s.conn = true, text, nil
		if t.p.shown.ID == s.container.ID {
			t.show(nil)
		}
	})
}

// hangUp closes a terminal and ends what runs in it. The container's own program stays.
func hangUp(conn *engine.Terminal) {
	ctx, cancel := context.WithTimeout(context.Background(), endTime)
	defer cancel()
	_ = conn.Close(ctx) // an engine that is away ends nothing
}

// ending says how a program ended.
func (t *terminals) ending(s *terminal, conn *engine.Terminal, err error) words.Text {
	ctx, cancel := context.WithTimeout(context.Background(), endTime)
	defer cancel()
	code, known := conn.ExitCode(ctx)
	switch {
	case known && code == killed && !s.wish.attach && t.stopped(ctx, s.container.ID):
		return words.Say("inside.has-ended-since-the-container", words.Args{"Name": s.wish.name()})
	case known:
		return words.Say("inside.has-ended-code", words.Args{"Name": s.wish.name(), "Code": words.Count(code)})
	case err != nil && !errors.Is(err, context.Canceled):
		return words.Say("inside.the-connection-broke-what-ran")
	}
	return words.Say("inside.has-ended", words.Args{"Name": s.wish.name()})
}

// killed is the code of a program that was ended by SIGKILL, as all are with the container's own.
const killed = 137

// stopped tells whether a container has stopped, in which some program was ended by force: the engine may
// notice that a moment later.
func (t *terminals) stopped(ctx context.Context, id string) bool {
	e, err := t.p.session.Engine()
	if err != nil {
		return false
	}
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for range 10 {
		c, err := e.Container(ctx, id)
		if err == nil && !c.Running() || model.IsKind(err, model.ProblemNotFound) {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}
	return false
}

// resize tells the program the size that its view has now.
func (t *terminals) resize(s *terminal, cols, rows int) {
	if cols == 0 {
		cols, rows = s.view.Cells()
	}
	conn := s.conn
	if conn == nil {
		return // it is told when it is open
	}
	if s.sizes.want(cols, rows) {
		t.p.work.Go(func(ctx context.Context) {
			s.sizes.send(func(cols, rows int) { _ = conn.Resize(ctx, cols, rows) }) // a program that has ended has no size
		})
	}
}

// sizes are those that a program is to be told, one after the other: while an edge is drawn there are many, and what is
// sent at the same time may arrive in any order.
type sizes struct {
	mu         sync.Mutex
	cols, rows int
	busy, more bool
}

// want takes the place of the size that was not sent yet. It tells whether somebody has to send it.
func (z *sizes) want(cols, rows int) bool {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.cols, z.rows, z.more = cols, rows, true
	begin := !z.busy
	z.busy = true
	return begin
}

// send sends until the newest was sent.
func (z *sizes) send(tell func(cols, rows int)) {
	for {
		z.mu.Lock()
		cols, rows, more := z.cols, z.rows, z.more
		z.busy, z.more = more, false
		z.mu.Unlock()
		if !more {
			return
		}
		tell(cols, rows)
	}
}

// show brings the view up to date. choice is what the container offers, nil for what was shown before.
func (t *terminals) show(choice *shellChoice) {
	c := t.p.shown
	for _, known := range t.known {
		if choice == nil && strings.HasPrefix(t.keyOf(known), c.ID) {
			choice = known
		}
	}
	t.showPills(c)
	s := t.current[c.ID]
	t.again.Hide()
	why := words.Say("inside.the-container-does-not-run")
	if c.State == model.StateRunning {
		why = words.Say("inside.what-can-be-opened-in")
	}
	t.fresh.SetEnabled(c.State == model.StateRunning && choice != nil && choice.ready, why)
	var view fyne.CanvasObject
	switch {
	case s != nil:
		view = s.view
		t.note.Set(words.Text{})
		if s.over {
			t.note.Set(s.words)
			if c.State == model.StateRunning {
				t.again.Show()
			}
		}
	case c.State != model.StateRunning:
		view = kit.EmptyState("terminal", words.Say("inside.it-does-not-run"), words.Say("inside.a-shell-can-be-opened"),
			t.startButtons()...)
	case choice == nil || choice.asked:
		view = kit.EmptyState("terminal", words.Say("inside.looking-for-a-shell"), words.Text{})
	case choice.ready && len(choice.shells) > 0:
		view = t.offerIn(c, choice.shells[0])
	case choice.wrong != nil:
		view = kit.EmptyState("terminal", words.Of(choice.wrong.What), words.Details(choice.wrong),
			kit.NewButton("terminal.retry", words.Say("common.try-again-button"), "refresh", kit.Normal, t.askAgain))
	default:
		view = kit.EmptyState("terminal", words.Say("inside.there-is-no-shell-in"),
			words.Say("inside.its-image-has-none-to"))
	}
	if s == nil {
		t.note.Set(words.Text{})
	}
	if len(t.room.Objects) != 1 || t.room.Objects[0] != view {
		t.room.Objects = []fyne.CanvasObject{view}
		t.room.Refresh()
	}
	t.content.Refresh()
}

// offerIn is shown where no terminal is open. It stays the same as long as it is about the same: a button that is
// exchanged while it is pressed is not pressed.
func (t *terminals) offerIn(c model.Container, shell string) fyne.CanvasObject {
	w := wish{shell: shell}
	if key := c.ID + " " + w.command(c).String(); t.offered != key {
		t.offered = key
		t.offer = kit.EmptyState("terminal", words.Say("inside.no-terminal-is-open-in"),
			words.Say("inside.a-shell-runs-beside-the"),
			kit.NewButton("terminal.open", words.Say("inside.open-a-terminal"), "terminal", kit.Primary, func() {
				t.start(c, w)
			}).
				Command(w.command(c).String()))
	}
	return t.offer
}

func (t *terminals) keyOf(choice *shellChoice) string {
	for key, c := range t.known {
		if c == choice {
			return key
		}
	}
	return ""
}

// startButtons offers to start a container that does not run.
func (t *terminals) startButtons() []fyne.CanvasObject {
	for _, cmd := range t.p.commands.Container(t.p.shown) {
		if (cmd.ID == "start" || cmd.ID == "resume") && !cmd.Off {
			return []fyne.CanvasObject{kit.NewButton("terminal.start", cmd.Label, "play", kit.Normal, cmd.Run).
				Command(cmd.Docker())}
		}
	}
	return nil
}

// showPills makes a button for each terminal of the container.
func (t *terminals) showPills(c model.Container) {
	key := c.ID
	for _, s := range t.all[c.ID] {
		key += fmt.Sprint(" ", s.number, s.over, s == t.current[c.ID])
	}
	if key == t.shown {
		return
	}
	t.shown = key
	t.pills.RemoveAll()
	for i, s := range t.all[c.ID] {
		label := s.wish.name()
		if i > 0 {
			label = words.Say("inside.program-and-number", words.Args{"Program": label, "Count": words.Count(i + 1)})
		}
		pill := kit.NewButton(fmt.Sprintf("terminal.%d.show", s.number), label, "", kit.Pill, func() { t.choose(s) })
		pill.SetOn(s == t.current[c.ID])
		t.pills.Add(pill)
		t.pills.Add(kit.NewButton(fmt.Sprintf("terminal.%d.close", s.number), words.Text{}, "close", kit.Quiet, func() {
			t.end(s)
		}).
			Hint(words.Say("inside.close-it-and-end-what")))
	}
	t.pills.Refresh()
}

func (t *terminals) choose(s *terminal) {
	t.current[s.container.ID] = s
	t.show(nil)
	t.p.told()
	t.p.commands.Window.Canvas().Focus(s.view)
}

// end closes a terminal; the next one is shown.
func (t *terminals) end(s *terminal) {
	s.stop()
	s.left()
	id := s.container.ID
	var rest []*terminal
	for _, o := range t.all[id] {
		if o != s {
			rest = append(rest, o)
		}
	}
	t.all[id] = rest
	if t.current[id] == s {
		delete(t.current, id)
		if len(rest) > 0 {
			t.current[id] = rest[len(rest)-1]
		}
	}
	if len(rest) == 0 { // or else the first one would open again at once
		delete(t.all, id)
		t.p.tabs.Choose("logs")
		return
	}
	t.show(nil)
	t.p.told()
	t.p.commands.Window.Canvas().Focus(t.current[id].view)
}

// askLines asks before lines are pasted that would run one after the other.
func (t *terminals) askLines(s *terminal, text string) {
	lines := strings.Split(strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), "\r\n"), "\n")
	shown := lines
	if len(shown) > mostLines {
		shown = append(slices.Clip(shown[:mostLines]),
			words.Say("inside.and-more", words.Args{"Lines": words.Count(len(lines) - mostLines)}).String())
	}
	label, canvas := words.Say("inside.paste-and-run-it"), t.p.commands.Window.Canvas()
	if len(lines) > 1 {
		label = words.Say("inside.paste-and-run-lines", words.Args{"Lines": words.Count(len(lines))})
	}
	var d *kit.Dialog
	done := func() {
		d.Close()
		canvas.Focus(s.view)
	}
	cancel := kit.NewButton("paste.cancel", words.Say("common.cancel"), "", kit.Normal, done)
	paste := kit.NewButton("paste.run", label, "", kit.Primary, func() {
		done()
		s.view.Paste(text)
	})
	body := kit.NewCodeLine("paste.text", strings.Join(shown, "\n"), false)
	d = kit.NewDialog("paste", words.Say("inside.run-what-you-paste"), words.Say("inside.the-shell-runs-each-line"), 640,
		body,
		kit.Buttons(nil, []fyne.CanvasObject{cancel, paste}))
	d.OnCancel = done
	d.Open(canvas, paste)
}

// mostLines is how many lines of what is pasted are shown.
const mostLines = 12

// reopen opens what has ended once more in its place.
func (t *terminals) reopen() {
	c := t.p.shown
	s := t.current[c.ID]
	if s == nil || !s.over {
		return
	}
	list := t.all[c.ID]
	for i, o := range list {
		if o == s {
			t.all[c.ID] = append(list[:i:i], list[i+1:]...)
		}
	}
	t.start(c, s.wish)
}

// menu is what can be opened.
func (t *terminals) menu() []kit.MenuItem {
	c := t.p.shown
	var choice shellChoice
	for key, known := range t.known {
		if strings.HasPrefix(key, c.ID) {
			choice = *known
		}
	}
	var items []kit.MenuItem
	add := func(id string, label words.Text, w wish) {
		items = append(items,
			kit.MenuItem{ID: id, Label: label, Icon: "terminal", Command: w.command(c).String(), Run: func() { t.start(c, w) }})
	}
	for _, shell := range choice.shells {
		add("terminal.shell."+path.Base(shell), words.Name(path.Base(shell)), wish{shell: shell})
	}
	if len(choice.shells) > 0 && len(choice.users) > 0 {
		items = append(items, kit.MenuItem{})
		for _, u := range choice.users {
			add("terminal.user."+u, words.Say("inside.shell-as", words.Args{
				"Shell": words.Name(path.Base(choice.shells[0])),
				"User":  words.Name(u),
			}), wish{shell: choice.shells[0], user: u})
		}
	}
	if c.TTY {
		items = append(items, kit.MenuItem{})
		add("terminal.attach", words.Say("inside.attach-to-its-program"), wish{attach: true})
	}
	if len(choice.shells) > 0 {
		w := wish{shell: engine.UsualShell(choice.shells[0])}
		items = append(items, kit.MenuItem{}, kit.MenuItem{
			ID: "terminal.own", Label: words.Say("inside.in-my-own-terminal"), Icon: "open",
			Command: w.command(c).String(), Run: func() {
				t.p.commands.OwnTerminal(w.command(c))
			},
		})
	}
	return items
}

func (t *terminals) menuAt(s *terminal, at fyne.Position) {
	kit.ShowMenu(t.p.commands.Window.Canvas(), at, []kit.MenuItem{
		{
			ID: "terminal.copy", Label: words.Say("common.copy"), Icon: "copy", Note: words.Say("inside.ctrl-shift-c"),
			Off: s.view.Selection() == "",
			Why: words.Say("common.nothing-is-selected"), Run: s.view.CopySelection,
		},
		{
			ID: "terminal.paste", Label: words.Say("common.paste"), Icon: "add", Note: words.Say("inside.ctrl-shift-v"),
			Run: s.view.PasteClipboard,
		},
	})
}

// command is the docker command of the terminal that is shown.
func (t *terminals) command(c model.Container) model.Command {
	if s := t.current[c.ID]; s != nil {
		return s.wish.command(c)
	}
	return nil // none is open
}
