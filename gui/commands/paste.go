package commands

import (
	"cmp"
	"os"
	"path/filepath"
	"strings"

	"slipway/engine"
	"slipway/engine/image"
	"slipway/engine/model"
	"slipway/engine/paste"
	"slipway/engine/runspec"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/kit/chooser"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// Paste shows what the docker commands in a text do, and does them as a person wishes. It tells whether there is any.
func (s *Set) Paste(text string) bool {
	list := paste.Read(text)
	switch len(list) {
	case 0:
		return false
	case 1:
		newPasted(s, list[0]).open()
	default:
		s.pasteSeveral(list)
	}
	return true
}

// pasteSeveral shows several commands as steps, each with a button that shows what it does.
func (s *Set) pasteSeveral(list []paste.Command) {
	steps := kit.Down(8)
	for i, c := range list {
		id := "pasted." + string(rune('a'+min(i, 25)))
		steps.Add(kit.Across(8, kit.Grow(kit.NewCodeLine(id, strings.TrimSpace(c.Line().String()), true)),
			kit.NewButton(id+".open", words.Say("commands.explain"), "", kit.Normal, func() { newPasted(s, c).open() })))
	}
	var d *kit.Dialog
	done := kit.NewButton("pasted.close", words.Say("common.close"), "", kit.Normal, func() { d.Close() })
	d = kit.NewDialog("pasted", words.Say("commands.commands-were-pasted", words.Args{"N": words.Count(len(list))}),
		words.Say("commands.do-them-one-by-one"), 760, steps, kit.Buttons(nil, []fyne.CanvasObject{done}))
	d.OnSubmit = d.Close
	d.Open(s.Window.Canvas(), done)
}

// pasted is the dialog about one command that was pasted.
type pasted struct {
	set    *Set
	c      paste.Command
	dialog *kit.Dialog
	folder *kit.Field // for the folder that a terminal would be in; nil where the command has none
}

func newPasted(s *Set, c paste.Command) *pasted { return &pasted{set: s, c: c} }

func (p *pasted) open() {
	body := kit.Down(10, kit.NewCodeLine("paste.line", p.set.Session.Shell(p.c.Line().String()), false))
	if mended, because := p.c.Mended(); mended != nil {
		body.Add(p.mend(mended, because))
	}
	parts := kit.Down(6)
	for _, part := range p.c.Parts[1:] {
		parts.Add(partRow(part))
	}
	if len(parts.Objects) > 0 {
		body.Add(parts)
	}
	if p.c.Here() {
		body.Add(p.askFolder())
	}
	do, why := p.action()
	if unknown := p.c.Unknown(); unknown != "" && do.run != nil {
		body.Add(kit.AcrossTop(8, kit.NewIcon("warning", style.Warn),
			kit.Grow(kit.NewParagraph(words.Say("commands.a-shell-would-fill-this-in",
				words.Args{"Text": words.Name(unknown)}), kit.Body).ID("paste.unknown"))))
	}
	cancel := kit.NewButton("paste.cancel", words.Say("common.cancel"), "", kit.Normal, func() { p.dialog.Close() })
	right := []fyne.CanvasObject{cancel}
	var first fyne.Focusable = cancel
	switch {
	case do.run != nil:
		b := kit.NewButton("paste.go", do.label, do.icon, kit.Primary, func() { p.dialog.Close(); do.run() })
		right, first = append(right, b), b
	case !why.None():
		body.Add(kit.AcrossTop(8, kit.NewIcon("warning", style.Warn),
			kit.Grow(kit.NewParagraph(why, kit.Body).ID("paste.why"))))
	}
	var left []fyne.CanvasObject
	if do.run == nil && p.c.Wrong == nil { // for a terminal, whole
		left = append(left, kit.CopyButton("paste.copy", words.Say("commands.copy-the-command"), func() string {
			return p.c.Line().WithSecrets()
		}))
	}
	p.dialog = kit.NewDialog("paste", words.Say("commands.what-this-command-does"), words.Of(p.c.Parts[0].Says), 760, body,
		kit.Buttons(left, right))
	p.dialog.Open(p.set.Window.Canvas(), first)
}

// partRow puts some words of a command beside what they do.
func partRow(part paste.Part) fyne.CanvasObject {
	icon, ink := kit.NewIcon("right", style.Muted), style.Text
	if part.Wrong {
		icon, ink = kit.NewIcon("warning", style.Bad), style.Bad
	}
	return kit.AcrossTop(10, kit.Width(240, kit.NewParagraph(words.Name(part.Text()), kit.Mono.In(ink))), icon.Sized(14),
		kit.Grow(kit.NewParagraph(words.Of(part.Says), kit.Body.In(ink))))
}

// mend offers the command as it was meant.
func (p *pasted) mend(meant model.Command, because model.Fact) fyne.CanvasObject {
	use := kit.NewButton("paste.mend", words.Say("commands.use-this-instead"), "check", kit.Normal, func() {
		p.dialog.Close()
		p.set.Paste(meant.WithSecrets())
	})
	return kit.Down(6,
		kit.AcrossTop(8, kit.NewIcon("warning", style.Warn),
			kit.Grow(kit.NewParagraph(words.Of(because), kit.Body).ID("paste.because"))),
		kit.Across(8, kit.Grow(kit.NewCodeLine("paste.meant", meant.String(), false)), use))
}

// askFolder asks for the folder that a terminal would be in.
func (p *pasted) askFolder() fyne.CanvasObject {
	v := p.set.Settings.Get()
	p.folder = kit.NewField("paste.folder", words.Say("commands.a-folder-of-yours"))
	p.folder.SetText(cmp.Or(v.Folder, homeFolder()))
	choose := kit.NewButton("paste.choose", words.Say("common.choose"), "folder", kit.Normal, func() {
		chooser.Folder(p.set.Window, p.set.Work, chooser.Question{
			Title: words.Say("commands.the-folder-for-the-command"), Use: words.Say("common.use-this-folder"),
			Start: p.folder.Text,
		}, p.folder.SetText)
	})
	return kit.Labelled(words.Say("commands.the-folder-for-the-command"), kit.Across(8, kit.Grow(p.folder), choose))
}

func homeFolder() string {
	home, _ := os.UserHomeDir() // "" leaves the field empty
	return home
}

// deed is what the main button of the dialog does.
type deed struct {
	label words.Text
	icon  string
	run   func()
}

// action is what the command would do here, or why Slipway cannot do it.
func (p *pasted) action() (deed, words.Text) {
	s, name := p.set, ""
	if len(p.c.Names) > 0 {
		name = p.c.Names[0]
	}
	if why := p.refused(); !why.None() {
		return deed{}, why
	}
	switch {
	case p.c.Verb == "run", p.c.Verb == "create":
		return deed{words.Say("commands.open-in-the-run-form"), "play", func() { s.form.Filled(p.spec()) }}, words.Text{}
	case p.c.Verb == "pull" && name != "":
		return deed{words.Say("images.pull"), "pull", func() { s.pullLike(name) }}, words.Text{}
	case p.c.Verb == "ps":
		return p.show("containers", "container", words.Say("commands.show-the-containers"))
	case p.c.Verb == "images":
		return p.show("images", "image", words.Say("commands.go-to-the-images"))
	case p.c.Verb == "volume ls":
		return p.show("volumes", "volume", words.Say("commands.go-to-the-volumes"))
	case p.c.Verb == "volume create" && name != "":
		if wrong := s.wrongVolumeName(name); !wrong.None() {
			return deed{}, wrong
		}
		return deed{
			words.Say("commands.create-a-volume"), "add", func() { s.makes(s.volumes.Create(name), name) },
		}, words.Text{}
	case p.c.Verb == "rmi" && name != "":
		return p.onImages()
	}
	if _, ok := containerVerbs[p.c.Verb]; ok && name != "" {
		return p.onContainers()
	}
	return deed{}, words.Say("commands.slipway-cannot-do-this-yet")
}

// refused is why nothing is done with the command, whatever is here; nothing where something can be.
func (p *pasted) refused() words.Text {
	makes := p.c.Verb == "run" || p.c.Verb == "create"
	switch {
	case p.c.Wrong != nil:
		return words.Of(p.c.Wrong.Why)
	case p.c.Elsewhere:
		return words.Say("commands.this-is-for-another-engine")
	case p.c.Unknown() != "" && !makes:
		return words.Say("commands.a-shell-would-fill-this-in", words.Args{"Text": words.Name(p.c.Unknown())})
	case p.c.Options && (p.c.Verb == "volume create" || p.c.Verb == "pull"):
		return words.Say("commands.slipway-cannot-do-this-yet")
	}
	return words.Text{}
}

// show goes to a page.
func (p *pasted) show(page, icon string, label words.Text) (deed, words.Text) {
	return deed{label, icon, func() { p.set.Reveal(page, "") }}, words.Text{}
}

// containerVerbs are the commands of a container that docker's verbs equal.
var containerVerbs = map[string]string{
	"start": "start", "stop": "stop", "restart": "restart", "kill": "kill", "pause": "pause", "unpause": "resume",
	"rm": "remove", "logs": "logs", "exec": "terminal", "inspect": "inspect",
}

// onContainers does it to the containers that the command names.
func (p *pasted) onContainers() (deed, words.Text) {
	var list []model.Container
	for _, name := range p.c.Names {
		c, ok := p.containerOf(name)
		img, _, isImage := p.imageOf(name)
		switch {
		case ok:
		case isImage && p.c.Verb == "inspect":
			return deed{words.Say("commands.go-to-the-images"), "image", func() { p.set.Reveal("images", img.ID) }}, words.Text{}
		case !p.set.Session.Live.Snapshot().ContainersComplete:
			return deed{}, words.Say("common.asking-the-engine")
		default:
			return deed{}, words.Say("commands.there-is-no-container-called", words.Args{"Name": words.Name(name)})
		}
		list = append(list, c)
	}
	able := p.set.Container(list[0])
	if len(list) > 1 {
		able = p.set.Containers(list)
	}
	cmd, ok := Find(able, containerVerbs[p.c.Verb])
	switch {
	case !ok && len(list) > 1: // one after the other
		return deed{}, words.Say("commands.slipway-cannot-do-this-yet")
	case !ok: // what is seen in its details
		return deed{words.Say("commands.go-to-the-container"), "container", func() {
			p.set.Reveal("containers", list[0].ID)
		}}, words.Text{}
	case cmd.Off:
		return deed{}, cmd.Why
	}
	return deed{cmd.Label, cmd.Icon, cmd.Run}, words.Text{}
}

// containerOf is the container of a name, or of an ID that begins so, as docker takes it.
func (p *pasted) containerOf(name string) (found model.Container, ok bool) {
	n := 0
	for _, c := range p.set.Session.Live.Snapshot().Containers {
		if c.Name == strings.TrimPrefix(name, "/") {
			return c, true
		}
		if strings.HasPrefix(c.ID, name) {
			found = c
			n++
		}
	}
	return found, n == 1
}

// onImages removes the images that the command names.
func (p *pasted) onImages() (deed, words.Text) {
	var list []image.Name
	for _, name := range p.c.Names {
		img, tag, ok := p.imageOf(name)
		if !ok && !p.set.Session.Live.Snapshot().ImagesLoaded {
			return deed{}, words.Say("common.asking-the-engine")
		}
		if !ok {
			return deed{}, words.Say("commands.there-is-no-image-called", words.Args{"Name": words.Name(name)})
		}
		list = append(list, image.Name{Image: img, Tag: tag})
	}
	cmd, ok := Find(p.set.Images(list), "remove")
	switch {
	case !ok:
		return deed{}, words.Say("commands.slipway-cannot-do-this-yet")
	case cmd.Off:
		return deed{}, cmd.Why
	}
	return deed{cmd.Label, cmd.Icon, cmd.Run}, words.Text{}
}

// imageOf is the image of a name, or of an ID that begins so, as docker takes it. tag is its only one where an ID is
// given, and "" where it has several or none.
func (p *pasted) imageOf(name string) (found model.Image, tag string, ok bool) {
	snap := p.set.Session.Live.Snapshot()
	if ref, err := engine.ParseImage(name); err == nil {
		if img, ok := snap.FindImage(ref); ok {
			return img, ref, true
		}
	}
	n := 0
	for _, img := range snap.Images {
		if name != "" && strings.HasPrefix(strings.TrimPrefix(img.ID, "sha256:"), strings.TrimPrefix(name, "sha256:")) {
			found = img
			n++
		}
	}
	if len(found.Tags) == 1 {
		tag = found.Tags[0]
	}
	return found, tag, n == 1
}

// spec is what the command makes, with the folders of this computer in the place of what a shell would fill in.
func (p *pasted) spec() runspec.Spec {
	dir := ""
	if p.folder != nil {
		dir = strings.TrimSpace(p.folder.Text)
	}
	return p.c.At(filepath.Clean(cmp.Or(dir, homeFolder())), homeFolder())
}
