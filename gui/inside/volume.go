package inside

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"slipway/engine/model"
	"slipway/engine/runspec"
	"slipway/engine/session"
	"slipway/engine/words"
	"slipway/gui/commands"
	"slipway/gui/kit"
	"slipway/gui/post"
	"slipway/gui/present"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// VolumePanel is the details of the selected volume: what it is and who has it, and the files in it.
type VolumePanel struct {
	session  *session.Session
	commands *commands.Set
	work     *post.Work

	*frame
	facts *container.Scroll
	files *files
	wait  *fyne.Container // stands over the files while there is no way into the volume

	// OnView is called when something else of the volume is looked at.
	OnView func()

	volume model.Volume
	about  VolumeFacts
	shown  string // what the lines were made of

	in    place  // through which the volume is read; not ready while there is none
	inOf  string // the volume and the connection that it was opened for
	leave func(context.Context)
	turn  int
	stop  context.CancelFunc
}

// VolumeFacts is what the list knows of a volume.
type VolumeFacts struct {
	// Users are the containers that have it, Last the name of one that had it and is gone, as far as that was seen.
	Users []model.Container
	Last  string
	// Size is in bytes, -1 while it was not counted.
	Size int64
}

// NewVolume makes an empty panel.
func NewVolume(s *session.Session, c *commands.Set, w *post.Work) *VolumePanel {
	p := &VolumePanel{session: s, commands: c, work: w, stop: func() {}}
	p.frame = newFrame("volume", kit.NewIcon("volume", style.Accent))
	p.facts = container.NewVScroll(kit.Down(0))
	p.files = newFiles(s, c, w, "volume.files", func() place { return p.in }, func() {
		if p.OnView != nil {
			p.OnView()
		}
	})
	p.wait = container.NewStack()
	p.tab("overview", "overview", words.Say("inside.overview"), kit.Pad(p.facts, 10, 4, 10, 16))
	p.tab("files", "files", words.Say("inside.files"), container.NewStack(p.files.content, p.wait))
	p.tabs.OnChange = func(string) { p.fill() }
	return p
}

// Show brings a volume into the panel, or hides it when ok is false.
func (p *VolumePanel) Show(v model.Volume, about VolumeFacts, ok bool) {
	if v.Name != p.volume.Name || !ok {
		p.Pause()
	}
	if !ok {
		p.volume = model.Volume{}
		kit.Hide(p.content)
		return
	}
	p.volume, p.about = v, about
	p.head.Say(words.Name(present.VolumeTitle(v)), usersWords(about))
	p.offer(v.Name, p.commands.Volume(v), "backup", "remove")
	p.content.Show()
	p.fill()
}

func usersWords(f VolumeFacts) words.Text {
	switch {
	case len(f.Users) > 0:
		return words.Say("inside.used-by-containers", words.Args{"N": words.Count(len(f.Users))})
	case f.Last != "":
		return words.Say("inside.not-used-had-it-last", words.Args{"Last": words.Name(f.Last)})
	}
	return words.Say("common.not-used")
}

// Pause stops reading, and gives back the way into the volume, which keeps it from being removed.
func (p *VolumePanel) Pause() {
	p.stop()
	p.stop = func() {}
	p.turn++
	p.files.rest()
	if leave := p.leave; leave != nil {
		p.work.Go(func(context.Context) { leave(context.Background()) }) // it has a limit of its own
	}
	p.in, p.inOf, p.leave = place{}, "", nil
}

// Resume reads on after Pause.
func (p *VolumePanel) Resume() {
	if p.volume.Name != "" {
		p.fill()
	}
}

// quitTime is how long clearing away may take when Slipway quits.
const quitTime = 3 * time.Second

// Close gives back what the panel holds. It may block for some seconds when the engine hangs.
func (p *VolumePanel) Close() {
	if p.leave == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), quitTime)
	defer cancel()
	p.leave(ctx)
	p.leave = nil
}

// Drop copies files that were dropped on the window into the folder that is shown. It tells whether one is.
func (p *VolumePanel) Drop(paths []string) bool {
	if !p.content.Visible() || p.tabs.Current() != "files" || !p.in.ready {
		return false
	}
	p.files.upload(paths)
	return true
}

// Command is the docker command that shows what the panel shows.
func (p *VolumePanel) Command(v model.Volume) model.Command {
	return model.Docker("volume", "inspect", v.Name)
}

func (p *VolumePanel) fill() {
	if p.tabs.Current() == "files" {
		p.open()
		return
	}
	p.Pause()
	p.fillFacts()
}

// open finds a way into the volume, and shows its files.
func (p *VolumePanel) open() {
	st, v := p.session.State(), p.volume
	key := fmt.Sprint(v.Name, st.Generation)
	if p.in.ready && !p.in.container.Helper() { // the container through which it is read may have ended
		if c, ok := p.session.Live.Snapshot().Container(p.in.container.ID); !ok || c.State != model.StateRunning {
			p.inOf = ""
		}
	}
	if st.Phase == session.Connected && key != p.inOf {
		p.Pause()
		p.inOf = key
		p.say(words.Say("inside.opening-the-volume"), words.Text{})
		turn := p.turn
		p.stop = p.work.Go(func(ctx context.Context) {
			c, root, leave, err := p.commands.VolumeActions().LookInto(ctx, v)
			if ctx.Err() != nil {
				if err == nil {
					leave(context.Background())
				}
				return
			}
			post.Do(func() {
				p.opened(turn, c, root, leave, model.AsProblem(err, model.Say("inside.the-volume-cannot-be-opened")))
			})
		})
	}
	if p.in.ready {
		p.files.update()
	}
}

// opened takes the way into the volume that was found, if it is still wanted.
func (p *VolumePanel) opened(turn int, c model.Container, root string, leave func(context.Context),
	wrong *model.Problem,
) {
	switch {
	case wrong != nil && turn == p.turn:
		p.say(words.Of(wrong.What), words.Details(wrong))
	case wrong != nil:
	case turn != p.turn:
		p.work.Go(func(context.Context) { leave(context.Background()) })
	default:
		p.in, p.leave = place{container: c, root: root, start: root, ready: true}, leave
		p.wait.RemoveAll()
		p.files.content.Show()
		p.files.update()
	}
}

// say shows words in the place of the files.
func (p *VolumePanel) say(title words.Text, text words.Text) {
	kit.Hide(p.files.content)
	p.wait.RemoveAll()
	p.wait.Add(kit.EmptyState("volume", title, text))
}

func (p *VolumePanel) fillFacts() {
	v, f := p.volume, p.about
	size := words.Say("inside.not-counted-yet")
	if f.Size >= 0 {
		size = present.Size(f.Size)
	}
	users := make([]words.Text, len(f.Users))
	for i, c := range f.Users {
		users[i] = words.Name(c.Name)
		for _, m := range c.Mounts {
			if m.Name == v.Name {
				users[i] = words.Say("inside.at", words.Args{"User": users[i], "Destination": words.Name(m.Destination)})
				if m.ReadOnly {
					users[i] = words.Say("inside.which-can-only-read-it", words.Args{"User": users[i]})
				}
			}
		}
	}
	what := words.Say("inside.a-folder-that-the-engine")
	if v.Anonymous {
		what = words.Say("inside.it-was-made-for-a")
	}
	if to := v.StandsFor(); to != "" {
		what = words.Say("inside.it-only-leads-to-outside", words.Args{"To": words.Name(to)})
	} else if v.Options["type"] == "tmpfs" {
		what = words.Say("inside.it-is-in-the-memory")
	}
	var labels, options []string
	var hide runspec.Together
	for _, k := range slices.Sorted(maps.Keys(v.Options)) {
		options = append(options, k+"="+hide.Value(k, v.Options[k]))
	}
	for _, k := range slices.Sorted(maps.Keys(v.Labels)) {
		labels = append(labels, k+"="+hide.Value(k, v.Labels[k]))
	}
	shown := fmt.Sprint(v, f.Last, size, users)
	if shown == p.shown {
		return
	}
	p.shown = shown
	p.facts.Content = facts([]fact{
		{ID: "volume.what", Caption: words.Say("inside.what-it-is"), Value: what},
		{ID: "volume.users", Caption: words.Say("common.used-by"), Value: words.Join("\n", users...)},
		{ID: "volume.last", Caption: words.Say("inside.had-it-last"), Value: words.Name(f.Last)},
		{ID: "volume.size", Caption: words.Say("common.in-it"), Value: size},
		{ID: "volume.full", Caption: words.Say("inside.name"), Value: words.Name(v.Name), Mono: true, Copyable: true},
		{ID: "volume.driver", Caption: words.Say("common.driver"), Value: words.Name(v.Driver)},
		{
			ID: "volume.options", Caption: words.Say("inside.its-options"), Value: words.Name(strings.Join(options, "\n")),
			Mono: true,
		},
		{
			ID: "volume.place", Caption: words.Say("inside.on-the-engine-s-disk"), Value: words.Name(v.Mountpoint), Mono: true,
			Copyable: true,
		},
		{ID: "volume.created", Caption: words.Say("common.created"), Value: words.Exact(v.Created)},
		{ID: "volume.labels", Caption: words.Say("common.labels"), Value: words.Name(strings.Join(labels, "\n")), Mono: true},
	})
	p.facts.Refresh()
}
