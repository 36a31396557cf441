package paste

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"slipway/engine/model"
	"slipway/engine/runspec"
)

// relative begins a path that counts from the folder that a terminal is in.
var relative = regexp.MustCompile(`^\.\.?(?:[/\\]|$)`)

// Here tells whether the command speaks of the folder that a terminal is in.
func (c Command) Here() bool {
	return slices.ContainsFunc(c.Words, func(w string) bool { return strings.Contains(w, Here) }) ||
		slices.ContainsFunc(c.Spec.Mounts, func(m runspec.Mount) bool { return relative.MatchString(m.Source) })
}

// Unknown is what in the command only a shell could fill in, "" for nothing: $(id -u).
func (c Command) Unknown() string {
	for _, w := range c.Words {
		if found := substituted.FindString(w); found != "" {
			return found
		}
	}
	return ""
}

// At is the spec of the command for a terminal in the folder here, of a person whose own folder is home: it has whole
// paths then, as a shell and docker would make of them.
func (c Command) At(here, home string) runspec.Spec {
	fill := func(text string) string { return strings.ReplaceAll(text, Here, here) }
	s := c.Spec
	s.Mounts, s.Env, s.Command = slices.Clone(s.Mounts), slices.Clone(s.Env), slices.Clone(s.Command)
	for i, m := range s.Mounts {
		s.Mounts[i] = mountAt(m, here, home)
	}
	for i := range s.Env {
		s.Env[i].Value = fill(s.Env[i].Value)
	}
	for i := range s.Command {
		s.Command[i] = fill(s.Command[i])
	}
	s.WorkingDir = fill(s.WorkingDir)
	s.More = maps.Clone(s.More)
	for name, values := range s.More {
		s.More[name] = slices.Clone(values)
		for i := range values {
			s.More[name][i] = fill(values[i])
		}
	}
	return s
}

func mountAt(m runspec.Mount, here, home string) runspec.Mount {
	was := m.Source
	m.Source, m.Target = strings.ReplaceAll(m.Source, Here, here), strings.ReplaceAll(m.Target, Here, here)
	switch {
	case relative.MatchString(m.Source):
		m.Source = path.Join(here, strings.ReplaceAll(m.Source, `\`, "/"))
	case m.Source == "~", strings.HasPrefix(m.Source, "~/"):
		m.Source = home + m.Source[1:]
	case strings.HasPrefix(m.Source, "$HOME"):
		m.Source = home + strings.TrimPrefix(m.Source, "$HOME")
	case strings.HasPrefix(m.Source, "${HOME}"):
		m.Source = home + strings.TrimPrefix(m.Source, "${HOME}")
	}
	if m.Source != was {
		m.Kind = runspec.Bind
	}
	return m
}

// tagged ends what is the name of an image with a tag.
var tagged = regexp.MustCompile(`^(/.*?)/((?:[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::[0-9]+)?/)?[a-z0-9._-]+/[a-z0-9._-]+:[\w.-]+)$`)

// Mended is the command as it was probably meant, and why; nil where it seems to be as it is meant.
func (c Command) Mended() (line model.Command, why model.Fact) {
	if words := c.unglued(); words != nil {
		return hiddenRun(words), model.Say("paste.a-blank-is-missing")
	}
	if words := c.optionsFirst(); words != nil {
		return hiddenRun(words), model.Say("paste.options-stand-behind-the-image")
	}
	return nil, model.Fact{}
}

// hiddenRun is a command of these words behind "docker", in which secrets are marked.
func hiddenRun(words []string) model.Command {
	c := runspec.HideSecrets(words)
	for i := range c {
		if i > 0 && (words[i-1] == "-e" || words[i-1] == "--env") {
			if name, value, given := strings.Cut(words[i], "="); given && runspec.SecretEnv(name, value) {
				c[i] = model.Arg{Text: words[i], Shown: name + "=" + runspec.Hidden, Secret: true}
			}
		}
	}
	return c
}

// unglued are the words behind "docker" where a missing blank has made the image a part of a mount:
//
//	-v /data:/home/jupyter/scipy-notebook:python-3.8
func (c Command) unglued() []string {
	if c.Wrong == nil || c.Wrong.Why.Code != model.Say("runspec.the-image-is-missing").Code || len(c.Words) < 3 {
		return nil
	}
	last := c.Words[len(c.Words)-1]
	source, target, ok := strings.Cut(last, ":")
	m := tagged.FindStringSubmatch(target)
	if !ok || m == nil || !isReference(m[2]) {
		return nil
	}
	return append(slices.Clone(c.Words[1:len(c.Words)-1]), source+":"+m[1], m[2])
}

// onlyDocker begins what hardly any program but docker takes.
var onlyDocker = regexp.MustCompile(`^(?:-d(?: |$)|-it(?: |$)|--rm(?: |$)|--name[ =]|-p \d+:\d+|--publish[ =]|-v \S*/\S*:/|--volume[ =])`)

// optionsFirst are the words behind "docker" where all that stands behind the image could be options of docker:
//
//	docker run nginx -p 8080:80 -d
func (c Command) optionsFirst() []string {
	s := c.Spec
	if c.Wrong != nil || len(s.Command) == 0 || len(s.Entrypoint) > 0 || slices.Contains(c.Words, "--") ||
		!onlyDocker.MatchString(strings.Join(s.Command, " ")) {
		return nil
	}
	if again, _, err := runspec.ParseRun(append(slices.Clone(s.Command), s.Image)); err != nil || again.Image != s.Image ||
		len(again.Command) > 0 {
		return nil
	}
	before := c.Words[1 : len(c.Words)-len(s.Command)-1]
	return slices.Concat(before, s.Command, []string{s.Image})
}
