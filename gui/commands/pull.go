package commands

import (
	"context"
	"strings"
	"time"

	"slipway/engine"
	"slipway/engine/image"
	"slipway/engine/model"
	"slipway/engine/paste"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/post"
	"slipway/gui/present"
	"slipway/gui/runform"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

const (
	// mostSuggestions is how many names of each kind are proposed under the field of the pull dialog.
	mostSuggestions = 4
	// searchPause and sizePause are how long a person has to stop typing before Docker Hub is searched, and before a
	// registry is asked about the image, which it counts.
	searchPause = 400 * time.Millisecond
	sizePause   = 1200 * time.Millisecond
	// shortestSearch is the least that is worth a search.
	shortestSearch = 3
)

// pullDialog asks for the name of an image, and says before it is pulled how large it is and whether that fits.
type pullDialog struct {
	means       *means
	dialog      *kit.Dialog
	field       *kit.Field
	why, info   *kit.Text
	old         *runform.OldName
	suggestions *fyne.Container
	line        *kit.CodeLine
	pull        *kit.Button

	found        map[string][]model.Found // by the term that was searched for
	asker, sizer *post.Reader             // of names, and of how large the image is
}

// Pull asks for the name of an image and pulls it.
func (s *imageCommands) Pull() { s.pullLike("") }

// paste takes the image of a command that pulls one. Any other command is shown by itself.
func (d *pullDialog) paste(text string) bool {
	list := paste.Read(text)
	if len(list) == 0 {
		return false
	}
	if len(list) == 1 && list[0].Verb == "pull" && len(list[0].Names) == 1 {
		d.field.SetText(list[0].Names[0])
		return true
	}
	d.dialog.Cancel()
	return d.means.form.Pasted(text)
}

// pullLike is [Set.Pull] with a name that is there to be corrected.
func (s *imageCommands) pullLike(name string) {
	s.images.ForgetDownloads() // registries may have newer ones since they were asked
	d := &pullDialog{
		means: s.means, found: map[string][]model.Found{}, asker: post.NewReader(s.Work), sizer: post.NewReader(s.Work),
	}
	d.field = kit.NewField("pull.image", words.Say("commands.for-example-python-3-13"))
	d.why = kit.NewText(kit.Blank(words.Text{}), kit.Second.In(style.Bad)).ID("pull.why")
	d.info = kit.NewText(kit.Blank(words.Text{}), kit.Second).ID("pull.info")
	d.old = runform.NewOldName("pull", d.choose)
	d.suggestions = kit.Down(0)
	d.line = kit.NewCodeLine("pull.command", "docker pull", false)
	d.pull = kit.NewButton("pull.go", words.Say("commands.pull"), "pull", kit.Primary, d.submit)
	d.pull.SetEnabled(false, words.Say("commands.type-the-name-of-an"))
	d.field.OnChanged = func(string) { d.changed(sizePause) }
	d.field.OnSubmitted = func(string) { d.submit() }
	d.field.OnKey = d.key
	d.field.OnPaste = d.paste
	cancel := kit.NewButton("pull.cancel", words.Say("common.cancel"), "", kit.Normal, func() { d.dialog.Cancel() })
	body := kit.Down(6, kit.Labelled(words.Say("common.image"), d.field), d.why, d.old.Content, d.suggestions, d.info,
		d.line)
	d.dialog = kit.NewDialog("pull", words.Say("commands.pull-an-image"),
		words.Say("commands.an-image-is-what-containers"),
		620, body, kit.Buttons(nil, []fyne.CanvasObject{cancel, d.pull})).Anchor()
	d.dialog.OnSubmit = d.submit
	d.dialog.OnCancel = func() { d.rest() }
	d.dialog.Open(s.Window.Canvas(), d.field)
	if name != "" {
		d.choose(name)
	}
}

// choose takes a proposed name, about which the registry is asked at once.
func (d *pullDialog) choose(name string) {
	d.field.OnChanged = nil
	d.field.SetText(name)
	d.field.OnChanged = func(string) { d.changed(sizePause) }
	d.field.CursorColumn = len([]rune(name))
	d.means.Window.Canvas().Focus(d.field)
	d.changed(0)
}

// key takes the first proposal with Down.
func (d *pullDialog) key(key fyne.KeyName) bool {
	if list := d.names(); key == fyne.KeyDown && len(list) > 0 {
		d.choose(list[0].Name)
		return true
	}
	return false
}

func (d *pullDialog) submit() {
	if strings.TrimSpace(d.field.Text) == "" || d.old.Take() {
		return
	}
	if _, err := d.means.images.Pull(d.field.Text); err != nil {
		p := model.AsProblem(err, model.Fact{})
		d.why.Set(words.Details(p))
		d.field.SetProblem(words.Of(p.Why))
		return
	}
	d.rest()
	d.dialog.Close()
}

// changed looks at what is typed, and asks after a pause who else knows about it.
func (d *pullDialog) changed(pause time.Duration) {
	d.rest()
	d.why.Set(kit.Blank(words.Text{}))
	d.info.SetStyle(kit.Second)
	d.info.Set(kit.Blank(words.Text{}))
	d.old.Show(d.field.Text)
	ref, err := runform.ParseImage(d.field.Text)
	d.line.Set("docker pull")
	d.pull.SetEnabled(err == nil, words.Say("commands.type-the-name-of-an"))
	if err == nil {
		d.line.Set(d.means.Session.Shell(image.PullCommand(ref).String()))
	} else if p := model.AsProblem(err, model.Fact{}); strings.TrimSpace(d.field.Text) != "" && d.old.Meant() == "" {
		d.why.Set(words.Details(p))
	}
	d.suggest()
	term, searched := searchTerm(d.field.Text)
	_, known := d.found[term]
	if searched && !known {
		d.asker.Read(func(ctx context.Context, t *post.Turn) { d.search(ctx, t, term) })
	}
	if err == nil {
		d.sizer.Read(func(ctx context.Context, t *post.Turn) {
			if post.Pause(ctx, pause) {
				d.size(ctx, t, ref)
			}
		})
	}
}

// rest ends what is being asked.
func (d *pullDialog) rest() {
	d.asker.Rest()
	d.sizer.Rest()
}

// search asks Docker Hub unless the text changes soon. That it is not reachable is nothing to be said: names can be
// typed.
func (d *pullDialog) search(ctx context.Context, t *post.Turn, term string) {
	if !post.Pause(ctx, searchPause) {
		return
	}
	e, err := d.means.Session.Engine()
	if err != nil {
		return
	}
	list, err := e.Search(ctx, term, mostSuggestions)
	if err != nil {
		return
	}
	t.Do(func() {
		d.found[term] = list
		d.suggest()
	})
}

// size says how much there is to be downloaded.
func (d *pullDialog) size(ctx context.Context, t *post.Turn, ref string) {
	img, here := d.means.Session.Live.Snapshot().FindImage(ref)
	say := func(text words.Text, warn bool) {
		t.Do(func() {
			if d.info.SetStyle(kit.Second); warn {
				d.info.SetStyle(kit.Second.In(style.Warn))
			}
			d.info.Set(text)
		})
	}
	say(words.Say("commands.asking-how-large-it-is", words.Args{"Registry": words.Name(engine.RegistryOf(ref))}), false)
	download, err := d.means.images.Download(ctx, ref)
	switch fresh, _ := download.Fresh(img); {
	case ctx.Err() != nil:
	case model.IsKind(err, model.ProblemNoSuchTag) || model.IsKind(err, model.ProblemNotFound):
		say(words.Say("commands.the-registry-has-no-image"), true)
	case err != nil && here:
		say(words.Say("commands.it-is-here-whether-there", words.Args{"Why": whyUnknown(err)}), false)
	case err != nil:
		say(words.Say("commands.its-size-is-not-known", words.Args{"Why": whyUnknown(err)}), false)
	case here && fresh:
		say(words.Say("commands.the-newest-one-is-here"), false)
	default:
		st := d.means.Session.State()
		free, ok := image.FreeSpace(st.Info, st.Locality)
		ok = ok && !d.means.images.HasSome(ref) // whose layers are not downloaded again
		say(downloadWords(download.Bytes, d.means.Settings.Get().Rates[engine.RegistryOf(ref)], free, ok))
	}
}

// whyUnknown says why a registry did not tell about an image.
func whyUnknown(err error) words.Text {
	return words.Of(model.AsProblem(err, model.Fact{}).Why)
}

// downloadWords says how large a download is, how long it takes at a rate in bytes a second (0 for unknown), and
// whether it fits on the engine's disk, where that is known. warn tells that it may not.
func downloadWords(size, rate, free int64, freeKnown bool) (text words.Text, warn bool) {
	text = words.Say("common.to-download", words.Args{"Size": words.Bytes(size)})
	if rate > 0 {
		left := present.Left(time.Duration(float64(size) / float64(rate) * float64(time.Second)))
		text = words.Say("commands.about-as-fast-as-the", words.Args{"Download": text, "Left": left})
	}
	if !freeKnown {
		return words.Say("words.sentence", words.Args{"Text": text}), false
	}
	if need := image.Unpacked(size); need > free {
		return words.Say("commands.unpacked-it-takes-about-and",
			words.Args{"Download": text, "Need": words.Bytes(need), "Free": words.Bytes(free)}), true
	}
	return words.Say("commands.it-fits-are-free", words.Args{"Download": text, "Free": words.Bytes(free)}), false
}

// suggest shows names that fit what is typed.
func (d *pullDialog) suggest() {
	d.suggestions.RemoveAll()
	for _, f := range d.names() {
		label, icon := f.Name, "tag"
		if f.Stars >= 0 {
			icon = "globe"
			if f.Description != "" {
				label += "   " + f.Description
			}
		}
		b := kit.NewButton("pull.suggest."+f.Name, words.Name(label), icon, kit.Quiet, func() { d.choose(f.Name) }).Leading()
		if f.Stars >= 0 {
			b.Hint(words.Say("commands.on-docker-hub-stars",
				words.Args{"N": words.Count(f.Stars), "Description": words.Name(f.Description)}))
		}
		d.suggestions.Add(b)
	}
	d.dialog.Relayout()
}

// names are those that are here and contain what is typed, then those that Docker Hub found. Stars of the first is -1.
func (d *pullDialog) names() []model.Found {
	var list []model.Found
	for _, name := range suggest(d.field.Text, d.means.Session.Live.Snapshot().Images) {
		list = append(list, model.Found{Name: name, Stars: -1})
	}
	term, _ := searchTerm(d.field.Text)
	for _, f := range d.found[term] {
		if f.Name != strings.TrimSpace(d.field.Text) {
			list = append(list, f)
		}
	}
	return list
}

// searchTerm is what Docker Hub is asked for. A name of another registry, or with a tag, is not sent there.
func searchTerm(text string) (term string, ok bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	if len(text) < shortestSearch || strings.ContainsAny(text, ":@ ") {
		return "", false
	}
	if domain, _, found := strings.Cut(text, "/"); found && strings.Contains(domain, ".") {
		return "", false
	}
	return text, true
}

// suggest lists names of local images that contain what was typed, those that begin with it first.
func suggest(text string, images []model.Image) []string {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "" {
		return nil
	}
	var begin, contain []string
	for _, i := range images {
		for _, tag := range i.Tags {
			switch {
			case tag == text:
			case strings.HasPrefix(tag, text):
				begin = append(begin, tag)
			case strings.Contains(tag, text):
				contain = append(contain, tag)
			}
		}
	}
	list := append(begin, contain...)
	return list[:min(len(list), mostSuggestions)]
}
