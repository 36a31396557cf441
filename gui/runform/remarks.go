package runform

import (
	"cmp"
	"fmt"
	"path"
	"strings"

	"slipway/engine/model"
	"slipway/engine/runspec"
	"slipway/engine/words"
)

// Remarks are what a person should know about the form, by the ID of the field. They keep nothing from being run.
func (f Form) Remarks(facts Facts) map[string]words.Text {
	said := map[string]words.Text{}
	say := func(id string, text words.Text) {
		if !text.None() {
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
		said["network"] = words.Say("runform.on-the-host-s-network")
	}
	say("command", odd(f.Command))
	say("entrypoint", odd(f.Entrypoint))
	return said
}

// remark is what a person should know about a variable, "" for nothing; before tells that there was one of its name.
func (e EnvRow) remark(before bool) words.Text {
	switch lines := strings.Count(strings.TrimSuffix(e.Value, "\n"), "\n"); {
	case e.Name != "" && before:
		return words.Say("runform.twice-in-this-form-the")
	case lines > 0:
		return words.Say("runform.lines-the-line-breaks-in", words.Args{"N": words.Count(lines + 1)})
	case e.Name != "" && !runspec.EnvName(e.Name):
		return words.Say("runform.most-shells-cannot-use-a")
	case !odd(e.Value).None() && !runspec.SecretEnv(e.Name, e.Value):
		return odd(e.Value)
	}
	return words.Text{}
}

// remark is what a person should know about something that is mounted, "" for nothing.
func (m MountRow) remark(facts Facts, source Source) words.Text {
	switch {
	case m.Offered && m.Source == "":
		return words.Say("runform.without-a-folder-what-you")
	case m.Source == "":
		return words.Text{}
	case m.Kind == runspec.Volume && facts.Volumes != nil && !facts.Volumes[m.Source]:
		return newVolume(m.Target, facts.Image, facts.user, facts.Notebook)
	case m.Kind != runspec.Bind:
		return words.Text{}
	case facts.Elsewhere:
		return words.Say("runform.it-is-looked-for-on")
	}
	mount := runspec.Mount{Kind: m.Kind, Source: m.Source, Target: path.Clean(m.Target)}
	return cmp.Or(source.wording(m.Target, facts.Image, facts.Notebook), words.Of(runspec.Opens("volume", mount.Bind())))
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
func odd(text string) words.Text {
	for _, r := range text {
		if plain, ok := runspec.Lookalikes[r]; ok {
			return words.Say("runform.there-is-a-in-it",
				words.Args{"Name": plain.Name, "Character": words.Name(model.Visible(string(r))), "Expected": plain.Means})
		}
	}
	return words.Text{}
}
