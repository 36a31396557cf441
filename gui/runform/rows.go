package runform

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"slipway/engine"
	"slipway/engine/model"
	"slipway/engine/platform"
	"slipway/engine/runspec"
	"slipway/gui/kit"
	"slipway/gui/post"
	"slipway/gui/present"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// ctxIgnored is the context of work that is too short to be cancelled.
type ctxIgnored = context.Context

func size(n int64) string { return present.Size(n) }

func shortRef(ref string) string { return present.ShortImage(ref) }

// buildRows makes the widgets of all rows anew, after one was added or taken away.
func (v *view) buildRows() {
	defer v.keepFocus()()
	for id := range v.rows {
		if strings.HasPrefix(id, "port.") || strings.HasPrefix(id, "mount.") || strings.HasPrefix(id, "env.") {
			delete(v.rows, id)
			delete(v.fields, id)
			delete(v.fixes, id)
		}
	}
	clear(v.advice)
	v.ports.RemoveAll()
	for i := range v.form.Ports {
		v.ports.Add(v.portRow(i))
	}
	v.ports.Add(kit.Across(8, kit.NewButton("run.port.add", "+ Add a port", "", kit.Link, v.addPort), v.morePorts()))
	v.mounts.RemoveAll()
	for i := range v.form.Mounts {
		v.mounts.Add(v.mountRow(i))
	}
	addFolder := kit.NewButton("run.mount.addfolder", "+ Add a folder", "", kit.Link,
		func() { v.addMount(runspec.Bind, "") }).
		Hint("A folder of this computer that the container sees. You can also drop one on the window.")
	addVolume := kit.NewButton("run.mount.addvolume", "+ Add a volume", "", kit.Link,
		func() { v.addMount(runspec.Volume, "") }).
		Hint("Storage that the engine keeps by a name, and that outlives containers.")
	if v.r.Session.State().Locality == model.Elsewhere {
		addFolder.SetEnabled(false, "The engine is elsewhere and has no folders of this computer.")
	}
	clear(v.unnamed)
	for i, m := range v.anonymous() {
		name := kit.NewButton(fmt.Sprintf("run.unnamed.%d", i), "Give it a name", "", kit.Link, func() { v.nameVolume(m) }).
			Hint("The new container gets a volume with a name there. What is in this one can be copied into it.")
		v.unnamed[m.Destination] = kit.Across(8, kit.NewParagraph("The anonymous volume at "+m.Destination+
			" is kept, and the new container uses it.", kit.Second), name)
		v.mounts.Add(v.unnamed[m.Destination])
	}
	v.showUnnamed()
	v.mounts.Add(kit.Across(8, addFolder, addVolume))
	v.env.RemoveAll()
	for i := range v.form.Env {
		v.env.Add(v.envRow(i))
	}
	v.env.Add(kit.Across(8,
		kit.NewButton("run.env.add", "+ Add a variable", "", kit.Link, func() {
			v.form.Env = append(v.form.Env, EnvRow{})
			v.buildRows()
			v.changed()
			v.focus(fmt.Sprintf("env.%d.name", len(v.form.Env)-1))
		}),
		kit.NewButton("run.env.import", "+ Import a .env file…", "", kit.Link, v.importEnv).
			Hint("A file with a line NAME=value for each variable. You can also drop one on the window.")))
	v.buildMore()
	v.buildAlong()
	v.dialog.Relayout()
}

// anonymous are the anonymous volumes of a container that is to be changed: the new one gets them too.
func (v *view) anonymous() []model.Mount {
	if v.changes == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(v.changes.Container.Mounts), func(m model.Mount) bool {
		return m.Type != "volume" || !engine.IsAnonymous(m.Name)
	})
}

// showUnnamed shows the anonymous volumes in whose place no row has something.
func (v *view) showUnnamed() {
	for at, line := range v.unnamed {
		if slices.ContainsFunc(v.form.Mounts, func(r MountRow) bool { return path.Clean(r.Target) == at }) {
			line.Hide()
		} else {
			line.Show()
		}
	}
}

// nameVolume adds a row for a volume with a name in the place of an anonymous one.
func (v *view) nameVolume(m model.Mount) {
	taken := volumeNames(v.r.Session.Live.Snapshot())
	name := v.changes.Container.Name + "-" + path.Base(m.Destination)
	free := name
	for n := 2; slices.Contains(taken, free); n++ {
		free = fmt.Sprintf("%s-%d", name, n)
	}
	v.form.Mounts = append(v.form.Mounts,
		MountRow{Kind: runspec.Volume, Source: free, Target: m.Destination, ReadOnly: m.ReadOnly})
	v.buildRows()
	v.changed()
	v.focus(fmt.Sprintf("mount.%d.source", len(v.form.Mounts)-1))
}

// keepFocus remembers which field a person is in; the returned function gives the focus to the field that took its
// place.
func (v *view) keepFocus() func() {
	c := v.r.Window.Canvas()
	for id, f := range v.fields {
		if c.Focused() == f {
			column := f.CursorColumn
			return func() {
				if again := v.fields[id]; again != nil && again != f {
					c.Focus(again)
					again.CursorColumn = column
					again.Refresh()
				}
			}
		}
	}
	return func() {}
}

func (v *view) focus(id string) {
	if f := v.fields[id]; f != nil {
		v.r.Window.Canvas().Focus(f)
		post.Do(func() { v.dialog.Reveal(f) }) // once what was added has its place
	}
}

func (v *view) addPort() {
	v.portsTouched = true
	v.form.Ports = append(v.form.Ports, PortRow{Protocol: "tcp", HostIP: Loopback})
	v.buildRows()
	v.changed()
	v.focus(fmt.Sprintf("port.%d.container", len(v.form.Ports)-1))
}

func (v *view) portRow(i int) fyne.CanvasObject {
	id := fmt.Sprintf("port.%d", i)
	p := &v.form.Ports[i]
	inside := v.field(id+".container", "inside", p.Container, func(s string) { p.Container, v.portsTouched = s, true })
	outside := v.field(id+".host", "any free", p.HostPort, func(s string) { p.HostPort, v.portsTouched = s, true })
	proto := kit.NewChoice("run."+id+".protocol",
		[]kit.Option{{Value: "tcp", Label: "tcp"}, {Value: "udp", Label: "udp"}, {Value: "sctp", Label: "sctp"}}, p.Protocol)
	proto.OnChange = func(s string) { p.Protocol, v.portsTouched = s, true; v.changed() }
	outside.Hint("The port of this computer. Left empty, the engine takes any free one.")
	where := kit.NewChoice("run."+id+".address", addresses(p.HostIP), p.HostIP)
	wide := kit.Badge("open to network", style.Warn)
	showWide := func() {
		if loopback(p.HostIP) {
			wide.Hide()
		} else {
			wide.Show()
		}
	}
	showWide()
	where.OnChange = func(s string) { p.HostIP, v.portsTouched = s, true; showWide(); v.changed() }
	remove := kit.NewButton("run."+id+".remove", "", "close", kit.Quiet, func() {
		v.form.Ports = append(v.form.Ports[:i:i], v.form.Ports[i+1:]...)
		v.portsTouched = true
		v.buildRows()
		v.changed()
	}).Hint("Do not publish this port")
	row := kit.Across(8, kit.Width(84, inside), kit.Width(76, proto.Button), kit.NewIcon("arrow", style.Muted),
		kit.Width(216, where.Button), kit.Width(112, outside), wide, kit.Spring(), remove)
	return kit.Down(2, row, v.errorLine(id+".container"), v.errorLine(id+".host"))
}

// addresses are those that a port can be reached at. What a container has beside the usual two is among them.
func addresses(has string) []kit.Option {
	all := kit.Option{Value: "0.0.0.0", Label: "0.0.0.0 (whole network)"}
	if has == "" {
		all = kit.Option{Value: "", Label: "all (whole network)"}
	}
	options := []kit.Option{{Value: Loopback, Label: "127.0.0.1 (this computer)"}, all}
	if has != "" && has != Loopback && has != all.Value {
		options = append(options, kit.Option{Value: has, Label: has})
	}
	return options
}

// morePorts offers those that the image has in such numbers that nobody publishes them unasked.
func (v *view) morePorts() fyne.CanvasObject {
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
		row.Add(kit.NewButton(fmt.Sprintf("run.port.more.%d", i), "+ Publish "+text+", too", "", kit.Link, func() {
			v.portsTouched = true
			v.form.Ports = append(v.form.Ports, portRow(p))
			v.buildRows()
			v.changed()
		}).Hint(fmt.Sprintf("The image says that it uses these %d ports. Each one that is published costs the engine some memory.", p.Count())))
	}
	return row
}

// portFixes offers the next free port beside each conflict.
func (v *view) portFixes(wrong map[string]string) {
	for i := range v.form.Ports {
		id := fmt.Sprintf("port.%d.host", i)
		next := v.facts.NextFree[i]
		if wrong[id] == "" || next == 0 {
			continue
		}
		v.showFix(id, fmt.Sprintf("use %d", next), func() { v.fields[id].SetText(strconv.Itoa(int(next))) })
	}
}

// folderFixes offers to make a folder that does not exist.
func (v *view) folderFixes(wrong map[string]string) {
	for i, m := range v.form.Mounts {
		id := fmt.Sprintf("mount.%d.source", i)
		if wrong[id] != noFolder {
			continue
		}
		v.showFix(id, "create it", func() {
			v.r.Work.Go(func(context.Context) {
				p := model.AsProblem(platform.CreateFolder(m.Source), "")
				post.Do(func() {
					if p != nil {
						v.fail(p)
						return
					}
					v.check()
				})
			})
		})
	}
}

func (v *view) mountRow(i int) fyne.CanvasObject {
	id := fmt.Sprintf("mount.%d", i)
	m := &v.form.Mounts[i]
	placeholder, icon := "/home/you/project", "folder"
	if m.Kind == runspec.Volume {
		placeholder, icon = "a name, new or from the list", "volume"
	}
	source := v.field(id+".source", placeholder, m.Source, func(s string) { m.Source = platform.ExpandHome(s) })
	target := v.field(id+".target", "/where/the/container/sees/it", m.Target, func(s string) { m.Target = s })
	choose := kit.NewButton("run."+id+".choose", "Choose…", "", kit.Normal, func() { v.chooseFolder(i) }).Small()
	if m.Kind == runspec.Volume {
		choose.OnTap = func() { v.chooseVolume(i, choose) }
		choose.SetEnabled(len(volumeNames(v.r.Session.Live.Snapshot())) > 0, "There is no named volume yet. Type a new name.")
	}
	readOnly := kit.NewToggle("run."+id+".readonly", "read-only", m.ReadOnly,
		func(on bool) { m.ReadOnly = on; v.changed() }).Hint("The container can read it and change nothing in it.")
	remove := kit.NewButton("run."+id+".remove", "", "close", kit.Quiet, func() {
		v.form.Mounts = append(v.form.Mounts[:i:i], v.form.Mounts[i+1:]...)
		v.buildRows()
		v.changed()
	}).Hint("Take it off the form; nothing in it is deleted")
	row := kit.Across(8, kit.NewIcon(icon, style.Muted), kit.Width(228, source), choose, kit.NewIcon("arrow", style.Muted),
		kit.Grow(target), readOnly, remove)
	if len(m.Options)+len(words(m.Relabel, "z")) > 0 {
		text := strings.Join(append(words(m.Relabel, "z"), m.Options...), ", ")
		options := kit.NewButton("run."+id+".options", "with "+runspec.Shorten(text)+"  ×", "", kit.Link, func() {
			m.Options, m.Relabel = nil, false
			v.buildRows()
			v.changed()
		}).Hint("Options of this mount that the form has no field for. Press to take them off.")
		row = kit.Down(2, row, kit.Across(0, options))
	}
	advice := newAdviceRow(id, func(path string) { v.fields[id+".target"].SetText(path) })
	v.advice[i] = advice
	return kit.Down(2, row, v.errorLine(id+".source"), v.errorLine(id+".target"), advice.row)
}

// words is a word if it counts.
func words(counts bool, word string) []string {
	if counts {
		return []string{word}
	}
	return nil
}

func (v *view) chooseVolume(i int, under *kit.Button) {
	var items []kit.MenuItem
	for _, name := range volumeNames(v.r.Session.Live.Snapshot()) {
		items = append(items, kit.MenuItem{
			ID: "volume." + name, Label: name, Icon: "volume",
			Run: func() { v.fields[fmt.Sprintf("mount.%d.source", i)].SetText(name) },
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
	a := &adviceRow{text: kit.NewParagraph("", kit.Second.In(style.Warn)).ID("run." + id + ".advice")}
	a.button = kit.NewButton("run."+id+".advice.take", "Mount it there", "", kit.Link, func() { take(a.path) })
	a.row = kit.Across(8, kit.NewIcon("warning", style.Warn), a.text, a.button)
	a.row.Hide()
	return a
}

// showAdvice lets the coach look at every mount.
func (v *view) showAdvice() {
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
		if advice.Text == "" {
			a.row.Hide()
		} else {
			a.row.Show()
		}
	}
}

// hadMount tells whether the container that is changed has something mounted there: a person chose that.
func (v *view) hadMount(target string) bool {
	is := func(m model.Mount) bool { return m.Destination == path.Clean(target) }
	return v.changes != nil && slices.ContainsFunc(v.changes.Container.Mounts, is)
}

func (v *view) envRow(i int) fyne.CanvasObject {
	id := fmt.Sprintf("env.%d", i)
	e := &v.form.Env[i]
	value := v.field(id+".value", "value", e.Value, func(s string) { e.Value = s })
	value.KeepLines()
	reveal := kit.NewButton("run."+id+".reveal", "", "eye", kit.Quiet, nil).Hint("Show the value")
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
	name := v.field(id+".name", "NAME", e.Name, func(s string) { e.Name = s; secret() })
	secret()
	remove := kit.NewButton("run."+id+".remove", "", "close", kit.Quiet, func() {
		v.form.Env = append(v.form.Env[:i:i], v.form.Env[i+1:]...)
		clear(v.shown)
		v.buildRows()
		v.changed()
	}).Hint("Take it off the form")
	return kit.Down(2, kit.Across(8, kit.Width(240, name), kit.Grow(value), reveal, remove), v.errorLine(id+".name"))
}
