package inside

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"slipway/engine/model"
	"slipway/engine/rescue"
	"slipway/engine/session"
	"slipway/gui/commands"
	"slipway/gui/kit"
	"slipway/gui/post"
	"slipway/gui/present"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// changes lists a person's own files that exist only inside a container, as the question before a removal does. The
// engine walks the whole container for it, so it is asked when the list is looked at, and when a person wants it anew.
type changes struct {
	p       *Panel
	content *fyne.Container
	table   *kit.Table
	notes   *kit.Text
	noise   *kit.Button // lists what is not counted, too
	again   *kit.Button
	keeping *commands.Keeping

	noisy bool   // what is not counted is listed
	of    string // the container, and its start, that were asked about
	about string // the container that the offer to save is about
	found rescue.Found
	turn  int
	stop  context.CancelFunc
}

func newChanges(p *Panel) *changes {
	c := &changes{p: p, stop: func() {}}
	c.table = kit.NewTable("changes.files", []kit.Column{
		{
			Key: "path", Title: "Your files inside", Min: 200, Weight: 1,
			Hint: "They exist only in this container, and go with it",
		},
		{Key: "saved", Title: "Saved", Min: 110, Right: true, Drop: 1},
		{Key: "size", Title: "Size", Min: 80, Right: true},
	})
	c.notes = kit.NewText("", kit.Second.Whole()).ID("changes.notes")
	c.noise = kit.NewButton("changes.noise", "show", "", kit.Link, func() { c.noisy = !c.noisy; c.show() })
	c.noise.Hide()
	c.again = kit.NewButton("changes.again", "Refresh", "refresh", kit.Normal, func() { c.of = ""; c.update() }).Small()
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
	key := fmt.Sprint(shown.ID, shown.StartedAt.UnixNano(), st.Generation)
	if key == c.of || shown.ID == "" || st.Phase != session.Connected {
		return
	}
	if c.about != shown.ID {
		c.about = shown.ID
		c.keeping.Forget()
	}
	c.rest()
	c.of, c.found = key, rescue.Found{}
	turn := c.turn
	c.show()
	c.stop = c.p.work.Go(func(ctx context.Context) {
		e, err := c.p.session.Engine()
		if err != nil {
			return
		}
		for first := true; ; first = false {
			var latest post.Latest
			rescue.List(ctx, e, shown, func(f rescue.Found) {
				if !first && !f.Complete {
					return // what is listed stays until all of it is known anew
				}
				latest.Do(func() {
					if turn == c.turn {
						c.found = f
						c.show()
					}
				})
			})
			select {
			case <-ctx.Done():
				return
			case <-time.After(changesEvery):
			}
			if !shown.Running() {
				return
			}
		}
	})
}

// changesEvery is how often a container that runs is looked through again, while somebody looks at the list.
const changesEvery = 10 * time.Second

// rest stops looking.
func (c *changes) rest() {
	c.stop()
	c.turn++
	c.of = ""
}

func (c *changes) show() {
	f, now := c.found, present.Now()
	rows := make([]kit.TableRow, len(f.Files))
	for i, file := range f.Files {
		size, saved := "…", ""
		if file.Known {
			size, saved = present.Size(file.Size), present.Ago(file.Modified, now)
		} else if f.Complete {
			size = "unknown"
		}
		badge := ""
		if file.Changed {
			badge = "changed"
		}
		rows[i] = kit.TableRow{ID: file.Path, Name: file.Path, Cells: []kit.Cell{
			{Text: file.Path, Name: true, Badge: badge},
			{Text: saved, Style: kit.Second, Hint: present.Exact(file.Modified)},
			{Text: size, Style: kit.Second},
		}}
	}
	for _, p := range f.Deleted {
		rows = append(rows, kit.TableRow{ID: p, Name: p, Cells: []kit.Cell{{
			Text: p, Style: kit.Body.In(style.Muted),
			Badge: "deleted", Hint: "The image has it, and it was deleted in here",
		}, {}, {}}})
	}
	if c.noisy {
		for _, p := range f.Ignored {
			rows = append(rows, kit.TableRow{ID: p, Name: p, Cells: []kit.Cell{{
				Text: p, Style: kit.Body.In(style.Muted),
				Badge: "not counted",
			}, {}, {}}, Dim: true})
		}
	}
	c.noise.SetText(map[bool]string{false: "show", true: "hide"}[c.noisy])
	if len(f.Ignored) > 0 {
		c.noise.Show()
	} else {
		c.noise.Hide()
	}
	title, text := "All your files are outside this container",
		"What you save in mounted folders and volumes is not listed: it stays when the container goes."
	switch {
	case f.Problem != nil:
		title, text = f.Problem.What, f.Problem.Why+" "+f.Problem.Fix
	case !f.Listed:
		title, text = "Looking for your files…", ""
	}
	c.table.SetEmpty(kit.EmptyState("file", title, text))
	c.table.SetRows(rows)
	c.notes.Set(changeNotes(f))
	c.offer()
}

// offer brings the buttons up to date.
func (c *changes) offer() {
	text := "Save a copy…"
	if n := len(c.picked().Files); len(c.table.Chosen()) > 0 && n > 0 {
		text = fmt.Sprintf("Save %d selected…", n)
	} else if len(c.found.Files) > 1 {
		text = fmt.Sprintf("Save all %d…", len(c.found.Files))
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

func changeNotes(f rescue.Found) string {
	if !f.Listed {
		return ""
	}
	notes := []string{present.Count(len(f.Files), "file") + " of yours"}
	if f.Complete && len(f.Files) > 0 {
		notes = append(notes, present.Size(f.Bytes()))
	}
	if len(f.Deleted) > 0 {
		notes = append(notes, fmt.Sprintf("%d deleted", len(f.Deleted)))
	}
	if len(f.Ignored) > 0 {
		notes = append(notes, present.Count(len(f.Ignored), "cache, log or runtime file")+" not counted")
	}
	return strings.Join(notes, " · ")
}
