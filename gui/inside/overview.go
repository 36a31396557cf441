package inside

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"slipway/engine"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/platform"
	"slipway/engine/runspec"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/kit/logview"
	"slipway/gui/post"
	"slipway/gui/present"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// overview is what is known of a container, line by line.
type overview struct {
	p       *Panel
	scroll  *container.Scroll
	of      model.Container // what the lines were made of
	word    words.Text
	place   string // what has its place, or had it, and whether the engine answers
	secrets bool   // the values of secrets are shown
	probes  []model.Probe
	prober  *post.Reader
	sizes   map[string]words.Text // of what is mounted, in words, by place
	sizer   *post.Reader
	made    bool // of that

	judged  []string // the variables of which it is known which are secret
	masked  string   // those, with the secrets hidden
	judging []string // the ones that are being looked at
}

func newOverview(p *Panel) *overview {
	return &overview{
		p: p, scroll: container.NewVScroll(kit.Down(0)), prober: post.NewReader(p.work), sizer: post.NewReader(p.work),
	}
}

// update shows a container as it is now; it does nothing while nothing of it has changed.
func (o *overview) update(c model.Container) {
	if o.of.ID != c.ID {
		o.secrets, o.made, o.probes, o.sizes = false, false, nil, nil
		o.sizer.Rest()
		o.scroll.ScrollToTop()
	}
	o.askProbes(c)
	now := present.Now()
	st := o.p.commands.StateOf(c, now)
	had, has := o.replaced(c), o.replacing(c)
	key := fmt.Sprint(had, "/", has, o.p.commands.Away())
	if o.made && st.Word == o.word && key == o.place && reflect.DeepEqual(o.of, c) {
		return
	}
	o.of, o.word, o.place, o.made = c, st.Word, key, true
	o.scroll.Content = facts([]fact{
		{Caption: words.Say("common.state"), Content: o.state(c, st)},
		{ID: "overview.health", Caption: words.Say("inside.health-check"), Value: probeWords(c, o.probes, now), Mono: true},
		{
			ID: "overview.image", Caption: words.Say("common.image"), Value: words.Name(present.ShortImage(c.Image)), Mono: true,
			Copyable: true,
		},
		{ID: "overview.command", Caption: words.Say("common.command"), Value: words.Name(commandWords(c)), Mono: true},
		{ID: "overview.created", Caption: words.Say("common.created"), Value: built(c.Created, now)},
		{ID: "overview.started", Caption: words.Say("inside.started"), Value: built(c.StartedAt, now)},
		{ID: "overview.ended", Caption: words.Say("inside.ended"), Value: ended(c, now)},
		{Caption: words.Say("common.ports"), Content: o.ports(c)},
		{Caption: words.Say("inside.folders-and-volumes"), Content: o.mounts(c)},
		{ID: "overview.networks", Caption: words.Say("inside.networks"), Value: words.Name(strings.Join(c.Networks, ", "))},
		{Caption: words.Say("common.environment"), Content: o.environment(c.Env)},
		{ID: "overview.limits", Caption: words.Say("inside.limits"), Value: limitWords(c)},
		{ID: "overview.restart", Caption: words.Say("common.when-it-stops"), Value: stopWords(c)},
		{ID: "overview.user", Caption: words.Say("common.user"), Value: words.Name(c.User)},
		{ID: "overview.workdir", Caption: words.Say("common.working-directory"), Value: words.Name(c.WorkingDir), Mono: true},
		{ID: "overview.replaces", Caption: words.Say("inside.took-the-place-of"), Value: words.Name(had)},
		{ID: "overview.replaced", Caption: words.Say("inside.place-taken-by"), Value: words.Name(has)},
		{ID: "overview.labels", Caption: words.Say("common.labels"), Value: words.Name(labelWords(c)), Mono: true},
		{ID: "overview.id", Caption: words.Name("ID"), Value: words.Name(c.ID), Mono: true, Copyable: true},
	})
	o.scroll.Refresh()
}

// ended is when it ended, "" while it runs.
func ended(c model.Container, now time.Time) words.Text {
	if c.State != model.StateExited {
		return words.Text{}
	}
	return built(c.FinishedAt, now)
}

// state says how it is and why, and leads to what a program that failed has printed.
func (o *overview) state(c model.Container, st present.State) fyne.CanvasObject {
	text := kit.NewParagraph(stateWords(st), kit.Body).ID("overview.state")
	if c.State != model.StateExited || c.ExitCode == 0 {
		return text
	}
	output := kit.NewButton("overview.output", words.Say("inside.see-its-output"), "", kit.Link, func() {
		o.p.tabs.Choose("logs")
	})
	return kit.AcrossTop(8, kit.Grow(text), kit.Pad(onLine(output, kit.Body), 0, barRoom, 0, 0))
}

// stateWords are a state as a sentence, and why it is so.
func stateWords(st present.State) words.Text { return st.Sentence() }

// ports are those of the container; what may be a web page is a link to it.
func (o *overview) ports(c model.Container) fyne.CanvasObject {
	if len(c.Ports) == 0 {
		return nil
	}
	box := kit.Down(4)
	ranges := present.Ranges(c.Ports)
	slices.SortStableFunc(ranges, func(a, b present.Range) int {
		return cmp.Compare(a.First.Container, b.First.Container)
	})
	for i, r := range ranges {
		if i == mostPorts {
			box.Add(kit.Across(0, kit.NewButton("overview.port.more", words.Say("count.more-ports",
				words.Args{"N": words.Count(len(ranges) - i)}), "", kit.Link,
				func() { o.allPorts(ranges) }), kit.Spring()))
			break
		}
		box.Add(o.portRow(c, i, r))
	}
	return box
}

// mostPorts is how many ports, or ranges of them, are lines of their own.
const mostPorts = 20

func (o *overview) portRow(c model.Container, i int, r present.Range) fyne.CanvasObject {
	p, id := r.First, fmt.Sprintf("overview.port.%d", i)
	var port fyne.CanvasObject = kit.NewText(r.Words(), kit.Body.Whole()).ID(id)
	reached := p.HostPort != 0 && c.Running() // engines that crashed may still list the ports of what ended
	elsewhere := o.p.session.State().Locality == model.Elsewhere && p.Loopback()
	if reached && p.Protocol == "tcp" && r.Count == 1 && !elsewhere {
		link := kit.NewButton(id, r.Words(), "", kit.Link, func() { o.p.commands.Launcher().OpenPort(c, p) }).
			Hint(words.Say("inside.opens-it-in-the-browser", words.Args{"PortHint": present.PortHint(p)}))
		link.SetEnabled(!o.p.commands.Away(), words.Say("common.the-engine-does-not-answer"))
		port = link
	}
	row := []fyne.CanvasObject{port}
	if reached && !p.Loopback() {
		row = append(row, kit.NewText(words.Say("common.open-to-network"), kit.Second.In(style.Warn).Whole()))
	}
	return kit.Across(8, append(row, kit.Spring())...)
}

// allPorts lists all ports as text, however many there are.
func (o *overview) allPorts(ranges []present.Range) {
	list := make([]words.Text, len(ranges))
	for i, r := range ranges {
		list[i] = r.Words()
	}
	logview.ShowDetails(o.p.commands.Window.Canvas(),
		words.Say("inside.ports-of", words.Args{"Name": words.Name(o.p.shown.Name)}), words.Text{}, words.Join("\n", list...))
}

// mounts are the folders and volumes that the container sees. A folder of this computer can be opened.
func (o *overview) mounts(c model.Container) fyne.CanvasObject {
	if len(c.Mounts) == 0 {
		return nil
	}
	box := kit.Down(4)
	for i, m := range c.Mounts {
		source, icon := words.Name(m.Source), "folder"
		if m.Type == "volume" {
			source, icon = words.Name(m.Name), "volume"
			if engine.IsAnonymous(m.Name) {
				source = words.Say("inside.anonymous-volume", words.Args{"ID": words.Name(m.Name[:12])})
			}
		}
		text := words.Join(" → ", source, words.Name(m.Destination))
		if m.ReadOnly {
			text = words.Say("inside.read-only", words.Args{"Mount": text})
		}
		row := []fyne.CanvasObject{kit.Grow(kit.NewParagraph(text, kit.Mono).ID(fmt.Sprintf("overview.mount.%d", i)))}
		if text := o.sizes[m.Destination]; !text.None() {
			row = append(row, kit.NewText(text, kit.Second.Whole()).ID(fmt.Sprintf("overview.mount.%d.size", i)))
		}
		if m.Type == "bind" && o.p.session.State().Locality.SharesFolders() {
			open := kit.NewButton(fmt.Sprintf("overview.mount.%d.open", i), words.Say("common.open-folder"), icon, kit.Link,
				func() {
					o.p.commands.OpenFolder(m.Source)
				})
			row = append(row, kit.Pad(onLine(open, kit.Mono), 0, barRoom, 0, 0))
		}
		if m.Type == "volume" {
			show := kit.NewButton(fmt.Sprintf("overview.mount.%d.show", i), words.Say("inside.show-volume"), icon, kit.Link,
				func() {
					o.p.commands.Reveal("volumes", m.Name)
				})
			row = append(row, kit.Pad(onLine(show, kit.Mono), 0, barRoom, 0, 0))
		}
		box.Add(kit.AcrossTop(8, row...))
	}
	if o.sizes == nil {
		box.Add(kit.Across(0, kit.NewButton("overview.sizes", words.Say("inside.how-much-is-in-them"), "", kit.Link, func() {
			o.measure(c)
		}),
			kit.Spring()))
	}
	return box
}

// barRoom keeps what stands at the right clear of the bar that scrolls.
const barRoom = 8

// environment are the variables. The values of secrets are hidden until a person wants to see them.
func (o *overview) environment(env []string) fyne.CanvasObject {
	if len(env) == 0 {
		return nil
	}
	text, known := o.judge(env)
	if !known {
		return kit.NewText(words.Say("inside.looking-which-of-variables-are", words.Args{"N": words.Count(len(env))}),
			kit.Second).
			ID("overview.env.wait")
	}
	label, icon := words.Say("inside.show-the-secrets"), "eye"
	hidden := text != linesOf(env)
	if o.secrets {
		text, label, icon = linesOf(env), words.Say("inside.hide-the-secrets"), "eyeoff"
	}
	box := kit.Down(4, longText("overview.env", words.Say("common.environment"), words.Name(text), kit.Mono))
	if hidden {
		box.Add(kit.Across(0, kit.NewButton("overview.env.reveal", label, icon, kit.Link, func() {
			o.secrets, o.made = !o.secrets, false
			o.update(o.p.shown)
		})))
	}
	return box
}

// fewVariables is how many are judged at once; more are judged in the background.
const fewVariables = 500

// judge gives the variables with the secrets hidden. It is not known yet while so many are looked at that a person
// would notice.
func (o *overview) judge(env []string) (sentence string, known bool) {
	switch {
	case slices.Equal(env, o.judged):
	case len(env) <= fewVariables:
		o.judged, o.masked = env, envWords(env)
	default:
		if !slices.Equal(env, o.judging) {
			o.judging = env
			o.p.work.Go(func(context.Context) {
				text := envWords(env)
				post.Do(func() {
					o.judged, o.masked, o.judging, o.made = env, text, nil, false
					o.update(o.of)
				})
			})
		}
		return "", false
	}
	return o.masked, true
}

// commandWords is what it runs, quoted as a shell needs it where that is known.
func commandWords(c model.Container) string {
	if len(c.Argv) == 0 {
		return new(runspec.Together).Line(c.Command)
	}
	return line(c.Argv)
}

func limitWords(c model.Container) words.Text {
	var list []words.Text
	if c.Memory > 0 {
		list = append(list, words.Say("inside.of-memory", words.Args{"Memory": words.MemoryBytes(c.Memory)}))
	}
	switch {
	case c.CPUs == 1:
		list = append(list, words.Say("inside.1-cpu"))
	case c.CPUs > 0:
		list = append(list,
			words.Say("inside.cpus", words.Args{"CPUs": words.Decimal(strconv.FormatFloat(c.CPUs, 'f', -1, 64))}))
	}
	if c.Processes > 0 {
		list = append(list, words.Say("inside.processes-and-threads", words.Args{"Processes": words.Count(c.Processes)}))
	}
	return words.Join(", ", list...)
}

// stopWords says what happens when its program ends.
func stopWords(c model.Container) words.Text {
	switch {
	case c.AutoRemove:
		return words.Say("inside.it-is-removed-with-every")
	case c.RestartPolicy == "always":
		return words.Say("inside.it-is-always-started-again")
	case c.RestartPolicy == "unless-stopped":
		return words.Say("inside.it-is-started-again-until")
	case strings.HasPrefix(c.RestartPolicy, "on-failure"):
		return words.Say("inside.it-is-started-again-after")
	}
	return words.Text{}
}

// replaced is the container whose place this one took, if it is still there.
func (o *overview) replaced(c model.Container) string {
	if old, ok := o.p.session.Live.Snapshot().Container(c.Replaces()); ok && notebook.TookPlace(c, old) {
		return old.Name
	}
	return ""
}

// replacing is the container that has the place of this one, which was kept; "" for none.
func (o *overview) replacing(c model.Container) string {
	now, _ := notebook.Successor(o.p.session.Live.Snapshot().Containers, c)
	return now.Name
}

// labelWords are the labels, a line each, without what Slipway is believed to have written, which is said in words
// where it matters.
func labelWords(c model.Container) string {
	labels := c.Labels
	var lines []string
	var shown runspec.Together
	for _, k := range slices.Sorted(maps.Keys(labels)) {
		if c.Mark(k) != "" || strings.HasPrefix(k, model.LabelPrefix) && (labels[k] == "" || c.Made()) {
			continue
		}
		lines = append(lines, indented(k+"="+shown.Value(k, labels[k])))
	}
	return strings.Join(lines, "\n")
}

// probeEvery is how often the health check is looked at, of which engines send no event for each answer.
const probeEvery = 5 * time.Second

// rest stops asking.
func (o *overview) rest() { o.prober.Rest() }

// askProbes follows the answers of the health check of a container that has one, while it is looked at.
func (o *overview) askProbes(c model.Container) {
	if c.Health == "" || !c.Running() {
		o.rest()
		return
	}
	o.prober.Want(fmt.Sprint(c.ID, o.p.session.State().Generation), func(ctx context.Context, t *post.Turn) {
		for {
			if e, err := o.p.session.Engine(); err == nil {
				if now, err := e.Container(ctx, c.ID); err == nil {
					t.Do(func() {
						o.probes, o.made = now.Probes, false
						o.update(o.of)
					})
				}
			}
			if !post.Pause(ctx, probeEvery) {
				return
			}
		}
	})
}

// mostProbes is how many answers are shown.
const mostProbes = 3

// healthWord is what a health check says so far.
func healthWord(health string) words.Text {
	switch health {
	case "starting":
		return words.Say("inside.health-starting")
	case "healthy":
		return words.Say("inside.health-healthy")
	case "unhealthy":
		return words.Say("inside.health-unhealthy")
	}
	return words.Name(health)
}

// probeWords are the last answers of the health check, the newest first.
func probeWords(c model.Container, probes []model.Probe, now time.Time) words.Text {
	lines := []words.Text{healthWord(c.Health)}
	for i := len(probes) - 1; i >= 0 && len(lines) <= mostProbes; i-- {
		p := probes[i]
		result := words.Say("inside.well")
		if p.Code != 0 {
			result = words.Say("inside.code", words.Args{"Code": words.Count(p.Code)})
		}
		text, _, _ := strings.Cut(strings.TrimSpace(p.Output), "\n")
		lines = append(lines, words.Say("inside.probe", words.Args{
			"Ago": present.Ago(p.At, now), "Result": result, "Output": words.Raw(kit.Clean(text)),
		}))
	}
	return words.Join("\n", lines...)
}

// measure counts what is in the folders and volumes of a container.
func (o *overview) measure(c model.Container) {
	o.sizes = map[string]words.Text{}
	for _, m := range c.Mounts {
		o.sizes[m.Destination] = words.Say("inside.counting")
	}
	o.again()
	here := o.p.session.State().Locality.SharesFolders()
	o.sizer.Read(func(ctx context.Context, t *post.Turn) {
		sizes := map[string]words.Text{}
		var volumes map[string]int64
		if e, err := o.p.session.Engine(); err == nil {
			volumes, _ = e.VolumeSizes(ctx) // what is missing is unknown
		}
		for _, m := range c.Mounts {
			sizes[m.Destination] = words.Say("inside.unknown")
			if size, ok := volumes[m.Name]; ok && m.Type == "volume" {
				sizes[m.Destination] = present.Size(size)
			}
			if m.Type == "bind" && here {
				if size, err := platform.FolderSize(ctx, m.Source); err == nil {
					sizes[m.Destination] = present.Size(size)
				}
			}
		}
		t.Do(func() {
			o.sizes = sizes
			o.again()
		})
	})
}

// again makes the lines anew.
func (o *overview) again() {
	o.made = false
	o.update(o.of)
}
