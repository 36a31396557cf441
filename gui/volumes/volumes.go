// Package volumes is the page that lists volumes: who has each, and what is in it.
package volumes

import (
	"context"
	"strings"
	"time"

	"slipway/engine/job"
	"slipway/engine/live"
	"slipway/engine/model"
	"slipway/engine/session"
	"slipway/engine/settings"
	"slipway/engine/words"
	"slipway/gui/commands"
	"slipway/gui/inside"
	"slipway/gui/kit"
	"slipway/gui/kit/table"
	"slipway/gui/page"
	"slipway/gui/post"
	"slipway/gui/present"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// Page is the volumes page. Its methods belong to the UI thread.
type Page struct {
	*page.List[entry]
	session  *session.Session
	commands *commands.Set
	work     *post.Work
	inside   *inside.VolumePanel
	count    *kit.Button
	sizes    map[string]int64 // as they were counted last, by name
	sizesOf  string           // the engine that they were counted on
	counting bool
}

// entry is a volume and who has it.
type entry struct {
	volume model.Volume
	about  inside.VolumeFacts
}

func (e entry) name() string { return e.volume.Name }

// About is what the window knows of the page before it is made.
func About() page.About {
	return page.About{
		Name: "volumes", Title: words.Say("common.volumes"), Icon: "volume",
		Count: func(snap *live.Snapshot) (n int, known bool) { return len(snap.Volumes), snap.VolumesLoaded },
	}
}

// New makes the page.
func New(s *session.Session, f *settings.File, c *commands.Set, w *post.Work, frame page.Frame) *Page {
	p := &Page{session: s, commands: c, work: w, inside: inside.NewVolume(s, c, w)}
	p.count = kit.NewButton("volumes.count", words.Say("volumes.count-sizes"), "refresh", kit.Normal, p.countSizes).
		Hint(words.Say("volumes.asks-the-engine-how-much")).
		Command("docker system df -v")
	p.List = page.NewList(page.Spec[entry]{
		Page: About(), Columns: columns(), Gather: p.gather, Key: entry.name, Matches: matches, Orders: orders,
		Narrow: unused(),
		Row:    p.row, Buttons: [][]string{{"backup"}, {"remove"}},
		Label:    func(e entry) words.Text { return words.Name(present.VolumeTitle(e.volume)) },
		Count:    func(n int) words.Text { return words.Say("count.volumes", words.Args{"N": words.Count(n)}) },
		Commands: func(list []entry) []commands.Command { return c.Volumes(values(list)) },
		Line:     p.line,
		Tools: []fyne.CanvasObject{
			p.count,
			kit.NewButton("volumes.restore", words.Say("volumes.restore"), "upload", kit.Normal, c.RestoreVolume).
				Hint(words.Say("volumes.make-a-volume-from-a")),
			kit.NewButton("volumes.create", words.Say("volumes.create"), "add", kit.Normal, c.CreateVolume).
				Hint(words.Say("volumes.make-an-empty-volume")).
				Command("docker volume create …"),
		},
		None: words.Say("volumes.no-volumes-yet"), About: words.Say("volumes.a-volume-is-a-folder"),
		First: kit.NewButton("volumes.empty.create", words.Say("volumes.create-a-volume"), "add", kit.Primary,
			c.CreateVolume),
		Nothing: words.Say("volumes.no-volume-fits-the-filter"),
		Details: p.inside.Content(), ShowDetails: func(e entry, ok bool) { p.inside.Show(e.volume, e.about, ok) },
	}, s, f, c, w, frame)
	p.inside.OnClose, p.inside.OnView = p.CloseDetails, p.Tell
	return p
}

func columns() []table.Column {
	return []table.Column{
		{Key: "name", Title: words.Say("volumes.name"), Min: 180, Weight: 1, Sortable: true},
		{
			Key: "used", Title: words.Say("common.used-by"), Min: 150, Weight: 0.8, Sortable: true, Down: true, Drop: 3,
			Hint: words.Say("volumes.containers-that-have-it-running"),
		},
		{
			Key: "driver", Title: words.Say("common.driver"), Min: 80, Drop: 1,
			Hint: words.Say("volumes.what-looks-after-it-local"),
		},
		{
			Key: "created", Title: words.Say("common.created"), Min: 124, Sortable: true, Down: true, Drop: 2,
			Hint: words.Say("volumes.as-the-engine-says-it"),
		},
		{
			Key: "size", Title: words.Say("common.size"), Min: 80, Right: true, Sortable: true, Down: true,
			Hint: words.Say("volumes.what-is-in-it-once"),
		},
	}
}

// unused leaves only volumes that no container has.
func unused() *page.Narrow[entry] {
	return &page.Narrow[entry]{
		Name: "unused", Label: words.Say("volumes.not-used"), Hint: words.Say("volumes.volumes-that-no-container-has"),
		Fits: func(e entry) bool { return len(e.about.Users) == 0 },
		All:  func(n int) words.Text { return words.Say("volumes.all", words.Args{"Volumes": words.Count(n)}) },
		Some: func(n int) words.Text {
			return words.Say("volumes.not-used-count", words.Args{"Unused": words.Count(n)})
		},
	}
}

// Shown implements [page.Page].
func (p *Page) Shown() {
	p.List.Shown()
	p.inside.Resume()
}

// Hidden stops what is read only for the eye.
func (p *Page) Hidden() {
	p.List.Hidden()
	p.inside.Pause()
}

// Drop takes files that were dropped on the window, if a folder of a volume is shown. It tells whether it did.
func (p *Page) Drop(paths []string) bool { return p.inside.Drop(paths) }

// Close gives back what the page holds.
func (p *Page) Close() { p.inside.Close() }

// Ended selects a volume that was made, unless something else is selected.
func (p *Page) Ended(v job.View) {
	if name := p.commands.Made(v); name != "" {
		p.Await(func(e entry) bool { return e.volume.Name == name })
	}
}

// line is the command that shows what is selected, or lists the same.
func (p *Page) line(list []entry, q page.Query) string {
	switch {
	case len(list) > 1:
		return model.Docker(append([]string{"volume", "inspect"}, names(list)...)...).String()
	case len(list) == 1:
		return p.inside.Command(list[0].volume).String()
	case q.Narrow:
		return model.Docker("volume", "ls", "-f", "dangling=true").String()
	}
	return model.Docker("volume", "ls").String()
}

func values(list []entry) []model.Volume {
	out := make([]model.Volume, len(list))
	for i, e := range list {
		out[i] = e.volume
	}
	return out
}

func names(list []entry) []string {
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = e.volume.Name
	}
	return out
}

// countSizes asks the engine how much is in each volume.
func (p *Page) countSizes() {
	if p.counting {
		return
	}
	p.counting = true
	p.count.SetText(words.Say("volumes.counting"))
	p.count.SetEnabled(false, words.Say("volumes.the-engine-looks-at-every"))
	p.work.Go(func(ctx context.Context) {
		e, err := p.session.Engine()
		var sizes map[string]int64
		of := ""
		if err == nil {
			of = e.Info().ID
			sizes, err = e.VolumeSizes(ctx)
		}
		if ctx.Err() != nil {
			return
		}
		post.Do(func() {
			p.counting = false
			p.count.SetText(words.Say("volumes.count-sizes"))
			p.count.SetEnabled(true, words.Text{})
			if wrong := model.AsProblem(err, model.Say("volumes.the-sizes-cannot-be-counted")); wrong != nil {
				p.commands.ShowProblem(wrong, nil)
				return
			}
			p.sizes, p.sizesOf = sizes, of
			p.Refresh()
		})
	})
}

// gather are the volumes with who has each, and how much was in it when that was counted on this engine.
func (p *Page) gather(snap *live.Snapshot) func() []entry {
	if p.sizesOf != "" && p.session.State().Phase == session.Connected && p.session.State().Info.ID != p.sizesOf {
		p.sizes, p.sizesOf = nil, "" // another engine
	}
	sizes := p.sizes
	return func() []entry {
		users := usersOf(snap)
		list := make([]entry, len(snap.Volumes))
		for i, v := range snap.Volumes {
			list[i] = entry{v, inside.VolumeFacts{Users: users[v.Name], Last: snap.LastUsers[v.Name], Size: -1}}
			if size, ok := sizes[v.Name]; ok {
				list[i].about.Size = size
			}
		}
		return list
	}
}

// usersOf are the containers that have each volume, by its name.
func usersOf(snap *live.Snapshot) map[string][]model.Container {
	users := map[string][]model.Container{}
	for i := range snap.Containers {
		seen := ""
		for _, m := range snap.Containers[i].Mounts {
			if m.Type == "volume" && m.Name != seen {
				seen = m.Name
				users[m.Name] = append(users[m.Name], snap.Containers[i])
			}
		}
	}
	return users
}

func matches(e entry, filter string) bool {
	return present.Matches(filter, words.Name(e.volume.Name), words.Name(e.volume.Driver), words.Name(namesOf(e.about)))
}

// orders are the columns that can be ordered by. Without one, those that a person named come first, by name.
var orders = map[string]func(entry) page.Place{
	"":        byName,
	"used":    func(e entry) page.Place { return page.Place{Number: -int64(len(e.about.Users))} },
	"created": func(e entry) page.Place { return page.Place{Number: -e.volume.Created.UnixNano()} },
	"size":    func(e entry) page.Place { return page.Place{Number: -e.about.Size} },
}

func byName(e entry) page.Place {
	place := page.Place{Word: strings.ToLower(e.volume.Name)}
	if e.volume.Anonymous {
		place.Rank = 1
	}
	return place
}

func namesOf(f inside.VolumeFacts) string {
	names := make([]string, len(f.Users))
	for i, c := range f.Users {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}

func (p *Page) row(e entry, now time.Time) table.Row {
	v := e.volume
	held := p.commands.Held(v.Name)
	name := table.Cell{Text: words.Name(present.VolumeTitle(v)), Style: kit.Strong, Hint: words.Name(v.Name)}
	if v.Anonymous {
		name.Style, name.Badge = kit.Body.In(style.Muted), words.Say("volumes.anonymous")
		name.Hint = words.Say("volumes.the-engine-named-it-for", words.Args{"Name": words.Name(v.Name)})
	}
	used := table.Cell{Text: words.Name(namesOf(e.about)), Style: kit.Body.In(style.Muted)}
	switch {
	case held:
		used.Text = words.Say("volumes.about-to-be-removed")
	case len(e.about.Users) == 0 && e.about.Last != "":
		used.Text, used.Hint = words.Say("common.left-by", words.Args{"Last": words.Name(e.about.Last)}),
			words.Say("volumes.that-container-is-gone-nothing")
	}
	size := table.Cell{Style: kit.Body.In(style.Muted)}
	if e.about.Size >= 0 {
		size = table.Cell{Text: present.Size(e.about.Size)}
	}
	return table.Row{Name: v.Name, Cells: []table.Cell{
		name, used,
		{Text: words.Name(v.Driver), Style: kit.Body.In(style.Muted)},
		{Text: present.Ago(v.Created, now), Style: kit.Body.In(style.Muted), Hint: words.Exact(v.Created)},
		size,
	}, Dim: held}
}
