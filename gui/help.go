package gui

import (
	"fmt"
	"io/fs"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"slipway/assets"
	"slipway/engine/session"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/kit/logview"
	"slipway/gui/kit/table"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// Program is what the window tells about the program that it belongs to.
type Program struct {
	// Version is that of the release: "0.1.0".
	Version string
	// Pages are its documentation, files of Markdown. README.md comes first.
	Pages fs.FS
}

// manual are the pages of the documentation.
var manual = []string{"README.md", "assets/recipes/README.md"}

// documentation shows the pages of the README, which the program has in itself, a chapter at a time: all of it at once
// would hold the window while it is laid out.
func (sh *Shell) documentation() {
	var chapters []chapter
	for _, name := range manual {
		data, err := fs.ReadFile(sh.program.Pages, name)
		if err != nil {
			fyne.LogError("A page of the documentation", err) // the program was built without it
			continue
		}
		chapters = append(chapters, chaptersOf(string(data))...)
	}
	text := container.NewStack()
	list := kit.Down(2)
	var buttons []*kit.Button
	show := func(at int) {
		for i, b := range buttons {
			b.SetOn(i == at)
		}
		body := widget.NewRichTextFromMarkdown(chapters[at].body)
		body.Wrapping = fyne.TextWrapWord
		text.Objects = []fyne.CanvasObject{container.NewVScroll(body)}
		text.Refresh()
	}
	for i, c := range chapters {
		b := kit.NewButton(fmt.Sprint("manual.", i), words.Name(c.title), "", kit.Nav, func() { show(i) })
		buttons = append(buttons, b)
		list.Add(b)
	}
	if len(chapters) > 0 {
		show(0)
	}
	var d *kit.Dialog
	closeIt := kit.NewButton("manual.close", words.Say("common.close"), "", kit.Primary, func() { d.Cancel() })
	body := kit.AcrossTop(16, kit.Width(chaptersWidth, list), kit.Grow(kit.Height(500, text)))
	d = kit.NewDialog("manual", words.Say("gui.documentation"), words.Text{}, 980, body,
		kit.Buttons(nil, []fyne.CanvasObject{closeIt}))
	d.OnSubmit = d.Cancel
	d.Open(sh.window.Canvas(), closeIt)
}

// chaptersWidth is that of the list of chapters.
const chaptersWidth = 190

// chapter is a part of the documentation under one title.
type chapter struct{ title, body string }

// chaptersOf are the parts of a page of Markdown under its first and second headings.
func chaptersOf(text string) (list []chapter) {
	for _, part := range strings.Split("\n"+text, "\n## ") {
		title, body, _ := strings.Cut(strings.TrimPrefix(part, "\n# "), "\n")
		list = append(list, chapter{title, readable(body)})
	}
	return list
}

// link is one of Markdown.
var link = regexp.MustCompile(`\[([^\]]*)\]\(([^)]*)\)`)

// readable is Markdown as Fyne can show it: without pictures and links to other files, and the rows of tables as lists.
func readable(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		trimmed := strings.TrimSpace(line)
		cells := strings.Split(strings.Trim(trimmed, "|"), "|")
		switch {
		case strings.Contains(trimmed, "![") || strings.HasPrefix(trimmed, "|---") || strings.Trim(trimmed, "| ") == "" &&
			trimmed != "":
		case strings.HasPrefix(trimmed, "|"):
			for i := range cells {
				cells[i] = strings.TrimSpace(cells[i])
			}
			b.WriteString("- " + strings.Join(cells, ": ") + "\n")
		default:
			b.WriteString(line)
		}
	}
	return link.ReplaceAllStringFunc(b.String(), func(whole string) string {
		parts := link.FindStringSubmatch(whole)
		if strings.HasPrefix(parts[2], "https://") {
			return whole
		}
		return parts[1]
	})
}

// report shows what a report of a fault should contain, to be copied. Nothing is sent.
func (sh *Shell) report() {
	text := words.Name(sh.reportText())
	logview.ShowText(sh.window.Canvas(), words.Say("gui.report-a-problem"), words.Say("gui.what-a-report-contains"),
		text, text)
}

// reportText says what Slipway, the system and the engine are. It names nothing that is a person's own: no container,
// image, folder, host or user. It is in English whatever the window speaks, since those who read it are others.
func (sh *Shell) reportText() string {
	st := sh.desk.session.State()
	size, p := sh.window.Canvas().Size(), sh.settings.Get().Preferences
	lines := []string{
		"Slipway: " + sh.program.Version,
		fmt.Sprintf("System: %s/%s, %s", runtime.GOOS, runtime.GOARCH, runtime.Version()),
		fmt.Sprintf("Window: %.0f × %.0f, scale %.2f, theme %q, language %s", size.Width, size.Height,
			sh.window.Canvas().Scale(), p.Theme, words.Tag()),
	}
	if st.Phase != session.Connected {
		return strings.Join(append(lines, "Engine: not connected"), "\n")
	}
	snap := sh.desk.session.Live.Snapshot()
	return strings.Join(append(lines,
		fmt.Sprintf("Engine: %s %s, API %s", st.Info.Product, st.Info.Version, st.Info.APIVersion),
		fmt.Sprintf("Its machine: %s/%s, %d processors; rootless: %v, containerd image store: %v", st.Info.OS, st.Info.Arch,
			st.Info.CPUs, st.Info.Rootless, st.Info.ContainerdStore),
		fmt.Sprintf("It has: %d containers, %d images, %d volumes", len(snap.Containers), len(snap.Images),
			len(snap.Volumes))), "\n")
}

// licence is a part of the program and what its licence says.
type licence struct{ name, text string }

// licences are all, in the order of their names.
func licences() (list []licence) {
	for _, part := range strings.Split("\n"+assets.Licences, "\n\n=== ") {
		head, text, _ := strings.Cut(strings.TrimPrefix(part, "\n=== "), "\n\n")
		for _, name := range strings.Split(head, "\n=== ") {
			list = append(list, licence{name, text})
		}
	}
	slices.SortFunc(list, func(a, b licence) int {
		return strings.Compare(strings.ToLower(a.name), strings.ToLower(b.name))
	})
	return list
}

// licences shows the licence of each part that the program is built from.
func (sh *Shell) licences() {
	view := table.New("licences", []table.Column{{Key: "name", Title: words.Say("gui.part"), Min: 300, Weight: 1}})
	byName, rows := map[string]string{}, []table.Row{}
	for _, l := range licences() {
		byName[l.name] = l.text
		rows = append(rows, table.Row{ID: l.name, Name: l.name, Cells: []table.Cell{{Text: words.Name(l.name)}}})
	}
	view.SetRows(rows)
	book := logview.BookOf(words.Say("gui.select-a-part"))
	text := container.NewStack(logview.New("licences.text", book))
	view.OnSelect = func(id string) {
		book.Close()
		book = logview.BookOf(words.Name(byName[id]))
		out := logview.New("licences.text", book)
		out.Follow(false)
		text.Objects = []fyne.CanvasObject{out}
		text.Refresh()
	}
	var d *kit.Dialog
	closeIt := kit.NewButton("licences.close", words.Say("common.close"), "", kit.Primary, func() { d.Cancel() })
	d = kit.NewDialog("licences", words.Say("gui.licences"), words.Say("gui.about-licences"), 860,
		kit.Down(10, kit.Height(200, view), kit.Height(280, text)), kit.Buttons(nil, []fyne.CanvasObject{closeIt}))
	d.OnCancel = func() { book.Close() }
	d.OnSubmit = d.Cancel
	d.Open(sh.window.Canvas(), view)
}
