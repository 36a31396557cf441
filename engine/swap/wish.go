package swap

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strconv"

	"slipway/engine"
	"slipway/engine/actions"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/runspec"
)

// Change is the wish to give a container other settings.
type Change struct {
	Container model.Container
	// Had is how it was made, as far as a spec can say, and Want how it shall be. What is the same in both stays as it is.
	Had, Want runspec.Spec
}

// CannotChange says in a sentence why the settings of a container cannot be changed, "" when they can.
func CannotChange(c model.Container) model.Fact {
	switch {
	case c.AutoRemove:
		return model.Say("actions.it-was-started-with-rm-it")
	case c.Labels[model.ComposeProject] != "":
		return model.Say("actions.it-belongs-to-the-compose",
			model.Args{"Project": model.Name(c.Labels[model.ComposeProject])})
	case c.State == model.StateRemoving:
		return model.Say("actions.it-is-being-removed")
	}
	return model.Fact{}
}

// InPlace tells whether the container can stay: only limits, the restart policy and the name are other ones.
func (w Change) InPlace(info model.EngineInfo) bool {
	had := w.Had
	had.Memory, had.CPUs, had.Restart, had.Name = w.Want.Memory, w.Want.CPUs, w.Want.Restart, w.Want.Name
	if w.Want.CPUs > 0 { // the same limit in other words, which an update keeps in those
		had.More = maps.Clone(had.More)
		delete(had.More, "cpu-quota")
		delete(had.More, "cpu-period")
	}
	if !sameRun(had, w.Want) {
		return false
	}
	// The engine takes 0 for "as it is": a limit is taken off only with a new container.
	if w.Want.Memory == 0 && w.Had.Memory != 0 || w.Want.CPUs == 0 && w.Had.CPUs != 0 {
		return false
	}
	return info.Lacks(model.ChangeLimit).None() || w.updates() == nil
}

// Nothing tells that nothing is to be changed.
func (w Change) Nothing() bool { return sameRun(w.Had, w.Want) }

// sameRun tells whether two specs make the same container. There may be ten thousands of variables, which are not
// printed for that.
func sameRun(a, b runspec.Spec) bool {
	same := func(x, y runspec.Env) bool { return x.Name == y.Name && x.Value == y.Value }
	if !slices.EqualFunc(a.Env, b.Env, same) || !maps.Equal(a.Labels, b.Labels) {
		return false
	}
	a.Env, b.Env, a.Labels, b.Labels = nil, nil, nil, nil
	return slices.EqualFunc(a.RunCommand(), b.RunCommand(), func(x, y model.Arg) bool { return x.Text == y.Text })
}

// updates are the options of docker update; nil when there is none.
func (w Change) updates() []string {
	var words []string
	if w.Had.Memory != w.Want.Memory {
		words = actions.MemoryWords(w.Want.Memory, w.Want.Swap())
	}
	if w.Had.CPUs != w.Want.CPUs {
		words = append(words, "--cpus", strconv.FormatFloat(w.Want.CPUs, 'f', -1, 64))
	}
	if w.Had.Restart != w.Want.Restart {
		words = append(words, "--restart", cmp.Or(w.Want.Restart, "no"))
	}
	return words
}

// Commands are the docker commands that the change equals, in order, but for the copying of what is inside, see
// [Change.Steps]. containers are all that there are.
func (w Change) Commands(info model.EngineInfo, containers []model.Container) []model.Command {
	c := w.Container
	var list []model.Command
	if w.InPlace(info) {
		if u := w.updates(); u != nil {
			list = append(list, model.Docker(append(append([]string{"update"}, u...), c.Name)...))
		}
		if w.Want.Name != c.Name {
			list = append(list, actions.RenameCommand(c, w.Want.Name))
		}
		return list
	}
	return w.Steps(containers, nil)
}

// Steps are the docker commands that the change carries out with a new container, in order. containers are all that
// there are, copies the paths of the old one that are copied into the new one.
func (w Change) Steps(containers []model.Container, copies []string) []model.Command {
	c, taken := w.Container, actions.TakenNames(containers)
	fresh := model.Container{Name: notebook.ContainerName(c.Name+notebook.NewSuffix, taken)}
	made := w.shown()
	made.Name = fresh.Name
	list := append([]model.Command{made.CreateCommand()}, w.connects(fresh)...)
	if c.Running() {
		list = append(list, actions.StopCommand(c))
	}
	if cmp.Or(w.Had.Restart, "no") != "no" {
		list = append(list, model.Docker("update", "--restart", "no", c.Name))
	}
	for _, name := range copies {
		list = append(list, carryCommand(c, fresh, name))
	}
	if c.Running() {
		list = append(list, actions.StartCommand(fresh))
	}
	return append(list, actions.RenameCommand(c, notebook.ContainerName(c.Name+beforeSuffix, taken)),
		actions.RenameCommand(fresh, w.Want.Name))
}

// Dependents are the names of the containers of a list that use the network, memory or processes of the one that is
// changed: those of the old one, which the new one has not.
func (w Change) Dependents(containers []model.Container) []string {
	var names []string
	for _, c := range containers {
		if slices.Contains(c.SharesWith, w.Container.ID) || slices.Contains(c.SharesWith, w.Container.Name) {
			names = append(names, c.Name)
		}
	}
	return names
}

// connects are the commands that connect the new one to the further networks of the old one, where the command
// that makes it cannot say them.
func (w Change) connects(fresh model.Container) []model.Command {
	if len(w.Container.Networks) < 2 || len(w.Want.More["network"]) > 0 || w.Want.Network != w.Had.Network {
		return nil
	}
	var list []model.Command
	for _, c := range w.Container.Connections {
		list = append(list,
			model.Docker(slices.Concat([]string{"network", "connect"}, c.Options, []string{c.Network, fresh.Name})...))
	}
	return list
}

// Cover is a place where something is mounted in the new one that the old one has not: what is inside the old one there
// is not in the new one, unless it is copied into what is mounted.
type Cover struct {
	runspec.Mount
	// Anonymous is the name of the anonymous volume that the old one has there, "" when it has nothing mounted.
	Anonymous string
	// New tells that the volume is not there yet.
	New bool
}

// Covers lists those places; volumes are the ones that there are.
func (w Change) Covers(volumes []model.Volume) []Cover {
	var list []Cover
	for _, m := range w.Want.Mounts {
		if m.Target == "" {
			continue
		}
		m.Target = path.Clean(m.Target)
		c := Cover{Mount: m}
		if i := slices.IndexFunc(w.Container.Mounts, func(o model.Mount) bool { return o.Destination == m.Target }); i >= 0 {
			had := w.Container.Mounts[i]
			if had.Type != "volume" || !engine.IsAnonymous(had.Name) || m.Source == "" || m.Source == had.Name {
				continue
			}
			c.Anonymous = had.Name
		}
		c.New = m.Kind == runspec.Volume && !slices.ContainsFunc(volumes, func(v model.Volume) bool {
			return v.Name == m.Source
		})
		list = append(list, c)
	}
	return list
}

// Fillable tells whether something can be copied into what is mounted there.
func (c Cover) Fillable() bool {
	return !c.ReadOnly && (c.Kind == runspec.Volume || c.Kind == runspec.Bind)
}

// fills are the places that what is inside the old one can be copied into. made are the names of the volumes that were
// made for that.
func (w Change) fills(made []string) []model.Fill {
	var list []model.Fill
	for _, c := range w.Covers(nil) {
		if c.Fillable() {
			list = append(list, model.Fill{Destination: c.Target, New: c.Kind == runspec.Volume &&
				(c.Source == "" || slices.Contains(made, c.Source))})
		}
	}
	return list
}

// shown is what is wanted with the anonymous volumes of the old one by their names, as the new one gets them.
func (w Change) shown() runspec.Spec {
	s := w.Want
	s.Mounts, s.More = slices.Clone(s.Mounts), maps.Clone(s.More)
	for _, m := range w.Container.Mounts {
		if m.Type != "volume" || !engine.IsAnonymous(m.Name) {
			continue
		}
		s.Mounts = slices.DeleteFunc(s.Mounts, func(o runspec.Mount) bool {
			return o.Target == m.Destination && o.Source == ""
		})
		if unnamed := runspec.MountFields([]string{"type=volume", "target=" + m.Destination}); slices.Contains(
			s.More["mount"], unnamed) {
			s.More["mount"] = slices.DeleteFunc(slices.Clone(s.More["mount"]), func(o string) bool { return o == unnamed })
		}
		if !slices.ContainsFunc(s.Mounts, func(o runspec.Mount) bool { return o.Target == m.Destination }) {
			s.Mounts = append(s.Mounts,
				runspec.Mount{Kind: runspec.Volume, Source: m.Name, Target: m.Destination, ReadOnly: m.ReadOnly})
		}
	}
	return s
}
