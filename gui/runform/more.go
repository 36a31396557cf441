package runform

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"slipway/engine/model"
	"slipway/engine/runspec"
	"slipway/engine/words"
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
	v.moreFold = fold("run.more", words.Say("runform.command-user-limits-gpu-network"), v.more, v.toggleMore)
	v.moreBox.Add(kit.Across(0, v.moreFold))
	if v.more {
		v.moreBox.Add(v.moreFields())
	}
	v.rareFold = fold("run.rare", words.Say("runform.terminal-devices-capabilities-security"), v.rare, v.toggleRare)
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
func fold(id string, label words.Text, open bool, tap func()) *kit.Button {
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
func (v *view) text(id string, caption words.Text, placeholder words.Text, value *string,
	hint words.Text,
) fyne.CanvasObject {
	f := v.field(id, placeholder, *value, func(s string) { *value = s })
	f.Hint(hint)
	return kit.Labelled(caption, v.withError(id, f))
}

func (v *view) moreFields() fyne.CanvasObject {
	f := &v.form
	gpu := kit.NewToggle("run.gpu", words.Say("runform.all-gpus-of-the-engine"), f.GPU, func(on bool) {
		f.GPU = on
		v.changed()
	}).
		Hint(words.Say("runform.its-programs-can-compute-on"))
	if e, err := v.r.Session.Engine(); err == nil && !e.Info().GPU && !f.GPU {
		gpu.SetEnabled(false, words.Say("runform.this-engine-offers-no-gpu"))
	}
	return kit.Down(10,
		v.text("command", words.Say("common.command"), words.Name(model.Words(v.detail.Cmd)), &f.Command,
			words.Say("runform.replaces-what-the-image-runs")),
		pair(v.text("entrypoint", words.Say("common.entrypoint"), orImage(model.Words(v.detail.Entrypoint)), &f.Entrypoint,
			words.Say("runform.the-program-that-is-started")),
			kit.Labelled(words.Say("common.platform"), v.withError("platform", v.platform().Button))),
		pair(v.text("user", words.Say("common.user"), orImage(v.detail.User), &f.User,
			words.Say("runform.a-name-in-the-image")),
			v.text("workdir", words.Say("common.working-directory"), orImage(v.detail.WorkingDir), &f.WorkingDir,
				words.Say("runform.the-folder-in-the-container"))),
		pair(v.text("memory", words.Say("common.memory"), words.Say("runform.no-limit-or-for-example"), &f.Memory,
			words.Say("runform.what-needs-more-is-ended")),
			v.text("cpus", words.Name("CPUs"), words.Say("runform.no-limit-or-for-example-1"), &f.CPUs,
				words.Say("runform.how-many-processors-it-may"))),
		pair(v.text("shm", words.Say("runform.shared-memory"), words.Say("runform.the-engine-s-64m-or"), &f.Shm,
			words.Say("runform.the-size-of-dev-shm")),
			kit.Labelled(words.Name("GPU"), kit.Across(0, gpu))),
		pair(kit.Labelled(words.Say("runform.network"), v.withError("network", v.network().Button)),
			v.text("aliases", words.Say("runform.further-names-in-it"), words.Say("runform.for-example-db-cache"), &f.Aliases,
				words.Say("runform.other-containers-of-the-same"))),
		v.list(Labels, words.Say("common.labels"), words.Say("runform.add-a-label"), "name=value"))
}

func (v *view) rareFields() fyne.CanvasObject {
	f := &v.form
	toggle := func(id string, label words.Text, hint words.Text, value *bool) *kit.Button {
		return kit.NewToggle("run."+id, label, *value, func(on bool) { *value = on; v.changed() }).Hint(hint)
	}
	privileged := toggle("privileged", words.Say("runform.privileged"),
		words.Say("runform.all-capabilities-and-all-devices"), &f.Privileged)
	return kit.Down(10,
		kit.Across(8,
			toggle("tty", words.Say("runform.terminal-t"), words.Say("runform.its-program-gets-a-terminal"), &f.TTY),
			toggle("interactive", words.Say("runform.keep-input-open-i"), words.Say("runform.its-program-does-not-end"),
				&f.Interactive),
			toggle("init", words.Say("runform.init-process-init"),
				words.Say("runform.a-small-program-before-its"), &f.Init)),
		v.text("hostname", words.Say("runform.host-name"), words.Say("runform.the-engine-chooses-one"), &f.Hostname,
			words.Say("runform.the-name-that-the-container")),
		v.list(Hosts, words.Say("runform.addresses-it-knows-by-name"), words.Say("runform.add-an-address"), "name:address"),
		v.list(Devices, words.Say("runform.devices-of-the-engine-s"), words.Say("runform.add-a-device"), "/dev/ttyUSB0"),
		pair(v.list(CapAdd, words.Say("runform.capabilities-it-gets"), words.Say("runform.add-a-capability"), "NET_ADMIN"),
			v.list(CapDrop, words.Say("runform.capabilities-it-loses"), words.Say("runform.drop-a-capability"), "MKNOD")),
		v.list(Security, words.Say("runform.security-options"), words.Say("runform.add-an-option"), "no-new-privileges"),
		kit.Across(8, privileged))
}

func orImage(value string) words.Text {
	if value == "" {
		return words.Say("runform.as-the-image-says")
	}
	return words.Say("runform.the-image-s", words.Args{"Value": words.Name(value)})
}

// list is rows of words with a button that adds one.
func (v *view) list(kind ListKind, caption words.Text, add words.Text, placeholder string) fyne.CanvasObject {
	rows := kit.Down(6)
	for i := range v.form.Lists[kind] {
		id := listID(kind, i)
		field := v.field(id, words.Name(placeholder), v.form.Lists[kind][i], func(s string) { v.form.Lists[kind][i] = s })
		remove := kit.NewButton("run."+id+".remove", words.Text{}, "close", kit.Quiet, func() {
			v.form.Lists[kind] = slices.Delete(v.form.Lists[kind], i, i+1)
			v.buildRows()
			v.changed()
		}).Hint(words.Say("runform.take-it-off-the-form"))
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
	own := words.Say("runform.the-engine-s-own")
	if e, err := v.r.Session.Engine(); err == nil {
		own = words.Say("runform.the-engine-s-own-platform",
			words.Args{"Platform": words.Name(e.Info().OS + "/" + e.Info().Arch)})
	}
	options := []kit.Option{{Value: "", Label: own}}
	all := platforms
	if p := v.form.Platform; p != "" && !slices.Contains(all, p) {
		all = append([]string{p}, all...)
	}
	for _, p := range all {
		options = append(options, kit.Option{Value: p, Label: words.Name(p)})
	}
	c := kit.NewChoice("run.platform", options, v.form.Platform)
	c.Button.Hint(words.Say("runform.the-kind-of-machine-that"))
	c.OnChange = func(s string) { v.form.Platform = s; v.changed() }
	return c
}

// network offers those that the engine has. One that the form was filled in with and that is gone stays in the list.
func (v *view) network() *kit.Choice {
	options := []kit.Option{{Value: "", Label: words.Say("runform.the-engine-s-default")}}
	text := map[string]words.Text{
		"none": words.Say("runform.none-no-network-at-all"),
		"host": words.Say("runform.host-the-engine-s-own"),
	}
	list := v.networks
	if n := v.form.Network; n != "" && !slices.ContainsFunc(list, func(o model.Network) bool { return o.Name == n }) {
		list = append([]model.Network{{Name: n}}, list...)
	}
	for _, n := range list {
		label := text[n.Name]
		if label.None() {
			label = words.Name(n.Name)
		}
		if n.Name != "bridge" && n.Name != "podman" || n.Name == v.form.Network {
			options = append(options, kit.Option{Value: n.Name, Label: label})
		}
	}
	c := kit.NewChoice("run.network", options, v.form.Network)
	c.Button.Hint(words.Say("runform.containers-on-a-network-that"))
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
	v.along.Add(kit.Labelled(words.Say("runform.goes-along-settings-that-this"), list))
}

// alongRow is one of them. What opens wider has a badge.
func (v *view) alongRow(name string, i int, text string) fyne.CanvasObject {
	id := fmt.Sprintf("run.along.%s.%d", name, i)
	wide := kit.Badge(words.Say("runform.opens-wider"), style.Warn)
	if runspec.Opens(name, v.form.More[name][i]).None() {
		wide.Hide()
	}
	remove := kit.NewButton(id+".remove", words.Text{}, "close", kit.Quiet, func() {
		rest := slices.Delete(slices.Clone(v.form.More[name]), i, i+1)
		v.form.More = maps.Clone(v.form.More)
		if v.form.More[name] = rest; len(rest) == 0 {
			delete(v.form.More, name)
		}
		v.buildRows()
		v.changed()
	}).Hint(words.Say("runform.leave-this-setting-out"))
	return kit.Across(8, kit.NewText(words.Name(runspec.Shorten(text)), kit.Mono).ID(id), wide, kit.Spring(), remove)
}
