package runform

import (
	"slices"
	"strconv"

	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/runspec"
	"slipway/engine/session"
	"slipway/engine/words"
)

// finding is what a check found out.
type finding struct {
	ref    string
	here   bool
	detail model.ImageDetail
	owners map[int]words.Text
	next   map[int]uint16
	source map[int]Source
	user   identity
	// networks are nil where they are not known.
	networks []model.Network
}

// mostAsked is how many ports of a range this computer is asked about; whether the rest are free the engine tells.
const mostAsked = 16

func (f *finding) ports(v *sheet, form Form) {
	f.owners, f.next = map[int]words.Text{}, map[int]uint16{}
	for i, row := range form.Ports {
		p, wrong, wrongHost := row.port()
		if !wrong.None() || !wrongHost.None() || p.HostPort == 0 || p.HostEnd != 0 {
			continue
		}
		owner, next := words.Text{}, uint16(0)
		for n := 0; n < min(p.Count(), mostAsked) && owner.None(); n++ {
			asked := p.HostPort + uint16(n)
			if v.hasPort(asked) {
				continue // it gives it up
			}
			use := v.r.Actions.Port(row.HostIP, asked, row.Protocol, v.changedID())
			owner, next = words.Of(use.Owner), use.Next
		}
		twice := slices.ContainsFunc(form.Ports[:i], func(o PortRow) bool {
			other, wrong, wrongHost := o.port()
			return wrong.None() && wrongHost.None() && collide(other, p)
		})
		switch {
		case !owner.None():
			if f.owners[i] = owner; p.Count() == 1 {
				f.next[i] = freeInForm(form, i, next, v)
			}
		case twice && p.HostPort < 65535 && p.Count() == 1:
			after := p.HostPort + 1
			if use := v.r.Actions.Port(row.HostIP, after, row.Protocol, v.changedID()); !use.Owner.None() {
				after = use.Next
			}
			f.next[i] = freeInForm(form, i, after, v)
		}
	}
}

// freeInForm is the first free port from next on that no other row of the form uses.
func freeInForm(form Form, row int, next uint16, v *sheet) uint16 {
	for next != 0 {
		used := false
		for j, p := range form.Ports {
			used = used || j != row && p.Protocol == form.Ports[row].Protocol && p.HostPort == strconv.Itoa(int(next))
		}
		if !used {
			return next
		}
		next++
		if use := v.r.Actions.Port(form.Ports[row].HostIP, next, form.Ports[row].Protocol, v.changedID()); !use.Owner.None() {
			next = use.Next
		}
	}
	return 0
}

// offerFolder adds an empty row for the folder of a notebook, in which a person's work is lost without one.
func (v *sheet) offerFolder() {
	v.form.Mounts = slices.DeleteFunc(v.form.Mounts, func(m MountRow) bool { return m.Offered && m.Source == "" })
	place := notebook.WorkPlace(v.detail, nil)
	if v.here && v.key == "" && len(v.form.Mounts) == 0 && place != "" && v.r.Launcher.IsNotebook(v.form.Image) &&
		v.r.Session.State().Locality.SharesFolders() {
		v.form.Mounts = []MountRow{{Kind: runspec.Bind, Target: place, Offered: true}}
	}
}

// settled tells whether the image was looked at, and the ports that it brought. A port that is taken after that is not
// exchanged any more: what a person saw when they pressed Run is what is run.
func (v *sheet) settled() bool {
	ref, err := ParseImage(v.form.Image)
	return err != nil || ref == v.asked && v.portsKnown
}

// looking tells whether what the engine says about the form is still on its way.
func (v *sheet) looking() bool {
	return !v.settled() && v.r.Session.State().Phase == session.Connected
}

// freePorts replaces ports that were filled in and turned out to be taken, and tells whether it did.
func (v *sheet) freePorts() bool {
	if v.portsTouched {
		return false
	}
	changed := false
	for i, owner := range v.facts.PortOwners {
		if next := v.facts.NextFree[i]; !owner.None() && next != 0 && i < len(v.form.Ports) {
			v.form.Ports[i].HostPort = strconv.Itoa(int(next))
			delete(v.facts.PortOwners, i)
			changed = true
		}
	}
	return changed
}

// fillTargets proposes a place for mounts that have none.
func (v *sheet) fillTargets() {
	for i := range v.form.Mounts {
		if v.form.Mounts[i].Target != "" {
			continue
		}
		taken := v.takenTargets()
		for _, m := range v.anonymous() { // its volume goes with it
			taken = append(taken, m.Destination)
		}
		v.form.Mounts[i].Target = notebook.WorkPlace(v.detail, taken)
	}
}
