package cleanup

import (
	"slices"
	"strings"
	"time"

	"slipway/engine/live"
	"slipway/engine/model"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/kit/table"
	"slipway/gui/present"
	"slipway/gui/style"
)

// item is one thing that takes space.
type item struct {
	id   string
	name words.Text
	hint words.Text
	// note says who uses it.
	note words.Text
	// takes is its size by itself; frees is what becomes free without it, both in bytes. takes is -1 where it is not
	// known.
	takes, frees int64
	// unused tells that nothing uses it; why says why it cannot be removed now, "" when it can.
	unused bool
	why    words.Text

	image     *model.Image
	container *model.Container
	volume    *model.Volume
	cache     *model.CacheUse
}

func (it item) row(away bool) table.Row {
	note, frees, takes := table.Cell{Text: it.note, Style: kit.Body.In(style.Muted), Hint: it.why},
		table.Cell{Text: present.Size(it.frees)}, present.Size(it.takes)
	if !it.why.None() || it.frees == 0 {
		frees = table.Cell{Text: words.Name("–"), Style: kit.Body.In(style.Muted)}
	}
	switch {
	case !it.why.None():
		frees.Hint = it.why
	case it.frees == 0 && it.takes > 0:
		frees.Hint = words.Say("cleanup.others-have-the-same-layers")
	}
	if it.takes < 0 {
		takes = words.Say("cleanup.unknown")
	}
	return table.Row{ID: it.id, Name: it.id, Cells: []table.Cell{
		{Text: it.name, Style: kit.Strong, Hint: it.hint},
		note,
		{Text: takes, Style: kit.Second},
		frees,
	}, Dim: away}
}

// easy tells that it is selected with what is not used: volumes that a person named are not, as docker volume prune
// leaves them, nor are named images that were made on this computer and cannot be pulled again.
func (it item) easy() bool {
	kept := it.image != nil && !it.image.Dangling() && it.image.OnlyHere()
	return it.unused && !kept && (it.volume == nil || it.volume.Anonymous)
}

// derive makes the items of each kind out of what the engine counted, without what is gone since.
func derive(d model.Disk, snap *live.Snapshot, now time.Time) map[string][]item {
	all := map[string][]item{}
	if len(d.Images)+len(d.Containers)+len(d.Volumes)+len(d.Cache) == 0 {
		return all
	}
	all["images"] = imageItems(d, snap)
	all["containers"] = containerItems(d, snap, now)
	all["volumes"] = volumeItems(d, snap)
	for i := range d.Cache {
		c := &d.Cache[i]
		it := item{
			id: c.ID, name: words.Name(c.Text), hint: words.Name(c.Kind + " " + c.ID), takes: c.Size, cache: c, unused: !c.InUse,
			note: words.Say("cleanup.never-used-again"),
		}
		if it.name.None() {
			it.name = words.Name(c.Kind)
		}
		if !c.Used.IsZero() {
			it.note = words.Say("cleanup.used-ago", words.Args{"Ago": present.Ago(c.Used, now)})
		}
		switch {
		case c.InUse:
			it.note, it.why = words.Say("common.in-use"), words.Say("cleanup.a-build-or-another-record")
		case !c.Shared: // what is shared stays with the images
			it.frees = c.Size
		}
		all["cache"] = append(all["cache"], it)
	}
	for _, list := range all {
		slices.SortStableFunc(list, byFrees)
	}
	return all
}

func imageItems(d model.Disk, snap *live.Snapshot) []item {
	users := map[string][]string{}
	for i := range snap.Containers {
		users[snap.Containers[i].ImageID] = append(users[snap.Containers[i].ImageID], snap.Containers[i].Name)
	}
	here := map[string]*model.Image{}
	for i := range snap.Images {
		here[snap.Images[i].ID] = &snap.Images[i]
	}
	var list []item
	for _, use := range d.Images {
		img := here[use.ID]
		if img == nil {
			continue
		}
		short := make([]string, len(img.Names()))
		for i, t := range img.Names() {
			short[i] = present.ShortImage(t)
		}
		it := item{
			id: img.ID, name: words.Name(strings.Join(short, ", ")), hint: words.Name(img.ID), takes: use.Size,
			image: img, note: words.Say("common.not-used"),
		}
		if len(img.Tags) == 0 {
			it.hint = words.Say("images.it-has-no-tag-only", words.Args{"Tag": words.Name(img.ID)})
		}
		if img.Dangling() {
			it.name, it.hint = words.Say("cleanup.no-name", words.Args{"ShortID": words.Name(img.ShortID())}),
				words.Say("cleanup.an-image-without-a-name")
		}
		if names := users[img.ID]; len(names) > 0 {
			it.note = words.Say("cleanup.used-by", words.Args{"Names": words.Names(names)})
			it.why = words.Say("cleanup.it-stays-as-long-as", words.Args{"Names": words.Names(names)})
		} else {
			it.unused, it.frees = true, use.Size-use.Shared
		}
		list = append(list, it)
	}
	return list
}

func containerItems(d model.Disk, snap *live.Snapshot, now time.Time) []item {
	here := make(map[string]*model.Container, len(snap.Containers))
	for i := range snap.Containers {
		here[snap.Containers[i].ID] = &snap.Containers[i]
	}
	var list []item
	for _, use := range d.Containers {
		c := here[use.ID]
		if c == nil {
			continue
		}
		st := present.StateOf(*c, now)
		list = append(list, item{
			id: c.ID, name: words.Name(c.Name), hint: words.Name(c.Image), note: st.Word, takes: use.Size, frees: use.Size,
			container: c, // a stopped one may be wanted: nobody but a person knows
		})
	}
	return list
}

func volumeItems(d model.Disk, snap *live.Snapshot) []item {
	users := map[string][]string{}
	for i := range snap.Containers {
		for _, m := range snap.Containers[i].Mounts {
			if name := snap.Containers[i].Name; m.Type == "volume" && !slices.Contains(users[m.Name], name) {
				users[m.Name] = append(users[m.Name], name)
			}
		}
	}
	var list []item
	for i := range snap.Volumes {
		v := &snap.Volumes[i]
		it := item{
			id: v.Name, name: words.Name(present.VolumeTitle(*v)), hint: words.Name(v.Name), volume: v,
			note: words.Say("common.not-used"), takes: -1,
		}
		if size, ok := d.Volumes[v.Name]; ok {
			it.takes = size
		}
		if v.Anonymous {
			it.name = words.Say("cleanup.anonymous", words.Args{"Name": it.name})
		}
		if last := snap.LastUsers[v.Name]; last != "" {
			it.note = words.Say("common.left-by", words.Args{"Last": words.Name(last)})
		}
		if names := users[v.Name]; len(names) > 0 {
			it.note = words.Say("cleanup.used-by", words.Args{"Names": words.Names(names)})
			it.why = words.Say("cleanup.it-stays-as-long-as-a", words.Args{"Names": words.Names(names)})
		} else {
			it.unused, it.frees = true, max(it.takes, 0)
		}
		list = append(list, it)
	}
	return list
}
