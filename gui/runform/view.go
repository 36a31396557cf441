package runform

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"slipway/engine/model"
	"slipway/engine/paste"
	"slipway/engine/platform"
	"slipway/engine/runspec"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/post"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// view is the form on the screen: its parts, and the fields above and below the rows.
type view struct {
	*sheet
	submission
	rows rows
	more more

	nameTouched bool // a person changed the name that was filled in for them
	typed       bool // something was changed by hand
	again       bool // it is filled in with what was typed
	// left is what of another container is not in the form.
	left []model.Fact

	image       *kit.Field
	local       *kit.Button
	old         *OldName
	name        *kit.Field
	restart     *kit.Choice
	retries     *fyne.Container
	line        *kit.CodeLine
	withSecrets *kit.Button
	wide        *fyne.Container
	wideText    *kit.Paragraph
	wideShown   words.Text
}

func newView(r *Runner) *view {
	v := &view{sheet: &sheet{r: r, form: Form{Restart: "no"}, checker: post.NewReader(r.Work)}}
	v.fields = fields{
		window: r.Window, inputs: map[string]*kit.Field{}, errors: map[string]*kit.Paragraph{},
		fixes: map[string]*kit.Button{}, changed: v.changed,
	}
	v.sheet.refresh, v.rebuild = v.refresh, func() { v.build(); v.changed() }
	v.submission = submission{sheet: v.sheet, stopJob: func() {}}
	v.rows = rows{
		sheet: v.sheet, ports: kit.Down(6), mounts: kit.Down(6), env: kit.Down(6),
		advice: map[int]*adviceRow{}, unnamed: map[string]*fyne.Container{}, shown: map[int]bool{},
	}
	v.more = more{sheet: v.sheet, folds: kit.Down(8), along: kit.Down(6)}
	return v
}

// paste takes the image of a command that pulls one. Any other command is shown by itself, and fills in the form anew.
func (v *view) paste(text string) bool {
	list := paste.Read(text)
	switch {
	case len(list) == 0:
		return false
	case len(list) == 1 && list[0].Verb == "pull" && len(list[0].Names) == 1:
		v.image.SetText(list[0].Names[0])
		return true
	case v.changes != nil: // of this one alone
		return false
	}
	v.dialog.Cancel()
	return v.r.Pasted(text)
}

// show builds the dialog and opens it.
func (v *view) show(image string, filled *Form) {
	v.begin(image, filled)
	v.image = v.field("image", words.Say("runform.an-image-for-example-python"), v.form.Image, func(s string) {
		v.form.Image = s
		v.nameAfterImage()
	})
	v.image.OnKey = v.completeImage
	v.image.OnPaste = v.paste
	v.local = kit.NewButton("run.images", words.Text{}, "down", kit.Normal, v.offerImages).
		Hint(words.Say("runform.images-that-are-here"))
	v.old = NewOldName("run.image", v.image.SetText)
	v.name = v.field("name", words.Say("runform.a-name-for-the-container"), v.form.Name, func(s string) {
		v.form.Name, v.nameTouched = s, true
	})
	v.makeEnd()
	v.line = kit.NewCodeLine("run.line", "", false)
	v.status = kit.NewText(words.Text{}, kit.Second).ID("run.status")
	v.progress = kit.NewBar()
	v.progress.Hide()
	v.problem = kit.Down(0)
	v.wideText = kit.NewParagraph(words.Text{}, kit.Second.In(style.Warn)).ID("run.wide")
	v.wide = kit.Across(6, kit.NewIcon("warning", style.Warn).Sized(15), kit.Grow(v.wideText))
	v.wide.Hide()
	v.run = kit.NewButton("run.go", words.Say("runform.run"), "play", kit.Primary, v.submit)
	v.cancel = kit.NewButton("run.cancel", words.Say("common.cancel"), "", kit.Normal, func() { v.dialog.Cancel() })
	body, footer := v.layout(), v.footer()
	title := words.Say("runform.run-an-image")
	if v.changes != nil {
		title = words.Say("runform.edit-settings-of", words.Args{"Name": words.Name(v.changes.Container.Name)})
		v.run.SetText(words.Say("runform.change"))
		v.run.SetIcon("")
	}
	v.dialog = kit.NewDialog("run", title, words.Text{}, formWidth, body, footer).Anchor()
	v.dialog.OnCancel = v.closed
	v.dialog.OnSubmit = v.submit
	v.build()
	first := v.name
	if image == "" {
		first = v.image
	}
	v.dialog.Open(v.r.Window.Canvas(), first)
	v.check()
}

// makeEnd makes the choice of what happens when the program ends.
func (v *view) makeEnd() {
	ends := []kit.Option{
		{Value: "no", Label: words.Say("runform.leave-it-stopped")},
		{Value: "on-failure", Label: words.Say("runform.start-again-after-an-error")},
		{Value: "unless-stopped", Label: words.Say("runform.start-again-until-you-stop")},
		{Value: "always", Label: words.Say("runform.always-start-again")},
	}
	if v.changes == nil { // what is changed shall not be gone when it stops
		ends = append(ends, kit.Option{Value: "rm", Label: words.Say("runform.remove-it-rm")})
	}
	v.restart = kit.NewChoice("run.restart", ends, v.form.atEnd())
	v.restart.Button.Hint(words.Say("runform.what-happens-when-its-program"))
	v.restart.OnChange = v.restartChanged
	v.retries = kit.Labelled(words.Say("runform.try-again-at-most"), v.withError("retries", kit.Width(120,
		v.field("retries", words.Say("runform.no-end"), v.form.Retries, func(s string) { v.form.Retries = s }))))
	v.showRetries()
}

// footer is what stays in sight below the form: what is wrong, the command and the buttons.
func (v *view) footer() fyne.CanvasObject {
	v.withSecrets = kit.NewButton("run.copysecrets", words.Say("runform.copy-with-secrets"), "key", kit.Link, func() {
		kit.Copy(v.r.Session.Shell(v.commandLines(Form.Spec, model.Command.WithSecrets)))
	}).Hint(words.Say("runform.the-command-as-it-is"))
	v.over = kit.NewButton("run.over", words.Say("runform.use-what-i-had"), "", kit.Link, v.useKept).
		Hint(words.Say("runform.fills-in-what-you-typed"))
	if v.kept == nil {
		v.over.Hide()
	}
	copyIt := kit.CopyButton("run.copy", words.Text{}, func() string {
		return v.r.Session.Shell(v.commandLines(Form.Spec, model.Command.String))
	})
	commandRoom := func() float32 { return max(leastCommand, v.r.Window.Canvas().Size().Height*commandShare) }
	return kit.Down(8, v.problem, v.wide, kit.CodeBlock(v.line, copyIt, commandRoom),
		kit.Across(12, kit.Grow(kit.Down(4, v.status, v.progress)), v.withSecrets, v.over, v.cancel, v.run))
}

// leastCommand is a height at which two lines of the command can be read, and commandShare what of the window's it may
// take.
const (
	leastCommand = 56
	commandShare = 0.16
)

// begin fills the form in: as a container was made, or with what the image suggests.
func (v *view) begin(image string, filled *Form) {
	if filled != nil {
		v.form, v.nameTouched, v.portsTouched = filled.copied(), true, true
		v.more.open, v.more.rare = v.form.needsMore(), v.form.needsRare()
	} else if v.form.Image = image; image != "" {
		v.form.Name = SuggestName(image, Names(v.r.Session.Live.Snapshot()))
	}
	if kept, ok := v.r.drafts[v.key]; ok && (image == "" || kept.Image == image || v.key != "") && !v.again {
		v.kept = &kept
	}
}

// useKept fills in what was typed the last time.
func (v *view) useKept() {
	form := v.kept.copied()
	v.typed = false
	v.dialog.Cancel()
	v.r.reopen(v, form)
}

// closed keeps what was typed, to be offered the next time, when the form is closed without running.
func (v *view) closed() {
	v.checker.Rest()
	v.stopJob()
	if v.progress.Visible() {
		v.goesOn(v.jobID)
		return
	}
	if v.inPlace && v.jobID != "" {
		v.goesOn(v.jobID)
	}
	if !v.typed || v.asking {
		return
	}
	if v.changes != nil {
		w := *v.changes
		if w.Want = v.form.Spec(); w.Nothing() {
			delete(v.r.drafts, v.key)
			return
		}
	}
	if v.r.drafts == nil {
		v.r.drafts = map[string]Form{}
	}
	v.r.drafts[v.key] = v.form.copied()
}

// layout puts the sections below each other.
func (v *view) layout() *fyne.Container {
	return kit.Down(14, v.leftOut(),
		kit.Labelled(words.Say("common.image"),
			kit.Down(2, v.withError("image", kit.Across(8, kit.Grow(v.image), v.local)), v.old.Content)),
		pair(kit.Labelled(words.Say("runform.name"), v.withError("name", v.name)),
			kit.Labelled(words.Say("common.when-it-stops"), kit.Down(8, v.withError("restart", v.restart.Button), v.retries))),
		kit.Labelled(words.Say("runform.ports-what-the-container-offers"), v.rows.ports),
		kit.Labelled(words.Say("runform.folders-and-volumes-where-files"), v.rows.mounts),
		kit.Labelled(words.Say("common.environment"), v.rows.env),
		v.more.folds, v.more.along)
}

// leftOut says what of another container the form does not have.
func (v *view) leftOut() fyne.CanvasObject {
	text := kit.NewParagraph(words.Say("runform.not-copied", words.Args{"Left": words.Facts(v.left)}), kit.Second).
		ID("run.left")
	row := kit.Across(8, kit.NewIcon("info", style.Muted).Sized(15), kit.Grow(text))
	if len(v.left) == 0 {
		row.Hide()
	}
	return row
}

// changed looks at the form again after something was typed or chosen.
func (v *view) changed() {
	v.typed, v.waiting = true, false
	v.rows.showUnnamed()
	v.refresh()
	v.check()
}

// build makes the widgets of all rows anew, after one was added or taken away.
func (v *view) build() {
	defer v.keepFocus()()
	v.rows.build()
	v.more.build()
	v.more.buildAlong()
	v.dialog.Relayout()
}

// nameAfterImage keeps the suggested name in step with the image until a person chose one.
func (v *view) nameAfterImage() {
	if v.nameTouched {
		return
	}
	if _, err := ParseImage(v.form.Image); err != nil && v.form.Image != "" {
		return // it is still typed, or another thing that is yet to be read
	}
	name := SuggestName(v.form.Image, Names(v.r.Session.Live.Snapshot()))
	v.setName(name)
}

// setName fills the name in without counting it as a person's choice.
func (v *view) setName(name string) {
	changed := v.name.OnChanged
	v.name.OnChanged = nil
	v.name.SetText(name)
	v.name.OnChanged = changed
	v.form.Name = name
}

// completeImage takes the first local image that contains what was typed, with the key Down.
func (v *view) completeImage(key fyne.KeyName) bool {
	switch {
	case key == fyne.KeyReturn || key == fyne.KeyEnter:
		return v.old.Take()
	case key != fyne.KeyDown || v.form.Image == "":
		return false
	}
	for _, name := range imageNames(v.r.Session.Live.Snapshot()) {
		if strings.Contains(name, v.form.Image) && name != v.form.Image {
			v.image.SetText(name)
			v.image.CursorColumn = len([]rune(name))
			return true
		}
	}
	return false
}

// changeWords says how the settings are changed, and switches the button off while nothing is.
func (v *view) changeWords() words.Text {
	w := *v.changes
	w.Want = v.form.Spec()
	switch {
	case w.Nothing():
		v.run.SetEnabled(false, words.Say("runform.nothing-is-changed-yet"))
		return words.Say("runform.nothing-is-changed-yet")
	case w.InPlace(v.r.Session.State().Info):
		v.run.SetText(words.Say("common.change"))
		return words.Say("runform.the-container-stays-the-same")
	}
	v.run.SetText(words.Say("runform.change"))
	return words.Say("runform.a-new-container-takes-its")
}

// mostOffered is how many images the menu has.
const mostOffered = 15

// offerImages shows the images that are here, to choose one.
func (v *view) offerImages() {
	var items []kit.MenuItem
	for _, name := range imageNames(v.r.Session.Live.Snapshot()) {
		if len(items) == mostOffered {
			break
		}
		items = append(items,
			kit.MenuItem{
				ID: "run.images." + name, Label: words.Name(name), Icon: "image",
				Run: func() { v.image.SetText(name) },
			})
	}
	if len(items) == 0 {
		items = []kit.MenuItem{{
			ID: "run.images.none", Label: words.Say("runform.no-image-is-here-yet"), Off: true,
			Why: words.Say("runform.type-a-name-it-is"),
		}}
	}
	kit.ShowMenuBelow(v.local, items)
}

// showWide says what in the form opens more than is usual, wherever it is folded away. Ports have a badge of their own.
func (v *view) showWide() {
	var list []words.Text
	for _, o := range v.form.Preview().Openings() {
		if o.Option != "publish" && !slices.Contains(list, words.Of(o.Why)) {
			list = append(list, words.Of(o.Why))
		}
	}
	text := words.Join(" ", list...)
	if text == v.wideShown {
		return
	}
	v.wideShown = text
	if v.wideText.Set(text); !text.None() {
		v.wide.Show()
	} else {
		v.wide.Hide()
	}
	v.dialog.Relayout()
}

// atEnd is what happens when its program ends, as one of the choices.
func (f Form) atEnd() string {
	if f.AutoRemove {
		return "rm"
	}
	return f.Restart
}

func (v *view) restartChanged(value string) {
	v.form.AutoRemove = value == "rm"
	v.form.Restart = value
	if v.form.AutoRemove {
		v.form.Restart = "no"
	}
	v.showRetries()
	v.dialog.Relayout()
	v.changed()
}

// showRetries shows how often it is tried again only where that counts.
func (v *view) showRetries() {
	if v.form.Restart == "on-failure" {
		v.retries.Show()
	} else {
		v.retries.Hide()
	}
}

// refresh shows the form's errors, its command, and whether it can be run.
func (v *view) refresh() {
	v.refreshFacts()
	wrong := v.form.Validate(v.facts)
	v.missing = false
	if !v.tried {
		v.forgive(wrong)
	}
	v.showRemarks(wrong)
	v.rows.showAdvice()
	command := v.form.Preview().RunCommand()
	v.line.Set(v.r.Session.Shell(shortened(v.commandLines(Form.Preview, model.Command.String))))
	if command.HasSecrets() {
		v.withSecrets.Show()
	} else {
		v.withSecrets.Hide()
	}
	v.old.Show(v.form.Image)
	v.dialog.SetSubtitle(v.subtitle())
	if v.progress.Visible() || v.asking {
		return
	}
	ok := len(wrong) == 0 && v.form.Image != "" && !v.missing
	v.run.SetEnabled(ok && !v.looking(), words.Say("runform.something-in-the-form-has"))
	v.showStatus(wrong, ok)
}

// showRemarks shows what is wrong with the fields, else what a person should know about them, and offers what mends it.
func (v *view) showRemarks(wrong map[string]words.Text) {
	remarks := v.form.Remarks(v.facts)
	for id, text := range v.errors {
		v.showError(id, text, wrong[id], remarks[id])
	}
	v.plainFixes(remarks)
	if !wrong["name"].None() && v.facts.Names[v.form.Name] {
		next := SuggestName(v.form.Name, v.facts.Names)
		v.showFix("name", words.Say("runform.use-next", words.Args{"Next": words.Name(next)}), func() {
			v.nameTouched = true
			v.setName(next)
			v.changed()
		})
	}
	v.showWide()
	v.portFixes(wrong)
	if !wrong["network"].None() || !remarks["network"].None() {
		v.showFix("network", words.Say("runform.take-the-ports-off"), func() {
			v.form.Ports, v.portsTouched = nil, true
			v.rebuild()
		})
	}
	v.folderFixes(wrong)
}

// showStatus says in the foot what keeps the form from running, or else, where it is ok, what it does.
func (v *view) showStatus(wrong map[string]words.Text, ok bool) {
	status := statusLine(wrong, v.form)
	if v.changes != nil && ok {
		status = v.changeWords()
	}
	if ok && v.looking() {
		status = words.Say("runform.looking-at-the-image-and")
	}
	if status.None() {
		status = v.form.Unshown()
	}
	if status.None() && v.missing {
		status = words.Say("runform.fill-in-what-you-added")
	}
	v.status.Set(status)
}

// fieldNames are what the fields are called, by the first part of their IDs.
var fieldNames = map[string]model.Fact{
	"mount":      model.Say("runform.field-folder-or-volume"),
	"env":        model.Say("runform.field-variable"),
	"memory":     model.Say("runform.field-memory-limit"),
	"cpus":       model.Say("runform.field-cpu-limit"),
	"workdir":    model.Say("runform.field-working-directory"),
	"restart":    model.Say("runform.field-choice-for-when-it-stops"),
	"retries":    model.Say("runform.field-number-of-tries"),
	"shm":        model.Say("runform.field-shared-memory"),
	"hostname":   model.Say("runform.field-host-name"),
	"aliases":    model.Say("runform.field-further-names"),
	"host":       model.Say("runform.field-address"),
	"capadd":     model.Say("runform.field-capability"),
	"capdrop":    model.Say("runform.field-capability"),
	"security":   model.Say("runform.field-security-option"),
	"name":       model.Say("runform.field-name"),
	"image":      model.Say("runform.field-image"),
	"port":       model.Say("runform.field-port"),
	"command":    model.Say("runform.field-command"),
	"entrypoint": model.Say("runform.field-entrypoint"),
	"user":       model.Say("runform.field-user"),
	"network":    model.Say("runform.field-network"),
	"platform":   model.Say("runform.field-platform"),
	"label":      model.Say("runform.field-label"),
	"device":     model.Say("runform.field-device"),
	"gpus":       model.Say("runform.field-gpu"),
}

// statusLine says in the foot what keeps the form from running.
func statusLine(wrong map[string]words.Text, f Form) words.Text {
	switch {
	case f.Image == "":
		return words.Say("runform.choose-an-image-to-continue")
	case len(wrong) == 0 && f.AutoRemove:
		return words.Say("runform.it-is-removed-when-it")
	case len(wrong) == 0:
		return words.Text{}
	case len(wrong) == 1:
		for id := range wrong {
			what, _, _ := strings.Cut(id, ".")
			return words.Say("runform.fix-the-to-continue", words.Args{"Field": fieldNames[what].Or(model.Verbatim(what))})
		}
	}
	return words.Say("runform.fix-what-is-marked-red")
}

// plainFixes offers to write a command with the characters that were meant.
func (v *view) plainFixes(remarks map[string]words.Text) {
	for _, id := range []string{"command", "entrypoint"} {
		if f := v.inputs[id]; f != nil && !remarks[id].None() {
			v.showFix(id, words.Say("runform.write-it-plainly"), func() { f.SetText(runspec.Plain(f.Text)) })
		}
	}
}

// portFixes offers the next free port beside each conflict.
func (v *view) portFixes(wrong map[string]words.Text) {
	for i := range v.form.Ports {
		id := fmt.Sprintf("port.%d.host", i)
		next := v.facts.NextFree[i]
		if wrong[id].None() || next == 0 {
			continue
		}
		v.showFix(id, words.Say("runform.use-next", words.Args{"Next": words.Count(next)}), func() {
			v.inputs[id].SetText(strconv.Itoa(int(next)))
		})
	}
}

// folderFixes offers to make a folder that does not exist.
func (v *view) folderFixes(wrong map[string]words.Text) {
	for i, m := range v.form.Mounts {
		id := fmt.Sprintf("mount.%d.source", i)
		if wrong[id].None() || !v.facts.Sources[i].Missing {
			continue
		}
		v.showFix(id, words.Say("runform.create-it"), func() {
			v.r.Work.Go(func(context.Context) {
				p := model.AsProblem(platform.CreateFolder(m.Source), model.Fact{})
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

// subtitle says what is known of the image.
func (v *view) subtitle() words.Text {
	ref, err := ParseImage(v.form.Image)
	switch {
	case v.form.Image == "" || err != nil:
		return words.Say("runform.a-container-is-made-from")
	case v.asked != ref:
		return words.Name(ref)
	case v.here:
		return words.Join(" · ", words.Name(shortRef(ref)), size(v.detail.Size), words.Say("runform.downloaded"))
	default:
		return words.Say("runform.not-here-yet-it-is", words.Args{"Ref": words.Name(ref)})
	}
}

// typingPause is how long a person has to stop typing before the engine and this computer are asked.
const typingPause = 250 * time.Millisecond

// check asks off the UI thread about the image, the ports and the folders of the form as it is now. A newer check
// replaces an older one.
func (v *view) check() {
	form, known, detail, here := v.form.copied(), v.asked, v.detail, v.here
	v.checker.Read(func(ctx context.Context, t *post.Turn) {
		if !post.Pause(ctx, typingPause) {
			return
		}
		f := finding{ref: known, detail: detail, here: here}
		if ref, err := ParseImage(form.Image); err == nil {
			if e, err := v.r.Session.Engine(); err == nil {
				d, err := e.Image(ctx, ref)
				if ctx.Err() != nil {
					return
				}
				f.ref, f.here, f.detail = ref, err == nil, d // what else is wrong, the run itself tells
				f.networks, _ = e.Networks(ctx)
			}
		}
		f.ports(v.sheet, form)
		if st := v.r.Session.State(); st.Locality != model.Elsewhere { // its folders are not this computer's
			if f.here {
				f.user = identityOf(f.detail, form.User, form.More, st.Info, st.Locality)
			}
			f.source = sources(form.Mounts, f.user)
		}
		t.Do(func() {
			if v.dialog.IsOpen() {
				v.take(f)
			}
		})
	})
}

// take brings what was found into the form. When the image became known, what it says about itself is filled in where
// nobody typed.
func (v *view) take(f finding) {
	fresh := f.ref != v.asked || f.here != v.here
	v.portsKnown = true
	v.asked, v.here, v.detail = f.ref, f.here, f.detail
	v.facts.PortOwners, v.facts.NextFree, v.facts.Sources, v.facts.user = f.owners, f.next, f.source, f.user
	v.facts.Image, v.facts.Notebook = model.ImageDetail{}, v.r.Launcher.IsNotebook(v.form.Image)
	if f.here {
		v.facts.Image = f.detail
	}
	if f.networks != nil && !slices.Equal(v.more.networks, f.networks) {
		v.more.networks = f.networks
		v.more.build()
	}
	if fresh {
		v.offerFolder()
	}
	if fresh && v.here && !v.portsTouched {
		v.form.Ports, _ = exposed(v.detail)
		v.facts.PortOwners, v.facts.NextFree = nil, nil
		v.fillTargets()
		v.build()
		v.refresh()
		v.portsKnown = false
		v.check() // the new ports have not been looked at
		return
	}
	if fresh && !v.here && !v.portsTouched {
		v.form.Ports = nil // they were another image's
	}
	if v.freePorts() || fresh {
		v.fillTargets()
		v.build()
	}
	v.refresh()
	if v.waiting {
		v.submit()
	}
}
