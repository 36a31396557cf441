package inside

import (
	"context"
	"fmt"
	"slices"
	"time"

	"slipway/engine/model"
	"slipway/engine/rescue"
	"slipway/engine/session"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/kit/table"
	"slipway/gui/post"
	"slipway/gui/present"
	"slipway/gui/questions"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// changes lists a person's own files that exist only inside a container, as the question before a removal does. The
// engine walks the whole container for it, so it is asked when the list is looked at, and when a person wants it anew.
type changes struct {
	p       *Panel
	content *fyne.Container
	table   *table.Table
	notes   *kit.Text
	noise   *kit.Button // lists what is not counted, too
	again   *kit.Button
	keeping *questions.Keeping

	noisy  bool   // what is not counted is listed
	about  string // the container that the offer to save is about
	found  rescue.Found
	reader *post.Reader
}

func newChanges(p *Panel) *changes {
	c := &changes{p: p, reader: post.NewReader(p.work)}
	c.table = table.New("changes.files", []table.Column{
		{
			Key: "path", Title: words.Say("common.your-files-inside"), Min: 200, Weight: 1,
			Hint: words.Say("inside.they-exist-only-in-this"),
		},
		{Key: "saved", Title: words.Say("common.saved"), Min: 124, Right: true, Drop: 1},
		{Key: "size", Title: words.Say("common.size"), Min: 80, Right: true},
	})
	c.notes = kit.NewText(words.Text{}, kit.Second.Whole()).ID("changes.notes")
	c.noise = kit.NewButton("changes.noise", words.Say("inside.show"), "", kit.Link, func() {
		c.noisy = !c.noisy
		c.show()
	})
	c.noise.Hide()
	c.again = kit.NewButton("changes.again", words.Say("inside.refresh"), "refresh", kit.Normal,
		func() { c.rest(); c.update() }).Small()
	c.keeping = p.commands.NewKeeping("changes", func() model.Container { return p.shown }, c.picked, func() {
		c.content.Refresh()
	})
	c.table.OnChosen = c.offer
	c.table.OnSelect = func(string) { c.offer() }
	bar := kit.Fold(8, kit.Across(8, c.notes, c.noise, kit.Spring()),
		kit.Across(8, kit.Spring(), c.keeping.Save.Small(), c.keeping.Keep.Small(), c.again))
	c.content = kit.Pad(kit.Down(6, bar, c.keeping.Row, kit.Grow(c.table)), 8, 14, 6, 16)
	return c
}

// update looks at the container that is shown, if that was not done since it was started.
func (c *changes) update() {
	shown, st := c.p.shown, c.p.session.State()
	if shown.ID == "" || st.Phase != session.Connected {
		return
	}
	if c.about != shown.ID {
		c.about = shown.ID
		c.keeping.Forget()
	}
	key := fmt.Sprint(shown.ID, shown.StartedAt.UnixNano(), st.Generation)
	if c.reader.Want(key, func(ctx context.Context, t *post.Turn) { c.read(ctx, t, shown) }) {
		c.found = rescue.Found{}
		c.show()
	}
}

// read lists what is in a container, again and again while it runs.
func (c *changes) read(ctx context.Context, t *post.Turn, shown model.Container) {
	e, err := c.p.session.Engine()
	if err != nil {
		return
	}
	for first := true; ; first = false {
		rescue.List(ctx, e, shown, func(f rescue.Found) {
			if !first && !f.Complete {
				return // what is listed stays until all of it is known anew
			}
			t.Latest(func() {
				c.found = f
				c.show()
			})
		})
		if !shown.Running() || !post.Pause(ctx, changesEvery) {
			return
		}
	}
}

// changesEvery is how often a container that runs is looked through again, while somebody looks at the list.
const changesEvery = 10 * time.Second

// rest stops looking.
func (c *changes) rest() { c.reader.Rest() }

func (c *changes) show() {
	f, now := c.found, present.Now()
	rows := make([]table.Row, len(f.Files))
	for i, file := range f.Files {
		size, saved := words.Name("…"), words.Text{}
		if file.Known {
			size, saved = present.Size(file.Size), present.Ago(file.Modified, now)
		} else if f.Complete {
			size = words.Say("inside.unknown")
		}
		badge := words.Text{}
		if file.Changed {
			badge = words.Say("inside.changed")
		}
		rows[i] = table.Row{ID: file.Path, Name: file.Path, Cells: []table.Cell{
			{Text: words.Name(file.Path), Name: true, Badge: badge},
			{Text: saved, Style: kit.Second, Hint: words.Exact(file.Modified)},
			{Text: size, Style: kit.Second},
		}}
	}
	for _, p := range f.Deleted {
		rows = append(rows, table.Row{ID: p, Name: p, Cells: []table.Cell{{
			Text: words.Name(p), Style: kit.Body.In(style.Muted),
			Badge: words.Say("inside.deleted-badge"), Hint: words.Say("inside.the-image-has-it-and"),
		}, {}, {}}})
	}
	if c.noisy {
		for _, p := range f.Ignored {
			rows = append(rows, table.Row{ID: p, Name: p, Cells: []table.Cell{{
				Text: words.Name(p), Style: kit.Body.In(style.Muted),
				Badge: words.Say("inside.not-counted"),
			}, {}, {}}, Dim: true})
		}
	}
	c.noise.SetText(questions.ShowOrHide(c.noisy))
	if len(f.Ignored) > 0 {
		c.noise.Show()
	} else {
		c.noise.Hide()
	}
	title, text := words.Say("inside.all-your-files-are-outside"),
		words.Say("inside.what-you-save-in-mounted")
	switch {
	case f.Problem != nil:
		title, text = words.Of(f.Problem.What), words.Details(f.Problem)
	case !f.Listed:
		title, text = words.Say("inside.looking-for-your-files"), words.Text{}
	}
	c.table.SetEmpty(kit.EmptyState("file", title, text))
	c.table.SetRows(rows)
	c.notes.Set(changeNotes(f))
	c.offer()
}

// offer brings the buttons up to date.
func (c *changes) offer() {
	text := words.Say("common.save-a-copy")
	if n := len(c.picked().Files); len(c.table.Chosen()) > 0 && n > 0 {
		text = words.Say("inside.save-selected", words.Args{"Count": words.Count(n)})
	} else if len(c.found.Files) > 1 {
		text = words.Say("inside.save-all", words.Args{"Files": words.Count(len(c.found.Files))})
	}
	c.keeping.Save.SetText(text)
	c.keeping.Offer()
}

// picked is what is to be saved: what is selected, or else everything of a person's.
func (c *changes) picked() rescue.Found {
	chosen := c.table.Chosen()
	if len(chosen) == 0 {
		return c.found
	}
	f := c.found
	f.Files, f.Volumes = nil, nil
	for _, file := range c.found.Files {
		if slices.Contains(chosen, file.Path) {
			f.Files = append(f.Files, file)
		}
	}
	for _, p := range c.found.Ignored {
		if slices.Contains(chosen, p) {
			f.Files = append(f.Files, rescue.File{Path: p})
		}
	}
	return f
}

func changeNotes(f rescue.Found) words.Text {
	if !f.Listed {
		return words.Text{}
	}
	notes := []words.Text{words.Say("inside.files-of-yours", words.Args{"N": words.Count(len(f.Files))})}
	if f.Complete && len(f.Files) > 0 {
		notes = append(notes, present.Size(f.Bytes()))
	}
	if len(f.Deleted) > 0 {
		notes = append(notes, words.Say("inside.deleted", words.Args{"Deleted": words.Count(len(f.Deleted))}))
	}
	if len(f.Ignored) > 0 {
		notes = append(notes, words.Say("common.cache-log-or-runtime-files", words.Args{"N": words.Count(len(f.Ignored))}))
	}
	return words.Join(" · ", notes...)
}
