package questions

import (
	"context"
	"slices"
	"strings"
	"time"

	"slipway/engine"
	"slipway/engine/actions"
	"slipway/engine/job"
	"slipway/engine/launcher"
	"slipway/engine/model"
	"slipway/engine/platform"
	"slipway/engine/rescue"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/post"
	"slipway/gui/present"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// carried lists what an image of a container carries that should stay secret.
func carried(c model.Container) []model.Fact {
	names, command := launcher.Carried(c)
	list := make([]model.Fact, 0, len(names)+1)
	for _, name := range names {
		list = append(list, model.Verbatim(name))
	}
	if command {
		list = append(list, model.Say("commands.its-command"))
	}
	return list
}

// KeepAsImage asks how the image shall be called that keeps everything in a container, and makes it. name is what the
// thing is called for the person, use says what the image is good for, and kept gets the job and the image's reference.
func (s *Questions) KeepAsImage(c model.Container, name string, use words.Text, kept func(j *job.Job, ref string)) {
	var notes []fyne.CanvasObject
	if secrets := carried(c); len(secrets) > 0 {
		notes = append(notes, kit.Warning("keep.secrets",
			words.Say("commands.the-image-carries-the-values", words.Args{"Secrets": words.Facts(secrets)})))
	}
	kit.Prompt{
		ID: "keep", Width: 600, Title: words.Say("commands.save-as-an-image", words.Args{"Name": words.Name(name)}),
		Text:  words.Say("commands.everything-that-was-installed-and", words.Args{"Use": use}),
		Label: words.Say("common.image"), Example: words.Say("commands.a-name-for-your-image"), Value: imageName(name),
		Notes: append(notes, kit.NewParagraph(words.Say("commands.files-that-were-saved-in"), kit.Second)),
		Check: func(text string) kit.Checked { return s.checkKept(c, text) },
		Verb:  words.Say("commands.keep"), Icon: "save",
		Submit: func(text string) words.Text {
			j, err := s.offers.Launcher().KeepAsImage(c, text)
			if p := model.AsProblem(err, model.Fact{}); p != nil {
				return words.Of(p.Why)
			}
			ref, _ := engine.ParseImage(text) // it was read a moment ago
			kept(j, ref)
			return words.Text{}
		},
	}.Ask(s.canvas())
}

// checkKept looks at the name of an image that a container is kept as.
func (s *Questions) checkKept(c model.Container, text string) kit.Checked {
	ref, err := engine.ParseImage(text)
	if p := model.AsProblem(err, model.Fact{}); p != nil {
		return kit.Checked{Why: words.Of(p.Why), Off: words.Say("commands.write-a-name-such-as")}
	}
	now := kit.Checked{Command: s.Session.Shell(launcher.KeepCommand(c, ref).String())}
	if _, there := s.Session.Live.Snapshot().FindImage(ref); there {
		now.Why = words.Say("commands.an-image-of-this-name")
	}
	return now
}

// imageName is a name as one of an image can be.
func imageName(name string) string {
	name = strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(name)), "-")
	for strings.Contains(name, "--") {
		name = strings.ReplaceAll(name, "--", "-")
	}
	if name == "" {
		name = "notebook"
	}
	return name + ":mine"
}

// Keeping offers to save what exists only in a container, before it is removed or at any time, and says what came of
// it. Its methods belong to the UI thread.
type Keeping struct {
	// Save and Keep are the buttons; Row is a line about what is being saved or was, hidden until there is something to
	// say.
	Save, Keep *kit.Button
	Row        *fyne.Container

	set    *Questions
	of     func() model.Container
	found  func() rescue.Found
	said   *kit.Paragraph
	open   *kit.Button
	layout func()
	busy   bool // it is being saved, or kept as an image
	// safe is what was saved or kept at a time, where the words for where it is now; "" as long as nothing was.
	safe   rescue.Found
	where  words.Text
	at     time.Time
	onBusy func()
	turn   int // grows when it is about another container
}

// NewKeeping makes the offer for the container that of gives, and for what found has found in it. layout is called when
// the row takes another height. id begins the IDs of its parts.
func (s *Questions) NewKeeping(id string, of func() model.Container, found func() rescue.Found,
	layout func(),
) *Keeping {
	k := &Keeping{set: s, of: of, found: found, layout: layout}
	k.Save = kit.NewButton(id+".save", words.Say("common.save-a-copy"), "save", kit.Normal, k.choose).
		Hint(words.Say("commands.copies-these-files-to-a"))
	k.Keep = kit.NewButton(id+".keep", words.Say("commands.keep-as-image"), "image", kit.Normal, k.asImage).
		Hint(words.Say("commands.makes-an-image-of-everything"))
	k.said = kit.NewParagraph(words.Text{}, kit.Second).ID(id + ".saved")
	k.open = kit.NewButton(id+".saved.open", words.Say("common.open-folder"), "folder", kit.Link, nil)
	k.open.Hide()
	k.Row = kit.AcrossTop(8, kit.Grow(k.said), k.open)
	k.Row.Hide()
	return k
}

// Offer makes the buttons usable when there is something to be saved.
func (k *Keeping) Offer() {
	f := k.found()
	some := len(f.Files)+len(f.Volumes) > 0
	switch {
	case k.busy:
		k.Save.SetEnabled(false, words.Say("commands.they-are-being-saved"))
	case !f.Listed:
		k.Save.SetEnabled(false, words.Say("commands.your-files-are-still-being"))
	default:
		k.Save.SetEnabled(some, words.Say("commands.there-is-no-file-of"))
	}
}

func (k *Keeping) say(text words.Text, bad bool) {
	k.said.SetStyle(noteStyle(bad))
	k.said.Set(text)
	k.Row.Show()
	k.layout()
}

// Forget takes away what was said, because it is about another container now. What is being saved goes on.
func (k *Keeping) Forget() {
	k.turn++
	k.busy, k.safe, k.where = false, rescue.Found{}, words.Text{}
	k.Row.Hide()
	k.open.Hide()
}

// safeIn tells where what is found now has been saved, but for some of the files; "" where nothing was, or not what is
// in volumes.
func (k *Keeping) safeIn() (where words.Text, but int) {
	f := k.found()
	if k.where.None() || f.Problem != nil || !f.Listed || f.NewVolumes(k.safe) {
		return words.Text{}, len(f.Files)
	}
	return k.where, len(f.New(k.safe))
}

// allSafe tells that nothing would be lost that was not saved: what a program that runs has written since may be.
func (k *Keeping) allSafe() bool {
	where, but := k.safeIn()
	return !where.None() && but == 0 && !k.of().Running()
}

// safeWords say what is saved of n files, "" where that is nothing; how is what becomes of the others.
func (k *Keeping) safeWords(n int, how words.Text) words.Text {
	where, but := k.safeIn()
	switch {
	case where.None():
		return words.Text{}
	case but > 0:
		return words.Say("commands.of-files-are-not-saved",
			words.Args{"Unsaved": words.Count(but), "N": words.Count(n), "Where": where}).And(how)
	case k.of().Running():
		return words.Say("commands.what-existed-only-inside-at",
			words.Args{"Time": words.Name(k.at.Format("15:04")), "Where": where})
	}
	return words.Say("commands.what-exists-only-inside-is", words.Args{"Where": where})
}

// isSafe notes that what was found is saved as it was at a time.
func (k *Keeping) isSafe(found rescue.Found, where words.Text, at time.Time) {
	if !k.where.None() {
		found, where = k.safe.With(found),
			words.Say("commands.saved-here-and-there", words.Args{"First": k.where, "Second": where})
	}
	k.safe, k.where, k.at = found, where, at
	if k.onBusy != nil {
		k.onBusy()
	}
}

// choose asks for a folder and saves into one of its own in it.
func (k *Keeping) choose() {
	c, found := k.of(), k.found()
	k.set.AskSaveFolder(words.Say("commands.save-the-copy-to-it"), words.Say("commands.save-in-this-folder"),
		func(parent string) {
			dir := actions.SaveFolder(parent, c, present.Now())
			var saved rescue.Saved
			began := time.Now()
			j := k.set.offers.Actions().SaveCopy(c, found, dir, func(s rescue.Saved) { saved = s })
			k.setBusy(true)
			k.say(words.Say("commands.saving-to", words.Args{"Folder": words.Name(platform.ShortenHome(dir))}), false)
			k.follow(j, func(v job.View) words.Text {
				text, _ := present.Progress(v)
				return words.Say("commands.saving", words.Args{"Progress": text})
			}, func(v job.View) {
				k.open.OnTap = func() { k.set.OpenFolder(dir) }
				k.open.Show()
				k.isSafe(found.Without(slices.Concat(saved.Left, saved.Gone)),
					words.Say("commands.saved-in", words.Args{"Folder": words.Name(platform.ShortenHome(dir))}), began)
				k.say(words.Of(v.Said()), false)
			})
		})
}

// asImage keeps everything as an image, over the question, which stays.
func (k *Keeping) asImage() {
	c, found := k.of(), k.found()
	found.Volumes = nil // an image has nothing of them
	k.set.KeepAsImage(c, c.Name, words.Say("commands.containers-can-be-run-from"), func(j *job.Job, ref string) {
		began := time.Now()
		k.setBusy(true)
		k.say(words.Say("commands.keeping-it-as", words.Args{"Ref": words.Name(ref)}), false)
		k.follow(j, func(job.View) words.Text {
			return words.Say("commands.keeping-it-as", words.Args{"Ref": words.Name(ref)})
		}, func(job.View) {
			text := words.Say("commands.it-is-kept-as-the", words.Args{"Ref": words.Name(ref)})
			if len(c.Mounts) > 0 {
				text = words.Join(" ", text, words.Say("commands.what-is-in-its-volumes"))
			}
			k.open.Hide()
			k.isSafe(found, words.Say("commands.kept-in-the-image", words.Args{"Ref": words.Name(ref)}), began)
			k.say(text, false)
		})
	})
}

// follow shows a job until it ends. It goes on when the question is answered meanwhile.
func (k *Keeping) follow(j *job.Job, progress func(job.View) words.Text, done func(job.View)) {
	turn := k.turn
	k.set.Follow(j, func(v job.View) {
		if turn == k.turn {
			k.say(progress(v), false)
		}
	}, func(v job.View) {
		if turn == k.turn {
			k.ended(v, done)
		}
	})
}

// Follow tells on the UI thread how a job goes while it runs, and then how it ended.
func (s *Questions) Follow(j *job.Job, runs, ended func(job.View)) {
	s.Work.Go(func(ctx context.Context) {
		var latest post.Latest
		tick := time.NewTicker(150 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				v := j.View()
				latest.Do(func() {
					if j.View().State == job.Running {
						runs(v)
					}
				})
			case <-j.Done():
				post.Do(func() { ended(j.View()) })
				return
			}
		}
	})
}

// noteStyle is how a line under a question looks.
func noteStyle(bad bool) kit.TextStyle {
	if bad {
		return kit.Second.In(style.Bad)
	}
	return kit.Second
}

// endedWords says how a job ended that saves, other than well.
func endedWords(v job.View) words.Text {
	if v.State == job.Failed {
		return words.Problem(v.Problem)
	}
	return words.Say("commands.it-was-cancelled-what-was")
}

// setBusy tells whether something is being saved, which must not be removed meanwhile.
func (k *Keeping) setBusy(on bool) {
	k.busy = on
	k.Offer()
	if k.onBusy != nil {
		k.onBusy()
	}
}

func (k *Keeping) ended(v job.View, done func(job.View)) {
	k.setBusy(false)
	if v.State == job.Done {
		done(v)
		return
	}
	k.say(endedWords(v), true)
}

// OpenFolder shows a folder in the file manager.
func (s *Questions) OpenFolder(dir string) {
	s.Work.Go(func(ctx context.Context) {
		if err := platform.OpenFolder(ctx, dir); err != nil && ctx.Err() == nil {
			s.Tell(model.AsProblem(err, model.Say("commands.cannot-open-the-folder")))
		}
	})
}
