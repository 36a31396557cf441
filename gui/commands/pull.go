package commands

import (
	"context"
	"fmt"
	"strings"
	"time"

	"slipway/engine"
	"slipway/engine/actions"
	"slipway/engine/model"
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
	set         *Set
	dialog      *kit.Dialog
	field       *kit.Field
	why, info   *kit.Text
	old         *runform.OldName
	suggestions *fyne.Container
	line        *kit.CodeLine
	pull        *kit.Button

	found map[string][]model.Found // by the term that was searched for
	turn  int                      // grows with each change, so that what an older one brings is dropped
	stop  func()
}

// Pull asks for the name of an image and pulls it.
func (s *Set) Pull() { s.pullLike("") }

// pullLike is [Set.Pull] with a name that is there to be corrected.
func (s *Set) pullLike(name string) {
	s.actions.ForgetDownloads() // registries may have newer ones since they were asked
	d := &pullDialog{set: s, found: map[string][]model.Found{}, stop: func() {}}
	d.field = kit.NewField("pull.image", "for example python:3.13 or quay.io/jupyter/scipy-notebook")
	d.why = kit.NewText(" ", kit.Second.In(style.Bad)).ID("pull.why")
	d.info = kit.NewText(" ", kit.Second).ID("pull.info")
	d.old = runform.NewOldName("pull", d.choose)
	d.suggestions = kit.Down(0)
	d.line = kit.NewCodeLine("pull.command", "docker pull", false)
	d.pull = kit.NewButton("pull.go", "Pull", "pull", kit.Primary, d.submit)
	d.pull.SetEnabled(false, "Type the name of an image.")
	d.field.OnChanged = func(string) { d.changed(sizePause) }
	d.field.OnSubmitted = func(string) { d.submit() }
	d.field.OnKey = d.key
	cancel := kit.NewButton("pull.cancel", "Cancel", "", kit.Normal, func() { d.dialog.Cancel() })
	body := kit.Down(6, kit.Labelled("Image", d.field), d.why, d.old.Content, d.suggestions, d.info, d.line)
	d.dialog = kit.NewDialog("pull", "Pull an image",
		"An image is what containers are made from. It is downloaded once from a registry, and stays on the engine until you remove it.",
		620, body, kit.Buttons(nil, []fyne.CanvasObject{cancel, d.pull})).Anchor()
	d.dialog.OnSubmit = d.submit
	d.dialog.OnCancel = func() { d.stop() }
	d.dialog.Open(s.canvas(), d.field)
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
	d.set.canvas().Focus(d.field)
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
	if _, err := d.set.actions.Pull(d.field.Text); err != nil {
		p := model.AsProblem(err, "")
		d.why.Set(p.Why + " " + p.Fix)
		d.field.SetProblem(p.Why)
		return
	}
	d.stop()
	d.dialog.Close()
}

// changed looks at what is typed, and asks after a pause who else knows about it.
func (d *pullDialog) changed(pause time.Duration) {
	d.stop()
	d.turn++
	d.why.Set(" ")
	d.info.SetStyle(kit.Second)
	d.info.Set(" ")
	d.old.Show(d.field.Text)
	ref, err := runform.ParseImage(d.field.Text)
	d.line.Set("docker pull")
	d.pull.SetEnabled(err == nil, "Type the name of an image.")
	if err == nil {
		d.line.Set(d.set.Session.Shell(actions.PullCommand(ref).String()))
	} else if p := model.AsProblem(err, ""); strings.TrimSpace(d.field.Text) != "" && d.old.Meant() == "" {
		d.why.Set(p.Why + " " + p.Fix)
	}
	d.suggest()
	term, searched := searchTerm(d.field.Text)
	_, known := d.found[term]
	stopSearch, stopSize := func() {}, func() {}
	if searched && !known {
		stopSearch = d.after(searchPause, func(ctx context.Context, turn int) { d.search(ctx, turn, term) })
	}
	if err == nil {
		stopSize = d.after(pause, func(ctx context.Context, turn int) { d.size(ctx, turn, ref) })
	}
	d.stop = func() { stopSearch(); stopSize() }
}

// after does something off the UI thread unless the text changes within the pause.
func (d *pullDialog) after(pause time.Duration, work func(ctx context.Context, turn int)) (stop func()) {
	turn := d.turn
	return d.set.Work.Go(func(ctx context.Context) {
		select {
		case <-ctx.Done():
		case <-time.After(pause):
			work(ctx, turn)
		}
	})
}

// search asks Docker Hub. That it is not reachable is nothing to be said: names can be typed.
func (d *pullDialog) search(ctx context.Context, turn int, term string) {
	e, err := d.set.Session.Engine()
	if err != nil {
		return
	}
	list, err := e.Search(ctx, term, mostSuggestions)
	if err != nil {
		return
	}
	post.Do(func() {
		d.found[term] = list
		if turn == d.turn {
			d.suggest()
		}
	})
}

// size says how much there is to be downloaded.
func (d *pullDialog) size(ctx context.Context, turn int, ref string) {
	image, here := d.set.Session.Live.Snapshot().FindImage(ref)
	say := func(words string, warn bool) {
		post.Do(func() {
			if turn != d.turn {
				return
			}
			if d.info.SetStyle(kit.Second); warn {
				d.info.SetStyle(kit.Second.In(style.Warn))
			}
			d.info.Set(words)
		})
	}
	say("Asking "+engine.RegistryOf(ref)+" how large it is…", false)
	download, err := d.set.actions.Download(ctx, ref)
	switch fresh, _ := download.Fresh(image); {
	case ctx.Err() != nil:
	case model.IsKind(err, model.ProblemNoSuchTag) || model.IsKind(err, model.ProblemNotFound):
		say("The registry has no image of this name and tag.", true)
	case err != nil && here:
		say("It is here. Whether there is a newer one is not known. "+whyUnknown(err), false)
	case err != nil:
		say("Its size is not known. "+whyUnknown(err), false)
	case here && fresh:
		say("The newest one is here already.", false)
	default:
		st := d.set.Session.State()
		free, ok := actions.FreeSpace(st.Info, st.Locality)
		ok = ok && !d.set.actions.HasSome(ref) // whose layers are not downloaded again
		say(downloadWords(download.Bytes, d.set.Settings.Get().Rates[engine.RegistryOf(ref)], free, ok))
	}
}

// whyUnknown says why a registry did not tell about an image.
func whyUnknown(err error) string {
	return model.AsProblem(err, "").Why
}

// downloadWords says how large a download is, how long it takes at a rate in bytes a second (0 for unknown), and
// whether it fits on the engine's disk, where that is known. warn tells that it may not.
func downloadWords(size, rate, free int64, freeKnown bool) (words string, warn bool) {
	words = present.Size(size) + " to download"
	if rate > 0 {
		words += ", about " + present.Left(time.Duration(float64(size)/float64(rate)*float64(time.Second))) +
			" as fast as the last one"
	}
	if !freeKnown {
		return words + ".", false
	}
	if need := actions.Unpacked(size); need > free {
		return fmt.Sprintf("%s. Unpacked it takes about %s, and only %s are free on the engine's disk.", words,
			present.Size(need), present.Size(free)), true
	}
	return words + ". It fits: " + present.Size(free) + " are free.", false
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
		b := kit.NewButton("pull.suggest."+f.Name, label, icon, kit.Quiet, func() { d.choose(f.Name) }).Leading()
		if f.Stars >= 0 {
			b.Hint(fmt.Sprintf("On Docker Hub, %s. %s", present.Count(f.Stars, "star"), f.Description))
		}
		d.suggestions.Add(b)
	}
	d.dialog.Relayout()
}

// names are those that are here and contain what is typed, then those that Docker Hub found. Stars of the first is -1.
func (d *pullDialog) names() []model.Found {
	var list []model.Found
	for _, name := range suggest(d.field.Text, d.set.Session.Live.Snapshot().Images) {
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
