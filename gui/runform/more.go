package runform

import (
	"fmt"
	"maps"
	"slices"

	"slipway/engine/model"
	"slipway/engine/runspec"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// more is the part of the view that is folded away, and the options without a field.
type more struct {
	*sheet
	folds, along       *fyne.Container
	open, rare         bool // the two folds
	moreFold, rareFold *kit.Button
	networks           []model.Network
}

// build makes the two folded parts: what is needed now and then, and what hardly anybody needs.
func (v *more) build() {
	defer v.keepFocus()()
	for kind := range listed { // their rows are made anew
		v.drop(string(kind) + ".")
	}
	v.folds.RemoveAll()
	v.moreFold = fold("run.more", words.Say("runform.command-user-limits-gpu-network"), v.open, v.toggleMore)
	v.folds.Add(kit.Across(0, v.moreFold))
	if v.open {
		v.folds.Add(v.moreFields())
	}
	v.rareFold = fold("run.rare", words.Say("runform.terminal-devices-capabilities-security"), v.rare, v.toggleRare)
	v.folds.Add(kit.Across(0, v.rareFold))
	if v.rare {
		v.folds.Add(v.rareFields())
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
func (v *more) toggleMore() {
	v.open = !v.open
	v.unfolded(v.open, "command")
}

func (v *more) toggleRare() {
	v.rare = !v.rare
	v.unfolded(false, "")
	v.r.Window.Canvas().Focus(v.rareFold)
}

func (v *more) unfolded(open bool, first string) {
	v.build()
	v.refresh()
	v.dialog.Relayout()
	if open {
		v.focus(first)
		return
	}
	v.r.Window.Canvas().Focus(v.moreFold) // the button that was pressed was made anew
}

// text is a captioned field of the form.
func (v *more) text(id string, caption words.Text, placeholder words.Text, value *string,
	hint words.Text,
) fyne.CanvasObject {
	f := v.field(id, placeholder, *value, func(s string) { *value = s })
	f.Hint(hint)
	return kit.Labelled(caption, v.withError(id, f))
}

func (v *more) moreFields() fyne.CanvasObject {
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

func (v *more) rareFields() fyne.CanvasObject {
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
func (v *more) list(kind ListKind, caption words.Text, add words.Text, placeholder string) fyne.CanvasObject {
	rows := kit.Down(6)
	for i := range v.form.Lists[kind] {
		id := listID(kind, i)
		field := v.field(id, words.Name(placeholder), v.form.Lists[kind][i], func(s string) { v.form.Lists[kind][i] = s })
		remove := kit.NewButton("run."+id+".remove", words.Text{}, "close", kit.Quiet, func() {
			v.form.Lists[kind] = slices.Delete(v.form.Lists[kind], i, i+1)
			v.rebuild()
		}).Hint(words.Say("runform.take-it-off-the-form"))
		rows.Add(kit.Down(2, kit.Across(8, kit.Grow(field), remove), v.errorLine(id)))
	}
	rows.Add(kit.Across(0, kit.NewButton("run."+string(kind)+".add", add, "", kit.Link, func() {
		if v.form.Lists == nil {
			v.form.Lists = map[ListKind][]string{}
		}
		v.form.Lists[kind] = append(v.form.Lists[kind], "")
		v.rebuild()
		v.focus(listID(kind, len(v.form.Lists[kind])-1))
	})))
	return kit.Labelled(caption, rows)
}

// platforms are those that images are commonly made for.
var platforms = []string{"linux/amd64", "linux/arm64", "linux/arm/v7", "linux/386", "linux/ppc64le", "linux/s390x"}

func (v *more) platform() *kit.Choice {
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
func (v *more) network() *kit.Choice {
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
func (v *more) buildAlong() {
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
func (v *more) alongRow(name string, i int, text string) fyne.CanvasObject {
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
		v.rebuild()
	}).Hint(words.Say("runform.leave-this-setting-out"))
	return kit.Across(8, kit.NewText(words.Name(runspec.Shorten(text)), kit.Mono).ID(id), wide, kit.Spring(), remove)
}
