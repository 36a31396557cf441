package runform

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/platform"
	"slipway/engine/runspec"
	"slipway/engine/settings"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/kit/chooser"
	"slipway/gui/present"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// ctxIgnored is the context of work that is too short to be cancelled.
type ctxIgnored = context.Context

func size(n int64) words.Text { return present.Size(n) }

func shortRef(ref string) string { return present.ShortImage(ref) }

// rows are the parts of the view that can be there several times: ports, folders and volumes, variables.
type rows struct {
	*sheet
	ports, mounts, env *fyne.Container
	advice             map[int]*adviceRow
	unnamed            map[string]*fyne.Container // the lines of anonymous volumes, by their places
	shown              map[int]bool               // secrets that are shown, by row
}

// build makes the widgets of all rows anew.
func (v *rows) build() {
	v.drop("port.", "mount.", "env.")
	clear(v.advice)
	v.ports.RemoveAll()
	for i := range v.form.Ports {
		v.ports.Add(v.portRow(i))
	}
	v.ports.Add(kit.Across(8, kit.NewButton("run.port.add", words.Say("runform.add-a-port"), "", kit.Link, v.addPort),
		v.morePorts()))
	v.mounts.RemoveAll()
	for i := range v.form.Mounts {
		v.mounts.Add(v.mountRow(i))
	}
	addFolder := kit.NewButton("run.mount.addfolder", words.Say("runform.add-a-folder"), "", kit.Link,
		func() { v.addMount(runspec.Bind, "") }).
		Hint(words.Say("runform.a-folder-of-this-computer"))
	addVolume := kit.NewButton("run.mount.addvolume", words.Say("runform.add-a-volume"), "", kit.Link,
		func() { v.addMount(runspec.Volume, "") }).
		Hint(words.Say("runform.storage-that-the-engine-keeps"))
	if v.r.Session.State().Locality == model.Elsewhere {
		addFolder.SetEnabled(false, words.Say("runform.the-engine-is-elsewhere-and"))
	}
	clear(v.unnamed)
	for i, m := range v.anonymous() {
		name := kit.NewButton(fmt.Sprintf("run.unnamed.%d", i), words.Say("runform.give-it-a-name"), "", kit.Link, func() {
			v.nameVolume(m)
		}).
			Hint(words.Say("runform.the-new-container-gets-a"))
		v.unnamed[m.Destination] = kit.Across(8, kit.NewParagraph(words.Say("runform.the-anonymous-volume-at-is",
			words.Args{"Destination": words.Name(m.Destination)}), kit.Second), name)
		v.mounts.Add(v.unnamed[m.Destination])
	}
	v.showUnnamed()
	v.mounts.Add(kit.Across(8, addFolder, addVolume))
	v.env.RemoveAll()
	for i := range v.form.Env {
		v.env.Add(v.envRow(i))
	}
	v.env.Add(kit.Across(8,
		kit.NewButton("run.env.add", words.Say("runform.add-a-variable"), "", kit.Link, func() {
			v.form.Env = append(v.form.Env, EnvRow{})
			v.rebuild()
			v.focus(fmt.Sprintf("env.%d.name", len(v.form.Env)-1))
		}),
		kit.NewButton("run.env.import", words.Say("runform.import-a-env-file"), "", kit.Link, v.importEnv).
			Hint(words.Say("runform.a-file-with-a-line"))))
}

// showUnnamed shows the anonymous volumes in whose place no row has something.
func (v *rows) showUnnamed() {
	for at, line := range v.unnamed {
		if slices.ContainsFunc(v.form.Mounts, func(r MountRow) bool { return path.Clean(r.Target) == at }) {
			line.Hide()
		} else {
			line.Show()
		}
	}
}

// nameVolume adds a row for a volume with a name in the place of an anonymous one.
func (v *rows) nameVolume(m model.Mount) {
	taken := volumeNames(v.r.Session.Live.Snapshot())
	name := v.changes.Container.Name + "-" + path.Base(m.Destination)
	free := name
	for n := 2; slices.Contains(taken, free); n++ {
		free = fmt.Sprintf("%s-%d", name, n)
	}
	v.form.Mounts = append(v.form.Mounts,
		MountRow{Kind: runspec.Volume, Source: free, Target: m.Destination, ReadOnly: m.ReadOnly})
	v.rebuild()
	v.focus(fmt.Sprintf("mount.%d.source", len(v.form.Mounts)-1))
}

func (v *rows) addPort() {
	v.portsTouched = true
	v.form.Ports = append(v.form.Ports, PortRow{Protocol: "tcp", HostIP: Loopback})
	v.rebuild()
	v.focus(fmt.Sprintf("port.%d.container", len(v.form.Ports)-1))
}

func (v *rows) portRow(i int) fyne.CanvasObject {
	id := fmt.Sprintf("port.%d", i)
	p := &v.form.Ports[i]
	inside := v.field(id+".container", words.Say("runform.inside"), p.Container, func(s string) {
		p.Container, v.portsTouched = s, true
	})
	outside := v.field(id+".host", words.Say("runform.any-free"), p.HostPort, func(s string) {
		p.HostPort, v.portsTouched = s, true
	})
	proto := kit.NewChoice("run."+id+".protocol",
		[]kit.Option{
			{Value: "tcp", Label: words.Name("tcp")},
			{Value: "udp", Label: words.Name("udp")},
			{Value: "sctp", Label: words.Name("sctp")},
		}, p.Protocol)
	proto.OnChange = func(s string) { p.Protocol, v.portsTouched = s, true; v.changed() }
	outside.Hint(words.Say("runform.the-port-of-this-computer"))
	where := kit.NewChoice("run."+id+".address", addresses(p.HostIP), p.HostIP)
	wide := kit.Badge(words.Say("common.open-to-network"), style.Warn)
	showWide := func() {
		if loopback(p.HostIP) {
			wide.Hide()
		} else {
			wide.Show()
		}
	}
	showWide()
	where.OnChange = func(s string) { p.HostIP, v.portsTouched = s, true; showWide(); v.changed() }
	remove := kit.NewButton("run."+id+".remove", words.Text{}, "close", kit.Quiet, func() {
		v.form.Ports = append(v.form.Ports[:i:i], v.form.Ports[i+1:]...)
		v.portsTouched = true
		v.rebuild()
	}).Hint(words.Say("runform.do-not-publish-this-port"))
	row := kit.Across(8, kit.Width(84, inside), kit.Width(76, proto.Button), kit.NewIcon("arrow", style.Muted),
		kit.Width(296, where.Button), kit.Width(112, outside), wide, kit.Spring(), remove)
	return kit.Down(2, row, v.errorLine(id+".container"), v.errorLine(id+".host"))
}

// addresses are those that a port can be reached at. What a container has beside the usual two is among them.
func addresses(has string) []kit.Option {
	all := kit.Option{Value: "0.0.0.0", Label: words.Say("runform.0-0-0-0-whole")}
	if has == "" {
		all = kit.Option{Value: "", Label: words.Say("runform.all-whole-network")}
	}
	options := []kit.Option{{Value: Loopback, Label: words.Say("runform.127-0-0-1-this")}, all}
	if has != "" && has != Loopback && has != all.Value {
		options = append(options, kit.Option{Value: has, Label: words.Name(has)})
	}
	return options
}

// morePorts offers those that the image has in such numbers that nobody publishes them unasked.
func (v *rows) morePorts() fyne.CanvasObject {
	row := kit.Across(8)
	if !v.here || v.changes != nil {
		return row
	}
	_, more := exposed(v.detail)
	for i, p := range more {
		if i == 3 {
			break
		}
		there := slices.ContainsFunc(v.form.Ports, func(r PortRow) bool {
			return r.Container == p.ContainerText() && r.Protocol == portRow(p).Protocol
		})
		if there {
			continue
		}
		text := p.ContainerText()
		if !p.IsTCP() {
			text += "/" + p.Protocol
		}
		row.Add(kit.NewButton(fmt.Sprintf("run.port.more.%d", i),
			words.Say("runform.publish-too", words.Args{"Port": words.Name(text)}), "", kit.Link, func() {
				v.portsTouched = true
				v.form.Ports = append(v.form.Ports, portRow(p))
				v.rebuild()
			}).Hint(words.Say("runform.the-image-says-that-it", words.Args{"Count": words.Count(p.Count())})))
	}
	return row
}

func (v *rows) mountRow(i int) fyne.CanvasObject {
	id := fmt.Sprintf("mount.%d", i)
	m := &v.form.Mounts[i]
	placeholder, icon := words.Name("/home/you/project"), "folder"
	if m.Kind == runspec.Volume {
		placeholder, icon = words.Say("runform.a-name-new-or-from"), "volume"
	}
	source := v.field(id+".source", placeholder, m.Source, func(s string) { m.Source = platform.ExpandHome(s) })
	target := v.field(id+".target", words.Name("/where/the/container/sees/it"), m.Target, func(s string) { m.Target = s })
	choose := kit.NewButton("run."+id+".choose", words.Say("common.choose"), "", kit.Normal, func() { v.chooseFolder(i) }).
		Small()
	if m.Kind == runspec.Volume {
		choose.OnTap = func() { v.chooseVolume(i, choose) }
		choose.SetEnabled(len(volumeNames(v.r.Session.Live.Snapshot())) > 0, words.Say("runform.there-is-no-named-volume"))
	}
	readOnly := kit.NewToggle("run."+id+".readonly", words.Say("runform.read-only"), m.ReadOnly,
		func(on bool) { m.ReadOnly = on; v.changed() }).Hint(words.Say("runform.the-container-can-read-it"))
	remove := kit.NewButton("run."+id+".remove", words.Text{}, "close", kit.Quiet, func() {
		v.form.Mounts = append(v.form.Mounts[:i:i], v.form.Mounts[i+1:]...)
		v.rebuild()
	}).Hint(words.Say("runform.take-it-off-the-form-nothing"))
	row := kit.Across(8, kit.NewIcon(icon, style.Muted), kit.Width(264, source), choose, kit.NewIcon("arrow", style.Muted),
		kit.Grow(target), readOnly, remove)
	if len(m.Options)+len(option(m.Relabel, "z")) > 0 {
		text := strings.Join(append(option(m.Relabel, "z"), m.Options...), ", ")
		options := kit.NewButton("run."+id+".options",
			words.Say("runform.with", words.Args{"Options": words.Name(runspec.Shorten(text))}), "", kit.Link, func() {
				m.Options, m.Relabel = nil, false
				v.rebuild()
			}).Hint(words.Say("runform.options-of-this-mount-that"))
		row = kit.Down(2, row, kit.Across(0, options))
	}
	advice := newAdviceRow(id, func(path string) { v.inputs[id+".target"].SetText(path) })
	v.advice[i] = advice
	return kit.Down(2, row, v.errorLine(id+".source"), v.errorLine(id+".target"), advice.row)
}

// option is a word if it counts.
func option(counts bool, word string) []string {
	if counts {
		return []string{word}
	}
	return nil
}

func (v *rows) chooseVolume(i int, under *kit.Button) {
	var items []kit.MenuItem
	for _, name := range volumeNames(v.r.Session.Live.Snapshot()) {
		items = append(items, kit.MenuItem{
			ID: "volume." + name, Label: words.Name(name), Icon: "volume",
			Run: func() { v.inputs[fmt.Sprintf("mount.%d.source", i)].SetText(name) },
		})
	}
	kit.ShowMenuBelow(under, items)
}

// adviceRow is what the mount coach says under a mount.
type adviceRow struct {
	row    *fyne.Container
	text   *kit.Paragraph
	button *kit.Button
	path   string
}

func newAdviceRow(id string, take func(path string)) *adviceRow {
	a := &adviceRow{text: kit.NewParagraph(words.Text{}, kit.Second.In(style.Warn)).ID("run." + id + ".advice")}
	a.button = kit.NewButton("run."+id+".advice.take", words.Say("runform.mount-it-there"), "", kit.Link, func() {
		take(a.path)
	})
	a.row = kit.Across(8, kit.NewIcon("warning", style.Warn), a.text, a.button)
	a.row.Hide()
	return a
}

// showAdvice lets the coach look at every mount.
func (v *rows) showAdvice() {
	var proposed []string // one place is not proposed twice
	for i := range v.form.Mounts {
		a := v.advice[i]
		if a == nil {
			continue
		}
		others := slices.Clone(proposed)
		for _, m := range v.anonymous() {
			others = append(others, m.Destination)
		}
		for j, m := range v.form.Mounts {
			if j != i {
				others = append(others, m.Target)
			}
		}
		advice := Advice{}
		if v.here && !v.hadMount(v.form.Mounts[i].Target) {
			advice = Coach(v.detail, v.form.Mounts[i].Target, others)
		}
		a.text.Set(advice.Text)
		if a.path = advice.Instead; a.path != "" {
			proposed = append(proposed, a.path)
		}
		if advice.Text.None() {
			a.row.Hide()
		} else {
			a.row.Show()
		}
	}
}

func (v *rows) envRow(i int) fyne.CanvasObject {
	id := fmt.Sprintf("env.%d", i)
	e := &v.form.Env[i]
	value := v.field(id+".value", words.Say("runform.value"), e.Value, func(s string) { e.Value = s })
	value.KeepLines()
	reveal := kit.NewButton("run."+id+".reveal", words.Text{}, "eye", kit.Quiet, nil).
		Hint(words.Say("runform.show-the-value"))
	secret := func() {
		hidden := runspec.SecretEnv(e.Name, e.Value) && !v.shown[i]
		value.SetSecret(hidden)
		if runspec.SecretEnv(e.Name, e.Value) {
			reveal.Show()
		} else {
			reveal.Hide()
		}
		icon := "eye"
		if !hidden {
			icon = "eyeoff"
		}
		reveal.SetIcon(icon)
	}
	reveal.OnTap = func() { v.shown[i] = !v.shown[i]; secret() }
	name := v.field(id+".name", words.Name("NAME"), e.Name, func(s string) { e.Name = s; secret() })
	secret()
	remove := kit.NewButton("run."+id+".remove", words.Text{}, "close", kit.Quiet, func() {
		v.form.Env = append(v.form.Env[:i:i], v.form.Env[i+1:]...)
		clear(v.shown)
		v.rebuild()
	}).Hint(words.Say("runform.take-it-off-the-form"))
	return kit.Down(2, kit.Across(8, kit.Width(240, name), kit.Grow(value), reveal, remove), v.errorLine(id+".name"))
}

// addMount adds a row for a folder or volume. An empty source is for the person to choose.
func (v *rows) addMount(kind runspec.MountKind, source string) {
	// makes room
	v.form.Mounts = slices.DeleteFunc(v.form.Mounts, func(m MountRow) bool { return m.Offered && m.Source == "" })
	v.form.Mounts = append(v.form.Mounts,
		MountRow{Kind: kind, Source: source, Target: notebook.WorkPlace(v.detail, v.takenTargets())})
	if kind == runspec.Bind && source != "" {
		v.rememberFolder(source)
	}
	v.rebuild()
	v.focus(fmt.Sprintf("mount.%d.source", len(v.form.Mounts)-1))
}

// chooseFolder asks for the folder of a row, or of a new one with -1.
func (v *rows) chooseFolder(row int) {
	start := v.r.Settings.Get().Folder
	if row >= 0 && v.form.Mounts[row].Source != "" {
		start = v.form.Mounts[row].Source
	}
	chooser.Folder(v.r.Window, v.r.Work,
		chooser.Question{
			Title: words.Say("runform.choose-a-folder-on-this"), Use: words.Say("common.use-this-folder"),
			Start: start,
		}, func(path string) {
			switch {
			case !v.dialog.IsOpen(): // the desktop's own chooser does not hold up this window
				return
			case row < 0 || row >= len(v.form.Mounts) || v.form.Mounts[row].Kind != runspec.Bind:
				v.addMount(runspec.Bind, path)
				return
			}
			v.form.Mounts[row].Source = path
			v.rememberFolder(path)
			v.rebuild()
		})
}

// rememberFolder proposes the folder the next time. That it could not be saved is no reason to disturb a person here.
func (v *rows) rememberFolder(path string) {
	v.r.Work.Go(func(ctxIgnored) { _ = v.r.Settings.Change(func(s *settings.Values) { s.Folder = path }) })
}
