// Package images is the page that lists images, a row a name as docker does.
package images

import (
	"strings"
	"time"

	"slipway/engine/image"
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

// Page is the images page. Its methods belong to the UI thread.
type Page struct {
	*page.List[entry]
	pulls *pulls
}

// entry is an image under one of its names.
type entry struct {
	image model.Image
	tag   string // "" for a dangling image
	used  int
}

func (e entry) id() string { return e.image.ID + " " + e.tag }

// name is what a row says: the tag, or that there is none.
func (e entry) name() words.Text {
	if e.tag == "" {
		return words.Say("common.no-name")
	}
	if strings.Contains(e.tag, "@") {
		return words.Name(present.ShortImage(e.tag))
	}
	return words.Name(e.tag)
}

func (e entry) named() image.Name { return image.Name{Image: e.image, Tag: e.tag} }

// About is what the window knows of the page before it is made.
func About() page.About {
	return page.About{
		Name: "images", Title: words.Say("common.images"), Icon: "image",
		Count: func(snap *live.Snapshot) (n int, known bool) { return len(snap.Images), snap.ImagesLoaded },
	}
}

// New makes the page.
func New(s *session.Session, f *settings.File, c *commands.Set, w *post.Work, frame page.Frame) *Page {
	p := &Page{pulls: newPulls(func(id string) { s.Jobs.Cancel(id) })}
	details := inside.NewImage(s, c, w)
	total := kit.NewText(words.Text{}, kit.Second.Whole()).ID("images.total")
	p.List = page.NewList(page.Spec[entry]{
		Page: About(), Columns: columns(), Gather: gather, Key: entry.id, Matches: matches, Orders: orders,
		Row: row, Buttons: [][]string{{"run"}, {"remove"}}, Open: "run",
		Label:    func(e entry) words.Text { return words.Name(e.named().Name()) },
		Count:    func(n int) words.Text { return words.Say("count.image-names", words.Args{"N": words.Count(n)}) },
		Commands: func(list []entry) []commands.Command { return c.Images(named(list)) },
		Line: func(list []entry, _ page.Query) string {
			if len(list) == 0 {
				return model.Docker("image", "ls").String()
			}
			return image.InspectCommand(named(list)).String()
		},
		Beside: []fyne.CanvasObject{total},
		Tools: []fyne.CanvasObject{kit.NewButton("images.pull", words.Say("images.pull"), "pull", kit.Normal, c.Pull).
			Hint(words.Say("images.download-an-image-from-a")).
			Command("docker pull …")},
		Above: p.pulls.box,
		None:  words.Say("images.no-images-yet"), About: words.Say("images.an-image-is-what-containers"),
		First:   kit.NewButton("images.empty.pull", words.Say("images.pull-an-image"), "pull", kit.Primary, c.Pull),
		Nothing: words.Say("images.no-image-fits-the-filter"),
		Details: details.Content(), ShowDetails: func(e entry, ok bool) { details.Show(e.image, e.tag, ok) },
		After: func(snap *live.Snapshot) { total.Set(summary(snap.Images)) },
	}, s, f, c, w, frame)
	details.OnClose = p.CloseDetails
	return p
}

func columns() []table.Column {
	return []table.Column{
		{
			Key: "name", Title: words.Say("images.name-and-tag"), Min: 200, Weight: 1, Sortable: true,
			Hint: words.Say("images.the-tag-behind-the-colon"),
		},
		{Key: "id", Title: words.Name("ID"), Min: 110, Drop: 3},
		{
			Key: "used", Title: words.Say("common.used-by"), Min: 110, Sortable: true, Down: true, Drop: 1,
			Hint: words.Say("images.containers-that-were-made-from"),
		},
		{
			Key: "created", Title: words.Say("common.created"), Min: 140, Sortable: true, Down: true, Drop: 2,
			Hint: words.Say("images.when-the-image-was-built"),
		},
		{
			Key: "size", Title: words.Say("common.size"), Min: 80, Right: true, Sortable: true, Down: true,
			Hint: words.Say("images.what-it-takes-unpacked-images"),
		},
	}
}

// Jobs shows how far the images are that are being pulled.
func (p *Page) Jobs(views []job.View) {
	if p.pulls.show(views) {
		p.Content().Refresh()
	}
}

// Ended selects an image that was pulled, unless something else is selected.
func (p *Page) Ended(v job.View) {
	if ref := v.Deed.Pulled(); v.State == job.Done && ref != "" {
		p.Await(func(e entry) bool { return e.tag == ref })
	}
}

// Reveal selects the image with this ID, under its first name.
func (p *Page) Reveal(id string) { p.RevealThe(func(e entry) bool { return e.image.ID == id }) }

func named(list []entry) []image.Name {
	names := make([]image.Name, len(list))
	for i, e := range list {
		names[i] = e.named()
	}
	return names
}

func summary(images []model.Image) words.Text {
	if len(images) == 0 {
		return words.Text{}
	}
	names := 0
	for _, i := range images {
		names += len(i.Names())
	}
	return words.Say("images.images-names", words.Args{"Images": words.Say("count.images",
		words.Args{"N": words.Count(len(images))}), "Names": words.Say("count.names", words.Args{"N": words.Count(names)})})
}

// gather makes a row for each name, the newest image first.
func gather(snap *live.Snapshot) func() []entry {
	return func() []entry {
		used := map[string]int{}
		for i := range snap.Containers {
			used[snap.Containers[i].ImageID]++
		}
		var list []entry
		for _, i := range snap.Images {
			tags := i.Names()
			if i.Dangling() {
				tags = []string{""}
			}
			for _, t := range tags {
				list = append(list, entry{image: i, tag: t, used: used[i.ID]})
			}
		}
		return list
	}
}

func matches(e entry, filter string) bool {
	return present.Matches(filter, e.name(), words.Name(e.image.ShortID()), danglingWord(e))
}

func danglingWord(e entry) words.Text {
	if e.tag == "" {
		return words.Join(" ", words.Say("images.dangling"), words.Name("dangling")) // docker's word finds it, too
	}
	return words.Text{}
}

// orders are the columns that can be ordered by.
var orders = map[string]func(entry) page.Place{
	"name":    func(e entry) page.Place { return page.Place{Word: e.name().String()} },
	"used":    func(e entry) page.Place { return page.Place{Number: -int64(e.used)} },
	"created": func(e entry) page.Place { return page.Place{Number: -e.image.Created.UnixNano()} },
	"size":    func(e entry) page.Place { return page.Place{Number: -e.image.Size} },
}

func row(e entry, now time.Time) table.Row {
	name := table.Cell{Text: e.name(), Style: kit.Strong, Hint: words.Name(strings.Join(e.image.Names(), ", "))}
	if e.tag == "" {
		name.Style = kit.Body.In(style.Muted)
		name.Badge = words.Say("images.dangling")
		name.Hint = words.Say("images.an-image-without-a-name")
	}
	if len(e.image.Tags) == 0 && e.tag != "" {
		name.Hint = words.Say("images.it-has-no-tag-only", words.Args{"Tag": words.Name(e.tag)})
	}
	used := table.Cell{Style: kit.Body.In(style.Muted)}
	if e.used > 0 {
		used.Text = words.Say("count.containers", words.Args{"N": words.Count(e.used)})
	}
	label := e.tag
	if label == "" {
		label = e.image.ShortID()
	}
	return table.Row{Name: label, Cells: []table.Cell{
		name,
		{Text: words.Name(e.image.ShortID()), Style: kit.Mono.In(style.Muted), Hint: words.Name(e.image.ID)},
		used,
		{Text: present.Ago(e.image.Created, now), Style: kit.Body.In(style.Muted), Hint: words.Exact(e.image.Created)},
		{Text: present.Size(e.image.Size)},
	}}
}
