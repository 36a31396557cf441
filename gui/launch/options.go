package launch

import (
	"slices"
	"strconv"
	"strings"

	"slipway/engine/launcher"
	"slipway/engine/notebook"
	"slipway/engine/settings"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/present"
	"slipway/gui/runform"

	"fyne.io/fyne/v2"
)

// optionRow is what can be chosen about a launch besides its kind: the image's version or, for any image, its name; the
// GPU where the engine has one; how much memory it may use.
type optionRow struct {
	p      *Page
	box    *fyne.Container
	image  *kit.Field
	images *kit.Button
	named  *fyne.Container
	meant  *runform.OldName
	tag    *kit.Choice
	gpu    *kit.Button
	memory *kit.Choice
	chosen string // a whole reference in place of the recipe's own, "" for that
	limit  int64
	noGPU  bool
	filled bool   // the field is being filled in, not typed into
	from   string // the folder for which all this was chosen before, "" for none
}

func newOptionRow(p *Page) *optionRow {
	o := &optionRow{p: p}
	o.image = kit.NewField("launch.image", words.Say("launch.the-image-s-name-for")).
		Hint(words.Say("launch.slipway-reads-from-the-image"))
	o.image.OnChanged = func(string) {
		o.meant.Show(o.image.Text)
		if !o.filled {
			o.chosen = strings.TrimSpace(o.image.Text)
			p.look(typingPause)
		}
	}
	o.image.OnSubmitted = func(string) {
		if !o.meant.Take() {
			p.launch()
		}
	}
	o.images = kit.NewMenuButton("launch.images", words.Say("launch.images-here"), "", kit.Normal, o.imageItems)
	o.meant = runform.NewOldName("launch.image", o.image.SetText)
	o.named = kit.Down(4, kit.Across(10, kit.Grow(o.image), o.images), o.meant.Content)
	o.tag = kit.NewChoice("launch.tag", nil, "")
	o.tag.OnChange = func(value string) { o.chosen = value; p.Refresh() }
	o.tag.Button.Hint(words.Say("launch.which-version-of-the-image"))
	o.gpu = kit.NewToggle("launch.gpu", words.Say("launch.use-the-gpu"), true, func(on bool) {
		o.noGPU = !on
		p.Refresh()
	})
	o.memory = kit.NewChoice("launch.memory", memoryOptions(0, 0), "0")
	o.memory.OnChange = func(value string) { o.limit, _ = strconv.ParseInt(value, 10, 64); p.Refresh() }
	o.memory.Button.Hint(words.Say("launch.how-much-memory-the-notebook"))
	o.box = kit.Down(10, o.named,
		kit.Fold(10, kit.Across(10, o.tag.Button, o.memory.Button, kit.Spring()), kit.Across(10, o.gpu, kit.Spring())))
	return o
}

// memoryOptions are the limits, in bytes, that an engine with so many bytes of memory can keep, and the one that is
// chosen.
func memoryOptions(whole, chosen int64) []kit.Option {
	list := []kit.Option{{Value: "0", Label: words.Say("launch.memory-no-limit")}}
	limits := []int64{1 << 30, 2 << 30, 4 << 30, 8 << 30, 16 << 30, 32 << 30, 64 << 30}
	if chosen > 0 && !slices.Contains(limits, chosen) {
		limits = append([]int64{chosen}, limits...)
	}
	for _, n := range limits {
		if n < whole || n == chosen {
			list = append(list, kit.Option{Value: strconv.FormatInt(n, 10), Label: words.Say("launch.memory-at-most",
				words.Args{"Limit": words.MemoryBytes(n)})})
		}
	}
	return list
}

// take chooses what was chosen for a folder before.
func (o *optionRow) take(project settings.Project) {
	o.from, o.chosen, o.limit, o.noGPU = project.Folder, project.Image, project.Memory, project.NoGPU
	o.fill()
}

// forFolder chooses what was chosen for a folder before; for one that nothing is known of, what was another one's is
// dropped.
func (o *optionRow) forFolder(project settings.Project) {
	if project.Folder != "" || o.from != "" {
		o.take(project)
	}
}

// choose takes an image, in place of the recipe's own where that is another one.
func (o *optionRow) choose(image string) {
	if ref, err := runform.ParseImage(image); err == nil {
		image = familiar(ref)
	}
	if o.chosen = image; o.p.recipe.ID != notebook.AnyID && image == familiar(o.p.recipe.Reference()) {
		o.chosen = ""
	}
	o.fill()
}

// forget goes back to a recipe's own image.
func (o *optionRow) forget() {
	o.chosen = ""
	o.fill()
}

func (o *optionRow) fill() {
	o.filled = true
	o.image.SetText(o.chosen)
	o.filled = false
}

// give puts what is chosen into a wish.
func (o *optionRow) give(l *launcher.Launch) {
	l.Image, l.Memory, l.GPU = o.chosen, o.limit, !o.noGPU
}

// show brings the row up to date with the recipe and the engine.
func (o *optionRow) show() {
	r, info := o.p.recipe, o.p.session.State().Info
	if r.ID == notebook.AnyID {
		o.named.Show()
		o.tag.Button.Hide()
	} else {
		o.named.Hide()
		o.tag.Button.Show()
		o.tag.SetOptions(o.tags(r, info.GPU), o.chosen)
	}
	o.memory.SetOptions(memoryOptions(info.Memory, o.limit), strconv.FormatInt(o.limit, 10))
	o.gpu.SetOn(info.GPU && !o.noGPU)
	o.gpu.SetEnabled(info.GPU,
		words.Say("launch.the-engine-has-no-gpu"))
}

// tags are the versions to choose from; what was chosen is among them, whatever it is.
func (o *optionRow) tags(r notebook.Recipe, gpu bool) []kit.Option {
	version := words.Args{"Tag": words.Name(r.Tags[0]), "GPUTag": words.Name(r.GPUTag)}
	list := []kit.Option{{Value: "", Label: words.Say("launch.version-tag", words.Args{"Tag": words.Name(r.Tags[0])})}}
	for _, tag := range r.Tags[1:] {
		list = append(list,
			kit.Option{
				Value: familiar(r.Tagged(tag)),
				Label: words.Say("launch.version-tag", words.Args{"Tag": words.Name(tag)}),
			})
	}
	if r.GPUTag != "" && gpu {
		list[0].Label = words.Say("launch.version-or-with-the-gpu", version)
	}
	if o.chosen != "" && !slices.ContainsFunc(list, func(x kit.Option) bool { return x.Value == o.chosen }) {
		list = append(list, kit.Option{Value: o.chosen, Label: words.Say("launch.image",
			words.Args{"Image": words.Name(present.ShortImage(o.chosen))})})
	}
	return list
}

// imageItems are the images that the engine has.
func (o *optionRow) imageItems() []kit.MenuItem {
	var items []kit.MenuItem
	for _, i := range o.p.session.Live.Snapshot().Images {
		for _, tag := range i.Tags {
			items = append(items, kit.MenuItem{ID: "launch.images." + tag, Label: words.Name(tag), Icon: "image", Run: func() {
				o.image.SetText(tag)
				if ref, err := runform.ParseImage(tag); err == nil {
					o.chosen = ref
				}
			}})
		}
	}
	if len(items) == 0 {
		return []kit.MenuItem{{ID: "launch.images.none", Label: words.Say("launch.there-are-no-images-yet"), Off: true}}
	}
	return items[:min(len(items), mostImages)]
}

// mostImages is how many images the menu offers; another one is typed.
const mostImages = 12
