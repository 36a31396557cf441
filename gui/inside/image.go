package inside

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"slipway/engine/model"
	"slipway/engine/runspec"
	"slipway/engine/session"
	"slipway/engine/words"
	"slipway/gui/commands"
	"slipway/gui/kit"
	"slipway/gui/kit/table"
	"slipway/gui/post"
	"slipway/gui/present"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// mostUsers is how many containers of an image are named.
const mostUsers = 8

// ImagePanel is the details of the selected image: what it says about itself, and the layers it is made of.
type ImagePanel struct {
	session  *session.Session
	commands *commands.Set

	*frame
	facts  *container.Scroll
	layers *table.Table

	image   model.Image
	tag     string
	users   string // who uses it, as it is shown
	detail  model.ImageDetail
	history []model.Layer
	reader  *post.Reader // of what the list does not have
}

// NewImage makes an empty panel.
func NewImage(s *session.Session, c *commands.Set, w *post.Work) *ImagePanel {
	p := &ImagePanel{session: s, commands: c, reader: post.NewReader(w)}
	p.frame = newFrame("image", kit.NewIcon("image", style.Accent))
	p.facts = container.NewVScroll(kit.Down(0))
	p.layers = table.New("image.layers", []table.Column{
		{
			Key: "instruction", Title: words.Say("inside.instruction-the-last-first"), Min: 200, Weight: 1,
			Hint: words.Say("inside.the-line-of-the-dockerfile"),
		},
		{Key: "created", Title: words.Say("common.created"), Min: 124, Drop: 1},
		{
			Key: "size", Title: words.Say("inside.adds"), Min: 80, Right: true,
			Hint: words.Say("inside.what-the-layer-adds-to"),
		},
	})
	p.layers.OnMenu = func(id string, at fyne.Position) {
		kit.ShowMenu(fyne.CurrentApp().Driver().CanvasForObject(p.layers), at,
			[]kit.MenuItem{{
				ID: "layer.copy", Label: words.Say("inside.copy-the-instruction"), Icon: "copy",
				Run: func() { p.copyLayer(id) },
			}})
	}
	p.tab("overview", "overview", words.Say("inside.overview"), kit.Pad(p.facts, 10, 4, 10, 16))
	p.tab("layers", "layers", words.Say("inside.layers"), kit.Pad(p.layers, 4, 6, 4, 6))
	return p
}

// Show brings an image, under one of its names, into the panel, or hides it when ok is false.
func (p *ImagePanel) Show(image model.Image, tag string, ok bool) {
	if !ok {
		p.reader.Rest()
		p.image = model.Image{}
		kit.Hide(p.content)
		return
	}
	if image.ID != p.image.ID { // what is known is of another one
		p.reader.Rest()
		p.detail, p.history, p.users = model.ImageDetail{}, nil, ""
		p.showLayers(words.Say("common.the-engine-does-not-answer"))
	}
	p.image, p.tag = image, tag
	name := words.Name(present.ShortImage(tag))
	if tag == "" {
		name = words.Say("common.no-name")
	}
	p.head.Say(name, words.Join(" · ", present.Size(image.Size), words.Name(image.ShortID())))
	p.offer(image.ID+" "+tag, p.commands.Image(image, tag), "run", "pull", "remove")
	p.content.Show()
	p.ask()
	p.fillFacts()
}

// ask reads what the list does not have, once for an image and connection.
func (p *ImagePanel) ask() {
	st, id := p.session.State(), p.image.ID
	if st.Phase != session.Connected {
		return
	}
	if p.reader.Want(fmt.Sprint(id, st.Generation), func(ctx context.Context, t *post.Turn) {
		e, err := p.session.Engine()
		if err != nil {
			return
		}
		detail, errDetail := e.Image(ctx, id)
		history, errHistory := e.History(ctx, id)
		t.Do(func() {
			why := words.Say("inside.it-has-no-layers")
			if problem := model.AsProblem(errors.Join(errDetail, errHistory),
				model.Say("inside.the-image-cannot-be-read")); problem != nil {
				why = words.Problem(problem)
			}
			p.detail, p.history, p.users = detail, history, "-"
			p.showLayers(why)
			p.fillFacts()
		})
	}) {
		p.detail, p.history, p.users = model.ImageDetail{}, nil, "-"
		p.showLayers(words.Say("common.asking-the-engine"))
	}
}

// fillFacts shows what the image says about itself and who uses it; it does nothing while that is as it was.
func (p *ImagePanel) fillFacts() {
	users := p.session.Live.Snapshot().UsedBy(p.image.ID)
	key := p.image.ID + " " + p.tag + " " + strings.Join(p.image.Tags, " ")
	for _, c := range users {
		key += " " + c.ID + c.Name
	}
	if key == p.users {
		return
	}
	p.users = key
	d, now := p.detail, present.Now()
	list := []fact{{Caption: words.Say("common.used-by"), Content: p.usedBy(users)}}
	if names := p.image.Names(); len(names) > 1 {
		list = append(list,
			fact{ID: "image.names", Caption: words.Say("inside.all-names"), Value: words.Name(strings.Join(names, "\n"))})
	}
	if d.ID != "" {
		list = append(list,
			fact{
				ID: "image.platform", Caption: words.Say("common.platform"),
				Value: words.Name(d.OS + "/" + d.Architecture),
			},
			fact{ID: "image.created", Caption: words.Say("inside.built"), Value: built(d.Created, now)},
			fact{
				ID: "image.entrypoint", Caption: words.Say("common.entrypoint"), Value: words.Name(line(d.Entrypoint)),
				Mono: true,
			},
			fact{ID: "image.command", Caption: words.Say("common.command"), Value: words.Name(line(d.Cmd)), Mono: true},
			fact{ID: "image.ports", Caption: words.Say("common.ports"), Value: words.Name(portWords(d.Exposed))},
			fact{
				ID: "image.volumes", Caption: words.Say("common.volumes"), Value: words.Name(strings.Join(d.Volumes, "\n")),
				Mono: true,
			},
			fact{ID: "image.user", Caption: words.Say("common.user"), Value: words.Name(d.User)},
			fact{
				ID: "image.workdir", Caption: words.Say("common.working-directory"), Value: words.Name(d.WorkingDir),
				Mono: true,
			},
			fact{ID: "image.env", Caption: words.Say("common.environment"), Value: words.Name(envWords(d.Env)), Mono: true},
			fact{
				ID: "image.digest", Caption: words.Say("inside.digest"), Value: words.Name(digest(d.Digests, p.tag)),
				Mono: true, Copyable: true,
			})
	}
	list = append(list,
		fact{ID: "image.id", Caption: words.Name("ID"), Value: words.Name(p.image.ID), Mono: true, Copyable: true})
	p.facts.Content = facts(list)
	p.facts.ScrollToTop()
	p.facts.Refresh()
}

// usedBy names the containers that were made from the image; pressing one goes to it.
func (p *ImagePanel) usedBy(users []model.Container) fyne.CanvasObject {
	if len(users) == 0 {
		return kit.NewText(words.Say("inside.no-container"), kit.Body.In(style.Muted)).ID("image.unused")
	}
	rows := kit.Down(2)
	for _, c := range users[:min(len(users), mostUsers)] {
		rows.Add(kit.Across(0, kit.NewButton("image.user."+c.Name, words.Name(c.Name), "container", kit.Link,
			func() { p.commands.Reveal("containers", c.ID) }).Hint(words.Say("inside.go-to-it"))))
	}
	if n := len(users) - mostUsers; n > 0 {
		rows.Add(kit.NewText(words.Say("common.and-more", words.Args{"Count": words.Count(n)}), kit.Second))
	}
	return rows
}

func (p *ImagePanel) showLayers(why words.Text) {
	label := words.Say("inside.layers")
	if n := len(p.history); n > 0 {
		label = words.Say("inside.layers-count", words.Args{"Count": words.Count(n)})
	}
	p.tabs.SetLabel("layers", label)
	p.layers.SetEmpty(kit.EmptyState("image", words.Say("common.nothing-to-show"), why))
	now := present.Now()
	rows := make([]table.Row, len(p.history))
	for i, l := range p.history {
		size := table.Cell{Text: present.Size(l.Size)}
		if l.Size == 0 {
			size = table.Cell{
				Text: words.Name("–"), Style: kit.Body.In(style.Muted),
				Hint: words.Say("inside.it-changes-only-settings"),
			}
		}
		created := table.Cell{Style: kit.Second}
		if !l.Created.IsZero() {
			created.Text, created.Hint = present.Ago(l.Created, now), words.Exact(l.Created)
		}
		rows[i] = table.Row{ID: fmt.Sprint(i), Name: fmt.Sprint(i), Cells: []table.Cell{
			{Text: words.Name(oneLine(l.Instruction)), Style: kit.Mono, Hint: words.Name(l.Instruction)}, created, size,
		}}
	}
	p.layers.SetRows(rows)
}

// oneLine is an instruction in one line: the ends of its lines are spaces, and what is quoted stays as it is.
func oneLine(instruction string) string {
	return strings.NewReplacer("\\\n", " ", "\n", " ", "\t", " ").Replace(strings.TrimSpace(instruction))
}

func (p *ImagePanel) copyLayer(id string) {
	for i, l := range p.history {
		if fmt.Sprint(i) == id {
			kit.Copy(l.Instruction)
		}
	}
}

func built(at, now time.Time) words.Text {
	if at.IsZero() || at.Year() < 1990 { // reproducible builds say the beginning of time
		return words.Text{}
	}
	return words.Join(", ", words.Exact(at), present.Ago(at, now))
}

// line is words as they are typed in a shell, without their secrets.
func line(list []string) string {
	return strings.TrimPrefix(strings.TrimPrefix(new(runspec.Together).Words(list).String(), "docker"), " ")
}

func portWords(list []model.PublishedPort) string {
	var texts []string
	for _, r := range present.Ranges(list) {
		texts = append(texts, r.Inside())
	}
	return strings.Join(texts, ", ")
}

// envWords are the variables, a line each, with the values of secrets hidden.
func envWords(env []string) string {
	lines := slices.Clone(env)
	var shown runspec.Together
	for i, e := range lines {
		if name, value, _ := strings.Cut(e, "="); shown.SecretEnv(name, value) {
			lines[i] = name + "=••••"
		}
	}
	return linesOf(lines)
}

// linesOf are values, a line each.
func linesOf(values []string) string {
	lines := make([]string, len(values))
	for i, v := range values {
		lines[i] = indented(v)
	}
	return strings.Join(lines, "\n")
}

// indented is a value of several lines of which none can pass for another value.
func indented(text string) string { return strings.ReplaceAll(text, "\n", "\n        ") }

// digest is what the image is called in the registry of its name; else any.
func digest(digests []string, tag string) string {
	name, _, _ := strings.Cut(tag, "@")
	if i := strings.LastIndexByte(name, ':'); i > strings.LastIndexByte(name, '/') {
		name = name[:i]
	}
	for _, d := range digests {
		if at, _, _ := strings.Cut(d, "@"); at == name {
			return d
		}
	}
	if len(digests) > 0 {
		return digests[0]
	}
	return ""
}
