package runform

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/paste"
	"slipway/engine/runspec"
	"slipway/engine/settings"
	"slipway/engine/swap"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/kit/chooser"
	"slipway/gui/post"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// view is the form on the screen. The form value is the truth; widgets write into it, and refresh reads from it.
type view struct {
	r      *Runner
	form   Form
	facts  Facts
	detail model.ImageDetail
	// here tells that the image is on the engine and detail is its; asked for which reference that was found out.
	here  bool
	asked string
	// nameTouched and portsTouched tell that a person changed what was filled in for them.
	nameTouched, portsTouched bool
	typed                     bool   // something was changed by hand
	waiting                   bool   // Run was pressed before the image was looked at
	asking                    bool   // a change was begun: there is a question, or will be
	inPlace                   bool   // what is being asked for is done to the container itself
	tried                     bool   // Run was pressed: empty fields are errors now
	portsKnown                bool   // the ports that the image brought were looked at
	jobID                     string // of the run that this form started
	checker                   *post.Reader
	stopJob                   func()
	more, rare                bool // the folded parts are open
	networks                  []model.Network
	moreFold, rareFold        *kit.Button
	missing                   bool // something was begun and is not filled in yet

	dialog  *kit.Dialog
	image   *kit.Field
	local   *kit.Button
	old     *OldName
	name    *kit.Field
	restart *kit.Choice
	retries *fyne.Container
	rows    map[string]*kit.Paragraph // by field ID: where its error stands
	fields  map[string]*kit.Field
	fixes   map[string]*kit.Button
	advice  map[int]*adviceRow
	unnamed map[string]*fyne.Container // the lines of anonymous volumes, by their places
	shown   map[int]bool               // secrets that are shown, by row

	ports, mounts, env, moreBox *fyne.Container
	along                       *fyne.Container // options without a field
	body                        *fyne.Container
	line                        *kit.CodeLine
	status                      *kit.Text
	progress                    *kit.Bar
	problem, wide               *fyne.Container
	wideText                    *kit.Paragraph
	wideShown                   words.Text
	run, cancel, withSecrets    *kit.Button
	over                        *kit.Button
	// kept is what was typed the last time and not run, nil for nothing; left what of another container is not in the
	// form.
	kept *Form
	left []model.Fact

	// changes is the container whose settings are changed, nil where a new one is run.
	changes *swap.Change
	// key tells what is typed here from what is typed for another container: "" for a new one, else the ID of the one that
	// it is as.
	key   string
	again bool // it is filled in with what was typed
}

const formWidth = 800

func newView(r *Runner) *view {
	return &view{
		r: r, form: Form{Restart: "no"}, rows: map[string]*kit.Paragraph{}, fields: map[string]*kit.Field{},
		fixes:  map[string]*kit.Button{},
		advice: map[int]*adviceRow{}, unnamed: map[string]*fyne.Container{}, shown: map[int]bool{},
		checker: post.NewReader(r.Work), stopJob: func() {},
	}
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
	v.ports, v.mounts, v.env, v.moreBox, v.along = kit.Down(6), kit.Down(6), kit.Down(6), kit.Down(8), kit.Down(6)
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
	v.body = v.layout()
	footer := v.footer()
	title := words.Say("runform.run-an-image")
	if v.changes != nil {
		title = words.Say("runform.edit-settings-of", words.Args{"Name": words.Name(v.changes.Container.Name)})
		v.run.SetText(words.Say("runform.change"))
		v.run.SetIcon("")
	}
	v.dialog = kit.NewDialog("run", title, words.Text{}, formWidth, v.body, footer).Anchor()
	v.dialog.OnCancel = v.closed
	v.dialog.OnSubmit = v.submit
	v.buildRows()
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
		v.more, v.rare = v.form.needsMore(), v.form.needsRare()
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

// goesOn remembers the form of a job that goes on without it.
func (v *view) goesOn(jobID string) {
	if v.r.behind == nil {
		v.r.behind = map[string]sent{}
	}
	v.r.behind[jobID] = sent{form: v.form.copied(), changes: v.changes, had: v.facts.Had, key: v.key}
}

// layout puts the sections below each other.
func (v *view) layout() *fyne.Container {
	half := (formWidth - 2*24 - 14) / 2
	top := kit.AcrossTop(14,
		kit.Width(float32(half), kit.Labelled(words.Say("runform.name"), v.withError("name", v.name))),
		kit.Width(float32(half),
			kit.Labelled(words.Say("common.when-it-stops"), kit.Down(8, v.withError("restart", v.restart.Button), v.retries))))
	return kit.Down(14, v.leftOut(),
		kit.Labelled(words.Say("common.image"),
			kit.Down(2, v.withError("image", kit.Across(8, kit.Grow(v.image), v.local)), v.old.Content)),
		top,
		kit.Labelled(words.Say("runform.ports-what-the-container-offers"), v.ports),
		kit.Labelled(words.Say("runform.folders-and-volumes-where-files"), v.mounts),
		kit.Labelled(words.Say("common.environment"), v.env),
		v.moreBox, v.along)
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

// withError puts room for an error under a field.
func (v *view) withError(id string, o fyne.CanvasObject) fyne.CanvasObject {
	return kit.Down(2, o, v.errorLine(id))
}

// errorLine is where the error of a field stands; it takes no room while there is none. A fix can be pressed beside it.
func (v *view) errorLine(id string) fyne.CanvasObject {
	text := kit.NewParagraph(words.Text{}, kit.Second.In(style.Bad)).ID("run." + id + ".error")
	fix := kit.NewButton("run."+id+".fix", words.Text{}, "", kit.Link, nil)
	text.Hide()
	fix.Hide()
	v.rows[id], v.fixes[id] = text, fix
	return kit.Across(8, text, fix)
}

// field is a line to type in that writes into the form.
func (v *view) field(id string, placeholder words.Text, value string, set func(string)) *kit.Field {
	f := kit.NewField("run."+id, placeholder)
	f.SetText(value)
	f.OnChanged = func(s string) { set(s); v.changed() }
	v.fields[id] = f
	return f
}

// changed looks at the form again after something was typed or chosen.
func (v *view) changed() {
	v.typed, v.waiting = true, false
	v.showUnnamed()
	v.refresh()
	v.check()
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

// mostLine is how much of a command is shown, in bytes.
const mostLine = 6000

// shortened is a command as far as it can be laid out while somebody types.
func shortened(text string) string {
	if len(text) <= mostLine {
		return text
	}
	cut := text[:mostLine]
	return strings.ToValidUTF8(cut[:max(0, strings.LastIndexByte(cut, ' '))], "") + " …"
}

// commandLines are the commands that a form equals, each in words; of is [Form.Spec], or [Form.Preview] of what is
// looked at.
func (v *view) commandLines(of func(Form) runspec.Spec, text func(model.Command) string) string {
	form := v.form
	if _, err := ParseImage(form.Image); err != nil {
		form.Image = "IMAGE" // as docker's own help has it: a line with what is typed there would do something else
	}
	if v.changes == nil {
		return text(of(form).RunCommand())
	}
	w := *v.changes
	w.Had, w.Want = of(*v.facts.Had), of(form)
	var lines []string
	for _, c := range w.Commands(v.r.Session.State().Info, v.r.Session.Live.Snapshot().Containers) {
		lines = append(lines, text(c))
	}
	return strings.Join(lines, "\n")
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

// addMount adds a row for a folder or volume. An empty source is for the person to choose.
func (v *view) addMount(kind runspec.MountKind, source string) {
	// makes room
	v.form.Mounts = slices.DeleteFunc(v.form.Mounts, func(m MountRow) bool { return m.Offered && m.Source == "" })
	v.form.Mounts = append(v.form.Mounts,
		MountRow{Kind: kind, Source: source, Target: notebook.WorkPlace(v.detail, v.takenTargets())})
	if kind == runspec.Bind && source != "" {
		v.rememberFolder(source)
	}
	v.buildRows()
	v.changed()
	v.focus(fmt.Sprintf("mount.%d.source", len(v.form.Mounts)-1))
}

// takenTargets are the places at which something is mounted; a folder that was only offered leaves its place to another
// one.
func (v *view) takenTargets() []string {
	var taken []string
	for _, m := range v.form.Mounts {
		if !m.Offered || m.Source != "" {
			taken = append(taken, m.Target)
		}
	}
	return taken
}

// chooseFolder asks for the folder of a row, or of a new one with -1.
func (v *view) chooseFolder(row int) {
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
			v.buildRows()
			v.changed()
		})
}

// rememberFolder proposes the folder the next time. That it could not be saved is no reason to disturb a person here.
func (v *view) rememberFolder(path string) {
	v.r.Work.Go(func(ctxIgnored) { _ = v.r.Settings.Change(func(s *settings.Values) { s.Folder = path }) })
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
	v.showAdvice()
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

// refreshFacts looks at what the engine has now.
func (v *view) refreshFacts() {
	snap, st := v.r.Session.Live.Snapshot(), v.r.Session.State()
	v.facts.Names, v.facts.Volumes = Names(snap), volumesOf(snap)
	v.facts.Elsewhere, v.facts.CPUs = st.Locality == model.Elsewhere, st.Info.CPUs
	if v.changes == nil {
		return
	}
	delete(v.facts.Names, v.changes.Container.Name)
	if v.facts.CPUs > 0 { // what it has already may be more than there is by now
		v.facts.CPUs = max(v.facts.CPUs, int(math.Ceil(v.changes.Had.CPUs)))
	}
}

// forgive takes back what is wrong with fields that are still empty, and notes that there are some: nobody is blamed
// for what is not typed yet.
func (v *view) forgive(wrong map[string]words.Text) {
	if v.form.Image == "" {
		delete(wrong, "image")
	}
	lacks := func(id string, row int) {
		v.missing = true
		delete(wrong, fmt.Sprintf(id, row))
	}
	for i, p := range v.form.Ports {
		if p.Container == "" && p.HostPort != "" {
			lacks("port.%d.container", i)
		}
	}
	for i, m := range v.form.Mounts {
		if m.blank() {
			continue
		}
		if m.Source == "" {
			lacks("mount.%d.source", i)
		}
		if m.Target == "" {
			lacks("mount.%d.target", i)
		}
	}
}

// showRemarks shows what is wrong with the fields, else what a person should know about them, and offers what mends it.
func (v *view) showRemarks(wrong map[string]words.Text) {
	remarks := v.form.Remarks(v.facts)
	for id, text := range v.rows {
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
			v.buildRows()
			v.changed()
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

// showError shows what is wrong with a field, else what a person should know about it.
func (v *view) showError(id string, text *kit.Paragraph, wrong words.Text, remark words.Text) {
	if f := v.fields[id]; f != nil {
		f.SetProblem(wrong)
	}
	look := style.Warn
	if !wrong.None() {
		look = style.Bad
	}
	text.SetStyle(kit.Second.In(look))
	text.Set(cmp.Or(wrong, remark))
	if fix := v.fixes[id]; fix != nil {
		fix.Hide()
	}
	if wrong.None() && remark.None() {
		text.Hide()
	} else {
		text.Show()
	}
}

// plainFixes offers to write a command with the characters that were meant.
func (v *view) plainFixes(remarks map[string]words.Text) {
	for _, id := range []string{"command", "entrypoint"} {
		if f := v.fields[id]; f != nil && !remarks[id].None() {
			v.showFix(id, words.Say("runform.write-it-plainly"), func() { f.SetText(runspec.Plain(f.Text)) })
		}
	}
}

func (v *view) showFix(id string, label words.Text, tap func()) {
	fix := v.fixes[id]
	if fix == nil {
		return
	}
	fix.SetText(label)
	fix.OnTap = tap
	fix.Show()
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
