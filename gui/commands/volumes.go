package commands

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"slipway/engine/actions"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/volume"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/kit/chooser"
	"slipway/gui/post"
	"slipway/gui/present"
	"slipway/gui/questions"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// volumeCommands are what can be done with volumes.
type volumeCommands struct {
	*means
	making map[string]string // the names of volumes that are being made, by the IDs of the jobs
}

// Volume lists what can be done with a volume, the likeliest first.
func (s *volumeCommands) Volume(v model.Volume) []Command {
	remove := Command{
		ID: "remove", Label: words.Say("common.remove"), Icon: "remove", Shortcut: "Del",
		Line: actions.RemoveVolumesCommand(v.Name), Danger: true, Run: func() { s.volumes.Remove([]model.Volume{v}) },
	}
	if users := s.Session.Live.Snapshot().VolumeUsers(v.Name); len(users) > 0 {
		remove.Off, remove.Why = true, usersWords(users)
	}
	return s.whileHeld(v.Name, s.whileAway([]Command{
		{ID: "backup", Label: words.Say("commands.asks-to-back-up"), Icon: "save", Run: func() { s.BackUpVolume(v) }},
		separator,
		{ID: "copyname", Label: words.Say("commands.copy-its-name"), Icon: "copy", Run: func() { kit.CopyName(v.Name) }},
		separator,
		remove,
	}))
}

// usersWords say which containers have a volume.
func usersWords(users []model.Container) words.Text {
	names := make([]string, len(users))
	for i, c := range users {
		names[i] = c.Name
	}
	if len(names) == 1 {
		return words.Say("commands.has-it", words.Args{"Name": words.Name(names[0])})
	}
	return words.Say("commands.have-it", words.Args{"Names": questions.FirstOf(names)})
}

// Volumes lists what can be done with the volumes that were chosen.
func (s *volumeCommands) Volumes(list []model.Volume) []Command {
	if len(list) == 1 {
		return s.Volume(list[0])
	}
	if len(list) == 0 {
		return nil
	}
	names, held := make([]string, len(list)), ""
	for i, v := range list {
		names[i] = v.Name
		if s.Held(v.Name) {
			held = v.Name
		}
	}
	return s.whileHeld(held, s.whileAway([]Command{
		{
			ID: "backup", Label: words.Say("commands.asks-to-back-up-count", words.Args{"Count": words.Count(len(list))}),
			Icon: "save",
			Run:  func() { s.backUp(list) },
		},
		separator,
		{
			ID: "copynames", Label: words.Say("commands.copy-their-names"), Icon: "copy",
			Run: func() { kit.Copy(strings.Join(names, "\n")) },
		},
		separator,
		{
			ID: "remove", Label: asking(questions.RemoveCount(len(list))), Icon: "remove",
			Shortcut: "Del", Danger: true,
			Line: actions.RemoveVolumesCommand(names...), Run: func() { s.volumes.Remove(list) },
		},
	}))
}

// volumeName is what engines take as the name of a volume (moby, volume/names).
var volumeName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_.-]+$`)

// mostVolumeName is how long the name of a folder may be: volumes are folders.
const mostVolumeName = 255

// wrongVolumeName says what is wrong with the name of a new volume, "" when nothing is.
func (s *volumeCommands) wrongVolumeName(name string) words.Text {
	switch {
	case name == "":
		return words.Say("commands.type-a-name")
	case len(name) > mostVolumeName:
		return words.Say("commands.use-at-most-letters", words.Args{"Max": words.Count(mostVolumeName)})
	case !volumeName.MatchString(name):
		return words.Say("commands.use-at-least-two-letters")
	case slices.ContainsFunc(s.Session.Live.Snapshot().Volumes, func(v model.Volume) bool { return v.Name == name }):
		return words.Say("commands.a-volume-of-this-name")
	}
	return words.Text{}
}

// CreateVolume asks for the name of a new volume and makes it.
func (s *volumeCommands) CreateVolume() {
	kit.Prompt{
		ID: "newvolume", Title: words.Say("commands.create-a-volume"), Text: words.Say("commands.a-volume-is-a-folder"),
		Width: 560, Label: words.Say("commands.name"), Example: words.Say("commands.a-name-for-example-thesis"),
		Check: func(name string) kit.Checked {
			now := kit.Checked{Off: s.wrongVolumeName(name), Command: "docker volume create …"} // until there is a name
			if name != "" {                                                                     // that there is none is seen
				now.Wrong = now.Off
			}
			if now.Off.None() {
				now.Command = s.Session.Shell(volume.CreateCommand(name).String())
			}
			return now
		},
		Verb: words.Say("commands.create"), Icon: "add",
		Submit: func(name string) words.Text {
			s.makes(s.volumes.Create(name), name)
			return words.Text{}
		},
	}.Ask(s.Window.Canvas())
}

// makes remembers which volume a job makes.
func (s *volumeCommands) makes(j *job.Job, name string) {
	s.making[j.ID()] = name
}

// Made is the name of the volume that a job which has ended has made, "" for any other job. It tells it once.
func (s *volumeCommands) Made(v job.View) string {
	name := s.making[v.ID]
	delete(s.making, v.ID)
	if v.State != job.Done {
		return ""
	}
	return name
}

// backUp asks for a folder and backs several volumes up into it.
func (s *volumeCommands) backUp(list []model.Volume) {
	if len(list) == 1 {
		s.BackUpVolume(list[0])
		return
	}
	s.AskSaveFolder(words.Say("commands.save-the-backups-to", words.Args{"Count": words.Count(len(list))}),
		words.Say("commands.back-up-into-this-folder"), func(dir string) {
			s.volumes.BackUpAll(list, dir)
		})
}

// BackUpVolume asks for a file and backs a volume up into it.
func (s *volumeCommands) BackUpVolume(v model.Volume) {
	name := v.Name
	if v.Anonymous {
		name = model.ShortID(v.Name)
	}
	file := kit.NewField("backup.file", words.Name("/home/you/thesis-data.tar"))
	folder := s.SaveStart()
	if folder == "" {
		folder, _ = os.UserHomeDir()
	}
	file.SetText(filepath.Join(folder, volume.BackupName(v, present.Now())))
	why := kit.NewText(kit.Blank(words.Text{}), kit.Second.In(style.Bad)).ID("backup.why")
	var d *kit.Dialog
	choose := kit.NewButton("backup.choose", words.Say("commands.folder"), "folder", kit.Normal, func() {
		q := chooser.Question{
			Title: words.Say("commands.save-the-backup-to"), Use: words.Say("common.use-this-folder"),
			Start: filepath.Dir(file.Text),
		}
		chooser.Folder(s.Window, s.Work, q, func(dir string) { file.SetText(filepath.Join(dir, filepath.Base(file.Text))) })
	})
	body := kit.Down(6, kit.Labelled(words.Say("common.file"), kit.Across(8, kit.Grow(file), choose)), why)
	for _, warning := range s.backUpWarnings(v) {
		body.Add(warning)
	}
	line := kit.NewCodeLine("backup.command", "", false)
	body.Add(line)
	preview := func() { line.Set(s.Lines(volume.BackUpCommands(v, s.helperPreview(), file.Text))) }
	preview()
	save := kit.NewButton("backup.go", words.Say("commands.back-up"), "save", kit.Primary, nil)
	submit := func() {
		text := file.Text
		s.Work.Go(func(context.Context) { // a folder may be on a disk that does not answer
			wrong := wrongBackup(text)
			post.Do(func() {
				switch {
				case !d.IsOpen() || file.Text != text:
				case !wrong.None():
					why.Set(wrong)
				default:
					d.Close()
					s.RememberSaved(filepath.Dir(text))
					s.volumes.BackUp(v, text)
				}
			})
		})
	}
	file.OnChanged = func(string) { why.Set(kit.Blank(words.Text{})); preview() }
	file.OnSubmitted = func(string) { submit() }
	save.OnTap = submit
	cancel := kit.NewButton("backup.cancel", words.Say("common.cancel"), "", kit.Normal, func() { d.Cancel() })
	d = kit.NewDialog("backup", words.Say("commands.back-up-volume", words.Args{"Name": words.Name(name)}),
		words.Say("commands.everything-in-the-volume-goes"), 680,
		body, kit.Buttons(nil, []fyne.CanvasObject{cancel, save}))
	d.Open(s.Window.Canvas(), file)
	file.SelectFrom(len([]rune(filepath.Dir(file.Text))) + 1)
}

// backUpWarnings say what may be wrong in a backup that is made now.
func (s *volumeCommands) backUpWarnings(v model.Volume) (list []fyne.CanvasObject) {
	if busy := s.Session.Live.Snapshot().VolumeWriters(v.Name); len(busy) > 0 {
		list = append(list, kit.Warning("backup.busy",
			words.Say("commands.running-now-a-file-that", words.Args{"Busy": words.Names(busy)})))
	}
	if lacks := s.Session.State().Info.Lacks(model.TellOwners); !lacks.None() {
		list = append(list, kit.Warning("backup.owners", words.Of(lacks)))
	}
	return list
}

// wrongBackup says what is wrong with the file that a backup shall go into, "" when nothing is.
func wrongBackup(file string) words.Text {
	switch {
	case !filepath.IsAbs(file):
		return words.Say("common.write-the-whole-path-from")
	case !exists(filepath.Dir(file)):
		return words.Say("commands.there-is-no-folder-on", words.Args{"Dir": words.Name(filepath.Dir(file))})
	case exists(file):
		return words.Say("commands.a-file-of-this-name")
	}
	return words.Text{}
}

// helperPreview is a helper as it may be made, for commands that are shown before.
func (s *volumeCommands) helperPreview() model.Container {
	c := model.Container{Name: "slipway-volume-1", ImageID: "IMAGE"}
	var least int64 = -1
	for _, i := range s.Session.Live.Snapshot().Images {
		if least < 0 || i.Size < least {
			c.ImageID, least = i.ID, i.Size
		}
	}
	return c
}

func exists(file string) bool {
	_, err := os.Lstat(file)
	return err == nil
}

// RestoreVolume asks for a backup and makes a volume from it.
func (s *volumeCommands) RestoreVolume() {
	s.AskFiles(chooser.Question{
		Title: words.Say("commands.choose-a-backup-of-a"), Use: words.Say("commands.choose"),
		Suffix: ".tar",
	},
		func(paths []string) { s.restoreFrom(paths[0]) })
}

// stampOfBackup is the time that [Set.BackUpVolume] puts into the name of a file.
var stampOfBackup = regexp.MustCompile(`-\d{4}-\d{2}-\d{2}-\d{4}$`)

// restoreFrom asks for the name of the volume that is made from a file.
func (s *volumeCommands) restoreFrom(file string) {
	name := stampOfBackup.ReplaceAllString(strings.TrimSuffix(filepath.Base(file), ".tar"), "")
	free := name
	for n := 2; !s.wrongVolumeName(free).None() && n < 100; n++ {
		free = fmt.Sprintf("%s-%d", name, n)
	}
	if !s.wrongVolumeName(free).None() {
		free = ""
	}
	kit.Prompt{
		ID: "restore", Title: words.Say("commands.restore-file",
			words.Args{"File": words.Name(model.Visible(filepath.Base(file)))}),
		Text: words.Say("commands.it-is-put-into-a"), Width: 560,
		Label: words.Say("commands.new-volume"), Example: words.Say("commands.a-name-for-the-new"), Value: free,
		Check: func(name string) kit.Checked {
			wrong := s.wrongVolumeName(name)
			now := kit.Checked{Wrong: wrong, Off: wrong}
			if wrong.None() {
				now.Command = s.Lines(volume.RestoreCommands(name, s.helperPreview(), file))
			}
			return now
		},
		Verb: words.Say("commands.restore"), Icon: "upload",
		Submit: func(name string) words.Text {
			s.makes(s.volumes.Restore(file, name), name)
			return words.Text{}
		},
	}.Ask(s.Window.Canvas())
}
