package runform

import (
	"cmp"
	"fmt"
	"path"
	"strings"

	"slipway/engine/model"
	"slipway/engine/runspec"
	"slipway/gui/present"
)

// Remarks are what a person should know about the form, by the ID of the field. They keep nothing from being run.
func (f Form) Remarks(facts Facts) map[string]string {
	said := map[string]string{}
	say := func(id, text string) {
		if text != "" {
			said[id] = text
		}
	}
	seen := map[string]bool{}
	for i, e := range f.Env {
		say(fmt.Sprintf("env.%d.name", i), e.remark(seen[e.Name]))
		seen[e.Name] = true
	}
	for i, m := range f.Mounts {
		say(fmt.Sprintf("mount.%d.source", i), m.remark(facts, facts.Sources[i]))
	}
	if f.Network == "host" && f.publishes() {
		said["network"] = "On the host's network nothing is published: its ports are the engine's own. The rows above are left out by the engine."
	}
	say("command", odd(f.Command))
	say("entrypoint", odd(f.Entrypoint))
	return said
}

// remark is what a person should know about a variable, "" for nothing; before tells that there was one of its name.
func (e EnvRow) remark(before bool) string {
	switch lines := strings.Count(strings.TrimSuffix(e.Value, "\n"), "\n"); {
	case e.Name != "" && before:
		return "Twice in this form: the last one counts."
	case lines > 0:
		return present.Count(lines+1, "line") + ". The line breaks in it are kept."
	case e.Name != "" && !runspec.EnvName(e.Name):
		return "Most shells cannot use a variable of this name. Other programs can."
	case odd(e.Value) != "" && !runspec.SecretEnv(e.Name, e.Value):
		return odd(e.Value)
	}
	return ""
}

// remark is what a person should know about something that is mounted, "" for nothing.
func (m MountRow) remark(facts Facts, source Source) string {
	switch {
	case m.Offered && m.Source == "":
		return "Without a folder, what you save is only inside the container, and goes when it is removed."
	case m.Source == "":
		return ""
	case m.Kind == runspec.Volume && facts.Volumes != nil && !facts.Volumes[m.Source]:
		return newVolume(m.Target, facts.Image, facts.user, facts.Notebook)
	case m.Kind != runspec.Bind:
		return ""
	case facts.Elsewhere:
		return "It is looked for on the engine's machine, which is not this computer."
	}
	mount := runspec.Mount{Kind: m.Kind, Source: m.Source, Target: path.Clean(m.Target)}
	return cmp.Or(source.words(m.Target, facts.Image, facts.Notebook), runspec.Opens("volume", mount.Bind()))
}

func (f Form) publishes() bool {
	for _, p := range f.Ports {
		if p.Container+p.HostPort != "" {
			return true
		}
	}
	return false
}

// odd names a character that looks like another one, as pages and chats put it in the place of what was typed; "" for
// none.
func odd(text string) string {
	for _, r := range text {
		if plain, ok := runspec.Lookalikes[r]; ok {
			return fmt.Sprintf("There is a %s (%s) in it: programs expect %s.", plain.Name, model.Visible(string(r)),
				plain.Means)
		}
	}
	return ""
}
