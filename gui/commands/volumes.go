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
	"slipway/gui/kit"
	"slipway/gui/post"
	"slipway/gui/present"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// Volume lists what can be done with a volume, the likeliest first.
func (s *Set) Volume(v model.Volume) []Command {
	remove := Command{
		ID: "remove", Label: "Remove…", Icon: "remove", Shortcut: "Del",
		Line: actions.RemoveVolumesCommand(v.Name), Danger: true, Run: func() { s.actions.RemoveVolumes([]model.Volume{v}) },
	}
	if users := s.Session.Live.Snapshot().VolumeUsers(v.Name); len(users) > 0 {
		remove.Off, remove.Why = true, usersWords(users)
	}
	return s.whileHeld(v.Name, s.whileAway([]Command{
		{ID: "backup", Label: "Back up…", Icon: "save", Run: func() { s.BackUpVolume(v) }},
		separator,
		{ID: "copyname", Label: "Copy its name", Icon: "copy", Run: func() { kit.CopyName(v.Name) }},
		separator,
		remove,
	}))
}

// usersWords say which containers have a volume.
func usersWords(users []model.Container) string {
	names := make([]string, len(users))
	for i, c := range users {
		names[i] = c.Name
	}
	if len(names) == 1 {
		return names[0] + " has it"
	}
	return firstOf(names) + " have it"
}

// Volumes lists what can be done with the volumes that were chosen.
func (s *Set) Volumes(list []model.Volume) []Command {
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
		{ID: "backup", Label: fmt.Sprintf("Back up %d…", len(list)), Icon: "save", Run: func() { s.backUpVolumes(list) }},
		separator,
		{ID: "copynames", Label: "Copy their names", Icon: "copy", Run: func() { kit.Copy(strings.Join(names, "\n")) }},
		separator,
		{
			ID: "remove", Label: fmt.Sprintf("Remove %d…", len(list)), Icon: "remove", Shortcut: "Del", Danger: true,
			Line: actions.RemoveVolumesCommand(names...), Run: func() { s.actions.RemoveVolumes(list) },
		},
	}))
}

// volumeName is what engines take as the name of a volume (moby, volume/names).
var volumeName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_.-]+$`)

// mostVolumeName is how long the name of a folder may be: volumes are folders.
const mostVolumeName = 255

// wrongVolumeName says what is wrong with the name of a new volume, "" when nothing is.
func (s *Set) wrongVolumeName(name string) string {
	switch {
	case name == "":
		return "Type a name."
	case len(name) > mostVolumeName:
		return fmt.Sprintf("Use at most %d letters.", mostVolumeName)
	case !volumeName.MatchString(name):
		return "Use at least two letters, digits, dots, dashes and underscores, a letter or a digit first."
	case slices.ContainsFunc(s.Session.Live.Snapshot().Volumes, func(v model.Volume) bool { return v.Name == name }):
		return "A volume of this name exists already."
	}
	return ""
}

// CreateVolume asks for the name of a new volume and makes it.
func (s *Set) CreateVolume() {
	field := kit.NewField("newvolume.name", "a name, for example thesis-data")
	why := kit.NewText(" ", kit.Second.In(style.Bad)).ID("newvolume.why")
	line := kit.NewCodeLine("newvolume.command", "", false)
	var d *kit.Dialog
	create := kit.NewButton("newvolume.go", "Create", "add", kit.Primary, nil)
	check := func() bool {
		wrong := s.wrongVolumeName(field.Text)
		create.SetEnabled(wrong == "", wrong)
		if field.Text == "" { // that is seen
			wrong = ""
		}
		field.SetProblem(wrong)
		why.Set(wrong + " ")
		text := "docker volume create …" // until there is a name
		if s.wrongVolumeName(field.Text) == "" {
			text = s.Session.Shell(actions.CreateVolumeCommand(field.Text).String())
		}
		line.Set(text)
		return s.wrongVolumeName(field.Text) == ""
	}
	submit := func() {
		if check() {
			d.Close()
			s.makes(s.actions.CreateVolume(field.Text), field.Text)
		}
	}
	field.OnChanged = func(string) { check() }
	field.OnSubmitted = func(string) { submit() }
	create.OnTap = submit
	cancel := kit.NewButton("newvolume.cancel", "Cancel", "", kit.Normal, func() { d.Cancel() })
	d = kit.NewDialog("newvolume", "Create a volume",
		"A volume is a folder that the engine looks after. It stays when the containers go that use it; choose it when you run an image.", 560,
		kit.Down(6, kit.Labelled("Name", field), why, line), kit.Buttons(nil, []fyne.CanvasObject{cancel, create}))
	check()
	d.Open(s.canvas(), field)
}

// makes remembers which volume a job makes.
func (s *Set) makes(j *job.Job, name string) {
	if s.making == nil {
		s.making = map[string]string{}
	}
	s.making[j.ID()] = name
}

// Made is the name of the volume that a job which has ended has made, "" for any other job. It tells it once.
func (s *Set) Made(v job.View) string {
	name := s.making[v.ID]
	delete(s.making, v.ID)
	if v.State != job.Done {
		return ""
	}
	return name
}

// backUpVolumes asks for a folder and backs several volumes up into it.
func (s *Set) backUpVolumes(list []model.Volume) {
	s.AskSaveFolder(fmt.Sprintf("Save the %d backups to…", len(list)), "Back up into this folder", func(dir string) {
		s.actions.BackUpVolumes(list, dir)
	})
}

// BackUpVolume asks for a file and backs a volume up into it.
func (s *Set) BackUpVolume(v model.Volume) {
	name := v.Name
	if v.Anonymous {
		name = model.ShortID(v.Name)
	}
	file := kit.NewField("backup.file", "/home/you/thesis-data.tar")
	folder := s.saveStart()
	if folder == "" {
		folder, _ = os.UserHomeDir()
	}
	file.SetText(filepath.Join(folder, actions.BackupName(v, present.Now())))
	why := kit.NewText(" ", kit.Second.In(style.Bad)).ID("backup.why")
	body := kit.Down(6)
	var d *kit.Dialog
	choose := kit.NewButton("backup.choose", "Folder…", "folder", kit.Normal, func() {
		q := kit.Question{Title: "Save the backup to…", Use: "Use this folder", Start: filepath.Dir(file.Text)}
		kit.ChooseFolder(s.Window, s.Work, q, func(dir string) { file.SetText(filepath.Join(dir, filepath.Base(file.Text))) })
	})
	body.Add(kit.Labelled("File", kit.Across(8, kit.Grow(file), choose)))
	body.Add(why)
	if busy := s.Session.Live.Snapshot().VolumeWriters(v.Name); len(busy) > 0 {
		body.Add(kit.AcrossTop(6, kit.NewIcon("warning", style.Warn).Sized(15),
			kit.Grow(kit.NewParagraph("Running now: "+strings.Join(busy, ", ")+
				". A file that is written during the backup may be incomplete in it. To be sure, stop them before.",
				kit.Second.In(style.Warn)).ID("backup.busy"))))
	}
	if lacks := s.Session.State().Info.Lacks(model.TellOwners); lacks != "" {
		body.Add(kit.AcrossTop(6, kit.NewIcon("warning", style.Warn).Sized(15),
			kit.Grow(kit.NewParagraph(lacks, kit.Second.In(style.Warn)).ID("backup.owners"))))
	}
	line := kit.NewCodeLine("backup.command", "", false)
	body.Add(line)
	preview := func() { line.Set(s.lines(actions.BackUpCommands(v, s.helperPreview(), file.Text))) }
	preview()
	save := kit.NewButton("backup.go", "Back up", "save", kit.Primary, nil)
	submit := func() {
		text := file.Text
		s.Work.Go(func(context.Context) { // a folder may be on a disk that does not answer
			wrong := wrongBackup(text)
			post.Do(func() {
				switch {
				case !d.IsOpen() || file.Text != text:
				case wrong != "":
					why.Set(wrong)
				default:
					d.Close()
					s.rememberSaved(filepath.Dir(text))
					s.actions.BackUpVolume(v, text)
				}
			})
		})
	}
	file.OnChanged = func(string) { why.Set(" "); preview() }
	file.OnSubmitted = func(string) { submit() }
	save.OnTap = submit
	cancel := kit.NewButton("backup.cancel", "Cancel", "", kit.Normal, func() { d.Cancel() })
	d = kit.NewDialog("backup", "Back up “"+name+"”",
		"Everything in the volume goes into one tar file of this computer, which is read back and compared.", 680,
		body, kit.Buttons(nil, []fyne.CanvasObject{cancel, save}))
	d.Open(s.canvas(), file)
	file.SelectFrom(len([]rune(filepath.Dir(file.Text))) + 1)
}

// wrongBackup says what is wrong with the file that a backup shall go into, "" when nothing is.
func wrongBackup(file string) string {
	switch {
	case !filepath.IsAbs(file):
		return "Write the whole path, from the root on."
	case !exists(filepath.Dir(file)):
		return "There is no folder " + filepath.Dir(file) + " on this computer."
	case exists(file):
		return "A file of this name exists already. Choose another name."
	}
	return ""
}

// lines are commands as a shell takes them, one below the other.
func (s *Set) lines(list []model.Command) string {
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = c.String()
	}
	return s.Session.Shell(strings.Join(out, "\n"))
}

// helperPreview is a helper as it may be made, for commands that are shown before.
func (s *Set) helperPreview() model.Container {
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
func (s *Set) RestoreVolume() {
	s.AskFiles(kit.Question{Title: "Choose a backup of a volume (.tar)", Use: "Choose", Suffix: ".tar"},
		func(paths []string) { s.restoreFrom(paths[0]) })
}

// stampOfBackup is the time that [Set.BackUpVolume] puts into the name of a file.
var stampOfBackup = regexp.MustCompile(`-\d{4}-\d{2}-\d{2}-\d{4}$`)

// restoreFrom asks for the name of the volume that is made from a file.
func (s *Set) restoreFrom(file string) {
	field := kit.NewField("restore.name", "a name for the new volume")
	name := stampOfBackup.ReplaceAllString(strings.TrimSuffix(filepath.Base(file), ".tar"), "")
	free := name
	for n := 2; s.wrongVolumeName(free) != "" && n < 100; n++ {
		free = fmt.Sprintf("%s-%d", name, n)
	}
	if s.wrongVolumeName(free) == "" {
		field.SetText(free)
	}
	why := kit.NewText(" ", kit.Second.In(style.Bad)).ID("restore.why")
	var d *kit.Dialog
	line := kit.NewCodeLine("restore.command", "", false)
	restore := kit.NewButton("restore.go", "Restore", "upload", kit.Primary, nil)
	check := func() bool {
		wrong := s.wrongVolumeName(field.Text)
		restore.SetEnabled(wrong == "", wrong)
		field.SetProblem(wrong)
		why.Set(wrong + " ")
		text := ""
		if wrong == "" {
			text = s.lines(actions.RestoreCommands(field.Text, s.helperPreview(), file))
		}
		line.Set(text)
		return wrong == ""
	}
	submit := func() {
		if check() {
			d.Close()
			s.makes(s.actions.RestoreVolume(file, field.Text), field.Text)
		}
	}
	field.OnChanged = func(string) { check() }
	field.OnSubmitted = func(string) { submit() }
	restore.OnTap = submit
	cancel := kit.NewButton("restore.cancel", "Cancel", "", kit.Normal, func() { d.Cancel() })
	d = kit.NewDialog("restore", "Restore “"+model.Visible(filepath.Base(file))+"”",
		"It is put into a new volume, so that nothing is overwritten. Choose that volume when you run an image.", 560,
		kit.Down(6, kit.Labelled("New volume", field), why, line), kit.Buttons(nil, []fyne.CanvasObject{cancel, restore}))
	check()
	d.Open(s.canvas(), field)
	field.SelectFrom(0)
}

// VolumeTitle is what a volume is called: its name, or for one that nobody named the beginning of it.
func VolumeTitle(v model.Volume) string {
	if v.Anonymous {
		return model.ShortID(v.Name) + "…"
	}
	return v.Name
}

// RemoveCache asks about deleting records of the build cache.
func (s *Set) RemoveCache(list []model.CacheUse) {
	table := kit.NewTable("rmcache.records",
		[]kit.Column{{Key: "name", Title: "Record", Min: 200, Weight: 1}, {Key: "size", Title: "Size", Min: 84, Right: true}})
	rows := make([]kit.TableRow, len(list))
	lines := make([]string, len(list))
	var size int64
	for i, c := range list {
		rows[i] = kit.TableRow{
			ID: c.ID, Name: c.ID,
			Cells: []kit.Cell{{Text: c.Text + " " + c.ID}, {Text: present.Size(c.Size), Style: kit.Second}},
		}
		lines[i] = actions.RemoveCacheCommand(c.ID).String()
		size += c.Size
	}
	table.SetRows(rows)
	holder := kit.Height(0, table)
	fitRows(holder, table, len(rows), mostManyRows)
	var d *kit.Dialog
	cancel := kit.NewButton("rmcache.cancel", "Cancel", "", kit.Normal, func() { d.Cancel() })
	remove := kit.NewButton("rmcache.confirm", fmt.Sprintf("Remove %d", len(list)), "", kit.Danger, func() {
		d.Close()
		s.actions.RemoveCache(list)
	})
	line := kit.Height(min(140, float32(len(lines))*20+20),
		kit.NewCodeLine("rmcache.command", s.Session.Shell(strings.Join(lines[:min(len(lines), 5)], "\n")), false))
	d = kit.NewDialog("rmcache", "Remove "+present.Count(len(list), "record")+" of the build cache?",
		fmt.Sprintf("Up to %s becomes free. Nothing of yours is in there: builds make it anew, and are slower the next time.",
			present.Size(size)), 760,
		kit.Down(8, holder, line), kit.Buttons(nil, []fyne.CanvasObject{cancel, remove}))
	d.Open(s.canvas(), cancel)
}
