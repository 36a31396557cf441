package cleanup

import (
	"slices"
	"strings"
	"time"

	"slipway/engine/live"
	"slipway/engine/model"
	"slipway/gui/commands"
	"slipway/gui/kit"
	"slipway/gui/present"
	"slipway/gui/style"
)

// item is one thing that takes space.
type item struct {
	id, name, hint string
	// note says who uses it.
	note string
	// takes is its size by itself; frees is what becomes free without it, both in bytes. takes is -1 where it is not
	// known.
	takes, frees int64
	// unused tells that nothing uses it; why says why it cannot be removed now, "" when it can.
	unused bool
	why    string

	image     *model.Image
	container *model.Container
	volume    *model.Volume
	cache     *model.CacheUse
}

func (it item) row(away bool) kit.TableRow {
	note, frees, takes := kit.Cell{Text: it.note, Style: kit.Body.In(style.Muted), Hint: it.why},
		kit.Cell{Text: present.Size(it.frees)}, present.Size(it.takes)
	if it.why != "" || it.frees == 0 {
		frees = kit.Cell{Text: "–", Style: kit.Body.In(style.Muted)}
	}
	switch {
	case it.why != "":
		frees.Hint = it.why
	case it.frees == 0 && it.takes > 0:
		frees.Hint = "Others have the same layers: only the name goes."
	}
	if it.takes < 0 {
		takes = "unknown"
	}
	return kit.TableRow{ID: it.id, Name: it.id, Cells: []kit.Cell{
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
			id: c.ID, name: c.Text, hint: c.Kind + " " + c.ID, takes: c.Size, cache: c, unused: !c.InUse,
			note: "never used again",
		}
		if it.name == "" {
			it.name = c.Kind
		}
		if !c.Used.IsZero() {
			it.note = "used " + present.Ago(c.Used, now)
		}
		switch {
		case c.InUse:
			it.note, it.why = "in use", "A build, or another record, uses it now."
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
		it := item{id: img.ID, name: strings.Join(short, ", "), hint: img.ID, takes: use.Size, image: img, note: "not used"}
		if len(img.Tags) == 0 {
			it.hint += "\nIt has no tag, only its digest: it was pulled by that, or another image took its tag."
		}
		if img.Dangling() {
			it.name, it.hint = "no name, "+img.ShortID(),
				"An image without a name: it was built without one, or a newer build took it."
		}
		if names := users[img.ID]; len(names) > 0 {
			it.note = "used by " + strings.Join(names, ", ")
			it.why = "It stays as long as a container was made from it: " + strings.Join(names, ", ") + "."
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
			id: c.ID, name: c.Name, hint: c.Image, note: st.Word, takes: use.Size, frees: use.Size,
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
		it := item{id: v.Name, name: commands.VolumeTitle(*v), hint: v.Name, volume: v, note: "not used", takes: -1}
		if size, ok := d.Volumes[v.Name]; ok {
			it.takes = size
		}
		if v.Anonymous {
			it.name += "  (anonymous)"
		}
		if last := snap.LastUsers[v.Name]; last != "" {
			it.note = "left by " + last
		}
		if names := users[v.Name]; len(names) > 0 {
			it.note = "used by " + strings.Join(names, ", ")
			it.why = "It stays as long as a container has it: " + strings.Join(names, ", ") + "."
		} else {
			it.unused, it.frees = true, max(it.takes, 0)
		}
		list = append(list, it)
	}
	return list
}
