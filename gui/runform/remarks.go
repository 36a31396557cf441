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
	seen := map[string]bool{}
	for i, e := range f.Env {
		id := fmt.Sprintf("env.%d.name", i)
		switch lines := strings.Count(strings.TrimSuffix(e.Value, "\n"), "\n"); {
		case e.Name != "" && seen[e.Name]:
			said[id] = "Twice in this form: the last one counts."
		case lines > 0:
			said[id] = present.Count(lines+1, "line") + ". The line breaks in it are kept."
		case e.Name != "" && !runspec.EnvName(e.Name):
			said[id] = "Most shells cannot use a variable of this name. Other programs can."
		case odd(e.Value) != "" && !runspec.SecretEnv(e.Name, e.Value):
			said[id] = odd(e.Value)
		}
		seen[e.Name] = true
	}
	for i, m := range f.Mounts {
		id := fmt.Sprintf("mount.%d.source", i)
		switch mount := (runspec.Mount{Kind: m.Kind, Source: m.Source, Target: path.Clean(m.Target)}); {
		case m.Offered && m.Source == "":
			said[id] = "Without a folder, what you save is only inside the container, and goes when it is removed."
		case m.Kind == runspec.Volume && m.Source != "" && facts.Volumes != nil && !facts.Volumes[m.Source]:
			if why := newVolume(m.Target, facts.Image, facts.user, facts.Notebook); why != "" {
				said[id] = why
			}
		case m.Kind != runspec.Bind || m.Source == "":
		case facts.Elsewhere:
			said[id] = "It is looked for on the engine's machine, which is not this computer."
		default:
			if why := cmp.Or(facts.Sources[i].words(m.Target, facts.Image, facts.Notebook),
				runspec.Opens("volume", mount.Bind())); why != "" {
				said[id] = why
			}
		}
	}
	if f.Network == "host" && f.publishes() {
		said["network"] = "On the host's network nothing is published: its ports are the engine's own. The rows above are left out by the engine."
	}
	for id, text := range map[string]string{"command": f.Command, "entrypoint": f.Entrypoint} {
		if why := odd(text); why != "" {
			said[id] = why
		}
	}
	return said
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
