package questions

import (
	"slipway/engine/actions"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/platform"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/present"

	"fyne.io/fyne/v2"
)

// savingMany offers to save what exists only in several containers before they are removed.
type savingMany struct {
	set    *Questions
	v      *lossesView
	button *kit.Button
	row    *fyne.Container
	said   *kit.Paragraph
	open   *kit.Button
	busy   bool
}

func (s *Questions) newSavingMany(v *lossesView) *savingMany {
	m := &savingMany{set: s, v: v, said: kit.NewParagraph(words.Text{}, kit.Second).ID("removes.saved")}
	m.button = kit.NewButton("removes.save", words.Say("commands.save-copies"), "save", kit.Normal, m.choose).
		Hint(words.Say("commands.copies-the-files-of-each"))
	m.open = kit.NewButton("removes.saved.open", words.Say("common.open-folder"), "folder", kit.Link, nil)
	m.open.Hide()
	m.row = kit.AcrossTop(8, kit.Grow(m.said), m.open)
	m.row.Hide()
	return m
}

// wishes are the containers that something can be saved of.
func (m *savingMany) wishes(parent string) []actions.Saving {
	var list []actions.Saving
	now := present.Now()
	for _, r := range m.v.rs {
		if f := r.Found(); f.Listed && len(f.Files)+len(f.Volumes) > 0 {
			list = append(list,
				actions.Saving{Container: r.Container, Found: f, Dir: actions.SaveFolder(parent, r.Container, now)})
		}
	}
	return list
}

// offer makes the button usable when there is something to be saved.
func (m *savingMany) offer() {
	switch {
	case m.busy:
		m.button.SetEnabled(false, words.Say("commands.they-are-being-saved"))
	case m.v.looking() > 0:
		m.button.SetEnabled(false, words.Say("commands.your-files-are-still-being"))
	default:
		m.button.SetEnabled(len(m.wishes("")) > 0, words.Say("commands.there-is-no-file-of"))
	}
}

func (m *savingMany) say(text words.Text, bad bool) {
	m.said.SetStyle(noteStyle(bad))
	m.said.Set(text)
	m.row.Show()
	m.v.dialog.Relayout()
}

// choose asks for a folder and saves into it, each container into one of its own.
func (m *savingMany) choose() {
	m.set.AskSaveFolder(words.Say("commands.save-the-copies-to-each"), words.Say("commands.save-in-this-folder"),
		func(parent string) {
			j := m.set.offers.Actions().SaveCopies(m.wishes(parent))
			m.busy = true
			m.offer()
			m.v.allow()
			m.say(words.Say("commands.saving-to", words.Args{"Folder": words.Name(platform.ShortenHome(parent))}), false)
			m.set.Follow(j, func(v job.View) {
				text, _ := present.Progress(v)
				m.say(words.Say("commands.saving", words.Args{"Progress": text}), false)
			}, func(v job.View) {
				m.busy = false
				m.offer()
				m.v.allow()
				if v.State != job.Done {
					m.say(endedWords(v), true)
					return
				}
				m.open.OnTap = func() { m.set.OpenFolder(parent) }
				m.open.Show()
				m.say(words.Of(v.Said().And(model.Say("commands.the-copies-are-in",
					words.Args{"Folder": model.Name(platform.ShortenHome(parent))}))), false)
			})
		})
}
