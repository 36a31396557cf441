package images

import (
	"slipway/engine/job"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/present"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// pulls shows the images that are on their way, over the list that they will be in.
type pulls struct {
	box    *fyne.Container
	rows   map[string]*pull // by the job's ID
	cancel func(jobID string)
}

// pull is one image on its way.
type pull struct {
	object fyne.CanvasObject
	text   *kit.Text
	bar    *kit.Bar
	stop   *kit.Button
}

func newPulls(cancel func(jobID string)) *pulls {
	p := &pulls{box: kit.Down(8), rows: map[string]*pull{}, cancel: cancel}
	p.box.Hide()
	return p
}

// show brings the rows up to date with the jobs, and tells whether it takes another height now.
func (p *pulls) show(views []job.View) bool {
	rows, objects := map[string]*pull{}, []fyne.CanvasObject{}
	for _, v := range views {
		if v.State != job.Running || v.Deed.Pulled() == "" {
			continue
		}
		r := p.rows[v.ID]
		if r == nil {
			r = p.row(v)
		}
		text, part := present.Progress(v)
		r.text.Set(text)
		r.bar.Set(part)
		r.stop.SetEnabled(v.CanCancel, words.Say("common.it-cannot-be-cancelled-any"))
		rows[v.ID] = r
		objects = append(objects, r.object)
	}
	changed := len(rows) != len(p.rows)
	for id := range rows {
		changed = changed || p.rows[id] == nil
	}
	if p.rows = rows; !changed {
		return false
	}
	if p.box.Objects = objects; len(objects) == 0 {
		p.box.Hide()
	} else {
		p.box.Show()
	}
	p.box.Refresh()
	return true
}

func (p *pulls) row(v job.View) *pull {
	name := present.ShortImage(v.Deed.Pulled())
	id := "images.pulling." + name
	r := &pull{text: kit.NewText(words.Text{}, kit.Second.Whole()).ID(id + ".text"), bar: kit.NewBar()}
	r.stop = kit.NewButton(id+".cancel", words.Say("common.cancel"), "", kit.Normal, func() { p.cancel(v.ID) }).Small()
	head := kit.Across(10, kit.NewIcon("pull", style.Accent).Sized(15),
		kit.Grow(kit.NewText(words.Say("images.pulling", words.Args{"Name": words.Name(name)}), kit.Strong).ID(id)), r.text,
		r.stop)
	r.object = kit.NewBox(kit.Pad(kit.Down(8, head, r.bar), 10, 14, 12, 16), style.Surface, style.Line, style.CardRadius)
	return r
}
