package commands

import (
	"context"
	"strings"
	"time"

	"slipway/engine/actions"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/platform"
	"slipway/engine/rescue"
	"slipway/gui/kit"
	"slipway/gui/post"
	"slipway/gui/present"
	"slipway/gui/runform"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// KeepAsImage asks how the image shall be called that keeps everything in a container, and makes it. name is what the
// thing is called for the person, use says what the image is good for, and kept gets the job and the image's reference.
func (s *Set) KeepAsImage(c model.Container, name, use string, kept func(j *job.Job, ref string)) {
	field := kit.NewField("keep.name", "a name for your image, for example thesis:1")
	field.SetText(imageName(name))
	why := kit.NewText(" ", kit.Second.In(style.Bad)).ID("keep.why")
	line := kit.NewCodeLine("keep.command", "", false)
	body := kit.Down(6, kit.Labelled("Image", field), why)
	if secrets := actions.Carried(c); len(secrets) > 0 {
		body.Add(kit.Across(6, kit.NewIcon("warning", style.Warn).Sized(15), kit.Grow(kit.NewParagraph("The image carries the values of "+strings.Join(secrets, ", ")+". A notebook made from it gets a new token, but do not push it where others can read it.", kit.Second.In(style.Warn)).ID("keep.secrets"))))
	}
	body.Add(kit.NewParagraph("Files that were saved in the container become part of the image too, credentials for one. What is in mounted folders and volumes does not. A container that runs stands still while it is copied.", kit.Second))
	body.Add(line)
	var d *kit.Dialog
	keep := kit.NewButton("keep.go", "Keep", "save", kit.Primary, nil)
	check := func() {
		ref, err := runform.ParseImage(field.Text)
		keep.SetEnabled(err == nil, "Write a name such as thesis:1.")
		why.Set(" ")
		if p := model.AsProblem(err, ""); p != nil {
			why.Set(p.Why)
			return
		}
		if _, there := s.Session.Live.Snapshot().FindImage(ref); there {
			why.Set("An image of this name is here: it loses the name to this one.")
		}
		line.Set(s.Session.Shell(actions.KeepCommand(c, ref).String()))
	}
	submit := func() {
		j, err := s.actions.KeepAsImage(c, field.Text)
		if p := model.AsProblem(err, ""); p != nil {
			why.Set(p.Why)
			return
		}
		ref, _ := runform.ParseImage(field.Text) // it was read a moment ago
		d.Close()
		kept(j, ref)
	}
	field.OnChanged = func(string) { check() }
	field.OnSubmitted = func(string) { submit() }
	keep.OnTap = submit
	no := kit.NewButton("keep.cancel", "Cancel", "", kit.Normal, func() { d.Cancel() })
	d = kit.NewDialog("keep", "Keep “"+name+"” as an image", "Everything that was installed and changed in it. "+use, 600, body, kit.Buttons(nil, []fyne.CanvasObject{no, keep}))
	check()
	d.Open(s.canvas(), field)
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

// keeping offers, in the question about a removal, to save what would be lost, and says what came of it.
type keeping struct {
	set        *Set
	c          model.Container
	found      func() rescue.Found
	save, keep *kit.Button
	// said is a line about what is being saved or was.
	said   *kit.Paragraph
	open   *kit.Button
	row    *fyne.Container
	layout func()
	busy   bool // it is being saved
}

func (s *Set) newKeeping(c model.Container, found func() rescue.Found, layout func()) *keeping {
	k := &keeping{set: s, c: c, found: found, layout: layout}
	k.save = kit.NewButton("remove.save", "Save a copy…", "save", kit.Normal, k.choose).Hint("Copies these files to a folder of this computer. The container stays as it is.")
	k.keep = kit.NewButton("remove.keep", "Keep as image…", "image", kit.Normal, k.asImage).Hint("Makes an image of everything in the container, from which it can be run again.")
	k.said = kit.NewParagraph("", kit.Second).ID("remove.saved")
	k.open = kit.NewButton("remove.saved.open", "Open folder", "folder", kit.Link, nil)
	k.open.Hide()
	k.row = kit.AcrossTop(8, kit.Grow(k.said), k.open)
	k.row.Hide()
	return k
}

// offer makes the buttons usable when there is something to be saved.
func (k *keeping) offer() {
	f := k.found()
	some := len(f.Files)+len(f.Volumes) > 0
	switch {
	case k.busy:
		k.save.SetEnabled(false, "They are being saved.")
	case !f.Listed:
		k.save.SetEnabled(false, "Your files are still being looked for.")
	default:
		k.save.SetEnabled(some, "There is no file of yours to be saved.")
	}
}

func (k *keeping) say(text string, bad bool) {
	k.said.SetStyle(kit.Second)
	if bad {
		k.said.SetStyle(kit.Second.In(style.Bad))
	}
	k.said.Set(text)
	k.row.Show()
	k.layout()
}

// choose asks for a folder and saves into one of its own in it.
func (k *keeping) choose() {
	kit.ChooseFolder(k.set.Window, k.set.Work, k.set.Settings.Get().Folder, func(parent string) {
		dir := actions.SaveFolder(parent, k.c, time.Now())
		j := k.set.actions.SaveCopy(k.c, k.found(), dir)
		k.busy = true
		k.offer()
		k.say("Saving to "+platform.ShortenHome(dir)+"…", false)
		k.follow(j, func(v job.View) string { text, _ := present.Progress(v); return "Saving: " + text }, func(v job.View) {
			k.open.OnTap = func() { k.set.OpenFolder(dir) }
			k.open.Show()
			k.say(v.Result, false)
		})
	})
}

// asImage keeps everything as an image, over the question, which stays.
func (k *keeping) asImage() {
	k.set.KeepAsImage(k.c, k.c.Name, "Containers can be run from it like from any other.", func(j *job.Job, ref string) {
		k.say("Keeping it as "+ref+"…", false)
		k.follow(j, func(job.View) string { return "Keeping it as " + ref + "…" }, func(job.View) { k.say("Everything in it is kept as the image "+ref+".", false) })
	})
}

// follow shows a job until it ends. It goes on when the question is answered meanwhile.
func (k *keeping) follow(j *job.Job, progress func(job.View) string, done func(job.View)) {
	k.set.Work.Go(func(ctx context.Context) {
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
						k.say(progress(v), false)
					}
				})
			case <-j.Done():
				post.Do(func() { k.ended(j.View(), done) })
				return
			}
		}
	})
}

func (k *keeping) ended(v job.View, done func(job.View)) {
	k.busy = false
	k.offer()
	switch v.State {
	case job.Done:
		done(v)
	case job.Failed:
		k.say(v.Problem.Error(), true)
	default:
		k.say("It was cancelled. What was saved stays.", true)
	}
}

// OpenFolder shows a folder in the file manager.
func (s *Set) OpenFolder(dir string) {
	s.Work.Go(func(ctx context.Context) {
		if err := platform.OpenFolder(ctx, dir); err != nil && ctx.Err() == nil {
			s.Tell(model.AsProblem(err, "Cannot open the folder"))
		}
	})
}
