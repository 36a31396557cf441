package runform

import (
	"fmt"
	"math"
	"path"
	"slices"
	"strings"

	"slipway/engine"
	"slipway/engine/model"
	"slipway/engine/runspec"
	"slipway/engine/swap"
	"slipway/engine/words"
	"slipway/gui/post"
)

// sheet is what all parts of the view have in common: what is filled in, what is known about it, and its fields. The
// form value is the truth; widgets write into it, and refresh reads from it.
type sheet struct {
	fields
	r      *Runner
	form   Form
	facts  Facts
	detail model.ImageDetail
	// here tells that the image is on the engine and detail is its; asked for which reference that was found out.
	here  bool
	asked string
	// portsTouched tells that a person changed the ports that were filled in for them.
	portsTouched bool
	portsKnown   bool // the ports that the image brought were looked at
	missing      bool // something was begun and is not filled in yet
	checker      *post.Reader
	// changes is the container whose settings are changed, nil where a new one is run.
	changes *swap.Change
	// key tells what is typed here from what is typed for another container: "" for a new one, else the ID of the one that
	// it is as.
	key string
	// kept is what was typed the last time and not run, nil for nothing.
	kept *Form
	// refresh shows what became of the form; rebuild makes all rows anew before, after one was added or taken away.
	refresh, rebuild func()
}

// refreshFacts looks at what the engine has now.
func (v *sheet) refreshFacts() {
	snap, st := v.r.Session.Live.Snapshot(), v.r.Session.State()
	v.facts.Names, v.facts.Volumes = Names(snap), volumesOf(snap)
	v.facts.Elsewhere, v.facts.CPUs = st.Locality == model.Elsewhere, st.Info.CPUs
	if v.changes == nil {
		return
	}
	delete(v.facts.Names, v.changes.Container.Name)
	if v.facts.CPUs > 0 { // what it has already may be more than there is by now
		v.facts.CPUs = max(v.facts.CPUs, int(math.Ceil(v.changes.Had.CPUs)))
	}
}

// forgive takes back what is wrong with fields that are still empty, and notes that there are some: nobody is blamed
// for what is not typed yet.
func (v *sheet) forgive(wrong map[string]words.Text) {
	if v.form.Image == "" {
		delete(wrong, "image")
	}
	lacks := func(id string, row int) {
		v.missing = true
		delete(wrong, fmt.Sprintf(id, row))
	}
	for i, p := range v.form.Ports {
		if p.Container == "" && p.HostPort != "" {
			lacks("port.%d.container", i)
		}
	}
	for i, m := range v.form.Mounts {
		if m.blank() {
			continue
		}
		if m.Source == "" {
			lacks("mount.%d.source", i)
		}
		if m.Target == "" {
			lacks("mount.%d.target", i)
		}
	}
}

// takenTargets are the places at which something is mounted; a folder that was only offered leaves its place to another
// one.
func (v *sheet) takenTargets() []string {
	var taken []string
	for _, m := range v.form.Mounts {
		if !m.Offered || m.Source != "" {
			taken = append(taken, m.Target)
		}
	}
	return taken
}

// mostLine is how much of a command is shown, in bytes.
const mostLine = 6000

// shortened is a command as far as it can be laid out while somebody types.
func shortened(text string) string {
	if len(text) <= mostLine {
		return text
	}
	cut := text[:mostLine]
	return strings.ToValidUTF8(cut[:max(0, strings.LastIndexByte(cut, ' '))], "") + " …"
}

// commandLines are the commands that a form equals, each in words; of is [Form.Spec], or [Form.Preview] of what is
// looked at.
func (v *sheet) commandLines(of func(Form) runspec.Spec, text func(model.Command) string) string {
	form := v.form
	if _, err := ParseImage(form.Image); err != nil {
		form.Image = "IMAGE" // as docker's own help has it: a line with what is typed there would do something else
	}
	if v.changes == nil {
		return text(of(form).RunCommand())
	}
	w := *v.changes
	w.Had, w.Want = of(*v.facts.Had), of(form)
	var lines []string
	for _, c := range w.Commands(v.r.Session.State().Info, v.r.Session.Live.Snapshot().Containers) {
		lines = append(lines, text(c))
	}
	return strings.Join(lines, "\n")
}

// anonymous are the anonymous volumes of a container that is to be changed: the new one gets them too.
func (v *sheet) anonymous() []model.Mount {
	if v.changes == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(v.changes.Container.Mounts), func(m model.Mount) bool {
		return m.Type != "volume" || !engine.IsAnonymous(m.Name)
	})
}

// hadMount tells whether the container that is changed has something mounted there: a person chose that.
func (v *sheet) hadMount(target string) bool {
	is := func(m model.Mount) bool { return m.Destination == path.Clean(target) }
	return v.changes != nil && slices.ContainsFunc(v.changes.Container.Mounts, is)
}

// hasPort tells whether the container that is changed has a port itself.
func (v *sheet) hasPort(n uint16) bool {
	return v.changes != nil && slices.ContainsFunc(v.changes.Container.Ports, func(p model.PublishedPort) bool {
		return p.HostPort == n
	})
}

// changedID is the container that gives its ports up for the new one, "" where none does.
func (v *sheet) changedID() string {
	if v.changes == nil {
		return ""
	}
	return v.changes.Container.ID
}
