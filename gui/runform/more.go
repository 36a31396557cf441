package runform

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"slipway/engine/model"
	"slipway/engine/runspec"
	"slipway/gui/kit"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// buildMore makes the two folded parts: what is needed now and then, and what hardly anybody needs.
func (v *view) buildMore() {
	defer v.keepFocus()()
	for kind := range listed { // their rows are made anew
		for id := range v.rows {
			if strings.HasPrefix(id, string(kind)+".") {
				delete(v.rows, id)
				delete(v.fields, id)
				delete(v.fixes, id)
			}
		}
	}
	v.moreBox.RemoveAll()
	v.moreFold = fold("run.more", "Command, user, limits, GPU, network, labels", v.more, v.toggleMore)
	v.moreBox.Add(kit.Across(0, v.moreFold))
	if v.more {
		v.moreBox.Add(v.moreFields())
	}
	v.rareFold = fold("run.rare", "Terminal, devices, capabilities, security", v.rare, v.toggleRare)
	v.moreBox.Add(kit.Across(0, v.rareFold))
	if v.rare {
		v.moreBox.Add(v.rareFields())
	}
}

// needsMore and needsRare tell whether a folded part has something in it, which is shown then.
func (f Form) needsMore() bool {
	return f.Command+f.Entrypoint+f.User+f.WorkingDir+f.Memory+f.CPUs+f.Shm+f.Platform+f.Network+f.Aliases != "" ||
		f.GPU || len(f.Lists[Labels]) > 0
}

func (f Form) needsRare() bool {
	return f.TTY || f.Interactive || f.Init || f.Privileged || f.Hostname != "" ||
		len(f.Lists[Hosts])+len(f.Lists[Devices])+len(f.Lists[CapAdd])+len(f.Lists[CapDrop])+len(f.Lists[Security]) > 0
}

// moreOf are the options of a spec that the form has no field for.
func moreOf(s runspec.Spec) runspec.Options {
	more := maps.Clone(s.More)
	if more == nil {
		more = runspec.Options{}
	}
	if len(s.GroupAdd) > 0 {
		more["group-add"] = s.GroupAdd
	}
	if s.UserNS != "" {
		more["userns"] = []string{s.UserNS}
	}
	return more
}

// setMore puts them back. A number of processors takes the place of the same limit in other words, beside which engines
// refuse it.
func (f Form) setMore(s *runspec.Spec) {
	more := maps.Clone(f.More)
	s.GroupAdd, s.UserNS = more["group-add"], strings.Join(more["userns"], "")
	delete(more, "group-add")
	delete(more, "userns")
	if f.Init {
		delete(more, "init")
	}
	if f.CPUs != "" {
		delete(more, "cpu-quota")
		delete(more, "cpu-period")
	}
	if f.Memory == "" { // which limits memory and swap together
		delete(more, "memory-swap")
	}
	if s.More = more; len(more) == 0 {
		s.More = nil
	}
}

// fold is the line that opens and closes a part of the form.
func fold(id, label string, open bool, tap func()) *kit.Button {
	icon := "right"
	if open {
		icon = "down"
	}
	return kit.NewButton(id, label, icon, kit.Quiet, tap)
}

// toggleMore unfolds the fields that few people need, and goes to the first of them; or folds them.
func (v *view) toggleMore() {
	v.more = !v.more
	v.unfolded(v.more, "command")
}

func (v *view) toggleRare() {
	v.rare = !v.rare
	v.unfolded(false, "")
	v.r.Window.Canvas().Focus(v.rareFold)
}

func (v *view) unfolded(open bool, first string) {
	v.buildMore()
	v.refresh()
	v.dialog.Relayout()
	if open {
		v.focus(first)
		return
	}
	v.r.Window.Canvas().Focus(v.moreFold) // the button that was pressed was made anew
}

// half is the width of a field beside another.
const half = float32(formWidth-2*24-14) / 2

// pair puts two fields beside each other.
func pair(a, b fyne.CanvasObject) fyne.CanvasObject {
	return kit.AcrossTop(14, kit.Width(half, a), kit.Width(half, b))
}

// text is a captioned field of the form.
func (v *view) text(id, caption, placeholder string, value *string, hint string) fyne.CanvasObject {
	f := v.field(id, placeholder, *value, func(s string) { *value = s })
	f.Hint(hint)
	return kit.Labelled(caption, v.withError(id, f))
}

func (v *view) moreFields() fyne.CanvasObject {
	f := &v.form
	gpu := kit.NewToggle("run.gpu", "All GPUs of the engine", f.GPU, func(on bool) { f.GPU = on; v.changed() }).
		Hint("Its programs can compute on the graphics cards (--gpus all).")
	if e, err := v.r.Session.Engine(); err == nil && !e.Info().GPU && !f.GPU {
		gpu.SetEnabled(false, "This engine offers no GPU: it has neither NVIDIA's runtime nor a device by CDI.")
	}
	return kit.Down(10,
		v.text("command", "Command", model.Words(v.detail.Cmd), &f.Command,
			"Replaces what the image runs by itself. Leave it empty to keep that."),
		pair(v.text("entrypoint", "Entrypoint", orImage(model.Words(v.detail.Entrypoint)), &f.Entrypoint,
			"The program that is started, with the command as its arguments."),
			kit.Labelled("Platform", v.withError("platform", v.platform().Button))),
		pair(v.text("user", "User", orImage(v.detail.User), &f.User, "A name in the image, or numbers such as 1000:100."),
			v.text("workdir", "Working directory", orImage(v.detail.WorkingDir), &f.WorkingDir,
				"The folder in the container that its program starts in.")),
		pair(v.text("memory", "Memory", "no limit, or for example 2g", &f.Memory, "What needs more is ended by the system."),
			v.text("cpus", "CPUs", "no limit, or for example 1.5", &f.CPUs, "How many processors it may keep busy.")),
		pair(v.text("shm", "Shared memory", "the engine's 64m, or for example 1g", &f.Shm,
			"The size of /dev/shm, which PyTorch and browsers need more of."),
			kit.Labelled("GPU", kit.Across(0, gpu))),
		pair(kit.Labelled("Network", v.withError("network", v.network().Button)),
			v.text("aliases", "Further names in it", "for example db cache", &f.Aliases,
				"Other containers of the same network reach it by these names. Separate them by spaces.")),
		v.list(Labels, "Labels", "+ Add a label", "name=value"))
}

func (v *view) rareFields() fyne.CanvasObject {
	f := &v.form
	toggle := func(id, label, hint string, value *bool) *kit.Button {
		return kit.NewToggle("run."+id, label, *value, func(on bool) { *value = on; v.changed() }).Hint(hint)
	}
	privileged := toggle("privileged", "Privileged",
		"All capabilities and all devices: nothing is kept from it. Hardly anything needs that.", &f.Privileged)
	return kit.Down(10,
		kit.Across(8,
			toggle("tty", "Terminal (-t)", "Its program gets a terminal, as shells want one.", &f.TTY),
			toggle("interactive", "Keep input open (-i)", "Its program does not end because nobody types.", &f.Interactive),
			toggle("init", "Init process (--init)",
				"A small program before its own passes signals on and clears away ended processes.", &f.Init)),
		v.text("hostname", "Host name", "the engine chooses one", &f.Hostname, "The name that the container has of itself."),
		v.list(Hosts, "Addresses it knows by name", "+ Add an address", "name:address"),
		v.list(Devices, "Devices of the engine's machine", "+ Add a device", "/dev/ttyUSB0"),
		pair(v.list(CapAdd, "Capabilities it gets", "+ Add a capability", "NET_ADMIN"),
			v.list(CapDrop, "Capabilities it loses", "+ Drop a capability", "MKNOD")),
		v.list(Security, "Security options", "+ Add an option", "no-new-privileges"),
		kit.Across(8, privileged))
}

func orImage(value string) string {
	if value == "" {
		return "as the image says"
	}
	return value + " (the image's)"
}

// list is rows of words with a button that adds one.
func (v *view) list(kind ListKind, caption, add, placeholder string) fyne.CanvasObject {
	rows := kit.Down(6)
	for i := range v.form.Lists[kind] {
		id := listID(kind, i)
		field := v.field(id, placeholder, v.form.Lists[kind][i], func(s string) { v.form.Lists[kind][i] = s })
		remove := kit.NewButton("run."+id+".remove", "", "close", kit.Quiet, func() {
			v.form.Lists[kind] = slices.Delete(v.form.Lists[kind], i, i+1)
			v.buildRows()
			v.changed()
		}).Hint("Take it off the form")
		rows.Add(kit.Down(2, kit.Across(8, kit.Grow(field), remove), v.errorLine(id)))
	}
	rows.Add(kit.Across(0, kit.NewButton("run."+string(kind)+".add", add, "", kit.Link, func() {
		if v.form.Lists == nil {
			v.form.Lists = map[ListKind][]string{}
		}
		v.form.Lists[kind] = append(v.form.Lists[kind], "")
		v.buildRows()
		v.changed()
		v.focus(listID(kind, len(v.form.Lists[kind])-1))
	})))
	return kit.Labelled(caption, rows)
}

// platforms are those that images are commonly made for.
var platforms = []string{"linux/amd64", "linux/arm64", "linux/arm/v7", "linux/386", "linux/ppc64le", "linux/s390x"}

func (v *view) platform() *kit.Choice {
	own := "The engine's own"
	if e, err := v.r.Session.Engine(); err == nil {
		own += " (" + e.Info().OS + "/" + e.Info().Arch + ")"
	}
	options := []kit.Option{{Value: "", Label: own}}
	all := platforms
	if p := v.form.Platform; p != "" && !slices.Contains(all, p) {
		all = append([]string{p}, all...)
	}
	for _, p := range all {
		options = append(options, kit.Option{Value: p, Label: p})
	}
	c := kit.NewChoice("run.platform", options, v.form.Platform)
	c.Button.Hint("The kind of machine that the image is for. Another than the engine's own is emulated where the engine can, and slow.")
	c.OnChange = func(s string) { v.form.Platform = s; v.changed() }
	return c
}

// network offers those that the engine has. One that the form was filled in with and that is gone stays in the list.
func (v *view) network() *kit.Choice {
	options := []kit.Option{{Value: "", Label: "The engine's default"}}
	words := map[string]string{"none": "none (no network at all)", "host": "host (the engine's own, without a wall)"}
	list := v.networks
	if n := v.form.Network; n != "" && !slices.ContainsFunc(list, func(o model.Network) bool { return o.Name == n }) {
		list = append([]model.Network{{Name: n}}, list...)
	}
	for _, n := range list {
		label := words[n.Name]
		if label == "" {
			label = n.Name
		}
		if n.Name != "bridge" && n.Name != "podman" || n.Name == v.form.Network {
			options = append(options, kit.Option{Value: n.Name, Label: label})
		}
	}
	c := kit.NewChoice("run.network", options, v.form.Network)
	c.Button.Hint("Containers on a network that somebody made reach each other by name.")
	c.OnChange = func(s string) { v.form.Network = s; v.changed() }
	return c
}

// buildAlong lists the options that the form has no field for and that go along.
func (v *view) buildAlong() {
	v.along.RemoveAll()
	names := slices.Sorted(maps.Keys(v.form.More))
	if len(names) == 0 {
		return
	}
	list := kit.Down(4)
	for _, name := range names {
		shown := runspec.Spec{More: runspec.Options{name: v.form.More[name]}}.MoreWords()
		for i, text := range shown {
			list.Add(v.alongRow(name, i, text))
		}
	}
	v.along.Add(kit.Labelled("Goes along: settings that this form has no field for", list))
}

// alongRow is one of them. What opens wider has a badge.
func (v *view) alongRow(name string, i int, text string) fyne.CanvasObject {
	id := fmt.Sprintf("run.along.%s.%d", name, i)
	wide := kit.Badge("opens wider", style.Warn)
	if runspec.Opens(name, v.form.More[name][i]) == "" {
		wide.Hide()
	}
	remove := kit.NewButton(id+".remove", "", "close", kit.Quiet, func() {
		rest := slices.Delete(slices.Clone(v.form.More[name]), i, i+1)
		v.form.More = maps.Clone(v.form.More)
		if v.form.More[name] = rest; len(rest) == 0 {
			delete(v.form.More, name)
		}
		v.buildRows()
		v.changed()
	}).Hint("Leave this setting out")
	return kit.Across(8, kit.NewText(runspec.Shorten(text), kit.Mono).ID(id), wide, kit.Spring(), remove)
}
