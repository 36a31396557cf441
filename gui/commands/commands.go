// Package commands is the registry of what a user can do. A command is defined once here and feeds rows, toolbars,
// menus, shortcuts and hints.
package commands

import (
	"slices"
	"strings"
	"time"

	"slipway/engine/actions"
	"slipway/engine/image"
	"slipway/engine/job"
	"slipway/engine/launcher"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/removal"
	"slipway/engine/session"
	"slipway/engine/settings"
	"slipway/engine/swap"
	"slipway/engine/volume"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/kit/table"
	"slipway/gui/post"
	"slipway/gui/present"
	"slipway/gui/questions"
	"slipway/gui/runform"

	"fyne.io/fyne/v2"
)

// Set makes commands for the things in one window, and asks the questions of what they do.
type Set struct {
	*means
	containerCommands
	imageCommands
	volumeCommands
	dialogs
	jobsDialog

	shortSaid map[string]shortNotice // by the container's ID
	shortOf   map[string]time.Time   // when each container last ran out of memory, as far as it was said
}

// Options are what a set of commands is made with.
type Options struct {
	Session  *session.Session
	Settings *settings.File
	Work     *post.Work
	Window   fyne.Window
	Notices  *kit.Notices
	// Version goes into the label of what is made, and Recipes are the kinds of notebooks that there are.
	Version string
	Recipes []notebook.Recipe
	// Reveal goes to a page, by its name, and selects a thing there. The page says how it is named.
	Reveal func(page, id string)
	// Front shows what the commands are about before something is asked, and Covered tells, from any goroutine, that a
	// person cannot reach it now.
	Front   func()
	Covered func() bool
}

// New makes the commands of a window, and the actions that they carry out.
func New(o Options) *Set {
	m := &means{}
	s := &Set{
		means:             m,
		containerCommands: containerCommands{means: m, offered: map[string]func(){}},
		imageCommands:     imageCommands{m},
		volumeCommands:    volumeCommands{means: m, making: map[string]string{}},
		dialogs:           dialogs{m}, jobsDialog: jobsDialog{means: m},
		shortSaid: map[string]shortNotice{}, shortOf: map[string]time.Time{},
	}
	s.Questions = questions.New(questions.Options{
		Session: o.Session, Settings: o.Settings, Work: o.Work, Window: o.Window, Notices: o.Notices,
		Reveal: o.Reveal, Front: o.Front,
		Offers: questions.Offers{Actions: s.Actions, Launcher: s.Launcher, BackUp: s.backUp, Changing: s.withdraw},
	})
	s.actions = actions.New(o.Session, s.Questions, actions.Options{
		Version: o.Version, Undo: s.UndoTime, Paused: o.Covered,
		OnRate: func(registry string, rate int64) {
			s.Remember(func(v *settings.Values) { v.Rates[registry] = rate })
		},
	})
	s.images = image.New(s.actions, s.Questions)
	s.removals = removal.New(s.actions, s.Questions)
	s.volumes = volume.New(s.actions, s.Questions)
	s.swaps = swap.New(s.actions, s.Questions, swap.Options{})
	s.launcher = launcher.New(s.actions, s.images, s.swaps, s.Questions, o.Recipes)
	s.form = &runform.Runner{
		Session: s.Session, Actions: s.actions, Swaps: s.swaps, Launcher: s.launcher, Settings: s.Settings, Work: s.Work,
		Window: s.Window,
		Pasted: s.Paste,
		Ran:    s.revealContainer,
	}
	return s
}

// Next offers what a person most likely wants to do after a job went well. done is called when that is done
// which is offered only once.
func (s *Set) Next(v job.View, done func()) []fyne.CanvasObject {
	if v.State == job.Done {
		snap := s.Session.Live.Snapshot()
		for _, c := range snap.Containers {
			if old, ok := snap.Container(c.Replaces()); ok && c.Mark(model.LabelJob) == v.ID && notebook.TookPlace(c, old) {
				s.offered[c.ID] = done
				return s.afterSwap(c, old, done)
			}
		}
	}
	if v.State == job.Done && v.Folder != "" {
		return []fyne.CanvasObject{kit.NewButton("notice.folder", words.Say("common.open-folder"), "folder", kit.Normal,
			func() { s.OpenFolder(v.Folder) }).Small()}
	}
	if v.State == job.Done {
		for _, c := range s.Session.Live.Snapshot().Containers {
			if _, ok := s.launcher.Notebook(c); ok && (c.Mark(model.LabelJob) == v.ID || startedBy(v.Deed) == c.ID) {
				return []fyne.CanvasObject{kit.NewButton("notice.open", words.Say("commands.open-notebook"), "open", kit.Normal,
					func() { s.openNotebook(c.ID) }).Small()}
			}
		}
	}
	return s.afterPull(v.Deed.Pulled())
}

// startedBy is the ID of the container that a job was to have run again, "" for any other job.
func startedBy(d model.Deed) string {
	if len(d.IDs) == 1 && slices.Contains([]model.Verb{model.VerbStart, model.VerbRestart, model.VerbUnpause}, d.Verb) {
		return d.IDs[0]
	}
	return ""
}

// RememberSort keeps the order of a page's list.
func (s *Set) RememberSort(page, key string) {
	s.Remember(func(v *settings.Values) { v.Sort[page] = key })
}

// Drop puts dropped folders into the run form.
func (s *Set) Drop(folders []string) { s.form.Drop(folders) }

// LiveChanged brings an open run form up to date with the engine, and says what ran out of memory.
func (s *Set) LiveChanged() {
	s.form.LiveChanged()
	snap := s.Session.Live.Snapshot()
	for id, n := range s.shortSaid {
		if c, ok := snap.Container(id); !ok || n.limit != c.Memory || !c.Running() { // it was mended, or is over
			n.dismiss()
			delete(s.shortSaid, id)
		}
	}
	for _, c := range snap.Containers {
		if c.OOMAt.After(s.shortOf[c.ID]) {
			s.shortOf[c.ID] = c.OOMAt
			s.sayOutOfMemory(c)
		}
	}
}

// sayOutOfMemory explains that a program in a container was ended for want of memory.
func (s *Set) sayOutOfMemory(c model.Container) {
	info := s.Session.State().Info
	limit, whose := launcher.LimitOf(c, info)
	n := kit.Notice{
		Bad: true, Title: words.Say("commands.ran-out-of-memory", words.Args{"Name": words.Name(c.Name)}),
		Text: words.Say("commands.a-program-in-it-needed", words.Args{"Whose": whose, "Limit": words.MemoryBytes(limit)}),
	}
	var dismiss func()
	if to := launcher.Raised(c, info); to > 0 {
		raise := kit.NewButton("notice.raise",
			words.Say("common.raise-the-limit-to", words.Args{"Memory": words.MemoryBytes(to)}), "", kit.Normal,
			func() { dismiss(); s.launcher.Limit(c, to) }).Small().Command(launcher.LimitCommand(c, to).String())
		off := info.Lacks(model.ChangeLimit)
		raise.SetEnabled(off.None(), words.Of(off))
		n.Buttons = append(n.Buttons, raise)
	}
	dismiss = s.Notices.Show(n)
	s.shortSaid[c.ID] = shortNotice{c.Memory, dismiss}
}

// shortNotice is the message that a container ran out of memory under a limit.
type shortNotice struct {
	limit   int64
	dismiss func()
}

// ShownInForm tells whether the open run form itself shows how the job ended.
func (s *Set) ShownInForm(j job.View) bool { return s.form.Shows(j) }

// ShowFailure shows in the corner why a job failed, with what can be done.
func (s *Set) ShowFailure(v job.View) {
	var retry func()
	if v.CanRetry {
		retry = func() { s.Session.Jobs.Retry(v.ID) }
	}
	edit := s.form.Again(v.ID)
	if ref := v.Deed.Pulled(); ref != "" {
		edit = func() { s.pullLike(ref) }
	}
	c, ok := s.Session.Live.Snapshot().Container(startedBy(v.Deed))
	if ok && v.Problem.Kind == model.ProblemPortTaken && swap.CannotChange(c).None() {
		edit = func() { s.change(c) }
	}
	s.ShowOffers(v.Problem, questions.Offer{ID: "edit", Label: words.Say("commands.change-it"), Icon: "rename", Run: edit},
		questions.Retry(retry))
}

// mostShownLines is how many commands a question shows of many that are alike.
const mostShownLines = 5

// RemoveCache asks about deleting records of the build cache.
func (s *Set) RemoveCache(list []model.CacheUse) {
	view := table.New("rmcache.records",
		[]table.Column{
			{Key: "name", Title: words.Say("commands.record"), Min: 200, Weight: 1},
			{Key: "size", Title: words.Say("common.size"), Min: 84, Right: true},
		})
	rows := make([]table.Row, len(list))
	lines := make([]string, len(list))
	var size int64
	for i, c := range list {
		rows[i] = table.Row{
			ID: c.ID, Name: c.ID,
			Cells: []table.Cell{{Text: words.Name(c.Text + " " + c.ID)}, {Text: present.Size(c.Size), Style: kit.Second}},
		}
		lines[i] = image.RemoveCacheCommand(c.ID).String()
		size += c.Size
	}
	view.SetRows(rows)
	holder := kit.Height(0, view)
	questions.FitRows(holder, view, len(rows), questions.MostRowsOfMany)
	kit.Confirm{
		ID: "rmcache", Width: 760,
		Title: words.Say("commands.remove-records-of-the-build", words.Args{"N": words.Count(len(list))}),
		Text:  words.Say("commands.up-to-becomes-free-nothing", words.Args{"Size": words.Bytes(size)}),
		Body:  holder, Command: s.Session.Shell(strings.Join(lines[:min(len(lines), mostShownLines)], "\n")),
		Verb: questions.RemoveCount(len(list)), Kind: kit.Danger,
		Do: func() { s.images.RemoveCache(list) },
	}.Ask(s.Window.Canvas())
}
